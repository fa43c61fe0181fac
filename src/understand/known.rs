//! The words the reader knows: those of its tables, names of people, and everyday words. Which of them
//! a misspelled word may have been meant for.
//!
//! It protects correct words from correction: a word that stands in any list is left as it is.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::changes;
use super::languages;
use super::levels;
use super::markets;
use super::measures;
use super::moods;
use super::packed::{Packed, Quick};
use super::signals;
use super::technologies;
use super::titles;
use super::verbs;
use super::vocabulary;
use super::words::{normal, singular};

// `build.rs` makes these of `data/everyday_words.txt`, the names of people and the places: what is known of each word,
// and the words of them that a misspelled one may have been meant for.
const WORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words.bin"));
const TARGETS: &str = include_str!(concat!(env!("OUT_DIR"), "/targets.txt"));
/// Bits of what is known of a word: the word stands in a list of words; it is a name of people.
const KNOWN: u8 = 1;
const NAME: u8 = 2;

/// Where a word is used, as bits of a mask.
pub(super) mod used {
    /// In the small words and verbs of a request.
    pub(in super::super) const GRAMMAR: u8 = 1;
    /// In titles, levels, departments, functions.
    pub(in super::super) const TITLE: u8 = 2;
    /// In sectors, kinds of company, practice areas.
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
    /// The words of the program, with what is known of each.
    packed: Packed,
    /// The words of the tables that are read when the program starts.
    known: HashSet<&'static str, Quick>,
    /// By first letter and length, so that few are compared.
    targets: Vec<Target>,
    groups: HashMap<(u8, usize), (usize, usize)>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(build);

/// Whether a normalised word is right as it is: in a list, or a regular form of a word in one.
pub(super) fn is_known(word: &str) -> bool {
    stands(word) || BASES.iter().any(|(ending, add)| is_form(word, ending, add)) || is_joined(word)
}

/// Whether the word is a name of people and stands in no other list.
pub(super) fn is_only_name(word: &str) -> bool {
    let tables = &*VOCABULARY;
    tables.fact(word) == NAME && !tables.known.contains(word)
}

/// The words that begin with `first` and have `length` letters.
pub(super) fn targets(first: u8, length: usize) -> &'static [Target] {
    let tables = &*VOCABULARY;
    tables.groups.get(&(first, length)).map_or(&[], |(from, to)| &tables.targets[*from..*to])
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
    tables.fact(word) & (KNOWN | NAME) != 0 || tables.known.contains(word)
}

impl Vocabulary {
    fn fact(&self, word: &str) -> u8 {
        self.packed.get(word).map_or(0, |entry| entry.note)
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
            enough && stands(left) && (stands(right) || stands(&singular(right)))
        })
}

fn build() -> Vocabulary {
    let mut found: HashMap<Cow<'static, str>, (u32, u8), Quick> = HashMap::default();
    for line in TARGETS.lines() {
        let mut cells = line.split(' ');
        if let (Some(word), Some(Ok(weight)), Some(Ok(used))) =
            (cells.next(), cells.next().map(str::parse), cells.next().map(str::parse))
        {
            found.insert(Cow::Borrowed(word), (weight, used));
        }
    }
    let mut note = |word: &str, weight: u32, used: u8| {
        if word.len() < 3 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
            return;
        }
        match found.get_mut(word) {
            Some(entry) => *entry = (entry.0.saturating_add(weight), entry.1 | used),
            None => drop(found.insert(Cow::Owned(word.to_owned()), (weight, used))),
        }
    };
    const OF_GRAMMAR: u32 = 12;
    for phrase in grammar_phrases() {
        phrase.split(' ').for_each(|word| note(word, OF_GRAMMAR, used::GRAMMAR));
    }
    let mut table = |phrase: &str, used: u8| {
        for word in phrase.split(' ') {
            note(word, 1, used);
            if let Some(plural) = plural(word) {
                note(&plural, 1, used);
            }
        }
    };
    titles::table().iter().for_each(|(phrase, _)| table(phrase, used::TITLE));
    titles::functions().iter().for_each(|(phrase, _)| table(phrase, used::TITLE));
    levels::seniority_table().iter().for_each(|(phrase, _)| table(phrase, used::TITLE));
    levels::department_table().iter().for_each(|(phrase, _)| table(phrase, used::TITLE));
    levels::group_table().iter().for_each(|(phrase, _)| table(phrase, used::TITLE));
    markets::table().iter().for_each(|(phrase, _)| table(phrase, used::MARKET));
    let mut targets: Vec<Target> = found
        .into_iter()
        .map(|(word, (weight, used))| {
            // They live as long as the program, like the tables they come from.
            let word: &'static str = match word {
                Cow::Borrowed(word) => word,
                Cow::Owned(word) => word.leak(),
            };
            Target { letters: letters_of(word), word, weight, used }
        })
        .collect();
    targets.sort_unstable_by(|a, b| key(a.word).cmp(&key(b.word)).then_with(|| a.word.cmp(b.word)));
    let mut known: HashSet<&'static str, Quick> =
        targets.iter().filter(|target| target.used != 0).map(|target| target.word).collect();
    let others = languages::phrases().map(normal).chain(technologies::phrases().map(str::to_owned));
    known.extend(others.flat_map(|phrase| phrase.leak().split(' ')));
    let mut groups: HashMap<(u8, usize), (usize, usize)> = HashMap::new();
    for (at, target) in targets.iter().enumerate() {
        groups.entry(key(target.word)).or_insert((at, at)).1 = at + 1;
    }
    Vocabulary { packed: Packed::of(WORDS), known, targets, groups }
}

/// The phrases by which the grammar tells words apart.
fn grammar_phrases() -> impl Iterator<Item = &'static str> {
    let of_searches = vocabulary::phrases().chain(measures::phrases()).chain(signals::phrases());
    verbs::phrases().chain(moods::phrases()).chain(changes::FIELDS.phrases()).chain(of_searches)
}

fn key(word: &str) -> (u8, usize) {
    (word.as_bytes()[0], word.len())
}

/// The plural of a word of the tables, which hold singulars.
fn plural(word: &str) -> Option<String> {
    if word.len() < 4 || singular(word) != word {
        return None;
    }
    let plural = match word.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if ["s", "sh", "ch", "x", "z"].iter().any(|end| word.ends_with(end)) => format!("{word}es"),
        _ => format!("{word}s"),
    };
    Some(plural)
}
