//! Approved work is held back, retracted, begun when its time has come and given up when it is over.

use lexi::execution::{self, Mode};
use lexi::keys::permissions::Permissions;
use lexi::keys::{Caller, Kind};
use lexi::tasks::{self, Approval, Outcome, Terms};
use lexi::workspaces;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::asking::{now, path, propose, refused};
use crate::support::{Client, Server};

/// One minute.
pub(crate) const MINUTE_MS: i64 = 60_000;

/// Seventy people who fit, and a caller who may do everything.
pub(crate) async fn desk() -> (Server, Client) {
    let server = Server::start().await;
    server.law_firm_ceos(70).await;
    let client = server.key("read,write,lexi").await;
    (server, client)
}

/// Approves a task as a rule with these terms would have it; gives the answer.
pub(crate) async fn approved_under(server: &Server, task: &Value, terms: Terms) -> Value {
    let (task_id, now_ms) = (task["id"].as_str().unwrap().parse::<Uuid>().unwrap(), server.now_ms());
    let started = server.app.db.write(move |tx| {
        let workspace = workspaces::find(tx, workspaces::DEFAULT_NAME)?.expect("the workspace");
        let caller = Caller {
            workspace_id: workspace.id,
            key_id: Uuid::from_u128(1),
            kind: Kind::Human,
            owner: None,
            permissions: Permissions::all(),
            request_id: None,
        };
        match tasks::approve(tx, &caller, task_id, &Approval::default(), now_ms)? {
            Outcome::Decided(task, _) => execution::start(tx, &task, terms, Mode::Here(100), now_ms),
            Outcome::Voted(_) => panic!("no rule asks for more"),
        }
    });
    serde_json::to_value(started.await.expect("it is approved")).unwrap()
}

/// An approval that is held back for an hour and must begin within another.
pub(crate) async fn held(server: &Server, client: &Client, n: usize) -> Value {
    let task = propose(client, n).await;
    let terms = Terms { hold_ms: 60 * MINUTE_MS, start_within_ms: Some(60 * MINUTE_MS) };
    let started = approved_under(server, &task, terms).await;
    assert_eq!((&started["status"], &started["execution_started"]), (&json!("approved"), &json!(false)));
    assert_eq!(
        (&started["starts_at"], &started["start_by"]),
        (&json!("2025-11-24T17:00:00.000Z"), &json!("2025-11-24T18:00:00.000Z"))
    );
    task
}

/// What a caller sees of the effects.
pub(crate) async fn contacts(client: &Client) -> u64 {
    client.get("/v1/contacts").await.json["meta"]["total"].as_u64().unwrap()
}

async fn sweep_and_work(server: &Server) {
    server.sweep().await;
    server.work().await;
}

#[tokio::test]
async fn held_work_begins_when_its_time_has_come_and_not_before() {
    let (server, client) = desk().await;
    let task = held(&server, &client, 5).await;
    server.advance_ms(60 * MINUTE_MS - 1);
    sweep_and_work(&server).await;
    let waiting = now(&client, &task).await;
    assert_eq!(
        (&waiting["status"], &waiting["started_at"], &waiting["progress"]),
        (&json!("approved"), &Value::Null, &Value::Null)
    );
    assert_eq!(waiting["starts_at"], "2025-11-24T17:00:00.000Z");
    assert_eq!(contacts(&client).await, 0);
    server.advance_ms(1);
    sweep_and_work(&server).await;
    let done = now(&client, &task).await;
    assert_eq!((&done["status"], &done["result"]["added"]), (&json!("completed"), &json!(5)), "{done}");
    assert_eq!(done["started_at"], "2025-11-24T17:00:00.000Z");
    sweep_and_work(&server).await;
    assert_eq!(contacts(&client).await, 5);
}

#[tokio::test]
async fn an_approval_is_retracted_while_it_is_held_and_the_decision_stays() {
    let (server, client) = desk().await;
    let task = held(&server, &client, 5).await;
    let retracted = client.post(&path(&task, "/retract"), &json!({ "reason": "Conflict check failed" })).await;
    assert_eq!((retracted.status, &retracted.json["data"]["status"]), (200, &json!("dismissed")), "{}", retracted.text);
    server.advance_ms(2 * 60 * MINUTE_MS);
    sweep_and_work(&server).await;
    let task = now(&client, &task).await;
    assert_eq!((&task["status"], &task["decision"]["outcome"]), (&json!("dismissed"), &json!("approved")));
    assert_eq!(task["retraction"]["reason"], "Conflict check failed");
    assert_eq!(task["retraction"]["at"], "2025-11-24T16:00:00.000Z");
    assert_eq!(contacts(&client).await, 0);
    for what in ["/retract", "/approve", "/dismiss", "/stop"] {
        let error = refused(&client.post_empty(&path(&task, what)).await, 400, "validation_error");
        assert_eq!(error["message"], "Task has been dismissed", "{what}");
        assert_eq!(error["details"]["retraction"]["reason"], "Conflict check failed");
    }
}

#[tokio::test]
async fn what_has_begun_or_was_never_approved_is_not_retracted() {
    let (server, client) = desk().await;
    let pending = propose(&client, 5).await;
    refused(&client.post_empty(&path(&pending, "/retract")).await, 400, "validation_error");
    assert_eq!(now(&client, &pending).await["status"], "pending");
    let task = held(&server, &client, 5).await;
    server.advance_ms(60 * MINUTE_MS);
    server.sweep().await;
    let begun = refused(&client.post_empty(&path(&task, "/retract")).await, 400, "validation_error");
    assert!(begun["message"].as_str().unwrap().contains("Stop the task"), "{begun}");
    server.work().await;
    let ended = refused(&client.post_empty(&path(&task, "/retract")).await, 400, "validation_error");
    assert_eq!(ended["details"]["decision"]["outcome"], "approved");
    assert_eq!(now(&client, &task).await["status"], "completed");
}

#[tokio::test]
async fn an_approval_that_was_not_used_in_time_is_worth_nothing_any_more() {
    let (server, client) = desk().await;
    let task = held(&server, &client, 5).await;
    server.advance_ms(120 * MINUTE_MS);
    sweep_and_work(&server).await;
    let task = now(&client, &task).await;
    assert_eq!((&task["status"], &task["error"]["code"]), (&json!("failed"), &json!("approval_expired")));
    assert!(task["error"]["message"].as_str().unwrap().contains("2025-11-24T18:00:00.000Z"), "{}", task["error"]);
    assert_eq!(task["result"]["added"], 0);
    assert_eq!(contacts(&client).await, 0);
}

#[tokio::test]
async fn of_a_retraction_and_the_beginning_one_wins() {
    let (server, client) = desk().await;
    for _ in 0..6 {
        let before = contacts(&client).await;
        let task = propose(&client, 3).await;
        approved_under(&server, &task, Terms { hold_ms: 1, start_within_ms: None }).await;
        server.advance_ms(1);
        let (caller, retract) = (client.clone(), path(&task, "/retract"));
        let retraction = tokio::spawn(async move { caller.post_empty(&retract).await });
        server.sweep().await;
        let retracted = retraction.await.unwrap();
        server.work().await;
        let after = now(&client, &task).await;
        match retracted.status {
            200 => assert_eq!((&after["status"], &after["result"]), (&json!("dismissed"), &Value::Null)),
            _ => assert_eq!((retracted.status, &after["status"]), (400, &json!("completed")), "{}", retracted.text),
        }
        let listed = if retracted.status == 200 { before } else { before.max(3) };
        assert_eq!(contacts(&client).await, listed);
    }
}

#[tokio::test]
async fn several_servers_that_sweep_at_once_begin_held_work_once() {
    let (server, client) = desk().await;
    let beside = server.beside().await;
    let tasks = [held(&server, &client, 5).await, held(&server, &client, 6).await, held(&server, &client, 7).await];
    server.advance_ms(60 * MINUTE_MS);
    tokio::join!(server.sweep(), beside.sweep());
    let (here, there) = tokio::join!(server.work(), beside.work());
    assert_eq!(here + there, tasks.len());
    for task in tasks {
        assert_eq!(now(&client, &task).await["status"], "completed");
    }
}

#[tokio::test]
async fn a_retraction_needs_the_permission_and_sees_no_other_workspace() {
    let (server, client) = desk().await;
    let task = held(&server, &client, 5).await;
    for what in ["/retract", "/stop"] {
        let reader = server.key("lexi:read,lexi:chat").await;
        refused(&reader.post_empty(&path(&task, what)).await, 403, "insufficient_permissions");
        let elsewhere = server.key_of("elsewhere", "read,write,lexi").await;
        let foreign = elsewhere.post_empty(&path(&task, what)).await;
        let nowhere = elsewhere.post_empty(&path(&json!("00000000-0000-7000-8000-000000000000"), what)).await;
        assert_eq!((foreign.status, &foreign.json), (404, &nowhere.json));
        let long = client.post(&path(&task, what), &json!({ "reason": "x".repeat(2_001) })).await;
        refused(&long, 400, "validation_error");
    }
    assert_eq!(now(&client, &task).await["status"], "approved");
}
