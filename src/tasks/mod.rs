//! THE HEART: a task is proposed, approved or dismissed, and ends completed or failed.
//!
//! Rules 1 and 2 stand here: nothing happens without a decision stored for exactly (task, revision, plan hash), and of
//! any number of concurrent decisions one wins. Each state change is one statement that checks the old state while it
//! writes the new one, in the transaction that records the event.

pub mod agent;
mod approval;
pub mod batch;
pub mod dismissal;
mod edit;
pub mod http;
pub mod outside;
pub mod past;
mod plan;
#[cfg(feature = "planted-faults")]
mod planted;
mod refusal;
mod revision;
mod store;
mod terms;
pub mod time;
mod undo;
mod view;
mod votes;

use serde_json::{Value, json};
use uuid::Uuid;

pub use approval::{Approval, Mandate, Outcome, Part, Voice, approve, approve_by_policy, waiting_plan};
pub use edit::{Editable, to_edit, understood};
pub use plan::Plan;
#[cfg(feature = "planted-faults")]
pub use planted::waiting_in;
pub use revision::{Change, revise};
pub use terms::{OnDeadline, ProposalTerms, Terms};
pub use undo::{Finished, Undo, mark_undone, referred, to_undo};
pub use view::{Decision, Detail, Progress, RevisionLine, Task, Votes};
pub use votes::{Given, RuleLine, Waiting};

use crate::db::{Signal, Tx};
use crate::error::{Error, Result};
use crate::events::{self, Actor, By, Event};
use crate::keys::Caller;
use crate::keys::permissions::Permission;
use crate::paging::Paging;
use dismissal::{ReasonCode, Why};

/// Characters of a reason for dismissing.
pub const REASON_MAX: usize = 2_000;
/// Revisions of one task; who wants more asks for a new one.
pub const REVISIONS_MAX: u32 = 100;
/// How deep "all" can be paged: the five states are merged for it.
const ALL_DEPTH_MAX: i64 = 100_000;
/// Tasks dismissed for age in one transaction.
const EXPIRE_BATCH: i64 = 50;

/// The reason a caller gave, within its limit; one of blanks is none.
pub(crate) fn given_reason(reason: Option<String>) -> Result<Option<String>> {
    let reason = reason.filter(|reason| !reason.trim().is_empty());
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_MAX) {
        return Err(Error::validation("reason", format!("reason is over the limit of {REASON_MAX} characters.")));
    }
    Ok(reason)
}

/// What a task would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Prospects become contacts on a list.
    ProspectSearch,
    /// A campaign starts.
    CampaignStart,
    /// Contacts are changed.
    ContactUpdate,
    /// Lists are changed.
    ListOperation,
    /// What another task did is taken back.
    Undo,
    /// Another program does something that it asked for here.
    ExternalAction,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 6] = [
        Kind::ProspectSearch,
        Kind::CampaignStart,
        Kind::ContactUpdate,
        Kind::ListOperation,
        Kind::Undo,
        Kind::ExternalAction,
    ];

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::ProspectSearch => "prospect_search",
            Kind::CampaignStart => "campaign_start",
            Kind::ContactUpdate => "contact_update",
            Kind::ListOperation => "list_operation",
            Kind::Undo => "undo",
            Kind::ExternalAction => "external_action",
        }
    }

    /// Reads a kind; nothing when there is none of that name.
    pub fn named(text: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Where a task stands. These five are public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Waits for a decision.
    Pending,
    /// Approved; its execution is under way.
    Approved,
    /// Will never be executed.
    Dismissed,
    /// Executed to the end.
    Completed,
    /// Ended without having done all, with a reason.
    Failed,
}

impl Status {
    /// All states.
    pub const ALL: [Status; 5] =
        [Status::Pending, Status::Approved, Status::Dismissed, Status::Completed, Status::Failed];

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Pending => "pending",
            Status::Approved => "approved",
            Status::Dismissed => "dismissed",
            Status::Completed => "completed",
            Status::Failed => "failed",
        }
    }

    /// Reads a state; nothing when there is none of that name.
    pub fn named(text: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// What Lexi proposes.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The id the task will have; fixed before the transaction, which may run again.
    pub task_id: Uuid,
    /// What exactly would be done.
    pub plan: Plan,
    /// What approval would cause, counted.
    pub preview: Value,
    /// For people.
    pub description: String,
    /// The words that asked for it.
    pub query: String,
    /// What was understood, as `requests.md` shapes it; null when nobody asked in words.
    pub request: Value,
    /// The conversation it came from.
    pub conversation_id: Option<Uuid>,
    /// When it is dismissed if nobody decides.
    pub expires_at_ms: i64,
}

/// Stores a proposed task with its frozen plan as revision 1. It waits; nothing else happens.
pub fn propose(tx: &mut Tx, caller: &Caller, proposal: &Proposal, now_ms: i64) -> Result<()> {
    let hash = proposal.plan.hash();
    if let Some(task_id) = proposal.plan.undoes() {
        undo::refuse_second(tx, caller.workspace_id, task_id, now_ms)?;
    }
    store::insert_task(tx, caller, proposal, &hash, now_ms)?;
    store::insert_revision(tx, caller, proposal, &hash, 1, now_ms)?;
    time::set_by_rules(tx, caller.workspace_id, (proposal.task_id, &proposal.plan), true, now_ms)?;
    events::record(
        tx,
        Event::by(caller, "task.created", proposal.task_id, now_ms).because_of(proposal.task_id).with(json!({
            "type": proposal.plan.kind.as_str(), "revision": 1, "plan_hash": hash,
        })),
    );
    tx.after_commit(Signal::Count("lexi_tasks_proposed_total"));
    Ok(())
}

/// A task that was approved, with the plan the decision was made for.
#[derive(Debug)]
pub struct Approved {
    /// The task.
    pub task_id: Uuid,
    /// Its workspace.
    pub workspace_id: Uuid,
    /// What is to be done, with whom it was approved for.
    pub plan: Plan,
    /// The whole selection, when a part of it was approved.
    pub out_of: Option<Vec<Uuid>>,
    /// The numbers that were shown.
    pub preview: Value,
    /// Who answers for the effects.
    pub actor: Actor,
}

impl Approved {
    /// How many of the selection the decision left out.
    pub fn declined(&self) -> u64 {
        self.out_of.as_ref().map_or(0, |all| (all.len() - self.plan.selection.len()) as u64)
    }

    /// On whose account its effects happen.
    pub fn by(&self) -> By {
        By::task(self.workspace_id, self.actor.clone(), self.task_id)
    }
}

/// Dismisses a pending task for good, with a reason in words.
pub fn dismiss(tx: &mut Tx, caller: &Caller, task_id: Uuid, reason: Option<&str>, now_ms: i64) -> Result<()> {
    dismiss_because(tx, caller, task_id, &Why::of(reason.map(str::to_owned), None)?, now_ms)
}

/// Dismisses a pending task for good.
pub fn dismiss_because(tx: &mut Tx, caller: &Caller, task_id: Uuid, why: &Why, now_ms: i64) -> Result<()> {
    #[cfg(feature = "planted-faults")]
    let caller = &planted::before_dismissal(tx, caller, task_id)?;
    approval::admit_dismissal(tx, caller, task_id, why.given())?;
    let Some((revision, hash)) = store::dismiss(tx, caller.workspace_id, task_id, now_ms)? else {
        #[cfg(feature = "planted-faults")]
        if planted::loser_is_told_yes(tx, caller, task_id)? {
            return Ok(());
        }
        return Err(refusal::of_dismissal(tx, caller.workspace_id, task_id, now_ms)?);
    };
    dismissal::insert(tx, caller, task_id, (revision, &hash, why), now_ms)?;
    events::record(
        tx,
        Event::by(caller, "task.dismissed", task_id, now_ms).because_of(task_id).with(json!({
            "revision": revision, "plan_hash": hash, "has_reason": why.text.is_some(),
            "reason_code": why.code.map(ReasonCode::as_str),
        })),
    );
    tx.after_commit(Signal::TaskChanged(task_id));
    tx.after_commit(Signal::Count("lexi_tasks_dismissed_total"));
    Ok(())
}

/// Whether any pending task's deadline is over: a look that costs no write.
pub fn any_to_expire(tx: &mut Tx, now_ms: i64) -> Result<bool> {
    Ok(!store::due_to_expire(tx, now_ms, 1)?.is_empty())
}

/// Dismisses pending tasks whose deadline is over, or passes them on, oldest first; answers how many were dismissed.
pub fn expire(tx: &mut Tx, now_ms: i64) -> Result<usize> {
    #[cfg(feature = "planted-faults")]
    crate::failure_points::reach(tx, crate::failure_points::SWEEP, "expire", now_ms);
    let due = store::due_to_expire(tx, now_ms, EXPIRE_BATCH)?;
    let mut expired = 0;
    for (task_id, workspace_id) in due {
        if time::pass_on(tx, workspace_id, task_id, now_ms)? {
            continue;
        }
        let Some((revision, hash)) = store::expire(tx, workspace_id, task_id, now_ms)? else { continue };
        store::insert_expiry(tx, workspace_id, task_id, (revision, &hash), now_ms)?;
        events::record(
            tx,
            Event::of(workspace_id, Actor::System, "task.dismissed", task_id, now_ms)
                .because_of(task_id)
                .with(json!({ "revision": revision, "plan_hash": hash, "reason": "expired" })),
        );
        tx.after_commit(Signal::TaskChanged(task_id));
        expired += 1;
    }
    Ok(expired)
}

/// Ends an approved task well. Exactly one row must change, else nothing of this transaction stays.
pub fn complete(tx: &mut Tx, task: &Approved, result: &Value, now_ms: i64) -> Result<()> {
    finish(tx, task, (Status::Completed, Some(result), None), now_ms)
}

/// Ends an approved task with a reason a person understands. `result` says what was done before it failed.
pub fn fail(tx: &mut Tx, task: &Approved, failure: &Failure, result: &Value, now_ms: i64) -> Result<()> {
    let error = json!({ "code": failure.code, "message": failure.message });
    #[cfg(feature = "planted-faults")]
    let error = planted::reason(error);
    finish(tx, task, (Status::Failed, Some(result), Some(&error)), now_ms)
}

/// Why a task could not be done.
#[derive(Debug, Clone)]
pub struct Failure {
    /// For programs, for example `list_not_found`.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

fn finish(
    tx: &mut Tx,
    task: &Approved,
    (status, result, error): (Status, Option<&Value>, Option<&Value>),
    now_ms: i64,
) -> Result<()> {
    let partial = result.filter(|_| task.out_of.is_some()).cloned().map(|mut result| {
        if let Some(fields) = result.as_object_mut() {
            fields.insert("declined".to_owned(), json!(task.declined()));
        }
        result
    });
    let result = partial.as_ref().or(result);
    if !store::finish(tx, task.workspace_id, task.task_id, (status, result, error), now_ms)? {
        return Err(Error::internal(format_args!("task {} was not approved when it ended", task.task_id)));
    }
    let (kind, count) = match status {
        Status::Completed => ("task.completed", "lexi_tasks_completed_total"),
        _ => ("task.failed", "lexi_tasks_failed_total"),
    };
    let code = error.map_or(Value::Null, |error| error["code"].clone());
    events::record(
        tx,
        Event::of(task.workspace_id, Actor::System, kind, task.task_id, now_ms)
            .because_of(task.task_id)
            .with(if code.is_null() { Value::Null } else { json!({ "code": code }) }),
    );
    tx.after_commit(Signal::TaskChanged(task.task_id));
    tx.after_commit(Signal::Count(count));
    Ok(())
}

/// An approved task as its job finds it again; nothing when it has ended meanwhile.
pub fn resume(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<Approved>> {
    store::approved(tx, workspace_id, task_id)
}

/// Which tasks a caller wants to see.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Nothing: in any state.
    pub status: Option<Status>,
    /// Nothing: of any kind.
    pub kind: Option<Kind>,
    /// Which page.
    pub paging: Paging,
}

/// A page of tasks, those that entered their state last first, and how many there are on all pages.
pub fn list(tx: &mut Tx, caller: &Caller, wanted: &Wanted) -> Result<(Vec<Task>, u64)> {
    let total = store::count(tx, caller.workspace_id, wanted)?;
    if wanted.status.is_none() && wanted.paging.offset() >= ALL_DEPTH_MAX {
        let message =
            format!("With status=all only the newest {ALL_DEPTH_MAX} tasks can be paged. Ask for one status.");
        return Err(Error::validation("page", message));
    }
    let ids = store::page(tx, caller.workspace_id, wanted)?;
    Ok((view::load(tx, caller.workspace_id, &ids)?, total))
}

/// One task with everything about it; with `revision`, its plan, preview and words as they were then.
pub fn get(tx: &mut Tx, caller: &Caller, task_id: Uuid, revision: Option<u32>) -> Result<Detail> {
    #[cfg(feature = "planted-faults")]
    let caller = &planted::for_everybody(tx, caller, task_id)?;
    if let Some(revision) = revision {
        let line = store::line(tx, caller.workspace_id, task_id)?.ok_or_else(not_found)?;
        if !(1..=line.revision).contains(&revision) {
            let message = format!("revision must be a whole number from 1 to {}, got {revision}.", line.revision);
            return Err(Error::validation("revision", message));
        }
    }
    view::detail(tx, caller.workspace_id, task_id, revision)?.ok_or_else(not_found)
}

/// Where a task stands that might be revised.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Whether it still waits for a decision.
    pub is_pending: bool,
    /// Its present revision.
    pub revision: u32,
    /// Whether the caller may change it, here.
    pub is_the_callers: bool,
}

impl Standing {
    /// Whether [`revise`] would take a new plan now.
    pub fn can_be_revised(&self) -> bool {
        self.is_pending && self.is_the_callers && self.revision < REVISIONS_MAX
    }
}

/// Where a task stands for a caller in a conversation; nothing when there is none.
pub fn standing(
    tx: &mut Tx,
    caller: &Caller,
    task_id: Uuid,
    (conversation_id, now_ms): (Option<Uuid>, i64),
) -> Result<Option<Standing>> {
    let Some(line) = store::line(tx, caller.workspace_id, task_id)? else { return Ok(None) };
    let proposed = line.created_by == caller.key_id && line.conversation_id.is_some();
    Ok(Some(Standing {
        is_pending: line.status == Status::Pending && line.expires_at_ms > now_ms,
        revision: line.revision,
        is_the_callers: caller.permissions.allows(Permission::LexiApprove)
            || proposed && line.conversation_id == conversation_id,
    }))
}

/// Whom or what a task is about: the selection of its present revision, in its order; empty when there is no such task.
pub fn selection(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Vec<Uuid>> {
    let Some(line) = store::line(tx, workspace_id, task_id)? else { return Ok(Vec::new()) };
    let plan = store::plan(tx, workspace_id, (task_id, line.kind), line.revision)?;
    Ok(plan.map(|(plan, _)| plan.selection).unwrap_or_default())
}

/// The plan of a task's present revision, whatever became of the task.
pub fn present_plan(tx: &mut Tx, caller: &Caller, task_id: Uuid) -> Result<Plan> {
    let line = store::line(tx, caller.workspace_id, task_id)?.ok_or_else(not_found)?;
    let plan = store::plan(tx, caller.workspace_id, (task_id, line.kind), line.revision)?;
    plan.map(|(plan, _)| plan).ok_or_else(not_found)
}

/// A task as lists show it.
pub fn get_line(tx: &mut Tx, caller: &Caller, task_id: Uuid) -> Result<Task> {
    view::load(tx, caller.workspace_id, &[task_id])?.pop().ok_or_else(not_found)
}

/// A task as lists show it, for whoever tells of it without a caller; nothing when there is none in the workspace.
pub fn shown(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<Task>> {
    Ok(view::load(tx, workspace_id, &[task_id])?.pop())
}

/// The state of a task, for those who wait for it to change.
pub fn status(tx: &mut Tx, caller: &Caller, task_id: Uuid) -> Result<Status> {
    store::status(tx, caller.workspace_id, task_id)?.ok_or_else(not_found)
}

/// "Task not found": none, or another workspace's.
pub fn not_found() -> Error {
    Error::not_found("Task not found")
}
