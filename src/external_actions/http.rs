//! Routes of the Agent Approval Protocol, below `/v1/aap`: its clients are given that as their base URL. Its paths, its
//! plain objects and its error codes are the protocol's, not ours.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{Asked as AskedFor, External, Outcome, Submission, duration, not_found};
use crate::app::App;
use crate::clock::SECOND_MS;
use crate::error::{Code, Error, Result};
use crate::http::answer::{Problem, json_response};
use crate::http::caller::Idempotency;
use crate::http::{Asked, Can, Id, Json, JsonBody, Query, read, write_plain};
use crate::ids;
use crate::keys::permissions::need;

/// Longest `?wait=`.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// A waiter looks again after this time, whatever woke it: on PostgreSQL another node may have decided.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ask))
        .routes(routes!(get, cancel))
        .routes(routes!(consume))
        .routes(routes!(report))
}

/// Every write that begins something needs the header.
fn named(asked: &Asked) -> Result<Idempotency> {
    asked.idempotency.clone().ok_or_else(|| {
        let message = "Send an Idempotency-Key: it makes a repeated request the same request.";
        Error::with_code(Code::MissingIdempotencyKey, message)
    })
}

/// The protocol answers a repeated request with how the action stands now, so that no saved answer may stand in for it.
fn unsaved(asked: Asked) -> Asked {
    Asked { idempotency: None, ..asked }
}

/// Ask for approval of an action that the caller will carry out (Agent Approval Protocol).
///
/// The same `Idempotency-Key` with the same body answers how that action stands now, with 200.
#[utoipa::path(post, path = "/v1/aap/v1/requests", tag = "agents", request_body = Submission, responses(
    (status = 201, description = "It waits for a decision.", body = External),
    (status = 200, description = "It was asked before; this is how it stands.", body = External),
    (status = 400, description = "`validation_error`; `missing_idempotency_key`", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:chat`.", body = Problem),
    (status = 409, description = "`idempotency_conflict`: the key was used for another action.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn ask(
    State(app): State<App>,
    can: Can<need::LexiChat>,
    JsonBody(submission): JsonBody<Submission>,
) -> Result<Response> {
    let idempotency = named(&can.asked)?;
    let asked_for = AskedFor { key: idempotency.key, payload_hash: idempotency.payload_hash };
    submission.check()?;
    let task_id = ids::new(app.clock.now_ms());
    let (made, external) = write_plain(&app, unsaved(can.asked), move |tx, asked, now_ms| {
        super::ask(tx, &asked.caller, (task_id, &submission), &asked_for, now_ms)
    })
    .await?;
    Ok(json_response(if made { StatusCode::CREATED } else { StatusCode::OK }, &external))
}

/// Whether to wait for the decision.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct GetParams {
    /// For example `25s`, at most `60s`: answers when it is decided, at the latest after this time.
    wait: Option<String>,
}

impl GetParams {
    fn wait(&self) -> Result<Duration> {
        let Some(text) = self.wait.as_deref().filter(|text| !["", "0", "0s"].contains(text)) else {
            return Ok(Duration::ZERO);
        };
        let seconds = u64::try_from(duration::parse_ms("wait", text)? / SECOND_MS).unwrap_or(u64::MAX);
        Ok(Duration::from_secs(seconds).min(WAIT_MAX))
    }
}

/// How an action stands; waits for its decision if asked to.
#[utoipa::path(get, path = "/v1/aap/v1/requests/{id}", tag = "agents", params(("id" = String, Path, description = "Request UUID"), GetParams),
    responses(
    (status = 200, description = "How it stands.", body = External),
    (status = 400, description = "`validation_error`: wait is no duration.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:chat`.", body = Problem),
    (status = 404, description = "`not_found`: no action that this key asked for.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn get(
    State(app): State<App>,
    can: Can<need::LexiChat>,
    Path(id): Path<Id>,
    Query(params): Query<GetParams>,
) -> Result<Json<External>> {
    let task_id = id.or(not_found)?;
    let deadline = Instant::now() + params.wait()?;
    let change = app.waiters.tasks.wait_for(task_id);
    let mut stopping = app.waiters.stopping.subscribe();
    loop {
        // Registered before the look, so that a decision between the two is not missed.
        let changed = change.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        let external = look(&app, &can, task_id).await?;
        if external.decision.is_some() || Instant::now() >= deadline {
            return Ok(Json(external));
        }
        tokio::select! {
            () = &mut changed => {}
            () = tokio::time::sleep_until(deadline.min(Instant::now() + LOOK_AGAIN)) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return Ok(Json(external)),
        }
    }
}

async fn look(app: &App, can: &Can<need::LexiChat>, task_id: Uuid) -> Result<External> {
    let (caller, now_ms) = (can.asked.caller.clone(), app.clock.now_ms());
    read(app, move |tx| super::get(tx, &caller, task_id, now_ms)).await
}

/// Take a request back before it is decided. Asking again changes nothing.
#[utoipa::path(delete, path = "/v1/aap/v1/requests/{id}", tag = "agents", params(("id" = String, Path, description = "Request UUID")),
    responses(
    (status = 200, description = "Cancelled.", body = External),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:chat`.", body = Problem),
    (status = 404, description = "`not_found`: no action that this key asked for.", body = Problem),
    (status = 409, description = "`already_terminal`: it was decided before.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn cancel(State(app): State<App>, can: Can<need::LexiChat>, Path(id): Path<Id>) -> Result<Json<External>> {
    let task_id = id.or(not_found)?;
    let cancelled = write_plain(&app, unsaved(can.asked), move |tx, asked, now_ms| {
        super::cancel(tx, &asked.caller, task_id, now_ms)
    });
    cancelled.await.map(Json)
}

/// Begin an approved action: once, before its approval expires. The same `Idempotency-Key` may ask again.
#[utoipa::path(post, path = "/v1/aap/v1/requests/{id}/consume", tag = "agents", params(("id" = String, Path, description = "Request UUID")),
    responses(
    (status = 200, description = "It may be carried out now, by whoever got this answer.", body = External),
    (status = 400, description = "`missing_idempotency_key`", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:chat`.", body = Problem),
    (status = 404, description = "`not_found`: no action that this key asked for.", body = Problem),
    (status = 409, description = "`not_approved`, `approval_expired` or `already_consumed`", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn consume(State(app): State<App>, can: Can<need::LexiChat>, Path(id): Path<Id>) -> Result<Json<External>> {
    let task_id = id.or(not_found)?;
    let key = named(&can.asked)?.key;
    let consumed = write_plain(&app, unsaved(can.asked), move |tx, asked, now_ms| {
        super::consume(tx, &asked.caller, task_id, &key, now_ms)
    });
    consumed.await.map(Json)
}

/// How an action ended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Report {
    /// `succeeded` or `failed`.
    status: Outcome,
    /// At most 2,000 characters.
    note: Option<String>,
}

/// Say how an action ended. Saying the same again changes nothing.
#[utoipa::path(post, path = "/v1/aap/v1/requests/{id}/outcome", tag = "agents", params(("id" = String, Path, description = "Request UUID")),
    request_body = Report, responses(
    (status = 200, description = "Noted; its task is completed or failed.", body = External),
    (status = 400, description = "`validation_error`", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:chat`.", body = Problem),
    (status = 404, description = "`not_found`: no action that this key asked for.", body = Problem),
    (status = 409, description = "`not_consumed` or `outcome_conflict`", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn report(
    State(app): State<App>,
    can: Can<need::LexiChat>,
    Path(id): Path<Id>,
    JsonBody(body): JsonBody<Report>,
) -> Result<Json<External>> {
    let task_id = id.or(not_found)?;
    let reported = write_plain(&app, unsaved(can.asked), move |tx, asked, now_ms| {
        super::report(tx, &asked.caller, task_id, (body.status, body.note.as_deref()), now_ms)
    });
    reported.await.map(Json)
}
