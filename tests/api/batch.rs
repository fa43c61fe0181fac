//! Many decisions in one request: each is one of its own, and each has its own answer.

use lexi::db::Dialect;
use reqwest::Method;
use serde_json::{Value, json};

use crate::holds::{contacts, desk};
use crate::support::Client;
use crate::support::asking::{approve, names, now, path, propose, refused};
use crate::support::database::dialect;

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

/// Tasks of one batch, each for some people.
async fn proposed(client: &Client, tasks: usize) -> Value {
    let mut proposed = Vec::new();
    for n in 0..tasks {
        proposed.push(json!({ "id": propose(client, 1 + n % 9).await["id"] }));
    }
    json!(proposed)
}

fn under_one_key(client: &Client, key: &str, body: &Value) -> reqwest::RequestBuilder {
    client.request(Method::POST, BATCH).header("Idempotency-Key", key).json(body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_broke_off_is_repeated_and_every_task_has_the_result_it_had() {
    let (_server, client) = desk().await;
    let mut broken_off = 0;
    for round in 0..20 {
        let tasks = proposed(&client, 12).await;
        let (body, key) = (json!({ "action": "approve", "tasks": tasks }), format!("batch-{round}"));
        let (caller, request) = (client.clone(), under_one_key(&client, &key, &body));
        let first = tokio::spawn(async move { caller.try_send(request).await });
        while now(&client, &tasks[0]["id"]).await["status"] == "pending" {}
        // The connection breaks, and with it what is not decided yet.
        first.abort();
        broken_off += u32::from(now(&client, &tasks[11]["id"]).await["status"] == "pending");
        let again = client.send(under_one_key(&client, &key, &body)).await;
        assert_eq!((again.status, &again.json["data"]["succeeded"]), (200, &json!(12)), "{}", again.text);
        assert_eq!(client.send(under_one_key(&client, &key, &body)).await.text, again.text);
        if broken_off > 0 {
            return;
        }
    }
    panic!("no batch was ever broken off in the middle");
}

#[tokio::test]
async fn what_was_refused_in_a_batch_stays_refused_when_it_is_repeated_under_its_key() {
    let (_server, client) = desk().await;
    let [edited, good] = [propose(&client, 3).await, propose(&client, 4).await];
    let changed = client.patch(&path(&edited, ""), &json!({ "limit": 5 })).await.json["data"].clone();
    let tasks = json!([{ "id": edited["id"], "plan_hash": edited["plan_hash"] }, { "id": good["id"] }]);
    let body = json!({ "action": "approve", "tasks": tasks });
    let first = client.send(under_one_key(&client, "batch", &body)).await;
    assert_eq!(first.json["data"]["results"][0]["status_code"], 409, "{}", first.text);
    assert_eq!(approve(&client, &changed).await.status, 200);
    assert_eq!(client.send(under_one_key(&client, "batch", &body)).await.text, first.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_batches_at_once_under_one_key_there_is_one_effect_and_one_answer() {
    let (server, client) = desk().await;
    let node = if dialect() == Dialect::Postgres { Some(server.beside().await) } else { None };
    let beside = node.as_ref().map_or_else(|| client.clone(), |node| node.caller(client.key()));
    for round in 0..4 {
        let body = json!({ "action": "approve", "tasks": proposed(&client, 6).await });
        let key = format!("same-{round}");
        let (one, other) = tokio::join!(
            client.send(under_one_key(&client, &key, &body)),
            beside.send(under_one_key(&beside, &key, &body))
        );
        assert_eq!((one.status, &one.json["data"]["succeeded"]), (200, &json!(6)), "{}", one.text);
        assert_eq!(one.text, other.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_different_batches_at_once_under_one_key_one_does_nothing() {
    let (_server, client) = desk().await;
    for round in 0..4 {
        let [ours, theirs] = [proposed(&client, 3).await, proposed(&client, 3).await];
        let bodies = [&ours, &theirs].map(|tasks| json!({ "action": "approve", "tasks": tasks }));
        let key = format!("other-{round}");
        let (one, other) = tokio::join!(
            client.send(under_one_key(&client, &key, &bodies[0])),
            client.send(under_one_key(&client, &key, &bodies[1]))
        );
        let (won, lost) =
            if one.status == 200 { ((one, &ours), (other, &theirs)) } else { ((other, &theirs), (one, &ours)) };
        assert_eq!((won.0.status, &won.0.json["data"]["succeeded"]), (200, &json!(3)), "{}", won.0.text);
        refused(&lost.0, 409, "idempotency_conflict");
        for task in lost.1.as_array().expect("tasks") {
            assert_eq!(now(&client, &task["id"]).await["status"], "pending");
        }
        for task in won.1.as_array().expect("tasks") {
            assert_eq!(now(&client, &task["id"]).await["status"], "completed");
        }
    }
}
