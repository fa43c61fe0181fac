//! `lexi copy`: from SQLite to the suite's database and back, with every row the same; and that nothing is overwritten.

use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use serde_json::Value;

use crate::support::database::TestDatabase;
use crate::support::{Installation, people};

/// All rows of a SQLite file, table by table, each in the order of its first columns.
fn everything(path: &std::path::Path) -> Vec<(String, Vec<Vec<Cell>>)> {
    let file = Connection::open(path).unwrap();
    let mut names = file.prepare("select name from sqlite_schema where type = 'table' order by name").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let rows = |name: &String| {
        let mut statement = file.prepare(&format!("select * from {name} order by 1, 2")).unwrap();
        let width = statement.column_count();
        let rows = statement.query_map([], |row| (0..width).map(|at| row.get(at)).collect()).unwrap();
        rows.map(Result::unwrap).collect()
    };
    names.iter().map(|name| (name.clone(), rows(name))).collect()
}

/// An installation on SQLite, whatever the suite runs on, in which tasks were approved, dismissed and left.
async fn lived_in() -> (Installation, String) {
    let home = Installation::on(TestDatabase::sqlite());
    home.people(&people::law_firm_ceos(30));
    let key = home.key("read,write,lexi");
    let server = home.serve(&[]).await;
    let client = server.client(&key);
    for (n, verb) in ["approve", "dismiss", ""].iter().enumerate() {
        let message = serde_json::json!({ "message": format!("Find {} CEOs at law firms in California", n + 3) });
        let told = client.post("/v1/lexi/chat", &message).await.json;
        let id = told["data"]["task_id"].as_str().unwrap();
        if !verb.is_empty() {
            assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{id}/{verb}")).await.status, 200);
        }
    }
    assert_eq!(server.terminate(), 0);
    (home, key)
}

#[tokio::test]
async fn a_copy_to_another_database_and_back_has_every_row_and_goes_on_from_there() {
    let (from, key) = lived_in().await;
    let between = Installation::new().await;
    let told: Value = serde_json::from_str(&from.lexi(&["copy", "--to", between.url(), "--json"])).unwrap();
    assert!(told["rows"].as_u64().unwrap() > 60, "{told}");
    let back = Installation::on(TestDatabase::sqlite());
    between.lexi(&["copy", "--to", back.url()]);

    let (mut before, mut after) =
        (everything(&from.folder().join("lexi.db")), everything(&back.folder().join("lexi.db")));
    // Where the sequencer of PostgreSQL was; on SQLite nobody asks.
    for tables in [&mut before, &mut after] {
        tables.retain(|(name, _)| name != "event_heads");
    }
    assert_eq!(before, after);
    let left: Vec<_> = std::fs::read_dir(from.folder()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("unfinished")), "{left:?}");

    for copy in [&between, &back] {
        let server = copy.serve(&[]).await;
        let client = server.client(&key);
        let pending = client.get("/v1/lexi/tasks").await.json["data"]["tasks"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{pending}/approve")).await.status, 200);
        let done = client.get(&format!("/v1/lexi/tasks/{pending}?wait=10")).await.json["data"].clone();
        assert_eq!((&done["status"], &done["result"]["selected"]), (&"completed".into(), &5.into()), "{done}");
    }
}

#[tokio::test]
async fn a_copy_overwrites_nothing_and_never_goes_into_its_own_source() {
    let (from, _) = lived_in().await;
    let taken = Installation::new().await;
    taken.lexi(&["workspaces", "create", "Okafor LLP"]);
    let refused = from.run(&["copy", "--to", taken.url()]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("holds data already"), "{}", refused.err);
    assert!(taken.lexi(&["workspaces", "list"]).contains("Okafor LLP"));
    let itself = from.run(&["copy", "--to", from.url()]);
    assert_eq!(itself.code, 2, "{}", itself.err);
    assert_eq!(from.run(&["copy", "--to", "mysql://x"]).code, 2);
}

#[tokio::test]
async fn a_copy_beside_a_running_server_says_of_which_moment_it_is() {
    let (from, _) = lived_in().await;
    let _server = from.serve(&[]).await;
    let to = Installation::new().await;
    let said = from.run(&["copy", "--to", to.url()]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("is not copied"), "{}", said.err);
    assert!(said.out.contains("The copy is of"), "{}", said.out);
}
