//! The prospect database: people one could reach, with their companies. Reference data of the whole installation, that
//! only the operator's command line loads; a prospect becomes a contact of a workspace when a task is approved.
//!
//! A row of a file, or of the generator, becomes an [`Entry`] (who is it, checked) and is then saved: a known prospect is
//! updated and never doubled, and what did not change is not written.

mod canonical;
mod cells;
pub mod columns;
pub mod conditions;
mod encoding;
pub mod filter;
pub mod generate;
mod given;
pub mod http;
pub mod identity;
pub mod import;
pub mod input;
mod keywords;
mod load;
mod ndjson;
mod records;
pub mod remove;
pub mod search;
mod store;

use std::cell::RefCell;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::{Signal, Tx};
use crate::error::Result;
use crate::ids;
use crate::understand::titles;

pub use load::Target;
pub use store::{Changes, RemovedStep, Saved, Stats};

/// Most rows of people and companies that one transaction changes.
pub const ROWS_PER_TRANSACTION: usize = 500;
/// Most people that one transaction removes. Each may change four rows: the person, the note of the removal, a company
/// that is left without people, and an id that is kept.
const PEOPLE_PER_REMOVAL: usize = ROWS_PER_TRANSACTION / 4;

/// A person one could reach.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Names this prospect everywhere outside the database.
    pub id: Uuid,
    /// Dense, given at the first save and never again; the key of the index's bitmaps.
    #[serde(skip)]
    pub number: u32,
    /// The `--source` it was first loaded from.
    pub source: String,
    /// Its id there.
    pub external_id: Option<String>,
    /// The whole name, always known.
    pub full_name: String,
    /// The given name, when the source says it.
    pub first_name: Option<String>,
    /// The family name, when the source says it.
    pub last_name: Option<String>,
    /// The title as filed.
    pub title: Option<String>,
    /// The level (`c_suite`, `partner` …), given or derived from the title.
    pub seniority: Option<String>,
    /// The department (`legal`, `finance` …), given or derived from the title.
    pub department: Option<String>,
    /// The address as given.
    pub email: Option<String>,
    /// The number as given.
    pub phone: Option<String>,
    /// The profile as given.
    pub linkedin_url: Option<String>,
    /// Practice areas by name.
    pub practice_areas: Vec<String>,
    /// Where the person works, by the gazetteer's name when it is known there.
    pub city: Option<String>,
    /// State, province or the like.
    pub state: Option<String>,
    /// The country.
    pub country: Option<String>,
    /// The company, when one is named.
    pub company: Option<CompanyFields>,
}

/// The company of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CompanyFields {
    /// Names this company.
    pub id: Uuid,
    /// The name as given; the domain when none was.
    pub name: String,
    /// `example.com`.
    pub domain: Option<String>,
    /// The industry's slug when it is recognised, else as given.
    pub industry: Option<String>,
    /// The company type when it is recognised, else as given.
    pub company_type: Option<String>,
    /// Employees.
    pub headcount: Option<i64>,
    /// Yearly revenue in dollars.
    pub revenue_usd: Option<i64>,
    /// The year it was founded.
    pub founded: Option<i64>,
    /// The city of the headquarters.
    pub city: Option<String>,
    /// The state of the headquarters.
    pub state: Option<String>,
    /// The country of the headquarters.
    pub country: Option<String>,
}

/// One row of a prospect file: a person with a company, or a company alone. Also what is printed for a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names are those of the file format")]
pub struct Row {
    pub external_id: Option<String>,
    pub full_name: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub title: Option<String>,
    pub seniority: Option<String>,
    pub department: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub linkedin_url: Option<String>,
    pub practice_areas: Vec<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
    pub company: Option<String>,
    pub company_domain: Option<String>,
    pub industry: Option<String>,
    pub company_type: Option<String>,
    pub headcount: Option<i64>,
    pub revenue_usd: Option<i64>,
    pub founded: Option<i64>,
    pub company_city: Option<String>,
    pub company_state: Option<String>,
    pub company_country: Option<String>,
}

/// A row that names somebody, ready to be saved. Its ids are used only if the person or the company is new.
#[derive(Debug, Clone)]
pub struct Entry {
    row: Row,
    /// Of the person; `None` for a company alone.
    person: Option<(String, Uuid)>,
    company: Option<(String, Uuid)>,
    /// An earlier row of the same file has said what the company is; this one only fills gaps.
    company_is_settled: bool,
}

impl Entry {
    /// Decides who a row of `source` is about.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn new(source: &str, mut row: Row, now_ms: i64) -> std::result::Result<Entry, String> {
        let about_a_person = row.full_name.is_some() || row.email.is_some() || row.linkedin_url.is_some();
        let company = identity::of_company(&row);
        if !about_a_person {
            if company.is_none() {
                return Err("The row names neither a person nor a company.".into());
            }
            // The place of a company alone is the place of the company.
            if row.company_city.is_none() && row.company_state.is_none() && row.company_country.is_none() {
                row.company_city = row.city.take();
                row.company_state = row.state.take();
                row.company_country = row.country.take();
            }
            let company = identity::of_company(&row).map(|company| (company, ids::new(now_ms)));
            return Ok(Entry { row, person: None, company, company_is_settled: false });
        }
        if row.full_name.is_none() {
            return Err("There is no name. Give full_name, or first_name and last_name.".into());
        }
        let person = identity::of_person(source, &row)?;
        Ok(Entry {
            row,
            person: Some((person, ids::new(now_ms))),
            company: company.map(|company| (company, ids::new(now_ms))),
            company_is_settled: false,
        })
    }

    /// Rows of people and companies it may change.
    fn weight(&self) -> usize {
        usize::from(self.person.is_some()) + usize::from(self.company.is_some())
    }
}

/// Saves entries, all in this transaction (at most [`ROWS_PER_TRANSACTION`] by weight; see `batch`).
///
/// A known person or company is updated: what the row says replaces what was known, what it leaves open stays, except
/// that a name, a title with its level, and a place are each taken as a whole when one part contradicts.
/// An entry counts as updated when the person or the company changed. Where entries loaded together contradict each
/// other, the last one says who the person is, and the first one what the company is.
pub fn save(tx: &mut Tx, source: &str, entries: &[Entry], now_ms: i64) -> Result<Saved> {
    store::save(tx, source, entries, now_ms)
}

/// Removes the next people first loaded from `source` whose numbers are beyond `after`, with the companies that are left
/// without people. Contacts made from them stay; nothing when nobody of the source is left behind that number.
///
/// Whoever is imported again later has a new number, and the old id where a contact or a suppression names it.
pub fn remove_some(tx: &mut Tx, source: &str, after: u32) -> Result<Option<RemovedStep>> {
    store::remove(tx, source, after)
}

/// How many entries from the front fit into one transaction.
fn batch(entries: &[Entry]) -> usize {
    let mut weight = 0;
    entries
        .iter()
        .take_while(|entry| {
            weight += entry.weight();
            weight <= ROWS_PER_TRANSACTION
        })
        .count()
}

/// The people of these numbers, in the order asked; who is not there is left out.
pub fn people_by_numbers(tx: &mut Tx, numbers: &[u32]) -> Result<Vec<Person>> {
    store::people_by_numbers(tx, numbers)
}

/// The people of these ids, in the order asked; who is not there is left out.
pub fn people_by_ids(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Person>> {
    store::people_by_ids(tx, ids)
}

/// The next `limit` people behind `number`, by number: how the index is built anew. Empty at the end.
pub fn people_after(tx: &mut Tx, number: u32, limit: u32) -> Result<Vec<Person>> {
    store::people_after(tx, number, limit)
}

/// Who changed or was removed since `version`, as whole transactions: about `limit` people, more when companies of many
/// people changed.
/// Ask again with [`Changes::version`] until it equals [`current_version`].
pub fn changed_since(tx: &mut Tx, version: i64, limit: u32) -> Result<Changes> {
    store::changed_since(tx, version, limit)
}

/// The people whom the change of this version wrote last: number, id and when. Later changes take people away from it,
/// and nobody is added.
pub fn written_by(tx: &mut Tx, version: i64) -> Result<Vec<(u32, Uuid, i64)>> {
    store::written_by(tx, version)
}

/// Whether more than `count` people changed since `version`, companies not looked at. Far cheaper than reading them.
pub fn changed_more_than(tx: &mut Tx, version: i64, count: usize) -> Result<bool> {
    store::changed_more_than(tx, version, count)
}

/// The version of the newest change; 0 while there are no prospects.
pub fn current_version(tx: &mut Tx) -> Result<i64> {
    store::current_version(tx)
}

/// Asks every process to build its search index anew.
pub fn ask_for_rebuild(tx: &mut Tx) -> Result<()> {
    store::ask_for_rebuild(tx)?;
    tx.after_commit(Signal::ProspectsChanged);
    Ok(())
}

/// How often a rebuild was asked for.
pub fn rebuilds_asked(tx: &mut Tx) -> Result<i64> {
    store::rebuilds_asked(tx)
}

/// What the database holds.
pub fn stats(tx: &mut Tx) -> Result<Stats> {
    store::stats(tx)
}

impl Person {
    /// Given and family name: as the source said, else cut from the whole name.
    pub fn first_and_last_name(&self) -> (Option<String>, Option<String>) {
        if self.first_name.is_some() || self.last_name.is_some() {
            return (self.first_name.clone(), self.last_name.clone());
        }
        cut_name(&self.full_name)
    }

    /// The person as a row of a file: the fields of the specification.
    pub fn to_row(&self) -> Row {
        let mut row = Row {
            external_id: self.external_id.clone(),
            full_name: Some(self.full_name.clone()),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            title: self.title.clone(),
            seniority: self.seniority.clone(),
            department: self.department.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            linkedin_url: self.linkedin_url.clone(),
            practice_areas: self.practice_areas.clone(),
            city: self.city.clone(),
            state: self.state.clone(),
            country: self.country.clone(),
            ..Row::default()
        };
        if let Some(company) = self.company.clone() {
            row.company = Some(company.name);
            row.company_domain = company.domain;
            row.industry = company.industry;
            row.company_type = company.company_type;
            row.headcount = company.headcount;
            row.revenue_usd = company.revenue_usd;
            row.founded = company.founded;
            row.company_city = company.city;
            row.company_state = company.state;
            row.company_country = company.country;
        }
        row
    }
}

/// "Dr. Jane B. van Dyke, Jr." → Jane, van Dyke. Only where a name must be cut and nobody said how.
fn cut_name(full: &str) -> (Option<String>, Option<String>) {
    /// Words that stand before or behind a name and belong to neither part, in lower case without dots.
    const AROUND: &[&str] =
        &["mr", "mrs", "ms", "dr", "prof", "hon", "jr", "sr", "ii", "iii", "iv", "esq", "phd", "md", "jd"];
    /// Words that begin a family name of several words.
    const PARTICLES: &[&str] =
        &["van", "von", "de", "del", "della", "di", "da", "dos", "la", "le", "den", "der", "ter", "bin", "al", "st"];
    let is = |list: &[&str], word: &str| {
        list.contains(&word.trim_matches([',', '.']).replace('.', "").to_lowercase().as_str())
    };
    let words: Vec<&str> =
        full.split_whitespace().filter(|word| !is(AROUND, word)).map(|word| word.trim_end_matches(',')).collect();
    match words.as_slice() {
        [] => (None, Some(full.to_owned())),
        [one] => (None, Some((*one).to_owned())),
        [first, rest @ ..] => {
            let particle = rest[..rest.len() - 1].iter().position(|word| is(PARTICLES, word));
            let last = &rest[particle.unwrap_or(rest.len() - 1)..];
            (Some((*first).to_owned()), Some(last.join(" ")))
        }
    }
}

/// Level and department of a title, as far as they can be told.
pub fn derived(title: &str) -> (Option<&'static str>, Option<&'static str>) {
    thread_local! {
        /// A file repeats its titles all the time.
        static KNOWN: RefCell<canonical::Memory<(Option<&'static str>, Option<&'static str>)>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        known.of(title, |title| {
            let derived = titles::derive(title);
            (derived.seniority, derived.department)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_only_where_nobody_said_how() {
        let cut = |name: &str| {
            let (first, last) = cut_name(name);
            format!("{}|{}", first.unwrap_or_default(), last.unwrap_or_default())
        };
        assert_eq!(cut("Otis W Brawley"), "Otis|Brawley");
        assert_eq!(cut("Dr. Jane B. van der Berg, Jr."), "Jane|van der Berg");
        assert_eq!(cut("Sting"), "|Sting");
        assert_eq!(cut("Van Morrison"), "Van|Morrison");
    }

    #[test]
    fn a_row_is_a_person_or_a_company_alone_or_nobody() {
        let row = Row { company: Some("Acme".into()), state: Some("Texas".into()), ..Row::default() };
        let entry = Entry::new("crm", row, 0).expect("a company alone");
        assert!(entry.person.is_none());
        assert_eq!(entry.row.company_state.as_deref(), Some("Texas"));
        assert!(Entry::new("crm", Row::default(), 0).is_err());
        let nameless = Row { email: Some("a@b.example".into()), ..Row::default() };
        assert!(Entry::new("crm", nameless, 0).expect_err("no name").contains("full_name"));
    }
}
