//! Contacts as a client of the API sees them: shapes, name rules, refusals with their exact bodies, limits from both
//! sides, and that another workspace sees nothing.

use serde_json::{Value, json};

use crate::support::server::BEGIN_MS;
use crate::support::{Answer, Client, Server};

const BEGIN: &str = "2025-11-24T16:00:00.000Z";
const MISSING: &str = "0193f2c4-0000-7000-8000-000000000000";

async fn desk() -> (Server, Client) {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    (server, client)
}

async fn made(client: &Client, body: &Value) -> Value {
    let answer = client.post("/v1/contacts", body).await;
    assert_eq!(answer.status, 201, "{}", answer.json);
    answer.json["data"].clone()
}

async fn made_id(client: &Client, body: &Value) -> String {
    made(client, body).await["id"].as_str().expect("text").to_owned()
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let answer = client.get(&format!("/v1/contacts?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    let contacts = answer.json["data"]["contacts"].as_array().expect("rows");
    assert_eq!(answer.json["meta"]["total"], contacts.len());
    contacts.iter().map(|contact| contact["full_name"].as_str().expect("text").to_owned()).collect()
}

/// A 400 that names one field.
fn assert_refused(answer: &Answer, field: &str, message: &str) {
    let expected = json!({ "error": { "code": "validation_error", "message": message,
        "details": { "fields": { field: message } } } });
    assert_eq!((answer.status, &answer.json), (400, &expected));
}

fn assert_not_found(answer: &Answer, message: &str) {
    let expected = json!({ "error": { "code": "not_found", "message": message } });
    assert_eq!((answer.status, &answer.json), (404, &expected));
}

#[tokio::test]
async fn a_contact_is_shown_with_every_published_spelling() {
    let (_server, client) = desk().await;
    let body = json!({ "full_name": " Renata   Okafor ", "email": " Renata@Okafor.example ", "phone": "+1 415 555 0100",
        "job_title": "Chief Executive Officer", "company": "Okafor & Lindqvist LLP", "priority": "high",
        "linkedin_url": "https://www.linkedin.com/in/renata", "tags": ["vip", "IP", "vip"],
        "custom_fields": { "practice": { "since": 1998 }, "a": null }, "notes": "Met in Oakland." });
    let contact = made(&client, &body).await;
    let expected = json!({ "id": contact["id"], "first_name": "Renata", "last_name": "Okafor",
        "full_name": "Renata Okafor", "email": "Renata@Okafor.example", "phone": "+1 415 555 0100",
        "job_title": "Chief Executive Officer", "company": "Okafor & Lindqvist LLP",
        "company_name": "Okafor & Lindqvist LLP", "related_company_id": null,
        "linkedin_url": "https://www.linkedin.com/in/renata", "priority": 1, "tags": ["vip", "IP"],
        "custom_fields": { "practice": { "since": 1998 }, "a": null }, "notes": "Met in Oakland.",
        "prospect_id": null, "created_by_task": null, "created_at": BEGIN, "created_date": BEGIN,
        "updated_date": BEGIN });
    assert_eq!(contact, expected);
    let shown = client.get(&format!("/v1/contacts/{}", contact["id"].as_str().unwrap())).await;
    assert_eq!((shown.status, shown.json), (200, json!({ "data": expected })));
    let mut listed = expected;
    listed.as_object_mut().unwrap().remove("notes");
    let page = client.get("/v1/contacts").await;
    let expected = json!({ "data": { "contacts": [listed] }, "meta": { "page": 1, "per_page": 50, "total": 1 } });
    assert_eq!((page.status, page.json), (200, expected));
}

#[tokio::test]
async fn names_are_read_by_the_published_rules() {
    let (_server, client) = desk().await;
    for (body, first, last, full) in [
        (json!({ "full_name": "Jean-Claude van Damme" }), "Jean-Claude van", "Damme", "Jean-Claude van Damme"),
        (json!({ "full_name": "Müller, Hans" }), "Hans", "Müller", "Hans Müller"),
        (json!({ "first_name": "Hans", "last_name": "Müller" }), "Hans", "Müller", "Hans Müller"),
        (json!({ "last_name": "Müller" }), "", "Müller", "Müller"),
        (json!({ "email": "hans.mueller@example.com" }), "Hans", "Mueller", "Hans Mueller"),
        (json!({ "full_name": "Cher", "email": null }), "Cher", "", "Cher"),
    ] {
        let contact = made(&client, &body).await;
        assert_eq!(contact["first_name"], first, "{body}");
        assert_eq!(contact["last_name"], last, "{body}");
        assert_eq!(contact["full_name"], full, "{body}");
    }
}

#[tokio::test]
async fn each_wrong_field_is_named() {
    let (_server, client) = desk().await;
    let at_least = "Give a full_name, a first_name, a last_name or an email.";
    assert_refused(&client.post_empty("/v1/contacts").await, "full_name", at_least);
    for (body, field, message) in [
        (json!({ "phone": "+1" }), "full_name", at_least),
        (
            json!({ "email": "nobody" }),
            "email",
            "email must be an e-mail address such as name@example.com, got \"nobody\".",
        ),
        (
            json!({ "full_name": "X", "priority": "urgent" }),
            "priority",
            "priority must be high, medium or low, or 1, 2 or 3.",
        ),
        (
            json!({ "full_name": "X", "created_date": "yesterday" }),
            "created_date",
            "created_date must be an ISO 8601 time such as 2026-01-01T09:00:00.000Z, got \"yesterday\".",
        ),
        (
            json!({ "full_name": "X", "linkedin_url": "javascript:alert(1)" }),
            "linkedin_url",
            "linkedin_url must be an address such as https://www.linkedin.com/in/name, got \"javascript:alert(1)\".",
        ),
        (
            json!({ "full_name": "X", "related_company_id": MISSING }),
            "related_company_id",
            "There is no company 0193f2c4-0000-7000-8000-000000000000.",
        ),
        (
            json!({ "full_name": "X", "company_id": "cmp_abc123" }),
            "company_id",
            "company_id must be a UUID, got \"cmp_abc123\".",
        ),
        (json!({ "full_name": "X", "tags": [" "] }), "tags", "Each of tags must have 1 to 100 characters."),
    ] {
        assert_refused(&client.post("/v1/contacts", &body).await, field, message);
    }
    for (body, field) in [(json!({ "full_name": 7 }), "full_name"), (json!({ "full_name": "X", "tags": "a" }), "tags")]
    {
        let answer = client.post("/v1/contacts", &body).await;
        assert_eq!(answer.status, 400);
        assert!(answer.json["error"]["details"]["fields"][field].is_string(), "{}", answer.json);
    }
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn limits_hold_from_both_sides() {
    let (_server, client) = desk().await;
    for (field, max) in [
        ("full_name", 200),
        ("job_title", 200),
        ("company", 200),
        ("company_name", 200),
        ("phone", 50),
        ("notes", 10_000),
    ] {
        let body = |n: usize| {
            let mut body = json!({ "first_name": "X" });
            body[field] = json!("ü".repeat(n));
            body
        };
        assert_eq!(client.post("/v1/contacts", &body(max)).await.status, 201, "{field}");
        let message = format!("{field} must have at most {max} characters.");
        assert_refused(&client.post("/v1/contacts", &body(max + 1)).await, field, &message);
    }
    let search = "a".repeat(200);
    assert_eq!(client.get(&format!("/v1/contacts?search={search}")).await.status, 200);
    let refused = client.get(&format!("/v1/contacts?search={search}a")).await;
    assert_refused(&refused, "search", "search must have at most 200 characters.");
}

#[tokio::test]
async fn a_given_creation_date_is_kept_within_five_years_and_a_day() {
    let (_server, client) = desk().await;
    for (given, shown) in [
        ("2020-11-24T16:00:00Z", "2020-11-24T16:00:00.000Z"),
        ("2020-11-24T15:59:59.999Z", BEGIN),
        ("2025-11-25T17:00:00+01:00", "2025-11-25T16:00:00.000Z"),
        ("2025-11-25T16:00:00.001Z", BEGIN),
        ("2024-03-01", "2024-03-01T00:00:00.000Z"),
    ] {
        let contact = made(&client, &json!({ "full_name": "X", "created_date": given })).await;
        assert_eq!((&contact["created_date"], &contact["created_at"]), (&json!(shown), &json!(shown)), "{given}");
        assert_eq!(contact["updated_date"], BEGIN);
    }
}

#[tokio::test]
async fn an_address_belongs_to_one_contact_whatever_its_case() {
    let (server, client) = desk().await;
    let holder = made(&client, &json!({ "email": "Renata@Okafor.example" })).await;
    let message = "A contact with this email exists already. Change that contact instead.";
    let expected = json!({ "error": { "code": "validation_error", "message": message,
        "details": { "fields": { "email": message }, "contact_id": holder["id"] } } });
    let again = json!({ "full_name": "Somebody Else", "email": " RENATA@okafor.example" });
    let refused = client.post("/v1/contacts", &again).await;
    assert_eq!((refused.status, &refused.json), (400, &expected));
    let other = made_id(&client, &json!({ "full_name": "Somebody Else" })).await;
    let refused = client.patch(&format!("/v1/contacts/{other}"), &again).await;
    assert_eq!((refused.status, &refused.json), (400, &expected));
    let own = format!("/v1/contacts/{}", holder["id"].as_str().unwrap());
    let respelled = client.patch(&own, &json!({ "email": "renata@okafor.example" })).await;
    assert_eq!((respelled.status, &respelled.json["data"]["email"]), (200, &json!("renata@okafor.example")));
    let elsewhere = server.key_of("elsewhere", "read,write").await;
    made(&elsewhere, &again).await;
}

#[tokio::test]
async fn of_concurrent_creations_with_one_address_one_wins() {
    let (_server, client) = desk().await;
    let calls: Vec<_> = (0..16)
        .map(|n| {
            let client = client.clone();
            let body = json!({ "full_name": format!("N{n}"), "email": "one@example.com" });
            tokio::spawn(async move { client.post("/v1/contacts", &body).await })
        })
        .collect();
    let mut statuses = Vec::new();
    for call in calls {
        let answer = call.await.unwrap();
        assert!(answer.status == 201 || answer.json["error"]["details"]["contact_id"].is_string(), "{}", answer.json);
        statuses.push(answer.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
}

#[tokio::test]
async fn who_is_suppressed_is_not_added_by_hand_either() {
    let (server, client) = desk().await;
    let suppression = json!({ "domain": "okafor.example", "reason": "Client of a partner." });
    let suppression = client.post("/v1/suppressions", &suppression).await.json["data"].clone();
    let message = "This domain is suppressed: Client of a partner.";
    let expected = json!({ "error": { "code": "validation_error", "message": message,
        "details": { "fields": { "email": message }, "suppression_id": suppression["id"] } } });
    let body = json!({ "email": "Renata@mail.Okafor.example" });
    let refused = client.post("/v1/contacts", &body).await;
    assert_eq!((refused.status, &refused.json), (400, &expected));
    let other = made_id(&client, &json!({ "full_name": "Somebody Else", "email": "x@example.com" })).await;
    let refused = client.patch(&format!("/v1/contacts/{other}"), &body).await;
    assert_eq!((refused.status, &refused.json), (400, &expected));
    made(&server.key_of("elsewhere", "write").await, &body).await;
}

#[tokio::test]
async fn pages_are_sorted_searched_and_filtered() {
    let (server, client) = desk().await;
    for (name, email) in [("Zoë O'Brien", "z@firm.example"), ("adam Ng", "a_b@firm.example"), ("Émile Äbel", "")] {
        made(&client, &json!({ "full_name": name, "email": email })).await;
        server.advance_ms(1_000);
    }
    assert_eq!(names(&client, "").await, ["Zoë O'Brien", "adam Ng", "Émile Äbel"]);
    assert_eq!(names(&client, "sort=created_at&search=").await, ["Zoë O'Brien", "adam Ng", "Émile Äbel"]);
    assert_eq!(names(&client, "sort=-created_at").await, ["Émile Äbel", "adam Ng", "Zoë O'Brien"]);
    assert_eq!(names(&client, "sort=full_name").await, ["adam Ng", "Émile Äbel", "Zoë O'Brien"]);
    assert_eq!(names(&client, "sort=-full_name").await, ["Zoë O'Brien", "Émile Äbel", "adam Ng"]);
    for (search, found) in [
        ("OBRIEN", vec!["Zoë O'Brien"]),
        ("zoe%20o%27b", vec!["Zoë O'Brien"]),
        ("emile", vec!["Émile Äbel"]),
        ("FIRM.ex", vec!["Zoë O'Brien", "adam Ng"]),
        ("a_b", vec!["adam Ng"]),
        ("_", vec!["adam Ng"]),
        ("%25", vec![]),
        ("%40", vec!["Zoë O'Brien", "adam Ng"]),
    ] {
        assert_eq!(names(&client, &format!("search={search}")).await, found, "{search}");
    }
    assert_eq!(names(&client, &format!("created_after={BEGIN}")).await, ["adam Ng", "Émile Äbel"]);
    assert_eq!(names(&client, "created_after=2025-11-24T16:00:01.5Z").await, ["Émile Äbel"]);
    let first = client.get("/v1/contacts?per_page=2").await.json;
    assert_eq!(first["meta"], json!({ "page": 1, "per_page": 2, "total": 3 }));
    let second = client.get("/v1/contacts?per_page=2&page=2").await.json;
    assert_eq!(second["data"]["contacts"].as_array().unwrap().len(), 1);
    assert_eq!(second["data"]["contacts"][0]["full_name"], "Émile Äbel");
    let adam = first["data"]["contacts"][1]["id"].as_str().unwrap();
    client.patch(&format!("/v1/contacts/{adam}"), &json!({ "phone": "1" })).await;
    assert_eq!(names(&client, "sort=-updated_date").await, ["adam Ng", "Émile Äbel", "Zoë O'Brien"]);
}

#[tokio::test]
async fn a_page_names_what_it_cannot_read() {
    let (_server, client) = desk().await;
    let sort = "sort must be created_at, updated_date or full_name, with a leading - for the largest first.";
    for (query, field, message) in [
        ("sort=email", "sort", sort),
        ("sort=--full_name", "sort", sort),
        ("per_page=101", "per_page", "per_page must be a whole number from 1 to 100, got \"101\"."),
        ("page=0", "page", "page must be a whole number from 1 to 1000000, got \"0\"."),
        (
            "created_after=soon",
            "created_after",
            "created_after must be an ISO 8601 time such as 2026-01-01T09:00:00.000Z, got \"soon\".",
        ),
    ] {
        assert_refused(&client.get(&format!("/v1/contacts?{query}")).await, field, message);
    }
    assert_eq!(client.get("/v1/contacts?per_page=100").await.status, 200);
    for list_id in [MISSING, "no-id"] {
        assert_not_found(&client.get(&format!("/v1/contacts?list_id={list_id}")).await, "List not found");
    }
}

#[tokio::test]
async fn only_given_fields_change_and_notes_are_appended() {
    let (server, client) = desk().await;
    let body = json!({ "full_name": "Renata Okafor", "email": "r@example.com", "phone": "1", "company": "Firm",
        "tags": ["a"], "custom_fields": { "a": 1 }, "notes": "First." });
    let before = made(&client, &body).await;
    let path = format!("/v1/contacts/{}", before["id"].as_str().unwrap());
    server.advance_ms(60_000);

    for nothing in [json!({}), json!({ "phone": "1", "notes": null }), json!({ "something_else": 1 })] {
        let answer = client.patch(&path, &nothing).await;
        assert_eq!((answer.status, &answer.json["data"]), (200, &before), "{nothing}");
    }
    let change = json!({ "phone": null, "job_title": "CEO", "notes": "Second.", "priority": 3 });
    let after = client.patch(&path, &change).await.json["data"].clone();
    let mut expected = before.clone();
    expected["phone"] = Value::Null;
    expected["job_title"] = json!("CEO");
    expected["priority"] = json!(3);
    expected["notes"] = json!("First.\nSecond.");
    expected["updated_date"] = json!("2025-11-24T16:01:00.000Z");
    assert_eq!(after, expected);

    for (change, first, last, full) in [
        (json!({ "last_name": "Lindqvist" }), "Renata", "Lindqvist", "Renata Lindqvist"),
        (json!({ "full_name": "Okafor, Renata M." }), "Renata M.", "Okafor", "Renata M. Okafor"),
        (json!({ "first_name": null, "last_name": "" }), "R", "", "R"),
    ] {
        let after = client.patch(&path, &change).await.json["data"].clone();
        assert_eq!(after["first_name"], first, "{change}");
        assert_eq!(after["last_name"], last, "{change}");
        assert_eq!(after["full_name"], full, "{change}");
    }
    let companies = client.patch(&path, &json!({ "company_name": "Other", "tags": null, "custom_fields": null })).await;
    let after = &companies.json["data"];
    assert_eq!((&after["company"], &after["company_name"]), (&json!("Other"), &json!("Other")));
    assert_eq!((&after["tags"], &after["custom_fields"]), (&json!([]), &json!({})));
    let cleared = client.patch(&path, &json!({ "full_name": null })).await;
    assert_refused(&cleared, "full_name", "full_name can be changed but not cleared.");
    let nobody = client.patch(&path, &json!({ "first_name": "", "email": null })).await;
    assert_refused(&nobody, "full_name", "A contact needs a name or an email.");
}

#[tokio::test]
async fn notes_gather_up_to_their_limit() {
    let (_server, client) = desk().await;
    let path = format!("/v1/contacts/{}", made_id(&client, &json!({ "full_name": "X" })).await);
    for _ in 0..9 {
        assert_eq!(client.patch(&path, &json!({ "notes": "n".repeat(10_000) })).await.status, 200);
    }
    assert_eq!(client.patch(&path, &json!({ "notes": "n".repeat(9_990) })).await.status, 200);
    let full = client.get(&path).await.json["data"]["notes"].as_str().unwrap().len();
    assert_eq!(full, 99_999);
    let refused = client.patch(&path, &json!({ "notes": "n" })).await;
    assert_refused(&refused, "notes", "notes would grow over 100000 characters.");
}

#[tokio::test]
async fn a_deleted_contact_is_gone_and_off_its_lists() {
    let (_server, client) = desk().await;
    let id = made_id(&client, &json!({ "email": "x@example.com" })).await;
    let list = client.post("/v1/lists", &json!({ "name": "L" })).await.json["data"]["id"].clone();
    let members = format!("/v1/lists/{}/contacts", list.as_str().unwrap());
    client.post(&members, &json!({ "contact_ids": [id] })).await;
    let path = format!("/v1/contacts/{id}");
    let deleted = client.delete(&path).await;
    assert_eq!((deleted.status, deleted.json), (200, json!({ "data": { "deleted": true, "id": id } })));
    assert_eq!(client.get(&members).await.json["meta"]["total"], 0);
    assert_eq!(client.get("/v1/lists").await.json["data"]["lists"][0]["contact_count"], 0);
    assert_not_found(&client.get(&path).await, "Contact not found");
    assert_not_found(&client.delete(&path).await, "Contact not found");
    made(&client, &json!({ "email": "x@example.com" })).await;
}

#[tokio::test]
async fn another_workspace_sees_and_changes_nothing() {
    let (server, client) = desk().await;
    let contact = made(&client, &json!({ "full_name": "Renata Okafor" })).await;
    let list = client.post("/v1/lists", &json!({ "name": "L" })).await.json["data"]["id"].clone();
    let stranger = server.key_of("elsewhere", "read,write").await;
    for id in [contact["id"].as_str().unwrap(), MISSING, "no-id"] {
        let path = format!("/v1/contacts/{id}");
        assert_not_found(&stranger.get(&path).await, "Contact not found");
        assert_not_found(&stranger.patch(&path, &json!({ "phone": "1" })).await, "Contact not found");
        assert_not_found(&stranger.delete(&path).await, "Contact not found");
    }
    assert_not_found(
        &stranger.get(&format!("/v1/contacts?list_id={}", list.as_str().unwrap())).await,
        "List not found",
    );
    assert_eq!(names(&stranger, "").await, Vec::<String>::new());
    assert_eq!(names(&stranger, "search=renata").await, Vec::<String>::new());
    let path = format!("/v1/contacts/{}", contact["id"].as_str().unwrap());
    assert_eq!(client.get(&path).await.json["data"], contact);
}

#[tokio::test]
async fn reading_and_writing_are_two_permissions() {
    let server = Server::start().await;
    let (reader, writer) = (server.key("contacts:read").await, server.key("contacts:write").await);
    let id = made_id(&writer, &json!({ "full_name": "X" })).await;
    let path = format!("/v1/contacts/{id}");
    assert_eq!((reader.get("/v1/contacts").await.status, reader.get(&path).await.status), (200, 200));
    let refused = [
        (writer.get("/v1/contacts").await, "contacts:read"),
        (writer.get(&path).await, "contacts:read"),
        (reader.post("/v1/contacts", &json!({ "full_name": "X" })).await, "contacts:write"),
        (reader.patch(&path, &json!({ "phone": "1" })).await, "contacts:write"),
        (reader.delete(&path).await, "contacts:write"),
    ];
    for (answer, permission) in refused {
        let message = format!("This key lacks the permission {permission}. Use a key that holds it.");
        let expected = json!({ "error": { "code": "insufficient_permissions", "message": message } });
        assert_eq!((answer.status, answer.json), (403, expected));
    }
    assert_eq!(server.stranger().get("/v1/contacts").await.status, 401);
    assert_eq!(server.now_ms(), BEGIN_MS);
}
