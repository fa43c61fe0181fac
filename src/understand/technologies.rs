//! Software, platforms, languages and frameworks that people filter by: what a company runs, what a person works with.
//!
//! It protects the rule that an everyday word is no technology by itself: "Box", "Go" and "Spring" are
//! understood only where a technology is announced ("using Box", "experience with Go").

use std::sync::LazyLock;

use super::packed::Packed;
use super::phrases::Phrases;
use super::words::Word;

/// A technology of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Technology {
    /// As its maker writes it: "HubSpot".
    pub name: &'static str,
    /// What it is for: "crm", "cloud", "language".
    pub kind: &'static str,
}

struct Tables {
    /// Names that mean a technology wherever they stand.
    plain: Phrases<&'static Technology>,
    /// These, and names that are everyday words too.
    announced: Phrases<&'static Technology>,
}

// `build.rs` makes these of `data/technologies.csv`: its rows, and every spelling with what it means.
include!(concat!(env!("OUT_DIR"), "/technologies.rs"));
const PLAIN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/technologies_plain.bin"));
const ANNOUNCED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/technologies_announced.bin"));

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    // Every number was made of a row.
    let row = |number: u32| ALL.get(usize::try_from(number).unwrap_or(usize::MAX)).unwrap_or(&ALL[0]);
    // Names keep their plurals apart: "Teams" is no team, "Postman" is nobody who brings letters.
    Tables {
        plain: Phrases::of_packed_names(Packed::of(PLAIN), row),
        announced: Phrases::of_packed_names(Packed::of(ANNOUNCED), row),
    }
});

/// The technology that `words` begin with, and the number of its words. Names that are everyday
/// words count only where a technology is `announced`.
pub fn longest(words: &[Word], announced: bool) -> Option<(usize, &'static Technology)> {
    let table = if announced { &TABLES.announced } else { &TABLES.plain };
    let (count, found) = table.longest(words)?;
    found.first().map(|technology| (count, *technology))
}

/// The technology that the whole of `text` names, everyday words included.
pub fn named(text: &str) -> Option<&'static Technology> {
    let as_written = |found: &&&'static Technology| found.name.eq_ignore_ascii_case(text.trim());
    let found = TABLES.announced.exact(text);
    found.iter().find(as_written).or(found.first()).copied()
}

/// Whether the whole of `text` names a technology that is no everyday word.
pub fn is_technology(text: &str) -> bool {
    !TABLES.plain.exact(text).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::words::words;

    #[test]
    fn names_and_their_spellings_mean_one_technology() {
        for (text, name) in [
            ("Salesforce", "Salesforce"),
            ("sfdc", "Salesforce"),
            ("hub spot", "HubSpot"),
            ("S/4HANA", "SAP"),
            ("Amazon Web Services", "AWS"),
            ("k8s", "Kubernetes"),
            ("golang", "Go"),
            ("ReactJS", "React"),
            ("node.js", "Node.js"),
            ("C++", "C++"),
            ("C#", "C#"),
            (".NET", ".NET"),
            ("Microsoft Dynamics 365", "Microsoft Dynamics"),
        ] {
            assert_eq!(named(text).map(|found| found.name), Some(name), "{text}");
        }
        assert_eq!(named("oranges"), None);
    }

    #[test]
    fn everyday_words_count_only_where_a_technology_is_announced() {
        for text in ["go", "box", "spring", "Slack", "square", "r"] {
            assert!(!is_technology(text) && named(text).is_some(), "{text}");
        }
        let found = |text: &str, announced| longest(&words(text), announced).map(|(count, found)| (count, found.name));
        assert_eq!(found("Go developers", false), None);
        assert_eq!(found("Go and Rust", true), Some((1, "Go")));
        assert_eq!(found("Power BI dashboards", false), Some((2, "Power BI")));
        assert_eq!(found("teams in Ohio", true), None);
    }

    #[test]
    fn no_name_means_two_technologies() {
        for table in [&TABLES.plain, &TABLES.announced] {
            // "C", "C++" and "C#" differ in signs alone.
            for (phrase, found) in table.iter().filter(|(phrase, _)| *phrase != "c") {
                assert_eq!(found.len(), 1, "{phrase}: {found:?}");
            }
        }
        const TECHNOLOGIES: &str = include_str!("../../data/technologies.csv");
        assert!(!TECHNOLOGIES.contains("\"\"") && !TECHNOLOGIES.contains('\r'));
    }
}
