//! The client of a server: one request, one JSON answer, failures told apart by who can do something about them.
//! The key goes into the `Authorization` header and nowhere else: no message and no log shows it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use reqwest::{Certificate, Method, StatusCode, Url, header};
use serde_json::{Value, json};

use super::exit::Usage;

/// The longest a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest an answer may take; above the longest `wait` that is asked for.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// The longest the transfer of a file may take; whoever reads it looks after pauses.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(60 * 60);
/// A read that is refused for its rate is asked again this often.
const RATE_RETRIES: u32 = 3;
/// Longest time a read waits for its next window; a minute's window ends within it.
const RATE_WAIT_MAX_S: u64 = 60;

/// Why there is no answer, when time was over.
const NO_ANSWER: &str = "no answer in time";

/// Which server, and who asks.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Server {
    /// The server's address.
    #[arg(long, env = "LEXI_URL", value_name = "URL", default_value = "http://127.0.0.1:8787")]
    pub(super) url: String,
    /// The API key; better given as LEXI_KEY, because other users of this machine can see a command line.
    #[arg(long, env = "LEXI_KEY", value_name = "KEY", hide_env_values = true, hide_default_value = true)]
    pub(super) key: Option<String>,
    /// Trust the certificates in this PEM file, and no others: for a server with a certificate of the firm's own.
    #[arg(long, env = "LEXI_CA", value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(super) ca: Option<PathBuf>,
}

impl Server {
    /// A client for this server.
    pub(super) fn client(&self) -> anyhow::Result<Client> {
        let key = self.key.as_deref().map(str::trim).filter(|key| !key.is_empty());
        let Some(key) = key else {
            return Err(Usage(
                "No key. Set LEXI_KEY or give --key. On the server's machine this makes one: \
                 lexi keys create --name NAME --permissions read,write,lexi"
                    .into(),
            )
            .into());
        };
        let ca = self.ca.as_deref().filter(|path| !path.as_os_str().is_empty());
        Client::trusting(&self.url, key, ca)
    }
}

/// Why there is no good answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// Nobody listens there, or the answer did not come in time.
    #[error("Can't reach Lexi at {url}: {cause}. Is the server running, and is --url (LEXI_URL) right?")]
    Unreachable {
        /// The server's address.
        url: String,
        /// What the network said.
        cause: String,
    },
    /// Somebody answers, but not in Lexi's words.
    #[error("What answers at {url} is not Lexi (HTTP {status}). Is --url (LEXI_URL) right?")]
    NotLexi {
        /// The server's address.
        url: String,
        /// The status of the answer.
        status: u16,
    },
    /// The server said no.
    #[error("{0}")]
    Refused(Refusal),
}

/// The error body of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    /// The HTTP status.
    pub(super) status: u16,
    /// The public code.
    pub(super) code: String,
    /// The sentence.
    pub(super) message: String,
    /// Machine-readable details, null when there are none.
    pub(super) details: Value,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.message, self.code)?;
        if self.code == "invalid_key" {
            write!(f, ". Check LEXI_KEY, or make a key with: lexi keys create")?;
        }
        if let Some(decision) = self.details.get("decision").filter(|decision| decision.is_object()) {
            let text = |key: &str| decision.get(key).and_then(Value::as_str);
            let who = text("owner").or_else(|| text("kind")).unwrap_or("unknown");
            write!(f, ": {} by {who}", text("outcome").unwrap_or("decided"))?;
            if let Some(when) = text("decided_at") {
                write!(f, " at {when}")?;
            }
        }
        Ok(())
    }
}

/// A server and the key to it.
#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    authorization: header::HeaderValue,
}

impl Client {
    /// A client for the server at `url`; `key` may not hold line breaks or other control characters.
    pub(super) fn new(url: &str, key: &str) -> anyhow::Result<Client> {
        Client::trusting(url, key, None)
    }

    /// As [`Client::new`]; the server's certificate must be of one in the file `ca`, if there is one.
    fn trusting(url: &str, key: &str, ca: Option<&Path>) -> anyhow::Result<Client> {
        let base = base(url)?;
        let mut authorization = header::HeaderValue::try_from(format!("Bearer {key}"))
            .map_err(|_| Usage("The key holds characters that no key has. Check LEXI_KEY or --key.".into()))?;
        authorization.set_sensitive(true);
        let mut http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("lexi/", env!("CARGO_PKG_VERSION")));
        if base.scheme() == "http" {
            // No certificate is looked at, so a machine without any must do (they are loaded with the client).
            http = http.tls_certs_only([]);
            if !is_loopback(&base) {
                eprintln!("lexi: warning: the key and every answer travel unencrypted to {base}; use https there.");
            }
        }
        if base.scheme() == "https"
            && let Some(ca) = ca
        {
            http = http.tls_certs_only(certificates(ca)?);
        }
        if is_loopback(&base) {
            http = http.no_proxy();
        }
        Ok(Client { http: http.build()?, base, authorization })
    }

    /// `GET path`; the whole body. A rate limit is waited for.
    pub(super) async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Value, Failure> {
        for _ in 0..RATE_RETRIES {
            match self.ask(Method::GET, path, query, None).await {
                Err((Failure::Refused(_), Some(wait))) => tokio::time::sleep(wait).await,
                answer => return answer.map_err(|(failure, _)| failure),
            }
        }
        self.ask(Method::GET, path, query, None).await.map_err(|(failure, _)| failure)
    }

    /// `GET path` for a file of the media type `kind`, to be read part by part. A refusal is told, not waited for.
    pub(super) async fn download(
        &self,
        path: &str,
        query: &[(&str, String)],
        kind: &'static str,
    ) -> Result<Download, Failure> {
        let request = self.request(Method::GET, path, query).timeout(DOWNLOAD_TIMEOUT).header(header::ACCEPT, kind);
        let sent = tokio::time::timeout(ANSWER_TIMEOUT, request.send()).await;
        let Ok(sent) = sent else {
            return Err(Failure::Unreachable { url: self.base.to_string(), cause: NO_ANSWER.to_owned() });
        };
        let answer = sent.map_err(|error| self.unreachable(&error))?;
        let said = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if answer.status() == StatusCode::OK && said.starts_with(kind) {
            return Ok(Download(answer));
        }
        let status = answer.status();
        let text = answer.bytes().await.map_err(|error| self.unreachable(&error))?;
        let refused = self.understood(status, &text).err();
        Err(refused.unwrap_or_else(|| Failure::NotLexi { url: self.base.to_string(), status: status.as_u16() }))
    }

    /// `POST path` with a body, or with none.
    pub(super) async fn post(&self, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        self.ask(Method::POST, path, &[], body).await.map_err(|(failure, _)| failure)
    }

    /// `PATCH path` with a body. A refusal is told, not waited for.
    pub(super) async fn patch(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.ask(Method::PATCH, path, &[], Some(body)).await.map_err(|(failure, _)| failure)
    }

    /// `DELETE path`. A refusal is told, not waited for.
    pub(super) async fn delete(&self, path: &str) -> Result<Value, Failure> {
        self.ask(Method::DELETE, path, &[], None).await.map_err(|(failure, _)| failure)
    }

    /// A request of an agent: `path` may hold a query, and the server is stricter about decisions.
    pub(super) async fn as_agent(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let query: Vec<(&str, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        let mut request = self.request(method, path, &query).header(crate::mcp::AGENT_HEADER, "mcp");
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = answer.status();
        let text = answer.bytes().await.map_err(|error| self.unreachable(&error))?;
        self.understood(status, &text)
    }

    /// The answer, or the failure and, when a rate limit was the reason, how long to wait.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, String)],
        body: Option<&Value>,
    ) -> Result<Value, (Failure, Option<Duration>)> {
        let mut request = self.request(method, path, query);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(|error| (self.unreachable(&error), None))?;
        let status = answer.status();
        let wait = (status == StatusCode::TOO_MANY_REQUESTS).then(|| retry_after(answer.headers())).flatten();
        let text = answer.bytes().await.map_err(|error| (self.unreachable(&error), None))?;
        self.understood(status, &text).map_err(|failure| (failure, wait))
    }

    fn request(&self, method: Method, path: &str, query: &[(&str, String)]) -> reqwest::RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.http.request(method, url).header(header::AUTHORIZATION, self.authorization.clone())
    }

    fn understood(&self, status: StatusCode, body: &[u8]) -> Result<Value, Failure> {
        if status == StatusCode::NO_CONTENT {
            return Ok(json!({ "data": null }));
        }
        let not_lexi = || Failure::NotLexi { url: self.base.to_string(), status: status.as_u16() };
        let body: Value = serde_json::from_slice(body).map_err(|_| not_lexi())?;
        if status.is_success() {
            return if body.get("data").is_some() { Ok(body) } else { Err(not_lexi()) };
        }
        let error = body.get("error").ok_or_else(not_lexi)?;
        let text = |key: &str| error.get(key).and_then(Value::as_str).map(str::to_owned);
        Err(Failure::Refused(Refusal {
            status: status.as_u16(),
            code: text("code").ok_or_else(not_lexi)?,
            message: text("message").ok_or_else(not_lexi)?,
            details: error.get("details").cloned().unwrap_or(Value::Null),
        }))
    }

    /// The innermost cause says it best; the address stands in our own sentence.
    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let cause = match cause_of(error) {
            cause if cause.contains("certificate") => {
                format!("{cause}; --ca FILE (LEXI_CA) names the certificates to trust")
            }
            cause => cause,
        };
        Failure::Unreachable { url: self.base.to_string(), cause }
    }
}

/// A file on its way.
pub(super) struct Download(reqwest::Response);

impl Download {
    /// A header of the answer.
    pub(super) fn header(&self, name: &header::HeaderName) -> Option<&str> {
        self.0.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// The next bytes; nothing at the end.
    pub(super) async fn part(&mut self) -> anyhow::Result<Option<Bytes>> {
        self.0.chunk().await.map_err(|error| anyhow::anyhow!("{}.", cause_of(&error)))
    }
}

fn cause_of(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return NO_ANSWER.to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// The certificates in a PEM file.
fn certificates(path: &Path) -> anyhow::Result<Vec<Certificate>> {
    let told = |why: &dyn std::fmt::Display| Usage(format!("{} (--ca, LEXI_CA): {why}.", path.display()));
    let bytes = std::fs::read(path).map_err(|error| told(&error))?;
    let certificates = Certificate::from_pem_bundle(&bytes).map_err(|error| told(&error))?;
    if certificates.is_empty() {
        return Err(told(&"there is no certificate in it; it must hold BEGIN CERTIFICATE").into());
    }
    Ok(certificates)
}

/// The address without what a copied example may carry at its end.
fn base(url: &str) -> anyhow::Result<Url> {
    let trimmed = url.trim().trim_end_matches('/');
    let trimmed = trimmed.strip_suffix("/v1").unwrap_or(trimmed);
    let parsed = Url::parse(trimmed).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    parsed.ok_or_else(|| {
        Usage(format!("\"{url}\" is no server address. It looks like http://127.0.0.1:8787 (--url, LEXI_URL).")).into()
    })
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn retry_after(headers: &header::HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    (seconds <= RATE_WAIT_MAX_S).then(|| Duration::from_secs(seconds.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> Client {
        super::super::install_tls();
        Client::new("http://127.0.0.1:8787/", "wbk_test").unwrap()
    }

    #[test]
    fn addresses_are_taken_as_people_copy_them() {
        for (given, meant) in [
            ("http://127.0.0.1:8787", "http://127.0.0.1:8787/"),
            ("http://localhost:8787/v1/", "http://localhost:8787/"),
            (
                "https://lexi.firm.example/functions/v1/api-gateway/v1",
                "https://lexi.firm.example/functions/v1/api-gateway",
            ),
        ] {
            assert_eq!(base(given).unwrap().as_str(), meant);
        }
        assert!(base("127.0.0.1:8787").unwrap_err().to_string().contains("--url"));
        assert!(is_loopback(&base("http://[::1]:8787").unwrap()));
        assert!(!is_loopback(&base("http://10.0.0.2:8787").unwrap()));
    }

    #[test]
    fn a_refusal_names_code_and_winner_and_a_stranger_is_told_apart() {
        let body = json!({"error": {"code": "validation_error", "message": "Task has already been approved",
            "details": {"decision": {"outcome": "approved", "owner": "Ann Lee", "decided_at": "2026-11-24T05:31:10.123Z"}}}});
        let refused = client().understood(StatusCode::BAD_REQUEST, body.to_string().as_bytes()).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "Task has already been approved (validation_error): approved by Ann Lee at 2026-11-24T05:31:10.123Z"
        );
        let stranger = client().understood(StatusCode::OK, b"<html>").unwrap_err();
        assert!(matches!(stranger, Failure::NotLexi { status: 200, .. }));
        assert!(!format!("{:?}", client().authorization).contains("wbk_test"));
    }

    #[test]
    fn no_key_says_how_to_get_one() {
        let server = Server { url: "http://127.0.0.1:8787".into(), key: Some(" ".into()), ca: None };
        let failure = server.client().err().map(|failure| failure.to_string()).unwrap_or_default();
        assert!(failure.contains("LEXI_KEY") && failure.contains("lexi keys create"));
    }
}
