//! The one place where webhooks touch the network. Protects the installation's own network: what a name resolves to is
//! checked by the resolver that the connection uses, so no second look-up can lead elsewhere; redirects are not followed;
//! proxies of the environment are not used. And protects the process: an exchange ends after ten seconds, and little of an
//! answer is read.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;

use super::address::{self, Target};
use super::secret::KeyFile;
use crate::config::{AllowedHost, Config};
use crate::error::{Result, quoted};

/// How long a name may take to be resolved when an address is given.
const RESOLVE: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read; the rest is left.
const ANSWER_MAX: usize = 64 << 10;
/// Characters of an answer that are kept.
const ANSWER_KEPT: usize = 1_000;
/// Characters of an error that are kept.
const ERROR_KEPT: usize = 300;

/// How webhook endpoints are reached, and the key their secrets are kept under.
#[derive(Debug, Clone)]
pub struct Outside {
    allowed: Arc<[AllowedHost]>,
    names: Names,
    /// For the whole exchange: name, connection, request and answer.
    timeout: Duration,
    /// The file of the key.
    pub key_file: KeyFile,
}

/// What became of one call.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// What was answered; nothing when no answer came.
    pub(super) status: Option<u16>,
    /// How long it took.
    pub(super) latency_ms: i64,
    /// How the answer began.
    pub(super) answer: String,
    /// Why it counts as a failure; nothing when it was a success.
    pub(super) error: Option<String>,
}

impl Exchange {
    /// A call that was not even made.
    pub fn not_made(why: &str) -> Exchange {
        Exchange { status: None, latency_ms: 0, answer: String::new(), error: Some(why.to_owned()) }
    }
}

type Lookup = dyn Fn(&str) -> std::io::Result<Vec<IpAddr>> + Send + Sync;

/// Resolves names: as the machine does, or as a test says.
#[derive(Clone, Default)]
struct Names(Arc<RwLock<Option<Arc<Lookup>>>>);

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Names")
    }
}

impl Names {
    async fn of(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        let instead = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        match instead {
            Some(lookup) => lookup(name),
            None => Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()),
        }
    }
}

/// The resolver of guarded connections: one address that is not public refuses the name.
struct Guarded(Names);

/// A name leads into a private network.
#[derive(Debug, thiserror::Error)]
#[error("{0} resolves to an address that is not public")]
struct NotPublic(String);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let names = self.0.clone();
        Box::pin(async move {
            let found = names.of(name.as_str()).await?;
            if found.is_empty() || !found.iter().all(|address| address::is_public(*address)) {
                return Err(NotPublic(quoted(name.as_str())).into());
            }
            Ok(Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

/// The resolver of connections the operator vouches for.
struct Vouched(Names);

impl Resolve for Vouched {
    fn resolve(&self, name: Name) -> Resolving {
        let names = self.0.clone();
        Box::pin(async move {
            let found = names.of(name.as_str()).await?;
            Ok(Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

impl Outside {
    /// As the settings say.
    pub fn of(config: &Config) -> Outside {
        Outside {
            allowed: config.webhook_allowed_hosts.clone().into(),
            names: Names::default(),
            timeout: config.webhook_timeout,
            key_file: KeyFile::at(config.secret_key_path()),
        }
    }

    /// Resolves names by `lookup` from now on. For tests: no name server is asked.
    pub fn resolve_by(&self, lookup: impl Fn(&str) -> std::io::Result<Vec<IpAddr>> + Send + Sync + 'static) {
        *self.names.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(lookup));
    }

    /// Checks an address that somebody gave: its form, and what its name resolves to now.
    pub(super) async fn check(&self, url: &str) -> Result<String> {
        let target = address::parse(url, &self.allowed)?;
        if !target.vouched {
            let host = target.url.host_str().unwrap_or_default();
            let shown = quoted(host);
            let found = tokio::time::timeout(RESOLVE, self.names.of(host)).await;
            let found = found.ok().and_then(std::result::Result::ok).unwrap_or_default();
            if found.is_empty() {
                return Err(address::refused(format!("url: the name {shown} can't be resolved.")));
            }
            if !found.iter().all(|address| address::is_public(*address)) {
                return Err(address::refused(format!(
                    "url: {shown} resolves to an address of a private network; it must be reachable from everywhere."
                )));
            }
        }
        Ok(target.url.into())
    }

    /// Makes one call. Never fails: whatever goes wrong is what became of it.
    pub async fn post(&self, url: &str, headers: HeaderMap, body: String) -> Exchange {
        let begun = Instant::now();
        let mut exchange = Exchange { status: None, latency_ms: 0, answer: String::new(), error: None };
        // The answer is filled in while it comes, so that what came before the end of the time counts.
        match tokio::time::timeout(self.timeout, self.call(url, headers, body, &mut exchange)).await {
            Ok(Ok(())) => {}
            Ok(Err(why)) => exchange.error = Some(why),
            Err(_) => exchange.error = Some(format!("no answer within {} seconds", self.timeout.as_secs_f32())),
        }
        exchange.latency_ms = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        exchange.error = match exchange.status {
            Some(200..=299) => None,
            Some(status @ 300..=399) => Some(format!("the receiver answered {status}; redirects are not followed")),
            Some(status) => Some(format!("the receiver answered {status}")),
            None => exchange.error.map(|why| why.chars().take(ERROR_KEPT).collect()),
        };
        exchange
    }

    async fn call(
        &self,
        url: &str,
        headers: HeaderMap,
        body: String,
        exchange: &mut Exchange,
    ) -> std::result::Result<(), String> {
        let target = address::parse(url, &self.allowed).map_err(|error| error.to_string())?;
        let client = self.client(&target).map_err(|error| told(&error))?;
        let sent = client.post(target.url).headers(headers).body(body).send().await;
        let mut answer = sent.map_err(|error| told(&error))?;
        exchange.status = Some(answer.status().as_u16());
        let mut bytes = Vec::new();
        while bytes.len() < ANSWER_MAX {
            match answer.chunk().await {
                Ok(Some(part)) => bytes.extend_from_slice(&part[..part.len().min(ANSWER_MAX - bytes.len())]),
                // An answer that breaks off was an answer: its status stands.
                Ok(None) | Err(_) => break,
            }
            exchange.answer = kept(&bytes);
        }
        Ok(())
    }

    /// A client for one call: no connection is kept, so that every delivery is resolved and checked anew.
    fn client(&self, target: &Target) -> reqwest::Result<reqwest::Client> {
        // The one provider of this program; the command line has installed it, another user of the library may not have.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = reqwest::Client::builder().no_proxy().redirect(Policy::none()).pool_max_idle_per_host(0);
        client = if target.vouched {
            client.dns_resolver(Vouched(self.names.clone()))
        } else {
            client.https_only(true).dns_resolver(Guarded(self.names.clone()))
        };
        if target.url.scheme() == "http" {
            // No certificate is looked at, so a machine without any must do.
            client = client.tls_certs_only([]);
        }
        client.build()
    }
}

/// The beginning of an answer, as it is kept: text without control characters.
fn kept(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * ANSWER_KEPT)]).into_owned();
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).take(ANSWER_KEPT).collect()
}

/// Why no answer came, for whoever looks at the deliveries: the last cause, which names what happened.
fn told(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
        if cause.is::<NotPublic>() {
            return format!("not called: {cause}");
        }
    }
    if error.is_connect() { format!("can't be reached: {cause}") } else { format!("no answer: {cause}") }
}
