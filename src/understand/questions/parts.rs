//! The parts that the rules share: finding and taking phrases, names, lists, tags, times, and what is left as a search.

use super::tables as cues;
use super::{Pointed, Question};
use crate::understand::findings::evidence;
use crate::understand::moods::OPENERS;
use crate::understand::names::{self, references};
use crate::understand::phrasebook::{Choices, Words};
use crate::understand::request::{Intent, Provenance, Request, Slots};
use crate::understand::sentence::Sentence;
use crate::understand::words::Break;
use crate::understand::{gazetteer, grammar, opens_search};

/// The words of a question, and which of them are read.
pub(super) struct Reading<'s> {
    pub(super) sentence: &'s Sentence<'s>,
    /// First word that is no greeting.
    pub(super) from: usize,
    pub(super) end: usize,
    pub(super) taken: Vec<bool>,
}

impl<'s> Reading<'s> {
    /// The words `from..end`, behind greetings, none of them read.
    pub(super) fn new(sentence: &'s Sentence<'s>, from: usize, end: usize) -> Reading<'s> {
        let mut reading = Reading { sentence, from, end, taken: vec![false; sentence.words.len()] };
        reading.skip_openers();
        reading
    }

    fn skip_openers(&mut self) {
        while self.from < self.end && self.sentence.quote_of(self.from).is_none() {
            let whole = self.sentence.longest_of(self.from, &cues::ABILITIES).unwrap_or(0);
            match self.sentence.longest_of(self.from, &OPENERS) {
                Some(count) if count > whole && !self.opens_a_question() => self.from += count,
                _ => break,
            }
        }
    }

    /// "can we", "could you": an opener that is the beginning of a question about how something is done.
    fn opens_a_question(&self) -> bool {
        self.sentence.longest_of(self.from, &cues::HELPS).is_some()
    }

    pub(super) fn is_quoted(&self, at: usize) -> bool {
        self.sentence.quote_of(at).is_some()
    }

    /// The first place where one of the phrases stands outside quotations, and its number of words.
    pub(super) fn find(&self, phrases: &Words) -> Option<(usize, usize)> {
        (self.from..self.end)
            .filter(|at| !self.is_quoted(*at))
            .find_map(|at| self.sentence.longest_of(at, phrases).map(|count| (at, count)))
            .filter(|(at, count)| at + count <= self.end)
    }

    pub(super) fn find_choice<T: Copy>(&self, phrases: &Choices<T>) -> Option<(T, usize, usize)> {
        (self.from..self.end)
            .filter(|at| !self.is_quoted(*at) && !self.taken[*at])
            .find_map(|at| phrases.longest(self.sentence, at).map(|(value, count)| (value, at, count)))
    }

    pub(super) fn first<T: Copy>(&self, phrases: &Choices<T>, from: usize) -> Option<T> {
        (from..self.end)
            .filter(|at| !self.is_quoted(*at))
            .find_map(|at| phrases.longest(self.sentence, at))
            .map(|(value, _)| value)
    }

    pub(super) fn take(&mut self, first: usize, last: usize) {
        self.taken[first..last.min(self.end)].fill(true);
    }

    /// Takes the first of the phrases; tells whether there was one.
    pub(super) fn take_first(&mut self, phrases: &Words) -> bool {
        let found = self.find(phrases);
        if let Some((at, count)) = found {
            self.take(at, at + count);
        }
        found.is_some()
    }

    pub(super) fn take_all(&mut self, phrases: &Words) {
        let mut at = self.from;
        while at < self.end {
            match self.sentence.longest_of(at, phrases).filter(|_| !self.is_quoted(at)) {
                Some(count) => {
                    self.take(at, at + count);
                    at += count;
                }
                None => at += 1,
            }
        }
    }

    pub(super) fn take_own_words(&mut self) {
        for phrases in [&cues::OWN, &cues::PROSPECTS, &cues::CONTACTS, &cues::CUSTOMERS, &cues::ADDED] {
            self.take_all(phrases);
        }
        self.take_small_words();
    }

    /// Small words at the beginning and the end; between them they give the others their role.
    pub(super) fn take_small_words(&mut self) {
        const ROLES: [&str; 14] =
            ["in", "at", "with", "for", "of", "from", "not", "no", "and", "or", "to", "on", "about", "by"];
        let small = |at: usize| {
            let norm = self.sentence.norm(at);
            // "in ME", "M&A": letters that stand for something.
            let letters = self.sentence.has_case()
                && self.sentence.raw(at).len() > 1
                && self.sentence.raw(at).chars().all(char::is_uppercase);
            let joined =
                at > 0 && self.sentence.before(at) == Break::None || self.sentence.before(at + 1) == Break::None;
            let part = letters || joined || self.sentence.says(at, "new york") || opens_search(self.sentence, at);
            !self.is_quoted(at) && cues::SMALL.contains(norm) && !ROLES.contains(&norm) && !part
        };
        let taken: Vec<usize> = (self.from..self.end).filter(|at| small(*at)).collect();
        for at in taken {
            self.taken[at] = true;
        }
    }

    /// Nouns and pronouns for people without a description.
    pub(super) fn says_people(&self) -> bool {
        const PEOPLE: [&str; 12] = [
            "anyone",
            "anybody",
            "someone",
            "somebody",
            "people",
            "everyone",
            "everybody",
            "persons",
            "folks",
            "professionals",
            "members",
            "who",
        ];
        (self.from..self.end).any(|at| {
            let norm = self.sentence.norm(at);
            !self.is_quoted(at)
                && (PEOPLE.contains(&norm)
                    && (norm != "who" || at == self.from || self.taken[at - 1] == self.taken[at])
                    || cues::CONTACTS.contains(norm))
        })
    }

    /// Whether nothing but small words is left beside these.
    pub(super) fn rest_is_small(&self, beside: &[&Words]) -> bool {
        let mut at = self.from;
        while at < self.end {
            let known = beside
                .iter()
                .copied()
                .chain([&cues::COUNTS, &cues::OWN, &cues::RANKS, &cues::ADDED])
                .filter_map(|words| self.sentence.longest_of(at, words))
                .max();
            match known {
                Some(count) => at += count,
                None if cues::SMALL.contains(self.sentence.norm(at)) => at += 1,
                None => return false,
            }
        }
        true
    }

    pub(super) fn list(&mut self, question: &mut Question) {
        let found = references(self.sentence, self.from, self.end);
        if let Some(list) = found.iter().find(|found| found.kind == names::Kind::List) {
            question.list = match (list.name, list.pointer) {
                (Some((start, end)), _) => Some(Pointed::Named(self.sentence.text[start..end].to_owned())),
                (None, names::Pointer::Here | names::Pointer::Known) => Some(Pointed::Here),
                (None, names::Pointer::New) => None,
            };
            if question.list.is_some() {
                self.take(list.first, list.last);
                return;
            }
        }
        // "who is on 'Q1 Leads'", "how many people are on Q1 Leads", "who is on list Q1 Leads".
        let on = (self.from..self.end).find(|at| {
            ["on", "in"].contains(&self.sentence.norm(*at))
                && (self.sentence.norm(*at) == "on" || self.is_quoted(at + 1))
        });
        let Some(on) = on else { return };
        let mut first = on + 1;
        while ["the", "my", "our", "list"].contains(&self.sentence.norm(first)) && !self.is_quoted(first) {
            first += 1;
        }
        if ["it", "that", "this", "there"].contains(&self.sentence.norm(first)) && first + 1 >= self.end {
            question.list = Some(Pointed::Here);
            self.take(on, self.end);
        } else if let Some(((start, end), last)) =
            names::name(self.sentence, first).filter(|(_, last)| *last <= self.end)
        {
            question.list = Some(Pointed::Named(self.sentence.text[start..end].to_owned()));
            self.take(on, last);
        }
    }

    pub(super) fn tag(&mut self, question: &mut Question) {
        let Some((at, count)) = self.find(&cues::TAGGED) else { return };
        let from = at + count;
        if let Some(((start, end), last)) = names::name(self.sentence, from).filter(|(_, last)| *last <= self.end) {
            question.tag = Some(self.sentence.text[start..end].to_owned());
            self.take(at, last);
        }
    }

    /// "named Smith"
    pub(super) fn called(&mut self, question: &mut Question) {
        let Some((at, count)) = self.find(&cues::NAMED) else { return };
        let from = at + count;
        if self.taken[at] || from >= self.end {
            return;
        }
        let last = (from + 1..self.end).find(|at| !self.sentence.is_capitalised(*at) || !self.sentence.has_case());
        let last = last.unwrap_or(self.end);
        question.name = Some(self.sentence.slice(from, last).to_owned());
        self.take(at, last);
    }

    /// "is Jane Doe on the Q1 list": a name beside another description.
    pub(super) fn name_among(&self, question: &mut Question, described: bool) {
        let Some(Request { slots: Slots::Search(search), .. }) = &mut question.search else { return };
        let Some(name) = search.other("name").filter(|_| described).map(str::to_owned) else { return };
        search.other.retain(|entry| !entry.starts_with("name:"));
        if search.is_open() {
            question.search = None;
        }
        question.name = Some(name);
    }

    /// "no email", "missing a phone number", "with an email address".
    pub(super) fn empty_or_filled(&mut self, question: &mut Question) {
        for (phrases, filled) in [(&cues::LACKS, false), (&cues::HAVES, true)] {
            let found = (self.from..self.end).find_map(|at| {
                let count = self.sentence.longest_of(at, phrases)?;
                let (field, words) = cues::FIELDS.longest(self.sentence, at + count)?;
                let alone = at + count + words >= self.end
                    || cues::SMALL.contains(self.sentence.norm(at + count + words))
                    || self.sentence.before(at + count + words) >= Break::Comma;
                (alone && !self.is_quoted(at)).then_some((field, at, at + count + words))
            });
            if let Some((field, first, last)) = found {
                question.field = Some((field, filled));
                self.take(first, last);
                return;
            }
        }
    }

    pub(super) fn period(&mut self, question: &mut Question) {
        let Some((period, at, count)) = self.find_choice(&cues::PERIODS) else { return };
        question.period = Some(period);
        self.take(at, at + count);
    }

    /// Reads the words that are left as a search. What neither it nor the tables know stays unread.
    pub(super) fn search(&self, question: &mut Question) {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for at in (self.from..self.end).filter(|at| !self.taken[*at]) {
            match runs.last_mut() {
                Some(run) if run.1 == at => run.1 = at + 1,
                _ => runs.push((at, at + 1)),
            }
        }
        let mut found = grammar::search(self.sentence, &runs);
        found.search.other.retain(|entry| !entry.starts_with("then:") && !entry.starts_with("count:"));
        question.unread = found.unread_words();
        if let Some(named) = self.employer(&runs, &mut question.unread) {
            found.search.other.push(format!("company:{}", named.text.clone().unwrap_or_default()));
            found.provenance.push(named);
        }
        question
            .unread
            .retain(|words| !words.split_whitespace().all(|word| cues::SMALL.contains(&word.to_lowercase())));
        if found.search.is_open() {
            return;
        }
        found.search.count = None;
        found.provenance.sort_by_key(|entry| entry.start);
        question.search = Some(Request {
            intent: Intent::ProspectSearch,
            ask: None,
            slots: Slots::Search(Box::new(found.search)),
            provenance: found.provenance,
            assumptions: found.assumptions,
            unread: question.unread.clone(),
        });
    }

    /// "who works for acme": what stands unread behind "at" or "for" is a company's name, though in small letters.
    fn employer(&self, runs: &[(usize, usize)], unread: &mut Vec<String>) -> Option<Provenance> {
        for &(from, to) in runs {
            let Some(at) =
                (from..to).find(|at| ["at", "for", "from", "bei", "chez"].contains(&self.sentence.norm(*at)))
            else {
                continue;
            };
            let found =
                unread.iter().position(|words| (at + 2..=to).any(|last| self.sentence.slice(at + 1, last) == words));
            if let Some(place) = found {
                let name = unread.remove(place);
                let start = self.sentence.span(at + 1, at + 2).0;
                let value = format!("company:{name}").into();
                return Some(evidence(self.sentence, "other", value, (start, start + name.len())));
            }
        }
        None
    }

    /// The name that begins at `from` and reaches to the end, and what of theirs is meant.
    pub(super) fn subject(&mut self, from: usize, question: &mut Question) {
        let mut from = from;
        while ["the", "our", "my", "a", "an"].contains(&self.sentence.norm(from)) && from < self.end {
            from += 1;
        }
        let possessive = (from..self.end).find(|at| self.is_possessive(*at) && at + 1 < self.end);
        match possessive {
            Some(at) => {
                self.name_between(from, at + 1, question);
                question.matter = Some(self.sentence.slice(at + 1, self.end).to_owned());
            }
            None => self.name_between(from, self.end, question),
        }
    }

    pub(super) fn name_between(&mut self, first: usize, last: usize, question: &mut Question) {
        const LONGEST: usize = 8;
        let mut first = first;
        while first < last
            && ["did", "we", "the", "was", "is", "you", "i", "for", "contact", "company"]
                .contains(&self.sentence.norm(first))
        {
            first += 1;
        }
        let mut last = last.min(self.end);
        let trailing = ["please", "now", "today", "again", "have", "has", "to", "as", "at", "right", "then"];
        while last > first && trailing.contains(&self.sentence.norm(last - 1)) {
            last -= 1;
        }
        if first >= last || last - first > LONGEST || self.points_at_somebody(first) {
            return;
        }
        let name = match self.sentence.quote_of(first).filter(|quote| quote.first == first) {
            Some(quote) => &self.sentence.text[quote.start..quote.end],
            None => self.sentence.slice(first, last),
        };
        question.name = Some(name.to_owned());
    }

    /// "her", "this contact", "them": somebody pointed at without a name.
    pub(super) fn points_at_somebody(&self, at: usize) -> bool {
        let pointers = [
            "him",
            "her",
            "them",
            "this contact",
            "that contact",
            "this person",
            "this company",
            "that company",
            "it",
            "this lead",
            "she",
            "he",
            "they",
            "this",
            "that",
        ];
        self.sentence.longest_of(at, &pointers).is_some_and(|count| at + count >= self.end)
    }

    /// Whether a name begins here: a capital that no table explains, or any word where case says nothing.
    pub(super) fn is_named(&self, at: usize) -> bool {
        at < self.end
            && !cues::SMALL.contains(self.sentence.norm(at))
            && (self.sentence.is_capitalised(at) || self.is_quoted(at) || !self.sentence.has_case())
            && gazetteer::phrase(self.sentence, at, self.end).is_none_or(|phrase| at + phrase.count < self.end)
    }

    pub(super) fn is_possessive(&self, at: usize) -> bool {
        let (_, end) = self.sentence.span(at, at + 1);
        ["'s", "’s", "s' ", "' ", "’ "].iter().any(|mark| self.sentence.text[end..].starts_with(mark))
    }
}

/// The name, when all that is described is the name of a person (`name`) or of a company (`company`).
pub(super) fn only(question: &Question, what: &str) -> Option<String> {
    let search = question.search.as_ref().and_then(Request::search)?;
    let name = search.other(what)?;
    let mut rest = search.clone();
    rest.other.retain(|entry| entry.split_once(':') != Some((what, name)));
    rest.is_open().then(|| name.to_owned())
}

/// The first UUID in a text.
pub(super) fn uuid_in(text: &str) -> Option<&str> {
    const LENGTH: usize = 36;
    let is_uuid = |part: &str| {
        part.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    (0..text.len()).find_map(|at| text.get(at..at + LENGTH).filter(|part| is_uuid(part)))
}
