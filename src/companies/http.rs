//! Routes of companies. The delete route keeps its page's 404 code `company_not_found`, all others say `not_found`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Company, CompanyChange, Deleted, Filter, Linked, LinkedContacts, NewCompany};
use crate::app::App;
use crate::error::{Code, Error, Result};
use crate::events::By;
use crate::http::answer::Problem;
use crate::http::paging::PER_PAGE;
use crate::http::{Answer, Can, Data, Id, Json, JsonBody, Meta, Page, PageParams, Query, data, read, write};
use crate::keys::permissions::need;

/// Characters of a search.
const SEARCH_MAX: usize = 200;

/// All routes of companies.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, change, delete)).routes(routes!(link))
}

/// Companies under their plural name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Companies {
    /// The companies of this page.
    pub companies: Vec<Company>,
}

/// What the query string of the list may say.
#[derive(Debug, Default, Deserialize)]
struct CompaniesQuery {
    #[serde(flatten)]
    page: PageParams,
    search: Option<String>,
    industry: Option<String>,
}

impl CompaniesQuery {
    fn filter(self) -> Result<Filter> {
        let part = |field: &str, text: Option<String>| {
            let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            match text {
                Some(text) if text.chars().count() > SEARCH_MAX => {
                    Err(Error::validation(field, format!("{field} must have at most {SEARCH_MAX} characters.")))
                }
                text => Ok(text),
            }
        };
        Ok(Filter { search: part("search", self.search)?, industry: part("industry", self.industry)? })
    }
}

/// Lists companies, oldest first.
#[utoipa::path(get, path = "/v1/companies", tag = "companies",
    params(
        ("page" = Option<u32>, Query, description = "Counted from 1."),
        ("per_page" = Option<u32>, Query, description = "At most 100; 50 when left out."),
        ("search" = Option<String>, Query, description = "Part of the name."),
        ("industry" = Option<String>, Query, description = "Part of the industry."),
    ),
    responses((status = 200, body = Page<Companies>), (status = 400, body = Problem)))]
async fn list(
    State(app): State<App>,
    can: Can<need::CompaniesRead>,
    Query(query): Query<CompaniesQuery>,
) -> Result<Json<Page<Companies>>> {
    let paging = query.page.check(PER_PAGE)?;
    let filter = query.filter()?;
    let workspace_id = can.asked.caller.workspace_id;
    let (companies, total) = read(&app, move |tx| super::page(tx, workspace_id, &filter, paging)).await?;
    Ok(Json(Page { data: Companies { companies }, meta: Meta::of(paging, total) }))
}

/// Creates a company.
#[utoipa::path(post, path = "/v1/companies", tag = "companies", request_body = NewCompany,
    responses((status = 201, body = Data<Company>), (status = 400, body = Problem)))]
async fn create(
    State(app): State<App>,
    can: Can<need::CompaniesWrite>,
    JsonBody(body): JsonBody<NewCompany>,
) -> Result<Response> {
    let new = body.check()?;
    write(&app, can.asked, StatusCode::CREATED, move |tx, asked, now_ms| {
        super::create(tx, &By::from(&asked.caller), &new, now_ms)
    })
    .await
}

/// Shows a company.
#[utoipa::path(get, path = "/v1/companies/{id}", tag = "companies",
    params(("id" = String, Path, description = "The company.")),
    responses((status = 200, body = Data<Company>), (status = 404, body = Problem)))]
async fn get(State(app): State<App>, can: Can<need::CompaniesRead>, Path(id): Path<Id>) -> Answer<Company> {
    let id = id.or(super::not_found)?;
    let workspace_id = can.asked.caller.workspace_id;
    read(&app, move |tx| super::get(tx, workspace_id, id)).await.map(data)
}

/// Changes the given fields of a company.
#[utoipa::path(patch, path = "/v1/companies/{id}", tag = "companies", request_body = CompanyChange,
    params(("id" = String, Path, description = "The company.")),
    responses((status = 200, body = Data<Company>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn change(
    State(app): State<App>,
    can: Can<need::CompaniesWrite>,
    Path(id): Path<Id>,
    JsonBody(body): JsonBody<CompanyChange>,
) -> Result<Response> {
    let id = id.or(super::not_found)?;
    let change = body.check()?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        super::change(tx, &By::from(&asked.caller), id, &change, now_ms)
    })
    .await
}

/// Deletes a company; its contacts and notes stay, without the link to it.
#[utoipa::path(delete, path = "/v1/companies/{id}", tag = "companies",
    params(("id" = String, Path, description = "The company.")),
    responses((status = 200, body = Data<Deleted>), (status = 404, body = Problem, description = "`company_not_found`")))]
async fn delete(State(app): State<App>, can: Can<need::CompaniesWrite>, Path(id): Path<Id>) -> Result<Response> {
    let id = id.or(super::company_not_found)?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        super::delete(tx, &By::from(&asked.caller), id, now_ms).map_err(|error| match error.code() {
            Code::NotFound => super::company_not_found(),
            _ => error,
        })
    })
    .await
}

/// Links contacts to a company.
///
/// A contact is linked to one company at a time. Ids that are no contacts of this workspace are counted in `failed`.
#[utoipa::path(post, path = "/v1/companies/{id}/contacts/link", tag = "companies", request_body = LinkedContacts,
    params(("id" = String, Path, description = "The company.")),
    responses((status = 200, body = Data<Linked>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn link(
    State(app): State<App>,
    can: Can<need::ContactsWrite>,
    Path(id): Path<Id>,
    JsonBody(body): JsonBody<LinkedContacts>,
) -> Result<Response> {
    let id = id.or(super::not_found)?;
    let contact_ids = body.check()?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        super::link(tx, &By::from(&asked.caller), id, &contact_ids, now_ms)
    })
    .await
}
