//! Brings the values of an imported row into the words that filters use: places by their gazetteer names, industries,
//! company types, practice areas, levels and departments by theirs. What is not recognised stays as it was given.

use std::collections::HashMap;

use super::Row;
use crate::understand::{levels, markets, places};

/// Values remembered of each kind; a file repeats its places and industries all the time. Beyond, all are forgotten.
const REMEMBERED_MAX: usize = 20_000;
/// Between the parts of a place; no value holds it, because control characters are refused.
const BETWEEN: char = '\t';

/// Settles the values of rows, and remembers what it looked up.
#[derive(Debug, Default)]
pub(super) struct Settler {
    places: Memory<Place>,
    industries: Memory<Option<&'static str>>,
    company_types: Memory<Option<&'static str>>,
    seniorities: Memory<Option<&'static str>>,
    departments: Memory<Option<&'static str>>,
    practices: Memory<Option<&'static str>>,
    /// The place that is being looked up.
    key: String,
}

type Place = (Option<String>, Option<String>, Option<String>);

impl Settler {
    /// Settles the values of one row.
    pub(super) fn settle(&mut self, row: &mut Row) {
        self.settle_place(&mut row.city, &mut row.state, &mut row.country);
        self.settle_place(&mut row.company_city, &mut row.company_state, &mut row.company_country);
        let industry = |text: &str| markets::industry(text).map(|industry| industry.slug);
        settle_name(&mut row.industry, &mut self.industries, industry);
        let company_type = |text: &str| markets::company_type(text).map(|kind| kind.name);
        settle_name(&mut row.company_type, &mut self.company_types, company_type);
        settle_name(&mut row.seniority, &mut self.seniorities, levels::seniority);
        settle_name(&mut row.department, &mut self.departments, levels::department);
        let mut areas: Vec<String> = Vec::with_capacity(row.practice_areas.len());
        for area in std::mem::take(&mut row.practice_areas) {
            let known = self.practices.of(&area, |text| markets::practice(text).map(|practice| practice.name));
            let area = known.map_or(area, str::to_owned);
            if !areas.contains(&area) {
                areas.push(area);
            }
        }
        row.practice_areas = areas;
    }

    fn settle_place(&mut self, city: &mut Option<String>, state: &mut Option<String>, country: &mut Option<String>) {
        if city.is_none() && state.is_none() && country.is_none() {
            return;
        }
        self.key.clear();
        for part in [&*city, &*state, &*country] {
            self.key.push_str(part.as_deref().unwrap_or_default());
            self.key.push(BETWEEN);
        }
        let place = self.places.of(&self.key, |_| {
            let known = places::canonical(city.as_deref(), state.as_deref(), country.as_deref());
            (known.city, known.state, known.country)
        });
        (*city, *state, *country) = place;
    }
}

fn settle_name(
    value: &mut Option<String>,
    memory: &mut Memory<Option<&'static str>>,
    known: impl Fn(&str) -> Option<&'static str>,
) {
    if let Some(text) = value
        && let Some(name) = memory.of(text, known)
    {
        name.clone_into(text);
    }
}

/// What was looked up before.
#[derive(Debug)]
pub(super) struct Memory<T>(HashMap<String, T>);

impl<T> Default for Memory<T> {
    fn default() -> Memory<T> {
        Memory(HashMap::new())
    }
}

impl<T: Clone> Memory<T> {
    /// What `look_up` says of `text`, asked once.
    pub(super) fn of(&mut self, text: &str, look_up: impl FnOnce(&str) -> T) -> T {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        if self.0.len() >= REMEMBERED_MAX {
            self.0.clear();
        }
        let found = look_up(text);
        self.0.insert(text.to_owned(), found.clone());
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_take_the_names_that_filters_use_and_others_stay() {
        let some = |text: &str| Some(text.to_owned());
        let mut row = Row {
            city: some("SF"),
            state: some("CA"),
            country: some("USA"),
            company_city: some("Nowhereville"),
            company_country: some("Germany"),
            industry: some("Law Firms"),
            company_type: some("Law Firm"),
            seniority: some("C-Level"),
            department: some("HR"),
            practice_areas: vec!["M&A".into(), "mergers and acquisitions".into(), "Beekeeping".into()],
            ..Row::default()
        };
        let mut settler = Settler::default();
        settler.settle(&mut row);
        let once = row.clone();
        settler.settle(&mut row);
        assert_eq!(row, once, "what is settled stays");
        assert_eq!((row.state, row.country), (some("California"), some("United States")));
        assert_eq!((row.company_city, row.company_country), (some("Nowhereville"), some("Germany")));
        assert_eq!((row.industry, row.company_type), (some("law practice"), some("law firm")));
        assert_eq!((row.seniority, row.department), (some("c_suite"), some("human_resources")));
        assert_eq!(row.practice_areas, ["Mergers and Acquisitions", "Beekeeping"]);
    }
}
