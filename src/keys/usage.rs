//! When keys were last used: kept to the minute in memory, written once a minute and at shutdown, never on the way of
//! a request.

use std::sync::atomic::{AtomicBool, Ordering};

use papaya::HashMap;
use uuid::Uuid;

use super::store;
use crate::clock::{DAY_MS, MINUTE_MS};
use crate::db::{Db, Isolation};
use crate::error::Result;

/// Rows changed in one transaction.
const BATCH: usize = 250;

/// The last use of each key this process has seen.
pub(super) struct Usage {
    db: Db,
    last: HashMap<Uuid, Used>,
}

struct Used {
    /// The beginning of the minute.
    at_ms: i64,
    written: AtomicBool,
}

impl Usage {
    pub(super) fn new(db: Db) -> Usage {
        Usage { db, last: HashMap::new() }
    }

    /// A key is used. Within one minute this only reads.
    pub(super) fn note(&self, key_id: Uuid, now_ms: i64) {
        let at_ms = now_ms - now_ms.rem_euclid(MINUTE_MS);
        let last = self.last.pin();
        if last.get(&key_id).is_none_or(|used| used.at_ms < at_ms) {
            last.insert(key_id, Used { at_ms, written: AtomicBool::new(false) });
        }
    }

    /// Writes what was not written yet. What can't be written stays for the next time.
    pub(super) async fn write(&self) -> Result<()> {
        let waiting: Vec<(Uuid, i64)> = {
            let last = self.last.pin();
            let not_written = last.iter().filter(|(_, used)| !used.written.load(Ordering::Relaxed));
            not_written.map(|(key_id, used)| (*key_id, used.at_ms)).collect()
        };
        for batch in waiting.chunks(BATCH) {
            let rows = batch.to_vec();
            self.db
                .write_with(Isolation::ReadCommitted, move |tx| {
                    rows.iter().try_for_each(|(key_id, at_ms)| store::set_last_used(tx, *key_id, *at_ms))
                })
                .await?;
            self.mark(batch);
        }
        Ok(())
    }

    /// Marks what was written; forgets keys that were not used for a day.
    fn mark(&self, written: &[(Uuid, i64)]) {
        let last = self.last.pin();
        let newest_ms = written.iter().map(|(_, at_ms)| *at_ms).max().unwrap_or_default();
        for (key_id, at_ms) in written {
            if let Some(used) = last.get(key_id).filter(|used| used.at_ms == *at_ms) {
                used.written.store(true, Ordering::Relaxed);
            }
        }
        last.retain(|_, used| !used.written.load(Ordering::Relaxed) || newest_ms - used.at_ms < DAY_MS);
    }
}
