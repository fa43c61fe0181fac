//! What must still happen: background work that is enqueued inside the caller's transaction, leased, retried and resumed.
//!
//! A lease sets `lease_until_ms`, raises `attempt` and draws a random token. Every heartbeat, progress, completion and
//! failure names (id, attempt, token) and must change exactly one row, so that a worker that was paused beyond its lease
//! can change nothing: its whole transaction, effects included, is taken back.

mod store;

use rand::RngExt as _;
use serde_json::Value;
use uuid::Uuid;

pub use store::{Stopped, TaskProgress};

use crate::clock::SECOND_MS;
use crate::db::{Signal, Tx, dialect};
use crate::error::{Error, Result};
#[cfg(feature = "planted-faults")]
use crate::failure_points;
use crate::ids;
#[cfg(feature = "planted-faults")]
use crate::planted_faults::Fault;

/// How often a job may fail in a row, without any progress between, before it is given up.
pub const FAILURES_MAX: u32 = 12;
/// The wait after the first failure; it doubles each time.
const RETRY_MS: i64 = SECOND_MS;
/// The longest wait between two attempts.
const RETRY_MAX_MS: i64 = 300 * SECOND_MS;
/// How long a parked job rests when nobody wakes it.
const PARKED_MS: i64 = 10 * SECOND_MS;
/// Characters of an error that are kept with a job.
const ERROR_MAX: usize = 500;

/// What kind of background work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Execute an approved task, step by step.
    ExecuteTask,
    /// Send what waits for one webhook endpoint, in order.
    DeliverWebhook,
}

/// What a worker takes jobs for. Deliveries wait for other people's servers, so they have places of their own: a receiver
/// that hangs holds no approved task up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Everything that stays inside the installation.
    Inside,
    /// Deliveries to webhook endpoints.
    Deliveries,
}

impl Kind {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::ExecuteTask => "execute_task",
            Kind::DeliverWebhook => "deliver_webhook",
        }
    }

    fn work(self) -> Work {
        if self == Kind::DeliverWebhook { Work::Deliveries } else { Work::Inside }
    }

    fn named(text: &str) -> Result<Kind> {
        match text {
            "execute_task" => Ok(Kind::ExecuteTask),
            "deliver_webhook" => Ok(Kind::DeliverWebhook),
            _ => Err(Error::internal(format_args!("there is no kind of job {text}"))),
        }
    }
}

/// A job a worker holds.
#[derive(Debug, Clone)]
pub struct Leased {
    /// The job.
    pub id: Uuid,
    /// Whose.
    pub workspace_id: Uuid,
    /// What to do.
    pub kind: Kind,
    /// The task it belongs to.
    pub task_id: Option<Uuid>,
    /// What else it is about: of a delivery, the endpoint.
    pub subject_id: Option<Uuid>,
    /// Which attempt this is; part of the fence.
    pub attempt: u32,
    /// Failures in a row before this attempt.
    pub failures: u32,
    /// Drawn with the lease; part of the fence.
    pub token: String,
    /// Units done.
    pub done: u64,
    /// Where the last committed step left off.
    pub progress: Value,
}

#[cfg(feature = "planted-faults")]
impl Leased {
    /// The job and what it is about, as the points of failure name it.
    pub fn named(&self) -> (Uuid, Option<Uuid>) {
        (self.id, self.task_id.or(self.subject_id))
    }
}

/// Enqueues the execution of an approved task, due at once. It goes on where `begun` left off: units done, and progress.
pub fn enqueue_execution(
    tx: &mut Tx,
    workspace_id: Uuid,
    task_id: Uuid,
    total: u64,
    begun: (u64, &Value),
    now_ms: i64,
) -> Result<()> {
    #[cfg(feature = "planted-faults")]
    if crate::planted_faults::Fault::JobForgotten.is_planted() {
        return Ok(());
    }
    let new = store::New { id: ids::new(now_ms), workspace_id, kind: Kind::ExecuteTask, task_id: Some(task_id), total };
    store::insert(tx, &new, begun, now_ms)?;
    tx.after_commit(Signal::JobEnqueued);
    Ok(())
}

/// Enqueues the deliveries of a webhook endpoint, due at once; nothing when such a job waits or is at work already.
pub fn enqueue_deliveries(tx: &mut Tx, workspace_id: Uuid, webhook_id: Uuid, now_ms: i64) -> Result<()> {
    store::insert_deliveries(tx, workspace_id, webhook_id, now_ms)?;
    tx.after_commit(Signal::DeliveryEnqueued);
    Ok(())
}

/// Takes up to `most` jobs that are due, or whose worker let its lease run out. Lease times are kept by one clock for
/// all nodes.
pub fn lease(tx: &mut Tx, work: Work, most: u32, lease_ms: i64, now_ms: i64) -> Result<Vec<Leased>> {
    let now_ms = dialect::lease_now_ms(tx, now_ms)?;
    let mut leased = Vec::new();
    for id in store::due(tx, work, most, now_ms)? {
        let token = format!("{:032x}", rand::rng().random::<u128>());
        leased.extend(store::lease(tx, id, &token, now_ms + lease_ms, now_ms)?);
    }
    Ok(leased)
}

/// Whether any job is due or has lost its worker: a look that costs no write.
pub fn any_due(tx: &mut Tx, work: Work, now_ms: i64) -> Result<bool> {
    let now_ms = dialect::lease_now_ms(tx, now_ms)?;
    store::any_due(tx, work, now_ms)
}

/// Takes a job away from whoever holds it, as when the lease had run out: for tests of failures.
#[cfg(feature = "planted-faults")]
pub fn take_over(tx: &mut Tx, job: &Leased, lease_ms: i64, now_ms: i64) -> Result<Leased> {
    let now_ms = dialect::lease_now_ms(tx, now_ms)?;
    held(store::heartbeat(tx, job, now_ms)?, job)?;
    let token = format!("{:032x}", rand::rng().random::<u128>());
    let taken = store::lease(tx, job.id, &token, now_ms + lease_ms, now_ms)?;
    taken.ok_or_else(|| Error::internal("a lease that ran out could not be taken"))
}

/// Keeps a lease alive; an error when it is lost.
pub fn heartbeat(tx: &mut Tx, job: &Leased, lease_ms: i64, now_ms: i64) -> Result<()> {
    let now_ms = dialect::lease_now_ms(tx, now_ms)?;
    held(store::heartbeat(tx, job, now_ms + lease_ms)?, job)
}

/// Notes a committed step, in the transaction of its effects. Failures in a row start anew.
pub fn progress(tx: &mut Tx, job: &Leased, done: u64, progress: &Value, lease_ms: i64, now_ms: i64) -> Result<()> {
    #[cfg(feature = "planted-faults")]
    failure_points::commit_of(tx, job.named(), (job.done, done), job.attempt);
    let now_ms = dialect::lease_now_ms(tx, now_ms)?;
    held(store::progress(tx, job, done, progress, now_ms + lease_ms)?, job)?;
    if let Some(task_id) = job.task_id {
        tx.after_commit(Signal::TaskChanged(task_id));
    }
    Ok(())
}

/// Ends a job, in the transaction of its last effects.
pub fn complete(tx: &mut Tx, job: &Leased, done: u64, now_ms: i64) -> Result<()> {
    #[cfg(feature = "planted-faults")]
    failure_points::commit_of(tx, job.named(), (job.done, done), job.attempt);
    held(store::complete(tx, job, done, now_ms)?, job)
}

/// Ends a job of which nothing need be kept.
pub fn forget(tx: &mut Tx, job: &Leased) -> Result<()> {
    held(store::forget(tx, job)?, job)
}

/// Gives a job back after a failure, to be tried again later; answers false when it has failed too often and is given up.
pub fn retry(tx: &mut Tx, job: &Leased, error: &str, now_ms: i64) -> Result<bool> {
    let error: String = error.chars().take(ERROR_MAX).collect();
    if job.failures + 1 >= FAILURES_MAX {
        held(store::give_up(tx, job, &error, now_ms)?, job)?;
        return Ok(false);
    }
    let now_ms = dialect::lease_now_ms(tx, now_ms)?;
    held(store::give_back(tx, job, Some(&error), now_ms + wait_ms(job.failures))?, job)?;
    Ok(true)
}

/// Hands a job back untouched, at shutdown; it is due at once.
pub fn hand_back(tx: &mut Tx, job: &Leased) -> Result<()> {
    held(store::give_back(tx, job, None, 0)?, job)?;
    tx.after_commit(match job.kind.work() {
        Work::Deliveries => Signal::DeliveryEnqueued,
        Work::Inside => Signal::JobEnqueued,
    });
    Ok(())
}

/// Gives a job back that must not go on for now. That is no failure; it is looked at again after a while, or when
/// [`wake`] calls it.
pub fn park(tx: &mut Tx, job: &Leased, now_ms: i64) -> Result<()> {
    let now_ms = dialect::lease_now_ms(tx, now_ms)?;
    held(store::give_back(tx, job, None, now_ms + PARKED_MS)?, job)
}

/// Makes the waiting executions of a workspace due at once.
pub fn wake(tx: &mut Tx, workspace_id: Uuid) -> Result<()> {
    store::wake(tx, workspace_id)?;
    tx.after_commit(Signal::JobEnqueued);
    Ok(())
}

/// Ends the execution of a task whoever holds it: of this and a worker's step the one that comes first is done, and the
/// step of a worker that lost is taken back. Answers what the last committed step left; nothing when there is no such job,
/// or it has ended.
pub fn stop_execution(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<Option<Stopped>> {
    store::stop_execution(tx, workspace_id, task_id, now_ms)
}

/// How far the executions of these tasks are.
pub fn progress_of(tx: &mut Tx, workspace_id: Uuid, task_ids: &[Uuid]) -> Result<Vec<TaskProgress>> {
    store::progress_of(tx, workspace_id, task_ids)
}

/// Forgets jobs that ended before `before_ms`, at most `most`; answers how many.
pub fn forget_ended(tx: &mut Tx, before_ms: i64, most: u32) -> Result<u64> {
    store::forget_ended(tx, before_ms, most)
}

/// Growing, with a random part so that jobs which failed together don't come back together.
fn wait_ms(failures: u32) -> i64 {
    let wait = RETRY_MS.saturating_mul(1 << failures.min(16)).min(RETRY_MAX_MS);
    wait / 2 + rand::rng().random_range(0..=wait / 2)
}

fn held(changed: bool, job: &Leased) -> Result<()> {
    #[cfg(feature = "planted-faults")]
    let changed = changed || Fault::UnfencedJobs.is_planted();
    if changed {
        return Ok(());
    }
    Err(Error::internal(format_args!("the lease of job {} was lost; this worker's step is taken back", job.id)))
}
