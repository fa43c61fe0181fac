//! Which records of the workspace the words of a change mean.
//!
//! Protects the rule that a change never reaches further than its words: one record for one mention, all records of a
//! description that can be judged word by word, and a question for everything else.

use std::collections::HashSet;

use uuid::Uuid;

use super::described::{self, Description};
use super::{Meant, asked, lacks, words};
use crate::chat::Context;
use crate::chat::references::{self, Resolved, SEVERAL_MAX};
use crate::companies;
use crate::contacts::alike::{Asked, company_key};
use crate::contacts::{self, Contact};
use crate::db::Tx;
use crate::error::Result;
use crate::execution::contact_update::{RECORDS_MAX, Record};
use crate::keys::permissions::Permission;
use crate::lists;
use crate::understand::Mention;

/// Records of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Records {
    pub(super) record: Record,
    pub(super) ids: Vec<Uuid>,
    /// How many mentions of the words they are.
    pub(super) mentions: usize,
}

/// Contacts read with all they hold at a time.
const READ_AT_ONCE: usize = 500;
/// Who "everyone" is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Everyone<'n> {
    /// The members of the list of this name.
    On(&'n str),
    /// The members of the list at hand.
    Here,
    /// Nobody: the list that is named or at hand is where contacts are to be put.
    Open,
}

/// Pointers to several records.
const SEVERAL: [&str; 9] = ["them", "these", "those", "they", "everyone", "everybody", "all", "both", "every"];
/// Pointers to whoever there is.
const EVERYBODY: [&str; 4] = ["everyone", "everybody", "all", "every"];

/// The records that are meant.
pub(super) fn records(
    tx: &mut Tx,
    context: &Context<'_>,
    mentions: &[Mention],
    everyone: Everyone<'_>,
) -> Result<Meant<Records>> {
    if mentions.is_empty() {
        return implied(tx, context);
    }
    let mut found: Option<Records> = None;
    for mention in mentions {
        let next = match one(tx, context, mention, everyone)? {
            Meant::Certain(records) => records,
            Meant::Open(question) => return Ok(Meant::Open(question)),
        };
        match &mut found {
            None => found = Some(next),
            Some(records) if records.record == next.record => {
                records.ids.extend(next.ids);
                records.mentions += 1;
            }
            Some(_) => return Ok(Meant::Open(words::one_kind_at_a_time())),
        }
    }
    let Some(mut found) = found else { return implied(tx, context) };
    let mut seen = HashSet::new();
    found.ids.retain(|id| seen.insert(*id));
    if found.ids.len() > RECORDS_MAX {
        return Ok(Meant::Open(words::too_many(RECORDS_MAX)));
    }
    Ok(Meant::Certain(found))
}

/// Nobody is named: the record of `context`, else the only one the conversation was about. Words that were not read could
/// have named somebody else.
fn implied(tx: &mut Tx, context: &Context<'_>) -> Result<Meant<Records>> {
    let open = || Meant::Open(asked(context, "Which contact do you mean?"));
    if !context.request.unread.is_empty() {
        return Ok(open());
    }
    if context.contact.is_none() && context.company.is_some() {
        return company(tx, context, None);
    }
    Ok(match references::contact(tx, context, &Mention::default())? {
        Resolved::One(contact) => certain(Record::Contact, vec![contact.id]),
        _ => open(),
    })
}

fn certain(record: Record, ids: Vec<Uuid>) -> Meant<Records> {
    Meant::Certain(Records { record, ids, mentions: 1 })
}

/// The records one mention means.
fn one(tx: &mut Tx, context: &Context<'_>, mention: &Mention, everyone: Everyone<'_>) -> Result<Meant<Records>> {
    if let Some(filter) = &mention.filter {
        return described(tx, context, filter);
    }
    let named = mention.name.is_some() || mention.email.is_some() || mention.id.is_some();
    if named {
        return contact(tx, context, mention);
    }
    if let Some(name) = &mention.company {
        return company(tx, context, Some(name));
    }
    let pointer = mention.reference.as_deref().unwrap_or_default().to_lowercase();
    let first = pointer.split(' ').next().unwrap_or_default();
    if ["company", "firm", "account"].iter().any(|noun| pointer.ends_with(noun)) {
        company(tx, context, None)
    } else if SEVERAL.contains(&first) {
        several(tx, context, &pointer, everyone)
    } else {
        pointed(tx, context, mention)
    }
}

/// A contact by name, address or id; a name that no contact has may be a company's.
fn contact(tx: &mut Tx, context: &Context<'_>, mention: &Mention) -> Result<Meant<Records>> {
    match references::contact(tx, context, mention)? {
        Resolved::One(contact) => Ok(certain(Record::Contact, vec![contact.id])),
        Resolved::Several(contacts) => Ok(Meant::Open(words::which_contact(mention, &contacts, SEVERAL_MAX))),
        Resolved::None => {
            let name = mention.name.as_deref().filter(|_| mention.email.is_none() && mention.company.is_none());
            let firm = match name {
                Some(_) if lacks(context, Permission::CompaniesRead).is_some() => Resolved::None,
                Some(name) => references::company(tx, context, Some(name))?,
                None => Resolved::None,
            };
            Ok(match firm {
                Resolved::One(company) => certain(Record::Company, vec![company.id]),
                _ => Meant::Open(words::no_contact(mention)),
            })
        }
    }
}

fn company(tx: &mut Tx, context: &Context<'_>, name: Option<&str>) -> Result<Meant<Records>> {
    if let Some((_, refusal)) = lacks(context, Permission::CompaniesRead) {
        return Ok(Meant::Open(refusal));
    }
    Ok(match references::company(tx, context, name)? {
        Resolved::One(company) => certain(Record::Company, vec![company.id]),
        Resolved::Several(companies) => Meant::Open(words::which_company(name, &companies, SEVERAL_MAX)),
        Resolved::None => Meant::Open(match name {
            Some(name) => words::no_company(name),
            None => asked(context, "Which company do you mean?"),
        }),
    })
}

/// "her", "this contact".
fn pointed(tx: &mut Tx, context: &Context<'_>, mention: &Mention) -> Result<Meant<Records>> {
    Ok(match references::contact(tx, context, mention)? {
        Resolved::One(contact) => certain(Record::Contact, vec![contact.id]),
        _ => Meant::Open(asked(context, "Which contact do you mean?")),
    })
}

/// "them", "these two contacts", "everyone" on a list.
fn several(tx: &mut Tx, context: &Context<'_>, pointer: &str, everyone: Everyone<'_>) -> Result<Meant<Records>> {
    let everybody = EVERYBODY.contains(&pointer.split(' ').next().unwrap_or_default());
    let list_name = match everyone {
        Everyone::On(name) => Some(Some(name)),
        Everyone::Here => context.list.is_some().then_some(None),
        Everyone::Open => None,
    };
    if let (true, Some(name)) = (everybody, list_name) {
        return match list(tx, context, name)? {
            Meant::Certain(list) => members(tx, context, list.id),
            Meant::Open(question) => Ok(Meant::Open(question)),
        };
    }
    let them = references::them(tx, context)?;
    let counted = match pointer.split(' ').find_map(number) {
        Some(said) => said == them.contact_ids.len(),
        None => !everybody,
    };
    Ok(match them.task {
        _ if counted && !them.contact_ids.is_empty() => certain(Record::Contact, them.contact_ids),
        Some(task) if task.kind == "prospect_search" && task.status == "pending" => {
            Meant::Open(words::not_contacts_yet(&task))
        }
        _ => Meant::Open(asked(context, "Whom do you mean?")),
    })
}

fn number(word: &str) -> Option<usize> {
    match word {
        "both" | "two" => Some(2),
        "three" => Some(3),
        "four" => Some(4),
        "five" => Some(5),
        word => word.parse().ok(),
    }
}

/// The list that is meant; the question when that is open.
pub(super) fn list(tx: &mut Tx, context: &Context<'_>, name: Option<&str>) -> Result<Meant<lists::List>> {
    // Words that were not read could have named another list than the one at hand.
    if name.is_none() && !context.request.unread.is_empty() {
        return Ok(Meant::Open(asked(context, "Which list do you mean?")));
    }
    Ok(match references::list(tx, context, name)? {
        Resolved::One(list) => Meant::Certain(list),
        Resolved::Several(lists) => Meant::Open(words::which_list(name.unwrap_or_default(), &lists)),
        Resolved::None => Meant::Open(match name {
            Some(name) => words::no_list(name),
            None => asked(context, "Which list do you mean?"),
        }),
    })
}

fn members(tx: &mut Tx, context: &Context<'_>, list_id: Uuid) -> Result<Meant<Records>> {
    let ids = lists::member_ids(tx, context.caller.workspace_id, list_id, most())?;
    Ok(match ids.is_empty() {
        true => Meant::Open("Nobody is on that list.".to_owned()),
        false => certain(Record::Contact, ids),
    })
}

/// One more than a task takes, so that too many are noticed.
fn most() -> u32 {
    u32::try_from(RECORDS_MAX + 1).unwrap_or(u32::MAX)
}

/// All contacts that a description fits.
fn described(tx: &mut Tx, context: &Context<'_>, text: &str) -> Result<Meant<Records>> {
    let Some(description) = described::read(text) else { return Ok(Meant::Open(words::can_not_judge(text))) };
    let list_id = match &description.list {
        None => None,
        Some(name) => match list(tx, context, Some(name))? {
            Meant::Certain(list) => Some(list.id),
            Meant::Open(question) => return Ok(Meant::Open(question)),
        },
    };
    let wanted = contacts::Described {
        list_id,
        tags: description.tags.clone(),
        companies: description.company.iter().cloned().collect(),
        titles: description.title.iter().cloned().collect(),
        search: None,
    };
    let workspace_id = context.caller.workspace_id;
    let ids = contacts::matching(tx, workspace_id, &wanted, RECORDS_MAX + 1)?;
    if ids.len() > RECORDS_MAX {
        return Ok(Meant::Open(words::too_many(RECORDS_MAX)));
    }
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(READ_AT_ONCE) {
        for contact in
            contacts::several(tx, workspace_id, ids)?.iter().filter(|one| is_without(one, &description.without))
        {
            found.push((contact.id, company_of(tx, context, contact)?));
        }
    }
    let ids = match at_one_company(&description, found) {
        Meant::Certain(ids) => ids,
        Meant::Open(question) => return Ok(Meant::Open(question)),
    };
    Ok(match ids.is_empty() {
        true => Meant::Open(words::nobody_fits(text)),
        false => certain(Record::Contact, ids),
    })
}

/// Of people at companies whose names fit, those at the one that is meant: it fits best, and no other fits as well.
fn at_one_company(description: &Description, found: Vec<(Uuid, Option<String>)>) -> Meant<Vec<Uuid>> {
    let Some(name) = &description.company else { return Meant::Certain(found.into_iter().map(|(id, _)| id).collect()) };
    let Some(asked) = Asked::company(name) else { return Meant::Open(words::can_not_judge(name)) };
    let mut ranked: Vec<(usize, String, Uuid)> = found
        .into_iter()
        .filter_map(|(id, at)| {
            let at = at?;
            Some((asked.rank(&at)?, at, id))
        })
        .collect();
    let best = ranked.iter().map(|(rank, ..)| *rank).min();
    ranked.retain(|(rank, ..)| Some(*rank) == best);
    let mut keys: Vec<(String, &str)> = ranked.iter().map(|(_, at, _)| (company_key(at), at.as_str())).collect();
    keys.sort_unstable();
    keys.dedup_by(|one, other| one.0 == other.0);
    if keys.len() > 1 {
        let names: Vec<&str> = keys.iter().map(|(_, name)| *name).collect();
        return Meant::Open(words::which_of_companies(name, &names));
    }
    Meant::Certain(ranked.into_iter().map(|(.., id)| id).collect())
}

/// The name of the company a contact is at, as it is kept with the contact or with the company it is linked to.
fn company_of(tx: &mut Tx, context: &Context<'_>, contact: &Contact) -> Result<Option<String>> {
    if contact.company_name.is_some() {
        return Ok(contact.company_name.clone());
    }
    let Some(id) = contact.related_company_id else { return Ok(None) };
    Ok(companies::one(tx, context.caller.workspace_id, id)?.map(|company| company.name))
}

/// Whether the contact holds nothing in all of these fields.
fn is_without(contact: &Contact, fields: &[&'static str]) -> bool {
    fields.iter().all(|field| match *field {
        "email" => contact.email.is_none(),
        "phone" => contact.phone.is_none(),
        "job_title" => contact.job_title.is_none(),
        "company_name" => contact.company_name.is_none() && contact.related_company_id.is_none(),
        "linkedin_url" => contact.linkedin_url.is_none(),
        _ => contact.tags.is_empty(),
    })
}
