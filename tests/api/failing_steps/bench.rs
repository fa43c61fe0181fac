//! One installation with many workspaces, and servers that fail where they are told to.

use std::process::{Command, ExitStatus};
use std::time::Duration;

use lexi::clock::{Clock as _, SystemClock};
use lexi::db::{Db, Tx, query};
use lexi::execution::{self, Mode};
use lexi::keys::permissions::Permissions;
use lexi::keys::roles::Roles;
use lexi::keys::{Caller, Kind};
use lexi::tasks::{self, Approval, Outcome, Terms};
use serde_json::{Value, json};
use uuid::Uuid;

use super::end_state::{self, EndState, Names};
use super::scenarios::{STEP_PEOPLE, furnish};
use crate::crash::faulty_program;
use crate::support::{Client, Installation, Process, make_key, people};

/// How long everything that was approved may take to its end.
const PATIENCE: Duration = Duration::from_secs(300);
/// So long that what a killed server held is not taken by the next one: the test says when leases have run out.
const LONG_LEASE: [&str; 2] = ["--lease", "1h"];

/// What happens at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Its transaction fails at its end.
    Fails,
    /// The server dies before the commit.
    KilledBeforeCommit,
    /// The server dies after the commit.
    KilledAfterCommit,
    /// Two workers do it.
    RunsTwice,
}

impl How {
    pub(super) const ALL: [How; 4] = [How::Fails, How::KilledBeforeCommit, How::KilledAfterCommit, How::RunsTwice];

    pub(super) fn kills(self) -> bool {
        matches!(self, How::KilledBeforeCommit | How::KilledAfterCommit)
    }

    fn as_str(self) -> &'static str {
        match self {
            How::Fails => "fails",
            How::KilledBeforeCommit => "killed_before_commit",
            How::KilledAfterCommit => "killed_after_commit",
            How::RunsTwice => "runs_twice",
        }
    }
}

/// What fails where: `LEXI_FAIL_AT` for one failure.
pub(super) fn failure(subject: &str, point: &str, how: How) -> String {
    format!("{subject}:{point}:{}", how.as_str())
}

/// A workspace of its own, and a caller's key in it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) workspace_id: String,
    pub(super) key: String,
}

pub(super) struct Bench {
    pub(super) home: Installation,
    pub(super) db: Db,
    names: Names,
    places: usize,
}

impl Bench {
    /// An installation whose servers do steps of a few people. Tasks of more than `inline_people` are jobs.
    pub(super) async fn new(inline_people: usize) -> Bench {
        let mut home = Installation::of(&faulty_program()).await;
        home.serve_with("LEXI_STEP_PEOPLE", STEP_PEOPLE.to_string());
        home.serve_with("LEXI_INLINE_PEOPLE", inline_people.to_string());
        home.people(&people::law_firm_ceos(2 * STEP_PEOPLE + 5));
        let db = home.db().await;
        Bench { home, db, names: Names::new(), places: 0 }
    }

    /// A new workspace with nothing in it.
    pub(super) async fn place(&mut self) -> Place {
        self.places += 1;
        let name = format!("workspace {}", self.places);
        let key = make_key(&self.db, &name, "read,write,lexi", |_| {}, SystemClock.now_ms()).await;
        let find =
            move |tx: &mut Tx| query("select id from workspaces where name = $1").bind(&name).one(tx, |row| row.get(0));
        Place { workspace_id: self.db.read(find).await.expect("the workspace"), key }
    }

    /// A new workspace with people, lists and a company.
    pub(super) async fn furnished(&mut self, server: &Process) -> Place {
        let place = self.place().await;
        furnish(&server.client(&place.key)).await;
        place
    }

    /// A server that fails as told, when it answers.
    pub(super) async fn serve(&self, fail_at: &str) -> Process {
        let server = self.begin(fail_at, &[]).await;
        server.until_ready().await;
        server
    }

    /// A server that dies as told, and whose work nobody takes over yet.
    pub(super) async fn serve_to_die(&self, fail_at: &str) -> Process {
        self.begin(fail_at, &LONG_LEASE).await
    }

    /// A server that dies as told by itself, perhaps before it listens; what ended it, and what it logged.
    pub(super) async fn dies(&self, fail_at: &str) -> (ExitStatus, String) {
        self.home.spawn(&LONG_LEASE, told(fail_at)).until_ended().await
    }

    async fn begin(&self, fail_at: &str, arguments: &[&str]) -> Process {
        self.home.begin(arguments, told(fail_at)).await
    }

    /// What dead servers held, others may take.
    pub(super) async fn leases_run_out(&self) {
        let run_out = |tx: &mut Tx| query("update jobs set lease_until_ms = 0 where state = 'leased'").execute(tx);
        self.db.write(run_out).await.expect("the leases run out");
    }

    /// Waits until nothing is under way in any workspace.
    pub(super) async fn until_all_is_done(&self, server: &Process) {
        if let Err(why) = self.until_all_is_done_or_lost().await {
            panic!("{why}: {}", server.log());
        }
    }

    /// As [`Bench::until_all_is_done`]; says why that will never be, or was not in time.
    pub(super) async fn until_all_is_done_or_lost(&self) -> Result<(), String> {
        for _ in 0..PATIENCE.as_millis() / 20 {
            let (is_done, lost) = self.db.read(|tx| Ok((is_all_done(tx)?, lost(tx)?))).await.expect("it can be read");
            if lost > 0 {
                return Err(format!("{lost} tasks were begun and no job will ever end them"));
            }
            if is_done {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(format!("after {PATIENCE:?} there is still something under way"))
    }

    /// Whoever may do everything in this workspace.
    pub(super) fn caller(place: &Place) -> Caller {
        Caller {
            workspace_id: place.workspace_id.parse().expect("an id"),
            key_id: Uuid::from_u128(1),
            kind: Kind::Human,
            owner: None,
            permissions: Permissions::all(),
            roles: Roles::default(),
            request_id: None,
            origin_id: None,
        }
    }

    /// Approves a task as rules with these terms would have it.
    pub(super) async fn approve_under(&self, place: &Place, task_id: &str, terms: Terms, now_ms: i64) {
        let task_id: Uuid = task_id.parse().expect("an id");
        let caller = Bench::caller(place);
        let approve = move |tx: &mut Tx| match tasks::approve(tx, &caller, task_id, &Approval::default(), now_ms)? {
            Outcome::Decided(task, _) => execution::start(tx, &task, terms, Mode::AsJob, now_ms),
            Outcome::Voted(_) => panic!("no rule asks for more"),
        };
        assert!(!self.db.write(approve).await.expect("it is approved").execution_started);
    }

    /// Keeps the names of all records, also of those that will be deleted.
    pub(super) async fn remember_names(&mut self) {
        end_state::add_names(&self.db, &mut self.names).await;
    }

    /// The end state of each workspace is the one in which nothing failed, but for some tables; gives how many rows were
    /// compared.
    pub(super) async fn assert_same(&mut self, pairs: &[(Place, Place, String)], but_for: &[&str]) -> usize {
        let (rows, complaints) = self.compare(pairs, but_for).await;
        assert!(complaints.is_empty(), "{} differences:\n{}", complaints.len(), complaints.join("\n"));
        rows
    }

    /// Rows compared, and what differs.
    pub(super) async fn compare(&mut self, pairs: &[(Place, Place, String)], but_for: &[&str]) -> (usize, Vec<String>) {
        self.remember_names().await;
        let states = end_state::read(&self.db, &self.names, but_for).await;
        let empty = EndState::default();
        let state = |place: &Place| states.get(&place.workspace_id).unwrap_or(&empty);
        let mut complaints = Vec::new();
        let mut rows = 0;
        for (honest, place, what) in pairs {
            assert!(state(honest).rows() > 0, "{what}: there is nothing to compare with");
            rows += state(place).rows();
            let differences = state(honest).differences(state(place));
            let more = differences.len().saturating_sub(8);
            complaints.extend(differences.iter().take(8).map(|difference| format!("{what}: {difference}")));
            complaints.extend((more > 0).then(|| format!("{what}: and {more} more")));
        }
        (rows, complaints)
    }

    /// The chain of seals over the events of all workspaces holds.
    pub(super) fn assert_audit_holds(&self) {
        self.home.lexi(&["audit", "verify"]);
    }
}

/// No task is approved and unfinished, overdue or to be reminded of, no job is open, and every event has its number.
fn is_all_done(tx: &mut Tx) -> lexi::error::Result<bool> {
    let now_ms = SystemClock.now_ms();
    for sql in [
        // What another program began is under way until the sweep is to give it up.
        "select count(*) from tasks where status = 'approved' and type <> 'external_action'",
        "select count(*) from external_actions where reported_at_ms is null and consumed_at_ms < 10",
        "select count(*) from jobs where state in ('waiting', 'leased')",
        "select count(*) from events where number is null",
        "select count(*) from webhook_deliveries where status = 'waiting'",
        "select count(*) from webhooks where last_number <
             (select max(number) from events where events.workspace_id = webhooks.workspace_id)",
    ] {
        if query(sql).one(tx, |row| row.get::<i64>(0))? > 0 {
            return Ok(false);
        }
    }
    let overdue = "select count(*) from tasks where status = 'pending' and (expires_at_ms <= $1 or remind_at_ms <= $1)";
    Ok(query(overdue).bind(now_ms).one(tx, |row| row.get::<i64>(0))? == 0)
}

/// Tasks whose work was begun and that no job will end. What another program began has none.
fn lost(tx: &mut Tx) -> lexi::error::Result<i64> {
    query(
        "select count(*) from tasks where status = 'approved' and started_at_ms is not null and type <> 'external_action'
           and not exists (select 1 from jobs where jobs.task_id = tasks.id and jobs.state in ('waiting', 'leased'))",
    )
    .one(tx, |row| row.get(0))
}

/// The points that `subject` has reached in this server.
pub(super) fn reached(server: &Process, subject: &str) -> Vec<String> {
    let begin = format!("failure point reached {subject}: ");
    server.log().lines().filter_map(|line| line.strip_prefix(&begin).map(str::to_owned)).collect()
}

/// Fails unless the failure happened.
pub(super) fn assert_met(log: &str, failure: &str, what: &str) {
    assert!(log.contains(&format!("failure point met {failure}\n")), "{what}: it never came to {failure}: {log}");
}

/// Says something to Lexi; gives the task she proposes.
pub(super) async fn propose(client: &Client, says: &str) -> Value {
    let answer = client.post("/v1/lexi/chat", &json!({ "message": says })).await;
    assert_eq!(answer.status, 200, "{says}: {}", answer.text);
    let task = answer.json["data"]["task"].clone();
    assert!(task["id"].is_string(), "{says}: no task: {}", answer.json["data"]["response"]);
    task
}

/// What is to fail, told to a program.
fn told(fail_at: &str) -> impl FnOnce(&mut Command) {
    move |command| {
        command.env("LEXI_FAIL_AT", fail_at);
    }
}
