//! Every SQL statement on the policies. The workspace is in every `where`.

use uuid::Uuid;

use super::{Policy, Row as Stored};
use crate::db::{Row, Tx, query};
use crate::error::Result;
use crate::keys::Caller;
use crate::paging::Paging;

/// The policies in force, oldest first.
pub(super) fn in_force(tx: &mut Tx, workspace_id: Uuid, now_ms: i64) -> Result<Vec<(Uuid, u32, Uuid, String)>> {
    query(
        "select p.id, p.version, p.author_key_id, v.body
         from policies p join policy_versions v on v.policy_id = p.id and v.version = p.version
         where p.workspace_id = $1 and p.revoked_at_ms is null and p.expires_at_ms > $2
         order by p.created_at_ms, p.id",
    )
    .bind(workspace_id)
    .bind(now_ms)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
}

pub(super) fn count_in_force(tx: &mut Tx, workspace_id: Uuid, now_ms: i64) -> Result<u64> {
    query("select count(*) from policies where workspace_id = $1 and revoked_at_ms is null and expires_at_ms > $2")
        .bind(workspace_id)
        .bind(now_ms)
        .one(tx, |row| row.get(0))
}

/// Takes one task of `people` from what the policy has left of the day; false when that is not left, or when the policy
/// was revoked, changed or has ended. Of many who take at once, each sees what the others took.
pub(super) fn take(
    tx: &mut Tx,
    workspace_id: Uuid,
    policy: &Policy,
    people: u64,
    (day_ms, now_ms): (i64, i64),
) -> Result<bool> {
    let taken = query(
        "update policies set
             day_tasks = case when day_starts_at_ms = $4 then day_tasks + 1 else 1 end,
             day_people = case when day_starts_at_ms = $4 then day_people + $5 else $5 end,
             day_starts_at_ms = $4
         where id = $1 and workspace_id = $2 and version = $3 and revoked_at_ms is null and expires_at_ms > $6
             and day_starts_at_ms <= $4
             and (case when day_starts_at_ms = $4 then day_tasks else 0 end) + 1 <= $7
             and (case when day_starts_at_ms = $4 then day_people else 0 end) + $5 <= $8",
    )
    .bind(policy.id)
    .bind(workspace_id)
    .bind(policy.version)
    .bind(day_ms)
    .bind(i64::try_from(people).unwrap_or(i64::MAX))
    .bind(now_ms)
    .bind(i64::from(policy.said.daily_tasks))
    .bind(i64::from(policy.said.daily_people))
    .execute(tx)?;
    Ok(taken == 1)
}

pub(super) fn insert(tx: &mut Tx, caller: &Caller, id: Uuid, expires_at_ms: i64, now_ms: i64) -> Result<()> {
    query(
        "insert into policies (id, workspace_id, version, author_key_id, expires_at_ms, day_starts_at_ms, day_tasks,
             day_people, created_at_ms, changed_at_ms)
         values ($1, $2, 1, $3, $4, 0, 0, 0, $5, $5)",
    )
    .bind(id)
    .bind(caller.workspace_id)
    .bind(caller.key_id)
    .bind(expires_at_ms)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

pub(super) fn insert_version(
    tx: &mut Tx,
    caller: &Caller,
    (id, version): (Uuid, u32),
    body: &str,
    now_ms: i64,
) -> Result<()> {
    query(
        "insert into policy_versions (policy_id, version, workspace_id, body, author_key_id, created_at_ms)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(version)
    .bind(caller.workspace_id)
    .bind(body)
    .bind(caller.key_id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

/// False when another version came first, or the policy was revoked.
pub(super) fn raise_version(
    tx: &mut Tx,
    caller: &Caller,
    id: Uuid,
    (from, expires_at_ms): (u32, i64),
    now_ms: i64,
) -> Result<bool> {
    let raised = query(
        "update policies set version = version + 1, author_key_id = $4, expires_at_ms = $5, changed_at_ms = $6
         where id = $1 and workspace_id = $2 and version = $3 and revoked_at_ms is null",
    )
    .bind(id)
    .bind(caller.workspace_id)
    .bind(from)
    .bind(caller.key_id)
    .bind(expires_at_ms)
    .bind(now_ms)
    .execute(tx)?;
    Ok(raised == 1)
}

/// False when there is none that was not revoked before.
pub(super) fn revoke(tx: &mut Tx, workspace_id: Uuid, id: Uuid, now_ms: i64) -> Result<bool> {
    let revoked = query(
        "update policies set revoked_at_ms = $3, changed_at_ms = $3
         where id = $1 and workspace_id = $2 and revoked_at_ms is null",
    )
    .bind(id)
    .bind(workspace_id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(revoked == 1)
}

pub(super) fn page(tx: &mut Tx, workspace_id: Uuid, paging: Paging) -> Result<(Vec<Stored>, u64)> {
    let total =
        query("select count(*) from policies where workspace_id = $1").bind(workspace_id).one(tx, |row| row.get(0))?;
    let rows = query(
        "select p.id, p.version, v.body, p.author_key_id, p.created_at_ms, p.changed_at_ms, p.revoked_at_ms,
             p.day_starts_at_ms, p.day_tasks, p.day_people
         from policies p join policy_versions v on v.policy_id = p.id and v.version = p.version
         where p.workspace_id = $1
         order by p.created_at_ms desc, p.id desc limit $2 offset $3",
    )
    .bind(workspace_id)
    .bind(paging.limit())
    .bind(paging.offset())
    .all(tx, stored)?;
    Ok((rows, total))
}

pub(super) fn get(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<Stored>> {
    query(
        "select p.id, p.version, v.body, p.author_key_id, p.created_at_ms, p.changed_at_ms, p.revoked_at_ms,
             p.day_starts_at_ms, p.day_tasks, p.day_people
         from policies p join policy_versions v on v.policy_id = p.id and v.version = p.version
         where p.id = $1 and p.workspace_id = $2",
    )
    .bind(id)
    .bind(workspace_id)
    .first(tx, stored)
}

fn stored(row: &Row) -> Result<Stored> {
    Ok(Stored {
        id: row.get(0)?,
        version: row.get(1)?,
        body: row.get(2)?,
        author_key_id: row.get(3)?,
        created_at_ms: row.get(4)?,
        changed_at_ms: row.get(5)?,
        revoked_at_ms: row.get(6)?,
        day_starts_at_ms: row.get(7)?,
        day_tasks: row.get(8)?,
        day_people: row.get(9)?,
    })
}

/// Number, body, author and time of each version, oldest first, at most `limit`.
pub(super) fn versions(tx: &mut Tx, workspace_id: Uuid, id: Uuid, limit: u32) -> Result<Vec<(u32, String, Uuid, i64)>> {
    query(
        "select version, body, author_key_id, created_at_ms from policy_versions
         where policy_id = $1 and workspace_id = $2 order by version limit $3",
    )
    .bind(id)
    .bind(workspace_id)
    .bind(limit)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
}
