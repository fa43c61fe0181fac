//! The records of a CSV file, one at a time and in constant memory, so that one broken row never costs its neighbours.
//!
//! A quote that is opened and never closed would make a plain CSV reader swallow the rows behind it. Here a record may
//! span lines only when the whole is well formed and has as many columns as the header; otherwise its first line alone
//! is broken, and reading goes on with the next line.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use super::encoding::{Text, western};

/// Longest line that is read; the rest of a longer one is passed over and the row rejected.
const LINE_BYTES_MAX: usize = 64 * 1_024;
/// Most lines one record may span.
const LINES_MAX: usize = 50;

/// A row as it came, or why it can't be read with what it seems to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// 1 for the first row after the header.
    pub(super) row: u64,
    /// The cells, by column; of a broken row as they seem to be.
    pub(super) cells: Vec<String>,
    /// What is wrong with the row as a row of its format, if anything.
    pub(super) broken: Option<String>,
}

/// Reads a file record by record.
pub(super) struct Records<R> {
    file: Text<R>,
    /// Lines read ahead and not used, because the record they might have belonged to was broken.
    ahead: VecDeque<Line>,
    delimiter: u8,
    columns: usize,
    row: u64,
}

/// A line without its end.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// What it holds, cut when it is too long.
    pub(super) bytes: Vec<u8>,
    /// Whether it was cut.
    pub(super) too_long: bool,
}

/// How a piece of text reads as one record.
enum Reading {
    Whole(Vec<Vec<u8>>),
    /// A quote is still open at the end.
    Open,
    /// Something stands between a closing quote and the next delimiter.
    AfterQuote,
}

impl<R: Read> Records<R> {
    /// Reads the header; what follows are the rows.
    ///
    /// The delimiter is the one of comma, semicolon and tab that is most frequent in the header. An empty file has no
    /// header: its first part is empty.
    pub(super) fn open(file: Text<R>) -> io::Result<(Vec<String>, Records<R>)> {
        let mut records = Records { file, ahead: VecDeque::new(), delimiter: b',', columns: 0, row: 0 };
        let Some(first) = records.line()? else { return Ok((Vec::new(), records)) };
        records.delimiter = delimiter(&first.bytes);
        records.ahead.push_front(first);
        let header = records.next()?.map(|header| header.cells).unwrap_or_default();
        let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        records.columns = header.len();
        records.row = 0;
        Ok((header, records))
    }

    /// The file, for what is known of it.
    pub(super) fn text(&self) -> &Text<R> {
        &self.file
    }

    /// The next record; `None` at the end of the file. Blank lines are no rows.
    pub(super) fn next(&mut self) -> io::Result<Option<Record>> {
        let Some(first) = self.line()? else { return Ok(None) };
        self.row += 1;
        if first.too_long {
            let reason = format!("The row is longer than {LINE_BYTES_MAX} bytes.");
            return Ok(Some(self.broken(&first.bytes, reason)));
        }
        let reason = match read(&first.bytes, self.delimiter) {
            Reading::Whole(cells) => return Ok(Some(self.record(cells))),
            Reading::AfterQuote => "A quote is closed in the middle of a cell. Write quotes inside a cell twice.",
            Reading::Open => match self.spanning(&first.bytes)? {
                Some(cells) => return Ok(Some(self.record(cells))),
                None => "A quote is opened and never closed.",
            },
        };
        Ok(Some(self.broken(&first.bytes, reason.into())))
    }

    /// The record that begins with `first` and spans several lines; nothing when they don't make a well-formed one,
    /// and then those lines are read again as records of their own.
    fn spanning(&mut self, first: &[u8]) -> io::Result<Option<Vec<Vec<u8>>>> {
        let mut text = first.to_vec();
        let mut taken: Vec<Line> = Vec::new();
        let mut whole = None;
        while taken.len() + 1 < LINES_MAX && text.len() < LINE_BYTES_MAX {
            let Some(line) = self.raw_line()? else { break };
            text.push(b'\n');
            text.extend_from_slice(&line.bytes);
            let too_long = line.too_long;
            taken.push(line);
            if too_long {
                break;
            }
            match read(&text, self.delimiter) {
                Reading::Open => {}
                Reading::AfterQuote => break,
                Reading::Whole(cells) => {
                    whole = (self.columns == 0 || cells.len() == self.columns).then_some(cells);
                    break;
                }
            }
        }
        if whole.is_none() {
            for line in taken.into_iter().rev() {
                self.ahead.push_front(line);
            }
        }
        Ok(whole)
    }

    /// A well-formed record; its cells may still be no text, or too few or too many.
    fn record(&self, cells: Vec<Vec<u8>>) -> Record {
        let mut spoilt = None;
        let mut texts: Vec<String> = Vec::with_capacity(cells.len());
        for cell in cells {
            texts.push(String::from_utf8(cell).unwrap_or_else(|error| match self.file.letters(error.as_bytes()) {
                Some(text) => text.into_owned(),
                None => {
                    spoilt.get_or_insert(texts.len() + 1);
                    western(error.as_bytes()).into_owned()
                }
            }));
        }
        let surplus_is_blank = texts.iter().skip(self.columns).all(|cell| cell.trim().is_empty());
        let broken = if let Some(column) = spoilt {
            Some(format!("Column {column} holds bytes that are not UTF-8 (they are shown as Windows-1252)."))
        } else if texts.len() < self.columns || !surplus_is_blank && self.columns > 0 {
            let columns = if texts.len() == 1 { "column" } else { "columns" };
            Some(format!("The row has {} {columns}, the header has {}.", texts.len(), self.columns))
        } else {
            None
        };
        if broken.is_none() && self.columns > 0 {
            texts.truncate(self.columns);
        }
        Record { row: self.row, cells: texts, broken }
    }

    /// A line that can't be read as a record, cut at its delimiters so that it can be shown and repaired.
    fn broken(&self, line: &[u8], reason: String) -> Record {
        let cells = line.split(|byte| *byte == self.delimiter);
        let cells = cells.map(|cell| match std::str::from_utf8(cell) {
            Ok(text) => text.to_owned(),
            Err(_) => western(cell).into_owned(),
        });
        Record { row: self.row, cells: cells.collect(), broken: Some(reason) }
    }

    /// The next line that is not blank.
    fn line(&mut self) -> io::Result<Option<Line>> {
        loop {
            match self.raw_line()? {
                Some(line)
                    if line.bytes.iter().all(u8::is_ascii_whitespace) && !line.bytes.contains(&self.delimiter) => {}
                line => return Ok(line),
            }
        }
    }

    fn raw_line(&mut self) -> io::Result<Option<Line>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => read_line(&mut self.file, LINE_BYTES_MAX),
        }
    }
}

/// One line without its end, which is LF, CR LF or a single CR; what goes beyond `most` bytes is passed over.
pub(super) fn read_line(file: &mut impl BufRead, most: usize) -> io::Result<Option<Line>> {
    let mut line = Line { bytes: Vec::new(), too_long: false };
    let mut began = false;
    loop {
        let buffer = file.fill_buf()?;
        if buffer.is_empty() {
            return Ok(began.then_some(line));
        }
        began = true;
        let end = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let taken = end.unwrap_or(buffer.len());
        let room = most - line.bytes.len();
        line.bytes.extend_from_slice(&buffer[..taken.min(room)]);
        line.too_long |= taken > room;
        match end {
            None => file.consume(taken),
            Some(_) => {
                let carriage_return = buffer[taken] == b'\r';
                file.consume(taken + 1);
                if carriage_return && file.fill_buf()?.first() == Some(&b'\n') {
                    file.consume(1);
                }
                return Ok(Some(line));
            }
        }
    }
}

/// The cells of `text`, strictly: a cell that begins with a quote ends with one.
fn read(text: &[u8], delimiter: u8) -> Reading {
    let mut cells = Vec::new();
    let mut rest = text;
    loop {
        let (cell, after) = match rest.first() {
            Some(b'"') => match quoted(&rest[1..]) {
                Some(found) => found,
                None => return Reading::Open,
            },
            _ => {
                let end = rest.iter().position(|byte| *byte == delimiter).unwrap_or(rest.len());
                (rest[..end].to_vec(), &rest[end..])
            }
        };
        cells.push(cell);
        match after.split_first() {
            None => return Reading::Whole(cells),
            Some((byte, next)) if *byte == delimiter => rest = next,
            Some(_) => return Reading::AfterQuote,
        }
    }
}

/// A quoted cell and what follows its closing quote; `None` when it is not closed.
fn quoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut cell = Vec::new();
    let mut at = 0;
    loop {
        let quote = at + text[at..].iter().position(|byte| *byte == b'"')?;
        cell.extend_from_slice(&text[at..quote]);
        if text.get(quote + 1) != Some(&b'"') {
            return Some((cell, &text[quote + 1..]));
        }
        cell.push(b'"');
        at = quote + 2;
    }
}

fn delimiter(header: &[u8]) -> u8 {
    let count = |delimiter: u8| header.iter().filter(|byte| **byte == delimiter).count();
    let mut best = b',';
    for other in [b';', b'\t'] {
        if count(other) > count(best) {
            best = other;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8]) -> (Vec<String>, Vec<Record>) {
        let (header, mut records) = Records::open(Text::open(text)).expect("memory can be read");
        let mut found = Vec::new();
        while let Some(record) = records.next().expect("memory can be read") {
            found.push(record);
        }
        (header, found)
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        let (_, records) = all(text.as_bytes());
        assert!(records.iter().all(|record| record.broken.is_none()), "{records:?}");
        records.into_iter().map(|record| record.cells).collect()
    }

    #[test]
    fn quotes_delimiters_and_line_ends_are_read_as_spreadsheets_write_them() {
        assert_eq!(cells("a,b\n1,\"x, \"\"y\"\"\"\n"), [["1", "x, \"y\""]]);
        assert_eq!(cells("a;b\r\n1;2,5\r\n"), [["1", "2,5"]]);
        assert_eq!(cells("a\tb\r1\t2\r"), [["1", "2"]]);
        assert_eq!(cells("a,b\n\"two\nlines\",2\n\n3,4"), [["two\nlines", "2"], ["3", "4"]]);
        assert_eq!(cells("a,b\nAnn \"Annie\" Lee,2\n"), [["Ann \"Annie\" Lee", "2"]]);
        assert_eq!(cells("a,b\n1,2,,\n"), [["1", "2"]]);
    }

    #[test]
    fn an_open_quote_costs_its_own_line_only() {
        let text = "name,title\nAnn,\"CEO\nBob,\"Partner, Tax\"\nCy,\"\nDee,\"Of\nCounsel\"\nEve,CFO\n";
        let (_, records) = all(text.as_bytes());
        let seen: Vec<(u64, &str, bool)> =
            records.iter().map(|record| (record.row, record.cells[0].as_str(), record.broken.is_some())).collect();
        let expected = [(1, "Ann", true), (2, "Bob", false), (3, "Cy", true), (4, "Dee", false), (5, "Eve", false)];
        assert_eq!(seen, expected);
        assert_eq!(records[0].cells, ["Ann", "\"CEO"]);
        assert_eq!(records[3].cells[1], "Of\nCounsel");
    }

    #[test]
    fn rows_of_another_width_and_other_letters_are_broken_with_a_reason() {
        let (_, records) = all(b"a,b\n1\n1,2,3\n\"x\"y,2\nJos\xe9,2\nok\xc3\xa9,2\n");
        let reasons: Vec<&str> = records.iter().map(|record| record.broken.as_deref().unwrap_or("")).collect();
        assert!(reasons[0].contains("has 1 column,"), "{reasons:?}");
        assert!(reasons[1].contains("has 3 columns"), "{reasons:?}");
        assert!(reasons[2].contains("quote"), "{reasons:?}");
        assert!(reasons[3].contains("Column 1"), "{reasons:?}");
        assert_eq!(records[3].cells[0], "José");
        assert_eq!(reasons[4], "");
    }

    #[test]
    fn a_line_without_end_takes_little_memory_and_its_neighbours_stay() {
        let text = format!("a,b\n{},2\nok,2\n", "x".repeat(3 * LINE_BYTES_MAX));
        let (_, records) = all(text.as_bytes());
        assert!(records[0].broken.as_deref().is_some_and(|reason| reason.contains("longer")));
        assert_eq!(records[0].cells.concat().len(), LINE_BYTES_MAX);
        assert_eq!(records[1].cells, ["ok", "2"]);
    }

    #[test]
    fn an_empty_file_has_no_header_and_no_rows() {
        assert_eq!(all(b""), (vec![], vec![]));
        assert_eq!(all(b"\n\n"), (vec![], vec![]));
    }
}
