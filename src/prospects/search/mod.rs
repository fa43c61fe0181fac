//! The search index: exact answers over all people within milliseconds.
//!
//! It is derived from the database and can be deleted at any time.

mod dictionary;
mod file;
mod gazetteer;
mod intern;
mod matching;
mod rows;
mod snapshot;

pub use matching::Matching;
pub use snapshot::Snapshot;

#[cfg(test)]
mod tests;
