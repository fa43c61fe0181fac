//! The routes of conversations.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{Change, Conversation, Filter, MESSAGES_MAX, TITLE_MAX, Whose, WithMessages, conversation_not_found};
use crate::app::App;
use crate::contacts;
use crate::error::{Error, Result, quoted};
use crate::http::answer::Problem;
use crate::http::paging::number;
use crate::http::{Answer, Can, Data, Id, Json, JsonBody, Meta, Page, PageParams, Query, data, read, write};
use crate::keys::permissions::need;

/// Conversations on a page when nothing is said.
const PER_PAGE: u32 = 25;
/// Messages of an answer when nothing is said.
const MESSAGES: u32 = 200;
/// Characters of a search.
const SEARCH_MAX: usize = 200;

/// All routes of conversations.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get, change, delete))
}

/// Conversations under their plural name.
#[derive(Debug, Serialize, ToSchema)]
struct Conversations {
    /// Those with the newest message first.
    conversations: Vec<Conversation>,
}

/// What the query string of the list may say.
#[derive(Debug, Default, Deserialize)]
struct ListQuery {
    #[serde(flatten)]
    page: PageParams,
    search: Option<String>,
    user_id: Option<String>,
    contact_id: Option<String>,
    deal_id: Option<String>,
    archived: Option<String>,
}

impl ListQuery {
    /// Nothing when no conversation can fit: an id that is none, or of a deal, of which there are none.
    fn filter(self) -> Result<Option<Filter>> {
        let given = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let search = given(self.search);
        if search.as_ref().is_some_and(|search| search.chars().count() > SEARCH_MAX) {
            return Err(Error::validation("search", format!("search must have at most {SEARCH_MAX} characters.")));
        }
        let archived = yes_or_no("archived", self.archived.as_deref())?;
        let whose = match given(self.user_id).as_deref() {
            None => Some(Whose::Mine),
            Some("all") => Some(Whose::Everybodys),
            Some(id) => Uuid::try_parse(id).ok().map(Whose::Of),
        };
        let contact = match given(self.contact_id).as_deref() {
            None => Some(None),
            Some(id) => Uuid::try_parse(id).ok().map(Some),
        };
        let (Some(whose), Some(contact_id), None) = (whose, contact, given(self.deal_id)) else { return Ok(None) };
        Ok(Some(Filter { search, whose, contact_id, archived }))
    }
}

fn yes_or_no(field: &str, text: Option<&str>) -> Result<bool> {
    match text.map(str::trim) {
        None | Some("" | "false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => {
            let shown = quoted(other);
            Err(Error::validation(field, format!("{field} must be true or false, got \"{shown}\".")))
        }
    }
}

/// Lists conversations, those with the newest message first.
///
/// The caller's own unless `user_id` says otherwise: those begun with this key, or with another key of the same owner.
#[utoipa::path(get, path = "/v1/lexi/conversations", operation_id = "list_conversations", tag = "lexi",
    params(
        ("page" = Option<u32>, Query, description = "Counted from 1."),
        ("per_page" = Option<u32>, Query, description = "At most 100; 25 when left out."),
        ("search" = Option<String>, Query, description = "Part of the title or of a message."),
        ("user_id" = Option<String>, Query, description = "Another key, by its id, or `all`."),
        ("contact_id" = Option<String>, Query, description = "Only conversations about this contact."),
        ("deal_id" = Option<String>, Query, description = "Only conversations about this deal; there are none yet."),
        ("archived" = Option<bool>, Query, description = "True: archived conversations, too."),
    ),
    responses(
    (status = 200, description = "A page of conversations.", body = Page<Conversations>),
    (status = 400, description = "`validation_error`: a page out of range, or a search that is too long.", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:read`.", body = Problem)))]
async fn list(
    State(app): State<App>,
    can: Can<need::LexiRead>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Conversations>>> {
    let paging = query.page.check(PER_PAGE)?;
    let (conversations, total) = match query.filter()? {
        None => (Vec::new(), 0),
        Some(filter) => {
            let caller = can.asked.caller;
            read(&app, move |tx| super::page(tx, &caller, &filter, paging)).await?
        }
    };
    Ok(Json(Page { data: Conversations { conversations }, meta: Meta::of(paging, total) }))
}

/// What the query string of one conversation may say.
#[derive(Debug, Default, Deserialize)]
struct GetQuery {
    include_tool_steps: Option<String>,
    limit: Option<String>,
}

/// One conversation with its messages, the newest first.
#[utoipa::path(get, path = "/v1/lexi/conversations/{id}", operation_id = "get_conversation", tag = "lexi",
    params(
        ("id" = String, Path, description = "The conversation."),
        ("include_tool_steps" = Option<bool>, Query, description = "True: what Lexi looked at stands between the messages, as `role: tool`."),
        ("limit" = Option<u32>, Query, description = "Messages at most, the newest: 200, at most 1,000."),
    ),
    responses(
    (status = 200, description = "The conversation.", body = Data<WithMessages>),
    (status = 400, description = "`validation_error`: limit or include_tool_steps is out of range.", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:read`.", body = Problem),
    (status = 404, description = "`not_found`: Conversation not found", body = Problem)))]
async fn get(
    State(app): State<App>,
    can: Can<need::LexiRead>,
    Path(id): Path<Id>,
    Query(query): Query<GetQuery>,
) -> Answer<WithMessages> {
    let id = id.or(conversation_not_found)?;
    let limit = number("limit", query.limit.as_deref(), MESSAGES, MESSAGES_MAX)?;
    let steps = yes_or_no("include_tool_steps", query.include_tool_steps.as_deref())?;
    let caller = can.asked.caller;
    read(&app, move |tx| super::get(tx, &caller, id, (limit, steps))).await.map(data)
}

/// The body of a change. Only given fields change; at least one is needed.
#[derive(Debug, Default, Deserialize, ToSchema)]
struct ConversationChange {
    /// 1 to 200 characters.
    title: Option<String>,
    /// True hides it from the list, false brings it back.
    archived: Option<bool>,
    /// What it is about.
    context: Option<ContextChange>,
}

/// What a conversation is to be about; null takes it away, a field left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
struct ContextChange {
    /// A contact of the workspace.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    contact_id: Option<Option<String>>,
    /// There are no deals in this version, so any id is unknown.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    deal_id: Option<Option<String>>,
    /// There are no matters in this version, so any id is unknown.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    matter_id: Option<Option<String>>,
}

/// Tells null, which clears, from a field that was left out.
fn said<'de, D: Deserializer<'de>>(value: D) -> std::result::Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(value).map(|text| Some(text.filter(|text| !text.trim().is_empty())))
}

impl ConversationChange {
    fn check(self) -> Result<Change> {
        let title = self.title.map(|title| title.trim().to_owned());
        if let Some(title) = &title
            && !(1..=TITLE_MAX).contains(&title.chars().count())
        {
            return Err(Error::validation("title", format!("title must have 1 to {TITLE_MAX} characters.")));
        }
        let context = self.context.unwrap_or_default();
        for (id, missing) in [(&context.deal_id, "Deal not found"), (&context.matter_id, "Matter not found")] {
            if let Some(Some(_)) = id {
                return Err(Error::not_found(missing));
            }
        }
        let linked = context.contact_id.is_some() || context.deal_id.is_some() || context.matter_id.is_some();
        if title.is_none() && self.archived.is_none() && !linked {
            return Err(Error::validation("title", "Nothing to change: give title, archived or context."));
        }
        let contact_id = match context.contact_id {
            None => None,
            Some(None) => Some(None),
            Some(Some(text)) => Some(Some(Uuid::try_parse(text.trim()).map_err(|_| contacts::not_found())?)),
        };
        Ok(Change { title, archived: self.archived, contact_id })
    }
}

/// Rename a conversation, archive it or bring it back, say what it is about.
#[utoipa::path(patch, path = "/v1/lexi/conversations/{id}", operation_id = "change_conversation", tag = "lexi", request_body = ConversationChange,
    params(("id" = String, Path, description = "The conversation.")),
    responses(
    (status = 200, description = "The conversation as it is now, without its messages.", body = Data<Conversation>),
    (status = 400, description = "`validation_error`: nothing to change, or the title is too long.", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:chat`.", body = Problem),
    (status = 404, description = "`not_found`: Conversation not found, or what it is to be about.", body = Problem)))]
async fn change(
    State(app): State<App>,
    can: Can<need::LexiChat>,
    Path(id): Path<Id>,
    JsonBody(body): JsonBody<ConversationChange>,
) -> Result<Response> {
    let id = id.or(conversation_not_found)?;
    let change = body.check()?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        super::change(tx, &asked.caller, id, &change, now_ms)
    })
    .await
}

/// Erase a conversation with all that was said in it. The tasks it led to stay, without it.
#[utoipa::path(delete, path = "/v1/lexi/conversations/{id}", operation_id = "delete_conversation", tag = "lexi",
    params(("id" = String, Path, description = "The conversation.")),
    responses(
    (status = 204, description = "It is gone for good; archive it instead to hide it."),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:chat`.", body = Problem),
    (status = 404, description = "`not_found`: Conversation not found", body = Problem)))]
async fn delete(State(app): State<App>, can: Can<need::LexiChat>, Path(id): Path<Id>) -> Result<Response> {
    let id = id.or(conversation_not_found)?;
    write(&app, can.asked, StatusCode::NO_CONTENT, move |tx, asked, now_ms| {
        super::delete(tx, &asked.caller, id, now_ms)
    })
    .await
}
