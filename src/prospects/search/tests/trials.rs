//! Trials count what a search counts, for every step from a filter, also of people who changed since the snapshot.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Filters one step from `filter`: a slot opened, a value more, a range wider, something narrower.
fn steps(filter: &Filter) -> Vec<Filter> {
    type Loosen = fn(&mut Slots);
    let opened: [Loosen; 9] = [
        |slots| slots.titles.clear(),
        |slots| slots.seniority.clear(),
        |slots| slots.departments.clear(),
        |slots| {
            slots.industries.clear();
            slots.company_types.clear();
        },
        |slots| slots.keywords.clear(),
        |slots| slots.companies.clear(),
        |slots| slots.locations.clear(),
        |slots| slots.headcount = None,
        |slots| slots.revenue = None,
    ];
    let changed = |change: &dyn Fn(&mut Slots)| {
        let mut step = filter.clone();
        change(&mut step.include);
        step
    };
    let mut steps: Vec<Filter> = opened.iter().map(|loosen| changed(loosen)).collect();
    steps.push(changed(&|slots| {
        if !slots.titles.is_empty() {
            slots.titles.push("General Counsel".into());
        }
    }));
    steps.push(changed(&|slots| {
        if !slots.keywords.is_empty() {
            slots.keywords.push("law".into());
        }
    }));
    steps.push(changed(&|slots| slots.headcount = Some(Range { min: Some(51), max: Some(200), currency: None })));
    steps.push(changed(&|slots| slots.titles = vec!["Managing Partner".into()]));
    steps.push(filter.clone());
    steps
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn a_trial_counts_what_a_search_counts(
        first in changes(60),
        second in changes(30),
        filters in proptest::collection::vec(filter(), 1..4),
        left_out in proptest::collection::vec(0..60u32, 0..10),
    ) {
        let (mut snapshot, mut people) = (Snapshot::default(), BTreeMap::new());
        apply(&first, &mut snapshot, &mut people);
        // What changed since the snapshot.
        let mut newer = snapshot.clone();
        apply(&second, &mut newer, &mut people);
        let touched: RoaringBitmap = second.iter().map(|change| match change {
            Change::Put(person) => person.number,
            Change::Remove(number) => *number,
        }).collect();
        let changed: Vec<Person> = people.values().filter(|person| touched.contains(person.number)).cloned().collect();
        let removed = touched.iter().filter(|number| !people.contains_key(number)).collect();
        let view = View { snapshot: &snapshot, changed, removed };
        let left_out: RoaringBitmap = left_out.into_iter().collect();
        for filter in &filters {
            let mut trials = view.trials(filter, left_out.clone());
            for step in steps(filter) {
                let wanted = expected(people.values(), &step).bitmap - &left_out;
                prop_assert_eq!(trials.count(&step), wanted.len());
                prop_assert_eq!((view.find(&step).matching.bitmap - &left_out).len(), wanted.len());
            }
        }
    }
}
