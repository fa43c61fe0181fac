//! Routes that hold work up: take an approval back, stop a task, freeze a type or everything.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::freeze::not_found as no_freeze;
use super::{Freeze, NewFreeze};
use crate::app::App;
use crate::error::{Error, Result, quoted};
use crate::execution;
use crate::http::answer::Problem;
use crate::http::paging::PER_PAGE;
use crate::http::{Can, Data, Id, Json, JsonBody, Meta, Page, PageParams, Query, read, write_by_condition};
use crate::keys::permissions::need;
use crate::tasks::{Kind, Status, given_reason, not_found};

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(retract))
        .routes(routes!(stop))
        .routes(routes!(freezes, freeze))
        .routes(routes!(lift))
}

/// Why.
#[derive(Debug, Default, Deserialize, ToSchema)]
struct Why {
    /// At most 2,000 characters.
    reason: Option<String>,
}

impl Why {
    fn check(self) -> Result<Option<String>> {
        given_reason(self.reason.map(|reason| reason.trim().to_owned()))
    }
}

/// The answer to a retraction or a stop.
#[derive(Debug, Serialize, ToSchema)]
struct Ended {
    /// The task.
    task_id: Uuid,
    /// `dismissed` when it was retracted, `failed` when it was stopped.
    status: &'static str,
    /// What was done before, as in the task's `result`; null when it was retracted.
    result: Value,
}

/// Take an approval back while its work has not begun: the task is dismissed.
#[utoipa::path(post, path = "/v1/lexi/tasks/{id}/retract", tag = "lexi", params(("id" = String, Path, description = "Task UUID")),
    request_body(content = Option<Why>, description = "May be empty."), responses(
    (status = 200, description = "Retracted; it will never be executed.", body = Data<Ended>),
    (status = 400, description = "`validation_error`: the task is not approved, or its work has begun.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:approve`.", body = Problem),
    (status = 404, description = "`not_found`: Task not found", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn retract(
    State(app): State<App>,
    can: Can<need::LexiApprove>,
    Path(id): Path<Id>,
    JsonBody(body): JsonBody<Why>,
) -> Result<Response> {
    let (task_id, reason) = (id.or(not_found)?, body.check()?);
    write_by_condition(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        super::retract(tx, &asked.caller, task_id, reason.as_deref(), now_ms)?;
        Ok(Ended { task_id, status: Status::Dismissed.as_str(), result: Value::Null })
    })
    .await
}

/// Stop an approved task: what was done stays and is listed, nothing more is done.
#[utoipa::path(post, path = "/v1/lexi/tasks/{id}/stop", tag = "lexi", params(("id" = String, Path, description = "Task UUID")),
    request_body(content = Option<Why>, description = "May be empty."), responses(
    (status = 200, description = "Stopped; the task is `failed` with the code `stopped`.", body = Data<Ended>),
    (status = 400, description = "`validation_error`: the task is not approved, or has ended.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:approve`.", body = Problem),
    (status = 404, description = "`not_found`: Task not found", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn stop(
    State(app): State<App>,
    can: Can<need::LexiApprove>,
    Path(id): Path<Id>,
    JsonBody(body): JsonBody<Why>,
) -> Result<Response> {
    let (task_id, reason) = (id.or(not_found)?, body.check()?);
    write_by_condition(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        let result = execution::stop(tx, &asked.caller, task_id, reason.as_deref(), now_ms)?;
        Ok(Ended { task_id, status: Status::Failed.as_str(), result })
    })
    .await
}

/// Which freezes to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// `in_force` (default) or `all`.
    status: Option<String>,
    /// Counted from 1.
    page: Option<String>,
    /// Freezes on a page: 50, at most 100.
    per_page: Option<String>,
}

/// A page of freezes.
#[derive(Debug, Serialize, ToSchema)]
struct Freezes {
    /// The newest first.
    freezes: Vec<Freeze>,
}

/// List the freezes.
#[utoipa::path(get, path = "/v1/lexi/freezes", tag = "lexi", params(ListParams), responses(
    (status = 200, description = "A page of freezes.", body = Page<Freezes>),
    (status = 400, description = "`validation_error`: an unknown status, or a page out of range.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:read`.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn freezes(
    State(app): State<App>,
    can: Can<need::LexiRead>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<Freezes>>> {
    let all = match params.status.as_deref() {
        None | Some("" | "in_force") => false,
        Some("all") => true,
        Some(other) => {
            let message = format!("status must be in_force or all, got \"{}\".", quoted(other));
            return Err(Error::validation("status", message));
        }
    };
    let paging = PageParams { page: params.page, per_page: params.per_page }.check(PER_PAGE)?;
    let caller = can.asked.caller;
    let (freezes, total) = read(&app, move |tx| super::freezes(tx, &caller, all, paging)).await?;
    Ok(Json(Page { data: Freezes { freezes }, meta: Meta::of(paging, total) }))
}

/// What to freeze, and why.
#[derive(Debug, Deserialize, ToSchema)]
struct Wanted {
    /// A type of task; the whole workspace when left out.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// At most 2,000 characters.
    reason: Option<String>,
}

/// Freeze a type of task or the whole workspace: nothing begins and nothing goes on until it is lifted. Approvals are
/// still taken.
#[utoipa::path(post, path = "/v1/lexi/freezes", tag = "lexi", request_body = Wanted, responses(
    (status = 201, description = "Frozen: no work that had not ended before goes on.", body = Data<Freeze>),
    (status = 400, description = "`validation_error`: no reason, or an unknown type.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:approve`.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn freeze(
    State(app): State<App>,
    can: Can<need::LexiApprove>,
    JsonBody(body): JsonBody<Wanted>,
) -> Result<Response> {
    let kind = match body.kind.as_deref() {
        None => None,
        Some(name) => Some(Kind::named(name).ok_or_else(|| {
            let known = Kind::ALL.map(Kind::as_str).join(", ");
            Error::validation("type", format!("type must be one of {known}, got \"{}\".", quoted(name)))
        })?),
    };
    let reason = Why { reason: body.reason }.check()?;
    let reason = reason.ok_or_else(|| Error::validation("reason", "Say why: a freeze needs a reason."))?;
    let new = NewFreeze { kind, reason };
    write_by_condition(&app, can.asked, StatusCode::CREATED, move |tx, asked, now_ms| {
        super::freeze(tx, &asked.caller, &new, now_ms)
    })
    .await
}

/// The answer to a lift.
#[derive(Debug, Serialize, ToSchema)]
struct Lifted {
    /// The freeze.
    id: Uuid,
    /// Always true.
    lifted: bool,
}

/// Lift a freeze: what waited goes on where it left off.
#[utoipa::path(delete, path = "/v1/lexi/freezes/{id}", tag = "lexi", params(("id" = String, Path, description = "Freeze UUID")), responses(
    (status = 200, description = "Lifted.", body = Data<Lifted>),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: another key froze, and this one lacks `policies:admin`.", body = Problem),
    (status = 404, description = "`not_found`: no such freeze is in force", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn lift(State(app): State<App>, can: Can<need::LexiRead>, Path(id): Path<Id>) -> Result<Response> {
    let id = id.or(no_freeze)?;
    write_by_condition(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        super::lift(tx, &asked.caller, id, now_ms)?;
        Ok(Lifted { id, lifted: true })
    })
    .await
}
