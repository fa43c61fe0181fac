//! SQL on when tasks begin, wait and end early. The workspace is in every `where`, but for the sweeps.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Held;
use super::freeze::{Freeze, Who};
use crate::clock::iso;
use crate::db::{Row, Tx, query};
use crate::error::Result;
use crate::keys::Caller;
use crate::paging::Paging;
use crate::tasks::{Approved, Kind};

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

pub(super) fn due_to_begin(tx: &mut Tx, now_ms: i64, limit: i64) -> Result<Vec<(Uuid, Uuid)>> {
    query(
        "select t.id, t.workspace_id from tasks t
         where t.status = 'approved' and t.started_at_ms is null and t.starts_at_ms <= $1
           and t.type <> 'external_action'
           and (t.start_by_ms is null or t.start_by_ms > $1)
           and not exists (select 1 from freezes f where f.workspace_id = t.workspace_id and f.lifted_at_ms is null
                           and (f.type is null or f.type = t.type))
         order by t.starts_at_ms, t.id limit $2",
    )
    .bind(now_ms)
    .bind(limit)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// False when the task is not to begin, or has begun.
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

pub(super) fn too_late_to_begin(tx: &mut Tx, now_ms: i64, limit: i64) -> Result<Vec<(Uuid, Uuid)>> {
    query(
        "select id, workspace_id from tasks
         where status = 'approved' and started_at_ms is null and start_by_ms is not null and start_by_ms <= $1
         order by start_by_ms limit $2",
    )
    .bind(now_ms)
    .bind(limit)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn start_by(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<i64>> {
    query("select start_by_ms from tasks where id = $1 and workspace_id = $2 and start_by_ms is not null")
        .bind(task_id)
        .bind(workspace_id)
        .first(tx, |row| row.get(0))
}

/// Ends an approved task that has not begun; with `too_late_at`, only when its time to begin is over. False when it has
/// begun, or ended.
pub(super) fn fail_unstarted(
    tx: &mut Tx,
    task: &Approved,
    (result, error): (&Value, &Value),
    too_late_at: Option<i64>,
    now_ms: i64,
) -> Result<bool> {
    let changed = query(
        "update tasks set status = 'failed', status_at_ms = $3, finished_at_ms = $3, result = $4, error = $5
         where id = $1 and workspace_id = $2 and status = 'approved' and started_at_ms is null
           and (cast($6 as bigint) is null or start_by_ms <= $6)",
    )
    .bind(task.task_id)
    .bind(task.workspace_id)
    .bind(now_ms)
    .bind(result.to_string())
    .bind(error.to_string())
    .bind(too_late_at)
    .execute(tx)?;
    Ok(changed == 1)
}

/// False when the task is not approved, or has begun.
pub(super) fn retract(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<bool> {
    let changed = query(
        "update tasks set status = 'dismissed', status_at_ms = $3, finished_at_ms = $3
         where id = $1 and workspace_id = $2 and status = 'approved' and started_at_ms is null",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(changed == 1)
}

/// What happened to approved work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Retracted,
    Stopped,
}

impl What {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            What::Retracted => "retracted",
            What::Stopped => "stopped",
        }
    }
}

/// The primary key is the task: it is retracted or stopped once.
pub(super) fn insert_interruption(
    tx: &mut Tx,
    caller: &Caller,
    task_id: Uuid,
    (what, reason): (What, Option<&str>),
    now_ms: i64,
) -> Result<()> {
    query(
        "insert into interruptions (task_id, workspace_id, what, kind, key_id, owner, reason, interrupted_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(task_id)
    .bind(caller.workspace_id)
    .bind(what.as_str())
    .bind(caller.kind.as_str())
    .bind(caller.key_id)
    .bind(caller.owner.as_deref())
    .bind(reason)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
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

/// A task that was passed on.
pub(super) struct PassedOn {
    pub(super) revision: u32,
    pub(super) roles: Value,
    pub(super) expires_at_ms: i64,
}

/// Nothing when the task is decided, not over yet, or has nobody to be passed on to.
pub(super) fn pass_on(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<Option<PassedOn>> {
    query(
        "update tasks set escalated_to = escalates_to, escalates_to = null, escalated_at_ms = $3,
             expires_at_ms = $3 + deadline_ms, remind_at_ms = null
         where id = $1 and workspace_id = $2 and status = 'pending' and expires_at_ms <= $3
           and escalates_to is not null and deadline_ms is not null
         returning revision, escalated_to, expires_at_ms",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(now_ms)
    .first(tx, |row| Ok(PassedOn { revision: row.get(0)?, roles: row.get(1)?, expires_at_ms: row.get(2)? }))
}

pub(super) fn due_to_remind(tx: &mut Tx, now_ms: i64, limit: i64) -> Result<Vec<(Uuid, Uuid)>> {
    query(
        "select id, workspace_id from tasks
         where status = 'pending' and remind_at_ms is not null and remind_at_ms <= $1 and expires_at_ms > $1
         order by remind_at_ms limit $2",
    )
    .bind(now_ms)
    .bind(limit)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// The revision and the deadline of the task; nothing when it is decided, over, or was reminded of.
pub(super) fn remind(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<Option<(u32, i64)>> {
    query(
        "update tasks set remind_at_ms = null
         where id = $1 and workspace_id = $2 and status = 'pending' and remind_at_ms <= $3 and expires_at_ms > $3
         returning revision, expires_at_ms",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(now_ms)
    .first(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// When a task begins, what its deadline does, and what ended it early; part of what a task shows.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Times {
    /// Approved, and not begun before this time; until it has begun it can be retracted.
    pub starts_at: Option<String>,
    /// The approval is worth nothing any more when the work has not begun by then.
    pub start_by: Option<String>,
    /// Whether a freeze holds its work up.
    pub frozen: bool,
    /// When a reminder is recorded while nobody decides.
    pub remind_at: Option<String>,
    /// The roles it is passed on to when the deadline is over; null: it is dismissed then.
    pub escalates_to: Value,
    /// The roles a deadline has passed it on to.
    pub escalated_to: Value,
    /// When that was.
    pub escalated_at: Option<String>,
    /// Who took the approval back before the work began; the task is dismissed then, with the reason `retracted`.
    pub retraction: Option<Interruption>,
    /// Who stopped the work; the task is failed then, with the code `stopped`.
    pub stop: Option<Interruption>,
}

/// Who took an approval back or stopped the work, when and why.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Interruption {
    /// `human` or `service`.
    pub kind: String,
    /// The key.
    pub key_id: Uuid,
    /// Who answers for that key.
    pub owner: Option<String>,
    /// As given.
    pub reason: Option<String>,
    /// When.
    pub at: String,
}

/// The times of the tasks of `ids`.
pub(in crate::tasks) fn times(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<HashMap<Uuid, Times>> {
    let rows = query(
        "select t.id, t.starts_at_ms, t.start_by_ms, t.remind_at_ms, t.escalates_to, t.escalated_to, t.escalated_at_ms,
             case when t.status = 'approved' and exists (
                 select 1 from freezes f where f.workspace_id = t.workspace_id and f.lifted_at_ms is null
                   and (f.type is null or f.type = t.type)) then 1 else 0 end,
             i.what, i.kind, i.key_id, i.owner, i.reason, i.interrupted_at_ms
         from tasks t left join interruptions i on i.task_id = t.id
         where t.workspace_id = $1 and t.id in ({list})",
    )
    .bind(workspace_id)
    .bind_list(ids)
    .all(tx, |row| Ok((row.get(0)?, times_of(row)?)))?;
    Ok(rows.into_iter().collect())
}

fn times_of(row: &Row) -> Result<Times> {
    let at = |place: usize| Ok::<_, crate::error::Error>(row.get::<Option<i64>>(place)?.map(iso));
    let mut times = Times {
        starts_at: at(1)?,
        start_by: at(2)?,
        remind_at: at(3)?,
        escalates_to: row.get(4)?,
        escalated_to: row.get(5)?,
        escalated_at: at(6)?,
        frozen: row.get::<i64>(7)? == 1,
        retraction: None,
        stop: None,
    };
    let Some(what) = row.get::<Option<String>>(8)? else { return Ok(times) };
    let interruption = Interruption {
        kind: row.get(9)?,
        key_id: row.get(10)?,
        owner: row.get(11)?,
        reason: row.get(12)?,
        at: iso(row.get(13)?),
    };
    match what == What::Stopped.as_str() {
        true => times.stop = Some(interruption),
        false => times.retraction = Some(interruption),
    }
    Ok(times)
}

pub(super) fn insert_freeze(tx: &mut Tx, caller: &Caller, freeze: &Freeze, now_ms: i64) -> Result<()> {
    query(
        "insert into freezes (id, workspace_id, type, reason, kind, key_id, owner, frozen_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(freeze.id)
    .bind(caller.workspace_id)
    .bind(freeze.kind.as_deref())
    .bind(&freeze.reason)
    .bind(&freeze.frozen_by.kind)
    .bind(caller.key_id)
    .bind(caller.owner.as_deref())
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

/// The key that froze; nothing when no such freeze is in force.
pub(super) fn frozen_by(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<Uuid>> {
    query("select key_id from freezes where id = $1 and workspace_id = $2 and lifted_at_ms is null")
        .bind(id)
        .bind(workspace_id)
        .first(tx, |row| row.get(0))
}

/// False when no such freeze is in force.
pub(super) fn lift(tx: &mut Tx, caller: &Caller, id: Uuid, now_ms: i64) -> Result<bool> {
    let changed = query(
        "update freezes set lifted_at_ms = $3, lifted_kind = $4, lifted_key_id = $5, lifted_owner = $6
         where id = $1 and workspace_id = $2 and lifted_at_ms is null",
    )
    .bind(id)
    .bind(caller.workspace_id)
    .bind(now_ms)
    .bind(caller.kind.as_str())
    .bind(caller.key_id)
    .bind(caller.owner.as_deref())
    .execute(tx)?;
    Ok(changed == 1)
}

pub(super) fn is_frozen(tx: &mut Tx, workspace_id: Uuid, kind: Kind) -> Result<bool> {
    let found = query(
        "select 1 from freezes where workspace_id = $1 and lifted_at_ms is null and (type is null or type = $2) limit 1",
    )
    .bind(workspace_id)
    .bind(kind.as_str())
    .first(tx, |row| row.get::<i64>(0))?;
    Ok(found.is_some())
}

pub(super) fn count_freezes(tx: &mut Tx, workspace_id: Uuid, all: bool) -> Result<u64> {
    query("select count(*) from freezes where workspace_id = $1 and ($2 = 1 or lifted_at_ms is null)")
        .bind(workspace_id)
        .bind(i64::from(all))
        .one(tx, |row| row.get(0))
}

pub(super) fn freezes(tx: &mut Tx, workspace_id: Uuid, all: bool, paging: Paging) -> Result<Vec<Freeze>> {
    query(
        "select id, type, reason, kind, key_id, owner, frozen_at_ms, lifted_at_ms, lifted_kind, lifted_key_id, lifted_owner
         from freezes where workspace_id = $1 and ($2 = 1 or lifted_at_ms is null)
         order by frozen_at_ms desc, id desc limit $3 offset $4",
    )
    .bind(workspace_id)
    .bind(i64::from(all))
    .bind(paging.limit())
    .bind(paging.offset())
    .all(tx, |row| {
        let lifted_by = match (row.get::<Option<String>>(8)?, row.get::<Option<Uuid>>(9)?) {
            (Some(kind), Some(key_id)) => Some(Who { kind, key_id, owner: row.get(10)? }),
            _ => None,
        };
        Ok(Freeze {
            id: row.get(0)?,
            kind: row.get(1)?,
            reason: row.get(2)?,
            frozen_by: Who { kind: row.get(3)?, key_id: row.get(4)?, owner: row.get(5)? },
            frozen_at: iso(row.get(6)?),
            lifted_by,
            lifted_at: row.get::<Option<i64>>(7)?.map(iso),
        })
    })
}
