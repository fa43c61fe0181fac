//! The table of places: countries, their first-level divisions ("states"), US counties, cities and
//! regions such as the Bay Area or EMEA.
//!
//! It protects two rules: an ambiguous name keeps all its readings (most people first), so that the
//! reader can say what it assumed; and a region stays a region and is only opened when compared.
//!
//! Contains data from GeoNames (geonames.org), CC BY 4.0; see `data/README.md`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

pub use super::location::{Canonical, Location, canonical, contains, resolve};
use super::phrases::Phrases;
use super::rows;
use super::words::normal;

const PLACES: &str = include_str!("../../data/places.tsv");
const GROUPS: &str = include_str!("../../data/place_groups.csv");

/// A country.
#[derive(Debug, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166-1 code of two letters.
    pub code: &'static str,
    /// English name.
    pub name: &'static str,
    /// Persons.
    pub population: u64,
}

/// A first-level division of a country: a US state, a Canadian province, a German Land.
#[derive(Debug, PartialEq, Eq)]
pub struct State {
    /// ISO code of its country.
    pub country: &'static str,
    /// Its code within the country: postal in the US ("CA"), else that of GeoNames.
    pub code: &'static str,
    /// English name where one is usual.
    pub name: &'static str,
    /// Persons in the cities of 5,000 and more.
    pub population: u64,
}

/// A county of the US or what stands for one.
#[derive(Debug, PartialEq, Eq)]
pub struct County {
    /// Five digits.
    pub fips: &'static str,
    /// Postal code of its state.
    pub state: &'static str,
    /// "Marin County".
    pub name: &'static str,
}

/// A city, town or well-known part of one.
#[derive(Debug, PartialEq, Eq)]
pub struct City {
    /// ISO code of its country.
    pub country: &'static str,
    /// Code of its state; empty in city states.
    pub state: &'static str,
    /// FIPS code of its county in the US, else empty.
    pub county: &'static str,
    /// English name.
    pub name: &'static str,
    /// Persons.
    pub population: u64,
}

/// A region: a set of counties, US states or countries.
#[derive(Debug, PartialEq, Eq)]
pub struct Region {
    /// "San Francisco Bay Area".
    pub name: &'static str,
    /// What it is made of.
    pub members: Members,
}

/// The members of a region.
#[derive(Debug, PartialEq, Eq)]
pub enum Members {
    /// FIPS codes.
    Counties(Vec<&'static str>),
    /// Postal codes of US states.
    States(Vec<&'static str>),
    /// ISO codes.
    Countries(Vec<&'static str>),
}

/// One reading of a place name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A country.
    Country(&'static Country),
    /// A state.
    State(&'static State),
    /// A county.
    County(&'static County),
    /// A city.
    City(&'static City),
    /// A region.
    Region(&'static Region),
}

impl Place {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Place::Country(country) => country.name,
            Place::State(state) => state.name,
            Place::County(county) => county.name,
            Place::City(city) => city.name,
            Place::Region(region) => region.name,
        }
    }

    /// ISO code of the country it lies in; None for regions of several.
    pub fn country(self) -> Option<&'static str> {
        match self {
            Place::Country(country) => Some(country.code),
            Place::State(state) => Some(state.country),
            Place::City(city) => Some(city.country),
            Place::County(_) => Some("US"),
            Place::Region(region) => match region.members {
                Members::Countries(_) => None,
                Members::Counties(_) | Members::States(_) => Some("US"),
            },
        }
    }

    /// How likely it is meant, against other readings of the same words: its people, and more for the
    /// countries where a firm's prospects mostly are. Outside the countries whose states people name,
    /// a city comes before the state called after it (Zurich, Madrid).
    fn weight(self) -> u64 {
        match self {
            Place::Country(country) => country.population + country.population / 5,
            Place::State(state) if matches!(state.country, "US" | "CA" | "AU" | "GB" | "BR") => {
                state.population * nearness(state.country)
            }
            Place::State(state) => state.population / 10,
            Place::City(city) => city.population * nearness(city.country),
            Place::County(_) => 1,
            // A region's name is its own; where it is not ("Orange County"), the region is the better known.
            Place::Region(_) => 50_000_000,
        }
    }
}

fn nearness(country: &str) -> u64 {
    match country {
        "US" => 3,
        "CA" | "GB" | "IE" | "AU" | "NZ" | "DE" | "FR" | "ES" | "IT" | "NL" | "BE" | "CH" | "AT" => 2,
        _ => 1,
    }
}

struct Tables {
    countries: &'static [Country],
    states: &'static [State],
    counties: &'static [County],
    cities: &'static [City],
    regions: &'static [Region],
    names: Phrases<Place>,
    /// By normalised code or name within the country: "US california", "US ca".
    states_of: HashMap<String, &'static State>,
    /// By code of two or three letters, name or alias, normalised.
    country_of: HashMap<String, &'static Country>,
    state_codes: HashMap<&'static str, Vec<&'static State>>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(build);

/// Every name of a place, with its readings, the one with most people first. A name of up to three
/// letters ("US", "LA", "Ulm") should be believed only with a capital, one of [`is_plain_word`] only
/// in a place's position; codes of states are in [`state_code`].
pub fn table() -> &'static Phrases<Place> {
    &TABLES.names
}

/// The states whose code a word is ("CA", "NSW"), those of the US first; the caller checks that it was in capitals.
pub fn state_code(code: &str) -> &'static [&'static State] {
    let found = TABLES.state_codes.get(code.to_ascii_uppercase().as_str());
    found.map_or(&[], Vec::as_slice)
}

/// The country with this code of two or three letters, name or other name.
pub fn country(text: &str) -> Option<&'static Country> {
    TABLES.country_of.get(normal(text).as_str()).copied()
}

/// The state of a country (ISO code) with this code or name.
pub fn state(country: &str, text: &str) -> Option<&'static State> {
    TABLES.states_of.get(&format!("{country} {}", normal(text))).copied()
}

/// The county with this FIPS code.
pub fn county(fips: &str) -> Option<&'static County> {
    let at = TABLES.counties.binary_search_by(|county| county.fips.cmp(fips)).ok()?;
    TABLES.counties.get(at)
}

/// The region with this name or another name for it.
pub fn region(text: &str) -> Option<&'static Region> {
    TABLES.names.exact(text).iter().find_map(|place| match place {
        Place::Region(region) => Some(*region),
        _ => None,
    })
}

/// The cities with this name, most people first.
pub fn cities(text: &str) -> impl Iterator<Item = &'static City> {
    TABLES.names.exact(text).iter().filter_map(|place| match place {
        Place::City(city) => Some(*city),
        _ => None,
    })
}

/// Every city, in the order of the table.
pub fn all_cities() -> &'static [City] {
    TABLES.cities
}

/// Every country.
pub fn countries() -> &'static [Country] {
    TABLES.countries
}

/// Every state of every country.
pub fn states() -> &'static [State] {
    TABLES.states
}

/// Every region.
pub fn regions() -> &'static [Region] {
    TABLES.regions
}

/// Whether a name of a place is also a plain English word ("Mobile", "Reading", "West"), to be
/// believed only where a place is expected. The word is normalised.
pub fn is_plain_word(name: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| PLAIN_WORDS.split_ascii_whitespace().collect());
    WORDS.contains(name)
}

const PLAIN_WORDS: &str = "airport alpine along and angel are as ash august bar barking bath battle bay beacon bell bend best \
    big bow brand brick bright bristol brush buffalo bury cascade center central chandler chase citrus clay clinton clover coast \
    college columbia commerce commonwealth cork crystal date deal delta eagle early east eastern enterprise essen fleet flint \
    flushing forest fountain fuller gap globe grants gray green grove halfway ham harvest hazard holiday home hook hope horn hub \
    huge hull hurricane independence industry institute islands justice lake lakes lander landing lead liberal liberty lima lincoln \
    live long lower madison male man march marina marine marion maritime mason may media mentor mission mobile most monument natural \
    nice normal north northern northeast northwest of opportunity oral orange page palm para parker pearl pest plantation pool \
    post price progress prospect reading reserve reservoir rich rifle rivers rock rugby sale sandwich sandy south southern \
    southeast southwest split spring springs star street strawberry street sun superior summit talent temperance temple the tours troy \
    turbo turkey mass china union university upper valley van vineyard walker walnut ware wash wedding wells west western worms young";

/// Names of divisions that say nothing without their country ("Central", "Western").
const VAGUE_DIVISIONS: [&str; 24] = [
    "central",
    "centre",
    "center",
    "north",
    "northern",
    "south",
    "southern",
    "east",
    "eastern",
    "west",
    "western",
    "coast",
    "capital",
    "islands",
    "littoral",
    "plateau",
    "delta",
    "rivers",
    "union",
    "northeast",
    "northwest",
    "southeast",
    "southwest",
    "lower",
];

fn build() -> Tables {
    let mut rows = Rows::default();
    for line in PLACES.lines() {
        rows.read(line);
    }
    let regions: &'static [Region] = Box::leak(regions_of_file(&mut rows.names).into_boxed_slice());
    let countries: &'static [Country] = Box::leak(rows.countries.into_boxed_slice());
    let states: &'static [State] = Box::leak(rows.states.into_boxed_slice());
    let counties: &'static [County] = Box::leak(rows.counties.into_boxed_slice());
    let cities: &'static [City] = Box::leak(rows.cities.into_boxed_slice());
    let mut named: Vec<(&'static str, Place)> = Vec::with_capacity(rows.names.len());
    let (mut country_of, mut states_of) = (HashMap::new(), HashMap::new());
    let mut state_codes: HashMap<&'static str, Vec<&'static State>> = HashMap::new();
    for (name, of) in rows.names {
        let place = match of {
            At::Country(i) => {
                country_of.entry(normal(name)).or_insert(&countries[i]);
                Place::Country(&countries[i])
            }
            At::State(i) => {
                states_of.entry(format!("{} {}", states[i].country, normal(name))).or_insert(&states[i]);
                Place::State(&states[i])
            }
            At::County(i) => Place::County(&counties[i]),
            At::City(i) => Place::City(&cities[i]),
            At::Region(i) => Place::Region(&regions[i]),
        };
        named.push((name, place));
    }
    for (code, at) in rows.codes {
        match at {
            At::Country(i) => {
                country_of.entry(normal(code)).or_insert(&countries[i]);
            }
            At::State(i) => {
                states_of.entry(format!("{} {}", states[i].country, normal(code))).or_insert(&states[i]);
                state_codes.entry(code).or_default().push(&states[i]);
            }
            _ => {}
        }
    }
    named.sort_by_key(|(_, place)| std::cmp::Reverse(place.weight()));
    let mut names = Phrases::of_names();
    for (name, place) in named {
        let vague = matches!(place, Place::State(state) if !matches!(state.country, "US" | "CA" | "AU" | "GB"))
            && VAGUE_DIVISIONS.iter().any(|word| name.eq_ignore_ascii_case(word));
        let unlikely = vague || (name.len() <= 3 && is_far_and_short(name, place));
        if !unlikely {
            names.add(name, place);
            if let Some(other) = other_spelling(name) {
                names.add(&other, place);
            }
        }
    }
    Tables { countries, states, counties, cities, regions, names, states_of, country_of, state_codes }
}

/// Own names of up to three letters outside the countries that requests are about ("San", "Man",
/// "Wa") are words of other names far more often than places.
fn is_far_and_short(name: &str, place: Place) -> bool {
    match place {
        Place::City(city) => city.name == name && nearness(city.country) == 1,
        Place::State(state) => state.name == name && nearness(state.country) == 1,
        _ => false,
    }
}

/// "Saint Louis" for "St. Louis" and the other way round; likewise Fort and Mount.
fn other_spelling(name: &str) -> Option<String> {
    const PAIRS: [(&str, &str); 6] = [
        ("St. ", "Saint "),
        ("Saint ", "St "),
        ("Fort ", "Ft "),
        ("Ft. ", "Fort "),
        ("Mount ", "Mt "),
        ("Mt. ", "Mount "),
    ];
    PAIRS.iter().find_map(|(from, to)| Some(format!("{to}{}", name.strip_prefix(from)?)))
}

/// Where a name points while the tables are still being read.
#[derive(Clone, Copy)]
enum At {
    Country(usize),
    State(usize),
    County(usize),
    City(usize),
    Region(usize),
}

#[derive(Default)]
struct Rows {
    countries: Vec<Country>,
    states: Vec<State>,
    counties: Vec<County>,
    cities: Vec<City>,
    names: Vec<(&'static str, At)>,
    codes: Vec<(&'static str, At)>,
}

impl Rows {
    /// Reads one line of `data/places.tsv` (its columns are explained in `scripts/make-places`).
    fn read(&mut self, line: &'static str) {
        let mut cells = line.split('\t');
        let kind = cells.next().unwrap_or("");
        let mut next = || cells.next().unwrap_or("");
        match kind {
            "C" => {
                let (code, longer, name) = (next(), next(), next());
                let at = At::Country(self.countries.len());
                self.codes.extend([(code, at), (longer, at)]);
                self.countries.push(Country { code, name, population: number(next()) });
                self.name(name, next(), at);
            }
            "S" => {
                let (country, code, short, name) = (next(), next(), next(), next());
                let at = At::State(self.states.len());
                // A division's code counts when people write it; the others only join cities to it.
                self.codes.extend((!short.is_empty()).then_some((short, at)));
                self.states.push(State { country, code, name, population: number(next()) });
                self.name(name, next(), at);
            }
            "K" => {
                let (fips, state, name) = (next(), next(), next());
                let at = At::County(self.counties.len());
                self.counties.push(County { fips, state, name });
                self.name(name, "", at);
            }
            "P" => {
                let (country, state, county, name) = (next(), next(), next(), next());
                let at = At::City(self.cities.len());
                self.cities.push(City { country, state, county, name, population: number(next()) });
                self.name(name, next(), at);
            }
            _ => {}
        }
    }

    fn name(&mut self, name: &'static str, aliases: &'static str, at: At) {
        self.names.push((name, at));
        self.names.extend(aliases.split('|').filter(|alias| !alias.is_empty()).map(|alias| (alias, at)));
    }
}

fn number(cell: &str) -> u64 {
    cell.parse().unwrap_or(0)
}

fn regions_of_file(names: &mut Vec<(&'static str, At)>) -> Vec<Region> {
    let mut regions = Vec::new();
    for row in rows::of(GROUPS) {
        let [name, aliases, kind, members] = row.as_slice() else { continue };
        let members = members.split(' ');
        let members = match *kind {
            "county" => Members::Counties(members.collect()),
            "us_state" => Members::States(members.map(|code| code.trim_start_matches("US-")).collect()),
            _ => Members::Countries(members.collect()),
        };
        let at = At::Region(regions.len());
        names.push((name, at));
        names.extend(aliases.split('|').filter(|alias| !alias.is_empty()).map(|alias| (alias, at)));
        regions.push(Region { name, members });
    }
    regions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(name: &str) -> Vec<(&'static str, &'static str)> {
        let kind = |place: &Place| match place {
            Place::Country(_) => "country",
            Place::State(_) => "state",
            Place::County(_) => "county",
            Place::City(_) => "city",
            Place::Region(_) => "region",
        };
        table().exact(name).iter().map(|place| (kind(place), place.name())).collect()
    }

    #[test]
    fn an_ambiguous_name_keeps_its_readings_with_the_most_people_first() {
        assert_eq!(kinds("New York")[..2], [("state", "New York"), ("city", "New York")]);
        assert_eq!(kinds("Georgia")[..2], [("state", "Georgia"), ("country", "Georgia")]);
        assert_eq!(kinds("Washington")[..2], [("state", "Washington"), ("city", "Washington")]);
        assert_eq!(kinds("São Paulo")[0].1, "São Paulo");
        assert_eq!(kinds("SF"), [("city", "San Francisco")]);
        assert_eq!(kinds("Orange County")[0].0, "region");
        assert_eq!(kinds("London")[0].0, "city");
        assert_eq!(kinds("Bavaria"), [("state", "Bavaria")]);
        assert_eq!(kinds("Bayern"), [("state", "Bavaria")]);
        assert_eq!(kinds("Zurich")[0].0, "city");
        assert_eq!(kinds("Ft. Worth"), kinds("Fort Worth"));
        assert_eq!(kinds("Saint Louis")[0], kinds("St. Louis")[0]);
        assert_eq!(kinds("UK"), [("country", "United Kingdom")]);
        assert_eq!(kinds("EMEA"), [("region", "EMEA")]);
        assert_eq!(kinds("California")[0], ("state", "California"));
    }

    #[test]
    fn codes_are_found_and_are_no_names() {
        assert_eq!(state_code("ca").first().map(|state| state.name), Some("California"));
        assert_eq!(state_code("NSW").first().map(|state| state.name), Some("New South Wales"));
        assert_eq!(country("DEU").map(|country| country.name), Some("Germany"));
        assert_eq!(country("us").map(|country| country.code), Some("US"));
        for word in ["in", "or", "me", "and", "are", "can", "hi"] {
            assert!(!table().exact(word).iter().any(|place| !matches!(place, Place::City(_))), "{word}");
        }
    }

    #[test]
    fn every_region_is_made_of_known_members() {
        for region in regions() {
            match &region.members {
                Members::Counties(all) => assert!(all.iter().all(|fips| county(fips).is_some()), "{}", region.name),
                Members::States(all) => assert!(all.iter().all(|code| state("US", code).is_some()), "{}", region.name),
                Members::Countries(all) => assert!(all.iter().all(|code| country(code).is_some()), "{}", region.name),
            }
        }
    }

    #[test]
    fn every_city_of_the_us_has_a_known_county_and_state() {
        for city in PLACES.lines().filter(|line| line.starts_with("P\tUS\t")) {
            let cells: Vec<&str> = city.split('\t').collect();
            assert!(state("US", cells[2]).is_some() && county(cells[3]).is_some(), "{city}");
        }
    }
}
