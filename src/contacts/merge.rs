//! Several contacts become one.
//!
//! Protects two rules: what a merge shows beforehand is what it does, and nothing a duplicate was on or had noted is lost.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::changing::{self, Changed};
use super::check::Details;
use super::emails::Email;
use super::names::Name;
use super::store::{self, Stored};
use super::{Contact, fields};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::events::{self, By};
use crate::{effects, lists, notes, webhooks};

/// Duplicates of one merge.
pub const DUPLICATES_MAX: usize = 20;
/// Notes and memberships that one merge moves: a transaction changes at most 500 rows.
const MOVED_MAX: u64 = 450;

/// What a merge answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Merged {
    /// The contact that stays, as it is after the merge.
    pub primary: Contact,
    /// The contacts that are gone.
    #[schema(value_type = Vec<String>)]
    pub merged_ids: Vec<Uuid>,
    /// The fields of `primary` that the duplicates filled or changed.
    pub fields_populated: Vec<&'static str>,
    /// What moved to `primary`.
    pub counts: MergeCounts,
}

/// What moved to the contact that stays. Kinds of records that do not exist yet count 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct MergeCounts {
    /// Notes.
    pub notes: u64,
    /// Activities.
    pub activities: u64,
    /// To-dos.
    pub tasks: u64,
    /// E-mails.
    pub emails: u64,
    /// Documents.
    pub documents: u64,
    /// Lists the contact was not on before.
    pub list_memberships: u64,
}

/// Merges `duplicates` into `primary`: its empty fields are filled from them in their order (with `overwrite` theirs count
/// before its own), tags, custom fields and notes are united, its lists are all of theirs, and the duplicates are gone.
pub fn merge(tx: &mut Tx, by: &By, primary: Uuid, duplicates: &[Uuid], overwrite: bool, now_ms: i64) -> Result<Merged> {
    let workspace_id = by.workspace_id;
    let merging = Merging::of(tx, workspace_id, primary, duplicates, overwrite)?;
    let ids = &merging.duplicate_ids;
    lists::move_memberships(tx, workspace_id, ids, primary, now_ms)?;
    notes::move_to_contact(tx, workspace_id, ids, primary, now_ms)?;
    // First, because an address and a prospect belong to one contact at a time.
    store::delete_several(tx, workspace_id, ids)?;
    events::erase(tx, workspace_id, ids, now_ms)?;
    effects::forget(tx, workspace_id, ids)?;
    webhooks::forget_people(tx, workspace_id, ids)?;
    if !store::update(tx, workspace_id, primary, merging.version, &merging.after, now_ms)? {
        return Err(Error::unavailable("The contact was changed by somebody else at the same moment; try again."));
    }
    if let (None, Some(prospect_id)) = (merging.before.prospect_id, merging.prospect_id) {
        store::stand_for(tx, workspace_id, primary, prospect_id)?;
    }
    for id in ids {
        let data = json!({ "primary_id": primary, "fields": merging.fields });
        events::record(tx, by.event("contact.merged", *id, now_ms).with(data));
    }
    let contact = super::one(tx, workspace_id, primary)?.ok_or_else(super::not_found)?;
    Ok(merging.answer(contact))
}

/// What [`merge`] would answer; changes nothing.
pub fn would_merge(
    tx: &mut Tx,
    workspace_id: Uuid,
    primary: Uuid,
    duplicates: &[Uuid],
    overwrite: bool,
) -> Result<Merged> {
    let merging = Merging::of(tx, workspace_id, primary, duplicates, overwrite)?;
    let contact = Contact { prospect_id: merging.prospect_id, ..merging.after.shown(&merging.before) };
    Ok(merging.answer(contact))
}

/// A merge before it is done.
struct Merging {
    before: Contact,
    version: i64,
    duplicate_ids: Vec<Uuid>,
    after: Changed,
    prospect_id: Option<Uuid>,
    fields: Vec<&'static str>,
    counts: MergeCounts,
}

impl Merging {
    fn of(tx: &mut Tx, workspace_id: Uuid, primary: Uuid, duplicates: &[Uuid], overwrite: bool) -> Result<Merging> {
        let ids = checked(primary, duplicates)?;
        let before = store::get(tx, workspace_id, primary)?.ok_or_else(|| no_contact("primary_id", primary))?;
        let mut found = store::several(tx, workspace_id, &ids)?;
        let place = |stored: &Stored| ids.iter().position(|id| *id == stored.contact.id);
        found.sort_by_key(place);
        if let Some(missing) = ids.iter().find(|id| !found.iter().any(|stored| stored.contact.id == **id)) {
            return Err(no_contact("duplicate_ids", *missing));
        }
        let others: Vec<Contact> = found.into_iter().map(|stored| stored.contact).collect();
        let after = united(&before.contact, &others, overwrite)?;
        let prospect_id = before.contact.prospect_id.or_else(|| others.iter().find_map(|other| other.prospect_id));
        let counts = MergeCounts {
            notes: notes::count_of_contacts(tx, workspace_id, &ids)?,
            list_memberships: lists::gained_by_merge(tx, workspace_id, &ids, primary)?,
            ..MergeCounts::default()
        };
        let moved = counts.notes + lists::count_memberships(tx, workspace_id, &ids)?;
        if moved > MOVED_MAX {
            let message = format!(
                "The duplicates have {moved} notes and list memberships together; a merge moves at most {MOVED_MAX}. \
                 Merge fewer of them at once, or make the one with the most of them the primary."
            );
            return Err(Error::validation("duplicate_ids", message));
        }
        let fields = changing::changed_fields(&before.contact, &after);
        let (before, version) = (before.contact, before.version);
        Ok(Merging { before, version, duplicate_ids: ids, after, prospect_id, fields, counts })
    }

    fn answer(self, primary: Contact) -> Merged {
        Merged { primary, merged_ids: self.duplicate_ids, fields_populated: self.fields, counts: self.counts }
    }
}

/// The duplicates, each once.
fn checked(primary: Uuid, duplicates: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut ids = Vec::new();
    for id in duplicates {
        if *id == primary {
            let message = format!("The contact {primary} can't be its own duplicate; leave it out of duplicate_ids.");
            return Err(Error::validation("duplicate_ids", message));
        }
        if !ids.contains(id) {
            ids.push(*id);
        }
    }
    if ids.is_empty() || ids.len() > DUPLICATES_MAX {
        let message = format!("duplicate_ids must be 1 to {DUPLICATES_MAX} contacts, got {}.", ids.len());
        return Err(Error::validation("duplicate_ids", message));
    }
    Ok(ids)
}

fn no_contact(field: &str, id: Uuid) -> Error {
    let message = format!("There is no contact {id}; nothing was merged.");
    let details = json!({ "fields": { field: message } });
    Error::with_details(Code::NotFound, message, details)
}

/// What the primary becomes.
fn united(before: &Contact, others: &[Contact], overwrite: bool) -> Result<Changed> {
    let pick = |field: fn(&Contact) -> Option<String>| picked(before, others, overwrite, field);
    let name = others.first().filter(|_| overwrite).unwrap_or(before);
    let name = Name { first: name.first_name.clone(), last: name.last_name.clone(), full: name.full_name.clone() };
    let tags = others.iter().fold(before.tags.clone(), |tags, other| fields::retagged(&tags, &other.tags, &[]));
    fields::tags_fit("duplicate_ids", &tags)?;
    let mut custom_fields = before.custom_fields.clone();
    let mut taken: Vec<String> = if overwrite { Vec::new() } else { custom_fields.keys().cloned().collect() };
    for (key, value) in others.iter().flat_map(|other| &other.custom_fields) {
        if !taken.contains(key) {
            custom_fields.insert(key.clone(), value.clone());
            taken.push(key.clone());
        }
    }
    let notes = std::iter::once(before).chain(others).map(|contact| contact.notes.as_deref());
    Ok(Changed {
        name,
        email: pick(|contact| contact.email.clone()).as_deref().map(Email::of),
        notes: changing::gathered(notes)?,
        details: Details {
            phone: pick(|contact| contact.phone.clone()),
            job_title: pick(|contact| contact.job_title.clone()),
            company_name: pick(|contact| contact.company_name.clone()),
            related_company_id: picked(before, others, overwrite, |contact| contact.related_company_id),
            linkedin_url: pick(|contact| contact.linkedin_url.clone()),
            priority: picked(before, others, overwrite, |contact| contact.priority),
            tags,
            custom_fields: super::check::custom_fields(custom_fields)?,
        },
    })
}

/// The primary's own, else the first there is; with `overwrite` the other way round.
fn picked<T>(before: &Contact, others: &[Contact], overwrite: bool, field: fn(&Contact) -> Option<T>) -> Option<T> {
    let own = field(before);
    if own.is_some() && !overwrite {
        return own;
    }
    others.iter().find_map(field).or(own)
}
