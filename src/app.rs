//! What a process works with: database, clock, configuration and the things derived from them. Cheap to clone.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Notify, watch};
use uuid::Uuid;

use crate::audit::{Checkpoints, KeyFile};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, Dialect, Signal, dialect};
use crate::error::{Error, Result};
use crate::events::{Origins, Streams};
use crate::keys::{self, Keys, Limits, Strangers};
use crate::model::Model;
use crate::prospects::search::Index;
use crate::webhooks::Outside;

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
    /// What signs the audit log.
    pub audit_key: KeyFile,
    /// Which of its seals go out with the logs.
    pub checkpoints: Mutex<Checkpoints>,
    /// Who follows the events as a stream.
    pub streams: Streams,
    /// From where requests come.
    pub origins: Origins,
    /// This process's copy of the search index: derived, rebuildable.
    pub search: Arc<Index>,
    /// The language model, when one is configured.
    pub model: Option<Model>,
    /// How webhook endpoints are reached, and the key their secrets are kept under.
    pub webhooks: Outside,
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
    /// Something waits for a webhook endpoint.
    pub deliveries: Notify,
    /// Who waits for which task.
    pub tasks: WaitersById,
    /// Events of some workspace have got their numbers.
    pub events: Notify,
    /// Who waits for the next event of which workspace.
    pub events_of: WaitersById,
    /// Prospects changed: the index has something to follow.
    pub prospects: Notify,
    /// Turns true when the process begins to stop; open waits end.
    pub stopping: watch::Sender<bool>,
}

/// Who waits for news of which task, or of which workspace.
#[derive(Debug, Default)]
pub struct WaitersById(Mutex<HashMap<Uuid, Weak<Notify>>>);

impl WaitersById {
    /// Something that is notified whenever there is news of `id`, as long as it is kept.
    pub fn wait_for(&self, id: Uuid) -> Arc<Notify> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(notify) = waiting.get(&id).and_then(Weak::upgrade) {
            return notify;
        }
        waiting.retain(|_, notify| notify.strong_count() > 0);
        let notify = Arc::new(Notify::new());
        waiting.insert(id, Arc::downgrade(&notify));
        notify
    }

    fn changed(&self, id: Uuid) {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(notify) = waiting.get(&id).and_then(Weak::upgrade) {
            notify.notify_waiters();
        }
    }
}

impl App {
    /// Opens the database and whatever is derived from it.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<App> {
        let db = Db::open(&config.database_url).await?;
        let waiters = Arc::new(Waiters {
            jobs: Notify::new(),
            deliveries: Notify::new(),
            tasks: WaitersById::default(),
            events: Notify::new(),
            events_of: WaitersById::default(),
            prospects: Notify::new(),
            stopping: watch::channel(false).0,
        });
        let keys = Arc::new(Keys::new(db.clone()));
        let limits = Limits::new(db.clone());
        let audit_key = KeyFile::new(config.audit_key_file());
        let origins = Origins::new(db.clone());
        let strangers = Strangers::new(config.strangers_per_minute);
        let folder = config.data.join("index");
        let search = Index::open(&folder, clock.now_ms())
            .map_err(|error| Error::internal(format_args!("the index folder {}: {error}", folder.display())))?;
        let search = Arc::new(search);
        let model = Model::of(&config)?;
        let webhooks = Outside::of(&config);
        let app = App(Arc::new(Inner {
            config,
            db,
            clock,
            keys,
            limits,
            strangers,
            audit_key,
            checkpoints: Mutex::default(),
            streams: Streams::default(),
            origins,
            search,
            model,
            webhooks,
            waiters,
        }));
        app.listen_to_commits();
        Ok(app)
    }

    fn listen_to_commits(&self) {
        let waiters = Arc::clone(&self.waiters);
        let keys = Arc::clone(&self.keys);
        self.db.on_commit(move |signal| match signal {
            #[cfg(feature = "planted-faults")]
            signal if crate::failure_points::committed(signal) => {}
            Signal::TaskChanged(task_id) => {
                waiters.tasks.changed(*task_id);
            }
            Signal::EventsNumbered(workspace_id) => {
                waiters.events.notify_waiters();
                waiters.events_of.changed(*workspace_id);
            }
            Signal::JobEnqueued => waiters.jobs.notify_one(),
            Signal::DeliveryEnqueued => waiters.deliveries.notify_one(),
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
        let before_ms = self.clock.now_ms();
        let shared_ms = self.db.read_first(move |tx| dialect::lease_now_ms(tx, before_ms)).await?;
        let after_ms = self.clock.now_ms();
        let off_ms = (before_ms - shared_ms).max(shared_ms - after_ms).max(0);
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
