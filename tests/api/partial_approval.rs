//! Approving a part of a task: the decision names whom, only they are acted on, and the rest is declined.

use serde_json::{Value, json};

use crate::contact_updates::{made, say};
use crate::support::asking::{approve, ask, head, names, now, path, propose, refused, voter};
use crate::support::{Client, Server};

async fn office() -> (Server, Client) {
    let server = Server::start().await;
    server.law_firm_ceos(70).await;
    let client = head(&server).await;
    (server, client)
}

/// Whom a task is about, in order.
async fn selection(client: &Client, task: &Value) -> Vec<Value> {
    let answer = client.get(&path(task, "/selection?per_page=100")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["data"]["selection"].as_array().expect("a selection").clone()
}

fn ids(selection: &[Value]) -> Vec<Value> {
    selection.iter().map(|one| one["id"].clone()).collect()
}

#[tokio::test]
async fn of_fifty_forty_three_are_approved_and_seven_are_declined() {
    let (_server, client) = office().await;
    let task = propose(&client, 50).await;
    let all = selection(&client, &task).await;
    assert_eq!(all.len(), 50);
    let only = ids(&all[..43]);
    let answer = client.post(&path(&task, "/approve"), &json!({ "only": only })).await;
    let expected = json!({ "task_id": task["id"], "status": "approved", "execution_started": true,
        "approved": 43, "declined": 7 });
    assert_eq!((answer.status, &answer.json["data"]), (200, &expected));
    let done = now(&client, &task).await;
    let result = &done["result"];
    assert_eq!((&result["selected"], &result["added"], &result["declined"]), (&json!(43), &json!(43), &json!(7)));
    assert_eq!((&done["decision"]["approved"], &done["decision"]["declined"]), (&json!(43), &json!(7)));
    assert_eq!(done["plan"]["selection"]["count"], 50, "the plan stays what it was");
    assert_eq!(done["progress"], json!({ "done": 43, "total": 43 }));
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 43);
    let added = client.get("/v1/contacts?per_page=100").await.json["data"]["contacts"].clone();
    let added: Vec<&Value> = added.as_array().unwrap().iter().map(|one| &one["full_name"]).collect();
    assert!(all[43..].iter().all(|left_out| !added.contains(&&left_out["name"])), "{added:?}");
}

#[tokio::test]
async fn whoever_is_left_out_is_named_by_ids_or_by_words() {
    let (_server, client) = office().await;
    let task = propose(&client, 10).await;
    let all = selection(&client, &task).await;
    let exclude = json!({ "exclude": { "ids": [all[0]["id"]],
        "filter": { "companies": [all[1]["company"]], "email_domains": [all[2]["domain"]] } } });
    let answer = client.post(&path(&task, "/approve"), &exclude).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let left_out = |one: &&Value| {
        one["id"] == all[0]["id"] || one["company"] == all[1]["company"] || one["domain"] == all[2]["domain"]
    };
    let declined = all.iter().filter(left_out).count();
    assert_eq!(answer.json["data"]["declined"], declined);
    assert_eq!(now(&client, &task).await["result"]["added"], 10 - declined);
}

#[tokio::test]
async fn a_part_is_refused_when_it_holds_strangers_nobody_or_everybody_by_mistake() {
    let (_server, client) = office().await;
    let task = propose(&client, 3).await;
    let all = ids(&selection(&client, &task).await);
    let stranger = "0193f2c4-0000-7000-8000-000000000000";
    let send = async |body: Value| client.post(&path(&task, "/approve"), &body).await;
    let strange = send(json!({ "only": [all[0], stranger] })).await;
    names(&strange, "only");
    assert!(strange.json["error"]["message"].as_str().unwrap().contains(stranger), "{}", strange.text);
    assert_eq!(strange.json["error"]["details"]["ids"], json!([stranger]));
    names(&send(json!({ "exclude": { "ids": [stranger] } })).await, "exclude.ids");
    names(&send(json!({ "only": [] })).await, "only");
    names(&send(json!({ "exclude": {} })).await, "exclude");
    names(&send(json!({ "exclude": { "ids": all } })).await, "exclude");
    names(&send(json!({ "exclude": { "filter": { "titles": ["astronaut"] } } })).await, "exclude.filter");
    names(&send(json!({ "exclude": { "filter": { "titles": ["executive chief"] } } })).await, "exclude");
    names(&send(json!({ "only": [all[0]], "exclude": { "ids": [all[1]] } })).await, "only");
    let misspelled = send(json!({ "exclude": { "id": [all[1]] } })).await;
    assert_eq!(misspelled.status, 400, "{}", misspelled.text);
    assert_eq!(now(&client, &task).await["status"], "pending");
    let whole = send(json!({ "only": all })).await;
    assert_eq!(whole.json["data"]["status"], "approved");
    assert_eq!(whole.json["data"].get("declined"), None, "all of them is no part");
}

#[tokio::test]
async fn a_large_part_is_done_as_a_job_with_nobody_else() {
    let server = Server::start_with(|config| config.inline_people_max = 0).await;
    server.law_firm_ceos(30).await;
    let client = server.key("read,write,lexi").await;
    let task = propose(&client, 20).await;
    let all = ids(&selection(&client, &task).await);
    let answer = client.post(&path(&task, "/approve"), &json!({ "exclude": { "ids": all[..5] } })).await;
    assert_eq!((&answer.json["data"]["approved"], &answer.json["data"]["declined"]), (&json!(15), &json!(5)));
    server.work().await;
    let done = now(&client, &task).await;
    assert_eq!((&done["result"]["selected"], &done["result"]["declined"]), (&json!(15), &json!(5)));
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 15);
}

#[tokio::test]
async fn records_of_a_part_are_compared_with_what_was_shown_of_them() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let mut contacts = Vec::new();
    for name in ["Ann Ash", "Bob Bay", "Cid Cox"] {
        let body = json!({ "full_name": name, "company": "Acme", "tags": [name] });
        contacts.push(made(&client, "/v1/contacts", body).await);
    }
    let task = say(&client, "Delete all contacts at Acme").await["task"].clone();
    assert_eq!(task["preview"]["selected"], 3, "{task}");
    let all = selection(&client, &task).await;
    // The first is left out, so that the others stand at other places than in the plan; the last was changed since.
    let changed = all[2]["id"].as_str().unwrap().to_owned();
    let patch = json!({ "full_name": "Somebody Else" });
    assert_eq!(client.patch(&format!("/v1/contacts/{changed}"), &patch).await.status, 200);
    let body = json!({ "exclude": { "ids": [all[0]["id"]] } });
    assert_eq!(client.post(&path(&task, "/approve"), &body).await.status, 200);
    let result = now(&client, &task).await["result"].clone();
    assert_eq!((&result["selected"], &result["changed"], &result["declined"]), (&json!(2), &json!(1), &json!(1)));
    assert_eq!(result["skipped"][0]["contact_id"], json!(changed), "{result}");
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 2);
}

#[tokio::test]
async fn what_means_nothing_for_a_part_is_approved_as_a_whole_only() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let contact = made(&client, "/v1/contacts", json!({ "full_name": "Jane Doe", "email": "jane@acme.example" })).await;
    let list = made(&client, "/v1/lists", json!({ "name": "Old clients" })).await;
    let members = json!({ "contact_ids": [contact] });
    assert_eq!(client.post(&format!("/v1/lists/{list}/contacts"), &members).await.status, 200);
    let task = say(&client, "delete the list Old clients").await["task"].clone();
    assert!(task.is_object(), "{task}");
    names(&client.post(&path(&task, "/approve"), &json!({ "only": [contact] })).await, "only");
    assert_eq!(approve(&client, &task).await.status, 200);
}

#[tokio::test]
async fn all_votes_are_for_the_same_part() {
    let (server, client) = office().await;
    let rule = json!({ "name": "n", "approve": "any 2" });
    assert_eq!(client.post("/v1/lexi/rules", &rule).await.status, 201);
    let task = propose(&client, 4).await;
    let all = ids(&selection(&client, &task).await);
    let (one, other) = (voter(&server, "").await, voter(&server, "").await);
    let part = json!({ "only": [all[0], all[1]] });
    assert_eq!(one.post(&path(&task, "/approve"), &part).await.json["data"]["status"], "pending");
    for another in [json!({}), json!({ "only": [all[0]] }), json!({ "exclude": { "ids": [all[0]] } })] {
        let refusal = refused(&other.post(&path(&task, "/approve"), &another).await, 400, "validation_error");
        assert!(refusal["message"].as_str().unwrap().contains("PATCH"), "{refusal}");
    }
    // The same people in other words are the same part.
    let same = json!({ "exclude": { "ids": [all[3], all[2]] } });
    let last = other.post(&path(&task, "/approve"), &same).await;
    assert_eq!((&last.json["data"]["status"], &last.json["data"]["approved"]), (&json!("approved"), &json!(2)));
    assert_eq!(now(&client, &task).await["approvals"][0]["approved"], 2);
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 2);
}

#[tokio::test]
async fn a_part_is_of_the_plan_that_was_seen() {
    let (_server, client) = office().await;
    let told = ask(&client, "Find 3 CEOs at law firms in California", &Value::Null).await;
    let before = ids(&selection(&client, &told["task"]).await);
    let changed = ask(&client, "make it 5", &told["conversation_id"]).await["task"].clone();
    let blind = json!({ "only": [before[0]] });
    names(&client.post(&path(&changed, "/approve"), &blind).await, "plan_hash");
    let stale = json!({ "only": [before[0]], "plan_hash": told["task"]["plan_hash"] });
    refused(&client.post(&path(&changed, "/approve"), &stale).await, 409, "plan_changed");
    let seen = json!({ "only": [before[0]], "plan_hash": changed["plan_hash"] });
    assert_eq!(client.post(&path(&changed, "/approve"), &seen).await.json["data"]["declined"], 4);
}

#[tokio::test]
async fn a_selection_is_paged_and_walled_off() {
    let (server, client) = office().await;
    let task = propose(&client, 7).await;
    let page = client.get(&path(&task, "/selection?page=2&per_page=5")).await.json;
    assert_eq!((page["data"]["selection"].as_array().unwrap().len(), &page["meta"]["total"]), (2, &json!(7)));
    let first = &page["data"]["selection"][0];
    assert!(first["name"].is_string() && first["title"].is_string() && first["company"].is_string(), "{first}");
    let elsewhere = server.key_of("elsewhere", "read,write,lexi").await;
    refused(&elsewhere.get(&path(&task, "/selection")).await, 404, "not_found");
    let writer = server.key("write").await;
    refused(&writer.get(&path(&task, "/selection")).await, 403, "insufficient_permissions");
}
