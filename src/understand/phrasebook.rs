//! Phrases of everyday words, written as one text with `|` between, and found by their first word.
//!
//! Protects speed and plainness: the tables of `vocabulary.rs` and `verbs.rs` read like lists, and a
//! long list costs no more than a short one.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::packed::Quick;
use super::sentence::Sentence;
use super::words::Break;

/// A set of phrases.
pub(super) struct Words {
    choices: Choices<()>,
}

/// Phrases that each stand for a value.
pub(super) struct Choices<T: 'static> {
    rows: Rows<T>,
    book: OnceLock<Book<T>>,
}

/// Values, each with its phrases.
enum Rows<T: 'static> {
    Many(&'static [(T, &'static str)]),
    One(T, &'static str),
}

/// First word → what follows it in the phrases that it begins and their number of words, longest first.
type Book<T> = HashMap<&'static str, Vec<(&'static str, usize, T)>, Quick>;

impl Words {
    /// The phrases of `text`, divided by `|`, in the spelling of `words::normal`.
    pub(super) const fn of(text: &'static str) -> Words {
        Words { choices: Choices { rows: Rows::One((), text), book: OnceLock::new() } }
    }

    /// Every phrase.
    pub(super) fn phrases(&self) -> impl Iterator<Item = &'static str> {
        self.choices.phrases()
    }

    /// Whether a single word is one of the phrases.
    pub(super) fn contains(&self, word: &str) -> bool {
        self.choices.of_word(word).is_some()
    }
}

impl<T: Copy> Choices<T> {
    /// The values and phrases of `rows`; of two values with one phrase the later counts.
    pub(super) const fn of(rows: &'static [(T, &'static str)]) -> Choices<T> {
        Choices { rows: Rows::Many(rows), book: OnceLock::new() }
    }

    /// Every phrase.
    pub(super) fn phrases(&self) -> impl Iterator<Item = &'static str> {
        let texts: Vec<&'static str> = match &self.rows {
            Rows::Many(rows) => rows.iter().map(|(_, text)| *text).collect(),
            Rows::One(_, text) => vec![*text],
        };
        texts.into_iter().flat_map(|text| text.split('|'))
    }

    /// The value of the longest phrase at `at`, and its number of words.
    pub(super) fn longest(&self, sentence: &Sentence<'_>, at: usize) -> Option<(T, usize)> {
        self.longest_as(sentence, at, sentence.norm(at))
    }

    /// Like [`Choices::longest`], with `first` read in the place of the word at `at`.
    pub(super) fn longest_as(&self, sentence: &Sentence<'_>, at: usize, first: &str) -> Option<(T, usize)> {
        let phrases = self.book().get(first)?;
        phrases
            .iter()
            .find(|(rest, count, _)| {
                let joined = sentence.before(at + 1) < Break::Dash;
                *count == 1 || (joined && sentence.match_words(at + 1, rest).is_some())
            })
            .map(|(_, count, value)| (*value, *count))
    }

    /// The value of a single word.
    pub(super) fn of_word(&self, word: &str) -> Option<T> {
        // The longest stand first, the word alone last.
        let (_, count, value) = self.book().get(word)?.last()?;
        (*count == 1).then_some(*value)
    }

    /// Every value of the table.
    #[cfg(test)]
    pub(super) fn values(&self) -> Vec<T> {
        self.book().values().flatten().map(|(_, _, value)| *value).collect()
    }

    fn book(&self) -> &Book<T> {
        self.book.get_or_init(|| {
            let mut book: Book<T> = HashMap::default();
            let mut add = |value: T, text: &'static str| {
                for phrase in text.split('|') {
                    let (first, rest) = phrase.split_once(' ').unwrap_or((phrase, ""));
                    let phrases = book.entry(first).or_default();
                    phrases.retain(|known| known.0 != rest);
                    phrases.push((rest, phrase.split(' ').count(), value));
                }
            };
            match &self.rows {
                Rows::Many(rows) => rows.iter().for_each(|(value, text)| add(*value, text)),
                Rows::One(value, text) => add(*value, text),
            }
            book.values_mut().for_each(|phrases| phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.1)));
            book
        })
    }
}

/// What [`Sentence::longest_of`] looks in: a table of this file or a short list written in place.
pub(super) trait Table {
    /// The number of words of the longest phrase at `at`.
    fn longest(&self, sentence: &Sentence<'_>, at: usize) -> Option<usize>;
}

impl Table for Words {
    fn longest(&self, sentence: &Sentence<'_>, at: usize) -> Option<usize> {
        self.choices.longest(sentence, at).map(|(_, count)| count)
    }
}

impl Table for [&str] {
    fn longest(&self, sentence: &Sentence<'_>, at: usize) -> Option<usize> {
        self.iter().filter_map(|phrase| sentence.match_words(at, phrase)).max()
    }
}

impl<const N: usize> Table for [&str; N] {
    fn longest(&self, sentence: &Sentence<'_>, at: usize) -> Option<usize> {
        self.as_slice().longest(sentence, at)
    }
}
