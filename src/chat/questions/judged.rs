//! Contacts judged by the filter of a search: "which of our contacts are partners at banks in Texas".
//!
//! Protects "unknown never satisfies": a contact is judged by its own fields, by its company's, and by the prospect it was
//! made from; what none of them says is unknown, and is counted as such.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use crate::companies::{self, Company};
use crate::contacts::alike::Asked;
use crate::contacts::{self, Contact, Filter as Page, Sort, SortBy};
use crate::db::Tx;
use crate::error::Result;
use crate::keys::Caller;
use crate::paging::Paging;
use crate::prospects::filter::Filter;
use crate::prospects::{self, CompanyFields, Person};
use crate::understand::places;
use crate::understand::questions::Field;

/// Contacts that one question looks at, the newest first; a larger workspace is told so.
pub(super) const LOOKED_AT_MAX: u64 = 20_000;
/// Contacts read at a time.
const PORTION: u32 = 500;

/// What a contact must be to be counted.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// A member of this list.
    pub(super) list_id: Option<Uuid>,
    /// Fits this description.
    pub(super) filter: Option<Filter>,
    /// Is called so, or nearly so.
    pub(super) name: Option<String>,
    /// Has this tag, whatever its case.
    pub(super) tag: Option<String>,
    /// Has this field, or lacks it.
    pub(super) field: Option<(Field, bool)>,
    /// Was made in this span: from, and before.
    pub(super) made_ms: Option<(i64, i64)>,
}

/// Those who fit.
#[derive(Debug, Default)]
pub(super) struct Fitting {
    /// How many.
    pub(super) total: u64,
    /// The newest of them.
    pub(super) first: Vec<Contact>,
    /// Of each slot of the filter, how many more might fit if it were known.
    pub(super) unknown: BTreeMap<&'static str, u64>,
    /// How many contacts were looked at, and of how many.
    pub(super) looked_at: u64,
    pub(super) of: u64,
}

impl Wanted {
    /// Whether a statement can count it: nothing has to be judged one by one.
    fn is_plain(&self) -> bool {
        self.filter.is_none()
            && self.name.is_none()
            && self.tag.is_none()
            && self.field.is_none()
            && self.made_ms.is_none()
    }
}

/// The contacts that are wanted, newest first; at most `rows` of them are kept.
pub(super) fn find(tx: &mut Tx, caller: &Caller, wanted: &Wanted, rows: usize) -> Result<Fitting> {
    let page = Page {
        list_id: wanted.list_id,
        created_after_ms: wanted.made_ms.map(|(from, _)| from - 1),
        sort: Sort { by: SortBy::Created, descending: true },
        ..Page::default()
    };
    if wanted.is_plain() {
        let (first, total) = contacts::page(tx, caller, &page, Paging { page: 1, per_page: rows as u32 })?;
        return Ok(Fitting { total, first, looked_at: total, of: total, ..Fitting::default() });
    }
    let conditions = wanted.filter.as_ref().map(Filter::conditions);
    let mut fitting = Fitting::default();
    let mut firms = HashMap::new();
    for number in 1.. {
        let (portion, of) = contacts::page(tx, caller, &page, Paging { page: number, per_page: PORTION })?;
        fitting.of = of;
        fitting.looked_at += portion.len() as u64;
        let is_last = portion.len() < PORTION as usize || fitting.looked_at >= LOOKED_AT_MAX;
        let plainly = portion.into_iter().filter(|contact| fits_plainly(contact, wanted)).collect();
        let people = match &conditions {
            None => pair(plainly),
            Some(_) => as_people(tx, caller.workspace_id, plainly, &mut firms)?,
        };
        for (contact, person) in people {
            let verdict = conditions.as_ref().zip(person.as_ref()).map(|(all, person)| all.judge(person));
            match verdict {
                Some(verdict) if !verdict.matches => {
                    for slot in verdict.unknown.iter() {
                        *fitting.unknown.entry(slot.as_str()).or_default() += 1;
                    }
                }
                _ => {
                    fitting.total += 1;
                    if fitting.first.len() < rows {
                        fitting.first.push(contact);
                    }
                }
            }
        }
        if is_last {
            break;
        }
    }
    Ok(fitting)
}

/// How many of the contacts that were looked at have each tag, the most frequent first.
pub(super) fn tags(tx: &mut Tx, caller: &Caller) -> Result<Vec<(String, u64)>> {
    let page = Page { sort: Sort { by: SortBy::Created, descending: true }, ..Page::default() };
    let mut counts: HashMap<String, (String, u64)> = HashMap::new();
    for number in 1..=(LOOKED_AT_MAX as u32 / PORTION) {
        let (portion, _) = contacts::page(tx, caller, &page, Paging { page: number, per_page: PORTION })?;
        let is_last = portion.len() < PORTION as usize;
        for tag in portion.into_iter().flat_map(|contact| contact.tags) {
            counts.entry(tag.to_lowercase()).or_insert_with(|| (tag, 0)).1 += 1;
        }
        if is_last {
            break;
        }
    }
    let mut counts: Vec<(String, u64)> = counts.into_values().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(counts)
}

/// Everything but the description.
fn fits_plainly(contact: &Contact, wanted: &Wanted) -> bool {
    let has_tag = |tag: &String| contact.tags.iter().any(|there| there.to_lowercase() == tag.to_lowercase());
    let filled = |field: Field| match field {
        Field::Email => contact.email.is_some(),
        Field::Phone => contact.phone.is_some(),
        Field::Title => contact.job_title.is_some(),
        Field::Company => contact.company_name.is_some(),
        Field::LinkedIn => contact.linkedin_url.is_some(),
        Field::Tags => !contact.tags.is_empty(),
        Field::Lists | Field::Added => true,
    };
    let made_ms = crate::clock::parse_iso(&contact.created_at).unwrap_or_default();
    let is_called = |name: &String| Asked::person(name).is_some_and(|asked| asked.rank(&contact.full_name).is_some());
    wanted.tag.as_ref().is_none_or(has_tag)
        && wanted.name.as_ref().is_none_or(is_called)
        && wanted.field.is_none_or(|(field, wanted)| filled(field) == wanted)
        && wanted.made_ms.is_none_or(|(from, before)| (from..before).contains(&made_ms))
}

fn pair(contacts: Vec<Contact>) -> Vec<(Contact, Option<Person>)> {
    contacts.into_iter().map(|contact| (contact, None)).collect()
}

/// The contacts as the people whom a filter judges.
fn as_people(
    tx: &mut Tx,
    workspace_id: Uuid,
    contacts: Vec<Contact>,
    firms: &mut HashMap<Uuid, Option<Company>>,
) -> Result<Vec<(Contact, Option<Person>)>> {
    let ids: Vec<Uuid> = contacts.iter().filter_map(|contact| contact.prospect_id).collect();
    let mut known: HashMap<Uuid, Person> =
        prospects::people_by_ids(tx, &ids)?.into_iter().map(|person| (person.id, person)).collect();
    let mut people = Vec::with_capacity(contacts.len());
    for contact in contacts {
        let prospect = contact.prospect_id.and_then(|id| known.remove(&id));
        let firm = match contact.related_company_id {
            Some(id) => match firms.get(&id) {
                Some(firm) => firm.clone(),
                None => {
                    let firm = companies::one(tx, workspace_id, id)?;
                    firms.insert(id, firm.clone());
                    firm
                }
            },
            None => None,
        };
        let person = as_person(&contact, prospect, firm);
        people.push((contact, Some(person)));
    }
    Ok(people)
}

/// What the contact says counts before what its prospect says: people change offices.
fn as_person(contact: &Contact, prospect: Option<Person>, firm: Option<Company>) -> Person {
    let mut person = prospect.unwrap_or_default();
    person.full_name.clone_from(&contact.full_name);
    if contact.job_title.is_some() && contact.job_title != person.title {
        let (seniority, department) = prospects::derived(contact.job_title.as_deref().unwrap_or_default());
        person.seniority = seniority.map(str::to_owned);
        person.department = department.map(str::to_owned);
        person.title.clone_from(&contact.job_title);
    }
    person.email = contact.email.clone().or(person.email);
    let field = |name: &str| contact.custom_fields.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    if let (None, None, None) = (&person.city, &person.state, &person.country) {
        let (city, state, country) = (field("city"), field("state"), field("country"));
        let place = places::canonical(city.as_deref(), state.as_deref(), country.as_deref());
        (person.city, person.state, person.country) = (place.city, place.state, place.country);
    }
    let name = firm.as_ref().map(|firm| firm.name.clone()).or_else(|| contact.company_name.clone());
    let same =
        |company: &CompanyFields| name.as_ref().is_none_or(|name| name.to_lowercase() == company.name.to_lowercase());
    if !person.company.as_ref().is_some_and(same)
        && let Some(name) = name
    {
        let mut fields = CompanyFields { name, ..CompanyFields::default() };
        if let Some(firm) = firm {
            let place = places::canonical(firm.city.as_deref(), None, firm.country.as_deref());
            (fields.city, fields.state, fields.country) = (place.city, place.state, place.country);
            (fields.domain, fields.industry) = (firm.domain, firm.industry);
        }
        person.company = Some(fields);
    }
    person
}
