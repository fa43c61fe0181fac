//! Fields of a contact or company and the values a sentence gives them: "set her title to GC",
//! "phone: 555-1234", "clear the e-mail address".
//!
//! Protects against the confusion of clearing a field with deleting a record, and against values
//! that nobody stated.

use super::people::{Person, phone, title_run};
use super::phrasebook::{Choices, Words};
use super::sentence::Sentence;
use super::verbs::VERBS;
use super::words::Break;

/// Fields of a contact under the names the API has, and what people call them.
pub(super) static FIELDS: Choices<&str> = Choices::of(&[
    (
        "email",
        "email address|email|e mail|e mail address|emails|mail address|email addresses|work email|business email|\
         private email|personal email|e mails",
    ),
    (
        "phone",
        "phone number|phone|mobile number|mobile|cell|cell phone|cell number|telephone number|telephone|phone numbers|\
         mobile phone|work phone|direct line|landline|tel|phone no|office phone|direct dial|mobile phone number|\
         cell phone number|office number|work number|number",
    ),
    ("title", "job title|title|role|position|job titles|job|function|designation"),
    ("linkedin_url", "linkedin url|linkedin|linkedin profile|linkedin link|linkedin profile url|linkedin page"),
    ("first_name", "first name|given name|forename"),
    ("last_name", "last name|surname|family name"),
    ("name", "name|full name"),
    ("company", "company name|company|employer"),
    ("city", "city"),
    ("state", "state"),
    ("country", "country"),
    ("address", "address|street address|postal address|mailing address"),
    ("status", "status|lead status|stage|lifecycle stage|contact status"),
    ("owner", "owner|account owner|contact owner|account manager|relationship owner"),
    ("website", "website|domain|web site|web address|homepage|url|company website"),
    ("industry", "industry|sector"),
    ("birthday", "birthday|date of birth|birthdate"),
    ("fax", "fax|fax number"),
    ("source", "lead source|source"),
    ("priority", "priority"),
    ("headcount", "headcount|employee count|number of employees|company size"),
    ("timezone", "timezone|time zone"),
    ("language", "language|preferred language"),
    ("department", "department"),
    ("description", "description|bio|about"),
]);

/// Words between a field and its new value.
static TO: Words = Words::of(
    "to|is|as|with|into|should be|is now|should now be|has changed to|changed to|will be|needs to be|be|must be|\
     has to be|to be|are|should read|reads|was changed to|now is|from now on|equals|needs to be changed to|it is|it is now|\
     should be changed to|must be changed to|has to be changed to|it should be|new one is|the new one is|to now be",
);

/// Values that mean no value.
const NOTHING: [&str; 9] = ["empty", "nothing", "blank", "none", "null", "nil", "zero", "void", "unknown"];

/// A field and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) field: &'static str,
    /// Bytes of the new value; `None` clears the field.
    pub(super) value: Option<(usize, usize)>,
    /// Words of field and value.
    pub(super) words: (usize, usize),
}

/// The fields named in the words `from..end`, outside the mentions of people: their first and last
/// words.
pub(super) fn fields(
    sentence: &Sentence<'_>,
    from: usize,
    end: usize,
    people: &[Person],
) -> Vec<(&'static str, usize, usize)> {
    // No request names more fields; bounds the work on a long text.
    const MOST: usize = 100;
    let mut found = Vec::new();
    let mut at = from;
    while at < end && found.len() < MOST {
        let field = FIELDS.longest(sentence, at).filter(|_| outside(at, people) && sentence.quote_of(at).is_none());
        // "the company Acme" is the record, not its field.
        let record = field.is_some_and(|(field, count)| {
            field == "company"
                && !sentence.gap(at + count).contains(['>', '→', '='])
                && people.iter().any(|person| person.first == at + count && person.mention.name.is_none())
        });
        match field.filter(|_| !record) {
            Some((field, count)) => {
                found.push((field, at, at + count));
                at += count;
            }
            None => at += 1,
        }
    }
    found
}

/// The new values that the words `from..end` state.
pub(super) fn updates(sentence: &Sentence<'_>, from: usize, end: usize, people: &[Person]) -> Vec<Change> {
    // "update Tomasz Krol: title CFO, company Baltica": one of his fields, and no record beside his.
    let employer = |person: &Person| {
        let at = person.first.saturating_sub(1);
        person.mention.name.is_none()
            && person.mention.company.is_some()
            && at > from
            && sentence.norm(at) == "company"
            && (sentence.before(at) >= Break::Comma || sentence.norm(at - 1) == "and")
            && people.iter().any(|other| other.last <= at && other.mention.name.is_some())
    };
    let people: Vec<Person> = people.iter().filter(|person| !employer(person)).cloned().collect();
    let people = people.as_slice();
    let fields = fields(sentence, from, end, people);
    // Looked for once, so that the work stays in proportion to the text.
    let joints: Vec<usize> = (from..=end).filter(|at| is_joint(sentence, *at)).collect();
    let mut found: Vec<Change> = Vec::new();
    for (n, &(field, first, last)) in fields.iter().enumerate() {
        // A field inside the value of another is part of it.
        if found.iter().any(|change| change.words.0 <= first && first < change.words.1) {
            continue;
        }
        // "change the email and phone of Jane" has no value before the next field.
        let joint = joints.get(joints.partition_point(|joint| *joint <= last));
        let until = fields[n + 1..]
            .iter()
            .map(|next| next.1)
            .find(|next| joint.is_some_and(|joint| joint <= next))
            .map_or(end, |next| joint_before(sentence, last, next));
        if let Some(change) = named_after_value(sentence, field, (first, last), from) {
            found.push(change);
            continue;
        }
        if let Some((value, stop)) = value_of(sentence, field, last, until, people) {
            let nothing = sentence.text[value.0..value.1].to_lowercase();
            let cleared = NOTHING.contains(&nothing.as_str());
            found.push(Change { field, value: (!cleared).then_some(value), words: (first, stop) });
        }
    }
    if found.is_empty() {
        found.extend(implied(sentence, from, end, people));
    }
    found
}

/// "use jane@new.example as the e-mail": the value stands before its field.
fn named_after_value(
    sentence: &Sentence<'_>,
    field: &'static str,
    (first, last): (usize, usize),
    from: usize,
) -> Option<Change> {
    let by = (first.saturating_sub(2).max(from)..first).find(|at| ["as", "for"].contains(&sentence.norm(*at)))?;
    let value = by.checked_sub(1).filter(|at| *at >= from)?;
    let fits = field == "email" && sentence.raw(value).contains('@');
    fits.then(|| Change { field, value: Some(sentence.span(value, value + 1)), words: (value, last) })
}

fn is_joint(sentence: &Sentence<'_>, at: usize) -> bool {
    sentence.norm(at) == "and" || sentence.before(at) >= Break::Comma
}

fn joint_before(sentence: &Sentence<'_>, from: usize, to: usize) -> usize {
    // "title: GC, company: Acme": the sign behind the field joins nothing.
    (from + 1..=to).rev().find(|at| is_joint(sentence, *at)).unwrap_or(to)
}

/// A value without its field: an address can only be an e-mail, a title only a title.
fn implied(sentence: &Sentence<'_>, from: usize, end: usize, people: &[Person]) -> Option<Change> {
    let to = (from..end).find(|at| ["to", "as", "with"].contains(&sentence.norm(*at)) && outside(*at, people))? + 1;
    if to >= end {
        return None;
    }
    if sentence.raw(to).contains('@') {
        return Some(Change { field: "email", value: Some(sentence.span(to, to + 1)), words: (to, to + 1) });
    }
    if let Some((span, last)) = phone(sentence, to, end) {
        return Some(Change { field: "phone", value: Some(span), words: (to, last) });
    }
    let last = title_run(sentence, to, end)?;
    Some(Change { field: "title", value: Some(sentence.span(to, last)), words: (to, last) })
}

fn outside(at: usize, people: &[Person]) -> bool {
    !people.iter().any(|person| person.first <= at && at < person.last)
}

/// The value of the field whose words end at `last`: its bytes and the word after it.
fn value_of(
    sentence: &Sentence<'_>,
    field: &str,
    last: usize,
    end: usize,
    people: &[Person],
) -> Option<((usize, usize), usize)> {
    if last >= end {
        return None;
    }
    let announced = sentence.gap(last).contains([':', '=', '>', '→']);
    let profile = |at: &usize| field == "linkedin_url" && sentence.norm(*at).contains("linkedin.com");
    let from = if announced { Some(last) } else { connector(sentence, last, end, people) };
    if let Some(at) = from.filter(|at| NOTHING.contains(&sentence.norm(*at)) && at + 1 >= end) {
        return Some((sentence.span(at, at + 1), at + 1));
    }
    let typed = |from: usize| {
        (from..end).find_map(|at| match field {
            "email" if sentence.raw(at).contains('@') => Some((sentence.span(at, at + 1), at + 1)),
            "phone" => phone(sentence, at, end),
            _ => None,
        })
    };
    if ["email", "phone"].contains(&field) {
        // An address may stand anywhere behind its field: "the email, it should be a@b.com".
        return typed(from.unwrap_or(last));
    }
    if let Some(at) = (last..end).find(profile) {
        return Some((web_address(sentence, at), at + 1));
    }
    if field == "website" {
        // An address is one value, whatever its last part is.
        let found = (from.unwrap_or(last)..end).map(|at| (at, web_address(sentence, at))).find(|(_, span)| {
            let text = &sentence.text[span.0..span.1];
            text.contains('.') && !text.contains('@') && text.len() > 3
        });
        if let Some((at, span)) = found {
            let stop = sentence.words.partition_point(|word| word.start < span.1);
            return Some((span, stop.max(at + 1)));
        }
    }
    let from = from.or_else(|| adjacent(sentence, last, people))?;
    let (span, mut last) = (from < end).then(|| value(sentence, from, end, people)).flatten()?;
    if field == "address" && sentence.quote_of(from).is_none() {
        while last < end && address_goes_on(sentence, last) {
            last = value(sentence, last, end, people)?.1;
        }
        return Some((sentence.span(from, last), last));
    }
    Some((span, last))
}

/// "14 Linden Row, Bristol": whether what stands behind the comma is part of the address.
pub(super) fn address_goes_on(sentence: &Sentence<'_>, at: usize) -> bool {
    let place = super::places::table().longest(sentence.words.get(at..).unwrap_or(&[])).is_some();
    let number = sentence.norm(at).starts_with(|c: char| c.is_ascii_digit());
    let written = sentence.has_case() && sentence.is_capitalised(at) && VERBS.of_word(sentence.norm(at)).is_none();
    sentence.before(at) == Break::Comma && (place || number || written)
}

/// The first word of a value that follows "to", "is", "should be" …
fn connector(sentence: &Sentence<'_>, last: usize, end: usize, people: &[Person]) -> Option<usize> {
    // No value is so far from its field; bounds the work on a long text.
    const REACH: usize = 60;
    let mut at = last;
    while at < end.min(last + REACH) {
        if sentence.quote_of(at).is_none() && outside(at, people) {
            // "from X to Y": the new value stands behind "to".
            if sentence.norm(at) == "from"
                && let Some(to) = (at + 1..end).find(|next| sentence.norm(*next) == "to")
            {
                return (to + 1 < end).then_some(to + 1);
            }
            if let Some(count) = sentence.longest_of(at, &TO) {
                let next = at + count + usize::from(["the", "now"].contains(&sentence.norm(at + count)));
                return (next < end).then_some(next);
            }
        }
        at += 1;
    }
    None
}

/// "city Boston", "status customer": the value directly behind its field.
fn adjacent(sentence: &Sentence<'_>, last: usize, people: &[Person]) -> Option<usize> {
    if sentence.quote_of(last).is_some_and(|quote| quote.first == last) {
        return Some(last);
    }
    let word = sentence.norm(last);
    let small =
        ["of", "for", "on", "in", "from", "and", "at", "please", "field", "too", "instead", "or"].contains(&word);
    let plain = !sentence.has_case()
        || sentence.is_capitalised(last)
        || sentence.quote_of(last).is_some()
        || word.contains('.');
    (!small && plain && outside(last, people) && !sentence.is_apart(last)).then_some(last)
}

/// A value: a quotation, or the words up to a comma, a new wish or the person it is for.
fn value(sentence: &Sentence<'_>, from: usize, end: usize, people: &[Person]) -> Option<((usize, usize), usize)> {
    if let Some(quote) = sentence.quote_of(from).filter(|quote| quote.first == from) {
        return Some(((quote.start, quote.end), quote.last));
    }
    let mut last = from;
    while last < end {
        let word = sentence.norm(last);
        // "to CFO on contact 8841": the noun is said before the number.
        let noun = usize::from(["contact", "record", "lead", "client"].contains(&sentence.norm(last + 1)));
        let person =
            people.iter().any(|person| person.first == last + 1 + noun || (person.first == last && last > from));
        let for_person = ["for", "on", "of", "in"].contains(&word) && person;
        let more = word == "and"
            && (VERBS.of_word(sentence.norm(last + 1)).is_some()
                || ["her", "his", "the", "their"].contains(&sentence.norm(last + 1)));
        // "Her name is Nair, not Nayar", but "do not call".
        let denied =
            last > from && word == "not" && !["do", "does", "did", "is", "can"].contains(&sentence.norm(last - 1));
        let now = last > from && word == "now" && (last + 1 >= end || sentence.is_apart(last + 1));
        let closing = denied || now || ["please", "pls", "instead", "thanks", "thx"].contains(&word);
        let shared = last > from
            && word == "for"
            && ["all", "every", "everyone", "these", "this", "him", "her", "them"].contains(&sentence.norm(last + 1));
        if last > from && sentence.is_apart(last) || for_person || more || closing || shared {
            break;
        }
        last += 1;
    }
    (last > from).then(|| (sentence.span(from, last), last))
}

/// A web address that begins before the word `at` with its scheme and goes on behind it with its path.
pub(super) fn web_address(sentence: &Sentence<'_>, at: usize) -> (usize, usize) {
    let (start, end) = sentence.span(at, at + 1);
    let text = sentence.text;
    let start = text[..start]
        .rfind(char::is_whitespace)
        .map_or(0, |space| space + text[space..].chars().next().map_or(1, char::len_utf8));
    let end = text[end..].find(char::is_whitespace).map_or(text.len(), |space| end + space);
    let trimmed = text[start..end].trim_end_matches(['.', ',', ';', ')', '>']);
    let lead = trimmed.len() - trimmed.trim_start_matches(['(', '<']).len();
    (start + lead, start + trimmed.len())
}
