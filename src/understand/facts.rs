//! Sentences that tell what has changed about a contact: "Jane's new title is VP Legal", "she moved
//! to Acme", "Bob got promoted to Partner". They ask for the record to be brought up to date.
//!
//! Protects against taking any statement for an instruction: only a field with a fitting value, or
//! one of a few verbs of changing jobs, counts.

use super::changes::{Change, FIELDS, updates};
use super::people::{Person, company_at, mentions, phone, possessive, title_run};
use super::phrasebook::Choices;
use super::places;
use super::sentence::Sentence;
use super::words::Break;

/// What a sentence tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) people: Vec<Person>,
    pub(super) changes: Vec<Change>,
    /// Words that say that something changed.
    pub(super) verb: (usize, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    Company,
    Title,
    Place,
    Name,
}

/// Verbs of changing jobs, and what follows each.
static NEWS: Choices<News> = Choices::of(&[
    (
        News::Company,
        "moved to|has moved to|have moved to|just moved to|moved over to|switched to|has switched to|switched jobs to|\
         joined|has joined|just joined|recently joined|now works at|now works for|is now at|is now with|\
         is now working at|is now working for|started at|has started at|just started at|transferred to|left for|\
         changed jobs to|went to work for|works now at|is at|now is at|is moving to|is joining|changed companies to",
    ),
    (
        News::Place,
        "relocated to|has relocated to|just relocated to|is relocating to|is now based in|is based in|now lives in|now based in|\
         is now located in|is now in|moved back to|has moved back to|is now living in",
    ),
    (
        News::Name,
        "is now called|is now named|is now known as|wants to be called|prefers to be called|goes by|now goes by|is really called|\
         is actually called|should be called|changed their name to|changed her name to|changed his name to|has changed her name to|\
         has changed his name to|changed its name to|has changed its name to|renamed itself to|renamed itself|has been renamed to|\
         was renamed to|rebranded as|has rebranded as|rebranded to|has rebranded to|is spelled|is spelt|is written",
    ),
    (
        News::Title,
        "is now|is now the|is now a|is now an|is now our|got promoted to|was promoted to|has been promoted to|\
         has been made|was made|became|has become|is the new|was named|was appointed|got appointed|was promoted|\
         has been appointed|has been appointed as|was appointed as|started as|has started as|now is|just became|\
         was just promoted to|just got promoted to|has been named|is now working as|now works as|were promoted to|\
         got promoted|just got made|made",
    ),
]);

/// What is said between somebody and the field that is new.
const HAS_NEW: [&str; 13] = [
    "changed his",
    "changed her",
    "changed their",
    "has changed his",
    "has changed her",
    "has a new",
    "has new",
    "got a new",
    "has got a new",
    "now has a new",
    "uses a new",
    "now uses",
    "has changed",
];

/// Reads the words `start..end` as news about a contact.
pub(super) fn fact(sentence: &Sentence<'_>, start: usize, end: usize) -> Option<Fact> {
    // Who is mentioned is looked for only where the words can be news of a field at all.
    let has = |at: usize| FIELDS.longest(sentence, at).is_some() || sentence.longest_of(at, &HAS_NEW).is_some();
    let of_field = (start..=end).any(has).then(|| mentions(sentence, start, end, &[]));
    let told = of_field.and_then(|people| {
        value_first(sentence, start, end, &people)
            .or_else(|| field_of(sentence, start, end, &people))
            .or_else(|| has_new(sentence, start, end, &people))
    });
    told.or_else(|| job(sentence, start, end))
}

/// "Jane's new title is VP Legal", "the title of Jane is now VP", "new phone for Jane: 555-0100".
fn field_of(sentence: &Sentence<'_>, start: usize, end: usize, people: &[Person]) -> Option<Fact> {
    let owner = people.first().filter(|person| person.first == start);
    let mut at = match owner {
        Some(owner) => {
            let own = owner.mention.reference.is_some() && ["his", "her", "their"].contains(&sentence.norm(start));
            // "Jodie Parrish last name is now Winslow".
            let loose = owner.mention.name.is_some()
                && FIELDS.longest(sentence, owner.last).is_some_and(|(field, count)| {
                    let told = ["is", "is now", "is now:", "now", "has changed to"];
                    field != "name" && sentence.longest_of(owner.last + count, &told).is_some()
                });
            if !(own || loose || possessive(sentence, owner.last)) {
                return None;
            }
            owner.last
        }
        None => start + sentence.longest_of(start, &["the", "here is the", "heres the", "this is the"]).unwrap_or(0),
    };
    let fresh = sentence.longest_of(at, &["new", "current", "correct", "updated", "actual", "right"]);
    at += fresh.unwrap_or(0);
    let (_, count) = FIELDS.longest(sentence, at)?;
    let behind = at + count;
    let mut verb = behind;
    if owner.is_none() {
        // "the title of Jane …"
        if !["of", "for"].contains(&sentence.norm(behind)) {
            return None;
        }
        let person = people.iter().find(|person| (behind + 1..=behind + 3).contains(&person.first))?;
        verb = person.last;
    }
    const TELLS: [&str; 12] = [
        "is",
        "is now",
        "should be",
        "has changed to",
        "changed to",
        "will be",
        "are",
        "should now be",
        "must be",
        "needs to be",
        "has to be",
        "was changed to",
    ];
    let told = sentence.longest_of(verb, &TELLS);
    let announced = verb < end && sentence.gap(verb).contains(':');
    if told.is_none() && !announced {
        return None;
    }
    let changes = updates(sentence, at, end, people);
    let fits = !changes.is_empty() && changes.iter().all(|change| is_value(sentence, change));
    // "Her name is Nair, not Nayar": the wrong one is nobody.
    let meant = |person: &&Person| person.first == 0 || sentence.norm(person.first - 1) != "not";
    let people = people.iter().filter(meant).cloned().collect();
    fits.then(|| Fact { people, changes, verb: (verb, verb + told.unwrap_or(1)) })
}

/// "priya@wipro.com is the new email of Priya Nair": the value stands before its field.
fn value_first(sentence: &Sentence<'_>, start: usize, end: usize, people: &[Person]) -> Option<Fact> {
    let address = sentence.raw(start).contains('@').then(|| (sentence.span(start, start + 1), start + 1));
    let (value, at) = address.or_else(|| phone(sentence, start, end))?;
    let told = sentence.longest_of(at, &["is", "is now", "would be", "will be"])?;
    let article = sentence.longest_of(at + told, &["the", "her", "his", "their"]).unwrap_or(0);
    let fresh =
        sentence.longest_of(at + told + article, &["new", "correct", "current", "right", "updated"]).unwrap_or(0);
    let (field, count) = FIELDS.longest(sentence, at + told + article + fresh)?;
    let behind = at + told + article + fresh + count;
    let person = people.iter().find(|person| person.first == behind + 1 && person.mention.name.is_some())?;
    let fits =
        ["of", "for"].contains(&sentence.norm(behind)) && field == if address.is_some() { "email" } else { "phone" };
    let change = Change { field, value: Some(value), words: (start, behind) };
    fits.then(|| Fact { people: vec![person.clone()], changes: vec![change], verb: (at, at + told) })
}

/// "Marcus Webb has a new phone number: (212) 555-0147".
fn has_new(sentence: &Sentence<'_>, start: usize, end: usize, people: &[Person]) -> Option<Fact> {
    let owner = people.first().filter(|person| person.first == start)?;
    let (at, count) = (owner.last, sentence.longest_of(owner.last, &HAS_NEW)?);
    let changes = updates(sentence, at + count, end, people);
    let fits = !changes.is_empty() && changes.iter().all(|change| is_value(sentence, change));
    fits.then(|| Fact { people: people.to_vec(), changes, verb: (at, at + count) })
}

/// Whether the words can be a value of the field: "wrong" and "out of date" are none.
fn is_value(sentence: &Sentence<'_>, change: &Change) -> bool {
    let Some((start, end)) = change.value else { return false };
    let first = sentence.words.partition_point(|word| word.start < start);
    let last = sentence.words.partition_point(|word| word.start < end);
    let named = !sentence.has_case() || sentence.is_capitalised(first) || sentence.quote_of(first).is_some();
    const JUDGED: [&str; 22] = [
        "wrong",
        "missing",
        "outdated",
        "old",
        "out",
        "incorrect",
        "not",
        "invalid",
        "correct",
        "right",
        "ok",
        "fine",
        "unknown",
        "different",
        "broken",
        "private",
        "no",
        "still",
        "on",
        "in",
        "there",
        "up",
    ];
    if JUDGED.contains(&sentence.norm(first)) {
        return false;
    }
    match change.field {
        "email" => sentence.text[start..end].contains('@'),
        "phone" => phone(sentence, first, last).is_some(),
        "title" => title_run(sentence, first, last).is_some() || named,
        "status" => last - first <= 2,
        _ => named || sentence.text[start..end].contains('.'),
    }
}

/// "Jane Doe moved to Acme", "she is now General Counsel at Acme".
fn job(sentence: &Sentence<'_>, start: usize, end: usize) -> Option<Fact> {
    let people: Vec<Person> = mentions(sentence, start, end.min(start + SUBJECT), &[])
        .into_iter()
        .filter(|person| person.first == start && person.mention.filter.is_none())
        .collect();
    let subject = people.first()?;
    let at = subject.last;
    let somebody = at > 2 && ["guy", "woman", "lady", "gal", "man"].contains(&sentence.norm(at - 1));
    let firm = subject.mention.company.is_some() && subject.mention.name.is_none() && !somebody;
    if firm && !NEWS.longest(sentence, at).is_some_and(|(news, _)| news == News::Name) {
        return None;
    }
    let apart = sentence.before(at) >= Break::Dash;
    let (news, body) = NEWS
        .longest(sentence, at)
        .map(|(news, count)| (news, at + count))
        .or_else(|| Some((News::Company, left_for(sentence, at, end)?)))
        .filter(|_| !apart)?;
    let mut changes = Vec::new();
    match news {
        News::Company => {
            let last = company_at(sentence, body, end)?;
            let words: Vec<_> = sentence.words.get(body..last).unwrap_or(&[]).to_vec();
            let place = places::table().longest(&words).is_some_and(|(count, _)| count == last - body);
            let field = if place { "city" } else { "company" };
            changes.push(Change { field, value: Some(sentence.span(body, last)), words: (body, last) });
            if sentence.norm(last) == "as" {
                title(sentence, last + 1, end, &mut changes);
            }
        }
        News::Place => {
            changes = super::abode::whole(sentence, body, end);
            if changes.is_empty() {
                return None;
            }
        }
        News::Name => {
            let last = company_at(sentence, body, end)?;
            changes.push(Change { field: "name", value: Some(sentence.span(body, last)), words: (body, last) });
        }
        News::Title => {
            let last = title(sentence, body, end, &mut changes)?;
            let at = ["at", "of", "with", "for"].contains(&sentence.norm(last));
            if let Some(stop) = company_at(sentence, last + 1, end).filter(|_| at) {
                changes.push(Change {
                    field: "company",
                    value: Some(sentence.span(last + 1, stop)),
                    words: (last, stop),
                });
            }
        }
    }
    Some(Fact { people, changes, verb: (at, body) })
}

/// "left Acme for Globex", "left Acme to join Globex": where the new firm begins.
fn left_for(sentence: &Sentence<'_>, at: usize, end: usize) -> Option<usize> {
    let from = at + sentence.longest_of(at, &["left", "has left", "just left", "quit"])?;
    let last = company_at(sentence, from, end)?;
    Some(
        last + sentence
            .longest_of(last, &["for", "to join", "and joined", "to work for", "and is now at", "and went to"])?,
    )
}

/// Words in which the subject of such a sentence stands.
const SUBJECT: usize = 6;

fn title(sentence: &Sentence<'_>, from: usize, end: usize, changes: &mut Vec<Change>) -> Option<usize> {
    let from = from + sentence.longest_of(from, &["the new", "the", "a", "an", "our", "new"]).unwrap_or(0);
    let last = title_run(sentence, from, end)?;
    changes.push(Change { field: "title", value: Some(sentence.span(from, last)), words: (from, last) });
    Some(last)
}
