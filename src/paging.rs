//! Which part of a long list: the same for every list, whoever asks.

/// A page that is within the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// Counted from 1.
    pub page: u32,
    /// Rows on a page.
    pub per_page: u32,
}

impl Paging {
    /// Rows before this page.
    pub fn offset(self) -> i64 {
        i64::from(self.page.saturating_sub(1)) * i64::from(self.per_page)
    }

    /// Rows on a page, as a statement takes it.
    pub fn limit(self) -> i64 {
        i64::from(self.per_page)
    }
}
