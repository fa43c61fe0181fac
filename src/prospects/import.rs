//! Imports a prospect file: each row is saved, or rejected with its reason and nothing else lost.
//!
//! The file is read in constant memory. A person who stands in it twice, or was imported before, is updated and never
//! doubled. The rejects file holds what was refused as it came; repaired, it can be imported like the file itself.

use std::io::{BufReader, Read, Seek, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use tokio::sync::mpsc;

use super::cells::{self, Ignored};
use super::columns::{Columns, Mapping};
use super::encoding::{Encoding, Utf8Reader};
use super::load::Loader;
use super::records::Records;
use super::{Entry, canonical};
use crate::clock::Clock;
use crate::db::Db;
use crate::error::{Error, Result};

/// Longest `--source`, in characters.
const SOURCE_CHARS_MAX: usize = 200;
/// Rows read ahead of the database, and how many such portions may wait.
const PORTION: usize = 500;
const PORTIONS_AHEAD: usize = 4;

/// How to read a file.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the people come from; their external ids count within it.
    pub source: String,
    /// What `--map` said.
    pub map: Vec<Mapping>,
}

/// What became of a file. Every row is counted once: `rows` = `added` + `updated` + `unchanged` + `rejected`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Rows of the file, the header not counted.
    pub rows: u64,
    /// Rows that were new.
    pub added: u64,
    /// Rows that were known and changed something.
    pub updated: u64,
    /// Rows that were known and changed nothing.
    pub unchanged: u64,
    /// Rows that were refused; the rejects file says why.
    pub rejected: u64,
    /// Headers that fill no field.
    pub columns_unused: Vec<String>,
    /// In which encoding the file was read.
    pub encoding: &'static str,
    /// Figures that were no number ("51-200") and stay unknown, by field.
    pub values_unknown: Ignored,
}

/// How far an import is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Bytes read of the file.
    pub bytes: u64,
    /// Its size in bytes.
    pub of_bytes: u64,
    /// Rows saved or rejected.
    pub rows: u64,
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// 1 for the first row after the header.
    pub row: u64,
    /// A sentence.
    pub reason: String,
    /// The cells as they came.
    pub cells: Vec<String>,
}

/// Reads a file row by row; pure of any database.
pub struct Importer<F: Read> {
    records: Records<BufReader<Utf8Reader<F>>>,
    header: Vec<String>,
    columns: Columns,
    source: String,
    encoding: Encoding,
    /// Figures left unknown so far.
    pub values_unknown: Ignored,
}

impl<F: Read + Seek> Importer<F> {
    /// Finds out the encoding and reads the header.
    ///
    /// # Errors
    /// The file can't be read or is empty, the source is none, a mapping does not fit, or no column is known.
    pub fn open(mut file: F, options: &Options) -> Result<Importer<F>> {
        let source = options.source.trim();
        if source.is_empty() || source.chars().count() > SOURCE_CHARS_MAX || source.contains(char::is_control) {
            let message = format!("The source is a name of 1 to {SOURCE_CHARS_MAX} characters.");
            return Err(Error::validation("source", message));
        }
        let encoding = Encoding::detect(&mut file).map_err(|error| unreadable(&error))?;
        file.rewind().map_err(|error| unreadable(&error))?;
        let text = BufReader::with_capacity(64 * 1_024, Utf8Reader::new(file, encoding));
        let (header, records) = Records::open(text).map_err(|error| unreadable(&error))?;
        if header.is_empty() {
            return Err(Error::validation("file", "The file is empty. Its first line names the columns."));
        }
        let columns = Columns::read(&header, &options.map)?;
        let source = source.to_owned();
        Ok(Importer { records, header, columns, source, encoding, values_unknown: Ignored::new() })
    }
}

impl<F: Read> Importer<F> {
    /// The next row; `None` at the end of the file.
    pub fn next(&mut self, now_ms: i64) -> Result<Option<std::result::Result<Entry, Rejected>>> {
        let Some(record) = self.records.next().map_err(|error| unreadable(&error))? else { return Ok(None) };
        let read = match record.broken {
            Some(reason) => Err(reason),
            None => cells::read(&self.columns, &record.cells, &mut self.values_unknown).and_then(|mut row| {
                canonical::settle(&mut row);
                Entry::new(&self.source, row, now_ms)
            }),
        };
        Ok(Some(read.map_err(|reason| Rejected { row: record.row, reason, cells: record.cells })))
    }
}

/// Imports `file` into the database, and writes refused rows to `rejects` as they come. Reading runs on a thread of its
/// own, ahead of the database.
///
/// # Errors
/// As [`Importer::open`], or the database fails; what was saved until then stays.
pub async fn run<F, W>(
    db: &Db,
    clock: Arc<dyn Clock>,
    file: F,
    rejects: Option<W>,
    options: Options,
    mut progress: impl FnMut(Progress),
) -> Result<Report>
where
    F: Read + Seek + Send + 'static,
    W: Write + Send + 'static,
{
    let mut loader = Loader::new(db, Arc::clone(&clock), options.source.trim());
    let (portions, mut read) = mpsc::channel(PORTIONS_AHEAD);
    let reader = tokio::task::spawn_blocking(move || read_all(file, rejects, &options, clock.as_ref(), &portions));
    while let Some(portion) = read.recv().await {
        let Portion { entries, progress: reached } = portion;
        loader.save(entries).await?;
        progress(reached);
    }
    let read = reader.await.map_err(Error::internal)??;
    let saved = loader.saved;
    Ok(Report {
        rows: read.rows,
        added: saved.added,
        updated: saved.updated,
        unchanged: saved.unchanged,
        rejected: read.rejected,
        columns_unused: read.columns_unused,
        encoding: read.encoding.name(),
        values_unknown: read.values_unknown,
    })
}

/// Entries on their way to the database.
struct Portion {
    entries: Vec<Entry>,
    progress: Progress,
}

/// What the reading side of an import knows at its end.
struct WhatWasRead {
    rows: u64,
    rejected: u64,
    columns_unused: Vec<String>,
    encoding: Encoding,
    values_unknown: Ignored,
}

/// Reads the whole file and hands it on in portions; stops early when nobody takes them any more.
fn read_all<F: Read + Seek, W: Write>(
    mut file: F,
    rejects: Option<W>,
    options: &Options,
    clock: &dyn Clock,
    portions: &mpsc::Sender<Portion>,
) -> Result<WhatWasRead> {
    let of_bytes = file.seek(std::io::SeekFrom::End(0)).map_err(|error| unreadable(&error))?;
    file.rewind().map_err(|error| unreadable(&error))?;
    let bytes = Arc::new(AtomicU64::new(0));
    let mut importer = Importer::open(Counted { file, bytes: Arc::clone(&bytes) }, options)?;
    let mut rejects = rejects.map(|out| Rejects::open(out, &importer)).transpose()?;
    let (mut rows, mut rejected) = (0, 0);
    let mut entries = Vec::with_capacity(PORTION);
    while let Some(read) = importer.next(clock.now_ms())? {
        rows += 1;
        match read {
            Ok(entry) => entries.push(entry),
            Err(refused) => {
                rejected += 1;
                if let Some(rejects) = &mut rejects {
                    rejects.write(&refused)?;
                }
            }
        }
        if entries.len() == PORTION {
            let progress = Progress { bytes: bytes.load(Ordering::Relaxed), of_bytes, rows };
            let portion = Portion { entries: std::mem::replace(&mut entries, Vec::with_capacity(PORTION)), progress };
            if portions.blocking_send(portion).is_err() {
                break;
            }
        }
    }
    // A receiver that is gone has its own failure to report.
    let _ = portions.blocking_send(Portion { entries, progress: Progress { bytes: of_bytes, of_bytes, rows } });
    if let Some(mut rejects) = rejects {
        rejects.finish()?;
    }
    Ok(WhatWasRead {
        rows,
        rejected,
        columns_unused: importer.columns.unused,
        encoding: importer.encoding,
        values_unknown: importer.values_unknown,
    })
}

/// The rejects file: `row`, `reason`, then the columns as they came; always UTF-8 with commas.
struct Rejects<W: Write> {
    out: csv::Writer<W>,
    /// Columns at the front of the input that an earlier rejects file had added.
    added: usize,
}

impl<W: Write> Rejects<W> {
    fn open<F: Read>(out: W, importer: &Importer<F>) -> Result<Rejects<W>> {
        let added = importer.columns.added;
        let mut rejects = Rejects { out: csv::WriterBuilder::new().flexible(true).from_writer(out), added };
        let header = ["row", "reason"].into_iter().chain(importer.header[added..].iter().map(String::as_str));
        rejects.out.write_record(header).map_err(|error| unwritable(&error))?;
        Ok(rejects)
    }

    fn write(&mut self, refused: &Rejected) -> Result<()> {
        let row = refused.row.to_string();
        let cells = refused.cells.iter().skip(self.added).map(String::as_str);
        let record = [row.as_str(), refused.reason.as_str()].into_iter().chain(cells);
        self.out.write_record(record).map_err(|error| unwritable(&error))
    }

    fn finish(&mut self) -> Result<()> {
        self.out.flush().map_err(|error| unwritable(&error))
    }
}

/// Counts the bytes that were read since the file was last rewound.
struct Counted<F> {
    file: F,
    bytes: Arc<AtomicU64>,
}

impl<F: Read> Read for Counted<F> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl<F: Seek> Seek for Counted<F> {
    fn seek(&mut self, position: std::io::SeekFrom) -> std::io::Result<u64> {
        let position = self.file.seek(position)?;
        self.bytes.store(position, Ordering::Relaxed);
        Ok(position)
    }
}

fn unreadable(error: &std::io::Error) -> Error {
    Error::validation("file", format!("The file can't be read: {error}."))
}

fn unwritable(error: &dyn std::fmt::Display) -> Error {
    Error::validation("rejects", format!("The rejects file can't be written: {error}."))
}
