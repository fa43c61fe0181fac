//! Keeps this process's search index up with the database, saves it now and then, and builds it anew when asked.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::pause::Pause;
use crate::app::App;
use crate::error::{Error, Result};
use crate::prospects::{self, search};

/// How often changes of other processes are looked for.
const EVERY: Duration = Duration::from_millis(250);

/// Follows until `stop` turns true, then saves what is new.
pub(super) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let mut rebuilds = None;
    let mut pause = Pause::new("index", EVERY);
    while !*stop.borrow() {
        match beat(&app, &mut rebuilds).await {
            Ok(()) => pause.succeeded(),
            Err(error) => pause.failed(&error),
        }
        tokio::select! {
            () = app.waiters.prospects.notified() => {}
            () = tokio::time::sleep(pause.rest()) => {}
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
    if app.search.is_save_due(app.clock.now_ms()) {
        save(app).await?;
    }
    Ok(())
}

async fn save(app: &App) -> Result<()> {
    let (index, now_ms) = (Arc::clone(&app.search), app.clock.now_ms());
    let saved = tokio::task::spawn_blocking(move || index.save(now_ms)).await.map_err(Error::internal)?;
    saved.map(|_| ()).map_err(|error| Error::internal(format_args!("the search index can't be saved: {error}")))
}
