//! Exact counts with bitmaps: who fits a filter, and who would if more were known.
//!
//! The same meaning as [`crate::prospects::conditions`], for all people at once: each clause gives the people of whom
//! it is true and those of whom it is unknown. Clauses with bitmaps go first; those that look into rows (sizes, words,
//! names of companies) then look only at who is left.

use std::collections::BTreeMap;

use roaring::{MultiOps, RoaringBitmap};

use super::dictionary::Company;
use super::gazetteer::Cover;
use super::intern::{Marks, number};
use super::rows::Column;
use super::snapshot::{Kind, Snapshot};
use crate::prospects::conditions::{Condition, Conditions, Slot, domain_key, holds, is_in};
use crate::prospects::filter::Filter;
use crate::understand::Range;

/// Who fits a filter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matching {
    /// The numbers of all who fit.
    pub bitmap: RoaringBitmap,
    /// Of each slot, who would fit if it were known. Slots that nobody misses are absent.
    pub unknown: BTreeMap<Slot, RoaringBitmap>,
}

impl Matching {
    /// How many fit.
    pub fn count(&self) -> u64 {
        self.bitmap.len()
    }

    /// Of each slot, how many would fit if it were known.
    pub fn unknown_counts(&self) -> BTreeMap<Slot, u64> {
        self.unknown.iter().map(|(slot, people)| (*slot, people.len())).collect()
    }

    /// Forgets some people, whatever was found of them.
    pub(super) fn forget(&mut self, people: &RoaringBitmap) {
        self.bitmap -= people;
        self.unknown.retain(|_, missing| {
            *missing -= people;
            !missing.is_empty()
        });
    }
}

/// Who a condition is true of, and of whom it can't be told.
struct Truth {
    yes: RoaringBitmap,
    unknown: RoaringBitmap,
}

impl Snapshot {
    /// Who fits `filter`.
    pub fn matching(&self, filter: &Filter) -> Matching {
        self.judge(&filter.conditions())
    }

    /// Who fulfils `conditions`.
    pub(super) fn judge(&self, conditions: &Conditions) -> Matching {
        let mut clauses: Vec<&Vec<Condition>> = conditions.all.iter().collect();
        clauses.sort_by_key(|clause| clause.iter().map(cost).max());
        let mut fit: Option<RoaringBitmap> = None;
        let mut possible: Option<RoaringBitmap> = None;
        let mut unknown: BTreeMap<Slot, RoaringBitmap> = BTreeMap::new();
        for clause in clauses {
            let among = possible.as_ref().unwrap_or(&self.people);
            let (yes, missing) = self.clause(clause, among);
            let open = missing.values().union();
            fit = Some(match fit {
                None => yes.clone(),
                Some(fit) => fit & &yes,
            });
            possible = Some(yes | open);
            for (slot, people) in missing {
                *unknown.entry(slot).or_default() |= people;
            }
        }
        let mut fit = fit.unwrap_or_else(|| RoaringBitmap::clone(&self.people));
        let mut possible = possible.unwrap_or_else(|| fit.clone());
        if !conditions.none.is_empty() {
            let excluded = conditions.none.iter().map(|condition| self.truth(condition, &possible).yes).union();
            fit -= &excluded;
            possible -= excluded;
        }
        unknown.retain(|_, people| {
            *people &= &possible;
            !people.is_empty()
        });
        Matching { bitmap: fit, unknown }
    }

    /// Among `among`: who fulfils one of the alternatives, and for the others which slots leave it open.
    fn clause(&self, clause: &[Condition], among: &RoaringBitmap) -> (RoaringBitmap, BTreeMap<Slot, RoaringBitmap>) {
        let mut yes = RoaringBitmap::new();
        let mut missing: BTreeMap<Slot, RoaringBitmap> = BTreeMap::new();
        for condition in clause {
            let truth = self.truth(condition, among);
            yes |= truth.yes;
            *missing.entry(condition.slot()).or_default() |= truth.unknown;
        }
        yes &= among;
        missing.retain(|_, people| {
            *people &= among;
            *people -= &yes;
            !people.is_empty()
        });
        (yes, missing)
    }

    /// The truth of one condition; of people outside `among` anything may be said.
    fn truth(&self, condition: &Condition, among: &RoaringBitmap) -> Truth {
        let known = &self.dictionary;
        match condition {
            Condition::Title(id) => self.of(Kind::Title, Some(u32::from(*id)), Kind::NoTitle),
            Condition::TitleWords(words) => {
                let lines = known.titles.lines().holding([words.as_str()], false);
                let yes = self.rows.those(Column::Title, among, |title| on_line(&lines, title));
                Truth { yes, unknown: self.bitmap(Kind::NoTitle, 0) }
            }
            Condition::Seniority(key) => self.of(Kind::Seniority, known.seniorities.key(key), Kind::Seniority),
            Condition::Department(key) => self.of(Kind::Department, known.departments.key(key), Kind::Department),
            Condition::Industry(keys) => {
                self.of(Kind::Industry, keys.iter().filter_map(|key| known.industries.key(key)), Kind::Industry)
            }
            Condition::CompanyType(keys) => self.of(
                Kind::CompanyType,
                keys.iter().filter_map(|key| known.company_types.key(key)),
                Kind::CompanyType,
            ),
            Condition::Keyword { practices, words } => self.keyword(practices, words, among),
            Condition::Company { words, domain } => self.company(words, domain.as_deref(), among),
            Condition::Place(wanted) => {
                let answer = known.places.answer(wanted);
                const OWN: [Kind; 3] = [Kind::Country, Kind::State, Kind::Place];
                const OFFICE: [Kind; 3] = [Kind::OfficeCountry, Kind::OfficeState, Kind::OfficePlace];
                let open = self.covered(&answer.unknown, OWN);
                let yes = self.covered(&answer.inside, OWN) | (self.covered(&answer.inside, OFFICE) & &open);
                Truth { yes, unknown: open & self.covered(&answer.unknown, OFFICE) }
            }
            Condition::Headcount(range) => self.sized(range, among, |company| company.headcount.get()),
            Condition::Revenue(range) => self.sized(range, among, |company| company.revenue.get()),
        }
    }

    fn bitmap(&self, kind: Kind, id: u32) -> RoaringBitmap {
        self.bitmaps.get(&(kind, id)).map(|people| RoaringBitmap::clone(people)).unwrap_or_default()
    }

    /// The people with one of the values `ids` of `kind`; unknown of those under number 0 of `missing`.
    fn of(&self, kind: Kind, ids: impl IntoIterator<Item = u32>, missing: Kind) -> Truth {
        let people = ids.into_iter().filter_map(|id| self.bitmaps.get(&(kind, id)));
        Truth { yes: people.map(|people| &**people).union(), unknown: self.bitmap(missing, 0) }
    }

    /// The people in the countries, states and places of `cover`.
    fn covered(&self, cover: &Cover, [country, state, place]: [Kind; 3]) -> RoaringBitmap {
        let groups = [(country, &cover.countries), (state, &cover.states), (place, &cover.places)];
        let keys = groups.into_iter().flat_map(|(kind, ids)| ids.iter().map(move |id| (kind, *id)));
        keys.filter_map(|key| self.bitmaps.get(&key)).map(|people| &**people).union()
    }

    /// Companies whose size lies in `range`.
    fn sized(&self, range: &Range, among: &RoaringBitmap, size: impl Fn(&Company) -> Option<i64>) -> Truth {
        let companies = self.dictionary.companies.all();
        let mut inside = Marks::new(companies.len());
        let mut unknown = Marks::new(companies.len());
        for (id, company) in companies.iter().enumerate() {
            match size(company) {
                Some(value) if is_in(range, value) => inside.set(number(id)),
                Some(_) => {}
                None => unknown.set(number(id)),
            }
        }
        let yes = self.rows.those(Column::Company, among, |company| inside.has(company));
        let unknown = self.rows.those(Column::Company, &(among - &yes), |company| unknown.has(company));
        Truth { yes, unknown }
    }

    /// Companies by the first words of their name, or by domain.
    fn company(&self, words: &str, domain: Option<&str>, among: &RoaringBitmap) -> Truth {
        let known = &self.dictionary;
        let names = known.names.lines().holding([words], true);
        let below = domain.and_then(|domain| known.domains.find(domain)).map(|domain| known.domains.below(&[domain]));
        let companies = known.companies.all();
        let fits = |id: u32| {
            let company = &companies[id as usize];
            on_line(&names, company.name) || below.as_ref().is_some_and(|below| below.has(company.domain))
        };
        Truth {
            yes: self.rows.those(Column::Company, among, |company| company != 0 && fits(company)),
            unknown: self.rows.those(Column::Company, among, |company| company == 0),
        }
    }

    /// A topic: a practice area, or words in title, company name, industry or practice areas.
    fn keyword(&self, practices: &[String], words: &str, among: &RoaringBitmap) -> Truth {
        let known = &self.dictionary;
        let mut yes = RoaringBitmap::new();
        for (id, text) in known.practices.keys().iter() {
            if practices.iter().any(|practice| practice == text) || holds(text, words) {
                yes |= self.bitmap(Kind::Practice, id);
            }
        }
        for (id, text) in known.industries.keys().iter() {
            if holds(text, words) {
                yes |= self.bitmap(Kind::Industry, id);
            }
        }
        let titles = known.titles.lines().holding([words], false);
        if titles.any() {
            yes |= self.rows.those(Column::Title, among, |title| on_line(&titles, title));
        }
        let names = known.names.lines().holding([words], false);
        if names.any() {
            let companies = known.companies.all();
            let named = |company: u32| on_line(&names, companies[company as usize].name);
            yes |= self.rows.those(Column::Company, among, named);
        }
        let mut unknown = self.bitmap(Kind::NoPractice, 0);
        if practices.is_empty() {
            unknown &= self.bitmap(Kind::NoTitle, 0);
            unknown &= among;
            unknown = self.rows.those(Column::Company, &unknown, |company| company == 0);
        }
        Truth { yes, unknown }
    }

    /// The people whose e-mail address or company is of one of `domains`, or of a domain below one.
    pub fn suppressed(&self, domains: &[String]) -> RoaringBitmap {
        let known = &self.dictionary;
        let wanted = domains.iter().map(|domain| domain_key(domain));
        let ids: Vec<u32> = wanted.filter_map(|domain| known.domains.find(&domain)).filter(|id| *id != 0).collect();
        if ids.is_empty() {
            return RoaringBitmap::new();
        }
        let below = known.domains.below(&ids);
        let companies = known.companies.all();
        let mut people = self.rows.those(Column::EmailDomain, &self.people, |domain| below.has(domain));
        people |= self.rows.those(Column::Company, &self.people, |id| below.has(companies[id as usize].domain));
        people
    }
}

/// How dear a condition is: 0 takes bitmaps, 1 looks into rows.
fn cost(condition: &Condition) -> u8 {
    match condition {
        Condition::TitleWords(_)
        | Condition::Keyword { .. }
        | Condition::Company { .. }
        | Condition::Headcount(_)
        | Condition::Revenue(_) => 1,
        _ => 0,
    }
}

/// Whether the text with number `id` stands on a marked line; line `n` is number `n + 1`, 0 is on none.
fn on_line(lines: &Marks, id: u32) -> bool {
    id.checked_sub(1).is_some_and(|line| lines.has(line))
}
