//! The main job, word for word, as a client of the published API sees it.

use serde_json::{Value, json};

use crate::support::{Answer, Client, Server};

/// The request of the published page.
pub(crate) const ASKED: &str = "Find 50 CEOs at law firms in California";

/// Seventy people who fit [`ASKED`], and some who don't.
async fn with_people() -> (Server, Client) {
    let server = Server::start().await;
    server.law_firm_ceos(70).await;
    let client = server.key("read,write,lexi").await;
    (server, client)
}

async fn ask(client: &Client, message: &str) -> Value {
    let answer = client.post("/v1/lexi/chat", &json!({ "message": message })).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    answer.json["data"].clone()
}

async fn propose(client: &Client) -> String {
    ask(client, ASKED).await["task_id"].as_str().expect("a task was made").to_owned()
}

async fn approve(client: &Client, task_id: &str) -> Answer {
    client.post_empty(&format!("/v1/lexi/tasks/{task_id}/approve")).await
}

async fn task(client: &Client, task_id: &str) -> Value {
    let answer = client.get(&format!("/v1/lexi/tasks/{task_id}")).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    answer.json["data"].clone()
}

async fn listed(client: &Client, status: &str) -> Vec<String> {
    let answer = client.get(&format!("/v1/lexi/tasks?status={status}")).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    let tasks = answer.json["data"]["tasks"].as_array().expect("tasks").clone();
    tasks.iter().map(|task| task["id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn a_request_in_plain_words_becomes_contacts_once_it_is_approved() {
    let (_server, client) = with_people().await;

    let told = ask(&client, ASKED).await;
    assert_eq!(told["requires_approval"], true);
    assert!(told["conversation_id"].is_string());
    assert_eq!(told["credits_remaining"], Value::Null);
    let task_id = told["task_id"].as_str().unwrap().to_owned();

    let pending = client.get("/v1/lexi/tasks?status=pending").await.json;
    let shown = &pending["data"]["tasks"][0];
    assert_eq!(shown["id"], json!(task_id));
    assert_eq!(shown["type"], "prospect_search");
    assert_eq!(shown["status"], "pending");
    assert_eq!(shown["metadata"]["query"], ASKED);
    assert!(shown["description"].is_string() && shown["created_at"].is_string());
    assert_eq!(pending["meta"], json!({ "page": 1, "per_page": 50, "total": 1 }));
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 0, "nothing before a decision");

    let answer = approve(&client, &task_id).await;
    assert_eq!(answer.status, 200);
    let expected = json!({ "data": { "task_id": task_id, "status": "approved", "execution_started": true } });
    assert_eq!(answer.json, expected);

    assert_eq!(listed(&client, "completed").await, std::slice::from_ref(&task_id));
    let done = task(&client, &task_id).await;
    assert_eq!(done["result"]["added"], 50);
    let list_id = done["result"]["list_id"].as_str().unwrap();
    let members = client.get(&format!("/v1/lists/{list_id}/contacts?per_page=100")).await.json;
    assert_eq!(members["meta"]["total"], 50);
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 50);
}

#[tokio::test]
async fn what_was_shown_is_what_was_done() {
    let (server, client) = with_people().await;
    for _ in 0..2 {
        let task_id = propose(&client).await;
        let preview = task(&client, &task_id).await["preview"].clone();
        assert_eq!(preview["sample"].as_array().unwrap().len(), 5);
        assert_eq!(approve(&client, &task_id).await.status, 200);
        server.work().await;
        let result = task(&client, &task_id).await["result"].clone();
        for number in ["matched", "suppressed", "selected", "added", "already_contacts", "list_name"] {
            assert_eq!(result[number], preview[number], "{number}");
        }
        assert_eq!(result["skipped"], json!([]));
    }
}

#[tokio::test]
async fn the_second_time_the_same_people_are_contacts_already_and_the_list_gets_a_free_name() {
    let (_server, client) = with_people().await;
    let first = propose(&client).await;
    approve(&client, &first).await;
    let second = propose(&client).await;
    let preview = task(&client, &second).await["preview"].clone();
    assert_eq!((&preview["added"], &preview["already_contacts"]), (&json!(0), &json!(50)));
    approve(&client, &second).await;
    let names: Vec<Value> = {
        let lists = client.get("/v1/lists").await.json;
        lists["data"]["lists"].as_array().unwrap().iter().map(|list| list["name"].clone()).collect()
    };
    assert!(names.contains(&json!("CEOs at law firms in California")), "{names:?}");
    assert!(names.contains(&json!("CEOs at law firms in California (2)")), "{names:?}");
}

#[tokio::test]
async fn the_same_request_gives_the_same_plan() {
    let (_server, client) = with_people().await;
    let first = task(&client, &propose(&client).await).await;
    let second = task(&client, &propose(&client).await).await;
    assert_eq!(first["plan"]["selection"], second["plan"]["selection"]);
    assert_eq!(first["plan_hash"], second["plan_hash"]);
    assert_eq!(first["preview"], second["preview"]);
}

#[tokio::test]
async fn a_second_approval_is_refused_with_the_decision_that_won() {
    let (_server, client) = with_people().await;
    let task_id = propose(&client).await;
    approve(&client, &task_id).await;
    let again = approve(&client, &task_id).await;
    assert_eq!(again.status, 400);
    assert_eq!(again.json["error"]["code"], "validation_error");
    assert_eq!(again.json["error"]["message"], "Task has already been approved");
    let decision = &again.json["error"]["details"]["decision"];
    assert_eq!(decision["outcome"], "approved");
    assert_eq!(decision["kind"], "service");
    assert!(decision["decided_at"].is_string() && decision["key_id"].is_string());
}

#[tokio::test]
async fn of_64_concurrent_approvals_one_wins_and_the_work_is_done_once() {
    let (server, client) = with_people().await;
    let task_id = propose(&client).await;
    let callers = (0..64).map(|_| {
        let (client, task_id) = (client.clone(), task_id.clone());
        tokio::spawn(async move { approve(&client, &task_id).await })
    });
    let mut statuses = Vec::new();
    for caller in callers.collect::<Vec<_>>() {
        let answer = caller.await.unwrap();
        if answer.status == 400 {
            assert_eq!(answer.json["error"]["message"], "Task has already been approved");
        }
        statuses.push(answer.status);
    }
    server.work().await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 63, "{statuses:?}");
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 50);
    assert_eq!(client.get("/v1/lists").await.json["meta"]["total"], 1);
}

#[tokio::test]
async fn approvals_and_dismissals_that_race_have_one_winner() {
    let (server, client) = with_people().await;
    for _ in 0..5 {
        let task_id = propose(&client).await;
        let before = client.get("/v1/lists").await.json["meta"]["total"].as_u64().unwrap();
        let calls = (0..16).map(|n| {
            let (client, task_id) = (client.clone(), task_id.clone());
            let verb = if n % 2 == 0 { "approve" } else { "dismiss" };
            tokio::spawn(
                async move { (verb, client.post_empty(&format!("/v1/lexi/tasks/{task_id}/{verb}")).await.status) },
            )
        });
        let mut won = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            let (verb, status) = call.await.unwrap();
            if status == 200 {
                won.push(verb);
            } else {
                assert_eq!(status, 400);
            }
        }
        server.work().await;
        assert_eq!(won.len(), 1, "{won:?}");
        let state = task(&client, &task_id).await["status"].clone();
        let after = client.get("/v1/lists").await.json["meta"]["total"].as_u64().unwrap();
        match won[0] {
            "approve" => assert_eq!((state, after), (json!("completed"), before + 1)),
            _ => assert_eq!((state, after), (json!("dismissed"), before)),
        }
    }
}

#[tokio::test]
async fn a_dismissed_task_is_never_executed() {
    let (server, client) = with_people().await;
    let task_id = propose(&client).await;
    let path = format!("/v1/lexi/tasks/{task_id}/dismiss");
    let dismissed = client.post(&path, &json!({ "reason": "not_relevant" })).await;
    assert_eq!(dismissed.status, 200);
    assert_eq!(dismissed.json, json!({ "data": { "task_id": task_id, "status": "dismissed" } }));
    for verb in ["approve", "dismiss"] {
        let refused = client.post_empty(&format!("/v1/lexi/tasks/{task_id}/{verb}")).await;
        assert_eq!(refused.status, 400);
        assert_eq!(refused.json["error"]["message"], "Task has been dismissed");
        assert_eq!(refused.json["error"]["details"]["decision"]["reason"], "not_relevant");
    }
    server.work().await;
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn an_expired_task_is_never_executed_even_before_anybody_has_swept() {
    let (server, client) = with_people().await;
    let task_id = propose(&client).await;
    server.advance_days(7);
    let refused = approve(&client, &task_id).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json["error"]["message"], "Task has expired");
    server.sweep().await;
    let swept = task(&client, &task_id).await;
    assert_eq!(swept["status"], "dismissed");
    assert_eq!(swept["decision"]["kind"], "system");
    assert_eq!(swept["decision"]["reason"], "expired");
    assert_eq!(approve(&client, &task_id).await.json["error"]["message"], "Task has expired");
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn just_before_its_deadline_a_task_can_still_be_approved() {
    let (server, client) = with_people().await;
    let task_id = propose(&client).await;
    server.advance_ms(7 * 24 * 3_600_000 - 1_000);
    assert_eq!(approve(&client, &task_id).await.status, 200);
}

#[tokio::test]
async fn an_approval_names_the_plan_it_saw_or_is_refused() {
    let (_server, client) = with_people().await;
    let task_id = propose(&client).await;
    let hash = task(&client, &task_id).await["plan_hash"].clone();
    let path = format!("/v1/lexi/tasks/{task_id}/approve");
    let stale = client.post(&path, &json!({ "plan_hash": "0".repeat(64) })).await;
    assert_eq!(stale.status, 409);
    assert_eq!(stale.json["error"]["code"], "plan_changed");
    assert_eq!(stale.json["error"]["details"]["plan_hash"], hash);
    assert_eq!(client.post(&path, &json!({ "plan_hash": hash })).await.status, 200);
}

#[tokio::test]
async fn a_task_of_more_than_a_hundred_people_is_done_by_a_job() {
    let server = Server::start().await;
    server.law_firm_ceos(260).await;
    let client = server.key("read,write,lexi").await;
    let told = ask(&client, "Find all CEOs at law firms in California").await;
    let task_id = told["task_id"].as_str().unwrap().to_owned();
    assert_eq!(approve(&client, &task_id).await.json["data"]["execution_started"], true);
    let under_way = task(&client, &task_id).await;
    assert_eq!(under_way["status"], "approved");
    assert_eq!(under_way["progress"], json!({ "done": 0, "total": 260 }));
    server.work().await;
    let done = task(&client, &task_id).await;
    assert_eq!(done["status"], "completed");
    assert_eq!(done["progress"], json!({ "done": 260, "total": 260 }));
    assert_eq!(done["result"]["added"], 260);
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 260);
}

#[tokio::test]
async fn waiting_for_a_task_answers_when_it_leaves_its_state() {
    let (_server, client) = with_people().await;
    let task_id = propose(&client).await;
    let waiter = {
        let (client, path) = (client.clone(), format!("/v1/lexi/tasks/{task_id}?wait=30"));
        tokio::spawn(async move { client.get(&path).await })
    };
    approve(&client, &task_id).await;
    let seen = tokio::time::timeout(std::time::Duration::from_secs(20), waiter).await.expect("no timeout").unwrap();
    assert_eq!(seen.json["data"]["status"], "completed");
    for wait in ["61", "-1", "soon"] {
        let refused = client.get(&format!("/v1/lexi/tasks/{task_id}?wait={wait}")).await;
        assert_eq!(refused.status, 400);
        assert!(refused.json["error"]["details"]["fields"]["wait"].is_string());
    }
}

#[tokio::test]
async fn suppressed_people_are_counted_before_and_skipped_if_they_are_suppressed_later() {
    let (_server, client) = with_people().await;
    let early = json!({ "email": "ceo0@firm0.example", "reason": "asked not to be contacted" });
    assert_eq!(client.post("/v1/suppressions", &early).await.status, 201);
    let task_id = propose(&client).await;
    let preview = task(&client, &task_id).await["preview"].clone();
    assert_eq!(
        (&preview["matched"], &preview["suppressed"], &preview["selected"]),
        (&json!(70), &json!(1), &json!(50))
    );
    let late = json!({ "domain": "firm1.example", "reason": "client of a partner" });
    assert_eq!(client.post("/v1/suppressions", &late).await.status, 201);
    approve(&client, &task_id).await;
    let done = task(&client, &task_id).await;
    assert_eq!(done["status"], "completed");
    assert_eq!(done["result"]["added"], 49);
    let skipped = done["result"]["skipped"].as_array().unwrap();
    assert_eq!(skipped.len(), 1);
    assert!(skipped[0]["reason"].as_str().unwrap().contains("client of a partner"), "{skipped:?}");
}

#[tokio::test]
async fn a_list_named_by_id_that_was_deleted_fails_the_task_with_a_reason() {
    let (_server, client) = with_people().await;
    let list = client.post("/v1/lists", &json!({ "name": "Q1 Leads" })).await.json["data"].clone();
    let list_id = list["id"].as_str().unwrap();
    let message = json!({ "message": "Find me 20 CEOs at law firms in California", "context": { "list_id": list_id } });
    let told = client.post("/v1/lexi/chat", &message).await.json["data"].clone();
    assert_eq!(told["task"]["metadata"]["list_id"], list["id"]);
    assert_eq!(client.delete(&format!("/v1/lists/{list_id}")).await.status, 200);
    let task_id = told["task_id"].as_str().unwrap();
    assert_eq!(approve(&client, task_id).await.status, 200);
    let failed = task(&client, task_id).await;
    assert_eq!(failed["status"], "failed");
    assert_eq!(failed["error"]["code"], "list_not_found");
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn nobody_fitting_still_makes_a_task_that_says_which_filter_empties_the_set() {
    let (_server, client) = with_people().await;
    let told = ask(&client, "Find 10 CEOs at law firms in Alaska").await;
    assert_eq!(told["task"]["preview"]["matched"], 0);
    let offers = told["task"]["preview"]["alternatives"].as_array().unwrap();
    let without_place = offers.iter().find(|offer| offer["slot"] == "locations").unwrap();
    assert_eq!((&without_place["text"], &without_place["matched"]), (&json!("without “Alaska”"), &json!(70)));
    assert!(told["response"].as_str().unwrap().contains("without “Alaska” 70"), "{}", told["response"]);
    let task_id = told["task_id"].as_str().unwrap();
    assert_eq!(approve(&client, task_id).await.status, 200);
    let done = task(&client, task_id).await;
    assert_eq!((&done["status"], &done["result"]["added"]), (&json!("completed"), &json!(0)));
    assert_eq!(client.get("/v1/lists").await.json["meta"]["total"], 0, "no list for nobody");
}

#[tokio::test]
async fn the_task_list_filters_pages_and_refuses_what_it_does_not_know() {
    let (_server, client) = with_people().await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(propose(&client).await);
    }
    approve(&client, &made[0]).await;
    assert_eq!(listed(&client, "completed").await, std::slice::from_ref(&made[0]));
    assert_eq!(listed(&client, "pending").await, [made[2].clone(), made[1].clone()]);
    assert_eq!(listed(&client, "all").await.len(), 3);
    let page = client.get("/v1/lexi/tasks?status=all&page=2&per_page=2").await.json;
    assert_eq!(page["data"]["tasks"].as_array().unwrap().len(), 1);
    assert_eq!(page["meta"], json!({ "page": 2, "per_page": 2, "total": 3 }));
    for (query, field) in
        [("status=done", "status"), ("type=walk", "type"), ("per_page=101", "per_page"), ("page=0", "page")]
    {
        let refused = client.get(&format!("/v1/lexi/tasks?{query}")).await;
        assert_eq!(refused.status, 400, "{query}");
        assert_eq!(refused.json["error"]["code"], "validation_error");
        assert!(refused.json["error"]["details"]["fields"][field].is_string(), "{}", refused.json);
    }
}

#[tokio::test]
async fn another_workspace_sees_nothing_of_a_task() {
    let (server, client) = with_people().await;
    let task_id = propose(&client).await;
    let stranger = server.key_of("elsewhere", "read,write,lexi").await;
    let missing = "0193f2c4-0000-7000-8000-000000000000";
    for id in [task_id.as_str(), missing, "no-id"] {
        for (verb, path) in [("get", ""), ("post", "/approve"), ("post", "/dismiss"), ("get", "?wait=1")] {
            let path = format!("/v1/lexi/tasks/{id}{path}");
            let answer = if verb == "get" { stranger.get(&path).await } else { stranger.post_empty(&path).await };
            assert_eq!(answer.status, 404, "{path}");
            assert_eq!(answer.json, json!({ "error": { "code": "not_found", "message": "Task not found" } }), "{path}");
        }
    }
    assert_eq!(listed(&stranger, "all").await, Vec::<String>::new());
    assert_eq!(task(&client, &task_id).await["status"], "pending");
    let conversation = ask(&client, "hello").await["conversation_id"].clone();
    let message = json!({ "message": "hello", "context": { "conversation_id": conversation } });
    assert_eq!(client.post("/v1/lexi/chat", &message).await.status, 200);
    let refused = stranger.post("/v1/lexi/chat", &message).await;
    assert_eq!((refused.status, &refused.json["error"]["message"]), (404, &json!("Conversation not found")));
}

#[tokio::test]
async fn small_talk_questions_and_refusals_make_no_task() {
    let (_server, client) = with_people().await;
    for message in
        ["hello", "don't find anyone", "How many CEOs are there?", "Can you make the email more casual?", "yes"]
    {
        let told = ask(&client, message).await;
        assert_eq!((&told["task_id"], &told["requires_approval"]), (&Value::Null, &json!(false)), "{message}");
        assert!(!told["response"].as_str().unwrap().is_empty());
    }
    assert_eq!(listed(&client, "all").await.len(), 0);
}

#[tokio::test]
async fn each_documented_error_of_the_chat_has_its_body() {
    let (server, client) = with_people().await;
    let missing = client.post("/v1/lexi/chat", &json!({})).await;
    let expected = json!({ "error": { "code": "validation_error", "message": "message is required.",
        "details": { "fields": { "message": "message is required." } } } });
    assert_eq!((missing.status, missing.json), (400, expected));
    let long = "a".repeat(12_001);
    assert_eq!(client.post("/v1/lexi/chat", &json!({ "message": long })).await.status, 400);
    assert_eq!(client.post("/v1/lexi/chat", &json!({ "message": "a".repeat(12_000) })).await.status, 200);
    assert_eq!(client.post("/v1/lexi/chat", &json!({ "message": 7 })).await.status, 400);
    assert_eq!(client.post("/v1/lexi/chat", &json!({ "message": "a\u{0}b" })).await.status, 400);
    for (field, message) in [
        ("list_id", "List not found"),
        ("campaign_id", "Campaign not found"),
        ("conversation_id", "Conversation not found"),
    ] {
        let context = json!({ "message": ASKED, "context": { field: "0193f2c4-0000-7000-8000-000000000000" } });
        let answer = client.post("/v1/lexi/chat", &context).await;
        assert_eq!(answer.json, json!({ "error": { "code": "not_found", "message": message } }));
        assert_eq!(answer.status, 404);
    }
    let nobody = server.stranger();
    let refused = nobody.post("/v1/lexi/chat", &json!({ "message": ASKED })).await;
    assert_eq!(refused.json, json!({ "error": { "code": "invalid_key", "message": "Invalid API key" } }));
    assert_eq!(refused.status, 401);
    let reader = server.key("read").await;
    let refused = reader.post("/v1/lexi/chat", &json!({ "message": ASKED })).await;
    assert_eq!((refused.status, &refused.json["error"]["code"]), (403, &json!("insufficient_permissions")));
}
