//! What may stand beside a name or in its place: the mark of possession, a title, a telephone number, "those two".

use super::gazetteer;
use super::sentence::Sentence;
use super::words::Break;

/// Whether the word before `at` ends in 's ("Jane's", "James' phone").
pub(super) fn possessive(sentence: &Sentence<'_>, at: usize) -> bool {
    if at == 0 {
        return false;
    }
    let gap = sentence.gap(at);
    let marks = ['\'', '’', '‘', '´', '`'];
    let before = &sentence.text[..sentence.words[at - 1].end];
    gap.starts_with(marks)
        && (gap[gap.chars().next().map_or(0, char::len_utf8)..].starts_with(['s', 'S']) || before.ends_with(['s', 'S']))
}

/// One past the last word of the title that begins at `at`, when there is one.
pub(super) fn title_run(sentence: &Sentence<'_>, at: usize, end: usize) -> Option<usize> {
    const LONGEST: usize = 9;
    let mut last = at;
    let mut known = false;
    while last < end.min(at + LONGEST) && (last == at || sentence.before(last) < Break::Slash) {
        let word = sentence.norm(last);
        let stops = ["at", "from", "with", "to", "into", "who", "please", "on", "since", "now", "in"].contains(&word);
        // "now she is VP": a pronoun begins a sentence, and no title.
        let pronoun = ["she", "he", "they", "it", "i", "we", "you"].contains(&word) && sentence.raw(last).len() > 1;
        let pronoun = pronoun && sentence.raw(last) != "IT";
        if stops
            || pronoun
            || sentence.raw(last).contains('@')
            || sentence.quote_of(last).is_some()
            || (last > at && possessive(sentence, last))
        {
            break;
        }
        let phrase = gazetteer::phrase(sentence, last, end);
        let count = phrase.as_ref().map_or(1, |phrase| phrase.count);
        known |= phrase.is_some_and(|phrase| phrase.title().is_some() || phrase.levels().is_some());
        if !known && word == "and" {
            break;
        }
        last += count;
    }
    (known && last <= end).then_some(last)
}

/// The telephone number that begins at the word `at`: its bytes, and the word after it.
pub(super) fn phone(sentence: &Sentence<'_>, at: usize, end: usize) -> Option<((usize, usize), usize)> {
    let numeric = |word: usize| {
        let raw = sentence.raw(word);
        !raw.is_empty() && raw.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    let mut last = at;
    while last < end && numeric(last) && (last == at || sentence.gap(last).chars().all(|c| " -./()\u{a0}–".contains(c)))
    {
        last += 1;
    }
    if last == at {
        return None;
    }
    let (start, stop) = sentence.span(at, last);
    let digits = sentence.text[start..stop].chars().filter(char::is_ascii_digit).count();
    let lead = sentence.text[..start].trim_end_matches(['(', '+', '0']).len();
    let start = if sentence.text[lead..start].contains(['+', '(']) { lead } else { start };
    (7..=16).contains(&digits).then_some(((start, stop), last))
}

/// "those two contacts", "both of them", "these 3 people".
pub(super) fn several(sentence: &Sentence<'_>, at: usize, end: usize) -> Option<usize> {
    const NUMBERS: [&str; 8] = ["two", "three", "four", "five", "2", "3", "4", "5"];
    const NOUNS: [&str; 8] = ["contacts", "people", "companies", "leads", "records", "persons", "customers", "clients"];
    if let Some(count) =
        sentence.longest_of(at, &["both of them", "both of these", "both of those", "the both of them"])
    {
        return Some(count);
    }
    let pointed = ["these", "those", "the", "both"].contains(&sentence.norm(at));
    let number = usize::from(NUMBERS.contains(&sentence.norm(at + 1)));
    let noun = usize::from(NOUNS.contains(&sentence.norm(at + 1 + number)));
    // "the contacts", "the two contacts in Ohio" may be described.
    let certain = sentence.norm(at) != "the" || number == 1;
    (pointed && certain && number + noun > 0 && at + 1 + number + noun <= end).then_some(1 + number + noun)
}
