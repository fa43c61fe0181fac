//! The routes of webhooks: what is published of them, what is refused, and who may.

use std::net::IpAddr;

use serde_json::{Value, json};

use crate::support::{Answer, Client, Installation, Receiver, Server, assert_refused};

/// A server that resolves names by this table and asks nobody.
pub(crate) async fn server_that_knows(names: &'static [(&'static str, &'static [&'static str])]) -> Server {
    let server = Server::start().await;
    server.app.webhooks.resolve_by(move |asked| {
        let found = names.iter().find(|(name, _)| *name == asked).ok_or(std::io::ErrorKind::NotFound)?;
        Ok(found.1.iter().map(|address| address.parse::<IpAddr>().unwrap()).collect())
    });
    server
}

/// A server and a receiver it may reach.
pub(crate) async fn with_receiver() -> (Server, Receiver) {
    let receiver = Receiver::start().await;
    let host = receiver.host();
    let server = Server::start_with(|config| config.webhook_allowed_hosts = vec![host]).await;
    (server, receiver)
}

/// Makes a webhook; gives it with its secret.
pub(crate) async fn hook(client: &Client, url: &str, events: &[&str]) -> Value {
    let answer = client.post("/v1/webhooks", &json!({ "url": url, "events": events })).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json["data"]["webhook"].clone()
}

pub(crate) fn path(hook: &Value) -> String {
    format!("/v1/webhooks/{}", hook["id"].as_str().unwrap())
}

#[track_caller]
fn code(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, &answer.json["error"]["code"]), (status, &json!(code)), "{}", answer.text);
}

const PUBLIC: &[(&str, &[&str])] = &[
    ("hooks.example.com", &["93.184.216.34", "2606:2800:220:1::1"]),
    ("rebound.example", &["10.0.0.7"]),
    ("half.example", &["93.184.216.34", "127.0.0.1"]),
    ("mapped.example", &["::ffff:169.254.169.254"]),
    ("metadata.example", &["fd00:ec2::254"]),
    ("translated.example", &["64:ff9b::a9fe:a9fe"]),
    ("shared.example", &["100.64.1.1"]),
];

#[tokio::test]
async fn a_webhook_is_made_shown_changed_and_deleted_as_published() {
    let server = server_that_knows(PUBLIC).await;
    let client = server.key("read,write").await;
    let body = json!({ "url": "https://hooks.example.com/lexi", "events": ["task.created", "contact.created"],
        "description": "Our CRM" });
    let made = client.post("/v1/webhooks", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let hook = made.json["data"]["webhook"].clone();
    let secret = hook["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
    assert_eq!(hook["events"], json!(["contact.created", "task.created"]));
    for (field, value) in [
        ("active", json!(true)),
        ("last_delivery_status", Value::Null),
        ("last_delivery_at", Value::Null),
        ("description", json!("Our CRM")),
        ("created_at", json!("2025-11-24T16:00:00.000Z")),
    ] {
        assert_eq!(hook[field], value, "{field}");
    }

    let listed = client.get("/v1/webhooks").await;
    assert_eq!(listed.json["data"]["webhooks"][0]["id"], hook["id"]);
    let shown = client.get(&path(&hook)).await;
    for text in [&listed.text, &shown.text] {
        assert!(!text.contains("secret\":") && !text.contains("whsec_"), "{text}");
    }

    server.advance_ms(1_000);
    let change = json!({ "events": ["lexi.task_completed"], "active": false, "description": null });
    let changed = client.patch(&path(&hook), &change).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let changed = &changed.json["data"]["webhook"];
    assert_eq!((&changed["events"], &changed["active"]), (&json!(["task.completed"]), &json!(false)));
    assert_eq!((&changed["description"], &changed["updated_at"]), (&Value::Null, &json!("2025-11-24T16:00:01.000Z")));
    assert_eq!(changed["url"], "https://hooks.example.com/lexi");

    let deleted = client.delete(&path(&hook)).await;
    assert_eq!((deleted.status, &deleted.json["data"]), (200, &json!({ "deleted": true, "id": hook["id"] })));
    for answer in [
        client.get(&path(&hook)).await,
        client.delete(&path(&hook)).await,
        client.patch(&path(&hook), &json!({ "active": true })).await,
        client.post(&format!("{}/rotate-secret", path(&hook)), &json!({})).await,
        client.post_empty(&format!("{}/test", path(&hook))).await,
    ] {
        code(&answer, 404, "webhook_not_found");
    }
    assert_eq!(client.get("/v1/webhooks").await.json["meta"]["total"], 0);
    assert_eq!(client.get(&format!("{}/deliveries", path(&hook))).await.status, 200, "what was sent stays readable");
}

#[tokio::test]
async fn the_secret_is_shown_once_and_kept_sealed() {
    let (server, receiver) = with_receiver().await;
    let client = server.key("read,write").await;
    let body = json!({ "url": receiver.url(), "events": ["task.created"] });
    let ask = || client.request(reqwest::Method::POST, "/v1/webhooks").header("Idempotency-Key", "once").json(&body);
    let first = client.send(ask()).await;
    let secret = first.json["data"]["webhook"]["secret"].as_str().unwrap().to_owned();
    let again = client.send(ask()).await;
    assert_eq!((again.status, &again.json["data"]["webhook"]["id"]), (201, &first.json["data"]["webhook"]["id"]));
    assert!(!again.text.contains(&secret), "a repeated answer has no secret");
    assert_eq!(client.get("/v1/webhooks").await.json["meta"]["total"], 1);
    let rotated = client.post(&format!("{}/rotate-secret", path(&first.json["data"]["webhook"])), &json!({})).await;
    let new = rotated.json["data"]["webhook"]["secret"].as_str().unwrap();
    assert_ne!(new, secret);
    assert_eq!(rotated.json["data"]["webhook"]["old_secret_expires_at"], "2025-11-25T16:00:00.000Z");

    let stored: Vec<String> = server
        .app
        .db
        .read(|tx| lexi::db::query("select secret || old_secret from webhooks").all(tx, |row| row.get(0)))
        .await
        .unwrap();
    assert!(!stored[0].contains(&secret[6..]) && !stored[0].contains(&new[6..]), "{stored:?}");
    let key = std::fs::metadata(server.folder().join("secrets.key")).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&key.permissions()) & 0o777, 0o600);
}

#[tokio::test]
async fn an_address_that_is_not_public_is_refused_and_nothing_is_made() {
    let server = server_that_knows(PUBLIC).await;
    let client = server.key("read,write").await;
    let mut urls = vec![
        "http://hooks.example.com/",
        "https://user:pw@hooks.example.com/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://localhost/",
        "https://hooks.example.com:22/",
        "https://nobody-has.example/",
        "ftp://hooks.example.com/",
        "nothing",
        "",
    ];
    urls.extend([
        "https://rebound.example/",
        "https://half.example/",
        "https://mapped.example/",
        "https://metadata.example/",
        "https://translated.example/",
        "https://shared.example/",
    ]);
    let hook = hook(&client, "https://hooks.example.com/", &["task.created"]).await;
    for url in urls {
        let refused = client.post("/v1/webhooks", &json!({ "url": url, "events": ["task.created"] })).await;
        code(&refused, 400, "invalid_url");
        assert_eq!(refused.json["error"]["details"]["fields"]["url"], refused.json["error"]["message"], "{url}");
        code(&client.patch(&path(&hook), &json!({ "url": url })).await, 400, "invalid_url");
    }
    assert_eq!(client.get("/v1/webhooks").await.json["meta"]["total"], 1);
    assert_eq!(client.get(&path(&hook)).await.json["data"]["webhook"]["url"], "https://hooks.example.com/");
}

#[tokio::test]
async fn unknown_events_are_named_with_the_known_ones() {
    let (server, receiver) = with_receiver().await;
    let client = server.key("read,write").await;
    let body = json!({ "url": receiver.url(), "events": ["task.created", "task.dreamt", "contact.kissed"] });
    let refused = client.post("/v1/webhooks", &body).await;
    code(&refused, 400, "invalid_events");
    let details = &refused.json["error"]["details"];
    assert_eq!(details["unknown"], json!(["task.dreamt", "contact.kissed"]));
    for published in [
        "contact.created",
        "contact.updated",
        "contact.deleted",
        "contact.bulk_created",
        "company.created",
        "company.updated",
        "company.deleted",
        "deal.created",
        "deal.updated",
        "deal.deleted",
        "deal.bulk_created",
        "deal.bulk_updated",
        "list.created",
        "list.deleted",
        "list.contacts_added",
        "list.contacts_removed",
        "campaign.created",
        "campaign.started",
        "campaign.paused",
        "campaign.deleted",
        "campaign.step_created",
        "campaign.contacts_added",
        "activity.created",
        "task.created",
        "task.updated",
        "task.approved",
        "task.dismissed",
        "contact.merged",
        "import.completed",
        "email.sync.completed",
        "calendar.sync.completed",
        "task.completed",
        "task.failed",
        "task.revised",
        "webhook.disabled",
    ] {
        assert!(details["known"].as_array().unwrap().contains(&json!(published)), "{published}");
    }
    code(&client.post("/v1/webhooks", &json!({ "url": receiver.url(), "events": [] })).await, 400, "invalid_events");
    let hook = hook(&client, &receiver.url(), &["task.created"]).await;
    code(&client.patch(&path(&hook), &json!({ "events": ["x"] })).await, 400, "invalid_events");
}

#[tokio::test]
async fn limits_are_held_from_both_sides() {
    let (server, receiver) = with_receiver().await;
    let client = server.key("read,write").await;
    let with =
        |description: String| json!({ "url": receiver.url(), "events": ["task.created"], "description": description });
    let message = "description must have at most 200 characters.";
    assert_refused(&client.post("/v1/webhooks", &with("ä".repeat(201))).await, "description", message);
    let made = client.post("/v1/webhooks", &with("ä".repeat(200))).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let rotate = format!("{}/rotate-secret", path(&made.json["data"]["webhook"]));
    for (hours, status) in [(0, 200), (168, 200), (169, 400), (-1, 400)] {
        assert_eq!(client.post(&rotate, &json!({ "overlap_hours": hours })).await.status, status, "{hours}");
    }
    assert_refused(
        &client.post("/v1/webhooks", &json!({ "events": ["task.created"] })).await,
        "url",
        "url is required.",
    );
    assert_refused(&client.post("/v1/webhooks", &json!({ "url": "x" })).await, "events", "events is required.");
    for _ in 1..50 {
        hook(&client, &receiver.url(), &["task.created"]).await;
    }
    let refused = client.post("/v1/webhooks", &json!({ "url": receiver.url(), "events": ["task.created"] })).await;
    assert_refused(&refused, "url", "A workspace has at most 50 webhooks; delete one first.");
}

#[tokio::test]
async fn reading_and_writing_webhooks_are_permissions_of_their_own_in_both_spellings() {
    let (server, receiver) = with_receiver().await;
    let hook = hook(&server.key("admin:webhooks").await, &receiver.url(), &["task.created"]).await;
    let body = json!({ "url": receiver.url(), "events": ["task.created"] });
    for (permission, reads, writes) in [
        ("webhooks:read", 200, 403),
        ("read:webhooks", 200, 403),
        ("webhooks:write", 403, 201),
        ("contacts:read,contacts:write,lexi", 403, 403),
    ] {
        let client = server.key(permission).await;
        let delivery = format!("{}/deliveries/{}/redeliver", path(&hook), hook["id"].as_str().unwrap());
        for read in ["/v1/webhooks".to_owned(), path(&hook), format!("{}/deliveries", path(&hook))] {
            assert_eq!(client.get(&read).await.status, reads, "{permission} {read}");
        }
        assert_eq!(client.post("/v1/webhooks", &body).await.status, writes, "{permission}");
        if writes == 403 {
            for answer in [
                client.patch(&path(&hook), &json!({})).await,
                client.delete(&path(&hook)).await,
                client.post_empty(&format!("{}/test", path(&hook))).await,
                client.post_empty(&format!("{}/rotate-secret", path(&hook))).await,
                client.post_empty(&delivery).await,
            ] {
                code(&answer, 403, "insufficient_permissions");
            }
        }
    }
}

#[tokio::test]
async fn a_lost_key_file_is_told_by_the_doctor_and_a_new_secret_mends_it() {
    let home = Installation::new().await;
    std::fs::set_permissions(home.folder(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let mut home = home;
    home.serve_with("LEXI_WEBHOOK_ALLOWED_HOSTS", "127.0.0.1");
    let key = home.key("read,write");
    let found = || {
        let found: Value = serde_json::from_str(&home.run(&["doctor", "--json"]).out).unwrap();
        let findings = found["findings"].as_array().unwrap().clone();
        findings.into_iter().find(|finding| finding["about"] == "webhook secrets")
    };
    assert_eq!(found(), None);
    let receiver = Receiver::start().await;
    let server = home.serve(&[]).await;
    let client = server.client(&key);
    let hook = hook(&client, &receiver.url(), &["contact.created"]).await;
    assert_eq!(found().unwrap()["level"], "ok");
    std::fs::remove_file(home.folder().join("secrets.key")).unwrap();
    let told = found().unwrap();
    assert_eq!(told["level"], "fail", "{told}");
    assert!(told["message"].as_str().unwrap().contains("secrets.key is not there"), "{told}");

    let test = format!("{}/test", path(&hook));
    assert_eq!(client.post_empty(&test).await.status, 201);
    server.until_logged("put it back, or rotate the secret of webhook").await;
    assert_eq!(
        client.post(&format!("{}/rotate-secret", path(&hook)), &json!({ "overlap_hours": 0 })).await.status,
        200
    );
    assert_eq!(found().unwrap()["level"], "ok");
    assert_eq!(client.post_empty(&test).await.status, 201);
    server.until_logged("put it back").await;
    assert_eq!(server.terminate(), 0);
}
