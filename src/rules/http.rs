//! Routes of the rules about who may approve what.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Body, Detail, DryRun, Shown, not_found};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::answer::Problem;
use crate::http::paging::PER_PAGE;
use crate::http::{Answer, Can, Data, Id, Json, JsonBody, Meta, Page, PageParams, Query, data, read, write};
use crate::keys::permissions::need;

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(dry_run)).routes(routes!(get, change, retire))
}

/// Which rules to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// `true`: retired rules too.
    include_retired: Option<String>,
    /// Counted from 1.
    page: Option<String>,
    /// Rules on a page: 50, at most 100.
    per_page: Option<String>,
}

/// A page of rules.
#[derive(Debug, Serialize, ToSchema)]
struct Rules {
    /// Newest first.
    rules: Vec<Shown>,
}

/// List the rules about who may approve what.
#[utoipa::path(get, path = "/v1/lexi/rules", tag = "rules", params(ListParams), responses(
    (status = 200, description = "A page of rules.", body = Page<Rules>),
    (status = 400, description = "`validation_error`: a page out of range.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `policies:admin`.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn list(
    State(app): State<App>,
    can: Can<need::PoliciesAdmin>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<Rules>>> {
    let with_retired = match params.include_retired.as_deref().unwrap_or_default() {
        "" | "false" => false,
        "true" => true,
        _ => return Err(Error::validation("include_retired", "include_retired must be true or false.")),
    };
    let paging = PageParams { page: params.page, per_page: params.per_page }.check(PER_PAGE)?;
    let workspace_id = can.workspace_id;
    let (rules, total) = read(&app, move |tx| super::list(tx, workspace_id, with_retired, paging)).await?;
    Ok(Json(Page { data: Rules { rules }, meta: Meta::of(paging, total) }))
}

/// Put a rule into force. All rules in force that concern a task hold together.
#[utoipa::path(post, path = "/v1/lexi/rules", tag = "rules", request_body = Body, responses(
    (status = 201, description = "The rule, in force from now on.", body = Data<Shown>),
    (status = 400, description = "`validation_error`: a field is wrong; of `approve` the message names the column.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `policies:admin`.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn create(
    State(app): State<App>,
    can: Can<need::PoliciesAdmin>,
    JsonBody(body): JsonBody<Body>,
) -> Result<Response> {
    write(&app, can.asked, StatusCode::CREATED, move |tx, asked, now_ms| {
        super::create(tx, &asked.caller, &body, now_ms)
    })
    .await
}

/// One rule with all its versions.
#[utoipa::path(get, path = "/v1/lexi/rules/{id}", tag = "rules", params(("id" = String, Path, description = "Rule UUID")),
    responses(
    (status = 200, description = "The rule.", body = Data<Detail>),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `policies:admin`.", body = Problem),
    (status = 404, description = "`not_found`: Rule not found", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn get(State(app): State<App>, can: Can<need::PoliciesAdmin>, Path(id): Path<Id>) -> Answer<Detail> {
    let (id, workspace_id) = (id.or(not_found)?, can.workspace_id);
    Ok(data(read(&app, move |tx| super::get(tx, workspace_id, id)).await?))
}

/// Put another version of a rule into force: the fields that are sent, null to empty one.
#[utoipa::path(patch, path = "/v1/lexi/rules/{id}", tag = "rules", params(("id" = String, Path, description = "Rule UUID")),
    request_body = Body, responses(
    (status = 200, description = "The rule in its new version, in force from now on.", body = Data<Shown>),
    (status = 400, description = "`validation_error`: a field is wrong, or the rule is retired.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `policies:admin`.", body = Problem),
    (status = 404, description = "`not_found`: Rule not found", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn change(
    State(app): State<App>,
    can: Can<need::PoliciesAdmin>,
    Path(id): Path<Id>,
    JsonBody(changes): JsonBody<Map<String, Value>>,
) -> Result<Response> {
    let id = id.or(not_found)?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        super::change(tx, &asked.caller, id, &changes, now_ms)
    })
    .await
}

/// Take a rule out of force, for ever. It stays readable.
#[utoipa::path(delete, path = "/v1/lexi/rules/{id}", tag = "rules", params(("id" = String, Path, description = "Rule UUID")),
    responses(
    (status = 204, description = "Retired."),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `policies:admin`.", body = Problem),
    (status = 404, description = "`not_found`: Rule not found, or retired before", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn retire(State(app): State<App>, can: Can<need::PoliciesAdmin>, Path(id): Path<Id>) -> Result<Response> {
    let id = id.or(not_found)?;
    write(&app, can.asked, StatusCode::NO_CONTENT, move |tx, asked, now_ms| {
        super::retire(tx, &asked.caller, id, now_ms)
    })
    .await
}

/// A rule that is tried on past tasks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Trial {
    /// What the rule would say.
    rule: Body,
    /// How many days to look back, at most 90; 30 when left out.
    days: Option<u32>,
}

/// Days that a dry run looks back when none are named.
pub(crate) const DAYS: u32 = 30;

/// Try a rule on the tasks decided before: which would have been approved, refused, or still wait. Changes nothing.
#[utoipa::path(post, path = "/v1/lexi/rules/dry-run", tag = "rules", request_body = Trial, responses(
    (status = 200, description = "What it would have made of them.", body = Data<DryRun>),
    (status = 400, description = "`validation_error`: a field is wrong.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `policies:admin`.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn dry_run(
    State(app): State<App>,
    can: Can<need::PoliciesAdmin>,
    JsonBody(body): JsonBody<Trial>,
) -> Answer<DryRun> {
    let (workspace_id, now_ms) = (can.workspace_id, app.clock.now_ms());
    let days = body.days.unwrap_or(DAYS);
    Ok(data(read(&app, move |tx| super::dry_run(tx, workspace_id, &body.rule, days, now_ms)).await?))
}
