//! The audit log. Protects that every change a caller makes leaves an event with him as its actor, that nobody sees another
//! workspace's, that nothing can change it, and that personal values go with their record while the log still verifies.

use std::collections::BTreeSet;

use lexi::audit::reader;
use lexi::audit::verify::Keys;
use lexi::db::query;
use reqwest::Method;
use serde_json::{Value, json};

use super::openapi::{document, operations};
use crate::support::{Answer, Client, Server, assert_refused, made, made_id};

async fn logs(server: &Server, client: &Client, query: &str) -> Vec<Value> {
    server.number_events().await;
    let answer = client.get(&format!("/v1/audit-logs{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["data"]["logs"].as_array().expect("logs").clone()
}

/// A route that writes, where to call it, and with what.
struct Call(Method, &'static str, String, Option<Value>);

/// Every route that writes, once, in an order in which each has something to change.
async fn calls(client: &Client) -> Vec<Call> {
    let contact = made_id(client, "/v1/contacts", json!({ "full_name": "Ann Lee" })).await;
    let again = made_id(client, "/v1/contacts", json!({ "full_name": "Ann Lee" })).await;
    let bulk = made_id(client, "/v1/contacts", json!({ "full_name": "Bo Lee" })).await;
    let list = made_id(client, "/v1/lists", json!({ "name": "list" })).await;
    let company = made_id(client, "/v1/companies", json!({ "name": "Lee LLP" })).await;
    let suppression = made_id(client, "/v1/suppressions", json!({ "domain": "a.example", "reason": "no" })).await;
    let key = made_id(client, "/v1/api-keys", json!({ "name": "spare", "permissions": ["read"] })).await;
    let mut tasks = Vec::new();
    for _ in 0..2 {
        let told = client.post("/v1/lexi/chat", &json!({ "message": "Find 1 CEO at law firms in California" })).await;
        tasks.push(told.json["data"]["task_id"].as_str().expect("a task").to_owned());
    }
    let post = |path, at: String, body| Call(Method::POST, path, at, Some(body));
    let plain = |path: &'static str, body| post(path, path.to_owned(), body);
    let message = json!({ "message": "hello" });
    vec![
        plain("/v1/lexi/chat", message.clone()),
        plain("/v1/lexi/chat/stream", message),
        Call(Method::POST, "/v1/lexi/tasks/{id}/approve", format!("/v1/lexi/tasks/{}/approve", tasks[0]), None),
        Call(Method::POST, "/v1/lexi/tasks/{id}/dismiss", format!("/v1/lexi/tasks/{}/dismiss", tasks[1]), None),
        plain("/v1/contacts", json!({ "full_name": "Cy Lee" })),
        Call(Method::PATCH, "/v1/contacts/{id}", format!("/v1/contacts/{contact}"), Some(json!({ "phone": "+1" }))),
        plain("/v1/contacts/bulk", json!({ "contacts": [{ "full_name": "Di Lee" }] })),
        post("/v1/contacts/{id}/notes", format!("/v1/contacts/{contact}/notes"), json!({ "title": "met" })),
        plain("/v1/contacts/merge", json!({ "primary_id": contact, "duplicate_ids": [again] })),
        plain("/v1/contacts/bulk-delete", json!({ "contact_ids": [bulk] })),
        plain("/v1/companies", json!({ "name": "Poe LLP" })),
        Call(Method::PATCH, "/v1/companies/{id}", format!("/v1/companies/{company}"), Some(json!({ "city": "Rome" }))),
        post(
            "/v1/companies/{id}/contacts/link",
            format!("/v1/companies/{company}/contacts/link"),
            json!({ "contact_ids": [contact] }),
        ),
        post("/v1/companies/{id}/notes", format!("/v1/companies/{company}/notes"), json!({ "title": "met" })),
        plain("/v1/notes", json!({ "title": "met", "contact_name": "Ann Lee" })),
        plain("/v1/lists", json!({ "name": "other" })),
        Call(Method::PATCH, "/v1/lists/{id}", format!("/v1/lists/{list}"), Some(json!({ "name": "third" }))),
        post("/v1/lists/{id}/contacts", format!("/v1/lists/{list}/contacts"), json!({ "contact_ids": [contact] })),
        Call(
            Method::DELETE,
            "/v1/lists/{list_id}/contacts/{contact_id}",
            format!("/v1/lists/{list}/contacts/{contact}"),
            None,
        ),
        Call(Method::DELETE, "/v1/lists/{id}", format!("/v1/lists/{list}"), None),
        Call(Method::DELETE, "/v1/contacts/{id}", format!("/v1/contacts/{contact}"), None),
        Call(Method::DELETE, "/v1/companies/{id}", format!("/v1/companies/{company}"), None),
        plain("/v1/suppressions", json!({ "domain": "b.example", "reason": "no" })),
        Call(Method::DELETE, "/v1/suppressions/{id}", format!("/v1/suppressions/{suppression}"), None),
        plain("/v1/api-keys", json!({ "name": "third", "permissions": ["read"] })),
        Call(Method::DELETE, "/v1/api-keys/{id}", format!("/v1/api-keys/{key}"), None),
    ]
}

/// The routes that decide about tasks and tell of them, in an order in which each has something to change.
async fn deciding_calls(client: &Client) -> Vec<Call> {
    let ask = async || {
        let told = client.post("/v1/lexi/chat", &json!({ "message": "Find 1 CEO at law firms in California" })).await;
        let text = |name: &str| told.json["data"][name].as_str().expect("an id").to_owned();
        (text("task_id"), text("conversation_id"))
    };
    let ((edited, conversation), (batched, _), (done, _)) = (ask().await, ask().await, ask().await);
    assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{done}/approve")).await.status, 200);
    let rule = json!({ "name": "a rule", "types": ["campaign_start"] });
    let policy = json!({ "name": "a policy", "types": ["list_operation"], "filters": { "operations": ["clear"] },
        "max_size": 1, "daily_tasks": 1, "daily_people": 1, "expires_at": "2026-01-01T00:00:00Z" });
    let freeze = json!({ "type": "campaign_start", "reason": "look first" });
    let hook = json!({ "url": "http://127.0.0.1:9/", "events": ["task.created"] });
    let webhook = client.post("/v1/webhooks", &hook).await.json["data"]["webhook"]["id"].clone();
    let webhook = webhook.as_str().expect("a webhook").to_owned();
    let made_rule = made_id(client, "/v1/lexi/rules", rule.clone()).await;
    let made_policy = made_id(client, "/v1/lexi/policies", policy.clone()).await;
    let made_freeze = made_id(client, "/v1/lexi/freezes", freeze.clone()).await;
    let post = |path, at: String, body| Call(Method::POST, path, at, body);
    let name = || Some(json!({ "name": "another name" }));
    vec![
        post("/v1/lexi/rules", "/v1/lexi/rules".into(), Some(rule)),
        Call(Method::PATCH, "/v1/lexi/rules/{id}", format!("/v1/lexi/rules/{made_rule}"), name()),
        Call(Method::DELETE, "/v1/lexi/rules/{id}", format!("/v1/lexi/rules/{made_rule}"), None),
        post("/v1/lexi/policies", "/v1/lexi/policies".into(), Some(policy)),
        Call(Method::PATCH, "/v1/lexi/policies/{id}", format!("/v1/lexi/policies/{made_policy}"), name()),
        post("/v1/lexi/policies/{id}/revoke", format!("/v1/lexi/policies/{made_policy}/revoke"), None),
        post("/v1/lexi/freezes", "/v1/lexi/freezes".into(), Some(freeze)),
        Call(Method::DELETE, "/v1/lexi/freezes/{id}", format!("/v1/lexi/freezes/{made_freeze}"), None),
        Call(Method::PATCH, "/v1/lexi/tasks/{id}", format!("/v1/lexi/tasks/{edited}"), Some(json!({ "limit": 2 }))),
        post(
            "/v1/lexi/tasks/batch",
            "/v1/lexi/tasks/batch".into(),
            Some(json!({ "action": "dismiss", "tasks": [{ "id": batched }] })),
        ),
        post("/v1/lexi/tasks/{id}/undo", format!("/v1/lexi/tasks/{done}/undo"), None),
        Call(
            Method::PATCH,
            "/v1/lexi/conversations/{id}",
            format!("/v1/lexi/conversations/{conversation}"),
            Some(json!({ "title": "Texas" })),
        ),
        Call(Method::DELETE, "/v1/lexi/conversations/{id}", format!("/v1/lexi/conversations/{conversation}"), None),
        post("/v1/webhooks", "/v1/webhooks".into(), Some(hook)),
        Call(
            Method::PATCH,
            "/v1/webhooks/{id}",
            format!("/v1/webhooks/{webhook}"),
            Some(json!({ "description": "ours" })),
        ),
        post("/v1/webhooks/{id}/rotate-secret", format!("/v1/webhooks/{webhook}/rotate-secret"), Some(json!({}))),
        Call(Method::DELETE, "/v1/webhooks/{id}", format!("/v1/webhooks/{webhook}"), None),
    ]
}

/// What needs another caller or a task in a rare state, and is held to its events where that is tested: `holds.rs`,
/// `stopping.rs`, `external_actions.rs`; and what tells an endpoint of something that is no change.
const ELSEWHERE: [&str; 8] = [
    "DELETE /v1/aap/v1/requests/{id}",
    "POST /v1/aap/v1/requests",
    "POST /v1/aap/v1/requests/{id}/consume",
    "POST /v1/aap/v1/requests/{id}/outcome",
    "POST /v1/lexi/tasks/{id}/retract",
    "POST /v1/lexi/tasks/{id}/stop",
    "POST /v1/webhooks/{id}/deliveries/{delivery_id}/redeliver",
    "POST /v1/webhooks/{id}/test",
];

#[tokio::test]
async fn every_route_that_writes_leaves_an_event_with_its_caller_and_its_request() {
    let nobody = lexi::config::AllowedHost { host: "127.0.0.1".into(), port: Some(9) };
    let server = Server::start_with(|config| config.webhook_allowed_hosts = vec![nobody]).await;
    server.law_firm_ceos(8).await;
    let client = server.key("read,write,lexi,keys:admin,audit:read,policies:admin").await;
    let mut calls = calls(&client).await;
    calls.extend(deciding_calls(&client).await);
    let written: BTreeSet<String> = operations(&document())
        .into_iter()
        .filter(|(method, path, _)| *method != Method::GET && !path.ends_with("/search") && !path.ends_with("/dry-run"))
        .map(|(method, path, _)| format!("{method} {path}"))
        .filter(|route| !ELSEWHERE.contains(&route.as_str()))
        .collect();
    let called: BTreeSet<String> = calls.iter().map(|Call(method, path, ..)| format!("{method} {path}")).collect();
    assert_eq!(called, written, "say in audit.rs how each route that writes is called");
    for Call(method, path, at, body) in calls {
        let mut request = client.request(method.clone(), &at).header("User-Agent", "tests/1.0");
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = client.send(request).await;
        assert!((200..300).contains(&answer.status), "{method} {path}: {}", answer.text);
        let request_id = answer.header("x-request-id").expect("an id").to_owned();
        let entries = logs(&server, &client, "?per_page=200").await;
        let of_request: Vec<&Value> =
            entries.iter().filter(|entry| entry["details"]["request_id"] == request_id.as_str()).collect();
        assert!(!of_request.is_empty(), "{method} {path} left no event");
        for entry in of_request {
            assert_eq!(entry["user"]["type"], "service", "{method} {path}: {entry}");
            assert_eq!(entry["user"]["name"].as_str().map(|name| name.starts_with("test ")), Some(true), "{entry}");
            assert_eq!(entry["ip_address"], "127.0.0.1", "{method} {path}: {entry}");
            assert_eq!(entry["user_agent"], "tests/1.0", "{method} {path}: {entry}");
        }
    }
}

#[tokio::test]
async fn the_log_says_who_did_what_newest_first_and_finds_by_each_filter() {
    let server = Server::start().await;
    let client =
        server.key_with("default", "read,write,audit:read", |key| key.owner = Some("ann@lee.example".into())).await;
    let list = made_id(&client, "/v1/lists", json!({ "name": "Q1" })).await;
    server.advance_days(1);
    client.patch(&format!("/v1/lists/{list}"), &json!({ "name": "Q2" })).await;
    server.advance_days(1);
    made_id(&client, "/v1/contacts", json!({ "full_name": "Ann Lee" })).await;
    assert_eq!(client.get("/v1/contacts/export").await.status, 200);
    assert_eq!(client.delete(&format!("/v1/lists/{list}")).await.status, 200);

    let all = logs(&server, &client, "").await;
    assert_eq!(all[0]["action"], "delete");
    assert_eq!(all[0]["user"]["email"], "ann@lee.example");
    let newest = &all[0];
    assert_eq!((&newest["resource_type"], &newest["resource_id"]), (&json!("lists"), &json!(list)));
    assert_eq!(newest["timestamp"], "2025-11-26T16:00:00.000Z");
    let user = newest["user"]["id"].as_str().unwrap();
    let count = async |query: &str| logs(&server, &client, query).await.len();
    assert_eq!(count("?resource_type=lists").await, 3);
    assert_eq!(count("?resource_type=contacts").await, 1);
    assert_eq!(count("?action=create&resource_type=lists").await, 1);
    assert_eq!(count("?action=update").await, 1);
    assert_eq!(count("?action=delete").await, 1);
    assert_eq!(count("?action=api_access").await, 1);
    assert_eq!(count("?action=login").await, 0);
    assert_eq!(count("?resource_type=api_keys").await, 1);
    assert_eq!(count(&format!("?user_id={user}")).await, 5);
    assert_eq!(count("?user_id=nobody").await, 0);
    assert_eq!(count("?from_date=2025-11-25&to_date=2025-11-25").await, 1);
    assert_eq!(count("?from_date=2025-11-26T16:00:00.000Z").await, 3);
    assert_eq!(count("?to_date=2025-11-24&resource_type=lists").await, 1);
    let page = client.get("/v1/audit-logs?per_page=2&page=2").await;
    assert_eq!(page.json["data"]["logs"], json!([all[2], all[3]]));
    assert_eq!(page.json["meta"], json!({ "page": 2, "per_page": 2, "total": all.len() }));
    let page = client.get("/v1/audit-logs?per_page=2&page=1&resource_type=lists").await;
    assert_eq!(page.json["meta"]["total"], 3);
    assert_eq!(client.get("/v1/audit-logs?per_page=200").await.status, 200);
    assert_eq!(client.get("/v1/audit-logs?page=900").await.json["data"]["logs"], json!([]));
}

#[tokio::test]
async fn what_is_asked_of_the_log_is_held_to_its_limits_and_nothing_changes_it() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi,audit:read").await;
    for (query, field, message) in [
        ("per_page=201", "per_page", "per_page must be a whole number from 1 to 200, got \"201\"."),
        ("page=0", "page", "page must be a whole number from 1 to 1000000, got \"0\"."),
        ("action=fly", "action", "action must be create, update, delete, login or api_access."),
    ] {
        assert_refused(&client.get(&format!("/v1/audit-logs?{query}")).await, field, message);
    }
    for query in ["resource_type=cars", "from_date=yesterday", "to_date=x"] {
        let answer = client.get(&format!("/v1/audit-logs?{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.text);
        assert!(answer.text.contains(query.split('=').next().unwrap()), "{}", answer.text);
    }
    for method in [Method::POST, Method::PATCH, Method::DELETE, Method::PUT] {
        let answer = client.send(client.request(method, "/v1/audit-logs")).await;
        assert_eq!(answer.status, 405, "{}", answer.text);
    }
    for path in ["/v1/audit-logs", "/v1/audit-logs/key"] {
        let refused = server.key("read,write,lexi").await.get(path).await;
        assert_eq!(refused.status, 403, "no bundle holds audit:read");
        assert!(refused.text.contains("audit:read"), "{}", refused.text);
    }
    let key = client.get("/v1/audit-logs/key").await;
    assert_eq!(key.json["data"]["key"]["public_key"].as_str().map(str::len), Some(64), "{}", key.text);
    assert_eq!(key.json["data"]["keys"], json!([]), "nothing is sealed yet");
    server.seal().await;
    let key = client.get("/v1/audit-logs/key").await;
    assert_eq!(key.json["data"]["keys"], json!([key.json["data"]["key"]]), "{}", key.text);
}

#[tokio::test]
async fn nobody_reads_another_workspaces_log() {
    let server = Server::start().await;
    let client = server.key("read,write,audit:read").await;
    let other = server.key_of("elsewhere", "read,write,audit:read").await;
    let ours = made_id(&client, "/v1/contacts", json!({ "full_name": "Secret Person" })).await;
    let entries = logs(&server, &client, "").await;
    let user = entries[0]["user"]["id"].as_str().unwrap().to_owned();
    for query in ["", "?resource_type=contacts", &format!("?user_id={user}")] {
        let theirs = logs(&server, &other, query).await;
        let text = json!(theirs).to_string();
        assert!(!text.contains(&ours) && !text.contains("Secret") && !text.contains(&user), "{query}: {text}");
    }
}

fn details(entries: &[Value], event: &str) -> Value {
    let entry = entries.iter().find(|entry| entry["details"]["event"] == event);
    entry.unwrap_or_else(|| panic!("no {event}"))["details"].clone()
}

async fn verifies(server: &Server) {
    server.seal().await;
    let keys = Keys::trusting(vec![server.app.audit_key.key().unwrap().public().clone()]);
    let found = server.app.db.read(move |tx| reader::database(tx, &keys, &[])).await.unwrap();
    assert!(found.iter().all(|checked| checked.fault.is_none()), "{found:?}");
}

#[tokio::test]
async fn values_are_shown_while_their_record_is_there_and_gone_with_it_and_the_log_still_verifies() {
    let server = Server::start().await;
    let client = server.key("read,write,audit:read").await;
    let person = json!({ "full_name": "Renata Okafor", "email": "renata@okafor.example", "notes": "n".repeat(5_000) });
    let id = made_id(&client, "/v1/contacts", person).await;
    client
        .patch(&format!("/v1/contacts/{id}"), &json!({ "job_title": "Of Counsel", "email": "r@okafor.example" }))
        .await;
    let firm = made_id(&client, "/v1/companies", json!({ "name": "Okafor LLP", "city": "Lagos" })).await;
    client.patch(&format!("/v1/companies/{firm}"), &json!({ "city": "Abuja" })).await;
    verifies(&server).await;
    let entries = logs(&server, &client, "").await;
    let created = details(&entries, "contact.created");
    let change = |details: &Value, field: &str| {
        let changes = details["changes"].as_array().expect("changes");
        changes.iter().find(|change| change["field"] == field).cloned().unwrap_or_default()
    };
    assert_eq!(
        change(&created, "email"),
        json!({ "field": "email", "before": null, "after": "renata@okafor.example" })
    );
    assert_eq!(change(&created, "notes"), json!({ "field": "notes", "before": null, "not_kept": true }));
    let updated = details(&entries, "contact.updated");
    assert_eq!(
        change(&updated, "email"),
        json!({ "field": "email", "before": "renata@okafor.example", "after": "r@okafor.example" })
    );
    assert_eq!(change(&details(&entries, "company.updated"), "city")["before"], "Lagos");
    assert!(updated["erased"].is_null() && updated["sealed"] == true, "{updated}");

    assert_eq!(client.delete(&format!("/v1/contacts/{id}")).await.status, 200);
    assert_eq!(client.delete(&format!("/v1/companies/{firm}")).await.status, 200);
    let entries = logs(&server, &client, "").await;
    for event in ["contact.created", "contact.updated", "company.created", "company.updated"] {
        let gone = details(&entries, event);
        assert_eq!(gone["erased"], true, "{gone}");
    }
    let text = json!(entries).to_string().to_lowercase();
    for personal in ["renata", "okafor", "counsel", "lagos", "abuja"] {
        assert!(!text.contains(personal), "{personal} is still there: {text}");
    }
    let left: i64 =
        server.app.db.read(|tx| query("select count(*) from personal_values").one(tx, |row| row.get(0))).await.unwrap();
    assert_eq!(left, 0);
    verifies(&server).await;
}

#[tokio::test]
async fn a_record_with_very_many_values_is_hidden_at_once_and_swept_afterwards() {
    let server = Server::start().await;
    let client = server.key("read,write,audit:read").await;
    let id = made_id(&client, "/v1/contacts", json!({ "full_name": "Renata Okafor" })).await;
    for n in 0..300 {
        let change = json!({ "job_title": format!("Title {n}") });
        assert_eq!(client.patch(&format!("/v1/contacts/{id}"), &change).await.status, 200);
    }
    let count = async || -> i64 {
        let count = |tx: &mut lexi::db::Tx| query("select count(*) from personal_values").one(tx, |row| row.get(0));
        server.app.db.read(count).await.unwrap()
    };
    assert!(count().await > 500);
    assert_eq!(client.delete(&format!("/v1/contacts/{id}")).await.status, 200);
    assert!(count().await > 0, "not all in one transaction");
    let entries = logs(&server, &client, "?per_page=200").await;
    assert!(!json!(entries).to_string().contains("Title"), "hidden at once");
    server.tidy().await;
    assert_eq!(count().await, 0);
    verifies(&server).await;
}

#[tokio::test]
async fn deleting_many_and_merging_erase_too() {
    let server = Server::start().await;
    let client = server.key("read,write,audit:read").await;
    let mut ids: Vec<String> = Vec::new();
    for n in 0..4 {
        ids.push(made_id(&client, "/v1/contacts", json!({ "full_name": format!("Erased {n}") })).await);
    }
    let merge: Answer =
        client.post("/v1/contacts/merge", &json!({ "primary_id": ids[0], "duplicate_ids": [ids[1]] })).await;
    assert_eq!(merge.status, 200, "{}", merge.text);
    let delete = client.post("/v1/contacts/bulk-delete", &json!({ "contact_ids": [ids[2], ids[3]] })).await;
    assert_eq!(delete.status, 200, "{}", delete.text);
    let text = json!(logs(&server, &client, "?per_page=200").await).to_string();
    assert!(text.contains("Erased 0"), "{text}");
    for gone in ["Erased 1", "Erased 2", "Erased 3"] {
        assert!(!text.contains(gone), "{gone}: {text}");
    }
}

#[tokio::test]
async fn what_lexi_carries_out_has_no_address_and_names_the_task() {
    let server = Server::start().await;
    server.law_firm_ceos(2).await;
    let client = server.key("read,write,lexi,audit:read").await;
    let told = client.post("/v1/lexi/chat", &json!({ "message": "Find 1 CEO at law firms in California" })).await;
    let task = told.json["data"]["task_id"].as_str().unwrap().to_owned();
    client.post_empty(&format!("/v1/lexi/tasks/{task}/approve")).await;
    made(&client, "/v1/suppressions", json!({ "domain": "never.example", "reason": "no" })).await;
    let entries = logs(&server, &client, "?resource_type=contacts").await;
    assert_eq!((&entries[0]["details"]["task_id"], &entries[0]["ip_address"]), (&json!(task), &Value::Null));
}
