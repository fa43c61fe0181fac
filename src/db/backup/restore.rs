//! Puts a backup into a database, wholly or not at all.
//!
//! **SQLite**: a new file is filled beside the old one, checked, forced to the disk and put in its place in one step. No
//! process may work on the old one. The old one, when there was anything in it, is kept beside the new one.
//! **PostgreSQL**: all of it is one transaction, old tables included. No other session of Lexi may be connected.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection as Raw, OpenFlags};

use super::{Progress, Summary, beside, file, load, sync_folder, verify};
use crate::db::{DatabaseUrl, Db, Isolation, Lock, Look, Tx, catalog, look, migrate, query, sqlite};
use crate::error::{Code, Error, Result};

/// Where the database that was there before is kept.
pub type Aside = Option<PathBuf>;

/// The tables that tell whether anybody ever put something into a database.
const TELLING: &[&str] = &["workspaces", "tasks", "prospects", "prospect_companies"];
/// PostgreSQL notices after a moment that a client has gone: a session must be seen this often, this far apart.
const SESSION_LOOKS: u32 = 10;
const SESSION_WAIT: Duration = Duration::from_millis(200);
/// Pages of cache for filling a file, as SQLite takes it: negative is KiB.
const CACHE_KIB: i32 = -131_072;

/// Puts the backup at `from` into the database at `url`.
///
/// `replace` says what to do with data that is there: nothing (`None`, the restore is refused), or replace it; a SQLite
/// file is kept under its name with that ending.
///
/// # Errors
/// The backup can't be used; there is data and `replace` is nothing; somebody works on the database. The database is
/// left as it was.
pub async fn restore(
    from: &Path,
    url: &DatabaseUrl,
    replace: Option<&str>,
    progress: &Progress,
) -> Result<(Summary, Aside)> {
    let summary = verify(from).await?;
    let aside = match url {
        DatabaseUrl::Sqlite(path) => into_sqlite(from, path, replace, progress).await?,
        DatabaseUrl::Postgres(_) => {
            into_postgres(from, url, replace.is_some(), progress).await?;
            None
        }
    };
    Ok((summary, aside))
}

async fn into_postgres(from: &Path, url: &DatabaseUrl, replace: bool, progress: &Progress) -> Result<()> {
    let db = Db::connect(url).await?;
    let (from, progress) = (from.to_owned(), progress.clone());
    let restored = db
        .write_with(Isolation::ReadCommitted, move |tx| {
            alone_on_postgres(tx)?;
            if !replace && holds_data(tx)? {
                return Err(refused("The database"));
            }
            load::load(tx, &from, &progress)
        })
        .await;
    db.close().await;
    restored
}

/// Refuses while another session that calls itself as this one does is connected.
fn alone_on_postgres(tx: &mut Tx) -> Result<()> {
    migrate::lock(tx)?;
    let mut others: u32 = 0;
    for look in 0..SESSION_LOOKS {
        if look > 0 {
            std::thread::sleep(SESSION_WAIT);
            // Inside a transaction the sessions are those of the first look.
            query("select pg_stat_clear_snapshot()").all(tx, |_| Ok(()))?;
        }
        others = query(
            "select count(*) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid()
               and application_name = current_setting('application_name')",
        )
        .one(tx, |row| row.get(0))?;
        if others == 0 {
            return Ok(());
        }
    }
    Err(Error::unavailable(format!(
        "Lexi works on this database (sessions connected: {others}). Stop every server and command that uses it, then \
         try again."
    )))
}

/// Whether a database holds nothing that somebody would miss; one that is not there yet is empty.
///
/// # Errors
/// It can't be read, so nobody knows.
pub async fn is_empty(url: &DatabaseUrl) -> Result<bool> {
    match Look::open(url).await {
        Ok(look) => {
            let holds = look.read(holds_data).await;
            look.close().await;
            holds.map(|holds| !holds)
        }
        Err(error) if error.code() == Code::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Whether there is anything in a database that somebody would miss.
fn holds_data(tx: &mut Tx) -> Result<bool> {
    let there = catalog::names(tx)?;
    for table in TELLING.iter().filter(|table| there.iter().any(|name| name == *table)) {
        if !query(format!("select 1 from {table} limit 1")).all(tx, |_| Ok(()))?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn refused(whose: &str) -> Error {
    let message = format!("{whose} holds data already; nothing was changed. Give --force to replace it.");
    Error::validation("force", message)
}

async fn into_sqlite(from: &Path, path: &Path, replace: Option<&str>, progress: &Progress) -> Result<Aside> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| file::cannot_write(folder, &error))?;
    }
    let Some(_alone) = Lock::alone(path)? else {
        return Err(Error::unavailable(format!(
            "Lexi works on {}. Stop the server and every command that uses it, then try again.",
            path.display()
        )));
    };
    let is_worth_keeping = path.exists() && !is_known_empty(path).await;
    if is_worth_keeping && replace.is_none() {
        return Err(refused(&path.display().to_string()));
    }
    let unfinished = beside(path, ".restoring");
    let filled = {
        let (from, unfinished, progress) = (from.to_owned(), unfinished.clone(), progress.clone());
        tokio::task::spawn_blocking(move || fill(&from, &unfinished, &progress)).await.map_err(Error::internal)?
    };
    let aside = replace.filter(|_| is_worth_keeping).map(|ending| beside(path, ending));
    let placed = filled.and_then(|()| {
        put_in_place(&unfinished, path, aside.as_deref()).map_err(|error| file::cannot_write(path, &error))
    });
    if let Err(error) = placed {
        let _ = std::fs::remove_file(&unfinished);
        return Err(error);
    }
    Ok(aside)
}

/// Whether the file can be read and holds nothing that somebody would miss.
async fn is_known_empty(path: &Path) -> bool {
    // A look at a file takes part in its lock, which is held: this one is known to be alone.
    let path = path.to_owned();
    let read = move || {
        let connection = look::connect(&path)?;
        look::transaction_of(&connection, holds_data)
    };
    matches!(tokio::task::spawn_blocking(read).await, Ok(Ok(false)))
}

/// A new database file with all rows of the backup, on the disk.
fn fill(from: &Path, unfinished: &Path, progress: &Progress) -> Result<()> {
    drop(file::private(unfinished)?);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Raw::open_with_flags(unfinished, flags).map_err(|error| sqlite::error(&error))?;
    let run = |sql: &str| connection.execute_batch(sql).map_err(|error| sqlite::error(&error));
    // Nobody sees the file before all of it is forced to the disk below.
    run(&format!(
        "pragma journal_mode = off; pragma synchronous = off; pragma foreign_keys = off; pragma cache_size = {CACHE_KIB};
         pragma locking_mode = exclusive; pragma temp_store = memory"
    ))?;
    run("begin")?;
    look::transaction_of(&connection, |tx| load::load(tx, from, progress))?;
    run("commit")?;
    for (pragma, good) in [("integrity_check", Some("ok")), ("foreign_key_check", None)] {
        let found = look::transaction_of(&connection, |tx| {
            query(format!("pragma {pragma}")).first(tx, |row| row.get::<Option<String>>(0)).map(Option::flatten)
        })?;
        if found.as_deref() != good {
            let found = found.unwrap_or_default();
            return Err(Error::internal(format_args!("the restored file does not pass {pragma}: {found}")));
        }
    }
    connection.close().map_err(|(_, error)| sqlite::error(&error))?;
    let synced = std::fs::File::open(unfinished).and_then(|file| file.sync_all());
    synced.map_err(|error| file::cannot_write(unfinished, &error))
}

/// Puts the new file in the old one's place; whenever this is stopped, one of them stands there.
fn put_in_place(new: &Path, path: &Path, aside: Option<&Path>) -> io::Result<()> {
    keep_owner(new, path);
    let (log, index) = (beside(path, "-wal"), beside(path, "-shm"));
    if path.exists() {
        // What is still in the log belongs to the old file. One that is damaged keeps its log beside it.
        fold_log(path);
        if log.exists() {
            match aside {
                Some(aside) => std::fs::rename(&log, beside(aside, "-wal"))?,
                None => std::fs::remove_file(&log)?,
            }
        }
        if let Some(aside) = aside
            && std::fs::hard_link(path, aside).is_err()
        {
            std::fs::copy(path, aside)?;
            std::fs::File::open(aside)?.sync_all()?;
        }
    }
    for left in [log, index] {
        match std::fs::remove_file(left) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    std::fs::rename(new, path)?;
    sync_folder(path)
}

/// Folds what is left in the log into the file; closing the only connection removes the log.
fn fold_log(path: &Path) {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if let Ok(connection) = Raw::open_with_flags(path, flags) {
        let _ = connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()));
    }
}

/// The new file belongs to whom the old one did, or else its folder: the restore may be run by another user than the
/// server.
fn keep_owner(new: &Path, path: &Path) {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let old = std::fs::metadata(path);
    if let Ok(old) = &old {
        let mode = std::fs::Permissions::from_mode(old.permissions().mode() & 0o777);
        let _ = std::fs::set_permissions(new, mode);
    }
    if let (Ok(wanted), Ok(mine)) = (old.or_else(|_| std::fs::metadata(folder)), std::fs::metadata(new))
        && (wanted.uid(), wanted.gid()) != (mine.uid(), mine.gid())
        && let Err(error) = chown(new, Some(wanted.uid()), Some(wanted.gid()))
    {
        tracing::warn!(file = %new.display(), %error, "the restored file can't be given to the owner of its folder");
    }
}
