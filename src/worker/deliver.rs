//! Deliveries of webhooks: events become deliveries, and a job sends those of one endpoint one after the other.
//!
//! The call stands between two transactions and in none: the first notes that it is made, the second what became of it.
//! Whoever dies in between is followed by another worker, who finds the attempt without an end and makes a new one.

use super::is_news;
use crate::app::App;
use crate::db::Isolation;
use crate::error::Result;
use crate::jobs::Leased;
use crate::webhooks::{self, Exchange};

/// Endpoints looked after at one beat.
const AT_ONE_BEAT: u32 = 100;

/// Makes deliveries of new events, and has those sent that are due.
pub(super) async fn follow(app: &App) -> Result<()> {
    let now_ms = app.clock.now_ms();
    for (workspace_id, id) in app.db.read(|tx| webhooks::behind(tx, AT_ONE_BEAT)).await? {
        // Every statement carries its own condition, and the endpoint's row is locked.
        let make = move |tx: &mut crate::db::Tx| {
            #[cfg(feature = "planted-faults")]
            crate::failure_points::reach(tx, &id.to_string(), "made", now_ms);
            webhooks::make_deliveries(tx, workspace_id, id, now_ms)
        };
        loop {
            match app.db.write_with(Isolation::ReadCommitted, make).await {
                Ok(true) => {}
                Ok(false) => break,
                // One endpoint in trouble keeps no other from its events.
                Err(error) if is_news(&error) => {
                    tracing::error!(%error, webhook = %id, "deliveries could not be made; it will be tried again");
                    break;
                }
                Err(error) => return Err(error),
            }
        }
    }
    for (workspace_id, id) in app.db.read(move |tx| webhooks::due(tx, AT_ONE_BEAT, now_ms)).await? {
        let wake = move |tx: &mut crate::db::Tx| webhooks::wake(tx, workspace_id, id, now_ms);
        app.db.write_with(Isolation::ReadCommitted, wake).await?;
    }
    Ok(())
}

/// One attempt of the endpoint this job is for; nothing when none is to be made now.
pub(super) async fn step(app: &App, job: &Leased) -> Result<Option<Leased>> {
    let (lease_ms, now_ms) = (app.config.lease_ms, app.clock.now_ms());
    let begun = job.clone();
    let begin = move |tx: &mut crate::db::Tx| webhooks::begin(tx, &begun, lease_ms, now_ms);
    let Some(sending) = app.db.write_with(Isolation::ReadCommitted, begin).await? else { return Ok(None) };
    let exchange = match sending.headers(&app.webhooks) {
        Ok(headers) => app.webhooks.post(sending.url(), headers, sending.body().to_owned()).await,
        Err(error) => {
            tracing::error!(%error, "a webhook can't be signed");
            Exchange::not_made("the secret can't be read on the server; its operator finds the cause in the log")
        }
    };
    #[cfg(feature = "planted-faults")]
    super::run_job::may_be_overtaken(app, job).await?;
    let (job, now_ms) = (job.clone(), app.clock.now_ms());
    let end = move |tx: &mut crate::db::Tx| webhooks::end(tx, &job, &sending, &exchange, lease_ms, now_ms);
    app.db.write_with(Isolation::ReadCommitted, end).await.map(Some)
}
