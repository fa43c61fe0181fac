//! A contact or a company under one roof: read, compared, changed, deleted.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Operation, Record, SEEN_DIGITS};
use crate::companies::{self, Company, CompanyChange, NewCompany};
use crate::contacts::{self, Contact, ContactChange, Difference, NewContact};
use crate::db::Tx;
use crate::effects;
use crate::error::{Error, Result};
use crate::events::By;
use crate::notes::About;

/// What a deletion shows of a record, and therefore compares.
const IDENTITY: [&str; 6] = ["full_name", "email", "job_title", "company_name", "name", "domain"];
/// What changes with every change.
const TIMES: [&str; 3] = ["created_at", "created_date", "updated_date"];

/// A record as it is now.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    Contact(Box<Contact>),
    Company(Box<Company>),
}

/// The records that are there, by id.
pub(super) fn read(tx: &mut Tx, workspace_id: Uuid, record: Record, ids: &[Uuid]) -> Result<HashMap<Uuid, Entry>> {
    Ok(match record {
        Record::Contact => contacts::several(tx, workspace_id, ids)?
            .into_iter()
            .map(|contact| (contact.id, Entry::Contact(Box::new(contact))))
            .collect(),
        Record::Company => {
            let mut found = HashMap::new();
            for id in ids {
                let company = companies::one(tx, workspace_id, *id)?;
                found.extend(company.map(|company| (*id, Entry::Company(Box::new(company)))));
            }
            found
        }
    })
}

impl Entry {
    pub(super) fn id(&self) -> Uuid {
        match self {
            Entry::Contact(contact) => contact.id,
            Entry::Company(company) => company.id,
        }
    }

    /// The name a person knows it by.
    pub(super) fn name(&self) -> &str {
        match self {
            Entry::Contact(contact) => &contact.full_name,
            Entry::Company(company) => &company.name,
        }
    }

    pub(super) fn contact(&self) -> Option<&Contact> {
        match self {
            Entry::Contact(contact) => Some(contact),
            Entry::Company(_) => None,
        }
    }

    /// What a note about it is about.
    pub(super) fn about(&self) -> About {
        match self {
            Entry::Contact(contact) => About::Contact(contact.id),
            Entry::Company(company) => About::Company(company.id),
        }
    }

    /// The fields that a change would alter; refuses what the change would refuse.
    pub(super) fn would_change(
        &self,
        tx: &mut Tx,
        workspace_id: Uuid,
        changes: &Map<String, Value>,
    ) -> Result<Vec<Difference>> {
        match self {
            Entry::Contact(contact) => {
                contacts::would_change(tx, workspace_id, contact, &contact_change(contact, changes)?)
            }
            Entry::Company(company) => companies::would_change(tx, workspace_id, company, &company_change(changes)?),
        }
    }

    pub(super) fn change(&self, tx: &mut Tx, by: &By, changes: &Map<String, Value>, now_ms: i64) -> Result<()> {
        match self {
            Entry::Contact(contact) => {
                let change = contact_change(contact, changes)?;
                contacts::change_by(tx, by, contact.id, &change, now_ms).map(drop)
            }
            Entry::Company(company) => {
                companies::change(tx, by, company.id, &company_change(changes)?, now_ms).map(drop)
            }
        }
    }

    pub(super) fn delete(&self, tx: &mut Tx, by: &By, now_ms: i64) -> Result<()> {
        match self {
            Entry::Contact(contact) => contacts::delete_by(tx, by, contact.id, now_ms).map(drop),
            Entry::Company(company) => companies::delete(tx, by, company.id, now_ms).map(drop),
        }
    }

    /// How a change of it is noted for an undo.
    pub(super) fn changed(&self) -> effects::Kind {
        match self {
            Entry::Contact(_) => effects::Kind::ContactChanged,
            Entry::Company(_) => effects::Kind::CompanyChanged,
        }
    }

    /// The record as a preview shows it, without its changes.
    pub(super) fn sampled(&self) -> Value {
        match self {
            Entry::Contact(contact) => json!({ "id": contact.id, "full_name": contact.full_name,
                "email": contact.email, "job_title": contact.job_title, "company_name": contact.company_name }),
            Entry::Company(company) => json!({ "id": company.id, "name": company.name, "domain": company.domain }),
        }
    }

    fn as_object(&self) -> Map<String, Value> {
        let value = match self {
            Entry::Contact(contact) => serde_json::to_value(contact),
            Entry::Company(company) => serde_json::to_value(company),
        };
        match value {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        }
    }
}

/// Refuses a new record that its route would refuse.
pub(super) fn would_create(tx: &mut Tx, workspace_id: Uuid, record: Record, fields: &Map<String, Value>) -> Result<()> {
    match record {
        Record::Contact => contacts::would_create(tx, workspace_id, &new_contact(fields)?),
        Record::Company => companies::would_create(tx, workspace_id, &new_company(fields)?),
    }
}

/// Makes a record with the id it was shown with.
pub(super) fn create(
    tx: &mut Tx,
    by: &By,
    (record, id): (Record, Uuid),
    fields: &Map<String, Value>,
    now_ms: i64,
) -> Result<()> {
    match record {
        Record::Contact => contacts::create_as(tx, by, id, &new_contact(fields)?, now_ms).map(drop),
        Record::Company => companies::create_as(tx, by, id, &new_company(fields)?, now_ms).map(drop),
    }
}

fn new_contact(fields: &Map<String, Value>) -> Result<contacts::New> {
    body::<NewContact>(fields.clone())?.check()
}

fn new_company(fields: &Map<String, Value>) -> Result<companies::New> {
    body::<NewCompany>(fields.clone())?.check()
}

/// The route replaces all custom fields; a task touches those it names.
fn contact_change(contact: &Contact, changes: &Map<String, Value>) -> Result<contacts::Change> {
    let mut changes = changes.clone();
    if let Some(Value::Object(touched)) = changes.get("custom_fields") {
        let mut all = contact.custom_fields.clone();
        for (name, value) in touched {
            if value.is_null() {
                all.remove(name);
            } else {
                all.insert(name.clone(), value.clone());
            }
        }
        changes.insert("custom_fields".to_owned(), Value::Object(all));
    }
    body::<ContactChange>(changes)?.check()
}

fn company_change(changes: &Map<String, Value>) -> Result<companies::Change> {
    body::<CompanyChange>(changes.clone())?.check()
}

/// The body the route of the record would have taken.
fn body<T: for<'de> Deserialize<'de>>(fields: Map<String, Value>) -> Result<T> {
    T::deserialize(Value::Object(fields)).map_err(|error| Error::validation("changes", error.to_string()))
}

/// What stands in the fields a task touches, as hex digits; empty where it makes no difference.
pub(super) fn fingerprint(entry: &Entry, operation: Operation, changes: &Map<String, Value>) -> String {
    let fields = entry.as_object();
    let shown: Map<String, Value> = match operation {
        Operation::Update | Operation::ClearField => touched(&fields, changes),
        Operation::Delete => fields.into_iter().filter(|(name, _)| IDENTITY.contains(&name.as_str())).collect(),
        Operation::Merge => fields.into_iter().filter(|(name, _)| !TIMES.contains(&name.as_str())).collect(),
        Operation::Create | Operation::Tag | Operation::Untag | Operation::AddNote => return String::new(),
    };
    let digest = Sha256::digest(Value::Object(shown).to_string().as_bytes());
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    digits[..SEEN_DIGITS].to_owned()
}

/// The present values of the fields that change.
fn touched(fields: &Map<String, Value>, changes: &Map<String, Value>) -> Map<String, Value> {
    let mut shown = Map::new();
    for (name, change) in changes {
        let now = fields.get(name).cloned().unwrap_or_default();
        let now = match (name.as_str(), change) {
            ("custom_fields", Value::Object(names)) => {
                names.keys().map(|name| (name.clone(), now[name].clone())).collect::<Map<_, _>>().into()
            }
            _ => now,
        };
        shown.insert(name.clone(), now);
    }
    shown
}

/// What an undo needs: each field before and after.
pub(super) fn image(differences: &[Difference]) -> Value {
    let one = |field: &Difference| json!({ "field": field.field, "before": field.before, "after": field.after });
    differences.iter().map(one).collect()
}

/// Fields before and after as a preview shows them: of the custom fields only those that change.
pub(super) fn shown(differences: Vec<Difference>) -> Vec<Value> {
    let one = |field: &str, before: &Value, after: &Value| json!({ "field": field, "before": before, "after": after });
    let mut shown = Vec::new();
    for Difference { field, before, after } in differences {
        let (Value::Object(old), Value::Object(new), "custom_fields") = (&before, &after, field) else {
            shown.push(one(field, &before, &after));
            continue;
        };
        let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for name in names.into_iter().filter(|name| old.get(*name) != new.get(*name)) {
            let (before, after) = (old.get(name).unwrap_or(&Value::Null), new.get(name).unwrap_or(&Value::Null));
            shown.push(one(&format!("custom_fields.{name}"), before, after));
        }
    }
    shown
}
