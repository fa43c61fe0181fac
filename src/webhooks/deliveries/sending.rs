//! One attempt: what is sent next, a row that says so before the call, and what became of it. The call itself stands
//! between two transactions and in none (`worker/deliver.rs`).
//!
//! Order: deliveries of an endpoint go out in the order of their events. One that is being retried holds up later ones for
//! a minute from its first attempt; then they go past it.

use reqwest::header::HeaderMap;
use serde_json::json;
use uuid::Uuid;

use super::super::catalog;
use super::super::ladder::{self, HELD_MAX, HELD_MS};
use super::super::signature::{self, Attempt};
use super::super::store::{self as webhooks, Stored};
use super::super::{Outside, client::Exchange};
use super::Status;
use super::store::{self, Ended, Waiting};
use crate::clock::{MINUTE_MS, iso};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{self, Actor, Event};
use crate::ids;
use crate::jobs::{self, Leased};

/// When a job was given up because its own transactions failed, the endpoint is looked at again after this time.
const LOOK_AGAIN_MS: i64 = 10 * MINUTE_MS;

/// An attempt that has begun.
#[derive(Debug, Clone)]
pub struct Sending {
    webhook: Stored,
    delivery: Waiting,
    attempt_id: Uuid,
    body: String,
    begun_at_ms: i64,
}

impl Sending {
    /// Where it goes.
    pub fn url(&self) -> &str {
        &self.webhook.webhook.url
    }

    /// What is sent.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// What goes with it, signed. Reads the key file. A secret of before a rotation that can't be opened signs no more.
    pub fn headers(&self, outside: &Outside) -> Result<HeaderMap> {
        let (workspace_id, webhook_id) = (self.webhook.workspace_id, self.webhook.webhook.id);
        let mut secrets = vec![outside.key_file.open(workspace_id, webhook_id, &self.webhook.sealed)?];
        let old = self.webhook.old_sealed.as_ref().zip(self.webhook.old_until_ms);
        if let Some((sealed, _)) = old.filter(|(_, until_ms)| *until_ms > self.begun_at_ms) {
            secrets.extend(outside.key_file.open(workspace_id, webhook_id, sealed));
        }
        let attempt = Attempt { delivery_id: self.delivery.id, attempt_id: self.attempt_id, at_ms: self.begun_at_ms };
        signature::headers(attempt, &secrets, &self.body)
    }
}

/// Begins the next attempt of an endpoint, in the transaction that notes it; nothing when none is to be made now, and then
/// the job is over.
pub fn begin(tx: &mut Tx, job: &Leased, lease_ms: i64, now_ms: i64) -> Result<Option<Sending>> {
    // The fence first: from here on nobody else works for this endpoint.
    jobs::progress(tx, job, job.done, &job.progress, lease_ms, now_ms)?;
    let (workspace_id, webhook_id) = of(job)?;
    let stored = webhooks::lock(tx, workspace_id, webhook_id)?;
    store::interrupt(tx, workspace_id, webhook_id, now_ms)?;
    let Some(webhook) = stored.filter(|stored| stored.webhook.active) else {
        jobs::forget(tx, job)?;
        return Ok(None);
    };
    match turn(tx, workspace_id, webhook_id, now_ms)? {
        Turn::Of(delivery) => {
            let attempt_id = ids::new(now_ms);
            let body = store::begin(tx, (workspace_id, webhook_id), delivery.id, attempt_id, now_ms)?;
            Ok(Some(Sending { webhook, delivery, attempt_id, body, begun_at_ms: now_ms }))
        }
        Turn::At(due_at_ms) => {
            webhooks::set_due(tx, workspace_id, webhook_id, due_at_ms)?;
            jobs::forget(tx, job)?;
            Ok(None)
        }
    }
}

/// Whose turn it is.
enum Turn {
    /// This one's, now.
    Of(Waiting),
    /// Somebody's at this time; nobody's when nothing waits.
    At(Option<i64>),
}

fn turn(tx: &mut Tx, workspace_id: Uuid, webhook_id: Uuid, now_ms: i64) -> Result<Turn> {
    let Some(due) = store::first_due(tx, workspace_id, webhook_id, now_ms)? else {
        return Ok(Turn::At(store::next_at_ms(tx, workspace_id, webhook_id)?));
    };
    let held = store::first_held(tx, workspace_id, webhook_id, now_ms - HELD_MS, now_ms)?;
    let Some(held) = held.filter(|held| (held.number, held.id) < (due.number, due.id)) else {
        return Ok(Turn::Of(due));
    };
    if store::more_wait_than(tx, workspace_id, webhook_id, HELD_MAX)? {
        return Ok(Turn::Of(due));
    }
    let held_until_ms = held.first_at_ms.unwrap_or(now_ms) + HELD_MS;
    Ok(Turn::At(Some(held.next_at_ms.min(held_until_ms))))
}

/// Ends an attempt: notes what became of it, decides about the delivery and the endpoint. Answers the job as it goes on.
pub fn end(
    tx: &mut Tx,
    job: &Leased,
    sent: &Sending,
    exchange: &Exchange,
    lease_ms: i64,
    now_ms: i64,
) -> Result<Leased> {
    let done = job.done + 1;
    jobs::progress(tx, job, done, &job.progress, lease_ms, now_ms)?;
    let (workspace_id, webhook_id) = of(job)?;
    let stored = webhooks::lock(tx, workspace_id, webhook_id)?;
    let ended = Ended {
        status_code: exchange.status,
        latency_ms: exchange.latency_ms,
        answer: exchange.status.map(|_| exchange.answer.as_str()),
        error: exchange.error.as_deref(),
    };
    store::end_attempt(tx, workspace_id, sent.attempt_id, &ended, now_ms)?;
    let failures = sent.delivery.failures + u32::from(exchange.error.is_some());
    let next_at_ms = ladder::wait_ms(failures, &mut rand::rng()).map(|wait| now_ms + wait);
    let settled = match (&exchange.error, next_at_ms) {
        (None, _) => (Status::Delivered, failures, None),
        (Some(_), Some(next)) => (Status::Waiting, failures, Some(next)),
        (Some(_), None) => (Status::Failed, failures, None),
    };
    let is_over = settled.0 == Status::Failed;
    if store::settle(tx, workspace_id, sent.delivery.id, settled, now_ms)? && is_over {
        let data =
            json!({ "delivery_id": sent.delivery.id, "event": sent.delivery.event, "number": sent.delivery.number });
        let event = Event::of(workspace_id, Actor::System, "webhook.delivery_failed", webhook_id, now_ms);
        events::record(tx, event.with(data));
    }
    if exchange.error.is_none() {
        webhooks::succeeded(tx, workspace_id, webhook_id, now_ms)?;
    } else if let Some(stored) = stored {
        webhooks::failed(tx, workspace_id, webhook_id, now_ms)?;
        give_up(tx, &stored, now_ms)?;
    }
    Ok(Leased { done, ..job.clone() })
}

/// Disables an endpoint that has done nothing but fail for long. What waits for it goes on waiting.
fn give_up(tx: &mut Tx, stored: &Stored, now_ms: i64) -> Result<()> {
    let (workspace_id, webhook_id) = (stored.workspace_id, stored.webhook.id);
    let since_ms = stored.failing_since_ms.unwrap_or(now_ms);
    let failures = stored.failures + 1;
    if !stored.webhook.active || !ladder::is_given_up(since_ms, failures, now_ms) {
        return Ok(());
    }
    let since = iso(since_ms);
    let reason = format!("Every one of {failures} attempts since {since} failed.");
    webhooks::disable(tx, workspace_id, webhook_id, &reason, now_ms)?;
    let data = json!({ "failures": failures, "failing_since": since });
    let event = Event::of(workspace_id, Actor::System, catalog::DISABLED, webhook_id, now_ms);
    events::record(tx, event.with(data));
    Ok(())
}

/// What follows when the job itself failed: it is tried again later, and if it failed too often the endpoint is looked at
/// again after a while.
pub fn failed(tx: &mut Tx, job: &Leased, error: &str, now_ms: i64) -> Result<()> {
    if !jobs::retry(tx, job, error, now_ms)? {
        let (workspace_id, webhook_id) = of(job)?;
        webhooks::set_due(tx, workspace_id, webhook_id, Some(now_ms + LOOK_AGAIN_MS))?;
    }
    Ok(())
}

fn of(job: &Leased) -> Result<(Uuid, Uuid)> {
    let webhook_id = job.subject_id.ok_or_else(|| Error::internal("a job of deliveries names no webhook"))?;
    Ok((job.workspace_id, webhook_id))
}
