//! Places in a search: which words are one, how exact they are, and what had to be assumed.
//!
//! Protects two rules: an ambiguous place is assumed and said, never asked; and a word that is also
//! plain English ("Mobile", "in", "or") is a place only where a place stands.

use super::employers::EMPLOYERS;
use super::gazetteer;
use super::grammar::Walk;
use super::places::{self, Location, Place, State};
use super::sentence::Sentence;
use super::towns;
use super::vocabulary::Zone;
use super::words::Break;

/// A place found in a search.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    /// Number of words.
    pub(super) count: usize,
    pub(super) location: Location,
    /// What was chosen among several readings.
    pub(super) assumption: Option<String>,
    /// The words are plain English as well: another reading goes before.
    pub(super) weak: bool,
}

/// Codes of states that are English words or titles too.
const CODES_WITH_CARE: [&str; 23] = [
    "in", "or", "me", "ok", "hi", "as", "so", "no", "de", "co", "md", "ms", "mt", "al", "id", "la", "ma", "pa", "oh",
    "de", "mp", "pr", "ar",
];

/// Short names that are places in small letters too, behind "in".
const SHORT_NAMES: [&str; 12] = ["us", "usa", "uk", "uae", "nyc", "sf", "la", "dc", "eu", "dfw", "usa", "ny"];

/// The place that begins at `at`, if the words are one here.
pub(super) fn hit(walk: &Walk<'_>, at: usize) -> Option<Hit> {
    let sentence = walk.sentence;
    let article = usize::from(["the", "greater"].contains(&sentence.norm(at)));
    let whole = named(walk, at, at);
    if article == 0 || sentence.before(at + 1) >= Break::Comma {
        return whole;
    }
    // "the West Midlands" are not "the West".
    let behind = named(walk, at + 1, at).map(|found| Hit { count: found.count + 1, ..found });
    match (whole, behind) {
        (Some(whole), Some(behind)) if behind.count > whole.count => Some(behind),
        (whole, behind) => whole.or(behind),
    }
}

/// Puts the place into its slot.
pub(super) fn take(walk: &mut Walk<'_>, at: usize, hit: Hit) -> usize {
    walk.flush();
    walk.place_behind_kinds(at);
    let excluding = walk.excluding;
    let last = at + hit.count;
    let placed = !walk.found.search.locations.is_empty() || walk.has_demonym();
    let noun = walk.sentence.longest_of(
        last,
        &["offices", "office", "presence", "operations", "subsidiary", "subsidiaries", "branch", "branches"],
    );
    if !excluding && (walk.offices || placed && noun.is_some() && walk.zone != Zone::In) {
        // "headquartered in Germany with offices in the US" is no choice between the two.
        let entry = format!("offices_in:{}", walk.sentence.slice(at, last));
        walk.found.other(&entry, at, last + noun.unwrap_or(0));
        return last + noun.unwrap_or(0);
    }
    walk.last_place = Some(last);
    walk.found.location(&hit.location, at, at + hit.count, excluding);
    if let Some(assumption) = hit.assumption {
        walk.found.assume(assumption);
    }
    at + hit.count
}

fn named(walk: &Walk<'_>, at: usize, from: usize) -> Option<Hit> {
    let sentence = walk.sentence;
    if at >= walk.end {
        return None;
    }
    let words = name_words(sentence, at, walk.end);
    let Some((count, readings)) = longest(words) else {
        return by_code(walk, at).or_else(|| towns::unknown(walk, at)).or_else(|| towns::misspelled(walk, at));
    };
    let last = at + count;
    let name = sentence.slice(at, last);
    if count == 1
        && let Some(hit) = towns::misspelled(walk, at)
    {
        return Some(hit);
    }
    if !believable(walk, at, from, count, readings) {
        return None;
    }
    if let Some((location, more)) = with_outer(walk, at, last, readings) {
        return Some(Hit { count: more - at, location, assumption: None, weak: false });
    }
    if let Some(hit) = largest_county(name, count, readings).or_else(|| by_level(walk, at, count, readings)) {
        return Some(hit);
    }
    let nearer = in_country_of_search(walk, readings).map(Place::location);
    let usual = || places::resolve(&name.replace([',', ';', '|', '\n'], " ")).into_iter().next();
    let location = as_said(name, nearer.or_else(usual)?);
    // "in Maine except Portland": what is left out lies where the search is.
    if walk.excluding
        && let Some(inner) = within_search(walk, name, &location)
    {
        return Some(Hit { count, location: inner, assumption: None, weak: false });
    }
    let assumption = assumption(name, &location, readings);
    let weak = count == 1 && (places::is_plain_word(sentence.norm(at)) || !looks_like_name(sentence, at));
    Some(Hit { count, location, assumption, weak })
}

/// A region under the name it was given: the Bay Area is one whether or not San Francisco stands before it.
fn as_said(name: &str, location: Location) -> Location {
    if let Some(county) = location.county.as_deref().filter(|_| location.state.is_none()) {
        // "Kerry" is County Kerry.
        let shorter = county.to_lowercase() == format!("county {}", name.to_lowercase());
        return if shorter { Location { county: Some(name.to_owned()), ..location } } else { location };
    }
    let Some(region) = location.region.as_deref() else { return location };
    let (said, known) = (super::words::normal(name), super::words::normal(region));
    let shorter = known.ends_with(&format!(" {said}")) && places::region(name).is_some();
    if shorter { Location { region: Some(name.to_owned()), ..location } } else { location }
}

/// "Leeds, Hull and Boston", "Vancouver and Surrey": the reading in a country that the search names, where not many
/// fewer people live there than in the usual one.
fn in_country_of_search(walk: &Walk<'_>, readings: &[Place]) -> Option<Place> {
    const FEWER: u64 = 3;
    let usual = readings.first()?;
    let listed = walk.last_place.is_some() && !walk.excluding;
    let named = |place: &Place| {
        let country = place.country().and_then(places::country);
        let stated = walk.found.search.locations.iter().filter(|stated| stated.region.is_none());
        country.is_some_and(|country| stated.into_iter().any(|stated| stated.country.as_deref() == Some(country.name)))
    };
    if !listed || named(usual) || !matches!(usual, Place::City(_) | Place::Region(_)) || usual.country().is_none() {
        return None;
    }
    let near = |place: &&Place| {
        let known = matches!(place, Place::City(_)) || is_shire(**place);
        known && named(place) && people(**place).saturating_mul(FEWER) >= people(*usual)
    };
    readings.iter().find(near).copied()
}

/// Whether it is a county outside the US, whose name may be somebody's.
fn is_shire(place: Place) -> bool {
    matches!(place, Place::Region(region) if region.shire_of().is_some())
}

/// The longest name of a place; "US and Canada" are two, though they are a region too.
fn longest(words: &[super::words::Word]) -> Option<(usize, &'static [Place])> {
    let (count, readings) = places::table().longest(words)?;
    let joint = words[..count].iter().position(|word| word.norm == "and").filter(|at| *at > 0);
    match (readings.first(), joint) {
        (Some(Place::Region(_)), Some(joint)) => {
            // "Yorkshire and the Humber" is one.
            let two = places::table().longest(&words[joint + 1..]).is_some();
            places::table().longest(&words[..joint]).filter(|_| two).or(Some((count, readings)))
        }
        _ => Some((count, readings)),
    }
}

/// "the state of New York", "New York state", "Georgia, the country": the words say which reading is meant.
fn by_level(walk: &Walk<'_>, at: usize, count: usize, readings: &[Place]) -> Option<Hit> {
    let sentence = walk.sentence;
    let last = at + count;
    let before = |phrase: &str| {
        let words = phrase.split(' ').count();
        at >= words && sentence.says(at - words, phrase)
    };
    let behind = |words: &[&str]| sentence.longest_of(last, words).filter(|more| last + more <= walk.end);
    let state = before("state of").then_some(0).or_else(|| behind(&["the state", "state"]));
    let country = before("country of").then_some(0).or_else(|| behind(&["the country", "country"]));
    let city = before("city of").then_some(0).or_else(|| behind(&["the city", "city"]));
    let find =
        |fits: fn(&Place) -> bool, more: Option<usize>| Some((readings.iter().find(|place| fits(place))?, more?));
    let (place, more) = find(|place| matches!(place, Place::State(_)), state)
        .or_else(|| find(|place| matches!(place, Place::Country(_)), country))
        .or_else(|| find(|place| matches!(place, Place::City(_)), city))?;
    let not =
        sentence.longest_of(last + more, &["not the us state", "not the state", "not the country", "not the city"]);
    let count = count + more + not.unwrap_or(0);
    Some(Hit { count, location: place.location(), assumption: None, weak: false })
}

/// Of several counties of one name the one with most people in its cities, which is said.
fn largest_county(name: &str, count: usize, readings: &[Place]) -> Option<Hit> {
    let counties: Vec<_> = readings
        .iter()
        .filter_map(|place| if let Place::County(county) = place { Some(*county) } else { None })
        .collect();
    (counties.len() > 1 && counties.len() == readings.len()).then_some(())?;
    let people = |fips: &str| {
        places::all_cities().iter().filter(|city| city.county == fips).map(|city| city.population).sum::<u64>()
    };
    let largest = counties.into_iter().max_by_key(|county| people(county.fips))?;
    let location = Place::County(largest).location();
    let assumption = Some(format!("“{name}” is read as {}.", full_name(&location)));
    Some(Hit { count, location, assumption, weak: false })
}

/// The reading of a city's name that lies in a state the search already names.
fn within_search(walk: &Walk<'_>, name: &str, usual: &Location) -> Option<Location> {
    usual.city.as_ref()?;
    let states: Vec<&str> = walk
        .found
        .search
        .locations
        .iter()
        .filter(|wanted| wanted.city.is_none())
        .filter_map(|wanted| wanted.state.as_deref())
        .collect();
    if usual.state.as_deref().is_some_and(|state| states.contains(&state)) {
        return None;
    }
    states.into_iter().find_map(|state| {
        let city = places::cities(name).find(|city| Place::City(city).location().state.as_deref() == Some(state))?;
        Some(Place::City(city).location())
    })
}

/// Whether a place begins at `at` that is recognised without capitals and without "in".
pub(super) fn is_known_anywhere(walk: &Walk<'_>, at: usize) -> bool {
    let words = name_words(walk.sentence, at, walk.end);
    places::table()
        .longest(words)
        .is_some_and(|(_, readings)| readings.first().is_some_and(|place| is_well_known(*place)))
}

/// "TX", "CA": a state by its code, in capitals.
fn by_code(walk: &Walk<'_>, at: usize) -> Option<Hit> {
    let sentence = walk.sentence;
    let dotted = sentence.raw(at).replace('.', "");
    let raw = dotted.as_str();
    if let Some(state) = abbreviated(walk, at) {
        return Some(Hit { count: 1, location: Place::State(state).location(), assumption: None, weak: false });
    }
    let code = sentence.norm(at);
    let capitals = raw.len() <= 3 && raw.chars().all(char::is_uppercase) && sentence.has_case();
    let small = walk.zone == Zone::In && behind_preposition(sentence, at) && !sentence.has_case() && raw.len() == 2;
    // "OH or MI": what stands in a list with other places is one.
    let listed = capitals && in_list_of_places(walk, at);
    // "ceo, dental, tx"
    let apart = !sentence.has_case()
        && raw.len() == 2
        && sentence.before(at) >= Break::Comma
        && (at + 1 >= walk.end || sentence.before(at + 1) >= Break::Comma)
        && places::country(code).is_none()
        && !is_title(walk, at);
    // "near me" is no Maine.
    let pronoun = ["me", "us", "or", "in", "as", "so"].contains(&code);
    let small = (small || apart) && !pronoun;
    if !(capitals || small)
        || !listed && (CODES_WITH_CARE.contains(&code) && !(walk.zone == Zone::In && behind_preposition(sentence, at)))
    {
        return None;
    }
    let state =
        places::state_code(code).into_iter().next().filter(|state| small && state.country == "US" || capitals)?;
    Some(Hit { count: 1, location: Place::State(state).location(), assumption: None, weak: false })
}

/// "Conn.", "Calif.": how states were abbreviated before they had codes of two letters.
fn abbreviated(walk: &Walk<'_>, at: usize) -> Option<&'static State> {
    const SHORT: [(&str, &str); 24] = [
        ("conn", "CT"),
        ("mass", "MA"),
        ("calif", "CA"),
        ("cali", "CA"),
        ("penn", "PA"),
        ("penna", "PA"),
        ("tex", "TX"),
        ("fla", "FL"),
        ("ill", "IL"),
        ("mich", "MI"),
        ("minn", "MN"),
        ("wis", "WI"),
        ("wisc", "WI"),
        ("colo", "CO"),
        ("ariz", "AZ"),
        ("tenn", "TN"),
        ("okla", "OK"),
        ("ore", "OR"),
        ("wash", "WA"),
        ("ala", "AL"),
        ("ark", "AR"),
        ("neb", "NE"),
        ("nev", "NV"),
        ("ind", "IN"),
    ];
    let sentence = walk.sentence;
    let written =
        (sentence.is_capitalised(at) || !sentence.has_case()) && (walk.zone == Zone::In || walk.last_place.is_some());
    let (_, code) = SHORT.iter().find(|(short, _)| *short == sentence.norm(at)).filter(|_| written)?;
    places::state("US", code)
}

/// Whether the code at `at` stands in a list of places.
fn in_list_of_places(walk: &Walk<'_>, at: usize) -> bool {
    let sentence = walk.sentence;
    let behind = walk.last_place.is_some_and(|end| end == at || super::roles::next_of_list(walk, end) == Some(at));
    let named = behind && gazetteer::phrase(sentence, at + 1, walk.end).is_some();
    let ends = named
        || at + 1 >= walk.end
        || sentence.before(at + 1) >= Break::Comma
        || super::roles::next_of_list(walk, at + 1).is_some();
    let code = |word: usize| {
        let raw = sentence.raw(word);
        raw.len() == 2 && raw.chars().all(char::is_uppercase) && !places::state_code(sentence.norm(word)).is_empty()
    };
    let ahead = super::roles::next_of_list(walk, at + 1)
        .is_some_and(|next| code(next) && !CODES_WITH_CARE.contains(&sentence.norm(next)));
    // "LA or NYC"
    let beside = || {
        let next = super::roles::next_of_list(walk, at + 1)?;
        (["or", "and"].contains(&sentence.norm(at + 1))
            && ["la", "sf", "ny", "dc"].contains(&sentence.norm(at))
            && is_known_anywhere(walk, next))
        .then_some(())
    };
    ends && (behind || ahead || beside().is_some())
}

/// "Austin, Texas", "Munich, Germany", "Austin TX, USA": the wider place that follows makes the first exact.
fn with_outer(walk: &Walk<'_>, at: usize, last: usize, readings: &[Place]) -> Option<(Location, usize)> {
    let sentence = walk.sentence;
    let bracket = sentence.before(last) == Break::Bracket && sentence.gap(last) == " (";
    if last >= walk.end || !(matches!(sentence.before(last), Break::Space | Break::Comma) || bracket) {
        return None;
    }
    let inner = sentence.slice(at, last);
    let (outer_count, is_code) = outer(walk, last)?;
    let end = last + outer_count;
    let outer_text = sentence.slice(last, end);
    let location = places::resolve(&format!("{inner}, {}", outer_text.replace(',', " "))).into_iter().next()?;
    // The inner name must be one the table knows there: "North Carolina, South Carolina" are two. A town that bears
    // its name in another state may be a small one; elsewhere "Rotterdam, Utrecht" are two towns.
    let known = readings.iter().any(|place| {
        let inner = place.location();
        inner.city == location.city
            && inner.region == location.region
            && inner.county == location.county
            && inner.country == location.country
            && (inner.state == location.state || inner.city.is_some() && matches!(place.country(), Some("US" | "CA")))
    });
    if !known {
        return None;
    }
    // "Oregon, Arizona": two states, though a town is called so.
    let two = matches!(readings.first(), Some(Place::State(state)) if state.country == "US")
        && places::state("US", outer_text).is_some_and(|outer| !outer.name.eq_ignore_ascii_case(inner));
    if two && !is_code {
        return None;
    }
    // "Washington, Oregon and Idaho" lists states.
    let states = readings.iter().any(|place| matches!(place, Place::State(state) if state.country == "US"));
    if states && !is_code && is_state_in_list(walk, end) {
        return None;
    }
    // "Boston, New York and Chicago" lists cities: a name that is a city too says where the first
    // lies only if that is where one would look for it anyway.
    let town = readings.iter().find(|place| !is_shire(**place));
    let usual = town.is_some_and(|place| place.location().state == location.state);
    let is_city = places::cities(outer_text).next().is_some_and(|city| city.population > 500_000);
    if is_city && !is_code && !usual {
        return None;
    }
    let country = country_behind(walk, end, &location);
    Some((location, country.unwrap_or(end)))
}

/// Whether a list goes on at `end` with another state of the US.
fn is_state_in_list(walk: &Walk<'_>, end: usize) -> bool {
    super::roles::next_of_list(walk, end).is_some_and(|next| {
        places::table().longest(name_words(walk.sentence, next, walk.end)).is_some_and(|(_, found)| {
            found.iter().any(|place| matches!(place, Place::State(state) if state.country == "US"))
        })
    })
}

/// The state, code or country at `at`: its words, and whether it is a code.
pub(super) fn outer(walk: &Walk<'_>, at: usize) -> Option<(usize, bool)> {
    let sentence = walk.sentence;
    let dotted = sentence.raw(at).replace('.', "");
    let raw = dotted.as_str();
    let capitals = raw.chars().all(char::is_uppercase) || !sentence.has_case();
    let comma = sentence.before(at) == Break::Comma;
    let code = sentence.norm(at);
    // "Birmingham AL" is sure in a text with small letters; "Portland OR" and "Gary IN" only at an end.
    let mixed = sentence.has_case() && raw.chars().all(char::is_uppercase);
    let ends = at + 1 >= walk.end || sentence.before(at + 1) >= Break::Comma;
    let joins = ["or", "in", "me", "no", "so", "as"].contains(&code);
    let certain = comma || !CODES_WITH_CARE.contains(&code) || mixed && (ends || !joins);
    let english = ["us", "is", "it", "be", "my", "am", "do", "by", "de", "la", "co", "pa"].contains(&code);
    let word = !sentence.has_case() && (!comma || code.len() > 2) && english;
    let small_word =
        ["and", "or", "in", "at", "with", "who", "not", "but"].contains(&code) && !(mixed && (ends || comma));
    if raw.len() <= 3
        && capitals
        && certain
        && !small_word
        && !(word && places::country(code).is_some())
        && (!places::state_code(code).is_empty() || places::country(code).is_some())
    {
        return Some((1, true));
    }
    let (count, readings) = places::table().longest(name_words(sentence, at, walk.end))?;
    let wide = readings.iter().any(|place| matches!(place, Place::State(_) | Place::Country(_)));
    let written = sentence.is_capitalised(at) || !sentence.has_case();
    (wide && written && code.len() > 2).then_some((count, false))
}

/// A country behind "Austin, TX" that says the same again.
fn country_behind(walk: &Walk<'_>, at: usize, location: &Location) -> Option<usize> {
    if at >= walk.end || !matches!(walk.sentence.before(at), Break::Space | Break::Comma) {
        return None;
    }
    let (count, _) = outer(walk, at)?;
    let country = places::country(walk.sentence.slice(at, at + count))?;
    (location.country.as_deref() == Some(country.name)).then_some(at + count)
}

/// The words a name at `at` may take: none beyond a comma.
fn name_words<'s>(sentence: &'s Sentence<'_>, at: usize, end: usize) -> &'s [super::words::Word] {
    const LONGEST: usize = 7;
    let mut last = at + 1;
    while last < end.min(at + LONGEST) && sentence.before(last) < Break::Comma {
        last += 1;
    }
    sentence.words.get(at..last).unwrap_or(&[])
}

fn behind_preposition(sentence: &Sentence<'_>, at: usize) -> bool {
    at > 0
        && ["in", "from", "near", "across", "around", "within", "or", "and", "the", "outside", "of"]
            .contains(&sentence.norm(at - 1))
}

fn looks_like_name(sentence: &Sentence<'_>, at: usize) -> bool {
    !sentence.has_case() || sentence.is_capitalised(at)
}

/// Whether these words are meant as a place here. `from` is where the phrase begins, an article included.
fn believable(walk: &Walk<'_>, at: usize, from: usize, count: usize, readings: &[Place]) -> bool {
    let sentence = walk.sentence;
    // "Turkey-based exporters"
    let based = ["based", "headquartered"].contains(&sentence.norm(at + count));
    let place_zone = walk.zone == Zone::In || behind_place_word(sentence, from) || based;
    if count == 1 && sentence.norm(at).len() <= 3 {
        return short_name(walk, at, place_zone);
    }
    if names_a_firm(walk, at, count, readings) {
        return false;
    }
    // Turkey farms and china shops: in a text with capitals a place has one.
    const NOUNS: [&str; 6] = ["turkey", "china", "jersey", "chile", "guinea", "jordan"];
    let noun = count == 1 && NOUNS.contains(&sentence.norm(at)) && sentence.has_case() && !sentence.is_capitalised(at);
    // "Toyota or Honda stores": what is an employer too is a place behind "in" alone.
    let employer = sentence.longest_of(at, &EMPLOYERS) == Some(count);
    if employer && !behind_place_word(sentence, from) && !based {
        return false;
    }
    let plain = count == 1 && places::is_plain_word(sentence.norm(at)) || noun;
    let capital = sentence.has_case() && sentence.is_capitalised(at) && walk.shows_names();
    // "Kelowna wineries, owner or GM": a kind of company behind it says that the first word is no name of one.
    let kinds = |word: usize| gazetteer::phrase(sentence, word, walk.end).filter(|phrase| !phrase.markets().is_empty());
    let first_word = at == 0 && kinds(at + count).is_none();
    if place_zone {
        return !plain || capital || from < at;
    }
    // "CFO, banks, Southeast", "CFO, Bayern": a part of its own behind whom to find.
    let parted = at > walk.begin
        && sentence.before(at) >= Break::Slash
        && (at + count >= walk.end || sentence.before(at + count) >= Break::Slash)
        && sentence.has_case()
        && sentence.is_capitalised(at)
        && (walk.people.is_some() || walk.companies.is_some());
    let wide = |place: &Place| matches!(place, Place::Region(_) | Place::State(_) | Place::Country(_));
    if parted && readings.first().is_some_and(wide) {
        return true;
    }
    // "GC, healthcare, southeast, no hospitals": a region may be written small there.
    let region = matches!(readings.first(), Some(Place::Region(_))) && count == 1 && raw_part(walk, at);
    if region {
        return true;
    }
    if plain {
        let listed = walk.last_place.is_some_and(|end| super::roles::next_of_list(walk, end) == Some(at));
        return capital && listed && towns::beside_place(walk, at, count, readings);
    }
    if towns::beside_place(walk, at, count, readings) {
        return true;
    }
    // A small town is believed only where a place stands: "Harvard degrees" are not of Illinois.
    const TOWN: u64 = 50_000;
    let small = |place: &Place| matches!(place, Place::City(city) if city.population < TOWN);
    // Divisions of far countries bear the names of people and companies ("Smith", "Meta").
    let far = |place: &Place| matches!(place, Place::State(state) if !matches!(state.country, "US" | "CA" | "AU" | "GB" | "DE"));
    if capital && !first_word && readings.first().is_some_and(|place| !small(place) && !far(place)) {
        return true;
    }
    readings.first().is_some_and(|place| is_well_known(*place))
}

/// "partners at Kirkland in Chicago": behind "at" a city alone is the name of a firm.
fn names_a_firm(walk: &Walk<'_>, at: usize, count: usize, readings: &[Place]) -> bool {
    let sentence = walk.sentence;
    at > walk.begin
        && sentence.norm(at - 1) == "at"
        && walk.shows_names()
        && sentence.is_capitalised(at)
        && matches!(readings.first(), Some(Place::City(_)))
        && sentence.before(at + count) != Break::Comma
        && sentence.before(at + count) != Break::Hyphen
        && !(at + count < walk.end
            && (gazetteer::phrase(sentence, at + count, walk.end).is_some()
                || super::vocabulary::COMPANIES.contains(sentence.norm(at + count))
                || outer(walk, at + count).is_some()))
        // "from pharma companies at Hyderabad": the companies are said already.
        && !(walk.found.says_companies() && readings.first().is_some_and(|place| is_well_known(*place)))
}

/// A name of up to three letters ("LA", "NYC", "Zug") is mostly a word or a code of something else.
fn short_name(walk: &Walk<'_>, at: usize, place_zone: bool) -> bool {
    let sentence = walk.sentence;
    let raw = sentence.raw(at);
    let capitals = raw.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase) && sentence.has_case();
    // "gc, saas, nyc": in a list without capitals these can be nothing else.
    let sure = ["nyc", "usa", "uae", "dfw"].contains(&sentence.norm(at));
    // "CFOs, us only"
    let only = sentence.norm(at) == "us"
        && ["only", "based"].contains(&sentence.norm(at + 1))
        && (at == walk.begin || sentence.before(at) >= Break::Comma);
    // "Am Law 100, LA, five years"
    let parted = capitals
        && ["la", "sf", "ny", "dc", "uk", "us", "eu"].contains(&sentence.norm(at))
        && at > walk.begin
        && sentence.before(at) >= Break::Comma
        && (at + 1 >= walk.end || sentence.before(at + 1) >= Break::Comma);
    let apart = (!sentence.has_case() || sure || only || parted)
        && ["nyc", "uk", "usa", "uae", "dfw", "eu", "us", "sf", "dc"].contains(&sentence.norm(at))
        && (at == walk.begin || sentence.before(at) >= Break::Comma || sure || sentence.norm(at) == "uk")
        && (at + 1 >= walk.end
            || sentence.before(at + 1) >= Break::Comma
            || sentence.norm(at) != "us"
            || ["only", "based"].contains(&sentence.norm(at + 1)));
    if apart || capitals && in_list_of_places(walk, at) {
        return true;
    }
    let known = SHORT_NAMES.contains(&sentence.norm(at))
        && place_zone
        && (behind_preposition(sentence, at) || !sentence.has_case());
    // "in Zug", "near Ulm and Hof"
    let written = walk.zone == Zone::In
        && sentence.has_case()
        && sentence.is_capitalised(at)
        && behind_preposition(sentence, at)
        && sentence.raw(at).len() == 3
        && !places::is_plain_word(sentence.norm(at));
    if written {
        return true;
    }
    (capitals && !CODES_WITH_CARE.contains(&sentence.norm(at)) || known || (capitals && place_zone))
        && !is_title(walk, at)
}

/// Whether the word at `at` is a part of its own between commas, behind whom to find.
fn raw_part(walk: &Walk<'_>, at: usize) -> bool {
    let sentence = walk.sentence;
    at > walk.begin
        && sentence.before(at) == Break::Comma
        && (at + 1 >= walk.end || sentence.before(at + 1) == Break::Comma)
        && (walk.people.is_some() || walk.companies.is_some())
}

fn is_title(walk: &Walk<'_>, at: usize) -> bool {
    walk.zone == Zone::Head && gazetteer::title(walk.sentence, at, walk.end).is_some()
}

/// "from Ohio", "outside Texas": the word before says that a place follows, whatever came earlier.
fn behind_place_word(sentence: &Sentence<'_>, at: usize) -> bool {
    at > 0 && ["in", "from", "near", "outside", "across", "around", "within"].contains(&sentence.norm(at - 1))
}

/// Places that are recognised without capitals and without "in".
fn is_well_known(place: Place) -> bool {
    const LARGE: u64 = 300_000;
    match place {
        Place::Country(_) => true,
        Place::Region(_) => !is_shire(place),
        Place::State(state) => matches!(state.country, "US" | "CA"),
        Place::City(city) => city.population >= LARGE,
        Place::County(_) => false,
    }
}

/// What is said when the words allow more than one place.
fn assumption(name: &str, location: &Location, readings: &[Place]) -> Option<String> {
    if let Some(either) = &location.city_or_state {
        return Some(format!("“{name}” may be the city or the state of {either}; both count."));
    }
    let (first, second) = (readings.first()?, readings.get(1)?);
    // A second reading is worth a word when it has at least a sixth of the people of the first.
    let close = people(*second).saturating_mul(6) >= people(*first);
    // Berlin and the state of Berlin, Mexico and the State of Mexico: one within the other.
    let cities = matches!((first, second), (Place::City(_), Place::City(_)));
    let inside = !cities && first.country() == second.country();
    let same = second.location() == *location;
    (close && !inside && !same && people(*first) > 0).then(|| format!("“{name}” is read as {}.", full_name(location)))
}

fn people(place: Place) -> u64 {
    match place {
        Place::Country(country) => country.population,
        Place::State(state) => state.population,
        Place::City(city) => city.population,
        Place::Region(region) => region.people(),
        Place::County(_) => 0,
    }
}

fn full_name(location: &Location) -> String {
    let parts = [
        &location.city,
        &location.city_or_state,
        &location.county,
        &location.region,
        &location.state,
        &location.country,
    ];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
}
