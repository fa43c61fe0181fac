//! SQL on dismissals. The workspace is in every `where`.

use uuid::Uuid;

use super::{Dismissed, ReasonCode, Why};
use crate::db::{Tx, query};
use crate::error::{Error, Result};
use crate::keys::Caller;
use crate::tasks::Kind;

/// The primary key of `decisions` is the task: a second decision can't be stored.
pub(in crate::tasks) fn insert(
    tx: &mut Tx,
    caller: &Caller,
    task_id: Uuid,
    (revision, plan_hash, why): (u32, &str, &Why),
    now_ms: i64,
) -> Result<()> {
    query(
        "insert into decisions (task_id, workspace_id, revision, plan_hash, outcome, kind, key_id, owner, reason,
             reason_code, decided_at_ms)
         values ($1, $2, $3, $4, 'dismissed', $5, $6, $7, $8, $9, $10)",
    )
    .bind(task_id)
    .bind(caller.workspace_id)
    .bind(revision)
    .bind(plan_hash)
    .bind(caller.kind.as_str())
    .bind(caller.key_id)
    .bind(caller.owner.as_deref())
    .bind(why.text.as_deref())
    .bind(why.code.map(ReasonCode::as_str))
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

pub(super) fn of_conversation(
    tx: &mut Tx,
    workspace_id: Uuid,
    conversation_id: Uuid,
    limit: i64,
) -> Result<Vec<Dismissed>> {
    query(
        "select t.id, t.type, r.description, r.plan, d.reason_code, d.reason, d.kind, d.decided_at_ms
         from tasks t
         join decisions d on d.task_id = t.id and d.outcome = 'dismissed'
         join task_revisions r on r.task_id = t.id and r.revision = t.revision
         where t.workspace_id = $1 and t.status = 'dismissed' and t.conversation_id = $2
         order by d.decided_at_ms desc, t.id desc limit $3",
    )
    .bind(workspace_id)
    .bind(conversation_id)
    .bind(limit)
    .all(tx, |row| {
        let kind: String = row.get(1)?;
        Ok(Dismissed {
            task_id: row.get(0)?,
            kind: Kind::named(&kind).ok_or_else(|| Error::internal(format_args!("there is no kind of task {kind}")))?,
            description: row.get(2)?,
            parameters: row.get(3)?,
            code: row.get::<Option<String>>(4)?.as_deref().and_then(ReasonCode::named),
            reason: row.get(5)?,
            expired: row.get::<String>(6)? == "system",
            dismissed_at_ms: row.get(7)?,
        })
    })
}

pub(super) fn counts(tx: &mut Tx, workspace_id: Uuid, since_ms: i64) -> Result<Vec<(String, u64)>> {
    query(
        "select why, count(*) from (
             select case when kind = 'system' then 'expired' when reason_code is not null then reason_code
                         when reason is not null then 'other' else 'none' end as why
             from decisions where workspace_id = $1 and outcome = 'dismissed' and decided_at_ms >= $2) as dismissals
         group by why",
    )
    .bind(workspace_id)
    .bind(since_ms)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}
