//! Keeps this process's search index up with the database, saves it now and then, and builds it anew when asked.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::REST_MAX;
use super::pause::Pause;
use crate::app::App;
use crate::error::{Error, Result};
use crate::prospects::{self, search};

/// How often changes of other processes are looked for.
const EVERY: Duration = Duration::from_millis(250);

/// Work that takes longer than a beat and must not hold up the following of changes.
#[derive(Default)]
struct Beside {
    rebuild: Option<JoinHandle<Result<u64>>>,
    save: Option<JoinHandle<Result<()>>>,
    /// The last save failed, as on a full disk, and that is in the log.
    unsaved: bool,
}

/// Follows until `stop` turns true, then saves what is new.
pub(super) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let mut rebuilds = None;
    let mut beside = Beside::default();
    let mut pause = Pause::new(EVERY, REST_MAX);
    while !*stop.borrow() {
        match beat(&app, &mut rebuilds, &mut beside).await {
            Ok(()) => pause.over(),
            Err(error) => {
                if pause.failed() {
                    tracing::error!(%error, "the search index could not be brought up to date; it will be tried again");
                }
            }
        }
        tokio::select! {
            () = app.waiters.prospects.notified() => {}
            () = tokio::time::sleep(pause.rest()) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
    if let Some(rebuild) = beside.rebuild {
        rebuild.abort();
    }
    if let Err(error) = save(&app).await {
        tracing::warn!(%error, "the search index could not be saved; it will be followed from the database");
    }
}

/// One look at the database. `rebuilds` is how many rebuilds had been asked for at the last look.
async fn beat(app: &App, rebuilds: &mut Option<i64>, beside: &mut Beside) -> Result<()> {
    let asked = app.db.read(prospects::rebuilds_asked).await?;
    if beside.rebuild.is_none() && rebuilds.replace(asked).is_some_and(|seen| seen != asked) {
        tracing::info!("the search index is built anew, as asked; the old one answers until then");
        let app = app.clone();
        beside.rebuild = Some(tokio::spawn(async move { search::rebuild(&app.db, &app.search, |_| {}).await }));
    }
    let rebuilt = ended(&mut beside.rebuild).await;
    if rebuilt.is_err() {
        // As if it had not been seen yet: the next look begins it again.
        *rebuilds = Some(asked - 1);
    }
    let rebuilt = rebuilt?.is_some();
    while search::step(&app.db, &app.search).await?.behind {}
    match ended(&mut beside.save).await {
        Ok(None) => {}
        Ok(Some(())) => beside.unsaved = false,
        Err(error) => {
            if !std::mem::replace(&mut beside.unsaved, true) {
                tracing::warn!(%error, "the search index goes on in memory; saving it will be tried again");
            }
        }
    }
    if beside.save.is_none() && (rebuilt || app.search.is_save_due(app.clock.now_ms())) {
        let app = app.clone();
        beside.save = Some(tokio::spawn(async move { save(&app).await }));
    }
    Ok(())
}

/// What came of work that has ended.
async fn ended<T>(work: &mut Option<JoinHandle<Result<T>>>) -> Result<Option<T>> {
    match work.take_if(|work| work.is_finished()) {
        Some(work) => work.await.map_err(Error::internal)?.map(Some),
        None => Ok(None),
    }
}

async fn save(app: &App) -> Result<()> {
    let (index, now_ms) = (Arc::clone(&app.search), app.clock.now_ms());
    let saved = tokio::task::spawn_blocking(move || index.save(now_ms)).await.map_err(Error::internal)?;
    saved.map(|_| ()).map_err(|error| Error::internal(format_args!("the search index can't be saved: {error}")))
}
