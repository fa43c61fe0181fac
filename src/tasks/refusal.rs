//! Why a decision was refused, said with the decision that won.

use serde_json::json;
use uuid::Uuid;

use super::store::{self, Line};
use super::{Status, not_found, revision, time, view};
use crate::db::Tx;
use crate::error::{Code, Error, Result, quoted};
use crate::keys::Caller;

/// The reason an approval changed nothing.
pub(super) fn of_approval(
    tx: &mut Tx,
    workspace_id: Uuid,
    task_id: Uuid,
    plan_hash: Option<&str>,
    now_ms: i64,
) -> Result<Error> {
    let Some(line) = store::line(tx, workspace_id, task_id)? else { return Ok(not_found()) };
    if line.status != Status::Pending || line.expires_at_ms <= now_ms {
        return decided(tx, workspace_id, task_id, line.status);
    }
    match plan_hash {
        None => Ok(plan_wanted()),
        Some(named) => plan_changed(tx, workspace_id, (task_id, &line), named),
    }
}

/// A task that was changed is decided and changed by whoever names the plan he has seen.
pub(super) fn plan_wanted() -> Error {
    Error::validation(
        "plan_hash",
        "This task was changed since it was proposed. Name the plan you have seen in plan_hash.",
    )
}

/// The plan that was named is not the present one: what changed between them.
pub(super) fn plan_changed(
    tx: &mut Tx,
    workspace_id: Uuid,
    (task_id, line): (Uuid, &Line),
    named: &str,
) -> Result<Error> {
    let changes = revision::changes_since(tx, workspace_id, (task_id, line), named)?;
    let message = match &changes {
        Some(_) => {
            "The task was changed since the plan you named. See details.changes, look at it again and name its plan_hash."
        }
        None => "The task's plan is not the one you named. Look at it again and name its plan_hash.",
    };
    Ok(Error::with_details(
        Code::PlanChanged,
        message,
        json!({ "plan_hash": line.plan_hash, "revision": line.revision, "named": quoted(named), "changes": changes }),
    ))
}

/// The reason a revision changed nothing.
pub(super) fn of_revision(tx: &mut Tx, caller: &Caller, task_id: Uuid, seen: u32, now_ms: i64) -> Result<Error> {
    let Some(line) = store::line(tx, caller.workspace_id, task_id)? else { return Ok(not_found()) };
    if line.status != Status::Pending || line.expires_at_ms <= now_ms {
        return decided(tx, caller.workspace_id, task_id, line.status);
    }
    if line.revision != seen {
        return Ok(Error::with_details(
            Code::PlanChanged,
            "The task was changed meanwhile. Look at it again.",
            json!({
                "plan_hash": line.plan_hash, "revision": line.revision,
                "changes": revision::changes_from(tx, caller.workspace_id, (task_id, &line), seen)?,
            }),
        ));
    }
    let message = "This key may change only tasks it proposed, in the conversation they came from. \
                   For other tasks it needs the permission lexi:approve.";
    Ok(Error::with_code(Code::InsufficientPermissions, message))
}

/// The reason a dismissal changed nothing.
pub(super) fn of_dismissal(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<Error> {
    let Some(line) = store::line(tx, workspace_id, task_id)? else { return Ok(not_found()) };
    debug_assert!(line.status != Status::Pending || line.expires_at_ms <= now_ms);
    decided(tx, workspace_id, task_id, line.status)
}

/// The task was decided, or its time is over: the decision that won.
pub(super) fn decided(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, status: Status) -> Result<Error> {
    let decision = view::decision(tx, workspace_id, task_id)?;
    let expired = decision.as_ref().is_some_and(|d| d.kind == "system" && d.reason.as_deref() == Some("expired"));
    let message = match status {
        Status::Approved | Status::Completed | Status::Failed => "Task has already been approved",
        Status::Dismissed if !expired => "Task has been dismissed",
        Status::Dismissed | Status::Pending => "Task has expired",
    };
    #[cfg(feature = "planted-faults")]
    let decision = decision.filter(|_| !crate::planted_faults::Fault::WinnerIsNotNamed.is_planted());
    let mut details = json!({ "decision": decision });
    let times = time::times(tx, workspace_id, &[task_id])?.remove(&task_id);
    // On PostgreSQL it may have been retracted since its status was read; then what was read is said.
    if let Some(retraction) = times.and_then(|times| times.retraction).filter(|_| status == Status::Dismissed) {
        details["retraction"] = json!(retraction);
    }
    Ok(Error::with_details(Code::ValidationError, message, details))
}
