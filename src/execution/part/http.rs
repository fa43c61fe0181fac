//! The route that shows whom a task is about, one by one, for whoever approves a part of it.

use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Selected;
use crate::app::App;
use crate::error::Result;
use crate::http::answer::Problem;
use crate::http::paging::PER_PAGE;
use crate::http::{Can, Id, Json, Meta, Page, PageParams, Query, read};
use crate::keys::permissions::need;
use crate::tasks;

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(selection))
}

/// A page of a selection.
#[derive(Debug, Serialize, ToSchema)]
struct Selection {
    /// In the order in which they are taken.
    selection: Vec<Selected>,
}

/// Whom a task is about, one by one: what `only` and `exclude` of an approval choose from.
#[utoipa::path(get, path = "/v1/lexi/tasks/{id}/selection", tag = "lexi",
    params(
        ("id" = String, Path, description = "Task UUID"),
        ("page" = Option<u32>, Query, description = "Counted from 1."),
        ("per_page" = Option<u32>, Query, description = "At most 100; 50 when left out."),
    ), responses(
    (status = 200, description = "A page of the selection of the present revision.", body = Page<Selection>),
    (status = 400, description = "`validation_error`: a page out of range.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:read`.", body = Problem),
    (status = 404, description = "`not_found`: Task not found", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn selection(
    State(app): State<App>,
    can: Can<need::LexiRead>,
    Path(id): Path<Id>,
    Query(params): Query<PageParams>,
) -> Result<Json<Page<Selection>>> {
    let task_id = id.or(tasks::not_found)?;
    let paging = params.check(PER_PAGE)?;
    let caller = can.asked.caller;
    let (selection, total) = read(&app, move |tx| super::page(tx, &caller, task_id, paging)).await?;
    Ok(Json(Page { data: Selection { selection }, meta: Meta::of(paging, total) }))
}
