//! The index against the judge of single records, on random people and random filters.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use roaring::RoaringBitmap;
use uuid::Uuid;

use super::*;
use crate::prospects::conditions::Slot;
use crate::prospects::filter::{Filter, SameWords, Slots, TitleExpansion};
use crate::prospects::{CompanyFields, Person};
use crate::understand::Range;
use crate::understand::places::Location;

/// A person of whom only the number is known.
pub(in crate::prospects) fn blank(number: u32) -> Person {
    Person {
        id: Uuid::from_u128(number.into()),
        number,
        source: "test".into(),
        external_id: None,
        full_name: format!("Person {number}"),
        first_name: None,
        last_name: None,
        title: None,
        seniority: None,
        department: None,
        email: None,
        phone: None,
        linkedin_url: None,
        practice_areas: Vec::new(),
        city: None,
        state: None,
        country: None,
        company: None,
    }
}

/// A company of which nothing is known.
pub(in crate::prospects) fn blank_company() -> CompanyFields {
    CompanyFields {
        id: Uuid::nil(),
        name: String::new(),
        domain: None,
        industry: None,
        company_type: None,
        headcount: None,
        revenue_usd: None,
        founded: None,
        city: None,
        state: None,
        country: None,
    }
}

/// What happens to the people between two looks.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Put(Box<Person>),
    Remove(u32),
}

fn maybe(values: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    prop_oneof![1 => Just(None), 3 => select(values).prop_map(|value| Some(value.to_owned()))]
}

const TITLES: &[&str] = &[
    "CEO",
    "Chief Executive Officer",
    "President & CEO",
    "Vice President",
    "Managing Partner",
    "Partner, Tax",
    "Patent Attorneys",
    "Head of Patent Litigation",
    "General Counsel",
    " ",
    "***",
];
const PRACTICES: &[&str] = &["IP", "intellectual property", "Tax", "Litigation", "Maritime claims", "???", ""];
const INDUSTRIES: &[&str] = &["law firm", "Law Practice", "Bank", "Software", "Fish farming", "!"];
const COMPANY_TYPES: &[&str] = &["Law Firm", "startup", "Agency", "cooperative"];
const COMPANY_NAMES: &[&str] = &["Acme Law LLP", "The Acme", "Tax & Sons", "Nordic Fish Farms", "", "Patent House"];
const DOMAINS: &[&str] = &["acme.example", "mail.acme.example", "notacme.example", "fish.test", "www.fish.test"];
const CITIES: &[&str] = &["San Francisco", "Oakland", "New York", "Munich", "Paris"];
const STATES: &[&str] = &["California", "New York", "Texas", "Bavaria"];
const COUNTRIES: &[&str] = &["United States", "Germany", "France"];
const LEVELS: &[&str] = &["c_suite", "C-Suite", "vp", "partner", "-"];
const DEPARTMENTS: &[&str] = &["legal", "Marketing", "executive"];

fn company() -> impl Strategy<Value = CompanyFields> {
    let size = || prop_oneof![1 => Just(None), 3 => (0..40i64).prop_map(|n| Some(n * 25))];
    let place = (maybe(CITIES), maybe(STATES), maybe(COUNTRIES));
    (select(COMPANY_NAMES), maybe(DOMAINS), maybe(INDUSTRIES), maybe(COMPANY_TYPES), size(), size(), place).prop_map(
        |(name, domain, industry, company_type, headcount, revenue_usd, (city, state, country))| CompanyFields {
            name: name.to_owned(),
            domain,
            industry,
            company_type,
            headcount,
            revenue_usd,
            city,
            state,
            country,
            ..blank_company()
        },
    )
}

fn person(number: u32) -> impl Strategy<Value = Person> {
    let email = maybe(DOMAINS).prop_map(|domain| domain.map(|domain| format!("x@{domain}")));
    let practices = subsequence(PRACTICES, 0..3);
    let work = (maybe(TITLES), maybe(LEVELS), maybe(DEPARTMENTS), email, practices);
    let place = (maybe(CITIES), maybe(STATES), maybe(COUNTRIES));
    (work, place, proptest::option::weighted(0.85, company())).prop_map(move |(work, place, company)| {
        let (title, seniority, department, email, practices) = work;
        let (city, state, country) = place;
        Person {
            title,
            seniority,
            department,
            email,
            practice_areas: practices.into_iter().map(str::to_owned).collect(),
            city,
            state,
            country,
            company,
            ..blank(number)
        }
    })
}

fn few(values: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    prop_oneof![
        2 => Just(Vec::new()),
        2 => subsequence(values, 1..3).prop_map(|values| values.into_iter().map(str::to_owned).collect()),
    ]
}

fn location() -> impl Strategy<Value = Location> {
    let some = |text: &str| Some(text.to_owned());
    select(vec![
        Location { state: some("California"), country: some("United States"), ..Location::default() },
        Location { country: some("Germany"), ..Location::default() },
        Location { country: some("United States"), ..Location::default() },
        Location { city: some("Oakland"), state: some("California"), ..Location::default() },
        Location { region: some("Europe"), ..Location::default() },
        Location { city_or_state: some("New York"), ..Location::default() },
    ])
}

fn range() -> impl Strategy<Value = Option<Range>> {
    proptest::option::weighted(0.2, (proptest::option::of(0..500i64), proptest::option::of(400..1000i64)))
        .prop_map(|range| range.map(|(min, max)| Range { min, max, currency: None }))
}

const ASKED: &[&str] = &["CEO", "Managing Partner", "Patent Attorney", "tax", "VP", "Deputy Registrar"];
pub(super) const TOPICS: &[&str] = &["IP", "patent", "tax", "fish farm", "litigation", "law", "zoology"];
const NAMED: &[&str] = &["Acme", "acme.example", "Nordic Fish", "Nobody", "fish.test"];

fn slots() -> impl Strategy<Value = Slots> {
    let first = (few(ASKED), few(LEVELS), few(DEPARTMENTS), few(INDUSTRIES), few(COMPANY_TYPES), few(TOPICS));
    let second = (few(NAMED), proptest::collection::vec(location(), 0..3), range(), range());
    (first, second).prop_map(|(first, second)| {
        let (titles, seniority, departments, industries, company_types, keywords) = first;
        let (companies, locations, headcount, revenue) = second;
        Slots {
            titles,
            seniority,
            departments,
            industries,
            company_types,
            keywords,
            companies,
            locations,
            headcount,
            revenue,
            lists: Vec::new(),
        }
    })
}

/// Keeps a few slots, so that filters match someone.
fn thinned(slots: Slots, kept: &[bool]) -> Slots {
    let mut slots = slots;
    let mut kept = kept.iter().copied().chain(std::iter::repeat(false));
    let mut keep = || kept.next().unwrap_or(false);
    for values in [
        &mut slots.titles,
        &mut slots.seniority,
        &mut slots.departments,
        &mut slots.industries,
        &mut slots.company_types,
        &mut slots.keywords,
        &mut slots.companies,
    ] {
        if !keep() {
            values.clear();
        }
    }
    if !keep() {
        slots.locations.clear();
    }
    if !keep() {
        slots.headcount = None;
    }
    if !keep() {
        slots.revenue = None;
    }
    slots
}

pub(super) fn filter() -> impl Strategy<Value = Filter> {
    let mask = || proptest::collection::vec(proptest::bool::weighted(0.35), 10);
    (slots(), mask(), slots(), mask(), any::<bool>(), any::<bool>()).prop_map(
        |(include, kept, exclude, left, grouped, expanded)| {
            let include = thinned(include, &kept);
            let left: Vec<bool> = left.iter().enumerate().map(|(at, kept)| *kept && at % 2 == 0).collect();
            let exclude = thinned(exclude, &left);
            let mut same_words = Vec::new();
            if let (true, Some(industry), Some(kind)) =
                (grouped, include.industries.first(), include.company_types.first())
            {
                let values =
                    Slots { industries: vec![industry.clone()], company_types: vec![kind.clone()], ..Slots::default() };
                same_words.push(SameWords { words: "law firms".into(), values });
            }
            let mut filter = Filter { include, exclude, same_words, ..Filter::default() };
            filter.title_expansion = expanded
                .then(|| TitleExpansion { titles: vec!["Managing Partner".into()], applied: true })
                .filter(|_| !filter.include.titles.is_empty());
            filter
        },
    )
}

/// What the judge of single records says of all.
pub(super) fn expected<'p>(people: impl IntoIterator<Item = &'p Person>, filter: &Filter) -> Matching {
    let conditions = filter.conditions();
    let mut found = Matching::default();
    for person in people {
        let verdict = conditions.judge(person);
        if verdict.matches {
            found.bitmap.insert(person.number);
        }
        for slot in verdict.unknown.iter() {
            found.unknown.entry(slot).or_insert_with(RoaringBitmap::new).insert(person.number);
        }
    }
    found
}

/// Changes to at most `count` people; numbers spread over two blocks.
pub(super) fn changes(count: u32) -> impl Strategy<Value = Vec<Change>> {
    let change = (0..count).prop_flat_map(move |at| {
        let number = if at % 2 == 0 { at } else { 65_530 + at };
        prop_oneof![6 => person(number).prop_map(|person| Change::Put(Box::new(person))), 1 => Just(Change::Remove(number))]
    });
    proptest::collection::vec(change, 0..(2 * count as usize))
}

/// Applies the changes to the index and to a plain map.
pub(super) fn apply(changes: &[Change], snapshot: &mut Snapshot, people: &mut BTreeMap<u32, Person>) {
    for change in changes {
        match change {
            Change::Put(person) => {
                snapshot.put(person);
                people.insert(person.number, Person::clone(person));
            }
            Change::Remove(number) => {
                snapshot.remove(*number);
                people.remove(number);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn the_index_counts_what_the_judge_counts_before_and_after_changes(
        first in changes(60),
        second in changes(60),
        filters in proptest::collection::vec(filter(), 1..8),
    ) {
        let (mut snapshot, mut people) = (Snapshot::default(), BTreeMap::new());
        apply(&first, &mut snapshot, &mut people);
        let before = snapshot.clone();
        let people_before = people.clone();
        apply(&second, &mut snapshot, &mut people);
        for filter in &filters {
            prop_assert_eq!(before.matching(filter), expected(people_before.values(), filter));
            prop_assert_eq!(snapshot.matching(filter), expected(people.values(), filter));
        }
    }

    #[test]
    fn a_saved_index_reads_back_as_it_was(first in changes(60), filters in proptest::collection::vec(filter(), 1..4)) {
        let (mut snapshot, mut people) = (Snapshot::default(), BTreeMap::new());
        apply(&first, &mut snapshot, &mut people);
        snapshot.version = 42;
        let folder = tempfile::tempdir().expect("a folder");
        folder::save(folder.path(), &snapshot, None).expect("saved");
        let (mut read, _) = folder::load(folder.path()).expect("read");
        prop_assert_eq!(read.version(), 42);
        for filter in &filters {
            prop_assert_eq!(read.matching(filter), expected(people.values(), filter));
        }
        // It can be changed like the one it was written from.
        let change = people.values().next().cloned();
        if let Some(person) = change {
            read.put(&Person { title: Some("Deputy Registrar".into()), ..person.clone() });
            people.insert(person.number, Person { title: Some("Deputy Registrar".into()), ..person });
        }
        for filter in &filters {
            prop_assert_eq!(read.matching(filter), expected(people.values(), filter));
        }
    }

    #[test]
    fn suppressed_domains_take_their_subdomains_with_them(
        first in changes(40),
        domains in subsequence(DOMAINS, 0..3),
    ) {
        let (mut snapshot, mut people) = (Snapshot::default(), BTreeMap::new());
        apply(&first, &mut snapshot, &mut people);
        let domains: Vec<String> = domains.into_iter().map(str::to_owned).collect();
        let strip = |text: &str| text.trim_start_matches("www.").to_owned();
        let hit = |domain: &str| {
            domains.iter().any(|d| strip(domain) == strip(d) || strip(domain).ends_with(&format!(".{}", strip(d))))
        };
        let expected: RoaringBitmap = people.values().filter(|person| {
            person.email.as_deref().and_then(|email| email.split_once('@')).is_some_and(|(_, domain)| hit(domain))
                || person.company.as_ref().and_then(|company| company.domain.as_deref()).is_some_and(hit)
        }).map(|person| person.number).collect();
        prop_assert_eq!(snapshot.suppressed(&domains), expected);
    }
}

#[test]
fn someone_of_whom_only_the_industry_is_unknown_is_counted_there_alone() {
    let mut snapshot = Snapshot::default();
    let company = CompanyFields { name: "Acme".into(), ..blank_company() };
    snapshot.put(&Person { title: Some("CEO".into()), company: Some(company), ..blank(7) });
    let include = Slots { titles: vec!["CEO".into()], industries: vec!["banking".into()], ..Slots::default() };
    let found = snapshot.matching(&Filter { include, ..Filter::default() });
    assert_eq!(found.count(), 0);
    assert_eq!(found.unknown_counts(), BTreeMap::from([(Slot::Industries, 1)]));
}

#[test]
fn only_the_holder_of_the_lock_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = Index::open(folder.path(), 0).expect("opened");
    let second = Index::open(folder.path(), 0).expect("opened");
    second.publish(Snapshot { version: 1, ..Snapshot::default() });
    assert!(!second.save(1).expect("nothing to complain about"));
    drop(first);
    assert!(second.save(2).expect("saved"));
    assert!(!second.save(3).expect("nothing new"));
    second.publish(Snapshot { version: 2, ..Snapshot::default() });
    assert!(!second.is_save_due(SAVE_EVERY_MS) && second.is_save_due(SAVE_EVERY_MS + 2));
}

mod kept;
mod over_time;
mod order_and_facets;
mod trials;
mod with_a_database;
