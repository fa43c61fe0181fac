//! Brings the schema up to date: numbered files of portable SQL, each run once, in one transaction, and remembered
//! with its checksum. A database that a newer program has written is refused.

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
];

/// What a file needs on PostgreSQL alone: a part of the list of differences in `dialect.rs`.
const ON_POSTGRES: &[(&str, &str)] = &[(
    "0001_start",
    "create sequence event_places; alter table events alter column place set default nextval('event_places')",
)];

/// Any number that no other program on the server is likely to use for its own lock.
const LOCK: i64 = 0x6c65_7869;

pub(super) async fn run(db: &Db) -> Result<()> {
    // Read committed, because a snapshot from before the lock was given would not show what its last holder did.
    db.write_with(Isolation::ReadCommitted, |tx| {
        if tx.dialect() == Dialect::Postgres {
            script(tx, "set local statement_timeout = 0")?;
            query("select 1 from (select pg_advisory_xact_lock($1)) as waited").bind(LOCK).all(tx, |_| Ok(()))?;
        }
        script(
            tx,
            "create table if not exists schema_migrations (
            number integer primary key, name text not null, checksum text not null)",
        )?;
        let done = query("select number, name, checksum from schema_migrations order by number")
            .all(tx, |row| Ok((row.get::<u32>(0)?, row.get::<String>(1)?, row.get::<String>(2)?)))?;
        check(&done)?;
        for (number, (name, sql)) in (1_u32..).zip(FILES).skip(done.len()) {
            run_file(tx, name, sql).map_err(|error| Error::internal(format_args!("migration {name}: {error}")))?;
            query("insert into schema_migrations (number, name, checksum) values ($1, $2, $3)")
                .bind(number)
                .bind(*name)
                .bind(checksum(sql))
                .execute(tx)?;
        }
        Ok(())
    })
    .await
}

/// Refuses what this program does not know, or knows otherwise.
fn check(done: &[(u32, String, String)]) -> Result<()> {
    if done.len() > FILES.len() {
        let newest = &done[done.len() - 1].1;
        return Err(Error::internal(format_args!(
            "the database was written by a newer Lexi (schema {newest}); install that version or a later one"
        )));
    }
    for ((_, name, sum), (file, sql)) in done.iter().zip(FILES) {
        if name != file || *sum != checksum(sql) {
            return Err(Error::internal(format_args!(
                "the database's schema {name} is not this program's {file}; it was made by another version of Lexi"
            )));
        }
    }
    Ok(())
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
fn script(tx: &mut Tx, sql: &str) -> Result<()> {
    match tx.connection {
        Connection::Sqlite(connection) => connection.execute_batch(sql).map_err(|error| super::sqlite::error(&error)),
        Connection::Postgres(session) => session.script(&sql.replace(" blob", " bytea")),
    }
}
