//! The program as an installation runs it: processes that begin, end, are restarted, and share one database.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Client, Installation, people};

#[tokio::test]
async fn the_program_serves_after_a_restart_what_it_kept_and_ends_well_on_sigterm() {
    let installation = Installation::new().await;
    let key = installation.key("read,write,lexi");
    assert!(key.starts_with("wbk_") && key.len() == 56, "{key}");
    let process = installation.serve(&[]).await;
    let made = process.client(&key).post("/v1/lists", &json!({ "name": "kept" })).await;
    assert_eq!(made.status, 201, "{}", made.json);
    // A key made while the server runs is known to it within a second.
    let later = installation.key("read");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(process.client(&later).get("/v1/lists").await.status, 200);
    // People imported while it runs are found without a restart.
    installation.people(&people::law_firm_ceos(5));
    let client = process.client(&key);
    let mut matched = Value::Null;
    for _ in 0..200 {
        let asked = client.post("/v1/lexi/chat", &json!({ "message": "Find 5 CEOs at law firms in California" })).await;
        matched = asked.json["data"]["task"]["preview"]["matched"].clone();
        if matched == 5 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(matched, 5);
    assert_eq!(process.terminate(), 0);

    let process = installation.serve(&[]).await;
    let lists = process.client(&key).get("/v1/lists").await;
    assert_eq!(lists.json["data"]["lists"][0]["name"], "kept");
    assert!(!process.log().contains(&key), "the log holds a key");
}

#[tokio::test]
async fn of_approvals_at_two_nodes_one_wins_and_a_node_finishes_what_a_killed_one_began() {
    let installation = Installation::new().await;
    let chiefs: Vec<_> = (0..2_010).map(|n| people::at_law_firm(n, "Chief Executive Officer")).collect();
    installation.people(&chiefs);
    let key = installation.key("read,write,lexi");
    let other_folder = installation.folder().join("other node");
    let one = installation.serve(&["--lease", "2s"]).await;
    let other = installation.serve(&["--lease", "2s", "--data", &other_folder.to_string_lossy()]).await;
    let (client, other_client) = (one.client(&key), other.client(&key));

    let task_id = propose(&client, 50).await;
    let approvals: Vec<_> = (0..16)
        .map(|n| {
            let client = if n % 2 == 0 { client.clone() } else { other_client.clone() };
            let path = format!("/v1/lexi/tasks/{task_id}/approve");
            tokio::spawn(async move { client.post_empty(&path).await })
        })
        .collect();
    let mut statuses = Vec::new();
    for approval in approvals {
        let answer = approval.await.unwrap();
        if answer.status == 400 {
            assert_eq!(answer.json["error"]["details"]["decision"]["outcome"], "approved", "{}", answer.json);
        }
        statuses.push(answer.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![200], vec![400; 15]].concat());

    let task_id = propose(&other_client, 2_000).await;
    assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{task_id}/approve")).await.status, 200);
    one.kill9();
    let path = format!("/v1/lexi/tasks/{task_id}?wait=10");
    let mut done = Value::Null;
    for _ in 0..12 {
        done = other_client.get(&path).await.json["data"].clone();
        if done["status"] != "approved" {
            break;
        }
    }
    assert_eq!((&done["status"], &done["result"]["selected"]), (&json!("completed"), &json!(2_000)), "{done}");
    assert_eq!(other_client.get("/v1/contacts").await.json["meta"]["total"], 2_000);
    let list = format!("/v1/lists/{}/contacts", done["result"]["list_id"].as_str().unwrap());
    assert_eq!(other_client.get(&list).await.json["meta"]["total"], 2_000);
}

async fn propose(client: &Client, people: u32) -> String {
    let message = json!({ "message": format!("Find {people} CEOs at law firms in California") });
    let told = client.post("/v1/lexi/chat", &message).await;
    told.json["data"]["task_id"].as_str().unwrap_or_else(|| panic!("no task: {}", told.json)).to_owned()
}
