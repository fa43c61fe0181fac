//! The seals over the log of events. Protects that every way to change what was sealed is found and named, that a log that was
//! cut off is seen against a checkpoint, and that nobody but the holder of the key can seal.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use lexi::audit::verify::{Checked, Fault, Keys};
use lexi::audit::{Checkpoint, KeyFile, reader};
use lexi::db::{Dialect, Tx, query};
use lexi::error::{Error, Result};
use serde_json::json;

use crate::support::database::{dialect, setting};
use crate::support::{Client, Installation, Server, made_id};

/// A server with ten sealed events and a client of it.
async fn sealed() -> (Server, Client) {
    let server = Server::start().await;
    let client = server.key("read,write,audit:read").await;
    for n in 0..4 {
        made_id(&client, "/v1/lists", json!({ "name": format!("L{n}") })).await;
    }
    server.seal().await;
    for n in 4..8 {
        made_id(&client, "/v1/lists", json!({ "name": format!("L{n}") })).await;
    }
    server.advance_ms(1_000);
    server.seal().await;
    (server, client)
}

fn trusting(server: &Server) -> Keys {
    Keys::trusting(vec![server.app.audit_key.key().unwrap().public().clone()])
}

/// Checks the database as it is.
async fn checked(server: &Server, keys: Keys, checkpoints: Vec<Checkpoint>) -> Checked {
    let found = server.app.db.read(move |tx| reader::database(tx, &keys, &checkpoints)).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

type Change = fn(&mut Tx) -> Result<()>;

/// What is found after `change`, which is taken back.
async fn after(server: &Server, change: Change, checkpoints: Vec<Checkpoint>) -> Checked {
    let (keys, found) = (trusting(server), Arc::new(Mutex::new(None)));
    let put = Arc::clone(&found);
    let tried = server
        .app
        .db
        .write(move |tx| -> Result<()> {
            change(tx)?;
            *put.lock().unwrap() = reader::database(tx, &keys, &checkpoints)?.into_iter().next();
            Err(Error::internal("taken back"))
        })
        .await;
    assert!(tried.unwrap_err().to_string().contains("taken back"));
    found.lock().unwrap().take().expect("a workspace")
}

fn run(tx: &mut Tx, statements: &[&'static str]) -> Result<()> {
    statements.iter().try_for_each(|sql| query(*sql).execute(tx).map(drop))
}

/// The fault that a change leaves: what it is called, and the number.
async fn fault(server: &Server, change: Change) -> Fault {
    after(server, change, Vec::new()).await.fault.expect("it is found")
}

async fn id_of(server: &Server, number: i64) -> String {
    let of = move |tx: &mut Tx| query("select id from events where number = $1").bind(number).one(tx, |row| row.get(0));
    server.app.db.read(of).await.unwrap()
}

#[tokio::test]
async fn a_log_that_nobody_touched_is_as_it_was_sealed() {
    let (server, client) = sealed().await;
    let whole = checked(&server, trusting(&server), Vec::new()).await;
    assert!(whole.fault.is_none(), "{whole:?}");
    assert_eq!((whole.seals, whole.tail), (2, 0), "{whole:?}");
    assert_eq!(whole.sealed, client.get("/v1/audit-logs").await.json["meta"]["total"].as_i64().unwrap());
    let key_id = server.app.audit_key.key().unwrap().public().id();
    assert_eq!(whole.keys.into_iter().collect::<Vec<_>>(), [(key_id, 2)]);
}

#[tokio::test]
async fn a_change_of_any_column_is_found_and_named() {
    let (server, _) = sealed().await;
    let changes: [(&str, Change); 10] = [
        ("type", |tx| run(tx, &["update events set type = 'list.deleted' where number = 4"])),
        ("actor_kind", |tx| run(tx, &["update events set actor_kind = 'human' where number = 4"])),
        ("actor_id", |tx| run(tx, &["update events set actor_id = null where number = 4"])),
        ("subject_id", |tx| run(tx, &["update events set subject_id = request_id where number = 4"])),
        ("task_id", |tx| run(tx, &["update events set task_id = request_id where number = 4"])),
        ("request_id", |tx| run(tx, &["update events set request_id = subject_id where number = 4"])),
        ("origin_id", |tx| run(tx, &["update events set origin_id = null where number = 4"])),
        ("data", |tx| run(tx, &["update events set data = '{ }' where number = 4"])),
        ("at_ms", |tx| run(tx, &["update events set at_ms = at_ms + 1 where number = 4"])),
        ("id", |tx| run(tx, &["update events set id = '0193f2c4-0000-7000-8000-000000000000' where number = 4"])),
    ];
    let id = id_of(&server, 4).await;
    for (column, change) in changes {
        let fault = fault(&server, change).await;
        assert_eq!((fault.kind, fault.number), ("changed", Some(4)), "{column}: {fault:?}");
        if column != "id" {
            assert_eq!(fault.event_id.as_deref(), Some(id.as_str()), "{column}: {fault:?}");
        }
    }
    assert!(checked(&server, trusting(&server), Vec::new()).await.fault.is_none(), "all of it was taken back");
}

#[tokio::test]
async fn an_event_that_is_gone_is_found_and_named_wherever_it_stood() {
    let (server, _) = sealed().await;
    let last = checked(&server, trusting(&server), Vec::new()).await.sealed;
    let drops: [(i64, Change); 3] = [
        (1, |tx| run(tx, &["delete from events where number = 1"])),
        (5, |tx| run(tx, &["delete from events where number = 5"])),
        (last, |tx| run(tx, &["delete from events where number = (select max(number) from events)"])),
    ];
    for (number, change) in drops {
        let fault = fault(&server, change).await;
        assert_eq!((fault.kind, fault.number), ("dropped", Some(number)), "{fault:?}");
    }
    // The gap closed by moving up what stood behind it.
    let moved_up: Change =
        |tx| run(tx, &["delete from events where number = 3", "update events set number = 3 where number = 4"]);
    let fault = fault(&server, moved_up).await;
    assert_eq!((fault.kind, fault.number), ("dropped", Some(3)), "{fault:?}");
}

#[tokio::test]
async fn events_that_changed_places_are_found_and_named() {
    let (server, _) = sealed().await;
    let swap: Change = |tx| {
        run(
            tx,
            &[
                "update events set number = 1000 where number = 2",
                "update events set number = 2 where number = 4",
                "update events set number = 4 where number = 1000",
            ],
        )
    };
    let moved = id_of(&server, 4).await;
    let fault = fault(&server, swap).await;
    assert_eq!((fault.kind, fault.number, fault.event_id), ("reordered", Some(2), Some(moved)), "{}", fault.message);
}

#[tokio::test]
async fn an_event_that_was_never_recorded_is_found_and_named() {
    let (server, _) = sealed().await;
    const NEW: &str = "0193f2c4-0000-7000-8000-000000000000";
    let between: Change = |tx| {
        run(
            tx,
            &[
                "update events set number = number + 1000 where number >= 3",
                "insert into events (id, workspace_id, number, type, actor_kind, data, at_ms)
                 select '0193f2c4-0000-7000-8000-000000000000', workspace_id, 3, type, actor_kind, data, at_ms
                 from events where number = 2",
                "update events set number = number - 999 where number >= 1000",
            ],
        )
    };
    let found = fault(&server, between).await;
    assert_eq!((found.kind, found.number, found.event_id.as_deref()), ("inserted", Some(3), Some(NEW)), "{found:?}");
    let outside: Change = |tx| {
        run(
            tx,
            &["insert into events (id, workspace_id, number, type, actor_kind, data, at_ms)
               select '0193f2c4-0000-7000-8000-000000000000', workspace_id, 0, type, actor_kind, data, at_ms
               from events where number = 2"],
        )
    };
    let found = fault(&server, outside).await;
    assert_eq!((found.kind, found.event_id.as_deref()), ("inserted", Some(NEW)), "{found:?}");
}

#[tokio::test]
async fn a_seal_that_was_touched_is_found_and_named() {
    let (server, _) = sealed().await;
    let changes: [(&str, Change); 5] = [
        ("seal", |tx| run(tx, &["update event_seals set root = substr(root, 2) || 'x' where first_number = 1"])),
        ("seal", |tx| run(tx, &["delete from event_seals where first_number = 1"])),
        ("signature", |tx| run(tx, &["update event_seals set sealed_at_ms = sealed_at_ms + 1 where first_number = 1"])),
        ("signature", |tx| run(tx, &["update event_seals set signature = substr(signature, 3) || '00'"])),
        ("unknown_key", |tx| run(tx, &["update event_seals set key_id = '0000000000000000'"])),
    ];
    for (kind, change) in changes {
        let fault = fault(&server, change).await;
        assert_eq!((fault.kind, fault.number), (kind, Some(1)), "{fault:?}");
    }
}

#[tokio::test]
async fn a_log_that_was_cut_off_looks_whole_until_a_checkpoint_is_shown() {
    let (server, _) = sealed().await;
    let text = checked(&server, trusting(&server), Vec::new()).await.checkpoint.unwrap();
    let kept = Checkpoint::parse(&format!("{{\"message\":\"{text}\"}}")).unwrap();
    let cut: Change = |tx| {
        run(
            tx,
            &[
                "delete from events where number >= (select max(first_number) from event_seals)",
                "delete from event_seals where first_number > 1",
            ],
        )
    };
    let found = after(&server, cut, Vec::new()).await;
    assert!(found.fault.is_none(), "{found:?}");
    let shorter = found.sealed;
    let fault = after(&server, cut, vec![kept.clone()]).await.fault.expect("it is found");
    assert_eq!((fault.kind, fault.number), ("cut_off", Some(shorter + 1)), "{fault:?}");
    assert!(fault.message.contains(&kept.last_number.to_string()), "{fault:?}");
    assert!(checked(&server, trusting(&server), vec![kept.clone()]).await.fault.is_none());
    // A checkpoint that somebody made up.
    let invented = Checkpoint { last_number: kept.last_number + 5, ..kept };
    let fault = checked(&server, trusting(&server), vec![invented]).await.fault.unwrap();
    assert_eq!(fault.kind, "signature", "{fault:?}");
}

#[tokio::test]
async fn a_log_made_anew_with_another_key_is_not_believed() {
    let (server, _) = sealed().await;
    let theirs = trusting(&server);
    server.app.db.write(|tx| run(tx, &["delete from event_seals", "delete from event_seal_heads"])).await.unwrap();
    let other = KeyFile::new(server.folder().join("other.key"));
    let key = other.key().unwrap();
    lexi::audit::step(&server.app.db, &key, server.now_ms()).await.unwrap();
    let fault = checked(&server, theirs, Vec::new()).await.fault.expect("it is found");
    assert_eq!(fault.kind, "unknown_key", "{fault:?}");
    assert!(fault.message.contains(&key.public().id()), "{fault:?}");
    let both = Keys::trusting(vec![key.public().clone(), server.app.audit_key.key().unwrap().public().clone()]);
    assert!(checked(&server, both, Vec::new()).await.fault.is_none());
}

#[tokio::test]
async fn what_is_not_sealed_yet_is_named_and_its_numbers_are_looked_at() {
    let (server, client) = sealed().await;
    made_id(&client, "/v1/lists", json!({ "name": "new" })).await;
    server.number_events().await;
    let whole = checked(&server, trusting(&server), Vec::new()).await;
    assert_eq!((whole.tail, whole.fault.is_none()), (1, true), "{whole:?}");
    let newest = whole.sealed + 1;
    assert_eq!(whole.tail_events, [(Some(newest), id_of(&server, newest).await)]);
    let gap: Change =
        |tx| run(tx, &["update events set number = number + 1 where number = (select max(number) from events)"]);
    let fault = fault(&server, gap).await;
    assert_eq!((fault.kind, fault.number), ("dropped", Some(newest)), "{fault:?}");
}

#[tokio::test]
async fn two_nodes_that_seal_at_once_make_one_chain() {
    let server = Server::start().await;
    let beside = server.beside().await;
    let client = server.key("read,write").await;
    for n in 0..20 {
        made_id(&client, "/v1/lists", json!({ "name": format!("L{n}") })).await;
        server.number_events().await;
        let (one, other) = tokio::join!(server.seal(), beside.seal());
        assert_eq!(one.len() + other.len(), 1, "a workspace moves on once");
    }
    let keys = [&server, &beside].map(|node| node.app.audit_key.key().unwrap().public().clone());
    let whole = checked(&server, Keys::trusting(keys.to_vec()), Vec::new()).await;
    assert!(whole.fault.is_none(), "{whole:?}");
    assert_eq!(whole.seals, 20);
}

#[tokio::test]
async fn a_key_file_is_its_owners_alone_and_is_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.key");
    let made = KeyFile::new(path.clone()).key().unwrap().public().text();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    assert_eq!(KeyFile::new(path.clone()).key().unwrap().public().text(), made);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = KeyFile::new(path.clone()).key().err().expect("it is refused").to_string();
    assert!(refused.contains("chmod 600"), "{refused}");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&path, "lexi-audit-key-1 00").unwrap();
    let refused = KeyFile::new(path).key().err().expect("it is refused").to_string();
    assert!(refused.contains("64 hex digits"), "{refused}");
}

/// An installation with a log that was sealed by a server which has ended, and what that server logged.
async fn left_behind() -> (Installation, String) {
    let home = Installation::new().await;
    let key = home.key("read,write,lexi");
    home.people(&[crate::support::people::at_law_firm(1, "CEO")]);
    let server = home.serve(&[]).await;
    let client = server.client(&key);
    for n in 0..5 {
        made_id(&client, "/v1/lists", json!({ "name": format!("L{n}, \"quoted\"") })).await;
    }
    for decide in ["approve", "dismiss"] {
        let told = client.post("/v1/lexi/chat", &json!({ "message": "Find 1 CEO at law firms in California" })).await;
        let task = told.json["data"]["task_id"].as_str().expect("a task").to_owned();
        assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{task}/{decide}")).await.status, 200);
    }
    server.ask_to_stop();
    server.until_logged("\"stopped\"").await;
    let log = server.log();
    assert_eq!(server.ended(), 0);
    (home, log)
}

#[tokio::test]
async fn the_command_line_checks_a_database_and_names_what_is_wrong() {
    let (home, log) = left_behind().await;
    let said = home.run(&["audit", "verify"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("The log is as it was sealed.") && !said.out.contains("Not sealed"), "{}", said.out);
    let checkpoint = log.lines().rev().find(|line| line.contains("lexi-audit-1")).expect("a checkpoint is logged");
    assert_eq!(home.run(&["audit", "verify", "--checkpoint", checkpoint]).code, 0, "{checkpoint}");
    let public = home.lexi(&["audit", "key"]);
    assert_eq!(home.run(&["audit", "verify", "--trust", public.trim(), "--json"]).code, 0);

    let id = {
        let db = home.db().await;
        let id: String = db
            .write(|tx| {
                query("update events set actor_kind = 'human' where number = 3 returning id").one(tx, |row| row.get(0))
            })
            .await
            .unwrap();
        db.close().await;
        id
    };
    let said = home.run(&["audit", "verify"]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(said.out.contains(&format!("event 3 ({id}) is not what was sealed")), "{}", said.out);
    let said = home.run(&["audit", "verify", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.code, &found["ok"]), (1, &json!(false)));
    assert_eq!(found["workspaces"][0]["fault"]["event_id"], id.as_str(), "{found}");
}

/// Writes `lines` to a file and checks it; the code and what was said.
fn verified(home: &Installation, file: &Path, lines: &[String], public: &str) -> (i32, String) {
    std::fs::write(file, format!("{}\n", lines.join("\n"))).unwrap();
    let said = home.run(&["audit", "verify", &file.to_string_lossy(), "--trust", public]);
    (said.code, format!("{}{}", said.out, said.err))
}

#[tokio::test]
async fn an_export_can_be_checked_alone_and_a_mutated_one_is_found_out() {
    let (home, _) = left_behind().await;
    let public = home.lexi(&["audit", "key"]).trim().to_owned();
    for format in ["ndjson", "csv"] {
        let file: PathBuf = home.folder().join(format!("audit.{format}"));
        home.lexi(&["audit", "export", "--format", format, "--out", &file.to_string_lossy()]);
        let text = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let (code, said) = verified(&home, &file, &lines, &public);
        assert_eq!(code, 0, "{format}: {said}");
        let is_event = |line: &&String| line.starts_with("{\"event\"") || line.starts_with("event,");
        let events: Vec<usize> = (0..lines.len()).filter(|at| is_event(&&lines[*at])).collect();
        let seal = lines.iter().position(|line| line.starts_with("{\"seal\"") || line.starts_with("seal,")).unwrap();
        let mutated = |change: &dyn Fn(&mut Vec<String>)| {
            let mut lines = lines.clone();
            change(&mut lines);
            verified(&home, &file, &lines, &public)
        };
        for (what, expected, change) in [
            (
                "a word",
                "changed: event 3 (",
                &(|lines: &mut Vec<String>| {
                    let at = events[2];
                    assert!(lines[at].contains("service"), "{}", lines[at]);
                    lines[at] = lines[at].replacen("service", "human", 1);
                }) as &dyn Fn(&mut Vec<String>),
            ),
            ("a line", "dropped: event 3 is missing", &|lines: &mut Vec<String>| drop(lines.remove(events[2]))),
            ("the last line of a seal", "dropped: event", &|lines: &mut Vec<String>| drop(lines.remove(seal - 1))),
            ("the order", "reordered: event 3 (", &|lines: &mut Vec<String>| lines.swap(events[2], events[3])),
            ("a line twice", "inserted:", &|lines: &mut Vec<String>| {
                let again = lines[events[2]].clone();
                lines.insert(events[2], again);
            }),
            ("a seal", "seal: the seal over event", &|lines: &mut Vec<String>| drop(lines.remove(seal))),
            ("the end", "broken_file:", &|lines: &mut Vec<String>| drop(lines.pop())),
        ] {
            let (code, said) = mutated(change);
            assert_eq!(code, 1, "{format}: {what}: {said}");
            assert!(said.contains(expected), "{format}: {what}: {said}");
        }
        let other = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        let (code, said) = verified(&home, &file, &lines, other);
        assert!(code == 1 && said.contains("unknown_key"), "{format}: {said}");
    }
    let text = std::fs::read(home.folder().join("audit.ndjson")).unwrap();
    let alone = reader::file(BufReader::new(text.as_slice()), &Keys::default(), &[]).unwrap();
    assert!(alone.iter().all(|checked| checked.fault.is_none()), "without trusted keys the chain alone is checked");
}

#[tokio::test]
async fn the_trace_of_decisions_binds_what_was_done_to_what_was_shown() {
    let (home, _) = left_behind().await;
    let trace = home.lexi(&["audit", "export", "--format", "agentack"]);
    let lines: Vec<serde_json::Value> = trace.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    let shown = ["action_proposed", "approval_requested", "approval_decision"];
    assert_eq!(kinds, [&shown[..], &["action_executed"], &shown[..], &["action_blocked", "session_end"]].concat());
    assert_eq!((&lines[2]["decision"], &lines[6]["decision"]), (&json!("allow"), &json!("deny")));
    assert_eq!(lines[3]["action"], lines[1]["action"]);
    assert!(lines.iter().all(|line| line["schema_version"] == 2));
}

/// An outside program: whether it was content, and what it said.
fn judged(program: &str, arguments: &[&str]) -> (bool, String) {
    let output = std::process::Command::new(program).args(arguments).output().expect("the program runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// A program of the folder of outside judges; nothing where they could not be installed.
fn judge(name: &str) -> Option<String> {
    setting("LEXI_TEST_JUDGES").map(|folder| format!("{folder}/{name}"))
}

#[tokio::test]
async fn a_checker_that_knows_nothing_of_lexi_comes_to_the_same_end() {
    let (home, _) = left_behind().await;
    let python = judge("python").or_else(|| setting("LEXI_TEST_PYTHON")).unwrap_or_else(|| "python3".into());
    let checker = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/check-audit");
    let file = home.folder().join("audit.ndjson").to_string_lossy().into_owned();
    home.lexi(&["audit", "export", "--out", &file]);
    let public = home.lexi(&["audit", "key"]);
    let text = std::fs::read_to_string(&file).unwrap();
    let check = |text: &str| {
        std::fs::write(&file, text).unwrap();
        judged(&python, &[checker, &file, public.trim()])
    };
    let (content, said) = check(&text);
    assert!(content && said.contains("are as they were sealed"), "{said}");
    assert!(judge("python").is_none() || !said.contains("not looked at"), "the signatures were looked at: {said}");
    for (from, to) in
        [("\"service\"", "\"human\""), ("\"root\":\"", "\"root\":\"0"), ("\"end\":{", "\"end\":{\"x\":1,")]
    {
        let (content, said) = check(&text.replacen(from, to, 1).replacen("\"x\":1,\"events\":", "\"events\":9", 1));
        assert!(!content && said.contains("WRONG"), "{from}: {said}");
    }
}

#[tokio::test]
async fn agentack_passes_the_trace_of_decisions_and_fails_a_mutated_one() {
    let Some(agentack) = judge("agentack") else {
        eprintln!("not judged: LEXI_TEST_JUDGES names no folder with agentack; scripts/test makes one");
        return;
    };
    let (home, _) = left_behind().await;
    let policy = home.folder().join("policy.toml").to_string_lossy().into_owned();
    std::fs::write(&policy, "version = 1\n\n[approval]\nmax_age_seconds = 86400\nrequire_for = [\"lexi:*\"]\n")
        .unwrap();
    let file = home.folder().join("trace.jsonl").to_string_lossy().into_owned();
    let trace = home.lexi(&["audit", "export", "--format", "agentack"]);
    let lines: Vec<&str> = trace.lines().collect();
    let check = |lines: &[&str]| {
        std::fs::write(&file, lines.join("\n")).unwrap();
        judged(&agentack, &["check", &file, "--policy", &policy])
    };
    let (content, said) = check(&lines);
    assert!(content && said.contains("PASS"), "{said}");
    // In order: proposed, requested, allowed, executed; proposed, requested, denied, blocked; the end.
    let exchanged = lines[3].replacen("\"plan_hash\":\"", "\"plan_hash\":\"0", 1);
    let denied = lines[2].replacen("allow", "deny", 1);
    let mut mutations: Vec<(&str, Vec<&str>)> = vec![
        (
            "another plan",
            lines.iter().enumerate().map(|(at, line)| if at == 3 { exchanged.as_str() } else { line }).collect(),
        ),
        ("a denial", lines.iter().enumerate().map(|(at, line)| if at == 2 { denied.as_str() } else { line }).collect()),
        ("no decision", lines.iter().enumerate().filter(|(at, _)| *at != 2).map(|(_, line)| *line).collect()),
        ("no end", lines[..lines.len() - 1].to_vec()),
    ];
    let mut twice = lines.clone();
    twice.insert(4, lines[3]);
    mutations.push(("done twice", twice));
    let mut early = lines.clone();
    early.swap(2, 3);
    mutations.push(("done before it was decided", early));
    for (what, lines) in mutations {
        let (content, said) = check(&lines);
        assert!(!content, "{what}: {said}");
    }
}

#[tokio::test]
async fn a_log_from_before_there_were_seals_is_sealed_from_its_first_event() {
    // More than one seal takes, as when a database of an earlier version is opened.
    let server = Server::start().await;
    let client = server.key("read,write").await;
    for at in 0..6 {
        let contacts: Vec<_> = (0..200).map(|n| json!({ "full_name": format!("P {at} {n}") })).collect();
        let made = client.post("/v1/contacts/bulk", &json!({ "contacts": contacts })).await;
        let ids: Vec<_> =
            made.json["data"]["contacts"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
        assert_eq!(client.post("/v1/contacts/bulk-delete", &json!({ "contact_ids": ids })).await.status, 200);
    }
    let sealed = server.seal().await;
    assert!(sealed.len() >= 2, "{sealed:?}");
    let whole = checked(&server, trusting(&server), Vec::new()).await;
    assert!(whole.fault.is_none() && whole.sealed > 1_200, "{whole:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_verifies_after_its_servers_were_killed_in_the_middle_of_everything() {
    let home = Installation::new().await;
    let key = home.key("read,write");
    let count = if dialect() == Dialect::Postgres { 2 } else { 1 };
    for round in 0..3 {
        let mut servers = Vec::new();
        for _ in 0..count {
            servers.push(home.serve(&[]).await);
        }
        let clients: Vec<Client> = servers.iter().map(|server| server.client(&key)).collect();
        let writing: Vec<_> = (0..40)
            .map(|n| {
                let client = clients[n % clients.len()].clone();
                tokio::spawn(async move {
                    let body = json!({ "name": format!("{round} {n}") });
                    client.try_send(client.request(reqwest::Method::POST, "/v1/lists").json(&body)).await
                })
            })
            .collect();
        // Whichever of them seals first.
        while !servers.iter().any(|server| server.log().contains("lexi-audit-1")) {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        servers.into_iter().for_each(crate::support::Process::kill9);
        for write in writing {
            let _ = write.await;
        }
    }
    let server = home.serve(&[]).await;
    made_id(&server.client(&key), "/v1/lists", json!({ "name": "the end" })).await;
    assert_eq!(server.terminate(), 0);
    let said = home.run(&["audit", "verify"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(!said.out.contains("Not sealed"), "{}", said.out);
}
