//! How a search differs from the one before it, in words.

use super::super::places::Location;
use super::super::request::{Exclude, Range, Search};

/// What `after` asks otherwise than `before`, a phrase each: "100 instead of 50", "also Nevada", "without mid-size".
pub fn differences(before: &Search, after: &Search) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(count) = after.count.filter(|count| before.count != Some(*count)) {
        found.push(match before.count {
            Some(earlier) => format!("{count} instead of {earlier}"),
            None => count.to_string(),
        });
    }
    let kinds = if before.company_types == after.company_types { "industries" } else { "company_types" };
    for (slot, before, after) in texts(before, after) {
        // "banks" are a kind and a sector: one of them says it.
        if !["industries", "company_types"].contains(&slot) || slot == kinds {
            values(&mut found, before, after);
        }
    }
    values(&mut found, &places(&before.locations), &places(&after.locations));
    range(&mut found, before.headcount.as_ref(), after.headcount.as_ref(), "employees");
    range(&mut found, before.revenue.as_ref(), after.revenue.as_ref(), "revenue");
    left_out(&mut found, &before.exclude, &after.exclude);
    found.extend(of_other(&before.other, &after.other));
    found
}

fn texts<'s>(before: &'s Search, after: &'s Search) -> [(&'static str, &'s Vec<String>, &'s Vec<String>); 6] {
    [
        ("titles", &before.titles, &after.titles),
        ("seniority", &before.seniority, &after.seniority),
        ("departments", &before.departments, &after.departments),
        ("industries", &before.industries, &after.industries),
        ("company_types", &before.company_types, &after.company_types),
        ("keywords", &before.keywords, &after.keywords),
    ]
}

/// Values that came and went.
fn values(found: &mut Vec<String>, before: &[String], after: &[String]) {
    let (came, went) = (new_in(after, before), new_in(before, after));
    match (came.is_empty(), went.is_empty()) {
        (false, false) => found.push(format!("{} instead of {}", listed(&came), listed(&went))),
        (false, true) if before.is_empty() => found.push(format!("only {}", listed(&came))),
        (false, true) => found.push(format!("also {}", listed(&came))),
        (true, false) => found.push(format!("without {}", listed(&went))),
        (true, true) => {}
    }
}

fn range(found: &mut Vec<String>, before: Option<&Range>, after: Option<&Range>, what: &str) {
    if before == after {
        return;
    }
    found.push(match after.map(|range| (range.min, range.max)) {
        Some((Some(min), Some(max))) => format!("{min} to {max} {what}"),
        Some((Some(min), None)) => format!("{what} from {min}"),
        Some((None, Some(max))) => format!("{what} up to {max}"),
        Some((None, None)) | None => format!("any {what}"),
    });
}

fn left_out(found: &mut Vec<String>, before: &Exclude, after: &Exclude) {
    let (before, after) = (all_left_out(before), all_left_out(after));
    let (came, went) = (new_in(&after, &before), new_in(&before, &after));
    if !came.is_empty() {
        found.push(format!("leaving out {}", listed(&came)));
    }
    if !went.is_empty() {
        found.push(format!("no longer leaving out {}", listed(&went)));
    }
}

fn all_left_out(out: &Exclude) -> Vec<String> {
    let Exclude {
        titles, seniority, departments, companies, company_types, industries, keywords, lists, other, ..
    } = out;
    let kinds = if company_types.is_empty() { industries } else { company_types };
    let texts = [titles, seniority, departments, companies, kinds, keywords, lists];
    let mut all: Vec<String> = texts.into_iter().flatten().cloned().collect();
    all.extend(places(&out.locations));
    all.extend(other.iter().map(|entry| spoken(entry)));
    all
}

fn of_other(before: &[String], after: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in new_in(after, before) {
        found.push(match entry.split_once(':') {
            Some(("save_as" | "append_to", name)) => format!("onto the list \"{name}\""),
            Some(("count", _)) => "all there are".to_owned(),
            _ => format!("also {}", spoken(entry)),
        });
    }
    for entry in new_in(before, after) {
        let name = entry.split(':').next().unwrap_or(entry);
        if !["save_as", "append_to", "count"].contains(&name) {
            found.push(format!("without {}", spoken(entry)));
        }
    }
    found
}

/// "technology:Salesforce" as "technology Salesforce".
fn spoken(entry: &str) -> String {
    entry.split_once(':').map_or(entry.to_owned(), |(name, value)| format!("{} {value}", name.replace('_', " ")))
}

fn places(locations: &[Location]) -> Vec<String> {
    let name = |place: &Location| {
        let parts = [&place.city, &place.city_or_state, &place.region, &place.state, &place.country];
        parts.into_iter().flatten().next().cloned().unwrap_or_default()
    };
    locations.iter().map(name).collect()
}

/// Values of `of` that are not in `than`.
fn new_in<'v>(of: &'v [String], than: &[String]) -> Vec<&'v str> {
    of.iter().filter(|value| !than.contains(value)).map(String::as_str).collect()
}

/// "a, b and c".
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
