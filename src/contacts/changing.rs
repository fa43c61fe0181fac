//! What a change makes of a contact. Pure.
//!
//! Protects the rule that what is shown beforehand is what is done: previews and changes go through one function.

use serde::Deserialize as _;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::check::{Details, NOTES_TOTAL_MAX, check_composed};
use super::emails::Email;
use super::names::{self, Name};
use super::{Change, Contact, fields};
use crate::error::{Error, Result};

/// A contact with a change applied: the fields that are written.
#[derive(Debug)]
pub(super) struct Changed {
    pub(super) name: Name,
    pub(super) email: Option<Email>,
    pub(super) details: Details,
    pub(super) notes: Option<String>,
}

impl Changed {
    /// The contact as it will be shown, but for the time of the change.
    pub(super) fn shown(&self, before: &Contact) -> Contact {
        let details = self.details.clone();
        Contact {
            first_name: self.name.first.clone(),
            last_name: self.name.last.clone(),
            full_name: self.name.full.clone(),
            email: self.email.as_ref().map(|email| email.given.clone()),
            phone: details.phone,
            job_title: details.job_title,
            company: details.company_name.clone(),
            company_name: details.company_name,
            related_company_id: details.related_company_id,
            linkedin_url: details.linkedin_url,
            priority: details.priority,
            tags: details.tags,
            custom_fields: details.custom_fields,
            notes: self.notes.clone(),
            ..before.clone()
        }
    }
}

/// What a contact becomes by a change.
pub(super) fn applied(before: &Contact, change: &Change) -> Result<Changed> {
    let email = match &change.email {
        Some(email) => email.clone(),
        None => before.email.as_deref().map(Email::of),
    };
    let notes = [before.notes.as_deref(), change.notes.as_deref()];
    let tags = change.tags.as_ref().unwrap_or(&before.tags);
    let tags = fields::retagged(tags, &change.tags_add, &change.tags_remove);
    fields::tags_fit("tags", &tags)?;
    let details = Details {
        phone: change.phone.clone().unwrap_or_else(|| before.phone.clone()),
        job_title: change.job_title.clone().unwrap_or_else(|| before.job_title.clone()),
        company_name: change.company_name.clone().unwrap_or_else(|| before.company_name.clone()),
        related_company_id: change.related_company_id.unwrap_or(before.related_company_id),
        linkedin_url: change.linkedin_url.clone().unwrap_or_else(|| before.linkedin_url.clone()),
        priority: change.priority.unwrap_or(before.priority),
        tags,
        custom_fields: change.custom_fields.clone().unwrap_or_else(|| before.custom_fields.clone()),
    };
    Ok(Changed { name: renamed(before, change, email.as_ref())?, email, details, notes: gathered(notes)? })
}

/// What a contact becomes when some of its fields get values they had before, taken as they were.
pub(super) fn restored(now: &Contact, fields: &Map<String, Value>) -> Result<Changed> {
    let text = |field: &str, own: &Option<String>| match fields.get(field) {
        Some(value) => value.as_str().map(str::to_owned),
        None => own.clone(),
    };
    let name = |field: &str, own: &String| text(field, &Some(own.clone())).unwrap_or_default();
    let company_id = match fields.get("related_company_id") {
        Some(value) => value.as_str().and_then(|id| Uuid::try_parse(id).ok()),
        None => now.related_company_id,
    };
    Ok(Changed {
        name: Name {
            first: name("first_name", &now.first_name),
            last: name("last_name", &now.last_name),
            full: name("full_name", &now.full_name),
        },
        email: text("email", &now.email).as_deref().map(Email::of),
        notes: text("notes", &now.notes),
        details: Details {
            phone: text("phone", &now.phone),
            job_title: text("job_title", &now.job_title),
            company_name: text("company_name", &now.company_name),
            related_company_id: company_id,
            linkedin_url: text("linkedin_url", &now.linkedin_url),
            priority: fields.get("priority").map_or(now.priority, Value::as_i64),
            tags: fields.get("tags").map_or_else(|| Ok(now.tags.clone()), Vec::deserialize)?,
            custom_fields: match fields.get("custom_fields") {
                Some(Value::Object(fields)) => fields.clone(),
                _ => now.custom_fields.clone(),
            },
        },
    })
}

/// Notes one below the other.
pub(super) fn gathered<'a>(notes: impl IntoIterator<Item = Option<&'a str>>) -> Result<Option<String>> {
    let notes: Vec<&str> = notes.into_iter().flatten().collect();
    let notes = (!notes.is_empty()).then(|| notes.join("\n"));
    if notes.as_ref().is_some_and(|notes| notes.chars().count() > NOTES_TOTAL_MAX) {
        return Err(Error::validation("notes", format!("notes would grow over {NOTES_TOTAL_MAX} characters.")));
    }
    Ok(notes)
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
    check_composed(&name)?;
    Ok(name)
}

/// The names of the fields that differ.
pub(super) fn changed_fields(before: &Contact, after: &Changed) -> Vec<&'static str> {
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

/// One field before and after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The field, as answers name it.
    pub field: &'static str,
    /// What stands there now.
    pub before: Value,
    /// What will stand there.
    pub after: Value,
}

/// The fields that a change would alter, in the order in which answers show them; refuses what the change would refuse,
/// except what only the database knows (an address that is taken, a company that is not there).
pub fn differences(before: &Contact, change: &Change) -> Result<Vec<Difference>> {
    Ok(between(before, &applied(before, change)?))
}

/// The fields that differ, with their values.
pub(super) fn between(before: &Contact, after: &Changed) -> Vec<Difference> {
    let values = |field: &str| {
        let details = &after.details;
        match field {
            "first_name" => (json!(before.first_name), json!(after.name.first)),
            "last_name" => (json!(before.last_name), json!(after.name.last)),
            "full_name" => (json!(before.full_name), json!(after.name.full)),
            "email" => (json!(before.email), json!(after.email.as_ref().map(|email| &email.given))),
            "phone" => (json!(before.phone), json!(details.phone)),
            "job_title" => (json!(before.job_title), json!(details.job_title)),
            "company_name" => (json!(before.company_name), json!(details.company_name)),
            "related_company_id" => (json!(before.related_company_id), json!(details.related_company_id)),
            "linkedin_url" => (json!(before.linkedin_url), json!(details.linkedin_url)),
            "priority" => (json!(before.priority), json!(details.priority)),
            "tags" => (json!(before.tags), json!(details.tags)),
            "custom_fields" => (json!(before.custom_fields), json!(details.custom_fields)),
            _ => (json!(before.notes), json!(after.notes)),
        }
    };
    let differs = changed_fields(before, after).into_iter();
    differs
        .map(|field| {
            let (before, after) = values(field);
            Difference { field, before, after }
        })
        .collect()
}
