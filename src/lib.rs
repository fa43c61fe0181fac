//! Lexi: a business-development assistant for law firms that a firm runs itself, as one binary.
//!
//! People ask in plain words; Lexi proposes a task; nothing happens until a person, or a policy a person wrote,
//! approves it; then it is done exactly once, to the end. Modules in reading order:

pub mod clock; // the injected clock, ISO times
pub mod db;
pub mod error; // failures as values, with their public codes
pub mod ids; // UUIDs, version 7 // the only code that knows there are two databases
pub mod prospects; // the prospect database: import, generate, filter, search
pub mod understand;
