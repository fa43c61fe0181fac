//! Brings the values of an imported row into the words that filters use: places by their gazetteer names, industries,
//! company types, practice areas, levels and departments by theirs. What is not recognised stays as it was given.

use super::Row;
use crate::understand::{levels, markets, places};

/// Settles the values of one row.
pub(super) fn settle(row: &mut Row) {
    settle_place(&mut row.city, &mut row.state, &mut row.country);
    settle_place(&mut row.company_city, &mut row.company_state, &mut row.company_country);
    settle_name(&mut row.industry, |text| markets::industry(text).map(|industry| industry.slug));
    settle_name(&mut row.company_type, |text| markets::company_type(text).map(|kind| kind.name));
    settle_name(&mut row.seniority, levels::seniority);
    settle_name(&mut row.department, levels::department);
    let mut areas: Vec<String> = Vec::with_capacity(row.practice_areas.len());
    for area in std::mem::take(&mut row.practice_areas) {
        let area = markets::practice(&area).map_or(area, |practice| practice.name.to_owned());
        if !areas.contains(&area) {
            areas.push(area);
        }
    }
    row.practice_areas = areas;
}

fn settle_place(city: &mut Option<String>, state: &mut Option<String>, country: &mut Option<String>) {
    if city.is_none() && state.is_none() && country.is_none() {
        return;
    }
    let known = places::canonical(city.as_deref(), state.as_deref(), country.as_deref());
    (*city, *state, *country) = (known.city, known.state, known.country);
}

fn settle_name(value: &mut Option<String>, known: impl Fn(&str) -> Option<&'static str>) {
    if let Some(text) = value
        && let Some(name) = known(text)
    {
        name.clone_into(text);
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
        settle(&mut row);
        assert_eq!((row.state, row.country), (some("California"), some("United States")));
        assert_eq!((row.company_city, row.company_country), (some("Nowhereville"), some("Germany")));
        assert_eq!((row.industry, row.company_type), (some("law practice"), some("law firm")));
        assert_eq!((row.seniority, row.department), (some("c_suite"), some("human_resources")));
        assert_eq!(row.practice_areas, ["Mergers and Acquisitions", "Beekeeping"]);
    }
}
