//! What is taken back in the same breath: "VPs in Austin, no wait, Denver", "agencies excluded" behind what is left out.
//!
//! Protects that a value which was corrected is no filter, and neither is one named only to be left out.

use super::grammar::Walk;
use super::numbers;
use super::phrasebook::Words;
use super::words::Break;

/// Phrases that take back what was said before them.
static CORRECTIONS: Words = Words::of(
    "no wait|wait no|no sorry|sorry no|scratch that|i mean|no i mean|sorry i mean|i meant|or rather|make that|no make that|\
     actually make that|actually no|no actually|sorry make that|i mean to say|correction|wait make that|oops",
);

/// What stands behind those who are left out.
const LEFT_OUT: [&str; 12] = [
    "excluded",
    "are excluded",
    "is excluded",
    "to be excluded",
    "not included",
    "left out",
    "out of scope",
    "need not apply",
    "not wanted",
    "not needed",
    "not relevant",
    "not of interest",
];

impl Walk<'_> {
    /// "no wait", "I mean": what follows replaces the last value of its kind.
    pub(super) fn correction(&mut self, at: usize) -> Option<usize> {
        let sentence = self.sentence;
        let phrase = sentence.longest_of(at, &CORRECTIONS);
        let found = &self.found.search;
        let said = !found.titles.is_empty() || !found.locations.is_empty() || found.count.is_some();
        // "forty, no, fifty"
        let number = |from: usize| numbers::quantity(sentence, from).is_some_and(|quantity| quantity.plain.is_some());
        let no = sentence.norm(at) == "no"
            && sentence.norm(at + 1) != "one"
            && number(at + 1)
            && found.count.is_some()
            && sentence.before(at) >= Break::Comma;
        let next = at + phrase.or(no.then_some(1)).filter(|_| said && sentence.quote_of(at).is_none())?;
        if next >= self.end {
            return None;
        }
        self.flush();
        self.excluding = false;
        self.corrects = true;
        if number(next) {
            self.found.search.count = None;
            self.found.provenance.retain(|entry| entry.slot != "count");
        }
        Some(next)
    }

    /// Takes back the value before the one that a step has added behind a correction.
    pub(super) fn replace_corrected(&mut self, titles: usize, locations: usize) {
        if !self.corrects {
            return;
        }
        let search = &mut self.found.search;
        if search.titles.len() > titles {
            self.corrects = false;
            if let Some(last) = titles.checked_sub(1) {
                let value = search.titles.remove(last);
                self.found.provenance.retain(|entry| entry.slot != "titles" || entry.value != value);
            }
        } else if search.locations.len() > locations {
            self.corrects = false;
            if let Some(last) = locations.checked_sub(1) {
                let value = serde_json::to_value(search.locations.remove(last)).unwrap_or_default();
                self.found.provenance.retain(|entry| entry.slot != "locations" || entry.value != value);
            }
        }
    }

    /// "agencies excluded", "Houston not included": the part before the words is left out.
    pub(super) fn left_out_behind(&mut self, at: usize) -> Option<usize> {
        const REACH: usize = 8;
        let sentence = self.sentence;
        let closes = |word: usize| {
            let count = sentence.longest_of(word, &LEFT_OUT)?;
            let next = word + count;
            (next >= self.end || sentence.before(next) >= Break::Comma).then_some(next)
        };
        if self.excluding {
            let next = closes(at)?;
            self.flush();
            self.excluding = false;
            return Some(next);
        }
        let opens = at == self.begin || sentence.before(at) >= Break::Comma;
        let behind = (at + 1..self.end.min(at + REACH)).take_while(|word| sentence.before(*word) < Break::Comma);
        if opens && behind.into_iter().any(|word| closes(word).is_some()) {
            self.flush();
            self.excluding = true;
            self.excludes_word = false;
            self.excluded_before = self.excluded();
        }
        None
    }
}
