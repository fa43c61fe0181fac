//! The complete list of what differs between the two databases, on one screen.
//!
//! Beside what stands here: how a database is opened and how a write transaction begins (`sqlite.rs`, `postgres.rs`),
//! and the spelling of `blob` (`migrate.rs`).

use super::{Tx, query};
use crate::error::Result;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// One file, one writer at a time.
    Sqlite,
    /// A server, many writers.
    Postgres,
}

impl Dialect {
    /// The name as shown to people.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Sqlite => "SQLite",
            Dialect::Postgres => "PostgreSQL",
        }
    }
}

/// Ends a `select` that takes jobs: rows another worker is taking are passed over.
pub fn skip_locked(tx: &Tx) -> &'static str {
    match tx.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => " for update skip locked",
    }
}

/// Ends a `select` of a row that the transaction will decide by: nobody else may change it meanwhile.
pub fn lock_row(tx: &Tx) -> &'static str {
    match tx.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => " for update",
    }
}

/// The time leases are kept by: one clock for all nodes. On SQLite there is one node, and its clock is `now_ms`.
pub fn lease_now_ms(tx: &mut Tx, now_ms: i64) -> Result<i64> {
    match tx.dialect() {
        Dialect::Sqlite => Ok(now_ms),
        Dialect::Postgres => {
            query("select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)").one(tx, |row| row.get(0))
        }
    }
}

/// Whether events get their number at the insert. Where writers are serial anyway that is cheapest; on PostgreSQL it
/// would make every commit of a workspace wait for the one before, so there a leased sequencer numbers them afterwards.
pub fn numbers_events_at_insert(tx: &Tx) -> bool {
    tx.dialect() == Dialect::Sqlite
}
