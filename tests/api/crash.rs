//! `kill -9` of the real server at random instants, under load. Afterwards the same data is served again, and a checker
//! looks at everything that was ever acknowledged: no approval is lost, every approved task ends, and nobody was added
//! twice or left out.
//!
//! The checker is proved itself: it must find the fault of a build in which a job is completed apart from its effect.
//! `LEXI_CRASH_ROUNDS` says how often the server is killed. `disk.rs` has the same rounds with a loss of power.

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
use crate::support::disk::{Disk, Kept};
use crate::support::history::{not_as_acknowledged, stored_complaints, under_way, workspace_named};
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
    let mut crashes = Crashes::of(Installation::new().await, rounds());
    let (mut acknowledged, mut interrupted) = (0, 0);
    for round in 1..=rounds() {
        let seen = crashes.round(round, Death::Killed).await;
        seen.assert_clean(round);
        acknowledged += seen.acknowledged;
        interrupted += seen.interrupted;
    }
    eprintln!("{} rounds, {acknowledged} approvals acknowledged, {interrupted} tasks interrupted", rounds());
    assert!(acknowledged > 0);
    assert!(interrupted > 0 || rounds() < 3, "no task was ever under way when the server was killed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checker_finds_a_job_that_is_completed_apart_from_its_effect() {
    let mut installation = Installation::of(&faulty_program()).await;
    installation.serve_with("LEXI_PLANTED_FAULT", "job-apart-from-effect");
    let mut crashes = Crashes::of(installation, ROUNDS_FOR_THE_FAULT);
    for round in 1..=ROUNDS_FOR_THE_FAULT {
        let seen = crashes.round(round, Death::Killed).await;
        if seen.complaints.iter().any(|complaint| complaint.contains("never ended")) {
            return;
        }
        assert!(seen.complaints.is_empty(), "another fault than the planted one: {:?}", seen.complaints);
    }
    panic!("the planted fault was not found in {ROUNDS_FOR_THE_FAULT} rounds");
}

/// How often the server is killed.
pub(crate) fn rounds() -> u32 {
    setting("LEXI_CRASH_ROUNDS").map_or(ROUNDS, |text| text.parse().expect("LEXI_CRASH_ROUNDS is a number"))
}

/// The build with the faults; `cargo` makes it when it is missing or stale.
pub(crate) fn faulty_program() -> PathBuf {
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
pub(crate) struct Crashes {
    installation: Installation,
    /// A key for each round, of a workspace of its own, so that its people are not contacts yet.
    keys: Vec<String>,
    server: Option<Process>,
}

/// How the server ends.
#[derive(Clone, Copy)]
pub(crate) enum Death<'d> {
    /// `kill -9`; what was written stays in the page cache.
    Killed,
    /// The power is cut as well: what was not synced is lost but for what the disk has kept.
    WithoutPower(&'d Disk, Kept),
}

/// What a round showed.
pub(crate) struct Seen {
    pub(crate) acknowledged: usize,
    /// Approved tasks that were under way when the server was killed.
    pub(crate) interrupted: usize,
    pub(crate) complaints: Vec<String>,
    log: String,
}

impl Seen {
    /// Fails with all complaints.
    #[track_caller]
    pub(crate) fn assert_clean(&self, round: u32) {
        assert!(self.complaints.is_empty(), "round {round}:\n{}\n{}", self.complaints.join("\n"), self.log);
    }
}

impl Crashes {
    /// Everything is made before the first start: afterwards no other process writes while the server is under load.
    pub(crate) fn of(installation: Installation, rounds: u32) -> Crashes {
        let chiefs: Vec<_> = (0..PEOPLE).map(|n| people::at_law_firm(n, "Chief Executive Officer")).collect();
        installation.people(&chiefs);
        let key = |round: u32| {
            let workspace = workspace_of(round);
            installation.lexi(&["workspaces", "create", &workspace]);
            let create = ["keys", "create", "--name", "load", "--tier", "unmetered", "--workspace", &workspace];
            installation.lexi(&create).trim().to_owned()
        };
        let keys = (1..=rounds).map(key).collect();
        Crashes { installation, keys, server: None }
    }

    /// Load, death, a new start on the same data, and the checker.
    pub(crate) async fn round(&mut self, round: u32, death: Death<'_>) -> Seen {
        let key = self.keys[round as usize - 1].clone();
        let server = match self.server.take() {
            Some(server) => server,
            None => self.installation.serve(&LEASE).await,
        };
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
        if let Death::WithoutPower(disk, kept) = death {
            disk.loses_power(kept);
        }

        let approved = std::mem::take(&mut told.lock().expect("no caller broke").approved);
        let db = self.installation.db().await;
        let workspace_id = read(&db, move |tx| workspace_named(tx, &workspace_of(round))).await;
        let interrupted = read(&db, move |tx| under_way(tx, workspace_id)).await.tasks;
        let server = self.installation.serve(&LEASE).await;
        let client = server.client(&key);
        let mut complaints = until_all_is_done(&db, workspace_id).await;
        if complaints.is_empty() {
            complaints = check(&db, workspace_id, &approved, &client).await;
        }
        let log = server.log();
        db.close().await;
        match death {
            Death::Killed => self.server = Some(server),
            // This process has folded the log too, which the disk knows nothing of: the next round begins anew.
            Death::WithoutPower(disk, _) => {
                assert_eq!(server.terminate(), 0);
                disk.keeps_all();
            }
        }
        let interrupted = usize::try_from(interrupted).unwrap_or(0);
        Seen { acknowledged: approved.len(), interrupted, complaints, log }
    }
}

fn workspace_of(round: u32) -> String {
    format!("round {round}")
}

async fn read<T: Send + 'static>(db: &Db, f: impl Fn(&mut Tx) -> Result<T> + Send + 'static) -> T {
    db.read(f).await.expect("the database can be read")
}

/// Waits until no task is approved and unfinished; complains of those that no job will finish.
async fn until_all_is_done(db: &Db, workspace_id: Uuid) -> Vec<String> {
    for _ in 0..PATIENCE.as_millis() / 50 {
        let left = read(db, move |tx| under_way(tx, workspace_id)).await;
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

async fn check(db: &Db, workspace_id: Uuid, approved: &[(Uuid, u64)], client: &Client) -> Vec<String> {
    let mut complaints = read(db, move |tx| stored_complaints(tx, workspace_id)).await;
    complaints.extend(not_as_acknowledged(client, approved).await);
    complaints
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
