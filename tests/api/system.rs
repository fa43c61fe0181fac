//! The server as such: health, prefixes, headers, limits of what comes in, and how it begins and ends.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::support::{Answer, Installation, Server, people};

const PREFIX: &str = "/functions/v1/api-gateway";

fn error(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.json["error"]["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn health_needs_no_key() {
    let server = Server::start().await;
    let nobody = server.stranger();
    let alive = nobody.get("/healthz").await;
    assert_eq!((alive.status, &alive.json["status"]), (200, &json!("ok")));
    server.law_firm_ceos(3).await;
    let ready = nobody.get("/readyz").await;
    assert_eq!((ready.status, &ready.json["status"]), (200, &json!("ok")), "{}", ready.text);
}

#[tokio::test]
async fn figures_are_given_to_this_machine_and_to_keys_that_may_read_them() {
    let server = Server::start().await;
    assert_eq!(server.stranger().get("/metrics").await.status, 200);
    assert_eq!(error(&server.key("read").await.get("/metrics").await), (403, "insufficient_permissions"));
    assert_eq!(server.key("metrics:read").await.get("/metrics").await.status, 200);
    assert_eq!(error(&server.stranger().with_key("wbk_nonsense").get("/metrics").await), (401, "invalid_key"));
}

#[tokio::test]
async fn both_prefixes_lead_to_the_same_routes() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let made = client.post(&format!("{PREFIX}/v1/lists"), &json!({ "name": "Q1 Leads" })).await;
    assert_eq!(made.status, 201, "{}", made.json);
    let here = client.get("/v1/lists").await;
    let there = client.get(&format!("{PREFIX}/v1/lists?page=1")).await;
    assert_eq!(here.json, there.json);
    assert_eq!(here.json["data"]["lists"][0]["name"], "Q1 Leads");
    for path in ["/functions/v1/lists", "/functions/v1/api-gateway/lists", "/functions/v1/api-gatewayv1/lists"] {
        assert_eq!(error(&client.get(path).await), (404, "not_found"), "{path}");
    }
}

#[tokio::test]
async fn every_answer_has_its_own_request_id() {
    let server = Server::start().await;
    let client = server.key("read").await;
    let mut ids = Vec::new();
    for path in ["/healthz", "/v1/lists", "/v1/nowhere", "/v1/lists?page=0", "/openapi.json"] {
        let answer = client.get(path).await;
        let id = answer.header("x-request-id").unwrap_or_else(|| panic!("{path} has none")).to_owned();
        assert!(uuid::Uuid::parse_str(&id).is_ok(), "{id}");
        ids.push(id);
    }
    ids.push(server.stranger().get("/v1/lists").await.header("x-request-id").expect("an id").to_owned());
    let given = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), given);
}

#[tokio::test]
async fn an_answer_to_a_valid_key_shows_its_limits_and_others_do_not() {
    let server = Server::start().await;
    let client = server.key("read").await;
    for path in ["/v1/lists", "/v1/nowhere"] {
        let answer = client.get(path).await;
        for name in ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"] {
            assert!(answer.header(name).is_some_and(|value| value.parse::<u64>().is_ok()), "{path} {name}");
        }
    }
    let refused = server.stranger().get("/v1/lists").await;
    assert_eq!(error(&refused), (401, "invalid_key"));
    assert_eq!(refused.header("x-ratelimit-limit"), None);
}

#[tokio::test]
async fn what_does_not_exist_is_said_in_the_published_form() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    for path in ["/", "/v1", "/v1/", "/v2/lists", "/v1/lists/", "/V1/lists"] {
        let answer = client.get(path).await;
        assert_eq!(error(&answer), (404, "not_found"), "{path}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
    let wrong = client.delete("/v1/lists").await;
    assert_eq!(error(&wrong), (405, "method_not_allowed"));
    assert!(wrong.header("allow").is_some_and(|methods| methods.contains("GET")), "{:?}", wrong.headers);
    assert_eq!(error(&client.get("/v1/lexi/chat").await), (405, "method_not_allowed"));
}

#[tokio::test]
async fn bodies_that_can_not_be_read_are_refused_with_a_reason() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let post = |kind: Option<&'static str>, body: Vec<u8>| {
        let request = client.request(Method::POST, "/v1/lists").body(body);
        let request = match kind {
            Some(kind) => request.header(CONTENT_TYPE, kind),
            None => request,
        };
        client.send(request)
    };
    let json = Some("application/json");
    for body in [&b"{"[..], b"[1]", b"nonsense", b"{\"name\": 7}", b"{\"name\": \"a\"} more", b"\xff\xfe", b"null"] {
        let answer = post(json, body.to_vec()).await;
        assert_eq!(error(&answer), (400, "validation_error"), "{}", String::from_utf8_lossy(body));
    }
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let answer = post(kind, b"{\"name\": \"a\"}".to_vec()).await;
        assert_eq!(error(&answer), (415, "unsupported_media_type"), "{kind:?}");
    }
    for (body, wanted) in
        [("{\"name\": \"a\\u0000b\"}", 400), ("{\"name\": \"a\0b\"}", 400), ("{\"name\": \"ok\"}", 201)]
    {
        let answer = post(Some("application/json; charset=utf-8"), body.into()).await;
        assert_eq!(answer.status, wanted, "{body:?}: {}", answer.text);
    }
    let deep = format!("{{\"name\": {}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(error(&post(json, deep.into_bytes()).await), (400, "validation_error"));
}

#[tokio::test]
async fn a_body_of_one_mebibyte_is_read_and_one_byte_more_is_not() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let body = |bytes: usize| {
        let frame = r#"{"name": "Q1"}"#;
        format!("{frame}{}", " ".repeat(bytes - frame.len()))
    };
    let send = |bytes| {
        client
            .send(client.request(Method::POST, "/v1/lists").header(CONTENT_TYPE, "application/json").body(body(bytes)))
    };
    assert_eq!(send(1 << 20).await.status, 201);
    assert_eq!(error(&send((1 << 20) + 1).await), (413, "payload_too_large"));
}

#[tokio::test]
async fn an_empty_body_counts_as_an_empty_object_whatever_its_type() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    for kind in ["application/json", "text/plain", ""] {
        let request = client.request(Method::POST, "/v1/lists");
        let request = if kind.is_empty() { request } else { request.header(CONTENT_TYPE, kind) };
        let answer = client.send(request).await;
        assert_eq!(error(&answer), (400, "validation_error"));
        assert!(answer.json["error"]["details"]["fields"]["name"].is_string(), "{}", answer.json);
    }
}

#[tokio::test]
async fn the_documentation_is_served_without_a_key_and_from_nowhere_else() {
    let server = Server::start().await;
    let nobody = server.stranger();
    let document = nobody.get("/openapi.json").await;
    assert_eq!(document.status, 200);
    assert!(document.json["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{}", document.text);
    assert!(document.json["paths"]["/v1/lexi/tasks/{id}/approve"]["post"].is_object());
    let page = nobody.get("/docs/").await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("https://"), "the page loads from elsewhere: {}", page.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_does_not_arrive_in_time_ends_the_connection() {
    let server = Server::start_with(|config| config.header_timeout = Duration::from_millis(200)).await;
    let mut connection = TcpStream::connect(server.url().trim_start_matches("http://")).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: lexi\r\nX-Slow: ").unwrap();
    let mut answer = Vec::new();
    let ended = connection.read_to_end(&mut answer);
    assert!(ended.is_ok(), "the server never closed: {ended:?}");
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    assert_eq!(server.stranger().get("/healthz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_under_way_is_finished_when_the_server_stops() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let address = server.url().trim_start_matches("http://").to_owned();
    let mut connection = TcpStream::connect(&address).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let body = r#"{"name": "last one"}"#;
    let head = format!(
        "POST /v1/lists HTTP/1.1\r\nHost: lexi\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        client.key(),
        body.len()
    );
    connection.write_all(head.as_bytes()).unwrap();
    let mut begun = [0; 25];
    connection.read_exact(&mut begun).unwrap();
    assert!(begun.starts_with(b"HTTP/1.1 100 Continue"), "{}", String::from_utf8_lossy(&begun));
    server.stop();
    while TcpStream::connect(&address).is_ok() {
        tokio::task::yield_now().await;
    }
    connection.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

#[tokio::test]
async fn the_program_serves_after_a_restart_what_it_kept_and_ends_well_on_sigterm() {
    let installation = Installation::new().await;
    let key = installation.key("read,write,lexi");
    assert!(key.starts_with("wbk_") && key.len() == 56, "{key}");
    let process = installation.serve(&[]).await;
    let made = process.client(&key).post("/v1/lists", &json!({ "name": "kept" })).await;
    assert_eq!(made.status, 201, "{}", made.json);
    // A key made while the server runs is known to it within a second.
    let later = installation.key("read");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(process.client(&later).get("/v1/lists").await.status, 200);
    // People imported while it runs are found without a restart.
    installation.people(&people::law_firm_ceos(5));
    let client = process.client(&key);
    let mut matched = Value::Null;
    for _ in 0..200 {
        let asked = client.post("/v1/lexi/chat", &json!({ "message": "Find 5 CEOs at law firms in California" })).await;
        matched = asked.json["data"]["task"]["preview"]["matched"].clone();
        if matched == 5 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(matched, 5);
    assert_eq!(process.terminate(), 0);

    let process = installation.serve(&[]).await;
    let lists = process.client(&key).get("/v1/lists").await;
    assert_eq!(lists.json["data"]["lists"][0]["name"], "kept");
    assert!(!process.log().contains(&key), "the log holds a key");
}
