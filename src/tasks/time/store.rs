//! SQL on when tasks begin. The workspace is in every `where`.

use uuid::Uuid;

use super::Held;
use crate::db::{Tx, query};
use crate::error::Result;

/// False when the task is not approved.
pub(super) fn hold(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, held: Held) -> Result<bool> {
    let changed = query(
        "update tasks set starts_at_ms = $3, start_by_ms = $4, started_at_ms = null
         where id = $1 and workspace_id = $2 and status = 'approved'",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(held.starts_at_ms)
    .bind(held.start_by_ms)
    .execute(tx)?;
    Ok(changed == 1)
}

/// When a pending task's deadline is; nothing when it is not pending.
pub(super) fn pending_until(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<i64>> {
    query("select expires_at_ms from tasks where id = $1 and workspace_id = $2 and status = 'pending'")
        .bind(task_id)
        .bind(workspace_id)
        .first(tx, |row| row.get(0))
}

/// How long a task waits and what follows.
pub(super) struct Deadline {
    pub(super) expires_at_ms: i64,
    pub(super) deadline_ms: i64,
    /// Roles as JSON; null: it is dismissed.
    pub(super) escalates_to: Option<String>,
    pub(super) remind_at_ms: Option<i64>,
}

/// False when the task is not pending.
pub(super) fn set_deadline(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, new: &Deadline) -> Result<bool> {
    let changed = query(
        "update tasks set expires_at_ms = $3, deadline_ms = $4, escalates_to = $5, remind_at_ms = $6,
             escalated_at_ms = null, escalated_to = null
         where id = $1 and workspace_id = $2 and status = 'pending'",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(new.expires_at_ms)
    .bind(new.deadline_ms)
    .bind(new.escalates_to.as_deref())
    .bind(new.remind_at_ms)
    .execute(tx)?;
    Ok(changed == 1)
}
