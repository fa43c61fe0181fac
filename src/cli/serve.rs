//! `lexi serve`: settings, logs, the server and its workers, and an end that loses nothing: on SIGTERM or Ctrl-C no new
//! connection is taken, requests under way finish, jobs hand back their leases, then the database is closed.

use std::ffi::OsStr;
use std::io;
use std::net::SocketAddr;
use std::os::unix;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::exit::Exit;
use super::given::{Effective, Given, OfServer};
use super::{logs, storage};
use crate::app::App;
use crate::config::Config;
use crate::db::Db;
use crate::http::server;
use crate::http::tls::Tls;
use crate::{http, worker};

/// How often the files of the certificate are looked at; certificates are renewed days before they end.
const CERTIFICATE_LOOK: Duration = Duration::from_secs(60);

/// How long a server waits at its start for a PostgreSQL that is not up yet, as when a machine boots or fails over.
const DATABASE_PATIENCE: Duration = Duration::from_secs(30);

/// `lexi serve`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Every option can be given by the environment variable named beside it, or in a configuration file: lexi config --example
prints one with every setting explained, lexi config shows what holds. The command line beats the environment, which beats
the file.

Examples:
  lexi serve                                         data in ./lexi-data, on http://127.0.0.1:8787
  lexi serve --data /var/lib/lexi --listen 127.0.0.1:9000
  LEXI_DATABASE_URL=postgres://lexi@db/lexi lexi serve
  LEXI_LOG=debug lexi serve                          more in the log; LEXI_LOG=lexi=debug,warn for Lexi alone

Keys travel in a header. Listen on loopback with a TLS proxy in front, or serve TLS with --tls-cert and --tls-key.")]
pub(super) struct Args {
    #[command(flatten)]
    settings: Given<OfServer>,
}

/// Runs `lexi serve`.
pub(super) async fn run(args: Args) -> anyhow::Result<Exit> {
    let Effective { config, file, .. } = args.settings.effective()?;
    let _logs = logs::start(&config.log, config.log_format)?;
    let stop = stop_signal()?;
    let tls = certificate(&config)?;
    let listener = bind(config.listen).await?;
    Db::wait_for(&config.database_url, DATABASE_PATIENCE).await?;
    let (listen, private, data) = (config.listen, config.behind_tls || tls.is_some(), storage::shown(&config));
    let running = Running::start_app(storage::open(config).await?, listener, tls)?;
    let configuration = file.map_or_else(|| "none".into(), |file| file.display().to_string());
    tracing::info!(version = env!("CARGO_PKG_VERSION"), url = %running.url(), data, configuration, "serving");
    if !listen.ip().is_loopback() && !private {
        tracing::warn!(
            %listen,
            "keys and answers travel unencrypted to this address; serve TLS (--tls-cert), or put a TLS proxy in front and \
             say so with --behind-tls"
        );
    }
    tell_the_supervisor("READY=1");
    stop.await;
    tell_the_supervisor("STOPPING=1");
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

/// The certificate of these settings, if they name one.
pub(super) fn certificate(config: &Config) -> anyhow::Result<Option<Arc<Tls>>> {
    match (&config.tls_cert, &config.tls_key) {
        (Some(cert), Some(key)) => Ok(Some(Arc::new(Tls::load(cert, key).map_err(|why| anyhow!(why))?))),
        _ => Ok(None),
    }
}

/// A server and its workers inside this process.
pub(super) struct Running {
    /// What it works with.
    pub(super) app: App,
    address: SocketAddr,
    scheme: &'static str,
    http: JoinHandle<()>,
    worker: JoinHandle<()>,
}

impl Running {
    /// Starts to serve on `listener`, for data that is open already.
    pub(super) fn start_app(app: App, listener: TcpListener, tls: Option<Arc<Tls>>) -> anyhow::Result<Running> {
        let address = listener.local_addr()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let stopped = app.waiters.stopping.subscribe();
        let router = http::router(app.clone());
        let worker = tokio::spawn(worker::run(app.clone(), stopped.clone()));
        tokio::spawn(follow_certificate(tls.clone(), hangups()?, stopped.clone()));
        let http = {
            let app = app.clone();
            tokio::spawn(async move { server::serve_with(&app, router, listener, tls, stopped).await })
        };
        Ok(Running { app, address, scheme, http, worker })
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
        format!("{}://{address}", self.scheme)
    }

    /// Takes no more connections, lets requests and jobs finish, and closes the database.
    pub(super) async fn stop(self) {
        self.app.waiters.stopping.send_replace(true);
        for (name, part) in [("http", self.http), ("worker", self.worker)] {
            if let Err(error) = part.await {
                tracing::error!(%error, name, "a part of the server broke");
            }
        }
        worker::finish(&self.app).await;
        self.app.close().await;
    }
}

/// Caught from the moment this returns: a hangup must not end a server that has nothing to read again.
fn hangups() -> anyhow::Result<Signal> {
    Ok(signal(SignalKind::hangup())?)
}

/// Reads the certificate's files again every minute and on SIGHUP, until the server stops.
async fn follow_certificate(tls: Option<Arc<Tls>>, mut hangups: Signal, mut stopped: watch::Receiver<bool>) {
    let mut minutes = tokio::time::interval(CERTIFICATE_LOOK);
    minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Why the last look failed, so that a file that stays away is told once.
    let mut failed = None;
    loop {
        let asked = tokio::select! {
            _ = minutes.tick() => false,
            Some(()) = hangups.recv() => true,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let Some(tls) = tls.clone() else { continue };
        let looked = tokio::task::spawn_blocking(move || tls.reload()).await;
        match looked.unwrap_or_else(|error| Err(error.to_string())) {
            Ok(changed) => {
                failed = None;
                match changed {
                    true => tracing::info!("the certificate was read again; new connections get it"),
                    false if asked => tracing::info!("the certificate has not changed"),
                    false => {}
                }
            }
            Err(why) if asked || failed.as_ref() != Some(&why) => {
                tracing::error!("the certificate stays as it was: {why}");
                failed = Some(why);
            }
            Err(_) => {}
        }
    }
}

/// Tells systemd how far the process is, when it asks (`Type=notify`). Whoever does not ask is not told.
fn tell_the_supervisor(state: &str) {
    #[expect(clippy::disallowed_methods, reason = "the supervisor's address is no setting of ours")]
    let Some(address) = std::env::var_os("NOTIFY_SOCKET").filter(|address| !address.is_empty()) else { return };
    let told = supervisor(&address).and_then(|address| {
        let socket = unix::net::UnixDatagram::unbound()?;
        socket.send_to_addr(state.as_bytes(), &address)
    });
    if let Err(error) = told {
        tracing::warn!(%error, state, "the supervisor could not be told");
    }
}

/// A path, or after an @ a name that only Linux knows.
fn supervisor(address: &OsStr) -> io::Result<unix::net::SocketAddr> {
    #[cfg(target_os = "linux")]
    if let Some(name) = address.as_encoded_bytes().strip_prefix(b"@") {
        return <unix::net::SocketAddr as std::os::linux::net::SocketAddrExt>::from_abstract_name(name);
    }
    unix::net::SocketAddr::from_pathname(address)
}

/// Ready when SIGTERM or Ctrl-C has come. The signals are caught from the moment this returns.
pub(super) fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_names_itself_and_the_option_that_changes_it() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap();
        let refused = bind(address).await.unwrap_err().to_string();
        assert!(refused.contains(&address.port().to_string()) && refused.contains("--listen"), "{refused}");
    }
}
