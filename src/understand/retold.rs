//! Statements that ask for a change without saying so: "Tess shouldn't be on Riverside any more",
//! "Tom's number is wrong, it should be 212-555-0112, please fix".
//!
//! A statement becomes a command only when it names somebody and a new value, and either asks for the
//! change or is made as a correction. Protects against taking what merely happened for an instruction.

use std::ops::Range;

use super::asides::{Pieces, begins, is_over, mended, spoken_end};
use super::changes::{FIELDS, address_goes_on};
use super::clean::Mended;
use super::facts::fact;
use super::gazetteer;
use super::moods::{HYPOTHETICAL, OPENERS, QUESTIONS, doubts, reports};
use super::names::references;
use super::patterns::Patterns;
use super::people::{Person, company_at, mentions, phone, possessive, title_run};
use super::sentence::Sentence;
use super::verbs::{VERBS, Verb};

/// Statements of where somebody belongs, and the command each stands for.
static BELONGS: Patterns<(&str, &str)> = Patterns::with(&[
    ("shouldnt get/receive any? more? emails/mails/messages", ("stop emailing", "")),
    ("should/must/may not get/receive any? more? emails/mails/messages", ("stop emailing", "")),
    ("shouldnt be on/in", ("remove", " from")),
    ("should not/no longer? be on/in", ("remove", " from")),
    ("does not belong on/in", ("remove", " from")),
    ("doesnt belong on/in", ("remove", " from")),
    ("has no place/business on/in", ("remove", " from")),
]);

/// "Tess Wolcott shouldn't be on Riverside Tenants any more".
pub(super) fn statement(sentence: &Sentence<'_>) -> Option<Mended> {
    static ANY_MORE: Patterns = Patterns::of(&["any more/longer", "anymore", "at all"]);
    let (at, count, verb, rest) = (1..spoken_end(sentence))
        .find_map(|at| BELONGS.fitting(sentence, at).next().map(|(count, (verb, rest))| (at, count, *verb, *rest)))?;
    let (from, to) = *sentence.clauses.iter().find(|(from, to)| *from <= at && at < *to)?;
    let start = from + openers(sentence, from, to);
    let person = mentions(sentence, start, at, &[]).into_iter().next()?;
    if person.first != start || sentence.gap(to).contains('?') || person.mention.filter.is_some() {
        return None;
    }
    let place = |first: usize, last: usize| sentence.words[first - 1].end..sentence.words[last - 1].end;
    let first = sentence.words[start].start;
    let mut pieces = vec![(first..first, format!("{verb} ")), (place(at, at + count), rest.to_owned())];
    let trailing = (at + count..to).find_map(|word| Some((word, ANY_MORE.longest(sentence, word)?)));
    pieces.extend(trailing.map(|(word, count)| (place(word, word + count), String::new())));
    mended(sentence, &pieces)
}

/// "The list 'Q2 leeds' has a typo, should be 'Q2 Leads'": a list or campaign that is to be called otherwise.
pub(super) fn misnamed(sentence: &Sentence<'_>) -> Option<Mended> {
    static MISNAMED: Patterns = Patterns::of(&[
        "has/got a/the typo/mistake/error in? it? it? should/must be/read/say",
        "is misspelled/misspelt/mistyped/wrong it? should/must be/read/say",
        "should/must really? be called/named/renamed to/as?",
    ]);
    let (at, count) = (1..spoken_end(sentence)).find_map(|at| Some((at, MISNAMED.longest(sentence, at)?)))?;
    let found = references(sentence, 0, at);
    let record = found.first().filter(|found| found.name.is_some())?;
    let quote = sentence.text[sentence.words[at - 1].end..].find(char::is_whitespace).unwrap_or(0);
    let first = sentence.words[record.first].start;
    mended(
        sentence,
        &vec![
            (0..first, "rename ".to_owned()),
            (sentence.words[at - 1].end + quote..sentence.words[at + count - 1].end, " to".to_owned()),
        ],
    )
}

fn openers(sentence: &Sentence<'_>, from: usize, to: usize) -> usize {
    let mut at = from;
    while at < to {
        match sentence.longest_of(at, &OPENERS) {
            Some(count) => at += count,
            None => break,
        }
    }
    at.min(to) - from
}

/// What asks for a record to be brought up to date without saying how.
static ASKS: Patterns = Patterns::of(&[
    "fix/update/correct/amend/change/edit/adjust it/that/this/him/them/pls/please/plz/accordingly/asap",
    "fix/update/correct/amend/change/edit/adjust his/her/their/the record/title/email/phone/number/name/entry/contact/card/address/company/details/profile/job? title/name?",
    "put/enter/note/save/record that/this/it in/down?",
    "have/make/let his/her/their/the/that record/entry/card/profile say/reflect/show so/it/that/this?",
    "needs/need updating/fixing/correcting/changing/amending",
    "needs/need to be updated/fixed/corrected/changed/amended",
    "could/should/can/must be amended/updated/corrected/changed/fixed",
    "bring his/her/their/the record up to date",
    "please reflect/note that/this/it",
    "phone/email/title/number/name update/change",
    "update/change to",
]);

/// Forms in which a statement corrects what is on file.
static CORRECTS: Patterns = Patterns::of(&[
    "new/right/correct/current one/address/number/email/mail is?",
    "should/ought/has/needs to? now? read/be/say",
    "is/are now/actually",
    "now goes by",
    "is no longer/more",
    "changed/switched/changes her/his/their? job/jobs/position/company/employer",
    "he/she/they now/actually",
    "goes by",
]);

/// "Tom's number is wrong, it should be 212-555-0112, please fix": "update Tom's phone to 212-555-0112".
pub(super) fn facts(sentence: &Sentence<'_>) -> Option<Mended> {
    const LONGEST: usize = 60;
    let end = spoken_end(sentence);
    if !(4..=LONGEST).contains(&end) {
        return None;
    }
    let asked = (0..end).find(|at| sentence.quote_of(*at).is_none() && asks(sentence, *at));
    let arrow = ["->", "=>", "→"].iter().any(|arrow| sentence.text.contains(arrow));
    let colon = sentence.text.contains(':');
    let corrects = arrow || colon || (0..end).any(|at| CORRECTS.fits(sentence, at));
    let start = openers(sentence, 0, end);
    // "E-mail of Torsten" names a field.
    let field = FIELDS.longest(sentence, start).is_some();
    let opened = VERBS.longest(sentence, start).map(|found| found.0).filter(|_| !field);
    let goes_on = (start..end)
        .any(|at| sentence.is_apart(at) && ["he", "she", "they", "it", "hes", "shes"].contains(&sentence.norm(at)));
    let first_asks = opened == Some(Verb::Update) && (sentence.clauses.len() > 1 || goes_on);
    let empties = (0..end).any(|at| EMPTIES.fits(sentence, at));
    let spoken = asked.is_some() || first_asks || empties;
    let question = sentence.longest_of(start, &QUESTIONS).is_some() && !spoken;
    let supposed = sentence.longest_of(start, &HYPOTHETICAL).is_some();
    if !(spoken || corrects) || opened.is_some() && !first_asks || question || supposed {
        return None;
    }
    // What the reader knows to be news needs no other words.
    if !spoken && sentence.clauses.first().is_some_and(|clause| fact(sentence, start, clause.1).is_some()) {
        return None;
    }
    let people = mentions(sentence, start, end, &[]);
    let somebody = people.iter().find(|person| is_somebody(person) && person.first < 14);
    let person =
        somebody.or_else(|| people.iter().find(|person| person.first == start && is_pointer(sentence, person)))?;
    let person = &without_values(sentence, person);
    // Words that say whose record it is are not its news.
    if let Some(cleared) = cleared(sentence, person) {
        return Some(cleared);
    }
    if !spoken && (doubts(sentence, 0, end) || reports(sentence, 0, person.first)) {
        return None;
    }
    let until = asked.filter(|at| *at > person.last && !first_asks).unwrap_or(end);
    let found = values(sentence, person, end, until);
    if found.is_empty() || !spoken && !found.iter().any(|value| value.corrects) {
        return None;
    }
    let name = sentence.span(person.first, person.last);
    let mut pieces: Pieces = vec![(0..name.0, "update ".to_owned())];
    let mut from = name.1;
    for (n, value) in found.iter().enumerate() {
        let joint = match n {
            0 if is_pointer(sentence, person) => "",
            0 => "'s",
            _ => " and",
        };
        pieces.push((from..value.place.start, format!("{joint} {} to ", value.field)));
        from = value.place.end;
    }
    pieces.push((from..sentence.text.len(), String::new()));
    mended(sentence, &pieces)
}

/// "Priya Nair mobile 98200 12345, pls update": what stands beside the name is the news, and no part of it.
fn without_values(sentence: &Sentence<'_>, person: &Person) -> Person {
    let mention = &person.mention;
    let name = mention.name.as_ref().map_or(0, String::len);
    let bare = mention.company.is_none() && person.title.is_none();
    let beside = person.phone.is_some() || mention.email.is_some();
    let start = sentence.words[person.first].start;
    let last = sentence.words.partition_point(|word| word.start < start + name);
    if name > 0 && bare && beside {
        Person { last: last.max(person.first + 1), ..person.clone() }
    } else {
        person.clone()
    }
}

fn asks(sentence: &Sentence<'_>, at: usize) -> bool {
    let bare = ["fix", "update", "correct", "amend"].contains(&sentence.norm(at)) && is_over(sentence, at + 1);
    // "Priya Nair mobile 98200 12345 pls update"
    let polite = at > 0 && ["please", "pls", "plz", "kindly"].contains(&sentence.norm(at - 1));
    let closing = polite && at + 1 >= sentence.words.len();
    (bare && (closing || begins(sentence, at))) || ASKS.fits(sentence, at) && at > 0
}

fn is_somebody(person: &Person) -> bool {
    person.mention.filter.is_none()
        && person.mention.reference.is_none()
        && (person.mention.name.is_some() || person.mention.email.is_some())
}

/// "His", "her": whose record it is stands elsewhere, or is asked for.
fn is_pointer(sentence: &Sentence<'_>, person: &Person) -> bool {
    ["his", "her", "their"].contains(&sentence.norm(person.first)) && person.last == person.first + 1
}

/// A new value.
struct New {
    field: &'static str,
    place: Range<usize>,
    /// Whether the words themselves say that it replaces another.
    corrects: bool,
}

/// Words before a new title.
static NEW_TITLE: Patterns = Patterns::of(&[
    "is/are now/actually the/a/an/our?",
    "it/its is? now/actually? the/a/an?",
    "she/he/hes/shes/theyre is/are? now/actually? the/a/an/our?",
    "got/was/been/is? bumped/moved/promoted/stepped up? to",
    "moved/stepped up to",
    "became/become",
    "made",
    "now the/a/our?",
    "now she/he/they is/are the/a/an/our?",
    "works/working now? as",
    "title/role/position/job is/should/has? now? be/changed? to?",
]);

/// Words before a new employer.
static NEW_COMPANY: Patterns = Patterns::of(&[
    "joined",
    "moved/switched/gone/went over? to",
    "works/working/is/now now? at/for",
    "left for",
    "now at/with/for",
    "started at/with",
    "company is/should/has? now? be/changed? to?",
]);

/// Words before a new family name.
static NEW_NAME: Patterns = Patterns::of(&[
    "now? goes by",
    "last/family/married name is/should now? be?",
    "surname is/should now? be?",
    "now called/named",
    "changed her/his name to",
    "name is now/actually",
    "got married and is now",
]);

fn values(sentence: &Sentence<'_>, person: &Person, end: usize, until: usize) -> Vec<New> {
    let mut found: Vec<New> = Vec::new();
    let mut keep = |new: New| {
        found.retain(|known| known.field != new.field);
        found.push(new);
    };
    let mut at = person.last;
    while at < end {
        let next = value_at(sentence, person, at, if at < until { until } else { end })
            .filter(|_| at < until || sentence.raw(at).contains('@'));
        match next {
            Some((new, last)) => {
                let (title, firm) = (new.field == "title", new.field == "company");
                keep(new);
                at = last.max(at + 1);
                if firm
                    && sentence.norm(at) == "as"
                    && let Some(last) = title_run(sentence, at + 1, end)
                {
                    let (start, stop) = sentence.span(at + 1, last);
                    keep(New { field: "title", place: start..stop, corrects: false });
                    at = last;
                }
                let with = ["at", "with", "of"].contains(&sentence.norm(at)) && !sentence.is_apart(at);
                if let Some(last) = company_at(sentence, at + 1, end).filter(|_| title && with) {
                    let (start, stop) = sentence.span(at + 1, last);
                    keep(New { field: "company", place: start..stop, corrects: false });
                    at = last;
                }
            }
            None => at += 1,
        }
    }
    found.sort_by_key(|new| new.place.start);
    found
}

fn value_at(sentence: &Sentence<'_>, person: &Person, at: usize, end: usize) -> Option<(New, usize)> {
    let range = |(start, end): (usize, usize)| start..end;
    let arrow = sentence.gap(at + 1).contains(['>', '→']) && FIELDS.longest(sentence, at).is_some();
    let corrects = arrow || (at.saturating_sub(3)..=at).any(|word| CORRECTS.fits(sentence, word));
    if sentence.quote_of(at).is_some() {
        return None;
    }
    if sentence.raw(at).contains('@') && !sentence.raw(at).starts_with('@') {
        let place = range(sentence.span(at, at + 1));
        return Some((New { field: "email", place, corrects }, at + 1));
    }
    if sentence.norm(at).contains("linkedin.com") {
        let place = range(super::changes::web_address(sentence, at));
        return Some((New { field: "linkedin url", place, corrects }, at + 1));
    }
    if let Some((span, last)) = phone(sentence, at, end) {
        return Some((New { field: "phone", place: range(span), corrects }, last));
    }
    if let Some(count) = NEW_NAME.longest(sentence, at) {
        let from = at + count;
        let mut last = from;
        while last < end && last < from + 4 && !(last > from && sentence.is_apart(last)) && looks_named(sentence, last)
        {
            last += 1;
        }
        // "goes by Renata Silva": the given name is known.
        let given = last > from + 1 && sentence.norm(from) == sentence.norm(person.first);
        let from = from + usize::from(given);
        let new = || New { field: "last name", place: range(sentence.span(from, last)), corrects: true };
        return (last > from).then(|| (new(), last));
    }
    if let Some(count) = NEW_TITLE.longest(sentence, at) {
        let from = at + count;
        let denied = ["isnt", "not", "wasnt", "no", "arent"].contains(&sentence.norm(from));
        // "moved to Portomar as COO" says the firm first.
        let firm = |last: usize| {
            (from + 1..last).any(|at| sentence.norm(at) == "as") && gazetteer::phrase(sentence, from, last).is_none()
        };
        if let Some(last) = title_run(sentence, from, end).filter(|last| !denied && !firm(*last)) {
            let last = before_the_firm(sentence, from, last, end);
            let corrects = corrects || (at..from).any(|word| ["now", "actually"].contains(&sentence.norm(word)));
            return Some((New { field: "title", place: range(sentence.span(from, last)), corrects }, last));
        }
    }
    if let Some(count) = NEW_COMPANY.longest(sentence, at) {
        let from = at + count;
        if let Some(last) = company_at(sentence, from, end) {
            return Some((New { field: "company", place: range(sentence.span(from, last)), corrects: arrow }, last));
        }
    }
    left_for(sentence, at, end).or_else(|| stated(sentence, at, end)).or_else(|| pointed_at(sentence, person, at, end))
}

/// "Bob Lee: title Partner, city Boston".
fn announces(sentence: &Sentence<'_>, person: &Person) -> bool {
    sentence.gap(person.last).contains(':') && FIELDS.longest(sentence, person.last).is_some()
}

/// "title -> Partner": a field and an arrow.
fn pointed_at(sentence: &Sentence<'_>, person: &Person, at: usize, end: usize) -> Option<(New, usize)> {
    let (field, count) = FIELDS.longest(sentence, at)?;
    let from = at + count;
    let arrow = from < end && ["->", "=>", "→", ":="].iter().any(|arrow| sentence.gap(from).contains(arrow));
    let arrow = arrow || from < end && announces(sentence, person) && !sentence.is_apart(from);
    let mut last = from + usize::from(arrow);
    while last < end && !sentence.is_apart(last) {
        last += 1;
    }
    let (start, stop) = sentence.span(from, last);
    let start = sentence.text[..start].trim_end_matches(['+', '(']).len();
    let field = match field {
        "last_name" => "last name",
        "linkedin_url" => "linkedin url",
        plain => plain,
    };
    arrow.then_some((New { field, place: start..stop, corrects: true }, last))
}

/// "CFO of Bosch" is a title and a firm.
fn before_the_firm(sentence: &Sentence<'_>, from: usize, last: usize, end: usize) -> usize {
    let Some(phrase) = gazetteer::phrase(sentence, from, end) else { return last };
    let of = from + phrase.count;
    let firm = ["of", "at"].contains(&sentence.norm(of)) && sentence.is_capitalised(of + 1) && sentence.has_case();
    if firm && of < last && gazetteer::phrase(sentence, of + 1, end).is_none() { of } else { last }
}

fn looks_named(sentence: &Sentence<'_>, at: usize) -> bool {
    const STOPS: [&str; 8] = ["fix", "so", "please", "pls", "and", "update", "now", "can"];
    !STOPS.contains(&sentence.norm(at)) && (sentence.is_capitalised(at) || !sentence.has_case())
}

/// "has left Quayside for Blue Anchor Freight", "moved from Acme to Initech".
fn left_for(sentence: &Sentence<'_>, at: usize, end: usize) -> Option<(New, usize)> {
    const REACH: usize = 6;
    let joint = match (sentence.norm(at), sentence.norm(at + 1)) {
        ("left", _) => "for",
        ("moved" | "switched" | "went" | "transferred" | "changed", "from") => "to",
        _ => return None,
    };
    let to = (at + 1..end.min(at + REACH)).find(|word| sentence.norm(*word) == joint)?;
    let last = company_at(sentence, to + 1, end)?;
    let (start, stop) = sentence.span(to + 1, last);
    Some((New { field: "company", place: start..stop, corrects: false }, last))
}

/// "Status of Yelena should read do not contact": a field's name somewhere before, the value up to the next comma.
fn stated(sentence: &Sentence<'_>, at: usize, end: usize) -> Option<(New, usize)> {
    static SAYS: Patterns = Patterns::of(&["should/must now? read/say/be", "has changed to", "ought to be/read/say"]);
    const PLAIN: [&str; 6] = ["status", "address", "city", "website", "country", "owner"];
    let from = at + SAYS.longest(sentence, at)?;
    let (field, _) = (0..at).rev().find_map(|word| FIELDS.longest(sentence, word))?;
    let field = PLAIN.into_iter().find(|plain| *plain == field)?;
    let mut last = from;
    // An address goes on behind its commas.
    let whole = field == "address";
    while last < end && !(last > from && sentence.is_apart(last) && !(whole && address_goes_on(sentence, last))) {
        last += 1;
    }
    let (start, stop) = sentence.span(from, last);
    (last > from && last - from <= if whole { 10 } else { 5 })
        .then_some((New { field, place: start..stop, corrects: true }, last))
}

/// Statements that leave a field without a value.
static EMPTIES: Patterns = Patterns::of(&[
    "blank/clear/empty/wipe it/that/this/out?",
    "leave/make/keep it/that/this blank/empty",
    "field? should/must be empty/blank/cleared",
    "doesnt have a/an/any",
    "does not have a/an/any",
]);

/// "Lauren doesn't have a phone any more": "clear Lauren's phone".
fn cleared(sentence: &Sentence<'_>, person: &Person) -> Option<Mended> {
    (0..sentence.words.len()).find(|at| EMPTIES.fits(sentence, *at))?;
    let inside = |at: usize| person.first <= at && at < person.last;
    let (field, last) = (0..sentence.words.len())
        .filter(|at| !inside(*at))
        .find_map(|at| FIELDS.longest(sentence, at).map(|(_, count)| (at, at + count)))?;
    let (name, words) = (sentence.span(person.first, person.last), sentence.span(field, last));
    let length = sentence.text.len();
    let pieces = if field < person.first {
        vec![(0..words.0, "clear ".to_owned()), (words.1..name.0, " of ".to_owned()), (name.1..length, String::new())]
    } else {
        vec![(0..name.0, "clear ".to_owned()), (name.1..words.0, "'s ".to_owned()), (words.1..length, String::new())]
    };
    let owned =
        field > person.first || possessive(sentence, person.last) || ["of", "for"].contains(&sentence.norm(last));
    if owned { mended(sentence, &pieces) } else { None }
}
