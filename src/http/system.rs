//! What whoever runs the server asks it: is it alive, is it ready, what are its figures.

use std::sync::OnceLock;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::json;

use super::answer::json_response;
use super::caller::invalid_key;
use super::identify;
use super::server::Peer;
use crate::app::App;
use crate::error::{Code, Error, Result, Trouble};
use crate::keys::permissions::Permission;
use crate::prospects;

/// The routes; none of them needs a key, but figures are only given to this machine or to a key that may read them.
pub(super) fn routes() -> Router<App> {
    // From the start, so that nothing goes uncounted before somebody looks.
    recorder();
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).route("/metrics", get(figures))
}

async fn alive() -> Response {
    json_response(StatusCode::OK, &json!({ "status": "ok" }))
}

/// 200 when this process can serve: the database answers, what it is told can be saved, its clock agrees with ours, the
/// index is there.
async fn ready(State(app): State<App>) -> Response {
    let database = app.db.answers().await;
    let clock = database && app.clock_agrees().await.unwrap_or(false);
    let index = database && indexed(&app).await.unwrap_or(false);
    let trouble = app.db.trouble();
    let stopping = *app.waiters.stopping.borrow();
    let ready = database && trouble.is_none() && clock && index && !stopping;
    let word = |good: bool| if good { "ok" } else { "failing" };
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let disk = trouble.map_or("ok", Trouble::as_str);
    let checks = json!({ "database": word(database), "disk": disk, "clock": word(clock), "index": word(index) });
    let said = if stopping { "stopping" } else { word(ready) };
    json_response(status, &json!({ "status": said, "checks": checks }))
}

/// Whether the search index answers for the prospects of this database; it need not be at the newest change.
async fn indexed(app: &App) -> Result<bool> {
    let newest = app.db.read_first(prospects::current_version).await?;
    let snapshot = app.search.snapshot();
    Ok(newest == 0 || snapshot.version() > 0 && snapshot.is_checked())
}

async fn figures(State(app): State<App>, request: Request) -> Result<Response> {
    // Behind a proxy on this machine everybody comes from here.
    let forwarded = ["forwarded", "x-forwarded-for"].iter().any(|name| request.headers().contains_key(*name));
    let local = request.extensions().get::<Peer>().is_some_and(|peer| peer.0.ip().is_loopback());
    if !local || forwarded || request.headers().contains_key(header::AUTHORIZATION) {
        match allowed(&app, request.headers()).await {
            Err(error) if error.code() == Code::InvalidKey => {
                let refused = identify::too_strange(&app, app.clock.now_ms(), &request);
                return Ok(refused.unwrap_or_else(|| error.into_response()));
            }
            allowed => allowed?,
        }
    }
    metrics::gauge!("lexi_prospects_indexed").set(app.search.snapshot().people() as f64);
    let text = recorder().map(PrometheusHandle::render).unwrap_or_default();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

async fn allowed(app: &App, headers: &HeaderMap) -> Result<()> {
    let key = match identify::bearer(headers) {
        Some(bearer) => app.keys.find(bearer, app.clock.now_ms()).await?,
        None => None,
    };
    let key = key.ok_or_else(invalid_key)?;
    if key.permissions.allows(Permission::MetricsRead) {
        return Ok(());
    }
    Err(Error::with_code(Code::InsufficientPermissions, "This key lacks the permission metrics:read."))
}

/// The process's figures; nothing when another part of the process has set a recorder of its own.
pub fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).as_ref()
}
