//! What is said behind a search changes it: the task that waits gets a new revision, and nothing is decided by words.

use serde_json::{Value, json};

use crate::main_job::ASKED;
use crate::support::{Client, Server};

/// A conversation of one caller.
struct Conversation {
    client: Client,
    id: Value,
}

impl Conversation {
    /// Begins with [`ASKED`]; gives what Lexi told too.
    async fn begun(client: &Client) -> (Conversation, Value) {
        let told = say(client, ASKED, &Value::Null).await;
        (Conversation { client: client.clone(), id: told["conversation_id"].clone() }, told)
    }

    async fn say(&self, message: &str) -> Value {
        say(&self.client, message, &self.id).await
    }

    async fn task(&self, told: &Value) -> Value {
        task(&self.client, &told["task_id"]).await
    }
}

async fn say(client: &Client, message: &str, conversation: &Value) -> Value {
    let body = json!({ "message": message, "context": { "conversation_id": conversation } });
    let answer = client.post("/v1/lexi/chat", &body).await;
    assert_eq!(answer.status, 200, "{message}: {}", answer.json);
    answer.json["data"].clone()
}

async fn task(client: &Client, id: &Value) -> Value {
    let answer = client.get(&format!("/v1/lexi/tasks/{}", id.as_str().expect("a task"))).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    answer.json["data"].clone()
}

async fn pending(client: &Client) -> usize {
    client.get("/v1/lexi/tasks").await.json["data"]["tasks"].as_array().expect("tasks").len()
}

/// Seventy chief executives and thirty-five chief financial officers of law firms, in five cities of California.
async fn with_people() -> (Server, Client) {
    let server = Server::start().await;
    server.law_firm_ceos(70).await;
    let client = server.key("read,write,lexi").await;
    (server, client)
}

#[tokio::test]
async fn what_is_said_behind_a_search_makes_the_next_revision_of_its_task() {
    let (_server, client) = with_people().await;
    let (conversation, first) = Conversation::begun(&client).await;
    for (turn, (message, field, value, selected)) in [
        ("make it 60", "limit", json!(60), 60),
        ("only in San Francisco", "filters", json!("San Francisco"), 14),
        ("add CFOs too", "filters", json!("CFO"), 21),
        ("put them on Q1 Leads instead", "list_name", json!("Q1 Leads"), 21),
        ("without San Francisco", "filters", json!("law firm"), 60),
        ("only 10", "limit", json!(10), 10),
    ]
    .into_iter()
    .enumerate()
    {
        let told = conversation.say(message).await;
        assert_eq!(told["task_id"], first["task_id"], "{message}: {told}");
        assert_eq!((&told["requires_approval"], &told["request"]["intent"]), (&json!(true), &json!("prospect_search")));
        let task = conversation.task(&told).await;
        assert_eq!(task["revision"], json!(turn + 2), "{message}");
        assert_eq!(task["preview"]["selected"], json!(selected), "{message}: {}", task["preview"]);
        assert_eq!(task["metadata"]["query"], json!(message));
        let shown = task["metadata"][field].to_string();
        assert!(shown.contains(value.to_string().trim_matches('"')), "{message}: {shown}");
    }
    assert_eq!(pending(&client).await, 1);
}

#[tokio::test]
async fn lexi_says_what_changed_and_the_new_numbers() {
    let (_server, client) = with_people().await;
    let (conversation, _) = Conversation::begun(&client).await;
    let told = conversation.say("make it 60").await;
    let text = told["response"].as_str().unwrap();
    assert!(text.starts_with("Changed: 60 instead of 50. This is revision 2 of the task. 70 people fit."), "{text}");
    let told = conversation.say("only in Oakland").await;
    let text = told["response"].as_str().unwrap();
    assert!(text.starts_with("Changed: Oakland instead of California. This is revision 3"), "{text}");
    assert!(text.contains("14 people fit"), "{text}");
}

#[tokio::test]
async fn values_of_earlier_turns_point_at_their_messages() {
    let (_server, client) = with_people().await;
    let (conversation, _) = Conversation::begun(&client).await;
    conversation.say("only in Oakland").await;
    let told = conversation.say("make it 20").await;
    let provenance = told["request"]["provenance"].as_array().unwrap();
    let from = |slot: &str| -> Vec<&str> {
        let entries = provenance.iter().filter(|entry| entry["slot"] == slot);
        entries.map(|entry| entry["from"].as_str().unwrap_or("request")).collect()
    };
    assert_eq!(from("count"), ["request"]);
    let (titles, places) = (from("titles"), from("locations"));
    assert!(titles[0].starts_with("message:") && places[0].starts_with("message:"), "{provenance:?}");
    assert_ne!(titles[0], places[0], "two messages gave them");
    assert_eq!(told["task"]["metadata"]["query"], "make it 20");
}

#[tokio::test]
async fn a_new_request_in_a_conversation_is_a_task_of_its_own() {
    let (_server, client) = with_people().await;
    let (conversation, first) = Conversation::begun(&client).await;
    let told = conversation.say("Find 5 CFOs at law firms in California").await;
    assert_ne!(told["task_id"], first["task_id"]);
    assert_eq!(conversation.task(&first).await["revision"], 1);
    let told = conversation.say("make it 6").await;
    let changed = conversation.task(&told).await;
    assert_eq!(
        (&changed["metadata"]["limit"], &changed["revision"]),
        (&json!(6), &json!(2)),
        "the last search is meant"
    );
    assert_eq!(pending(&client).await, 2);
}

#[tokio::test]
async fn yes_in_a_chat_approves_nothing_and_says_how() {
    let (server, client) = with_people().await;
    let (conversation, first) = Conversation::begun(&client).await;
    let hash = first["task"]["plan_hash"].as_str().unwrap();
    for yes in ["yes", "Yes, go ahead!", "approve it", "do it"] {
        let told = conversation.say(yes).await;
        let text = told["response"].as_str().unwrap();
        assert!(text.contains("/approve") && text.contains(hash), "{yes}: {text}");
        assert_eq!((&told["task_id"], &told["requires_approval"]), (&Value::Null, &json!(false)));
        assert_eq!(told["answer"]["plan_hash"], first["task"]["plan_hash"]);
    }
    server.work().await;
    assert_eq!(conversation.task(&first).await["status"], "pending");
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn never_mind_leaves_the_task_waiting_and_says_how_to_dismiss_it() {
    let (_server, client) = with_people().await;
    let (conversation, first) = Conversation::begun(&client).await;
    for no in ["never mind", "forget it", "no", "cancel that"] {
        let text = conversation.say(no).await["response"].as_str().unwrap().to_owned();
        assert!(text.contains("still waits") && text.contains("/dismiss"), "{no}: {text}");
    }
    let task = conversation.task(&first).await;
    assert_eq!((&task["status"], &task["revision"]), (&json!("pending"), &json!(1)));
    let id = first["task_id"].as_str().unwrap();
    assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{id}/dismiss")).await.status, 200);
    let text = conversation.say("never mind").await["response"].as_str().unwrap().to_owned();
    assert!(text.contains("was dismissed"), "{text}");
}

#[tokio::test]
async fn a_decided_task_stays_and_a_follow_up_proposes_a_new_one() {
    let (_server, client) = with_people().await;
    let (conversation, first) = Conversation::begun(&client).await;
    let id = first["task_id"].as_str().unwrap();
    assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{id}/approve")).await.status, 200);
    let told = conversation.say("make it 60").await;
    assert_ne!(told["task_id"], first["task_id"]);
    let text = told["response"].as_str().unwrap();
    assert!(text.contains("60 instead of 50. The earlier task is done, so this is a new one."), "{text}");
    let new = conversation.task(&told).await;
    assert_eq!((&new["revision"], &new["preview"]["already_contacts"]), (&json!(1), &json!(50)));
    assert_eq!(conversation.task(&first).await["revision"], 1);
}

#[tokio::test]
async fn an_expired_task_is_not_revised() {
    let (server, client) = with_people().await;
    let (conversation, first) = Conversation::begun(&client).await;
    server.advance_days(7);
    let told = conversation.say("make it 60").await;
    assert_ne!(told["task_id"], first["task_id"]);
    assert_eq!(conversation.task(&first).await["revision"], 1);
}

#[tokio::test]
async fn saying_the_same_again_changes_nothing() {
    let (_server, client) = with_people().await;
    let (conversation, first) = Conversation::begun(&client).await;
    for same in ["make it 50", "only in California", "just CEOs", "any size"] {
        let told = conversation.say(same).await;
        assert_eq!(told["task_id"], Value::Null, "{same}: {told}");
        assert!(told["response"].as_str().unwrap().contains("nothing was changed"), "{same}: {told}");
    }
    assert_eq!(conversation.task(&first).await["revision"], 1);
}

#[tokio::test]
async fn a_size_without_a_number_is_asked_back() {
    let (_server, client) = with_people().await;
    let (conversation, first) = Conversation::begun(&client).await;
    let told = conversation.say("smaller firms please").await;
    assert!(told["response"].as_str().unwrap().contains("How many employees"), "{told}");
    assert_eq!(conversation.task(&first).await["revision"], 1);
    let told = conversation.say("under 40 employees").await;
    assert_eq!(told["task"]["metadata"]["filters"]["headcount"], json!({ "max": 39 }), "{told}");
}

#[tokio::test]
async fn a_list_of_the_context_stays_the_list_of_later_turns() {
    let (_server, client) = with_people().await;
    let list = client.post("/v1/lists", &json!({ "name": "Q1 Leads" })).await.json["data"]["id"].clone();
    let body = json!({ "message": ASKED, "context": { "list_id": list } });
    let first = client.post("/v1/lexi/chat", &body).await.json["data"].clone();
    let told = say(&client, "make it 10", &first["conversation_id"]).await;
    let metadata = &told["task"]["metadata"];
    assert_eq!((&metadata["list_id"], &metadata["list_by"]), (&list, &json!("id")));
    let told = say(&client, "call the list West", &first["conversation_id"]).await;
    assert_eq!(told["task"]["metadata"]["list_name"], "West");
}

#[tokio::test]
async fn without_an_earlier_turn_a_follow_up_changes_nothing() {
    let (_server, client) = with_people().await;
    for message in ["make it 100", "yes", "never mind", "only in San Francisco", "add managing partners too"] {
        let told = say(&client, message, &Value::Null).await;
        assert_eq!(told["task_id"], Value::Null, "{message}: {told}");
    }
    assert_eq!(pending(&client).await, 0);
}

#[tokio::test]
async fn another_workspaces_conversation_can_not_be_followed_up() {
    let (server, client) = with_people().await;
    let (conversation, first) = Conversation::begun(&client).await;
    let stranger = server.key_of("elsewhere", "read,write,lexi").await;
    let body = json!({ "message": "make it 60", "context": { "conversation_id": conversation.id } });
    let answer = stranger.post("/v1/lexi/chat", &body).await;
    assert_eq!((answer.status, &answer.json["error"]["code"]), (404, &json!("not_found")));
    assert_eq!(conversation.task(&first).await["revision"], 1);
}
