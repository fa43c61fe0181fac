//! Routes of suppressions.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Deleted, Filter, Kind, NewSuppression, Suppression};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::answer::Problem;
use crate::http::paging::PER_PAGE;
use crate::http::{Can, Data, Id, Json, JsonBody, Meta, Page, PageParams, Query, read, write};
use crate::keys::permissions::need;

/// Characters of a search.
const SEARCH_MAX: usize = 200;

/// All routes of suppressions.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(delete))
}

/// Suppressions under their plural name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suppressions {
    /// The suppressions of this page.
    pub suppressions: Vec<Suppression>,
}

/// What the query string of the list may say.
#[derive(Debug, Default, Deserialize)]
struct SuppressionsQuery {
    #[serde(flatten)]
    page: PageParams,
    kind: Option<String>,
    search: Option<String>,
}

impl SuppressionsQuery {
    fn filter(self) -> Result<Filter> {
        let given = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let kind = given(self.kind).map(|kind| Kind::parse(&kind)).transpose()?;
        let search = given(self.search);
        if search.as_ref().is_some_and(|search| search.chars().count() > SEARCH_MAX) {
            return Err(Error::validation("search", format!("search must have at most {SEARCH_MAX} characters.")));
        }
        Ok(Filter { kind, search })
    }
}

/// Lists who must never be contacted, oldest first.
#[utoipa::path(get, path = "/v1/suppressions", tag = "suppressions",
    params(
        ("page" = Option<u32>, Query, description = "Counted from 1."),
        ("per_page" = Option<u32>, Query, description = "At most 100; 50 when left out."),
        ("kind" = Option<String>, Query, description = "email, domain or prospect."),
        ("search" = Option<String>, Query, description = "Part of an address or domain."),
    ),
    responses((status = 200, body = Page<Suppressions>), (status = 400, body = Problem)))]
async fn list(
    State(app): State<App>,
    can: Can<need::SuppressionsRead>,
    Query(query): Query<SuppressionsQuery>,
) -> Result<Json<Page<Suppressions>>> {
    let paging = query.page.check(PER_PAGE)?;
    let filter = query.filter()?;
    let caller = can.asked.caller;
    let (suppressions, total) = read(&app, move |tx| super::page(tx, &caller, &filter, paging)).await?;
    Ok(Json(Page { data: Suppressions { suppressions }, meta: Meta::of(paging, total) }))
}

/// Says who must never be contacted or added, and why.
#[utoipa::path(post, path = "/v1/suppressions", tag = "suppressions", request_body = NewSuppression,
    responses((status = 201, body = Data<Suppression>), (status = 400, body = Problem)))]
async fn create(
    State(app): State<App>,
    can: Can<need::SuppressionsWrite>,
    JsonBody(body): JsonBody<NewSuppression>,
) -> Result<Response> {
    let new = body.check()?;
    write(&app, can.asked, StatusCode::CREATED, move |tx, asked, now_ms| super::create(tx, &asked.caller, &new, now_ms))
        .await
}

/// Lifts a suppression.
#[utoipa::path(delete, path = "/v1/suppressions/{id}", tag = "suppressions",
    params(("id" = String, Path, description = "The suppression.")),
    responses((status = 200, body = Data<Deleted>), (status = 404, body = Problem)))]
async fn delete(State(app): State<App>, can: Can<need::SuppressionsWrite>, Path(id): Path<Id>) -> Result<Response> {
    let id = id.or(super::not_found)?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| super::delete(tx, &asked.caller, id, now_ms)).await
}
