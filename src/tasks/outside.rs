//! Work that another program carries out: it begins once, while its approval is good.

use uuid::Uuid;

use super::{Kind, time};
use crate::db::Tx;
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
    /// Nothing of its type begins at the moment.
    Frozen,
    /// It began before, or it is not approved.
    No,
}

/// Begins the work of an approved task, or says why not.
pub fn begin(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<Begun> {
    if time::begin(tx, workspace_id, task_id, now_ms)?.is_some() {
        return Ok(Begun::Yes);
    }
    if time::frozen(tx, workspace_id, Kind::ExternalAction)? {
        return Ok(Begun::Frozen);
    }
    Ok(match time::waits(tx, workspace_id, task_id)? {
        Some((Some(starts_at_ms), _)) if starts_at_ms > now_ms => Begun::NotBefore(starts_at_ms),
        Some((_, Some(start_by_ms))) if start_by_ms <= now_ms => Begun::OnlyUntil(start_by_ms),
        _ => Begun::No,
    })
}

/// Until when the approval of a task is good; nothing when it is for ever, or there is none.
pub fn good_until(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<i64>> {
    time::start_by(tx, workspace_id, task_id)
}
