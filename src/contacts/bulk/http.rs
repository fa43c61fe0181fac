//! Routes of many contacts at once.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{Created, DeletedContacts, Deletions, NewContacts, outcome};
use crate::app::App;
use crate::contacts::existing;
use crate::db::Isolation;
use crate::error::Result;
use crate::events::By;
use crate::http::answer::Problem;
use crate::http::{Asked, Can, Data, JsonBody, begin_parts, write, write_part};
use crate::keys::permissions::need;

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(delete))
}

/// Creates many contacts: all, or none.
///
/// When anything is wrong with one of them, nothing is created, and `details.fields` names each as `contacts[3].email`;
/// so it is with an address that comes twice, that a contact has already, or that is suppressed.
#[utoipa::path(post, path = "/v1/contacts/bulk", tag = "contacts", operation_id = "bulk_create",
    request_body = NewContacts,
    responses((status = 201, body = Data<Created>), (status = 400, body = Problem)))]
async fn create(
    State(app): State<App>,
    can: Can<need::ContactsWrite>,
    JsonBody(body): JsonBody<NewContacts>,
) -> Result<Response> {
    let contacts = body.check()?;
    write(&app, can.asked, StatusCode::CREATED, move |tx, asked, now_ms| {
        super::create(tx, &By::from(&asked.caller), &contacts, now_ms)
    })
    .await
}

/// Deletes many contacts with their memberships; their notes stay, without them.
///
/// Ids that are no contacts of this workspace are counted and named in `errors`. More than some hundred contacts and
/// memberships are deleted in several steps; whoever asks again after a server was killed in between finds the rest, and
/// under the same `Idempotency-Key` is answered as if nothing had come in between.
#[utoipa::path(post, path = "/v1/contacts/bulk-delete", tag = "contacts", operation_id = "bulk_delete",
    request_body = DeletedContacts,
    responses((status = 200, body = Data<Deletions>), (status = 400, body = Problem)))]
async fn delete(
    State(app): State<App>,
    can: Can<need::ContactsWrite>,
    JsonBody(body): JsonBody<DeletedContacts>,
) -> Result<Response> {
    let asked_ids = body.check()?;
    if let Some(answer) = begin_parts(&app, &can.asked).await? {
        return Ok(answer);
    }
    let ids: Vec<Uuid> = asked_ids.iter().filter_map(|id| Uuid::try_parse(id).ok()).collect();
    if body.dry_run {
        return write(&app, can.asked, StatusCode::OK, move |tx, asked, _| {
            Ok(outcome(&asked_ids, &existing(tx, asked.caller.workspace_id, &ids)?))
        })
        .await;
    }
    let deleted = delete_in_parts(&app, &can.asked, &ids).await?;
    write(&app, can.asked, StatusCode::OK, move |_, _, _| Ok(outcome(&asked_ids, &deleted))).await
}

/// Deletes in as many transactions as it takes. Under an `Idempotency-Key` whom each deleted is saved with it, so that a
/// repeated request knows them all.
async fn delete_in_parts(app: &App, asked: &Asked, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut deleted = Vec::new();
    // Each part deletes somebody, so there are at most as many as ids.
    for part in 0..ids.len() {
        let ids = ids.to_vec();
        let (gone, is_last) = write_part(app, asked, (part, Isolation::Serializable), move |tx, asked, now_ms| {
            let by = By::from(&asked.caller);
            let left = existing(tx, by.workspace_id, &ids)?;
            let steps = super::steps(tx, by.workspace_id, &left)?;
            let step = steps.first().map(Vec::as_slice).unwrap_or_default();
            Ok((super::delete(tx, &by, step, now_ms)?, steps.len() <= 1))
        })
        .await?;
        deleted.extend(gone);
        if is_last {
            break;
        }
    }
    Ok(deleted)
}
