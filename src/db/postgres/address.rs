//! A PostgreSQL address as an operator writes it: one host or several, and how far the connection is encrypted and the
//! server's certificate looked at. The words are those of libpq; those the driver does not know are read here.
//!
//! Nothing said about an address ever holds its password: sentences name the option that is wrong, never the address.

use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

use crate::error::{Error, Result, quoted};

/// How long one host may take to accept a connection, unless the address has a `connect_timeout`.
const CONNECT: Duration = Duration::from_secs(2);
/// A host that leaves what was sent unacknowledged for so long is gone.
const UNACKNOWLEDGED: Duration = Duration::from_secs(10);
/// A connection on which nothing came for so long is probed …
const QUIET: Duration = Duration::from_secs(5);
/// … this often …
const PROBE_EVERY: Duration = Duration::from_secs(2);
/// … and given up after this many probes: some 11 seconds for a host that vanished while it was working.
const PROBES: u32 = 3;

/// What a failure to read an address says; it must not quote it.
const FORM: &str = "Write postgres://USER:PASSWORD@HOST:PORT/NAME, several hosts as HOST:PORT,HOST:PORT; in a password \
                    write @ : / ? # % as %40 %3A %2F %3F %23 %25";

/// A PostgreSQL server, or several of which one takes writes.
#[derive(Debug, Clone)]
pub struct Address {
    config: Config,
    check: Check,
}

/// What is looked at in the server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Check {
    /// Nothing: encrypted against listeners, not against impostors.
    Nothing,
    /// That one of the roots has signed it.
    Signature(Roots),
    /// That one of the roots has signed it, for this host.
    SignatureAndHost(Roots),
}

/// Whose signatures count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Roots {
    /// Whom this machine trusts.
    System,
    /// The certificates in a PEM file.
    File(PathBuf),
}

impl Address {
    /// Reads `postgres://…`.
    pub(crate) fn parse(text: &str) -> Result<Address> {
        let (base, options) = text.split_once('?').unwrap_or((text, ""));
        if options.contains('@') {
            return Err(wrong(&format!("The PostgreSQL address has a ? before its host. {FORM}.")));
        }
        let (mut mode, mut roots, mut session, mut passed_on) = (None, None, None, Vec::new());
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            match name {
                "sslmode" => mode = Some(decoded(value)?),
                "sslrootcert" => roots = Some(decoded(value)?),
                "target_session_attrs" => session = Some(decoded(value)?),
                _ => passed_on.push(option),
            }
        }
        check_session(session.as_deref())?;
        let rest = if passed_on.is_empty() { base.to_owned() } else { format!("{base}?{}", passed_on.join("&")) };
        let mut config: Config = rest.parse().map_err(|error: tokio_postgres::Error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            // Only what stands behind the ? is quoted; there is no password there.
            let option = cause.split('`').nth(1).filter(|name| options.contains(*name));
            wrong(&match option {
                Some(name) => format!("The PostgreSQL address has an option \"{}\" that Lexi can't use.", quoted(name)),
                None => format!("The PostgreSQL address can't be read. {FORM}."),
            })
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(wrong(&format!("The PostgreSQL address names no host. {FORM}.")));
        }
        let ports = config.get_ports().len();
        if ports > 1 && ports != config.get_hosts().len().max(config.get_hostaddrs().len()) {
            return Err(wrong("The PostgreSQL address needs one port for all hosts, or one for each."));
        }
        let check = encryption(&mut config, mode.as_deref(), roots.as_deref())?;
        Ok(Address { config, check })
    }

    pub(super) fn check(&self) -> &Check {
        &self.check
    }

    /// One configuration for each host, with what it is called in the log: each gets its own time to answer, and who
    /// answered last is asked first.
    pub(super) fn hosts(&self) -> Vec<(String, Config)> {
        let (hosts, addresses, ports) = (self.config.get_hosts(), self.config.get_hostaddrs(), self.config.get_ports());
        let count = hosts.len().max(addresses.len());
        (0..count)
            .map(|n| {
                let port = ports.get(n).or_else(|| ports.first()).copied().unwrap_or(5432);
                let mut one = self.without_hosts();
                one.port(port);
                let label = match hosts.get(n) {
                    Some(Host::Tcp(name)) => {
                        one.host(name);
                        format!("{name}:{port}")
                    }
                    Some(Host::Unix(folder)) => {
                        // The server never encrypts on a socket of the same machine.
                        one.host_path(folder).ssl_mode(SslMode::Disable);
                        format!("{}:{port}", folder.display())
                    }
                    None => {
                        let address = addresses[n].to_string();
                        one.host(&address);
                        format!("{address}:{port}")
                    }
                };
                if let Some(address) = addresses.get(n) {
                    one.hostaddr(*address);
                }
                (label, one)
            })
            .collect()
    }

    fn without_hosts(&self) -> Config {
        let given = &self.config;
        let mut one = Config::new();
        if let Some(user) = given.get_user() {
            one.user(user);
        }
        if let Some(password) = given.get_password() {
            one.password(password);
        }
        if let Some(name) = given.get_dbname() {
            one.dbname(name);
        }
        if let Some(options) = given.get_options() {
            one.options(options);
        }
        one.application_name(given.get_application_name().unwrap_or("lexi"));
        one.ssl_mode(given.get_ssl_mode()).ssl_negotiation(given.get_ssl_negotiation());
        one.channel_binding(given.get_channel_binding());
        one.connect_timeout(given.get_connect_timeout().copied().unwrap_or(CONNECT));
        one.tcp_user_timeout(given.get_tcp_user_timeout().copied().unwrap_or(UNACKNOWLEDGED));
        one.keepalives(given.get_keepalives()).keepalives_idle(given.get_keepalives_idle().min(QUIET));
        one.keepalives_interval(given.get_keepalives_interval().unwrap_or(PROBE_EVERY));
        one.keepalives_retries(given.get_keepalives_retries().unwrap_or(PROBES));
        // Every session may have to write.
        one.target_session_attrs(TargetSessionAttrs::ReadWrite);
        one
    }
}

/// Lexi writes: a session on a server that only reads is of no use, so every other wish is refused.
fn check_session(wanted: Option<&str>) -> Result<()> {
    match wanted {
        None | Some("read-write" | "primary" | "any") => Ok(()),
        Some(other) => Err(wrong(&format!(
            "target_session_attrs={} can't be used: Lexi writes, so leave it out or say read-write.",
            quoted(other)
        ))),
    }
}

/// `sslmode` and `sslrootcert`, with the meaning they have in libpq.
fn encryption(config: &mut Config, mode: Option<&str>, roots: Option<&str>) -> Result<Check> {
    let given = roots.is_some();
    let roots = match roots {
        None | Some("system") => Roots::System,
        Some("") => return Err(wrong("sslrootcert needs the path of a file with certificates, or the word system.")),
        Some(path) => Roots::File(path.into()),
    };
    let (mode, check) = match mode {
        Some("disable") => (SslMode::Disable, Check::Nothing),
        None | Some("prefer") => (SslMode::Prefer, Check::Nothing),
        Some("require") if given => (SslMode::Require, Check::Signature(roots)),
        Some("require") => (SslMode::Require, Check::Nothing),
        Some("verify-ca") => (SslMode::Require, Check::Signature(roots)),
        Some("verify-full") => (SslMode::Require, Check::SignatureAndHost(roots)),
        Some(other) => {
            return Err(wrong(&format!(
                "sslmode={} is not known; say disable, prefer, require, verify-ca or verify-full.",
                quoted(other)
            )));
        }
    };
    if given && check == Check::Nothing {
        return Err(wrong("sslrootcert is of no use without sslmode=require, verify-ca or verify-full."));
    }
    config.ssl_mode(mode);
    Ok(check)
}

/// `%2F` as `/`.
fn decoded(value: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match byte {
            b'%' => match (digit(rest.next()), digit(rest.next())) {
                (Some(high), Some(low)) => bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?')),
                _ => return Err(wrong("An option of the PostgreSQL address has a % without two digits after it.")),
            },
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| wrong("An option of the PostgreSQL address is no UTF-8."))
}

fn wrong(message: &str) -> Error {
    Error::validation("database_url", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Address::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn several_hosts_are_asked_one_by_one_for_a_session_that_writes() {
        let address = Address::parse("postgres://lexi:secret@a:5433,b,[::1]:5434/lexi?application_name=x").unwrap();
        let hosts = address.hosts();
        assert_eq!(hosts.iter().map(|(label, _)| label.as_str()).collect::<Vec<_>>(), ["a:5433", "b:5432", "::1:5434"]);
        for (_, config) in &hosts {
            assert_eq!(config.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
            assert_eq!((config.get_dbname(), config.get_user()), (Some("lexi"), Some("lexi")));
            assert_eq!(config.get_application_name(), Some("x"));
            assert_eq!(config.get_hosts().len(), 1);
        }
        assert!(!format!("{address:?}").contains("secret"));
    }

    #[test]
    fn a_socket_of_this_machine_is_never_encrypted() {
        let address = Address::parse("postgres://lexi@%2Frun%2Fpostgresql/lexi?sslmode=require").unwrap();
        assert_eq!(address.hosts()[0].1.get_ssl_mode(), SslMode::Disable);
    }

    #[test]
    fn certificates_are_looked_at_as_libpq_does() {
        let file = || Roots::File("/etc/my roots.pem".into());
        for (options, mode, check) in [
            ("", SslMode::Prefer, Check::Nothing),
            ("?sslmode=disable", SslMode::Disable, Check::Nothing),
            ("?sslmode=require", SslMode::Require, Check::Nothing),
            ("?sslmode=require&sslrootcert=%2Fetc%2Fmy%20roots.pem", SslMode::Require, Check::Signature(file())),
            ("?sslmode=verify-ca&sslrootcert=/etc/my%20roots.pem", SslMode::Require, Check::Signature(file())),
            ("?sslmode=verify-full", SslMode::Require, Check::SignatureAndHost(Roots::System)),
            ("?sslrootcert=system&sslmode=verify-full", SslMode::Require, Check::SignatureAndHost(Roots::System)),
        ] {
            let address = Address::parse(&format!("postgresql://lexi@db/lexi{options}")).unwrap();
            assert_eq!((address.hosts()[0].1.get_ssl_mode(), address.check), (mode, check), "{options}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_and_no_password_is() {
        for (text, named) in [
            ("postgres://u:geheim@h/db?sslmode=always", "sslmode=always"),
            ("postgres://u:geheim@h/db?target_session_attrs=standby", "target_session_attrs=standby"),
            ("postgres://u:geheim@h/db?sslcert=x", "\"sslcert\""),
            ("postgres://u:geheim@h/db?sslrootcert=x", "sslrootcert"),
            ("postgres://u:geheim@h/db?sslmode=%2", "%"),
            ("postgres://u:ge?heim=geheim@h/db", "%3F"),
            ("postgres://u:geheim#@h:x/db", "%23"),
            ("postgres:///db?user=u&password=geheim", "no host"),
        ] {
            let said = refused(text);
            assert!(said.contains(named), "{text}: {said}");
            assert!(!said.contains("heim"), "{said}");
        }
    }
}
