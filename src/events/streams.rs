//! How many streams each key has open in this process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

/// The streams that are open, by key.
#[derive(Debug, Default)]
pub struct Streams(Mutex<HashMap<Uuid, usize>>);

impl Streams {
    /// Counts one more; false when the key or all keys together have as many as they may.
    pub(super) fn open(&self, key_id: Uuid, most_of_key: usize, most: usize) -> bool {
        let mut open = self.counts();
        let own = open.get(&key_id).copied().unwrap_or_default();
        if own >= most_of_key || open.values().sum::<usize>() >= most {
            return false;
        }
        open.insert(key_id, own + 1);
        true
    }

    /// Counts one less.
    pub(super) fn close(&self, key_id: Uuid) {
        let mut open = self.counts();
        if let Some(own) = open.get_mut(&key_id) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                open.remove(&key_id);
            }
        }
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Uuid, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
