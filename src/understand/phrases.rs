//! A table of phrases that finds the longest one at the head of a run of words.
//!
//! It protects the rule that a phrase inside a longer one does not count: readers ask for the
//! longest match and go on behind it.

use std::borrow::Cow;
use std::collections::HashMap;

use super::packed::{Packed, Quick};
use super::words::{Break, Word, is_plain, singular, words};

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
        let taken = self.get(keys.join(" ").as_str()).is_some_and(|values| !values.contains(&value));
        if !taken {
            self.put(&keys, value);
        }
    }

    /// The same phrases with other values.
    pub fn map<U>(self, change: impl Fn(T) -> U) -> Phrases<U> {
        let values = self.values.into_iter();
        Phrases {
            values: values.map(|(phrase, old)| (phrase, old.into_iter().map(&change).collect())).collect(),
            longest: self.longest,
            packed: self.packed.map(|(packed, values)| (packed, values.into_iter().map(&change).collect())),
            plurals: self.plurals,
        }
    }

    fn put(&mut self, keys: &[String], value: T)
    where
        T: PartialEq,
    {
        let Some(first) = keys.first() else { return };
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
        let as_written = self.longest_of(words).map(|(count, values)| (count, count, values));
        let joined =
            if self.plurals == Plurals::Tolerated && words.iter().skip(1).take(6).any(|w| w.before == Break::Hyphen) {
                self.longest_joined(words)
            } else {
                None
            };
        let best = match (as_written, joined) {
            (Some(a), Some(b)) if b.1 > a.1 => Some(b),
            (Some(a), _) => Some(a),
            (None, b) => b,
        };
        best.map(|(_, count, values)| (count, values))
    }

    /// The values of `text` when the whole of it is one phrase; else none.
    pub fn exact(&self, text: &str) -> &[T] {
        if is_plain(text) {
            return self.get(self.plain_keys(text).join(" ").as_str()).unwrap_or(&[]);
        }
        let found = words(text);
        let values = self.get(self.keys(&found).join(" ").as_str());
        match values {
            Some(values) => values,
            None => match self.longest_joined(&found) {
                Some((_, count, values)) if count == found.len() && self.plurals == Plurals::Tolerated => values,
                _ => &[],
            },
        }
    }

    /// Every phrase and its values, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[T])> {
        let packed = self.packed.iter().flat_map(|(packed, values)| {
            packed
                .entries()
                .filter(|entry| entry.count > 0)
                .filter_map(|entry| Some((entry.key, values.get(entry.start..entry.start + entry.count)?)))
        });
        self.values.iter().map(|(phrase, values)| (&**phrase, values.as_slice())).chain(packed)
    }

    fn get(&self, key: &str) -> Option<&[T]> {
        match &self.packed {
            Some((packed, values)) => {
                let entry = packed.get(key).filter(|entry| entry.count > 0)?;
                values.get(entry.start..entry.start + entry.count)
            }
            None => self.values.get(key).map(Vec::as_slice),
        }
    }

    /// The number of words of the longest phrase that begins with `first`.
    fn reach(&self, first: &str) -> Option<usize> {
        match &self.packed {
            Some((packed, _)) => packed.get(first).map(|entry| usize::from(entry.note)).filter(|longest| *longest > 0),
            None => self.longest.get(first).copied(),
        }
    }

    fn longest_of(&self, words: &[Word]) -> Option<(usize, &[T])> {
        let most = self.reach(&self.key(&words.first()?.norm))?;
        let reach = words.iter().skip(1).take(most - 1).take_while(|word| word.before < Break::Dash).count() + 1;
        let mut keys = self.keys(&words[..reach]);
        while !keys.is_empty() {
            if let Some(values) = self.get(keys.join(" ").as_str()) {
                return Some((keys.len(), values));
            }
            keys.pop();
        }
        None
    }

    /// Like [`Self::longest_of`], with hyphenated words read as one; gives the count of words in
    /// the joined and in the original run.
    fn longest_joined(&self, words: &[Word]) -> Option<(usize, usize, &[T])> {
        let head = &words[..words.len().min(12)];
        let joined = joined_at_hyphens(head);
        let (count, values) = self.longest_of(&joined)?;
        let end = joined[count - 1].end;
        let original = head.iter().take_while(|word| word.start < end).count();
        Some((count, original, values))
    }

    fn keys(&self, words: &[Word]) -> Vec<String> {
        words.iter().map(|word| self.key(&word.norm).into_owned()).collect()
    }

    fn plain_keys(&self, text: &str) -> Vec<String> {
        text.split(' ').map(|word| self.key(&word.to_ascii_lowercase()).into_owned()).collect()
    }

    fn key<'n>(&self, norm: &'n str) -> Cow<'n, str> {
        match self.plurals {
            Plurals::Tolerated => Cow::Owned(singular(norm)),
            Plurals::Distinct => Cow::Borrowed(norm),
        }
    }
}

impl<T: Copy> Default for Phrases<T> {
    fn default() -> Self {
        Self::new()
    }
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
