//! Records pointed at without a name: by number ("contact #4471", "record 9023"), and by pronouns that say the same again.
//!
//! Protects against a question where the request has said which record it means.

use super::people::Person;
use super::request::Mention;
use super::sentence::Sentence;
use super::words::Break;

/// Nouns behind which a number is that of a record.
const RECORDS: [&str; 10] =
    ["contact", "contacts", "record", "records", "lead", "leads", "id", "ids", "prospect", "prospects"];

/// Words that may stand between such a noun and the number.
const BETWEEN: [&str; 5] = ["no", "number", "nr", "id", "ids"];

/// Longer numbers are telephone numbers.
const LONGEST: usize = 7;

/// The record whose number stands at `at`, behind a noun for records or behind another such number.
pub(super) fn record(sentence: &Sentence<'_>, at: usize, end: usize, before: Option<&Person>) -> Option<Person> {
    let digits = sentence.raw(at).trim_start_matches('#');
    let marked = sentence.gap(at).ends_with('#') || sentence.raw(at).starts_with('#');
    let number = digits.len() <= LONGEST && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty();
    // "contact 3 people", "leads 50-200" count.
    let long = marked || digits.len() >= 3;
    let closes = at + 1 >= end
        || sentence.is_apart(at + 1)
        || FOLLOWS.contains(&sentence.norm(at + 1))
        || super::verbs::VERBS.of_word(sentence.norm(at + 1)).is_some();
    if !number || !long || !closes || at == 0 {
        return None;
    }
    let apart = sentence.before(at) >= Break::Dash && !marked;
    let named = |at: usize| RECORDS.contains(&sentence.norm(at));
    let behind = named(at - 1) || at > 1 && named(at - 2) && BETWEEN.contains(&sentence.norm(at - 1));
    let joined = before.filter(|person| person.mention.id.is_some()).is_some_and(|person| {
        person.last == at || person.last + 1 == at && ["and", "with", "into"].contains(&sentence.norm(at - 1))
    });
    if apart || !behind && !joined {
        return None;
    }
    let mention = Mention { id: Some(digits.to_owned()), ..Mention::default() };
    Some(Person { mention, first: at, last: at + 1, title: None, phone: None })
}

/// Words that may follow such a number.
const FOLLOWS: [&str; 14] =
    ["and", "with", "into", "to", "from", "as", "please", "is", "has", "for", "in", "on", "pls", "now"];

/// Pronouns that mean the same person.
const SAME: [[&str; 2]; 3] = [["her", "she"], ["him", "he"], ["them", "they"]];

/// Leaves out a pronoun that says again whom an earlier one pointed at: "delete her, she asked twice".
pub(super) fn told_once(found: &mut Vec<Person>) {
    let pointer = |person: &Person| person.mention.reference.as_deref().map(str::to_lowercase);
    for [first, again] in SAME {
        let told = found.iter().position(|person| pointer(person).as_deref() == Some(first));
        if let Some(told) = told {
            let mut at = 0;
            found.retain(|person| {
                at += 1;
                at <= told + 1 || pointer(person).as_deref() != Some(again)
            });
        }
    }
}
