//! A process's own copy of the index: the snapshot that readers take, and the folder it is kept in.
//!
//! Several processes may use one folder. The one that holds the lock of the folder alone writes there; the others read
//! what it wrote and follow the database in memory.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::folder::{self, Kept};
use super::snapshot::Snapshot;

/// Locked by the process that writes.
const LOCK: &str = "lock";
/// A changed index is written at most this often: after a crash what is missing is followed again from the database.
pub const SAVE_EVERY_MS: i64 = 60_000;

/// The index of one process.
#[derive(Debug)]
pub struct Index {
    current: RwLock<Arc<Snapshot>>,
    folder: Option<PathBuf>,
    keeper: Mutex<Keeper>,
    /// What the folder holds. Held while it is written.
    kept: Mutex<Option<Kept>>,
    /// Held while changes are followed, so that two followers don't undo each other.
    pub(super) following: tokio::sync::Mutex<()>,
    /// Held while the index is built anew beside the one in use.
    pub(super) rebuilding: tokio::sync::Mutex<()>,
}

/// What else is known.
#[derive(Debug, Default)]
struct Keeper {
    /// Held from the first time it could be taken until the process ends.
    lock: Option<File>,
    /// The snapshot that was written or read last: where it grew from, and its version.
    saved: Option<(Arc<()>, i64)>,
    /// When it was written, or when the index was opened.
    saved_at_ms: i64,
}

impl Index {
    /// An index that is kept nowhere.
    pub fn in_memory() -> Index {
        Index {
            current: RwLock::default(),
            folder: None,
            keeper: Mutex::default(),
            kept: Mutex::default(),
            following: tokio::sync::Mutex::default(),
            rebuilding: tokio::sync::Mutex::default(),
        }
    }

    /// Opens the index of `folder`, which is made when it is missing. Where nothing whole is kept the index is empty,
    /// and [`super::step`] fills it from the database.
    ///
    /// # Errors
    /// The folder can't be made.
    pub fn open(folder: &Path, now_ms: i64) -> io::Result<Index> {
        fs::create_dir_all(folder)?;
        let index = Index { folder: Some(folder.to_owned()), ..Index::in_memory() };
        index.keeper().saved_at_ms = now_ms;
        let writes = index.holds_lock();
        match folder::load(folder) {
            Ok((mut snapshot, kept)) => {
                snapshot.unchecked = true;
                if writes {
                    folder::tidy(folder, &kept);
                }
                index.keeper().saved = Some((Arc::clone(&snapshot.origin), snapshot.version()));
                *lock(&index.kept) = Some(kept);
                index.publish(snapshot);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "the search index can't be used and is built anew");
            }
        }
        Ok(index)
    }

    /// Which version a folder holds, read without taking part in it and without changing it.
    ///
    /// # Errors
    /// `NotFound` where nothing was ever kept; else whatever is wrong with it.
    pub fn version_kept_in(folder: &Path) -> io::Result<i64> {
        folder::load(folder).map(|(snapshot, _)| snapshot.version())
    }

    /// The newest snapshot. Take it before the transaction that uses it begins.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether this process is the one that writes the folder. Takes the lock when it is free.
    pub fn holds_lock(&self) -> bool {
        let Some(folder) = &self.folder else { return false };
        let mut keeper = self.keeper();
        if keeper.lock.is_none() {
            let file = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK));
            keeper.lock = file.ok().filter(|file| file.try_lock().is_ok());
        }
        keeper.lock.is_some()
    }

    /// Whether the index changed since it was written, and long enough ago.
    pub fn is_save_due(&self, now_ms: i64) -> bool {
        let snapshot = self.snapshot();
        let keeper = self.keeper();
        let is_saved = keeper
            .saved
            .as_ref()
            .is_some_and(|(origin, version)| Arc::ptr_eq(origin, &snapshot.origin) && *version == snapshot.version());
        self.folder.is_some() && !is_saved && now_ms - keeper.saved_at_ms >= SAVE_EVERY_MS
    }

    /// Writes what is new into the folder, if this process may; tells whether it did. Blocks; readers and followers
    /// don't wait for it.
    ///
    /// # Errors
    /// The disk refuses; what the folder held is still there.
    pub fn save(&self, now_ms: i64) -> io::Result<bool> {
        let Some(folder) = self.folder.as_deref().filter(|_| self.holds_lock()) else { return Ok(false) };
        let mut kept = lock(&self.kept);
        let snapshot = self.snapshot();
        if kept.as_ref().is_some_and(|kept| kept.holds(&snapshot)) || snapshot.version() == 0 && kept.is_none() {
            return Ok(false);
        }
        self.keeper().saved_at_ms = now_ms;
        *kept = Some(folder::save(folder, &snapshot, kept.as_ref())?);
        self.keeper().saved = Some((Arc::clone(&snapshot.origin), snapshot.version()));
        Ok(true)
    }

    /// Makes `snapshot` the newest.
    pub fn publish(&self, snapshot: Snapshot) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }

    fn keeper(&self) -> std::sync::MutexGuard<'_, Keeper> {
        lock(&self.keeper)
    }
}

/// Whether some process holds the lock of `folder`: where one does, a server most likely runs on the same data.
pub fn is_held(folder: &Path) -> bool {
    // A shared lock is refused while the holder's is there, and gone with the file.
    File::open(folder.join(LOCK)).is_ok_and(|file| file.try_lock_shared().is_err())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
