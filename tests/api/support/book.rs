//! What was asked and what was answered, as it came: the record a history is judged by.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;
use uuid::Uuid;

use super::client::Answer;

/// Who asked, as whoever made the key knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The key.
    pub key_id: Uuid,
    /// Its workspace.
    pub workspace_id: Uuid,
    /// `human` or `service`.
    pub kind: &'static str,
    /// Who answers for it.
    pub owner: Option<String>,
}

/// A request and its answer.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who asked.
    pub who: Who,
    /// `GET` …
    pub method: String,
    /// With its query.
    pub path: String,
    /// Null when there was none.
    pub body: Value,
    /// When it was sent, counted over all calls and answers: one was answered before another was sent when it has the
    /// smaller number.
    pub sent: u64,
    /// Nothing when none came.
    pub answer: Option<Answered>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answered {
    /// When it came, in the count of [`Call::sent`].
    pub at: u64,
    /// The HTTP status.
    pub status: u16,
    /// Its `X-Request-ID`.
    pub request_id: Option<Uuid>,
    /// The body as it came.
    pub text: String,
    /// The body as JSON; null when it is none.
    pub json: Value,
}

impl Call {
    /// The path without its query.
    pub fn route(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// The status; 0 when no answer came.
    pub fn status(&self) -> u16 {
        self.answer.as_ref().map_or(0, |answer| answer.status)
    }

    /// Whether what it asked for was acknowledged.
    pub fn is_acknowledged(&self) -> bool {
        (200..300).contains(&self.status())
    }

    /// When its answer came; after everything when none did.
    pub fn answered_at(&self) -> u64 {
        self.answer.as_ref().map_or(u64::MAX, |answer| answer.at)
    }

    /// A part of the answer's `data`; null when there is none.
    pub fn data(&self, name: &str) -> &Value {
        self.answer.as_ref().map_or(&Value::Null, |answer| &answer.json["data"][name])
    }

    /// For complaints.
    pub fn line(&self) -> String {
        format!("{} {} by {}", self.method, self.path, self.who.owner.as_deref().unwrap_or("a service"))
    }
}

/// Where calls are written down. Clones are the same book.
#[derive(Clone, Default)]
pub struct Book(Arc<Mutex<Pages>>);

#[derive(Default)]
struct Pages {
    known: HashMap<String, Who>,
    calls: Vec<Call>,
    count: u64,
}

impl Pages {
    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }
}

impl Book {
    /// Makes a key known; others can't be written down.
    pub fn knows(&self, key: &str, who: Who) {
        self.pages().known.insert(key.to_owned(), who);
    }

    /// Writes down what is about to be sent; answers its page.
    pub fn asked(&self, key: &str, request: &reqwest::Request) -> usize {
        let bytes = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        let query = request.url().query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut pages = self.pages();
        let call = Call {
            who: pages.known.get(key).expect("a key the book knows").clone(),
            method: request.method().to_string(),
            path: request.url().path().to_owned() + &query,
            body: serde_json::from_slice(bytes).unwrap_or_default(),
            sent: pages.next(),
            answer: None,
        };
        pages.calls.push(call);
        pages.calls.len() - 1
    }

    /// Writes down what came back.
    pub fn answered(&self, page: usize, answer: &Answer) {
        let mut pages = self.pages();
        let at = pages.next();
        pages.calls[page].answer = Some(Answered {
            at,
            status: answer.status,
            request_id: answer.header("x-request-id").and_then(|id| id.parse().ok()),
            text: answer.text.clone(),
            json: answer.json.clone(),
        });
    }

    /// Everything written down so far.
    pub fn calls(&self) -> Vec<Call> {
        self.pages().calls.clone()
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().expect("no caller broke")
    }
}
