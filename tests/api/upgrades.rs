//! From one version to the next: the data of every released schema is kept as SQL (`tests/fixtures/`), opened by this
//! program, looked at through the API, and worked on. What a newer or another program made is refused in plain words.

use lexi::db::query;
use serde_json::{Value, json};

use crate::support::database::{TestDatabase, setting};
use crate::support::fixture::Fixture;
use crate::support::{Client, Installation, Server, people};

/// The data of every released schema. Add a line with every release that changes it.
const RELEASED: &[&str] = &["schema-2.sql"];
/// Tables that may be without rows in a fixture: leases and heads are PostgreSQL's, `erased_subjects` is empty but for moments,
/// effects come from changes of contacts and lists, the others from `prospects remove`.
const MAY_BE_EMPTY: &[&str] =
    &["erased_subjects", "event_heads", "leases", "prospect_ids_kept", "prospect_removals", "task_effects"];

/// The task in each state, by what was asked for it.
const ASKED: [(&str, &str); 5] = [
    ("completed", "Find 3 CEOs at law firms in California"),
    ("dismissed", "Find 4 CEOs at law firms in California"),
    ("failed", "Find 5 CEOs at law firms in California"),
    ("approved", "Find 6 CEOs at law firms in California"),
    ("pending", "Find 7 CEOs at law firms in California"),
];

/// Does everything that leaves rows: tasks in each state, one of them approved with its job still waiting.
async fn lived_in() -> (Server, Client) {
    // Every approval becomes a job, so that one can be left waiting.
    let server = Server::on_database(TestDatabase::sqlite(), |config| {
        config.inline_people_max = 0;
        config.webhook_allowed_hosts = vec![lexi::config::AllowedHost { host: "127.0.0.1".into(), port: Some(9) }];
    })
    .await;
    server.law_firm_ceos(8).await;
    let client = server.key("read,write,lexi").await;
    let limited = server.key_with("default", "read", |key| key.tier = Some(lexi::keys::Tier::Org)).await;
    assert_eq!(limited.get("/v1/contacts").await.status, 200);
    let other = server.key_of("elsewhere", "read,write,lexi").await;
    assert_eq!(other.post("/v1/lists", &json!({ "name": "Theirs" })).await.status, 201);
    let body = json!({ "domain": "never.example", "reason": "Asked us not to." });
    assert_eq!(client.post("/v1/suppressions", &body).await.status, 201);
    let list = client.post("/v1/lists", &json!({ "name": "Short-lived" })).await.json["data"]["id"].clone();
    let hook = json!({ "url": "http://127.0.0.1:9/nobody-listens", "events": ["contact.created"] });
    assert_eq!(client.post("/v1/webhooks", &hook).await.status, 201);
    let contact = json!({ "full_name": "Zoë O'Hara", "email": "zoe@ohara.example", "notes": "Said: \"later\"" });
    let request =
        client.request(reqwest::Method::POST, "/v1/contacts").header("Idempotency-Key", "once").json(&contact);
    assert_eq!(client.send(request).await.status, 201);
    server.deliver().await;
    let company = client.post("/v1/companies", &json!({ "name": "O'Hara LLP", "domain": "ohara.example" })).await;
    assert_eq!(company.status, 201, "{}", company.text);
    let note = json!({ "title": "Called", "content": "Said: \"later\"", "contact_name": "Zoe O'Hara" });
    assert_eq!(client.post("/v1/notes", &note).await.status, 201);
    assert_eq!(client.get("/v1/contacts/export").await.status, 200);
    let freeze =
        other.post("/v1/lexi/freezes", &json!({ "reason": "Conflict check" })).await.json["data"]["id"].clone();
    let told = other.post("/v1/lexi/chat", &json!({ "message": "Find 2 CEOs at law firms in California" })).await;
    let id = told.json["data"]["task_id"].as_str().unwrap().to_owned();
    for what in ["approve", "retract"] {
        assert_eq!(other.post_empty(&format!("/v1/lexi/tasks/{id}/{what}")).await.status, 200);
    }
    assert_eq!(other.delete(&format!("/v1/lexi/freezes/{}", freeze.as_str().unwrap())).await.status, 200);
    rules_votes_and_policies(&server).await;
    let action = json!({ "tool": "send", "arguments": { "to": "O'Hara" }, "timeout": "30d" });
    let request = client.request(reqwest::Method::POST, "/v1/aap/v1/requests").header("Idempotency-Key", "call-1");
    let asked = client.send(request.json(&action)).await;
    let withdrawn =
        format!("/v1/aap/v1/requests/{}", asked.json["id"].as_str().unwrap_or_else(|| panic!("{}", asked.text)));
    assert_eq!(client.delete(&withdrawn).await.status, 200);
    for (status, asked) in ASKED {
        let context = if status == "failed" { json!({ "list_id": list }) } else { json!({}) };
        let told = client.post("/v1/lexi/chat", &json!({ "message": asked, "context": context })).await;
        let id = told.json["data"]["task_id"].as_str().unwrap_or_else(|| panic!("{}", told.text)).to_owned();
        match status {
            "pending" => {}
            "dismissed" => {
                let reason = json!({ "reason": "Not now" });
                assert_eq!(client.post(&format!("/v1/lexi/tasks/{id}/dismiss"), &reason).await.status, 200);
            }
            _ => {
                if status == "failed" {
                    let path = format!("/v1/lists/{}", list.as_str().unwrap());
                    assert_eq!(client.delete(&path).await.status, 200);
                }
                assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{id}/approve")).await.status, 200);
                if status != "approved" {
                    server.work().await;
                }
            }
        }
        server.advance_ms(1_000);
    }
    server.seal().await;
    (server, client)
}

/// In another workspace a task with one of two votes, and a policy.
async fn rules_votes_and_policies(server: &Server) {
    let head = server.key_of("elsewhere", "read,write,lexi,policies:admin").await;
    let rule = json!({ "name": "Four eyes", "approve": "any 2" });
    assert_eq!(head.post("/v1/lexi/rules", &rule).await.status, 201);
    let policy = json!({ "name": "Tags", "types": ["contact_update"], "filters": { "operations": ["tag"] },
        "max_size": 5, "daily_tasks": 5, "daily_people": 5, "expires_at": "2026-01-01T00:00:00Z" });
    assert_eq!(head.post("/v1/lexi/policies", &policy).await.status, 201);
    let told = head.post("/v1/lexi/chat", &json!({ "message": "Find 2 CEOs at law firms in California" })).await;
    let task = told.json["data"]["task_id"].as_str().unwrap_or_else(|| panic!("{}", told.text)).to_owned();
    let voted = head.post_empty(&format!("/v1/lexi/tasks/{task}/approve")).await;
    assert_eq!(voted.json["data"]["status"], "pending", "{}", voted.text);
}

/// The one task in this state.
async fn task(client: &Client, status: &str) -> Value {
    let answer = client.get(&format!("/v1/lexi/tasks?status={status}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let tasks = answer.json["data"]["tasks"].as_array().unwrap().clone();
    assert_eq!(tasks.len(), 1, "{status}: {tasks:?}");
    let id = tasks[0]["id"].as_str().unwrap();
    client.get(&format!("/v1/lexi/tasks/{id}")).await.json["data"].clone()
}

#[tokio::test]
async fn a_data_folder_can_be_frozen_for_the_versions_to_come() {
    let (server, client) = lived_in().await;
    let frozen = Fixture::of(&server.folder().join("lexi.db"), client.key());
    let migrations = server
        .app
        .db
        .read(|tx| query("select count(*) from schema_migrations").one(tx, |row| row.get::<i64>(0)))
        .await
        .unwrap();
    if setting("LEXI_WRITE_FIXTURE").is_some() {
        frozen.write(&format!("schema-{migrations}.sql"));
    }
    let counts = frozen.counts();
    let tables = server.tables().await;
    let without: Vec<&String> = tables
        .iter()
        .filter(|table| !counts.iter().any(|(name, _)| name == *table) && !MAY_BE_EMPTY.contains(&table.as_str()))
        .collect();
    assert!(without.is_empty(), "no row of {without:?}: do in lived_in() what fills it");
    let again = Server::on_database(frozen.database().await, |_| {}).await;
    assert_eq!(task(&again.caller(frozen.key()), "pending").await["metadata"]["query"], ASKED[4].1);
}

#[tokio::test]
async fn the_data_of_every_released_schema_is_brought_up_to_date_and_keeps_its_rows() {
    for name in RELEASED {
        let fixture = Fixture::read(name);
        let server = Server::on_database(fixture.database().await, |_| {}).await;
        for (table, rows) in fixture.counts().into_iter().filter(|(table, _)| table != "schema_migrations") {
            let sql = format!("select count(*) from {table}");
            let found: i64 = server.app.db.read(move |tx| query(sql.clone()).one(tx, |row| row.get(0))).await.unwrap();
            assert!(found >= i64::try_from(rows).unwrap(), "{name}: {table} had {rows} rows and has {found}");
        }
        let client = server.caller(fixture.key());
        for (status, asked) in ASKED {
            let task = task(&client, status).await;
            assert_eq!(task["metadata"]["query"], asked, "{name}: {task}");
            assert_eq!(task["decision"].is_null(), status == "pending", "{name}: {task}");
        }
        assert_eq!(task(&client, "completed").await["result"]["added"], 3);
        assert_eq!(task(&client, "failed").await["error"]["code"], "list_not_found");
        assert_eq!(task(&client, "dismissed").await["decision"]["reason"], "Not now");
        let contacts = client.get("/v1/contacts?per_page=100").await.json;
        assert_eq!(contacts["meta"]["total"], 4, "{name}");
        let zoe =
            contacts["data"]["contacts"].as_array().unwrap().iter().find(|one| one["email"] == "zoe@ohara.example");
        assert_eq!(zoe.unwrap()["full_name"], "Zoë O'Hara");
        let suppressed = client.get("/v1/suppressions").await.json;
        assert_eq!(suppressed["data"]["suppressions"][0]["value"], "never.example");
    }
}

#[tokio::test]
async fn the_main_job_goes_on_with_the_data_of_every_released_schema() {
    for name in RELEASED {
        let fixture = Fixture::read(name);
        let server = Server::on_database(fixture.database().await, |_| {}).await;
        server.index().await;
        let client = server.caller(fixture.key());

        // The job that waited when the old version was stopped.
        let waiting = task(&client, "approved").await["id"].as_str().unwrap().to_owned();
        server.work().await;
        let done = client.get(&format!("/v1/lexi/tasks/{waiting}")).await.json["data"].clone();
        assert_eq!((&done["status"], &done["result"]["selected"]), (&json!("completed"), &json!(6)), "{name}: {done}");

        // The plan that was shown by the old version is the one that is approved.
        let pending = task(&client, "pending").await["id"].as_str().unwrap().to_owned();
        assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{pending}/approve")).await.status, 200);
        let done = client.get(&format!("/v1/lexi/tasks/{pending}")).await.json["data"].clone();
        assert_eq!((&done["status"], &done["result"]["selected"]), (&json!("completed"), &json!(7)), "{name}: {done}");

        // A new request, over old people and new ones.
        server.people((20..24).map(|n| people::at_law_firm(n, "CEO")).collect()).await;
        let told =
            client.post("/v1/lexi/chat", &json!({ "message": "Find all CEOs at law firms in California" })).await;
        assert_eq!(told.json["data"]["task"]["preview"]["matched"], 12, "{name}: {}", told.text);
        let id = told.json["data"]["task_id"].as_str().unwrap().to_owned();
        assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{id}/approve")).await.status, 200);
        assert_eq!(client.get(&format!("/v1/lexi/tasks/{id}")).await.json["data"]["result"]["selected"], 12, "{name}");

        server.number_events().await;
        let numbers: Vec<(String, i64)> = server
            .app
            .db
            .read(|tx| {
                query("select workspace_id, number from events order by workspace_id, number")
                    .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
            })
            .await
            .unwrap();
        crate::backup::assert_numbered_through(&numbers);
    }
}

/// What an operator is told when the program does not fit the data, whatever he asked for.
async fn refused_after(change: &'static str) -> String {
    let home = Installation::new().await;
    home.lexi(&["workspaces", "list"]);
    let db = home.db().await;
    db.write(move |tx| query(change).execute(tx)).await.unwrap();
    db.close().await;
    let backup = home.folder().join("b.backup");
    let backup = backup.to_str().unwrap();
    let mut told = Vec::new();
    for arguments in
        [&["serve", "--listen", "127.0.0.1:0"][..], &["workspaces", "list"], &["backup", backup], &["doctor"]]
    {
        let said = home.run(arguments);
        assert_eq!(said.code, 1, "{arguments:?}: {}{}", said.out, said.err);
        told.push(said.out + &said.err);
    }
    assert!(!std::path::Path::new(backup).exists());
    let sentence = told[1].trim().strip_prefix("lexi: ").unwrap().to_owned();
    assert!(told.iter().all(|told| told.contains(&sentence)), "{told:?}");
    sentence
}

#[tokio::test]
async fn the_data_of_a_newer_version_is_refused_with_what_to_do() {
    let told =
        refused_after("insert into schema_migrations (number, name, checksum) values (9000, '9000_later', '')").await;
    assert!(told.starts_with("The database was written by a newer Lexi (schema 9000_later)"), "{told}");
    assert!(told.ends_with("Install that version or a later one."), "{told}");
}

#[tokio::test]
async fn a_migration_that_was_changed_after_it_ran_is_refused_with_what_to_do() {
    let told = refused_after("update schema_migrations set checksum = 'another' where number = 2").await;
    assert!(told.starts_with("The database was made by another version of Lexi: its schema 0002_prospects"), "{told}");
    assert!(told.ends_with("Install the version that made it."), "{told}");
}
