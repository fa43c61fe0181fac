//! Tasks as a caller meets them: asked for, looked at, decided.

use serde_json::{Value, json};

use super::client::{Answer, Client};

/// The task proposed for `n` chief executives, as lists show it.
pub async fn propose(client: &Client, n: usize) -> Value {
    ask(client, &format!("Find {n} CEOs at law firms in California"), &Value::Null).await["task"].clone()
}

/// What Lexi answers in a conversation; null begins one.
pub async fn ask(client: &Client, message: &str, conversation: &Value) -> Value {
    let body = json!({ "message": message, "context": { "conversation_id": conversation } });
    let answer = client.post("/v1/lexi/chat", &body).await;
    assert_eq!(answer.status, 200, "{message}: {}", answer.text);
    answer.json["data"].clone()
}

/// The route of a task, or of what is done with it: `/approve`.
pub fn path(task: &Value, rest: &str) -> String {
    let id = task["id"].as_str().or_else(|| task.as_str()).expect("a task");
    format!("/v1/lexi/tasks/{id}{rest}")
}

/// The task as it is now.
pub async fn now(client: &Client, task: &Value) -> Value {
    let answer = client.get(&path(task, "")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["data"].clone()
}

/// Approves the plan that `task` shows.
pub async fn approve(client: &Client, task: &Value) -> Answer {
    client.post(&path(task, "/approve"), &json!({ "plan_hash": task["plan_hash"] })).await
}

/// Asserts a refusal; gives the error.
#[track_caller]
pub fn refused(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!((answer.status, &answer.json["error"]["code"]), (status, &json!(code)), "{}", answer.text);
    answer.json["error"].clone()
}

/// Asserts a 400 that names this field.
#[track_caller]
pub fn names(answer: &Answer, field: &str) {
    let error = refused(answer, 400, "validation_error");
    assert!(error["details"]["fields"][field].is_string(), "{field} is not named: {error}");
}
