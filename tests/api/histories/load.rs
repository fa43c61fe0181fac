//! The load: callers of two workspaces ask, look and decide at once, over HTTP, while every call is written down.
//!
//! Nothing here expects an answer; what it should have been is for the judge. Each lane asks for people of a title of its
//! own and waits for what it approved, so that what is shown can be compared with what is done.

use std::sync::Arc;
use std::time::Duration;

use lexi::clock::{Clock as _, SystemClock};
use lexi::db::{Db, Tx};
use lexi::keys::permissions::Permissions;
use lexi::keys::{self, By, Kind, NewKey, Secret, Tier};
use lexi::workspaces;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::openapi::{document, filled, operations};
use crate::support::book::{Book, Who};
use crate::support::judge::NO_ID;
use crate::support::{Answer, Client, Process};
use crate::tenants::{Owner, body, send};

/// How often something that was approved is looked at until it has ended, with a rest between.
const LOOKS: usize = 400;
const REST: Duration = Duration::from_millis(25);
/// People of the task that is done by a job in two steps.
const MANY: usize = 140;
/// Whoever signs here has no key.
const NOBODY: &str = "Mallory Grey";

/// A workspace with four callers who may ask and decide, and one who may do everything.
pub(crate) struct Office {
    /// The workspace.
    pub(crate) workspace_id: Uuid,
    keys: Vec<String>,
    head: String,
}

/// The callers of an office at a server.
pub(crate) struct Callers {
    office: Arc<Office>,
    all: Vec<Client>,
    head: Client,
}

impl Office {
    /// A new workspace with its keys, which the book knows.
    pub(crate) async fn open(db: &Db, name: &str, book: &Book) -> Office {
        let name = name.to_owned();
        let now_ms = SystemClock.now_ms();
        let workspace = db.write(move |tx| workspaces::create(tx, &name, now_ms)).await.expect("a workspace");
        let mut office = Office { workspace_id: workspace.id, keys: Vec::new(), head: String::new() };
        for (kind, owner) in [
            (Kind::Human, Some("Ann Lee")),
            (Kind::Human, Some("Ben Roy")),
            (Kind::Service, Some("Clio")),
            (Kind::Service, None),
        ] {
            let key = office.key(db, book, "read,write,lexi", (kind, owner)).await;
            office.keys.push(key);
        }
        let everything = "read,write,lexi,keys:admin,policies:admin,audit:read";
        office.head = office.key(db, book, everything, (Kind::Human, Some("Dee Fox"))).await;
        office
    }

    async fn key(&self, db: &Db, book: &Book, permissions: &str, (kind, owner): (Kind, Option<&str>)) -> String {
        let permissions: Vec<String> = permissions.split(',').map(str::to_owned).collect();
        Permissions::parse(&permissions).expect("permissions that exist");
        let new = NewKey {
            name: "load".into(),
            description: None,
            permissions,
            tier: Some(Tier::Unmetered),
            roles: Vec::new(),
            kind,
            owner: owner.map(str::to_owned),
            expires_at_ms: None,
        };
        let secret = Secret::draw().expect("a secret");
        let key = secret.reveal().to_owned();
        let (workspace_id, now_ms) = (self.workspace_id, SystemClock.now_ms());
        let create = move |tx: &mut Tx| keys::create(tx, &By::Operator(workspace_id), &new, &secret, now_ms);
        let made = db.write(create).await.expect("a key");
        let (key_id, owner) = (made.api_key.id, owner.map(str::to_owned));
        book.knows(&key, Who { key_id, workspace_id, kind: kind.as_str(), owner });
        key
    }

    /// Its callers at a server.
    pub(crate) fn at(self: &Arc<Office>, server: &Process, book: &Book) -> Callers {
        let client = |key: &String| server.client(key).written_down_in(book);
        Callers { office: Arc::clone(self), all: self.keys.iter().map(client).collect(), head: client(&self.head) }
    }
}

/// Everything at once: all lanes of both offices, and one of them at the other's walls.
pub(crate) async fn everything(left: &Callers, right: &Callers, hooks: [&str; 2]) {
    let owner = Owner::of(left.head.clone(), hooks[0], &in_a_month()).await;
    hook(right, hooks[1]).await;
    tokio::join!(left.lanes(), right.lanes(), right.at_the_walls_of(&owner));
}

/// One lane of each office: what is told is to be seen at once.
pub(crate) async fn a_little(left: &Callers, right: &Callers) {
    tokio::join!(left.partly(), right.partly());
}

async fn hook(of: &Callers, url: &str) {
    let hook = json!({ "url": url, "events": ["list.created", "contact.created", "task.completed"] });
    post(&of.head, "/v1/webhooks", &hook).await;
}

fn in_a_month() -> String {
    lexi::clock::iso(SystemClock.now_ms() + 30 * lexi::clock::DAY_MS)
}

/// Posts; nothing when no answer came, as when the server was killed.
async fn post(client: &Client, path: &str, body: &Value) -> Option<Answer> {
    client.try_send(client.request(Method::POST, path).json(body)).await
}

async fn patch(client: &Client, path: &str, body: &Value) -> Option<Answer> {
    client.try_send(client.request(Method::PATCH, path).json(body)).await
}

async fn look(client: &Client, path: &str) -> Option<Answer> {
    client.try_send(client.request(Method::GET, path)).await
}

/// Asks in plain words; gives the task that is proposed, as it is shown.
async fn propose(client: &Client, words: &str, context: Value) -> Option<Value> {
    let told = post(client, "/v1/lexi/chat", &json!({ "message": words, "context": context })).await?;
    told.json["data"]["task"].is_object().then(|| told.json["data"]["task"].clone())
}

/// Asks for so many people of a title.
async fn search(client: &Client, count: usize, title: &str) -> Option<Value> {
    propose(client, &format!("Find {count} {title}s at law firms in California"), json!({})).await
}

fn path(task: &Value, rest: &str) -> String {
    format!("/v1/lexi/tasks/{}{rest}", task["id"].as_str().unwrap_or(NO_ID))
}

/// Approves the plan that is shown.
async fn approve(client: &Client, task: &Value) -> Option<Answer> {
    post(client, &path(task, "/approve"), &json!({ "plan_hash": task["plan_hash"] })).await
}

/// Looks at a task until it has ended.
async fn until_ended(client: &Client, task: &Value) -> Option<()> {
    for _ in 0..LOOKS {
        let shown = look(client, &path(task, "")).await?;
        if !["pending", "approved"].contains(&shown.json["data"]["status"].as_str()?) {
            return Some(());
        }
        tokio::time::sleep(REST).await;
    }
    None
}

async fn approve_to_the_end(client: &Client, task: &Value) -> Option<()> {
    approve(client, task).await?;
    until_ended(client, task).await
}

/// One way to decide about a task, with a body that claims to come from somebody else.
#[derive(Clone, Copy)]
enum Way {
    Approve,
    Dismiss,
    ApproveInABatch,
    DismissInABatch,
}

impl Way {
    async fn go(self, client: Client, task: Value, turn: usize) {
        let reason = format!("turn {turn}");
        let (action, is_batch) = match self {
            Way::Approve => ("approve", false),
            Way::Dismiss => ("dismiss", false),
            Way::ApproveInABatch => ("approve", true),
            Way::DismissInABatch => ("dismiss", true),
        };
        if is_batch {
            let tasks = json!([{ "id": task["id"], "reason": reason }]);
            post(&client, "/v1/lexi/tasks/batch", &json!({ "action": action, "tasks": tasks })).await;
            return;
        }
        let claims = json!({ "reason": reason, "decided_by": NOBODY, "approved_by": NOBODY, "owner": NOBODY,
            "kind": "human", "key_id": NO_ID });
        post(&client, &path(&task, &format!("/{action}")), &claims).await;
    }
}

impl Callers {
    /// Its workspace.
    pub(crate) fn office(&self) -> &Office {
        &self.office
    }

    async fn lanes(&self) {
        tokio::join!(self.races(), self.large(), self.revised(), self.left_alone(), self.partly(), self.records());
    }

    /// Everybody decides about the same task at once.
    async fn races(&self) -> Option<()> {
        use Way::{Approve, ApproveInABatch, Dismiss, DismissInABatch};
        let rounds: [&[Way]; 4] = [
            &[Approve, Approve, Approve, Approve],
            &[Dismiss, Dismiss, Dismiss, DismissInABatch],
            &[Approve, Dismiss, ApproveInABatch, Dismiss],
            &[Dismiss, Approve, DismissInABatch, Approve],
        ];
        for (round, ways) in rounds.into_iter().enumerate() {
            let task = search(&self.all[round], 3 + round, "COO").await?;
            let mut racing = JoinSet::new();
            for (turn, way) in ways.iter().enumerate() {
                racing.spawn(way.go(self.all[turn].clone(), task.clone(), turn));
            }
            let looking = self.all[3].clone();
            let shown = path(&task, "");
            racing.spawn(async move {
                look(&looking, &shown).await;
            });
            racing.join_all().await;
            until_ended(&self.all[0], &task).await?;
            // Whoever comes now comes too late for certain.
            Approve.go(self.all[1].clone(), task.clone(), 8).await;
            Dismiss.go(self.all[2].clone(), task, 9).await;
        }
        Some(())
    }

    /// A task that a job does in several steps, approved by two at once.
    async fn large(&self) -> Option<()> {
        let task = search(&self.all[0], MANY, "CFO").await?;
        tokio::join!(approve(&self.all[1], &task), approve(&self.all[2], &task));
        Some(())
    }

    /// A plan is changed: whoever approves the one before it, or names none, does not approve. Another is approved in part.
    async fn revised(&self) -> Option<()> {
        let [ann, ben, ..] = &self.all[..] else { return None };
        let first = search(ann, 4, "CTO").await?;
        let changed = patch(ann, &path(&first, ""), &json!({ "limit": 5 })).await?.json["data"].clone();
        approve(ben, &first).await?;
        post(ben, &path(&first, "/approve"), &json!({})).await?;
        tokio::join!(approve(ann, &changed), approve(ben, &changed));
        until_ended(ann, &first).await?;
        let whole = search(ann, 6, "CTO").await?;
        let people = look(ann, &path(&whole, "/selection?per_page=100")).await?.json["data"]["selection"].clone();
        let part: Vec<&Value> = people.as_array()?.iter().take(3).map(|one| &one["id"]).collect();
        let only = json!({ "only": part, "plan_hash": whole["plan_hash"] });
        post(ben, &path(&whole, "/approve"), &only).await?;
        until_ended(ann, &whole).await
    }

    /// What nobody approves: looked at, talked about, dismissed.
    async fn left_alone(&self) -> Option<()> {
        let client = &self.all[1];
        let task = search(client, 2, "CMO").await?;
        let context = json!({ "conversation_id": task["conversation_id"] });
        for words in ["Approve it", "Yes, I approve. Go ahead."] {
            post(client, "/v1/lexi/chat", &json!({ "message": words, "context": context })).await?;
            look(client, &path(&task, "")).await?;
            look(client, &path(&task, "/approve")).await?;
        }
        let other = search(client, 2, "CMO").await?;
        Way::Dismiss.go(client.clone(), other.clone(), 0).await;
        look(client, &path(&other, "")).await?;
        look(client, "/v1/lexi/tasks?status=all").await.map(|_| ())
    }

    /// What can be done in part only, what was done already, and what can't be done any more.
    async fn partly(&self) -> Option<()> {
        let client = &self.all[2];
        let task = search(client, 3, "CIO").await?;
        let left_out = task["preview"]["sample"][0]["prospect_id"].clone();
        post(client, "/v1/suppressions", &json!({ "prospect_id": left_out, "reason": "asked not to be" })).await?;
        approve_to_the_end(client, &task).await?;
        // Two of these are contacts already, and the one who is suppressed is passed over.
        let again = search(client, 4, "CIO").await?;
        approve_to_the_end(client, &again).await?;
        let list = post(client, "/v1/lists", &json!({ "name": "Gone soon" })).await?.json["data"]["id"].clone();
        let words = "Find 5 CIOs at law firms in California";
        let lost = propose(client, words, json!({ "list_id": list })).await?;
        let list = format!("/v1/lists/{}", list.as_str()?);
        client.try_send(client.request(Method::DELETE, &list)).await?;
        approve_to_the_end(client, &lost).await
    }

    /// Contacts are changed, noted and put on a list; one is changed by hand before the task comes to it.
    async fn records(&self) -> Option<()> {
        let client = &self.all[0];
        let contact = async |name: &str, email: &str| {
            let body = json!({ "full_name": name, "email": email, "job_title": "Partner" });
            let made = post(client, "/v1/contacts", &body).await?;
            Some(made.json["data"]["id"].as_str()?.to_owned())
        };
        let jane = contact("Jane Doe", "jane@acme.example").await?;
        contact("Bob Roe", "bob@marsh.example").await?;
        post(client, "/v1/lists", &json!({ "name": "Q1 Leads" })).await?;
        for words in [
            "Change Jane Doe's email to jane@newco.example",
            "Add a note to Jane Doe: prefers calls after 4pm",
            "put Jane Doe and Bob Roe on my Q1 Leads list",
        ] {
            let task = propose(client, words, json!({})).await?;
            approve_to_the_end(client, &task).await?;
        }
        let task = propose(client, "Change Jane Doe's job title to Counsel", json!({})).await?;
        patch(client, &format!("/v1/contacts/{jane}"), &json!({ "job_title": "Of Counsel" })).await?;
        approve_to_the_end(client, &task).await
    }

    /// Asks on every route for what is another workspace's, and beside it for what is nobody's.
    async fn at_the_walls_of(&self, owner: &Owner) {
        for (method, path, _) in operations(&document()).into_iter().filter(|(_, path, _)| path.contains('{')) {
            let body = body(&method, &path);
            let queries: &[&str] = if path == "/v1/lexi/tasks/{id}" { &["", "?wait=1"] } else { &[""] };
            for query in queries {
                for n in 0..2 {
                    let pick = |name: &str| {
                        let ids = owner.ids(&path, name);
                        ids[n % ids.len()].to_owned()
                    };
                    send(&self.head, &method, &(filled(&path, pick) + query), body.as_ref()).await;
                }
                send(&self.head, &method, &(filled(&path, |_| NO_ID.to_owned()) + query), body.as_ref()).await;
            }
        }
        for id in owner.named().into_iter().chain([NO_ID]) {
            for action in ["approve", "dismiss"] {
                let batch = json!({ "action": action, "tasks": [{ "id": id }] });
                post(&self.head, "/v1/lexi/tasks/batch", &batch).await;
            }
            for place in ["conversation_id", "list_id", "contact_id"] {
                let words = json!({ "message": "Find 1 CEO at law firms in California", "context": { place: id } });
                post(&self.head, "/v1/lexi/chat", &words).await;
            }
            look(&self.head, &format!("/v1/contacts?list_id={id}")).await;
        }
        for path in FEEDS {
            look(&self.head, path).await;
        }
    }

    /// Approves again and again; the first time that is acknowledged, `then` is done.
    pub(crate) async fn approve_until(&self, caller: usize, count: usize, then: &(impl Fn() + Sync)) -> Option<()> {
        loop {
            let task = search(&self.all[caller], count, "CEO").await?;
            if approve(&self.all[caller], &task).await?.status == 200 {
                then();
            }
        }
    }

    /// Looks at everything once more, when all is over.
    pub(crate) async fn look_back(&self, tasks: impl Iterator<Item = &Uuid>) {
        for id in tasks {
            look(&self.all[0], &format!("/v1/lexi/tasks/{id}")).await;
        }
        for path in FEEDS {
            look(&self.head, path).await;
        }
    }
}

/// Where everything of a workspace comes by.
const FEEDS: &[&str] = &[
    "/v1/events?limit=500",
    "/v1/audit-logs?per_page=100",
    "/v1/lexi/tasks?status=all&per_page=100",
    "/v1/contacts?per_page=100",
    "/v1/lists?per_page=100",
    "/v1/notes?per_page=100",
    "/v1/lexi/conversations?user_id=all&archived=true",
    "/v1/webhooks",
    "/v1/lexi/rules",
    "/v1/lexi/policies",
    "/v1/lexi/freezes?status=all",
    "/v1/contacts/export",
];
