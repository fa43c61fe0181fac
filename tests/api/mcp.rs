//! Lexi's tools for agents, by the Model Context Protocol: over HTTP and over standard input and output.

use std::path::Path;
use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::database::setting;
use crate::support::{Answer, Client, Installation, Process, Server, people};

/// Runs the agent of `tests/clients`; gives what it printed, a value a line.
fn agent(how: &str, process: &Process, key: &str, task: &[&str]) -> Vec<Value> {
    let python = setting("LEXI_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    let output = Command::new(&python)
        .arg("mcp_agent.py")
        .arg(how)
        .args(task)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients"))
        .env("LEXI_URL", &process.url)
        .env("LEXI_KEY", key)
        .env("LEXI_PROGRAM", env!("CARGO_BIN_EXE_lexi"))
        .output()
        .unwrap_or_else(|error| panic!("{python} can't be run ({error}); scripts/test installs what is missing"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

async fn does_its_work(how: &str) {
    let installation = Installation::new().await;
    installation.people(&people::law_firm_ceos(5));
    let (asks, decides) = (installation.key("lexi"), installation.key("lexi"));
    let process = installation.serve(&[]).await;
    let (how_too, asks_too) = (how.to_owned(), asks.clone());
    let process = std::sync::Arc::new(process);
    let process_too = std::sync::Arc::clone(&process);
    let printed = tokio::task::spawn_blocking(move || agent(&how_too, &process_too, &asks_too, &[])).await.unwrap();
    let names = ["approve_task", "ask", "dismiss_task", "list_tasks", "show_task", "watch_task"];
    assert_eq!(printed[0]["tools"], json!(names));
    let answer = |tool: &str| {
        let line = printed.iter().find(|line| line["tool"] == tool).unwrap_or_else(|| panic!("{tool}: {printed:?}"));
        line.clone()
    };
    assert_eq!(answer("ask")["answer"]["data"]["requires_approval"], true, "{printed:?}");
    let task = answer("show_task")["answer"]["data"].clone();
    assert_eq!(answer("list_tasks")["answer"]["data"]["tasks"][0]["id"], task["id"]);
    assert_eq!(answer("watch_task")["answer"]["data"]["status"], "pending");
    let own = answer("approve_task");
    assert_eq!((&own["is_error"], &own["answer"]["error"]["code"]), (&json!(true), &json!("insufficient_permissions")));

    let how = how.to_owned();
    let printed = tokio::task::spawn_blocking(move || {
        let (id, hash) = (task["id"].as_str().unwrap(), task["plan_hash"].as_str().unwrap());
        agent(&how, &process, &decides, &[id, hash])
    });
    let printed = printed.await.unwrap();
    assert_eq!(printed[0]["answer"]["data"]["status"], "approved", "{printed:?}");
    assert_eq!(printed[1]["answer"]["data"]["status"], "completed", "{printed:?}");
}

#[tokio::test]
async fn the_official_client_of_the_protocol_asks_and_decides_over_http() {
    does_its_work("http").await;
}

#[tokio::test]
async fn the_official_client_of_the_protocol_asks_and_decides_over_standard_input_and_output() {
    does_its_work("stdio").await;
}

/// Calls a tool as a client does that keeps no session.
async fn call(client: &Client, tool: &str, arguments: Value) -> Answer {
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": tool, "arguments": arguments },
    });
    let request = client.request(Method::POST, "/mcp").header("Accept", "application/json, text/event-stream");
    client.send(request.json(&message)).await
}

async fn proposed(client: &Client) -> (Value, Value) {
    let told = client.post("/v1/lexi/chat", &json!({ "message": "Find 2 CEOs at law firms in California" })).await;
    let id = told.json["data"]["task_id"].clone();
    let path = format!("/v1/lexi/tasks/{}", id.as_str().expect("a task"));
    let hash = client.get(&path).await.json["data"]["plan_hash"].clone();
    (id, hash)
}

fn refused(answer: &Answer) -> Value {
    assert_eq!(answer.json["result"]["isError"], true, "{}", answer.text);
    answer.json["result"]["structuredContent"]["error"]["code"].clone()
}

#[tokio::test]
async fn an_agent_decides_only_with_a_service_key_that_may_and_names_the_plan_and_did_not_propose() {
    let server = Server::start().await;
    server.law_firm_ceos(5).await;
    let proposer = server.key("lexi").await;
    let (id, hash) = proposed(&proposer).await;
    let with = |hash: &Value| json!({ "task_id": id, "plan_hash": hash });

    assert_eq!(refused(&call(&proposer, "approve_task", with(&hash)).await), "insufficient_permissions");
    let human = server.key_with("default", "lexi", |key| key.kind = lexi::keys::Kind::Human).await;
    assert_eq!(refused(&call(&human, "approve_task", with(&hash)).await), "insufficient_permissions");
    let reader = server.key("lexi:read,lexi:chat").await;
    assert_eq!(refused(&call(&reader, "approve_task", with(&hash)).await), "insufficient_permissions");
    let other = server.key("lexi").await;
    let missing = call(&other, "approve_task", json!({ "task_id": id })).await;
    assert_eq!(missing.json["result"]["isError"], true, "{}", missing.text);
    assert_eq!(refused(&call(&other, "approve_task", with(&json!("0".repeat(64)))).await), "plan_changed");
    let stranger = server.key_of("elsewhere", "lexi").await;
    assert_eq!(refused(&call(&stranger, "approve_task", with(&hash)).await), "not_found");
    assert_eq!(refused(&call(&stranger, "show_task", json!({ "task_id": id })).await), "not_found");

    let approved = call(&other, "approve_task", with(&hash)).await;
    assert_eq!(approved.json["result"]["structuredContent"]["data"]["status"], "approved", "{}", approved.text);
    let (id, hash) = proposed(&proposer).await;
    let own = call(&proposer, "dismiss_task", json!({ "task_id": id, "plan_hash": hash })).await;
    assert_eq!(refused(&own), "insufficient_permissions");
    let arguments = json!({ "task_id": id, "plan_hash": hash, "reason": "Not now" });
    let dismissed = call(&other, "dismiss_task", arguments).await;
    assert_eq!(dismissed.json["result"]["structuredContent"]["data"]["status"], "dismissed", "{}", dismissed.text);
}

#[tokio::test]
async fn without_a_valid_key_and_from_a_browser_nothing_is_told() {
    let server = Server::start().await;
    let nobody = server.stranger();
    assert_eq!(call(&nobody, "list_tasks", json!({})).await.status, 401);
    assert_eq!(call(&nobody.with_key("wbk_nope"), "list_tasks", json!({})).await.status, 401);
    let client = server.key("lexi").await;
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let request = client.request(Method::POST, "/mcp").header("Accept", "application/json, text/event-stream");
    let from_a_page = request.header("Origin", "https://evil.example").json(&message);
    assert_eq!(client.send(from_a_page).await.status, 403);
    assert_eq!(call(&client, "delete_everything", json!({})).await.json["error"]["code"], -32602);
}

#[tokio::test]
async fn what_a_tool_asks_is_counted_against_the_keys_limit() {
    let server = Server::start().await;
    let client = server.key_with("default", "lexi", |key| key.tier = Some(lexi::keys::Tier::Starter)).await;
    for _ in 0..10 {
        let answer = call(&client, "list_tasks", json!({})).await;
        assert_eq!(answer.json["result"]["isError"], false, "{}", answer.text);
    }
    assert_eq!(refused(&call(&client, "list_tasks", json!({})).await), "rate_limited");
}
