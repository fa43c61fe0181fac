//! Writes many entries into the database, however they came, at a pace that leaves a server on the same data its turn.
//! What was saved stays saved when the program is interrupted; loading the same again goes on where it left, because
//! nothing is added twice.
//!
//! A rehearsal writes nothing: each batch is looked up in the database and saved in a scratch database by the very code
//! that an import runs, so that its counts are those of an import.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::{Entry, Saved, batch, save, store};
use crate::clock::Clock;
use crate::db::{Db, Dialect, Tx};
use crate::error::{Error, Result};

/// Portions that are saved in one transaction where no server waits for its turn: about a fifth of a second.
const PORTIONS_TOGETHER: usize = 10;
/// The pause after each transaction: other processes on one SQLite file wait for a moment without a writer.
const BREATH: Duration = Duration::from_millis(1);
/// Beside a server the pause is as long as the transaction took, up to this: the server has the file half of the time.
/// It looks for its turn every 1 to 100 ms.
const REST_MAX: Duration = Duration::from_millis(200);
/// How often a transaction is tried while the database says "not now", and the first pause; it doubles each time.
const ATTEMPTS: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Where prospects are loaded into.
#[derive(Clone)]
pub struct Target {
    db: Db,
    scratch: Option<Db>,
    server_runs: Arc<dyn Fn() -> bool + Send + Sync>,
}

impl Target {
    /// This database. A server may run on it.
    pub fn new(db: &Db) -> Target {
        Target { db: db.clone(), scratch: None, server_runs: Arc::new(|| true) }
    }

    /// Asks before each transaction whether a server runs on the same data.
    #[must_use]
    pub fn with_server_if(self, server_runs: impl Fn() -> bool + Send + Sync + 'static) -> Target {
        Target { server_runs: Arc::new(server_runs), ..self }
    }

    /// Nothing is written: `scratch`, an empty database, stands for this one.
    #[must_use]
    pub fn rehearsed_on(self, scratch: &Db) -> Target {
        Target { scratch: Some(scratch.clone()), ..self }
    }

    /// Whether nothing is written.
    pub(super) fn is_rehearsal(&self) -> bool {
        self.scratch.is_some()
    }

    /// Whether whoever else writes has to wait for this process, and is there.
    fn has_to_share(&self) -> bool {
        self.db.dialect() == Dialect::Sqlite && (self.server_runs)()
    }

    /// Runs one of many transactions: again while the database says "not now", and a pause behind it.
    pub(super) async fn write<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Clone + Send + 'static,
    {
        let mut pause = FIRST_PAUSE;
        for _ in 1..ATTEMPTS {
            let begun = Instant::now();
            match self.db.write(f.clone()).await {
                Err(Error::Unavailable { .. }) => {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                answer => {
                    let rest = if self.has_to_share() { begun.elapsed().clamp(BREATH, REST_MAX) } else { BREATH };
                    tokio::time::sleep(rest).await;
                    return answer;
                }
            }
        }
        self.db.write(f).await
    }
}

/// Entries on their way to the database, with how far whoever made them is.
pub(super) struct Portion<P> {
    pub(super) entries: Vec<Entry>,
    pub(super) progress: P,
}

/// The next portion, together with those that wait behind it; `None` at the end.
pub(super) async fn gathered<P>(portions: &mut mpsc::Receiver<Portion<P>>) -> Option<Portion<P>> {
    let mut gathered = portions.recv().await?;
    for _ in 1..PORTIONS_TOGETHER {
        let Ok(next) = portions.try_recv() else { break };
        gathered.entries.extend(next.entries);
        gathered.progress = next.progress;
    }
    Some(gathered)
}

/// Loads entries of one source.
pub(super) struct Loader {
    target: Target,
    clock: Arc<dyn Clock>,
    source: Arc<str>,
    /// Companies named so far, by the hash of their identity. Of people of one company in one file, the first decides
    /// what the company is, so that the same file once more changes nothing, even where its rows contradict.
    companies: HashSet<u64>,
    /// So far.
    pub(super) saved: Saved,
}

impl Loader {
    pub(super) async fn new(target: &Target, clock: Arc<dyn Clock>, source: &str) -> Result<Loader> {
        if let Some(scratch) = &target.scratch {
            scratch.write(store::begin_rehearsal).await?;
        }
        let (companies, saved) = (HashSet::new(), Saved::default());
        Ok(Loader { target: target.clone(), clock, source: source.into(), companies, saved })
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
        let mut batches: Vec<Arc<[Entry]>> = Vec::new();
        while !entries.is_empty() {
            // One entry weighs at most 2, so that a batch is never empty.
            let rest = entries.split_off(batch(&entries));
            batches.push(entries.into());
            entries = rest;
        }
        if self.target.is_rehearsal() || self.target.db.dialect() == Dialect::Postgres || self.target.has_to_share() {
            for batch in batches {
                self.save_batches(vec![batch]).await?;
            }
            return Ok(());
        }
        self.save_batches(batches).await
    }

    /// Saves batches in one transaction, each under a version of its own.
    async fn save_batches(&mut self, batches: Vec<Arc<[Entry]>>) -> Result<()> {
        let now_ms = self.clock.now_ms();
        let source = Arc::clone(&self.source);
        let saved = match &self.target.scratch {
            None => {
                let save_all = move |tx: &mut Tx| {
                    let mut saved = Saved::default();
                    for batch in &batches {
                        saved += save(tx, &source, batch, now_ms)?;
                    }
                    Ok(saved)
                };
                self.target.write(save_all).await?
            }
            Some(scratch) => {
                let mut saved = Saved::default();
                for batch in batches {
                    saved += rehearse(&self.target.db, scratch, &source, batch, now_ms).await?;
                }
                saved
            }
        };
        self.saved += saved;
        Ok(())
    }
}

impl std::ops::AddAssign for Saved {
    fn add_assign(&mut self, more: Saved) {
        self.added += more.added;
        self.updated += more.updated;
        self.unchanged += more.unchanged;
    }
}

/// Saves a batch in the scratch database, beside what it would find in the real one.
async fn rehearse(db: &Db, scratch: &Db, source: &Arc<str>, batch: Arc<[Entry]>, now_ms: i64) -> Result<Saved> {
    let (wanted, source) = (Arc::clone(&batch), Arc::clone(source));
    let stored = db.read(move |tx| store::stored(tx, &wanted)).await?;
    let saving = move |tx: &mut Tx| {
        store::adopt(tx, &stored)?;
        save(tx, &source, &batch, now_ms)
    };
    scratch.write(saving).await
}
