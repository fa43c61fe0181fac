//! Searches told as what somebody does ("We are searching people who …", "our client seeks a CFO"), wished for in the
//! words of other languages ("I would like to become 35 contacts of …"), and asked behind the companies ("Fintechs in
//! Mumbai, who is the CTO there?").
//!
//! Protects that a statement counts as a search only where a verb of seeking has people or companies for its object.

use super::evidence::means_own_records;
use super::gazetteer;
use super::intent::{Reader, Verdict};
use super::moods::reports;
use super::phrasebook::Words;
use super::request::Intent;
use super::verbs::Verb;
use super::words::Break;
use super::{heading, numbers, wishes};

/// Verbs of seeking behind "I", "we", "our client".
static SEEK: Words = Words::of(
    "look for|look out for|search|search for|seek|seeks|hunt for|scout for|require|requires|looks for|searches for|are after|am after|\
     is after|searches",
);

/// Forms of seeking behind "am" and "are".
static SEEKING: Words = Words::of(
    "looking|looking for|looking at finding|searching|searching for|seeking|hunting for|hunting|sourcing|scouting|scouting for|recruiting|\
     recruiting for|headhunting|targeting|requiring|prospecting|prospecting for|on the lookout for|in search of|in need of|\
     in the market for|on the hunt for|interested in|interesting in|looking at hiring|looking into hiring|hiring|trying to find|trying to source|trying to reach|trying to get|\
     trying to hire|trying to recruit|trying to locate|trying to identify|looking to hire|looking to find|looking to recruit|\
     looking to source|looking to get|after",
);

/// Words before a form of seeking.
const BEING: [&str; 19] = [
    "am",
    "are",
    "is",
    "be",
    "been",
    "im",
    "were",
    "currently",
    "actively",
    "urgently",
    "now",
    "still",
    "also",
    "hes",
    "shes",
    "theyre",
    "always",
    "presently",
    "again",
];

/// Words before a verb of seeking.
const SUBJECTS: [&str; 15] = [
    "i",
    "we",
    "they",
    "client",
    "company",
    "team",
    "boss",
    "partner",
    "firm",
    "currently",
    "urgently",
    "also",
    "now",
    "actively",
    "customer",
];

/// Verbs of getting, as they are meant where one would like to do it: German "bekommen" is no becoming.
const OBTAIN: [&str; 8] = ["become", "have", "receive", "obtain", "procure", "acquire", "buy", "purchase"];

/// What says that the object is a number or a list of people.
static SEVERAL: Words = Words::of(
    "a list of|list of|the list of|contacts of|the contacts of|some contacts of|contact of|contacts for|some|details of|the details of|\
     the names of|names of|a few|several|a list with|contact details of|the contact details of|a shortlist of|leads for",
);

/// Questions about somebody at companies that stand before it.
static WHO_THERE: Words = Words::of(
    "who is the|who are the|whos the|who is|who are|who is their|who are their|whos their|who would be the|who is acting as|who would be|\
     who serves as|who works as|who acts as",
);

/// Where: at the companies named before.
static THERE: Words = Words::of(
    "there|over there|in there|at those|at these|at each|at each of them|at each one|in each of them|of each|of those|of them|of these|\
     at them|at that company|at those companies|at these companies|of those companies|for each|in each|in those",
);

impl Reader<'_, '_> {
    /// "We are searching people who work as …", "our client seeks a CFO in Ghent".
    pub(super) fn seeks(&self, start: usize) -> Option<Verdict> {
        const REACH: usize = 14;
        const NOT: [&str; 5] = ["not", "dont", "never", "no", "nobody"];
        let (sentence, end) = (self.sentence, self.clause.1);
        if sentence.gap(end).contains('?') {
            return None;
        }
        let found = (start + 1..end.min(start + REACH)).find_map(|at| {
            let before = sentence.norm(at - 1);
            let seeking = sentence.longest_of(at, &SEEKING).filter(|_| BEING.contains(&before));
            Some((at, seeking.or_else(|| sentence.longest_of(at, &SEEK).filter(|_| SUBJECTS.contains(&before)))?))
        });
        let (at, count) = found?;
        let body = at + count;
        // Who seeks is a speaker, not the people described: "startups that are hiring CTOs".
        const SPEAKERS: [&str; 16] = [
            "i",
            "id",
            "wed",
            "we",
            "im",
            "were",
            "my",
            "our",
            "the",
            "a",
            "one",
            "client",
            "they",
            "for",
            "as",
            "currently",
        ];
        let speaker = SPEAKERS.contains(&sentence.norm(start))
            && !(start..at).any(|at| (self.opens_search)(at) && self.describes(at));
        let denied = (start..at).any(|at| NOT.contains(&sentence.norm(at)));
        // "We are looking into CFOs of banks".
        let into = ["into", "at", "to", "forward", "in", "up", "over", "like"].contains(&sentence.norm(body));
        let told = into || !speaker || denied || reports(sentence, start, at);
        if told || !self.names_whom(body, end) || means_own_records(sentence, body, end, &[]) {
            return None;
        }
        Some(self.command(Verb::Find, (at, body), (body, end)))
    }

    /// "startups that are hiring": what is said of the companies to be found.
    fn describes(&self, at: usize) -> bool {
        ["that", "who", "which"].contains(&self.sentence.norm(at + 1))
    }

    /// "I would like to become 35 contacts of …", "is it possible to have 30 directors of …".
    pub(super) fn obtains(&self, start: usize) -> Option<Verdict> {
        let (sentence, (from, end)) = (self.sentence, self.clause);
        if start == from || !OBTAIN.contains(&sentence.norm(start)) {
            return None;
        }
        let several = numbers::quantity(sentence, start + 1).map(|quantity| quantity.last);
        let begin = several.or_else(|| Some(start + 1 + sentence.longest_of(start + 1, &SEVERAL)?))?;
        let whom = self.names_whom(begin, end) || self.names_whom(start + 1, end);
        (whom && !means_own_records(sentence, start, end, &[]))
            .then(|| self.command(Verb::Find, (start, start + 1), (start + 1, end)))
    }

    /// "What I'm after is 35 logistics directors in Quebec": the people wanted stand behind the verb.
    pub(super) fn cleft(&self, start: usize) -> Option<Verdict> {
        const REACH: usize = 8;
        let (sentence, end) = (self.sentence, self.clause.1);
        if !["what", "who", "whom", "all"].contains(&sentence.norm(start)) || sentence.gap(end).contains('?') {
            return None;
        }
        let speaker =
            ["i", "we", "im", "were", "id", "wed", "my", "our", "the", "ive"].contains(&sentence.norm(start + 1));
        let is = (start + 2..end.min(start + REACH)).find(|at| {
            ["is", "are", "would be"].iter().any(|word| sentence.says(*at, word)) && self.names_whom(at + 1, end)
        })?;
        let plain = (start..is).all(|at| heading::PLAIN.contains(sentence.norm(at)));
        let own = means_own_records(sentence, is, end, &[]);
        (speaker && plain && !own).then(|| self.command(Verb::Find, (start, is + 1), (is + 1, end)))
    }

    /// "Series B fintechs in Mumbai, who is the CTO there?": the title of those to be found stands in the question.
    pub(super) fn asks_behind(&self, start: usize) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        let at = (start + 1..end)
            .find(|at| sentence.before(*at) >= Break::Comma && sentence.longest_of(*at, &WHO_THERE).is_some())?;
        let begin = at + sentence.longest_of(at, &WHO_THERE)?;
        let begin = begin + usize::from(["the", "their", "a"].contains(&sentence.norm(begin)));
        let (count, _) = gazetteer::title(sentence, begin, end)?;
        let behind = begin + count;
        let there = behind >= end || sentence.longest_of(behind, &THERE).is_some_and(|count| behind + count >= end);
        let companies = self.search_follows(start, at, &[]) && wishes::question_body(sentence, (start, at)).is_none();
        (there && companies && !means_own_records(sentence, start, end, &[]))
            .then(|| self.over(Intent::ProspectSearch, "search", (start, start), (start, end)))
    }
}
