//! Contacts: the people a workspace knows.
//!
//! Protects two rules: a contact is unique in its workspace by prospect and by normalized e-mail address, and who is
//! suppressed is not added. Routes and approved tasks write contacts through this module alone.

mod add;
mod ahead;
pub mod alike;
pub mod bulk;
mod changing;
mod check;
pub mod emails;
pub mod export;
pub mod fields;
mod find;
pub mod http;
mod merge;
pub mod names;
mod store;
mod undoing;
#[cfg(test)]
pub(crate) mod tests;

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

pub use add::{Added, Known, ProspectFields, add_prospects, known};
pub use ahead::{several, would_change, would_create};
pub use changing::{Difference, differences};
pub use check::{
    CUSTOM_FIELDS_MAX, CUSTOM_FIELDS_MAX_BYTES, Change, ContactChange, NOTES_MAX, NOTES_TOTAL_MAX, New, NewContact,
    PHONE_MAX, TITLE_MAX,
};
pub use fields::{NAME_MAX, TAG_MAX, TAGS_MAX, URL_MAX};
pub use find::{Brief, Described, Wanted, brief, find, matching};
pub use merge::{DUPLICATES_MAX, MergeCounts, Merged, merge, would_merge};
pub use undoing::{FIRST_VERSION, Made, linked_to, made, made_of, remove_made, restore, would_restore};

use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::events::{self, By, Personal};
use crate::keys::Caller;
use crate::paging::Paging;
use crate::{companies, effects, ids, lists, suppressions, webhooks};
use changing::Changed;
use emails::Email;
pub use emails::normal as normal_email;

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
    create_by(tx, &By::from(caller), new, now_ms)
}

/// As [`create`], for whoever answers for it.
pub fn create_by(tx: &mut Tx, by: &By, new: &New, now_ms: i64) -> Result<Contact> {
    create_as(tx, by, ids::new(now_ms), new, now_ms)
}

/// As [`create_by`], with the id the contact is to have.
pub fn create_as(tx: &mut Tx, by: &By, id: Uuid, new: &New, now_ms: i64) -> Result<Contact> {
    let workspace_id = by.workspace_id;
    check_new(tx, workspace_id, new)?;
    let row = new.row(id, by.task_id, now_ms);
    if store::insert(tx, workspace_id, &[row])?.is_empty() {
        return Err(known_address(tx, workspace_id, new.email.as_ref())?);
    }
    let contact = one(tx, workspace_id, row.id)?.ok_or_else(|| Error::internal("a new contact is missing"))?;
    let fields = given_fields(&contact);
    let shown = serde_json::to_value(&contact)?;
    let value = |field: &&'static str| Personal { field, before: Value::Null, after: shown[*field].clone() };
    let personal = fields.iter().map(value).collect();
    let event = by.event("contact.created", row.id, now_ms).with(json!({ "fields": fields }));
    events::record(tx, event.personal(personal));
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
    one(tx, caller.workspace_id, id)?.ok_or_else(not_found)
}

/// One contact with all its fields; nothing when there is none in the workspace.
pub fn one(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<Contact>> {
    Ok(store::get(tx, workspace_id, id)?.map(|stored| stored.contact))
}

/// Changes the given fields of a contact; nothing given, or nothing different, changes nothing.
pub fn change(tx: &mut Tx, caller: &Caller, id: Uuid, change: &Change, now_ms: i64) -> Result<Contact> {
    change_by(tx, &By::from(caller), id, change, now_ms)
}

/// As [`change`], for whoever answers for it.
pub fn change_by(tx: &mut Tx, by: &By, id: Uuid, change: &Change, now_ms: i64) -> Result<Contact> {
    let workspace_id = by.workspace_id;
    let before = store::get(tx, workspace_id, id)?.ok_or_else(not_found)?;
    let after = changing::applied(&before.contact, change)?;
    let differences = changing::between(&before.contact, &after);
    if differences.is_empty() {
        return Ok(before.contact);
    }
    let address = before.email_norm.as_deref();
    check_changed(tx, workspace_id, (address, before.contact.related_company_id), &after)?;
    if !store::update(tx, workspace_id, id, before.version, &after, now_ms)? {
        return Err(Error::unavailable("The contact was changed by somebody else at the same moment; try again."));
    }
    let fields: Vec<&str> = differences.iter().map(|difference| difference.field).collect();
    let event = by.event("contact.updated", id, now_ms).with(json!({ "fields": fields }));
    let value = |of: Difference| Personal { field: of.field, before: of.before, after: of.after };
    events::record(tx, event.personal(differences.into_iter().map(value).collect()));
    one(tx, workspace_id, id)?.ok_or_else(not_found)
}

/// Deletes a contact, with its memberships. Its notes stay without it; so does its prospect, and whatever suppresses it.
pub fn delete(tx: &mut Tx, caller: &Caller, id: Uuid, now_ms: i64) -> Result<Deleted> {
    delete_by(tx, &By::from(caller), id, now_ms)
}

/// As [`delete`], for whoever answers for it.
pub fn delete_by(tx: &mut Tx, by: &By, id: Uuid, now_ms: i64) -> Result<Deleted> {
    let workspace_id = by.workspace_id;
    if store::get(tx, workspace_id, id)?.is_none() {
        return Err(not_found());
    }
    let list_ids = lists::forget_contact(tx, workspace_id, id, now_ms)?;
    effects::forget(tx, workspace_id, &[id])?;
    if !store::delete(tx, workspace_id, id)? {
        return Err(not_found());
    }
    events::erase(tx, workspace_id, &[id], now_ms)?;
    webhooks::forget_people(tx, workspace_id, &[id])?;
    events::record(tx, by.event("contact.deleted", id, now_ms).with(json!({ "list_ids": list_ids })));
    Ok(Deleted { deleted: true, id })
}

/// Links contacts to a company of the workspace; answers how many of `ids` are contacts.
pub fn link(tx: &mut Tx, by: &By, ids: &[Uuid], company_id: Uuid, now_ms: i64) -> Result<u64> {
    let existing = store::existing(tx, by.workspace_id, ids)?;
    for id in store::link(tx, by.workspace_id, &existing, company_id, now_ms)? {
        let data = json!({ "fields": ["related_company_id"] });
        events::record(tx, by.event("contact.updated", id, now_ms).with(data));
    }
    Ok(existing.len() as u64)
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

/// Refuses a new contact whose company is not there or whose address is suppressed.
fn check_new(tx: &mut Tx, workspace_id: Uuid, new: &New) -> Result<()> {
    check_company(tx, workspace_id, new.details.related_company_id)?;
    new.email.as_ref().map_or(Ok(()), |email| refuse_suppressed(tx, workspace_id, email))
}

/// Refuses a change to a company that is not there, or to an address that is suppressed or another contact's.
fn check_changed(
    tx: &mut Tx,
    workspace_id: Uuid,
    (address, company_id): (Option<&str>, Option<Uuid>),
    after: &Changed,
) -> Result<()> {
    if after.details.related_company_id != company_id {
        check_company(tx, workspace_id, after.details.related_company_id)?;
    }
    let Some(email) = &after.email else { return Ok(()) };
    if address == Some(email.norm.as_str()) {
        return Ok(());
    }
    refuse_suppressed(tx, workspace_id, email)?;
    match store::id_of_email(tx, workspace_id, &email.norm)? {
        Some(_) => Err(known_address(tx, workspace_id, Some(email))?),
        None => Ok(()),
    }
}

/// A company must be one of the workspace's.
fn check_company(tx: &mut Tx, workspace_id: Uuid, id: Option<Uuid>) -> Result<()> {
    match id {
        Some(id) if companies::one(tx, workspace_id, id)?.is_none() => {
            Err(Error::validation("related_company_id", format!("There is no company {id}.")))
        }
        _ => Ok(()),
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
