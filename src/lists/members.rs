//! Who is on a list: what approved tasks ask and change, many contacts at a time.
//!
//! Protects the rule that a list's `contact_count` is the number of its members: who is counted off is who was on it.

use std::collections::HashSet;

use serde_json::json;
use uuid::Uuid;

use super::{EVENT_IDS_MAX, store};
use crate::db::Tx;
use crate::error::Result;
use crate::events::{self, By};

/// Takes contacts off a list; answers those that were on it, who stay contacts. At most 500 a transaction is the caller's
/// to keep.
pub fn remove_members(tx: &mut Tx, by: &By, list_id: Uuid, contact_ids: &[Uuid], now_ms: i64) -> Result<Vec<Uuid>> {
    let removed = store::remove_members(tx, by.workspace_id, list_id, contact_ids)?;
    if removed.is_empty() {
        return Ok(removed);
    }
    let count = i64::try_from(removed.len()).unwrap_or(i64::MAX);
    store::count_members(tx, by.workspace_id, &[list_id], -count, now_ms)?;
    for ids in removed.chunks(EVENT_IDS_MAX) {
        let data = json!({ "count": ids.len(), "contact_ids": ids });
        events::record(tx, by.event("list.contacts_removed", list_id, now_ms).with(data));
    }
    Ok(removed)
}

/// Those of the contacts that are on a list.
pub fn are_members(tx: &mut Tx, workspace_id: Uuid, list_id: Uuid, contact_ids: &[Uuid]) -> Result<HashSet<Uuid>> {
    Ok(store::among(tx, workspace_id, list_id, contact_ids)?.into_iter().collect())
}

/// The contacts on a list, oldest contact first, at most `most`.
pub fn member_ids(tx: &mut Tx, workspace_id: Uuid, list_id: Uuid, most: u32) -> Result<Vec<Uuid>> {
    store::member_ids(tx, workspace_id, list_id, most)
}

/// How many contacts of one list are not on another.
pub fn missing_on(tx: &mut Tx, workspace_id: Uuid, list_id: Uuid, other: Uuid) -> Result<u64> {
    store::missing_on(tx, workspace_id, list_id, other)
}
