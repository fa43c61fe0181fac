//! Notes as a client of the API sees them: parents by id and by name, refusals that help on, filters, and what stays of a
//! note when its contact or company goes.

use serde_json::{Value, json};

use crate::support::{Client, Server, assert_refused, made};

const BEGIN: &str = "2025-11-24T16:00:00.000Z";
const MISSING: &str = "0193f2c4-0000-7000-8000-000000000000";

async fn desk() -> (Server, Client) {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    (server, client)
}

fn id(record: &Value) -> &str {
    record["id"].as_str().expect("an id")
}

async fn titles(client: &Client, path: &str) -> Vec<String> {
    let answer = client.get(path).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let rows = answer.json["data"]["notes"].as_array().unwrap();
    assert_eq!(answer.json["meta"]["total"], rows.len());
    rows.iter().map(|note| note["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_note_is_shown_with_what_it_is_about() {
    let (_server, client) = desk().await;
    let company = made(&client, "/v1/companies", json!({ "name": "Okafor LLP" })).await;
    let contact = made(&client, "/v1/contacts", json!({ "full_name": "Renata Okafor", "company": "Okafor" })).await;
    let body = json!({ "title": " Called  about INTA ", "content": "Line one.\nLine two. ", "note_type": "call",
        "tags": ["inta"], "is_pinned": true, "contact_id": contact["id"], "company_id": company["id"],
        "created_date": "2025-11-01" });
    let note = made(&client, "/v1/notes", body).await;
    let expected = json!({ "id": note["id"], "title": "Called about INTA", "content": "Line one.\nLine two.",
        "note_type": "call", "tags": ["inta"], "is_pinned": true, "contact_id": contact["id"],
        "related_company_id": company["id"], "deal_id": null,
        "contact": { "id": contact["id"], "full_name": "Renata Okafor", "company_name": "Okafor" },
        "company": { "id": company["id"], "name": "Okafor LLP" },
        "created_date": "2025-11-01T00:00:00.000Z", "updated_date": BEGIN });
    assert_eq!(note, expected);
    let page = json!({ "data": { "notes": [expected] }, "meta": { "page": 1, "per_page": 50, "total": 1 } });
    let (of_contact, of_company) =
        (format!("/v1/contacts/{}/notes", id(&contact)), format!("/v1/companies/{}/notes", id(&company)));
    for path in ["/v1/notes", &of_contact, &of_company] {
        assert_eq!(client.get(path).await.json, page, "{path}");
    }
    let short = made(&client, &of_contact, json!({ "title": "Short" })).await;
    assert_eq!((&short["content"], &short["note_type"], &short["tags"]), (&Value::Null, &json!("general"), &json!([])));
    assert_eq!((&short["contact_id"], &short["related_company_id"]), (&contact["id"], &Value::Null));
    assert_eq!(titles(&client, &of_contact).await, ["Short", "Called about INTA"], "newest first");
    assert_eq!(titles(&client, &of_company).await, ["Called about INTA"]);
}

#[tokio::test]
async fn a_note_finds_its_contact_or_company_by_name() {
    let (_server, client) = desk().await;
    let company = made(&client, "/v1/companies", json!({ "name": "Okafor & Lindqvist LLP" })).await;
    let renata = json!({ "full_name": "Renata Okafor", "company": "Okafor & Lindqvist" });
    let renata = made(&client, "/v1/contacts", renata).await;
    let hans = made(&client, "/v1/contacts", json!({ "full_name": "Hans Müller", "company": "Acme" })).await;
    let other = made(&client, "/v1/contacts", json!({ "full_name": "Hans Weber", "company": "Apex" })).await;
    for (named, contact_id, company_id) in [
        (json!({ "contact_name": "renata okafor" }), &renata["id"], &Value::Null),
        (json!({ "contact_name": "Okafor, Renata" }), &renata["id"], &Value::Null),
        (json!({ "contact_name": "Renata" }), &renata["id"], &Value::Null),
        (json!({ "contact_name": "Rentaa Okafor" }), &renata["id"], &Value::Null),
        (json!({ "contact_name": "Hans Mueller" }), &hans["id"], &Value::Null),
        (json!({ "contact_name": "Hans", "company_name": "apex" }), &other["id"], &Value::Null),
        (json!({ "contact_name": "Renata", "company_name": "Okafor Lindqvist" }), &renata["id"], &company["id"]),
        (json!({ "company_name": "okafor & lindqvist" }), &Value::Null, &company["id"]),
        (json!({ "contact_id": other["id"], "contact_name": "Hans Müller" }), &other["id"], &Value::Null),
    ] {
        let mut body = named.clone();
        body["title"] = json!("Called");
        let note = made(&client, "/v1/notes", body).await;
        assert_eq!((&note["contact_id"], &note["related_company_id"]), (contact_id, company_id), "{named}");
    }
    for (named, field, message) in [
        (json!({ "contact_name": "Nobody" }), "contact_name", "There is no contact whose name fits \"Nobody\"."),
        (json!({ "company_name": "Nowhere" }), "company_name", "There is no company whose name fits \"Nowhere\"."),
    ] {
        let mut body = named.clone();
        body["title"] = json!("Called");
        assert_refused(&client.post("/v1/notes", &body).await, field, message);
    }
}

#[tokio::test]
async fn a_name_that_fits_several_is_answered_with_every_id() {
    let (_server, client) = desk().await;
    let one = json!({ "full_name": "Anna Schmidt", "email": "a@acme.example", "company": "Acme", "job_title": "CEO" });
    let one = made(&client, "/v1/contacts", one).await;
    let two = made(&client, "/v1/contacts", json!({ "full_name": "Anna Weber" })).await;
    let body = json!({ "title": "Called", "contact_name": "Anna" });
    let refused = client.post("/v1/notes", &body).await;
    let message = format!(
        "\"Anna\" fits 2 contacts: Anna Weber ({}), Anna Schmidt at Acme ({}). Send contact_id instead.",
        id(&two),
        id(&one)
    );
    let expected = json!({ "error": { "code": "ambiguous_reference", "message": message, "details": {
        "fields": { "contact_name": message },
        "candidates": [
            { "id": two["id"], "full_name": "Anna Weber", "email": null, "job_title": null, "company_name": null },
            { "id": one["id"], "full_name": "Anna Schmidt", "email": "a@acme.example", "job_title": "CEO",
                "company_name": "Acme" },
        ] } } });
    assert_eq!((refused.status, &refused.json), (400, &expected));
    assert_eq!(client.get("/v1/notes").await.json["meta"]["total"], 0);
    for domain in ["one.example", "two.example"] {
        made(&client, "/v1/companies", json!({ "name": "Acme GmbH", "domain": domain })).await;
    }
    let refused = client.post("/v1/notes", &json!({ "title": "Called", "company_name": "Acme" })).await;
    assert_eq!(refused.json["error"]["code"], "ambiguous_reference", "{}", refused.text);
    assert_eq!(refused.json["error"]["details"]["candidates"][1]["domain"], "two.example", "{}", refused.text);
}

#[tokio::test]
async fn a_note_about_nothing_is_refused_with_its_possible_parents() {
    let (_server, client) = desk().await;
    let message = "A note needs something it is about: give contact_id, related_company_id, deal_id or event_id.";
    assert_refused(&client.post("/v1/notes", &json!({ "title": "Called" })).await, "contact_id", message);
    for (body, field, message) in [
        (json!({}), "title", "Give the note a title.".to_owned()),
        (json!({ "title": "X", "contact_id": MISSING }), "contact_id", format!("There is no contact {MISSING}.")),
        (
            json!({ "title": "X", "company_id": MISSING }),
            "related_company_id",
            format!("There is no company {MISSING}."),
        ),
        (json!({ "title": "X", "deal_id": MISSING }), "deal_id", format!("There is no deal {MISSING}.")),
        (json!({ "title": "X", "event_id": MISSING }), "event_id", format!("There is no event {MISSING}.")),
        (
            json!({ "title": "X", "contact_id": "deal-001" }),
            "contact_id",
            "contact_id must be a UUID, got \"deal-001\".".to_owned(),
        ),
        (
            json!({ "title": "X", "contact_id": MISSING, "note_type": "memo" }),
            "note_type",
            "note_type must be general, meeting, call, email or other, got \"memo\".".to_owned(),
        ),
    ] {
        assert_refused(&client.post("/v1/notes", &body).await, field, &message);
    }
    let missing = client.post(&format!("/v1/contacts/{MISSING}/notes"), &json!({ "title": "X" })).await;
    assert_eq!((missing.status, &missing.json["error"]["message"]), (404, &json!("Contact not found")));
    let missing = client.get("/v1/companies/no-id/notes").await;
    assert_eq!((missing.status, &missing.json["error"]["code"]), (404, &json!("not_found")));
}

#[tokio::test]
async fn limits_hold_from_both_sides() {
    let (_server, client) = desk().await;
    let contact = made(&client, "/v1/contacts", json!({ "full_name": "X" })).await;
    let below = format!("/v1/contacts/{}/notes", id(&contact));
    for (path, field, max) in [
        ("/v1/notes", "title", 200),
        ("/v1/notes", "content", 50_000),
        (&below, "title", 200),
        (&below, "content", 10_000),
    ] {
        let body = |n: usize| {
            let mut body = json!({ "title": "X", "contact_id": contact["id"] });
            body[field] = json!("ü".repeat(n));
            body
        };
        assert_eq!(client.post(path, &body(max)).await.status, 201, "{path} {field}");
        let message = format!("{field} must have at most {max} characters.");
        assert_refused(&client.post(path, &body(max + 1)).await, field, &message);
    }
}

#[tokio::test]
async fn notes_are_filtered_by_kind_tags_words_and_pin() {
    let (server, client) = desk().await;
    let contact = made(&client, "/v1/contacts", json!({ "full_name": "X" })).await;
    for (title, more) in [
        ("Über INTA", json!({ "note_type": "call", "tags": ["inta", "a,b"], "is_pinned": true })),
        ("Lunch", json!({ "note_type": "meeting", "tags": ["inta", "Berlin"], "content": "Talked about 50% fees." })),
        ("Other", json!({ "tags": ["intas"] })),
    ] {
        let mut body = more;
        body["title"] = json!(title);
        body["contact_id"] = contact["id"].clone();
        made(&client, "/v1/notes", body).await;
        server.advance_ms(1_000);
    }
    for (query, found) in [
        ("", &["Other", "Lunch", "Über INTA"][..]),
        ("note_type=call", &["Über INTA"]),
        ("tags=inta", &["Lunch", "Über INTA"]),
        ("tags=inta,Berlin", &["Lunch"]),
        ("tags=berlin", &[]),
        ("search=uber", &["Über INTA"]),
        ("search=FEES", &["Lunch"]),
        ("search=nothing", &[]),
        ("is_pinned=true", &["Über INTA"]),
        ("is_pinned=false", &["Other", "Lunch"]),
        ("is_pinned=true&note_type=meeting", &[]),
    ] {
        assert_eq!(titles(&client, &format!("/v1/notes?{query}")).await, found, "{query}");
    }
    for (query, field, message) in [
        ("is_pinned=1", "is_pinned", "is_pinned must be true or false, got \"1\"."),
        ("note_type=x", "note_type", "note_type must be general, meeting, call, email or other, got \"x\"."),
        ("per_page=101", "per_page", "per_page must be a whole number from 1 to 100, got \"101\"."),
    ] {
        assert_refused(&client.get(&format!("/v1/notes?{query}")).await, field, message);
    }
    let second = client.get("/v1/notes?per_page=2&page=2").await.json;
    assert_eq!(second["data"]["notes"][0]["title"], "Über INTA");
    assert_eq!(second["meta"], json!({ "page": 2, "per_page": 2, "total": 3 }));
}

#[tokio::test]
async fn a_note_stays_when_what_it_is_about_goes() {
    let (_server, client) = desk().await;
    let company = made(&client, "/v1/companies", json!({ "name": "Okafor LLP" })).await;
    let contact = made(&client, "/v1/contacts", json!({ "full_name": "Renata Okafor" })).await;
    let body = json!({ "title": "Called", "contact_id": contact["id"], "company_id": company["id"] });
    made(&client, "/v1/notes", body).await;
    assert_eq!(client.delete(&format!("/v1/contacts/{}", id(&contact))).await.status, 200);
    let left = client.get("/v1/notes").await.json["data"]["notes"][0].clone();
    assert_eq!((&left["contact_id"], &left["contact"]), (&Value::Null, &Value::Null));
    assert_eq!(left["related_company_id"], company["id"]);
    assert_eq!(client.get(&format!("/v1/contacts/{}/notes", id(&contact))).await.status, 404);
    assert_eq!(client.delete(&format!("/v1/companies/{}", id(&company))).await.status, 200);
    let left = client.get("/v1/notes").await.json["data"]["notes"][0].clone();
    assert_eq!((&left["related_company_id"], &left["company"]), (&Value::Null, &Value::Null));
    assert_eq!(left["title"], "Called");
}

#[tokio::test]
async fn a_contact_shows_its_three_newest_notes_when_asked() {
    let (server, client) = desk().await;
    let contact = made(&client, "/v1/contacts", json!({ "full_name": "X" })).await;
    let path = format!("/v1/contacts/{}", id(&contact));
    for n in 1..=4 {
        made(&client, &format!("{path}/notes"), json!({ "title": format!("Note {n}") })).await;
        server.advance_ms(1_000);
    }
    assert_eq!(client.get(&path).await.json["data"], contact, "nothing more unless asked");
    let shown = client.get(&format!("{path}?include=notes")).await.json["data"].clone();
    let titles: Vec<&Value> = shown["recent_notes"].as_array().unwrap().iter().map(|note| &note["title"]).collect();
    assert_eq!(titles, ["Note 4", "Note 3", "Note 2"]);
    assert!(shown.get("open_tasks").is_none());
    for include in ["*", "deals,%20tasks,notes"] {
        let shown = client.get(&format!("{path}?include={include}")).await.json["data"].clone();
        assert_eq!((&shown["open_tasks"], &shown["open_deals"]), (&json!([]), &json!([])), "{include}");
        assert_eq!(shown["full_name"], "X");
    }
    let refused = client.get(&format!("{path}?include=notes,emails")).await;
    let message = "include takes notes, tasks, deals or *, with commas between, got \"emails\".";
    assert_refused(&refused, "include", message);
}

#[tokio::test]
async fn a_repeated_note_with_the_same_key_is_written_once() {
    let (_server, client) = desk().await;
    let contact = made(&client, "/v1/contacts", json!({ "full_name": "Renata Okafor" })).await;
    let ask = async || {
        let request = client.request(reqwest::Method::POST, "/v1/notes").header("Idempotency-Key", "one");
        client.send(request.json(&json!({ "title": "Called", "contact_name": "Renata" }))).await
    };
    let first = ask().await;
    assert_eq!(first.status, 201, "{}", first.text);
    // A second Renata would make the name ambiguous; the answer of before counts.
    made(&client, "/v1/contacts", json!({ "full_name": "Renata Weber" })).await;
    let again = ask().await;
    assert_eq!((again.status, &again.json), (201, &first.json));
    assert_eq!(titles(&client, &format!("/v1/contacts/{}/notes", id(&contact))).await, ["Called"]);
}

#[tokio::test]
async fn notes_are_read_and_written_with_the_permissions_of_contacts() {
    let server = Server::start().await;
    let (reader, writer) = (server.key("contacts:read").await, server.key("write:contacts").await);
    let contact = made(&writer, "/v1/contacts", json!({ "full_name": "X" })).await;
    let below = format!("/v1/contacts/{}/notes", id(&contact));
    made(&writer, &below, json!({ "title": "T" })).await;
    for path in ["/v1/notes", &below] {
        assert_eq!(reader.get(path).await.status, 200, "{path}");
        assert_eq!(writer.get(path).await.status, 403, "{path}");
        assert_eq!(reader.post(path, &json!({ "title": "T" })).await.status, 403, "{path}");
    }
}
