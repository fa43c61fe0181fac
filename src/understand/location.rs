//! A place as a request and a record state it, and whether the one lies in the other.
//!
//! It protects the rule that unknown never satisfies a filter: the answer of [`contains`] is yes, no
//! or unknown, never a guess from a name alone.

use serde::{Deserialize, Serialize};

use super::places::{self, City, Country, Members, Metro, Place, Region, State};
use super::words::normal;

/// A place of a request, at its most exact level: the JSON of a slot. Empty fields are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// "San Francisco".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// A name that may be a city or a state: either satisfies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city_or_state: Option<String>,
    /// "Marin County".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub county: Option<String>,
    /// "San Francisco Bay Area", "EMEA".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// "California".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// "United States".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// The place of a person or company, in the names of the table where it knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Canonical {
    /// "San Francisco".
    pub city: Option<String>,
    /// "California".
    pub state: Option<String>,
    /// "United States".
    pub country: Option<String>,
}

impl Place {
    /// The location that a request means by this place: its state is named in the US and Canada.
    pub fn location(self) -> Location {
        let country = |code: &str| places::country(code).map(|country| country.name.to_owned());
        let state = |country: &str, code: &str| {
            let named = matches!(country, "US" | "CA").then(|| state_by_code(country, code)).flatten();
            named.map(|state| state.name.to_owned())
        };
        let mut location = Location::default();
        match self {
            Place::Country(found) => location.country = Some(found.name.to_owned()),
            Place::State(found) => {
                location.state = Some(found.name.to_owned());
                location.country = country(found.country);
            }
            Place::County(found) => {
                location.county = Some(found.name.to_owned());
                location.state = state("US", found.state);
                location.country = country("US");
            }
            Place::City(found) => {
                location.city = Some(found.name.to_owned());
                location.state = state(found.country, found.state);
                location.country = country(found.country);
            }
            Place::Region(found) => match found.shire_of() {
                Some(code) => {
                    location.county = Some(found.name.to_owned());
                    location.country = country(code);
                }
                None => location.region = Some(found.name.to_owned()),
            },
        }
        location
    }
}

/// The state of a country with this code of the table (not only codes that people write).
pub(super) fn state_by_code(country: &str, code: &str) -> Option<&'static State> {
    places::states().iter().find(|state| state.country == country && state.code == code)
}

/// The place of a record in the names of the table: "CA" and "US" become California and United
/// States, "NYC" New York. A name the table does not know stays as given, trimmed; a country is
/// added where the state names it.
pub fn canonical(city: Option<&str>, state: Option<&str>, country: Option<&str>) -> Canonical {
    let (city, state, country) = (given(city), given(state), given(country));
    let mut found_country = country.and_then(places::country);
    let mut found_state = match (state, found_country) {
        (Some(state), Some(country)) => places::state(country.code, state),
        (Some(state), None) if country.is_none() => ["US", "CA"].iter().find_map(|code| places::state(code, state)),
        _ => None,
    };
    // "England" stands in the column of countries too.
    if let (Some(name), None, None) = (country, found_country, state) {
        found_state = places::state("GB", name);
    }
    if found_country.is_none() {
        found_country = found_state.and_then(|state| places::country(state.country));
    }
    let found_city = city.and_then(|city| known_city(city, found_state, state.is_some(), found_country));
    let name = |known: Option<&str>, given: Option<&str>| known.or(given).map(str::to_owned);
    Canonical {
        city: name(found_city.map(|city| city.name), city),
        state: name(found_state.map(|state| state.name), state),
        country: name(found_country.map(|country| country.name), country),
    }
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The city of the table that a record means; none when its state or country is not that of the record.
fn known_city(city: &str, state: Option<&State>, has_state: bool, country: Option<&Country>) -> Option<&'static City> {
    let country = country?;
    let fits = |found: &&City| {
        found.country == country.code
            && match state {
                Some(state) => found.state == state.code,
                None => !has_state,
            }
    };
    places::cities(city).find(fits)
}

/// Whether a person's place lies in the wanted one; None when the record does not say enough.
pub fn contains(wanted: &Location, person: &Canonical) -> Option<bool> {
    let mut all = Some(true);
    let mut and = |answer: Option<bool>| {
        all = match (all, answer) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (None, _) | (_, None) => None,
            _ => Some(true),
        };
    };
    if let Some(country) = &wanted.country {
        and(same(country, person.country.as_deref()));
    }
    if let Some(state) = &wanted.state {
        and(in_state(state, person));
    }
    if let Some(city) = &wanted.city {
        and(in_city(city, person));
    }
    if let Some(region) = &wanted.region {
        and(in_region(region, wanted.state.as_deref(), person));
    }
    if let Some(county) = &wanted.county {
        and(in_region(county, wanted.state.as_deref(), person));
    }
    if let Some(either) = &wanted.city_or_state {
        and(match (in_city(either, person), in_state(either, person)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        });
    }
    if *wanted == Location::default() { None } else { all }
}

fn same(wanted: &str, has: Option<&str>) -> Option<bool> {
    let has = has?;
    Some(wanted.eq_ignore_ascii_case(has) || normal(wanted) == normal(has))
}

/// Counties of the five boroughs: their people live in New York too.
const BOROUGHS: [&str; 5] = ["36005", "36047", "36061", "36081", "36085"];

fn in_city(wanted: &str, person: &Canonical) -> Option<bool> {
    let equal = same(wanted, person.city.as_deref())?;
    if equal || normal(wanted) != "new york" {
        return Some(equal);
    }
    Some(city_of(person).is_some_and(|city| BOROUGHS.contains(&city.county)))
}

fn city_of(person: &Canonical) -> Option<&'static City> {
    let country = places::country(person.country.as_deref()?);
    let state = person.state.as_deref().zip(country).and_then(|(name, country)| places::state(country.code, name));
    known_city(person.city.as_deref()?, state, person.state.is_some(), country)
}

/// The state of a record that has none follows from its city when only one city of its country is called so.
fn in_state(wanted: &str, person: &Canonical) -> Option<bool> {
    if person.state.is_some() {
        return same(wanted, person.state.as_deref());
    }
    let country = places::country(person.country.as_deref()?)?;
    let mut cities = places::cities(person.city.as_deref()?).filter(|city| city.country == country.code);
    let (only, None) = (cities.next()?, cities.next()) else { return None };
    same(wanted, Some(state_by_code(country.code, only.state)?.name))
}

/// `state` is the one the request named with the region ("Orange County, Florida").
fn in_region(name: &str, state: Option<&str>, person: &Canonical) -> Option<bool> {
    if person.city.as_deref().is_some_and(|city| same(name, Some(city)) == Some(true)) {
        return Some(true);
    }
    let state = state.and_then(|state| places::state("US", state));
    let counties = counties_named(name, state);
    match places::region(name) {
        Some(region) if state.is_none() || counties.is_empty() => in_members(region, person),
        _ => in_counties(&counties, person),
    }
}

fn counties_named(name: &str, state: Option<&State>) -> Vec<&'static str> {
    let counties = places::table().exact(name).iter().filter_map(|place| match place {
        Place::County(county) => Some(*county),
        _ => None,
    });
    counties.filter(|county| state.is_none_or(|state| county.state == state.code)).map(|county| county.fips).collect()
}

fn in_members(region: &Region, person: &Canonical) -> Option<bool> {
    match &region.members {
        Members::Countries(codes) => {
            let country = places::country(person.country.as_deref()?)?;
            Some(codes.contains(&country.code))
        }
        Members::States(codes) => {
            if !in_us(person)? {
                return Some(false);
            }
            let state = places::state("US", person.state.as_deref()?)?;
            Some(codes.contains(&state.code))
        }
        Members::Counties(fips) => in_counties(fips, person),
        Members::Cities(metro) => in_metro(metro, person),
    }
}

/// A town that the table does not know may lie in a region of cities or not.
fn in_metro(metro: &Metro, person: &Canonical) -> Option<bool> {
    let country = places::country(person.country.as_deref()?)?;
    if country.code != metro.country {
        return Some(false);
    }
    let state = person.state.as_deref().and_then(|name| places::state(country.code, name));
    if state.is_some_and(|state| !metro.state.is_empty() && state.code != metro.state) {
        return Some(false);
    }
    let city = person.city.as_deref()?;
    if metro.cities.iter().any(|member| same(member, Some(city)) == Some(true)) {
        // Without its state a city of this name may be another one.
        let only = places::cities(city).filter(|found| found.country == country.code).count() <= 1;
        return (state.is_some() || metro.state.is_empty() || only).then_some(true);
    }
    known_city(city, state, person.state.is_some(), Some(country)).map(|_| false)
}

fn in_counties(fips: &[&str], person: &Canonical) -> Option<bool> {
    if fips.is_empty() {
        return None;
    }
    if !in_us(person)? {
        return Some(false);
    }
    let state = places::state("US", person.state.as_deref()?)?;
    let touched = fips.iter().filter_map(|fips| places::county(fips)).any(|county| county.state == state.code);
    if !touched {
        return Some(false);
    }
    let city = city_of(person)?;
    Some(fips.contains(&city.county))
}

fn in_us(person: &Canonical) -> Option<bool> {
    Some(places::country(person.country.as_deref()?)?.code == "US")
}

/// The places a free text names, as alternatives: "California", "San Francisco, CA", "Germany;
/// Austria". Empty when it names none. A city the table does not know is kept with its known state.
pub fn resolve(text: &str) -> Vec<Location> {
    let mut found = Vec::new();
    for one in text.split([';', '|', '\n']) {
        if let Some(location) = resolve_one(one.trim()).filter(|location| !found.contains(location)) {
            found.push(location);
        }
    }
    found
}

fn resolve_one(text: &str) -> Option<Location> {
    if text.is_empty() {
        return None;
    }
    if let Some(location) = of_name(text) {
        return Some(location);
    }
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [state_or_country] => of_code(state_or_country),
        [inner, outer] => within(inner, outer),
        [city, state, country] => {
            let known = canonical(Some(city), Some(state), Some(country));
            let country = places::country(known.country.as_deref()?)?;
            let state = known.state.filter(|_| matches!(country.code, "US" | "CA"));
            Some(Location { city: known.city, state, country: Some(country.name.to_owned()), ..Location::default() })
        }
        _ => None,
    }
}

/// A name alone; one that is both a city and a state means either.
fn of_name(text: &str) -> Option<Location> {
    let readings = places::table().exact(text);
    let first = readings.first()?;
    let states = readings.iter().filter_map(|place| if let Place::State(state) = place { Some(*state) } else { None });
    // New York, Washington, São Paulo: in these countries a large city and a state of one name are both meant.
    let twin = matches!(first, Place::State(_) | Place::City(_))
        && states.filter(|state| matches!(state.country, "US" | "BR" | "MX")).any(|state| {
            first.country() == Some(state.country)
                && readings.iter().any(|place| {
                    matches!(place, Place::City(city)
                    if city.country == state.country && city.population >= 500_000)
                })
        });
    if !twin {
        return Some(first.location());
    }
    let country = first.country().and_then(places::country).map(|country| country.name.to_owned());
    Some(Location { city_or_state: Some(first.name().to_owned()), country, ..Location::default() })
}

fn of_code(text: &str) -> Option<Location> {
    let state = places::state_code(text).first().map(|state| Place::State(state).location());
    state.or_else(|| places::country(text).map(|country| Place::Country(country).location()))
}

/// "San Francisco, CA", "Munich, Germany", "Bavaria, Germany".
fn within(inner: &str, outer: &str) -> Option<Location> {
    let readings = places::table().exact(outer).iter().copied();
    let codes = places::state_code(outer).into_iter().map(Place::State);
    let by_code = places::country(outer).map(Place::Country);
    let outers: Vec<Place> = codes
        .chain(readings)
        .chain(by_code)
        .filter(|place| matches!(place, Place::State(_) | Place::Country(_)))
        .collect();
    let lies_in = |place: &Place, outer: &Place| match (place, outer) {
        (Place::City(city), Place::State(state)) => city.country == state.country && city.state == state.code,
        (Place::County(county), Place::State(state)) => state.country == "US" && county.state == state.code,
        (Place::City(_) | Place::State(_), Place::Country(country)) => place.country() == Some(country.code),
        (Place::Region(region), Place::Country(country)) => region.shire_of() == Some(country.code),
        (Place::Region(region), Place::State(state)) => region.is_shire_in(state),
        _ => false,
    };
    let inners = places::table().exact(inner);
    for outer in &outers {
        let mut fitting = inners.iter().filter(|place| lies_in(place, outer));
        // A city before the state of its name when a place around them is named.
        if let Some(place) = fitting.clone().find(|place| matches!(place, Place::City(_))).or_else(|| fitting.next()) {
            let mut location = place.location();
            if let (Place::State(state), None) = (outer, &location.state)
                && matches!(state.country, "US" | "CA")
            {
                location.state = Some(state.name.to_owned());
            }
            return Some(location);
        }
    }
    let mut location = outers.first()?.location();
    location.city = Some(inner.to_owned());
    Some(location)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(city: &str, state: &str, country: &str) -> Canonical {
        canonical(Some(city), Some(state), Some(country))
    }

    fn wanted(text: &str) -> Location {
        resolve(text).into_iter().next().expect("the text names a place")
    }

    #[test]
    fn records_get_the_names_of_the_table() {
        let full = |city, state, country| {
            let found = place(city, state, country);
            [found.city, found.state, found.country].map(Option::unwrap_or_default)
        };
        assert_eq!(full("NYC", "ny", "US"), ["New York", "New York", "United States"]);
        assert_eq!(full("San Francisco", "CA", ""), ["San Francisco", "California", "United States"]);
        assert_eq!(full("münchen", "BY", "DE"), ["münchen", "BY", "Germany"]);
        assert_eq!(full("München", "Bayern", "Deutschland"), ["Munich", "Bavaria", "Germany"]);
        assert_eq!(full("Laval", "Quebec", "CA"), ["Laval", "Quebec", "Canada"]);
        assert_eq!(full("Hong Kong", "", "HK"), ["Hong Kong", "", "Hong Kong"]);
        assert_eq!(full(" Smallville ", "KS", "USA"), ["Smallville", "Kansas", "United States"]);
        assert_eq!(full("London", "", "England"), ["London", "England", "United Kingdom"]);
        assert_eq!(full("Nowhere", "", "Erewhon"), ["Nowhere", "", "Erewhon"]);
        assert_eq!(canonical(None, Some(" "), None), Canonical::default());
    }

    #[test]
    fn free_text_is_resolved_to_its_most_exact_level() {
        let json = |text: &str| serde_json::to_string(&resolve(text)).expect("a location is plain JSON");
        assert_eq!(json("California"), r#"[{"state":"California","country":"United States"}]"#);
        assert_eq!(json("SF"), r#"[{"city":"San Francisco","state":"California","country":"United States"}]"#);
        assert_eq!(json("Portland, OR"), r#"[{"city":"Portland","state":"Oregon","country":"United States"}]"#);
        assert_eq!(json("Paris, Texas"), r#"[{"city":"Paris","state":"Texas","country":"United States"}]"#);
        assert_eq!(json("London, UK"), r#"[{"city":"London","country":"United Kingdom"}]"#);
        assert_eq!(json("Germany; Austria"), r#"[{"country":"Germany"},{"country":"Austria"}]"#);
        assert_eq!(json("New York"), r#"[{"city_or_state":"New York","country":"United States"}]"#);
        assert_eq!(json("Washington"), r#"[{"city_or_state":"Washington","country":"United States"}]"#);
        assert_eq!(json("Bay Area"), r#"[{"region":"San Francisco Bay Area"}]"#);
        assert_eq!(json("Smallville, KS"), r#"[{"city":"Smallville","state":"Kansas","country":"United States"}]"#);
        assert_eq!(json("TX"), r#"[{"state":"Texas","country":"United States"}]"#);
        assert_eq!(
            json("Washington, DC"),
            r#"[{"city":"Washington","state":"District of Columbia","country":"United States"}]"#
        );
        assert_eq!(json("nowhere in particular"), "[]");
    }

    #[test]
    fn a_place_contains_what_lies_in_it_and_unknown_is_neither() {
        let oakland = place("Oakland", "CA", "US");
        assert_eq!(contains(&wanted("California"), &oakland), Some(true));
        assert_eq!(contains(&wanted("Bay Area"), &oakland), Some(true));
        assert_eq!(contains(&wanted("West Coast"), &oakland), Some(true));
        assert_eq!(contains(&wanted("Southern California"), &oakland), Some(false));
        assert_eq!(contains(&wanted("EMEA"), &oakland), Some(false));
        assert_eq!(contains(&wanted("Texas"), &oakland), Some(false));
        let state_only = canonical(None, Some("California"), Some("US"));
        assert_eq!(contains(&wanted("Bay Area"), &state_only), None);
        assert_eq!(contains(&wanted("SF"), &state_only), None);
        assert_eq!(contains(&wanted("Bay Area"), &canonical(None, Some("Texas"), Some("US"))), Some(false));
        assert_eq!(contains(&wanted("Europe"), &place("Munich", "", "Germany")), Some(true));
        assert_eq!(contains(&wanted("Europe"), &Canonical::default()), None);
        assert_eq!(contains(&wanted("Marin County"), &place("San Rafael", "CA", "US")), Some(true));
        assert_eq!(contains(&wanted("Bavaria"), &place("Munich", "", "Germany")), Some(true));
        assert_eq!(contains(&wanted("Orange County, FL"), &place("Orlando", "FL", "US")), Some(true));
        assert_eq!(contains(&wanted("Orange County"), &place("Irvine", "CA", "US")), Some(true));
        assert_eq!(contains(&wanted("Orange County"), &place("Orlando", "FL", "US")), Some(false));
    }

    #[test]
    fn new_york_may_be_the_city_the_state_and_its_boroughs() {
        let new_york = wanted("New York");
        assert_eq!(contains(&new_york, &place("New York City", "NY", "US")), Some(true));
        assert_eq!(contains(&new_york, &place("Buffalo", "NY", "US")), Some(true));
        assert_eq!(contains(&new_york, &place("Newark", "NJ", "US")), Some(false));
        let city = wanted("NYC");
        assert_eq!(contains(&city, &place("Brooklyn", "NY", "US")), Some(true));
        assert_eq!(contains(&city, &place("Buffalo", "NY", "US")), Some(false));
    }
}
