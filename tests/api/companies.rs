//! Companies as a client of the API sees them: shapes, refusals, limits from both sides, the link to contacts, and what
//! stays when a company goes.

use serde_json::{Value, json};

use crate::support::{Answer, Client, Server, assert_refused, made};

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

#[track_caller]
fn assert_not_found(answer: &Answer, code: &str) {
    let expected = json!({ "error": { "code": code, "message": "Company not found" } });
    assert_eq!((answer.status, &answer.json), (404, &expected));
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let answer = client.get(&format!("/v1/companies?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let rows = answer.json["data"]["companies"].as_array().unwrap();
    assert_eq!(answer.json["meta"]["total"], rows.len());
    rows.iter().map(|company| company["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_company_is_shown_as_it_was_given() {
    let (server, client) = desk().await;
    let body = json!({ "name": " Okafor  & Lindqvist LLP ", "industry": "Law", "website": "https://www.okafor.example",
        "linkedin_url": "https://www.linkedin.com/company/okafor", "size": "51-200",
        "domain": "https://www.Okafor.example/", "city": "Oakland", "country": "United States", "tags": ["vip", "vip"] });
    let company = made(&client, "/v1/companies", body).await;
    let expected = json!({ "id": company["id"], "name": "Okafor & Lindqvist LLP", "industry": "Law",
        "website": "https://www.okafor.example", "linkedin_url": "https://www.linkedin.com/company/okafor",
        "size": "51-200", "domain": "okafor.example", "city": "Oakland", "country": "United States", "tags": ["vip"],
        "created_date": BEGIN, "updated_date": BEGIN });
    assert_eq!(company, expected);
    let path = format!("/v1/companies/{}", id(&company));
    assert_eq!(client.get(&path).await.json, json!({ "data": expected }));
    let page = client.get("/v1/companies").await.json;
    assert_eq!(page, json!({ "data": { "companies": [expected] }, "meta": { "page": 1, "per_page": 50, "total": 1 } }));

    server.advance_ms(60_000);
    for nothing in [json!({}), json!({ "city": "Oakland" }), json!({ "something_else": 1 })] {
        assert_eq!(client.patch(&path, &nothing).await.json["data"], expected, "{nothing}");
    }
    let change = json!({ "name": "Okafor LLP", "industry": null, "tags_add": ["VIP", "ip"], "created_date": "2020" });
    let changed = client.patch(&path, &change).await.json["data"].clone();
    let mut after = expected;
    after["name"] = json!("Okafor LLP");
    after["industry"] = Value::Null;
    after["tags"] = json!(["vip", "ip"]);
    after["updated_date"] = json!("2025-11-24T16:01:00.000Z");
    assert_eq!(changed, after);
    let untagged = client.patch(&path, &json!({ "tags_remove": ["VIP"], "size": "" })).await.json["data"].clone();
    assert_eq!((&untagged["tags"], &untagged["size"]), (&json!(["ip"]), &Value::Null));
}

#[tokio::test]
async fn each_wrong_field_is_named_and_limits_hold_from_both_sides() {
    let (_server, client) = desk().await;
    assert_refused(&client.post_empty("/v1/companies").await, "name", "Give the company a name.");
    for (body, field, message) in [
        (json!({ "name": " " }), "name", "Give the company a name."),
        (
            json!({ "name": "X", "domain": "nowhere" }),
            "domain",
            "domain must be one such as example.com, got \"nowhere\".",
        ),
        (json!({ "name": "X", "tags": [""] }), "tags", "Each of tags must have 1 to 100 characters."),
    ] {
        assert_refused(&client.post("/v1/companies", &body).await, field, message);
    }
    for (field, max) in [("name", 200), ("industry", 200), ("size", 50), ("city", 200), ("country", 200)] {
        let body = |n: usize| {
            let mut body = json!({ "name": "X" });
            body[field] = json!("ü".repeat(n));
            body
        };
        assert_eq!(client.post("/v1/companies", &body(max)).await.status, 201, "{field}");
        let message = format!("{field} must have at most {max} characters.");
        assert_refused(&client.post("/v1/companies", &body(max + 1)).await, field, &message);
    }
    let path = format!("/v1/companies/{}", id(&made(&client, "/v1/companies", json!({ "name": "X" })).await));
    let cleared = client.patch(&path, &json!({ "name": null })).await;
    assert_refused(&cleared, "name", "name can be changed but not cleared.");
}

#[tokio::test]
async fn a_domain_belongs_to_one_company() {
    let (server, client) = desk().await;
    let holder = made(&client, "/v1/companies", json!({ "name": "Okafor", "domain": "okafor.example" })).await;
    let other = made(&client, "/v1/companies", json!({ "name": "Okafor" })).await;
    let message = "A company with this domain exists already. Change that company instead.";
    let expected = json!({ "error": { "code": "validation_error", "message": message,
        "details": { "fields": { "domain": message }, "company_id": holder["id"] } } });
    let again = json!({ "name": "Other", "domain": "WWW.okafor.example" });
    let refused = client.post("/v1/companies", &again).await;
    assert_eq!((refused.status, &refused.json), (400, &expected));
    let refused = client.patch(&format!("/v1/companies/{}", id(&other)), &again).await;
    assert_eq!((refused.status, &refused.json), (400, &expected));
    let elsewhere = server.key_of("elsewhere", "read,write").await;
    made(&elsewhere, "/v1/companies", again).await;
}

#[tokio::test]
async fn companies_are_searched_by_name_and_by_industry() {
    let (_server, client) = desk().await;
    for (name, industry) in [("Müller & Söhne", Some("Legal Services")), ("Acme", Some("FinTech")), ("50% Off", None)]
    {
        made(&client, "/v1/companies", json!({ "name": name, "industry": industry })).await;
    }
    assert_eq!(names(&client, "").await, ["Müller & Söhne", "Acme", "50% Off"]);
    for (query, found) in [
        ("search=MULLER", &["Müller & Söhne"][..]),
        ("search=m%C3%BCller%20%26%20s", &["Müller & Söhne"]),
        ("industry=legal", &["Müller & Söhne"]),
        ("industry=tech&search=acme", &["Acme"]),
        ("industry=tech&search=muller", &[]),
        ("search=%25", &[]),
        ("search=50%25", &["50% Off"]),
    ] {
        assert_eq!(names(&client, query).await, found, "{query}");
    }
    let long = client.get(&format!("/v1/companies?industry={}", "a".repeat(201))).await;
    assert_refused(&long, "industry", "industry must have at most 200 characters.");
}

#[tokio::test]
async fn contacts_are_linked_and_lose_the_link_with_the_company() {
    let (_server, client) = desk().await;
    let company = made(&client, "/v1/companies", json!({ "name": "Okafor LLP" })).await;
    let at = format!("/v1/companies/{}", id(&company));
    let first = json!({ "full_name": "Ann Lee", "company": "Lee & Co", "related_company_id": company["id"] });
    let first = made(&client, "/v1/contacts", first).await;
    assert_eq!((&first["related_company_id"], &first["company_name"]), (&company["id"], &json!("Lee & Co")));
    let second = made(&client, "/v1/contacts", json!({ "full_name": "Bo Ray" })).await;
    let ids = json!({ "contact_ids": [id(&first), id(&second), id(&second), MISSING, "no-id"] });
    let linked = client.post(&format!("{at}/contacts/link"), &ids).await;
    assert_eq!((linked.status, linked.json), (200, json!({ "data": { "updated": 2, "failed": 2 } })));
    let shown = async |contact: &Value| {
        client.get(&format!("/v1/contacts/{}", id(contact))).await.json["data"]["related_company_id"].clone()
    };
    assert_eq!(shown(&second).await, company["id"]);
    let cleared = client.patch(&format!("/v1/contacts/{}", id(&second)), &json!({ "related_company_id": null })).await;
    assert_eq!(cleared.json["data"]["related_company_id"], Value::Null);

    let deleted = client.delete(&at).await;
    assert_eq!((deleted.status, deleted.json), (200, json!({ "data": { "deleted": true, "id": company["id"] } })));
    assert_eq!(shown(&first).await, Value::Null);
    let listed = client.get("/v1/contacts").await.json["data"]["contacts"].clone();
    assert!(listed.as_array().unwrap().iter().all(|contact| contact["related_company_id"].is_null()), "{listed}");
    let export = client.get("/v1/contacts/export?fields=full_name,related_company_id,company_name").await;
    assert!(export.text.contains("Ann Lee,,Lee & Co"), "{}", export.text);
    let refused = client.patch(&format!("/v1/contacts/{}", id(&first)), &json!({ "company_id": company["id"] })).await;
    assert_refused(&refused, "related_company_id", &format!("There is no company {}.", id(&company)));

    assert_not_found(&client.delete(&at).await, "company_not_found");
    assert_not_found(&client.delete("/v1/companies/no-id").await, "company_not_found");
    for gone in [at.as_str(), "/v1/companies/no-id"] {
        assert_not_found(&client.get(gone).await, "not_found");
        assert_not_found(&client.patch(gone, &json!({ "city": "X" })).await, "not_found");
        assert_not_found(&client.post(&format!("{gone}/contacts/link"), &ids).await, "not_found");
    }
}

#[tokio::test]
async fn at_most_a_hundred_contacts_are_linked_at_once() {
    let (_server, client) = desk().await;
    let company = made(&client, "/v1/companies", json!({ "name": "X" })).await;
    let path = format!("/v1/companies/{}/contacts/link", id(&company));
    let ids = |n: usize| json!({ "contact_ids": vec![MISSING; n] });
    assert_eq!(client.post(&path, &ids(100)).await.json, json!({ "data": { "updated": 0, "failed": 1 } }));
    for n in [0, 101] {
        let message = format!("contact_ids must be 1 to 100 contacts, got {n}.");
        assert_refused(&client.post(&path, &ids(n)).await, "contact_ids", &message);
    }
}

#[tokio::test]
async fn companies_have_permissions_of_their_own_and_links_are_contacts() {
    let server = Server::start().await;
    let writer = server.key("write:companies").await;
    let company = made(&writer, "/v1/companies", json!({ "name": "X" })).await;
    let at = format!("/v1/companies/{}", id(&company));
    let refused = |answer: Answer, permission: &str| {
        assert_eq!(answer.status, 403, "{}", answer.text);
        assert!(answer.text.contains(permission), "{}", answer.text);
    };
    refused(writer.get(&at).await, "companies:read");
    refused(writer.post(&format!("{at}/contacts/link"), &json!({ "contact_ids": [MISSING] })).await, "contacts:write");
    refused(writer.post(&format!("{at}/notes"), &json!({ "title": "X" })).await, "contacts:write");
    let reader = server.key("companies:read").await;
    assert_eq!(reader.get(&at).await.status, 200);
    refused(reader.patch(&at, &json!({ "city": "X" })).await, "companies:write");
    refused(reader.delete(&at).await, "companies:write");
}
