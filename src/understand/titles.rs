//! The table of titles: what a request can call a person, and how each title is also spelled.
//!
//! Which of them a title in somebody's record holds is decided in [`held`]; this file protects the
//! rule that "VP Sales", "VP of Sales" and "Vice President of Sales" are one title.

use std::collections::HashMap;
use std::sync::LazyLock;

pub use super::filed::{Derived, derive, held};
use super::packed::Packed;
use super::phrases::Phrases;
use super::words::Word;
use super::{filed, languages};

/// The tables as they are kept, for whoever must notice that they changed.
pub const SOURCES: &[&str] = &[
    include_str!("../../data/titles.csv"),
    include_str!("../../data/occupations.csv"),
    include_str!("../../data/functions.csv"),
    languages::SOURCE,
];

/// One title of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Title {
    /// Its place in [`all`].
    pub id: u16,
    /// The full name in the singular: "Chief Executive Officer".
    pub name: &'static str,
    /// As a person says it: "CEO"; the full name where nothing shorter is usual.
    pub short: &'static str,
    /// A level of `levels.rs`.
    pub seniority: &'static str,
    /// A department of `levels.rs`.
    pub department: &'static str,
    /// Where it is used: `law`, `corp`, `gov`, `edu` or `any`.
    pub context: &'static str,
}

/// A business function that titles are made of ("Head of *Procurement*").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// Its name: "Human Resources".
    pub name: &'static str,
    /// The department of `levels.rs` it belongs to.
    pub department: &'static str,
}

struct Tables {
    /// What a request may say.
    asked: Phrases<&'static Title>,
    /// Abbreviations that may be filed, too ambiguous in a request.
    filed: Phrases<&'static Title>,
    functions: Phrases<Function>,
}

// `build.rs` makes these of the tables above: their rows, and every spelling with what it means.
include!(concat!(env!("OUT_DIR"), "/titles.rs"));
const ASKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/titles_asked.bin"));
const FILED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/titles_filed.bin"));
const OF_FUNCTIONS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/functions.bin"));

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    // Every number was made of a row.
    let row = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let title = |number: u32| ALL.get(row(number)).unwrap_or(&ALL[0]);
    Tables {
        asked: Phrases::of_packed(Packed::of(ASKED), title),
        filed: Phrases::of_packed(Packed::of(FILED), title),
        functions: Phrases::of_packed(Packed::of(OF_FUNCTIONS), |number| {
            FUNCTIONS.get(row(number)).copied().unwrap_or(FUNCTIONS[0])
        }),
    }
});

/// Every title, in the order of their ids.
pub fn all() -> &'static [Title] {
    &ALL
}

/// The phrases a request may use for a title. An acronym with several readings has its main one first.
pub fn table() -> &'static Phrases<&'static Title> {
    &TABLES.asked
}

/// The longest phrase at the head of a filed title: of [`table`], or an abbreviation such as "MD"
/// that means a place or another word in a request.
pub(super) fn longest_filed(words: &[Word]) -> Option<(usize, &'static [&'static Title])> {
    let (asked, filed) = (TABLES.asked.longest(words), TABLES.filed.longest(words));
    asked.into_iter().chain(filed).max_by_key(|found| found.0)
}

/// The business functions by every name they have.
pub fn functions() -> &'static Phrases<Function> {
    &TABLES.functions
}

/// The title a phrase of a request names, singular or plural: "CEOs", "VP Sales", "Sr. VP".
/// None when the phrase as a whole is no title of the table.
pub fn named(phrase: &str) -> Option<&'static Title> {
    let tables = &*TABLES;
    let spelled_out = || tables.asked.exact(&filed::spelled_out(phrase)).first().copied();
    tables.asked.exact(phrase).first().copied().or_else(spelled_out)
}

/// The titles that the holder of `title` holds with it: the parts of a compound ("President and
/// Chief Executive Officer"), or the plain title of a finer one ("Store Manager" is a Manager).
pub fn included(title: &Title) -> &'static [&'static Title] {
    static TITLES: LazyLock<HashMap<u16, Vec<&'static Title>>> = LazyLock::new(|| {
        let titles = |others: &[u16]| others.iter().filter_map(|id| ALL.get(usize::from(*id))).collect();
        INCLUDED.iter().map(|(id, others)| (*id, titles(others))).collect()
    });
    TITLES.get(&title.id).map_or(&[], Vec::as_slice)
}

/// The titles that a compound title is made of ("President and Chief Executive Officer"); else none.
pub fn parts(title: &Title) -> &'static [&'static Title] {
    Some(included(title)).filter(|included| included.len() > 1).unwrap_or(&[])
}

/// The rank of a title that names rank and function: Vice President for "Vice President of Sales",
/// Director for "Director of Marketing". By the rule on phrases inside longer ones [`held`] does not
/// add it for the commonest of them; a wider search may.
pub fn broader(title: &Title) -> Option<&'static Title> {
    const RANKS: [(&str, &str); 2] = [("Vice President of ", "Vice President"), ("Director of ", "Director")];
    let rank = RANKS.iter().find(|(of, _)| title.name.starts_with(of));
    rank.and_then(|(_, alone)| named(alone)).or_else(|| included(title).first().copied())
}

/// Who does at a law firm what `title` does at a company. Offered as a wider search, never applied unasked.
pub fn law_firm_equivalents(title: &Title) -> &'static [&'static Title] {
    static EQUIVALENTS: LazyLock<HashMap<u16, Vec<&'static Title>>> = LazyLock::new(|| {
        LAW_FIRM_EQUIVALENTS
            .iter()
            .filter_map(|(name, same)| Some((named(name)?.id, same.iter().filter_map(|s| named(s)).collect())))
            .collect()
    });
    EQUIVALENTS.get(&title.id).map_or(&[], Vec::as_slice)
}

const HEADS_OF_FIRM: &[&str] = &[
    "Managing Partner",
    "Managing Shareholder",
    "Managing Member",
    "Managing Principal",
    "Executive Partner",
    "Chair",
    "Founding Partner",
];

const LAW_FIRM_EQUIVALENTS: [(&str, &[&str]); 16] = [
    ("Chief Executive Officer", HEADS_OF_FIRM),
    ("President", HEADS_OF_FIRM),
    ("President and Chief Executive Officer", HEADS_OF_FIRM),
    ("Owner", &["Founding Partner", "Managing Partner", "Managing Member", "Partner", "Shareholder"]),
    ("Founder", &["Founding Partner"]),
    ("Chief Operating Officer", &["Law Firm Administrator", "Executive Director", "Director of Operations"]),
    ("Chief Financial Officer", &["Finance Director", "Controller"]),
    (
        "Chief Marketing Officer",
        &["Chief Business Development Officer", "Director of Marketing", "Business Development Director"],
    ),
    ("Chief Revenue Officer", &["Chief Business Development Officer", "Business Development Director"]),
    ("Chief Sales Officer", &["Chief Business Development Officer", "Business Development Director"]),
    ("Chief Human Resources Officer", &["Chief Talent Officer", "Director of Human Resources"]),
    ("Vice President of Sales", &["Business Development Director"]),
    (
        "Vice President of Business Development",
        &["Chief Business Development Officer", "Business Development Director"],
    ),
    ("Vice President", &["Partner", "Shareholder", "Principal"]),
    ("Managing Director", &["Managing Partner", "Office Managing Partner"]),
    ("General Manager", &["Law Firm Administrator", "Office Managing Partner"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_title_has_many_spellings() {
        let sales = named("Vice President of Sales");
        assert_eq!(sales.map(|title| title.short), Some("VP of Sales"));
        for spelling in
            ["VP Sales", "VP of Sales", "VPs of Sales", "Vice President, Sales", "sales VP", "V.P. of Sales"]
        {
            assert_eq!(named(spelling), sales, "{spelling}");
        }
        for spelling in ["CEO", "CEOs", "C.E.O.", "Chief Executive Officers", "chief executives", "chief exec. officer"]
        {
            assert_eq!(named(spelling).map(|title| title.short), Some("CEO"), "{spelling}");
        }
        assert_eq!(named("GCs"), named("general counsel"));
        assert_eq!(named("Sr. VP").map(|title| title.short), Some("SVP"));
        assert_eq!(named("Finance Director"), named("Director of Finance"));
        assert_eq!(named("CEO of"), None);
    }

    #[test]
    fn abbreviations_that_are_places_are_not_read_in_requests() {
        for word in ["PA", "MD", "KC", "QC"] {
            assert_eq!(named(word), None, "{word}");
            assert!(word == "PA" || !held(word).is_empty(), "{word}");
        }
    }

    #[test]
    fn every_synonym_belongs_to_one_title() {
        for (phrase, titles) in table().iter() {
            assert_eq!(titles.len(), 1, "{phrase}: {titles:?}");
        }
        for title in all() {
            assert_eq!(named(title.name), Some(title));
            assert_eq!(named(title.short), Some(title));
        }
    }

    #[test]
    fn law_firms_call_their_chief_something_else() {
        let ceo = named("CEO").expect("CEO is in the table");
        let names: Vec<_> = law_firm_equivalents(ceo).iter().map(|title| title.name).collect();
        assert_eq!(names, HEADS_OF_FIRM);
        for (name, same) in LAW_FIRM_EQUIVALENTS {
            assert!(named(name).is_some_and(|title| title.name == name), "{name}");
            assert!(same.iter().all(|other| named(other).is_some()), "{same:?}");
        }
    }

    #[test]
    fn a_function_title_has_a_wider_one() {
        let wider = |name| named(name).and_then(broader).map(|title| title.short);
        assert_eq!(wider("VP of Sales"), Some("VP"));
        assert_eq!(wider("Marketing Director"), Some("Director"));
        assert_eq!(wider("Managing Director"), None);
        assert_eq!(wider("Head of Sales"), None);
        let held = |title| held(title).iter().map(|title| title.short).collect::<Vec<_>>();
        assert_eq!(held("Store Manager"), ["Store Manager", "Manager"]);
        assert_eq!(held("VP, Customer Success"), ["VP of Customer Success", "VP"]);
        assert_eq!(held("Immigration Attorney"), ["Immigration Attorney", "Attorney"]);
    }
}
