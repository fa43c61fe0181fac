//! Tenants are walls: another workspace's id behaves exactly like an id that does not exist, on every route there is.

use reqwest::Method;
use serde_json::{Value, json};

use super::openapi::{document, filled, operations};
use crate::support::judge::NO_ID;
use crate::support::{Answer, Client, Server};

/// A server whose webhooks may lead to this machine, where nobody listens.
async fn walled() -> Server {
    let nobody = lexi::config::AllowedHost { host: "127.0.0.1".into(), port: Some(9) };
    Server::start_with(|config| config.webhook_allowed_hosts = vec![nobody]).await
}

/// A workspace with one of everything.
pub(crate) struct Owner {
    client: Client,
    list: String,
    contact: String,
    company: String,
    suppression: String,
    webhook: String,
    delivery: String,
    key: String,
    pending: String,
    completed: String,
    conversation: String,
    rule: String,
    policy: String,
    freeze: String,
}

impl Owner {
    async fn with_everything(server: &Server) -> Owner {
        server.law_firm_ceos(12).await;
        let client = server.key("read,write,lexi,keys:admin,policies:admin").await;
        Owner::of(client, "http://127.0.0.1:9/secret", "2026-01-01T00:00:00Z").await
    }

    /// One of everything, made by a caller who may do all of it: a webhook that leads to this address, a policy that ends
    /// at this time.
    pub(crate) async fn of(client: Client, hook: &str, policy_ends: &str) -> Owner {
        let made = async |path: &str, body: Value| {
            let answer = client.post(path, &body).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
            answer.json["data"]["id"].as_str().expect("an id").to_owned()
        };
        let list = made("/v1/lists", json!({ "name": "secret list" })).await;
        let contact = made("/v1/contacts", json!({ "full_name": "Secret Person", "email": "s@secret.example" })).await;
        let members = json!({ "contact_ids": [contact] });
        assert_eq!(client.post(&format!("/v1/lists/{list}/contacts"), &members).await.status, 200);
        let company = made("/v1/companies", json!({ "name": "Secret Firm", "domain": "secret.example" })).await;
        made(&format!("/v1/contacts/{contact}/notes"), json!({ "title": "secret call" })).await;
        made(&format!("/v1/companies/{company}/notes"), json!({ "title": "secret deal", "is_pinned": true })).await;
        let suppression = made("/v1/suppressions", json!({ "domain": "secret.test", "reason": "secret" })).await;
        let hook = json!({ "url": hook, "events": ["list.created"], "description": "secret hook" });
        let answer = client.post("/v1/webhooks", &hook).await;
        let webhook = answer.json["data"]["webhook"]["id"].as_str().expect("a webhook").to_owned();
        let answer = client.post_empty(&format!("/v1/webhooks/{webhook}/test")).await;
        let delivery = answer.json["data"]["delivery"]["id"].as_str().expect("a delivery").to_owned();
        let key = made("/v1/api-keys", json!({ "name": "secret key", "permissions": ["read"] })).await;
        let asked = async || {
            let message = json!({ "message": "Find 3 CEOs at law firms in California" });
            client.post("/v1/lexi/chat", &message).await.json["data"].clone()
        };
        let text = |value: &Value| value.as_str().expect("an id").to_owned();
        let completed = text(&asked().await["task_id"]);
        assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{completed}/approve")).await.status, 200);
        let pending = asked().await;
        let (pending, conversation) = (text(&pending["task_id"]), text(&pending["conversation_id"]));
        // About what nobody does here, so that the tasks above stay as they are.
        let rule = made("/v1/lexi/rules", json!({ "name": "secret rule", "types": ["campaign_start"] })).await;
        let policy = json!({ "name": "secret policy", "types": ["list_operation"], "filters": { "operations": ["clear"] },
            "max_size": 1, "daily_tasks": 1, "daily_people": 1, "expires_at": policy_ends });
        let policy = made("/v1/lexi/policies", policy).await;
        let freeze = made("/v1/lexi/freezes", json!({ "type": "campaign_start", "reason": "secret" })).await;
        Owner {
            rule,
            policy,
            freeze,
            list,
            contact,
            company,
            suppression,
            webhook,
            delivery,
            key,
            pending,
            completed,
            conversation,
            client,
        }
    }

    /// Every id a parameter of this path can have in this workspace.
    pub(crate) fn ids(&self, path: &str, parameter: &str) -> Vec<&str> {
        match (path.split('/').nth(2).unwrap_or_default(), parameter) {
            ("lists", "contact_id") | ("contacts", "id") => vec![&self.contact],
            ("lists", "id" | "list_id") => vec![&self.list],
            ("companies", "id") => vec![&self.company],
            ("suppressions", "id") => vec![&self.suppression],
            ("webhooks", "id") => vec![&self.webhook],
            ("webhooks", "delivery_id") => vec![&self.delivery],
            ("api-keys", "id") => vec![&self.key],
            // What another program asked for has its task's id.
            ("aap", "id") => vec![&self.pending],
            ("lexi", "id") if path.starts_with("/v1/lexi/tasks/") => vec![&self.pending, &self.completed],
            ("lexi", "id") if path.starts_with("/v1/lexi/rules/") => vec![&self.rule],
            ("lexi", "id") if path.starts_with("/v1/lexi/policies/") => vec![&self.policy],
            ("lexi", "id") if path.starts_with("/v1/lexi/freezes/") => vec![&self.freeze],
            ("lexi", "id") if path.starts_with("/v1/lexi/conversations/") => vec![&self.conversation],
            _ => panic!("say in tenants.rs which id {parameter} of {path} is"),
        }
    }

    /// Ids that requests name in their bodies and queries.
    pub(crate) fn named(&self) -> Vec<&str> {
        vec![&self.pending, &self.completed, &self.list, &self.contact, &self.conversation]
    }

    /// Everything this workspace can see of itself.
    async fn everything(&self) -> Vec<String> {
        let mut seen = Vec::new();
        for path in [
            "/v1/lists?per_page=100".to_owned(),
            "/v1/contacts?per_page=100".to_owned(),
            format!("/v1/lists/{}/contacts", self.list),
            format!("/v1/contacts/{}?include=*", self.contact),
            "/v1/companies?per_page=100".to_owned(),
            "/v1/notes?per_page=100".to_owned(),
            format!("/v1/companies/{}/notes", self.company),
            "/v1/suppressions".to_owned(),
            "/v1/api-keys?include_revoked=true".to_owned(),
            "/v1/lexi/conversations?user_id=all&archived=true".to_owned(),
            format!("/v1/lexi/conversations/{}", self.conversation),
            "/v1/webhooks".to_owned(),
            format!("/v1/webhooks/{}/deliveries", self.webhook),
            "/v1/lexi/tasks?status=all".to_owned(),
            "/v1/lexi/freezes?status=all".to_owned(),
            format!("/v1/lexi/tasks/{}", self.pending),
            format!("/v1/lexi/tasks/{}", self.completed),
            format!("/v1/lexi/rules/{}", self.rule),
            format!("/v1/lexi/policies/{}", self.policy),
        ] {
            let answer = self.client.get(&path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            seen.push(answer.text);
        }
        seen
    }
}

/// A body the route takes, so that nothing but the id is wrong.
pub(crate) fn body(method: &Method, path: &str) -> Option<Value> {
    match (method.as_str(), path) {
        ("PATCH", "/v1/contacts/{id}") => Some(json!({ "job_title": "changed" })),
        ("PATCH", "/v1/companies/{id}") => Some(json!({ "city": "changed" })),
        ("POST", "/v1/contacts/{id}/notes" | "/v1/companies/{id}/notes") => Some(json!({ "title": "changed" })),
        ("POST", "/v1/companies/{id}/contacts/link") => Some(json!({ "contact_ids": [NO_ID] })),
        ("PATCH", "/v1/webhooks/{id}") => Some(json!({ "active": false })),
        ("POST", "/v1/webhooks/{id}/rotate-secret") => Some(json!({ "overlap_hours": 0 })),
        ("POST", "/v1/webhooks/{id}/test" | "/v1/webhooks/{id}/deliveries/{delivery_id}/redeliver") => None,
        ("PATCH", "/v1/lists/{id}") => Some(json!({ "name": "changed" })),
        ("PATCH", "/v1/lexi/conversations/{id}") => Some(json!({ "title": "changed" })),
        ("POST", "/v1/lists/{id}/contacts") => Some(json!({ "contact_ids": [NO_ID] })),
        ("PATCH", "/v1/lexi/tasks/{id}") => Some(json!({ "limit": 2 })),
        ("POST", "/v1/lexi/tasks/{id}/approve" | "/v1/lexi/tasks/{id}/dismiss" | "/v1/lexi/tasks/{id}/undo") => None,
        ("PATCH", "/v1/lexi/rules/{id}" | "/v1/lexi/policies/{id}") => Some(json!({ "name": "changed" })),
        ("POST", "/v1/lexi/policies/{id}/revoke") => None,
        ("POST", "/v1/lexi/tasks/{id}/retract" | "/v1/lexi/tasks/{id}/stop") => None,
        ("POST", "/v1/aap/v1/requests/{id}/consume") => None,
        ("POST", "/v1/aap/v1/requests/{id}/outcome") => Some(json!({ "status": "failed" })),
        ("GET" | "DELETE", _) => None,
        _ => panic!("say in tenants.rs what {method} {path} takes"),
    }
}

pub(crate) async fn send(client: &Client, method: &Method, path: &str, body: Option<&Value>) -> Answer {
    let mut request = client.request(method.clone(), path);
    if path.starts_with("/v1/aap/") && *method != Method::GET {
        request = request.header("Idempotency-Key", path);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    client.send(request).await
}

/// Fails unless both answers are the same in all that a caller can compare.
#[track_caller]
fn same(what: &str, foreign: &Answer, unknown: &Answer) {
    assert_eq!((foreign.status, &foreign.text), (unknown.status, &unknown.text), "{what}");
    let names = |answer: &Answer| answer.headers.keys().map(|name| name.as_str().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(foreign), names(unknown), "{what}");
}

#[tokio::test]
async fn on_every_route_an_id_of_another_workspace_is_an_id_that_does_not_exist() {
    let server = walled().await;
    let owner = Owner::with_everything(&server).await;
    let before = owner.everything().await;
    let stranger = server.key_of("elsewhere", "read,write,lexi,keys:admin,policies:admin").await;
    let mut walked = 0;
    for (method, path, _) in operations(&document()).into_iter().filter(|(_, path, _)| path.contains('{')) {
        let body = body(&method, &path);
        for query in ["", "?wait=0", "?page=1&per_page=100"] {
            for n in 0..2 {
                let pick = |name: &str| {
                    let ids = owner.ids(&path, name);
                    ids[n % ids.len()].to_owned()
                };
                let foreign = send(&stranger, &method, &(filled(&path, pick) + query), body.as_ref()).await;
                let unknown = filled(&path, |_| NO_ID.to_owned()) + query;
                let unknown = send(&stranger, &method, &unknown, body.as_ref()).await;
                same(&format!("{method} {path}{query}"), &foreign, &unknown);
                assert_eq!(foreign.status, 404, "{method} {path}: {}", foreign.text);
                let no_id = filled(&path, |_| "no-id".to_owned()) + query;
                same(&format!("{method} {no_id}"), &send(&stranger, &method, &no_id, body.as_ref()).await, &unknown);
                walked += 1;
            }
        }
    }
    assert!(walked >= 60, "{walked}");
    assert_eq!(owner.everything().await, before, "and nothing was changed");
}

#[tokio::test]
async fn ids_in_bodies_and_queries_are_walled_too() {
    let server = walled().await;
    let owner = Owner::with_everything(&server).await;
    let before = owner.everything().await;
    let stranger = server.key_of("elsewhere", "read,write,lexi,keys:admin,policies:admin").await;
    let own = async |path: &str, body: Value| {
        stranger.post(path, &body).await.json["data"]["id"].as_str().expect("an id").to_owned()
    };
    let list = own("/v1/lists", json!({ "name": "secret list" })).await;
    let contact = own("/v1/contacts", json!({ "full_name": "Own Person" })).await;
    let own_company = own("/v1/companies", json!({ "name": "Own Firm", "domain": "secret.example" })).await;
    let told = stranger.post("/v1/lexi/chat", &json!({ "message": "How many contacts do we have?" })).await;
    let own_conversation = format!("/v1/lexi/conversations/{}", told.json["data"]["conversation_id"].as_str().unwrap());
    let asks = |id: &str, other: &str, company: &str| -> Vec<(Method, String, Option<Value>)> {
        let bulk = |contact: Value| Some(json!({ "contacts": [contact] }));
        let chat = |context: Value| json!({ "message": "Find 3 CEOs at law firms in California", "context": context });
        let members = format!("/v1/lists/{list}/contacts");
        vec![
            (Method::POST, "/v1/lexi/chat".into(), Some(chat(json!({ "list_id": id })))),
            (Method::POST, "/v1/lexi/chat".into(), Some(chat(json!({ "conversation_id": other })))),
            (Method::POST, "/v1/lexi/chat".into(), Some(chat(json!({ "campaign_id": id })))),
            (Method::GET, format!("/v1/contacts?list_id={id}"), None),
            (Method::PATCH, own_conversation.clone(), Some(json!({ "context": { "contact_id": other } }))),
            (Method::GET, format!("/v1/contacts/export?list_id={id}"), None),
            (Method::POST, members.clone(), Some(json!({ "contact_ids": [other] }))),
            (Method::POST, members.clone(), Some(json!({ "contact_ids": [contact, other] }))),
            (Method::DELETE, format!("{members}/{other}"), None),
            (Method::DELETE, format!("/v1/lists/{id}/contacts/{contact}"), None),
            (Method::POST, format!("/v1/lists/{id}/contacts"), Some(json!({ "contact_ids": [contact] }))),
            (Method::POST, "/v1/contacts".into(), Some(json!({ "full_name": "New", "related_company_id": id }))),
            (Method::PATCH, format!("/v1/contacts/{contact}"), Some(json!({ "related_company_id": company }))),
            (
                Method::POST,
                "/v1/contacts/bulk".into(),
                bulk(json!({ "full_name": "New", "related_company_id": company })),
            ),
            (
                Method::POST,
                "/v1/contacts/merge".into(),
                Some(json!({ "primary_id": other, "duplicate_ids": [contact] })),
            ),
            (
                Method::POST,
                "/v1/contacts/merge".into(),
                Some(json!({ "primary_id": contact, "duplicate_ids": [other] })),
            ),
            (Method::POST, "/v1/notes".into(), Some(json!({ "title": "t", "contact_id": other }))),
            (Method::POST, "/v1/notes".into(), Some(json!({ "title": "t", "related_company_id": company }))),
            (Method::POST, "/v1/notes".into(), Some(json!({ "title": "t", "contact_name": "Secret Person" }))),
            (Method::POST, "/v1/notes".into(), Some(json!({ "title": "t", "company_name": "Secret Firm" }))),
            (Method::POST, "/v1/suppressions".into(), Some(json!({ "prospect_id": id, "reason": "r" }))),
        ]
    };
    let unknown = asks(NO_ID, NO_ID, NO_ID);
    for other in [&owner.contact, &owner.conversation, &owner.pending] {
        for ((method, path, body), (_, unknown_path, unknown_body)) in
            asks(&owner.list, other, &owner.company).into_iter().zip(&unknown)
        {
            let foreign = send(&stranger, &method, &path, body.as_ref()).await;
            let missing = send(&stranger, &method, unknown_path, unknown_body.as_ref()).await;
            let hidden = |answer: &Answer, id: &str| answer.text.replace(id, "ID");
            assert_eq!(foreign.status, missing.status, "{method} {path}");
            assert!([400, 404].contains(&foreign.status), "{method} {path}: {}", foreign.text);
            let ids = [owner.list.as_str(), other.as_str(), owner.company.as_str()];
            let foreign_text = ids.iter().fold(foreign.text.clone(), |text, id| text.replace(id, "ID"));
            assert_eq!(foreign_text, hidden(&missing, NO_ID), "{method} {path}");
        }
    }
    assert_eq!(owner.everything().await, before, "and nothing was changed");
    assert_eq!(stranger.get(&format!("/v1/lists/{list}")).await.json["data"]["contact_count"], 0);
    assert_eq!(stranger.get("/v1/notes").await.json["meta"]["total"], 0);
    let ids = json!({ "contact_ids": [owner.contact, contact] });
    let linked = stranger.post(&format!("/v1/companies/{own_company}/contacts/link"), &ids).await;
    assert_eq!(linked.json["data"], json!({ "updated": 1, "failed": 1 }));
    let deleted = stranger.post("/v1/contacts/bulk-delete", &ids).await;
    assert_eq!(
        (&deleted.json["data"]["deleted_count"], &deleted.json["data"]["not_found_count"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(owner.everything().await, before, "and nothing was changed");
}

#[tokio::test]
async fn lists_of_every_kind_hold_what_is_ones_own() {
    let server = walled().await;
    let owner = Owner::with_everything(&server).await;
    let stranger = server.key_of("elsewhere", "read,write,lexi,keys:admin,policies:admin,audit:read").await;
    server.seal().await;
    let ids = [
        &owner.list,
        &owner.contact,
        &owner.company,
        &owner.suppression,
        &owner.webhook,
        &owner.delivery,
        &owner.key,
        &owner.pending,
        &owner.completed,
        &owner.conversation,
        &owner.freeze,
    ];
    for (method, path, operation) in operations(&document()) {
        if method != Method::GET || path.contains('{') {
            continue;
        }
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let has = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
        let mut queries = vec!["?per_page=100".to_owned()];
        queries.extend(has("search").then(|| "?search=secret".to_owned()));
        queries.extend(has("include_revoked").then(|| "?include_revoked=true".to_owned()));
        queries.extend(has("user_id").then(|| "?user_id=all&archived=true".to_owned()));
        queries.extend(has("status").then(|| "?status=all".to_owned()));
        for query in queries {
            let answer = stranger.get(&format!("{path}{query}")).await;
            assert_eq!(answer.status, 200, "{path}{query}: {}", answer.text);
            if answer.header("content-type").is_some_and(|kind| kind.starts_with("text/csv")) {
                assert_eq!(answer.text.lines().count(), 1, "{path}{query}: only the header");
                continue;
            }
            let own = if path == "/v1/api-keys" && !query.contains("search") { 1 } else { 0 };
            let total = if answer.json["meta"].is_null() {
                &answer.json["data"]["total"]
            } else {
                &answer.json["meta"]["total"]
            };
            // Whoever has a key has the events of its making.
            let tells_of_itself = matches!(path.as_str(), "/v1/events" | "/v1/audit-logs" | "/v1/audit-logs/key");
            assert!(tells_of_itself || *total == own, "{path}{query}: {}", answer.text);
            assert!(!answer.text.contains("secret"), "{path}{query}: {}", answer.text);
            assert!(ids.iter().all(|id| !answer.text.contains(id.as_str())), "{path}{query}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn what_one_workspace_holds_does_not_stand_in_anothers_way() {
    let server = walled().await;
    let owner = Owner::with_everything(&server).await;
    let stranger = server.key_of("elsewhere", "read,write,lexi").await;
    for (path, body) in [
        ("/v1/lists", json!({ "name": "secret list" })),
        ("/v1/contacts", json!({ "full_name": "Secret Person", "email": "s@secret.example" })),
        ("/v1/contacts", json!({ "full_name": "Not Suppressed Here", "email": "n@secret.test" })),
        ("/v1/suppressions", json!({ "domain": "secret.test", "reason": "our own" })),
    ] {
        let answer = stranger.post(path, &body).await;
        assert_eq!(answer.status, 201, "{path}: {}", answer.text);
    }
    let message = json!({ "message": "Find 12 CEOs at law firms in California" });
    let told = stranger.post("/v1/lexi/chat", &message).await.json["data"].clone();
    assert_eq!(told["task"]["preview"]["already_contacts"], 0, "the owner's contacts are not theirs");
    let task = format!("/v1/lexi/tasks/{}", told["task_id"].as_str().unwrap());
    assert_eq!(stranger.post_empty(&format!("{task}/approve")).await.status, 200);
    assert_eq!(stranger.get("/v1/contacts").await.json["meta"]["total"], 14);
    assert_eq!(owner.client.get("/v1/contacts").await.json["meta"]["total"], 4);
}
