//! In which order the results are wanted: "largest companies first", "top 20 by revenue".
//!
//! Protects "no invented constraint": what the results are ordered by narrows nothing.

use super::grammar::Walk;
use super::signals::part_end;
use super::words::Break;

/// Takes an order of the results at `at`.
pub(super) fn take(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    first(walk, at).or_else(|| by(walk, at))
}

/// "largest companies first".
fn first(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const MOST: [&str; 16] = [
        "largest", "biggest", "smallest", "newest", "oldest", "most", "highest", "lowest", "nearest", "closest",
        "fastest", "latest", "youngest", "best", "senior", "recent",
    ];
    (MOST.contains(&walk.sentence.norm(at)) && walk.sentence.before(at) >= Break::Comma).then_some(())?;
    let last = part_end(walk, at);
    (last > at + 1 && last - at <= 5 && walk.sentence.norm(last - 1) == "first").then_some(())?;
    put(walk, at, at, last)
}

/// "top 20 CFOs at hospitals by revenue": a figure behind "by" at the end of its part.
fn by(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const FIGURES: [&str; 16] = [
        "revenue",
        "headcount",
        "size",
        "number of employees",
        "employees",
        "funding",
        "market cap",
        "aum",
        "assets",
        "growth",
        "turnover",
        "employee count",
        "company size",
        "firm size",
        "annual revenue",
        "market share",
    ];
    let sentence = walk.sentence;
    (sentence.norm(at) == "by" && at > walk.begin && sentence.quote_of(at).is_none()).then_some(())?;
    let last = at + 1 + sentence.longest_of(at + 1, &FIGURES)?;
    let ends = last == walk.end || last < walk.end && sentence.before(last) >= Break::Comma;
    if ends { put(walk, at, at + 1, last) } else { None }
}

fn put(walk: &mut Walk<'_>, at: usize, from: usize, last: usize) -> Option<usize> {
    walk.flush();
    let entry = format!("sort:{}", walk.sentence.slice(from, last));
    // "excluding Medtronic, and sort it by revenue": an order leaves nobody out.
    walk.found.other(&entry, at, last);
    Some(last)
}
