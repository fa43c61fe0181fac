//! SQL on deliveries, their bodies and their attempts.

use uuid::Uuid;

use super::{Attempt, Delivery, Status, shown};
use crate::clock::iso;
use crate::db::{Row, Tx, Value, insert_rows, query};
use crate::error::Result;
use crate::paging::Paging;

/// A delivery to be written, due at once.
pub(super) struct New {
    pub(super) id: Uuid,
    pub(super) webhook_id: Uuid,
    pub(super) number: i64,
    pub(super) event: &'static str,
    pub(super) body: String,
    pub(super) subjects: Vec<Uuid>,
}

/// Writes deliveries with their bodies, and whom these tell of.
pub(super) fn insert(tx: &mut Tx, workspace_id: Uuid, new: Vec<New>, now_ms: i64) -> Result<()> {
    let (mut rows, mut bodies, mut subjects) = (Vec::new(), Vec::new(), Vec::new());
    for delivery in new {
        rows.extend::<[Value; 10]>([
            delivery.id.into(),
            workspace_id.into(),
            delivery.webhook_id.into(),
            delivery.number.into(),
            delivery.event.into(),
            "waiting".into(),
            0.into(),
            0.into(),
            now_ms.into(),
            now_ms.into(),
        ]);
        bodies.extend::<[Value; 3]>([delivery.id.into(), workspace_id.into(), delivery.body.into()]);
        for subject_id in delivery.subjects {
            subjects.extend::<[Value; 3]>([workspace_id.into(), subject_id.into(), delivery.id.into()]);
        }
    }
    let rows_sql = "insert into webhook_deliveries
             (id, workspace_id, webhook_id, number, event, status, attempts, failures, next_at_ms, created_at_ms)
         values {rows}";
    insert_rows(tx, rows_sql, 10, rows, |_| Ok(()))?;
    let bodies_sql = "insert into webhook_bodies (delivery_id, workspace_id, body) values {rows}";
    insert_rows(tx, bodies_sql, 3, bodies, |_| Ok(()))?;
    let subjects_sql =
        "insert into webhook_subjects (workspace_id, subject_id, delivery_id) values {rows} on conflict do nothing";
    insert_rows(tx, subjects_sql, 3, subjects, |_| Ok(()))?;
    Ok(())
}

const COLUMNS: &str = "id, event, number, status, created_at_ms, next_at_ms, finished_at_ms";

/// A page, newest first, without the attempts.
pub(super) fn page(
    tx: &mut Tx,
    workspace_id: Uuid,
    webhook_id: Uuid,
    status: Option<Status>,
    paging: Paging,
) -> Result<Vec<Delivery>> {
    query(format!(
        "select {COLUMNS} from webhook_deliveries
         where workspace_id = $1 and webhook_id = $2 and (cast($3 as text) is null or status = $3)
         order by created_at_ms desc, id desc limit $4 offset $5"
    ))
    .bind(workspace_id)
    .bind(webhook_id)
    .bind(status.map(Status::as_str))
    .bind(paging.limit())
    .bind(paging.offset())
    .all(tx, delivery)
}

pub(super) fn count(tx: &mut Tx, workspace_id: Uuid, webhook_id: Uuid, status: Option<Status>) -> Result<u64> {
    query(
        "select count(*) from webhook_deliveries
         where workspace_id = $1 and webhook_id = $2 and (cast($3 as text) is null or status = $3)",
    )
    .bind(workspace_id)
    .bind(webhook_id)
    .bind(status.map(Status::as_str))
    .one(tx, |row| row.get(0))
}

/// Nothing when the endpoint has no such delivery.
pub(super) fn get(tx: &mut Tx, workspace_id: Uuid, webhook_id: Uuid, id: Uuid) -> Result<Option<Delivery>> {
    query(format!("select {COLUMNS} from webhook_deliveries where workspace_id = $1 and webhook_id = $2 and id = $3"))
        .bind(workspace_id)
        .bind(webhook_id)
        .bind(id)
        .first(tx, delivery)
}

fn delivery(row: &Row) -> Result<Delivery> {
    Ok(Delivery {
        id: row.get(0)?,
        event: row.get(1)?,
        number: row.get(2)?,
        status: row.get(3)?,
        created_at: iso(row.get(4)?),
        next_attempt_at: shown(row.get(5)?),
        finished_at: shown(row.get(6)?),
        attempts: Vec::new(),
    })
}

/// The attempts of these deliveries, newest first.
pub(super) fn attempts(tx: &mut Tx, workspace_id: Uuid, delivery_ids: &[Uuid]) -> Result<Vec<(Uuid, Attempt)>> {
    query(
        "select delivery_id, id, attempt, outcome, status_code, latency_ms, answer, error, begun_at_ms
         from webhook_attempts where workspace_id = $1 and delivery_id in ({list})
         order by delivery_id, attempt desc",
    )
    .bind(workspace_id)
    .bind_list(delivery_ids)
    .all(tx, |row| {
        let attempt = Attempt {
            id: row.get(1)?,
            attempt: row.get(2)?,
            outcome: row.get(3)?,
            status_code: row.get(4)?,
            latency_ms: row.get(5)?,
            answer: row.get(6)?,
            error: row.get(7)?,
            begun_at: iso(row.get(8)?),
        };
        Ok((row.get(0)?, attempt))
    })
}

/// False when the endpoint has no such delivery.
pub(super) fn enqueue_again(tx: &mut Tx, workspace_id: Uuid, webhook_id: Uuid, id: Uuid, now_ms: i64) -> Result<bool> {
    let changed = query(
        "update webhook_deliveries set status = 'waiting', failures = 0, first_at_ms = null, next_at_ms = $4,
             finished_at_ms = null
         where workspace_id = $1 and webhook_id = $2 and id = $3",
    )
    .bind(workspace_id)
    .bind(webhook_id)
    .bind(id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(changed == 1)
}

pub(super) fn cancel(tx: &mut Tx, workspace_id: Uuid, webhook_id: Uuid, now_ms: i64) -> Result<u64> {
    query(
        "update webhook_deliveries set status = 'cancelled', next_at_ms = null, finished_at_ms = $3
         where workspace_id = $1 and webhook_id = $2 and status = 'waiting'",
    )
    .bind(workspace_id)
    .bind(webhook_id)
    .bind(now_ms)
    .execute(tx)
}

/// What waits for an endpoint, as far as its turn depends on it.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) id: Uuid,
    pub(super) number: i64,
    pub(super) event: String,
    pub(super) failures: u32,
    pub(super) first_at_ms: Option<i64>,
    pub(super) next_at_ms: i64,
}

const WAITING: &str = "select id, number, event, failures, first_at_ms, next_at_ms from webhook_deliveries
     where workspace_id = $1 and webhook_id = $2 and status = 'waiting'";

/// The first in order that is due.
pub(super) fn first_due(tx: &mut Tx, workspace_id: Uuid, webhook_id: Uuid, now_ms: i64) -> Result<Option<Waiting>> {
    query(format!("{WAITING} and next_at_ms <= $3 order by number, id limit 1"))
        .bind(workspace_id)
        .bind(webhook_id)
        .bind(now_ms)
        .first(tx, waiting)
}

/// The first in order that is not due again yet and was tried for the first time after `since_ms`.
pub(super) fn first_held(
    tx: &mut Tx,
    workspace_id: Uuid,
    webhook_id: Uuid,
    since_ms: i64,
    now_ms: i64,
) -> Result<Option<Waiting>> {
    query(format!("{WAITING} and next_at_ms > $3 and first_at_ms > $4 order by number, id limit 1"))
        .bind(workspace_id)
        .bind(webhook_id)
        .bind(now_ms)
        .bind(since_ms)
        .first(tx, waiting)
}

/// When the next one is due; nothing when none waits.
pub(super) fn next_at_ms(tx: &mut Tx, workspace_id: Uuid, webhook_id: Uuid) -> Result<Option<i64>> {
    query(
        "select min(next_at_ms) from webhook_deliveries
         where workspace_id = $1 and webhook_id = $2 and status = 'waiting'",
    )
    .bind(workspace_id)
    .bind(webhook_id)
    .one(tx, |row| row.get(0))
}

/// Whether more than `most` wait.
pub(super) fn more_wait_than(tx: &mut Tx, workspace_id: Uuid, webhook_id: Uuid, most: u32) -> Result<bool> {
    let found = query(
        "select 1 from webhook_deliveries where workspace_id = $1 and webhook_id = $2 and status = 'waiting'
         order by number, id limit 1 offset $3",
    )
    .bind(workspace_id)
    .bind(webhook_id)
    .bind(most)
    .first(tx, |row| row.get::<i64>(0))?;
    Ok(found.is_some())
}

fn waiting(row: &Row) -> Result<Waiting> {
    Ok(Waiting {
        id: row.get(0)?,
        number: row.get(1)?,
        event: row.get(2)?,
        failures: row.get(3)?,
        first_at_ms: row.get(4)?,
        next_at_ms: row.get(5)?,
    })
}

/// Notes that an attempt begins; answers which one it is, and the body.
pub(super) fn begin(
    tx: &mut Tx,
    (workspace_id, webhook_id): (Uuid, Uuid),
    delivery_id: Uuid,
    attempt_id: Uuid,
    now_ms: i64,
) -> Result<String> {
    let attempt: u32 = query(
        "update webhook_deliveries set attempts = attempts + 1,
             first_at_ms = case when first_at_ms is null then $3 else first_at_ms end
         where workspace_id = $1 and id = $2 returning attempts",
    )
    .bind(workspace_id)
    .bind(delivery_id)
    .bind(now_ms)
    .one(tx, |row| row.get(0))?;
    query(
        "insert into webhook_attempts (id, workspace_id, delivery_id, webhook_id, attempt, begun_at_ms)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(attempt_id)
    .bind(workspace_id)
    .bind(delivery_id)
    .bind(webhook_id)
    .bind(attempt)
    .bind(now_ms)
    .execute(tx)?;
    query("select body from webhook_bodies where workspace_id = $1 and delivery_id = $2")
        .bind(workspace_id)
        .bind(delivery_id)
        .one(tx, |row| row.get(0))
}

/// Ends attempts that nobody ended: whoever made them was lost.
pub(super) fn interrupt(tx: &mut Tx, workspace_id: Uuid, webhook_id: Uuid, now_ms: i64) -> Result<()> {
    query(
        "update webhook_attempts set outcome = 'interrupted', ended_at_ms = $3,
             error = 'the server stopped during this attempt; whether it arrived is not known'
         where workspace_id = $1 and webhook_id = $2 and ended_at_ms is null",
    )
    .bind(workspace_id)
    .bind(webhook_id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

/// How an attempt ended.
pub(super) struct Ended<'e> {
    pub(super) status_code: Option<u16>,
    pub(super) latency_ms: i64,
    pub(super) answer: Option<&'e str>,
    pub(super) error: Option<&'e str>,
}

pub(super) fn end_attempt(tx: &mut Tx, workspace_id: Uuid, id: Uuid, ended: &Ended, now_ms: i64) -> Result<()> {
    query(
        "update webhook_attempts set outcome = $3, status_code = $4, latency_ms = $5, answer = $6, error = $7,
             ended_at_ms = $8
         where workspace_id = $1 and id = $2",
    )
    .bind(workspace_id)
    .bind(id)
    .bind(if ended.error.is_none() { "success" } else { "failed" })
    .bind(ended.status_code)
    .bind(ended.latency_ms)
    .bind(ended.answer)
    .bind(ended.error)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

/// What becomes of a delivery after an attempt, unless it was cancelled meanwhile: it is over, or due again.
pub(super) fn settle(
    tx: &mut Tx,
    workspace_id: Uuid,
    id: Uuid,
    (status, failures, next_at_ms): (Status, u32, Option<i64>),
    now_ms: i64,
) -> Result<bool> {
    let over = if status == Status::Waiting { None } else { Some(now_ms) };
    let changed = query(
        "update webhook_deliveries set status = $3, failures = $4, next_at_ms = $5, finished_at_ms = $6
         where workspace_id = $1 and id = $2 and status = 'waiting'",
    )
    .bind(workspace_id)
    .bind(id)
    .bind(status.as_str())
    .bind(failures)
    .bind(next_at_ms)
    .bind(over)
    .execute(tx)?;
    Ok(changed == 1)
}

/// The bodies that tell of any of these people.
pub(super) fn bodies_about(tx: &mut Tx, workspace_id: Uuid, subject_ids: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    query(
        "select delivery_id, body from webhook_bodies where workspace_id = $1 and delivery_id in
             (select delivery_id from webhook_subjects where workspace_id = $1 and subject_id in ({list}))",
    )
    .bind(workspace_id)
    .bind_list(subject_ids)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn set_body(tx: &mut Tx, workspace_id: Uuid, delivery_id: Uuid, body: &str) -> Result<()> {
    query("update webhook_bodies set body = $3 where workspace_id = $1 and delivery_id = $2")
        .bind(workspace_id)
        .bind(delivery_id)
        .bind(body)
        .execute(tx)?;
    Ok(())
}

pub(super) fn forget_answers(tx: &mut Tx, workspace_id: Uuid, delivery_id: Uuid) -> Result<()> {
    query("update webhook_attempts set answer = null where workspace_id = $1 and delivery_id = $2")
        .bind(workspace_id)
        .bind(delivery_id)
        .execute(tx)?;
    Ok(())
}

pub(super) fn forget_subjects(tx: &mut Tx, workspace_id: Uuid, subject_ids: &[Uuid]) -> Result<()> {
    query("delete from webhook_subjects where workspace_id = $1 and subject_id in ({list})")
        .bind(workspace_id)
        .bind_list(subject_ids)
        .execute(tx)?;
    Ok(())
}

pub(super) fn forget_aged(tx: &mut Tx, before_ms: i64, most: u32) -> Result<u64> {
    let ids: Vec<Uuid> =
        query("select id from webhook_deliveries where created_at_ms < $1 order by created_at_ms limit $2")
            .bind(before_ms)
            .bind(most)
            .all(tx, |row| row.get(0))?;
    for sql in [
        "delete from webhook_attempts where delivery_id in ({list})",
        "delete from webhook_subjects where delivery_id in ({list})",
        "delete from webhook_bodies where delivery_id in ({list})",
    ] {
        query(sql).bind_list(&ids).execute(tx)?;
    }
    query("delete from webhook_deliveries where id in ({list})").bind_list(&ids).execute(tx)
}
