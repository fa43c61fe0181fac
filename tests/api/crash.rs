//! `kill -9` of the real server at random instants, under load. Afterwards the same data is served again, and a checker
//! looks at everything that was ever acknowledged: no approval is lost, every approved task ends, and nobody was added
//! twice or left out.
//!
//! The checker is proved itself: it must find the fault of a build in which a job is completed apart from its effect.
//! `LEXI_CRASH_ROUNDS` says how often the server is killed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lexi::db::{Db, Tx};
use lexi::error::Result;
use rand::RngExt as _;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;
use uuid::Uuid;

use crate::support::database::setting;
use crate::support::history::{self, not_as_acknowledged, stored_complaints, workspace_named};
use crate::support::{Answer, Client, Installation, Process, people};

/// Rounds unless `LEXI_CRASH_ROUNDS` says otherwise.
const ROUNDS: u32 = 3;
/// Rounds in which the planted fault must have been found; one is enough nearly always.
const ROUNDS_FOR_THE_FAULT: u32 = 10;
/// People to be found; a large task takes 2,000 of them.
const PEOPLE: usize = 2_050;
/// What the callers ask for again and again, one caller each.
const SIZES: [u64; 6] = [1, 1, 50, 50, 2_000, 2_000];
/// How long approved tasks may take to their end after the server is back; leases run out after two seconds.
const PATIENCE: Duration = Duration::from_secs(90);
const LEASE: [&str; 2] = ["--lease", "2s"];

/// What the callers of a round were told.
#[derive(Default)]
struct Told {
    /// Tasks whose approval was answered 200, with the number of people asked for.
    approved: Vec<(Uuid, u64)>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_approval_is_lost_and_nobody_is_added_twice_when_the_server_is_killed() {
    let rounds =
        setting("LEXI_CRASH_ROUNDS").map_or(ROUNDS, |text| text.parse().expect("LEXI_CRASH_ROUNDS is a number"));
    let mut crashes = Crashes::of(Path::new(env!("CARGO_BIN_EXE_lexi"))).await;
    let (mut acknowledged, mut interrupted) = (0, 0);
    for round in 1..=rounds {
        let seen = crashes.round(round).await;
        assert!(seen.complaints.is_empty(), "round {round}:\n{}\n{}", seen.complaints.join("\n"), crashes.log());
        acknowledged += seen.acknowledged;
        interrupted += seen.interrupted;
    }
    eprintln!("{rounds} rounds, {acknowledged} approvals acknowledged, {interrupted} tasks interrupted");
    assert!(acknowledged > 0);
    assert!(interrupted > 0 || rounds < 3, "no task was ever under way when the server was killed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checker_finds_a_job_that_is_completed_apart_from_its_effect() {
    let mut crashes = Crashes::of(&faulty_program()).await;
    for round in 1..=ROUNDS_FOR_THE_FAULT {
        let seen = crashes.round(round).await;
        if seen.complaints.iter().any(|complaint| complaint.contains("never ended")) {
            return;
        }
        assert!(seen.complaints.is_empty(), "another fault than the planted one: {:?}", seen.complaints);
    }
    panic!("the planted fault was not found in {ROUNDS_FOR_THE_FAULT} rounds");
}

/// The build with the fault; `cargo` makes it when it is missing or stale.
fn faulty_program() -> PathBuf {
    let name = "lexi-with-planted-fault";
    let mut cargo = Command::new(setting("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--locked", "--features", "planted-faults", "--example", name]);
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    // What the outer cargo tells its tests would make this one build some dependencies anew, and the next one again.
    for (variable, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|told| variable.to_string_lossy().starts_with(told)) {
            cargo.env_remove(variable);
        }
    }
    assert!(cargo.status().expect("cargo runs").success(), "the program with the fault is built");
    Path::new(env!("CARGO_BIN_EXE_lexi")).with_file_name("examples").join(name)
}

/// One installation that is killed again and again.
struct Crashes {
    installation: Installation,
    db: Db,
    server: Option<Process>,
}

/// What a round showed.
struct Seen {
    acknowledged: usize,
    /// Approved tasks that were under way when the server was killed.
    interrupted: usize,
    complaints: Vec<String>,
}

impl Crashes {
    async fn of(program: &Path) -> Crashes {
        let installation = Installation::of(program).await;
        let chiefs: Vec<_> = (0..PEOPLE).map(|n| people::at_law_firm(n, "Chief Executive Officer")).collect();
        installation.people(&chiefs);
        let server = Some(installation.serve(&LEASE).await);
        let db = installation.db().await;
        Crashes { installation, db, server }
    }

    /// Load, `kill -9`, a new start on the same data, and the checker. A workspace of its own, so that its people are
    /// not contacts yet.
    async fn round(&mut self, round: u32) -> Seen {
        let workspace = format!("round {round}");
        self.installation.lexi(&["workspaces", "create", &workspace]);
        let create = ["keys", "create", "--name", "load", "--tier", "unmetered", "--workspace", &workspace];
        let key = self.installation.lexi(&create).trim().to_owned();

        let server = self.server.take().expect("it is running");
        let told = Arc::new(Mutex::new(Told::default()));
        let callers: Vec<_> = SIZES
            .iter()
            .map(|size| tokio::spawn(approve_again_and_again(server.client(&key), *size, Arc::clone(&told))))
            .collect();
        wait_for_a_random_instant(round, &told).await;
        server.kill9();
        for caller in callers {
            caller.await.expect("the callers see only what is documented");
        }

        let approved = std::mem::take(&mut told.lock().expect("no caller broke").approved);
        let workspace_id = self.read(move |tx| workspace_named(tx, &workspace)).await;
        let interrupted = self.read(move |tx| history::under_way(tx, workspace_id)).await.tasks;
        let server = self.installation.serve(&LEASE).await;
        let client = server.client(&key);
        self.server = Some(server);
        let mut complaints = self.until_all_is_done(workspace_id).await;
        if complaints.is_empty() {
            complaints = self.check(workspace_id, &approved, &client).await;
        }
        Seen { acknowledged: approved.len(), interrupted: usize::try_from(interrupted).unwrap_or(0), complaints }
    }

    /// Waits until no task is approved and unfinished; complains of those that no job will finish.
    async fn until_all_is_done(&self, workspace_id: Uuid) -> Vec<String> {
        for _ in 0..PATIENCE.as_millis() / 50 {
            let left = self.read(move |tx| history::under_way(tx, workspace_id)).await;
            if !left.forgotten.is_empty() {
                return left
                    .forgotten
                    .iter()
                    .map(|id| format!("task {id} was approved and never ended: no job is left"))
                    .collect();
            }
            if left.tasks == 0 && left.unnumbered == 0 {
                return Vec::new();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        vec![format!("after {PATIENCE:?} there are still tasks that never ended, or events without a number")]
    }

    async fn check(&self, workspace_id: Uuid, approved: &[(Uuid, u64)], client: &Client) -> Vec<String> {
        let mut complaints = self.read(move |tx| stored_complaints(tx, workspace_id)).await;
        complaints.extend(not_as_acknowledged(client, approved).await);
        complaints
    }

    async fn read<T: Send + 'static>(&self, f: impl Fn(&mut Tx) -> Result<T> + Send + 'static) -> T {
        self.db.read(f).await.expect("the database can be read")
    }

    fn log(&self) -> String {
        self.server.as_ref().map(Process::log).unwrap_or_default()
    }
}

/// Asks and approves until the server is gone.
async fn approve_again_and_again(client: Client, size: u64, told: Arc<Mutex<Told>>) {
    let message = json!({ "message": format!("Find {size} CEOs at law firms in California") });
    loop {
        let Some(asked) = client.try_send(client.request(Method::POST, "/v1/lexi/chat").json(&message)).await else {
            return;
        };
        let Some(task_id) = accepted(&asked).then(|| asked.json["data"]["task_id"].clone()) else { continue };
        let path = format!("/v1/lexi/tasks/{}/approve", task_id.as_str().expect("a task was made"));
        let approve = client.request(Method::POST, &path).header(CONTENT_TYPE, "application/json");
        let Some(answer) = client.try_send(approve).await else { return };
        if accepted(&answer) {
            let task_id = serde_json::from_value(task_id).expect("an id");
            told.lock().expect("no caller broke").approved.push((task_id, size));
        }
    }
}

/// 200, or a request to come back later; anything else is a fault.
fn accepted(answer: &Answer) -> bool {
    assert!([200, 503].contains(&answer.status), "{}: {}", answer.status, answer.text);
    answer.status == 200
}

/// At odd rounds anywhere in the load, at even ones soon after a large task was approved.
async fn wait_for_a_random_instant(round: u32, told: &Mutex<Told>) {
    let random_ms = |most: u64| Duration::from_millis(rand::rng().random_range(0..most));
    if round % 2 == 1 {
        tokio::time::sleep(Duration::from_millis(100) + random_ms(900)).await;
    }
    for _ in 0..3_000 {
        if told.lock().expect("no caller broke").approved.iter().any(|(_, size)| *size == 2_000) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    tokio::time::sleep(random_ms(120)).await;
}
