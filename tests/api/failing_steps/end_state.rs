//! What is stored of a workspace when nothing is under way any more, so that two workspaces can be compared in which the
//! same was asked: every row of every table, with ids as the names of their records, and without times and chance.

use std::collections::{BTreeMap, HashMap};

use lexi::db::{Db, Dialect, Tx, query};
use lexi::error::Result;

/// Tables that are not compared, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("api_keys", "made by the test"),
    ("event_heads", "follows from the events, which are compared"),
    ("event_seals", "which events are sealed together follows the clock; the whole chain is verified apart"),
    ("event_seal_heads", "as the seals"),
    ("webhook_attempts", "a call whose outcome was not noted is made again, under the same webhook-id"),
];

/// Columns that may differ, and why.
const MAY_DIFFER: &[(&str, &str, &str)] = &[
    ("events", "number", "the events are compared in their order"),
    ("events", "place", "as the number"),
    ("jobs", "attempt", "a job is taken again after a failure"),
    ("jobs", "failures", "counts the failures"),
    ("jobs", "last_error", "names the last failure"),
    ("personal_values", "salt", "drawn by chance"),
    ("tasks", "plan_hash", "holds the ids of this workspace"),
    ("task_revisions", "plan_hash", "as above"),
    ("decisions", "plan_hash", "as above"),
    ("votes", "plan_hash", "as above"),
    ("webhook_deliveries", "attempts", "an attempt that was interrupted is made again"),
    ("webhooks", "secret", "drawn by chance"),
];

/// Ids and the names of what they are ids of.
pub(super) type Names = HashMap<String, String>;

/// The rows of each table, sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct EndState(BTreeMap<String, Vec<String>>);

impl EndState {
    /// What stands in one of them only.
    pub(super) fn differences(&self, other: &EndState) -> Vec<String> {
        let mut found = Vec::new();
        let tables: std::collections::BTreeSet<&String> = self.0.keys().chain(other.0.keys()).collect();
        for table in tables {
            let (mut here, mut there) = (rows_of(self, table), rows_of(other, table));
            here.retain(|row| match there.iter().position(|other| other == row) {
                Some(at) => {
                    there.swap_remove(at);
                    false
                }
                None => true,
            });
            found.extend(here.iter().map(|row| format!("{table}: missing: {row}")));
            found.extend(there.iter().map(|row| format!("{table}: too many: {row}")));
        }
        found
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}

fn rows_of<'s>(state: &'s EndState, table: &str) -> Vec<&'s String> {
    state.0.get(table).map(|rows| rows.iter().collect()).unwrap_or_default()
}

/// What the ids of all workspaces are ids of; what was deleted since the last call keeps the name it had.
pub(super) async fn add_names(db: &Db, names: &mut Names) {
    let found = db.read(|tx| {
        let mut found = Vec::new();
        for (what, sql) in NAMED {
            found.extend(
                query(*sql).all(tx, |row| Ok((row.get::<String>(0)?, format!("{what} {}", row.get::<String>(1)?))))?,
            );
        }
        Ok(found)
    });
    for (id, name) in found.await.expect("the records can be read") {
        names.entry(id).or_insert(name);
    }
}

const NAMED: &[(&str, &str)] = &[
    ("contact", "select id, full_name from contacts"),
    ("company", "select id, name from companies"),
    ("list", "select id, name from lists"),
    (
        "note",
        "select notes.id, coalesce(contacts.full_name, '') from notes
              left join contacts on contacts.id = notes.contact_id",
    ),
    ("task", "select id, type from tasks"),
    ("prospect", "select id, coalesce(external_id, '') from prospects"),
    ("webhook", "select id, '' from webhooks"),
    ("delivery", "select id, event from webhook_deliveries"),
];

struct Table {
    name: String,
    /// With the type.
    columns: Vec<(String, String)>,
}

/// The end state of every workspace, by its id, but for some tables.
pub(super) async fn read(db: &Db, names: &Names, but_for: &[&str]) -> HashMap<String, EndState> {
    let names = names.clone();
    let left_out: Vec<String> =
        LEFT_OUT.iter().map(|(table, _)| table).chain(but_for).map(|table| (*table).to_owned()).collect();
    let read = db.read(move |tx| {
        let mut all: HashMap<String, EndState> = HashMap::new();
        for table in tables(tx)? {
            if !left_out.contains(&table.name) {
                for (workspace, row) in rows(tx, &table, &names)? {
                    all.entry(workspace).or_default().0.entry(table.name.clone()).or_default().push(row);
                }
            }
        }
        for (workspace, order) in events_in_order(tx)? {
            all.entry(workspace).or_default().0.entry("events in their order".into()).or_default().push(order);
        }
        all.values_mut().flat_map(|state| state.0.values_mut()).for_each(|rows| rows.sort());
        Ok(all)
    });
    read.await.expect("the database can be read")
}

/// Every table that belongs to workspaces.
fn tables(tx: &mut Tx) -> Result<Vec<Table>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "select tables.name, columns.name, lower(columns.type)
             from sqlite_schema as tables join pragma_table_info(tables.name) as columns
             where tables.type = 'table' order by tables.name, columns.cid"
        }
        Dialect::Postgres => {
            "select cast(table_name as text), cast(column_name as text), cast(data_type as text)
             from information_schema.columns where table_schema = 'public' order by table_name, ordinal_position"
        }
    };
    let mut found: Vec<Table> = Vec::new();
    for (table, column, kind) in query(sql).all(tx, |row| Ok((row.get::<String>(0)?, row.get(1)?, row.get(2)?)))? {
        match found.last_mut().filter(|last| last.name == table) {
            Some(last) => last.columns.push((column, kind)),
            None => found.push(Table { name: table, columns: vec![(column, kind)] }),
        }
    }
    found.retain(|table| table.columns.iter().any(|(name, _)| name == "workspace_id"));
    Ok(found)
}

/// Each row with its workspace.
fn rows(tx: &mut Tx, table: &Table, names: &Names) -> Result<Vec<(String, String)>> {
    let columns: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
    let sql = format!("select workspace_id, {} from {}", columns.join(", "), table.name);
    query(sql).all(tx, |row| {
        let mut text = String::new();
        for (at, (name, kind)) in (1..).zip(&table.columns) {
            if name == "workspace_id" || MAY_DIFFER.iter().any(|(of, column, _)| *of == table.name && column == name) {
                continue;
            }
            let cell = match kind.as_str() {
                "text" => row.get::<Option<String>>(at)?.map(|cell| plain(&cell, names)),
                "blob" | "bytea" => row.get::<Option<Vec<u8>>>(at)?.map(|cell| of_ids(&cell, names)),
                _ if name.ends_with("_ms") => row.get::<Option<i64>>(at)?.map(|_| "a time".into()),
                _ => row.get::<Option<i64>>(at)?.map(|cell| cell.to_string()),
            };
            if let Some(cell) = cell {
                text.push_str(&format!("{name}={cell} "));
            }
        }
        Ok((row.get(0)?, text))
    })
}

/// The types of each workspace's events, in the order of their numbers.
fn events_in_order(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    let mut found: Vec<(String, String)> = Vec::new();
    let sql = "select workspace_id, type, number from events order by workspace_id, number";
    for (workspace, kind, number) in
        query(sql).all(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get::<Option<i64>>(2)?)))?
    {
        let (workspace, kind): (String, String) = (workspace, kind);
        let told = |place: usize| {
            if number == i64::try_from(place).ok() { format!("{kind} ") } else { format!("{kind} AT {number:?} ") }
        };
        match found.last_mut().filter(|last| last.0 == workspace) {
            Some(last) => {
                let place = last.1.split_whitespace().count() + 1;
                last.1.push_str(&told(place));
            }
            None => found.push((workspace, told(1))),
        }
    }
    Ok(found)
}

/// Bytes that are ids, one after the other.
fn of_ids(bytes: &[u8], names: &Names) -> String {
    let name = |id: &[u8]| match uuid::Uuid::from_slice(id) {
        Ok(id) => name_of(&id.to_string(), names),
        Err(_) => "bytes".into(),
    };
    bytes.chunks(16).map(name).collect::<Vec<String>>().join(", ")
}

fn name_of(id: &str, names: &Names) -> String {
    names.get(id).map_or_else(|| "<an id>".into(), |name| format!("<{name}>"))
}

/// A text with names in place of ids, and without times, hashes and what else is drawn by chance.
fn plain(text: &str, names: &Names) -> String {
    /// An id, and a time.
    const ID: usize = 36;
    const TIME: usize = 24;
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let run = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let begins = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        if begins && run == 8 && rest.len() >= ID && text.is_char_boundary(at + ID) && is_id(&text[at..at + ID]) {
            out.push_str(&name_of(&text[at..at + ID], names));
            at += ID;
        } else if begins && run == 4 && rest.len() >= TIME && rest[4] == b'-' && rest[10] == b'T' && rest[23] == b'Z' {
            out.push_str("a time");
            at += TIME;
        } else if begins && run == 13 && rest[..run].iter().all(u8::is_ascii_digit) {
            out.push_str("a time");
            at += run;
        } else if begins && run >= 16 {
            out.push_str("a hash");
            at += run;
        } else {
            let next = text[at..].chars().next().map_or(1, char::len_utf8);
            out.push_str(&text[at..at + next]);
            at += next;
        }
    }
    out
}

fn is_id(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok()
}

#[test]
fn ids_are_names_and_what_chance_drew_is_left_out() {
    let id = "0193f2c4-0000-7000-8000-000000000001";
    let names = Names::from([(id.to_owned(), "contact Ann".to_owned())]);
    let text = format!(
        "{{\"id\":\"{id}\",\"at\":\"2025-11-24T16:00:00.000Z\",\"proposed_at_ms\":1764000000000,\"list\":\
         \"0193f2c4-0000-7000-8000-000000000002\",\"seen\":\"00112233445566778899\",\"year\":2019}} é"
    );
    let told = "{\"id\":\"<contact Ann>\",\"at\":\"a time\",\"proposed_at_ms\":a time,\"list\":\"<an id>\",\"seen\":\"a \
                hash\",\"year\":2019} é";
    assert_eq!(plain(&text, &names), told);
}

#[test]
fn a_row_that_is_missing_changed_or_there_twice_is_a_difference() {
    let state = |rows: &[&str]| {
        EndState(BTreeMap::from([("notes".into(), rows.iter().map(|row| (*row).to_owned()).collect())]))
    };
    let honest = state(&["a", "b"]);
    assert_eq!(honest.differences(&state(&["b", "a"])), Vec::<String>::new());
    assert_eq!(honest.differences(&state(&["a"])), ["notes: missing: b"]);
    assert_eq!(honest.differences(&state(&["a", "b", "b"])), ["notes: too many: b"]);
    assert_eq!(honest.differences(&state(&["a", "c"])), ["notes: missing: b", "notes: too many: c"]);
}
