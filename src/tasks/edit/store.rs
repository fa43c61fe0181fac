//! SQL on the words of a revision. The workspace is in every `where`.

use serde_json::Value;
use uuid::Uuid;

use crate::db::{Tx, query};
use crate::error::Result;

/// How a revision is said, and what was understood when it was asked for.
pub(super) struct Wording {
    pub(super) description: String,
    pub(super) query: String,
    pub(super) request: Value,
}

pub(super) fn wording(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, revision: u32) -> Result<Option<Wording>> {
    query(
        "select description, query, request from task_revisions
         where task_id = $1 and revision = $2 and workspace_id = $3",
    )
    .bind(task_id)
    .bind(revision)
    .bind(workspace_id)
    .first(tx, |row| Ok(Wording { description: row.get(0)?, query: row.get(1)?, request: row.get(2)? }))
}
