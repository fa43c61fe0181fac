//! The table of titles: what a request can call a person, and how each title is also spelled.
//!
//! Which of them a title in somebody's record holds is decided in [`held`]; this file protects the
//! rule that "VP Sales", "VP of Sales" and "Vice President of Sales" are one title.

use std::collections::HashMap;
use std::sync::LazyLock;

pub use super::filed::{Derived, derive, held};
use super::phrases::Phrases;
use super::rows;
use super::words::Word;
use super::{filed, languages};

const TITLES: &str = include_str!("../../data/titles.csv");
const OCCUPATIONS: &str = include_str!("../../data/occupations.csv");
const FUNCTIONS: &str = include_str!("../../data/functions.csv");
/// The tables as they are kept, for whoever must notice that they changed.
pub const SOURCES: &[&str] = &[TITLES, OCCUPATIONS, FUNCTIONS, languages::SOURCE];

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

/// A rank that combines with every function into a title of its own.
struct Rank {
    /// The rank without a function; empty when that is no title.
    alone: &'static str,
    /// Before the function: "Vice President of".
    of: &'static str,
    short: &'static str,
    seniority: &'static str,
    /// The spellings before a function, and after it.
    before: &'static [&'static str],
    after: &'static [&'static str],
}

const RANKS: [Rank; 3] = [
    Rank {
        alone: "Vice President",
        of: "Vice President of",
        short: "VP of",
        seniority: "vp",
        before: &["vice president of", "vice president", "vice president for", "VP of", "VP", "VP for", "VPs of"],
        after: &["vice president", "VP"],
    },
    Rank {
        alone: "Director",
        of: "Director of",
        short: "Director of",
        seniority: "director",
        before: &["director of", "director", "directors of"],
        after: &["director"],
    },
    Rank {
        alone: "",
        of: "Head of",
        short: "Head of",
        seniority: "head",
        before: &["head of", "heads of", "global head of"],
        after: &["head"],
    },
];

struct Tables {
    all: &'static [Title],
    /// What a request may say.
    asked: Phrases<&'static Title>,
    /// Abbreviations that may be filed, too ambiguous in a request.
    filed: Phrases<&'static Title>,
    functions: Phrases<Function>,
    /// The titles that the holder of a title holds with it.
    included: HashMap<u16, Vec<&'static Title>>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(build);

/// Every title, in the order of their ids.
pub fn all() -> &'static [Title] {
    TABLES.all
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
    TABLES.included.get(&title.id).map_or(&[], Vec::as_slice)
}

/// The titles that a compound title is made of ("President and Chief Executive Officer"); else none.
pub fn parts(title: &Title) -> &'static [&'static Title] {
    Some(included(title)).filter(|included| included.len() > 1).unwrap_or(&[])
}

/// The rank of a title that names rank and function: Vice President for "Vice President of Sales",
/// Director for "Director of Marketing". By the rule on phrases inside longer ones [`held`] does not
/// add it for the commonest of them; a wider search may.
pub fn broader(title: &Title) -> Option<&'static Title> {
    let rank = RANKS.iter().find(|rank| title.name.strip_prefix(rank.of).is_some_and(|rest| rest.starts_with(' ')));
    rank.and_then(|rank| named(rank.alone)).or_else(|| included(title).first().copied())
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

fn build() -> Tables {
    let mut titles: Vec<Title> = Vec::new();
    let (mut asked, mut filed) = (Phrases::new(), Phrases::new());
    let mut wider: Vec<(u16, &'static str)> = Vec::new();
    for row in rows::of(TITLES) {
        let [name, short, seniority, department, context, includes, synonyms] = row.as_slice() else { continue };
        let id = next_id(&titles);
        let short = if short.is_empty() { name } else { short };
        titles.push(Title { id, name, short, seniority, department, context });
        includes.split('|').filter(|other| !other.is_empty()).for_each(|other| wider.push((id, other)));
        for spelling in [*name, *short].into_iter().chain(synonyms.split('|')) {
            match spelling.strip_prefix('~') {
                Some(abbreviation) => filed.add(abbreviation, id),
                None => asked.add(spelling, id),
            }
            if let Some(plural) = short_plural(spelling) {
                asked.add(&plural, id);
            }
        }
    }
    let functions = add_ranks(&mut titles, &mut asked, &mut wider);
    add_occupations(&mut titles, &mut asked);
    for (name, phrase) in languages::names("title") {
        if let Some(id) = asked.exact(name).first().copied() {
            asked.add_if_free(phrase, id);
        }
    }
    let all: &'static [Title] = Box::leak(titles.into_boxed_slice());
    let asked = asked.map(|id| &all[usize::from(id)]);
    let filed = filed.map(|id| &all[usize::from(id)]);
    let mut included: HashMap<u16, Vec<&'static Title>> = HashMap::new();
    for (id, other) in wider {
        included.entry(id).or_default().extend(asked.exact(other).first().copied());
    }
    Tables { all, asked, filed, functions, included }
}

/// What people do for a living, beside the titles of offices. A spelling that the table of titles has stays there.
fn add_occupations(titles: &mut Vec<Title>, asked: &mut Phrases<u16>) {
    for row in rows::of(OCCUPATIONS) {
        let [name, department, seniority, synonyms] = row.as_slice() else { continue };
        let known = asked.exact(name).first().copied();
        let id = known.unwrap_or_else(|| {
            let id = next_id(titles);
            titles.push(Title { id, name, short: name, seniority, department, context: "any" });
            id
        });
        for spelling in std::iter::once(*name).chain(synonyms.split('|').filter(|spelling| !spelling.is_empty())) {
            asked.add_if_free(spelling, id);
        }
    }
}

/// Makes a title of every rank with every function, unless the table has it under another name;
/// then its spellings are added to that one.
fn add_ranks(
    titles: &mut Vec<Title>,
    asked: &mut Phrases<u16>,
    wider: &mut Vec<(u16, &'static str)>,
) -> Phrases<Function> {
    let mut functions = Phrases::new();
    for row in rows::of(FUNCTIONS) {
        let [name, department, synonyms] = row.as_slice() else { continue };
        let names: Vec<&str> = std::iter::once(*name).chain(synonyms.split('|').filter(|s| !s.is_empty())).collect();
        for spelled in &names {
            functions.add(spelled, Function { name, department });
        }
        for rank in &RANKS {
            let full = format!("{} {name}", rank.of);
            let id = asked.exact(&full).first().copied().unwrap_or_else(|| {
                let id = next_id(titles);
                let short: &'static str = Box::leak(format!("{} {name}", rank.short).into_boxed_str());
                let name: &'static str = Box::leak(full.into_boxed_str());
                if !rank.alone.is_empty() {
                    wider.push((id, rank.alone));
                }
                titles.push(Title { id, name, short, seniority: rank.seniority, department, context: "any" });
                id
            });
            for spelled in &names {
                rank.before.iter().for_each(|words| asked.add_if_free(&format!("{words} {spelled}"), id));
                rank.after.iter().for_each(|words| asked.add_if_free(&format!("{spelled} {words}"), id));
            }
        }
    }
    functions
}

/// The plural of an acronym of two letters, which the general rule leaves alone ("VPs").
fn short_plural(spelling: &str) -> Option<String> {
    let acronym = spelling.len() == 2 && spelling.bytes().all(|b| b.is_ascii_uppercase());
    acronym.then(|| format!("{spelling}s"))
}

fn next_id(titles: &[Title]) -> u16 {
    u16::try_from(titles.len()).expect("the table has far fewer than 65,536 titles")
}

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
