//! `page` and `per_page`, the same on every list.

use serde::Deserialize;

use super::answer::Meta;
use crate::error::{Error, Result, quoted};
pub use crate::paging::Paging;

/// Rows on a page when nothing is said.
pub const PER_PAGE: u32 = 50;
/// Most rows on a page.
pub const PER_PAGE_MAX: u32 = 100;
/// The last page that is served; whoever needs more asks with filters.
pub const PAGE_MAX: u32 = 1_000_000;

/// Which page a caller asks for, as it stands in the query string.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct PageParams {
    /// Counted from 1; 1 when left out.
    pub page: Option<String>,
    /// Rows on a page, at most 100.
    pub per_page: Option<String>,
}

impl PageParams {
    /// Checks the limits; `default` rows when nothing is said.
    pub fn check(&self, default: u32) -> Result<Paging> {
        Ok(Paging {
            page: number("page", self.page.as_deref(), 1, PAGE_MAX)?,
            per_page: number("per_page", self.per_page.as_deref(), default, PER_PAGE_MAX)?,
        })
    }
}

/// A number from 1 to `max` that a caller sent in `field`; `default` when he sent none.
pub fn number(field: &str, text: Option<&str>, default: u32, max: u32) -> Result<u32> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(default) };
    match text.parse::<u32>() {
        Ok(number) if (1..=max).contains(&number) => Ok(number),
        _ => {
            let text = quoted(text);
            Err(Error::validation(field, format!("{field} must be a whole number from 1 to {max}, got \"{text}\".")))
        }
    }
}

impl Meta {
    /// The `meta` of a page out of `total` rows.
    pub fn of(paging: Paging, total: u64) -> Meta {
        Meta { page: paging.page, per_page: paging.per_page, total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(page: &str, per_page: &str) -> PageParams {
        PageParams { page: Some(page.into()), per_page: Some(per_page.into()) }
    }

    #[test]
    fn pages_are_held_to_their_limits_from_both_sides() {
        assert_eq!(params("1", "100").check(50).unwrap(), Paging { page: 1, per_page: 100 });
        assert_eq!(PageParams::default().check(25).unwrap(), Paging { page: 1, per_page: 25 });
        for (page, per_page) in [("0", "1"), ("1", "0"), ("1", "101"), ("x", "1"), ("-1", "1")] {
            assert!(params(page, per_page).check(50).is_err(), "{page} {per_page}");
        }
    }
}
