//! The routes that search the prospect database.

use lexi::prospects::Row;
use serde_json::json;

use crate::support::Server;

fn person(name: &str, title: &str, state: &str, headcount: i64) -> Row {
    Row {
        external_id: Some(name.to_owned()),
        full_name: Some(name.to_owned()),
        title: Some(title.to_owned()),
        state: Some(state.to_owned()),
        country: Some("United States".to_owned()),
        company: Some(format!("{name} Holding")),
        headcount: Some(headcount).filter(|count| *count > 0),
        ..Row::default()
    }
}

#[tokio::test]
async fn both_routes_answer_the_same_people_page_by_page() {
    let server = Server::start().await;
    let people = (0..30).map(|at| person(&format!("Chief {at:02}"), "CEO", "Texas", 100)).chain([
        person("Elsewhere", "CEO", "Ohio", 100),
        person("Too Small", "CEO", "Texas", 10),
        person("Unknown Size", "CEO", "Texas", 0),
        person("Other", "CFO", "Texas", 100),
    ]);
    server.people(people.collect()).await;
    let client = server.key("read").await;
    let new = json!({"titles": ["CEO"], "location": ["Texas"], "headcount": ["51-200"], "page": 2});
    let answer = client.post("/v1/prospector/search", &new).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    assert_eq!(answer.json["meta"], json!({"page": 2, "per_page": 25, "total": 30}));
    let names: Vec<&str> =
        answer.json["data"]["prospects"].as_array().unwrap().iter().filter_map(|p| p["full_name"].as_str()).collect();
    assert_eq!(names, ["Chief 25", "Chief 26", "Chief 27", "Chief 28", "Chief 29"]);
    assert_eq!(answer.json["data"]["unknown"], json!({"headcount": 1}));
    let old = json!({"jobTitles": ["CEO"], "location": ["Texas"], "headcount": ["51-200"], "page": 2});
    assert_eq!(client.post("/v1/prospects/search", &old).await.json, answer.json);
}

#[tokio::test]
async fn a_filter_that_is_not_known_and_a_page_too_far_are_refused_by_name() {
    let server = Server::start().await;
    let client = server.key("read").await;
    for (body, field) in [
        (json!({"location": ["Nowhere in particular"]}), "location"),
        (json!({"headcount": ["1-10", "51-200"]}), "headcount"),
        (json!({"page": 101, "per_page": 100}), "page"),
        (json!({"titles": vec!["x"; 101]}), "titles"),
    ] {
        let answer = client.post("/v1/prospector/search", &body).await;
        assert_eq!((answer.status, &answer.json["error"]["code"]), (400, &json!("validation_error")), "{body}");
        assert!(answer.json["error"]["details"]["fields"][field].is_string(), "{}", answer.json);
    }
    assert_eq!(client.post("/v1/prospector/search", &json!({"funding": "seed"})).await.status, 400);
    assert_eq!(client.post("/v1/prospector/search", &json!({"page": 100, "per_page": 100})).await.status, 200);
    let other = server.key("lexi:chat").await;
    assert_eq!(other.post("/v1/prospects/search", &json!({})).await.status, 403);
}
