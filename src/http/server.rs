//! The accept loop: a limit on connections, TLS, time limits for the head of a request and for taking an answer, both path
//! prefixes, and a shutdown that lets requests under way finish.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Uri};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::server::TlsStream;
use tower::ServiceExt as _;

use super::tls::Tls;
use super::wire::{self, Spoken, Timed};
use crate::app::App;
use crate::error::{Code, Error, Result};

/// The published gateway's path; every route answers below it too.
const GATEWAY_PREFIX: &str = "/functions/v1/api-gateway";
/// After a failed accept (too many open files) the loop rests this long.
const ACCEPT_REST: Duration = Duration::from_millis(50);
/// Largest head of a request.
const HEAD_MAX: usize = 32 << 10;
/// Of what somebody sends who speaks plain HTTP where TLS is spoken, so much is read.
const PLAIN_MAX: u64 = 64 << 10;

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

/// Serves plain HTTP until `stop` turns true, then lets requests under way finish for the configured time.
pub async fn serve(app: &App, router: Router, listener: TcpListener, stop: watch::Receiver<bool>) {
    serve_with(app, router, listener, None, stop).await;
}

/// As [`serve`], with TLS if there is a certificate.
pub async fn serve_with(
    app: &App,
    router: Router,
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    mut stop: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    let connections = Arc::new(Semaphore::new(app.config.connections_max));
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
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        let connection = Connection { app: app.clone(), router: router.clone(), peer };
        let watcher = graceful.watcher();
        let (tls, stop) = (tls.clone(), stop.clone());
        tokio::spawn(async move {
            let _permit = permit;
            let ended = match tls {
                None => connection.serve(stream, watcher).await,
                Some(tls) => Box::pin(connection.serve_tls(stream, &tls, watcher, stop)).await,
            };
            if let Err(error) = ended {
                tracing::debug!(%error, %peer, "a connection ended early");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(app.config.shutdown_timeout, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still under way when the time for shutdown was over");
    }
}

/// One connection, from its first byte to its last.
struct Connection {
    app: App,
    router: Router,
    peer: SocketAddr,
}

/// Why a connection ended early.
type Ended = Box<dyn std::error::Error + Send + Sync>;

impl Connection {
    async fn serve(self, stream: TcpStream, watcher: Watcher) -> std::result::Result<(), Ended> {
        let stream = Timed::new(stream, self.app.config.write_timeout);
        Ok(watcher.watch(self.requests(stream)).await?)
    }

    /// The handshake has as much time as the head of a request, and keeps nobody else waiting.
    async fn serve_tls(
        self,
        stream: TcpStream,
        tls: &Tls,
        watcher: Watcher,
        mut stop: watch::Receiver<bool>,
    ) -> std::result::Result<(), Ended> {
        let handshake = tokio::time::timeout(self.app.config.header_timeout, self.handshake(stream, tls));
        let stream = tokio::select! {
            stream = handshake => stream.map_err(|_| "no TLS handshake in time")??,
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        };
        Ok(watcher.watch(self.requests(stream)).await?)
    }

    async fn handshake(&self, mut stream: TcpStream, tls: &Tls) -> std::io::Result<TlsStream<Timed<TcpStream>>> {
        let mut first = [0; 1];
        if stream.peek(&mut first).await? == 1 && first[0].is_ascii_uppercase() {
            self.refuse_plain(&mut stream).await?;
            return Err(std::io::Error::other("plain HTTP where TLS is spoken"));
        }
        tls.accept(Timed::new(stream, self.app.config.write_timeout)).await
    }

    /// Tells somebody who speaks plain HTTP what to speak, as far as it can still listen. No key was asked for or read.
    async fn refuse_plain(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        let message = "This port speaks TLS. Use an address that begins with https://.";
        let answer = wire::refused(&self.app, "400 Bad Request", Code::ValidationError, message);
        stream.write_all(&answer).await?;
        stream.shutdown().await?;
        // A socket closed with bytes unread is reset, and the answer may be lost with it.
        let mut rest = stream.take(PLAIN_MAX);
        tokio::io::copy(&mut rest, &mut tokio::io::sink()).await?;
        Ok(())
    }

    /// Reads requests and answers them until either end has enough.
    fn requests<S>(self, stream: S) -> impl GracefulConnection<Error = hyper::Error> + Send
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Connection { app, router, peer } = self;
        let header_timeout = app.config.header_timeout;
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let request = at_home(request, peer);
            router.clone().oneshot(request)
        });
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(header_timeout)
            .max_buf_size(HEAD_MAX)
            .serve_connection(TokioIo::new(Spoken::new(stream, app)), service)
    }
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
