//! The records of a file of JSON objects, one a line, in constant memory: a line that is broken costs itself alone.
//!
//! Keys are columns, those of objects inside objects by their path (`company.city`). Exporters leave out what they don't
//! know, so that a key may come first in any record: the columns grow with them.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::io::{self, Read};

use serde_json::{Map, Value};

use super::columns::{self, Columns, Field, Mapping};
use super::encoding::{Text, western};
use super::records::{Line, Record, read_line};
use crate::error::{Error, Result, quoted};

/// Longest line that is read; the rest of a longer one is passed over and the row rejected.
const LINE_BYTES_MAX: usize = 256 * 1_024;
/// Rows looked at before the work starts, to tell which keys there are; at most so many bytes of them.
const SAMPLE_ROWS: usize = 1_000;
const SAMPLE_BYTES: usize = 1_024 * 1_024;
/// How deep objects may stand inside objects; what is deeper is passed over.
const DEPTH_MAX: usize = 4;
/// Most keys of a file, over all its rows; a row that brings more is rejected.
const KEYS_MAX: usize = 2_000;

/// Reads a file object by object.
pub(super) struct Objects<R> {
    file: Text<R>,
    /// Lines of the sample that are still to be read.
    ahead: VecDeque<Line>,
    /// Where the value of each key stands.
    positions: HashMap<String, usize>,
    map: Vec<Mapping>,
    row: u64,
    /// The line read last, for the rejects file.
    last: Vec<u8>,
}

impl<R: Read> Objects<R> {
    /// Looks at the first rows and matches their keys.
    ///
    /// # Errors
    /// The file can't be read, a mapping does not fit, or no key is known.
    pub(super) fn open(file: Text<R>, map: &[Mapping]) -> Result<(Columns, Objects<R>)> {
        let (ahead, positions) = (VecDeque::new(), HashMap::new());
        let mut objects = Objects { file, ahead, positions, map: map.to_vec(), row: 0, last: Vec::new() };
        let mut bytes = 0;
        while objects.ahead.len() < SAMPLE_ROWS && bytes < SAMPLE_BYTES {
            let Some(line) = objects.file_line().map_err(|error| super::input::unreadable(&error))? else { break };
            bytes += line.bytes.len();
            objects.ahead.push_back(line);
        }
        let mut keys: Vec<String> = Vec::new();
        for line in &objects.ahead {
            let Ok(object) = objects.object(line) else { continue };
            flatten(&object, &mut |key, _| {
                if keys.len() < KEYS_MAX && !objects.positions.contains_key(&key) {
                    objects.positions.insert(key.clone(), keys.len());
                    keys.push(key);
                }
            });
        }
        if keys.is_empty() {
            return Err(Error::validation("file", "No line of the file's beginning is a JSON object with keys."));
        }
        Ok((Columns::read_some(&keys, map)?, objects))
    }

    /// The file, for what is known of it.
    pub(super) fn text(&self) -> &Text<R> {
        &self.file
    }

    /// What `--map` said of keys that no record has had so far.
    pub(super) fn unseen(&self) -> Vec<String> {
        let seen = |mapping: &&Mapping| self.positions.keys().any(|key| columns::is_same(key, &mapping.column));
        let unseen = self.map.iter().filter(|mapping| !seen(mapping));
        unseen.map(|mapping| mapping.column.clone()).collect()
    }

    /// The text of the record read last.
    pub(super) fn last(&self) -> Cow<'_, str> {
        match std::str::from_utf8(&self.last) {
            Ok(text) => text.into(),
            Err(_) => western(&self.last),
        }
    }

    /// The next record; `None` at the end of the file. New keys become columns.
    pub(super) fn next(&mut self, columns: &mut Columns) -> io::Result<Option<Record>> {
        let line = match self.ahead.pop_front() {
            Some(line) => Some(line),
            None => self.file_line()?,
        };
        let Some(line) = line else { return Ok(None) };
        self.row += 1;
        let read = self.object(&line).and_then(|object| self.cells(&object, columns));
        self.last = line.bytes;
        let (cells, broken) = match read {
            Ok(cells) => (cells, None),
            Err(reason) => (Vec::new(), Some(reason)),
        };
        Ok(Some(Record { row: self.row, cells, broken }))
    }

    /// The next line that is not blank.
    fn file_line(&mut self) -> io::Result<Option<Line>> {
        loop {
            match read_line(&mut self.file, LINE_BYTES_MAX)? {
                Some(line) if line.bytes.iter().all(u8::is_ascii_whitespace) && !line.too_long => {}
                line => return Ok(line),
            }
        }
    }

    /// The object of a line, or why it is none.
    fn object(&self, line: &Line) -> std::result::Result<Map<String, Value>, String> {
        if line.too_long {
            return Err(format!("The row is longer than {LINE_BYTES_MAX} bytes."));
        }
        let parsed = match std::str::from_utf8(&line.bytes) {
            Ok(text) => serde_json::from_str(text),
            Err(_) => match self.file.letters(&line.bytes) {
                Some(text) => serde_json::from_str(&text),
                None => return Err("The row holds bytes that are not UTF-8 (they are shown as Windows-1252).".into()),
            },
        };
        match parsed {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err("The row is no JSON object. Write one object a line.".into()),
            // The position is the line's own, not the file's.
            Err(error) => Err(format!("The row is no JSON: column {} is wrong.", error.column())),
        }
    }

    /// The values of an object, by column.
    fn cells(
        &mut self,
        object: &Map<String, Value>,
        columns: &mut Columns,
    ) -> std::result::Result<Vec<String>, String> {
        let mut cells = vec![String::new(); self.positions.len()];
        let mut refused = None;
        flatten(object, &mut |key, value| {
            let position = match self.positions.get(&key) {
                Some(position) => *position,
                None if self.positions.len() == KEYS_MAX => {
                    refused.get_or_insert(format!("The file has more than {KEYS_MAX} different keys."));
                    return;
                }
                None => {
                    columns.grow(&key, &self.map);
                    self.positions.insert(key.clone(), cells.len());
                    cells.push(String::new());
                    cells.len() - 1
                }
            };
            let Some(field) = columns.fields[position] else { return };
            match cell(field, value) {
                Ok(text) => cells[position] = text,
                Err(what) => {
                    refused.get_or_insert(format!("{} holds {what}; one value is needed.", quoted(&key)));
                }
            }
        });
        refused.map_or(Ok(cells), Err)
    }
}

/// Hands on every value of an object with its path; `row` and `reason`, which a rejects file adds, are passed over.
fn flatten(object: &Map<String, Value>, take: &mut impl FnMut(String, &Value)) {
    let of_a_rejects_file =
        object.get("row").is_some_and(Value::is_u64) && object.get("reason").is_some_and(Value::is_string);
    for (key, value) in object {
        if !(of_a_rejects_file && matches!(key.as_str(), "row" | "reason")) {
            flatten_one(key.clone(), value, 1, take);
        }
    }
}

fn flatten_one(path: String, value: &Value, depth: usize, take: &mut impl FnMut(String, &Value)) {
    match value {
        Value::Object(inner) if depth < DEPTH_MAX => {
            for (key, value) in inner {
                flatten_one(format!("{path}.{key}"), value, depth + 1, take);
            }
        }
        value => take(path, value),
    }
}

/// A value as the text of a cell, or what it is instead of one.
fn cell(field: Field, value: &Value) -> std::result::Result<String, String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Object(_) => Err("an object".to_owned()),
        Value::Array(values) => {
            let known: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
            if known.iter().any(|value| value.is_array() || value.is_object()) {
                return Err("a list of lists or objects".to_owned());
            }
            match known.as_slice() {
                [] => Ok(String::new()),
                [one] => cell(field, one),
                several if field == Field::PracticeAreas => {
                    let areas =
                        several.iter().map(|area| cell(field, area)).collect::<std::result::Result<Vec<_>, _>>()?;
                    Ok(areas.join("|"))
                }
                several => Err(format!("{} values", several.len())),
            }
        }
    }
}

/// The line of a rejects file: the object as it came with `row` and `reason` in front, so that what is broken can be
/// repaired where it stands; what does not even begin as an object stands in `line`.
pub(super) fn rejected(row: u64, reason: &str, line: &str) -> String {
    let (reason, line) = (Value::from(reason), without_added(line.trim()));
    match line.strip_prefix('{').map(str::trim_start) {
        Some("}") => format!("{{\"row\":{row},\"reason\":{reason}}}"),
        Some(rest) => format!("{{\"row\":{row},\"reason\":{reason},{rest}"),
        None => format!("{{\"row\":{row},\"reason\":{reason},\"line\":{}}}", Value::from(line.as_ref())),
    }
}

/// A line without the `row` and `reason` that an earlier rejects file put in front.
fn without_added(line: &str) -> Cow<'_, str> {
    let rest = line.strip_prefix("{\"row\":").map(|rest| rest.trim_start_matches(|digit: char| digit.is_ascii_digit()));
    let Some(rest) = rest.and_then(|rest| rest.strip_prefix(",\"reason\":\"")) else { return line.into() };
    let mut escaped = false;
    let end = rest.find(|letter| {
        let ends = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        ends
    });
    match end.map(|end| &rest[end + 1..]) {
        Some(rest) if rest.starts_with(',') => format!("{{{}", &rest[1..]).into(),
        Some(rest) => format!("{{{rest}").into(),
        None => line.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8], map: &[&str]) -> (Columns, Vec<Record>) {
        let map: Vec<Mapping> = map.iter().map(|text| Mapping::parse(text).expect("a mapping")).collect();
        let (mut columns, mut objects) = Objects::open(Text::open(text), &map).expect("objects");
        let mut found = Vec::new();
        while let Some(record) = objects.next(&mut columns).expect("memory can be read") {
            found.push(record);
        }
        (columns, found)
    }

    /// Field and text of every cell that says something.
    fn said(columns: &Columns, record: &Record) -> Vec<String> {
        let cells = columns.fields.iter().zip(&record.cells).filter(|(_, cell)| !cell.is_empty());
        let mut said: Vec<String> =
            cells.filter_map(|(field, cell)| Some(format!("{}={cell}", field.as_ref()?.name()))).collect();
        said.sort();
        said
    }

    #[test]
    fn keys_are_columns_and_those_that_come_late_too() {
        let filler = "{\"name\":\"Bob\",\"skills\":[1,{}]}\n".repeat(SAMPLE_ROWS);
        let text = format!(
            "{{\"name\":\"Ann\",\"practice_areas\":[\"Tax\",\"IP\",null],\"company\":{{\"name\":\"X\",\"hq\":{{\"city\":\"Rome\"}},\
             \"headcount\":12.0}}}}\n\n{filler}{{\"name\":\"Cy\",\"email\":[\"cy@x.example\"],\"shoe\":{{\"size\":4}}}}\n"
        );
        let (columns, records) = all(text.as_bytes(), &[]);
        assert_eq!(
            said(&columns, &records[0]),
            ["company=X", "company_city=Rome", "full_name=Ann", "headcount=12.0", "practice_areas=Tax|IP"]
        );
        let last = records.last().expect("a row");
        assert_eq!((last.row, said(&columns, last)), (1_002, vec!["email=cy@x.example".into(), "full_name=Cy".into()]));
        assert_eq!(columns.unused, ["skills", "shoe.size"]);
    }

    #[test]
    fn broken_lines_cost_themselves_alone() {
        let long = format!("{{\"name\":\"{}\"}}", "x".repeat(LINE_BYTES_MAX));
        let text = format!(
            "{{\"name\":\"Ann\"}}\n{{\"name\":\"Bob\",}}\n[1]\n{long}\n{{\"name\":[\"a\",\"b\"]}}\n{{\"name\":{{\"a\":{{\"b\":\
             {{\"c\":{{\"d\":1}}}}}}}}}}\n{{\"name\":\"Zoë\",\"x\":{}1{}}}\n{{\"name\":\"Cy\"}}",
            "[".repeat(500),
            "]".repeat(500)
        );
        let (_, records) = all(text.as_bytes(), &[]);
        let broken: Vec<&str> = records.iter().map(|record| record.broken.as_deref().unwrap_or("")).collect();
        assert!(broken[1].contains("no JSON: column 15"), "{broken:?}");
        assert!(broken[2].contains("no JSON object"), "{broken:?}");
        assert!(broken[3].contains("longer"), "{broken:?}");
        assert_eq!(broken[4], "name holds 2 values; one value is needed.");
        assert!(broken[6].contains("no JSON"), "{broken:?}");
        assert_eq!((broken[0], broken[5], broken[7]), ("", "", ""));
        assert_eq!(records.last().map(|record| record.row), Some(8));
    }

    #[test]
    fn a_rejected_line_is_repaired_where_it_stands() {
        for (line, expected) in [
            ("{\"b\":1,}", "{\"row\":7,\"reason\":\"No \\\"b\\\".\",\"b\":1,}"),
            ("{ }", "{\"row\":7,\"reason\":\"No \\\"b\\\".\"}"),
            ("what", "{\"row\":7,\"reason\":\"No \\\"b\\\".\",\"line\":\"what\"}"),
        ] {
            let once = rejected(7, "No \"b\".", line);
            assert_eq!(once, expected);
            assert_eq!(rejected(7, "No \"b\".", &once), once, "once is enough");
        }
        let (columns, records) = all(b"{\"row\":7,\"reason\":\"x\",\"name\":\"Ann\"}\n", &[]);
        assert_eq!((said(&columns, &records[0]), columns.unused.len()), (vec!["full_name=Ann".into()], 0));
    }
}
