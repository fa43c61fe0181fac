//! The index in its folder: a manifest that names a base and a few deltas on it, each with its checksum.
//!
//! Segments are never changed. What changed since the last time is written as a new delta; too many deltas are folded into
//! one, and too much changed makes a new base. The manifest is replaced last and in one step, so that whatever stops a
//! writer leaves the old index or the new one. What no manifest names is removed by the next writer.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::dictionary::Dictionary;
use super::file::{self, UNFINISHED, Written, damaged};
use super::intern::number;
use super::rows::{BLOCK, Rows};
use super::segment::{self, Before, Difference, fingerprint};
use super::snapshot::{Snapshot, Stamp};

/// Names the segments.
const MANIFEST: &str = "manifest";
/// Ends the name of a segment; before it stands its number.
const SEGMENT: &str = "segment";
/// The whole index of the first format.
const OLD_FILE: &str = "people.idx";
/// Most segments, the base included. Each is a file to open at a start.
const SEGMENTS_MAX: usize = 8;
/// Deltas together touch at most one in so many people: they are read one by one, which takes about 2 µs each.
const TOUCHED_SHARE: u64 = 10;
/// … unless it is that few.
const TOUCHED_MIN: u64 = 20_000;
/// How often a reader begins anew when a writer replaced the manifest under its hands.
const READS_MAX: usize = 5;

/// What a folder holds, as far as it must be known to add to it.
#[derive(Debug)]
pub(super) struct Kept {
    manifest: Manifest,
    /// Of the snapshot that is in it.
    origin: Arc<()>,
    now: Before,
    people: Arc<RoaringBitmap>,
    rows: Rows,
    base: Before,
    /// Whom the deltas touch.
    touched: RoaringBitmap,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Manifest {
    version: i64,
    /// The base, then the deltas in their order.
    segments: Vec<Segment>,
    stamp: Stamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    number: u64,
    written: Written,
}

impl Kept {
    /// Whether `snapshot` is what the folder holds.
    pub(super) fn holds(&self, snapshot: &Snapshot) -> bool {
        Arc::ptr_eq(&self.origin, &snapshot.origin) && self.now.version == snapshot.version
    }

    fn of(snapshot: &Snapshot, manifest: Manifest, base: Before, touched: RoaringBitmap) -> Kept {
        Kept {
            manifest,
            origin: Arc::clone(&snapshot.origin),
            now: before(snapshot),
            people: Arc::clone(&snapshot.people),
            rows: snapshot.rows.clone(),
            base,
            touched,
        }
    }

    /// Who differs in `snapshot`, which grew from what is kept. Blocks that both share are not looked at.
    fn difference(&self, snapshot: &Snapshot) -> Difference {
        let mut put = &*snapshot.people - &*self.people;
        let blocks = snapshot.people.max().map_or(0, |last| last as usize / BLOCK + 1);
        for block in (0..blocks).filter(|block| !snapshot.rows.shares(&self.rows, *block)) {
            let first = number(block * BLOCK);
            for person in snapshot.people.range(first..=first | number(BLOCK - 1)) {
                if snapshot.rows.get(person) != self.rows.get(person) {
                    put.insert(person);
                }
            }
        }
        Difference { put, removed: &*self.people - &*snapshot.people }
    }
}

/// Reads what a folder holds.
///
/// # Errors
/// `NotFound` where nothing was ever kept; else whatever is wrong with it. The caller builds the index anew.
pub(super) fn load(folder: &Path) -> io::Result<(Snapshot, Kept)> {
    let mut manifest = read_manifest(folder)?;
    for _ in 0..READS_MAX {
        let failure = match load_segments(folder, &manifest) {
            Ok(loaded) => return Ok(loaded),
            Err(error) => error,
        };
        // A writer may have put new segments in place of those that this manifest names.
        let newer = read_manifest(folder)?;
        if newer == manifest {
            return Err(failure);
        }
        manifest = newer;
    }
    Err(damaged("it is being written all the time"))
}

fn load_segments(folder: &Path, manifest: &Manifest) -> io::Result<(Snapshot, Kept)> {
    let mut snapshot = Snapshot::default();
    let mut base = before(&snapshot);
    let mut touched = RoaringBitmap::new();
    for (at, segment) in manifest.segments.iter().enumerate() {
        let name = name(segment.number);
        let wrong = |why: &str| damaged(format!("{name}: {why}"));
        let whole = file::read(&folder.join(&name)).map_err(|error| wrong(&error.to_string()))?;
        if whole.written != segment.written {
            return Err(wrong("it is not the one that the manifest names"));
        }
        let read = segment::read(&mut whole.body()?, &mut snapshot);
        touched |= read.ok_or_else(|| wrong("its parts don't fit together"))?;
        if at == 0 {
            base = before(&snapshot);
        }
    }
    if snapshot.version != manifest.version {
        return Err(damaged("the manifest names another version than its segments"));
    }
    snapshot.stamp = Arc::new(manifest.stamp.clone());
    snapshot.dictionary.index_words();
    let kept = Kept::of(&snapshot, manifest.clone(), base, touched);
    Ok((snapshot, kept))
}

/// Writes what `snapshot` has that the folder, as `kept` knows it, has not. The caller holds the lock of the folder.
///
/// # Errors
/// The disk refuses. What the folder held it still holds.
pub(super) fn save(folder: &Path, snapshot: &Snapshot, kept: Option<&Kept>) -> io::Result<Kept> {
    // Another process may have written since this one read: then its segments are not ours to add to.
    let found = read_manifest(folder).ok();
    let grown = kept.filter(|kept| {
        Arc::ptr_eq(&kept.origin, &snapshot.origin)
            && found.as_ref() == Some(&kept.manifest)
            && kept.now.version <= snapshot.version
    });
    let path = folder.join(name(next_number(folder)?));
    let mut segments = Vec::new();
    let (mut base, mut touched) = (before(snapshot), RoaringBitmap::new());
    let delta = grown.and_then(|kept| {
        let difference = kept.difference(snapshot);
        let touched = &kept.touched | &difference.put | &difference.removed;
        let few = touched.len() <= (snapshot.people() / TOUCHED_SHARE).max(TOUCHED_MIN);
        few.then_some((kept, difference, touched))
    });
    let written = match delta {
        None => file::write(&path, |out| segment::write_base(snapshot, &fingerprint(), out))?,
        Some((kept, mut difference, all)) => {
            let mut since = &kept.now;
            segments.clone_from(&kept.manifest.segments);
            if segments.len() >= SEGMENTS_MAX {
                segments.truncate(1);
                since = &kept.base;
                difference = Difference { put: &all & &*snapshot.people, removed: &all - &*snapshot.people };
            }
            (base, touched) = (kept.base.clone(), all);
            file::write(&path, |out| segment::write_delta(snapshot, since, &difference, out))?
        }
    };
    segments.push(Segment { number: number_in(&path).unwrap_or(0), written });
    let manifest = Manifest { version: snapshot.version, segments, stamp: Stamp::clone(&snapshot.stamp) };
    // The names of the segments are on the disk before a manifest is that tells of them.
    file::sync_folder(folder)?;
    write_manifest(folder, &manifest)?;
    file::sync_folder(folder)?;
    let kept = Kept::of(snapshot, manifest, base, touched);
    tidy(folder, &kept);
    Ok(kept)
}

/// Removes what a writer that was stopped left behind. Only the holder of the folder's lock may.
pub(super) fn tidy(folder: &Path, kept: &Kept) {
    let manifest = &kept.manifest;
    let is_left = |path: &Path| match (number_in(path), path.extension()) {
        (Some(number), _) => manifest.segments.iter().all(|segment| segment.number != number),
        (None, Some(ending)) if ending == UNFINISHED => true,
        _ => path.file_name().is_some_and(|name| name == OLD_FILE),
    };
    let left = files(folder).unwrap_or_default().into_iter().filter(|path| is_left(path));
    for path in left {
        if let Err(error) = fs::remove_file(&path) {
            tracing::warn!(file = %path.display(), %error, "a file of the search index that is not used can't be removed");
        }
    }
}

fn before(snapshot: &Snapshot) -> Before {
    Before { version: snapshot.version, lens: Dictionary::lens(&snapshot.dictionary) }
}

fn name(number: u64) -> String {
    format!("{number:012}.{SEGMENT}")
}

/// The number in the name of a segment.
fn number_in(path: &Path) -> Option<u64> {
    path.extension().filter(|ending| *ending == SEGMENT)?;
    path.file_stem()?.to_str()?.parse().ok()
}

/// A number that no segment of the folder has, finished or not.
fn next_number(folder: &Path) -> io::Result<u64> {
    let numbers = files(folder)?.into_iter().filter_map(|path| number_in(&path.with_extension(SEGMENT)));
    Ok(numbers.max().unwrap_or(0) + 1)
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

fn write_manifest(folder: &Path, manifest: &Manifest) -> io::Result<()> {
    let long = |value: u64| i64::try_from(value).map_err(io::Error::other);
    let body = |out: &mut file::Hashed| {
        out.long(manifest.version)?;
        out.int(number(manifest.segments.len()))?;
        for Segment { number, written } in &manifest.segments {
            out.long(long(*number)?)?;
            out.long(long(written.size_bytes)?)?;
            io::Write::write_all(out, &written.sum)?;
        }
        out.long(manifest.stamp.version)?;
        out.int(number(manifest.stamp.marks.len()))?;
        manifest.stamp.marks.iter().try_for_each(|mark| out.long(*mark))
    };
    file::write(&folder.join(MANIFEST), body).map(|_| ())
}

fn read_manifest(folder: &Path) -> io::Result<Manifest> {
    let whole = file::read(&folder.join(MANIFEST))
        .map_err(|error| io::Error::new(error.kind(), format!("{MANIFEST}: {error}")))?;
    let mut input = whole.body()?;
    let mut read = || {
        let mut manifest = Manifest { version: input.long()?, ..Manifest::default() };
        for _ in 0..input.int()? {
            let number = u64::try_from(input.long()?).ok()?;
            let size_bytes = u64::try_from(input.long()?).ok()?;
            manifest.segments.push(Segment { number, written: Written { size_bytes, sum: input.sum()? } });
        }
        manifest.stamp.version = input.long()?;
        for _ in 0..input.int()? {
            manifest.stamp.marks.push(input.long()?);
        }
        input.is_at_end().then_some(manifest)
    };
    read().ok_or_else(|| damaged(format!("{MANIFEST}: its parts don't fit together")))
}
