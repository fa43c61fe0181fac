//! Packs the tables of `data/` before the program is compiled, so that nothing has to be built from them when it starts:
//! places, titles, markets, technologies and other languages with all their spellings, and the words that are no mistakes.
//!
//! It spells names by the program's own rules (`src/understand/words.rs`, `phrases.rs`) and writes to `OUT_DIR`: rows as
//! Rust (`titles.rs`, `markets.rs` …) or as text (`places.tsv`), and what is looked up in them as packed tables (`*.bin`).

#[allow(dead_code, unreachable_pub, reason = "only what spells a name is needed here")]
#[path = "src/understand/packed.rs"]
mod packed;
#[allow(dead_code, unreachable_pub, reason = "only what spells a name is needed here")]
#[path = "src/understand/phrases.rs"]
mod phrases;
#[allow(dead_code, unreachable_pub, reason = "only what spells a name is needed here")]
#[path = "src/understand/rows.rs"]
mod rows;
#[allow(dead_code, unreachable_pub, reason = "only what spells a name is needed here")]
#[path = "src/understand/words.rs"]
mod words;

#[path = "build/known.rs"]
mod known;
#[path = "build/languages.rs"]
mod languages;
#[path = "build/markets.rs"]
mod markets;
#[path = "build/technologies.rs"]
mod technologies;
#[path = "build/titles.rs"]
mod titles;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use words::normal;

/// The kinds of place, as the high bits of a number that names one.
const COUNTRY: u32 = 0;
const STATE: u32 = 1 << 28;
const COUNTY: u32 = 2 << 28;
const CITY: u32 = 3 << 28;
const REGION: u32 = 4 << 28;

#[expect(clippy::disallowed_methods, reason = "cargo says where to write")]
fn main() {
    // The folder of this file, also when another package names it by its path.
    let here = Path::new(file!()).parent().map(Path::to_path_buf).unwrap_or_default();
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    for source in ["build.rs", "build", "src/understand/packed.rs", "src/understand/phrases.rs"] {
        println!("cargo:rerun-if-changed={}", here.join(source).display());
    }
    for source in ["src/understand/rows.rs", "src/understand/words.rs"] {
        println!("cargo:rerun-if-changed={}", here.join(source).display());
    }
    let read = |name: &str| -> &'static str {
        let file = here.join("data").join(name);
        println!("cargo:rerun-if-changed={}", file.display());
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        text.leak()
    };
    let write = |name: &str, bytes: &[u8]| {
        let file = out.join(name);
        std::fs::write(&file, bytes).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    };
    let mut places = Places::default();
    read("places.tsv").lines().for_each(|line| places.line(line));
    places.regions(read("place_groups.csv"));
    let names = places.names();
    write("places.txt", places.cells.as_bytes());
    write("places_lengths.bin", &places.lengths);
    write("place_names.bin", &places.phrases(&names));
    write("place_codes.bin", &packed::bytes_of(&places.codes()));
    let other_languages = read("languages.csv");
    let titles =
        titles::Titles::of(read("titles.csv"), read("functions.csv"), read("occupations.csv"), other_languages);
    write("titles.rs", titles.source().as_bytes());
    write("titles_asked.bin", &titles.asked.packed());
    write("titles_filed.bin", &titles.filed.packed());
    write("functions.bin", &titles.functions.packed());
    let markets = markets::of(&markets::Files {
        industries: read("industries.csv"),
        company_types: read("company_types.csv"),
        practices: read("practice_areas.csv"),
        topics: read("topics.csv"),
        languages: other_languages,
    });
    write("markets.rs", markets.source.as_bytes());
    write("markets_asked.bin", &markets.asked.packed());
    write("markets_filed.bin", &markets.filed.packed());
    let technologies = technologies::of(read("technologies.csv"));
    write("technologies.rs", technologies.source.as_bytes());
    write("technologies_plain.bin", &technologies.plain.packed());
    write("technologies_announced.bin", &technologies.announced.packed());
    let languages = languages::Languages::of(other_languages);
    write("languages.rs", languages.source().as_bytes());
    write("languages_begun.bin", &languages.begun());
    write("languages_singulars.bin", &languages.singulars.packed());
    write("languages_markets.bin", &languages.markets.packed());
    write("languages_names.bin", &languages.names.packed());
    for (name, english) in &languages.english {
        write(&format!("language_{name}.bin"), &english.packed());
    }
    let mut words = known::Words::default();
    for (name, readings) in &names {
        words.place(name, readings.iter().map(|at| places.all[*at].fame()).max().unwrap_or(0));
    }
    words.everyday(read("everyday_words.txt"));
    words.people(read("first_names.csv"), read("surnames.csv"));
    [&titles.asked, &titles.functions].into_iter().for_each(|table| words.table(table, known::USED_IN_TITLE));
    words.table(&markets.asked, known::USED_IN_MARKET);
    words.others(languages::phrases(other_languages).map(normal));
    words.others(technologies.announced.iter().map(|(name, _)| name.to_owned()));
    write("words.bin", &words.known());
    let (targets, groups) = words.targets();
    write("targets.txt", targets.as_bytes());
    write("target_groups.bin", &groups);
}

/// One place, with what its weight depends on.
struct Place {
    id: u32,
    /// ISO code of its country; empty for regions.
    country: &'static str,
    name: &'static str,
    population: u64,
}

#[derive(Default)]
struct Places {
    all: Vec<Place>,
    /// The cells of `places.tsv` without other names, one behind another, and the length of each.
    cells: String,
    lengths: Vec<u8>,
    /// Names and the places (of `all`) they are names of, in the order of the table.
    named: Vec<(&'static str, usize)>,
    short: Vec<(&'static str, usize)>,
    counts: [u32; 4],
}

impl Places {
    /// Reads one line of `data/places.tsv` (its columns are explained in `scripts/make-places`).
    fn line(&mut self, line: &'static str) {
        let cells: Vec<&'static str> = line.split('\t').collect();
        let cell = |at: usize| cells.get(at).copied().unwrap_or("");
        let (kind, columns) = match cell(0) {
            "C" => (COUNTRY, 5),
            "S" => (STATE, 6),
            "K" => (COUNTY, 4),
            "P" => (CITY, 6),
            _ => return,
        };
        let (country, name, population) = match cell(0) {
            "C" => (cell(1), cell(3), cell(4)),
            "S" => (cell(1), cell(4), cell(5)),
            "K" => ("US", cell(3), "0"),
            _ => (cell(1), cell(4), cell(5)),
        };
        let counted = &mut self.counts[(kind >> 28) as usize];
        let place = Place { id: kind + *counted, country, name, population: population.parse().unwrap_or(0) };
        *counted += 1;
        let at = self.all.len();
        self.all.push(place);
        match cell(0) {
            "C" => self.short.extend([(cell(1), at), (cell(2), at)]),
            // A division's code counts when people write it; the others only join cities to it.
            "S" if !cell(3).is_empty() => self.short.push((cell(3), at)),
            _ => {}
        }
        self.name(name, cell(columns), at);
        // Two more columns of a country and a city are shown nowhere: its other names.
        for at in 0..columns {
            let cell = cells.get(at).copied().unwrap_or("");
            self.lengths.push(u8::try_from(cell.len()).expect("no cell of a place has 256 bytes"));
            self.cells.push_str(cell);
        }
    }

    fn regions(&mut self, table: &'static str) {
        for (id, row) in (0..).zip(rows::of(table)) {
            let at = self.all.len();
            // A county ("GB-ENG: …") counts where it lies, because towns elsewhere bear its name.
            let country = if row[2] == "shire" { &row[3][..2] } else { "" };
            self.all.push(Place { id: REGION + id, country, name: row[0], population: 0 });
            self.name(row[0], row[1], at);
        }
    }

    fn name(&mut self, name: &'static str, others: &'static str, at: usize) {
        self.named.push((name, at));
        self.named.extend(others.split('|').filter(|other| !other.is_empty()).map(|other| (other, at)));
    }

    /// Every name as it is looked up, with its readings, the likeliest first.
    fn names(&self) -> BTreeMap<String, Vec<usize>> {
        let mut named: Vec<&(&str, usize)> = self.named.iter().collect();
        named.sort_by_key(|(name, at)| std::cmp::Reverse((self.all[*at].is_usual(name), self.all[*at].weight())));
        let mut names: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (name, at) in named {
            if self.all[*at].is_unlikely(name) {
                continue;
            }
            for spelling in std::iter::once((*name).to_owned()).chain(other_spelling(name)) {
                let key = normal(&spelling);
                let readings = names.entry(key).or_default();
                if !readings.iter().any(|known| self.all[*known].id == self.all[*at].id) {
                    readings.push(*at);
                }
            }
        }
        names.remove("");
        names
    }

    /// The names packed, each first word with the number of words of the longest name it begins.
    fn phrases(&self, names: &BTreeMap<String, Vec<usize>>) -> Vec<u8> {
        let mut entries: BTreeMap<&str, (u8, Vec<u32>)> = BTreeMap::new();
        for (name, readings) in names {
            entries.entry(name).or_default().1 = readings.iter().map(|at| self.all[*at].id).collect();
            let count = u8::try_from(name.split(' ').count()).expect("no name of a place has 256 words");
            let first = name.split(' ').next().unwrap_or(name);
            let longest = &mut entries.entry(first).or_default().0;
            *longest = count.max(*longest);
        }
        let entries: Vec<_> = entries.into_iter().map(|(key, (longest, ids))| (key.to_owned(), longest, ids)).collect();
        packed::bytes_of(&entries)
    }

    /// Countries by every name and code, states by those within their country, and states by their code alone.
    fn codes(&self) -> Vec<(String, u8, Vec<u32>)> {
        let mut codes: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (text, at) in self.named.iter().chain(&self.short) {
            let place = &self.all[*at];
            let key = match place.id & (7 << 28) {
                COUNTRY => format!("country {}", normal(text)),
                STATE => format!("{} {}", place.country, normal(text)),
                _ => continue,
            };
            codes.entry(key).or_insert_with(|| vec![place.id]);
        }
        for (code, at) in self.short.iter().filter(|(_, at)| self.all[*at].id & (7 << 28) == STATE) {
            codes.entry(format!("code {code}")).or_default().push(self.all[*at].id);
        }
        codes.into_iter().map(|(key, ids)| (key, 0, ids)).collect()
    }
}

impl Place {
    fn kind(&self) -> u32 {
        self.id & (7 << 28)
    }

    /// How likely it is meant, against other readings of the same words: its people, and more for the
    /// countries where a firm's prospects mostly are. Outside the countries whose states people name,
    /// a city comes before the state called after it (Zurich, Madrid).
    fn weight(&self) -> u64 {
        match self.kind() {
            COUNTRY => self.population + self.population / 5,
            STATE if matches!(self.country, "US" | "CA" | "AU" | "GB" | "BR") => {
                self.population * nearness(self.country)
            }
            STATE => self.population / 10,
            CITY => self.population * nearness(self.country),
            COUNTY => 1,
            REGION if self.is_shire() => 1_500_000,
            // A region's name is its own; where it is not ("Orange County"), the region is the better known.
            _ => 50_000_000,
        }
    }

    fn is_shire(&self) -> bool {
        self.kind() == REGION && !self.country.is_empty()
    }

    /// Whether people mean this place by the name though more live in another one.
    fn is_usual(&self, name: &str) -> bool {
        USUAL.iter().any(|(usual, country)| *country == self.country && name.eq_ignore_ascii_case(usual))
    }

    /// Whether `name` is a word of other names far more often than this place: own names of up to three letters
    /// outside the countries that requests are about ("San", "Man", "Wa"), and divisions that say nothing
    /// without their country.
    fn is_unlikely(&self, name: &str) -> bool {
        let state_elsewhere = self.kind() == STATE && !matches!(self.country, "US" | "CA" | "AU" | "GB");
        let vague = state_elsewhere && VAGUE_DIVISIONS.iter().any(|word| name.eq_ignore_ascii_case(word));
        let far = matches!(self.kind(), STATE | CITY) && self.name == name && nearness(self.country) == 1;
        vague || (name.len() <= 3 && far)
    }

    /// How well known it is; 0 when its name is too rare to be what somebody misspelled.
    fn fame(&self) -> u32 {
        const LARGE: u64 = 100_000;
        const LARGE_FAR_AWAY: u64 = 700_000;
        match self.kind() {
            // No misspelled word means Clare or Devon.
            REGION if self.is_shire() => 0,
            COUNTRY | REGION => 20,
            STATE if matches!(self.country, "US" | "CA") => 30,
            STATE if matches!(self.country, "AU" | "GB" | "DE" | "CH" | "AT") => 5,
            CITY => {
                let counts = self.population >= if nearness(self.country) > 1 { LARGE } else { LARGE_FAR_AWAY };
                if counts { u32::try_from(2 + self.population / 200_000).unwrap_or(u32::MAX).min(30) } else { 0 }
            }
            _ => 0,
        }
    }
}

fn nearness(country: &str) -> u64 {
    match country {
        "US" => 4,
        "CA" | "GB" | "IE" | "AU" | "NZ" | "DE" | "FR" | "ES" | "IT" | "NL" | "BE" | "CH" | "AT" => 2,
        _ => 1,
    }
}

/// Names whose place is not the one with most people, and its country.
const USUAL: [(&str, &str); 11] = [
    ("saint andrews", "GB"),
    ("st andrews", "GB"),
    ("bali", "ID"),
    ("durango", "US"),
    ("gloucester", "GB"),
    ("newcastle", "GB"),
    ("norfolk", "US"),
    ("orleans", "FR"),
    ("salem", "US"),
    ("santa fe", "US"),
    ("santa maria", "US"),
];

/// Names of divisions that say nothing without their country ("Central", "Western").
const VAGUE_DIVISIONS: [&str; 28] = [
    "north-west",
    "north-east",
    "south-west",
    "south-east",
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
