//! Lexi: a business-development assistant for law firms that a firm runs itself, as one binary.
//!
//! People ask in plain words; Lexi proposes a task; nothing happens until a person, or a policy a person wrote,
//! approves it; then it is done exactly once, to the end. Modules in reading order:

pub mod app; // what a process works with
pub mod cli; // the command line: serve, demo, chat, tasks, keys, prospects
pub mod clock; // the injected clock, ISO times
pub mod config; // every setting, with its default
pub mod db; // the only code that knows there are two databases
pub mod error; // failures as values, with their public codes
pub mod events; // what happened, recorded in the transaction that made it happen
pub mod http;
pub mod ids; // UUIDs, version 7
pub mod keys;
pub mod paging; // which part of a long list // API keys, permissions, rate limits // the server
