//! Why a task was dismissed is kept in a word that programs understand, and said when the conversation goes on.

use serde_json::{Value, json};

use crate::holds::desk;
use crate::support::asking::{ask, names, now, path, propose, refused};
use crate::support::{Client, Server};

const ASKED: &str = "Find 5 CEOs at law firms in California";

async fn dismiss(client: &Client, task: &Value, why: Value) {
    let answer = client.post(&path(task, "/dismiss"), &why).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// A conversation whose only proposal was dismissed so.
async fn dismissed(why: Value) -> (Server, Client, Value) {
    let (server, client) = desk().await;
    let first = ask(&client, ASKED, &Value::Null).await;
    server.advance_ms(1_000);
    dismiss(&client, &first["task"], why).await;
    server.advance_ms(1_000);
    (server, client, first)
}

#[tokio::test]
async fn a_reason_is_kept_as_a_word_and_as_text() {
    let (_server, client) = desk().await;
    for (why, code, text) in [
        (json!({ "reason": "not_relevant" }), json!("not_relevant"), json!("not_relevant")),
        (
            json!({ "reason": "Wrong city", "reason_code": "incorrect_params" }),
            json!("incorrect_params"),
            json!("Wrong city"),
        ),
        (json!({ "reason_code": "testing" }), json!("testing"), Value::Null),
        (json!({ "reason": "Later" }), Value::Null, json!("Later")),
        (json!({}), Value::Null, Value::Null),
    ] {
        let task = propose(&client, 5).await;
        dismiss(&client, &task, why).await;
        let decision = now(&client, &task).await["decision"].clone();
        assert_eq!((&decision["reason_code"], &decision["reason"]), (&code, &text));
    }
    let task = propose(&client, 5).await;
    names(&client.post(&path(&task, "/dismiss"), &json!({ "reason_code": "bored" })).await, "reason_code");
    assert_eq!(now(&client, &task).await["status"], "pending");
}

#[tokio::test]
async fn the_next_answer_says_what_was_dismissed_and_why_once() {
    let why = json!({ "reason": "Wrong city", "reason_code": "incorrect_params" });
    let (server, client, first) = dismissed(why).await;
    let next = ask(&client, "Find 5 CFOs at law firms in California", &first["conversation_id"]).await;
    let said = next["response"].as_str().unwrap();
    assert!(said.contains("was dismissed because something in it was wrong: \"Wrong city\""), "{said}");
    assert!(said.contains("changed nothing because of that by myself"), "{said}");
    let earlier = &next["earlier"];
    assert_eq!((&earlier["task_id"], &earlier["reason_code"]), (&first["task_id"], &json!("incorrect_params")));
    assert_eq!((&earlier["reason"], &earlier["same"]), (&json!("Wrong city"), &json!(false)));
    server.advance_ms(1_000);
    let third = ask(&client, "Find 6 CFOs at law firms in California", &first["conversation_id"]).await;
    assert_eq!(third["earlier"], Value::Null, "{}", third["response"]);
}

#[tokio::test]
async fn the_same_request_again_is_proposed_with_a_note_and_nobody_is_left_out() {
    for code in ["duplicate", "not_relevant"] {
        let (server, client, first) = dismissed(json!({ "reason_code": code })).await;
        ask(&client, "How many contacts do I have?", &first["conversation_id"]).await;
        server.advance_ms(1_000);
        let again = ask(&client, ASKED, &first["conversation_id"]).await;
        assert_eq!((&again["earlier"]["task_id"], &again["earlier"]["same"]), (&first["task_id"], &json!(true)));
        assert!(again["response"].as_str().unwrap().contains(first["task_id"].as_str().unwrap()), "{again}");
        assert_eq!(again["requires_approval"], true);
        assert_eq!(again["task"]["metadata"]["filters"], first["task"]["metadata"]["filters"]);
        assert_eq!(again["task"]["preview"]["selected"], first["task"]["preview"]["selected"]);
    }
}

#[tokio::test]
async fn other_conversations_and_workspaces_hear_nothing_of_it() {
    let (server, client, _first) = dismissed(json!({ "reason_code": "duplicate" })).await;
    let elsewhere = server.key_of("elsewhere", "read,write,lexi").await;
    for caller in [&client, &elsewhere] {
        assert_eq!(ask(caller, ASKED, &Value::Null).await["earlier"], Value::Null);
    }
}

#[tokio::test]
async fn dismissals_are_counted_by_reason() {
    let (server, client, _first) = dismissed(json!({ "reason_code": "duplicate" })).await;
    server.advance_days(20);
    dismiss(&client, &propose(&client, 5).await, json!({ "reason": "Later" })).await;
    dismiss(&client, &propose(&client, 5).await, json!({})).await;
    propose(&client, 5).await;
    server.advance_days(8);
    server.sweep().await;
    let counted =
        async |query: &str| client.get(&format!("/v1/lexi/tasks/dismissals{query}")).await.json["data"].clone();
    let all = counted("").await;
    assert_eq!((&all["days"], &all["total"]), (&json!(30), &json!(4)), "{all}");
    for (reason, count) in [("duplicate", 1), ("other", 1), ("none", 1), ("expired", 1), ("testing", 0)] {
        assert_eq!(all["by_reason"][reason], count, "{reason}");
    }
    assert_eq!(counted("?days=10").await["total"], 3);
    names(&client.get("/v1/lexi/tasks/dismissals?days=367").await, "days");
    refused(&server.key("read").await.get("/v1/lexi/tasks/dismissals").await, 403, "insufficient_permissions");
    let elsewhere = server.key_of("elsewhere", "lexi").await.get("/v1/lexi/tasks/dismissals").await;
    assert_eq!(elsewhere.json["data"]["total"], 0);
}
