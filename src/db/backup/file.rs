//! The file of a backup: one format for both databases.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `LEXIBAK\n` |
//! | 4 | version of this format, little-endian: 1 |
//! | … | one zstd frame: header, the rows of each table, trailer |
//! | 32 | SHA-256 of every byte before |
//!
//! Inside the frame a *part* is its length (4 bytes, little-endian) and that many bytes. The header is a part of JSON
//! ([`Header`]). Each table of the header follows, in its order: parts of whole rows in the order of the primary key,
//! then a part of length 0. The trailer is a part of JSON: name, rows and SHA-256 of the rows of each table
//! ([`Counted`]). A row is its cells in the order of the table's columns. A cell begins with a byte for its kind:
//!
//! | kind | then |
//! | --- | --- |
//! | 0 nothing | |
//! | 1 whole number | 8 bytes, little-endian, signed |
//! | 2 number | 8 bytes, little-endian, IEEE 754 |
//! | 3 text, 4 bytes | length (4 bytes, little-endian), then the bytes; text is UTF-8 |

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek as _, SeekFrom, Take, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::db::query::Cell;
use crate::db::{Applied, Value};
use crate::error::{Error, Result};

const MAGIC: &[u8; 8] = b"LEXIBAK\n";
/// Raised whenever the layout, or the meaning of what is stored, changes.
const FORMAT: u32 = 1;
/// Magic and format.
const HEAD: u64 = 8 + 4;
/// The checksum at the end.
const SUM: u64 = 32;
/// zstd's own default: a third of the size of the rows, faster than a disk.
const LEVEL: i32 = 3;
/// A part is written when it has this size: small beside memory, large beside its length.
const PART: usize = 256 << 10;
/// No part is larger: the largest row is some megabytes.
const PART_MAX: usize = 256 << 20;

/// What stands at the beginning of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The moment of its data, in milliseconds since 1970.
    pub made_at_ms: i64,
    /// The version of Lexi that wrote it.
    pub version: String,
    /// The database it was made from, as shown to people.
    pub database: String,
    /// The migrations of that database: what its tables look like.
    pub schema: Vec<Applied>,
    /// Every table.
    pub tables: Vec<Table>,
}

/// A table of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of the cells.
    pub columns: Vec<String>,
    /// The columns that rows are ordered by.
    pub key: Vec<String>,
    /// How many rows the database counted.
    pub rows: u64,
}

/// What was written of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The table.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// SHA-256 of its rows, one after the other.
    pub sha256: String,
}

impl Header {
    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// The name of its newest migration.
    pub fn schema_name(&self) -> &str {
        self.schema.last().map_or("none", |newest| &newest.name)
    }
}

/// Puts a cell into a row.
pub(super) fn put(row: &mut Vec<u8>, cell: &Cell<'_>) -> Result<()> {
    let (kind, bytes) = match cell {
        Cell::Null => (0, &[][..]),
        Cell::Integer(x) => (1, &x.to_le_bytes()[..]),
        Cell::Real(x) => (2, &x.to_bits().to_le_bytes()[..]),
        Cell::Text(x) => (3, x.as_bytes()),
        Cell::Bytes(x) => (4, *x),
    };
    row.push(kind);
    if kind >= 3 {
        row.extend(length(bytes)?);
    }
    row.extend(bytes);
    Ok(())
}

fn length(bytes: &[u8]) -> Result<[u8; 4]> {
    let length = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= PART_MAX);
    length.map(u32::to_le_bytes).ok_or_else(|| Error::internal("a value is too large for a backup"))
}

/// A backup that is being written.
pub(super) struct Writer {
    path: PathBuf,
    out: zstd::Encoder<'static, Hashed>,
    part: Vec<u8>,
    rows: u64,
    hash: Sha256,
    counted: Vec<Counted>,
}

impl Writer {
    /// Begins the file at `path`, which only its owner can read; a file of that name is begun anew.
    pub(super) fn create(path: &Path, header: &Header) -> Result<Writer> {
        let file = private(path)?;
        let mut out = Hashed { out: BufWriter::new(file), hash: Sha256::new() };
        let begin = out.write_all(MAGIC).and_then(|()| out.write_all(&FORMAT.to_le_bytes()));
        let encoder =
            begin.and_then(|()| zstd::Encoder::new(out, LEVEL)).map_err(|error| cannot_write(path, &error))?;
        let mut writer = Writer {
            path: path.to_owned(),
            out: encoder,
            part: Vec::with_capacity(2 * PART),
            rows: 0,
            hash: Sha256::new(),
            counted: Vec::new(),
        };
        writer.json(header)?;
        Ok(writer)
    }

    /// Adds a row to the table under way; `fill` puts its cells.
    pub(super) fn row(&mut self, fill: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<()> {
        let begin = self.part.len();
        fill(&mut self.part)?;
        self.hash.update(&self.part[begin..]);
        self.rows += 1;
        if self.part.len() >= PART { self.end_part() } else { Ok(()) }
    }

    /// Ends the table under way; answers how many rows it got.
    pub(super) fn end_table(&mut self, name: &str) -> Result<u64> {
        if !self.part.is_empty() {
            self.end_part()?;
        }
        self.end_part()?;
        let rows = std::mem::take(&mut self.rows);
        let sha256 = hex(&std::mem::take(&mut self.hash).finalize());
        self.counted.push(Counted { name: name.to_owned(), rows, sha256 });
        Ok(rows)
    }

    /// Writes the rest and waits until all of it is on the disk.
    pub(super) fn finish(mut self) -> Result<()> {
        let counted = std::mem::take(&mut self.counted);
        self.json(&counted)?;
        let path = self.path;
        let end = || -> io::Result<()> {
            let Hashed { mut out, hash } = self.out.finish()?;
            out.write_all(&hash.finalize())?;
            out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
        };
        end().map_err(|error| cannot_write(&path, &error))
    }

    fn json(&mut self, value: &impl Serialize) -> Result<()> {
        self.part = serde_json::to_vec(value)?;
        self.end_part()
    }

    fn end_part(&mut self) -> Result<()> {
        let length = length(&self.part)?;
        let written = self.out.write_all(&length).and_then(|()| self.out.write_all(&self.part));
        self.part.clear();
        written.map_err(|error| cannot_write(&self.path, &error))
    }
}

/// A file that only its owner can read, empty.
pub(super) fn private(path: &Path) -> Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // One that is there keeps the permissions it was made with.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(cannot_write(path, &error)),
        _ => {}
    }
    let file = File::options().write(true).create_new(true).mode(0o600).open(path);
    file.map_err(|error| cannot_write(path, &error))
}

/// A backup that is being read: [`Reader::next_table`] until there is none, its rows until there are none.
pub(super) struct Reader {
    path: PathBuf,
    header: Header,
    input: zstd::Decoder<'static, BufReader<Take<File>>>,
    part: Vec<u8>,
    at: usize,
    rows: u64,
    hash: Sha256,
    counted: Vec<Counted>,
}

impl Reader {
    /// Opens a backup and reads every byte of it against its checksum, so that nothing damaged is ever decoded.
    pub(super) fn open(path: &Path) -> Result<Reader> {
        let mut file = File::open(path).map_err(|error| cannot_read(path, &error))?;
        let size = file.metadata().map_err(|error| cannot_read(path, &error))?.len();
        let mut head = [0; HEAD as usize];
        if size < HEAD + SUM || file.read_exact(&mut head).is_err() || head[..8] != *MAGIC {
            return Err(Error::internal(format_args!(
                "{} is no backup of Lexi's, or only a piece of one.",
                path.display()
            )));
        }
        let sum = file.rewind().and_then(|()| checksum(&file, size - SUM));
        let (found, wanted) = sum.map_err(|error| cannot_read(path, &error))?;
        if found != wanted {
            return Err(damaged(path, "its checksum is wrong"));
        }
        let format = u32::from_le_bytes([head[8], head[9], head[10], head[11]]);
        if format != FORMAT {
            return Err(Error::internal(format_args!(
                "{} was written by a newer Lexi (format {format} of backups; this is {}, which knows {FORMAT}). \
                 Install that version or a later one.",
                path.display(),
                env!("CARGO_PKG_VERSION")
            )));
        }
        Reader::decode(path, file, size)
    }

    fn decode(path: &Path, mut file: File, size: u64) -> Result<Reader> {
        let decoder = file
            .seek(SeekFrom::Start(HEAD))
            .and_then(|_| zstd::Decoder::new(file.take(size - HEAD - SUM)))
            .map_err(|error| cannot_read(path, &error))?;
        let header =
            Header { made_at_ms: 0, version: String::new(), database: String::new(), schema: vec![], tables: vec![] };
        let mut reader = Reader {
            path: path.to_owned(),
            header,
            input: decoder.single_frame(),
            part: Vec::new(),
            at: 0,
            rows: 0,
            hash: Sha256::new(),
            counted: Vec::new(),
        };
        reader.header = reader.json()?;
        Ok(reader)
    }

    /// What stands at its beginning.
    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// The next table; after the last one the trailer is read and must agree with what was read before.
    pub(super) fn next_table(&mut self) -> Result<Option<Table>> {
        if let Some(table) = self.header.tables.get(self.counted.len()) {
            let table = table.clone();
            self.read_part()?;
            return Ok(Some(table));
        }
        let trailer: Vec<Counted> = self.json()?;
        if trailer != self.counted {
            return Err(damaged(&self.path, "the rows are not those its end tells of"));
        }
        Ok(None)
    }

    /// The next row of the table, as its bytes, or nothing after the last one.
    pub(super) fn next_row(&mut self) -> Result<Option<&[u8]>> {
        if self.at == self.part.len() {
            if !self.part.is_empty() {
                self.read_part()?;
            }
            if self.part.is_empty() {
                self.end_table()?;
                return Ok(None);
            }
        }
        let columns = self.header.tables[self.counted.len()].columns.len();
        let begin = self.at;
        let mut rest = &self.part[begin..];
        for _ in 0..columns {
            take(&mut rest).ok_or_else(|| damaged(&self.path, "a row can't be read"))?;
        }
        self.at = self.part.len() - rest.len();
        self.rows += 1;
        let row = &self.part[begin..self.at];
        self.hash.update(row);
        Ok(Some(row))
    }

    fn end_table(&mut self) -> Result<()> {
        let table = &self.header.tables[self.counted.len()];
        let rows = std::mem::take(&mut self.rows);
        if rows != table.rows {
            return Err(damaged(&self.path, "rows are missing"));
        }
        let sha256 = hex(&std::mem::take(&mut self.hash).finalize());
        self.counted.push(Counted { name: table.name.clone(), rows, sha256 });
        Ok(())
    }

    /// What was read of each table so far.
    pub(super) fn into_counted(self) -> (Header, Vec<Counted>) {
        (self.header, self.counted)
    }

    fn json<T: for<'d> Deserialize<'d>>(&mut self) -> Result<T> {
        self.read_part()?;
        serde_json::from_slice(&self.part).map_err(|error| damaged(&self.path, &error.to_string()))
    }

    fn read_part(&mut self) -> Result<()> {
        let mut length = [0; 4];
        let mut read = || -> io::Result<bool> {
            self.input.read_exact(&mut length)?;
            let length = u32::from_le_bytes(length) as usize;
            if length > PART_MAX {
                return Ok(false);
            }
            self.part.resize(length, 0);
            self.input.read_exact(&mut self.part)?;
            Ok(true)
        };
        self.at = 0;
        match read() {
            Ok(true) => Ok(()),
            Ok(false) => Err(damaged(&self.path, "a part is too large")),
            Err(error) => Err(damaged(&self.path, &error.to_string())),
        }
    }
}

/// Takes one cell from the beginning of `bytes`; nothing when there is none.
fn take<'b>(bytes: &mut &'b [u8]) -> Option<Cell<'b>> {
    let mut some = |count: usize| {
        let (head, rest) = bytes.split_at_checked(count)?;
        *bytes = rest;
        Some(head)
    };
    let eight = |head: &[u8]| head.try_into().ok().map(u64::from_le_bytes);
    Some(match some(1)?[0] {
        0 => Cell::Null,
        1 => Cell::Integer(eight(some(8)?)?.cast_signed()),
        2 => Cell::Real(f64::from_bits(eight(some(8)?)?)),
        kind @ (3 | 4) => {
            let length = u32::from_le_bytes(some(4)?.try_into().ok()?);
            let bytes = some(usize::try_from(length).ok()?)?;
            if kind == 3 { Cell::Text(std::str::from_utf8(bytes).ok()?) } else { Cell::Bytes(bytes) }
        }
        _ => return None,
    })
}

/// Gives the cells of a row to `to`, as values to be bound.
pub(super) fn values(mut row: &[u8], to: &mut Vec<Value>) {
    while let Some(cell) = take(&mut row) {
        to.push(match cell {
            Cell::Null => Value::Null,
            Cell::Integer(x) => Value::Integer(x),
            Cell::Real(x) => Value::Real(x),
            Cell::Text(x) => Value::Text(x.to_owned()),
            Cell::Bytes(x) => Value::Bytes(x.to_vec()),
        });
    }
}

/// The checksum of the first `size` bytes, and the one that stands behind them.
fn checksum(mut file: &File, size: u64) -> io::Result<([u8; 32], [u8; 32])> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; PART];
    let mut rest = file.take(size);
    loop {
        match rest.read(&mut buffer)? {
            0 => break,
            count => hash.update(&buffer[..count]),
        }
    }
    let mut wanted = [0; SUM as usize];
    file.read_exact(&mut wanted)?;
    Ok((hash.finalize().into(), wanted))
}

/// Bytes as text.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn damaged(path: &Path, why: &str) -> Error {
    Error::internal(format_args!("{} is damaged: {why}. Take another backup.", path.display()))
}

fn cannot_read(path: &Path, error: &io::Error) -> Error {
    Error::internal(format_args!("{} can't be read: {error}.", path.display()))
}

pub(super) fn cannot_write(path: &Path, error: &io::Error) -> Error {
    Error::internal(format_args!("{} can't be written: {error}.", path.display()))
}

/// Writes and hashes what it writes.
struct Hashed {
    out: BufWriter<File>,
    hash: Sha256,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
