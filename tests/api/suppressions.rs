//! Suppressions as a client of the API sees them: shapes, normal forms, refusals with their exact bodies, and that
//! another workspace sees nothing. What they keep out is told in `contacts.rs` and `main_job.rs`.

use serde_json::{Value, json};

use crate::support::{Answer, Client, Server};

const BEGIN: &str = "2025-11-24T16:00:00.000Z";
const MISSING: &str = "0193f2c4-0000-7000-8000-000000000000";

async fn desk() -> (Server, Client) {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    (server, client)
}

async fn made(client: &Client, body: &Value) -> Value {
    let answer = client.post("/v1/suppressions", body).await;
    assert_eq!(answer.status, 201, "{}", answer.json);
    answer.json["data"].clone()
}

async fn values(client: &Client, query: &str) -> Vec<String> {
    let answer = client.get(&format!("/v1/suppressions?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    let suppressions = answer.json["data"]["suppressions"].as_array().expect("rows");
    assert_eq!(answer.json["meta"]["total"], suppressions.len());
    suppressions.iter().map(|suppression| suppression["value"].as_str().expect("text").to_owned()).collect()
}

fn assert_refused(answer: &Answer, field: &str, message: &str) {
    let expected = json!({ "error": { "code": "validation_error", "message": message,
        "details": { "fields": { field: message } } } });
    assert_eq!((answer.status, &answer.json), (400, &expected));
}

#[tokio::test]
async fn an_address_a_domain_or_a_prospect_is_suppressed_in_its_normal_form() {
    let (server, client) = desk().await;
    server.law_firm_ceos(1).await;
    let email = made(&client, &json!({ "email": " Renata@Okafor.example", "reason": " Asked  not to be. " })).await;
    let expected = json!({ "id": email["id"], "kind": "email", "value": "renata@okafor.example",
        "reason": "Asked not to be.", "created_at": BEGIN });
    assert_eq!(email, expected);
    let domain = made(&client, &json!({ "domain": "https://www.Okafor.example/", "reason": "Client." })).await;
    assert_eq!((&domain["kind"], &domain["value"]), (&json!("domain"), &json!("okafor.example")));
    let page = client.get("/v1/suppressions").await;
    let meta = json!({ "page": 1, "per_page": 50, "total": 2 });
    let expected = json!({ "data": { "suppressions": [email, domain] }, "meta": meta });
    assert_eq!((page.status, page.json), (200, expected));

    let id = email["id"].as_str().unwrap();
    let lifted = client.delete(&format!("/v1/suppressions/{id}")).await;
    assert_eq!((lifted.status, lifted.json), (200, json!({ "data": { "deleted": true, "id": id } })));
    assert_eq!(values(&client, "").await, ["okafor.example"]);
    made(&client, &json!({ "email": "renata@okafor.example", "reason": "Again." })).await;
}

#[tokio::test]
async fn a_prospect_must_exist_to_be_suppressed() {
    let (server, client) = desk().await;
    let body = json!({ "prospect_id": MISSING, "reason": "x" });
    let message = format!("There is no prospect {MISSING}.");
    assert_refused(&client.post("/v1/suppressions", &body).await, "prospect_id", &message);
    server.law_firm_ceos(1).await;
    let people = server.app.db.read(|tx| lexi::prospects::people_after(tx, 0, 1)).await.unwrap();
    let id = people[0].id.to_string();
    let made = made(&client, &json!({ "prospect_id": id.to_uppercase(), "reason": "x" })).await;
    assert_eq!((&made["kind"], &made["value"]), (&json!("prospect"), &json!(id)));
}

#[tokio::test]
async fn what_is_suppressed_already_is_refused_and_named() {
    let (server, client) = desk().await;
    for (first, again, field, noun) in [
        (json!({ "email": "a@b.example" }), json!({ "email": "A@B.example " }), "email", "e-mail address"),
        (json!({ "domain": "b.example" }), json!({ "domain": "@B.Example" }), "domain", "domain"),
    ] {
        let with_reason = |mut body: Value| {
            body["reason"] = json!("x");
            body
        };
        let holder = made(&client, &with_reason(first)).await;
        let message = format!("This {noun} is suppressed already.");
        let expected = json!({ "error": { "code": "validation_error", "message": message,
            "details": { "fields": { field: message }, "suppression_id": holder["id"] } } });
        let refused = client.post("/v1/suppressions", &with_reason(again.clone())).await;
        assert_eq!((refused.status, refused.json), (400, expected));
        made(&server.key_of("elsewhere", "write").await, &with_reason(again)).await;
    }
}

#[tokio::test]
async fn each_wrong_field_is_named() {
    let (_server, client) = desk().await;
    let one = "Give exactly one of email, domain and prospect_id.";
    for body in [json!({}), json!({ "email": "a@b.example", "domain": "b.example", "reason": "x" })] {
        let expected = json!({ "error": { "code": "validation_error", "message": one,
            "details": { "fields": { "email": one, "domain": one, "prospect_id": one } } } });
        let refused = client.post("/v1/suppressions", &body).await;
        assert_eq!((refused.status, refused.json), (400, expected));
    }
    for (body, field, message) in [
        (json!({ "email": "a@b.example" }), "reason", "reason is required."),
        (
            json!({ "email": "nobody", "reason": "x" }),
            "email",
            "email must be an e-mail address such as name@example.com, got \"nobody\".",
        ),
        (
            json!({ "domain": "com", "reason": "x" }),
            "domain",
            "domain must be a domain such as example.com, got \"com\".",
        ),
        (json!({ "prospect_id": "no-id", "reason": "x" }), "prospect_id", "prospect_id must be a UUID, got \"no-id\"."),
    ] {
        assert_refused(&client.post("/v1/suppressions", &body).await, field, message);
    }
    let reason = |n: usize| json!({ "domain": "b.example", "reason": "ü".repeat(n) });
    let long = client.post("/v1/suppressions", &reason(501)).await;
    assert_refused(&long, "reason", "reason must have at most 500 characters.");
    made(&client, &reason(500)).await;
}

#[tokio::test]
async fn pages_are_filtered_by_kind_and_searched() {
    let (_server, client) = desk().await;
    for body in
        [json!({ "email": "a_1@b.example" }), json!({ "domain": "b.example" }), json!({ "email": "c@d.example" })]
    {
        let mut body = body;
        body["reason"] = json!("x");
        made(&client, &body).await;
    }
    assert_eq!(values(&client, "kind=email").await, ["a_1@b.example", "c@d.example"]);
    assert_eq!(values(&client, "kind=domain").await, ["b.example"]);
    assert_eq!(values(&client, "kind=prospect").await, Vec::<String>::new());
    assert_eq!(values(&client, "search=B.EX").await, ["a_1@b.example", "b.example"]);
    assert_eq!(values(&client, "search=B.EX&kind=email").await, ["a_1@b.example"]);
    assert_eq!(values(&client, "search=_").await, ["a_1@b.example"]);
    let page = client.get("/v1/suppressions?per_page=1&page=3").await.json;
    assert_eq!(page["meta"], json!({ "page": 3, "per_page": 1, "total": 3 }));
    assert_eq!(page["data"]["suppressions"][0]["value"], "c@d.example");
    assert_refused(&client.get("/v1/suppressions?kind=phone").await, "kind", "kind must be email, domain or prospect.");
    let search = "a".repeat(201);
    assert_refused(
        &client.get(&format!("/v1/suppressions?search={search}")).await,
        "search",
        "search must have at most 200 characters.",
    );
}

#[tokio::test]
async fn another_workspace_sees_and_lifts_nothing() {
    let (server, client) = desk().await;
    let made = made(&client, &json!({ "domain": "b.example", "reason": "x" })).await;
    let stranger = server.key_of("elsewhere", "read,write").await;
    for id in [made["id"].as_str().unwrap(), MISSING, "no-id"] {
        let answer = stranger.delete(&format!("/v1/suppressions/{id}")).await;
        let expected = json!({ "error": { "code": "not_found", "message": "Suppression not found" } });
        assert_eq!((answer.status, answer.json), (404, expected));
    }
    assert_eq!(values(&stranger, "").await, Vec::<String>::new());
    assert_eq!(values(&client, "").await, ["b.example"]);
}

#[tokio::test]
async fn reading_and_writing_are_two_permissions() {
    let server = Server::start().await;
    let (reader, writer) = (server.key("suppressions:read").await, server.key("suppressions:write").await);
    let made = made(&writer, &json!({ "domain": "b.example", "reason": "x" })).await;
    let path = format!("/v1/suppressions/{}", made["id"].as_str().unwrap());
    assert_eq!(values(&reader, "").await, ["b.example"]);
    assert_eq!(writer.get("/v1/suppressions").await.status, 403);
    assert_eq!(reader.post("/v1/suppressions", &json!({})).await.status, 403);
    assert_eq!(reader.delete(&path).await.status, 403);
}
