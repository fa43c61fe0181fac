//! The routes of the chat: the plain answer, and the answer as events.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Version, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::body::Message;
use super::stream as rendered;
use super::{Step, Told};
use crate::app::App;
use crate::error::{Error, Result};
use crate::execution::Mode;
use crate::http::answer::Problem;
use crate::http::stream::{self, Portion};
use crate::http::{Can, Data, JsonBody, answered_before, write_by_condition};
use crate::keys::permissions::need;
use crate::tasks::{Status, Task};

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(chat)).routes(routes!(chat_stream))
}

/// Bytes of an answer that becomes events. A task with its preview is some kilobytes.
const ANSWER_MAX: usize = 8 << 20;

/// Lexi's answer.
#[derive(Debug, Serialize, ToSchema)]
struct Reply {
    /// Lexi's words.
    response: String,
    /// The task that was made or changed; null when none was.
    task_id: Option<Uuid>,
    /// Whether the task waits for approval; false when there is none, and when a policy has approved it.
    requires_approval: bool,
    /// For the next message.
    conversation_id: Uuid,
    /// Lexi's message.
    message_id: Uuid,
    /// Always null: nothing is charged.
    credits_remaining: Option<u64>,
    /// What was understood, each value with the words that gave it.
    request: Value,
    /// The task, as the task list shows it.
    task: Option<Task>,
    /// The answer to a question, for programs: `kind` says what it is, the other keys depend on it; null when nothing
    /// was asked.
    answer: Option<Value>,
    /// What was dismissed before in this conversation and is mentioned: `task_id`, `description`, `reason_code`, `reason`,
    /// `dismissed_at`, and `same` when the proposal is the same again; else null.
    earlier: Option<Value>,
    /// What Lexi looked at to answer.
    steps: Vec<Step>,
}

impl From<Told> for Reply {
    fn from(told: Told) -> Reply {
        Reply {
            response: told.response,
            task_id: told.task.as_ref().map(|task| task.id),
            requires_approval: told.task.as_ref().is_some_and(|task| task.status == Status::Pending.as_str()),
            conversation_id: told.conversation_id,
            message_id: told.message_id,
            credits_remaining: None,
            request: told.request,
            task: told.task,
            answer: told.answer,
            earlier: told.earlier,
            steps: told.steps,
        }
    }
}

/// Say something to Lexi. What would change something becomes a task that waits for approval.
#[utoipa::path(post, path = "/v1/lexi/chat", tag = "lexi", request_body = Message, responses(
    (status = 200, description = "Lexi's answer.", body = Data<Reply>),
    (status = 400, description = "`validation_error`: the message is missing, empty or too long, or `context` contradicts itself.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:chat`.", body = Problem),
    (status = 404, description = "`not_found`: an id in `context` does not exist.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn chat(State(app): State<App>, can: Can<need::LexiChat>, JsonBody(body): JsonBody<Message>) -> Result<Response> {
    take_turn(&app, can, body).await
}

/// Say something to Lexi and get her answer as server-sent events.
///
/// `thinking` `{text}`, `tool_step` `{tool, status, summary}` (`started`, then `completed`), `text` `{delta,
/// conversation_id}` (put the deltas together), `task` `{id, type, status, description, plan_hash, requires_approval}` when
/// one was proposed or changed, `done` `{credits_remaining, message_id}`, and at the end `data: [DONE]`. The turn is stored
/// before the first event, so a line that breaks loses nothing; repeated with the same `Idempotency-Key` it gets the same
/// events.
#[utoipa::path(post, path = "/v1/lexi/chat/stream", tag = "lexi", request_body = Message, responses(
    (status = 200, description = "The events.", content_type = "text/event-stream", body = String),
    (status = 400, description = "`validation_error`: the message is missing, empty or too long, or `context` contradicts itself.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:chat`.", body = Problem),
    (status = 404, description = "`not_found`: an id in `context` does not exist.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn chat_stream(
    State(app): State<App>,
    version: Version,
    can: Can<need::LexiChat>,
    JsonBody(body): JsonBody<Message>,
) -> Result<Response> {
    let request_id = can.request_id;
    let answer = take_turn(&app, can, body).await?;
    let bytes = to_bytes(answer.into_body(), ANSWER_MAX).await.map_err(Error::internal)?;
    let answer: Value = serde_json::from_slice(&bytes)?;
    let mut events = rendered::of(&answer["data"]);
    let first = events.pop_front().unwrap_or_default();
    let next = move || -> Portion {
        let event = events.pop_front();
        Box::pin(async move { Ok(event) })
    };
    let mut response = Response::new(stream::body(first, next, request_id, version < Version::HTTP_11));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // A proxy that gathers answers would hold the events back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// One turn, stored, and its answer in JSON.
async fn take_turn(app: &App, can: Can<need::LexiChat>, body: Message) -> Result<Response> {
    let said = body.check()?;
    if let Some(answer) = answered_before(app, &can.asked).await? {
        return Ok(answer);
    }
    let turn = Arc::new(super::consider(app, &can, said).await?);
    let attempt = async |mode: Mode| {
        let turn = Arc::clone(&turn);
        // Its every statement carries its own condition, those of a policy's approval included.
        write_by_condition(app, can.asked.clone(), StatusCode::OK, move |tx, asked, now_ms| {
            super::take_turn(tx, &asked.caller, &turn, mode, now_ms).map(Reply::from)
        })
        .await
    };
    match attempt(Mode::Here(app.config.inline_people_max)).await {
        Err(Error::Internal(cause)) => {
            // Nothing was stored and nothing was answered: once more, with the work of an approved task as a job.
            tracing::error!(cause, "a turn could not be stored with the work that a policy approved");
            attempt(Mode::AsJob).await
        }
        answer => answer,
    }
}
