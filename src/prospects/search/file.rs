//! Files that tell when they are not whole: a mark, a format, a checksum over everything behind it.
//!
//! A file is written beside its place, brought to the disk and renamed, so that under its name there is nothing or all
//! of it. What is read is compared with its checksum before any of it is believed.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write};
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
/// Read or written in one go.
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
    file.rewind()?;
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

/// A whole file: its bytes were compared with its checksum.
pub(super) struct Whole {
    file: File,
    pub(super) written: Written,
}

impl Whole {
    /// What is behind the checksum, read once more, part by part: the file never stands in memory as a whole.
    ///
    /// # Errors
    /// The disk refuses.
    pub(super) fn body(mut self) -> io::Result<Reader> {
        self.file.seek(SeekFrom::Start(HEADER as u64))?;
        let left = self.written.size_bytes - HEADER as u64;
        Ok(Reader { input: BufReader::with_capacity(BUFFER, self.file), left })
    }
}

/// Looks at a file that [`write`] wrote, from its beginning to its end.
///
/// # Errors
/// It is not there, or not whole.
pub(super) fn read(path: &Path) -> io::Result<Whole> {
    let mut file = File::open(path)?;
    let mut head = [0; HEADER];
    file.read_exact(&mut head).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => damaged("it is cut off"),
        _ => error,
    })?;
    if &head[..8] != MAGIC || head[8..12] != FORMAT.to_le_bytes() {
        return Err(damaged("it has another format"));
    }
    let (mut hash, mut size_bytes) = (Sha256::new(), HEADER as u64);
    let mut portion = vec![0; BUFFER];
    loop {
        let read = match file.read(&mut portion) {
            Ok(0) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        hash.update(&portion[..read]);
        size_bytes += read as u64;
    }
    let sum: Sum = hash.finalize().into();
    if head[12..] != sum {
        return Err(damaged("its checksum is wrong"));
    }
    Ok(Whole { file, written: Written { size_bytes, sum } })
}

/// What is wrong with a file.
pub(super) fn damaged(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

/// The rest of a file.
pub(super) struct Reader {
    input: BufReader<File>,
    left: u64,
}

impl Reader {
    /// The next `count` bytes; nothing when so many are not left, or the disk refuses.
    fn bytes(&mut self, count: usize) -> Option<Vec<u8>> {
        self.left = self.left.checked_sub(count as u64)?;
        let mut bytes = vec![0; count];
        self.input.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.left = self.left.checked_sub(N as u64)?;
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn int(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn long(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }

    pub(super) fn sum(&mut self) -> Option<Sum> {
        self.array()
    }

    pub(super) fn ints(&mut self) -> Option<Vec<u32>> {
        let count = self.int()?;
        (u64::from(count) * 4 <= self.left).then_some(())?;
        (0..count).map(|_| self.int()).collect()
    }

    /// Bytes with their count before them.
    pub(super) fn part(&mut self) -> Option<Vec<u8>> {
        let count = self.int()? as usize;
        self.bytes(count)
    }

    pub(super) fn text(&mut self) -> Option<String> {
        String::from_utf8(self.part()?).ok()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.left == 0
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
