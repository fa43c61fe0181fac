//! Every SQL statement on the rules. The workspace is in every `where`.

use uuid::Uuid;

use super::Row as Stored;
use crate::db::{Row, Tx, query};
use crate::error::Result;
use crate::keys::Caller;
use crate::paging::Paging;

/// Id, version and body of the rules that are in force, oldest first.
pub(super) fn in_force(tx: &mut Tx, workspace_id: Uuid) -> Result<Vec<(Uuid, u32, String)>> {
    query(
        "select r.id, r.version, v.body
         from rules r join rule_versions v on v.rule_id = r.id and v.version = r.version
         where r.workspace_id = $1 and r.retired_at_ms is null
         order by r.created_at_ms, r.id",
    )
    .bind(workspace_id)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}

pub(super) fn count_in_force(tx: &mut Tx, workspace_id: Uuid) -> Result<u64> {
    query("select count(*) from rules where workspace_id = $1 and retired_at_ms is null")
        .bind(workspace_id)
        .one(tx, |row| row.get(0))
}

pub(super) fn insert(tx: &mut Tx, caller: &Caller, id: Uuid, now_ms: i64) -> Result<()> {
    query(
        "insert into rules (id, workspace_id, version, created_at_ms, changed_at_ms)
         values ($1, $2, 1, $3, $3)",
    )
    .bind(id)
    .bind(caller.workspace_id)
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
        "insert into rule_versions (rule_id, version, workspace_id, body, created_by, created_at_ms)
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

/// False when another version came first, or the rule is retired.
pub(super) fn raise_version(
    tx: &mut Tx,
    workspace_id: Uuid,
    id: Uuid,
    (from, to): (u32, u32),
    now_ms: i64,
) -> Result<bool> {
    let raised = query(
        "update rules set version = $4, changed_at_ms = $5
         where id = $1 and workspace_id = $2 and version = $3 and retired_at_ms is null",
    )
    .bind(id)
    .bind(workspace_id)
    .bind(from)
    .bind(to)
    .bind(now_ms)
    .execute(tx)?;
    Ok(raised == 1)
}

/// False when there is none that is in force.
pub(super) fn retire(tx: &mut Tx, workspace_id: Uuid, id: Uuid, now_ms: i64) -> Result<bool> {
    let retired = query(
        "update rules set retired_at_ms = $3, changed_at_ms = $3
         where id = $1 and workspace_id = $2 and retired_at_ms is null",
    )
    .bind(id)
    .bind(workspace_id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(retired == 1)
}

pub(super) fn page(tx: &mut Tx, workspace_id: Uuid, with_retired: bool, paging: Paging) -> Result<(Vec<Stored>, u64)> {
    let total = query("select count(*) from rules where workspace_id = $1 and ($2 = 1 or retired_at_ms is null)")
        .bind(workspace_id)
        .bind(i64::from(with_retired))
        .one(tx, |row| row.get(0))?;
    let rows = query(
        "select r.id, r.version, v.body, v.created_by, r.created_at_ms, r.changed_at_ms, r.retired_at_ms
         from rules r join rule_versions v on v.rule_id = r.id and v.version = r.version
         where r.workspace_id = $1 and ($2 = 1 or r.retired_at_ms is null)
         order by r.created_at_ms desc, r.id desc limit $3 offset $4",
    )
    .bind(workspace_id)
    .bind(i64::from(with_retired))
    .bind(paging.limit())
    .bind(paging.offset())
    .all(tx, stored)?;
    Ok((rows, total))
}

pub(super) fn get(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<Stored>> {
    query(
        "select r.id, r.version, v.body, v.created_by, r.created_at_ms, r.changed_at_ms, r.retired_at_ms
         from rules r join rule_versions v on v.rule_id = r.id and v.version = r.version
         where r.id = $1 and r.workspace_id = $2",
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
        by: row.get(3)?,
        created_at_ms: row.get(4)?,
        changed_at_ms: row.get(5)?,
        retired_at_ms: row.get(6)?,
    })
}

/// Number, body, author and time of each version, oldest first, at most `limit`.
pub(super) fn versions(tx: &mut Tx, workspace_id: Uuid, id: Uuid, limit: u32) -> Result<Vec<(u32, String, Uuid, i64)>> {
    query(
        "select version, body, created_by, created_at_ms from rule_versions
         where rule_id = $1 and workspace_id = $2 order by version limit $3",
    )
    .bind(id)
    .bind(workspace_id)
    .bind(limit)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
}
