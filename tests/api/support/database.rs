//! A database for one test, and its removal afterwards. The only file that knows how test databases are made.
//!
//! On PostgreSQL the schema is migrated once, into a template named after the migrations' checksum; each test gets a
//! copy of it, which takes some ten milliseconds.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use lexi::db::{DatabaseUrl, Db, Dialect, query};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::sync::Mutex;
use tokio_postgres::{Client, NoTls};

/// A database of a test's own. Removed when it is dropped.
pub struct TestDatabase {
    /// Its address, as `--database-url` takes it.
    pub url: String,
    /// Where SQLite's file stands, and where a server may keep its data.
    pub folder: TempDir,
    name: Option<String>,
}

/// Which database the suite runs on.
pub fn dialect() -> Dialect {
    match setting("LEXI_TEST_DATABASE").as_deref() {
        None | Some("sqlite") => Dialect::Sqlite,
        Some("postgres") => Dialect::Postgres,
        Some(other) => panic!("LEXI_TEST_DATABASE is sqlite or postgres, not {other:?}"),
    }
}

/// An empty database with today's schema, opened.
pub async fn fresh() -> (TestDatabase, Db) {
    let database = TestDatabase::migrated().await;
    let db = database.open().await;
    (database, db)
}

impl TestDatabase {
    /// A database with today's schema and nothing in it. On SQLite whoever opens it first makes the schema.
    pub async fn migrated() -> TestDatabase {
        match dialect() {
            Dialect::Sqlite => TestDatabase::empty().await,
            Dialect::Postgres => TestDatabase::on_server(Some(template().await)).await,
        }
    }

    /// A database without even a schema.
    pub async fn empty() -> TestDatabase {
        match dialect() {
            Dialect::Sqlite => TestDatabase::sqlite(),
            Dialect::Postgres => TestDatabase::on_server(None).await,
        }
    }

    /// A SQLite file, whatever the suite runs on: for what concerns files. It is not there before somebody opens it.
    pub fn sqlite() -> TestDatabase {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let url = format!("sqlite:{}", folder.path().join("lexi.db").display());
        TestDatabase { url, folder, name: None }
    }

    /// A database that is at this address already; whoever made it removes it.
    pub fn at(url: String) -> TestDatabase {
        TestDatabase { url, folder: tempfile::tempdir().expect("a temporary folder can be made"), name: None }
    }

    /// A handle on it; a test may open several, as several processes would.
    pub async fn open(&self) -> Db {
        Db::open(&self.address()).await.expect("the database opens")
    }

    /// Its name on the server; only PostgreSQL has names.
    pub fn name(&self) -> &str {
        self.name.as_deref().expect("a database on a server")
    }

    /// As the library takes it.
    pub fn address(&self) -> DatabaseUrl {
        self.url.parse().expect("the address is well formed")
    }

    async fn on_server(template: Option<&str>) -> TestDatabase {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("lexi_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let server = connect().await;
        let copy = template.map_or(String::new(), |template| format!(" template {template}"));
        create(&server, &format!("create database {name}{copy}")).await;
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        TestDatabase { url: at_server(&name), folder, name: Some(name) }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some(name) = self.name.take() else { return };
        // A thread of its own, because a test's runtime can't be waited for from inside.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
            runtime.block_on(async {
                let _ = connect().await.batch_execute(&format!("drop database if exists {name} with (force)")).await;
            });
        });
        let _ = dropped.join();
    }
}

/// Reads a setting of the suite.
#[expect(clippy::disallowed_methods, reason = "the suite is configured by the environment, here only")]
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The names of all tables, as the database itself tells them.
pub async fn tables(db: &Db) -> Vec<String> {
    let sql = match db.dialect() {
        Dialect::Sqlite => "select name from sqlite_schema where type = 'table' order by name",
        Dialect::Postgres => "select tablename from pg_tables where schemaname = 'public' order by tablename",
    };
    db.read(move |tx| query(sql).all(tx, |row| row.get(0))).await.expect("the tables")
}

/// Runs SQL by hand on a database of the suite's PostgreSQL.
pub async fn run_on_server(database: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(&at_server(database), NoTls).await.expect("it can be reached");
    let connection = tokio::spawn(connection);
    client.batch_execute(sql).await.expect("the SQL runs");
    drop(client);
    let _ = connection.await;
}

/// The address of `database` on the suite's PostgreSQL.
fn at_server(database: &str) -> String {
    let server = server_url();
    let (before, query) = server.split_once('?').map_or((server.as_str(), ""), |(before, query)| (before, query));
    let start = before.find("://").map_or(0, |at| at + 3);
    let host_end = before[start..].find('/').map_or(before.len(), |at| start + at);
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    format!("{}/{database}{query}", &before[..host_end])
}

/// Runs a statement on the suite's PostgreSQL, as its administrator would.
pub async fn on_server(sql: &str) {
    connect().await.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
}

/// The address of the suite's PostgreSQL.
pub fn server_url() -> String {
    setting("LEXI_TEST_POSTGRES").expect(
        "LEXI_TEST_POSTGRES names the PostgreSQL to test on (postgres://user@host:port/postgres); \
         scripts/test starts one and sets it",
    )
}

async fn connect() -> Client {
    let (client, connection) = tokio_postgres::connect(&server_url(), NoTls).await.expect("PostgreSQL can be reached");
    tokio::spawn(connection);
    client
}

/// Makes a database. The template may still be in somebody's hands for a moment.
async fn create(server: &Client, sql: &str) {
    for _ in 0..100 {
        match server.batch_execute(sql).await {
            Ok(()) => return,
            Err(error) if error.code().is_some_and(|code| code.code() == "55006") => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => panic!("{sql}: {error:?}"),
        }
    }
    panic!("{sql}: the template stayed in use");
}

/// The name of the migrated template, made when this schema has none yet: under another name first, so that a run that
/// was stopped half-way leaves no half template.
async fn template() -> &'static str {
    static NAME: Mutex<Option<&'static str>> = Mutex::const_new(None);
    let mut known = NAME.lock().await;
    if let Some(name) = *known {
        return name;
    }
    let name: &'static str = format!("lexi_template_{}", schema_checksum()).leak();
    let server = connect().await;
    // Several test processes may come here at once.
    server.batch_execute("select pg_advisory_lock(76101)").await.expect("the lock is free at last");
    let found = server.query("select 1 from pg_database where datname = $1", &[&name]).await.expect("a list");
    if found.is_empty() {
        let unfinished = format!("{name}_unfinished");
        server.batch_execute(&format!("drop database if exists {unfinished} with (force)")).await.expect("dropped");
        create(&server, &format!("create database {unfinished}")).await;
        let db = Db::open(&at_server(&unfinished).parse().expect("an address")).await.expect("the schema is migrated");
        db.close().await;
        create(&server, &format!("alter database {unfinished} rename to {name}")).await;
    }
    *known = Some(name);
    name
}

fn schema_checksum() -> String {
    let mut files: Vec<PathBuf> = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations"))
        .expect("the migrations are there")
        .map(|file| file.expect("a file").path())
        .collect();
    files.sort();
    let mut sum = Sha256::new();
    for file in files {
        sum.update(std::fs::read(&file).expect("a migration can be read"));
    }
    sum.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
