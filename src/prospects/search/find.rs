//! Searching inside a transaction: what the index says, put right by what the database says.
//!
//! Protects "what is shown is what is done": people that changed since the snapshot are judged anew from their rows,
//! so that an index that lags can't change a number, and everyone selected is read from the database and judged again.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use super::cursor;
use super::facets::{Counts, Facet};
use super::matching::{Matching, Ranked};
use super::rank::{Place, Scores};
use super::snapshot::Snapshot;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::paging::Paging;
use crate::prospects::conditions::{Conditions, Slot, domain_key, email_domain, is_within};
use crate::prospects::filter::Filter;
use crate::prospects::{self, Person};

/// Most people that are judged anew or passed over in one search; beyond, the index must catch up first.
pub const LAG_MAX: usize = 10_000;
/// Most people that a search shows by page number; with a cursor there is no end.
pub const PEOPLE_MAX: u64 = 10_000;
/// About how many changed people are read in one go.
const BATCH: u32 = 5_000;
/// People read at once when a selection is taken.
const TAKEN: usize = 500;

/// The prospects as one transaction sees them.
#[derive(Debug)]
pub struct View<'s> {
    pub(super) snapshot: &'s Snapshot,
    /// Who changed since the snapshot, as they are now.
    pub(super) changed: Vec<Person>,
    /// Who was removed since.
    pub(super) removed: RoaringBitmap,
}

/// The answer to one filter.
#[derive(Debug, Clone)]
pub struct Found {
    /// Who fits, and who would if more were known.
    pub matching: Matching,
    scores: Scores,
    conditions: Conditions,
}

/// Looks at the prospects through `snapshot`, which must have been taken before the transaction began.
///
/// # Errors
/// `unavailable` when more than [`LAG_MAX`] people changed or were removed since the snapshot.
pub fn view<'s>(tx: &mut Tx, snapshot: &'s Snapshot) -> Result<View<'s>> {
    let catching_up = || Err(Error::unavailable("The search index is catching up. Try again in a moment."));
    let newest = prospects::current_version(tx)?;
    if newest < snapshot.version() || !snapshot.is_checked() {
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

/// What is wanted of a search besides its filter.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Which page, of how many people.
    pub paging: Paging,
    /// The cursor behind which to go on; then the number of the page is not looked at.
    pub after: Option<String>,
    /// What to count all who fit by.
    pub facets: Vec<Facet>,
    /// Values of a facet at most.
    pub facet_limit: u32,
}

/// A page of those who fit.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The people of the page, in their order.
    pub people: Vec<Person>,
    /// All who fit.
    pub total: u64,
    /// Of each slot, how many would fit if it were known.
    pub unknown: BTreeMap<Slot, u64>,
    /// The cursor of the next page; nothing on the last one.
    pub next: Option<String>,
    /// All who fit, by the wanted facets.
    pub facets: BTreeMap<Facet, Counts>,
}

/// The people of one page who fit `filter`.
///
/// # Errors
/// As [`view`]; `validation_error` for a page beyond [`PEOPLE_MAX`] and for a cursor that is damaged or of another search.
pub fn page(tx: &mut Tx, snapshot: &Snapshot, filter: &Filter, wanted: &Wanted) -> Result<Listed> {
    let after = wanted.after.as_deref().map(|text| cursor::read(text, filter)).transpose()?;
    let per_page = wanted.paging.per_page as usize;
    let skipped = if after.is_some() { 0 } else { (wanted.paging.page as usize - 1) * per_page };
    if (skipped + per_page) as u64 > PEOPLE_MAX {
        let message = format!(
            "Pages end at {PEOPLE_MAX} people. Narrow the filters, or go on with the next_cursor of the page before as after."
        );
        return Err(Error::validation("page", message));
    }
    let view = view(tx, snapshot)?;
    let found = view.find(filter);
    let nobody = RoaringBitmap::new();
    let mut order = found.order(&nobody, after).skip(skipped);
    let people = found.read(tx, &mut order, per_page)?;
    let next = match people.last().zip(order.next()) {
        Some(((last, _), _)) => Some(cursor::written(*last, filter)?),
        None => None,
    };
    Ok(Listed {
        people: people.into_iter().map(|(_, person)| person).collect(),
        total: found.count(),
        unknown: found.matching.unknown_counts(),
        next,
        facets: view.facets(&found, &wanted.facets, wanted.facet_limit),
    })
}

impl<'s> View<'s> {
    /// The prospects as a snapshot has them, when nothing changed since.
    pub fn of(snapshot: &'s Snapshot) -> View<'s> {
        View { snapshot, changed: Vec::new(), removed: RoaringBitmap::new() }
    }

    /// How many prospects there are.
    pub fn people(&self) -> u64 {
        let new = self.changed_numbers() - &*self.snapshot.people;
        self.snapshot.people() + new.len() - self.removed.intersection_len(&self.snapshot.people)
    }

    /// Who fits `filter`.
    pub fn find(&self, filter: &Filter) -> Found {
        let conditions = filter.conditions();
        let Ranked { mut matching, mut scores } = self.snapshot.judge(&conditions);
        let outdated = self.outdated();
        matching.forget(&outdated);
        scores.forget(&outdated);
        for person in &self.changed {
            let verdict = conditions.judge(person);
            if verdict.matches {
                matching.bitmap.insert(person.number);
                scores.set(person.number, verdict.score);
            }
            for slot in verdict.unknown.iter() {
                matching.unknown.entry(slot).or_default().insert(person.number);
            }
        }
        Found { matching, scores, conditions }
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

    /// The numbers of those who changed since the snapshot.
    pub(super) fn changed_numbers(&self) -> RoaringBitmap {
        self.changed.iter().map(|person| person.number).collect()
    }

    /// Of whom the snapshot no longer tells the truth.
    pub(super) fn outdated(&self) -> RoaringBitmap {
        self.changed_numbers() | &self.removed
    }
}

impl Found {
    /// How many fit.
    pub fn count(&self) -> u64 {
        self.matching.count()
    }

    /// The first `limit` people who fit and are not `left_out`, the best first, as the database has them now.
    pub fn take(&self, tx: &mut Tx, left_out: &RoaringBitmap, limit: usize) -> Result<Vec<Person>> {
        let people = self.read(tx, &mut self.order(left_out, None), limit)?;
        Ok(people.into_iter().map(|(_, person)| person).collect())
    }

    /// The numbers of the first `limit` people who fit, the best first.
    pub fn first(&self, limit: usize) -> Vec<u32> {
        self.order(&RoaringBitmap::new(), None).take(limit).map(|place| place.number).collect()
    }

    /// Those who fit and are not `left_out`, in their order, from behind `after` on.
    pub(super) fn order(&self, left_out: &RoaringBitmap, after: Option<Place>) -> impl Iterator<Item = Place> {
        self.scores.order(&self.matching.bitmap - left_out, after)
    }

    /// Reads the next `limit` people of `order` and judges each again.
    fn read(&self, tx: &mut Tx, order: &mut impl Iterator<Item = Place>, limit: usize) -> Result<Vec<(Place, Person)>> {
        let mut taken: Vec<(Place, Person)> = Vec::with_capacity(limit.min(TAKEN));
        while taken.len() < limit {
            let places: Vec<Place> = order.by_ref().take((limit - taken.len()).min(TAKEN)).collect();
            if places.is_empty() {
                break;
            }
            let numbers: Vec<u32> = places.iter().map(|place| place.number).collect();
            let mut places = places.into_iter();
            for person in prospects::people_by_numbers(tx, &numbers)? {
                // They come in the order asked; who is gone is passed over.
                let place = places.find(|place| place.number == person.number);
                if let Some(place) = place.filter(|_| self.conditions.judge(&person).matches) {
                    taken.push((place, person));
                }
            }
        }
        Ok(taken)
    }
}
