//! How many results are wanted: "50 CEOs", "top 20", "limit 100", "25 asap" at the end.
//!
//! Protects "a number of results is only a stated one": days, ages, versions and numbers of mandates are not.

use super::amounts::{behind, is_year_at};
use super::gazetteer;
use super::grammar::Walk;
use super::numbers::Quantity;
use super::roles;
use super::sentence::Sentence;
use super::vocabulary::{PEOPLE, Zone};
use super::words::Break;

/// More results than this nobody asks for; a larger number counts something else.
const MOST_RESULTS: i64 = 1_000_000;

/// Words behind a number of results at the end.
const TAIL: [&str; 32] = [
    "asap",
    "nos",
    "total",
    "max",
    "pls",
    "please",
    "thx",
    "thanks",
    "today",
    "urgently",
    "tops",
    "needed",
    "required",
    "only",
    "pcs",
    "pieces",
    "pc",
    "profiles",
    "records",
    "entries",
    "of them",
    "in total",
    "in all",
    "all told",
    "for the moment",
    "for now",
    "for a start",
    "to start with",
    "to begin with",
    "to start",
    "stuck",
    "or so",
];

/// What is numbered, and not counted: "mandate 2291".
const REFERENCES: [&str; 18] = [
    "mandate",
    "project",
    "job",
    "ref",
    "reference",
    "ticket",
    "order",
    "case",
    "file",
    "req",
    "matter",
    "assignment",
    "id",
    "number",
    "version",
    "phase",
    "wave",
    "engagement",
];

/// A number of results: before whom to find, or behind "top", "limit" and the like.
pub(super) fn results(walk: &mut Walk<'_>, quantity: &Quantity, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let (behind_limit, noun) = (is_behind_limit(walk, at), is_before_noun(sentence, quantity.last));
    let early = walk.zone == Zone::Head && walk.people.is_none() && walk.companies.is_none();
    let bare_age = quantity.plain.is_none()
        && !early
        && quantity.max.or(quantity.min).is_some_and(|years| (18..=99).contains(&years));
    if let Some(next) = told_age(walk, quantity, at) {
        return Some(next);
    }
    if bare_age && ["under", "over", "above", "below"].contains(&sentence.norm(at)) && walk.people.is_some() {
        walk.flush();
        roles::protect(walk, "age", at, quantity.last);
        return Some(quantity.last);
    }
    // "25 asap", "15 nos"
    let tail = sentence.longest_of(quantity.last, &TAIL).unwrap_or(0);
    let behind_all = quantity.last + tail;
    let last_word = behind_all >= walk.end || sentence.before(behind_all) >= Break::Comma;
    // "Search mandate 2291": a number directly behind a word that nothing explains is its name.
    let over = |word: usize| word >= walk.end || sentence.before(word) >= Break::Comma;
    let numbered = over(quantity.last) && walk.pending.last().is_some_and(|run| run.1 == at && !over(at));
    if numbered && walk.people.is_none() && walk.companies.is_none() {
        return None;
    }
    let place = at > 0 && ["in", "near", "around", "within", "of", "since"].contains(&sentence.norm(at - 1));
    let opening = at == walk.begin;
    let bare = (last_word || opening) && quantity.plain.is_some() && !walk.excluding && !place;
    let listed = at > 0 && (sentence.before(at) >= Break::Comma && (last_word || noun) || bare);
    // "companies between 300 and 900": the end of a range counts nobody.
    let range = at > walk.begin + 1
        && sentence.norm(at - 1) == "and"
        && sentence.norm(at - 2).starts_with(|c: char| c.is_ascii_digit());
    if range && !early {
        return None;
    }
    let counts = early || (!is_year_at(walk, quantity) && (behind_limit || listed));
    // "11/12" is a day.
    let digits = |word: usize| sentence.norm(word).bytes().all(|byte| byte.is_ascii_digit());
    let day = quantity.last < walk.end && sentence.gap(quantity.last) == "/" && digits(quantity.last)
        || at > walk.begin && sentence.gap(at) == "/" && digits(at - 1);
    let reference =
        at > walk.begin && sentence.before(at) < Break::Comma && REFERENCES.contains(&sentence.norm(at - 1));
    if !counts || walk.excluding || day || reference || is_part_of_name(walk, quantity, at) {
        return None;
    }
    let value = quantity
        .plain
        .or(quantity.max)
        .or(quantity.min.map(|min| if starts_with_more(walk, at) { min - 1 } else { min }))?;
    let count = u32::try_from(value).ok().filter(|count| *count > 0 && value <= MOST_RESULTS)?;
    let span = (quantity.start, quantity.end);
    if !walk.found.count(count, span) {
        return None;
    }
    if quantity.plain.is_none() {
        let words = sentence.text[quantity.start..quantity.end].to_owned();
        walk.found.assume(format!("“{words}” is read as {count} results."));
    }
    walk.flush();
    Some(behind(walk, quantity).min(walk.end).max(quantity.last))
}

/// "top 20", "limit 50", "the names of 12 dermatologists"; "the top 10 US cities" are no results.
fn is_behind_limit(walk: &Walk<'_>, at: usize) -> bool {
    const LIMITS: [&str; 19] = [
        "need", "want", "perhaps", "maybe", "say", "limit", "top", "max", "maximum", "first", "just", "only", "to",
        "give", "about", "get", "count", "results", "names",
    ];
    const GIVEN: [&str; 5] = ["names", "list", "details", "profiles", "contacts"];
    let sentence = walk.sentence;
    let before = if at > 0 { sentence.norm(at - 1) } else { "" };
    let named = at > walk.begin + 1 && before == "of" && GIVEN.contains(&sentence.norm(at - 2));
    (LIMITS.contains(&before) || named) && !(walk.zone == Zone::In && before == "top")
}

/// "12 people", "50 results", "10 please".
fn is_before_noun(sentence: &Sentence<'_>, after: usize) -> bool {
    const NOUNS: [&str; 12] =
        ["results", "of", "max", "total", "matches", "ones", "names", "companies", "firms", "please", "pls", "would"];
    sentence.longest_of(after, &PEOPLE).is_some() || NOUNS.contains(&sentence.norm(after))
}

/// "The ideal person is under forty-five", "under 45 and is a VP": an age, though nobody says years.
fn told_age(walk: &mut Walk<'_>, quantity: &Quantity, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let goes_on = at == walk.begin
        && sentence.norm(quantity.last) == "and"
        && ["is", "are", "has", "have", "works", "must"].contains(&sentence.norm(quantity.last + 1));
    let told = (goes_on || at > 0 && ["is", "be"].contains(&sentence.norm(at - 1)))
        && quantity.currency.is_none()
        && !quantity.large;
    let aged =
        quantity.plain.is_none() && quantity.max.or(quantity.min).is_some_and(|years| (18..=99).contains(&years));
    if told
        && aged
        && sentence.longest_of(quantity.last, &PEOPLE).is_none()
        && walk.companies.is_none()
        && gazetteer::phrase(sentence, quantity.last, walk.end).is_none_or(|phrase| phrase.title().is_none())
    {
        walk.flush();
        roles::protect(walk, "age", at, quantity.last);
        return Some(quantity.last);
    }
    None
}

/// "Web 2.0", "Q1 2025": a number behind a capitalised word that nothing has read belongs to it.
fn is_part_of_name(walk: &Walk<'_>, quantity: &Quantity, at: usize) -> bool {
    let sentence = walk.sentence;
    let thousands = sentence.raw(at).ends_with(['k', 'K']);
    let decimal = quantity.plain.is_some()
        && !quantity.large
        && !thousands
        && sentence.raw(at).trim_end_matches('.').contains('.');
    let waits = walk.pending.last().is_some_and(|run| run.1 == at && run.1 > walk.begin);
    let name = waits && sentence.before(at) < Break::Comma && at > walk.begin + 1 && sentence.is_capitalised(at - 1);
    let quarter = waits && is_year_at(walk, quantity);
    decimal || (name && sentence.has_case()) || quarter
}

fn starts_with_more(walk: &Walk<'_>, at: usize) -> bool {
    ["more", "over", "above", "greater"].contains(&walk.sentence.norm(at))
}
