//! What is told of people or companies by a verb in the past or by what they look for: "that lost a patent case",
//! "who posted about pricing", "which are seeking a receptionist".
//!
//! Protects "no invented constraint": the words behind such a verb say what happened, and are no sector or topic.

use super::gazetteer;
use super::geography;
use super::grammar::Walk;
use super::hiring;
use super::phrasebook::Words;
use super::vocabulary::EXCLUSIONS;
use super::words::Break;

/// Verbs in the past by which something happened. Those that have a slot of their own ("raised", "joined") are read before.
static HAPPENED: Words = Words::of(
    "placed|taught|trained|scaled|designed|defended|negotiated|argued|hired a|hired an|hired their|hired new|hired its|clerked|got|are opening|is opening|are closing|is closing|are losing|is losing|\
     are being|is being|are launching|is launching|announced|lost|won|opened|launched|sued|got sued|were sued|was sued|been sued|filed|closed|bought|sold|posted|spoke|\
     tweeted|commented|published|released|signed|missed|cut|doubled|tripled|expanded|relocated|moved|merged|spun|settled|\
     appeared|received|replaced|dropped|attended|exhibited|sponsored|downloaded|visited|registered|viewed|presented|\
     rebranded|restructured|recalled|acquired|invested|partnered|adopted|implemented|reported|issued|completed|secured|\
     broke ground|shut down|went bankrupt|filed for bankruptcy|switched|changed their|lost their|fired|replaced their|\
     outsourced|failed|paid|were fined|was fined|been fined|got fined|were mentioned|were featured|was featured|\
     were named|was named|been named|were ranked|engaged|interacted|liked|shared|wrote|blogged|testified|keynoted|hosted|won awards",
);

const RELATIVES: [&str; 3] = ["who", "that", "which"];

const BETWEEN: [&str; 11] =
    ["have", "has", "had", "just", "recently", "newly", "already", "also", "once", "publicly", "lately"];

/// Takes what happened, or whom companies look for, at `at`.
pub(super) fn take(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    happened(walk, at).or_else(|| hiring::seeking(walk, at)).or_else(|| purpose(walk, at))
}

fn happened(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let told = walk.people.is_some() || walk.companies.is_some();
    let relative = RELATIVES.contains(&sentence.norm(at));
    let adverb = ["recently", "just", "newly"].contains(&sentence.norm(at));
    (told && (relative || adverb) && sentence.quote_of(at).is_none()).then_some(())?;
    let mut verb = at + 1;
    while verb < walk.end && BETWEEN.contains(&sentence.norm(verb)) {
        verb += 1;
    }
    let count = sentence.longest_of(verb, &HAPPENED).filter(|_| verb < walk.end)?;
    // "who attended our webinar" studied nowhere.
    let ours = sentence.norm(verb) == "attended" && ["our", "my", "a", "an"].contains(&sentence.norm(verb + 1));
    let known = !ours && (at..=verb).any(|word| super::signals::announces(walk, word)) || walk.zone_at(at).is_some();
    let last = end_of_event(walk, verb + count);
    // A participle closes what it describes: "companies recently acquired".
    (!known && last <= walk.end && (relative || last > verb + count)).then_some(())?;
    walk.flush();
    let entry = format!("signal:{}", sentence.slice(verb, last));
    walk.other(&entry, at, last);
    Some(last)
}

/// Where what happened is told: up to a comma, an exclusion, a further condition, or a place that stands for itself.
fn end_of_event(walk: &Walk<'_>, from: usize) -> usize {
    const FURTHER: [&str; 8] =
        ["and have", "and are", "and who", "and that", "and use", "and has", "with between", "with at least"];
    let sentence = walk.sentence;
    let ends = |at: usize| {
        sentence.before(at) >= Break::Comma
            || sentence.longest_of(at, &EXCLUSIONS).is_some()
            || sentence.longest_of(at, &FURTHER).is_some()
            || sentence.norm(at) == "in" && geography::is_known_anywhere(walk, at + 1)
            || RELATIVES.contains(&sentence.norm(at))
    };
    (from..walk.end).find(|at| ends(*at)).unwrap_or(walk.end)
}

/// Degrees and charters that people hold.
const DEGREES_HELD: [&str; 30] = [
    "master degree",
    "bachelor degree",
    "cfa charter",
    "acca",
    "cima",
    "pmp",
    "pmp certification",
    "cfp",
    "cissp",
    "phds",
    "mbas",
    "doctorates",
    "mba",
    "phd",
    "ph.d",
    "doctorate",
    "masters degree",
    "masters",
    "master",
    "bachelors degree",
    "bachelors",
    "bachelor",
    "law degree",
    "engineering degree",
    "degree",
    "jd",
    "llm",
    "ll.m",
    "cpa",
    "cfa",
];

/// "who hold a PhD in art history", "must hold an MBA": a degree with its subject and its school.
pub(super) fn degree(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const HOLDS: [&str; 13] = [
        "w",
        "who hold",
        "who holds",
        "who have",
        "must hold",
        "must have",
        "should have",
        "should hold",
        "holding",
        "hold",
        "holds",
        "with",
        "having",
    ];
    let sentence = walk.sentence;
    let mut first = at + sentence.longest_of(at, &HOLDS)?;
    first += usize::from(["a", "an", "the"].contains(&sentence.norm(first)));
    let mut last = first + sentence.longest_of(first, &DEGREES_HELD)?;
    if walk.excluding || last > walk.end {
        return None;
    }
    // "in art history", "from a top school", but not "in Boston"
    for joint in ["in", "from"] {
        if sentence.norm(last) == joint && last + 1 < walk.end && sentence.before(last) < Break::Comma {
            let place = joint == "in" && geography::is_known_anywhere(walk, last + 1);
            let end = (last + 1..walk.end).find(|word| {
                sentence.before(*word) >= Break::Comma
                    || ["in", "and", "who", "at", "with"].contains(&sentence.norm(*word)) && *word > last + 1
            });
            last = if place { last } else { end.unwrap_or(walk.end) };
        }
    }
    walk.flush();
    let entry = format!("education:{}", sentence.slice(first, last));
    walk.other(&entry, at, last);
    Some(last)
}

/// "with no MBA": what is left out is a degree.
pub(super) fn no_degree(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const DEGREES: [&str; 9] =
        ["mba", "mbas", "phd", "phds", "jd", "llm", "college degree", "university degree", "degree"];
    let count = walk.begins_exclusion().then(|| walk.sentence.longest_of(at, &DEGREES)).flatten()?;
    let entry = format!("education:{}", walk.sentence.slice(at, at + count));
    walk.found.excluded_other(&entry, at, at + count);
    Some(at + count)
}

/// "with Big 4 background", "with P&G experience": where somebody worked before.
pub(super) fn pedigree(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const REACH: usize = 5;
    let sentence = walk.sentence;
    (["with", "w"].contains(&sentence.norm(at)) && walk.people.is_some() && !walk.excluding).then_some(())?;
    let first = at + 1 + usize::from(["a", "an", "some", "prior"].contains(&sentence.norm(at + 1)));
    let noun = (first + 1..walk.end.min(first + REACH))
        .take_while(|word| sentence.before(*word) < Break::Comma)
        .find(|word| ["background", "experience", "pedigree", "backgrounds"].contains(&sentence.norm(*word)))?;
    let employer = sentence.longest_of(first, &super::employers::EMPLOYERS) == Some(noun - first);
    let class = gazetteer::market(sentence, first, noun).is_some_and(|(count, found)| {
        first + count == noun
            && found.iter().any(|market| match market {
                super::markets::Market::CompanyType(kind) => ["class", "law"].contains(&kind.kind),
                _ => false,
            })
    });
    let ampersand = (first + 1..noun).any(|word| sentence.gap(word).trim() == "&" || sentence.raw(word) == "&")
        && (first..noun).all(|word| sentence.raw(word) == "&" || sentence.is_capitalised(word));
    // "with Terraform & Kubernetes experience"
    let technology = super::technologies::longest(sentence.words.get(first..noun).unwrap_or(&[]), true).is_some();
    (employer || class || ampersand && !technology && sentence.has_case() && noun - first <= 3).then_some(())?;
    walk.flush();
    let entry = format!("past_company:{}", sentence.slice(first, noun));
    walk.other(&entry, at, noun + 1);
    Some(noun + 1)
}

/// "for the CPE webinar invite", "for our Q3 mandate": what the results are for is no filter.
fn purpose(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const REACH: usize = 6;
    const ENDS: [&str; 24] = [
        "webinar",
        "invite",
        "event",
        "pitch",
        "mandate",
        "assignment",
        "project",
        "newsletter",
        "conference",
        "dinner",
        "seminar",
        "roundtable",
        "workshop",
        "launch",
        "push",
        "outreach",
        "meeting",
        "presentation",
        "mailing",
        "campaign",
        "roadshow",
        "breakfast",
        "lunch",
        "round",
    ];
    let sentence = walk.sentence;
    let own = ["the", "our", "my", "a", "an", "this", "next", "upcoming"].contains(&sentence.norm(at + 1));
    (sentence.norm(at) == "for" && own && walk.people.is_some() && !walk.excluding).then_some(())?;
    if super::names::reference(sentence, at).is_some() {
        return None;
    }
    let end = walk.end.min(at + 1 + REACH);
    let last = (at + 2..end).take_while(|word| sentence.before(*word) < Break::Comma).find(|word| {
        let next = *word + 1;
        ENDS.contains(&sentence.norm(*word)) && (next >= walk.end || sentence.before(next) >= Break::Comma)
    })? + 1;
    walk.flush();
    walk.found.unread(at + 1, last);
    Some(last)
}

/// Every phrase of this file.
pub(super) fn phrases() -> impl Iterator<Item = &'static str> {
    HAPPENED.phrases()
}
