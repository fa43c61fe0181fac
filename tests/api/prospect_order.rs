//! Who comes first among the people who fit, how a caller gets to the last of them, and by what they are counted.

use std::collections::BTreeMap;

use lexi::prospects::Row;
use serde_json::{Value, json};

use crate::support::{Client, Server};

const SEARCH: &str = "/v1/prospector/search";

/// Somebody in Texas.
fn person(name: &str) -> Row {
    Row {
        external_id: Some(name.to_owned()),
        full_name: Some(name.to_owned()),
        state: Some("Texas".to_owned()),
        country: Some("United States".to_owned()),
        ..Row::default()
    }
}

fn titled(name: &str, title: &str) -> Row {
    Row { title: Some(title.to_owned()), ..person(name) }
}

fn practising(name: &str, area: &str) -> Row {
    Row { practice_areas: vec![area.to_owned()], ..person(name) }
}

/// Somebody at a company of their own.
fn employed(name: &str, company: &str, industry: &str, headcount: i64) -> Row {
    Row {
        company: Some(company.to_owned()),
        industry: Some(industry.to_owned()),
        headcount: Some(headcount),
        ..person(name)
    }
}

/// Five people who have to do with maritime law, the best one loaded last, and one who has not.
fn sailors() -> Vec<Row> {
    vec![
        employed("In a name", "Institute of Maritime Law", "Education", 10),
        titled("In a title", "Head of Maritime Law"),
        titled("Nobody", "Paralegal"),
        titled("First in a title", "Maritime Law Counsel"),
        employed("First in a name", "Maritime Law Society", "Education", 10),
        practising("The practice", "Maritime Law"),
    ]
}

const SAILORS: [&str; 5] = ["The practice", "First in a title", "In a title", "First in a name", "In a name"];

async fn search(client: &Client, body: &Value) -> Value {
    let answer = client.post(SEARCH, body).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    answer.json
}

fn names(answer: &Value) -> Vec<String> {
    let people = answer["data"]["prospects"].as_array().expect("people");
    people.iter().filter_map(|person| person["full_name"].as_str()).map(str::to_owned).collect()
}

/// Everybody that page after page shows; the pages are of different sizes to the end.
async fn by_pages(client: &Client, body: &Value) -> Vec<String> {
    let mut body = body.clone();
    let mut all = Vec::new();
    for page in 1.. {
        body["page"] = json!(page);
        let found = names(&search(client, &body).await);
        if found.is_empty() {
            return all;
        }
        all.extend(found);
    }
    unreachable!("there is a last page")
}

/// Everybody that cursor after cursor shows.
async fn by_cursors(client: &Client, body: &Value) -> Vec<String> {
    let mut body = body.clone();
    let mut all = Vec::new();
    loop {
        let answer = search(client, &body).await;
        all.extend(names(&answer));
        match &answer["data"]["next_cursor"] {
            Value::Null => return all,
            cursor => body["after"] = cursor.clone(),
        }
    }
}

#[tokio::test]
async fn keywords_order_people_by_where_they_stand_whether_the_index_has_followed_or_not() {
    let server = Server::start().await;
    let client = server.key("read").await;
    server.unindexed_people(sailors()).await;
    let asked = json!({"keywords": ["maritime law"]});
    let before = search(&client, &asked).await;
    assert_eq!(names(&before), SAILORS);
    server.index().await;
    assert_eq!(search(&client, &asked).await, before);
    let unordered = search(&client, &json!({"location": "Texas"})).await;
    assert_eq!(names(&unordered)[0], "In a name", "without keywords people stand as they were loaded");
}

#[tokio::test]
async fn page_after_page_shows_everybody_once_and_so_do_cursors() {
    let server = Server::start().await;
    let client = server.key("read").await;
    let of_kind = |n: usize| match n % 5 {
        0 => practising(&format!("P{n:02}"), "Maritime Law"),
        1 => titled(&format!("P{n:02}"), "Maritime Law Counsel"),
        2 => titled(&format!("P{n:02}"), "Counsel, Maritime Law"),
        3 => employed(&format!("P{n:02}"), "Maritime Law Society", "Education", 10),
        _ => titled(&format!("P{n:02}"), "Counsel"),
    };
    server.people((0..30).map(of_kind).collect()).await;
    server.unindexed_people((20..45).map(of_kind).collect()).await;
    let wanted: Vec<String> =
        (0..4).flat_map(|kind| (0..45).filter(move |n| n % 5 == kind).map(|n| format!("P{n:02}"))).collect();
    for per_page in [1, 7, 36, 100] {
        let asked = json!({"keywords": "maritime law", "per_page": per_page});
        assert_eq!(by_pages(&client, &asked).await, wanted, "{per_page} on a page");
        assert_eq!(by_cursors(&client, &asked).await, wanted, "{per_page} behind a cursor");
    }
}

#[tokio::test]
async fn people_who_come_or_go_before_a_cursor_shift_nobody_behind_it() {
    let server = Server::start().await;
    let client = server.key("read").await;
    server.people((0..6).map(|n| titled(&format!("P{n}"), "Maritime Law Counsel")).collect()).await;
    let mut asked = json!({"keywords": "maritime law", "per_page": 3});
    let first = search(&client, &asked).await;
    assert_eq!(names(&first), ["P0", "P1", "P2"]);
    // One before the cursor fits no more, one better than all comes, one comes at the end.
    server
        .unindexed_people(vec![
            titled("P1", "Paralegal"),
            practising("Better", "Maritime Law"),
            titled("Last", "Maritime Law Counsel"),
        ])
        .await;
    asked["after"] = first["data"]["next_cursor"].clone();
    let second = search(&client, &asked).await;
    assert_eq!(names(&second), ["P3", "P4", "P5"]);
    assert_eq!(second["meta"], json!({"page": 1, "per_page": 3, "total": 7}));
    asked["after"] = second["data"]["next_cursor"].clone();
    let last = search(&client, &asked).await;
    assert_eq!((names(&last), &last["data"]["next_cursor"]), (vec!["Last".to_owned()], &Value::Null));
}

#[tokio::test]
async fn a_cursor_that_is_damaged_or_of_another_search_is_refused_by_name() {
    let server = Server::start().await;
    let client = server.key("read").await;
    server.people((0..3).map(|n| titled(&format!("P{n}"), "CEO")).collect()).await;
    let asked = json!({"titles": ["CEO"], "per_page": 1});
    let cursor = search(&client, &asked).await["data"]["next_cursor"].as_str().expect("a cursor").to_owned();
    for (body, field) in [
        (json!({"titles": ["CEO"], "after": &cursor[1..]}), "after"),
        (json!({"titles": ["CEO"], "after": cursor.replace(&cursor[..2], "ff")}), "after"),
        (json!({"titles": ["CEO"], "after": ""}), "after"),
        (json!({"titles": ["CFO"], "after": cursor}), "after"),
        (json!({"titles": ["CEO"], "after": cursor, "page": 2}), "after"),
        (json!({"titles": ["CEO"], "page": 101, "per_page": 100}), "page"),
    ] {
        let answer = client.post(SEARCH, &body).await;
        assert_eq!((answer.status, &answer.json["error"]["code"]), (400, &json!("validation_error")), "{body}");
        let told = answer.json["error"]["details"]["fields"][field].as_str();
        assert!(told.is_some_and(|told| told.ends_with('.')), "{}", answer.json);
    }
    let other = json!({"titles": ["CEO"], "after": cursor, "per_page": 2});
    assert_eq!(names(&search(&client, &other).await), ["P1", "P2"], "the size of a page may change");
}

#[tokio::test]
async fn a_task_selects_the_best_and_replaces_the_suppressed_by_the_next() {
    let server = Server::start().await;
    server.people(sailors()).await;
    let client = server.key("read,write,lexi").await;
    let wanted = "Find 3 people in Texas who practice maritime law";
    let plan = async |client: &Client| {
        let answer = client.post("/v1/lexi/chat", &json!({"message": wanted})).await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        let id = answer.json["data"]["task_id"].as_str().expect("a task").to_owned();
        (id.clone(), client.get(&format!("/v1/lexi/tasks/{id}")).await.json["data"].clone())
    };
    let sample = |task: &Value| -> Vec<String> {
        let sample = task["preview"]["sample"].as_array().expect("a sample");
        sample.iter().filter_map(|person| person["full_name"].as_str()).map(str::to_owned).collect()
    };
    let (_, first) = plan(&client).await;
    assert_eq!(
        (&first["preview"]["matched"], sample(&first)),
        (&json!(5), SAILORS[..3].to_vec().into_iter().map(str::to_owned).collect())
    );
    let best = first["preview"]["sample"][0]["prospect_id"].clone();
    let suppression = json!({"prospect_id": best, "reason": "a client"});
    let suppressed = client.post("/v1/suppressions", &suppression).await;
    assert_eq!(suppressed.status, 201, "{}", suppressed.json);

    let (id, second) = plan(&client).await;
    assert_eq!((&second["preview"]["suppressed"], &second["preview"]["selected"]), (&json!(1), &json!(3)));
    assert_eq!(sample(&second), SAILORS[1..4]);
    assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{id}/approve")).await.status, 200);
    let done = client.get(&format!("/v1/lexi/tasks/{id}")).await.json["data"]["result"].clone();
    assert_eq!((&done["matched"], &done["added"]), (&json!(5), &json!(3)));
    let contacts = client.get("/v1/contacts").await.json;
    let mut added: Vec<&str> = contacts["data"]["contacts"]
        .as_array()
        .expect("contacts")
        .iter()
        .filter_map(|contact| contact["full_name"].as_str())
        .collect();
    added.sort_unstable();
    let mut expected = SAILORS[1..4].to_vec();
    expected.sort_unstable();
    assert_eq!(added, expected);
}

/// People in two states and unknown ones, at companies of several sizes.
fn crowd() -> Vec<Row> {
    let sizes = [5, 40, 40, 300, 20_000];
    let mut people: Vec<Row> = (0..20)
        .map(|n| Row {
            title: Some(if n % 4 == 0 { "CFO" } else { "CEO" }.to_owned()),
            state: Some(if n % 3 == 0 { "Ohio" } else { "Texas" }.to_owned()),
            ..employed(
                &format!("P{n:02}"),
                &format!("Firm {n}"),
                if n % 2 == 0 { "Law Practice" } else { "Banking" },
                sizes[n % sizes.len()],
            )
        })
        .collect();
    people.push(Row { state: None, country: None, ..titled("Placeless", "CEO") });
    people
}

#[tokio::test]
async fn facets_count_all_who_fit_and_add_up() {
    let server = Server::start().await;
    server.people(crowd()).await;
    server
        .unindexed_people(vec![
            Row { state: Some("Utah".into()), ..employed("P01", "Firm 1", "Banking", 40) },
            titled("New", "CEO"),
        ])
        .await;
    let client = server.key("read").await;
    let all = ["state", "country", "industry", "company_type", "headcount", "seniority", "department", "title"];
    let asked = json!({"titles": ["CEO"], "facets": all, "per_page": 1});
    let answer = search(&client, &asked).await;
    let facets = answer["data"]["facets"].as_object().expect("facets");
    assert_eq!(facets.len(), all.len());
    let total = answer["meta"]["total"].as_u64().expect("a total");
    assert_eq!(total, 17);
    for (name, counts) in facets {
        let shown: u64 =
            counts["values"].as_array().expect("values").iter().filter_map(|value| value["count"].as_u64()).sum();
        let rest = counts["other"].as_u64().unwrap() + counts["unknown"].as_u64().unwrap();
        assert_eq!(shown + rest, total, "{name}: {counts}");
    }
    let of = |name: &str| -> BTreeMap<String, u64> {
        let values = facets[name]["values"].as_array().expect("values");
        values
            .iter()
            .map(|value| (value["value"].as_str().unwrap().to_owned(), value["count"].as_u64().unwrap()))
            .collect()
    };
    let counts = |pairs: &[(&str, u64)]| pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    assert_eq!(of("state"), counts(&[("Texas", 10), ("Ohio", 5), ("Utah", 1)]));
    assert_eq!(facets["state"]["values"][0], json!({"value": "Texas", "country": "United States", "count": 10}));
    assert_eq!(facets["state"]["unknown"], 1);
    assert_eq!(of("industry"), counts(&[("banking", 10), ("law practice", 5)]));
    assert_eq!(of("headcount"), counts(&[("1-10", 3), ("11-50", 6), ("201-500", 3), ("10001+", 3)]));
    assert_eq!(of("seniority"), counts(&[("c_suite", 17)]));
    assert_eq!(of("title"), counts(&[("CEO", 17)]));
    assert_eq!(facets["company_type"], json!({"values": [], "other": 0, "unknown": 17}));
    // The index follows, and the older route: nothing changes.
    server.index().await;
    let again = client.post("/v1/prospects/search", &asked).await.json;
    assert_eq!(again, answer);
    // A narrower search by a value gives the value's count.
    let narrow = search(&client, &json!({"titles": ["CEO"], "location": "Ohio"})).await;
    assert_eq!(narrow["meta"]["total"], 5);
    assert!(narrow["data"].get("facets").is_none(), "nobody asked");
}

#[tokio::test]
async fn a_facet_shows_its_largest_values_and_counts_the_others_together() {
    let server = Server::start().await;
    server.people(crowd()).await;
    let client = server.key("read").await;
    let answer = search(&client, &json!({"facets": "headcount", "facet_limit": 2})).await;
    let counts = &answer["data"]["facets"]["headcount"];
    let largest = json!([{"value": "11-50", "count": 8}, {"value": "1-10", "count": 4}]);
    assert_eq!(counts, &json!({"values": largest, "other": 8, "unknown": 1}));
    let nobody = search(&client, &json!({"titles": ["Wine Steward"], "facets": ["state"]})).await;
    assert_eq!(nobody["data"]["facets"]["state"], json!({"values": [], "other": 0, "unknown": 0}));
}

#[tokio::test]
async fn an_unknown_facet_and_a_limit_too_high_are_refused_by_name_and_a_key_needs_the_permission() {
    let server = Server::start().await;
    let client = server.key("read").await;
    for (body, field, word) in [
        (json!({"facets": ["state", "shoe_size"]}), "facets", "shoe_size"),
        (json!({"facets": ["State"]}), "facets", "State"),
        (json!({"facets": ["state"], "facet_limit": 0}), "facet_limit", "200"),
        (json!({"facets": ["state"], "facet_limit": 201}), "facet_limit", "201"),
        (json!({"exclude": {"facets": ["state"]}}), "exclude", "filters only"),
        (json!({"exclude": {"after": "x"}}), "exclude", "filters only"),
    ] {
        for route in [SEARCH, "/v1/prospects/search"] {
            let answer = client.post(route, &body).await;
            assert_eq!((answer.status, &answer.json["error"]["code"]), (400, &json!("validation_error")), "{body}");
            let told = answer.json["error"]["details"]["fields"][field].as_str().unwrap_or_default();
            assert!(told.contains(word), "{}", answer.json);
        }
    }
    assert_eq!(client.post(SEARCH, &json!({"facets": ["state"], "facet_limit": 200})).await.status, 200);
    let other = server.key("lexi:chat").await;
    assert_eq!(other.post(SEARCH, &json!({"facets": ["state"]})).await.status, 403);
    assert_eq!(server.stranger().post(SEARCH, &json!({"facets": ["state"]})).await.status, 401);
}
