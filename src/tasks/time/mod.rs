//! When the work of an approved task begins, and when it must not.
//!
//! An approved task has begun when `started_at_ms` is set. Two statements set it: the one that approves, and, when the
//! work was held back, the one of [`begin`]. What has not begun has no job. Work takes a look at [`frozen`] in its own
//! transaction, and a freeze waits for the work that saw none.

mod deadline;
mod freeze;
pub mod http;
mod interrupt;
mod store;

use uuid::Uuid;

pub use deadline::{any_to_remind, pass_on, remind, set_by_rules, set_terms};
pub use freeze::{Freeze, NewFreeze, freeze, freezes, frozen, lift};
pub use interrupt::{fail_unstarted, note_stop, refuse_stop, retract, stop_unstarted};
pub(super) use store::{Times, times};

use super::{Approved, Terms, store as all};
use crate::db::{Signal, Tx};
use crate::error::{Error, Result};
use crate::events::{self, Actor, Event};

/// Tasks looked at in one go of a sweep.
const SWEPT_AT_ONCE: i64 = 50;

/// When work that was held back begins, and by when it must have begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Not before.
    pub starts_at_ms: i64,
    /// Given up when not begun by then.
    pub start_by_ms: Option<i64>,
}

impl Held {
    /// The times that `terms` come to for a decision at `now_ms`.
    fn by(terms: Terms, now_ms: i64) -> Held {
        let starts_at_ms = now_ms.saturating_add(terms.hold_ms.max(0));
        Held { starts_at_ms, start_by_ms: terms.start_within_ms.map(|within| starts_at_ms.saturating_add(within)) }
    }
}

/// Holds back the work of a task in the transaction that approved it.
pub fn hold(tx: &mut Tx, task: &Approved, terms: Terms, now_ms: i64) -> Result<Held> {
    let held = Held::by(terms, now_ms);
    if !store::hold(tx, task.workspace_id, task.task_id, held)? {
        return Err(Error::internal(format_args!("task {} was not approved when it was held back", task.task_id)));
    }
    Ok(held)
}

/// Held tasks whose work is due and not frozen, those that wait longest first: each with its workspace.
pub fn due_to_begin(tx: &mut Tx, now_ms: i64) -> Result<Vec<(Uuid, Uuid)>> {
    store::due_to_begin(tx, now_ms, SWEPT_AT_ONCE)
}

/// Begins the work of a held task: one statement checks that it is due, not over, and has not begun while it says so.
/// Nothing when it is not to begin, or is frozen. The caller makes its job in the same transaction.
pub fn begin(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<Option<Approved>> {
    let Some(task) = all::approved(tx, workspace_id, task_id)? else { return Ok(None) };
    if frozen(tx, workspace_id, task.plan.kind)? || !store::begin(tx, workspace_id, task_id, now_ms)? {
        return Ok(None);
    }
    events::record(tx, Event::of(workspace_id, Actor::System, "task.started", task_id, now_ms).because_of(task_id));
    tx.after_commit(Signal::TaskChanged(task_id));
    Ok(Some(task))
}

/// From when and until when an approved task that has not begun may begin; nothing when it is none of that.
pub fn waits(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<(Option<i64>, Option<i64>)>> {
    store::waits(tx, workspace_id, task_id)
}

/// Until when the work of an approved task must have begun; nothing when there is no such time.
pub fn start_by(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<i64>> {
    store::start_by(tx, workspace_id, task_id)
}

/// Held tasks that have not begun in time: each with its workspace.
pub fn too_late_to_begin(tx: &mut Tx, now_ms: i64) -> Result<Vec<(Uuid, Uuid)>> {
    store::too_late_to_begin(tx, now_ms, SWEPT_AT_ONCE)
}
