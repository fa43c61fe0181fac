//! Work that another program carries out: it begins once, while its approval is good.

mod store;

use uuid::Uuid;

use crate::db::{Signal, Tx};
use crate::error::Result;

/// What came of an attempt to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It began now.
    Yes,
    /// It is held back until then.
    NotBefore(i64),
    /// The approval was good until then.
    OnlyUntil(i64),
    /// It began before, or it is not approved.
    No,
}

/// Begins the work of an approved task: the statement that checks the times writes that it began.
pub fn begin(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<Begun> {
    if store::begin(tx, workspace_id, task_id, now_ms)? {
        tx.after_commit(Signal::TaskChanged(task_id));
        return Ok(Begun::Yes);
    }
    Ok(match store::waits(tx, workspace_id, task_id)? {
        Some((Some(starts_at_ms), _)) if starts_at_ms > now_ms => Begun::NotBefore(starts_at_ms),
        Some((_, Some(start_by_ms))) if start_by_ms <= now_ms => Begun::OnlyUntil(start_by_ms),
        _ => Begun::No,
    })
}

/// Until when the approval of a task is good; nothing when it is for ever, or there is none.
pub fn good_until(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<i64>> {
    store::good_until(tx, workspace_id, task_id)
}
