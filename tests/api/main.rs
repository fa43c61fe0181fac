//! Lexi from outside: one test binary, a file per subject. `support/` is the harness; its first lines are the manual.
//!
//! `LEXI_TEST_DATABASE` picks the database for the whole suite; `scripts/test` runs it on both.

mod support;

mod databases;
mod tidy;
mod transactions;
