//! Actions of other programs, by the Agent Approval Protocol: asked for, decided like every task, begun once.

use std::path::Path;
use std::process::{Command, Stdio};

use lexi::clock::{DAY_MS, HOUR_MS};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::database::setting;
use crate::support::{Answer, Client, Installation, Server};

const REQUESTS: &str = "/v1/aap/v1/requests";

fn submission() -> Value {
    json!({
        "tool": "send_refund", "server": "billing", "arguments": { "invoice": "A-17", "amount": 120.5 },
        "timeout": "10m", "agent_reasoning": "Billed twice.", "context": { "matter": "M-1" },
    })
}

async fn send(client: &Client, method: Method, path: &str, key: Option<&str>, body: Option<&Value>) -> Answer {
    let mut request = client.request(method, path);
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    client.send(request).await
}

async fn ask(client: &Client, key: &str) -> Answer {
    send(client, Method::POST, REQUESTS, Some(key), Some(&submission())).await
}

async fn asked(client: &Client, key: &str) -> String {
    let answer = ask(client, key).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json["id"].as_str().unwrap().to_owned()
}

async fn consume(client: &Client, id: &str, key: &str) -> Answer {
    send(client, Method::POST, &format!("{REQUESTS}/{id}/consume"), Some(key), None).await
}

async fn report(client: &Client, id: &str, body: Value) -> Answer {
    client.post(&format!("{REQUESTS}/{id}/outcome"), &body).await
}

async fn look(client: &Client, id: &str) -> Value {
    let answer = client.get(&format!("{REQUESTS}/{id}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json
}

fn assert_code(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.json["error"]["code"].as_str()), (status, Some(code)), "{}", answer.text);
}

/// A server, an agent that asks, and somebody who decides.
async fn agents() -> (Server, Client, Client) {
    let server = Server::start().await;
    let agent = server.key("lexi:chat,lexi:read").await;
    let partner = server.key("lexi").await;
    (server, agent, partner)
}

async fn approve(client: &Client, id: &str) -> Answer {
    client.post_empty(&format!("/v1/lexi/tasks/{id}/approve")).await
}

#[tokio::test]
async fn an_action_is_asked_for_decided_begun_once_and_its_end_is_on_record() {
    let (_server, agent, partner) = agents().await;
    let id = asked(&agent, "call-1").await;
    let waiting = look(&agent, &id).await;
    assert_eq!(waiting["status"], "pending");
    assert_eq!(waiting["arguments"], submission()["arguments"]);
    assert!(waiting.get("decision").is_none() && waiting.get("consumption").is_none(), "{waiting}");

    let tasks = partner.get("/v1/lexi/tasks?type=external_action").await.json;
    let task = &tasks["data"]["tasks"][0];
    assert_eq!((&task["id"], &task["type"]), (&json!(id), &json!("external_action")));
    assert_eq!(task["metadata"]["tool"], "send_refund");
    assert_eq!(task["preview"]["agent_reasoning"], "Billed twice.");

    assert_code(&consume(&agent, &id, "c1").await, 409, "not_approved");
    let approved = approve(&partner, &id).await;
    assert_eq!(approved.json["data"]["execution_started"], false, "{}", approved.text);
    assert!(approved.json["data"]["start_by"].is_string(), "{}", approved.text);
    assert_eq!(look(&agent, &id).await["decision"]["status"], "approved");

    assert_code(&report(&agent, &id, json!({ "status": "succeeded" })).await, 409, "not_consumed");
    let begun = consume(&agent, &id, "c1").await;
    assert_eq!(begun.status, 200, "{}", begun.text);
    assert!(begun.json["consumption"]["consumed_at"].is_string());
    assert_eq!(consume(&agent, &id, "c1").await.text, begun.text, "the same key begins the same action");
    assert_code(&consume(&agent, &id, "c2").await, 409, "already_consumed");

    let ended = report(&agent, &id, json!({ "status": "succeeded", "note": "Refund 9" })).await;
    assert_eq!(ended.json["consumption"]["outcome"]["status"], "succeeded", "{}", ended.text);
    assert_eq!(report(&agent, &id, json!({ "status": "succeeded", "note": "Refund 9" })).await.text, ended.text);
    assert_code(&report(&agent, &id, json!({ "status": "failed" })).await, 409, "outcome_conflict");
    let task = partner.get(&format!("/v1/lexi/tasks/{id}")).await.json["data"].clone();
    assert_eq!((&task["status"], &task["result"]["note"]), (&json!("completed"), &json!("Refund 9")), "{task}");
}

#[tokio::test]
async fn a_repeated_request_answers_how_the_action_stands_and_another_body_is_a_conflict() {
    let (_server, agent, partner) = agents().await;
    let id = asked(&agent, "call-1").await;
    approve(&partner, &id).await;
    let again = ask(&agent, "call-1").await;
    assert_eq!((again.status, &again.json["id"], &again.json["status"]), (200, &json!(id), &json!("approved")));
    let mut other = submission();
    other["arguments"]["amount"] = json!(999);
    let refused = send(&agent, Method::POST, REQUESTS, Some("call-1"), Some(&other)).await;
    assert_code(&refused, 409, "idempotency_conflict");
    assert_code(&send(&agent, Method::POST, REQUESTS, None, Some(&submission())).await, 400, "missing_idempotency_key");
    assert_code(
        &send(&agent, Method::POST, &format!("{REQUESTS}/{id}/consume"), None, None).await,
        400,
        "missing_idempotency_key",
    );
}

#[tokio::test]
async fn of_many_who_ask_with_one_key_or_begin_at_once_one_does() {
    let (_server, agent, partner) = agents().await;
    let mut asking = JoinSet::new();
    for _ in 0..8 {
        let agent = agent.clone();
        asking.spawn(async move { ask(&agent, "call-1").await });
    }
    let answers = asking.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    let id = answers[0].json["id"].as_str().unwrap().to_owned();
    assert!(answers.iter().all(|answer| answer.json["id"] == json!(id)), "{answers:?}");
    approve(&partner, &id).await;
    let mut beginning = JoinSet::new();
    for n in 0..8 {
        let (agent, id) = (agent.clone(), id.clone());
        beginning.spawn(async move { consume(&agent, &id, &format!("c{n}")).await });
    }
    let begun = beginning.join_all().await;
    assert_eq!(begun.iter().filter(|answer| answer.status == 200).count(), 1, "{begun:?}");
}

#[tokio::test]
async fn a_no_a_withdrawal_and_a_deadline_are_told_apart() {
    let (server, agent, partner) = agents().await;
    let denied = asked(&agent, "a").await;
    let reason = json!({ "reason": "Ask the client first." });
    assert_eq!(partner.post(&format!("/v1/lexi/tasks/{denied}/dismiss"), &reason).await.status, 200);
    let decision = look(&agent, &denied).await["decision"].clone();
    assert_eq!((&decision["status"], &decision["note"]), (&json!("denied"), &json!("Ask the client first.")));
    assert_code(&agent.delete(&format!("{REQUESTS}/{denied}")).await, 409, "already_terminal");

    let cancelled = asked(&agent, "b").await;
    for _ in 0..2 {
        let answer = agent.delete(&format!("{REQUESTS}/{cancelled}")).await;
        assert_eq!((answer.status, &answer.json["status"]), (200, &json!("cancelled")), "{}", answer.text);
    }
    assert_eq!(approve(&partner, &cancelled).await.status, 400);

    let expired = asked(&agent, "c").await;
    server.advance_ms(10 * 60_000);
    assert_eq!(look(&agent, &expired).await["status"], "expired");
    server.sweep().await;
    assert_eq!(look(&agent, &expired).await["status"], "expired");
    assert_code(&consume(&agent, &expired, "x").await, 409, "not_approved");
}

#[tokio::test]
async fn an_approval_is_good_for_an_hour_and_an_agent_that_never_comes_back_is_given_up() {
    let (server, agent, partner) = agents().await;
    let late = asked(&agent, "late").await;
    let lost = asked(&agent, "lost").await;
    approve(&partner, &late).await;
    approve(&partner, &lost).await;
    assert_eq!(consume(&agent, &lost, "c").await.status, 200);
    server.advance_ms(HOUR_MS);
    assert_code(&consume(&agent, &late, "c").await, 409, "approval_expired");
    server.advance_ms(DAY_MS);
    server.sweep().await;
    let task = partner.get(&format!("/v1/lexi/tasks/{lost}")).await.json["data"].clone();
    assert_eq!((&task["status"], &task["error"]["code"]), (&json!("failed"), &json!("outcome_unknown")), "{task}");
    assert_code(&report(&agent, &lost, json!({ "status": "succeeded" })).await, 409, "outcome_conflict");
}

#[tokio::test]
async fn a_freeze_a_stop_and_a_retraction_hold_for_other_programs_too() {
    let (_server, agent, partner) = agents().await;
    let frozen = asked(&agent, "frozen").await;
    let freeze = json!({ "type": "external_action", "reason": "Look first" });
    let freeze = partner.post("/v1/lexi/freezes", &freeze).await;
    assert_eq!(approve(&partner, &frozen).await.json["data"]["frozen"], true);
    assert_code(&consume(&agent, &frozen, "c").await, 409, "not_approved");
    let id = freeze.json["data"]["id"].as_str().unwrap_or_else(|| panic!("{}", freeze.text)).to_owned();
    let lifted = partner.delete(&format!("/v1/lexi/freezes/{id}")).await;
    assert!((200..300).contains(&lifted.status), "{}", lifted.text);
    assert_eq!(consume(&agent, &frozen, "c").await.status, 200);
    assert_eq!(partner.post(&format!("/v1/lexi/tasks/{frozen}/stop"), &json!({})).await.status, 200);
    assert_code(&report(&agent, &frozen, json!({ "status": "succeeded" })).await, 409, "outcome_conflict");

    let retracted = asked(&agent, "retracted").await;
    approve(&partner, &retracted).await;
    assert_eq!(partner.post(&format!("/v1/lexi/tasks/{retracted}/retract"), &json!({})).await.status, 200);
    assert_code(&consume(&agent, &retracted, "c").await, 409, "not_approved");
}

#[tokio::test]
async fn who_asked_does_not_decide_and_nobody_else_sees_it_by_the_protocol() {
    let (server, agent, partner) = agents().await;
    let asker = server.key("lexi").await;
    let own = asked(&asker, "own").await;
    assert_code(&approve(&asker, &own).await, 403, "insufficient_permissions");
    assert_eq!(approve(&partner, &own).await.status, 200);

    let id = asked(&agent, "mine").await;
    let stranger = server.key_of("elsewhere", "lexi").await;
    let unknown = "0193a000-0000-7000-8000-000000000001";
    for other in [&partner, &stranger] {
        for path in [format!("{REQUESTS}/{id}"), format!("{REQUESTS}/{unknown}")] {
            assert_code(&other.get(&path).await, 404, "not_found");
            assert_code(&other.delete(&path).await, 404, "not_found");
            assert_code(
                &send(other, Method::POST, &format!("{path}/consume"), Some("k"), None).await,
                404,
                "not_found",
            );
            assert_code(
                &other.post(&format!("{path}/outcome"), &json!({ "status": "failed" })).await,
                404,
                "not_found",
            );
        }
    }
    let reader = server.key("lexi:read").await;
    assert_code(&ask(&reader, "k").await, 403, "insufficient_permissions");
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_named() {
    let (_server, agent, _) = agents().await;
    for (field, value) in [
        ("timeout", json!("soon")),
        ("timeout", json!("31d")),
        ("tool", json!(" ")),
        ("arguments", json!({ "text": "x".repeat(70_000) })),
        ("context", json!({ "text": "x".repeat(20_000) })),
        ("agent_reasoning", json!("x".repeat(12_001))),
    ] {
        let mut body = submission();
        body[field] = value;
        let refused = send(&agent, Method::POST, REQUESTS, Some("k"), Some(&body)).await;
        assert_code(&refused, 400, "validation_error");
        assert!(refused.json["error"]["details"]["fields"].get(field).is_some(), "{}", refused.text);
    }
    let mut body = submission();
    body["approved"] = json!(true);
    assert_code(&send(&agent, Method::POST, REQUESTS, Some("k"), Some(&body)).await, 400, "validation_error");
}

#[tokio::test]
async fn the_published_client_of_the_protocol_runs_its_whole_cycle() {
    let installation = Installation::new().await;
    let (agent, partner) = (installation.key("lexi:chat"), installation.key("lexi"));
    let process = installation.serve(&[]).await;
    let partner = process.client(&partner);
    for (call, decision, verdict, again) in
        [("one", "approve", "allowed", "again: consumed"), ("two", "dismiss", "denied: denied", "again: denied")]
    {
        let python = setting("LEXI_TEST_PYTHON").unwrap_or_else(|| "python3".into());
        let mut child = Command::new(&python)
            .args(["approval_protocol.py", call])
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients"))
            .env("LEXI_URL", &process.url)
            .env("LEXI_KEY", &agent)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{python} can't be run ({error}); scripts/test installs what is missing"));
        let id = loop {
            let tasks = partner.get("/v1/lexi/tasks?type=external_action").await.json;
            match tasks["data"]["tasks"][0]["id"].as_str() {
                Some(id) => break id.to_owned(),
                None if child.try_wait().unwrap().is_some() => {
                    let output = child.wait_with_output().unwrap();
                    panic!("{python} ended and asked for nothing: {}", String::from_utf8_lossy(&output.stderr));
                }
                None => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        };
        assert_eq!(partner.post_empty(&format!("/v1/lexi/tasks/{id}/{decision}")).await.status, 200);
        let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await.unwrap().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines: Vec<&str> = printed.lines().collect();
        assert_eq!(lines, ["asking", verdict, again], "{}", String::from_utf8_lossy(&output.stderr));
        let status = partner.get(&format!("/v1/lexi/tasks/{id}")).await.json["data"]["status"].clone();
        assert_eq!(status, if decision == "approve" { "completed" } else { "dismissed" });
    }
}
