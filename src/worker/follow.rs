//! Keeps this process's search index up with the database, saves it now and then, and builds it anew when asked.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::app::App;
use crate::error::{Error, Result};
use crate::prospects::{self, search};

/// How often changes of other processes are looked for.
const EVERY: Duration = Duration::from_millis(250);

/// Follows until `stop` turns true, then saves what is new.
pub(super) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let mut rebuilds = None;
    let mut failing = false;
    let mut unsaved = false;
    while !*stop.borrow() {
        match beat(&app, &mut rebuilds).await {
            Ok(()) => {
                failing = false;
                save_when_due(&app, &mut unsaved).await;
            }
            Err(error) => {
                if !failing {
                    tracing::error!(%error, "the search index could not be brought up to date; it will be tried again");
                }
                failing = true;
            }
        }
        tokio::select! {
            () = app.waiters.prospects.notified() => {}
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
    if let Err(error) = save(&app).await {
        tracing::warn!(%error, "the search index could not be saved; it will be followed from the database");
    }
}

/// One look at the database. `rebuilds` is how many rebuilds had been asked for at the last look.
async fn beat(app: &App, rebuilds: &mut Option<i64>) -> Result<()> {
    let asked = app.db.read(prospects::rebuilds_asked).await?;
    if rebuilds.replace(asked).is_some_and(|seen| seen != asked) {
        tracing::info!("the search index is built anew, as asked");
        search::rebuild(&app.db, &app.search, |_| {}).await?;
        return save(app).await;
    }
    while search::step(&app.db, &app.search).await?.behind {}
    Ok(())
}

/// Saves what is new now and then. While that fails, as on a full disk, the index goes on in memory.
async fn save_when_due(app: &App, unsaved: &mut bool) {
    if !app.search.is_save_due(app.clock.now_ms()) {
        return;
    }
    match save(app).await {
        Ok(()) => *unsaved = false,
        Err(error) if !*unsaved => {
            *unsaved = true;
            tracing::warn!(%error, "the search index goes on in memory; saving it will be tried again");
        }
        Err(_) => {}
    }
}

async fn save(app: &App) -> Result<()> {
    let (index, now_ms) = (Arc::clone(&app.search), app.clock.now_ms());
    let saved = tokio::task::spawn_blocking(move || index.save(now_ms)).await.map_err(Error::internal)?;
    saved.map(|_| ()).map_err(|error| Error::internal(format_args!("the search index can't be saved: {error}")))
}
