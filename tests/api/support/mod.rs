//! The harness. A test starts a server of its own, speaks HTTP to it, and looks at what a user can see.
//!
//! # Manual
//!
//! ```ignore
//! let server = Server::start().await;                         // an empty installation of its own
//! server.law_firm_ceos(70).await;                             // people to find
//! let client = server.key("read,write,lexi").await;           // a key of the workspace "default"
//! let other = server.key_of("elsewhere", "read").await;       // a key of another workspace
//! let nobody = server.stranger();                             // no key at all
//!
//! let answer = client.post("/v1/lists", &json!({ "name": "Q1" })).await;
//! assert_eq!(answer.status, 201, "{}", answer.json);          // also answer.headers, answer.text
//! client.post_empty("/v1/lexi/tasks/…/approve").await;        // JSON content type, no byte, as published clients do
//! client.request(Method::POST, "/v1/…").header("Idempotency-Key", "k");   // anything else; then .send().await
//!
//! server.advance_days(7);                                     // the clock stands still until it is moved
//! server.work().await;                                        // jobs run when the test says so, and only then
//! server.sweep().await;                                       // so do deadlines,
//! server.deliver().await;                                     // webhooks are sent (a [`Receiver`] gets them),
//! server.number_events().await;                               // and the numbers of events on PostgreSQL
//! ```
//!
//! **Nothing happens by itself.** The server of [`Server`] runs inside the test without its background loops, on a clock
//! that stands. So no test sleeps: move the clock, or run a step by hand. Small tasks are done within their approval.
//!
//! **The real program.** [`Installation`] keeps data for the built binary: it runs commands (`keys create`, `prospects
//! import`) and `serve` as processes of their own, which can be killed and started again.
//!
//! **A bad disk.** [`Disk`] watches the files of an installation's server: it fills up, turns read-only, fails or is slow
//! when the test says so, and loses its power: what was not synced is gone then. SQLite only.
//!
//! **A PostgreSQL of its own.** [`cluster::Cluster`] is a throwaway server that a test may restart in the middle of everything;
//! [`proxy::Proxy`] stands before a PostgreSQL and breaks connections.
//!
//! **Which database.** `LEXI_TEST_DATABASE=sqlite` (the default: a file in a temporary folder) or `postgres` (a
//! database per test, copied from a migrated template on the server at `LEXI_TEST_POSTGRES`; without that address every
//! test fails). `scripts/test` runs the suite on both. [`database::fresh`] gives an empty, migrated [`Db`] to tests
//! that need nothing above `src/db`, and [`gate::Gate`] holds a transaction open for them.
//!
//! [`Db`]: lexi::db::Db

pub mod asking;
pub mod book;
pub mod client;
pub mod cluster;
pub mod database;
pub mod feed;
pub mod fixture;
pub mod disk;
pub mod gate;
pub mod history;
pub mod judge;
pub mod people;
pub mod process;
pub mod proxy;
pub mod receiver;
pub mod server;
pub mod table;

pub use client::{Answer, Client, assert_refused, made, made_id};
pub use disk::Disk;
pub use feed::Feed;
pub use process::{Installation, Process};
pub use receiver::{Does, Got, Receiver};
pub use server::{Server, make_key};
