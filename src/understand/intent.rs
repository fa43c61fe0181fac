//! What kind of request a sentence is.
//!
//! Protects against the worst fault: an action where none was wanted. Questions, negations, small
//! talk, statements, conditions and quoted text are told apart first; only then do verb and object
//! decide.

use super::changes::Change;
use super::evidence::{Facts, means_own_records, objects};
use super::facts::fact;
use super::inflection::{Form, bases};
use super::moods::{
    AGREEMENT, CAPABILITY, CONDITIONS, DELIBERATIONS, HYPOTHETICAL, INTERJECTIONS, MAYBE_CAPABILITY, NEGATIONS,
    OPENERS, POLITE, QUESTIONS, WITH_GERUND, agrees, complains, condition_behind, doubts, is_drawn_out, is_talk,
    is_vocative, lead_in_of, overrides, plays, reports, thoughts,
};
use super::names::{Pointer, Reference, references};
use super::people::{Person, mentions, possessive};
use super::records;
use super::request::Intent;
use super::rules::rule;
use super::sentence::Sentence;
use super::verbs::{OBJECTS, OWN_RECORDS, Object, VERBS, Verb};
use super::wishes::says_unknown;
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
        let reader = Reader { sentence, clause, opens_search, depth: 0 };
        let verdict = if reported { reader.plain(Intent::Other, "unknown", clause) } else { reader.decide() };
        // "The mail says:" makes what follows somebody's words.
        let announces = sentence.gap(clause.1).contains(':');
        reported |= announces && verdict.intent == Intent::Other && reports(sentence, clause.0, clause.1);
        // Whoever wants rules to be ignored is no user of ours.
        reported |= overrides(sentence, clause);
        // A question is answered; only an explicit search behind it is what is wanted more.
        let asked = weak.as_ref().is_some_and(|known| {
            known.intent == Intent::Question
                && !lead_in_of(sentence, known.clause)
                && !complains(sentence, known.clause)
        });
        let search = verdict.intent == Intent::ProspectSearch && verdict.verb.0 < verdict.verb.1;
        if strength(&verdict) == STRONG && (!asked || search) {
            return verdict;
        }
        if asked {
            if says_unknown(sentence, clause) {
                let question =
                    weak.as_ref().map(|known| Reader { sentence, clause: known.clause, opens_search, depth: 0 });
                if let Some(found) = question.and_then(|reader| reader.asked_for()) {
                    return found;
                }
            }
            continue;
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
        (Intent::Other, "revise_search") => 7,
        (Intent::Question, _) => 8,
        _ => STRONG,
    }
}

pub(super) struct Reader<'s, 'f> {
    pub(super) sentence: &'s Sentence<'s>,
    pub(super) clause: (usize, usize),
    pub(super) opens_search: OpensSearch<'f>,
    /// How many thoughts behind the first of the clause this is.
    pub(super) depth: u8,
}

/// A sentence with more thoughts one behind the other is no request: "don't …, don't …, don't …" without end.
const MOST_THOUGHTS: u8 = 8;

impl Reader<'_, '_> {
    /// The thought that begins at `at`, as far as there are not too many before it.
    pub(super) fn thought(&self, at: usize) -> Option<Self> {
        let deeper = self.depth + 1;
        (deeper < MOST_THOUGHTS).then_some(Reader { clause: (at, self.clause.1), depth: deeper, ..*self })
    }

    pub(super) fn plain(&self, intent: Intent, operation: &'static str, verb: (usize, usize)) -> Verdict {
        let body = if verb.0 < verb.1 && verb.1 < self.clause.1 { (verb.1, self.clause.1) } else { self.clause };
        self.over(intent, operation, verb, body)
    }

    /// A verdict whose slots stand in the words of `body`.
    pub(super) fn over(
        &self,
        intent: Intent,
        operation: &'static str,
        verb: (usize, usize),
        body: (usize, usize),
    ) -> Verdict {
        let references = references(self.sentence, body.0, body.1);
        self.with(intent, operation, verb, body, references)
    }

    pub(super) fn with(
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

    pub(super) fn decide(&self) -> Verdict {
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
        // "Who: plant managers" is a line of a form.
        let labelled = super::fields::is_label(sentence, start);
        let questioning = |at: usize| {
            let count = sentence.longest_of(at, &QUESTIONS).filter(|_| !labelled);
            count.filter(|count| *count >= verb_words && !shortened(sentence, at))
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
        if let Some(verdict) = self.wanted_otherwise(opening, asks).filter(|_| verb.is_none()) {
            return Some(verdict);
        }
        let asked = questioning(start).filter(|count| verb.is_none() || *count > verb_words);
        if let Some(count) = asked.filter(|_| !self.is_passive_order(start)) {
            let any = ["any", "anybody"].contains(&sentence.norm(start)) && count == 1;
            let own = asks && OWN_RECORDS.contains(sentence.norm(start + 1));
            let searches = any
                && !own
                && !means_own_records(sentence, start, end, &[])
                && ((self.opens_search)(start + 1) || self.asks_for_any(start));
            if let Some(verdict) = self.asks_who_there_is() {
                return Some(verdict);
            }
            return (!searches).then(|| self.plain(Intent::Question, "lookup", (start, start + 1)));
        }
        if opening.polite && verb.is_none() && self.verb_last(start).is_some() {
            return None;
        }
        if asks && !opening.polite && verb.is_none() && !self.is_news(start) {
            return Some(self.plain(Intent::Question, "lookup", (start, start)));
        }
        // "Könntest du mir 10 Anwälte in Wien raussuchen?": a number of people is what is asked for.
        let counted = super::numbers::quantity(sentence, start).is_some() && self.names_whom(start, end);
        if opening.polite && verb.is_none() && counted && !means_own_records(sentence, start, end, &[]) {
            return Some(self.over(Intent::ProspectSearch, "search", (start, start), (start, end)));
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

    /// A search that is hoped for, to be got, asked behind the companies, or said behind "what I need is".
    fn wanted_otherwise(&self, opening: &Opening, asks: bool) -> Option<Verdict> {
        let (start, end) = (opening.start, self.clause.1);
        if self.hopes_for(opening.frame, start) {
            return Some(self.over(Intent::ProspectSearch, "search", (start, start), (start, end)));
        }
        let behind = || if asks { self.asks_behind(start) } else { None };
        self.obtains(start).or_else(behind).or_else(|| self.cleft(start))
    }

    /// A preposition of place, or a place.
    pub(super) fn place_follows(&self, at: usize) -> bool {
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
        if let Some(verdict) = self.let_it(start) {
            return verdict;
        }
        let phrasal = || Some((self.phrasal((start, start + 1))?, 1));
        if let Some((verb, count)) = self.verb_at(start, opening.form).or_else(phrasal) {
            let (verb, words) = self.verb_of_search(verb, (start, start + count), opening.polite);
            if let Some(verdict) = self.only_named(opening, verb, words) {
                return verdict;
            }
            if let Some(verdict) = self.looks_for_nobody(verb, words).or_else(|| self.wish(verb, words)) {
                return verdict;
            }
            if plays(sentence, words.1, end) && matches!(verb, Verb::Tell | Verb::Write | Verb::Build | Verb::Find) {
                return self.plain(Intent::Other, "small_talk", self.clause);
            }
            let forbidden =
                (words.1..end).any(|at| sentence.norm(at) == "not" && sentence.is_translated(at) && at + 2 >= end);
            if forbidden && sentence.is_translated(start) {
                return self.over(Intent::Other, "none", words, self.clause);
            }
            let verb = self.phrasal(words).unwrap_or(verb);
            let mut verdict = self.command(verb, words, (words.1, end));
            if self.asks_for_a_way(opening, &verdict) {
                return self.plain(Intent::Question, "lookup", (opening.frame, opening.frame + 1));
            }
            // "Delete Bob?" asks whether to.
            let last = sentence.norm(end - 1);
            let urged = ["ok", "okay", "right", "please", "thanks", "yes", "pls"].contains(&last);
            let changes =
                matches!(verdict.intent, Intent::ContactUpdate | Intent::ListOperation | Intent::CampaignStart);
            if changes
                && sentence.gap(end).contains('?')
                && !opening.polite
                && !urged
                && !verdict.operation.ends_with("note")
            {
                return self.plain(Intent::Question, "lookup", (start, start));
            }
            let write = !matches!(verdict.intent, Intent::Question | Intent::Other | Intent::ProspectSearch);
            let noting = matches!(verdict.operation, "add_note" | "write_copy" | "revise_copy" | "create" | "add_step");
            if write && !noting && condition_behind(sentence, words.1, end).is_some() {
                return self.plain(Intent::Other, "settings", (start, start));
            }
            if verdict.operation == "unknown" && agrees(sentence, from, start) {
                verdict.operation = "follow_up";
            }
            return verdict;
        }
        if let Some(verdict) =
            self.verb_last(start).or_else(|| self.emptied(start)).or_else(|| self.object_first(start))
        {
            return verdict;
        }
        let read = self.told(start).or_else(|| self.passive(start)).or_else(|| self.newly(start));
        if let Some(verdict) = read.or_else(|| self.after_background(start)).or_else(|| self.seeks(start)) {
            return verdict;
        }
        let mut verdict = self.bare(start);
        if verdict.operation == "unknown" && agrees(sentence, from, start) {
            verdict.operation = "follow_up";
        }
        verdict
    }

    /// Verb and object behind it.
    pub(super) fn command(&self, verb: Verb, words: (usize, usize), body: (usize, usize)) -> Verdict {
        let sentence = self.sentence;
        let mut references = references(sentence, body.0, body.1);
        let search = self.search_follows(body.0, body.1, &references);
        let own = means_own_records(sentence, body.0, body.1, &references);
        let leading = self.leading_object(body.0, body.1);
        let campaign = matches!(leading, Some(Object::Campaign | Object::Step | Object::Copy));
        // "new list: M&A prospects" gives a name.
        let named = sentence.has_case() && sentence.is_capitalised(body.0 + 1) && !(self.opens_search)(body.0 + 1);
        let told = self.list_named_abroad(body)
            || sentence.norm(body.0) == "list" && (named || sentence.gap(body.0 + 1).contains(':'));
        let gathers = matches!(verb, Verb::Build | Verb::Find) && search && !own && !campaign && !told;
        if gathers {
            records::campaigns_named_behind(sentence, body.1, &mut references);
        } else if leading != Some(Object::Tag) || verb != Verb::Remove {
            records::complete(sentence, verb, body.0, body.1, &mut references);
        }
        references.extend(self.meant_by_it(body, &references));
        references.extend(self.taken_off(verb, words, body, &references));
        references.extend(self.headed_by(verb, words, &references));
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
    pub(super) fn leading_object(&self, from: usize, to: usize) -> Option<Object> {
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

    /// "Can you delete contacts?" asks about Lexi; "can you delete Bob Smith?" asks for it.
    fn asks_for_a_way(&self, opening: &Opening, verdict: &Verdict) -> bool {
        let (sentence, frame) = (self.sentence, opening.frame);
        if opening.polite && verdict.intent == Intent::ProspectSearch {
            return self.asks_about_searching(frame, verdict);
        }
        let asked_for =
            matches!(verdict.operation, "send" | "suppress" | "enrich" | "reply" | "deal" | "settings" | "decide");
        let (from, last) = verdict.verb;
        let gets = from < last && VERBS.longest(sentence, from).is_some_and(|(verb, _)| verb == Verb::Find);
        if !opening.polite
            || gets
            || verdict.intent == Intent::Question
            || verdict.intent == Intent::Other && !asked_for
        {
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
        // "Shall we delete Bob?" wants an opinion; what can't be taken back is not done on one.
        let lasting = ["delete", "merge", "clear", "clear_field"].contains(&verdict.operation);
        if lasting && sentence.longest_of(frame, &DELIBERATIONS).is_some() {
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

    /// "Jane's new title is VP Legal": the record is to be brought up to date.
    pub(super) fn told(&self, start: usize) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        let fact = fact(sentence, start, end).filter(|_| !doubts(sentence, self.clause.0, end))?;
        let mut verdict = self.with(Intent::ContactUpdate, "update", fact.verb, (start, end), Vec::new());
        let value = |person: &Person| {
            let start = sentence.words[person.first].start;
            fact.changes.iter().filter_map(|change| change.value).any(|(from, to)| from <= start && start < to)
        };
        verdict.people = fact.people.iter().filter(|person| !value(person)).cloned().collect();
        self.resolve_pointers(start, &mut verdict.people);
        verdict.news = fact.changes;
        Some(verdict)
    }

    pub(super) fn is_news(&self, start: usize) -> bool {
        fact(self.sentence, start, self.clause.1).is_some()
    }

    /// Skips greetings and politeness.
    pub(super) fn skip_openers(&self) -> Opening {
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
            let drawn_out = at == from && at + 1 < to && is_drawn_out(sentence.norm(at));
            let talk = interjected || vocative || drawn_out;
            let count = sentence.longest_of(at, &OPENERS).unwrap_or(0).max(usize::from(talk));
            // "…, only pause Dana": the word limits what is forbidden before it.
            let only = ["only", "just"].contains(&sentence.norm(at))
                && self
                    .verb_at(at + 1, Form::Base)
                    .is_some_and(|(verb, _)| !matches!(verb, Verb::Revise | Verb::Exclude | Verb::Find));
            let count = count.max(usize::from(only));
            if count == 0 || shortened(sentence, at) && count == 1 || self.is_subject(at) {
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

    pub(super) fn verb_at(&self, at: usize, form: Form) -> Option<(Verb, usize)> {
        let sentence = self.sentence;
        if at >= self.clause.1 || sentence.quote_of(at).is_some() {
            return None;
        }
        if form == Form::Base {
            // "Mark Smith called" has a name for its subject, "email for Otto" a noun.
            let subject = self.marks_nobody(at)
                || at == self.clause.0
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
            // "Open req", "open position": a post that is to be filled.
            const POSTS: [&str; 9] =
                ["req", "reqs", "role", "roles", "position", "positions", "requisition", "mandate", "vacancy"];
            // "list 'Duplicates June' can be deleted": what happens to the list is said behind it.
            let passive = ["can be", "should be", "must be", "is to be", "needs to be", "may be", "can go", "could be"];
            let told = sentence.norm(at) == "list"
                && (at + 2..self.clause.1)
                    .any(|at| sentence.longest_of(at, &passive).is_some() && sentence.quote_of(at).is_none())
                && !(self.opens_search)(at + 1);
            let called =
                told || sentence.norm(at) == "list" && ["called", "named", "titled"].contains(&sentence.norm(at + 1));
            // "Bitte Kontakt Anna Weber löschen": the word of another language is a noun.
            let acts_behind = || {
                (at + 2..self.clause.1).any(|word| {
                    sentence.is_translated(word)
                        && VERBS.longest(sentence, word).is_some_and(|found| found.0 != Verb::Show)
                })
            };
            let foreign = sentence.is_translated(at)
                && (sentence.norm(at) == "contact" || sentence.norm(at) == "list" && acts_behind());
            let noun = noun
                || called
                || foreign
                || self.titles(at)
                || sentence.norm(at) == "open" && POSTS.contains(&sentence.norm(at + 1));
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
    pub(super) fn search_follows(&self, from: usize, to: usize, references: &[Reference]) -> bool {
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
pub(super) struct Opening {
    pub(super) start: usize,
    polite: bool,
    /// First word of the polite frame.
    pub(super) frame: usize,
    /// The form of the verb that must follow.
    pub(super) form: Form,
}

/// "We're", "we'll": written together with a verb, and no word of its own.
pub(super) fn shortened(sentence: &Sentence<'_>, at: usize) -> bool {
    ["were", "well", "ill", "hell", "shell"].contains(&sentence.norm(at)) && sentence.raw(at).contains(['\'', '’'])
}

pub(super) fn spans(references: &[Reference]) -> Vec<(usize, usize)> {
    references.iter().map(|found| (found.first, found.last)).collect()
}

pub(super) fn sentence_form(word: &str) -> bool {
    word.ends_with("ed") || ["put", "set", "sent", "taken", "gone"].contains(&word)
}
