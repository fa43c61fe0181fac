//! Understanding: plain words become a [`Request`]. Pure, no input or output.
//!
//! A text is cut into words, quotations and clauses; `intent.rs` decides what kind of request it
//! is; `grammar.rs` walks over a search and gives each phrase of the tables a role; `details.rs`
//! reads the slots of everything else. It protects the rule that no constraint is invented: each
//! value points at the words that gave it, and what was not read is listed.

mod amounts;
mod destinations;
mod describe;
mod details;
mod findings;
pub mod follow_up;
mod gazetteer;
mod grammar;
mod intent;
mod geography;
mod names;
mod numbers;
mod phrasebook;
mod request;
mod roles;
mod rules;
mod senses;
mod sentence;
mod verbs;
mod vocabulary;

mod abbreviations;
mod filed;
pub mod levels;
mod location;
pub mod markets;
pub mod phrases;
pub mod places;
mod plain_titles;
mod rows;
pub mod titles;
pub mod words;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use describe::describe;
pub use request::{Details, Exclude, Intent, Mention, Origin, Provenance, Range, Request, Search, Slots, Target};

use findings::Findings;
use intent::Verdict;
use sentence::Sentence;
use vocabulary::{COMPANIES, EXCLUSIONS, FILLERS, PEOPLE, THEN};

/// What Lexi answers when nothing was understood, or nothing says whom to find.
const WHOM: &str = "Whom should I find? Two requests that work: “Find 50 CEOs at law firms in California” and \
                    “Find 20 general counsels at banks in Texas”.";
const NOT_UNDERSTOOD: &str = "I did not understand what to do. Two requests that work: “Find 50 CEOs at law firms in \
                              California” and “Show me my contacts in Texas”.";

/// Reads a request. Every text has an answer: what is not understood comes back as
/// [`Intent::Other`] with a question in `ask`.
pub fn read(text: &str) -> Request {
    let sentence = Sentence::new(text);
    let opens = |at: usize| opens_search(&sentence, at);
    let verdict = intent::decide(&sentence, &opens);
    match verdict.intent {
        Intent::ProspectSearch => search_request(&sentence, &verdict),
        _ => details_request(&sentence, &verdict),
    }
}

fn search_request(sentence: &Sentence<'_>, verdict: &Verdict) -> Request {
    let runs = search_runs(sentence, verdict);
    let mut found = grammar::search(sentence, &runs);
    for &(from, to) in &sentence.clauses {
        let read = runs.iter().any(|run| from <= run.0 && run.0 < to) || verdict.clause == (from, to);
        let talk = (from..to).all(|at| is_small(sentence, at));
        if !read && !talk {
            mark_unread(sentence, &mut found, from, to);
        }
    }
    let unread = found.unread_words();
    // "Find the weather in Texas" says where, not whom.
    let nobody = !found.says_whom && !unread.is_empty();
    let ask = (found.search.is_open() || nobody).then(|| WHOM.to_owned());
    let Findings { search, mut provenance, assumptions, .. } = found;
    provenance.sort_by_key(|entry| entry.start);
    Request {
        intent: Intent::ProspectSearch,
        ask,
        slots: Slots::Search(Box::new(search)),
        provenance,
        assumptions,
        unread,
    }
}

/// The runs of words that belong to a search: its clause behind the verb, and the clauses after it
/// that go on describing ("Exclude New York. Save it as X.").
fn search_runs(sentence: &Sentence<'_>, verdict: &Verdict) -> Vec<(usize, usize)> {
    const GOING_ON: [&str; 25] = [
        "companies",
        "firms",
        "company",
        "save",
        "add",
        "call",
        "name",
        "put",
        "with",
        "only",
        "must",
        "limit",
        "in",
        "at",
        "based",
        "they",
        "these",
        "make sure",
        "ideally",
        "preferably",
        "headcount",
        "max",
        "then",
        "and",
        "include",
    ];
    let mut runs = vec![(verdict.verb.1, verdict.clause.1)];
    for &(from, to) in sentence.clauses.iter().filter(|clause| clause.0 >= verdict.clause.1) {
        let goes_on = [
            sentence.longest_of(from, &GOING_ON),
            sentence.longest_of(from, &EXCLUSIONS),
            sentence.longest_of(from, &THEN),
        ]
        .iter()
        .any(Option::is_some)
            || numbers::quantity(sentence, from).is_some();
        if goes_on
            && !grammar::forbids_an_action(sentence, from)
            && sentence.quote_of(from).is_none()
            && !["never", "not", "avoid"].contains(&sentence.norm(from))
        {
            runs.push((from, to));
        }
    }
    runs
}

fn mark_unread(sentence: &Sentence<'_>, found: &mut Findings<'_>, from: usize, to: usize) {
    for at in from..to {
        if !is_small(sentence, at) {
            found.unread(at, at + 1);
        }
    }
}

fn is_small(sentence: &Sentence<'_>, at: usize) -> bool {
    FILLERS.contains(sentence.norm(at))
        || verbs::OPENERS.contains(sentence.norm(at))
        || verbs::SMALL_TALK.contains(sentence.norm(at))
}

/// Words such as "note" and "campaign", which the operation already says.
fn is_record_noun(sentence: &Sentence<'_>, at: usize) -> bool {
    let word = sentence.norm(at);
    verbs::OBJECTS.of_word(word).is_some() || ["about", "saying", "contact", "company"].contains(&word)
}

/// Whether a search could begin at this word: a title, a level, people, or a kind of company.
fn opens_search(sentence: &Sentence<'_>, at: usize) -> bool {
    const VAGUE: [&str; 14] = [
        "contact",
        "lead",
        "clients",
        "staff",
        "names",
        "experts",
        "those",
        "person",
        "employees",
        "workers",
        "everyone",
        "anyone",
        "someone",
        "figures",
    ];
    const BEHIND: [&str; 12] =
        ["at", "in", "from", "who", "working", "that", "based", "within", "with", "located", "near", "across"];
    if let Some(count) = sentence.longest_of(at, &PEOPLE) {
        let vague = VAGUE.contains(&sentence.norm(at)) || sentence.norm(at) == "contacts";
        return !vague || (sentence.norm(at) != "contact" && BEHIND.contains(&sentence.norm(at + count)));
    }
    if COMPANIES.contains(sentence.norm(at)) {
        return words::singular(sentence.norm(at)) != sentence.norm(at);
    }
    let end = sentence.words.len();
    let Some(phrase) = gazetteer::phrase(sentence, at, end) else { return false };
    if phrase.title().is_some() || phrase.levels().is_some() {
        return true;
    }
    let last = at + phrase.count;
    let plural = words::singular(sentence.norm(last - 1)) != sentence.norm(last - 1);
    let names_companies = phrase.markets().iter().any(|market| !matches!(market, markets::Market::Practice(_)));
    names_companies && (plural || COMPANIES.contains(sentence.norm(last)))
}

fn details_request(sentence: &Sentence<'_>, verdict: &Verdict) -> Request {
    let mut reading = details::read(sentence, verdict);
    let mut assumptions = Vec::new();
    let mut unread = Vec::new();
    let mut provenance = Vec::new();
    if let Some((from, to)) = inner_search(sentence, verdict) {
        let mut found = grammar::search(sentence, &[(from, to)]);
        unread.extend(found.unread_words());
        // Where the people go is said by the campaign's own slots.
        found.search.other.retain(|entry| !entry.starts_with("then:"));
        found.provenance.retain(|entry| !entry.value.as_str().is_some_and(|value| value.starts_with("then:")));
        if !found.search.is_open() {
            // People to be found are no contacts yet.
            reading.drop_contacts();
            provenance.extend(found.provenance.into_iter().map(|mut entry| {
                entry.slot = format!("search.{}", entry.slot);
                entry
            }));
            reading.details.search = Some(found.search);
            assumptions = found.assumptions;
        }
    }
    if verdict.intent != Intent::Question && reading.details.search.is_none() {
        let small = |at| is_small(sentence, at) || is_record_noun(sentence, at);
        unread = reading.unread(verdict.clause, &small);
    }
    let ask = question_back(verdict, &reading.details);
    provenance.extend(reading.provenance);
    provenance.sort_by_key(|entry| entry.start);
    Request {
        intent: verdict.intent,
        ask,
        slots: Slots::Details(Box::new(reading.details)),
        provenance,
        assumptions,
        unread,
    }
}

/// The words of a campaign request that describe people to look for.
fn inner_search(sentence: &Sentence<'_>, verdict: &Verdict) -> Option<(usize, usize)> {
    let (from, to) = (verdict.verb.1, verdict.clause.1);
    let own = |at: usize| ["my", "our"].contains(&sentence.norm(at));
    let outside = |at: &usize| {
        sentence.quote_of(*at).is_none()
            && !verdict.references.iter().any(|found| found.first <= *at && *at < found.last)
    };
    match (verdict.intent, verdict.operation) {
        (Intent::CampaignStart, "enroll") => {
            let opens = (from..to).filter(outside).find(|at| opens_search(sentence, *at))?;
            (!(from..opens).any(own)).then_some((from, to))
        }
        (Intent::CampaignCreate, "create" | "write_copy") => {
            let at = (from + 1..to).filter(outside).find(|at| {
                ["for", "to", "targeting", "target", "aimed", "with", "reaching"].contains(&sentence.norm(at - 1))
                    && opens_search(sentence, *at)
            })?;
            let about = (at..to).find(|word| ["about", "regarding"].contains(&sentence.norm(*word))).unwrap_or(to);
            Some((at, about))
        }
        _ => None,
    }
}

/// The question Lexi asks instead of acting when the intent or a record is open.
fn question_back(verdict: &Verdict, details: &Details) -> Option<String> {
    let no_campaign = details.campaign_name.is_none();
    let named = details.contacts.iter().any(|contact| contact.name.is_some() || contact.email.is_some());
    let question = match (verdict.intent, verdict.operation) {
        (Intent::Other, "unknown") => NOT_UNDERSTOOD,
        (Intent::Other, "follow_up") => {
            "What does this belong to? There is nothing open in this conversation that I could change."
        }
        (Intent::Other, "revise_search") => {
            "Which search should I change? Say the whole request, for example “Find 100 CEOs at law firms in Texas”."
        }
        (Intent::Other, "decide") => "Which task do you mean? A task is approved or dismissed on the task itself.",
        (Intent::CampaignStart, _) if no_campaign && !named => "Which campaign do you mean?",
        (Intent::CampaignCreate, "revise_copy" | "add_step") if no_campaign => "Which text should I change?",
        (Intent::ContactUpdate, _) if !named && !details.contacts.iter().any(|contact| contact.filter.is_some()) => {
            "Which contact do you mean?"
        }
        (Intent::ListOperation, "delete" | "clear" | "add" | "remove" | "move" | "rename" | "merge")
            if details.list_name.is_none() =>
        {
            "Which list do you mean?"
        }
        _ => return None,
    };
    Some(question.to_owned())
}
