//! Interned values: each distinct text, set or record is kept once and named by a small number.
//!
//! Number 0 always means "not known", so that a column of numbers needs no second column of flags.
//! All of it is plain memory that copies fast: a snapshot that must change copies what it shares.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Finds the number of a value by its hash. The values themselves stand elsewhere; `same` compares.
#[derive(Debug, Clone, Default)]
pub(super) struct Ids(HashMap<u64, u32>);

impl Ids {
    /// The number of the value with this hash for which `same` holds.
    fn find(&self, hash: u64, same: impl Fn(u32) -> bool) -> Option<u32> {
        let mut at = hash;
        while let Some(&id) = self.0.get(&at) {
            if same(id) {
                return Some(id);
            }
            at = at.wrapping_add(1);
        }
        None
    }

    /// Adds a value that [`Ids::find`] did not find.
    fn add(&mut self, hash: u64, id: u32) {
        let mut at = hash;
        while self.0.contains_key(&at) {
            at = at.wrapping_add(1);
        }
        self.0.insert(at, id);
    }
}

fn hash_of(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Distinct texts in one piece of memory. Number 0 is the empty text.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    bytes: String,
    /// Where each text ends in `bytes`; it begins where the one before ends.
    ends: Vec<usize>,
    ids: Ids,
}

impl Default for Texts {
    fn default() -> Texts {
        Texts { bytes: String::new(), ends: vec![0], ids: Ids::default() }
    }
}

impl Texts {
    /// The number of `text`, if it is known.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        if text.is_empty() {
            return Some(0);
        }
        self.ids.find(hash_of(text), |id| self.get(id) == text)
    }

    /// Adds a text that [`Texts::find`] did not find.
    pub(super) fn add(&mut self, text: &str) -> u32 {
        let id = number(self.ends.len());
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
        self.ids.add(hash_of(text), id);
        id
    }

    /// The number of `text`, added when it is new.
    pub(super) fn intern(&mut self, text: &str) -> u32 {
        self.find(text).unwrap_or_else(|| self.add(text))
    }

    /// The text with this number.
    pub(super) fn get(&self, id: u32) -> &str {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.bytes[start..self.ends[id]]
    }

    /// How many numbers are given, 0 included.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All texts but the empty one, with their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        (1..number(self.len())).map(|id| (id, self.get(id)))
    }
}

/// Texts, one a line, in which phrases are looked for. A line is a run of words between blanks.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    bytes: String,
    ends: Vec<usize>,
}

impl Default for Lines {
    fn default() -> Lines {
        Lines { bytes: String::new(), ends: vec![0] }
    }
}

impl Lines {
    /// Adds a line; its number is the count of lines before it.
    pub(super) fn push(&mut self, words: &str) {
        self.bytes.push(' ');
        self.bytes.push_str(words);
        self.bytes.push_str(" \n");
        self.ends.push(self.bytes.len());
    }

    /// The words of line `id`.
    pub(super) fn get(&self, id: u32) -> &str {
        let id = id as usize;
        self.bytes[self.ends[id]..self.ends[id + 1]].trim_matches([' ', '\n'])
    }

    /// How many lines there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len() - 1
    }
}

/// Distinct values of a small plain type. Number 0 is the default value.
#[derive(Debug, Clone)]
pub(super) struct Values<T> {
    values: Vec<T>,
    ids: Ids,
}

impl<T: Default> Default for Values<T> {
    fn default() -> Values<T> {
        Values { values: vec![T::default()], ids: Ids::default() }
    }
}

impl<T: Hash + PartialEq + Default> Values<T> {
    /// The number of `value`, if it is known.
    pub(super) fn find(&self, value: &T) -> Option<u32> {
        if *value == T::default() {
            return Some(0);
        }
        self.ids.find(hash_of(value), |id| self.values[id as usize] == *value)
    }

    /// Adds a value that [`Values::find`] did not find.
    pub(super) fn add(&mut self, value: T) -> u32 {
        let id = number(self.values.len());
        self.ids.add(hash_of(&value), id);
        self.values.push(value);
        id
    }

    /// The number of `value`, added when it is new.
    pub(super) fn intern(&mut self, value: T) -> u32 {
        match self.find(&value) {
            Some(id) => id,
            None => self.add(value),
        }
    }

    /// The value with this number.
    pub(super) fn get(&self, id: u32) -> &T {
        &self.values[id as usize]
    }

    /// All values in the order of their numbers.
    pub(super) fn all(&self) -> &[T] {
        &self.values
    }
}

/// A yes or no for each number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marks(Vec<bool>);

impl Marks {
    /// `len` times no.
    pub(super) fn new(len: usize) -> Marks {
        Marks(vec![false; len])
    }

    /// Says yes to `id`.
    pub(super) fn set(&mut self, id: u32) {
        self.0[id as usize] = true;
    }

    /// What was said of `id`.
    pub(super) fn has(&self, id: u32) -> bool {
        self.0[id as usize]
    }
}

/// A count as a number of this module.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).expect("people are numbered in 32 bits, and nobody has more than one value of a kind")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_number_and_nothing_is_zero() {
        let mut texts = Texts::default();
        let a = texts.intern("chief executive");
        let b = texts.intern("counsel");
        assert_eq!((texts.intern(""), a, b), (0, 1, 2));
        assert_eq!(texts.intern("chief executive"), a);
        assert_eq!(texts.get(b), "counsel");
        assert_eq!(texts.find("nobody"), None);
    }

    #[test]
    fn values_with_one_hash_are_still_told_apart() {
        let mut ids = Ids::default();
        let names = ["a", "b", "c"];
        for id in 0..3 {
            ids.add(u64::MAX, id);
        }
        for (id, name) in names.iter().enumerate() {
            let found = ids.find(u64::MAX, |other| names[other as usize] == *name);
            assert_eq!(found, Some(id as u32));
        }
        assert_eq!(ids.find(u64::MAX, |_| false), None);
    }
}
