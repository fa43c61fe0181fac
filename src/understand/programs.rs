//! Requests in the form of a program's call, "CONTACT.CREATE name="Jane Doe" email=jane@acme.example",
//! and small words that somebody shouts ("SET PHONE … FOR jane@acme.example").
//!
//! Protects against reading the names of parameters as somebody's words.

use super::asides::{Pieces, mended};
use super::clean::Mended;
use super::sentence::Sentence;
use super::verbs::{OBJECTS, Object, VERBS, Verb};

/// The call in plain words.
pub(super) fn spelled_out(sentence: &Sentence<'_>) -> Option<Mended> {
    let mut pieces = call(sentence);
    one_line(sentence, &mut pieces);
    parameters(sentence, &mut pieces);
    shouted(sentence, &mut pieces);
    pieces.sort_by_key(|(place, _)| place.start);
    pieces.dedup_by(|next, kept| next.0.start < kept.0.end);
    mended(sentence, &pieces)
}

/// "LIST.ADD", "campaign.pause", "CAMPAIGN STOP": the verb before its noun.
fn call(sentence: &Sentence<'_>) -> Pieces {
    let text = sentence.text;
    let trimmed = text.trim_start();
    let begin = text.len() - trimmed.len();
    let end = trimmed.find(char::is_whitespace).map_or(text.len(), |at| begin + at);
    let joined = text[begin..end].split_once(['.', ':', '/']).or_else(|| {
        let shouted = !text[begin..end].chars().any(char::is_lowercase);
        let (noun, rest) = trimmed.split_once(' ').filter(|_| shouted)?;
        let verb = rest.split(' ').next().filter(|verb| !verb.chars().any(char::is_lowercase))?;
        Some((noun, verb))
    });
    let reads = ["GET ", "READ ", "FETCH "].iter().find(|verb| trimmed.starts_with(**verb));
    if let Some(verb) = reads {
        let noun = trimmed[verb.len()..].split(' ').next().unwrap_or("").to_lowercase();
        let record = ["contact", "contacts", "list", "lists", "campaign", "campaigns"].contains(&noun.as_str());
        return if record { vec![(begin..begin + verb.len(), "show ".to_owned())] } else { Vec::new() };
    }
    let Some((noun, verb)) = joined.map(|(noun, verb)| (noun.to_lowercase(), verb.to_lowercase())) else {
        return Vec::new();
    };
    let object =
        OBJECTS.of_word(&noun).filter(|object| matches!(object, Object::List | Object::Contact | Object::Campaign));
    let done = VERBS.of_word(&verb);
    let (Some(object), Some(done)) = (object, done) else { return Vec::new() };
    let end = begin + noun.len() + 1 + verb.len();
    // Which list or contact it is, its own parameter says.
    let itself = matches!(done, Verb::Build) || !text[end.min(text.len())..].contains('=');
    let with = match object {
        Object::List if !itself => verb,
        Object::Contact if !matches!(done, Verb::Build | Verb::Add) => verb,
        _ => format!("{verb} {noun}"),
    };
    vec![(begin..end, with)]
}

/// Addresses and names on lines of their own, announced by a colon, belong to the line before.
fn one_line(sentence: &Sentence<'_>, pieces: &mut Pieces) {
    const LONGEST_LINE: usize = 60;
    let Some(colon) = sentence.text.find(":\n") else { return };
    let mut at = colon + 1;
    let mut joint = " ";
    for line in sentence.text[colon + 2..].lines() {
        if line.len() > LONGEST_LINE || !line.contains('@') || line.starts_with(['>', '-']) || line.trim().is_empty() {
            return;
        }
        pieces.push((at..at + 1, joint.to_owned()));
        joint = ", ";
        at += 1 + line.len();
    }
}

/// Names of parameters and the words for them.
const PARAMETERS: [(&str, &str); 17] = [
    ("name", ""),
    ("email", ""),
    ("company", ", at "),
    ("title", ", title "),
    ("phone", ", phone "),
    ("city", ", city "),
    ("list", "list "),
    ("campaign", "campaign "),
    ("industry", ""),
    ("state", "in "),
    ("city", "in "),
    ("country", "in "),
    ("location", "in "),
    ("min_employees", "at least employees "),
    ("max_employees", "at most employees "),
    ("count", ""),
    ("limit", ""),
];

/// "email=hugo@bellamy.example list="Paris Dinner"": the values, with words for what they are.
fn parameters(sentence: &Sentence<'_>, pieces: &mut Pieces) {
    let text = sentence.text;
    let lists = ["add", "remove", "move", "delete"];
    let verb = pieces.first().map(|(_, with)| with.split(' ').next().unwrap_or("").to_owned()).unwrap_or_default();
    let mut named = false;
    for (at, _) in text.match_indices('=') {
        // A space may be several bytes long.
        let start = text[..at].char_indices().rfind(|(_, c)| c.is_whitespace()).map_or(0, |(n, c)| n + c.len_utf8());
        let key = text[start..at].to_lowercase();
        let Some((key, words)) = PARAMETERS.iter().find(|(name, _)| *name == key) else { continue };
        if sentence.words.iter().any(|word| word.start < at && at < word.end) {
            continue;
        }
        let updates = ["update", "set", "change"].contains(&verb.as_str());
        let words = match *key {
            "title" | "phone" | "city" | "company" | "state" | "country" | "industry" if updates => {
                format!("{} {key} to ", if named { " and" } else { "" })
            }
            "list" | "campaign" if lists.contains(&verb.as_str()) && named => {
                format!("{} {words}", if verb == "add" { "to" } else { "from" })
            }
            "list" | "campaign" => (*words).to_owned(),
            "email" if named => ", ".to_owned(),
            _ if pieces.is_empty() && *key != "name" => continue,
            _ => (*words).to_owned(),
        };
        named |= !words.ends_with(" to ") || updates;
        // "Jane Doe , email": the comma stands at the word before.
        let from = if words.starts_with(',') { text[..start].trim_end().len() } else { start };
        pieces.push((from..at + 1, words));
    }
}

/// Small words that are nobody's name, however they are written.
const SMALL: [&str; 30] = [
    "FOR", "INTO", "FROM", "THE", "AND", "WITH", "STILL", "WHY", "DOES", "NOT", "NOW", "PLEASE", "ARE", "THIS", "THAT",
    "OUR", "ALL", "TO", "OF", "MY", "BY", "ONTO", "ANY", "HIS", "HER", "THEIR", "WAS", "HAS", "NEVER", "ALWAYS",
];

/// Capitals say nothing about a small word, even where case carries meaning.
fn shouted(sentence: &Sentence<'_>, pieces: &mut Pieces) {
    if !sentence.has_case() {
        return;
    }
    for at in 0..sentence.words.len() {
        let raw = sentence.raw(at);
        if SMALL.contains(&raw) && sentence.quote_of(at).is_none() {
            let (start, end) = sentence.span(at, at + 1);
            pieces.push((start..end, raw.to_lowercase()));
        }
    }
}
