//! The rules that must never break, judged from outside: callers of two workspaces do everything at once, every call is
//! written down, and in the end a judge compares what was answered with what is stored.
//!
//! The judge is proved himself: of a build that breaks one promise on purpose he must complain, and of nothing else. See
//! `src/planted_faults.rs` for the promises, and `support/judge.rs` for the judge.

mod altered;
mod load;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lexi::db::Db;
use tokio::sync::{OnceCell, watch};

use self::load::{Callers, Office};
use crate::crash::faulty_program;
use crate::support::book::Book;
use crate::support::database::setting;
use crate::support::history::under_way;
use crate::support::judge::{Complaint, History, TITLES, Workspace, prospects};
use crate::support::{Installation, Process, Receiver, people};

/// How long anything may take that is waited for, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
/// Another worker follows one that died after this.
const LEASE: [&str; 2] = ["--lease", "2s"];
/// How often the program itself is played, unless `LEXI_HISTORY_ROUNDS` says otherwise.
const ROUNDS: u32 = 1;
/// The server is killed when so many approvals are acknowledged, one more in each round.
const APPROVALS_BEFORE_A_DEATH: u32 = 8;
/// People of each title that is asked for, and of the one that a job takes many of.
const PEOPLE: usize = 25;
const PEOPLE_OF_THE_JOB: usize = 150;
/// Rounds in which a fault that needs a death at the right moment must have been found; one is enough nearly always.
const ROUNDS_FOR_A_DEATH: u32 = 5;

/// What is played.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Play {
    /// All lanes.
    Everything,
    /// All lanes, and then the server is killed under load and started again.
    EverythingAndADeath,
    /// One lane, and the server is killed.
    ALittleAndADeath,
}

/// An installation with people to find; each round is played in two workspaces of its own.
struct Stage {
    installation: Installation,
    hooks: [Receiver; 2],
    round: u32,
}

impl Stage {
    async fn of(program: &Path) -> Stage {
        let mut installation = Installation::of(program).await;
        let titles = TITLES.iter().enumerate();
        let people: Vec<_> = titles
            .flat_map(|(at, (title, short))| {
                let count = if *short == "CFO" { PEOPLE_OF_THE_JOB } else { PEOPLE };
                (0..count).map(move |n| people::at_law_firm(at * 1_000 + n, title))
            })
            .collect();
        installation.people(&people);
        installation.serve_with("LEXI_WEBHOOK_ALLOWED_HOSTS", "127.0.0.1");
        Stage { installation, hooks: [Receiver::start().await, Receiver::start().await], round: 0 }
    }

    /// Plays a round with a fault, or with none; gives what there is to judge, and what the server logged.
    async fn play(&mut self, play: Play, fault: Option<&str>) -> (History, String) {
        self.round += 1;
        let (book, db) = (Book::default(), self.installation.db().await);
        let open = async |side: &str| Arc::new(Office::open(&db, &format!("{side} {}", self.round), &book).await);
        let offices = [open("left").await, open("right").await];
        if let Some(fault) = fault {
            self.installation.serve_with("LEXI_PLANTED_FAULT", fault);
        }
        let server = self.installation.serve(&LEASE).await;
        let at = |server: &Process| offices.each_ref().map(|office| office.at(server, &book));
        let [left, right] = at(&server);
        let urls = [self.hooks[0].url(), self.hooks[1].url()];
        match play {
            Play::ALittleAndADeath => Box::pin(load::a_little(&left, &right)).await,
            _ => Box::pin(load::everything(&left, &right, [&urls[0], &urls[1]])).await,
        }
        let server = match play {
            Play::Everything => server,
            _ => {
                killed_under_load(server, &left, &right, 1 + (self.round - 1) % APPROVALS_BEFORE_A_DEATH).await;
                self.installation.serve(&LEASE).await
            }
        };
        let callers = at(&server);
        until_nothing_is_under_way(&db, &callers).await;
        for of in &callers {
            let workspace = stored(&db, of).await;
            of.look_back(workspace.tasks.keys()).await;
        }
        let mut workspaces = Vec::new();
        for of in &callers {
            workspaces.push(stored(&db, of).await);
        }
        let prospects = db.read(prospects).await.expect("the prospects can be read");
        let delivered = self.hooks.iter().zip(&offices).flat_map(|(hook, office)| {
            hook.take().into_iter().map(|got| (office.workspace_id, got.body)).collect::<Vec<_>>()
        });
        let history = History { calls: book.calls(), workspaces, prospects, delivered: delivered.collect() };
        let log = server.log();
        server.kill9();
        db.close().await;
        (history, log)
    }

    /// Plays a round with a fault: there must be complaints, and all of this rule.
    async fn must_show(&mut self, rule: u8, fault: &str) {
        let begun = Instant::now();
        let (history, log) = self.play(Play::Everything, Some(fault)).await;
        let complaints = history.complaints();
        let told = told(&complaints);
        let rules: BTreeSet<u8> = complaints.iter().map(|complaint| complaint.rule).collect();
        assert_eq!(rules, BTreeSet::from([rule]), "{fault}:\n{told}\n{log}");
        eprintln!(
            "{fault}: {} complaints, {:.1} s: {}",
            complaints.len(),
            begun.elapsed().as_secs_f32(),
            complaints[0].what
        );
    }
}

fn told(complaints: &[Complaint]) -> String {
    complaints.iter().map(|complaint| format!("rule {}: {}\n", complaint.rule, complaint.what)).collect()
}

async fn stored(db: &Db, of: &Callers) -> Workspace {
    let id = of.office().workspace_id;
    db.read(move |tx| Workspace::read(tx, id)).await.expect("the workspace can be read")
}

/// Approves in both offices at once, few and many, and kills the server when so many approvals are acknowledged.
async fn killed_under_load(server: Process, left: &Callers, right: &Callers, after: u32) {
    let (count, mut counted) = watch::channel(0);
    let then = || count.send_modify(|count| *count += 1);
    let death = async move {
        let waited = tokio::time::timeout(PATIENCE, counted.wait_for(|count| *count >= after)).await;
        waited.expect("approvals are acknowledged").expect("the callers are there");
        server.kill9();
    };
    tokio::join!(
        death,
        left.approve_until(0, 3, &then),
        left.approve_until(1, 20, &then),
        right.approve_until(0, 4, &then),
        right.approve_until(1, 1, &then),
    );
}

/// Waits until every approved task has ended and every event has its number; not for what no job will end.
async fn until_nothing_is_under_way(db: &Db, callers: &[Callers]) {
    let begun = Instant::now();
    for of in callers {
        let id = of.office().workspace_id;
        loop {
            let left = db.read(move |tx| under_way(tx, id)).await.expect("the workspace can be read");
            let waits = left.tasks > i64::try_from(left.forgotten.len()).unwrap_or(0) || left.unnumbered > 0;
            if !waits || begun.elapsed() > PATIENCE {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
}

fn rounds() -> u32 {
    setting("LEXI_HISTORY_ROUNDS").map_or(ROUNDS, |text| text.parse().expect("LEXI_HISTORY_ROUNDS is a number"))
}

/// What the program itself did in each round, played once for all who look at it; and its log.
async fn honest() -> &'static [(History, String)] {
    static PLAYED: OnceCell<Vec<(History, String)>> = OnceCell::const_new();
    let play = async || {
        let mut stage = Stage::of(Path::new(env!("CARGO_BIN_EXE_lexi"))).await;
        let mut played = Vec::new();
        for _ in 0..rounds().max(1) {
            played.push(stage.play(Play::EverythingAndADeath, None).await);
        }
        played
    };
    PLAYED.get_or_init(play).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_callers_do_at_once_and_whenever_the_server_dies_no_rule_is_broken() {
    for (history, log) in honest().await {
        let complaints = history.complaints();
        assert!(complaints.is_empty(), "{}\n{log}", told(&complaints));
        let looked = history.looked();
        eprintln!("{} calls, {} webhooks, {looked:?}", history.calls.len(), history.delivered.len());
        let decided = [looked.approved, looked.in_part, looked.dismissed, looked.pending, looked.failed];
        let compared = [looked.too_late, looked.skipped, history.delivered.len()];
        assert!(decided.iter().chain(&compared).all(|count| *count > 0), "something was not looked at: {looked:?}");
        assert!(looked.at_walls > 100 && looked.as_shown > 10, "{looked:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_that_is_altered_in_one_place_is_complained_of() {
    let (history, _) = &honest().await[0];
    let mut unseen = Vec::new();
    for (rule, what, alter) in altered::ALL {
        let mut altered = history.clone();
        alter(&mut altered);
        let complaints = altered.complaints();
        if !complaints.iter().any(|complaint| complaint.rule == *rule) {
            unseen.push(format!("rule {rule}: {what}\n{}", told(&complaints)));
        }
    }
    assert!(unseen.is_empty(), "not complained of:\n{}", unseen.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn effects_without_their_decision_are_found() {
    let mut stage = Stage::of(&faulty_program()).await;
    for fault in [
        "effect-without-decision",
        "decision-for-another-plan",
        "stale-approval-counts",
        "whole-in-place-of-part",
        "chat-approves",
    ] {
        stage.must_show(1, fault).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn second_decisions_and_wrong_names_are_found() {
    let mut stage = Stage::of(&faulty_program()).await;
    for fault in
        ["loser-is-told-yes", "second-dismissal-wins", "body-names-the-approver", "get-decides", "winner-is-not-named"]
    {
        stage.must_show(2, fault).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_that_is_forgotten_or_done_twice_is_found() {
    let mut stage = Stage::of(&faulty_program()).await;
    for fault in
        ["job-forgotten", "step-runs-twice", "note-written-twice", "member-counted-twice", "failed-without-reason"]
    {
        stage.must_show(3, fault).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_before_their_commit_are_found() {
    let mut stage = Stage::of(&faulty_program()).await;
    stage.must_show(4, "reply-not-kept").await;
    let (mut seen_too_early, mut lost) = (false, false);
    for _ in 0..ROUNDS_FOR_A_DEATH {
        let (history, log) = stage.play(Play::ALittleAndADeath, Some("answer-before-commit")).await;
        let complaints = history.complaints();
        assert!(complaints.iter().all(|complaint| complaint.rule == 4), "{}\n{log}", told(&complaints));
        seen_too_early |= complaints.iter().any(|complaint| complaint.what.contains("saw it wait"));
        lost |= complaints.iter().any(|complaint| complaint.what.contains("it was acknowledged that it is approved"));
        if seen_too_early && lost {
            return;
        }
    }
    panic!("in {ROUNDS_FOR_A_DEATH} deaths: seen too early {seen_too_early}, lost {lost}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn holes_in_the_walls_are_found() {
    let mut stage = Stage::of(&faulty_program()).await;
    for fault in ["foreign-task-shown", "foreign-task-dismissed", "foreign-events"] {
        stage.must_show(5, fault).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn previews_that_are_not_what_is_done_are_found() {
    let mut stage = Stage::of(&faulty_program()).await;
    for fault in ["preview-miscounts", "left-out-in-silence", "skipped-without-reason", "index-counts"] {
        stage.must_show(6, fault).await;
    }
}

#[tokio::test]
async fn a_fault_that_does_not_exist_is_refused() {
    let installation = Installation::of(&faulty_program()).await;
    let mut command = installation.command();
    let output = command.env("LEXI_PLANTED_FAULT", "no-such-fault").arg("openapi").output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no-such-fault"));
}
