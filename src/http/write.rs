//! Requests that read and requests that write: handlers stay parse, one call, answer.
//!
//! [`write()`] owns the transaction, the request's id and idempotency: with an `Idempotency-Key` the key, the effect and
//! the saved answer stand in one transaction. Saved answers hold 2xx only and are scoped to key, method and path.
//!
//! A request that is several transactions takes the key first ([`begin_parts`]) and saves with each part what it came to
//! ([`write_part`]), so that whoever repeats it after a server was killed in between, or at the same time, does no part twice.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::{Data, json_bytes};
use super::caller::{Asked, Idempotency};
use super::store;
use crate::app::App;
use crate::db::{Isolation, Tx};
use crate::error::{Error, Result};

/// Runs an operation that changes something and answers after its commit. `operation` gets the time fixed before the
/// call, because the closure may run again.
pub async fn write<T, F>(app: &App, asked: Asked, status: StatusCode, operation: F) -> Result<Response>
where
    T: Serialize + 'static,
    F: Fn(&mut Tx, &Asked, i64) -> Result<T> + Send + 'static,
{
    write_keeping(app, (asked, status, Isolation::Serializable), operation, None).await
}

/// As [`write()`], for an operation whose every statement carries its own condition, as an approval's do: it need not be
/// run as if it were alone, and many at once don't make each other run again. That holds for its `Idempotency-Key` too:
/// the key's row can be written once, and whoever comes second gives the answer of the first.
pub async fn write_by_condition<T, F>(app: &App, asked: Asked, status: StatusCode, operation: F) -> Result<Response>
where
    T: Serialize + 'static,
    F: Fn(&mut Tx, &Asked, i64) -> Result<T> + Send + 'static,
{
    #[cfg(feature = "planted-faults")]
    if crate::planted_faults::Fault::AnswerBeforeCommit.is_planted() {
        return super::planted::answer_before_commit(app, asked, status, operation).await;
    }
    write_keeping(app, (asked, status, Isolation::ReadCommitted), operation, None).await
}

/// As [`write()`], for an answer that holds a secret: what is saved for a repeated request is `without_secret`.
pub async fn write_once_shown<T, F>(
    app: &App,
    asked: Asked,
    status: StatusCode,
    operation: F,
    without_secret: fn(T) -> T,
) -> Result<Response>
where
    T: Serialize + 'static,
    F: Fn(&mut Tx, &Asked, i64) -> Result<T> + Send + 'static,
{
    write_keeping(app, (asked, status, Isolation::Serializable), operation, Some(without_secret)).await
}

/// As [`write_by_condition`], for what keeps its own account of repeated requests: gives what the operation answered,
/// and saves no answer.
pub async fn write_plain<T, F>(app: &App, asked: Asked, operation: F) -> Result<T>
where
    T: Send + 'static,
    F: Fn(&mut Tx, &Asked, i64) -> Result<T> + Send + 'static,
{
    let now_ms = app.clock.now_ms();
    app.db.write_with(Isolation::ReadCommitted, move |tx| operation(tx, &asked, now_ms)).await
}

async fn write_keeping<T, F>(
    app: &App,
    (asked, status, isolation): (Asked, StatusCode, Isolation),
    operation: F,
    without_secret: Option<fn(T) -> T>,
) -> Result<Response>
where
    T: Serialize + 'static,
    F: Fn(&mut Tx, &Asked, i64) -> Result<T> + Send + 'static,
{
    let now_ms = app.clock.now_ms();
    let (status, body) = app
        .db
        .write_with(isolation, move |tx| {
            once(tx, &asked, now_ms, |tx| {
                let answer = Data { data: operation(tx, &asked, now_ms)? };
                let body = if status == StatusCode::NO_CONTENT { Vec::new() } else { serde_json::to_vec(&answer)? };
                let kept = without_secret
                    .map(|without_secret| serde_json::to_vec(&Data { data: without_secret(answer.data) }))
                    .transpose()?;
                Ok(Done { status, body, kept })
            })
        })
        .await?;
    Ok(if status == StatusCode::NO_CONTENT { no_content() } else { json_bytes(status, body) })
}

/// What an operation came to.
struct Done {
    status: StatusCode,
    body: Vec<u8>,
    /// What a repeated request is answered, where that is not the body.
    kept: Option<Vec<u8>>,
}

/// Runs `operation` in this transaction, unless its `Idempotency-Key` was answered before, and keeps what it came to.
fn once(
    tx: &mut Tx,
    asked: &Asked,
    now_ms: i64,
    operation: impl FnOnce(&mut Tx) -> Result<Done>,
) -> Result<(StatusCode, Vec<u8>)> {
    if let Some(saved) = store::saved(tx, asked, now_ms)? {
        return Ok(saved);
    }
    match operation(tx) {
        Ok(done) => {
            store::save(tx, asked, done.status, done.kept.as_ref().unwrap_or(&done.body), now_ms)?;
            Ok((done.status, done.body))
        }
        // What it is refused for may be the work of a request under the same key that committed meanwhile.
        Err(refused @ Error::Refused(_)) => store::saved(tx, asked, now_ms)?.ok_or(refused),
        Err(error) => Err(error),
    }
}

/// The answer that a repeated write with the same `Idempotency-Key` gets, before any work is done for it. For handlers
/// that prepare a lot before they write.
pub async fn answered_before(app: &App, asked: &Asked) -> Result<Option<Response>> {
    if asked.idempotency.is_none() {
        return Ok(None);
    }
    let (asked, now_ms) = (asked.clone(), app.clock.now_ms());
    let saved = app.db.read(move |tx| store::saved(tx, &asked, now_ms)).await?;
    Ok(saved.map(|(status, body)| json_bytes(status, body)))
}

/// Takes the `Idempotency-Key` for a request that is several transactions: from now on another body under this key is
/// refused. Gives the answer of a request that has ended under it.
pub async fn begin_parts(app: &App, asked: &Asked) -> Result<Option<Response>> {
    if asked.idempotency.is_none() {
        return Ok(None);
    }
    let (asked, now_ms) = (asked.clone(), app.clock.now_ms());
    let taken = app.db.write(move |tx| match store::saved(tx, &asked, now_ms)? {
        Some(saved) => Ok(Some(saved)),
        None => store::save(tx, &asked, store::UNDER_WAY, &[], now_ms).map(|()| None),
    });
    Ok(taken.await?.map(|(status, body)| json_bytes(status, body)))
}

/// Runs one part of such a request; with an `Idempotency-Key` what it comes to is saved in its transaction, and a part that
/// was done before, or at the same time, is not done again. `part` counts from 0.
pub async fn write_part<T, F>(
    app: &App,
    asked: &Asked,
    (part, isolation): (usize, Isolation),
    operation: F,
) -> Result<T>
where
    T: Serialize + DeserializeOwned + Send + 'static,
    F: Fn(&mut Tx, &Asked, i64) -> Result<T> + Send + 'static,
{
    let now_ms = app.clock.now_ms();
    let of_part = |whole: &Idempotency| Idempotency { path: format!("{}#{part}", whole.path), ..whole.clone() };
    let asked = Asked { idempotency: asked.idempotency.as_ref().map(of_part), ..asked.clone() };
    let write = app.db.write_with(isolation, move |tx| {
        once(tx, &asked, now_ms, |tx| {
            let body = serde_json::to_vec(&operation(tx, &asked, now_ms)?)?;
            Ok(Done { status: StatusCode::OK, body, kept: None })
        })
    });
    let (_, done) = write.await?;
    Ok(serde_json::from_slice(&done)?)
}

/// Runs an operation that only looks, on one moment of the database.
pub async fn read<T, F>(app: &App, operation: F) -> Result<T>
where
    T: Send + 'static,
    F: Fn(&mut Tx) -> Result<T> + Send + 'static,
{
    app.db.read(operation).await
}

fn no_content() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
