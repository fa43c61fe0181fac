//! Conversations as a whole: listed, read, renamed, archived, tied to a contact, erased.

use reqwest::Method;
use serde_json::{Value, json};

use super::contact_updates::{made, say_about};
use crate::support::{Client, Server, assert_refused};

const CONVERSATIONS: &str = "/v1/lexi/conversations";

/// What Lexi answers, said in a conversation or, with null, in a new one.
async fn say(client: &Client, message: &str, conversation: &Value) -> Value {
    say_about(client, message, json!({ "conversation_id": conversation })).await
}

/// The path of the conversation an answer came in.
fn path(told: &Value) -> String {
    format!("{CONVERSATIONS}/{}", told["conversation_id"].as_str().expect("a conversation"))
}

/// The titles of a page, and how many there are in all.
async fn titles(client: &Client, query: &str) -> (Vec<String>, u64) {
    let answer = client.get(&format!("{CONVERSATIONS}{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    let conversations = answer.json["data"]["conversations"].as_array().expect("conversations").clone();
    let titles = conversations.iter().map(|one| one["title"].as_str().expect("a title").to_owned());
    (titles.collect(), answer.json["meta"]["total"].as_u64().expect("a total"))
}

#[tokio::test]
async fn conversations_are_listed_with_the_newest_message_first() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let first = say(&client, "How many contacts do we have?", &Value::Null).await;
    server.advance_ms(1_000);
    say(&client, "Which lists are there?", &Value::Null).await;
    server.advance_ms(1_000);
    say(&client, "And how many lists?", &first["conversation_id"]).await;
    let both = vec!["How many contacts do we have?".to_owned(), "Which lists are there?".to_owned()];
    assert_eq!(titles(&client, "").await, (both.clone(), 2));
    assert_eq!(titles(&client, "?page=2&per_page=1").await, (both[1..].to_vec(), 2));
    let page = client.get(CONVERSATIONS).await.json;
    let one = &page["data"]["conversations"][0];
    assert_eq!((&one["id"], &one["message_count"]), (&first["conversation_id"], &json!(4)));
    assert_eq!((&one["archived"], &one["last_message_at"]), (&json!(false), &json!("2025-11-24T16:00:02.000Z")));
    assert_eq!(one["created_at"], "2025-11-24T16:00:00.000Z");
    assert_eq!(one["context"], json!({ "contact_id": null, "deal_id": null, "matter_id": null, "page": null }));
    assert_eq!(page["meta"], json!({ "page": 1, "per_page": 25, "total": 2 }));
}

#[tokio::test]
async fn they_are_searched_by_title_and_by_what_was_said_whatever_case_and_accents() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let first = say(&client, "How many contacts does Zoë have?", &Value::Null).await;
    say(&client, "and what of the MÜLLER matter?", &first["conversation_id"]).await;
    say(&client, "Which lists are there?", &Value::Null).await;
    let found = |query: &'static str| async { titles(&client, query).await.1 };
    assert_eq!(found("?search=zoe").await, 1);
    assert_eq!(found("?search=m%C3%BCller%20matter").await, 1);
    assert_eq!(found("?search=WHICH%20lists").await, 1);
    assert_eq!(found("?search=nobody").await, 0);
    assert_eq!(found("?search=%25").await, 0, "what is searched for is no pattern");
    let long = client.get(&format!("{CONVERSATIONS}?search={}", "x".repeat(201))).await;
    assert_refused(&long, "search", "search must have at most 200 characters.");
    let wrong = client.get(&format!("{CONVERSATIONS}?archived=perhaps")).await;
    assert_refused(&wrong, "archived", "archived must be true or false, got \"perhaps\".");
}

#[tokio::test]
async fn everybody_sees_their_own_first_and_a_person_with_a_new_key_still_does() {
    let server = Server::start().await;
    let of = |owner: &'static str| {
        server.key_with("default", "read,write,lexi", move |key| key.owner = Some(owner.to_owned()))
    };
    let (ann, ben) = (of("Ann Lee").await, of("Ben Roe").await);
    let told = say(&ann, "Which lists are there?", &Value::Null).await;
    say(&ben, "How many contacts do we have?", &Value::Null).await;
    let (own, _) = titles(&ann, "").await;
    assert_eq!(own, ["Which lists are there?"]);
    let again = of("Ann Lee").await;
    assert_eq!(titles(&again, "").await.0, own, "the same owner");
    assert_eq!(titles(&ann, "?user_id=all").await.1, 2);
    let keys = server.key("keys:admin").await.get("/v1/api-keys").await.json["data"].clone();
    let keys = keys.as_object().and_then(|data| data.values().next()).expect("keys").as_array().unwrap().clone();
    let key = keys.iter().find(|key| key["owner"] == "Ben Roe").expect("a key")["id"].as_str().unwrap().to_owned();
    assert_eq!(titles(&ann, &format!("?user_id={key}")).await.0, ["How many contacts do we have?"]);
    for nobody in ["0193f2c4-0000-7000-8000-000000000000", "no-id"] {
        assert_eq!(titles(&ann, &format!("?user_id={nobody}")).await.1, 0);
    }
    assert_eq!(ben.get(&path(&told)).await.status, 200, "the workspace's conversations are no secret in it");
}

#[tokio::test]
async fn a_conversation_is_read_with_the_newest_message_first_and_at_most_as_many_as_asked() {
    let server = Server::start().await;
    server.law_firm_ceos(5).await;
    let client = server.key("read,write,lexi").await;
    let told = say(&client, "Find 3 CEOs at law firms in California", &Value::Null).await;
    server.advance_ms(1_000);
    say(&client, "only 2", &told["conversation_id"]).await;
    let read = client.get(&path(&told)).await.json["data"].clone();
    let messages = read["messages"].as_array().unwrap();
    let roles: Vec<&str> = messages.iter().map(|message| message["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["assistant", "user", "assistant", "user"]);
    assert_eq!((&messages[1]["content"], &messages[3]["id"].is_string()), (&json!("only 2"), &true));
    assert_eq!(messages[2]["task_id"], told["task_id"]);
    assert_eq!(messages[2]["content"], told["response"]);
    let two = client.get(&format!("{}?limit=2", path(&told))).await.json["data"]["messages"].clone();
    assert_eq!(two.as_array().unwrap()[..], messages[..2]);
    for (query, message) in [
        ("limit=0", "limit must be a whole number from 1 to 1000, got \"0\"."),
        ("limit=1001", "limit must be a whole number from 1 to 1000, got \"1001\"."),
    ] {
        assert_refused(&client.get(&format!("{}?{query}", path(&told))).await, "limit", message);
    }
    assert_eq!(client.get(&format!("{}?limit=1000", path(&told))).await.status, 200);
}

#[tokio::test]
async fn what_lexi_looked_at_stands_between_the_messages_when_it_is_asked_for() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let told = say(&client, "How many contacts do we have?", &Value::Null).await;
    let steps = told["steps"].as_array().unwrap();
    assert!(!steps.is_empty(), "{told}");
    let read = client.get(&path(&told)).await.json["data"]["messages"].clone();
    let tools: Vec<&Value> = steps.iter().map(|step| &step["tool"]).collect();
    assert_eq!(read[0]["tool_calls"], json!(tools));
    assert_eq!(read.as_array().unwrap().len(), 2);
    let read = client.get(&format!("{}?include_tool_steps=true", path(&told))).await.json["data"]["messages"].clone();
    assert_eq!(read.as_array().unwrap().len(), 2 + steps.len());
    let record = &read[1];
    assert_eq!((&record["role"], &record["content"]), (&json!("tool"), &json!("")));
    let last = steps.last().unwrap();
    assert_eq!((&record["tool_name"], &record["tool_output"]), (&last["tool"], &last["summary"]));
}

#[tokio::test]
async fn a_conversation_is_renamed_archived_and_tied_to_a_contact() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let jane = made(&client, "/v1/contacts", json!({ "full_name": "Jane Doe" })).await;
    let about = json!({ "contact_id": jane, "page": "/contacts" });
    let told = say_about(&client, "How many contacts do we have?", about).await;
    let shown = client.get(&path(&told)).await.json["data"].clone();
    assert_eq!((&shown["context"]["contact_id"], &shown["context"]["page"]), (&json!(jane), &json!("/contacts")));
    assert_eq!(titles(&client, &format!("?contact_id={jane}")).await.1, 1);

    server.advance_ms(1_000);
    let answer = client.patch(&path(&told), &json!({ "title": " Jane ", "archived": true })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let changed = &answer.json["data"];
    assert_eq!((&changed["title"], &changed["archived"]), (&json!("Jane"), &json!(true)));
    assert_eq!(changed["updated_at"], "2025-11-24T16:00:01.000Z");
    assert!(changed.get("messages").is_none());
    assert_eq!(titles(&client, "").await.1, 0, "hidden");
    assert_eq!(titles(&client, "?archived=true&search=JANE").await.1, 1);

    let loose = json!({ "context": { "contact_id": null, "deal_id": null }, "archived": false });
    let answer = client.patch(&path(&told), &loose).await;
    assert_eq!(answer.json["data"]["context"]["contact_id"], Value::Null);
    assert_eq!((answer.json["data"]["title"].as_str(), titles(&client, "").await.1), (Some("Jane"), 1));
    let tied = client.patch(&path(&told), &json!({ "context": { "contact_id": jane } })).await;
    assert_eq!(tied.json["data"]["context"]["contact_id"], json!(jane));
    assert_eq!(client.delete(&format!("/v1/contacts/{jane}")).await.status, 200);
    assert_eq!(client.get(&path(&told)).await.json["data"]["context"]["contact_id"], Value::Null, "she is gone");
}

#[tokio::test]
async fn a_change_says_something_within_the_limits() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let told = say(&client, "How many contacts do we have?", &Value::Null).await;
    let nothing = "Nothing to change: give title, archived or context.";
    for body in [json!({}), json!({ "context": {} })] {
        assert_refused(&client.patch(&path(&told), &body).await, "title", nothing);
    }
    let long = "title must have 1 to 200 characters.";
    for title in [String::new(), "  ".to_owned(), "x".repeat(201)] {
        assert_refused(&client.patch(&path(&told), &json!({ "title": title })).await, "title", long);
    }
    assert_eq!(client.patch(&path(&told), &json!({ "title": "x".repeat(200) })).await.status, 200);
    for (context, message) in [
        (json!({ "deal_id": "0193f2c4-0000-7000-8000-000000000000" }), "Deal not found"),
        (json!({ "matter_id": "m" }), "Matter not found"),
        (json!({ "contact_id": "no-id" }), "Contact not found"),
        (json!({ "contact_id": "0193f2c4-0000-7000-8000-000000000000" }), "Contact not found"),
    ] {
        let answer = client.patch(&path(&told), &json!({ "context": context })).await;
        assert_eq!((answer.status, answer.json["error"]["message"].as_str()), (404, Some(message)));
    }
}

#[tokio::test]
async fn an_erased_conversation_is_gone_with_its_messages_and_its_tasks_stay() {
    let server = Server::start().await;
    server.law_firm_ceos(5).await;
    let client = server.key("read,write,lexi").await;
    let told = say(&client, "Find 3 CEOs at law firms in California", &Value::Null).await;
    let task = format!("/v1/lexi/tasks/{}", told["task_id"].as_str().unwrap());
    assert_eq!(client.get(&task).await.json["data"]["conversation_id"], told["conversation_id"]);
    let erase = || client.request(Method::DELETE, &path(&told)).header("Idempotency-Key", "once");
    for _ in 0..2 {
        let answer = client.send(erase()).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""), "the same key, the same answer");
    }
    let again = client.delete(&path(&told)).await;
    assert_eq!((again.status, again.json["error"]["message"].as_str()), (404, Some("Conversation not found")));
    assert_eq!(client.get(&path(&told)).await.status, 404);
    assert_eq!(titles(&client, "?archived=true&user_id=all").await.1, 0);
    let body = json!({ "message": "only 2", "context": { "conversation_id": told["conversation_id"] } });
    assert_eq!(client.post("/v1/lexi/chat", &body).await.status, 404);
    let shown = client.get(&task).await.json["data"].clone();
    assert_eq!((&shown["status"], &shown["conversation_id"]), (&json!("pending"), &Value::Null));
    assert_eq!(client.post_empty(&format!("{task}/approve")).await.status, 200);
    let left =
        server.app.db.read(|tx| lexi::db::query("select count(*) from messages").one(tx, |row| row.get::<i64>(0)));
    assert_eq!(left.await.unwrap(), 0);
}

#[tokio::test]
async fn a_long_conversation_is_gone_at_once_and_emptied_step_by_step() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let told = say(&client, "How many contacts do we have?", &Value::Null).await;
    for _ in 0..200 {
        say(&client, "How many contacts do we have?", &told["conversation_id"]).await;
    }
    assert_eq!(client.delete(&path(&told)).await.status, 204);
    assert_eq!(client.get(&path(&told)).await.status, 404);
    assert_eq!(titles(&client, "?archived=true&user_id=all").await.1, 0);
    let body = json!({ "message": "and now?", "context": { "conversation_id": told["conversation_id"] } });
    assert_eq!(client.post("/v1/lexi/chat", &body).await.status, 404);
    server.tidy().await;
    for table in ["messages", "conversations"] {
        let sql = format!("select count(*) from {table}");
        let left: i64 =
            server.app.db.read(move |tx| lexi::db::query(sql.clone()).one(tx, |row| row.get(0))).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

#[tokio::test]
async fn reading_takes_lexi_read_and_changing_takes_lexi_chat() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let told = say(&client, "How many contacts do we have?", &Value::Null).await;
    let reader = server.key("lexi:read").await;
    let talker = server.key("lexi:chat").await;
    let outsider = server.key("read,write,lexi:approve").await;
    assert_eq!(reader.get(&path(&told)).await.status, 200);
    for client in [&reader, &outsider] {
        assert_eq!(client.patch(&path(&told), &json!({ "archived": true })).await.status, 403);
        assert_eq!(client.delete(&path(&told)).await.status, 403);
    }
    for client in [&talker, &outsider] {
        assert_eq!(client.get(CONVERSATIONS).await.status, 403);
        assert_eq!(client.get(&path(&told)).await.status, 403);
    }
    assert_eq!(talker.patch(&path(&told), &json!({ "archived": true })).await.status, 200);
    assert_eq!(talker.delete(&path(&told)).await.status, 204);
}

#[tokio::test]
async fn changes_and_erasure_are_events_that_hold_no_words() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let told = say(&client, "How many contacts does Zoe have?", &Value::Null).await;
    assert_eq!(client.patch(&path(&told), &json!({ "title": "Zoe", "archived": true })).await.status, 200);
    assert_eq!(client.patch(&path(&told), &json!({ "title": "Zoe" })).await.status, 200, "no change, no event");
    assert_eq!(client.delete(&path(&told)).await.status, 204);
    let sql = "select type, data from events where type like 'conversation.%' order by id";
    let read = |row: &lexi::db::Row| Ok((row.get::<String>(0)?, row.get::<Value>(1)?));
    let events = server.app.db.read(move |tx| lexi::db::query(sql).all(tx, read)).await.unwrap();
    let ends: Vec<_> = events.iter().skip(2).map(|(kind, data)| (kind.as_str(), data.clone())).collect();
    assert_eq!(
        ends,
        [
            ("conversation.updated", json!({ "fields": ["title", "archived"] })),
            ("conversation.deleted", json!({ "messages_removed": 2 })),
        ]
    );
    assert!(events.iter().all(|(_, data)| !data.to_string().contains("Zoe")));
}
