//! Who works on a SQLite file: every process that opens it to write holds `lexi.db.lock` beside it together with the
//! others; whoever puts another file in its place holds it alone. The system lets go of it when a process ends, however
//! that happens.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A hold on a SQLite file.
#[derive(Debug)]
pub struct Lock {
    _held: File,
}

impl Lock {
    /// Together with others. Nothing when the lock's file can't be made, as on a disk that can only be read: there
    /// nobody can put another file in place either.
    pub(super) fn shared(path: &Path) -> Result<Option<Lock>> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            // Whoever opens the database makes its folder; a failure is told there.
            let _ = std::fs::create_dir_all(folder);
        }
        let file = open(path);
        file.map(|file| hold(file.try_lock_shared(), path).map(|()| Lock { _held: file })).transpose()
    }

    /// As [`Lock::shared`], and makes no file that is not there.
    pub(super) fn shared_if_there(path: &Path) -> Result<Option<Lock>> {
        let file = File::open(beside(path)).ok();
        file.map(|file| hold(file.try_lock_shared(), path).map(|()| Lock { _held: file })).transpose()
    }

    /// Whether any process that may write works on the file. One that only looks counts too while it does.
    ///
    /// # Errors
    /// The lock can't be looked at.
    pub fn is_held(path: &Path) -> Result<bool> {
        let Ok(file) = File::open(beside(path)) else { return Ok(false) };
        match file.try_lock() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(cannot(path, &error)),
        }
    }

    /// Alone, or nothing while any process works on the file.
    ///
    /// # Errors
    /// The lock's file can't be made.
    pub fn alone(path: &Path) -> Result<Option<Lock>> {
        let file = open(path).ok_or_else(|| {
            Error::internal(format_args!(
                "{} can't be written; look at its folder's permissions.",
                beside(path).display()
            ))
        })?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _held: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(cannot(path, &error)),
        }
    }
}

fn hold(locked: std::result::Result<(), TryLockError>, path: &Path) -> Result<()> {
    match locked {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(Error::unavailable(format!(
            "Another database is being put in the place of {}; try again when that is done.",
            path.display()
        ))),
        Err(TryLockError::Error(error)) => Err(cannot(path, &error)),
    }
}

fn open(path: &Path) -> Option<File> {
    let path = beside(path);
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    // It may belong to another user, who let this one read it.
    file.or_else(|_| File::open(&path)).ok()
}

fn beside(path: &Path) -> PathBuf {
    super::backup::beside(path, ".lock")
}

fn cannot(path: &Path, error: &std::io::Error) -> Error {
    Error::internal(format_args!("{} can't be locked: {error}", beside(path).display()))
}
