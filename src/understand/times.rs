//! Times in a search: years of experience, when somebody or something began, when a company was founded.
//!
//! Protects that a time belongs to the event before it: who raised money in the last year did not begin a job.

use super::amounts::spelled;
use super::grammar::Walk;
use super::measures::{EVENTS, PERIODS};
use super::numbers::Quantity;
use super::vocabulary::{COMPANIES, Zone};
use super::words::Break;

/// The months, by their whole names.
pub(super) const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The days of the week.
pub(super) const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Words behind a span of time by which it is experience.
const EXPERIENCE: [&str; 24] = [
    "exp",
    "of exp",
    "xp",
    "of xp",
    "work experience",
    "relevant experience",
    "of experience",
    "experience",
    "in practice",
    "of practice",
    "in the industry",
    "of relevant experience",
    "of work experience",
    "of professional experience",
    "in business",
    "pqe",
    "of pqe",
    "on the job",
    "of industry experience",
    "in the field",
    "of post qualification experience",
    "post qualification",
    "berufserfahrung",
    "of legal experience",
];

/// "10+ years of experience", "in the last 90 days"; a bare span of time is unread.
pub(super) fn years(walk: &mut Walk<'_>, quantity: &Quantity, first: usize, after: usize, count: usize) -> usize {
    walk.flush();
    let last = after + count;
    if let Some(next) = years_of_technology(walk, quantity, first, last) {
        return next;
    }
    let unit = walk.sentence.norm(after).to_owned();
    let mut more = walk.sentence.longest_of(last, &EXPERIENCE);
    // "5 years plus in post" is a tenure.
    if more.is_none()
        && let Some(next) = in_role(walk, quantity, &unit, first, last)
    {
        return next;
    }
    if more.is_none() && (matches!(unit.as_str(), "yoe" | "pqe") || walk.zone == Zone::With && quantity.plain.is_none())
    {
        more = Some(0);
    }
    if let Some(more) = more {
        walk.other(&format!("experience_years:{}", spelled(quantity)), first, last + more);
        let further = walk.sentence.longest_of(last + more, &["in", "as", "as a", "as an"]);
        return last + more + further.filter(|_| walk.sentence.norm(last + more) != "in").unwrap_or(0);
    }
    // "3-5 yr litigation associates"
    let titled = quantity.plain.is_none()
        && unit.starts_with('y')
        && walk.people.is_none()
        && last < walk.end
        && (last..walk.end.min(last + 3)).any(|at| super::gazetteer::title(walk.sentence, at, walk.end).is_some());
    if titled {
        walk.other(&format!("experience_years:{}", spelled(quantity)), first, last);
        return last;
    }
    let recent = is_recent(walk, first) || walk.sentence.norm(last) == "ago";
    // "tax lawyers, Leeds, 3-7 years"
    let apart =
        walk.sentence.before(first) >= Break::Comma && (last >= walk.end || walk.sentence.before(last) >= Break::Comma);
    if apart
        && !recent
        && quantity.plain.is_none()
        && quantity.min.is_some()
        && walk.people.is_some()
        && unit.starts_with('y')
    {
        walk.other(&format!("experience_years:{}", spelled(quantity)), first, last);
        return last;
    }
    let Some(value) = quantity.plain.or(most(walk, quantity)).or(quantity.min).filter(|_| recent) else {
        walk.found.unread(first, last);
        return last;
    };
    let last = last + usize::from(walk.sentence.norm(last) == "ago");
    since(walk, days(value, &unit), walk.sentence.slice(first, last), first, last);
    last
}

/// The longest span of time that fits; a span has no next whole number, so that "less than 90 days" stays 90.
fn most(walk: &Walk<'_>, quantity: &Quantity) -> Option<i64> {
    let said = &walk.sentence.text[quantity.start..quantity.end];
    let less = ["less", "under", "below", "fewer"].contains(&walk.sentence.norm(quantity.first))
        || said.starts_with('<') && !said.starts_with("<=");
    quantity.max.map(|most| most + i64::from(less && quantity.min.is_none()))
}

/// "3+ years of Rust": both how long and with what.
fn years_of_technology(walk: &mut Walk<'_>, quantity: &Quantity, first: usize, last: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let joined = ["of", "with", "in"].contains(&sentence.norm(last)) && last + 1 < walk.end && walk.people.is_some();
    let rest = sentence.words.get(last + 1..walk.end).filter(|_| joined)?;
    let (count, _) = super::technologies::longest(rest, sentence.is_capitalised(last + 1))?;
    let end = last + 1 + count;
    walk.other(&format!("experience_years:{}", spelled(quantity)), first, last);
    walk.other(&format!("skill:{}", sentence.slice(last + 1, end)), last + 1, end);
    Some(end)
}

/// "in the last 90 days", "within 6 months": the words before a span of time say that it ends today.
fn is_recent(walk: &Walk<'_>, first: usize) -> bool {
    (first.saturating_sub(2)..first)
        .any(|at| ["last", "past", "previous", "within", "recent", "letzten"].contains(&walk.sentence.norm(at)))
}

/// "companies less than 5 years old", "firms with 20 years in business", "that have been around for 10+ years":
/// how long companies exist is when they were founded. Nobody's age, and nobody's experience.
pub(super) fn existence(walk: &mut Walk<'_>, first: usize, after: usize, last: usize) -> Option<usize> {
    const EXISTS: [&str; 6] = ["around", "operating", "trading", "existed", "business", "existence"];
    const BEHIND: [&str; 7] =
        ["old", "of age", "in business", "in existence", "of operation", "in operation", "of trading history"];
    const REACH: usize = 5;
    let sentence = walk.sentence;
    let unit = sentence.norm(after);
    // "Italian companies that are under ten years old", "startups, max 3 years old"
    let noun = (walk.begin.max(first.saturating_sub(REACH))..first)
        .any(|at| COMPANIES.contains(sentence.norm(at)) || walk.last_company.is_some_and(|end| end == at + 1));
    // "100-year-old family businesses"
    let behind_it = last < walk.end
        && sentence.before(last) < Break::Comma
        && (COMPANIES.contains(sentence.norm(last)) || super::gazetteer::market(sentence, last, walk.end).is_some());
    let companies = walk.people.is_none() && walk.companies.is_some() || noun || behind_it;
    let before = (walk.begin.max(first.saturating_sub(REACH))..first)
        .find(|at| EXISTS.contains(&sentence.norm(*at)) && walk.people.is_none() || sentence.says(*at, "been around"));
    let behind = sentence.longest_of(after + 1, &BEHIND).filter(|count| after + 1 + count <= walk.end);
    let aged = sentence.norm(last - 1) == "old";
    let years = ["years", "year", "yrs", "yr"].contains(&unit);
    (companies && years && (before.is_some() || behind.is_some() || aged) && !walk.excluding).then_some(())?;
    let (from, last) = (before.unwrap_or(first), last.max(after + 1 + behind.unwrap_or(0)));
    walk.flush();
    let words = sentence.slice(first, after);
    walk.found.read(from, last);
    walk.other(&format!("founded:{words} years ago"), from, last);
    Some(last)
}

/// "startups no older than 3 years": companies have no age that is protected.
pub(super) fn older_than(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const OLDER: [&str; 5] = ["no older than", "not older than", "older than", "younger than", "no younger than"];
    let sentence = walk.sentence;
    let count = sentence.longest_of(at, &OLDER).filter(|_| walk.people.is_none() && walk.companies.is_some())?;
    let quantity = super::numbers::quantity(sentence, at + count)?;
    let last = quantity.last + 1;
    let years = ["years", "year", "yrs", "yr"].contains(&sentence.norm(quantity.last));
    (years && last <= walk.end && !walk.excluding).then_some(())?;
    walk.flush();
    let entry = format!("founded:{} ago", sentence.slice(at, last));
    walk.other(&entry, at, last);
    Some(last)
}

/// "in role less than 6 months" began recently; "in role for 2+ years" did not.
fn in_role(walk: &mut Walk<'_>, quantity: &Quantity, unit: &str, first: usize, last: usize) -> Option<usize> {
    const ROLES: [&str; 18] = [
        "in their current role",
        "in their current position",
        "in their current job",
        "in the same role",
        "in the current role",
        "in current position",
        "in their job",
        "in office",
        "in role",
        "in their role",
        "in seat",
        "in position",
        "in the role",
        "on the job",
        "in post",
        "tenure",
        "in current role",
        "in the job",
    ];
    const REACH: usize = 6;
    let before =
        (walk.begin.max(first.saturating_sub(REACH))..first).find(|at| walk.sentence.longest_of(*at, &ROLES).is_some());
    // "less than 60 days in the job"
    let behind = walk.sentence.longest_of(last, &ROLES).filter(|count| last + count <= walk.end);
    let from = before.or(behind.map(|_| first))?;
    let last = if before.is_none() { last + behind.unwrap_or(0) } else { last };
    walk.found.read(from, last);
    // "in role in the last 90 days", "new in role within 3 months"
    let recent = is_recent(walk, first) || walk.sentence.says(first, "less than") && quantity.max.is_some();
    let entry = match quantity.plain.filter(|_| recent).or(most(walk, quantity)) {
        Some(most) if recent || quantity.min.is_none() => {
            format!("role_started_within_days:{}", days(most, unit))
        }
        _ if quantity.plain.is_some() => format!("tenure:{} {unit}", spelled(quantity)),
        _ => format!("tenure:{} {unit}", sentence_words(walk, quantity)),
    };
    walk.other(&entry, from, last);
    Some(last)
}

/// The number with its bound as it was said: "more than 3", "2+"; "5+" where the bound stands behind the unit.
fn sentence_words(walk: &Walk<'_>, quantity: &Quantity) -> String {
    let said = walk.sentence.text[quantity.start..quantity.end].trim();
    if said.bytes().all(|byte| byte.is_ascii_digit()) { spelled(quantity) } else { said.to_owned() }
}

/// A time before today belongs to the nearest event before it ("raised", "started", "founded").
fn since(walk: &mut Walk<'_>, days: i64, words: &str, first: usize, last: usize) {
    const REACH: usize = 14;
    let event =
        (walk.begin..first).rev().take(REACH).find_map(|at| Some((EVENTS.of_word(walk.sentence.norm(at))?, at)));
    // "companies started in the last 2 years" were founded then.
    let founded = |at: usize| {
        ["started", "began"].contains(&walk.sentence.norm(at))
            && at > walk.begin
            && COMPANIES.contains(walk.sentence.norm(at - 1))
    };
    let event = event.map(|(name, at)| if founded(at) { ("founded", at) } else { (name, at) });
    match event {
        Some(("founded", at)) => {
            walk.found.read(at, last);
            // "established over 25 years ago" is long before.
            let before = ["over", "more", "at", "above"].contains(&walk.sentence.norm(first));
            walk.other(&format!("founded:{}{words}", if before { "" } else { "last " }), at, last);
        }
        Some((name, at)) => {
            walk.found.read(at, last);
            walk.other(&format!("{name}:{days}"), at, last);
        }
        None => walk.found.unread(first, last),
    }
}

/// "raised money in the past year": a span without a number.
pub(super) fn period(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let (days, count) = PERIODS.longest(walk.sentence, at)?;
    let last = at + count;
    (last <= walk.end).then_some(())?;
    walk.flush();
    since(walk, days, walk.sentence.slice(last - 1, last), at, last);
    Some(last)
}

/// "CFOs hired in 2024", "companies that raised since March 2023": a year belongs to the event before it.
pub(super) fn in_year(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const REACH: usize = 4;
    let sentence = walk.sentence;
    let since = match sentence.norm(at) {
        "since" | "after" => "since ",
        "in" | "during" => "",
        _ => return None,
    };
    let year = at + 1 + usize::from(MONTHS.contains(&sentence.norm(at + 1)));
    (is_year(sentence.norm(year)) && year < walk.end).then_some(())?;
    let (name, from) =
        (walk.begin..at).rev().take(REACH).find_map(|word| Some((EVENTS.of_word(sentence.norm(word))?, word)))?;
    let name = name.strip_suffix("_within_days").filter(|_| name != "founded")?;
    walk.flush();
    walk.found.read(from, year + 1);
    let entry = format!("{name}:{since}{}", sentence.slice(at + 1, year + 1));
    walk.other(&entry, from, year + 1);
    Some(year + 1)
}

/// A span of time in days: a year of 365, a month of 30.
fn days(value: i64, unit: &str) -> i64 {
    match unit {
        "year" | "years" | "yr" | "yrs" => value.saturating_mul(365),
        "month" | "months" if value % 12 == 0 => (value / 12).saturating_mul(365),
        "month" | "months" => value.saturating_mul(30),
        "quarter" | "quarters" => value.saturating_mul(90),
        "week" | "weeks" => value.saturating_mul(7),
        _ => value,
    }
}

/// Words by which a company began.
const BEGINNINGS: [&str; 13] = [
    "opened",
    "created",
    "set up",
    "founded",
    "established",
    "started",
    "incorporated",
    "that were founded",
    "which were founded",
    "founded in or",
    "launched",
    "formed",
    "year founded",
];

/// Words before the year, and how they are said in `other`.
const RELATIONS: [(&str, &str); 13] = [
    ("in", ""),
    ("after", "after "),
    ("since", "since "),
    ("before", "before "),
    ("from", "since "),
    ("prior to", "before "),
    ("no later than", "until "),
    ("between", "between "),
    ("post", "after "),
    ("pre", "before "),
    ("on or after", "since "),
    ("in or after", "since "),
    ("around", "around "),
];

/// "founded after 2015", "established in 2010".
pub(super) fn founded(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let mut count = walk.sentence.longest_of(at, &BEGINNINGS)?;
    let what = [
        "their company",
        "the company",
        "their firm",
        "it",
        "a company",
        "their business",
        "their startup",
        "a startup",
        "their own firm",
    ];
    count += walk.sentence.longest_of(at + count, &what).unwrap_or(0);
    let (relation, words) = RELATIONS
        .iter()
        .filter_map(|(phrase, relation)| Some((*relation, walk.sentence.match_words(at + count, phrase)?)))
        .max_by_key(|(_, words)| *words)
        .unwrap_or(("", 0));
    let sign = walk.sentence.gap(at + count + words).trim().chars().next();
    let relation = match sign {
        Some('>') => "after ",
        Some('<') => "before ",
        _ => relation,
    };
    let year_at = at + count + words;
    // "in the 1990s"
    let year_at = year_at + usize::from(walk.sentence.norm(year_at) == "the");
    let decade = walk.sentence.norm(year_at).strip_suffix('s').is_some_and(is_year);
    (decade || is_year(walk.sentence.norm(year_at))).then_some(())?;
    let mut last = year_at + 1;
    let joined = matches!(walk.sentence.before(last), Break::Hyphen | Break::Dash);
    let joint = usize::from(["and", "to"].contains(&walk.sentence.norm(last)));
    if (joint == 1 || joined) && is_year(walk.sentence.norm(last + joint)) && last + joint < walk.end {
        last += 1 + joint;
    }
    let later = walk.sentence.longest_of(last, &["or later", "or after", "and later", "onwards", "or newer"]);
    last += later.unwrap_or(0);
    if last > walk.end {
        return None;
    }
    walk.flush();
    let value = match later {
        Some(_) => format!("founded:since {}", walk.sentence.norm(year_at)),
        None => format!("founded:{relation}{}", walk.sentence.slice(year_at, last)),
    };
    walk.other(&value, at, last);
    Some(last)
}

/// Whether a word is a year of our days.
pub(super) fn is_year(word: &str) -> bool {
    word.len() == 4 && (word.starts_with("19") || word.starts_with("20")) && word.bytes().all(|b| b.is_ascii_digit())
}
