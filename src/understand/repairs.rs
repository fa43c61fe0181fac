//! "Find 50, no wait, 100 CFOs": somebody who corrects himself. The corrected wish counts and the
//! first is dropped.
//!
//! A correction begins again with something of the same kind as what it replaces: the same word, a
//! verb, a number, an address, a day, a title, a place or a name. Protects against acting on what was
//! taken back.

use super::asides::{Pieces, dictated_from, is_over, mended};
use super::clean::Mended;
use super::gazetteer;
use super::patterns::Patterns;
use super::people::phone;
use super::sentence::Sentence;
use super::times::WEEKDAYS;
use super::verbs::VERBS;
use super::words::Break;
use super::{numbers, places};

/// Phrases that take back what was said before.
static TAKES_BACK: Patterns = Patterns::of(&[
    "no/oh/hm/er? wait no/sorry/actually/scratch? that?",
    "wait a/hold second/sec/minute/on? no?",
    "no sorry/hang/actually/rather/scratch/strike/oops on?",
    "sorry/oops/ah/oh no",
    "hang/hold on no/actually/sorry?",
    "no/actually/oh? scratch that",
    "no/actually/oh? strike that",
    "no/actually/oh/wait/sorry? make that/it",
    "actually/wait/oh no/make/scratch that/it?",
    "no/sorry/oops/ah i mean/meant",
    "oops/whoops",
    "correction",
    "on second thought/thoughts",
    "my bad/mistake/fault",
    "or rather",
    "no forget that",
    "forget that",
    "i meant to say",
]);

/// Phrases that do so only before something of the same kind.
static MAY_TAKE_BACK: Patterns = Patterns::of(&["i mean/meant", "no", "sorry", "actually", "rather", "or better"]);

/// More such words behind them, without a meaning of their own.
static AND_SO_ON: Patterns = Patterns::of(&[
    "no/sorry/actually/wait/oops/rather",
    "i mean/meant",
    "make that/it",
    "it should/must be",
    "lets say/make? it?",
    "better",
]);

/// Sentences that take back everything before them.
static RETRACTS: Patterns = Patterns::of(&[
    "im? just/only kidding/joking",
    "never mind that/it/this?",
    "nevermind that/it/this?",
    "no/actually/oh/wait/just/or/but? forget it/that/this",
    "no/actually/oh/wait? forget what i said/wrote",
    "no/actually/oh/wait? ignore/disregard that/this/it/me",
    "no/actually/oh/wait? cancel that/this",
    "no/actually/oh/wait/or/but/please? no/please? dont do? it/that/this?",
    "no/actually/oh/wait/or/but/please? do not do? it/that/this?",
    "no/actually/oh/wait? better/rather? not",
    "no/actually/oh/wait? leave/keep it/that/him/her/them be/alone?",
    "no no no?",
]);

/// "Delete Bob Lee. Just kidding, don't.": nothing is to be done.
fn retracted(sentence: &Sentence<'_>) -> Option<Pieces> {
    let (at, end) = (1..dictated_from(sentence)).rev().find_map(|at| {
        let count = RETRACTS.longest(sentence, at).filter(|_| sentence.is_apart(at))?;
        let end = at + count;
        (sentence.quote_of(at).is_none() && is_over(sentence, end)).then_some((at, end))
    })?;
    // "Can I cancel a task? No, never mind" is a question that nobody needs to answer any more.
    let commanded = sentence.words[..at].iter().any(|word| VERBS.of_word(&word.norm).is_some());
    commanded.then(|| vec![(0..sentence.words[end - 1].end, "never mind".to_owned())])
}

/// The text without what was taken back.
pub(super) fn repaired(sentence: &Sentence<'_>) -> Option<Mended> {
    let mut pieces = Pieces::new();
    if let Some(whole) = retracted(sentence) {
        return mended(sentence, &whole);
    }
    let mut from = 0;
    let mut at = 1;
    let end = dictated_from(sentence);
    while at < end {
        let found = mark(sentence, at).and_then(|(begin, sure)| {
            let piece = replaced(sentence, from, at, begin, sure)?;
            Some((piece, begin))
        });
        match found {
            Some((more, begin)) => {
                pieces.extend(more);
                from = begin;
                at = begin.max(at + 1);
            }
            None => at += 1,
        }
    }
    mended(sentence, &pieces)
}

/// The word behind a phrase that takes back, and whether it can mean nothing else.
fn mark(sentence: &Sentence<'_>, at: usize) -> Option<(usize, bool)> {
    static PLAINLY: Patterns = Patterns::of(&[
        "no/oh? wait",
        "scratch that",
        "no scratch that",
        "sorry i mean",
        "no i mean",
        "no actually",
        "no hang/hold on",
        "no make that/it",
        "no sorry",
    ]);
    if sentence.quote_of(at).is_some() {
        return None;
    }
    if ["no one", "no more", "no less", "no fewer"].iter().any(|phrase| sentence.says(at, phrase)) {
        // "no one at Acme" takes nothing back.
        return None;
    }
    let sure = TAKES_BACK.longest(sentence, at);
    let apart = sentence.is_apart(at);
    let plain = PLAINLY.fits(sentence, at);
    let count = match sure {
        Some(count) if apart || plain && count > 1 => count,
        // "CFOs, no CTOs" leaves somebody out.
        _ if apart => MAY_TAKE_BACK.longest(sentence, at).filter(|_| {
            let faltering = sentence.gap(at).contains("..") || sentence.gap(at).contains('…');
            sentence.norm(at) != "no" || faltering || sentence.is_apart(at + 1)
        })?,
        _ => return None,
    };
    let mut begin = at + count;
    while let Some(more) = AND_SO_ON.longest(sentence, begin) {
        begin += more;
    }
    // "Wait, no, not Ruben, delete Robin": what it is not is said once more.
    if sentence.norm(begin) == "not" {
        const REACH: usize = 4;
        if let Some(next) =
            (begin + 1..begin + REACH).find(|next| *next < sentence.words.len() && sentence.is_apart(*next))
        {
            begin = next;
        }
    }
    let between = sentence.norm(at) == "sorry" && sentence.before(at) == Break::Dash;
    Some((begin, sure.is_some() || between))
}

/// What the correction that begins at `begin` replaces among the words `from..mark`.
fn replaced(sentence: &Sentence<'_>, from: usize, mark: usize, begin: usize, sure: bool) -> Option<Pieces> {
    const TAKEN_BACK: [&str; 6] = ["dont", "do not", "never mind", "nevermind", "leave it", "leave that"];
    let clause = sentence.clauses.iter().rfind(|(first, _)| *first < mark)?.0.max(from);
    let cut = |first: usize| {
        let end = sentence.words.get(begin).map_or(sentence.text.len(), |word| typed_start(sentence, word.start));
        vec![(typed_start(sentence, sentence.words[first].start)..end, String::new())]
    };
    if begin >= sentence.words.len() {
        // "Delete Bob. Scratch that."
        let last = ["scratch that", "strike that", "forget that", "no scratch that", "no wait", "wait no"];
        let whole = sure && sentence.longest_of(mark, &last).is_some();
        return whole.then(|| vec![(sentence.words[clause].start..sentence.text.len(), "never mind".to_owned())]);
    }
    if sure && sentence.longest_of(begin, &TAKEN_BACK).is_some() {
        // "… don't delete it, just clear it"
        let more = (begin + 1..sentence.words.len()).any(|at| sentence.is_apart(at));
        let about = other_verb(sentence, clause, begin).filter(|_| more);
        return Some(about.unwrap_or_else(|| cut(clause)));
    }
    if let Some((first, last)) = same_kind(sentence, clause.max(from), mark, begin) {
        let title = gazetteer::title(sentence, begin, sentence.words.len()).map_or(1, |(count, _)| count);
        let over = |at: usize| is_over(sentence, at) || at >= sentence.words.len();
        let single = over(begin + 1) || over(begin + title);
        if last < mark && last > first && single {
            // The rest of what was said stays, with the new value behind it.
            let gone = sentence.words[first].start..sentence.words[last].start;
            let joint = sentence.words[mark - 1].end..typed_start(sentence, sentence.words[begin].start);
            return Some(vec![(gone, String::new()), (joint, ", ".to_owned())]);
        }
        return Some(cut(first));
    }
    let sure = sure || sentence.norm(mark) == "actually";
    if sure && VERBS.of_word(sentence.norm(begin)).is_some() && !is_over(sentence, begin + 1) {
        return Some(other_verb(sentence, clause, begin).unwrap_or_else(|| cut(clause)));
    }
    if !sure {
        return None;
    }
    const DETERMINERS: [&str; 6] = ["the", "my", "our", "all", "a", "an"];
    let again = DETERMINERS.contains(&sentence.norm(begin));
    let same = (clause..mark).rev().find(|at| again && DETERMINERS.contains(&sentence.norm(*at)));
    same.or_else(|| behind_joint(sentence, clause, mark)).map(cut)
}

/// "Start the Gala campaign, no wait, test it": what the pointer means stays, as something talked about.
fn other_verb(sentence: &Sentence<'_>, clause: usize, begin: usize) -> Option<Pieces> {
    const REACH: usize = 9;
    let end = sentence.words.len();
    let points = (begin..end.min(begin + REACH)).any(|at| ["it", "him", "her", "them"].contains(&sentence.norm(at)));
    let (_, count) = VERBS.longest(sentence, clause).filter(|_| points)?;
    let verb = sentence.span(clause, clause + count);
    let mut mark = begin;
    while mark > clause + count && !sentence.is_apart(mark) {
        mark -= 1;
    }
    let joint = sentence.words[mark.checked_sub(1)?].end..sentence.words[begin].start;
    (mark > clause + count).then(|| vec![(verb.0..verb.1, "about".to_owned()), (joint, ", ".to_owned())])
}

/// With the sign that belongs to a number: "+49 …".
fn typed_start(sentence: &Sentence<'_>, start: usize) -> usize {
    let before = &sentence.text[..start];
    before.trim_end_matches(['+', '(', '$', '€', '"', '“', '\'']).len()
}

/// The last words of `from..mark` that are of the kind of those at `begin`.
fn same_kind(sentence: &Sentence<'_>, from: usize, mark: usize, begin: usize) -> Option<(usize, usize)> {
    let end = sentence.words.len();
    let rfind = |test: &dyn Fn(usize) -> Option<usize>| (from..mark).rev().find_map(|at| Some((at, test(at)?)));
    let word = sentence.norm(begin);
    if let Some((_, last)) = phone(sentence, begin, end) {
        let number = (from..mark).find_map(|at| Some((at, phone(sentence, at, mark)?.1)));
        return number.filter(|_| last > begin);
    }
    if sentence.raw(begin).contains('@') {
        return rfind(&|at| sentence.raw(at).contains('@').then_some(at + 1));
    }
    if numbers::quantity(sentence, begin).is_some() {
        let number = rfind(&|at| numbers::quantity(sentence, at).map(|found| found.last));
        return number.map(|(first, last)| (whole_number(sentence, from, first), last));
    }
    const NEARBY: [&str; 5] = ["today", "tomorrow", "tonight", "next", "this"];
    let is_day = |word: &str| WEEKDAYS.contains(&word) || NEARBY.contains(&word);
    if is_day(word)
        && let Some((first, _)) = rfind(&|at| is_day(sentence.norm(at)).then_some(at + 1))
    {
        return Some((first, mark));
    }
    const TOO_COMMON: [&str; 8] = ["the", "a", "an", "i", "it", "my", "and", "of"];
    if !TOO_COMMON.contains(&word)
        && let Some((first, _)) = rfind(&|at| (sentence.norm(at) == word).then_some(at + 1))
    {
        return Some((run_start(sentence, from, first, begin), mark));
    }
    // "as hot, I mean cold"
    let joint = |at: usize| ["to", "as", "called", "named"].contains(&sentence.norm(at));
    if is_over(sentence, begin + 1) && mark >= from + 3 && joint(mark - 2) {
        return Some((mark - 1, mark));
    }
    let place = |at: usize, to: usize| places::table().longest(&sentence.words[at..to]).map(|found| at + found.0);
    let title = |at: usize, to: usize| {
        gazetteer::phrase(sentence, at, to).filter(|found| found.title().is_some()).map(|found| at + found.count)
    };
    if title(begin, end).is_some()
        && let Some((first, last)) = (from..mark).find_map(|at| Some((at, title(at, mark)?)))
    {
        // "dentists in Sacramento, no wait, orthodontists": the place stays.
        let placed = ["in", "near", "at", "from", "across", "around"].contains(&sentence.norm(last));
        return Some((first, if last + 2 >= mark && !placed { mark } else { last }));
    }
    if place(begin, end).is_some() && sentence.norm(begin.saturating_sub(1)) != "to" {
        return (from..mark).find_map(|at| Some((at, place(at, mark)?))).map(|found| (found.0, mark));
    }
    None
}

fn whole_number(sentence: &Sentence<'_>, from: usize, first: usize) -> usize {
    let quantity = |at: usize| numbers::quantity(sentence, at).is_some_and(|found| found.last > first);
    (from..first).find(|at| quantity(*at)).unwrap_or(first)
}

/// A name repeated in part begins where its capitals begin: "Shanice Brooks, no, Shanise Brooks".
fn run_start(sentence: &Sentence<'_>, from: usize, first: usize, begin: usize) -> usize {
    if !sentence.is_capitalised(begin) || !sentence.has_case() {
        return first;
    }
    let mut start = first;
    while start > from
        && sentence.is_capitalised(start - 1)
        && !sentence.is_apart(start)
        && VERBS.of_word(sentence.norm(start - 1)).is_none()
    {
        start -= 1;
    }
    start
}

/// The word behind the last joining word before the mark, or the name that the words end with.
fn behind_joint(sentence: &Sentence<'_>, from: usize, mark: usize) -> Option<usize> {
    const JOINTS: [&str; 14] =
        ["to", "as", "called", "named", "is", "for", "into", "from", "in", "on", "at", "with", "name", "it"];
    const LONGEST: usize = 6;
    let reach = mark.saturating_sub(LONGEST).max(from);
    let joint =
        (reach..mark - 1).rev().find(|at| JOINTS.contains(&sentence.norm(*at)) && sentence.quote_of(*at).is_none());
    let mut name = mark;
    while name > from
        && sentence.has_case()
        && sentence.is_capitalised(name - 1)
        && (name == mark || sentence.before(name) < Break::Comma)
        && !(name - 1 == from && VERBS.of_word(sentence.norm(from)).is_some())
    {
        name -= 1;
    }
    match joint {
        Some(joint) if joint < name => Some(joint + 1),
        _ if name < mark => Some(name),
        joint => joint.map(|at| at + 1),
    }
}
