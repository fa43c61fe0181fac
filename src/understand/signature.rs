//! A card or the end of a mail pasted behind a wish: "Please add him:", a name, a title and a firm, a number, an address,
//! each on a line of its own.
//!
//! Protects the rule that nothing is dropped silently: what stands on the lines becomes one contact with its fields.

use super::asides::{Pieces, mended};
use super::clean::Mended;
use super::gazetteer;
use super::sentence::Sentence;

/// Words of a wish to keep somebody.
const KEEPS: [&str; 14] = [
    "add",
    "save",
    "create",
    "store",
    "put",
    "enter",
    "record",
    "keep",
    "new contact",
    "take",
    "import",
    "file",
    "contact",
    "crm",
];
/// Words of other wishes: then the lines are no contact to be made.
const OTHERWISE: [&str; 10] =
    ["delete", "remove", "update", "change", "merge", "list", "campaign", "sequence", "find", "search"];
const LONGEST_LINE: usize = 70;
const MOST_LINES: usize = 9;

/// What a line of a card holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Email,
    Phone,
    Profile,
    Website,
    Title,
    Company,
}

/// "add him as a contact: Jane Doe, title GC, company Acme, …" in the place of the lines.
pub(super) fn on_one_line(sentence: &Sentence<'_>) -> Option<Mended> {
    let text = sentence.text;
    if !text.contains('\n') {
        return None;
    }
    let mut lines = lines(text);
    if !(3..=MOST_LINES).contains(&lines.len()) {
        return None;
    }
    let head = lines.remove(0);
    let name = lines.remove(0);
    let begins = |place: (usize, usize), words: &[&str]| {
        let from = sentence.words.partition_point(|word| word.start < place.0);
        let to = sentence.words.partition_point(|word| word.start < place.1);
        (from..to).any(|at| sentence.longest_of(at, words).is_some())
    };
    if !begins(head, &KEEPS) || begins(head, &OTHERWISE) || !is_name(&text[name.0..name.1]) {
        return None;
    }
    let reached = lines.iter().any(|line| matches!(plain(&text[line.0..line.1]), Some(Holds::Email | Holds::Phone)));
    if !reached || lines.iter().any(|line| line.1 - line.0 > LONGEST_LINE) {
        return None;
    }
    let mut pieces: Pieces = vec![(head.0..name.0, "add a contact: ".to_owned())];
    let (mut end, mut titled, mut employed) = (name.1, false, false);
    for line in lines {
        for (start, stop) in parts(text, line) {
            let piece = &text[start..stop];
            let holds = plain(piece).unwrap_or_else(|| {
                let title = !titled && (is_title(piece) || !employed && stop < line.1);
                if title { Holds::Title } else { Holds::Company }
            });
            let word = match holds {
                Holds::Email => ", ",
                Holds::Phone => ", ",
                Holds::Profile => ", linkedin ",
                Holds::Website => ", website ",
                Holds::Title if is_title(piece) => ", ",
                Holds::Title => ", title ",
                Holds::Company if employed => ", ",
                Holds::Company => " at ",
            };
            titled |= holds == Holds::Title;
            employed |= holds == Holds::Company;
            let lead = start + lead(piece, holds);
            pieces.push((end..lead, word.to_owned()));
            end = stop;
        }
    }
    mended(sentence, &pieces)
}

/// The lines that hold anything, without the white space around them.
fn lines(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if !trimmed.is_empty() {
            let first = start + line.len() - line.trim_start().len();
            found.push((first, first + trimmed.len()));
        }
        start += line.len();
    }
    found
}

/// "General Counsel | Acme AG" is two things.
fn parts(text: &str, (start, end): (usize, usize)) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = start;
    let line = &text[start..end];
    for mark in [" | ", " · ", " • ", " – ", " - ", ", "] {
        if let Some(at) = line.find(mark).filter(|_| found.is_empty() && !line.contains('@')) {
            found.push((start, start + at));
            from = start + at + mark.len();
        }
    }
    found.push((from, end));
    found
}

/// Two to five words, each with a capital or a particle between them.
fn is_name(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let written = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    (2..=5).contains(&words.len())
        && line.chars().all(|c| c.is_alphabetic() || " .-'’,".contains(c))
        && words.iter().filter(|word| written(word)).count() + 1 >= words.len()
        && words.first().is_some_and(written)
}

/// What a line is by its signs alone.
fn plain(line: &str) -> Option<Holds> {
    let digits = line.chars().filter(char::is_ascii_digit).count();
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    if line.contains('@') {
        Some(Holds::Email)
    } else if line.contains("linkedin.com") {
        Some(Holds::Profile)
    } else if digits >= 7 && letters <= 8 {
        Some(Holds::Phone)
    } else if !line.contains(' ') && line.contains('.') && letters > 3 {
        Some(Holds::Website)
    } else {
        None
    }
}

/// "Tel.: +49 …", "E: jane@…": how much of the line only says what follows.
fn lead(line: &str, holds: Holds) -> usize {
    match holds {
        Holds::Phone => line.find(|c: char| c.is_ascii_digit() || c == '+' || c == '(').unwrap_or(0),
        Holds::Email => {
            line.split_whitespace().find(|word| word.contains('@')).and_then(|word| line.find(word)).unwrap_or(0)
        }
        _ => 0,
    }
}

fn is_title(line: &str) -> bool {
    let sentence = Sentence::new(line);
    let end = sentence.words.len();
    (0..end).any(|at| {
        gazetteer::phrase(&sentence, at, end)
            .is_some_and(|phrase| phrase.title().is_some() || phrase.levels().is_some())
    })
}
