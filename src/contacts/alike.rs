//! How well a name that somebody wrote fits a name that is kept: case, accents, order, parts, initials, one wrong letter
//! a word. Pure.
//!
//! Protects the rule that the best fit wins and that equally good ones are told apart by a person, never by chance.

use super::names;

/// Words of a name that are looked at; whoever writes more means no name.
const WORDS_MAX: usize = 8;
/// Letters from which on a word may have a wrong one.
const TYPO_FROM: usize = 4;
/// Letters from which on a beginning stands for a word.
const BEGINNING_FROM: usize = 3;
/// Words before a name that are no part of it.
const HONORIFICS: &[&str] = &["mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "mme", "me", "sir"];
/// Words behind a company's name that people leave out.
const LEGAL_FORMS: &[&str] = &[
    "llp",
    "llc",
    "lp",
    "pllc",
    "pc",
    "pa",
    "inc",
    "incorporated",
    "ltd",
    "limited",
    "plc",
    "corp",
    "corporation",
    "co",
    "company",
    "gmbh",
    "mbh",
    "ag",
    "kg",
    "se",
    "sa",
    "sas",
    "sarl",
    "srl",
    "spa",
    "bv",
    "nv",
    "ab",
    "as",
    "oy",
    "partg",
    "the",
];

/// How well a name fits; the smaller, the better.
pub type Rank = usize;

/// Letter for letter, but for case, accents and punctuation.
const EQUAL: Rank = 0;
/// The same words in another order or with other umlauts ("Mueller", "Müller").
const SAME: Rank = 1;
/// Some whole words of the name, such as the first name alone.
const PART: Rank = 2;
/// Initials and beginnings of words.
const SHORTENED: Rank = 3;
/// And one more for each word with a wrong letter.
const MISSPELT: Rank = 4;
/// A rank is so many times the worst fit of a word, and the fits of all words, which tell apart what else is equal.
const WORST_COUNTS: Rank = 100;
/// No rank is larger.
pub const RANK_MAX: Rank = 10_000;

/// A name somebody wrote, ready to be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    key: String,
    of_company: bool,
}

impl Asked {
    /// A person's name; "Last, First" is read as such.
    pub fn person(text: &str) -> Option<Asked> {
        let full = names::resolve(None, None, Some(text), None)?.full;
        let key = names::key(&full);
        let words: Vec<&str> = key.split(' ').collect();
        let from = words.iter().take_while(|word| HONORIFICS.contains(word)).count();
        // "Dr" alone may be all there is.
        let words = if from < words.len() { &words[from..] } else { &words[..] };
        Asked::of(words, false)
    }

    /// A company's name, with or without its legal form.
    pub fn company(text: &str) -> Option<Asked> {
        let key = company_key(text);
        Asked::of(&key.split(' ').collect::<Vec<_>>(), true)
    }

    fn of(words: &[&str], of_company: bool) -> Option<Asked> {
        let fits = (1..=WORDS_MAX).contains(&words.len()) && !words[0].is_empty();
        fits.then(|| Asked { key: words.join(" "), of_company })
    }

    /// How well it fits a name that is kept; nothing when it does not.
    pub fn rank(&self, name: &str) -> Option<Rank> {
        if self.of_company { rank(&self.key, &company_key(name)) } else { rank(&self.key, &names::key(name)) }
    }

    /// What a fitting key holds when no letter is wrong: all of these.
    pub fn exactly(&self) -> Vec<Vec<String>> {
        self.longer_words().map(|word| vec![word.to_owned()]).collect()
    }

    /// What a fitting key holds even when a letter of each word is wrong: of each group one.
    ///
    /// A wrong, missing or doubled letter leaves one half of the word whole; two letters that changed places in the
    /// middle leave none, so that the word with them changed back is a part, too.
    pub fn roughly(&self) -> Vec<Vec<String>> {
        self.longer_words()
            .map(|word| {
                if word.len() < TYPO_FROM {
                    return vec![word.to_owned()];
                }
                let (first, second) = word.split_at(word.len() / 2);
                let mut letters: Vec<char> = word.chars().collect();
                letters.swap(word.len() / 2 - 1, word.len() / 2);
                vec![first.to_owned(), second.to_owned(), letters.into_iter().collect()]
            })
            .collect()
    }

    /// An initial says too little to look for it.
    fn longer_words(&self) -> impl Iterator<Item = &str> {
        self.key.split(' ').filter(|word| word.len() > 1)
    }
}

/// The key of a company's name without its legal form; the whole key when nothing else is left.
pub fn company_key(name: &str) -> String {
    let key = names::key(name);
    let words: Vec<&str> = key.split(' ').filter(|word| !LEGAL_FORMS.contains(word)).collect();
    if words.is_empty() { key } else { words.join(" ") }
}

fn rank(asked: &str, key: &str) -> Option<Rank> {
    if asked == key {
        return Some(EQUAL);
    }
    let asked: Vec<&str> = asked.split(' ').collect();
    let mut left: Vec<&str> = key.split(' ').filter(|word| !word.is_empty()).collect();
    let whole = asked.len() == left.len();
    let mut worst = if whole { SAME } else { PART };
    let mut all = 0;
    let mut wrong = 0;
    let mut met = 0;
    for word in &asked {
        let fits = left.iter().enumerate().filter_map(|(at, kept)| Some((word_rank(word, kept)?, at)));
        match fits.min() {
            Some((fit, at)) => {
                left.swap_remove(at);
                worst = worst.max(fit);
                all += fit;
                wrong += usize::from(fit == MISSPELT);
                met += usize::from(word.len() > 1);
            }
            // The initial of a middle name that is not kept.
            None if word.len() == 1 => worst = worst.max(SHORTENED),
            None => return None,
        }
    }
    let worst = worst + wrong + usize::from(wrong > 0 && !whole);
    (met > 0).then_some(worst * WORST_COUNTS + all)
}

fn word_rank(asked: &str, kept: &str) -> Option<Rank> {
    if asked == kept || folded(asked) == folded(kept) {
        return Some(SAME);
    }
    if kept.starts_with(asked) && (asked.len() >= BEGINNING_FROM || asked.len() == 1) {
        return Some(SHORTENED);
    }
    (asked.len() >= TYPO_FROM && kept.len() >= TYPO_FROM && one_letter_off(asked.as_bytes(), kept.as_bytes()))
        .then_some(MISSPELT)
}

/// Umlauts as those write them who have none: "mueller" and "muller" are one.
fn folded(word: &str) -> String {
    word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
}

/// Whether one letter is wrong, missing, doubled, or has changed places with its neighbour.
fn one_letter_off(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let before = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let behind = short[before..].iter().rev().zip(long[before..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (short, long) = (&short[before..short.len() - behind], &long[before..long.len() - behind]);
    match (short, long) {
        ([], [_]) | ([_], [_]) => true,
        ([x, y], [v, w]) => x == w && y == v,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(asked: &str, name: &str) -> Option<Rank> {
        Asked::person(asked).unwrap().rank(name).map(|rank| rank / WORST_COUNTS)
    }

    #[test]
    fn a_name_is_known_by_case_accents_order_parts_and_with_one_wrong_letter_a_word() {
        for (asked, name, expected) in [
            ("renata okafor", "Renata Okafor", Some(0)),
            ("Okafor, Renata", "Renata Okafor", Some(0)),
            ("Dr. Renata Okafor", "Renata Okafor", Some(0)),
            ("Okafor Renata", "Renata Okafor", Some(1)),
            ("Hans Mueller", "Hans Müller", Some(1)),
            ("Hans Muller", "Hans Mueller", Some(1)),
            ("Renata", "Renata Okafor", Some(2)),
            ("Okafor", "Renata Okafor", Some(2)),
            ("R. Okafor", "Renata Okafor", Some(3)),
            ("Ren Okafor", "Renata Okafor", Some(3)),
            ("Renata B. Okafor", "Renata Okafor", Some(3)),
            ("Renata Okafro", "Renata Okafor", Some(5)),
            ("Rentaa Okaffor", "Renata Okafor", Some(6)),
            ("Jhon", "John Smith", Some(6)),
            ("Renata Lindqvist", "Renata Okafor", None),
            ("Ann", "Jan Smith", None),
            ("R", "Renata Okafor", None),
        ] {
            assert_eq!(person(asked, name), expected, "{asked} and {name}");
        }
    }

    #[test]
    fn a_company_is_known_without_its_legal_form() {
        let rank = |asked: &str, name: &str| Asked::company(asked).unwrap().rank(name);
        let company = |asked: &str, name: &str| rank(asked, name).map(|rank| rank / WORST_COUNTS);
        assert_eq!(company("okafor & lindqvist", "Okafor & Lindqvist LLP"), Some(0));
        assert_eq!(company("Okafor", "Okafor & Lindqvist LLP"), Some(2));
        assert_eq!(company("Acme GmbH", "Acme Inc."), Some(0));
        assert_eq!(company("Acme", "Apex"), None);
        assert_eq!(Asked::company("The Company").unwrap().rank("The Company"), Some(0));
    }

    #[test]
    fn whatever_fits_is_among_what_is_looked_for() {
        let names = ["Renata Okafor", "Hans Müller", "Hans Mueller", "John Smith", "Jörg Groß", "Zoë O'Brien-Łukasz"];
        let asked =
            ["Rneata", "renata okafro", "Hans Muller", "hans mueler", "Jhon", "Jonh Smth", "Joerg", "Zoe Obrien"];
        for asked in asked.map(|asked| Asked::person(asked).unwrap()) {
            let holds = |name: &str| {
                let key = names::key(name);
                asked.roughly().iter().all(|parts| parts.iter().any(|part| key.contains(part.as_str())))
            };
            let fitting: Vec<&str> = names.into_iter().filter(|name| asked.rank(name).is_some()).collect();
            assert!(!fitting.is_empty(), "{asked:?}");
            assert!(fitting.iter().all(|name| holds(name)), "{asked:?}: {fitting:?}");
        }
    }

    #[test]
    fn words_without_letters_are_no_name() {
        assert_eq!(Asked::person("?!"), None);
        assert_eq!(Asked::person("a b c d e f g h i"), None);
        assert_eq!(Asked::company(""), None);
    }
}
