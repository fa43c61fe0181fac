//! What every route has in common: paths, methods, bodies with their limits, request ids, what the operator asks, and
//! browsers. Protects that whatever is wrong with a request, the answer says so in one form and with a small cost.

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Server};

/// Bytes of a body.
const MIB: usize = 1 << 20;
/// An id nothing has.
const NO_ID: &str = "0193f2c4-0000-7000-8000-000000000000";
/// Every route answers below this path too.
const GATEWAY: &str = "/functions/v1/api-gateway";

async fn with_client() -> (Server, Client) {
    let server = Server::start().await;
    let client = server.key("read,write,lexi,keys:admin").await;
    (server, client)
}

/// Sends a body as it is to `POST /v1/lists`.
async fn send(client: &Client, content_type: Option<&str>, body: impl Into<reqwest::Body>) -> Answer {
    let mut request = client.request(Method::POST, "/v1/lists").body(body);
    if let Some(content_type) = content_type {
        request = request.header(CONTENT_TYPE, content_type);
    }
    client.send(request).await
}

async fn send_json(client: &Client, body: impl Into<reqwest::Body>) -> Answer {
    send(client, Some("application/json"), body).await
}

/// Fails unless the answer is a refusal as documented.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.json["error"]["code"].as_str()), (status, Some(code)), "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(answer.json["error"]["message"].as_str().is_some_and(|text| !text.is_empty()), "{}", answer.text);
    assert!(answer.header("x-request-id").is_some());
}

#[tokio::test]
async fn an_unknown_route_is_not_found_with_and_without_a_key() {
    let (server, client) = with_client().await;
    for path in ["/v1/nowhere", "/v1/", "/v1", "/", "/nowhere", "/v2/lists", "/V1/lists", "/v1/lists/", "//v1/lists"] {
        for caller in [&client, &server.stranger()] {
            for method in [Method::GET, Method::POST, Method::DELETE] {
                let answer = caller.send(caller.request(method, path)).await;
                let expected =
                    json!({ "error": { "code": "not_found", "message": format!("There is no route {path}.") } });
                refused(&answer, 404, "not_found");
                assert_eq!(answer.json, expected);
            }
        }
    }
}

#[tokio::test]
async fn a_path_that_is_no_text_is_not_found() {
    let (_server, client) = with_client().await;
    for path in ["/v1/lists/%FF", "/v1/contacts/%C3%28", "/v1/lists/%ff/contacts/%fe", "/v1/lists/%00", "/v1/lists/%"] {
        let answer = client.get(path).await;
        assert!([404, 405].contains(&answer.status), "{path}: {}", answer.text);
        assert!(answer.json["error"]["code"].is_string(), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_method_a_route_does_not_have_is_named_in_the_refusal() {
    let (server, client) = with_client().await;
    for (method, path) in [
        (Method::PUT, "/v1/lists"),
        (Method::PATCH, "/v1/lexi/chat"),
        (Method::GET, "/v1/lexi/chat"),
        (Method::DELETE, "/v1/lexi/tasks"),
        (Method::GET, "/v1/lexi/tasks/x/approve"),
        (Method::OPTIONS, "/v1/lists"),
        (Method::POST, "/healthz"),
        (Method::POST, "/openapi.json"),
    ] {
        let answer = client.send(client.request(method.clone(), path)).await;
        refused(&answer, 405, "method_not_allowed");
        let message = format!("{method} is not allowed on {path}.");
        assert_eq!(answer.json, json!({ "error": { "code": "method_not_allowed", "message": message } }));
        assert!(answer.header("allow").is_some(), "{path}: a 405 names what is allowed");
    }
    let stranger = server.stranger();
    refused(&stranger.send(stranger.request(Method::PUT, "/v1/lists")).await, 401, "invalid_key");
}

#[tokio::test]
async fn looking_never_decides() {
    let (server, client) = with_client().await;
    server.law_firm_ceos(3).await;
    let message = json!({ "message": "Find 2 CEOs at law firms in California" });
    let task_id = client.post("/v1/lexi/chat", &message).await.json["data"]["task_id"].as_str().unwrap().to_owned();
    for verb in ["approve", "dismiss"] {
        let path = format!("/v1/lexi/tasks/{task_id}/{verb}");
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
            assert_eq!(client.send(client.request(method.clone(), &path)).await.status, 405, "{method} {path}");
        }
    }
    assert_eq!(client.get(&format!("/v1/lexi/tasks/{task_id}")).await.json["data"]["status"], "pending");
}

#[tokio::test]
async fn a_body_of_one_mebibyte_is_taken_and_one_byte_more_is_not() {
    let (_server, client) = with_client().await;
    let sized = |name: &str, size: usize| {
        let body = json!({ "name": name }).to_string();
        body.clone() + &" ".repeat(size - body.len())
    };
    let exact = send_json(&client, sized("exact", MIB)).await;
    assert_eq!(exact.status, 201, "{}", exact.text);
    let over = send_json(&client, sized("over", MIB + 1)).await;
    refused(&over, 413, "payload_too_large");
    let expected = json!({ "error": { "code": "payload_too_large",
        "message": "The body is over the limit of 1 MiB. Send less at once." } });
    assert_eq!(over.json, expected);
    let keyed = client.request(Method::POST, "/v1/lists").header("Idempotency-Key", "k");
    refused(
        &client.send(keyed.header(CONTENT_TYPE, "application/json").body(sized("over", MIB + 1))).await,
        413,
        "payload_too_large",
    );
    assert_eq!(client.get("/v1/lists").await.json["meta"]["total"], 1);
    assert_eq!(client.get("/v1/lists").await.status, 200, "the server goes on");
}

#[tokio::test]
async fn a_body_that_is_not_json_by_its_content_type_is_refused() {
    let (_server, client) = with_client().await;
    let body = r#"{"name": "list"}"#;
    for content_type in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/jsonp")]
    {
        let answer = send(&client, content_type, body).await;
        refused(&answer, 415, "unsupported_media_type");
    }
    assert_eq!(client.get("/v1/lists").await.json["meta"]["total"], 0);
    for (n, content_type) in
        ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"].iter().enumerate()
    {
        let answer = send(&client, Some(content_type), json!({ "name": format!("list {n}") }).to_string()).await;
        assert_eq!(answer.status, 201, "{content_type}: {}", answer.text);
    }
}

#[tokio::test]
async fn an_empty_body_counts_as_an_object_without_fields_whatever_its_content_type() {
    let (server, client) = with_client().await;
    server.law_firm_ceos(4).await;
    for (content_type, body) in [
        (None, ""),
        (Some("application/json"), ""),
        (Some("text/plain"), ""),
        (Some("application/json"), " \r\n\t"),
        (Some("application/json"), "{}"),
    ] {
        let missing = send(&client, content_type, body).await;
        refused(&missing, 400, "validation_error");
        assert!(missing.json["error"]["details"]["fields"]["name"].is_string(), "{}", missing.text);
        for verb in ["approve", "dismiss"] {
            let message = json!({ "message": "Find 2 CEOs at law firms in California" });
            let told = client.post("/v1/lexi/chat", &message).await.json;
            let path = format!("/v1/lexi/tasks/{}/{verb}", told["data"]["task_id"].as_str().unwrap());
            let mut request = client.request(Method::POST, &path).body(body);
            if let Some(content_type) = content_type {
                request = request.header(CONTENT_TYPE, content_type);
            }
            let answer = client.send(request).await;
            assert_eq!(answer.status, 200, "{content_type:?} {body:?} {verb}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn malformed_json_is_a_400_that_names_the_place() {
    let (_server, client) = with_client().await;
    let not_utf8: &[u8] = b"{\"name\": \"\xff\"}";
    for body in [
        &b"{"[..],
        b"{\"name\": \"list\"",
        b"{\"name\": \"list\"} and more",
        b"{\"name\": \"list\"}{}",
        b"{'name': 'list'}",
        b"{\"name\": NaN}",
        b"{\"name\": \"\\ud800\"}",
        b"nothing",
        b"\x00",
        not_utf8,
    ] {
        let answer = send_json(&client, body.to_vec()).await;
        refused(&answer, 400, "validation_error");
    }
    let answer = send_json(&client, "{\n\"name\": oops}").await;
    assert!(answer.json["error"]["message"].as_str().unwrap().contains("line 2"), "{}", answer.text);
    for body in ["[]", "7", "\"list\"", "null", "true", "[{\"name\": \"list\"}]"] {
        let answer = send_json(&client, body).await;
        refused(&answer, 400, "validation_error");
    }
    assert_eq!(client.get("/v1/lists").await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn a_field_of_the_wrong_kind_is_named_with_its_path() {
    let (_server, client) = with_client().await;
    for (path, body, field) in [
        ("/v1/lists", json!({ "name": 7 }), "name"),
        ("/v1/lists", json!({ "name": {} }), "name"),
        ("/v1/lexi/chat", json!({ "message": "hello", "context": { "list_id": 7 } }), "context.list_id"),
        ("/v1/lexi/chat", json!({ "message": "hello", "context": "list" }), "context"),
        ("/v1/contacts", json!({ "full_name": "Ann Lee", "tags": ["a", 7] }), "tags[1]"),
        ("/v1/api-keys", json!({ "name": "n", "permissions": [null] }), "permissions[0]"),
    ] {
        let answer = client.post(path, &body).await;
        refused(&answer, 400, "validation_error");
        let message = &answer.json["error"]["details"]["fields"][field];
        assert!(message.as_str().is_some_and(|text| text.starts_with(field)), "{field}: {}", answer.text);
    }
    let twice = send_json(&client, r#"{"name": "a", "name": "b"}"#).await;
    refused(&twice, 400, "validation_error");
}

#[tokio::test]
async fn fields_nobody_knows_are_passed_over() {
    let (_server, client) = with_client().await;
    let body = json!({ "name": "list", "colour": "green", "nested": { "a": [1, { "b": null }] } });
    assert_eq!(client.post("/v1/lists", &body).await.status, 201);
}

#[tokio::test]
async fn deep_nesting_costs_nothing() {
    let (_server, client) = with_client().await;
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    refused(&send_json(&client, deep(200_000)).await, 400, "validation_error");
    refused(&send_json(&client, "[".repeat(MIB)).await, 400, "validation_error");
    refused(&send_json(&client, "{\"name\":".repeat(100_000)).await, 400, "validation_error");
    refused(&send_json(&client, format!("{{\"name\": {}}}", deep(1_000))).await, 400, "validation_error");
    let custom =
        |depth: usize| format!("{{\"full_name\": \"Ann Lee\", \"custom_fields\": {{\"a\": {}}}}}", deep(depth));
    let contact = client.request(Method::POST, "/v1/contacts").header(CONTENT_TYPE, "application/json");
    refused(&client.send(contact.body(custom(100_000))).await, 400, "validation_error");
    let unknown = send_json(&client, format!("{{\"name\": \"list\", \"x\": {}}}", deep(200_000))).await;
    assert!([201, 400].contains(&unknown.status), "{}", unknown.text);
    assert_eq!(client.get("/v1/lists").await.status, 200);
}

#[tokio::test]
async fn text_that_holds_the_character_nul_is_refused_wherever_it_comes_from() {
    let (_server, client) = with_client().await;
    for body in [
        r#"{"name": "a\u0000b"}"#,
        r#"{"name": "a", "description": "\u0000"}"#,
        r#"{"name": "\\\u0000"}"#,
        "{\"name\": \"a\0b\"}",
    ] {
        let answer = send_json(&client, body).await;
        refused(&answer, 400, "validation_error");
    }
    for path in [
        "/v1/contacts?search=a%00b",
        "/v1/contacts?list_id=%00",
        "/v1/suppressions?search=%00",
        "/v1/api-keys?search=%00",
        "/v1/lexi/tasks?status=%00",
    ] {
        refused(&client.get(path).await, 400, "validation_error");
    }
    for path in ["/v1/lists/%00", "/v1/contacts/a%00", "/v1/lexi/tasks/%00"] {
        refused(&client.get(path).await, 404, "not_found");
    }
    let letters = send_json(&client, r#"{"name": "the letters \\u0000"}"#).await;
    assert_eq!((letters.status, &letters.json["data"]["name"]), (201, &json!("the letters \\u0000")));
}

#[tokio::test]
async fn a_query_string_that_says_a_thing_twice_or_wrongly_is_refused() {
    let (_server, client) = with_client().await;
    for path in [
        "/v1/lists?page=1&page=2",
        "/v1/contacts?search=a&search=b",
        "/v1/api-keys?page=x",
        "/v1/lists?per_page=1e2",
        "/v1/lists?page=99999999999999999999",
        "/v1/contacts?sort=secret",
        "/v1/contacts?created_after=yesterday",
        "/v1/suppressions?kind=person",
    ] {
        let answer = client.get(path).await;
        refused(&answer, 400, "validation_error");
        assert!(answer.json["error"]["details"]["fields"].is_object(), "{path}: {}", answer.text);
    }
    for path in ["/v1/lists?unknown=1", "/v1/lists?page=&per_page=", "/v1/lists?", "/v1/lists?%FF=%FF"] {
        assert_eq!(client.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn every_route_answers_below_the_gateways_path_too() {
    let (server, client) = with_client().await;
    let made = client.post(&format!("{GATEWAY}/v1/lists"), &json!({ "name": "list" })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    for path in ["/v1/lists", "/v1/lists?page=2", "/v1/contacts", "/v1/lexi/tasks?status=all", "/v1/api-keys"] {
        let (direct, gateway) = (client.get(path).await, client.get(&format!("{GATEWAY}{path}")).await);
        assert_eq!((direct.status, &direct.text), (200, &gateway.text), "{path}");
    }
    let stranger = server.stranger();
    refused(&stranger.get(&format!("{GATEWAY}/v1/lists")).await, 401, "invalid_key");
    for path in ["/healthz", "/v1", "", "/v1/nowhere", "//v1/lists"] {
        refused(&client.get(&format!("{GATEWAY}{path}")).await, 404, "not_found");
    }
    let twice = format!("{GATEWAY}{GATEWAY}/v1/lists");
    refused(&client.get(&twice).await, 404, "not_found");
}

#[tokio::test]
async fn every_answer_has_a_request_id_of_its_own() {
    let (server, client) = with_client().await;
    let stranger = server.stranger();
    let mut seen = Vec::new();
    for answer in [
        client.get("/v1/lists").await,
        client.post("/v1/lists", &json!({ "name": "list" })).await,
        client.post("/v1/lists", &json!({ "name": "list" })).await,
        client.post("/v1/lists", &json!({})).await,
        client.get(&format!("/v1/lists/{NO_ID}")).await,
        client.get("/v1/nowhere").await,
        client.put("/v1/lists", &json!({})).await,
        stranger.get("/v1/lists").await,
        stranger.get("/nowhere").await,
        stranger.get("/healthz").await,
        stranger.get("/readyz").await,
        stranger.get("/metrics").await,
        stranger.get("/docs/").await,
        stranger.get("/openapi.json").await,
    ] {
        let id = answer.header("x-request-id").unwrap_or_else(|| panic!("no request id: {}", answer.text));
        assert_eq!(id.len(), 36, "{id}");
        assert!(!seen.contains(&id.to_owned()), "{id} twice");
        seen.push(id.to_owned());
    }
    let named = client.request(Method::GET, "/v1/lists").header("X-Request-ID", "mine");
    assert_ne!(client.send(named).await.header("x-request-id"), Some("mine"), "it is ours, not the caller's");
}

#[tokio::test]
async fn the_server_says_that_it_is_alive_and_ready() {
    let (server, _client) = with_client().await;
    let stranger = server.stranger();
    let alive = stranger.get("/healthz").await;
    assert_eq!((alive.status, alive.json), (200, json!({ "status": "ok" })));
    let ready = stranger.get("/readyz").await;
    let checks = json!({ "database": "ok", "disk": "ok", "clock": "ok", "index": "ok" });
    assert_eq!((ready.status, ready.json), (200, json!({ "status": "ok", "checks": checks })));
    server.app.waiters.stopping.send_replace(true);
    let stopping = stranger.get("/readyz").await;
    assert_eq!((stopping.status, &stopping.json["status"]), (503, &json!("stopping")));
    assert_eq!(stranger.get("/healthz").await.status, 200, "it is alive until it ends");
}

#[tokio::test]
async fn figures_are_for_this_machine_or_for_a_key_that_may_read_them() {
    let server = Server::start_with(|config| config.strangers_per_minute = 3).await;
    let figures = server.stranger().get("/metrics").await;
    assert_eq!((figures.status, figures.header("content-type")), (200, Some("text/plain; version=0.0.4")));
    let reader = server.key("metrics:read").await;
    assert_eq!(reader.get("/metrics").await.status, 200);
    refused(&server.key("read,write,lexi").await.get("/metrics").await, 403, "insufficient_permissions");
    let guess = reader.with_key("wbk_guess");
    for _ in 0..3 {
        refused(&guess.get("/metrics").await, 401, "invalid_key");
    }
    refused(&guess.get("/metrics").await, 429, "rate_limited");
    assert_eq!(server.stranger().get("/metrics").await.status, 200);
}

#[tokio::test]
async fn the_documentation_is_shown_to_everybody() {
    let (server, _client) = with_client().await;
    let stranger = server.stranger();
    let page = stranger.get("/docs").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("<html"), "{}", page.text);
    let script = stranger.get("/docs/swagger-initializer.js").await;
    assert!(script.text.contains("\"/openapi.json\""), "{}", script.text);
    assert_eq!(stranger.get("/docs/nothing.js").await.status, 404);
}

#[tokio::test]
async fn browsers_of_other_origins_get_no_leave_unless_it_is_configured() {
    let (_server, client) = with_client().await;
    let preflight = client.request(Method::OPTIONS, "/v1/lists").header("Origin", "https://app.example");
    let answer = client.send(preflight.header("Access-Control-Request-Method", "POST")).await;
    assert_eq!(answer.status, 405);
    let simple = client.send(client.request(Method::GET, "/v1/lists").header("Origin", "https://app.example")).await;
    for answer in [answer, simple] {
        let granted = answer.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
        assert_eq!(granted, None);
    }
}

#[tokio::test]
async fn browsers_of_a_configured_origin_may_call_and_read_the_headers() {
    let ours = "https://app.example";
    let server = Server::start_with(|config| config.cors_origins = vec![ours.to_owned()]).await;
    let (client, stranger) = (server.key("read").await, server.stranger());
    let preflight = |origin: &str| {
        stranger
            .request(Method::OPTIONS, "/v1/lexi/chat")
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "authorization,content-type,idempotency-key,if-match")
    };
    let granted = stranger.send(preflight(ours)).await;
    assert_eq!((granted.status, granted.header("access-control-allow-origin")), (200, Some(ours)));
    assert!(granted.header("access-control-allow-methods").unwrap().contains("POST"));
    for header in ["authorization", "content-type", "idempotency-key", "if-match"] {
        assert!(granted.header("access-control-allow-headers").unwrap().contains(header), "{header}");
    }
    assert_eq!(granted.header("access-control-allow-credentials"), None);
    assert!(granted.header("x-request-id").is_some());
    for other in ["https://evil.example", "https://app.example.evil", "null"] {
        assert_eq!(stranger.send(preflight(other)).await.header("access-control-allow-origin"), None, "{other}");
    }
    for (caller, status) in [(&client, 200), (&stranger, 401)] {
        let answer = caller.send(caller.request(Method::GET, "/v1/lists").header("Origin", ours)).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (status, Some(ours)));
        let readable = answer.header("access-control-expose-headers").unwrap();
        for header in ["x-request-id", "x-ratelimit-remaining", "retry-after"] {
            assert!(readable.contains(header), "{header}");
        }
    }
}

#[tokio::test]
async fn a_broken_database_is_told_without_its_cause() {
    let (server, client) = with_client().await;
    server.app.db.close().await;
    for answer in [client.get("/v1/lists").await, client.post("/v1/lists", &json!({ "name": "list" })).await] {
        assert!([500, 503].contains(&answer.status), "{}", answer.text);
        assert_eq!(answer.json["error"]["details"], Value::Null);
        for word in ["sqlite", "postgres", "pool", "channel", "src/"] {
            assert!(!answer.text.to_lowercase().contains(word), "{}", answer.text);
        }
    }
    assert_eq!(server.stranger().get("/healthz").await.status, 200);
    let ready = server.stranger().get("/readyz").await;
    assert_eq!((ready.status, &ready.json["checks"]["database"]), (503, &json!("failing")));
}
