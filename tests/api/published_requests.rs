//! Every request to Lexi that the published pages show, word for word: each gets a sensible outcome.

use serde_json::{Value, json};

use crate::support::{Client, Server, made_id};

async fn say(client: &Client, body: Value) -> Value {
    let answer = client.post("/v1/lexi/chat", &body).await;
    assert_eq!(answer.status, 200, "{body}: {}", answer.json);
    answer.json["data"].clone()
}

fn words(data: &Value) -> &str {
    data["response"].as_str().expect("words")
}

async fn desk() -> (Server, Client) {
    let server = Server::start().await;
    server.law_firm_ceos(70).await;
    let client = server.key("read,write,lexi").await;
    (server, client)
}

#[tokio::test]
async fn searches_become_tasks_with_the_values_they_state() {
    let (_server, client) = desk().await;
    let list = made_id(&client, "/v1/lists", json!({ "name": "New York" })).await;

    let told =
        say(&client, json!({ "message": "Find me 20 CEOs at law firms in New York", "context": { "list_id": list } }))
            .await;
    assert_eq!(told["requires_approval"], true, "{told}");
    assert_eq!(told["task"]["metadata"]["list_id"], list);
    assert_eq!(told["task"]["metadata"]["limit"], 20);
    assert_eq!(told["task"]["metadata"]["filters"]["titles"], json!(["CEO"]));

    let told =
        say(&client, json!({ "message": "Find CTOs at SaaS companies with 50-200 employees in California" })).await;
    let filters = &told["task"]["metadata"]["filters"];
    assert_eq!(filters["titles"], json!(["CTO"]), "{told}");
    assert_eq!(filters["headcount"], json!({ "min": 50, "max": 200 }), "{told}");
    assert_eq!(filters["locations"], json!([{ "state": "California", "country": "United States" }]), "{told}");

    let told = say(&client, json!({ "message": "Find 50 CEOs at law firms in California" })).await;
    assert_eq!(told["task"]["type"], "prospect_search");
    assert_eq!(told["task"]["metadata"]["query"], "Find 50 CEOs at law firms in California");
    assert_eq!(told["task"]["preview"]["selected"], 50);
}

#[tokio::test]
async fn a_campaign_is_read_and_plainly_declined() {
    let (_server, client) = desk().await;
    let list = made_id(&client, "/v1/lists", json!({ "name": "Q1 Leads" })).await;
    let message = "Create an outreach campaign for my 'Q1 Leads' list about legal automation";
    let told = say(&client, json!({ "message": message, "context": { "list_id": list } })).await;
    assert_eq!(told["task_id"], Value::Null);
    assert_eq!(told["request"]["intent"], "campaign_create");
    assert_eq!(told["request"]["slots"]["list_name"], "Q1 Leads");
    assert!(words(&told).contains("no campaigns in this version"), "{told}");
    let again = json!({ "message": "Can you make the email more casual?", "context": { "conversation_id": told["conversation_id"] } });
    let told = say(&client, again).await;
    assert_eq!(told["task_id"], Value::Null);
    assert!(words(&told).contains("no campaigns in this version"), "{told}");
    assert_eq!(client.get("/v1/lexi/tasks?status=all").await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn a_follow_up_remembers_what_was_said_before() {
    let (_server, client) = desk().await;
    let first = say(&client, json!({ "message": "Find CEOs at law firms in California" })).await;
    let follow = json!({ "message": "make it 40", "context": { "conversation_id": first["conversation_id"] } });
    let told = say(&client, follow).await;
    assert_eq!(told["task_id"], first["task_id"], "{told}");
    assert_eq!(told["task"]["metadata"]["limit"], 40);
    assert_eq!(told["task"]["metadata"]["filters"]["titles"], json!(["CEO"]));
}

#[tokio::test]
async fn what_is_known_is_told_and_what_is_not_on_record_is_said() {
    let (_server, client) = desk().await;
    let asked = json!({ "message": "What do we know about Acme's Series B?" });
    let told = say(&client, asked.clone()).await;
    assert_eq!(told["task_id"], Value::Null);
    assert!(words(&told).contains("Nothing about \"Series B\" is on record"), "{told}");
    let company = made_id(&client, "/v1/companies", json!({ "name": "Acme" })).await;
    let note = json!({ "title": "Funding", "content": "Series B: 12 million in March, a growth fund." });
    made_id(&client, &format!("/v1/companies/{company}/notes"), note).await;
    let told = say(&client, asked).await;
    assert!(words(&told).contains("12 million in March, a growth fund"), "{told}");
}

#[tokio::test]
async fn a_yes_without_a_proposal_does_nothing() {
    let (_server, client) = desk().await;
    let told = say(&client, json!({ "message": "Yes, keep it warm and reference the INTA deadline" })).await;
    assert_eq!(told["task_id"], Value::Null, "{told}");
    assert_eq!(told["requires_approval"], false);
    assert!(!words(&told).is_empty());
    assert_eq!(client.get("/v1/lexi/tasks?status=all").await.json["meta"]["total"], 0);
}
