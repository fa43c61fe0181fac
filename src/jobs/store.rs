//! SQL on the jobs.

use serde_json::Value;
use uuid::Uuid;

use super::{Kind, Leased};
use crate::db::{Tx, dialect, query};
use crate::error::Result;

/// A job to be written.
pub(super) struct New {
    pub(super) id: Uuid,
    pub(super) workspace_id: Uuid,
    pub(super) kind: Kind,
    pub(super) task_id: Option<Uuid>,
    pub(super) total: u64,
}

/// A job that is due at once, by whichever clock leases are kept, with what is done of it already.
pub(super) fn insert(tx: &mut Tx, new: &New, (done, progress): (u64, &Value), now_ms: i64) -> Result<()> {
    query(
        "insert into jobs (id, workspace_id, kind, task_id, state, run_at_ms, attempt, failures, done, total, progress,
             created_at_ms)
         values ($1, $2, $3, $4, 'waiting', 0, 0, 0, $5, $6, $7, $8)",
    )
    .bind(new.id)
    .bind(new.workspace_id)
    .bind(new.kind.as_str())
    .bind(new.task_id)
    .bind(i64::try_from(done).unwrap_or(i64::MAX))
    .bind(i64::try_from(new.total).unwrap_or(i64::MAX))
    .bind(progress.to_string())
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

/// Jobs that wait and are due, then jobs whose lease ran out.
pub(super) fn due(tx: &mut Tx, most: u32, now_ms: i64) -> Result<Vec<Uuid>> {
    let waiting = format!(
        "select id from jobs where state = 'waiting' and run_at_ms <= $1 order by run_at_ms, id limit $2{}",
        dialect::skip_locked(tx)
    );
    let mut found = query(waiting).bind(now_ms).bind(i64::from(most)).all(tx, |row| row.get(0))?;
    let room = i64::from(most) - i64::try_from(found.len()).unwrap_or(i64::MAX);
    if room > 0 {
        let abandoned = format!(
            "select id from jobs where state = 'leased' and lease_until_ms <= $1 order by lease_until_ms limit $2{}",
            dialect::skip_locked(tx)
        );
        found.extend(query(abandoned).bind(now_ms).bind(room).all(tx, |row| row.get::<Uuid>(0))?);
    }
    Ok(found)
}

pub(super) fn any_due(tx: &mut Tx, now_ms: i64) -> Result<bool> {
    let found = query(
        "select 1 where exists (select 1 from jobs where state = 'waiting' and run_at_ms <= $1)
           or exists (select 1 from jobs where state = 'leased' and lease_until_ms <= $1)",
    )
    .bind(now_ms)
    .first(tx, |row| row.get::<i64>(0))?;
    Ok(found.is_some())
}

/// Nothing when another worker was faster. A lease that ran out counts as a failure, so that a job that kills its
/// worker is given up in the end.
pub(super) fn lease(tx: &mut Tx, id: Uuid, token: &str, until_ms: i64, now_ms: i64) -> Result<Option<Leased>> {
    query(
        "update jobs set state = 'leased', attempt = attempt + 1, lease_token = $2, lease_until_ms = $3,
             failures = failures + case when state = 'leased' then 1 else 0 end
         where id = $1
           and ((state = 'waiting' and run_at_ms <= $4) or (state = 'leased' and lease_until_ms <= $4))
         returning workspace_id, kind, task_id, attempt, failures, done, progress",
    )
    .bind(id)
    .bind(token)
    .bind(until_ms)
    .bind(now_ms)
    .first(tx, |row| {
        Ok(Leased {
            id,
            workspace_id: row.get(0)?,
            kind: Kind::named(&row.get::<String>(1)?)?,
            task_id: row.get(2)?,
            attempt: row.get(3)?,
            failures: row.get(4)?,
            token: token.to_owned(),
            done: row.get(5)?,
            progress: row.get(6)?,
        })
    })
}

/// The fence that every statement below begins with.
const HELD: &str = "where id = $1 and attempt = $2 and lease_token = $3 and state = 'leased'";

fn fenced(set: &str, job: &Leased) -> crate::db::Query {
    query(format!("update jobs set {set} {HELD}")).bind(job.id).bind(job.attempt).bind(&job.token)
}

pub(super) fn heartbeat(tx: &mut Tx, job: &Leased, until_ms: i64) -> Result<bool> {
    Ok(fenced("lease_until_ms = $4", job).bind(until_ms).execute(tx)? == 1)
}

pub(super) fn progress(tx: &mut Tx, job: &Leased, done: u64, progress: &Value, until_ms: i64) -> Result<bool> {
    let changed = fenced("lease_until_ms = $4, done = $5, progress = $6, failures = 0", job)
        .bind(until_ms)
        .bind(i64::try_from(done).unwrap_or(i64::MAX))
        .bind(progress.to_string())
        .execute(tx)?;
    Ok(changed == 1)
}

pub(super) fn complete(tx: &mut Tx, job: &Leased, done: u64, now_ms: i64) -> Result<bool> {
    let set =
        "state = 'done', done = $4, progress = '{}', finished_at_ms = $5, lease_token = null, lease_until_ms = null";
    let changed = fenced(set, job).bind(i64::try_from(done).unwrap_or(i64::MAX)).bind(now_ms).execute(tx)?;
    Ok(changed == 1)
}

pub(super) fn give_up(tx: &mut Tx, job: &Leased, error: &str, now_ms: i64) -> Result<bool> {
    let set = "state = 'failed', last_error = $4, finished_at_ms = $5, lease_token = null, lease_until_ms = null";
    Ok(fenced(set, job).bind(error).bind(now_ms).execute(tx)? == 1)
}

pub(super) fn give_back(tx: &mut Tx, job: &Leased, error: Option<&str>, run_at_ms: i64) -> Result<bool> {
    let set = "state = 'waiting', run_at_ms = $4, lease_token = null, lease_until_ms = null,
        last_error = case when cast($5 as text) is null then last_error else $5 end,
        failures = failures + case when cast($5 as text) is null then 0 else 1 end";
    Ok(fenced(set, job).bind(run_at_ms).bind(error).execute(tx)? == 1)
}

pub(super) fn wake(tx: &mut Tx, workspace_id: Uuid) -> Result<()> {
    query(
        "update jobs set run_at_ms = 0
         where workspace_id = $1 and state = 'waiting' and kind = 'execute_task' and run_at_ms > 0",
    )
    .bind(workspace_id)
    .execute(tx)?;
    Ok(())
}

/// What an execution that was ended had come to.
#[derive(Debug)]
pub struct Stopped {
    /// Units done.
    pub done: u64,
    /// Where the last committed step left off.
    pub progress: Value,
}

pub(super) fn stop_execution(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<Option<Stopped>> {
    query(
        "update jobs set state = 'failed', last_error = 'stopped', finished_at_ms = $3, lease_token = null,
             lease_until_ms = null
         where workspace_id = $1 and task_id = $2 and kind = 'execute_task' and state in ('waiting', 'leased')
         returning done, progress",
    )
    .bind(workspace_id)
    .bind(task_id)
    .bind(now_ms)
    .first(tx, |row| Ok(Stopped { done: row.get(0)?, progress: row.get(1)? }))
}

/// How far a task's execution is.
#[derive(Debug, Clone, Copy)]
pub struct TaskProgress {
    /// The task.
    pub task_id: Uuid,
    /// Units done.
    pub done: u64,
    /// Units in all.
    pub total: u64,
}

pub(super) fn progress_of(tx: &mut Tx, workspace_id: Uuid, task_ids: &[Uuid]) -> Result<Vec<TaskProgress>> {
    query(
        "select task_id, done, total from jobs
         where workspace_id = $1 and kind = 'execute_task' and task_id in ({list})",
    )
    .bind(workspace_id)
    .bind_list(task_ids)
    .all(tx, |row| Ok(TaskProgress { task_id: row.get(0)?, done: row.get(1)?, total: row.get(2)? }))
}

pub(super) fn forget_ended(tx: &mut Tx, before_ms: i64, most: u32) -> Result<u64> {
    let ids: Vec<Uuid> = query(
        "select id from jobs where finished_at_ms is not null and finished_at_ms < $1 order by finished_at_ms limit $2",
    )
    .bind(before_ms)
    .bind(i64::from(most))
    .all(tx, |row| row.get(0))?;
    query("delete from jobs where finished_at_ms is not null and id in ({list})").bind_list(ids).execute(tx)
}
