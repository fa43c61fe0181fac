//! What the drivers share: a server in a process of its own, and a connection that asks and waits for the answer.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How often a server that starts is looked for, and how long between.
const LOOKS: u32 = 24_000;
const BETWEEN: Duration = Duration::from_millis(5);

/// A server in a process of its own, ended when dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts `program` with `arguments` and a `--listen` of its own; returns when it takes connections.
    pub(crate) fn start(program: &Path, arguments: &[String]) -> Result<Server> {
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let process = Command::new(program)
            .args(arguments)
            .args(["--listen", &address.to_string()])
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("{} can't be started", program.display()))?;
        let server = Server { process, address };
        for _ in 0..LOOKS {
            if std::net::TcpStream::connect(address).is_ok() {
                return Ok(server);
            }
            std::thread::sleep(BETWEEN);
        }
        bail!("a server did not start")
    }

    /// Its number among the processes of the machine.
    #[allow(dead_code, reason = "not every driver looks at the process")]
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A connection that is kept open: request, answer, request …
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: Vec::with_capacity(4_096) })
    }

    /// Posts `body`; the body of the answer. Anything but 200 is an error.
    pub(crate) async fn post(&mut self, path: &str, secret: &str, body: &str) -> Result<&[u8]> {
        self.post_with(path, secret, body, "").await
    }

    /// As [`Connection::post`], with an `Idempotency-Key`.
    #[allow(dead_code, reason = "not every driver repeats requests")]
    pub(crate) async fn post_once(&mut self, path: &str, secret: &str, body: &str, key: &str) -> Result<&[u8]> {
        self.post_with(path, secret, body, &format!("Idempotency-Key: {key}\r\n")).await
    }

    async fn post_with(&mut self, path: &str, secret: &str, body: &str, header: &str) -> Result<&[u8]> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {secret}\r\nContent-Type: application/json\r\n\
             {header}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let (status, at) = self.ask(&head).await?;
        if status != 200 {
            bail!("answered {status}: {}", String::from_utf8_lossy(&self.buffer));
        }
        Ok(&self.buffer[at..])
    }

    /// The status of a page that needs no key.
    #[allow(dead_code, reason = "not every driver asks so")]
    pub(crate) async fn status(&mut self, path: &str) -> Result<u16> {
        Ok(self.ask(&format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n")).await?.0)
    }

    /// Sends a request and reads the answer: its status, and where in the buffer its body begins.
    async fn ask(&mut self, request: &str) -> Result<(u16, usize)> {
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            let Some(head) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let text = std::str::from_utf8(&self.buffer[..head])?.to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.context("an answer without a length")?.trim().parse()?;
            let status = text.split(' ').nth(1).context("an answer without a status")?.parse()?;
            while self.buffer.len() < head + 4 + length {
                if self.stream.read_buf(&mut self.buffer).await? == 0 {
                    bail!("the server closed the connection");
                }
            }
            return Ok((status, head + 4));
        }
    }
}
