//! An undo is a task like any other: one for each task, for 30 days, decided once, looked at again when it is executed,
//! done to the end whatever crashes.

use reqwest::Method;
use serde_json::{Value, json};

use super::contact_updates::{
    approve, as_shown, crowd, done, ended, made, one_step_by_a_worker_that_dies, proposed, say, say_about,
};
use super::undo::{Desk, undo};
use crate::support::process::ask;
use crate::support::{Answer, Installation, Server};

const SEARCH: &str = "Find 5 CEOs at law firms in California";

/// A workspace in which a search is done.
async fn searched() -> (Desk, Value) {
    let desk = Desk::new().await;
    desk.server.law_firm_ceos(8).await;
    let task = desk.does(SEARCH).await;
    (desk, task)
}

#[track_caller]
fn refused(answer: &Answer, message: &str) {
    assert_eq!(
        (answer.status, answer.json["error"]["code"].as_str()),
        (400, Some("validation_error")),
        "{}",
        answer.text
    );
    assert_eq!(answer.json["error"]["message"], message);
}

async fn contacts(desk: &Desk) -> u64 {
    desk.client.get("/v1/contacts").await.json["meta"]["total"].as_u64().expect("a total")
}

#[tokio::test]
async fn nothing_is_undone_before_a_decision_and_a_dismissed_undo_leaves_the_way_free() {
    let (desk, task) = searched().await;
    let proposal = desk.undo(&task).await.json["data"].clone();
    assert_eq!((&proposal["status"], &proposal["undoes"]), (&json!("pending"), &task["id"]));
    assert_eq!((contacts(&desk).await, desk.task(&task["id"]).await["undone_by"].clone()), (5, Value::Null));
    let id = proposal["id"].as_str().unwrap();
    refused(&desk.undo(&task).await, &format!("Task {id} would undo it and waits for a decision."));
    assert_eq!(desk.undo(&task).await.json["error"]["details"]["undo_task_id"], proposal["id"]);
    assert_eq!(desk.client.post_empty(&format!("/v1/lexi/tasks/{id}/dismiss")).await.status, 200);
    assert_eq!(contacts(&desk).await, 5);
    let undo = desk.undone(&task).await;
    as_shown(&undo);
    assert_eq!(contacts(&desk).await, 0);
    let undo_id = undo["id"].as_str().unwrap();
    refused(&desk.undo(&task).await, &format!("Task has been undone by task {undo_id}."));
    refused(&desk.undo(&undo).await, "A task of type undo can't be undone; it said so before it was approved.");
}

#[tokio::test]
async fn an_undo_that_expired_stands_in_nobodys_way() {
    let (desk, task) = searched().await;
    assert_eq!(desk.undo(&task).await.status, 201);
    desk.server.advance_days(7);
    assert_eq!(desk.undo(&task).await.status, 201);
}

#[tokio::test]
async fn an_undo_that_its_deadline_passes_on_still_waits_and_is_the_only_one() {
    let (desk, task) = searched().await;
    let head = crate::support::asking::head(&desk.server).await;
    let rule = json!({ "name": "n", "deadline_hours": 2, "on_deadline": "escalate", "escalate_to": ["partner"] });
    crate::support::made(&head, "/v1/lexi/rules", rule).await;
    let undo = desk.undo(&task).await.json["data"].clone();
    desk.server.advance_ms(2 * 3_600_000);
    let message = format!("Task {} would undo it and waits for a decision.", undo["id"].as_str().unwrap());
    refused(&desk.undo(&task).await, &message);
    desk.server.sweep().await;
    refused(&desk.undo(&task).await, &message);
    assert_eq!(desk.approved(&undo).await["status"], "completed");
    assert_eq!((contacts(&desk).await, &desk.task(&task["id"]).await["undone_by"]), (0, &undo["id"]));
}

#[tokio::test]
async fn what_was_not_done_can_not_be_undone() {
    let (desk, _) = searched().await;
    let pending = proposed(&say(&desk.client, "Find 2 CFOs at law firms in California").await);
    let why = "Task was not carried out, so there is nothing to undo. Dismiss it instead.";
    refused(&desk.undo(&pending).await, why);
    let path = format!("/v1/lexi/tasks/{}/dismiss", pending["id"].as_str().unwrap());
    assert_eq!(desk.client.post_empty(&path).await.status, 200);
    refused(&desk.undo(&pending).await, "Task was dismissed: nothing was done, so there is nothing to undo.");
}

#[tokio::test]
async fn a_task_can_be_undone_for_thirty_days_and_not_a_moment_longer() {
    let (desk, task) = searched().await;
    assert_eq!(task["undo_until"], "2025-12-24T16:00:00.000Z");
    desk.server.advance_ms(30 * 86_400_000 - 1_000 - 1);
    let proposal = desk.undo(&task).await.json["data"].clone();
    let id = proposal["id"].as_str().unwrap();
    assert_eq!(desk.client.post_empty(&format!("/v1/lexi/tasks/{id}/dismiss")).await.status, 200);
    desk.server.advance_ms(1);
    refused(&desk.undo(&task).await, "Task could be undone for 30 days, until 2025-12-24T16:00:00.000Z.");
}

#[tokio::test]
async fn what_is_kept_for_an_undo_goes_after_thirty_days_and_with_the_person() {
    let (desk, jane, _) = Desk::with_two().await;
    let kept = async || -> i64 {
        let count =
            |tx: &mut lexi::db::Tx| lexi::db::query("select count(*) from task_effects").one(tx, |row| row.get(0));
        desk.server.app.db.read(count).await.unwrap()
    };
    desk.does("Change the title of all contacts at Acme to Counsel").await;
    desk.does("Add a note to Bob Roe: later").await;
    assert_eq!(kept().await, 2);
    assert_eq!(desk.client.delete(&format!("/v1/contacts/{jane}")).await.status, 200);
    assert_eq!(kept().await, 1, "her old title is gone with her");
    desk.server.advance_days(29);
    desk.server.tidy().await;
    assert_eq!(kept().await, 1);
    desk.server.advance_days(1);
    desk.server.tidy().await;
    assert_eq!(kept().await, 0);
}

#[tokio::test]
async fn of_two_undos_proposed_at_once_there_is_one_and_approved_twice_at_once_it_is_done_once() {
    let (desk, task) = searched().await;
    let (one, two) = tokio::join!(desk.undo(&task), desk.undo(&task));
    let mut answers = [one, two];
    answers.sort_by_key(|answer| answer.status);
    assert_eq!([answers[0].status, answers[1].status], [201, 400], "{} {}", answers[0].text, answers[1].text);
    let proposal = answers[0].json["data"].clone();
    let (one, two) = tokio::join!(approve(&desk.client, &proposal), approve(&desk.client, &proposal));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    desk.server.work().await;
    let undo = ended(&desk.client, &proposal).await;
    as_shown(&undo);
    assert_eq!(contacts(&desk).await, 0);
    let sql = "select count(*) from events where type = 'task.undone'";
    let undone =
        desk.server.app.db.read(move |tx| lexi::db::query(sql).one(tx, |row| row.get::<i64>(0))).await.unwrap();
    assert_eq!(undone, 1);
}

#[tokio::test]
async fn what_is_touched_between_proposal_and_approval_is_kept_and_reported() {
    let (desk, task) = searched().await;
    let proposal = desk.undo(&task).await.json["data"].clone();
    let list = task["result"]["list_id"].as_str().unwrap().to_owned();
    let people = desk.members(&list).await;
    desk.server.advance_ms(1_000);
    let path = |n: usize| format!("/v1/contacts/{}", people[n]);
    assert_eq!(desk.client.patch(&path(0), &json!({ "phone": "+1 555 0199" })).await.status, 200);
    assert_eq!(desk.client.post(&format!("{}/notes", path(1)), &json!({ "title": "Called" })).await.status, 201);
    assert_eq!(desk.client.delete(&path(2)).await.status, 200);
    let undo = desk.approved(&proposal).await;
    let result = &undo["result"];
    assert_eq!(undo["status"], "completed");
    assert_eq!((&result["contacts_removed"], &result["taken_off_list"]), (&json!(2), &json!(2)), "{result}");
    assert_eq!((&result["kept"], &result["gone"], &result["lists_removed"]), (&json!(2), &json!(1), &json!(1)));
    let reasons: Vec<&Value> = result["skipped"].as_array().unwrap().iter().map(|kept| &kept["reason"]).collect();
    assert_eq!(reasons, ["it was changed since", "a note refers to it"]);
    assert_eq!(contacts(&desk).await, 2);
    assert_eq!(desk.task(&task["id"]).await["undone_by"], undo["id"]);
}

#[tokio::test]
async fn a_list_that_is_deleted_between_proposal_and_approval_fails_nothing() {
    let (desk, task) = searched().await;
    let proposal = desk.undo(&task).await.json["data"].clone();
    let list = task["result"]["list_id"].as_str().unwrap();
    assert_eq!(desk.client.delete(&format!("/v1/lists/{list}")).await.status, 200);
    let undo = desk.approved(&proposal).await;
    let result = &undo["result"];
    assert_eq!((&result["contacts_removed"], &result["lists_removed"]), (&json!(5), &json!(0)), "{result}");
    assert_eq!((contacts(&desk).await, &result["gone"]), (0, &json!(1)));
}

#[tokio::test]
async fn a_field_that_is_changed_between_proposal_and_approval_stays() {
    let (desk, jane, _) = Desk::with_two().await;
    let task = desk.does("Change the title of all contacts at Acme to Counsel").await;
    let proposal = desk.undo(&task).await.json["data"].clone();
    let path = format!("/v1/contacts/{jane}");
    assert_eq!(desk.client.patch(&path, &json!({ "job_title": "Judge" })).await.status, 200);
    let undo = desk.approved(&proposal).await;
    assert_eq!((&undo["status"], &undo["result"]["contacts_restored"]), (&json!("completed"), &json!(0)));
    assert_eq!(
        undo["result"]["skipped"][0],
        json!({ "record": "contact", "id": jane, "reason": "it was changed since" })
    );
    assert_eq!(desk.client.get(&path).await.json["data"]["job_title"], "Judge");
}

#[tokio::test]
async fn a_later_search_that_found_the_same_people_keeps_them_and_one_that_waits_does_not() {
    let (desk, task) = searched().await;
    proposed(&say(&desk.client, SEARCH).await);
    let waits = desk.undo(&task).await.json["data"].clone();
    assert_eq!(waits["preview"]["contacts_removed"], 5);
    let id = waits["id"].as_str().unwrap();
    assert_eq!(desk.client.post_empty(&format!("/v1/lexi/tasks/{id}/dismiss")).await.status, 200);
    let list = task["result"]["list_id"].clone();
    let told = say_about(&desk.client, "Find 3 CEOs at law firms in California", json!({ "list_id": list })).await;
    let again = done(&desk.server, &desk.client, &proposed(&told)).await;
    assert_eq!(again["result"]["already_contacts"], 3);
    let preview = desk.undo(&task).await.json["data"]["preview"].clone();
    assert_eq!((&preview["contacts_removed"], &preview["kept"]), (&json!(2), &json!(4)), "three people and the list");
}

#[tokio::test]
async fn a_large_undo_is_a_job_that_goes_on_where_a_dead_worker_left_off() {
    let server = Server::start_with(|config| config.inline_people_max = 0).await;
    server.law_firm_ceos(250).await;
    let client = server.key("read,write,lexi").await;
    let desk = Desk { server, client };
    let before = desk.everything().await;
    let task = desk.does("Find 250 CEOs at law firms in California").await;
    assert_eq!(contacts(&desk).await, 250);
    let proposal = desk.undo(&task).await.json["data"].clone();
    assert_eq!(approve(&desk.client, &proposal).await.status, 200);
    assert_eq!(ended(&desk.client, &proposal).await["progress"], json!({ "done": 0, "total": 251 }));
    refused(&desk.undo(&task).await, &format!("Task {} is undoing it.", proposal["id"].as_str().unwrap()));
    let held = one_step_by_a_worker_that_dies(&desk.server).await;
    assert_eq!(contacts(&desk).await, 150);
    assert_eq!(desk.task(&task["id"]).await["undone_by"], Value::Null, "not before its end");
    desk.server.work().await;
    let undo = ended(&desk.client, &proposal).await;
    as_shown(&undo);
    assert_eq!(desk.everything().await, before);
    let now_ms = desk.server.now_ms();
    let late = desk.server.app.db.write(move |tx| lexi::execution::work(tx, &held, 0, now_ms)).await;
    assert!(late.is_err() || late.is_ok_and(|next| next.is_none()), "a worker that lost its lease changes nothing");
}

#[tokio::test]
async fn large_changes_are_restored_in_steps() {
    let desk = Desk::new().await;
    crowd(&desk.client, 230).await;
    for (message, key) in [
        ("Change the title of all contacts at Acme to Partner", "contacts_restored"),
        ("Add a note to all contacts at Acme: merged with Globex", "notes_removed"),
        ("Add all contacts at Acme to the Everybody list", "taken_off_list"),
    ] {
        let before = desk.everything().await;
        let task = desk.does(message).await;
        let undo = desk.undone(&task).await;
        as_shown(&undo);
        assert_eq!(undo["result"][key], 230, "{message}");
        assert_eq!(desk.everything().await, before, "{message}");
    }
}

#[tokio::test]
async fn undo_that_in_a_chat_proposes_the_undo_of_the_last_task_that_was_done() {
    for words in ["undo that", "Undo the last task", "take that back, please"] {
        let desk = Desk::new().await;
        desk.server.law_firm_ceos(5).await;
        let told = say(&desk.client, SEARCH).await;
        let context = json!({ "conversation_id": told["conversation_id"] });
        let first = say_about(&desk.client, words, context.clone()).await;
        assert_eq!(first["task_id"], Value::Null, "{words}: nothing was done yet: {}", first["response"]);
        let task = done(&desk.server, &desk.client, &proposed(&told)).await;
        let told = say_about(&desk.client, words, context.clone()).await;
        let undo = proposed(&told);
        assert_eq!((&undo["type"], &undo["undoes"]), (&json!("undo"), &task["id"]), "{words}");
        assert_eq!(undo["metadata"]["query"], words);
        let text = told["response"].as_str().unwrap();
        for part in ["delete 5 contacts", "delete the list", "Approve"] {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(contacts(&desk).await, 5, "a chat decides nothing");
        let second = say_about(&desk.client, words, context.clone()).await;
        assert_eq!(second["task_id"], Value::Null);
        assert!(second["response"].as_str().unwrap().contains("waits for a decision"), "{}", second["response"]);
        as_shown(&desk.approved(&undo).await);
        assert_eq!(contacts(&desk).await, 0);
        let third = say_about(&desk.client, words, context).await;
        assert!(third["response"].as_str().unwrap().starts_with("Nothing was done"), "{}", third["response"]);
    }
    let desk = Desk::new().await;
    let told = say(&desk.client, "undo that").await;
    assert_eq!(
        (&told["task_id"], told["response"].as_str().unwrap().starts_with("Nothing was done")),
        (&Value::Null, true)
    );
}

#[tokio::test]
async fn an_undo_takes_a_key_that_may_chat_or_approve_and_a_task_of_the_own_workspace() {
    let (desk, task) = searched().await;
    for nobody in ["read,write,lexi:read", "keys:admin"] {
        let answer = undo(&desk.server.key(nobody).await, &task).await;
        assert_eq!((answer.status, &answer.json["error"]["code"]), (403, &json!("insufficient_permissions")));
        let message = "This key lacks the permission lexi:chat or lexi:approve. Use a key that holds it.";
        assert_eq!(answer.json["error"]["message"], message);
    }
    let stranger = desk.server.key_of("elsewhere", "read,write,lexi").await;
    let foreign = undo(&stranger, &task).await;
    let unknown = undo(&stranger, &json!({ "id": "0193f2c4-0000-7000-8000-000000000000" })).await;
    assert_eq!((foreign.status, &foreign.text), (404, &unknown.text));
    for somebody in ["lexi:approve", "lexi:chat"] {
        let answer = undo(&desk.server.key(somebody).await, &task).await;
        assert_eq!(answer.status, 201, "{somebody}: {}", answer.text);
        let id = answer.json["data"]["id"].as_str().unwrap().to_owned();
        assert_eq!(desk.client.post_empty(&format!("/v1/lexi/tasks/{id}/dismiss")).await.status, 200);
    }
}

#[tokio::test]
async fn a_repeated_request_with_the_same_key_proposes_one_undo() {
    let (desk, task) = searched().await;
    let path = format!("/v1/lexi/tasks/{}/undo", task["id"].as_str().unwrap());
    let ask = || desk.client.request(Method::POST, &path).header("Idempotency-Key", "once");
    let (first, second) = (desk.client.send(ask()).await, desk.client.send(ask()).await);
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.text, second.text);
}

#[tokio::test]
async fn the_command_line_proposes_an_undo_and_says_how_far_a_task_can_be_undone() {
    let home = Installation::new().await;
    let server = home.serve(&[]).await;
    let client = server.client(&home.key("read,write,lexi"));
    made(&client, "/v1/contacts", json!({ "full_name": "Jane Doe", "phone": "1" })).await;
    let task = proposed(&say(&client, "Delete Jane Doe's phone number").await);
    let id = task["id"].as_str().unwrap().to_owned();
    let lexi = |arguments: &[&str]| ask(&home, &server, client.key(), arguments);
    let shown = lexi(&["tasks", "show", &id]);
    assert!(shown.out.contains("full, for 30 days after it is done"), "{}", shown.out);
    assert_eq!(approve(&client, &task).await.status, 200);
    let said = lexi(&["tasks", "undo", &id]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    for part in ["undo of a task", "change 1 contact back", "Nothing was done yet"] {
        assert!(said.out.contains(part), "{}", said.out);
    }
    let again = lexi(&["tasks", "undo", &id]);
    assert!(again.code != 0 && again.err.contains("waits for a decision"), "{}{}", again.out, again.err);
}
