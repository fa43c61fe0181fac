//! SQL on tasks that undo and are undone.

use serde_json::Value;
use uuid::Uuid;

use super::super::store::{kind, plan_of, status_of};
use super::super::{Plan, Status};
use crate::db::{Tx, query};
use crate::error::Result;

/// A task with the plan that was decided about.
pub(super) struct Ended {
    pub(super) status: Status,
    pub(super) plan: Plan,
    pub(super) result: Value,
    pub(super) description: String,
    pub(super) finished_at_ms: Option<i64>,
}

/// Nothing when the workspace has no such task.
pub(super) fn ended(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<Ended>> {
    query(
        "select t.type, r.plan, r.selection, t.status, t.result, r.description, t.finished_at_ms
         from tasks t join task_revisions r on r.task_id = t.id and r.revision = t.revision
         where t.id = $1 and t.workspace_id = $2",
    )
    .bind(task_id)
    .bind(workspace_id)
    .first(tx, |row| {
        Ok(Ended {
            plan: plan_of(row, kind(&row.get::<String>(0)?)?, 1)?,
            status: status_of(&row.get::<String>(3)?)?,
            result: row.get(4)?,
            description: row.get(5)?,
            finished_at_ms: row.get(6)?,
        })
    })
}

/// The undo of a task that waits, is under way or is done; nothing when there is none. One whose deadline is over still
/// waits when it will be passed on.
pub(super) fn undo_of(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<Option<(Uuid, Status)>> {
    query(
        "select id, status from tasks
         where undoes = $1 and workspace_id = $2 and (status in ('approved', 'completed')
             or (status = 'pending' and (expires_at_ms > $3 or escalates_to is not null)))
         order by id limit 1",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(now_ms)
    .first(tx, |row| Ok((row.get(0)?, status_of(&row.get::<String>(1)?)?)))
}

/// False when it was undone already.
pub(super) fn mark_undone(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, undo_id: Uuid) -> Result<bool> {
    let changed = query(
        "update tasks set undone_by = $3
         where id = $1 and workspace_id = $2 and undone_by is null and status in ('completed', 'failed')",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(undo_id)
    .execute(tx)?;
    Ok(changed == 1)
}

/// A task with its plan.
pub(super) struct Later {
    pub(super) task_id: Uuid,
    pub(super) status_at_ms: i64,
    pub(super) plan: Plan,
}

/// The next tasks in a state, those that entered it first before the others; undos and what was undone are left out.
pub(super) fn later(
    tx: &mut Tx,
    workspace_id: Uuid,
    status: Status,
    (after_ms, after_id): (i64, Uuid),
    most: u32,
) -> Result<Vec<Later>> {
    query(
        "select t.id, t.status_at_ms, t.type, r.plan, r.selection
         from tasks t join task_revisions r on r.task_id = t.id and r.revision = t.revision
         where t.workspace_id = $1 and t.status = $2 and (t.status_at_ms, t.id) > ($3, $4)
             and t.type <> 'undo' and t.undone_by is null
         order by t.status_at_ms, t.id limit $5",
    )
    .bind(workspace_id)
    .bind(status.as_str())
    .bind(after_ms)
    .bind(after_id)
    .bind(most)
    .all(tx, |row| {
        let plan = plan_of(row, kind(&row.get::<String>(2)?)?, 3)?;
        Ok(Later { task_id: row.get(0)?, status_at_ms: row.get(1)?, plan })
    })
}
