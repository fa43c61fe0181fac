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
//!     found.take(tx, &suppressed, 50)
//! })
//! ```

mod dictionary;
mod file;
mod find;
mod follow;
mod gazetteer;
mod index;
mod intern;
mod matching;
mod rows;
mod snapshot;

pub use find::{Found, LAG_MAX, Listed, PEOPLE_MAX, View, page, view};
pub use follow::{Step, catch_up, rebuild, step};
pub use index::{Index, SAVE_EVERY_MS, is_held};
pub use matching::Matching;
pub use snapshot::Snapshot;

#[cfg(test)]
pub(super) mod tests;
