//! The order of the people who fit and their counts by facets, against the judge of single records, on random people who
//! change, are removed and come back while the index lags.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::subsequence;
use roaring::RoaringBitmap;

use super::{Change, TOPICS, apply, blank, blank_company, changes, filter};
use crate::prospects::filter::{Filter, Slots};
use crate::prospects::search::facets::{Counts, Facet, Tally, Way};
use crate::prospects::search::find::View;
use crate::prospects::search::rank::Place;
use crate::prospects::search::snapshot::Snapshot;
use crate::prospects::{CompanyFields, Person};

/// Filters that mostly ask for keywords.
fn topical() -> impl Strategy<Value = Filter> {
    let topics = prop_oneof![
        1 => Just(Vec::new()),
        4 => subsequence(TOPICS, 1..5).prop_map(|topics| topics.into_iter().map(str::to_owned).collect::<Vec<_>>()),
    ];
    (filter(), topics, any::<bool>()).prop_map(|(mut filter, topics, alone)| {
        if alone {
            filter = Filter::default();
        }
        if !topics.is_empty() {
            filter.include.keywords = topics;
        }
        filter
    })
}

/// Everybody who fits, judged and put in order one by one.
fn expected_order(people: &BTreeMap<u32, Person>, filter: &Filter) -> Vec<Place> {
    let conditions = filter.conditions();
    let mut places: Vec<Place> = Vec::new();
    for person in people.values() {
        let verdict = conditions.judge(person);
        if verdict.matches {
            places.push(Place { score: verdict.score, number: person.number });
        }
    }
    places.sort_by_key(|place| (std::cmp::Reverse(place.score), place.number));
    places
}

/// The counts of these people by one facet, one by one.
fn expected_counts<'p>(people: impl Iterator<Item = &'p Person>, facet: Facet, limit: usize) -> Counts {
    let mut tally = Tally::new();
    let mut total = 0;
    for person in people {
        total += 1;
        if let Some(value) = facet.value_of(person) {
            *tally.entry(value).or_default() += 1;
        }
    }
    Counts::of(tally, total, limit)
}

/// What a transaction sees of `people` through a snapshot that lags by `second`.
fn lagging<'s>(snapshot: &'s Snapshot, second: &[Change], people: &BTreeMap<u32, Person>) -> View<'s> {
    let touched: RoaringBitmap = second
        .iter()
        .map(|change| match change {
            Change::Put(person) => person.number,
            Change::Remove(number) => *number,
        })
        .collect();
    let changed = people.values().filter(|person| touched.contains(person.number)).cloned().collect();
    let removed = touched.iter().filter(|number| !people.contains_key(number)).collect();
    View { snapshot, changed, removed }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn order_and_facets_are_those_of_the_rows_whether_the_index_lags_or_not(
        first in changes(250),
        second in changes(120),
        has_words in any::<bool>(),
        filters in proptest::collection::vec(topical(), 1..6),
        limit in 1..4_u32,
    ) {
        let (mut snapshot, mut people) = (Snapshot::default(), BTreeMap::new());
        apply(&first, &mut snapshot, &mut people);
        if has_words {
            snapshot.compact();
        }
        let mut newest = snapshot.clone();
        apply(&second, &mut newest, &mut people);
        let nobody = RoaringBitmap::new();
        let views = [
            lagging(&snapshot, &second, &people),
            View::of(&newest),
        ];
        for filter in &filters {
            let places = expected_order(&people, filter);
            for view in &views {
                let found = view.find(filter);
                prop_assert_eq!(found.order(&nobody, None).collect::<Vec<_>>(), places.clone());
                for at in [0, places.len() / 2, places.len().saturating_sub(1)] {
                    if let Some(after) = places.get(at) {
                        prop_assert_eq!(found.order(&nobody, Some(*after)).collect::<Vec<_>>(), &places[at + 1..]);
                    }
                }
                let counts = view.facets(&found, &Facet::ALL, limit);
                for facet in Facet::ALL {
                    let fit = places.iter().map(|place| &people[&place.number]);
                    prop_assert_eq!(&counts[&facet], &expected_counts(fit, facet, limit as usize));
                    let shown: u64 = counts[&facet].values.iter().map(|value| value.count).sum();
                    prop_assert_eq!(shown + counts[&facet].other + counts[&facet].unknown, found.count());
                }
            }
            let fit: RoaringBitmap = places.iter().map(|place| place.number).collect();
            for facet in Facet::ALL {
                let [by_bitmaps, by_rows] = [Way::Bitmaps, Way::Rows].map(|way| {
                    Counts::of(newest.tally(facet, &fit, way), fit.len(), 1_000)
                });
                prop_assert_eq!(&by_bitmaps, &by_rows);
            }
        }
    }
}

#[test]
fn who_meets_the_keywords_best_comes_first_and_equals_stand_by_number() {
    let company = |name: &str, industry: &str| {
        Some(CompanyFields { name: name.into(), industry: Some(industry.into()), ..blank_company() })
    };
    let area = |number: u32, area: &str| Person { practice_areas: vec![area.into()], ..blank(number) };
    let titled = |number: u32, title: &str| Person { title: Some(title.into()), ..blank(number) };
    let people = [
        Person { company: company("Nordic Tax Advisers", "Accounting"), ..blank(1) },
        Person { company: company("Tax & Sons", "Accounting"), ..blank(2) },
        Person { company: company("Acme", "tax preparation of a kind"), ..blank(3) },
        titled(4, "Head of Tax"),
        titled(5, "Tax Partner"),
        area(6, "Tax Controversy"),
        area(7, "Tax"),
        titled(8, "Tax Director"),
        // Two keywords add up: the title begins with one, the practice area is the other.
        Person { title: Some("Litigation Counsel".into()), ..area(9, "Tax") },
        titled(10, "CEO"),
    ];
    let mut snapshot = Snapshot::default();
    people.iter().for_each(|person| snapshot.put(person));
    let view = View::of(&snapshot);
    let order = |keywords: &[&str]| -> Vec<(u32, u32)> {
        let keywords = keywords.iter().map(|keyword| (*keyword).to_owned()).collect();
        let filter = Filter { include: Slots { keywords, ..Slots::default() }, ..Filter::default() };
        view.find(&filter).order(&RoaringBitmap::new(), None).map(|place| (place.number, place.score)).collect()
    };
    assert_eq!(order(&["tax"]), [(7, 7), (9, 7), (6, 6), (5, 5), (8, 5), (4, 4), (3, 3), (2, 2), (1, 1)]);
    assert_eq!(order(&["tax", "litigation"])[..2], [(9, 12), (7, 7)]);
    let all: Vec<u32> = order(&[]).into_iter().map(|(number, _)| number).collect();
    assert_eq!(all, (1..=10).collect::<Vec<_>>());
}

#[test]
fn a_state_or_country_is_the_persons_else_that_of_the_headquarters() {
    let some = |text: &str| Some(text.to_owned());
    let office = Some(CompanyFields { state: some("Texas"), country: some("United States"), ..blank_company() });
    let people = [
        Person { state: some("Ohio"), country: some("United States"), company: office.clone(), ..blank(1) },
        Person { country: some("United States"), company: office.clone(), ..blank(2) },
        Person { country: some("France"), company: office.clone(), ..blank(3) },
        Person { company: office, ..blank(4) },
        blank(5),
    ];
    let mut snapshot = Snapshot::default();
    people.iter().for_each(|person| snapshot.put(person));
    let view = View::of(&snapshot);
    let found = view.find(&Filter::default());
    let counts = view.facets(&found, &[Facet::State, Facet::Country], 10);
    let shown = |facet: Facet| -> Vec<(String, u64)> {
        counts[&facet].values.iter().map(|value| (value.value.clone(), value.count)).collect()
    };
    assert_eq!(shown(Facet::State), [("Texas".to_owned(), 2), ("Ohio".to_owned(), 1)]);
    assert_eq!(counts[&Facet::State].unknown, 2);
    assert_eq!(shown(Facet::Country), [("United States".to_owned(), 3), ("France".to_owned(), 1)]);
    assert_eq!(counts[&Facet::Country].unknown, 1);
}
