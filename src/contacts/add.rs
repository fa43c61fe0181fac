//! Prospects become contacts: what an approved search does, and what its preview counts beforehand.
//!
//! Protects the rule that what is shown is what is done: [`known`] and [`add_prospects`] decide alike who is a contact
//! already, by prospect and by normalized e-mail address, also when two selected prospects share an address.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use uuid::Uuid;

use super::check::Details;
use super::emails::{self, Email};
use super::fields::NAME_MAX;
use super::names::{self, Name};
use super::store;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{self, Actor, Event};
use crate::ids;

/// What a contact takes over from a prospect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProspectFields {
    /// The prospect.
    pub prospect_id: Uuid,
    /// Given name, if the source told it apart.
    pub first_name: Option<String>,
    /// Family name, if the source told it apart.
    pub last_name: Option<String>,
    /// As it is shown.
    pub full_name: String,
    /// As the source gave it.
    pub email: Option<String>,
    /// As the source gave it.
    pub phone: Option<String>,
    /// The position held.
    pub title: Option<String>,
    /// The company's name.
    pub company: Option<String>,
    /// The person's profile.
    pub linkedin_url: Option<String>,
}

/// What became of one prospect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// The prospect.
    pub prospect_id: Uuid,
    /// The contact that stands for it now.
    pub contact_id: Uuid,
    /// Whether the contact was made; false when it was there already.
    pub made: bool,
}

/// Makes contacts of prospects, in their order; whoever is a contact already is not made twice. One answer a person.
///
/// Who is suppressed must have been left out before. At most 500 people a transaction is the caller's to keep.
pub fn add_prospects(
    tx: &mut Tx,
    workspace_id: Uuid,
    people: &[ProspectFields],
    task_id: Uuid,
    actor: &Actor,
    now_ms: i64,
) -> Result<Vec<Added>> {
    let drafts: Vec<Draft> = people.iter().map(|person| Draft::of(person, now_ms)).collect();
    let rows: Vec<store::New> = drafts.iter().map(|draft| draft.row(task_id, now_ms)).collect();
    let made: HashSet<Uuid> = store::insert(tx, workspace_id, &rows)?.into_iter().collect();
    let left: Vec<&Draft> = drafts.iter().filter(|draft| !made.contains(&draft.id)).collect();
    let there = Contacts::find(tx, workspace_id, left.iter().map(|draft| (draft.prospect_id, draft.email_norm())))?;
    let mut added = Vec::with_capacity(people.len());
    for draft in &drafts {
        let prospect_id = draft.prospect_id;
        if made.contains(&draft.id) {
            let data = json!({ "prospect_id": prospect_id, "fields": draft.fields() });
            let event = Event::of(workspace_id, actor.clone(), "contact.created", draft.id, now_ms);
            events::record(tx, event.because_of(task_id).with(data));
            added.push(Added { prospect_id, contact_id: draft.id, made: true });
        } else {
            let contact_id = there.of(prospect_id, draft.email_norm()).ok_or_else(|| {
                Error::internal(format_args!("prospect {prospect_id} was neither made a contact nor found as one"))
            })?;
            added.push(Added { prospect_id, contact_id, made: false });
        }
    }
    Ok(added)
}

/// Why a prospect would not become a new contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It is this contact already.
    Contact(Uuid),
    /// An earlier one of those asked about has the same address and will be the contact: its place among them.
    SameAs(usize),
}

/// For each prospect and its normalized address, in order: why [`add_prospects`] of all of them would find a contact;
/// nothing where it would make one. Ask once for a whole selection, because an address counts from its second time on.
pub fn known(tx: &mut Tx, workspace_id: Uuid, people: &[(Uuid, Option<String>)]) -> Result<Vec<Option<Known>>> {
    let people = people.iter().map(|(prospect_id, email)| (*prospect_id, email.as_deref()));
    let there = Contacts::find(tx, workspace_id, people.clone())?;
    let mut earlier: HashMap<&str, usize> = HashMap::new();
    Ok(people
        .enumerate()
        .map(|(place, (prospect_id, email_norm))| {
            let known = match there.of(prospect_id, email_norm) {
                Some(contact_id) => Some(Known::Contact(contact_id)),
                None => email_norm.and_then(|email| earlier.get(email)).copied().map(Known::SameAs),
            };
            if let (None, Some(email)) = (known, email_norm) {
                earlier.insert(email, place);
            }
            known
        })
        .collect())
}

/// Contacts by the prospects and addresses they were looked up by.
struct Contacts {
    by_prospect: HashMap<Uuid, Uuid>,
    by_email: HashMap<String, Uuid>,
}

impl Contacts {
    fn find<'a>(
        tx: &mut Tx,
        workspace_id: Uuid,
        people: impl Iterator<Item = (Uuid, Option<&'a str>)>,
    ) -> Result<Contacts> {
        let (prospects, addresses): (Vec<Uuid>, Vec<Option<&str>>) = people.unzip();
        let addresses: Vec<&str> = addresses.into_iter().flatten().collect();
        let mut contacts = Contacts { by_prospect: HashMap::new(), by_email: HashMap::new() };
        for found in store::find(tx, workspace_id, &prospects, &addresses)? {
            if let Some(prospect_id) = found.prospect_id {
                contacts.by_prospect.insert(prospect_id, found.id);
            }
            if let Some(email) = found.email_norm {
                contacts.by_email.insert(email, found.id);
            }
        }
        Ok(contacts)
    }

    /// The contact made from the prospect, else the one with its address.
    fn of(&self, prospect_id: Uuid, email_norm: Option<&str>) -> Option<Uuid> {
        self.by_prospect.get(&prospect_id).or_else(|| self.by_email.get(email_norm?)).copied()
    }
}

/// A contact in the making.
struct Draft {
    id: Uuid,
    prospect_id: Uuid,
    name: Name,
    email: Option<Email>,
    details: Details,
}

impl Draft {
    fn of(person: &ProspectFields, now_ms: i64) -> Draft {
        let email = person.email.as_deref().map(str::trim).filter(|email| !email.is_empty());
        let (first, last) = (person.first_name.as_deref(), person.last_name.as_deref());
        let name = names::resolve(first, last, Some(&person.full_name), email);
        let name =
            name.unwrap_or_else(|| Name { first: String::new(), last: String::new(), full: "Unknown".to_owned() });
        let details = Details {
            phone: person.phone.clone(),
            job_title: person.title.clone(),
            company_name: person.company.clone(),
            linkedin_url: person.linkedin_url.clone(),
            ..Details::default()
        };
        Draft {
            id: ids::new(now_ms),
            prospect_id: person.prospect_id,
            name: Name { first: clipped(name.first), last: clipped(name.last), full: clipped(name.full) },
            email: email.map(|given| Email { given: given.to_owned(), norm: emails::normal(given) }),
            details,
        }
    }

    fn row(&self, task_id: Uuid, now_ms: i64) -> store::New<'_> {
        store::New {
            id: self.id,
            prospect_id: Some(self.prospect_id),
            name: &self.name,
            email: self.email.as_ref(),
            details: &self.details,
            notes: None,
            created_by_task: Some(task_id),
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
        }
    }

    fn email_norm(&self) -> Option<&str> {
        self.email.as_ref().map(|email| email.norm.as_str())
    }

    /// The names of the fields that hold something.
    fn fields(&self) -> Vec<&'static str> {
        let details = &self.details;
        [
            ("full_name", true),
            ("email", self.email.is_some()),
            ("phone", details.phone.is_some()),
            ("job_title", details.job_title.is_some()),
            ("company_name", details.company_name.is_some()),
            ("linkedin_url", details.linkedin_url.is_some()),
        ]
        .into_iter()
        .filter_map(|(field, holds)| holds.then_some(field))
        .collect()
    }
}

/// A source may hold longer names than a caller may send.
fn clipped(name: String) -> String {
    if name.chars().count() <= NAME_MAX { name } else { name.chars().take(NAME_MAX).collect() }
}
