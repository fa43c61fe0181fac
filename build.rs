//! Packs the largest tables of `data/` before the program is compiled, so that nothing has to be built from them when it
//! starts: the names of places with all their readings, and the words that are no mistakes.
//!
//! It spells names by the program's own rules (`src/understand/words.rs`) and writes to `OUT_DIR`:
//! `places.tsv` (the rows without their other names), `place_names.bin`, `place_codes.bin`, `words.bin`, `targets.txt`.

#[allow(dead_code, unreachable_pub, reason = "only what spells a name is needed here")]
#[path = "src/understand/packed.rs"]
mod packed;
#[allow(dead_code, unreachable_pub, reason = "only what spells a name is needed here")]
#[path = "src/understand/rows.rs"]
mod rows;
#[allow(dead_code, unreachable_pub, reason = "only what spells a name is needed here")]
#[path = "src/understand/words.rs"]
mod words;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use words::normal;

/// The kinds of place, as the high bits of a number that names one.
const COUNTRY: u32 = 0;
const STATE: u32 = 1 << 28;
const COUNTY: u32 = 2 << 28;
const CITY: u32 = 3 << 28;
const REGION: u32 = 4 << 28;

/// What is known of a word: it stands in a list of words; it is a name of people.
const KNOWN: u8 = 1;
const NAME: u8 = 2;

/// Where a word is used, as `src/understand/known.rs` has it.
const USED_AS_PLACE: u8 = 8;
const USED_IN_PLACE: u8 = 16;

#[expect(clippy::disallowed_methods, reason = "cargo says where to write")]
fn main() {
    // The folder of this file, also when another package names it by its path.
    let here = Path::new(file!()).parent().map(Path::to_path_buf).unwrap_or_default();
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    for source in ["build.rs", "src/understand/packed.rs", "src/understand/rows.rs", "src/understand/words.rs"] {
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
    write("places.tsv", places.rows.as_bytes());
    write("place_names.bin", &places.phrases(&names));
    write("place_codes.bin", &packed::bytes_of(&places.codes()));
    let words = Words::of(&places, &names, read("everyday_words.txt"), read("first_names.csv"), read("surnames.csv"));
    write("words.bin", &words.known());
    write("targets.txt", words.targets().as_bytes());
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
    /// The rows of `places.tsv` without other names.
    rows: String,
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
        self.rows.push_str(&cells[..columns.min(cells.len())].join("\t"));
        self.rows.push('\n');
    }

    fn regions(&mut self, table: &'static str) {
        for (id, row) in (0..).zip(rows::of(table)) {
            let at = self.all.len();
            self.all.push(Place { id: REGION + id, country: "", name: row[0], population: 0 });
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
        named.sort_by_key(|(_, at)| std::cmp::Reverse(self.all[*at].weight()));
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
            // A region's name is its own; where it is not ("Orange County"), the region is the better known.
            _ => 50_000_000,
        }
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

/// The words that are no mistakes.
#[derive(Default)]
struct Words {
    known: BTreeMap<String, u8>,
    /// Words that a misspelled one may have been meant for: how well known they are, and where they are used.
    meant: BTreeMap<String, (u32, u8)>,
}

impl Words {
    fn of(
        places: &Places,
        names: &BTreeMap<String, Vec<usize>>,
        everyday: &'static str,
        first_names: &'static str,
        surnames: &'static str,
    ) -> Words {
        const OF_EVERYDAY: u32 = 1;
        let mut words = Words::default();
        for (name, readings) in names {
            let fame = readings.iter().map(|at| places.all[*at].fame()).max().unwrap_or(0);
            let used = if name.contains(' ') { USED_IN_PLACE } else { USED_AS_PLACE };
            for word in name.split(' ') {
                *words.known.entry(word.to_owned()).or_default() |= KNOWN;
                if fame > 0 {
                    words.note(word, fame, used);
                }
            }
        }
        for word in everyday.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_ascii_whitespace) {
            *words.known.entry(word.to_owned()).or_default() |= KNOWN;
            // Never what is read, but perhaps what was meant.
            words.note(word, OF_EVERYDAY, 0);
        }
        let first = first_names.lines().skip(1).filter_map(|line| line.split(',').nth(1));
        let last = surnames.lines().skip(1).filter_map(|line| line.split(',').next());
        for name in first.chain(last) {
            *words.known.entry(name.to_ascii_lowercase()).or_default() |= NAME;
        }
        words
    }

    fn note(&mut self, word: &str, weight: u32, used: u8) {
        if word.len() >= 3 && word.bytes().all(|b| b.is_ascii_lowercase()) {
            let entry = self.meant.entry(word.to_owned()).or_default();
            entry.0 += weight;
            entry.1 |= used;
        }
    }

    fn known(&self) -> Vec<u8> {
        let entries: Vec<_> = self.known.iter().map(|(word, what)| (word.clone(), *what, Vec::new())).collect();
        packed::bytes_of(&entries)
    }

    fn targets(&self) -> String {
        self.meant.iter().fold(String::new(), |mut text, (word, (weight, used))| {
            let _ = writeln!(text, "{word} {weight} {used}");
            text
        })
    }
}
