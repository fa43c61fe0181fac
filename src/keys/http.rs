//! Routes of API keys.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::permissions::need;
use super::{ApiKey, By, CreatedKey, Filter, Kind, NewKey, Secret, Tier};
use crate::app::App;
use crate::clock::parse_iso;
use crate::error::{Error, Result};
use crate::http::answer::Problem;
use crate::http::{Can, Data, Id, Json, JsonBody, Meta, Page, PageParams, Query, read, write, write_once_shown};
use crate::keys;

/// Rows on a page when nothing is said; this route's own page says so.
const PER_PAGE: u32 = 25;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}

/// The keys of a page.
#[derive(Debug, Serialize, ToSchema)]
struct ApiKeys {
    /// Newest first.
    api_keys: Vec<ApiKey>,
}

#[derive(Debug, Deserialize)]
struct ListParams {
    #[serde(flatten)]
    page: PageParams,
    include_revoked: Option<String>,
    search: Option<String>,
}

/// The workspace's API keys, without their secrets.
#[utoipa::path(get, path = "/v1/api-keys", tag = "api-keys",
    params(
        ("page" = Option<u32>, Query, description = "Counted from 1."),
        ("per_page" = Option<u32>, Query, description = "At most 100; 25 when left out."),
        ("include_revoked" = Option<bool>, Query, description = "Revoked keys too; false when left out."),
        ("search" = Option<String>, Query, description = "A part of the name or description."),
    ),
    responses((status = 200, body = Page<ApiKeys>), (status = 400, body = Problem), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    can: Can<need::KeysAdmin>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<ApiKeys>>> {
    let paging = params.page.check(PER_PAGE)?;
    let filter = Filter { include_revoked: yes_or_no(params.include_revoked.as_deref())?, search: params.search };
    let workspace_id = can.workspace_id;
    let (api_keys, total) = read(&app, move |tx| keys::list(tx, workspace_id, &filter, paging)).await?;
    Ok(Json(Page { data: ApiKeys { api_keys }, meta: Meta::of(paging, total) }))
}

fn yes_or_no(text: Option<&str>) -> Result<bool> {
    match text.unwrap_or_default() {
        "" | "false" | "0" => Ok(false),
        "true" | "1" => Ok(true),
        _ => Err(Error::validation("include_revoked", "include_revoked must be true or false.")),
    }
}

/// A new API key.
#[derive(Debug, Deserialize, ToSchema)]
struct NewApiKey {
    /// 1 to 120 characters.
    name: String,
    /// At least one: `read`, `write`, `lexi` or fine ones such as `contacts:read`.
    #[schema(example = json!(["read", "lexi"]))]
    permissions: Vec<String>,
    /// What it is for, at most 2,000 characters.
    description: Option<String>,
    /// `starter`, `pro` (or `standard`), `org` (or `high`) or `unmetered`; at most the calling key's own.
    rate_limit_tier: Option<String>,
    /// ISO 8601, in the future; at most the calling key's own.
    expires_at: Option<String>,
    /// The words by which rules know it, such as `partner`; at most 16. A key without `policies:admin` grants those it
    /// carries itself.
    #[serde(default)]
    roles: Vec<String>,
    /// `human` or `service`, which is the default. Only a person's key makes a person's key.
    kind: Option<String>,
    /// Who answers for it, at most 200 characters.
    owner: Option<String>,
}

impl NewApiKey {
    fn check(self) -> Result<NewKey> {
        let expires_at_ms = match self.expires_at.as_deref() {
            Some(text) => Some(parse_iso(text).ok_or_else(|| {
                Error::validation("expires_at", "expires_at must be a time such as 2027-01-31T00:00:00Z.")
            })?),
            None => None,
        };
        Ok(NewKey {
            name: self.name,
            description: self.description,
            permissions: self.permissions,
            roles: self.roles,
            tier: self.rate_limit_tier.as_deref().map(Tier::parse).transpose()?,
            kind: self.kind.as_deref().map_or(Ok(Kind::Service), Kind::parse)?,
            owner: self.owner,
            expires_at_ms,
        })
    }
}

/// Makes an API key. The secret is in this answer and never shown again.
#[utoipa::path(post, path = "/v1/api-keys", tag = "api-keys", request_body = NewApiKey,
    responses((status = 201, body = Data<CreatedKey>), (status = 400, body = Problem), (status = 403, body = Problem)))]
async fn create(
    State(app): State<App>,
    can: Can<need::KeysAdmin>,
    JsonBody(body): JsonBody<NewApiKey>,
) -> Result<Response> {
    let new = body.check()?;
    let secret = Secret::draw()?;
    let mut response = write_once_shown(
        &app,
        can.asked,
        StatusCode::CREATED,
        move |tx, asked, now_ms| keys::create(tx, &By::Caller(asked.caller.clone()), &new, &secret, now_ms),
        |created| CreatedKey { key: None, ..created },
    )
    .await?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Revokes an API key, for ever. The last active key with `keys:admin` can't revoke itself.
#[utoipa::path(delete, path = "/v1/api-keys/{id}", tag = "api-keys",
    params(("id" = String, Path, description = "The key's id.")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn revoke(State(app): State<App>, can: Can<need::KeysAdmin>, Path(id): Path<Id>) -> Result<Response> {
    let key_id = id.or(|| Error::not_found("API key not found"))?;
    write(&app, can.asked, StatusCode::NO_CONTENT, move |tx, asked, now_ms| {
        keys::revoke(tx, &By::Caller(asked.caller.clone()), key_id, now_ms)
    })
    .await
}
