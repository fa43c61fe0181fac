//! Approved work that was held back begins, is given up when its time is over, or is stopped.

use serde_json::{Value, json};
use uuid::Uuid;

use super::result_so_far;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::jobs;
use crate::keys::Caller;
use crate::tasks::{self, Kind, time};

/// How often a stop looks again when the task begins at the same moment.
const STOP_ATTEMPTS: usize = 3;

/// Whether any held task is to begin, or has not begun in time: a look that costs no write.
pub fn any_to_sweep(tx: &mut Tx, now_ms: i64) -> Result<bool> {
    Ok(!time::due_to_begin(tx, now_ms)?.is_empty() || !time::too_late_to_begin(tx, now_ms)?.is_empty())
}

/// Begins held tasks that are due, each with its job, and gives those up whose time to begin is over. What it does not
/// finish the next sweep finds again.
pub fn sweep(tx: &mut Tx, now_ms: i64) -> Result<()> {
    #[cfg(feature = "planted-faults")]
    crate::failure_points::reach(tx, crate::failure_points::SWEEP, "begin", now_ms);
    for (task_id, workspace_id) in time::too_late_to_begin(tx, now_ms)? {
        let Some(task) = tasks::resume(tx, workspace_id, task_id)? else { continue };
        let result = result_so_far(&task, &json!({}));
        time::fail_unstarted(tx, &task, &result, now_ms)?;
    }
    for (task_id, workspace_id) in time::due_to_begin(tx, now_ms)? {
        let Some(task) = time::begin(tx, workspace_id, task_id, now_ms)? else { continue };
        let people = task.plan.selection.len() as u64;
        jobs::enqueue_execution(tx, workspace_id, task_id, people, (0, &json!({})), now_ms)?;
    }
    Ok(())
}

/// Stops an approved task for good: what was done stays and is answered. Of this and a worker's step the one that comes
/// first is done: a step that lost is taken back, and a step that won is in what is answered.
///
/// # Errors
/// `not_found`; `validation_error` when the task is not approved, or has ended.
pub fn stop(tx: &mut Tx, caller: &Caller, task_id: Uuid, reason: Option<&str>, now_ms: i64) -> Result<Value> {
    let workspace_id = caller.workspace_id;
    for _ in 0..STOP_ATTEMPTS {
        let Some(task) = tasks::resume(tx, workspace_id, task_id)? else {
            return Err(time::refuse_stop(tx, workspace_id, task_id)?);
        };
        if let Some(stopped) = jobs::stop_execution(tx, workspace_id, task_id, now_ms)? {
            let result = result_so_far(&task, &stopped.progress);
            time::note_stop(tx, (caller, reason), &task, (stopped.done, &result, false), now_ms)?;
            return Ok(result);
        }
        let result = result_so_far(&task, &json!({}));
        if time::stop_unstarted(tx, &task, &result, now_ms)? {
            time::note_stop(tx, (caller, reason), &task, (0, &result, true), now_ms)?;
            return Ok(result);
        }
        if task.plan.kind == Kind::ExternalAction {
            // Another program began it, so there is no job; what it says from now on changes nothing.
            time::note_stop(tx, (caller, reason), &task, (0, &result, false), now_ms)?;
            return Ok(result);
        }
    }
    Err(Error::unavailable("The task begins or ends at this very moment; try again."))
}
