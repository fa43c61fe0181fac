//! Which texts of a dictionary hold a word, so that a search for words does not read hundreds of thousands of names.
//!
//! Texts that came after it was made are read one by one: an index of words that is missing or old makes a search slower
//! and never another one.

use std::collections::HashMap;
use std::sync::Arc;

use super::dictionary::Dictionary;
use super::intern::{Marks, number};
use crate::prospects::conditions::{begins, holds};

/// Texts that came later are looked at one by one, until there is one of them for this many that are indexed.
const LATER: usize = 8;

/// The words of texts that are numbered from 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    /// The distinct words, ascending, one behind the other.
    bytes: String,
    /// Where each word ends in `bytes`.
    ends: Vec<u32>,
    /// Where the numbers of each word begin in `numbers`; one more than there are words.
    starts: Vec<u32>,
    /// The texts that hold a word, ascending: twice the number of the text, and one more where the word comes first.
    numbers: Vec<u32>,
    /// How many texts are indexed.
    covered: usize,
}

impl Words {
    /// The words of `count` texts, each a run of words between single blanks.
    pub(super) fn of<'t>(count: usize, text: impl Fn(u32) -> &'t str) -> Words {
        let mut ids: HashMap<&str, u32> = HashMap::new();
        let mut found: Vec<(u32, u32)> = Vec::new();
        for id in 0..number(count) {
            let before = found.len();
            for word in text(id).split(' ').filter(|word| !word.is_empty()) {
                let next = number(ids.len());
                let word = *ids.entry(word).or_insert(next);
                if !found[before..].iter().any(|(known, _)| *known == word) {
                    found.push((word, id * 2 + u32::from(found.len() == before)));
                }
            }
        }
        let mut words: Vec<(&str, u32)> = ids.into_iter().collect();
        words.sort_unstable();
        let mut rank = vec![0; words.len()];
        for (at, (_, id)) in (0..).zip(&words) {
            rank[*id as usize] = at;
        }
        // A stable sort by counting: numbers of one word stay ascending.
        let mut starts = vec![0_u32; words.len() + 1];
        found.iter().for_each(|(word, _)| starts[rank[*word as usize] as usize + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut numbers = vec![0; found.len()];
        for (word, id) in found {
            let place = &mut next[rank[word as usize] as usize];
            numbers[*place as usize] = id;
            *place += 1;
        }
        let mut bytes = String::with_capacity(words.iter().map(|(word, _)| word.len()).sum());
        let mut ends = Vec::with_capacity(words.len());
        for (word, _) in words {
            bytes.push_str(word);
            ends.push(number(bytes.len()));
        }
        Words { bytes, ends, starts, numbers, covered: count }
    }

    /// Whether so many texts came later that it should be made anew.
    pub(super) fn is_behind(&self, count: usize) -> bool {
        count.saturating_sub(self.covered) * LATER > self.covered
    }

    /// Calls `found` with each text, of `count`, that holds `phrase`, and whether it begins with it.
    fn find<'t>(&self, phrase: &str, count: usize, text: impl Fn(u32) -> &'t str, mut found: impl FnMut(u32, bool)) {
        let words: Vec<&str> = phrase.split(' ').filter(|word| !word.is_empty()).collect();
        let Some(rarest) = words.iter().map(|word| self.holding(word)).min_by_key(|numbers| numbers.len()) else {
            return;
        };
        let mut look = |id: u32| {
            let text = text(id);
            if holds(text, phrase) {
                found(id, begins(text, phrase));
            }
        };
        (number(self.covered)..number(count)).for_each(&mut look);
        if words.len() > 1 {
            rarest.iter().for_each(|entry| look(entry / 2));
        } else {
            rarest.iter().for_each(|entry| found(entry / 2, entry % 2 == 1));
        }
    }

    /// The indexed texts that hold `word`.
    fn holding(&self, word: &str) -> &[u32] {
        let (mut from, mut to) = (0, self.ends.len());
        while from < to {
            let middle = from + (to - from) / 2;
            match self.word(middle).cmp(word) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
                std::cmp::Ordering::Equal => {
                    return &self.numbers[self.starts[middle] as usize..self.starts[middle + 1] as usize];
                }
            }
        }
        &[]
    }

    fn word(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.bytes[start..self.ends[at] as usize]
    }

    /// What it holds of memory.
    pub(super) fn size_bytes(&self) -> usize {
        self.bytes.capacity() + (self.ends.capacity() + self.starts.capacity() + self.numbers.capacity()) * 4
    }
}

/// Which texts of a dictionary hold a phrase.
#[derive(Debug)]
pub(super) struct Holding {
    /// All of them.
    pub(super) anywhere: Marks,
    /// Those that begin with it.
    pub(super) at_start: Marks,
}

impl Holding {
    fn find<'t>(words: &Words, phrase: &str, count: usize, text: impl Fn(u32) -> &'t str) -> Option<Holding> {
        let mut holding: Option<Holding> = None;
        words.find(phrase, count, text, |id, begins| {
            let none = || Holding { anywhere: Marks::new(count), at_start: Marks::new(count) };
            let holding = holding.get_or_insert_with(none);
            holding.anywhere.set(id);
            if begins {
                holding.at_start.set(id);
            }
        });
        holding
    }
}

impl Dictionary {
    /// The titles that hold `phrase`, by number; `None` when there are none.
    pub(super) fn titles_holding(&self, phrase: &str) -> Option<Holding> {
        Holding::find(&self.title_words, phrase, self.titles.filed().len(), |id| self.title_text(id))
    }

    /// The companies whose name holds `phrase`, by number; `None` when there are none.
    pub(super) fn companies_holding(&self, phrase: &str) -> Option<Holding> {
        Holding::find(&self.company_words, phrase, self.companies.all().len(), |id| self.name_text(id))
    }

    /// Takes the words of what came since the indexes of words were made, when it is worth while.
    pub(super) fn index_words(&mut self) {
        let (titles, companies) = (self.titles.filed().len(), self.companies.all().len());
        if self.title_words.is_behind(titles) {
            self.title_words = Arc::new(Words::of(titles, |id| self.title_text(id)));
        }
        if self.company_words.is_behind(companies) {
            self.company_words = Arc::new(Words::of(companies, |id| self.name_text(id)));
        }
    }

    /// The folded words of a title.
    fn title_text(&self, title: u32) -> &str {
        title.checked_sub(1).map_or("", |line| self.titles.lines().get(line))
    }

    /// The folded words of the name of a company.
    fn name_text(&self, company: u32) -> &str {
        self.companies.get(company).name.checked_sub(1).map_or("", |line| self.names.lines().get(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_found_in_texts_that_are_indexed_and_in_those_that_came_later() {
        let texts = ["", "law office", "office of the law office manager", "law", "tax law", "later law", "law later"];
        let text = |id: u32| texts[id as usize];
        let words = Words::of(5, text);
        let of = |words: &Words, phrase: &str, count: usize| {
            let mut found = Vec::new();
            words.find(phrase, count, text, |id, begins| found.push((id, begins)));
            found.sort_unstable();
            found
        };
        assert_eq!(of(&words, "law", 5), [(1, true), (2, false), (3, true), (4, false)]);
        assert_eq!(of(&words, "law office", 5), [(1, true), (2, false)]);
        assert_eq!(of(&words, "office", 5), [(1, false), (2, true)]);
        assert_eq!(of(&words, "nobody", 7), []);
        assert_eq!(of(&words, "", 7), []);
        for phrase in ["law", "law office", "later", "of the", "office manager law"] {
            assert_eq!(of(&words, phrase, 7), of(&Words::default(), phrase, 7), "{phrase}");
            assert_eq!(of(&words, phrase, 7), of(&Words::of(7, text), phrase, 7), "{phrase}");
        }
        assert!(Words::default().is_behind(1) && !Words::default().is_behind(0));
        assert!(!words.is_behind(5) && words.is_behind(6));
        assert!(words.size_bytes() > 0);
    }
}
