//! PostgreSQL: a pool of connections; the synchronous closure runs on a blocking thread and waits there for each
//! statement. Serialization failures run the whole closure again, a few times, after a short random wait.
//!
//! A connection that broke, or whose server went down or turned read-only, is thrown away with all that were opened
//! before it was lost, and new ones are opened on whichever host takes writes. What was lost before its commit was asked
//! for has surely not happened and is run again on a new connection; a commit that was not confirmed never is.

mod address;
mod failure;
mod hosts;
mod session;
mod tls;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use deadpool_postgres::{
    Hook as PoolHook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod,
};
use rand::RngExt as _;
use tokio_postgres::Config;

pub use address::Address;
pub(super) use session::{Session, cell};

use super::{Hook, Isolation, Signal, Tx, send_signals};
use crate::error::{Error, Result};
use hosts::{Connecting, HOST, Hosts, PATIENCE, Waits};
use session::State;

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
/// How long a caller waits for a free connection.
const BUSY: Duration = Duration::from_secs(5);
/// How often a transaction whose connection was lost before its commit is run on a new one: twice, because the first new
/// one may lead to a server that is just going down.
const REPEATS: u32 = 2;
/// How long a statement may take before its caller is told that it can't be served: longer than PostgreSQL's own limit,
/// which comes first unless the server itself hangs.
const STATEMENT: Duration = Duration::from_secs(40);
/// The same on the connections that everything else waits for: what is asked there takes milliseconds.
const FIRST_STATEMENT: Duration = Duration::from_secs(10);
/// How long a connection that did not answer keeps its place in the pool: as long as its server works on it, there must
/// not be another in its stead.
const HANGING: Duration = Duration::from_secs(600);
/// How long the end waits for connections that somebody still works on.
const CLOSING: Duration = Duration::from_secs(1);
/// How often `lexi serve` says that it still waits for PostgreSQL.
const SAY_EVERY: Duration = Duration::from_secs(5);

pub(super) struct Postgres {
    pools: Arc<Pools>,
    hook: Arc<OnceLock<Hook>>,
    alone: Arc<RwLock<()>>,
}

/// The connections of this process.
struct Pools {
    all: Lane,
    first: Lane,
    hosts: Arc<Hosts>,
    /// Connections opened before this moment are not trusted any more.
    lost_at: Arc<Mutex<Instant>>,
}

/// Connections for one purpose.
struct Lane {
    pool: Pool,
    /// How long a statement may take.
    statement: Duration,
}

/// A transaction that was run, with what is needed to run it again.
struct Ran<T, F> {
    result: Result<T>,
    session: Session,
    f: F,
}

impl<T, F> Ran<T, F> {
    /// The connection was lost, and surely before anything was committed.
    fn may_run_again(&self) -> bool {
        self.result.is_err() && self.session.is_lost_before_commit()
    }
}

impl Postgres {
    pub(super) async fn open(address: &Address, hook: Arc<OnceLock<Hook>>) -> Result<Postgres> {
        let hosts = Arc::new(Hosts::of(address)?);
        let lost_at = Arc::new(Mutex::new(Instant::now()));
        let all = Lane { pool: pool(&hosts, &lost_at, CONNECTIONS)?, statement: STATEMENT };
        let first = Lane { pool: pool(&hosts, &lost_at, FIRST_CONNECTIONS)?, statement: FIRST_STATEMENT };
        let pools = Pools { all, first, hosts: Arc::clone(&hosts), lost_at };
        let postgres = Postgres { pools: Arc::new(pools), hook, alone: Arc::default() };
        postgres.check_durability().await?;
        Ok(postgres)
    }

    /// Refuses a server under which an acknowledged commit could be lost.
    async fn check_durability(&self) -> Result<()> {
        let Ok(session) = self.pools.session(&self.pools.all).await else {
            return Err(Error::internal(format_args!("PostgreSQL can't be reached: {}", self.pools.hosts.reasons().0)));
        };
        for (name, wanted) in [("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on")] {
            let row = session.client.query_one(&format!("show {name}"), &[]).await.map_err(|e| failure::of(&e))?;
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
        self.pools.run(&self.pools.all, f, |session, f| session.read(f)).await
    }

    pub(super) async fn read_first<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        self.pools.run(&self.pools.first, f, |session, f| session.read(f)).await
    }

    pub(super) async fn write<T, F>(&self, isolation: Isolation, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        let (hook, alone) = (Arc::clone(&self.hook), Arc::clone(&self.alone));
        self.pools.run(&self.pools.all, f, move |session, f| write(session, isolation, &hook, &alone, f)).await
    }

    /// Closes the connections, and waits a moment until the server can see it: a restore wants to be alone.
    pub(super) async fn close(&self) {
        self.pools.all.pool.close();
        self.pools.first.pool.close();
        let _ = tokio::time::timeout(CLOSING, self.pools.hosts.all_closed()).await;
    }
}

/// Waits until one of the address's servers takes writes, `patience` at most; says so in the log now and then. What no
/// waiting helps against, such as a wrong password, fails at once.
pub(super) async fn wait_for(address: &Address, patience: Duration) -> Result<()> {
    let hosts = Arc::new(Hosts::of(address)?);
    let pool = pool(&hosts, &Arc::new(Mutex::new(Instant::now())), 1)?;
    let (begun, mut said, mut waits) = (Instant::now(), 0, Waits::new());
    loop {
        if pool.get().await.is_ok() {
            return Ok(());
        }
        let (reasons, may_pass) = hosts.reasons();
        let waited = begun.elapsed();
        if !may_pass {
            return Err(Error::internal(format_args!("PostgreSQL refuses the connection: {reasons}")));
        }
        if waited >= patience {
            return Err(Error::internal(format_args!(
                "PostgreSQL could not be reached within {} seconds: {reasons}. Start it, or correct the address \
                 (--database-url, LEXI_DATABASE_URL)",
                patience.as_secs()
            )));
        }
        if waited.as_secs() / SAY_EVERY.as_secs() >= said {
            said += 1;
            tracing::warn!(%reasons, waited_s = waited.as_secs(), "waiting for PostgreSQL");
        }
        tokio::time::sleep(waits.next()).await;
    }
}

impl Pools {
    /// Runs a transaction; on a new connection when the one it ran on was lost before anything could be committed.
    async fn run<T, F, R>(&self, lane: &Lane, f: F, run: R) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
        R: Fn(&Session, &F) -> Result<T> + Clone + Send + 'static,
    {
        let mut f = f;
        let mut repeats = 0;
        loop {
            let session = self.session(lane).await?;
            let run = run.clone();
            let ran = blocking(move || {
                let result = run(&session, &f);
                Ok(Ran { result, session, f })
            })
            .await?;
            let again = ran.may_run_again() && repeats < REPEATS;
            self.take_back(ran.session);
            if !again {
                return ran.result;
            }
            f = ran.f;
            repeats += 1;
        }
    }

    /// A connection to a server that takes writes. While none can be reached, callers wait a little and then are told to
    /// come back; once that has lasted, they are told at once.
    async fn session(&self, lane: &Lane) -> Result<Session> {
        let (begun, mut waits) = (Instant::now(), Waits::new());
        loop {
            let found = match tokio::time::timeout(PATIENCE, self.hosts.turn()).await {
                Ok(_turn) => lane.pool.get().await,
                Err(_) => return Err(unreachable()),
            };
            match found {
                Ok(client) => return Ok(Session::on(client, Arc::clone(self.hosts.warnings()), lane.statement)),
                Err(PoolError::Timeout(deadpool_postgres::TimeoutType::Wait)) if self.hosts.out_for().is_none() => {
                    return Err(Error::unavailable("All database connections are busy; try again."));
                }
                Err(PoolError::Closed) => return Err(Error::unavailable("The server is stopping.")),
                Err(_) => {}
            }
            let wait = waits.next();
            let lasts = self.hosts.out_for().is_some_and(|out_for| out_for >= PATIENCE);
            if lasts || !self.hosts.reasons().1 || begun.elapsed() + wait >= PATIENCE {
                return Err(unreachable());
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Takes a connection back: into the pool, or away with it.
    fn take_back(&self, session: Session) {
        match session.state() {
            State::Good => {}
            State::Lost => self.lost(session.client),
            State::Hangs => {
                tokio::spawn(async move {
                    // Until this is answered, the server is at work for us. Then it is done, and nothing is known of
                    // the connection: it goes.
                    let _ = tokio::time::timeout(HANGING, session.client.simple_query("select 1")).await;
                    drop(Object::take(session.client));
                });
            }
        }
    }

    /// Throws a connection away, and with it all that wait in the pools and are older than its loss.
    fn lost(&self, client: Object) {
        let opened_at = Object::metrics(&client).created;
        let mut lost_at = self.lost_at.lock().unwrap_or_else(PoisonError::into_inner);
        if opened_at > *lost_at {
            *lost_at = Instant::now();
            for lane in [&self.all, &self.first] {
                drop(lane.pool.retain(|_, connection| connection.created > *lost_at));
            }
        }
        drop(Object::take(client));
    }
}

fn unreachable() -> Error {
    Error::unavailable("The database can't be reached; try again in a moment.")
}

fn write<T>(
    session: &Session,
    isolation: Isolation,
    hook: &OnceLock<Hook>,
    alone: &RwLock<()>,
    f: &impl Fn(&mut Tx) -> Result<T>,
) -> Result<T> {
    let mut attempt = 1;
    loop {
        match try_once(session, isolation, alone, attempt, f) {
            Ok((value, signals)) => {
                send_signals(hook, &signals);
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

fn pool(hosts: &Arc<Hosts>, lost_at: &Arc<Mutex<Instant>>, connections: usize) -> Result<Pool> {
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let lost_at = Arc::clone(lost_at);
    // Where to connect to is known to the hosts alone.
    Pool::builder(Manager::from_connect(Config::new(), Connecting(Arc::clone(hosts)), recycling))
        .max_size(connections)
        .wait_timeout(Some(BUSY))
        .create_timeout(Some(HOST * u32::try_from(hosts.count()).unwrap_or(1) + HOST))
        .runtime(deadpool_postgres::Runtime::Tokio1)
        .pre_recycle(PoolHook::sync_fn(move |client, connection| {
            let lost_at = *lost_at.lock().unwrap_or_else(PoisonError::into_inner);
            if connection.created > lost_at && !client.is_closed() {
                return Ok(());
            }
            Err(HookError::message("broken, or opened before its server was lost"))
        }))
        .build()
        .map_err(Error::internal)
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(move || {
        catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|_| Err(Error::internal("a transaction panicked")))
    })
    .await
    .map_err(Error::internal)?
}
