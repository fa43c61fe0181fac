//! The server: who is asking, JSON in and out, paging, idempotency, errors, and the table of all routes.

pub mod answer;
pub mod body;
pub mod caller;
pub mod identify;
mod mcp;
pub mod openapi;
pub mod paging;
#[cfg(feature = "planted-faults")]
pub(crate) mod planted;
pub mod proxy;
pub mod server;
mod store;
pub mod stream;
pub mod system;
pub mod tls;
mod wire;
pub mod write;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::routing::get;
use axum::{Router, middleware};
use bytes::Bytes;
use tower_http::cors::{AllowOrigin, CorsLayer};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

pub use answer::{Answer, Data, Json, Meta, Page, data};
pub use body::{Id, JsonBody, Query};
pub use caller::{Asked, Can};
pub use identify::rate_limited;
pub use paging::{PageParams, Paging};
pub use write::{
    answered_before, begin_parts, read, write, write_by_condition, write_once_shown, write_part, write_plain,
};

use crate::app::App;
use crate::db::Isolation;
use crate::error::{Code, Error, Result};

/// All documented routes, each from the `http.rs` of its domain.
fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::ground())
        .merge(crate::chat::http::routes())
        .merge(crate::chat::conversations::http::routes())
        .merge(crate::tasks::http::routes())
        .merge(crate::rules::http::routes())
        .merge(crate::policies::http::routes())
        .merge(crate::execution::part::http::routes())
        .merge(crate::tasks::batch::http::routes())
        .merge(crate::tasks::time::http::routes())
        .merge(crate::execution::edit::http::routes())
        .merge(crate::execution::undo::http::routes())
        .merge(crate::contacts::http::routes())
        .merge(crate::companies::http::routes())
        .merge(crate::notes::http::routes())
        .merge(crate::lists::http::routes())
        .merge(crate::suppressions::http::routes())
        .merge(crate::prospects::http::routes())
        .merge(crate::webhooks::http::routes())
        .merge(crate::keys::http::routes())
        .merge(crate::events::http::routes())
        .merge(crate::audit::http::routes())
        .merge(crate::external_actions::http::routes())
}

/// Everything the server answers.
pub fn router(app: App) -> Router {
    let (documented, document) = openapi::split(routes());
    let text = Bytes::from(openapi::printed(&document));
    let router = documented
        .merge(system::routes())
        .route("/openapi.json", get(async move || answer::json_bytes(StatusCode::OK, text.to_vec())))
        .merge(SwaggerUi::new("/docs").config(utoipa_swagger_ui::Config::from("/openapi.json")))
        .fallback(async |request: Request| no_route(&request))
        .method_not_allowed_fallback(no_method)
        .layer(middleware::from_fn_with_state(app.clone(), identify::identify));
    let router = if app.config.cors_origins.is_empty() {
        router
    } else {
        let number = middleware::map_response_with_state(app.clone(), identify::number_the_rest);
        router.layer(cors(&app.config.cors_origins)).layer(number)
    };
    let api = router.with_state(app.clone());
    let agents = mcp::routes(api.clone()).layer(middleware::from_fn_with_state(app, identify::identify));
    api.merge(agents)
}

/// The answer where there is no route.
fn no_route(request: &Request) -> Error {
    let path: String = request.uri().path().chars().take(200).collect();
    Error::not_found(format!("There is no route {path}."))
}

async fn no_method(request: Request) -> Error {
    let path: String = request.uri().path().chars().take(200).collect();
    Error::with_code(Code::MethodNotAllowed, format!("{} is not allowed on {path}.", request.method()))
}

/// Browsers of the configured origins may call; off unless configured.
fn cors(origins: &[String]) -> CorsLayer {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers([
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static("x-ratelimit-limit"),
            HeaderName::from_static("x-ratelimit-remaining"),
            HeaderName::from_static("x-ratelimit-reset"),
            header::RETRY_AFTER,
            header::CONTENT_DISPOSITION,
            crate::contacts::export::http::TRUNCATED,
        ])
}

/// Forgets saved answers that have aged out, about `most` at once; answers how many.
pub async fn forget_saved_answers(app: &App, most: u32) -> Result<u64> {
    let now_ms = app.clock.now_ms();
    app.db.write_with(Isolation::ReadCommitted, move |tx| store::forget(tx, now_ms, most)).await
}
