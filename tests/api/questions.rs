//! Questions are answered at once, from what is on record, and nothing is done by asking.

use serde_json::{Value, json};

use crate::support::{Client, Server, made_id};

/// Asks, and expects an answer without a task.
pub(crate) async fn ask(client: &Client, message: &str) -> Value {
    let answer = client.post("/v1/lexi/chat", &json!({ "message": message })).await;
    assert_eq!(answer.status, 200, "{message}: {}", answer.json);
    let data = answer.json["data"].clone();
    assert_eq!(data["task_id"], Value::Null, "{message}: {data}");
    assert_eq!(data["requires_approval"], false, "{message}: {data}");
    data
}

fn words(data: &Value) -> &str {
    data["response"].as_str().expect("words")
}

/// A workspace with 30 prospects, three contacts, a list, a company and a note.
async fn desk() -> (Server, Client) {
    let server = Server::start().await;
    server.law_firm_ceos(12).await;
    let client = server.key("read,write,lexi").await;
    let company = made_id(&client, "/v1/companies", json!({ "name": "Acme Inc", "industry": "Robotics" })).await;
    let jane = made_id(
        &client,
        "/v1/contacts",
        json!({
            "full_name": "Jane Doe", "email": "jane@acme.example", "job_title": "General Counsel",
            "company_name": "Acme Inc", "tags": ["VIP", "Board"], "custom_fields": { "state": "Texas", "country": "USA" },
        }),
    )
    .await;
    made_id(
        &client,
        "/v1/contacts",
        json!({ "full_name": "Jane Roe", "job_title": "CFO", "company_name": "Bolt LLC" }),
    )
    .await;
    made_id(
        &client,
        "/v1/contacts",
        json!({ "full_name": "Karl Okafor", "email": "karl@okafor.example", "tags": ["vip"] }),
    )
    .await;
    let list = made_id(&client, "/v1/lists", json!({ "name": "Q1 Leads" })).await;
    let members = json!({ "contact_ids": [jane] });
    assert_eq!(client.post(&format!("/v1/lists/{list}/contacts"), &members).await.status, 200);
    let note = json!({ "title": "Call", "content": "Met the board; they hire next spring." });
    made_id(&client, &format!("/v1/companies/{company}/notes"), note).await;
    (server, client)
}

#[tokio::test]
async fn a_number_of_prospects_is_the_number_a_task_would_show() {
    let (_server, client) = desk().await;
    let answered = ask(&client, "How many CEOs at law firms in California are there?").await;
    assert_eq!(answered["answer"]["kind"], "count");
    assert_eq!(answered["answer"]["of"], "prospects");
    assert_eq!(answered["answer"]["total"], 12, "{answered}");
    assert!(words(&answered).starts_with("12 people in the prospect database fit"), "{answered}");
    assert_eq!(answered["steps"][0]["tool"], "prospects.search");

    let task = client.post("/v1/lexi/chat", &json!({ "message": "Find CEOs at law firms in California" })).await;
    assert_eq!(task.json["data"]["task"]["preview"]["matched"], answered["answer"]["total"]);
    assert_eq!(ask(&client, "How many prospects do you have?").await["answer"]["total"], 24);
    assert_eq!(ask(&client, "Are there any CFOs in Texas?").await["answer"]["total"], 0);
}

#[tokio::test]
async fn what_was_not_used_of_a_question_and_what_is_not_known_is_said() {
    let (_server, client) = desk().await;
    let answered = ask(&client, "How many female CEOs are in California?").await;
    assert!(
        words(&answered).contains("Not applied, because I can't judge it: protected_attribute:gender"),
        "{answered}"
    );
    let answered = ask(&client, "How many of our contacts are in Texas?").await;
    assert_eq!(answered["answer"]["total"], 1, "{answered}");
    assert_eq!(answered["answer"]["unknown"]["locations"], 2, "{answered}");
    assert!(words(&answered).contains("Not known, and not counted: the place of 2 people"), "{answered}");
}

#[tokio::test]
async fn contacts_are_found_by_company_list_tag_empty_field_title_and_time() {
    let (_server, client) = desk().await;
    for (question, names) in [
        ("Show me all contacts at Acme", vec!["Jane Doe"]),
        ("who works for acme", vec!["Jane Doe"]),
        ("Who is on the Q1 Leads list?", vec!["Jane Doe"]),
        ("who's on \"q1 leads\"", vec!["Jane Doe"]),
        ("Show contacts tagged vip", vec!["Karl Okafor", "Jane Doe"]),
        ("Who has no email?", vec!["Jane Roe"]),
        ("Which of our contacts are general counsels?", vec!["Jane Doe"]),
        ("Show me customers in Texas", vec!["Jane Doe"]),
        ("who was added today?", vec!["Karl Okafor", "Jane Roe", "Jane Doe"]),
        ("who was added last month?", vec![]),
        ("Show me my contacts", vec!["Karl Okafor", "Jane Roe", "Jane Doe"]),
    ] {
        let answered = ask(&client, question).await;
        let rows = answered["answer"]["rows"].as_array().unwrap_or_else(|| panic!("{question}: {answered}"));
        let found: Vec<&str> = rows.iter().map(|row| row["full_name"].as_str().unwrap()).collect();
        assert_eq!(found, names, "{question}: {answered}");
        assert_eq!(answered["answer"]["total"], names.len(), "{question}");
        for name in names {
            assert!(words(&answered).contains(name), "{question}: {answered}");
        }
    }
    assert_eq!(ask(&client, "How many contacts are on the Q1 Leads list?").await["answer"]["total"], 1);
    assert_eq!(ask(&client, "How many contacts do we have?").await["answer"]["total"], 3);
}

#[tokio::test]
async fn a_contact_made_from_a_prospect_is_judged_by_what_the_prospect_says_too() {
    let (_server, client) = desk().await;
    let task = client.post("/v1/lexi/chat", &json!({ "message": "Find 5 CEOs at law firms in California" })).await;
    let task_id = task.json["data"]["task_id"].as_str().unwrap().to_owned();
    assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{task_id}/approve")).await.status, 200);
    let answered = ask(&client, "How many of our contacts are CEOs at law firms in California?").await;
    assert_eq!(answered["answer"]["of"], "contacts");
    assert_eq!(answered["answer"]["total"], 5, "{answered}");
}

#[tokio::test]
async fn what_is_known_about_somebody_is_told_and_several_are_asked_about() {
    let (_server, client) = desk().await;
    let jane = ask(&client, "What do we know about Jane Doe?").await;
    assert_eq!(jane["answer"]["kind"], "about");
    assert_eq!(jane["answer"]["contact"]["email"], "jane@acme.example");
    for said in ["Jane Doe (General Counsel, Acme Inc)", "jane@acme.example", "VIP", "\"Q1 Leads\"", "no notes"] {
        assert!(words(&jane).contains(said), "{said}: {jane}");
    }
    let which = ask(&client, "Who is Jane?").await;
    assert_eq!(which["answer"]["kind"], "which", "{which}");
    assert!(words(&which).contains("Jane Doe") && words(&which).contains("Jane Roe"), "{which}");
    assert_eq!(which["answer"]["rows"].as_array().unwrap().len(), 2);

    let nobody = ask(&client, "What do we know about Zoltan Quark?").await;
    assert!(words(&nobody).contains("no contact and no company called \"Zoltan Quark\""), "{nobody}");
    let email = ask(&client, "What's Karl Okafor's email?").await;
    assert_eq!(words(&email), "Karl Okafor: karl@okafor.example.");
    let phone = ask(&client, "What is the phone number of Karl Okafor?").await;
    assert!(words(&phone).contains("no record of a phone number"), "{phone}");
    let added = ask(&client, "When did we add Karl Okafor?").await;
    assert!(words(&added).starts_with("Karl Okafor was added on 2025-11-24"), "{added}");
}

#[tokio::test]
async fn what_is_not_on_record_is_said_and_notes_are_searched_for_the_words() {
    let (_server, client) = desk().await;
    let asked = "What do we know about Acme's Series B?";
    let before = ask(&client, asked).await;
    for said in ["Acme Inc: Robotics", "Jane Doe", "Nothing about \"Series B\" is on record."] {
        assert!(words(&before).contains(said), "{said}: {before}");
    }
    let company = before["answer"]["company"]["id"].as_str().unwrap().to_owned();
    let note = json!({ "title": "Funding", "content": "Series B of 12 million in March, led by a growth fund." });
    made_id(&client, &format!("/v1/companies/{company}/notes"), note).await;
    let after = ask(&client, asked).await;
    assert!(words(&after).contains("Series B of 12 million in March"), "{after}");
    assert!(!words(&after).contains("hire next spring"), "only notes that hold the words: {after}");
    assert_eq!(after["answer"]["notes"].as_array().unwrap().len(), 1);
    let notes = ask(&client, "Show me notes about Acme").await;
    assert_eq!(notes["answer"]["total"], 2, "{notes}");
}

#[tokio::test]
async fn the_fate_of_a_task_and_what_is_pending_are_told() {
    let (_server, client) = desk().await;
    assert_eq!(words(&ask(&client, "What is pending?").await), "Nothing is waiting for approval.");
    let task = client.post("/v1/lexi/chat", &json!({ "message": "Find 5 CEOs at law firms in California" })).await;
    let task = task.json["data"].clone();
    let (id, conversation) = (task["task_id"].as_str().unwrap(), task["conversation_id"].as_str().unwrap());
    let pending = ask(&client, "what's waiting for my approval?").await;
    assert_eq!(pending["answer"]["rows"][0]["id"], id, "{pending}");
    let waits = ask(&client, &format!("What happened to task {id}?")).await;
    assert!(words(&waits).contains("waits for a decision until"), "{waits}");

    assert_eq!(client.post_empty(&format!("/v1/lexi/tasks/{id}/approve")).await.status, 200);
    let message = json!({ "message": "What happened to the task?", "conversation_id": conversation });
    let done = client.post("/v1/lexi/chat", &message).await.json["data"].clone();
    assert!(words(&done).contains("is done: 5 added, on the list"), "{done}");
    assert_eq!(done["answer"]["task"]["status"], "completed");
    let none = ask(&client, "What did you do with task 0193f2c4-0000-7000-8000-000000000000?").await;
    assert!(words(&none).starts_with("There is no task with the id"), "{none}");
}

#[tokio::test]
async fn which_values_lists_tags_and_companies_there_are_is_told() {
    let (_server, client) = desk().await;
    let titles = ask(&client, "Which titles are there at law firms?").await;
    assert_eq!(titles["answer"]["facet"], "title");
    let rows = titles["answer"]["rows"].clone();
    assert_eq!(rows[0], json!({ "value": "Chief Executive Officer", "country": null, "count": 12 }), "{titles}");
    let industries = ask(&client, "which industries exist").await;
    assert!(words(&industries).contains("law practice"), "{industries}");
    let states = ask(&client, "Which states do you have people in?").await;
    assert_eq!(states["answer"]["rows"][0]["value"], "California", "{states}");
    let lists = ask(&client, "Which lists are there?").await;
    assert_eq!(words(&lists), "There is 1 list: \"Q1 Leads\" (1).");
    let tags = ask(&client, "What tags do we use?").await;
    assert_eq!(tags["answer"]["total"], 2, "{tags}");
    assert_eq!(tags["answer"]["rows"][0]["contacts"], 2, "{tags}");
    let companies = ask(&client, "How many companies do we have?").await;
    assert_eq!(companies["answer"]["rows"][0]["name"], "Acme Inc", "{companies}");
}

#[tokio::test]
async fn asking_how_something_is_done_does_nothing() {
    let (_server, client) = desk().await;
    for (question, said) in [
        ("How do I delete a contact?", "DELETE /v1/contacts/{id}"),
        ("how can I approve a task", "/approve"),
        ("What can you do?", "I find people"),
        ("can I export contacts to CSV?", "lexi contacts export"),
        ("what is a prospect", "a person one could reach"),
        ("Who opened the last campaign?", "There are no campaigns in this version"),
        ("What deals are open?", "no deals"),
        ("What is the weather?", "I can't answer that"),
    ] {
        let answered = ask(&client, question).await;
        assert!(words(&answered).contains(said), "{question}: {answered}");
    }
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 3);
    assert_eq!(client.get("/v1/lexi/tasks?status=all").await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn a_chat_is_no_way_around_a_permission() {
    let (server, _) = desk().await;
    let talker = server.key("lexi:chat").await;
    for question in [
        "Show me all contacts at Acme",
        "What do we know about Jane Doe?",
        "What is Jane Doe's email?",
        "Who is on the Q1 Leads list?",
        "Show me notes about Acme",
        "Which lists are there?",
        "What tags do we use?",
        "How many companies do we have?",
        "What is pending?",
        "Who is suppressed?",
    ] {
        let answered = ask(&talker, question).await;
        assert_eq!(answered["answer"]["kind"], "not_allowed", "{question}: {answered}");
        assert!(words(&answered).contains("lacks the permission"), "{question}: {answered}");
        for secret in ["Jane", "acme.example", "Q1 Leads\""] {
            let without_question = answered.to_string().replace(question, "");
            assert!(!without_question.contains("jane@acme"), "{question} {secret}: {answered}");
        }
    }
    // Proposals show numbers of prospects to whoever may chat; so do answers.
    assert_eq!(ask(&talker, "How many CEOs at law firms in California are there?").await["answer"]["total"], 12);
}

#[tokio::test]
async fn questions_of_another_workspace_find_nothing() {
    let (server, _) = desk().await;
    let other = server.key_of("elsewhere", "read,write,lexi").await;
    for question in
        ["Show me all contacts at Acme", "Who has no email?", "Show contacts tagged VIP", "Show me notes about Acme"]
    {
        assert_eq!(ask(&other, question).await["answer"]["total"], 0, "{question}");
    }
    for question in
        ["What do we know about Jane Doe?", "What do we know about Acme's Series B?", "Who is on the Q1 Leads list?"]
    {
        let answered = ask(&other, question).await;
        assert!(!answered.to_string().contains("acme.example"), "{answered}");
        assert!(!words(&answered).contains("Robotics") && !words(&answered).contains("Counsel"), "{answered}");
    }
}
