//! The route of the export.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Method, Version, header};
use axum::response::Response;
use bytes::Bytes;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{LIMIT, LIMIT_MAX, Selected, Wanted};
use crate::app::App;
use crate::contacts::fields;
use crate::db::Isolation;
use crate::error::{Error, Result};
use crate::http::answer::Problem;
use crate::http::stream::{self, Portion};
use crate::http::{Can, Query, paging, rate_limited, read};
use crate::keys::hourly::{Hourly, UsedUp};
use crate::keys::permissions::need;
use crate::lists;

/// Says whether the limit left contacts out.
pub const TRUNCATED: HeaderName = HeaderName::from_static("x-export-truncated");

/// The route.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export))
}

/// Reads the query string. Only `tag` may come more than once; names that no route knows are passed over, as elsewhere.
fn wanted(pairs: Vec<(String, String)>) -> Result<Wanted> {
    let mut given =
        [("limit", None), ("created_after", None), ("created_before", None), ("list_id", None), ("fields", None)];
    let mut tags = Vec::new();
    for (name, value) in pairs {
        if name == "tag" {
            tags.push(value);
        } else if let Some((_, place)) = given.iter_mut().find(|(known, _)| *known == name)
            && place.replace(value).is_some()
        {
            return Err(Error::validation(&name, format!("{name} is given twice.")));
        }
    }
    let [limit, after, before, list_id, fields] =
        given.map(|(_, value)| value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()));
    Ok(Wanted {
        limit: paging::number("limit", limit.as_deref(), LIMIT, LIMIT_MAX)?,
        created_after_ms: after.map(|text| fields::time("created_after", &text)).transpose()?,
        created_before_ms: before.map(|text| fields::time("created_before", &text)).transpose()?,
        list_id: list_id.map(|text| Uuid::try_parse(&text).map_err(|_| lists::not_found())).transpose()?,
        tags: super::tags(&tags)?,
        fields: super::fields(fields.as_deref().unwrap_or_default())?,
    })
}

/// Exports contacts as CSV, oldest first.
///
/// The first row names the columns. Which contacts the file holds is decided when the export begins: each stands in it
/// once, with its fields as they are when its part of the file is sent; contacts deleted meanwhile are left out. Tags
/// stand in one cell with `|` between (a `|` or `\` inside a tag has a `\` in front), custom fields as JSON.
///
/// A cell that begins with `=`, `+`, `-`, `@`, a tab or a line end (also behind blanks or apostrophes) gets an
/// apostrophe in front, so that no spreadsheet runs it: `+1 415 555 0100` is written `'+1 415 555 0100`. To get the
/// value back, take one apostrophe off such a cell.
///
/// A workspace has 10 exports in each hour, whichever of its keys asks. An export counts when it begins. When the server
/// can't go on, the connection is cut and the transfer is incomplete: a file that ended well is whole.
#[utoipa::path(get, path = "/v1/contacts/export", tag = "contacts",
    params(
        ("limit" = Option<u32>, Query, description = "At most 50000; 10000 when left out."),
        ("created_after" = Option<String>, Query, description = "Only contacts made later than this ISO 8601 time."),
        ("created_before" = Option<String>, Query, description = "Only contacts made earlier than this ISO 8601 time."),
        ("list_id" = Option<String>, Query, description = "Only members of this list."),
        ("tag" = Option<Vec<String>>, Query, description = "Only contacts with this tag; repeated, with all of them."),
        ("fields" = Option<String>, Query, description = "The columns, with commas between; \
            id, full_name, email, phone, job_title, company_name, linkedin_url, tags, created_at when left out."),
    ),
    responses(
        (status = 200, description = "The file.", content_type = "text/csv", body = String, headers(
            ("Content-Disposition" = String, description = "`attachment; filename=\"contacts-export.csv\"`"),
            ("X-Export-Truncated" = String, description = "`true` when `limit` left contacts out, else `false`."),
        )),
        (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn export(
    State(app): State<App>,
    can: Can<need::ContactsRead>,
    method: Method,
    version: Version,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response> {
    let wanted = Arc::new(wanted(pairs)?);
    let (caller, now_ms) = (can.asked.caller, app.clock.now_ms());
    let asking = (caller.clone(), Arc::clone(&wanted));
    let selected = match read(&app, move |tx| super::select(tx, &asking.0, &asking.1, now_ms)).await? {
        Ok(selected) => selected,
        Err(used_up) => return Ok(refused(used_up)),
    };
    if method == Method::HEAD {
        // Looks only: nothing leaves, so nothing is counted or recorded.
        return Ok(answer(axum::body::Body::empty(), selected.is_cut));
    }
    let rows = selected.ids.len();
    let asking = (caller.clone(), Arc::clone(&wanted));
    let begun =
        app.db.write_with(Isolation::ReadCommitted, move |tx| super::begin(tx, &asking.0, &asking.1, rows, now_ms));
    if let Err(used_up) = begun.await? {
        return Ok(refused(used_up));
    }
    tracing::info!(key_id = %caller.key_id, workspace_id = %caller.workspace_id, rows, "contacts are exported");
    let (header, is_cut) = (super::header(&wanted)?, selected.is_cut);
    let next = portions(app, caller.workspace_id, wanted, selected);
    let body = stream::body(header.into(), next, caller.request_id, version < Version::HTTP_11);
    Ok(answer(body, is_cut))
}

/// Reads one portion after the other, each in a transaction of its own.
fn portions(app: App, workspace_id: Uuid, wanted: Arc<Wanted>, selected: Selected) -> impl FnMut() -> Portion {
    let (ids, portion) = (Arc::new(selected.ids), wanted.portion());
    let mut at = 0;
    move || {
        let part = at..(at + portion).min(ids.len());
        at = part.end;
        let (app, wanted, ids) = (app.clone(), Arc::clone(&wanted), Arc::clone(&ids));
        Box::pin(async move {
            if part.is_empty() {
                return Ok(None);
            }
            let rows = read(&app, move |tx| super::rows(tx, workspace_id, &wanted, &ids[part.clone()])).await?;
            Ok(Some(Bytes::from(rows)))
        })
    }
}

fn answer(body: axum::body::Body, is_cut: bool) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers
        .insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"contacts-export.csv\""));
    headers.insert(TRUNCATED, HeaderValue::from_static(if is_cut { "true" } else { "false" }));
    response
}

fn refused(used_up: UsedUp) -> Response {
    let UsedUp { retry_after_s } = used_up;
    let limit = Hourly::ContactsExport.limit();
    rate_limited(
        format!("This workspace has made its {limit} exports of this hour. Try again in {retry_after_s} seconds."),
        retry_after_s,
    )
}
