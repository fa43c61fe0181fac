//! The tables as the grammar asks them: what phrase begins at a word, and what it can be.
//!
//! Protects the rule that the longest phrase wins and a phrase inside it does not count; which of
//! several readings of the same words is meant is left to the grammar, which knows the context.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::rc::Rc;

use super::levels;
use super::markets::{self, Market};
use super::phrases::Keys;
use super::sentence::Sentence;
use super::titles::{self, Title};
use super::words::{Break, Word};

/// A reading of a phrase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sense {
    /// A title of the table.
    Title(&'static Title),
    /// Levels stated by themselves.
    Levels(&'static [&'static str]),
    /// A department or function.
    Department(&'static str),
    /// A sector, kind of company or practice area.
    Market(Market),
}

/// A phrase: its number of words and its readings, at least one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Phrase {
    pub(super) count: usize,
    pub(super) senses: Rc<[Sense]>,
}

impl Phrase {
    pub(super) fn title(&self) -> Option<&'static Title> {
        self.senses.iter().find_map(|sense| if let Sense::Title(title) = sense { Some(*title) } else { None })
    }

    pub(super) fn levels(&self) -> Option<&'static [&'static str]> {
        self.senses.iter().find_map(|sense| if let Sense::Levels(levels) = sense { Some(*levels) } else { None })
    }

    pub(super) fn department(&self) -> Option<&'static str> {
        self.senses.iter().find_map(|sense| if let Sense::Department(name) = sense { Some(*name) } else { None })
    }

    pub(super) fn markets(&self) -> Vec<Market> {
        self.senses
            .iter()
            .filter_map(|sense| if let Sense::Market(market) = sense { Some(*market) } else { None })
            .collect()
    }
}

/// What [`phrase`] found at each word of a sentence, with the number of words it could take: many readers ask for the same.
pub(super) struct Memo(Vec<OnceCell<(usize, Option<Phrase>)>>);

impl Memo {
    /// For a sentence of so many words.
    pub(super) fn of(words: usize) -> Memo {
        Memo(std::iter::repeat_with(OnceCell::new).take(words).collect())
    }
}

/// The longest phrase of all tables that begins at `at` and ends before `end`.
pub(super) fn phrase(sentence: &Sentence<'_>, at: usize, end: usize) -> Option<Phrase> {
    let words = reach(sentence, at, end);
    let Some(known) = sentence.phrases.0.get(at) else { return longest(sentence, at, &words) };
    match known.get_or_init(|| (words.len(), longest(sentence, at, &words))) {
        (count, found) if *count == words.len() => found.clone(),
        _ => longest(sentence, at, &words),
    }
}

fn longest(sentence: &Sentence<'_>, at: usize, words: &[Word]) -> Option<Phrase> {
    let keys = Keys::of(words);
    let titles = titles::table()
        .longest_of(&keys)
        .map(|(n, found)| (n, found.iter().take(1).map(|t| Sense::Title(t)).collect()));
    let groups =
        levels::group_table().longest_of(&keys).map(|(n, found)| (n, found.iter().map(|l| Sense::Levels(l)).collect()));
    let level = levels::seniority_table()
        .longest_of(&keys)
        .map(|(n, found)| (n, found.iter().filter_map(|l| levels_of(l)).map(Sense::Levels).collect()));
    let functions = titles::functions()
        .longest_of(&keys)
        .map(|(n, found)| (n, found.iter().take(1).map(|f| Sense::Department(f.department)).collect()));
    let departments = levels::department_table()
        .longest_of(&keys)
        .map(|(n, found)| (n, found.iter().take(1).map(|d| Sense::Department(d)).collect()));
    let markets =
        markets::table().longest_of(&keys).map(|(n, found)| (n, found.iter().map(|m| Sense::Market(*m)).collect()));
    let all: Vec<(usize, Vec<Sense>)> =
        [titles, level, groups, departments, functions, markets].into_iter().flatten().collect();
    let count = all.iter().map(|(count, _)| *count).max().filter(|count| *count > 1 || sentence.raw(at) != "it")?;
    let senses: Rc<[Sense]> = all.into_iter().filter(|(n, _)| *n == count).flat_map(|(_, senses)| senses).collect();
    (!senses.is_empty()).then_some(Phrase { count, senses })
}

/// Whether the phrase at `at` is exactly one market phrase, and how long it is.
pub(super) fn market(sentence: &Sentence<'_>, at: usize, end: usize) -> Option<(usize, Vec<Market>)> {
    let (count, found) = markets::table().longest(&reach(sentence, at, end))?;
    Some((count, found.to_vec()))
}

/// The title at `at`, alone of all tables.
pub(super) fn title(sentence: &Sentence<'_>, at: usize, end: usize) -> Option<(usize, &'static Title)> {
    let (count, found) = titles::table().longest(&reach(sentence, at, end))?;
    found.first().map(|title| (count, *title))
}

/// The department or function at `at`.
pub(super) fn department(sentence: &Sentence<'_>, at: usize, end: usize) -> Option<(usize, &'static str)> {
    let words = &*reach(sentence, at, end);
    let functions = titles::functions().longest(words).and_then(|(n, found)| Some((n, found.first()?.department)));
    let departments = levels::department_table().longest(words).and_then(|(n, found)| Some((n, *found.first()?)));
    match (departments, functions) {
        (Some(a), Some(b)) if b.0 > a.0 => Some(b),
        (Some(a), _) => Some(a),
        (None, b) => b,
    }
}

/// A level by its name, as a set of one that lives as long as the tables.
fn levels_of(name: &str) -> Option<&'static [&'static str]> {
    const ONE: [&[&str]; 11] = [
        &["owner"],
        &["founder"],
        &["c_suite"],
        &["partner"],
        &["vp"],
        &["head"],
        &["director"],
        &["manager"],
        &["senior"],
        &["entry"],
        &["intern"],
    ];
    ONE.into_iter().find(|set| set[0] == name)
}

/// The words a phrase at `at` may take: none beyond a comma, a quotation or the end of the clause.
fn reach<'s>(sentence: &'s Sentence<'_>, at: usize, end: usize) -> Cow<'s, [Word]> {
    const LONGEST: usize = 10;
    const SHORT_PLURALS: [&str; 10] = ["vps", "gcs", "mps", "gms", "mds", "aes", "its", "hrs", "svps", "evps"];
    let end = end.min(sentence.words.len()).min(at + LONGEST);
    let mut last = at + 1;
    while last < end && sentence.before(last) < Break::Comma {
        last += 1;
    }
    let words = sentence.words.get(at..last).unwrap_or(&[]);
    // "it" in small letters alone is a pronoun.
    if sentence.raw(at) == "it" && words.len() == 1 {
        return Cow::Borrowed(&[]);
    }
    let short = |word: &Word| SHORT_PLURALS.contains(&word.norm.as_str());
    if !words.iter().any(short) {
        return Cow::Borrowed(words);
    }
    let mut words = words.to_vec();
    for word in words.iter_mut().filter(|word| short(word)) {
        word.norm.pop();
    }
    Cow::Owned(words)
}
