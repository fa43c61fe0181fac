//! One workspace in the middle of everything: people who ask and decide, rules, webhooks at receivers of the test, a stream and a
//! reader of pages; and what must hold of all of it when it has come to rest.

use std::sync::Arc;

use lexi::db::Db;
use lexi::keys::{self, By, Kind, NewKey, Secret, Tier};
use lexi::workspaces;
use serde_json::json;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::checks;
use super::followers::{Follower, Seen};
use super::hooks::{Hook, OF_CONTACTS, OF_TASKS};
use super::net::{Caller, Net};
use super::stories::{self, Desk, HELD, VOTED};
use crate::support::server::BEGIN_MS;
use crate::support::{Does, Receiver};

/// People who do one thing after the other; one of them only what takes long.
const WORKERS: usize = 4;
/// Events on a page when all are read at the end.
const PAGE: usize = 500;

/// A workspace under load.
pub(super) struct Office {
    workspace_id: Uuid,
    desk: Arc<Desk>,
    reader: Caller,
    hooks: Vec<Hook>,
    stream: Follower,
    pages: Follower,
    workers: Vec<JoinHandle<()>>,
}

impl Office {
    /// Makes the workspace with all that is in it, and begins.
    pub(super) async fn open(db: &Db, net: &Arc<Net>, name: &str, seed: u64) -> Office {
        let (workspace_id, [ann, bo, cy, head]) = keys_of(db, name).await;
        let caller = |key: &str, owner: &str| net.caller(key, owner);
        let reader = caller(&head, "Hal Head");
        let rules = [
            json!({ "name": "Held", "types": ["prospect_search"], "min_size": HELD.start, "max_size": HELD.end - 1,
                "hold_minutes": 30 }),
            json!({ "name": "Four eyes", "types": ["prospect_search"], "min_size": VOTED.start,
                "max_size": VOTED.end - 1, "approve": "any 2" }),
        ];
        for rule in rules {
            let made = reader.post("/v1/lexi/rules", rule).await;
            assert_eq!(made.status, 201, "{}", made.text);
        }
        let mut hooks = Vec::new();
        for events in [OF_TASKS, OF_CONTACTS] {
            let receiver = Receiver::start().await;
            let body = json!({ "url": receiver.url(), "events": events });
            let made = net.client(&head).post("/v1/webhooks", &body).await;
            assert_eq!(made.status, 201, "{}", made.text);
            let secret = made.json["data"]["webhook"]["secret"].as_str().expect("a secret").to_owned();
            hooks.push(Hook { receiver, events, secret });
        }
        let desk = Arc::new(Desk {
            net: Arc::clone(net),
            ann: caller(&ann, "Ann Lee"),
            bo: caller(&bo, "Bo Chan"),
            cy: caller(&cy, "Cy Dunn"),
            told: std::sync::Mutex::default(),
            notes: std::sync::Mutex::default(),
            emails: std::sync::Mutex::default(),
        });
        let workers = (0..WORKERS)
            .map(|n| tokio::spawn(stories::work(Arc::clone(&desk), n == 0, seed.wrapping_add(n as u64))))
            .collect();
        let (stream, pages) = (Follower::by_stream(net, &head), Follower::by_pages(reader.clone()));
        Office { workspace_id, desk, reader, hooks, stream, pages, workers }
    }

    /// Lets the receivers break off the next delivery, too.
    pub(super) fn receivers_break_off(&self) {
        for hook in &self.hooks {
            hook.receiver.then([Does::Closes]);
        }
    }

    /// Waits until everybody has done what he was about.
    pub(super) async fn rests(&mut self) {
        for worker in self.workers.drain(..) {
            worker.await.expect("callers see only what is documented");
        }
    }

    /// Decisions that were acknowledged.
    pub(super) fn decisions(&self) -> usize {
        self.desk.told.lock().unwrap().len()
    }

    /// What is wrong, once all has come to rest.
    pub(super) async fn complaints(self, db: &Db) -> Vec<String> {
        let last = checks::settled(db, self.workspace_id).await;
        let told = std::mem::take(&mut *self.desk.told.lock().unwrap());
        let mut complaints = checks::not_as_told(&self.reader, &told).await;
        complaints.extend(checks::of_store(db, self.workspace_id, &self.desk).await);
        let feed = whole(&self.reader).await;
        if !feed.iter().map(|event| event.number).eq(1..=last) {
            complaints.push(format!("GET /v1/events does not bring 1 to {last}"));
        }
        for (who, follower) in [("the stream", self.stream), ("the reader of pages", self.pages)] {
            let seen = follower.seen_up_to(last).await;
            if let Some(at) = (0..feed.len().max(seen.len())).find(|at| seen.get(*at) != feed.get(*at)) {
                complaints.push(format!("{who} saw {:?} where {:?} is", seen.get(at), feed.get(at)));
            }
        }
        for hook in &self.hooks {
            complaints.extend(hook.complaints(&feed).await);
        }
        complaints
    }
}

/// All events, page by page.
async fn whole(reader: &Caller) -> Vec<Seen> {
    let mut all: Vec<Seen> = Vec::new();
    loop {
        let after = all.last().map_or(0, |event| event.number);
        let page = reader.get(&format!("/v1/events?after={after}&limit={PAGE}")).await;
        let events = page.json["data"]["events"].as_array().expect("events").clone();
        all.extend(events.iter().map(Seen::of));
        if events.len() < PAGE {
            return all;
        }
    }
}

/// A new workspace with the keys of three people and of its head.
async fn keys_of(db: &Db, name: &str) -> (Uuid, [String; 4]) {
    let (workspace, now_ms) = (name.to_owned(), BEGIN_MS);
    let workspace = db.write(move |tx| workspaces::create(tx, &workspace, now_ms)).await.expect("a workspace");
    let mut all = Vec::new();
    for (owner, permissions) in [
        ("Ann Lee", "read,write,lexi"),
        ("Bo Chan", "read,write,lexi"),
        ("Cy Dunn", "read,write,lexi"),
        ("Hal Head", "read,write,lexi,policies:admin"),
    ] {
        let new = NewKey {
            name: owner.to_owned(),
            description: None,
            permissions: permissions.split(',').map(str::to_owned).collect(),
            tier: Some(Tier::Unmetered),
            roles: Vec::new(),
            kind: Kind::Human,
            owner: Some(owner.to_owned()),
            expires_at_ms: None,
        };
        let secret = Secret::draw().expect("a secret");
        all.push(secret.reveal().to_owned());
        let made = db.write(move |tx| keys::create(tx, &By::Operator(workspace.id), &new, &secret, now_ms)).await;
        made.expect("the key is made");
    }
    (workspace.id, all.try_into().expect("four keys"))
}
