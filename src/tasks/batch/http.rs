//! The route that decides about many tasks.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
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
use crate::http::{Asked, Can, Data, JsonBody, answered_before, write};
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
#[derive(Debug, Clone, Serialize, ToSchema)]
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
    if let Some(answer) = answered_before(&app, &can.asked).await? {
        return Ok(answer);
    }
    let mut results = Vec::with_capacity(body.tasks.len());
    for item in body.tasks {
        let id = item.id.clone();
        let answer = match body.action {
            Action::Approve => approve(&app, &can.asked, item).await,
            Action::Dismiss => dismiss(&app, &can.asked, item).await,
        };
        results.push(outcome(id, answer));
    }
    let succeeded = results.iter().filter(|result| result.error.is_null()).count();
    let outcomes = Outcomes { succeeded, failed: results.len() - succeeded, results };
    // Saved for a repeated request; what is done twice until then is decided once all the same.
    write(&app, can.asked, StatusCode::OK, move |_, _, _| Ok(outcomes.clone())).await
}

async fn approve(app: &App, asked: &Asked, item: Item) -> Result<Value> {
    let task_id = Uuid::try_parse(item.id.trim()).map_err(|_| not_found())?;
    if item.reason_code.is_some() {
        return Err(Error::validation("reason_code", "reason_code says why a task is dismissed; leave it out."));
    }
    let reason = given_reason(item.reason)?;
    let plan_hash = item.plan_hash.filter(|hash| !hash.is_empty());
    let approval = Approval { plan_hash, reason, ..Approval::default() };
    let attempt = async |mode: Mode| {
        let (approval, caller, now_ms) = (approval.clone(), asked.caller.clone(), app.clock.now_ms());
        let given = app.db.write_with(Isolation::ReadCommitted, move |tx| {
            execution::approve(tx, &caller, task_id, &approval, mode, now_ms)
        });
        Ok(serde_json::to_value(given.await?)?)
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

async fn dismiss(app: &App, asked: &Asked, item: Item) -> Result<Value> {
    let task_id = Uuid::try_parse(item.id.trim()).map_err(|_| not_found())?;
    if item.plan_hash.is_some() {
        return Err(Error::validation("plan_hash", "A dismissal is for the task, whatever its plan; leave it out."));
    }
    let why = Why::of(item.reason, item.reason_code.as_deref())?;
    let (caller, now_ms) = (asked.caller.clone(), app.clock.now_ms());
    app.db.write(move |tx| tasks::dismiss_because(tx, &caller, task_id, &why, now_ms)).await?;
    Ok(json!({ "task_id": task_id, "status": Status::Dismissed.as_str() }))
}

fn outcome(id: String, answer: Result<Value>) -> OneOutcome {
    match answer {
        Ok(data) => OneOutcome { id, status_code: StatusCode::OK.as_u16(), data, error: Value::Null },
        Err(error) => {
            let code = error.code();
            let (message, details) = match &error {
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
    }
}
