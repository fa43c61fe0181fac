//! Lexi from outside: one test binary, a file per subject. `support/` is the harness; its first lines are the manual.
//!
//! `LEXI_TEST_DATABASE` picks the database for the whole suite; `scripts/test` runs it on both.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

#[expect(unreachable_pub, reason = "the harness is used by the modules beside it")]
mod support;

mod cli;
mod clients;
mod connections;
mod contacts;
mod crash;
mod databases;
mod durability;
mod events;
mod http;
mod idempotency;
mod import;
mod keys;
mod limits;
mod lists;
mod main_job;
mod migrations;
mod openapi;
mod prospects;
mod reconnecting;
mod several_processes;
mod suppressions;
mod system;
mod tenants;
mod tidy;
mod transactions;
