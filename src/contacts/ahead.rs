//! What a change would do, asked before it is done: for proposals of approved tasks.
//!
//! Protects the rule that what is shown is what is done: what is refused here is what the change itself would refuse.

use std::collections::HashMap;

use uuid::Uuid;

use super::changing::{self, Difference};
use super::{Change, Contact, New, emails, store};
use crate::db::{LIST_MAX, Tx};
use crate::error::Result;

/// Contacts with all they hold, in the order of `ids`; what is no contact of the workspace is left out.
pub fn several(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<Contact>> {
    let mut found: HashMap<Uuid, Contact> = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(LIST_MAX) {
        let portion = store::several(tx, workspace_id, ids)?;
        found.extend(portion.into_iter().map(|stored| (stored.contact.id, stored.contact)));
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// The fields that [`super::change_by`] would alter.
///
/// # Errors
/// What the change itself would refuse.
pub fn would_change(tx: &mut Tx, workspace_id: Uuid, before: &Contact, change: &Change) -> Result<Vec<Difference>> {
    let differences = changing::differences(before, change)?;
    let address = before.email.as_deref().map(emails::normal);
    let after = changing::applied(before, change)?;
    super::check_changed(tx, workspace_id, (address.as_deref(), before.related_company_id), &after)?;
    Ok(differences)
}

/// Refuses what [`super::create_by`] would refuse.
pub fn would_create(tx: &mut Tx, workspace_id: Uuid, new: &New) -> Result<()> {
    super::check_new(tx, workspace_id, new)?;
    match &new.email {
        Some(email) if store::id_of_email(tx, workspace_id, &email.norm)?.is_some() => {
            Err(super::known_address(tx, workspace_id, Some(email))?)
        }
        _ => Ok(()),
    }
}
