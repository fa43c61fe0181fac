//! A process's own copy of the index: the snapshot that readers take, and the folder it is kept in.
//!
//! Several processes may use one folder. The one that holds the lock of the folder alone writes there; the others read
//! what it wrote and follow the database in memory.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::file;
use super::snapshot::Snapshot;

/// The snapshot inside the folder.
const FILE: &str = "people.idx";
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
    /// Held while changes are followed, so that two followers don't undo each other.
    pub(super) following: tokio::sync::Mutex<()>,
}

/// What is known of the file.
#[derive(Debug, Default)]
struct Keeper {
    /// Held from the first time it could be taken until the process ends.
    lock: Option<File>,
    /// The version in the file.
    saved_version: i64,
    /// When it was written, or when the index was opened.
    saved_at_ms: i64,
    /// Whether the snapshot was compared with the database since it was read from the file.
    checked: bool,
    /// Whether the index was once as new as the database since it was opened.
    ready: bool,
}

impl Index {
    /// An index that is kept nowhere.
    pub fn in_memory() -> Index {
        Index {
            current: RwLock::default(),
            folder: None,
            keeper: Mutex::default(),
            following: tokio::sync::Mutex::default(),
        }
    }

    /// Opens the index of `folder`, which is made when it is missing. A missing or damaged file is an empty index,
    /// which [`super::step`] fills from the database.
    ///
    /// # Errors
    /// The folder can't be made.
    pub fn open(folder: &Path, now_ms: i64) -> io::Result<Index> {
        fs::create_dir_all(folder)?;
        let path = folder.join(FILE);
        let snapshot = match file::load(&path) {
            Ok(snapshot) => snapshot,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Snapshot::default(),
            Err(error) => {
                tracing::warn!(file = %path.display(), %error, "the search index can't be used and is built anew");
                Snapshot::default()
            }
        };
        let keeper = Keeper { saved_version: snapshot.version(), saved_at_ms: now_ms, ..Keeper::default() };
        let index = Index { folder: Some(folder.to_owned()), keeper: Mutex::new(keeper), ..Index::in_memory() };
        index.publish(snapshot);
        index.holds_lock();
        Ok(index)
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
        let keeper = self.keeper();
        self.folder.is_some()
            && keeper.saved_version != self.snapshot().version()
            && now_ms - keeper.saved_at_ms >= SAVE_EVERY_MS
    }

    /// Writes the index into its folder if this process may and there is anything new; tells whether it did. Blocks.
    ///
    /// # Errors
    /// The file can't be written; the old one is still there.
    pub fn save(&self, now_ms: i64) -> io::Result<bool> {
        let Some(folder) = self.folder.as_deref().filter(|_| self.holds_lock()) else { return Ok(false) };
        let snapshot = self.snapshot();
        if self.keeper().saved_version == snapshot.version() {
            return Ok(false);
        }
        self.keeper().saved_at_ms = now_ms;
        file::save(&snapshot, &folder.join(FILE))?;
        self.keeper().saved_version = snapshot.version();
        Ok(true)
    }

    /// Whether the index has caught up with the database since it was opened or built anew; until then searches may be
    /// told to come back.
    pub fn is_ready(&self) -> bool {
        self.keeper().ready
    }

    /// Notes whether the index has caught up.
    pub(super) fn set_ready(&self, ready: bool) {
        self.keeper().ready = ready;
    }

    /// Makes `snapshot` the newest.
    pub(super) fn publish(&self, snapshot: Snapshot) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }

    /// Whether the snapshot was compared with the database.
    pub(super) fn is_checked(&self) -> bool {
        self.keeper().checked
    }

    /// Notes that the snapshot is that of this database.
    pub(super) fn set_checked(&self) {
        self.keeper().checked = true;
    }

    fn keeper(&self) -> std::sync::MutexGuard<'_, Keeper> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether some process holds the lock of `folder`: where one does, a server most likely runs on the same data.
pub fn is_held(folder: &Path) -> bool {
    // A shared lock is refused while the holder's is there, and gone with the file.
    File::open(folder.join(LOCK)).is_ok_and(|file| file.try_lock_shared().is_err())
}
