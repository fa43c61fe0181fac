//! Contacts: the people a workspace knows.
//!
//! Protects two rules: a contact is unique in its workspace by prospect and by normalized e-mail address, and who is
//! suppressed is not added. Routes and approved tasks write contacts through this module alone.

mod add;
mod check;
pub mod emails;
pub mod export;
pub mod http;
pub mod names;
mod store;
#[cfg(test)]
pub(crate) mod tests;

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

pub use add::{Added, Known, ProspectFields, add_prospects, known};
pub use check::{
    CUSTOM_FIELDS_MAX, CUSTOM_FIELDS_MAX_BYTES, Change, ContactChange, NAME_MAX, NOTES_MAX, NOTES_TOTAL_MAX, New,
    NewContact, PHONE_MAX, TAG_MAX, TAGS_MAX, TITLE_MAX, URL_MAX,
};

use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::events::{self, Event};
use crate::keys::Caller;
use crate::paging::Paging;
use crate::{ids, lists, suppressions};
use check::Details;
use emails::Email;
pub use emails::normal as normal_email;
use names::Name;

/// A person of the workspace, as answers show it. Published pages spell two fields in two ways; both are there.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Contact {
    /// Made by us, never reused.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// Given name or names; may be empty.
    pub first_name: String,
    /// Family name; may be empty.
    pub last_name: String,
    /// Never empty.
    pub full_name: String,
    /// As given; unique in the workspace whatever its case.
    pub email: Option<String>,
    /// With country code.
    pub phone: Option<String>,
    /// The position held.
    pub job_title: Option<String>,
    /// The company's name.
    pub company: Option<String>,
    /// The same as `company`.
    pub company_name: Option<String>,
    /// A company of this workspace.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub related_company_id: Option<Uuid>,
    /// The person's profile.
    pub linkedin_url: Option<String>,
    /// 1 high, 2 medium, 3 low.
    pub priority: Option<i64>,
    /// In the order given.
    pub tags: Vec<String>,
    /// Kept as given.
    #[schema(value_type = Object)]
    pub custom_fields: Map<String, Value>,
    /// Everything noted so far; only in the answer about one contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// The prospect the contact was made from.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub prospect_id: Option<Uuid>,
    /// The task of Lexi that made the contact.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub created_by_task: Option<Uuid>,
    /// ISO 8601, UTC.
    pub created_at: String,
    /// The same as `created_at`.
    pub created_date: String,
    /// ISO 8601, UTC.
    pub updated_date: String,
}

/// Which contacts a page shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of a name or of an e-mail address.
    pub search: Option<String>,
    /// Only members of this list.
    pub list_id: Option<Uuid>,
    /// Only those made later than this.
    pub created_after_ms: Option<i64>,
    /// In which order.
    pub sort: Sort,
}

/// The order of a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sort {
    /// The field sorted by; contacts that are equal in it stand in the order they were made.
    pub by: SortBy,
    /// Largest first.
    pub descending: bool,
}

/// What contacts can be sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortBy {
    /// When they were made.
    #[default]
    Created,
    /// When they were last changed.
    Updated,
    /// Their name, without case and accents.
    Name,
}

/// What deleting a contact answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deleted {
    /// Always true.
    pub deleted: bool,
    /// The contact that is gone.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
}

/// Creates a contact. Refused when its address is a contact's already or is suppressed.
pub fn create(tx: &mut Tx, caller: &Caller, new: &New, now_ms: i64) -> Result<Contact> {
    let workspace_id = caller.workspace_id;
    check_company(new.details.related_company_id)?;
    if let Some(email) = &new.email {
        refuse_suppressed(tx, workspace_id, email)?;
    }
    let row = store::New {
        id: ids::new(now_ms),
        prospect_id: None,
        name: &new.name,
        email: new.email.as_ref(),
        details: &new.details,
        notes: new.notes.as_deref(),
        created_by_task: None,
        created_at_ms: check::created_at_ms(new.created_at_ms, now_ms),
        updated_at_ms: now_ms,
    };
    if store::insert(tx, workspace_id, &[row])?.is_empty() {
        return Err(known_address(tx, workspace_id, new.email.as_ref())?);
    }
    let contact =
        store::get(tx, workspace_id, row.id)?.ok_or_else(|| Error::internal("a new contact is missing"))?.contact;
    let fields = given_fields(&contact);
    events::record(tx, Event::by(caller, "contact.created", row.id, now_ms).with(json!({ "fields": fields })));
    Ok(contact)
}

/// A page of contacts and how many there are on all pages. A list that does not exist is `not_found`.
pub fn page(tx: &mut Tx, caller: &Caller, filter: &Filter, paging: Paging) -> Result<(Vec<Contact>, u64)> {
    if let Some(list_id) = filter.list_id {
        lists::get(tx, caller, list_id)?;
    }
    let total = store::count(tx, caller.workspace_id, filter)?;
    let contacts = store::page(tx, caller.workspace_id, filter, paging)?;
    Ok((contacts, total))
}

/// One contact.
pub fn get(tx: &mut Tx, caller: &Caller, id: Uuid) -> Result<Contact> {
    Ok(store::get(tx, caller.workspace_id, id)?.ok_or_else(not_found)?.contact)
}

/// Changes the given fields of a contact; nothing given, or nothing different, changes nothing.
pub fn change(tx: &mut Tx, caller: &Caller, id: Uuid, change: &Change, now_ms: i64) -> Result<Contact> {
    let workspace_id = caller.workspace_id;
    let before = store::get(tx, workspace_id, id)?.ok_or_else(not_found)?;
    let after = applied(&before.contact, change)?;
    let fields = changed_fields(&before.contact, &after);
    if fields.is_empty() {
        return Ok(before.contact);
    }
    if after.details.related_company_id != before.contact.related_company_id {
        check_company(after.details.related_company_id)?;
    }
    if let Some(email) = &after.email
        && before.email_norm.as_ref() != Some(&email.norm)
    {
        refuse_suppressed(tx, workspace_id, email)?;
        if store::id_of_email(tx, workspace_id, &email.norm)?.is_some() {
            return Err(known_address(tx, workspace_id, Some(email))?);
        }
    }
    if !store::update(tx, workspace_id, id, before.version, &after, now_ms)? {
        return Err(Error::unavailable("The contact was changed by somebody else at the same moment; try again."));
    }
    events::record(tx, Event::by(caller, "contact.updated", id, now_ms).with(json!({ "fields": fields })));
    get(tx, caller, id)
}

/// Deletes a contact, with its memberships. Its prospect stays; so does whatever suppresses it.
pub fn delete(tx: &mut Tx, caller: &Caller, id: Uuid, now_ms: i64) -> Result<Deleted> {
    if store::get(tx, caller.workspace_id, id)?.is_none() {
        return Err(not_found());
    }
    let list_ids = lists::forget_contact(tx, caller.workspace_id, id, now_ms)?;
    if !store::delete(tx, caller.workspace_id, id)? {
        return Err(not_found());
    }
    events::record(tx, Event::by(caller, "contact.deleted", id, now_ms).with(json!({ "list_ids": list_ids })));
    Ok(Deleted { deleted: true, id })
}

/// The numbers of the prospects who are on a list, ascending: those its contacts were made from, and those who share an
/// address with one. For searches that leave out a list.
pub fn prospect_numbers_on_list(tx: &mut Tx, workspace_id: Uuid, list_id: Uuid) -> Result<Vec<u32>> {
    store::prospect_numbers_on_list(tx, workspace_id, list_id)
}

/// Which of `ids` are contacts of the workspace.
pub fn existing(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    store::existing(tx, workspace_id, ids)
}

/// "Contact not found", for an id that does not exist or belongs to another workspace.
pub fn not_found() -> Error {
    Error::not_found("Contact not found")
}

/// A contact with a change applied: the fields that are written.
#[derive(Debug)]
struct Changed {
    name: Name,
    email: Option<Email>,
    details: Details,
    notes: Option<String>,
}

fn applied(before: &Contact, change: &Change) -> Result<Changed> {
    let email = match &change.email {
        Some(email) => email.clone(),
        None => before.email.as_ref().map(|given| Email { given: given.clone(), norm: emails::normal(given) }),
    };
    let notes = match (&before.notes, &change.notes) {
        (Some(before), Some(more)) => Some(format!("{before}\n{more}")),
        (before, more) => more.clone().or_else(|| before.clone()),
    };
    if notes.as_ref().is_some_and(|notes| notes.chars().count() > NOTES_TOTAL_MAX) {
        return Err(Error::validation("notes", format!("notes would grow over {NOTES_TOTAL_MAX} characters.")));
    }
    let details = Details {
        phone: change.phone.clone().unwrap_or_else(|| before.phone.clone()),
        job_title: change.job_title.clone().unwrap_or_else(|| before.job_title.clone()),
        company_name: change.company_name.clone().unwrap_or_else(|| before.company_name.clone()),
        related_company_id: change.related_company_id.unwrap_or(before.related_company_id),
        linkedin_url: change.linkedin_url.clone().unwrap_or_else(|| before.linkedin_url.clone()),
        priority: change.priority.unwrap_or(before.priority),
        tags: change.tags.clone().unwrap_or_else(|| before.tags.clone()),
        custom_fields: change.custom_fields.clone().unwrap_or_else(|| before.custom_fields.clone()),
    };
    Ok(Changed { name: renamed(before, change, email.as_ref())?, email, details, notes })
}

/// The name after a change: a full name is read anew, a part composes the full name with the part that stays.
fn renamed(before: &Contact, change: &Change, email: Option<&Email>) -> Result<Name> {
    let (first, last) = (change.first_name.as_deref(), change.last_name.as_deref());
    let email = email.map(|email| email.given.as_str());
    let name = match &change.full_name {
        Some(full) => names::resolve(first, last, Some(full), email),
        None if first.is_none() && last.is_none() => {
            let (first, last) = (before.first_name.clone(), before.last_name.clone());
            return Ok(Name { first, last, full: before.full_name.clone() });
        }
        None => {
            let first = first.unwrap_or(&before.first_name);
            names::resolve(Some(first), Some(last.unwrap_or(&before.last_name)), None, email)
        }
    };
    let name = name.ok_or_else(|| Error::validation("full_name", "A contact needs a name or an email."))?;
    check::check_composed(&name)?;
    Ok(name)
}

/// The names of the fields that differ.
fn changed_fields(before: &Contact, after: &Changed) -> Vec<&'static str> {
    let details = &after.details;
    let email = after.email.as_ref().map(|email| &email.given);
    [
        ("first_name", before.first_name != after.name.first),
        ("last_name", before.last_name != after.name.last),
        ("full_name", before.full_name != after.name.full),
        ("email", before.email.as_ref() != email),
        ("phone", before.phone != details.phone),
        ("job_title", before.job_title != details.job_title),
        ("company_name", before.company_name != details.company_name),
        ("related_company_id", before.related_company_id != details.related_company_id),
        ("linkedin_url", before.linkedin_url != details.linkedin_url),
        ("priority", before.priority != details.priority),
        ("tags", before.tags != details.tags),
        ("custom_fields", before.custom_fields != details.custom_fields),
        ("notes", before.notes != after.notes),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}

/// The names of the fields that hold something.
fn given_fields(contact: &Contact) -> Vec<&'static str> {
    [
        ("full_name", true),
        ("email", contact.email.is_some()),
        ("phone", contact.phone.is_some()),
        ("job_title", contact.job_title.is_some()),
        ("company_name", contact.company_name.is_some()),
        ("linkedin_url", contact.linkedin_url.is_some()),
        ("priority", contact.priority.is_some()),
        ("tags", !contact.tags.is_empty()),
        ("custom_fields", !contact.custom_fields.is_empty()),
        ("notes", contact.notes.is_some()),
    ]
    .into_iter()
    .filter_map(|(field, holds)| holds.then_some(field))
    .collect()
}

/// A company must be one of the workspace's. There are none yet, so every id is one that does not exist.
fn check_company(id: Option<Uuid>) -> Result<()> {
    match id {
        None => Ok(()),
        Some(id) => Err(Error::validation("related_company_id", format!("There is no company {id}."))),
    }
}

fn refuse_suppressed(tx: &mut Tx, workspace_id: Uuid, email: &Email) -> Result<()> {
    let Some(hit) = suppressions::of_email(tx, workspace_id, &email.norm)? else { return Ok(()) };
    let message = format!("This {} is suppressed: {}", hit.kind.noun(), hit.reason);
    let details = json!({ "fields": { "email": message }, "suppression_id": hit.id });
    Err(Error::with_details(Code::ValidationError, message, details))
}

/// The refusal of an address that a contact of the workspace has already.
fn known_address(tx: &mut Tx, workspace_id: Uuid, email: Option<&Email>) -> Result<Error> {
    let holder = match email {
        Some(email) => store::id_of_email(tx, workspace_id, &email.norm)?,
        None => None,
    };
    let Some(holder) = holder else { return Ok(Error::internal("a contact could not be stored")) };
    let message = "A contact with this email exists already. Change that contact instead.";
    let details = json!({ "fields": { "email": message }, "contact_id": holder });
    Ok(Error::with_details(Code::ValidationError, message, details))
}
