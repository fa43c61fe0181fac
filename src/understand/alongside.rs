//! Two lists or campaigns in one breath: "take Jane off Alpha List and Beta List", "the Gala and Newsletter lists".
//!
//! Protects the rule that nothing is dropped silently: the second name is a record of its own, and no part of the first.

use super::given_names::may_be_first_name;
use super::names::{Kind, Pointer, Reference, kind};
use super::records::{Marks, is_listish, loose_name};
use super::sentence::Sentence;
use super::verbs::VERBS;
use super::words::Break;

/// Whether the "and" at `and` stands between two names of two words or more, the first of which begins at `from`:
/// "Summer Invite and Tax Alert", but "Oil and Gas Leads".
pub(super) fn begins_another(sentence: &Sentence<'_>, from: usize, and: usize, end: usize) -> bool {
    sentence.norm(and) == "and"
        && sentence.raw(and) != "&"
        && and >= from + 2
        && capitals(sentence, and + 1, end) >= 2
        && VERBS.of_word(sentence.norm(and + 1)).is_none()
}

/// Adds the names that "and" joins to those that are found already.
pub(super) fn complete(sentence: &Sentence<'_>, end: usize, found: &mut Vec<Reference>) {
    let mut more = Vec::new();
    for reference in found.iter().filter(|reference| reference.name.is_some()) {
        let taken = |at: usize| found.iter().any(|other| other.first <= at && at < other.last);
        more.extend(behind(sentence, end, reference).filter(|other| !taken(other.first)));
        more.extend(before(sentence, reference).filter(|other| !taken(other.first)));
    }
    found.extend(more);
    found.sort_by_key(|reference| reference.first);
}

/// "Summer Invite and Tax Alert": the name behind "and".
fn behind(sentence: &Sentence<'_>, end: usize, known: &Reference) -> Option<Reference> {
    let at = known.last + 1;
    if known.last >= end || sentence.norm(known.last) != "and" || sentence.is_apart(known.last) {
        return None;
    }
    let (name, last) = match sentence.quote_of(at).filter(|quote| quote.first == at) {
        Some(quote) => ((quote.start, quote.end), quote.last),
        None => {
            let last = at + capitals(sentence, at, end);
            (sentence.span(at, last), last)
        }
    };
    let somebody = may_be_first_name(sentence.norm(at)) && sentence.quote_of(at).is_none();
    let whole = last >= end || !sentence.is_capitalised(last) && !["to", "on", "into"].contains(&sentence.norm(last));
    let quoted = sentence.quote_of(at).is_some();
    (whole && !somebody && (quoted || last >= at + 2) && VERBS.of_word(sentence.norm(at)).is_none()).then(|| {
        let first = at;
        Reference { name: Some(name), first, last, ..known.clone() }
    })
}

/// "the Gala and Newsletter lists": the name before "and", where the noun says that there are several.
fn before(sentence: &Sentence<'_>, known: &Reference) -> Option<Reference> {
    let several = ["lists", "campaigns", "sequences"].contains(&sentence.norm(known.last - 1));
    let and = known.first.checked_sub(1).filter(|and| several && sentence.norm(*and) == "and")?;
    let quote = sentence.quote_of(and.checked_sub(1)?);
    let mut first = quote.map_or(and, |quote| quote.first);
    while quote.is_none() && first > 0 && sentence.is_capitalised(first - 1) && sentence.before(first) < Break::Comma {
        first -= 1;
    }
    let name = quote.map_or(sentence.span(first, and), |quote| (quote.start, quote.end));
    let article = first > 0 && ["the", "my", "our", "both"].contains(&sentence.norm(first - 1));
    let lead = first.checked_sub(1 + usize::from(article))?;
    let preposition = ["to", "into", "on", "onto", "from", "of", "off", "in"]
        .into_iter()
        .find(|word| *word == sentence.norm(lead))
        .filter(|_| first < and)?;
    let kind = kind(sentence, known.last - 1).map_or(Kind::List, |found| found.0);
    Some(Reference { kind, preposition, name: Some(name), first: lead, last: and, ..known.clone() })
}

/// How many words with a capital stand from `at`.
fn capitals(sentence: &Sentence<'_>, at: usize, end: usize) -> usize {
    (at..end)
        .take_while(|word| {
            sentence.has_case()
                && sentence.is_capitalised(*word)
                && sentence.quote_of(*word).is_none()
                && (*word == at || sentence.before(*word) < Break::Comma)
        })
        .count()
}

/// "merge A1 and B2 lists", "Expo West and Expo East into one list", "fold Old Donors into Donors 2025".
pub(super) fn merged(sentence: &Sentence<'_>, from: usize, end: usize, found: &mut Vec<Reference>) {
    let start = from + usize::from(["my", "our", "the", "both"].contains(&sentence.norm(from)));
    let noun = (from..end).any(|at| ["list", "lists"].contains(&sentence.norm(at)) && sentence.quote_of(at).is_none());
    let mut names = Vec::new();
    let mut at = start;
    while let Some((_, last)) = loose_name(sentence, at, end, Marks::Several) {
        let last = if ["list", "lists"].contains(&sentence.norm(last - 1)) { last - 1 } else { last };
        if last <= at || sentence.raw(at).contains('@') {
            break;
        }
        let span = sentence.quote_of(at).map_or(sentence.span(at, last), |quote| (quote.start, quote.end));
        names.push((span, at, last));
        let joined = ["and", "with", "into"].contains(&sentence.norm(last));
        if last >= end || !(joined || sentence.before(last) == Break::Comma) {
            break;
        }
        at = last + usize::from(joined);
    }
    let dated = |name: &(_, usize, usize)| {
        is_listish(sentence, name.1, name.2)
            || (name.1..name.2).any(|word| sentence.norm(word).bytes().all(|byte| byte.is_ascii_digit()))
    };
    if names.len() < 2 || !noun && !names.iter().any(dated) {
        return;
    }
    found.clear();
    found.extend(names.into_iter().map(|(span, first, last)| Reference {
        kind: Kind::List,
        pointer: Pointer::Known,
        preposition: "",
        name: Some(span),
        first,
        last,
    }));
}
