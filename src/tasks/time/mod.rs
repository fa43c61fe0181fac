//! When the work of an approved task begins.
//!
//! An approved task has begun when `started_at_ms` is set, and only one statement sets it: the one that approves, or,
//! when the work was held back, the one that begins. What has not begun has no job.

mod deadline;
mod store;

pub use deadline::set_terms;

use super::{Approved, Terms};
use crate::db::Tx;
use crate::error::{Error, Result};

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
