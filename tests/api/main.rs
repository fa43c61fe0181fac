//! Lexi from outside: one test binary, a file per subject. `support/` is the harness; its first lines are the manual.
//!
//! `LEXI_TEST_DATABASE` picks the database for the whole suite; `scripts/test` runs it on both.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

#[expect(unreachable_pub, reason = "the harness is used by the modules beside it")]
mod support;

mod alternatives;
mod audit;
mod audit_seals;
mod backup;
mod batch;
mod chat_context;
mod chat_stream;
mod cli;
mod cli_files;
mod cli_rules;
mod clients;
mod companies;
mod configuration;
mod connections;
mod contact_updates;
mod contacts;
mod contacts_bulk;
mod conversations;
mod conversations_kept;
mod copy;
mod crash;
mod cuts;
mod databases;
mod deadlines;
mod doctor;
mod disk;
mod dismissals;
mod durability;
mod editing;
mod events;
mod exports;
mod failing_steps;
mod feed;
mod external_actions;
mod freezes_raced;
mod freezing;
mod holds;
mod histories;
mod http;
mod idempotency;
mod import;
mod import_faults;
mod import_files;
mod import_killed;
mod index;
mod keys;
mod limits;
mod list_operations;
mod lists;
mod main_job;
mod mcp;
mod merging;
mod migrations;
mod notes;
mod model;
mod openapi;
mod partial_approval;
mod policies;
mod prospect_order;
mod prospects;
mod published_requests;
mod questions;
mod reconnecting;
mod removal;
mod revisions;
mod roles;
mod rules;
mod several_processes;
mod stopping;
mod suppressions;
mod system;
#[expect(unreachable_pub, reason = "the files of the model use each other's names")]
mod task_model;
mod tenants;
mod tidy;
mod tls;
mod transactions;
mod understanding;
mod undo;
mod undo_rules;
mod upgrades;
mod votes;
mod webhook_deliveries;
mod webhook_failures;
mod webhooks;
mod webhooks_killed;
