//! The programs of `tests/clients`, which do what the published page shows, against a real server: cURL, Python with
//! requests, JavaScript with fetch. Only host and key are theirs to change, so both path prefixes must serve them.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::database::setting;
use crate::support::{Client, Installation, Process, people};

const ASKED: &str = "Find 50 CEOs at law firms in California";
const PREFIXES: [&str; 2] = ["", "/functions/v1/api-gateway"];

/// A server with people, and a key for it.
async fn serving() -> (Installation, Process, String) {
    let installation = Installation::new().await;
    installation.people(&people::law_firm_ceos(60));
    let key = installation.key("read,write,lexi");
    let process = installation.serve(&[]).await;
    (installation, process, key)
}

/// Runs a client program; answers what it printed.
fn run(program: &str, arguments: &[&str], url: &str, key: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("LEXI_URL", url)
        .env("LEXI_KEY", key)
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap_or_else(|error| panic!("{program} can't be run ({error}); scripts/test installs what is missing"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{program}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// The whole job with one program, then its loop of approvals, on each prefix.
async fn does_the_main_job(program: &str, script: &str) {
    let (_installation, process, key) = serving().await;
    let client = process.client(&key);
    for prefix in PREFIXES {
        let url = format!("{}{prefix}", process.url);
        let printed = run(program, &[script, ASKED], &url, &key);
        for said in ["created: ", "pending: ", "approved: approved", "completed: "] {
            assert!(printed.contains(said), "{said} is missing in: {printed}");
        }

        for _ in 0..2 {
            let asked = client.post("/v1/lexi/chat", &json!({ "message": ASKED })).await;
            assert_eq!(asked.status, 200, "{}", asked.json);
        }
        let printed = run(program, &[script], &url, &key);
        assert_eq!(printed.matches("auto-approved: ").count(), 2, "{printed}");
        assert_eq!(tasks(&client, "pending").await.len(), 0);
    }
    let done = tasks(&client, "all").await;
    assert_eq!(done.len(), 6);
    assert!(done.iter().all(|task| task["status"] == "completed" && task["metadata"]["query"] == ASKED), "{done:?}");
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 50, "each person once");
}

async fn tasks(client: &Client, status: &str) -> Vec<Value> {
    let answer = client.get(&format!("/v1/lexi/tasks?status={status}")).await;
    answer.json["data"]["tasks"].as_array().expect("tasks").clone()
}

#[tokio::test]
async fn a_client_of_curl_does_the_main_job() {
    does_the_main_job("bash", "workflow.sh").await;
}

#[tokio::test]
async fn a_client_of_python_and_requests_does_the_main_job() {
    let python = setting("LEXI_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    does_the_main_job(&python, "workflow.py").await;
}

#[tokio::test]
async fn a_client_of_javascript_and_fetch_does_the_main_job() {
    does_the_main_job("node", "workflow.mjs").await;
}
