//! `lexi doctor`: healthy and sick installations, each fault with what to do, and nothing changed by looking.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use lexi::db::{Dialect, query};
use serde_json::Value;

use crate::support::database::dialect;
use crate::support::{Installation, people};

/// What the doctor found, and how it ended.
fn examined(home: &Installation, more: &[&str]) -> (i32, Value) {
    let mut arguments = vec!["doctor", "--json"];
    arguments.extend(more);
    let said = home.run(&arguments);
    let found = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}{}", said.out, said.err));
    (said.code, found)
}

/// The finding about something.
fn about<'f>(found: &'f Value, what: &str) -> &'f Value {
    let findings = found["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["about"] == what).unwrap_or_else(|| panic!("nothing about {what}: {found}"))
}

/// An installation that has served, with people and their index.
async fn served() -> Installation {
    let home = Installation::new().await;
    home.people(&people::law_firm_ceos(6));
    home.lexi(&["prospects", "reindex"]);
    std::fs::set_permissions(home.folder(), std::fs::Permissions::from_mode(0o700)).unwrap();
    home
}

/// Changes the data behind Lexi's back.
async fn change(home: &Installation, sql: &'static str) {
    let db = home.db().await;
    db.write(move |tx| query(sql).execute(tx)).await.unwrap();
    db.close().await;
}

#[tokio::test]
async fn a_healthy_installation_has_nothing_failing_with_a_server_and_without_one() {
    let home = served().await;
    let (code, found) = examined(&home, &["--deep"]);
    assert_eq!(code, 0, "{found}");
    for what in ["database", "schema", "foreign keys", "durability", "clock", "jobs", "search index", "permissions"] {
        assert_eq!(about(&found, what)["level"], "ok", "{found}");
    }
    assert_eq!(about(&found, "integrity")["level"], if dialect() == Dialect::Sqlite { "ok" } else { "warn" });
    let server = home.serve(&[]).await;
    let (code, found) = examined(&home, &["--url", &server.url]);
    assert_eq!(code, 0, "{found}");
    assert_eq!(about(&found, "server")["level"], "ok", "{found}");
    let told = home.lexi(&["doctor"]);
    assert!(told.contains("ok    database"), "{told}");
}

#[tokio::test]
async fn looking_changes_nothing() {
    let home = served().await;
    home.serve(&[]).await.kill9();
    let files = |folder: &Path| -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            // What SQLite shares between processes is rebuilt by whoever comes.
            .filter(|path| path.is_file() && !path.to_string_lossy().ends_with("-shm"))
            .map(|path| (path.to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
            .collect();
        files.sort();
        files
    };
    let before = (files(home.folder()), files(&home.folder().join("index")));
    assert_eq!(examined(&home, &["--deep"]).0, 0);
    assert!(before == (files(home.folder()), files(&home.folder().join("index"))));
}

#[tokio::test]
async fn a_database_that_is_not_there_fails_and_is_not_made() {
    let home = Installation::new().await;
    let missing = home.folder().join("missing");
    let url = format!("sqlite:{}", missing.join("lexi.db").display());
    let (code, found) = examined(&home, &["--data", missing.to_str().unwrap(), "--database-url", &url]);
    assert_eq!(code, 1);
    assert_eq!(about(&found, "database")["level"], "fail");
    assert!(about(&found, "database")["message"].as_str().unwrap().contains("There is no database at"));
    assert!(!missing.exists());
    let (code, found) = examined(&home, &["--database-url", "postgres://lexi@127.0.0.1:1/nowhere"]);
    assert_eq!((code, &about(&found, "database")["level"]), (1, &"fail".into()));
}

#[tokio::test]
async fn a_damaged_file_fails_with_the_way_back() {
    if dialect() == Dialect::Postgres {
        return;
    }
    let home = served().await;
    let path = home.folder().join("lexi.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let page = 4096;
    for at in (2 * page..bytes.len()).step_by(3 * page) {
        bytes[at..at + 64].fill(0xa5);
    }
    std::fs::write(&path, bytes).unwrap();
    let (code, found) = examined(&home, &[]);
    assert_eq!(code, 1, "{found}");
    let integrity = about(&found, "integrity");
    assert_eq!(integrity["level"], "fail", "{found}");
    std::fs::write(&path, "no database any more").unwrap();
    let (code, found) = examined(&home, &[]);
    assert_eq!((code, &about(&found, "database")["level"]), (1, &"fail".into()), "{found}");
}

#[tokio::test]
async fn a_clock_before_the_last_event_fails() {
    let home = served().await;
    home.lexi(&["workspaces", "create", "Okafor LLP"]);
    change(
        &home,
        "insert into events (id, workspace_id, number, type, actor_kind, data, at_ms)
         values ('ffffffff-0000-7000-8000-000000000000', 'w', 1, 'list.created', 'system', '{}', 4000000000000)",
    )
    .await;
    let (code, found) = examined(&home, &[]);
    assert_eq!((code, &about(&found, "clock")["level"]), (1, &"fail".into()), "{found}");
    assert!(about(&found, "clock")["advice"].as_str().unwrap().contains("NTP"));
}

#[tokio::test]
async fn failed_and_forgotten_jobs_are_warned_of() {
    let home = served().await;
    change(
        &home,
        "insert into jobs (id, workspace_id, kind, state, run_at_ms, attempt, failures, done, total, progress, created_at_ms)
         values ('j', 'w', 'execute_task', 'waiting', 0, 0, 0, 0, 1, '{}', 1764000000000)",
    )
    .await;
    let (code, found) = examined(&home, &[]);
    assert_eq!((code, &about(&found, "jobs")["level"]), (0, &"warn".into()), "{found}");
    assert!(about(&found, "jobs")["advice"].as_str().unwrap().contains("Is a server running?"));
    change(&home, "update jobs set state = 'failed', finished_at_ms = 4000000000000").await;
    let (_, found) = examined(&home, &[]);
    assert!(about(&found, "jobs")["message"].as_str().unwrap().contains("1 jobs failed"), "{found}");
}

#[tokio::test]
async fn a_missing_or_damaged_index_is_warned_of_and_is_no_failure() {
    let home = served().await;
    let index = home.folder().join("index");
    for file in std::fs::read_dir(&index).unwrap() {
        std::fs::write(file.unwrap().path(), "damaged").unwrap();
    }
    let (code, found) = examined(&home, &[]);
    assert_eq!((code, &about(&found, "search index")["level"]), (0, &"warn".into()), "{found}");
    std::fs::remove_dir_all(&index).unwrap();
    let (code, found) = examined(&home, &[]);
    assert_eq!((code, &about(&found, "search index")["level"]), (0, &"warn".into()), "{found}");
    assert!(!index.exists(), "looking makes nothing");
}

#[tokio::test]
async fn a_folder_that_everybody_can_write_fails_and_one_that_everybody_can_read_is_warned_of() {
    let home = served().await;
    let set = |mode| std::fs::set_permissions(home.folder(), std::fs::Permissions::from_mode(mode)).unwrap();
    set(0o777);
    let (code, found) = examined(&home, &[]);
    assert_eq!((code, &about(&found, "permissions")["level"]), (1, &"fail".into()), "{found}");
    set(0o755);
    if dialect() == Dialect::Sqlite {
        std::fs::set_permissions(home.folder().join("lexi.db"), std::fs::Permissions::from_mode(0o644)).unwrap();
        let (code, found) = examined(&home, &[]);
        assert_eq!((code, &about(&found, "permissions")["level"]), (0, &"warn".into()), "{found}");
        assert!(about(&found, "permissions")["advice"].as_str().unwrap().starts_with("chmod"));
    }
    set(0o700);
    assert_eq!(about(&examined(&home, &[]).1, "permissions")["level"], "ok");
}

#[tokio::test]
async fn a_server_that_does_not_answer_fails_and_one_that_listens_to_all_is_warned_of() {
    let home = served().await;
    let (code, found) = examined(&home, &["--url", "http://127.0.0.1:1"]);
    assert_eq!((code, &about(&found, "server")["level"]), (1, &"fail".into()), "{found}");
    assert_eq!(home.run(&["doctor", "--url", "nonsense"]).code, 2);
    let (code, found) = examined(&home, &["--listen", "0.0.0.0:8787"]);
    assert_eq!((code, &about(&found, "configuration")["level"]), (0, &"warn".into()), "{found}");
    let (_, found) = examined(&home, &["--listen", "0.0.0.0:8787", "--behind-tls"]);
    assert!(!found.to_string().contains("unencrypted"), "{found}");
}
