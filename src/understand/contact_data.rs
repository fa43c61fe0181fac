//! Data of people that must be there or is to be added: "with verified emails", "and their phone numbers".

use super::grammar::Walk;
use super::phrasebook::Choices;
use super::words::Break;

/// What can be known of a person beside where they work.
static CONTACT_DATA: Choices<&str> = Choices::of(&[
    ("email", "email|emails|e mail|e mails|email address|email addresses|e mail addresses|mail addresses|mails|inbox"),
    (
        "phone",
        "phone|phones|phone number|phone numbers|direct dial|direct dials|cell|\
         cell phones|cell numbers|telephone numbers|telephone number|numbers|direct lines|tel",
    ),
    ("mobile phone", "mobile number|mobile numbers|mobiles|mobile|mobile phones|mobile phone numbers"),
    (
        "linkedin",
        "linkedin|linkedin profile|linkedin profiles|linkedin url|linkedin urls|linkedins|linkedin links|linkedin pages",
    ),
    ("contact_info", "contact info|contact information|contact details|contact data|contacts info|details"),
    ("website", "website|websites|web address|company website|company websites|domains"),
    ("address", "mailing address|mailing addresses|postal address|office address|office addresses|business addresses"),
]);

/// "with verified emails", "and their phone numbers": data that must be there, or is to be added.
pub(super) fn take(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const WISHES: [(&str, bool); 27] = [
        ("enrich with", false),
        ("enrich them with", false),
        ("enriched with", false),
        ("with", false),
        ("with their", false),
        ("and their", false),
        ("including", false),
        ("including their", false),
        ("plus", false),
        ("plus their", false),
        ("along with", false),
        ("along with their", false),
        ("together with", false),
        ("add", false),
        ("i need their", false),
        ("get their", false),
        ("include", false),
        ("include their", false),
        ("with a", false),
        ("with an", false),
        ("who have", true),
        ("who have an", true),
        ("who have a", true),
        ("that have", true),
        ("must have", true),
        ("must have an", true),
        ("must have a", true),
    ];
    const GOOD: [&str; 10] =
        ["verified", "valid", "a", "an", "direct", "work", "business", "working", "personal", "known"];
    let sentence = walk.sentence;
    if let Some(next) = data_of(walk, at).or_else(|| verified_only(walk, at)) {
        return Some(next);
    }
    let (count, must) = WISHES
        .iter()
        .filter_map(|(phrase, must)| Some((sentence.match_words(at, phrase)?, *must)))
        .max_by_key(|(count, _)| *count)?;
    let only = at > 0 && sentence.norm(at - 1) == "only";
    let mut next = at + count;
    let mut found = Vec::new();
    let mut verified = must || only;
    loop {
        while GOOD.contains(&sentence.norm(next)) && CONTACT_DATA.longest(sentence, next).is_none() {
            verified |= ["verified", "valid", "working", "known"].contains(&sentence.norm(next));
            next += 1;
        }
        let Some((data, words)) = CONTACT_DATA.longest(sentence, next).filter(|found| next + found.1 <= walk.end)
        else {
            break;
        };
        next += words;
        found.push((data, next));
        let joint = ["and", "or", "plus"].contains(&sentence.norm(next));
        let more = next + usize::from(joint);
        let comma = sentence.before(next) == Break::Comma;
        let slash = sentence.before(next) == Break::Slash;
        let further = (more..more + 3).any(|word| CONTACT_DATA.longest(sentence, word).is_some());
        if !(joint || comma || slash) || !further {
            break;
        }
        next = more;
    }
    let (_, last) = *found.last()?;
    walk.flush();
    let name = if verified { "require" } else { "enrich" };
    for (data, to) in &found {
        walk.other(&format!("{name}:{data}"), at, *to);
    }
    Some(last)
}

/// "…, verified emails only", "…, valid phone required": data that must be there.
fn verified_only(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let good = usize::from(["verified", "valid", "confirmed", "direct"].contains(&sentence.norm(at)));
    let (data, count) = CONTACT_DATA.longest(sentence, at + good)?;
    let last = at + good + count;
    let must = ["only", "required", "needed", "mandatory", "is a must", "a must", "must"];
    let more = sentence.longest_of(last, &must).filter(|more| last + more <= walk.end);
    (sentence.before(at) >= Break::Comma && more.is_some() && !walk.excluding).then_some(())?;
    walk.flush();
    let value = if good == 1 { sentence.slice(at, last).to_owned() } else { data.to_owned() };
    let last = last + more.unwrap_or(0);
    walk.other(&format!("require:{value}"), at, last);
    Some(last)
}

/// "contact info for 40 CMOs": the data is what is wanted of them.
fn data_of(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let (data, count) = CONTACT_DATA.longest(walk.sentence, at)?;
    let head = walk.people.is_none() && walk.companies.is_none() && walk.found.search.titles.is_empty();
    let last = at + count;
    (head && last < walk.end && ["for", "of"].contains(&walk.sentence.norm(last)) && !walk.excluding).then_some(())?;
    walk.flush();
    walk.found.other(&format!("enrich:{data}"), at, last);
    Some(last + 1)
}

/// Every phrase of this file.
pub(super) fn phrases() -> impl Iterator<Item = &'static str> {
    CONTACT_DATA.phrases()
}
