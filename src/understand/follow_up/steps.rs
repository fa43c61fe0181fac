//! One step of a follow-up: a count, a list, values that go, values that come.

use serde_json::Value;

use super::super::destinations;
use super::super::findings::{Findings, evidence};
use super::super::grammar;
use super::super::intent::Verdict;
use super::super::numbers;
use super::super::phrasebook::Words;
use super::super::request::{Intent, Provenance, Request, Search};
use super::super::sentence::Sentence;
use super::super::titles;
use super::super::verbs::{OBJECTS, Object};
use super::super::vocabulary::{COMPANIES, PEOPLE};
use super::super::words::{Break, singular, words};
use super::super::{markets, roles};
use super::tables::{
    ANY, COUNTED, EQUIVALENTS, EVERYWHERE, FILTER, FURTHER, LESS, SCALES, SLOTS, Scale, TRAILS, VAGUE_SIZES, Way,
};
use super::{Follow, Segment, is_of_its_own};

/// What Lexi asks when a size was meant and not said.
const WHICH_SIZE: &str = "How many employees should the companies have? Say for example “under 50 employees” or \
                          “200-1000 employees”.";

/// A change of a search.
#[derive(Debug)]
pub(super) enum Step {
    /// Another number of people, and the words that say so.
    Count(Count, (usize, usize)),
    /// Values that join what is there, or take its place.
    Come(Way, Reading),
    /// Values and slots that go.
    Go(Vec<Gone>),
    /// Values that are left out.
    Exclude(Reading),
    /// Another list.
    List(Reading),
    /// A question has to be answered first.
    Ask(String),
}

/// What becomes of the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    To(u32),
    Plus(u32),
    Minus(u32),
    Scaled(Scale),
}

/// What the reader found in some words.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) search: Search,
    pub(super) provenance: Vec<Provenance>,
    pub(super) assumptions: Vec<String>,
}

/// Something of the last search that goes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Gone {
    /// One value of a slot.
    Value(String, Value),
    /// Everything in a slot.
    Slot(&'static str),
    /// The first words of a kind of company: of "mid-size law firm" the rest stays.
    Size {
        /// The kind as it was.
        kind: String,
        /// The kind that stays.
        rest: String,
    },
}

/// The steps of a segment; nothing when some of its words are not explained.
pub(super) fn read(
    sentence: &Sentence<'_>,
    segment: &Segment,
    follow: &Follow<'_>,
    verdict: &Verdict,
) -> Option<Vec<Step>> {
    let (to, way) = without_trail(sentence, segment);
    let (start, from) = (segment.start, segment.from);
    if from >= to {
        return None;
    }
    if let Some(step) = list(sentence, start, to).or_else(|| list(sentence, from, to)) {
        return Some(vec![step]);
    }
    if is_of_its_own(verdict) {
        return None;
    }
    let whole = |table: &Words, at: usize| sentence.longest_of(at, table) == Some(to - at);
    if way != Way::Without && whole(&EQUIVALENTS, from) {
        return Some(vec![equivalents(sentence, (from, to), follow.request)?]);
    }
    if let Some(step) = count(sentence, (from, to), way) {
        return Some(vec![step]);
    }
    if way != Way::Without && (whole(&VAGUE_SIZES, from)) {
        return Some(vec![Step::Ask(WHICH_SIZE.to_owned())]);
    }
    if let Some(step) = opened(sentence, start, to).or_else(|| opened(sentence, from, to)) {
        return Some(vec![step]);
    }
    match way {
        Way::Find => None,
        Way::Without => left_out(sentence, (start, from, to), follow.request),
        Way::Replace => replaced(sentence, (from, to), follow.request),
        _ => {
            let own = way == Way::Bare && matches!(verdict.intent, Intent::ProspectSearch | Intent::Question);
            let come = || come(sentence, (from, to), way).or_else(|| size(sentence, (from, to), way, follow.request));
            exchanged(sentence, (from, to), follow.request).or_else(|| if own { None } else { come() })
        }
    }
}

/// "too" and "instead" behind a step say how it changes the search.
fn without_trail(sentence: &Sentence<'_>, segment: &Segment) -> (usize, Way) {
    let (mut to, mut way) = (segment.to, segment.way);
    'again: loop {
        for at in (segment.from + 1..to).rev() {
            if sentence.quote_of(at).is_some() || to - at > 4 {
                break;
            }
            if let Some((said, count)) = TRAILS.longest(sentence, at)
                && at + count == to
            {
                to = at;
                match said {
                    Way::Bare => {}
                    said if way != Way::Without && way != Way::Replace => way = said,
                    _ => {}
                }
                continue 'again;
            }
        }
        return (to, way);
    }
}

/// "put them on Q1 Leads", "call the list West".
fn list(sentence: &Sentence<'_>, from: usize, to: usize) -> Option<Step> {
    // A name goes on to the end of its text, so what stands behind the step is cut off.
    let quoted = sentence.quote_of(to - 1).map(|quote| quote.end);
    let end = quoted
        .map_or(sentence.span(from, to).1, |end| end + sentence.text[end..].chars().next().map_or(0, char::len_utf8));
    let sentence = &Sentence::new(&sentence.text[..end]);
    let mut found = Findings::new(sentence);
    let next = destinations::take(sentence, from, to, false, &mut found)?;
    // Behind "put them on" a name alone is that of a list, unless a campaign is named as one.
    let campaign =
        (from..to).any(|at| OBJECTS.longest(sentence, at).is_some_and(|(object, _)| object == Object::Campaign));
    if let Some(name) = found.search.other.first().and_then(|entry| entry.strip_prefix("then:campaign "))
        && !campaign
    {
        let entry = format!("append_to:{name}");
        found.provenance.iter_mut().for_each(|source| source.value = entry.clone().into());
        found.search.other = vec![entry];
    }
    let entry = found.search.other.first()?;
    let named = entry.strip_prefix("save_as:").or_else(|| entry.strip_prefix("append_to:"))?;
    // "put them on the list" names none.
    let vague = ["the list", "this list", "that list", "it", "my list", "a list", "list"].contains(&named);
    (next >= to && !vague && found.search.other.len() == 1).then(|| Step::List(Reading::of(found)))
}

/// "100", "double it", "10 more", "all of them".
fn count(sentence: &Sentence<'_>, (from, to): (usize, usize), way: Way) -> Option<Step> {
    if way == Way::Without {
        return None;
    }
    let span = sentence.span(from, to);
    let rest = |at: usize| at >= to || sentence.longest_of(at, &COUNTED) == Some(to - at);
    if let Some((scale, count)) = SCALES.longest(sentence, from)
        && rest(from + count)
    {
        return Some(Step::Count(Count::Scaled(scale), span));
    }
    let another = usize::from(["another", "further", "about", "around", "roughly"].contains(&sentence.norm(from)));
    let quantity = numbers::quantity(sentence, from + another)?;
    let number = u32::try_from(quantity.plain?).ok().filter(|_| quantity.currency.is_none())?;
    let mut at = quantity.last;
    let mut change = Count::To(number);
    if ["another", "further"].contains(&sentence.norm(from)) {
        change = Count::Plus(number);
    }
    for (table, as_what) in [(&FURTHER, Count::Plus(number)), (&LESS, Count::Minus(number))] {
        if at < to
            && let Some(count) = sentence.longest_of(at, table)
        {
            (at, change) = (at + count, as_what);
        }
    }
    if !rest(at) || number == 0 {
        return None;
    }
    // "add 20" asks for twenty beyond those that are there.
    if way == Way::Add && change == Count::To(number) {
        change = Count::Plus(number);
    }
    Some(Step::Count(change, span))
}

/// "anywhere", "any size": a slot asks nothing any more.
fn opened(sentence: &Sentence<'_>, from: usize, to: usize) -> Option<Step> {
    if sentence.longest_of(from, &EVERYWHERE) == Some(to - from) {
        return Some(Step::Go(vec![Gone::Slot("locations")]));
    }
    let any = sentence.longest_of(from, &ANY)?;
    let slots = slots_named(sentence, from + any, to)?;
    Some(Step::Go(slots.iter().map(|slot| Gone::Slot(slot)).collect()))
}

/// The slots whose name, and nothing else, stands in `from..to`.
fn slots_named(sentence: &Sentence<'_>, from: usize, to: usize) -> Option<&'static [&'static str]> {
    let (slots, count) = SLOTS.longest(sentence, from)?;
    let filter = sentence.longest_of(from + count, &FILTER).unwrap_or(0);
    (from + count + filter == to).then_some(slots)
}

/// "without the Bay Area", "drop the mid-size", "not recruiters": values of the search go, others are left out.
fn left_out(sentence: &Sentence<'_>, (start, from, to): (usize, usize, usize), request: &Request) -> Option<Vec<Step>> {
    let candidates = candidates(request);
    let mut gone = Vec::new();
    let mut at = from;
    while at < to {
        let first = skip_small(sentence, at, to);
        let end = item_end(sentence, first, to);
        if let Some(known) = known(sentence, (first, end), &candidates, request) {
            gone.extend(known);
            at = end + usize::from(["and", "or", "nor"].contains(&sentence.norm(end)));
            continue;
        }
        let excluded = excluded(sentence, (if at == from { start } else { at }, at, to))?;
        let gone = (!gone.is_empty()).then_some(Step::Go(gone));
        return Some(gone.into_iter().chain([Step::Exclude(excluded)]).collect());
    }
    (!gone.is_empty()).then(|| vec![Step::Go(gone)])
}

/// What new values are left out: read as wanted ones, else as the reader reads exclusions ("exclude my customers").
fn excluded(sentence: &Sentence<'_>, (start, from, to): (usize, usize, usize)) -> Option<Reading> {
    if let Some(reading) = phrase(sentence, from, to)
        && !names_a_record(sentence, from, to)
        && reading.search.headcount.is_none()
        && reading.search.revenue.is_none()
        && reading.search.count.is_none()
        && reading.search.exclude == Default::default()
    {
        return Some(reading.into_exclusion());
    }
    let reading = phrase(sentence, start, to)?;
    let nothing_else = Search { exclude: Default::default(), target: Default::default(), ..reading.search.clone() };
    (nothing_else == Search::default() && reading.search.exclude != Default::default()).then_some(reading)
}

/// "replace CEOs with CFOs", "change the location to Texas", "change the number to 100".
fn replaced(sentence: &Sentence<'_>, (from, to): (usize, usize), request: &Request) -> Option<Vec<Step>> {
    let joint = (from + 1..to.saturating_sub(1))
        .find(|at| ["with", "by", "to", "for", "into"].contains(&sentence.norm(*at)))?;
    let first = skip_small(sentence, from, joint);
    if ["number", "count", "limit", "amount", "total"].contains(&sentence.norm(first)) {
        return count(sentence, (joint + 1, to), Way::Only).map(|step| vec![step]);
    }
    if slots_named(sentence, first, joint).is_some() {
        return come(sentence, (joint + 1, to), Way::Only);
    }
    let candidates = candidates(request);
    let gone = known(sentence, (first, joint), &candidates, request)?;
    let mut steps = come(sentence, (joint + 1, to), Way::Add)?;
    steps.insert(0, Step::Go(gone));
    Some(steps)
}

/// "CFOs instead of CEOs".
fn exchanged(sentence: &Sentence<'_>, (from, to): (usize, usize), request: &Request) -> Option<Vec<Step>> {
    let joint =
        (from + 1..to).find(|at| sentence.longest_of(*at, &["instead of", "rather than", "in place of"]).is_some())?;
    let behind = joint + sentence.longest_of(joint, &["instead of", "rather than", "in place of"])?;
    let first = skip_small(sentence, behind, to);
    let gone = known(sentence, (first, to), &candidates(request), request)?;
    let mut steps = come(sentence, (from, joint), Way::Add)?;
    steps.insert(0, Step::Go(gone));
    Some(steps)
}

/// Values that the words name.
fn come(sentence: &Sentence<'_>, (from, to): (usize, usize), way: Way) -> Option<Vec<Step>> {
    if names_a_record(sentence, from, to) {
        return None;
    }
    let reading = phrase(sentence, from, to)?;
    let way = if way == Way::Bare { Way::Only } else { way };
    let named = reading.search.other.iter().any(|entry| entry.starts_with("name:") || entry.starts_with("then:"));
    (!named).then(|| vec![Step::Come(way, reading)])
}

/// "only mid-size": words that are a kind of company only together with the wanted one.
fn size(sentence: &Sentence<'_>, (from, to): (usize, usize), way: Way, request: &Request) -> Option<Vec<Step>> {
    let said = sentence.slice(from, to);
    let kinds = &request.search()?.company_types;
    kinds.iter().find(|kind| way == Way::Only && markets::company_type(&format!("{said} {kind}")).is_some())?;
    let search = Search { company_types: vec![said.to_owned()], ..Search::default() };
    let provenance = vec![evidence(sentence, "company_types", said.into(), sentence.span(from, to))];
    Some(vec![Step::Come(Way::Only, Reading { search, provenance, assumptions: Vec::new() })])
}

/// What law firms call the wanted offices.
fn equivalents(sentence: &Sentence<'_>, (from, to): (usize, usize), request: &Request) -> Option<Step> {
    let search = request.search()?;
    let mut reading = Reading::default();
    let wanted = search.titles.iter().filter_map(|title| titles::named(title));
    for equal in wanted.flat_map(titles::law_firm_equivalents) {
        let name = equal.short.to_owned();
        if !search.titles.contains(&name) && !reading.search.titles.contains(&name) {
            let span = sentence.span(from, to);
            reading.provenance.push(evidence(sentence, "titles", name.clone().into(), span));
            reading.search.titles.push(name);
        }
    }
    (!reading.search.titles.is_empty()).then_some(Step::Come(Way::Add, reading))
}

/// Whether the words name records of the workspace, which a search is not about.
fn names_a_record(sentence: &Sentence<'_>, from: usize, to: usize) -> bool {
    (from..to).any(|at| {
        let object = OBJECTS.longest(sentence, at).map(|(object, _)| object);
        sentence.norm(at).contains('@') || object.is_some_and(|object| object != Object::Field)
    })
}

/// What the reader makes of some words, when it reads them all and finds something.
fn phrase(sentence: &Sentence<'_>, from: usize, to: usize) -> Option<Reading> {
    if from >= to {
        return None;
    }
    let found = grammar::search(sentence, &[(from, to)]);
    if !found.unread_words().is_empty() {
        return None;
    }
    let reading = Reading::of(found);
    (reading.search != Search { target: reading.search.target, ..Search::default() }).then_some(reading)
}

impl Reading {
    fn of(found: Findings<'_>) -> Reading {
        let Findings { search, mut provenance, assumptions, .. } = found;
        // Whom the search is for was said before.
        provenance.retain(|entry| entry.slot != "target");
        Reading { search, provenance, assumptions }
    }

    /// The wanted values as values to be left out.
    fn into_exclusion(self) -> Reading {
        let Search { titles, seniority, departments, industries, company_types, keywords, locations, other, .. } =
            self.search;
        let mut search = Search::default();
        let out = &mut search.exclude;
        (out.titles, out.seniority, out.departments) = (titles, seniority, departments);
        (out.industries, out.company_types, out.keywords) = (industries, company_types, keywords);
        out.locations = locations;
        for entry in other {
            match entry.strip_prefix("company:") {
                Some(name) => out.companies.push(name.to_owned()),
                None => out.other.push(entry),
            }
        }
        let mut provenance = self.provenance;
        for entry in &mut provenance {
            match entry.value.as_str().and_then(|value| value.strip_prefix("company:")) {
                Some(name) if entry.slot == "other" => {
                    (entry.slot, entry.value) = ("exclude.companies".to_owned(), name.to_owned().into());
                }
                _ => entry.slot = format!("exclude.{}", entry.slot),
            }
        }
        Reading { search, provenance, assumptions: self.assumptions }
    }
}

/// Words that stand for values of the last search.
struct Candidate {
    words: Vec<String>,
    values: Vec<(String, Value)>,
}

/// Slots whose values can be named to let them go.
const NAMED: [&str; 10] = [
    "titles",
    "seniority",
    "departments",
    "industries",
    "company_types",
    "keywords",
    "locations",
    "headcount",
    "revenue",
    "other",
];

/// The values of the last search, by the words that gave them and by their own. What the same words gave goes together.
fn candidates(request: &Request) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let named = |entry: &&Provenance| NAMED.contains(&entry.slot.as_str());
    for entry in request.provenance.iter().filter(named) {
        let same = request.provenance.iter().filter(named).filter(|other| overlaps(entry, other));
        let values: Vec<(String, Value)> = same.map(|other| (other.slot.clone(), other.value.clone())).collect();
        let spoken = [entry.text.clone(), name_of(&entry.value)];
        for text in spoken.into_iter().flatten() {
            let words = compared(&text);
            if !words.is_empty() && !found.iter().any(|known| known.words == words && known.values == values) {
                found.push(Candidate { words, values: values.clone() });
            }
        }
    }
    found
}

/// Whether two entries point at the same words, or one at some of the other's.
fn overlaps(one: &Provenance, other: &Provenance) -> bool {
    one == other || one.from == other.from && one.start.max(other.start) < one.end.min(other.end)
}

/// A value as one says it.
fn name_of(value: &Value) -> Option<String> {
    if let Some(text) = value.as_str() {
        return Some(text.split_once(':').map_or(text, |(_, name)| name).to_owned());
    }
    let parts = ["city", "city_or_state", "region", "county", "state", "country"];
    parts.iter().find_map(|part| value.get(part)?.as_str()).map(str::to_owned)
}

/// Words as they are compared: in the singular.
fn compared(text: &str) -> Vec<String> {
    words(text).iter().map(|word| singular(&word.norm)).filter(|word| word != "the").collect()
}

/// What of the last search the words `first..end` name.
fn known(
    sentence: &Sentence<'_>,
    (first, end): (usize, usize),
    candidates: &[Candidate],
    request: &Request,
) -> Option<Vec<Gone>> {
    if first >= end {
        return None;
    }
    if let Some(slots) = slots_named(sentence, first, end) {
        return Some(slots.iter().map(|slot| Gone::Slot(slot)).collect());
    }
    let said: Vec<String> = (first..end).map(|at| singular(sentence.norm(at))).collect();
    let nouns = |at: usize| {
        let tables: [&Words; 3] = [&COMPANIES, &PEOPLE, &FILTER];
        at >= end
            || tables.iter().any(|table| sentence.longest_of(at, *table) == Some(end - at))
            || (at + 1 == end && ["ones", "thing"].contains(&sentence.norm(at)))
    };
    let fits = |words: &[String]| said.starts_with(words) && nouns(first + words.len());
    let search = request.search()?;
    let sized = search.company_types.iter().find_map(|kind| {
        let words = compared(kind);
        let rest = (1..words.len()).find(|at| fits(&words[..*at]))?;
        let rest = words[rest..].join(" ");
        markets::company_type(&rest).map(|known| Gone::Size { kind: kind.clone(), rest: known.name.to_owned() })
    });
    if let Some(size) = sized {
        return Some(vec![size]);
    }
    let best = candidates.iter().filter(|one| fits(&one.words)).max_by_key(|one| one.words.len())?;
    Some(best.values.iter().map(|(slot, value)| Gone::Value(slot.clone(), value.clone())).collect())
}

/// Passes over articles and prepositions before the name of a value.
fn skip_small(sentence: &Sentence<'_>, from: usize, to: usize) -> usize {
    const SMALL: [&str; 16] =
        ["the", "any", "a", "an", "all", "those", "these", "in", "at", "from", "of", "and", "or", "nor", "ones", "for"];
    (from..to).find(|at| !SMALL.contains(&sentence.norm(*at)) || sentence.quote_of(*at).is_some()).unwrap_or(to)
}

/// Where a value ends that begins at `from`: at "and", "or" or a comma outside quotations.
fn item_end(sentence: &Sentence<'_>, from: usize, to: usize) -> usize {
    (from + 1..to)
        .find(|at| {
            let quoted = sentence.quote_of(*at).is_some_and(|quote| quote.first < *at);
            !quoted && (["and", "or", "nor"].contains(&sentence.norm(*at)) || sentence.before(*at) == Break::Comma)
        })
        .unwrap_or(to)
}

/// Whether a title is a rank alone, which leaves the function as it was.
pub(super) fn is_rank(title: &str) -> bool {
    roles::is_rank(title)
}
