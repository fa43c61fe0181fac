//! Towns that are believed by what stands beside them: a small one in a list of places, and one that the table does
//! not have before a state or country that it has.
//!
//! Protects "no invented constraint": a name alone that nobody knows is no place.

use super::gazetteer;
use super::geography::{self, Hit};
use super::grammar::Walk;
use super::known;
use super::places::{self, City, Location, Place};
use super::roles::next_of_list;
use super::vocabulary::{COMPANIES, FIELDS, FILLERS, PEOPLE, Zone};
use super::words::{Break, normal};

/// "seattle or tacoma", "houston midland tulsa": a town beside a place is one; so is what is called a county.
pub(super) fn beside_place(walk: &Walk<'_>, at: usize, count: usize, readings: &[Place]) -> bool {
    let sentence = walk.sentence;
    let last = at + count;
    let Some(first) = readings.first() else { return false };
    if matches!(first, Place::County(_)) {
        return count > 1 && sentence.norm(last - 1) == "county";
    }
    if !matches!(first, Place::City(_) | Place::State(_)) || names_something_else(walk, at, count) {
        return false;
    }
    // "insurers hartford ct", in a text without capitals
    let states = places::state_code(sentence.norm(last));
    let code = last < walk.end
        && sentence.before(last) <= Break::Comma
        && geography::outer(walk, last).is_some_and(|(count, code)| code && count == 1);
    let coded = |place: &Place| match place {
        Place::City(city) => states.iter().any(|state| state.country == city.country && state.code == city.state),
        _ => false,
    };
    if code && !sentence.has_case() && readings.iter().any(coded) || ends_a_note(walk, at, last, *first) {
        return true;
    }
    let behind = walk
        .last_place
        .is_some_and(|end| end == at && sentence.before(at) <= Break::Comma || next_of_list(walk, end) == Some(at));
    // "hartford or nyc", but not "at Kirkland, Seattle"
    let named = walk.zone == Zone::At && sentence.is_capitalised(at) && sentence.has_case();
    let ahead = || {
        let next = next_of_list(walk, last)?;
        (sentence.before(last) <= Break::Slash).then_some(())?;
        let rest = sentence.words.get(next..walk.end)?;
        let (_, found) = places::table().longest(rest)?;
        matches!(found.first(), Some(Place::City(_) | Place::State(_)))
            .then(|| geography::is_known_anywhere(walk, next))
    };
    behind || !named && ahead() == Some(true)
}

/// Countries whose large towns are no words and first names of English, where only a note in small letters is at hand.
const AT_HAND: [&str; 11] = ["US", "CA", "GB", "DE", "CH", "AT", "NL", "BE", "IE", "AU", "NZ"];

/// "dentists boise": a large town at the end of a note in small letters, behind those wanted.
fn ends_a_note(walk: &Walk<'_>, at: usize, last: usize, place: Place) -> bool {
    const LARGE: u64 = 100_000;
    let sentence = walk.sentence;
    let ends = last >= walk.end
        || sentence.before(last) >= Break::Comma
        || sentence.norm(last).starts_with(|c: char| c.is_ascii_digit());
    let large = matches!(place, Place::City(city) if city.population >= LARGE && AT_HAND.contains(&city.country));
    let whom = walk.people.is_some() || walk.companies.is_some();
    large && ends && whom && at > walk.begin && !sentence.has_case() && sentence.norm(at).len() > 3
}

/// Whether a title, kind or everyday phrase begins at `at` that reaches as far.
fn names_something_else(walk: &Walk<'_>, at: usize, count: usize) -> bool {
    gazetteer::phrase(walk.sentence, at, walk.end).is_some_and(|phrase| phrase.count >= count)
        || gazetteer::phrase(walk.sentence, at + count, walk.end)
            .is_some_and(|_| walk.sentence.before(at + count) < Break::Comma)
}

fn behind_in(walk: &Walk<'_>, at: usize) -> bool {
    at > walk.begin && ["in", "near", "around", "outside"].contains(&walk.sentence.norm(at - 1))
}

/// "pittsburg PA": a large town of that state but for one letter, where no town of the state is spelled so.
pub(super) fn misspelled(walk: &Walk<'_>, at: usize) -> Option<Hit> {
    const LARGE: u64 = 100_000;
    const SHORTEST: usize = 6;
    let sentence = walk.sentence;
    let code = sentence.raw(at + 1);
    let written = code.len() == 2 && code.chars().all(char::is_uppercase) && at + 1 < walk.end;
    let (word, close) = (sentence.norm(at), sentence.before(at + 1) <= Break::Comma);
    let stands = at == walk.begin || sentence.before(at) >= Break::Comma || behind_in(walk, at);
    (written && close && stands && word.len() >= SHORTEST).then_some(())?;
    let state = places::state_code(code).into_iter().find(|state| ["US", "CA"].contains(&state.country))?;
    let here = |city: &City| city.country == state.country && city.state == state.code;
    (!places::cities(word).any(here)).then_some(())?;
    let mut alike = places::all_cities()
        .iter()
        .filter(|city| city.population >= LARGE && here(city) && one_letter_apart(&normal(city.name), word));
    let city = alike.next().filter(|_| alike.next().is_none())?;
    let location = Place::City(city).location();
    let assumption = Some(format!("“{}” is read as {}.", sentence.slice(at, at + 2), city.name));
    Some(Hit { count: 2, location, assumption, weak: false })
}

/// Whether one letter put in, left out or changed makes one word of the other.
fn one_letter_apart(one: &str, two: &str) -> bool {
    let same = one.bytes().zip(two.bytes()).take_while(|(a, b)| a == b).count();
    let (one, two) = (&one.as_bytes()[same..], &two.as_bytes()[same..]);
    let rest = |word: &[u8], skip: usize| word.get(skip..).map(<[u8]>::to_vec);
    one != two
        && (rest(one, 1) == rest(two, 1)
            || rest(one, 1).as_deref() == Some(two)
            || rest(two, 1).as_deref() == Some(one))
}

/// "in Cowbridge, Wales", "near Skaneateles, NY": a town that the table does not have, in what it has.
pub(super) fn unknown(walk: &Walk<'_>, at: usize) -> Option<Hit> {
    const LONGEST: usize = 4;
    let sentence = walk.sentence;
    let before = at.checked_sub(1).map(|word| sentence.norm(word))?;
    let listed = || walk.last_place.is_some_and(|end| next_of_list(walk, end) == Some(at));
    let announced = ["in", "near", "around", "outside", "from"].contains(&before) || walk.zone == Zone::In && listed();
    if !announced || sentence.quote_of(at).is_some() {
        return None;
    }
    let written = |word: usize| !sentence.has_case() || sentence.is_capitalised(word);
    let small = |word: usize| {
        [&COMPANIES, &FIELDS, &FILLERS, &PEOPLE].iter().any(|table| sentence.longest_of(word, *table).is_some())
            || sentence.norm(word).starts_with(|c: char| c.is_ascii_digit())
            || gazetteer::phrase(sentence, word, walk.end).is_some()
    };
    let mut last = at;
    while last < walk.end.min(at + LONGEST)
        && (last == at || sentence.before(last) < Break::Comma)
        && written(last)
        && !small(last)
        && geography::outer(walk, last).is_none_or(|_| last == at)
    {
        last += 1;
    }
    // In a text without capitals only a comma tells the town from the country, or that no other word is spelled so.
    let rare = last == at + 1 && !known::is_known(sentence.norm(at)) && behind_in(walk, at);
    let joined = sentence.before(last) == Break::Comma
        || sentence.before(last) == Break::Space && (sentence.has_case() || rare)
        || sentence.before(last) == Break::Bracket;
    if last == at || last >= walk.end || !joined {
        return None;
    }
    let (count, _) = geography::outer(walk, last)?;
    let wide = places::resolve(&sentence.slice(last, last + count).replace(',', " ")).into_iter().next()?;
    let plain = wide.city.is_none() && wide.county.is_none() && wide.region.is_none();
    let either = wide.city_or_state.clone();
    let state = wide.state.or(either).filter(|_| matches!(wide.country.as_deref(), Some("United States" | "Canada")));
    let location = Location {
        city: Some(sentence.slice(at, last).to_owned()),
        state,
        country: wide.country,
        ..Location::default()
    };
    plain.then(|| Hit { count: last + count - at, location, assumption: None, weak: false })
}
