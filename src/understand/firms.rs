//! Companies by their names: capitalised words behind "at", addresses, well-known employers before a title.
//!
//! Protects that a kind of company ("Quantum Computing Startups") is no name, and a place inside a
//! name ("Bank of America") is no place.

use super::employers::EMPLOYERS;
use super::gazetteer;
use super::geography;
use super::grammar::Walk;
use super::known;
use super::roles::next_of_list;
use super::sentence::Sentence;
use super::singulars::in_singular;
use super::technologies;
use super::vocabulary::{COMPANIES, FIELDS, FILLERS, PEOPLE, Zone};
use super::words::{Break, singular};

/// A company by its name: capitalised words behind "at" that no table explains.
pub(super) fn company(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    // "not at General Mills, and I need 40 names": a pronoun is no name.
    if sentence.raw(at) == "I" {
        return None;
    }
    let named_zone = walk.zone == Zone::At
        || walk.excluding
        || (walk.zone == Zone::Head
            && walk.people.is_some()
            && sentence.quote_of(at).is_some()
            && geography::hit(walk, at).is_none());
    let legal_form = |last: usize| LEGAL_FORMS.contains(&sentence.norm(last - 1));
    if named_zone && let Some(next) = quoted(walk, at) {
        return Some(next);
    }
    if let Some(next) = technology_left_out(walk, at).or_else(|| company_by_place(walk, at)) {
        return Some(next);
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
    let last = partners_end(walk, walk.name_end(at));
    if last <= at || is_german_noun(walk, at, last) {
        return None;
    }
    if last == at + 1 && describes_companies(walk, at) {
        return None;
    }
    // "at Acme, Inc." and "Skadden, Arps, Slate": a legal form closes the name it follows.
    let named_zone = named_zone || (legal_form(last) && last > at + 1);
    // "Google and Meta": what continues a list of companies is one, unless it is a well-known place.
    let listed = walk.last_company.is_some_and(|end| {
        (end == at && sentence.before(at) == Break::Comma)
            || (end + 1 == at && ["and", "or"].contains(&sentence.norm(end)))
    });
    let listed =
        listed && !geography::is_known_anywhere(walk, at) && gazetteer::phrase(sentence, at, walk.end).is_none();
    // "Not Silver Creek Beverages.": behind an exclusion a run of capitals that begins with no known word is a name.
    let odd = walk.excluding
        && last - at > 1
        && gazetteer::phrase(sentence, at, walk.end).is_none()
        && geography::hit(walk, at).is_none();
    let coined = is_coined(walk, at, last);
    // "anyone at Ostrava Therapeutics": where somebody is left out by his employer, capitals name it.
    const WHO: [&str; 8] = ["anyone", "anybody", "everyone", "nobody", "employees", "staff", "someone", "noone"];
    let employer = at > walk.begin + 1
        && last - at > 1
        && ["at", "from"].contains(&sentence.norm(at - 1))
        && WHO.contains(&sentence.norm(at - 2))
        && !NOUNS.contains(&sentence.norm(last - 1));
    let kind = kind_of_company(sentence, last) && !odd && !coined && !employer;
    if !named_zone || (explained(walk, at, last) && !listed && !employer) || kind {
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

/// What stands in quotation marks where a company is named: its name, or a title ("Commercial Director").
fn quoted(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let quote = *sentence.quote_of(at).filter(|quote| quote.first == at)?;
    // NOT "Vice President Finance Assistant"
    let closing = gazetteer::title(sentence, quote.last - 1, quote.last).is_some();
    if walk.zone == Zone::Head && (closing || gazetteer::title(sentence, at, quote.last).is_some()) {
        walk.flush();
        let excluding = walk.excluding;
        let title = in_singular(sentence, at, quote.last);
        walk.found.title(&title, at, quote.last, excluding);
        return Some(quote.last);
    }
    let known = gazetteer::phrase(sentence, at, quote.last).is_some_and(|phrase| at + phrase.count == quote.last);
    if !known {
        walk.flush();
        let excluding = walk.excluding;
        walk.found.company(&sentence.text[quote.start..quote.end], quote.first, quote.last, excluding);
        return Some(quote.last);
    }
    None
}

/// "at Vortiq Labs", "at Brightwave Foods": a word that nobody knows begins a name, whatever closes it.
fn is_coined(walk: &Walk<'_>, at: usize, last: usize) -> bool {
    let sentence = walk.sentence;
    walk.zone == Zone::At
        && last - at > 1
        && at > walk.begin
        && ["at", "from", "of", "for", "and", "or"].contains(&sentence.norm(at - 1))
        && !NOUNS.contains(&sentence.norm(last - 1))
        && (!known::is_known(sentence.norm(at)) || known::is_only_name(sentence.norm(at)))
        && sentence.norm(at).bytes().all(|byte| byte.is_ascii_alphabetic())
        && geography::hit(walk, at).is_none()
}

/// "running Salesforce but not Pardot": behind a technology that is wanted another one is left out.
fn technology_left_out(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let beside = walk.found.search.other.iter().any(|entry| entry.starts_with("technology:"));
    (walk.excluding && beside).then_some(())?;
    let words = walk.sentence.words.get(at..walk.end)?;
    let (count, _) = technologies::longest(words, true)?;
    let entry = format!("technology:{}", walk.sentence.slice(at, at + count));
    walk.flush();
    walk.other(&entry, at, at + count);
    Some(at + count)
}

/// "Smith, Jones & Brown LLP": a list of partners that a legal form closes is one name.
fn partners_end(walk: &Walk<'_>, last: usize) -> usize {
    const MOST: usize = 5;
    let sentence = walk.sentence;
    let mut end = last;
    for _ in 0..MOST {
        if end >= walk.end || sentence.before(end) != Break::Comma || !sentence.is_capitalised(end) {
            return last;
        }
        let next = walk.name_end(end);
        if next <= end {
            return last;
        }
        let ampersand = (end..next).any(|at| sentence.raw(at) == "&");
        if ampersand && ["llp", "pllc", "pc", "lpa", "llc", "lp"].contains(&sentence.norm(next - 1)) {
            return next;
        }
        end = next;
    }
    last
}

/// "Stripe engineers": a company that is known by its name, written like one.
pub(super) fn is_employer(walk: &Walk<'_>, first: usize, last: usize) -> bool {
    let sentence = walk.sentence;
    let written = !walk.shows_names() || sentence.is_capitalised(first);
    if sentence.quote_of(first).is_some_and(|quote| quote.first == first && quote.last == last) {
        return true;
    }
    // "Acme Corp's CFO"
    let owner = sentence.gap(last).starts_with(['\'', '’']) && sentence.has_case();
    if owner && (first..last).all(|at| sentence.is_capitalised(at)) {
        return true;
    }
    written && last <= walk.end && sentence.longest_of(first, &EMPLOYERS) == Some(last - first)
}

/// "bei Möbelhändlern": German writes every noun like a name; a plural behind "bei" is no firm.
fn is_german_noun(walk: &Walk<'_>, at: usize, last: usize) -> bool {
    let sentence = walk.sentence;
    let word = sentence.norm(at);
    let plural = word.len() > 6 && word.ends_with('n') || word.ends_with("er") && word.len() > 8;
    let behind = at > 0
        && ["bei", "von", "für", "aus", "in"].contains(&sentence.raw(at - 1).to_lowercase().as_str())
        && sentence.is_translated(at - 1);
    last == at + 1 && behind && plural && sentence.longest_of(at, &EMPLOYERS).is_none()
}

/// Plain nouns for companies, which close no name.
const NOUNS: [&str; 14] = [
    "companies",
    "firms",
    "businesses",
    "vendors",
    "providers",
    "makers",
    "startups",
    "consultancies",
    "agencies",
    "integrators",
    "shops",
    "platforms",
    "suppliers",
    "operators",
];

/// "API companies", "Pilates startups": one word before a plain noun for companies says what they do.
fn describes_companies(walk: &Walk<'_>, at: usize) -> bool {
    let sentence = walk.sentence;
    let next = at + 1;
    next < walk.end
        && sentence.before(next) < Break::Comma
        && !sentence.is_capitalised(next)
        && (NOUNS.contains(&sentence.norm(next))
            // "D1 universities"
            || sentence.raw(at).len() <= 3
                && singular(sentence.norm(next)) != sentence.norm(next)
                && gazetteer::market(sentence, next, walk.end).is_some())
        && sentence.longest_of(at, &EMPLOYERS).is_none()
}

/// "people at acme.com": an address names a company; so do words in small letters behind "at" that
/// nothing explains, unless a kind of company follows.
fn company_by_place(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    if sentence.quote_of(at).is_some() || !(walk.zone == Zone::At || walk.excluding) {
        return None;
    }
    let domain = sentence.norm(at).contains('.')
        && !sentence.norm(at).contains('@')
        && !sentence.norm(at).starts_with(|c: char| c.is_ascii_digit());
    let behind = at > 0
        && (["at", "from"].contains(&sentence.norm(at - 1))
            || walk.last_company.is_some_and(|end| next_of_list(walk, end) == Some(at)));
    let partners = if behind && !domain { partners_in_small_letters(walk, at) } else { None };
    if !domain && partners.is_none() && (!behind || walk.shows_names()) {
        return None;
    }
    let last = partners.unwrap_or_else(|| if domain { at + 1 } else { unexplained_end(walk, at) });
    let known = walk.sentence.longest_of(at, &EMPLOYERS);
    let last = known.map_or(last, |count| (at + count).max(last));
    if last <= at || kind_follows(walk, last) {
        return None;
    }
    // "at indoor skydiving centers": common nouns in the plural name no company.
    if !domain && known.is_none() && last - at > 1 && walk.is_spoken_topic(at, last) {
        return None;
    }
    walk.flush();
    let excluding = walk.excluding;
    let value = sentence.slice(at, last).to_owned();
    walk.found.company(&value, at, last, excluding);
    walk.last_company = Some(last);
    Some(last)
}

fn kind_follows(walk: &Walk<'_>, at: usize) -> bool {
    at < walk.end
        && walk.sentence.before(at) < Break::Comma
        && (walk.sentence.longest_of(at, &COMPANIES).is_some()
            || gazetteer::phrase(walk.sentence, at, walk.end).is_some())
}

/// The end of the words from `at` on that no table explains.
fn unexplained_end(walk: &Walk<'_>, at: usize) -> usize {
    const LONGEST: usize = 4;
    let sentence = walk.sentence;
    let mut last = at;
    while last < walk.end && last - at < LONGEST {
        let cut = last > at && sentence.before(last) >= Break::Comma;
        let explained = gazetteer::phrase(sentence, last, walk.end).is_some()
            || [&COMPANIES, &PEOPLE, &FIELDS, &FILLERS].iter().any(|table| sentence.longest_of(last, *table).is_some())
            || walk.zone_at(last).is_some()
            || geography::is_known_anywhere(walk, last)
            || super::numbers::quantity(sentence, last).is_some();
        if cut || explained {
            break;
        }
        last += 1;
    }
    last
}

/// "harlow & stein", "baker & moss" in small letters: the sign joins two parts of one name, the second of which
/// no table explains.
fn partners_in_small_letters(walk: &Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let sign = unexplained_end(walk, at).max(at + 1);
    let small = !sentence.has_case() || !sentence.is_capitalised(at) && !sentence.is_capitalised(sign + 1);
    if sentence.raw(sign) != "&" || sign + 1 >= walk.end || !small {
        return None;
    }
    let end = unexplained_end(walk, sign + 1);
    let word = sentence.norm(sign + 1);
    let unknown = !walk.shows_names() || !known::is_known(word) || known::is_only_name(word);
    (end > sign + 1 && unknown).then_some(end)
}

/// Whether tables and small words cover the words `at..last` completely, so that they are no name.
fn explained(walk: &Walk<'_>, at: usize, last: usize) -> bool {
    let sentence = walk.sentence;
    let mut next = at;
    let mut places_only = true;
    let mut places = 0;
    while next < last {
        if next > at && sentence.norm(next) == "and" {
            next += 1;
            continue;
        }
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
    let whole = last - at > 2 || (last - at == 2 && !kind_follows(walk, last) && walk.zone == Zone::At);
    let mixed = places > 0 && !places_only && whole && next <= last && !ends_in_plural(sentence, last);
    !mixed
}

/// "Quantum Computing Startups" describes companies, it names none.
fn kind_of_company(sentence: &Sentence<'_>, last: usize) -> bool {
    let noun = last - 1;
    let kind = COMPANIES.contains(sentence.norm(noun)) || gazetteer::market(sentence, noun, last).is_some();
    kind && ends_in_plural(sentence, last)
}

fn ends_in_plural(sentence: &Sentence<'_>, last: usize) -> bool {
    // "Halden Robotics", "Boston Dynamics": such a word is no plural.
    let word = sentence.norm(last - 1);
    singular(word) != word && !word.ends_with("ics")
}

const LEGAL_FORMS: [&str; 16] =
    ["llp", "llc", "inc", "ltd", "corp", "plc", "gmbh", "ag", "lp", "pllc", "pc", "sa", "bv", "co", "limited", "lpa"];

/// "cos like harrow & pine logistics in nj": in a text without capitals, the words up to a preposition.
fn like_in_small_letters(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const LONGEST: usize = 5;
    let sentence = walk.sentence;
    let noun = at > walk.begin && COMPANIES.contains(sentence.norm(at - 1));
    let first = at + 1;
    let open = sentence.norm(at) == "like" && noun && !sentence.has_case() && first < walk.end;
    let known = gazetteer::phrase(sentence, first, walk.end).is_some() || geography::hit(walk, first).is_some();
    if !open
        || known
        || ["the", "this", "that", "these", "those", "ours", "mine", "a", "an"].contains(&sentence.norm(first))
    {
        return None;
    }
    let ends = |word: usize| sentence.before(word) >= Break::Comma || walk.zone_at(word).is_some();
    let last = (first + 1..walk.end).find(|word| ends(*word)).unwrap_or(walk.end);
    (last - first <= LONGEST).then_some(())?;
    walk.flush();
    if walk.people.is_none() && !walk.excluding {
        walk.companies.get_or_insert((at - 1, at));
    }
    let entry = format!("lookalike:{}", sentence.slice(first, last));
    walk.other(&entry, at, last);
    Some(last)
}

/// "dev agencies like Thoughtbot", "20 more like Stripe": companies of the same kind as one that is named.
pub(super) fn like(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    if let Some(next) = like_in_small_letters(walk, at) {
        return Some(next);
    }
    let kind = walk.companies.is_some()
        || !walk.found.search.company_types.is_empty()
        || at > walk.begin
            && (["more", "ones", "others"].contains(&sentence.norm(at - 1))
                || COMPANIES.contains(sentence.norm(at - 1)));
    let named = sentence.norm(at) == "like"
        && kind
        && sentence.has_case()
        && at + 1 < walk.end
        && (sentence.is_capitalised(at + 1) || sentence.quote_of(at + 1).is_some())
        && super::geography::hit(walk, at + 1).is_none()
        && super::gazetteer::phrase(sentence, at + 1, walk.end).is_none();
    named.then_some(())?;
    let found = super::signals::named(walk, at + 1, |_| "lookalike");
    let (_, last) = found.last().cloned()?;
    walk.flush();
    if walk.people.is_none() && !walk.excluding {
        walk.companies.get_or_insert((at, at + 1));
    }
    for (entry, to) in found {
        walk.other(&entry, at, to);
    }
    Some(last)
}
