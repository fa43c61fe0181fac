//! What people know: languages and skills.

use super::geography;
use super::grammar::Walk;
use super::phrasebook::Choices;
use super::signals;
use super::vocabulary::Zone;

/// Languages, as they are said in requests.
static LANGUAGES: Choices<&str> = Choices::of(&[
    ("English", "english"),
    ("German", "german|deutsch"),
    ("French", "french"),
    ("Spanish", "spanish"),
    ("Italian", "italian"),
    ("Portuguese", "portuguese|brazilian portuguese"),
    ("Dutch", "dutch"),
    ("Swedish", "swedish"),
    ("Danish", "danish"),
    ("Norwegian", "norwegian"),
    ("Finnish", "finnish"),
    ("Polish", "polish"),
    ("Czech", "czech"),
    ("Hungarian", "hungarian"),
    ("Romanian", "romanian"),
    ("Greek", "greek"),
    ("Turkish", "turkish"),
    ("Russian", "russian"),
    ("Ukrainian", "ukrainian"),
    ("Arabic", "arabic"),
    ("Hebrew", "hebrew"),
    ("Farsi", "farsi|persian"),
    ("Hindi", "hindi"),
    ("Urdu", "urdu"),
    ("Bengali", "bengali"),
    ("Punjabi", "punjabi"),
    ("Tamil", "tamil"),
    ("Chinese", "chinese"),
    ("Mandarin", "mandarin|mandarin chinese"),
    ("Cantonese", "cantonese"),
    ("Japanese", "japanese"),
    ("Korean", "korean"),
    ("Vietnamese", "vietnamese"),
    ("Thai", "thai"),
    ("Tagalog", "tagalog"),
    ("Indonesian", "indonesian|bahasa"),
    ("Malay", "malay"),
    ("Swahili", "swahili"),
    ("Catalan", "catalan"),
]);

/// The languages of a list that begins at `after`.
pub(super) fn tongues(walk: &Walk<'_>, after: usize) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut at = after;
    while at < walk.end {
        let skip = usize::from(["fluent", "native", "good", "both"].contains(&walk.sentence.norm(at)));
        let Some((language, count)) = LANGUAGES.longest(walk.sentence, at + skip) else { break };
        at += skip + count;
        found.push((format!("skill:{language}"), at));
        at += usize::from(["and", "or"].contains(&walk.sentence.norm(at)));
    }
    found
}

/// "German-speaking", "native French speakers", "bilingual".
pub(super) fn language(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let skip = usize::from(["native", "fluent", "bilingual"].contains(&sentence.norm(at)));
    if geography::hit(walk, at).is_some_and(|place| place.count > 1) {
        return None;
    }
    let mut spoken = Vec::new();
    let mut next = at + skip;
    while let Some((language, count)) = LANGUAGES.longest(sentence, next) {
        next += count;
        spoken.push((language, next));
        if sentence.norm(next) == "speaking" || ["speaker", "speakers"].contains(&sentence.norm(next)) {
            break;
        }
        next += usize::from(["and", "or"].contains(&sentence.norm(next)));
    }
    // "paralegals in Miami (Spanish/English)"
    let bracket = spoken.len() > 1 && walk.sentence.before(at) == super::words::Break::Bracket;
    let skip = if bracket { 1 } else { skip };
    let speaks = ["speaking", "speaker", "speakers"].contains(&sentence.norm(next));
    if spoken.is_empty() || !(speaks && next < walk.end || skip == 1) {
        return None;
    }
    let last = if speaks { next + 1 } else { spoken.last()?.1 };
    walk.flush();
    for (language, _) in &spoken {
        walk.other(&format!("skill:{language}"), at, last);
    }
    if sentence.norm(next).starts_with("speaker") && !walk.excluding {
        walk.note_people(at, last);
    }
    Some(last)
}

/// Skills by name; languages are said to be so, topics of the tables stay topics.
pub(super) fn named(walk: &Walk<'_>, after: usize) -> Vec<(String, usize)> {
    // "I need to know where our people went" asks for no skill.
    const CLAUSES: [&str; 12] =
        ["where", "what", "who", "how", "why", "when", "which", "whether", "if", "that", "each", "me"];
    if CLAUSES.contains(&walk.sentence.norm(after)) {
        return Vec::new();
    }
    let tongues = tongues(walk, after);
    if !tongues.is_empty() {
        return tongues;
    }
    let named = signals::named(walk, after, |_| "skill");
    if !named.is_empty() { named } else { signals::rest(walk, "skill", after) }
}

/// "Kubernetes and Terraform skills": what waits before the noun is what is known.
pub(super) fn behind(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const NOUNS: [&str; 8] =
        ["skills", "skill", "experience", "expertise", "knowledge", "certification", "certifications", "chops"];
    let sentence = walk.sentence;
    (NOUNS.contains(&sentence.norm(at)) && walk.zone != Zone::Head).then_some(())?;
    walk.pending.last().filter(|run| run.1 == at)?;
    let runs = std::mem::take(&mut walk.pending);
    for (first, last) in runs {
        let entry = match LANGUAGES.longest(sentence, first) {
            Some((language, count)) if first + count == last => format!("skill:{language}"),
            _ => format!("skill:{}", sentence.slice(first, last)),
        };
        walk.other(&entry, first, at + 1);
    }
    Some(at + 1)
}

/// Every phrase of this file.
pub(super) fn phrases() -> impl Iterator<Item = &'static str> {
    LANGUAGES.phrases()
}
