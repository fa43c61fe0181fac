//! SQL on work that another program carries out. The workspace is in every `where`.

use uuid::Uuid;

use crate::db::{Tx, query};
use crate::error::Result;

/// Of all who begin at once, one changes a row.
pub(super) fn begin(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<bool> {
    let changed = query(
        "update tasks set started_at_ms = $3
         where id = $1 and workspace_id = $2 and status = 'approved' and started_at_ms is null
           and starts_at_ms <= $3 and (start_by_ms is null or start_by_ms > $3)",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(changed == 1)
}

/// From when and until when an approved task that has not begun may begin.
pub(super) fn waits(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<(Option<i64>, Option<i64>)>> {
    query(
        "select starts_at_ms, start_by_ms from tasks
         where id = $1 and workspace_id = $2 and status = 'approved' and started_at_ms is null",
    )
    .bind(task_id)
    .bind(workspace_id)
    .first(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn good_until(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<i64>> {
    let found = query("select start_by_ms from tasks where id = $1 and workspace_id = $2")
        .bind(task_id)
        .bind(workspace_id)
        .first(tx, |row| row.get(0))?;
    Ok(found.flatten())
}
