//! The search index: exact answers over all people within milliseconds.
//!
//! It is derived from the database, which is the only truth: any copy can be deleted and is built anew. A search takes
//! the newest snapshot, begins its transaction and asks:
//!
//! ```text
//! let snapshot = app.search.snapshot();
//! app.db.read(move |tx| {
//!     let view = search::view(tx, &snapshot)?;
//!     let found = view.find(&filter);
//!     let suppressed = view.suppressed(&domains);
//!     view.facets(&found, &[Facet::State, Facet::Headcount], 50);
//!     found.take(tx, &suppressed, 50)
//! })
//! ```

pub mod bands;
mod cursor;
mod dictionary;
mod facets;
mod file;
mod find;
mod folder;
mod follow;
mod gazetteer;
mod index;
mod intern;
mod matching;
mod rank;
mod rows;
mod segment;
mod snapshot;
mod trials;
mod words;

pub use facets::{Counted, Counts, Facet, LIMIT as FACET_LIMIT, LIMIT_MAX as FACET_LIMIT_MAX};
pub use find::{Found, LAG_MAX, Listed, PEOPLE_MAX, View, Wanted, page, view};
pub use follow::{Step, catch_up, rebuild, step};
pub use index::{Index, SAVE_EVERY_MS, is_held};
pub use matching::Matching;
pub use snapshot::Snapshot;
pub use trials::Trials;

#[cfg(test)]
pub(super) mod tests;
