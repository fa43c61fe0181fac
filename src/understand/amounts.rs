//! What a number in a search counts: results, employees, revenue, assets, lawyers, years, miles.
//!
//! Protects "a number of results is only a stated one": Fortune 500, ages, years and tenure are not.

use super::grammar::Walk;
use super::measures::{ANNOUNCED, BEHIND, Measure, NAMED, VAGUE};
use super::numbers::{self, Quantity};
use super::request::Range;
use super::results::results;
use super::roles;
use super::times::{existence, founded, in_year, is_year, older_than, period, years};
use super::vocabulary::{COMPANIES, PEOPLE, Zone};
use super::words::Break;
use super::{gazetteer, markets};

/// Takes the number at `at`, with its unit, and gives it a role.
pub(super) fn take(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    if walk.sentence.quote_of(at).is_some() {
        return None;
    }
    let special = point(walk, at)
        .or_else(|| founded(walk, at))
        .or_else(|| older_than(walk, at))
        .or_else(|| named(walk, at))
        .or_else(|| vague(walk, at))
        .or_else(|| postal(walk, at))
        .or_else(|| period(walk, at))
        .or_else(|| in_year(walk, at))
        .or_else(|| times(walk, at));
    if special.is_some() {
        return special;
    }
    let announced = ANNOUNCED.longest(walk.sentence, at).filter(|(_, count)| at + count < walk.end);
    let begin = announced.map_or(at, |(_, count)| skip_link(walk, at + count));
    let quantity = numbers::quantity(walk.sentence, begin).filter(|quantity| quantity.last <= walk.end)?;
    let person = ["person", "man", "lawyer", "attorney", "partner"].contains(&walk.sentence.norm(quantity.last));
    // "One CFO is all I need"
    let titled = begin == walk.begin && gazetteer::title(walk.sentence, quantity.last, walk.end).is_some();
    if quantity.plain == Some(1) && walk.sentence.raw(begin).starts_with(char::is_alphabetic) && !person && !titled {
        // "one" is a pronoun more often than a number.
        return None;
    }
    let quantity = bands(walk, quantity);
    if let Some(next) = percent(walk, at, &quantity) {
        return Some(next);
    }
    let after = behind(walk, &quantity);
    let divided = walk.sentence.gap(after).contains('|');
    let near = walk.sentence.before(after) < Break::Comma && after < walk.end && !divided;
    // "20 revenue operations managers" are people.
    let longer = gazetteer::phrase(walk.sentence, after, walk.end).map_or(0, |phrase| phrase.count);
    let unit =
        BEHIND.longest(walk.sentence, after).filter(|(_, count)| near && after + count <= walk.end && longer <= *count);
    // "two hundred people or more"
    let (quantity, unit) = bounded_behind(walk, quantity, after, unit);
    if unit.is_none()
        && let Some(next) = closes_headcount(walk, &quantity, begin)
    {
        return Some(next);
    }
    measured(walk, at, &quantity, after, announced.map(|found| found.0), unit)
        .or_else(|| if announced.is_none() { results(walk, &quantity, begin) } else { None })
        .or_else(|| range_of_nothing(walk, &quantity))
}

/// A number of people or lawyers with its bound behind the unit.
fn bounded_behind(
    walk: &Walk<'_>,
    quantity: Quantity,
    after: usize,
    unit: Option<(Measure, usize)>,
) -> (Quantity, Option<(Measure, usize)>) {
    let Some((measure @ (Measure::Headcount | Measure::Lawyers | Measure::Time), count)) = unit else {
        return (quantity, unit);
    };
    let Some((bounded, more)) = numbers::bound_behind(walk.sentence, &quantity, after + count) else {
        return (quantity, unit);
    };
    let whom = walk.zone == Zone::Head && walk.people.is_none() && walk.companies.is_none();
    if whom { (quantity, unit) } else { (bounded, Some((measure, count + more))) }
}

/// Gives the quantity the role that its unit, or the words before it, name.
fn measured(
    walk: &mut Walk<'_>,
    first: usize,
    quantity: &Quantity,
    after: usize,
    announced: Option<Measure>,
    unit: Option<(Measure, usize)>,
) -> Option<usize> {
    let count = unit.map_or(0, |(_, count)| count);
    let last = after + count;
    // "CFOs making over $300k"
    let earns = ["making", "earning", "earn", "make"].contains(&walk.sentence.norm(first));
    if earns && walk.people.is_some() && walk.zone == Zone::Head && !quantity.large {
        return thing(walk, "salary", quantity, first, last);
    }
    let money = quantity.currency.is_some();
    match unit.map(|(measure, _)| measure) {
        Some(Measure::Revenue)
            if announced.is_some_and(|found| found != Measure::Headcount && found != Measure::Revenue) =>
        {
            amount(walk, announced?, quantity, first, last)
        }
        Some(Measure::Revenue | Measure::Assets | Measure::Funding | Measure::Valuation) => {
            amount(walk, unit?.0, quantity, first, last)
        }
        Some(Measure::Age) => existence(walk, first, after, last).or_else(|| {
            walk.flush();
            roles::protect(walk, "age", first, last);
            Some(last)
        }),
        Some(Measure::Time) => {
            existence(walk, first, after, last).or_else(|| Some(years(walk, quantity, first, after, count)))
        }
        Some(Measure::Distance) => Some(distance(walk, quantity, first, last)),
        Some(Measure::Lawyers) if counts_lawyers(walk, quantity, after, last) => {
            thing(walk, "lawyer_count", quantity, first, last)
        }
        Some(Measure::Thing(name))
            if money || quantity.plain.is_none() || walk.zone == Zone::With || walk.excluding =>
        {
            thing(walk, name, quantity, first, last)
        }
        Some(Measure::Headcount)
            if announced == Some(Measure::Headcount) || is_headcount(walk, first, after, quantity) =>
        {
            headcount(walk, quantity, first, last)
        }
        _ => without_unit(walk, first, quantity, after, announced),
    }
}

/// "$10M" behind nothing that says more than what was announced.
fn without_unit(
    walk: &mut Walk<'_>,
    first: usize,
    quantity: &Quantity,
    after: usize,
    announced: Option<Measure>,
) -> Option<usize> {
    let money = quantity.currency.is_some();
    match announced {
        Some(Measure::Headcount) if money => amount(walk, Measure::Revenue, quantity, first, after),
        Some(Measure::Headcount) => headcount(walk, quantity, first, after),
        Some(Measure::Lawyers) => thing(walk, "lawyer_count", quantity, first, after),
        Some(Measure::Thing(name)) => thing(walk, name, quantity, first, after),
        Some(measure) if money || quantity.large || !is_small_word(walk, first) => {
            amount(walk, measure, quantity, first, after)
        }
        _ if money && (!ends_here(walk, quantity.last) || waits_before(walk, first)) => {
            // Money of something that is not known: "$20M yachts", "a quota over $1M".
            walk.flush();
            walk.found.unread(first, quantity.last);
            Some(quantity.last)
        }
        _ if money => {
            let words = walk.sentence.text[quantity.start..quantity.end].to_owned();
            if !walk.excluding {
                walk.found.assume(format!("“{words}” is read as yearly revenue."));
            }
            amount(walk, Measure::Revenue, quantity, first, after)
        }
        None if is_band(walk, quantity, first) => {
            let words = walk.sentence.text[quantity.start..quantity.end].to_owned();
            walk.found.assume(format!("“{words}” is read as a number of employees."));
            headcount(walk, quantity, first, after)
        }
        _ => None,
    }
}

/// "with 5 to 10 salespeople": a range that measures nothing known is unread as a whole, and none of its ends counts results.
fn range_of_nothing(walk: &mut Walk<'_>, quantity: &Quantity) -> Option<usize> {
    let (min, max) = (quantity.min?, quantity.max?);
    let known = walk.people.is_some() || walk.companies.is_some();
    let words = walk.sentence.norm(quantity.first).starts_with(|c: char| c.is_ascii_digit());
    (min < max && known && words && !is_year_at(walk, quantity)).then(|| {
        walk.flush();
        walk.found.unread(quantity.first, quantity.last);
        quantity.last
    })
}

/// Whether a word that nothing has read yet stands right before `at`.
fn waits_before(walk: &Walk<'_>, at: usize) -> bool {
    walk.pending.last().is_some_and(|run| run.1 == at) && walk.sentence.before(at) < Break::Comma
}

/// "51-200" between commas, behind whom to find.
fn is_band(walk: &Walk<'_>, quantity: &Quantity, first: usize) -> bool {
    // "500+" too
    let open = walk.sentence.text[..quantity.end].ends_with('+');
    let closed = quantity.plain.is_none()
        && quantity.min.is_some()
        && (quantity.max.is_some() || open)
        && quantity.currency.is_none();
    let alone = walk.sentence.before(first) >= Break::Slash
        && (quantity.last >= walk.end || walk.sentence.before(quantity.last) >= Break::Slash);
    let whom = walk.people.is_some() || walk.companies.is_some();
    closed && alone && whom && first > 0 && walk.found.search.headcount.is_none() && !is_year_at(walk, quantity)
}

/// Whether nothing that could be measured follows at `at`.
fn ends_here(walk: &Walk<'_>, at: usize) -> bool {
    at >= walk.end
        || walk.sentence.before(at) >= Break::Comma
        || walk.zone_at(at).is_some()
        || [&COMPANIES, &super::vocabulary::FILLERS, &super::vocabulary::EXCLUSIONS]
            .iter()
            .any(|table| walk.sentence.longest_of(at, *table).is_some())
        || gazetteer::phrase(walk.sentence, at, walk.end).is_some()
}

/// "making", "doing", "managing": verbs that announce money only where money follows.
fn is_small_word(walk: &Walk<'_>, at: usize) -> bool {
    let word = walk.sentence.norm(at);
    [
        "making",
        "doing",
        "managing",
        "that",
        "who",
        "manage",
        "manages",
        "earning",
        "generating",
        "raising",
        "raised",
        "worth",
        "assets",
    ]
    .contains(&word)
}

/// "headcount: 50-200", "revenue is over $10M".
fn skip_link(walk: &Walk<'_>, at: usize) -> usize {
    at + usize::from(
        ["of", "is", "range", "band", "bracket", "should", "greater"].contains(&walk.sentence.norm(at))
            && walk.sentence.norm(at) != "greater",
    )
}

/// The word behind a quantity, past "or so" and "full-time".
pub(super) fn behind(walk: &Walk<'_>, quantity: &Quantity) -> usize {
    quantity.last
        + walk
            .sentence
            .longest_of(
                quantity.last,
                &[
                    "full time",
                    "total",
                    "x",
                    "or so",
                    "different",
                    "plus",
                    "ish",
                    "odd",
                    "total in",
                    "full time equivalent",
                ],
            )
            .unwrap_or(0)
}

/// "11-50, 51-200": bands that follow each other are one range.
fn bands(walk: &Walk<'_>, mut quantity: Quantity) -> Quantity {
    const MOST: usize = 12;
    for _ in 0..MOST {
        let joint = usize::from(["and", "or", "to"].contains(&walk.sentence.norm(quantity.last)));
        let next = quantity.last + joint;
        let listed = joint == 1 || matches!(walk.sentence.before(next), Break::Comma | Break::Slash);
        let band = quantity.plain.is_none() && quantity.min.is_some() && quantity.max.is_some();
        if !band || !listed || next >= walk.end {
            break;
        }
        let alike =
            |more: &Quantity| more.large == quantity.large && more.currency.is_some() == quantity.currency.is_some();
        let Some(more) = numbers::quantity(walk.sentence, next)
            .filter(|more| more.plain.is_none() && more.last <= walk.end && alike(more))
        else {
            break;
        };
        quantity.min = quantity.min.zip(more.min).map(|(a, b)| a.min(b));
        quantity.max = quantity.max.zip(more.max).map(|(a, b)| a.max(b));
        quantity.currency = quantity.currency.or(more.currency);
        quantity.large |= more.large;
        quantity.last = more.last;
        quantity.end = more.end;
    }
    quantity
}

/// "50 people" counts results where somebody is looked for, employees behind "with" or "companies of".
fn is_headcount(walk: &Walk<'_>, at: usize, after: usize, quantity: &Quantity) -> bool {
    let unit = walk.sentence.norm(after);
    let certain =
        !PEOPLE.contains(unit) || matches!(unit, "employees" | "employee" | "workers" | "staff" | "person" | "ppl");
    // "Find me 25 people who fit."
    let ordered = at > 0 && ["me", "us", "find", "get", "source", "pull", "send"].contains(&walk.sentence.norm(at - 1));
    if ordered && !certain && quantity.plain.is_some() && walk.people.is_some() {
        return false;
    }
    // "translation agencies in Brussels, up to 25 people": companies have so many.
    let companies = walk.people.is_none() && walk.companies.is_some() && quantity.plain.is_none();
    // "marketing agency founders, 10-50 people": a closed range behind those wanted is no number of results.
    let closed = quantity.plain.is_none() && quantity.min.is_some() && quantity.max.is_some();
    if walk.zone == Zone::Head && closed && walk.people.is_some() {
        return true;
    }
    if walk.zone == Zone::Head && !companies {
        // "Find 50 employees at Acme" counts results; "50-person startups" does not.
        return unit == "person"
            || unit == "man"
            || (certain && (quantity.plain.is_none() || walk.companies.is_some()));
    }
    let limit = at > 0
        && walk.sentence.before(at) >= Break::Comma
        && PEOPLE.contains(unit)
        && !certain
        && !companies
        && !closed;
    !limit
}

/// "firms with 50 lawyers", "firms under 20 attorneys", "50-lawyer firms", but not "50 lawyers in Texas".
fn counts_lawyers(walk: &Walk<'_>, quantity: &Quantity, after: usize, last: usize) -> bool {
    let word = walk.sentence.norm(after);
    let firm = || {
        COMPANIES.contains(walk.sentence.norm(last))
            || gazetteer::market(walk.sentence, last, walk.end)
                .is_some_and(|(_, found)| found.iter().any(|market| matches!(market, markets::Market::CompanyType(_))))
    };
    let one = ["lawyer", "attorney", "partner"].contains(&word);
    match walk.zone {
        Zone::With => true,
        Zone::Head => {
            // "law firm admin chicago 50+ attorneys"
            (one && firm()) || (quantity.plain.is_none() && (walk.companies.is_some() || walk.people.is_some()))
        }
        _ => quantity.plain.is_none() || (one && firm()),
    }
}

fn thing(walk: &mut Walk<'_>, name: &str, quantity: &Quantity, first: usize, last: usize) -> Option<usize> {
    walk.flush();
    walk.other(&format!("{name}:{}", spelled(quantity)), first, last);
    Some(last)
}

fn headcount(walk: &mut Walk<'_>, quantity: &Quantity, first: usize, last: usize) -> Option<usize> {
    walk.flush();
    // "using HubSpot but not Marketo, 200-1,000 employees"
    if walk.excluding && !walk.begins_exclusion() && walk.sentence.before(first) >= Break::Comma {
        walk.excluding = false;
    }
    if walk.excluding {
        walk.found.excluded_other(&format!("headcount:{}", spelled(quantity)), first, last);
        return Some(last);
    }
    let span = span(walk, quantity, first, last);
    walk.found.headcount(Range { min: quantity.min, max: quantity.max, currency: None }, span);
    Some(last)
}

/// Money: revenue has a slot, everything else goes to `other`.
fn amount(walk: &mut Walk<'_>, measure: Measure, quantity: &Quantity, first: usize, last: usize) -> Option<usize> {
    walk.flush();
    let name = match measure {
        Measure::Assets => "aum",
        Measure::Funding => "funding",
        Measure::Valuation => "valuation",
        _ => "revenue",
    };
    let currency = quantity.currency.filter(|code| *code != "USD");
    if walk.excluding || name != "revenue" {
        let unit = currency.map_or_else(String::new, |code| format!(" {code}"));
        walk.other(&format!("{name}:{}{unit}", spelled(quantity)), first, last);
        return Some(last);
    }
    let span = span(walk, quantity, first, last);
    walk.found.revenue(Range { min: quantity.min, max: quantity.max, currency: currency.map(str::to_owned) }, span);
    Some(last)
}

/// "within 50 miles of Chicago": the distance is kept, the place follows.
fn distance(walk: &mut Walk<'_>, quantity: &Quantity, first: usize, last: usize) -> usize {
    walk.flush();
    let unit = walk.sentence.norm(last - 1);
    let unit = if unit == "radius" { walk.sentence.norm(last - 2) } else { unit };
    let unit = if unit.starts_with('k') { "km" } else { "miles" };
    walk.other(&format!("radius:{} {unit}", spelled(quantity).trim_start_matches("up to ")), first, last);
    walk.zone = Zone::In;
    let more = walk.sentence.longest_of(
        last,
        &["radius of", "radius around", "radius from", "radius", "of", "from", "around", "away from", "outside"],
    );
    last + more.unwrap_or(0)
}

/// "1) Sector = hotels 2) Area = Utah": points of a list count nothing.
fn point(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let digits = sentence.raw(at).len() <= 2 && sentence.raw(at).bytes().all(|byte| byte.is_ascii_digit());
    let closed = sentence.gap(at + 1).starts_with(')') && !sentence.text[..sentence.span(at, at + 1).0].ends_with('(');
    (digits && closed && at + 1 < walk.end).then(|| {
        walk.flush();
        at + 1
    })
}

/// "CFOs x25", "25x CFO".
fn times(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let word = walk.sentence.norm(at);
    let digits = word.strip_prefix('x').or_else(|| word.strip_suffix('x'))?;
    let count: u32 = digits.parse().ok().filter(|count| *count > 0)?;
    let span = walk.sentence.span(at, at + 1);
    walk.found.count(count, span).then_some(at + 1)
}

/// "30 under 30", "401k": names that hold a number wait to become part of a title or a topic.
fn named(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    // "$3M to $10M" is money, not the company 3M.
    let money = walk.sentence.gap(at).trim_end().ends_with(|c: char| "$€£¥₹".contains(c));
    let count = walk.sentence.longest_of(at, &NAMED).filter(|_| !money)?;
    if gazetteer::phrase(walk.sentence, at, walk.end).is_some_and(|phrase| phrase.count >= count) {
        return None;
    }
    match walk.pending.last_mut() {
        Some(run) if run.1 == at && walk.sentence.before(at) < Break::Comma => run.1 = at + count,
        _ => walk.pending.push((at, at + count)),
    }
    Some(at + count)
}

/// "a few hundred employees" states no number: it is shown as not read.
fn vague(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let count = walk.sentence.longest_of(at, &VAGUE)?;
    let (measure, words) = BEHIND.longest(walk.sentence, at + count)?;
    let meant = matches!(measure, Measure::Headcount | Measure::Lawyers) && walk.zone == Zone::With
        || matches!(measure, Measure::Time | Measure::Revenue | Measure::Thing(_));
    meant.then_some(())?;
    let last = at + count + words;
    walk.flush();
    walk.found.unread(at, last.min(walk.end));
    Some(last.min(walk.end))
}

/// "zip code 90210", "in 10001": a postal code is no place of the table.
fn postal(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const NAMES: [&str; 9] =
        ["zip code", "zip codes", "zip", "zipcode", "postcode", "postal code", "postcodes", "area code", "plz"];
    let sentence = walk.sentence;
    let announced = sentence.longest_of(at, &NAMES);
    let word = at + announced.unwrap_or(0);
    let digits = sentence.norm(word).len() == 5 && sentence.raw(word).bytes().all(|b| b.is_ascii_digit());
    // "in 10001, 10002 and 10003"
    let joint = usize::from(at > 0 && ["and", "or"].contains(&sentence.norm(at - 1)));
    let listed = at > joint && {
        let before = sentence.norm(at - 1 - joint);
        before.len() == 5 && before.bytes().all(|b| b.is_ascii_digit())
    };
    let behind = sentence.longest_of(at + 1, &NAMES).filter(|_| digits);
    let place =
        at > 0 && (["in", "near", "around", "the"].contains(&sentence.norm(at - 1)) || listed) && walk.zone == Zone::In;
    let known = announced.is_some() && sentence.norm(word).bytes().any(|b| b.is_ascii_digit());
    (word < walk.end && (known || digits && place)).then_some(())?;
    walk.flush();
    let entry = format!("postal_code:{}", sentence.raw(word));
    let last = word + 1 + behind.filter(|_| announced.is_none()).unwrap_or(0);
    walk.other(&entry, at, last);
    Some(last)
}

/// "20%+ growth": a share is no number of anything.
fn percent(walk: &mut Walk<'_>, at: usize, quantity: &Quantity) -> Option<usize> {
    const GROWTH: [&str; 10] = [
        "growth",
        "yoy",
        "year over year",
        "yoy growth",
        "headcount growth",
        "revenue growth",
        "annual growth",
        "growth rate",
        "a year",
        "increase",
    ];
    let sentence = walk.sentence;
    let sign = sentence.text[quantity.end..].trim_start().starts_with('%');
    let word = ["percent", "pct"].contains(&sentence.norm(quantity.last));
    (sign || word).then_some(())?;
    let after = quantity.last + usize::from(word);
    let growth = sentence.longest_of(after, &GROWTH).filter(|count| after + count <= walk.end);
    let grows = (walk.begin..at)
        .rev()
        .take(4)
        .find(|at| ["growing", "growth", "grew", "grown", "grow"].contains(&sentence.norm(*at)));
    walk.flush();
    let last = after + growth.unwrap_or(0);
    if growth.is_none() && grows.is_none() {
        walk.found.unread(at, last.max(at + 1));
        return Some(last);
    }
    let from = grows.unwrap_or(at);
    walk.found.read(from, last);
    let open =
        sentence.text[quantity.end..].trim_start_matches(['%', ' ']).starts_with('+') && quantity.plain.is_some();
    // A share has no next whole number: "more than 30%" stays so.
    let bound = walk.sentence.slice(quantity.first, quantity.last);
    let value = match quantity.plain {
        Some(plain) => format!("{plain}%{}", if open { "+" } else { "" }),
        None => format!("{}%", bound.trim_end_matches([' ', '%'])),
    };
    walk.other(&format!("growth:{value}"), from, last);
    Some(last)
}

/// "min. 200 employees, max. 1000": the second number closes the range that the first began.
fn closes_headcount(walk: &mut Walk<'_>, quantity: &Quantity, at: usize) -> Option<usize> {
    const MOST: [&str; 3] = ["max", "maximum", "most"];
    let sentence = walk.sentence;
    let bounded = at > walk.begin && MOST.contains(&sentence.norm(at - 1)) && quantity.plain.is_some();
    let value = quantity.plain.filter(|_| bounded).or(quantity.max.filter(|_| quantity.min.is_none()))?;
    let open = walk.found.search.headcount.clone().filter(|range| range.max.is_none())?;
    let range = Range { max: Some(value), ..open };
    let own = quantity.currency.is_none() && !walk.excluding && ends_here(walk, quantity.last);
    (own && range.min.is_some_and(|min| min < value)).then_some(())?;
    walk.flush();
    let from = walk.found.provenance.iter().find(|entry| entry.slot == "headcount").and_then(|entry| entry.start);
    let (start, end) = span(walk, quantity, at, quantity.last);
    walk.found.headcount(range, (from.unwrap_or(start), end));
    Some(quantity.last)
}

/// Whether the last word of the quantity is a year of our days.
pub(super) fn is_year_at(walk: &Walk<'_>, quantity: &Quantity) -> bool {
    is_year(walk.sentence.norm(quantity.last.saturating_sub(1)))
}

/// Bytes from the announcing words to the unit, signs included.
fn span(walk: &Walk<'_>, quantity: &Quantity, first: usize, last: usize) -> (usize, usize) {
    let (start, end) = walk.sentence.span(first, last);
    (start.min(quantity.start), end.max(quantity.end))
}

/// A quantity as `other` holds it: "50-200", "51+", "up to 99", "30".
pub(super) fn spelled(quantity: &Quantity) -> String {
    match (quantity.min, quantity.max) {
        (Some(min), Some(max)) if min == max => min.to_string(),
        (Some(min), Some(max)) => format!("{min}-{max}"),
        (Some(min), None) => format!("{min}+"),
        (None, Some(max)) => format!("up to {max}"),
        (None, None) => String::new(),
    }
}
