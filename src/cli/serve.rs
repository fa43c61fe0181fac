//! `lexi serve`: settings, logs, the server and its workers, and an end that loses nothing: on SIGTERM or Ctrl-C no new
//! connection is taken, requests under way finish, jobs hand back their leases, then the database is closed.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::anyhow;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::exit::{Exit, Usage};
use super::logs::{self, Format};
use super::storage::{self, Storage};
use crate::app::App;
use crate::clock::{DAY_MS, MINUTE_MS, SECOND_MS};
use crate::config::Config;
use crate::db::Db;
use crate::http::server;
use crate::{http, worker};

/// The longest a pending task may wait: a year. Beyond it nobody remembers what was asked.
const EXPIRY_MAX_MS: i64 = 366 * DAY_MS;

/// How long a server waits at its start for a PostgreSQL that is not up yet, as when a machine boots or fails over.
const DATABASE_PATIENCE: Duration = Duration::from_secs(30);

/// `lexi serve`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Every option can be given by the environment variable named beside it.

Examples:
  lexi serve                                         data in ./lexi-data, on http://127.0.0.1:8787
  lexi serve --data /var/lib/lexi --listen 127.0.0.1:9000
  LEXI_DATABASE_URL=postgres://lexi@db/lexi lexi serve
  LEXI_LOG=debug lexi serve                          more in the log; LEXI_LOG=lexi=debug,warn for Lexi alone

Listen on loopback and put a TLS proxy in front: keys travel in a header.")]
pub(super) struct Args {
    #[command(flatten)]
    storage: Storage,
    /// Address to listen on.
    #[arg(long, env = "LEXI_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// TLS ends in front of this server: no warning when it listens off loopback.
    #[arg(long, env = "LEXI_BEHIND_TLS")]
    behind_tls: bool,
    /// Origins that browsers may call from, with commas between.
    #[arg(long, env = "LEXI_CORS_ORIGINS", value_name = "ORIGIN", value_delimiter = ',')]
    cors_origins: Vec<String>,
    /// How long a pending task waits for a decision: 7d, 36h, 90m.
    #[arg(long, env = "LEXI_TASK_EXPIRY", value_name = "TIME", default_value = "7d", value_parser = expiry)]
    task_expiry: i64,
    /// After this time without a sign of life from its worker, a job is taken over by another: 30s, 2m.
    #[arg(long, env = "LEXI_LEASE", value_name = "TIME", default_value = "30s", value_parser = time)]
    lease: i64,
    /// Connections served at once; more wait.
    #[arg(long, env = "LEXI_CONNECTIONS", value_name = "N", default_value_t = 1_024,
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    connections: u32,
    /// Requests without a valid key that one address may make in a minute.
    #[arg(long, env = "LEXI_STRANGERS_PER_MINUTE", value_name = "N", default_value_t = 120)]
    strangers_per_minute: u32,
    /// How long requests under way may take to finish at the end: 20s, 2m.
    #[arg(long, env = "LEXI_SHUTDOWN_TIMEOUT", value_name = "TIME", default_value = "20s", value_parser = time)]
    shutdown_timeout: i64,
    /// What to log: error, warn, info, debug, trace, or PART=LEVEL with commas between.
    #[arg(long, env = "LEXI_LOG", value_name = "FILTER", default_value = "info")]
    log: String,
    /// How to log [default: text at a terminal, json elsewhere].
    #[arg(long, env = "LEXI_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<Format>,
}

impl Args {
    fn config(&self) -> Config {
        Config {
            listen: self.listen,
            cors_origins: self.cors_origins.clone(),
            task_expiry_ms: self.task_expiry,
            lease_ms: self.lease,
            connections_max: self.connections as usize,
            strangers_per_minute: self.strangers_per_minute,
            shutdown_timeout: Duration::from_millis(self.shutdown_timeout.unsigned_abs()),
            ..self.storage.config()
        }
    }
}

/// Runs `lexi serve`.
pub(super) async fn run(args: Args) -> anyhow::Result<Exit> {
    let _logs = logs::start(&args.log, args.log_format)?;
    let stop = stop_signal()?;
    let listener = bind(args.listen).await?;
    let config = args.config();
    Db::wait_for(&config.database_url, DATABASE_PATIENCE).await?;
    let running = Running::start(config, listener).await?;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        url = %running.url(),
        data = %args.storage.shown(),
        "serving"
    );
    if !args.listen.ip().is_loopback() && !args.behind_tls {
        tracing::warn!(
            listen = %args.listen,
            "keys and answers travel unencrypted to this address; put a TLS proxy in front, and say so with --behind-tls"
        );
    }
    stop.await;
    tracing::info!("stopping: requests and jobs under way finish first; a second signal ends at once");
    exit_on_second_signal()?;
    running.stop().await;
    tracing::info!("stopped");
    Ok(Exit::Done)
}

/// Opens the address; a taken port is told with its number and the option that changes it.
pub(super) async fn bind(listen: SocketAddr) -> anyhow::Result<TcpListener> {
    // The command line was right; the machine said no. So no usage error, whatever code the failure has over HTTP.
    server::bind(listen).await.map_err(|error| anyhow!("{error}"))
}

/// A server and its workers inside this process.
pub(super) struct Running {
    /// What it works with.
    pub(super) app: App,
    address: SocketAddr,
    http: JoinHandle<()>,
    worker: JoinHandle<()>,
}

impl Running {
    /// Opens the data and starts to serve on `listener`.
    pub(super) async fn start(config: Config, listener: TcpListener) -> anyhow::Result<Running> {
        let app = storage::open(config).await?;
        Running::start_app(app, listener)
    }

    /// As [`Running::start`], for data that is open already.
    pub(super) fn start_app(app: App, listener: TcpListener) -> anyhow::Result<Running> {
        let address = listener.local_addr()?;
        let stopped = app.waiters.stopping.subscribe();
        let router = http::router(app.clone());
        let worker = tokio::spawn(worker::run(app.clone(), stopped.clone()));
        let http = {
            let app = app.clone();
            tokio::spawn(async move { server::serve(&app, router, listener, stopped).await })
        };
        Ok(Running { app, address, http, worker })
    }

    /// Where clients on this machine find it.
    pub(super) fn url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(if address.is_ipv4() {
                [127, 0, 0, 1].into()
            } else {
                std::net::Ipv6Addr::LOCALHOST.into()
            });
        }
        format!("http://{address}")
    }

    /// Takes no more connections, lets requests and jobs finish, and closes the database.
    pub(super) async fn stop(self) {
        self.app.waiters.stopping.send_replace(true);
        for (name, part) in [("http", self.http), ("worker", self.worker)] {
            if let Err(error) = part.await {
                tracing::error!(%error, name, "a part of the server broke");
            }
        }
        self.app.close().await;
    }
}

/// Ready when SIGTERM or Ctrl-C has come. The signals are caught from the moment this returns.
pub(super) fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// From now on a signal ends the process without waiting. What was acknowledged is on disk; jobs are found again.
pub(super) fn exit_on_second_signal() -> anyhow::Result<()> {
    let again = stop_signal()?;
    tokio::spawn(async move {
        again.await;
        std::process::exit(Exit::Interrupted as i32);
    });
    Ok(())
}

fn expiry(text: &str) -> Result<i64, Usage> {
    match time(text)? {
        ms if ms < MINUTE_MS => Err(Usage("A task waits at least a minute.".into())),
        ms if ms > EXPIRY_MAX_MS => Err(Usage("A task waits at most 366 days.".into())),
        ms => Ok(ms),
    }
}

/// A time as people write it, in milliseconds: `20s`, `90m`, `36h`, `7d`.
fn time(text: &str) -> Result<i64, Usage> {
    let wrong = || Usage(format!("\"{text}\" is no time; write 20s, 90m, 36h or 7d."));
    let unit_ms = match text.chars().last() {
        Some('s') => SECOND_MS,
        Some('m') => MINUTE_MS,
        Some('h') => 60 * MINUTE_MS,
        Some('d') => DAY_MS,
        _ => return Err(wrong()),
    };
    let count: i64 = text[..text.len() - 1].trim().parse().map_err(|_| wrong())?;
    (count > 0).then(|| count.checked_mul(unit_ms)).flatten().ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_their_unit() {
        assert_eq!(time("20s").ok(), Some(20_000));
        assert_eq!(time("7d").ok(), Some(7 * DAY_MS));
        for wrong in ["", "7", "d", "0s", "-1d", "1.5h", "9223372036854775807d", "7é"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
        assert!(expiry("30s").is_err());
        assert!(expiry("400d").is_err());
    }

    #[tokio::test]
    async fn a_taken_port_names_itself_and_the_option_that_changes_it() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap();
        let refused = bind(address).await.unwrap_err().to_string();
        assert!(refused.contains(&address.port().to_string()) && refused.contains("--listen"), "{refused}");
    }
}
