//! Places that are more than a city of the US: counties, islands and landscapes, and names that several places bear.

use serde_json::{Value, json};

use super::{assert_sound, slots};

fn places(text: &str) -> Value {
    slots(text).get("locations").cloned().unwrap_or(Value::Null)
}

fn assert_places(rows: &[(&str, Value)]) {
    for (text, expected) in rows {
        assert_eq!(places(text), *expected, "{text}");
        assert_sound(text, &super::read(text));
    }
}

#[test]
fn counties_of_britain_and_ireland_are_named_with_their_country() {
    let county = |name: &str, country: &str| json!([{ "county": name, "country": country }]);
    assert_places(&[
        ("transport managers at food wholesalers in Kent", county("Kent", "United Kingdom")),
        ("IT directors at schools in Surrey", county("Surrey", "United Kingdom")),
        ("CFOs in Kent, UK", county("Kent", "United Kingdom")),
        ("directors in County Cork", county("County Cork", "Ireland")),
        ("pubs in Kerry", county("Kerry", "Ireland")),
        ("accountants in Co. Galway", county("County Galway", "Ireland")),
        ("CEOs in Kent, Ohio", json!([{"city": "Kent", "state": "Ohio", "country": "United States"}])),
        ("CEOs in Kent, Washington", json!([{"city": "Kent", "state": "Washington", "country": "United States"}])),
        (
            "brokers in Vancouver, Burnaby and Surrey",
            json!([
                {"city": "Vancouver", "state": "British Columbia", "country": "Canada"},
                {"city": "Burnaby", "state": "British Columbia", "country": "Canada"},
                {"city": "Surrey", "state": "British Columbia", "country": "Canada"},
            ]),
        ),
    ]);
}

#[test]
fn islands_and_landscapes_are_regions() {
    assert_places(&[
        ("hotel GMs on Mallorca", json!([{"region": "Mallorca"}])),
        ("breweries in the Black Forest", json!([{"region": "Black Forest"}])),
        ("CEOs in the West Midlands", json!([{"region": "West Midlands"}])),
        ("CEOs in Yorkshire and the Humber", json!([{"region": "Yorkshire and the Humber"}])),
        ("CEOs in the US and Canada", json!([{"country": "United States"}, {"country": "Canada"}])),
        ("CEOs of hotels in Bali", json!([{"state": "Bali", "country": "Indonesia"}])),
    ]);
}

#[test]
fn a_town_behind_a_town_is_no_state_around_it() {
    let dutch = |city: &str| json!({"city": city, "country": "Netherlands"});
    assert_places(&[
        (
            "logistics managers in Rotterdam, Utrecht or Eindhoven",
            json!([dutch("Rotterdam"), dutch("Utrecht"), dutch("Eindhoven")]),
        ),
        ("HR managers in Zug", json!([{"city": "Zug", "country": "Switzerland"}])),
    ]);
}

#[test]
fn a_country_of_a_form_holds_its_other_places() {
    assert_places(&[
        ("Title: CFO; State = Georgia; Country = USA", json!([{"state": "Georgia", "country": "United States"}])),
        ("Title: CTO | City: Cambridge | Country: UK", json!([{"city": "Cambridge", "country": "United Kingdom"}])),
        ("Title: CFO | Country: Germany, Austria", json!([{"country": "Germany"}, {"country": "Austria"}])),
    ]);
}

#[test]
fn the_last_of_a_list_names_the_state_of_all_where_each_has_such_a_town() {
    let town = |city: &str, state: &str, country: &str| json!({"city": city, "state": state, "country": country});
    let us = "United States";
    assert_places(&[
        (
            "managers at warehouses in Riverside, Ontario and Fontana, California",
            json!([
                town("Riverside", "California", us),
                town("Ontario", "California", us),
                town("Fontana", "California", us)
            ]),
        ),
        (
            "lawyers in Birmingham and Mobile, Alabama",
            json!([town("Birmingham", "Alabama", us), town("Mobile", "Alabama", us)]),
        ),
        (
            "insurance managers at mines in Sudbury and Timmins, Ontario",
            json!([town("Sudbury", "Ontario", "Canada"), town("Timmins", "Ontario", "Canada")]),
        ),
        (
            "lawyers in Boston and Austin, Texas",
            json!([town("Boston", "Massachusetts", us), town("Austin", "Texas", us)]),
        ),
    ]);
}

#[test]
fn towns_that_no_table_has_or_that_are_misspelled_stand_before_their_state() {
    let town = |city: &str, state: &str, country: &str| json!([{"city": city, "state": state, "country": country}]);
    assert_places(&[
        ("engineering managers, robotics, pittsburg PA", town("Pittsburgh", "Pennsylvania", "United States")),
        ("general managers of hotels in banff alberta", town("banff", "Alberta", "Canada")),
        ("CFOs in rural alberta", json!([{"state": "Alberta", "country": "Canada"}])),
        ("quality managers pharma basel 200+ employees", json!([{"city": "Basel", "country": "Switzerland"}])),
    ]);
}

#[test]
fn further_offices_and_exchanges_are_no_choice_of_places() {
    assert_places(&[
        ("Spanish companies with US subsidiaries", json!([{"country": "Spain"}])),
        ("heads of ESG at mining firms listed in Toronto", Value::Null),
        ("GC at PE-backed healthcare, 500-2500 ee, southeast, no hospitals", json!([{"region": "Southeast"}])),
    ]);
}
