//! The route of the chat.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{MESSAGE_MAX, Said, Told};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::answer::Problem;
use crate::http::{Can, Data, JsonBody, answered_before, write};
use crate::keys::permissions::need;
use crate::tasks::Task;

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(chat))
}

/// One message to Lexi.
#[derive(Debug, Deserialize, ToSchema)]
struct Message {
    /// In plain words, at most 12,000 characters.
    #[schema(example = "Find 50 CEOs at law firms in California", max_length = 12_000)]
    message: String,
    /// What the message is about.
    #[serde(default)]
    context: Option<Context>,
}

/// What a message is about. Ids of another workspace are ids that don't exist.
#[derive(Debug, Default, Deserialize, ToSchema)]
struct Context {
    /// The list people are to be put on.
    list_id: Option<String>,
    /// A campaign. There are none in this version, so any id is unknown.
    campaign_id: Option<String>,
    /// The conversation this message continues.
    conversation_id: Option<String>,
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
    (status = 400, description = "`validation_error`: the message is missing, empty or too long.", body = Problem),
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

impl Message {
    fn check(self) -> Result<Said> {
        if self.message.trim().is_empty() {
            return Err(Error::validation("message", "message is required: say in plain words what Lexi should do."));
        }
        if self.message.chars().count() > MESSAGE_MAX {
            return Err(Error::validation("message", "message is over the limit of 12,000 characters."));
        }
        let context = self.context.unwrap_or_default();
        if context.campaign_id.is_some_and(|id| !id.is_empty()) {
            return Err(Error::not_found("Campaign not found"));
        }
        Ok(Said {
            message: self.message,
            conversation_id: known_form(context.conversation_id, "Conversation not found")?,
            list_id: known_form(context.list_id, "List not found")?,
        })
    }
}

/// An id in `context`; anything that is no UUID is an id that does not exist.
fn known_form(text: Option<String>, missing: &'static str) -> Result<Option<Uuid>> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => Uuid::try_parse(&text).map(Some).map_err(|_| Error::not_found(missing)),
    }
}
