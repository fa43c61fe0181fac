//! Whatever is typed has a sound reading: real requests with slips, odd characters, lost and doubled
//! words, run together, and texts as long as a message can be. `bench/fuzz.rs` does the same ten million times.

use proptest::prelude::*;

use super::{INTENTS, SEARCHES, assert_sound, describe, read};

/// The longest message, in characters.
const LONGEST: usize = 12_000;

fn sentence() -> impl Strategy<Value = String> {
    let sentences: Vec<&'static str> =
        SEARCHES.iter().map(|(text, _)| *text).chain(INTENTS.iter().map(|(text, _, _)| *text)).collect();
    prop::sample::select(sentences).prop_map(str::to_owned)
}

/// What happens to a text while it is typed, copied and pasted.
#[derive(Debug, Clone)]
enum Slip {
    LoseLetter(prop::sample::Index),
    SwapLetters(prop::sample::Index),
    DoubleLetter(prop::sample::Index),
    WrongLetter(prop::sample::Index, char),
    LoseWord(prop::sample::Index),
    DoubleWord(prop::sample::Index),
    SwapWords(prop::sample::Index, prop::sample::Index),
    Put(prop::sample::Index, &'static str),
    Shout,
    Whisper,
}

fn slip() -> impl Strategy<Value = Slip> {
    let at = any::<prop::sample::Index>;
    let pieces = prop::sample::select(vec![
        "\u{a0}",
        "\u{ad}",
        "\u{200b}",
        "\u{301}",
        "\u{202e}",
        "\u{feff}",
        "ﬁ",
        "Ａ",
        "𝗖",
        "①",
        "🚀",
        "👩\u{200d}💻",
        "İ",
        "ß",
        "’",
        "“",
        "”",
        "„",
        "«",
        "–",
        "—",
        "•",
        "…",
        "\n",
        "\n- ",
        "\n1. ",
        "&amp;",
        "&",
        "+",
        " @ ",
        "w/ ",
        "w/o ",
        "e-mail ",
        "https://acme.example/a?b=c ",
        "St. ",
        "U.S. ",
        "Ph.D. ",
        "$1.5M ",
        "C++ ",
        "\0",
        "\r\n",
        "'",
        "\"",
    ]);
    prop_oneof![
        at().prop_map(Slip::LoseLetter),
        at().prop_map(Slip::SwapLetters),
        at().prop_map(Slip::DoubleLetter),
        (at(), prop::char::range('a', 'z')).prop_map(|(at, c)| Slip::WrongLetter(at, c)),
        at().prop_map(Slip::LoseWord),
        at().prop_map(Slip::DoubleWord),
        (at(), at()).prop_map(|(a, b)| Slip::SwapWords(a, b)),
        (at(), pieces).prop_map(|(at, piece)| Slip::Put(at, piece)),
        Just(Slip::Shout),
        Just(Slip::Whisper),
    ]
}

fn slipped(text: &str, slip: &Slip) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let mut words: Vec<&str> = text.split(' ').collect();
    if chars.is_empty() {
        return String::new();
    }
    let of = |at: &prop::sample::Index| at.index(chars.len());
    match slip {
        Slip::LoseLetter(at) => drop(chars.remove(of(at))),
        Slip::SwapLetters(at) => {
            let at = of(at);
            let next = (at + 1).min(chars.len() - 1);
            chars.swap(at, next);
        }
        Slip::DoubleLetter(at) => chars.insert(of(at), chars[of(at)]),
        Slip::WrongLetter(at, c) => {
            let at = of(at);
            chars[at] = *c;
        }
        Slip::Put(at, piece) => {
            let at = of(at);
            chars.splice(at..at, piece.chars()).for_each(drop);
        }
        Slip::LoseWord(at) => {
            words.remove(at.index(words.len()));
            return words.join(" ");
        }
        Slip::DoubleWord(at) => {
            let at = at.index(words.len());
            words.insert(at, words[at]);
            return words.join(" ");
        }
        Slip::SwapWords(a, b) => {
            let (a, b) = (a.index(words.len()), b.index(words.len()));
            words.swap(a, b);
            return words.join(" ");
        }
        Slip::Shout => return text.to_uppercase(),
        Slip::Whisper => return text.to_lowercase(),
    }
    chars.into_iter().collect()
}

fn assert_readable(text: &str) {
    let request = read(text);
    assert_sound(text, &request);
    assert!(describe(&request).chars().count() <= 120, "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_request_with_slips_is_read_soundly(text in sentence(), slips in prop::collection::vec(slip(), 1..7)) {
        let text = slips.iter().fold(text, |text, slip| slipped(&text, slip));
        assert_readable(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn several_requests_run_together_are_read_soundly(
        texts in prop::collection::vec(sentence(), 2..6),
        between in prop::sample::select(vec![" ", ". ", "\n", ", ", "; ", " and ", "\n\n", "\n• ", " but not "]),
    ) {
        assert_readable(&texts.join(between));
    }
}

#[test]
fn the_longest_messages_are_read_soundly() {
    for piece in [
        "a-",
        "'a ",
        "1,",
        "\n- a",
        "CEOs, ",
        "don't find CEOs, ",
        "R&D ",
        "in Texs ",
        "add Jane Doe to the list ",
        "\u{301}",
        "ﬁ",
    ] {
        let text: String = piece.chars().cycle().take(LONGEST).collect();
        assert_readable(&text);
    }
}
