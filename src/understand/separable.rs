//! German verbs whose first part stands at the end: "Lege die Liste Nord an", "Trag sie bitte aus".
//!
//! Protects the meaning of the sentence: "trag … ein" and "trag … aus" begin with the same word.

use super::words::{Break, Word};

/// Verbs, what they end with, and the English for both together.
const VERBS: [(&str, &str, &str); 26] = [
    ("lege|leg|legt|legen", "an", "create"),
    ("richte|richt|richten", "ein", "create"),
    ("setze|setz|setzen", "auf", "create"),
    ("fuege|fueg|fuegen|fuge|fug", "hinzu|dazu|ein", "add"),
    ("trage|trag|tragt|tragen", "ein|nach", "add"),
    ("nimm|nehme|nehmen|nehmt", "auf|mit auf", "add"),
    ("pflege|pfleg|pflegen", "ein", "add"),
    ("hefte|heft", "an", "add"),
    ("nimm|nehme|nehmen|nehmt", "raus|heraus|runter|herunter", "remove"),
    ("trage|trag|tragen", "aus", "remove"),
    ("wirf|werft|schmeiss|schmeisse|streich|streiche|hol|hole", "raus|heraus|runter|weg", "remove"),
    ("fuehre|fuehr|fuehren|fuhre|fuhr|fuhren|lege|leg|fasse|fass", "zusammen", "merge"),
    ("benenne|benenn|benennen|taufe", "um", "rename"),
    ("weise|weis|weisen|teile|teil|ordne", "zu", "assign"),
    ("halte|halt|halten", "an", "pause"),
    ("setze|setz|setzen|fuehre|fuehr|fuhre", "fort", "resume"),
    ("lass|lasse", "weiterlaufen", "resume"),
    ("nimm|nehme", "wieder auf", "resume"),
    ("stelle|stell|schalte|schalt|brich|breche", "ein|ab|aus", "stop"),
    ("schalte|schalt", "frei|live|ein|scharf", "start"),
    ("lade|lad|laden", "ein", "invite"),
    ("lade|lad|laden", "hoch", "import"),
    ("lade|lad|laden", "herunter|runter", "export"),
    ("rufe|ruf|rufen", "an", "call"),
    ("melde|meld", "ab", "unsubscribe"),
    ("leite|leit", "weiter", "forward"),
];

/// How far behind the verb its ending may stand.
const REACH: usize = 40;

/// The words with each such verb in English and its ending taken away.
pub(super) fn in_english(mut words: Vec<Word>) -> Vec<Word> {
    let mut at = 0;
    while at < words.len() {
        if let Some(((first, last), english)) = verb_at(&words, at) {
            english.clone_into(&mut words[at].norm);
            words.drain(first..last);
        }
        at += 1;
    }
    words
}

/// Whether such a verb is the first word and its ending the last of its sentence.
pub(super) fn opens(words: &[Word]) -> bool {
    !words.is_empty() && verb_at(words, 0).is_some()
}

/// The ending of the verb at `at`, as its words, and the English of both.
fn verb_at(words: &[Word], at: usize) -> Option<((usize, usize), &'static str)> {
    let opens = at == 0 || words[at].before >= Break::Comma || at < 5;
    let verb = words[at].norm.as_str();
    let known = opens && VERBS.iter().any(|(stems, ..)| stems.split('|').any(|stem| stem == verb));
    if !known {
        return None;
    }
    let until = (at + 1..words.len().min(at + REACH)).find(|next| words[*next].before == Break::Stop);
    let until = until.unwrap_or(words.len().min(at + REACH));
    VERBS.iter().filter(|(stems, ..)| stems.split('|').any(|stem| stem == verb)).find_map(|(_, endings, english)| {
        let ending = |at: usize| endings.split('|').find_map(|ending| fits(words, at, ending));
        (at + 1..until).rev().find_map(|from| {
            let count = ending(from)?;
            let behind = words.get(from + count);
            let over = behind.is_none_or(|word| word.before >= Break::Comma || word.norm == "bitte");
            (from + count <= until && over).then_some(((from, from + count), *english))
        })
    })
}

fn fits(words: &[Word], at: usize, ending: &str) -> Option<usize> {
    let count = ending.split(' ').count();
    let fits = ending.split(' ').enumerate().all(|(n, part)| words.get(at + n).is_some_and(|word| word.norm == part));
    fits.then_some(count)
}
