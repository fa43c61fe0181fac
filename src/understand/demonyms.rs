//! Adjectives of countries and regions: "Canadian law firms", "European startups", "Turkish lawyers".
//!
//! Protects two rules: of companies the words say where they are, which is assumed and said; of
//! people they may say a nationality, by which nobody is selected.

use super::gazetteer;
use super::geography;
use super::grammar::Walk;
use super::markets::Market;
use super::phrasebook::Choices;
use super::places::{self, Location};
use super::roles;
use super::vocabulary::{COMPANIES, Zone};
use super::words::Break;

static DEMONYMS: Choices<&str> = Choices::of(&[
    ("United States", "american|americans|north american companies"),
    ("Canada", "canadian|canadians"),
    ("Mexico", "mexican|mexicans"),
    ("Brazil", "brazilian|brazilians"),
    ("Argentina", "argentinian|argentine"),
    ("Chile", "chilean"),
    ("Colombia", "colombian"),
    ("Peru", "peruvian"),
    ("United Kingdom", "british|brits"),
    ("England", "english"),
    ("Scotland", "scottish"),
    ("Wales", "welsh"),
    ("Ireland", "irish"),
    ("Germany", "german|germans|deutsche|deutschen"),
    ("Austria", "austrian|austrians"),
    ("Switzerland", "swiss"),
    ("France", "french"),
    ("Belgium", "belgian|belgians"),
    ("Netherlands", "dutch"),
    ("Luxembourg", "luxembourgish"),
    ("Spain", "spanish"),
    ("Portugal", "portuguese"),
    ("Italy", "italian|italians"),
    ("Greece", "greek|greeks"),
    ("Sweden", "swedish|swedes"),
    ("Norway", "norwegian|norwegians"),
    ("Denmark", "danish|danes"),
    ("Finland", "finnish"),
    ("Iceland", "icelandic"),
    ("Poland", "polish"),
    ("Czechia", "czech"),
    ("Hungary", "hungarian"),
    ("Romania", "romanian"),
    ("Bulgaria", "bulgarian"),
    ("Ukraine", "ukrainian"),
    ("Russia", "russian"),
    ("Turkey", "turkish"),
    ("Israel", "israeli|israelis"),
    ("United Arab Emirates", "emirati"),
    ("Saudi Arabia", "saudi"),
    ("Egypt", "egyptian"),
    ("Nigeria", "nigerian|nigerians"),
    ("Kenya", "kenyan"),
    ("South Africa", "south african"),
    ("India", "indian|indians"),
    ("Pakistan", "pakistani"),
    ("China", "chinese"),
    ("Japan", "japanese"),
    ("South Korea", "korean|south korean"),
    ("Singapore", "singaporean"),
    ("Malaysia", "malaysian"),
    ("Indonesia", "indonesian"),
    ("Thailand", "thai"),
    ("Vietnam", "vietnamese"),
    ("Philippines", "filipino|philippine"),
    ("Taiwan", "taiwanese"),
    ("Australia", "australian|australians|aussie"),
    ("New Zealand", "kiwi"),
    ("California", "californian"),
    ("Texas", "texan"),
    ("Europe", "european|pan european"),
    ("Asia", "asian"),
    ("Africa", "african"),
    ("Latin America", "latin american"),
    ("Nordics", "nordic"),
    ("Scandinavia", "scandinavian"),
    ("North America", "north american"),
    ("Middle East", "middle eastern"),
    ("Baltics", "baltic"),
]);

/// Regions of people name no nationality.
const REGIONS: [&str; 12] = [
    "Europe",
    "Latin America",
    "Nordics",
    "Scandinavia",
    "North America",
    "Middle East",
    "Baltics",
    "California",
    "Texas",
    "Africa",
    "Asia",
    "Scotland",
];

/// What is made or served in the manner of a country lies elsewhere.
const GOODS: [&str; 22] = [
    "restaurant",
    "restaurants",
    "food",
    "cuisine",
    "bakery",
    "bakeries",
    "watch",
    "watches",
    "wine",
    "wines",
    "cheese",
    "grocery",
    "language",
    "literature",
    "art",
    "antiques",
    "furniture",
    "cars",
    "translation",
    "translators",
    "teachers",
    "tutors",
];

/// An adjective that waits until it is known whether another place was stated.
pub(super) struct Waiting {
    first: usize,
    last: usize,
    name: &'static str,
    people: bool,
    excluding: bool,
}

/// Takes the adjective at `at` when people or companies stand behind it.
pub(super) fn take(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let (name, count) = DEMONYMS.longest(sentence, at)?;
    let last = at + count;
    let longer = gazetteer::phrase(sentence, at, walk.end).is_some_and(|phrase| phrase.count > count)
        || geography::hit(walk, at).is_some();
    if longer || last >= walk.end || sentence.before(last) >= Break::Comma || sentence.raw(at) == "polish" {
        return None;
    }
    let joined = ["and", "or"].contains(&sentence.norm(last));
    let other = joined.then(|| DEMONYMS.longest(sentence, last + 1)).flatten();
    let noun = other.map_or(last, |(_, more)| last + 1 + more);
    let people = match of_people(walk, noun) {
        Some(people) => people,
        None => return goods(walk, at, last),
    };
    walk.flush();
    walk.demonyms.push(Waiting { first: at, last, name, people, excluding: walk.excluding });
    // "German-owned companies"
    let owned = sentence.before(last) == Break::Hyphen
        && ["owned", "based", "headquartered", "founded"].contains(&sentence.norm(last));
    Some(last + usize::from(owned))
}

/// "Chinese restaurants", "Swiss watch makers": the adjective says what is made or served.
fn goods(walk: &mut Walk<'_>, at: usize, after: usize) -> Option<usize> {
    let sentence = walk.sentence;
    GOODS.contains(&sentence.norm(after)).then_some(())?;
    let markets = gazetteer::market(sentence, after, walk.end);
    let last = markets.as_ref().map_or(after + 1, |(count, _)| after + count);
    walk.flush();
    let excluding = walk.excluding;
    walk.found.keyword(at, last, excluding);
    for market in markets.into_iter().flat_map(|(_, found)| found) {
        walk.found.market(market, (at, last), last, excluding);
    }
    let more = sentence.longest_of(last, &COMPANIES).filter(|_| sentence.before(last) < Break::Comma).unwrap_or(0);
    if walk.zone == Zone::Head && !excluding {
        walk.companies.get_or_insert((at, last + more));
    }
    Some(last + more)
}

/// Whether people (`true`) or companies are described by the words at `at`.
fn of_people(walk: &Walk<'_>, at: usize) -> Option<bool> {
    let sentence = walk.sentence;
    const REACH: usize = 5;
    let mut next = at;
    let mut companies = None;
    while next < walk.end && next < at + REACH && (next == at || sentence.before(next) < Break::Comma) {
        if GOODS.contains(&sentence.norm(next)) {
            return None;
        }
        if COMPANIES.contains(sentence.norm(next)) {
            return Some(false);
        }
        if walk.zone_at(next).is_some() || ["and", "or", "who", "that"].contains(&sentence.norm(next)) {
            break;
        }
        match gazetteer::phrase(sentence, next, walk.end) {
            Some(phrase) if phrase.title().is_some() || phrase.levels().is_some() => {
                return Some(companies.is_none() || walk.zone == Zone::Head);
            }
            Some(phrase) => {
                if phrase.markets().iter().any(|market| !matches!(market, Market::Practice(_))) {
                    companies = Some(false);
                }
                next += phrase.count;
            }
            None if super::vocabulary::PEOPLE.contains(sentence.norm(next)) => return Some(true),
            None => next += 1,
        }
    }
    companies
}

/// "of Turkish origin", "of West African descent": where somebody's family comes from is never a filter.
pub(super) fn origin(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const NOUNS: [&str; 6] = ["origin", "origins", "descent", "heritage", "ancestry", "extraction"];
    const REACH: usize = 4;
    let sentence = walk.sentence;
    (["of", "with"].contains(&sentence.norm(at)) && walk.people.is_some()).then_some(())?;
    let noun = (at + 2..walk.end.min(at + REACH)).find(|word| NOUNS.contains(&sentence.norm(*word)))?;
    walk.flush();
    roles::protect(walk, "nationality", at, noun + 1);
    Some(noun + 1)
}

/// Decides on the adjectives that wait: a place, unless people were described and another place was stated.
pub(super) fn settle(walk: &mut Walk<'_>) {
    let waiting = std::mem::take(&mut walk.demonyms);
    let placed = !walk.found.search.locations.is_empty();
    for Waiting { first, last, name, people, excluding } in waiting {
        let words = walk.sentence.slice(first, last).to_owned();
        if people && placed && !REGIONS.contains(&name) {
            walk.excluding = excluding;
            roles::protect(walk, "nationality", first, last);
            continue;
        }
        if !people && placed && !excluding {
            // "American companies in Japan": where they are was said.
            walk.found.other(&format!("headquartered_in:{name}"), first, last);
            walk.found.assume(format!("“{words}” is read as headquartered in {name}."));
            continue;
        }
        let Some(location) = location(name) else { continue };
        walk.found.location(&location, first, last, excluding);
        let what = if people { "people" } else { "companies" };
        walk.found.assume(format!("“{words}” is read as {what} in {name}."));
    }
}

fn location(name: &str) -> Option<Location> {
    places::resolve(name).into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_adjective_names_a_known_place() {
        for name in DEMONYMS.values() {
            assert!(location(name).is_some(), "{name}");
        }
    }
}
