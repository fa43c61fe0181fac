//! The routes of the audit log: a view over the events, and who signs it. There is no route that changes or deletes any of it.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::log::{self, Entry, RESOURCES};
use super::store;
use crate::app::App;
use crate::clock::{DAY_MS, iso, parse_iso};
use crate::error::{Error, Result, quoted};
use crate::events::{Action, Wanted};
use crate::http::answer::Problem;
use crate::http::{Answer, Can, Data, Json, Meta, Page, Paging, Query, data, paging, read};
use crate::keys::permissions::need;

/// Entries on a page when nothing is said, and at most.
const PER_PAGE: u32 = 50;
const PER_PAGE_MAX: u32 = 200;

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(key))
}

/// Which entries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Params {
    /// Counted from 1.
    page: Option<String>,
    /// Entries on a page, at most 200; 50 when left out.
    per_page: Option<String>,
    /// Only `create`, `update`, `delete`, `login` or `api_access`.
    action: Option<String>,
    /// Only what this key or policy did.
    user_id: Option<String>,
    /// Only what happened to `contacts`, `companies`, `tasks`, `notes`, `lists`, `api_keys` …
    resource_type: Option<String>,
    /// Only what happened at or after this ISO 8601 time or on or after this day.
    from_date: Option<String>,
    /// Only what happened before this ISO 8601 time or on or before this day.
    to_date: Option<String>,
}

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
struct Logs {
    /// Newest first.
    logs: Vec<Entry>,
}

/// See who did what, when, from where.
///
/// Nothing in it can be changed or deleted, by nobody, and all of it is kept. `total` counts the entries of a filter up to
/// 10,000. Reads leave no entry and keys don't log in: `login` finds nothing, `api_access` finds the exports.
#[utoipa::path(get, path = "/v1/audit-logs", tag = "audit", params(Params), responses(
    (status = 200, description = "A page of entries, newest first.", body = Page<Logs>),
    (status = 400, description = "`validation_error`: a filter is not one of its values, or a time can't be read.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `audit:read`.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn list(
    State(app): State<App>,
    can: Can<need::AuditRead>,
    Query(params): Query<Params>,
) -> Result<Json<Page<Logs>>> {
    let paging = Paging {
        page: paging::number("page", params.page.as_deref(), 1, paging::PAGE_MAX)?,
        per_page: paging::number("per_page", params.per_page.as_deref(), PER_PAGE, PER_PAGE_MAX)?,
    };
    let wanted = params.wanted()?;
    let workspace_id = can.workspace_id;
    let (logs, total) = match wanted {
        None => (Vec::new(), 0),
        Some(wanted) => read(&app, move |tx| log::page(tx, workspace_id, &wanted, paging)).await?,
    };
    Ok(Json(Page { data: Logs { logs }, meta: Meta::of(paging, total) }))
}

impl Params {
    /// What is looked for; nothing when no entry can fit.
    fn wanted(&self) -> Result<Option<Wanted>> {
        let given =
            |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let action = match given(&self.action).as_deref() {
            None => None,
            Some("login") => return Ok(None),
            Some(text) => Some(Action::parse(text).ok_or_else(|| {
                let message = "action must be create, update, delete, login or api_access.";
                Error::validation("action", message)
            })?),
        };
        let subject = match given(&self.resource_type).as_deref() {
            None => None,
            Some(text) => Some(
                RESOURCES.iter().find(|(published, _)| *published == text).map(|known| known.1).ok_or_else(|| {
                    let known: Vec<&str> = RESOURCES.iter().map(|(published, _)| *published).collect();
                    let message =
                        format!("resource_type must be one of {}; got \"{}\".", known.join(", "), quoted(text));
                    Error::validation("resource_type", message)
                })?,
            ),
        };
        let actor_id = match given(&self.user_id) {
            None => None,
            // Whatever has no id of ours has done nothing.
            Some(text) => match Uuid::try_parse(&text) {
                Err(_) => return Ok(None),
                Ok(id) => Some(id),
            },
        };
        let from_ms = given(&self.from_date).map(|text| time("from_date", &text, 0)).transpose()?;
        let before_ms = given(&self.to_date).map(|text| time("to_date", &text, DAY_MS)).transpose()?;
        Ok(Some(Wanted { subject, action, actor_id, from_ms, before_ms }))
    }
}

/// A time; a day alone means its beginning and `day_ms` more.
fn time(field: &str, text: &str, day_ms: i64) -> Result<i64> {
    if let Some(ms) = parse_iso(text) {
        return Ok(ms);
    }
    parse_iso(&format!("{text}T00:00:00Z")).map(|ms| ms + day_ms).ok_or_else(|| {
        let example = iso(1_767_258_000_000);
        let message = format!("{field} must be an ISO 8601 time such as {example}, got \"{}\".", quoted(text));
        Error::validation(field, message)
    })
}

/// Who signs the audit log.
#[derive(Debug, Serialize, ToSchema)]
struct Signers {
    /// The key of the server that answers.
    key: Signer,
    /// All keys that have signed, the oldest first.
    keys: Vec<Signer>,
}

/// A key that signs.
#[derive(Debug, Serialize, ToSchema)]
struct Signer {
    /// The first 16 hex digits of SHA-256 of the public key.
    id: String,
    /// Ed25519, 64 hex digits.
    public_key: String,
    /// When it first signed; null when it has not yet.
    first_used_at: Option<String>,
}

/// See the public keys that sign the audit log.
///
/// Keep them apart from the server: `lexi audit verify --trust` checks against them.
#[utoipa::path(get, path = "/v1/audit-logs/key", tag = "audit", responses(
    (status = 200, description = "The keys.", body = Data<Signers>),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `audit:read`.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn key(State(app): State<App>, _can: Can<need::AuditRead>) -> Answer<Signers> {
    let own = app.audit_key.key()?;
    let known = read(&app, store::keys).await?;
    let keys: Vec<Signer> = known
        .into_iter()
        .map(|(id, public_key, at_ms)| Signer { id, public_key, first_used_at: Some(iso(at_ms)) })
        .collect();
    let id = own.public().id();
    let first_used_at = keys.iter().find(|known| known.id == id).and_then(|known| known.first_used_at.clone());
    Ok(data(Signers { key: Signer { id, public_key: own.public().text(), first_used_at }, keys }))
}
