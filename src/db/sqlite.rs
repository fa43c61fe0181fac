//! SQLite: one writer thread with group commit, a few readers, checkpoints from a thread of their own.
//!
//! The writer takes all waiting closures into one `BEGIN IMMEDIATE` and commits once; only then are they answered,
//! refusals too (they may rest on a neighbour's write). While nothing fails there are no savepoints. When a closure
//! fails after it wrote, or panics, the batch is rolled back and run again with a savepoint around each.
//!
//! A disk that is full, read-only or failing costs the batch that met it, which is answered 503; readers go on. While
//! it lasts the writer tries by itself to save a page, so that the service resumes without a write from outside.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection as Raw, ErrorCode, OpenFlags, ffi};
use tokio::sync::{Semaphore, oneshot};

use super::health::{Health, ask_the_disk, trouble_of};
use super::{Connection, Hook, Signal, Tx, Value, query, send_signals};
use crate::error::{Error, Result, Trouble};
#[cfg(feature = "planted-faults")]
use crate::planted_faults::Fault;

/// Closures in one commit; larger batches were measured slower.
const BATCH_MAX: usize = 64;
/// A batch takes no more closures after this time, so that nobody waits long for a neighbour. On a busy machine a
/// commit takes about half as long: shorter batches spent more time in commits than they saved.
const BATCH_TIME: Duration = Duration::from_millis(10);
/// Closures waiting for the writer; one more is answered 503.
const QUEUE_MAX: usize = 2_048;
/// How long a write waits for its turn; after that it is answered 503 and will not be run. Longer than another process
/// may hold the database, shorter than a request may take.
const TURN_WAIT: Duration = Duration::from_secs(20);
/// How often the writer tries to save something while nothing can be saved.
const TRY_EVERY: Duration = Duration::from_secs(1);
/// Reading connections.
const READERS: usize = 4;
/// Reading connections for what everything else waits for: keys and readiness.
const FIRST_READERS: usize = 1;
/// How long a process waits for another process's write.
const BUSY: Duration = Duration::from_secs(10);
/// Prepared statements kept per connection.
const STATEMENTS: usize = 256;
/// Pages of cache, as SQLite takes it: negative is KiB.
const WRITER_CACHE_KIB: i32 = -65_536;
const READER_CACHE_KIB: i32 = -8_192;
/// The log is folded into the file when this many of its pages (4 KiB each) are not there yet: 4 MiB.
const CHECKPOINT_PAGES: i64 = 1 << 10;
/// A passive checkpoint never resets the log under load: past this many pages the writer does it between two batches.
const RESET_PAGES: i64 = 16 << 10;
/// How often the log is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often it is looked at while it can't be folded.
const LOOK_WHEN_FAILING: Duration = Duration::from_secs(1);
/// After this long without a change the writer empties the log, so that the next start has nothing to recover.
const IDLE: Duration = Duration::from_millis(500);
/// How long the writer waits for readers when it resets the log, and how long it rests before it tries again.
const RESET_PATIENCE: Duration = Duration::from_millis(50);
const RESET_REST: Duration = Duration::from_secs(1);
/// Older versions have a bug that can corrupt a database in WAL mode.
const OLDEST_VERSION: i32 = 3_051_003;

/// What a reader is told when the disk fails.
const UNREADABLE: &str = "The disk of the server reports errors: this can't be read right now. Try again in a moment.";

pub(super) struct Sqlite {
    queue: Mutex<Option<SyncSender<Box<dyn Job>>>>,
    readers: Arc<Readers>,
    first_readers: Arc<Readers>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    stop: Arc<AtomicBool>,
}

/// Connections that read, taken in turn.
struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Raw>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    fn open(path: &Path, count: usize) -> Result<Arc<Readers>> {
        let idle = (0..count).map(|_| Readers::connect(path)).collect::<Result<Vec<Raw>>>()?;
        let permits = Arc::new(Semaphore::new(count));
        Ok(Arc::new(Readers { path: path.to_owned(), idle: Mutex::new(idle), permits }))
    }

    fn connect(path: &Path) -> Result<Raw> {
        let reader = connect(path, READER_CACHE_KIB)?;
        reader.pragma_update(None, "query_only", true).map_err(|e| error(&e))?;
        Ok(reader)
    }

    /// Runs a read on the next free connection. One that can't leave its transaction is replaced.
    async fn read<T, F>(self: &Arc<Self>, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        let readers = Arc::clone(self);
        let permit = Arc::clone(&readers.permits).acquire_owned().await.map_err(|_| closed())?;
        let answered = tokio::task::spawn_blocking(move || {
            // Given back with the connection, also when the caller has gone away meanwhile.
            let _permit = permit;
            let idle = lock(&readers.idle).pop();
            let connection = idle.map_or_else(|| Readers::connect(&readers.path), Ok)?;
            let answer = catch_unwind(AssertUnwindSafe(|| read_once(&connection, &f)));
            if connection.is_autocommit() || connection.execute_batch("rollback").is_ok() {
                lock(&readers.idle).push(connection);
            }
            match answer.unwrap_or_else(|_| Err(Error::internal("a read panicked"))) {
                Err(Error::Trouble(_)) => Err(Error::unavailable(UNREADABLE)),
                answer => answer,
            }
        });
        answered.await.map_err(Error::internal)?
    }

    fn close(&self) {
        self.permits.close();
        lock(&self.idle).clear();
    }
}

impl Sqlite {
    pub(super) fn open(path: &Path, hook: Arc<OnceLock<Hook>>, health: Arc<Health>) -> Result<Sqlite> {
        if rusqlite::version_number() < OLDEST_VERSION {
            let version = rusqlite::version();
            return Err(Error::internal(format_args!(
                "SQLite {version} can corrupt a database; 3.51.3 or later is needed"
            )));
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| cannot(folder, "made", &error))?;
        }
        let writer = connect(path, WRITER_CACHE_KIB).map_err(|error| why_not_opened(path, error))?;
        check_durability(&writer)?;
        let stop = Arc::new(AtomicBool::new(false));
        let reset = Arc::new(AtomicBool::new(false));
        let (queue, jobs) = sync_channel(QUEUE_MAX);
        let checkpointer = Checkpointer {
            connection: connect(path, READER_CACHE_KIB)?,
            stop: Arc::clone(&stop),
            reset: Arc::clone(&reset),
        };
        let writer = Writer { connection: writer, path: path.to_owned(), jobs, hook, reset, health };
        let threads =
            vec![spawn("lexi-writer", move || writer.run())?, spawn("lexi-checkpoint", move || checkpointer.run())?];
        Ok(Sqlite {
            queue: Mutex::new(Some(queue)),
            readers: Readers::open(path, READERS)?,
            first_readers: Readers::open(path, FIRST_READERS)?,
            threads: Mutex::new(threads),
            stop,
        })
    }

    pub(super) async fn read<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        self.readers.read(f).await
    }

    pub(super) async fn read_first<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        self.first_readers.read(f).await
    }

    /// Whether the writer still runs.
    pub(super) fn is_writing(&self) -> bool {
        lock(&self.threads).first().is_some_and(|writer| !writer.is_finished())
    }

    pub(super) async fn write<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        let (answer, mut answered) = oneshot::channel();
        let turn = Arc::<Turn>::default();
        let job = Box::new(Write { f, turn: Arc::clone(&turn), ran: None, signals: Vec::new(), answer });
        match lock(&self.queue).as_ref().map(|queue| queue.try_send(job)) {
            Some(Ok(())) => {}
            Some(Err(TrySendError::Full(_))) => {
                return Err(Error::unavailable("Too many writes are waiting; try again in a moment."));
            }
            Some(Err(TrySendError::Disconnected(_))) | None => return Err(closed()),
        }
        match tokio::time::timeout(TURN_WAIT, &mut answered).await {
            Ok(answer) => answer.map_err(|_| closed())?,
            Err(_) if turn.give_up() => Err(Error::Trouble(Trouble::Slow)),
            // It runs: what it came to is known only when it has ended.
            Err(_) => answered.await.map_err(|_| closed())?,
        }
    }

    pub(super) fn close(&self) {
        self.stop.store(true, Ordering::SeqCst);
        lock(&self.queue).take();
        for thread in lock(&self.threads).drain(..) {
            let _ = thread.join();
        }
        self.readers.close();
        self.first_readers.close();
    }
}

impl Drop for Sqlite {
    /// The writer ends with its queue; the checkpoints have to be told.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
    }
}

/// Runs a read inside a snapshot.
pub(super) fn read_once<T>(connection: &Raw, f: &impl Fn(&mut Tx) -> Result<T>) -> Result<T> {
    connection.execute_batch("begin deferred").map_err(|e| error(&e))?;
    let answer = Tx::new(Connection::Sqlite(connection)).run(f);
    connection.execute_batch("commit").map_err(|e| error(&e))?;
    answer
}

/// Whether a write has begun or its caller has stopped waiting: one of the two, whichever comes first.
#[derive(Default)]
struct Turn(AtomicU8);

impl Turn {
    const WAITING: u8 = 0;
    const BEGUN: u8 = 1;
    const GIVEN_UP: u8 = 2;

    /// The caller waits no longer; true when the write will not run.
    fn give_up(&self) -> bool {
        self.leave_waiting(Self::GIVEN_UP) == Self::GIVEN_UP
    }

    /// The writer comes to it; true when it may run.
    fn begin(&self) -> bool {
        self.leave_waiting(Self::BEGUN) == Self::BEGUN
    }

    /// Where it stands after the attempt to bring it to `to`.
    fn leave_waiting(&self, to: u8) -> u8 {
        match self.0.compare_exchange(Self::WAITING, to, Ordering::SeqCst, Ordering::SeqCst) {
            Ok(_) => to,
            Err(stands) => stands,
        }
    }
}

/// A closure on its way through the writer.
trait Job: Send {
    fn run(&mut self, connection: &Raw) -> Ran;
    /// Why nothing could be saved, when that is what it met.
    fn trouble(&self) -> Option<Trouble>;
    /// Answers the caller after the batch's commit (`Ok`), or with why there was none.
    fn answer(self: Box<Self>, committed: Result<()>, hook: &OnceLock<Hook>);
}

#[derive(PartialEq)]
enum Ran {
    /// It succeeded, or refused without having written.
    Clean,
    /// It failed after it wrote, or in a way nobody foresaw, or panicked: its changes must be taken back.
    Dirty,
}

struct Write<T, F> {
    f: F,
    turn: Arc<Turn>,
    ran: Option<Result<T>>,
    signals: Vec<Signal>,
    answer: oneshot::Sender<Result<T>>,
}

impl<T, F> Job for Write<T, F>
where
    T: Send,
    F: Fn(&mut Tx) -> Result<T> + Send,
{
    fn run(&mut self, connection: &Raw) -> Ran {
        if !self.turn.begin() {
            return Ran::Clean;
        }
        let before = connection.total_changes();
        let mut tx = Tx::new(Connection::Sqlite(connection));
        let ran = catch_unwind(AssertUnwindSafe(|| tx.run(&self.f)));
        let panicked = ran.is_err();
        let ran = ran.unwrap_or_else(|_| Err(Error::internal("a write panicked")));
        // A failure nobody foresaw may have changed the schema, which is not counted, or (a full disk) have cost the
        // whole transaction: whatever ran after it would be committed one by one.
        let unforeseen = ran.is_err() && !matches!(ran, Err(Error::Refused(_)));
        let dirty = panicked || unforeseen || (ran.is_err() && connection.total_changes() != before);
        self.signals = if ran.is_ok() { tx.signals } else { Vec::new() };
        self.ran = Some(ran);
        if dirty { Ran::Dirty } else { Ran::Clean }
    }

    fn trouble(&self) -> Option<Trouble> {
        match self.ran {
            Some(Err(Error::Trouble(trouble))) => Some(trouble),
            _ => None,
        }
    }

    fn answer(self: Box<Self>, committed: Result<()>, hook: &OnceLock<Hook>) {
        let answer = match committed {
            Ok(()) => {
                send_signals(hook, &self.signals);
                self.ran.unwrap_or_else(|| Err(closed()))
            }
            Err(error) => Err(error),
        };
        let _ = self.answer.send(answer);
    }
}

struct Writer {
    connection: Raw,
    path: PathBuf,
    jobs: Receiver<Box<dyn Job>>,
    hook: Arc<OnceLock<Hook>>,
    reset: Arc<AtomicBool>,
    health: Arc<Health>,
}

impl Writer {
    fn run(self) {
        let (mut changes, mut changed_at) = (self.connection.total_changes(), Instant::now());
        let (mut reset_at, mut tried_at) = (changed_at, changed_at);
        let mut is_empty = false;
        let mut folding = Folding::default();
        loop {
            match self.jobs.recv_timeout(IDLE) {
                Ok(first) => self.batch(first),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let now = Instant::now();
            if self.connection.total_changes() != changes {
                (changes, changed_at, is_empty) = (self.connection.total_changes(), now, false);
            } else if !is_empty && now - changed_at >= IDLE {
                is_empty = self.fold_log("truncate", &mut folding);
            }
            if now - reset_at >= RESET_REST && self.reset.swap(false, Ordering::Relaxed) {
                // The file keeps its size under load: making it grow again would cost every commit.
                self.fold_log("restart", &mut folding);
                reset_at = now;
            }
            if self.health.trouble().is_some() && now - tried_at >= TRY_EVERY {
                // A log that begins anew has room in it, however full the disk is.
                self.fold_log("restart", &mut folding);
                self.try_again();
                tried_at = Instant::now();
            }
        }
        self.fold_log("truncate", &mut folding);
    }

    /// Folds the whole log into the file and begins it anew. Waits a moment for readers; false when they are busy.
    fn fold_log(&self, mode: &str, folding: &mut Folding) -> bool {
        let set_patience = |patience| {
            if let Err(error) = self.connection.busy_timeout(patience) {
                tracing::warn!(%error, "how long the writer waits could not be set");
            }
        };
        self.health.begins();
        set_patience(RESET_PATIENCE);
        let emptied = folding.checkpoint(&self.connection, mode);
        set_patience(BUSY);
        self.health.ends();
        emptied
    }

    /// Saves the first page as it is, to find out whether anything can be saved again.
    fn try_again(&self) {
        self.health.begins();
        let saved = self.in_transaction(|| {
            let version: i64 =
                self.connection.query_row("pragma user_version", [], |row| row.get(0)).map_err(|e| error(&e))?;
            self.connection.pragma_update(None, "user_version", version).map_err(|e| error(&e))
        });
        match saved {
            Ok(()) => self.health.worked(),
            Err(error) => {
                self.take_back();
                self.note(&error);
            }
        }
        self.health.ends();
    }

    fn in_transaction(&self, f: impl FnOnce() -> Result<()>) -> Result<()> {
        self.execute("begin immediate")?;
        f()?;
        self.commit()
    }

    /// Runs `first` and whatever else waits in one transaction, commits once, answers all.
    fn batch(&self, first: Box<dyn Job>) {
        self.health.begins();
        let mut batch = Vec::with_capacity(BATCH_MAX);
        let written = self.write(first, &mut batch);
        self.health.ends();
        let written = written.map_err(|error| {
            let error = self.note(&error);
            // Trouble is in the log already, once; another process that writes is no failure.
            if !matches!(error, Error::Trouble(_) | Error::Unavailable { .. }) {
                tracing::error!(%error, closures = batch.len(), "a batch of writes could not be committed");
            }
            unavailable(&error)
        });
        for job in batch {
            job.answer(written.clone(), &self.hook);
        }
    }

    /// Commits what waits, and keeps it in `batch` to be answered.
    fn write(&self, first: Box<dyn Job>, batch: &mut Vec<Box<dyn Job>>) -> Result<()> {
        if let Err(error) = self.execute("begin immediate") {
            // Whoever waits behind it would wait as long again for the same answer.
            batch.push(first);
            batch.extend(self.jobs.try_iter().take(QUEUE_MAX));
            return Err(error);
        }
        let changes = self.connection.total_changes();
        let started = Instant::now();
        let mut next = Some(first);
        let mut clean = true;
        while let Some(mut job) = next {
            clean = job.run(&self.connection) == Ran::Clean && !self.connection.is_autocommit();
            batch.push(job);
            if !clean || batch.len() == BATCH_MAX || started.elapsed() > BATCH_TIME {
                break;
            }
            next = self.jobs.try_recv().ok();
        }
        let committed = if clean { Ok(()) } else { self.run_apart(batch) }.and_then(|()| self.commit());
        match &committed {
            // A transaction without a change says nothing of the disk.
            Ok(()) if self.connection.total_changes() != changes => self.health.worked(),
            Ok(()) => {}
            Err(_) => self.take_back(),
        }
        committed
    }

    /// Notes trouble, and finds out why the disk refused a write; answers the error as it is told.
    fn note(&self, error: &Error) -> Error {
        let Error::Trouble(trouble) = error else { return error.clone() };
        let trouble = match trouble {
            Trouble::Refused => ask_the_disk(&self.path).map_or(Trouble::Failing, |error| trouble_of(&error)),
            known => *known,
        };
        self.health.failed(trouble);
        Error::Trouble(trouble)
    }

    /// Takes the batch back and runs each closure again inside a savepoint of its own.
    fn run_apart(&self, batch: &mut [Box<dyn Job>]) -> Result<()> {
        if self.connection.is_autocommit() {
            return Err(lost(batch));
        }
        self.execute("rollback")?;
        self.execute("begin immediate")?;
        for at in 0..batch.len() {
            self.execute("savepoint one")?;
            if batch[at].run(&self.connection) == Ran::Dirty {
                if self.connection.is_autocommit() {
                    return Err(lost(&batch[at..=at]));
                }
                self.execute("rollback to one")?;
            }
            self.execute("release one")?;
        }
        Ok(())
    }

    fn commit(&self) -> Result<()> {
        self.execute("commit")
    }

    fn take_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.execute("rollback")
        {
            tracing::error!(%error, "a batch of writes could not be rolled back");
        }
    }

    fn execute(&self, sql: &str) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql).map_err(|e| error(&e))?;
        statement.raw_execute().map(|_| ()).map_err(|e| error(&e))
    }
}

/// Folds the log into the file while the writer goes on.
struct Checkpointer {
    connection: Raw,
    stop: Arc<AtomicBool>,
    reset: Arc<AtomicBool>,
}

impl Checkpointer {
    fn run(self) {
        let mut folding = Folding::default();
        while !self.stop.load(Ordering::SeqCst) {
            std::thread::sleep(if folding.is_failing { LOOK_WHEN_FAILING } else { LOOK_EVERY });
            match self.log() {
                Ok((pages, folded)) => {
                    if pages - folded >= CHECKPOINT_PAGES {
                        folding.checkpoint(&self.connection, "passive");
                    }
                    if pages >= RESET_PAGES {
                        self.reset.store(true, Ordering::Relaxed);
                    }
                }
                Err(error) => folding.failed(&error, "its size could not be read"),
            }
        }
    }

    /// Pages in the log, and how many of them are in the file already. Takes no lock.
    fn log(&self) -> rusqlite::Result<(i64, i64)> {
        self.connection.query_row("pragma wal_checkpoint(noop)", [], |row| Ok((row.get(1)?, row.get(2)?)))
    }
}

/// Folds the log into the file, and logs once when that fails again and again.
#[derive(Default)]
struct Folding {
    is_failing: bool,
}

impl Folding {
    /// False when readers or a writer were in the way, which is no failure. `passive` never waits, `truncate` waits for
    /// them as long as the connection's patience lasts. What could not be folded stays in the log and is folded later.
    fn checkpoint(&mut self, connection: &Raw, mode: &str) -> bool {
        match connection.query_row(&format!("pragma wal_checkpoint({mode})"), [], |row| row.get::<_, i64>(0)) {
            Ok(busy) => {
                self.is_failing = false;
                busy == 0
            }
            Err(error) => {
                self.failed(&error, mode);
                false
            }
        }
    }

    fn failed(&mut self, error: &rusqlite::Error, what: &str) {
        if !std::mem::replace(&mut self.is_failing, true) {
            tracing::warn!(%error, what, "the write-ahead log can't be folded into the database file; it will be tried again");
        }
    }
}

fn connect(path: &Path, cache_kib: i32) -> Result<Raw> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Raw::open_with_flags(path, flags).map_err(|error| cannot(path, "opened", &error))?;
    if connection.is_readonly("main").map_err(|e| error(&e))? {
        return Err(Error::internal(format_args!(
            "{} is read-only for the user Lexi runs as; make it writable, or give another file or folder",
            path.display()
        )));
    }
    connection.busy_timeout(BUSY).map_err(|e| error(&e))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without this guarantee every new value for a column of a partial index makes SQLite plan the statement anew.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(|e| error(&e))?;
    connection
        .execute_batch(&format!(
            "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
             pragma cache_size = {cache_kib}; pragma mmap_size = 0; pragma temp_store = memory;
             pragma wal_autocheckpoint = 0;"
        ))
        .map_err(|error| cannot(path, "opened", &error))?;
    #[cfg(feature = "planted-faults")]
    if Fault::UnsyncedCommits.is_planted() {
        connection.pragma_update(None, "synchronous", "off").map_err(|e| error(&e))?;
    }
    Ok(connection)
}

/// Refuses to start on settings under which an acknowledged write could be lost.
fn check_durability(connection: &Raw) -> Result<()> {
    #[cfg(feature = "planted-faults")]
    if Fault::UnsyncedCommits.is_planted() {
        return Ok(());
    }
    let pragma = |name: &str| -> Result<String> {
        connection
            .query_row(&format!("pragma {name}"), [], |row| {
                row.get_ref(0).map(|value| match value {
                    rusqlite::types::ValueRef::Integer(x) => x.to_string(),
                    value => value.as_str().unwrap_or_default().to_owned(),
                })
            })
            .map_err(|e| error(&e))
    };
    for (name, wanted) in [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1")] {
        let found = pragma(name)?;
        if found != wanted {
            return Err(Error::internal(format_args!("SQLite runs with {name} = {found}; {wanted} is needed")));
        }
    }
    Ok(())
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(run).map_err(Error::internal)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn closed() -> Error {
    Error::unavailable("The database is closed.")
}

fn cannot(path: &Path, what: &str, cause: &dyn std::fmt::Display) -> Error {
    Error::internal(format_args!("{} can't be {what}: {cause}", path.display()))
}

/// The failure took the whole transaction with it (disk full, I/O error): nothing may be reported done.
fn lost(batch: &[Box<dyn Job>]) -> Error {
    let met = batch.iter().find_map(|job| job.trouble());
    met.map_or_else(|| Error::internal("the transaction was lost"), Error::Trouble)
}

/// Why a database can't be opened, as whoever starts the program understands it: the disk is asked too.
fn why_not_opened(path: &Path, error: Error) -> Error {
    let Some(cause) = ask_the_disk(path) else { return error };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Error::internal(format_args!(
        "{} can't be opened, because nothing can be written to the folder {}: {cause}. \
         Lexi needs a folder that is not read-only, belongs to the user it runs as, and has room",
        path.display(),
        folder.display()
    ))
}

/// A batch that failed answers everybody 503; a failure of ours stays in the log.
fn unavailable(error: &Error) -> Error {
    match error {
        Error::Unavailable { .. } | Error::Trouble(_) => error.clone(),
        _ => Error::unavailable("The database can't write right now; this was not confirmed. Try again in a moment."),
    }
}

/// Prepares `sql` (cached) and binds its values.
pub(super) fn prepare<'c>(connection: &'c Raw, sql: &str, values: &[Value]) -> Result<CachedStatement<'c>> {
    let numbered = query::numbered(sql);
    let mut statement =
        connection.prepare_cached(&numbered).map_err(|e| Error::internal(format_args!("{e} in: {sql}")))?;
    if statement.parameter_count() != values.len() {
        // SQLite would take what is missing for null.
        let wanted = statement.parameter_count();
        return Err(Error::internal(format_args!("{} values for {wanted} placeholders in: {sql}", values.len())));
    }
    bind(&mut statement, values)?;
    Ok(statement)
}

/// Binds the values of the next run of a statement, one for each of its placeholders.
pub(super) fn bind(statement: &mut CachedStatement<'_>, values: &[Value]) -> Result<()> {
    let mut pairs = values.iter().zip(1..);
    pairs.try_for_each(|(value, at)| statement.raw_bind_parameter(at, value)).map_err(|e| error(&e))
}

/// What SQLite reported, as one of our errors: a full or failing disk is 503, all else is ours.
pub(super) fn error(error: &rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::Trouble(Trouble::Full),
        Some(ErrorCode::ReadOnly) => Error::Trouble(Trouble::ReadOnly),
        Some(ErrorCode::SystemIoFailure) => match error {
            // The write itself was refused. After a failed fsync nobody knows what was kept.
            rusqlite::Error::SqliteFailure(failure, _) if failure.extended_code == ffi::SQLITE_IOERR_WRITE => {
                Error::Trouble(Trouble::Refused)
            }
            _ => Error::Trouble(Trouble::Failing),
        },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Error::unavailable("Another process is writing to the database; try again in a moment.")
        }
        _ => Error::internal(format_args!("SQLite: {error}")),
    }
}
