//! Whether this process can save anything, and why not: what its last writes met. Protects that a full, read-only,
//! failing or slow disk is said as what it is, logged once and not at every write, and forgotten when it is over.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Trouble;

/// What was met counts for this long unless it is met again: writers try at least once in this time, and a database on
/// another machine says nothing by itself.
const COUNTS_FOR: Duration = Duration::from_secs(5);
/// A commit that takes longer than this is trouble of its own: whoever can do without should not wait for it.
const SLOW_AFTER: Duration = Duration::from_secs(5);
/// Trouble that lasts, or comes and goes, is logged at most this often.
const LOG_REST: Duration = Duration::from_secs(60);
/// What is written to find out what the disk says: a page.
const PROBE_BYTES: usize = 4_096;

/// What the last writes met.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    met: Option<(Trouble, Instant)>,
    /// When the commit under way was begun.
    writing_since: Option<Instant>,
    /// When trouble was last over.
    over_at: Option<Instant>,
    logged: Option<(Trouble, Instant)>,
    /// The trouble that is in the log has not been said to be over.
    is_logged_open: bool,
}

impl Health {
    /// Why nothing can be saved at the moment, as far as is known.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        let seen = self.seen();
        let met = seen.met.filter(|(_, at)| at.elapsed() < COUNTS_FOR).map(|(trouble, _)| trouble);
        let is_slow = seen.writing_since.is_some_and(|since| since.elapsed() > SLOW_AFTER);
        met.or(is_slow.then_some(Trouble::Slow))
    }

    /// Whether there is trouble or was some within `time`.
    pub(super) fn had_trouble_within(&self, time: Duration) -> bool {
        self.trouble().is_some() || self.seen().over_at.is_some_and(|at| at.elapsed() < time)
    }

    /// A write met trouble.
    pub(super) fn failed(&self, trouble: Trouble) {
        let mut seen = self.seen();
        let now = Instant::now();
        seen.met = Some((trouble, now));
        let is_new = seen.logged.is_none_or(|(logged, at)| logged != trouble || now - at >= LOG_REST);
        if is_new {
            seen.logged = Some((trouble, now));
            seen.is_logged_open = true;
            drop(seen);
            tracing::error!(
                reason = trouble.as_str(),
                "nothing can be saved: writes are answered 503, reading goes on"
            );
        }
    }

    /// A write reached the disk.
    pub(super) fn worked(&self) {
        let mut seen = self.seen();
        if seen.met.take().is_none() {
            return;
        }
        seen.over_at = Some(Instant::now());
        if std::mem::take(&mut seen.is_logged_open) {
            drop(seen);
            tracing::info!("what was asked can be saved again");
        }
    }

    /// A commit begins.
    pub(super) fn begins(&self) {
        self.seen().writing_since = Some(Instant::now());
    }

    /// The commit has ended, well or not.
    pub(super) fn ends(&self) {
        let mut seen = self.seen();
        if seen.writing_since.take().is_some_and(|since| since.elapsed() > SLOW_AFTER) {
            seen.over_at = Some(Instant::now());
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the disk says to a small file beside `path`: the database reports only that a write failed, not why. Nothing
/// when the file could be written.
pub(super) fn ask_the_disk(path: &Path) -> Option<std::io::Error> {
    let probe = path.with_extension("probe");
    let written = File::create(&probe).and_then(|mut file| {
        file.write_all(&[0; PROBE_BYTES])?;
        file.sync_data()
    });
    let _ = fs::remove_file(&probe);
    written.err()
}

/// Which trouble an error of the file system is.
pub(super) fn trouble_of(error: &std::io::Error) -> Trouble {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Trouble::Full,
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => Trouble::ReadOnly,
        _ => Trouble::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_counts_until_a_write_works() {
        let health = Health::default();
        assert_eq!(health.trouble(), None);
        health.failed(Trouble::Full);
        assert_eq!(health.trouble(), Some(Trouble::Full));
        health.worked();
        assert_eq!(health.trouble(), None);
        assert!(health.had_trouble_within(Duration::from_secs(60)));
    }

    #[test]
    fn a_disk_says_why_a_write_fails() {
        let folder = tempfile::tempdir().unwrap();
        assert!(ask_the_disk(&folder.path().join("lexi.db")).is_none());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
        let missing = folder.path().join("missing").join("lexi.db");
        assert_eq!(trouble_of(&ask_the_disk(&missing).unwrap()), Trouble::Refused);
        assert_eq!(trouble_of(&ErrorKind::StorageFull.into()), Trouble::Full);
        assert_eq!(trouble_of(&ErrorKind::ReadOnlyFilesystem.into()), Trouble::ReadOnly);
    }
}
