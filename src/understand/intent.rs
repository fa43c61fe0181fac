//! What kind of request a sentence is.
//!
//! Protects against the worst fault: an action where none was wanted. Questions, negations, small
//! talk, statements and quoted text are told apart first; only then do verb and object decide.

use super::names::{Pointer, Reference, references};
use super::request::Intent;
use super::rules::{Facts, rule};
use super::sentence::Sentence;
use super::verbs::{
    FINITE, NEGATIONS, OBJECTS, OPENERS, OWN_PHRASES, OWN_RECORDS, Object, POLITE, QUESTIONS, SMALL_TALK, TALK, VERBS,
    Verb,
};
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
    /// Lists and campaigns mentioned in the clause.
    pub(super) references: Vec<Reference>,
}

/// Tells whether a search could begin at a word: a title, level, kind of company or "people".
pub(super) type OpensSearch<'f> = &'f dyn Fn(usize) -> bool;

/// Decides on the first clause that is more than talk.
pub(super) fn decide(sentence: &Sentence<'_>, opens_search: OpensSearch<'_>) -> Verdict {
    let mut talk = None;
    let mut statement = None;
    for &clause in &sentence.clauses {
        let verdict = of_clause(sentence, clause, opens_search);
        match (verdict.intent, verdict.operation) {
            (Intent::Other, "small_talk") => talk = talk.or(Some(verdict)),
            (Intent::Other, "unknown") => statement = statement.or(Some(verdict)),
            _ => return verdict,
        }
    }
    statement.or(talk).unwrap_or(Verdict {
        intent: Intent::Other,
        operation: "unknown",
        verb: (0, 0),
        clause: (0, sentence.words.len()),
        references: Vec::new(),
    })
}

fn of_clause(sentence: &Sentence<'_>, clause: (usize, usize), opens_search: OpensSearch<'_>) -> Verdict {
    let (start, polite) = skip_openers(sentence, clause);
    let end = clause.1;
    let plain = |intent, operation, verb: (usize, usize)| Verdict {
        intent,
        operation,
        verb,
        clause,
        references: references(sentence, start, end),
    };
    let whole = (clause.0, clause.1);
    if start >= end || (start..end).all(|at| SMALL_TALK.contains(sentence.norm(at))) {
        return plain(Intent::Other, "small_talk", whole);
    }
    if sentence.longest_of(start, &TALK).is_some_and(|count| start + count >= end) {
        return plain(Intent::Other, "small_talk", whole);
    }
    if sentence.norm(start) == "help" && start + 1 >= end {
        return plain(Intent::Question, "lookup", whole);
    }
    if sentence.quote_of(start).is_some_and(|quote| quote.first == start && quote.last >= end) {
        return plain(Intent::Other, "unknown", whole);
    }
    if let Some(count) = sentence.longest_of(start, &NEGATIONS) {
        // "I don't need CEOs, find CTOs": what is wanted stands behind the comma.
        let wanted = (start + count..end).find(|at| {
            sentence.before(*at) == Break::Comma
                && matches!(verb_at(sentence, *at), Some((Verb::Find | Verb::Build, _)))
        });
        if let Some(at) = wanted {
            return of_clause(sentence, (at, end), opens_search);
        }
        return negated(sentence, start, count, whole, &plain);
    }
    let verb = verb_at(sentence, start);
    let asks = sentence.gap(end).contains('?');
    let question_word = sentence.longest_of(start, &QUESTIONS).is_some();
    // "I'd like to know", "can I", "how do I": a question word decides unless the opener was polite.
    if question_word && verb.is_none() {
        return plain(Intent::Question, "lookup", (start, start + 1));
    }
    if asks && !polite && verb.is_none() {
        return plain(Intent::Question, "lookup", whole);
    }
    let (verb, words) = match verb {
        Some((verb, count)) => (verb, (start, start + count)),
        None => {
            let mut verdict = bare(sentence, start, end, opens_search, &plain);
            if verdict.operation == "unknown" && agrees(sentence, clause.0, start) {
                verdict.operation = "follow_up";
            }
            return verdict;
        }
    };
    let references = references(sentence, words.1, end);
    let objects = objects(sentence, words.1, end);
    let search = search_follows(sentence, words.1, end, &references, opens_search);
    let own = means_own_records(sentence, words.1, end, &references);
    let facts = Facts { sentence, body: words.1, end, objects, references: &references, search, own };
    let (intent, mut operation) = rule(verb, &facts);
    if operation == "unknown" && agrees(sentence, clause.0, start) {
        operation = "follow_up";
    }
    Verdict { intent, operation, verb: words, clause, references }
}

/// "Yes, …", "No, …": an answer to something Lexi said.
fn agrees(sentence: &Sentence<'_>, from: usize, to: usize) -> bool {
    (from..to).any(|at| {
        ["yes", "yeah", "yep", "no", "sure", "ok", "okay", "perfect", "great", "right"].contains(&sentence.norm(at))
    })
}

/// "don't …": nothing is done, except where leaving out is what is asked for.
fn negated(
    sentence: &Sentence<'_>,
    start: usize,
    count: usize,
    whole: (usize, usize),
    plain: &dyn Fn(Intent, &'static str, (usize, usize)) -> Verdict,
) -> Verdict {
    let next = sentence.norm(start + count);
    if ["include", "show", "in", "at"].contains(&next) && sentence.norm(start) != "never" {
        return plain(Intent::Other, "revise_search", (start, start + count + 1));
    }
    plain(Intent::Other, "none", whole)
}

/// A clause without a verb: a noun phrase that describes people or companies is a search.
fn bare(
    sentence: &Sentence<'_>,
    start: usize,
    end: usize,
    opens_search: OpensSearch<'_>,
    plain: &dyn Fn(Intent, &'static str, (usize, usize)) -> Verdict,
) -> Verdict {
    let statement = (start..end).any(|at| {
        let relative = at > start && ["who", "that", "which", "whose", "and"].contains(&sentence.norm(at - 1));
        FINITE.contains(sentence.norm(at)) && !relative && sentence.quote_of(at).is_none()
    });
    // "IT directors" are people, "it works" is a statement.
    let pronouns = ["i", "we", "im", "ive", "he", "she", "they", "it", "you", "my", "our"];
    let pronoun = pronouns.contains(&sentence.norm(start)) && !opens_search(start);
    if statement || pronoun || !search_follows(sentence, start, end, &[], opens_search) {
        return plain(Intent::Other, "unknown", (start, end));
    }
    plain(Intent::ProspectSearch, "search", (start, start))
}

/// Skips greetings and politeness; tells whether a polite request frame was among them.
fn skip_openers(sentence: &Sentence<'_>, (from, to): (usize, usize)) -> (usize, bool) {
    let mut at = from;
    let mut polite = false;
    while at < to && sentence.quote_of(at).is_none() {
        let Some(count) = sentence.longest_of(at, &OPENERS) else { break };
        // "yes" and the like may begin a clause, but a verb table entry that is longer wins.
        if verb_at(sentence, at).is_some_and(|(_, words)| words > count) {
            break;
        }
        polite |= sentence.longest_of(at, &POLITE).is_some();
        at += count;
    }
    (at.min(to), polite)
}

fn verb_at(sentence: &Sentence<'_>, at: usize) -> Option<(Verb, usize)> {
    if sentence.quote_of(at).is_some() {
        return None;
    }
    VERBS.longest(sentence, at)
}

fn objects(sentence: &Sentence<'_>, from: usize, to: usize) -> Vec<Object> {
    let mut found = Vec::new();
    let mut at = from;
    while at < to {
        if sentence.quote_of(at).is_some() {
            at += 1;
            continue;
        }
        let longest = OBJECTS.longest(sentence, at);
        match longest {
            Some((object, count)) => {
                found.push(object);
                at += count;
            }
            None => at += 1,
        }
    }
    found
}

/// Whether the first noun phrase behind `from` describes people or companies.
fn search_follows(
    sentence: &Sentence<'_>,
    from: usize,
    to: usize,
    references: &[Reference],
    opens_search: OpensSearch<'_>,
) -> bool {
    const SKIPPED: [&str; 4] = ["list of", "lists of", "set of", "table of"];
    const REACH: usize = 9;
    let mut at = from;
    while at < to.min(from + REACH) {
        // The name of a list says nothing about whom to find.
        if let Some(found) = references.iter().find(|found| found.first == at && found.name.is_some()) {
            at = found.last;
            continue;
        }
        if sentence.quote_of(at).is_none() && opens_search(at) {
            return true;
        }
        at += SKIPPED.iter().find_map(|phrase| sentence.match_words(at, phrase)).unwrap_or(1);
    }
    false
}

/// "my contacts", "our open deals", "contacts tagged VIP": the workspace's own records.
fn means_own_records(sentence: &Sentence<'_>, from: usize, to: usize, references: &[Reference]) -> bool {
    const AWAY: [&str; 12] =
        ["not", "excluding", "exclude", "except", "without", "outside", "arent", "isnt", "like", "to", "into", "for"];
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
        away |= AWAY.contains(&sentence.norm(at));
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
