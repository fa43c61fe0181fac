//! The servers of an address: who takes writes now, and since when nobody does. Protects that a failover costs the time
//! it takes and no more: each host has its own time to answer, who answered last is asked first, and an outage is logged
//! when it begins and when it ends, not at every attempt.

use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use deadpool_postgres::Connect;
use rand::RngExt as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio_postgres::error::SqlState;
use tokio_postgres::{AsyncMessage, Client, Config, Connection};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::Address;
use super::{failure, tls};
use crate::error::Result;

/// How long one host may take from the first packet to a session that is ready.
pub(super) const HOST: Duration = Duration::from_secs(3);
/// How long a caller waits for a server that takes writes, when it has just been lost.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// The first wait between two looks at all hosts; it doubles, and a random part of it is taken.
const WAIT: Duration = Duration::from_millis(50);
/// The longest of these waits.
const WAIT_MAX: Duration = Duration::from_secs(1);
/// How often it is looked whether all connections are closed.
const CLOSED_LOOK: Duration = Duration::from_millis(2);
/// What every session is told: durable commits, and nothing may hang for ever.
const SESSION: &str = "set synchronous_commit = on; set statement_timeout = '30s'; set lock_timeout = '10s';
    set idle_in_transaction_session_timeout = '60s'; set timezone = 'UTC'";

/// All hosts of one address, for all pools of a process.
pub(super) struct Hosts {
    hosts: Vec<(String, Config)>,
    tls: MakeRustlsConnect,
    /// Who answered last.
    last: AtomicUsize,
    outage: Mutex<Outage>,
    /// While nobody answers, one caller at a time asks.
    turn: tokio::sync::Mutex<()>,
    /// Warnings of the servers so far: see [`Hosts::warnings`].
    warnings: Arc<AtomicU64>,
    /// Held by each connection while its bytes are carried.
    carried: Arc<()>,
}

/// Whether a server that takes writes can be reached.
#[derive(Default)]
struct Outage {
    /// Since when none can.
    since: Option<Instant>,
    /// What each host answered at the last look.
    reasons: String,
    /// Whether waiting might help, as far as can be told.
    may_pass: bool,
}

impl Hosts {
    pub(super) fn of(address: &Address) -> Result<Hosts> {
        Ok(Hosts {
            hosts: address.hosts(),
            tls: tls::connector(address.check())?,
            last: AtomicUsize::new(0),
            outage: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            warnings: Arc::default(),
            carried: Arc::default(),
        })
    }

    pub(super) fn count(&self) -> usize {
        self.hosts.len()
    }

    /// How many warnings the servers have sent. One that comes while a commit is waited for means that the wait for the
    /// standby was broken off: the commit is then not known to be safe, although the server says it is done.
    pub(super) fn warnings(&self) -> &Arc<AtomicU64> {
        &self.warnings
    }

    /// For how long no server has been reached; nothing when one was at the last look.
    pub(super) fn out_for(&self) -> Option<Duration> {
        self.outage().since.map(|since| since.elapsed())
    }

    /// What each host answered at the last look that found none, and whether that may pass by itself.
    pub(super) fn reasons(&self) -> (String, bool) {
        let outage = self.outage();
        (outage.reasons.clone(), outage.may_pass)
    }

    /// The turn to ask while nobody answers. Nothing to hold when somebody does.
    pub(super) async fn turn(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        match self.out_for() {
            None => None,
            Some(_) => Some(self.turn.lock().await),
        }
    }

    /// Waits until no connection is left: closing one is done by the task that carries it, when it gets its turn.
    pub(super) async fn all_closed(&self) {
        while Arc::strong_count(&self.carried) > 1 {
            tokio::time::sleep(CLOSED_LOOK).await;
        }
    }

    fn outage(&self) -> MutexGuard<'_, Outage> {
        self.outage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks each host once, who answered last first. When none of them so much as failed, it never ends: the pool's own
    /// limit does that, because the driver's error can't be made here.
    async fn look(&self) -> std::result::Result<(Client, JoinHandle<()>), tokio_postgres::Error> {
        let first = self.last.load(Ordering::Relaxed);
        let (mut failed, mut reasons, mut may_pass) = (None, Vec::new(), false);
        for n in (0..self.hosts.len()).map(|n| (first + n) % self.hosts.len()) {
            let (label, config) = &self.hosts[n];
            match tokio::time::timeout(HOST, self.open(config)).await {
                Ok(Ok(opened)) => {
                    self.last.store(n, Ordering::Relaxed);
                    self.found(label);
                    return Ok(opened);
                }
                Ok(Err(error)) => {
                    reasons.push(format!("{label}: {}", failure::with_cause(&error)));
                    may_pass |= failure::may_pass(&error);
                    failed = Some(error);
                }
                Err(_) => {
                    reasons.push(format!("{label}: no answer within {} seconds", HOST.as_secs()));
                    may_pass = true;
                }
            }
        }
        self.found_none(reasons.join("; "), may_pass);
        match failed {
            Some(error) => Err(error),
            None => pending().await,
        }
    }

    async fn open(&self, config: &Config) -> std::result::Result<(Client, JoinHandle<()>), tokio_postgres::Error> {
        let (client, connection) = config.connect(self.tls.clone()).await?;
        let carried =
            Carried(Some(tokio::spawn(carry(connection, Arc::clone(&self.warnings), Arc::clone(&self.carried)))));
        client.batch_execute(SESSION).await?;
        Ok((client, carried.keep()))
    }

    fn found(&self, label: &str) {
        let mut outage = self.outage();
        if let Some(since) = outage.since.take() {
            let after_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::info!(host = label, after_ms, "PostgreSQL is reached again");
        }
    }

    fn found_none(&self, reasons: String, may_pass: bool) {
        let mut outage = self.outage();
        if outage.since.is_none() {
            outage.since = Some(Instant::now());
            tracing::error!(%reasons, "no PostgreSQL server that takes writes can be reached; it is tried again");
        }
        (outage.reasons, outage.may_pass) = (reasons, may_pass);
    }
}

/// Makes the connections of a pool.
pub(super) struct Connecting(pub(super) Arc<Hosts>);

type Connected<'a> =
    Pin<Box<dyn Future<Output = std::result::Result<(Client, JoinHandle<()>), tokio_postgres::Error>> + Send + 'a>>;

impl Connect for Connecting {
    fn connect(&self, _: &Config) -> Connected<'_> {
        Box::pin(self.0.look())
    }
}

/// The task that carries a connection's bytes; it ends with this value unless it is kept.
struct Carried(Option<JoinHandle<()>>);

impl Carried {
    fn keep(mut self) -> JoinHandle<()> {
        self.0.take().unwrap_or_else(|| tokio::spawn(async {}))
    }
}

impl Drop for Carried {
    fn drop(&mut self) {
        if let Some(task) = self.0.take() {
            task.abort();
        }
    }
}

/// Carries a connection's bytes to its end, and counts warnings before whoever waits gets the answer behind them.
async fn carry<S, T>(mut connection: Connection<S, T>, warnings: Arc<AtomicU64>, _carried: Arc<()>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        match message {
            Ok(AsyncMessage::Notice(notice)) if *notice.code() == SqlState::WARNING => {
                tracing::warn!(said = notice.message(), "PostgreSQL warns");
                warnings.fetch_add(1, Ordering::AcqRel);
            }
            Ok(_) => {}
            Err(error) => {
                tracing::debug!(error = failure::with_cause(&error), "a connection to PostgreSQL ended");
                return;
            }
        }
    }
}

/// Growing waits with a random part, so that nodes which lost the same server don't all come at once.
pub(super) struct Waits(Duration);

impl Waits {
    pub(super) fn new() -> Waits {
        Waits(WAIT)
    }

    pub(super) fn next(&mut self) -> Duration {
        let wait = self.0;
        self.0 = (wait * 2).min(WAIT_MAX);
        wait.mul_f64(rand::rng().random_range(0.5..1.0))
    }
}
