//! Receivers that fail in every way there is, and what becomes of deliveries then.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::webhooks::{hook, path, server_that_knows, with_receiver};
use crate::support::{Client, Does, Receiver, Server, made};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// The published waits, each as long as chance may make it.
const LADDER_MS: [i64; 5] = [6_000, 36_000, 6 * MINUTE_MS, 72 * MINUTE_MS, 432 * MINUTE_MS];

fn fails() -> Does {
    Does::Answers(500, "broken".into())
}

async fn deliveries(client: &Client, hook: &Value) -> Vec<Value> {
    let answer = client.get(&format!("{}/deliveries?per_page=100", path(hook))).await;
    answer.json["data"]["deliveries"].as_array().unwrap().clone()
}

async fn list(client: &Client, name: &str) {
    made(client, "/v1/lists", json!({ "name": name })).await;
}

fn names(receiver: &Receiver) -> Vec<String> {
    receiver.take().iter().map(|got| got.json["data"]["list"]["name"].as_str().unwrap_or("-").to_owned()).collect()
}

#[tokio::test]
async fn a_delivery_is_tried_again_on_the_published_ladder_with_the_same_id_and_bytes_and_then_fails() {
    let (server, receiver) = with_receiver().await;
    let client = server.key("read,write").await;
    let hook = hook(&client, &receiver.url(), &["list.created"]).await;
    receiver.always(fails());
    list(&client, "Q1").await;
    server.deliver().await;
    for (n, wait) in (2..).zip(LADDER_MS) {
        // A fifth earlier than the wait can be, nothing is due.
        server.advance_ms(wait * 2 / 3 - 1);
        server.deliver().await;
        assert_eq!(receiver.got().len(), n - 1, "too early");
        server.advance_ms(wait - wait * 2 / 3 + 1);
        server.deliver().await;
        assert_eq!(receiver.got().len(), n);
    }
    server.advance_ms(48 * HOUR_MS);
    server.deliver().await;
    let got = receiver.take();
    assert_eq!(got.len(), 6);
    let all_same = |name: &str| got.iter().all(|one| one.header(name) == got[0].header(name));
    assert!(all_same("webhook-id") && !all_same("webhook-signature") && !all_same("x-leadlex-delivery-id"));
    assert!(got.iter().all(|one| one.body == got[0].body));
    let delivery = deliveries(&client, &hook).await.remove(0);
    assert_eq!((&delivery["status"], &delivery["next_attempt_at"]), (&json!("failed"), &Value::Null));
    assert_eq!(delivery["attempts"].as_array().unwrap().len(), 6);
    assert_eq!(delivery["attempts"][0]["error"], "the receiver answered 500");
    assert_eq!(client.get(&path(&hook)).await.json["data"]["webhook"]["last_delivery_status"], "failed");

    receiver.always(Does::Answers(200, String::new()));
    let again = format!("{}/deliveries/{}/redeliver", path(&hook), delivery["id"].as_str().unwrap());
    assert_eq!(client.post_empty(&again).await.status, 200);
    server.deliver().await;
    assert_eq!(receiver.take()[0].header("webhook-id"), got[0].header("webhook-id"));
    assert_eq!(deliveries(&client, &hook).await[0]["status"], "delivered");
}

#[tokio::test]
async fn what_follows_waits_a_minute_for_a_delivery_that_is_retried_and_then_goes_past_it() {
    let (server, receiver) = with_receiver().await;
    let client = server.key("read,write").await;
    hook(&client, &receiver.url(), &["list.created"]).await;
    receiver.then([fails()]);
    for name in ["one", "two", "three"] {
        list(&client, name).await;
    }
    server.deliver().await;
    assert_eq!(names(&receiver), ["one"]);
    list(&client, "four").await;
    server.advance_ms(3_000);
    server.deliver().await;
    assert!(names(&receiver).is_empty(), "they wait for the first");
    server.advance_ms(3_000);
    server.deliver().await;
    assert_eq!(names(&receiver), ["one", "two", "three", "four"], "in order, because the first came through in time");

    receiver.then([fails(), fails(), fails()]);
    for name in ["five", "six"] {
        list(&client, name).await;
    }
    server.deliver().await;
    server.advance_ms(6_000);
    server.deliver().await;
    server.advance_ms(36_000);
    server.deliver().await;
    assert_eq!(names(&receiver), ["five", "five", "five"]);
    server.advance_ms(18_000);
    server.deliver().await;
    assert_eq!(names(&receiver), ["six"], "a minute is over");
    server.advance_ms(6 * MINUTE_MS);
    server.deliver().await;
    assert_eq!(names(&receiver), ["five"]);
}

#[tokio::test]
async fn receivers_that_hang_close_redirect_or_never_end_are_told_apart_and_none_is_followed() {
    let (receiver, inside) = (Receiver::start().await, Receiver::start().await);
    let host = receiver.host();
    let server = Server::start_with(|config| {
        config.webhook_allowed_hosts = vec![host];
        config.webhook_timeout = Duration::from_millis(500);
    })
    .await;
    let client = server.key("read,write").await;
    for (does, outcome, told) in [
        (Does::Hangs, "failed", Some("no answer within 0.5 seconds")),
        (Does::Closes, "failed", Some("no answer: ")),
        (Does::Redirects(inside.url()), "failed", Some("the receiver answered 302; redirects are not followed")),
        (Does::Answers(410, "gone".into()), "failed", Some("the receiver answered 410")),
        (Does::NeverEnds, "success", None),
        (Does::Answers(204, String::new()), "success", None),
    ] {
        let hook = hook(&client, &receiver.url(), &["task.created"]).await;
        receiver.then([does.clone()]);
        assert_eq!(client.post_empty(&format!("{}/test", path(&hook))).await.status, 201);
        server.deliver().await;
        let attempt = deliveries(&client, &hook).await[0]["attempts"][0].clone();
        assert_eq!(attempt["outcome"], outcome, "{does:?}: {attempt}");
        let error = attempt["error"].as_str();
        assert!(error.is_some() == told.is_some(), "{does:?}: {attempt}");
        assert!(error.unwrap_or_default().starts_with(told.unwrap_or_default()), "{does:?}: {attempt}");
        assert!(attempt["answer"].as_str().unwrap_or_default().chars().count() <= 1_000, "{attempt}");
        if let Does::NeverEnds = does {
            assert_eq!(attempt["answer"].as_str().unwrap().len(), 1_000);
        }
        assert_eq!(client.delete(&path(&hook)).await.status, 200);
    }
    assert!(inside.got().is_empty(), "a redirect was followed");
}

#[tokio::test]
async fn nobody_there_is_a_failure_that_says_so() {
    let (server, receiver) = with_receiver().await;
    let client = server.key("read,write").await;
    let hook = hook(&client, &receiver.url(), &["task.created"]).await;
    drop(receiver);
    assert_eq!(client.post_empty(&format!("{}/test", path(&hook))).await.status, 201);
    server.deliver().await;
    let attempt = deliveries(&client, &hook).await[0]["attempts"][0].clone();
    assert!(attempt["error"].as_str().unwrap().starts_with("can't be reached: "), "{attempt}");
    assert_eq!((&attempt["status_code"], &attempt["answer"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_name_that_leads_inside_after_it_was_taken_is_not_called() {
    let server = server_that_knows(&[]).await;
    let client = server.key("read,write").await;
    let inside = Receiver::start().await;
    let turned = Arc::new(AtomicBool::new(false));
    let now = Arc::clone(&turned);
    server.app.webhooks.resolve_by(move |_| {
        let address = if now.load(Ordering::SeqCst) { "127.0.0.1" } else { "93.184.216.34" };
        Ok(vec![address.parse::<IpAddr>().unwrap()])
    });
    let port = inside.host().port.unwrap();
    let hook = hook(&client, &format!("https://hooks.example.com:{port}/"), &["task.created"]).await;
    turned.store(true, Ordering::SeqCst);
    assert_eq!(client.post_empty(&format!("{}/test", path(&hook))).await.status, 201);
    server.deliver().await;
    let attempt = deliveries(&client, &hook).await[0]["attempts"][0].clone();
    let told = "not called: hooks.example.com resolves to an address that is not public";
    assert_eq!((&attempt["outcome"], &attempt["error"]), (&json!("failed"), &json!(told)));
    assert!(inside.got().is_empty());
}

#[tokio::test]
async fn what_happens_during_a_pause_is_not_sent_and_what_waited_is() {
    let (server, receiver) = with_receiver().await;
    let client = server.key("read,write").await;
    let hook = hook(&client, &receiver.url(), &["list.created"]).await;
    receiver.then([fails()]);
    list(&client, "before").await;
    server.deliver().await;
    assert_eq!(client.patch(&path(&hook), &json!({ "active": false })).await.status, 200);
    list(&client, "meanwhile").await;
    server.advance_ms(6_000);
    server.deliver().await;
    assert_eq!(names(&receiver), ["before"]);
    let test = client.post_empty(&format!("{}/test", path(&hook))).await;
    assert_eq!(test.json["error"]["message"], "The webhook is paused; set active to true first.");
    assert_eq!(client.patch(&path(&hook), &json!({ "active": true })).await.status, 200);
    list(&client, "after").await;
    server.deliver().await;
    assert_eq!(names(&receiver), ["before", "after"]);
}

#[tokio::test]
async fn a_deleted_webhook_sends_no_more_and_its_deliveries_are_readable_for_thirty_days() {
    let (server, receiver) = with_receiver().await;
    let client = server.key("read,write").await;
    let hook = hook(&client, &receiver.url(), &["list.created"]).await;
    receiver.then([fails()]);
    list(&client, "one").await;
    server.deliver().await;
    assert_eq!(client.delete(&path(&hook)).await.status, 200);
    server.advance_ms(6_000);
    list(&client, "two").await;
    server.deliver().await;
    assert_eq!(names(&receiver), ["one"]);
    let left = deliveries(&client, &hook).await;
    assert_eq!((left.len(), &left[0]["status"]), (1, &json!("cancelled")));
    let again = format!("{}/deliveries/{}/redeliver", path(&hook), left[0]["id"].as_str().unwrap());
    assert_eq!(client.post_empty(&again).await.status, 404);
    server.advance_days(29);
    server.tidy().await;
    assert_eq!(deliveries(&client, &hook).await.len(), 1);
    server.advance_days(2);
    server.tidy().await;
    assert_eq!(client.get(&format!("{}/deliveries", path(&hook))).await.status, 404);
}

#[tokio::test]
async fn an_endpoint_that_only_fails_for_three_days_is_disabled_and_others_are_told() {
    let (server, receiver) = with_receiver().await;
    let other = Receiver::start().await;
    let (first, second) = (receiver.host(), other.host());
    drop(server);
    let server = Server::start_with(|config| config.webhook_allowed_hosts = vec![first, second]).await;
    let client = server.key("read,write").await;
    let failing = hook(&client, &receiver.url(), &["list.created"]).await;
    hook(&client, &other.url(), &["webhook.disabled"]).await;
    receiver.always(fails());
    for day in 0..3 {
        for n in 0..4 {
            list(&client, &format!("{day} {n}")).await;
            server.deliver().await;
            server.advance_ms(5 * HOUR_MS + 50 * MINUTE_MS);
            server.deliver().await;
        }
        assert_eq!(client.get(&path(&failing)).await.json["data"]["webhook"]["active"], true, "day {day}");
    }
    server.advance_ms(3 * HOUR_MS);
    list(&client, "the last one").await;
    server.deliver().await;
    server.deliver().await;
    let shown = client.get(&path(&failing)).await.json["data"]["webhook"].clone();
    assert_eq!(shown["active"], false, "{shown}");
    assert!(shown["disabled_reason"].as_str().unwrap().starts_with("Every one of "), "{shown}");
    assert_eq!(other.take()[0].json["data"]["webhook"]["id"], failing["id"]);
    let before = receiver.take().len();
    assert!(before >= 10);
    list(&client, "unsent").await;
    server.advance_days(1);
    server.deliver().await;
    assert!(receiver.take().is_empty());
    receiver.always(Does::Answers(200, String::new()));
    let mended = client.patch(&path(&failing), &json!({ "active": true })).await.json["data"]["webhook"].clone();
    assert_eq!((&mended["active"], &mended["disabled_at"]), (&json!(true), &Value::Null));
    list(&client, "sent").await;
    server.deliver().await;
    let names = names(&receiver);
    assert!(names.contains(&"sent".to_owned()) && !names.contains(&"unsent".to_owned()), "{names:?}");
}
