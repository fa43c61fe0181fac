//! Interned values: each distinct text, set or record is kept once and named by a small number.
//!
//! Number 0 always means "not known", so that a column of numbers needs no second column of flags.
//! All of it is plain memory that copies fast: a snapshot that must change copies what it shares.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Finds the number of a value by its hash. The values themselves stand elsewhere; `same` compares.
///
/// An open table of numbers alone: four bytes a place, at most three quarters of them taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Ids {
    /// A number, or 0 where the place is free. As many as a power of two.
    places: Vec<u32>,
    taken: usize,
}

/// Places of the smallest table.
const PLACES_MIN: usize = 16;

impl Ids {
    /// A table for about `count` values.
    fn with_capacity(count: usize) -> Ids {
        let places = (count + count / 3 + 1).next_power_of_two().max(PLACES_MIN);
        Ids { places: vec![0; places], taken: 0 }
    }

    /// The number of the value with this hash for which `same` holds.
    fn find(&self, hash: u64, same: impl Fn(u32) -> bool) -> Option<u32> {
        let mut at = self.place(hash)?;
        while self.places[at] != 0 {
            if same(self.places[at]) {
                return Some(self.places[at]);
            }
            at = (at + 1) & (self.places.len() - 1);
        }
        None
    }

    /// Adds a value that [`Ids::find`] did not find; `hash_of` tells the hashes of those before it.
    fn add(&mut self, hash: u64, id: u32, hash_of: impl Fn(u32) -> u64) {
        if (self.taken + 1) * 4 > self.places.len() * 3 {
            let mut wider = Ids { places: vec![0; (self.places.len() * 2).max(PLACES_MIN)], taken: 0 };
            for id in self.places.iter().copied().filter(|id| *id != 0) {
                wider.put(hash_of(id), id);
            }
            *self = wider;
        }
        self.put(hash, id);
    }

    /// Takes a free place for `id`; there is one.
    fn put(&mut self, hash: u64, id: u32) {
        let Some(mut at) = self.place(hash) else { return };
        while self.places[at] != 0 {
            at = (at + 1) & (self.places.len() - 1);
        }
        self.places[at] = id;
        self.taken += 1;
    }

    /// Where a value with this hash is looked for first.
    #[expect(clippy::cast_possible_truncation, reason = "the low bits are what is wanted")]
    fn place(&self, hash: u64) -> Option<usize> {
        Some(hash as usize & self.places.len().checked_sub(1)?)
    }

    fn bytes(&self) -> usize {
        self.places.capacity() * size_of::<u32>()
    }
}

fn hash_of(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Texts in one piece of memory, one behind the other.
#[derive(Debug, Clone)]
pub(super) struct Strings {
    bytes: String,
    /// Where each text ends in `bytes`; it begins where the one before ends.
    ends: Vec<u32>,
}

impl Strings {
    const fn new() -> Strings {
        Strings { bytes: String::new(), ends: Vec::new() }
    }

    fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.end();
    }

    /// Ends the text that was written last.
    fn end(&mut self) {
        let end = u32::try_from(self.bytes.len());
        self.ends.push(end.expect("the distinct texts of all people together stay below 4 GiB"));
    }

    fn get(&self, at: usize) -> &str {
        &self.bytes[self.start(at)..self.ends[at] as usize]
    }

    fn start(&self, at: usize) -> usize {
        at.checked_sub(1).map_or(0, |before| self.ends[before] as usize)
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    /// Gives back what was held in reserve.
    fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    fn size_bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<u32>()
    }

    /// The texts from number `from` on: all of them behind each other, and where each ends there.
    pub(super) fn tail(&self, from: usize) -> (&str, impl ExactSizeIterator<Item = u32>) {
        let start = self.start(from);
        let shift = u32::try_from(start).expect("a start is the end of another text");
        (&self.bytes[start..], self.ends[from..].iter().map(move |end| end - shift))
    }

    /// Adds texts as [`Strings::tail`] gave them; nothing when they don't fit together.
    pub(super) fn extend(&mut self, bytes: &str, ends: &[u32]) -> Option<()> {
        let start = u32::try_from(self.bytes.len()).ok()?;
        u32::try_from(self.bytes.len() + bytes.len()).ok()?;
        let mut last = 0;
        for end in ends {
            (*end >= last && bytes.is_char_boundary(*end as usize)).then_some(())?;
            last = *end;
        }
        (last as usize == bytes.len()).then_some(())?;
        self.bytes.reserve_exact(bytes.len());
        self.bytes.push_str(bytes);
        self.ends.reserve_exact(ends.len());
        self.ends.extend(ends.iter().map(|end| start + end));
        Some(())
    }
}

/// Distinct texts. Number 0 is the empty text.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    strings: Strings,
    ids: Ids,
}

impl Default for Texts {
    fn default() -> Texts {
        let mut strings = Strings::new();
        strings.end();
        Texts { strings, ids: Ids::default() }
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
        let id = number(self.len());
        self.strings.push(text);
        let strings = &self.strings;
        self.ids.add(hash_of(text), id, |id| hash_of(strings.get(id as usize)));
        id
    }

    /// The number of `text`, added when it is new.
    pub(super) fn intern(&mut self, text: &str) -> u32 {
        self.find(text).unwrap_or_else(|| self.add(text))
    }

    /// The text with this number.
    pub(super) fn get(&self, id: u32) -> &str {
        self.strings.get(id as usize)
    }

    /// How many numbers are given, 0 included.
    pub(super) fn len(&self) -> usize {
        self.strings.len()
    }

    /// All texts but the empty one, with their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        self.since(1)
    }

    /// The texts from number `from` on, with their numbers.
    pub(super) fn since(&self, from: u32) -> impl Iterator<Item = (u32, &str)> {
        (from..number(self.len())).map(|id| (id, self.get(id)))
    }

    /// The texts as they are stored.
    pub(super) fn strings(&self) -> &Strings {
        &self.strings
    }

    /// Adds texts that were stored; nothing when one is there already.
    pub(super) fn extend(&mut self, bytes: &str, ends: &[u32]) -> Option<()> {
        let from = number(self.len());
        self.strings.extend(bytes, ends)?;
        if from == 1 {
            self.ids = Ids::with_capacity(ends.len());
        }
        let strings = &self.strings;
        let of = |id: u32| hash_of(strings.get(id as usize));
        for id in from..number(strings.len()) {
            let text = strings.get(id as usize);
            let hash = hash_of(text);
            if text.is_empty() || self.ids.find(hash, |other| strings.get(other as usize) == text).is_some() {
                return None;
            }
            self.ids.add(hash, id, of);
        }
        Some(())
    }

    /// Gives back what was held in reserve.
    pub(super) fn shrink(&mut self) {
        self.strings.shrink();
    }

    /// What it holds of memory.
    pub(super) fn size_bytes(&self) -> usize {
        self.strings.size_bytes() + self.ids.bytes()
    }
}

/// Texts, one a line, in which phrases are looked for. A line is a run of words between blanks.
#[derive(Debug, Clone)]
pub(super) struct Lines(Strings);

impl Default for Lines {
    fn default() -> Lines {
        Lines(Strings::new())
    }
}

impl Lines {
    /// Adds a line; its number is the count of lines before it.
    pub(super) fn push(&mut self, words: &str) {
        self.0.bytes.push(' ');
        self.0.bytes.push_str(words);
        self.0.bytes.push_str(" \n");
        self.0.end();
    }

    /// The words of line `id`.
    pub(super) fn get(&self, id: u32) -> &str {
        self.0.get(id as usize).trim_matches([' ', '\n'])
    }

    /// How many lines there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The lines as they are stored.
    pub(super) fn strings(&self) -> &Strings {
        &self.0
    }

    /// Adds lines that were stored; nothing when they are none.
    pub(super) fn extend(&mut self, bytes: &str, ends: &[u32]) -> Option<()> {
        let from = self.len();
        self.0.extend(bytes, ends)?;
        let whole = |at: usize| self.0.get(at).ends_with(" \n") && self.0.get(at).starts_with(' ');
        (from..self.len()).all(whole).then_some(())
    }

    /// Gives back what was held in reserve.
    pub(super) fn shrink(&mut self) {
        self.0.shrink();
    }

    /// What it holds of memory.
    pub(super) fn size_bytes(&self) -> usize {
        self.0.size_bytes()
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
        let values = &self.values;
        self.ids.add(hash_of(&value), id, |id| hash_of(&values[id as usize]));
        self.values.push(value);
        id
    }

    /// Makes room for about `count` more.
    pub(super) fn reserve(&mut self, count: usize) {
        self.values.reserve_exact(count);
        if self.ids.taken == 0 {
            self.ids = Ids::with_capacity(count);
        }
    }

    /// Gives back what was held in reserve.
    pub(super) fn shrink(&mut self) {
        self.values.shrink_to_fit();
    }

    /// What it holds of memory, without what its values point to.
    pub(super) fn size_bytes(&self) -> usize {
        self.values.capacity() * size_of::<T>() + self.ids.bytes()
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

/// A yes or no for each number, a bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marks(Vec<u64>);

impl Marks {
    /// `len` times no.
    pub(super) fn new(len: usize) -> Marks {
        Marks(vec![0; len.div_ceil(64)])
    }

    /// Says yes to `id`.
    pub(super) fn set(&mut self, id: u32) {
        self.0[id as usize / 64] |= 1 << (id % 64);
    }

    /// What was said of `id`.
    pub(super) fn has(&self, id: u32) -> bool {
        self.0[id as usize / 64] >> (id % 64) & 1 == 1
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
            ids.add(u64::MAX, id + 1, |_| u64::MAX);
        }
        for (id, name) in names.iter().enumerate() {
            let found = ids.find(u64::MAX, |other| names[other as usize - 1] == *name);
            assert_eq!(found, Some(id as u32 + 1));
        }
        assert_eq!(ids.find(u64::MAX, |_| false), None);
    }
}
