//! Where a contact lives or a company sits, as a record is told: "based in Austin, Texas", "moved to Miami, FL".
//!
//! Protects that a place is kept in the fields for places and is no status, firm or second contact.

use super::changes::Change;
use super::places;
use super::sentence::Sentence;
use super::words::Break;

/// The fields of the place that begins at `at`: the city or country, and what stands behind its comma.
pub(super) fn changes(sentence: &Sentence<'_>, at: usize, end: usize) -> Vec<Change> {
    let Some((last, country)) = place(sentence, at, end) else { return Vec::new() };
    let change = |field, first, last| Change { field, value: Some(sentence.span(first, last)), words: (first, last) };
    let mut found = vec![change(if country { "country" } else { "city" }, at, last)];
    if last < end && sentence.before(last) == Break::Comma {
        if let Some((wider, country)) = place(sentence, last, end) {
            found.push(change(if country { "country" } else { "state" }, last, wider));
        } else if is_code(sentence, last) {
            found.push(change("state", last, last + 1));
        }
    }
    found
}

/// The same, where the words up to the end say nothing else.
pub(super) fn whole(sentence: &Sentence<'_>, at: usize, end: usize) -> Vec<Change> {
    const BEHIND: [&str; 6] = ["please", "now", "thanks", "pls", "and", "as"];
    let found = changes(sentence, at, end);
    let last = found.last().map_or(at, |change| change.words.1);
    let over = last >= end || sentence.before(last) >= Break::Dash || BEHIND.contains(&sentence.norm(last));
    if over { found } else { Vec::new() }
}

/// One past the place that begins at `at`, and whether it is a country.
fn place(sentence: &Sentence<'_>, at: usize, end: usize) -> Option<(usize, bool)> {
    let (count, _) = places::table().longest(sentence.words.get(at..end)?)?;
    let last = at + count;
    let named = !sentence.has_case() || sentence.is_capitalised(at);
    named.then(|| (last, places::country(sentence.slice(at, last)).is_some()))
}

/// "FL", "ON": a state by its code.
fn is_code(sentence: &Sentence<'_>, at: usize) -> bool {
    let raw = sentence.raw(at);
    raw.len() <= 3 && raw.chars().all(char::is_uppercase) && !places::state_code(raw).is_empty()
}
