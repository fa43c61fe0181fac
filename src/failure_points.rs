//! Failures at chosen steps, for proving that every step of every job may fail, be killed before and after its commit, and
//! run twice. A build with the feature `planted-faults` alone has this module, and does nothing with it unless it is told
//! to by [`arm`].
//!
//! A step is told from the others by its *subject* (the id of the task or of the webhook endpoint, or `sweep`) and its
//! *point*: the number of the commit in the work on that subject, counted from 1, or a name where there is no job. A
//! transaction that runs again is the same step, and a step that is tried again is, too: what counts is where it begins.
//! Each point that is reached, and each failure, is told on standard error in one line, for the tests to read.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use uuid::Uuid;

use crate::db::{Signal, Tx};
use crate::error::Error;

/// The subject of the sweeps, which look after all workspaces at once.
pub const SWEEP: &str = "sweep";
/// What is counted when a commit is to be the last thing this process does.
const KILLED: &str = "killed_after_commit";

/// What happens at a step, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Its transaction fails when all of its work is done.
    Fails,
    /// The process ends when all of its work is done, and nothing is committed.
    KilledBeforeCommit,
    /// The process ends as soon as it is committed, and nobody hears of it.
    KilledAfterCommit,
    /// A worker loses its lease, another does the step, and the first does it all the same.
    RunsTwice,
}

impl How {
    /// As `LEXI_FAIL_AT` names it.
    pub const ALL: [(How, &str); 4] = [
        (How::Fails, "fails"),
        (How::KilledBeforeCommit, "killed_before_commit"),
        (How::KilledAfterCommit, KILLED),
        (How::RunsTwice, "runs_twice"),
    ];

    fn as_str(self) -> &'static str {
        How::ALL.iter().find(|(how, _)| *how == self).map_or("", |(_, name)| name)
    }
}

/// What is to fail, and how large steps are.
#[derive(Debug, Default)]
pub struct Plan {
    /// `SUBJECT:POINT:HOW`, with blanks between them.
    pub fail_at: String,
    /// People or records of one step, in place of a hundred.
    pub step_people: Option<usize>,
    /// Tasks of more people than this are done by a job, in place of a hundred.
    pub inline_people_max: Option<usize>,
}

struct Armed {
    failures: Vec<Failure>,
    step_people: Option<usize>,
    inline_people_max: Option<usize>,
}

struct Failure {
    subject: String,
    point: String,
    how: How,
    /// The run it happened in; in another one it does not happen again.
    run: Option<i64>,
}

static ARMED: OnceLock<Mutex<Armed>> = OnceLock::new();
/// The points each subject has reached, in their order.
static REACHED: Mutex<Option<HashMap<String, Vec<String>>>> = Mutex::new(None);

/// Says what fails in this process. Once; a second call changes nothing.
///
/// # Panics
/// When `fail_at` is not well formed.
pub fn arm(plan: &Plan) {
    let failure = |text: &str| {
        let parts: Vec<&str> = text.split(':').collect();
        let [subject, point, how] = parts[..] else { panic!("{text} is not SUBJECT:POINT:HOW") };
        let (how, _) =
            How::ALL.into_iter().find(|(_, name)| *name == how).unwrap_or_else(|| panic!("{how} is nothing"));
        Failure { subject: subject.to_owned(), point: point.to_owned(), how, run: None }
    };
    let failures = plan.fail_at.split_whitespace().map(failure).collect();
    let armed = Armed { failures, step_people: plan.step_people, inline_people_max: plan.inline_people_max };
    let _ = ARMED.set(Mutex::new(armed));
}

fn armed() -> Option<MutexGuard<'static, Armed>> {
    ARMED.get().map(|armed| armed.lock().unwrap_or_else(PoisonError::into_inner))
}

/// People or records of one step; nothing when it is as always.
pub fn step_people() -> Option<usize> {
    armed()?.step_people
}

/// How many people are done within their approval; nothing when it is as always.
pub fn inline_people_max() -> Option<usize> {
    armed()?.inline_people_max
}

/// A transaction of a job that will commit, from `from` units done to `to`. A job that is tried again has another
/// `attempt`.
pub fn commit_of(tx: &mut Tx, (job_id, subject): (Uuid, Option<Uuid>), (from, to): (u64, u64), attempt: u32) {
    let Some(subject) = subject.map(|id| id.to_string()) else { return };
    let point = number_of(&subject, &format!("commit {job_id} {from} {to}"));
    at(tx, &subject, &point, attempt.into());
}

/// A transaction that is no step of a job. One that is tried again has another `run`.
pub fn reach(tx: &mut Tx, subject: &str, point: &str, run: i64) {
    number_of(subject, point);
    at(tx, subject, point, run);
}

/// Whether the step of a job that begins at `from` units done is to be run twice; true once.
pub fn runs_twice((job_id, subject): (Uuid, Option<Uuid>), from: u64) -> bool {
    let Some(subject) = subject.map(|id| id.to_string()) else { return false };
    let point = number_of(&subject, &format!("step {job_id} {from}"));
    meet(&subject, &point, &[How::RunsTwice], 0).is_some()
}

/// Tells what became of the worker that came back to a step another had done.
pub fn came_back(subject: Option<Uuid>, was_refused: bool) {
    let subject = subject.map(|id| id.to_string()).unwrap_or_default();
    tell(format_args!("came-back {subject} {}", if was_refused { "refused" } else { "done-twice" }));
}

/// Looks at what was committed: after a commit that was to be the last thing the process ends. Never true.
pub fn committed(signal: &Signal) -> bool {
    if *signal == Signal::Count(KILLED) {
        std::process::abort();
    }
    false
}

fn at(tx: &mut Tx, subject: &str, point: &str, run: i64) {
    let here = [How::Fails, How::KilledBeforeCommit, How::KilledAfterCommit];
    match meet(subject, point, &here, run) {
        Some(How::Fails) => tx.at_end((), |_, _| Err(Error::internal("a failure was planted here"))),
        Some(How::KilledBeforeCommit) => tx.at_end((), |_, _| std::process::abort()),
        Some(How::KilledAfterCommit) => tx.after_commit(Signal::Count(KILLED)),
        Some(How::RunsTwice) | None => {}
    }
}

/// The number of a point among those of the same first word that its subject has reached.
fn number_of(subject: &str, mark: &str) -> String {
    let mut reached = REACHED.lock().unwrap_or_else(PoisonError::into_inner);
    let marks = reached.get_or_insert_default().entry(subject.to_owned()).or_default();
    if !marks.iter().any(|known| known == mark) {
        tell(format_args!("reached {subject}: {mark}"));
        marks.push(mark.to_owned());
    }
    let word = mark.split(' ').next();
    let before = marks.iter().take_while(|known| *known != mark).filter(|known| known.split(' ').next() == word);
    (before.count() + 1).to_string()
}

/// What is to happen here in this run; nothing when it has happened in another.
fn meet(subject: &str, point: &str, hows: &[How], run: i64) -> Option<How> {
    let mut armed = armed()?;
    let here =
        |failure: &&mut Failure| failure.subject == subject && failure.point == point && hows.contains(&failure.how);
    let failure = armed.failures.iter_mut().find(here)?;
    if failure.run.is_none() {
        tell(format_args!("met {subject}:{point}:{}", failure.how.as_str()));
    } else if failure.how == How::RunsTwice {
        return None;
    }
    (*failure.run.get_or_insert(run) == run).then_some(failure.how)
}

fn tell(what: std::fmt::Arguments<'_>) {
    eprintln!("failure point {what}");
}
