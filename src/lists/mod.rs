//! Lists: named sets of contacts.
//!
//! Protects three rules: a list's name is unique in its workspace whatever its case and blanks, its `contact_count` is
//! the number of its members in every committed state, and a task finds the list it made again.

pub mod http;
mod members;
mod name;
mod store;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::contacts::{self, Contact};
use crate::db::Tx;
use crate::error::{Code, Error, Result, quoted};
use crate::events::{self, Actor, By, Event};
use crate::ids;
use crate::keys::Caller;
use crate::paging::Paging;
use name::Name;

pub use members::{
    added_among, added_by, are_members, delete_empty, made_by, member_ids, missing_on, put_otherwise, remove_added,
    remove_members,
};
pub use name::NAME_MAX;

/// Characters of a description.
pub const DESCRIPTION_MAX: usize = 2_000;
/// Contacts put on a list by one request.
pub const ADD_MAX: usize = 100;
/// Ids in one event; a larger change is several events.
const EVENT_IDS_MAX: usize = 100;
/// Memberships removed with their list; a larger list is hidden at once and emptied step by step, because a transaction
/// changes at most 500 rows.
const REMOVED_AT_ONCE_MAX: i64 = 400;
/// How often a derived name is chosen anew when another task takes it at the same moment.
const NAME_ATTEMPTS: usize = 5;

/// A named set of contacts, as answers show it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct List {
    /// Made by us, never reused.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// Unique in the workspace.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// How many contacts are on it.
    pub contact_count: i64,
    /// The task of Lexi that made the list.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub created_by_task: Option<Uuid>,
    /// ISO 8601, UTC.
    pub created_at: String,
    /// ISO 8601, UTC; members count as a change.
    pub updated_date: String,
}

/// The body of `POST /v1/lists`.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewList {
    /// Unique in the workspace; at most 200 characters. Required.
    #[schema(value_type = String, example = "CEOs at law firms in California")]
    pub name: Option<String>,
    /// What it is for; at most 2,000 characters.
    pub description: Option<String>,
}

/// The body of `PATCH /v1/lists/{id}`. Only given fields change.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ListChange {
    /// Unique in the workspace.
    pub name: Option<String>,
    /// What it is for; an empty one clears it.
    pub description: Option<String>,
}

/// The body of `POST /v1/lists/{id}/contacts`.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewMembers {
    /// At most 100 contacts of this workspace. Required.
    #[schema(value_type = Vec<String>)]
    pub contact_ids: Option<Vec<String>>,
}

/// A list whose fields are within the limits.
#[derive(Debug, Clone)]
pub struct New {
    name: Name,
    description: Option<String>,
}

/// A change whose fields are within the limits.
#[derive(Debug, Clone)]
pub struct Change {
    name: Option<Name>,
    description: Option<Option<String>>,
}

impl NewList {
    /// Checks every field; the first wrong one is named.
    pub fn check(self) -> Result<New> {
        Ok(New { name: Name::check(self.name.as_deref())?, description: description(self.description)? })
    }
}

impl ListChange {
    /// Checks every given field; the first wrong one is named.
    pub fn check(self) -> Result<Change> {
        let name = self.name.map(|name| Name::check(Some(&name))).transpose()?;
        Ok(Change { name, description: self.description.map(|text| description(Some(text))).transpose()? })
    }
}

impl NewMembers {
    /// The ids as they were sent, each once. How many there may be is checked here, whether they exist in [`add`].
    pub fn check(self) -> Result<Vec<String>> {
        let ids = self.contact_ids.unwrap_or_default();
        if ids.is_empty() || ids.len() > ADD_MAX {
            let message = format!("contact_ids must be 1 to {ADD_MAX} contacts, got {}.", ids.len());
            return Err(Error::validation("contact_ids", message));
        }
        let mut seen = HashSet::new();
        Ok(ids.into_iter().map(|id| id.trim().to_lowercase()).filter(|id| seen.insert(id.clone())).collect())
    }
}

fn description(text: Option<String>) -> Result<Option<String>> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > DESCRIPTION_MAX) {
        let message = format!("description must have at most {DESCRIPTION_MAX} characters.");
        return Err(Error::validation("description", message));
    }
    Ok(text)
}

/// Creates an empty list. A name that is taken, whatever its case, is refused.
pub fn create(tx: &mut Tx, caller: &Caller, new: &New, now_ms: i64) -> Result<List> {
    create_by(tx, &By::from(caller), ids::new(now_ms), new, now_ms)
}

/// As [`create`], for whoever answers for it, with the id the list is to have.
pub fn create_by(tx: &mut Tx, by: &By, id: Uuid, new: &New, now_ms: i64) -> Result<List> {
    let description = new.description.as_deref();
    let row = store::New { id, name: &new.name, description, created_by_task: by.task_id, now_ms };
    let list = store::insert(tx, by.workspace_id, &row)?.ok_or_else(name_taken)?;
    events::record(tx, by.event("list.created", id, now_ms));
    Ok(list)
}

/// A page of the lists, oldest first, and how many there are.
pub fn page(tx: &mut Tx, caller: &Caller, paging: Paging) -> Result<(Vec<List>, u64)> {
    let total = store::count(tx, caller.workspace_id)?;
    Ok((store::page(tx, caller.workspace_id, paging)?, total))
}

/// One list.
pub fn get(tx: &mut Tx, caller: &Caller, id: Uuid) -> Result<List> {
    store::get(tx, caller.workspace_id, id)?.ok_or_else(not_found)
}

/// The members of a list, oldest contact first, and how many there are.
pub fn members(tx: &mut Tx, caller: &Caller, id: Uuid, paging: Paging) -> Result<(Vec<Contact>, u64)> {
    let filter = contacts::Filter { list_id: Some(id), ..contacts::Filter::default() };
    contacts::page(tx, caller, &filter, paging)
}

/// Changes the name or description of a list.
pub fn change(tx: &mut Tx, caller: &Caller, id: Uuid, change: &Change, now_ms: i64) -> Result<List> {
    change_by(tx, &By::from(caller), id, change, now_ms)
}

/// As [`change`], for whoever answers for it.
pub fn change_by(tx: &mut Tx, by: &By, id: Uuid, change: &Change, now_ms: i64) -> Result<List> {
    let workspace_id = by.workspace_id;
    let before = store::get(tx, workspace_id, id)?.ok_or_else(not_found)?;
    let name = match &change.name {
        Some(name) => name.clone(),
        None => Name::of(&before.name),
    };
    let description = change.description.clone().unwrap_or_else(|| before.description.clone());
    let mut fields = Vec::new();
    if name.shown != before.name {
        if store::id_of_name(tx, workspace_id, &name)?.is_some_and(|holder| holder != id) {
            return Err(name_taken());
        }
        fields.push("name");
    }
    if description != before.description {
        fields.push("description");
    }
    if fields.is_empty() {
        return Ok(before);
    }
    store::update(tx, workspace_id, id, &name, description.as_deref(), now_ms)?;
    events::record(tx, by.event("list.updated", id, now_ms).with(json!({ "fields": fields })));
    store::get(tx, workspace_id, id)?.ok_or_else(not_found)
}

/// What adding contacts answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct MembersAdded {
    /// Contacts that were not on the list before.
    pub added: u64,
    /// The list.
    #[schema(value_type = String, format = "uuid")]
    pub list_id: Uuid,
    /// How many contacts are on it now.
    pub contact_count: i64,
}

/// Puts contacts on a list; those on it already are passed over. If one id is unknown, nothing is added.
pub fn add(tx: &mut Tx, caller: &Caller, id: Uuid, contact_ids: &[String], now_ms: i64) -> Result<MembersAdded> {
    let workspace_id = caller.workspace_id;
    get(tx, caller, id)?;
    let parsed: Vec<Uuid> = contact_ids.iter().filter_map(|id| Uuid::try_parse(id).ok()).collect();
    let existing: HashSet<Uuid> = contacts::existing(tx, workspace_id, &parsed)?.into_iter().collect();
    let is_known = |text: &str| Uuid::try_parse(text).is_ok_and(|id| existing.contains(&id));
    let unknown: Vec<&str> = contact_ids.iter().map(String::as_str).filter(|id| !is_known(id)).collect();
    if !unknown.is_empty() {
        return Err(unknown_contacts(&unknown));
    }
    let added = add_members(tx, &By::from(caller), id, &parsed, now_ms)?;
    Ok(MembersAdded { added, list_id: id, contact_count: get(tx, caller, id)?.contact_count })
}

/// What removing a contact answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberRemoved {
    /// Always true.
    pub removed: bool,
    /// The list.
    #[schema(value_type = String, format = "uuid")]
    pub list_id: Uuid,
    /// The contact, which stays a contact.
    #[schema(value_type = String, format = "uuid")]
    pub contact_id: Uuid,
}

/// Takes a contact off a list.
pub fn remove(
    tx: &mut Tx,
    caller: &Caller,
    list_id: Uuid,
    contact_id: Option<Uuid>,
    now_ms: i64,
) -> Result<MemberRemoved> {
    store::get(tx, caller.workspace_id, list_id)?.ok_or_else(list_not_found)?;
    let missing = || Error::with_code(Code::MembershipNotFound, "The contact is not on this list");
    let contact_id = contact_id.ok_or_else(missing)?;
    if remove_members(tx, &By::from(caller), list_id, &[contact_id], now_ms)?.is_empty() {
        return Err(missing());
    }
    Ok(MemberRemoved { removed: true, list_id, contact_id })
}

/// What deleting a list answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deleted {
    /// Always true.
    pub deleted: bool,
    /// The list that is gone.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// How many contacts were on it; they stay contacts.
    pub memberships_removed: u64,
}

/// Deletes a list; its contacts stay.
pub fn delete(tx: &mut Tx, caller: &Caller, id: Uuid, now_ms: i64) -> Result<Deleted> {
    delete_by(tx, &By::from(caller), id, now_ms)
}

/// As [`delete`], for whoever answers for it.
pub fn delete_by(tx: &mut Tx, by: &By, id: Uuid, now_ms: i64) -> Result<Deleted> {
    let workspace_id = by.workspace_id;
    let list = store::get(tx, workspace_id, id)?.ok_or_else(list_not_found)?;
    let memberships_removed = if list.contact_count > REMOVED_AT_ONCE_MAX {
        store::hide(tx, workspace_id, id, now_ms)?;
        list.contact_count.unsigned_abs()
    } else {
        let removed = store::remove_all_members(tx, workspace_id, id)?;
        store::delete(tx, workspace_id, id)?;
        removed
    };
    let data = json!({ "memberships_removed": memberships_removed });
    events::record(tx, by.event("list.deleted", id, now_ms).with(data));
    Ok(Deleted { deleted: true, id, memberships_removed })
}

/// Whether a large list that was deleted is not emptied yet.
pub fn any_deleted(tx: &mut Tx) -> Result<bool> {
    Ok(store::first_hidden(tx)?.is_some())
}

/// Removes at most `most` memberships of a large list that was deleted, and with the last ones what is left of the list;
/// false when there is no such list any more. Called again and again, also from several nodes.
pub fn empty_deleted(tx: &mut Tx, most: u32) -> Result<bool> {
    let Some((id, workspace_id)) = store::first_hidden(tx)? else { return Ok(false) };
    if store::remove_some_members(tx, workspace_id, id, most)? < most.into() {
        store::delete_hidden(tx, workspace_id, id)?;
    }
    Ok(true)
}

/// Which list a task puts its people on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A list by its id: it must still be there.
    Id(Uuid),
    /// A list the user named: the existing one, else a new one.
    Named(String),
    /// A name made from the request: a new list, whose name gets a number when it is taken.
    Derived(String),
}

/// The list of a task, made when it is not there yet; asked again, the same list.
///
/// Nothing when a list named by id is gone.
pub fn for_task(
    tx: &mut Tx,
    workspace_id: Uuid,
    task_id: Uuid,
    wanted: &Wanted,
    actor: &Actor,
    now_ms: i64,
) -> Result<Option<List>> {
    if let Wanted::Id(id) = wanted {
        return store::get(tx, workspace_id, *id);
    }
    if let Some(list) = store::made_by_task(tx, workspace_id, task_id)? {
        return Ok(Some(list));
    }
    for attempt in 0..NAME_ATTEMPTS {
        let name = match wanted {
            // Nearly always free, as it was when the task was proposed.
            Wanted::Derived(text) if attempt == 0 => Name::derived(text),
            Wanted::Derived(text) => free(tx, workspace_id, text)?,
            Wanted::Id(_) => break,
            Wanted::Named(text) => {
                let name = Name::of(text);
                if let Some(list) = store::find(tx, workspace_id, &name)? {
                    return Ok(Some(list));
                }
                name
            }
        };
        if let Some(list) = make(tx, workspace_id, task_id, &name, actor, now_ms)? {
            return Ok(Some(list));
        }
    }
    Err(Error::internal("no free name was found for the list of a task"))
}

/// The name a derived list would get now: as it is, or with the next number. For previews.
pub fn free_name(tx: &mut Tx, workspace_id: Uuid, derived: &str) -> Result<String> {
    Ok(free(tx, workspace_id, derived)?.shown)
}

/// The list of that name, whatever its case; nothing when there is none.
pub fn find_named(tx: &mut Tx, workspace_id: Uuid, name: &str) -> Result<Option<List>> {
    store::find(tx, workspace_id, &Name::of(name))
}

/// The list with that id; nothing when there is none in the workspace.
pub fn find(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<List>> {
    store::get(tx, workspace_id, id)
}

/// Puts contacts of the workspace on a list; answers how many were not on it before. At most 500 a transaction is the
/// caller's to keep.
pub fn add_members(tx: &mut Tx, by: &By, list_id: Uuid, contact_ids: &[Uuid], now_ms: i64) -> Result<u64> {
    let added = put(tx, by, list_id, contact_ids, now_ms)?;
    #[cfg(feature = "planted-faults")]
    if crate::planted_faults::Fault::MemberCountedTwice.is_planted() {
        store::count_members(tx, by.workspace_id, &[list_id], 1, now_ms)?;
    }
    for ids in added.chunks(EVENT_IDS_MAX) {
        let data = json!({ "count": ids.len(), "contact_ids": ids });
        events::record(tx, by.event("list.contacts_added", list_id, now_ms).with(data));
    }
    Ok(added.len() as u64)
}

/// Takes a contact that is about to be deleted off all lists; answers which they were, oldest first.
pub fn forget_contact(tx: &mut Tx, workspace_id: Uuid, contact_id: Uuid, now_ms: i64) -> Result<Vec<Uuid>> {
    let list_ids = store::remove_from_all(tx, workspace_id, contact_id)?;
    let mut counted = store::count_members(tx, workspace_id, &list_ids, -1, now_ms)?;
    counted.sort_unstable();
    Ok(counted)
}

/// Takes contacts that are about to be deleted off all lists; answers which they were, by contact, oldest first.
pub fn forget_contacts(
    tx: &mut Tx,
    workspace_id: Uuid,
    contact_ids: &[Uuid],
    now_ms: i64,
) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    let there: BTreeSet<Uuid> = store::memberships(tx, workspace_id, contact_ids)?.into_iter().collect();
    let mut of_contacts: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let mut changes: BTreeMap<Uuid, i64> = BTreeMap::new();
    for (contact_id, list_id) in store::remove_several(tx, workspace_id, contact_ids)? {
        if there.contains(&list_id) {
            of_contacts.entry(contact_id).or_default().push(list_id);
            *changes.entry(list_id).or_default() -= 1;
        }
    }
    count(tx, workspace_id, changes, now_ms)?;
    // PostgreSQL removes rows in any order, and the same deletion is the same event.
    of_contacts.values_mut().for_each(|list_ids| list_ids.sort_unstable());
    Ok(of_contacts)
}

/// On how many lists each of the contacts is, those that are being deleted included; none is left out as 0.
pub fn memberships_of(tx: &mut Tx, workspace_id: Uuid, contact_ids: &[Uuid]) -> Result<HashMap<Uuid, u64>> {
    Ok(store::memberships_of(tx, workspace_id, contact_ids)?.into_iter().collect())
}

/// The lists a contact is on.
pub fn of_contact(tx: &mut Tx, workspace_id: Uuid, contact_id: Uuid) -> Result<Vec<List>> {
    let mut found = Vec::new();
    for id in store::memberships(tx, workspace_id, &[contact_id])? {
        found.extend(store::get(tx, workspace_id, id)?);
    }
    found.sort_by(|a, b| (&a.created_at, a.id).cmp(&(&b.created_at, b.id)));
    Ok(found)
}

/// On how many lists contacts are, each with each counted once.
pub fn count_memberships(tx: &mut Tx, workspace_id: Uuid, contact_ids: &[Uuid]) -> Result<u64> {
    Ok(store::memberships(tx, workspace_id, contact_ids)?.len() as u64)
}

/// How many lists `primary` would be on for the first time after [`move_memberships`].
pub fn gained_by_merge(tx: &mut Tx, workspace_id: Uuid, duplicates: &[Uuid], primary: Uuid) -> Result<u64> {
    Ok(gained(tx, workspace_id, duplicates, primary)?.0.len() as u64)
}

/// Puts `primary` on all lists the duplicates are on, and takes the duplicates off them.
pub fn move_memberships(
    tx: &mut Tx,
    workspace_id: Uuid,
    duplicates: &[Uuid],
    primary: Uuid,
    now_ms: i64,
) -> Result<()> {
    let (gained, mut changes) = gained(tx, workspace_id, duplicates, primary)?;
    store::remove_several(tx, workspace_id, duplicates)?;
    for list_id in gained {
        store::add_members(tx, workspace_id, list_id, &[primary], None, now_ms)?;
        *changes.entry(list_id).or_default() += 1;
    }
    count(tx, workspace_id, changes, now_ms)
}

/// Adds to each list's member count what it gained or lost, in as few statements as there are different changes.
fn count(tx: &mut Tx, workspace_id: Uuid, changes: BTreeMap<Uuid, i64>, now_ms: i64) -> Result<()> {
    let mut by_change: BTreeMap<i64, Vec<Uuid>> = BTreeMap::new();
    for (list_id, change) in changes {
        by_change.entry(change).or_default().push(list_id);
    }
    for (change, list_ids) in by_change {
        store::count_members(tx, workspace_id, &list_ids, change, now_ms)?;
    }
    Ok(())
}

/// The lists of the duplicates that `primary` is not on, and how many members each of theirs loses.
fn gained(
    tx: &mut Tx,
    workspace_id: Uuid,
    duplicates: &[Uuid],
    primary: Uuid,
) -> Result<(BTreeSet<Uuid>, BTreeMap<Uuid, i64>)> {
    let own: BTreeSet<Uuid> = store::memberships(tx, workspace_id, &[primary])?.into_iter().collect();
    let mut lost: BTreeMap<Uuid, i64> = BTreeMap::new();
    for list_id in store::memberships(tx, workspace_id, duplicates)? {
        *lost.entry(list_id).or_default() -= 1;
    }
    Ok((lost.keys().filter(|list_id| !own.contains(list_id)).copied().collect(), lost))
}

/// "List not found" with the generic code, for routes whose page says so or that have none.
pub fn not_found() -> Error {
    Error::not_found("List not found")
}

/// "List not found" with the code of the two delete routes.
pub fn list_not_found() -> Error {
    Error::with_code(Code::ListNotFound, "List not found")
}

/// Writes the memberships that are missing and counts them; answers the contacts that are new on the list.
fn put(tx: &mut Tx, by: &By, list_id: Uuid, contact_ids: &[Uuid], now_ms: i64) -> Result<Vec<Uuid>> {
    let workspace_id = by.workspace_id;
    let added = store::add_members(tx, workspace_id, list_id, contact_ids, by.task_id, now_ms)?;
    if !added.is_empty() && store::count_members(tx, workspace_id, &[list_id], added.len() as i64, now_ms)?.is_empty() {
        return Err(Error::unavailable("The list was deleted at the same moment; look and try again."));
    }
    Ok(added)
}

fn make(
    tx: &mut Tx,
    workspace_id: Uuid,
    task_id: Uuid,
    name: &Name,
    actor: &Actor,
    now_ms: i64,
) -> Result<Option<List>> {
    let row = store::New { id: ids::new(now_ms), name, description: None, created_by_task: Some(task_id), now_ms };
    let made = store::insert(tx, workspace_id, &row)?;
    if made.is_some() {
        let event = Event::of(workspace_id, actor.clone(), "list.created", row.id, now_ms);
        events::record(tx, event.because_of(task_id));
    }
    Ok(made)
}

/// The name itself when it is free, else with " (2)", else with the number after the highest one taken: one statement,
/// however often the same was asked before.
fn free(tx: &mut Tx, workspace_id: Uuid, derived: &str) -> Result<Name> {
    let name = Name::derived(derived);
    let taken = store::taken(tx, workspace_id, &name)?;
    Ok(match taken {
        store::Taken { itself: false, .. } => name,
        store::Taken { second: false, .. } => name.numbered(2),
        store::Taken { highest, .. } => name.numbered(highest.unwrap_or(1).max(1) + 1),
    })
}

fn name_taken() -> Error {
    Error::validation("name", "A list with this name already exists.")
}

fn unknown_contacts(ids: &[&str]) -> Error {
    let shown: Vec<String> = ids.iter().map(|id| quoted(id)).collect();
    let message = format!("There is no contact with the id {}; nothing was added.", shown.join(", "));
    let details = json!({ "fields": { "contact_ids": message }, "unknown_contact_ids": shown });
    Error::with_details(Code::ValidationError, message, details)
}
