//! Routes of lists. Each keeps its own page's 404 code: the two delete routes `list_not_found` and
//! `membership_not_found`, all others `not_found`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Deleted, List, ListChange, MemberRemoved, MembersAdded, NewList, NewMembers};
use crate::app::App;
use crate::contacts::http::Contacts;
use crate::error::Result;
use crate::http::answer::Problem;
use crate::http::paging::PER_PAGE;
use crate::http::{Answer, Can, Data, Id, Json, JsonBody, Meta, Page, PageParams, Query, data, read, write};
use crate::keys::permissions::need;

/// All routes of lists.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, change, delete))
        .routes(routes!(members, add))
        .routes(routes!(remove))
}

/// Lists under their plural name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lists {
    /// The lists of this page.
    pub lists: Vec<List>,
}

/// Lists the lists, oldest first.
#[utoipa::path(get, path = "/v1/lists", tag = "lists",
    params(
        ("page" = Option<u32>, Query, description = "Counted from 1."),
        ("per_page" = Option<u32>, Query, description = "At most 100; 50 when left out."),
    ),
    responses((status = 200, body = Page<Lists>), (status = 400, body = Problem)))]
async fn list(
    State(app): State<App>,
    can: Can<need::ListsRead>,
    Query(query): Query<PageParams>,
) -> Result<Json<Page<Lists>>> {
    let paging = query.check(PER_PAGE)?;
    let caller = can.asked.caller;
    let (lists, total) = read(&app, move |tx| super::page(tx, &caller, paging)).await?;
    Ok(Json(Page { data: Lists { lists }, meta: Meta::of(paging, total) }))
}

/// Creates an empty list.
#[utoipa::path(post, path = "/v1/lists", tag = "lists", request_body = NewList,
    responses((status = 201, body = Data<List>), (status = 400, body = Problem)))]
async fn create(
    State(app): State<App>,
    can: Can<need::ListsWrite>,
    JsonBody(body): JsonBody<NewList>,
) -> Result<Response> {
    let new = body.check()?;
    write(&app, can.asked, StatusCode::CREATED, move |tx, asked, now_ms| super::create(tx, &asked.caller, &new, now_ms))
        .await
}

/// Shows a list.
#[utoipa::path(get, path = "/v1/lists/{id}", tag = "lists",
    params(("id" = String, Path, description = "The list.")),
    responses((status = 200, body = Data<List>), (status = 404, body = Problem)))]
async fn get(State(app): State<App>, can: Can<need::ListsRead>, Path(id): Path<Id>) -> Answer<List> {
    let id = id.or(super::not_found)?;
    let caller = can.asked.caller;
    read(&app, move |tx| super::get(tx, &caller, id)).await.map(data)
}

/// Changes the name or the description of a list.
#[utoipa::path(patch, path = "/v1/lists/{id}", tag = "lists", request_body = ListChange,
    params(("id" = String, Path, description = "The list.")),
    responses((status = 200, body = Data<List>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn change(
    State(app): State<App>,
    can: Can<need::ListsWrite>,
    Path(id): Path<Id>,
    JsonBody(body): JsonBody<ListChange>,
) -> Result<Response> {
    let id = id.or(super::not_found)?;
    let change = body.check()?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        super::change(tx, &asked.caller, id, &change, now_ms)
    })
    .await
}

/// Deletes a list; its contacts stay.
#[utoipa::path(delete, path = "/v1/lists/{id}", tag = "lists",
    params(("id" = String, Path, description = "The list.")),
    responses((status = 200, body = Data<Deleted>), (status = 404, body = Problem)))]
async fn delete(State(app): State<App>, can: Can<need::ListsWrite>, Path(id): Path<Id>) -> Result<Response> {
    let id = id.or(super::list_not_found)?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| super::delete(tx, &asked.caller, id, now_ms)).await
}

/// Lists the contacts on a list, oldest contact first.
#[utoipa::path(get, path = "/v1/lists/{id}/contacts", tag = "lists",
    params(
        ("id" = String, Path, description = "The list."),
        ("page" = Option<u32>, Query, description = "Counted from 1."),
        ("per_page" = Option<u32>, Query, description = "At most 100; 50 when left out."),
    ),
    responses((status = 200, body = Page<Contacts>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn members(
    State(app): State<App>,
    can: Can<need::ListsRead>,
    Path(id): Path<Id>,
    Query(query): Query<PageParams>,
) -> Result<Json<Page<Contacts>>> {
    let id = id.or(super::not_found)?;
    let paging = query.check(PER_PAGE)?;
    let caller = can.asked.caller;
    let (contacts, total) = read(&app, move |tx| super::members(tx, &caller, id, paging)).await?;
    Ok(Json(Page { data: Contacts { contacts }, meta: Meta::of(paging, total) }))
}

/// Puts contacts on a list; those on it already are passed over.
#[utoipa::path(post, path = "/v1/lists/{id}/contacts", tag = "lists", request_body = NewMembers,
    params(("id" = String, Path, description = "The list.")),
    responses((status = 200, body = Data<MembersAdded>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn add(
    State(app): State<App>,
    can: Can<need::ListsWrite>,
    Path(id): Path<Id>,
    JsonBody(body): JsonBody<NewMembers>,
) -> Result<Response> {
    let id = id.or(super::not_found)?;
    let contact_ids = body.check()?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        super::add(tx, &asked.caller, id, &contact_ids, now_ms)
    })
    .await
}

/// Takes a contact off a list.
#[utoipa::path(delete, path = "/v1/lists/{list_id}/contacts/{contact_id}", tag = "lists",
    params(
        ("list_id" = String, Path, description = "The list."),
        ("contact_id" = String, Path, description = "The contact."),
    ),
    responses((status = 200, body = Data<MemberRemoved>), (status = 404, body = Problem)))]
async fn remove(
    State(app): State<App>,
    can: Can<need::ListsWrite>,
    Path((list_id, contact_id)): Path<(Id, Id)>,
) -> Result<Response> {
    let list_id = list_id.or(super::list_not_found)?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        super::remove(tx, &asked.caller, list_id, contact_id.0, now_ms)
    })
    .await
}
