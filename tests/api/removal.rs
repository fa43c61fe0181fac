//! A source is taken out again: its people are found no more, contacts made from them stay, and who comes again is known.

use lexi::prospects::{self, Entry, Row, remove, search};
use serde_json::{Value, json};

use crate::support::people::at_law_firm;
use crate::support::{Client, Installation, Server};

/// Loads `rows` as an import of `source` would, and has them indexed.
async fn load(server: &Server, source: &'static str, rows: Vec<Row>) {
    let now_ms = server.now_ms();
    let entries: Vec<Entry> = rows.into_iter().map(|row| Entry::new(source, row, now_ms).unwrap()).collect();
    for some in entries.chunks(200) {
        let some = some.to_vec();
        server.app.db.write(move |tx| prospects::save(tx, source, &some, now_ms)).await.unwrap();
    }
    server.index().await;
}

/// Person `n`, without an address, so that nothing but the prospect itself tells a contact.
fn chief(n: usize) -> Row {
    Row { email: None, ..at_law_firm(n, "Chief Executive Officer") }
}

async fn remove_source(server: &Server, source: &str) -> remove::Removed {
    remove::run(&prospects::Target::new(&server.app.db), source, |_| {}).await.unwrap()
}

/// How many CEOs a search finds, and the numbers of all prospects it would look through.
async fn found(client: &Client) -> Value {
    let answer = client.post("/v1/prospector/search", &json!({"titles": ["CEO"], "per_page": 100})).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    assert_eq!(
        answer.json["data"]["prospects"].as_array().unwrap().len() as u64,
        answer.json["meta"]["total"].as_u64().unwrap()
    );
    answer.json["meta"]["total"].clone()
}

async fn propose(client: &Client, message: &str) -> String {
    let answer = client.post("/v1/lexi/chat", &json!({ "message": message })).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    answer.json["data"]["task_id"].as_str().unwrap().to_owned()
}

async fn approved(client: &Client, task_id: &str) -> Value {
    assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{task_id}/approve")).await.status, 200);
    client.get(&format!("/v1/lexi/tasks/{task_id}")).await.json["data"].clone()
}

async fn contacts(client: &Client) -> u64 {
    client.get("/v1/contacts").await.json["meta"]["total"].as_u64().expect("a total")
}

#[tokio::test]
async fn a_source_that_is_taken_out_is_found_no_more_and_its_contacts_stay() {
    let server = Server::start().await;
    load(&server, "crm", (0..40).map(chief).collect()).await;
    load(&server, "fair", (100..110).map(chief).collect()).await;
    let client = server.key("read,write,lexi").await;
    let done = approved(&client, &propose(&client, "Find 20 CEOs at law firms in California").await).await;
    assert_eq!(done["result"]["added"], 20, "{done}");
    let pending = propose(&client, "Find 50 CEOs at law firms in California").await;

    assert_eq!(found(&client).await, 50);
    let removed = remove_source(&server, "crm").await;
    assert_eq!((removed.people, removed.companies), (40, 40));
    assert_eq!(found(&client).await, 10, "before the index has followed");
    server.index().await;
    assert_eq!(found(&client).await, 10, "and after");
    assert_eq!(contacts(&client).await, 20);
    let stats = server.app.db.read(prospects::stats).await.unwrap();
    assert_eq!((stats.people, stats.companies, stats.sources.len()), (10, 10, 1));

    let done = approved(&client, &pending).await;
    assert_eq!(
        (&done["status"], &done["result"]["selected"], &done["result"]["added"]),
        (&json!("completed"), &json!(50), &json!(10)),
        "{done}"
    );
    let skipped = done["result"]["skipped"].as_array().unwrap();
    assert_eq!(skipped.len(), 40);
    assert!(skipped.iter().all(|skip| skip["reason"] == "no longer in the prospect database"), "{skipped:?}");
    assert_eq!(contacts(&client).await, 30);
    assert_eq!(remove_source(&server, "crm").await, remove::Removed::default(), "once is enough");
}

#[tokio::test]
async fn whoever_comes_again_is_the_same_to_contacts_and_suppressions_and_has_a_new_number() {
    let server = Server::start().await;
    load(&server, "crm", (0..4).map(chief).collect()).await;
    let before = server.app.db.read(|tx| prospects::people_after(tx, 0, 10)).await.unwrap();
    let client = server.key("read,write,lexi").await;
    let done = approved(&client, &propose(&client, "Find 2 CEOs at law firms in California").await).await;
    assert_eq!(done["result"]["added"], 2, "{done}");
    let never = json!({ "prospect_id": before[3].id, "reason": "asked us not to" });
    assert_eq!(client.post("/v1/suppressions", &never).await.status, 201);

    remove_source(&server, "crm").await;
    load(&server, "crm", (0..4).map(chief).collect()).await;
    let after = server.app.db.read(|tx| prospects::people_after(tx, 0, 10)).await.unwrap();
    let numbers: Vec<u32> = after.iter().map(|person| person.number).collect();
    assert!(numbers.iter().all(|number| *number > 4), "{numbers:?}");
    let ids = |people: &[prospects::Person]| {
        let mut ids: Vec<_> = people.iter().map(|person| (person.external_id.clone(), person.id)).collect();
        ids.sort();
        ids
    };
    let (before, after) = (ids(&before), ids(&after));
    let same: Vec<bool> = before.iter().zip(&after).map(|(before, after)| before == after).collect();
    assert_eq!(same, [true, true, false, true], "the third was nobody's");

    let done = approved(&client, &propose(&client, "Find 10 CEOs at law firms in California").await).await;
    let counts = ["matched", "suppressed", "selected", "added", "already_contacts"].map(|key| &done["result"][key]);
    assert_eq!(counts, [4, 1, 3, 1, 2], "{done}");
}

#[tokio::test]
async fn a_removal_that_stops_half_way_is_run_again_and_leaves_other_sources_alone() {
    let server = Server::start().await;
    load(
        &server,
        "crm",
        (0..600)
            .map(|n| Row {
                company: Some("One Firm LLP".into()),
                company_domain: Some("one.example".into()),
                ..chief(n)
            })
            .collect(),
    )
    .await;
    load(
        &server,
        "fair",
        vec![Row { company: Some("One Firm LLP".into()), company_domain: Some("one.example".into()), ..chief(9_000) }],
    )
    .await;
    let snapshot = server.app.search.snapshot();
    let first = server.app.db.write(|tx| prospects::remove_some(tx, "crm", 0)).await.unwrap().unwrap();
    assert!(first.people < 600 && first.companies == 0, "{first:?}");
    let left = 601 - first.people;
    let seen = server.app.db.read(move |tx| Ok(search::view(tx, &snapshot)?.people())).await.unwrap();
    assert_eq!(seen, left);
    let removed = remove_source(&server, "crm").await;
    assert_eq!((removed.people, removed.companies), (left - 1, 0), "somebody of another source is at that company");
    server.index().await;
    assert_eq!(server.app.search.snapshot().people(), 1);
    let removed = remove_source(&server, "fair").await;
    assert_eq!((removed.people, removed.companies), (1, 1));
}

#[tokio::test]
async fn the_command_counts_asks_and_names_the_sources_it_knows() {
    let home = Installation::new().await;
    home.people(&[chief(1), chief(2)]);
    let unknown = home.run(&["prospects", "remove", "--source", "crm", "--yes"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("The sources are: test."), "{}", unknown.err);
    let unasked = home.run(&["prospects", "remove", "--source", "test"]);
    assert_eq!(unasked.code, 2);
    assert!(unasked.err.contains("2 people") && unasked.err.contains("--yes"), "{}", unasked.err);
    let dry = home.lexi(&["prospects", "remove", "--source", "test", "--dry-run"]);
    assert_eq!(dry, "Nothing was removed (--dry-run). 2 people came from \"test\".\n");
    let said: Value =
        serde_json::from_str(&home.lexi(&["prospects", "remove", "--source", "test", "--yes", "--json"])).unwrap();
    assert_eq!(said, json!({ "source": "test", "people": 2, "companies": 2, "dry_run": false }));
    let none = home.run(&["prospects", "remove", "--source", "test", "--yes"]);
    assert!(none.err.contains("There are no prospects at all."), "{}", none.err);
}
