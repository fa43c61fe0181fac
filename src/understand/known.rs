//! The words the reader knows: those of its tables, names of people, and everyday words. Which of them
//! a misspelled word may have been meant for.
//!
//! It protects correct words from correction: a word that stands in any list is left as it is.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, OnceLock};

use super::changes;
use super::levels;
use super::measures;
use super::moods;
use super::packed::{Packed, Quick};
use super::signals;
use super::verbs;
use super::vocabulary;
use super::words::{plural, singular};

// `build.rs` makes these of `data/`: what is known of each word of the tables and lists, the words that a misspelled one
// may have been meant for, and where the lines of each first letter and length begin and end.
const WORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words.bin"));
const TARGETS: &str = include_str!(concat!(env!("OUT_DIR"), "/targets.txt"));
const TARGET_GROUPS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/target_groups.bin"));
/// Bits of what is known of a word: the word stands in a list of words; it is a first name; it is a surname.
const KNOWN: u8 = 1;
const FIRST_NAME: u8 = 2;
const SURNAME: u8 = 4;

/// Where a word is used, as bits of a mask.
pub(super) mod used {
    /// In the small words and verbs of a request.
    pub(in super::super) const GRAMMAR: u8 = 1;
    /// In titles, levels, departments, functions.
    pub(in super::super) const TITLE: u8 = 2;
    /// In sectors, kinds of company, practice areas.
    #[allow(dead_code, reason = "only build.rs writes it")]
    pub(in super::super) const MARKET: u8 = 4;
    /// As the whole name of a well-known place.
    pub(in super::super) const PLACE: u8 = 8;
    /// In a well-known place's name of several words.
    pub(in super::super) const PART_OF_PLACE: u8 = 16;
}

/// A word that a misspelled one may have been meant for.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) word: &'static str,
    /// How much is said with it: phrases of the tables that hold it, or people of the place.
    pub(super) weight: u32,
    /// Where it is used; 0 for an everyday word, which only makes it doubtful what was meant.
    pub(super) used: u8,
    /// One bit for each letter that occurs in it.
    letters: u32,
}

struct Vocabulary {
    /// The words of `data/`, with what is known of each.
    packed: Packed,
    /// By first letter and length, the lines of [`TARGETS`].
    groups: Packed,
    numbers: Vec<u32>,
    /// The small words of the grammar and of levels, which stand in the program itself, as targets are.
    small: HashMap<&'static str, (u32, u8), Quick>,
    /// Those words by first letter and length.
    sorted: Vec<&'static str>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(build);

/// No word that may have been meant is longer.
const LONGEST: usize = 32;

/// The targets of each first letter and length, read when the first misspelled word asks for them.
static TARGETS_OF: [[OnceLock<Vec<Target>>; LONGEST]; 26] = [const { [const { OnceLock::new() }; LONGEST] }; 26];

/// Whether a normalised word is right as it is: in a list, or a regular form of a word in one.
pub(super) fn is_known(word: &str) -> bool {
    stands(word) || BASES.iter().any(|(ending, add)| is_form(word, ending, add)) || is_joined(word)
}

/// Whether the word is a name of people and stands in no other list.
pub(super) fn is_only_name(word: &str) -> bool {
    let tables = &*VOCABULARY;
    let fact = tables.fact(word);
    fact & KNOWN == 0 && fact & (FIRST_NAME | SURNAME) != 0 && !tables.small.contains_key(word)
}

/// Whether the word is a first name of the table.
pub(super) fn is_first_name(word: &str) -> bool {
    VOCABULARY.fact(word) & FIRST_NAME != 0
}

/// Whether the word is a surname of the table.
pub(super) fn is_surname(word: &str) -> bool {
    VOCABULARY.fact(word) & SURNAME != 0
}

/// The words that begin with `first` and have `length` letters.
pub(super) fn targets(first: u8, length: usize) -> &'static [Target] {
    let letter = first.checked_sub(b'a').and_then(|letter| TARGETS_OF.get(usize::from(letter)));
    let group = letter.and_then(|lengths| lengths.get(length));
    group.map_or(&[], |group| group.get_or_init(|| VOCABULARY.targets(first, length)))
}

/// The target that is spelled like this.
pub(super) fn target(word: &str) -> Option<&'static Target> {
    let first = *word.as_bytes().first()?;
    targets(first, word.len()).iter().find(|target| target.word == word)
}

impl Target {
    /// Whether `letters` and those of this word are at most `most` apart: a quick test before the slow one.
    pub(super) fn may_be(&self, letters: u32, most: u32) -> bool {
        (self.letters ^ letters).count_ones() <= 2 * most
    }
}

/// One bit for each letter that occurs in the word.
pub(super) fn letters_of(word: &str) -> u32 {
    word.bytes().filter(u8::is_ascii_lowercase).fold(0, |letters, b| letters | 1 << (b - b'a'))
}

fn stands(word: &str) -> bool {
    let tables = &*VOCABULARY;
    tables.fact(word) & (KNOWN | FIRST_NAME | SURNAME) != 0 || tables.small.contains_key(word)
}

impl Vocabulary {
    fn fact(&self, word: &str) -> u8 {
        self.packed.get(word).map_or(0, |entry| entry.note)
    }

    /// The targets with this first letter and length, in the order of the alphabet.
    fn targets(&self, first: u8, length: usize) -> Vec<Target> {
        let group = self.groups.get(&format!("{}{length}", char::from(first)));
        let lines = group.and_then(|group| {
            let place = self.numbers.get(group.start..group.start + group.count)?;
            let [from, to] = place else { return None };
            TARGETS.get(usize::try_from(*from).ok()?..usize::try_from(*to).ok()?)
        });
        let mut found: BTreeMap<&'static str, (u32, u8)> = BTreeMap::new();
        for line in lines.unwrap_or("").lines() {
            let mut cells = line.split(' ');
            if let (Some(word), Some(Ok(weight)), Some(Ok(used))) =
                (cells.next(), cells.next().map(str::parse), cells.next().map(str::parse))
            {
                found.insert(word, (weight, used));
            }
        }
        let from = self.sorted.partition_point(|word| group_of(word) < (first, length));
        for word in self.sorted[from..].iter().take_while(|word| group_of(word) == (first, length)) {
            let (weight, used) = self.small.get(word).copied().unwrap_or_default();
            let entry = found.entry(word).or_default();
            *entry = (entry.0.saturating_add(weight), entry.1 | used);
        }
        let target = |(word, (weight, used))| Target { word, weight, used, letters: letters_of(word) };
        found.into_iter().map(target).collect()
    }
}

/// Regular endings and what stands in their place in the word they are added to.
const BASES: [(&str, &str); 12] = [
    ("s", ""),
    ("es", ""),
    ("ies", "y"),
    ("ed", ""),
    ("ed", "e"),
    ("ied", "y"),
    ("ing", ""),
    ("ing", "e"),
    ("ly", ""),
    ("ily", "y"),
    ("ness", ""),
    ("less", ""),
];

fn is_form(word: &str, ending: &str, add: &str) -> bool {
    let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() >= 3) else { return false };
    if !add.is_empty() {
        return stands(&format!("{stem}{add}"));
    }
    // "boxes", but no "salees".
    if ending == "es" && !stem.ends_with(['s', 'x', 'z', 'h', 'o']) {
        return false;
    }
    // "planning": the last letter of "plan" stands twice.
    let bytes = stem.as_bytes();
    let doubled = bytes.len() > 3 && bytes[bytes.len() - 1] == bytes[bytes.len() - 2] && ending.len() > 1;
    stands(stem) || (doubled && stands(&stem[..stem.len() - 1]))
}

/// "healthtech", "multinational", "reschedule": two known words in one, or one behind a syllable.
fn is_joined(word: &str) -> bool {
    const SYLLABLES: [&str; 14] =
        ["re", "un", "non", "pre", "co", "multi", "sub", "mis", "over", "out", "inter", "anti", "semi", "micro"];
    const SHORTEST: usize = 4;
    const SHORT_ENDS: [&str; 20] = [
        "tech", "care", "base", "book", "ware", "work", "life", "land", "line", "site", "side", "time", "wise", "like",
        "room", "shop", "team", "firm", "firms", "bank",
    ];
    if !word.is_ascii() {
        return false;
    }
    let behind_syllable = |syllable: &&str| {
        word.strip_prefix(*syllable)
            .is_some_and(|rest| rest.len() > SHORTEST && (stands(rest) || rest.strip_suffix('s').is_some_and(stands)))
    };
    SYLLABLES.iter().any(behind_syllable)
        || (SHORTEST..word.len().saturating_sub(SHORTEST - 1)).any(|cut| {
            let (left, right) = word.split_at(cut);
            // "engine" and "ring" make no engineering.
            let enough = right.len() > SHORTEST || SHORT_ENDS.contains(&right);
            // "comp" and "nay" make no "compnaies".
            let one = singular(right);
            enough && stands(left) && (stands(right) || one.len() >= SHORTEST && stands(&one))
        })
}

fn build() -> Vocabulary {
    let mut small: HashMap<&'static str, (u32, u8), Quick> = HashMap::default();
    let mut note = |word: &'static str, weight: u32, used: u8| {
        if word.len() >= 3 && word.bytes().all(|b| b.is_ascii_lowercase()) {
            let entry = small.entry(word).or_default();
            *entry = (entry.0.saturating_add(weight), entry.1 | used);
        }
    };
    const OF_GRAMMAR: u32 = 12;
    for phrase in grammar_phrases() {
        phrase.split(' ').for_each(|word| note(word, OF_GRAMMAR, used::GRAMMAR));
    }
    let seniority = levels::seniority_table().iter().map(|(phrase, _)| phrase);
    let departments = levels::department_table().iter().map(|(phrase, _)| phrase);
    let groups = levels::group_table().iter().map(|(phrase, _)| phrase);
    for word in seniority.chain(departments).chain(groups).flat_map(|phrase| phrase.split(' ')) {
        note(word, 1, used::TITLE);
        if let Some(plural) = plural(word) {
            // It lives as long as the program, like the tables it comes from.
            note(plural.leak(), 1, used::TITLE);
        }
    }
    let groups = Packed::of(TARGET_GROUPS);
    let mut sorted: Vec<&'static str> = small.keys().copied().collect();
    sorted.sort_unstable_by_key(|word| group_of(word));
    Vocabulary { packed: Packed::of(WORDS), groups, numbers: groups.numbers().collect(), small, sorted }
}

fn group_of(word: &str) -> (u8, usize) {
    (word.as_bytes().first().copied().unwrap_or(0), word.len())
}

/// The phrases by which the grammar tells words apart.
fn grammar_phrases() -> impl Iterator<Item = &'static str> {
    let of_searches = vocabulary::phrases().chain(measures::phrases()).chain(signals::phrases());
    verbs::phrases().chain(moods::phrases()).chain(changes::FIELDS.phrases()).chain(of_searches)
}
