//! What webhooks tell of and how it is signed. The signatures are verified by the receivers that `docs/webhooks.md` shows,
//! in Python and JavaScript, and by nothing of ours.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::webhooks::{hook, path, with_receiver};
use crate::support::database::setting;
use crate::support::{Client, Does, Got, made, made_id};

const ALL: &[&str] = &[
    "contact.created",
    "contact.updated",
    "contact.deleted",
    "contact.bulk_created",
    "contact.merged",
    "company.created",
    "company.deleted",
    "list.created",
    "list.contacts_added",
    "list.contacts_removed",
    "list.deleted",
    "note.created",
    "task.created",
    "task.revised",
    "task.approved",
    "task.dismissed",
    "task.completed",
    "task.failed",
];

#[tokio::test]
async fn every_change_of_a_record_is_told_with_the_record_as_it_is() {
    let (server, receiver) = with_receiver().await;
    let client = server.key("read,write").await;
    hook(&client, &receiver.url(), ALL).await;
    let person = json!({ "full_name": "Zoë O'Hara", "email": "zoe@ohara.example" });
    let contact = made(&client, "/v1/contacts", person).await;
    let id = contact["id"].as_str().unwrap();
    server.deliver().await;
    let got = receiver.take();
    let told = &got[0].json;
    assert_eq!((told["event"].as_str().unwrap(), got.len()), ("contact.created", 1));
    assert_eq!(
        (&told["timestamp"], &told["data"]["contact"]["email"]),
        (&json!("2025-11-24T16:00:00.000Z"), &contact["email"])
    );
    assert!(told["workspace_id"].is_string() && told["number"].as_i64().unwrap() > 1, "{told}");
    assert_eq!(told["id"], got[0].header("webhook-id"));

    assert_eq!(client.patch(&format!("/v1/contacts/{id}"), &json!({ "job_title": "Partner" })).await.status, 200);
    let list = made_id(&client, "/v1/lists", json!({ "name": "Q1" })).await;
    let members = json!({ "contact_ids": [id] });
    assert_eq!(client.post(&format!("/v1/lists/{list}/contacts"), &members).await.status, 200);
    let company = made_id(&client, "/v1/companies", json!({ "name": "O'Hara LLP" })).await;
    assert_eq!(client.delete(&format!("/v1/companies/{company}")).await.status, 200);
    server.deliver().await;
    let told: Vec<Value> = receiver.take().into_iter().map(|got| got.json).collect();
    let events: Vec<&str> = told.iter().map(|told| told["event"].as_str().unwrap()).collect();
    let expected = ["contact.updated", "list.created", "list.contacts_added", "company.created", "company.deleted"];
    assert_eq!(events, expected, "in the order they happened");
    assert_eq!(told[0]["data"]["fields"], json!(["job_title"]));
    assert_eq!(told[0]["data"]["contact"]["job_title"], "Partner");
    assert_eq!((&told[2]["data"]["list"]["name"], &told[2]["data"]["contact_ids"]), (&json!("Q1"), &json!([id])));
    assert_eq!(told[4]["data"]["company"], json!({ "id": company, "deleted": true }));
}

#[tokio::test]
async fn what_an_approved_task_does_is_told_and_its_contacts_together() {
    let (server, receiver) = with_receiver().await;
    server.law_firm_ceos(7).await;
    let client = server.key("read,write,lexi").await;
    hook(&client, &receiver.url(), ALL).await;
    let told = client.post("/v1/lexi/chat", &json!({ "message": "Find 7 CEOs at law firms in California" })).await;
    let task = told.json["data"]["task_id"].clone();
    server.deliver().await;
    let created = receiver.take();
    assert_eq!(created[0].json["data"]["task"]["metadata"]["query"], "Find 7 CEOs at law firms in California");
    assert_eq!(created[0].json["data"]["task"]["preview"]["selected"], 7);
    assert!(
        created[0].json["data"]["task"]["preview"].get("sample").is_none(),
        "nobody is told of before the approval"
    );
    assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{}/approve", task.as_str().unwrap())).await.status, 200);
    server.deliver().await;
    let got = receiver.take();
    let bulk: Vec<&Got> = got.iter().filter(|got| got.json["event"] == "contact.bulk_created").collect();
    assert_eq!(bulk.len(), 1, "{got:?}");
    let data = &bulk[0].json["data"];
    assert_eq!((&data["count"], &data["task_id"]), (&json!(7), &task));
    assert_eq!(data["contacts"].as_array().unwrap().len(), 7);
    assert!(data["contacts"][0]["email"].is_string() && data["contacts"][0]["created_by_task"] == task, "{data}");
    let events: Vec<&str> = got.iter().map(|got| got.json["event"].as_str().unwrap()).collect();
    for event in ["task.approved", "list.created", "list.contacts_added", "task.completed"] {
        assert_eq!(events.iter().filter(|told| **told == event).count(), 1, "{event}: {events:?}");
    }
    assert_eq!(got.last().unwrap().json["data"]["task"]["result"]["added"], 7);
}

#[tokio::test]
async fn one_contact_of_a_task_is_told_as_one_contact_and_bulk_creation_by_the_api_as_bulk() {
    let (server, receiver) = with_receiver().await;
    server.law_firm_ceos(1).await;
    let client = server.key("read,write,lexi").await;
    hook(&client, &receiver.url(), &["contact.created", "contact.bulk_created"]).await;
    let told = client.post("/v1/lexi/chat", &json!({ "message": "Find 1 CEO at law firms in California" })).await;
    let task = told.json["data"]["task_id"].as_str().unwrap().to_owned();
    assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{task}/approve")).await.status, 200);
    let people: Vec<Value> = (0..3).map(|n| json!({ "full_name": format!("Person {n}") })).collect();
    assert_eq!(client.post("/v1/contacts/bulk", &json!({ "contacts": people })).await.status, 201);
    server.deliver().await;
    let got = receiver.take();
    assert_eq!(got.len(), 2, "{got:?}");
    assert_eq!((&got[0].json["event"], &got[0].json["data"]["task_id"]), (&json!("contact.created"), &json!(task)));
    assert_eq!((&got[1].json["event"], &got[1].json["data"]["count"]), (&json!("contact.bulk_created"), &json!(3)));
    assert_eq!(got[1].json["data"]["contacts"][2]["full_name"], "Person 2");
}

#[tokio::test]
async fn only_what_was_asked_for_and_only_from_the_own_workspace_is_told() {
    let (server, receiver) = with_receiver().await;
    let (client, other) = (server.key("read,write").await, server.key_of("elsewhere", "read,write").await);
    made(&client, "/v1/lists", json!({ "name": "before the webhook" })).await;
    server.number_events().await;
    hook(&client, &receiver.url(), &["list.created"]).await;
    made(&other, "/v1/lists", json!({ "name": "theirs" })).await;
    made(&client, "/v1/contacts", json!({ "full_name": "Not Asked For" })).await;
    made(&client, "/v1/lists", json!({ "name": "ours" })).await;
    server.deliver().await;
    server.deliver().await;
    let got = receiver.take();
    assert_eq!(got.len(), 1, "{got:?}");
    assert_eq!(got[0].json["data"]["list"]["name"], "ours");
}

#[tokio::test]
async fn a_test_is_sent_and_stands_in_the_list_of_deliveries() {
    let (server, receiver) = with_receiver().await;
    let client = server.key("read,write").await;
    let hook = hook(&client, &receiver.url(), &["task.created"]).await;
    receiver.then([Does::Answers(202, "<p>Grüße</p>".into())]);
    let sent = client.post_empty(&format!("{}/test", path(&hook))).await;
    assert_eq!((sent.status, &sent.json["data"]["delivery"]["status"]), (201, &json!("waiting")), "{}", sent.text);
    server.deliver().await;
    let got = receiver.take();
    assert_eq!((&got[0].json["event"], &got[0].json["number"]), (&json!("webhook.test"), &Value::Null));
    let log = client.get(&format!("{}/deliveries", path(&hook))).await.json;
    assert_eq!(log["meta"]["total"], 1);
    let delivery = &log["data"]["deliveries"][0];
    assert_eq!((&delivery["id"], &delivery["status"]), (&sent.json["data"]["delivery"]["id"], &json!("delivered")));
    let attempt = &delivery["attempts"][0];
    assert_eq!((&attempt["status_code"], &attempt["answer"]), (&json!(202), &json!("<p>Grüße</p>")));
    assert_eq!((&attempt["id"], &attempt["attempt"]), (&json!(got[0].header("x-leadlex-delivery-id")), &json!(1)));
    assert!(attempt["latency_ms"].is_i64() && attempt["error"].is_null(), "{attempt}");
    let shown = client.get(&path(&hook)).await.json["data"]["webhook"].clone();
    assert_eq!((&shown["last_delivery_status"], shown["last_delivery_at"].is_string()), (&json!("success"), true));

    let redeliver = |id: &Value| format!("{}/deliveries/{}/redeliver", path(&hook), id.as_str().unwrap());
    assert_eq!(client.post_empty(&redeliver(&delivery["id"])).await.status, 200);
    server.deliver().await;
    let second = receiver.take();
    assert_eq!((second[0].header("webhook-id"), &second[0].body), (got[0].header("webhook-id"), &got[0].body));
    assert_ne!(second[0].header("x-leadlex-delivery-id"), got[0].header("x-leadlex-delivery-id"));
    let unknown = client.post_empty(&redeliver(&hook["id"])).await;
    assert_eq!(unknown.json["error"]["code"], "not_found");
    let only = client.get(&format!("{}/deliveries?status=failed", path(&hook))).await;
    assert_eq!(only.json["meta"]["total"], 0);
    assert_eq!(client.get(&format!("{}/deliveries?status=lost", path(&hook))).await.status, 400);
}

/// A receiver of the page for users: the code between the fences of that language.
fn documented(language: &str) -> String {
    let page = include_str!("../../docs/webhooks.md");
    let (_, code) = page.split_once(&format!("```{language}\n")).expect("the page shows it");
    code.split_once("```").expect("it ends").0.to_owned()
}

/// What a documented receiver says of a request: both checks, `true` or `false` each.
fn judged(language: &str, secret: &str, got: &Got, at_s: &str) -> Vec<bool> {
    let folder = tempfile::tempdir().unwrap();
    let (program, name, driver) = match language {
        "python" => (
            setting("LEXI_TEST_PYTHON").unwrap_or_else(|| "python3".into()),
            "receiver.py",
            "import json, sys\nfrom receiver import is_from_lexi, is_standard\n\
             asked = json.load(sys.stdin)\nbody = asked['body'].encode()\n\
             print(json.dumps([is_from_lexi(asked['secret'], asked['headers'], body),\n\
             \x20 is_standard(asked['secret'], asked['headers'], body, int(asked['now']))]))\n",
        ),
        _ => (
            "node".to_owned(),
            "receiver.mjs",
            "import { isFromLexi, isStandard } from './receiver.mjs';\nimport { readFileSync } from 'node:fs';\n\
             const asked = JSON.parse(readFileSync(0, 'utf8'));\nconst body = Buffer.from(asked.body);\n\
             console.log(JSON.stringify([isFromLexi(asked.secret, asked.headers, body),\n\
             \x20 isStandard(asked.secret, asked.headers, body, Number(asked.now))]));\n",
        ),
    };
    std::fs::write(folder.path().join(name), documented(language)).unwrap();
    let driver_name = name.replace("receiver", "driver");
    std::fs::write(folder.path().join(&driver_name), driver).unwrap();
    let mut child = Command::new(&program)
        .arg(&driver_name)
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} can't be run ({error}); scripts/test installs what is missing"));
    let asked = json!({ "secret": secret, "headers": got.headers, "body": got.body, "now": at_s });
    child.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)))
}

async fn sent(
    server: &crate::support::Server,
    client: &Client,
    receiver: &crate::support::Receiver,
    hook: &Value,
) -> Got {
    assert_eq!(client.post_empty(&format!("{}/test", path(hook))).await.status, 201);
    server.deliver().await;
    receiver.take().pop().expect("a test arrived")
}

#[tokio::test]
async fn signatures_hold_for_the_documented_receivers_and_for_both_secrets_while_they_overlap() {
    let (server, receiver) = with_receiver().await;
    let client = server.key("read,write").await;
    let hook = hook(&client, &receiver.url(), &["task.created"]).await;
    let old = hook["secret"].as_str().unwrap().to_owned();
    let first = sent(&server, &client, &receiver, &hook).await;
    for (name, value) in [("content-type", "application/json"), ("user-agent", "LeadLex-Webhook/1.0")] {
        assert_eq!(first.header(name), value);
    }
    assert_eq!(first.header("x-leadlex-timestamp"), "2025-11-24T16:00:00.000Z");
    assert_eq!(first.header("webhook-timestamp"), "1764000000");
    let rotated = client.post(&format!("{}/rotate-secret", path(&hook)), &json!({ "overlap_hours": 2 })).await;
    let new = rotated.json["data"]["webhook"]["secret"].as_str().unwrap().to_owned();
    let overlapping = sent(&server, &client, &receiver, &hook).await;
    server.advance_ms(2 * 3_600_000);
    let after = sent(&server, &client, &receiver, &hook).await;

    for language in ["python", "javascript"] {
        let judged = |secret: &str, got: &Got| judged(language, secret, got, got.header("webhook-timestamp"));
        assert_eq!(judged(&old, &first), [true, true], "{language}");
        assert_eq!(judged(&new, &first), [false, false], "{language}");
        assert_eq!(judged(&new, &overlapping), [true, true], "{language}");
        assert_eq!(judged(&old, &overlapping), [false, true], "{language}: the standard header carries both");
        assert_eq!(judged(&new, &after), [true, true], "{language}");
        assert_eq!(judged(&old, &after), [false, false], "{language}");
        let forged = Got { body: first.body.replace("webhook.test", "task.approved"), ..first.clone() };
        assert_eq!(judged(&old, &forged), [false, false], "{language}: every byte counts");
    }
    let stale = judged("python", &old, &first, "1764000601");
    assert_eq!(stale, [true, false], "the standard check refuses what is older than five minutes");
}

#[tokio::test]
async fn who_is_deleted_is_taken_out_of_what_waits_and_of_what_was_answered() {
    let (server, receiver) = with_receiver().await;
    let client = server.key("read,write").await;
    let hook = hook(&client, &receiver.url(), &["contact.created", "contact.bulk_created", "contact.deleted"]).await;
    let person = json!({ "full_name": "Zoë O'Hara", "email": "zoe@ohara.example" });
    let contact = made_id(&client, "/v1/contacts", person).await;
    let people = json!([{ "full_name": "Ann Other", "email": "ann@other.example" }]);
    let bulk = client.post("/v1/contacts/bulk", &json!({ "contacts": people })).await;
    let ann = bulk.json["data"]["contacts"][0]["id"].as_str().unwrap().to_owned();
    receiver.then([Does::Answers(500, "no room for zoe@ohara.example".into())]);
    server.deliver().await;
    assert_eq!(receiver.take().len(), 1);
    assert_eq!(client.delete(&format!("/v1/contacts/{contact}")).await.status, 200);
    let ids = json!({ "contact_ids": [ann] });
    assert_eq!(client.post("/v1/contacts/bulk-delete", &ids).await.status, 200);
    let log = client.get(&format!("{}/deliveries", path(&hook))).await.text;
    assert!(!log.contains("ohara"), "{log}");
    server.advance_ms(6_000);
    server.deliver().await;
    let got = receiver.take();
    assert_eq!(got[0].json["data"]["contact"], json!({ "id": contact, "erased": true }));
    assert_eq!(got[1].json["data"]["contacts"], json!([{ "id": ann, "erased": true }]));
    assert!(
        got.iter().all(|got| !got.body.contains("ohara.example") && !got.body.contains("other.example")),
        "{got:?}"
    );
    let stored: Vec<String> = server
        .app
        .db
        .read(|tx| lexi::db::query("select body from webhook_bodies").all(tx, |row| row.get(0)))
        .await
        .unwrap();
    assert!(stored.iter().all(|body| !body.contains("ohara.example") && !body.contains("other.example")));
}

#[tokio::test]
async fn two_nodes_make_one_delivery_of_each_event() {
    let (server, receiver) = with_receiver().await;
    let client = server.key("read,write").await;
    let hook = hook(&client, &receiver.url(), &["list.created"]).await;
    let host = receiver.host();
    let beside = server.beside_with(|config| config.webhook_allowed_hosts = vec![host]).await;
    std::fs::copy(server.folder().join("secrets.key"), beside.folder().join("secrets.key")).unwrap();
    for n in 0..30 {
        made(&client, "/v1/lists", json!({ "name": format!("list {n}") })).await;
    }
    server.number_events().await;
    tokio::join!(server.deliver(), beside.deliver());
    server.deliver().await;
    let names: Vec<String> =
        receiver.take().iter().map(|got| got.json["data"]["list"]["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, (0..30).map(|n| format!("list {n}")).collect::<Vec<_>>(), "each once, in order");
    assert_eq!(client.get(&format!("{}/deliveries", path(&hook))).await.json["meta"]["total"], 30);
}
