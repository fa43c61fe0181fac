//! The roles that need more than one phrase to decide: titles with what belongs to them, companies
//! by name, and characteristics by which nobody is selected.
//!
//! Protects two rules: a title is taken in the words of the request, with the skill inside it; and
//! age, gender, religion and the like are said, never applied.

use super::firms;
use super::gazetteer;
use super::geography;
use super::grammar::Walk;
use super::languages;
use super::markets::Market;
use super::sentence::Sentence;
use super::singulars::{cased, in_singular, is_plural};
use super::technologies;
use super::titles::{self, Title};
use super::vocabulary::{COMPANIES, FILLERS, PEOPLE, Zone};
use super::words::{Break, singular};

/// Ranks that need a function behind them to be a full title.
pub(super) const RANKS: [&str; 14] = [
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
const SKILLED: [&str; 63] = [
    "intern",
    "supervisor",
    "chef",
    "coach",
    "teacher",
    "driver",
    "writer",
    "guide",
    "economist",
    "mediator",
    "arbitrator",
    "broker",
    "trustee",
    "rep",
    "representative",
    "trader",
    "inspector",
    "instructor",
    "therapist",
    "surgeon",
    "nurse",
    "pilot",
    "editor",
    "planner",
    "buyer",
    "technician",
    "trainer",
    "administrator",
    "admin",
    "controller",
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

/// Titles of one word whose field stands before them ("robotics engineer").
const WORKERS: [&str; 25] = [
    "teacher",
    "coach",
    "chef",
    "planner",
    "buyer",
    "technician",
    "trainer",
    "admin",
    "administrator",
    "manager",
    "engineer",
    "developer",
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
];

/// Words that make another title of any title they stand before.
const TITLE_PREFIXES: [&str; 24] = [
    "head",
    "appointed",
    "technical",
    "senior",
    "sr",
    "jr",
    "lead",
    "principal",
    "staff",
    "chief",
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

/// Whether a word makes another title of the title behind it ("interim", "deputy").
pub(super) fn is_title_prefix(word: &str) -> bool {
    TITLE_PREFIXES.contains(&word)
}

/// Whether a title is a rank alone ("VP", "manager").
pub(super) fn is_rank(title: &str) -> bool {
    RANKS.contains(&title.to_lowercase().as_str())
}

/// Takes a title with the words before and behind that belong to it.
pub(super) fn title(walk: &mut Walk<'_>, at: usize, after: usize, title: &Title) -> usize {
    if walk.excluding && walk.excludes_word && after > at + 1 {
        // "non-technical founders" are founders, and not technical.
        let rest = gazetteer::title(walk.sentence, at + 1, after).filter(|(count, _)| at + 1 + count == after);
        if let Some((_, rest)) = rest {
            walk.found.keyword(at, at + 1, true);
            walk.excluding = false;
            return self::title(walk, at + 1, after, rest);
        }
    }
    if let Some(next) = of_somebody_else(walk, at, after) {
        return next;
    }
    let after = of_people(walk, after);
    let first = prefix(walk, at, after, title);
    if let Some(next) = listed_prefix(walk, first, at, after) {
        return next;
    }
    let last = with_function(walk, at, after);
    let last = joint_function(walk, first, last);
    if let Some(next) = rank_of_list(walk, first, last).filter(|_| last == after) {
        return next;
    }
    if let Some(parts) = compound(walk.sentence, first, last, title) {
        for (from, to) in parts {
            one_title(walk, from, to);
        }
    } else {
        one_title(walk, first, last);
    }
    let last = functions_behind(walk, first, last);
    assisted(walk, last)
}

/// "our partner wants 10 names", "who used to be consultants at McKinsey": a title of ours or of the past is not looked
/// for; whom somebody worked for before is said apart.
fn of_somebody_else(walk: &mut Walk<'_>, at: usize, after: usize) -> Option<usize> {
    const PAST: [&str; 6] =
        ["used to be", "used to work as", "formerly", "previously worked as", "who once were", "used to be an"];
    let sentence = walk.sentence;
    let ours = at > walk.begin && ["our", "my"].contains(&sentence.norm(at - 1)) && walk.zone == Zone::Head;
    let past = (1..=4).any(|back| {
        at >= walk.begin + back && sentence.longest_of(at - back, &PAST).is_some_and(|count| count + 1 >= back)
    });
    let past = past && walk.people.is_some() && !walk.excluding;
    if ours {
        walk.flush();
        walk.found.unread(at, after);
        return Some(after);
    }
    let named = past && ["at", "with", "for"].contains(&sentence.norm(after)) && after + 1 < walk.end;
    let last = walk.name_end(after + 1);
    if !named || last <= after + 1 || !sentence.is_capitalised(after + 1) {
        return None;
    }
    walk.flush();
    let entry = format!("past_company:{}", sentence.slice(after + 1, last));
    walk.other(&entry, after, last);
    walk.found.unread(at, after);
    Some(last)
}

/// "executive assistants to CEOs": whom they assist is nobody to be found.
fn assisted(walk: &mut Walk<'_>, last: usize) -> usize {
    let sentence = walk.sentence;
    let assists = ["assistant", "secretary", "advisor", "adviser", "aide", "ea", "eas", "pa", "pas"]
        .contains(&singular(sentence.norm(last.saturating_sub(1))).as_str());
    let joined = assists && sentence.norm(last) == "to" && sentence.before(last) < Break::Comma;
    let next = last + 1 + usize::from(["the", "a", "an"].contains(&sentence.norm(last + 1)));
    match gazetteer::title(sentence, next, walk.end).filter(|_| joined && next < walk.end) {
        Some((count, _)) => {
            walk.found.unread(last, next + count);
            next + count
        }
        None => last,
    }
}

/// "SDR managers", "recruiter trainers": a title of those who look after the holders of another.
fn of_people(walk: &Walk<'_>, after: usize) -> usize {
    const OVER: [&str; 7] = ["manager", "lead", "supervisor", "trainer", "coordinator", "recruiter", "director"];
    let sentence = walk.sentence;
    let adjacent = after < walk.end && sentence.before(after) < Break::Comma;
    let one = after > 0 && singular(sentence.norm(after - 1)) == sentence.norm(after - 1);
    if adjacent && one && OVER.contains(&singular(sentence.norm(after)).as_str()) { after + 1 } else { after }
}

/// "founders of insurtechs, no brokers": behind those wanted, a trade that is left out means companies.
const TRADES: [&str; 9] = [
    "broker",
    "dealer",
    "distributor",
    "reseller",
    "wholesaler",
    "retailer",
    "contractor",
    "manufacturer",
    "developer",
];

pub(super) fn one_title(walk: &mut Walk<'_>, first: usize, last: usize) {
    let wanted = !(walk.found.search.titles.is_empty() && walk.found.search.seniority.is_empty());
    let trade = last - first == 1 && TRADES.contains(&singular(walk.sentence.norm(first)).as_str());
    if walk.excluding && wanted && trade {
        walk.found.keyword(first, last, true);
        return;
    }
    let value = in_singular(walk.sentence, first, last);
    let excluding = walk.excluding;
    walk.found.title(&value, first, last, excluding);
    if !excluding {
        walk.note_people(first, last);
    }
}

/// "VPs or directors of marketing": the function is that of both.
pub(super) fn rank_of_list(walk: &mut Walk<'_>, first: usize, last: usize) -> Option<usize> {
    // "HR directors, heads of HR": the first has its function.
    let alone = (first..last).all(|at| {
        RANKS.contains(&walk.sentence.norm(at))
            || ["vice", "senior", "executive", "assistant"].contains(&walk.sentence.norm(at))
    });
    (alone && RANKS.contains(&walk.sentence.norm(last - 1))).then_some(())?;
    let (from, to) = shared_function_behind(walk, last)?;
    let value = format!("{} {}", in_singular(walk.sentence, first, last), cased(walk.sentence, from, to));
    let excluding = walk.excluding;
    walk.found.title(&value, first, to, excluding);
    if !excluding {
        walk.note_people(first, last);
    }
    Some(last)
}

/// Where the next part of a list begins, behind "and", a comma or a slash at `end`.
pub(super) fn next_of_list(walk: &Walk<'_>, end: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let joint = usize::from(["and", "or"].contains(&sentence.norm(end)));
    let listed = joint == 1 || matches!(sentence.before(end), Break::Comma | Break::Slash);
    (listed && end + joint < walk.end).then_some(end + joint)
}

/// The words "of marketing" of a title that follows in the list and begins with a rank.
fn shared_function_behind(walk: &Walk<'_>, last: usize) -> Option<(usize, usize)> {
    const MOST: usize = 6;
    let sentence = walk.sentence;
    let mut end = last;
    for _ in 0..MOST {
        let next = next_of_list(walk, end)?;
        RANKS.contains(&sentence.norm(next)).then_some(())?;
        if sentence.norm(next + 1) == "of" {
            let known = gazetteer::title(sentence, next, walk.end).map(|(count, _)| next + count);
            let end = known.filter(|end| *end > next + 2).unwrap_or_else(|| with_function(walk, next, next + 1));
            return (end > next + 2).then_some((next + 1, end));
        }
        end = next + 1;
    }
    None
}

/// Where the title begins when words that wait before it are its skill; other waiting words become
/// topics ("AI CEOs") or stay unread.
fn prefix(walk: &mut Walk<'_>, at: usize, after: usize, title: &Title) -> usize {
    // "VP construction / director of construction" are two.
    let joined = walk.sentence.before(at) < Break::Comma && walk.sentence.gap(at) != " / ";
    let adjacent = walk.pending.last().filter(|run| run.1 == at && joined).copied();
    let Some((first, _)) = adjacent else {
        walk.flush();
        return at;
    };
    if walk.excluding && walk.excludes_word {
        // "non-technical founders" are founders.
        walk.topics(at);
        walk.flush();
        walk.excluding = false;
        return at;
    }
    if firms::is_employer(walk, first, at) {
        walk.pending.pop();
        walk.flush();
        let value = walk.sentence.slice(first, at).to_owned();
        let excluding = walk.excluding;
        walk.found.company(&value, first, at, excluding);
        return at;
    }
    let head = singular(walk.sentence.norm(after - 1));
    if (first..at).any(|word| ["former", "ex", "retired"].contains(&walk.sentence.norm(word))) {
        walk.flush();
        return at;
    }
    let ranked = at - first == 1 && TITLE_PREFIXES.contains(&walk.sentence.norm(first));
    // "Python data engineers"
    let topic = gazetteer::market(walk.sentence, first, at).is_some_and(|(count, markets)| {
        first + count == at && markets.iter().all(|market| matches!(market, Market::Topic(_)))
    });
    // "marketing operations specialists"
    let function_waits = gazetteer::department(walk.sentence, first, at).is_some_and(|(count, _)| first + count == at);
    // "ICU nurse managers"
    let raw = walk.sentence.raw(first);
    let acronym = at - first == 1
        && (2..=5).contains(&raw.len())
        && raw.bytes().all(|byte| byte.is_ascii_uppercase())
        && walk.sentence.has_case()
        && title.seniority != "c_suite";
    let skilled = ranked
        || acronym && SKILLED.contains(&head.as_str())
        || topic && SKILLED.contains(&head.as_str())
        || SKILLED.contains(&head.as_str()) && after - at == 1
        || function_waits && SKILLED.contains(&head.as_str())
        || (title.department == "legal" || is_technology(walk, first, at)) && SKILLED.contains(&head.as_str());
    if skilled {
        walk.pending.pop();
        walk.flush();
        return first;
    }
    walk.topics(at);
    walk.flush();
    at
}

/// "Python data engineers": a technology before a title belongs to it.
fn is_technology(walk: &Walk<'_>, first: usize, last: usize) -> bool {
    let words = walk.sentence.words.get(first..last).unwrap_or(&[]);
    technologies::longest(words, false).is_some_and(|(count, _)| count == words.len())
}

/// "Director of Innovation", "VPs of Customer Success": up to four words behind "of", unless they
/// say where the person works.
pub(super) fn with_function(walk: &Walk<'_>, at: usize, after: usize) -> usize {
    let sentence = walk.sentence;
    // "SVP Operations", "EVP Marketing"
    const SENIOR: [&str; 8] = ["svp", "svps", "evp", "evps", "avp", "avps", "vp", "vps"];
    if SENIOR.contains(&sentence.norm(after - 1))
        && after < walk.end
        && sentence.before(after) < Break::Comma
        && let Some(next) = function_at(walk, after)
    {
        return next;
    }
    if let Some(last) = abroad(walk, after) {
        return last;
    }
    // "VP, Marketing; biotech", "Director, Sales at banks"
    if sentence.gap(after) == ", "
        && RANKS.contains(&sentence.norm(after - 1))
        && !is_plural(sentence, after - 1)
        && sentence.is_capitalised(after) == sentence.is_capitalised(after - 1)
        && let Some(next) = function_at(walk, after)
        && (next >= walk.end || sentence.norm(next) == "at" || sentence.gap(next).starts_with([';', '|', '.']))
    {
        return next;
    }
    if !RANKS.contains(&sentence.norm(after - 1))
        || sentence.norm(after) != "of"
        || after + 1 >= walk.end
        || sentence.before(after) >= Break::Comma
    {
        return after;
    }
    let begin = after + 1 + usize::from(sentence.norm(after + 1) == "the");
    if let Some((count, _)) = gazetteer::department(sentence, begin, walk.end)
        && sentence.longest_of(begin + count, &COMPANIES).is_none()
        // "heads of education nonprofits" run one.
        && !kind_behind(walk, begin + count)
        && gazetteer::market(sentence, begin, walk.end).is_none_or(|(longer, _)| longer <= count)
    {
        return begin + count;
    }
    // "Heads of Payments" have a function; "heads of hospitals" and "heads of fintech companies" run one.
    let company = gazetteer::market(sentence, begin, walk.end).is_some_and(|(count, found)| {
        let kind = found.iter().any(|market| matches!(market, Market::CompanyType(_)));
        let many = begin + count == walk.end || walk.zone_at(begin + count).is_some();
        let topic = found.iter().all(|market| matches!(market, Market::Topic(_)));
        let plural = many && topic && is_plural(sentence, begin + count - 1);
        kind || plural || sentence.longest_of(begin + count, &COMPANIES).is_some()
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
    let company = company || (begin + 1..last).any(|at| kind_behind(walk, at));
    // "heads of fleet at supermarkets": where they work stands behind it.
    let placed = sentence.norm(last) == "at" && last < walk.end && last > begin && !is_plural(sentence, last - 1);
    if placed && gazetteer::market(sentence, begin, last).is_some_and(|(count, _)| begin + count == last) {
        return last;
    }
    let names_company = COMPANIES.contains(sentence.norm(last));
    let is_place = geography::hit(walk, begin).is_some();
    if company || names_company || is_place || last == begin || at >= after { after } else { last }
}

/// "gerentes de compras", "jefes de obra": the function behind a rank of another language, one word that names no company.
fn abroad(walk: &Walk<'_>, after: usize) -> Option<usize> {
    const RANKS: [&str; 16] = [
        "gerente",
        "gerentes",
        "jefe",
        "jefes",
        "jefa",
        "directores",
        "directora",
        "diretor",
        "diretores",
        "diretora",
        "directeur",
        "directeurs",
        "directrice",
        "responsable",
        "responsables",
        "gestor",
    ];
    let sentence = walk.sentence;
    // "directeurs logistiques", "abogados laborales": a word in the plural beside a title in the plural goes with it.
    let several = languages::singular_name(sentence.raw(after - 1)).is_some_and(|one| one != sentence.raw(after - 1));
    let agrees = several
        && [after - 1, after].iter().all(|at| sentence.norm(*at).ends_with('s') && !sentence.is_capitalised(*at))
        && after < walk.end
        && sentence.before(after) == Break::Space
        && !sentence.is_translated(after)
        && walk.zone_at(after).is_none();
    if agrees {
        return Some(after + 1);
    }
    let last = after + 2;
    let of = ["de", "des", "do", "da"].contains(&sentence.raw(after).to_lowercase().as_str());
    if !RANKS.contains(&sentence.norm(after - 1)) || !of || !sentence.is_translated(after) || last > walk.end {
        return None;
    }
    let company = gazetteer::market(sentence, after + 1, walk.end)
        .is_some_and(|(_, found)| found.iter().any(|market| matches!(market, Market::CompanyType(_))));
    let placed = geography::is_known_anywhere(walk, after + 1) || sentence.is_translated(after + 1);
    (!company && !placed && sentence.before(after + 1) < Break::Comma).then_some(last)
}

/// Whether a kind of company stands directly at `at`.
fn kind_behind(walk: &Walk<'_>, at: usize) -> bool {
    walk.sentence.before(at) < Break::Comma
        && at < walk.end
        && gazetteer::market(walk.sentence, at, walk.end)
            .is_some_and(|(_, found)| found.iter().any(|market| matches!(market, Market::CompanyType(_))))
}

/// "VP of Sales and Marketing": one person holds both functions; "VPs of Sales and Marketing" are of either.
fn joint_function(walk: &Walk<'_>, first: usize, last: usize) -> usize {
    let sentence = walk.sentence;
    let of = (first + 1..last).rev().find(|at| sentence.norm(*at) == "of");
    let one = of.is_some_and(|of| RANKS.contains(&sentence.norm(of - 1)) && !is_plural(sentence, of - 1));
    let joined = ["and", "&"].contains(&sentence.norm(last)) || sentence.raw(last) == "&";
    let next = function_at(walk, last + 1).filter(|_| one && joined && last + 1 < walk.end);
    next.filter(|next| next_of_list(walk, *next).is_none_or(|more| function_at(walk, more).is_none())).unwrap_or(last)
}

/// "VPs of Sales and Marketing", "Heads of Legal, Compliance or Risk": a title for each further
/// function. Gives the word after the last.
fn functions_behind(walk: &mut Walk<'_>, first: usize, last: usize) -> usize {
    const MOST: usize = 8;
    let Some(of) = (first + 1..last).rev().find(|at| walk.sentence.norm(*at) == "of") else { return last };
    let mut functions: Vec<(usize, usize)> = Vec::new();
    let mut end = last;
    // A comma goes on with the list only where "and" closes it.
    let mut closed = 0;
    while functions.len() < MOST {
        let Some(begin) = next_of_list(walk, end) else { break };
        let joined = begin > end || walk.sentence.before(begin) == Break::Slash;
        let Some(next) = function_at(walk, begin) else { break };
        functions.push((begin, next));
        if joined {
            closed = functions.len();
        }
        end = next;
    }
    functions.truncate(closed);
    let rank = in_singular(walk.sentence, first, of);
    for (begin, next) in &functions {
        let value = format!("{rank} of {}", cased(walk.sentence, *begin, *next));
        let excluding = walk.excluding;
        walk.found.title(&value, *begin, *next, excluding);
    }
    functions.last().map_or(last, |found| found.1)
}

/// The end of a function at `begin` that no title, noun or company follows.
fn function_at(walk: &Walk<'_>, begin: usize) -> Option<usize> {
    const MORE: [&str; 8] = ["product", "design", "data", "risk", "compliance", "growth", "brand", "research"];
    let sentence = walk.sentence;
    let known = gazetteer::department(sentence, begin, walk.end).map(|(count, _)| count);
    let count = known.or_else(|| MORE.contains(&sentence.norm(begin)).then_some(1))?;
    let next = begin + count;
    let adjacent = next < walk.end && sentence.before(next) < Break::Comma;
    let other = gazetteer::title(sentence, begin, walk.end).is_some_and(|(longer, _)| longer > count)
        || gazetteer::title(sentence, next, walk.end).is_some_and(|_| adjacent)
        || sentence.longest_of(next, &PEOPLE).is_some()
        || adjacent
            && (COMPANIES.contains(sentence.norm(next)) || gazetteer::market(sentence, next, walk.end).is_some());
    (!other).then_some(next)
}

/// "marketing and sales directors": the functions that wait before "and" share the rank.
fn listed_prefix(walk: &mut Walk<'_>, first: usize, at: usize, after: usize) -> Option<usize> {
    let functions = std::mem::take(&mut walk.shared_functions);
    let waiting = functions.last().is_some_and(|run| next_of_list(walk, run.1) == Some(at));
    if first != at || !waiting {
        return None;
    }
    let (count, _) = gazetteer::department(walk.sentence, at, after).filter(|(count, _)| at + count < after)?;
    for (from, to) in functions {
        let value = format!("{} {}", cased(walk.sentence, from, to), in_singular(walk.sentence, at + count, after));
        let excluding = walk.excluding;
        walk.found.title(&value, from, to, excluding);
    }
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
    // "franchise attorneys" practise what is also said of companies.
    let model = |market: &Market| matches!(market, Market::CompanyType(kind) if kind.kind == "model");
    let advises =
        ["attorney", "lawyer", "solicitor"].contains(&singular(walk.sentence.norm(after + count - 1)).as_str());
    let kind = markets.iter().any(|market| matches!(market, Market::CompanyType(_)))
        && !(advises && markets.iter().any(model));
    // "lab directors" and "hotel managers" run one; "startup directors" work at one.
    let runs_one = count == 1
        && ["manager", "director", "controller", "administrator"]
            .contains(&singular(walk.sentence.norm(after + count - 1)).as_str())
        && markets.iter().any(|market| matches!(market, Market::CompanyType(kind) if kind.kind == "kind"));
    let head = singular(walk.sentence.norm(after + count - 1));
    let skilled = SKILLED.contains(&head.as_str());
    // "insurance lawyers" practise it; "insurance general counsels" work there.
    let practises = [
        "administrator",
        "attorney",
        "lawyer",
        "solicitor",
        "barrister",
        "paralegal",
        "litigator",
        "associate",
        "partner",
        "economist",
        "mediator",
        "arbitrator",
    ]
    .contains(&head.as_str());
    // "e-commerce managers", "robotics engineers": the field belongs to who works in it, not to who leads.
    let works_in = count == 1 && !markets.is_empty() && WORKERS.contains(&head.as_str());
    // "e-discovery directors"
    let speciality = markets.iter().any(|market| matches!(market, Market::Practice(_) | Market::Topic(_)));
    // "sales enablement directors"
    let function_first = gazetteer::department(walk.sentence, at, after).is_some_and(|(count, _)| at + count < after)
        && !markets.iter().any(|market| matches!(market, Market::CompanyType(_)));
    // "private equity partners" invest; "real estate partners" advise.
    let invests = ["partner", "principal"].contains(&head.as_str())
        && markets.iter().any(|market| {
            let words = ["equity", "venture", "investment", "hedge"];
            matches!(market, Market::Industry(found) if words.iter().any(|word| found.slug.contains(word)))
        });
    let belongs = runs_one
        || skilled
            && !invests
            && !kind
            && (function
                || works_in
                || (speciality || function_first) && ["director", "manager", "head", "lead"].contains(&head.as_str())
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

/// Says that a characteristic is not applied.
pub(super) fn protect(walk: &mut Walk<'_>, kind: &str, first: usize, last: usize) {
    let words = walk.sentence.slice(first, last).to_owned();
    walk.other(&format!("protected_attribute:{kind}"), first, last);
    walk.found.assume(format!("“{words}” was not applied: people are never selected by {}.", kind.replace('_', " ")));
    // "startups founded by women" are companies.
    let by = first > walk.begin && walk.sentence.norm(first - 1) == "by";
    let led = walk.sentence.before(last - 1) == Break::Hyphen && last - first > 1;
    if kind != "age" && !walk.excluding && !by && !led {
        walk.note_people(first, last);
    }
}
