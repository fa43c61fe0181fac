//! What an approved task does: the one match from a kind of task to the domains, now or as a job.
//!
//! A small task is executed inside the approving transaction: decision, effects and completion in one commit, so that
//! "exactly once" is the transaction's own property. Everything else becomes a job that calls the same [`execute`],
//! step by step, each step's effects and progress in one commit.

pub mod alternatives;
pub mod contact_update;
pub mod edit;
pub mod list_operation;
pub mod part;
#[cfg(feature = "planted-faults")]
mod planted;
pub mod prospect_search;
mod starting;
pub mod undo;

#[cfg(feature = "planted-faults")]
pub use planted::{approve_by_words, work_unfenced};
pub use starting::{any_to_sweep, stop, sweep};

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::clock::{HOUR_MS, iso};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::jobs::{self, Leased};
use crate::keys::Caller;
use crate::policies;
use crate::tasks::{
    self, Approval, Approved, Failure, Kind, Outcome, Proposal, RuleLine, Status, Terms, Votes, Waiting, time,
};

/// People or records that one step of an execution takes; with memberships and events that is under 500 changed rows.
pub const STEP_PEOPLE: usize = 100;
/// How long an approved action of another program may begin, where no rule says otherwise.
const GOOD_FOR_MS: i64 = HOUR_MS;
/// The code of a task that was given up after too many failures.
const GIVEN_UP: &str = "execution_failed";

/// [`STEP_PEOPLE`], unless a test of failures has chosen less.
fn step_people() -> usize {
    #[cfg(feature = "planted-faults")]
    if let Some(chosen) = crate::failure_points::step_people() {
        return chosen;
    }
    STEP_PEOPLE
}

/// How an approved task is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// In the approving transaction, when it is at most this many people; else as a job.
    Here(usize),
    /// As a job, whatever its size.
    AsJob,
}

/// The answer to an approval.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Started {
    /// The task.
    pub task_id: Uuid,
    /// `approved`.
    #[schema(example = "approved")]
    pub status: &'static str,
    /// Whether its execution has begun.
    pub execution_started: bool,
    /// When it begins, while it is held back; until then it can be retracted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<String>,
    /// How many of the selection were approved, when it was a part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved: Option<u64>,
    /// How many of the selection were left out, when it was a part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declined: Option<u64>,
    /// The approval is worth nothing any more when the execution has not begun by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_by: Option<String>,
    /// Whether a freeze holds it back; it begins when that is lifted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub frozen: bool,
}

/// The answer to an approval that does not decide yet.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Voted {
    /// The task.
    pub task_id: Uuid,
    /// `pending`.
    #[schema(example = "pending")]
    pub status: &'static str,
    /// Always false.
    pub execution_started: bool,
    /// Approvals given and needed.
    pub votes: Votes,
    /// What is still missing, in words.
    #[schema(example = "1 of compliance")]
    pub missing: String,
    /// The rules that concern the task, and what each still wants.
    pub rules: Vec<RuleLine>,
}

/// What an approval came to, as it is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ApprovalAnswer)]
#[serde(untagged)]
pub enum Given {
    /// The task is decided.
    Started(Started),
    /// More approvals are needed.
    Voted(Voted),
}

/// Approves a task and executes it, or enqueues its execution, in one transaction.
pub fn approve(
    tx: &mut Tx,
    caller: &Caller,
    task_id: Uuid,
    approval: &Approval,
    mode: Mode,
    now_ms: i64,
) -> Result<Given> {
    match tasks::approve(tx, caller, task_id, approval, now_ms)? {
        Outcome::Voted(waiting) => Ok(Given::Voted(voted(task_id, waiting))),
        Outcome::Decided(task, terms) => start(tx, &task, terms, mode, now_ms).map(Given::Started),
    }
}

/// As [`approve`], for a part of the selection. What is chosen by words is turned into ids for exactly the plan that is
/// approved.
pub fn approve_part(
    tx: &mut Tx,
    caller: &Caller,
    (task_id, choice): (Uuid, &part::Choice),
    approval: &Approval,
    mode: Mode,
    now_ms: i64,
) -> Result<Given> {
    let (plan, hash) = tasks::waiting_plan(tx, caller, task_id, approval.plan_hash.as_deref(), now_ms)?;
    let part = part::of(tx, caller.workspace_id, &plan, choice)?;
    let approval = Approval { plan_hash: Some(hash), part, ..approval.clone() };
    approve(tx, caller, task_id, &approval, mode, now_ms)
}

/// Proposes a task and lets the policies look at it; what one of them did, or nothing when the task waits.
pub fn propose(tx: &mut Tx, caller: &Caller, proposal: &Proposal, mode: Mode, now_ms: i64) -> Result<Option<ByPolicy>> {
    tasks::propose(tx, caller, proposal, now_ms)?;
    #[cfg(feature = "planted-faults")]
    planted::do_at_once(tx, caller, proposal, now_ms)?;
    by_policy(tx, caller, proposal, mode, now_ms)
}

/// Changes a pending task, as [`tasks::revise`], and lets the policies look at its new revision.
pub fn revise(
    tx: &mut Tx,
    caller: &Caller,
    (proposal, seen): (&Proposal, u32),
    mode: Mode,
    now_ms: i64,
) -> Result<Option<ByPolicy>> {
    tasks::revise(tx, caller, proposal, seen, now_ms)?;
    by_policy(tx, caller, proposal, mode, now_ms)
}

/// That a policy approved a task.
#[derive(Debug, Clone)]
pub struct ByPolicy {
    /// The policy.
    pub policy: policies::Line,
    /// What became of the task.
    pub started: Started,
}

fn by_policy(tx: &mut Tx, caller: &Caller, proposal: &Proposal, mode: Mode, now_ms: i64) -> Result<Option<ByPolicy>> {
    let decided = policies::apply(tx, caller, (proposal.task_id, &proposal.plan), now_ms)?;
    decided
        .map(|policies::Decided { task, terms, by }| {
            Ok(ByPolicy { policy: by, started: start(tx, &task, terms, mode, now_ms)? })
        })
        .transpose()
}

fn voted(task_id: Uuid, waiting: Waiting) -> Voted {
    let missing: Vec<&str> = waiting.rules.iter().filter_map(|rule| rule.missing.as_deref()).collect();
    Voted {
        task_id,
        status: Status::Pending.as_str(),
        execution_started: false,
        votes: waiting.votes,
        missing: missing.join("; "),
        rules: waiting.rules,
    }
}

/// Begins the execution of a task in the transaction that approved it: here, as a job, or later when the terms hold it
/// back.
pub fn start(tx: &mut Tx, task: &Approved, terms: Terms, mode: Mode, now_ms: i64) -> Result<Started> {
    #[cfg(feature = "planted-faults")]
    crate::failure_points::reach(tx, &task.task_id.to_string(), "approval", i64::from(mode == Mode::AsJob));
    let started = Started {
        task_id: task.task_id,
        status: Status::Approved.as_str(),
        execution_started: true,
        starts_at: None,
        start_by: None,
        approved: task.out_of.as_ref().map(|_| task.plan.selection.len() as u64),
        declined: task.out_of.as_ref().map(|_| task.declined()),
        frozen: false,
    };
    if task.plan.kind == Kind::ExternalAction {
        return begin_elsewhere(tx, task, terms, &started, now_ms);
    }
    let frozen = time::frozen(tx, task.workspace_id, task.plan.kind)?;
    if terms.hold_ms > 0 || frozen {
        let held = time::hold(tx, task, terms, now_ms)?;
        let starts_at = (terms.hold_ms > 0).then(|| iso(held.starts_at_ms));
        return Ok(Started {
            execution_started: false,
            starts_at,
            start_by: held.start_by_ms.map(iso),
            frozen,
            ..started
        });
    }
    let people = task.plan.selection.len();
    match mode {
        Mode::Here(most) if people <= most => execute_here(tx, task, now_ms).map_err(not_the_approvers)?,
        Mode::Here(_) | Mode::AsJob => {
            jobs::enqueue_execution(tx, task.workspace_id, task.task_id, people as u64, (0, &json!({})), now_ms)?;
        }
    }
    Ok(started)
}

/// Another program begins it, within the time the approval is good for.
fn begin_elsewhere(tx: &mut Tx, task: &Approved, terms: Terms, started: &Started, now_ms: i64) -> Result<Started> {
    let terms = Terms { start_within_ms: terms.start_within_ms.or(Some(GOOD_FOR_MS)), ..terms };
    let held = time::hold(tx, task, terms, now_ms)?;
    let starts_at = (terms.hold_ms > 0).then(|| iso(held.starts_at_ms));
    let frozen = time::frozen(tx, task.workspace_id, task.plan.kind)?;
    Ok(Started { execution_started: false, starts_at, start_by: held.start_by_ms.map(iso), frozen, ..started.clone() })
}

/// What one step came to.
#[derive(Debug)]
pub enum Step {
    /// There is more to do; units done so far and where to go on.
    More {
        /// Units done so far.
        done: u64,
        /// Where to go on.
        progress: Value,
    },
    /// All is done.
    Done(Value),
    /// It can't be done; what was done before stays and is said.
    Failed(Failure, Value),
}

/// Does the next step of an approved task, from where `progress` left off.
pub fn execute(tx: &mut Tx, task: &Approved, progress: &Value, now_ms: i64) -> Result<Step> {
    match task.plan.kind {
        Kind::ProspectSearch => prospect_search::execute(tx, task, progress, now_ms),
        Kind::ContactUpdate => contact_update::execute(tx, task, progress, now_ms),
        Kind::ListOperation => list_operation::execute(tx, task, progress, now_ms),
        Kind::Undo => undo::execute(tx, task, progress, now_ms),
        Kind::CampaignStart | Kind::ExternalAction => {
            let message = format!("Lexi can't execute tasks of type {} herself.", task.plan.kind.as_str());
            Ok(Step::Failed(Failure { code: "not_supported", message }, Value::Null))
        }
    }
}

/// What the execution was refused is no fault of the approval: it is tried again as a job, and never answered to
/// whoever approved.
fn not_the_approvers(error: Error) -> Error {
    match error {
        Error::Refused(refusal) => Error::internal(format_args!("the execution was refused: {}", refusal.message)),
        error => error,
    }
}

/// Executes a small task in the approving transaction. One step is all that fits into it; the rest, if there is any,
/// becomes a job that goes on where the step left off.
fn execute_here(tx: &mut Tx, task: &Approved, now_ms: i64) -> Result<()> {
    match execute(tx, task, &Value::Null, now_ms)? {
        Step::More { done, progress } => {
            let total = task.plan.selection.len() as u64;
            jobs::enqueue_execution(tx, task.workspace_id, task.task_id, total, (done, &progress), now_ms)
        }
        Step::Done(result) => tasks::complete(tx, task, &result, now_ms),
        Step::Failed(failure, result) => tasks::fail(tx, task, &failure, &result, now_ms),
    }
}

/// Does the next step of a job's task and notes it, in one transaction. Answers the job as it goes on, or nothing when
/// it has ended.
pub fn work(tx: &mut Tx, job: &Leased, lease_ms: i64, now_ms: i64) -> Result<Option<Leased>> {
    let task_id = job.task_id.ok_or_else(|| Error::internal("a job to execute a task names none"))?;
    let Some(task) = tasks::resume(tx, job.workspace_id, task_id)? else {
        jobs::complete(tx, job, job.done, now_ms)?;
        return Ok(None);
    };
    if time::frozen(tx, job.workspace_id, task.plan.kind)? {
        jobs::park(tx, job, now_ms)?;
        return Ok(None);
    }
    #[cfg(feature = "planted-faults")]
    planted::do_before(tx, &task, job, now_ms)?;
    let total = task.plan.selection.len() as u64;
    match execute(tx, &task, &job.progress, now_ms)? {
        Step::More { done, progress } => {
            jobs::progress(tx, job, done, &progress, lease_ms, now_ms)?;
            return Ok(Some(Leased { done, progress, failures: 0, ..job.clone() }));
        }
        Step::Done(result) => {
            jobs::complete(tx, job, total, now_ms)?;
            tasks::complete(tx, &task, &result, now_ms)?;
        }
        Step::Failed(failure, result) => {
            jobs::complete(tx, job, job.done, now_ms)?;
            tasks::fail(tx, &task, &failure, &result, now_ms)?;
        }
    }
    Ok(None)
}

/// Notes that a step failed. After too many failures in a row the task ends, with what was done and a plain sentence.
pub fn failed(tx: &mut Tx, job: &Leased, error: &str, now_ms: i64) -> Result<()> {
    if jobs::retry(tx, job, error, now_ms)? {
        return Ok(());
    }
    let Some(task_id) = job.task_id else { return Ok(()) };
    let Some(task) = tasks::resume(tx, job.workspace_id, task_id)? else { return Ok(()) };
    let noun = match task.plan.kind {
        Kind::ContactUpdate | Kind::Undo => "records",
        Kind::ListOperation => "contacts",
        Kind::ProspectSearch | Kind::CampaignStart | Kind::ExternalAction => "people",
    };
    let result = result_so_far(&task, &job.progress);
    let message = format!(
        "The task could not be carried out to the end: {} of {} {noun} were done, then {} attempts in a row failed. \
         The server's log has the cause. Ask again to try the rest.",
        job.done,
        task.plan.selection.len(),
        jobs::FAILURES_MAX
    );
    tasks::fail(tx, &task, &Failure { code: GIVEN_UP, message }, &result, now_ms)
}

/// What an execution that left off at `progress` has done.
fn result_so_far(task: &Approved, progress: &Value) -> Value {
    match task.plan.kind {
        Kind::ContactUpdate => contact_update::result_so_far(task, progress),
        Kind::ListOperation => list_operation::result_so_far(task, progress),
        Kind::Undo => undo::result_so_far(task, progress),
        Kind::ProspectSearch | Kind::CampaignStart => prospect_search::result_so_far(task, progress),
        // Only its program knows.
        Kind::ExternalAction => json!({ "outcome": null }),
    }
}
