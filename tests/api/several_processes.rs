//! Several processes on one database: a server and the command line, and on PostgreSQL as many servers as wanted. Protects
//! that together they keep every limit, do no job twice, refuse a revoked key, see each other's work, and lose nothing
//! when their connections are cut.
//!
//! One server works on a SQLite file, beside any number of commands; on PostgreSQL these tests run three.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lexi::db::{Db, Dialect};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use uuid::Uuid;

use crate::support::database::{dialect, on_server};
use crate::support::history::{not_as_acknowledged, stored_complaints, under_way, workspace_named};
use crate::support::{Answer, Client, Installation, Process, people};

/// How long anything may take that is waited for, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
/// After this time a change of a key holds in every process.
const KEYS_FOLLOW_WITHIN: Duration = Duration::from_secs(1);
/// A worker that dies is followed by another after this.
const LEASE: [&str; 2] = ["--lease", "2s"];

/// Servers on one database.
struct Nodes {
    installation: Installation,
    running: Vec<Process>,
    /// Each server's own data folder.
    _folders: Vec<TempDir>,
}

impl Nodes {
    /// As many servers as the database allows.
    async fn start() -> Nodes {
        let installation = Installation::new().await;
        let count = if dialect() == Dialect::Postgres { 3 } else { 1 };
        let (mut running, mut folders) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let folder = tempfile::tempdir().unwrap();
            let data = folder.path().to_string_lossy().into_owned();
            running.push(installation.serve(&["--data", &data, LEASE[0], LEASE[1]]).await);
            folders.push(folder);
        }
        Nodes { installation, running, _folders: folders }
    }

    /// A caller of each server, all with one key.
    fn clients(&self, key: &str) -> Vec<Client> {
        self.running.iter().map(|node| node.client(key)).collect()
    }

    async fn ceos(&self, count: usize) {
        let chiefs: Vec<_> = (0..count).map(|n| people::at_law_firm(n, "Chief Executive Officer")).collect();
        self.installation.people(&chiefs);
    }
}

async fn ask_for(client: &Client, count: usize) -> Answer {
    let message = json!({ "message": format!("Find {count} CEOs at law firms in California") });
    client.post("/v1/lexi/chat", &message).await
}

fn task_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["data"]["task_id"].as_str().expect("a task was made").to_owned()
}

#[tokio::test]
async fn no_key_may_ask_more_often_by_asking_every_server() {
    let nodes = Nodes::start().await;
    let key = nodes.installation.lexi(&["keys", "create", "--name", "small", "--tier", "starter"]);
    let clients = nodes.clients(key.trim());
    let calls: Vec<_> = (0..24)
        .map(|n| {
            let client = clients[n % clients.len()].clone();
            tokio::spawn(async move { client.get("/v1/lists").await })
        })
        .collect();
    // By the end of the window a call fell into: the minute may have changed meanwhile.
    let mut allowed: BTreeMap<String, u32> = BTreeMap::new();
    for call in calls {
        let answer = call.await.unwrap();
        assert_eq!(answer.header("x-ratelimit-limit"), Some("10"), "{}", answer.text);
        let window = allowed.entry(answer.header("x-ratelimit-reset").unwrap().to_owned()).or_default();
        match answer.status {
            200 => *window += 1,
            429 => assert!(answer.header("retry-after").is_some()),
            other => panic!("{other}: {}", answer.text),
        }
    }
    assert!(allowed.values().all(|count| *count <= 10), "{allowed:?}");
    assert!(allowed.len() > 1 || allowed.values().all(|count| *count == 10), "all of it can be used: {allowed:?}");
}

#[tokio::test]
async fn a_key_of_the_command_line_counts_at_once_and_a_revoked_one_nowhere_after_a_second() {
    let nodes = Nodes::start().await;
    let key = nodes.installation.key("read");
    let clients = nodes.clients(&key);
    for client in &clients {
        assert_eq!(client.get("/v1/lists").await.status, 200, "a new key is known at once");
    }
    nodes.installation.lexi(&["keys", "revoke", "test"]);
    let revoked_at = Instant::now();
    for client in &clients {
        let mut late = 0;
        while late < 3 {
            let asked_at = Instant::now();
            let answer = client.get("/v1/lists").await;
            if asked_at - revoked_at >= KEYS_FOLLOW_WITHIN {
                assert_eq!(
                    answer.status,
                    401,
                    "asked {:?} after it was revoked: {}",
                    asked_at - revoked_at,
                    answer.text
                );
                late += 1;
            }
            assert!([200, 401].contains(&answer.status), "{}", answer.text);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn people_that_the_command_line_imports_are_found_by_every_server() {
    let nodes = Nodes::start().await;
    let clients = nodes.clients(&nodes.installation.key("read,write,lexi"));
    nodes.ceos(40).await;
    until_matched(&clients, 40).await;
    nodes.ceos(70).await;
    until_matched(&clients, 70).await;
}

/// Waits until every server proposes all of so many people.
async fn until_matched(clients: &[Client], count: u64) {
    let begun = Instant::now();
    for client in clients {
        loop {
            let asked = ask_for(client, 1).await;
            let task = client.get(&format!("/v1/lexi/tasks/{}", task_of(&asked))).await;
            if task.json["data"]["preview"]["matched"] == count {
                break;
            }
            assert!(begun.elapsed() < PATIENCE, "never found {count}: {}", task.text);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn a_server_takes_approvals_while_the_command_line_imports_and_makes_keys() {
    let nodes = Nodes::start().await;
    nodes.ceos(60).await;
    let clients = nodes.clients(&nodes.installation.key("read,write,lexi"));
    until_matched(&clients, 60).await;
    let load = Load::begin(&clients, &[1, 20]);
    for n in 0..3 {
        let chiefs: Vec<_> = (0..200).map(|m| people::at_software_company(1_000 + n * 200 + m, "CEO")).collect();
        nodes.installation.people(&chiefs);
        nodes.installation.key("read");
    }
    load.until_approved(load.approved() + 4).await;
    let approved = load.end().await;
    check(&nodes.installation.db().await, "default", &approved, &clients[0]).await;
}

#[tokio::test]
async fn a_task_approved_on_one_server_is_waited_for_on_another() {
    let nodes = Nodes::start().await;
    nodes.ceos(150).await;
    let clients = nodes.clients(&nodes.installation.key("read,write,lexi"));
    until_matched(&clients, 150).await;
    let (here, there) = (&clients[0], &clients[clients.len() - 1]);
    let task = task_of(&ask_for(here, 150).await);
    let (waiting, path) = (there.clone(), format!("/v1/lexi/tasks/{task}?wait=30"));
    let waited = tokio::spawn(async move {
        loop {
            // A wait ends at every change; the task is watched to its end.
            let shown = waiting.get(&path).await;
            let status = shown.json["data"]["status"].as_str().expect("a task").to_owned();
            if !["pending", "approved"].contains(&status.as_str()) {
                return shown;
            }
        }
    });
    assert_eq!(here.post_empty(&format!("/v1/lexi/tasks/{task}/approve")).await.status, 200);
    let ended = tokio::time::timeout(PATIENCE, waited).await.expect("the other server sees the end").unwrap();
    assert_eq!(ended.json["data"]["status"], "completed", "{}", ended.text);
    assert_eq!(ended.json["data"]["result"]["selected"], 150);
    for client in &clients {
        let again = client.post_empty(&format!("/v1/lexi/tasks/{task}/approve")).await;
        assert_eq!(
            (again.status, again.json["error"]["details"]["decision"]["outcome"].as_str()),
            (400, Some("approved"))
        );
    }
}

/// Three servers share the jobs; one is killed while it works. On SQLite the one server is killed and started again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_job_is_done_twice_whoever_approved_it_and_whoever_dies() {
    let mut nodes = Nodes::start().await;
    nodes.ceos(600).await;
    let key = nodes.installation.key("read,write,lexi");
    let clients = nodes.clients(&key);
    until_matched(&clients, 600).await;
    let mut approved = Vec::new();
    for (n, size) in [150_u64, 300, 600, 450, 200, 350].into_iter().enumerate() {
        let client = &clients[n % clients.len()];
        let task = task_of(&ask_for(client, usize::try_from(size).unwrap()).await);
        assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{task}/approve")).await.status, 200);
        approved.push((task.parse::<Uuid>().unwrap(), size));
    }
    nodes.running.pop().expect("a server").kill9();
    if nodes.running.is_empty() {
        nodes.running.push(nodes.installation.serve(&LEASE).await);
    }
    let db = nodes.installation.db().await;
    check(&db, "default", &approved, &nodes.running[0].client(&key)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_approval_is_lost_when_all_connections_are_cut_again_and_again() {
    if dialect() == Dialect::Sqlite {
        return;
    }
    let nodes = Nodes::start().await;
    nodes.ceos(400).await;
    let clients = nodes.clients(&nodes.installation.key("read,write,lexi"));
    until_matched(&clients, 400).await;
    let load = Load::begin(&clients, &[1, 10, 50, 400]);
    let name = nodes.installation.database().name().to_owned();
    for _ in 0..8 {
        load.until_approved(load.approved() + 2).await;
        on_server(&format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")).await;
    }
    load.until_approved(load.approved() + 5).await;
    let approved = load.end().await;
    check(&nodes.installation.db().await, "default", &approved, &clients[0]).await;
    for client in &clients {
        assert_eq!(client.get("/readyz").await.status, 200);
    }
}

/// Waits until nothing is under way in a workspace, and fails unless its history holds together.
async fn check(db: &Db, workspace: &'static str, approved: &[(Uuid, u64)], client: &Client) {
    let workspace_id = db.read(move |tx| workspace_named(tx, workspace)).await.unwrap();
    let begun = Instant::now();
    loop {
        let left = db.read(move |tx| under_way(tx, workspace_id)).await.unwrap();
        assert!(left.forgotten.is_empty(), "no job will end {:?}", left.forgotten);
        if left.tasks == 0 && left.unnumbered == 0 {
            break;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "{} tasks never ended, {} events got no number",
            left.tasks,
            left.unnumbered
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut complaints = db.read(move |tx| stored_complaints(tx, workspace_id)).await.unwrap();
    complaints.extend(not_as_acknowledged(client, approved).await);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Callers who ask and approve on every server until they are told to stop.
struct Load {
    approved: Arc<Mutex<Vec<(Uuid, u64)>>>,
    stop: watch::Sender<bool>,
    callers: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    fn begin(clients: &[Client], sizes: &[u64]) -> Load {
        let (approved, stop) = (Arc::<Mutex<Vec<_>>>::default(), watch::Sender::new(false));
        let callers = sizes
            .iter()
            .enumerate()
            .map(|(n, size)| {
                let caller =
                    Caller { clients: clients.to_vec(), turn: n, size: *size, approved: Arc::clone(&approved) };
                tokio::spawn(caller.run(stop.subscribe()))
            })
            .collect();
        Load { approved, stop, callers }
    }

    fn approved(&self) -> usize {
        self.approved.lock().unwrap().len()
    }

    async fn until_approved(&self, count: usize) {
        let begun = Instant::now();
        while self.approved() < count {
            assert!(begun.elapsed() < PATIENCE, "only {} approvals of {count}", self.approved());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn end(self) -> Vec<(Uuid, u64)> {
        self.stop.send_replace(true);
        for caller in self.callers {
            caller.await.expect("the callers see only what is documented");
        }
        std::mem::take(&mut *self.approved.lock().unwrap())
    }
}

struct Caller {
    clients: Vec<Client>,
    turn: usize,
    size: u64,
    approved: Arc<Mutex<Vec<(Uuid, u64)>>>,
}

impl Caller {
    async fn run(mut self, stop: watch::Receiver<bool>) {
        let message = json!({ "message": format!("Find {} CEOs at law firms in California", self.size) });
        while !*stop.borrow() {
            let Some(asked) = self.post("/v1/lexi/chat", Some(&message)).await else { continue };
            let task = task_of(&asked);
            let path = format!("/v1/lexi/tasks/{task}/approve");
            let mut unsure = false;
            let answer = loop {
                match self.post(&path, None).await {
                    Some(answer) => break answer,
                    None => unsure = true,
                }
            };
            // After a 503 the approval may have been done; then the repeated one says so.
            let already = unsure && answer.json["error"]["message"] == "Task has already been approved";
            assert!(answer.status == 200 || already, "{}: {}", answer.status, answer.text);
            self.approved.lock().unwrap().push((task.parse().unwrap(), self.size));
        }
    }

    /// Asks the next server; nothing when it says that it can't serve this now.
    async fn post(&mut self, path: &str, body: Option<&Value>) -> Option<Answer> {
        self.turn += 1;
        let client = &self.clients[self.turn % self.clients.len()];
        let request = client.request(Method::POST, path);
        let answer = client
            .send(match body {
                Some(body) => request.json(body),
                None => request.header(CONTENT_TYPE, "application/json"),
            })
            .await;
        if answer.status != 503 {
            return Some(answer);
        }
        assert!(answer.header("retry-after").is_some());
        tokio::time::sleep(Duration::from_millis(20)).await;
        None
    }
}
