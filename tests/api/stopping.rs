//! A task is stopped: what was done stays and is listed, nothing more is done, whoever was working on it.

use std::time::{Duration, Instant};

use lexi::db::Dialect;
use lexi::execution;
use serde_json::{Value, json};

use crate::contact_updates::one_step_by_a_worker_that_dies;
use crate::holds::{contacts, held};
use crate::support::asking::{approve, now, path, propose, refused};
use crate::support::database::dialect;
use crate::support::{Client, Installation, Server, people};

/// A task for 320 people, approved and waiting for a worker.
async fn under_way() -> (Server, Client, Value) {
    let server = Server::start().await;
    server.law_firm_ceos(320).await;
    let client = server.key_with("default", "read,write,lexi", |key| key.owner = Some("Ann Lee".into())).await;
    let task = propose(&client, 320).await;
    assert_eq!(approve(&client, &task).await.status, 200);
    (server, client, task)
}

async fn members(client: &Client, task: &Value) -> Value {
    let Some(list) = task["result"]["list_id"].as_str() else { return json!(0) };
    client.get(&format!("/v1/lists/{list}")).await.json["data"]["contact_count"].clone()
}

#[tokio::test]
async fn a_stopped_task_says_what_was_done_and_who_stopped_it() {
    let (server, client, task) = under_way().await;
    one_step_by_a_worker_that_dies(&server).await;
    let stopped = client.post(&path(&task, "/stop"), &json!({ "reason": "Wrong list" })).await;
    assert_eq!((stopped.status, &stopped.json["data"]["status"]), (200, &json!("failed")), "{}", stopped.text);
    let task = now(&client, &task).await;
    assert_eq!((&task["status"], &task["error"]["code"]), (&json!("failed"), &json!("stopped")));
    assert_eq!((&task["result"]["added"], &task["result"]), (&json!(100), &stopped.json["data"]["result"]));
    assert_eq!((&task["stop"]["reason"], &task["stop"]["owner"]), (&json!("Wrong list"), &json!("Ann Lee")));
    assert_eq!(task["decision"]["outcome"], "approved");
    server.work().await;
    assert_eq!((members(&client, &task).await, contacts(&client).await), (json!(100), 100));
    let again = refused(&client.post_empty(&path(&task, "/stop")).await, 400, "validation_error");
    assert_eq!(again["details"]["status"], "failed");
}

#[tokio::test]
async fn a_worker_that_was_paused_when_the_task_was_stopped_changes_nothing_when_it_wakes() {
    let (server, client, task) = under_way().await;
    let mut paused = one_step_by_a_worker_that_dies(&server).await;
    paused.done = 100;
    assert_eq!(client.post_empty(&path(&task, "/stop")).await.status, 200);
    let now_ms = server.now_ms();
    let woken = server.app.db.write(move |tx| execution::work(tx, &paused, 1_000, now_ms)).await;
    assert!(woken.is_err(), "its step is taken back");
    let task = now(&client, &task).await;
    assert_eq!((members(&client, &task).await, contacts(&client).await), (json!(100), 100));
}

#[tokio::test]
async fn a_task_whose_job_still_waits_or_that_is_held_is_stopped_with_nothing_done() {
    let (server, client, task) = under_way().await;
    let other = held(&server, &client, 5).await;
    for task in [&task, &other] {
        assert_eq!(client.post_empty(&path(task, "/stop")).await.status, 200);
    }
    server.advance_days(1);
    server.sweep().await;
    server.work().await;
    for task in [&task, &other] {
        let task = now(&client, task).await;
        assert_eq!((&task["error"]["code"], &task["result"]["added"]), (&json!("stopped"), &json!(0)));
    }
    assert_eq!(contacts(&client).await, 0);
}

#[tokio::test]
async fn what_was_not_approved_or_has_ended_is_not_stopped() {
    let server = Server::start().await;
    server.law_firm_ceos(10).await;
    let client = server.key("read,write,lexi").await;
    let pending = propose(&client, 5).await;
    refused(&client.post_empty(&path(&pending, "/stop")).await, 400, "validation_error");
    assert_eq!(approve(&client, &pending).await.status, 200);
    let ended = refused(&client.post_empty(&path(&pending, "/stop")).await, 400, "validation_error");
    assert_eq!(ended["details"]["decision"]["outcome"], "approved");
    assert_eq!(now(&client, &pending).await["status"], "completed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_stop_and_the_steps_of_a_worker_each_is_wholly_before_or_after_the_other() {
    let server = Server::start().await;
    server.law_firm_ceos(320).await;
    let client = server.key("read,write,lexi").await;
    for round in 0..6_u64 {
        let task = propose(&client, 320).await;
        assert_eq!(approve(&client, &task).await.status, 200);
        let (caller, stop) = (client.clone(), path(&task, "/stop"));
        let stopping = tokio::spawn(async move {
            for _ in 0..round * 3 {
                tokio::task::yield_now().await;
            }
            caller.post_empty(&stop).await
        });
        server.work().await;
        let stopped = stopping.await.unwrap();
        server.work().await;
        let task = now(&client, &task).await;
        let result = &task["result"];
        let done = result["added"].as_u64().unwrap() + result["already_contacts"].as_u64().unwrap();
        match stopped.status {
            200 => assert_eq!((&task["error"]["code"], &stopped.json["data"]["result"]), (&json!("stopped"), result)),
            _ => assert_eq!((&task["status"], done), (&json!("completed"), 320), "{}", stopped.text),
        }
        assert_eq!(members(&client, &task).await, done, "the list holds what the result says");
    }
}

/// Two servers on one database: one is paused (SIGSTOP) while it works, the task is stopped on the other, and the first is
/// resumed. One server works on a SQLite file, so there this can't happen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_paused_over_a_stop_changes_nothing_when_it_goes_on() {
    if dialect() == Dialect::Sqlite {
        return;
    }
    const PATIENCE: Duration = Duration::from_secs(60);
    let installation = Installation::new().await;
    let chiefs: Vec<_> = (0..2_000).map(|n| people::at_law_firm(n, "Chief Executive Officer")).collect();
    installation.people(&chiefs);
    let key = installation.key("read,write,lexi");
    let working = installation.serve(&["--lease", "2s"]).await;
    let client = working.client(&key);
    let task = propose(&client, 2_000).await;
    assert_eq!(approve(&client, &task).await.status, 200);
    let begun = Instant::now();
    while now(&client, &task).await["progress"]["done"].as_u64().unwrap_or(0) == 0 {
        assert!(begun.elapsed() < PATIENCE, "it never began");
    }
    working.signal("-STOP");
    let folder = tempfile::tempdir().unwrap();
    let beside = installation.serve(&["--data", &folder.path().to_string_lossy(), "--lease", "2s"]).await;
    let there = beside.client(&key);
    // A step of the paused server may hold its rows until the database ends its transaction.
    let stopped = loop {
        let answer = there.post_empty(&path(&task, "/stop")).await;
        if answer.status != 503 {
            break answer;
        }
        assert!(begun.elapsed() < 2 * PATIENCE, "{}", answer.text);
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let ended = now(&there, &task).await;
    working.signal("-CONT");
    let settled = Instant::now();
    // Connections that were kept over the pause are closed by the server, so these are new ones.
    let (client, there) = (working.client(&key), beside.client(&key));
    let ready = async || client.try_send(client.request(reqwest::Method::GET, "/readyz")).await;
    while ready().await.is_none_or(|answer| answer.status != 200) {
        assert!(settled.elapsed() < PATIENCE, "the paused server never came back");
    }
    // Whatever it was about to do, it has tried by the time it has done something else.
    let next = propose(&client, 1).await;
    assert_eq!(approve(&client, &next).await.status, 200);
    let after = now(&there, &task).await;
    assert_eq!((&after["status"], &after["result"]), (&ended["status"], &ended["result"]));
    if stopped.status == 200 {
        let done = after["result"]["added"].as_u64().unwrap();
        assert_eq!((members(&there, &after).await, done < 2_000), (json!(done), true));
    }
}
