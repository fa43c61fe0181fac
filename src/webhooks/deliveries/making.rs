//! From numbered events to deliveries. The endpoint's row is locked while its place in the order of events moves on, and
//! the deliveries of those events are written in the same transaction: whatever happens, and however many nodes there are,
//! no event is passed over and none becomes a delivery twice.

use serde_json::{Map, json};
use uuid::Uuid;

use super::super::catalog::{self, BULK_CREATED};
use super::super::store as webhooks;
use super::{body, store};
use crate::db::Tx;
use crate::error::Result;
use crate::events::{self, Recorded};
use crate::{ids, jobs};

/// Events looked at in one transaction.
const BATCH: u32 = 200;
/// While so many wait for an endpoint no more are made for it: its events wait in the log instead.
const WAITING_MAX: u32 = 10_000;
/// Contacts in one delivery.
const CONTACTS_MAX: usize = 100;

/// Makes deliveries of the next events for one endpoint; answers whether there may be more.
pub(in super::super) fn make(tx: &mut Tx, workspace_id: Uuid, webhook_id: Uuid, now_ms: i64) -> Result<bool> {
    let Some(stored) = webhooks::lock(tx, workspace_id, webhook_id)? else { return Ok(false) };
    if !stored.webhook.active || store::more_wait_than(tx, workspace_id, webhook_id, WAITING_MAX)? {
        return Ok(false);
    }
    let found = events::after(tx, workspace_id, stored.last_number, BATCH)?;
    let Some(last) = found.last().map(|event| event.number) else { return Ok(false) };
    let mut new = Vec::new();
    for group in groups(&found) {
        let Some(delivery) = delivery(tx, (workspace_id, webhook_id), group, &stored.webhook.events, now_ms)? else {
            continue;
        };
        new.push(delivery);
    }
    webhooks::come_to(tx, workspace_id, webhook_id, last)?;
    if !new.is_empty() {
        store::insert(tx, workspace_id, new, now_ms)?;
        // With a time set, what waits is held up until then, and this comes behind it.
        if stored.due_at_ms.is_none() {
            jobs::enqueue_deliveries(tx, workspace_id, webhook_id, now_ms)?;
        }
    }
    // Who was deleted while a body was made of him is taken out here at the latest: that event has a later number.
    let gone = |event: &Recorded| matches!(event.kind.as_str(), "contact.deleted" | "contact.merged");
    let gone: Vec<Uuid> = found.iter().filter(|event| gone(event)).filter_map(|event| event.subject_id).collect();
    if !gone.is_empty() {
        super::forget_people(tx, workspace_id, &gone)?;
    }
    Ok(found.len() == BATCH as usize)
}

/// Events that are told together: the contacts that one step of a task made. Every other event stands for itself.
fn groups(events: &[Recorded]) -> Vec<&[Recorded]> {
    let together = |one: &Recorded, next: &Recorded| {
        one.kind == "contact.created"
            && next.kind == one.kind
            && one.task_id.is_some()
            && (next.task_id, next.at_ms) == (one.task_id, one.at_ms)
    };
    events.chunk_by(together).flat_map(|group| group.chunks(CONTACTS_MAX)).collect()
}

/// The delivery of a group of events; nothing when the endpoint did not ask for it.
fn delivery(
    tx: &mut Tx,
    (workspace_id, webhook_id): (Uuid, Uuid),
    group: &[Recorded],
    wanted: &[String],
    now_ms: i64,
) -> Result<Option<store::New>> {
    let Some(last) = group.last() else { return Ok(None) };
    let kind = if group.len() > 1 { BULK_CREATED } else { &last.kind };
    let Some(event) = catalog::told_as(kind, wanted) else { return Ok(None) };
    let told = if group.len() > 1 {
        let contact_ids: Vec<Uuid> = group.iter().filter_map(|event| event.subject_id).collect();
        let data = Map::from_iter([("task_id".to_owned(), json!(last.task_id))]);
        body::of_contacts(tx, workspace_id, &contact_ids, data)?
    } else {
        body::of_event(tx, workspace_id, last)?
    };
    let id = ids::new(now_ms);
    let body = body::text(id, event, workspace_id, (last.at_ms, Some(last.number)), &told.data);
    Ok(Some(store::New { id, webhook_id, number: last.number, event, body, subjects: told.subjects }))
}

/// Enqueues a delivery that tells of nothing.
pub(in super::super) fn test(tx: &mut Tx, workspace_id: Uuid, webhook_id: Uuid, id: Uuid, now_ms: i64) -> Result<()> {
    let number = events::last_number(tx, workspace_id)?;
    let data = json!({ "message": "This is a test. Nothing happened." });
    let body = body::text(id, catalog::TEST, workspace_id, (now_ms, None), &data);
    let new = store::New { id, webhook_id, number, event: catalog::TEST, body, subjects: Vec::new() };
    store::insert(tx, workspace_id, vec![new], now_ms)
}
