//! Whom companies look for: "hiring for a Head of Legal", "with open paralegal positions", "seeking a receptionist".
//!
//! Protects "no invented constraint": who is looked for by the companies is nobody to be found.

use super::gazetteer;
use super::grammar::Walk;
use super::numbers;
use super::vocabulary::Zone;
use super::words::Break;

/// "companies with a new CFO in Denver": who came lately is what happened there, and nobody to be found.
pub(super) fn new_holder(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let has = walk.companies.is_some() && walk.people.is_none() && !walk.excluding;
    let verb = ["with", "have", "has", "got", "appointed", "hired"].contains(&sentence.norm(at));
    let new = at + 1 + usize::from(["a", "just", "recently"].contains(&sentence.norm(at + 1)));
    let said = has && verb && sentence.norm(new) == "new" && new + 1 < walk.end;
    let (count, _) = gazetteer::title(sentence, new + 1, walk.end).filter(|_| said)?;
    walk.flush();
    let entry = format!("signal:{}", sentence.slice(new, new + 1 + count));
    walk.other(&entry, at, new + 1 + count);
    Some(new + 1 + count)
}

/// Those wanted in `after..end`, each side of "and" for itself; a title goes beyond its preposition ("Head of Legal").
pub(super) fn wanted(walk: &Walk<'_>, after: usize, end: usize) -> Vec<(String, usize)> {
    const ARTICLES: [&str; 9] = ["a", "an", "the", "their", "its", "new", "first", "more", "some"];
    const NOW: [&str; 10] = [
        "right now",
        "now",
        "currently",
        "at the moment",
        "this quarter",
        "this year",
        "this month",
        "soon",
        "today",
        "actively",
    ];
    let sentence = walk.sentence;
    let mut found = Vec::new();
    let mut from = after;
    let mut end = end;
    while from < end {
        while from + 1 < end && ARTICLES.contains(&sentence.norm(from)) {
            from += 1;
        }
        let title = gazetteer::title(sentence, from, walk.end).map_or(from, |(count, _)| from + count);
        let joint = (from.max(title)..end).find(|at| ["and", "or"].contains(&sentence.norm(*at)));
        let last = joint.unwrap_or(end.max(title));
        // "hiring a CISO right now"
        let now = (from + 1..last).find(|at| *at >= title && sentence.longest_of(*at, &NOW).is_some());
        let last = now.unwrap_or(last);
        if last > from {
            found.push((format!("hiring:{}", sentence.slice(from, last)), last));
        }
        if now.is_some() {
            break;
        }
        end = end.max(if joint.is_some() { walk.rest_end(last + 1) } else { last });
        from = last + 1;
    }
    found
}

/// "companies which are searching for a receptionist", "firms looking for a general counsel": they are hiring.
pub(super) fn seeking(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const SEEKS: [&str; 12] = [
        "searching for",
        "searching",
        "looking for",
        "seeking",
        "looking to hire",
        "seeking to hire",
        "in search of",
        "trying to hire",
        "planning to hire",
        "looking to recruit",
        "in need of",
        "recruiting",
    ];
    let sentence = walk.sentence;
    let count = sentence.longest_of(at, &SEEKS).filter(|_| walk.companies.is_some() && walk.people.is_none())?;
    let mut first = at + count;
    while ["a", "an", "new", "the", "their", "its", "first"].contains(&sentence.norm(first)) {
        first += 1;
    }
    let (words, _) = gazetteer::title(sentence, first, walk.end)?;
    walk.flush();
    let last = first + words;
    let entry = format!("hiring:{}", sentence.slice(first, last));
    walk.other(&entry, at, last);
    Some(last)
}

/// "with open paralegal positions": whom a company looks for.
pub(super) fn openings(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const REACH: usize = 6;
    const NOUNS: [&str; 8] = ["positions", "position", "roles", "role", "jobs", "vacancies", "openings", "vacancy"];
    let sentence = walk.sentence;
    (["open", "vacant", "advertised"].contains(&sentence.norm(at)) && at > walk.begin).then_some(())?;
    let noun = (at + 2..walk.end.min(at + REACH)).find(|word| NOUNS.contains(&sentence.norm(*word)))?;
    walk.flush();
    let entry = format!("hiring:{}", sentence.slice(at + 1, noun));
    walk.other(&entry, at, noun + 1);
    Some(noun + 1)
}

/// "Looking to hire: senior backend engineers": who asks is hiring, and wants to find them.
pub(super) fn hires_for_oneself(walk: &Walk<'_>, at: usize, after: usize) -> bool {
    const OTHERS: [&str; 8] = ["who", "that", "which", "is", "are", "companies", "firms", "employers"];
    let sentence = walk.sentence;
    let open = walk.zone == Zone::Head && walk.people.is_none() && walk.companies.is_none() && !walk.excluding;
    let told = at > walk.begin && OTHERS.contains(&sentence.norm(at - 1)) || OTHERS.contains(&sentence.norm(at));
    const REACH: usize = 4;
    let first = numbers::quantity(sentence, after).map_or(after, |quantity| quantity.last);
    let titled = (first..walk.end.min(first + REACH))
        .take_while(|word| *word == first || sentence.before(*word) < Break::Comma)
        .any(|word| gazetteer::title(sentence, word, walk.end).is_some());
    open && !told && titled
}
