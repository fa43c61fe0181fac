//! One connection as a closure sees it: statements are waited for on the blocking thread, for a limited time. Protects
//! that a commit nobody confirmed is never reported as done.

use std::cell::Cell;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deadpool_postgres::Object;
use tokio::runtime::Handle;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::failure::{self, in_statement};
use crate::db::query::Cell as Column;
use crate::db::{Connection, Signal, Tx, Value};
use crate::error::{Error, Result};

/// How long a commit may take before its caller is told that it is not confirmed: it waits for the standby, which may be
/// gone for long.
const COMMIT: Duration = Duration::from_secs(10);

/// A connection as a closure sees it: statements are waited for on the blocking thread.
pub(in crate::db) struct Session {
    pub(super) client: Object,
    runtime: Handle,
    warnings: Arc<AtomicU64>,
    /// How long a statement may take.
    statement: Duration,
    state: Cell<State>,
    /// The commit was asked for: from now on nobody knows what a lost connection means.
    committing: Cell<bool>,
    /// A migration takes its time.
    patient: Cell<bool>,
}

/// What is known of a session's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Good,
    /// Broken, or of no use any more.
    Lost,
    /// It did not answer in time.
    Hangs,
}

impl Session {
    pub(super) fn on(client: Object, warnings: Arc<AtomicU64>, statement: Duration) -> Session {
        Session {
            client,
            runtime: Handle::current(),
            warnings,
            statement,
            state: Cell::new(State::Good),
            committing: Cell::new(false),
            patient: Cell::new(false),
        }
    }

    pub(super) fn state(&self) -> State {
        self.state.get()
    }

    /// The connection was lost, and surely before anything was committed.
    pub(super) fn is_lost_before_commit(&self) -> bool {
        self.state.get() == State::Lost && !self.committing.get()
    }

    /// Runs a closure inside a transaction that only reads. What was read is of one moment and needs no confirmation:
    /// how its transaction ends changes nothing.
    pub(super) fn read<T>(&self, f: &impl Fn(&mut Tx) -> Result<T>) -> Result<T> {
        let (open, value, _) = self.begin("begin isolation level repeatable read read only", f)?;
        open.is_done();
        let _ = self.answer(COMMIT, self.client.batch_execute("commit"));
        Ok(value)
    }

    /// Runs a closure inside a transaction that is left open.
    fn begin<T>(&self, begin: &str, f: &impl Fn(&mut Tx) -> Result<T>) -> Result<(Open<'_>, T, Vec<Signal>)> {
        self.committing.set(false);
        self.batch(begin)?;
        let open = Open { session: self, done: Cell::new(false) };
        let mut tx = Tx::new(Connection::Postgres(self));
        let value = tx.run(f)?;
        let signals = std::mem::take(&mut tx.signals);
        Ok((open, value, signals))
    }

    /// Runs a closure inside a transaction and commits it.
    pub(super) fn transaction<T>(&self, begin: &str, f: &impl Fn(&mut Tx) -> Result<T>) -> Result<(T, Vec<Signal>)> {
        let (open, value, signals) = self.begin(begin, f)?;
        self.commit()?;
        open.is_done();
        Ok((value, signals))
    }

    /// An error of the connection itself leaves open whether the commit happened: that is never reported as a failure
    /// after which the same may simply be done again. So does a server that gave up waiting for its standby: it says
    /// so in a warning, and then that the commit is done.
    fn commit(&self) -> Result<()> {
        let warnings = self.warnings.load(Ordering::Acquire);
        self.committing.set(true);
        match self.answer(COMMIT, self.client.batch_execute("commit")) {
            Some(Ok(())) if self.warnings.load(Ordering::Acquire) == warnings => return Ok(()),
            Some(Err(error)) if failure::is_surely_not_committed(&error) => return Err(failure::of(&error)),
            Some(Ok(())) => {
                self.state.set(State::Lost);
                tracing::error!("PostgreSQL warned during a commit; it may not have reached the standby");
            }
            Some(Err(error)) => {
                tracing::error!(error = failure::with_cause(&error), "the connection was lost during a commit");
            }
            None => tracing::error!("a commit was not confirmed within {} seconds", COMMIT.as_secs()),
        }
        Err(Error::unavailable(failure::UNCONFIRMED))
    }

    /// What the server answers, and notes what that means for the connection. Nothing when it does not answer in time.
    fn answer<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = std::result::Result<T, tokio_postgres::Error>>,
    ) -> Option<std::result::Result<T, tokio_postgres::Error>> {
        let answer = self.runtime.block_on(async {
            if self.patient.get() { Ok(work.await) } else { tokio::time::timeout(limit, work).await }
        });
        match &answer {
            Ok(Ok(_)) => {}
            Ok(Err(error)) if failure::ends_the_connection(error) => self.state.set(State::Lost),
            Ok(Err(_)) => {}
            Err(_) => self.state.set(State::Hangs),
        }
        answer.ok()
    }

    fn ask<T>(
        &self,
        work: impl Future<Output = std::result::Result<T, tokio_postgres::Error>>,
        failed: impl Fn(&tokio_postgres::Error) -> Error,
    ) -> Result<T> {
        match self.answer(self.statement, work) {
            Some(answer) => answer.map_err(|error| failed(&error)),
            None => Err(Error::unavailable("The database does not answer; try again in a moment.")),
        }
    }

    fn batch(&self, sql: &str) -> Result<()> {
        self.ask(self.client.batch_execute(sql), failure::of)
    }

    pub(in crate::db) fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
        let work = async {
            let statement = self.client.prepare_cached(sql).await?;
            self.client.query(&statement, &parameters(values)).await
        };
        self.ask(work, |error| in_statement(error, sql))
    }

    pub(in crate::db) fn execute(&self, sql: &str, values: &[Value]) -> Result<u64> {
        let work = async {
            let statement = self.client.prepare_cached(sql).await?;
            self.client.execute(&statement, &parameters(values)).await
        };
        self.ask(work, |error| in_statement(error, sql))
    }

    /// Runs several statements without values, for migrations: these and what follows may take as long as they need.
    pub(in crate::db) fn script(&self, sql: &str) -> Result<()> {
        self.patient.set(true);
        self.batch(sql)
    }
}

/// Rolls back when it is dropped before the commit, a panic included.
struct Open<'s> {
    session: &'s Session,
    done: Cell<bool>,
}

impl Open<'_> {
    /// There is nothing left to roll back.
    fn is_done(&self) {
        self.done.set(true);
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        // On a connection that is thrown away the server rolls back by itself.
        if !self.done.get()
            && self.session.state.get() == State::Good
            && let Err(error) = self.session.batch("rollback")
        {
            tracing::debug!(%error, "a transaction could not be rolled back");
        }
    }
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// A column of a row, whatever its type.
pub(in crate::db) fn cell(row: &Row, index: usize) -> Result<Column<'_>> {
    let column = row.columns().get(index).ok_or_else(|| Error::internal(format_args!("there is no column {index}")))?;
    let cell = match *column.type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(index).map(|x| x.map(Column::Integer)),
        Type::INT4 => row.try_get::<_, Option<i32>>(index).map(|x| x.map(|x| Column::Integer(x.into()))),
        Type::INT2 => row.try_get::<_, Option<i16>>(index).map(|x| x.map(|x| Column::Integer(x.into()))),
        Type::BOOL => row.try_get::<_, Option<bool>>(index).map(|x| x.map(|x| Column::Integer(x.into()))),
        Type::FLOAT8 => row.try_get::<_, Option<f64>>(index).map(|x| x.map(Column::Real)),
        Type::BYTEA => row.try_get::<_, Option<&[u8]>>(index).map(|x| x.map(Column::Bytes)),
        _ => row.try_get::<_, Option<&str>>(index).map(|x| x.map(Column::Text)),
    };
    cell.map(|cell| cell.unwrap_or(Column::Null)).map_err(Error::internal)
}
