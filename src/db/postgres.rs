//! PostgreSQL: a pool of connections; the synchronous closure runs on a blocking thread and waits there for each
//! statement. Serialization failures run the whole closure again, a few times, after a short random wait.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use deadpool_postgres::{
    Hook as PoolHook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod,
};
use rand::RngExt as _;
use tokio::runtime::Handle;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Config, NoTls, Row};

use super::query::Cell;
use super::{Connection, Hook, Isolation, Signal, Tx, Value, send_signals};
use crate::error::{Error, Result, Trouble};

/// Connections of one node.
const CONNECTIONS: usize = 24;
/// Connections for what everything else waits for: keys and readiness.
const FIRST_CONNECTIONS: usize = 2;
/// All connections of one node.
pub(super) const CONNECTIONS_MAX: usize = CONNECTIONS + FIRST_CONNECTIONS;
/// How often a transaction is tried when PostgreSQL asks to run it again.
const ATTEMPTS: u32 = 5;
/// From this attempt on a transaction runs while no other serializable one of this process does, so that callers who all
/// change one record come through one after the other.
const ALONE_FROM: u32 = 3;
/// The first wait before running again; it doubles, and a random part of it is taken.
const WAIT: Duration = Duration::from_millis(2);
/// How long a caller waits for a free connection, and for a new one to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// What every session is told: durable commits, and nothing may hang for ever.
const SESSION: &str = "set synchronous_commit = on; set statement_timeout = '30s'; set lock_timeout = '10s';
    set idle_in_transaction_session_timeout = '60s'; set timezone = 'UTC'";

pub(super) struct Postgres {
    pool: Pool,
    first_pool: Pool,
    hook: Arc<OnceLock<Hook>>,
    alone: Arc<RwLock<()>>,
}

/// A connection as a closure sees it: statements are waited for on the blocking thread.
pub(super) struct Session {
    client: Object,
    runtime: Handle,
}

impl Postgres {
    pub(super) async fn open(config: &Config, hook: Arc<OnceLock<Hook>>) -> Result<Postgres> {
        let mut config = config.clone();
        if config.get_application_name().is_none() {
            config.application_name("lexi");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        let (pool, first_pool) = (pool(&config, CONNECTIONS)?, pool(&config, FIRST_CONNECTIONS)?);
        let postgres = Postgres { pool, first_pool, hook, alone: Arc::default() };
        postgres.check_durability().await?;
        Ok(postgres)
    }

    /// Refuses a server under which an acknowledged commit could be lost.
    async fn check_durability(&self) -> Result<()> {
        let client = self.pool.get().await.map_err(|error| Error::internal(format_args!("PostgreSQL: {error}")))?;
        for (name, wanted) in [("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on")] {
            let row = client.query_one(&format!("show {name}"), &[]).await.map_err(|e| failed(&e))?;
            let found: String = row.get(0);
            if found != wanted {
                return Err(Error::internal(format_args!("PostgreSQL runs with {name} = {found}; {wanted} is needed")));
            }
        }
        Ok(())
    }

    pub(super) async fn read<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        read(session(&self.pool).await?, f).await
    }

    pub(super) async fn read_first<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        read(session(&self.first_pool).await?, f).await
    }

    pub(super) async fn write<T, F>(&self, isolation: Isolation, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        let session = session(&self.pool).await?;
        let (hook, alone) = (Arc::clone(&self.hook), Arc::clone(&self.alone));
        blocking(move || {
            let mut attempt = 1;
            loop {
                match try_once(&session, isolation, &alone, attempt, &f) {
                    Ok((value, signals)) => {
                        send_signals(&hook, &signals);
                        return Ok(value);
                    }
                    Err(Error::Serialization(cause)) if attempt < ATTEMPTS => {
                        tracing::debug!(cause, attempt, "a transaction is run again");
                        let wait = WAIT * 2_u32.pow(attempt);
                        std::thread::sleep(wait.mul_f64(rand::rng().random_range(0.2..1.0)));
                        attempt += 1;
                    }
                    Err(Error::Serialization(cause)) => {
                        tracing::warn!(cause, "a transaction was given up after {ATTEMPTS} attempts");
                        return Err(Error::unavailable("Too many callers change the same records; try again."));
                    }
                    Err(error) => return Err(error),
                }
            }
        })
        .await
    }

    pub(super) fn close(&self) {
        self.pool.close();
        self.first_pool.close();
    }
}

/// One attempt, beside others or alone.
fn try_once<T>(
    session: &Session,
    isolation: Isolation,
    alone: &RwLock<()>,
    attempt: u32,
    f: &impl Fn(&mut Tx) -> Result<T>,
) -> Result<(T, Vec<Signal>)> {
    let serializable = "begin isolation level serializable";
    match isolation {
        Isolation::ReadCommitted => session.transaction("begin isolation level read committed", f),
        Isolation::Serializable if attempt < ALONE_FROM => {
            let _beside_others = alone.read().unwrap_or_else(PoisonError::into_inner);
            session.transaction(serializable, f)
        }
        Isolation::Serializable => {
            let _alone = alone.write().unwrap_or_else(PoisonError::into_inner);
            session.transaction(serializable, f)
        }
    }
}

fn pool(config: &Config, connections: usize) -> Result<Pool> {
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    Pool::builder(Manager::from_config(config.clone(), NoTls, recycling))
        .max_size(connections)
        .wait_timeout(Some(CONNECT))
        .create_timeout(Some(CONNECT))
        .runtime(deadpool_postgres::Runtime::Tokio1)
        .post_create(PoolHook::async_fn(|client, _| {
            Box::pin(async move { client.batch_execute(SESSION).await.map_err(HookError::Backend) })
        }))
        .build()
        .map_err(Error::internal)
}

async fn session(pool: &Pool) -> Result<Session> {
    match pool.get().await {
        Ok(client) => Ok(Session { client, runtime: Handle::current() }),
        Err(PoolError::Timeout(_)) => Err(Error::unavailable("All database connections are busy; try again.")),
        Err(error) => {
            tracing::error!(%error, "no connection to PostgreSQL");
            Err(Error::unavailable("The database can't be reached; try again in a moment."))
        }
    }
}

async fn read<T, F>(session: Session, f: F) -> Result<T>
where
    T: Send + 'static,
    F: Fn(&mut Tx) -> Result<T> + Send + 'static,
{
    let begin = "begin isolation level repeatable read read only";
    blocking(move || session.transaction(begin, &f).map(|(value, _)| value)).await
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(move || {
        catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|_| Err(Error::internal("a transaction panicked")))
    })
    .await
    .map_err(Error::internal)?
}

/// Rolls back when it is dropped before the commit, a panic included.
struct Open<'s> {
    session: &'s Session,
    done: bool,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.done
            && let Err(error) = self.session.batch("rollback")
        {
            tracing::warn!(%error, "a transaction could not be rolled back");
        }
    }
}

impl Session {
    fn transaction<T>(&self, begin: &str, f: &impl Fn(&mut Tx) -> Result<T>) -> Result<(T, Vec<Signal>)> {
        self.batch(begin)?;
        let mut open = Open { session: self, done: false };
        let mut tx = Tx::new(Connection::Postgres(self));
        let value = tx.run(f)?;
        let signals = std::mem::take(&mut tx.signals);
        self.commit()?;
        open.done = true;
        Ok((value, signals))
    }

    /// An error of the connection itself leaves open whether the commit happened: that is never reported as a failure
    /// after which the same may simply be done again.
    fn commit(&self) -> Result<()> {
        self.runtime.block_on(self.client.batch_execute("commit")).map_err(|error| {
            if error.code().is_some() {
                return failed(&error);
            }
            tracing::error!(%error, "the connection to PostgreSQL was lost during a commit");
            Error::unavailable("The database did not confirm this; it may have been done. Look before you ask again.")
        })
    }

    fn batch(&self, sql: &str) -> Result<()> {
        self.runtime.block_on(self.client.batch_execute(sql)).map_err(|e| failed(&e))
    }

    pub(super) fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
        self.runtime.block_on(async {
            let statement = self.client.prepare_cached(sql).await.map_err(|e| in_statement(&e, sql))?;
            self.client.query(&statement, &parameters(values)).await.map_err(|e| in_statement(&e, sql))
        })
    }

    pub(super) fn execute(&self, sql: &str, values: &[Value]) -> Result<u64> {
        self.runtime.block_on(async {
            let statement = self.client.prepare_cached(sql).await.map_err(|e| in_statement(&e, sql))?;
            self.client.execute(&statement, &parameters(values)).await.map_err(|e| in_statement(&e, sql))
        })
    }

    /// Runs several statements without values, for migrations.
    pub(super) fn script(&self, sql: &str) -> Result<()> {
        self.batch(sql)
    }
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// A column of a row, whatever its type.
pub(super) fn cell(row: &Row, index: usize) -> Result<Cell<'_>> {
    let column = row.columns().get(index).ok_or_else(|| Error::internal(format_args!("there is no column {index}")))?;
    let cell = match *column.type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(index).map(|x| x.map(Cell::Integer)),
        Type::INT4 => row.try_get::<_, Option<i32>>(index).map(|x| x.map(|x| Cell::Integer(x.into()))),
        Type::INT2 => row.try_get::<_, Option<i16>>(index).map(|x| x.map(|x| Cell::Integer(x.into()))),
        Type::BOOL => row.try_get::<_, Option<bool>>(index).map(|x| x.map(|x| Cell::Integer(x.into()))),
        Type::FLOAT8 => row.try_get::<_, Option<f64>>(index).map(|x| x.map(Cell::Real)),
        Type::BYTEA => row.try_get::<_, Option<&[u8]>>(index).map(|x| x.map(Cell::Bytes)),
        _ => row.try_get::<_, Option<&str>>(index).map(|x| x.map(Cell::Text)),
    };
    cell.map(|cell| cell.unwrap_or(Cell::Null)).map_err(Error::internal)
}

fn in_statement(error: &tokio_postgres::Error, sql: &str) -> Error {
    match failed(error) {
        Error::Internal(cause) => Error::internal(format_args!("{cause} in: {sql}")),
        error => error,
    }
}

/// What PostgreSQL reported, as one of our errors.
fn failed(error: &tokio_postgres::Error) -> Error {
    let Some(state) = error.code() else {
        if error.is_closed() || error.to_string().contains("communicating") {
            tracing::warn!(%error, "the connection to PostgreSQL was lost");
            return Error::unavailable("The connection to the database was lost; try again in a moment.");
        }
        return Error::internal(format_args!("PostgreSQL: {}", with_cause(error)));
    };
    let cause = with_cause(error);
    match *state {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Error::Serialization(cause),
        SqlState::DISK_FULL => Error::Trouble(Trouble::Full),
        SqlState::READ_ONLY_SQL_TRANSACTION => Error::Trouble(Trouble::ReadOnly),
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::LOCK_NOT_AVAILABLE
        | SqlState::QUERY_CANCELED
        | SqlState::TOO_MANY_CONNECTIONS
        | SqlState::OUT_OF_MEMORY => {
            tracing::warn!(cause, "PostgreSQL can't serve this now");
            Error::unavailable("The database can't serve this right now; try again in a moment.")
        }
        _ => Error::internal(format_args!("PostgreSQL: {cause}")),
    }
}

fn with_cause(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(cause) => format!("{} ({})", cause.message(), cause.code().code()),
        None => std::error::Error::source(error).map_or_else(|| error.to_string(), |s| format!("{error}: {s}")),
    }
}
