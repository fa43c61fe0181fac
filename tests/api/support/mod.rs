//! The harness. A test starts a server of its own, speaks HTTP to it, and looks at what a user can see.
//!
//! # Manual
//!
//! **Which database.** `LEXI_TEST_DATABASE=sqlite` (the default: a file in a temporary folder) or `postgres` (a
//! database per test, copied from a migrated template on the server at `LEXI_TEST_POSTGRES`; without that address every
//! test fails). `scripts/test` runs the suite on both. [`database::fresh`] gives an empty, migrated [`Db`] to tests
//! that need nothing above `src/db`.
//!
//! [`Db`]: lexi::db::Db

pub mod database;
pub mod gate;
