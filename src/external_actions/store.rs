//! SQL on the external actions.

use serde_json::Value;
use uuid::Uuid;

use super::{Asked, Submission};
use crate::db::{Row, Tx, query};
use crate::error::Result;

/// What is kept of an external action besides its task.
pub(super) struct Kept {
    pub(super) task_id: Uuid,
    pub(super) payload_hash: String,
    pub(super) timeout: String,
    pub(super) agent_reasoning: Option<String>,
    pub(super) context: Option<Value>,
    pub(super) consumed_key: Option<String>,
    pub(super) consumed_at_ms: Option<i64>,
    pub(super) outcome: Option<String>,
    pub(super) outcome_note: Option<String>,
    pub(super) reported_at_ms: Option<i64>,
}

const COLUMNS: &str = "task_id, payload_hash, timeout, agent_reasoning, context, consumed_key, consumed_at_ms, outcome,
     outcome_note, reported_at_ms";

fn kept(row: &Row) -> Result<Kept> {
    Ok(Kept {
        task_id: row.get(0)?,
        payload_hash: row.get(1)?,
        timeout: row.get(2)?,
        agent_reasoning: row.get(3)?,
        context: row.get::<Option<String>>(4)?.map(|text| serde_json::from_str(&text)).transpose()?,
        consumed_key: row.get(5)?,
        consumed_at_ms: row.get(6)?,
        outcome: row.get(7)?,
        outcome_note: row.get(8)?,
        reported_at_ms: row.get(9)?,
    })
}

/// Another workspace and another key have none of the id.
pub(super) fn get(tx: &mut Tx, (workspace_id, key_id): (Uuid, Uuid), task_id: Uuid) -> Result<Option<Kept>> {
    query(format!(
        "select {COLUMNS} from external_actions where task_id = $1 and workspace_id = $2 and created_by = $3"
    ))
    .bind(task_id)
    .bind(workspace_id)
    .bind(key_id)
    .first(tx, kept)
}

/// The one that was asked for with this `Idempotency-Key`.
pub(super) fn of_key(tx: &mut Tx, key_id: Uuid, idempotency_key: &str) -> Result<Option<Kept>> {
    query(format!("select {COLUMNS} from external_actions where created_by = $1 and idempotency_key = $2"))
        .bind(key_id)
        .bind(idempotency_key)
        .first(tx, kept)
}

/// False when the same `Idempotency-Key` was used before.
pub(super) fn insert(
    tx: &mut Tx,
    (workspace_id, key_id): (Uuid, Uuid),
    (task_id, submission): (Uuid, &Submission),
    asked: &Asked,
) -> Result<bool> {
    let inserted = query(
        "insert into external_actions (task_id, workspace_id, created_by, idempotency_key, payload_hash, timeout,
             agent_reasoning, context)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (created_by, idempotency_key) do nothing",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(key_id)
    .bind(&asked.key)
    .bind(&asked.payload_hash)
    .bind(&submission.timeout)
    .bind(submission.agent_reasoning.as_ref())
    .bind(submission.context.as_ref().map(serde_json::to_string).transpose()?)
    .execute(tx)?;
    Ok(inserted == 1)
}

/// Of all who consume at once, one changes a row.
pub(super) fn consume(tx: &mut Tx, task_id: Uuid, key: &str, now_ms: i64) -> Result<bool> {
    let changed = query(
        "update external_actions set consumed_key = $2, consumed_at_ms = $3 where task_id = $1 and consumed_key is null",
    )
    .bind(task_id)
    .bind(key)
    .bind(now_ms)
    .execute(tx)?;
    Ok(changed == 1)
}

/// Of all who report at once, one changes a row.
pub(super) fn report(tx: &mut Tx, task_id: Uuid, (outcome, note): (&str, Option<&str>), now_ms: i64) -> Result<bool> {
    let changed = query(
        "update external_actions set outcome = $2, outcome_note = $3, reported_at_ms = $4
         where task_id = $1 and consumed_key is not null and reported_at_ms is null",
    )
    .bind(task_id)
    .bind(outcome)
    .bind(note)
    .bind(now_ms)
    .execute(tx)?;
    Ok(changed == 1)
}

/// Begun before `before_ms` and never heard of again: task and workspace, oldest first.
pub(super) fn unreported(tx: &mut Tx, before_ms: i64, limit: i64) -> Result<Vec<(Uuid, Uuid)>> {
    query(
        "select task_id, workspace_id from external_actions
         where consumed_at_ms is not null and reported_at_ms is null and consumed_at_ms <= $1
         order by consumed_at_ms limit $2",
    )
    .bind(before_ms)
    .bind(limit)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}
