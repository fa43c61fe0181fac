//! How a person's name is read and composed. Pure.
//!
//! "Last, First" is recognised, otherwise a full name splits at its last blank; first and last compose the full name;
//! with neither, the local part of the e-mail address is split and capitalised.

/// A name with all its parts; a part that is not known is empty, `full` never is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Given name or names.
    pub first: String,
    /// Family name.
    pub last: String,
    /// As it is shown.
    pub full: String,
}

/// What may stand after a comma without making the name "Last, First"; compared without dots.
const SUFFIXES: &[&str] = &[
    "jr", "sr", "ii", "iii", "iv", "esq", "esquire", "phd", "md", "jd", "llm", "llb", "cpa", "mba", "pc", "qc", "kc",
    "dr",
];

/// Completes a name from what is given; nothing when there is neither a name nor an e-mail address.
///
/// A given first or last name stands; only what is missing comes from the full name.
pub fn resolve(first: Option<&str>, last: Option<&str>, full: Option<&str>, email: Option<&str>) -> Option<Name> {
    let given = |text: Option<&str>| text.map(clean).filter(|text| !text.is_empty());
    let (first, last) = (given(first), given(last));
    if let Some(full) = given(full) {
        let split = split(&full);
        return Some(Name { first: first.unwrap_or(split.first), last: last.unwrap_or(split.last), full: split.full });
    }
    if first.is_some() || last.is_some() {
        let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
        let full = joined(&first, &last);
        return Some(Name { first, last, full });
    }
    email.and_then(from_email)
}

/// Trims, and makes every run of blanks and control characters one blank.
pub fn clean(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// What names are searched and sorted by: lower-case, without accents, letters and digits only.
pub fn key(text: &str) -> String {
    let plain = deunicode::deunicode(text).to_lowercase();
    let plain: String = plain.chars().filter(|c| !matches!(c, '\'' | '`')).collect();
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// The key of what is searched for. A search without a letter or digit stays as it is, so that it fits no key instead of all.
pub fn searched(text: &str) -> String {
    let key = key(text);
    if key.is_empty() { text.trim().to_owned() } else { key }
}

fn split(full: &str) -> Name {
    let (name, suffix) = without_suffix(full);
    if let Some((last, first)) = name.split_once(',') {
        let (last, first) = (last.trim(), first.trim());
        if !last.is_empty() && !first.is_empty() && !first.contains(',') {
            let full = format!("{first} {last}{suffix}");
            return Name { first: first.to_owned(), last: last.to_owned(), full };
        }
    }
    let (first, last) = name.rsplit_once(' ').unwrap_or((name, ""));
    Name { first: first.trim().to_owned(), last: last.to_owned(), full: full.to_owned() }
}

/// The name, and what stands after it: "Jane Doe, Ph.D., Esq." is "Jane Doe" and ", Ph.D., Esq.".
fn without_suffix(full: &str) -> (&str, &str) {
    let mut end = full.len();
    while let Some(comma) = full[..end].rfind(',') {
        let mut words = full[comma + 1..end].split_whitespace().peekable();
        let is_suffix = words.peek().is_some()
            && words.all(|word| SUFFIXES.contains(&word.replace('.', "").to_lowercase().as_str()));
        if !is_suffix || full[..comma].trim().is_empty() {
            break;
        }
        end = comma;
    }
    (full[..end].trim_end(), &full[end..])
}

fn from_email(email: &str) -> Option<Name> {
    let local = email.split('@').next()?.split('+').next()?;
    let parts: Vec<String> = local
        .split(['.', '_', ' '])
        .map(|part| part.trim_end_matches(|c: char| c.is_ascii_digit()))
        .filter(|part| !part.is_empty())
        .map(capitalised)
        .collect();
    let (first, last) = match parts.as_slice() {
        [] => (clean(local), String::new()),
        [only] => (only.clone(), String::new()),
        [first @ .., last] => (first.join(" "), last.clone()),
    };
    let full = joined(&first, &last);
    (!full.is_empty()).then_some(Name { first, last, full })
}

/// "jean-claude" becomes "Jean-Claude".
fn capitalised(word: &str) -> String {
    let mut start = true;
    let mut text = String::with_capacity(word.len());
    for c in word.chars() {
        if start {
            text.extend(c.to_uppercase());
        } else {
            text.extend(c.to_lowercase());
        }
        start = c == '-' || c == '\'';
    }
    text
}

fn joined(first: &str, last: &str) -> String {
    format!("{first} {last}").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(full: &str) -> (String, String, String) {
        let name = resolve(None, None, Some(full), None).unwrap();
        (name.first, name.last, name.full)
    }

    fn expect(full: &str, first: &str, last: &str, shown: &str) {
        assert_eq!(parts(full), (first.into(), last.into(), shown.into()), "{full}");
    }

    #[test]
    fn a_full_name_splits_at_its_last_blank() {
        expect("Jean-Claude van Damme", "Jean-Claude van", "Damme", "Jean-Claude van Damme");
        expect("  Renata \t Okafor\n", "Renata", "Okafor", "Renata Okafor");
        expect("Cher", "Cher", "", "Cher");
    }

    #[test]
    fn last_comma_first_is_recognised() {
        expect("Müller, Hans", "Hans", "Müller", "Hans Müller");
        expect("van Damme, Jean-Claude", "Jean-Claude", "van Damme", "Jean-Claude van Damme");
        expect("Müller, Dr. Hans", "Dr. Hans", "Müller", "Dr. Hans Müller");
    }

    #[test]
    fn a_degree_after_a_comma_is_no_first_name() {
        expect("Jane Doe, Esq.", "Jane", "Doe", "Jane Doe, Esq.");
        expect("Jane Doe, Ph.D., Esq.", "Jane", "Doe", "Jane Doe, Ph.D., Esq.");
        expect("Doe, Jane, Esq.", "Jane", "Doe", "Jane Doe, Esq.");
    }

    #[test]
    fn odd_commas_lose_nothing() {
        expect("Doe,", "Doe,", "", "Doe,");
        expect(", Jane", ",", "Jane", ", Jane");
        expect("a, b, c", "a, b,", "c", "a, b, c");
        expect("Esq.", "Esq.", "", "Esq.");
    }

    #[test]
    fn first_and_last_compose_the_full_name() {
        let name = resolve(Some(" Hans "), Some("Müller"), None, Some("x@example.com")).unwrap();
        assert_eq!(name, Name { first: "Hans".into(), last: "Müller".into(), full: "Hans Müller".into() });
        assert_eq!(resolve(None, Some("Müller"), None, None).unwrap().full, "Müller");
    }

    #[test]
    fn a_given_part_stands_and_the_full_name_fills_the_rest() {
        let name = resolve(Some("Jean-Claude"), Some("van Damme"), Some("Jean-Claude van Damme"), None).unwrap();
        assert_eq!((name.first.as_str(), name.last.as_str()), ("Jean-Claude", "van Damme"));
        let name = resolve(Some("Hansi"), None, Some("Hans Müller"), None).unwrap();
        assert_eq!((name.first.as_str(), name.last.as_str(), name.full.as_str()), ("Hansi", "Müller", "Hans Müller"));
    }

    #[test]
    fn without_a_name_the_local_part_of_the_address_is_one() {
        let of = |email: &str| resolve(None, Some(" "), None, Some(email)).map(|name| (name.first, name.last));
        let expect = |email: &str, first: &str, last: &str| assert_eq!(of(email), Some((first.into(), last.into())));
        expect("hans.mueller@example.com", "Hans", "Mueller");
        expect("HANS.MUELLER2+crm@example.com", "Hans", "Mueller");
        expect("jean-claude_van.damme@example.com", "Jean-Claude Van", "Damme");
        expect("info@example.com", "Info", "");
        expect("007@example.com", "007", "");
        assert_eq!(resolve(None, None, Some(" "), None), None);
    }

    #[test]
    fn keys_fold_case_accents_and_punctuation() {
        assert_eq!(key("Zoë  O'Brien-Łukasz"), "zoe obrien lukasz");
        assert_eq!(key("@ -"), "");
    }
}
