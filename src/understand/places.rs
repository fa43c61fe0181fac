//! The table of places: countries, their first-level divisions ("states"), US counties, cities and
//! regions such as the Bay Area or EMEA.
//!
//! It protects two rules: an ambiguous name keeps all its readings (most people first), so that the
//! reader can say what it assumed; and a region stays a region and is only opened when compared.
//!
//! Contains data from GeoNames (geonames.org), CC BY 4.0; see `data/README.md`.

use std::collections::HashSet;
use std::sync::LazyLock;

pub use super::location::{Canonical, Location, canonical, contains, resolve};
use super::packed::{Packed, Quick};
use super::phrases::Phrases;
use super::rows;
use super::words::normal;

// `build.rs` makes these of `data/places.tsv` and `data/place_groups.csv`.
const CELLS: &str = include_str!(concat!(env!("OUT_DIR"), "/places.txt"));
const LENGTHS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/places_lengths.bin"));
const NAMES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/place_names.bin"));
const CODES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/place_codes.bin"));
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
    /// Cities around a large one outside the US.
    Cities(Metro),
}

/// The cities of a region outside the US.
#[derive(Debug, PartialEq, Eq)]
pub struct Metro {
    /// ISO code.
    pub country: &'static str,
    /// The code of their state in the table, where all lie in one and names are ambiguous; else empty.
    pub state: &'static str,
    /// Their names in the table.
    pub cities: Vec<&'static str>,
    /// Whether they are a county (Kent, County Cork), which is named with its country.
    pub shire: bool,
}

impl Region {
    /// The country of a county outside the US; None for every other region.
    pub fn shire_of(&self) -> Option<&'static str> {
        match &self.members {
            Members::Cities(metro) if metro.shire => Some(metro.country),
            _ => None,
        }
    }

    /// Persons in the known towns of a county outside the US; 0 for other regions, whose names are their own.
    pub fn people(&self) -> u64 {
        let Members::Cities(metro) = &self.members else { return 0 };
        if !metro.shire {
            return 0;
        }
        let lies_here =
            |city: &&City| city.country == metro.country && (metro.state.is_empty() || city.state == metro.state);
        let town = |name: &&str| cities(name).find(lies_here).map_or(0, |city| city.population);
        metro.cities.iter().map(town).sum()
    }

    /// Whether it is a county of this part of its country: Kent of England.
    pub fn is_shire_in(&self, part: &State) -> bool {
        matches!(&self.members, Members::Cities(metro)
            if metro.shire && metro.country == part.country && metro.state == part.code)
    }
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
                Members::Cities(ref metro) => Some(metro.country),
                Members::Counties(_) | Members::States(_) => Some("US"),
            },
        }
    }
}

struct Tables {
    countries: Vec<Country>,
    states: Vec<State>,
    counties: Vec<County>,
    cities: Vec<City>,
    regions: Vec<Region>,
    /// Countries ("country germany", "country de"), states within theirs ("US california") and codes alone ("code CA").
    codes: Packed,
    numbers: Vec<u32>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(build);

static NAMED: LazyLock<Phrases<Place>> = LazyLock::new(|| {
    // Every number of the table names a place of the rows; a test asks for each.
    let nowhere = Place::Country(&TABLES.countries[0]);
    Phrases::of_packed_names(Packed::of(NAMES), |number| TABLES.place(number).unwrap_or(nowhere))
});

/// Every name of a place, with its readings, the one with most people first. A name of up to three
/// letters ("US", "LA", "Ulm") should be believed only with a capital, one of [`is_plain_word`] only
/// in a place's position; codes of states are in [`state_code`].
pub fn table() -> &'static Phrases<Place> {
    &NAMED
}

/// The states whose code a word is ("CA", "NSW"), those of the US first; the caller checks that it was in capitals.
pub fn state_code(code: &str) -> Vec<&'static State> {
    let found = TABLES.of_code(&format!("code {}", code.to_ascii_uppercase()));
    found.filter_map(|place| if let Place::State(state) = place { Some(state) } else { None }).collect()
}

/// The country with this code of two or three letters, name or other name.
pub fn country(text: &str) -> Option<&'static Country> {
    let found = TABLES.of_code(&format!("country {}", normal(text))).next();
    found.and_then(|place| if let Place::Country(country) = place { Some(country) } else { None })
}

/// The state of a country (ISO code) with this code or name.
pub fn state(country: &str, text: &str) -> Option<&'static State> {
    let found = TABLES.of_code(&format!("{country} {}", normal(text))).next();
    found.and_then(|place| if let Place::State(state) = place { Some(state) } else { None })
}

/// The county with this FIPS code.
pub fn county(fips: &str) -> Option<&'static County> {
    let at = TABLES.counties.binary_search_by(|county| county.fips.cmp(fips)).ok()?;
    TABLES.counties.get(at)
}

/// The region with this name or another name for it.
pub fn region(text: &str) -> Option<&'static Region> {
    NAMED.exact(text).iter().find_map(|place| match place {
        Place::Region(region) => Some(*region),
        _ => None,
    })
}

/// The cities with this name, most people first.
pub fn cities(text: &str) -> impl Iterator<Item = &'static City> {
    NAMED.exact(text).iter().filter_map(|place| match place {
        Place::City(city) => Some(*city),
        _ => None,
    })
}

/// Every city, in the order of the table.
pub fn all_cities() -> &'static [City] {
    &TABLES.cities
}

/// Every country.
pub fn countries() -> &'static [Country] {
    &TABLES.countries
}

/// Every state of every country.
pub fn states() -> &'static [State] {
    &TABLES.states
}

/// Every region.
pub fn regions() -> &'static [Region] {
    &TABLES.regions
}

/// Whether a name of a place is also a plain English word ("Mobile", "Reading", "West"), to be
/// believed only where a place is expected. The word is normalised.
pub fn is_plain_word(name: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str, Quick>> = LazyLock::new(|| PLAIN_WORDS.split_ascii_whitespace().collect());
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

impl Tables {
    /// The place that a number of the packed tables names.
    fn place(&'static self, number: u32) -> Option<Place> {
        let at = usize::try_from(number & ((1 << KIND_BITS) - 1)).ok()?;
        match number >> KIND_BITS {
            0 => self.countries.get(at).map(Place::Country),
            1 => self.states.get(at).map(Place::State),
            2 => self.counties.get(at).map(Place::County),
            3 => self.cities.get(at).map(Place::City),
            _ => self.regions.get(at).map(Place::Region),
        }
    }

    fn of_code(&'static self, key: &str) -> impl Iterator<Item = Place> + use<> {
        let entry = self.codes.get(key);
        let numbers = entry.and_then(|entry| self.numbers.get(entry.start..entry.start + entry.count)).unwrap_or(&[]);
        numbers.iter().filter_map(|number| self.place(*number))
    }
}

/// A number of the packed tables says what kind of place it names in the bits above these.
const KIND_BITS: u32 = 28;

fn build() -> Tables {
    let mut rows = Rows::default();
    let mut cells = Cells { text: CELLS, lengths: LENGTHS };
    while !cells.lengths.is_empty() {
        rows.read(&mut cells);
    }
    let codes = Packed::of(CODES);
    Tables {
        countries: rows.countries,
        states: rows.states,
        counties: rows.counties,
        cities: rows.cities,
        regions: regions_of_file(),
        numbers: codes.numbers().collect(),
        codes,
    }
}

/// Texts that stand one behind another, and the length of each.
struct Cells {
    text: &'static str,
    lengths: &'static [u8],
}

impl Cells {
    fn next(&mut self) -> &'static str {
        let Some((length, lengths)) = self.lengths.split_first() else { return "" };
        self.lengths = lengths;
        let (cell, text) = self.text.split_at_checked(usize::from(*length)).unwrap_or(("", ""));
        self.text = text;
        cell
    }
}

/// The places of the rows that `build.rs` wrote, in its order.
#[derive(Default)]
struct Rows {
    countries: Vec<Country>,
    states: Vec<State>,
    counties: Vec<County>,
    cities: Vec<City>,
}

impl Rows {
    fn read(&mut self, cells: &mut Cells) {
        let mut next = || cells.next();
        match next() {
            "C" => {
                let (code, _, name) = (next(), next(), next());
                self.countries.push(Country { code, name, population: number(next()) });
            }
            "S" => {
                let (country, code, _, name) = (next(), next(), next(), next());
                self.states.push(State { country, code, name, population: number(next()) });
            }
            "K" => {
                let (fips, state, name) = (next(), next(), next());
                self.counties.push(County { fips, state, name });
            }
            "P" => {
                let (country, state, county, name) = (next(), next(), next(), next());
                self.cities.push(City { country, state, county, name, population: number(next()) });
            }
            _ => {}
        }
    }
}

fn number(cell: &str) -> u64 {
    cell.parse().unwrap_or(0)
}

fn regions_of_file() -> Vec<Region> {
    let mut regions = Vec::new();
    for row in rows::of(GROUPS) {
        let [name, _, kind, members] = row.as_slice() else { continue };
        if ["city", "shire"].contains(kind) {
            // "GB-ENG: London|Croydon"
            let (area, cities) = members.split_once(": ").unwrap_or((members, ""));
            let (country, state) = area.split_once('-').unwrap_or((area, ""));
            let metro = Metro { country, state, cities: cities.split('|').collect(), shire: *kind == "shire" };
            regions.push(Region { name, members: Members::Cities(metro) });
            continue;
        }
        let members = members.split(' ');
        let members = match *kind {
            "county" => Members::Counties(members.collect()),
            "us_state" => Members::States(members.map(|code| code.trim_start_matches("US-")).collect()),
            _ => Members::Countries(members.collect()),
        };
        regions.push(Region { name, members });
    }
    regions
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: &str = include_str!("../../data/places.tsv");

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
                Members::Cities(metro) => {
                    let known = |name: &&str| {
                        cities(name).any(|city| {
                            city.name == *name
                                && city.country == metro.country
                                && (metro.state.is_empty() || city.state == metro.state)
                        })
                    };
                    let enough = metro.shire || metro.cities.len() > 1;
                    assert!(enough && metro.cities.iter().all(known), "{}", region.name);
                }
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
