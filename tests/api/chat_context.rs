//! What a message is about besides its words: the ids of `context`, in every place the published pages put them.

use serde_json::{Value, json};

use crate::support::{Client, Server};

const NO_ID: &str = "0193f2c4-0000-7000-8000-000000000000";

async fn made(client: &Client, path: &str, body: Value) -> String {
    let answer = client.post(path, &body).await;
    assert_eq!(answer.status, 201, "{path}: {}", answer.text);
    let data = &answer.json["data"];
    let id = data["id"].as_str().or_else(|| data.as_object()?.values().find_map(|value| value["id"].as_str()));
    id.expect("an id").to_owned()
}

async fn say(client: &Client, body: Value) -> Value {
    let answer = client.post("/v1/lexi/chat", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    answer.json["data"].clone()
}

#[tokio::test]
async fn unknown_and_foreign_ids_are_not_found_wherever_they_stand() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let other = server.key_of("elsewhere", "read,write,lexi").await;
    let contact = made(&other, "/v1/contacts", json!({ "full_name": "Jane Doe" })).await;
    let company = made(&other, "/v1/companies", json!({ "name": "Acme" })).await;
    let list = made(&other, "/v1/lists", json!({ "name": "Q1" })).await;
    let conversation = say(&other, json!({ "message": "hello" })).await["conversation_id"].as_str().unwrap().to_owned();
    for (kind, foreign, missing) in [
        ("contact", contact.as_str(), "Contact not found"),
        ("company", company.as_str(), "Company not found"),
        ("list", list.as_str(), "List not found"),
        ("conversation", conversation.as_str(), "Conversation not found"),
        ("campaign", NO_ID, "Campaign not found"),
        ("deal", NO_ID, "Deal not found"),
        ("matter", NO_ID, "Matter not found"),
    ] {
        for id in [foreign, NO_ID, "deal-001"] {
            let key = format!("{kind}_id");
            let mut bodies = vec![json!({ "message": "hello", "context": { key.as_str(): id } })];
            if kind == "conversation" {
                bodies.push(json!({ "message": "hello", "conversation_id": id }));
            } else {
                bodies.push(json!({ "message": "hello", "currentEntity": { "type": kind, "id": id } }));
                bodies.push(json!({ "message": "hello", "context": { "currentEntity": { "type": kind, "id": id } } }));
            }
            for body in bodies {
                for path in ["/v1/lexi/chat", "/v1/lexi/chat/stream"] {
                    let answer = client.post(path, &body).await;
                    assert_eq!(answer.status, 404, "{path} {body}: {}", answer.text);
                    let error = &answer.json["error"];
                    assert_eq!(*error, json!({ "code": "not_found", "message": missing }), "{path} {body}");
                }
            }
        }
    }
    assert_eq!(client.get("/v1/lexi/tasks?status=all").await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn the_record_before_somebodys_eyes_is_what_this_means() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let jane = made(&client, "/v1/contacts", json!({ "full_name": "Jane Doe", "job_title": "Partner" })).await;
    made(&client, "/v1/contacts", json!({ "full_name": "Karl Roe" })).await;
    let acme = made(&client, "/v1/companies", json!({ "name": "Acme", "industry": "Robotics" })).await;
    let list = made(&client, "/v1/lists", json!({ "name": "Q1" })).await;
    for context in [
        json!({ "message": "What do we know about her?", "context": { "contact_id": jane } }),
        json!({ "message": "What do we know about her?", "currentEntity": { "type": "contact", "id": jane } }),
        json!({ "message": "tell me about this contact", "context": { "currentEntity": { "type": "contact", "id": jane } } }),
        json!({ "message": "tell me about this contact", "context": { "contact_id": jane, "page": "/contacts/1" } }),
    ] {
        let told = say(&client, context.clone()).await;
        assert_eq!(told["answer"]["contact"]["full_name"], "Jane Doe", "{context}: {told}");
    }
    let told =
        say(&client, json!({ "message": "What do we know about this company?", "context": { "company_id": acme } }))
            .await;
    assert_eq!(told["answer"]["company"]["name"], "Acme", "{told}");
    let told = say(&client, json!({ "message": "How many are on this list?", "context": { "list_id": list } })).await;
    assert_eq!(told["answer"]["list"]["name"], "Q1", "{told}");
    let told = say(&client, json!({ "message": "What do we know about her?" })).await;
    assert_eq!(told["answer"], Value::Null, "nobody is before anybody's eyes: {told}");
}

#[tokio::test]
async fn a_conversation_goes_on_whichever_place_names_it() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let first = say(&client, json!({ "message": "hello" })).await;
    let id = first["conversation_id"].clone();
    for body in [
        json!({ "message": "hello again", "conversation_id": id }),
        json!({ "message": "hello again", "context": { "conversation_id": id } }),
        json!({ "message": "hello again", "conversation_id": id, "context": { "conversation_id": id } }),
    ] {
        assert_eq!(say(&client, body).await["conversation_id"], id);
    }
    let other = say(&client, json!({ "message": "hello", "context": null, "conversation_id": null })).await;
    assert_ne!(other["conversation_id"], id);
    let two =
        json!({ "message": "hi", "conversation_id": id, "context": { "conversation_id": other["conversation_id"] } });
    let refused = client.post("/v1/lexi/chat", &two).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert!(refused.json["error"]["details"]["fields"]["conversation_id"].is_string());
    let unknown = json!({ "message": "hi", "currentEntity": { "type": "spaceship", "id": NO_ID } });
    let refused = client.post("/v1/lexi/chat", &unknown).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert!(refused.text.contains("spaceship"), "{}", refused.text);
}
