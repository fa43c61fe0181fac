//! Routes of the policies that approve for a person.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Body, Detail, DryRun, Shown, not_found};
use crate::app::App;
use crate::error::Result;
use crate::http::answer::Problem;
use crate::http::paging::PER_PAGE;
use crate::http::{Answer, Can, Data, Id, Json, JsonBody, Meta, Page, PageParams, Query, data, read, write};
use crate::keys::permissions::need;
use crate::rules::http::DAYS;

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(dry_run))
        .routes(routes!(get, change))
        .routes(routes!(revoke))
}

/// A page of policies.
#[derive(Debug, Serialize, ToSchema)]
struct Policies {
    /// Newest first, ended ones included.
    policies: Vec<Shown>,
}

/// List the policies that approve for a person.
#[utoipa::path(get, path = "/v1/lexi/policies", tag = "policies",
    params(
        ("page" = Option<u32>, Query, description = "Counted from 1."),
        ("per_page" = Option<u32>, Query, description = "At most 100; 50 when left out."),
    ), responses(
    (status = 200, description = "A page of policies.", body = Page<Policies>),
    (status = 400, description = "`validation_error`: a page out of range.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `policies:admin`.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn list(
    State(app): State<App>,
    can: Can<need::PoliciesAdmin>,
    Query(params): Query<PageParams>,
) -> Result<Json<Page<Policies>>> {
    let paging = params.check(PER_PAGE)?;
    let (workspace_id, now_ms) = (can.workspace_id, app.clock.now_ms());
    let (policies, total) = read(&app, move |tx| super::list(tx, workspace_id, paging, now_ms)).await?;
    Ok(Json(Page { data: Policies { policies }, meta: Meta::of(paging, total) }))
}

/// Put a policy into force. Its approvals count as those of the calling key, and it ends with that key.
#[utoipa::path(post, path = "/v1/lexi/policies", tag = "policies", request_body = Body, responses(
    (status = 201, description = "The policy, in force from now on.", body = Data<Shown>),
    (status = 400, description = "`validation_error`: a field is wrong.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `policies:admin` or `lexi:approve`.", body = Problem),
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

/// One policy with all its versions.
#[utoipa::path(get, path = "/v1/lexi/policies/{id}", tag = "policies",
    params(("id" = String, Path, description = "Policy UUID")), responses(
    (status = 200, description = "The policy.", body = Data<Detail>),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `policies:admin`.", body = Problem),
    (status = 404, description = "`not_found`: Policy not found", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn get(State(app): State<App>, can: Can<need::PoliciesAdmin>, Path(id): Path<Id>) -> Answer<Detail> {
    let (id, workspace_id, now_ms) = (id.or(not_found)?, can.workspace_id, app.clock.now_ms());
    Ok(data(read(&app, move |tx| super::get(tx, workspace_id, id, now_ms)).await?))
}

/// Put another version of a policy into force: the fields that are sent, null to empty one. The calling key answers for it
/// from then on.
#[utoipa::path(patch, path = "/v1/lexi/policies/{id}", tag = "policies",
    params(("id" = String, Path, description = "Policy UUID")), request_body(content = Value, description = "The fields of a policy that change; null empties one."), responses(
    (status = 200, description = "The policy in its new version, in force from now on.", body = Data<Shown>),
    (status = 400, description = "`validation_error`: a field is wrong, or the policy was revoked.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `policies:admin` or `lexi:approve`.", body = Problem),
    (status = 404, description = "`not_found`: Policy not found", body = Problem),
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

/// End a policy, at once and for ever. It stays readable.
#[utoipa::path(post, path = "/v1/lexi/policies/{id}/revoke", tag = "policies",
    params(("id" = String, Path, description = "Policy UUID")), responses(
    (status = 200, description = "Revoked: nothing is approved by it any more.", body = Data<Shown>),
    (status = 400, description = "`validation_error`: it was revoked before.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `policies:admin`.", body = Problem),
    (status = 404, description = "`not_found`: Policy not found", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn revoke(State(app): State<App>, can: Can<need::PoliciesAdmin>, Path(id): Path<Id>) -> Result<Response> {
    let id = id.or(not_found)?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| super::revoke(tx, &asked.caller, id, now_ms)).await
}

/// A policy that is tried on past tasks.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PolicyTrial)]
#[serde(deny_unknown_fields)]
struct Trial {
    /// What the policy would say.
    policy: Body,
    /// How many days to look back, at most 90; 30 when left out.
    days: Option<u32>,
}

/// Try a policy, written by the calling key, on the tasks decided before: which it would have approved. Changes nothing.
#[utoipa::path(post, path = "/v1/lexi/policies/dry-run", tag = "policies", request_body = Trial, responses(
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
    let (caller, now_ms) = (can.asked.caller.clone(), app.clock.now_ms());
    let days = body.days.unwrap_or(DAYS);
    Ok(data(read(&app, move |tx| super::dry_run(tx, &caller, &body.policy, days, now_ms)).await?))
}
