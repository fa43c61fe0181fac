//! Searches written as a form: "Title: CEO; Location: Texas; Size: 51-200", "title = CEO AND NOT industry = retail".
//!
//! Protects that a label is no constraint of its own: it says in which slot the words behind it
//! belong, up to the next label, and words that no table knows are taken there as they are written.

use super::gazetteer;
use super::geography;
use super::grammar::Walk;
use super::levels;
use super::numbers;
use super::phrasebook::Choices;
use super::singulars::in_singular;
use super::vocabulary::{EXCLUSIONS, Zone};
use super::words::Break;

/// What a label announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Location,
    Industry,
    Keyword,
    Company,
    Seniority,
    Department,
    Count,
    SaveAs,
    /// An entry of `other` by this name.
    Other(&'static str),
    /// Says nothing itself: "ICP:", "Criteria:", "Size:" (the number behind it is read anyway).
    Plain,
}

static LABELS: Choices<Field> = Choices::of(&[
    (
        Field::Title,
        "title|titles|job title|job titles|role|roles|position|positions|persona|personas|buyer|buyers|buyer persona|\
         buyer personas|target persona|target personas|who|contact title|contact titles|job role|job roles|jobtitle|current title|\
         target title|target titles|decision makers|people|contacts|title keywords|who to source|who to find|who to target|who to look for|who we want|who i need|who we need|whom to find|current job title|funktion|poste|cargo",
    ),
    (
        Field::Location,
        "location|locations|geo|geos|geography|geographies|country|countries|state|states|city|cities|region|regions|hq|\
         headquarters|hq location|company location|person location|where|area|territory|territories|place|places|company hq|\
         hq country|hq state|contact location|based in|metro|metros|standort|lieu|ubicacion|people location|account location|based",
    ),
    (
        Field::Industry,
        "industry|industries|sector|sectors|vertical|verticals|company industry|company type|company types|type of company|\
         organization type|firm type|type|types|business type|company kind|branche|secteur|sub industry|industry vertical|target industries|\
         target industry|target companies|target accounts|companies|field|fields of business|line of business|business",
    ),
    (
        Field::Keyword,
        "keyword|keywords|topic|topics|speciality|specialty|specialties|specialities|practice area|practice areas|practice|focus|tags|\
         company keywords|focus area|focus areas|practice group|areas of law|interests",
    ),
    (
        Field::Company,
        "company|company name|company names|account|accounts|employer|current company|organization|organisation|employers|current employer|named accounts",
    ),
    (
        Field::Seniority,
        "seniority|seniority level|seniority levels|level|levels|seniorities|management level|job level|management levels",
    ),
    (Field::Department, "department|departments|function|functions|team|job function|job functions|dept|depts"),
    (
        Field::Count,
        "count|limit|number of results|number|quantity|how many|results|amount|max results|volume|number of leads|leads|total|\
         max|number of people|number of contacts|qty|no of leads|how many leads|size of list|leads needed",
    ),
    (Field::SaveAs, "list name|save as|save to|name of list|save under|name of the list"),
    (
        Field::Other("technology"),
        "technology|technologies|tech stack|stack|tools|software used|uses|tech|technographics",
    ),
    (Field::Other("experience_years"), "experience|years of experience|years experience|experience level|yoe"),
    (Field::Other("skill"), "skill|skills|required skills|key skills"),
    (Field::Other("skill"), "language|languages"),
    (Field::Other("education"), "education|school|schools|university|degree|alma mater"),
    (Field::Other("past_company"), "past company|past companies|previous company|previous employer|past employer"),
    (Field::Other("investor"), "investor|investors"),
    (Field::Other("require"), "required|requirement|must have|must haves"),
    (Field::Other("prefer"), "nice to have|preferred|bonus"),
    (Field::Other("enrich"), "enrich|data needed|fields needed|fields"),
    (
        Field::Plain,
        "icp|target|request|query|search|audience|filters|filter|criteria|find|notes|looking for|targeting|requirements|brief|purpose|\
         profile|ideal customer profile|size|company size|headcount|employees|employee count|number of employees|employee range|revenue|\
         annual revenue|turnover|arr|funding|funding stage|stage|round|last round|founded|year founded|\
         team size|aum|ideal profile|ideal candidate|target market|prospects|task|need|needed|wanted|segment|search criteria|details|\
         targets|open req|req|account criteria|contact criteria|company criteria|funding round|signals|signal|note|parameters|target audience|lead criteria|\
         co size|company headcount|headcount range|employee headcount|hc|emps|company revenue|revenue band|company details|growth|include|includes|find me|lawyer count|size range|revenue range|last funding|company filters|people filters",
    ),
]);

/// Labels behind which a number counts those wanted.
const WANTED: [&str; 12] =
    ["wanted", "need", "needed", "find", "me", "task", "request", "query", "search", "for", "target", "prospects"];

/// What says of a field that it holds what follows.
const EQUALS: [&str; 12] = [
    "contains",
    "contain",
    "contains any of",
    "includes",
    "include",
    "includes any of",
    "equals",
    "is",
    "are",
    "is any of",
    "is one of",
    "is in",
];

/// Takes the label that stands at `at`: what follows belongs to its slot.
pub(super) fn label(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let (field, count) = label_at(walk, at)?;
    walk.flush();
    if !walk.begins_exclusion() {
        walk.excluding = false;
    }
    walk.field = Some(field);
    walk.bracketed = walk.sentence.gap(at + count).contains('(');
    let number = numbers::quantity(walk.sentence, at + count).is_some();
    walk.zone = match field {
        Field::Location => Zone::In,
        Field::Industry | Field::Company => Zone::At,
        Field::Keyword => Zone::Topic,
        Field::Title | Field::Seniority | Field::Department => Zone::Head,
        Field::Plain if !number || WANTED.contains(&walk.sentence.norm(at + count - 1)) => Zone::Head,
        _ => Zone::With,
    };
    // The words before a number say what it measures; they are read together with it.
    (field != Field::Plain || !number || super::measures::ANNOUNCED.longest(walk.sentence, at).is_none())
        .then_some(at + count)
}

/// The label at `at`: a phrase of the table, at the head of its part, with `:` or `=` (or a dash) behind it.
pub(super) fn label_at(walk: &Walk<'_>, at: usize) -> Option<(Field, usize)> {
    let sentence = walk.sentence;
    let (field, count) = labelled(sentence, at).or_else(|| machine_label(sentence, at))?;
    let last = at + count;
    if last > walk.end || sentence.quote_of(at).is_some() {
        return None;
    }
    let gap = sentence.gap(last);
    let sign = gap.trim_start_matches(['s', ')', ' ', '*', '"', '\'', '(', ']', '_']).chars().next();
    let dash = matches!(sign, Some('-' | '–' | '—' | '→' | '>')) && gap.starts_with(' ') && gap.ends_with(' ');
    let first = at == walk.begin || sentence.before(at) >= Break::Comma;
    // "title contains VP", "and location is Texas"
    let verb = sentence.longest_of(last, &EQUALS).filter(|_| {
        // "candidates who are off limits"
        gap.trim().is_empty() && !["who", "where", "based"].contains(&sentence.norm(at))
    });
    if let Some(more) = verb
        && last < walk.end
        && (first || joined_before(walk, at))
        && sentence.before(last) < Break::Comma
    {
        return Some((field, count + more));
    }
    // "| Title | Litigation Associate |"
    let cell = gap.trim() == "|" && sentence.gap(at).contains('|') && labelled(sentence, last).is_none();
    // "state IN (MI, OH)"
    let among = sentence.raw(last) == "IN" && sentence.gap(last + 1).contains('(') && last + 1 < walk.end && gap == " ";
    if among && (first || joined_before(walk, at)) {
        return Some((field, count + 1));
    }
    let marked = matches!(sign, Some(':' | '=' | '：')) || cell;
    let joined = at > 0 && ["and", "or", "not", "no", "where", "by"].contains(&sentence.norm(at - 1));
    let headed = first || sentence.before(at) >= Break::Slash || joined || sentence.gap(at).contains(['(', '+']);
    let bare = gap.trim().trim_end_matches(['"', '“', '\'', '‘', '(', '[']);
    (marked && (headed || [":", "=", "|"].contains(&bare)) || dash && first).then_some((field, count))
}

/// The phrase of the table at `at`, with what numbers it: "Persona A:", "Target 2:".
fn labelled(sentence: &super::sentence::Sentence<'_>, at: usize) -> Option<(Field, usize)> {
    // "Titles wanted:", "preferred locations:"
    const LEADING: [&str; 8] = ["target", "preferred", "desired", "ideal", "required", "main", "relevant", "possible"];
    const TRAILING: [&str; 7] = ["wanted", "needed", "required", "preferred", "desired", "of interest", "to target"];
    let qualified = || {
        let (field, count) = LABELS.longest(sentence, at + 1).filter(|_| LEADING.contains(&sentence.norm(at)))?;
        (sentence.before(at + 1) == Break::Space).then_some((field, count + 1))
    };
    let (field, count) = qualified().or_else(|| LABELS.longest(sentence, at))?;
    let more = sentence.longest_of(at + count, &TRAILING).filter(|_| sentence.before(at + count) == Break::Space);
    let count = count + more.filter(|more| sentence.gap(at + count + more).starts_with([':', '='])).unwrap_or(0);
    let mark = at + count;
    let numbered = sentence.raw(mark).len() == 1 && sentence.before(mark) == Break::Space;
    let more = numbered && sentence.gap(mark + 1).starts_with(':');
    Some((field, count + usize::from(more)))
}

/// "q_organization_keyword_tags:", "person.titles =": the name of a parameter, of which the end is a label.
fn machine_label(sentence: &super::sentence::Sentence<'_>, at: usize) -> Option<(Field, usize)> {
    const MOST: usize = 5;
    let joined = |word: usize| matches!(sentence.gap(word), "_" | ".") && word < sentence.words.len();
    let end = (at + 1..=at + MOST).find(|word| !joined(*word))?;
    let begins = end > at + 1 && !(at > 0 && joined(at)) && sentence.gap(end).trim_start().starts_with([':', '=']);
    let named = |first: usize| labelled(sentence, first).filter(|(_, count)| first + count == end);
    (at + 1..end).filter(|_| begins).find_map(|first| Some((named(first)?.0, end - at)))
}

fn joined_before(walk: &Walk<'_>, at: usize) -> bool {
    at > walk.begin && ["and", "or", "where", "whose", "with", "the", "their"].contains(&walk.sentence.norm(at - 1))
}

/// Whether a form goes on with a label at this word; asked where clauses are put together.
pub(super) fn is_label(sentence: &super::sentence::Sentence<'_>, at: usize) -> bool {
    labelled(sentence, at).is_some_and(|(_, count)| {
        let gap = sentence.gap(at + count);
        let marked = gap.contains([':', '=']);
        let dash = gap.len() > 2 && matches!(gap.trim(), "-" | "–" | "—" | "->" | "→");
        // "Job title contains 'Facilities Manager'"
        let last = at + count;
        let said = sentence
            .longest_of(last, &["contains", "contains any of", "equals", "includes any of", "is any of", "is one of"]);
        marked || dash || said.is_some() && sentence.before(last) < Break::Comma
    })
}

/// Takes one value of the field in hand, when no other step reads it as a whole.
pub(super) fn value(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let field = walk.field?;
    // "current Plant Managers" are plant managers.
    if field == Field::Title && walk.sentence.norm(at) == "current" && at + 1 < walk.end {
        return Some(at + 1);
    }
    let last = part_end(walk, at);
    // "contacts: IT directors at school districts"
    let behind = matches!(field, Field::Title | Field::Seniority | Field::Department)
        && ["in", "at", "with", "within", "from", "of", "near"].contains(&walk.sentence.norm(at))
        && walk.zone_at(at).is_some();
    if behind || last <= at || walk.sentence.longest_of(at, &EXCLUSIONS).is_some() || is_joint(walk, at) {
        return None;
    }
    let covered = gazetteer::phrase(walk.sentence, at, walk.end).filter(|phrase| at + phrase.count >= last);
    let placed = geography::hit(walk, at).is_some_and(|place| at + place.count >= last);
    let words = walk.sentence.slice(at, last).to_owned();
    let excluding = walk.excluding;
    match field {
        Field::Title => {
            let known = covered.is_some_and(|phrase| phrase.title().is_some() || phrase.levels().is_some());
            let other = numbers::quantity(walk.sentence, at).is_some() || placed;
            if known || other || last - at > 7 {
                return None;
            }
            walk.flush();
            let title = in_singular(walk.sentence, at, last);
            walk.found.title(&title, at, last, excluding);
            if !excluding {
                walk.note_people(at, last);
            }
        }
        // "mid-size biotech": two phrases of the tables
        Field::Industry if is_covered(walk, at, last) => return None,
        Field::Industry if covered.is_none() && !placed && last - at <= 5 => walk.found.keyword(at, last, excluding),
        Field::Keyword => walk.found.keyword(at, last, excluding),
        Field::Company if numbers::quantity(walk.sentence, at).is_some() || placed => return None,
        Field::Company if covered.is_none_or(|phrase| phrase.markets().is_empty()) => {
            walk.found.company(&words, at, last, excluding);
        }
        Field::Seniority => return seniority(walk, at, last),
        Field::Department => {
            let name = levels::department(&words)
                .or_else(|| gazetteer::department(walk.sentence, at, last).map(|found| found.1));
            let name = name.map_or_else(|| words.to_lowercase(), str::to_owned);
            walk.found.department(&name, at, last, excluding);
        }
        Field::Count => {
            let quantity = numbers::quantity(walk.sentence, at).filter(|quantity| quantity.last <= walk.end)?;
            let count = quantity.plain.or(quantity.max).or(quantity.min).and_then(|value| u32::try_from(value).ok())?;
            if !walk.found.count(count, (quantity.start, quantity.end)) {
                return None;
            }
            return Some(quantity.last);
        }
        Field::SaveAs => walk.found.other(&format!("save_as:{words}"), at, last),
        Field::Other(name) => walk.other(&format!("{name}:{words}"), at, last),
        Field::Industry | Field::Company | Field::Location | Field::Plain => return None,
    }
    Some(last)
}

/// Whether phrases about companies cover the words completely.
fn is_covered(walk: &Walk<'_>, at: usize, last: usize) -> bool {
    let mut next = at;
    while next < last
        && let Some((count, _)) = gazetteer::market(walk.sentence, next, last)
    {
        next += count;
    }
    next == last
}

fn is_joint(walk: &Walk<'_>, at: usize) -> bool {
    ["and", "or", "then", "not", "also", "the", "any", "all", "only"].contains(&walk.sentence.norm(at))
}

/// The end of the value that begins at `at`: a comma, "and", the next label or exclusion.
fn part_end(walk: &Walk<'_>, at: usize) -> usize {
    let sentence = walk.sentence;
    if let Some(quote) = sentence.quote_of(at).filter(|quote| quote.first == at) {
        return quote.last.min(walk.end);
    }
    let whole = matches!(walk.field, Some(Field::Keyword | Field::Other("prefer" | "require")));
    let mut last = at;
    while last < walk.end {
        let ampersand = sentence.raw(last) == "&";
        let cut = last > at
            && (sentence.before(last) >= Break::Comma
                || sentence.before(last) == Break::Slash
                || sentence.quote_of(last).is_some()
                || label_at(walk, last).is_some()
                || (["and", "or"].contains(&sentence.norm(last)) && !ampersand)
                || sentence.longest_of(last, &EXCLUSIONS).is_some()
                || (["in", "at", "with", "within"].contains(&sentence.norm(last)) && !whole));
        if cut {
            break;
        }
        last += 1;
    }
    last
}

/// "managers and above in finance", "director+": a rank with what lies above it is a level, no title.
pub(super) fn rank_and_above(walk: &mut Walk<'_>, at: usize, after: usize) -> Option<usize> {
    let open = walk.sentence.text[walk.sentence.span(at, at + 1).1..].starts_with('+');
    let last = if open { at + 1 } else { after };
    let above = walk.sentence.longest_of(last, &ABOVE).is_some();
    if !(open || above) || walk.zone != Zone::Head || last > walk.end {
        return None;
    }
    let next = seniority(walk, at, last)?;
    walk.flush();
    Some(next)
}

const ABOVE: [&str; 9] = [
    "and above",
    "and up",
    "or above",
    "or higher",
    "and higher",
    "or up",
    "level and above",
    "level and up",
    "level or above",
];

/// "with 'procurement' or 'sourcing' in the title": each quotation of the list.
fn several_in_title(walk: &mut Walk<'_>, at: usize, behind: &[&str; 7]) -> Option<usize> {
    const MOST: usize = 8;
    let sentence = walk.sentence;
    let mut quotes = Vec::new();
    let mut next = at;
    while quotes.len() < MOST
        && let Some(quote) = sentence.quote_of(next).filter(|quote| quote.first == next)
    {
        quotes.push((quote.first, quote.last));
        next = quote.last + usize::from(["or", "and"].contains(&sentence.norm(quote.last)));
    }
    let count = sentence.longest_of(next, behind).filter(|count| quotes.len() > 1 && next + count <= walk.end)?;
    walk.flush();
    let excluding = walk.excluding;
    for (first, last) in quotes {
        walk.found.title(sentence.slice(first, last), first, last, excluding);
    }
    Some(next + count)
}

/// "with "growth" in their title": words that the title must hold.
pub(super) fn in_title(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const BEHIND: [&str; 7] = [
        "in their title",
        "in the title",
        "in title",
        "in their job title",
        "in the job title",
        "in job title",
        "in their titles",
    ];
    const REACH: usize = 4;
    let sentence = walk.sentence;
    let quote = sentence.quote_of(at).filter(|quote| quote.first == at);
    if let Some(next) = several_in_title(walk, at, &BEHIND) {
        return Some(next);
    }
    let last = match quote {
        Some(quote) => quote.last,
        None => (at + 1..walk.end.min(at + REACH)).find(|word| sentence.longest_of(*word, &BEHIND).is_some())?,
    };
    let count = sentence.longest_of(last, &BEHIND)?;
    let plain =
        quote.is_some() || at > walk.begin && ["with", "has", "have", "containing"].contains(&sentence.norm(at - 1));
    (plain && last + count <= walk.end).then_some(())?;
    walk.flush();
    let excluding = walk.excluding;
    let title = sentence.slice(at, last).to_owned();
    walk.found.title(&title, at, last, excluding);
    Some(last + count)
}

/// "Director+", "C-level", "Manager and above".
fn seniority(walk: &mut Walk<'_>, at: usize, last: usize) -> Option<usize> {
    const NAMES: [(&str, &str); 14] = [
        ("vp", "vp"),
        ("vice president", "vp"),
        ("director", "director"),
        ("head", "head"),
        ("manager", "manager"),
        ("owner", "owner"),
        ("founder", "founder"),
        ("partner", "partner"),
        ("senior", "senior"),
        ("entry", "entry"),
        ("junior", "entry"),
        ("intern", "intern"),
        ("c", "c_suite"),
        ("cxo", "c_suite"),
    ];
    let words = walk.sentence.slice(at, last);
    let plain = super::words::words(words)
        .into_iter()
        .map(|word| super::words::singular(&word.norm))
        .collect::<Vec<_>>()
        .join(" ");
    let bare = plain.trim_end_matches(" level").trim_end_matches(" plus");
    let level = levels::seniority(words)
        .or_else(|| levels::seniority(bare))
        .or_else(|| NAMES.iter().find(|(name, _)| *name == bare).map(|(_, level)| *level))?;
    let joined = walk.sentence.longest_of(last, &["and above", "and up", "or above", "or higher", "and higher"]);
    let open = walk.sentence.text[walk.sentence.span(at, last).1..].starts_with('+')
        || plain.ends_with(" plus")
        || joined.is_some();
    let last = last + joined.unwrap_or(0);
    let excluding = walk.excluding;
    for known in levels::all().iter().filter(|known| open && known.rank > levels::rank(level)) {
        walk.found.seniority(known.name, at, last, excluding);
    }
    walk.found.seniority(level, at, last, excluding);
    if !excluding {
        walk.note_people(at, last);
    }
    Some(last)
}
