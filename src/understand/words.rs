//! The one normaliser of words: every table and every request is cut and spelled by the rules of
//! this file, so that "Zürich", "C.E.O." and "R&D" in a table equal what a person types.
//!
//! It protects the rule that every slot value points at the words that gave it: each word keeps its
//! byte offsets into the text it came from.

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Byte offset of its first letter in the original text.
    pub start: usize,
    /// Byte offset after its last letter; a possessive `'s` is left outside.
    pub end: usize,
    /// Lower-case ASCII without accents, apostrophes and the dots of an acronym. `&` is `and`,
    /// `1,000` is `1000`, `2.5` stays `2.5`; addresses (`a@b.example`, `b.com`) stay whole.
    pub norm: String,
    /// The strongest break between the word before and this one.
    pub before: Break,
}

/// What stands between two words, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Break {
    /// Nothing: the first word, or the neighbours of an unspaced `&`.
    None,
    /// White space, or the dot of a common abbreviation ("St. Louis").
    Space,
    /// A hyphen inside a compound ("vice-president").
    Hyphen,
    /// Any other sign (`+`, `@`, `*`, `$` …).
    Other,
    /// `/`, `|` or a backslash.
    Slash,
    /// A comma.
    Comma,
    /// A dash, or a hyphen with space around it.
    Dash,
    /// A quotation mark.
    Quote,
    /// A bracket with space on one of its sides.
    Bracket,
    /// The end of a sentence or clause: `.`, `!`, `?`, `;`, `:` or a new line.
    Stop,
}

/// The words of `text` in order.
pub fn words(text: &str) -> Vec<Word> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut found: Vec<Word> = Vec::new();
    let mut at = 0;
    let mut gap_from = 0;
    while at < chars.len() {
        let c = chars[at].1;
        let ends = if c == '&' {
            Some(at + 1)
        } else if c.is_alphanumeric() {
            Some(run_end(&chars, at))
        } else {
            None
        };
        let Some(ends) = ends else {
            at += 1;
            continue;
        };
        let start = chars[at].0;
        let end = chars.get(ends).map_or(text.len(), |next| next.0);
        let norm = if c == '&' { "and".to_owned() } else { spelled(&text[start..end]) };
        if !norm.is_empty() {
            let before = if found.is_empty() { Break::None } else { break_between(&chars, gap_from, at, &found) };
            let end = start + without_possessive(&text[start..end]).len();
            found.push(Word { start, end, norm, before });
            gap_from = ends;
        }
        at = ends;
    }
    found
}

/// The words of `text`, spelled by [`words`] and joined by one space: the form in which two
/// spellings of one name are equal.
pub fn normal(text: &str) -> String {
    if is_plain(text) {
        return text.to_ascii_lowercase();
    }
    let mut joined = String::with_capacity(text.len());
    for word in words(text) {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(&word.norm);
    }
    joined
}

/// Whether `text` is nothing but ASCII letters and digits with single spaces between: most phrases
/// of the tables, whose words need no further look.
pub(super) fn is_plain(text: &str) -> bool {
    let mut spaced = true;
    for byte in text.bytes() {
        let space = byte == b' ';
        if !(byte.is_ascii_alphanumeric() || space) || (space && spaced) {
            return false;
        }
        spaced = space;
    }
    !spaced
}

/// The singular of a normalised word of four letters or more, by the regular rules of English;
/// other words come back as they are. "sales" gives "sale": use it on both sides of a comparison.
pub fn singular(word: &str) -> String {
    let (stem, ending) = singular_parts(word);
    [stem, ending].concat()
}

/// [`singular`] in two pieces, the stem and what is added to it.
pub(super) fn singular_parts(word: &str) -> (&str, &'static str) {
    let cut = |letters: usize| &word[..word.len() - letters];
    if word.len() < 4 || !word.ends_with(['s', 'n']) || !word.is_ascii() {
        (word, "")
    } else if word.ends_with("ies") && word.len() > 4 {
        (cut(3), "y")
    } else if ["sses", "shes", "ches", "xes", "zes"].iter().any(|end| word.ends_with(end)) {
        (cut(2), "")
    } else if word.ends_with("men") && word.len() > 5 {
        (cut(2), "an")
    } else if word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end)) {
        (cut(1), "")
    } else {
        (word, "")
    }
}

/// The plural of a word of the tables, which hold singulars; nothing for one that is a plural already.
pub(super) fn plural(word: &str) -> Option<String> {
    if word.len() < 4 || singular(word) != word {
        return None;
    }
    let plural = match word.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if ["s", "sh", "ch", "x", "z"].iter().any(|end| word.ends_with(end)) => format!("{word}es"),
        _ => format!("{word}s"),
    };
    Some(plural)
}

/// Where the word that begins at `from` ends (an index into `chars`).
fn run_end(chars: &[(usize, char)], from: usize) -> usize {
    let known = web_end(chars, from).or_else(|| address_end(chars, from)).or_else(|| dotted_end(chars, from));
    if let Some(end) = known {
        let at = |i: usize| chars.get(end + i).map_or(' ', |c| c.1);
        let possessive = is_apostrophe(at(0)) && matches!(at(1), 's' | 'S') && !at(2).is_alphanumeric();
        return if possessive { end + 2 } else { end };
    }
    let mut at = from;
    while at < chars.len() {
        let c = chars[at].1;
        let next = chars.get(at + 1).map(|next| next.1);
        let inside = c.is_alphanumeric()
            || is_mark(c)
            || (is_apostrophe(c) && at > from && next.is_some_and(char::is_alphabetic))
            || (c == '.' && dot_joins(chars, from, at))
            || (c == ',' && comma_joins(chars, from, at));
        if !inside {
            break;
        }
        at += 1;
    }
    at
}

/// Names and degrees whose signs belong to them, in small letters.
const DOTTED: [&str; 13] =
    ["at&t", "c++", "c#", "f#", "ph.d", "ll.m", "ll.b", "m.sc", "b.sc", "ed.d", "psy.d", "pharm.d", "b.eng"];

/// The end of one of [`DOTTED`] that begins at `from`.
fn dotted_end(chars: &[(usize, char)], from: usize) -> Option<usize> {
    let is = |name: &&&str| {
        let letters = name.chars().enumerate();
        let same = letters.fold(true, |same, (i, wanted)| {
            same && chars.get(from + i).is_some_and(|c| c.1.to_ascii_lowercase() == wanted)
        });
        same && !chars.get(from + name.len()).is_some_and(|c| c.1.is_alphanumeric() || matches!(c.1, '#' | '+'))
    };
    DOTTED.iter().find(is).map(|name| from + name.len())
}

/// A word that is looked at for a dot or comma inside is never longer than this many characters.
const LONGEST_WITH_SIGNS: usize = 32;

/// A dot belongs to the word in a decimal number ("2.5") and between single letters ("U.S.", "C.E.O").
fn dot_joins(chars: &[(usize, char)], from: usize, at: usize) -> bool {
    let letter = |i: usize| chars.get(i).is_some_and(|c| c.1.is_alphabetic());
    let digit = |i: usize| chars.get(i).is_some_and(|c| c.1.is_ascii_digit());
    if at == from || at - from > LONGEST_WITH_SIGNS {
        return false;
    }
    if digit(at - 1) {
        return digit(at + 1) && (from..at).all(|i| digit(i) || chars[i].1 == ',');
    }
    // Letters and dots must alternate since the word began, and one letter must follow alone.
    let alternates = (from..at).all(|i| if (i - from).is_multiple_of(2) { letter(i) } else { chars[i].1 == '.' });
    if !alternates || (at - from).is_multiple_of(2) {
        return false;
    }
    letter(at + 1) && !letter(at + 2) && !chars.get(at + 2).is_some_and(|c| is_apostrophe(c.1))
}

/// A comma belongs to a number when exactly three digits follow ("12,500").
fn comma_joins(chars: &[(usize, char)], from: usize, at: usize) -> bool {
    let digit = |i: usize| chars.get(i).is_some_and(|c| c.1.is_ascii_digit());
    at - from <= LONGEST_WITH_SIGNS
        && (from..at).all(|i| digit(i) || chars[i].1 == ',')
        && (1..=3).all(|i| digit(at + i))
        && !digit(at + 4)
}

/// Endings that make a dotted name an address; short ones that are also English words are left out.
const ADDRESS_ENDINGS: [&str; 33] = [
    "com", "org", "net", "io", "ai", "law", "gov", "edu", "uk", "eu", "app", "dev", "info", "biz", "legal", "js",
    "example", "test", "tech", "xyz", "de", "fr", "nl", "ch", "es", "ie", "jp", "csv", "xlsx", "xls", "txt", "pdf",
    "json",
];

/// No address that people write is longer; a longer run is looked at in parts.
const LONGEST_ADDRESS: usize = 254;

/// The end of the web address with its path that begins at `from` ("https://…", "acme.com/team").
fn web_end(chars: &[(usize, char)], from: usize) -> Option<usize> {
    let says = |text: &str| text.chars().enumerate().all(|(i, c)| chars.get(from + i).is_some_and(|at| at.1 == c));
    let host = if says("https://") {
        from + "https://".len()
    } else if says("http://") {
        from + "http://".len()
    } else {
        from
    };
    if host == from {
        let end = address_end(chars, from)?;
        let path =
            chars.get(end).is_some_and(|c| c.1 == '/') && chars.get(end + 1).is_some_and(|c| c.1.is_alphanumeric());
        if !path || chars[from..end].iter().any(|c| c.1 == '@') {
            return None;
        }
    }
    let visible = |c: char| !c.is_whitespace() && !matches!(c, '"' | '<' | '>' | '“' | '”' | '(' | ')' | ',');
    let mut end = host;
    while end < chars.len() && visible(chars[end].1) && end - from < LONGEST_ADDRESS {
        end += 1;
    }
    while end > host && !chars[end - 1].1.is_alphanumeric() && chars[end - 1].1 != '/' {
        end -= 1;
    }
    (end > host).then_some(end)
}

/// The end of the mail or web address that begins at `from`, when one does.
fn address_end(chars: &[(usize, char)], from: usize) -> Option<usize> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '@' | '-' | '_' | '+');
    let mut end = from;
    while end < chars.len() && part(chars[end].1) && end - from < LONGEST_ADDRESS {
        end += 1;
    }
    while end > from && !chars[end - 1].1.is_alphanumeric() {
        end -= 1;
    }
    // Almost every word ends here: no dot, no address.
    if !chars[from..end].iter().any(|c| c.1 == '.') {
        return None;
    }
    let name: String = chars[from..end].iter().map(|c| c.1.to_ascii_lowercase()).collect();
    let (_, ending) = name.rsplit_once('.')?;
    if let Some((mailbox, domain)) = name.split_once('@') {
        let whole = !mailbox.is_empty() && !domain.contains('@') && !domain.starts_with('.');
        return whole.then_some(end);
    }
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')) && !name.contains("..");
    (plain && ADDRESS_ENDINGS.contains(&ending)).then_some(end)
}

/// Abbreviations whose dot ends no sentence.
const ABBREVIATIONS: [&str; 52] = [
    "st", "ste", "mt", "ft", "pt", "dr", "mr", "mrs", "ms", "jr", "sr", "prof", "inc", "corp", "co", "ltd", "vs",
    "dept", "div", "pres", "exec", "ofcr", "offcr", "dir", "mgr", "mgmt", "gen", "fin", "op", "asst", "assoc", "admin",
    "sec", "treas", "eg", "ie", "etc", "approx", "est", "incl", "excl", "min", "max", "ave", "blvd", "univ", "bros",
    "intl", "natl", "ca", "resp", "bzw",
];

/// Words that begin a sentence, so that the dot before them, with a capital, ends one: "in the U.S. Exclude Texas".
const BEGINNINGS: [&str; 38] = [
    "exclude",
    "save",
    "add",
    "find",
    "only",
    "please",
    "they",
    "we",
    "i",
    "must",
    "also",
    "then",
    "companies",
    "put",
    "include",
    "make",
    "do",
    "dont",
    "send",
    "limit",
    "thanks",
    "thank",
    "create",
    "start",
    "no",
    "not",
    "it",
    "this",
    "these",
    "the",
    "he",
    "she",
    "you",
    "let",
    "skip",
    "give",
    "show",
    "call",
];

/// What stands between two words: the characters `from..to`, behind the last of `found`.
fn break_between(chars: &[(usize, char)], from: usize, to: usize, found: &[Word]) -> Break {
    let gap = &chars[from..to];
    let mut strongest = Break::None;
    let spaced = gap.iter().any(|c| c.1.is_whitespace());
    let letter = |at: usize| chars.get(at).is_some_and(|c| c.1.is_alphabetic());
    let dashes = gap.iter().filter(|c| c.1 == '-').count();
    for (i, (_, c)) in gap.iter().enumerate() {
        let after_word = i == 0;
        let found = match c {
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Break::Stop,
            '.' if after_word && dot_abbreviates(chars, to, gap.len() > 1, found) => Break::Space,
            '.' | '!' | '?' | ';' | ':' | '…' | '。' | '！' | '？' | '；' | '：' | '¿' | '¡' => Break::Stop,
            '(' | ')' | '[' | ']' | '{' | '}' => {
                if spaced {
                    Break::Bracket
                } else {
                    Break::Other
                }
            }
            '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›' | '″' | '「' | '」' => Break::Quote,
            '-' | '‐' | '‑' => {
                if spaced || dashes > 1 {
                    Break::Dash
                } else {
                    Break::Hyphen
                }
            }
            // "mid–size", as some programs write it for a hyphen.
            '–' | '‒' if gap.len() == 1 && letter(from.saturating_sub(1)) && letter(to) => Break::Hyphen,
            '–' | '—' | '―' | '‒' | '−' => Break::Dash,
            ',' | '،' | '、' | '，' | '•' | '·' | '▪' | '●' | '◦' | '‣' => Break::Comma,
            '/' | '|' | '\\' => Break::Slash,
            c if is_apostrophe(*c) => {
                if after_word {
                    Break::None
                } else {
                    Break::Quote
                }
            }
            c if c.is_whitespace() => Break::Space,
            c if is_invisible(*c) => Break::None,
            _ => Break::Other,
        };
        strongest = strongest.max(found);
    }
    strongest
}

/// Whether the dot behind the last word ends an abbreviation and no sentence. `spaced`: more than the dot
/// stands before the next word, which begins at `to`.
fn dot_abbreviates(chars: &[(usize, char)], to: usize, spaced: bool, found: &[Word]) -> bool {
    let last = found.last().map_or("", |word| word.norm.as_str());
    let short = last.len() == 1 || ABBREVIATIONS.contains(&last) || (spaced && last.len() <= 3 && is_acronym(last));
    // "J.P. O'Brien" is one name.
    let initials = last.len() == 2 && !is_acronym(last) && found.last().is_some_and(|word| word.end - word.start == 3);
    let short = short || initials && spaced;
    // "No. 5", but "… say no. Find CEOs".
    let number = last == "no" && chars.get(to).is_some_and(|c| c.1.is_ascii_digit());
    // "the phone no. of Jane", "50 nos. of managers".
    let before = found.len().checked_sub(2).map_or("", |at| found[at].norm.as_str());
    let lower = chars.get(to).is_some_and(|c| c.1.is_lowercase());
    let numbered =
        ["phone", "mobile", "telephone", "tel", "cell", "contact", "fax", "account", "id", "ref"].contains(&before);
    let number = number || lower && (last == "no" && numbered || last == "nos");
    if !short && !number {
        return false;
    }
    let counted = ["series", "class", "round", "plan", "option", "group", "part", "phase", "team"];
    let labelled = last.len() == 1 && counted.contains(&before);
    let capital = chars.get(to).is_some_and(|c| c.1.is_uppercase());
    if !(spaced && capital) {
        return true;
    }
    let next: String = chars[to..]
        .iter()
        .take(10)
        .map(|c| c.1)
        .take_while(|c| c.is_alphanumeric() || *c == '’' || *c == '\'')
        .collect();
    // "We advise on M&A. Find …"
    let joined = last.len() == 1 && matches!(found, [.., sign, word] if sign.end == word.start);
    !labelled && !joined && !BEGINNINGS.contains(&next.to_ascii_lowercase().replace(['’', '\''], "").as_str())
}

/// Whether a short word can only be an acronym that was written with dots ("us", "dc", "ceo").
fn is_acronym(word: &str) -> bool {
    matches!(
        word,
        "us" | "usa"
            | "uk"
            | "dc"
            | "ny"
            | "nyc"
            | "la"
            | "sf"
            | "nj"
            | "vp"
            | "evp"
            | "svp"
            | "ceo"
            | "cfo"
            | "coo"
            | "cto"
    )
}

fn without_possessive(run: &str) -> &str {
    // "let's" is "let us"; the tables write it in one word.
    let let_us = run.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("let"));
    if let_us && run[3..].starts_with(is_apostrophe) {
        return run;
    }
    let mut tail = run.char_indices().rev();
    match (tail.next(), tail.next()) {
        (Some((_, 's' | 'S')), Some((at, mark))) if is_apostrophe(mark) && at > 0 => &run[..at],
        _ => run,
    }
}

fn spelled(run: &str) -> String {
    let run = without_possessive(run);
    if run.contains('@') {
        return run.to_lowercase();
    }
    if run.contains('/') {
        let host = run.split_once("://").map_or(run, |(_, rest)| rest);
        return host.strip_prefix("www.").unwrap_or(host).to_lowercase();
    }
    if run.contains(['#', '+', '&']) && DOTTED.contains(&run.to_ascii_lowercase().as_str()) {
        return run.to_ascii_lowercase();
    }
    if run.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return run.to_ascii_lowercase();
    }
    let address = run
        .rsplit_once('.')
        .is_some_and(|(_, end)| run.len() > 3 && ADDRESS_ENDINGS.contains(&end.to_ascii_lowercase().as_str()));
    // "2.5", "1.5M"
    let number = run.as_bytes()[0].is_ascii_digit() && run.len() <= LONGEST_WITH_SIGNS;
    deunicode::deunicode(run)
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || (*c == '.' && (number || address)) || (*c == '-' && address))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '‛' | 'ʼ' | 'ʻ' | '`' | '´' | '′' | '＇')
}

/// Accents that stand as a character of their own, and characters that are not seen.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}') || is_invisible(c)
}

pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn norms(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.norm).collect()
    }

    fn breaks(text: &str) -> Vec<Break> {
        words(text).into_iter().map(|word| word.before).collect()
    }

    #[test]
    fn spellings_of_one_name_are_equal() {
        assert_eq!(normal("Zürich"), "zurich");
        assert_eq!(normal("Sa\u{303}o  Paulo"), "sao paulo");
        assert_eq!(normal("C.E.O."), "ceo");
        assert_eq!(normal("U.S. firms"), "us firms");
        assert_eq!(normal("R&D"), normal("r and d"));
        assert_eq!(normal("Vice-President"), "vice president");
        assert_eq!(normal("O’Neill's"), "oneill");
        assert_eq!(normal("state's attorneys' office"), "state attorneys office");
        assert_eq!(normal("c_suite"), "c suite");
        assert_eq!(normal(" New  York "), "new york");
    }

    #[test]
    fn numbers_and_addresses_stay_whole() {
        assert_eq!(norms("12,500 people, 2.5 million"), ["12500", "people", "2.5", "million"]);
        assert_eq!(norms("in 2019, 300 firms"), ["in", "2019", "300", "firms"]);
        assert_eq!(norms("mail Ann.Lee@firm.example now."), ["mail", "ann.lee@firm.example", "now"]);
        assert_eq!(norms("people at acme-group.com."), ["people", "at", "acme-group.com"]);
        assert_eq!(norms("Exec.VP"), ["exec", "vp"]);
        assert_eq!(norms("$1.5M at Q1. AT&T, C++"), ["1.5m", "at", "q1", "at&t", "c++"]);
        assert_eq!(norms("see https://www.acme.example/team?x=1."), ["see", "acme.example/team?x=1"]);
        assert_eq!(
            norms("linkedin.com/in/jane-doe, a PhD or Ph.D."),
            ["linkedin.com/in/jane-doe", "a", "phd", "or", "phd"]
        );
        assert_eq!(norms("jane@acme.example's let’s"), ["jane@acme.example", "lets"]);
    }

    #[test]
    fn offsets_point_into_the_original() {
        let text = "Zürich’s “law firms”";
        let found = words(text);
        let cut: Vec<&str> = found.iter().map(|word| &text[word.start..word.end]).collect();
        assert_eq!(cut, ["Zürich", "law", "firms"]);
        assert_eq!(found[1].before, Break::Quote);
    }

    #[test]
    fn the_strongest_break_is_kept() {
        use Break::*;
        assert_eq!(breaks("VP, Sales - EMEA"), [None, Comma, Dash]);
        assert_eq!(breaks("St. Louis. Next"), [None, Space, Stop]);
        assert_eq!(breaks("in the U.S. and"), [None, Space, Space, Space]);
        assert_eq!(breaks("secretary/treasurer (acting)"), [None, Slash, Bracket]);
        assert_eq!(breaks("no. 5, say no. Find it"), [None, Space, Comma, Space, Stop, Space]);
        assert_eq!(
            breaks("the U.S. Exclude Acme Inc. in Series A. They"),
            [None, Space, Stop, Space, Space, Space, Space, Space, Stop]
        );
        assert_eq!(breaks("mid–size, 51–200 -- about"), [None, Hyphen, Comma, Dash, Dash]);
        assert_eq!(breaks("• CEOs\u{a0}• CFOs"), [None, Comma]);
        assert_eq!(breaks("e-mail law firms' chairs"), [None, Hyphen, Space, Space, Space]);
        assert_eq!(breaks("501(c)(3)"), [None, Other, Other]);
    }

    #[test]
    fn plurals_are_cut_by_rule() {
        for (many, one) in [
            ("ceos", "ceo"),
            ("attorneys", "attorney"),
            ("agencies", "agency"),
            ("coaches", "coach"),
            ("chairmen", "chairman"),
            ("business", "business"),
            ("gas", "gas"),
            ("its", "its"),
            ("campus", "campus"),
        ] {
            assert_eq!(singular(many), one);
        }
    }
}
