//! Changes of contacts and companies in plain words: proposed with what stands there before and after, done once they are
//! approved, and never wider than what was said.

use std::time::Duration;

use lexi::{execution, jobs};
use serde_json::{Value, json};

use super::crash::rounds;
use crate::support::{Answer, Client, Installation, Server};

/// One workspace with a few contacts, and a caller who may do everything.
struct Desk {
    server: Server,
    client: Client,
}

impl Desk {
    async fn new() -> Desk {
        let server = Server::start().await;
        let client = server.key("read,write,lexi").await;
        Desk { server, client }
    }

    async fn contact(&self, body: Value) -> String {
        made(&self.client, "/v1/contacts", body).await
    }

    /// Jane Doe, a partner at Acme.
    async fn jane(&self) -> String {
        let jane = json!({ "full_name": "Jane Doe", "email": "jane@acme.example", "job_title": "Partner",
            "company": "Acme", "phone": "+1 555 0100" });
        self.contact(jane).await
    }

    async fn shown(&self, id: &str) -> Value {
        self.client.get(&format!("/v1/contacts/{id}")).await.json["data"].clone()
    }
}

/// The id of a record that is made by a route.
pub(crate) async fn made(client: &Client, path: &str, body: Value) -> String {
    let answer = client.post(path, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json["data"]["id"].as_str().expect("an id").to_owned()
}

/// What Lexi answers to these words.
pub(crate) async fn say(client: &Client, message: &str) -> Value {
    say_about(client, message, json!({})).await
}

/// What Lexi answers to these words, said about something.
pub(crate) async fn say_about(client: &Client, message: &str, context: Value) -> Value {
    let answer = client.post("/v1/lexi/chat", &json!({ "message": message, "context": context })).await;
    assert_eq!(answer.status, 200, "{message}: {}", answer.text);
    answer.json["data"].clone()
}

/// The task Lexi proposes.
pub(crate) fn proposed(told: &Value) -> Value {
    assert!(told["task_id"].is_string(), "no task: {}", told["response"]);
    assert_eq!(told["requires_approval"], true);
    told["task"].clone()
}

/// That Lexi proposes nothing; answers her words.
pub(crate) fn only_words(told: &Value) -> String {
    assert_eq!(told["task_id"], Value::Null, "{}", told["response"]);
    told["response"].as_str().expect("words").to_owned()
}

/// Approves a task.
pub(crate) async fn approve(client: &Client, task: &Value) -> Answer {
    client.post_empty(&format!("/v1/lexi/tasks/{}/approve", task["id"].as_str().expect("an id"))).await
}

/// Approves a task, lets it be done, and answers it as it ended.
pub(crate) async fn done(server: &Server, client: &Client, task: &Value) -> Value {
    let answer = approve(client, task).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    server.work().await;
    ended(client, task).await
}

/// A task as it is shown.
pub(crate) async fn ended(client: &Client, task: &Value) -> Value {
    client.get(&format!("/v1/lexi/tasks/{}", task["id"].as_str().expect("an id"))).await.json["data"].clone()
}

/// That the result has the numbers of the preview, and nobody was skipped.
#[track_caller]
pub(crate) fn as_shown(task: &Value) {
    assert_eq!(task["status"], "completed", "{}", task["error"]);
    let (preview, result) = (&task["preview"], &task["result"]);
    for (key, value) in preview.as_object().expect("a preview") {
        if !["sample", "irreversible", "warnings"].contains(&key.as_str()) && key != "list_id" {
            assert_eq!(&result[key], value, "{key}: {result}");
        }
    }
    assert_eq!(result["skipped"], json!([]));
}

#[tokio::test]
async fn a_field_is_changed_once_it_is_approved_and_not_before() {
    let desk = Desk::new().await;
    let jane = desk.jane().await;
    let told = say(&desk.client, "Change Jane Doe's email to jane@newco.example").await;
    let task = proposed(&told);
    assert_eq!(task["type"], "contact_update");
    assert_eq!(task["metadata"]["query"], "Change Jane Doe's email to jane@newco.example");
    assert_eq!(task["metadata"]["operation"], "update");
    assert_eq!(
        task["preview"]["sample"][0]["changes"],
        json!([
        { "field": "email", "before": "jane@acme.example", "after": "jane@newco.example" }])
    );
    let words = told["response"].as_str().unwrap();
    for part in ["Jane Doe", "jane@acme.example", "jane@newco.example", "Approve"] {
        assert!(words.contains(part), "{words}");
    }
    assert_eq!(desk.shown(&jane).await["email"], "jane@acme.example", "nothing before a decision");

    let task = done(&desk.server, &desk.client, &task).await;
    as_shown(&task);
    assert_eq!((&task["result"]["selected"], &task["result"]["changed"]), (&json!(1), &json!(1)));
    assert_eq!(desk.shown(&jane).await["email"], "jane@newco.example");
    let again = approve(&desk.client, &task).await;
    assert_eq!((again.status, &again.json["error"]["message"]), (400, &json!("Task has already been approved")));
}

#[tokio::test]
async fn a_field_is_cleared_and_the_contact_stays() {
    let desk = Desk::new().await;
    let jane = desk.jane().await;
    let task = proposed(&say(&desk.client, "Delete Jane Doe's phone number").await);
    assert_eq!(task["preview"]["operation"], "clear_field");
    as_shown(&done(&desk.server, &desk.client, &task).await);
    let shown = desk.shown(&jane).await;
    assert_eq!((&shown["phone"], &shown["email"]), (&Value::Null, &json!("jane@acme.example")));
}

#[tokio::test]
async fn what_a_contact_has_no_field_for_becomes_a_custom_field_beside_the_others() {
    let desk = Desk::new().await;
    let jane = desk.contact(json!({ "full_name": "Jane Doe", "custom_fields": { "since": 1998 } })).await;
    let task = proposed(&say(&desk.client, "Set the city of Jane Doe to Munich").await);
    let change = json!([{ "field": "custom_fields.city", "before": null, "after": "Munich" }]);
    assert_eq!(task["preview"]["sample"][0]["changes"], change);
    as_shown(&done(&desk.server, &desk.client, &task).await);
    assert_eq!(desk.shown(&jane).await["custom_fields"], json!({ "since": 1998, "city": "Munich" }));
}

#[tokio::test]
async fn a_deletion_says_that_it_is_for_good_and_takes_the_memberships_along() {
    let desk = Desk::new().await;
    let jane = desk.jane().await;
    let list = made(&desk.client, "/v1/lists", json!({ "name": "Q1" })).await;
    desk.client.post(&format!("/v1/lists/{list}/contacts"), &json!({ "contact_ids": [jane] })).await;
    let told = say(&desk.client, "Delete the contact Jane Doe").await;
    let task = proposed(&told);
    assert!(told["response"].as_str().unwrap().contains("can't be brought back"), "{}", told["response"]);
    assert!(task["preview"]["irreversible"].is_string());
    assert_eq!(task["preview"]["list_memberships"], 1);
    assert_eq!(desk.shown(&jane).await["full_name"], "Jane Doe");
    as_shown(&done(&desk.server, &desk.client, &task).await);
    assert_eq!(desk.client.get(&format!("/v1/contacts/{jane}")).await.status, 404);
    assert_eq!(desk.client.get(&format!("/v1/lists/{list}")).await.json["data"]["contact_count"], 0);
}

#[tokio::test]
async fn tags_are_put_to_those_that_are_there_and_taken_away() {
    let desk = Desk::new().await;
    let jane = desk.contact(json!({ "full_name": "Jane Doe", "tags": ["board"] })).await;
    let task = proposed(&say(&desk.client, "Tag Jane Doe as 'VIP'").await);
    as_shown(&done(&desk.server, &desk.client, &task).await);
    assert_eq!(desk.shown(&jane).await["tags"], json!(["board", "VIP"]));
    let words = only_words(&say(&desk.client, "Tag Jane Doe as 'vip'").await);
    assert!(words.contains("so already"), "{words}");
}

#[tokio::test]
async fn a_note_is_written_about_whoever_is_named_or_before_the_callers_eyes() {
    let desk = Desk::new().await;
    let jane = desk.jane().await;
    let task = proposed(&say(&desk.client, "Add a note to Jane Doe: prefers calls after 4pm").await);
    let notes = async || {
        let notes = desk.client.get(&format!("/v1/contacts/{jane}/notes")).await.json["data"]["notes"].clone();
        notes.as_array().expect("notes").iter().map(|note| note["content"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(notes().await.len(), 0);
    as_shown(&done(&desk.server, &desk.client, &task).await);
    assert_eq!(notes().await, [json!("prefers calls after 4pm")]);

    let words = "add a note: followed up by phone";
    assert!(only_words(&say(&desk.client, words).await).ends_with('?'));
    let task = proposed(&say_about(&desk.client, words, json!({ "contact_id": jane })).await);
    as_shown(&done(&desk.server, &desk.client, &task).await);
    assert!(notes().await.contains(&json!("followed up by phone")));
}

#[tokio::test]
async fn two_contacts_become_one_and_the_preview_says_what_it_takes_over() {
    let desk = Desk::new().await;
    let jane = desk.contact(json!({ "full_name": "Jane Doe", "email": "jane@acme.example" })).await;
    let other = json!({ "full_name": "J. Doe", "email": "jdoe@mail.example", "phone": "+1 555 0101" });
    let other = desk.contact(other).await;
    let told = say(&desk.client, "merge the two records jane@acme.example and jdoe@mail.example").await;
    let task = proposed(&told);
    assert_eq!(task["preview"]["contact_id"], json!(jane));
    assert_eq!(task["preview"]["warnings"][0], "The address jdoe@mail.example is not kept: a contact has one.");
    assert_eq!(task["preview"]["sample"][0]["changes"][0]["field"], "phone");
    as_shown(&done(&desk.server, &desk.client, &task).await);
    let shown = desk.shown(&jane).await;
    assert_eq!((&shown["phone"], &shown["email"]), (&json!("+1 555 0101"), &json!("jane@acme.example")));
    assert_eq!(desk.client.get(&format!("/v1/contacts/{other}")).await.status, 404);
}

#[tokio::test]
async fn a_new_contact_has_the_id_it_was_shown_with() {
    let desk = Desk::new().await;
    let told = say(&desk.client, "add new contact: Lena Ortiz, lena@harbor.example").await;
    let task = proposed(&told);
    assert_eq!(desk.client.get("/v1/contacts").await.json["meta"]["total"], 0);
    let task = done(&desk.server, &desk.client, &task).await;
    as_shown(&task);
    let id = task["preview"]["contact_id"].as_str().expect("an id");
    let shown = desk.shown(id).await;
    assert_eq!((&shown["full_name"], &shown["email"]), (&json!("Lena Ortiz"), &json!("lena@harbor.example")));
    assert_eq!(shown["created_by_task"], task["id"]);
    let words = only_words(&say(&desk.client, "add new contact: Lena Ortiz, lena@harbor.example").await);
    assert!(words.contains("exists already"), "{words}");
}

#[tokio::test]
async fn whoever_was_changed_or_deleted_since_is_skipped_with_the_reason() {
    let desk = Desk::new().await;
    let jane = desk.jane().await;
    let change = "Change Jane Doe's job title to Counsel";
    let task = proposed(&say(&desk.client, change).await);
    let path = format!("/v1/contacts/{jane}");
    desk.client.patch(&path, &json!({ "job_title": "CEO", "phone": "+1 555 0102" })).await;
    let task = done(&desk.server, &desk.client, &task).await;
    assert_eq!(task["status"], "completed");
    assert_eq!((&task["result"]["changed"], &task["result"]["skipped"][0]["contact_id"]), (&json!(0), &json!(jane)));
    assert!(task["result"]["skipped"][0]["reason"].as_str().unwrap().contains("changed since"));
    assert_eq!(desk.shown(&jane).await["job_title"], "CEO");

    let task = proposed(&say(&desk.client, change).await);
    desk.client.patch(&path, &json!({ "phone": "+1 555 0103" })).await;
    as_shown(&done(&desk.server, &desk.client, &task).await);
    assert_eq!(desk.shown(&jane).await["job_title"], "Counsel", "another field is another matter");

    let task = proposed(&say(&desk.client, "Delete Jane Doe").await);
    desk.client.delete(&path).await;
    let task = done(&desk.server, &desk.client, &task).await;
    let reason = json!([{ "contact_id": jane, "reason": "the contact is no longer there" }]);
    assert_eq!((&task["status"], &task["result"]["skipped"]), (&json!("completed"), &reason));
}

#[tokio::test]
async fn an_address_that_is_taken_or_suppressed_is_refused_at_once_or_skipped_later() {
    let desk = Desk::new().await;
    let jane = desk.jane().await;
    let change = "Change Jane Doe's email to jane@newco.example";
    let task = proposed(&say(&desk.client, change).await);
    let bob = desk.contact(json!({ "full_name": "Bob Roe", "email": "jane@newco.example" })).await;
    let task = done(&desk.server, &desk.client, &task).await;
    assert!(task["result"]["skipped"][0]["reason"].as_str().unwrap().contains("exists already"), "{}", task["result"]);
    assert!(only_words(&say(&desk.client, change).await).contains("exists already"));
    desk.client.delete(&format!("/v1/contacts/{bob}")).await;
    let task = proposed(&say(&desk.client, change).await);
    let suppression = json!({ "domain": "newco.example", "reason": "a client of a partner" });
    assert_eq!(desk.client.post("/v1/suppressions", &suppression).await.status, 201);
    let task = done(&desk.server, &desk.client, &task).await;
    assert!(task["result"]["skipped"][0]["reason"].as_str().unwrap().contains("a client of a partner"));
    assert!(only_words(&say(&desk.client, change).await).contains("suppressed"));
    assert_eq!(desk.shown(&jane).await["email"], "jane@acme.example");
}

#[tokio::test]
async fn a_name_that_fits_several_is_asked_about_and_one_that_fits_nobody_is_said() {
    let desk = Desk::new().await;
    desk.jane().await;
    desk.contact(json!({ "full_name": "Jane Doe", "email": "jane@globex.example", "company": "Globex" })).await;
    let words = only_words(&say(&desk.client, "Delete Jane Doe").await);
    for part in ["jane@acme.example", "jane@globex.example", "Globex", "?"] {
        assert!(words.contains(part), "{words}");
    }
    let words = only_words(&say(&desk.client, "Delete Otto Brandt").await);
    assert!(words.contains("no contact \"Otto Brandt\""), "{words}");
    assert_eq!(desk.client.get("/v1/lexi/tasks?status=all").await.json["meta"]["total"], 0);
    proposed(&say(&desk.client, "Delete jane@globex.example").await);
}

#[tokio::test]
async fn the_contacts_of_another_workspace_are_nobody() {
    let desk = Desk::new().await;
    let jane = desk.jane().await;
    let stranger = desk.server.key_of("elsewhere", "read,write,lexi").await;
    for words in ["Delete Jane Doe", "Delete jane@acme.example", "Tag all contacts at Acme as VIP"] {
        only_words(&say(&stranger, words).await);
    }
    let message = json!({ "message": "add a note: called", "context": { "contact_id": jane } });
    assert_eq!(stranger.post("/v1/lexi/chat", &message).await.status, 404);
}

#[tokio::test]
async fn a_description_is_followed_word_by_word_or_not_at_all() {
    let desk = Desk::new().await;
    let jane = desk.jane().await;
    let bob = desk.contact(json!({ "full_name": "Bob Roe", "company": "Acme", "tags": ["old"] })).await;
    let eve = desk.contact(json!({ "full_name": "Eve Poe", "company": "Acme Foods" })).await;
    let task = proposed(&say(&desk.client, "Tag all contacts at Acme as 'VIP'").await);
    assert_eq!(task["preview"]["selected"], 2);
    as_shown(&done(&desk.server, &desk.client, &task).await);
    assert_eq!(desk.shown(&jane).await["tags"], json!(["VIP"]));
    assert_eq!(desk.shown(&bob).await["tags"], json!(["old", "VIP"]));
    assert_eq!(desk.shown(&eve).await["tags"], json!([]), "another company");
    for open in ["Delete all contacts in Texas", "delete inactive contacts"] {
        only_words(&say(&desk.client, open).await);
    }
    let task = proposed(&say(&desk.client, "delete contacts without email").await);
    assert_eq!(task["preview"]["selected"], 2);
}

#[tokio::test]
async fn companies_are_changed_tagged_and_deleted_too() {
    let desk = Desk::new().await;
    let acme = made(&desk.client, "/v1/companies", json!({ "name": "Wayne Enterprises", "city": "Gotham" })).await;
    let shown = async || desk.client.get(&format!("/v1/companies/{acme}")).await.json["data"].clone();
    let task = proposed(&say(&desk.client, "Set the city of the company Wayne Enterprises to Toronto").await);
    assert_eq!(task["preview"]["record"], "company");
    as_shown(&done(&desk.server, &desk.client, &task).await);
    assert_eq!(shown().await["city"], "Toronto");
    let task = proposed(&say(&desk.client, "Tag the company Wayne Enterprises as 'client'").await);
    as_shown(&done(&desk.server, &desk.client, &task).await);
    assert_eq!(shown().await["tags"], json!(["client"]));
    let task = proposed(&say(&desk.client, "Delete the company Wayne Enterprises").await);
    as_shown(&done(&desk.server, &desk.client, &task).await);
    assert_eq!(desk.client.get(&format!("/v1/companies/{acme}")).await.status, 404);
}

#[tokio::test]
async fn them_are_those_of_the_last_task_of_the_conversation() {
    let desk = Desk::new().await;
    desk.jane().await;
    desk.contact(json!({ "full_name": "Bob Roe", "company": "Acme" })).await;
    let told = say(&desk.client, "Tag all contacts at Acme as 'VIP'").await;
    done(&desk.server, &desk.client, &proposed(&told)).await;
    let context = json!({ "conversation_id": told["conversation_id"] });
    let task = proposed(&say_about(&desk.client, "delete them", context).await);
    assert_eq!((&task["preview"]["operation"], &task["preview"]["selected"]), (&json!("delete"), &json!(2)));
}

#[tokio::test]
async fn taking_somebody_off_lists_is_never_read_as_a_deletion() {
    let desk = Desk::new().await;
    desk.jane().await;
    for words in ["remove Jane Doe from all lists", "delete Jane Doe from every list", "don't delete Jane Doe"] {
        let told = say(&desk.client, words).await;
        assert_ne!(told["task"]["preview"]["operation"], "delete", "{words}: {}", told["response"]);
    }
    for words in ["How do I delete a contact?", "Should I delete Jane Doe?"] {
        only_words(&say(&desk.client, words).await);
    }
}

#[tokio::test]
async fn owners_do_not_exist_yet_and_lexi_says_so() {
    let desk = Desk::new().await;
    desk.jane().await;
    let words = only_words(&say(&desk.client, "Assign Jane Doe to Nadia Haddad").await);
    assert!(words.contains("no users yet"), "{words}");
}

#[tokio::test]
async fn proposing_needs_the_chat_and_to_read_what_is_shown_and_approving_the_approval() {
    let desk = Desk::new().await;
    desk.jane().await;
    let words = only_words(&say(&desk.server.key("lexi:chat").await, "Tag Jane Doe as 'VIP'").await);
    assert!(words.contains("contacts:read"), "{words}");
    let talker = desk.server.key("lexi:chat,contacts:read").await;
    let task = proposed(&say(&talker, "Tag Jane Doe as 'VIP'").await);
    assert_eq!(approve(&talker, &task).await.status, 403);
    assert_eq!(approve(&desk.client, &task).await.status, 200);
}

/// As many contacts at Acme, `person0@acme.example` and so on.
pub(crate) async fn crowd(client: &Client, people: usize) {
    let all: Vec<Value> = (0..people)
        .map(|n| json!({ "full_name": format!("Person {n}"), "email": format!("person{n}@acme.example"), "company": "Acme" }))
        .collect();
    for some in all.chunks(500) {
        let answer = client.post("/v1/contacts/bulk", &json!({ "contacts": some })).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
    }
}

/// One step of the job that is due, by a worker that is never heard of again.
pub(crate) async fn one_step_by_a_worker_that_dies(server: &Server) -> jobs::Leased {
    let now_ms = server.now_ms();
    let leased =
        server.app.db.write(move |tx| jobs::lease(tx, jobs::Work::Inside, 1, 0, now_ms)).await.expect("a job is due");
    let job = leased.into_iter().next().expect("a job is due");
    let held = job.clone();
    let step = server.app.db.write(move |tx| execution::work(tx, &held, 0, now_ms)).await.expect("a step is done");
    assert!(step.is_some_and(|next| next.done == 100), "the job goes on");
    server.advance_ms(1);
    job
}

#[tokio::test]
async fn a_large_change_is_done_by_a_job_that_goes_on_where_a_dead_worker_left_off() {
    let desk = Desk::new().await;
    crowd(&desk.client, 320).await;
    let task = proposed(&say(&desk.client, "Change the title of all contacts at Acme to Partner").await);
    assert_eq!(task["preview"]["selected"], 320);
    assert_eq!(approve(&desk.client, &task).await.status, 200);
    assert_eq!(ended(&desk.client, &task).await["progress"], json!({ "done": 0, "total": 320 }));
    let held = one_step_by_a_worker_that_dies(&desk.server).await;
    desk.server.work().await;
    let task = ended(&desk.client, &task).await;
    as_shown(&task);
    assert_eq!(task["result"]["changed"], 320);
    let now_ms = desk.server.now_ms();
    let late = desk.server.app.db.write(move |tx| execution::work(tx, &held, 0, now_ms)).await;
    assert!(late.is_err() || late.is_ok_and(|next| next.is_none()), "a worker that lost its lease changes nothing");
    let partners = desk.client.get("/v1/contacts?per_page=100&page=4").await.json["data"]["contacts"].clone();
    assert!(partners.as_array().unwrap().iter().all(|contact| contact["job_title"] == "Partner"));
}

#[tokio::test]
async fn a_large_note_is_written_once_about_each_contact_although_a_worker_died() {
    let desk = Desk::new().await;
    crowd(&desk.client, 250).await;
    let task = proposed(&say(&desk.client, "Add a note to all contacts at Acme: merged with Globex").await);
    assert_eq!(approve(&desk.client, &task).await.status, 200);
    one_step_by_a_worker_that_dies(&desk.server).await;
    desk.server.work().await;
    as_shown(&ended(&desk.client, &task).await);
    assert_eq!(desk.client.get("/v1/notes").await.json["meta"]["total"], 250);
}

#[tokio::test]
async fn a_deletion_of_many_ends_with_nobody_left_and_lists_that_count_right() {
    let desk = Desk::new().await;
    crowd(&desk.client, 230).await;
    let task = proposed(&say(&desk.client, "Add all contacts at Acme to the Everybody list").await);
    as_shown(&done(&desk.server, &desk.client, &task).await);
    let task = proposed(&say(&desk.client, "delete all contacts at Acme").await);
    assert_eq!(task["preview"]["list_memberships"], 230);
    as_shown(&done(&desk.server, &desk.client, &task).await);
    assert_eq!(desk.client.get("/v1/contacts").await.json["meta"]["total"], 0);
    assert_eq!(desk.client.get("/v1/lists").await.json["data"]["lists"][0]["contact_count"], 0);
}

#[tokio::test]
async fn a_deletion_that_changes_too_many_rows_at_once_goes_on_as_a_job() {
    let desk = Desk::new().await;
    crowd(&desk.client, 60).await;
    for name in ["North", "South", "East", "West"] {
        let task = proposed(&say(&desk.client, &format!("Add all contacts at Acme to the {name} list")).await);
        as_shown(&done(&desk.server, &desk.client, &task).await);
    }
    let task = proposed(&say(&desk.client, "delete all contacts at Acme").await);
    assert_eq!(task["preview"]["list_memberships"], 240);
    assert_eq!(approve(&desk.client, &task).await.status, 200);
    let begun = ended(&desk.client, &task).await;
    assert_eq!(begun["status"], "approved");
    assert!((1..60).contains(&begun["progress"]["done"].as_u64().unwrap()), "{}", begun["progress"]);
    desk.server.work().await;
    as_shown(&ended(&desk.client, &task).await);
    assert_eq!(desk.client.get("/v1/contacts").await.json["meta"]["total"], 0);
}

/// Contacts of the rounds in which the server is killed.
const CROWD: usize = 1_000;
/// How often a task is looked at until it has begun, or ended.
const LOOK_EVERY: Duration = Duration::from_millis(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_contact_is_noted_once_although_the_server_is_killed_again_and_again() {
    let home = Installation::new().await;
    let key = home.key("read,write,lexi");
    let mut server = home.serve(&["--lease", "2s"]).await;
    crowd(&server.client(&key), CROWD).await;
    let mut interrupted = 0;
    for round in 1..=rounds() {
        let client = server.client(&key);
        let words = format!("Add a note to all contacts at Acme: round {round}");
        let task = proposed(&say(&client, &words).await);
        assert_eq!(approve(&client, &task).await.status, 200);
        let begun = until(&client, &task, |task| task["progress"]["done"].as_u64().is_some_and(|done| done > 0)).await;
        server.kill9();
        interrupted += u32::from(begun["status"] == "approved");
        server = home.serve(&["--lease", "2s"]).await;
        let client = server.client(&key);
        let task = until(&client, &task, |task| task["status"] != "approved").await;
        as_shown(&task);
        let notes = client.get("/v1/notes?per_page=1").await.json["meta"]["total"].clone();
        assert_eq!(notes, CROWD * round as usize, "round {round}: {}", server.log());
    }
    eprintln!("{} rounds, {interrupted} tasks under way when the server was killed", rounds());
}

/// Looks at a task until it is as wanted.
async fn until(client: &Client, task: &Value, wanted: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..30_000 {
        let shown = ended(client, task).await;
        if wanted(&shown) || shown["status"] == "completed" {
            return shown;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    panic!("the task never came so far");
}
