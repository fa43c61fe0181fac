//! Who is on a list: what approved tasks ask and change, many contacts at a time.
//!
//! Protects the rule that a list's `contact_count` is the number of its members: who is counted off is who was on it.

use std::collections::HashSet;

use serde_json::json;
use uuid::Uuid;

use super::{EVENT_IDS_MAX, List, store};
use crate::db::Tx;
use crate::error::Result;
use crate::events::{self, By};

/// Takes contacts off a list; answers those that were on it, who stay contacts. At most 500 a transaction is the caller's
/// to keep.
pub fn remove_members(tx: &mut Tx, by: &By, list_id: Uuid, contact_ids: &[Uuid], now_ms: i64) -> Result<Vec<Uuid>> {
    let removed = store::remove_members(tx, by.workspace_id, list_id, contact_ids)?;
    count_off(tx, by, list_id, &removed, now_ms)?;
    Ok(removed)
}

/// As [`remove_members`], only those whom this task put on the list and nobody put there again.
pub fn remove_added(
    tx: &mut Tx,
    by: &By,
    list_id: Uuid,
    (task_id, contact_ids): (Uuid, &[Uuid]),
    now_ms: i64,
) -> Result<Vec<Uuid>> {
    let removed = store::remove_added(tx, by.workspace_id, list_id, task_id, contact_ids)?;
    count_off(tx, by, list_id, &removed, now_ms)?;
    Ok(removed)
}

fn count_off(tx: &mut Tx, by: &By, list_id: Uuid, removed: &[Uuid], now_ms: i64) -> Result<()> {
    if removed.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(removed.len()).unwrap_or(i64::MAX);
    store::count_members(tx, by.workspace_id, &[list_id], -count, now_ms)?;
    // PostgreSQL removes rows in any order, and the same removal is the same event.
    let mut removed = removed.to_vec();
    removed.sort_unstable();
    for ids in removed.chunks(EVENT_IDS_MAX) {
        let data = json!({ "count": ids.len(), "contact_ids": ids });
        events::record(tx, by.event("list.contacts_removed", list_id, now_ms).with(data));
    }
    Ok(())
}

/// The contacts that a task put on a list and that are on it since, oldest contact first.
pub fn added_by(tx: &mut Tx, workspace_id: Uuid, list_id: Uuid, task_id: Uuid) -> Result<Vec<Uuid>> {
    store::added_by(tx, workspace_id, list_id, task_id)
}

/// Those of the contacts that a task put on a list and that are on it since.
pub fn added_among(
    tx: &mut Tx,
    workspace_id: Uuid,
    (list_id, task_id): (Uuid, Uuid),
    contact_ids: &[Uuid],
) -> Result<HashSet<Uuid>> {
    Ok(store::added_among(tx, workspace_id, (list_id, task_id), contact_ids)?.into_iter().collect())
}

/// Those of the contacts that are on any list, but for the memberships of `list_id` that the task itself made.
pub fn put_otherwise(
    tx: &mut Tx,
    workspace_id: Uuid,
    (list_id, task_id): (Option<Uuid>, Uuid),
    contact_ids: &[Uuid],
) -> Result<HashSet<Uuid>> {
    Ok(store::put_otherwise(tx, workspace_id, (list_id, task_id), contact_ids)?.into_iter().collect())
}

/// The list a task made; nothing when it has made none, or the list is gone.
pub fn made_by(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<List>> {
    store::made_by_task(tx, workspace_id, task_id)
}

/// Deletes a list that has nobody on it, no description, and still this name; false when that is not so.
pub fn delete_empty(tx: &mut Tx, by: &By, list_id: Uuid, name: &str, now_ms: i64) -> Result<bool> {
    let deleted = store::delete_empty(tx, by.workspace_id, list_id, name)?;
    if deleted {
        let data = json!({ "memberships_removed": 0 });
        events::record(tx, by.event("list.deleted", list_id, now_ms).with(data));
    }
    Ok(deleted)
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
