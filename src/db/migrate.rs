//! Brings the schema up to date: numbered files of portable SQL, each run once, in one transaction, and remembered
//! with its checksum. A database that a newer program has written is refused.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Connection, Db, Dialect, Isolation, Tx, query};
use crate::error::{Error, Result};

/// The files, in order. Add one at the end; never change one that was released.
const FILES: &[(&str, &str)] = &[
    ("0001_start", include_str!("../../migrations/0001_start.sql")),
    ("0002_prospects", include_str!("../../migrations/0002_prospects.sql")),
    ("0003_removals", include_str!("../../migrations/0003_removals.sql")),
    ("0004_exports", include_str!("../../migrations/0004_exports.sql")),
    ("0005_deleted_lists", include_str!("../../migrations/0005_deleted_lists.sql")),
    ("0006_records", include_str!("../../migrations/0006_records.sql")),
    ("0007_decisions", include_str!("../../migrations/0007_decisions.sql")),
    ("0008_who_decides", include_str!("../../migrations/0008_who_decides.sql")),
    ("0009_time", include_str!("../../migrations/0009_time.sql")),
    ("0010_audit", include_str!("../../migrations/0010_audit.sql")),
    ("0011_webhooks", include_str!("../../migrations/0011_webhooks.sql")),
    ("0012_undo", include_str!("../../migrations/0012_undo.sql")),
    ("0013_external_actions", include_str!("../../migrations/0013_external_actions.sql")),
];

/// What a file needs on PostgreSQL alone: a part of the list of differences in `dialect.rs`.
const ON_POSTGRES: &[(&str, &str)] = &[(
    "0001_start",
    "create sequence event_places; alter table events alter column place set default nextval('event_places')",
)];

/// Any number that no other program on the server is likely to use for its own lock.
const LOCK: i64 = 0x6c65_7869;

/// A migration as a database remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Its place in the order, from 1.
    pub number: u32,
    /// Its name, as `0001_start`.
    pub name: String,
    /// SHA-256 of its text.
    pub checksum: String,
}

/// How a database's schema stands to this program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The same.
    Equal,
    /// Older by this many migrations; whatever opens the database to write brings it up to date.
    Older(usize),
}

pub(super) async fn run(db: &Db) -> Result<()> {
    // Read committed, because a snapshot from before the lock was given would not show what its last holder did.
    db.write_with(Isolation::ReadCommitted, |tx| {
        if tx.dialect() == Dialect::Postgres {
            script(tx, "set local statement_timeout = 0")?;
        }
        lock(tx)?;
        bring_up(tx, FILES.len())
    })
    .await
}

/// Waits until no other process migrates this database; until the end of the transaction none will.
pub(super) fn lock(tx: &mut Tx) -> Result<()> {
    if tx.dialect() == Dialect::Postgres {
        query("select 1 from (select pg_advisory_xact_lock($1)) as waited").bind(LOCK).all(tx, |_| Ok(()))?;
    }
    Ok(())
}

/// Brings the schema up to its first `count` migrations. One that is there already stays as it is.
pub(super) fn bring_up(tx: &mut Tx, count: usize) -> Result<()> {
    script(
        tx,
        "create table if not exists schema_migrations (
        number integer primary key, name text not null, checksum text not null)",
    )?;
    let done = remembered(tx)?;
    check(&done, "The database")?;
    for (number, (name, sql)) in (1_u32..).zip(FILES).take(count).skip(done.len()) {
        run_file(tx, name, sql).map_err(|error| Error::internal(format_args!("migration {name}: {error}")))?;
        query("insert into schema_migrations (number, name, checksum) values ($1, $2, $3)")
            .bind(number)
            .bind(*name)
            .bind(checksum(sql))
            .execute(tx)?;
    }
    Ok(())
}

/// Brings the schema up to what this program knows.
pub(super) fn bring_up_to_date(tx: &mut Tx) -> Result<()> {
    bring_up(tx, FILES.len())
}

/// The migrations of a database that has the table of them.
pub(super) fn remembered(tx: &mut Tx) -> Result<Vec<Applied>> {
    query("select number, name, checksum from schema_migrations order by number")
        .all(tx, |row| Ok(Applied { number: row.get(0)?, name: row.get(1)?, checksum: row.get(2)? }))
}

/// Refuses what this program does not know, or knows otherwise; `whose` begins the sentence.
pub(super) fn check(done: &[Applied], whose: &str) -> Result<Standing> {
    if done.len() > FILES.len() {
        let newest = &done[done.len() - 1].name;
        return Err(Error::internal(format_args!(
            "{whose} was written by a newer Lexi (schema {newest}); this is {}. Install that version or a later one.",
            env!("CARGO_PKG_VERSION")
        )));
    }
    for (done, (file, sql)) in done.iter().zip(FILES) {
        if done.name != *file || done.checksum != checksum(sql) {
            return Err(Error::internal(format_args!(
                "{whose} was made by another version of Lexi: its schema {} is not this program's {file}. \
                 Install the version that made it.",
                done.name
            )));
        }
    }
    match FILES.len() - done.len() {
        0 => Ok(Standing::Equal),
        behind => Ok(Standing::Older(behind)),
    }
}

/// Every table that a migration makes, read from their texts; one that was made anew stands twice.
pub(super) fn tables() -> impl Iterator<Item = &'static str> {
    made("create table ")
}

/// Every sequence that a migration makes, all of them on PostgreSQL alone.
pub(super) fn sequences() -> impl Iterator<Item = &'static str> {
    made("create sequence ")
}

fn made(what: &'static str) -> impl Iterator<Item = &'static str> {
    let texts = FILES.iter().chain(ON_POSTGRES).map(|(_, sql)| *sql);
    texts.flat_map(move |sql| sql.match_indices(what).map(move |(at, _)| name_at(&sql[at + what.len()..])))
}

fn name_at(text: &'static str) -> &'static str {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default()
}

fn checksum(sql: &str) -> String {
    Sha256::digest(sql.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Runs a file of portable SQL, and what PostgreSQL needs beside it.
fn run_file(tx: &mut Tx, name: &str, sql: &str) -> Result<()> {
    script(tx, sql)?;
    match (tx.dialect(), ON_POSTGRES.iter().find(|(file, _)| *file == name)) {
        (Dialect::Postgres, Some((_, more))) => script(tx, more),
        _ => Ok(()),
    }
}

/// Runs portable SQL; `blob` is spelled `bytea` on PostgreSQL.
pub(super) fn script(tx: &mut Tx, sql: &str) -> Result<()> {
    match tx.connection {
        Connection::Sqlite(connection) => connection.execute_batch(sql).map_err(|error| super::sqlite::error(&error)),
        Connection::Postgres(session) => session.script(&sql.replace(" blob", " bytea")),
    }
}
