//! Seniority levels and departments: their names, the words that mean them, and what the plain
//! words of an unknown title say about them.
//!
//! It protects the reading of group words: executives, leaders and decision-makers are fixed sets
//! of levels, never a guess.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::titles;
use super::words::Word;

const LEVELS: &str = include_str!("../../data/seniority_levels.csv");
const DEPARTMENTS: &str = include_str!("../../data/departments.csv");

/// A level of seniority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// `owner`, `founder`, `c_suite`, `partner`, `vp`, `head`, `director`, `manager`, `senior`, `entry` or `intern`.
    pub name: &'static str,
    /// As shown to people: "C-suite".
    pub label: &'static str,
    /// 10 is highest.
    pub rank: u8,
}

/// A department of a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Department {
    /// `legal`, `business_development` and so on.
    pub name: &'static str,
    /// As shown to people: "Business Development".
    pub label: &'static str,
}

struct Tables {
    levels: Vec<Level>,
    seniority: Phrases<&'static str>,
    departments: Vec<Department>,
    department: Phrases<&'static str>,
    groups: Phrases<&'static [&'static str]>,
}

/// Words that mean several levels at once.
const GROUPS: [(&[&str], &[&str]); 3] = [
    (
        &[
            "executive",
            "exec",
            "senior executive",
            "top executive",
            "company executive",
            "corporate executive",
            "business executive",
            "C-level executive",
            "executive team",
            "senior management",
            "top management",
        ],
        &["c_suite", "vp"],
    ),
    (
        &[
            "leader",
            "leadership",
            "senior leader",
            "business leader",
            "leadership team",
            "senior leadership",
            "company leader",
            "executive leader",
        ],
        &["c_suite", "vp", "head", "director"],
    ),
    (
        &["decision-maker", "decision maker", "key decision maker", "senior decision maker", "key decision-maker"],
        &["owner", "founder", "c_suite", "partner", "vp", "head", "director"],
    ),
];

static TABLES: LazyLock<Tables> = LazyLock::new(build);

/// Every level, highest first.
pub fn all() -> &'static [Level] {
    &TABLES.levels
}

/// Every department.
pub fn departments() -> &'static [Department] {
    &TABLES.departments
}

/// The phrases that state one level by itself: "C-level", "director level", "entry level".
pub fn seniority_table() -> &'static Phrases<&'static str> {
    &TABLES.seniority
}

/// The phrases that state a department: "marketing", "in-house legal", "biz dev".
pub fn department_table() -> &'static Phrases<&'static str> {
    &TABLES.department
}

/// The phrases of [`group`].
pub fn group_table() -> &'static Phrases<&'static [&'static str]> {
    &TABLES.groups
}

/// The levels a group word stands for ("decision-makers"); None when it is none.
pub fn group(phrase: &str) -> Option<&'static [&'static str]> {
    TABLES.groups.exact(phrase).first().copied()
}

/// The level a text names, by its name, label or another word for it: for imports and search routes.
pub fn seniority(text: &str) -> Option<&'static str> {
    TABLES.seniority.exact(text).first().copied()
}

/// The department a text names, by its name, label or another word for it.
pub fn department(text: &str) -> Option<&'static str> {
    TABLES.department.exact(text).first().copied()
}

/// The rank of a level, 10 highest; 0 for what is no level.
pub fn rank(level: &str) -> u8 {
    TABLES.levels.iter().find(|known| known.name == level).map_or(0, |known| known.rank)
}

/// The level that the plain words of a title show. `lowered`: the title names one that does not
/// count ("Deputy CEO"), so that a chief's words mean the level below.
pub(super) fn seniority_of_words(words: &[Word], lowered: bool) -> Option<&'static str> {
    let first_person = words.iter().position(|word| matches!(word.norm.as_str(), "to" | "at")).unwrap_or(words.len());
    let own = &words[..first_person];
    let has = |wanted: &[&str]| own.iter().any(|word| wanted.contains(&word.norm.as_str()));
    if has(&["former", "formerly", "ex", "retired", "emeritus", "emerita", "past", "incoming", "elect"]) {
        return None;
    }
    let vice_president = own.windows(2).any(|pair| pair[0].norm == "vice" && pair[1].norm == "president");
    let lower = has(&["deputy", "assistant", "associate"]) || (has(&["vice"]) && !vice_president);
    let chief = has(&["chief"]) && has(&["officer", "executive"]);
    Some(if has(&["intern", "trainee", "internship", "apprentice", "student"]) {
        "intern"
    } else if chief && !lower && !lowered {
        "c_suite"
    } else if vice_president || (lower && (chief || lowered) && has(&["deputy"])) {
        "vp"
    } else if has(&["head"]) && !lower {
        "head"
    } else if has(&["director"]) {
        "director"
    } else if has(&["manager", "supervisor", "superintendent"]) && !has(&["assistant"]) {
        "manager"
    } else if has(&[
        "assistant",
        "junior",
        "coordinator",
        "clerk",
        "associate",
        "specialist",
        "representative",
        "technician",
        "receptionist",
        "trainee",
    ]) {
        "entry"
    } else if has(&["senior", "principal", "lead", "staff"]) {
        "senior"
    } else {
        return None;
    })
}

/// The department whose function the words of a title name first.
pub(super) fn department_of_words(words: &[Word]) -> Option<&'static str> {
    (0..words.len()).find_map(|at| {
        // "law" and "support" alone say too little about a title.
        let (count, found) = titles::functions().longest(&words[at..])?;
        let weak = count == 1
            && matches!(
                words[at].norm.as_str(),
                "law" | "support" | "platform" | "projects" | "products" | "audit" | "quality" | "partner" | "channel"
            );
        found.first().filter(|_| !weak).map(|function| function.department)
    })
}

fn build() -> Tables {
    let mut tables = Tables {
        levels: Vec::new(),
        seniority: Phrases::new(),
        departments: Vec::new(),
        department: Phrases::new(),
        groups: Phrases::new(),
    };
    for row in super::rows::of(LEVELS) {
        let [name, label, rank, synonyms] = row.as_slice() else { continue };
        tables.levels.push(Level { name, label, rank: rank.parse().unwrap_or(0) });
        for phrase in [*name, *label].into_iter().chain(synonyms.split('|')) {
            tables.seniority.add(phrase, name);
        }
    }
    for row in super::rows::of(DEPARTMENTS) {
        let [name, label, synonyms] = row.as_slice() else { continue };
        tables.departments.push(Department { name, label });
        for phrase in [*name, *label].into_iter().chain(synonyms.split('|')) {
            tables.department.add(phrase, name);
        }
    }
    for (phrases, levels) in GROUPS {
        for phrase in phrases {
            tables.groups.add(phrase, levels);
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_words_are_fixed_sets_of_levels() {
        assert_eq!(group("executives"), Some(&["c_suite", "vp"][..]));
        assert_eq!(group("Leaders"), Some(&["c_suite", "vp", "head", "director"][..]));
        assert_eq!(group("decision-makers"), group("decision makers"));
        assert_eq!(group("directors"), None);
    }

    #[test]
    fn every_level_and_department_is_found_by_its_name_and_label() {
        assert_eq!(all().len(), 11);
        for level in all() {
            assert_eq!((seniority(level.name), seniority(level.label)), (Some(level.name), Some(level.name)));
        }
        for known in departments() {
            assert_eq!((department(known.name), department(known.label)), (Some(known.name), Some(known.name)));
        }
        assert_eq!(seniority("C-level"), Some("c_suite"));
        assert_eq!(department("biz dev"), Some("business_development"));
    }

    #[test]
    fn every_title_has_a_known_level_and_department() {
        for title in titles::all() {
            assert!(rank(title.seniority) > 0, "{}", title.name);
            assert!(department(title.department).is_some(), "{}", title.name);
        }
    }
}
