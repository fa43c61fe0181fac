//! Understanding: plain words become a [`Request`]. Pure, no input or output.
//!
//! A text is put into plain characters and known spellings (`clean.rs`, `spelling.rs`), cut into words, quotations and clauses; `intent.rs` decides what kind of request it
//! is; `grammar.rs` walks over a search and gives each phrase of the tables a role; `details.rs`
//! reads the slots of everything else. It protects the rule that no constraint is invented: each
//! value points at the words that gave it, and what was not read is listed.

mod abode;
mod alongside;
mod amounts;
mod asides;
mod background;
mod bare;
mod beside;
mod campaign_names;
mod campaigns;
mod changes;
mod clean;
mod contact_data;
mod corrections;
mod deadlines;
mod demonyms;
mod describe;
mod contact_details;
mod destinations;
mod details;
mod employers;
mod exclusions;
mod events;
mod evidence;
mod facts;
mod fields;
mod fields_of_titles;
mod findings;
pub mod follow_up;
mod firms;
mod funding;
mod gazetteer;
mod geography;
mod given_names;
mod grammar;
mod heading;
mod hiring;
mod inflection;
mod intent;
mod known;
mod layout;
mod measures;
mod moods;
mod name_words;
mod names;
mod numbers;
mod of_ours;
mod patterns;
mod passed_on;
mod people;
mod phrasebook;
mod place_lists;
mod programs;
mod record_ids;
mod records;
mod repairs;
mod request;
mod results;
mod retold;
mod roles;
mod rules;
mod running;
mod runs;
mod schools;
mod senses;
mod sentence;
mod separable;
mod shorthand;
mod signals;
mod signature;
mod singulars;
mod skills;
mod sorting;
mod systems;
mod soundness;
mod sought;
mod spelling;
mod times;
mod towns;
mod untaken;
mod verbs;
mod vocabulary;
mod wording;

mod abbreviations;
mod filed;
mod languages;
pub mod levels;
mod location;
pub mod markets;
pub mod phrases;
pub mod neighbours;
pub mod places;
mod packed;
mod plain_titles;
pub mod questions;
mod rows;
pub mod technologies;
pub mod titles;
mod topics;
mod whose_firm;
mod wishes;
pub mod words;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use describe::{describe, plural};
pub use request::{Details, Exclude, Intent, Mention, Origin, Provenance, Range, Request, Search, Slots, Target};
pub use soundness::faults;

use clean::Mended;
use findings::Findings;
use intent::Verdict;
use sentence::Sentence;
use vocabulary::{COMPANIES, FILLERS, PEOPLE};

/// What Lexi answers when nothing was understood, or nothing says whom to find.
const WHOM: &str = "Whom should I find? Two requests that work: “Find 50 CEOs at law firms in California” and \
                    “Find 20 general counsels at banks in Texas”.";
const NOT_UNDERSTOOD: &str = "I did not understand what to do. Two requests that work: “Find 50 CEOs at law firms in \
                              California” and “Show me my contacts in Texas”.";

/// Reads a request. Every text has an answer: what is not understood comes back as
/// [`Intent::Other`] with a question in `ask`.
pub fn read(text: &str) -> Request {
    let Some(plain) = clean::plain(text) else { return read_spoken(text, &asides::STEPS) };
    let mut request = read_spoken(&plain.text, &asides::STEPS);
    point_back(&mut request, &plain, text);
    request
}

/// Reads a text in plain characters without what is only said around the request.
fn read_spoken(text: &str, steps: &[asides::Step]) -> Request {
    let sentence = Sentence::new(text);
    if sentence.words.len() <= asides::LONGEST {
        for (n, step) in steps.iter().enumerate() {
            if let Some(plain) = step(&sentence) {
                let mut request = read_spoken(&plain.text, &steps[n + 1..]);
                point_back(&mut request, &plain, text);
                return request;
            }
        }
    }
    read_spelled(&sentence)
}

/// Reads a text in plain characters, its misspelled words put right.
fn read_spelled(sentence: &Sentence<'_>) -> Request {
    let text = sentence.text;
    let corrections = spelling::corrections(sentence);
    if corrections.is_empty() {
        return read_sentence(sentence);
    }
    let pieces = corrections.iter().map(|found| (found.place.clone(), found.with.as_str()));
    let mended = Mended::of(text, pieces);
    let request = read_sentence(&Sentence::new(&mended.text));
    let mut request = spelling::settle(request, text, &corrections, &mended);
    point_back(&mut request, &mended, text);
    request
}

/// Makes the provenance point into the text as it was before `mended`.
fn point_back(request: &mut Request, mended: &Mended, text: &str) {
    for entry in &mut request.provenance {
        if let (Origin::Request, Some(start), Some(end)) = (&entry.from, entry.start, entry.end) {
            let place = mended.origin(start, end);
            (entry.start, entry.end) = (Some(place.start), Some(place.end));
            entry.text = Some(text[place].to_owned());
        }
    }
}

fn read_sentence(sentence: &Sentence<'_>) -> Request {
    let opens = |at: usize| opens_search(sentence, at);
    let verdict = intent::decide(sentence, &opens);
    match verdict.intent {
        Intent::ProspectSearch => search_request(sentence, &verdict),
        _ => details_request(sentence, &verdict),
    }
}

fn search_request(sentence: &Sentence<'_>, verdict: &Verdict) -> Request {
    let runs = runs::of_search(sentence, verdict, &|at| opens_search(sentence, at));
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

fn mark_unread(sentence: &Sentence<'_>, found: &mut Findings<'_>, from: usize, to: usize) {
    for at in from..to {
        if !is_small(sentence, at) {
            found.unread(at, at + 1);
        }
    }
}

fn is_small(sentence: &Sentence<'_>, at: usize) -> bool {
    FILLERS.contains(sentence.norm(at))
        || moods::OPENERS.contains(sentence.norm(at))
        || verbs::SMALL_TALK.contains(sentence.norm(at))
}

/// "all contacts in Ohio", "everyone tagged VIP": a description of contacts, not of people to be found.
fn means_contacts(person: &people::Person) -> bool {
    person.mention.filter.as_ref().is_some_and(|filter| {
        let filter = filter.to_lowercase();
        ["contacts", "customers", "clients", "members", "tagged"].iter().any(|noun| filter.contains(noun))
    })
}

/// "dedupe my contacts": everybody's duplicates, and nobody in particular.
fn means_duplicates(verdict: &Verdict) -> bool {
    verdict.people.is_empty() && verdict.body.0 < verdict.body.1
}

/// Words such as "note" and "campaign", which the operation already says.
fn is_record_noun(sentence: &Sentence<'_>, at: usize) -> bool {
    let word = sentence.norm(at);
    verbs::OBJECTS.of_word(word).is_some()
        || ["about", "saying", "contact", "company", "emailing", "mailing", "contacting", "messaging"].contains(&word)
}

/// Whether a search could begin at this word: a title, a level, people, or a kind of company.
fn opens_search(sentence: &Sentence<'_>, at: usize) -> bool {
    if signals::opens(sentence, at) || fields::is_label(sentence, at) {
        return true;
    }
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
    let Some(phrase) = gazetteer::phrase(sentence, at, end) else {
        // "5,000 beekeepers", "sommeliers in Paris"
        let counted = at > 0 && numbers::quantity(sentence, at - 1).is_some_and(|quantity| quantity.last == at);
        return untaken::is_occupation(sentence.norm(at)) && (counted || BEHIND.contains(&sentence.norm(at + 1)));
    };
    if phrase.title().is_some() || phrase.levels().is_some() {
        return true;
    }
    // "IT decision-makers", "marketing people"
    let staffed = phrase.department().is_some() && {
        let next = at + phrase.count;
        sentence.norm(next) == "at"
            || sentence.longest_of(next, &PEOPLE).is_some()
            || gazetteer::phrase(sentence, next, end)
                .is_some_and(|next| next.levels().is_some() || next.title().is_some())
    };
    // "store planners at supermarket chains"
    let next = at + phrase.count;
    let worker = sentence.before(next) < words::Break::Comma
        && (gazetteer::title(sentence, next, end).is_some()
            || untaken::is_occupation(sentence.norm(next)) && BEHIND.contains(&sentence.norm(next + 1)));
    if staffed || worker {
        return true;
    }
    let last = at + phrase.count;
    let ending = sentence.norm(last - 1);
    // "VCs" and "3PLs" are too short for the rule of plurals.
    let plural = words::singular(ending) != ending || (ending.len() == 3 && sentence.raw(last - 1).ends_with('s'));
    let names_companies = phrase.markets().iter().any(|market| !market.is_speciality());
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
    let ask = question_back(sentence, verdict, &reading.details);
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

/// The words of a campaign request that describe people to look for and enroll.
fn inner_search(sentence: &Sentence<'_>, verdict: &Verdict) -> Option<(usize, usize)> {
    let (from, to) = verdict.body;
    let own = |at: usize| ["my", "our"].contains(&sentence.norm(at));
    let outside = |at: &usize| {
        sentence.quote_of(*at).is_none()
            && !verdict.references.iter().any(|found| found.first <= *at && *at < found.last)
    };
    match (verdict.intent, verdict.operation) {
        // "all contacts in Ohio" are known already.
        (Intent::CampaignStart, "enroll") if verdict.people.iter().any(means_contacts) => None,
        (Intent::CampaignStart, "enroll") => {
            let opens = (from..to).filter(outside).find(|at| opens_search(sentence, *at))?;
            (!(from..opens).any(own)).then_some((from, to))
        }
        _ => None,
    }
}

/// The question Lexi asks instead of acting when the intent or a record is open.
fn question_back(sentence: &Sentence<'_>, verdict: &Verdict, details: &Details) -> Option<String> {
    let no_campaign = details.campaign_name.is_none();
    let named = details.contacts.iter().any(|contact| {
        contact.name.is_some() || contact.email.is_some() || contact.company.is_some() || contact.id.is_some()
    });
    let pointed = details.contacts.iter().any(|contact| contact.reference.is_some());
    let described = details.contacts.iter().any(|contact| contact.filter.is_some());
    let all = details.campaign_ref.as_deref().is_some_and(|words| {
        let words = words.to_lowercase();
        words.contains("all") || words.contains("every")
    });
    let operation = details.operation.as_deref().unwrap_or(verdict.operation);
    let question = match (verdict.intent, operation) {
        (Intent::Other, "unknown") => NOT_UNDERSTOOD,
        (Intent::Other, "follow_up") => {
            "What does this belong to? There is nothing open in this conversation that I could change."
        }
        (Intent::Other, "revise_search") => {
            "Which search should I change? Say the whole request, for example “Find 100 CEOs at law firms in Texas”."
        }
        (Intent::Other, "decide") => "Which task do you mean? A task is approved or dismissed on the task itself.",
        (Intent::CampaignStart, _) if pointed && !named && !described => "Whom do you mean?",
        (Intent::CampaignStart, _) if no_campaign && !named && !all => "Which campaign do you mean?",
        (Intent::CampaignCreate, "revise_copy") if no_campaign => "Which text should I change?",
        (Intent::CampaignCreate, "add_step") if no_campaign => "Which campaign do you mean?",
        (Intent::ContactUpdate, "merge") if details.contacts.is_empty() && means_duplicates(verdict) => return None,
        (Intent::ContactUpdate, _) if !named && !described => "Which contact do you mean?",
        (Intent::ContactUpdate, operation) if details.changes.is_empty() => return new_value(operation),
        (Intent::ListOperation, "add" | "remove" | "move" | "copy") if pointed && !named && !described => {
            "Whom do you mean?"
        }
        (Intent::ListOperation, "delete" | "clear" | "add" | "remove" | "move" | "copy" | "rename" | "merge")
            if details.list_name.is_none() && details.filter.is_none() =>
        {
            "Which list do you mean?"
        }
        (Intent::ListOperation, "export") if details.list_name.is_none() && points_at_a_list(sentence, verdict) => {
            "Which list do you mean?"
        }
        _ => return None,
    };
    Some(question.to_owned())
}

/// What is asked where a change names its record and not its new value.
fn new_value(operation: &str) -> Option<String> {
    let question = match operation {
        "update" => "What should I change, and to what?",
        "tag" => "Which tag do you mean?",
        "reassign" => "Who should be the new owner?",
        "add_note" => "What should the note say?",
        "clear_field" => "Which field should I clear?",
        _ => return None,
    };
    Some(question.to_owned())
}

/// "export it", "download this list": one that the words do not name.
fn points_at_a_list(sentence: &Sentence<'_>, verdict: &Verdict) -> bool {
    const POINTERS: [&str; 6] = ["it", "this", "that", "these", "those", "them"];
    let (from, end) = verdict.body;
    let pointed = |found: &names::Reference| found.kind == names::Kind::List && found.pointer != names::Pointer::New;
    from >= end || POINTERS.contains(&sentence.norm(from)) || verdict.references.iter().any(pointed)
}
