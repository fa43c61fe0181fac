//! A title as it is shown: in the singular, in the words of the request, acronyms in capitals.

use super::languages;
use super::roles::RANKS;
use super::sentence::Sentence;
use super::words::singular;

/// Acronyms that are written in capitals however they were typed.
const ACRONYMS: [&str; 40] = [
    "ceo", "cfo", "cto", "coo", "cmo", "cio", "ciso", "chro", "cro", "cpo", "clo", "cdo", "cso", "cco", "cao", "cno",
    "vp", "svp", "evp", "avp", "gc", "hr", "it", "bd", "pr", "ip", "km", "gm", "md", "dgc", "agc", "dpo", "ae", "sdr",
    "bdr", "cbdo", "caio", "ai", "rd", "m&a",
];

/// Words that look like plurals and are none.
const NO_PLURALS: [&str; 24] = [
    "saas",
    "paas",
    "gas",
    "news",
    "sales",
    "operations",
    "resources",
    "relations",
    "affairs",
    "services",
    "systems",
    "analytics",
    "logistics",
    "communications",
    "ops",
    "success",
    "partnerships",
    "accounts",
    "investments",
    "benefits",
    "rewards",
    "economics",
    "risks",
    "securities",
];

/// The words `first..last` as one title in the singular, acronyms in capitals.
pub(super) fn in_singular(sentence: &Sentence<'_>, first: usize, last: usize) -> String {
    if let Some(one) = languages::singular_name(sentence.slice(first, last)) {
        return one.to_owned();
    }
    if let Some(value) = both_in_singular(sentence, first, last) {
        return value;
    }
    let of = (first + 1..last).find(|at| ["of", "for", "to", "in"].contains(&sentence.norm(*at)));
    let leading_rank = last - first > 1
        && (RANKS.contains(&sentence.norm(first)) || sentence.norm(first) == "attorneys")
        && is_plural(sentence, first);
    // "gerentes de compras"
    let abroad =
        (first + 1..last).find(|at| sentence.is_translated(*at) && ["the", "of"].contains(&sentence.norm(*at)));
    let head = if leading_rank { first } else { of.or(abroad).unwrap_or(last) - 1 };
    let (start, _) = sentence.span(first, first + 1);
    let mut value = String::new();
    let mut from = start;
    for at in first..last {
        let (word_start, word_end) = sentence.span(at, at + 1);
        // Two words that stand for one of another language have the same place.
        value.push_str(sentence.text.get(from..word_start).unwrap_or_default());
        value.push_str(&if at == head { one_of(sentence, at) } else { acronym(sentence.raw(at)) });
        from = word_end;
    }
    value
}

/// "abogados laborales", "directeurs logistiques": a title of another language and the adjective that agrees with it.
fn both_in_singular(sentence: &Sentence<'_>, first: usize, last: usize) -> Option<String> {
    let (title, adjective) = (sentence.raw(first), sentence.raw(last - 1));
    let one = languages::singular_name(title).filter(|one| last - first == 2 && *one != title)?;
    let stem = adjective.strip_suffix('s')?;
    let stem = stem.strip_suffix('e').filter(|stem| stem.ends_with(['l', 'r', 'n'])).unwrap_or(stem);
    Some(format!("{one} {stem}"))
}

/// The words as typed, acronyms in capitals.
pub(super) fn cased(sentence: &Sentence<'_>, first: usize, last: usize) -> String {
    (first..last).map(|at| acronym(sentence.raw(at))).collect::<Vec<_>>().join(" ")
}

fn acronym(raw: &str) -> String {
    let small = raw.to_ascii_lowercase();
    if ACRONYMS.contains(&small.as_str()) { small.to_ascii_uppercase() } else { raw.to_owned() }
}

pub(super) fn is_plural(sentence: &Sentence<'_>, at: usize) -> bool {
    let norm = sentence.norm(at);
    norm.ends_with('s') && (singular(norm) != norm || ACRONYMS.contains(&&norm[..norm.len() - 1]))
}

/// One word in the singular: "CEOs" → "CEO", "ceos" → "CEO", "Attorneys" → "Attorney".
fn one_of(sentence: &Sentence<'_>, at: usize) -> String {
    let raw = sentence.raw(at);
    let norm = sentence.norm(at);
    if let Some(one) = languages::singular_name(raw) {
        return one.to_owned();
    }
    if norm.ends_with('s') && norm.is_ascii() && ACRONYMS.contains(&&norm[..norm.len() - 1]) {
        return norm[..norm.len() - 1].to_ascii_uppercase();
    }
    if ACRONYMS.contains(&norm) {
        return norm.to_ascii_uppercase();
    }
    // "LPs", "CFPs"
    if let Some(acronym) =
        raw.strip_suffix('s').filter(|stem| stem.len() > 1 && stem.bytes().all(|b| b.is_ascii_uppercase()))
    {
        return acronym.to_owned();
    }
    let one = singular(norm);
    if one == norm || NO_PLURALS.contains(&norm) || !raw.is_ascii() || raw.len() != norm.len() {
        return raw.to_owned();
    }
    // The singular shares its beginning with the plural; the typed letters are kept that far.
    let shared = one.bytes().zip(norm.bytes()).take_while(|(a, b)| a == b).count();
    format!("{}{}", &raw[..shared], &one[shared..])
}
