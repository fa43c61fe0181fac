//! Every setting of a server, with its default. Read once by the command line, then handed around inside `App`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::clock::{DAY_MS, SECOND_MS};
use crate::db::DatabaseUrl;

/// The settings of one process.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the SQLite file and the search index live.
    pub data: PathBuf,
    /// Which database.
    pub database_url: DatabaseUrl,
    /// The address the server listens on.
    pub listen: SocketAddr,
    /// Origins that browsers may call from; none: CORS is off.
    pub cors_origins: Vec<String>,
    /// How long a pending task waits for a decision.
    pub task_expiry_ms: i64,
    /// Tasks of at most this many people are executed in the approving transaction; 0 makes every one a job.
    pub inline_people_max: usize,
    /// How long a worker's lease lasts without a heartbeat.
    pub lease_ms: i64,
    /// A node whose clock is further from the database's than this takes no jobs.
    pub clock_off_max_ms: i64,
    /// Connections served at once; more wait in the listen queue.
    pub connections_max: usize,
    /// The head of a request must have arrived after this time.
    pub header_timeout: Duration,
    /// The body of a request must have arrived after this time.
    pub body_timeout: Duration,
    /// Requests under way get this long to finish at shutdown.
    pub shutdown_timeout: Duration,
    /// Requests without a valid key that one address may make in a minute.
    pub strangers_per_minute: u32,
}

impl Config {
    /// The defaults, for a data folder and a database; without a database, SQLite in the data folder.
    pub fn new(data: PathBuf, database_url: Option<DatabaseUrl>) -> Config {
        let database_url = database_url.unwrap_or_else(|| DatabaseUrl::Sqlite(data.join("lexi.db")));
        Config {
            data,
            database_url,
            listen: SocketAddr::from(([127, 0, 0, 1], 8787)),
            cors_origins: Vec::new(),
            task_expiry_ms: 7 * DAY_MS,
            inline_people_max: 100,
            lease_ms: 30 * SECOND_MS,
            clock_off_max_ms: 2 * SECOND_MS,
            connections_max: 1_024,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            shutdown_timeout: Duration::from_secs(20),
            strangers_per_minute: 120,
        }
    }
}
