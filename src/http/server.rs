//! The accept loop: a limit on connections, a time limit for the head of a request, both path prefixes, and a shutdown
//! that lets requests under way finish.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Uri};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt as _;

use crate::app::App;
use crate::error::{Error, Result};

/// The published gateway's path; every route answers below it too.
const GATEWAY_PREFIX: &str = "/functions/v1/api-gateway";
/// After a failed accept (too many open files) the loop rests this long.
const ACCEPT_REST: Duration = Duration::from_millis(50);
/// Largest head of a request.
const HEAD_MAX: usize = 32 << 10;

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Opens the address to listen on; a taken port says which option changes it.
pub async fn bind(listen: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(listen).await.map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::AddrInUse => format!("port {} is taken by another program", listen.port()),
            std::io::ErrorKind::AddrNotAvailable => format!("{} is not an address of this machine", listen.ip()),
            std::io::ErrorKind::PermissionDenied => format!("port {} needs more rights", listen.port()),
            _ => error.to_string(),
        };
        Error::validation(
            "listen",
            format!("Can't listen on {listen}: {why}. Choose another with --listen ADDRESS:PORT."),
        )
    })
}

/// Serves until `stop` turns true, then lets requests under way finish for the configured time.
pub async fn serve(app: &App, router: Router, listener: TcpListener, mut stop: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    let connections = Arc::new(Semaphore::new(app.config.connections_max));
    let header_timeout = app.config.header_timeout;
    loop {
        let permit = tokio::select! {
            permit = Arc::clone(&connections).acquire_owned() => permit,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_REST).await;
                continue;
            }
        };
        let connection = connection(stream, peer, router.clone(), header_timeout);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            let _permit = permit;
            if let Err(error) = watched.await {
                tracing::debug!(%error, %peer, "a connection ended early");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(app.config.shutdown_timeout, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still under way when the time for shutdown was over");
    }
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    header_timeout: Duration,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let request = at_home(request, peer);
        router.clone().oneshot(request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_buf_size(HEAD_MAX)
        .serve_connection(TokioIo::new(stream), service)
}

/// Takes the gateway prefix off the path and notes who is calling.
fn at_home(request: Request<Incoming>, peer: SocketAddr) -> Request<Body> {
    let (mut parts, body) = request.into_parts();
    if let Some(rest) = parts.uri.path_and_query().and_then(|path| path.as_str().strip_prefix(GATEWAY_PREFIX))
        && rest.starts_with("/v1/")
        && let Ok(uri) = rest.parse::<Uri>()
    {
        parts.uri = uri;
    }
    parts.extensions.insert(Peer(peer));
    Request::from_parts(parts, Body::new(body))
}
