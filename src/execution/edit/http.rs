//! The route that edits a pending task.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{Circumstances, Edit, Edited, prepare};
use crate::app::App;
use crate::error::{Code, Error, Result};
use crate::http::answer::Problem;
use crate::http::{Asked, Data, Id, JsonBody, answered_before, read, write};
use crate::keys::Caller;
use crate::keys::permissions::Permission;
use crate::tasks::http::named_plan;
use crate::tasks::{self, Detail};

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(edit))
}

/// What of the task is to be another; at least one field beside `plan_hash`. What a task of its type does not have is
/// refused.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Fields {
    /// The plan the caller has seen. Needed when the task has more than one revision; `If-Match` says the same.
    plan_hash: Option<String>,
    /// `prospect_search`: people wanted at most, 1 to 10,000.
    limit: Option<u32>,
    /// `prospect_search`: the whole filter, in the shape of `metadata.filters`. An unknown key is refused.
    filters: Option<Value>,
    /// An existing list, for a task that puts people on one.
    list_id: Option<Uuid>,
    /// A list by its name, made when it is not there; of a renaming the new name.
    list_name: Option<String>,
    /// `prospect_search`: whether what law firms call the same office counts too.
    expand_titles: Option<bool>,
    /// Who of the selection is left out, all of them, at most 500. In a `prospect_search` the next take their place, and
    /// `[]` takes everybody in again.
    exclude_ids: Option<Vec<Uuid>>,
}

/// Edit a pending task: another plan, counted anew, is its next revision; approvals collected so far are void.
#[utoipa::path(patch, path = "/v1/lexi/tasks/{id}", tag = "lexi", params(("id" = String, Path, description = "Task UUID")),
    request_body = Fields, responses(
    (status = 200, description = "The task as it is now, with the new `plan_hash` and what each revision changed.", body = Data<Detail>),
    (status = 400, description = "`validation_error`: a field that can't be edited, or not so; or the task is not pending.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:approve`, or `lexi:chat` for a task it proposed.", body = Problem),
    (status = 404, description = "`not_found`: Task not found", body = Problem),
    (status = 409, description = "`plan_changed`: the plan is not the one named; `details.changes` says what changed since.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn edit(
    State(app): State<App>,
    Extension(asked): Extension<Asked>,
    Path(id): Path<Id>,
    headers: HeaderMap,
    JsonBody(mut body): JsonBody<Map<String, Value>>,
) -> Result<Response> {
    may_edit(&asked.caller)?;
    let task_id = id.or(tasks::not_found)?;
    let in_body = match body.remove("plan_hash") {
        None | Some(Value::Null) => None,
        Some(Value::String(hash)) => Some(hash),
        Some(_) => return Err(Error::validation("plan_hash", "plan_hash must be a text.")),
    };
    let named = named_plan(in_body, &headers)?;
    let edit = Edit::of(body)?;
    if let Some(answer) = answered_before(&app, &asked).await? {
        return Ok(answer);
    }
    let (snapshot, now_ms) = (app.search.snapshot(), app.clock.now_ms());
    let expires_at_ms = now_ms + app.config.task_expiry_ms;
    let caller = asked.caller.clone();
    let edited = read(&app, move |tx| {
        let circumstances = Circumstances { caller: &caller, snapshot: &snapshot, now_ms, expires_at_ms };
        prepare(tx, &circumstances, task_id, (&edit, named.as_deref()))
    })
    .await?;
    write(&app, asked, StatusCode::OK, move |tx, asked, now_ms| {
        if let Edited::Changed(proposal, seen) = &edited {
            tasks::revise(tx, &asked.caller, proposal, *seen, now_ms)?;
        }
        tasks::get(tx, &asked.caller, task_id, None)
    })
    .await
}

/// Whoever may approve, and whoever may propose; for the latter the task must be his own.
fn may_edit(caller: &Caller) -> Result<()> {
    let may = [Permission::LexiApprove, Permission::LexiChat];
    if may.into_iter().any(|permission| caller.permissions.allows(permission)) {
        return Ok(());
    }
    let message = "This key lacks the permission lexi:approve. Use a key that holds it.";
    Err(Error::with_code(Code::InsufficientPermissions, message))
}
