//! Exact counts with bitmaps: who fits a filter, and who would if more were known.
//!
//! The same meaning as [`crate::prospects::conditions`], for all people at once: each clause gives the people of whom
//! it is true and those of whom it is unknown. Clauses with bitmaps go first; those that look into rows (sizes, words,
//! names of companies) then look only at who is left. Keywords tell on the way where they stand, which gives the order.

use std::collections::BTreeMap;

use roaring::{MultiOps, RoaringBitmap};

use super::bands::BANDS;
use super::dictionary::Company;
use super::gazetteer::Cover;
use super::intern::{Marks, number};
use super::rank::{Hits, Scores};
use super::rows::Column;
use super::snapshot::{Kind, Snapshot};
use crate::prospects::conditions::{Condition, Conditions, Slot, domain_key, is_in};
use crate::prospects::filter::Filter;
use crate::prospects::keywords::{Keyword, Standing};
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

/// Who fits, and in which order they are shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Ranked {
    pub(super) matching: Matching,
    pub(super) scores: Scores,
}

/// The keywords looked for so far, and where they stand.
pub(super) type Stands<'c> = Vec<(&'c Keyword, Hits)>;

/// Who a condition is true of, and of whom it can't be told.
pub(super) struct Truth {
    pub(super) yes: RoaringBitmap,
    unknown: RoaringBitmap,
}

impl Snapshot {
    /// Who fits `filter`.
    pub fn matching(&self, filter: &Filter) -> Matching {
        self.judge(&filter.conditions()).matching
    }

    /// Who fulfils `conditions`, and how well.
    pub(super) fn judge(&self, conditions: &Conditions) -> Ranked {
        let mut stands = Stands::new();
        let matching = self.matching_and_stands(conditions, &mut stands);
        let mut scores = Scores::default();
        for keyword in &conditions.keywords {
            if let Some((_, hits)) = stands.iter().find(|(known, _)| *known == keyword) {
                scores.add(hits, &matching.bitmap);
            }
        }
        Ranked { matching, scores }
    }

    fn matching_and_stands<'c>(&self, conditions: &'c Conditions, stands: &mut Stands<'c>) -> Matching {
        let mut clauses: Vec<&Vec<Condition>> = conditions.all.iter().collect();
        clauses.sort_by_key(|clause| clause.iter().map(cost).max());
        let mut fit: Option<RoaringBitmap> = None;
        let mut possible: Option<RoaringBitmap> = None;
        let mut unknown: BTreeMap<Slot, RoaringBitmap> = BTreeMap::new();
        for clause in clauses {
            let among = possible.as_ref().unwrap_or(&self.people);
            let (yes, missing) = self.clause(clause, among, stands);
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
            // Where excluded keywords stand is of no interest.
            let mut none = Stands::new();
            let excluded =
                conditions.none.iter().map(|condition| self.truth(condition, &possible, &mut none).yes).union();
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
    fn clause<'c>(
        &self,
        clause: &'c [Condition],
        among: &RoaringBitmap,
        stands: &mut Stands<'c>,
    ) -> (RoaringBitmap, BTreeMap<Slot, RoaringBitmap>) {
        let mut yes = RoaringBitmap::new();
        let mut missing: BTreeMap<Slot, RoaringBitmap> = BTreeMap::new();
        for condition in clause {
            let truth = self.truth(condition, among, stands);
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
    pub(super) fn truth<'c>(&self, condition: &'c Condition, among: &RoaringBitmap, stands: &mut Stands<'c>) -> Truth {
        let known = &self.dictionary;
        match condition {
            Condition::Title(id) => self.of(Kind::Title, Some(u32::from(*id)), Kind::NoTitle),
            Condition::TitleWords(words) => {
                let titles = known.titles_holding(words);
                let yes = titles.map(|titles| self.rows.those(Column::Title, among, |id| titles.anywhere.has(id)));
                Truth { yes: yes.unwrap_or_default(), unknown: self.bitmap(Kind::NoTitle, 0) }
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
            Condition::Keyword(keyword) => {
                let hits = self.stands(keyword, among);
                let truth = Truth { yes: hits.all(), unknown: self.unseen(keyword, among) };
                stands.push((keyword, hits));
                truth
            }
            Condition::Company { words, domain } => self.company(words, domain.as_deref(), among),
            Condition::Place(wanted) => {
                let answer = known.places.answer(wanted);
                const OWN: [Kind; 3] = [Kind::Country, Kind::State, Kind::Place];
                const OFFICE: [Kind; 3] = [Kind::OfficeCountry, Kind::OfficeState, Kind::OfficePlace];
                let open = self.covered(&answer.unknown, OWN);
                let yes = self.covered(&answer.inside, OWN) | (self.covered(&answer.inside, OFFICE) & &open);
                Truth { yes, unknown: open & self.covered(&answer.unknown, OFFICE) }
            }
            Condition::Headcount(range) => self.headcount(range, among),
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

    /// Companies whose headcount lies in `range`: whole bands are bitmaps, only of the others is each company looked at.
    fn headcount(&self, range: &Range, among: &RoaringBitmap) -> Truth {
        let mut yes = RoaringBitmap::new();
        let mut open = self.bitmap(Kind::Headcount, 0);
        for (band, (_, fewest, most)) in (1..).zip(BANDS) {
            let Some(people) = self.bitmaps.get(&(Kind::Headcount, band)) else { continue };
            if is_in(range, fewest) && is_in(range, most) {
                yes |= &**people;
            } else if range.min.is_none_or(|min| min <= most) && range.max.is_none_or(|max| max >= fewest) {
                open |= &**people;
            }
        }
        open &= among;
        let sized = self.sized(range, &open, |company| company.headcount.get());
        Truth { yes: yes | sized.yes, unknown: sized.unknown }
    }

    /// Companies whose size lies in `range`.
    fn sized(&self, range: &Range, among: &RoaringBitmap, size: impl Fn(&Company) -> Option<i64>) -> Truth {
        let companies = self.dictionary.companies.all();
        let is_inside = |id: u32| size(&companies[id as usize]).is_some_and(|value| is_in(range, value));
        let is_unknown = |id: u32| size(&companies[id as usize]).is_none();
        let (yes, unknown);
        if among.len() < companies.len() as u64 {
            yes = self.rows.those(Column::Company, among, is_inside);
            unknown = self.rows.those(Column::Company, &(among - &yes), is_unknown);
        } else {
            // One look at each company in a row is cheaper than one at the company of each person.
            let (mut inside, mut missing) = (Marks::new(companies.len()), Marks::new(companies.len()));
            (0..number(companies.len())).filter(|id| is_inside(*id)).for_each(|id| inside.set(id));
            (0..number(companies.len())).filter(|id| is_unknown(*id)).for_each(|id| missing.set(id));
            yes = self.rows.those(Column::Company, among, |company| inside.has(company));
            unknown = self.rows.those(Column::Company, &(among - &yes), |company| missing.has(company));
        }
        Truth { yes, unknown }
    }

    /// Companies by the first words of their name, or by domain.
    fn company(&self, words: &str, domain: Option<&str>, among: &RoaringBitmap) -> Truth {
        let known = &self.dictionary;
        let named = known.companies_holding(words).map(|names| names.at_start);
        let below = domain.and_then(|domain| known.domains.find(domain)).map(|domain| known.domains.below(&[domain]));
        let companies = known.companies.all();
        let mut yes = RoaringBitmap::new();
        if let Some(named) = named {
            yes |= self.rows.those(Column::Company, among, |company| named.has(company));
        }
        if let Some(below) = below {
            yes |= self.rows.those(Column::Company, among, |id| below.has(companies[id as usize].domain));
        }
        Truth { yes, unknown: self.rows.those(Column::Company, among, |company| company == 0) }
    }

    /// Where a topic stands: a practice area, or words in title, company name, industry or practice areas.
    fn stands(&self, keyword: &Keyword, among: &RoaringBitmap) -> Hits {
        let known = &self.dictionary;
        let mut hits = Hits::default();
        let practices = known.practices.keys().iter().map(|(id, text)| (Kind::Practice, id, keyword.in_practice(text)));
        let industries =
            known.industries.keys().iter().map(|(id, text)| (Kind::Industry, id, keyword.in_industry(text)));
        for (kind, id, standing) in practices.chain(industries) {
            if let (Some(standing), Some(people)) = (standing, self.bitmaps.get(&(kind, id))) {
                hits.add(standing, people);
            }
        }
        let texts = [
            (Column::Title, known.titles_holding(keyword.words()), Standing::TitleBegins, Standing::InTitle),
            (Column::Company, known.companies_holding(keyword.words()), Standing::NameBegins, Standing::InName),
        ];
        for (column, holding, at_start, inside) in texts {
            let Some(holding) = holding else { continue };
            let people = self.rows.those(column, among, |id| holding.anywhere.has(id));
            hits.add(at_start, &self.rows.those(column, &people, |id| holding.at_start.has(id)));
            // Who has it at the start has it inside too; the better place counts.
            hits.add(inside, &people);
        }
        hits
    }

    /// Of whom nothing is known that a topic would be seen in.
    fn unseen(&self, keyword: &Keyword, among: &RoaringBitmap) -> RoaringBitmap {
        let mut unseen = self.bitmap(Kind::NoPractice, 0);
        if !keyword.names_a_practice() {
            unseen &= self.bitmap(Kind::NoTitle, 0);
            unseen &= among;
            unseen = self.rows.those(Column::Company, &unseen, |company| company == 0);
        }
        unseen
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
pub(super) fn cost(condition: &Condition) -> u8 {
    match condition {
        Condition::TitleWords(_)
        | Condition::Keyword(_)
        | Condition::Company { .. }
        | Condition::Headcount(_)
        | Condition::Revenue(_) => 1,
        _ => 0,
    }
}
