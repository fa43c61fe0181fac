//! The command line from outside: what stands on standard output, what a program reads, and how each command ends.

use serde_json::Value;

use crate::support::people::{at_software_company, law_firm_ceos};
use crate::support::process::{Installation, Said, ask};

const REQUEST: &str = "Find 50 CEOs at law firms in California";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test]
async fn a_new_key_stands_alone_on_standard_output_and_a_wrong_permission_ends_with_2() {
    let home = Installation::new().await;
    let made = home.run(&["keys", "create", "--name", "laptop", "--permissions", "read,lexi", "--tier", "unmetered"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let key = made.out.strip_suffix('\n').expect("one line");
    assert_eq!((key.len(), &key[..4]), (56, "wbk_"));
    assert!(made.err.contains("default"), "{}", made.err);

    let wrong = home.run(&["keys", "create", "--name", "x", "--permissions", "fly"]);
    assert_eq!((wrong.code, wrong.out.as_str()), (2, ""));
    assert!(wrong.err.contains("\"fly\""), "{}", wrong.err);
}

#[tokio::test]
async fn keys_are_listed_without_their_secret_and_a_revoked_one_is_refused_by_a_running_server() {
    let home = Installation::new().await;
    let key = home.key("read,lexi");
    let server = home.serve(&[]).await;
    assert_eq!(ask(&home, &server, &key, &["tasks", "list"]).code, 0);
    let listed = home.lexi(&["keys", "list", "--json"]);
    assert!(!listed.contains(&key));
    let listed = json(&listed);
    assert_eq!(listed["keys"][0]["name"], "test");
    assert_eq!(listed["keys"][0]["rate_limit_tier"], "unmetered");

    home.lexi(&["keys", "revoke", "test"]);
    let mut refused = ask(&home, &server, &key, &["tasks", "list"]);
    // A change to a key is effective in every process within a second.
    for _ in 0..20 {
        if refused.code == 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        refused = ask(&home, &server, &key, &["tasks", "list"]);
    }
    assert_eq!(refused.code, 3, "{}", refused.out);
    assert!(refused.err.contains("invalid_key"), "{}", refused.err);
    assert_eq!(home.run(&["keys", "revoke", "test"]).code, 3);
    assert!(home.lexi(&["keys", "list", "--revoked"]).contains("revoked"));
}

#[tokio::test]
async fn workspaces_are_made_once_and_a_key_of_an_unknown_one_is_not_made() {
    let home = Installation::new().await;
    let made = json(&home.lexi(&["workspaces", "create", "Okafor LLP", "--json"]));
    assert_eq!(made["name"], "Okafor LLP");
    let again = home.run(&["workspaces", "create", "okafor llp"]);
    assert_eq!(again.code, 2, "{}", again.err);
    let listed = json(&home.lexi(&["workspaces", "list", "--json"]));
    assert_eq!(listed["workspaces"][0]["id"], made["id"]);
    home.lexi(&["keys", "create", "--name", "k", "--workspace", "Okafor LLP"]);
    assert_eq!(home.run(&["keys", "create", "--name", "k", "--workspace", "Elsewhere"]).code, 3);
}

#[tokio::test]
async fn an_import_says_what_became_of_each_row_and_writes_the_rejected_ones() {
    let home = Installation::new().await;
    let file = home.folder().join("people.csv");
    let text = "Name,Job,E-Mail,Company,Shoe size\n\
                Ann Lee,CEO,ann@lee.example,Lee LLP,40\n\
                Bob Ray,CFO,not an address,Ray LLP,41\n";
    std::fs::write(&file, text).expect("a file can be written");
    let arguments = [
        "prospects",
        "import",
        "people.csv",
        "--source",
        "crm",
        "--map",
        "Job=title",
        "--rejects",
        "rejects.csv",
        "--json",
    ];
    let report = json(&home.lexi(&arguments));
    for (key, value) in [("rows", 2), ("added", 1), ("updated", 0), ("unchanged", 0), ("rejected", 1)] {
        assert_eq!(report[key], value, "{key}: {report}");
    }
    assert_eq!(report["columns_unused"], serde_json::json!(["Shoe size"]));
    let rejects = std::fs::read_to_string(home.folder().join("rejects.csv")).expect("the rejects file");
    assert!(rejects.starts_with("row,reason,Name,Job,E-Mail,Company,Shoe size\n2,"), "{rejects}");
    assert!(rejects.contains("Bob Ray"));

    let again = json(&home.lexi(&arguments));
    assert_eq!((&again["added"], &again["unchanged"]), (&Value::from(0), &Value::from(1)));
    let told = home.run(&["prospects", "import", "people.csv", "--source", "crm"]);
    assert!(told.out.contains("2 rows: 0 added") && told.out.contains("--rejects"), "{}", told.out);
    assert_eq!(home.run(&["prospects", "import", "missing.csv", "--source", "crm"]).code, 1);
    assert_eq!(home.run(&["prospects", "import", "people.csv", "--source", "crm", "--map", "Job=shoe"]).code, 2);
}

#[tokio::test]
async fn a_search_prints_who_fits_with_the_fields_of_an_import() {
    let home = Installation::new().await;
    home.people(&law_firm_ceos(12));
    let found = json(&home.lexi(&["prospects", "search", "CEOs at law firms in California", "--limit", "5", "--json"]));
    assert_eq!(found["matched"], 12);
    let people = found["people"].as_array().expect("people");
    assert_eq!(people.len(), 5);
    for field in ["full_name", "title", "email", "city", "state", "company", "company_domain", "headcount"] {
        assert!(!people[0][field].is_null(), "{field}: {}", people[0]);
    }
    let told = home.lexi(&["prospects", "search", "CEOs at law firms in California"]);
    assert!(told.contains("title CEO \"CEOs\"") && told.contains("12 people fit."), "{told}");
    assert!(found.get("facets").is_none(), "nobody asked: {found}");
    let asked = ["prospects", "search", "CEOs at law firms", "--limit", "1", "--facets", "state,headcount"];
    let counted = json(&home.lexi(&[&asked[..], &["--json"]].concat()));
    let states = serde_json::json!({
        "values": [{"value": "California", "country": "United States", "count": 12}], "other": 0, "unknown": 0
    });
    assert_eq!(counted["facets"]["state"], states);
    assert_eq!(counted["facets"]["headcount"]["values"][0], serde_json::json!({"value": "11-50", "count": 12}));
    let told = home.lexi(&asked);
    assert!(told.contains("By state:") && told.contains("California, United States"), "{told}");
    let unknown = home.run(&["prospects", "search", "CEOs", "--facets", "shoe_size"]);
    assert!(unknown.code == 2 && unknown.err.contains("shoe_size"), "{}", unknown.err);
    let other = home.run(&["prospects", "search", "pause my Spring campaign"]);
    assert_eq!(other.code, 2, "{}", other.out);

    let stats = json(&home.lexi(&["prospects", "stats", "--json"]));
    assert_eq!(stats["people"], 24, "{stats}");
    assert!(stats["companies"].as_u64() > Some(0));
    assert_eq!(stats["sources"]["test"], 24);
}

#[tokio::test]
async fn the_same_seed_makes_the_same_people() {
    let home = Installation::new().await;
    let arguments = ["prospects", "generate", "--people", "300", "--seed", "7", "--us-state", "CA=3", "--json"];
    let made = json(&home.lexi(&arguments));
    assert_eq!((&made["people"], &made["added"]), (&Value::from(300), &Value::from(300)));
    let again = json(&home.lexi(&arguments));
    assert_eq!((&again["added"], &again["unchanged"]), (&Value::from(0), &Value::from(300)));
    assert_eq!(home.run(&["prospects", "generate", "--people", "10", "--law", "2"]).code, 2);
}

#[tokio::test]
async fn people_loaded_while_a_server_runs_are_found_by_it() {
    let home = Installation::new().await;
    let key = home.key("read,write,lexi");
    let server = home.serve(&[]).await;
    home.people(&law_firm_ceos(3));
    assert_eq!(json(&home.lexi(&["prospects", "reindex", "--json"]))["people"], Value::Null);
    let mut matched = Value::Null;
    for _ in 0..50 {
        let asked = ask(&home, &server, &key, &["chat", "--json", REQUEST]);
        // While the index is far behind, or built anew, the server says so and is asked again.
        matched =
            if asked.code == 0 { json(&asked.out)["data"]["task"]["preview"]["matched"].clone() } else { matched };
        if matched == 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(matched, 3);
    assert_eq!(server.terminate(), 0);
    assert_eq!(json(&home.lexi(&["prospects", "reindex", "--json"]))["people"], 6);
}

#[tokio::test]
async fn a_request_is_read_without_a_server_one_object_or_one_a_line() {
    let home = Installation::new().await;
    let read = json(&home.lexi(&["understand", REQUEST]));
    assert_eq!(read["intent"], "prospect_search");
    assert_eq!(read["slots"]["count"], 50);
    for key in ["intent", "ask", "slots", "provenance", "assumptions", "unread"] {
        assert!(read.get(key).is_some(), "{key}");
    }
    std::fs::write(home.folder().join("requests.txt"), format!("\u{feff}{REQUEST}\r\n\nCTOs at fintech startups"))
        .expect("a file can be written");
    let lines = home.lexi(&["understand", "--file", "requests.txt", "--json-lines"]);
    let lines: Vec<Value> = lines.lines().map(json).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], read);
    assert_eq!(lines[2]["slots"]["titles"], serde_json::json!(["CTO"]));
    assert_eq!(home.run(&["understand"]).code, 2);
    assert_eq!(home.run(&["understand", "--file", "missing.txt"]).code, 1);
}

#[tokio::test]
async fn a_task_is_asked_for_shown_approved_and_watched_from_the_command_line() {
    let home = Installation::new().await;
    home.people(&law_firm_ceos(7));
    let key = home.key("read,write,lexi");
    let server = home.serve(&[]).await;
    let lexi = |arguments: &[&str]| ask(&home, &server, &key, arguments);

    let asked = lexi(&["chat", REQUEST]);
    assert_eq!(asked.code, 0, "{}", asked.err);
    for fact in ["title CEO \"CEOs\"", "matched  7", "will be added 7", "lexi tasks approve"] {
        assert!(asked.out.contains(fact), "{fact}: {}", asked.out);
    }
    assert!(!asked.out.contains('\u{1b}'), "no colour without a terminal");
    let listed = json(&lexi(&["tasks", "list", "--json"]).out);
    let id = listed["data"]["tasks"][0]["id"].as_str().expect("a pending task").to_owned();
    assert!(lexi(&["tasks", "list"]).out.contains(&id));

    let waited = lexi(&["tasks", "watch", &id, "--timeout", "1"]);
    assert_eq!(waited.code, 5, "{}", waited.out);
    let approved = lexi(&["tasks", "approve", &id[28..]]);
    assert_eq!(approved.code, 0, "{}", approved.err);
    assert!(approved.out.contains("7 contacts added to"), "{}", approved.out);
    let shown = json(&lexi(&["tasks", "show", &id, "--json"]).out);
    assert_eq!(shown["data"]["status"], "completed");
    assert!(lexi(&["tasks", "show", &id]).out.contains("decided  approved by"));

    let again = lexi(&["tasks", "approve", &id, "--yes"]);
    assert_eq!(again.code, 3, "{}", again.out);
    assert!(again.err.contains("Task has already been approved"), "{}", again.err);
    assert_eq!(lexi(&["tasks", "show", "00000000-0000-7000-8000-000000000000"]).code, 3);
    assert_eq!(lexi(&["tasks", "show", "ffffffff"]).code, 3);
    assert_eq!(lexi(&["tasks", "show", "nonsense"]).code, 2);
}

#[tokio::test]
async fn a_program_can_have_a_task_approved_at_once_and_dismiss_another() {
    let home = Installation::new().await;
    home.people(&law_firm_ceos(4));
    home.people(&(0..3).map(|n| at_software_company(900 + n, "General Counsel")).collect::<Vec<_>>());
    let key = home.key("read,write,lexi");
    let server = home.serve(&[]).await;
    let done = ask(&home, &server, &key, &["chat", "--yes", "--json", REQUEST]);
    assert_eq!(done.code, 0, "{}", done.err);
    let done = json(&done.out);
    assert_eq!(done["data"]["task"]["status"], "completed");
    assert_eq!(done["data"]["task"]["result"]["added"], 4);

    let other = json(&ask(&home, &server, &key, &["chat", "--json", "Find 2 general counsels in California"]).out);
    let id = other["data"]["task_id"].as_str().expect("a task").to_owned();
    let dismissed = ask(&home, &server, &key, &["tasks", "dismiss", &id, "--reason", "Not now", "--json"]);
    assert_eq!(json(&dismissed.out)["data"]["status"], "dismissed");
    let watched = ask(&home, &server, &key, &["tasks", "watch", &id]);
    assert_eq!(watched.code, 5);
    assert!(watched.out.contains("Not now"), "{}", watched.out);
    let refused = ask(&home, &server, &key, &["tasks", "approve", &id, "--json"]);
    assert_eq!((refused.code, refused.out.as_str()), (3, ""));
}

#[tokio::test]
async fn no_key_no_server_and_a_stranger_on_the_port_are_told_apart() {
    let home = Installation::new().await;
    let no_key = home.run(&["tasks", "list"]);
    assert_eq!(no_key.code, 2);
    assert!(no_key.err.contains("LEXI_KEY"), "{}", no_key.err);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let nobody = home.run(&["tasks", "list", "--key", "wbk_secret", "--url", &url]);
    assert_eq!(nobody.code, 4);
    assert!(nobody.err.contains(&url) && !nobody.err.contains("wbk_secret"), "{}", nobody.err);
    assert_eq!(home.run(&["tasks", "list", "--key", "wbk_secret", "--url", "nowhere"]).code, 2);
}

#[tokio::test]
async fn a_taken_port_is_named_before_anything_is_made() {
    let home = Installation::new().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address");
    for command in ["demo", "serve"] {
        let refused = home.run(&[command, "--listen", &address.to_string()]);
        assert_eq!(refused.code, 1, "{command}");
        let port = address.port().to_string();
        assert!(refused.err.contains(&port) && refused.err.contains("--listen"), "{}", refused.err);
    }
    assert_eq!(json(&home.lexi(&["prospects", "stats", "--json"]))["people"], 0);
}

#[tokio::test]
async fn the_demo_leaves_its_task_pending_unless_told_and_goes_on_with_what_is_there() {
    let home = Installation::new().await;
    let arguments = ["demo", "--people", "4000", "--listen", "127.0.0.1:0", "--exit"];
    let left = home.run(&arguments);
    assert_eq!(left.code, 0, "{}", left.err);
    assert!(left.out.contains("Nothing was done") && left.out.contains("lexi tasks approve"), "{}", left.out);
    assert!(left.out.contains("LEXI_KEY=wbk_"), "{}", left.out);
    let approving = [&arguments[..], &["--yes"]].concat();
    let done = home.run(&approving);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.contains("4,000 synthetic people are there already"), "{}", done.err);
    assert!(done.out.contains("added to \"CEOs at law firms in California"), "{}", done.out);
    let again = home.run(&approving);
    assert!(again.out.contains("all were yours before"), "{}", again.out);
    assert_eq!(json(&home.lexi(&["prospects", "stats", "--json"]))["people"], 4_000);
}

#[tokio::test]
async fn every_command_teaches_itself_and_a_wrong_one_ends_with_2() {
    let home = Installation::new().await;
    let help = home.lexi(&["--help"]);
    assert!(help.contains("Exit codes:"), "{help}");
    for command in [
        "demo",
        "serve",
        "chat",
        "tasks",
        "contacts",
        "keys",
        "workspaces",
        "prospects",
        "suppressions",
        "config",
        "understand",
    ] {
        assert!(help.contains(command));
        assert!(home.lexi(&[command, "--help"]).contains("Usage: lexi"));
    }
    assert_eq!(home.run(&["fly"]).code, 2);
    assert_eq!(home.run(&["serve", "--listen", "here"]).code, 2);
}

#[tokio::test]
async fn completions_and_manual_pages_hold_every_command() {
    let home = Installation::new().await;
    let help = home.lexi(&["--help"]);
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next().filter(|_| !line.starts_with("   ")))
        .filter(|command| *command != "help")
        .collect();
    assert!(commands.len() > 8, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = home.lexi(&["completions", shell]);
        for command in &commands {
            assert!(script.contains(command), "{shell}: {command}");
        }
        assert!(script.contains("--plan-hash") || script.contains("plan-hash"), "{shell}");
    }
    assert_eq!(home.run(&["completions", "cmd"]).code, 2);
    let pages = home.folder().join("man1");
    home.lexi(&["man", "--out", &pages.to_string_lossy()]);
    for command in &commands {
        let page = std::fs::read_to_string(pages.join(format!("lexi-{command}.1"))).expect("a page");
        assert!(page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"), "{command}");
    }
    let approve = std::fs::read_to_string(pages.join("lexi-tasks-approve.1")).expect("a page of a subcommand");
    assert!(approve.contains("plan\\-hash"), "{approve}");
    assert!(home.lexi(&["man"]).starts_with(".ie"));
}

/// Runs a command at a terminal, answering questions: each answer is `TEXT=ANSWER`.
fn at_a_terminal(home: &Installation, columns: u32, answers: &[&str], arguments: &[&str]) -> Said {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/at_a_terminal.py");
    let mut command = std::process::Command::new("python3");
    command.env_clear().env("PATH", crate::support::database::setting("PATH").unwrap_or_default()).env("TERM", "xterm");
    command.envs(home.command().get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(home.folder()).arg(script).arg(columns.to_string()).args(answers).arg("--");
    let output = command.arg(env!("CARGO_BIN_EXE_lexi")).args(arguments).output().expect("python3 runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Said { out: text(output.stdout), err: text(output.stderr), code: output.status.code().unwrap_or(-1) }
}

#[tokio::test]
async fn at_a_terminal_nothing_is_done_without_a_yes_and_no_line_is_too_long() {
    let home = Installation::new().await;
    let demo = ["demo", "--people", "4000", "--listen", "127.0.0.1:0"];
    let no = at_a_terminal(&home, 72, &["[y/N]=", "Ctrl-C stops=^C"], &demo);
    assert_eq!(no.code, 0, "{}{}", no.out, no.err);
    assert!(no.out.contains("Nothing was done"), "{}", no.out);
    let yes = at_a_terminal(&home, 72, &["[y/N]=y", "Ctrl-C stops=^C"], &demo);
    assert!(yes.out.contains("contacts added to") || yes.out.contains("contact added to"), "{}", yes.out);
    let proposal = yes.out.split("You").nth(1).and_then(|rest| rest.split("Approve?").next()).expect("a proposal");
    for line in console::strip_ansi_codes(proposal).lines() {
        assert!(console::measure_text_width(line) <= 72, "{line}");
    }
    let stopped = at_a_terminal(&home, 72, &["[y/N]=^C"], &demo);
    assert_eq!(stopped.code, 130, "{}", stopped.out);
    assert!(stopped.out.contains("run the same command again"), "{}", stopped.out);
}

#[tokio::test]
async fn a_conversation_at_a_terminal_goes_on_until_its_input_ends() {
    let home = Installation::new().await;
    home.people(&law_firm_ceos(3));
    let key = home.key("read,write,lexi");
    let server = home.serve(&[]).await;
    let answers = ["You=Find 50 CEOs at law firms in California", "[y/N]=y", "You=^C"];
    let talked = at_a_terminal(&home, 100, &answers, &["chat", "--url", &server.url, "--key", &key]);
    assert!(talked.out.contains("3 contacts added to"), "{}", talked.out);
}

#[tokio::test]
async fn what_waits_is_edited_and_what_is_approved_is_frozen_retracted_and_stopped() {
    let home = Installation::new().await;
    home.people(&law_firm_ceos(20));
    let key = home.key("read,write,lexi");
    let server = home.serve(&[]).await;
    let lexi = |arguments: &[&str]| {
        let said = ask(&home, &server, &key, arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
        said.out
    };
    let proposed = || json(&lexi(&["chat", "--json", "Find 10 CEOs at law firms in California"]))["data"].clone();
    let (one, two) = (proposed(), proposed());
    let id = |task: &Value| task["task_id"].as_str().expect("a task").to_owned();

    let edited = json(&lexi(&["tasks", "edit", &id(&one), "--limit", "4", "--list", "West", "--json"]));
    assert_eq!(
        (&edited["data"]["preview"]["selected"], &edited["data"]["revision"]),
        (&Value::from(4), &Value::from(2))
    );
    assert!(lexi(&["tasks", "edit", &id(&one), "--limit", "3"]).contains("West"));
    let hash = one["task"]["plan_hash"].as_str().expect("a hash");
    assert_eq!(ask(&home, &server, &key, &["tasks", "edit", &id(&one), "--limit", "2", "--plan-hash", hash]).code, 3);
    assert_eq!(ask(&home, &server, &key, &["tasks", "edit", &id(&one)]).code, 2);

    let frozen = json(&lexi(&["tasks", "freeze", "--type", "prospect_search", "--reason", "Check", "--json"]));
    let freeze = frozen["data"]["id"].as_str().expect("an id");
    assert!(lexi(&["tasks", "unfreeze"]).contains(freeze));
    let seen = json(&lexi(&["tasks", "show", &id(&one), "--json"]))["data"]["plan_hash"].clone();
    let approved = lexi(&["tasks", "approve", &id(&one), "--yes", "--json", "--plan-hash", seen.as_str().unwrap()]);
    assert_eq!(
        (&json(&approved)["data"]["status"], &json(&approved)["data"]["frozen"]),
        (&"approved".into(), &true.into())
    );
    lexi(&["tasks", "approve", &id(&two), "--yes", "--no-wait"]);
    assert!(lexi(&["tasks", "retract", &id(&one), "--reason", "Not now"]).contains("retracted"));
    assert!(lexi(&["tasks", "stop", &id(&two)]).contains("stopped"));
    assert!(lexi(&["tasks", "unfreeze", freeze]).contains("lifted"));
    assert!(lexi(&["tasks", "unfreeze"]).contains("Nothing is frozen"));
    let stopped = json(&lexi(&["tasks", "show", &id(&two), "--json"]));
    assert_eq!(stopped["data"]["error"]["code"], "stopped");
}
