//! What an agent may decide: agents read texts that strangers wrote, and may do what stands in them.

use uuid::Uuid;

use super::{Kind as Task, Status, not_found, store};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::keys::{Caller, Kind};

/// Refuses a decision of an agent that does not name its plan, that is made with a person's key, or that is about a task
/// the same key proposed.
pub fn may_decide(tx: &mut Tx, caller: &Caller, task_id: Uuid, plan_hash: Option<&str>) -> Result<()> {
    let Some(line) = store::line(tx, caller.workspace_id, task_id)? else { return Err(not_found()) };
    if caller.kind != Kind::Service {
        let message =
            "An agent decides only with a key of kind service: a person's key would say that a person decided.";
        return Err(Error::with_code(Code::InsufficientPermissions, message));
    }
    if line.created_by == caller.key_id {
        let message = "This key proposed the task. Somebody else must decide about it.";
        return Err(Error::with_code(Code::InsufficientPermissions, message));
    }
    match plan_hash {
        None => Err(Error::validation("plan_hash", "An agent names the plan it was shown in plan_hash.")),
        Some(named) if named != line.plan_hash && line.status == Status::Pending => {
            let message = "The task's plan is not the one you named. Look at it again and name its plan_hash.";
            Err(Error::with_code(Code::PlanChanged, message))
        }
        Some(_) => Ok(()),
    }
}

/// Refuses an approval of another program's action by the key that asked for it.
pub(super) fn not_the_askers(tx: &mut Tx, caller: &Caller, task_id: Uuid, kind: Task) -> Result<()> {
    let of_another = kind == Task::ExternalAction;
    if of_another && store::line(tx, caller.workspace_id, task_id)?.is_some_and(|line| line.created_by == caller.key_id)
    {
        let message = "This key asked for the action. Somebody else must approve it.";
        return Err(Error::with_code(Code::InsufficientPermissions, message));
    }
    Ok(())
}
