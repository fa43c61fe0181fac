//! `lexi backup` and `lexi restore`: a backup taken under load holds what was acknowledged before it, damage is found
//! wherever it is, a restore is whole or has not happened, and the data goes on where it was.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use lexi::db::backup::{self, Progress};
use lexi::db::{Db, Dialect, Look, query};
use rand::RngExt as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::database::{TestDatabase, dialect, tables};
use crate::support::process::Said;
use crate::support::{Client, Installation, Server, people};

/// Approvals that must have been acknowledged before the backup begins.
const ACKNOWLEDGED: usize = 30;
/// How often a task is waited for, five seconds each; leases run out after two.
const WAITS: usize = 18;
const LEASE: [&str; 2] = ["--lease", "2s"];
/// Bytes of a backup that are flipped, one at a time, beside those at its ends.
const FLIPS: usize = 150;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Each workspace's events have the numbers 1, 2, 3 … and no other.
pub(crate) fn assert_numbered_through(numbers: &[(String, i64)]) {
    let mut last: Option<&(String, i64)> = None;
    for at in numbers {
        let expected = last.filter(|last| last.0 == at.0).map_or(1, |last| last.1 + 1);
        assert_eq!(at.1, expected, "{numbers:?}");
        last = Some(at);
    }
    assert!(last.is_some(), "there are events");
}

async fn event_numbers(db: &Db) -> Vec<(String, i64)> {
    db.read(|tx| {
        query("select workspace_id, coalesce(number, 0) from events order by workspace_id, number")
            .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
    })
    .await
    .unwrap()
}

/// An installation with two people, a key and a contact made from one of them.
async fn small() -> (Installation, String) {
    let home = Installation::new().await;
    home.people(&people::law_firm_ceos(2));
    let key = home.key("read,write,lexi");
    let server = home.serve(&[]).await;
    approve_one(&server.client(&key)).await.expect("it is approved");
    assert_eq!(server.terminate(), 0);
    (home, key)
}

/// Asks for one person and approves; the task, when both were answered 200.
async fn approve_one(client: &Client) -> Option<String> {
    let message = json!({ "message": "Find 1 CEO at law firms in California" });
    let asked = client.try_send(client.request(Method::POST, "/v1/lexi/chat").json(&message)).await?;
    let id = asked.json["data"]["task_id"].as_str()?.to_owned();
    let approve = client.request(Method::POST, &format!("/v1/lexi/tasks/{id}/approve"));
    let approved = client.try_send(approve.json(&json!({}))).await?;
    (approved.status == 200).then_some(id)
}

/// The task when it has ended; as it is when it does not end.
async fn ended(client: &Client, id: &str) -> Value {
    let mut task = Value::Null;
    for _ in 0..WAITS {
        task = client.get(&format!("/v1/lexi/tasks/{id}?wait=5")).await.json["data"].clone();
        if task["status"] != "approved" {
            break;
        }
    }
    task
}

/// Writes a backup named `name` into the installation's folder.
fn backup_of(home: &Installation, name: &str) -> (PathBuf, Value) {
    let path = home.folder().join(name);
    let told = json(&home.lexi(&["backup", path.to_str().unwrap(), "--json"]));
    (path, told)
}

fn restore(home: &Installation, file: &Path, more: &[&str]) -> Said {
    let mut arguments = vec!["restore", file.to_str().unwrap()];
    arguments.extend(more);
    home.run(&arguments)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_holds_every_decision_that_was_acknowledged_before_it_began() {
    let home = Installation::new().await;
    home.people(&people::law_firm_ceos(40));
    let key = home.key("read,write,lexi");
    let server = home.serve(&LEASE).await;
    let acknowledged: Arc<Mutex<Vec<String>>> = Arc::default();
    let stop = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..4)
        .map(|_| {
            let (client, told, stop) = (server.client(&key), Arc::clone(&acknowledged), Arc::clone(&stop));
            tokio::spawn(async move {
                while !stop.load(Ordering::SeqCst) {
                    if let Some(id) = approve_one(&client).await {
                        told.lock().unwrap().push(id);
                    }
                }
            })
        })
        .collect();
    while acknowledged.lock().unwrap().len() < ACKNOWLEDGED {
        assert!(callers.iter().all(|caller| !caller.is_finished()), "the callers go on: {}", server.log());
        tokio::task::yield_now().await;
    }
    let before = acknowledged.lock().unwrap().clone();
    let (file, told) = backup_of(&home, "under-load.backup");
    stop.store(true, Ordering::SeqCst);
    for caller in callers {
        caller.await.unwrap();
    }

    let elsewhere = Installation::new().await;
    let restored = restore(&elsewhere, &file, &["--json"]);
    assert_eq!(restored.code, 0, "{}", restored.err);
    assert_eq!(json(&restored.out)["tables"], told["tables"]);
    let served = elsewhere.serve(&LEASE).await;
    let client = served.client(&key);
    for id in &before {
        // Some became jobs, and the moment of the backup may be one at which a worker held them.
        let task = ended(&client, id).await;
        let state = (&task["status"], &task["decision"]["outcome"], &task["result"]["selected"]);
        assert_eq!(state, (&json!("completed"), &json!("approved"), &json!(1)), "{id}: {task}");
    }
    // One moment: no decision without its effect, and everything goes on from there.
    let db = elsewhere.db().await;
    let halves: i64 = db
        .read(|tx| {
            query(
                "select count(*) from decisions as d join tasks as t on t.id = d.task_id
                 where d.outcome = 'approved' and t.status not in ('approved', 'completed')",
            )
            .one(tx, |row| row.get(0))
        })
        .await
        .unwrap();
    assert_eq!(halves, 0);
    let after = approve_one(&client).await.expect("the main job goes on");
    assert_eq!(ended(&client, &after).await["status"], "completed");
    for _ in 0..200 {
        if event_numbers(&db).await.iter().all(|(_, number)| *number > 0) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_numbered_through(&event_numbers(&db).await);
}

#[tokio::test]
async fn a_backup_holds_every_table_and_only_its_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let (home, key) = small().await;
    let (file, told) = backup_of(&home, "b.backup");
    let db = home.db().await;
    let mut expected = tables(&db).await;
    expected.retain(|table| table != "schema_migrations");
    let held: Vec<String> = told["tables"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(held, expected);
    for table in expected {
        let sql = format!("select count(*) from {table}");
        let rows: i64 = db.read(move |tx| query(sql.clone()).one(tx, |row| row.get(0))).await.unwrap();
        assert_eq!(told["tables"][&table]["rows"], rows, "{table}");
    }
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = std::fs::read(&file).unwrap();
    assert!(!bytes.windows(key.len()).any(|window| window == key.as_bytes()), "no key is in it");
    let left: Vec<_> = std::fs::read_dir(home.folder()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("unfinished")), "{left:?}");
}

#[tokio::test]
async fn a_backup_replaces_nothing_without_force_and_keeps_as_many_as_it_is_told() {
    let (home, _) = small().await;
    let (file, _) = backup_of(&home, "b.backup");
    let before = std::fs::read(&file).unwrap();
    let refused = home.run(&["backup", "b.backup"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("--force"), "{}", refused.err);
    assert_eq!(std::fs::read(&file).unwrap(), before);
    home.lexi(&["backup", "b.backup", "--force"]);

    let folder = home.folder().join("nightly");
    std::fs::create_dir(&folder).unwrap();
    for old in ["lexi-20200101-000000.backup", "lexi-20200102-000000.backup", "other.backup"] {
        std::fs::write(folder.join(old), "old").unwrap();
    }
    let told = json(&home.lexi(&["backup", "nightly", "--keep", "2", "--json"]));
    assert_eq!(told["removed"], json!(["nightly/lexi-20200101-000000.backup"]));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 3);
    let written = home.folder().join(told["file"].as_str().unwrap());
    let verified = json(&home.lexi(&["backup", "verify", written.to_str().unwrap(), "--json"]));
    assert_eq!(verified["tables"], told["tables"]);
}

#[tokio::test]
async fn a_flipped_byte_or_a_missing_end_is_found_wherever_it_is() {
    let (home, _) = small().await;
    let (file, _) = backup_of(&home, "b.backup");
    let whole = std::fs::read(&file).unwrap();
    backup::verify(&file).await.unwrap();
    let bad = home.folder().join("bad.backup");
    let ends = (0..40).chain(whole.len() - 40..whole.len());
    let places: Vec<usize> = ends.chain((0..FLIPS).map(|_| rand::rng().random_range(0..whole.len()))).collect();
    for at in places {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << rand::rng().random_range(0..8);
        std::fs::write(&bad, bytes).unwrap();
        assert!(backup::verify(&bad).await.is_err(), "a flip at {at} of {} went unnoticed", whole.len());
    }
    for length in [0, 1, 11, 12, 43, 44, whole.len() / 2, whole.len() - 33, whole.len() - 32, whole.len() - 1] {
        std::fs::write(&bad, &whole[..length]).unwrap();
        assert!(backup::verify(&bad).await.is_err(), "cut off at {length} of {} went unnoticed", whole.len());
    }
    let mut longer = whole.clone();
    longer.push(0);
    std::fs::write(&bad, longer).unwrap();
    assert!(backup::verify(&bad).await.is_err());

    let mut bytes = whole;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    std::fs::write(&bad, bytes).unwrap();
    let verified = home.run(&["backup", "verify", "bad.backup"]);
    assert_eq!(verified.code, 1);
    assert!(verified.err.contains("damaged"), "{}", verified.err);
    let empty = Installation::new().await;
    let refused = restore(&empty, &bad, &[]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("damaged"), "{}", refused.err);
    let text = home.folder().join("text.backup");
    std::fs::write(&text, "This is a letter and no backup, long enough to hold a head and a checksum.").unwrap();
    assert!(restore(&empty, &text, &[]).err.contains("no backup"));
    assert!(tables(&empty.db().await).await.len() > 1, "the target can still be used");
}

#[tokio::test]
async fn a_restore_refuses_data_that_is_there_and_with_force_replaces_all_of_it() {
    let (home, key) = small().await;
    let (file, told) = backup_of(&home, "b.backup");
    let other = Installation::new().await;
    other.lexi(&["workspaces", "create", "Okafor LLP"]);
    let refused = restore(&other, &file, &[]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("holds data already") && refused.err.contains("--force"), "{}", refused.err);
    assert!(other.lexi(&["workspaces", "list"]).contains("Okafor LLP"), "nothing was changed");

    let restored = restore(&other, &file, &["--force", "--json"]);
    assert_eq!(restored.code, 0, "{}", restored.err);
    let restored = json(&restored.out);
    assert_eq!(restored["tables"], told["tables"]);
    let listed = other.lexi(&["workspaces", "list"]);
    assert!(listed.contains("default") && !listed.contains("Okafor LLP"), "{listed}");
    match dialect() {
        Dialect::Sqlite => {
            let kept = format!("sqlite:{}", restored["kept"].as_str().unwrap());
            let before = other.lexi(&["workspaces", "list", "--database-url", &kept]);
            assert!(before.contains("Okafor LLP"), "{before}");
        }
        Dialect::Postgres => assert_eq!(restored["kept"], Value::Null),
    }
    // The same once more gives the same, and a server works on it.
    assert_eq!(restore(&other, &file, &["--force"]).code, 0);
    assert_eq!(backup_of(&other, "again.backup").1["tables"]["contacts"], told["tables"]["contacts"]);
    let server = other.serve(&[]).await;
    let client = server.client(&key);
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 1);
    approve_one(&client).await.expect("the main job goes on");
}

#[tokio::test]
async fn a_restore_is_refused_while_a_server_works_on_the_data() {
    let (home, _) = small().await;
    let (file, _) = backup_of(&home, "b.backup");
    let server = home.serve(&[]).await;
    let refused = restore(&home, &file, &["--force"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("Lexi works on") && refused.err.contains("Stop"), "{}", refused.err);
    assert_eq!(server.terminate(), 0);
    assert_eq!(restore(&home, &file, &["--force"]).code, 0);
    // One that was killed does not hold the data either.
    home.serve(&[]).await.kill9();
    let begun = std::time::Instant::now();
    while restore(&home, &file, &["--force"]).code != 0 {
        // PostgreSQL notices after a moment that its client is gone.
        assert!(begun.elapsed().as_secs() < 30, "{}", restore(&home, &file, &["--force"]).err);
    }
}

#[tokio::test]
async fn a_damaged_database_file_is_replaced_with_force_and_kept() {
    if dialect() == Dialect::Postgres {
        return;
    }
    let (home, _) = small().await;
    let (file, _) = backup_of(&home, "b.backup");
    let database = home.folder().join("lexi.db");
    std::fs::write(&database, "no database any more").unwrap();
    assert_eq!(home.run(&["workspaces", "list"]).code, 1);
    assert_eq!(restore(&home, &file, &[]).code, 2);
    let restored = json(&restore(&home, &file, &["--force", "--json"]).out);
    let kept = std::fs::read_to_string(restored["kept"].as_str().unwrap()).unwrap();
    assert_eq!(kept, "no database any more");
    assert!(home.lexi(&["workspaces", "list"]).contains("default"));
}

/// On threads, because the sessions of this process end on one while another waits for the command.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_of_others_in_the_same_database_are_neither_saved_nor_dropped() {
    let (home, _) = small().await;
    let db = home.db().await;
    db.write(|tx| query("create table others (n bigint)").execute(tx)).await.unwrap();
    db.close().await;
    let (file, told) = backup_of(&home, "b.backup");
    assert_eq!(told["tables"].get("others"), None);
    let restored = restore(&home, &file, &["--force"]);
    assert_eq!(restored.code, 0, "{}", restored.err);
    if dialect() == Dialect::Postgres {
        assert!(tables(&home.db().await).await.contains(&"others".to_owned()));
    }
}

#[tokio::test]
async fn events_go_on_from_their_highest_number_in_whichever_database_they_are_put() {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    let make = async |client: &Client, name: &str| {
        assert_eq!(client.post("/v1/lists", &json!({ "name": name })).await.status, 201);
    };
    make(&client, "one").await;
    server.number_events().await;
    // On PostgreSQL these wait for their number when the backup is made.
    make(&client, "two").await;
    make(&client, "three").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.backup");
    let progress = Progress::default();
    let look = Look::open(&server.app.config.database_url).await.unwrap();
    backup::write(&look, &file, 0, &progress).await.unwrap();

    for (round, database) in
        [TestDatabase::sqlite(), TestDatabase::empty().await, TestDatabase::sqlite()].into_iter().enumerate()
    {
        backup::restore(&file, &database.address(), None, &progress).await.unwrap();
        let server = Server::on_database(database, |_| {}).await;
        make(&server.caller(client.key()), &format!("round {round}")).await;
        server.number_events().await;
        assert_numbered_through(&event_numbers(&server.app.db).await);
        let look = Look::open(&server.app.config.database_url).await.unwrap();
        backup::write(&look, &file, 0, &progress).await.unwrap();
    }
}
