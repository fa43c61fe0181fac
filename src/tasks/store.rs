//! Every SQL statement on the task tables. The workspace is in every `where`.

use serde_json::Value;
use uuid::Uuid;

use super::{Approved, Kind, Plan, Proposal, Status, Wanted};
use crate::db::{Row, Tx, query};
use crate::error::{Error, Result};
use crate::events::Actor;
use crate::keys::Caller;

pub(super) fn insert_task(tx: &mut Tx, caller: &Caller, new: &Proposal, hash: &str, now_ms: i64) -> Result<()> {
    query(
        "insert into tasks (id, workspace_id, type, status, revision, plan_hash, conversation_id, created_by,
             created_at_ms, status_at_ms, expires_at_ms, undoes)
         values ($1, $2, $3, 'pending', 1, $4, $5, $6, $7, $7, $8, $9)",
    )
    .bind(new.task_id)
    .bind(caller.workspace_id)
    .bind(new.plan.kind.as_str())
    .bind(hash)
    .bind(new.conversation_id)
    .bind(caller.key_id)
    .bind(now_ms)
    .bind(new.expires_at_ms)
    .bind(new.plan.undoes())
    .execute(tx)?;
    Ok(())
}

pub(super) fn insert_revision(
    tx: &mut Tx,
    caller: &Caller,
    new: &Proposal,
    hash: &str,
    revision: u32,
    now_ms: i64,
) -> Result<()> {
    query(
        "insert into task_revisions (task_id, revision, workspace_id, plan_hash, plan, selection, preview, description,
             query, request, created_by, created_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(new.task_id)
    .bind(revision)
    .bind(caller.workspace_id)
    .bind(hash)
    .bind(new.plan.parameters.to_string())
    .bind(new.plan.selection_bytes())
    .bind(new.preview.to_string())
    .bind(&new.description)
    .bind(&new.query)
    .bind((!new.request.is_null()).then(|| new.request.to_string()))
    .bind(caller.key_id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

/// The arbiter: of all who decide at once, one gets a row back. A task with more than one revision wants its hash named.
pub(super) fn approve(
    tx: &mut Tx,
    workspace_id: Uuid,
    task_id: Uuid,
    plan_hash: Option<&str>,
    now_ms: i64,
) -> Result<Option<(u32, String, Kind)>> {
    query(
        "update tasks set status = 'approved', status_at_ms = $3, started_at_ms = $3
         where id = $1 and workspace_id = $2 and status = 'pending' and expires_at_ms > $3
           and ((cast($4 as text) is null and revision = 1) or plan_hash = $4)
         returning revision, plan_hash, type",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(now_ms)
    .bind(plan_hash)
    .first(tx, |row| Ok((row.get(0)?, row.get(1)?, kind(&row.get::<String>(2)?)?)))
}

/// Of all who change or decide a task at once, one gets a row back: the number of the new revision.
pub(super) fn revise(
    tx: &mut Tx,
    caller: &Caller,
    new: &Proposal,
    (hash, seen): (&str, u32),
    may_approve: bool,
    now_ms: i64,
) -> Result<Option<u32>> {
    query(
        "update tasks set revision = revision + 1, plan_hash = $6, expires_at_ms = $7
         where id = $1 and workspace_id = $2 and type = $3 and status = 'pending' and expires_at_ms > $4
           and revision = $5 and ($8 = 1 or (created_by = $9
             and (conversation_id = $10 or (conversation_id is null and cast($10 as text) is null))))
         returning revision",
    )
    .bind(new.task_id)
    .bind(caller.workspace_id)
    .bind(new.plan.kind.as_str())
    .bind(now_ms)
    .bind(seen)
    .bind(hash)
    .bind(new.expires_at_ms)
    .bind(i64::from(may_approve))
    .bind(caller.key_id)
    .bind(new.conversation_id)
    .first(tx, |row| row.get(0))
}

pub(super) fn dismiss(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<Option<(u32, String)>> {
    query(
        "update tasks set status = 'dismissed', status_at_ms = $3, finished_at_ms = $3
         where id = $1 and workspace_id = $2 and status = 'pending' and expires_at_ms > $3
         returning revision, plan_hash",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(now_ms)
    .first(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn due_to_expire(tx: &mut Tx, now_ms: i64, limit: i64) -> Result<Vec<(Uuid, Uuid)>> {
    query(
        "select id, workspace_id from tasks where status = 'pending' and expires_at_ms <= $1
         order by expires_at_ms limit $2",
    )
    .bind(now_ms)
    .bind(limit)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn expire(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<Option<(u32, String)>> {
    query(
        "update tasks set status = 'dismissed', status_at_ms = $3, finished_at_ms = $3
         where id = $1 and workspace_id = $2 and status = 'pending' and expires_at_ms <= $3 and escalates_to is null
         returning revision, plan_hash",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(now_ms)
    .first(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn insert_expiry(
    tx: &mut Tx,
    workspace_id: Uuid,
    task_id: Uuid,
    (revision, plan_hash): (u32, &str),
    now_ms: i64,
) -> Result<()> {
    query(
        "insert into decisions (task_id, workspace_id, revision, plan_hash, outcome, kind, reason, decided_at_ms)
         values ($1, $2, $3, $4, 'dismissed', 'system', 'expired', $5)",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(revision)
    .bind(plan_hash)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

/// False when the task was not approved, or had ended already.
pub(super) fn finish(
    tx: &mut Tx,
    workspace_id: Uuid,
    task_id: Uuid,
    (status, result, error): (Status, Option<&Value>, Option<&Value>),
    now_ms: i64,
) -> Result<bool> {
    let changed = query(
        "update tasks set status = $3, status_at_ms = $4, finished_at_ms = $4, result = $5, error = $6
         where id = $1 and workspace_id = $2 and status = 'approved'",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(status.as_str())
    .bind(now_ms)
    .bind(result.map(Value::to_string))
    .bind(error.map(Value::to_string))
    .execute(tx)?;
    Ok(changed == 1)
}

/// The plan and the preview of one revision of a task of that kind.
pub(super) fn plan(
    tx: &mut Tx,
    workspace_id: Uuid,
    (task_id, kind): (Uuid, Kind),
    revision: u32,
) -> Result<Option<(Plan, Value)>> {
    query(
        "select plan, selection, preview from task_revisions
         where task_id = $1 and revision = $2 and workspace_id = $3",
    )
    .bind(task_id)
    .bind(revision)
    .bind(workspace_id)
    .first(tx, |row| Ok((plan_of(row, kind, 0)?, row.get(2)?)))
}

/// Columns `plan` and `selection` from `first` on.
pub(super) fn plan_of(row: &Row, kind: Kind, first: usize) -> Result<Plan> {
    let selection = Plan::selection_from(&row.get::<Vec<u8>>(first + 1)?)?;
    Ok(Plan { kind, parameters: row.get(first)?, selection })
}

/// An approved task with the plan its decision names; nothing when it is in another state.
pub(super) fn approved(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<Approved>> {
    query(
        "select t.type, r.plan, r.selection, r.preview, d.kind, d.key_id, d.policy_id, d.selection
         from tasks t
         join decisions d on d.task_id = t.id and d.outcome = 'approved'
         join task_revisions r on r.task_id = t.id and r.revision = d.revision and r.plan_hash = d.plan_hash
         where t.id = $1 and t.workspace_id = $2 and t.status = 'approved'",
    )
    .bind(task_id)
    .bind(workspace_id)
    .first(tx, |row| {
        let decided_by = (row.get::<Option<Uuid>>(5)?, row.get::<Option<Uuid>>(6)?);
        let actor = match (row.get::<String>(4)?.as_str(), decided_by) {
            ("human", (Some(key_id), _)) => Actor::Human(key_id),
            ("service", (Some(key_id), _)) => Actor::Service(key_id),
            ("policy", (_, Some(policy_id))) => Actor::Policy(policy_id),
            _ => Actor::System,
        };
        let kind = kind(&row.get::<String>(0)?)?;
        let part = row.get::<Option<Vec<u8>>>(7)?.map(|bytes| Plan::selection_from(&bytes)).transpose()?;
        let (plan, out_of) = plan_of(row, kind, 1)?.narrowed(part);
        Ok(Approved { task_id, workspace_id, plan, out_of, preview: row.get(3)?, actor })
    })
}

/// The narrow part of a task.
pub(super) struct Line {
    pub(super) status: Status,
    pub(super) revision: u32,
    pub(super) plan_hash: String,
    pub(super) expires_at_ms: i64,
    pub(super) kind: Kind,
    pub(super) created_by: Uuid,
    pub(super) conversation_id: Option<Uuid>,
}

pub(super) fn line(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<Line>> {
    query(
        "select status, revision, plan_hash, expires_at_ms, type, created_by, conversation_id from tasks
         where id = $1 and workspace_id = $2",
    )
    .bind(task_id)
    .bind(workspace_id)
    .first(tx, |row| {
        Ok(Line {
            status: status_of(&row.get::<String>(0)?)?,
            revision: row.get(1)?,
            plan_hash: row.get(2)?,
            expires_at_ms: row.get(3)?,
            kind: kind(&row.get::<String>(4)?)?,
            created_by: row.get(5)?,
            conversation_id: row.get(6)?,
        })
    })
}

pub(super) fn status(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<Status>> {
    query("select status from tasks where id = $1 and workspace_id = $2")
        .bind(task_id)
        .bind(workspace_id)
        .first(tx, |row| status_of(&row.get::<String>(0)?))
}

pub(super) fn count(tx: &mut Tx, workspace_id: Uuid, wanted: &Wanted) -> Result<u64> {
    query(
        "select count(*) from tasks where workspace_id = $1
           and (cast($2 as text) is null or status = $2) and (cast($3 as text) is null or type = $3)",
    )
    .bind(workspace_id)
    .bind(wanted.status.map(Status::as_str))
    .bind(wanted.kind.map(Kind::as_str))
    .one(tx, |row| row.get(0))
}

/// The ids of a page, those that entered their state last first. Each state is read in the order of its index; "all"
/// merges the five.
pub(super) fn page(tx: &mut Tx, workspace_id: Uuid, wanted: &Wanted) -> Result<Vec<Uuid>> {
    let mut found: Vec<(i64, Uuid)> = Vec::new();
    let states: &[Status] = wanted.status.as_ref().map_or(&Status::ALL, std::slice::from_ref);
    let alone = states.len() == 1;
    for state in states {
        found.extend(
            query(
                "select status_at_ms, id from tasks
                 where workspace_id = $1 and status = $2 and (cast($3 as text) is null or type = $3)
                 order by status_at_ms desc, id desc limit $4 offset $5",
            )
            .bind(workspace_id)
            .bind(state.as_str())
            .bind(wanted.kind.map(Kind::as_str))
            .bind(wanted.paging.limit() + if alone { 0 } else { wanted.paging.offset() })
            .bind(if alone { wanted.paging.offset() } else { 0 })
            .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))?,
        );
    }
    if !alone {
        let offset = usize::try_from(wanted.paging.offset()).unwrap_or(usize::MAX);
        found.sort_unstable_by(|a, b| b.cmp(a));
        found = found.into_iter().skip(offset).take(wanted.paging.per_page as usize).collect();
    }
    Ok(found.into_iter().map(|(_, id)| id).collect())
}

/// A task as it is shown, before its times and JSON are spelled out.
pub(super) struct Shown {
    pub(super) id: Uuid,
    pub(super) kind: Kind,
    pub(super) status: Status,
    pub(super) revision: u32,
    pub(super) plan_hash: String,
    pub(super) conversation_id: Option<Uuid>,
    pub(super) created_at_ms: i64,
    pub(super) status_at_ms: i64,
    pub(super) expires_at_ms: i64,
    pub(super) started_at_ms: Option<i64>,
    pub(super) finished_at_ms: Option<i64>,
    pub(super) result: Value,
    pub(super) error: Value,
    pub(super) parameters: Value,
    pub(super) preview: Value,
    pub(super) description: String,
    pub(super) query: String,
    pub(super) created_by: Uuid,
    /// Which key made the present revision.
    pub(super) revised_by: Uuid,
    /// How many it is about.
    pub(super) selected: u64,
    pub(super) undoes: Option<Uuid>,
    pub(super) undone_by: Option<Uuid>,
}

/// The tasks of `ids` with their current revision, in no order.
pub(super) fn shown(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<Shown>> {
    query(
        "select t.id, t.type, t.status, t.revision, t.plan_hash,
             (select c.id from conversations c where c.id = t.conversation_id and c.workspace_id = t.workspace_id
                and c.deleted_at_ms is null),
             t.created_at_ms, t.status_at_ms,
             t.expires_at_ms, t.started_at_ms, t.finished_at_ms, t.result, t.error, r.plan, r.preview, r.description,
             r.query, t.created_by, r.created_by, length(r.selection), t.undoes, t.undone_by
         from tasks t join task_revisions r on r.task_id = t.id and r.revision = t.revision
         where t.workspace_id = $1 and t.id in ({list})",
    )
    .bind(workspace_id)
    .bind_list(ids)
    .all(tx, |row| {
        Ok(Shown {
            id: row.get(0)?,
            kind: kind(&row.get::<String>(1)?)?,
            status: status_of(&row.get::<String>(2)?)?,
            revision: row.get(3)?,
            plan_hash: row.get(4)?,
            conversation_id: row.get(5)?,
            created_at_ms: row.get(6)?,
            status_at_ms: row.get(7)?,
            expires_at_ms: row.get(8)?,
            started_at_ms: row.get(9)?,
            finished_at_ms: row.get(10)?,
            result: row.get(11)?,
            error: row.get(12)?,
            parameters: row.get(13)?,
            preview: row.get(14)?,
            description: row.get(15)?,
            query: row.get(16)?,
            created_by: row.get(17)?,
            revised_by: row.get(18)?,
            selected: row.get::<u64>(19)? / 16,
            undoes: row.get(20)?,
            undone_by: row.get(21)?,
        })
    })
}

/// A decision as stored.
pub(super) struct Decided {
    pub(super) task_id: Uuid,
    pub(super) outcome: String,
    pub(super) kind: String,
    pub(super) key_id: Option<Uuid>,
    pub(super) owner: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) decided_at_ms: i64,
    pub(super) revision: u32,
    pub(super) plan_hash: String,
    pub(super) policy: Option<(Uuid, u32)>,
    /// The rules it satisfied, as JSON.
    pub(super) rules: Option<String>,
    /// How many a part was approved for; none: all.
    pub(super) approved: Option<u64>,
    pub(super) declined: u64,
    pub(super) reason_code: Option<String>,
}

pub(super) fn decisions(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<Decided>> {
    query(
        "select task_id, outcome, kind, key_id, owner, reason, decided_at_ms, revision, plan_hash, policy_id,
             policy_version, rules, length(selection), declined, reason_code
         from decisions
         where workspace_id = $1 and task_id in ({list})",
    )
    .bind(workspace_id)
    .bind_list(ids)
    .all(tx, |row| {
        Ok(Decided {
            task_id: row.get(0)?,
            outcome: row.get(1)?,
            kind: row.get(2)?,
            key_id: row.get(3)?,
            owner: row.get(4)?,
            reason: row.get(5)?,
            decided_at_ms: row.get(6)?,
            revision: row.get(7)?,
            plan_hash: row.get(8)?,
            policy: row.get::<Option<Uuid>>(9)?.zip(row.get::<Option<u32>>(10)?),
            rules: row.get(11)?,
            approved: row.get::<Option<u64>>(12)?.map(|bytes| bytes / 16),
            declined: row.get(13)?,
            reason_code: row.get(14)?,
        })
    })
}

/// A revision without its people.
pub(super) struct Revised {
    pub(super) revision: u32,
    pub(super) plan_hash: String,
    pub(super) created_at_ms: i64,
    pub(super) description: String,
    pub(super) query: String,
    pub(super) parameters: Value,
    pub(super) selected: u64,
    /// Whether the people are not those of the revision before.
    pub(super) other_people: bool,
}

/// The revisions, oldest first, at most `limit`.
pub(super) fn revisions(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, limit: u32) -> Result<Vec<Revised>> {
    query(
        "select r.revision, r.plan_hash, r.created_at_ms, r.description, r.query, r.plan, length(r.selection),
             case when p.selection is null or p.selection = r.selection then 0 else 1 end
         from task_revisions r
         left join task_revisions p on p.task_id = r.task_id and p.revision = r.revision - 1
         where r.task_id = $1 and r.workspace_id = $2 order by r.revision limit $3",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(limit)
    .all(tx, |row| {
        Ok(Revised {
            revision: row.get(0)?,
            plan_hash: row.get(1)?,
            created_at_ms: row.get(2)?,
            description: row.get(3)?,
            query: row.get(4)?,
            parameters: row.get(5)?,
            selected: row.get::<u64>(6)? / 16,
            other_people: row.get::<i64>(7)? == 1,
        })
    })
}

/// What was understood when this revision was asked for; null when nobody asked in words.
pub(super) fn request(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, revision: u32) -> Result<Value> {
    query("select request from task_revisions where task_id = $1 and revision = $2 and workspace_id = $3")
        .bind(task_id)
        .bind(revision)
        .bind(workspace_id)
        .first(tx, |row| row.get(0))
        .map(Option::unwrap_or_default)
}

pub(super) fn kind(text: &str) -> Result<Kind> {
    Kind::named(text).ok_or_else(|| Error::internal(format_args!("there is no kind of task {text}")))
}

pub(super) fn status_of(text: &str) -> Result<Status> {
    Status::named(text).ok_or_else(|| Error::internal(format_args!("there is no state of a task {text}")))
}

/// What the faults of a build for proving the tests need.
#[cfg(feature = "planted-faults")]
pub(super) mod planted {
    use uuid::Uuid;

    use crate::db::{Tx, query};
    use crate::error::Result;

    /// The tasks that wait in a conversation.
    pub fn waiting_in(tx: &mut Tx, workspace_id: Uuid, conversation_id: Uuid) -> Result<Vec<Uuid>> {
        query(
            "select id from tasks where workspace_id = $1 and conversation_id = $2 and status = 'pending' order by id",
        )
        .bind(workspace_id)
        .bind(conversation_id)
        .all(tx, |row| row.get(0))
    }

    /// Whose a task is.
    pub(in crate::tasks) fn workspace_of(tx: &mut Tx, task_id: Uuid) -> Result<Option<Uuid>> {
        query("select workspace_id from tasks where id = $1").bind(task_id).first(tx, |row| row.get(0))
    }

    /// Lets a dismissed task wait as if nobody had dismissed it.
    pub(in crate::tasks) fn forget_dismissal(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<()> {
        query(
            "update tasks set status = 'pending', finished_at_ms = null
             where workspace_id = $1 and id = $2 and status = 'dismissed'",
        )
        .bind(workspace_id)
        .bind(task_id)
        .execute(tx)?;
        query("delete from decisions where workspace_id = $1 and task_id = $2 and outcome = 'dismissed'")
            .bind(workspace_id)
            .bind(task_id)
            .execute(tx)?;
        Ok(())
    }
}
