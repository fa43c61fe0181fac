//! The only code that knows there are two databases.
//!
//! `app.db.write(move |tx| tasks::approve(tx, …)).await` runs a synchronous closure inside one transaction and
//! answers after its commit, so that whatever was acknowledged is durable. A closure may run more than once (a batch
//! that is taken apart, a serialization failure): it borrows what it captured, and ids and times are fixed outside.
//!
//! # The portable subset
//!
//! Every statement is written once and runs on both databases:
//!
//! | need | write |
//! | --- | --- |
//! | ids | text UUIDs |
//! | time | `bigint` milliseconds, the column ends in `_ms`; computed in Rust, never `now()` |
//! | yes or no | `integer` 0 or 1 |
//! | open-ended data | `text` holding JSON; what is filtered on gets a column |
//! | enums | `text` with `check` |
//! | optional filter | `cast($2 as text) is null or status = $2` |
//! | deep paging | row comparison `(created_at_ms, id) < ($3, $4)` |
//! | lists of values | `in ({list})` with [`Query::bind_list`], at most 500 |
//! | many rows | `values {rows}` with [`insert_rows`], new ones with [`insert_new`] |
//! | sums | cast to bigint |
//! | upsert | `on conflict (…) do update set x = excluded.x` |
//! | state change | `update … where id = $1 and status = 'pending' returning …` |
//! | case-insensitive match | a stored normalized column |
//! | bytes | `blob` in the migrations, spelled `bytea` for PostgreSQL by the migrator |
//! | order of text | a stored sort key, because collations differ |
//! | larger of two | `case when … then … else … end` |
//! | left out | data-changing CTEs, arrays, JSON operators, triggers, computed defaults, U+0000 in text |
//!
//! A constraint error is never caught inside a transaction (PostgreSQL has aborted it by then): write
//! `on conflict do nothing returning` and look at what came back.

pub mod backup;
mod catalog;
pub mod dialect;
pub mod checks;
mod health;
mod lock;
mod look;
mod migrate;
mod postgres;
mod query;
mod sqlite;
#[cfg(test)]
pub(crate) mod testing;

use std::any::Any;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use uuid::Uuid;

pub use dialect::Dialect;
pub use lock::Lock;
pub use look::Look;
pub use migrate::{Applied, Standing};
pub use postgres::Address as PostgresAddress;
pub use query::{FromColumn, LIST_MAX, Query, Row, Value, containing, count_inserted, insert_new, insert_rows, query};

use self::health::Health;
use crate::error::{Error, Result, Trouble};

/// Which database, as `LEXI_DATABASE_URL` or `--database-url` names it.
#[derive(Debug, Clone)]
pub enum DatabaseUrl {
    /// One SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL server, or several of which one takes writes.
    Postgres(Box<PostgresAddress>),
}

impl FromStr for DatabaseUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<DatabaseUrl> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return Ok(DatabaseUrl::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(DatabaseUrl::Postgres(Box::new(PostgresAddress::parse(text)?)));
        }
        Err(Error::validation("database_url", "A database address begins with postgres:// or sqlite:."))
    }
}

/// What must follow a commit. Sent after the transaction is durable, dropped when it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// A task left its state or its execution moved on.
    TaskChanged(Uuid),
    /// Events of this workspace have got their numbers.
    EventsNumbered(Uuid),
    /// A job waits for a worker.
    JobEnqueued,
    /// Something waits for a webhook endpoint.
    DeliveryEnqueued,
    /// A key was made, changed or revoked; the version of the keys after it.
    KeysChanged(i64),
    /// Prospects were added, changed or removed.
    ProspectsChanged,
    /// Something that only counts in the metrics: the name of a counter.
    Count(&'static str),
}

type Hook = Box<dyn Fn(&Signal) + Send + Sync>;

/// How far a transaction is kept apart from its neighbours. On SQLite writers are serial anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// As if alone; PostgreSQL may ask to run it again. The rule.
    Serializable,
    /// For leases and counters, whose statements carry their own conditions.
    ReadCommitted,
}

/// How often somebody who waits for trouble to come or to go looks.
const LOOK_FOR_TROUBLE: Duration = Duration::from_millis(50);

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    hook: Arc<OnceLock<Hook>>,
    /// Says that a process works on this file, until it is closed; a server's database has no file.
    in_use: Arc<Mutex<Option<Lock>>>,
    health: Arc<Health>,
}

#[derive(Clone)]
enum Engine {
    Sqlite(Arc<sqlite::Sqlite>),
    Postgres(Arc<postgres::Postgres>),
}

impl Db {
    /// Opens the database, checks what durability rests on, and brings the schema up to date.
    ///
    /// Refuses a database that would lose acknowledged writes, or whose schema is newer than this program.
    pub async fn open(url: &DatabaseUrl) -> Result<Db> {
        let db = Db::connect(url).await?;
        migrate::run(&db).await?;
        Ok(db)
    }

    /// As [`Db::open`], and leaves the schema as it is.
    async fn connect(url: &DatabaseUrl) -> Result<Db> {
        let (hook, health) = (Arc::new(OnceLock::new()), Arc::<Health>::default());
        let in_use = match url {
            DatabaseUrl::Sqlite(path) => Lock::shared(path)?,
            DatabaseUrl::Postgres(_) => None,
        };
        let engine = match url {
            DatabaseUrl::Sqlite(path) => {
                Engine::Sqlite(Arc::new(sqlite::Sqlite::open(path, Arc::clone(&hook), Arc::clone(&health))?))
            }
            DatabaseUrl::Postgres(address) => {
                Engine::Postgres(Arc::new(postgres::Postgres::open(address, Arc::clone(&hook)).await?))
            }
        };
        Ok(Db { engine, hook, in_use: Arc::new(Mutex::new(in_use)), health })
    }

    /// Waits until the database can be opened, `patience` at most, as when a machine starts and PostgreSQL is not up yet.
    /// A SQLite file need not be waited for.
    pub async fn wait_for(url: &DatabaseUrl, patience: Duration) -> Result<()> {
        match url {
            DatabaseUrl::Sqlite(_) => Ok(()),
            DatabaseUrl::Postgres(address) => postgres::wait_for(address, patience).await,
        }
    }

    /// Sets who is told what was committed. Once; a second call changes nothing.
    pub fn on_commit(&self, hook: impl Fn(&Signal) + Send + Sync + 'static) {
        let _ = self.hook.set(Box::new(hook));
    }

    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        match &self.engine {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs `f` inside a read-only transaction that sees one moment of the database.
    pub async fn read<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(f).await,
            Engine::Postgres(postgres) => postgres.read(f).await,
        }
    }

    /// As [`Db::read`], on connections kept for what everything else waits for: keys, readiness.
    pub async fn read_first<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read_first(f).await,
            Engine::Postgres(postgres) => postgres.read_first(f).await,
        }
    }

    /// Whether the database answers, and this process can still write; a server that can't is not ready.
    pub async fn answers(&self) -> bool {
        let writes = match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.is_writing(),
            Engine::Postgres(_) => true,
        };
        writes && self.read_first(|tx| query("select 1").one(tx, |row| row.get::<i64>(0))).await.is_ok()
    }

    /// Why nothing can be saved at the moment, as far as the last writes have told; nothing when all is well.
    pub fn trouble(&self) -> Option<Trouble> {
        self.health.trouble()
    }

    /// Whether nothing can be saved, or could not within `time`.
    pub fn had_trouble_within(&self, time: Duration) -> bool {
        self.health.had_trouble_within(time)
    }

    /// Waits until nothing can be saved: at once when that is so already.
    pub async fn in_trouble(&self) {
        while self.trouble().is_none() {
            tokio::time::sleep(LOOK_FOR_TROUBLE).await;
        }
    }

    /// Waits until something can be saved, as far as is known.
    pub async fn out_of_trouble(&self) {
        while self.trouble().is_some() {
            tokio::time::sleep(LOOK_FOR_TROUBLE).await;
        }
    }

    /// Runs `f` inside a serializable transaction and answers after its commit.
    ///
    /// A refusal that changed nothing is simply answered; any failure takes back all that `f` wrote.
    pub async fn write<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        self.write_with(Isolation::Serializable, f).await
    }

    /// As [`Db::write`], with the isolation named: leases and counters take `ReadCommitted`.
    pub async fn write_with<T, F>(&self, isolation: Isolation, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        let written = match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.write(f).await,
            Engine::Postgres(postgres) => postgres.write(isolation, f).await,
        };
        if let Err(Error::Trouble(trouble)) = &written {
            metrics::counter!("lexi_writes_refused_total", "reason" => trouble.as_str()).increment(1);
            if matches!(self.engine, Engine::Postgres(_)) {
                self.health.failed(*trouble);
            }
        }
        written
    }

    /// Lets the writer finish what is queued, folds the log into the file and closes the connections.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite(sqlite) => {
                let sqlite = Arc::clone(sqlite);
                let _ = tokio::task::spawn_blocking(move || sqlite.close()).await;
            }
            Engine::Postgres(postgres) => postgres.close().await,
        }
        self.in_use.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// A transaction under way.
pub struct Tx<'c> {
    connection: Connection<'c>,
    signals: Vec<Signal>,
    closing: Vec<Box<dyn Closing>>,
}

enum Connection<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c postgres::Session),
}

impl<'c> Tx<'c> {
    fn new(connection: Connection<'c>) -> Tx<'c> {
        Tx { connection, signals: Vec::new(), closing: Vec::new() }
    }

    /// Which database this is; only for the differences listed in [`dialect`].
    pub fn dialect(&self) -> Dialect {
        match self.connection {
            Connection::Sqlite(_) => Dialect::Sqlite,
            Connection::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Sends `signal` once this transaction is committed; never when it is not.
    pub fn after_commit(&mut self, signal: Signal) {
        if !self.signals.contains(&signal) {
            self.signals.push(signal);
        }
    }

    /// Keeps `item` until the closure has returned, then hands all items of one kind to `flush` together,
    /// still inside the transaction. Events are written this way, several in one insert.
    pub fn at_end<T: 'static>(&mut self, item: T, flush: fn(&mut Tx, Vec<T>) -> Result<()>) {
        for closing in &mut self.closing {
            if let Some(batch) = closing.as_any().downcast_mut::<Batch<T>>() {
                batch.items.push(item);
                return;
            }
        }
        self.closing.push(Box::new(Batch { items: vec![item], flush }));
    }

    /// Runs the closure and what it left for the end.
    fn run<T>(&mut self, f: &(impl Fn(&mut Tx) -> Result<T> + ?Sized)) -> Result<T> {
        let value = f(self)?;
        for closing in std::mem::take(&mut self.closing) {
            closing.finish(self)?;
        }
        Ok(value)
    }
}

/// One kind of rows that wait for the end of the transaction.
trait Closing {
    fn as_any(&mut self) -> &mut dyn Any;
    fn finish(self: Box<Self>, tx: &mut Tx) -> Result<()>;
}

struct Batch<T> {
    items: Vec<T>,
    flush: fn(&mut Tx, Vec<T>) -> Result<()>,
}

impl<T: 'static> Closing for Batch<T> {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn finish(self: Box<Self>, tx: &mut Tx) -> Result<()> {
        (self.flush)(tx, self.items)
    }
}

/// Tells the hook, if one is set, what was committed.
fn send_signals(hook: &OnceLock<Hook>, signals: &[Signal]) {
    if let Some(hook) = hook.get() {
        for signal in signals {
            hook(signal);
        }
    }
}
