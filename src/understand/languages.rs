//! German, French, Spanish, Italian, Dutch and Portuguese: titles and kinds of company are further names of what the other
//! tables hold; the small words and verbs of a sentence are replaced by English ones before anything reads it.
//!
//! Protects two rules: an English text is never touched, and each English word put in stands on the words it replaces, so
//! that every offset still points at what was typed.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::packed::{Packed, Quick};
use super::phrases::Phrases;
use super::words::{Break, Word, words};
use super::{markets, places, separable, titles};

/// The table as it is kept, for whoever must notice that it changed.
pub(super) const SOURCE: &str = include_str!("../../data/languages.csv");

/// Words that are English or names as well, and therefore show no language.
const NO_SIGN: &str = "svp in a no me an was war die den des on note change pause list import export of de la el los las en met \
    e o u i con come is all to at au y y&y as hay non do da du le les un no not para mi ma on et sales art plan \
    hat see men bin wo so man gift rat stern brief also dame moin ciao union \
    million start pro social general central legal industria mes ser per via os na se nos uma em inc contact contacts \
    al del della dal lista nova novo tire op uit titel position adresse company nota poste cadence";

/// Endings of German compounds that mean companies: "Softwareunternehmen".
const COMPANY_ENDINGS: [&str; 7] = ["unternehmen", "firmen", "firma", "betriebe", "konzerne", "hersteller", "branche"];

/// Letters that French drops before an apostrophe: "l'industrie", "d'avocats".
const ELIDED: [&str; 7] = ["l", "d", "s", "n", "j", "m", "qu"];

/// Distinct words of a language that a text must hold; a sprinkled noun alone changes nothing.
const SIGNS_NEEDED: usize = 2;

struct Language {
    name: &'static str,
    /// Phrases and the English words for them.
    english: Phrases<&'static str>,
}

struct Tables {
    languages: Vec<Language>,
    /// For a word, the languages of which it begins a phrase, as bits.
    begun: Packed,
    /// For the plural of a foreign title or kind of company, its singular as it is written.
    singulars: Phrases<&'static str>,
    /// For a market word of another language, its English name.
    markets: Phrases<&'static str>,
    /// The names that other tables have of this one.
    names: Phrases<()>,
}

// `build.rs` makes these of `data/languages.csv`: the texts that its numbers stand for, and a table for each language.
include!(concat!(env!("OUT_DIR"), "/languages.rs"));
const BEGUN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/languages_begun.bin"));
const SINGULARS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/languages_singulars.bin"));
const MARKETS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/languages_markets.bin"));
const NAMES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/languages_names.bin"));

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let text = |number: u32| TEXTS.get(usize::try_from(number).unwrap_or(usize::MAX)).copied().unwrap_or("");
    let table = |bytes: &'static [u8]| Phrases::of_packed_names(Packed::of(bytes), text);
    let languages = PACKED.iter().map(|(name, bytes)| Language { name, english: table(bytes) });
    Tables {
        languages: languages.collect(),
        begun: Packed::of(BEGUN),
        singulars: table(SINGULARS),
        markets: table(MARKETS),
        names: Phrases::of_packed_names(Packed::of(NAMES), |_| ()),
    }
});

/// The English name of a market word of another language ("Krankenhäuser" are hospitals).
pub(super) fn english_market(words: &str) -> Option<&'static str> {
    TABLES.markets.exact(words).first().copied()
}

/// The singular of a foreign title or kind of company, as it is written: "Geschäftsführerinnen" is one "Geschäftsführer".
pub(super) fn singular_name(words: &str) -> Option<&'static str> {
    TABLES.singulars.exact(words).first().copied()
}

/// The words of `text` with the small words and verbs of another language in English. Most texts come back as they are.
pub(super) fn in_english(text: &str, words: Vec<Word>) -> Vec<Word> {
    match language_of(&words) {
        Some(language) => translated(text, words, language),
        None => words,
    }
}

/// Whether a word shows no language.
fn shows_none(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str, Quick>> = LazyLock::new(|| NO_SIGN.split_ascii_whitespace().collect());
    WORDS.contains(word)
}

/// The languages of which the word begins a phrase, as bits in the order of the table; none for a word that shows none.
fn begins(word: &Word) -> u8 {
    let languages = TABLES.begun.get(&word.norm).map_or(0, |entry| entry.note);
    if languages != 0 && shows_none(&word.norm) { 0 } else { languages }
}

/// The language whose small words a text holds more of than of English ones.
fn language_of(words: &[Word]) -> Option<&'static Language> {
    // Most texts hold no word that another language begins a phrase with.
    let begun: Vec<u8> = words.iter().map(begins).collect();
    if begun.iter().all(|languages| *languages == 0) {
        return None;
    }
    let signs = |n: usize, language: &Language| {
        let found = words
            .iter()
            .enumerate()
            .filter(|(at, _)| begun[*at] >> n & 1 == 1 && language.english.longest(&words[*at..]).is_some());
        let mut distinct: Vec<&str> = found.map(|(_, word)| word.norm.as_str()).collect();
        distinct.sort_unstable();
        distinct.dedup();
        distinct.len()
    };
    const ENGLISH: [&str; 24] = [
        "the", "and", "or", "with", "for", "who", "that", "find", "to", "of", "from", "my", "is", "are", "at", "show",
        "on", "but", "not", "me", "you", "we", "i", "need",
    ];
    let english = words.iter().filter(|word| ENGLISH.contains(&word.norm.as_str())).count();
    let languages = TABLES.languages.iter().enumerate();
    let (language, most) = languages.map(|(n, language)| (language, signs(n, language))).max_by_key(|found| found.1)?;
    let separable = language.name == "de" && separable::opens(words);
    let opens = separable
        || words.first().is_some_and(|first| {
            !shows_none(&first.norm)
                && language
                    .english
                    .longest(words)
                    .is_some_and(|(_, english)| !["the", "in", "at", "of"].contains(&english[0]))
        });
    let names_something = || (0..words.len()).any(|at| TABLES.names.longest(&words[at..]).is_some());
    (most > english && (most >= SIGNS_NEEDED || opens || names_something())).then_some(language)
}

fn translated(text: &str, words: Vec<Word>, language: &Language) -> Vec<Word> {
    let words = match language.name {
        "fr" => without_elisions(text, &words),
        "de" => separable::in_english(words),
        _ => words,
    };
    let mut all = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let rest = &words[at..];
        let known = known_elsewhere(rest);
        let small = language.english.longest(rest);
        match small {
            Some((count, english)) if count >= known => {
                let whole = (rest[0].start, rest[count - 1].end);
                for (place, norm) in english[0].split(' ').filter(|norm| !norm.is_empty()).enumerate() {
                    let before = if place == 0 { rest[0].before } else { Break::Space };
                    all.push(Word { start: whole.0, end: whole.1, norm: norm.to_owned(), before });
                }
                at += count;
            }
            _ => {
                for word in &rest[..known.max(1)] {
                    company_of_compound(language, word, &mut all);
                }
                at += known.max(1);
            }
        }
    }
    all
}

/// How many words at the head of `words` are a title, a kind of company or the name of a place, which stay as they are.
fn known_elsewhere(words: &[Word]) -> usize {
    let title = titles::table().longest(words).map_or(0, |found| found.0);
    let market = markets::table().longest(words).map_or(0, |found| found.0);
    let place = places::table().longest(words).map_or(0, |found| found.0);
    // A single small word that is also some place ("mit", "sur") is no place here.
    title.max(market).max(if place > 1 { place } else { 0 })
}

/// "Technologieunternehmen" is two words: what they do, and that they are companies.
fn company_of_compound(language: &Language, word: &Word, all: &mut Vec<Word>) {
    let stem = COMPANY_ENDINGS
        .iter()
        .filter(|_| language.name == "de")
        .find_map(|ending| word.norm.strip_suffix(ending))
        .filter(|stem| stem.len() > 1);
    match stem.filter(|_| markets::table().longest(std::slice::from_ref(word)).is_none()) {
        Some(stem) => {
            all.push(Word { norm: stem.to_owned(), ..word.clone() });
            all.push(Word { norm: "companies".to_owned(), before: Break::Space, ..word.clone() });
        }
        None => all.push(word.clone()),
    }
}

/// "l'industrie" is two words, unless a table knows the phrase it stands in ("cabinet d'avocats").
fn without_elisions(text: &str, words: &[Word]) -> Vec<Word> {
    let mut all = Vec::with_capacity(words.len());
    let mut kept = 0;
    for (at, word) in words.iter().enumerate() {
        kept = kept.max(at + known_elsewhere(&words[at..]));
        let raw = &text[word.start..word.end];
        let cut = raw.char_indices().find(|(_, c)| matches!(c, '\'' | '’')).filter(|_| at >= kept);
        match cut.filter(|(cut, _)| ELIDED.contains(&raw[..*cut].to_lowercase().as_str())) {
            Some((cut, mark)) => {
                let behind = word.start + cut + mark.len_utf8();
                let rest = self::words(&text[behind..word.end]);
                all.push(Word { end: word.start + cut, norm: raw[..cut].to_lowercase(), ..word.clone() });
                all.extend(rest.into_iter().map(|rest| Word {
                    start: behind + rest.start,
                    end: behind + rest.end,
                    before: Break::Space,
                    ..rest
                }));
            }
            None => all.push(word.clone()),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        in_english(text, words(text)).into_iter().map(|word| word.norm).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn english_stays_as_it_is() {
        for text in [
            "Find 50 CEOs at law firms in California",
            "people in San José and Los Angeles who know El Paso",
            "no recruiters in Rio de Janeiro or La Jolla",
            "a note on the war in Den Haag",
            "Geschäftsführer at law firms in München",
        ] {
            assert_eq!(read(text), words(text).into_iter().map(|word| word.norm).collect::<Vec<_>>().join(" "));
        }
    }

    #[test]
    fn small_words_and_verbs_become_english() {
        assert_eq!(read("Suche Banken mit mehr als 50 Mitarbeitern"), "find banken with more than 50 employees");
        assert_eq!(read("Je cherche des avocats à Paris"), "find the avocats in paris");
        assert_eq!(read("Busca abogados en Madrid con 20 empleados"), "find abogados in madrid with 20 employees");
        assert!(read("Wie viele Kontakte haben wir in Berlin?").starts_with("how many contacts do we have"));
    }

    #[test]
    fn offsets_stand_on_what_was_typed() {
        let text = "Trouvez-moi des juristes dans l'industrie à Lyon, s'il vous plaît";
        let found = in_english(text, words(text));
        assert!(found.windows(2).all(|pair| pair[0].start <= pair[1].start && pair[0].end <= pair[1].end));
        assert!(found.iter().all(|word| text.is_char_boundary(word.start) && text.is_char_boundary(word.end)));
    }

    #[test]
    fn every_further_name_belongs_to_something() {
        let names = |kind: &'static str| {
            let rows = crate::understand::rows::of(SOURCE).into_iter().filter(move |row| row[1] == kind);
            rows.flat_map(|row| row[3].split(['|', '/']).map(move |phrase| (row[2], phrase)))
        };
        for (english, phrase) in names("title") {
            assert!(titles::named(phrase).is_some(), "{phrase} is no {english}");
        }
        let unknown = |(_, phrase): &(&str, &str)| markets::table().exact(phrase).is_empty();
        assert_eq!(names("market").find(unknown), None);
    }
}
