//! Takes a source out of the prospect database again: its people, and the companies that are left without people.
//!
//! It goes in small transactions, so that a server on the same data gets its turn; an interrupted removal is simply run
//! again. Contacts made from removed people stay as they are.

use std::sync::Arc;

use super::{Target, remove_some, stats};
use crate::db::Db;
use crate::error::{Error, Result, quoted};

/// What was taken out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    /// People.
    pub people: u64,
    /// Companies that were left without people.
    pub companies: u64,
}

/// How many people were first loaded from `source`.
///
/// # Errors
/// `validation_error` when there are none: it names the sources there are.
pub async fn count(db: &Db, source: &str) -> Result<u64> {
    let sources = db.read(stats).await?.sources;
    sources.get(source).copied().ok_or_else(|| {
        let known: Vec<&str> = sources.keys().map(String::as_str).collect();
        let known = match known.as_slice() {
            [] => "There are no prospects at all.".to_owned(),
            known => format!("The sources are: {}.", known.join(", ")),
        };
        Error::validation("source", format!("No prospect came from a source \"{}\". {known}", quoted(source)))
    })
}

/// Removes everybody first loaded from `source`; `progress` is told how many are gone.
pub async fn run(target: &Target, source: &str, mut progress: impl FnMut(u64)) -> Result<Removed> {
    let source: Arc<str> = source.into();
    let (mut removed, mut after) = (Removed::default(), 0);
    loop {
        let source = Arc::clone(&source);
        let Some(step) = target.write(move |tx| remove_some(tx, &source, after)).await? else {
            return Ok(removed);
        };
        removed.people += step.people;
        removed.companies += step.companies;
        after = step.last_number;
        progress(removed.people);
    }
}
