//! A reader of the feed as server-sent events, as a browser reads them.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::Value;

use super::Client;

/// How long an event that must come may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// One open stream.
pub struct Feed {
    response: Response,
    text: String,
}

/// An event as it came over the line.
#[derive(Debug, Clone)]
pub struct Came {
    /// What stands behind `id:`.
    pub number: i64,
    /// What stands behind `event:`.
    pub kind: String,
    /// What stands behind `data:`.
    pub data: Value,
}

impl Feed {
    /// Opens `path`, behind the event `last` if one is named.
    pub async fn open(client: &Client, path: &str, last: Option<i64>) -> Feed {
        Feed::try_open(client, path, last).await.expect("the stream opens")
    }

    /// As [`Feed::open`]; nothing when the server is not there, or has no database at the moment.
    pub async fn try_open(client: &Client, path: &str, last: Option<i64>) -> Option<Feed> {
        let mut request = client.request(Method::GET, path).header("Accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last.to_string());
        }
        let response = request.send().await.ok()?;
        if response.status() == 503 {
            return None;
        }
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Some(Feed { response, text: String::new() })
    }

    /// The next event; nothing when the stream has ended, well or badly. Comments are passed over.
    pub async fn next(&mut self) -> Option<Came> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                if let Some(came) = came(&block) {
                    return Some(came);
                }
                continue;
            }
            let part = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("something comes in time");
            self.text.push_str(std::str::from_utf8(&part.ok()??).expect("whole characters"));
        }
    }

    /// The next `count` events.
    pub async fn take(&mut self, count: usize) -> Vec<Came> {
        let mut taken = Vec::new();
        while taken.len() < count {
            taken.push(self.next().await.expect("the stream goes on"));
        }
        taken
    }
}

fn came(block: &str) -> Option<Came> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    Some(Came {
        number: field("id:")?.parse().expect("a number"),
        kind: field("event:")?.to_owned(),
        data: serde_json::from_str(field("data:")?).expect("JSON"),
    })
}
