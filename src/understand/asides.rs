//! What people say around a request before the reader looks at it: hesitation, politeness, and
//! roundabout ways of asking ("it would be great if you could …", "could Bob be removed from …").
//!
//! Each step rewrites a text into a plainer one that says the same; what it cuts out is no part of
//! the request, and every offset still leads back to what was typed. Protects the tables of verbs and
//! objects from having to know every way of being polite.

use std::ops::Range;

use super::clean::Mended;
use super::inflection::{Form, bases};
use super::moods::OPENERS;
use super::patterns::Patterns;
use super::sentence::Sentence;
use super::verbs::VERBS;
use super::words::Break;
use super::{heading, passed_on, programs, repairs, retold, shorthand, signature};

/// A step gives the plainer text, or nothing where it has nothing to do.
pub(super) type Step = fn(&Sentence<'_>) -> Option<Mended>;

/// The steps in their order: each reads what the one before it left.
pub(super) const STEPS: [Step; 12] = [
    heading::taken_off,
    shorthand::spelled_out,
    signature::on_one_line,
    passed_on::search,
    programs::spelled_out,
    hesitation,
    repairs::repaired,
    beside_the_point,
    roundabout,
    retold::statement,
    retold::misnamed,
    retold::facts,
];

/// A text longer than this many words is no spoken sentence; it is read as it stands.
pub(super) const LONGEST: usize = 160;

/// Pieces of a text and what stands in their place.
pub(super) type Pieces = Vec<(Range<usize>, String)>;

/// The text with the pieces replaced; nothing without pieces.
pub(super) fn mended(sentence: &Sentence<'_>, pieces: &Pieces) -> Option<Mended> {
    let pieces_of = pieces.iter().map(|(place, with)| (place.clone(), with.as_str()));
    (!pieces.is_empty()).then(|| Mended::of(sentence.text, pieces_of))
}

/// Whether a thought begins at the word: at the start, behind a comma or stop, or behind openers only.
pub(super) fn begins(sentence: &Sentence<'_>, at: usize) -> bool {
    const JOINS: [&str; 8] = ["but", "because", "so", "and", "then", "yo", "like", "please"];
    let mut at = at;
    while at > 0 && !sentence.is_apart(at) {
        let before = sentence.norm(at - 1);
        // "can you", "could you please".
        if at > 1
            && sentence.longest_of(at - 2, &OPENERS).is_some_and(|count| count >= 2)
            && sentence.before(at - 1) < Break::Comma
        {
            at -= 2;
            continue;
        }
        if !JOINS.contains(&before) && !OPENERS.contains(before) {
            return false;
        }
        at -= 1;
    }
    true
}

/// Whether nothing of the same thought stands at the word.
pub(super) fn is_over(sentence: &Sentence<'_>, at: usize) -> bool {
    at >= sentence.words.len() || sentence.is_apart(at)
}

fn is_free(sentence: &Sentence<'_>, at: usize) -> bool {
    sentence.quote_of(at).is_none()
}

/// One past the last word of the writer himself; nothing where somebody else's lines stand between his own.
pub(super) fn spoken_end(sentence: &Sentence<'_>) -> usize {
    let mut end = 0;
    for &(from, to) in &sentence.clauses {
        if from != end {
            return 0;
        }
        end = to;
    }
    end
}

/// The first word of a note's or a mail's own text, which stays as it was dictated; the end where there is none.
pub(super) fn dictated_from(sentence: &Sentence<'_>) -> usize {
    const TAKES_TEXT: [&str; 18] = [
        "note", "notes", "comment", "draft", "write", "email", "mail", "message", "reply", "answer", "respond", "log",
        "remind", "todo", "task", "post", "letter", "text",
    ];
    const SAYS: [&str; 5] = ["saying", "says", "reads", "that", "reading"];
    let end = spoken_end(sentence);
    let Some(noun) = (0..end).find(|at| TAKES_TEXT.contains(&sentence.norm(*at))) else { return end };
    let begins = |at: usize| {
        let colon = sentence.gap(at).contains(':');
        colon || SAYS.contains(&sentence.norm(at - 1)) && at > noun + 1
    };
    (noun + 1..end).find(|at| begins(*at)).unwrap_or(end)
}

/// Sounds of somebody who is thinking.
const SOUNDS: [&str; 11] = ["um", "uh", "uhm", "umm", "uhh", "erm", "ehm", "aehm", "hmm", "mmm", "uh huh"];

/// Words that say nothing when they are set apart.
const EMPTY: [&str; 18] = [
    "like",
    "you know",
    "i guess",
    "i dont know",
    "i think",
    "basically",
    "honestly",
    "literally",
    "let me think",
    "let me see",
    "whats it called",
    "i suppose",
    "i believe",
    "as it were",
    "so to speak",
    "if you will",
    "you see",
    "er",
];

/// "um so like I need, you know, 50 CFOs": the words without the hesitation.
fn hesitation(sentence: &Sentence<'_>) -> Option<Mended> {
    let mut pieces = Pieces::new();
    let (mut at, end_of_speech) = (0, dictated_from(sentence));
    while at < end_of_speech {
        let sound = SOUNDS.contains(&sentence.norm(at)) && !sentence.raw(at).chars().all(char::is_uppercase);
        let count = match sentence.longest_of(at, &EMPTY) {
            _ if sound => 1,
            Some(count) if is_over(sentence, at + count) && sentence.is_apart(at) => count,
            Some(1) if sentence.norm(at).ends_with("ly") && begins(sentence, at) && leads_on(sentence, at) => 1,
            // "so like I need", "um like get me"
            Some(1)
                if (begins(sentence, at) || ["you", "i", "we"].contains(&sentence.norm(at.max(1) - 1)))
                    && sentence.norm(at) == "like"
                    && leads_on(sentence, at) =>
            {
                1
            }
            _ => 0,
        };
        if count == 0 || !is_free(sentence, at) || count == sentence.words.len() {
            at += 1;
            continue;
        }
        pieces.push((gap_around(sentence, at, at + count), joint(sentence, at, at + count)));
        at += count;
    }
    merge(&mut pieces);
    mended(sentence, &pieces)
}

fn leads_on(sentence: &Sentence<'_>, at: usize) -> bool {
    const NEXT: [&str; 12] = ["i", "we", "can", "could", "get", "find", "give", "a", "the", "maybe", "just", "really"];
    at > 0 && NEXT.contains(&sentence.norm(at + 1))
}

/// From the end of the word before to the beginning of the word behind.
fn gap_around(sentence: &Sentence<'_>, from: usize, to: usize) -> Range<usize> {
    let start = if from == 0 { 0 } else { sentence.words[from - 1].end };
    // "she's" keeps its ending.
    let kept = sentence.gap(from).find(|c: char| c.is_whitespace() || c == ',').unwrap_or(0);
    let end = sentence.words.get(to).map_or(sentence.text.len(), |word| word.start);
    start + if from == 0 { 0 } else { kept }..end
}

/// What joins the words on both sides of something cut out.
fn joint(sentence: &Sentence<'_>, from: usize, to: usize) -> String {
    const SUBJECTS: [&str; 14] =
        ["he", "she", "it", "they", "we", "i", "can", "could", "please", "pls", "and", "would", "so", "her"];
    let stop = |gap: &str| gap.contains(['.', '!', '?', ';', '\n']);
    let (before, behind) = (sentence.gap(from), sentence.gap(to));
    if from == 0 {
        return String::new();
    }
    if to >= sentence.words.len() {
        return behind.to_owned();
    }
    if stop(before) || stop(behind) {
        return if behind.contains('?') { "? ".to_owned() } else { ". ".to_owned() };
    }
    let comma = before.contains(',') && (behind.contains(',') || SUBJECTS.contains(&sentence.norm(to)));
    if comma && SUBJECTS.contains(&sentence.norm(to)) { ", ".to_owned() } else { " ".to_owned() }
}

/// Pieces that touch or lie over each other become one.
fn merge(pieces: &mut Pieces) {
    let mut joined: Pieces = Vec::with_capacity(pieces.len());
    for (place, with) in pieces.drain(..) {
        match joined.last_mut() {
            Some((last, text)) if place.start < last.end => {
                last.end = place.end;
                *text = with;
            }
            _ => joined.push((place, with)),
        }
    }
    *pieces = joined;
}

/// Politeness and excuses that may stand anywhere set apart.
static BESIDE: Patterns = Patterns::of(&[
    "if you have a/one/the minute/moment/sec/second/time/chance",
    "would interest us/me/them/him/her",
    "would be of interest to? us/me?",
    "are/is of interest to? us/me?",
    "if you have time",
    "if you get a/the minute/moment/sec/second/time/chance",
    "when/whenever you have a/one minute/moment/sec/second",
    "when/whenever you get a/the minute/moment/sec/second/chance",
    "if it/its is? no/not trouble/problem/bother",
    "if it/its is? not/isnt too? much trouble/bother/hassle/work",
    "if it/its isnt/not too/a late/much/bother",
    "if thats/that/its/it is? at? all? possible/okay/ok/alright/fine",
    "if thats/that is? something? you can? do",
    "if at all possible",
    "if you could/would/can/please",
    "if you dont mind",
    "if i may/might",
    "if i may/might ask",
    "if you would be so kind/good",
    "not/im sure? not? sure if/whether you/thats/this/its/that is? can/are/possible? able/do? to? do? that/this/it? but",
    "not sure if/whether you/lexi can/could/do this/that/it? but",
    "i am/im not sure if/whether you/lexi can/could do? this/that/it? but",
    "i dont know if/whether you can/could do? this/that/it? but",
    "dont know if/whether you/its/this/thats is? can/possible? do? this/that/it? but",
    "no idea if/whether you/its/this/thats is? can/possible? do? this/that/it? but",
    "sorry to bother/bug/trouble/disturb you again? but?",
    "i hate to ask/bother you? but?",
    "i know youre/its/you very? busy/late but?",
    "long story short",
    "quick/small/tiny/little favor/favour/thing/one/ask",
    "at your earliest? convenience",
    "many thanks in? advance?",
    "thanks/thank you? so? very? much? in advance",
    "real quick",
    "no rush/hurry but?",
    "i know i know",
    "for crying out loud",
    "are you kidding/serious/joking me?",
    "what the hell/heck/fuck",
    "wtf",
    "for the last/third/hundredth/umpteenth/second time",
    "this is ridiculous/unacceptable/insane/unbelievable/annoying/so slow?",
    "come on/guys",
    "seriously",
    "with a/an/one/two single? s/c/k/t/l/h/z/y/e/ph/ck/n/m",
]);

/// "Not sure if you can, but delete Bob if it's no trouble": the words without the excuses.
fn beside_the_point(sentence: &Sentence<'_>) -> Option<Mended> {
    let mut pieces = Pieces::new();
    let (mut at, end_of_speech) = (0, dictated_from(sentence));
    while at < end_of_speech {
        let found = BESIDE.longest(sentence, at).filter(|_| is_free(sentence, at));
        let Some(count) = found.filter(|count| *count < sentence.words.len()) else {
            at += 1;
            continue;
        };
        let end = at + count;
        let leads = begins(sentence, at) && (is_over(sentence, end) || sentence.norm(end - 1) == "but");
        let trails = at > 0 && is_over(sentence, end);
        if leads || trails {
            let stop = sentence.gap(end).contains(['.', '!', '?', ';', '\n']) || end >= sentence.words.len();
            if trails && stop {
                pieces.push((sentence.words[at - 1].end..sentence.words[end - 1].end, String::new()));
            } else {
                let next = sentence.words.get(end).map_or(sentence.text.len(), |word| word.start);
                pieces.push((sentence.words[at].start..next, String::new()));
            }
        }
        at = end;
    }
    merge(&mut pieces);
    mended(sentence, &pieces)
}

/// Ways of asking, each with the plain word for it.
static FRAMES: Patterns<&str> = Patterns::with(&[
    ("make/do/create/run/get/give/pull/prepare me/us? a/an/the full? export/download/dump of/for/from", "export"),
    ("make/create/build/give/get me/us? a/an/one csv/excel/spreadsheet/xlsx file? out? of/from/for/with", "export"),
    ("no more emails/mails/messages to/for", "stop emailing"),
    ("kindly? do the needful and", "please"),
    ("we/i are/am/were/im needing", "I need"),
    (
        "i/id/we/wed would/should/d? be? most/very/so/much? grateful/obliged/thankful/glad/pleased/happy/delighted for",
        "I need",
    ),
    ("i/we should/would like/appreciate/welcome", "I would like"),
    ("i/we should like to", "please"),
    ("might/would/could/may there be any/some/a?", "find"),
    (
        "the/our/my ideal/perfect/right person/candidate/profile/client/customer/buyer/contact/target/prospect/lead is/are/would a/an?",
        "find",
    ),
    (
        "the/our/my ideal/perfect/right person/candidate/profile/client/customer/buyer/contact/target/prospect/lead would be a/an?",
        "find",
    ),
    ("could/can/would someone/somebody/anyone kindly/please? send/give/get/find/show me/us", "send me"),
    ("i/we search/seek", "find"),
    ("what the/our/my client/customer/boss/partner/committee/board wants/needs is/are", "I need"),
    (
        "it/itd/id would/will/d? be? so/really/very/super/extremely/most/quite? great/nice/lovely/helpful/wonderful/splendid/awesome/good/fantastic/amazing/super/perfect/cool/ideal/brilliant if you/we/someone/somebody could/would/can/might",
        "please",
    ),
    ("it/itd would? help/be me? us? a? lot/help? if you/we/someone could/would", "please"),
    (
        "id/i would/should/d? be? most/very/so/really/much/ever? so? grateful/thankful/obliged/glad/happy/delighted if you/someone could/would/might",
        "please",
    ),
    ("id/i would/d? love/like/appreciate it? if/for you/someone could/would/to", "please"),
    ("any/is/whats there/the? any/a? chance/way/hope that? you/we/someone could/can/might/would", "please"),
    ("could/can someone/somebody please/pls/kindly", "please"),
    ("would/could/can it? be possible for? me/us? to see/get/have/meet/find", "find"),
    ("would it be possible to see/get/have/meet", "find"),
    ("all/both three/two/four/five/of? them/these/those? onto/into/on/to", "add them to"),
    ("subject line/lines ideas? for/to", "write subject lines for"),
    ("move/change/set/shift the? send/sending/start/launch/mailing time/date/day of/for", "reschedule"),
    ("any/a chance/way of/that you", "please"),
    (
        "i/we was/am/were/im hoping/wondering/thinking if/whether/that? perhaps/maybe? you/someone/we could/might/would/can perhaps/maybe/possibly/kindly?",
        "please",
    ),
    (
        "im/were hoping/wondering/thinking if/whether/that? perhaps/maybe? you/someone could/might/would/can perhaps/maybe/possibly/kindly?",
        "please",
    ),
    ("i/we was/were hoping/wanting/looking/meaning/trying/going to ask you to", "please"),
    ("i/we was/were hoping/wanting/looking to", "please"),
    ("i/we was/am/were? hoping/wondering/thinking if/that? youd/youll maybe/kindly?", "please"),
    ("i/we was/were hoping/looking for", "I need"),
    ("would/could/might you be so/very kind/good/nice/sweet/lovely as to", "please"),
    ("would/could/might you be so/very kind/good/nice/sweet/lovely and", "please"),
    ("be so/very kind/good as/and to?", "please"),
    ("be a dear/darling/angel/star/sweetheart/hero/champ and", "please"),
    ("do me a solid/favor/favour and", "please"),
    ("would it be too much/bold to/trouble? ask? you? to", "please"),
    ("could/may/might i/we trouble/bother/bug/ask/get you to", "please"),
    ("someone/somebody needs/has/should/must/please to?", "please"),
    ("what i/id/we would? like/need/want/love you? to do? is for? you? to?", "please"),
    ("do? you? think you could/can/might maybe?", "please"),
    ("i/id would? need/want/like/love/have/expect you/lexi to", "please"),
    ("im going to/gonna need you to?", "please"),
    ("you think you could/can", "please"),
    ("i must/have ask/to? ask? you to", "please"),
    ("i/we would/should/d? be? glad/happy/interested/curious/pleased to know/hear/learn/see", "tell me"),
    ("id be? glad/happy/interested/curious/pleased to know/hear/learn/see", "tell me"),
    ("it/itd would? be? great/nice/lovely/splendid/wonderful/good/helpful to be? introduced to", "find"),
    ("it/itd would? be? great/nice/lovely/splendid/wonderful/good/helpful to have/get/meet", "find"),
    ("shoot/zap/fire me/us/over", "send me"),
    ("one/a quick/single? test send/mail/email/message of", "send a test of"),
    ("one/a quick/single? test/trial run/mailing of", "send a test of"),
    ("i/we could/can really? do/use with?", "I need"),
    ("we/i are/am/were/im good to go on/with", "start"),
    ("were/im good/ready/all? set? to go on/with", "start"),
    ("i/we need/want someone/somebody/you to", "please"),
    ("perhaps/maybe? you/we might/could/may want? to? consider", "would you mind"),
]);

/// "Any chance you could delete Bob", "could Bob be removed from Gala": the plain command.
fn roundabout(sentence: &Sentence<'_>) -> Option<Mended> {
    let mut pieces = Pieces::new();
    let (mut at, end_of_speech) = (0, dictated_from(sentence));
    while at < end_of_speech {
        if !is_free(sentence, at) || !begins(sentence, at) {
            at += 1;
            continue;
        }
        let known = turned(sentence, at).or_else(|| named_so(sentence, at)).or_else(|| noted_on(sentence, at));
        if let Some((more, end)) = known.or_else(|| holds_off(sentence, at)) {
            pieces.extend(more);
            at = end;
            continue;
        }
        let frame = FRAMES.fitting(sentence, at).max();
        match frame.filter(|(count, _)| at + count < sentence.words.len() && sentence.norm(at + count) != "not") {
            Some((count, with)) => {
                pieces.push((sentence.words[at].start..sentence.words[at + count - 1].end, (*with).to_owned()));
                at += count;
            }
            None => at += 1,
        }
    }
    mended(sentence, &pieces)
}

/// What stands before the thing that something is to happen to.
static FRONTS: Patterns = Patterns::of(&[
    "could",
    "might",
    "any/is there? any/a? chance/way/hope that? of?",
    "would it be possible/okay/ok/alright for",
    "it/itd would? be? so? great/nice/lovely/helpful/wonderful/splendid/good/perfect/cool if",
    "please/kindly have/get",
    "please/kindly? see to it that",
    "please/kindly? make/be sure/certain that?",
    "please/kindly? ensure that?",
    "id/i would/d? be/appreciate/love so/very/most/much? grateful/obliged/glad/happy/delighted? it? if",
    "would it be at? all? possible/okay to get/have",
    "dump/pull/get/give",
    "give/get/send me/us",
    "could/can we/you/i please? get/have/see",
    "id like/want/love",
    "i/we would/should like/want/love",
    "i/we want/need",
]);

/// Fronts that no question begins with.
static ORDERS: Patterns = Patterns::of(&[
    "please/kindly",
    "see to it that",
    "make/be sure/certain",
    "ensure that?",
    "would it be at? all? possible/okay to get/have",
]);

/// What stands behind it, the verb, and what is left of it.
static BACKS: Patterns<(&str, &str)> = Patterns::with(&[
    ("could/can/would/might/to start/begin going/sending/running out?", ("start", "")),
    ("could/can/would/might/to go out/live", ("start", "")),
    ("could/can/would/to be? known/renamed/named as?", ("rename", " to")),
    ("could/can/would/to say/read", ("set", " to")),
    ("going/running/moving/started again", ("resume", "")),
    ("up and running again", ("resume", "")),
    ("as/in/into/to a/an? csv/excel/xlsx/spreadsheet file/sheet/format?", ("export", "")),
]);

/// Words that make "could the list be deleted" a question about what may happen.
const MAY_HAPPEN: [&str; 9] =
    ["mistake", "accident", "automatically", "ever", "accidentally", "someone", "somebody", "anyone", "why"];

/// "Could NAME be removed from LIST": the pieces of "please remove NAME from LIST", and the word behind them.
fn turned(sentence: &Sentence<'_>, at: usize) -> Option<(Pieces, usize)> {
    const LONGEST_NAME: usize = 9;
    let (from, to) = *sentence.clauses.iter().find(|(from, to)| *from <= at && at < *to)?;
    if (from..to).any(|word| MAY_HAPPEN.contains(&sentence.norm(word))) {
        return None;
    }
    let subject = at + FRONTS.longest(sentence, at)?;
    // "Please have Bob deleted", "make sure that it is deleted".
    let ordered = ORDERS.fits(sentence, at);
    (subject + 1..to.min(subject + LONGEST_NAME)).find_map(|behind| {
        let (verb, rest, end) = back(sentence, behind, ordered)?;
        let named = (subject..behind).any(|word| {
            sentence.has_case() && sentence.is_capitalised(word) && sentence.norm(word) != "i"
                || sentence.quote_of(word).is_some()
                || sentence.raw(word).contains('@')
                || ordered && ["it", "him", "her", "them", "this", "that"].contains(&sentence.norm(word))
        });
        let place = |first: usize, last: usize| sentence.words[first].start..sentence.words[last - 1].end;
        let gone = sentence.words[behind - 1].end + spare(sentence, behind)..sentence.words[end - 1].end;
        named.then(|| (vec![(place(at, subject), format!("please {verb}")), (gone, rest.to_owned())], end))
    })
}

/// "a fresh list, call it Gala": a name behind a comma or stop.
fn named_so(sentence: &Sentence<'_>, at: usize) -> Option<(Pieces, usize)> {
    static CALLED: Patterns = Patterns::of(&["and/just? call/name/title it/this", "it/its is? called/named"]);
    let count = CALLED.longest(sentence, at)?;
    let next = at + count;
    let named = sentence.words.len() > next && (sentence.is_capitalised(next) || sentence.quote_of(next).is_some());
    (at > 0 && sentence.is_apart(at) && named && sentence.before(next) < Break::Bracket)
        .then(|| (vec![(gap_around(sentence, at, at).start..sentence.words[next - 1].end, " called".to_owned())], next))
}

/// "Write on Priscilla's card that …" is a note.
fn noted_on(sentence: &Sentence<'_>, at: usize) -> Option<(Pieces, usize)> {
    const REACH: usize = 6;
    static WRITE_ON: Patterns = Patterns::of(&["write/put/jot/enter/record down? on/in/into/to"]);
    static CARD_THAT: Patterns = Patterns::of(&["card/record/file/profile/page/entry that/saying/about"]);
    let count = WRITE_ON.longest(sentence, at)?;
    let from = at + count;
    let card = (from + 1..from + REACH).any(|word| CARD_THAT.fits(sentence, word));
    let place = sentence.words[at].start..sentence.words[from - 1].end;
    card.then(|| (vec![(place, "note on".to_owned())], from))
}

/// "Hold off on the Gala, don't launch it": not to begin, and not to pause what runs.
fn holds_off(sentence: &Sentence<'_>, at: usize) -> Option<(Pieces, usize)> {
    static HOLD: Patterns = Patterns::of(&["hold/holding off on/with/for?", "wait with/on"]);
    static LATER: Patterns = Patterns::of(&["dont/not launch/start/send/begin", "until/till i/we/ive/weve"]);
    let count = HOLD.longest(sentence, at)?;
    let later = (at..sentence.words.len()).any(|word| LATER.fits(sentence, word));
    let place = sentence.words[at].start..sentence.words[at + count - 1].end;
    later.then(|| (vec![(place, "do not start".to_owned())], at + count))
}

/// How much of the gap belongs to the word before: a closing quotation mark.
fn spare(sentence: &Sentence<'_>, at: usize) -> usize {
    let gap = sentence.gap(at);
    gap.find(char::is_whitespace).unwrap_or(gap.len())
}

fn back(sentence: &Sentence<'_>, at: usize, ordered: bool) -> Option<(String, &'static str, usize)> {
    static PASSIVE: Patterns = Patterns::of(&["could/can/would/to/might? be/get/is/are/gets now?"]);
    let known = BACKS.fitting(sentence, at).next();
    let known = known.map(|(count, (verb, rest))| ((*verb).to_owned(), *rest, at + count));
    known.or_else(|| {
        let passive = PASSIVE.longest(sentence, at);
        let verb = at + passive.or(ordered.then_some(0))?;
        let base =
            bases(sentence.norm(verb), Form::Participle).into_iter().find(|base| VERBS.of_word(base).is_some())?;
        Some((base, "", verb + 1))
    })
}
