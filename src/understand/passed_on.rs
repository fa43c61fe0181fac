//! A search that somebody else wrote and the writer passes on: a forwarded mail, lines with ">" before them, a quotation
//! behind "see Tom's mail:".
//!
//! Protects against acting on somebody's words: only a search is read out of them, which finds people and changes nothing;
//! anything else that is only passed on stays somebody's words.

use super::asides::{Pieces, mended};
use super::clean::Mended;
use super::intent;
use super::phrasebook::Words;
use super::request::Intent;
use super::sentence::Sentence;

/// Words that show that something is passed on.
static PASSED: Words = Words::of(
    "mail|email|wrote|writes|slack|teams|whatsapp|fwd|fw|forwarded|forward|forwarding|pasted|pasting|copying|copied|message|asks|asked|brief|request|\
     do that|do this|build that list|build this list|run that|run this|find those|find them|get those|handle this|handle that",
);

/// Words that stand around it and ask for nothing else.
static AROUND: Words = Words::of(
    "lexi|hi|hello|hey|see|copying|copied|what|the|our|my|a|client|customer|boss|partner|colleague|wrote|writes|said|says|asked|asks|for|\
     pasted|pasting|from|in|on|of|slack|teams|whatsapp|mail|email|e mail|message|note|notes|brief|request|fwd|fw|forwarded|forward|forwarding|\
     begin|please|pls|kindly|can|could|you|do|does|build|run|make|find|get|handle|that|this|it|list|search|those|them|for me|me|us|\
     below|here|is|his|her|their|s|verbatim|quote|this is|as|follows|and|with|w|call|meeting|thanks|thank|cheers|re|subject|to|date|sent",
);

/// Lines above a mail that say who wrote it.
const HEADERS: [&str; 12] = [
    "from:",
    "to:",
    "cc:",
    "subject:",
    "date:",
    "sent:",
    "von:",
    "an:",
    "betreff:",
    "datum:",
    "begin forwarded",
    "---",
];

/// The words of a search that is only passed on.
pub(super) fn search(sentence: &Sentence<'_>) -> Option<Mended> {
    lines(sentence).or_else(|| quotation(sentence)).or_else(|| notes(sentence))
}

/// Whether the words read as a search by themselves.
pub(super) fn is_search(text: &str) -> bool {
    let sentence = Sentence::new(text);
    let verdict = intent::decide(&sentence, &|at| super::opens_search(&sentence, at));
    verdict.intent == Intent::ProspectSearch
}

/// "Lexi, see Tom's mail: 'CEOs of wind farms, Denmark'. Do that."
fn quotation(sentence: &Sentence<'_>) -> Option<Mended> {
    const FEWEST: usize = 4;
    let [quote] = sentence.quotes.as_slice() else { return None };
    if quote.last - quote.first < FEWEST {
        return None;
    }
    let outside = |at: &usize| !(quote.first..quote.last).contains(at);
    let around: Vec<usize> = (0..sentence.words.len()).filter(outside).collect();
    let named = |at: usize| sentence.is_capitalised(at) && at > 0;
    let passed = around.iter().any(|at| sentence.longest_of(*at, &PASSED).is_some());
    let nothing_else = around.iter().all(|at| AROUND.contains(sentence.norm(*at)) || named(*at));
    if !passed || !nothing_else || !is_search(&sentence.text[quote.start..quote.end]) {
        return None;
    }
    let pieces: Pieces = vec![(0..quote.start, String::new()), (quote.end..sentence.text.len(), String::new())];
    mended(sentence, &pieces)
}

/// A forwarded mail with its header, or lines with ">" before them and nothing but "can you do this?" below.
fn lines(sentence: &Sentence<'_>) -> Option<Mended> {
    let text = sentence.text;
    let lower = text.trim_start().to_lowercase();
    let headed = HEADERS.iter().any(|header| lower.starts_with(header));
    if !(headed || lower.starts_with('>')) || !text.contains('\n') {
        return None;
    }
    let mut pieces = Pieces::new();
    let mut start = 0;
    let mut kept = String::new();
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let bare = line.trim_start_matches([' ', '>', '\t']);
        let lead = line.len() - bare.len();
        let low = bare.trim().to_lowercase();
        let wrote = low.ends_with("wrote:") || low.ends_with("schrieb:");
        let mine = lead == 0 && lower.starts_with('>');
        if wrote || HEADERS.iter().any(|header| low.starts_with(header)) || mine && asks_for_it(&low) {
            pieces.push((start..end, String::new()));
        } else if mine && !low.is_empty() {
            return None;
        } else {
            if lead > 0 {
                pieces.push((start..start + lead, String::new()));
            }
            kept.push_str(bare);
        }
        start = end;
    }
    (!kept.trim().is_empty() && is_search(&kept)).then(|| mended(sentence, &pieces))?
}

/// "Can you do this?", "please handle".
fn asks_for_it(line: &str) -> bool {
    let sentence = Sentence::new(line);
    !sentence.words.is_empty() && sentence.words.iter().all(|word| AROUND.contains(&word.norm))
}

/// "notes from call w/ Greta:" and what she wants.
fn notes(sentence: &Sentence<'_>) -> Option<Mended> {
    const OPENINGS: [&str; 12] = [
        "notes from call",
        "notes from the call",
        "call notes",
        "meeting notes",
        "notes from my call",
        "notes from meeting",
        "brief from",
        "client brief",
        "request from",
        "notes from the meeting",
        "email from",
        "mail from",
    ];
    sentence.longest_of(0, &OPENINGS)?;
    let colon = (1..sentence.words.len().min(9)).find(|at| sentence.gap(*at).contains(':'))?;
    let from = sentence.words[colon].start;
    let nothing_else = (0..colon).all(|at| AROUND.contains(sentence.norm(at)) || sentence.is_capitalised(at));
    (nothing_else && is_search(&sentence.text[from..])).then(|| mended(sentence, &vec![(0..from, String::new())]))?
}
