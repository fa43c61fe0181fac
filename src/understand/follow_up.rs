//! Follow-ups: words that change the last search of a conversation, or answer what Lexi proposed.
//!
//! "make it 100", "only in San Francisco", "add managing partners too", "put them on Q1 Leads instead", "yes", "never
//! mind". A text is cut into steps; each step is a count, a list, values that go away, or values that come. Protects two
//! rules: a text is a follow-up only when every word of it is explained, else it is a request of its own; and values of
//! earlier turns keep pointing at the message that gave them.

mod differences;
mod merge;
mod steps;
mod tables;

#[cfg(test)]
mod tests;

pub use differences::differences;

use super::clean::{self, Mended};
use super::intent::{self, Verdict};
use super::moods::OPENERS;
use super::request::{Intent, Origin, Request};
use super::sentence::Sentence;
use super::spelling;
use super::words::Break;
use steps::Step;
use tables::{CONFIRMS, DROPS, LEADS, POLITE, STRONG, Way};

/// What an earlier turn of the conversation asked for.
#[derive(Debug, Clone, Copy)]
pub struct Follow<'a> {
    /// The last search.
    pub request: &'a Request,
    /// The message it was read from.
    pub message_id: &'a str,
    /// How many people it was for, said or not.
    pub limit: u32,
}

/// What a text means behind an earlier turn.
#[derive(Debug, Clone, PartialEq)]
pub enum Followed {
    /// The last search, changed. Values of earlier turns come from `message:<id>`, new ones from the text.
    Changed(Box<Request>),
    /// "yes", "go ahead", "approve it".
    Confirm,
    /// "never mind", "forget it", "cancel that".
    Drop,
    /// Something about the last search that can't be done before this is answered.
    Ask(String),
}

/// What `text` means after `follow`; nothing when it is a request of its own.
pub fn read(text: &str, follow: &Follow<'_>) -> Option<Followed> {
    let Some(plain) = clean::plain(text) else { return read_spelled(text, follow) };
    Some(changed(read_spelled(&plain.text, follow)?, |request| {
        super::point_back(request, &plain, text);
    }))
}

/// Reads a text in plain characters; when that comes to nothing, with its misspelled words put right.
fn read_spelled(text: &str, follow: &Follow<'_>) -> Option<Followed> {
    let sentence = Sentence::new(text);
    if let Some(followed) = read_sentence(&sentence, follow) {
        return Some(followed);
    }
    let corrections = spelling::corrections(&sentence);
    if corrections.is_empty() {
        return None;
    }
    let pieces = corrections.iter().map(|found| (found.place.clone(), found.with.as_str()));
    let mended = Mended::of(text, pieces);
    Some(changed(read_sentence(&Sentence::new(&mended.text), follow)?, |request| {
        *request =
            spelling::settle(std::mem::replace(request, Request::clone(follow.request)), text, &corrections, &mended);
        super::point_back(request, &mended, text);
    }))
}

/// Does something with a changed request that concerns the new text alone: entries of earlier messages are put aside.
fn changed(followed: Followed, with: impl FnOnce(&mut Request)) -> Followed {
    let Followed::Changed(mut request) = followed else { return followed };
    let (new, mut all): (Vec<_>, Vec<_>) =
        std::mem::take(&mut request.provenance).into_iter().partition(|entry| entry.from == Origin::Request);
    request.provenance = new;
    with(&mut request);
    all.append(&mut request.provenance);
    request.provenance = all;
    Followed::Changed(request)
}

fn read_sentence(sentence: &Sentence<'_>, follow: &Follow<'_>) -> Option<Followed> {
    if let Some(answer) = decision(sentence.text) {
        return Some(answer);
    }
    follow.request.search()?;
    let from = skip_openers(sentence);
    let verdict = intent::decide(sentence, &|at| super::opens_search(sentence, at));
    let mut steps = Vec::new();
    for segment in segments(sentence, from) {
        steps.extend(steps::read(sentence, &segment, follow, &verdict)?);
    }
    if steps.is_empty() {
        return None;
    }
    let question = steps.iter().find_map(|step| if let Step::Ask(question) = step { Some(question) } else { None });
    if let Some(question) = question {
        return Some(Followed::Ask(question.clone()));
    }
    Some(Followed::Changed(Box::new(merge::applied(sentence, follow, steps))))
}

/// Whether a text says yes or no to what was proposed, and nothing else.
pub fn decision(text: &str) -> Option<Followed> {
    let sentence = Sentence::new(text);
    let (mut yes, mut no) = (false, false);
    let mut at = 0;
    while at < sentence.words.len() {
        let confirms = sentence.longest_of(at, &CONFIRMS).unwrap_or(0);
        let drops = sentence.longest_of(at, &DROPS).unwrap_or(0);
        let polite = sentence.longest_of(at, &POLITE).unwrap_or(0);
        let longest = confirms.max(drops).max(polite);
        if longest == 0 || sentence.quote_of(at).is_some() {
            return None;
        }
        if longest == drops {
            no = true;
        } else if longest == confirms {
            yes = true;
        }
        at += longest;
    }
    let asks = text.contains('?');
    match (yes, no) {
        // "no, stop" and "yes, forget it" both call it off.
        (_, true) => Some(Followed::Drop),
        (true, false) if !asks => Some(Followed::Confirm),
        _ => None,
    }
}

/// A run of words that is one step of a change.
#[derive(Debug, Clone, Copy)]
struct Segment {
    /// First word, before the words that say what kind of change it is.
    start: usize,
    /// First word behind them.
    from: usize,
    /// One past the last word.
    to: usize,
    way: Way,
}

/// Passes over politeness and "yes", but not over words that say what kind of change follows.
fn skip_openers(sentence: &Sentence<'_>) -> usize {
    let mut at = 0;
    while at < sentence.words.len() && sentence.quote_of(at).is_none() {
        let lead = LEADS.longest(sentence, at).map_or(0, |(_, count)| count);
        let opener = sentence.longest_of(at, &OPENERS).unwrap_or(0);
        if lead > 0 || opener == 0 {
            break;
        }
        at += opener;
    }
    at
}

/// Cuts a text where a new step begins: at the end of a sentence, and at a comma or "and" before a word that can only
/// begin one ("make it 100 and drop the mid-size").
fn segments(sentence: &Sentence<'_>, from: usize) -> Vec<Segment> {
    let mut starts = vec![from];
    for at in from + 1..sentence.words.len() {
        if sentence.quote_of(at).is_some() {
            continue;
        }
        let ends = sentence.clauses.iter().any(|clause| clause.0 == at);
        let joined = ["and", "but", "then"].contains(&sentence.norm(at - 1))
            || matches!(sentence.before(at), Break::Comma | Break::Dash | Break::Stop);
        let strong = sentence.longest_of(at, &STRONG).is_some();
        // The word that joins two steps belongs to neither.
        if ends || (joined && strong && !starts.contains(&(at - 1)) && starts.last() != Some(&at)) {
            starts.push(at);
        }
    }
    let ends = starts.iter().skip(1).copied().chain([sentence.words.len()]);
    starts
        .iter()
        .copied()
        .zip(ends)
        .map(|(start, to)| segment(sentence, start, to))
        .filter(|one| one.start < one.to)
        .collect()
}

fn segment(sentence: &Sentence<'_>, start: usize, to: usize) -> Segment {
    let mut to = to;
    while to > start && ["and", "but", "then"].contains(&sentence.norm(to - 1)) {
        to -= 1;
    }
    let mut way = Way::Bare;
    let mut from = start;
    // "make it only", "and also add": the last word that says something counts.
    while from < to && sentence.quote_of(from).is_none() {
        if sentence.norm(from) == "no" && sentence.before(from + 1) >= Break::Comma && from + 1 < to {
            // "no, Texas" disagrees, "no recruiters" leaves out.
            from += 1;
        } else if let Some((said, count)) = LEADS.longest(sentence, from).filter(|(_, count)| from + count <= to) {
            way = if way == Way::Bare || said != Way::Bare { said } else { way };
            from += count;
        } else if let Some(count) = sentence.longest_of(from, &POLITE).filter(|count| from + count < to) {
            from += count;
        } else {
            break;
        }
    }
    Segment { start, from, to, way }
}

/// Whether a request by itself means something else than a change of the last search.
fn is_of_its_own(verdict: &Verdict) -> bool {
    matches!(verdict.intent, Intent::CampaignStart | Intent::CampaignCreate)
}
