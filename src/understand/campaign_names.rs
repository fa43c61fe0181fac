//! Campaigns that nothing but their name points at: "start Spring Outreach", "shorten the intro of GC Nurture".
//!
//! Protects against taking anybody for a campaign: a name that a person could have needs a word that only campaigns have.

use super::given_names::{is_first_name, is_surname, may_be_first_name};
use super::names::{Kind, Pointer, Reference};
use super::people::{is_unknown, mentions};
use super::records::{Marks, is_campaignish, is_listish, is_person, is_season, loose_name};
use super::sentence::Sentence;
use super::verbs::{OBJECTS, Object, VERBS, Verb};

/// "Is Harvest Mailer still running?": a name with a word that only campaigns have.
pub(super) fn spoken_campaign(sentence: &Sentence<'_>, from: usize, end: usize) -> Option<Reference> {
    (from..end).filter(|at| sentence.has_case() && sentence.is_capitalised(*at)).find_map(|first| {
        let opens = first == from || !sentence.is_capitalised(first - 1);
        let last = (first..end).find(|at| !sentence.is_capitalised(*at)).unwrap_or(end);
        let first = first + usize::from(first == from && super::moods::QUESTIONS.contains(sentence.norm(first)));
        let name = Some(sentence.span(first, last.max(first + 1)));
        (opens && last > first + 1 && is_campaignish(sentence, first, last)).then_some(Reference {
            kind: Kind::Campaign,
            pointer: Pointer::Known,
            preposition: "",
            name,
            first,
            last,
        })
    })
}

/// "shorten the intro of Spring Outreach", "rewrite step 2 of GC Nurture": the campaign a text belongs to.
pub(super) fn text_of_a_campaign(sentence: &Sentence<'_>, from: usize, end: usize) -> Option<Reference> {
    let text = (from..end).find(|at| {
        OBJECTS.longest(sentence, *at).is_some_and(|found| matches!(found.0, Object::Step | Object::Copy))
    })?;
    let at = (text..end).find(|at| ["of", "in", "from", "for"].contains(&sentence.norm(*at)))?;
    let (span, last) = loose_name(sentence, at + 1, end, Marks::Seen)?;
    let preposition = if sentence.norm(at) == "of" { "of" } else { "in" };
    // "step 2 of Onboarding", "the second email of Spring Push": no contact has such a thing.
    const WHICH: [&str; 6] = ["first", "second", "third", "fourth", "last", "next"];
    let step = OBJECTS.longest(sentence, text).is_some_and(|found| found.0 == Object::Step)
        || text > from && WHICH.contains(&sentence.norm(text - 1));
    let near = step && at <= text + 2 && ["of", "in"].contains(&sentence.norm(at));
    let (span, last) = match (at + 1..last).find(|word| near && !sentence.is_capitalised(*word)) {
        Some(end) if end > at + 1 => (sentence.span(at + 1, end), end),
        _ => (span, last),
    };
    let place = !is_season(sentence, at + 1) && super::places::table().longest(&sentence.words[at + 1..last]).is_some();
    (is_campaignish(sentence, at + 1, last) || near && !place).then_some(Reference {
        kind: Kind::Campaign,
        pointer: Pointer::Known,
        preposition,
        name: Some(span),
        first: at,
        last,
    })
}

/// "the launch of Spring Outreach", "a test run of GC Nurture".
pub(super) fn campaign_behind_of(sentence: &Sentence<'_>, from: usize, end: usize) -> Option<Reference> {
    const REACH: usize = 4;
    const PARTS: [&str; 8] = ["launch", "start", "run", "test", "step", "kickoff", "sending", "rollout"];
    let at = (from..end.min(from + REACH)).find(|at| sentence.norm(*at) == "of")?;
    // Where nothing has capitals, a name has none either.
    let marks = if sentence.has_case() { Marks::Seen } else { Marks::Any };
    let (span, last) = loose_name(sentence, at + 1, end, marks)?;
    let part = (from.saturating_sub(2)..at).any(|word| PARTS.contains(&sentence.norm(word)));
    (part || is_campaignish(sentence, at + 1, last)).then_some(Reference {
        kind: Kind::Campaign,
        pointer: Pointer::Known,
        preposition: "of",
        name: Some(span),
        first: at,
        last,
    })
}

/// "pause Tom Becker in GC Nurture": the campaign behind the person.
pub(super) fn campaign_around(sentence: &Sentence<'_>, verb: Verb, from: usize, end: usize) -> Option<Reference> {
    let person = mentions(sentence, from, end, &[]).into_iter().find(|person| person.first == from)?;
    let at = (person.first + 1..end).find(|at| ["in", "from", "of"].contains(&sentence.norm(*at)))?;
    let start = at + 1 + usize::from(["my", "our", "the"].contains(&sentence.norm(at + 1)));
    let (span, last) = loose_name(sentence, start, end, Marks::Seen)?;
    let stops = matches!(verb, Verb::Pause | Verb::Resume | Verb::Stop);
    let place = !is_season(sentence, start) && super::places::table().longest(&sentence.words[start..last]).is_some();
    let named = is_campaignish(sentence, start, last)
        || sentence.norm(at) == "in" && !place && last > start + 1 && !is_person(sentence, start, last);
    let preposition = if sentence.norm(at) == "in" { "in" } else { "from" };
    let name = Some(span);
    (stops && named).then_some(Reference {
        kind: Kind::Campaign,
        pointer: Pointer::Known,
        preposition,
        name,
        first: at,
        last,
    })
}

/// "start Spring Outreach", "pause Q3 Nurture": a campaign by its name alone.
pub(super) fn bare_campaign(sentence: &Sentence<'_>, verb: Verb, from: usize, end: usize) -> Option<Reference> {
    let start = from + usize::from(["my", "our", "the"].contains(&sentence.norm(from)));
    let (mut span, mut last) = loose_name(sentence, start, end, Marks::Any)?;
    let mut until = last + 1;
    let quoted = sentence.quote_of(start).is_some();
    // "delay the Winter Roundup launch": what is put off, and no part of the name.
    if !quoted && last > start + 1 && ["launch", "start", "kickoff", "send"].contains(&sentence.raw(last - 1)) {
        last -= 1;
        until = last;
        span = sentence.span(start, last);
    }
    let capital = sentence.has_case() && sentence.is_capitalised(start);
    let season = is_season(sentence, start);
    // "Probate Letter": a kind of text as part of a name.
    let part = |word: usize| word > start && word < last && capital;
    let other = (start..until.min(end)).any(|word| {
        let object = OBJECTS.of_word(sentence.norm(word)).filter(|object| *object != Object::Campaign);
        let text = matches!(object, Some(Object::Copy | Object::Figure)) && part(word) && sentence.is_capitalised(word);
        !text && (object.is_some() || word < last && VERBS.of_word(sentence.norm(word)).is_some())
    });
    let written = (capital || is_campaignish(sentence, start, last) && last > start + 1)
        && !other
        && (!is_person(sentence, start, last) || season && last > start + 1);
    if !quoted && !written {
        return None;
    }
    // Two unknown words may be anybody's name; only what no person can be is a campaign then.
    let people = mentions(sentence, start, last, &[]);
    let strange = |at: usize| is_unknown(sentence, at, end);
    let named = is_first_name(sentence.norm(start))
        || is_surname(sentence.norm(last - 1))
        || last == start + 2 && strange(start) && strange(start + 1);
    let nobody = season && last > start + 1 || !named && (!may_be_first_name(sentence.norm(start)) || last > start + 1);
    let launched = matches!(verb, Verb::Start | Verb::Schedule | Verb::Test)
        || is_campaignish(sentence, start, last)
        || nobody
        || is_listish(sentence, start, last);
    if !launched && people.iter().any(|person| person.mention.name.is_some() && !quoted) {
        return None;
    }
    let name = Some(span);
    Some(Reference { kind: Kind::Campaign, pointer: Pointer::Known, preposition: "", name, first: from, last })
}
