//! The OpenAPI document: the same wherever it is read, complete, and true. Protects that clients made from it work.

use std::path::Path;

use lexi::http::openapi;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Installation, Server};

/// What an operation has to document besides its good answer.
const ALWAYS: &[&str] = &["401", "403", "429", "500", "503"];

/// The document as JSON.
pub(crate) fn document() -> Value {
    serde_json::from_str(&openapi::text()).expect("JSON")
}

/// Every operation: method, path, and what the document says of it.
pub(crate) fn operations(document: &Value) -> Vec<(Method, String, Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let method = method.to_uppercase().parse().expect("a method");
            all.push((method, path.clone(), operation.clone()));
        }
    }
    assert!(all.len() > 20, "there are more routes than {}", all.len());
    all
}

/// A path with ids in place of its parameters.
pub(crate) fn filled(path: &str, id: impl Fn(&str) -> String) -> String {
    let parts = path.split('/').map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(name) => id(name),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn the_document_is_the_same_in_the_repository_in_the_program_and_on_the_server() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    assert!(checked_in == openapi::text(), "openapi.json is not of today: cargo run -- openapi > openapi.json");
    let said = Installation::new().await.run(&["openapi"]);
    assert!(said.out == checked_in, "lexi openapi prints something else");
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let served = Server::start().await.stranger().get("/openapi.json").await;
    assert_eq!((served.status, served.header("content-type")), (200, Some("application/json")));
    assert!(served.text == checked_in, "the server serves something else");
}

#[test]
fn the_document_is_openapi_3_1_and_names_nothing_it_does_not_hold() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(document["components"]["securitySchemes"]["key"]["scheme"], "bearer");
    let mut open = vec![&document];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                if let Some(target) = fields.get("$ref").and_then(Value::as_str) {
                    let pointer = target.strip_prefix('#').expect("a place in this document");
                    assert!(document.pointer(pointer).is_some(), "{target} is not there");
                }
                open.extend(fields.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
}

#[test]
fn every_route_says_what_it_does_what_it_takes_and_how_it_can_fail() {
    let document = document();
    let mut ids = Vec::new();
    for (method, path, operation) in operations(&document) {
        let name = format!("{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|text| text.ends_with('.') || text.len() > 10), "{name}");
        assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{name}");
        ids.push(operation["operationId"].as_str().expect("an id").to_owned());
        let answers = operation["responses"].as_object().expect("answers");
        assert!(answers.keys().any(|status| status.starts_with('2')), "{name} has no good answer");
        let mut expected: Vec<&str> = ALWAYS.to_vec();
        let writes = method != Method::GET && !path.ends_with("/search") && !path.ends_with("/dry-run");
        if writes {
            expected.extend(["400", "409", "413"]);
        }
        if operation["requestBody"].is_object() {
            expected.extend(["400", "413", "415"]);
        }
        if path.contains('{') {
            expected.push("404");
        }
        for status in expected {
            assert!(answers.contains_key(status), "{name} does not document {status}");
        }
        for (status, answer) in answers {
            assert!(answer["description"].as_str().is_some_and(|text| !text.is_empty()), "{name} {status}");
            let schema = &answer["content"]["application/json"]["schema"];
            if status.starts_with('2') {
                let is_text = |kind: &str| answer["content"][kind]["schema"]["type"] == "string";
                let is_file = is_text("text/csv") || is_text("text/event-stream");
                assert!(status == "204" || is_file || schema.is_object(), "{name} {status}");
            } else {
                assert_eq!(schema["$ref"], "#/components/schemas/Problem", "{name} {status}");
            }
        }
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path").count();
        assert_eq!(in_path, path.matches('{').count(), "{name}");
        let named: Vec<&Value> = parameters.iter().map(|parameter| &parameter["name"]).collect();
        assert_eq!(writes, named.contains(&&json!("Idempotency-Key")), "{name}: {named:?}");
        for parameter in &parameters {
            assert!(parameter["description"].as_str().is_some_and(|text| !text.is_empty()), "{name}: {parameter}");
        }
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "operation ids are unique: {ids:?}");
}

#[tokio::test]
async fn every_documented_route_is_there_and_answers_nobody_without_a_key() {
    let server = Server::start().await;
    let (nobody, powerless) = (server.stranger(), server.key("metrics:read").await);
    for (method, path, _) in operations(&document()) {
        for path in [path.clone(), format!("/functions/v1/api-gateway{path}")] {
            let path = filled(&path, |_| "0193f2c4-0000-7000-8000-000000000000".into());
            let refused = nobody.send(nobody.request(method.clone(), &path)).await;
            assert_eq!(refused.status, 401, "{method} {path}");
            assert_eq!(refused.json, json!({ "error": { "code": "invalid_key", "message": "Invalid API key" } }));
            let refused = powerless.send(powerless.request(method.clone(), &path)).await;
            assert_eq!(refused.status, 403, "{method} {path}");
            assert_eq!(refused.json["error"]["code"], "insufficient_permissions");
        }
    }
}

/// Real answers, each held to what the document says of it.
struct Contract {
    document: Value,
    client: Client,
    seen: Vec<String>,
}

impl Contract {
    /// Asks, holds the answer to its schema, and gives it back. `path` is as documented, `at` is where to ask.
    async fn keep(&mut self, method: Method, path: &str, at: &str, body: Option<Value>) -> Answer {
        let mut request = self.client.request(method.clone(), at);
        if path.starts_with("/v1/aap/") {
            request = request.header("Idempotency-Key", self.seen.len().to_string());
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = self.client.send(request).await;
        let name = format!("{method} {path} {}", answer.status);
        let documented = &self.document["paths"][path][method.as_str().to_lowercase()]["responses"];
        let documented = &documented[answer.status.to_string()];
        assert!(documented.is_object(), "{name} is not documented: {}", answer.text);
        match documented["content"]["application/json"].get("schema") {
            Some(schema) => {
                let mut complaints = Vec::new();
                self.compare(schema, &answer.json, "", &mut complaints);
                assert!(complaints.is_empty(), "{name}: {complaints:#?}\n{}", answer.text);
            }
            None if documented["content"]["text/csv"].is_object() => {
                assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"), "{name}");
                for header in documented["headers"].as_object().expect("headers").keys() {
                    assert!(answer.header(header).is_some(), "{name} {header}");
                }
            }
            None if documented["content"]["text/event-stream"].is_object() => {
                assert_eq!(answer.header("content-type"), Some("text/event-stream"), "{name}");
            }
            None => assert_eq!(answer.text, "", "{name}"),
        }
        self.seen.push(format!("{method} {path}"));
        answer
    }

    /// Complains where `value` lacks a required property or is of another type.
    fn compare(&self, schema: &Value, value: &Value, at: &str, complaints: &mut Vec<String>) {
        if let Some(target) = schema["$ref"].as_str() {
            let target = self.document.pointer(target.trim_start_matches('#')).expect("a schema");
            return self.compare(target, value, at, complaints);
        }
        if let Some(parts) = schema["allOf"].as_array() {
            return parts.iter().for_each(|part| self.compare(part, value, at, complaints));
        }
        if let Some(ways) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
            let fits = |way: &Value| {
                let mut found = Vec::new();
                self.compare(way, value, at, &mut found);
                found
            };
            let best = ways.iter().map(fits).min_by_key(Vec::len).unwrap_or_default();
            return complaints.extend(best);
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if !types.is_empty() && !types.iter().any(|name| is_of(name, value)) {
            complaints.push(format!("{at} is no {}: {value}", types.join(" or ")));
        }
        if let Some(known) = schema["enum"].as_array().filter(|known| !known.contains(value)) {
            complaints.push(format!("{at} is none of {known:?}: {value}"));
        }
        for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if value.is_object() && value.get(required).is_none() {
                complaints.push(format!("{at}/{required} is missing"));
            }
        }
        if let (Some(properties), Some(fields)) = (schema["properties"].as_object(), value.as_object()) {
            for (name, field) in fields {
                if let Some(property) = properties.get(name) {
                    self.compare(property, field, &format!("{at}/{name}"), complaints);
                }
            }
        }
        for (n, item) in value.as_array().into_iter().flatten().enumerate() {
            if schema["items"].is_object() {
                self.compare(&schema["items"], item, &format!("{at}/{n}"), complaints);
            }
        }
    }
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("a schema of type {other}"),
    }
}

#[tokio::test]
async fn real_answers_are_as_documented() {
    let nobody = lexi::config::AllowedHost { host: "127.0.0.1".into(), port: Some(9) };
    let server = Server::start_with(|config| config.webhook_allowed_hosts = vec![nobody]).await;
    server.law_firm_ceos(6).await;
    let client = server.key("read,write,lexi,keys:admin,audit:read,policies:admin").await;
    let mut contract = Contract { document: document(), client, seen: Vec::new() };
    records_are_as_documented(&mut contract).await;
    tasks_are_as_documented(&mut contract).await;
    holding_up_is_as_documented(&mut contract).await;
    deciding_by_rule_is_as_documented(&mut contract).await;
    searches_are_as_documented(&mut contract).await;
    the_log_is_as_documented(&server, &mut contract).await;
    webhooks_are_as_documented(&mut contract, &server).await;
    external_actions_are_as_documented(&mut contract).await;
    let mut unseen = operations(&contract.document);
    unseen.retain(|(method, path, _)| !contract.seen.contains(&format!("{method} {path}")));
    let unseen: Vec<String> = unseen.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert!(unseen.is_empty(), "no answer was held to the document: {unseen:#?}");
}

async fn records_are_as_documented(contract: &mut Contract) {
    let id =
        |answer: &Answer| answer.json["data"]["id"].as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned();
    for (path, body, change) in [
        (
            "/v1/contacts",
            json!({ "full_name": "Ann Lee", "email": "ann@lee.example", "tags": ["a"], "notes": "met",
                "custom_fields": { "a": 1 } }),
            Some(json!({ "job_title": "Partner" })),
        ),
        ("/v1/lists", json!({ "name": "list", "description": "for tests" }), Some(json!({ "name": "lists" }))),
        (
            "/v1/companies",
            json!({ "name": "Lee LLP", "domain": "lee.example", "tags": ["a"] }),
            Some(json!({ "city": "Oakland" })),
        ),
        ("/v1/suppressions", json!({ "domain": "enemy.example", "reason": "asked" }), None),
        ("/v1/api-keys", json!({ "name": "spare", "permissions": ["read"], "owner": "Ann Lee" }), None),
    ] {
        contract.keep(Method::POST, path, path, Some(json!({}))).await;
        let made = id(&contract.keep(Method::POST, path, path, Some(body)).await);
        contract.keep(Method::GET, path, path, None).await;
        contract.keep(Method::GET, path, &format!("{path}?page=0"), None).await;
        let (one, at) = (format!("{path}/{{id}}"), format!("{path}/{made}"));
        if let Some(change) = change {
            contract.keep(Method::GET, &one, &at, None).await;
            contract.keep(Method::PATCH, &one, &at, Some(change)).await;
            contract.keep(Method::PATCH, &one, &at, Some(json!({ "full_name": 7, "name": 7 }))).await;
            contract.keep(Method::GET, &one, &format!("{path}/no-id"), None).await;
        }
        contract.keep(Method::DELETE, &one, &at, None).await;
        contract.keep(Method::DELETE, &one, &at, None).await;
    }
    let list = id(&contract.keep(Method::POST, "/v1/lists", "/v1/lists", Some(json!({ "name": "list" }))).await);
    let ann = json!({ "full_name": "Ann Lee" });
    let contact = id(&contract.keep(Method::POST, "/v1/contacts", "/v1/contacts", Some(ann)).await);
    let (members, at) = ("/v1/lists/{id}/contacts", format!("/v1/lists/{list}/contacts"));
    contract.keep(Method::POST, members, &at, Some(json!({ "contact_ids": [contact] }))).await;
    contract.keep(Method::POST, members, &at, Some(json!({ "contact_ids": ["no-id"] }))).await;
    contract.keep(Method::GET, members, &at, None).await;
    for query in ["", "?limit=0", "?list_id=no-id"] {
        let export = "/v1/contacts/export";
        contract.keep(Method::GET, export, &format!("{export}{query}"), None).await;
    }
    notes_are_as_documented(contract, &contact).await;
    let member = "/v1/lists/{list_id}/contacts/{contact_id}";
    for _ in 0..2 {
        contract.keep(Method::DELETE, member, &format!("{at}/{contact}"), None).await;
    }
}

async fn notes_are_as_documented(contract: &mut Contract, contact: &str) {
    let companies = "/v1/companies";
    let firm = contract.keep(Method::POST, companies, companies, Some(json!({ "name": "Lee LLP" }))).await;
    let firm = firm.json["data"]["id"].as_str().expect("an id").to_owned();
    let link = (format!("{companies}/{{id}}/contacts/link"), format!("{companies}/{firm}/contacts/link"));
    for body in [json!({ "contact_ids": [contact, "no-id"] }), json!({})] {
        contract.keep(Method::POST, &link.0, &link.1, Some(body)).await;
    }
    for (kind, id) in [("contacts", contact), ("companies", firm.as_str())] {
        let (path, at) = (format!("/v1/{kind}/{{id}}/notes"), format!("/v1/{kind}/{id}/notes"));
        for body in [json!({ "title": "Called", "content": "later", "tags": ["a"] }), json!({})] {
            contract.keep(Method::POST, &path, &at, Some(body)).await;
        }
        contract.keep(Method::GET, &path, &at, None).await;
        contract.keep(Method::GET, &path, &format!("/v1/{kind}/no-id/notes"), None).await;
    }
    let notes = "/v1/notes";
    for body in [json!({ "title": "Called", "company_name": "Lee" }), json!({ "title": "Called" })] {
        contract.keep(Method::POST, notes, notes, Some(body)).await;
    }
    contract.keep(Method::GET, notes, notes, None).await;
    contract.keep(Method::GET, notes, "/v1/notes?is_pinned=7", None).await;
    for include in ["*", "everything"] {
        contract
            .keep(Method::GET, "/v1/contacts/{id}", &format!("/v1/contacts/{contact}?include={include}"), None)
            .await;
    }
    let bulk = "/v1/contacts/bulk";
    let two = json!({ "contacts": [{ "full_name": "A B", "email": "a@b.example" }, { "full_name": "C D" }] });
    let made = contract.keep(Method::POST, bulk, bulk, Some(two.clone())).await.json["data"]["contacts"].clone();
    contract.keep(Method::POST, bulk, bulk, Some(two)).await;
    let merge = "/v1/contacts/merge";
    for _ in 0..2 {
        let body = json!({ "primary_id": made[0]["id"], "duplicate_ids": [made[1]["id"]] });
        contract.keep(Method::POST, merge, merge, Some(body)).await;
    }
    contract.keep(Method::POST, merge, merge, Some(json!({}))).await;
    let delete = "/v1/contacts/bulk-delete";
    for body in [json!({ "contact_ids": [made[0]["id"], "no-id"] }), json!({})] {
        contract.keep(Method::POST, delete, delete, Some(body)).await;
    }
}

async fn the_log_is_as_documented(server: &Server, contract: &mut Contract) {
    server.seal().await;
    for path in ["/v1/events", "/v1/audit-logs", "/v1/audit-logs/key"] {
        contract.keep(Method::GET, path, path, None).await;
    }
    for (path, wrong) in [("/v1/events", "limit=0"), ("/v1/audit-logs", "per_page=0")] {
        contract.keep(Method::GET, path, &format!("{path}?{wrong}"), None).await;
    }
}

async fn webhooks_are_as_documented(contract: &mut Contract, server: &Server) {
    let (all, one) = ("/v1/webhooks", "/v1/webhooks/{id}");
    let body = |url: &str| json!({ "url": url, "events": ["task.created"], "description": "ours" });
    let made = contract.keep(Method::POST, all, all, Some(body("http://127.0.0.1:9/"))).await;
    contract.keep(Method::POST, all, all, Some(body("http://10.0.0.1/"))).await;
    let at = format!("{all}/{}", made.json["data"]["webhook"]["id"].as_str().expect("an id"));
    let (test, deliveries) = (format!("{one}/test"), format!("{one}/deliveries"));
    let sent = contract.keep(Method::POST, &test, &format!("{at}/test"), None).await;
    server.deliver().await;
    let again = format!("{at}/deliveries/{}/redeliver", sent.json["data"]["delivery"]["id"].as_str().expect("an id"));
    for path in [again, format!("{at}/deliveries/no-id/redeliver")] {
        contract.keep(Method::POST, &format!("{deliveries}/{{delivery_id}}/redeliver"), &path, None).await;
    }
    for query in ["", "?status=waiting", "?status=none"] {
        contract.keep(Method::GET, &deliveries, &format!("{at}/deliveries{query}"), None).await;
    }
    for hours in [1, 1_000] {
        let (path, body) = (format!("{at}/rotate-secret"), json!({ "overlap_hours": hours }));
        contract.keep(Method::POST, &format!("{one}/rotate-secret"), &path, Some(body)).await;
    }
    contract.keep(Method::PATCH, one, &at, Some(json!({ "active": false, "description": null }))).await;
    contract.keep(Method::PATCH, one, &at, Some(json!({ "events": ["none"] }))).await;
    contract.keep(Method::POST, &test, &format!("{at}/test"), None).await;
    contract.keep(Method::GET, all, all, None).await;
    for _ in 0..2 {
        contract.keep(Method::GET, one, &at, None).await;
        contract.keep(Method::DELETE, one, &at, None).await;
    }
    contract.keep(Method::GET, &deliveries, &format!("{all}/no-id/deliveries"), None).await;
}

async fn searches_are_as_documented(contract: &mut Contract) {
    for path in ["/v1/prospects/search", "/v1/prospector/search"] {
        for body in [json!({}), json!({ "titles": ["CEO"], "per_page": 2 }), json!({ "titles": 7 })] {
            contract.keep(Method::POST, path, path, Some(body)).await;
        }
    }
}

async fn tasks_are_as_documented(contract: &mut Contract) {
    let (chat, tasks, one) = ("/v1/lexi/chat", "/v1/lexi/tasks", "/v1/lexi/tasks/{id}");
    for message in ["hello", "Find 3 CEOs at law firms in California", "How many CEOs are there?", ""] {
        contract.keep(Method::POST, chat, chat, Some(json!({ "message": message }))).await;
        let stream = "/v1/lexi/chat/stream";
        contract.keep(Method::POST, stream, stream, Some(json!({ "message": message }))).await;
    }
    for verb in ["approve", "dismiss"] {
        let message = json!({ "message": "Find 3 CEOs at law firms in California" });
        let told = contract.keep(Method::POST, chat, chat, Some(message)).await;
        let at = format!("{tasks}/{}", told.json["data"]["task_id"].as_str().expect("a task"));
        contract.keep(Method::GET, one, &at, None).await;
        let (decide, decide_at) = (format!("{one}/{verb}"), format!("{at}/{verb}"));
        for body in [Some(json!({ "plan_hash": "0", "reason": 7 })), None, None] {
            contract.keep(Method::POST, &decide, &decide_at, body).await;
        }
        contract.keep(Method::GET, one, &at, None).await;
        contract.keep(Method::GET, tasks, &format!("{tasks}?status=all"), None).await;
        contract.keep(Method::POST, &decide, &format!("{tasks}/no-id/{verb}"), None).await;
        // Proposed and refused, or refused because nothing was done.
        for at in [format!("{at}/undo"), format!("{at}/undo"), format!("{tasks}/no-id/undo")] {
            contract.keep(Method::POST, &format!("{one}/undo"), &at, None).await;
        }
    }
    conversations_are_as_documented(contract).await;
}

async fn conversations_are_as_documented(contract: &mut Contract) {
    let (all, one) = ("/v1/lexi/conversations", "/v1/lexi/conversations/{id}");
    let listed = contract.keep(Method::GET, all, all, None).await.json["data"]["conversations"].clone();
    contract.keep(Method::GET, all, &format!("{all}?per_page=101"), None).await;
    let at = format!("{all}/{}", listed[0]["id"].as_str().expect("a conversation"));
    for query in ["", "?include_tool_steps=true", "?limit=0"] {
        contract.keep(Method::GET, one, &format!("{at}{query}"), None).await;
    }
    for body in [json!({ "title": "Chiefs", "context": { "contact_id": null } }), json!({})] {
        contract.keep(Method::PATCH, one, &at, Some(body)).await;
    }
    for _ in 0..2 {
        contract.keep(Method::DELETE, one, &at, None).await;
    }
    contract.keep(Method::GET, one, &at, None).await;
    contract.keep(Method::PATCH, one, &at, Some(json!({ "archived": true }))).await;
}

async fn holding_up_is_as_documented(contract: &mut Contract) {
    let (chat, tasks, one) = ("/v1/lexi/chat", "/v1/lexi/tasks", "/v1/lexi/tasks/{id}");
    let freezes = "/v1/lexi/freezes";
    contract.keep(Method::POST, freezes, freezes, Some(json!({}))).await;
    let frozen = contract.keep(Method::POST, freezes, freezes, Some(json!({ "reason": "Check" }))).await;
    for query in ["", "?status=old"] {
        contract.keep(Method::GET, freezes, &format!("{freezes}{query}"), None).await;
    }
    for verb in ["retract", "stop", "batch"] {
        let message = json!({ "message": "Find 3 CEOs at law firms in California" });
        let told = contract.keep(Method::POST, chat, chat, Some(message)).await.json["data"]["task_id"].clone();
        let at = format!("{tasks}/{}", told.as_str().expect("a task"));
        for limit in [json!(2), json!(0)] {
            contract.keep(Method::PATCH, one, &at, Some(json!({ "limit": limit }))).await;
        }
        let shown = contract.keep(Method::GET, one, &at, None).await.json["data"].clone();
        let item = json!({ "id": told, "plan_hash": shown["plan_hash"] });
        let batch = format!("{tasks}/batch");
        for items in [json!([item, { "id": "no-id" }]), json!([])] {
            let body = json!({ "action": "approve", "tasks": items });
            contract.keep(Method::POST, &batch, &batch, Some(body)).await;
        }
        for _ in 0..2 {
            if verb != "batch" {
                contract.keep(Method::POST, &format!("{one}/{verb}"), &format!("{at}/{verb}"), None).await;
            }
        }
        contract.keep(Method::GET, one, &at, None).await;
    }
    for days in ["", "?days=0"] {
        let dismissals = format!("{tasks}/dismissals");
        contract.keep(Method::GET, &dismissals, &format!("{dismissals}{days}"), None).await;
    }
    let id = frozen.json["data"]["id"].as_str().expect("an id").to_owned();
    for _ in 0..2 {
        contract.keep(Method::DELETE, "/v1/lexi/freezes/{id}", &format!("{freezes}/{id}"), None).await;
    }
}

async fn external_actions_are_as_documented(contract: &mut Contract) {
    let (all, one) = ("/v1/aap/v1/requests", "/v1/aap/v1/requests/{id}");
    let action = json!({ "tool": "send", "arguments": { "to": "A" }, "timeout": "10m", "agent_reasoning": "asked" });
    let asked = contract.keep(Method::POST, all, all, Some(action)).await;
    contract.keep(Method::POST, all, all, Some(json!({}))).await;
    let at = format!("{all}/{}", asked.json["id"].as_str().expect("an id"));
    contract.keep(Method::GET, one, &at, None).await;
    contract.keep(Method::GET, one, &format!("{at}?wait=soon"), None).await;
    let (consume, outcome) = (format!("{one}/consume"), format!("{one}/outcome"));
    contract.keep(Method::POST, &consume, &format!("{at}/consume"), None).await;
    for _ in 0..2 {
        let body = json!({ "status": "succeeded" });
        contract.keep(Method::POST, &outcome, &format!("{at}/outcome"), Some(body)).await;
        contract.keep(Method::DELETE, one, &at, None).await;
    }
}

async fn deciding_by_rule_is_as_documented(contract: &mut Contract) {
    // About what nobody does here.
    let rule = json!({ "name": "a rule", "types": ["campaign_start"] });
    let policy = json!({ "name": "a policy", "types": ["list_operation"], "filters": { "operations": ["clear"] },
        "max_size": 1, "daily_tasks": 1, "daily_people": 1, "expires_at": "2026-01-01T00:00:00Z" });
    for (kind, one, body) in [("rules", "rule", rule), ("policies", "policy", policy)] {
        let path = format!("/v1/lexi/{kind}");
        contract.keep(Method::POST, &path, &path, Some(json!({}))).await;
        let made = contract.keep(Method::POST, &path, &path, Some(body.clone())).await;
        let at = format!("{path}/{}", made.json["data"]["id"].as_str().unwrap_or_else(|| panic!("{}", made.text)));
        for query in ["", "?page=0"] {
            contract.keep(Method::GET, &path, &format!("{path}{query}"), None).await;
        }
        let trial = format!("{path}/dry-run");
        for body in [json!({ one: body }), json!({})] {
            contract.keep(Method::POST, &trial, &trial, Some(body)).await;
        }
        let by_id = format!("{path}/{{id}}");
        for name in [json!("another name"), json!("")] {
            contract.keep(Method::PATCH, &by_id, &at, Some(json!({ "name": name }))).await;
        }
        contract.keep(Method::GET, &by_id, &at, None).await;
        for _ in 0..2 {
            match kind {
                "rules" => contract.keep(Method::DELETE, &by_id, &at, None).await,
                _ => contract.keep(Method::POST, &format!("{by_id}/revoke"), &format!("{at}/revoke"), None).await,
            };
        }
    }
    let message = json!({ "message": "Find 3 CEOs at law firms in California" });
    let told = contract.keep(Method::POST, "/v1/lexi/chat", "/v1/lexi/chat", Some(message)).await;
    let at = format!("/v1/lexi/tasks/{}/selection", told.json["data"]["task_id"].as_str().expect("a task"));
    for query in ["", "?page=0"] {
        contract.keep(Method::GET, "/v1/lexi/tasks/{id}/selection", &format!("{at}{query}"), None).await;
    }
}
