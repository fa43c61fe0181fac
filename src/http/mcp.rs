//! `/mcp`: the Model Context Protocol over streamable HTTP. Without sessions: each call stands by itself, on any node.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt as _;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::Value;
use tower::ServiceExt as _;

use super::body::BODY_MAX;
use crate::mcp::{AGENT_HEADER, Api, Call, Tools};

/// Where the protocol is spoken.
pub(super) const PATH: &str = "/mcp";

/// The API of this process: a call goes through the same layers as a request from outside.
struct Here(Router);

impl Api for Here {
    async fn send(&self, call: Call, authorization: Option<String>) -> Result<(u16, Value), String> {
        let mut request = Request::builder().method(call.method).uri(call.path).header(AGENT_HEADER, "mcp");
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let body = match call.body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let request = request.body(body).map_err(|error| error.to_string())?;
        let Ok(answer) = self.0.clone().oneshot(request).await;
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
        let body = serde_json::from_slice(&bytes).map_err(|_| format!("The server answered {status} without JSON."))?;
        Ok((status, body))
    }
}

/// The service, whose tools speak to `api`. Browsers of other origins are refused: they send an `Origin`.
pub(super) fn routes(api: Router) -> Router {
    let here = Arc::new(Here(api));
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_keep_alive(None)
        .with_max_request_body_bytes(BODY_MAX)
        .disable_allowed_hosts()
        .enforce_origin_validation();
    let service = StreamableHttpService::new(
        move || Ok(Tools::new(Arc::clone(&here))),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    Router::new().route_service(PATH, service)
}
