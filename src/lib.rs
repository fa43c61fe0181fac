//! Lexi: a business-development assistant for law firms that a firm runs itself, as one binary.
//!
//! People ask in plain words; Lexi proposes a task; nothing happens until a person, or a policy a person wrote,
//! approves it; then it is done exactly once, to the end. Modules in reading order:

pub mod tasks; // THE HEART: proposed, approved or dismissed, executed
pub mod rules; // who may approve what
pub mod policies; // rules that approve for a person
pub mod execution; // what an approved task does, now or as a job
pub mod chat; // Lexi's turn: understand, then propose, answer or ask back
pub mod external_actions; // what other programs ask approval for
pub mod understand; // words become a request (pure)
pub mod evaluation; // how well they do: sets with answers written by hand
pub mod prospects; // the prospect database: import, generate, filter, search index
pub mod contacts; // the workspace's people
pub mod companies; // the firms they work at
pub mod notes; // what somebody wrote down about them
pub mod lists; // and the lists they are on
pub mod suppressions; // who must never be contacted
pub mod webhooks; // endpoints that are told of events, signed and retried
pub mod keys; // API keys, permissions, rate limits
pub mod workspaces; // the tenants
pub mod events; // what happened, recorded in the transaction that made it happen
pub mod audit; // the log that can be verified: sealed, exported, shown
pub mod effects; // what tasks changed, kept while it can be undone
pub mod jobs; // what must still happen: leased, retried, resumed
pub mod worker; // the loops of a server
pub mod db; // the only code that knows there are two databases
pub mod http; // the server
pub mod mcp; // the same for agents, as tools
pub mod app; // what a process works with
pub mod model; // the optional language model: it proposes, nothing more
pub mod config; // every setting, with its default
pub mod error; // failures as values, with their public codes
pub mod ids; // UUIDs, version 7
pub mod clock; // the injected clock, ISO times
pub mod formula; // cells that a spreadsheet would run
pub mod paging; // which part of a long list

#[cfg(feature = "planted-faults")]
pub mod failure_points; // failures at chosen steps, for proving that they change nothing
#[cfg(feature = "planted-faults")]
pub mod planted_faults; // promises broken on purpose, for proving the tests

pub mod cli; // the command line
