//! Where results go and what happens next: "save as West Coast", "add them to my 'Q1 Leads' list",
//! "… and start a campaign".
//!
//! Protects the rule that a name given by the user is neither lost nor read as a filter.

use super::findings::Findings;
use super::names::{Kind, Pointer, Reference, name, reference};
use super::sentence::Sentence;
use super::vocabulary::{PUT, RESULTS, THEN};
use super::words::Break;

/// Takes what is said at `at` about where results go; gives the word after it.
pub(super) fn take(
    sentence: &Sentence<'_>,
    at: usize,
    end: usize,
    excluding: bool,
    found: &mut Findings<'_>,
) -> Option<usize> {
    if sentence.quote_of(at).is_some() {
        return None;
    }
    let joiner = sentence.longest_of(at, &["and then", "and", "then", "and also", "also"]).unwrap_or(0);
    let verb = at + joiner;
    let fresh = joiner > 0 || at == 0 || sentence.before(at) >= Break::Comma;
    put(sentence, verb, end, found)
        .or_else(|| called(sentence, verb, end, found))
        .or_else(|| if fresh { afterwards(sentence, verb, end, found) } else { None })
        .or_else(|| mention(sentence, at, end, excluding, found))
        .or_else(|| bare_list(sentence, at, end, excluding, found))
}

/// "save it as X", "add them to my X list".
fn put(sentence: &Sentence<'_>, at: usize, end: usize, found: &mut Findings<'_>) -> Option<usize> {
    // "a list of gyms in Ohio, saved as 'Spring Asks'"
    let saved = sentence.longest_of(at, &["saved as", "stored as", "saved under", "kept as"]).is_some();
    let verb = sentence.longest_of(at, &PUT).or_else(|| saved.then_some(1))?;
    let saves = ["save", "store", "keep", "saved", "stored", "kept"].contains(&sentence.norm(at));
    let results = sentence.longest_of(at + verb, &RESULTS).unwrap_or(0);
    let next = at + verb + results;
    if results == 0 && !saves && !["to", "into", "in", "on", "onto"].contains(&sentence.norm(next)) {
        return None;
    }
    if let Some(count) = sentence.longest_of(
        next,
        &[
            "as a list called",
            "as a list named",
            "as a new list called",
            "as list",
            "as",
            "under the name",
            "under",
            "as a list",
        ],
    ) {
        let (span, last) = name(sentence, next + count)?;
        return save(sentence, "save_as", span, (at, last.min(end)), found);
    }
    if let Some((span, last)) = behind_noun(sentence, next).filter(|(_, last)| *last <= end) {
        return save(sentence, if saves { "save_as" } else { "append_to" }, span, (at, last), found);
    }
    if let Some(place) = reference(sentence, next).filter(|place| place.last <= end && !place.preposition.is_empty()) {
        // "add them to Paris Dinner list": nothing says that the list is new.
        let new = (next..place.last).any(|word| ["new", "a", "another", "fresh"].contains(&sentence.norm(word)));
        if let Some(span) = place.name.filter(|_| place.kind == Kind::List && !saves && !new) {
            return save(sentence, "append_to", span, (at, place.last), found);
        }
        return Some(to_record(sentence, &place, at, saves, found));
    }
    if ["to", "into", "in", "on", "onto"].contains(&sentence.norm(next)) {
        let named = sentence.quote_of(next + 1).is_some() || sentence.is_capitalised(next + 1) && sentence.has_case();
        let (span, last) = name(sentence, next + 1).filter(|_| named)?;
        return save(sentence, if saves { "save_as" } else { "append_to" }, span, (at, last.min(end)), found);
    }
    None
}

/// "30 CFOs in Ohio to Q1 Leads": a name at the end that can only be one of a list.
fn bare_list(
    sentence: &Sentence<'_>,
    at: usize,
    end: usize,
    excluding: bool,
    found: &mut Findings<'_>,
) -> Option<usize> {
    const LONGEST: usize = 5;
    const NOUNS: [&str; 12] = [
        "leads",
        "list",
        "prospects",
        "contacts",
        "targets",
        "accounts",
        "pipeline",
        "candidates",
        "buyers",
        "segment",
        "outreach",
        "group",
    ];
    let name = at + 1..end;
    let written = sentence.has_case() && name.clone().all(|word| sentence.is_capitalised(word));
    let quarter = |word: usize| {
        let norm = sentence.norm(word);
        norm.len() == 2 && norm.starts_with('q') && norm.ends_with(['1', '2', '3', '4'])
    };
    let listed = NOUNS.contains(&sentence.norm(end - 1)) || name.clone().any(quarter);
    let directed = ["to", "onto", "into"].contains(&sentence.norm(at)) && at > 0 && !excluding;
    // "add 15 controllers in Denver to Mountain Finance": whoever is added is added to a list.
    let added = (0..at.min(4)).any(|word| ["add", "append"].contains(&sentence.norm(word)))
        && super::places::table().longest(&sentence.words[at + 1..end.max(at + 1)]).is_none();
    let listed = listed || added && ["to", "onto"].contains(&sentence.norm(at));
    if !directed || name.is_empty() || name.len() > LONGEST || !written || !listed || found.search.is_open() {
        return None;
    }
    let span = sentence.span(at + 1, end);
    save(sentence, "append_to", span, (at, end), found)
}

/// "on list Q2 Push", "to the list Warm": the name without a mark behind the noun.
fn behind_noun(sentence: &Sentence<'_>, at: usize) -> Option<((usize, usize), usize)> {
    let count = sentence.longest_of(
        at,
        &[
            "on list",
            "to list",
            "into list",
            "in list",
            "onto list",
            "to the list",
            "on the list",
            "in the list",
            "on my list",
            "to my list",
            "to segment",
        ],
    )?;
    let from = at + count;
    let written = sentence.is_capitalised(from) || sentence.quote_of(from).is_some() || !sentence.has_case();
    let adjacent = sentence.before(from) < Break::Comma || sentence.before(from) == Break::Quote;
    name(sentence, from).filter(|_| written && adjacent)
}

/// "call it X", "name the list X".
fn called(sentence: &Sentence<'_>, at: usize, end: usize, found: &mut Findings<'_>) -> Option<usize> {
    const CALLS: [&str; 12] = [
        "call it",
        "name it",
        "call the list",
        "name the list",
        "call this list",
        "name this list",
        "call them",
        "title it",
        "call that list",
        "list name",
        "call this",
        "name the new list",
    ];
    // "a list of CTOs in Boston called Boston CTOs"
    let listed = || {
        let count = sentence.longest_of(at, &["called", "named", "titled", "and call it", "and name it"])?;
        (0..at).any(|word| ["list", "lists", "segment"].contains(&sentence.norm(word))).then_some(count)
    };
    let count = sentence.longest_of(at, &CALLS).or_else(listed)?;
    let (span, last) = name(sentence, at + count)?;
    save(sentence, "save_as", span, (at, last.min(end)), found)
}

/// "… and start a campaign": a further wish, kept in the words of the request.
fn afterwards(sentence: &Sentence<'_>, at: usize, end: usize, found: &mut Findings<'_>) -> Option<usize> {
    let count = sentence.longest_of(at, &THEN)?;
    let objects = [
        "a",
        "an",
        "the",
        "them",
        "it",
        "to",
        "my",
        "our",
        "each",
        "these",
        "those",
        "everyone",
        "all",
        "personalized",
        "this",
        "that",
        "him",
        "her",
    ];
    let next = sentence.norm(at + count);
    let whole = at > 0 && (objects.contains(&next) || next == "outreach");
    whole.then_some(())?;
    let kind = if sentence.norm(at) == "enrich" { "enrich" } else { "then" };
    let value = format!("{kind}:{}", sentence.slice(at, end));
    found.other(&value, at, end);
    Some(end)
}

/// A list or campaign in the middle of the search.
fn mention(sentence: &Sentence<'_>, at: usize, end: usize, excluding: bool, found: &mut Findings<'_>) -> Option<usize> {
    let place = reference(sentence, at).filter(|place| place.last <= end);
    let bare = (place.is_none() && !excluding).then(|| super::records::record_at_the_end(sentence, at, end)).flatten();
    if let Some((kind, (start, stop), last)) = bare {
        let how = if kind == Kind::Campaign { "then:campaign " } else { "append_to:" };
        found.other(&format!("{how}{}", &sentence.text[start..stop]), at, last);
        return Some(last);
    }
    let mut place = place?;
    if excluding && place.pointer == Pointer::New && place.preposition.is_empty() {
        // "I don't want another huge list": no list of ours is meant.
        return Some(place.last);
    }
    if excluding {
        // "anyone on our list Project Heron"
        let written =
            sentence.has_case() && sentence.is_capitalised(place.last) || sentence.quote_of(place.last).is_some();
        let near = place.last < end && matches!(sentence.before(place.last), Break::Space | Break::Quote);
        if let Some((span, last)) = name(sentence, place.last).filter(|_| place.name.is_none() && written && near) {
            (place.name, place.last) = (Some(span), last.min(end));
        }
        let (start, stop) = place.name.unwrap_or(sentence.span(place.first, place.last));
        if place.kind == Kind::List {
            found.excluded_list(&sentence.text[start..stop], place.first, place.last);
        } else {
            found.excluded_other(&format!("campaign:{}", &sentence.text[start..stop]), place.first, place.last);
        }
        return Some(place.last);
    }
    if place.kind == Kind::List && place.name.is_none() && place.pointer == Pointer::Known {
        // "to the list Ohio Finance": the name stands behind the noun, and is no place.
        let written = sentence.has_case() && sentence.is_capitalised(place.last);
        let near = place.last < end && sentence.before(place.last) == Break::Space;
        if let Some((span, last)) = name(sentence, place.last).filter(|_| written && near) {
            (place.name, place.last) = (Some(span), last.min(end));
        }
    }
    match place.preposition {
        // "Top up the Nordic list with 35 CIOs": a list that is there already.
        "" if place.kind == Kind::List && place.pointer == Pointer::Known && place.name.is_some() => {
            Some(to_record(sentence, &place, at, false, found))
        }
        "to" | "into" | "onto" | "for" | "on" | "as" => Some(to_record(sentence, &place, at, false, found)),
        "" if place.kind == Kind::List && place.pointer == Pointer::New => match place.name {
            Some(_) => Some(to_record(sentence, &place, at, true, found)),
            None => Some(place.last),
        },
        _ => None,
    }
}

fn to_record(sentence: &Sentence<'_>, place: &Reference, at: usize, saves: bool, found: &mut Findings<'_>) -> usize {
    let entry = match (place.kind, place.name) {
        (Kind::List, Some((start, end))) => {
            let how = if saves || place.pointer == Pointer::New { "save_as" } else { "append_to" };
            format!("{how}:{}", &sentence.text[start..end])
        }
        // "to a new list" is what happens anyway.
        (Kind::List, None) if place.pointer == Pointer::New => return place.last,
        (Kind::List, None) => format!("append_to:{}", sentence.slice(bare_from(place), place.last)),
        (Kind::Campaign, Some((start, end))) => format!("then:campaign {}", &sentence.text[start..end]),
        (Kind::Campaign, None) => "then:campaign".to_owned(),
    };
    found.other(&entry, at, place.last);
    place.last
}

fn bare_from(place: &Reference) -> usize {
    place.first + usize::from(!place.preposition.is_empty())
}

fn save(
    sentence: &Sentence<'_>,
    how: &str,
    (start, stop): (usize, usize),
    (first, last): (usize, usize),
    found: &mut Findings<'_>,
) -> Option<usize> {
    if last <= first {
        return None;
    }
    found.other(&format!("{how}:{}", &sentence.text[start..stop]), first, last);
    Some(last)
}
