//! A freeze: approvals are taken, nothing begins, nothing goes on, and after the lift all goes on where it left off.

use lexi::tasks::Terms;
use serde_json::{Value, json};

use crate::contact_updates::one_step_by_a_worker_that_dies;
use crate::holds::{MINUTE_MS, approved_under, contacts, desk};
use crate::support::asking::{approve, names, now, path, propose, refused};
use crate::support::{Client, Server, made};

const NOWHERE: &str = "/v1/lexi/freezes/00000000-0000-7000-8000-000000000000";

async fn freeze(client: &Client, body: Value) -> String {
    made(client, "/v1/lexi/freezes", body).await["id"].as_str().unwrap().to_owned()
}

async fn lift(client: &Client, id: &str) {
    let answer = client.delete(&format!("/v1/lexi/freezes/{id}")).await;
    assert_eq!((answer.status, &answer.json["data"]["lifted"]), (200, &json!(true)), "{}", answer.text);
}

async fn sweep_and_work(server: &Server) {
    server.sweep().await;
    server.work().await;
}

#[tokio::test]
async fn approvals_are_taken_while_frozen_and_carried_out_after_the_lift() {
    let (server, client) = desk().await;
    let id = freeze(&client, json!({ "reason": "Conflict check" })).await;
    let task = propose(&client, 5).await;
    let approval = approve(&client, &task).await;
    let data = &approval.json["data"];
    assert_eq!(
        (&data["status"], &data["execution_started"], &data["frozen"]),
        (&json!("approved"), &json!(false), &json!(true))
    );
    server.advance_days(3);
    sweep_and_work(&server).await;
    let waiting = now(&client, &task).await;
    assert_eq!(
        (&waiting["status"], &waiting["frozen"], &waiting["started_at"]),
        (&json!("approved"), &json!(true), &Value::Null)
    );
    assert_eq!(contacts(&client).await, 0);
    lift(&client, &id).await;
    sweep_and_work(&server).await;
    let done = now(&client, &task).await;
    assert_eq!(
        (&done["status"], &done["result"]["added"], &done["frozen"]),
        (&json!("completed"), &json!(5), &json!(false))
    );
}

#[tokio::test]
async fn work_under_way_waits_without_failing_and_goes_on_where_it_left_off() {
    let server = Server::start().await;
    server.law_firm_ceos(320).await;
    let client = server.key("read,write,lexi").await;
    let task = propose(&client, 320).await;
    assert_eq!(approve(&client, &task).await.status, 200);
    one_step_by_a_worker_that_dies(&server).await;
    let id = freeze(&client, json!({ "type": "prospect_search", "reason": "Conflict check" })).await;
    for _ in 0..20 {
        server.advance_ms(MINUTE_MS);
        sweep_and_work(&server).await;
    }
    let waiting = now(&client, &task).await;
    assert_eq!((&waiting["status"], &waiting["progress"]["done"]), (&json!("approved"), &json!(100)));
    assert_eq!(contacts(&client).await, 100);
    lift(&client, &id).await;
    sweep_and_work(&server).await;
    let done = now(&client, &task).await;
    assert_eq!((&done["status"], &done["result"]["added"]), (&json!("completed"), &json!(320)), "{done}");
    assert_eq!(contacts(&client).await, 320);
}

#[tokio::test]
async fn a_type_is_frozen_alone_and_every_freeze_must_be_lifted() {
    let (server, client) = desk().await;
    let of_lists = freeze(&client, json!({ "type": "list_operation", "reason": "Clean-up" })).await;
    assert_eq!(approve(&client, &propose(&client, 2).await).await.json["data"]["execution_started"], true);
    let [one, two] =
        [freeze(&client, json!({ "reason": "One" })).await, freeze(&client, json!({ "reason": "Two" })).await];
    let task = propose(&client, 4).await;
    assert_eq!(approve(&client, &task).await.json["data"]["frozen"], true);
    lift(&client, &one).await;
    sweep_and_work(&server).await;
    assert_eq!(now(&client, &task).await["status"], "approved");
    lift(&client, &two).await;
    sweep_and_work(&server).await;
    assert_eq!(now(&client, &task).await["status"], "completed");
    let listed = client.get("/v1/lexi/freezes").await;
    assert_eq!(
        (&listed.json["data"]["freezes"][0]["id"], &listed.json["meta"]["total"]),
        (&json!(of_lists), &json!(1))
    );
    let all = client.get("/v1/lexi/freezes?status=all").await;
    assert_eq!((&all.json["data"]["freezes"][0]["reason"], &all.json["meta"]["total"]), (&json!("Two"), &json!(3)));
    assert!(all.json["data"]["freezes"][0]["lifted_by"]["key_id"].is_string());
}

#[tokio::test]
async fn the_time_to_begin_goes_on_while_frozen() {
    let (server, client) = desk().await;
    let id = freeze(&client, json!({ "reason": "Conflict check" })).await;
    let task = propose(&client, 5).await;
    let started = approved_under(&server, &task, Terms { hold_ms: 0, start_within_ms: Some(MINUTE_MS) }).await;
    assert_eq!((&started["frozen"], &started["start_by"]), (&json!(true), &json!("2025-11-24T16:01:00.000Z")));
    server.advance_ms(MINUTE_MS);
    lift(&client, &id).await;
    sweep_and_work(&server).await;
    assert_eq!(now(&client, &task).await["error"]["code"], "approval_expired");
    assert_eq!(contacts(&client).await, 0);
}

#[tokio::test]
async fn a_frozen_approval_is_retracted_or_stopped_like_any_other() {
    let (server, client) = desk().await;
    let id = freeze(&client, json!({ "reason": "Conflict check" })).await;
    let [one, two] = [propose(&client, 3).await, propose(&client, 4).await];
    for task in [&one, &two] {
        assert_eq!(approve(&client, task).await.status, 200);
    }
    assert_eq!(client.post_empty(&path(&one, "/retract")).await.status, 200);
    assert_eq!(client.post_empty(&path(&two, "/stop")).await.status, 200);
    lift(&client, &id).await;
    sweep_and_work(&server).await;
    assert_eq!(
        (&now(&client, &one).await["status"], &now(&client, &two).await["status"]),
        (&json!("dismissed"), &json!("failed"))
    );
    assert_eq!(contacts(&client).await, 0);
}

#[tokio::test]
async fn whoever_may_approve_freezes_and_only_he_or_an_administrator_lifts() {
    let (server, client) = desk().await;
    names(&client.post("/v1/lexi/freezes", &json!({})).await, "reason");
    names(&client.post("/v1/lexi/freezes", &json!({ "reason": "x", "type": "everything" })).await, "type");
    names(&client.get("/v1/lexi/freezes?status=old").await, "status");
    let chat = server.key("lexi:chat,lexi:read").await;
    refused(&chat.post("/v1/lexi/freezes", &json!({ "reason": "x" })).await, 403, "insufficient_permissions");
    let id = freeze(&client, json!({ "reason": "Conflict check" })).await;
    let route = format!("/v1/lexi/freezes/{id}");
    refused(&server.key("read,write,lexi").await.delete(&route).await, 403, "insufficient_permissions");
    let elsewhere = server.key_of("elsewhere", "read,write,lexi,policies:admin").await;
    let (foreign, nowhere) = (elsewhere.delete(&route).await, elsewhere.delete(NOWHERE).await);
    assert_eq!((foreign.status, &foreign.json), (404, &nowhere.json));
    assert_eq!(elsewhere.get("/v1/lexi/freezes?status=all").await.json["meta"]["total"], 0);
    let task = propose(&client, 1).await;
    assert_eq!(approve(&client, &task).await.json["data"]["frozen"], true, "it is still in force");
    lift(&server.key("lexi,policies:admin").await, &id).await;
    refused(&client.delete(&route).await, 404, "not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_freeze_was_answered_nothing_more_is_done() {
    let server = Server::start().await;
    server.law_firm_ceos(320).await;
    let client = server.key("read,write,lexi").await;
    for round in 0..4_u64 {
        let large = propose(&client, 320).await;
        assert_eq!(approve(&client, &large).await.status, 200);
        let small: Vec<Value> =
            [propose(&client, 3).await, propose(&client, 4).await, propose(&client, 5).await].into();
        let approvals: Vec<_> = small
            .iter()
            .map(|task| {
                let (client, task) = (client.clone(), task.clone());
                tokio::spawn(async move { approve(&client, &task).await })
            })
            .collect();
        let caller = client.clone();
        let freezing = tokio::spawn(async move {
            for _ in 0..round * 5 {
                tokio::task::yield_now().await;
            }
            let id = freeze(&caller, json!({ "reason": "Conflict check" })).await;
            (id, counted(&caller).await)
        });
        server.work().await;
        let (id, seen) = freezing.await.unwrap();
        for approval in approvals {
            assert_eq!(approval.await.unwrap().status, 200);
        }
        sweep_and_work(&server).await;
        assert_eq!(counted(&client).await, seen, "what was seen after the freeze is all there is");
        lift(&client, &id).await;
        sweep_and_work(&server).await;
        for task in small.iter().chain([&large]) {
            assert_eq!(now(&client, task).await["status"], "completed");
        }
    }
}

/// Contacts, and members of all lists.
async fn counted(client: &Client) -> (u64, i64) {
    let lists = client.get("/v1/lists?per_page=100").await.json["data"]["lists"].clone();
    let members = lists.as_array().unwrap().iter().map(|list| list["contact_count"].as_i64().unwrap()).sum();
    (contacts(client).await, members)
}
