//! A request cut into words, quotations and clauses, each with its place in the text.
//!
//! Protects the rule that quoted text is a name or somebody's words, never a command, and that
//! every offset that leaves the reader stands on the words as they were typed.

use super::gazetteer;
use super::languages;
use super::layout;
use super::phrasebook::Table;
use super::words::{Break, Word, normal, words};

/// Short words whose dot ends no sentence: "5 Mio. $", "100 nos. of controllers".
const ABBREVIATIONS: [&str; 16] = [
    "mio", "mrd", "mill", "approx", "incl", "excl", "nos", "est", "dept", "min", "max", "avg", "mfg", "mgr", "eng",
    "sr",
];

/// A text and how it falls apart.
pub(super) struct Sentence<'a> {
    /// The text as given.
    pub(super) text: &'a str,
    /// Its words.
    pub(super) words: Vec<Word>,
    /// Its quotations, in order, none inside another.
    pub(super) quotes: Vec<Quote>,
    /// Half-open runs of words between the ends of sentences.
    pub(super) clauses: Vec<(usize, usize)>,
    cased: bool,
    /// What the tables find at each word.
    pub(super) phrases: gazetteer::Memo,
}

/// A quotation, without its marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quote {
    /// First byte inside the marks.
    pub(super) start: usize,
    /// One past the last byte inside the marks.
    pub(super) end: usize,
    /// First word inside.
    pub(super) first: usize,
    /// One past the last word inside.
    pub(super) last: usize,
}

impl<'a> Sentence<'a> {
    /// Cuts `text`.
    pub(super) fn new(text: &'a str) -> Sentence<'a> {
        let mut words = languages::in_english(text, words(text));
        // "5 Mio. $": the dot ends no sentence.
        for at in 1..words.len() {
            let gap = &text[words[at - 1].end..words[at].start.max(words[at - 1].end)];
            let cut = ABBREVIATIONS.contains(&words[at - 1].norm.as_str());
            if cut && words[at].before == Break::Stop && gap.trim_end_matches(['$', '€', '£', ' ']) == "." {
                words[at].before = Break::Space;
            }
        }
        let quotes = quotes(text, &words);
        let cased = text.chars().any(char::is_uppercase) && text.chars().any(char::is_lowercase);
        let phrases = gazetteer::Memo::of(words.len());
        let mut sentence = Sentence { text, words, quotes, clauses: Vec::new(), cased, phrases };
        sentence.clauses = sentence.cut_into_clauses();
        sentence
    }

    /// The normalised word at `at`, or nothing past the end.
    pub(super) fn norm(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.norm.as_str())
    }

    /// The word at `at` as typed.
    pub(super) fn raw(&self, at: usize) -> &'a str {
        self.words.get(at).map_or("", |word| &self.text[word.start..word.end])
    }

    /// The bytes of the words `first..last` (at least one word).
    pub(super) fn span(&self, first: usize, last: usize) -> (usize, usize) {
        let start = self.words.get(first).map_or(self.text.len(), |word| word.start);
        let end = self.words.get(last.max(first + 1) - 1).map_or(self.text.len(), |word| word.end);
        (start, end.max(start))
    }

    /// The words `first..last` as typed.
    pub(super) fn slice(&self, first: usize, last: usize) -> &'a str {
        let (start, end) = self.span(first, last);
        &self.text[start..end]
    }

    /// What stands between the word before `at` and the word `at`.
    pub(super) fn gap(&self, at: usize) -> &'a str {
        let from = if at == 0 { 0 } else { self.words[at - 1].end };
        let to = self.words.get(at).map_or(self.text.len(), |word| word.start);
        &self.text[from..to.max(from)]
    }

    /// The break before the word `at`; the end of the text is a stop.
    pub(super) fn before(&self, at: usize) -> Break {
        self.words.get(at).map_or(Break::Stop, |word| word.before)
    }

    /// The quotation the word stands in.
    pub(super) fn quote_of(&self, at: usize) -> Option<&Quote> {
        // They are in order, so only the last one that begins before the word can hold it.
        let before = self.quotes.partition_point(|quote| quote.first <= at);
        self.quotes[..before].last().filter(|quote| at < quote.last)
    }

    /// Whether the words at `at` are exactly these, cut at nothing stronger than a comma.
    pub(super) fn says(&self, at: usize, phrase: &str) -> bool {
        self.match_words(at, phrase).is_some()
    }

    /// Like [`Sentence::says`]; gives the number of words.
    pub(super) fn match_words(&self, at: usize, phrase: &str) -> Option<usize> {
        let mut rest = phrase;
        let mut count = 0;
        loop {
            let word = self.norm(at + count);
            // Most phrases differ in the first letter already.
            let differs = word.as_bytes().first() != rest.as_bytes().first();
            if differs || (count > 0 && self.before(at + count) >= Break::Dash) {
                return None;
            }
            rest = rest.strip_prefix(word)?;
            count += 1;
            if rest.is_empty() {
                return Some(count);
            }
            rest = rest.strip_prefix(' ')?;
        }
    }

    /// The longest of `phrases` that stands at `at`, as the number of its words.
    pub(super) fn longest_of(&self, at: usize, phrases: &(impl Table + ?Sized)) -> Option<usize> {
        phrases.longest(self, at)
    }

    /// Whether the word is read as one of English in the place of what was typed.
    pub(super) fn is_translated(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| normal(&self.text[word.start..word.end]) != word.norm)
    }

    /// Whether the word begins a new phrase: behind a comma, dash, bracket or stop. A quotation mark does not.
    pub(super) fn is_apart(&self, at: usize) -> bool {
        let before = self.before(at);
        before >= Break::Comma && before != Break::Quote
    }

    /// Whether the word is written with a capital first letter (or a digit).
    pub(super) fn is_capitalised(&self, at: usize) -> bool {
        self.raw(at).chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
    }

    /// Whether case carries meaning here: a text all in small letters or all in capitals has none.
    pub(super) fn has_case(&self) -> bool {
        self.cased
    }

    fn cut_into_clauses(&self) -> Vec<(usize, usize)> {
        let silent = layout::silent(self.text);
        let speaks =
            |at: usize| !silent.iter().any(|part| part.0 <= self.words[at].start && self.words[at].start < part.1);
        let mut clauses = Vec::new();
        let mut from = None;
        for at in 0..self.words.len() {
            let inside = self.quote_of(at).is_some_and(|quote| quote.first < at);
            let fresh = at > 0 && self.words[at].before == Break::Stop && !inside && ends_a_sentence(self.gap(at));
            if let Some(first) = from.filter(|_| fresh || !speaks(at)) {
                clauses.push((first, at));
                from = None;
            }
            if from.is_none() && speaks(at) {
                from = Some(at);
            }
        }
        clauses.extend(from.map(|first| (first, self.words.len())));
        clauses
    }
}

/// A colon announces what follows; every other stop ends a sentence.
fn ends_a_sentence(gap: &str) -> bool {
    gap.contains(['.', '!', '?', ';', '\n', '…'])
}

/// Marks that open a quotation and what closes each.
const MARKS: [(char, &[char]); 8] = [
    ('"', &['"']),
    ('\'', &['\'', '’']),
    ('`', &['`', '\'']),
    ('“', &['”', '"', '“']),
    ('‘', &['’', '\'']),
    ('„', &['“', '”']),
    ('«', &['»']),
    ('‹', &['›']),
];

fn quotes(text: &str, words: &[Word]) -> Vec<Quote> {
    let mut found = Vec::new();
    let mut free_from = 0;
    let mut previous = ' ';
    // Marks that close nowhere behind; looked for once, so that the work stays in proportion to the text.
    let mut never_closed: Vec<char> = Vec::new();
    for (at, c) in text.char_indices() {
        let opens = at >= free_from && !previous.is_alphanumeric();
        previous = c;
        let Some((_, closing)) = MARKS.iter().find(|(mark, _)| *mark == c) else { continue };
        let start = at + c.len_utf8();
        // French sets its marks apart: « Avocats Lyon ».
        let spaced = text[start..].chars().next().is_none_or(char::is_whitespace) && c != '«';
        if !opens || never_closed.contains(&c) || spaced {
            continue;
        }
        let Some(end) = closing_at(text, start, closing) else {
            never_closed.push(c);
            continue;
        };
        free_from = end + text[end..].chars().next().map_or(1, char::len_utf8);
        let first = words.partition_point(|word| word.start < start);
        let last = words.partition_point(|word| word.end <= end);
        if first < last {
            let inside = &text[start..end];
            let lead = inside.len() - inside.trim_start().len();
            found.push(Quote { start: start + lead, end: start + inside.trim_end().len(), first, last });
        }
    }
    found
}

/// Where the quotation that starts at `start` closes: at a mark with no letter behind it.
fn closing_at(text: &str, start: usize, closing: &[char]) -> Option<usize> {
    let mut chars = text[start..].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let behind = chars.peek().map_or(' ', |next| next.1);
        if closing.contains(&c) && at > 0 && !behind.is_alphanumeric() {
            return Some(start + at);
        }
    }
    None
}
