//! The route that decides about many tasks.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{Action, Item, check};
use crate::app::App;
use crate::db::Isolation;
use crate::error::{Error, Result};
use crate::execution::{self, Mode};
use crate::http::answer::{Problem, status};
use crate::http::{Asked, Can, Data, JsonBody, begin_parts, data, write, write_part};
use crate::keys::permissions::need;
use crate::tasks::dismissal::Why;
use crate::tasks::{self, Approval, Status, given_reason, not_found};

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(batch))
}

/// Which tasks, and what is decided about them.
#[derive(Debug, Deserialize, ToSchema)]
struct Batch {
    /// `approve` or `dismiss`.
    action: Action,
    /// 1 to 100 tasks, each once.
    tasks: Vec<Item>,
}

/// What each came to, in the order they were given.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Outcomes {
    /// How many were decided or voted for.
    succeeded: usize,
    /// How many were refused.
    failed: usize,
    /// One for each task, in the order they were given.
    results: Vec<OneOutcome>,
}

/// What one task of a batch came to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct OneOutcome {
    /// As it was given.
    id: String,
    /// What the route of this one task would have answered.
    status_code: u16,
    /// The `data` of that answer; null when it was refused.
    data: Value,
    /// The `error` of that answer: `code`, `message`, `details`; null when it was not refused.
    error: Value,
}

/// Approve or dismiss up to 100 tasks. Each is decided by itself; the answer has a result for each.
///
/// Repeated under the same `Idempotency-Key`, also when a server was killed in between, it decides nothing twice and each
/// task has the result it had. A task whose result was 5xx is tried again.
#[utoipa::path(post, path = "/v1/lexi/tasks/batch", tag = "lexi", request_body = Batch, responses(
    (status = 200, description = "A result for each task; some may have been refused.", body = Data<Outcomes>),
    (status = 400, description = "`validation_error`: no or an unknown action, no or too many tasks, or one of them twice. Nothing was decided.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:approve`.", body = Problem),
    (status = 409, description = "`idempotency_conflict`", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn batch(
    State(app): State<App>,
    can: Can<need::LexiApprove>,
    JsonBody(body): JsonBody<Batch>,
) -> Result<Response> {
    check(&body.tasks)?;
    if let Some(answer) = begin_parts(&app, &can.asked).await? {
        return Ok(answer);
    }
    let mut results = Vec::with_capacity(body.tasks.len());
    for (part, item) in body.tasks.into_iter().enumerate() {
        results.push(decided(&app, &can.asked, part, body.action, item).await);
    }
    let succeeded = results.iter().filter(|result| result.error.is_null()).count();
    let outcomes = Outcomes { succeeded, failed: results.len() - succeeded, results };
    if outcomes.results.iter().any(OneOutcome::is_open) {
        // Not kept: whoever repeats it has these tried again, and the others answered as they were.
        return Ok(data(outcomes).into_response());
    }
    write(&app, can.asked, StatusCode::OK, move |_, _, _| Ok(outcomes.clone())).await
}

/// What one task comes to, in the same transaction as what happens to it; a refusal stands in one of its own.
async fn decided(app: &App, asked: &Asked, part: usize, action: Action, item: Item) -> OneOutcome {
    let id = item.id.clone();
    let done = match action {
        Action::Approve => approve(app, asked, part, item).await,
        Action::Dismiss => dismiss(app, asked, part, item).await,
    };
    let refused = match done {
        Ok(outcome) => return outcome,
        Err(error) => OneOutcome::refused(id.clone(), &error),
    };
    if asked.idempotency.is_none() || refused.is_open() {
        return refused;
    }
    // A request under the same key may have come first, and then its word counts.
    let kept = write_part(app, asked, (part, Isolation::Serializable), move |_, _, _| Ok(refused.clone())).await;
    kept.unwrap_or_else(|error| OneOutcome::refused(id, &error))
}

async fn approve(app: &App, asked: &Asked, part: usize, item: Item) -> Result<OneOutcome> {
    let task_id = Uuid::try_parse(item.id.trim()).map_err(|_| not_found())?;
    if item.reason_code.is_some() {
        return Err(Error::validation("reason_code", "reason_code says why a task is dismissed; leave it out."));
    }
    let reason = given_reason(item.reason)?;
    let plan_hash = item.plan_hash.filter(|hash| !hash.is_empty());
    let approval = Approval { plan_hash, reason, ..Approval::default() };
    let attempt = async |mode: Mode| {
        let (approval, id) = (approval.clone(), item.id.clone());
        write_part(app, asked, (part, Isolation::ReadCommitted), move |tx, asked, now_ms| {
            let given = execution::approve(tx, &asked.caller, task_id, &approval, mode, now_ms)?;
            Ok(OneOutcome::done(id.clone(), serde_json::to_value(given)?))
        })
        .await
    };
    match attempt(Mode::Here(app.config.inline_people_max)).await {
        Err(Error::Internal(cause)) => {
            // Nothing has happened: approve once more, with the execution as a job.
            tracing::error!(cause, %task_id, "a task could not be executed while it was approved");
            attempt(Mode::AsJob).await
        }
        answer => answer,
    }
}

async fn dismiss(app: &App, asked: &Asked, part: usize, item: Item) -> Result<OneOutcome> {
    let task_id = Uuid::try_parse(item.id.trim()).map_err(|_| not_found())?;
    if item.plan_hash.is_some() {
        return Err(Error::validation("plan_hash", "A dismissal is for the task, whatever its plan; leave it out."));
    }
    let why = Why::of(item.reason, item.reason_code.as_deref())?;
    write_part(app, asked, (part, Isolation::Serializable), move |tx, asked, now_ms| {
        tasks::dismiss_because(tx, &asked.caller, task_id, &why, now_ms)?;
        let data = json!({ "task_id": task_id, "status": Status::Dismissed.as_str() });
        Ok(OneOutcome::done(item.id.clone(), data))
    })
    .await
}

impl OneOutcome {
    fn done(id: String, data: Value) -> OneOutcome {
        OneOutcome { id, status_code: StatusCode::OK.as_u16(), data, error: Value::Null }
    }

    fn refused(id: String, error: &Error) -> OneOutcome {
        let code = error.code();
        let (message, details) = match error {
            Error::Refused(refusal) => (refusal.message.clone(), refusal.details.clone()),
            Error::Unavailable { .. } | Error::Trouble(_) => (error.to_string(), Value::Null),
            Error::Internal(cause) | Error::Serialization(cause) => {
                tracing::error!(cause, "a task of a batch failed");
                ("Something went wrong on our side; the server's log has the cause.".to_owned(), Value::Null)
            }
        };
        let error = json!({ "code": code.as_str(), "message": message, "details": details });
        OneOutcome { id, status_code: status(code).as_u16(), data: Value::Null, error }
    }

    /// Whether nobody knows yet what it comes to: it can be tried again.
    fn is_open(&self) -> bool {
        self.status_code >= StatusCode::INTERNAL_SERVER_ERROR.as_u16()
    }
}
