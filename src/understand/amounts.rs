//! What a number in a search counts: results, employees, revenue, lawyers, years.
//!
//! Protects "a number of results is only a stated one": Fortune 500, ages, years and tenure are not.

use super::grammar::Walk;
use super::numbers::{self, Quantity};
use super::phrasebook::Words;
use super::request::Range;
use super::roles;
use super::vocabulary::{AGES, EMPLOYEES, HEADCOUNT, LAWYERS, PEOPLE, REVENUE, REVENUE_BEFORE, YEARS, Zone};
use super::words::Break;

/// Takes the number at `at`, with its unit, and gives it a role.
pub(super) fn take(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    if walk.sentence.quote_of(at).is_some() {
        return None;
    }
    if let Some(next) = founded(walk, at) {
        return Some(next);
    }
    let (first, begin) =
        match [&HEADCOUNT, &REVENUE_BEFORE].iter().filter_map(|table| walk.sentence.longest_of(at, *table)).max() {
            Some(count) => (at, skip_link(walk, at + count)),
            None => (at, at),
        };
    let quantity = numbers::quantity(walk.sentence, begin).filter(|quantity| quantity.last <= walk.end)?;
    if quantity.plain == Some(1) && walk.sentence.raw(begin).starts_with(char::is_alphabetic) {
        // "one" is a pronoun more often than a number.
        return None;
    }
    let after = behind(walk, &quantity);
    let announced = |table: &Words| begin > first && walk.sentence.longest_of(first, table).is_some();
    let unit =
        |table: &Words| walk.sentence.longest_of(after, table).filter(|_| walk.sentence.before(after) < Break::Comma);
    let money = quantity.currency.is_some();
    if let Some(count) = unit(&REVENUE).or((money || announced(&REVENUE_BEFORE)).then_some(0)) {
        return Some(revenue(walk, &quantity, first, after, count));
    }
    if let Some(count) = unit(&AGES) {
        walk.flush();
        roles::protect(walk, "age", first, after + count);
        return Some(after + count);
    }
    if let Some(count) = unit(&YEARS) {
        return Some(years(walk, &quantity, first, after, count));
    }
    if quantity.plain.is_none()
        && let Some(count) = unit(&LAWYERS).filter(|_| walk.zone != Zone::Head)
    {
        walk.flush();
        walk.other(&format!("lawyer_count:{}", spelled(&quantity)), first, after + count);
        return Some(after + count);
    }
    if let Some(count) = unit(&LAWYERS).filter(|_| walk.zone == Zone::With) {
        walk.flush();
        walk.other(&format!("lawyer_count:{}", spelled(&quantity)), first, after + count);
        return Some(after + count);
    }
    let employees = unit(&EMPLOYEES).or(announced(&HEADCOUNT).then_some(0));
    if let Some(count) = employees.filter(|_| begin > first || is_headcount(walk, at, after, &quantity)) {
        return Some(headcount(walk, &quantity, first, after, count));
    }
    results(walk, &quantity, at)
}

/// "headcount: 50-200", "revenue is over $10M".
fn skip_link(walk: &Walk<'_>, at: usize) -> usize {
    at + usize::from(
        ["of", "is", "between", "range"].contains(&walk.sentence.norm(at)) && walk.sentence.norm(at) != "between",
    )
}

/// The word behind a quantity, past "or so" and "full-time".
fn behind(walk: &Walk<'_>, quantity: &Quantity) -> usize {
    quantity.last
        + walk.sentence.longest_of(quantity.last, &["full time", "total", "or so", "different", "plus"]).unwrap_or(0)
}

/// "50 people" counts results where somebody is looked for, employees behind "with" or "companies of".
fn is_headcount(walk: &Walk<'_>, at: usize, after: usize, quantity: &Quantity) -> bool {
    let unit = walk.sentence.norm(after);
    let certain =
        matches!(unit, "employees" | "employee" | "headcount" | "ftes" | "fte" | "workers" | "staff" | "person");
    if walk.zone == Zone::Head {
        // "Find 50 employees at Acme" counts results; "50-person startups" does not.
        return unit == "person" || (certain && (quantity.plain.is_none() || walk.companies.is_some()));
    }
    let limit = at > 0 && walk.sentence.before(at) >= Break::Comma && PEOPLE.contains(unit) && !certain;
    !limit
}

fn headcount(walk: &mut Walk<'_>, quantity: &Quantity, first: usize, after: usize, count: usize) -> usize {
    walk.flush();
    let last = after + count;
    if walk.excluding {
        walk.found.excluded_other(&format!("headcount:{}", spelled(quantity)), first, last);
        return last;
    }
    let span = span(walk, quantity, first, last);
    walk.found.headcount(Range { min: quantity.min, max: quantity.max, currency: None }, span);
    last
}

fn revenue(walk: &mut Walk<'_>, quantity: &Quantity, first: usize, after: usize, count: usize) -> usize {
    walk.flush();
    let last = after + count;
    let assets = ["aum", "in aum", "assets", "in assets", "under management", "of assets"];
    let other = walk.sentence.longest_of(after, &assets);
    if let Some(more) = other {
        walk.other(&format!("assets_under_management:{}", spelled(quantity)), first, after + more);
        return after + more;
    }
    let funding = ["in funding", "of funding", "in venture capital", "in financing", "raised", "funding", "round"];
    if let Some(more) = walk.sentence.longest_of(after, &funding) {
        walk.other(&format!("signal:raised_funding {}", spelled(quantity)), first, after + more);
        return after + more;
    }
    if walk.excluding {
        walk.found.excluded_other(&format!("revenue:{}", spelled(quantity)), first, last);
        return last;
    }
    let currency = quantity.currency.filter(|code| *code != "USD").map(str::to_owned);
    let span = span(walk, quantity, first, last);
    walk.found.revenue(Range { min: quantity.min, max: quantity.max, currency }, span);
    last
}

/// "10+ years of experience", "in the last 90 days"; a bare span of time is unread.
fn years(walk: &mut Walk<'_>, quantity: &Quantity, first: usize, after: usize, count: usize) -> usize {
    walk.flush();
    let last = after + count;
    let unit = walk.sentence.norm(after);
    let experience = [
        "of experience",
        "experience",
        "in practice",
        "of practice",
        "in the industry",
        "of relevant experience",
        "of work experience",
    ];
    if let Some(more) = walk.sentence.longest_of(last, &experience) {
        walk.other(&format!("experience_years:{}", spelled(quantity)), first, last + more);
        return last + more;
    }
    let recent = (first.saturating_sub(2)..first).any(|at| ["last", "past"].contains(&walk.sentence.norm(at)));
    if recent && let Some(value) = quantity.plain {
        let days = match unit {
            "year" | "years" | "yr" | "yrs" => value.saturating_mul(365),
            "month" | "months" => value.saturating_mul(30),
            "week" | "weeks" => value.saturating_mul(7),
            _ => value,
        };
        let funded = walk.found.search.other.iter().any(|entry| entry.starts_with("signal:raised"));
        let name = if funded { "funded_within_days" } else { "role_started_within_days" };
        walk.other(&format!("{name}:{days}"), first, last);
        return last;
    }
    walk.found.unread(first, last);
    last
}

/// "founded after 2015", "established in 2010".
fn founded(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const BEGINNINGS: [&str; 8] = [
        "founded",
        "established",
        "started",
        "incorporated",
        "that were founded",
        "which were founded",
        "founded in or",
        "launched",
    ];
    const RELATIONS: [(&str, &str); 8] = [
        ("in", ""),
        ("after", "after "),
        ("since", "since "),
        ("before", "before "),
        ("from", "since "),
        ("prior to", "before "),
        ("no later than", "until "),
        ("between", "between "),
    ];
    let count = walk.sentence.longest_of(at, &BEGINNINGS)?;
    let (relation, words) = RELATIONS
        .iter()
        .find_map(|(phrase, relation)| Some((*relation, walk.sentence.match_words(at + count, phrase)?)))?;
    let year_at = at + count + words;
    is_year(walk.sentence.norm(year_at)).then_some(())?;
    let mut last = year_at + 1;
    if relation == "between " && walk.sentence.norm(last) == "and" && is_year(walk.sentence.norm(last + 1)) {
        last += 2;
    }
    if last > walk.end {
        return None;
    }
    walk.flush();
    let value = format!("founded:{relation}{}", walk.sentence.slice(year_at, last));
    walk.other(&value, at, last);
    Some(last)
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && (word.starts_with("19") || word.starts_with("20")) && word.bytes().all(|b| b.is_ascii_digit())
}

/// A number of results: before whom to find, or behind "top", "limit" and the like.
fn results(walk: &mut Walk<'_>, quantity: &Quantity, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let behind_limit = at > 0
        && ["limit", "top", "max", "maximum", "first", "just", "only", "to", "give", "about", "get"]
            .contains(&sentence.norm(at - 1));
    let noun = sentence.longest_of(quantity.last, &PEOPLE).is_some()
        || ["results", "of", "max", "total", "matches", "ones", "names", "companies", "firms"]
            .contains(&sentence.norm(quantity.last));
    let early = walk.zone == Zone::Head && walk.people.is_none() && walk.companies.is_none();
    let bare_age = quantity.plain.is_none()
        && !early
        && quantity.max.or(quantity.min).is_some_and(|years| (18..=99).contains(&years));
    if bare_age && ["under", "over", "above", "below"].contains(&sentence.norm(at)) && walk.people.is_some() {
        walk.flush();
        roles::protect(walk, "age", at, quantity.last);
        return Some(quantity.last);
    }
    let last_word = quantity.last >= walk.end || sentence.before(quantity.last) >= Break::Comma;
    let bare = last_word && quantity.plain.is_some() && !walk.excluding;
    let listed = at > 0 && (sentence.before(at) >= Break::Comma && (last_word || noun) || bare);
    let counts = early || (!is_year_at(walk, quantity) && (behind_limit || listed));
    if !counts || walk.excluding {
        return None;
    }
    let value = quantity
        .plain
        .or(quantity.max)
        .or(quantity.min.map(|min| if starts_with_more(walk, at) { min - 1 } else { min }))?;
    let count = u32::try_from(value).ok().filter(|count| *count > 0)?;
    let span = (quantity.start, quantity.end);
    if !walk.found.count(count, span) {
        return None;
    }
    if quantity.plain.is_none() {
        let words = sentence.text[quantity.start..quantity.end].to_owned();
        walk.found.assume(format!("“{words}” is read as {count} results."));
    }
    walk.flush();
    Some(quantity.last)
}

fn is_year_at(walk: &Walk<'_>, quantity: &Quantity) -> bool {
    is_year(walk.sentence.norm(quantity.last.saturating_sub(1)))
}

fn starts_with_more(walk: &Walk<'_>, at: usize) -> bool {
    ["more", "over", "above", "greater"].contains(&walk.sentence.norm(at))
}

/// Bytes from the announcing words to the unit, signs included.
fn span(walk: &Walk<'_>, quantity: &Quantity, first: usize, last: usize) -> (usize, usize) {
    let (start, end) = walk.sentence.span(first, last);
    (start.min(quantity.start), end.max(quantity.end))
}

/// A quantity as `other` holds it: "50-200", "51+", "up to 99", "30".
fn spelled(quantity: &Quantity) -> String {
    match (quantity.min, quantity.max) {
        (Some(min), Some(max)) if min == max => min.to_string(),
        (Some(min), Some(max)) => format!("{min}-{max}"),
        (Some(min), None) => format!("{min}+"),
        (None, Some(max)) => format!("up to {max}"),
        (None, None) => String::new(),
    }
}
