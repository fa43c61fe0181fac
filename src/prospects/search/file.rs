//! Files that tell when they are not whole: a mark, a format, a checksum over everything behind it.
//!
//! A file is written beside its place, brought to the disk and renamed, so that under its name there is nothing or all
//! of it. What is read is compared with its checksum before any of it is believed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::intern::number;

/// A SHA-256.
pub(super) type Sum = [u8; 32];

/// The first bytes of every file.
const MAGIC: &[u8; 8] = b"LEXI-IDX";
/// Raised whenever the layout, or the meaning of what is stored, changes. 1 was a single file.
const FORMAT: u32 = 2;
/// Magic, format and checksum.
const HEADER: usize = 8 + 4 + 32;
/// Written in one go.
const BUFFER: usize = 256 << 10;
/// Ends the name of a file that is being written.
pub(super) const UNFINISHED: &str = "new";

/// What a file was when it was written or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) size_bytes: u64,
    pub(super) sum: Sum,
}

/// Writes what `body` writes to `path`: beside it first, then in place in one step. The folder is not yet synced.
///
/// # Errors
/// The disk refuses; whatever was at `path` is still there.
pub(super) fn write(path: &Path, body: impl FnOnce(&mut Hashed) -> io::Result<()>) -> io::Result<Written> {
    let beside = path.with_extension(UNFINISHED);
    let written = write_beside(&beside, body).and_then(|written| fs::rename(&beside, path).map(|()| written));
    if written.is_err() {
        // The room it takes may be what is missing. What can't be removed is left to the next writer.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn write_beside(path: &Path, body: impl FnOnce(&mut Hashed) -> io::Result<()>) -> io::Result<Written> {
    let mut out =
        Hashed { out: BufWriter::with_capacity(BUFFER, File::create(path)?), hash: Sha256::new(), size_bytes: 0 };
    out.out.write_all(&[0; HEADER])?;
    body(&mut out)?;
    let Hashed { out, hash, size_bytes } = out;
    let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    let sum: Sum = hash.finalize().into();
    io::Seek::rewind(&mut file)?;
    file.write_all(MAGIC)?;
    file.write_all(&FORMAT.to_le_bytes())?;
    file.write_all(&sum)?;
    file.sync_all()?;
    Ok(Written { size_bytes: HEADER as u64 + size_bytes, sum })
}

/// Brings the names in a folder to the disk.
///
/// # Errors
/// The disk refuses.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// A whole file.
pub(super) struct Whole {
    bytes: Vec<u8>,
    pub(super) written: Written,
}

impl Whole {
    /// What is behind the checksum.
    pub(super) fn body(&self) -> Reader<'_> {
        Reader(&self.bytes[HEADER..])
    }
}

/// Reads a file that [`write`] wrote.
///
/// # Errors
/// It is not there, or not whole.
pub(super) fn read(path: &Path) -> io::Result<Whole> {
    let bytes = fs::read(path)?;
    let body = bytes.get(HEADER..).ok_or_else(|| damaged("it is cut off"))?;
    if &bytes[..8] != MAGIC || bytes[8..12] != FORMAT.to_le_bytes() {
        return Err(damaged("it has another format"));
    }
    let sum: Sum = Sha256::digest(body).into();
    if bytes[12..HEADER] != sum {
        return Err(damaged("its checksum is wrong"));
    }
    let written = Written { size_bytes: bytes.len() as u64, sum };
    Ok(Whole { bytes, written })
}

/// What is wrong with a file.
pub(super) fn damaged(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

/// The rest of a file.
pub(super) struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    pub(super) fn bytes(&mut self, count: usize) -> Option<&'b [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.bytes(1).map(|bytes| bytes[0])
    }

    pub(super) fn int(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.bytes(4)?.try_into().ok()?))
    }

    pub(super) fn long(&mut self) -> Option<i64> {
        Some(i64::from_le_bytes(self.bytes(8)?.try_into().ok()?))
    }

    pub(super) fn sum(&mut self) -> Option<Sum> {
        self.bytes(32)?.try_into().ok()
    }

    pub(super) fn ints(&mut self) -> Option<Vec<u32>> {
        let count = self.int()? as usize;
        let bytes = self.bytes(count.checked_mul(4)?)?;
        Some(bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
    }

    /// Bytes with their count before them.
    pub(super) fn part(&mut self) -> Option<&'b [u8]> {
        let count = self.int()? as usize;
        self.bytes(count)
    }

    pub(super) fn text(&mut self) -> Option<&'b str> {
        std::str::from_utf8(self.part()?).ok()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }
}

/// Writes and hashes what it writes.
pub(super) struct Hashed {
    out: BufWriter<File>,
    hash: Sha256,
    size_bytes: u64,
}

impl Hashed {
    pub(super) fn int(&mut self, value: u32) -> io::Result<()> {
        self.write_all(&value.to_le_bytes())
    }

    pub(super) fn long(&mut self, value: i64) -> io::Result<()> {
        self.write_all(&value.to_le_bytes())
    }

    pub(super) fn ints(&mut self, values: impl ExactSizeIterator<Item = u32>) -> io::Result<()> {
        self.int(number(values.len()))?;
        let bytes: Vec<u8> = values.flat_map(u32::to_le_bytes).collect();
        self.write_all(&bytes)
    }

    /// Bytes with their count before them.
    pub(super) fn part(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.int(number(bytes.len()))?;
        self.write_all(bytes)
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.size_bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
