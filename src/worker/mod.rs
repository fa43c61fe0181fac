//! The loops of a server: jobs, expiry, the sequencer of events, the follower of prospects, keys, and tidying up.
//!
//! Each loop is a `step` that tests call by hand and a loop around it. A step that fails is logged and tried again at
//! the next beat; nothing here decides anything by itself.

mod deliver;
mod follow;
mod pause;
mod run_job;

use std::future::Future;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;

use self::pause::Pause;
use crate::app::App;
use crate::audit::{self, Checkpoint};
use crate::chat::conversations;
use crate::clock::DAY_MS;
use crate::db::{Isolation, Tx};
use crate::error::{Error, Result};
use crate::jobs::{self, Leased, Work};
use crate::tasks::{self, time};
use crate::{effects, events, execution, external_actions, keys, lists, webhooks};

/// Jobs one process works on at once.
const JOBS_AT_ONCE: usize = 16;
/// Webhook endpoints one process sends to at once; each may keep its place for the ten seconds of an exchange.
const DELIVERIES_AT_ONCE: usize = 16;
/// How often new events and due retries are looked for.
const DELIVERIES_EVERY: Duration = Duration::from_millis(250);
/// How often waiting jobs are looked for when nobody called.
const JOBS_EVERY: Duration = Duration::from_millis(250);
/// The longest rest of a loop whose steps fail: work goes on within this time after the cause is gone.
const REST_MAX: Duration = Duration::from_secs(2);
/// When something can be saved again, jobs under way go on first: only after this time is a lease that ran out meanwhile
/// taken for a worker that was lost.
const RESUME_FIRST: Duration = Duration::from_secs(1);
/// How often deadlines are looked at. The statement that approves checks the deadline itself, so this only tidies.
const EXPIRY_EVERY: Duration = Duration::from_secs(1);
/// Sweeps of one beat; what is left comes with the next.
const SWEEPS_AT_ONCE: u32 = 200;
/// How long committed events wait for their number at most when nothing is busy.
const SEQUENCER_EVERY: Duration = Duration::from_millis(50);
/// How often what has been numbered since is sealed: what no seal covers is at most so old.
const SEAL_EVERY: Duration = Duration::from_millis(500);
/// How often old rows are removed.
const TIDY_EVERY: Duration = Duration::from_secs(60);
/// How long a loop that panicked rests before it begins anew.
const BROKEN_REST: Duration = Duration::from_secs(1);
/// How long ended jobs are kept.
const ENDED_JOBS_KEPT_MS: i64 = 7 * DAY_MS;
/// Rows removed in one transaction.
const TIDY_BATCH: u32 = 200;

/// Runs all loops until `stop` turns true, then lets steps under way finish and hands leases back.
pub async fn run(app: App, stop: watch::Receiver<bool>) {
    let mut loops = JoinSet::new();
    loops.spawn(kept_up(app.clone(), stop.clone(), "jobs", |app, stop| run_jobs(app, stop, Work::Inside)));
    loops.spawn(kept_up(app.clone(), stop.clone(), "deliveries", |app, stop| run_jobs(app, stop, Work::Deliveries)));
    loops.spawn(kept_up(app.clone(), stop.clone(), "webhooks", |app, stop| {
        every(app, stop, DELIVERIES_EVERY, "webhooks", async |app: &App| deliver::follow(app).await)
    }));
    loops.spawn(kept_up(app.clone(), stop.clone(), "expiry", |app, stop| {
        every(app, stop, EXPIRY_EVERY, "expiry", async |app: &App| expire(app).await)
    }));
    loops.spawn(kept_up(app.clone(), stop.clone(), "sequencer", |app, stop| {
        every(app, stop, SEQUENCER_EVERY, "sequencer", async |app: &App| {
            while events::sequencer::step(&app.db).await? > 0 {}
            Ok(())
        })
    }));
    loops.spawn(kept_up(app.clone(), stop.clone(), "sealing", run_sealing));
    loops.spawn(kept_up(app.clone(), stop.clone(), "tidying", |app, stop| {
        every(app, stop, TIDY_EVERY, "tidying", async |app: &App| tidy(app).await)
    }));
    loops.spawn(kept_up(app.clone(), stop.clone(), "index", follow::run));
    loops.spawn(kept_up(app, stop, "keys", keys::watch));
    while loops.join_next().await.is_some() {}
}

/// Runs a loop, and runs it anew when it panicked: a server whose jobs have quietly stopped would break its promise.
async fn kept_up<F>(app: App, stop: watch::Receiver<bool>, name: &'static str, run: fn(App, watch::Receiver<bool>) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    while let Err(error) = tokio::spawn(run(app.clone(), stop.clone())).await {
        tracing::error!(%error, name, "a background loop broke off; it begins anew");
        tokio::time::sleep(BROKEN_REST).await;
    }
}

/// Calls `step` again and again. A failure is logged once while it lasts, and the rests grow.
async fn every<S>(app: App, mut stop: watch::Receiver<bool>, beat: Duration, name: &'static str, step: S)
where
    S: AsyncFn(&App) -> Result<()>,
{
    let mut pause = Pause::new(beat, REST_MAX);
    loop {
        match step(&app).await {
            Ok(()) => pause.over(),
            Err(error) => {
                if pause.failed() && is_news(&error) {
                    tracing::error!(%error, name, "a background step failed; it will be tried again");
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause.rest()) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// That nothing can be saved is in the log already, once for all who meet it.
fn is_news(error: &Error) -> bool {
    !matches!(error, Error::Trouble(_))
}

/// Dismisses all tasks whose deadline is over or passes them on, records reminders, and begins the work of approved tasks
/// that were held back, or gives it up when its time is over.
pub async fn expire(app: &App) -> Result<()> {
    let now_ms = app.clock.now_ms();
    for _ in 0..SWEEPS_AT_ONCE {
        if !app.db.read(move |tx| time::any_to_remind(tx, now_ms)).await? {
            break;
        }
        app.db.write(move |tx| time::remind(tx, now_ms)).await?;
    }
    for _ in 0..SWEEPS_AT_ONCE {
        if !app.db.read(move |tx| execution::any_to_sweep(tx, now_ms)).await? {
            break;
        }
        // Each begins by a statement with its own condition, and looks whether it is frozen.
        app.db.write_with(Isolation::ReadCommitted, move |tx| execution::sweep(tx, now_ms)).await?;
    }
    while app.db.read(move |tx| tasks::any_to_expire(tx, now_ms)).await? {
        app.db.write(move |tx| tasks::expire(tx, now_ms)).await?;
    }
    while app.db.read(move |tx| external_actions::any_lost(tx, now_ms)).await? {
        app.db.write(move |tx| external_actions::give_up_lost(tx, now_ms)).await?;
    }
    Ok(())
}

/// Removes jobs that ended long ago, effects too old to be undone, saved answers that have aged out, and what is left of large lists and long
/// conversations that were deleted.
pub async fn tidy(app: &App) -> Result<()> {
    let before_ms = app.clock.now_ms() - ENDED_JOBS_KEPT_MS;
    let forget = move |tx: &mut Tx| jobs::forget_ended(tx, before_ms, TIDY_BATCH);
    while app.db.write_with(Isolation::ReadCommitted, forget).await? >= TIDY_BATCH.into() {
        tokio::task::yield_now().await;
    }
    let now_ms = app.clock.now_ms();
    let forget = move |tx: &mut Tx| effects::forget_old(tx, now_ms, TIDY_BATCH);
    while app.db.write_with(Isolation::ReadCommitted, forget).await? >= TIDY_BATCH.into() {
        tokio::task::yield_now().await;
    }
    while crate::http::forget_saved_answers(app, TIDY_BATCH).await? >= TIDY_BATCH.into() {
        tokio::task::yield_now().await;
    }
    let now_ms = app.clock.now_ms();
    let forget = move |tx: &mut Tx| webhooks::forget_aged(tx, TIDY_BATCH, now_ms);
    while app.db.write_with(Isolation::ReadCommitted, forget).await? >= TIDY_BATCH.into() {
        tokio::task::yield_now().await;
    }
    // At most a look each beat, unless a large list or a long conversation was deleted.
    let empty = |tx: &mut Tx| lists::empty_deleted(tx, TIDY_BATCH);
    while app.db.read(lists::any_deleted).await? && app.db.write_with(Isolation::ReadCommitted, empty).await? {
        tokio::task::yield_now().await;
    }
    let sweep = |tx: &mut Tx| events::sweep_erased(tx, TIDY_BATCH);
    while app.db.read(events::any_erased).await? && app.db.write_with(Isolation::ReadCommitted, sweep).await? {
        tokio::task::yield_now().await;
    }
    let empty = |tx: &mut Tx| conversations::empty_deleted(tx, TIDY_BATCH);
    while app.db.read(conversations::any_deleted).await? && app.db.write_with(Isolation::ReadCommitted, empty).await? {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Seals what has been numbered and lets the checkpoints out with the logs, until the server stops.
async fn run_sealing(app: App, stop: watch::Receiver<bool>) {
    every(app, stop, SEAL_EVERY, "sealing", async |app: &App| {
        let sealed = seal(app).await?;
        app.checkpoints.lock().unwrap_or_else(PoisonError::into_inner).log(sealed, app.clock.now_ms(), false);
        Ok(())
    })
    .await;
}

/// What is left to do when the last request was answered: the last events are sealed, and each workspace's last checkpoint
/// goes out with the logs.
pub async fn finish(app: &App) {
    let sealed = async {
        while events::sequencer::step(&app.db).await? > 0 {}
        seal(app).await
    };
    let sealed = sealed.await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the last events are not sealed yet; the next start does it");
        Vec::new()
    });
    app.checkpoints.lock().unwrap_or_else(PoisonError::into_inner).log(sealed, app.clock.now_ms(), true);
}

/// Seals all that has a number; answers what was sealed.
pub async fn seal(app: &App) -> Result<Vec<Checkpoint>> {
    let key = app.audit_key.key()?;
    let mut all = Vec::new();
    loop {
        let sealed = audit::step(&app.db, &key, app.clock.now_ms()).await?;
        if sealed.is_empty() {
            return Ok(all);
        }
        all.extend(sealed);
    }
}

/// Takes jobs and works on them, several at once.
async fn run_jobs(app: App, mut stop: watch::Receiver<bool>, work: Work) {
    let places = Arc::new(Semaphore::new(at_once(work)));
    let mut running = JoinSet::new();
    let mut pause = Pause::new(JOBS_EVERY, REST_MAX);
    while !*stop.borrow() {
        let free = u32::try_from(places.available_permits()).unwrap_or(0);
        let leased = if free > 0 { lease(&app, work, free).await } else { Ok(Vec::new()) };
        let leased = leased.inspect(|_| pause.over()).unwrap_or_else(|error| {
            if pause.failed() && is_news(&error) {
                tracing::error!(%error, "jobs could not be leased; it will be tried again");
            }
            Vec::new()
        });
        let idle = leased.is_empty();
        for job in leased {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
            let (app, stop) = (app.clone(), stop.clone());
            running.spawn(async move {
                run_job::run(&app, job, &stop).await;
                drop(place);
            });
        }
        while running.try_join_next().is_some() {}
        if idle {
            // While jobs can't even be looked for, nothing but time helps.
            let failing = pause.is_failing();
            tokio::select! {
                Some(_) = running.join_next(), if !failing && !running.is_empty() => {}
                () = calls(&app, work).notified(), if !failing => {}
                () = tokio::time::sleep(pause.rest()) => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        }
    }
    while running.join_next().await.is_some() {}
}

fn at_once(work: Work) -> usize {
    match work {
        Work::Inside => JOBS_AT_ONCE,
        Work::Deliveries => DELIVERIES_AT_ONCE,
    }
}

/// What wakes the loop of this kind of work.
fn calls(app: &App, work: Work) -> &Notify {
    match work {
        Work::Inside => &app.waiters.jobs,
        Work::Deliveries => &app.waiters.deliveries,
    }
}

async fn lease(app: &App, work: Work, most: u32) -> Result<Vec<Leased>> {
    let (now_ms, lease_ms) = (app.clock.now_ms(), app.config.lease_ms);
    if !app.db.read(move |tx| jobs::any_due(tx, work, now_ms)).await? {
        return Ok(Vec::new());
    }
    if app.db.had_trouble_within(RESUME_FIRST) || !app.clock_agrees().await? {
        return Ok(Vec::new());
    }
    app.db.write_with(Isolation::ReadCommitted, move |tx| jobs::lease(tx, work, most, lease_ms, now_ms)).await
}

/// Works on all jobs that are due, one after the other, to their end; answers how many there were. For tests.
pub async fn work_off(app: &App) -> Result<usize> {
    work_off_all(app, Work::Inside).await
}

/// Makes deliveries of all numbered events and sends what is due, to its end; answers for how many endpoints. For tests.
pub async fn deliver(app: &App) -> Result<usize> {
    deliver::follow(app).await?;
    work_off_all(app, Work::Deliveries).await
}

async fn work_off_all(app: &App, work: Work) -> Result<usize> {
    let (_keep, stop) = watch::channel(false);
    let mut worked = 0;
    loop {
        let leased = lease(app, work, u32::try_from(at_once(work)).unwrap_or(1)).await?;
        if leased.is_empty() {
            return Ok(worked);
        }
        for job in leased {
            run_job::run(app, job, &stop).await;
            worked += 1;
        }
    }
}
