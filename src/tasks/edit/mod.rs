//! A pending task as whoever edits it finds it: the present plan, if it is the one that was seen.
//!
//! Protects two rules: nobody changes what he did not see, and a caller without `lexi:approve` changes only what he
//! proposed himself.

mod store;

use serde_json::Value;
use uuid::Uuid;

use super::{Plan, Status, not_found, refusal, store as all};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::keys::Caller;
use crate::keys::permissions::Permission;

/// The present revision of a pending task, for a change of it.
#[derive(Debug)]
pub struct Editable {
    /// Its number; what [`super::revise`] is told was seen.
    pub revision: u32,
    /// What would be done.
    pub plan: Plan,
    /// What approval would cause.
    pub preview: Value,
    /// For people.
    pub description: String,
    /// The words that asked for it.
    pub query: String,
    /// What was understood from them; null when nobody asked in words.
    pub request: Value,
    /// The conversation it came from.
    pub conversation_id: Option<Uuid>,
    /// When it is dismissed if nobody decides.
    pub expires_at_ms: i64,
}

/// The present revision of a task that the caller may change. `named` is the plan the caller has seen; a task with more
/// than one revision needs it.
///
/// # Errors
/// `not_found`; `insufficient_permissions`; decided before, or expired; `plan_changed` with the difference.
pub fn to_edit(tx: &mut Tx, caller: &Caller, task_id: Uuid, named: Option<&str>, now_ms: i64) -> Result<Editable> {
    let workspace_id = caller.workspace_id;
    let line = all::line(tx, workspace_id, task_id)?.ok_or_else(not_found)?;
    let own = line.created_by == caller.key_id && caller.permissions.allows(Permission::LexiChat);
    if !own && !caller.permissions.allows(Permission::LexiApprove) {
        let message =
            "This key may change only tasks it proposed. For other tasks it needs the permission lexi:approve.";
        return Err(Error::with_code(Code::InsufficientPermissions, message));
    }
    if line.status != Status::Pending || line.expires_at_ms <= now_ms {
        return Err(refusal::decided(tx, workspace_id, task_id, line.status)?);
    }
    match named {
        None if line.revision > 1 => return Err(refusal::plan_wanted()),
        Some(hash) if hash != line.plan_hash => {
            return Err(refusal::plan_changed(tx, workspace_id, (task_id, &line), hash)?);
        }
        _ => {}
    }
    let missing = || Error::internal(format_args!("task {task_id} has no revision {}", line.revision));
    let (plan, preview) = all::plan(tx, workspace_id, (task_id, line.kind), line.revision)?.ok_or_else(missing)?;
    let wording = store::wording(tx, workspace_id, task_id, line.revision)?.ok_or_else(missing)?;
    Ok(Editable {
        revision: line.revision,
        plan,
        preview,
        description: wording.description,
        query: wording.query,
        request: wording.request,
        conversation_id: line.conversation_id,
        expires_at_ms: line.expires_at_ms,
    })
}

/// What was understood from the words of a task's present revision; null when nobody asked in words.
pub fn understood(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Value> {
    let Some(line) = all::line(tx, workspace_id, task_id)? else { return Ok(Value::Null) };
    all::request(tx, workspace_id, task_id, line.revision)
}
