//! Which words of a text belong to a search: the clause that asks for it, and the sentences around it
//! that go on describing ("They should be in Texas. No agencies. Save it as X.").
//!
//! Protects "no invented constraint": what people say about themselves ("We are a law firm in
//! Boston") describes nobody to be found.

use super::exclusions;
use super::fields;
use super::gazetteer;
use super::intent::Verdict;
use super::moods::OPENERS;
use super::numbers;
use super::of_ours::tells_of_us;
use super::phrasebook::Words;
use super::sentence::Sentence;
use super::verbs::{FINITE, VERBS, Verb};
use super::vocabulary::{COMPANIES, EXCLUSIONS, FILLERS, PEOPLE, THEN};
use super::wishes::{question_body, wish_behind};

/// Phrases by which a sentence goes on about the people or companies wanted.
static GOES_ON: Words = Words::of(
    "companies|firms|company|save|add|call|name|put|with|only|must|limit|in|at|based|they|these|make sure|ideally|\
     preferably|headcount|max|then|and|include|should|the ideal candidate|ideal candidate|ideal candidates|the candidate|\
     candidates|the ideal person|the right person|ideal profile|the person|people|prospects|someone|anyone|somebody|\
     he or she|they should|they must|each|all|both|the company|the companies|the firm|the firms|looking for|interested in|\
     who|that|working|using|hiring|from|near|within|outside|around|prefer|bonus|nice to have|also|plus|or|prioritize|\
     prioritise|sort|order|rank|between|over|under|at least|up to|about|around|roughly|minimum|maximum|min|no more than|\
     needs to|need to|has to|have to|ones|those|industries|titles|location|locations|target|focus on|focusing on|\
     the focus is|experience|speaks|fluent|fluency|knowledge|familiarity|exposure|remote|employees|revenue|size|funding|seniority|it should|it must|their|\
     append|export|enrich|store|keep|drop|push|load|send|title|job title|i only want|we only want|i only need|we only need|\
     i only care about|for|to|across|throughout|anywhere|nationwide|worldwide|mainly|mostly|especially|specifically|particularly|\
     company size|team size|annual revenue|geo|geography|the role|this role|the list|my target|our target|geographically|\
     either|preferred|required|requirements|criteria|and also|as well as|including|same for|please add|please save|skills",
);

/// Phrases behind which a sentence that begins otherwise says whom it wants.
static WISHES: Words = Words::of(
    "looking for|in search of|searching for|searching|i need|we need|i want|we want|asked for|asked me for|asked me to find|\
     asked us to find|hoping to find|trying to find|trying to reach|want to reach|wants to reach|want to find|wants a list of|\
     wants to find|needs a list of|need a list of|looking to find|looking to reach|looking to target|targeting|like to find|\
     like to reach|like to target|like to meet|we target|like to talk to|want to talk to|want to meet|trying to sell to|want to target|\
     trying to target|on the hunt for|hunting for|after|could use|interested in finding|to find|to reach|need to find|need to reach|\
     sourcing|asking for|looking to connect with|want to connect with|like to connect with|interested in|wants|needs|need|want|find",
);

/// The runs of words that belong to a search.
pub(super) fn of_search(
    sentence: &Sentence<'_>,
    verdict: &Verdict,
    opens: &dyn Fn(usize) -> bool,
) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &clause in sentence.clauses.iter().filter(|clause| clause.1 <= verdict.clause.0) {
        let goes_on = if runs.is_empty() { None } else { going_on(sentence, clause, opens) };
        // "Please exclude candidates from Meridian Grove. We are after …"
        let openers = sentence.longest_of(clause.0, &OPENERS).unwrap_or(0);
        let left_out = sentence.longest_of(clause.0 + openers, &EXCLUSIONS).is_some();
        let goes_on = goes_on.or_else(|| if left_out { going_on(sentence, clause, opens) } else { None });
        runs.extend(
            goes_on
                .or_else(|| wish(sentence, clause, opens).filter(|_| !is_mandate(sentence, verdict, clause, opens)))
                .or_else(|| asked_before(sentence, verdict, clause, opens)),
        );
    }
    // "Our associate moves to Tel Aviv, so please find bankers there."
    let before = (verdict.clause.0, verdict.body.0);
    if runs.is_empty() && before.0 < before.1 && verdict.verb.0 > before.0 {
        runs.extend(asked_before(sentence, verdict, before, opens));
    }
    let from = verdict.body.0;
    // "no recruiters in Texas": the word that leaves out is part of the search.
    let negated = from > verdict.clause.0 && verdict.verb.0 == verdict.verb.1 && sentence.norm(from - 1) == "no";
    runs.push((from - usize::from(negated), verdict.body.1));
    for &(from, to) in sentence.clauses.iter().filter(|clause| clause.0 >= verdict.clause.1) {
        if let Some(run) = going_on(sentence, (from, to), opens) {
            runs.push(run);
        }
    }
    runs
}

/// "Who are the leaders at solar installers? Find me 20.": the question says whom the command wants. "We grow in the
/// Midwest. Find plants there.": the sentence before says where.
fn asked_before(
    sentence: &Sentence<'_>,
    verdict: &Verdict,
    clause: (usize, usize),
    opens: &dyn Fn(usize) -> bool,
) -> Option<(usize, usize)> {
    let (from, to) = verdict.body;
    let thin = |at: usize| {
        [&FILLERS, &PEOPLE, &COMPANIES].iter().any(|table| table.contains(sentence.norm(at)))
            || sentence.norm(at).bytes().all(|byte| byte.is_ascii_digit())
    };
    if (from..to).all(thin) || !(from..to).any(opens) {
        return question_body(sentence, clause).filter(|body| (body.0..body.1).any(opens));
    }
    let there = (from..to)
        .any(|at| sentence.norm(at) == "there" && (at + 1 >= to || !["is", "are"].contains(&sentence.norm(at + 1))));
    there.then_some(())?;
    // "Who buys freight at steel fabricators in Indiana? Supply chain directors there."
    let employer = |at: &usize| {
        ["at", "of"].contains(&sentence.norm(*at))
            && gazetteer::market(sentence, at + 1, clause.1)
                .is_some_and(|(_, found)| found.iter().any(|m| !m.is_speciality()))
    };
    if let Some(at) = (clause.0..clause.1).find(employer) {
        return Some((at, clause.1));
    }
    (clause.0..clause.1).find_map(|at| {
        ["in", "near", "around", "across", "to", "into"].contains(&sentence.norm(at)).then_some(())?;
        let begin = at + 1 + usize::from(sentence.norm(at + 1) == "the");
        let rest = sentence.words.get(begin..clause.1)?;
        let (count, _) = super::places::table().longest(rest)?;
        Some((at, begin + count))
    })
}

/// "We have been retained to find a CFO for a client. Please pull 40 people who …": what somebody was hired for is no
/// wish where the request says itself whom to find.
fn is_mandate(
    sentence: &Sentence<'_>,
    verdict: &Verdict,
    (from, to): (usize, usize),
    opens: &dyn Fn(usize) -> bool,
) -> bool {
    const HIRED: [&str; 14] = [
        "retained",
        "engaged to",
        "engaged by",
        "mandated",
        "hired to",
        "hired by",
        "commissioned",
        "asked to fill",
        "mandate",
        "working on a search",
        "running a search",
        "handling a search",
        "conducting a search",
        "leading a search",
    ];
    (from..to).any(|at| sentence.longest_of(at, &HIRED).is_some()) && (verdict.body.0..verdict.body.1).any(opens)
}

/// "I'm an investor looking for SaaS startups": the words behind the wish.
fn wish(sentence: &Sentence<'_>, (from, to): (usize, usize), opens: &dyn Fn(usize) -> bool) -> Option<(usize, usize)> {
    const REACH: usize = 9;
    (from..to).filter(|at| sentence.quote_of(*at).is_none()).find_map(|at| {
        let begin = at + sentence.longest_of(at, &WISHES)?;
        // "I don't want agencies" says who is left out.
        if let Some(not) = (from..at + 1).find(|word| sentence.longest_of(*word, &EXCLUSIONS).is_some()) {
            return (begin..to.min(begin + REACH)).any(opens).then_some((not, to));
        }
        (begin..to.min(begin + REACH)).any(opens).then_some((begin, to))
    })
}

/// The words of a later clause that go on with the search.
fn going_on(
    sentence: &Sentence<'_>,
    (from, to): (usize, usize),
    opens: &dyn Fn(usize) -> bool,
) -> Option<(usize, usize)> {
    if exclusions::forbids_an_action(sentence, from)
        || sentence.quote_of(from).is_some() && !fields::is_label(sentence, from)
    {
        return None;
    }
    if sentence.longest_of(from, &EXCLUSIONS).is_some() {
        return (!["never", "avoid"].contains(&sentence.norm(from))).then_some((from, to));
    }
    let mut at = from;
    while at < to && sentence.norm(at) != "no" && !fields::is_label(sentence, at) {
        let verb = VERBS.longest(sentence, at).map_or(0, |(_, count)| count);
        match sentence.longest_of(at, &OPENERS) {
            Some(count) if count >= verb => at += count,
            _ => break,
        }
    }
    if at >= to {
        return None;
    }
    if fields::is_label(sentence, at)
        || numbers::quantity(sentence, at).is_some()
        || sentence.longest_of(at, &EXCLUSIONS).is_some()
    {
        return Some((at, to));
    }
    match VERBS.longest(sentence, at) {
        Some((Verb::Find | Verb::Build, count)) if at + count < to => return Some((at + count, to)),
        Some((Verb::Tell, count)) if numbers::quantity(sentence, at + count).is_some() => {
            return Some((at + count, to));
        }
        Some((Verb::Show, count)) if (at + count..to).any(opens) => return Some((at + count, to)),
        _ => {}
    }
    if sentence.longest_of(at, &GOES_ON).is_some() || sentence.longest_of(at, &THEN).is_some() {
        return Some((at, to));
    }
    // "Purchasing managers at yacht builders would be perfect"
    if let Some(last) = wish_behind(sentence, at, to).filter(|last| (at..*last).any(opens)) {
        return Some((at, last));
    }
    if is_fragment(sentence, at, to) {
        return Some((at, to));
    }
    let says = (at..to).any(|word| FINITE.contains(sentence.norm(word)));
    (!says
        && !tells_of_us(sentence, from, to)
        && (opens(at) || sentence.gap(from).contains(['-', '•', '*', '·', '–', ';', '\n', '\u{85}'])))
    .then_some((at, to))
}

/// "Utilities. Tennessee.": a sentence of a few words that begins with a place.
fn is_fragment(sentence: &Sentence<'_>, from: usize, to: usize) -> bool {
    const LONGEST: usize = 6;
    // "Manufacturing. Bavaria."
    let sector = || {
        gazetteer::market(sentence, from, to).is_some_and(|(count, _)| from + count == to)
            && VERBS.longest(sentence, from).is_none()
    };
    to - from <= LONGEST
        && (sentence.words.get(from..to).is_some_and(|words| super::places::table().longest(words).is_some())
            || sector())
}
