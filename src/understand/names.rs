//! Lists and campaigns as a sentence points at them: "my 'Q1 Leads' list", "the Spring sequence",
//! "a list called Texas CEOs".
//!
//! Protects the rule that a name is taken as written and never read as a filter.

use super::given_names::is_first_name;
use super::people::possessive;
use super::sentence::Sentence;
use super::words::Break;

/// What kind of record is pointed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Campaign,
}

/// How a record is pointed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pointer {
    /// "my", "our", "the", "existing": it is there already.
    Known,
    /// "a", "new", or nothing.
    New,
    /// "this", "that", "it".
    Here,
}

/// One mention of a list or campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) kind: Kind,
    pub(super) pointer: Pointer,
    /// The word before it ("to", "from", "for" …), empty when none.
    pub(super) preposition: &'static str,
    /// Bytes of the name.
    pub(super) name: Option<(usize, usize)>,
    /// First word, preposition included.
    pub(super) first: usize,
    /// One past the last word, name included.
    pub(super) last: usize,
}

const PREPOSITIONS: [&str; 13] =
    ["to", "into", "in", "on", "onto", "from", "for", "with", "within", "of", "off", "through", "as"];

const KNOWN: [&str; 9] = ["my", "our", "the", "existing", "current", "their", "his", "her", "your"];
const NEW: [&str; 5] = ["a", "an", "new", "another", "fresh"];
const HERE: [&str; 4] = ["this", "that", "these", "those"];

const LIST_WORDS: [&str; 4] = ["list", "lists", "segment", "segments"];
const CAMPAIGN_WORDS: [&str; 9] = [
    "campaign",
    "campaigns",
    "sequence",
    "sequences",
    "cadence",
    "drip",
    "drip campaign",
    "email campaign",
    "email sequence",
];
const CALLED: [&str; 17] = [
    "by name",
    "by the name",
    "with name",
    "of the name",
    "having the name",
    "by the name of",
    "under the name of",
    "under the name",
    "under the title of",
    "called",
    "named",
    "titled",
    "with the name",
    "entitled",
    "labelled",
    "labeled",
    "name",
];

/// Words that an unquoted name does not hold.
const NOT_IN_NAMES: [&str; 52] = [
    "off",
    "onto",
    "out",
    "every",
    "and",
    "a",
    "an",
    "the",
    "my",
    "our",
    "i",
    "id",
    "im",
    "or",
    "but",
    "then",
    "with",
    "without",
    "excluding",
    "exclude",
    "except",
    "not",
    "who",
    "that",
    "which",
    "whose",
    "where",
    "about",
    "at",
    "in",
    "from",
    "to",
    "into",
    "on",
    "for",
    "of",
    "list",
    "lists",
    "campaign",
    "campaigns",
    "sequence",
    "sequences",
    "is",
    "are",
    "was",
    "were",
    "please",
    "me",
    "all",
    "them",
    "it",
    "by",
];

/// The mention that begins at the word `at`, with or without a preposition.
pub(super) fn reference(sentence: &Sentence<'_>, at: usize) -> Option<Reference> {
    let preposition = PREPOSITIONS.iter().find(|word| **word == sentence.norm(at) && sentence.quote_of(at).is_none());
    let mut next = at + usize::from(preposition.is_some());
    let mut pointer = None;
    // "in our existing new": more of these words point at nothing.
    const MOST_POINTERS: usize = 4;
    for _ in 0..MOST_POINTERS {
        let word = sentence.norm(next);
        // "my Current Customers list" is called so.
        let called = ["current", "existing"].contains(&word) && next > at && begins_a_name(sentence, next);
        let found = if KNOWN.contains(&word) && !called {
            Pointer::Known
        } else if NEW.contains(&word) && !begins_a_name(sentence, next) {
            Pointer::New
        } else if HERE.contains(&word) {
            Pointer::Here
        } else {
            break;
        };
        // "my new list" is new, "the existing list" is known: the last word decides.
        pointer = Some(found);
        next += 1;
    }
    // Where nothing has capitals, "on gala list" names it all the same.
    let directed = preposition.is_some_and(|word| ["to", "into", "on", "onto", "from", "off"].contains(word));
    let pointed = pointer.is_some() || directed && !sentence.has_case();
    let (kind, name, last) = named_before(sentence, next, pointed).or_else(|| named_after(sentence, next))?;
    if preposition.is_none() && pointer.is_none() && name.is_none() {
        return None;
    }
    Some(Reference {
        kind,
        pointer: pointer.unwrap_or(Pointer::New),
        preposition: preposition.copied().unwrap_or(""),
        name,
        first: at,
        last,
    })
}

/// Every mention in the words `from..to`.
pub(super) fn references(sentence: &Sentence<'_>, from: usize, to: usize) -> Vec<Reference> {
    let mut found: Vec<Reference> = Vec::new();
    let mut at = from;
    while at < to {
        match reference(sentence, at) {
            Some(reference) if reference.last > at => {
                at = reference.last;
                found.push(reference);
            }
            _ => at += 1,
        }
    }
    found
}

/// The list or campaign noun at `at`.
pub(super) fn kind(sentence: &Sentence<'_>, at: usize) -> Option<(Kind, usize)> {
    if sentence.quote_of(at).is_some() {
        return None;
    }
    let list = sentence.longest_of(at, &LIST_WORDS).map(|count| (Kind::List, count));
    list.or_else(|| sentence.longest_of(at, &CAMPAIGN_WORDS).map(|count| (Kind::Campaign, count)))
}

type Found = (Kind, Option<(usize, usize)>, usize);

/// "'Q1 Leads' list", "Spring sequence": the name first.
fn named_before(sentence: &Sentence<'_>, at: usize, pointed: bool) -> Option<Found> {
    if let Some(quote) = sentence.quote_of(at).filter(|quote| quote.first == at) {
        let (kind, count) = kind(sentence, quote.last)?;
        return Some((kind, Some((quote.start, quote.end)), quote.last + count));
    }
    const LONGEST_NAME: usize = 6;
    for length in 1..=LONGEST_NAME {
        let noun = at + length;
        let word = at + length - 1;
        let cut = length > 1 && sentence.before(word) >= Break::Comma;
        let sign = sentence.raw(word) == "&" || word > at && sentence.raw(word - 1) == "&";
        if cut || (NOT_IN_NAMES.contains(&sentence.norm(word)) && !sign) || sentence.quote_of(word).is_some() {
            return None;
        }
        if sentence.before(noun) >= Break::Comma {
            return None;
        }
        if let Some((kind, count)) = kind(sentence, noun).filter(|_| !goes_on_in_name(sentence, noun)) {
            // "Tina's sequence" is the one that she is in.
            if kind == Kind::Campaign && possessive(sentence, noun) && belongs_to_somebody(sentence, at) {
                return None;
            }
            // "outreach campaign", "contact list" are kinds, not names.
            let is_kind = (at..noun).all(|word| {
                let norm = sentence.norm(word);
                PLAIN.contains(&norm) || norm.starts_with(|c: char| c.is_ascii_digit()) || UNNAMED.contains(&norm)
            });
            let written_as_name = sentence.is_capitalised(at) || !sentence.has_case();
            if is_kind {
                let name = name_after(sentence, noun + count);
                return Some((kind, name.map(|n| n.0), name.map_or(noun + count, |n| n.1)));
            }
            return (pointed && (written_as_name || length <= 3) || sentence.is_capitalised(at) && sentence.has_case())
                .then(|| (kind, Some(sentence.span(at, noun)), noun + count));
        }
    }
    None
}

/// "Tina's", "Bob Reyes'": a first name at the word or before it.
fn belongs_to_somebody(sentence: &Sentence<'_>, at: usize) -> bool {
    let before = at.checked_sub(1).filter(|before| sentence.is_capitalised(*before) && sentence.is_capitalised(at));
    is_first_name(sentence.norm(at)) || before.is_some_and(|before| is_first_name(sentence.norm(before)))
}

/// "my New Clients list": a word of the name, because the next one has a capital too.
fn begins_a_name(sentence: &Sentence<'_>, at: usize) -> bool {
    let written = |at: usize| sentence.is_capitalised(at) && !sentence.is_translated(at);
    sentence.has_case() && at > 0 && written(at) && written(at + 1)
}

/// "the GC Drip sequence": a noun with a capital before another noun is part of the name.
fn goes_on_in_name(sentence: &Sentence<'_>, at: usize) -> bool {
    sentence.has_case() && sentence.is_capitalised(at) && kind(sentence, at + 1).is_some()
}

/// Words that say what sort of list or campaign it is.
const PLAIN: [&str; 24] = [
    "empty",
    "blank",
    "fresh",
    "outreach",
    "email",
    "contact",
    "prospect",
    "lead",
    "marketing",
    "nurture",
    "drip",
    "mail",
    "mailing",
    "call",
    "target",
    "static",
    "dynamic",
    "smart",
    "saved",
    "cold",
    "linkedin",
    "follow",
    "short",
    "whole",
];

/// Words that only count or measure: "a three-step sequence".
const UNNAMED: [&str; 18] = [
    "touch",
    "touches",
    "step",
    "steps",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "day",
    "week",
    "part",
    "short",
    "simple",
    "weekly",
    "monthly",
    "personalized",
];

/// "list called Texas CEOs", "list 'Q1 Leads'": the noun first.
fn named_after(sentence: &Sentence<'_>, at: usize) -> Option<Found> {
    let (kind, count) = kind(sentence, at)?;
    let name = name_after(sentence, at + count);
    Some((kind, name.map(|n| n.0), name.map_or(at + count, |n| n.1)))
}

fn name_after(sentence: &Sentence<'_>, at: usize) -> Option<((usize, usize), usize)> {
    match sentence.longest_of(at, &CALLED) {
        Some(count) => name(sentence, at + count + usize::from(sentence.norm(at + count) == "it")),
        None => sentence
            .quote_of(at)
            .filter(|quote| quote.first == at && sentence.before(at) <= Break::Quote)
            .map(|quote| ((quote.start, quote.end), quote.last)),
    }
}

/// The name that begins at `at`: a quotation, or the words up to the end of the phrase. Gives its
/// bytes and the word after it.
pub(super) fn name(sentence: &Sentence<'_>, at: usize) -> Option<((usize, usize), usize)> {
    if let Some(quote) = sentence.quote_of(at).filter(|quote| quote.first == at) {
        return Some(((quote.start, quote.end), quote.last));
    }
    const LONGEST: usize = 12;
    let mut last = at;
    while last < sentence.words.len() && last - at < LONGEST {
        let cut = last > at && sentence.before(last) >= Break::Comma;
        if cut || ends_name(sentence, last, at) {
            break;
        }
        last += 1;
    }
    (last > at).then(|| (sentence.span(at, last), last))
}

/// Whether the free name that began at `from` is over before the word `at`.
fn ends_name(sentence: &Sentence<'_>, at: usize, from: usize) -> bool {
    const ENDINGS: [&str; 16] = [
        "excluding",
        "exclude",
        "except",
        "without",
        "please",
        "with",
        "then",
        "and then",
        "but",
        "who",
        "for me",
        "thanks",
        "and start",
        "and add",
        "and send",
        "containing",
    ];
    const VERBS: [&str; 17] = [
        "create", "email", "enroll", "exclude", "launch", "draft", "find", "put", "tag", "notify", "write", "start",
        "add", "send", "schedule", "remove", "export",
    ];
    if sentence.longest_of(at, &ENDINGS).is_some() {
        return true;
    }
    if sentence.norm(at) == "and" && VERBS.contains(&sentence.norm(at + 1)) {
        return true;
    }
    let small = sentence.has_case() && sentence.is_capitalised(from);
    // A capitalised name ends where a small preposition begins a new phrase.
    let whom = sentence.raw(at) == "for" && !sentence.is_capitalised(at + 1) && sentence.quote_of(at + 1).is_none();
    small && (whom || ["at", "in", "from", "with", "to", "on"].contains(&sentence.raw(at))) && at > from
}
