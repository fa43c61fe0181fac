//! Many contacts at once: created all or none, deleted step by step.
//!
//! Protects two rules: a request that creates contacts creates all of them or, when anything is wrong with one, none; and a
//! transaction changes at most 500 rows, so that many deletions are several transactions.

pub mod http;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{New, NewContact, store};
use crate::db::Tx;
use crate::error::{Code, Error, Refusal, Result};
use crate::events::{self, By};
use crate::suppressions::{self, Candidate};
use crate::{companies, effects, ids, lists, webhooks};

/// Contacts of one request.
pub const BULK_MAX: usize = 500;
/// Ids in one event; a larger change is several events.
const EVENT_IDS_MAX: usize = 100;
/// Rows with something wrong that a refusal names.
const WRONG_SHOWN_MAX: usize = 100;
/// Contacts and memberships that one step of a deletion removes.
const STEP_ROWS_MAX: u64 = 450;

/// The body of `POST /v1/contacts/bulk`.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct NewContacts {
    /// At most 500 contacts, each with a name. Required.
    #[schema(required = true, nullable = false)]
    pub contacts: Option<Vec<NewContact>>,
}

/// What creating many contacts answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Created {
    /// How many were created: all that were sent.
    pub created: u64,
    /// In the order in which they were sent.
    pub contacts: Vec<CreatedContact>,
}

/// A contact that was created with others.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedContact {
    /// Made by us, never reused.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// As it is shown.
    pub full_name: String,
    /// As given.
    pub email: Option<String>,
}

/// The body of `POST /v1/contacts/bulk-delete`.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct DeletedContacts {
    /// At most 500 contacts. Required.
    #[schema(value_type = Vec<String>)]
    pub contact_ids: Option<Vec<String>>,
    /// Only count; nothing is deleted.
    pub dry_run: bool,
}

/// What deleting many contacts answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Deletions {
    /// Contacts that are gone, or with `dry_run` would be.
    pub deleted_count: u64,
    /// Ids that are no contacts of this workspace.
    pub not_found_count: u64,
    /// Each id that was not deleted, and why.
    pub errors: Vec<NotDeleted>,
}

/// A contact that was not deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NotDeleted {
    /// The id as it was sent.
    pub contact_id: String,
    /// `not_found`.
    pub code: &'static str,
    /// The same in words.
    pub message: String,
}

impl NewContacts {
    /// Checks every field of every contact; each contact with a wrong one is named.
    pub fn check(self) -> Result<Vec<New>> {
        let given = self.contacts.unwrap_or_default();
        within("contacts", given.len())?;
        let mut wrong = Wrong::default();
        let mut checked = Vec::with_capacity(given.len());
        for (at, contact) in given.into_iter().enumerate() {
            let blank = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
            if blank(&contact.full_name) && blank(&contact.first_name) && blank(&contact.last_name) {
                wrong.note(at, "full_name", "Give each contact a full_name.".to_owned());
                continue;
            }
            match contact.check() {
                Ok(new) => checked.push(new),
                Err(Error::Refused(refusal)) => wrong.refused(at, &refusal),
                Err(error) => return Err(error),
            }
        }
        wrong.refuse()?;
        Ok(checked)
    }
}

impl DeletedContacts {
    /// The ids as they were sent, each once.
    pub fn check(&self) -> Result<Vec<String>> {
        let given = self.contact_ids.as_deref().unwrap_or_default();
        within("contact_ids", given.len())?;
        let mut ids: Vec<String> = Vec::with_capacity(given.len());
        let mut seen = std::collections::HashSet::new();
        for id in given.iter().map(|id| id.trim().to_lowercase()) {
            if seen.insert(id.clone()) {
                ids.push(id);
            }
        }
        Ok(ids)
    }
}

fn within(field: &str, many: usize) -> Result<()> {
    if (1..=BULK_MAX).contains(&many) {
        return Ok(());
    }
    Err(Error::validation(field, format!("{field} must be 1 to {BULK_MAX} contacts, got {many}.")))
}

/// What is wrong with which of many contacts.
#[derive(Debug, Default)]
struct Wrong {
    fields: Map<String, serde_json::Value>,
    first: Option<(String, String)>,
    rows: usize,
}

impl Wrong {
    fn note(&mut self, at: usize, field: &str, message: String) {
        let field = format!("contacts[{at}].{field}");
        self.rows += 1;
        self.first.get_or_insert_with(|| (field.clone(), message.clone()));
        if self.fields.len() < WRONG_SHOWN_MAX {
            self.fields.insert(field, message.into());
        }
    }

    /// The fields of a refusal are named in its details.
    fn refused(&mut self, at: usize, refusal: &Refusal) {
        let field = refusal.details["fields"].as_object().and_then(|fields| fields.keys().next());
        self.note(at, field.map_or("contact", String::as_str), refusal.message.clone());
    }

    /// Refuses the whole request when anything is wrong.
    fn refuse(self) -> Result<()> {
        let Some((field, message)) = self.first else { return Ok(()) };
        let message = match self.rows {
            1 => format!("{field}: {message} Nothing was created."),
            rows => {
                format!("{rows} of the contacts can't be created, the first at {field}: {message} Nothing was created.")
            }
        };
        Err(Error::with_details(Code::ValidationError, message, json!({ "fields": self.fields })))
    }
}

/// Creates all contacts, or none: an address that is a contact's already, comes twice or is suppressed refuses the whole
/// request with each of them named.
pub fn create(tx: &mut Tx, by: &By, contacts: &[New], now_ms: i64) -> Result<Created> {
    let workspace_id = by.workspace_id;
    let mut wrong = Wrong::default();
    check_companies(tx, workspace_id, contacts, &mut wrong)?;
    check_addresses(tx, workspace_id, contacts, &mut wrong)?;
    wrong.refuse()?;
    let rows: Vec<store::New> = contacts.iter().map(|new| new.row(ids::new(now_ms), by.task_id, now_ms)).collect();
    if store::insert(tx, workspace_id, &rows)?.len() < rows.len() {
        return Err(Error::unavailable("A contact with one of the addresses was made at the same moment; try again."));
    }
    for rows in rows.chunks(EVENT_IDS_MAX) {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let data = json!({ "count": ids.len(), "contact_ids": ids });
        events::record(tx, by.event("contact.bulk_created", workspace_id, now_ms).with(data));
    }
    let shown = |row: &store::New| CreatedContact {
        id: row.id,
        full_name: row.name.full.clone(),
        email: row.email.map(|email| email.given.clone()),
    };
    Ok(Created { created: rows.len() as u64, contacts: rows.iter().map(shown).collect() })
}

fn check_companies(tx: &mut Tx, workspace_id: Uuid, contacts: &[New], wrong: &mut Wrong) -> Result<()> {
    let named: Vec<Uuid> = contacts.iter().filter_map(|new| new.details.related_company_id).collect();
    let there = companies::existing(tx, workspace_id, &named)?;
    for (at, new) in contacts.iter().enumerate() {
        if let Some(id) = new.details.related_company_id.filter(|id| !there.contains(id)) {
            wrong.note(at, "related_company_id", format!("There is no company {id}."));
        }
    }
    Ok(())
}

fn check_addresses(tx: &mut Tx, workspace_id: Uuid, contacts: &[New], wrong: &mut Wrong) -> Result<()> {
    let addresses: Vec<&str> = contacts.iter().filter_map(|new| Some(new.email.as_ref()?.norm.as_str())).collect();
    let there: HashMap<String, Uuid> = store::find(tx, workspace_id, &[], &addresses)?
        .into_iter()
        .filter_map(|found| Some((found.email_norm?, found.id)))
        .collect();
    let candidate = |new: &New| Candidate {
        prospect_id: Uuid::nil(),
        email_norm: new.email.as_ref().map(|email| email.norm.clone()),
        company_domain: None,
    };
    let hits = suppressions::check(tx, workspace_id, &contacts.iter().map(candidate).collect::<Vec<_>>())?;
    let mut first: HashMap<&str, usize> = HashMap::new();
    for ((at, new), hit) in contacts.iter().enumerate().zip(hits) {
        let Some(email) = &new.email else { continue };
        let message = if let Some(contact_id) = there.get(&email.norm) {
            format!("The contact {contact_id} has this email already.")
        } else if let Some(hit) = hit {
            format!("This {} is suppressed: {}", hit.kind.noun(), hit.reason)
        } else if let Some(earlier) = first.get(email.norm.as_str()) {
            format!("contacts[{earlier}] has the same email.")
        } else {
            first.insert(&email.norm, at);
            continue;
        };
        wrong.note(at, "email", message);
    }
    Ok(())
}

/// The ids in the portions in which [`delete`] takes them, each within what one transaction may change.
pub fn steps(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<Vec<Uuid>>> {
    let memberships = lists::memberships_of(tx, workspace_id, ids)?;
    let mut steps: Vec<Vec<Uuid>> = vec![Vec::new()];
    let mut rows = 0;
    for id in ids {
        let own = 1 + memberships.get(id).copied().unwrap_or_default();
        if rows > 0 && rows + own > STEP_ROWS_MAX {
            steps.push(Vec::new());
            rows = 0;
        }
        rows += own;
        if let Some(step) = steps.last_mut() {
            step.push(*id);
        }
    }
    Ok(steps)
}

/// Deletes those of the contacts that are there, with their memberships; answers them. At most a step at once.
pub fn delete(tx: &mut Tx, by: &By, ids: &[Uuid], now_ms: i64) -> Result<Vec<Uuid>> {
    let workspace_id = by.workspace_id;
    let existing = store::existing(tx, workspace_id, ids)?;
    let mut lists = lists::forget_contacts(tx, workspace_id, &existing, now_ms)?;
    store::delete_several(tx, workspace_id, &existing)?;
    events::erase(tx, workspace_id, &existing, now_ms)?;
    effects::forget(tx, workspace_id, &existing)?;
    webhooks::forget_people(tx, workspace_id, &existing)?;
    for id in &existing {
        let list_ids = lists.remove(id).unwrap_or_default();
        events::record(tx, by.event("contact.deleted", *id, now_ms).with(json!({ "list_ids": list_ids })));
    }
    Ok(existing)
}

/// What the deletion of `asked` answers, when these are the ones that were there.
pub fn outcome(asked: &[String], deleted: &[Uuid]) -> Deletions {
    let deleted: std::collections::HashSet<String> = deleted.iter().map(Uuid::to_string).collect();
    let is_there = |id: &&String| !Uuid::try_parse(id).is_ok_and(|id| deleted.contains(&id.to_string()));
    let errors: Vec<NotDeleted> = asked
        .iter()
        .filter(is_there)
        .map(|id| NotDeleted {
            contact_id: crate::error::quoted(id),
            code: Code::NotFound.as_str(),
            message: "Contact not found".to_owned(),
        })
        .collect();
    Deletions { deleted_count: deleted.len() as u64, not_found_count: errors.len() as u64, errors }
}
