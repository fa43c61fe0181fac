//! What executed tasks changed, kept for as long as it can be taken back.
//!
//! Protects two rules: an effect is noted in the transaction that causes it, and what it keeps of a person goes when the
//! person does. Who made a contact, a list or a membership stands in those records themselves and is not noted again.

mod store;

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use crate::clock::DAY_MS;
use crate::db::{LIST_MAX, Tx};
use crate::error::Result;
use crate::events::By;

/// How long effects are kept, and for how long a task can be undone.
pub const KEPT_MS: i64 = 30 * DAY_MS;

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A contact's fields were changed; kept: each field before and after.
    ContactChanged,
    /// A company's fields were changed; kept: each field before and after.
    CompanyChanged,
    /// A note was written; kept: what it is about.
    NoteMade,
    /// A contact was taken off a list.
    MemberRemoved,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::ContactChanged => "contact_changed",
            Kind::CompanyChanged => "company_changed",
            Kind::NoteMade => "note_made",
            Kind::MemberRemoved => "member_removed",
        }
    }
}

/// An effect, to be noted.
#[derive(Debug)]
struct Effect {
    task_id: Uuid,
    workspace_id: Uuid,
    kind: Kind,
    record_id: Uuid,
    before: Value,
    at_ms: i64,
}

/// Notes what a task did to a record; whoever else changes one leaves no note. All notes of a transaction are written
/// together at its end.
pub fn note(tx: &mut Tx, by: &By, kind: Kind, record_id: Uuid, before: Value, at_ms: i64) {
    let Some(task_id) = by.task_id else { return };
    tx.at_end(Effect { task_id, workspace_id: by.workspace_id, kind, record_id, before, at_ms }, store::insert);
}

/// What a task did to records in this way: what was kept, by record.
pub fn of_task(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, kind: Kind) -> Result<HashMap<Uuid, Value>> {
    Ok(store::of_task(tx, workspace_id, task_id, kind)?.into_iter().collect())
}

/// As [`of_task`], of these records alone.
pub fn of_records(
    tx: &mut Tx,
    workspace_id: Uuid,
    task_id: Uuid,
    (kind, ids): (Kind, &[Uuid]),
) -> Result<HashMap<Uuid, Value>> {
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(LIST_MAX) {
        found.extend(store::of_records(tx, workspace_id, task_id, kind, ids)?);
    }
    Ok(found)
}

/// Erases what is kept of records that are about to go for good.
pub fn forget(tx: &mut Tx, workspace_id: Uuid, record_ids: &[Uuid]) -> Result<()> {
    for ids in record_ids.chunks(LIST_MAX) {
        store::forget(tx, workspace_id, ids)?;
    }
    Ok(())
}

/// Erases effects that are too old to be undone, at most `most`; answers how many.
pub fn forget_old(tx: &mut Tx, now_ms: i64, most: u32) -> Result<u64> {
    store::forget_old(tx, now_ms - KEPT_MS, most)
}
