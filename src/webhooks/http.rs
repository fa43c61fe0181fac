//! Routes of webhooks. Those of the published pages answer one level deeper, under `webhook`; all keep the published 404
//! code `webhook_not_found`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{DeletedWebhook, Delivery, NewSecret, NewWebhook, Overlap, Status, Webhook, WebhookChange, not_found};
use crate::app::App;
use crate::error::{Error, Result, quoted};
use crate::events::By;
use crate::http::answer::Problem;
use crate::http::paging::PER_PAGE;
use crate::http::{
    Answer, Can, Data, Id, Json, JsonBody, Meta, Page, PageParams, Query, answered_before, data, read, write,
    write_once_shown,
};
use crate::ids;
use crate::keys::permissions::need;

/// All routes of webhooks.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, change, delete))
        .routes(routes!(deliveries))
        .routes(routes!(redeliver))
        .routes(routes!(test))
        .routes(routes!(rotate))
}

/// Webhooks under their plural name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhooks {
    /// The webhooks of this page.
    pub webhooks: Vec<Webhook>,
}

/// One webhook under its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneWebhook {
    /// The webhook.
    pub webhook: Webhook,
}

/// Deliveries under their plural name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deliveries {
    /// The deliveries of this page.
    pub deliveries: Vec<Delivery>,
}

/// One delivery under its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneDelivery {
    /// The delivery.
    pub delivery: Delivery,
}

/// What the query string of the list of deliveries may say.
#[derive(Debug, Default, Deserialize)]
struct DeliveriesQuery {
    #[serde(flatten)]
    page: PageParams,
    status: Option<String>,
}

fn without_secret(one: OneWebhook) -> OneWebhook {
    OneWebhook { webhook: Webhook { secret: None, ..one.webhook } }
}

/// Lists the webhooks, oldest first, without their secrets.
#[utoipa::path(get, path = "/v1/webhooks", tag = "webhooks",
    params(
        ("page" = Option<u32>, Query, description = "Counted from 1."),
        ("per_page" = Option<u32>, Query, description = "At most 100; 50 when left out."),
    ),
    responses((status = 200, body = Page<Webhooks>), (status = 400, body = Problem)))]
async fn list(
    State(app): State<App>,
    can: Can<need::WebhooksRead>,
    Query(query): Query<PageParams>,
) -> Result<Json<Page<Webhooks>>> {
    let paging = query.check(PER_PAGE)?;
    let workspace_id = can.asked.caller.workspace_id;
    let (webhooks, total) = read(&app, move |tx| super::page(tx, workspace_id, paging)).await?;
    Ok(Json(Page { data: Webhooks { webhooks }, meta: Meta::of(paging, total) }))
}

/// Makes a webhook. The answer holds its secret, once.
///
/// 400 `invalid_url` when the address is not https, malformed, or leads into a private network; 400 `invalid_events` when
/// an event does not exist, with all that do.
#[utoipa::path(post, path = "/v1/webhooks", tag = "webhooks", request_body = NewWebhook,
    responses((status = 201, body = Data<OneWebhook>), (status = 400, body = Problem)))]
async fn create(
    State(app): State<App>,
    can: Can<need::WebhooksWrite>,
    JsonBody(body): JsonBody<NewWebhook>,
) -> Result<Response> {
    if let Some(answer) = answered_before(&app, &can.asked).await? {
        return Ok(answer);
    }
    let new = body.check(&app.webhooks).await?;
    let secret = NewSecret::draw(&app.webhooks, can.asked.caller.workspace_id, ids::new(app.clock.now_ms()))?;
    write_once_shown(
        &app,
        can.asked,
        StatusCode::CREATED,
        move |tx, asked, now_ms| {
            super::create(tx, &By::from(&asked.caller), &new, &secret, now_ms).map(|webhook| OneWebhook { webhook })
        },
        without_secret,
    )
    .await
}

/// Shows a webhook, without its secret.
#[utoipa::path(get, path = "/v1/webhooks/{id}", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook.")),
    responses((status = 200, body = Data<OneWebhook>), (status = 404, body = Problem)))]
async fn get(State(app): State<App>, can: Can<need::WebhooksRead>, Path(id): Path<Id>) -> Answer<OneWebhook> {
    let id = id.or(not_found)?;
    let workspace_id = can.asked.caller.workspace_id;
    let webhook = read(&app, move |tx| super::get(tx, workspace_id, id)).await?;
    Ok(data(OneWebhook { webhook }))
}

/// Changes a webhook; its secret stays. `active: false` pauses it: what happens meanwhile is not sent.
#[utoipa::path(patch, path = "/v1/webhooks/{id}", tag = "webhooks", request_body = WebhookChange,
    params(("id" = String, Path, description = "The webhook.")),
    responses((status = 200, body = Data<OneWebhook>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn change(
    State(app): State<App>,
    can: Can<need::WebhooksWrite>,
    Path(id): Path<Id>,
    JsonBody(body): JsonBody<WebhookChange>,
) -> Result<Response> {
    let id = id.or(not_found)?;
    if let Some(answer) = answered_before(&app, &can.asked).await? {
        return Ok(answer);
    }
    let workspace_id = can.asked.caller.workspace_id;
    // First, so that another workspace's id is answered like one that does not exist, whatever the body holds.
    read(&app, move |tx| super::get(tx, workspace_id, id)).await?;
    let change = body.check(&app.webhooks).await?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        super::change(tx, &By::from(&asked.caller), id, &change, now_ms).map(|webhook| OneWebhook { webhook })
    })
    .await
}

/// Deletes a webhook: its secret is dead at once, what waits is cancelled. Its deliveries stay readable for 30 days.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook.")),
    responses((status = 200, body = Data<DeletedWebhook>), (status = 404, body = Problem)))]
async fn delete(State(app): State<App>, can: Can<need::WebhooksWrite>, Path(id): Path<Id>) -> Result<Response> {
    let id = id.or(not_found)?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        super::delete(tx, &By::from(&asked.caller), id, now_ms)
    })
    .await
}

/// Lists what was sent in the last 30 days and what waits, newest first, each with its attempts.
#[utoipa::path(get, path = "/v1/webhooks/{id}/deliveries", tag = "webhooks",
    params(
        ("id" = String, Path, description = "The webhook."),
        ("page" = Option<u32>, Query, description = "Counted from 1."),
        ("per_page" = Option<u32>, Query, description = "At most 100; 50 when left out."),
        ("status" = Option<String>, Query, description = "waiting, delivered, failed or cancelled."),
    ),
    responses((status = 200, body = Page<Deliveries>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn deliveries(
    State(app): State<App>,
    can: Can<need::WebhooksRead>,
    Path(id): Path<Id>,
    Query(query): Query<DeliveriesQuery>,
) -> Result<Json<Page<Deliveries>>> {
    let id = id.or(not_found)?;
    let paging = query.page.check(PER_PAGE)?;
    let status = query.status.filter(|text| !text.is_empty()).map(|text| status(&text)).transpose()?;
    let workspace_id = can.asked.caller.workspace_id;
    let (deliveries, total) = read(&app, move |tx| super::deliveries(tx, workspace_id, id, status, paging)).await?;
    Ok(Json(Page { data: Deliveries { deliveries }, meta: Meta::of(paging, total) }))
}

/// Sends a delivery again, whatever became of it: the same body and `webhook-id`, from the beginning of the ladder.
#[utoipa::path(post, path = "/v1/webhooks/{id}/deliveries/{delivery_id}/redeliver", tag = "webhooks",
    params(
        ("id" = String, Path, description = "The webhook."),
        ("delivery_id" = String, Path, description = "The delivery."),
    ),
    responses((status = 200, body = Data<OneDelivery>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn redeliver(
    State(app): State<App>,
    can: Can<need::WebhooksWrite>,
    Path((id, delivery_id)): Path<(Id, Id)>,
) -> Result<Response> {
    let (id, delivery_id) = (id.or(not_found)?, delivery_id.0);
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        let delivery = super::redeliver(tx, &By::from(&asked.caller), id, delivery_id, now_ms)?;
        Ok(OneDelivery { delivery })
    })
    .await
}

/// Sends a `webhook.test`, which tells of nothing. What became of it stands in the list of deliveries.
#[utoipa::path(post, path = "/v1/webhooks/{id}/test", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook.")),
    responses((status = 201, body = Data<OneDelivery>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn test(State(app): State<App>, can: Can<need::WebhooksWrite>, Path(id): Path<Id>) -> Result<Response> {
    let id = id.or(not_found)?;
    write(&app, can.asked, StatusCode::CREATED, move |tx, asked, now_ms| {
        super::test(tx, &By::from(&asked.caller), id, now_ms).map(|delivery| OneDelivery { delivery })
    })
    .await
}

/// Gives a webhook another secret, which the answer holds, once. The one before signs too for `overlap_hours`.
#[utoipa::path(post, path = "/v1/webhooks/{id}/rotate-secret", tag = "webhooks", request_body = Overlap,
    params(("id" = String, Path, description = "The webhook.")),
    responses((status = 200, body = Data<OneWebhook>), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn rotate(
    State(app): State<App>,
    can: Can<need::WebhooksWrite>,
    Path(id): Path<Id>,
    JsonBody(body): JsonBody<Overlap>,
) -> Result<Response> {
    let id = id.or(not_found)?;
    let overlap_hours = body.check()?;
    let secret = NewSecret::draw(&app.webhooks, can.asked.caller.workspace_id, id)?;
    write_once_shown(
        &app,
        can.asked,
        StatusCode::OK,
        move |tx, asked, now_ms| {
            let webhook = super::rotate(tx, &By::from(&asked.caller), overlap_hours, &secret, now_ms)?;
            Ok(OneWebhook { webhook })
        },
        without_secret,
    )
    .await
}

fn status(text: &str) -> Result<Status> {
    Status::named(text).ok_or_else(|| {
        let shown = quoted(text);
        let message = format!("status must be waiting, delivered, failed or cancelled, got \"{shown}\".");
        Error::validation("status", message)
    })
}
