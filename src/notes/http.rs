//! Routes of notes: all of a workspace, and those of one contact or company.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{About, Filter, Kind, NewNote, NewNoteOf, Note};
use crate::app::App;
use crate::contacts::{TAGS_MAX, fields};
use crate::error::{Error, Result, quoted};
use crate::events::By;
use crate::http::answer::Problem;
use crate::http::paging::PER_PAGE;
use crate::http::{Asked, Can, Data, Id, Json, JsonBody, Meta, Page, PageParams, Query, answered_before, read, write};
use crate::keys::permissions::need;
use crate::{companies, contacts};

/// Characters of a search.
const SEARCH_MAX: usize = 200;

/// All routes of notes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(list_of_contact, create_of_contact))
        .routes(routes!(list_of_company, create_of_company))
}

/// Notes under their plural name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notes {
    /// The notes of this page.
    pub notes: Vec<Note>,
}

/// What the query string of the list may say.
#[derive(Debug, Default, Deserialize)]
struct NotesQuery {
    #[serde(flatten)]
    page: PageParams,
    note_type: Option<String>,
    tags: Option<String>,
    search: Option<String>,
    is_pinned: Option<String>,
}

impl NotesQuery {
    fn filter(self) -> Result<Filter> {
        let given = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let search = given(self.search);
        if search.as_ref().is_some_and(|search| search.chars().count() > SEARCH_MAX) {
            return Err(Error::validation("search", format!("search must have at most {SEARCH_MAX} characters.")));
        }
        let kind = given(self.note_type).map(|kind| Kind::parse(&kind)).transpose()?;
        let tags = given(self.tags).unwrap_or_default();
        let tags: Vec<String> =
            tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        if tags.len() > TAGS_MAX {
            return Err(Error::validation("tags", format!("tags must be at most {TAGS_MAX}, got {}.", tags.len())));
        }
        let is_pinned = match given(self.is_pinned).as_deref() {
            None => None,
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(other) => {
                let shown = quoted(other);
                let message = format!("is_pinned must be true or false, got \"{shown}\".");
                return Err(Error::validation("is_pinned", message));
            }
        };
        Ok(Filter { kind, tags: fields::tags("tags", tags)?, search, is_pinned, about: None })
    }
}

/// Lists notes, newest first.
#[utoipa::path(get, path = "/v1/notes", tag = "notes",
    params(
        ("page" = Option<u32>, Query, description = "Counted from 1."),
        ("per_page" = Option<u32>, Query, description = "At most 100; 50 when left out."),
        ("note_type" = Option<String>, Query, description = "general, meeting, call, email or other."),
        ("tags" = Option<String>, Query, description = "Tags with commas between; only notes that have all of them."),
        ("search" = Option<String>, Query, description = "Part of the title or of the content."),
        ("is_pinned" = Option<bool>, Query, description = "Only notes that are kept on top, or with false only others."),
    ),
    responses((status = 200, body = Page<Notes>), (status = 400, body = Problem)))]
async fn list(
    State(app): State<App>,
    can: Can<need::ContactsRead>,
    Query(query): Query<NotesQuery>,
) -> Result<Json<Page<Notes>>> {
    let paging = query.page.check(PER_PAGE)?;
    page(&app, &can.asked, query.filter()?, paging).await
}

/// Writes a note about a contact or a company, named by id or in words.
///
/// A name that fits several records is refused with 400 `ambiguous_reference`: the message and `details.candidates`
/// name them all.
#[utoipa::path(post, path = "/v1/notes", tag = "notes", request_body = NewNote,
    responses((status = 201, body = Data<Note>), (status = 400, body = Problem)))]
async fn create(
    State(app): State<App>,
    can: Can<need::ContactsWrite>,
    JsonBody(body): JsonBody<NewNote>,
) -> Result<Response> {
    let new = body.check()?;
    if let Some(answer) = answered_before(&app, &can.asked).await? {
        return Ok(answer);
    }
    // Names are looked up before anything is written, so that nobody's write waits for it.
    let workspace_id = can.asked.caller.workspace_id;
    let new = read(&app, move |tx| super::resolve(tx, workspace_id, new.clone())).await?;
    write(&app, can.asked, StatusCode::CREATED, move |tx, asked, now_ms| {
        super::create(tx, &By::from(&asked.caller), &new, now_ms)
    })
    .await
}

/// Lists the notes about a contact, newest first.
#[utoipa::path(get, path = "/v1/contacts/{id}/notes", tag = "notes",
    params(
        ("id" = String, Path, description = "The contact."),
        ("page" = Option<u32>, Query, description = "Counted from 1."),
        ("per_page" = Option<u32>, Query, description = "At most 100; 50 when left out."),
    ),
    responses((status = 200, body = Page<Notes>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn list_of_contact(
    State(app): State<App>,
    can: Can<need::ContactsRead>,
    Path(id): Path<Id>,
    Query(query): Query<PageParams>,
) -> Result<Json<Page<Notes>>> {
    let about = About::Contact(id.or(contacts::not_found)?);
    page(&app, &can.asked, Filter { about: Some(about), ..Filter::default() }, query.check(PER_PAGE)?).await
}

/// Writes a note about a contact.
#[utoipa::path(post, path = "/v1/contacts/{id}/notes", tag = "notes", request_body = NewNoteOf,
    params(("id" = String, Path, description = "The contact.")),
    responses((status = 201, body = Data<Note>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn create_of_contact(
    State(app): State<App>,
    can: Can<need::ContactsWrite>,
    Path(id): Path<Id>,
    JsonBody(body): JsonBody<NewNoteOf>,
) -> Result<Response> {
    create_about(&app, can.asked, About::Contact(id.or(contacts::not_found)?), body).await
}

/// Lists the notes about a company, newest first.
#[utoipa::path(get, path = "/v1/companies/{id}/notes", tag = "notes",
    params(
        ("id" = String, Path, description = "The company."),
        ("page" = Option<u32>, Query, description = "Counted from 1."),
        ("per_page" = Option<u32>, Query, description = "At most 100; 50 when left out."),
    ),
    responses((status = 200, body = Page<Notes>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn list_of_company(
    State(app): State<App>,
    can: Can<need::ContactsRead>,
    Path(id): Path<Id>,
    Query(query): Query<PageParams>,
) -> Result<Json<Page<Notes>>> {
    let about = About::Company(id.or(companies::not_found)?);
    page(&app, &can.asked, Filter { about: Some(about), ..Filter::default() }, query.check(PER_PAGE)?).await
}

/// Writes a note about a company.
#[utoipa::path(post, path = "/v1/companies/{id}/notes", tag = "notes", request_body = NewNoteOf,
    params(("id" = String, Path, description = "The company.")),
    responses((status = 201, body = Data<Note>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn create_of_company(
    State(app): State<App>,
    can: Can<need::ContactsWrite>,
    Path(id): Path<Id>,
    JsonBody(body): JsonBody<NewNoteOf>,
) -> Result<Response> {
    create_about(&app, can.asked, About::Company(id.or(companies::not_found)?), body).await
}

async fn page(app: &App, asked: &Asked, filter: Filter, paging: crate::paging::Paging) -> Result<Json<Page<Notes>>> {
    let workspace_id = asked.caller.workspace_id;
    let (notes, total) = read(app, move |tx| super::page(tx, workspace_id, &filter, paging)).await?;
    Ok(Json(Page { data: Notes { notes }, meta: Meta::of(paging, total) }))
}

async fn create_about(app: &App, asked: Asked, about: About, body: NewNoteOf) -> Result<Response> {
    let new = body.check(about)?;
    write(app, asked, StatusCode::CREATED, move |tx, asked, now_ms| {
        super::check_there(tx, asked.caller.workspace_id, about)?;
        super::create(tx, &By::from(&asked.caller), &new, now_ms)
    })
    .await
}
