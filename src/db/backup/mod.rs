//! Backups: all of a database in one file, and back into a database of either kind.
//!
//! [`write()`] reads one moment of a database, also while servers work on it, and reads its file again before it says
//! done. [`restore`] puts a file into a database; [`verify`] reads one without a database. Moving from one database to
//! another is the two after each other. The file is described in `file.rs`; tables come from the schema, so that none
//! can be forgotten.

mod dump;
mod file;
mod load;
mod restore;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use file::{Counted, Header, Table};
pub use restore::{Aside, is_empty, restore};

use super::Look;
use crate::error::{Error, Result};

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its beginning.
    pub header: Header,
    /// What was read of each table.
    pub tables: Vec<Counted>,
    /// The size of the file.
    pub size_bytes: u64,
}

/// How far long work is, for whoever shows it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<(AtomicU64, AtomicU64)>);

impl Progress {
    /// Steps done, and steps in all; 0 in all before it began.
    pub fn reached(&self) -> (u64, u64) {
        (self.0.0.load(Ordering::Relaxed), self.0.1.load(Ordering::Relaxed))
    }

    fn begin(&self, total: u64) {
        self.0.0.store(0, Ordering::Relaxed);
        self.0.1.store(total, Ordering::Relaxed);
    }

    fn step(&self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Writes all that `source` holds into a file at `to`: under another name first, read again from its first byte to its
/// last, and only then put in place. A file that stands there is replaced in that step.
///
/// # Errors
/// The database can't be read or has a schema this program does not know; the file can't be written.
pub async fn write(source: &Look, to: &Path, made_at_ms: i64, progress: &Progress) -> Result<Summary> {
    let unfinished = unfinished(to);
    let written = async {
        dump::write(source, &unfinished, made_at_ms, progress).await?;
        let summary = verify(&unfinished).await?;
        std::fs::rename(&unfinished, to)
            .and_then(|()| sync_folder(to))
            .map_err(|error| file::cannot_write(to, &error))?;
        Ok(summary)
    };
    let written = written.await;
    if written.is_err() {
        let _ = std::fs::remove_file(&unfinished);
    }
    written
}

/// Reads a backup from its first byte to its last: its checksum, every row, the counts and checksums of its tables.
///
/// # Errors
/// It is no backup, it is damaged or cut off, or it was written by a newer version.
pub async fn verify(path: &Path) -> Result<Summary> {
    let path = path.to_owned();
    let read = move || {
        let mut reader = file::Reader::open(&path)?;
        while reader.next_table()?.is_some() {
            while reader.next_row()?.is_some() {}
        }
        let size_bytes = std::fs::metadata(&path).map_or(0, |file| file.len());
        let (header, tables) = reader.into_counted();
        super::migrate::check(&header.schema, &path.display().to_string())?;
        Ok(Summary { header, tables, size_bytes })
    };
    tokio::task::spawn_blocking(read).await.map_err(Error::internal)?
}

/// Where a backup is written before it is put in place.
pub fn unfinished(to: &Path) -> PathBuf {
    beside(to, ".unfinished")
}

/// The path with something added to its last name.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// Makes what happened to the names in a file's folder outlast a crash of the machine.
fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}
