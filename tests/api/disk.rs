//! A disk that is full, read-only, failing or slow, and one that loses its power, under a real server on SQLite: writes
//! are refused with a reason, reading goes on, nothing acknowledged is lost, and the service resumes by itself.
//!
//! SQLite's files alone are concerned, so these run on SQLite whichever database the suite is on. The rounds with a loss
//! of power are half as many as `LEXI_CRASH_ROUNDS` says when the suite is on SQLite, and one when it is on PostgreSQL.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lexi::db::Dialect;
use rand::RngExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::crash::{self, Crashes, Death};
use crate::support::database::dialect;
use crate::support::disk::{Fault, Kept};
use crate::support::{Answer, Client, Disk, Installation, Process, people};

/// Rounds in which commits that were not synced must have been found lost; one is enough nearly always.
const ROUNDS_FOR_THE_FAULT: u32 = 4;
/// Looks at something that is to change, with a rest between.
const LOOKS: u32 = 1_200;
const REST: Duration = Duration::from_millis(50);

const FULL: &str =
    "The disk of the server is full: nothing of this was done. Reading goes on; try again when there is room.";
const READ_ONLY: &str =
    "The server's data is read-only at the moment: nothing of this was done. Reading goes on; try again later.";
const FAILING: &str = "The disk of the server reports errors: this was not confirmed, and it may have been done. \
    Look before you ask again.";

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_lexi"))
}

fn rounds() -> u32 {
    if dialect() == Dialect::Sqlite { crash::rounds().div_ceil(2) } else { 1 }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_power_is_cut_and_what_was_not_synced_is_gone() {
    let rounds = rounds();
    let mut installation = Installation::on_sqlite(program());
    let disk = Disk::under(&mut installation);
    let mut crashes = Crashes::of(installation, rounds);
    let mut acknowledged = 0;
    for round in 1..=rounds {
        let seed = rand::random();
        let kept = if round % 3 == 0 { Kept::Nothing } else { Kept::AnyPart(seed) };
        let seen = crashes.round(round, Death::WithoutPower(&disk, kept)).await;
        if !seen.complaints.is_empty() {
            eprintln!("{kept:?}");
        }
        seen.assert_clean(round);
        acknowledged += seen.acknowledged;
    }
    eprintln!("{rounds} losses of power, {acknowledged} approvals acknowledged, {} syncs", disk.syncs());
    assert!(acknowledged > 0);
    assert!(disk.syncs() > 0, "the disk was watched");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checker_finds_commits_that_were_not_forced_to_the_disk() {
    let mut installation = Installation::on_sqlite(&crash::faulty_program());
    installation.serve_with("LEXI_PLANTED_FAULT", "unsynced-commits");
    let disk = Disk::under(&mut installation);
    let mut crashes = Crashes::of(installation, ROUNDS_FOR_THE_FAULT);
    for round in 1..=ROUNDS_FOR_THE_FAULT {
        let seen = crashes.round(round, Death::WithoutPower(&disk, Kept::Nothing)).await;
        if seen.complaints.iter().any(|complaint| complaint.contains("was acknowledged, and now it is ")) {
            return;
        }
        seen.assert_clean(round);
    }
    panic!("the planted fault was not found in {ROUNDS_FOR_THE_FAULT} rounds");
}

/// A server on such a disk, with people to find, and two callers: one without a limit, one with.
struct OnADisk {
    installation: Installation,
    disk: Disk,
    server: Process,
    client: Client,
    metered: Client,
}

impl OnADisk {
    async fn start(people: usize) -> OnADisk {
        let mut installation = Installation::on_sqlite(program());
        let chiefs: Vec<_> = (0..people).map(|n| people::at_law_firm(n, "Chief Executive Officer")).collect();
        installation.people(&chiefs);
        let key = installation.key("read,write,lexi");
        let metered = installation.lexi(&["keys", "create", "--name", "metered", "--permissions", "read,write,lexi"]);
        let disk = Disk::under(&mut installation);
        let server = installation.serve(&["--lease", "2s", "--connections", "4096"]).await;
        let (client, metered) = (server.client(&key), server.client(metered.trim()));
        OnADisk { installation, disk, server, client, metered }
    }

    /// A task that adds so many people, not approved yet.
    async fn propose(&self, people: u32) -> String {
        let message = json!({ "message": format!("Find {people} CEOs at law firms in California") });
        let told = self.client.post("/v1/lexi/chat", &message).await;
        told.json["data"]["task_id"].as_str().unwrap_or_else(|| panic!("no task: {}", told.text)).to_owned()
    }

    async fn approve(&self, task: &str) -> Answer {
        self.client.post_empty(&format!("/v1/lexi/tasks/{task}/approve")).await
    }

    async fn task(&self, task: &str) -> Value {
        let shown = self.client.get(&format!("/v1/lexi/tasks/{task}")).await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        shown.json["data"].clone()
    }

    async fn until_completed(&self, task: &str, people: u32) {
        for _ in 0..LOOKS {
            let shown = self.task(task).await;
            if shown["status"] == "completed" {
                assert_eq!(shown["result"]["selected"], people, "{shown}");
                return;
            }
            assert_eq!(shown["status"], "approved", "{shown}");
            tokio::time::sleep(REST).await;
        }
        panic!("task {task} never ended: {}\n{}", self.task(task).await, self.server.log());
    }

    /// Waits until `/readyz` says so of the disk.
    async fn until_the_disk_is(&self, word: &str) {
        let mut ready = self.client.get("/readyz").await;
        for _ in 0..LOOKS {
            if ready.json["checks"]["disk"] == word {
                assert_eq!(ready.status, if word == "ok" { 200 } else { 503 }, "{}", ready.text);
                return;
            }
            tokio::time::sleep(REST).await;
            ready = self.client.get("/readyz").await;
        }
        panic!("the disk is never {word}: {}\n{}", ready.text, self.server.log());
    }

    /// Reads go on, those of a caller whose use is counted too: more of them than a node takes at once.
    async fn assert_readable(&self) {
        for path in ["/v1/lists", "/v1/contacts", "/v1/lexi/tasks?status=all"] {
            let read = self.client.get(path).await;
            assert_eq!(read.status, 200, "{path}: {}", read.text);
        }
        let mut remaining = i64::MAX;
        for _ in 0..25 {
            let read = self.metered.get("/v1/lists?per_page=1").await;
            assert_eq!(read.status, 200, "{}", read.text);
            let left = read.header("x-ratelimit-remaining").expect("a limit").parse().expect("a number");
            // A new minute may begin meanwhile.
            assert!(left < remaining || left > 190, "{left} after {remaining}");
            remaining = left;
        }
    }
}

#[track_caller]
fn assert_refused(answer: &Answer, reason: &str) {
    assert_eq!(answer.status, 503, "{}", answer.text);
    assert_eq!(answer.json, json!({ "error": { "code": "unavailable", "message": reason } }));
    assert_eq!(answer.header("retry-after"), Some("5"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_writes_are_refused_reading_goes_on_and_all_resumes_when_there_is_room() {
    let at = OnADisk::start(2_200).await;
    let (done, waiting, large) = (at.propose(50).await, at.propose(60).await, at.propose(2_000).await);
    assert_eq!(at.approve(&done).await.status, 200);
    assert_eq!(at.approve(&large).await.status, 200);
    at.disk.meets(Fault::NoRoom);

    assert_refused(&at.client.post("/v1/lists", &json!({ "name": "no room" })).await, FULL);
    assert_refused(&at.approve(&waiting).await, FULL);
    at.assert_readable().await;
    assert_eq!(at.task(&done).await["status"], "completed");
    assert_eq!(at.task(&waiting).await["status"], "pending");
    at.until_the_disk_is("full").await;
    let local = Client::new(&at.server.url, None).get("/metrics").await;
    assert!(local.text.contains("lexi_writes_refused_total{reason=\"full\"}"), "{}", local.text);

    // Longer than the lease of the job that stands still.
    tokio::time::sleep(Duration::from_secs(3)).await;
    at.assert_readable().await;
    let lists = at.client.get("/v1/lists").await;
    assert!(!lists.text.contains("no room"), "what was refused was made: {}", lists.text);
    at.disk.meets(Fault::None);
    at.until_the_disk_is("ok").await;
    let made = at.client.post("/v1/lists", &json!({ "name": "no room" })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(at.approve(&waiting).await.status, 200);
    at.until_completed(&waiting, 60).await;
    at.until_completed(&large, 2_000).await;
    let log = at.server.log();
    assert_eq!(log.matches("nothing can be saved").count(), 1, "{log}");
    assert_eq!(log.matches("can be saved again").count(), 1, "{log}");
    assert_eq!(log.matches("a step of a job failed").count(), 0, "{log}");
    assert!(!log.contains("jobs could not be leased"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_that_is_read_only_or_on_a_failing_disk_is_said_to_be_so_and_all_resumes() {
    let at = OnADisk::start(60).await;
    let task = at.propose(50).await;
    for (fault, reason, word) in [
        (Fault::ReadOnly, READ_ONLY, "read_only"),
        (Fault::WritesFail, FAILING, "failing"),
        (Fault::SyncsFail, FAILING, "failing"),
    ] {
        at.disk.meets(fault);
        assert_refused(&at.client.post("/v1/lists", &json!({ "name": "refused" })).await, reason);
        assert_refused(&at.approve(&task).await, reason);
        at.assert_readable().await;
        assert_eq!(at.task(&task).await["status"], "pending");
        at.until_the_disk_is(word).await;
        at.disk.meets(Fault::None);
        at.until_the_disk_is("ok").await;
    }
    assert_eq!(at.client.get("/v1/lists").await.json["meta"]["total"], 0);
    assert_eq!(at.client.post("/v1/lists", &json!({ "name": "kept" })).await.status, 201);
    assert_eq!(at.approve(&task).await.status, 200);
    at.until_completed(&task, 50).await;
}

/// Writers that make lists until they are refused or the server is gone.
struct Writers {
    writing: JoinSet<bool>,
    made: Arc<Mutex<Vec<String>>>,
}

impl Writers {
    /// Eight writers; `round` makes their names their own.
    fn start(client: &Client, round: u32) -> Writers {
        let made = Arc::<Mutex<Vec<String>>>::default();
        let mut writing = JoinSet::new();
        for writer in 0..8 {
            let (client, made) = (client.clone(), Arc::clone(&made));
            writing.spawn(async move {
                for n in 0.. {
                    let name = format!("list {round} {writer} {n}");
                    let list = json!({ "name": name, "description": "x".repeat(900) });
                    let Some(answer) = client.try_send(client.request(Method::POST, "/v1/lists").json(&list)).await
                    else {
                        break;
                    };
                    if answer.status != 201 {
                        assert_refused(&answer, FULL);
                        return true;
                    }
                    made.lock().unwrap().push(name);
                }
                false
            });
        }
        Writers { writing, made }
    }

    /// Waits until so many lists were acknowledged.
    async fn until_made(&self, count: usize) {
        while self.made.lock().unwrap().len() < count {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Waits for all of them; what was acknowledged, and how many of them were refused.
    async fn ended(self) -> (Vec<String>, usize) {
        let refused = self.writing.join_all().await.into_iter().filter(|refused| *refused).count();
        let made = std::mem::take(&mut *self.made.lock().unwrap());
        (made, refused)
    }
}

/// The names of all lists.
async fn all_lists(client: &Client) -> HashSet<String> {
    let mut names = HashSet::new();
    for page in 1.. {
        let shown = client.get(&format!("/v1/lists?per_page=100&page={page}")).await;
        let lists = shown.json["data"]["lists"].as_array().unwrap_or_else(|| panic!("{}", shown.text)).clone();
        if lists.is_empty() {
            break;
        }
        names.extend(lists.iter().map(|list| list["name"].as_str().unwrap().to_owned()));
    }
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fills_up_under_load_and_then_loses_its_power_keeps_all_that_was_acknowledged() {
    let mut at = OnADisk::start(5).await;
    at.disk.meets(Fault::LittleRoom(600_000));
    let (made, refused) = Writers::start(&at.client, 0).ended().await;
    assert!(!made.is_empty() && refused == 8, "{} made, {refused} of 8 refused", made.len());
    at.assert_readable().await;
    at.server.kill9();
    at.disk.loses_power(Kept::Nothing);
    at.disk.meets(Fault::None);
    at.server = at.installation.serve(&[]).await;
    let client = at.server.client(at.client.key());
    assert_eq!(
        all_lists(&client).await,
        made.into_iter().collect(),
        "what was acknowledged, and nothing that was refused"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_the_power_is_cut_while_the_log_is_folded_into_the_database() {
    let rounds = rounds().min(5);
    let mut at = OnADisk::start(5).await;
    let mut acknowledged = Vec::new();
    for round in 0..rounds {
        let client = at.server.client(at.client.key());
        let writers = Writers::start(&client, round);
        // Busy by then, so that what makes the file grow is the folding under load, at a thousand pages of log.
        writers.until_made(50).await;
        let size = || std::fs::metadata(at.installation.folder().join("lexi.db")).unwrap().len();
        let before = size();
        while size() == before {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(rand::rng().random_range(0..60))).await;
        at.server.kill9();
        let (made, refused) = writers.ended().await;
        assert_eq!(refused, 0);
        acknowledged.extend(made);
        let kept = Kept::AnyPart(rand::random());
        at.disk.loses_power(kept);
        at.server = at.installation.serve(&[]).await;
        let there = all_lists(&at.server.client(at.client.key())).await;
        let lost: Vec<_> = acknowledged.iter().filter(|name| !there.contains(*name)).collect();
        assert!(lost.is_empty(), "{kept:?}: {lost:?} of {} are lost", acknowledged.len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_slow_disk_every_caller_is_answered_and_one_that_hangs_keeps_nobody_from_reading() {
    let at = OnADisk::start(5).await;
    at.disk.syncs_take(Duration::from_millis(50));
    let mut writing = JoinSet::new();
    for n in 0..200 {
        let client = at.client.clone();
        writing.spawn(async move { client.post("/v1/lists", &json!({ "name": format!("list {n}") })).await });
    }
    for answer in writing.join_all().await {
        assert_eq!(answer.status, 201, "{}", answer.text);
    }
    assert_eq!(at.client.get("/v1/lists").await.json["meta"]["total"], 200);

    at.disk.syncs_take(Duration::from_secs(10));
    let client = at.client.clone();
    let slow = tokio::spawn(async move { client.post("/v1/lists", &json!({ "name": "slow" })).await });
    at.until_the_disk_is("slow").await;
    at.assert_readable().await;
    at.disk.syncs_take(Duration::ZERO);
    assert_eq!(slow.await.unwrap().status, 201);
    at.until_the_disk_is("ok").await;
    assert_eq!(at.client.get("/v1/lists").await.json["meta"]["total"], 201);
}

#[tokio::test]
async fn a_start_on_read_only_data_says_what_is_wrong() {
    let mut installation = Installation::on_sqlite(program());
    installation.key("read");
    let disk = Disk::under(&mut installation);
    disk.meets(Fault::ReadOnly);
    let said = installation.serve_that_ends();
    assert_ne!(said.code, 0);
    for part in ["lexi.db can't be opened", "Read-only file system", "Lexi needs a folder that is not read-only"] {
        assert!(said.err.contains(part), "{}", said.err);
    }
}
