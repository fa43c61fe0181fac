//! What is sent to an endpoint: made from numbered events (`making.rs`), sent one after the other (`sending.rs`), and kept
//! for 30 days with every attempt.

mod body;
mod making;
mod sending;
mod store;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) use making::{make, test};
pub use sending::{Sending, begin, end, failed};

use super::Webhook;
use crate::clock::{DAY_MS, iso};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::paging::Paging;

/// How long deliveries are kept, and those of a deleted webhook too.
pub(super) const KEPT_MS: i64 = 30 * DAY_MS;
/// Attempts shown with a delivery; more than the ladder has only comes of redelivering by hand.
const ATTEMPTS_SHOWN: usize = 20;

/// Something sent to an endpoint, or to be sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Delivery {
    /// `webhook-id` of every attempt, and `id` of the body.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// What happened.
    pub event: String,
    /// The number of the event among the workspace's; of a test, the newest there was.
    pub number: i64,
    /// `waiting`, `delivered`, `failed` or `cancelled`.
    pub status: String,
    /// When it was enqueued.
    pub created_at: String,
    /// When it is tried next; null when it is not.
    pub next_attempt_at: Option<String>,
    /// When it was delivered or given up.
    pub finished_at: Option<String>,
    /// Newest first.
    pub attempts: Vec<Attempt>,
}

/// One try to deliver.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DeliveryAttempt)]
pub struct Attempt {
    /// `X-LeadLex-Delivery-ID` of this attempt.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// Counted from 1.
    pub attempt: u32,
    /// `success`, `failed` or `interrupted`; null while it is under way.
    pub outcome: Option<String>,
    /// The status of the answer; null when none came.
    pub status_code: Option<u16>,
    /// How long the exchange took.
    pub latency_ms: Option<i64>,
    /// The first 1,000 characters of the answer.
    pub answer: Option<String>,
    /// Why it counts as a failure.
    pub error: Option<String>,
    /// When it began.
    pub begun_at: String,
}

/// Which deliveries a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// To be sent.
    Waiting,
    /// Answered with 2xx.
    Delivered,
    /// Given up.
    Failed,
    /// The webhook was deleted before.
    Cancelled,
}

impl Status {
    const ALL: [Status; 4] = [Status::Waiting, Status::Delivered, Status::Failed, Status::Cancelled];

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Waiting => "waiting",
            Status::Delivered => "delivered",
            Status::Failed => "failed",
            Status::Cancelled => "cancelled",
        }
    }

    /// Reads one; nothing when there is none of that name.
    pub fn named(text: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A page of what was sent to an endpoint, newest first, and how many there are.
pub(super) fn page(
    tx: &mut Tx,
    workspace_id: Uuid,
    webhook_id: Uuid,
    status: Option<Status>,
    paging: Paging,
) -> Result<(Vec<Delivery>, u64)> {
    let mut found = store::page(tx, workspace_id, webhook_id, status, paging)?;
    show_attempts(tx, workspace_id, &mut found)?;
    Ok((found, store::count(tx, workspace_id, webhook_id, status)?))
}

/// One of them.
pub(super) fn get(tx: &mut Tx, workspace_id: Uuid, webhook_id: Uuid, id: Uuid) -> Result<Delivery> {
    let mut found: Vec<Delivery> = store::get(tx, workspace_id, webhook_id, id)?.into_iter().collect();
    show_attempts(tx, workspace_id, &mut found)?;
    found.pop().ok_or_else(not_found)
}

fn show_attempts(tx: &mut Tx, workspace_id: Uuid, deliveries: &mut [Delivery]) -> Result<()> {
    let ids: Vec<Uuid> = deliveries.iter().map(|delivery| delivery.id).collect();
    for (delivery_id, attempt) in store::attempts(tx, workspace_id, &ids)? {
        let delivery = deliveries.iter_mut().find(|delivery| delivery.id == delivery_id);
        if let Some(delivery) = delivery.filter(|delivery| delivery.attempts.len() < ATTEMPTS_SHOWN) {
            delivery.attempts.push(attempt);
        }
    }
    Ok(())
}

/// Has a delivery sent again, from the beginning of the ladder, under its own id and with its own body.
pub(super) fn again(tx: &mut Tx, webhook: &Webhook, workspace_id: Uuid, id: Uuid, now_ms: i64) -> Result<()> {
    if store::enqueue_again(tx, workspace_id, webhook.id, id, now_ms)? { Ok(()) } else { Err(not_found()) }
}

/// Cancels what waits for a webhook; answers how much it was.
pub(super) fn cancel(tx: &mut Tx, workspace_id: Uuid, webhook_id: Uuid, now_ms: i64) -> Result<u64> {
    store::cancel(tx, workspace_id, webhook_id, now_ms)
}

/// Takes people out of all bodies that tell of them, and what was answered to these.
pub(super) fn forget_people(tx: &mut Tx, workspace_id: Uuid, contact_ids: &[Uuid]) -> Result<()> {
    for (delivery_id, text) in store::bodies_about(tx, workspace_id, contact_ids)? {
        store::set_body(tx, workspace_id, delivery_id, &body::without(&text, contact_ids)?)?;
        store::forget_answers(tx, workspace_id, delivery_id)?;
    }
    store::forget_subjects(tx, workspace_id, contact_ids)
}

/// Removes what is older than 30 days, at most `most`; answers how many.
pub(super) fn forget_aged(tx: &mut Tx, most: u32, now_ms: i64) -> Result<u64> {
    store::forget_aged(tx, now_ms - KEPT_MS, most)
}

pub(super) fn not_found() -> Error {
    Error::with_code(Code::NotFound, "Delivery not found")
}

/// A time, or nothing.
fn shown(ms: Option<i64>) -> Option<String> {
    ms.map(iso)
}
