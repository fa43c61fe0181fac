//! The route of the chat.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Told;
use super::body::Message;
use crate::app::App;
use crate::error::Result;
use crate::http::answer::Problem;
use crate::http::{Can, Data, JsonBody, answered_before, write};
use crate::keys::permissions::need;
use crate::tasks::Task;

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(chat))
}

/// Lexi's answer.
#[derive(Debug, Serialize, ToSchema)]
struct Reply {
    /// Lexi's words.
    response: String,
    /// The task that waits for approval; null when none was made.
    task_id: Option<Uuid>,
    /// Whether a task waits for approval.
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
    /// Structured answers to questions; null in this version.
    answer: Option<Value>,
}

impl From<Told> for Reply {
    fn from(told: Told) -> Reply {
        Reply {
            response: told.response,
            task_id: told.task.as_ref().map(|task| task.id),
            requires_approval: told.task.is_some(),
            conversation_id: told.conversation_id,
            message_id: told.message_id,
            credits_remaining: None,
            request: told.request,
            task: told.task,
            answer: told.answer,
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
    let said = body.check()?;
    if let Some(answer) = answered_before(&app, &can.asked).await? {
        return Ok(answer);
    }
    let turn = super::consider(&app, &can, said).await?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        super::take_turn(tx, &asked.caller, &turn, now_ms).map(Reply::from)
    })
    .await
}
