//! A receiver of webhooks that answers as the test says, and keeps what it got.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use lexi::config::AllowedHost;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What it does with a request.
#[derive(Debug, Clone)]
pub enum Does {
    /// Answers with a status and a body.
    Answers(u16, String),
    /// Answers 302 to this address.
    Redirects(String),
    /// Takes the request and never answers.
    Hangs,
    /// Takes the request and closes the connection.
    Closes,
    /// Answers 200 and begins a body that never ends.
    NeverEnds,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Got {
    /// With names in small letters.
    pub headers: HashMap<String, String>,
    /// Every byte.
    pub body: String,
    /// The body read.
    pub json: Value,
}

impl Got {
    /// A header that must be there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.headers))
    }
}

/// Listens until it is dropped.
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    listening: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    script: VecDeque<Does>,
    always: Option<Does>,
    got: Vec<Got>,
}

impl Receiver {
    /// One that answers 200 with nothing.
    pub async fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::<Mutex<Shared>>::default();
        let kept = Arc::clone(&shared);
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&kept)));
            }
        });
        Receiver { address, shared, listening }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// As the operator vouches for it.
    pub fn host(&self) -> AllowedHost {
        AllowedHost { host: self.address.ip().to_string(), port: Some(self.address.port()) }
    }

    /// What it does with the next requests, one after the other.
    pub fn then(&self, script: impl IntoIterator<Item = Does>) {
        self.shared.lock().expect("nobody broke").script.extend(script);
    }

    /// What it does with every request for which nothing else was said.
    pub fn always(&self, does: Does) {
        self.shared.lock().expect("nobody broke").always = Some(does);
    }

    /// Everything it got so far.
    pub fn got(&self) -> Vec<Got> {
        self.shared.lock().expect("nobody broke").got.clone()
    }

    /// What it got since the last call of this.
    pub fn take(&self) -> Vec<Got> {
        std::mem::take(&mut self.shared.lock().expect("nobody broke").got)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Mutex<Shared>>) -> Option<()> {
    let got = read(&mut stream).await?;
    let does = {
        let mut shared = shared.lock().expect("nobody broke");
        shared.got.push(got);
        let next = shared.script.pop_front();
        next.or_else(|| shared.always.clone()).unwrap_or(Does::Answers(200, String::new()))
    };
    match does {
        Does::Answers(status, body) => {
            let head = format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            stream.write_all(head.as_bytes()).await.ok()?;
            stream.write_all(body.as_bytes()).await.ok()?;
        }
        Does::Redirects(to) => {
            let head =
                format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).await.ok()?;
        }
        Does::Closes => return None,
        // Until the other side has had enough.
        Does::Hangs => while stream.read_u8().await.is_ok() {},
        Does::NeverEnds => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await.ok()?;
            let part = "x".repeat(8_192);
            while stream.write_all(part.as_bytes()).await.is_ok() {}
        }
    }
    stream.shutdown().await.ok()
}

async fn read(stream: &mut TcpStream) -> Option<Got> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).ok()?;
    let headers: HashMap<String, String> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers.get("content-length")?.parse().ok()?;
    while bytes.len() < head + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8(bytes[head + 4..].to_vec()).ok()?;
    let json = serde_json::from_str(&body).ok()?;
    Some(Got { headers, body, json })
}
