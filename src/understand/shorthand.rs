//! Short forms with a sign in the place of a verb: "Tom Becker -> VIP list", "VIP list += Tom Becker", "+ Tom to Gala Leads".
//!
//! Protects against guessing: a sign is a verb only between a name and a list or campaign.

use super::asides::{Pieces, mended};
use super::clean::Mended;
use super::names::references;
use super::people::mentions;
use super::sentence::Sentence;
use super::words::Break;

/// Signs that lead from somebody to a list.
const ARROWS: [&str; 6] = ["->", "=>", "→", ">>", "➜", "-->"];

/// The words with the verb the sign stands for.
pub(super) fn spelled_out(sentence: &Sentence<'_>) -> Option<Mended> {
    let pieces = arrow(sentence).or_else(|| assigned(sentence)).or_else(|| led(sentence)).or_else(|| nos(sentence))?;
    mended(sentence, &pieces)
}

/// "50 nos. of managers", "15 nos": what is counted stands before or behind.
fn nos(sentence: &Sentence<'_>) -> Option<Pieces> {
    let at = (1..sentence.words.len()).find(|at| {
        let number = sentence.raw(at - 1).bytes().all(|byte| byte.is_ascii_digit());
        number && ["nos", "nr", "numbers"].contains(&sentence.norm(*at)) && sentence.before(*at) == Break::Space
    })?;
    let plain = sentence.norm(at) == "nos" || sentence.norm(at + 1) == "of";
    let of = usize::from(sentence.norm(at + 1) == "of");
    let end = sentence.words.get(at + of + 1).map_or(sentence.words[at].end, |next| next.start);
    let last = at + of + 1 >= sentence.words.len();
    let with = if last { "" } else { " " };
    let apart = sentence.words.get(at + 1).is_some_and(|_| sentence.is_apart(at + 1));
    let end = if apart { sentence.words[at].end } else { end };
    let with = if apart { "" } else { with };
    plain.then(|| vec![(sentence.words[at - 1].end..end, with.to_owned())])
}

/// "Jane Roe -> VIP list".
fn arrow(sentence: &Sentence<'_>) -> Option<Pieces> {
    let text = sentence.text;
    let (place, sign) = ARROWS.iter().filter_map(|sign| Some((text.find(sign)?, *sign))).min_by_key(|found| found.0)?;
    let at = sentence.words.partition_point(|word| word.start < place);
    let people = mentions(sentence, 0, at, &[]);
    let only = people.first().is_some_and(|person| person.first == 0)
        && people.last().is_some_and(|person| person.last == at)
        && people.iter().all(|person| person.mention.name.is_some() || person.mention.email.is_some());
    let record = references(sentence, at, sentence.words.len())
        .first()
        .is_some_and(|found| found.first <= at + 1 && found.name.is_some())
        || small_record(sentence, at);
    (only && record).then(|| vec![(0..0, "add ".to_owned()), (place..place + sign.len(), " to the ".to_owned())])
}

/// "spring nurture sequence": a noun within reach.
fn small_record(sentence: &Sentence<'_>, at: usize) -> bool {
    const LONGEST: usize = 5;
    let end = sentence.words.len();
    !sentence.has_case()
        && (at + 1..end.min(at + LONGEST))
            .any(|at| ["list", "campaign", "sequence"].contains(&sentence.norm(at)) && at + 1 >= end.saturating_sub(1))
}

/// "VIP list += Jane Roe", "VIP list -= Jane Roe".
fn assigned(sentence: &Sentence<'_>) -> Option<Pieces> {
    let text = sentence.text;
    let (sign, verb) = [("+=", ": add "), ("-=", ": remove ")].into_iter().find(|(sign, _)| text.contains(sign))?;
    let place = text.find(sign)?;
    let list = references(sentence, 0, sentence.words.len());
    let first = list.first().filter(|found| found.first == 0 && found.name.is_some())?;
    let start = sentence.words.get(first.last - 1)?.end;
    (start <= place).then(|| vec![(start..place + sign.len(), verb.to_owned())])
}

/// "+ Jane Roe to Gala Leads", "- Jane Roe from Gala Leads".
fn led(sentence: &Sentence<'_>) -> Option<Pieces> {
    let trimmed = sentence.text.trim_start();
    let begin = sentence.text.len() - trimmed.len();
    let (verb, prepositions): (&str, &[&str]) = match trimmed.get(..2)? {
        "+ " => ("add ", &["to", "onto", "into", "on"]),
        "- " => ("remove ", &["from", "off"]),
        _ => return None,
    };
    let people = mentions(sentence, 0, sentence.words.len(), &[]);
    let person = people.first().filter(|person| person.first == 0 && person.mention.company.is_none())?;
    let directed = prepositions.contains(&sentence.norm(person.last)) && !sentence.text.contains('\n');
    directed.then(|| vec![(begin..begin + 2, verb.to_owned())])
}
