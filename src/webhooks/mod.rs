//! Webhooks: endpoints outside that are told of events.
//!
//! What is promised. Every event an endpoint asked for reaches it at least once, under an id that stays the same however
//! often it is sent, signed, and in order where that is possible; a receiver that fails is tried again for some seven hours
//! and given up after three days. Endpoints are told of what happened after they were made, and of nothing that happened
//! while they were paused. No endpoint leads into the installation's own network. Nothing is sent from inside a
//! transaction: a row says before each call that it is made.

mod address;
mod catalog;
mod check;
mod client;
mod deliveries;
pub mod http;
mod ladder;
mod secret;
mod signature;
mod store;

use std::collections::HashSet;

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

pub use check::{NewWebhook, Overlap, WebhookChange};
pub use client::{Exchange, Outside};
pub use deliveries::{Attempt, Delivery, Sending, Status, begin, end, failed};
pub use secret::KeyFile;

use crate::clock::HOUR_MS;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::events::{self, By};
use crate::paging::Paging;
use crate::{ids, jobs};
use check::{Change, New};

/// Webhooks of one workspace. Every event becomes a delivery for each of them.
const WEBHOOKS_MAX: u64 = 50;

/// An endpoint that is told of events.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Webhook {
    /// UUID.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// Where it is.
    pub url: String,
    /// What it is told of.
    pub events: Vec<String>,
    /// For people.
    pub description: Option<String>,
    /// False while it is paused: what happens meanwhile is not sent.
    pub active: bool,
    /// How the last attempt ended: `success` or `failed`; null before the first.
    pub last_delivery_status: Option<String>,
    /// When that was.
    pub last_delivery_at: Option<String>,
    /// When it was paused by the server because nothing but failures came back.
    pub disabled_at: Option<String>,
    /// Why.
    pub disabled_reason: Option<String>,
    /// Until when the secret before the last rotation signs too.
    pub old_secret_expires_at: Option<String>,
    /// When it was made.
    pub created_at: String,
    /// When it was changed last.
    pub updated_at: String,
    /// What its deliveries are signed with: shown once, when it is made or rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A webhook that is no more.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedWebhook {
    /// Always true.
    pub deleted: bool,
    /// Which one.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
}

/// A secret with the webhook it was sealed for, made before the transaction, which may run again.
#[derive(Debug, Clone)]
pub(crate) struct NewSecret {
    webhook_id: Uuid,
    secret: secret::Secret,
    sealed: String,
}

impl NewSecret {
    /// Draws a secret and seals it. Reads or makes the key file.
    pub(crate) fn draw(outside: &Outside, workspace_id: Uuid, webhook_id: Uuid) -> Result<NewSecret> {
        let secret = secret::Secret::draw()?;
        let sealed = outside.key_file.seal(workspace_id, webhook_id, &secret)?;
        Ok(NewSecret { webhook_id, secret, sealed })
    }
}

/// Makes a webhook; the only answer with its secret. It is told of what happens from now on.
pub(crate) fn create(tx: &mut Tx, by: &By, new: &New, secret: &NewSecret, now_ms: i64) -> Result<Webhook> {
    let workspace_id = by.workspace_id;
    if store::count(tx, workspace_id)? >= WEBHOOKS_MAX {
        let message = format!("A workspace has at most {WEBHOOKS_MAX} webhooks; delete one first.");
        return Err(Error::validation("url", message));
    }
    let row = store::New {
        id: secret.webhook_id,
        url: &new.url,
        events: &new.events,
        description: new.description.as_deref(),
        active: new.active,
        sealed: &secret.sealed,
        last_number: events::last_number(tx, workspace_id)?,
    };
    store::insert(tx, workspace_id, &row, now_ms)?;
    let data = json!({ "events": new.events, "active": new.active });
    events::record(tx, by.event("webhook.created", row.id, now_ms).with(data));
    let webhook = get(tx, workspace_id, row.id)?;
    Ok(Webhook { secret: Some(secret.secret.text()), ..webhook })
}

/// A page of a workspace's webhooks, oldest first, and how many there are.
pub fn page(tx: &mut Tx, workspace_id: Uuid, paging: Paging) -> Result<(Vec<Webhook>, u64)> {
    let found = store::page(tx, workspace_id, paging.limit(), paging.offset())?;
    Ok((found.into_iter().map(|stored| stored.webhook).collect(), store::count(tx, workspace_id)?))
}

/// One of them.
pub fn get(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Webhook> {
    let stored = store::get(tx, workspace_id, id)?.filter(|stored| !stored.is_deleted);
    stored.map(|stored| stored.webhook).ok_or_else(not_found)
}

/// Changes the given fields. One that becomes active is told of what happens from now on, and what still waited is sent.
pub(crate) fn change(tx: &mut Tx, by: &By, id: Uuid, change: &Change, now_ms: i64) -> Result<Webhook> {
    let workspace_id = by.workspace_id;
    let before = store::lock(tx, workspace_id, id)?.filter(|stored| !stored.is_deleted).ok_or_else(not_found)?;
    let (after, fields) = change.applied(&before.webhook);
    if fields.is_empty() {
        return Ok(before.webhook);
    }
    let wakes = after.active && !before.webhook.active;
    let begins = if wakes { Some(events::last_number(tx, workspace_id)?) } else { None };
    store::update(tx, workspace_id, &after, begins, now_ms)?;
    if wakes {
        jobs::enqueue_deliveries(tx, workspace_id, id, now_ms)?;
    }
    events::record(tx, by.event("webhook.updated", id, now_ms).with(json!({ "fields": fields })));
    get(tx, workspace_id, id)
}

/// Deletes a webhook: its secret is gone at once and what waited is cancelled. What was sent stays readable for 30 days.
pub fn delete(tx: &mut Tx, by: &By, id: Uuid, now_ms: i64) -> Result<DeletedWebhook> {
    if !store::delete(tx, by.workspace_id, id, now_ms)? {
        return Err(not_found());
    }
    let cancelled = deliveries::cancel(tx, by.workspace_id, id, now_ms)?;
    events::record(tx, by.event("webhook.deleted", id, now_ms).with(json!({ "cancelled": cancelled })));
    Ok(DeletedWebhook { deleted: true, id })
}

/// Gives a webhook another secret; the one before signs beside it for `overlap_hours`. The only answer with the new one.
pub(crate) fn rotate(tx: &mut Tx, by: &By, overlap_hours: u32, secret: &NewSecret, now_ms: i64) -> Result<Webhook> {
    let (workspace_id, id) = (by.workspace_id, secret.webhook_id);
    get(tx, workspace_id, id)?;
    let old_until_ms = (overlap_hours > 0).then(|| now_ms + i64::from(overlap_hours) * HOUR_MS);
    store::set_secret(tx, workspace_id, id, &secret.sealed, old_until_ms, now_ms)?;
    let data = json!({ "overlap_hours": overlap_hours });
    events::record(tx, by.event("webhook.secret_rotated", id, now_ms).with(data));
    let webhook = get(tx, workspace_id, id)?;
    Ok(Webhook { secret: Some(secret.secret.text()), ..webhook })
}

/// What was sent and is to be sent, newest first; of a deleted webhook too, for 30 days.
pub fn deliveries(
    tx: &mut Tx,
    workspace_id: Uuid,
    id: Uuid,
    status: Option<Status>,
    paging: Paging,
) -> Result<(Vec<Delivery>, u64)> {
    store::get(tx, workspace_id, id)?.ok_or_else(not_found)?;
    deliveries::page(tx, workspace_id, id, status, paging)
}

/// Sends a delivery again, with the same body and `webhook-id`.
pub fn redeliver(tx: &mut Tx, by: &By, id: Uuid, delivery_id: Option<Uuid>, now_ms: i64) -> Result<Delivery> {
    let workspace_id = by.workspace_id;
    let webhook = active(tx, workspace_id, id)?;
    let delivery_id = delivery_id.ok_or_else(deliveries::not_found)?;
    deliveries::again(tx, &webhook, workspace_id, delivery_id, now_ms)?;
    jobs::enqueue_deliveries(tx, workspace_id, id, now_ms)?;
    let data = json!({ "delivery_id": delivery_id });
    events::record(tx, by.event("webhook.redelivered", id, now_ms).with(data));
    deliveries::get(tx, workspace_id, id, delivery_id)
}

/// Sends a `webhook.test`.
pub fn test(tx: &mut Tx, by: &By, id: Uuid, now_ms: i64) -> Result<Delivery> {
    let workspace_id = by.workspace_id;
    active(tx, workspace_id, id)?;
    let delivery_id = ids::new(now_ms);
    deliveries::test(tx, workspace_id, id, delivery_id, now_ms)?;
    jobs::enqueue_deliveries(tx, workspace_id, id, now_ms)?;
    deliveries::get(tx, workspace_id, id, delivery_id)
}

/// A webhook that something can be sent to; locked, so that a job that ends meanwhile sees what is enqueued.
fn active(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Webhook> {
    let stored = store::lock(tx, workspace_id, id)?.filter(|stored| !stored.is_deleted).ok_or_else(not_found)?;
    if stored.webhook.active {
        return Ok(stored.webhook);
    }
    Err(Error::validation("active", "The webhook is paused; set active to true first."))
}

/// Active webhooks whose workspace has events they have not come to: workspace and id.
pub fn behind(tx: &mut Tx, most: u32) -> Result<Vec<(Uuid, Uuid)>> {
    store::behind(tx, most)
}

/// Makes deliveries of the next events for one webhook; answers whether there may be more.
pub fn make_deliveries(tx: &mut Tx, workspace_id: Uuid, id: Uuid, now_ms: i64) -> Result<bool> {
    deliveries::make(tx, workspace_id, id, now_ms)
}

/// Webhooks whose next delivery is due: workspace and id.
pub fn due(tx: &mut Tx, most: u32, now_ms: i64) -> Result<Vec<(Uuid, Uuid)>> {
    store::due(tx, most, now_ms)
}

/// Has a worker look after a webhook whose next delivery is due.
pub fn wake(tx: &mut Tx, workspace_id: Uuid, id: Uuid, now_ms: i64) -> Result<()> {
    if store::take_due(tx, workspace_id, id, now_ms)? {
        jobs::enqueue_deliveries(tx, workspace_id, id, now_ms)?;
    }
    Ok(())
}

/// Takes deleted people out of everything that was or will be sent. In the transaction that deletes them, at most 500.
pub fn forget_people(tx: &mut Tx, workspace_id: Uuid, contact_ids: &[Uuid]) -> Result<()> {
    if contact_ids.is_empty() { Ok(()) } else { deliveries::forget_people(tx, workspace_id, contact_ids) }
}

/// Removes deliveries that have aged out, at most `most`, and deleted webhooks with none left; answers how many
/// deliveries.
pub fn forget_aged(tx: &mut Tx, most: u32, now_ms: i64) -> Result<u64> {
    let forgotten = deliveries::forget_aged(tx, most, now_ms)?;
    if forgotten < u64::from(most) {
        store::forget_deleted(tx, now_ms - deliveries::KEPT_MS)?;
    }
    Ok(forgotten)
}

/// The names of the keys that the secrets are kept under, each once.
pub fn keys_in_use(tx: &mut Tx) -> Result<HashSet<String>> {
    Ok(store::all_sealed(tx)?.iter().map(|sealed| secret::kept_under(sealed).to_owned()).collect())
}

/// "Webhook not found", for an id that does not exist or belongs to another workspace.
pub fn not_found() -> Error {
    Error::with_code(Code::WebhookNotFound, "Webhook not found")
}
