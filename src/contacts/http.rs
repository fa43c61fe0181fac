//! Routes of contacts.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{Contact, ContactChange, Deleted, Filter, Merged, NewContact, Sort, SortBy, fields};
use crate::app::App;
use crate::error::{Error, Result, quoted};
use crate::events::By;
use crate::http::answer::Problem;
use crate::http::paging::PER_PAGE;
use crate::http::{Answer, Can, Data, Id, Json, JsonBody, Meta, Page, PageParams, Query, data, read, write};
use crate::ids;
use crate::keys::permissions::need;
use crate::notes::{self, Note};

/// Characters of a search.
const SEARCH_MAX: usize = 200;
/// Notes that are shown with a contact.
const RECENT_MAX: u32 = 3;

/// All routes of contacts.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .merge(super::export::http::routes())
        .merge(super::bulk::http::routes())
        .routes(routes!(merge))
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

/// A contact with what its answer was asked to include.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactShown {
    #[serde(flatten)]
    contact: Contact,
    /// The three newest notes; only with `include=notes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    recent_notes: Option<Vec<Note>>,
    /// To-dos; there are none yet. Only with `include=tasks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    open_tasks: Option<[(); 0]>,
    /// Deals; there are none yet. Only with `include=deals`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    open_deals: Option<[(); 0]>,
}

/// What the query string of one contact may say.
#[derive(Debug, Default, Deserialize)]
struct ShownQuery {
    include: Option<String>,
}

/// What else is shown with a contact.
#[derive(Debug, Clone, Copy, Default)]
struct Include {
    notes: bool,
    tasks: bool,
    deals: bool,
}

impl Include {
    fn parse(text: &str) -> Result<Include> {
        let mut include = Include::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part {
                "notes" => include.notes = true,
                "tasks" => include.tasks = true,
                "deals" => include.deals = true,
                "*" => include = Include { notes: true, tasks: true, deals: true },
                other => {
                    let shown = quoted(other);
                    let message =
                        format!("include takes notes, tasks, deals or *, with commas between, got \"{shown}\".");
                    return Err(Error::validation("include", message));
                }
            }
        }
        Ok(include)
    }
}

/// Shows a contact.
#[utoipa::path(get, path = "/v1/contacts/{id}", tag = "contacts",
    params(
        ("id" = String, Path, description = "The contact."),
        ("include" = Option<String>, Query, description = "notes, tasks, deals, with commas between, or * for all: \
            the newest of them, in recent_notes, open_tasks and open_deals."),
    ),
    responses((status = 200, body = Data<ContactShown>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn get(
    State(app): State<App>,
    can: Can<need::ContactsRead>,
    Path(id): Path<Id>,
    Query(query): Query<ShownQuery>,
) -> Answer<ContactShown> {
    let id = id.or(super::not_found)?;
    let include = Include::parse(query.include.as_deref().unwrap_or_default())?;
    let caller = can.asked.caller;
    let shown = read(&app, move |tx| {
        let contact = super::get(tx, &caller, id)?;
        let recent_notes = match include.notes {
            true => Some(notes::recent(tx, caller.workspace_id, id, RECENT_MAX)?),
            false => None,
        };
        let none = |wanted: bool| wanted.then_some([]);
        Ok(ContactShown { contact, recent_notes, open_tasks: none(include.tasks), open_deals: none(include.deals) })
    });
    shown.await.map(data)
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

/// The body of `POST /v1/contacts/merge`.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct Merge {
    /// The contact that stays. Required.
    #[schema(value_type = String)]
    primary_id: Option<String>,
    /// At most 20 contacts that become part of it, the one that counts most first. Required.
    #[schema(value_type = Vec<String>)]
    duplicate_ids: Option<Vec<String>>,
    /// Whether the duplicates' fields count before the contact's own; otherwise they fill what is empty.
    overwrite: bool,
    /// Only show what would come of it; nothing is changed.
    dry_run: bool,
}

/// Merges contacts into one.
///
/// Empty fields are filled from the duplicates in their order; tags, custom fields and notes are united; notes and
/// memberships move; the duplicates are deleted.
#[utoipa::path(post, path = "/v1/contacts/merge", tag = "contacts", request_body = Merge,
    responses((status = 200, body = Data<Merged>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn merge(
    State(app): State<App>,
    can: Can<need::ContactsWrite>,
    JsonBody(body): JsonBody<Merge>,
) -> Result<Response> {
    let Some(primary) = body.primary_id else {
        return Err(Error::validation("primary_id", "Name the contact that stays in primary_id."));
    };
    let primary = ids::parse("primary_id", primary.trim())?;
    let given = body.duplicate_ids.unwrap_or_default();
    let duplicates = given.iter().map(|id| ids::parse("duplicate_ids", id.trim())).collect::<Result<Vec<_>>>()?;
    let (overwrite, dry_run) = (body.overwrite, body.dry_run);
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        if dry_run {
            return super::would_merge(tx, asked.caller.workspace_id, primary, &duplicates, overwrite);
        }
        super::merge(tx, &By::from(&asked.caller), primary, &duplicates, overwrite, now_ms)
    })
    .await
}
