//! What a setting is: its names, its kind of value with unit and range, and how it goes into [`Config`] and out again.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use ipnet::IpNet;

use super::Config;
use crate::clock::{DAY_MS, MINUTE_MS, SECOND_MS};

const HOUR_MS: i64 = 60 * MINUTE_MS;

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its name in the configuration file.
    pub key: &'static str,
    /// Its option on the command line, without the dashes.
    pub flag: &'static str,
    /// Its environment variable.
    pub env: &'static str,
    /// What stands for the value in help: `ADDRESS:PORT`.
    pub placeholder: &'static str,
    /// Which part of the settings it belongs to.
    pub part: Part,
    /// What it is for: one sentence, for `--help` and for the example file.
    pub about: &'static str,
    /// What else one should know, for the example file; empty when there is nothing.
    pub notes: &'static str,
    /// Kind, unit and range of the value.
    pub kind: Kind,
}

/// The parts of the settings, as the example file is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Where the data is: for every command of the operator.
    Storage,
    /// Where and to whom the server listens.
    Listening,
    /// How much the server takes on, and how long it waits.
    Limits,
    /// Tasks and the jobs that carry them out.
    Work,
    /// Key files of the installation.
    Keys,
    /// The optional language model.
    Model,
    /// Webhooks, and the key their secrets are kept under.
    Webhooks,
    /// What is logged.
    Logs,
}

/// What a value looks like. Messages of `set` go on from "listen: " and end without a full stop.
#[derive(Debug)]
pub enum Kind {
    /// Words; a TOML string.
    Text {
        /// Checks and stores.
        set: fn(&mut Config, &str) -> Result<(), String>,
        /// What is stored; nothing when there is no value.
        get: fn(&Config) -> Option<String>,
        /// A good value.
        sample: &'static str,
        /// May hold a password.
        secret: bool,
    },
    /// A file or folder; in a configuration file, relative to the folder of that file.
    Path {
        /// Checks and stores.
        set: fn(&mut Config, &Path) -> Result<(), String>,
        /// What is stored; nothing when there is no value.
        get: fn(&Config) -> Option<PathBuf>,
        /// A good value.
        sample: &'static str,
    },
    /// Several words: a TOML array of strings, commas between elsewhere.
    List {
        /// Checks and stores.
        set: fn(&mut Config, &[&str]) -> Result<(), String>,
        /// What is stored.
        get: fn(&Config) -> Vec<String>,
        /// A good value.
        sample: &'static str,
    },
    /// A whole number.
    Number {
        /// Smallest.
        min: u32,
        /// Largest.
        max: u32,
        /// Stores.
        set: fn(&mut Config, u32),
        /// What is stored.
        get: fn(&Config) -> u32,
    },
    /// A time with its unit.
    Time {
        /// Shortest, in milliseconds.
        min_ms: i64,
        /// Longest, in milliseconds.
        max_ms: i64,
        /// Stores milliseconds.
        set: fn(&mut Config, i64),
        /// What is stored, in milliseconds.
        get: fn(&Config) -> i64,
    },
    /// On or off.
    YesNo {
        /// Stores.
        set: fn(&mut Config, bool),
        /// What is stored.
        get: fn(&Config) -> bool,
    },
}

impl Setting {
    /// Puts a value into the configuration.
    ///
    /// # Errors
    /// What is wrong with it and what to write; goes on from "listen: ", without a full stop and without a secret.
    pub fn apply(&self, config: &mut Config, text: &str) -> Result<(), String> {
        match &self.kind {
            Kind::Text { set, .. } => set(config, text),
            Kind::Path { set, .. } if !text.is_empty() => set(config, Path::new(text)),
            Kind::Path { .. } => Err("the name of the file or folder is empty".into()),
            Kind::List { set, .. } => {
                let items: Vec<&str> = text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
                set(config, &items)
            }
            Kind::Number { min, max, set, .. } => {
                let number = text.parse().ok().filter(|number: &u32| (*min..=*max).contains(number));
                set(config, number.ok_or_else(|| format!("\"{text}\" won't do; write {}", self.kind.allowed()))?);
                Ok(())
            }
            Kind::Time { min_ms, max_ms, set, .. } => {
                let ms = time(text).filter(|ms| (*min_ms..=*max_ms).contains(ms));
                set(config, ms.ok_or_else(|| format!("\"{text}\" won't do; write {}", self.kind.allowed()))?);
                Ok(())
            }
            Kind::YesNo { set, .. } => {
                set(config, yes_or_no(text).ok_or_else(|| format!("\"{text}\" won't do; write true or false"))?);
                Ok(())
            }
        }
    }

    /// Whether a value will do; looks at no file.
    pub fn accepts(&self, text: &str) -> Result<(), String> {
        match self.kind {
            Kind::Path { .. } if !text.is_empty() => Ok(()),
            _ => self.apply(&mut Config::default(), text),
        }
    }

    /// What the configuration holds, as it is written on a command line; nothing when there is no value.
    pub fn held(&self, config: &Config) -> Option<String> {
        match &self.kind {
            Kind::Text { get, .. } => get(config),
            Kind::Path { get, .. } => get(config).map(|path| path.display().to_string()),
            Kind::List { get, .. } => Some(get(config).join(",")),
            Kind::Number { get, .. } => Some(get(config).to_string()),
            Kind::Time { get, .. } => Some(time_text(get(config))),
            Kind::YesNo { get, .. } => Some(get(config).to_string()),
        }
    }

    /// Its default, as it is written on a command line; nothing when there is none.
    pub fn default_text(&self) -> Option<String> {
        self.held(&Config::default()).filter(|text| !text.is_empty())
    }

    /// Whether the value may hold a password.
    pub fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Text { secret: true, .. })
    }
}

impl Kind {
    /// What may be written, for the example file and for refusals.
    pub fn allowed(&self) -> String {
        match self {
            Kind::Text { sample, .. } | Kind::Path { sample, .. } => format!("a text in quotes, as in \"{sample}\""),
            Kind::List { sample, .. } => format!("texts in brackets, as in [\"{sample}\"]"),
            Kind::Number { min, max, .. } => format!("a whole number from {min} to {max}"),
            Kind::Time { min_ms, max_ms, .. } => {
                format!("a time from {} to {}, as in 20s, 90m, 36h or 7d", time_text(*min_ms), time_text(*max_ms))
            }
            Kind::YesNo { .. } => "true or false".into(),
        }
    }

    /// A good value; nothing where the default shows one.
    pub fn sample(&self) -> Option<&'static str> {
        match self {
            Kind::Text { sample, .. } | Kind::Path { sample, .. } | Kind::List { sample, .. } => Some(sample),
            _ => None,
        }
    }
}

/// A time as people write it, in milliseconds: `20s`, `90m`, `36h`, `7d`.
pub(super) fn time(text: &str) -> Option<i64> {
    let unit_ms = match text.chars().last()? {
        's' => SECOND_MS,
        'm' => MINUTE_MS,
        'h' => HOUR_MS,
        'd' => DAY_MS,
        _ => return None,
    };
    let count: i64 = text[..text.len() - 1].trim().parse().ok()?;
    (count > 0).then(|| count.checked_mul(unit_ms)).flatten()
}

/// As [`time`] reads it, in the largest unit that fits.
pub(super) fn time_text(ms: i64) -> String {
    let units = [("d", DAY_MS), ("h", HOUR_MS), ("m", MINUTE_MS)];
    let (unit, unit_ms) =
        units.into_iter().find(|(_, unit_ms)| ms >= *unit_ms && ms % unit_ms == 0).unwrap_or(("s", SECOND_MS));
    format!("{}{unit}", ms / unit_ms)
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!("\"{text}\" is no address and port; write it as in 127.0.0.1:8787, or [::]:8787 for all addresses")
    })
}

/// An address alone is a network of one.
pub(super) fn network(text: &str) -> Result<IpNet, String> {
    let alone = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    let network = alone.or_else(|_| text.parse::<IpNet>()).map_err(|_| {
        format!("\"{text}\" is neither an address nor a network; write it as in 10.0.0.7 or 10.0.0.0/24")
    })?;
    if network.prefix_len() == 0 {
        return Err(format!("\"{text}\" trusts everybody; write the addresses of your own proxies"));
    }
    Ok(network.trunc())
}

/// An origin as a browser sends it: scheme, host and port, nothing behind.
pub(super) fn origin(text: &str) -> Result<String, String> {
    let wrong = || format!("\"{text}\" is no origin; write it as in https://app.example.com, without a path");
    let (scheme, host) = text.split_once("://").ok_or_else(wrong)?;
    let plain = |part: &str, more: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    (plain(scheme, "+-.") && plain(host, "-._:[]")).then(|| text.to_owned()).ok_or_else(wrong)
}

/// A receiver of webhooks that the operator vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHost {
    /// A name or an address, in small letters; IPv6 without brackets.
    pub host: String,
    /// Only this port; none: every port.
    pub port: Option<u16>,
}

impl fmt::Display for AllowedHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match self.port {
            Some(port) => write!(f, "{host}:{port}"),
            None => f.write_str(&host),
        }
    }
}

/// A name or an address, with or without a port.
pub(super) fn host(text: &str) -> Result<AllowedHost, String> {
    let wrong = || format!("\"{text}\" is no host; write it as in hooks.office.example, or 10.0.0.7:8080");
    if let Ok(address) = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return Ok(AllowedHost { host: address.to_string(), port: None });
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok(AllowedHost { host: address.ip().to_string(), port: Some(address.port()) });
    }
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port.parse().map_err(|_| wrong())?)),
        None => (text, None),
    };
    let plain = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
    plain.then(|| AllowedHost { host: host.to_ascii_lowercase(), port }).ok_or_else(wrong)
}

/// A database address without its password, for people.
pub fn hidden(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    // Whatever stands before the last @ may be part of a password that should have been escaped.
    let shown = match rest.rsplit_once('@') {
        Some((user, rest)) => {
            let name: String = user.chars().take_while(|c| c.is_alphanumeric() || "_-.%".contains(*c)).collect();
            let password = if name.len() < user.len() { ":***" } else { "" };
            format!("{name}{password}@{rest}")
        }
        None => rest.to_owned(),
    };
    let (address, query) = shown.split_once('?').unwrap_or((shown.as_str(), ""));
    let secret = |name: &str| name.to_ascii_lowercase().contains("password");
    let parameters: Vec<String> = query
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| match parameter.split_once('=') {
            Some((name, _)) if secret(name) => format!("{name}=***"),
            _ => parameter.to_owned(),
        })
        .collect();
    let mark = if parameters.is_empty() { "" } else { "?" };
    format!("{scheme}://{address}{mark}{}", parameters.join("&"))
}
