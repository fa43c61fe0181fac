//! By when the results are wanted: "by Friday", "next March", "before the end of the week".
//!
//! Protects "no invented constraint": a day is no place, no company and no number of results.

use super::grammar::Walk;
use super::times::{MONTHS, WEEKDAYS};

const MOMENTS: [&str; 11] =
    ["tomorrow", "today", "tonight", "noon", "eod", "eow", "cob", "week", "month", "quarter", "weekend"];

fn is_moment(word: &str) -> bool {
    [&WEEKDAYS[..], &MONTHS, &MOMENTS].iter().any(|moments| moments.contains(&word))
}

/// Takes the time at `at`; it is shown as not read.
pub(super) fn take(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const BEFORE: [&str; 14] = [
        "by",
        "by next",
        "by this",
        "by the end of",
        "by the end of the",
        "by the end of next",
        "before",
        "before next",
        "before the end of",
        "before the end of the",
        "next",
        "this coming",
        "due",
        "no later than",
    ];
    let sentence = walk.sentence;
    let count = sentence.longest_of(at, &BEFORE).filter(|_| sentence.quote_of(at).is_none() && at > walk.begin)?;
    let day = at + count;
    // "women before May" and "next quarter" say when; "next week magazine" would be a name.
    let ends = day + 1 >= walk.end || !sentence.is_capitalised(day + 1) || sentence.gap(day + 1) != " ";
    (day < walk.end && is_moment(sentence.norm(day)) && ends).then_some(())?;
    walk.flush();
    walk.found.unread(at, day + 1);
    Some(day + 1)
}
