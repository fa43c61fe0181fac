//! Places that say where others lie: "City: Cambridge; Country: UK" in a form, "Riverside, Ontario and Fontana, California" in a list.
//!
//! Protects "no invented constraint": places of a request are alternatives, so that a country beside its own city would undo
//! the city, and a town read in the wrong state would find other people.

use super::grammar::Walk;
use super::places::{self, City, Location, Place};
use super::request::Provenance;
use super::roles::next_of_list;
use super::words::normal;

/// Puts right what was read of each place by itself.
pub(super) fn settle(walk: &mut Walk<'_>) {
    if walk.found.search.locations.len() > 1 {
        country_of_form(walk);
        state_of_list(walk);
    }
}

/// "Riverside, Ontario and Fontana, California": the last of a list names the state of all, where each has a town of the
/// name that one could mean.
fn state_of_list(walk: &mut Walk<'_>) {
    let mut listed: Vec<(Location, usize)> = Vec::new();
    let mut changes = Vec::new();
    for (known, first, last) in stated(walk) {
        if listed.last().is_some_and(|(_, end)| next_of_list(walk, *end) != Some(first)) {
            listed.clear();
        }
        let Some(outer) = outer_said(walk, &known, first, last) else {
            listed.push((known, last));
            continue;
        };
        let inside = listed.iter().map(|(before, _)| Some((before.clone(), town_in(before, &outer)?)));
        changes.extend(inside.collect::<Option<Vec<_>>>().unwrap_or_default());
        listed.clear();
    }
    for (before, inside) in changes.iter().filter(|(before, inside)| before != inside) {
        walk.found.replace_location(before, Some(inside));
    }
}

/// The places in the order of the request, with the words that gave them.
fn stated(walk: &Walk<'_>) -> Vec<(Location, usize, usize)> {
    let words = &walk.sentence.words;
    let entries = walk.found.provenance.iter().filter(|entry| entry.slot == "locations");
    let mut all: Vec<_> = entries
        .filter_map(|entry| {
            let first = words.iter().position(|word| Some(word.start) == entry.start)?;
            let last = words.iter().rposition(|word| Some(word.end) == entry.end)? + 1;
            Some((place(entry)?, first, last))
        })
        .collect();
    all.sort_by_key(|(_, first, _)| *first);
    all
}

/// The state or country that is said behind the town: everything of "Fontana, California" but the town.
fn outer_said(walk: &Walk<'_>, known: &Location, first: usize, last: usize) -> Option<Location> {
    let city = known.city.as_ref()?;
    let (said, name) = (normal(walk.sentence.slice(first, last)), normal(city));
    let behind = said.strip_prefix(&name).is_some_and(|rest| !rest.trim().is_empty());
    behind.then(|| Location { city: None, ..known.clone() })
}

/// The town of this name in the state or country, unless ten times as many people live in the usual one.
fn town_in(known: &Location, outer: &Location) -> Option<Location> {
    const MORE: u64 = 10;
    let name = known.city.as_deref().or(known.city_or_state.as_deref()).or(known.state.as_deref())?;
    let lies = |city: &&'static City| {
        let found = Place::City(city).location();
        found.country == outer.country && (outer.state.is_none() || found.state == outer.state)
    };
    let town = places::cities(name).find(lies)?;
    let usual = places::cities(name).map(|city| city.population).max()?;
    let state = known.city.is_none();
    (state || town.population.saturating_mul(MORE) >= usual).then(|| Place::City(town).location())
}

/// A country under a label of its own says where the other places lie, and is no further place.
fn country_of_form(walk: &mut Walk<'_>) {
    let entries = walk.found.provenance.iter().filter(|entry| entry.slot == "locations" && is_labelled(walk, entry));
    let stated: Vec<Location> = entries.filter_map(place).filter(is_country).collect();
    let [country] = stated.as_slice() else { return };
    let Some(name) = country.country.clone() else { return };
    let mut held = false;
    for known in walk.found.search.locations.clone().iter().filter(|known| *known != country) {
        let inside = within(known, &name);
        held |= inside.is_some();
        if let Some(inside) = inside.filter(|inside| inside != known) {
            walk.found.replace_location(known, Some(&inside));
        }
    }
    if held {
        walk.found.replace_location(country, None);
    }
}

/// Whether the words of the entry stand behind "Country:".
fn is_labelled(walk: &Walk<'_>, entry: &Provenance) -> bool {
    const LABELS: [&str; 5] = ["country", "countries", "land", "pays", "pais"];
    let sentence = walk.sentence;
    let first = sentence.words.iter().position(|word| Some(word.start) == entry.start).filter(|at| *at > 0);
    first.is_some_and(|at| LABELS.contains(&sentence.norm(at - 1)) && sentence.gap(at).contains([':', '=']))
}

fn place(entry: &Provenance) -> Option<Location> {
    serde_json::from_value(entry.value.clone()).ok()
}

fn is_country(place: &Location) -> bool {
    *place == Location { country: place.country.clone(), ..Location::default() }
}

/// The place as it lies in the country: itself, or the one of its name there.
fn within(known: &Location, country: &str) -> Option<Location> {
    if known.country.as_deref() == Some(country) {
        return Some(known.clone());
    }
    let name = known.city.as_deref().or(known.state.as_deref()).or(known.county.as_deref())?;
    let found = places::resolve(&format!("{name}, {country}")).into_iter().next()?;
    let real = found.city.as_deref().is_none_or(|city| places::cities(city).next().is_some());
    (found.country.as_deref() == Some(country) && !is_country(&found) && real).then_some(found)
}
