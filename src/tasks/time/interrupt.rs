//! Approved work that does not happen, or does not go on: retracted before it began, too late to begin, or stopped.
//!
//! The decision stays as it was given; what was done about it afterwards stands beside it.

use serde_json::{Value, json};
use uuid::Uuid;

use super::store::{self, What};
use crate::clock::iso;
use crate::db::{Signal, Tx};
use crate::error::{Code, Error, Result};
use crate::events::{self, Actor, Event};
use crate::keys::Caller;
use crate::tasks::{Approved, Status, not_found, refusal, store as all, view};

/// The code of a task whose approval was given and not used in time.
const TOO_LATE: &str = "approval_expired";
/// The code of a task that was stopped.
const STOPPED: &str = "stopped";

/// Takes an approval back as long as the work has not begun: the task is dismissed.
///
/// # Errors
/// `not_found`; `validation_error` when the task is not approved, or its work has begun.
pub fn retract(tx: &mut Tx, caller: &Caller, task_id: Uuid, reason: Option<&str>, now_ms: i64) -> Result<()> {
    let workspace_id = caller.workspace_id;
    if !store::retract(tx, workspace_id, task_id, now_ms)? {
        if let Some(refusal) = refuse_retraction(tx, workspace_id, task_id)? {
            return Err(refusal);
        }
        // It was approved between the two looks.
        if !store::retract(tx, workspace_id, task_id, now_ms)? {
            return Err(Error::unavailable("The task begins or ends at this very moment; try again."));
        }
    }
    store::insert_interruption(tx, caller, task_id, (What::Retracted, reason), now_ms)?;
    events::record(
        tx,
        Event::by(caller, "task.dismissed", task_id, now_ms)
            .because_of(task_id)
            .with(json!({ "reason": What::Retracted.as_str(), "has_reason": reason.is_some() })),
    );
    tx.after_commit(Signal::TaskChanged(task_id));
    tx.after_commit(Signal::Count("lexi_tasks_dismissed_total"));
    Ok(())
}

/// Why an approval can't be retracted; nothing when by now it can.
fn refuse_retraction(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<Error>> {
    let Some(line) = all::line(tx, workspace_id, task_id)? else { return Ok(Some(not_found())) };
    let message = match line.status {
        Status::Approved if store::waits(tx, workspace_id, task_id)?.is_some() => return Ok(None),
        Status::Pending => "This task was not approved yet. Dismiss it instead.",
        Status::Approved => {
            "The work of this task has begun, so the approval can't be retracted. Stop the task instead."
        }
        Status::Completed | Status::Failed => "This task has ended, so its approval can't be retracted.",
        Status::Dismissed => return refusal::decided(tx, workspace_id, task_id, line.status).map(Some),
    };
    with_decision(tx, workspace_id, (task_id, line.status), message).map(Some)
}

/// Why a task can't be stopped; nothing when by now it can.
pub fn refuse_stop(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<Error>> {
    let Some(line) = all::line(tx, workspace_id, task_id)? else { return Ok(Some(not_found())) };
    let message = match line.status {
        Status::Approved => return Ok(None),
        Status::Pending => "This task was not approved yet. Dismiss it instead.",
        Status::Dismissed => return refusal::decided(tx, workspace_id, task_id, line.status).map(Some),
        _ => "This task has ended, so it can't be stopped.",
    };
    with_decision(tx, workspace_id, (task_id, line.status), message).map(Some)
}

fn with_decision(tx: &mut Tx, workspace_id: Uuid, (task_id, status): (Uuid, Status), message: &str) -> Result<Error> {
    // Whoever decides meanwhile decides after what is answered here.
    let decision = if status == Status::Pending { None } else { view::decision(tx, workspace_id, task_id)? };
    let details = json!({ "status": status.as_str(), "decision": decision });
    Ok(Error::with_details(Code::ValidationError, message, details))
}

/// Ends a task that was approved and has not begun as stopped; false when it has begun meanwhile, or ended.
pub fn stop_unstarted(tx: &mut Tx, task: &Approved, result: &Value, now_ms: i64) -> Result<bool> {
    let error = json!({ "code": STOPPED, "message": "The task was stopped before its work began: nothing was done." });
    store::fail_unstarted(tx, task, (result, &error), None, now_ms)
}

/// Ends an approved task as stopped, after its job was ended in the same transaction, and says by whom.
/// `stopped_unstarted`: [`stop_unstarted`] has ended it already.
pub fn note_stop(
    tx: &mut Tx,
    (caller, reason): (&Caller, Option<&str>),
    task: &Approved,
    (done, result, stopped_unstarted): (u64, &Value, bool),
    now_ms: i64,
) -> Result<()> {
    let (workspace_id, task_id) = (task.workspace_id, task.task_id);
    if !stopped_unstarted {
        let of = task.plan.selection.len();
        let message = format!("The task was stopped: {done} of {of} were done before, and that stays.");
        let error = json!({ "code": STOPPED, "message": message });
        if !all::finish(tx, workspace_id, task_id, (Status::Failed, Some(result), Some(&error)), now_ms)? {
            return Err(Error::internal(format_args!("task {task_id} was not approved when it was stopped")));
        }
    }
    store::insert_interruption(tx, caller, task_id, (What::Stopped, reason), now_ms)?;
    events::record(
        tx,
        Event::by(caller, "task.failed", task_id, now_ms)
            .because_of(task_id)
            .with(json!({ "code": STOPPED, "done": done, "has_reason": reason.is_some() })),
    );
    tx.after_commit(Signal::TaskChanged(task_id));
    tx.after_commit(Signal::Count("lexi_tasks_failed_total"));
    Ok(())
}

/// Ends an approved task whose work has not begun in time; false when it has, or ended.
pub fn fail_unstarted(tx: &mut Tx, task: &Approved, result: &Value, now_ms: i64) -> Result<bool> {
    let (workspace_id, task_id) = (task.workspace_id, task.task_id);
    let Some(start_by_ms) = store::start_by(tx, workspace_id, task_id)? else { return Ok(false) };
    let message = format!(
        "The task was approved, but its work had not begun by {}: nothing was done. Ask again.",
        iso(start_by_ms)
    );
    let error = json!({ "code": TOO_LATE, "message": message });
    if !store::fail_unstarted(tx, task, (result, &error), Some(now_ms), now_ms)? {
        return Ok(false);
    }
    let event = Event::of(workspace_id, Actor::System, "task.failed", task_id, now_ms);
    events::record(tx, event.because_of(task_id).with(json!({ "code": TOO_LATE })));
    tx.after_commit(Signal::TaskChanged(task_id));
    tx.after_commit(Signal::Count("lexi_tasks_failed_total"));
    Ok(true)
}
