//! Numbers committed events on PostgreSQL, where a number at the insert would make commits wait for each other.
//!
//! One node at a time does it: the row of the lease is locked by the numbering transaction itself, so that two can
//! never number at once, whatever their clocks say.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::store;
use crate::db::{Db, Dialect, Isolation, Signal};
use crate::error::Result;

/// Events numbered in one transaction.
const BATCH: i64 = 500;

/// Numbers what has no number yet; answers how many. Nothing to do on SQLite.
pub async fn step(db: &Db) -> Result<usize> {
    if db.dialect() == Dialect::Sqlite {
        return Ok(0);
    }
    db.write_with(Isolation::ReadCommitted, |tx| {
        if !store::lock_sequencer(tx)? {
            return Ok(0);
        }
        let waiting = store::without_number(tx, BATCH)?;
        let mut of_workspace: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        for (id, workspace_id) in &waiting {
            of_workspace.entry(*workspace_id).or_default().push(*id);
        }
        for (workspace_id, events) in of_workspace {
            let count = i64::try_from(events.len()).unwrap_or(BATCH);
            let last = store::advance_head(tx, workspace_id, count)?;
            store::set_numbers(tx, workspace_id, &events, last - count + 1)?;
            tx.after_commit(Signal::EventsNumbered(workspace_id));
        }
        Ok(waiting.len())
    })
    .await
}
