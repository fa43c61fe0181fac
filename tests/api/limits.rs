//! Rate limits as callers see them. Protects that a key may ask exactly as often as its tier says, that what is refused
//! does not count, and that several nodes together give no more than one.

use std::net::IpAddr;

use lexi::clock::{DAY_MS, MINUTE_MS, SECOND_MS};
use lexi::keys::Tier;
use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Client, Server};

async fn key(server: &Server, tier: Tier) -> Client {
    server.key_with("default", "read,write,lexi", |key| key.tier = Some(tier)).await
}

/// Asks for something cheap.
async fn ask(client: &Client) -> Answer {
    client.get("/v1/lists?per_page=1").await
}

/// `X-RateLimit-Limit`, `-Remaining` and `-Reset`.
#[track_caller]
fn shown(answer: &Answer) -> [i64; 3] {
    ["limit", "remaining", "reset"].map(|name| {
        let value = answer.header(&format!("x-ratelimit-{name}"));
        value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("x-ratelimit-{name}: {value:?}"))
    })
}

/// Fails unless the answer refuses for `seconds` and shows `limit` and when it ends.
#[track_caller]
fn refused(answer: &Answer, seconds: i64, limit: i64, reset: i64) {
    assert_eq!(answer.status, 429, "{}", answer.text);
    let message = format!("Rate limit exceeded. Try again in {seconds} seconds.");
    assert_eq!(answer.json, json!({ "error": { "code": "rate_limited", "message": message } }));
    assert_eq!(answer.header("retry-after"), Some(seconds.to_string().as_str()));
    assert_eq!(shown(answer), [limit, 0, reset]);
    assert!(answer.header("x-request-id").is_some());
}

/// When the running minute ends, and the running day.
fn ends_s(server: &Server) -> (i64, i64) {
    let after = |length_ms: i64| (server.now_ms() - server.now_ms() % length_ms + length_ms) / SECOND_MS;
    (after(MINUTE_MS), after(DAY_MS))
}

#[tokio::test]
async fn each_tier_may_ask_exactly_as_often_in_a_minute_as_published() {
    for (tier, limit) in [(Tier::Starter, 10), (Tier::Pro, 50), (Tier::Org, 200)] {
        let server = Server::start().await;
        let client = key(&server, tier).await;
        server.advance_ms(12 * SECOND_MS);
        let (minute_ends_s, _) = ends_s(&server);
        for used in 1..=limit {
            let answer = ask(&client).await;
            assert_eq!(answer.status, 200, "{tier:?} {used}");
            assert_eq!(shown(&answer), [limit, limit - used, minute_ends_s], "{tier:?} {used}");
            assert_eq!(answer.header("retry-after"), None);
        }
        refused(&ask(&client).await, 48, limit, minute_ends_s);
        server.advance_ms(48 * SECOND_MS - 1);
        refused(&ask(&client).await, 1, limit, minute_ends_s);
        server.advance_ms(1);
        let answer = ask(&client).await;
        assert_eq!((answer.status, shown(&answer)), (200, [limit, limit - 1, minute_ends_s + 60]), "a new minute");
    }
}

#[tokio::test]
async fn an_unmetered_key_has_no_end() {
    let server = Server::start().await;
    let client = key(&server, Tier::Unmetered).await;
    let (minute_ends_s, _) = ends_s(&server);
    for _ in 0..250 {
        let answer = ask(&client).await;
        assert_eq!((answer.status, shown(&answer)), (200, [2_147_483_647, 2_147_483_647, minute_ends_s]));
    }
}

#[tokio::test]
async fn a_day_ends_a_keys_requests_whatever_the_minute_says() {
    let server = Server::start().await;
    let client = key(&server, Tier::Starter).await;
    let (_, day_ends_s) = ends_s(&server);
    for minute in 0..10 {
        for used in 1..=10 {
            let answer = ask(&client).await;
            assert_eq!(answer.status, 200, "minute {minute}, request {used}");
            // The tighter window is shown; where both are as tight, the day, because it lasts longer.
            let expected = if minute < 9 { [10, 10 - used, ends_s(&server).0] } else { [100, 10 - used, day_ends_s] };
            assert_eq!(shown(&answer), expected, "minute {minute}, request {used}");
        }
        if minute < 9 {
            assert_eq!(ask(&client).await.status, 429);
        }
        server.advance_ms(MINUTE_MS);
    }
    let left_s = day_ends_s - server.now_ms() / SECOND_MS;
    refused(&ask(&client).await, left_s, 100, day_ends_s);
    server.advance_ms(left_s * SECOND_MS - 1);
    refused(&ask(&client).await, 1, 100, day_ends_s);
    server.advance_ms(1);
    let answer = ask(&client).await;
    assert_eq!((answer.status, shown(&answer)), (200, [10, 9, ends_s(&server).0]), "a new day");
}

#[tokio::test]
async fn refused_requests_do_not_count() {
    let server = Server::start().await;
    let client = key(&server, Tier::Starter).await;
    for _ in 0..9 {
        for _ in 0..10 {
            assert_eq!(ask(&client).await.status, 200);
        }
        for _ in 0..15 {
            assert_eq!(ask(&client).await.status, 429);
        }
        server.advance_ms(MINUTE_MS);
    }
    for _ in 0..10 {
        assert_eq!(ask(&client).await.status, 200, "a hundred a day, however often was refused");
    }
    assert_eq!(ask(&client).await.status, 429);
}

#[tokio::test]
async fn every_answer_to_a_valid_key_shows_its_limits_and_counts() {
    let server = Server::start().await;
    let client = server.key_with("default", "lists:write", |key| key.tier = Some(Tier::Pro)).await;
    let large = " ".repeat((1 << 20) + 1);
    let json =
        |body: String| client.request(Method::POST, "/v1/lists").header("Content-Type", "application/json").body(body);
    let requests = [
        (json(r#"{"name": "list"}"#.into()), 201),
        (json(r#"{"name": "list"}"#.into()), 400),
        (json("{".into()), 400),
        (json(large), 413),
        (client.request(Method::POST, "/v1/lists").body("name=list"), 415),
        (client.request(Method::POST, "/v1/lists").header("Idempotency-Key", "a b"), 400),
        (client.request(Method::GET, "/v1/lists"), 403),
        (client.request(Method::GET, "/v1/nowhere"), 404),
        (client.request(Method::DELETE, "/v1/lists/no-id"), 404),
        (client.request(Method::GET, "/v1/lists/%FF"), 404),
        (client.request(Method::PUT, "/v1/lists"), 405),
        (client.request(Method::GET, "/functions/v1/api-gateway/v1/nowhere"), 404),
    ];
    let (minute_ends_s, _) = ends_s(&server);
    for (used, (request, status)) in (1..).zip(requests) {
        let answer = client.send(request).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(shown(&answer), [50, 50 - used, minute_ends_s], "{}", answer.text);
    }
    let stranger = server.stranger().get("/v1/lists").await;
    assert_eq!((stranger.status, stranger.header("x-ratelimit-limit")), (401, None));
    let health = client.get("/healthz").await;
    assert_eq!((health.status, health.header("x-ratelimit-limit")), (200, None));
}

#[tokio::test]
async fn a_used_up_key_gets_no_other_answer_than_that() {
    let server = Server::start().await;
    let client = key(&server, Tier::Starter).await;
    for _ in 0..10 {
        ask(&client).await;
    }
    assert_eq!(client.post("/v1/lists", &json!({ "name": "list" })).await.status, 429);
    assert_eq!(client.get("/v1/nowhere").await.status, 429);
    assert_eq!(client.put("/v1/lists", &json!({})).await.status, 429);
    assert_eq!(client.get("/healthz").await.status, 200);
    let colleague = key(&server, Tier::Starter).await;
    assert_eq!(colleague.get("/v1/lists").await.json["meta"]["total"], 0, "nothing was done, and keys count apart");
}

#[tokio::test]
async fn requests_at_the_same_time_are_counted_one_by_one() {
    let server = Server::start().await;
    let client = key(&server, Tier::Pro).await;
    let calls: Vec<_> = (0..80)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { ask(&client).await })
        })
        .collect();
    let (mut remaining, mut denied) = (Vec::new(), 0);
    for call in calls {
        let answer = call.await.unwrap();
        match answer.status {
            200 => remaining.push(shown(&answer)[1]),
            429 => denied += 1,
            other => panic!("{other}: {}", answer.text),
        }
    }
    remaining.sort_unstable();
    assert_eq!((remaining, denied), ((0..50).collect(), 30));
}

#[tokio::test]
async fn two_nodes_together_give_exactly_what_one_would() {
    for (tier, limit) in [(Tier::Starter, 10), (Tier::Pro, 50)] {
        let one = Server::start().await;
        let other = one.beside().await;
        let client = key(&one, tier).await;
        let elsewhere = Client::new(&other.url(), Some(client.key().to_owned()));
        for minute in 0..2 {
            let calls: Vec<_> = (0..2 * (limit + 5))
                .map(|n| {
                    let client = if n % 2 == 0 { client.clone() } else { elsewhere.clone() };
                    tokio::spawn(async move { ask(&client).await })
                })
                .collect();
            let mut allowed = 0;
            for call in calls {
                let answer = call.await.unwrap();
                match answer.status {
                    200 => allowed += 1,
                    429 => assert!(answer.header("retry-after").is_some()),
                    other => panic!("{other}: {}", answer.text),
                }
                assert!(shown(&answer)[1] < limit, "{:?}", shown(&answer));
            }
            assert_eq!(allowed, limit, "{tier:?}, minute {minute}");
            one.advance_ms(MINUTE_MS);
        }
    }
}

#[tokio::test]
async fn a_node_that_stops_hands_back_what_it_has_not_used() {
    let one = Server::start().await;
    let client = key(&one, Tier::Org).await;
    let other = one.beside().await;
    let elsewhere = Client::new(&other.url(), Some(client.key().to_owned()));
    assert_eq!(ask(&elsewhere).await.status, 200);
    other.app.close().await;
    for _ in 0..199 {
        assert_eq!(ask(&client).await.status, 200);
    }
    assert_eq!(ask(&client).await.status, 429);
}

#[tokio::test]
async fn strangers_are_limited_by_address_and_callers_with_a_key_are_not() {
    let server = Server::start_with(|config| config.strangers_per_minute = 3).await;
    let client = key(&server, Tier::Pro).await;
    let nobody = server.stranger();
    server.advance_ms(20 * SECOND_MS);
    for (path, caller) in
        [("/v1/lists", &nobody), ("/v1/lists", &client.with_key("wbk_guess")), ("/v1/nowhere", &nobody)]
    {
        assert!([401, 404].contains(&caller.get(path).await.status));
    }
    let message = "Too many requests without a valid API key. Try again in 40 seconds.";
    for path in ["/v1/lists", "/v1/nowhere", "/functions/v1/api-gateway/v1/lists"] {
        let hidden = nobody.request(Method::GET, path).header("X-Forwarded-For", "192.0.2.7");
        let answer = nobody.send(hidden).await;
        assert_eq!(answer.status, 429, "{path}");
        assert_eq!(answer.json, json!({ "error": { "code": "rate_limited", "message": message } }));
        assert_eq!(answer.header("retry-after"), Some("40"));
        assert_eq!(answer.header("x-ratelimit-limit"), None, "these are the limits of keys");
    }
    assert_eq!(ask(&client).await.status, 200);
    assert_eq!(nobody.get("/healthz").await.status, 200);
    let other_address: IpAddr = "127.0.0.2".parse().unwrap();
    let neighbour = reqwest::Client::builder().no_proxy().local_address(other_address).build().unwrap();
    let answer = neighbour.get(format!("{}/v1/lists", server.url())).send().await.unwrap();
    assert_eq!(answer.status(), 401, "another address");
    server.advance_ms(40 * SECOND_MS);
    assert_eq!(nobody.get("/v1/lists").await.status, 401, "a new minute");
}

#[tokio::test]
async fn behind_a_trusted_proxy_strangers_are_limited_by_the_address_it_tells() {
    let server = Server::start_with(|config| {
        config.strangers_per_minute = 2;
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    let nobody = server.stranger();
    let from = async |name: &'static str, value: &str| {
        nobody.send(nobody.request(Method::GET, "/v1/lists").header(name, value)).await.status
    };
    assert_eq!(from("X-Forwarded-For", "192.0.2.7").await, 401);
    assert_eq!(from("Forwarded", "for=\"192.0.2.7:4711\";proto=https").await, 401);
    assert_eq!(from("X-Forwarded-For", "192.0.2.7").await, 429, "one address, whichever header tells it");
    assert_eq!(
        from("X-Forwarded-For", "203.0.113.1, 192.0.2.7").await,
        429,
        "what the caller wrote itself is not believed"
    );
    assert_eq!(from("X-Forwarded-For", "192.0.2.8").await, 401);
    assert_eq!(from("Forwarded", "for=\"[2001:db8:cafe::17]:4711\"").await, 401);
    assert_eq!(from("X-Forwarded-For", "2001:db8:cafe::18").await, 401);
    assert_eq!(from("X-Forwarded-For", "2001:db8:cafe::19").await, 429, "one network of 64 bits");
    for unreadable in ["unknown", "192.0.2.9, nonsense", ""] {
        assert!([401, 429].contains(&from("X-Forwarded-For", unreadable).await));
    }
    assert_eq!(nobody.get("/v1/lists").await.status, 429, "those counted for the proxy itself");
    assert_eq!(key(&server, Tier::Pro).await.get("/v1/lists").await.status, 200);
}
