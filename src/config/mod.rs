//! Every setting of a process. [`SETTINGS`] is the one table of them: options, environment, configuration file, the
//! commented example and the documentation all come from it. Read once by the command line, then handed around inside
//! `App`.

mod file;
mod settings;
mod values;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

pub use file::{FileValue, example, read, toml_line};
pub use settings::SETTINGS;
pub use values::{AllowedHost, Kind, Part, Setting, hidden};

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
    /// TLS ends in front of this server, so that it may listen off loopback without a warning.
    pub behind_tls: bool,
    /// The certificate chain (PEM) that TLS is served with; none: plain HTTP.
    pub tls_cert: Option<PathBuf>,
    /// The private key of the certificate (PEM).
    pub tls_key: Option<PathBuf>,
    /// Proxies whose word about the caller's address is taken.
    pub trusted_proxies: Vec<IpNet>,
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
    /// The head of a request must have arrived after this time, a TLS handshake too.
    pub header_timeout: Duration,
    /// The body of a request must have arrived after this time.
    pub body_timeout: Duration,
    /// A caller that takes no byte of its answer for this long is cut off.
    pub write_timeout: Duration,
    /// Requests under way get this long to finish at shutdown.
    pub shutdown_timeout: Duration,
    /// Requests without a valid key that one address may make in a minute.
    pub strangers_per_minute: u32,
    /// The key that signs the audit log; none: `audit.key` in the data folder.
    pub audit_key_file: Option<PathBuf>,
    /// How the language model is asked; none: there is no model.
    pub model_provider: Option<ModelProvider>,
    /// Where the model is; none: at its provider.
    pub model_url: Option<String>,
    /// Which model.
    pub model_name: Option<String>,
    /// The key it wants.
    pub model_key: Option<String>,
    /// How long an answer of the model may take.
    pub model_timeout: Duration,
    /// How often a workspace may ask the model in an hour.
    pub model_calls_per_hour: u32,
    /// Receivers of webhooks that may be inside the own network, and plain HTTP.
    pub webhook_allowed_hosts: Vec<AllowedHost>,
    /// How long a receiver of webhooks may take, from its name to the end of its answer.
    pub webhook_timeout: Duration,
    /// The file of the key that secrets are kept under; none: `secrets.key` in the data folder.
    pub secret_key_file: Option<PathBuf>,
    /// What is logged, as `tracing` filters read it.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
}

/// The two forms in which language models are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelProvider {
    /// OpenAI's chat completions; also Ollama, vLLM, llama.cpp and most others.
    OpenAi,
    /// Anthropic's messages.
    Anthropic,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text at a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// Tasks of at most so many people are done within their approval.
fn inline_people_max() -> usize {
    #[cfg(feature = "planted-faults")]
    if let Some(chosen) = crate::failure_points::inline_people_max() {
        return chosen;
    }
    100
}

impl Config {
    /// The defaults, for a data folder and a database; without a database, SQLite in the data folder.
    pub fn new(data: PathBuf, database_url: Option<DatabaseUrl>) -> Config {
        let database_url = database_url.unwrap_or_else(|| DatabaseUrl::Sqlite(data.join("lexi.db")));
        Config {
            data,
            database_url,
            listen: SocketAddr::from(([127, 0, 0, 1], 8787)),
            behind_tls: false,
            tls_cert: None,
            tls_key: None,
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            task_expiry_ms: 7 * DAY_MS,
            inline_people_max: inline_people_max(),
            lease_ms: 30 * SECOND_MS,
            clock_off_max_ms: 2 * SECOND_MS,
            connections_max: 1_024,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            shutdown_timeout: Duration::from_secs(20),
            strangers_per_minute: 120,
            audit_key_file: None,
            model_provider: None,
            model_url: None,
            model_name: None,
            model_key: None,
            model_timeout: Duration::from_secs(20),
            model_calls_per_hour: 120,
            webhook_allowed_hosts: Vec::new(),
            webhook_timeout: Duration::from_secs(10),
            secret_key_file: None,
            log: "info".into(),
            log_format: LogFormat::Auto,
        }
    }

    /// Where the key is that signs the audit log.
    pub fn audit_key_file(&self) -> PathBuf {
        self.audit_key_file.clone().unwrap_or_else(|| self.data.join("audit.key"))
    }

    /// The file of the key that secrets are kept under.
    pub fn secret_key_path(&self) -> PathBuf {
        self.secret_key_file.clone().unwrap_or_else(|| self.data.join("secrets.key"))
    }

    /// What the settings say together that none of them says alone; one sentence.
    pub fn check(&self) -> Result<(), String> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(_), None) => Err("tls_cert is set and tls_key is not; TLS needs both.".into()),
            (None, Some(_)) => Err("tls_key is set and tls_cert is not; TLS needs both.".into()),
            _ if self.model_provider.is_some() && self.model_name.is_none() => {
                Err("model_provider is set and model_name is not; say which model.".into())
            }
            _ => Ok(()),
        }
    }
}

impl Default for Config {
    /// The settings of `lexi serve` without any option, environment or file.
    fn default() -> Config {
        Config::new(PathBuf::from("./lexi-data"), None)
    }
}

#[cfg(test)]
mod tests;
