//! When too few people fit, or far too many, Lexi says what one step would bring, and saying that step brings exactly it.

use std::collections::BTreeSet;

use lexi::prospects::Row;
use serde_json::{Value, json};

use crate::support::{Client, Server};

/// States with cities, so that there are neighbours to go to.
const PLACES: [(&str, &str); 6] = [
    ("San Francisco", "California"),
    ("Los Angeles", "California"),
    ("Las Vegas", "Nevada"),
    ("Phoenix", "Arizona"),
    ("Portland", "Oregon"),
    ("Austin", "Texas"),
];
const TITLES: [&str; 5] = ["Chief Executive Officer", "Managing Partner", "General Counsel", "CFO", "President"];
const KINDS: [(&str, &str); 4] = [
    ("Law Practice", "Law Firm"),
    ("Law Practice", "Regional Law Firm"),
    ("Banking", "Bank"),
    ("Software Development", "Startup"),
];
const SIZES: [i64; 5] = [8, 30, 120, 450, 2_000];

/// So many people: every title, kind, size and place meets every other.
fn people(n: usize) -> Vec<Row> {
    let person = |n: usize| {
        let (city, state) = PLACES[n % 6];
        let (industry, kind) = KINDS[n / 6 % 4];
        Row {
            external_id: Some(format!("p-{n}")),
            full_name: Some(format!("Ada{n} Lovelace{n}")),
            title: Some(TITLES[n / 24 % 5].into()),
            email: Some(format!("ada{n}@firm{n}.example")),
            city: Some(city.into()),
            state: Some(state.into()),
            country: Some("United States".into()),
            company: Some(format!("Firm {n}")),
            company_domain: Some(format!("firm{n}.example")),
            industry: Some(industry.into()),
            company_type: Some(kind.into()),
            headcount: Some(SIZES[n / 120 % 5]),
            practice_areas: vec![if n.is_multiple_of(7) { "Litigation" } else { "Tax" }.into()],
            ..Row::default()
        }
    };
    (0..n).map(person).collect()
}

async fn with_people(n: usize) -> (Server, Client) {
    let server = Server::start().await;
    server.people(people(n)).await;
    let client = server.key("read,write,lexi").await;
    (server, client)
}

async fn say(client: &Client, message: &str, conversation: &Value) -> Value {
    let body = json!({ "message": message, "context": { "conversation_id": conversation } });
    let answer = client.post("/v1/lexi/chat", &body).await;
    assert_eq!(answer.status, 200, "{message}: {}", answer.json);
    answer.json["data"].clone()
}

fn alternatives(told: &Value) -> Vec<Value> {
    told["task"]["preview"]["alternatives"].as_array().expect("a list").clone()
}

/// What a person can check about each offer of an answer: that saying it brings what it promised.
async fn hold_what_they_promise(client: &Client, message: &str) -> Vec<Value> {
    let told = say(client, message, &Value::Null).await;
    let offers = alternatives(&told);
    assert!(offers.len() <= 8, "{offers:?}");
    for offer in &offers {
        let fresh = say(client, message, &Value::Null).await;
        let text = offer["text"].as_str().unwrap();
        let then = say(client, text, &fresh["conversation_id"]).await;
        assert_eq!(then["task_id"], fresh["task_id"], "{message} → {text}: {then}");
        assert_eq!(then["task"]["preview"]["matched"], offer["matched"], "{message} → {text}: {}", then["response"]);
        for (slot, value) in offer["change"].as_object().unwrap() {
            let filters = &then["task"]["metadata"]["filters"];
            let now = if filters[slot].is_null() && value == &json!([]) { &json!([]) } else { &filters[slot] };
            assert_eq!(now, value, "{message} → {text}");
        }
    }
    offers
}

fn kinds(offers: &[Value]) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    offers.iter().map(|offer| (text(&offer["kind"]), text(&offer["slot"]))).collect()
}

#[tokio::test]
async fn every_offer_said_in_the_conversation_brings_exactly_what_it_promised() {
    let (_server, client) = with_people(600).await;
    let mut seen = BTreeSet::new();
    for message in [
        "Find 50 CEOs at mid-size law firms in California",
        "Find 50 CEOs at law firms in San Francisco with 51-200 employees",
        "Find 40 CEOs and general counsels at banks in the Bay Area",
        "Find 30 CFOs at law firms in Nevada with 200+ employees, not presidents",
        "Find 60 litigation managing partners in Oregon",
        "Find 20 CEOs at startups in Alaska",
    ] {
        let offers = hold_what_they_promise(&client, message).await;
        assert!(!offers.is_empty(), "{message}");
        seen.extend(kinds(&offers));
    }
    for (kind, slot) in [
        ("without", "titles"),
        ("without", "locations"),
        ("without", "company_types"),
        ("with", "titles"),
        ("with", "locations"),
        ("instead", "locations"),
        ("instead", "headcount"),
    ] {
        assert!(seen.contains(&(kind.into(), slot.into())), "{kind} {slot}: {seen:?}");
    }
}

#[tokio::test]
async fn too_few_are_said_with_what_one_step_would_bring() {
    let (_server, client) = with_people(600).await;
    let told = say(&client, "Find 50 CEOs at mid-size law firms in California", &Value::Null).await;
    let text = told["response"].as_str().unwrap();
    assert!(text.contains(" 50 wanted, 10 found: "), "{text}");
    let offers = alternatives(&told);
    let said = format!("{} {}", offers[0]["text"].as_str().unwrap(), offers[0]["matched"]);
    assert!(text.contains(&said), "{said}: {text}");
    let texts: Vec<&str> = offers.iter().map(|offer| offer["text"].as_str().unwrap()).collect();
    assert!(texts.contains(&"without “mid-size”"), "{texts:?}");
    let enough = offers.iter().filter(|offer| offer["matched"].as_u64() >= Some(50)).count();
    let numbers: Vec<u64> = offers.iter().map(|offer| offer["matched"].as_u64().unwrap()).collect();
    assert!(numbers[..enough].is_sorted() && numbers[enough..].is_sorted_by(|a, b| a >= b), "{numbers:?}");
}

#[tokio::test]
async fn enough_people_need_no_alternatives() {
    let (_server, client) = with_people(600).await;
    for message in ["Find 10 CEOs at law firms in California", "Find all CEOs in Texas"] {
        let told = say(&client, message, &Value::Null).await;
        assert_eq!(alternatives(&told), Vec::<Value>::new(), "{message}");
    }
}

#[tokio::test]
async fn far_too_many_are_offered_narrower() {
    let (_server, client) = with_people(1_200).await;
    let offers = hold_what_they_promise(&client, "Find people in the United States").await;
    assert!(offers.iter().all(|offer| offer["kind"] == "instead"), "{offers:?}");
    assert!(kinds(&offers).len() >= 2, "{offers:?}");
    let told = say(&client, "Find people in the United States", &Value::Null).await;
    assert!(told["response"].as_str().unwrap().contains("That is far more than 25: "), "{told}");
}

#[tokio::test]
async fn offers_leave_out_the_lists_that_the_search_leaves_out() {
    let (_server, client) = with_people(600).await;
    let first = say(&client, "Find 8 CEOs at law firms in California, call the list Old", &Value::Null).await;
    let id = first["task_id"].as_str().unwrap();
    assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{id}/approve")).await.status, 200);
    let offers =
        hold_what_they_promise(&client, "Find 50 CEOs at law firms in California, exclude people on my Old list").await;
    assert!(!offers.is_empty());
}

#[tokio::test]
async fn offers_count_people_whom_the_index_does_not_know_yet() {
    let (server, client) = with_people(300).await;
    let mut more = people(600).split_off(300);
    more.truncate(200);
    server.unindexed_people(more).await;
    assert!(!hold_what_they_promise(&client, "Find 50 CEOs at law firms in California").await.is_empty());
}

#[tokio::test]
async fn nobody_fitting_is_said_with_what_would() {
    let (_server, client) = with_people(600).await;
    let told = say(&client, "Find 10 CEOs at law firms in Alaska", &Value::Null).await;
    let text = told["response"].as_str().unwrap();
    assert!(text.starts_with("Nobody in the prospect database fits."), "{text}");
    assert!(text.contains("10 wanted, 0 found: without “Alaska” 60"), "{text}");
}
