//! Suppression files: CSV with the columns `kind`, `value` and `reason`, or a plain list of one address or domain a
//! line. Each row is held to the same bounds and errors as a request; what can't be used is handed back as it came.
//!
//! Protects the rule that nothing that was to be kept out is lost silently: every row is added, known or rejected with
//! its reason. An export is such a file, and comes back unchanged.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::io::{self, Cursor, Read};
use std::rc::Rc;

use encoding_rs::WINDOWS_1252;
use serde_json::json;
use uuid::Uuid;

use super::{Kind, New, NewSuppression, Suppression, store};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{self, Actor, Event};
use crate::{formula, ids};

/// The columns of an export, in their order.
pub const COLUMNS: [&str; 3] = ["kind", "value", "reason"];
/// The columns that stand before a rejected row in a rejects file. `reason` is taken: it says why somebody is
/// suppressed.
pub const OF_REJECTS: [&str; 2] = ["row", "problem"];
/// Rows added in one transaction: with their events they are the 500 rows that a transaction may change.
pub const PORTION: usize = 250;
/// Rows of an export read at a time.
pub const EXPORT_PORTION: u32 = 500;
/// Bytes of a row. Values and reasons are far shorter; without an end a quote left open would swallow the file.
const ROW_BYTES_MAX: u64 = 256 << 10;
/// Bytes in which the first line must end.
const FIRST_LINE_MAX: usize = 64 << 10;
/// What may stand between columns.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Kind,
    /// An address, domain or prospect's id: of the kind the row names, else of the one it looks like.
    Value,
    Email,
    Domain,
    Prospect,
    Reason,
    /// Of an earlier rejects file; passed over.
    OfRejects,
    Unused,
}

impl Column {
    /// By the header, in whatever case and with blanks, hyphens or underscores.
    fn named(header: &str) -> Column {
        let key: String = header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        match key.as_str() {
            "kind" | "type" => Column::Kind,
            "value" | "suppression" | "suppressed" => Column::Value,
            "email" | "emailaddress" | "mail" | "address" => Column::Email,
            "domain" | "website" => Column::Domain,
            "prospectid" | "prospect" => Column::Prospect,
            "reason" | "why" | "note" => Column::Reason,
            "row" | "problem" => Column::OfRejects,
            _ => Column::Unused,
        }
    }

    fn says_who(self) -> bool {
        matches!(self, Column::Value | Column::Email | Column::Domain | Column::Prospect)
    }
}

/// A row that can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// 1 for the first row after the header; in a plain list for the first line.
    pub row: u64,
    /// A sentence.
    pub problem: String,
    /// The cells as they came, without those of an earlier rejects file.
    pub cells: Vec<String>,
}

/// A row that can be used, with what a rejects file needs should the database refuse it.
#[derive(Debug, Clone)]
pub struct Row {
    /// As [`Rejected::row`].
    pub row: u64,
    /// What is to be suppressed.
    pub new: New,
    /// As [`Rejected::cells`].
    pub cells: Vec<String>,
}

/// A suppression file, read row by row in constant memory.
pub struct File<R: Read> {
    csv: csv::Reader<Bounded<io::Chain<Cursor<Vec<u8>>, R>>>,
    record: csv::ByteRecord,
    since: Rc<Cell<u64>>,
    columns: Vec<Column>,
    header: Vec<String>,
    reason: Option<String>,
    /// Whether the file names no columns.
    is_list: bool,
    row: u64,
}

impl<R: Read> File<R> {
    /// Reads the first line. `reason` is that of rows that name none.
    ///
    /// # Errors
    /// The file can't be read, is empty, is not UTF-8 or the like, or its first line names some columns but none that
    /// says who is suppressed; or no row could have a reason.
    pub fn open(mut file: R, reason: Option<&str>) -> Result<File<R>> {
        let start = first_line(&mut file)?;
        if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
            return Err(refused("The file is UTF-16. Save it as UTF-8 and import it again."));
        }
        if start.iter().all(u8::is_ascii_whitespace) {
            return Err(refused("The file is empty."));
        }
        let (separator, header) = header(&start);
        let columns: Vec<Column> = header.iter().map(|name| Column::named(name)).collect();
        let is_list = columns.iter().all(|column| *column == Column::Unused);
        if is_list && header.len() > 1 {
            return Err(refused(
                "The first line names no column. Name them kind, value and reason, or give one address or domain a line.",
            ));
        }
        if !is_list {
            check_columns(&columns)?;
        }
        if reason.is_none() && !columns.contains(&Column::Reason) {
            return Err(Error::validation("reason", "The file has no column reason. Give the reason with --reason."));
        }
        let since = Rc::new(Cell::new(0));
        let bounded = Bounded { file: Cursor::new(start).chain(file), since: Rc::clone(&since) };
        let csv = csv::ReaderBuilder::new()
            .has_headers(!is_list)
            .flexible(true)
            .delimiter(separator)
            .buffer_capacity(64 << 10)
            .from_reader(bounded);
        let (columns, header) =
            if is_list { (vec![Column::Value], vec![COLUMNS[1].to_owned()]) } else { (columns, header) };
        let reason = reason.map(str::to_owned);
        Ok(File { csv, record: csv::ByteRecord::new(), since, columns, header, reason, is_list, row: 0 })
    }

    /// The header of a rejects file of this file.
    pub fn rejects_header(&self) -> Vec<String> {
        let own = self.header.iter().zip(&self.columns).filter(|(_, column)| **column != Column::OfRejects);
        OF_REJECTS.iter().map(|name| (*name).to_owned()).chain(own.map(|(name, _)| name.clone())).collect()
    }

    /// Columns that say nothing about a suppression.
    pub fn columns_unused(&self) -> Vec<String> {
        let unused = self.header.iter().zip(&self.columns).filter(|(_, column)| **column == Column::Unused);
        unused.map(|(name, _)| name.clone()).collect()
    }

    /// The next row; nothing at the end. Lines without anything are passed over.
    pub fn next_row(&mut self) -> Result<Option<std::result::Result<Row, Rejected>>> {
        loop {
            self.since.set(0);
            match self.csv.read_byte_record(&mut self.record) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) => return Err(refused(format!("The file can't be read behind row {}: {error}.", self.row))),
            }
            let line = self.record.position().filter(|_| self.is_list).map(csv::Position::line);
            self.row = line.unwrap_or(self.row + 1);
            let cells: Vec<String> = self.record.iter().map(|cell| text(cell).trim().to_owned()).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                return Ok(Some(self.read(cells)));
            }
        }
    }

    fn read(&self, cells: Vec<String>) -> std::result::Result<Row, Rejected> {
        let read = if cells.len() > self.columns.len() && !cells[self.columns.len()..].iter().all(String::is_empty) {
            Err(format!("The row has {} cells, but there are {} columns.", cells.len(), self.columns.len()))
        } else {
            self.suppression(&cells).and_then(|new| new.check().map_err(|error| error.to_string()))
        };
        let of_rejects = |n: usize| self.columns.get(n) == Some(&Column::OfRejects);
        let cells = cells.into_iter().enumerate().filter(|(n, _)| !of_rejects(*n)).map(|(_, cell)| cell).collect();
        match read {
            Ok(new) => Ok(Row { row: self.row, new, cells }),
            Err(problem) => Err(Rejected { row: self.row, problem, cells }),
        }
    }

    /// The row as a request would say it.
    fn suppression(&self, cells: &[String]) -> std::result::Result<NewSuppression, String> {
        let cell = |wanted: Column| {
            let n = self.columns.iter().position(|column| *column == wanted)?;
            cells.get(n).map(|cell| formula::restored(cell)).filter(|cell| !cell.is_empty())
        };
        let kind = cell(Column::Kind).map(|kind| Kind::parse(&kind.to_lowercase()).map_err(|error| error.to_string()));
        let kind = kind.transpose()?;
        let (mut email, mut domain, mut prospect_id) =
            (cell(Column::Email), cell(Column::Domain), cell(Column::Prospect));
        if let Some(value) = cell(Column::Value) {
            match kind.unwrap_or_else(|| looks_like(value)) {
                Kind::Email => email = email.or(Some(value)),
                Kind::Domain => domain = domain.or(Some(value)),
                Kind::Prospect => prospect_id = prospect_id.or(Some(value)),
            }
        }
        let own = |text: Option<&str>| text.map(str::to_owned);
        let reason = cell(Column::Reason).map(str::to_owned).or_else(|| self.reason.clone());
        Ok(NewSuppression { email: own(email), domain: own(domain), prospect_id: own(prospect_id), reason })
    }
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// It is suppressed from now on.
    Added,
    /// It was suppressed before, or stands in the file twice; the earlier reason stays.
    Known,
    /// There is no such prospect.
    Refused(String),
}

/// Adds up to [`PORTION`] rows of a workspace, each with its event; what became of each, in order.
pub fn add(tx: &mut Tx, workspace_id: Uuid, actor: &Actor, rows: &[New], now_ms: i64) -> Result<Vec<Became>> {
    let named = rows.iter().filter(|new| new.kind == Kind::Prospect).map(|new| new.value.clone());
    let prospects = store::existing_prospects(tx, &named.collect::<Vec<_>>())?;
    let usable = |new: &New| new.kind != Kind::Prospect || prospects.contains(&new.value);
    let numbered: Vec<(Uuid, &New)> = rows.iter().map(|new| (ids::new(now_ms), new)).collect();
    let wanted: Vec<(Uuid, &New)> = numbered.iter().filter(|(_, new)| usable(new)).copied().collect();
    let added: HashSet<Uuid> = store::insert_many(tx, workspace_id, &wanted, now_ms)?.into_iter().collect();
    for (id, new) in numbered.iter().filter(|(id, _)| added.contains(id)) {
        let event = Event::of(workspace_id, actor.clone(), "suppression.created", *id, now_ms);
        events::record(tx, event.with(json!({ "kind": new.kind.as_str() })));
    }
    let became = |(id, new): &(Uuid, &New)| {
        if added.contains(id) {
            Became::Added
        } else if usable(new) {
            Became::Known
        } else {
            Became::Refused(format!("There is no prospect {}.", new.value))
        }
    };
    Ok(numbered.iter().map(became).collect())
}

/// Where an export goes on: behind this suppression.
#[derive(Debug, Clone, Copy)]
pub struct After {
    created_at_ms: i64,
    id: Uuid,
}

impl After {
    /// Before the first one.
    pub const START: After = After { created_at_ms: i64::MIN, id: Uuid::nil() };
}

/// The next suppressions of a workspace, oldest first, and where to go on; nothing further when there are none.
pub fn export(tx: &mut Tx, workspace_id: Uuid, kind: Option<Kind>, after: After) -> Result<Option<(Vec<u8>, After)>> {
    let found = store::after(tx, workspace_id, kind, (after.created_at_ms, after.id), EXPORT_PORTION)?;
    let Some((last_ms, last)) = found.last() else { return Ok(None) };
    let after = After { created_at_ms: *last_ms, id: last.id };
    let mut out = csv::Writer::from_writer(Vec::new());
    for (_, Suppression { kind, value, reason, .. }) in &found {
        let record = [kind.as_str().into(), formula::defused(value), formula::defused(reason)];
        out.write_record(record.iter().map(|cell: &Cow<'_, str>| cell.as_bytes())).map_err(Error::internal)?;
    }
    Ok(Some((out.into_inner().map_err(Error::internal)?, after)))
}

/// What a value without a kind is: an id is a prospect's, something before an `@` makes an address, else it is a domain.
fn looks_like(value: &str) -> Kind {
    if Uuid::try_parse(value).is_ok() {
        return Kind::Prospect;
    }
    match value.split_once('@') {
        Some((local, _)) if !local.trim().is_empty() => Kind::Email,
        _ => Kind::Domain,
    }
}

/// Each column once, and one that says who.
fn check_columns(columns: &[Column]) -> Result<()> {
    let once = |wanted: Column| columns.iter().filter(|column| **column == wanted).count() <= 1;
    if !columns.iter().any(|column| column.says_who()) {
        return Err(refused("No column says who is suppressed. Name it value, email, domain or prospect_id."));
    }
    let known = [Column::Kind, Column::Value, Column::Email, Column::Domain, Column::Prospect, Column::Reason];
    if !known.into_iter().all(once) {
        return Err(refused("Two columns of the file mean the same. Leave one of them out."));
    }
    Ok(())
}

/// The file, without a byte-order mark, up to the end of its first line that holds something.
fn first_line(file: &mut impl Read) -> Result<Vec<u8>> {
    let mut start = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        if let Some(rest) = start.strip_prefix(b"\xef\xbb\xbf".as_slice()) {
            start = rest.to_vec();
        }
        if without_empty_lines(&start).contains(&b'\n') {
            return Ok(start);
        }
        if start.len() > FIRST_LINE_MAX {
            return Err(refused(format!("The first line does not end within {} KiB.", FIRST_LINE_MAX >> 10)));
        }
        match file.read(&mut buffer) {
            Ok(0) => return Ok(start),
            Ok(read) => start.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(refused(format!("The file can't be read: {error}."))),
        }
    }
}

fn without_empty_lines(start: &[u8]) -> &[u8] {
    let empty = start.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    &start[empty..]
}

/// The separator that makes most known columns of the first line, and the names it makes.
fn header(start: &[u8]) -> (u8, Vec<String>) {
    let line = without_empty_lines(start).split(|byte| *byte == b'\n').next().unwrap_or_default();
    let read = |separator: u8| -> Vec<String> {
        let mut csv = csv::ReaderBuilder::new().has_headers(false).delimiter(separator).from_reader(line);
        let mut record = csv::ByteRecord::new();
        let _ = csv.read_byte_record(&mut record);
        record.iter().map(|name| text(name).trim().to_owned()).collect()
    };
    let known = |header: &[String]| header.iter().filter(|name| Column::named(name) != Column::Unused).count();
    let all = SEPARATORS.map(|separator| (separator, read(separator)));
    // Among equals the first, the comma; a line that no separator makes known may still have several cells.
    let best = all.iter().map(|(_, header)| (known(header), header.len())).max().unwrap_or_default();
    let found = all.into_iter().find(|(_, header)| (known(header), header.len()) == best);
    found.unwrap_or((b',', Vec::new()))
}

/// Bytes as text: UTF-8, else Windows-1252, the encoding of older spreadsheets.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| WINDOWS_1252.decode_without_bom_handling(bytes).0, Cow::Borrowed)
}

fn refused(message: impl Into<String>) -> Error {
    let message = message.into();
    Error::validation("file", message)
}

/// A file in which no row may be longer than [`ROW_BYTES_MAX`]; `since` counts the bytes read since the last row.
struct Bounded<R> {
    file: R,
    since: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since.get() > ROW_BYTES_MAX {
            let kib = ROW_BYTES_MAX >> 10;
            return Err(io::Error::other(format!("a row is longer than {kib} KiB (is a quote left open?)")));
        }
        let read = self.file.read(buffer)?;
        self.since.set(self.since.get() + read as u64);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each row is read as: `kind value reason`, or why it can't be used.
    fn rows(file: &[u8], reason: Option<&str>) -> Result<Vec<std::result::Result<String, String>>> {
        let mut file = File::open(file, reason)?;
        let mut rows = Vec::new();
        while let Some(row) = file.next_row()? {
            let row = row.map(|Row { new, .. }| format!("{} {} {}", new.kind.as_str(), new.value, new.reason));
            rows.push(row.map_err(|rejected| format!("{}: {}", rejected.row, rejected.problem)));
        }
        Ok(rows)
    }

    fn read(file: &str, reason: Option<&str>) -> Vec<String> {
        let rows = rows(file.as_bytes(), reason).unwrap();
        rows.into_iter().map(|row| row.unwrap_or_else(|problem| problem)).collect()
    }

    #[test]
    fn a_list_of_addresses_and_domains_is_a_file() {
        let list = "\u{feff}Ann@Lee.example\r\n\r\n@enemy.example\nhttps://www.rival.example/\nnobody\n";
        let expected = [
            "email ann@lee.example asked",
            "domain enemy.example asked",
            "domain rival.example asked",
            "5: domain must be a domain such as example.com, got \"nobody\".",
        ];
        assert_eq!(read(list, Some("asked")), expected);
        let refused = rows(list.as_bytes(), None).unwrap_err().to_string();
        assert!(refused.contains("--reason"), "{refused}");
    }

    #[test]
    fn columns_are_found_by_name_whatever_stands_between_them() {
        let expected = ["email a@b.example Asked; by phone", "domain b.example asked"];
        for file in [
            "kind,value,reason\nemail,A@b.example,Asked; by phone\n,b.example,\n",
            "Kind;Value;Reason\nEMAIL;A@b.example;\"Asked; by phone\"\ndomain;b.example;\n",
            "Note\tE-Mail\tDomain\tShoe size\nAsked; by phone\ta@b.example\t\t40\n\t\tb.example\t\n",
        ] {
            assert_eq!(read(file, Some("asked")), expected, "{file}");
        }
        assert_eq!(read("value\nb.example\n", Some("asked")), ["domain b.example asked"]);
    }

    #[test]
    fn what_can_not_be_used_is_said_row_by_row() {
        let file =
            "kind,value,reason\nphone,+1,x\nemail,b.example,x\n,,x\nemail,a@b.example,\nemail,a@b.example,x,more\n";
        let expected = [
            "1: kind must be email, domain or prospect.",
            "2: email must be an e-mail address such as name@example.com, got \"b.example\".",
            "3: Give exactly one of email, domain and prospect_id.",
            "4: reason is required.",
            "5: The row has 4 cells, but there are 3 columns.",
        ];
        assert_eq!(read(file, None), expected);
        let both = "email,domain,reason\na@b.example,b.example,x\n";
        assert_eq!(read(both, None), ["1: Give exactly one of email, domain and prospect_id."]);
    }

    #[test]
    fn a_file_that_can_not_be_read_at_all_is_refused() {
        for (file, why) in [
            (&b""[..], "empty"),
            (b" \n\n", "empty"),
            (b"\xff\xfea\0", "UTF-16"),
            (b"a@b.example,asked\n", "names no column"),
            (b"kind,reason\nemail,x\n", "says who"),
            (b"email,mail,reason\n", "mean the same"),
        ] {
            let refused = rows(file, Some("x")).unwrap_err().to_string();
            assert!(refused.contains(why), "{refused}");
        }
        let open = format!("value,reason\na@b.example,\"{}", "x\n".repeat(1 << 20));
        let refused = rows(open.as_bytes(), None).unwrap_err().to_string();
        assert!(refused.contains("quote left open"), "{refused}");
        let long = format!("value,{}\n", "x".repeat(2 * FIRST_LINE_MAX));
        assert!(rows(long.as_bytes(), Some("x")).unwrap_err().to_string().contains("first line"));
    }

    #[test]
    fn older_spreadsheets_letters_are_read() {
        assert_eq!(rows(b"value,reason\nb.example,M\xfcller\n", None).unwrap(), [Ok("domain b.example Müller".into())]);
    }

    #[test]
    fn a_rejects_file_is_read_like_the_file_it_came_from() {
        let file = File::open(&b"row,problem,kind,value,reason\n"[..], None).unwrap();
        assert_eq!(file.rejects_header(), ["row", "problem", "kind", "value", "reason"]);
        let list = File::open(&b"nobody\n"[..], Some("x")).unwrap();
        assert_eq!(list.rejects_header(), ["row", "problem", "value"]);
        let repaired = "row,problem,value\n5,domain must be …,b.example\n";
        assert_eq!(read(repaired, Some("x")), ["domain b.example x"]);
    }

    #[test]
    fn a_cell_that_an_export_has_defused_is_what_it_was() {
        assert_eq!(read("value,reason\n'+tag@b.example,'=1+1\n", None), ["email +tag@b.example =1+1"]);
    }
}
