//! A table of phrases that finds the longest one at the head of a run of words.
//!
//! It protects the rule that a phrase inside a longer one does not count: readers ask for the
//! longest match and go on behind it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hasher};

use super::packed::{self, Packed, Quick, hash};
use super::words::{Break, Word, is_plain, singular_parts, words};

/// No phrase of a table has more words.
const MOST_WORDS: usize = 16;

/// Phrases and the values they stand for. A phrase may have several values, in the order added.
#[derive(Debug)]
pub struct Phrases<T> {
    values: HashMap<Box<str>, Vec<T>, Quick>,
    /// The first word of each phrase, with the number of words of the longest one it begins.
    longest: HashMap<Box<str>, usize, Quick>,
    /// Phrases that were packed before the program was compiled, and their values in its order.
    packed: Option<(Packed, Vec<T>)>,
    plurals: Plurals,
}

/// Whether a plural equals its singular.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plurals {
    /// "law firms" finds "law firm" and the other way round; "fin-tech" finds "fintech".
    Tolerated,
    /// Names of places: "oranges" are not Orange.
    Distinct,
}

impl<T: Copy> Phrases<T> {
    /// An empty table in which plurals and hyphens make no difference.
    pub fn new() -> Self {
        Self::with(Plurals::Tolerated)
    }

    /// An empty table of proper names, in which each word must stand as it is.
    pub fn of_names() -> Self {
        Self::with(Plurals::Distinct)
    }

    fn with(plurals: Plurals) -> Self {
        Self { values: HashMap::default(), longest: HashMap::default(), packed: None, plurals }
    }

    /// A packed table of proper names, whose numbers stand for the values that `value` gives.
    pub(super) fn of_packed_names(packed: Packed, value: impl Fn(u32) -> T) -> Self {
        let values = packed.numbers().map(value).collect();
        Self { packed: Some((packed, values)), ..Self::of_names() }
    }

    /// A packed table in which plurals and hyphens make no difference.
    pub(super) fn of_packed(packed: Packed, value: impl Fn(u32) -> T) -> Self {
        let values = packed.numbers().map(value).collect();
        Self { packed: Some((packed, values)), ..Self::new() }
    }

    /// Adds `phrase` with `value`. A phrase without a word is left out; a value is added once.
    /// In a table that tolerates plurals, a hyphenated phrase is known in one word too
    /// ("e-commerce", "ecommerce").
    pub fn add(&mut self, phrase: &str, value: T)
    where
        T: PartialEq,
    {
        if is_plain(phrase) {
            self.put(&self.plain_keys(phrase), value);
            return;
        }
        let found = words(phrase);
        self.put(&self.keys(&found), value);
        if self.plurals == Plurals::Tolerated && found.iter().any(|word| word.before == Break::Hyphen) {
            self.put(&self.keys(&joined_at_hyphens(&found)), value);
        }
    }

    /// Adds `phrase` with `value` unless it already stands for another value.
    pub fn add_if_free(&mut self, phrase: &str, value: T)
    where
        T: PartialEq,
    {
        let keys = if is_plain(phrase) { self.plain_keys(phrase) } else { self.keys(&words(phrase)) };
        let taken = self.get(keys.join(" ").as_str(), None).is_some_and(|values| !values.contains(&value));
        if !taken {
            self.put(&keys, value);
        }
    }

    /// Makes `phrase` stand for `value` and nothing else.
    pub fn replace(&mut self, phrase: &str, value: T)
    where
        T: PartialEq,
    {
        let keys = if is_plain(phrase) { self.plain_keys(phrase) } else { self.keys(&words(phrase)) };
        self.values.remove(keys.join(" ").as_str());
        self.put(&keys, value);
    }

    fn put(&mut self, keys: &[String], value: T)
    where
        T: PartialEq,
    {
        let Some(first) = keys.first() else { return };
        assert!(keys.len() <= MOST_WORDS, "a phrase of more than {MOST_WORDS} words would never be found: {keys:?}");
        let most = self.longest.entry(first.as_str().into()).or_default();
        *most = keys.len().max(*most);
        let values = self.values.entry(keys.join(" ").into()).or_default();
        if !values.contains(&value) {
            values.push(value);
        }
    }

    /// The longest phrase that `words` begin with: how many words it takes, and its values.
    /// A phrase does not reach over a dash, quotation mark, bracket or stop.
    pub fn longest(&self, words: &[Word]) -> Option<(usize, &[T])> {
        // Most words begin no phrase, which the first key alone tells.
        let begins = self.reach(&self.key(&words.first()?.norm), None).is_some();
        let hyphens = self.plurals == Plurals::Tolerated && hyphenated(words);
        if begins || hyphens { self.longest_of(&Keys::with(words, self.plurals, hyphens)) } else { None }
    }

    /// [`Self::longest`] for words whose keys are made once for several tables.
    pub(super) fn longest_of(&self, keys: &Keys<'_>) -> Option<(usize, &[T])> {
        let as_written = self.longest_run(&keys.written);
        let Some((joined, run)) = &keys.joined else { return as_written };
        let original = |(count, values)| (keys.original(joined, count), values);
        match (as_written, self.longest_run(run).map(original)) {
            (Some(a), Some(b)) if b.0 > a.0 => Some(b),
            (a, b) => a.or(b),
        }
    }

    /// The values of `text` when the whole of it is one phrase; else none.
    pub fn exact(&self, text: &str) -> &[T] {
        if is_plain(text) {
            return self.get(self.plain_keys(text).join(" ").as_str(), None).unwrap_or(&[]);
        }
        let found = words(text);
        if let Some(values) = self.get(self.keys(&found).join(" ").as_str(), None) {
            return values;
        }
        let keys = Keys::with(&found, self.plurals, self.plurals == Plurals::Tolerated);
        let joined = keys.joined.as_ref().and_then(|(joined, run)| {
            let (count, values) = self.longest_run(run)?;
            Some(values).filter(|_| keys.original(joined, count) == found.len())
        });
        joined.unwrap_or(&[])
    }

    /// Every phrase and its values, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[T])> {
        let packed = self.packed.iter().flat_map(|(packed, values)| {
            packed
                .entries()
                .filter(|(_, entry)| entry.count > 0)
                .filter_map(|(key, entry)| Some((key, values.get(entry.start..entry.start + entry.count)?)))
        });
        self.values.iter().map(|(phrase, values)| (&**phrase, values.as_slice())).chain(packed)
    }

    fn get(&self, key: &str, hashed: Option<u64>) -> Option<&[T]> {
        match &self.packed {
            Some((packed, values)) => {
                let entry = packed.get_hashed(key, hashed.unwrap_or_else(|| hash(key)));
                let entry = entry.filter(|entry| entry.count > 0)?;
                values.get(entry.start..entry.start + entry.count)
            }
            None => self.values.get(key).map(Vec::as_slice),
        }
    }

    /// The number of words of the longest phrase that begins with `first`.
    fn reach(&self, first: &str, hashed: Option<u64>) -> Option<usize> {
        match &self.packed {
            Some((packed, _)) => {
                let entry = packed.get_hashed(first, hashed.unwrap_or_else(|| hash(first)))?;
                Some(usize::from(entry.note)).filter(|longest| *longest > 0)
            }
            None => self.longest.get(first).copied(),
        }
    }

    fn longest_run(&self, run: &Run) -> Option<(usize, &[T])> {
        let (end, hashed) = *run.ends.first()?;
        let most = self.reach(&run.text[..end], Some(hashed))?.min(run.ends.len());
        (1..=most).rev().find_map(|count| {
            let (end, hashed) = run.ends[count - 1];
            Some((count, self.get(&run.text[..end], Some(hashed))?))
        })
    }

    fn keys(&self, words: &[Word]) -> Vec<String> {
        words.iter().map(|word| self.key(&word.norm).into_owned()).collect()
    }

    fn plain_keys(&self, text: &str) -> Vec<String> {
        text.split(' ').map(|word| self.key(&word.to_ascii_lowercase()).into_owned()).collect()
    }

    fn key<'n>(&self, norm: &'n str) -> Cow<'n, str> {
        match self.plurals.key(norm) {
            (stem, "") => Cow::Borrowed(stem),
            (stem, ending) => Cow::Owned([stem, ending].concat()),
        }
    }
}

impl Phrases<u32> {
    #[allow(dead_code, reason = "only build.rs packs")]
    /// The table as [`Packed`] reads it, each first word with the number of words of the longest phrase it begins.
    pub(super) fn packed(&self) -> Vec<u8> {
        let mut entries: BTreeMap<&str, (u8, &[u32])> = BTreeMap::new();
        for (first, longest) in &self.longest {
            entries.entry(first).or_default().0 = u8::try_from(*longest).unwrap_or(u8::MAX);
        }
        for (phrase, values) in &self.values {
            entries.entry(phrase).or_default().1 = values;
        }
        let entries = entries.into_iter().map(|(key, (longest, values))| (key.to_owned(), longest, values.to_vec()));
        packed::bytes_of(&entries.collect::<Vec<_>>())
    }
}

impl<T: Copy> Default for Phrases<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl Plurals {
    /// How a word is looked up, in two pieces.
    fn key(self, norm: &str) -> (&str, &'static str) {
        match self {
            Plurals::Tolerated => singular_parts(norm),
            Plurals::Distinct => (norm, ""),
        }
    }
}

/// The words at the head of a text as tables look them up: as written, and those with a hyphen between joined into one.
pub(super) struct Keys<'w> {
    words: &'w [Word],
    written: Run,
    joined: Option<(Vec<Word>, Run)>,
}

/// Words with one space between, and where each ends with the hash of all that stands before.
struct Run {
    text: String,
    ends: Vec<(usize, u64)>,
}

impl<'w> Keys<'w> {
    /// For tables in which plurals and hyphens make no difference.
    pub(super) fn of(words: &'w [Word]) -> Keys<'w> {
        Keys::with(words, Plurals::Tolerated, hyphenated(words))
    }

    fn with(words: &'w [Word], plurals: Plurals, hyphens: bool) -> Keys<'w> {
        const MOST_JOINED: usize = 12;
        let joined = hyphens.then(|| {
            let joined = joined_at_hyphens(&words[..words.len().min(MOST_JOINED)]);
            let run = Run::of(&joined, plurals);
            (joined, run)
        });
        Keys { words, written: Run::of(words, plurals), joined }
    }

    /// How many words as written the first `count` of the joined ones are.
    fn original(&self, joined: &[Word], count: usize) -> usize {
        let end = joined[count - 1].end;
        self.words.iter().take_while(|word| word.start < end).count()
    }
}

impl Run {
    /// No phrase reaches over a dash, quotation mark, bracket or stop.
    fn of(words: &[Word], plurals: Plurals) -> Run {
        let mut run = Run { text: String::with_capacity(64), ends: Vec::with_capacity(words.len().min(MOST_WORDS)) };
        let mut hasher = Quick.build_hasher();
        for (at, word) in words.iter().take(MOST_WORDS).enumerate() {
            if at > 0 {
                if word.before >= Break::Dash {
                    break;
                }
                run.text.push(' ');
                hasher.write(b" ");
            }
            let (stem, ending) = plurals.key(&word.norm);
            for piece in [stem, ending] {
                run.text.push_str(piece);
                hasher.write(piece.as_bytes());
            }
            run.ends.push((run.text.len(), hasher.finish()));
        }
        run
    }
}

/// Whether one of the first words stands behind a hyphen.
fn hyphenated(words: &[Word]) -> bool {
    const REACH: usize = 6;
    words.iter().skip(1).take(REACH).any(|word| word.before == Break::Hyphen)
}

fn joined_at_hyphens(words: &[Word]) -> Vec<Word> {
    let mut joined: Vec<Word> = Vec::with_capacity(words.len());
    for word in words {
        match joined.last_mut() {
            Some(last) if word.before == Break::Hyphen => {
                last.norm.push_str(&word.norm);
                last.end = word.end;
            }
            _ => joined.push(word.clone()),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Phrases<u8> {
        let mut table = Phrases::new();
        for (phrase, value) in [
            ("president", 1),
            ("vice president", 2),
            ("vice president of sales", 3),
            ("law firm", 4),
            ("law firms", 5),
            ("e-commerce", 6),
            ("fintech", 7),
        ] {
            table.add(phrase, value);
        }
        table
    }

    #[test]
    fn the_longest_phrase_wins() {
        let table = table();
        let read = |text: &str| table.longest(&words(text)).map(|(count, values)| (count, values.to_vec()));
        assert_eq!(read("Vice-Presidents of Sales in Ohio"), Some((4, vec![3])));
        assert_eq!(read("vice president of operations"), Some((2, vec![2])));
        assert_eq!(read("Presidents"), Some((1, vec![1])));
        assert_eq!(read("the president"), None);
    }

    #[test]
    fn plurals_and_hyphens_make_no_difference() {
        let table = table();
        assert_eq!(table.exact("law firm"), &[4, 5]);
        assert_eq!(table.exact("Law-Firms"), &[4, 5]);
        assert_eq!(table.exact("ecommerce"), &[6]);
        assert_eq!(table.exact("fin-tech"), &[7]);
        assert_eq!(table.longest(&words("fin-tech startups")), Some((2, &[7][..])));
        assert_eq!(table.exact("law firm partners"), &[] as &[u8]);
        assert_eq!(table.exact(""), &[] as &[u8]);
    }

    #[test]
    fn a_phrase_does_not_reach_over_a_stop() {
        let table = table();
        assert_eq!(table.longest(&words("law. firm")), None);
        assert_eq!(table.longest(&words("vice president (of sales)")).map(|found| found.0), Some(2));
    }

    #[test]
    fn names_keep_their_plurals_apart() {
        let mut names = Phrases::of_names();
        names.add("Orange", 1);
        assert_eq!(names.exact("orange"), &[1]);
        assert_eq!(names.exact("oranges"), &[] as &[i32]);
    }
}
