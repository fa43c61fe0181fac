//! Many decisions in one request: each is one of its own, and each has its own answer.

use reqwest::Method;
use serde_json::{Value, json};

use crate::holds::{contacts, desk};
use crate::support::Client;
use crate::support::asking::{approve, names, now, path, propose, refused};

const BATCH: &str = "/v1/lexi/tasks/batch";
const NOWHERE: &str = "00000000-0000-7000-8000-000000000000";

async fn results(client: &Client, action: &str, tasks: Value) -> Vec<Value> {
    let answer = client.post(BATCH, &json!({ "action": action, "tasks": tasks })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["data"]["results"].as_array().expect("results").clone()
}

#[tokio::test]
async fn each_task_of_a_batch_has_its_own_result_in_the_order_given() {
    let (server, client) = desk().await;
    let [good, decided, edited] = [propose(&client, 3).await, propose(&client, 4).await, propose(&client, 5).await];
    assert_eq!(approve(&client, &decided).await.status, 200);
    assert_eq!(client.patch(&path(&edited, ""), &json!({ "limit": 6 })).await.status, 200);
    let theirs = server.key_of("elsewhere", "read,write,lexi").await;
    let foreign = propose(&theirs, 2).await;
    let tasks = json!([
        { "id": edited["id"], "plan_hash": edited["plan_hash"] },
        { "id": good["id"], "plan_hash": good["plan_hash"], "reason": "Looks right" },
        { "id": foreign["id"] },
        { "id": decided["id"] },
        { "id": NOWHERE },
        { "id": "no id" },
    ]);
    let results = results(&client, "approve", tasks.clone()).await;
    let ids: Vec<&Value> = results.iter().map(|result| &result["id"]).collect();
    assert_eq!(json!(ids), json!(tasks.as_array().unwrap().iter().map(|task| &task["id"]).collect::<Vec<_>>()));
    let codes: Vec<u64> = results.iter().map(|result| result["status_code"].as_u64().unwrap()).collect();
    assert_eq!(codes, [409, 200, 404, 400, 404, 404]);
    assert_eq!(results[0]["error"]["details"]["changes"][0]["field"], "limit");
    assert_eq!(results[1]["data"]["execution_started"], true);
    assert_eq!(results[2]["error"], results[4]["error"], "another workspace's task is one that does not exist");
    assert_eq!(results[3]["error"]["details"]["decision"]["outcome"], "approved");
    assert_eq!(now(&client, &good).await["status"], "completed");
    assert_eq!(now(&client, &edited).await["status"], "pending");
    assert_eq!(now(&theirs, &foreign).await["status"], "pending");
}

#[tokio::test]
async fn tasks_are_dismissed_together_each_with_its_reason() {
    let (_server, client) = desk().await;
    let [one, two] = [propose(&client, 3).await, propose(&client, 4).await];
    let tasks = json!([
        { "id": one["id"], "reason": "Wrong city", "reason_code": "incorrect_params" },
        { "id": two["id"], "reason_code": "bored" },
    ]);
    let first = results(&client, "dismiss", tasks).await;
    assert_eq!((&first[0]["data"]["status"], &first[1]["status_code"]), (&json!("dismissed"), &json!(400)));
    let decision = now(&client, &one).await["decision"].clone();
    assert_eq!((&decision["reason"], &decision["reason_code"]), (&json!("Wrong city"), &json!("incorrect_params")));
    assert_eq!(now(&client, &two).await["status"], "pending");
    assert_eq!(contacts(&client).await, 0);
}

#[tokio::test]
async fn a_batch_that_is_wrong_as_a_whole_decides_nothing() {
    let (server, client) = desk().await;
    let task = propose(&client, 3).await;
    let item = json!({ "id": task["id"] });
    let upper = json!({ "id": task["id"].as_str().unwrap().to_uppercase() });
    names(&client.post(BATCH, &json!({ "action": "approve", "tasks": [item, upper] })).await, "tasks[1].id");
    names(&client.post(BATCH, &json!({ "action": "approve", "tasks": [] })).await, "tasks");
    let many: Vec<Value> = (0..101).map(|n| json!({ "id": format!("{n}") })).collect();
    names(&client.post(BATCH, &json!({ "action": "approve", "tasks": many })).await, "tasks");
    names(&client.post(BATCH, &json!({ "action": "execute", "tasks": [item] })).await, "action");
    names(&client.post(BATCH, &json!({ "tasks": [item] })).await, "action");
    let chat = server.key("lexi:chat,lexi:read").await;
    refused(&chat.post(BATCH, &json!({ "action": "approve", "tasks": [item] })).await, 403, "insufficient_permissions");
    assert_eq!(now(&client, &task).await["status"], "pending");
}

#[tokio::test]
async fn a_repeated_batch_is_answered_the_same_and_another_under_its_key_is_refused() {
    let (_server, client) = desk().await;
    let tasks = json!([{ "id": propose(&client, 3).await["id"] }, { "id": propose(&client, 4).await["id"] }]);
    let send = async |action: &str| {
        let body = json!({ "action": action, "tasks": tasks });
        client.send(client.request(Method::POST, BATCH).header("Idempotency-Key", "batch-1").json(&body)).await
    };
    let (first, again) = (send("approve").await, send("approve").await);
    assert_eq!((first.status, &first.json["data"]["succeeded"]), (200, &json!(2)), "{}", first.text);
    assert_eq!(first.text, again.text);
    refused(&send("dismiss").await, 409, "idempotency_conflict");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_batches_at_once_each_task_is_decided_once() {
    let (_server, client) = desk().await;
    let mut tasks = Vec::new();
    for n in 1..9 {
        tasks.push(json!({ "id": propose(&client, n).await["id"] }));
    }
    let (forth, back) = (json!(tasks), json!(tasks.iter().rev().collect::<Vec<_>>()));
    let (here, there) = (client.clone(), client.clone());
    let (approvals, dismissals) = tokio::join!(results(&here, "approve", forth), results(&there, "dismiss", back));
    for result in &approvals {
        let other = dismissals.iter().find(|other| other["id"] == result["id"]).unwrap();
        let codes = [result["status_code"].as_u64().unwrap(), other["status_code"].as_u64().unwrap()];
        assert!(codes == [200, 400] || codes == [400, 200], "{codes:?}: {result} {other}");
        let expected = if codes[0] == 200 { "completed" } else { "dismissed" };
        assert_eq!(now(&client, &result["id"]).await["status"], expected);
    }
}
