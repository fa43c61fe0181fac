//! Who has raised what, and from whom: "Series A-C", "seed to Series B", "Sequoia-backed", "without funding".

use super::gazetteer;
use super::grammar::Walk;
use super::words::Break;

/// Takes what is said at `at` about funding without an amount.
pub(super) fn take(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    closed(walk, at).or_else(|| stages(walk, at)).or_else(|| unfunded(walk, at)).or_else(|| backed(walk, at))
}

/// "that closed a Series A", "who just announced their seed round": the stage says it all.
fn closed(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const BETWEEN: [&str; 10] =
        ["who", "that", "which", "have", "has", "just", "recently", "newly", "already", "successfully"];
    const VERBS: [&str; 9] =
        ["closed", "announced", "secured", "completed", "landed", "raised", "finished", "did", "closing"];
    let mut verb = at;
    while verb < walk.end && BETWEEN.contains(&walk.sentence.norm(verb)) {
        verb += 1;
    }
    let said = VERBS.contains(&walk.sentence.norm(verb)) && walk.sentence.before(verb + 1) < Break::Comma;
    // A time behind it belongs to the verb, which the event takes up.
    if said && !walk.excluding { stages(walk, verb + 1) } else { None }
}

/// "without funding", "no outside investors".
fn unfunded(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const MONEY: [&str; 10] = [
        "funding",
        "outside funding",
        "external funding",
        "venture capital",
        "vc funding",
        "venture funding",
        "investors",
        "vc money",
        "outside investors",
        "vc backing",
    ];
    let count = walk.begins_exclusion().then(|| walk.sentence.longest_of(at, &MONEY)).flatten()?;
    walk.found.excluded_other("signal:raised_funding", at, at + count);
    Some(at + count)
}

/// "Sequoia-backed startups".
fn backed(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let last = (at + 1..at + 4).find(|word| ["backed", "funded"].contains(&sentence.norm(*word)))?;
    let named =
        (at..last).all(|word| sentence.is_capitalised(word) && (word == at || sentence.before(word) < Break::Comma));
    let known = gazetteer::phrase(sentence, at, walk.end).is_some();
    let hyphen = matches!(sentence.before(last), Break::Hyphen | Break::Space) && last < walk.end;
    (named && hyphen && !known && !sentence.is_capitalised(last) && walk.shows_names()).then_some(())?;
    walk.flush();
    let entry = format!("investor:{}", sentence.slice(at, last));
    walk.other(&entry, at, last + 1);
    Some(last + 1)
}

/// Stages of funding, in their order.
const STAGES: [(&str, &str); 11] = [
    ("pre seed", "pre_seed"),
    ("preseed", "pre_seed"),
    ("seed", "seed"),
    ("series a", "series_a"),
    ("series b", "series_b"),
    ("series c", "series_c"),
    ("series d", "series_d"),
    ("series e", "series_e"),
    ("series f", "series_f"),
    ("series g", "series_g"),
    ("pre ipo", "pre_ipo"),
];

fn stage(walk: &Walk<'_>, at: usize) -> Option<(&'static str, usize)> {
    let (phrase, key) = STAGES.iter().find(|(phrase, _)| walk.sentence.says(at, phrase))?;
    let count = phrase.split(' ').count();
    (at + count <= walk.end).then_some((*key, count))
}

/// A letter behind "Series A": "A-C", "A or B", "A/B".
fn letter(walk: &Walk<'_>, at: usize, sure: bool) -> Option<&'static str> {
    let word = walk.sentence.norm(at);
    let ends = at + 1 >= walk.end || !walk.sentence.is_capitalised(at + 1) || walk.sentence.gap(at + 1) != " ";
    (word.len() == 1 && at < walk.end && (sure || ends || !walk.sentence.has_case())).then_some(())?;
    STAGES.iter().find(|(phrase, _)| phrase.strip_prefix("series ") == Some(word)).map(|(_, key)| *key)
}

/// "Series A", "Series A-C", "seed to Series B", "Series B or later".
fn stages(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const NOUNS: [&str; 12] = [
        "funded",
        "funding",
        "stage",
        "round",
        "rounds",
        "funding round",
        "stage startup",
        "backed",
        "financing",
        "raise",
        "funding rounds",
        "level",
    ];
    const LATER: [&str; 8] =
        ["or later", "and later", "or beyond", "and beyond", "or above", "and above", "and up", "or higher"];
    let sentence = walk.sentence;
    let article = usize::from(["a", "an", "their", "its"].contains(&sentence.norm(at)));
    let (first, count) = stage(walk, at + article)?;
    let mut last = at + article + count;
    if sentence.norm(last) == "investor" || sentence.norm(last) == "investors" {
        return None;
    }
    let mut keys = vec![first];
    loop {
        let to = ["to", "through"].contains(&sentence.norm(last))
            || matches!(sentence.before(last), Break::Hyphen | Break::Dash);
        let joint = ["and", "or", "to", "through"].contains(&sentence.norm(last));
        let listed = matches!(sentence.before(last), Break::Slash | Break::Comma);
        if !(to || joint || listed) || last >= walk.end {
            break;
        }
        let next = last + usize::from(joint);
        let found = letter(walk, next, joint || to)
            .filter(|_| first.starts_with("series"))
            .map(|key| (key, 1))
            .or_else(|| stage(walk, next));
        let Some((key, words)) = found else { break };
        if to {
            keys.extend(between(first, key));
        }
        keys.push(key);
        last = next + words;
    }
    let open = sentence.text[sentence.span(at, last).1..].starts_with('+');
    let later = sentence.longest_of(last, &LATER);
    last += later.unwrap_or(0);
    last += sentence.longest_of(last, &NOUNS).filter(|_| sentence.before(last) < Break::Comma).unwrap_or(0);
    let last = last.min(walk.end);
    walk.flush();
    for key in keys {
        let value = if open || later.is_some() { format!("{key}_or_later") } else { key.to_owned() };
        walk.other(&format!("funding_stage:{value}"), at, last);
    }
    Some(last)
}

/// The stages between two, both left out.
fn between(from: &str, to: &str) -> Vec<&'static str> {
    let place = |key: &str| STAGES.iter().position(|(_, known)| *known == key);
    let (Some(from), Some(to)) = (place(from), place(to)) else { return Vec::new() };
    let mut keys: Vec<&'static str> = STAGES.iter().take(to).skip(from + 1).map(|(_, key)| *key).collect();
    keys.dedup();
    keys.retain(|key| *key != STAGES[from].1 && *key != STAGES[to].1);
    keys
}
