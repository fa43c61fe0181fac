//! Cells of a CSV file that a spreadsheet would run. Names, titles and reasons come from outside; written as they are,
//! one that begins like a formula is executed by whoever opens the file.
//!
//! As OWASP advises, such a cell gets an apostrophe in front. That is done to every one of them, a telephone number
//! (`+1 415 …`) too: a rule with exceptions is one that an attacker reads. It can be taken back without loss, because a
//! cell that begins with apostrophes before such a character gets one more.

use std::borrow::Cow;

/// How a formula begins: as typed on a keyboard, and in full width, which some spreadsheets read alike. Tab and line
/// ends may be dropped in front of one.
const BEGINNINGS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
/// What is put in front.
const MARK: char = '\'';

/// The cell as it stands in a file.
pub fn defused(cell: &str) -> Cow<'_, str> {
    if would_run(cell) { Cow::Owned(format!("{MARK}{cell}")) } else { Cow::Borrowed(cell) }
}

/// The cell as it was before [`defused`].
pub fn restored(cell: &str) -> &str {
    cell.strip_prefix(MARK).filter(|rest| would_run(rest)).unwrap_or(cell)
}

/// Whether the cell begins like a formula once blanks and apostrophes are passed over. That apostrophes are passed over
/// makes [`restored`] exact.
fn would_run(cell: &str) -> bool {
    cell.trim_start_matches([' ', MARK]).starts_with(BEGINNINGS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_begins_like_a_formula_gets_an_apostrophe_and_nothing_else_does() {
        for cell in
            ["=1+1", "+1 415 555 0100", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＠x", "'=1", "-"]
        {
            assert_eq!(defused(cell), format!("'{cell}"));
        }
        for cell in ["", "a=1", "1-2", "O'Brien", "'quoted'", "a@b.example", "(415) 555", "'", "Zoë"] {
            assert_eq!(defused(cell), cell);
        }
    }

    proptest! {
        #[test]
        fn every_cell_comes_back_as_it_was(cell in "[-'=+@ \t\r\na＝]{0,6}|\\PC*") {
            let written = defused(&cell);
            prop_assert_eq!(restored(&written), cell.as_str());
            prop_assert!(!written.starts_with(BEGINNINGS));
        }
    }
}
