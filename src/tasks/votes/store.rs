//! SQL on the votes, and on the decision that the last of them makes. The workspace is in every `where`.

use serde_json::Value;
use uuid::Uuid;

use super::Vote;
use crate::db::{Tx, query};
use crate::error::{Error, Result};
use crate::keys::roles::Roles;
use crate::tasks::approval::{Approval, Voice};
use crate::tasks::{Part, Plan};

/// How many are selected in a revision of a task, and which key made the revision.
pub(in crate::tasks) fn about_revision(
    tx: &mut Tx,
    workspace_id: Uuid,
    task_id: Uuid,
    revision: u32,
) -> Result<(u64, Uuid)> {
    query(
        "select length(selection), created_by from task_revisions
         where task_id = $1 and revision = $2 and workspace_id = $3",
    )
    .bind(task_id)
    .bind(revision)
    .bind(workspace_id)
    .first(tx, |row| Ok((row.get::<u64>(0)? / 16, row.get(1)?)))?
    .ok_or_else(|| Error::internal("a task has no such revision"))
}

/// Holds the row of a task that waits with exactly this revision and plan, until the transaction ends; false when it does
/// not. A plan may come back in a later revision, and the votes for the earlier one are void all the same.
pub(in crate::tasks) fn hold(
    tx: &mut Tx,
    workspace_id: Uuid,
    task_id: Uuid,
    (revision, plan_hash): (u32, &str),
    now_ms: i64,
) -> Result<bool> {
    let held = query(
        "update tasks set status = status
         where id = $1 and workspace_id = $2 and status = 'pending' and expires_at_ms > $3 and plan_hash = $4
           and revision = $5",
    )
    .bind(task_id)
    .bind(workspace_id)
    .bind(now_ms)
    .bind(plan_hash)
    .bind(revision)
    .execute(tx)?;
    Ok(held == 1)
}

pub(in crate::tasks) fn insert(
    tx: &mut Tx,
    workspace_id: Uuid,
    (task_id, revision, plan_hash): (Uuid, u32, &str),
    vote: &Vote,
) -> Result<()> {
    query(
        "insert into votes (task_id, revision, key_id, workspace_id, plan_hash, kind, owner, roles, reason, policy_id,
             policy_version, selection, voted_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(task_id)
    .bind(revision)
    .bind(vote.key_id)
    .bind(workspace_id)
    .bind(plan_hash)
    .bind(vote.kind.as_str())
    .bind(vote.owner.as_deref())
    .bind(vote.roles.json()?)
    .bind(vote.reason.as_deref())
    .bind(vote.policy.map(|(policy_id, _)| policy_id))
    .bind(vote.policy.map(|(_, version)| i64::from(version)))
    .bind(vote.selection.as_deref().map(Plan::bytes_of))
    .bind(vote.voted_at_ms)
    .execute(tx)?;
    Ok(())
}

/// Task, revision and vote of all votes for these tasks, oldest first.
pub(super) fn of_tasks(tx: &mut Tx, workspace_id: Uuid, task_ids: &[Uuid]) -> Result<Vec<(Uuid, u32, Vote)>> {
    query(
        "select task_id, revision, key_id, kind, owner, roles, reason, policy_id, policy_version, selection, voted_at_ms
         from votes where workspace_id = $1 and task_id in ({list}) order by voted_at_ms, key_id",
    )
    .bind(workspace_id)
    .bind_list(task_ids)
    .all(tx, |row| {
        let policy = row.get::<Option<Uuid>>(7)?.zip(row.get::<Option<u32>>(8)?);
        let selection = row.get::<Option<Vec<u8>>>(9)?;
        let vote = Vote {
            key_id: row.get(2)?,
            kind: row.get(3)?,
            owner: row.get(4)?,
            roles: Roles::stored(&row.get::<String>(5)?)?,
            reason: row.get(6)?,
            policy,
            selection: selection.map(|bytes| Plan::selection_from(&bytes)).transpose()?,
            voted_at_ms: row.get(10)?,
        };
        Ok((row.get(0)?, row.get(1)?, vote))
    })
}

/// The primary key of `decisions` is the task: a second decision can't be stored.
pub(in crate::tasks) fn insert_approval(
    tx: &mut Tx,
    voice: &Voice,
    (task_id, revision, plan_hash): (Uuid, u32, &str),
    approval: &Approval,
    rules: Option<&Value>,
    now_ms: i64,
) -> Result<()> {
    let part: Option<&Part> = approval.part.as_ref();
    query(
        "insert into decisions (task_id, workspace_id, revision, plan_hash, outcome, kind, key_id, owner, reason,
             policy_id, policy_version, rules, selection, declined, decided_at_ms)
         values ($1, $2, $3, $4, 'approved', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(task_id)
    .bind(voice.caller.workspace_id)
    .bind(revision)
    .bind(plan_hash)
    .bind(voice.kind())
    .bind(voice.caller.key_id)
    .bind(voice.caller.owner.as_deref())
    .bind(approval.reason.as_deref())
    .bind(voice.policy.map(|policy| policy.policy_id))
    .bind(voice.policy.map(|policy| i64::from(policy.version)))
    .bind(rules.map(Value::to_string))
    .bind(part.map(|part| Plan::bytes_of(&part.selection)))
    .bind(i64::try_from(part.map_or(0, |part| part.declined)).map_err(Error::internal)?)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}
