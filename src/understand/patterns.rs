//! Patterns of words: `/` between alternatives, a `?` behind what may be missing ("no/oh? wait that?").
//!
//! Protects speed and plainness, as `phrasebook.rs` does for phrases: a pattern is written as it is spoken, and is only
//! tried where a word stands that it can begin with.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::packed::Quick;
use super::sentence::Sentence;
use super::words::Break;

/// A table of patterns, each with a value.
pub(super) struct Patterns<T: 'static = ()> {
    rows: Rows<T>,
    book: OnceLock<Book>,
}

enum Rows<T: 'static> {
    Plain(&'static [&'static str]),
    Valued(&'static [(&'static str, T)]),
}

/// The patterns in the order of the table, and under each word those that it can begin.
struct Book {
    patterns: Vec<Vec<Slot>>,
    begun: HashMap<&'static str, Vec<usize>, Quick>,
}

struct Slot {
    words: Vec<&'static str>,
    optional: bool,
}

impl Patterns {
    /// Patterns without values.
    pub(super) const fn of(patterns: &'static [&'static str]) -> Patterns {
        Patterns { rows: Rows::Plain(patterns), book: OnceLock::new() }
    }
}

impl<T> Patterns<T> {
    /// Patterns and what each stands for.
    pub(super) const fn with(rows: &'static [(&'static str, T)]) -> Patterns<T> {
        Patterns { rows: Rows::Valued(rows), book: OnceLock::new() }
    }

    /// The number of words of the longest fit at `at`.
    pub(super) fn longest(&self, sentence: &Sentence<'_>, at: usize) -> Option<usize> {
        self.found(sentence, at).map(|(count, _)| count).max()
    }

    /// Whether one of them fits at `at`.
    pub(super) fn fits(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        self.found(sentence, at).next().is_some()
    }

    /// Every fit at `at` in the order of the table: its number of words and its value.
    pub(super) fn fitting(&self, sentence: &Sentence<'_>, at: usize) -> impl Iterator<Item = (usize, &'static T)> {
        let rows: &'static [(&'static str, T)] = match &self.rows {
            Rows::Valued(rows) => rows,
            Rows::Plain(_) => &[],
        };
        self.found(sentence, at).filter_map(|(count, row)| Some((count, &rows.get(row)?.1)))
    }

    fn found(&self, sentence: &Sentence<'_>, at: usize) -> impl Iterator<Item = (usize, usize)> {
        let book = self.book.get_or_init(|| self.read());
        let begun = book.begun.get(sentence.norm(at)).map_or(&[][..], Vec::as_slice);
        begun.iter().filter_map(move |row| Some((fit(sentence, at, &book.patterns[*row])?, *row)))
    }

    fn read(&self) -> Book {
        let texts: Vec<&'static str> = match &self.rows {
            Rows::Plain(patterns) => patterns.to_vec(),
            Rows::Valued(rows) => rows.iter().map(|(pattern, _)| *pattern).collect(),
        };
        let patterns: Vec<Vec<Slot>> = texts.into_iter().map(slots).collect();
        let mut begun: HashMap<&'static str, Vec<usize>, Quick> = HashMap::default();
        for (row, slots) in patterns.iter().enumerate() {
            let needed = slots.iter().position(|slot| !slot.optional).unwrap_or(slots.len());
            for word in slots.iter().take(needed + 1).flat_map(|slot| &slot.words) {
                let rows = begun.entry(word).or_default();
                if rows.last() != Some(&row) {
                    rows.push(row);
                }
            }
        }
        Book { patterns, begun }
    }
}

fn slots(pattern: &'static str) -> Vec<Slot> {
    let slots = pattern.split(' ').map(|slot| match slot.strip_suffix('?') {
        Some(words) => Slot { words: words.split('/').collect(), optional: true },
        None => Slot { words: slot.split('/').collect(), optional: false },
    });
    slots.collect()
}

/// The number of words at `at` that fit, none over a dash or stronger break.
fn fit(sentence: &Sentence<'_>, at: usize, slots: &[Slot]) -> Option<usize> {
    let mut next = at;
    for slot in slots {
        let joined = next == at || sentence.before(next) < Break::Dash;
        let word = sentence.norm(next);
        if joined && !word.is_empty() && slot.words.contains(&word) {
            next += 1;
        } else if !slot.optional {
            return None;
        }
    }
    (next > at).then_some(next - at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_with_and_without_its_optional_words() {
        static PATTERNS: Patterns = Patterns::of(&["no/oh? wait that?", "forget it/that/this", "please? stop"]);
        for (text, count) in [
            ("no wait that", Some(3)),
            ("wait a minute", Some(1)),
            ("oh, wait", Some(2)),
            ("oh - wait", None),
            ("no", None),
            ("forget this thing", Some(2)),
            ("forget", None),
            ("stop it", Some(1)),
            ("", None),
        ] {
            assert_eq!(PATTERNS.longest(&Sentence::new(text), 0), count, "{text}");
        }
    }

    #[test]
    fn values_come_in_the_order_of_the_table() {
        static PATTERNS: Patterns<u8> = Patterns::with(&[("do it", 1), ("do it/that now?", 2), ("it", 3)]);
        let sentence = Sentence::new("do it now");
        assert_eq!(PATTERNS.fitting(&sentence, 0).collect::<Vec<_>>(), [(2, &1), (3, &2)]);
        assert_eq!(PATTERNS.fitting(&sentence, 1).map(|found| *found.1).collect::<Vec<_>>(), [3]);
    }
}
