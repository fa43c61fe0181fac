//! `kill -9` of the real server at random instants, under load. Afterwards the same data is served again, and a checker
//! looks at everything that was ever acknowledged: no approval is lost, every approved task ends, and nobody was added
//! twice or left out.
//!
//! The checker is proved itself: it must find the fault of a build in which a job is completed apart from its effect.
//! `LEXI_CRASH_ROUNDS` says how often the server is killed. `disk.rs` has the same rounds with a loss of power.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lexi::db::{Db, Tx, query};
use lexi::error::Result;
use rand::RngExt as _;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::database::setting;
use crate::support::disk::{Disk, Kept};
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
    let mut crashes = Crashes::of(Installation::of(&faulty_program()).await, ROUNDS_FOR_THE_FAULT);
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
        let interrupted = read(&db, move |tx| count(tx, OPEN_TASKS, workspace_id)).await;
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
        let (open, forgotten, unnumbered) = read(db, move |tx| {
            let open = count(tx, OPEN_TASKS, workspace_id)?;
            let unnumbered = count(tx, UNNUMBERED_EVENTS, workspace_id)?;
            Ok((open, texts(tx, FORGOTTEN_TASKS, workspace_id)?, unnumbered))
        })
        .await;
        if !forgotten.is_empty() {
            return forgotten
                .iter()
                .map(|id| format!("task {id} was approved and never ended: no job is left"))
                .collect();
        }
        if open == 0 && unnumbered == 0 {
            return Vec::new();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    vec![format!("after {PATIENCE:?} there are still tasks that never ended, or events without a number")]
}

async fn check(db: &Db, workspace_id: Uuid, approved: &[(Uuid, u64)], client: &Client) -> Vec<String> {
    let mut complaints = read(db, move |tx| stored_complaints(tx, workspace_id)).await;
    for (task_id, size) in approved {
        let shown = client.get(&format!("/v1/lexi/tasks/{task_id}")).await.json["data"].clone();
        if shown["status"] != "completed" || shown["decision"]["outcome"] != "approved" {
            complaints.push(format!("the approval of task {task_id} was acknowledged, and now it is {shown}"));
        }
        if shown["result"]["selected"] != json!(size) {
            complaints.push(format!("task {task_id} was about {size} people: {}", shown["result"]));
        }
    }
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

const OPEN_TASKS: &str = "select count(*) from tasks where workspace_id = $1 and status = 'approved'";
const UNNUMBERED_EVENTS: &str = "select count(*) from events where workspace_id = $1 and number is null";
const FORGOTTEN_TASKS: &str = "select id from tasks where workspace_id = $1 and status = 'approved' and not exists
    (select 1 from jobs where jobs.task_id = tasks.id and jobs.state in ('waiting', 'leased'))";
const CONTACTS: &str = "select count(*) from contacts where workspace_id = $1";
const CONTACTS_CREATED: &str = "select count(*) from events where workspace_id = $1 and type = 'contact.created'";
const OPEN_JOBS: &str = "select id from jobs where workspace_id = $1 and state in ('waiting', 'leased')";
const TWICE: &str = "select prospect_id from contacts where workspace_id = $1 group by prospect_id having count(*) > 1";
const EVENTS: &str = "select count(*) from events where workspace_id = $1";
const LAST_EVENT: &str = "select coalesce(max(number), 0) from events where workspace_id = $1";

fn workspace_named(tx: &mut Tx, name: &str) -> Result<Uuid> {
    query("select id from workspaces where name = $1").bind(name).one(tx, |row| row.get(0))
}

fn count(tx: &mut Tx, sql: &'static str, workspace_id: Uuid) -> Result<i64> {
    query(sql).bind(workspace_id).one(tx, |row| row.get(0))
}

fn texts(tx: &mut Tx, sql: &'static str, workspace_id: Uuid) -> Result<Vec<String>> {
    query(sql).bind(workspace_id).all(tx, |row| row.get(0))
}

/// A task as it is stored.
struct Stored {
    id: Uuid,
    status: String,
    result: Value,
    selection: Vec<u8>,
    outcome: Option<String>,
}

/// What contradicts itself in a workspace in which nothing is under way.
fn stored_complaints(tx: &mut Tx, workspace_id: Uuid) -> Result<Vec<String>> {
    let tasks = query(
        "select tasks.id, tasks.status, tasks.result, task_revisions.selection, decisions.outcome
         from tasks
         join task_revisions on task_revisions.task_id = tasks.id and task_revisions.revision = tasks.revision
         left join decisions on decisions.task_id = tasks.id
         where tasks.workspace_id = $1",
    )
    .bind(workspace_id)
    .all(tx, |row| {
        let result = row.get::<Option<Value>>(2)?.unwrap_or_default();
        Ok(Stored { id: row.get(0)?, status: row.get(1)?, result, selection: row.get(3)?, outcome: row.get(4)? })
    })?;
    let mut complaints = Vec::new();
    let mut added = 0;
    for task in &tasks {
        added += task.result["added"].as_i64().unwrap_or(0);
        complaints.extend(of_task(tx, workspace_id, task)?.iter().map(|what| format!("task {}: {what}", task.id)));
    }
    let contacts = count(tx, CONTACTS, workspace_id)?;
    if contacts != added {
        complaints.push(format!("the tasks say they added {added} contacts, and there are {contacts}"));
    }
    if count(tx, CONTACTS_CREATED, workspace_id)? != contacts {
        complaints.push("contacts and the events of their making differ in number".into());
    }
    complaints.extend(texts(tx, TWICE, workspace_id)?.iter().map(|id| format!("prospect {id} was added twice")));
    complaints.extend(texts(tx, OPEN_JOBS, workspace_id)?.iter().map(|id| format!("job {id} is still open")));
    if count(tx, EVENTS, workspace_id)? != count(tx, LAST_EVENT, workspace_id)? {
        complaints.push("the numbers of events have gaps".into());
    }
    Ok(complaints)
}

fn of_task(tx: &mut Tx, workspace_id: Uuid, task: &Stored) -> Result<Vec<String>> {
    let lists = query("select id, contact_count from lists where workspace_id = $1 and created_by_task = $2")
        .bind(workspace_id)
        .bind(task.id)
        .all(tx, |row| Ok((row.get::<Uuid>(0)?, row.get::<i64>(1)?)))?;
    match (task.status.as_str(), task.outcome.as_deref()) {
        ("pending", None) if lists.is_empty() && task.result.is_null() => return Ok(Vec::new()),
        ("completed", Some("approved")) => {}
        (status, outcome) => return Ok(vec![format!("{status}, decided {outcome:?}, lists {lists:?}")]),
    }
    let mut complaints = Vec::new();
    let [(list_id, contact_count)] = lists[..] else { return Ok(vec![format!("has {} lists", lists.len())]) };
    let selected: BTreeSet<String> =
        task.selection.chunks(16).map(|id| Uuid::from_slice(id).expect("sixteen bytes").to_string()).collect();
    let members: Vec<String> = query(
        "select contacts.prospect_id from list_members
         join contacts on contacts.id = list_members.contact_id
         where list_members.workspace_id = $1 and list_members.list_id = $2",
    )
    .bind(workspace_id)
    .bind(list_id)
    .all(tx, |row| row.get(0))?;
    if task.result["list_id"] != json!(list_id) {
        complaints.push(format!("names another list than {list_id}: {}", task.result));
    }
    if members.len() != selected.len() || members.into_iter().collect::<BTreeSet<_>>() != selected {
        complaints.push("its list does not hold exactly the selected people".into());
    }
    let number = |key: &str| task.result[key].as_i64().unwrap_or(-1);
    let people = i64::try_from(selected.len()).unwrap_or(-1);
    if contact_count != people || number("added") + number("already_contacts") != people || number("selected") != people
    {
        complaints.push(format!("{people} people, {contact_count} on the list: {}", task.result));
    }
    let mut events: HashMap<String, u32> = HashMap::new();
    let told: Vec<String> = query("select type from events where workspace_id = $1 and subject_id = $2")
        .bind(workspace_id)
        .bind(task.id)
        .all(tx, |row| row.get(0))?;
    told.into_iter().for_each(|kind| *events.entry(kind).or_default() += 1);
    for kind in ["task.created", "task.approved", "task.completed"] {
        if events.get(kind) != Some(&1) {
            complaints.push(format!("has not exactly one event {kind}: {events:?}"));
        }
    }
    Ok(complaints)
}
