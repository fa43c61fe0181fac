//! Faults of decisions, for proving the checkers of the tests: see `planted_faults.rs`.

use serde_json::Value;
use uuid::Uuid;

use super::approval::Approval;
use super::{Status, store};
use crate::db::Tx;
use crate::error::Result;
use crate::keys::Caller;
use crate::planted_faults::Fault;

pub use store::planted::waiting_in;

/// The approval, for the plan there is whichever it names.
pub(super) fn whichever_plan(tx: &mut Tx, caller: &Caller, task_id: Uuid, approval: &Approval) -> Result<Approval> {
    let mut approval = approval.clone();
    if Fault::StaleApprovalCounts.is_planted()
        && approval.plan_hash.is_some()
        && let Some(line) = store::line(tx, caller.workspace_id, task_id)?
    {
        approval.plan_hash = Some(line.plan_hash);
    }
    Ok(approval)
}

/// The plan that the decision about a changed task names.
pub(super) fn another_plan(hash: String, revision: u32) -> String {
    if Fault::DecisionForAnotherPlan.is_planted() && revision > 1 { hash.chars().rev().collect() } else { hash }
}

/// Everybody, whichever part was approved.
pub(super) fn whole(part: Option<Vec<Uuid>>) -> Option<Vec<Uuid>> {
    part.filter(|_| !Fault::WholeInPlaceOfPart.is_planted())
}

/// Who dismisses: of whichever workspace the task is. What was dismissed before waits again.
pub(super) fn before_dismissal(tx: &mut Tx, caller: &Caller, task_id: Uuid) -> Result<Caller> {
    if Fault::SecondDismissalWins.is_planted() {
        store::planted::forget_dismissal(tx, caller.workspace_id, task_id)?;
    }
    if Fault::ForeignTaskDismissed.is_planted() {
        return of_the_task(tx, caller, task_id);
    }
    Ok(caller.clone())
}

/// Whether a dismissal that came too late is answered like one that won.
pub(super) fn loser_is_told_yes(tx: &mut Tx, caller: &Caller, task_id: Uuid) -> Result<bool> {
    let decided = store::status(tx, caller.workspace_id, task_id)?.is_some_and(|status| status != Status::Pending);
    Ok(decided && Fault::LoserIsToldYes.is_planted())
}

/// Who looks: of whichever workspace the task is.
pub(super) fn for_everybody(tx: &mut Tx, caller: &Caller, task_id: Uuid) -> Result<Caller> {
    if Fault::ForeignTaskShown.is_planted() { of_the_task(tx, caller, task_id) } else { Ok(caller.clone()) }
}

/// Why a task failed.
pub(super) fn reason(error: Value) -> Value {
    if Fault::FailedWithoutReason.is_planted() { Value::Null } else { error }
}

fn of_the_task(tx: &mut Tx, caller: &Caller, task_id: Uuid) -> Result<Caller> {
    let workspace_id = store::planted::workspace_of(tx, task_id)?.unwrap_or(caller.workspace_id);
    Ok(Caller { workspace_id, ..caller.clone() })
}
