//! A changed plan of a task that waits is a revision of the same task, and nobody approves what he did not see.

use lexi::db::query;
use reqwest::Method;
use reqwest::header::IF_MATCH;
use serde_json::{Value, json};

use crate::main_job::ASKED;
use crate::support::{Answer, Client, Server};

async fn say(client: &Client, message: &str, conversation: &Value) -> Value {
    let body = json!({ "message": message, "context": { "conversation_id": conversation } });
    let answer = client.post("/v1/lexi/chat", &body).await;
    assert_eq!(answer.status, 200, "{message}: {}", answer.json);
    answer.json["data"].clone()
}

async fn task(client: &Client, id: &Value, query: &str) -> Answer {
    client.get(&format!("/v1/lexi/tasks/{}{query}", id.as_str().expect("a task"))).await
}

fn approval(id: &Value) -> String {
    format!("/v1/lexi/tasks/{}/approve", id.as_str().expect("a task"))
}

/// A task that was proposed for fifty people and changed to sixty: what Lexi told first and then.
async fn revised() -> (Server, Client, Value, Value) {
    let server = Server::start().await;
    server.law_firm_ceos(70).await;
    let client = server.key("read,write,lexi").await;
    let first = say(&client, ASKED, &Value::Null).await;
    let second = say(&client, "make it 60", &first["conversation_id"]).await;
    assert_eq!(second["task_id"], first["task_id"]);
    (server, client, first, second)
}

#[tokio::test]
async fn a_task_with_more_than_one_revision_is_approved_by_its_plan_hash_only() {
    let (_server, client, first, second) = revised().await;
    let path = approval(&first["task_id"]);
    let blind = client.post_empty(&path).await;
    assert_eq!((blind.status, &blind.json["error"]["code"]), (400, &json!("validation_error")));
    assert!(blind.json["error"]["details"]["fields"]["plan_hash"].is_string(), "{}", blind.json);

    let stale = client.post(&path, &json!({ "plan_hash": first["task"]["plan_hash"] })).await;
    assert_eq!((stale.status, &stale.json["error"]["code"]), (409, &json!("plan_changed")));
    assert_eq!(stale.json["error"]["details"]["plan_hash"], second["task"]["plan_hash"]);
    assert_eq!(stale.json["error"]["details"]["revision"], 2);

    let seen = client.post(&path, &json!({ "plan_hash": second["task"]["plan_hash"] })).await;
    assert_eq!(seen.status, 200, "{}", seen.json);
    let done = task(&client, &first["task_id"], "").await.json["data"].clone();
    assert_eq!((&done["status"], &done["result"]["added"]), (&json!("completed"), &json!(60)));
    let decision = &done["decision"];
    assert_eq!((&decision["revision"], &decision["plan_hash"]), (&json!(2), &second["task"]["plan_hash"]));
}

#[tokio::test]
async fn if_match_names_the_plan_as_the_body_does() {
    let (_server, client, first, second) = revised().await;
    let with = |tag: &str| client.request(Method::POST, &approval(&first["task_id"])).header(IF_MATCH, tag.to_owned());
    let (old, new) = (first["task"]["plan_hash"].as_str().unwrap(), second["task"]["plan_hash"].as_str().unwrap());
    assert_eq!(client.send(with(&format!("\"{old}\""))).await.status, 409);
    assert_eq!(client.send(with("*")).await.status, 400, "any plan is no plan");
    assert_eq!(client.send(with(&format!("\"{new}\""))).await.status, 200);
}

#[tokio::test]
async fn each_revision_says_what_it_changed_and_stays_readable() {
    let (_server, client, first, second) = revised().await;
    say(&client, "only in Oakland", &first["conversation_id"]).await;
    let now = task(&client, &first["task_id"], "").await.json["data"].clone();
    let revisions = now["revisions"].as_array().unwrap();
    assert_eq!(revisions.len(), 3);
    assert_eq!(revisions[0]["changes"], json!([]));
    let changes = |at: usize| -> Vec<&str> {
        revisions[at]["changes"].as_array().unwrap().iter().map(|change| change["field"].as_str().unwrap()).collect()
    };
    assert_eq!(changes(1), ["limit", "selection"]);
    let limit = &revisions[1]["changes"][0];
    assert_eq!((&limit["from"], &limit["to"]), (&json!(50), &json!(60)));
    assert_eq!(revisions[1]["changes"][1]["to"], json!({ "count": 60 }));
    assert_eq!(changes(2), ["filters.locations", "list_name", "selection"]);
    assert_eq!((&revisions[2]["query"], &revisions[0]["query"]), (&json!("only in Oakland"), &json!(ASKED)));

    for (number, told, limit) in [(1, &first, 50), (2, &second, 60)] {
        let then = task(&client, &first["task_id"], &format!("?revision={number}")).await.json["data"].clone();
        assert_eq!(then["plan_hash"], told["task"]["plan_hash"]);
        assert_eq!(then["plan"]["parameters"]["limit"], limit);
        assert_eq!(then["preview"], told["task"]["preview"]);
        assert_eq!((&then["revision"], &then["description"]), (&json!(number), &told["task"]["description"]));
        assert_eq!(then["request"]["slots"]["count"], limit);
    }
    for wrong in ["0", "4", "-1", "two"] {
        let refused = task(&client, &first["task_id"], &format!("?revision={wrong}")).await;
        assert_eq!(refused.status, 400, "{wrong}");
        assert!(refused.json["error"]["details"]["fields"]["revision"].is_string(), "{}", refused.json);
    }
}

#[tokio::test]
async fn a_revision_is_an_event_with_the_names_of_what_changed() {
    let (server, _client, first, second) = revised().await;
    server.number_events().await;
    let of_revisions = "select task_id, data from events where type = 'task.revised'";
    let events: Vec<(String, Value)> =
        server.app.db.read(move |tx| query(of_revisions).all(tx, |row| Ok((row.get(0)?, row.get(1)?)))).await.unwrap();
    let data = json!({ "revision": 2, "plan_hash": second["task"]["plan_hash"], "changed": ["limit", "selection"] });
    assert_eq!(events, [(first["task_id"].as_str().unwrap().to_owned(), data)]);
}

#[tokio::test]
async fn a_revision_gives_the_task_its_full_time_again() {
    let (server, client, first, _) = revised().await;
    server.advance_days(6);
    let later = say(&client, "make it 55", &first["conversation_id"]).await;
    assert!(later["task"]["expires_at"].as_str() > first["task"]["expires_at"].as_str());
    server.advance_days(6);
    let hash = json!({ "plan_hash": later["task"]["plan_hash"] });
    assert_eq!(client.post(&approval(&first["task_id"]), &hash).await.status, 200);
}

#[tokio::test]
async fn only_its_proposer_in_its_conversation_or_who_may_approve_revises_a_task() {
    let server = Server::start().await;
    server.law_firm_ceos(70).await;
    let asker = server.key("lexi:read,lexi:chat").await;
    let first = say(&asker, ASKED, &Value::Null).await;
    let conversation = &first["conversation_id"];
    assert_eq!(say(&asker, "make it 60", conversation).await["task_id"], first["task_id"], "his own");

    let other = server.key("lexi:read,lexi:chat").await;
    let told = say(&other, "make it 20", conversation).await;
    assert_ne!(told["task_id"], first["task_id"]);
    assert!(told["response"].as_str().unwrap().contains("somebody else's"), "{told}");
    let seen = task(&asker, &first["task_id"], "").await.json["data"].clone();
    assert_eq!((&seen["revision"], &seen["metadata"]["limit"]), (&json!(2), &json!(60)));

    let approver = server.key("lexi").await;
    let third = say(&asker, ASKED, &Value::Null).await;
    let told = say(&approver, "make it 30", &third["conversation_id"]).await;
    assert_eq!((&told["task_id"], &told["task"]["revision"]), (&third["task_id"], &json!(2)));
}

#[tokio::test]
async fn of_revisions_that_race_each_has_its_number_and_none_is_lost() {
    let (_server, client, first, _) = revised().await;
    let calls = (0..8).map(|n| {
        let (client, conversation) = (client.clone(), first["conversation_id"].clone());
        tokio::spawn(async move { say(&client, &format!("make it {}", 10 + n), &conversation).await })
    });
    let mut made = 0;
    for call in calls.collect::<Vec<_>>() {
        let told = call.await.unwrap();
        if told["task_id"].is_null() {
            assert!(told["response"].as_str().unwrap().contains("I changed nothing"), "{told}");
        } else {
            assert_eq!(told["task_id"], first["task_id"]);
            made += 1;
        }
    }
    let now = task(&client, &first["task_id"], "").await.json["data"].clone();
    assert!(made >= 1);
    assert_eq!((&now["revision"], now["revisions"].as_array().unwrap().len()), (&json!(2 + made), 2 + made));
}

#[tokio::test]
async fn of_a_revision_and_an_approval_that_race_the_approval_is_for_what_was_seen_or_refused() {
    for round in 0..6 {
        let (server, client, first, second) = revised().await;
        let approve = {
            let (client, path) = (client.clone(), approval(&first["task_id"]));
            let hash = json!({ "plan_hash": second["task"]["plan_hash"] });
            tokio::spawn(async move { client.post(&path, &hash).await })
        };
        let told = say(&client, "make it 5", &first["conversation_id"]).await;
        let approved = approve.await.unwrap();
        server.work().await;
        let old = task(&client, &first["task_id"], "").await.json["data"].clone();
        match approved.status {
            200 => {
                assert_eq!(old["result"]["added"], 60, "round {round}: {old}");
                assert_ne!(told["task_id"], first["task_id"], "round {round}: {told}");
            }
            409 => {
                assert_eq!((&old["status"], &old["revision"]), (&json!("pending"), &json!(3)), "round {round}");
                assert_eq!(told["task_id"], first["task_id"]);
            }
            status => panic!("round {round}: {status} {}", approved.json),
        }
    }
}

#[tokio::test]
async fn after_a_hundred_revisions_a_task_is_left_and_a_new_one_proposed() {
    let (_server, client, first, _) = revised().await;
    for n in 3..=100 {
        let told = say(&client, &format!("make it {}", 60 + n), &first["conversation_id"]).await;
        assert_eq!((&told["task_id"], &told["task"]["revision"]), (&first["task_id"], &json!(n)));
    }
    let told = say(&client, "make it 7", &first["conversation_id"]).await;
    assert_ne!(told["task_id"], first["task_id"]);
    assert!(told["response"].as_str().unwrap().contains("changed too often"), "{told}");
}

#[tokio::test]
async fn earlier_revisions_of_another_workspace_do_not_exist() {
    let (server, _client, first, _) = revised().await;
    let stranger = server.key_of("elsewhere", "read,lexi").await;
    let answer = task(&stranger, &first["task_id"], "?revision=1").await;
    assert_eq!((answer.status, &answer.json["error"]["code"]), (404, &json!("not_found")));
}
