//! A proxy between Lexi and PostgreSQL that breaks connections where a test wants it: all of them at once, or one exactly
//! before or after a commit. It can also end TLS, as a PostgreSQL with a certificate would.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio_postgres::Config;
use tokio_postgres::config::Host;
use tokio_rustls::TlsAcceptor;

/// What a client says that would like TLS.
const TLS_WANTED: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
/// A commit on the wire.
const COMMIT: &[u8] = b"Q\0\0\0\x0bcommit\0";

/// A listening proxy.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    server: Config,
    tls: Mutex<Option<TlsAcceptor>>,
    open: AtomicBool,
    /// Counts how often everything was cut.
    cuts: watch::Sender<u64>,
    /// What becomes of the next commit of a transaction that writes.
    commit: AtomicU8,
}

/// What becomes of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// It reaches the server, and the answer its client.
    Pass = 0,
    /// The connection breaks before it reaches the server.
    Lose = 1,
    /// It is done, and the connection breaks before the client hears of it.
    Swallow = 2,
}

impl Proxy {
    /// A proxy to the server at this address; it begins open.
    pub async fn to(server: &str) -> Proxy {
        let server: Config = server.parse().expect("the address of the suite's PostgreSQL");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            server,
            tls: Mutex::default(),
            open: AtomicBool::new(true),
            cuts: watch::Sender::new(0),
            commit: AtomicU8::new(Commit::Pass as u8),
        });
        let accepting = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if accepting.open.load(Ordering::Acquire) {
                    let shared = Arc::clone(&accepting);
                    tokio::spawn(async move { shared.carry(client).await });
                }
            }
        });
        Proxy { address, shared }
    }

    /// The address of `database` through this proxy.
    pub fn url(&self, database: &str) -> String {
        let user = self.shared.server.get_user().unwrap_or("postgres");
        let password = self.shared.server.get_password().map(|word| String::from_utf8_lossy(word).into_owned());
        let password = password.map_or(String::new(), |word| format!(":{word}"));
        format!("postgres://{user}{password}@{}/{database}", self.address)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Ends TLS with this certificate from now on.
    pub fn with_tls(&self, tls: TlsAcceptor) {
        *self.shared.tls.lock().expect("nobody broke") = Some(tls);
    }

    /// What becomes of the next commit of a transaction that writes.
    pub fn next_commit(&self, commit: Commit) {
        self.shared.commit.store(commit as u8, Ordering::Release);
    }

    /// Breaks all connections; new ones are taken.
    pub fn cut(&self) {
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Breaks all connections and takes no more.
    pub fn shut(&self) {
        self.shared.open.store(false, Ordering::Release);
        self.cut();
    }

    /// Takes connections again.
    pub fn open(&self) {
        self.shared.open.store(true, Ordering::Release);
    }
}

impl Shared {
    async fn carry(&self, mut client: TcpStream) -> Option<()> {
        let tls = self.tls.lock().expect("nobody broke").clone();
        let Some(tls) = tls else { return self.between(client).await };
        let mut wanted = [0; 8];
        client.read_exact(&mut wanted).await.ok()?;
        assert_eq!(wanted, TLS_WANTED, "the client asks for TLS first");
        client.write_all(b"S").await.ok()?;
        self.between(tls.accept(client).await.ok()?).await
    }

    async fn between(&self, client: impl AsyncRead + AsyncWrite + Unpin) -> Option<()> {
        let port = self.server.get_ports().first().copied().unwrap_or(5432);
        match self.server.get_hosts().first()? {
            Host::Tcp(name) => self.pump(client, TcpStream::connect((name.as_str(), port)).await.ok()?).await.ok(),
            Host::Unix(folder) => {
                let socket = folder.join(format!(".s.PGSQL.{port}"));
                self.pump(client, UnixStream::connect(socket).await.ok()?).await.ok()
            }
        }
    }

    async fn pump(
        &self,
        client: impl AsyncRead + AsyncWrite + Unpin,
        server: impl AsyncRead + AsyncWrite + Unpin,
    ) -> io::Result<()> {
        let (mut from_client, mut to_client) = tokio::io::split(client);
        let (mut from_server, mut to_server) = tokio::io::split(server);
        let mut cuts = self.cuts.subscribe();
        let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
        let mut writes = false;
        loop {
            tokio::select! {
                _ = cuts.changed() => return Ok(()),
                read = from_server.read(&mut answered) => match read? {
                    0 => return Ok(()),
                    n => to_client.write_all(&answered[..n]).await?,
                },
                read = from_client.read(&mut asked) => {
                    let bytes = match read? {
                        0 => return Ok(()),
                        n => &asked[..n],
                    };
                    if holds(bytes, b"begin isolation level") {
                        writes = !holds(bytes, b"read only");
                    }
                    let fate = if writes && holds(bytes, COMMIT) { self.commit.swap(0, Ordering::AcqRel) } else { 0 };
                    if fate == Commit::Lose as u8 {
                        return Ok(());
                    }
                    to_server.write_all(bytes).await?;
                    if fate == Commit::Swallow as u8 {
                        // The first byte of the answer means that it is done.
                        from_server.read_u8().await?;
                        return Ok(());
                    }
                }
            }
        }
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
