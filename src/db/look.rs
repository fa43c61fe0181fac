//! Looking at a database without changing anything: nothing is made, no schema is brought up to date. For backups,
//! copies and `lexi doctor`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::OpenFlags;

use super::migrate::{self, Applied};
use super::{Connection, DatabaseUrl, Db, Dialect, Lock, Tx, catalog, sqlite};
use crate::error::{Error, Result};

/// How long a look waits for whoever holds the whole file for a moment.
const PATIENCE: Duration = Duration::from_secs(10);

/// A database that is only read. Works beside a server.
#[derive(Clone)]
pub struct Look(Source);

#[derive(Clone)]
enum Source {
    Sqlite {
        connection: Arc<Mutex<rusqlite::Connection>>,
        /// Nobody may put another file in place meanwhile.
        _in_use: Arc<Option<Lock>>,
    },
    Postgres(Db),
}

impl Look {
    /// Opens a database that is there.
    ///
    /// # Errors
    /// It is not there, can't be reached, or runs with settings under which acknowledged writes could be lost.
    pub async fn open(url: &DatabaseUrl) -> Result<Look> {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let in_use = Lock::shared_if_there(path)?;
                let connection = Arc::new(Mutex::new(connect(path)?));
                Ok(Look(Source::Sqlite { connection, _in_use: Arc::new(in_use) }))
            }
            DatabaseUrl::Postgres(_) => Ok(Look(Source::Postgres(Db::connect(url).await?))),
        }
    }

    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        match &self.0 {
            Source::Sqlite { .. } => Dialect::Sqlite,
            Source::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs `f` inside a read-only transaction that sees one moment, however long it takes.
    pub async fn read<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        match &self.0 {
            Source::Sqlite { connection, .. } => {
                let connection = Arc::clone(connection);
                let read = move || {
                    let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                    catch_unwind(AssertUnwindSafe(|| sqlite::read_once(&connection, &f)))
                        .unwrap_or_else(|_| Err(Error::internal("a read panicked")))
                };
                tokio::task::spawn_blocking(read).await.map_err(Error::internal)?
            }
            Source::Postgres(db) => {
                db.read(move |tx| {
                    take_time(tx)?;
                    f(tx)
                })
                .await
            }
        }
    }

    /// The migrations the database remembers; none when it has no schema yet.
    pub async fn schema(&self) -> Result<Vec<Applied>> {
        self.read(schema).await
    }

    /// Ends the connections.
    pub async fn close(&self) {
        if let Source::Postgres(db) = &self.0 {
            db.close().await;
        }
    }
}

/// The migrations a database remembers; none when it has no schema yet.
pub(super) fn schema(tx: &mut Tx) -> Result<Vec<Applied>> {
    if catalog::names(tx)?.iter().any(|name| name == catalog::MIGRATIONS) {
        return migrate::remembered(tx);
    }
    Ok(Vec::new())
}

/// Lifts the limits of time that protect a server: whoever reads or fills a whole database takes as long as it takes.
pub(super) fn take_time(tx: &mut Tx) -> Result<()> {
    if tx.dialect() == Dialect::Postgres {
        migrate::script(tx, "set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0")?;
    }
    Ok(())
}

/// Opens a SQLite file to read it.
pub(super) fn connect(path: &Path) -> Result<rusqlite::Connection> {
    if !path.is_file() {
        return Err(Error::not_found(format!("There is no database at {}.", path.display())));
    }
    let cannot = |error: &rusqlite::Error| Error::internal(format_args!("{} can't be read: {error}.", path.display()));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(path, flags).map_err(|error| cannot(&error))?;
    connection.busy_timeout(PATIENCE).map_err(|error| cannot(&error))?;
    // The first look into the file: what is no database, or is damaged at its very beginning, is found here.
    connection.query_row("pragma schema_version", [], |_| Ok(())).map_err(|error| cannot(&error))?;
    Ok(connection)
}

/// Runs `f` on a connection that was opened by hand.
pub(super) fn transaction_of<T>(connection: &rusqlite::Connection, f: impl FnOnce(&mut Tx) -> Result<T>) -> Result<T> {
    f(&mut Tx::new(Connection::Sqlite(connection)))
}
