//! A disk that misbehaves: the library `tests/disk/shim.c`, preloaded into the server, and what a loss of power leaves of
//! its files. The first lines of the library say what it watches and how it writes its journals.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tempfile::TempDir;

use super::process::Installation;

/// The unit a disk writes whole or not at all.
const SECTOR: u64 = 512;

/// The disk under one installation.
pub struct Disk {
    folder: PathBuf,
    state: TempDir,
    control: File,
}

/// What a change of a file meets.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// Nothing: it is done.
    None,
    /// There is no room.
    NoRoom,
    /// Files may grow by this many bytes, all together.
    LittleRoom(u64),
    /// The file system is read-only.
    ReadOnly,
    /// Writes fail for no reason that is told.
    WritesFail,
    /// Writes work, and forcing them to the disk fails.
    SyncsFail,
}

/// What of the writes that were not synced reaches the disk all the same.
#[derive(Debug, Clone, Copy)]
pub enum Kept {
    /// Nothing.
    Nothing,
    /// Any part of them, sector by sector, drawn with this seed.
    AnyPart(u64),
}

impl Disk {
    /// Puts the files of `installation` on such a disk; its servers see it from their next start on.
    pub fn under(installation: &mut Installation) -> Disk {
        let folder = installation.folder().canonicalize().expect("the folder is there");
        let state = tempfile::tempdir().expect("a temporary folder can be made");
        let path = state.path().join("control");
        fs::write(&path, [0; 32]).expect("the control can be written");
        let control = File::options().read(true).write(true).open(&path).expect("the control can be opened");
        installation.serve_with("LD_PRELOAD", shim());
        installation.serve_with("LEXI_DISK_FOLDER", &folder);
        installation.serve_with("LEXI_DISK_STATE", state.path());
        Disk { folder, state, control }
    }

    /// From now on changes meet this.
    pub fn meets(&self, fault: Fault) {
        if let Fault::LittleRoom(bytes) = fault {
            self.tell(2, bytes);
        }
        let number = match fault {
            Fault::None => 0,
            Fault::NoRoom => 1,
            Fault::LittleRoom(_) => 2,
            Fault::ReadOnly => 3,
            Fault::WritesFail => 4,
            Fault::SyncsFail => 5,
        };
        self.tell(0, number);
    }

    /// How long each sync takes from now on.
    pub fn syncs_take(&self, time: Duration) {
        self.tell(1, u64::try_from(time.as_millis()).expect("a short time"));
    }

    /// How many syncs went well so far.
    pub fn syncs(&self) -> u64 {
        let mut number = [0; 8];
        self.control.read_exact_at(&mut number, 24).expect("the control can be read");
        u64::from_le_bytes(number)
    }

    fn tell(&self, place: u64, number: u64) {
        self.control.write_all_at(&number.to_le_bytes(), place * 8).expect("the control can be written");
    }

    /// All that was written is on the disk: for a server that has ended, before another process changes its files.
    pub fn keeps_all(&self) {
        for journal in self.journals() {
            fs::remove_file(journal).expect("the journal can be removed");
        }
    }

    fn journals(&self) -> Vec<PathBuf> {
        let mut journals = files_below(self.state.path()).expect("the journals can be listed");
        journals.retain(|path| path.extension().is_some_and(|ending| ending == "journal"));
        journals.sort();
        journals
    }

    /// Makes of the files what the disk holds after its power was cut at the moment the server was killed.
    pub fn loses_power(&self, kept: Kept) {
        let mut chance = match kept {
            Kept::Nothing => None,
            Kept::AnyPart(seed) => Some(StdRng::seed_from_u64(seed)),
        };
        let files = files_below(&self.folder).expect("the folder can be read");
        for journal in &self.journals() {
            let records = records(&fs::read(journal).expect("the journal can be read"));
            fs::remove_file(journal).expect("the journal can be removed");
            let inode = journal.file_stem().and_then(|name| name.to_str()).and_then(|name| name.parse::<u64>().ok());
            let is_it = |path: &&PathBuf| fs::metadata(path).is_ok_and(|file| Some(file.ino()) == inode);
            let Some(path) = files.iter().find(is_it) else { continue };
            let now = fs::read(path).expect("the file can be read");
            match what_is_left(now, &records, chance.as_mut()) {
                Some(bytes) => fs::write(path, bytes).expect("the file can be written"),
                None => fs::remove_file(path).expect("the file can be removed"),
            }
        }
        // It was memory.
        for path in files.iter().filter(|path| path.to_string_lossy().ends_with("-shm")) {
            fs::remove_file(path).expect("the shared memory can be removed");
        }
    }
}

/// The library, compiled once by each run of the tests.
fn shim() -> &'static Path {
    static SHIM: OnceLock<PathBuf> = OnceLock::new();
    SHIM.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/disk/shim.c");
        let library = Path::new(env!("CARGO_BIN_EXE_lexi")).with_file_name("liblexi_disk_shim.so");
        let own = library.with_extension(format!("{}.so", std::process::id()));
        let mut compiler = Command::new("cc");
        compiler.args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread", "-o"]);
        let compiled =
            compiler.arg(&own).arg(&source).status().expect("cc runs: a C compiler is needed for these tests");
        assert!(compiled.success(), "{} is compiled", source.display());
        fs::rename(&own, &library).expect("the library is put in place");
        library
    })
}

fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files.extend(files_below(&entry.path())?);
        } else {
            files.push(entry.path());
        }
    }
    Ok(files)
}

/// A change of a file that was not synced.
struct Record {
    kind: Kind,
    offset: u64,
    old_size: u64,
    kept: Vec<u8>,
    written: Vec<u8>,
}

#[derive(PartialEq)]
enum Kind {
    Written,
    Truncated,
    Made,
}

/// The records of a journal. The last one may be cut off: the change it tells of had not been made.
fn records(mut journal: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    while let Some(record) = record(&mut journal) {
        records.push(record);
    }
    records
}

fn record(journal: &mut &[u8]) -> Option<Record> {
    let mut number = || {
        let (head, rest) = journal.split_first_chunk::<8>()?;
        *journal = rest;
        Some(u64::from_le_bytes(*head))
    };
    let [kind, offset, old_size, kept, written] = [number()?, number()?, number()?, number()?, number()?];
    let mut bytes = |count: u64| {
        let (head, rest) = journal.split_at_checked(index(count))?;
        *journal = rest;
        Some(head.to_vec())
    };
    let (kept, written) = (bytes(kept)?, bytes(written)?);
    let kind = match kind {
        1 => Kind::Written,
        2 => Kind::Truncated,
        3 => Kind::Made,
        other => panic!("a journal holds records of kind {other}"),
    };
    Some(Record { kind, offset, old_size, kept, written })
}

/// The bytes of a file after the loss; none when the file itself is lost. All changes are taken back, the last one
/// first; then those that chance keeps are made again in their order.
fn what_is_left(mut bytes: Vec<u8>, records: &[Record], chance: Option<&mut StdRng>) -> Option<Vec<u8>> {
    for record in records.iter().rev() {
        bytes.resize(index(record.old_size).max(bytes.len()), 0);
        let at = index(record.offset);
        bytes[at..at + record.kept.len()].copy_from_slice(&record.kept);
        bytes.truncate(index(record.old_size));
    }
    let is_made = records.iter().any(|record| record.kind == Kind::Made);
    let Some(chance) = chance else { return (!is_made).then_some(bytes) };
    // Now and then nearly all is kept or lost: both are likelier in life than the middle.
    let part = [0.1, 0.5, 0.9][chance.random_range(0..3)];
    if is_made && !chance.random_bool(part) {
        return None;
    }
    for record in records {
        match record.kind {
            Kind::Made => {}
            Kind::Truncated => {
                if chance.random_bool(part) {
                    bytes.resize(index(record.offset), 0);
                }
            }
            Kind::Written => write_some(&mut bytes, record, part, chance),
        }
    }
    Some(bytes)
}

/// Writes some of the sectors of a write.
fn write_some(bytes: &mut Vec<u8>, record: &Record, part: f64, chance: &mut StdRng) {
    let end = record.offset + record.written.len() as u64;
    let mut from = record.offset;
    while from < end {
        let to = ((from / SECTOR + 1) * SECTOR).min(end);
        if chance.random_bool(part) {
            if bytes.len() < index(to) {
                bytes.resize(index(to), 0);
            }
            let written = &record.written[index(from - record.offset)..index(to - record.offset)];
            bytes[index(from)..index(to)].copy_from_slice(written);
        }
        from = to;
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number).expect("files of tests are small")
}
