//! Lists and campaigns that an instruction names without the usual signs: "export the list Q1 Leads",
//! "add Jane to Q1 Leads", "start Spring Outreach". `names.rs` finds the others.
//!
//! Protects the rule that a name is taken as written.

use super::alongside;
use super::campaign_names::{bare_campaign, campaign_around, campaign_behind_of, spoken_campaign, text_of_a_campaign};
use super::given_names::{is_first_name, may_be_first_name};
use super::names::{Kind, Pointer, Reference, kind};
use super::people::{ADDRESSES, mentions, possessive};
use super::phrasebook::Words;
use super::sentence::Sentence;
use super::verbs::{OBJECTS, Object, Verb};
use super::words::Break;

/// Words that end a name that stands without marks.
static ENDS: Words = Words::of(
    "targeting|aimed|reaching|to|into|in|on|onto|from|off|at|of|for|with|without|as|by|and|or|but|that|who|which|because|since|so|then|is|are|\
     was|has|have|should|will|now|today|tomorrow|tonight|immediately|please|pls|instead|too|also|again|yet|next|until|till|\
     when|if|after|before|about|via|anymore|any|here|asap|right|over|back|only|just|exactly|until|straight|not|this|that|\
     my|our|the|a|an|it|them|him|her|going|starting|beginning|monday|tuesday|wednesday|thursday|friday|completely|entirely|\
     altogether|temporarily|permanently|thanks|he|she|they|we|you|i|thank|soon|contains|every|all|lists|campaigns|named|called|one|first|running|up|itself|themselves",
);

/// Destinations that are the whole of the workspace's contacts and no list.
pub(super) static WORKSPACE: Words = Words::of(
    "contacts|contact|crm|database|workspace|system|address book|addressbook|network|books|records|contact book|lexi|\
     contact database|db|rolodex|phone book|tool|account|accounts|companies|customers|company database|directory",
);

/// Verbs whose object or destination may be a list that is only named.
fn names_lists(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::Add
            | Verb::Save
            | Verb::Enroll
            | Verb::Move
            | Verb::Copy
            | Verb::Remove
            | Verb::Export
            | Verb::Import
            | Verb::Merge
            | Verb::Rename
            | Verb::Clear
    )
}

/// Verbs whose object may be a campaign that is only named.
fn names_campaigns(verb: Verb) -> bool {
    matches!(verb, Verb::Start | Verb::Pause | Verb::Resume | Verb::Stop | Verb::Schedule | Verb::Test)
}

/// Which words can be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marks {
    /// Any that no small word ends: the instruction can only mean one.
    Any,
    /// Only with a capital or in quotation marks.
    Seen,
    /// Like `Seen`, one of several names between which "and" stands.
    Several,
}

/// Gives names to mentions that have none yet, and finds the ones that are nothing but a name.
pub(super) fn complete(sentence: &Sentence<'_>, verb: Verb, from: usize, end: usize, found: &mut Vec<Reference>) {
    // "create list conference 2026", but "create a list of partners".
    let plain = verb == Verb::Build && kind(sentence, from).is_some_and(|found| found.0 == Kind::List);
    let asks = matches!(verb, Verb::Find | Verb::Show | Verb::Tell | Verb::Build) && !plain;
    let marks = if asks { Marks::Seen } else { Marks::Any };
    found.retain(|reference| reference.first == 0 || !["not", "without"].contains(&sentence.norm(reference.first - 1)));
    for reference in found.iter_mut() {
        tidy(sentence, reference);
        name_behind(sentence, end, reference, marks);
    }
    several(sentence, end, found);
    let whole = matches!(verb, Verb::Export | Verb::Remove | Verb::Clear | Verb::Rename) || names_campaigns(verb);
    if whole && found.is_empty() {
        found.extend(small_name_before(sentence, from, end));
    }
    if whole {
        quoted_before_the_noun(sentence, from, end, found);
    }
    bare_nouns(sentence, from, end, found, marks);
    let file = (from..end).any(|at| ["csv", "spreadsheet", "excel", "xlsx"].contains(&sentence.norm(at)));
    let sends_file = verb == Verb::Send && file;
    let verb = if file && verb == Verb::Find { Verb::Export } else { verb };
    if (names_lists(verb) || sends_file) && !found.iter().any(|reference| reference.kind == Kind::Campaign) {
        bare_lists(sentence, verb, from, end, found);
    }
    if found.iter().all(|reference| reference.first > from) {
        found.extend(led_by_a_name(sentence, verb, from, end));
    }
    let texts = matches!(verb, Verb::Rework | Verb::Update | Verb::Remove)
        || verb == Verb::Build
            && (from..end).any(|at| ["shorter", "longer", "formal", "friendlier"].contains(&sentence.norm(at)));
    if texts && found.is_empty() {
        found.extend(text_of_a_campaign(sentence, from, end));
    }
    // "move Onboarding to next Tuesday".
    let put_off = verb == Verb::Move
        && (from..end).any(|at| sentence.norm(at) == "to" && super::campaigns::is_time(sentence, at + 1));
    // "add Tina to step 2 of Spring".
    if matches!(verb, Verb::Add | Verb::Enroll | Verb::Move) && found.is_empty() {
        let step = |at: usize| OBJECTS.longest(sentence, at).is_some_and(|found| found.0 == Object::Step);
        let to = (from..end).any(|at| ["to", "into", "in"].contains(&sentence.norm(at)) && step(at + 1));
        let campaign = text_of_a_campaign(sentence, from, end).filter(|_| to);
        found.extend(campaign.map(|campaign| Reference { preposition: "to", ..campaign }));
    }
    // "launch Spring for the Gala list": the list only says to whom.
    let to_a_list =
        |found: &[Reference]| found.iter().all(|place| place.kind == Kind::List && !place.preposition.is_empty());
    if (names_campaigns(verb) || put_off) && to_a_list(found) {
        found.extend(
            bare_campaign(sentence, verb, from, end)
                .or_else(|| campaign_behind_of(sentence, from, end))
                .or_else(|| campaign_around(sentence, verb, from, end)),
        );
    }
    if verb == Verb::Tell && found.is_empty() {
        found.extend(spoken_campaign(sentence, from, end));
    }
    found.sort_by_key(|reference| reference.first);
    if matches!(verb, Verb::Add | Verb::Remove | Verb::Enroll | Verb::Save) {
        alongside::complete(sentence, end, found);
    }
}

/// Words before a noun that are no name: "an empty list", "the draft campaign", "a 5 touch cadence".
static KINDS: Words = Words::of(
    "empty|draft|paused|running|active|old|new|current|existing|whole|entire|first|last|second|third|other|same|step|touch|\
     follow|up|test|a|b|ab|split|big|small|little|short|long|simple|quick|blank|fresh|separate|temporary|temp|drip|nurture|email|\
     mail|outreach|multi|channel|welcome|onboarding|re|engagement|cold|warm|automated|personal|personalised|personalized|\
     stopped|finished|scheduled|upcoming|latest|previous|next|full|complete|target|private|shared|public|static|dynamic|stage|part",
);

/// Takes words that are no part of a name away from it: "the paused Partner Outreach campaign".
fn tidy(sentence: &Sentence<'_>, reference: &mut Reference) {
    let Some((start, end)) = reference.name else { return };
    let first = sentence.words.partition_point(|word| word.start < start);
    let last = sentence.words.partition_point(|word| word.start < end);
    if sentence.quote_of(first).is_some() {
        return;
    }
    let kind = |at: usize| {
        let word = sentence.norm(at);
        let small = !(sentence.has_case() && sentence.is_capitalised(at)) || word.len() == 1 || word == "ab";
        small && (KINDS.contains(word) || word.starts_with(|c: char| c.is_ascii_digit()))
            || word == "test" && at + 1 == last && last == first + 2
    };
    // "the last campaign", "the other list": which one it is, and no name.
    const WHICH: [&str; 18] = [
        "last", "latest", "previous", "next", "current", "first", "second", "third", "same", "other", "new", "old",
        "whole", "entire", "upcoming", "existing", "running", "active",
    ];
    let which = |at: usize| WHICH.contains(&sentence.norm(at)) && !(sentence.has_case() && sentence.is_capitalised(at));
    if (first..last).all(which) {
        reference.name = None;
        return;
    }
    if reference.pointer != Pointer::Known && (first..last).all(kind) || (first..last).all(kind) && last > first + 1 {
        reference.name = None;
        return;
    }
    let small = |at: usize| sentence.has_case() && !sentence.is_capitalised(at) && KINDS.contains(sentence.norm(at));
    let kept = (first..last).find(|at| !small(*at));
    match kept {
        Some(kept) if kept > first => reference.name = Some(sentence.span(kept, last)),
        None if sentence.has_case() => reference.name = None,
        _ => {}
    }
}

/// "my lists 'East' and 'West'", "the lists Q1 Leads and Q2 Leads".
fn several(sentence: &Sentence<'_>, end: usize, found: &mut Vec<Reference>) {
    let plural = found.iter().position(|reference| {
        (reference.first..reference.last).any(|at| {
            ["lists", "campaigns", "sequences"].contains(&sentence.norm(at)) && sentence.quote_of(at).is_none()
        })
    });
    let Some(at) = plural else { return };
    let (kind, first) = (found[at].kind, found[at].first);
    let Some(noun) = (first..found[at].last).find(|at| {
        ["lists", "campaigns", "sequences"].contains(&sentence.norm(*at)) && sentence.quote_of(*at).is_none()
    }) else {
        return;
    };
    let mut names = Vec::new();
    names_of_several(sentence, kind, (noun, 1), end, &mut names);
    if let Some(named) = names.first_mut() {
        named.first = first;
        named.preposition = found[at].preposition;
        found.retain(|reference| !names.iter().any(|name| name.first < reference.last && reference.first < name.last));
        found.extend(names);
    }
}

/// "… and add them to my existing campaign Spring Push".
pub(super) fn campaigns_named_behind(sentence: &Sentence<'_>, end: usize, found: &mut [Reference]) {
    for reference in found.iter_mut().filter(|reference| reference.kind == Kind::Campaign) {
        if reference.pointer == Pointer::Known {
            tidy(sentence, reference);
            name_behind(sentence, end, reference, Marks::Seen);
        }
    }
}

/// "the list Q1 Leads", "campaign Spring": the name directly behind the noun.
fn name_behind(sentence: &Sentence<'_>, end: usize, reference: &mut Reference, marks: Marks) {
    let plural = ["lists", "campaigns", "sequences"].contains(&sentence.norm(reference.last.saturating_sub(1)));
    if reference.name.is_some() || reference.pointer == Pointer::Here || plural {
        return;
    }
    let fresh =
        (reference.first..reference.last).any(|at| ["a", "an", "new", "another", "fresh"].contains(&sentence.norm(at)));
    let marks = if fresh { Marks::Seen } else { marks };
    let called = usize::from(["called", "named", "titled"].contains(&sentence.norm(reference.last)));
    if let Some((span, last)) = loose_name(sentence, reference.last + called, end, marks) {
        reference.name = Some(span);
        reference.last = last;
    }
}

/// The words from `at` up to the end of a name: a quotation, or what no small word ends.
pub(super) fn loose_name(
    sentence: &Sentence<'_>,
    at: usize,
    end: usize,
    marks: Marks,
) -> Option<((usize, usize), usize)> {
    const LONGEST: usize = 7;
    if at >= end || sentence.before(at) >= Break::Bracket && !sentence.gap(at).contains(':') {
        return None;
    }
    if let Some(quote) = sentence.quote_of(at).filter(|quote| quote.first == at) {
        return Some(((quote.start, quote.end), quote.last));
    }
    if sentence.before(at) >= Break::Comma && !sentence.gap(at).contains(':') {
        return None;
    }
    let capital = sentence.has_case() && sentence.is_capitalised(at);
    let joins_phrases = marks != Marks::Several;
    if marks != Marks::Any && !sentence.gap(at).contains(':') && !capital {
        return None;
    }
    let mut last = at;
    while last < end && last < at + LONGEST && (last == at || sentence.before(last) < Break::Comma) {
        // "Doctors in Texas" goes on behind a small word when a capital follows.
        let joins = capital
            && joins_phrases
            && last > at
            && ["of", "and", "in", "at", "the", "for"].contains(&sentence.norm(last))
            && sentence.is_capitalised(last + 1)
            && last + 1 < end
            && sentence.before(last + 1) < Break::Comma
            && !["in", "at", "for"].contains(&sentence.norm(last));
        // "list A" is named by a letter.
        let letter = last == at && capital && sentence.raw(at).len() == 1;
        // "M&A Targets".
        let sign = sentence.raw(last) == "&" || last > at && sentence.raw(last - 1) == "&";
        let joins = joins && !alongside::begins_another(sentence, at, last, end);
        let ends = ENDS.contains(sentence.norm(last)) && !joins && !letter && !sign || sentence.raw(last).contains('@');
        let told = last > at && sentence.is_translated(last);
        let ends = ends && !(capital && last > at && part_of_a_title(sentence, last));
        if ends || told || sentence.quote_of(last).is_some() || possessive(sentence, last) && last > at {
            break;
        }
        last += 1;
    }
    // "the warm prospects list" is called Warm Prospects.
    let noun = last > at + 1
        && ["list", "campaign", "sequence"].contains(&sentence.raw(last - 1))
        && !["the", "a"].contains(&sentence.norm(last - 2));
    (last > at).then(|| (sentence.span(at, last - usize::from(noun)), last))
}

/// "Delete 'Cold calls Feb' – only the list": what the quotation is the name of is said behind it.
fn quoted_before_the_noun(sentence: &Sentence<'_>, from: usize, end: usize, found: &mut Vec<Reference>) {
    const SAID: [&str; 8] = [
        "the list",
        "only the list",
        "just the list",
        "a list",
        "the campaign",
        "the sequence",
        "its a list",
        "that list",
    ];
    let Some(quote) = sentence.quote_of(from).filter(|quote| quote.first == from) else { return };
    let noun = (quote.last..end).find_map(|at| {
        let count = sentence.longest_of(at, &SAID).filter(|_| sentence.is_apart(at))?;
        Some(at + count - 1)
    });
    let Some((noun, kind)) = noun.and_then(|at| Some((at, kind(sentence, at)?.0))) else { return };
    found.retain(|reference| noun < reference.first || reference.last <= noun);
    let name = Some((quote.start, quote.end));
    found.push(Reference { kind, pointer: Pointer::Known, preposition: "", name, first: from, last: quote.last });
}

/// "Welcome Back", "Summer Associates Thank You": a small word with a capital is part of the name before it; a time is none.
fn part_of_a_title(sentence: &Sentence<'_>, at: usize) -> bool {
    const TIMES: [&str; 13] = [
        "today",
        "tomorrow",
        "tonight",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "i",
        "asap",
        "lists",
        "campaigns",
        "please",
    ];
    let word = sentence.norm(at);
    sentence.is_capitalised(at)
        && sentence.before(at) < Break::Comma
        && !TIMES.contains(&word)
        && (sentence.raw(at).chars().skip(1).all(char::is_lowercase))
}

/// "delete old leads list", "export opposing counsel list": a name in small letters before the noun.
fn small_name_before(sentence: &Sentence<'_>, from: usize, end: usize) -> Option<Reference> {
    const LONGEST: usize = 4;
    let noun = (from + 1..end.min(from + 1 + LONGEST))
        .find(|at| ["list", "campaign", "sequence"].contains(&sentence.raw(*at)) && sentence.quote_of(*at).is_none())?;
    let plain = |at: usize| {
        let word = sentence.norm(at);
        let kind = ["contact", "email", "mail", "mailing", "call", "lead", "prospect", "marketing", "linkedin"];
        KINDS.contains(word) || kind.contains(&word) || word.starts_with(|c: char| c.is_ascii_digit())
    };
    let name = (from..noun).all(|at| {
        let capitalised = sentence.has_case() && sentence.is_capitalised(at);
        !capitalised
            && !ENDS.contains(sentence.norm(at))
            && sentence.quote_of(at).is_none()
            && (at == from || sentence.before(at) < Break::Comma)
            && !["called", "named", "this", "that", "my", "our", "whole", "it", "me", "us"].contains(&sentence.norm(at))
    });
    let over = noun + 1 >= end || sentence.before(noun + 1) >= Break::Comma || ENDS.contains(sentence.norm(noun + 1));
    let kind = kind(sentence, noun)?.0;
    (name && over && !(from..noun).all(plain)).then(|| Reference {
        kind,
        pointer: Pointer::Known,
        preposition: "",
        name: Some(sentence.span(from, noun)),
        first: from,
        last: noun + 1,
    })
}

/// "delete list q1 leads", "start campaign spring": a noun without an article.
fn bare_nouns(sentence: &Sentence<'_>, from: usize, end: usize, found: &mut Vec<Reference>, marks: Marks) {
    for at in from..end {
        if found.iter().any(|reference| reference.first <= at && at < reference.last) {
            continue;
        }
        let Some((kind, count)) = kind(sentence, at) else { continue };
        if at > from && ["every", "each", "any", "all"].contains(&sentence.norm(at - 1)) {
            continue;
        }
        let plural = ["lists", "campaigns", "sequences", "segments"].contains(&sentence.norm(at));
        let preposition = preposition_at(sentence, at, from);
        let first = at - usize::from(!preposition.is_empty());
        if plural {
            names_of_several(sentence, kind, (at, count), end, found);
            continue;
        }
        if let Some((span, last)) = loose_name(sentence, at + count, end, marks) {
            found.push(Reference { kind, pointer: Pointer::Known, preposition, name: Some(span), first, last });
        }
    }
}

/// "the lists Q1 Leads and Q2 Leads".
fn names_of_several(
    sentence: &Sentence<'_>,
    kind: Kind,
    (noun, count): (usize, usize),
    end: usize,
    found: &mut Vec<Reference>,
) {
    let mut at = noun + count;
    while let Some((span, last)) = loose_name(sentence, at, end, Marks::Several) {
        found.push(Reference { kind, pointer: Pointer::Known, preposition: "", name: Some(span), first: at, last });
        let joined = ["and", "with", "into", "to"].contains(&sentence.norm(last));
        if last >= end || !(joined || sentence.before(last) == Break::Comma) {
            break;
        }
        at = last + usize::from(joined);
    }
}

fn preposition_at(sentence: &Sentence<'_>, at: usize, from: usize) -> &'static str {
    const PREPOSITIONS: [&str; 10] = ["to", "into", "in", "on", "onto", "from", "for", "of", "off", "with"];
    if at == from {
        return "";
    }
    PREPOSITIONS.into_iter().find(|word| *word == sentence.norm(at - 1)).unwrap_or("")
}

/// "rename Q1 Leads to Winter", "download Q1 Leads", "combine Gala and Spring lists": the whole of one or more lists.
fn whole_lists(sentence: &Sentence<'_>, verb: Verb, from: usize, end: usize, found: &mut Vec<Reference>) {
    let whole = matches!(verb, Verb::Export | Verb::Rename | Verb::Merge | Verb::Clear);
    let copied = verb == Verb::Copy && is_listish(sentence, from, (from + 2).min(end));
    // "combine Gala and Spring lists into one".
    let over = |at: usize| at == end || sentence.longest_of(at, &["into one", "into a single", "together"]).is_some();
    if verb == Verb::Merge && found.iter().all(|reference| reference.name.is_none() || over(reference.last)) {
        alongside::merged(sentence, from, end, found);
    }
    let unnamed =
        verb == Verb::Clear && found.iter().all(|reference| reference.name.is_none() && reference.first > from);
    if whole && (found.is_empty() || unnamed) || copied && found.iter().all(|reference| reference.first > from) {
        let start = from + usize::from(["my", "our", "the"].contains(&sentence.norm(from)));
        let people = mentions(sentence, from, end, &[]);
        let several = |person: &super::people::Person| {
            verb == Verb::Rename
                && person.mention.company.is_some()
                && ["partners", "companies", "associates"].contains(&sentence.norm(person.last - 1))
        };
        let person = people.iter().any(|person| {
            person.first == start
                && !several(person)
                && (verb != Verb::Export && (!unnamed || found.is_empty())
                    || is_person(sentence, start, person.last)
                    || person.mention.filter.is_some())
                && (!is_listish(sentence, start, person.last) || person.mention.filter.is_some())
        });
        let number = sentence.norm(start).starts_with(|c: char| c.is_ascii_digit());
        if let Some((span, last)) = loose_name(sentence, start, end, Marks::Any)
            .filter(|(_, last)| !number && !person && looks_like_a_name(sentence, start, *last, end))
        {
            let name = Some(span);
            let renamed = verb == Verb::Rename && is_campaignish(sentence, start, last);
            found.push(Reference {
                kind: if renamed { Kind::Campaign } else { Kind::List },
                pointer: Pointer::Known,
                preposition: "",
                name,
                first: from,
                last,
            });
        }
    }
}

/// "add Jane to Q1 Leads", "rename Q1 Leads to Winter", "download Q1 Leads".
fn bare_lists(sentence: &Sentence<'_>, verb: Verb, from: usize, end: usize, found: &mut Vec<Reference>) {
    whole_lists(sentence, verb, from, end, found);
    const PLACES: [&str; 6] = ["to", "into", "on", "onto", "from", "off"];
    // "blank out the phone on Gavin Roth": whose field it is.
    let field = (from..end.min(from + 3))
        .find_map(|at| OBJECTS.longest(sentence, at))
        .is_some_and(|(object, _)| matches!(object, Object::Field | Object::Copy));
    if field && matches!(verb, Verb::Clear | Verb::Remove | Verb::Enroll) {
        return;
    }
    let file = (from..end).any(|at| ["csv", "spreadsheet", "excel", "xlsx"].contains(&sentence.norm(at)));
    let two = matches!(verb, Verb::Move | Verb::Copy | Verb::Merge);
    let destination = |reference: &Reference| ["to", "into", "onto"].contains(&reference.preposition);
    let source = matches!(verb, Verb::Add | Verb::Enroll) && !found.iter().any(destination);
    if !two && !source && found.iter().any(|reference| reference.kind == Kind::List && reference.name.is_some()) {
        return;
    }
    let enrolls = from > 0 && ENROLLS.contains(&sentence.norm(from - 1));
    // "copy everyone from Gala to Spring": a list goes to a list, whatever place has its name.
    let named_like_a_place = |preposition: &str, start: usize, found: &[Reference]| {
        (two || enrolls)
            && ["to", "into", "onto"].contains(&preposition)
            && sentence.has_case()
            && sentence.is_capitalised(start)
            && (enrolls
                || found.iter().any(|reference| reference.kind == Kind::List && reference.preposition == "from"))
    };
    let step = verb == Verb::Add
        && (from..end).any(|at| OBJECTS.longest(sentence, at).is_some_and(|found| found.0 == Object::Step));
    // "add a note to Kamil Lis": nobody notes things on lists.
    let noted = verb == Verb::Add
        && (from..end.min(from + 3))
            .filter_map(|at| OBJECTS.longest(sentence, at))
            .any(|(object, _)| matches!(object, Object::Note | Object::Tag));
    let mut at = from;
    while at < end {
        let taken = found.iter().any(|reference| reference.first <= at && at < reference.last);
        let from_outside = verb == Verb::Import && ["from", "off"].contains(&sentence.norm(at));
        let of = (file && sentence.norm(at) == "of").then_some("of");
        let out = (sentence.norm(at) == "of" && at > from && sentence.norm(at - 1) == "out").then_some("from");
        let ending = ["end", "beginning", "start"].contains(&sentence.norm(at.saturating_sub(1)))
            && sentence.norm(at) == "of"
            && verb == Verb::Add;
        let out = out.or(ending.then_some("to"));
        let inside = (enrolls && sentence.norm(at) == "in").then_some("in");
        let place =
            PLACES.into_iter().find(|word| *word == sentence.norm(at) && !from_outside).or(of).or(out).or(inside);
        let Some(preposition) = place.filter(|_| !taken && sentence.quote_of(at).is_none() && verb != Verb::Rename)
        else {
            at += 1;
            continue;
        };
        let start = at + 1 + usize::from(["my", "our", "the"].contains(&sentence.norm(at + 1)));
        let name = loose_name(sentence, start, end, Marks::Any).filter(|(_, last)| {
            looks_like_a_name(sentence, start, *last, end) || named_like_a_place(preposition, start, found)
        });
        match name {
            Some((span, last)) if !is_person(sentence, start, last) && !noted || is_listish(sentence, start, last) => {
                let enrolled = enrolls && preposition != "on";
                let campaign = step || enrolled || is_campaignish(sentence, start, last);
                let kind = if campaign { Kind::Campaign } else { Kind::List };
                let name = Some(span);
                found.push(Reference { kind, pointer: Pointer::Known, preposition, name, first: at, last });
                at = last;
            }
            _ => at += 1,
        }
    }
}

/// Whether the words can be the name of a list that no noun announces.
fn looks_like_a_name(sentence: &Sentence<'_>, at: usize, last: usize, end: usize) -> bool {
    if !is_season(sentence, at)
        && super::places::table().longest(&sentence.words[at..last]).is_some_and(|(count, _)| count == last - at)
    {
        return false;
    }
    if (at..last).all(|word| WORKSPACE.contains(sentence.norm(word))) {
        return false;
    }
    if sentence.quote_of(at).is_some() {
        return true;
    }
    // A noun for something else behind it: "the VIP tag", "the Acme deal".
    if (at..=last).any(|word| word < end && OBJECTS.of_word(sentence.norm(word)).is_some()) {
        return is_listish(sentence, at, last) && OBJECTS.of_word(sentence.norm(last)).is_none();
    }
    let capital = sentence.has_case() && sentence.is_capitalised(at);
    capital || is_listish(sentence, at, last)
}

/// "Spring" is some town as well, and means none where a record is named.
pub(super) fn is_season(sentence: &Sentence<'_>, at: usize) -> bool {
    ["spring", "summer", "autumn", "fall", "winter", "holiday"].contains(&sentence.norm(at))
}

/// Words that people put into the names of lists.
pub(super) fn is_listish(sentence: &Sentence<'_>, at: usize, last: usize) -> bool {
    static LISTISH: Words = Words::of(
        "leads|prospects|targets|q1|q2|q3|q4|vips|outreach|attendees|speakers|subscribers|newsletter|webinar|event|\
         hot|warm|cold|shortlist|watchlist|pipeline|invitees|alumni|referrals|vip|tier|batch|2024|2025|2026|2027",
    );
    sentence.quote_of(at).is_some() || (at..last).any(|word| LISTISH.contains(sentence.norm(word)))
}

/// "delete Q1 Leads", "add Q1 Leads to Spring Outreach": a name that only a list or campaign has.
fn led_by_a_name(sentence: &Sentence<'_>, verb: Verb, from: usize, end: usize) -> Option<Reference> {
    let names = matches!(verb, Verb::Remove | Verb::Copy | Verb::Enroll | Verb::Add | Verb::Move);
    let start = from + usize::from(["my", "our", "the"].contains(&sentence.norm(from)));
    (names && sentence.has_case() && sentence.is_capitalised(start) && sentence.quote_of(start).is_none())
        .then_some(())?;
    let (span, last) = loose_name(sentence, start, end, Marks::Seen)?;
    let campaign = is_campaignish(sentence, start, last);
    let written = (start..last).all(|at| sentence.is_capitalised(at));
    let tag = verb == Verb::Remove && ["from", "off"].contains(&sentence.norm(last));
    let firm = mentions(sentence, start, last, &[])
        .iter()
        .any(|person| person.first == start && person.last == last && person.mention.company.is_some());
    let firm = firm || ["inc", "ltd", "llc", "llp", "gmbh", "ag", "corp", "plc"].contains(&sentence.norm(last - 1));
    let title = (start..last).any(|at| {
        super::gazetteer::phrase(sentence, at, last)
            .is_some_and(|phrase| phrase.title().is_some() && at + phrase.count == last)
    });
    let people = title && !is_listish(sentence, last - 1, last);
    let numbered = sentence.norm(start).starts_with(|c: char| c.is_ascii_digit());
    let known = campaign || is_listish(sentence, start, last) && looks_like_a_name(sentence, start, last, end);
    (known
        && written
        && !tag
        && !numbered
        && !firm
        && !people
        && last > start + 1
        && !is_person(sentence, start, last))
    .then_some(())?;
    let kind = if campaign { Kind::Campaign } else { Kind::List };
    Some(Reference { kind, pointer: Pointer::Known, preposition: "", name: Some(span), first: from, last })
}

/// "to Q1 Leads" at the end of a search: the kind and name of a record behind the preposition, and the word after it.
pub(super) fn record_at_the_end(
    sentence: &Sentence<'_>,
    at: usize,
    end: usize,
) -> Option<(Kind, (usize, usize), usize)> {
    (["to", "into", "onto"].contains(&sentence.norm(at)) && sentence.has_case()).then_some(())?;
    let start = at + 1 + usize::from(["my", "our", "the"].contains(&sentence.norm(at + 1)));
    let (span, last) = loose_name(sentence, start, end, Marks::Seen)?;
    let campaign = is_campaignish(sentence, start, last);
    let kind = if campaign { Kind::Campaign } else { Kind::List };
    let known = campaign || is_listish(sentence, start, last);
    (last == end && last > start + 1 && known).then_some((kind, span, last))
}

/// Verbs of campaigns alone.
const ENROLLS: [&str; 7] = ["enroll", "enrol", "enlist", "subscribe", "unenroll", "unenrol", "disenroll"];

/// Words that people put into the names of campaigns, and never into those of lists.
pub(super) fn is_campaignish(sentence: &Sentence<'_>, at: usize, last: usize) -> bool {
    const NAMES: [&str; 7] = ["outreach", "nurture", "drip", "cadence", "mailer", "sequence", "campaign"];
    // "Outreach Health LLC" is a firm.
    (at + 1..last).any(|word| NAMES.contains(&sentence.norm(word)))
}

pub(super) fn is_person(sentence: &Sentence<'_>, at: usize, last: usize) -> bool {
    is_first_name(sentence.norm(at))
        || ADDRESSES.contains(&sentence.norm(at))
        || (last == at + 2 && may_be_first_name(sentence.norm(at)))
}
