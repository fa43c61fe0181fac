//! One leased job, from where it stands to its end: the one match from a kind of job to a function.

use std::time::Duration;

use tokio::sync::watch;

use super::deliver;
use super::pause::Pause;
use crate::app::App;
use crate::db::Isolation;
use crate::error::{Error, Result};
use crate::execution;
#[cfg(feature = "planted-faults")]
use crate::failure_points;
use crate::jobs::{self, Kind, Leased};
#[cfg(feature = "planted-faults")]
use crate::planted_faults::Fault;
use crate::webhooks;

/// The first rest after a step that could not be saved, and the longest.
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Works step by step. At shutdown the job is handed back between two steps; after a failure it waits for another try.
/// That nothing can be saved is no failure of the job: it rests and goes on where it was.
pub(super) async fn run(app: &App, job: Leased, stop: &watch::Receiver<bool>) {
    let _heartbeat = Heartbeat(tokio::spawn(keep_alive(app.clone(), job.clone())));
    let mut job = job;
    let mut pause = Pause::new(PAUSE, PAUSE_MAX);
    let ended = loop {
        if job.failures >= jobs::FAILURES_MAX {
            break failed(app, &job, &Error::internal("its workers were lost too often while they did this")).await;
        }
        if *stop.borrow() {
            break hand_back(app, &job).await;
        }
        match step(app, &job).await {
            Ok(Some(next)) => {
                pause.over();
                job = next;
            }
            Ok(None) => break Ok(()),
            Err(error @ Error::Trouble(_)) => {
                if pause.failed() {
                    tracing::warn!(%error, job = %job.id, "a job rests: its next step can't be saved");
                }
                rest(app, pause.rest(), stop.clone()).await;
            }
            Err(error) => {
                tracing::warn!(%error, job = %job.id, attempt = job.attempt, "a step of a job failed");
                break failed(app, &job, &error).await;
            }
        }
    };
    if let Err(error) = ended {
        // The lease runs out by itself and another worker goes on.
        tracing::warn!(%error, job = %job.id, "a job could not be given back; its lease will run out");
    }
}

/// Rests at least `time`, and until something can be saved; shorter when the process stops.
async fn rest(app: &App, time: Duration, mut stop: watch::Receiver<bool>) {
    let rested = async {
        tokio::time::sleep(time).await;
        app.db.out_of_trouble().await;
    };
    tokio::select! {
        () = rested => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

/// Renews a lease until it is dropped.
struct Heartbeat(tokio::task::JoinHandle<()>);

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The next step, its effects and its progress in one transaction.
async fn step(app: &App, job: &Leased) -> Result<Option<Leased>> {
    #[cfg(feature = "planted-faults")]
    if job.kind == Kind::ExecuteTask && failure_points::runs_twice(job.named(), job.done) {
        return step_twice(app, job).await;
    }
    #[cfg(feature = "planted-faults")]
    if Fault::JobApartFromEffect.is_planted() {
        return step_apart(app, job).await;
    }
    let (job, lease_ms, now_ms) = (job.clone(), app.config.lease_ms, app.clock.now_ms());
    match job.kind {
        Kind::ExecuteTask => {
            // Fenced by the job's row; every effect carries its own condition.
            let work = move |tx: &mut crate::db::Tx| execution::work(tx, &job, lease_ms, now_ms);
            app.db.write_with(Isolation::ReadCommitted, work).await
        }
        Kind::DeliverWebhook => deliver::step(app, &job).await,
    }
}

/// A fault for proving the checkers of the tests: the job is completed in another transaction than its effect.
#[cfg(feature = "planted-faults")]
async fn step_apart(app: &App, job: &Leased) -> Result<Option<Leased>> {
    let (job, now_ms) = (job.clone(), app.clock.now_ms());
    let completed = job.clone();
    app.db.write(move |tx| jobs::complete(tx, &completed, completed.done, now_ms)).await?;
    tokio::time::sleep(Duration::from_millis(20)).await;
    match job.kind {
        Kind::ExecuteTask => app.db.write(move |tx| execution::work_unfenced(tx, &job, now_ms)).await,
        Kind::DeliverWebhook => Ok(None),
    }
}

/// Another worker takes the job over and does its next step; then the first one does it, who knows nothing of that.
#[cfg(feature = "planted-faults")]
async fn step_twice(app: &App, job: &Leased) -> Result<Option<Leased>> {
    let second = take_over(app, job).await?;
    let went_on = Box::pin(step(app, &second)).await;
    let came_back = Box::pin(step(app, job)).await;
    failure_points::came_back(job.named().1, came_back.is_err());
    went_on
}

/// Between two transactions of a step: another worker may take the job over and bring it to its end.
#[cfg(feature = "planted-faults")]
pub(super) async fn may_be_overtaken(app: &App, job: &Leased) -> Result<()> {
    if failure_points::runs_twice(job.named(), job.done) {
        let (_keep, stop) = watch::channel(false);
        let second = take_over(app, job).await?;
        Box::pin(run(app, second, &stop)).await;
    }
    Ok(())
}

#[cfg(feature = "planted-faults")]
async fn take_over(app: &App, job: &Leased) -> Result<Leased> {
    let (job, lease_ms, now_ms) = (job.clone(), app.config.lease_ms, app.clock.now_ms());
    app.db.write(move |tx| jobs::take_over(tx, &job, lease_ms, now_ms)).await
}

async fn failed(app: &App, job: &Leased, error: &Error) -> Result<()> {
    let (job, error, now_ms) = (job.clone(), error.to_string(), app.clock.now_ms());
    match job.kind {
        Kind::ExecuteTask => app.db.write(move |tx| execution::failed(tx, &job, &error, now_ms)).await,
        Kind::DeliverWebhook => app.db.write(move |tx| webhooks::failed(tx, &job, &error, now_ms)).await,
    }
}

async fn hand_back(app: &App, job: &Leased) -> Result<()> {
    let job = job.clone();
    app.db.write_with(Isolation::ReadCommitted, move |tx| jobs::hand_back(tx, &job)).await
}

/// Renews the lease while a step takes long. Every step renews it too.
async fn keep_alive(app: App, job: Leased) {
    let third = u64::try_from(app.config.lease_ms / 3).unwrap_or(1_000).max(100);
    let mut failing = false;
    loop {
        tokio::time::sleep(Duration::from_millis(third)).await;
        let (job, lease_ms, now_ms) = (job.clone(), app.config.lease_ms, app.clock.now_ms());
        let kept = app.db.write_with(Isolation::ReadCommitted, move |tx| jobs::heartbeat(tx, &job, lease_ms, now_ms));
        match kept.await {
            Ok(()) => failing = false,
            Err(error) => {
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!(%error, "a lease could not be renewed");
                }
            }
        }
    }
}
