//! Lists as a client of the API sees them: shapes, unique names, members, each route's own 404 code, and that another
//! workspace sees nothing.

use lexi::db::query;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Server};

const BEGIN: &str = "2025-11-24T16:00:00.000Z";
const MISSING: &str = "0193f2c4-0000-7000-8000-000000000000";

async fn desk() -> (Server, Client) {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    (server, client)
}

async fn list(client: &Client, name: &str) -> Value {
    let answer = client.post("/v1/lists", &json!({ "name": name })).await;
    assert_eq!(answer.status, 201, "{}", answer.json);
    answer.json["data"].clone()
}

async fn list_id(client: &Client, name: &str) -> String {
    list(client, name).await["id"].as_str().expect("text").to_owned()
}

async fn contact_ids(client: &Client, n: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..n {
        let answer = client.post("/v1/contacts", &json!({ "full_name": format!("Contact {n}") })).await;
        ids.push(answer.json["data"]["id"].as_str().expect("text").to_owned());
    }
    ids
}

fn assert_refused(answer: &Answer, field: &str, message: &str) {
    let expected = json!({ "error": { "code": "validation_error", "message": message,
        "details": { "fields": { field: message } } } });
    assert_eq!((answer.status, &answer.json), (400, &expected));
}

fn assert_missing(answer: &Answer, code: &str, message: &str) {
    let expected = json!({ "error": { "code": code, "message": message } });
    assert_eq!((answer.status, &answer.json), (404, &expected));
}

#[tokio::test]
async fn a_list_is_made_shown_changed_and_deleted() {
    let (server, client) = desk().await;
    let body = json!({ "name": "  CEOs   in California ", "description": " For spring. " });
    let answer = client.post("/v1/lists", &body).await;
    let mut expected = json!({ "id": answer.json["data"]["id"], "name": "CEOs in California",
        "description": "For spring.", "contact_count": 0, "created_by_task": null, "created_at": BEGIN,
        "updated_date": BEGIN });
    assert_eq!((answer.status, &answer.json), (201, &json!({ "data": expected })));
    let id = expected["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/lists/{id}");
    let shown = client.get(&path).await;
    assert_eq!((shown.status, shown.json), (200, json!({ "data": expected })));
    let page = client.get("/v1/lists").await;
    let meta = json!({ "page": 1, "per_page": 50, "total": 1 });
    assert_eq!((page.status, page.json), (200, json!({ "data": { "lists": [expected] }, "meta": meta })));

    server.advance_ms(1_000);
    assert_eq!(client.patch(&path, &json!({})).await.json["data"], expected);
    let changed = client.patch(&path, &json!({ "name": "ceos in california", "description": "" })).await;
    expected["name"] = json!("ceos in california");
    expected["description"] = Value::Null;
    expected["updated_date"] = json!("2025-11-24T16:00:01.000Z");
    assert_eq!((changed.status, changed.json), (200, json!({ "data": expected })));

    let deleted = client.delete(&path).await;
    let expected = json!({ "data": { "deleted": true, "id": id, "memberships_removed": 0 } });
    assert_eq!((deleted.status, deleted.json), (200, expected));
    assert_missing(&client.delete(&path).await, "list_not_found", "List not found");
}

#[tokio::test]
async fn a_name_is_unique_whatever_its_case_and_blanks() {
    let (server, client) = desk().await;
    list(&client, "Q1 Leads").await;
    let taken = "A list with this name already exists.";
    for name in ["Q1 Leads", "q1 leads", "  Q1\u{a0} LEADS "] {
        assert_refused(&client.post("/v1/lists", &json!({ "name": name })).await, "name", taken);
    }
    let other = list_id(&client, "Q1 Leads (2)").await;
    let path = format!("/v1/lists/{other}");
    assert_refused(&client.patch(&path, &json!({ "name": "q1 LEADS" })).await, "name", taken);
    assert_refused(&client.post("/v1/lists", &json!({ "name": "q1 leads (2)" })).await, "name", taken);
    list(&server.key_of("elsewhere", "write").await, "Q1 Leads").await;
}

#[tokio::test]
async fn limits_of_name_and_description_hold_from_both_sides() {
    let (_server, client) = desk().await;
    assert_refused(&client.post_empty("/v1/lists").await, "name", "name is required.");
    assert_refused(&client.post("/v1/lists", &json!({ "name": " " })).await, "name", "name is required.");
    list(&client, &"ü".repeat(200)).await;
    let long = client.post("/v1/lists", &json!({ "name": "ü".repeat(201) })).await;
    assert_refused(&long, "name", "name must have at most 200 characters.");
    let described = |n: usize| json!({ "name": format!("L{n}"), "description": "d".repeat(n) });
    assert_eq!(client.post("/v1/lists", &described(2_000)).await.status, 201);
    let long = client.post("/v1/lists", &described(2_001)).await;
    assert_refused(&long, "description", "description must have at most 2000 characters.");
}

#[tokio::test]
async fn members_are_added_once_and_shown_in_a_stable_order() {
    let (_server, client) = desk().await;
    let id = list_id(&client, "L").await;
    let members = format!("/v1/lists/{id}/contacts");
    let contacts = contact_ids(&client, 3).await;
    let added = client.post(&members, &json!({ "contact_ids": [contacts[1], contacts[0], contacts[1]] })).await;
    let expected = json!({ "data": { "added": 2, "list_id": id, "contact_count": 2 } });
    assert_eq!((added.status, added.json), (200, expected));
    let added = client.post(&members, &json!({ "contact_ids": contacts })).await;
    assert_eq!(added.json, json!({ "data": { "added": 1, "list_id": id, "contact_count": 3 } }));
    let mut shown = Vec::new();
    for page in 1..=2 {
        let answer = client.get(&format!("{members}?per_page=2&page={page}")).await;
        assert_eq!(answer.json["meta"], json!({ "page": page, "per_page": 2, "total": 3 }));
        let contacts = answer.json["data"]["contacts"].as_array().unwrap().clone();
        shown.extend(contacts.iter().map(|contact| contact["id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(shown, contacts);
    let filtered = client.get(&format!("/v1/contacts?list_id={id}&search=contact%202")).await.json;
    assert_eq!(filtered["meta"]["total"], 1);
    assert_eq!(filtered["data"]["contacts"][0]["id"], json!(contacts[2]));

    let path = format!("{members}/{}", contacts[0]);
    let removed = client.delete(&path).await;
    let expected = json!({ "data": { "removed": true, "list_id": id, "contact_id": contacts[0] } });
    assert_eq!((removed.status, removed.json), (200, expected));
    assert_missing(&client.delete(&path).await, "membership_not_found", "The contact is not on this list");
    assert_eq!(client.get(&format!("/v1/lists/{id}")).await.json["data"]["contact_count"], 2);
    assert_eq!(client.get(&format!("/v1/contacts/{}", contacts[0])).await.status, 200, "a contact stays a contact");
    let deleted = client.delete(&format!("/v1/lists/{id}")).await;
    assert_eq!(deleted.json["data"]["memberships_removed"], 2);
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 3);
}

#[tokio::test]
async fn unknown_contacts_are_named_and_nothing_is_added() {
    let (server, client) = desk().await;
    let id = list_id(&client, "L").await;
    let members = format!("/v1/lists/{id}/contacts");
    let known = contact_ids(&client, 1).await.remove(0);
    let foreign = contact_ids(&server.key_of("elsewhere", "write").await, 1).await.remove(0);
    let body = json!({ "contact_ids": [known, foreign, MISSING, "no-id"] });
    let message = format!("There is no contact with the id {foreign}, {MISSING}, no-id; nothing was added.");
    let expected = json!({ "error": { "code": "validation_error", "message": message,
        "details": { "fields": { "contact_ids": message }, "unknown_contact_ids": [foreign, MISSING, "no-id"] } } });
    let refused = client.post(&members, &body).await;
    assert_eq!((refused.status, refused.json), (400, expected));
    assert_eq!(client.get(&members).await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn a_hundred_contacts_can_be_added_at_once_and_no_more() {
    let (_server, client) = desk().await;
    let members = format!("/v1/lists/{}/contacts", list_id(&client, "L").await);
    let contacts = contact_ids(&client, 101).await;
    let none = "contact_ids must be 1 to 100 contacts, got 0.";
    assert_refused(&client.post_empty(&members).await, "contact_ids", none);
    assert_refused(&client.post(&members, &json!({ "contact_ids": [] })).await, "contact_ids", none);
    let many = client.post(&members, &json!({ "contact_ids": contacts })).await;
    assert_refused(&many, "contact_ids", "contact_ids must be 1 to 100 contacts, got 101.");
    let most = client.post(&members, &json!({ "contact_ids": contacts[..100] })).await;
    assert_eq!((most.status, &most.json["data"]["added"]), (200, &json!(100)));
}

#[tokio::test]
async fn each_route_keeps_its_own_code_and_another_workspace_gets_it_too() {
    let (server, client) = desk().await;
    let id = list_id(&client, "L").await;
    let contact = contact_ids(&client, 1).await.remove(0);
    client.post(&format!("/v1/lists/{id}/contacts"), &json!({ "contact_ids": [contact] })).await;
    let stranger = server.key_of("elsewhere", "read,write").await;
    for id in [id.as_str(), MISSING, "no-id"] {
        let path = format!("/v1/lists/{id}");
        let members = format!("{path}/contacts");
        assert_missing(&stranger.get(&path).await, "not_found", "List not found");
        assert_missing(&stranger.patch(&path, &json!({ "name": "X" })).await, "not_found", "List not found");
        assert_missing(&stranger.get(&members).await, "not_found", "List not found");
        let body = json!({ "contact_ids": [contact] });
        assert_missing(&stranger.post(&members, &body).await, "not_found", "List not found");
        let member = format!("{members}/{contact}");
        assert_missing(&stranger.delete(&member).await, "list_not_found", "List not found");
        assert_missing(&stranger.delete(&path).await, "list_not_found", "List not found");
    }
    let own = list_id(&stranger, "L").await;
    for contact in [contact.as_str(), MISSING, "no-id"] {
        let member = format!("/v1/lists/{own}/contacts/{contact}");
        assert_missing(&stranger.delete(&member).await, "membership_not_found", "The contact is not on this list");
    }
    assert_eq!(stranger.get("/v1/lists").await.json["meta"]["total"], 1);
    assert_eq!(client.get(&format!("/v1/lists/{id}")).await.json["data"]["contact_count"], 1);
}

#[tokio::test]
async fn concurrent_additions_keep_the_count_true() {
    let (_server, client) = desk().await;
    let id = list_id(&client, "L").await;
    let contacts = contact_ids(&client, 20).await;
    let calls: Vec<_> = (0..16)
        .map(|n| {
            let (client, path) = (client.clone(), format!("/v1/lists/{id}/contacts"));
            let body = json!({ "contact_ids": contacts[n..n + 5] });
            tokio::spawn(async move { client.post(&path, &body).await })
        })
        .collect();
    let mut added = 0;
    for call in calls {
        let answer = call.await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.json);
        added += answer.json["data"]["added"].as_u64().unwrap();
    }
    assert_eq!(added, 20);
    assert_eq!(client.get(&format!("/v1/lists/{id}")).await.json["data"]["contact_count"], 20);
}

#[tokio::test]
async fn reading_and_writing_are_two_permissions() {
    let server = Server::start().await;
    let (reader, writer) = (server.key("lists:read").await, server.key("lists:write").await);
    let path = format!("/v1/lists/{}", list_id(&writer, "L").await);
    let members = format!("{path}/contacts");
    for path in ["/v1/lists", &path, &members] {
        assert_eq!((reader.get(path).await.status, writer.get(path).await.status), (200, 403), "{path}");
    }
    let body = json!({ "name": "M", "contact_ids": [] });
    for answer in [
        reader.post("/v1/lists", &body).await,
        reader.patch(&path, &body).await,
        reader.post(&members, &body).await,
        reader.delete(&format!("{members}/{MISSING}")).await,
        reader.delete(&path).await,
    ] {
        let message = "This key lacks the permission lists:write. Use a key that holds it.";
        let expected = json!({ "error": { "code": "insufficient_permissions", "message": message } });
        assert_eq!((answer.status, answer.json), (403, expected));
    }
}

/// How many memberships and rows of lists the database holds.
async fn stored(server: &Server) -> (i64, i64) {
    let count = |tx: &mut lexi::db::Tx| {
        query("select (select count(*) from list_members), (select count(*) from lists)")
            .one(tx, |row| Ok((row.get(0)?, row.get(1)?)))
    };
    server.app.db.read(count).await.unwrap()
}

#[tokio::test]
async fn a_large_list_is_gone_at_once_and_its_memberships_follow() {
    let server = Server::start().await;
    server.law_firm_ceos(630).await;
    let client = server.key("read,write,lexi").await;
    let asked = json!({ "message": "Find 630 CEOs at law firms in California" });
    let task = client.post("/v1/lexi/chat", &asked).await.json["data"]["task_id"].as_str().unwrap().to_owned();
    client.post_empty(&format!("/v1/lexi/tasks/{task}/approve")).await;
    server.work().await;
    let made = client.get("/v1/lists").await.json["data"]["lists"][0].clone();
    assert_eq!((&made["contact_count"], &made["created_by_task"]), (&json!(630), &json!(task)));
    let path = format!("/v1/lists/{}", made["id"].as_str().unwrap());
    let members = client.get(&format!("{path}/contacts")).await.json["data"]["contacts"].clone();
    let contact = members[0]["id"].as_str().unwrap().to_owned();

    let deleted = client.delete(&path).await;
    let expected = json!({ "data": { "deleted": true, "id": made["id"], "memberships_removed": 630 } });
    assert_eq!((deleted.status, deleted.json), (200, expected));
    assert_eq!(stored(&server).await, (630, 1), "in this transaction no membership was touched");
    for _ in 0..2 {
        assert_missing(&client.get(&path).await, "not_found", "List not found");
        assert_missing(&client.get(&format!("{path}/contacts")).await, "not_found", "List not found");
        let list_id = made["id"].as_str().unwrap();
        assert_missing(&client.get(&format!("/v1/contacts?list_id={list_id}")).await, "not_found", "List not found");
        assert_missing(&client.patch(&path, &json!({ "name": "x" })).await, "not_found", "List not found");
        let ids = json!({ "contact_ids": [contact] });
        assert_missing(&client.post(&format!("{path}/contacts"), &ids).await, "not_found", "List not found");
        assert_missing(&client.delete(&path).await, "list_not_found", "List not found");
        assert_missing(&client.delete(&format!("{path}/contacts/{contact}")).await, "list_not_found", "List not found");
        assert_eq!(client.get("/v1/lists").await.json["meta"]["total"], 0);
        assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 630, "its contacts stay");
        server.tidy().await;
        assert_eq!(stored(&server).await, (0, 0));
    }
}

#[tokio::test]
async fn while_a_large_list_is_emptied_its_name_is_free_and_its_contacts_can_go() {
    let server = Server::start().await;
    server.law_firm_ceos(410).await;
    let client = server.key("read,write,lexi").await;
    let asked = json!({ "message": "Find 410 CEOs at law firms in California" });
    let task = client.post("/v1/lexi/chat", &asked).await.json["data"]["task_id"].as_str().unwrap().to_owned();
    client.post_empty(&format!("/v1/lexi/tasks/{task}/approve")).await;
    server.work().await;
    let made = client.get("/v1/lists").await.json["data"]["lists"][0].clone();
    let (id, name) = (made["id"].as_str().unwrap(), made["name"].as_str().unwrap());
    assert_eq!(client.delete(&format!("/v1/lists/{id}")).await.json["data"]["memberships_removed"], 410);

    let again = list(&client, name).await;
    list(&client, id).await;
    let contact = client.get("/v1/contacts?per_page=1").await.json["data"]["contacts"][0]["id"].clone();
    let gone = client.delete(&format!("/v1/contacts/{}", contact.as_str().unwrap())).await;
    assert_eq!(gone.status, 200, "{}", gone.text);
    assert_eq!(stored(&server).await, (409, 3));
    for expected in [(209, 3), (9, 3), (0, 2), (0, 2)] {
        let step = |tx: &mut lexi::db::Tx| lexi::lists::empty_deleted(tx, 200);
        server.app.db.write(step).await.unwrap();
        assert_eq!(stored(&server).await, expected);
    }
    let shown = client.get(&format!("/v1/lists/{}", again["id"].as_str().unwrap())).await.json;
    assert_eq!(shown["data"], again);
    let events = |tx: &mut lexi::db::Tx| {
        query("select data from events where type = 'contact.deleted'").one(tx, |row| row.get::<Value>(0))
    };
    assert_eq!(server.app.db.read(events).await.unwrap()["list_ids"], json!([]), "it was on no list any more");
}
