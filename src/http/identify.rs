//! Who is asking: one layer around all routes. Every answer gets a request id; below `/v1/` a request needs a valid
//! key, is counted against its limits, and its answer shows them. Nothing of a key is ever logged.

use std::future::{Future, poll_fn};
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use tracing::Instrument as _;
use uuid::Uuid;

use super::body::{self, BODY_MAX};
use super::caller::{Asked, Idempotency, invalid_key};
use super::proxy;
use crate::app::App;
use crate::error::{Code, Error, Result};
use crate::events::Origin;
use crate::ids;
use crate::keys::{Allowance, KnownKey, TooMany, Verdict};

/// A request's answer must have begun after this time.
const ANSWER_WITHIN: Duration = Duration::from_secs(75);
/// Answers slower than this are in the log.
const SLOW: Duration = Duration::from_secs(1);
/// Characters of an `Idempotency-Key`.
const IDEMPOTENCY_KEY_MAX: usize = 255;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The id of a request, as `X-Request-ID` shows it.
#[derive(Debug, Clone, Copy)]
pub struct RequestId(pub Uuid);

/// The layer: `axum::middleware::from_fn_with_state(app, identify)` around the whole router, fallback included.
pub async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let request_id = ids::new(app.clock.now_ms());
    request.extensions_mut().insert(RequestId(request_id));
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let client = proxy::client(&app.config.trusted_proxies, request.headers(), request.extensions());
    let span = tracing::info_span!("request", id = %request_id, %method, path);
    let mut response = logged(client, Box::pin(admit(app, request_id, request, next))).instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&request_id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Only what is slow or failed is in the log by default: a line for every request doubles the cost of one.
async fn logged(client: IpAddr, answer: impl Future<Output = Response>) -> Response {
    let started = Instant::now();
    let response = answer.await;
    let took = started.elapsed();
    let status = response.status().as_u16();
    let took_ms = took.as_millis();
    if took > SLOW || response.status().is_server_error() {
        tracing::info!(%client, status, took_ms, "answered");
    } else {
        tracing::debug!(%client, status, took_ms, "answered");
    }
    response
}

async fn admit(app: App, request_id: Uuid, request: Request, next: Next) -> Response {
    let for_agents = request.uri().path() == super::mcp::PATH;
    if !for_agents && !request.uri().path().starts_with("/v1/") {
        return run(next, request).await;
    }
    let now_ms = app.clock.now_ms();
    let known = match bearer(request.headers()) {
        Some(secret) => app.keys.find(secret, now_ms).await,
        None => Ok(None),
    };
    match known {
        // What a tool asks the API is counted there.
        Ok(Some(_)) if for_agents => run(next, request).await,
        Ok(Some(key)) => of_key(&app, &key, request_id, now_ms, request, next).await,
        Ok(None) => of_stranger(&app, now_ms, request, next).await,
        Err(error) => error.into_response(),
    }
}

/// What follows `Authorization: Bearer`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim_start())
}

/// A request with a valid key: counted, then let through to whatever route or fallback it has.
async fn of_key(app: &App, key: &KnownKey, request_id: Uuid, now_ms: i64, request: Request, next: Next) -> Response {
    let (mut response, allowance) = match app.limits.take(key.id, key.tier, now_ms).await {
        Err(error) => return error.into_response(),
        Ok(Verdict::Denied { allowance, retry_after_s }) => {
            let message = format!("Rate limit exceeded. Try again in {retry_after_s} seconds.");
            (rate_limited(message, retry_after_s), allowance)
        }
        Ok(Verdict::Allowed(allowance)) => {
            let response = match asked(app, key, request_id, request).await {
                Ok(request) => run(next, request).await,
                Err(error) => error.into_response(),
            };
            (response, allowance)
        }
    };
    show(&mut response, allowance);
    response
}

/// A request without a valid key: 401, or 404 where there is no route, until the address has used its minute up.
async fn of_stranger(app: &App, now_ms: i64, request: Request, next: Next) -> Response {
    if let Some(refused) = too_strange(app, now_ms, &request) {
        return refused;
    }
    if request.extensions().get::<MatchedPath>().is_none() {
        return run(next, request).await;
    }
    let mut response = invalid_key().into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// Counts a request without a valid key; the refusal when its address has used its minute up.
pub(super) fn too_strange(app: &App, now_ms: i64, request: &Request) -> Option<Response> {
    let address = proxy::client(&app.config.trusted_proxies, request.headers(), request.extensions());
    let TooMany { retry_after_s, first } = app.strangers.count(address, now_ms).err()?;
    if first {
        tracing::warn!(client = %address, "too many requests without a valid key; refused until the minute ends");
    }
    let message = format!("Too many requests without a valid API key. Try again in {retry_after_s} seconds.");
    Some(rate_limited(message, retry_after_s))
}

/// Lets a request through to its route or fallback. One that takes too long is 503, one that panics is 500.
async fn run(next: Next, request: Request) -> Response {
    let mut answer = pin!(next.run(request));
    let answer = poll_fn(move |context| {
        let polled = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context)));
        polled.unwrap_or_else(|_| Poll::Ready(Error::internal("a handler panicked").into_response()))
    });
    tokio::time::timeout(ANSWER_WITHIN, answer).await.unwrap_or_else(|_| {
        let reason = "The answer took too long. What was asked may still be done: look before you ask again.";
        Error::unavailable(reason).into_response()
    })
}

/// The refusal of a request that may be sent again after `retry_after_s` seconds.
pub fn rate_limited(message: String, retry_after_s: u32) -> Response {
    let mut response = Error::with_code(Code::RateLimited, message).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
    response
}

fn show(response: &mut Response, allowance: Allowance) {
    let headers = response.headers_mut();
    headers.insert(LIMIT, HeaderValue::from(allowance.limit));
    headers.insert(REMAINING, HeaderValue::from(allowance.remaining));
    headers.insert(RESET, HeaderValue::from(allowance.resets_at_s));
}

/// Gives an answer that came from outside the layer, as one to a browser's preflight, its request id.
pub async fn number_the_rest(State(app): State<App>, mut response: Response) -> Response {
    if !response.headers().contains_key(REQUEST_ID)
        && let Ok(value) = HeaderValue::from_str(&ids::new(app.clock.now_ms()).to_string())
    {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Puts the caller into the request, and with an `Idempotency-Key` what makes a repeated write the same write.
async fn asked(app: &App, key: &KnownKey, request_id: Uuid, request: Request) -> Result<Request> {
    if !body::is_text(request.uri().path()) {
        return Err(super::no_route(&request));
    }
    let (mut parts, mut body) = request.into_parts();
    let writes = matches!(parts.method, Method::POST | Method::PATCH | Method::DELETE);
    let mut idempotency = None;
    let origin_id = if writes { Some(origin(app, key.workspace_id, &parts).await?) } else { None };
    if writes && let Some(value) = parts.headers.get(&IDEMPOTENCY_KEY) {
        let key = idempotency_key(value)?.to_owned();
        let bytes = body::read(body, BODY_MAX, app.config.body_timeout).await?;
        idempotency = Some(Idempotency {
            key,
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            payload_hash: sha256_hex(&bytes),
        });
        body = Body::from(bytes);
    }
    parts.extensions.insert(Asked { caller: key.caller(Some(request_id), origin_id), idempotency });
    Ok(Request::from_parts(parts, body))
}

/// From where a request that writes comes; stored before the first change that names it.
async fn origin(app: &App, workspace_id: Uuid, parts: &Parts) -> Result<Uuid> {
    let address = proxy::client(&app.config.trusted_proxies, &parts.headers, &parts.extensions).to_string();
    let user_agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    app.origins.id_of(Origin::new(workspace_id, address, user_agent), app.clock.now_ms()).await
}

fn idempotency_key(value: &HeaderValue) -> Result<&str> {
    let text = value.to_str().unwrap_or_default();
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
    if text.is_empty() || text.len() > IDEMPOTENCY_KEY_MAX || !visible {
        return Err(Error::validation(
            "Idempotency-Key",
            format!("Idempotency-Key must have 1 to {IDEMPOTENCY_KEY_MAX} visible ASCII characters, without blanks."),
        ));
    }
    Ok(text)
}

fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
