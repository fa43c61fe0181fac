//! What happened leaves a trace: each change is an event of its workspace, numbered without gaps, with who made it.

use lexi::db::query;
use serde_json::{Value, json};

use crate::support::Server;

/// Number, type, kind of actor, task and data of a workspace's events, in order.
async fn events(server: &Server) -> Vec<(i64, String, String, Option<String>, Value)> {
    server.number_events().await;
    server
        .app
        .db
        .read(|tx| {
            query("select number, type, actor_kind, task_id, data from events order by workspace_id, number")
                .all(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn every_step_of_the_main_job_is_an_event_in_its_order() {
    let server = Server::start().await;
    server.law_firm_ceos(3).await;
    let client = server.key("read,write,lexi").await;
    let asked = json!({ "message": "Find 2 CEOs at law firms in California" });
    let told = client.post("/v1/lexi/chat", &asked).await.json["data"].clone();
    let task_id = told["task_id"].as_str().unwrap().to_owned();
    client.post_empty(&format!("/v1/lexi/tasks/{task_id}/approve")).await;

    let recorded = events(&server).await;
    let numbers: Vec<i64> = recorded.iter().map(|event| event.0).collect();
    assert_eq!(numbers, (1..=i64::try_from(numbers.len()).unwrap()).collect::<Vec<_>>());
    let kinds: Vec<&str> = recorded.iter().map(|event| event.1.as_str()).collect();
    let place =
        |kind: &str| kinds.iter().position(|known| *known == kind).unwrap_or_else(|| panic!("no {kind}: {kinds:?}"));
    assert!(place("api_key.created") < place("conversation.created"));
    assert!(place("task.created") < place("task.approved"));
    assert!(place("task.approved") < place("list.created"));
    assert!(place("contact.created") < place("task.completed"));
    assert_eq!(kinds.iter().filter(|kind| **kind == "contact.created").count(), 2);
    let of_task = recorded.iter().filter(|event| event.3.as_deref() == Some(task_id.as_str())).count();
    assert!(of_task >= 6, "{kinds:?}");
    assert_eq!(recorded[place("task.approved")].2, "service");
    assert_eq!(recorded[place("task.completed")].2, "system");
}

#[tokio::test]
async fn events_hold_no_personal_values() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let person = json!({ "full_name": "Renata Okafor", "email": "renata@okafor.example", "phone": "+1 555 0100",
        "job_title": "Chief Executive Officer", "company": "Okafor LLP" });
    let made = client.post("/v1/contacts", &person).await;
    assert_eq!(made.status, 201, "{}", made.json);
    let id = made.json["data"]["id"].as_str().unwrap();
    client.patch(&format!("/v1/contacts/{id}"), &json!({ "job_title": "Of Counsel" })).await;
    client.post("/v1/suppressions", &json!({ "email": "miles@drummond.example", "reason": "asked us" })).await;
    let firm = json!({ "name": "Drummond LLP", "domain": "drummond.example", "city": "Chieftown" });
    assert_eq!(client.post("/v1/companies", &firm).await.status, 201);
    let note = json!({ "title": "Renata called", "content": "About Okafor", "contact_name": "Renata" });
    assert_eq!(client.post("/v1/notes", &note).await.status, 201);
    let others = json!({ "contacts": [{ "full_name": "Renata Drummond", "email": "r@drummond.example" }] });
    let other = client.post("/v1/contacts/bulk", &others).await.json["data"]["contacts"][0]["id"].clone();
    let merge = json!({ "primary_id": id, "duplicate_ids": [other], "overwrite": true });
    assert_eq!(client.post("/v1/contacts/merge", &merge).await.status, 200);
    let recorded = events(&server).await;
    for kind in ["company.created", "note.created", "contact.bulk_created", "contact.merged"] {
        assert!(recorded.iter().any(|event| event.1 == kind), "{kind}");
    }
    for (_, kind, _, _, data) in recorded {
        let text = data.to_string().to_lowercase();
        for personal in ["renata", "okafor", "555", "chief", "counsel", "miles", "drummond", "asked us"] {
            assert!(!text.contains(personal), "{kind} holds {personal}: {text}");
        }
    }
}

#[tokio::test]
async fn a_refused_request_leaves_no_event() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    client.post("/v1/lists", &json!({ "name": "Q1" })).await;
    let before = events(&server).await.len();
    assert_eq!(client.post("/v1/lists", &json!({ "name": "Q1" })).await.status, 400);
    assert_eq!(client.post_empty("/v1/lexi/tasks/0193f2c4-0000-7000-8000-000000000000/approve").await.status, 404);
    assert_eq!(events(&server).await.len(), before);
}
