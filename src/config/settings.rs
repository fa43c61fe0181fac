//! The table of all settings. A new one is a field of [`Config`], its default there, and an entry here: option,
//! environment variable, configuration file, `lexi config` and the example file follow from it.

use std::path::Path;
use std::time::Duration;

use tracing_subscriber::EnvFilter;

use super::values::{Kind, Part, Setting, address, host, network, origin};
use super::{Config, LogFormat, ModelProvider};
use crate::clock::{DAY_MS, MINUTE_MS, SECOND_MS};
use crate::db::DatabaseUrl;
use crate::error::Error;

/// No file that holds one address or key is longer.
const SECRET_FILE_MAX: u64 = 64 << 10;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// All settings, in the order of the example file. A later one may rest on an earlier one.
pub static SETTINGS: &[Setting] = &[
    Setting {
        key: "data",
        flag: "data",
        env: "LEXI_DATA",
        placeholder: "DIR",
        part: Part::Storage,
        about: "Folder of the SQLite database and the search index; made when missing.",
        notes: "By default lexi-data in the folder where the command is started.",
        kind: Kind::Path {
            set: |config, path| {
                config.data = path.to_owned();
                config.database_url = DatabaseUrl::Sqlite(path.join("lexi.db"));
                Ok(())
            },
            get: |config| Some(config.data.clone()),
            sample: "/var/lib/lexi",
        },
    },
    Setting {
        key: "database_url",
        flag: "database-url",
        env: "LEXI_DATABASE_URL",
        placeholder: "URL",
        part: Part::Storage,
        about: "Use this database instead of SQLite in the data folder: postgres://USER:PASSWORD@HOST/NAME, or sqlite:PATH.",
        notes: "A password here is readable by whoever can read this file; database_url_file keeps it apart.",
        kind: Kind::Text {
            set: |config, text| {
                config.database_url = text.parse().map_err(|error: Error| said(&error))?;
                Ok(())
            },
            // What is stored has no text of its own; who shows it shows what was given.
            get: |_| None,
            sample: "postgres://lexi@db.internal/lexi",
            secret: true,
        },
    },
    Setting {
        key: "database_url_file",
        flag: "database-url-file",
        env: "LEXI_DATABASE_URL_FILE",
        placeholder: "FILE",
        part: Part::Storage,
        about: "A file that holds the database's address, as systemd credentials and container secrets give it.",
        notes: "",
        kind: Kind::Path { set: read_url, get: |_| None, sample: "/run/secrets/database-url" },
    },
    Setting {
        key: "listen",
        flag: "listen",
        env: "LEXI_LISTEN",
        placeholder: "ADDRESS:PORT",
        part: Part::Listening,
        about: "Address to listen on.",
        notes: "On another address than loopback, serve TLS (tls_cert) or put a TLS proxy in front: keys travel in a header.",
        kind: Kind::Text {
            set: |config, text| {
                config.listen = address(text)?;
                Ok(())
            },
            get: |config| Some(config.listen.to_string()),
            sample: "127.0.0.1:8787",
            secret: false,
        },
    },
    Setting {
        key: "tls_cert",
        flag: "tls-cert",
        env: "LEXI_TLS_CERT",
        placeholder: "FILE",
        part: Part::Listening,
        about: "Serve TLS with the certificates in this PEM file: the server's own first, then the chain.",
        notes: "Read again every minute and on SIGHUP, with tls_key: a renewed certificate needs no restart.",
        kind: Kind::Path {
            set: |config, path| {
                config.tls_cert = Some(path.to_owned());
                Ok(())
            },
            get: |config| config.tls_cert.clone(),
            sample: "/etc/lexi/fullchain.pem",
        },
    },
    Setting {
        key: "tls_key",
        flag: "tls-key",
        env: "LEXI_TLS_KEY",
        placeholder: "FILE",
        part: Part::Listening,
        about: "The private key of that certificate, PEM, not encrypted.",
        notes: "",
        kind: Kind::Path {
            set: |config, path| {
                config.tls_key = Some(path.to_owned());
                Ok(())
            },
            get: |config| config.tls_key.clone(),
            sample: "/etc/lexi/privkey.pem",
        },
    },
    Setting {
        key: "behind_tls",
        flag: "behind-tls",
        env: "LEXI_BEHIND_TLS",
        placeholder: "YES",
        part: Part::Listening,
        about: "TLS ends in front of this server: no warning when it listens off loopback.",
        notes: "",
        kind: Kind::YesNo { set: |config, yes| config.behind_tls = yes, get: |config| config.behind_tls },
    },
    Setting {
        key: "trusted_proxies",
        flag: "trusted-proxies",
        env: "LEXI_TRUSTED_PROXIES",
        placeholder: "ADDRESS",
        part: Part::Listening,
        about: "Proxies in front of this server, as addresses or networks: they are believed about the caller's address.",
        notes: "What they say in Forwarded or X-Forwarded-For counts for strangers_per_minute and stands in the log; \
                from everybody else these headers are passed over.",
        kind: Kind::List {
            set: |config, items| {
                config.trusted_proxies = items.iter().map(|item| network(item)).collect::<Result<_, _>>()?;
                Ok(())
            },
            get: |config| config.trusted_proxies.iter().map(ToString::to_string).collect(),
            sample: "10.0.0.7",
        },
    },
    Setting {
        key: "cors_origins",
        flag: "cors-origins",
        env: "LEXI_CORS_ORIGINS",
        placeholder: "ORIGIN",
        part: Part::Listening,
        about: "Origins that browsers may call from.",
        notes: "",
        kind: Kind::List {
            set: |config, items| {
                config.cors_origins = items.iter().map(|item| origin(item)).collect::<Result<_, _>>()?;
                Ok(())
            },
            get: |config| config.cors_origins.clone(),
            sample: "https://app.example.com",
        },
    },
    Setting {
        key: "connections",
        flag: "connections",
        env: "LEXI_CONNECTIONS",
        placeholder: "N",
        part: Part::Limits,
        about: "Connections served at once; more wait.",
        notes: "Each takes a file descriptor: raise the limit of the process (LimitNOFILE) with it.",
        kind: Kind::Number {
            min: 1,
            max: 100_000,
            set: |config, number| config.connections_max = number as usize,
            get: |config| u32::try_from(config.connections_max).unwrap_or(u32::MAX),
        },
    },
    Setting {
        key: "strangers_per_minute",
        flag: "strangers-per-minute",
        env: "LEXI_STRANGERS_PER_MINUTE",
        placeholder: "N",
        part: Part::Limits,
        about: "Requests without a valid key that one address may make in a minute.",
        notes: "An IPv6 network of 64 bits counts as one address.",
        kind: Kind::Number {
            min: 0,
            max: 1_000_000,
            set: |config, number| config.strangers_per_minute = number,
            get: |config| config.strangers_per_minute,
        },
    },
    Setting {
        key: "header_timeout",
        flag: "header-timeout",
        env: "LEXI_HEADER_TIMEOUT",
        placeholder: "TIME",
        part: Part::Limits,
        about: "How long the head of a request may take to arrive; also a TLS handshake, and how long a connection may idle.",
        notes: "Behind a proxy, longer than the proxy keeps idle connections open.",
        kind: Kind::Time {
            min_ms: SECOND_MS,
            max_ms: 10 * MINUTE_MS,
            set: |config, ms| config.header_timeout = duration(ms),
            get: |config| ms(config.header_timeout),
        },
    },
    Setting {
        key: "body_timeout",
        flag: "body-timeout",
        env: "LEXI_BODY_TIMEOUT",
        placeholder: "TIME",
        part: Part::Limits,
        about: "How long the body of a request may take to arrive.",
        notes: "",
        kind: Kind::Time {
            min_ms: SECOND_MS,
            max_ms: 10 * MINUTE_MS,
            set: |config, ms| config.body_timeout = duration(ms),
            get: |config| ms(config.body_timeout),
        },
    },
    Setting {
        key: "write_timeout",
        flag: "write-timeout",
        env: "LEXI_WRITE_TIMEOUT",
        placeholder: "TIME",
        part: Part::Limits,
        about: "A caller that takes no byte of its answer for this long is cut off.",
        notes: "",
        kind: Kind::Time {
            min_ms: SECOND_MS,
            max_ms: 10 * MINUTE_MS,
            set: |config, ms| config.write_timeout = duration(ms),
            get: |config| ms(config.write_timeout),
        },
    },
    Setting {
        key: "shutdown_timeout",
        flag: "shutdown-timeout",
        env: "LEXI_SHUTDOWN_TIMEOUT",
        placeholder: "TIME",
        part: Part::Limits,
        about: "How long requests under way may take to finish at the end.",
        notes: "Whatever stops the process must wait longer than this before it kills it (TimeoutStopSec).",
        kind: Kind::Time {
            min_ms: SECOND_MS,
            max_ms: HOUR_MS,
            set: |config, ms| config.shutdown_timeout = duration(ms),
            get: |config| ms(config.shutdown_timeout),
        },
    },
    Setting {
        key: "task_expiry",
        flag: "task-expiry",
        env: "LEXI_TASK_EXPIRY",
        placeholder: "TIME",
        part: Part::Work,
        about: "How long a pending task waits for a decision.",
        notes: "",
        kind: Kind::Time {
            min_ms: MINUTE_MS,
            // A year. Beyond it nobody remembers what was asked.
            max_ms: 366 * DAY_MS,
            set: |config, ms| config.task_expiry_ms = ms,
            get: |config| config.task_expiry_ms,
        },
    },
    Setting {
        key: "lease",
        flag: "lease",
        env: "LEXI_LEASE",
        placeholder: "TIME",
        part: Part::Work,
        about: "After this time without a sign of life from its worker, a job is taken over by another.",
        notes: "",
        kind: Kind::Time {
            min_ms: SECOND_MS,
            max_ms: HOUR_MS,
            set: |config, ms| config.lease_ms = ms,
            get: |config| config.lease_ms,
        },
    },
    Setting {
        key: "audit_key_file",
        flag: "audit-key-file",
        env: "LEXI_AUDIT_KEY_FILE",
        placeholder: "FILE",
        part: Part::Keys,
        about: "The key that signs the audit log; made when missing, for its owner alone.",
        notes: "By default audit.key in the data folder. Keep a copy apart from the database, and of its public half \
                (lexi audit key) too.",
        kind: Kind::Path {
            set: |config, path| {
                config.audit_key_file = Some(path.to_owned());
                Ok(())
            },
            get: |config| config.audit_key_file.clone(),
            sample: "/etc/lexi/audit.key",
        },
    },
    Setting {
        key: "model_provider",
        flag: "model-provider",
        env: "LEXI_MODEL_PROVIDER",
        placeholder: "PROVIDER",
        part: Part::Model,
        about: "Ask a language model what the reader left unread, and for drafts: openai or anthropic.",
        notes: "openai is the form that Ollama, vLLM and llama.cpp answer too; then model_url says where. Without it no word \
                leaves this machine.",
        kind: Kind::Text {
            set: |config, text| {
                config.model_provider = match text {
                    "openai" => Some(ModelProvider::OpenAi),
                    "anthropic" => Some(ModelProvider::Anthropic),
                    _ => return Err(format!("\"{text}\" won't do; write openai or anthropic")),
                };
                Ok(())
            },
            get: |config| {
                let text = match config.model_provider? {
                    ModelProvider::OpenAi => "openai",
                    ModelProvider::Anthropic => "anthropic",
                };
                Some(text.to_owned())
            },
            sample: "openai",
            secret: false,
        },
    },
    Setting {
        key: "model_url",
        flag: "model-url",
        env: "LEXI_MODEL_URL",
        placeholder: "URL",
        part: Part::Model,
        about: "Where the model is, up to the version: http://127.0.0.1:11434/v1 is Ollama on this machine.",
        notes: "By default the provider's own address.",
        kind: Kind::Text {
            set: |config, text| {
                if !(text.starts_with("http://") || text.starts_with("https://")) {
                    return Err(format!("\"{text}\" won't do; write http://… or https://…"));
                }
                config.model_url = Some(text.to_owned());
                Ok(())
            },
            get: |config| config.model_url.clone(),
            sample: "http://127.0.0.1:11434/v1",
            secret: false,
        },
    },
    Setting {
        key: "model_name",
        flag: "model-name",
        env: "LEXI_MODEL_NAME",
        placeholder: "NAME",
        part: Part::Model,
        about: "Which model, as its provider calls it.",
        notes: "",
        kind: Kind::Text {
            set: |config, text| {
                config.model_name = Some(text.to_owned());
                Ok(())
            },
            get: |config| config.model_name.clone(),
            sample: "llama3.1",
            secret: false,
        },
    },
    Setting {
        key: "model_key",
        flag: "model-key",
        env: "LEXI_MODEL_KEY",
        placeholder: "KEY",
        part: Part::Model,
        about: "The key the model's provider wants; better in the environment or in model_key_file.",
        notes: "",
        kind: Kind::Text {
            set: |config, text| {
                config.model_key = Some(text.to_owned());
                Ok(())
            },
            // No command shows it.
            get: |_| None,
            sample: "KEY",
            secret: true,
        },
    },
    Setting {
        key: "model_key_file",
        flag: "model-key-file",
        env: "LEXI_MODEL_KEY_FILE",
        placeholder: "FILE",
        part: Part::Model,
        about: "A file that holds that key.",
        notes: "",
        kind: Kind::Path {
            set: |config, path| {
                config.model_key = Some(line_of(path)?);
                Ok(())
            },
            get: |_| None,
            sample: "/run/secrets/model-key",
        },
    },
    Setting {
        key: "model_timeout",
        flag: "model-timeout",
        env: "LEXI_MODEL_TIMEOUT",
        placeholder: "TIME",
        part: Part::Model,
        about: "How long one answer of the model may take; it is asked twice at most.",
        notes: "Whoever chats waits for it. Without an answer Lexi says what she understood by herself.",
        kind: Kind::Time {
            min_ms: SECOND_MS,
            max_ms: 2 * MINUTE_MS,
            set: |config, ms| config.model_timeout = duration(ms),
            get: |config| ms(config.model_timeout),
        },
    },
    Setting {
        key: "model_calls_per_hour",
        flag: "model-calls-per-hour",
        env: "LEXI_MODEL_CALLS_PER_HOUR",
        placeholder: "N",
        part: Part::Model,
        about: "How often one workspace may ask the model in an hour, over all nodes.",
        notes: "A call about a request costs at most about 2,500 tokens, one for a draft about 4,500.",
        kind: Kind::Number {
            min: 0,
            max: 100_000,
            set: |config, number| config.model_calls_per_hour = number,
            get: |config| config.model_calls_per_hour,
        },
    },
    Setting {
        key: "webhook_allowed_hosts",
        flag: "webhook-allowed-hosts",
        env: "LEXI_WEBHOOK_ALLOWED_HOSTS",
        placeholder: "HOST",
        part: Part::Webhooks,
        about: "Receivers of webhooks inside your own network: names or addresses, with or without a port.",
        notes: "All others must be https and must not resolve to a private address. These may be both.",
        kind: Kind::List {
            set: |config, items| {
                config.webhook_allowed_hosts = items.iter().map(|item| host(item)).collect::<Result<_, _>>()?;
                Ok(())
            },
            get: |config| config.webhook_allowed_hosts.iter().map(ToString::to_string).collect(),
            sample: "hooks.office.example",
        },
    },
    Setting {
        key: "secret_key_file",
        flag: "secret-key-file",
        env: "LEXI_SECRET_KEY_FILE",
        placeholder: "FILE",
        part: Part::Webhooks,
        about: "The file of the key that the secrets of webhooks are kept under; made when it is first needed.",
        notes: "By default secrets.key in the data folder. Several nodes on one database need the same file. Keep a copy apart \
                from the backups of the database: without it every webhook needs a new secret.",
        kind: Kind::Path {
            set: |config, path| {
                config.secret_key_file = Some(path.to_owned());
                Ok(())
            },
            get: |config| config.secret_key_file.clone(),
            sample: "/etc/lexi/secrets.key",
        },
    },
    Setting {
        key: "log",
        flag: "log",
        env: "LEXI_LOG",
        placeholder: "FILTER",
        part: Part::Logs,
        about: "What to log: error, warn, info, debug, trace, or PART=LEVEL with commas between.",
        notes: "",
        kind: Kind::Text {
            set: |config, text| {
                EnvFilter::try_new(text)
                    .map_err(|error| format!("\"{text}\" can't be read ({error}); write a level"))?;
                config.log = text.to_owned();
                Ok(())
            },
            get: |config| Some(config.log.clone()),
            sample: "info",
            secret: false,
        },
    },
    Setting {
        key: "log_format",
        flag: "log-format",
        env: "LEXI_LOG_FORMAT",
        placeholder: "FORMAT",
        part: Part::Logs,
        about: "How to log: text, json, or auto, which is text at a terminal and json elsewhere.",
        notes: "",
        kind: Kind::Text {
            set: |config, text| {
                config.log_format = match text {
                    "auto" => LogFormat::Auto,
                    "text" => LogFormat::Text,
                    "json" => LogFormat::Json,
                    _ => return Err(format!("\"{text}\" won't do; write auto, text or json")),
                };
                Ok(())
            },
            get: |config| {
                let text = match config.log_format {
                    LogFormat::Auto => "auto",
                    LogFormat::Text => "text",
                    LogFormat::Json => "json",
                };
                Some(text.to_owned())
            },
            sample: "auto",
            secret: false,
        },
    },
];

/// The address in a file of its own. No message shows what is in it.
fn read_url(config: &mut Config, path: &Path) -> Result<(), String> {
    let url = line_of(path)?.parse();
    config.database_url = url.map_err(|error: Error| format!("in {}: {}", path.display(), said(&error)))?;
    Ok(())
}

/// What a file holds that keeps one secret, without the line break at its end.
fn line_of(path: &Path) -> Result<String, String> {
    let unread = |why: &dyn std::fmt::Display| format!("{} can't be read: {why}", path.display());
    let size = std::fs::metadata(path).map_err(|error| unread(&error))?.len();
    if size > SECRET_FILE_MAX {
        return Err(unread(&"it is too large for one secret"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| unread(&error))?;
    Ok(text.trim().to_owned())
}

/// A refusal as a setting says it: it goes on from the setting's name.
fn said(error: &Error) -> String {
    error.to_string().trim_end_matches('.').to_owned()
}

fn duration(ms: i64) -> Duration {
    Duration::from_millis(ms.unsigned_abs())
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
