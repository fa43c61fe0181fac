//! Connections that are slow, many, or under way when the server stops. Protects that nobody holds the server up, and
//! that what was begun is finished.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Client, Installation, Server};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(30);
/// A time limit that a test can wait for.
const SHORT: Duration = Duration::from_millis(200);

/// A connection whose bytes the test sends itself.
struct Wire(TcpStream);

impl Wire {
    async fn to(url: &str) -> Wire {
        Wire(TcpStream::connect(url.trim_start_matches("http://")).await.expect("a connection"))
    }

    async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.expect("the bytes are sent");
    }

    /// Everything until the server ends the connection.
    async fn until_ended(&mut self) -> String {
        let mut bytes = Vec::new();
        let read = tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut bytes));
        let _ = read.await.expect("the server ends the connection");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// One answer with a body, as text; the connection stays.
    async fn answer(&mut self) -> String {
        let mut bytes = Vec::new();
        loop {
            let mut more = [0; 4096];
            let read = tokio::time::timeout(PATIENCE, self.0.read(&mut more)).await.expect("an answer in time");
            let count = read.expect("an answer");
            assert!(count > 0, "the connection ended: {}", String::from_utf8_lossy(&bytes));
            bytes.extend_from_slice(&more[..count]);
            let text = String::from_utf8_lossy(&bytes);
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
            if body.len() >= length.parse::<usize>().expect("a number") {
                return text.into_owned();
            }
        }
    }
}

/// The head of a `POST /v1/lists` with a body of `length` bytes.
fn head(client: &Client, length: usize) -> String {
    format!(
        "POST /v1/lists HTTP/1.1\r\nHost: lexi\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n",
        client.key()
    )
}

fn json_of(answer: &str) -> Value {
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {answer}"))
}

#[tokio::test]
async fn a_connection_that_never_sends_its_head_is_ended() {
    let server = Server::start_with(|config| config.header_timeout = SHORT).await;
    for beginning in ["", "GET /healthz", "GET /healthz HTTP/1.1\r\nHost: lexi\r\n"] {
        let mut wire = Wire::to(&server.url()).await;
        wire.send(beginning).await;
        assert!(!wire.until_ended().await.contains("200 OK"), "{beginning:?}");
    }
    let mut idle = Wire::to(&server.url()).await;
    idle.send("GET /healthz HTTP/1.1\r\nHost: lexi\r\n\r\n").await;
    assert!(idle.answer().await.starts_with("HTTP/1.1 200 OK\r\n"));
    assert_eq!(idle.until_ended().await, "", "nothing more was asked");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_refused_and_does_nothing() {
    let server = Server::start_with(|config| config.body_timeout = SHORT).await;
    let client = server.key("read,write").await;
    for idempotency in ["", "Idempotency-Key: k-1\r\n"] {
        let mut wire = Wire::to(&server.url()).await;
        let head = head(&client, 100).replace("Host: lexi\r\n", &format!("Host: lexi\r\n{idempotency}"));
        wire.send(&head).await;
        wire.send("{\"name\": \"slow").await;
        let answer = wire.until_ended().await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
        let expected =
            json!({ "error": { "code": "validation_error", "message": "The body did not arrive in time." } });
        assert_eq!(json_of(&answer), expected);
    }
    assert_eq!(client.get("/v1/lists").await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn a_caller_that_sends_far_too_much_before_it_looks_is_told_so() {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    let mut wire = Wire::to(&server.url()).await;
    wire.send(&head(&client, 24 << 20)).await;
    for _ in 0..24 {
        wire.send(&" ".repeat(1 << 20)).await;
    }
    let answer = wire.answer().await;
    assert!(answer.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{answer}");
    assert_eq!(json_of(&answer)["error"]["code"], "payload_too_large");
}

#[tokio::test]
async fn a_caller_that_hangs_up_in_the_middle_of_its_body_does_nothing() {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    let mut wire = Wire::to(&server.url()).await;
    wire.send(&head(&client, 100)).await;
    wire.send("{\"name\": \"half\"}").await;
    drop(wire);
    assert_eq!(client.get("/v1/lists").await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn what_is_no_request_is_told_so_in_json_and_the_server_goes_on() {
    let server = Server::start().await;
    let get = "GET /healthz HTTP/1.1\r\nHost: lexi\r\n";
    let many: String = (0..200).map(|n| format!("X-{n}: y\r\n")).collect();
    for (request, status, code) in [
        (
            format!("{get}X: {}\r\n\r\n", "x".repeat(64 << 10)),
            "431 Request Header Fields Too Large",
            "payload_too_large",
        ),
        (format!("{get}{many}\r\n"), "431 Request Header Fields Too Large", "payload_too_large"),
        (
            format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(64 << 10)),
            "431 Request Header Fields Too Large",
            "payload_too_large",
        ),
        ("nonsense\r\n\r\n".to_owned(), "400 Bad Request", "validation_error"),
        (format!("{get}Content-Length: x\r\n\r\n"), "400 Bad Request", "validation_error"),
        (format!("{get}\r\nnonsense\r\n\r\n"), "400 Bad Request", "validation_error"),
    ] {
        let mut wire = Wire::to(&server.url()).await;
        // The server may have ended the connection before all of it was sent.
        let _ = wire.0.write_all(request.as_bytes()).await;
        let answers = wire.until_ended().await;
        let beginning = format!("HTTP/1.1 {status}\r\n");
        let at = answers.find(&beginning).unwrap_or_else(|| panic!("{status}: {answers}"));
        let answer = &answers[at..];
        assert!(at == 0 || answers.starts_with("HTTP/1.1 200 OK\r\n"), "{answers}");
        assert_eq!(json_of(answer)["error"]["code"], code, "{answer}");
        assert!(answer.contains("content-type: application/json\r\n") && answer.contains("x-request-id: "), "{answer}");
    }
    assert_eq!(server.stranger().get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_caller_that_does_not_take_its_answers_is_cut_off() {
    let change = |config: &mut lexi::config::Config| {
        config.write_timeout = SHORT;
        config.connections_max = 1;
    };
    let server = Server::start_with(change).await;
    let mut wire = Wire::to(&server.url()).await;
    // More than the buffers of both ends hold.
    wire.send(&"GET /openapi.json HTTP/1.1\r\nHost: lexi\r\n\r\n".repeat(500)).await;
    let next = server.stranger();
    let answer = tokio::time::timeout(PATIENCE, next.get("/healthz")).await.expect("its place becomes free");
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_until_another_ends() {
    let server = Server::start_with(|config| config.connections_max = 2).await;
    let ask = "GET /healthz HTTP/1.1\r\nHost: lexi\r\n\r\n";
    let mut first = Wire::to(&server.url()).await;
    let mut second = Wire::to(&server.url()).await;
    for wire in [&mut first, &mut second] {
        wire.send(ask).await;
        assert!(wire.answer().await.contains("200 OK"));
    }
    let mut third = Wire::to(&server.url()).await;
    third.send(ask).await;
    assert!(tokio::time::timeout(SHORT, third.answer()).await.is_err(), "it waits");
    first.send(ask).await;
    assert!(first.answer().await.contains("200 OK"), "those that are in go on");
    drop(second);
    assert!(third.answer().await.contains("200 OK"), "now it is its turn");
}

#[tokio::test]
async fn requests_under_way_are_finished_before_the_process_ends() {
    let installation = Installation::new().await;
    let key = installation.key("read,write,lexi");
    installation.people(&crate::support::people::law_firm_ceos(3));
    let process = installation.serve(&[]).await;
    let client = process.client(&key);
    let message = json!({ "message": "Find 2 CEOs at law firms in California" });
    let task_id = client.post("/v1/lexi/chat", &message).await.json["data"]["task_id"].as_str().unwrap().to_owned();

    let body = json!({ "name": "begun before the end" }).to_string();
    let mut writing = Wire::to(&process.url).await;
    writing.send(&head(&client, body.len())).await;
    writing.send(&body[..10]).await;
    let waiting = {
        let (client, path) = (client.clone(), format!("/v1/lexi/tasks/{task_id}?wait=60"));
        tokio::spawn(async move { client.get(&path).await })
    };
    // Both are under way once a request that came after them is answered.
    assert_eq!(client.get("/v1/lists").await.json["meta"]["total"], 0);
    process.ask_to_stop();
    process.until_logged("stopping").await;
    let waited = tokio::time::timeout(PATIENCE, waiting).await.expect("a wait ends with the server").unwrap();
    assert_eq!((waited.status, &waited.json["data"]["status"]), (200, &json!("pending")));
    let late = Client::new(&process.url, Some(key.clone()));
    assert!(late.try_send(late.request(reqwest::Method::GET, "/v1/lists")).await.is_none(), "nobody new is let in");
    writing.send(&body[10..]).await;
    let answer = writing.until_ended().await;
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    assert_eq!(tokio::task::spawn_blocking(|| process.ended()).await.unwrap(), 0);

    let again = installation.serve(&[]).await;
    let lists = again.client(&key).get("/v1/lists").await.json;
    assert_eq!(lists["data"]["lists"][0]["name"], "begun before the end");
    assert_eq!(again.terminate(), 0);
}

#[tokio::test]
async fn a_request_that_does_not_end_is_given_up_when_its_time_is_over() {
    let installation = Installation::new().await;
    let key = installation.key("read,write");
    let process = installation.serve(&["--shutdown-timeout", "1s"]).await;
    let client = process.client(&key);
    let mut stuck = Wire::to(&process.url).await;
    stuck.send(&head(&client, 100)).await;
    assert_eq!(client.get("/v1/lists").await.status, 200);
    process.ask_to_stop();
    let ended = tokio::task::spawn_blocking(|| process.ended());
    assert_eq!(tokio::time::timeout(PATIENCE, ended).await.expect("it ends").unwrap(), 0);
    assert_eq!(stuck.until_ended().await, "");
}
