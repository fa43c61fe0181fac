//! Known keys in memory, so that a request costs no look at the database. A change to any key is effective at once in
//! the process that made it and within a second in every other.
//!
//! Each key is remembered with the version of all keys at the moment it was read; every change raises the version. A
//! remembered key counts only when it is at least as new as the newest version this process has heard of, by its own
//! commits or by looking at the counter. When the last look is too long ago, nothing remembered counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use papaya::HashMap;
use tokio::sync::{Semaphore, watch};
use uuid::Uuid;

use super::permissions::Permissions;
use super::roles::Roles;
use super::secret::{Hash, hash_of};
use super::usage::Usage;
use super::{Caller, Kind, Tier, store};
use crate::app::App;
use crate::clock::MINUTE_MS;
use crate::db::Db;
use crate::error::{Error, Result};

/// How often the version is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// Remembered keys count for this long after the last look: together with the time a look takes, less than a second.
const TRUSTED_FOR_MS: i64 = 900;
/// Keys read from the database at once: a flood of guessed keys must not take the connections of those who have one.
const READING_MAX: usize = 2;
/// Keys remembered; when there are more, all are read anew.
const REMEMBERED_MAX: usize = 20_000;

/// A key that is neither unknown nor revoked.
#[derive(Debug, Clone)]
pub struct KnownKey {
    /// Its id.
    pub id: Uuid,
    /// Its tenant.
    pub workspace_id: Uuid,
    /// Person or program.
    pub kind: Kind,
    /// Who answers for it.
    pub owner: Option<Arc<str>>,
    /// What it may do.
    pub permissions: Permissions,
    /// By which words rules know it.
    pub roles: Roles,
    /// How often it may ask.
    pub tier: Tier,
    /// When it stops being valid.
    pub expires_at_ms: Option<i64>,
    /// The version of all keys when it was read.
    pub(super) version: i64,
}

impl KnownKey {
    /// Who asks with this key.
    pub fn caller(&self, request_id: Option<Uuid>) -> Caller {
        Caller {
            workspace_id: self.workspace_id,
            key_id: self.id,
            kind: self.kind,
            owner: self.owner.clone(),
            permissions: self.permissions,
            roles: self.roles.clone(),
            request_id,
        }
    }

    fn is_valid_at(&self, now_ms: i64) -> bool {
        self.expires_at_ms.is_none_or(|at_ms| now_ms < at_ms)
    }
}

/// The keys this process knows.
pub struct Keys {
    db: Db,
    known: HashMap<Hash, Arc<KnownKey>>,
    /// The newest version heard of.
    version: AtomicI64,
    /// When the version was last looked at.
    looked_at_ms: AtomicI64,
    reading: Semaphore,
    usage: Usage,
}

impl Keys {
    /// Knows no key yet, and trusts nothing remembered before the first [`Keys::look`].
    pub fn new(db: Db) -> Keys {
        Keys {
            usage: Usage::new(db.clone()),
            db,
            known: HashMap::new(),
            version: AtomicI64::new(0),
            looked_at_ms: AtomicI64::new(i64::MIN),
            reading: Semaphore::new(READING_MAX),
        }
    }

    /// The key of this secret, and notes that it was used. Nothing when it is malformed, unknown, revoked or expired.
    pub async fn find(&self, secret: &str, now_ms: i64) -> Result<Option<Arc<KnownKey>>> {
        let Some(hash) = hash_of(secret) else { return Ok(None) };
        let key = match self.remembered(&hash, now_ms) {
            Some(key) => Some(key),
            None => self.read(hash, now_ms).await?,
        };
        let key = key.filter(|key| key.is_valid_at(now_ms));
        if let Some(key) = &key {
            self.usage.note(key.id, now_ms);
        }
        Ok(key)
    }

    fn remembered(&self, hash: &Hash, now_ms: i64) -> Option<Arc<KnownKey>> {
        let age_ms = now_ms.checked_sub(self.looked_at_ms.load(Ordering::Acquire))?;
        if age_ms > TRUSTED_FOR_MS {
            return None;
        }
        let known = self.known.pin();
        let key = known.get(hash)?;
        (key.version >= self.version.load(Ordering::Acquire)).then(|| Arc::clone(key))
    }

    async fn read(&self, hash: Hash, now_ms: i64) -> Result<Option<Arc<KnownKey>>> {
        let _turn = self.reading.acquire().await.map_err(Error::internal)?;
        if let Some(key) = self.remembered(&hash, now_ms) {
            return Ok(Some(key)); // Another request of this key has read it meanwhile.
        }
        let Some(key) = self.db.read_first(move |tx| store::by_hash(tx, &hash)).await? else { return Ok(None) };
        let key = Arc::new(key);
        let known = self.known.pin();
        if known.len() >= REMEMBERED_MAX {
            known.clear();
        }
        known.insert(hash, Arc::clone(&key));
        Ok(Some(key))
    }

    /// This process has committed a change of keys.
    pub fn changed(&self, version: i64) {
        self.version.fetch_max(version, Ordering::AcqRel);
    }

    /// Looks whether another process has changed keys. `now_ms` is the time before the look.
    pub async fn look(&self, now_ms: i64) -> Result<()> {
        let version = self.db.read_first(store::version).await?;
        self.changed(version);
        self.looked_at_ms.store(now_ms, Ordering::Release);
        Ok(())
    }

    /// Writes when keys were last used, for those used since the last time.
    pub async fn write_last_used(&self) -> Result<()> {
        self.usage.write().await
    }
}

/// Follows changes of keys until `stop` turns true, and once a minute writes when keys were last used.
pub async fn watch(app: App, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut written_at_ms = app.clock.now_ms();
    let mut failing = false;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        let now_ms = app.clock.now_ms();
        match app.keys.look(now_ms).await {
            Ok(()) => failing = false,
            Err(error) => {
                if !failing {
                    tracing::warn!(%error, "the version of the keys could not be read; it will be tried again");
                }
                failing = true;
            }
        }
        if now_ms - written_at_ms >= MINUTE_MS {
            written_at_ms = now_ms;
            let app = app.clone();
            tokio::spawn(async move { tidy(&app, now_ms).await });
        }
    }
}

async fn tidy(app: &App, now_ms: i64) {
    if let Err(error) = app.keys.write_last_used().await {
        tracing::warn!(%error, "when keys were last used could not be written; tried again in a minute");
    }
    app.limits.forget_idle(now_ms);
}

/// What is left to do when no more requests come: allowance not used is handed back, last uses are written.
pub async fn finish(app: &App) {
    if let Err(error) = app.limits.hand_back().await {
        tracing::warn!(%error, "unused allowance could not be handed back");
    }
    if let Err(error) = app.keys.write_last_used().await {
        tracing::warn!(%error, "when keys were last used could not be written");
    }
}
