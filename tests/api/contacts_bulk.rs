//! Many contacts at once: created all or none, with every wrong one named, and deleted with the lists kept right.

use lexi::db::query;
use serde_json::{Value, json};

use crate::support::{Client, Server};

const MISSING: &str = "0193f2c4-0000-7000-8000-000000000000";

async fn desk() -> (Server, Client) {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    (server, client)
}

fn people(n: usize) -> Vec<Value> {
    (0..n)
        .map(|n| json!({ "full_name": format!("Person {n}"), "email": format!("p{n}@example.com"), "tags": ["bulk"] }))
        .collect()
}

async fn created(client: &Client, contacts: Vec<Value>) -> Vec<String> {
    let answer = client.post("/v1/contacts/bulk", &json!({ "contacts": contacts })).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let made = answer.json["data"]["contacts"].as_array().unwrap();
    assert_eq!(answer.json["data"]["created"], made.len());
    made.iter().map(|contact| contact["id"].as_str().unwrap().to_owned()).collect()
}

async fn total(client: &Client) -> Value {
    client.get("/v1/contacts").await.json["meta"]["total"].clone()
}

/// Data of the events of a type.
async fn events(server: &Server, kind: &'static str) -> Vec<Value> {
    server
        .app
        .db
        .read(move |tx| query("select data from events where type = $1").bind(kind).all(tx, |row| row.get(0)))
        .await
        .unwrap()
}

#[tokio::test]
async fn five_hundred_contacts_are_created_at_once_in_their_order() {
    let (server, client) = desk().await;
    let ids = created(&client, people(500)).await;
    assert_eq!(total(&client).await, 500);
    let first = client.get(&format!("/v1/contacts/{}", ids[0])).await.json["data"].clone();
    assert_eq!((&first["email"], &first["tags"]), (&json!("p0@example.com"), &json!(["bulk"])));
    let listed = client.get("/v1/contacts?per_page=100&page=5").await.json["data"]["contacts"].clone();
    assert_eq!(listed[99]["id"], ids[499]);
    let told = events(&server, "contact.bulk_created").await;
    let of_events: Vec<&Value> = told.iter().flat_map(|data| data["contact_ids"].as_array().unwrap()).collect();
    assert_eq!(of_events.len(), 500);
    assert!(told.iter().all(|data| data["count"] == 100), "{told:?}");
    assert!(!told.iter().any(|data| data.to_string().contains("person")), "no personal values");
    for n in [0, 501] {
        let refused = client.post("/v1/contacts/bulk", &json!({ "contacts": people(n) })).await;
        let message = format!("contacts must be 1 to 500 contacts, got {n}.");
        assert_eq!((refused.status, &refused.json["error"]["details"]["fields"]["contacts"]), (400, &json!(message)));
    }
}

#[tokio::test]
async fn with_one_wrong_contact_none_is_created_and_each_wrong_one_is_named() {
    let (_server, client) = desk().await;
    let mut contacts = people(12);
    contacts[2] = json!({ "email": "no-name@example.com" });
    contacts[10]["email"] = json!("nobody");
    contacts[11]["priority"] = json!("urgent");
    let refused = client.post("/v1/contacts/bulk", &json!({ "contacts": contacts })).await;
    let email = "email must be an e-mail address such as name@example.com, got \"nobody\".";
    let expected = json!({ "error": { "code": "validation_error",
        "message": "3 of the contacts can't be created, the first at contacts[2].full_name: Give each contact a full_name. \
            Nothing was created.",
        "details": { "fields": {
            "contacts[2].full_name": "Give each contact a full_name.",
            "contacts[10].email": email,
            "contacts[11].priority": "priority must be high, medium or low, or 1, 2 or 3.",
        } } } });
    assert_eq!((refused.status, &refused.json), (400, &expected));
    let mistyped = json!({ "contacts": [{ "full_name": "A" }, { "full_name": 7 }] });
    let refused = client.post("/v1/contacts/bulk", &mistyped).await;
    assert_eq!(refused.status, 400);
    assert!(refused.json["error"]["details"]["fields"]["contacts[1].full_name"].is_string(), "{}", refused.text);
    assert_eq!(total(&client).await, 0);
}

#[tokio::test]
async fn addresses_that_are_taken_suppressed_or_come_twice_refuse_the_whole_request() {
    let (_server, client) = desk().await;
    let there = client.post("/v1/contacts", &json!({ "email": "There@example.com" })).await.json["data"].clone();
    let body = json!({ "domain": "enemy.example", "reason": "Asked us not to." });
    assert_eq!(client.post("/v1/suppressions", &body).await.status, 201);
    let contacts = json!({ "contacts": [
        { "full_name": "A", "email": "a@example.com" },
        { "full_name": "B", "email": "A@Example.com" },
        { "full_name": "C", "email": "there@example.com" },
        { "full_name": "D", "email": "d@mail.enemy.example" },
        { "full_name": "E", "related_company_id": MISSING },
        { "full_name": "F" },
    ] });
    let refused = client.post("/v1/contacts/bulk", &contacts).await;
    let there = format!("The contact {} has this email already.", there["id"].as_str().unwrap());
    let expected = json!({
        "contacts[1].email": "contacts[0] has the same email.",
        "contacts[2].email": there,
        "contacts[3].email": "This domain is suppressed: Asked us not to.",
        "contacts[4].related_company_id": format!("There is no company {MISSING}."),
    });
    assert_eq!((refused.status, &refused.json["error"]["details"]["fields"]), (400, &expected));
    assert_eq!(total(&client).await, 1);
}

#[tokio::test]
async fn a_refusal_names_a_hundred_wrong_contacts_and_counts_all() {
    let (_server, client) = desk().await;
    let contacts: Vec<Value> = (0..150).map(|_| json!({ "full_name": " " })).collect();
    let refused = client.post("/v1/contacts/bulk", &json!({ "contacts": contacts })).await;
    assert_eq!(refused.json["error"]["details"]["fields"].as_object().unwrap().len(), 100);
    assert!(refused.json["error"]["message"].as_str().unwrap().starts_with("150 of the contacts"), "{}", refused.text);
}

#[tokio::test]
async fn many_contacts_are_deleted_with_their_memberships() {
    let (server, client) = desk().await;
    let ids = created(&client, people(500)).await;
    let list = client.post("/v1/lists", &json!({ "name": "L" })).await.json["data"]["id"].as_str().unwrap().to_owned();
    let members = format!("/v1/lists/{list}/contacts");
    for ids in ids.chunks(100) {
        assert_eq!(client.post(&members, &json!({ "contact_ids": ids })).await.status, 200);
    }
    let note = client.post(&format!("/v1/contacts/{}/notes", ids[0]), &json!({ "title": "Called" })).await;
    assert_eq!(note.status, 201);

    let mut asked: Vec<String> = ids[..400].to_vec();
    asked.extend([ids[0].to_uppercase(), MISSING.to_owned(), "no-id".to_owned()]);
    let not_found = |id: &str| json!({ "contact_id": id, "code": "not_found", "message": "Contact not found" });
    let expected = json!({ "data": { "deleted_count": 400, "not_found_count": 2,
        "errors": [not_found(MISSING), not_found("no-id")] } });
    let dry = client.post("/v1/contacts/bulk-delete", &json!({ "contact_ids": asked, "dry_run": true })).await;
    assert_eq!((dry.status, &dry.json), (200, &expected));
    assert_eq!(total(&client).await, 500, "a dry run deletes nothing");
    let done = client.post("/v1/contacts/bulk-delete", &json!({ "contact_ids": asked })).await;
    assert_eq!((done.status, &done.json), (200, &expected));
    assert_eq!(total(&client).await, 100);
    assert_eq!(client.get(&format!("/v1/lists/{list}")).await.json["data"]["contact_count"], 100);
    assert_eq!(client.get(&members).await.json["meta"]["total"], 100);
    let told = events(&server, "contact.deleted").await;
    assert_eq!(told.len(), 400);
    assert!(told.iter().all(|data| data["list_ids"] == json!([list])), "{told:?}");
    assert_eq!(client.get("/v1/notes").await.json["data"]["notes"][0]["contact_id"], Value::Null);

    let again = client.post("/v1/contacts/bulk-delete", &json!({ "contact_ids": ids })).await;
    assert_eq!(again.json["data"]["deleted_count"], 100);
    assert_eq!(again.json["data"]["not_found_count"], 400);
    for n in [0, 501] {
        let refused = client.post("/v1/contacts/bulk-delete", &json!({ "contact_ids": vec![MISSING; n] })).await;
        let message = format!("contact_ids must be 1 to 500 contacts, got {n}.");
        assert_eq!((refused.status, &refused.json["error"]["message"]), (400, &json!(message)));
    }
}

#[tokio::test]
async fn a_repeated_bulk_request_with_the_same_key_is_answered_the_same() {
    let (_server, client) = desk().await;
    let ask = async |path: &str, body: &Value| {
        let request = client.request(reqwest::Method::POST, path).header("Idempotency-Key", "one").json(body);
        client.send(request).await
    };
    let body = json!({ "contacts": people(3) });
    let first = ask("/v1/contacts/bulk", &body).await;
    assert_eq!((first.status, ask("/v1/contacts/bulk", &body).await.json), (201, first.json.clone()));
    let id = &first.json["data"]["contacts"][0]["id"];
    let body = json!({ "contact_ids": [id] });
    let deleted = ask("/v1/contacts/bulk-delete", &body).await;
    assert_eq!(deleted.json["data"]["deleted_count"], 1);
    assert_eq!(ask("/v1/contacts/bulk-delete", &body).await.json, deleted.json);
    assert_eq!(total(&client).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_that_broke_off_is_repeated_under_its_key_and_answered_as_a_whole() {
    let (server, client) = desk().await;
    for round in 0..20 {
        let ids = created(&client, people(500)).await;
        for list in 0..2 {
            let list = client.post("/v1/lists", &json!({ "name": format!("L {round} {list}") })).await;
            let members = format!("/v1/lists/{}/contacts", list.json["data"]["id"].as_str().unwrap());
            for ids in ids.chunks(100) {
                assert_eq!(client.post(&members, &json!({ "contact_ids": ids })).await.status, 200);
            }
        }
        let (body, key) = (json!({ "contact_ids": ids }), format!("once-{round}"));
        let ask = || {
            let request = client.request(reqwest::Method::POST, "/v1/contacts/bulk-delete");
            request.header("Idempotency-Key", &key).json(&body)
        };
        let (caller, request) = (client.clone(), ask());
        let first = tokio::spawn(async move { caller.try_send(request).await });
        while total(&client).await == 500 {}
        // The connection breaks, and with it the steps that were not taken yet.
        first.abort();
        let left = total(&client).await;
        let (one, other) = tokio::join!(client.send(ask()), client.send(ask()));
        let data = &one.json["data"];
        assert_eq!((&data["deleted_count"], &data["not_found_count"]), (&json!(500), &json!(0)), "{}", one.text);
        assert_eq!((&one.text, total(&client).await), (&other.text, json!(0)));
        assert_eq!(events(&server, "contact.deleted").await.len(), 500 * (round + 1));
        if left != 0 {
            return;
        }
    }
    panic!("no deletion was ever broken off in the middle");
}
