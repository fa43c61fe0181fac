//! The name of a list: as it is shown, and the stem and number by which it is unique. Pure.
//!
//! "CEOs (3)" is number 3 of the stem "ceos", "CEOs" is number 1. So the next free number of a name that is taken is
//! one look at an index, however often the same thing was asked before.

use unicode_normalization::UnicodeNormalization as _;

use crate::contacts::names::clean;
use crate::error::{Error, Result};

/// Characters of a list's name: the limit for names everywhere.
pub const NAME_MAX: usize = 200;
/// The highest number that is read as one; a larger one is part of the stem.
const NUMBER_MAX: i64 = 999_999;
/// Room that is kept for the number of a derived name: blank, brackets and six digits.
const NUMBER_ROOM: usize = 9;

/// A name that is within the limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// Trimmed, blanks made single.
    pub(super) shown: String,
    /// Lower-case, without the number.
    pub(super) stem: String,
    /// 1 when the name ends with none.
    pub(super) number: i64,
}

impl Name {
    /// Reads a name a caller sent.
    pub(super) fn check(given: Option<&str>) -> Result<Name> {
        let name = Name::of(given.unwrap_or_default());
        match name.shown.chars().count() {
            0 => Err(Error::validation("name", "name is required.")),
            1..=NAME_MAX => Ok(name),
            _ => Err(Error::validation("name", format!("name must have at most {NAME_MAX} characters."))),
        }
    }

    /// Reads a name that is known to be within the limits.
    pub(super) fn of(text: &str) -> Name {
        let shown = clean(&text.nfc().collect::<String>());
        let key = key(&shown);
        let (stem, number) = split(&key).unwrap_or((&key, 1));
        Name { stem: stem.to_owned(), number, shown }
    }

    /// A name made from a request, with room for a number.
    pub(super) fn derived(text: &str) -> Name {
        let text = clean(text);
        let text: String = text.chars().take(NAME_MAX - NUMBER_ROOM).collect();
        Name::of(if text.is_empty() { "New list" } else { &text })
    }

    /// This name with another number behind it: of "CEOs" and of "CEOs (2)" the third is "CEOs (3)".
    pub(super) fn numbered(&self, number: i64) -> Name {
        let plain = match self.number {
            1 => self.shown.as_str(),
            _ => self.shown.rsplit_once(" (").map_or(self.shown.as_str(), |(plain, _)| plain),
        };
        Name { shown: format!("{plain} ({number})"), stem: self.stem.clone(), number }
    }
}

fn key(shown: &str) -> String {
    shown.to_lowercase()
}

/// "ceos (3)" into "ceos" and 3; nothing when there is no number from 2 on, written as we write it.
fn split(key: &str) -> Option<(&str, i64)> {
    let (stem, digits) = key.strip_suffix(')')?.rsplit_once(" (")?;
    let is_plain = digits.chars().all(|c| c.is_ascii_digit()) && !digits.starts_with('0');
    let number = digits.parse().ok().filter(|number| is_plain && (2..=NUMBER_MAX).contains(number))?;
    (!stem.is_empty()).then_some((stem, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, i64) {
        let name = Name::of(text);
        (name.stem, name.number)
    }

    #[test]
    fn names_that_differ_in_case_blanks_and_composition_are_one() {
        assert_eq!(parts("  CEOs   in\tTexas "), parts("ceos in texas"));
        assert_eq!(parts("Mu\u{308}nchen"), parts("MÜNCHEN"));
        assert_eq!(Name::of("  CEOs   in\tTexas ").shown, "CEOs in Texas");
    }

    #[test]
    fn a_number_in_brackets_at_the_end_is_told_apart_from_the_stem() {
        assert_eq!(parts("CEOs (3)"), ("ceos".into(), 3));
        assert_eq!(parts("CEOs (2) (3)"), ("ceos (2)".into(), 3));
        for whole in ["CEOs", "CEOs (1)", "CEOs (0)", "CEOs (02)", "CEOs(2)", "(2)", "CEOs (+2)", "CEOs (1000000)"] {
            assert_eq!(parts(whole), (whole.to_lowercase(), 1), "{whole}");
        }
    }

    #[test]
    fn a_numbered_name_reads_back_as_itself() {
        for (base, seventh) in [("CEOs", "CEOs (7)"), ("CEOs (2)", "CEOs (7)"), ("CEOs (1)", "CEOs (1) (7)")] {
            let numbered = Name::derived(base).numbered(7);
            assert_eq!(numbered.shown, seventh);
            assert_eq!(Name::of(&numbered.shown), numbered);
        }
    }

    #[test]
    fn the_limit_holds_from_both_sides() {
        assert!(Name::check(Some(&"n".repeat(NAME_MAX))).is_ok());
        assert!(Name::check(Some(&"n".repeat(NAME_MAX + 1))).is_err());
        assert!(Name::check(Some(" \n ")).is_err());
        assert!(Name::check(None).is_err());
        let derived = Name::derived(&"n".repeat(500)).numbered(NUMBER_MAX);
        assert_eq!(derived.shown.chars().count(), NAME_MAX);
        assert_eq!(Name::derived("").shown, "New list");
    }
}
