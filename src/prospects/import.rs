//! Imports a prospect file: each row is saved, or rejected with its reason and nothing else lost.
//!
//! The file is read in constant memory and only once, so that it may come through a pipe. A person who stands in it
//! twice, or was imported before, is updated and never doubled: an import that was killed is simply run again. The
//! rejects file holds what was refused as it came; repaired, it can be imported like the file itself.

use std::io::{BufRead as _, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use super::Entry;
use super::canonical::Settler;
use super::cells::{self, Ignored};
use super::columns::{Columns, Mapping, Used};
use super::input::{self, Compression, Plain, unreadable};
use super::load::{Loader, Portion, Target, gathered};
use super::ndjson::{self, Objects};
use super::records::Records;
use crate::clock::Clock;
use crate::error::{Error, Result};

/// Longest `--source`, in characters.
const SOURCE_CHARS_MAX: usize = 200;
/// Rows read ahead of the database, and how many such portions may wait.
const PORTION: usize = 500;
const PORTIONS_AHEAD: usize = 12;

/// How to read a file.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the people come from; their external ids count within it.
    pub source: String,
    /// What `--map` said.
    pub map: Vec<Mapping>,
}

/// How the records of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Columns under a header, with commas, semicolons or tabs between.
    Csv,
    /// A JSON object a line.
    Ndjson,
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
    /// Whether nothing was written: the counts are those of an import.
    pub dry_run: bool,
    /// Which column filled which field.
    pub columns: Vec<Used>,
    /// Headers that fill no field.
    pub columns_unused: Vec<String>,
    /// Columns that `--map` named and that no row has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns_unseen: Vec<String>,
    /// How the file is written.
    pub format: Format,
    /// How it is packed.
    pub compression: Compression,
    /// In which encoding it was read.
    pub encoding: &'static str,
    /// Figures that were no number ("51-200") and stay unknown, by field.
    pub values_unknown: Ignored,
}

/// How far an import is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Bytes read of the file, as it is packed.
    pub bytes: u64,
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
    /// As it came.
    pub content: Content,
}

/// A row as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The cells of a CSV row.
    Cells(Vec<String>),
    /// The line of a JSON object.
    Line(String),
}

/// Where rows come from.
enum Rows {
    Csv { header: Vec<String>, records: Records<Box<dyn Read + Send>> },
    Ndjson(Objects<Box<dyn Read + Send>>),
}

/// Reads a file row by row; pure of any database.
pub struct Importer {
    rows: Rows,
    columns: Columns,
    source: String,
    compression: Compression,
    bytes: Arc<AtomicU64>,
    values_unknown: Ignored,
    settler: Settler,
}

impl Importer {
    /// Finds out what the file is and matches its columns. Blocks until its beginning was read.
    ///
    /// # Errors
    /// The file can't be read or is empty, the source is none, a mapping does not fit, or no column is known.
    pub fn open(file: impl Read + Send + 'static, options: &Options) -> Result<Importer> {
        let source = options.source.trim();
        if source.is_empty() || source.chars().count() > SOURCE_CHARS_MAX || source.contains(char::is_control) {
            let message = format!("The source is a name of 1 to {SOURCE_CHARS_MAX} characters.");
            return Err(Error::validation("source", message));
        }
        let bytes = Arc::new(AtomicU64::new(0));
        let (mut text, compression) = input::open(Counted { file, bytes: Arc::clone(&bytes) })?;
        let (rows, columns) = match format(&mut text)? {
            Format::Csv => {
                let (header, records) = Records::open(text).map_err(|error| unreadable(&error))?;
                if header.is_empty() {
                    return Err(Error::validation("file", "The file is empty. Its first line names the columns."));
                }
                let columns = Columns::read(&header, &options.map)?;
                (Rows::Csv { header, records }, columns)
            }
            Format::Ndjson => {
                let (columns, objects) = Objects::open(text, &options.map)?;
                (Rows::Ndjson(objects), columns)
            }
        };
        let source = source.to_owned();
        let (values_unknown, settler) = (Ignored::new(), Settler::default());
        Ok(Importer { rows, columns, source, compression, bytes, values_unknown, settler })
    }

    /// Which column is which field, as far as the beginning of the file tells.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// How the records are written.
    pub fn format(&self) -> Format {
        match self.rows {
            Rows::Csv { .. } => Format::Csv,
            Rows::Ndjson(_) => Format::Ndjson,
        }
    }

    /// How the file is packed.
    pub fn compression(&self) -> Compression {
        self.compression
    }

    /// In which encoding the file is read, as far as was seen: letters that come later may tell another one.
    pub fn encoding(&self) -> &'static str {
        match &self.rows {
            Rows::Csv { records, .. } => records.text().encoding().name(),
            Rows::Ndjson(objects) => objects.text().encoding().name(),
        }
    }

    /// The next row; `None` at the end of the file.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn next(&mut self, now_ms: i64) -> Result<Option<std::result::Result<Entry, Rejected>>> {
        let record = match &mut self.rows {
            Rows::Csv { records, .. } => records.next(),
            Rows::Ndjson(objects) => objects.next(&mut self.columns),
        };
        let Some(record) = record.map_err(|error| unreadable(&error))? else { return Ok(None) };
        let read = match record.broken {
            Some(reason) => Err(reason),
            None => cells::read(&self.columns, &record.cells, &mut self.values_unknown).and_then(|mut row| {
                self.settler.settle(&mut row);
                Entry::new(&self.source, row, now_ms)
            }),
        };
        Ok(Some(read.map_err(|reason| {
            let content = match &self.rows {
                Rows::Csv { .. } => Content::Cells(record.cells),
                Rows::Ndjson(objects) => Content::Line(objects.last().into_owned()),
            };
            Rejected { row: record.row, reason, content }
        })))
    }
}

/// A file whose first letter opens an object holds objects; all else is CSV.
fn format(text: &mut Plain) -> Result<Format> {
    let beginning = text.fill_buf().map_err(|error| unreadable(&error))?;
    match beginning.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => Ok(Format::Ndjson),
        Some(b'[') => Err(Error::validation(
            "file",
            "The file is one JSON array. Write one object a line, for example with: jq -c '.[]'.",
        )),
        _ => Ok(Format::Csv),
    }
}

/// Imports what `importer` reads into `target`, and writes refused rows to `rejects` as they come. Reading runs on a
/// thread of its own, ahead of the database.
///
/// # Errors
/// The file can't be read to its end, or the database fails; what was saved until then stays.
pub async fn run<W>(
    target: &Target,
    clock: Arc<dyn Clock>,
    importer: Importer,
    rejects: Option<W>,
    mut progress: impl FnMut(Progress),
) -> Result<Report>
where
    W: Write + Send + 'static,
{
    let mut loader = Loader::new(target, Arc::clone(&clock), &importer.source).await?;
    let (portions, mut waiting) = mpsc::channel(PORTIONS_AHEAD);
    let (end, ended) = oneshot::channel();
    // A thread that nobody waits for: standard input may never end.
    let reading = move || {
        // Nobody waits for the end when the database failed before.
        let _ = end.send(read_all(importer, rejects, clock.as_ref(), &portions));
    };
    std::thread::Builder::new().name("lexi-reader".into()).spawn(reading).map_err(Error::internal)?;
    while let Some(portion) = gathered(&mut waiting).await {
        loader.save(portion.entries).await?;
        progress(portion.progress);
    }
    let read = ended.await.map_err(Error::internal)??;
    let saved = loader.saved;
    Ok(Report {
        rows: read.rows,
        added: saved.added,
        updated: saved.updated,
        unchanged: saved.unchanged,
        rejected: read.rejected,
        dry_run: target.is_rehearsal(),
        format: read.importer.format(),
        compression: read.importer.compression,
        encoding: read.importer.encoding(),
        columns_unseen: match &read.importer.rows {
            Rows::Csv { .. } => Vec::new(),
            Rows::Ndjson(objects) => objects.unseen(),
        },
        columns: read.importer.columns.used,
        columns_unused: read.importer.columns.unused,
        values_unknown: read.importer.values_unknown,
    })
}

/// What the reading side of an import knows at its end.
struct WhatWasRead {
    rows: u64,
    rejected: u64,
    importer: Importer,
}

/// Reads the whole file and hands it on in portions; stops early when nobody takes them any more. What was read before
/// a failure is handed on too.
fn read_all<W: Write>(
    mut importer: Importer,
    rejects: Option<W>,
    clock: &dyn Clock,
    portions: &mpsc::Sender<Portion<Progress>>,
) -> Result<WhatWasRead> {
    let mut rejects = rejects.map(|out| Rejects::open(out, &importer)).transpose()?;
    let (mut rows, mut rejected) = (0, 0);
    loop {
        let now_ms = clock.now_ms();
        let mut entries = Vec::with_capacity(PORTION);
        let mut ended = Ok(false);
        for _ in 0..PORTION {
            match importer.next(now_ms) {
                Ok(Some(Ok(entry))) => entries.push(entry),
                Ok(Some(Err(refused))) => {
                    rejected += 1;
                    if let Some(rejects) = &mut rejects {
                        rejects.write(&refused)?;
                    }
                }
                Ok(None) => ended = Ok(true),
                Err(failure) => ended = Err(failure),
            }
            if !matches!(ended, Ok(false)) {
                break;
            }
            rows += 1;
        }
        // On its way before the rows around it are in the database: a kill loses nothing that was refused.
        if let Some(rejects) = &mut rejects {
            rejects.flush()?;
        }
        let progress = Progress { bytes: importer.bytes.load(Ordering::Relaxed), rows };
        let gone = portions.blocking_send(Portion { entries, progress }).is_err();
        // A receiver that is gone has its own failure to report.
        if ended? || gone {
            return Ok(WhatWasRead { rows, rejected, importer });
        }
    }
}

/// The rejects file, always UTF-8. Of CSV: `row`, `reason`, then the columns as they came, with commas. Of objects: the
/// objects as they came, with `row` and `reason` in front.
enum Rejects<W: Write> {
    Csv {
        out: Box<csv::Writer<W>>,
        /// Columns at the front of the input that an earlier rejects file had added.
        added: usize,
    },
    Ndjson(std::io::BufWriter<W>),
}

impl<W: Write> Rejects<W> {
    fn open(out: W, importer: &Importer) -> Result<Rejects<W>> {
        let Rows::Csv { header, .. } = &importer.rows else {
            return Ok(Rejects::Ndjson(std::io::BufWriter::new(out)));
        };
        let added = importer.columns.added;
        let mut out = Box::new(csv::WriterBuilder::new().flexible(true).from_writer(out));
        let header = ["row", "reason"].into_iter().chain(header[added..].iter().map(String::as_str));
        out.write_record(header).map_err(|error| unwritable(&error))?;
        Ok(Rejects::Csv { out, added })
    }

    fn write(&mut self, refused: &Rejected) -> Result<()> {
        match (self, &refused.content) {
            (Rejects::Csv { out, added }, Content::Cells(cells)) => {
                let row = refused.row.to_string();
                let cells = cells.iter().skip(*added).map(String::as_str);
                let record = [row.as_str(), refused.reason.as_str()].into_iter().chain(cells);
                out.write_record(record).map_err(|error| unwritable(&error))
            }
            (Rejects::Ndjson(out), Content::Line(line)) => {
                let line = ndjson::rejected(refused.row, &refused.reason, line);
                writeln!(out, "{line}").map_err(|error| unwritable(&error))
            }
            _ => Err(Error::internal("a row and its rejects file are of two formats")),
        }
    }

    fn flush(&mut self) -> Result<()> {
        let flushed = match self {
            Rejects::Csv { out, .. } => out.flush(),
            Rejects::Ndjson(out) => out.flush(),
        };
        flushed.map_err(|error| unwritable(&error))
    }
}

/// Counts the bytes that were read.
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

fn unwritable(error: &dyn std::fmt::Display) -> Error {
    Error::validation("rejects", format!("The rejects file can't be written: {error}."))
}
