//! Routes of contacts.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{Contact, ContactChange, Deleted, Filter, NewContact, Sort, SortBy, fields};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::answer::Problem;
use crate::http::paging::PER_PAGE;
use crate::http::{Answer, Can, Data, Id, Json, JsonBody, Meta, Page, PageParams, Query, data, read, write};
use crate::keys::permissions::need;

/// Characters of a search.
const SEARCH_MAX: usize = 200;

/// All routes of contacts.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .merge(super::export::http::routes())
        .routes(routes!(get, change, delete))
}

/// Contacts under their plural name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contacts {
    /// The contacts of this page.
    pub contacts: Vec<Contact>,
}

/// What the query string of the list may say.
#[derive(Debug, Default, Deserialize)]
struct ContactsQuery {
    #[serde(flatten)]
    page: PageParams,
    search: Option<String>,
    list_id: Option<String>,
    created_after: Option<String>,
    sort: Option<String>,
}

impl ContactsQuery {
    fn filter(&self) -> Result<Filter> {
        let given =
            |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let search = given(&self.search);
        if search.as_ref().is_some_and(|search| search.chars().count() > SEARCH_MAX) {
            return Err(Error::validation("search", format!("search must have at most {SEARCH_MAX} characters.")));
        }
        let list_id = match given(&self.list_id) {
            Some(text) => Some(Uuid::try_parse(&text).map_err(|_| crate::lists::not_found())?),
            None => None,
        };
        let created_after_ms =
            given(&self.created_after).map(|text| fields::time("created_after", &text)).transpose()?;
        let sort = given(&self.sort).map(|text| sort(&text)).transpose()?.unwrap_or_default();
        Ok(Filter { search, list_id, created_after_ms, sort })
    }
}

fn sort(text: &str) -> Result<Sort> {
    let (field, descending) = text.strip_prefix('-').map_or((text, false), |field| (field, true));
    let by = match field {
        "created_at" => SortBy::Created,
        "updated_date" => SortBy::Updated,
        "full_name" => SortBy::Name,
        _ => {
            return Err(Error::validation(
                "sort",
                "sort must be created_at, updated_date or full_name, with a leading - for the largest first.",
            ));
        }
    };
    Ok(Sort { by, descending })
}

/// Lists contacts, oldest first unless sorted otherwise.
#[utoipa::path(get, path = "/v1/contacts", tag = "contacts",
    params(
        ("page" = Option<u32>, Query, description = "Counted from 1."),
        ("per_page" = Option<u32>, Query, description = "At most 100; 50 when left out."),
        ("search" = Option<String>, Query, description = "Part of a name or of an e-mail address."),
        ("list_id" = Option<String>, Query, description = "Only members of this list."),
        ("created_after" = Option<String>, Query, description = "Only contacts made later than this ISO 8601 time."),
        ("sort" = Option<String>, Query, description = "created_at, updated_date or full_name; a leading - turns the order round."),
    ),
    responses((status = 200, body = Page<Contacts>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn list(
    State(app): State<App>,
    can: Can<need::ContactsRead>,
    Query(query): Query<ContactsQuery>,
) -> Result<Json<Page<Contacts>>> {
    let paging = query.page.check(PER_PAGE)?;
    let filter = query.filter()?;
    let caller = can.asked.caller;
    let (contacts, total) = read(&app, move |tx| super::page(tx, &caller, &filter, paging)).await?;
    Ok(Json(Page { data: Contacts { contacts }, meta: Meta::of(paging, total) }))
}

/// Creates a contact.
#[utoipa::path(post, path = "/v1/contacts", tag = "contacts", request_body = NewContact,
    responses((status = 201, body = Data<Contact>), (status = 400, body = Problem)))]
async fn create(
    State(app): State<App>,
    can: Can<need::ContactsWrite>,
    JsonBody(body): JsonBody<NewContact>,
) -> Result<Response> {
    let new = body.check()?;
    write(&app, can.asked, StatusCode::CREATED, move |tx, asked, now_ms| super::create(tx, &asked.caller, &new, now_ms))
        .await
}

/// Shows a contact.
#[utoipa::path(get, path = "/v1/contacts/{id}", tag = "contacts",
    params(("id" = String, Path, description = "The contact.")),
    responses((status = 200, body = Data<Contact>), (status = 404, body = Problem)))]
async fn get(State(app): State<App>, can: Can<need::ContactsRead>, Path(id): Path<Id>) -> Answer<Contact> {
    let id = id.or(super::not_found)?;
    let caller = can.asked.caller;
    read(&app, move |tx| super::get(tx, &caller, id)).await.map(data)
}

/// Changes the given fields of a contact; notes are appended.
#[utoipa::path(patch, path = "/v1/contacts/{id}", tag = "contacts", request_body = ContactChange,
    params(("id" = String, Path, description = "The contact.")),
    responses((status = 200, body = Data<Contact>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn change(
    State(app): State<App>,
    can: Can<need::ContactsWrite>,
    Path(id): Path<Id>,
    JsonBody(body): JsonBody<ContactChange>,
) -> Result<Response> {
    let id = id.or(super::not_found)?;
    let change = body.check()?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        super::change(tx, &asked.caller, id, &change, now_ms)
    })
    .await
}

/// Deletes a contact and its memberships.
#[utoipa::path(delete, path = "/v1/contacts/{id}", tag = "contacts",
    params(("id" = String, Path, description = "The contact.")),
    responses((status = 200, body = Data<Deleted>), (status = 404, body = Problem)))]
async fn delete(State(app): State<App>, can: Can<need::ContactsWrite>, Path(id): Path<Id>) -> Result<Response> {
    let id = id.or(super::not_found)?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| super::delete(tx, &asked.caller, id, now_ms)).await
}
