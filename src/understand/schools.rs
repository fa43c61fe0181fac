//! Where somebody studied, said without a verb: "engineers from Stanford", "Oxford-educated fund managers".
//!
//! Protects against taking a school for the employer.

use super::grammar::Walk;
use super::roles;
use super::signals::is_school;
use super::words::Break;

/// Takes a school at `at`.
pub(super) fn take(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    behind_from(walk, at).or_else(|| before_educated(walk, at))
}

/// "engineers from Stanford", "from MIT or Stanford".
fn behind_from(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let from = walk.people.is_some() && at > 0 && sentence.norm(at - 1) == "from";
    from.then_some(())?;
    let mut last = one(walk, at)?;
    while let Some(next) = roles::next_of_list(walk, last)
        && let Some(end) = one(walk, next)
    {
        last = end;
    }
    Some(last)
}

/// "Oxford-educated", "INSEAD-trained".
fn before_educated(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let noun = at + 1;
    let said = noun < walk.end
        && sentence.before(noun) == Break::Hyphen
        && ["educated", "trained", "schooled", "graduated"].contains(&sentence.norm(noun))
        && is_school(sentence.slice(at, noun));
    said.then_some(())?;
    walk.flush();
    let entry = format!("education:{}", sentence.slice(at, noun));
    walk.other(&entry, at, noun + 1);
    Some(noun + 1)
}

fn one(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let last = walk.name_end(at);
    (last > at && last <= walk.end && is_school(sentence.slice(at, last))).then_some(())?;
    walk.flush();
    let entry = format!("education:{}", sentence.slice(at, last));
    walk.other(&entry, at, last);
    Some(last)
}
