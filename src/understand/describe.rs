//! A request in a few words: the description of a task and the name of a list made from a search.
//!
//! Protects that the name of a list says what was understood, never more.

use std::borrow::Cow;

use super::places::Location;
use super::request::{Details, Intent, Provenance, Request, Search, Slots, Target};
use super::vocabulary::COMPANIES;
use super::words::singular;

/// Names hold at most 200 characters; a description stays well below.
const LONGEST: usize = 120;

/// What a request is about, as a short phrase: "CEOs at law firms in California".
pub fn describe(request: &Request) -> String {
    let provenance = apart(&request.provenance);
    let phrase = match &request.slots {
        Slots::Search(search) => of_search(search, &provenance, ""),
        Slots::Details(details) => of_details(request.intent, details, &provenance),
    };
    shortened(&phrase)
}

/// Entries of several messages with the offsets of each moved behind those of the one before, so that words of two
/// messages never seem to be neighbours.
fn apart(provenance: &[Provenance]) -> Cow<'_, [Provenance]> {
    /// More than a message has bytes.
    const MESSAGE: usize = 1 << 20;
    let Some(first) = provenance.first().filter(|first| provenance.iter().any(|entry| entry.from != first.from)) else {
        return Cow::Borrowed(provenance);
    };
    let mut origins = vec![&first.from];
    let mut moved = Vec::with_capacity(provenance.len());
    for entry in provenance {
        let place = origins.iter().position(|origin| **origin == entry.from).unwrap_or_else(|| {
            origins.push(&entry.from);
            origins.len() - 1
        });
        let behind = |offset: usize| offset + place * MESSAGE;
        moved.push(Provenance { start: entry.start.map(behind), end: entry.end.map(behind), ..entry.clone() });
    }
    Cow::Owned(moved)
}

fn of_search(search: &Search, provenance: &[Provenance], prefix: &str) -> String {
    let companies = company_words(provenance, prefix);
    let topics = topic_words(provenance, prefix);
    let mut phrase = match search.target {
        Target::Companies if companies.is_empty() => "companies".to_owned(),
        Target::Companies => companies.clone(),
        _ => people_words(search, provenance, prefix),
    };
    if search.target != Target::Companies {
        let named: Vec<&str> = search.other.iter().filter_map(|entry| entry.strip_prefix("company:")).collect();
        let at = if companies.is_empty() { listed(&named, "or") } else { companies };
        if !at.is_empty() {
            phrase.push_str(" at ");
            phrase.push_str(&at);
        }
    }
    if !topics.is_empty() {
        phrase.push_str(" in ");
        phrase.push_str(&listed(&topics, "or"));
    }
    let places: Vec<String> = search.locations.iter().map(place).collect();
    if !places.is_empty() {
        phrase.push_str(" in ");
        phrase.push_str(&listed(&places.iter().map(String::as_str).collect::<Vec<_>>(), "or"));
    }
    if let Some(range) = &search.headcount {
        phrase.push_str(&format!(" with {} employees", bounds(range.min, range.max)));
    }
    if let Some(range) = &search.revenue {
        let currency = range.currency.as_deref().unwrap_or("USD");
        let joint = if search.headcount.is_some() { "and" } else { "with" };
        phrase.push_str(&format!(" {joint} {currency} {} revenue", bounds(range.min, range.max)));
    }
    let left_out = excluded_words(search);
    if !left_out.is_empty() {
        phrase.push_str(", excluding ");
        phrase.push_str(&listed(&left_out.iter().map(String::as_str).collect::<Vec<_>>(), "and"));
    }
    phrase
}

/// "CEOs", "marketing leaders", "people".
fn people_words(search: &Search, provenance: &[Provenance], prefix: &str) -> String {
    let mut who: Vec<String> = search.titles.iter().map(|title| plural_title(title)).collect();
    let levels = texts(provenance, &[&format!("{prefix}seniority")]);
    let departments = texts(provenance, &[&format!("{prefix}departments")]);
    match (levels.is_empty(), departments.is_empty()) {
        (false, false) => {
            who.push(format!("{} {}", listed(&departments, "and"), people_of_level(&listed(&levels, "and"))));
        }
        (false, true) => who.extend(levels.iter().map(|level| people_of_level(level))),
        (true, false) if who.is_empty() => who.push(format!("people in {}", listed(&departments, "or"))),
        _ => {}
    }
    if who.is_empty() {
        return "people".to_owned();
    }
    listed(&who.iter().map(String::as_str).collect::<Vec<_>>(), "and")
}

fn people_of_level(words: &str) -> String {
    if words.ends_with('s') { words.to_owned() } else { format!("{words} people") }
}

/// Kinds and sectors of company in the words of the request, in its order.
fn company_words(provenance: &[Provenance], prefix: &str) -> String {
    let slots = [format!("{prefix}industries"), format!("{prefix}company_types")];
    let mut spans: Vec<(usize, usize, &str)> = Vec::new();
    let firm = |entry: &&Provenance| slots.contains(&entry.slot);
    // A value that two messages gave together ("law firms", then "only mid-size") is said by its own words.
    for (at, entry) in provenance.iter().enumerate().filter(|(_, entry)| firm(entry)) {
        let same = |other: &Provenance| other.slot == entry.slot && other.value == entry.value;
        let is_first = !provenance[..at].iter().any(same);
        if is_first
            && provenance.iter().any(|other| same(other) && other.from != entry.from)
            && let (Some(start), Some(end), Some(value)) = (entry.start, entry.end, entry.value.as_str())
        {
            spans.push((start, end, value));
        }
    }
    let said: Vec<&str> = spans.iter().map(|span| span.2).collect();
    for entry in
        provenance.iter().filter(firm).filter(|entry| !entry.value.as_str().is_some_and(|value| said.contains(&value)))
    {
        push_span(&mut spans, entry);
    }
    if spans.is_empty() {
        return String::new();
    }
    for entry in provenance.iter().filter(|entry| entry.slot == format!("{prefix}keywords")) {
        if entry.end.is_some_and(|end| spans.iter().any(|span| span.0 == end + 1)) {
            push_span(&mut spans, entry);
        }
    }
    spans.sort_unstable();
    // Neighbours in the text ("mid-size law firms") stay one phrase.
    let mut phrases: Vec<(String, usize)> = Vec::new();
    for (start, end, text) in spans {
        if phrases.last().is_some_and(|(_, last)| end <= *last) {
            continue;
        }
        match phrases.last_mut() {
            Some((phrase, last)) if *last + 1 == start => {
                phrase.push(' ');
                phrase.push_str(text);
                *last = end;
            }
            _ => phrases.push((text.to_owned(), end)),
        }
    }
    let named: Vec<String> = phrases.into_iter().map(|(phrase, _)| companies_of(&phrase)).collect();
    listed(&named.iter().map(String::as_str).collect::<Vec<_>>(), "or")
}

/// "law firm" → "law firms", "SaaS" → "SaaS companies".
fn companies_of(phrase: &str) -> String {
    const NOUNS: [&str; 13] = [
        "startup",
        "bank",
        "agency",
        "boutique",
        "nonprofit",
        "hospital",
        "university",
        "insurer",
        "consultancy",
        "retailer",
        "clinic",
        "school",
        "lender",
    ];
    let last = phrase.rsplit(' ').next().unwrap_or(phrase).to_lowercase();
    if is_plural(phrase) {
        phrase.to_owned()
    } else if NOUNS.contains(&last.as_str()) || COMPANIES.contains(last.as_str()) {
        plural_title(phrase)
    } else {
        format!("{phrase} companies")
    }
}

/// Topics that are not part of the words for the companies.
fn topic_words<'p>(provenance: &'p [Provenance], prefix: &str) -> Vec<&'p str> {
    let slots = [format!("{prefix}industries"), format!("{prefix}company_types")];
    let firms: Vec<usize> =
        provenance.iter().filter(|entry| slots.contains(&entry.slot)).filter_map(|entry| entry.start).collect();
    let mut topics: Vec<&str> = Vec::new();
    for entry in provenance.iter().filter(|entry| entry.slot == format!("{prefix}keywords")) {
        let joined = entry.end.is_some_and(|end| firms.contains(&(end + 1)));
        if let (Some(text), false) = (entry.text.as_deref(), joined)
            && !topics.contains(&text)
        {
            topics.push(text);
        }
    }
    topics
}

fn push_span<'p>(spans: &mut Vec<(usize, usize, &'p str)>, entry: &'p Provenance) {
    if let (Some(start), Some(end), Some(text)) = (entry.start, entry.end, entry.text.as_deref())
        && !spans.iter().any(|span| span.0 == start)
    {
        spans.push((start, end, text));
    }
}

/// The texts of slots, each once, in order.
fn texts<'p>(provenance: &'p [Provenance], slots: &[&str]) -> Vec<&'p str> {
    let mut found: Vec<&str> = Vec::new();
    for entry in provenance.iter().filter(|entry| slots.contains(&entry.slot.as_str())) {
        if let Some(text) = entry.text.as_deref()
            && !found.contains(&text)
        {
            found.push(text);
        }
    }
    found
}

fn excluded_words(search: &Search) -> Vec<String> {
    let out = &search.exclude;
    // "banks" are a kind and a sector: one of them says it.
    let kinds = if out.company_types.is_empty() { &out.industries } else { &out.company_types };
    let plain = [&out.titles, &out.companies, kinds, &out.keywords, &out.lists];
    let mut words: Vec<String> = out.locations.iter().map(place).collect();
    for values in plain {
        for value in values {
            if !words.contains(value) {
                words.push(value.clone());
            }
        }
    }
    words
}

/// The most exact name of a place.
fn place(location: &Location) -> String {
    [&location.city, &location.city_or_state, &location.county, &location.region, &location.state, &location.country]
        .into_iter()
        .flatten()
        .next()
        .cloned()
        .unwrap_or_default()
}

fn bounds(min: Option<i64>, max: Option<i64>) -> String {
    match (min, max) {
        (Some(min), Some(max)) if min == max => amount(min),
        (Some(min), Some(max)) => format!("{}–{}", amount(min), amount(max)),
        (Some(min), None) => format!("{}+", amount(min)),
        (None, Some(max)) => format!("up to {}", amount(max)),
        (None, None) => "any number of".to_owned(),
    }
}

/// Whole millions and billions are shown short: "10M".
fn amount(value: i64) -> String {
    match value {
        0 => "0".to_owned(),
        value if value % 1_000_000_000 == 0 => format!("{}B", value / 1_000_000_000),
        value if value % 1_000_000 == 0 => format!("{}M", value / 1_000_000),
        value => value.to_string(),
    }
}

/// A title as one says it of several people: "CEOs", "Directors of Marketing".
pub fn plural(title: &str) -> String {
    plural_title(title)
}

/// "CEO" → "CEOs", "VP of Sales" → "VPs of Sales", "attorney" → "attorneys".
fn plural_title(title: &str) -> String {
    let (head, rest) = match title.find(" of ").or_else(|| title.find(" for ")) {
        Some(at) => title.split_at(at),
        None => (title, ""),
    };
    if is_plural(head) {
        return title.to_owned();
    }
    let consonant_y = head.ends_with('y') && !head.ends_with("ey") && !head.ends_with("ay");
    let many = if consonant_y && !head.chars().all(char::is_uppercase) {
        format!("{}ies", &head[..head.len() - 1])
    } else if head.ends_with("man") && head.len() > 3 {
        format!("{}en", &head[..head.len() - 2])
    } else if head.ends_with("ch") || head.ends_with('x') || head.ends_with("ss") {
        format!("{head}es")
    } else {
        format!("{head}s")
    };
    many + rest
}

fn is_plural(words: &str) -> bool {
    let last = words.rsplit(' ').next().unwrap_or(words);
    let small = last.to_lowercase();
    last.ends_with('s') && small != "saas" && singular(&small) != small
}

fn of_details(intent: Intent, details: &Details, provenance: &[Provenance]) -> String {
    if let Some(topic) = details.topic.as_deref().filter(|_| intent == Intent::Question) {
        return topic.to_owned();
    }
    let kind = match intent {
        Intent::CampaignCreate | Intent::CampaignStart => "campaign",
        Intent::ContactUpdate => "contact",
        Intent::ListOperation => "list",
        Intent::Question => "question",
        Intent::ProspectSearch | Intent::Other => "request",
    };
    let what = details.operation.as_deref().or(details.action.as_deref()).unwrap_or(kind).replace('_', " ");
    let mut phrase = format!("{kind}: {what}");
    let names = [details.campaign_name.as_deref(), details.list_name.as_deref()];
    for name in names.into_iter().flatten() {
        phrase.push_str(&format!(" “{name}”"));
    }
    for contact in &details.contacts {
        if let Some(name) = contact.name.as_deref().or(contact.email.as_deref()) {
            phrase.push_str(&format!(" {name}"));
        }
    }
    if let Some(topic) = details.topic.as_deref() {
        phrase.push_str(&format!(" about {topic}"));
    }
    if let Some(search) = &details.search {
        phrase.push_str(&format!(" for {}", of_search(search, provenance, "search.")));
    }
    phrase
}

/// "a, b and c".
fn listed(words: &[&str], joint: &str) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} {joint} {last}", first.join(", ")),
    }
}

fn shortened(phrase: &str) -> String {
    if phrase.chars().count() <= LONGEST {
        return phrase.to_owned();
    }
    let kept: String = phrase.chars().take(LONGEST - 1).collect();
    format!("{}…", kept.trim_end())
}
