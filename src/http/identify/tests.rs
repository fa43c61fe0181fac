//! The layer around a few routes: what a caller sees with and without a valid key.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::*;
use crate::clock::{DAY_MS, MINUTE_MS, SECOND_MS, TestClock};
use crate::config::Config;
use crate::db::testing::{self, Scratch};
use crate::keys::{self, By, Kind, NewKey, Secret, Tier};
use crate::workspaces;

/// 2025-11-24T00:00:00Z.
const MIDNIGHT: i64 = 1_763_942_400_000;

struct Server {
    app: App,
    router: Router,
    clock: Arc<TestClock>,
    _folder: tempfile::TempDir,
}

struct Got {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Got {
    fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

async fn server(scratch: &Scratch) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path().to_owned(), Some(scratch.url()));
    config.strangers_per_minute = 3;
    let clock = Arc::new(TestClock::at(MIDNIGHT));
    let app = App::open(config, clock.clone()).await.unwrap();
    let (documented, _) = keys::http::routes().split_for_parts();
    let router = documented
        .route("/healthz", get(|| async { "ok" }))
        .route("/v1/echo", post(echo))
        .route("/v1/broken", get(async || -> &str { panic!("a secret detail") }))
        .fallback(|| async { Error::not_found("There is no such route.") })
        .method_not_allowed_fallback(|| async { Error::with_code(Code::MethodNotAllowed, "Not allowed.") })
        .layer(from_fn_with_state(app.clone(), identify))
        .with_state(app.clone());
    Server { app, router, clock, _folder: folder }
}

/// Shows what the layer made of a request.
async fn echo(request: Request) -> axum::Json<Value> {
    let asked = request.extensions().get::<Asked>().cloned().unwrap();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let idempotency = asked.idempotency.map(|i| json!([i.key, i.method, i.path, i.payload_hash]));
    let request_id = asked.caller.request_id;
    axum::Json(json!({ "body": String::from_utf8_lossy(&body), "idempotency": idempotency, "request_id": request_id }))
}

impl Server {
    async fn key(&self, permissions: &[&str], tier: Tier) -> String {
        let new = NewKey {
            name: "Test".to_owned(),
            description: None,
            permissions: permissions.iter().map(|&name| name.to_owned()).collect(),
            tier: Some(tier),
            roles: Vec::new(),
            kind: Kind::Human,
            owner: None,
            expires_at_ms: None,
        };
        let secret = Secret::draw().unwrap();
        let made = self.app.db.write(move |tx| {
            let workspace = workspaces::ensure_default(tx, MIDNIGHT)?;
            keys::create(tx, &By::Operator(workspace.id), &new, &secret, MIDNIGHT)
        });
        made.await.unwrap().key.unwrap()
    }

    async fn send(&self, method: &str, path: &str, key: &str, headers: &[(&str, &str)], body: &str) -> Got {
        let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        if !key.is_empty() {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Got { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    async fn get(&self, path: &str, key: &str) -> Got {
        self.send("GET", path, key, &[], "").await
    }
}

#[tokio::test]
async fn every_answer_has_a_request_id_and_only_routes_below_v1_need_a_key() {
    for scratch in testing::databases().await {
        let server = server(&scratch).await;
        let health = server.get("/healthz", "").await;
        assert_eq!(health.status, 200);
        assert!(health.header("x-request-id").is_some() && health.header("x-ratelimit-limit").is_none());
        let refused = server.get("/v1/api-keys", "").await;
        assert_eq!((refused.status, refused.code()), (401, "invalid_key"));
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
        assert!(refused.header("x-request-id").is_some());
        let nowhere = server.get("/v1/nowhere", "").await;
        assert_eq!((nowhere.status, nowhere.code()), (404, "not_found"));
        assert_eq!(server.get("/nowhere", "").await.status, 404);
    }
}

#[tokio::test]
async fn every_answer_to_a_valid_key_shows_its_limits() {
    for scratch in testing::databases().await {
        let server = server(&scratch).await;
        let key = server.key(&["read"], Tier::Pro).await;
        let limits = |got: &Got| {
            ["limit", "remaining", "reset"]
                .map(|name| got.header(&format!("x-ratelimit-{name}")).unwrap_or_default().to_owned())
        };
        let reset = ((MIDNIGHT + MINUTE_MS) / SECOND_MS).to_string();
        for (n, (method, path, status)) in
            [("GET", "/v1/api-keys", 403), ("GET", "/v1/nowhere", 404), ("PATCH", "/v1/api-keys", 405)]
                .into_iter()
                .enumerate()
        {
            let got = server.send(method, path, &key, &[], "").await;
            assert_eq!(got.status, status, "{method} {path}");
            assert_eq!(limits(&got), ["50", &(49 - n).to_string(), &reset]);
        }
        let unmetered = server.key(&["read"], Tier::Unmetered).await;
        let got = server.get("/v1/nowhere", &unmetered).await;
        assert_eq!(limits(&got), ["2147483647", "2147483647", &reset]);
    }
}

#[tokio::test]
async fn a_route_that_breaks_answers_without_the_cause() {
    for scratch in testing::databases().await {
        let server = server(&scratch).await;
        let key = server.key(&["lexi"], Tier::Org).await;
        let got = server.get("/v1/broken", &key).await;
        assert_eq!((got.status, got.code()), (500, "internal_error"));
        assert!(!got.body.to_string().contains("a secret detail"));
        assert!(got.header("x-request-id").is_some() && got.header("x-ratelimit-limit").is_some());
    }
}

#[tokio::test]
async fn a_used_up_key_waits_for_the_next_window() {
    for scratch in testing::databases().await {
        let server = server(&scratch).await;
        let key = server.key(&["lexi"], Tier::Starter).await;
        server.clock.advance_ms(15 * SECOND_MS + 1);
        for _ in 0..10 {
            assert_eq!(server.send("POST", "/v1/echo", &key, &[], "").await.status, 200);
        }
        let refused = server.send("POST", "/v1/echo", &key, &[], "").await;
        assert_eq!((refused.status, refused.code()), (429, "rate_limited"));
        assert_eq!(refused.header("retry-after"), Some("45"));
        assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
        server.clock.advance_ms(45 * SECOND_MS);
        assert_eq!(server.send("POST", "/v1/echo", &key, &[], "").await.status, 200);
        server.clock.advance_ms(DAY_MS);
        assert_eq!(server.send("POST", "/v1/echo", &key, &[], "").await.status, 200);
    }
}

#[tokio::test]
async fn an_address_without_a_valid_key_is_limited_and_one_with_a_key_is_not() {
    for scratch in testing::databases().await {
        let server = server(&scratch).await;
        let key = server.key(&["lexi"], Tier::Org).await;
        for _ in 0..3 {
            assert_eq!(server.get("/v1/api-keys", "wbk_wrong").await.status, 401);
        }
        let refused = server.get("/v1/api-keys", "wbk_wrong").await;
        assert_eq!((refused.status, refused.code(), refused.header("retry-after")), (429, "rate_limited", Some("60")));
        assert_eq!(server.get("/healthz", "").await.status, 200);
        assert_eq!(server.send("POST", "/v1/echo", &key, &[], "").await.status, 200);
    }
}

#[tokio::test]
async fn an_idempotency_key_is_passed_on_with_the_hash_of_the_body() {
    for scratch in testing::databases().await {
        let server = server(&scratch).await;
        let key = server.key(&["lexi"], Tier::Org).await;
        let got = server.send("POST", "/v1/echo?x=1", &key, &[("idempotency-key", "a-1")], "abc").await;
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(got.body["body"], "abc");
        assert_eq!(got.body["idempotency"], json!(["a-1", "POST", "/v1/echo", hash]));
        assert_eq!(got.body["request_id"].as_str(), got.header("x-request-id"));
        let refused = server.send("POST", "/v1/echo", &key, &[("idempotency-key", "a b")], "").await;
        assert_eq!((refused.status, refused.code()), (400, "validation_error"));
        assert!(refused.body["error"]["details"]["fields"]["Idempotency-Key"].is_string());
        let large = "x".repeat(BODY_MAX + 1);
        let refused = server.send("POST", "/v1/echo", &key, &[("idempotency-key", "a-2")], &large).await;
        assert_eq!((refused.status, refused.code()), (413, "payload_too_large"));
    }
}

#[tokio::test]
async fn a_key_is_made_used_and_revoked_over_http_and_its_secret_is_shown_once() {
    for scratch in testing::databases().await {
        let server = server(&scratch).await;
        let admin = server.key(&["read", "keys:admin"], Tier::Org).await;
        let body = json!({"name": "Site", "permissions": ["read:contacts"], "rate_limit_tier": "standard"}).to_string();
        let repeat = [("idempotency-key", "make-site")];
        let made = server.send("POST", "/v1/api-keys", &admin, &repeat, &body).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let data = &made.body["data"];
        let secret = data["key"].as_str().unwrap();
        assert_eq!(data["prefix"], secret[..8]);
        assert_eq!(data["rate_limit_tier"], "pro");
        assert_eq!(data["permissions"], json!(["read:contacts"]));
        assert_eq!(data["effective_permissions"], json!(["contacts:read"]));
        assert_eq!(made.header("cache-control"), Some("no-store"));
        let again = server.send("POST", "/v1/api-keys", &admin, &repeat, &body).await;
        assert_eq!((again.status, &again.body["data"]["key"]), (201, &Value::Null));
        assert_eq!(again.body["data"]["id"], data["id"]);

        assert_eq!(server.get("/v1/api-keys", secret).await.status, 403);
        let listed = server.get("/v1/api-keys?search=site", &admin).await;
        assert_eq!(listed.body["meta"], json!({"page": 1, "per_page": 25, "total": 1}));
        assert_eq!(listed.body["data"]["api_keys"][0]["id"], data["id"]);
        assert!(!listed.body.to_string().contains(secret));

        let path = format!("/v1/api-keys/{}", data["id"].as_str().unwrap());
        let revoked = server.send("DELETE", &path, &admin, &[], "").await;
        assert_eq!((revoked.status, revoked.body), (204, Value::Null));
        assert_eq!(server.get("/v1/api-keys", secret).await.code(), "invalid_key");
        assert_eq!(server.send("DELETE", &path, &admin, &[], "").await.code(), "not_found");
        assert_eq!(server.send("DELETE", "/v1/api-keys/nonsense", &admin, &[], "").await.code(), "not_found");
    }
}

#[tokio::test]
async fn a_wrong_field_of_a_new_key_is_named() {
    for scratch in testing::databases().await {
        let server = server(&scratch).await;
        let admin = server.key(&["read", "keys:admin"], Tier::Org).await;
        for (field, value) in [
            ("name", json!("")),
            ("permissions", json!(["fly"])),
            ("rate_limit_tier", json!("gold")),
            ("expires_at", json!("tomorrow")),
            ("expires_at", json!("2025-11-23T23:59:59Z")),
            ("kind", json!("robot")),
        ] {
            let mut body = json!({"name": "Site", "permissions": ["read"]});
            body[field] = value;
            let refused = server.send("POST", "/v1/api-keys", &admin, &[], &body.to_string()).await;
            assert_eq!(refused.code(), "validation_error", "{field}");
            assert!(refused.body["error"]["details"]["fields"][field].is_string(), "{}", refused.body);
        }
        let refused = server.get("/v1/api-keys?include_revoked=maybe", &admin).await;
        assert_eq!(refused.code(), "validation_error");
    }
}

#[tokio::test]
async fn what_one_process_changes_another_follows() {
    for scratch in testing::databases().await {
        let (one, other) = (server(&scratch).await, server(&scratch).await);
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let watching = tokio::spawn(keys::watch(other.app.clone(), stopped));
        let admin = one.key(&["read", "keys:admin"], Tier::Unmetered).await;
        assert_eq!(other.get("/v1/api-keys", &admin).await.status, 200);
        let listed = one.get("/v1/api-keys", &admin).await;
        let id = listed.body["data"]["api_keys"][0]["id"].as_str().unwrap().to_owned();
        let spare = one.key(&["keys:admin"], Tier::Org).await;
        assert_eq!(one.send("DELETE", &format!("/v1/api-keys/{id}"), &spare, &[], "").await.status, 204);
        let followed = async { while other.get("/v1/api-keys", &admin).await.status == 200 {} };
        tokio::time::timeout(Duration::from_secs(10), followed).await.expect("the change is followed");
        stop.send_replace(true);
        watching.await.unwrap();
        one.app.close().await;
        other.app.close().await;
    }
}

#[test]
fn only_a_bearer_header_carries_a_secret() {
    let of = |text: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, text.parse().unwrap());
        bearer(&headers).map(str::to_owned)
    };
    assert_eq!(of("Bearer wbk_a").as_deref(), Some("wbk_a"));
    assert_eq!(of("bearer  wbk_a ").as_deref(), Some("wbk_a"));
    assert_eq!(of("Basic wbk_a"), None);
    assert_eq!(of("wbk_a"), None);
    assert_eq!(bearer(&HeaderMap::new()), None);
}

#[test]
fn idempotency_keys_are_held_to_their_limits_from_both_sides() {
    let of = |text: &str| idempotency_key(&HeaderValue::from_str(text).unwrap()).is_ok();
    assert!(of(&"x".repeat(255)));
    assert!(!of(&"x".repeat(256)));
    assert!(!of(""));
    assert!(!of("a b"));
    assert!(!of("é"));
}
