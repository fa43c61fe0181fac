//! `kill -9` of the real server in the middle of deliveries: every event arrives at least once, under an id that stays the
//! same, and what arrives for the first time arrives in order.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::webhooks::hook;
use crate::support::{Client, Does, Installation, Receiver};

/// How often the server is killed.
const ROUNDS: usize = 3;
/// Lists made in each round; each is an event.
const LISTS: usize = 40;
/// How long everything may take to arrive after the last start; leases run out after two seconds.
const PATIENCE: Duration = Duration::from_secs(60);
const LEASE: [&str; 2] = ["--lease", "2s"];

/// Makes lists until the server is gone or all are there; gives the names that were acknowledged.
async fn lists(client: Client, round: usize) -> Vec<String> {
    let mut made = Vec::new();
    for n in 0..LISTS {
        let name = format!("{round}.{n}");
        let request = client.request(reqwest::Method::POST, "/v1/lists").json(&json!({ "name": name }));
        match client.try_send(request).await {
            Some(answer) if answer.status == 201 => made.push(name),
            Some(answer) => panic!("{}", answer.text),
            None => break,
        }
    }
    made
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_arrives_at_least_once_and_in_order_however_often_the_server_is_killed() {
    let mut home = Installation::new().await;
    let receiver = Receiver::start().await;
    home.serve_with("LEXI_WEBHOOK_ALLOWED_HOSTS", receiver.host().to_string());
    let key = home.key("read,write");
    let mut server = home.serve(&LEASE).await;
    let webhook = hook(&server.client(&key), &receiver.url(), &["list.created"]).await;
    let mut acknowledged = Vec::new();
    for round in 1..=ROUNDS {
        // An attempt is under way when the server dies: this one is never answered.
        receiver.then([Does::Answers(200, String::new()), Does::Answers(200, String::new()), Does::Hangs]);
        let making = tokio::spawn(lists(server.client(&key), round));
        let wanted = receiver.got().len() + 3;
        until(|| receiver.got().len() >= wanted).await;
        server.kill9();
        acknowledged.extend(making.await.expect("the caller sees only what is documented"));
        server = home.serve(&LEASE).await;
    }
    let arrived = || -> Vec<(String, String)> {
        let told = |told: &Value| told["data"]["list"]["name"].as_str().expect("a list").to_owned();
        receiver.got().iter().map(|got| (got.header("webhook-id").to_owned(), told(&got.json))).collect()
    };
    until(|| {
        let arrived = arrived();
        acknowledged.iter().all(|name| arrived.iter().any(|(_, told)| told == name))
    })
    .await;
    assert!(acknowledged.len() > ROUNDS, "{acknowledged:?}");

    let arrived = arrived();
    let mut id_of: HashMap<&str, &str> = HashMap::new();
    let mut first_seen = Vec::new();
    for (id, name) in &arrived {
        if *id_of.entry(name).or_insert(id) != id {
            panic!("{name} came under two ids");
        }
        if !first_seen.contains(&name) {
            first_seen.push(name);
        }
    }
    let mut numbers: Vec<i64> = Vec::new();
    for name in &first_seen {
        let got = receiver.got().into_iter().find(|got| got.json["data"]["list"]["name"] == name.as_str());
        numbers.push(got.expect("it came").json["number"].as_i64().expect("a number"));
    }
    assert!(numbers.windows(2).all(|two| two[0] < two[1]), "out of order: {numbers:?}");
    let path = format!("/v1/webhooks/{}/deliveries", webhook["id"].as_str().unwrap());
    let client = server.client(&key);
    for _ in 0..PATIENCE.as_millis() / 20 {
        if client.get(&format!("{path}?status=waiting")).await.json["meta"]["total"] == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (mut interrupted, mut log) = (0, String::new());
    for page in 1..=2 {
        let answer = client.get(&format!("{path}?per_page=100&page={page}")).await;
        interrupted += answer.text.matches("\"interrupted\"").count();
        log.push_str(&answer.text);
    }
    assert!(interrupted >= ROUNDS, "an attempt was under way at every death: {log}");
    assert!(!log.contains("\"waiting\""), "{log}");
    assert_eq!(server.terminate(), 0);
}

/// Waits until it is so.
async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..PATIENCE.as_millis() / 20 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it did not become so within {PATIENCE:?}");
}
