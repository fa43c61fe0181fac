//! What comes in: JSON bodies, path ids and query strings, with limits of size and depth and errors that name the field.
//!
//! An empty body counts as `{}`, with any or no content type: published clients send `Content-Type: application/json`
//! and no byte. Text that holds U+0000 is refused, because one of the databases can't keep it.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Query as AxumQuery, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::app::App;
use crate::error::{Code, Error, Result};

/// Bytes of a JSON body.
pub const BODY_MAX: usize = 1 << 20;
/// Bytes beyond the limit that are still read, and dropped: most clients send all of a body before they look at the
/// answer, and would see nothing but a broken connection.
const PASSED_OVER_MAX: usize = 64 << 20;
/// Bytes of an import's body.
pub const IMPORT_BODY_MAX: usize = 20 << 20;

/// A JSON body of type `T`. Empty counts as `{}`; what is missing then is said by field.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<JsonBody<T>> {
        let (parts, body) = request.into_parts();
        let bytes = read(body, BODY_MAX, app.config.body_timeout).await?;
        parse(&parts.headers, &bytes).map(JsonBody)
    }
}

/// Reads a whole body, up to `max` bytes and within `timeout`.
pub async fn read(body: Body, max: usize, timeout: Duration) -> Result<Bytes> {
    tokio::time::timeout(timeout, collect(body, max))
        .await
        .unwrap_or_else(|_| Err(Error::with_code(Code::ValidationError, "The body did not arrive in time.")))
}

async fn collect(mut body: Body, max: usize) -> Result<Bytes> {
    let mut kept = BytesMut::new();
    let mut passed_over = 0;
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|_| Error::with_code(Code::ValidationError, "The body ended before it was complete."))?;
        let Ok(data) = frame.into_data() else { continue };
        if passed_over == 0 && kept.len() + data.len() <= max {
            kept.extend_from_slice(&data);
            continue;
        }
        passed_over += data.len();
        if passed_over > PASSED_OVER_MAX {
            break;
        }
    }
    if passed_over > 0 {
        let message = format!("The body is over the limit of {} MiB. Send less at once.", max >> 20);
        return Err(Error::with_code(Code::PayloadTooLarge, message));
    }
    Ok(kept.freeze())
}

fn parse<T: DeserializeOwned>(headers: &HeaderMap, bytes: &[u8]) -> Result<T> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return decode(b"{}");
    }
    let is_json = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
    });
    if !is_json {
        return Err(Error::with_code(
            Code::UnsupportedMediaType,
            "Send the body as JSON, with the header Content-Type: application/json.",
        ));
    }
    decode(bytes)
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    if holds_nul(bytes) {
        return Err(no_nul());
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| refused(&error))?;
    reader.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn refused(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let inner = error.inner();
    if !inner.is_data() {
        return malformed(inner);
    }
    let text = inner.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    let path = error.path().to_string();
    let missing = text.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    match missing {
        Some(field) if path == "." => Error::validation(field, format!("{field} is required.")),
        Some(field) => Error::validation(&format!("{path}.{field}"), format!("{path}.{field} is required.")),
        None if path == "." => {
            Error::with_code(Code::ValidationError, format!("The body must be a JSON object: {text}."))
        }
        None => Error::validation(&path, format!("{path}: {text}.")),
    }
}

fn malformed(error: &serde_json::Error) -> Error {
    Error::with_code(Code::ValidationError, format!("The body is not valid JSON: {error}."))
}

/// Whether a JSON text spells U+0000: as a byte, or as an escape. A backslash that is itself escaped begins none.
fn holds_nul(bytes: &[u8]) -> bool {
    let mut escaped = false;
    for (place, byte) in bytes.iter().enumerate() {
        match byte {
            0 => return true,
            b'u' if escaped && bytes[place..].starts_with(b"u0000") => return true,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    false
}

fn no_nul() -> Error {
    Error::with_code(Code::ValidationError, "Text must not hold the character U+0000.")
}

/// Whether a path is text once its percent signs are resolved. Nothing is found under one that is not.
pub(super) fn is_text(path: &str) -> bool {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let resolved = match after {
            [high, low, ..] if first == b'%' => hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        bytes.push(resolved.unwrap_or(first));
        rest = if resolved.is_some() { &after[2..] } else { after };
    }
    std::str::from_utf8(&bytes).is_ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// The id in a path. Anything that is no UUID is an id that does not exist.
#[derive(Debug, Clone, Copy)]
pub struct Id(pub Option<Uuid>);

impl Id {
    /// The id, or the route's own "not found".
    pub fn or(self, missing: impl FnOnce() -> Error) -> Result<Uuid> {
        self.0.ok_or_else(missing)
    }
}

impl<'de> serde::Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Id, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Id(Uuid::try_parse(&text).ok()))
    }
}

/// A query string of type `T`, with errors as documented.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Query<T>> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(no_nul());
        }
        match AxumQuery::<T>::from_request_parts(parts, state).await {
            Ok(AxumQuery(query)) => Ok(Query(query)),
            Err(rejection) => {
                let text = rejection.body_text();
                let text = text.trim_start_matches("Failed to deserialize query string: ");
                let field = text.split(':').next().filter(|field| !field.contains(' ')).unwrap_or("query");
                Err(Error::validation(field, format!("The query string can't be read: {text}.")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_real_escape_spells_the_character_zero() {
        assert!(holds_nul(b"{\"a\": \"b\\u0000\"}"));
        assert!(holds_nul(b"{\"a\": \"\\\\\\u0000\"}"));
        assert!(holds_nul(b"{\"a\": \"\0\"}"));
        assert!(!holds_nul(b"{\"a\": \"b\\\\u0000\"}"));
        assert!(!holds_nul(b"{\"a\": \"u0000\"}"));
    }
}
