//! The feed of events: pages, waits and streams. Protects that whoever follows it sees each event once and in order, sees
//! only his own workspace, and is never left hanging.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::database::dialect;
use crate::support::{Answer, Client, Feed, Installation, Server, assert_refused, made, made_id};
use lexi::db::Dialect;

/// Rounds in which servers are killed while somebody follows.
const ROUNDS: usize = 3;
/// Writes that must have been acknowledged before a server is killed.
const WRITES_A_ROUND: usize = 25;

fn numbers(answer: &Answer) -> Vec<i64> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let events = answer.json["data"]["events"].as_array().expect("events");
    events.iter().map(|event| event["number"].as_i64().expect("a number")).collect()
}

/// A list more, and the events that come of it numbered.
async fn list(server: &Server, client: &Client, name: &str) -> String {
    let id = made_id(client, "/v1/lists", json!({ "name": name })).await;
    server.number_events().await;
    id
}

#[tokio::test]
async fn pages_of_events_follow_each_other_without_a_gap() {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    for n in 0..7 {
        list(&server, &client, &format!("L{n}")).await;
    }
    let all = client.get("/v1/events").await;
    let last = all.json["data"]["last_number"].as_i64().unwrap();
    assert_eq!(numbers(&all), (1..=last).collect::<Vec<_>>());
    let (mut after, mut seen) = (0, Vec::new());
    while after < last {
        let page = client.get(&format!("/v1/events?after={after}&limit=3")).await;
        seen.extend(numbers(&page));
        after = page.json["data"]["next_after"].as_i64().unwrap();
    }
    assert_eq!(seen, numbers(&all));
    assert_eq!(numbers(&client.get(&format!("/v1/events?after={last}")).await), Vec::<i64>::new());
}

#[tokio::test]
async fn an_event_says_what_happened_to_what_by_whom_when_and_why() {
    let server = Server::start().await;
    let owner = Some("Ann Lee".to_owned());
    let client = server
        .key_with("default", "read,write", |key| {
            key.kind = lexi::keys::Kind::Human;
            key.owner = owner.clone();
        })
        .await;
    let answer = client.post("/v1/lists", &json!({ "name": "Q1" })).await;
    server.number_events().await;
    let events = client.get("/v1/events?type=list.").await;
    let event = &events.json["data"]["events"][0];
    assert_eq!(event["type"], "list.created");
    assert_eq!(event["subject"], json!({ "type": "list", "id": answer.json["data"]["id"] }));
    assert_eq!(event["at"], "2025-11-24T16:00:00.000Z");
    assert_eq!((&event["actor"]["kind"], &event["actor"]["name"]), (&json!("human"), &json!("Ann Lee")));
    assert_eq!(event["request_id"].as_str(), answer.header("x-request-id"));
    assert_eq!(event["cause"], json!({ "type": "request", "id": event["request_id"] }));
    assert!(event["task_id"].is_null() && event["data"].is_object());
}

#[tokio::test]
async fn what_a_task_does_is_caused_by_the_task() {
    let server = Server::start().await;
    server.law_firm_ceos(2).await;
    let client = server.key("read,write,lexi").await;
    let told = client.post("/v1/lexi/chat", &json!({ "message": "Find 1 CEO at law firms in California" })).await;
    let task = told.json["data"]["task_id"].as_str().unwrap().to_owned();
    assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{task}/approve")).await.status, 200);
    server.number_events().await;
    let cause = |events: &Answer| events.json["data"]["events"][0]["cause"].clone();
    assert_eq!(cause(&client.get("/v1/events?type=contact.created").await), json!({ "type": "task", "id": task }));
    assert_eq!(cause(&client.get("/v1/events?type=task.completed").await), json!({ "type": "task", "id": task }));
    assert_eq!(cause(&client.get("/v1/events?type=task.approved").await)["type"], "request");
}

#[tokio::test]
async fn only_the_wanted_types_come_and_the_rest_is_behind_the_reader() {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    for n in 0..600 {
        let body = json!({ "email": format!("p{n}@never.example"), "reason": "no" });
        assert_eq!(client.post("/v1/suppressions", &body).await.status, 201);
    }
    list(&server, &client, "Q1").await;
    let answer = client.get("/v1/events?type=list.created").await;
    assert_eq!(answer.json["data"]["events"].as_array().unwrap().len(), 1, "{}", answer.text);
    assert_eq!(answer.json["data"]["next_after"], answer.json["data"]["last_number"]);
}

#[tokio::test]
async fn a_wait_ends_with_the_next_event_that_fits() {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    server.number_events().await;
    let after = client.get("/v1/events").await.json["data"]["last_number"].as_i64().unwrap();
    let waiting = {
        let client = client.clone();
        let path = format!("/v1/events?after={after}&wait=60&type=list.");
        tokio::spawn(async move { client.get(&path).await })
    };
    made(&client, "/v1/suppressions", json!({ "domain": "never.example", "reason": "no" })).await;
    server.number_events().await;
    let id = list(&server, &client, "Q1").await;
    let answer = waiting.await.unwrap();
    assert_eq!(answer.json["data"]["events"][0]["subject"]["id"], id.as_str(), "{}", answer.text);
}

#[tokio::test]
async fn a_stream_brings_what_happens_and_goes_on_behind_the_last_event_that_was_seen() {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    let first = list(&server, &client, "before").await;
    let mut feed = Feed::open(&client, "/v1/events", None).await;
    let second = list(&server, &client, "while open").await;
    let came = feed.take(1).await.remove(0);
    assert_eq!((came.kind.as_str(), came.data["subject"]["id"].as_str()), ("list.created", Some(second.as_str())));
    assert_eq!(came.data["number"], came.number);
    drop(feed);
    list(&server, &client, "while closed").await;
    list(&server, &client, "too").await;
    let mut again = Feed::open(&client, "/v1/events?after=0", Some(came.number)).await;
    let missed: Vec<i64> = again.take(2).await.iter().map(|came| came.number).collect();
    assert_eq!(missed, [came.number + 1, came.number + 2]);
    let mut all = Feed::open(&client, "/v1/events?after=0&type=list.", None).await;
    assert_eq!(all.take(4).await[0].data["subject"]["id"].as_str(), Some(first.as_str()));
}

#[tokio::test]
async fn a_stream_ends_with_the_server_and_with_its_key() {
    let server = Server::start().await;
    let admin = server.key("keys:admin").await;
    let new = json!({ "name": "follower", "permissions": ["keys:admin"] });
    assert_eq!(admin.post("/v1/api-keys", &new).await.status, 201);
    let client = server.key("read,write").await;
    server.number_events().await;
    let mut feed = Feed::open(&client, "/v1/events", None).await;
    list(&server, &client, "one").await;
    let came = feed.take(1).await.remove(0);
    // Revoked by the operator; what happens from now on is not for this key.
    let key_id: uuid::Uuid = came.data["actor"]["id"].as_str().unwrap().parse().unwrap();
    let now_ms = server.now_ms();
    server
        .app
        .db
        .write(move |tx| {
            let workspace = lexi::workspaces::ensure_default(tx, now_ms)?;
            lexi::keys::revoke(tx, &lexi::keys::By::Operator(workspace.id), key_id, now_ms)
        })
        .await
        .unwrap();
    server.number_events().await;
    assert!(feed.next().await.is_none(), "the stream of a revoked key ends");

    let other = server.key("read").await;
    let mut feed = Feed::open(&other, "/v1/events", None).await;
    server.app.waiters.stopping.send_replace(true);
    assert!(feed.next().await.is_none(), "the stream ends with the server");
}

#[tokio::test]
async fn a_key_has_eight_streams_and_a_place_is_free_again_when_one_is_closed() {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(Feed::open(&client, "/v1/events", None).await);
    }
    let ninth = || client.request(reqwest::Method::GET, "/v1/events").header("Accept", "text/event-stream");
    let refused = client.send(ninth()).await;
    assert_eq!((refused.status, refused.json["error"]["code"].as_str()), (429, Some("rate_limited")));
    assert!(refused.header("retry-after").is_some());
    let _other = Feed::open(&server.key("read").await, "/v1/events", None).await;
    assert_eq!(client.get("/v1/events").await.status, 200, "pages need no place");
    drop(open);
    for n in 0.. {
        // The server sees the closed line when it writes to it or when it is told of it.
        list(&server, &client, &format!("L{n}")).await;
        let response = ninth().send().await.unwrap();
        if response.status() == 200 {
            break;
        }
        assert_eq!(response.status(), 429);
    }
}

#[tokio::test]
async fn nobody_follows_another_workspace_and_nobody_without_the_permission() {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    let other = server.key_of("elsewhere", "read,write").await;
    let mut feed = Feed::open(&other, "/v1/events?after=0", None).await;
    let ours = list(&server, &client, "ours").await;
    let theirs = list(&server, &other, "theirs").await;
    loop {
        let came = feed.next().await.unwrap();
        assert!(!came.data.to_string().contains(&ours), "{}", came.data);
        if came.data["subject"]["id"] == theirs.as_str() {
            break;
        }
    }
    let page = other.get("/v1/events?limit=500").await;
    assert!(!page.text.contains(&ours) && page.text.contains(&theirs));
    let refused = server.key("write,lexi").await.get("/v1/events").await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("events:read"), "{}", refused.text);
}

#[tokio::test]
async fn what_a_reader_asks_for_is_held_to_its_limits() {
    let server = Server::start().await;
    let client = server.key("read").await;
    server.number_events().await;
    for (query, field, message) in [
        ("limit=501", "limit", "limit must be a whole number from 1 to 500, got \"501\"."),
        ("limit=0", "limit", "limit must be a whole number from 1 to 500, got \"0\"."),
        ("wait=61", "wait", "wait must be whole seconds from 0 to 60, got \"61\"."),
        ("after=-1", "after", "after must be the number of an event, 0 or more, got \"-1\"."),
        ("after=x", "after", "after must be the number of an event, 0 or more, got \"x\"."),
        ("type=%25", "type", "type must be the beginning of a type such as task., got \"%\"."),
    ] {
        assert_refused(&client.get(&format!("/v1/events?{query}")).await, field, message);
    }
    let beyond = client.get("/v1/events?after=999999").await;
    assert_eq!(beyond.status, 400, "{}", beyond.text);
    assert!(beyond.text.contains("the newest event is"), "{}", beyond.text);
    assert_eq!(client.get("/v1/events?limit=500&wait=0").await.status, 200);
}

/// What the follower has seen, and where the servers are now.
#[derive(Default)]
struct Shared {
    urls: Mutex<Vec<String>>,
    seen: Mutex<Vec<(i64, Value)>>,
    acknowledged: Mutex<Vec<String>>,
    done: AtomicBool,
}

impl Shared {
    fn client(&self, key: &str, turn: usize) -> Client {
        let urls = self.urls.lock().unwrap();
        Client::new(&urls[turn % urls.len()], Some(key.to_owned()))
    }
}

/// Follows until it is told that all is written, by whichever server answers.
async fn follow(shared: Arc<Shared>, key: String) {
    let mut turn = 0;
    loop {
        turn += 1;
        let last = shared.seen.lock().unwrap().last().map_or(0, |(number, _)| *number);
        let Some(mut feed) = Feed::try_open(&shared.client(&key, turn), "/v1/events", Some(last)).await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        while let Some(came) = feed.next().await {
            let is_last = came.data["type"] == "company.created";
            shared.seen.lock().unwrap().push((came.number, came.data));
            if is_last {
                return;
            }
        }
    }
}

/// Writes until it is told to stop; notes the requests that were acknowledged.
async fn write(shared: Arc<Shared>, key: String, writer: usize) {
    for n in 0.. {
        if shared.done.load(Ordering::Relaxed) {
            return;
        }
        let client = shared.client(&key, n + writer);
        let body = json!({ "name": format!("{writer} {n}") });
        match client.try_send(client.request(reqwest::Method::POST, "/v1/lists").json(&body)).await {
            Some(answer) if answer.status == 201 => {
                let id = answer.header("x-request-id").expect("an id").to_owned();
                shared.acknowledged.lock().unwrap().push(id);
            }
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_sees_every_acknowledged_change_once_and_in_order_while_servers_are_killed() {
    let installation = Installation::new().await;
    let key = installation.key("read,write");
    let nodes = if dialect() == Dialect::Postgres { 2 } else { 1 };
    let mut running = Vec::new();
    for _ in 0..nodes {
        running.push(installation.serve(&[]).await);
    }
    let shared = Arc::new(Shared::default());
    *shared.urls.lock().unwrap() = running.iter().map(|process| process.url.clone()).collect();
    let follower = tokio::spawn(follow(Arc::clone(&shared), key.clone()));
    let writers: Vec<_> = (0..4).map(|n| tokio::spawn(write(Arc::clone(&shared), key.clone(), n))).collect();
    for round in 0..ROUNDS {
        while shared.acknowledged.lock().unwrap().len() < (round + 1) * WRITES_A_ROUND {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let at = round % nodes;
        running.remove(at).kill9();
        let again = installation.serve(&[]).await;
        running.insert(at, again);
        *shared.urls.lock().unwrap() = running.iter().map(|process| process.url.clone()).collect();
    }
    shared.done.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    // The last event of all, which ends the follower.
    made(&shared.client(&key, 0), "/v1/companies", json!({ "name": "The end" })).await;
    follower.await.unwrap();

    let seen = shared.seen.lock().unwrap();
    let numbers: Vec<i64> = seen.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=i64::try_from(numbers.len()).unwrap()).collect::<Vec<_>>(), "no gap and nothing twice");
    for request_id in shared.acknowledged.lock().unwrap().iter() {
        let times = seen.iter().filter(|(_, event)| event["request_id"] == request_id.as_str()).count();
        assert_eq!(times, 1, "the change of request {request_id} came {times} times");
    }
}
