//! Data of a released schema, frozen as SQL that a person can read and that both databases take.
//!
//! Before a release that adds a migration: `LEXI_WRITE_FIXTURE=1 cargo test --test api a_data_folder_can_be_frozen`
//! writes `tests/fixtures/schema-N.sql`; name it in `tests/api/upgrades.rs`. A file that was released never changes: it is
//! what the folders out there look like.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use lexi::db::Dialect;
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::database::{TestDatabase, dialect, run_on_server};

/// Begins a line that is for PostgreSQL alone.
const ON_POSTGRES: &str = "-- on PostgreSQL: ";
/// Begins the line that says the key of the data's caller.
const KEY: &str = "-- key: ";

/// A frozen data folder.
pub struct Fixture {
    text: String,
}

impl Fixture {
    /// Reads `tests/fixtures/NAME`.
    pub fn read(name: &str) -> Fixture {
        let path = folder().join(name);
        Fixture { text: std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())) }
    }

    /// Freezes a SQLite database. `key` is that of a caller who may look at it.
    pub fn of(database: &Path, key: &str) -> Fixture {
        let file = Connection::open(database).expect("the database opens");
        let schema = texts(&file, "select sql from sqlite_schema where sql is not null order by rowid");
        let tables = texts(&file, "select name from sqlite_schema where type = 'table' order by rowid");
        let mut text = format!(
            "-- A data folder as a released Lexi left it. Never changed; see tests/api/support/fixture.rs.\n{KEY}{key}\n"
        );
        for sql in schema {
            let _ = writeln!(text, "{sql};");
        }
        for table in tables {
            rows(&file, &table, &mut text);
        }
        for sql in [
            "create sequence event_places",
            "alter table events alter column place set default nextval('event_places')",
            "insert into event_heads (workspace_id, number) select workspace_id, max(number) from events group by workspace_id",
        ] {
            let _ = writeln!(text, "{ON_POSTGRES}{sql};");
        }
        Fixture { text }
    }

    /// Writes it to `tests/fixtures/NAME`.
    pub fn write(&self, name: &str) {
        std::fs::write(folder().join(name), &self.text).expect("the fixture is written");
    }

    /// The key of the caller who may look at it.
    pub fn key(&self) -> &str {
        self.text.lines().find_map(|line| line.strip_prefix(KEY)).expect("a line with the key")
    }

    /// How many rows it has of each table, by name.
    pub fn counts(&self) -> Vec<(String, usize)> {
        let mut counts = std::collections::BTreeMap::new();
        for line in self.text.lines() {
            if let Some(rest) = line.strip_prefix("insert into ") {
                *counts.entry(rest.split(' ').next().expect("a table").to_owned()).or_insert(0) += 1;
            }
        }
        counts.into_iter().collect()
    }

    /// A database of the suite's kind with this data, as the release left it.
    pub async fn database(&self) -> TestDatabase {
        let database = TestDatabase::empty().await;
        match dialect() {
            Dialect::Sqlite => {
                let file = Connection::open(database.folder.path().join("lexi.db")).expect("a file can be made");
                file.execute_batch("pragma journal_mode = wal; pragma foreign_keys = off; begin").expect("it begins");
                file.execute_batch(&self.text).expect("the fixture is SQL");
                file.execute_batch("commit").expect("it is written");
            }
            Dialect::Postgres => run_on_server(database.name(), &self.for_postgres()).await,
        }
        database
    }

    fn for_postgres(&self) -> String {
        let text = self.text.replace(ON_POSTGRES, "").replace(" blob", " bytea");
        let text = text.replace(", X'", ", '\\x").replace("(X'", "('\\x");
        // Rows stand in the order of the tables, so whatever they refer to is there.
        format!("begin; {text} commit;")
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn texts(file: &Connection, sql: &str) -> Vec<String> {
    let mut statement = file.prepare(sql).expect("SQL");
    statement.query_map([], |row| row.get(0)).expect("rows").map(|text| text.expect("text")).collect()
}

fn rows(file: &Connection, table: &str, text: &mut String) {
    let mut statement = file.prepare(&format!("select * from \"{table}\"")).expect("SQL");
    let columns = statement.column_names().collect::<Vec<_>>().join(", ");
    let width = statement.column_count();
    let mut rows = statement.query([]).expect("rows");
    while let Some(row) = rows.next().expect("a row") {
        let values: Vec<String> = (0..width).map(|at| literal(row.get_ref(at).expect("a column"))).collect();
        let _ = writeln!(text, "insert into {table} ({columns}) values ({});", values.join(", "));
    }
}

fn literal(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".into(),
        ValueRef::Integer(x) => x.to_string(),
        ValueRef::Real(x) => x.to_string(),
        ValueRef::Text(x) => format!("'{}'", std::str::from_utf8(x).expect("UTF-8").replace('\'', "''")),
        ValueRef::Blob(x) => {
            let hex: String = x.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("X'{hex}'")
        }
    }
}
