//! `lexi serve`: settings, logs, the server and its workers, and an end that loses nothing: on SIGTERM or Ctrl-C no new
//! connection is taken, requests under way finish, jobs hand back their leases, then the database is closed.

use std::net::SocketAddr;

use anyhow::anyhow;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::exit::Exit;
use super::given::{Effective, Given, OfServer};
use super::{logs, storage};
use crate::app::App;
use crate::config::Config;
use crate::http::server;
use crate::{http, worker};

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

Listen on loopback and put a TLS proxy in front: keys travel in a header.")]
pub(super) struct Args {
    #[command(flatten)]
    settings: Given<OfServer>,
}

/// Runs `lexi serve`.
pub(super) async fn run(args: Args) -> anyhow::Result<Exit> {
    let Effective { config, file, .. } = args.settings.effective()?;
    let _logs = logs::start(&config.log, config.log_format)?;
    let stop = stop_signal()?;
    let listener = bind(config.listen).await?;
    let (listen, behind_tls, data) = (config.listen, config.behind_tls, storage::shown(&config));
    let running = Running::start(config, listener).await?;
    let configuration = file.map_or_else(|| "none".into(), |file| file.display().to_string());
    tracing::info!(version = env!("CARGO_PKG_VERSION"), url = %running.url(), data, configuration, "serving");
    if !listen.ip().is_loopback() && !behind_tls {
        tracing::warn!(
            %listen,
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
