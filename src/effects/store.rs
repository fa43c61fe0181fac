//! SQL on the effects of tasks.

use serde_json::Value;
use uuid::Uuid;

use super::{Effect, Kind};
use crate::db::{Tx, Value as Cell, count_inserted, query};
use crate::error::Result;

const WIDTH: usize = 6;

/// Writes a transaction's effects in one statement. What was before the task's first change of a record stands.
pub(super) fn insert(tx: &mut Tx, effects: Vec<Effect>) -> Result<()> {
    let mut values: Vec<Cell> = Vec::with_capacity(effects.len() * WIDTH);
    for effect in effects {
        values.extend([
            effect.task_id.into(),
            effect.kind.as_str().into(),
            effect.record_id.into(),
            effect.workspace_id.into(),
            (!effect.before.is_null()).then(|| effect.before.to_string()).into(),
            effect.at_ms.into(),
        ]);
    }
    count_inserted(
        tx,
        "insert into task_effects (task_id, kind, record_id, workspace_id, before, at_ms)
         values {rows}
         on conflict do nothing",
        WIDTH,
        values,
    )?;
    Ok(())
}

pub(super) fn of_task(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, kind: Kind) -> Result<Vec<(Uuid, Value)>> {
    query("select record_id, before from task_effects where workspace_id = $1 and task_id = $2 and kind = $3")
        .bind(workspace_id)
        .bind(task_id)
        .bind(kind.as_str())
        .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn of_records(
    tx: &mut Tx,
    workspace_id: Uuid,
    task_id: Uuid,
    kind: Kind,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, Value)>> {
    query(
        "select record_id, before from task_effects
         where workspace_id = $1 and task_id = $2 and kind = $3 and record_id in ({list})",
    )
    .bind(workspace_id)
    .bind(task_id)
    .bind(kind.as_str())
    .bind_list(ids)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn forget(tx: &mut Tx, workspace_id: Uuid, record_ids: &[Uuid]) -> Result<()> {
    query("delete from task_effects where workspace_id = $1 and record_id in ({list})")
        .bind(workspace_id)
        .bind_list(record_ids)
        .execute(tx)?;
    Ok(())
}

pub(super) fn forget_old(tx: &mut Tx, before_ms: i64, most: u32) -> Result<u64> {
    query(
        "delete from task_effects where (task_id, kind, record_id) in (
             select task_id, kind, record_id from task_effects where at_ms <= $1 order by at_ms limit $2)",
    )
    .bind(before_ms)
    .bind(most)
    .execute(tx)
}
