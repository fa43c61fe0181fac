//! The route that proposes an undo.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::answer::Problem;
use crate::http::{Can, Data, Id, write};
use crate::ids;
use crate::keys::permissions::need;
use crate::tasks::{self, Proposal, Task};

/// The route.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(undo))
}

/// Propose to take back what a task did.
///
/// The undo is a task of its own: it shows what would be removed or restored and what stays why, waits for a decision, and
/// is executed like any other. A task can be undone for 30 days after it ended, unless its `undo` is `none`.
#[utoipa::path(post, path = "/v1/lexi/tasks/{id}/undo", tag = "lexi", params(("id" = String, Path, description = "Task UUID")),
    responses(
    (status = 201, description = "The undo, which waits for a decision.", body = Data<Task>),
    (status = 400, description = "`validation_error`: the task can't be undone, for the reason in the message; `details.undo_task_id` names another undo of it.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks both `lexi:chat` and `lexi:approve`.", body = Problem),
    (status = 404, description = "`not_found`: Task not found", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn undo(State(app): State<App>, can: Can<need::LexiChatOrApprove>, Path(id): Path<Id>) -> Result<Response> {
    let task_id = id.or(|| Error::not_found("Task not found"))?;
    let (undo_id, expiry_ms) = (ids::new(app.clock.now_ms()), app.config.task_expiry_ms);
    write(&app, can.asked, StatusCode::CREATED, move |tx, asked, now_ms| {
        let workspace_id = asked.caller.workspace_id;
        let undone = tasks::to_undo(tx, workspace_id, task_id, now_ms)?;
        let prepared = super::prepare(tx, workspace_id, &undone, now_ms)?;
        let proposal = Proposal {
            task_id: undo_id,
            query: prepared.description.clone(),
            description: prepared.description,
            plan: prepared.plan,
            preview: serde_json::to_value(&prepared.preview)?,
            request: serde_json::Value::Null,
            conversation_id: None,
            expires_at_ms: now_ms + expiry_ms,
        };
        tasks::propose(tx, &asked.caller, &proposal, now_ms)?;
        tasks::get_line(tx, &asked.caller, undo_id)
    })
    .await
}
