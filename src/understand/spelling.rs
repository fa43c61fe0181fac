//! Misspelled words, and short ways of writing, put right before a request is read.
//!
//! It protects two rules: nobody's words are changed where they may be right (known words, quotations,
//! names); and what was read another way than typed is said, while names and values stay as typed.

use std::ops::Range;

use serde_json::Value;

use super::clean::Mended;
use super::known::{self, Target, used};
use super::places;
use super::request::Request;
use super::sentence::Sentence;
use super::words::{Break, Word};

/// One word that is read in another spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Correction {
    /// Its bytes in the text.
    pub(super) place: Range<usize>,
    /// What is read.
    pub(super) with: String,
    pub(super) kind: Kind,
}

/// Why a word is read in another spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It was mistyped; that is said.
    Mistake,
    /// A short way of writing ("w/o"); nothing has to be said.
    Short,
    /// Another right spelling ("Geschaeftsfuehrer"); values keep it.
    Variant,
}

/// No request has more mistakes that are worth the search, nor more that are put right; bounds the work on a long text.
const MOST_LOOKED_AT: usize = 60;
const MOST_CORRECTIONS: usize = 60;

/// The words of a sentence that are to be read in another spelling, in order.
pub(super) fn corrections(sentence: &Sentence<'_>) -> Vec<Correction> {
    let mut found = Vec::new();
    let mut looked_at = 0;
    let mut at = 0;
    while at < sentence.words.len() && found.len() < MOST_CORRECTIONS {
        if sentence.quote_of(at).is_none() {
            found.extend(sign_before(sentence, at));
            if let Some((short, count)) = written_short(sentence, at) {
                found.push(short);
                at += count;
                continue;
            }
            if looked_at < MOST_LOOKED_AT && is_candidate(sentence, at) {
                looked_at += 1;
                let place = sentence.words[at].start..sentence.words[at].end;
                let spelled = |with: &str, kind| Correction { place, with: in_case_of(sentence.raw(at), with), kind };
                let corrected = match without_umlauts(sentence.norm(at)) {
                    Some(variant) => Some(spelled(&variant, Kind::Variant)),
                    None => meant(sentence, at).map(|target| spelled(&target, Kind::Mistake)),
                };
                found.extend(corrected);
            }
        }
        at += 1;
    }
    // Words put in for one of another language share its place.
    found.dedup_by(|later, earlier| later.place.start < earlier.place.end);
    found
}

/// Short ways of writing that may be words of their own.
const SHORT: [(&str, &str); 8] = [
    ("fnd", "find"),
    ("ppl", "people"),
    ("cos", "companies"),
    ("mktg", "marketing"),
    ("mgr", "manager"),
    ("mgrs", "managers"),
    ("govt", "government"),
    ("thru", "through"),
];

/// Short ways that are no words of their own, though records hold them.
const ALWAYS: [(&str, &str); 16] = [
    ("gimme", "give me"),
    ("lemme", "let me"),
    ("mgr", "manager"),
    ("mgrs", "managers"),
    ("mgmt", "management"),
    ("dir", "director"),
    ("dirs", "directors"),
    ("mfg", "manufacturing"),
    ("mfr", "manufacturer"),
    ("mfrs", "manufacturers"),
    ("atty", "attorney"),
    ("attys", "attorneys"),
    ("asst", "assistant"),
    ("svcs", "services"),
    ("intl", "international"),
    ("coord", "coordinator"),
];

/// "w/", "w/o", "e-mail", "CEO + CFO", "CTOs @ startups": the piece, and the number of words it covers.
fn written_short(sentence: &Sentence<'_>, at: usize) -> Option<(Correction, usize)> {
    let (start, end) = sentence.span(at, at + 1);
    let short = |place: Range<usize>, with: &str| Correction { place, with: with.to_owned(), kind: Kind::Short };
    let rest = &sentence.text[start..];
    if sentence.raw(at).eq_ignore_ascii_case("w") && rest[1..].starts_with('/') {
        let without = sentence.norm(at + 1) == "o" && sentence.gap(at + 1) == "/";
        if without {
            return Some((short(start..sentence.span(at + 1, at + 2).1, "without"), 2));
        }
        let spaced = rest[2..].starts_with(char::is_whitespace);
        return Some((short(start..end + 1, if spaced { "with" } else { "with " }), 1));
    }
    // "ad Peter to the list", "add him too the list", "form my list": words that are right elsewhere.
    let next = sentence.norm(at + 1);
    let pointing = ["the", "my", "our"].contains(&next);
    let listed = || {
        (at + 2..sentence.words.len().min(at + 8)).any(|at| ["list", "lsit", "campaign"].contains(&sentence.norm(at)))
    };
    let named = sentence.has_case() && sentence.is_capitalised(at + 1) && sentence.is_capitalised(at + 2);
    let confused = match sentence.norm(at) {
        "ad" if at == 0 && named => Some("add"),
        "too" if pointing && listed() => Some("to"),
        "form" if pointing && listed() && at > 0 => Some("from"),
        _ => None,
    };
    if let Some(whole) = confused {
        let with = in_case_of(sentence.raw(at), whole);
        return Some((Correction { place: start..end, with, kind: Kind::Mistake }, 1));
    }
    if let Some((_, whole)) = ALWAYS.iter().find(|(word, _)| *word == sentence.norm(at)) {
        return Some((short(start..end, &in_case_of(sentence.raw(at), whole)), 1));
    }
    if let Some((_, whole)) = SHORT.iter().find(|(word, _)| *word == sentence.norm(at))
        && !known::is_known(sentence.norm(at))
    {
        return Some((short(start..end, &in_case_of(sentence.raw(at), whole)), 1));
    }
    let mail = ["mail", "mails", "mailed", "mailing"].contains(&sentence.norm(at + 1));
    if sentence.raw(at).eq_ignore_ascii_case("e") && mail && sentence.before(at + 1) == Break::Hyphen {
        let e = &rest[..1];
        let next = sentence.raw(at + 1).to_ascii_lowercase();
        return Some((short(start..sentence.span(at + 1, at + 2).1, &format!("{e}{next}")), 2));
    }
    None
}

/// A sign between words that is read as one: "CEO + CFO", "CTOs @ startups".
fn sign_before(sentence: &Sentence<'_>, at: usize) -> Option<Correction> {
    let gap = sentence.gap(at);
    let with = match gap.trim() {
        "+" => "and",
        "@" => "at",
        _ => return None,
    };
    let letters = at > 0
        && sentence.raw(at - 1).ends_with(char::is_alphabetic)
        && sentence.raw(at).starts_with(char::is_alphabetic);
    let spaced = gap.len() > 2 && gap.starts_with(' ') && gap.ends_with(' ');
    let start = sentence.words[at].start - gap.trim_start().len();
    (letters && spaced).then(|| Correction { place: start..start + 1, with: with.to_owned(), kind: Kind::Short })
}

/// "geschaeftsfuehrer" as the tables spell it, without the signs over the letters.
fn without_umlauts(word: &str) -> Option<String> {
    let folded = word.replace("ae", "a").replace("oe", "o").replace("ue", "u");
    (folded.len() < word.len() && folded.len() > 4 && known::is_known(&folded)).then_some(folded)
}

/// Whether a word may be a mistake at all: letters alone, and in no list. A name of people may be a
/// place's behind "in".
fn is_candidate(sentence: &Sentence<'_>, at: usize) -> bool {
    const SHORTEST: usize = 3;
    const LONGEST: usize = 24;
    let raw = sentence.raw(at);
    let norm = sentence.norm(at);
    (SHORTEST..=LONGEST).contains(&norm.len())
        && raw.bytes().all(|b| b.is_ascii_alphabetic())
        && raw.eq_ignore_ascii_case(norm)
        && !sentence.text[sentence.words[at].end..].starts_with(['@', '#', '_'])
        && (!known::is_known(norm) || (known::is_only_name(norm) && behind_in(sentence, at)))
}

fn behind_in(sentence: &Sentence<'_>, at: usize) -> bool {
    at > 0 && ["in", "from", "near", "around", "outside", "across", "within"].contains(&sentence.norm(at - 1))
}

/// The word that a misspelled one was meant for, when there is no doubt.
fn meant(sentence: &Sentence<'_>, at: usize) -> Option<String> {
    let word = sentence.norm(at);
    let mut found = if word.len() < LETTERS_FOR_ONE { Vec::new() } else { candidates(word) };
    if word.len() == LETTERS_FOR_ONE - 1 && behind_in(sentence, at) {
        // "in Texs"
        found = candidates(word);
        found.retain(|(_, target)| is_state(target));
    }
    if word.len() == LETTERS_FOR_ONE - 1 && found.is_empty() {
        // "legl": a letter of a very common word is missing.
        const VERY_COMMON: u32 = 40;
        found = candidates(word);
        found.retain(|(cost, target)| {
            *cost <= cost::MISSING && target.word.len() > word.len() && target.weight >= VERY_COMMON
        });
        found.retain(|(_, target)| !is_place_only(target));
    }
    if word.len() < LETTERS_FOR_ONE && found.is_empty() {
        return swapped(sentence, at).map(|target| target.word.to_string());
    }
    if known::is_known(word) {
        found.retain(|(_, target)| target.used & used::PLACE != 0);
    }
    let allowed: Vec<&(u32, &Target)> = found.iter().filter(|(_, target)| fits(sentence, at, target)).collect();
    // Of candidates that are equally likely slips, the word that is used most.
    let least = allowed.iter().map(|(cost, _)| *cost).min()?;
    let likely = allowed.iter().filter(|(cost, _)| *cost <= least + 2);
    let (cost, best) = likely.max_by_key(|(cost, target)| (target.weight, u32::MAX - cost))?;
    let possible = |other: &Target| !is_place_only(other) || fits(sentence, at, other);
    let doubt = found.iter().any(|(other_cost, other)| possible(other) && rivals((*cost, best), (*other_cost, other)));
    (!doubt).then(|| best.word.to_string())
}

/// A word of fewer letters is changed only where two neighbours changed places.
const LETTERS_FOR_ONE: usize = 5;
/// From this length on two mistakes are put right.
const LETTERS_FOR_TWO: usize = 9;

/// What two mistakes may cost together.
const MOST_FOR_TWO: u32 = 17;
const MOST_FOR_TWO_IN_PLACES: u32 = 19;

/// What mistakes cost: the likelier, the less.
mod cost {
    pub(super) const DOUBLED: u32 = 7;
    pub(super) const SWAPPED: u32 = 8;
    pub(super) const MISSING: u32 = 9;
    pub(super) const WRONG: u32 = 10;
    pub(super) const EXTRA: u32 = 10;
}

/// Words at one mistake, or where none is, at two, with what the mistakes cost.
fn candidates(word: &str) -> Vec<(u32, &'static Target)> {
    let letters = known::letters_of(word);
    let first = word.as_bytes()[0];
    let within = |most: usize| {
        let mut found: Vec<(u32, &'static Target)> = Vec::new();
        for length in word.len() - most..=word.len() + most {
            for target in known::targets(first, length) {
                if target.may_be(letters, u32::try_from(most).unwrap_or(u32::MAX))
                    && let Some(cost) = mistakes(word.as_bytes(), target.word.as_bytes(), most)
                {
                    found.push((cost, target));
                }
            }
        }
        found
    };
    let mut found = within(1);
    // "amnaging": the first letter changed places with the second.
    let mut turned = word.as_bytes().to_vec();
    turned.swap(0, 1);
    let turned = String::from_utf8(turned).unwrap_or_default();
    found.extend(known::target(&turned).map(|target| (cost::SWAPPED, target)));
    if found.is_empty() && word.len() >= LETTERS_FOR_TWO {
        found = within(2);
        // Two unlikely mistakes, or one at the end, make another word; names of places are rarely two.
        let most = |target: &Target| if is_place_only(target) { MOST_FOR_TWO_IN_PLACES } else { MOST_FOR_TWO };
        found.retain(|(cost, target)| *cost <= most(target) && target.word.as_bytes().last() == word.as_bytes().last());
    }
    found
}

/// "teh", "fidn", "law frim": a short word with two neighbours swapped that is one of the grammar.
fn swapped(sentence: &Sentence<'_>, at: usize) -> Option<&'static Target> {
    if sentence.has_case() && sentence.is_capitalised(at) && at > 0 {
        return None;
    }
    let word = sentence.norm(at).as_bytes();
    // Three letters are an acronym as easily.
    const OF_THREE: [&str; 8] = ["the", "and", "for", "who", "are", "not", "all", "with"];
    let mut found = (1..word.len()).filter(|i| word[*i] != word[i - 1]).filter_map(|i| {
        let mut turned = word.to_vec();
        turned.swap(i - 1, i);
        let target = known::target(std::str::from_utf8(&turned).ok()?)?;
        if turned.len() == 3 && !OF_THREE.contains(&target.word) {
            return None;
        }
        (target.used & used::GRAMMAR != 0 || (is_state(target) && turned.len() > 3)).then_some(target)
    });
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Whether it is in the name of a state or of a place as well known.
fn is_state(target: &Target) -> bool {
    target.used & (used::PLACE | used::PART_OF_PLACE) != 0 && target.weight >= 30
}

fn is_place_only(target: &Target) -> bool {
    target.used != 0 && target.used & !(used::PLACE | used::PART_OF_PLACE) == 0
}

/// Whether another candidate leaves it open what was meant.
fn rivals((cost, best): (u32, &Target), (other_cost, other): (u32, &Target)) -> bool {
    const CLEARLY: u32 = 6;
    if std::ptr::eq(best, other) || same_but_number(best.word, other.word) {
        return false;
    }
    other_cost <= cost + 1 && other.weight.saturating_mul(CLEARLY) > best.weight
}

/// "engineer" and "engineers".
fn same_but_number(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    long.strip_prefix(short) == Some("s")
}

/// Whether the words around allow this one: a place where a place may stand, no part of a name.
fn fits(sentence: &Sentence<'_>, at: usize, target: &Target) -> bool {
    let before = if at == 0 { "" } else { sentence.norm(at - 1) };
    if target.used == 0 {
        return false;
    }
    let place_only = is_place_only(target);
    let behind_in = behind_in(sentence, at);
    if place_only && target.used & used::PLACE == 0 && !makes_a_place(sentence, at, target) {
        return false;
    }
    let capital = sentence.is_capitalised(at) && sentence.has_case();
    let begins = at == 0 || sentence.before(at) == Break::Stop;
    let owner = ["at", "for", "by", "called", "named", "like", "than", "contact", "tag", "tagged"].contains(&before);
    // Where capitals are used, a place has one, unless "in" says what is meant.
    if place_only && (owner || (sentence.has_case() && !capital && !behind_in)) {
        return false;
    }
    if (place_only && behind_in) || (begins && !place_only) || !capital {
        // In small letters a name beside it makes it one too: "jordon smith".
        return sentence.has_case() || behind_in || !beside_a_name(sentence, at);
    }
    !owner && !beside_a_name(sentence, at) && target.used != used::GRAMMAR
}

/// Whether the word, put right, is part of a place's name of several words.
fn makes_a_place(sentence: &Sentence<'_>, at: usize, target: &Target) -> bool {
    const LONGEST: usize = 4;
    (at.saturating_sub(LONGEST - 1)..=at).any(|from| {
        let mut words: Vec<Word> = sentence.words[from..].iter().take(2 * LONGEST).cloned().collect();
        words[at - from].norm = target.word.to_string();
        places::table().longest(&words).is_some_and(|(count, _)| count > 1 && from + count > at)
    })
}

/// Whether the next word, or the one before, is written like a name or is one.
fn beside_a_name(sentence: &Sentence<'_>, at: usize) -> bool {
    let is_name = |other: usize| {
        let norm = sentence.norm(other);
        let unknown_capital = sentence.has_case()
            && sentence.is_capitalised(other)
            && sentence.raw(other).starts_with(char::is_alphabetic)
            && !known::is_known(norm)
            && other > 0;
        known::is_only_name(norm) || unknown_capital
    };
    (at > 0 && sentence.before(at) <= Break::Hyphen && is_name(at - 1))
        || (at + 1 < sentence.words.len() && sentence.before(at + 1) <= Break::Hyphen && is_name(at + 1))
}

/// What the mistakes cost that lead from `typed` to `meant`; None for more than `most` of them.
fn mistakes(typed: &[u8], meant: &[u8], most: usize) -> Option<u32> {
    let same = typed.iter().zip(meant).take_while(|(a, b)| a == b).count();
    let (typed_rest, meant_rest) = (&typed[same..], &meant[same..]);
    if typed_rest.is_empty() && meant_rest.is_empty() {
        return Some(0);
    }
    if most == 0 {
        return None;
    }
    let before = same.checked_sub(1).map(|i| typed[i]);
    let mut best: Option<u32> = None;
    let mut consider = |cost: u32, typed: &[u8], meant: &[u8]| {
        if let Some(rest) = mistakes(typed, meant, most - 1) {
            let sum = cost + rest;
            best = Some(best.map_or(sum, |known| known.min(sum)));
        }
    };
    if let ([a, b, typed @ ..], [c, d, meant @ ..]) = (typed_rest, meant_rest)
        && a == d
        && b == c
    {
        consider(cost::SWAPPED, typed, meant);
    }
    if let ([a, typed @ ..], meant) = (typed_rest, meant_rest) {
        consider(if Some(*a) == before { cost::DOUBLED } else { cost::EXTRA }, typed, meant);
    }
    if let (typed, [b, meant @ ..]) = (typed_rest, meant_rest) {
        consider(if Some(*b) == before { cost::DOUBLED } else { cost::MISSING }, typed, meant);
    }
    if let ([_, typed @ ..], [_, meant @ ..]) = (typed_rest, meant_rest) {
        consider(cost::WRONG, typed, meant);
    }
    best
}

/// The word in the case of the one that was typed.
fn in_case_of(raw: &str, word: &str) -> String {
    let capitals = raw.bytes().all(|b| b.is_ascii_uppercase());
    let mut letters = word.chars();
    match letters.next() {
        _ if capitals => word.to_ascii_uppercase(),
        Some(first) if raw.starts_with(|c: char| c.is_ascii_uppercase()) => {
            first.to_ascii_uppercase().to_string() + letters.as_str()
        }
        _ => word.to_owned(),
    }
}

/// Says what was put right, and gives back the words as typed where they are names or values.
pub(super) fn settle(request: Request, text: &str, corrections: &[Correction], mended: &Mended) -> Request {
    let mut request = request;
    let mut said = Vec::new();
    for (nth, correction) in corrections.iter().enumerate() {
        let place = mended.place(nth);
        let typed = &text[correction.place.clone()];
        let overlaps = |start: Option<usize>, end: Option<usize>| {
            start.zip(end).is_some_and(|(start, end)| start < place.end && place.start < end)
        };
        let kept: Vec<Value> = request
            .provenance
            .iter()
            .filter(|entry| overlaps(entry.start, entry.end))
            .filter(|entry| correction.kind == Kind::Variant || is_as_typed(&entry.slot, &entry.value))
            .map(|entry| entry.value.clone())
            .collect();
        let unread = request.unread.iter().any(|words| holds(words, &correction.with));
        for words in &mut request.unread {
            *words = replaced(words, &correction.with, typed);
        }
        for value in &kept {
            give_back(&mut request, value, &correction.with, typed);
        }
        let taken = request.provenance.iter().any(|entry| {
            overlaps(entry.start, entry.end) && !is_as_typed(&entry.slot, &entry.value) && entry.slot != "target"
        });
        if correction.kind == Kind::Mistake && (taken || (kept.is_empty() && !unread)) {
            said.push(format!("“{typed}” is read as {}.", shown(&correction.with)));
        }
    }
    said.append(&mut request.assumptions);
    said.dedup();
    request.assumptions = said;
    request
}

/// A place in capitals, any other word as it is.
fn shown(word: &str) -> String {
    let small = word.to_ascii_lowercase();
    let place = known::target(&small).is_some_and(|target| target.used & (used::PLACE | used::PART_OF_PLACE) != 0);
    if place && !places::is_plain_word(&small) { in_case_of("A-", word) } else { word.to_owned() }
}

/// Whether a slot holds words of the request as they were typed: names, notes, topics.
fn is_as_typed(slot: &str, value: &Value) -> bool {
    let slot = slot.trim_start_matches("search.").trim_start_matches("exclude.");
    match slot {
        "titles" | "seniority" | "departments" | "industries" | "company_types" | "keywords" | "locations"
        | "headcount" | "revenue" | "count" | "target" | "operation" | "action" | "lists.kind" => false,
        "other" => {
            const NAMED: [&str; 12] = [
                "company:",
                "name:",
                "save_as:",
                "append_to:",
                "then:",
                "past_company:",
                "lookalike:",
                "education:",
                "list:",
                "campaign",
                "technology:",
                "skill:",
            ];
            value.as_str().is_none_or(|value| NAMED.iter().any(|name| value.starts_with(name)))
        }
        _ => true,
    }
}

fn holds(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|part| part == word)
}

/// `text` with the word `word` in its other spelling `with`, wherever it stands alone.
fn replaced(text: &str, word: &str, with: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (head, tail) = rest.split_at(at);
        let tail = &tail[word.len()..];
        let alone = !head.ends_with(char::is_alphanumeric) && !tail.starts_with(char::is_alphanumeric);
        out.push_str(head);
        out.push_str(if alone { with } else { word });
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// Puts the typed spelling back into a value, in its slot and in its provenance.
fn give_back(request: &mut Request, value: &Value, word: &str, typed: &str) {
    let Ok(mut whole) = serde_json::to_value(&*request) else { return };
    let mut strings = Vec::new();
    strings_of(value, &mut strings);
    for old in strings.iter().filter(|old| holds(old, word.trim())) {
        let new = replaced(old, word, typed);
        if let Some(slots) = whole.get_mut("slots") {
            swap_strings(slots, old, &new);
        }
        for entry in whole.get_mut("provenance").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(value) = entry.get_mut("value") {
                swap_strings(value, old, &new);
            }
        }
    }
    if let Ok(changed) = serde_json::from_value(whole) {
        *request = changed;
    }
}

fn strings_of(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|value| strings_of(value, found)),
        Value::Object(all) => all.values().for_each(|value| strings_of(value, found)),
        _ => {}
    }
}

/// Replaces a string that is equal to `old` wherever it is a value.
fn swap_strings(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::String(text) if text == old => new.clone_into(text),
        Value::Array(all) => all.iter_mut().for_each(|value| swap_strings(value, old, new)),
        Value::Object(all) => all.values_mut().for_each(|value| swap_strings(value, old, new)),
        _ => {}
    }
}
