//! Searching inside a transaction: what the index says, put right by what the database says.
//!
//! Protects "what is shown is what is done": people that changed since the snapshot are judged anew from their rows,
//! so that an index that lags can't change a number, and everyone selected is read from the database and judged again.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use super::matching::Matching;
use super::snapshot::Snapshot;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::paging::Paging;
use crate::prospects::conditions::{Conditions, Slot, domain_key, email_domain, is_within};
use crate::prospects::filter::Filter;
use crate::prospects::{self, Person};

/// Most people that are judged anew or passed over in one search; beyond, the index must catch up first.
pub const LAG_MAX: usize = 10_000;
/// Most people that a search shows, over all its pages.
pub const PEOPLE_MAX: u64 = 10_000;
/// About how many changed people are read in one go.
const BATCH: u32 = 5_000;
/// People read at once when a selection is taken.
const TAKEN: usize = 500;

/// The prospects as one transaction sees them.
#[derive(Debug)]
pub struct View<'s> {
    snapshot: &'s Snapshot,
    /// Who changed since the snapshot, as they are now.
    changed: Vec<Person>,
    /// Who was removed since.
    removed: RoaringBitmap,
}

/// The answer to one filter.
#[derive(Debug, Clone)]
pub struct Found {
    /// Who fits, and who would if more were known.
    pub matching: Matching,
    conditions: Conditions,
}

/// Looks at the prospects through `snapshot`, which must have been taken before the transaction began.
///
/// # Errors
/// `unavailable` when more than [`LAG_MAX`] people changed or were removed since the snapshot.
pub fn view<'s>(tx: &mut Tx, snapshot: &'s Snapshot) -> Result<View<'s>> {
    let catching_up = || Err(Error::unavailable("The search index is catching up. Try again in a moment."));
    let newest = prospects::current_version(tx)?;
    if newest < snapshot.version() {
        return catching_up();
    }
    if newest > snapshot.version() && prospects::changed_more_than(tx, snapshot.version(), LAG_MAX)? {
        return catching_up();
    }
    let mut changed: Vec<Person> = Vec::new();
    let mut removed = RoaringBitmap::new();
    let mut version = snapshot.version();
    while version < newest {
        let changes = prospects::changed_since(tx, version, BATCH)?;
        version = changes.version;
        changed.extend(changes.people);
        removed.extend(changes.removed);
        if changed.len() as u64 + removed.len() > LAG_MAX as u64 {
            return catching_up();
        }
    }
    Ok(View { snapshot, changed, removed })
}

/// A page of those who fit.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The people of the page, by number.
    pub people: Vec<Person>,
    /// All who fit.
    pub total: u64,
    /// Of each slot, how many would fit if it were known.
    pub unknown: BTreeMap<Slot, u64>,
}

/// The people of one page who fit `filter`.
///
/// # Errors
/// As [`view`]; `validation_error` for a page beyond [`PEOPLE_MAX`].
pub fn page(tx: &mut Tx, snapshot: &Snapshot, filter: &Filter, paging: Paging) -> Result<Listed> {
    let skipped = u64::from(paging.page - 1) * u64::from(paging.per_page);
    if skipped + u64::from(paging.per_page) > PEOPLE_MAX {
        let message = format!("A search shows at most {PEOPLE_MAX} people. Narrow the filters to see others.");
        return Err(Error::validation("page", message));
    }
    let found = view(tx, snapshot)?.find(filter);
    let before: RoaringBitmap = found.matching.bitmap.iter().take(skipped as usize).collect();
    let people = found.take(tx, &before, paging.per_page as usize)?;
    Ok(Listed { people, total: found.count(), unknown: found.matching.unknown_counts() })
}

impl View<'_> {
    /// How many prospects there are.
    pub fn people(&self) -> u64 {
        let new = self.changed_numbers() - &*self.snapshot.people;
        self.snapshot.people() + new.len() - self.removed.intersection_len(&self.snapshot.people)
    }

    /// Who fits `filter`.
    pub fn find(&self, filter: &Filter) -> Found {
        let conditions = filter.conditions();
        let mut matching = self.snapshot.judge(&conditions);
        matching.forget(&self.outdated());
        for person in &self.changed {
            let verdict = conditions.judge(person);
            if verdict.matches {
                matching.bitmap.insert(person.number);
            }
            for slot in verdict.unknown.iter() {
                matching.unknown.entry(slot).or_default().insert(person.number);
            }
        }
        Found { matching, conditions }
    }

    /// How many more people the law-firm titles of `filter` would bring; `None` when none are on offer.
    pub fn more_with_titles(&self, filter: &Filter, found: &Found) -> Option<u64> {
        let wider = self.find(&filter.expanded()?);
        Some((wider.matching.bitmap - &found.matching.bitmap).len())
    }

    /// The people whose e-mail address or company is of one of `domains`, or of a domain below one.
    pub fn suppressed(&self, domains: &[String]) -> RoaringBitmap {
        let mut people = self.snapshot.suppressed(domains) - self.outdated();
        let domains: Vec<String> = domains.iter().map(|domain| domain_key(domain)).collect();
        let hit = |domain: &str| domains.iter().any(|of| !of.is_empty() && is_within(domain, of));
        for person in &self.changed {
            let of_company = person.company.as_ref().and_then(|company| company.domain.as_deref()).map(domain_key);
            let of_email = person.email.as_deref().and_then(email_domain);
            if of_company.is_some_and(|domain| hit(&domain)) || of_email.is_some_and(|domain| hit(&domain)) {
                people.insert(person.number);
            }
        }
        people
    }

    fn changed_numbers(&self) -> RoaringBitmap {
        self.changed.iter().map(|person| person.number).collect()
    }

    /// Of whom the snapshot no longer tells the truth.
    fn outdated(&self) -> RoaringBitmap {
        self.changed_numbers() | &self.removed
    }
}

impl Found {
    /// How many fit.
    pub fn count(&self) -> u64 {
        self.matching.count()
    }

    /// The first `limit` people who fit and are not `left_out`, by number, as the database has them now.
    pub fn take(&self, tx: &mut Tx, left_out: &RoaringBitmap, limit: usize) -> Result<Vec<Person>> {
        let candidates = &self.matching.bitmap - left_out;
        let mut numbers = candidates.iter();
        let mut taken: Vec<Person> = Vec::with_capacity(limit.min(TAKEN));
        while taken.len() < limit {
            let some: Vec<u32> = numbers.by_ref().take((limit - taken.len()).min(TAKEN)).collect();
            if some.is_empty() {
                break;
            }
            let people = prospects::people_by_numbers(tx, &some)?;
            taken.extend(people.into_iter().filter(|person| self.conditions.judge(person).matches));
        }
        Ok(taken)
    }
}
