//! `Idempotency-Key`: a write that is sent again is done once and answered the same. Protects that key, effect and
//! saved answer stand in one transaction, and that a key means nothing beyond its own caller, path and day.

use lexi::clock::DAY_MS;
use lexi::http;
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Server};

async fn with_client() -> (Server, Client) {
    let server = Server::start().await;
    let client = server.key("read,write,lexi,keys:admin").await;
    (server, client)
}

/// A write with an `Idempotency-Key`.
async fn once(client: &Client, key: &str, method: Method, path: &str, body: &Value) -> Answer {
    let request = client.request(method, path).header("Idempotency-Key", key).json(body);
    client.send(request).await
}

async fn contact_once(client: &Client, key: &str, name: &str) -> Answer {
    once(client, key, Method::POST, "/v1/contacts", &json!({ "full_name": name })).await
}

async fn contacts(client: &Client) -> Value {
    client.get("/v1/contacts").await.json["meta"]["total"].clone()
}

#[tokio::test]
async fn a_repeated_write_is_answered_the_same_and_done_once() {
    let (server, client) = with_client().await;
    let first = contact_once(&client, "k-1", "Ann Lee").await;
    assert_eq!(first.status, 201, "{}", first.text);
    server.advance_ms(DAY_MS - 1);
    let second = contact_once(&client, "k-1", "Ann Lee").await;
    assert_eq!((second.status, &second.text), (201, &first.text));
    assert_eq!(second.header("content-type"), first.header("content-type"));
    assert_ne!(second.header("x-request-id"), first.header("x-request-id"));
    assert_eq!(contacts(&client).await, 1);
}

#[tokio::test]
async fn the_same_key_with_another_body_is_a_conflict_and_changes_nothing() {
    let (_server, client) = with_client().await;
    let first = contact_once(&client, "k-1", "Ann Lee").await;
    let other = contact_once(&client, "k-1", "Bo Chan").await;
    let expected = json!({ "error": { "code": "idempotency_conflict",
        "message": "This Idempotency-Key was used with another body. Use a new key for a new request." } });
    assert_eq!((other.status, other.json), (409, expected));
    assert_eq!(contacts(&client).await, 1);
    assert_eq!(contact_once(&client, "k-1", "Ann Lee").await.text, first.text);
}

#[tokio::test]
async fn concurrent_writes_with_one_key_have_one_effect_and_one_answer() {
    let (_server, client) = with_client().await;
    let calls = (0..16).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { contact_once(&client, "k-1", "Ann Lee").await })
    });
    let mut texts = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        let answer = call.await.unwrap();
        assert_eq!(answer.status, 201, "{}", answer.text);
        texts.push(answer.text);
    }
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert_eq!(contacts(&client).await, 1);
}

#[tokio::test]
async fn concurrent_messages_and_approvals_with_one_key_make_one_task_and_have_one_answer_each() {
    let (server, client) = with_client().await;
    server.law_firm_ceos(5).await;
    let at_once = async |path: &str, body: &Value| {
        let calls = (0..12).map(|_| {
            let (client, path, body) = (client.clone(), path.to_owned(), body.clone());
            tokio::spawn(async move { once(&client, "k-1", Method::POST, &path, &body).await })
        });
        let mut answers = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            answers.push(call.await.unwrap());
        }
        for answer in &answers {
            assert_eq!((answer.status, &answer.text), (200, &answers[0].text), "one key, one answer");
        }
        answers.swap_remove(0).json
    };
    for asked in 1..=4 {
        // The message is another one each time, and so is the key's path of the approval.
        let message = json!({ "message": format!("Find {asked} CEOs at law firms in California") });
        let first = client.request(Method::POST, "/v1/lexi/chat").header("Idempotency-Key", format!("ask-{asked}"));
        let task_id = client.send(first.json(&message)).await.json["data"]["task_id"].as_str().unwrap().to_owned();
        let approved = at_once(&format!("/v1/lexi/tasks/{task_id}/approve"), &json!({})).await;
        assert_eq!(approved["data"]["status"], "approved");
    }
    let message = json!({ "message": "Find 5 CEOs at law firms in California" });
    at_once("/v1/lexi/chat", &message).await;
    assert_eq!(client.get("/v1/lexi/tasks").await.json["meta"]["total"], 1, "one task waits");
}

#[tokio::test]
async fn a_repeated_message_to_lexi_makes_one_task_and_a_repeated_approval_is_no_second_one() {
    let (server, client) = with_client().await;
    server.law_firm_ceos(5).await;
    let message = json!({ "message": "Find 3 CEOs at law firms in California" });
    let first = once(&client, "ask", Method::POST, "/v1/lexi/chat", &message).await;
    let second = once(&client, "ask", Method::POST, "/v1/lexi/chat", &message).await;
    assert_eq!((first.status, &first.text), (200, &second.text));
    assert_eq!(client.get("/v1/lexi/tasks").await.json["meta"]["total"], 1);
    let path = format!("/v1/lexi/tasks/{}/approve", first.json["data"]["task_id"].as_str().unwrap());
    let approve = async |key: &str| {
        let request = client.request(Method::POST, &path).header("Idempotency-Key", key);
        client.send(request.header("Content-Type", "application/json")).await
    };
    let approved = approve("yes").await;
    assert_eq!(approved.status, 200);
    let again = approve("yes").await;
    assert_eq!((again.status, again.text), (200, approved.text));
    assert_eq!(approve("another").await.json["error"]["message"], "Task has already been approved");
    assert_eq!(contacts(&client).await, 3);
}

#[tokio::test]
async fn repeated_changes_and_deletions_are_answered_the_same() {
    let (_server, client) = with_client().await;
    let id = contact_once(&client, "k-1", "Ann Lee").await.json["data"]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/contacts/{id}");
    let note = json!({ "notes": "met in Boston" });
    let changed = once(&client, "k-2", Method::PATCH, &path, &note).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(once(&client, "k-2", Method::PATCH, &path, &note).await.text, changed.text);
    let notes = client.get(&path).await.json["data"]["notes"].as_str().unwrap().to_owned();
    assert_eq!(notes.matches("met in Boston").count(), 1, "{notes}");
    let without = client.patch(&path, &note).await.json["data"]["notes"].as_str().unwrap().to_owned();
    assert_eq!(without.matches("met in Boston").count(), 2, "without a key it is another change");
    let delete = async || {
        let request = client.request(Method::DELETE, &path).header("Idempotency-Key", "k-3");
        client.send(request).await
    };
    let deleted = delete().await;
    assert_eq!(deleted.status, 200);
    let again = delete().await;
    assert_eq!((again.status, again.text), (200, deleted.text));
    assert_eq!(client.delete(&path).await.status, 404);

    let key = json!({ "name": "spare", "permissions": ["read"] });
    let key_id = client.post("/v1/api-keys", &key).await.json["data"]["id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        let request = client.request(Method::DELETE, &format!("/v1/api-keys/{key_id}"));
        let revoked = client.send(request.header("Idempotency-Key", "k-4")).await;
        assert_eq!((revoked.status, revoked.text.as_str()), (204, ""));
    }
}

#[tokio::test]
async fn a_refusal_is_not_kept() {
    let (_server, client) = with_client().await;
    let list = client.post("/v1/lists", &json!({ "name": "taken" })).await.json["data"]["id"].clone();
    let body = json!({ "name": "taken" });
    assert_eq!(once(&client, "k-1", Method::POST, "/v1/lists", &body).await.status, 400);
    assert_eq!(client.delete(&format!("/v1/lists/{}", list.as_str().unwrap())).await.status, 200);
    assert_eq!(once(&client, "k-1", Method::POST, "/v1/lists", &body).await.status, 201, "now there is room");
    assert_eq!(once(&client, "k-2", Method::POST, "/v1/lists", &json!({})).await.status, 400);
    let other = json!({ "name": "other" });
    assert_eq!(once(&client, "k-2", Method::POST, "/v1/lists", &other).await.status, 201, "nothing was kept");
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let (server, client) = with_client().await;
    let first = contact_once(&client, "k-1", "Ann Lee").await;
    server.advance_ms(DAY_MS);
    let second = contact_once(&client, "k-1", "Ann Lee").await;
    assert_eq!(second.status, 201);
    assert_ne!(second.json["data"]["id"], first.json["data"]["id"]);
    let third = contact_once(&client, "k-1", "Ann Lee").await;
    assert_eq!(third.text, second.text, "the new answer is kept for a new day");
    server.advance_ms(DAY_MS);
    assert_eq!(
        contact_once(&client, "k-1", "Bo Chan").await.status,
        201,
        "another body is none of an old key's business"
    );
    assert_eq!(contacts(&client).await, 3);
}

#[tokio::test]
async fn tidying_up_takes_only_answers_that_have_aged_out() {
    let (server, client) = with_client().await;
    contact_once(&client, "old", "Ann Lee").await;
    server.advance_ms(2);
    let young = contact_once(&client, "young", "Bo Chan").await;
    server.advance_ms(DAY_MS - 1);
    http::forget_saved_answers(&server.app, 1_000).await.unwrap();
    assert_eq!(contact_once(&client, "young", "Bo Chan").await.text, young.text);
    assert_eq!(contacts(&client).await, 2);
    assert_eq!(contact_once(&client, "old", "Ann Lee").await.status, 201);
    assert_eq!(contacts(&client).await, 3);
}

#[tokio::test]
async fn a_key_means_nothing_on_another_path_or_from_another_caller() {
    let (server, client) = with_client().await;
    let colleague = server.key("read,write").await;
    let stranger = server.key_of("elsewhere", "read,write").await;
    for caller in [&client, &colleague, &stranger] {
        assert_eq!(contact_once(caller, "k-1", "Ann Lee").await.status, 201);
    }
    assert_eq!((contacts(&client).await, contacts(&stranger).await), (json!(2), json!(1)));
    let body = json!({ "name": "list" });
    assert_eq!(once(&client, "k-1", Method::POST, "/v1/lists", &body).await.status, 201);
    let gateway = "/functions/v1/api-gateway/v1/lists";
    assert_eq!(once(&client, "k-1", Method::POST, gateway, &body).await.status, 201, "both paths are one route");
    assert_eq!(client.get("/v1/lists").await.json["meta"]["total"], 1);
}

#[tokio::test]
async fn a_key_that_is_too_long_or_no_plain_text_is_named() {
    let (_server, client) = with_client().await;
    for wrong in ["", " ", "two words", "é", &"k".repeat(256)] {
        let wrong = HeaderValue::from_bytes(wrong.as_bytes()).unwrap();
        let request = client.request(Method::POST, "/v1/contacts").header("Idempotency-Key", &wrong);
        let answer = client.send(request.json(&json!({ "full_name": "Ann Lee" }))).await;
        assert_eq!((answer.status, &answer.json["error"]["code"]), (400, &json!("validation_error")), "{wrong:?}");
        assert!(answer.json["error"]["details"]["fields"]["Idempotency-Key"].is_string(), "{}", answer.text);
    }
    assert_eq!(contacts(&client).await, 0);
    assert_eq!(contact_once(&client, &"k".repeat(255), "Ann Lee").await.status, 201);
    let read = client.request(Method::GET, "/v1/contacts").header("Idempotency-Key", "two words");
    assert_eq!(client.send(read).await.status, 200, "reading needs none");
}
