//! What an undo asks and does: contacts that a task made go again, and fields it changed get their values back.
//!
//! Protects the rule that nothing is lost which somebody did since: what is removed was never changed, noted or listed,
//! checked in the statement that removes it.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Contact, changing, emails, not_found, store};
use crate::db::{LIST_MAX, Tx};
use crate::effects;
use crate::error::{Error, Result};
use crate::events::{self, By};
use crate::webhooks;

/// The version of a contact that nobody has changed since it was made.
pub const FIRST_VERSION: i64 = 1;

/// A contact that a task made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// The contact.
    pub id: Uuid,
    /// The prospect it was made from.
    pub prospect_id: Option<Uuid>,
    /// [`FIRST_VERSION`] until somebody changes it.
    pub version: i64,
}

/// The contacts that a task made of these prospects and that are still there, in the order of the prospects.
pub fn made_of(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, prospects: &[Uuid]) -> Result<Vec<Made>> {
    let mut made: HashMap<Uuid, Made> = HashMap::new();
    for ids in prospects.chunks(LIST_MAX) {
        let found = store::made_of(tx, workspace_id, task_id, ids)?;
        made.extend(found.into_iter().filter_map(|one| Some((one.prospect_id?, one))));
    }
    Ok(prospects.iter().filter_map(|id| made.remove(id)).collect())
}

/// Those of the contacts that a task made and that are still there.
pub fn made(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, ids: &[Uuid]) -> Result<HashMap<Uuid, Made>> {
    let mut made = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(LIST_MAX) {
        made.extend(store::made(tx, workspace_id, task_id, ids)?.into_iter().map(|one| (one.id, one)));
    }
    Ok(made)
}

/// Deletes those of the contacts that the task made and nobody changed, noted or put on a list since; answers them. Their
/// memberships must be gone before. At most 500 rows a transaction is the caller's to keep.
pub fn remove_made(tx: &mut Tx, by: &By, task_id: Uuid, ids: &[Uuid], now_ms: i64) -> Result<Vec<Uuid>> {
    let removed = store::remove_made(tx, by.workspace_id, task_id, ids)?;
    effects::forget(tx, by.workspace_id, &removed)?;
    events::erase(tx, by.workspace_id, &removed, now_ms)?;
    webhooks::forget_people(tx, by.workspace_id, &removed)?;
    for id in &removed {
        events::record(tx, by.event("contact.deleted", *id, now_ms).with(json!({ "list_ids": [] })));
    }
    Ok(removed)
}

/// Those of the companies that contacts are linked to.
pub fn linked_to(tx: &mut Tx, workspace_id: Uuid, company_ids: &[Uuid]) -> Result<HashSet<Uuid>> {
    Ok(store::linked_to(tx, workspace_id, company_ids)?.into_iter().collect())
}

/// Refuses what [`restore`] would refuse.
pub fn would_restore(tx: &mut Tx, workspace_id: Uuid, now: &Contact, fields: &Map<String, Value>) -> Result<()> {
    let after = changing::restored(now, fields)?;
    let address = now.email.as_deref().map(emails::normal);
    super::check_changed(tx, workspace_id, (address.as_deref(), now.related_company_id), &after)
}

/// Gives fields of a contact the values they had. They are taken as they were, and only what the workspace does not allow
/// any more is refused: an address that is another's or suppressed by now, a company that is gone.
pub fn restore(tx: &mut Tx, by: &By, id: Uuid, fields: &Map<String, Value>, now_ms: i64) -> Result<()> {
    let stored = store::get(tx, by.workspace_id, id)?.ok_or_else(not_found)?;
    would_restore(tx, by.workspace_id, &stored.contact, fields)?;
    let after = changing::restored(&stored.contact, fields)?;
    let changed = changing::changed_fields(&stored.contact, &after);
    if changed.is_empty() {
        return Ok(());
    }
    if !store::update(tx, by.workspace_id, id, stored.version, &after, now_ms)? {
        return Err(Error::unavailable("The contact was changed by somebody else at the same moment; try again."));
    }
    events::record(tx, by.event("contact.updated", id, now_ms).with(json!({ "fields": changed })));
    Ok(())
}
