//! What a filter means, record by record: the one judge that previews, execution and the index agree with.
//!
//! Each condition is true, false or unknown of a record. Alternatives are true when one is; a record fits when all
//! its clauses are true and no excluded condition is. Unknown never satisfies and never excludes. The index counts
//! with bitmaps and is tested against this file.

use std::collections::BTreeMap;

use super::filter::{Filter, Slots};
use super::keywords::{Keyword, Standing};
use super::{CompanyFields, Person};
use crate::understand::Range;
use crate::understand::markets;
use crate::understand::places::{self, Canonical, Location};
use crate::understand::titles;
use crate::understand::words::{normal, singular, words};

/// What was found about one record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// The record fits.
    pub matches: bool,
    /// Nothing known speaks against it: it fits, or would if more were known.
    pub possible: bool,
    /// Which slots are to blame when it is possible and does not fit.
    pub unknown: SlotSet,
    /// The place is that of the company's headquarters, because the person's is not known well enough.
    pub headquarters: bool,
    /// How well a record that fits meets the keywords: people are shown with the highest first. 0 without keywords.
    pub score: u32,
}

/// A slot of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Slot {
    /// `titles`
    Titles,
    /// `seniority`
    Seniority,
    /// `departments`
    Departments,
    /// `industries`
    Industries,
    /// `company_types`
    CompanyTypes,
    /// `keywords`
    Keywords,
    /// `companies`
    Companies,
    /// `locations`
    Locations,
    /// `headcount`
    Headcount,
    /// `revenue`
    Revenue,
}

impl Slot {
    /// All slots, in the order they are shown.
    pub const ALL: [Slot; 10] = [
        Slot::Titles,
        Slot::Seniority,
        Slot::Departments,
        Slot::Industries,
        Slot::CompanyTypes,
        Slot::Keywords,
        Slot::Companies,
        Slot::Locations,
        Slot::Headcount,
        Slot::Revenue,
    ];

    /// The slot's key in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Slot::Titles => "titles",
            Slot::Seniority => "seniority",
            Slot::Departments => "departments",
            Slot::Industries => "industries",
            Slot::CompanyTypes => "company_types",
            Slot::Keywords => "keywords",
            Slot::Companies => "companies",
            Slot::Locations => "locations",
            Slot::Headcount => "headcount",
            Slot::Revenue => "revenue",
        }
    }
}

/// Some of the slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SlotSet(u16);

impl SlotSet {
    /// Adds a slot.
    pub fn insert(&mut self, slot: Slot) {
        self.0 |= 1 << slot as u8;
    }

    /// Whether the slot is in it.
    pub fn contains(self, slot: Slot) -> bool {
        self.0 & (1 << slot as u8) != 0
    }

    /// The slots in it, in the order they are shown.
    pub fn iter(self) -> impl Iterator<Item = Slot> {
        Slot::ALL.into_iter().filter(move |slot| self.contains(*slot))
    }
}

/// A filter made ready to judge.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// Each must hold: one of its alternatives is true.
    pub(super) all: Vec<Vec<Condition>>,
    /// None of these may be true.
    pub(super) none: Vec<Condition>,
    /// The distinct keywords among `all`: what the score is made of.
    pub(super) keywords: Vec<Keyword>,
}

/// One value of one slot.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// A title of the table, by its number.
    Title(u16),
    /// A title that no table knows: words that the filed title must hold, as [`folded`] spells them.
    TitleWords(String),
    /// A level, as [`level_key`] spells it.
    Seniority(String),
    /// A function, as [`level_key`] spells it.
    Department(String),
    /// A sector with its parts, as [`industry_key`] spells them.
    Industry(Vec<String>),
    /// A kind of company with its special cases, as [`company_type_key`] spells them.
    CompanyType(Vec<String>),
    /// A topic.
    Keyword(Keyword),
    /// A company by name or domain.
    Company {
        /// The first words of the name, as [`folded`] spells them.
        words: String,
        /// The domain, when the value is one.
        domain: Option<String>,
    },
    /// A place.
    Place(Location),
    /// Employees.
    Headcount(Range),
    /// Revenue in US dollars.
    Revenue(Range),
}

impl Condition {
    /// The slot it came from.
    pub(super) fn slot(&self) -> Slot {
        match self {
            Condition::Title(_) | Condition::TitleWords(_) => Slot::Titles,
            Condition::Seniority(_) => Slot::Seniority,
            Condition::Department(_) => Slot::Departments,
            Condition::Industry(_) => Slot::Industries,
            Condition::CompanyType(_) => Slot::CompanyTypes,
            Condition::Keyword(_) => Slot::Keywords,
            Condition::Company { .. } => Slot::Companies,
            Condition::Place(_) => Slot::Locations,
            Condition::Headcount(_) => Slot::Headcount,
            Condition::Revenue(_) => Slot::Revenue,
        }
    }
}

impl Conditions {
    /// The meaning of `filter`.
    pub(super) fn of(filter: &Filter) -> Conditions {
        let mut wanted = by_slot(&filter.include);
        if let Some(offered) = filter.title_expansion.as_ref().filter(|offered| offered.applied) {
            let titles = wanted.entry(Slot::Titles).or_default();
            titles.extend(offered.titles.iter().map(|title| title_condition(title)));
        }
        for group in &filter.same_words {
            let members: Vec<Condition> = by_slot(&group.values).into_values().flatten().collect();
            for clause in wanted.values_mut() {
                if clause.iter().any(|condition| members.contains(condition)) {
                    clause.extend(members.iter().cloned());
                }
            }
        }
        let none = by_slot(&filter.exclude).into_values().flatten().collect();
        let all = without_weaker(wanted.into_values().collect());
        let mut keywords: Vec<Keyword> = Vec::new();
        for condition in all.iter().flatten() {
            if let Condition::Keyword(keyword) = condition
                && !keywords.contains(keyword)
            {
                keywords.push(keyword.clone());
            }
        }
        Conditions { all, none, keywords }
    }

    /// Judges a person.
    pub fn judge(&self, person: &Person) -> Verdict {
        self.judge_facts(&Facts::of(person))
    }

    fn judge_facts(&self, facts: &Facts) -> Verdict {
        let mut verdict = Verdict { matches: true, possible: true, ..Verdict::default() };
        for clause in &self.all {
            let truths: Vec<Option<bool>> = clause.iter().map(|condition| facts.truth(condition)).collect();
            if truths.contains(&Some(true)) {
                continue;
            }
            verdict.matches = false;
            verdict.possible &= truths.contains(&None);
            for (condition, truth) in clause.iter().zip(truths) {
                if truth.is_none() {
                    verdict.unknown.insert(condition.slot());
                }
            }
        }
        if self.none.iter().any(|condition| facts.truth(condition) == Some(true)) {
            verdict.matches = false;
            verdict.possible = false;
        }
        if !verdict.possible {
            verdict.unknown = SlotSet::default();
        }
        verdict.headquarters = verdict.matches && self.placed_by_headquarters(facts);
        if verdict.matches {
            let standings = self.keywords.iter().filter_map(|keyword| facts.standing(keyword));
            verdict.score = standings.map(Standing::points).sum();
        }
        verdict
    }

    /// Whether only the headquarters, and not the person's own place, fits a wanted place.
    fn placed_by_headquarters(&self, facts: &Facts) -> bool {
        let places = || {
            self.all.iter().flatten().filter_map(|condition| match condition {
                Condition::Place(wanted) => Some(wanted),
                _ => None,
            })
        };
        !places().any(|wanted| place_truth(wanted, &facts.place) == Some(true))
            && places().any(|wanted| facts.place_truth(wanted) == Some(true))
    }
}

/// The conditions of each filled slot.
fn by_slot(slots: &Slots) -> BTreeMap<Slot, Vec<Condition>> {
    let mut found: BTreeMap<Slot, Vec<Condition>> = BTreeMap::new();
    let mut add = |condition: Condition| found.entry(condition.slot()).or_default().push(condition);
    slots.titles.iter().for_each(|title| add(title_condition(title)));
    slots.seniority.iter().for_each(|level| add(Condition::Seniority(level_key(level))));
    slots.departments.iter().for_each(|name| add(Condition::Department(level_key(name))));
    slots.industries.iter().for_each(|name| add(Condition::Industry(industries_in(name))));
    slots.company_types.iter().for_each(|name| add(Condition::CompanyType(company_types_in(name))));
    slots.keywords.iter().for_each(|keyword| add(Condition::Keyword(Keyword::of(keyword))));
    for company in &slots.companies {
        add(Condition::Company { words: folded_name(company), domain: domain_in(company) });
    }
    slots.locations.iter().for_each(|place| add(Condition::Place(place.clone())));
    slots.headcount.iter().for_each(|range| add(Condition::Headcount(range.clone())));
    slots.revenue.iter().for_each(|range| add(Condition::Revenue(range.clone())));
    let spoken = Keyword::of_sectors(&slots.industries).into_iter().map(Condition::Keyword);
    if let Some(clause) = found.get_mut(&Slot::Industries) {
        clause.extend(spoken);
    }
    found
}

fn title_condition(title: &str) -> Condition {
    match titles::named(title) {
        Some(known) => Condition::Title(known.id),
        None => Condition::TitleWords(folded(title)),
    }
}

/// Leaves out a clause whose alternatives all stand in another one: "startups and law firms" asks for startups or
/// law firms, although "law firms" fills the industry slot too.
fn without_weaker(mut clauses: Vec<Vec<Condition>>) -> Vec<Vec<Condition>> {
    for clause in &mut clauses {
        let mut kept: Vec<Condition> = Vec::with_capacity(clause.len());
        for condition in clause.drain(..) {
            if !kept.contains(&condition) {
                kept.push(condition);
            }
        }
        *clause = kept;
    }
    let within = |a: &[Condition], b: &[Condition]| a.iter().all(|condition| b.contains(condition));
    let mut kept: Vec<Vec<Condition>> = Vec::with_capacity(clauses.len());
    for clause in clauses {
        if kept.iter().any(|other| within(&clause, other)) {
            continue;
        }
        kept.retain(|other| !within(other, &clause));
        kept.push(clause);
    }
    kept
}

/// What is known of a record, spelled so that it can be compared.
#[derive(Debug)]
struct Facts {
    title: Option<Title>,
    seniority: Option<String>,
    department: Option<String>,
    practices: Vec<String>,
    place: Canonical,
    company: Option<CompanyFacts>,
}

#[derive(Debug)]
struct CompanyFacts {
    name: String,
    domain: Option<String>,
    industry: Option<String>,
    company_type: Option<String>,
    headcount: Option<i64>,
    revenue: Option<i64>,
    headquarters: Canonical,
}

/// A title as filed: the titles of the table it holds, and its words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Title {
    /// Numbers of the titles held, ascending.
    pub(super) held: Vec<u16>,
    /// The words, as [`folded`] spells them.
    pub(super) words: String,
}

impl Title {
    /// Reads a title as filed.
    pub(super) fn of(filed: &str) -> Title {
        let found = titles::held(filed);
        // A Vice President of Sales is a Vice President too.
        let wider = found.iter().filter_map(|title| titles::broader(title));
        let mut held: Vec<u16> = found.iter().copied().chain(wider).map(|title| title.id).collect();
        held.sort_unstable();
        held.dedup();
        Title { held, words: folded(filed) }
    }
}

impl Facts {
    fn of(person: &Person) -> Facts {
        Facts {
            title: known(person.title.as_deref()).map(Title::of),
            seniority: key(person.seniority.as_deref(), level_key),
            department: key(person.department.as_deref(), level_key),
            practices: person.practice_areas.iter().filter_map(|area| key(Some(area), practice_key)).collect(),
            place: place_of(person.city.as_ref(), person.state.as_ref(), person.country.as_ref()),
            company: person.company.as_ref().map(CompanyFacts::of),
        }
    }

    /// True, false, or not known.
    fn truth(&self, condition: &Condition) -> Option<bool> {
        let company = self.company.as_ref();
        match condition {
            Condition::Title(id) => self.title.as_ref().map(|title| title.held.contains(id)),
            Condition::TitleWords(words) => self.title.as_ref().map(|title| holds(&title.words, words)),
            Condition::Seniority(level) => self.seniority.as_ref().map(|known| known == level),
            Condition::Department(name) => self.department.as_ref().map(|known| known == name),
            Condition::Industry(names) => company?.industry.as_ref().map(|known| names.contains(known)),
            Condition::CompanyType(names) => company?.company_type.as_ref().map(|known| names.contains(known)),
            Condition::Keyword(keyword) => self.keyword_truth(keyword),
            Condition::Company { words, domain } => {
                let company = company?;
                let by_domain =
                    domain.as_deref().zip(company.domain.as_deref()).is_some_and(|(d, of)| is_within(of, d));
                Some(by_domain || begins(&company.name, words))
            }
            Condition::Place(wanted) => self.place_truth(wanted),
            Condition::Headcount(range) => company?.headcount.map(|count| is_in(range, count)),
            Condition::Revenue(range) => company?.revenue.map(|revenue| is_in(range, revenue)),
        }
    }

    /// A topic is known to be absent only where it would have been seen: a practice area where practice areas are
    /// known, other words where any are.
    fn keyword_truth(&self, keyword: &Keyword) -> Option<bool> {
        if self.standing(keyword).is_some() {
            return Some(true);
        }
        let seen = !self.practices.is_empty()
            || !keyword.names_a_practice() && (self.title.is_some() || self.company.is_some());
        seen.then_some(false)
    }

    /// The best place at which a topic stands.
    fn standing(&self, keyword: &Keyword) -> Option<Standing> {
        let in_practices = self.practices.iter().filter_map(|practice| keyword.in_practice(practice)).max();
        let in_title = self.title.as_ref().and_then(|title| keyword.in_title(&title.words));
        let company = self.company.as_ref();
        let in_industry = company.and_then(|company| keyword.in_industry(company.industry.as_deref()?));
        let in_name = company.and_then(|company| keyword.in_name(&company.name));
        in_practices.max(in_title).max(in_industry).max(in_name)
    }

    /// The person's place decides; where it does not say enough, the headquarters.
    fn place_truth(&self, wanted: &Location) -> Option<bool> {
        place_truth(wanted, &self.place)
            .or_else(|| self.company.as_ref().and_then(|company| place_truth(wanted, &company.headquarters)))
    }
}

impl CompanyFacts {
    fn of(company: &CompanyFields) -> CompanyFacts {
        CompanyFacts {
            name: folded_name(&company.name),
            domain: key(company.domain.as_deref(), domain_key),
            industry: key(company.industry.as_deref(), industry_key),
            company_type: key(company.company_type.as_deref(), company_type_key),
            headcount: company.headcount,
            revenue: company.revenue_usd,
            headquarters: place_of(company.city.as_ref(), company.state.as_ref(), company.country.as_ref()),
        }
    }
}

/// A text that says something.
pub(super) fn known(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The key of a text that says something; a text without a word says nothing.
pub(super) fn key(text: Option<&str>, spell: impl Fn(&str) -> String) -> Option<String> {
    known(text).map(spell).filter(|key| !key.is_empty())
}

/// A stored place; blank parts are not known.
pub(super) fn place_of(city: Option<&String>, state: Option<&String>, country: Option<&String>) -> Canonical {
    let part = |text: Option<&String>| known(text.map(String::as_str)).map(str::to_owned);
    Canonical { city: part(city), state: part(state), country: part(country) }
}

/// Whether a place lies in the wanted one. Of nothing nothing is known; a place with city, state and country is known
/// wholly: what it can't be shown to be, it is not.
pub(super) fn place_truth(wanted: &Location, place: &Canonical) -> Option<bool> {
    if place.city.is_none() && place.state.is_none() && place.country.is_none() {
        return None;
    }
    places::contains(wanted, place).or_else(|| is_whole(place).then_some(false))
}

/// Whether city, state and country are known.
pub(super) fn is_whole(place: &Canonical) -> bool {
    place.city.is_some() && place.state.is_some() && place.country.is_some()
}

pub(super) fn is_in(range: &Range, value: i64) -> bool {
    range.min.is_none_or(|min| value >= min) && range.max.is_none_or(|max| value <= max)
}

/// Words with their endings of number cut, so that "life sciences" is "life science".
pub(super) fn folded(text: &str) -> String {
    let words: Vec<String> = words(text).iter().map(|word| singular(&word.norm)).collect();
    words.join(" ")
}

/// A company's name; "The Law Office" is "Law Office".
pub(super) fn folded_name(name: &str) -> String {
    let words = folded(name);
    words.strip_prefix("the ").map(str::to_owned).unwrap_or(words)
}

/// Whether `text` holds `words` as a run of whole words. Both are folded.
pub(super) fn holds(text: &str, words: &str) -> bool {
    if words.is_empty() {
        return false;
    }
    let mut from = 0;
    // Word by word from each find: the next one may begin inside a find that was no run of whole words.
    while let Some(at) = text[from..].find(words).map(|at| from + at) {
        let ends = at + words.len();
        if (at == 0 || text.as_bytes()[at - 1] == b' ') && (ends == text.len() || text.as_bytes()[ends] == b' ') {
            return true;
        }
        let Some(next) = text[at..].find(' ') else { return false };
        from = at + next + 1;
    }
    false
}

/// Whether `text` begins with `words`. Both are folded.
pub(super) fn begins(text: &str, words: &str) -> bool {
    !words.is_empty() && text.strip_prefix(words).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// A level or function, whichever way it is spelled: `c_suite`, "C-Suite".
pub(super) fn level_key(text: &str) -> String {
    normal(text)
}

/// The name of the industry that `text` means, else its words.
pub(super) fn industry_key(text: &str) -> String {
    folded(markets::industry(text).map_or(text, |industry| industry.name))
}

/// The name of the kind of company that `text` means, else its words.
pub(super) fn company_type_key(text: &str) -> String {
    folded(markets::company_type(text).map_or(text, |kind| kind.name))
}

/// The name of the practice area that `text` means, else its words.
pub(super) fn practice_key(text: &str) -> String {
    folded(markets::practice(text).map_or(text, |practice| practice.name))
}

/// The keys of the industries that count as the one `text` means: itself and its parts.
fn industries_in(text: &str) -> Vec<String> {
    let Some(wanted) = markets::industry(text) else { return vec![folded(text)] };
    let covered = markets::industries().iter().filter(|held| markets::industry_covers(wanted, held));
    covered.map(|held| folded(held.name)).collect()
}

/// The keys of the kinds of company that count as the one `text` means: itself and its special cases.
fn company_types_in(text: &str) -> Vec<String> {
    let Some(wanted) = markets::company_type(text) else { return vec![folded(text)] };
    let covered = markets::company_types().iter().filter(|held| markets::type_covers(wanted, held));
    covered.map(|held| folded(held.name)).collect()
}

/// The keys of the practice areas that count as the one `text` means; none when it means none.
pub(super) fn practices_in(text: &str) -> Vec<String> {
    let Some(wanted) = markets::practice(text) else { return Vec::new() };
    let covered = markets::practices().iter().filter(|held| markets::practice_covers(wanted, held));
    covered.map(|held| folded(held.name)).collect()
}

/// Whether a kind of company or an industry is that of law firms.
pub(super) fn is_law_firm(name: &str) -> bool {
    company_type_key(name) == company_type_key("law firm") || industry_key(name) == industry_key("law practice")
}

/// A domain in the form it is compared in.
pub(super) fn domain_key(domain: &str) -> String {
    domain.trim().trim_end_matches('.').trim_start_matches("www.").to_ascii_lowercase()
}

/// The domain of an e-mail address.
pub(super) fn email_domain(email: &str) -> Option<String> {
    let (_, domain) = email.rsplit_once('@')?;
    Some(domain_key(domain)).filter(|domain| !domain.is_empty())
}

/// Whether `domain` is `of` or lies below it. Both as [`domain_key`] spells them.
pub(super) fn is_within(domain: &str, of: &str) -> bool {
    domain.strip_suffix(of).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The value as a domain, when it looks like one.
fn domain_in(text: &str) -> Option<String> {
    let domain = domain_key(text);
    let looks = domain.contains('.')
        && domain
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    looks.then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prospects::search::tests::{blank, blank_company};

    fn filter(json: &str) -> Filter {
        serde_json::from_str(json).expect("a filter")
    }

    fn at(company: CompanyFields) -> Person {
        Person { company: Some(company), ..blank(1) }
    }

    fn law_firm() -> CompanyFields {
        CompanyFields { name: "Acme".into(), company_type: Some("Law Firm".into()), ..blank_company() }
    }

    #[test]
    fn values_from_the_same_words_are_alternatives_across_slots() {
        let strict = r#""industries": ["law practice"], "company_types": ["law firm"]"#;
        let same =
            r#""same_words": [{"words": "law firms", "industries": ["law practice"], "company_types": ["law firm"]}]"#;
        let person = at(law_firm());
        assert!(!filter(&format!("{{{strict}}}")).matches(&person).matches);
        assert!(filter(&format!("{{{strict}, {same}}}")).matches(&person).matches);
    }

    #[test]
    fn startups_and_law_firms_are_startups_or_law_firms() {
        let filter = filter(
            r#"{"industries": ["law practice"], "company_types": ["startup", "law firm"],
            "same_words": [{"words": "law firms", "industries": ["law practice"], "company_types": ["law firm"]}]}"#,
        );
        let of = |kind: &str| at(CompanyFields { company_type: Some(kind.into()), ..law_firm() });
        assert!(filter.matches(&of("startup")).matches);
        assert!(filter.matches(&of("law firm")).matches);
        assert!(!filter.matches(&of("agency")).matches);
    }

    #[test]
    fn a_kind_or_sector_takes_its_special_cases_with_it() {
        let wanted = filter(r#"{"company_types": ["law firm"]}"#);
        let boutique = at(CompanyFields { company_type: Some("global law firm".into()), ..law_firm() });
        assert!(wanted.matches(&boutique).matches);
        assert!(!filter(r#"{"company_types": ["global law firm"]}"#).matches(&at(law_firm())).matches);
        let litigators = filter(r#"{"keywords": ["disputes"]}"#);
        let area = |area: &str| Person { practice_areas: vec![area.into()], ..blank(1) };
        assert!(litigators.matches(&area("Commercial Litigation")).matches);
        assert!(!litigators.matches(&area("Tax")).possible);
    }

    #[test]
    fn a_newer_part_of_a_sector_is_found_by_its_own_words_and_does_not_widen() {
        let wanted = filter(r#"{"industries": ["telehealth"]}"#);
        let named = |name: &str, industry: &str| {
            at(CompanyFields { name: name.into(), industry: Some(industry.into()), ..blank_company() })
        };
        assert!(wanted.matches(&named("Acme", "Telehealth")).matches);
        assert!(wanted.matches(&named("Acme Telemedicine", "hospital & health care")).matches);
        assert!(!wanted.matches(&named("Acme Hospital", "hospital & health care")).possible);
        assert!(filter(r#"{"industries": ["healthcare"]}"#).matches(&named("Acme", "Telehealth")).matches);
        let director = Person { title: Some("Director of Telehealth".into()), ..at(law_firm()) };
        assert!(wanted.matches(&director).matches);
        let without = filter(r#"{"exclude": {"industries": ["telehealth"]}}"#);
        assert!(!without.matches(&named("Acme Telehealth", "hospital & health care")).possible);
    }

    #[test]
    fn unknown_neither_satisfies_nor_excludes_and_is_told() {
        let wanted = filter(r#"{"titles": ["CEO"], "headcount": {"min": 50}}"#);
        let person = Person { title: Some("President & CEO".into()), ..at(law_firm()) };
        let verdict = wanted.matches(&person);
        assert!(!verdict.matches && verdict.possible);
        assert_eq!(verdict.unknown.iter().collect::<Vec<_>>(), [Slot::Headcount]);
        let excluding = filter(r#"{"titles": ["CEO"], "exclude": {"industries": ["law practice"]}}"#);
        assert!(excluding.matches(&person).matches);
        let known = at(CompanyFields { industry: Some("law practice".into()), ..law_firm() });
        assert!(!excluding.matches(&Person { title: Some("CEO".into()), ..known }).possible);
    }

    #[test]
    fn the_headquarters_stand_in_where_the_place_of_the_person_says_too_little() {
        let wanted = filter(r#"{"locations": [{"state": "California", "country": "United States"}]}"#);
        let some = |text: &str| Some(text.to_owned());
        let office = || CompanyFields { state: some("California"), country: some("United States"), ..law_firm() };
        let placed = |state: Option<&str>, country: Option<&str>| Person {
            state: state.map(str::to_owned),
            country: country.map(str::to_owned),
            ..at(office())
        };
        let fits = |person: &Person| {
            let verdict = wanted.matches(person);
            (verdict.matches, verdict.headquarters)
        };
        assert_eq!(fits(&placed(None, None)), (true, true));
        assert_eq!(fits(&placed(None, Some("United States"))), (true, true));
        assert_eq!(fits(&placed(Some("California"), Some("United States"))), (true, false));
        assert_eq!(fits(&placed(Some("Texas"), Some("United States"))), (false, false));
        assert!(!wanted.matches(&at(law_firm())).matches);
    }

    #[test]
    fn titles_count_as_the_table_reads_them_and_others_as_words() {
        let holds = |title: &str, filed: &str| {
            let wanted =
                Filter { include: Slots { titles: vec![title.into()], ..Slots::default() }, ..Filter::default() };
            wanted.matches(&Person { title: Some(filed.into()), ..blank(1) }).matches
        };
        assert!(holds("CEO", "President & Chief Executive Officer"));
        assert!(!holds("President", "Vice President"));
        assert!(holds("VP", "Vice President of Sales"));
        assert!(holds("VP Sales", "Vice President, Sales"));
        assert!(!holds("VP Sales", "Vice President of Marketing"));
        assert!(holds("Wine Steward", "Senior Wine Stewards, Napa"));
        assert!(!holds("Wine Steward", "Steward of Wine"));
    }

    #[test]
    fn companies_are_named_by_their_first_words_or_their_domain() {
        let named = |name: &str| filter(&format!(r#"{{"companies": ["{name}"]}}"#));
        let company = at(CompanyFields {
            name: "The Acme Law Group LLP".into(),
            domain: Some("www.acme.example".into()),
            ..law_firm()
        });
        for name in ["Acme", "acme law", "ACME.example", "The Acme Law Group"] {
            assert!(named(name).matches(&company).matches, "{name}");
        }
        for name in ["Law Group", "Ac", "example.org", "e.example"] {
            assert!(!named(name).matches(&company).matches, "{name}");
        }
    }
}
