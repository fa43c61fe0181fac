//! Callers who are answered in the end, whatever becomes of servers and connections: they send a request again under its
//! `Idempotency-Key`, to whichever server is there, until somebody answers.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;

use crate::support::{Answer, Client, Process};

/// How long one request may stay without any answer in the end.
const PATIENCE: Duration = Duration::from_secs(180);
/// A server that has not answered by then is taken for lost: the request is sent again under the same key.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);
/// Between two attempts.
const REST: Duration = Duration::from_millis(20);

/// The servers as they are reached now, and what they have answered.
pub(super) struct Net {
    servers: Mutex<Vec<Client>>,
    turn: AtomicUsize,
    stop: AtomicBool,
    drawn: AtomicUsize,
    kept: Mutex<Vec<Kept>>,
    /// Requests that were not answered at once.
    pub(super) broken: AtomicUsize,
}

/// A write with its `Idempotency-Key`.
#[derive(Clone)]
struct Request {
    method: Method,
    path: String,
    body: Value,
    key: String,
}

/// A write that was acknowledged, and with what.
struct Kept {
    by: Caller,
    request: Request,
    status: u16,
    text: String,
}

/// Whoever holds a key.
#[derive(Clone)]
pub(super) struct Caller {
    net: Arc<Net>,
    key: String,
    /// Who answers for the key, as decisions name it.
    pub(super) owner: String,
}

impl Net {
    pub(super) fn of(servers: &[&Process]) -> Arc<Net> {
        let net = Net {
            servers: Mutex::default(),
            turn: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            drawn: AtomicUsize::new(0),
            kept: Mutex::default(),
            broken: AtomicUsize::new(0),
        };
        net.are_now(servers);
        Arc::new(net)
    }

    /// Says where the servers are.
    pub(super) fn are_now(&self, servers: &[&Process]) {
        *self.servers.lock().unwrap() = servers.iter().map(|server| Client::new(&server.url, None)).collect();
    }

    /// The next server in turn, for whoever holds `key`.
    pub(super) fn client(&self, key: &str) -> Client {
        let servers = self.servers.lock().unwrap();
        servers[self.turn.fetch_add(1, Ordering::Relaxed) % servers.len()].with_key(key)
    }

    pub(super) fn caller(self: &Arc<Net>, key: &str, owner: &str) -> Caller {
        Caller { net: Arc::clone(self), key: key.to_owned(), owner: owner.to_owned() }
    }

    /// A number that was not drawn before.
    pub(super) fn draw(&self) -> usize {
        self.drawn.fetch_add(1, Ordering::Relaxed)
    }

    /// Writes that were acknowledged so far.
    pub(super) fn acknowledged(&self) -> usize {
        self.kept.lock().unwrap().len()
    }

    /// Waits until so many more writes are acknowledged.
    pub(super) async fn until_acknowledged(&self, more: usize) {
        let (wanted, begun) = (self.acknowledged() + more, Instant::now());
        while self.acknowledged() < wanted {
            assert!(begun.elapsed() < PATIENCE, "nobody gets on: {} of {wanted}", self.acknowledged());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Sends every acknowledged write again; what is not answered as it was the first time. Callers begin anew afterwards.
    pub(super) async fn answered_otherwise(&self) -> Vec<String> {
        let kept = std::mem::take(&mut *self.kept.lock().unwrap());
        let mut complaints = Vec::new();
        for Kept { by, request, status, text } in kept {
            let again = by.sent(&request, |_| true).await;
            if (again.status, &again.text) != (status, &text) {
                let Request { method, path, .. } = &request;
                complaints
                    .push(format!("{method} {path} was answered {text}, and again {}: {}", again.status, again.text));
            }
        }
        self.stop.store(false, Ordering::Relaxed);
        complaints
    }
}

impl Caller {
    pub(super) async fn post(&self, path: &str, body: Value) -> Answer {
        self.write(Method::POST, path, body).await
    }

    pub(super) async fn write(&self, method: Method, path: &str, body: Value) -> Answer {
        self.write_until(method, path, body, |_| true).await
    }

    /// As [`Caller::write`], again and again until the answer leaves nothing open.
    pub(super) async fn write_until(
        &self,
        method: Method,
        path: &str,
        body: Value,
        is_whole: impl Fn(&Answer) -> bool,
    ) -> Answer {
        let key = format!("once-{}", self.net.draw());
        let request = Request { method, path: path.to_owned(), body, key };
        let answer = self.sent(&request, is_whole).await;
        if answer.status < 300 {
            let (status, text) = (answer.status, answer.text.clone());
            self.net.kept.lock().unwrap().push(Kept { by: self.clone(), request, status, text });
        }
        answer
    }

    async fn sent(&self, request: &Request, is_whole: impl Fn(&Answer) -> bool) -> Answer {
        self.answered(
            |client| {
                let sent = client.request(request.method.clone(), &request.path);
                sent.header("Idempotency-Key", &request.key).json(&request.body)
            },
            is_whole,
        )
        .await
    }

    /// GET.
    pub(super) async fn get(&self, path: &str) -> Answer {
        self.answered(|client| client.request(Method::GET, path), |_| true).await
    }

    async fn answered(
        &self,
        request: impl Fn(&Client) -> reqwest::RequestBuilder,
        is_whole: impl Fn(&Answer) -> bool,
    ) -> Answer {
        let begun = Instant::now();
        loop {
            let client = self.net.client(&self.key);
            let sent = tokio::time::timeout(ANSWERED_WITHIN, client.try_send(request(&client))).await.ok().flatten();
            match sent {
                Some(answer) if answer.status == 503 => assert!(answer.header("retry-after").is_some()),
                Some(answer) => {
                    assert!(answer.status < 500, "{}: {}", answer.status, answer.text);
                    if is_whole(&answer) {
                        return answer;
                    }
                }
                None => {}
            }
            self.net.broken.fetch_add(1, Ordering::Relaxed);
            assert!(begun.elapsed() < PATIENCE, "never answered");
            tokio::time::sleep(REST).await;
        }
    }
}
