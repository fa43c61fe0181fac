//! What kind of request a sentence is.
//!
//! Protects against the worst fault: an action where none was wanted. Questions, negations, small
//! talk, statements, conditions and quoted text are told apart first; only then do verb and object
//! decide.

use super::changes::{Change, FIELDS};
use super::facts::fact;
use super::inflection::{Form, bases};
use super::moods::{
    AGREEMENT, BACKGROUND, CAPABILITY, CONDITIONS, HYPOTHETICAL, INTERJECTIONS, LEAD_INS, MAYBE_CAPABILITY, NEGATIONS,
    OPENERS, POLITE, QUESTIONS, WITH_GERUND, condition_behind, is_talk, is_vocative, reports, thoughts,
};
use super::names::{Pointer, Reference, references};
use super::people::{Person, mentions, possessive};
use super::records;
use super::request::Intent;
use super::rules::{Facts, rule};
use super::sentence::Sentence;
use super::verbs::{FINITE, OBJECTS, OWN_PHRASES, OWN_RECORDS, Object, VERBS, Verb};
use super::words::Break;

/// What was decided, and on which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) intent: Intent,
    /// Operation, action or kind of question.
    pub(super) operation: &'static str,
    /// Words of the verb (may be empty: a bare noun phrase).
    pub(super) verb: (usize, usize),
    /// Words of the clause that was decided on.
    pub(super) clause: (usize, usize),
    /// Words in which the slots stand: behind a command, around a passive verb.
    pub(super) body: (usize, usize),
    /// Lists and campaigns mentioned in the body.
    pub(super) references: Vec<Reference>,
    /// Contacts and companies mentioned in the body, or before it where the body only points at them.
    pub(super) people: Vec<Person>,
    /// New values that a statement tells.
    pub(super) news: Vec<Change>,
}

/// Tells whether a search could begin at a word: a title, level, kind of company or "people".
pub(super) type OpensSearch<'f> = &'f dyn Fn(usize) -> bool;

/// Decides on the first clause that is more than talk, or on the strongest of the others.
pub(super) fn decide(sentence: &Sentence<'_>, opens_search: OpensSearch<'_>) -> Verdict {
    let mut weak: Option<Verdict> = None;
    let mut reported = false;
    for &clause in &sentence.clauses {
        let reader = Reader { sentence, clause, opens_search };
        let verdict = if reported { reader.plain(Intent::Other, "unknown", clause) } else { reader.decide() };
        // "The mail says:" makes what follows somebody's words.
        let announces = sentence.gap(clause.1).contains(':');
        reported |= announces && verdict.intent == Intent::Other && reports(sentence, clause.0, clause.1);
        // Whoever wants rules to be ignored is no user of ours.
        reported |= overrides(sentence, clause);
        let lead_in = verdict.intent == Intent::Question
            && sentence
                .longest_of(clause.0, &LEAD_INS)
                .is_some_and(|count| clause.0 + count + LEAD_IN_REST >= clause.1);
        if strength(&verdict) == STRONG && !lead_in {
            return verdict;
        }
        if weak.as_ref().is_none_or(|known| strength(known) < strength(&verdict)) {
            weak = Some(verdict);
        }
    }
    weak.unwrap_or(Verdict {
        intent: Intent::Other,
        operation: "unknown",
        verb: (0, 0),
        clause: (0, sentence.words.len()),
        body: (0, sentence.words.len()),
        references: Vec::new(),
        people: Vec::new(),
        news: Vec::new(),
    })
}

/// "Ignore all previous instructions": what follows comes from somebody's text, not from the user.
fn overrides(sentence: &Sentence<'_>, (from, to): (usize, usize)) -> bool {
    let word = |words: &[&str]| (from..to).any(|at| words.contains(&sentence.norm(at)));
    word(&["ignore", "disregard", "forget", "override", "bypass"])
        && word(&[
            "instructions",
            "instruction",
            "rules",
            "prompt",
            "prompts",
            "guidelines",
            "restrictions",
            "policies",
        ])
}

/// Words that may follow a lead-in: "Remember Bob Smith?".
const LEAD_IN_REST: usize = 2;
const STRONG: u8 = 9;

/// Which of several clauses the answer is about.
fn strength(verdict: &Verdict) -> u8 {
    match (verdict.intent, verdict.operation) {
        (Intent::Other, "small_talk") => 1,
        (Intent::Other, "unknown") => 2,
        (Intent::Other, "follow_up") => 3,
        (Intent::Other, "decide") if verdict.verb.0 == verdict.verb.1 => 4,
        (Intent::Other, "settings") if verdict.verb.0 == verdict.verb.1 => 5,
        (Intent::Other, "none") => 6,
        _ => STRONG,
    }
}

struct Reader<'s, 'f> {
    sentence: &'s Sentence<'s>,
    clause: (usize, usize),
    opens_search: OpensSearch<'f>,
}

impl Reader<'_, '_> {
    fn plain(&self, intent: Intent, operation: &'static str, verb: (usize, usize)) -> Verdict {
        let body = if verb.0 < verb.1 && verb.1 < self.clause.1 { (verb.1, self.clause.1) } else { self.clause };
        self.over(intent, operation, verb, body)
    }

    /// A verdict whose slots stand in the words of `body`.
    fn over(&self, intent: Intent, operation: &'static str, verb: (usize, usize), body: (usize, usize)) -> Verdict {
        let references = references(self.sentence, body.0, body.1);
        self.with(intent, operation, verb, body, references)
    }

    fn with(
        &self,
        intent: Intent,
        operation: &'static str,
        verb: (usize, usize),
        body: (usize, usize),
        references: Vec<Reference>,
    ) -> Verdict {
        let people = mentions(self.sentence, body.0, body.1, &spans(&references));
        Verdict { intent, operation, verb, clause: self.clause, body, references, people, news: Vec::new() }
    }

    fn decide(&self) -> Verdict {
        let (sentence, (from, end)) = (self.sentence, self.clause);
        if self.agrees_wholly(from) {
            return self.plain(Intent::Other, "decide", (from, from));
        }
        if is_talk(sentence, from, end) {
            return self.plain(Intent::Other, "small_talk", self.clause);
        }
        let opening = self.skip_openers();
        let start = opening.start;
        if start >= end || is_talk(sentence, start, end) {
            let talk = if self.agrees_wholly(from) { "decide" } else { "small_talk" };
            return self.plain(Intent::Other, talk, (from, if talk == "decide" { from } else { end }));
        }
        if self.agrees_wholly(start) {
            return self.plain(Intent::Other, "decide", (from, from));
        }
        if sentence.norm(start) == "help" && start + 1 >= end {
            return self.plain(Intent::Question, "lookup", self.clause);
        }
        if sentence.quote_of(start).is_some_and(|quote| quote.first == start && quote.last >= end) {
            return self.plain(Intent::Other, "unknown", self.clause);
        }
        self.mood(&opening).unwrap_or_else(|| self.content(&opening))
    }

    /// What forbids, asks, supposes or waits for something; `None` for a command or statement.
    fn mood(&self, opening: &Opening) -> Option<Verdict> {
        let (sentence, (from, end), start) = (self.sentence, self.clause, opening.start);
        let verb = self.verb_at(start, opening.form);
        let verb_words = verb.map_or(0, |(_, count)| count);
        let asks = sentence.gap(end).contains('?');
        if let Some(count) = sentence.longest_of(start, &NEGATIONS).filter(|count| *count >= verb_words) {
            // "Shouldn't we delete Bob?"
            let subject = ["we", "i", "you", "it", "he", "she", "they", "that"].contains(&sentence.norm(start + 1));
            if asks && subject && count == 1 {
                return Some(self.plain(Intent::Question, "lookup", (start, start + 1)));
            }
            return Some(self.negated(start, count));
        }
        let questioning = |at: usize| {
            sentence.longest_of(at, &QUESTIONS).filter(|count| *count >= verb_words && !shortened(sentence, at))
        };
        const AUXILIARIES: [&str; 14] =
            ["did", "is", "was", "will", "does", "do", "are", "can", "should", "has", "have", "were", "would", "could"];
        let when = sentence.norm(start) == "when" && AUXILIARIES.contains(&sentence.norm(start + 1));
        if let Some(count) = sentence.longest_of(start, &CONDITIONS).filter(|_| verb.is_none() && !when) {
            return self.conditional(start, count, asks);
        }
        if let Some(count) = sentence.longest_of(start, &HYPOTHETICAL).filter(|count| *count > verb_words) {
            let wish = sentence.longest_of(from, &QUESTIONS).is_some() || asks;
            let intent = if wish { Intent::Question } else { Intent::Other };
            return Some(self.plain(intent, if wish { "lookup" } else { "unknown" }, (start, start + count)));
        }
        // "And in Florida?" goes on with the search that is open.
        let joined = ["and", "or", "also"].contains(&sentence.norm(from)) && start > from && end - start <= 5;
        if asks && joined && verb.is_none() && (self.place_follows(start) || (self.opens_search)(start)) {
            return Some(self.over(Intent::Other, "revise_search", (start, start), (start, end)));
        }
        let asked = questioning(start).filter(|count| verb.is_none() || *count > verb_words);
        if let Some(count) = asked.filter(|_| !self.is_passive_order(start)) {
            let any = ["any", "anybody"].contains(&sentence.norm(start)) && count == 1;
            let searches =
                any && !asks && !means_own_records(sentence, start, end, &[]) && (self.opens_search)(start + 1);
            return (!searches).then(|| self.plain(Intent::Question, "lookup", (start, start + 1)));
        }
        if asks && !opening.polite && verb.is_none() && !self.is_news(start) {
            return Some(self.plain(Intent::Question, "lookup", (start, start)));
        }
        // "Can I use this for free": the frame asks, and no verb of ours follows.
        if opening.polite
            && verb.is_none()
            && sentence.longest_of(opening.frame, &QUESTIONS).is_some()
            && !self.sub_thought(start)
        {
            return Some(self.plain(Intent::Question, "lookup", (opening.frame, opening.frame + 1)));
        }
        None
    }

    /// A preposition of place, or a place.
    fn place_follows(&self, at: usize) -> bool {
        let sentence = self.sentence;
        ["in", "at", "from", "near", "with", "without"].contains(&sentence.norm(at))
            || super::places::table().longest(&sentence.words[at..self.clause.1]).is_some()
    }

    fn sub_thought(&self, start: usize) -> bool {
        thoughts(self.sentence, start, self.clause.1).any(|at| self.commands(at))
    }

    /// "What about Texas?" and "how about CFOs" change the search that is open; they stand among the verbs.
    fn content(&self, opening: &Opening) -> Verdict {
        let (sentence, (from, end), start) = (self.sentence, self.clause, opening.start);
        if let Some((verb, count)) = self.verb_at(start, opening.form) {
            let words = (start, start + count);
            if let Some(verdict) = self.wish(verb, words) {
                return verdict;
            }
            let forbidden =
                (words.1..end).any(|at| sentence.norm(at) == "not" && sentence.is_translated(at) && at + 2 >= end);
            if forbidden && sentence.is_translated(start) {
                return self.over(Intent::Other, "none", words, self.clause);
            }
            let verb = self.phrasal(verb, words);
            let mut verdict = self.command(verb, words, (words.1, end));
            if self.asks_for_a_way(opening, &verdict) {
                return self.plain(Intent::Question, "lookup", (opening.frame, opening.frame + 1));
            }
            let write = !matches!(verdict.intent, Intent::Question | Intent::Other | Intent::ProspectSearch);
            let noting = matches!(verdict.operation, "add_note" | "write_copy" | "revise_copy" | "create");
            if write && !noting && condition_behind(sentence, words.1, end).is_some() {
                return self.plain(Intent::Other, "settings", (start, start));
            }
            if verdict.operation == "unknown" && agrees(sentence, from, start) {
                verdict.operation = "follow_up";
            }
            return verdict;
        }
        if let Some(verdict) = self.verb_last(start) {
            return verdict;
        }
        let read = self.told(start).or_else(|| self.passive(start)).or_else(|| self.newly(start));
        if let Some(verdict) = read.or_else(|| self.after_background(start)) {
            return verdict;
        }
        let mut verdict = self.bare(start);
        if verdict.operation == "unknown" && agrees(sentence, from, start) {
            verdict.operation = "follow_up";
        }
        verdict
    }

    /// Verb and object behind it.
    fn command(&self, verb: Verb, words: (usize, usize), body: (usize, usize)) -> Verdict {
        let sentence = self.sentence;
        let mut references = references(sentence, body.0, body.1);
        let search = self.search_follows(body.0, body.1, &references);
        let own = means_own_records(sentence, body.0, body.1, &references);
        let leading = self.leading_object(body.0, body.1);
        let campaign = matches!(leading, Some(Object::Campaign | Object::Step | Object::Copy));
        let gathers = matches!(verb, Verb::Build | Verb::Find) && search && !own && !campaign;
        if !gathers {
            records::complete(sentence, verb, body.0, body.1, &mut references);
        }
        references.extend(self.meant_by_it(body, &references));
        references.sort_by_key(|found| found.first);
        let mut people = mentions(sentence, body.0, body.1, &spans(&references));
        self.resolve_pointers(words.0, &mut people);
        let objects = objects(sentence, body.0, body.1, &people, &references);
        let facts = Facts {
            sentence,
            verb: words,
            body: body.0,
            end: body.1,
            objects,
            leading,
            references: &references,
            people: &people,
            search,
            own,
        };
        let (intent, operation) = rule(verb, &facts);
        Verdict { intent, operation, verb: words, clause: self.clause, body, references, people, news: Vec::new() }
    }

    /// The kind of thing that the body begins with, before anybody to be found.
    fn leading_object(&self, from: usize, to: usize) -> Option<Object> {
        const REACH: usize = 4;
        for at in from..to.min(from + REACH) {
            if self.sentence.quote_of(at).is_some() {
                return None;
            }
            if let Some((object, _)) = OBJECTS.longest(self.sentence, at) {
                return Some(object);
            }
            if (self.opens_search)(at) {
                return None;
            }
        }
        None
    }

    /// "I made the list 'Dup' by mistake. Delete it": the list or campaign named before it in the same text.
    fn meant_by_it(&self, body: (usize, usize), found: &[Reference]) -> Option<Reference> {
        const POINTERS: [&str; 12] = [
            "it",
            "that list",
            "this list",
            "that campaign",
            "this campaign",
            "the list",
            "the campaign",
            "the sequence",
            "that one",
            "the whole campaign",
            "the entire campaign",
            "the whole thing",
        ];
        let sentence = self.sentence;
        let pointed = found.iter().find(|place| place.name.is_none() && place.pointer != Pointer::New);
        let count = sentence.longest_of(body.0, &POINTERS);
        if found.iter().any(|place| place.name.is_some()) || count.is_none() && pointed.is_none() {
            return None;
        }
        let earlier = references(sentence, 0, body.0.saturating_sub(1));
        let named = earlier
            .into_iter()
            .rfind(|place| place.name.is_some() && pointed.is_none_or(|pointed| pointed.kind == place.kind))
            .or_else(|| self.named_without_noun(pointed?))?;
        Some(Reference {
            pointer: Pointer::Known,
            preposition: "",
            first: body.0,
            last: body.0 + count.unwrap_or(1),
            ..named
        })
    }

    /// "The copy for Autumn Intro is approved. Start the campaign": the only name before it that is nobody's.
    fn named_without_noun(&self, pointed: &Reference) -> Option<Reference> {
        let sentence = self.sentence;
        let mut names = mentions(sentence, 0, self.clause.0, &[]).into_iter().filter(|person| {
            person.mention.name.is_some() && !super::given_names::may_be_first_name(sentence.norm(person.first))
        });
        let only = names.next().filter(|_| names.next().is_none())?;
        let name = Some(sentence.span(only.first, only.last));
        Some(Reference { name, ..pointed.clone() })
    }

    /// "I want Bob deleted", "I need the campaign paused".
    fn wish(&self, verb: Verb, words: (usize, usize)) -> Option<Verdict> {
        let named = |verdict: &Verdict| {
            !verdict.references.is_empty()
                || verdict
                    .people
                    .iter()
                    .any(|person| person.mention.filter.is_none() && person.mention.company.is_none())
        };
        if verb != Verb::Find || self.search_follows(words.1, self.clause.1, &[]) {
            return None;
        }
        let (verb, participle) = self.participle(words.1)?;
        let verdict = self.command_around(verb, participle, (words.1, self.clause.1));
        named(&verdict).then_some(verdict)
    }

    /// Verbs that another word at the end completes: "get the campaign going", "put it on hold".
    fn phrasal(&self, verb: Verb, words: (usize, usize)) -> Verb {
        const COMPLETED: [(&str, &str, Verb); 24] = [
            ("get", "going", Verb::Start),
            ("get", "started", Verb::Start),
            ("get", "running", Verb::Start),
            ("set", "live", Verb::Start),
            ("push", "live", Verb::Start),
            ("take", "live", Verb::Start),
            ("make", "live", Verb::Start),
            ("turn", "on", Verb::Start),
            ("switch", "on", Verb::Start),
            ("kick", "off", Verb::Start),
            ("fire", "up", Verb::Start),
            ("start", "up", Verb::Start),
            ("pick", "back up", Verb::Resume),
            ("start", "back up", Verb::Resume),
            ("bring", "back", Verb::Resume),
            ("start", "again", Verb::Resume),
            ("get", "back on track", Verb::Resume),
            ("turn", "off", Verb::Stop),
            ("switch", "off", Verb::Stop),
            ("shut", "down", Verb::Stop),
            ("call", "off", Verb::Stop),
            ("put", "on hold", Verb::Pause),
            ("put", "on ice", Verb::Pause),
            ("push", "back", Verb::Schedule),
        ];
        let (sentence, end) = (self.sentence, self.clause.1);
        let campaign =
            references(sentence, words.1, end).iter().any(|found| found.kind == super::names::Kind::Campaign)
                || ["it", "this", "that"].contains(&sentence.norm(words.1));
        let completed = COMPLETED.iter().find(|(first, tail, _)| {
            sentence.norm(words.0) == *first
                && (words.1..end).any(|at| sentence.match_words(at, tail).is_some_and(|count| at + count + 1 >= end))
        });
        completed.filter(|_| campaign).map_or(verb, |found| found.2)
    }

    /// "Bob left. Please delete him": a pointer means whoever was named before it in the same text.
    fn resolve_pointers(&self, before: usize, people: &mut Vec<Person>) {
        const PERSONAL: [&str; 10] = ["him", "her", "them", "he", "she", "they", "his", "their", "both", "it"];
        let pointed = |person: &Person| {
            person.mention.reference.as_ref().is_some_and(|text| PERSONAL.contains(&text.to_lowercase().as_str()))
        };
        let Some(at) = people.iter().position(pointed) else { return };
        let known: Vec<Person> = mentions(self.sentence, 0, before, &spans(&references(self.sentence, 0, before)))
            .into_iter()
            .filter(|person| person.mention.name.is_some() || person.mention.email.is_some())
            .collect();
        let Some(last) = known.last().cloned() else { return };
        let several = ["them", "they", "their", "both"].contains(&self.sentence.norm(people[at].first));
        people.splice(at..=at, if several { known } else { vec![last] });
    }

    /// "Can you delete contacts?" asks about Lexi; "can you delete Bob Smith?" asks for it.
    fn asks_for_a_way(&self, opening: &Opening, verdict: &Verdict) -> bool {
        let (sentence, frame) = (self.sentence, opening.frame);
        if opening.polite && verdict.intent == Intent::ProspectSearch {
            return self.asks_about_searching(frame, verdict);
        }
        if !opening.polite || matches!(verdict.intent, Intent::Question | Intent::Other | Intent::ProspectSearch) {
            return false;
        }
        let please = (self.clause.0..self.clause.1).any(|at| ["please", "pls", "plz"].contains(&sentence.norm(at)));
        if please {
            return false;
        }
        let named = verdict.people.iter().any(|person| person.mention.filter.is_none())
            || verdict.references.iter().any(|found| found.name.is_some() || found.pointer != Pointer::New);
        if sentence.longest_of(frame, &CAPABILITY).is_some() {
            return true;
        }
        let creates = verdict.intent == Intent::CampaignCreate
            || verdict.operation == "create"
            || verdict.operation == "import"
            || verdict.operation == "add_note";
        let pointed = ["it", "this", "that", "them", "these", "those"].contains(&sentence.norm(verdict.body.0));
        let own = means_own_records(sentence, verdict.body.0, verdict.body.1, &[]);
        sentence.longest_of(frame, &MAYBE_CAPABILITY).is_some()
            && !named
            && !creates
            && !pointed
            && !own
            && !self.definite(verdict)
    }

    /// "Can you search by revenue?", "is there a way to find people by the software they use?".
    fn asks_about_searching(&self, frame: usize, verdict: &Verdict) -> bool {
        const MEANS: [&str; 4] = ["by", "using", "across languages", "in bulk"];
        let sentence = self.sentence;
        let (from, end) = verdict.body;
        let direct = sentence.longest_of(from, &MEANS).is_some();
        let way =
            sentence.longest_of(frame, &["is there a way to", "is there any way to", "is it possible to"]).is_some();
        let by = (from..end).any(|at| ["by", "without"].contains(&sentence.norm(at)));
        direct || way && by
    }

    /// "the", "all my", "every": certain records, not records as such.
    fn definite(&self, verdict: &Verdict) -> bool {
        ["the", "all", "every", "my", "our", "everyone", "his", "her", "their"]
            .contains(&self.sentence.norm(verdict.body.0))
    }

    /// "don't …": nothing is done, except where leaving out is what is asked for, or something else is.
    fn negated(&self, start: usize, count: usize) -> Verdict {
        let (sentence, end) = (self.sentence, self.clause.1);
        let next = sentence.norm(start + count);
        if ["include", "show", "in", "at"].contains(&next) && sentence.norm(start) != "never" {
            return self.plain(Intent::Other, "revise_search", (start, start + count + 1));
        }
        // "I don't need CEOs, find CTOs"; "don't delete Bob, just clear his phone".
        let wanted = thoughts(sentence, start + count, end).find(|at| self.commands(*at));
        if let Some(at) = wanted {
            return Reader { clause: (at, end), ..*self }.decide();
        }
        self.over(Intent::Other, "none", (start, start + count), self.clause)
    }

    /// "If she replies, …" waits for something; a question about it is a question.
    fn conditional(&self, start: usize, count: usize, asks: bool) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        let main = (start + count..end).find(|at| sentence.before(*at) == Break::Comma || sentence.norm(*at) == "then");
        let asked = main.is_some_and(|at| sentence.longest_of(at, &QUESTIONS).is_some());
        if asks || asked {
            return Some(self.plain(Intent::Question, "lookup", (start, start)));
        }
        let main_verb = main.and_then(|at| {
            let inner = Reader { clause: (at, end), ..*self };
            let at = inner.skip_openers().start;
            inner.verb_at(at, Form::Base)
        });
        let operation = match main_verb {
            Some((Verb::Remind, _)) => "todo",
            Some((Verb::Note, _)) => "unknown",
            // "When I say customers, I mean law firms."
            None => "unknown",
            Some(_) => "settings",
        };
        Some(self.over(Intent::Other, operation, (start, start), self.clause))
    }

    /// "Jane's new title is VP Legal": the record is to be brought up to date.
    fn told(&self, start: usize) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        let fact = fact(sentence, start, end)?;
        let mut verdict = self.with(Intent::ContactUpdate, "update", fact.verb, (start, end), Vec::new());
        verdict.people = fact.people;
        self.resolve_pointers(start, &mut verdict.people);
        verdict.news = fact.changes;
        Some(verdict)
    }

    fn is_news(&self, start: usize) -> bool {
        fact(self.sentence, start, self.clause.1).is_some()
    }

    /// "Bob needs to be removed from Q1 Leads", "I want the campaign paused", "have Bob deleted".
    fn passive(&self, start: usize) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        const MUST_BE: [&str; 12] = [
            "should be",
            "must be",
            "needs to be",
            "need to be",
            "has to be",
            "have to be",
            "to be",
            "ought to be",
            "should get",
            "should now be",
            "must get",
            "needs to get",
        ];
        for at in start + 1..end {
            let Some(count) = sentence.longest_of(at, &MUST_BE).filter(|_| sentence.quote_of(at).is_none()) else {
                continue;
            };
            let at_verb = at + count;
            let not = (start..at_verb).any(|word| ["not", "never", "dont", "nobody"].contains(&sentence.norm(word)));
            let reported = reports(sentence, start, at);
            if not || reported {
                return None;
            }
            if let Some((verb, words)) = self.verb_at(at_verb, Form::Participle) {
                return Some(self.command_around(verb, (at, at_verb + words), (start, end)));
            }
        }
        None
    }

    /// "Bitte die Liste Alt löschen": in other languages the verb may stand last, and what forbids it before it.
    fn verb_last(&self, start: usize) -> Option<Verdict> {
        let sentence = self.sentence;
        let end = (start..self.clause.1).rev().find(|at| !["please", ""].contains(&sentence.norm(*at)))?;
        let (verb, count) = self.verb_at(end, Form::Base).filter(|_| end > start && sentence.is_translated(end))?;
        if (start..end).any(|at| ["not", "no", "dont"].contains(&sentence.norm(at)) && sentence.is_translated(at)) {
            return Some(self.over(Intent::Other, "none", (end, end + count), self.clause));
        }
        Some(self.command(verb, (end, end + count), (start, end)))
    }

    /// "have Bob deleted" is no question.
    fn is_passive_order(&self, start: usize) -> bool {
        let sentence = self.sentence;
        let asks = sentence.gap(self.clause.1).contains('?');
        let subject =
            ["you", "we", "they", "i", "he", "she", "it", "there", "anyone", "any"].contains(&sentence.norm(start + 1));
        sentence.norm(start) == "have" && !asks && !subject && self.participle(start + 1).is_some()
    }

    /// The verb of "… Bob deleted …" behind a wish, when it is one that changes something.
    fn participle(&self, from: usize) -> Option<(Verb, (usize, usize))> {
        (from + 1..self.clause.1).find_map(|at| {
            let (verb, count) = self.verb_at(at, Form::Participle)?;
            let changes = matches!(
                verb,
                Verb::Remove
                    | Verb::Add
                    | Verb::Pause
                    | Verb::Stop
                    | Verb::Start
                    | Verb::Resume
                    | Verb::Merge
                    | Verb::Tag
                    | Verb::Untag
                    | Verb::Enroll
                    | Verb::Move
                    | Verb::Copy
                    | Verb::Export
                    | Verb::Rename
                    | Verb::Clear
                    | Verb::Update
                    | Verb::Assign
                    | Verb::Schedule
            );
            let formed = sentence_form(self.sentence.norm(at));
            (changes && formed).then_some((verb, (at, at + count)))
        })
    }

    fn command_around(&self, verb: Verb, words: (usize, usize), body: (usize, usize)) -> Verdict {
        // The object stands before a passive verb: what is behind it is where to.
        let verdict = self.command(verb, words, (body.0, words.0));
        let whole = self.command(verb, words, body);
        if verdict.people.is_empty() && verdict.references.is_empty()
            || whole.references.len() > verdict.references.len()
        {
            return whole;
        }
        Verdict { body, ..verdict }
    }

    /// "As discussed, please delete Bob"; "Tom's e-mail is wrong, delete it".
    fn after_background(&self, start: usize) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        for at in thoughts(sentence, start, end) {
            // "CFOs in Texas, skip anyone at banks" is one search.
            if !self.states(start, at) && self.search_follows(start, at, &[]) {
                return None;
            }
            if reports(sentence, start, at) && sentence.longest_of(start, &BACKGROUND).is_none() {
                return None;
            }
            if self.commands(at) || self.asks(at) {
                let verdict = Reader { clause: (at, end), ..*self }.decide();
                return Some(self.about_a_field(start, at, verdict));
            }
        }
        self.somebody_wants(start)
    }

    /// "Tom's e-mail is wrong, please delete it" clears the field.
    fn about_a_field(&self, from: usize, to: usize, mut verdict: Verdict) -> Verdict {
        let sentence = self.sentence;
        let points = ["it", "that", "this"].contains(&sentence.norm(verdict.body.0));
        if verdict.intent == Intent::ContactUpdate && verdict.operation == "delete" && points {
            let people = mentions(sentence, from, to, &[]);
            if !super::changes::fields(sentence, from, to, &people).is_empty() {
                verdict.operation = "clear_field";
                verdict.people = people;
                verdict.body = (from, verdict.body.1);
            }
        }
        verdict
    }

    /// "My boss wants CEOs of law firms", "we want to invite general counsels".
    fn somebody_wants(&self, start: usize) -> Option<Verdict> {
        const WANTS: [&str; 23] = [
            "need",
            "will need",
            "going to need",
            "wants",
            "needs",
            "is looking for",
            "are looking for",
            "asked for",
            "would like",
            "is after",
            "would love",
            "want to invite",
            "want to reach",
            "want to meet",
            "looking to meet",
            "looking to reach",
            "looking to hire",
            "need to talk to",
            "want to talk to",
            "hoping to connect with",
            "want to sell to",
            "wants to meet",
            "wants to reach",
        ];
        const REACH: usize = 14;
        let (sentence, end) = (self.sentence, self.clause.1);
        let third = shortened(sentence, start)
            || ["my", "our", "the", "we", "i", "were", "im", "a", "client"].contains(&sentence.norm(start));
        if !third || sentence.gap(end).contains('?') {
            return None;
        }
        let (at, count) =
            (start + 1..end.min(start + REACH)).find_map(|at| Some((at, sentence.longest_of(at, &WANTS)?)))?;
        let body = at + count;
        let near = body + usize::from(["a", "some", "all", "the", "to", "50", "20"].contains(&sentence.norm(body)));
        let opens = (near..end.min(near + 4)).any(|at| (self.opens_search)(at));
        opens.then(|| self.command(Verb::Find, (at, body), (body, end)))
    }

    /// Whether a command begins at `at`, openers included.
    fn commands(&self, at: usize) -> bool {
        let (sentence, end) = (self.sentence, self.clause.1);
        let inner = Reader { clause: (at, end), ..*self };
        let opening = inner.skip_openers();
        let start = opening.start;
        if sentence.longest_of(start, &NEGATIONS).is_some() {
            return opening.start > at || sentence.before(at) >= Break::Comma;
        }
        let Some((verb, count)) = inner.verb_at(start, opening.form) else { return false };
        let number = FIELDS.longest(sentence, start).is_some_and(|(_, words)| {
            sentence.norm(start + words).starts_with(|c: char| c.is_ascii_digit())
                || sentence.gap(start + words).contains(':')
        });
        if number {
            return false;
        }
        let asked = start > at;
        let next = sentence.norm(start + count);
        const NO_OBJECT: [&str; 22] = [
            "and", "or", "at", "in", "of", "for", "is", "are", "was", "were", "who", "that", "has", "on", "by", "as",
            "with", "will", "from", "but", "would", "can",
        ];
        const OBJECT: [&str; 26] = [
            "the", "a", "an", "my", "our", "it", "him", "her", "them", "his", "their", "this", "that", "these",
            "those", "all", "every", "me", "us", "everyone", "any", "to", "both", "new", "another", "some",
        ];
        let noun = OBJECTS.of_word(sentence.norm(start)).is_some()
            || matches!(
                verb,
                Verb::Send | Verb::Revise | Verb::Find | Verb::Reach | Verb::Show | Verb::Save | Verb::Note | Verb::Log
            );
        let object = OBJECT.contains(&next)
            || sentence.is_capitalised(start + count) && sentence.has_case()
            || next.starts_with(|c: char| c.is_ascii_digit());
        if start + count >= end {
            return asked || matches!(verb, Verb::Update) && sentence.before(at) >= Break::Comma;
        }
        if NO_OBJECT.contains(&next) && !asked {
            return false;
        }
        asked || !noun || object || (self.opens_search)(start + count)
    }

    /// Whether a question begins at `at` behind a comma: "I deleted Bob, can I get him back?".
    fn asks(&self, at: usize) -> bool {
        let sentence = self.sentence;
        let asks = sentence.gap(self.clause.1).contains('?');
        asks && matches!(sentence.before(at), Break::Comma | Break::Dash | Break::Stop)
            && sentence.longest_of(at, &QUESTIONS).is_some()
    }

    /// A clause without a verb: a noun phrase that describes people or companies is a search.
    fn bare(&self, start: usize) -> Verdict {
        let (sentence, (_, end)) = (self.sentence, self.clause);
        let statement = self.states(start, end);
        // "IT directors" are people, "it works" is a statement.
        let pronouns = ["i", "we", "im", "ive", "he", "she", "they", "it", "you"];
        let pronoun =
            (pronouns.contains(&sentence.norm(start)) || shortened(sentence, start)) && !(self.opens_search)(start);
        if statement || pronoun {
            return self.over(Intent::Other, "unknown", (start, end), (start, end));
        }
        if let Some(verdict) = self.nominal(start) {
            return verdict;
        }
        let possessive = ["my", "our"].contains(&sentence.norm(start));
        if possessive || !self.search_follows(start, end, &[]) {
            return self.over(Intent::Other, "unknown", (start, end), (start, end));
        }
        self.over(Intent::ProspectSearch, "search", (start, start), (start, end))
    }

    /// Whether a verb in the words `from..to` makes them a statement.
    fn states(&self, from: usize, to: usize) -> bool {
        const HABIT: [&str; 10] =
            ["never", "always", "often", "usually", "rarely", "hardly", "seldom", "keeps", "ignore", "sometimes"];
        let sentence = self.sentence;
        (from..to).any(|at| {
            let relative = at > from && ["who", "that", "which", "whose", "and"].contains(&sentence.norm(at - 1));
            let verb = FINITE.contains(sentence.norm(at)) || HABIT.contains(&sentence.norm(at)) && at > from;
            verb && !relative && sentence.quote_of(at).is_none()
        })
    }

    /// "new contact Jane Doe, GC at Acme", "another list: Gala".
    fn newly(&self, start: usize) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        let fresh = ["new", "another", "fresh"].contains(&sentence.norm(start));
        let object = OBJECTS.longest(sentence, start + 1).is_some();
        (fresh && object).then(|| self.command(Verb::Build, (start, start + 1), (start + 1, end)))
    }

    /// Noun phrases that are requests: "5 touch cadence for founders", "status of the Spring campaign", "my contacts in Texas",
    /// "in Texas only", "5 touch cadence for founders", "email for Otto -> otto@brandt.legal".
    fn nominal(&self, start: usize) -> Option<Verdict> {
        let (sentence, (_, end)) = (self.sentence, self.clause);
        let references = references(sentence, start, end);
        let people = mentions(sentence, start, end, &spans(&references));
        let objects = objects(sentence, start, end, &people, &references);
        let search = self.search_follows(start, end, &references);
        let object = OBJECTS.longest(sentence, start).map(|(object, _)| object);
        let question = |at: usize| Some(self.over(Intent::Question, "lookup", (at, at), (start, end)));
        let lead = start
            + usize::from(
                ["the", "my", "our", "total", "current", "latest", "all", "open", "pending"]
                    .contains(&sentence.norm(start)),
            );
        if OBJECTS.longest(sentence, lead).is_some_and(|(object, _)| object == Object::Figure) {
            return question(start);
        }
        if means_own_records(sentence, start, end, &references) {
            return question(start);
        }
        let values = super::changes::updates(sentence, start, end, &people);
        let field = objects.iter().any(|object| matches!(object, Object::Field | Object::Copy));
        let named = people.iter().any(|person| person.mention.name.is_some() || person.mention.email.is_some());
        if field && named && !values.is_empty() && !search {
            return Some(self.command(Verb::Update, (start, start), (start, end)));
        }
        if matches!(objects.first(), Some(Object::Field)) && named && !search {
            return question(start);
        }
        let open =
            ["open", "pending", "overdue", "running", "active", "upcoming", "recent"].contains(&sentence.norm(start));
        if open && object.is_none() && OBJECTS.longest(sentence, start + 1).is_some() {
            return question(start);
        }
        if matches!(objects.first(), Some(Object::Campaign | Object::Step))
            && references.iter().all(|found| found.pointer == Pointer::New || found.name.is_none())
        {
            return Some(self.command(Verb::Build, (start, start), (start, end)));
        }
        const PLACE: [&str; 9] = ["in", "at", "with", "from", "near", "within", "under", "over", "above"];
        let number = super::numbers::quantity(sentence, start).is_some_and(|quantity| quantity.last >= end);
        let instead = (start..end).any(|at| ["instead"].contains(&sentence.norm(at)));
        // "in-house counsel", "at least 30 lawyers" say whom to find.
        let whom = sentence.longest_of(start, &["in house", "at least", "at most"]).is_some();
        if number || instead || (PLACE.contains(&sentence.norm(start)) && !whom && end - start <= 8) {
            return Some(self.over(Intent::Other, "revise_search", (start, start), (start, end)));
        }
        None
    }

    /// Skips greetings and politeness.
    fn skip_openers(&self) -> Opening {
        let (sentence, (from, to)) = (self.sentence, self.clause);
        let mut opening = Opening { start: from, polite: false, frame: from, form: Form::Base };
        let mut at = from;
        while at < to && sentence.quote_of(at).is_none() {
            if opening.form == Form::Gerund {
                break;
            }
            let interjected = INTERJECTIONS.contains(sentence.norm(at))
                && at + 1 < to
                && sentence.before(at + 1) >= Break::Comma
                && sentence.before(at + 1) != Break::Quote;
            let vocative = is_vocative(sentence, at) && at + 1 < to && sentence.before(at + 1) >= Break::Comma;
            let count = sentence.longest_of(at, &OPENERS).unwrap_or(0).max(usize::from(interjected || vocative));
            if count == 0 || shortened(sentence, at) && count == 1 {
                break;
            }
            // A longer entry of another table wins: "no need to", "go ahead", "can you".
            let longer = |other: Option<usize>| other.is_some_and(|words| words > count);
            let negation = sentence.longest_of(at, &NEGATIONS).is_some_and(|words| words >= count) && !interjected;
            if negation
                || longer(self.verb_at(at, Form::Base).map(|found| found.1))
                || longer(sentence.longest_of(at, &QUESTIONS))
                || longer(sentence.longest_of(at, &HYPOTHETICAL))
            {
                break;
            }
            if sentence.longest_of(at, &POLITE).is_some() {
                if !opening.polite {
                    opening.frame = at;
                }
                opening.polite = true;
            }
            if sentence.longest_of(at, &WITH_GERUND).is_some_and(|words| words == count) {
                opening.form = Form::Gerund;
            }
            at += count;
        }
        if opening.form == Form::Gerund {
            at += usize::from(sentence.norm(at) == "with");
            at += usize::from(["you", "me", "us", "to"].contains(&sentence.norm(at)));
            if self.verb_at(at, Form::Gerund).is_none() {
                opening.form = Form::Base;
            }
        }
        opening.start = at.min(to);
        opening
    }

    fn verb_at(&self, at: usize, form: Form) -> Option<(Verb, usize)> {
        let sentence = self.sentence;
        if at >= self.clause.1 || sentence.quote_of(at).is_some() {
            return None;
        }
        if form == Form::Base {
            // "Mark Smith called" has a name for its subject, "email for Otto" a noun.
            let subject = at == self.clause.0
                && ["mark", "drew", "grant", "will", "chase"].contains(&sentence.norm(at))
                && sentence.has_case()
                && sentence.is_capitalised(at + 1)
                && self.is_news(at);
            let noun = ["email", "mail", "phone", "call", "note", "notes"].contains(&sentence.norm(at))
                && (["for", "of", "is", "was", "template", "copy", "address", "number"]
                    .contains(&sentence.norm(at + 1))
                    || possessive(sentence, at + 1))
                && !sentence.norm(at).starts_with("note");
            let object = OBJECTS.longest(sentence, at).map_or(0, |(_, count)| count);
            if subject || noun {
                return None;
            }
            // "Research Triangle biotech CSOs" begins with a place.
            let place = sentence.has_case()
                && sentence.is_capitalised(at + 1)
                && super::places::table().longest(&sentence.words[at..]).is_some_and(|(count, _)| count > 1);
            if place {
                return None;
            }
            // "reply rate", "email template": more words name a thing.
            return VERBS.longest(sentence, at).filter(|(_, count)| *count >= object);
        }
        bases(sentence.norm(at), form).iter().find_map(|base| VERBS.longest_as(sentence, at, base))
    }

    /// Whether the first noun phrase behind `from` describes people or companies.
    fn search_follows(&self, from: usize, to: usize, references: &[Reference]) -> bool {
        const SKIPPED: [&str; 4] = ["list of", "lists of", "set of", "table of"];
        const REACH: usize = 9;
        let sentence = self.sentence;
        let mut at = from;
        while at < to.min(from + REACH) {
            // The name of a list says nothing about whom to find.
            if let Some(found) = references.iter().find(|found| found.first == at && found.name.is_some()) {
                at = found.last;
                continue;
            }
            if sentence.quote_of(at).is_none() && (self.opens_search)(at) {
                return true;
            }
            at += SKIPPED.iter().find_map(|phrase| sentence.match_words(at, phrase)).unwrap_or(1);
        }
        false
    }

    /// Whether the words from `start` are nothing but agreement or refusal.
    fn agrees_wholly(&self, start: usize) -> bool {
        let (sentence, end) = (self.sentence, self.clause.1);
        let mut at = start;
        let mut agreed = false;
        while at < end {
            if let Some(count) = sentence.longest_of(at, &AGREEMENT) {
                agreed = true;
                at += count;
            } else if ["please", "thanks", "lexi", "great", "perfect", "ok", "okay", "good", "and", "thank", "you"]
                .contains(&sentence.norm(at))
            {
                at += 1;
            } else {
                return false;
            }
        }
        agreed
    }
}

/// What politeness there was, and where the request begins behind it.
struct Opening {
    start: usize,
    polite: bool,
    /// First word of the polite frame.
    frame: usize,
    /// The form of the verb that must follow.
    form: Form,
}

/// "We're", "we'll": written together with a verb, and no word of its own.
fn shortened(sentence: &Sentence<'_>, at: usize) -> bool {
    ["were", "well", "ill", "hell", "shell"].contains(&sentence.norm(at)) && sentence.raw(at).contains(['\'', '’'])
}

fn spans(references: &[Reference]) -> Vec<(usize, usize)> {
    references.iter().map(|found| (found.first, found.last)).collect()
}

fn sentence_form(word: &str) -> bool {
    word.ends_with("ed") || ["put", "set", "sent", "taken"].contains(&word)
}

/// "Yes, …", "No, …": an answer to something Lexi said.
fn agrees(sentence: &Sentence<'_>, from: usize, to: usize) -> bool {
    (from..to).any(|at| {
        ["yes", "yeah", "yep", "no", "sure", "ok", "okay", "perfect", "great", "right"].contains(&sentence.norm(at))
    })
}

/// Kinds of thing that the words name outside quotations and mentions of people.
fn objects(
    sentence: &Sentence<'_>,
    from: usize,
    to: usize,
    people: &[Person],
    references: &[Reference],
) -> Vec<Object> {
    let named = |at: usize| {
        references
            .iter()
            .filter_map(|found| found.name)
            .any(|(start, end)| start <= sentence.words[at].start && sentence.words[at].start < end)
    };
    let mut found = Vec::new();
    let mut at = from;
    while at < to {
        let inside =
            people.iter().find(|person| person.first <= at && at < person.last && person.mention.reference.is_none());
        if let Some(person) = inside {
            at = person.last;
            continue;
        }
        if sentence.quote_of(at).is_some() || named(at) {
            at += 1;
            continue;
        }
        match OBJECTS.longest(sentence, at) {
            Some((object, count)) => {
                found.push(object);
                at += count;
            }
            None => at += 1,
        }
    }
    found
}

/// "my contacts", "our open deals", "contacts tagged VIP": the workspace's own records.
fn means_own_records(sentence: &Sentence<'_>, from: usize, to: usize, references: &[Reference]) -> bool {
    const AWAY: [&str; 19] = [
        "not",
        "excluding",
        "exclude",
        "except",
        "without",
        "outside",
        "arent",
        "isnt",
        "like",
        "to",
        "into",
        "for",
        "skip",
        "skipping",
        "omit",
        "minus",
        "ignore",
        "avoid",
        "leave",
    ];
    let mut away = false;
    let mut at = from;
    while at < to {
        if let Some(found) = references.iter().find(|found| found.first == at) {
            // A list or campaign to put the results into says nothing about where they are.
            if ["in", "on", "of", "from", "within"].contains(&found.preposition)
                && found.pointer != Pointer::New
                && !away
            {
                return true;
            }
            at = found.last;
            continue;
        }
        // "… and enroll them in my campaign" says where they go.
        away |= AWAY.contains(&sentence.norm(at))
            || at > from
                && ["enroll", "enrol", "put", "add", "place", "save", "store", "keep"].contains(&sentence.norm(at));
        if !away && sentence.quote_of(at).is_none() {
            let possessive = ["my", "our"].contains(&sentence.norm(at))
                && (1..=3).any(|next| at + next < to && OWN_RECORDS.contains(sentence.norm(at + next)));
            if possessive || sentence.longest_of(at, &OWN_PHRASES).is_some() {
                return true;
            }
        }
        at += 1;
    }
    false
}
