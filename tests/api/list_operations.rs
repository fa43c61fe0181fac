//! Changes of lists in plain words: proposed with who comes and who goes, done once they are approved.

use serde_json::{Value, json};

use super::contact_updates::{
    approve, as_shown, crowd, done, ended, made, one_step_by_a_worker_that_dies, only_words, proposed, say, say_about,
};
use crate::support::{Client, Server};

/// One workspace with Jane Doe and Bob Roe, and a caller who may do everything.
struct Desk {
    server: Server,
    client: Client,
    jane: String,
    bob: String,
}

impl Desk {
    async fn new() -> Desk {
        let server = Server::start().await;
        let client = server.key("read,write,lexi").await;
        let jane =
            made(&client, "/v1/contacts", json!({ "full_name": "Jane Doe", "email": "jane@acme.example" })).await;
        let bob = made(&client, "/v1/contacts", json!({ "full_name": "Bob Roe", "email": "bob@marsh.example" })).await;
        Desk { server, client, jane, bob }
    }

    async fn list(&self, name: &str, members: &[&String]) -> String {
        let list = made(&self.client, "/v1/lists", json!({ "name": name })).await;
        if !members.is_empty() {
            let body = json!({ "contact_ids": members });
            assert_eq!(self.client.post(&format!("/v1/lists/{list}/contacts"), &body).await.status, 200);
        }
        list
    }

    /// The names and counts of all lists.
    async fn lists(&self) -> Vec<(String, i64)> {
        let lists = self.client.get("/v1/lists").await.json["data"]["lists"].clone();
        let one = |list: &Value| {
            (list["name"].as_str().expect("a name").to_owned(), list["contact_count"].as_i64().expect("a count"))
        };
        lists.as_array().expect("lists").iter().map(one).collect()
    }

    async fn members(&self, list: &str) -> Vec<String> {
        let members = self.client.get(&format!("/v1/lists/{list}/contacts")).await.json["data"]["contacts"].clone();
        members.as_array().expect("members").iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
    }

    async fn done(&self, task: &Value) -> Value {
        done(&self.server, &self.client, task).await
    }
}

fn pairs(lists: &[(&str, i64)]) -> Vec<(String, i64)> {
    lists.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[tokio::test]
async fn a_list_is_made_once_it_is_approved_and_its_name_is_free() {
    let desk = Desk::new().await;
    let task = proposed(&say(&desk.client, "Create a list called Q3 Targets").await);
    assert_eq!((&task["type"], &task["preview"]["list"]["before"]), (&json!("list_operation"), &Value::Null));
    assert_eq!(desk.lists().await, []);
    let task = desk.done(&task).await;
    as_shown(&task);
    assert_eq!(desk.lists().await, pairs(&[("Q3 Targets", 0)]));
    let again = approve(&desk.client, &task).await;
    assert_eq!((again.status, &again.json["error"]["message"]), (400, &json!("Task has already been approved")));
    let words = only_words(&say(&desk.client, "Create a list called Q3 targets").await);
    assert!(words.contains("already"), "{words}");
    let task = proposed(&say(&desk.client, "create a list with Jane Doe and Bob Roe called Board").await);
    as_shown(&desk.done(&task).await);
    assert_eq!(desk.lists().await, pairs(&[("Q3 Targets", 0), ("Board", 2)]));
}

#[tokio::test]
async fn a_name_that_is_taken_meanwhile_fails_the_task_with_the_reason() {
    let desk = Desk::new().await;
    let task = proposed(&say(&desk.client, "Create a list called Q3 Targets").await);
    desk.list("Q3 targets", &[]).await;
    let task = desk.done(&task).await;
    assert_eq!((&task["status"], &task["error"]["code"]), (&json!("failed"), &json!("validation_error")));
    assert_eq!(desk.lists().await.len(), 1);
}

#[tokio::test]
async fn contacts_are_put_on_a_list_and_those_on_it_are_counted_apart() {
    let desk = Desk::new().await;
    let list = desk.list("Q1 Leads", &[&desk.jane]).await;
    let told = say(&desk.client, "put jane@acme.example and bob@marsh.example on my Q1 Leads list").await;
    let task = proposed(&told);
    let preview = &task["preview"];
    assert_eq!(
        (&preview["selected"], &preview["added"], &preview["already_members"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!(
        preview["list"],
        json!({ "before": { "name": "Q1 Leads", "contact_count": 1 },
        "after": { "name": "Q1 Leads", "contact_count": 2 } })
    );
    assert_eq!(desk.members(&list).await.len(), 1, "nothing before a decision");
    as_shown(&desk.done(&task).await);
    assert_eq!(desk.members(&list).await, [desk.jane.clone(), desk.bob.clone()]);
    let words = only_words(&say(&desk.client, "Add Jane Doe to the Q1 Leads list").await);
    assert!(words.contains("already"), "{words}");
}

#[tokio::test]
async fn a_list_that_is_not_there_is_made_and_one_with_a_similar_name_is_asked_about() {
    let desk = Desk::new().await;
    let task = proposed(&say(&desk.client, "Add Jane Doe to the Investors list").await);
    assert_eq!(task["preview"]["list"]["before"], Value::Null);
    let task = desk.done(&task).await;
    as_shown(&task);
    assert_eq!(desk.lists().await, pairs(&[("Investors", 1)]));
    assert!(task["result"]["list_id"].is_string());
    let words = only_words(&say(&desk.client, "Add Bob Roe to the Investor list").await);
    assert!(words.contains("Do you mean \"Investors\"?"), "{words}");
}

#[tokio::test]
async fn whoever_must_never_be_contacted_is_put_on_no_list() {
    let desk = Desk::new().await;
    let suppression = json!({ "email": "bob@marsh.example", "reason": "asked not to be" });
    assert_eq!(desk.client.post("/v1/suppressions", &suppression).await.status, 201);
    let told = say(&desk.client, "put jane@acme.example and bob@marsh.example on my Warm list").await;
    let task = proposed(&told);
    assert_eq!((&task["preview"]["added"], &task["preview"]["suppressed"]), (&json!(1), &json!(1)));
    let later = json!({ "email": "jane@acme.example", "reason": "changed her mind" });
    assert_eq!(desk.client.post("/v1/suppressions", &later).await.status, 201);
    let task = desk.done(&task).await;
    assert_eq!(task["result"]["added"], 0);
    assert_eq!(task["result"]["skipped"][0]["reason"], "suppressed: changed her mind");
}

#[tokio::test]
async fn contacts_are_taken_off_a_list_and_stay_contacts() {
    let desk = Desk::new().await;
    let list = desk.list("Q1 Leads", &[&desk.jane, &desk.bob]).await;
    let task = proposed(&say(&desk.client, "Remove Jane Doe from the Q1 Leads list").await);
    assert_eq!(task["preview"]["removed"], 1);
    as_shown(&desk.done(&task).await);
    assert_eq!(desk.members(&list).await, std::slice::from_ref(&desk.bob));
    assert_eq!(desk.client.get(&format!("/v1/contacts/{}", desk.jane)).await.status, 200);
    let task = proposed(&say(&desk.client, "Remove Bob Roe from the Q1 Leads list").await);
    desk.client.delete(&format!("/v1/lists/{list}/contacts/{}", desk.bob)).await;
    let task = desk.done(&task).await;
    let skipped = json!([{ "contact_id": desk.bob, "reason": "the contact is no longer on the list" }]);
    assert_eq!((&task["status"], &task["result"]["skipped"]), (&json!("completed"), &skipped));
}

#[tokio::test]
async fn a_list_is_renamed_cleared_and_deleted() {
    let desk = Desk::new().await;
    desk.list("Hospitals Ohio", &[&desk.jane, &desk.bob]).await;
    let task = proposed(&say(&desk.client, "Rename the list 'Hospitals Ohio' to 'Hospitals'").await);
    as_shown(&desk.done(&task).await);
    assert_eq!(desk.lists().await, pairs(&[("Hospitals", 2)]));
    let task = proposed(&say(&desk.client, "clear out my 'Hospitals' list but don't delete it").await);
    assert_eq!((&task["preview"]["operation"], &task["preview"]["removed"]), (&json!("clear"), &json!(2)));
    as_shown(&desk.done(&task).await);
    assert_eq!(desk.lists().await, pairs(&[("Hospitals", 0)]));
    let told = say(&desk.client, "Delete the Hospitals list").await;
    let task = proposed(&told);
    assert!(told["response"].as_str().unwrap().contains("can't be brought back"), "{}", told["response"]);
    as_shown(&desk.done(&task).await);
    assert_eq!(desk.lists().await, []);
    assert_eq!(desk.client.get("/v1/contacts").await.json["meta"]["total"], 2);
}

#[tokio::test]
async fn a_list_deleted_meanwhile_fails_the_task_with_the_reason() {
    let desk = Desk::new().await;
    let list = desk.list("Q1 Leads", &[]).await;
    let task = proposed(&say(&desk.client, "Add Jane Doe to the Q1 Leads list").await);
    desk.client.delete(&format!("/v1/lists/{list}")).await;
    let task = desk.done(&task).await;
    assert_eq!((&task["status"], &task["error"]["code"]), (&json!("failed"), &json!("list_not_found")));
    assert_eq!(desk.lists().await, []);
}

#[tokio::test]
async fn this_list_is_the_one_of_the_context_and_no_other() {
    let desk = Desk::new().await;
    let list = desk.list("Q1 Leads", &[&desk.jane]).await;
    assert!(only_words(&say(&desk.client, "delete this list").await).ends_with('?'));
    let task = proposed(&say_about(&desk.client, "delete this list", json!({ "list_id": list })).await);
    assert_eq!(task["preview"]["list_id"], json!(list));
    let stranger = desk.server.key_of("elsewhere", "read,write,lexi").await;
    only_words(&say(&stranger, "Delete the Q1 Leads list").await);
    let message = json!({ "message": "delete this list", "context": { "list_id": list } });
    assert_eq!(stranger.post("/v1/lexi/chat", &message).await.status, 404);
}

#[tokio::test]
async fn everyone_is_nobody_where_the_list_at_hand_is_the_one_to_be_filled() {
    let desk = Desk::new().await;
    let list = desk.list("Q1 Leads", &[&desk.jane]).await;
    desk.list("Customers", &[]).await;
    only_words(&say_about(&desk.client, "Add everyone to the Customers list", json!({ "list_id": list })).await);
}

#[tokio::test]
async fn an_export_and_an_import_are_told_how_and_make_no_task() {
    let desk = Desk::new().await;
    let list = desk.list("Q1 Leads", &[&desk.jane]).await;
    let words = only_words(&say(&desk.client, "Export the Q1 Leads list as CSV").await);
    assert!(words.contains(&format!("list_id={list}")), "{words}");
    only_words(&say(&desk.client, "Import leads.csv into the list Q1 Leads").await);
    assert_eq!(desk.client.get("/v1/lexi/tasks?status=all").await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn a_large_list_is_filled_by_a_job_that_survives_the_death_of_its_worker() {
    let desk = Desk::new().await;
    crowd(&desk.client, 320).await;
    let task = proposed(&say(&desk.client, "Add all contacts at Acme to the Everybody list").await);
    assert_eq!(approve(&desk.client, &task).await.status, 200);
    one_step_by_a_worker_that_dies(&desk.server).await;
    assert_eq!(desk.lists().await, pairs(&[("Everybody", 100)]));
    desk.server.work().await;
    as_shown(&ended(&desk.client, &task).await);
    assert_eq!(desk.lists().await, pairs(&[("Everybody", 320)]));
    let task = proposed(&say(&desk.client, "clear the Everybody list").await);
    as_shown(&desk.done(&task).await);
    assert_eq!(desk.lists().await, pairs(&[("Everybody", 0)]));
}

#[tokio::test]
async fn one_list_goes_into_another_and_its_members_are_united() {
    let desk = Desk::new().await;
    desk.list("Old Prospects", &[&desk.jane, &desk.bob]).await;
    let into = desk.list("Prospects", &[&desk.bob]).await;
    let told = say(&desk.client, "merge list Old Prospects into list Prospects").await;
    let task = proposed(&told);
    let preview = &task["preview"];
    assert_eq!(
        (&preview["selected"], &preview["added"], &preview["already_members"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!(preview["from_list"]["after"], Value::Null);
    assert!(told["response"].as_str().unwrap().contains("can't be brought back"), "{}", told["response"]);
    as_shown(&desk.done(&task).await);
    assert_eq!(desk.lists().await, pairs(&[("Prospects", 2)]));
    assert_eq!(desk.members(&into).await, [desk.jane.clone(), desk.bob.clone()]);
}

#[tokio::test]
async fn a_list_that_grew_since_a_merge_was_shown_is_not_deleted() {
    let desk = Desk::new().await;
    let old = desk.list("Old Prospects", &[&desk.jane]).await;
    desk.list("Prospects", &[]).await;
    let task = proposed(&say(&desk.client, "merge list Old Prospects into list Prospects").await);
    let body = json!({ "contact_ids": [desk.bob] });
    assert_eq!(desk.client.post(&format!("/v1/lists/{old}/contacts"), &body).await.status, 200);
    let task = desk.done(&task).await;
    assert_eq!((&task["status"], &task["error"]["code"]), (&json!("failed"), &json!("list_changed")));
    assert_eq!(desk.lists().await, pairs(&[("Old Prospects", 2), ("Prospects", 1)]));
}

#[tokio::test]
async fn contacts_move_and_are_copied_from_one_list_to_another() {
    let desk = Desk::new().await;
    desk.list("Prospects", &[&desk.jane, &desk.bob]).await;
    let task = proposed(&say(&desk.client, "Move Jane Doe from the Prospects list to the Customers list").await);
    assert_eq!((&task["preview"]["removed"], &task["preview"]["added"]), (&json!(1), &json!(1)));
    as_shown(&desk.done(&task).await);
    assert_eq!(desk.lists().await, pairs(&[("Prospects", 1), ("Customers", 1)]));
    let task = proposed(&say(&desk.client, "Copy everyone from the Prospects list to the Customers list").await);
    assert_eq!(task["preview"]["operation"], "copy");
    as_shown(&desk.done(&task).await);
    assert_eq!(desk.lists().await, pairs(&[("Prospects", 1), ("Customers", 2)]));
    let words = only_words(&say(&desk.client, "Move Jane Doe from the Prospects list to the Customers list").await);
    assert!(words.contains("not on \"Prospects\""), "{words}");
}

#[tokio::test]
async fn a_large_list_goes_into_another_by_a_job() {
    let desk = Desk::new().await;
    crowd(&desk.client, 230).await;
    let task = proposed(&say(&desk.client, "Add all contacts at Acme to the Everybody list").await);
    as_shown(&desk.done(&task).await);
    desk.list("Prospects", &[&desk.jane]).await;
    let task = proposed(&say(&desk.client, "merge list Everybody into list Prospects").await);
    as_shown(&desk.done(&task).await);
    assert_eq!(desk.lists().await, pairs(&[("Prospects", 231)]));
}
