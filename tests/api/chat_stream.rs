//! Lexi's answer as server-sent events, as a client of the published API reads them.

use serde_json::{Value, json};

use crate::support::{Client, Server};

/// One event: its name (empty for `[DONE]`) and its data.
type Event = (String, String);

fn events(text: &str) -> Vec<Event> {
    let field = |event: &str, name: &str| {
        event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim_start().to_owned()
    };
    text.split("\n\n")
        .filter(|event| !event.is_empty())
        .map(|event| (field(event, "event:"), field(event, "data:")))
        .collect()
}

fn data(event: &Event) -> Value {
    serde_json::from_str(&event.1).unwrap_or_else(|_| panic!("{event:?} holds JSON"))
}

async fn streamed(client: &Client, body: &Value) -> Vec<Event> {
    let answer = client.post("/v1/lexi/chat/stream", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert!(answer.header("x-ratelimit-limit").is_some() && answer.header("x-request-id").is_some());
    events(&answer.text)
}

fn text_of(events: &[Event]) -> String {
    events
        .iter()
        .filter(|event| event.0 == "text")
        .map(|event| data(event)["delta"].as_str().unwrap().to_owned())
        .collect()
}

async fn desk() -> (Server, Client) {
    let server = Server::start().await;
    server.law_firm_ceos(12).await;
    let client = server.key("read,write,lexi").await;
    (server, client)
}

#[tokio::test]
async fn a_proposal_comes_as_events_in_the_published_order_with_its_task() {
    let (_server, client) = desk().await;
    let events = streamed(&client, &json!({ "message": "Find 5 CEOs at law firms in California" })).await;
    let mut names: Vec<&str> = events.iter().map(|event| event.0.as_str()).collect();
    names.dedup();
    assert_eq!(names, ["thinking", "tool_step", "text", "task", "done", ""], "{events:?}");
    assert!(data(&events[0])["text"].is_string());
    assert_eq!(events.last().unwrap().1, "[DONE]");
    let steps: Vec<Value> = events.iter().filter(|event| event.0 == "tool_step").map(data).collect();
    let tools: Vec<&str> = steps.iter().map(|step| step["tool"].as_str().unwrap()).collect();
    assert_eq!(tools, ["understand", "understand", "prospects.search", "prospects.search"]);
    let states: Vec<&str> = steps.iter().map(|step| step["status"].as_str().unwrap()).collect();
    assert_eq!(states, ["started", "completed", "started", "completed"]);
    assert_eq!(steps[3]["summary"], "12 people fit");

    let task = data(events.iter().find(|event| event.0 == "task").unwrap());
    assert_eq!(task["type"], "prospect_search");
    assert_eq!(task["requires_approval"], true);
    let stored = client.get(&format!("/v1/lexi/tasks/{}", task["id"].as_str().unwrap())).await.json["data"].clone();
    assert_eq!(stored["status"], "pending");
    assert_eq!(stored["plan_hash"], task["plan_hash"]);
    let text = data(events.iter().find(|event| event.0 == "text").unwrap());
    assert_eq!(text["conversation_id"], stored["conversation_id"]);
    let done = data(events.iter().find(|event| event.0 == "done").unwrap());
    assert_eq!(done["credits_remaining"], Value::Null);
    assert!(done["message_id"].is_string());
}

#[tokio::test]
async fn the_words_of_the_stream_are_those_of_the_plain_chat() {
    let (_server, client) = desk().await;
    let message = json!({ "message": "How many CEOs at law firms in California are there?" });
    let plain = client.post("/v1/lexi/chat", &message).await.json["data"]["response"].clone();
    let events = streamed(&client, &message).await;
    assert_eq!(json!(text_of(&events)), plain);
    assert!(events.iter().all(|event| event.0 != "task"), "no task was proposed");
    let conversation = data(events.iter().find(|event| event.0 == "text").unwrap())["conversation_id"].clone();
    let next = json!({ "message": "hello", "conversation_id": conversation });
    let events = streamed(&client, &next).await;
    let text = data(events.iter().find(|event| event.0 == "text").unwrap());
    assert_eq!(text["conversation_id"], conversation);
}

#[tokio::test]
async fn what_is_refused_is_ordinary_json_before_the_stream() {
    let (server, client) = desk().await;
    for (body, field) in [
        (json!({}), "message"),
        (json!({ "message": "  " }), "message"),
        (json!({ "message": "x".repeat(12_001) }), "message"),
        (json!({ "message": "hi", "context": { "page": "x".repeat(2_001) } }), "context.page"),
    ] {
        let answer = client.post("/v1/lexi/chat/stream", &body).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert_eq!(answer.json["error"]["code"], "validation_error");
        assert!(answer.json["error"]["details"]["fields"][field].is_string(), "{}", answer.text);
    }
    let message = json!({ "message": "hi" });
    let reader = server.key("read").await;
    assert_eq!(reader.post("/v1/lexi/chat/stream", &message).await.status, 403);
    assert_eq!(server.stranger().post("/v1/lexi/chat/stream", &message).await.status, 401);
    // The longest message there may be.
    let longest = json!({ "message": "ü".repeat(12_000) });
    assert_eq!(client.post("/v1/lexi/chat/stream", &longest).await.status, 200);
}

#[tokio::test]
async fn a_client_that_drops_the_line_loses_nothing() {
    let (server, client) = desk().await;
    let body = json!({ "message": "Find 5 CEOs at law firms in California" });
    let request = client.request(reqwest::Method::POST, "/v1/lexi/chat/stream").json(&body);
    let mut response = request.send().await.unwrap();
    let first = response.chunk().await.unwrap().expect("the first bytes");
    assert!(first.starts_with(b"event: thinking"));
    drop(response);

    let pending = client.get("/v1/lexi/tasks").await.json;
    assert_eq!(pending["meta"]["total"], 1, "{pending}");
    let task = &pending["data"]["tasks"][0];
    let conversation = task["conversation_id"].as_str().unwrap();
    let again = json!({ "message": "What happened to the task?", "conversation_id": conversation });
    let told = client.post("/v1/lexi/chat", &again).await.json["data"].clone();
    assert_eq!(told["answer"]["task"]["id"], task["id"], "{told}");
    drop(server);
}

#[tokio::test]
async fn a_repeated_stream_with_its_key_is_the_same_turn() {
    let (_server, client) = desk().await;
    let body = json!({ "message": "Find 5 CEOs at law firms in California" });
    let send = async || {
        let request = client.request(reqwest::Method::POST, "/v1/lexi/chat/stream").json(&body);
        client.send(request.header("Idempotency-Key", "once")).await
    };
    let (first, second) = (send().await, send().await);
    assert_eq!(first.status, 200);
    assert_eq!(first.text, second.text);
    assert_eq!(client.get("/v1/lexi/tasks").await.json["meta"]["total"], 1);
}

#[tokio::test]
async fn without_tools_nothing_beyond_the_conversation_is_looked_at_and_nothing_proposed() {
    let (_server, client) = desk().await;
    let asked = json!({ "message": "How many CEOs are in California?" });
    let first = client.post("/v1/lexi/chat", &asked).await.json["data"].clone();
    for message in ["Find 5 CEOs at law firms in California", "How many CEOs are there?", "make it 100"] {
        let body = json!({ "message": message, "conversation_id": first["conversation_id"], "allow_tools": false });
        let events = streamed(&client, &body).await;
        assert!(events.iter().all(|event| event.0 != "task"), "{events:?}");
        let tools: Vec<String> =
            events.iter().filter(|event| event.0 == "tool_step").map(|event| data(event)["tool"].to_string()).collect();
        assert_eq!(tools, ["\"understand\"", "\"understand\""]);
        assert!(text_of(&events).contains("looked nothing up and propose nothing"), "{events:?}");
    }
    assert_eq!(client.get("/v1/lexi/tasks?status=all").await.json["meta"]["total"], 0);
}
