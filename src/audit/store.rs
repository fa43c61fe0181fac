//! SQL on the seals and on the keys that signed them.

use uuid::Uuid;

use super::{PublicKey, Seal};
use crate::db::{Row, Tx, query};
use crate::error::Result;

/// Workspaces whose events go on behind their last seal: id, number and root of that seal. One look at an index each.
pub(super) fn behind(tx: &mut Tx, limit: u32) -> Result<Vec<(String, i64, Option<String>)>> {
    query(
        "select w.id, coalesce(h.number, 0), h.root from workspaces as w
         left join event_seal_heads as h on h.workspace_id = w.id
         where exists (select 1 from events as e where e.workspace_id = w.id and e.number > coalesce(h.number, 0))
         order by w.id limit $1",
    )
    .bind(limit)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}

/// Moves a workspace's head on behind a seal; false when another process has done so.
pub(super) fn advance(tx: &mut Tx, seal: &Seal) -> Result<bool> {
    if seal.first_number == 1 {
        query(
            "insert into event_seal_heads (workspace_id, number, root) values ($1, 0, '')
             on conflict (workspace_id) do nothing",
        )
        .bind(&seal.workspace_id)
        .execute(tx)?;
    }
    let moved = query("update event_seal_heads set number = $1, root = $2 where workspace_id = $3 and number = $4")
        .bind(seal.last_number)
        .bind(&seal.root)
        .bind(&seal.workspace_id)
        .bind(seal.first_number - 1)
        .execute(tx)?;
    Ok(moved == 1)
}

pub(super) fn insert(tx: &mut Tx, seal: &Seal, hashes: &[u8]) -> Result<()> {
    query(
        "insert into event_seals (workspace_id, first_number, last_number, hashes, root, sealed_at_ms, key_id, signature)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&seal.workspace_id)
    .bind(seal.first_number)
    .bind(seal.last_number)
    .bind(hashes)
    .bind(&seal.root)
    .bind(seal.sealed_at_ms)
    .bind(&seal.key_id)
    .bind(&seal.signature)
    .execute(tx)?;
    Ok(())
}

pub(super) fn remember_key(tx: &mut Tx, key: &PublicKey, now_ms: i64) -> Result<()> {
    query("insert into audit_keys (id, public_key, first_used_at_ms) values ($1, $2, $3) on conflict (id) do nothing")
        .bind(key.id())
        .bind(key.text())
        .bind(now_ms)
        .execute(tx)?;
    Ok(())
}

/// The keys that have signed: id, public half, since when; the oldest first.
pub(super) fn keys(tx: &mut Tx) -> Result<Vec<(String, String, i64)>> {
    query("select id, public_key, first_used_at_ms from audit_keys order by first_used_at_ms, id")
        .all(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}

/// Workspaces that have seals.
pub(super) fn sealed_workspaces(tx: &mut Tx) -> Result<Vec<String>> {
    query("select distinct workspace_id from event_seals order by workspace_id").all(tx, |row| row.get(0))
}

/// The seals of a workspace that begin behind `number`, in order, with their hashes.
pub(super) fn seals_after(tx: &mut Tx, workspace_id: &str, number: i64, limit: u32) -> Result<Vec<(Seal, Vec<u8>)>> {
    query(
        "select workspace_id, first_number, last_number, root, sealed_at_ms, key_id, signature, hashes from event_seals
         where workspace_id = $1 and first_number > $2 order by first_number limit $3",
    )
    .bind(workspace_id)
    .bind(number)
    .bind(limit)
    .all(tx, seal)
}

fn seal(row: &Row) -> Result<(Seal, Vec<u8>)> {
    let seal = Seal {
        workspace_id: row.get(0)?,
        first_number: row.get(1)?,
        last_number: row.get(2)?,
        root: row.get(3)?,
        sealed_at_ms: row.get(4)?,
        key_id: row.get(5)?,
        signature: row.get(6)?,
    };
    Ok((seal, row.get(7)?))
}

/// How far a workspace is sealed; 0 when it is not.
pub(super) fn sealed_to(tx: &mut Tx, workspace_id: Uuid) -> Result<i64> {
    query("select number from event_seal_heads where workspace_id = $1")
        .bind(workspace_id)
        .first(tx, |row| row.get(0))
        .map(Option::unwrap_or_default)
}
