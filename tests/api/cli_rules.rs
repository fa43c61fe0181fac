//! The command line on who may approve what: rules, policies, parts of a selection, and webhooks, as a terminal sees them.

use serde_json::Value;

use crate::support::Process;
use crate::support::people::law_firm_ceos;
use crate::support::process::{Installation, Said, ask};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A server with people, and the key of somebody who may write rules and approve.
struct Terminal {
    home: Installation,
    server: Process,
    key: String,
}

impl Terminal {
    async fn new() -> Terminal {
        let home = Installation::new().await;
        home.people(&law_firm_ceos(6));
        let key = home.key("read,write,lexi,policies:admin,webhooks:read,webhooks:write");
        let server = home.serve(&["--webhook-allowed-hosts", "127.0.0.1"]).await;
        Terminal { home, server, key }
    }

    fn run(&self, arguments: &[&str]) -> Said {
        ask(&self.home, &self.server, &self.key, arguments)
    }

    /// What a command that goes well says.
    #[track_caller]
    fn says(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
        said.out
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        json(&self.says(&[arguments, &["--json"]].concat()))
    }

    fn proposes(&self, words: &str) -> String {
        self.json(&["chat", words])["data"]["task_id"].as_str().expect("a task").to_owned()
    }
}

#[tokio::test]
async fn a_rule_is_tried_put_into_force_changed_and_retired() {
    let terminal = Terminal::new().await;
    assert!(terminal.says(&["rules", "list"]).contains("There is no rule"));
    let rule = ["--name", "Large searches", "--type", "prospect_search", "--approve", "2 of partner"];
    let tried = terminal.says(&[&["rules", "add"], &rule[..], &["--try"]].concat());
    assert!(tried.contains("Nothing was put into force."), "{tried}");
    assert!(terminal.says(&["rules", "list"]).contains("There is no rule"), "a trial makes nothing");

    let made = terminal.json(&[&["rules", "add"], &rule[..]].concat());
    let id = made["data"]["id"].as_str().expect("an id");
    let task = terminal.proposes("Find 3 CEOs at law firms in California");
    let refused = terminal.run(&["tasks", "approve", &task, "--yes"]);
    assert_eq!(refused.code, 3, "{}", refused.out);
    assert!(refused.err.contains("Large searches"), "{}", refused.err);

    let end = &id[id.len() - 6..];
    let changed = terminal.says(&["rules", "change", end, "--approve", "any 1", "--hold-minutes", "30"]);
    assert!(changed.contains("version 2"), "{changed}");
    let shown = terminal.json(&["rules", "show", end]);
    assert_eq!(shown["data"]["hold_minutes"], 30);
    assert_eq!(shown["data"]["name"], "Large searches", "what is not named stays");
    assert_eq!(shown["data"]["versions"].as_array().map(Vec::len), Some(2));
    assert_eq!(terminal.run(&["rules", "change", end]).code, 2, "a change names something");
    assert_eq!(terminal.run(&["rules", "add", "--name", "x", "--approve", "2 of"]).code, 3);

    terminal.says(&["rules", "retire", end]);
    assert!(terminal.says(&["rules", "list"]).contains("There is no rule"));
    assert!(terminal.says(&["rules", "list", "--retired"]).contains("retired"));
    assert_eq!(terminal.run(&["rules", "show", "ffffffffffff"]).code, 2, "no rule has this id");
    assert!(terminal.says(&["tasks", "approve", &task, "--yes"]).contains("added"));
}

#[tokio::test]
async fn a_policy_is_made_changed_and_revoked_and_approves_meanwhile() {
    let terminal = Terminal::new().await;
    assert!(terminal.says(&["policies", "list"]).contains("There is no policy"));
    let until = lexi::clock::iso(lexi::clock::Clock::now_ms(&lexi::clock::SystemClock) + lexi::clock::DAY_MS);
    let policy = ["--name", "Small searches", "--type", "prospect_search", "--max-size", "5", "--daily-tasks", "2"];
    let rest = ["--daily-people", "50", "--expires-at", &until];
    let tried = terminal.says(&[&["policies", "add"], &policy[..], &rest[..], &["--try"]].concat());
    assert!(tried.contains("Nothing was made."), "{tried}");
    let made = terminal.json(&[&["policies", "add"], &policy[..], &rest[..]].concat());
    let id = made["data"]["id"].as_str().expect("an id");
    let asked = terminal.json(&["chat", "Find 2 CEOs at law firms in California"]);
    assert_eq!(asked["data"]["requires_approval"], false, "{asked}");
    assert!(terminal.says(&["policies", "list"]).contains("1 of 2 tasks"));
    terminal.says(&["policies", "change", id, "--max-size", "4"]);
    assert_eq!(terminal.json(&["policies", "show", id])["data"]["version"], 2);
    let wrong = terminal.run(&["policies", "change", id, "--filters", "{titles"]);
    assert_eq!(wrong.code, 2, "{}", wrong.out);
    assert!(wrong.err.contains("--filters is no JSON"), "{}", wrong.err);
    terminal.says(&["policies", "revoke", id]);
    let asked = terminal.json(&["chat", "Find 3 CEOs at law firms in California"]);
    assert_eq!(asked["data"]["requires_approval"], true, "{asked}");
}

#[tokio::test]
async fn a_part_is_approved_with_a_reason_and_the_rest_is_declined() {
    let terminal = Terminal::new().await;
    let task = terminal.proposes("Find 4 CEOs at law firms in California");
    let selected = terminal.json(&["tasks", "show", &task]);
    assert_eq!(selected["data"]["preview"]["selected"], 4, "{selected}");
    let both = ["--only", "01939f2c-7a10-7c44-9d0e-51d33e8f01ab", "--exclude-title", "chief"];
    assert_eq!(terminal.run(&[&["tasks", "approve", &task, "--yes"], &both[..]].concat()).code, 2);
    let nobody = terminal.run(&["tasks", "approve", &task, "--yes", "--exclude-title", "chief executive officer"]);
    assert_eq!(nobody.code, 3, "nobody would be left: {}", nobody.out);
    let first = selected["data"]["preview"]["sample"][0].clone();
    let company = first["company"].as_str().expect("a company in the preview");
    let approve = ["--exclude-company", company, "--reason", "A client of ours"];
    let ended = terminal.json(&[&["tasks", "approve", &task, "--yes"], &approve[..]].concat());
    let (decision, result) = (&ended["data"]["decision"], &ended["data"]["result"]);
    assert_eq!(decision["reason"], "A client of ours", "{ended}");
    assert_eq!(decision["declined"], result["declined"]);
    assert!(decision["declined"].as_u64() > Some(0), "{ended}");
    assert_eq!(result["added"], decision["approved"]);
}

#[tokio::test]
async fn the_secret_of_a_webhook_stands_alone_on_standard_output_and_nowhere_else() {
    let terminal = Terminal::new().await;
    assert!(terminal.says(&["webhooks", "list"]).contains("There is no webhook"));
    let wrong = terminal.run(&["webhooks", "add", "https://hooks.example.com/lexi", "--event", "task.flown"]);
    assert_eq!(wrong.code, 3, "{}", wrong.out);
    // Nothing listens there: a delivery fails, and stays to be seen.
    let made = terminal.run(&["webhooks", "add", "http://127.0.0.1:9/lexi", "--event", "task.completed"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let secret = made.out.trim().to_owned();
    assert!(secret.starts_with("whsec_") && made.out.lines().count() == 1, "{}", made.out);
    let listed = terminal.json(&["webhooks", "list"]);
    let id = listed["data"]["webhooks"][0]["id"].as_str().expect("an id");
    assert!(terminal.says(&["webhooks", "list"]).contains("http://127.0.0.1:9/lexi"));
    assert!(!listed.to_string().contains(&secret));

    terminal.says(&["webhooks", "test", id]);
    let deliveries = terminal.json(&["webhooks", "deliveries", id]);
    let delivery = deliveries["data"]["deliveries"][0]["id"].as_str().expect("a delivery");
    assert!(terminal.says(&["webhooks", "deliveries", id]).contains("webhook.test"));
    assert_eq!(terminal.run(&["webhooks", "redeliver", id, "nonsense"]).code, 2);
    terminal.says(&["webhooks", "redeliver", id, delivery]);
    let other = terminal.says(&["webhooks", "rotate-secret", id, "--overlap-hours", "1"]);
    assert!(other.starts_with("whsec_") && other.trim() != secret, "{other}");
    terminal.says(&["webhooks", "change", id, "--active", "false"]);
    assert_eq!(terminal.json(&["webhooks", "show", id])["data"]["webhook"]["active"], false);
    terminal.says(&["webhooks", "delete", id]);
    assert!(terminal.says(&["webhooks", "list"]).contains("There is no webhook"));
}
