//! SQL on the workspaces.

use uuid::Uuid;

use super::Workspace;
use crate::clock::iso;
use crate::db::{Row, Tx, dialect, query};
use crate::error::Result;

/// Whether the workspace was new; false when its name is taken.
pub(super) fn insert(tx: &mut Tx, workspace: &Workspace, name_key: &str, now_ms: i64) -> Result<bool> {
    let inserted = query(
        "insert into workspaces (id, name, name_key, created_at_ms)
         values ($1, $2, $3, $4)
         on conflict (name_key) do nothing",
    )
    .bind(workspace.id)
    .bind(&workspace.name)
    .bind(name_key)
    .bind(now_ms)
    .execute(tx)?;
    Ok(inserted == 1)
}

/// Nothing when no workspace has the name.
pub(super) fn by_name_key(tx: &mut Tx, name_key: &str) -> Result<Option<Workspace>> {
    query("select id, name, created_at_ms from workspaces where name_key = $1").bind(name_key).first(tx, workspace)
}

/// Oldest first; empty before the first use.
pub(super) fn all(tx: &mut Tx) -> Result<Vec<Workspace>> {
    query("select id, name, created_at_ms from workspaces order by created_at_ms, id").all(tx, workspace)
}

pub(super) fn freezes(tx: &mut Tx, workspace_id: Uuid) -> Result<u64> {
    let shared = dialect::share_row(tx);
    query(format!("select freezes from workspaces where id = $1{shared}")).bind(workspace_id).one(tx, |row| row.get(0))
}

pub(super) fn count_freezes(tx: &mut Tx, workspace_id: Uuid, by: i64) -> Result<()> {
    query("update workspaces set freezes = freezes + $2 where id = $1").bind(workspace_id).bind(by).execute(tx)?;
    Ok(())
}

fn workspace(row: &Row) -> Result<Workspace> {
    Ok(Workspace { id: row.get(0)?, name: row.get(1)?, created_at: iso(row.get(2)?) })
}
