//! What a process works with: database, clock, configuration and the things derived from them. Cheap to clone.

use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::{Notify, broadcast, watch};
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, Dialect, Signal, dialect};
use crate::error::{Error, Result};
use crate::keys::{self, Keys, Limits, Strangers};
use crate::prospects::search::Index;

/// One process's own.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What [`App`] holds.
pub struct Inner {
    /// The settings.
    pub config: Config,
    /// The only truth.
    pub db: Db,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Whose key is it.
    pub keys: Arc<Keys>,
    /// How often each key may still ask.
    pub limits: Limits,
    /// How often an address may ask without a valid key.
    pub strangers: Strangers,
    /// This process's copy of the search index: derived, rebuildable.
    pub search: Arc<Index>,
    /// What waits inside this process for something to be committed.
    pub waiters: Arc<Waiters>,
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Wakes what waits inside this process. A hint only: polling stays the truth.
#[derive(Debug)]
pub struct Waiters {
    /// A job waits for a worker.
    pub jobs: Notify,
    /// Tasks that changed.
    pub tasks: broadcast::Sender<Uuid>,
    /// Prospects changed: the index has something to follow.
    pub prospects: Notify,
    /// Turns true when the process begins to stop; open waits end.
    pub stopping: watch::Sender<bool>,
}

/// Changes remembered for a waiter that is slow; past this it reads the task again anyway.
const TASKS_REMEMBERED: usize = 1_024;

impl App {
    /// Opens the database and whatever is derived from it.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<App> {
        let db = Db::open(&config.database_url).await?;
        let waiters = Arc::new(Waiters {
            jobs: Notify::new(),
            tasks: broadcast::channel(TASKS_REMEMBERED).0,
            prospects: Notify::new(),
            stopping: watch::channel(false).0,
        });
        let keys = Arc::new(Keys::new(db.clone()));
        let limits = Limits::new(db.clone());
        let strangers = Strangers::new(config.strangers_per_minute);
        let folder = config.data.join("index");
        let search = Index::open(&folder, clock.now_ms())
            .map_err(|error| Error::internal(format_args!("the index folder {}: {error}", folder.display())))?;
        let search = Arc::new(search);
        let app = App(Arc::new(Inner { config, db, clock, keys, limits, strangers, search, waiters }));
        app.listen_to_commits();
        Ok(app)
    }

    fn listen_to_commits(&self) {
        let waiters = Arc::clone(&self.waiters);
        let keys = Arc::clone(&self.keys);
        self.db.on_commit(move |signal| match signal {
            Signal::TaskChanged(task_id) => {
                let _ = waiters.tasks.send(*task_id);
            }
            Signal::JobEnqueued => waiters.jobs.notify_one(),
            Signal::ProspectsChanged => waiters.prospects.notify_one(),
            Signal::KeysChanged(version) => keys.changed(*version),
            Signal::Count(name) => metrics::counter!(*name).increment(1),
        });
    }

    /// Whether this machine's clock agrees with the one leases are kept by. A node that is off takes no jobs.
    pub async fn clock_agrees(&self) -> Result<bool> {
        if self.db.dialect() == Dialect::Sqlite {
            return Ok(true);
        }
        let now_ms = self.clock.now_ms();
        let shared_ms = self.db.read(move |tx| dialect::lease_now_ms(tx, now_ms)).await?;
        let off_ms = (shared_ms - self.clock.now_ms()).abs();
        if off_ms > self.config.clock_off_max_ms {
            tracing::error!(off_ms, "this machine's clock is off; it takes no jobs until that is mended");
        }
        Ok(off_ms <= self.config.clock_off_max_ms)
    }

    /// Ends what the process began: allowance is handed back, the writer finishes its queue, connections close.
    pub async fn close(&self) {
        keys::finish(self).await;
        self.db.close().await;
    }
}
