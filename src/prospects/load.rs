//! Writes many entries into the database, however they came: at most [`super::ROWS_PER_TRANSACTION`] rows a transaction,
//! and a breath between two, so that a server on the same file gets its turn. What was saved stays saved when the
//! program is interrupted; loading the same again goes on where it left, because nothing is added twice.
//!
//! A rehearsal writes nothing: each batch is looked up in the database and saved in a scratch database by the very code
//! that an import runs, so that its counts are those of an import.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use super::{Entry, Saved, batch, save, store};
use crate::clock::Clock;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};

/// The pause after each transaction: the other processes of one SQLite file wait for a moment without a writer.
const BREATH: Duration = Duration::from_millis(1);
/// How often a transaction is tried while the database says "not now", and the first pause; it doubles each time.
const ATTEMPTS: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Loads entries of one source.
pub(super) struct Loader {
    db: Db,
    clock: Arc<dyn Clock>,
    source: Arc<str>,
    /// Where a rehearsal writes.
    scratch: Option<Db>,
    /// Companies named so far, by the hash of their identity. Of people of one company in one file, the first decides
    /// what the company is, so that the same file once more changes nothing, even where its rows contradict.
    companies: HashSet<u64>,
    /// So far.
    pub(super) saved: Saved,
}

impl Loader {
    pub(super) fn new(db: &Db, clock: Arc<dyn Clock>, source: &str) -> Loader {
        let (db, source) = (db.clone(), source.into());
        Loader { db, clock, source, scratch: None, companies: HashSet::new(), saved: Saved::default() }
    }

    /// Writes nothing into the database: `scratch`, which is empty, stands for it.
    pub(super) async fn rehearse_on(mut self, scratch: Db) -> Result<Loader> {
        scratch.write(store::begin_rehearsal).await?;
        self.scratch = Some(scratch);
        Ok(self)
    }

    /// Saves `entries`, in as many transactions as they take.
    pub(super) async fn save(&mut self, mut entries: Vec<Entry>) -> Result<()> {
        for entry in &mut entries {
            if let Some((identity, _)) = &entry.company {
                let mut hash = DefaultHasher::new();
                identity.hash(&mut hash);
                let first = self.companies.insert(hash.finish());
                entry.company_is_settled = !first && entry.person.is_some();
            }
        }
        while !entries.is_empty() {
            // One entry weighs at most 2, so that a batch is never empty.
            let rest = entries.split_off(batch(&entries));
            let saved = self.save_batch(entries.into()).await?;
            self.saved.added += saved.added;
            self.saved.updated += saved.updated;
            self.saved.unchanged += saved.unchanged;
            entries = rest;
        }
        Ok(())
    }

    async fn save_batch(&self, entries: Arc<[Entry]>) -> Result<Saved> {
        let now_ms = self.clock.now_ms();
        let source = Arc::clone(&self.source);
        if let Some(scratch) = &self.scratch {
            let wanted = Arc::clone(&entries);
            let stored = Arc::new(self.db.read(move |tx| store::stored(tx, &wanted)).await?);
            let saving = move |tx: &mut Tx| {
                store::adopt(tx, &stored)?;
                save(tx, &source, &entries, now_ms)
            };
            return scratch.write(saving).await;
        }
        write_patiently(&self.db, move |tx| save(tx, &source, &entries, now_ms)).await
    }
}

/// Runs one of many transactions: again while the database says "not now", and a breath behind it.
pub(super) async fn write_patiently<T, F>(db: &Db, f: F) -> Result<T>
where
    T: Send + 'static,
    F: Fn(&mut Tx) -> Result<T> + Clone + Send + 'static,
{
    let mut pause = FIRST_PAUSE;
    for _ in 1..ATTEMPTS {
        match db.write(f.clone()).await {
            Err(Error::Unavailable { .. }) => {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            answer => {
                tokio::time::sleep(BREATH).await;
                return answer;
            }
        }
    }
    db.write(f).await
}
