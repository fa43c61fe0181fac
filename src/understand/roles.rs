//! The roles that need more than one phrase to decide: titles with what belongs to them, companies
//! by name, and characteristics by which nobody is selected.
//!
//! Protects two rules: a title is taken in the words of the request, with the skill inside it; and
//! age, gender, religion and the like are said, never applied.

use super::gazetteer;
use super::geography;
use super::grammar::Walk;
use super::languages;
use super::markets::Market;
use super::sentence::Sentence;
use super::titles::{self, Title};
use super::vocabulary::{COMPANIES, FIELDS, FILLERS, PEOPLE, Zone};
use super::words::{Break, singular};

/// Ranks that need a function behind them to be a full title.
const RANKS: [&str; 14] = [
    "vp",
    "vps",
    "svp",
    "svps",
    "evp",
    "evps",
    "avp",
    "director",
    "directors",
    "head",
    "heads",
    "manager",
    "managers",
    "president",
];

/// Titles whose name a skill before them belongs to ("blockchain lawyer", "innovation manager").
const SKILLED: [&str; 33] = [
    "attorney",
    "lawyer",
    "counsel",
    "solicitor",
    "barrister",
    "partner",
    "associate",
    "paralegal",
    "engineer",
    "developer",
    "manager",
    "director",
    "officer",
    "analyst",
    "consultant",
    "specialist",
    "coordinator",
    "designer",
    "architect",
    "scientist",
    "recruiter",
    "accountant",
    "advisor",
    "adviser",
    "agent",
    "clerk",
    "vp",
    "head",
    "lead",
    "litigator",
    "shareholder",
    "professor",
    "judge",
];

/// Words that make another title of any title they stand before.
const TITLE_PREFIXES: [&str; 14] = [
    "deputy",
    "acting",
    "interim",
    "assistant",
    "associate",
    "group",
    "global",
    "regional",
    "national",
    "divisional",
    "junior",
    "fractional",
    "co",
    "incoming",
];

/// Whether a title is a rank alone ("VP", "manager").
pub(super) fn is_rank(title: &str) -> bool {
    RANKS.contains(&title.to_lowercase().as_str())
}

/// Takes a title with the words before and behind that belong to it.
pub(super) fn title(walk: &mut Walk<'_>, at: usize, after: usize, title: &Title) -> usize {
    let first = prefix(walk, at, after, title);
    if let Some(next) = listed_prefix(walk, first, at, after) {
        return next;
    }
    let last = with_function(walk, at, after);
    if let Some((from, to)) =
        shared_function_behind(walk, last).filter(|_| RANKS.contains(&walk.sentence.norm(last - 1)) && last == after)
    {
        // "VPs or directors of marketing": the function is that of both.
        let value = format!("{} {}", in_singular(walk.sentence, first, last), cased(walk.sentence, from, to));
        let excluding = walk.excluding;
        walk.found.title(&value, first, to, excluding);
        if !excluding {
            walk.note_people(first, last);
        }
        return last;
    }
    if let Some(parts) = compound(walk.sentence, first, last, title) {
        for (from, to) in parts {
            one_title(walk, from, to);
        }
    } else {
        one_title(walk, first, last);
    }
    functions_behind(walk, first, last)
}

fn one_title(walk: &mut Walk<'_>, first: usize, last: usize) {
    let value = in_singular(walk.sentence, first, last);
    let excluding = walk.excluding;
    walk.found.title(&value, first, last, excluding);
    if !excluding {
        walk.note_people(first, last);
    }
}

/// The words "of marketing" of a title that follows behind "or" and begins with a rank.
fn shared_function_behind(walk: &Walk<'_>, last: usize) -> Option<(usize, usize)> {
    let sentence = walk.sentence;
    ["and", "or"].contains(&sentence.norm(last)).then_some(())?;
    let next = last + 1;
    let (count, _) = gazetteer::title(sentence, next, walk.end)?;
    let ranked = RANKS.contains(&sentence.norm(next)) && sentence.norm(next + 1) == "of" && count > 2;
    ranked.then_some((next + 1, next + count))
}

/// Where the title begins when words that wait before it are its skill; other waiting words become
/// topics ("AI CEOs") or stay unread.
fn prefix(walk: &mut Walk<'_>, at: usize, after: usize, title: &Title) -> usize {
    let adjacent = walk.pending.last().filter(|run| run.1 == at && walk.sentence.before(at) < Break::Comma).copied();
    let Some((first, _)) = adjacent else {
        walk.flush();
        return at;
    };
    let head = singular(walk.sentence.norm(after - 1));
    if (first..at).any(|word| ["former", "ex", "retired"].contains(&walk.sentence.norm(word))) {
        walk.flush();
        return at;
    }
    let ranked = at - first == 1 && TITLE_PREFIXES.contains(&walk.sentence.norm(first));
    let skilled = ranked
        || SKILLED.contains(&head.as_str()) && after - at == 1
        || title.department == "legal" && SKILLED.contains(&head.as_str());
    if skilled {
        walk.pending.pop();
        walk.flush();
        return first;
    }
    walk.topics(at);
    walk.flush();
    at
}

/// "Director of Innovation", "VPs of Customer Success": up to four words behind "of", unless they
/// say where the person works.
fn with_function(walk: &Walk<'_>, at: usize, after: usize) -> usize {
    let sentence = walk.sentence;
    if !RANKS.contains(&sentence.norm(after - 1)) || sentence.norm(after) != "of" || after + 1 >= walk.end {
        return after;
    }
    let begin = after + 1 + usize::from(sentence.norm(after + 1) == "the");
    if let Some((count, _)) = gazetteer::department(sentence, begin, walk.end)
        && sentence.longest_of(begin + count, &COMPANIES).is_none()
    {
        return begin + count;
    }
    // "Heads of Payments" have a function; "heads of hospitals" and "heads of fintech companies" run one.
    let company = gazetteer::market(sentence, begin, walk.end).is_some_and(|(count, found)| {
        let kind = found.iter().any(|market| matches!(market, Market::CompanyType(_)));
        kind || sentence.longest_of(begin + count, &COMPANIES).is_some()
    });
    let mut last = begin;
    while last < walk.end && last - begin < 4 && (last == begin || sentence.before(last) < Break::Comma) {
        let word = sentence.norm(last);
        let small = FILLERS.contains(word)
            || COMPANIES.contains(word)
            || PEOPLE.contains(word)
            || word == "with"
            || word == "excluding";
        if small || word.starts_with(|c: char| c.is_ascii_digit()) {
            break;
        }
        last += 1;
    }
    let names_company = COMPANIES.contains(sentence.norm(last));
    let is_place = geography::hit(walk, begin).is_some();
    if company || names_company || is_place || last == begin || at >= after { after } else { last }
}

/// "VPs of Sales and Marketing": a title for each further function. Gives the word after the last.
fn functions_behind(walk: &mut Walk<'_>, first: usize, last: usize) -> usize {
    let Some(of) = (first..last).rev().find(|at| walk.sentence.norm(*at) == "of") else { return last };
    let mut end = last;
    loop {
        let joined = ["and", "or"].contains(&walk.sentence.norm(end)) || walk.sentence.before(end) == Break::Slash;
        let begin = end + usize::from(["and", "or"].contains(&walk.sentence.norm(end)));
        if !joined || begin >= walk.end {
            return end;
        }
        let Some((count, _)) = gazetteer::department(walk.sentence, begin, walk.end) else { return end };
        let next = begin + count;
        let other_title = gazetteer::title(walk.sentence, begin, walk.end).is_some_and(|(n, _)| n > count)
            || gazetteer::title(walk.sentence, next, walk.end)
                .is_some_and(|_| walk.sentence.before(next) < Break::Comma)
            || walk.sentence.longest_of(next, &PEOPLE).is_some();
        if other_title {
            return end;
        }
        let rank = in_singular(walk.sentence, first, of);
        let value = format!("{rank} of {}", cased(walk.sentence, begin, next));
        let excluding = walk.excluding;
        walk.found.title(&value, begin, next, excluding);
        end = next;
    }
}

/// "marketing and sales directors": the function that waits before "and" shares the rank.
fn listed_prefix(walk: &mut Walk<'_>, first: usize, at: usize, after: usize) -> Option<usize> {
    if first != at || at < 2 || !["and", "or"].contains(&walk.sentence.norm(at - 1)) {
        return None;
    }
    let (from, to) = walk.shared_function.take().filter(|run| run.1 == at - 1)?;
    let (count, _) = gazetteer::department(walk.sentence, at, after)?;
    (at + count < after).then_some(())?;
    let value = format!("{} {}", cased(walk.sentence, from, to), in_singular(walk.sentence, at + count, after));
    let excluding = walk.excluding;
    walk.found.title(&value, from, to, excluding);
    one_title(walk, at, after);
    Some(after)
}

/// "presidents and CEOs" names two titles, each in its own words.
fn compound(sentence: &Sentence<'_>, first: usize, last: usize, title: &Title) -> Option<Vec<(usize, usize)>> {
    if titles::parts(title).len() < 2 {
        return None;
    }
    let joint = (first + 1..last.saturating_sub(1)).find(|at| sentence.norm(*at) == "and")?;
    Some(vec![(first, joint), (joint + 1, last)])
}

/// A speciality directly before a legal title belongs to the title: "tax partners".
pub(super) fn practice_in_title(walk: &mut Walk<'_>, at: usize, after: usize, markets: &[Market]) -> Option<usize> {
    let function = markets.is_empty();
    if walk.sentence.before(after) >= Break::Comma || walk.zone != Zone::Head {
        return None;
    }
    if function && ["and", "or"].contains(&walk.sentence.norm(after)) {
        return None;
    }
    let (count, title) = gazetteer::title(walk.sentence, after, walk.end)?;
    let practice = markets.iter().any(|market| matches!(market, Market::Practice(_)));
    let topic = markets.iter().all(|market| matches!(market, Market::Topic(_)));
    let kind = markets.iter().any(|market| matches!(market, Market::CompanyType(_)));
    let head = singular(walk.sentence.norm(after + count - 1));
    let skilled = SKILLED.contains(&head.as_str());
    // "insurance lawyers" practise it; "insurance general counsels" work there.
    let practises = ["attorney", "lawyer", "solicitor", "barrister", "paralegal", "litigator", "associate", "partner"]
        .contains(&head.as_str());
    let belongs = skilled
        && !kind
        && (function
            || practises
            || topic
            || (practice && title.department == "legal" && title.seniority != "c_suite"));
    belongs.then(|| {
        match walk.pending.last_mut() {
            Some(run) if run.1 == at => run.1 = after,
            _ => walk.pending.push((at, after)),
        }
        after
    })
}

/// Which of several readings of market words count here.
pub(super) fn market_senses(walk: &Walk<'_>, markets: &[Market], company: bool) -> Vec<Market> {
    let speciality = |market: &Market| market.is_speciality();
    let some_speciality = markets.iter().any(speciality);
    let only_speciality = some_speciality && (walk.zone == Zone::Topic || markets.iter().all(speciality));
    markets
        .iter()
        .filter(|market| if only_speciality { speciality(market) } else { !speciality(market) || !company })
        .copied()
        .collect()
}

/// A company by its name: capitalised words behind "at" that no table explains.
pub(super) fn company(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let named_zone = walk.zone == Zone::At || walk.excluding;
    let legal_form = |last: usize| LEGAL_FORMS.contains(&sentence.norm(last - 1));
    if let Some(quote) = sentence.quote_of(at).filter(|quote| quote.first == at && named_zone) {
        let known = gazetteer::phrase(sentence, at, quote.last).is_some_and(|phrase| at + phrase.count == quote.last);
        if !known {
            walk.flush();
            let excluding = walk.excluding;
            walk.found.company(&sentence.text[quote.start..quote.end], quote.first, quote.last, excluding);
            return Some(quote.last);
        }
    }
    if !walk.shows_names() || !sentence.is_capitalised(at) || sentence.quote_of(at).is_some() {
        return None;
    }
    if sentence.raw(at).starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if sentence.norm(at + 1) == "of" && gazetteer::title(sentence, at, at + 1).is_some() {
        // "the CFO of Stripe"
        return None;
    }
    let last = walk.name_end(at);
    // "at Acme, Inc." and "Skadden, Arps, Slate": a legal form closes the name it follows.
    let named_zone = named_zone || (legal_form(last) && last > at + 1);
    // "Google and Meta": what continues a list of companies is one, unless it is a well-known place.
    let listed = walk.last_company.is_some_and(|end| {
        (end == at && sentence.before(at) == Break::Comma)
            || (end + 1 == at && ["and", "or"].contains(&sentence.norm(end)))
    });
    let listed =
        listed && !geography::is_known_anywhere(walk, at) && gazetteer::phrase(sentence, at, walk.end).is_none();
    if !named_zone || last <= at || (explained(walk, at, last) && !listed) || kind_of_company(sentence, last) {
        return None;
    }
    walk.flush();
    let excluding = walk.excluding;
    let value = sentence.slice(at, last).to_owned();
    walk.found.company(&value, at, last, excluding);
    walk.last_company = Some(last);
    if walk.zone == Zone::Head && !excluding {
        walk.companies.get_or_insert((at, last));
    }
    Some(last)
}

const LEGAL_FORMS: [&str; 16] =
    ["llp", "llc", "inc", "ltd", "corp", "plc", "gmbh", "ag", "lp", "pllc", "pc", "sa", "bv", "co", "limited", "lpa"];

/// Whether tables and small words cover the words `at..last` completely, so that they are no name.
fn explained(walk: &Walk<'_>, at: usize, last: usize) -> bool {
    let sentence = walk.sentence;
    let mut next = at;
    let mut places_only = true;
    let mut places = 0;
    while next < last {
        let phrase = gazetteer::phrase(sentence, next, walk.end).map_or(0, |phrase| phrase.count);
        let place = geography::hit(walk, next).map_or(0, |place| place.count);
        let noun = [&COMPANIES, &PEOPLE, &FIELDS, &FILLERS]
            .iter()
            .filter_map(|table| sentence.longest_of(next, *table))
            .max()
            .unwrap_or(0);
        let count = phrase.max(place).max(noun);
        if count == 0 {
            return false;
        }
        places += usize::from(place > 0 && place >= phrase);
        places_only &= place >= phrase && place >= noun;
        next += count;
    }
    // "Boston Consulting Group": a place before words of another table, all capitalised, is a name
    // when it stands where a company is named.
    let mixed = places > 0 && !places_only && last - at > 2 && next <= last && !ends_in_plural(sentence, last);
    !mixed
}

/// "Quantum Computing Startups" describes companies, it names none.
fn kind_of_company(sentence: &Sentence<'_>, last: usize) -> bool {
    let noun = last - 1;
    let kind = COMPANIES.contains(sentence.norm(noun)) || gazetteer::market(sentence, noun, last).is_some();
    kind && ends_in_plural(sentence, last)
}

fn ends_in_plural(sentence: &Sentence<'_>, last: usize) -> bool {
    let word = sentence.norm(last - 1);
    singular(word) != word
}

/// Says that a characteristic is not applied.
pub(super) fn protect(walk: &mut Walk<'_>, kind: &str, first: usize, last: usize) {
    let words = walk.sentence.slice(first, last).to_owned();
    walk.other(&format!("protected_attribute:{kind}"), first, last);
    walk.found.assume(format!("“{words}” was not applied: people are never selected by {}.", kind.replace('_', " ")));
    if kind != "age" && !walk.excluding {
        walk.note_people(first, last);
    }
}

/// Acronyms that are written in capitals however they were typed.
const ACRONYMS: [&str; 40] = [
    "ceo", "cfo", "cto", "coo", "cmo", "cio", "ciso", "chro", "cro", "cpo", "clo", "cdo", "cso", "cco", "cao", "cno",
    "vp", "svp", "evp", "avp", "gc", "hr", "it", "bd", "pr", "ip", "km", "gm", "md", "dgc", "agc", "dpo", "ae", "sdr",
    "bdr", "cbdo", "caio", "ai", "rd", "m&a",
];

/// Words that look like plurals and are none.
const NO_PLURALS: [&str; 20] = [
    "sales",
    "operations",
    "resources",
    "relations",
    "affairs",
    "services",
    "systems",
    "analytics",
    "logistics",
    "communications",
    "ops",
    "success",
    "partnerships",
    "accounts",
    "investments",
    "benefits",
    "rewards",
    "economics",
    "risks",
    "securities",
];

/// The words `first..last` as one title in the singular, acronyms in capitals.
pub(super) fn in_singular(sentence: &Sentence<'_>, first: usize, last: usize) -> String {
    if let Some(one) = languages::singular_title(sentence.slice(first, last)) {
        return one.to_owned();
    }
    let of = (first + 1..last).find(|at| ["of", "for", "to", "in"].contains(&sentence.norm(*at)));
    let leading_rank = last - first > 1
        && (RANKS.contains(&sentence.norm(first)) || sentence.norm(first) == "attorneys")
        && is_plural(sentence, first);
    let head = if leading_rank { first } else { of.unwrap_or(last) - 1 };
    let (start, _) = sentence.span(first, first + 1);
    let mut value = String::new();
    let mut from = start;
    for at in first..last {
        let (word_start, word_end) = sentence.span(at, at + 1);
        // Two words that stand for one of another language have the same place.
        value.push_str(sentence.text.get(from..word_start).unwrap_or_default());
        value.push_str(&if at == head { one_of(sentence, at) } else { acronym(sentence.raw(at)) });
        from = word_end;
    }
    value
}

/// The words as typed, acronyms in capitals.
fn cased(sentence: &Sentence<'_>, first: usize, last: usize) -> String {
    (first..last).map(|at| acronym(sentence.raw(at))).collect::<Vec<_>>().join(" ")
}

fn acronym(raw: &str) -> String {
    let small = raw.to_ascii_lowercase();
    if ACRONYMS.contains(&small.as_str()) { small.to_ascii_uppercase() } else { raw.to_owned() }
}

fn is_plural(sentence: &Sentence<'_>, at: usize) -> bool {
    let norm = sentence.norm(at);
    norm.ends_with('s') && (singular(norm) != norm || ACRONYMS.contains(&&norm[..norm.len() - 1]))
}

/// One word in the singular: "CEOs" → "CEO", "ceos" → "CEO", "Attorneys" → "Attorney".
fn one_of(sentence: &Sentence<'_>, at: usize) -> String {
    let raw = sentence.raw(at);
    let norm = sentence.norm(at);
    if norm.ends_with('s') && norm.is_ascii() && ACRONYMS.contains(&&norm[..norm.len() - 1]) {
        return norm[..norm.len() - 1].to_ascii_uppercase();
    }
    if ACRONYMS.contains(&norm) {
        return norm.to_ascii_uppercase();
    }
    // "LPs", "CFPs"
    if let Some(acronym) =
        raw.strip_suffix('s').filter(|stem| stem.len() > 1 && stem.bytes().all(|b| b.is_ascii_uppercase()))
    {
        return acronym.to_owned();
    }
    let one = singular(norm);
    if one == norm || NO_PLURALS.contains(&norm) || !raw.is_ascii() || raw.len() != norm.len() {
        return raw.to_owned();
    }
    // The singular shares its beginning with the plural; the typed letters are kept that far.
    let shared = one.bytes().zip(norm.bytes()).take_while(|(a, b)| a == b).count();
    format!("{}{}", &raw[..shared], &one[shared..])
}
