//! Numbers, ranges and bounds as people write them: "50", "a dozen", "$10M", "50-200", "more than 500".
//!
//! Protects "no invented constraint": bounds come out whole and inclusive, and a number that is part
//! of a name ("3PL", "1st") is no number.

use super::patterns::Patterns;
use super::sentence::Sentence;
use super::words::Break;

/// A number, range or bound read at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quantity {
    /// First word, comparing words included.
    pub(super) first: usize,
    /// One past the last word.
    pub(super) last: usize,
    /// First byte, a currency sign or `>` included.
    pub(super) start: usize,
    /// One past the last byte, a `+` included.
    pub(super) end: usize,
    /// Smallest number that fits.
    pub(super) min: Option<i64>,
    /// Largest number that fits.
    pub(super) max: Option<i64>,
    /// ISO 4217 code when a currency is stated.
    pub(super) currency: Option<&'static str>,
    /// The number when it is stated alone, without a bound.
    pub(super) plain: Option<i64>,
    /// Stated with million or billion, or as `10M`.
    pub(super) large: bool,
}

/// One numeral: "10", "10M", "ten", "a dozen".
#[derive(Debug, Clone)]
struct Numeral {
    value: f64,
    scale: Option<f64>,
    last: usize,
    start: usize,
    end: usize,
    currency: Option<&'static str>,
    open: bool,
}

/// How a bound includes the number it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
    Between,
    Exactly,
}

/// Words before a number, longest first within each first word.
static BEFORE: Patterns<Bound> = Patterns::with(&[
    ("no more than", Bound::AtMost),
    ("not more than", Bound::AtMost),
    ("no fewer than", Bound::AtLeast),
    ("no less than", Bound::AtLeast),
    ("not less than", Bound::AtLeast),
    ("not fewer than", Bound::AtLeast),
    ("more than", Bound::MoreThan),
    ("greater than", Bound::MoreThan),
    ("larger than", Bound::MoreThan),
    ("bigger than", Bound::MoreThan),
    ("higher than", Bound::MoreThan),
    ("less than", Bound::LessThan),
    ("fewer than", Bound::LessThan),
    ("smaller than", Bound::LessThan),
    ("lower than", Bound::LessThan),
    ("at least", Bound::AtLeast),
    ("at most", Bound::AtMost),
    ("up to", Bound::AtMost),
    ("a minimum of", Bound::AtLeast),
    ("a maximum of", Bound::AtMost),
    ("minimum of", Bound::AtLeast),
    ("maximum of", Bound::AtMost),
    ("min of", Bound::AtLeast),
    ("max of", Bound::AtMost),
    ("minimum", Bound::AtLeast),
    ("maximum", Bound::AtMost),
    ("min", Bound::AtLeast),
    ("max", Bound::AtMost),
    ("upwards of", Bound::AtLeast),
    ("upward of", Bound::AtLeast),
    ("north of", Bound::MoreThan),
    ("south of", Bound::LessThan),
    ("in excess of", Bound::MoreThan),
    ("starting at", Bound::AtLeast),
    ("over", Bound::MoreThan),
    ("above", Bound::MoreThan),
    ("exceeding", Bound::MoreThan),
    ("exceeds", Bound::MoreThan),
    ("under", Bound::LessThan),
    ("below", Bound::LessThan),
    ("between", Bound::Between),
    ("from", Bound::Between),
    ("exactly", Bound::Exactly),
    ("about", Bound::Exactly),
    ("around", Bound::Exactly),
    ("roughly", Bound::Exactly),
    ("approximately", Bound::Exactly),
    ("some", Bound::Exactly),
    ("sub", Bound::LessThan),
    ("upto", Bound::AtMost),
    ("until", Bound::AtMost),
    ("till", Bound::AtMost),
    ("atleast", Bound::AtLeast),
    ("not over", Bound::AtMost),
    ("no larger than", Bound::AtMost),
    ("no bigger than", Bound::AtMost),
    ("not exceeding", Bound::AtMost),
    ("as many as", Bound::AtMost),
    ("at minimum", Bound::AtLeast),
    ("at a minimum", Bound::AtLeast),
    ("at max", Bound::AtMost),
    ("anywhere from", Bound::Between),
    ("anywhere between", Bound::Between),
    ("somewhere between", Bound::Between),
    ("ranging from", Bound::Between),
    ("in the range of", Bound::Exactly),
    ("approx", Bound::Exactly),
    ("circa", Bound::Exactly),
    ("close to", Bound::Exactly),
    ("nearly", Bound::Exactly),
    ("almost", Bound::Exactly),
    ("beyond", Bound::MoreThan),
    ("well over", Bound::MoreThan),
    ("just over", Bound::MoreThan),
    ("just under", Bound::LessThan),
    ("mindestens", Bound::AtLeast),
    ("hochstens", Bound::AtMost),
    ("mehr als", Bound::MoreThan),
    ("uber", Bound::MoreThan),
    ("weniger als", Bound::LessThan),
    ("unter", Bound::LessThan),
    ("bis zu", Bound::AtMost),
    ("zwischen", Bound::Between),
    ("tra", Bound::Between),
    ("fra", Bound::Between),
    ("piu di", Bound::MoreThan),
    ("meno di", Bound::LessThan),
    ("almeno", Bound::AtLeast),
    ("meer dan", Bound::MoreThan),
    ("minder dan", Bound::LessThan),
    ("tussen", Bound::Between),
    ("mais de", Bound::MoreThan),
    ("pelo menos", Bound::AtLeast),
    ("ca", Bound::Exactly),
    ("etwa", Bound::Exactly),
    ("rund", Bound::Exactly),
    ("plus de", Bound::MoreThan),
    ("moins de", Bound::LessThan),
    ("au moins", Bound::AtLeast),
    ("entre", Bound::Between),
    ("environ", Bound::Exactly),
    ("mas de", Bound::MoreThan),
    ("menos de", Bound::LessThan),
    ("al menos", Bound::AtLeast),
    ("hasta", Bound::AtMost),
]);

/// Words after a number.
static AFTER: Patterns<Bound> = Patterns::with(&[
    ("or more", Bound::AtLeast),
    ("and more", Bound::AtLeast),
    ("or above", Bound::AtLeast),
    ("and above", Bound::AtLeast),
    ("or over", Bound::AtLeast),
    ("and over", Bound::AtLeast),
    ("or greater", Bound::AtLeast),
    ("or larger", Bound::AtLeast),
    ("and up", Bound::AtLeast),
    ("or up", Bound::AtLeast),
    ("upwards", Bound::AtLeast),
    ("plus", Bound::AtLeast),
    ("or less", Bound::AtMost),
    ("or fewer", Bound::AtMost),
    ("and fewer", Bound::AtMost),
    ("or under", Bound::AtMost),
    ("and under", Bound::AtMost),
    ("or below", Bound::AtMost),
    ("or smaller", Bound::AtMost),
    ("at most", Bound::AtMost),
    ("minimum", Bound::AtLeast),
    ("min", Bound::AtLeast),
    ("max", Bound::AtMost),
    ("maximum", Bound::AtMost),
    ("tops", Bound::AtMost),
    ("and below", Bound::AtMost),
    ("or higher", Bound::AtLeast),
    ("and higher", Bound::AtLeast),
    ("or bigger", Bound::AtLeast),
    ("oder mehr", Bound::AtLeast),
    ("ou plus", Bound::AtLeast),
    ("o mas", Bound::AtLeast),
]);

/// The quantity whose words begin at `at`, if one does.
pub(super) fn quantity(sentence: &Sentence<'_>, at: usize) -> Option<Quantity> {
    let stated = BEFORE.fitting(sentence, at).max_by_key(|(count, _)| *count);
    let (skip, mut bound) = stated.map_or((0, None), |(count, bound)| (count, Some(*bound)));
    let first = numeral(sentence, at + skip)?;
    if skip == 0 {
        bound = sign_before(sentence, first.start);
    }
    let start = match skip {
        0 if bound.is_some() => {
            sentence.text[..first.start].trim_end_matches(|c: char| c == '=' || c.is_whitespace()).len() - 1
        }
        0 => first.start,
        _ => sentence.words[at].start,
    };
    let start = floor_char(sentence.text, start);
    if let Some(range) = closed_range(sentence, at, start, &first, bound) {
        return Some(range);
    }
    if bound == Some(Bound::Between) {
        return None;
    }
    let value = whole(first.value * first.scale.unwrap_or(1.0))?;
    let mut quantity = Quantity {
        first: at,
        last: first.last,
        start,
        end: first.end,
        min: None,
        max: None,
        currency: first.currency,
        plain: None,
        large: first.scale.is_some_and(|scale| scale >= 1e6),
    };
    if bound.is_none() || bound == Some(Bound::Exactly) {
        let joined = sentence.before(first.last) < Break::Comma;
        let after = AFTER.fitting(sentence, first.last).filter(|_| joined).max_by_key(|(count, _)| *count);
        if let Some((count, after)) = after {
            bound = Some(*after);
            quantity.last += count;
            quantity.end = sentence.words[quantity.last - 1].end;
        } else if first.open {
            bound = Some(Bound::AtLeast);
        }
    }
    match bound {
        Some(Bound::AtLeast) => quantity.min = Some(value),
        Some(Bound::MoreThan) => quantity.min = Some(value.saturating_add(1)),
        Some(Bound::AtMost) => quantity.max = Some(value),
        Some(Bound::LessThan) => quantity.max = Some(value.saturating_sub(1).max(0)),
        Some(Bound::Exactly | Bound::Between) | None => {
            quantity.min = Some(value);
            quantity.max = Some(value);
            quantity.plain = Some(value);
        }
    }
    Some(quantity)
}

/// The quantity with the bound that stands behind its unit at `at`, and the words of the bound.
pub(super) fn bound_behind(sentence: &Sentence<'_>, quantity: &Quantity, at: usize) -> Option<(Quantity, usize)> {
    let value = quantity.plain.filter(|_| sentence.before(at) < Break::Comma)?;
    let (count, bound) = AFTER.fitting(sentence, at).max_by_key(|(count, _)| *count)?;
    let (min, max) = if *bound == Bound::AtLeast { (Some(value), None) } else { (None, Some(value)) };
    Some((Quantity { min, max, plain: None, ..quantity.clone() }, count))
}

/// "50-200", "50 to 200", "between 50 and 200".
fn closed_range(
    sentence: &Sentence<'_>,
    at: usize,
    start: usize,
    first: &Numeral,
    bound: Option<Bound>,
) -> Option<Quantity> {
    let next = first.last;
    let gap = sentence.gap(next).trim().trim_end_matches(|c| SIGNS.iter().any(|(sign, _)| *sign == c)).trim();
    let joined = matches!(gap, "-" | "‐" | "‑" | "–" | "—" | "−" | "~");
    let between = bound == Some(Bound::Between);
    let second = if joined {
        numeral(sentence, next)?
    } else if ["to", "through", "bis", "thru"].contains(&sentence.norm(next))
        || (between && ["and", "und", "et", "y", "e", "a", "en"].contains(&sentence.norm(next)))
    {
        numeral(sentence, next + 1)?
    } else {
        return None;
    };
    if !matches!(bound, None | Some(Bound::Between | Bound::Exactly)) {
        return None;
    }
    // "10-50M" means millions on both sides, "10k-50k" says it twice.
    let scale = first.scale.or(if first.value < second.value { second.scale } else { None });
    let low = whole(first.value * scale.unwrap_or(1.0))?;
    let high = whole(second.value * second.scale.unwrap_or(1.0))?;
    (low <= high).then(|| Quantity {
        first: at,
        last: second.last,
        start,
        end: second.end,
        min: Some(low),
        max: if second.open { None } else { Some(high) },
        currency: first.currency.or(second.currency),
        plain: None,
        large: second.scale.is_some_and(|scale| scale >= 1e6),
    })
}

/// A comparing sign before the number: `>`, `<`, `≥`, `≤`, `>=`, `<=`.
fn sign_before(sentence: &Sentence<'_>, start: usize) -> Option<Bound> {
    let before = sentence.text[..start].trim_end();
    let (sign, equal) = match before.strip_suffix('=') {
        Some(rest) => (rest.chars().next_back()?, true),
        None => (before.chars().next_back()?, false),
    };
    match (sign, equal) {
        ('>', false) => Some(Bound::MoreThan),
        ('<', false) => Some(Bound::LessThan),
        ('>', true) | ('≥', _) => Some(Bound::AtLeast),
        ('<', true) | ('≤', _) => Some(Bound::AtMost),
        _ => None,
    }
}

fn numeral(sentence: &Sentence<'_>, at: usize) -> Option<Numeral> {
    if let Some(code) = currency_before(sentence, at) {
        let number = numeral(sentence, at + 1)?;
        return Some(Numeral { currency: Some(code), start: sentence.words[at].start, ..number });
    }
    let word = sentence.words.get(at)?;
    let (value, mut scale, count) = match figures(sentence.raw(at)) {
        Some((value, scale)) => (value, scale, 1),
        None => {
            let (value, count) = spelled(sentence, at)?;
            (value, None, count)
        }
    };
    let mut last = at + count;
    if scale.is_none()
        && sentence.before(last) <= Break::Hyphen
        && let Some(factor) = factor(sentence.norm(last))
        // "80 M&A counsels"
        && !sentence.gap(last + 1).starts_with('&')
        && sentence.raw(last + 1) != "&"
    {
        scale = Some(factor);
        last += 1;
    }
    let mut start = word.start;
    let before = sentence.text[..start].trim_end_matches(' ');
    let mut currency = None;
    if let Some((sign, code)) = SIGNS.iter().find(|(sign, _)| before.ends_with(*sign)) {
        currency = Some(*code);
        start = before.len() - sign.len_utf8();
    } else if let Some((_, code)) = MONEY_WORDS.iter().find(|(name, _)| *name == sentence.norm(last)) {
        currency = Some(*code);
        last += 1;
    }
    let mut end = sentence.words[last - 1].end;
    // "5 Mio. $"
    let dotted = sentence.text[end..].strip_prefix(". ").filter(|_| scale.is_some());
    if let Some((sign, code)) =
        SIGNS.iter().find(|(sign, _)| currency.is_none() && dotted.is_some_and(|rest| rest.starts_with(*sign)))
    {
        currency = Some(*code);
        end += 2 + sign.len_utf8();
    }
    if let Some((sign, code)) =
        SIGNS.iter().find(|(sign, _)| currency.is_none() && sentence.text[end..].starts_with(*sign))
    {
        currency = Some(*code);
        end += sign.len_utf8();
    }
    let open = sentence.text[end..].starts_with('+');
    if open {
        end += 1;
        if currency.is_none()
            && let Some((_, code)) = MONEY_WORDS.iter().find(|(name, _)| *name == sentence.norm(last))
        {
            currency = Some(*code);
            last += 1;
            end = sentence.words[last - 1].end;
        }
    }
    Some(Numeral { value, scale, last, start, end, currency, open })
}

/// "EUR 50 million", "Rs 200 crore", "A$50m": the currency that the word at `at` names for the figures behind it.
fn currency_before(sentence: &Sentence<'_>, at: usize) -> Option<&'static str> {
    figures(sentence.raw(at + 1))?;
    let word = MONEY_WORDS.iter().find(|(name, _)| (name.len() == 3 || *name == "rs") && *name == sentence.norm(at));
    let spaced = word.filter(|_| sentence.before(at + 1) <= Break::Space);
    let dollars = || DOLLARS.iter().find(|(whose, _)| *whose == sentence.raw(at) && sentence.gap(at + 1) == "$");
    spaced.or_else(dollars).map(|(_, code)| *code)
}

const SIGNS: [(char, &str); 5] = [('$', "USD"), ('€', "EUR"), ('£', "GBP"), ('¥', "JPY"), ('₹', "INR")];

/// Letters before "$" that say whose dollars they are.
const DOLLARS: [(&str, &str); 10] = [
    ("US", "USD"),
    ("A", "AUD"),
    ("AU", "AUD"),
    ("C", "CAD"),
    ("CA", "CAD"),
    ("NZ", "NZD"),
    ("HK", "HKD"),
    ("S", "SGD"),
    ("R", "BRL"),
    ("MX", "MXN"),
];

const MONEY_WORDS: [(&str, &str); 39] = [
    ("rupees", "INR"),
    ("rs", "INR"),
    ("inr", "INR"),
    ("yen", "JPY"),
    ("jpy", "JPY"),
    ("yuan", "CNY"),
    ("rmb", "CNY"),
    ("cny", "CNY"),
    ("kronor", "SEK"),
    ("sek", "SEK"),
    ("nok", "NOK"),
    ("dkk", "DKK"),
    ("zloty", "PLN"),
    ("zlotys", "PLN"),
    ("pln", "PLN"),
    ("czk", "CZK"),
    ("huf", "HUF"),
    ("brl", "BRL"),
    ("reais", "BRL"),
    ("mxn", "MXN"),
    ("sgd", "SGD"),
    ("hkd", "HKD"),
    ("nzd", "NZD"),
    ("zar", "ZAR"),
    ("aed", "AED"),
    ("dirhams", "AED"),
    ("sar", "SAR"),
    ("ils", "ILS"),
    ("usd", "USD"),
    ("dollars", "USD"),
    ("dollar", "USD"),
    ("eur", "EUR"),
    ("euros", "EUR"),
    ("euro", "EUR"),
    ("gbp", "GBP"),
    ("pounds", "GBP"),
    ("chf", "CHF"),
    ("cad", "CAD"),
    ("aud", "AUD"),
];

fn factor(word: &str) -> Option<f64> {
    match word {
        "thousand" | "k" => Some(1e3),
        "million" | "millions" | "mn" | "mil" | "mm" | "m" | "mio" | "mln" | "millionen" | "millones" => Some(1e6),
        "billion" | "billions" | "bn" | "b" | "mrd" | "milliarden" => Some(1e9),
        "hundred" => Some(100.0),
        "crore" | "crores" | "cr" => Some(1e7),
        "lakh" | "lakhs" | "lac" | "lacs" => Some(1e5),
        _ => None,
    }
}

/// "50", "12,500", "2.5", "10M": the number and its scale.
fn figures(raw: &str) -> Option<(f64, Option<f64>)> {
    let digits_end = raw.find(|c: char| !(c.is_ascii_digit() || c == ',' || c == '.')).unwrap_or(raw.len());
    let (digits, suffix) = raw.split_at(digits_end);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let value: f64 = digits.trim_end_matches('.').replace(',', "").parse().ok()?;
    if suffix.is_empty() {
        return Some((value, None));
    }
    let suffix = suffix.to_ascii_lowercase();
    (suffix != "hundred").then_some(())?;
    Some((value, Some(factor(&suffix)?)))
}

const UNITS: [(&str, u32); 20] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("zero", 0),
];

const TENS: [(&str, u32); 8] = [
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

/// "fifty", "twenty-five", "two hundred and fifty", "a dozen", "half a dozen": value and words.
fn spelled(sentence: &Sentence<'_>, at: usize) -> Option<(f64, usize)> {
    for (phrase, value) in [
        ("half a dozen", 6.0),
        ("a couple dozen", 24.0),
        ("couple dozen", 24.0),
        ("a couple of dozen", 24.0),
        ("a dozen", 12.0),
        ("dozen", 12.0),
        ("a couple hundred", 200.0),
        ("couple hundred", 200.0),
        ("a couple of hundred", 200.0),
        ("a thousand", 1e3),
        ("a couple thousand", 2e3),
        ("half a million", 5e5),
        ("a million", 1e6),
        ("a billion", 1e9),
    ] {
        if let Some(count) = sentence.match_words(at, phrase) {
            return Some((value, count));
        }
    }
    let article = usize::from(sentence.norm(at) == "a" && sentence.norm(at + 1) == "hundred");
    let begun = if article == 1 { Some((1, 1)) } else { below_hundred(sentence, at) };
    let (mut value, mut count) = begun?;
    if sentence.norm(at + count) == "dozen" {
        return Some((f64::from(value) * 12.0, count + 1));
    }
    if sentence.norm(at + count) == "hundred" {
        value *= 100;
        count += 1;
        let joined = usize::from(sentence.norm(at + count) == "and");
        // "between five hundred and two thousand" has two numbers.
        let rest = below_hundred(sentence, at + count + joined)
            .filter(|(_, more)| factor(sentence.norm(at + count + joined + more)).is_none());
        if let Some((rest, more)) = rest {
            value += rest;
            count += joined + more;
        }
    }
    Some((f64::from(value), count))
}

fn below_hundred(sentence: &Sentence<'_>, at: usize) -> Option<(u32, usize)> {
    let word = sentence.norm(at);
    if let Some((_, value)) = UNITS.iter().find(|(name, _)| *name == word) {
        return Some((*value, 1));
    }
    let (_, tens) = TENS.iter().find(|(name, _)| *name == word)?;
    let next = sentence.norm(at + 1);
    let unit = UNITS.iter().take(9).find(|(name, _)| *name == next);
    match unit {
        Some((_, unit)) if sentence.before(at + 1) <= Break::Hyphen => Some((tens + unit, 2)),
        _ => Some((*tens, 1)),
    }
}

/// A whole number within reach of exact arithmetic.
fn whole(value: f64) -> Option<i64> {
    const LARGEST: f64 = 9e15;
    if !value.is_finite() || !(0.0..=LARGEST).contains(&value) {
        return None;
    }
    // Within the range checked above the cast loses only the fraction, which rounding has removed.
    #[expect(clippy::cast_possible_truncation, reason = "checked to lie within 0 and 9e15")]
    let whole = value.round() as i64;
    Some(whole)
}

fn floor_char(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
