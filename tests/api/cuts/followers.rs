//! Whoever follows the events of a workspace while servers and connections break: one by a stream that goes on behind the last
//! event it saw, one by asking for what comes `after`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::net::{Caller, Net};
use crate::support::Feed;

/// How long the last events may take to a follower.
const PATIENCE: Duration = Duration::from_secs(180);
/// Before a line that broke is opened again.
const REST: Duration = Duration::from_millis(20);

/// An event as a follower saw it: what never changes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) number: i64,
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) task: Option<String>,
}

impl Seen {
    pub(super) fn of(event: &serde_json::Value) -> Seen {
        let text = |name: &str| event[name].as_str().map(str::to_owned);
        Seen {
            number: event["number"].as_i64().expect("a number"),
            id: text("id").expect("an id"),
            kind: text("type").expect("a type"),
            task: text("task_id"),
        }
    }
}

/// Somebody who follows until he has seen all there is.
pub(super) struct Follower {
    seen: Arc<Mutex<Vec<Seen>>>,
    last: watch::Sender<i64>,
    following: JoinHandle<()>,
}

impl Follower {
    /// By server-sent events with `Last-Event-ID`.
    pub(super) fn by_stream(net: &Arc<Net>, key: &str) -> Follower {
        Follower::begin(|seen, last| stream(Arc::clone(net), key.to_owned(), seen, last))
    }

    /// By pages that are waited for.
    pub(super) fn by_pages(caller: Caller) -> Follower {
        Follower::begin(|seen, last| pages(caller, seen, last))
    }

    fn begin<F>(follow: impl FnOnce(Arc<Mutex<Vec<Seen>>>, watch::Receiver<i64>) -> F) -> Follower
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (seen, last) = (Arc::<Mutex<Vec<Seen>>>::default(), watch::Sender::new(i64::MAX));
        let following = tokio::spawn(follow(Arc::clone(&seen), last.subscribe()));
        Follower { seen, last, following }
    }

    /// All that was seen, once the event `last` is among it.
    pub(super) async fn seen_up_to(self, last: i64) -> Vec<Seen> {
        self.last.send_replace(last);
        let ended = tokio::time::timeout(PATIENCE, self.following).await;
        ended.expect("the last event comes").expect("a follower sees only what is documented");
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

fn came_to(seen: &Mutex<Vec<Seen>>) -> i64 {
    seen.lock().unwrap().last().map_or(0, |event| event.number)
}

async fn stream(net: Arc<Net>, key: String, seen: Arc<Mutex<Vec<Seen>>>, mut last: watch::Receiver<i64>) {
    while came_to(&seen) < *last.borrow() {
        let client = net.client(&key);
        let Some(mut feed) = Feed::try_open(&client, "/v1/events", Some(came_to(&seen))).await else {
            tokio::time::sleep(REST).await;
            continue;
        };
        while came_to(&seen) < *last.borrow() {
            tokio::select! {
                came = feed.next() => match came {
                    Some(came) => {
                        let event = Seen::of(&came.data);
                        assert_eq!((came.number, &came.kind), (event.number, &event.kind));
                        seen.lock().unwrap().push(event);
                    }
                    None => break,
                },
                _ = last.changed() => {}
            }
        }
    }
}

async fn pages(caller: Caller, seen: Arc<Mutex<Vec<Seen>>>, last: watch::Receiver<i64>) {
    while came_to(&seen) < *last.borrow() {
        let answer = caller.get(&format!("/v1/events?after={}&wait=2&limit=40", came_to(&seen))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let events = answer.json["data"]["events"].as_array().expect("events").iter().map(Seen::of);
        seen.lock().unwrap().extend(events);
    }
}
