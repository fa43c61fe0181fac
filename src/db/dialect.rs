//! The complete list of what differs between the two databases, on one screen.
//!
//! Beside what stands here: how a database is opened and how a write transaction begins (`sqlite.rs`, `postgres.rs`),
//! the spelling of `blob` (`migrate.rs`), how a schema is asked for its tables (`catalog.rs`), how a backup is put in
//! place (`backup/restore.rs`), and what can be wrong with an installation (`health.rs`).

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

/// Ends a `select` of a row that must stay as it is until the transaction ends. Any number of transactions may hold it
/// so; whoever changes it waits for them.
pub fn share_row(tx: &Tx) -> &'static str {
    match tx.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => " for share",
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

/// After rows of either database were put into this one: what the two keep differently about events goes on from them.
pub(super) fn go_on_with_loaded_rows(tx: &mut Tx) -> Result<()> {
    match tx.dialect() {
        // Nothing numbers events afterwards here: what waited for the sequencer is numbered now, in its order.
        Dialect::Sqlite => {
            query(
                "update events set number = ordered.number
                 from (select id, row_number() over (partition by workspace_id order by place, id) + coalesce(
                           (select max(number) from events as numbered
                            where numbered.workspace_id = waiting.workspace_id), 0) as number
                       from events as waiting where number is null) as ordered
                 where events.id = ordered.id",
            )
            .execute(tx)?;
        }
        // The sequencer goes on after the highest number, and places after the highest place.
        Dialect::Postgres => {
            query(
                "insert into event_heads (workspace_id, number)
                 select workspace_id, max(number) from events where number is not null group by workspace_id
                 on conflict (workspace_id) do update set number =
                     case when excluded.number > event_heads.number then excluded.number else event_heads.number end",
            )
            .execute(tx)?;
            query("select setval('event_places', coalesce(max(place), 0) + 1, false) from events")
                .all(tx, |_| Ok(()))?;
        }
    }
    Ok(())
}
