//! The words that are no mistakes, and those that a misspelled word may have been meant for.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::packed;
use crate::phrases::Phrases;
use crate::words::plural;

/// What is known of a word, as `src/understand/known.rs` has it: it stands in a list of words; it is a first name; it is a surname.
const KNOWN: u8 = 1;
const FIRST_NAME: u8 = 2;
const SURNAME: u8 = 4;

/// Where a word is used, as `src/understand/known.rs` has it.
pub(crate) const USED_IN_TITLE: u8 = 2;
pub(crate) const USED_IN_MARKET: u8 = 4;
const USED_AS_PLACE: u8 = 8;
const USED_IN_PLACE: u8 = 16;

#[derive(Default)]
pub(crate) struct Words {
    known: BTreeMap<String, u8>,
    /// Words that a misspelled one may have been meant for: how well known they are, and where they are used.
    meant: BTreeMap<String, (u32, u8)>,
}

impl Words {
    /// The words of a place's name; a place without fame is what nobody misspelled.
    pub(crate) fn place(&mut self, name: &str, fame: u32) {
        let used = if name.contains(' ') { USED_IN_PLACE } else { USED_AS_PLACE };
        for word in name.split(' ') {
            self.know(word);
            if fame > 0 {
                self.note(word, fame, used);
            }
        }
    }

    pub(crate) fn everyday(&mut self, words: &str) {
        for word in words.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_ascii_whitespace) {
            self.know(word);
            // Never what is read, but perhaps what was meant.
            self.note(word, 1, 0);
        }
    }

    pub(crate) fn people(&mut self, first_names: &str, surnames: &str) {
        let first = first_names.lines().skip(1).filter_map(|line| line.split(',').nth(1));
        let last = surnames.lines().skip(1).filter_map(|line| line.split(',').next());
        for (name, what) in first.map(|name| (name, FIRST_NAME)).chain(last.map(|name| (name, SURNAME))) {
            *self.known.entry(name.to_ascii_lowercase()).or_default() |= what;
        }
    }

    /// The words of a table of singulars, and their plurals.
    pub(crate) fn table(&mut self, table: &Phrases<u32>, used: u8) {
        for word in table.iter().flat_map(|(phrase, _)| phrase.split(' ')) {
            for form in std::iter::once(word.to_owned()).chain(plural(word)) {
                if self.note(&form, 1, used) {
                    self.know(&form);
                }
            }
        }
    }

    /// Words that nobody is read to have meant.
    pub(crate) fn others(&mut self, phrases: impl Iterator<Item = String>) {
        phrases.for_each(|phrase| phrase.split(' ').for_each(|word| self.know(word)));
    }

    fn know(&mut self, word: &str) {
        *self.known.entry(word.to_owned()).or_default() |= KNOWN;
    }

    fn note(&mut self, word: &str, weight: u32, used: u8) -> bool {
        let plain = word.len() >= 3 && word.bytes().all(|b| b.is_ascii_lowercase());
        if plain {
            let entry = self.meant.entry(word.to_owned()).or_default();
            entry.0 = entry.0.saturating_add(weight);
            entry.1 |= used;
        }
        plain
    }

    pub(crate) fn known(&self) -> Vec<u8> {
        let entries: Vec<_> = self.known.iter().map(|(word, what)| (word.clone(), *what, Vec::new())).collect();
        packed::bytes_of(&entries)
    }

    /// The words that may be meant, a line each, and for each first letter and length ("b7") where their lines begin and end.
    pub(crate) fn targets(&self) -> (String, Vec<u8>) {
        let mut groups: BTreeMap<String, Vec<(&str, u32, u8)>> = BTreeMap::new();
        for (word, (weight, used)) in &self.meant {
            groups.entry(format!("{}{}", &word[..1], word.len())).or_default().push((word, *weight, *used));
        }
        let mut text = String::new();
        let mut places = Vec::new();
        for (group, words) in groups {
            let begin = u32::try_from(text.len()).unwrap_or(u32::MAX);
            for (word, weight, used) in words {
                let _ = writeln!(text, "{word} {weight} {used}");
            }
            places.push((group, 0, vec![begin, u32::try_from(text.len()).unwrap_or(u32::MAX)]));
        }
        (text, packed::bytes_of(&places))
    }
}
