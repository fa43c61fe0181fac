//! Places of a form, which hold each other: "City: Cambridge; Country: UK", "State = Georgia; Country = USA".
//!
//! Protects "no invented constraint" from the other side: places of a request are alternatives, so that a country beside its
//! own city would undo the city.

use super::grammar::Walk;
use super::places::{self, Location};
use super::request::Provenance;

/// A country under a label of its own says where the other places lie, and is no further place.
pub(super) fn settle(walk: &mut Walk<'_>) {
    let entries = walk.found.provenance.iter().filter(|entry| entry.slot == "locations" && is_labelled(walk, entry));
    let stated: Vec<Location> = entries.filter_map(place).filter(is_country).collect();
    let ([country], true) = (stated.as_slice(), walk.found.search.locations.len() > 1) else { return };
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
