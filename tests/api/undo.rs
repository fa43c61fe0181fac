//! Undo of every kind of task: done, undone, and the workspace is what it was before; what somebody touched since stays and
//! is named with the reason.

use serde_json::{Map, Value, json};

use super::contact_updates::{as_shown, done, made, proposed, say, say_about};
use crate::support::{Answer, Client, Server};

/// One workspace, and a caller who may do everything.
pub(crate) struct Desk {
    pub(crate) server: Server,
    pub(crate) client: Client,
}

impl Desk {
    pub(crate) async fn new() -> Desk {
        let server = Server::start().await;
        let client = server.key("read,write,lexi").await;
        Desk { server, client }
    }

    /// With Jane Doe and Bob Roe, who are partners.
    pub(crate) async fn with_two() -> (Desk, String, String) {
        let desk = Desk::new().await;
        let jane = json!({ "full_name": "Jane Doe", "email": "jane@acme.example", "job_title": "Partner",
            "company": "Acme", "phone": "+1 555 0100", "tags": ["client"], "custom_fields": { "since": 2019 } });
        let jane = made(&desk.client, "/v1/contacts", jane).await;
        let bob = json!({ "full_name": "Bob Roe", "email": "bob@marsh.example", "company": "Marsh" });
        let bob = made(&desk.client, "/v1/contacts", bob).await;
        (desk, jane, bob)
    }

    pub(crate) async fn list(&self, name: &str, members: &[&String]) -> String {
        let list = made(&self.client, "/v1/lists", json!({ "name": name })).await;
        self.put(&list, members).await;
        list
    }

    /// Puts contacts on a list by hand.
    pub(crate) async fn put(&self, list: &str, members: &[&String]) {
        if !members.is_empty() {
            let body = json!({ "contact_ids": members });
            assert_eq!(self.client.post(&format!("/v1/lists/{list}/contacts"), &body).await.status, 200);
        }
    }

    /// Says it, approves what Lexi proposes, and gives the task as it ended. Time goes on.
    pub(crate) async fn does(&self, message: &str) -> Value {
        let task = done(&self.server, &self.client, &proposed(&say(&self.client, message).await)).await;
        assert_eq!(task["status"], "completed", "{message}: {}", task["error"]);
        self.server.advance_ms(1_000);
        task
    }

    /// Proposes to undo a task.
    pub(crate) async fn undo(&self, task: &Value) -> Answer {
        undo(&self.client, task).await
    }

    /// Proposes to undo a task, approves it, and gives the undo as it ended.
    pub(crate) async fn undone(&self, task: &Value) -> Value {
        let answer = self.undo(task).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        self.approved(&answer.json["data"]).await
    }

    /// Approves an undo, and gives it as it ended.
    pub(crate) async fn approved(&self, undo: &Value) -> Value {
        done(&self.server, &self.client, undo).await
    }

    /// Everything a workspace shows of its records, without the times of changes.
    pub(crate) async fn everything(&self) -> Value {
        let mut all = Map::new();
        for (path, name) in [
            ("/v1/contacts", "contacts"),
            ("/v1/companies", "companies"),
            ("/v1/notes", "notes"),
            ("/v1/lists", "lists"),
        ] {
            let answer = self.client.get(&format!("{path}?per_page=100")).await;
            let mut records = answer.json["data"][name].as_array().unwrap_or_else(|| panic!("{}", answer.text)).clone();
            for record in &mut records {
                record.as_object_mut().expect("a record").remove("updated_date");
                if name == "lists" {
                    let id = record["id"].as_str().expect("an id").to_owned();
                    record["members"] = json!(self.members(&id).await);
                }
            }
            all.insert(name.to_owned(), Value::Array(records));
        }
        all.into()
    }

    pub(crate) async fn members(&self, list: &str) -> Vec<String> {
        let members = self.client.get(&format!("/v1/lists/{list}/contacts?per_page=100")).await.json["data"].clone();
        let members = members["contacts"].as_array().expect("members").clone();
        members.iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
    }

    pub(crate) async fn task(&self, id: &Value) -> Value {
        self.client.get(&format!("/v1/lexi/tasks/{}", id.as_str().expect("an id"))).await.json["data"].clone()
    }

    /// Does it and undoes it; fails unless everything is as it was before.
    async fn there_and_back(&self, message: &str) -> Value {
        let before = self.everything().await;
        let task = self.does(message).await;
        assert_eq!(task["undo"], "full", "{message}");
        assert_ne!(self.everything().await, before, "{message}: something happened");
        let undo = self.undone(&task).await;
        as_shown(&undo);
        assert_eq!((&undo["type"], &undo["result"]["kept"]), (&json!("undo"), &json!(0)), "{message}");
        assert_eq!(self.everything().await, before, "{message}");
        let task = self.task(&task["id"]).await;
        assert_eq!((&task["status"], &task["undone_by"]), (&json!("completed"), &undo["id"]), "{message}");
        self.server.advance_ms(1_000);
        undo
    }
}

/// Proposes to undo a task.
pub(crate) async fn undo(client: &Client, task: &Value) -> Answer {
    client.post_empty(&format!("/v1/lexi/tasks/{}/undo", task["id"].as_str().expect("an id"))).await
}

/// The reasons for which records stay, with their kind.
fn reasons(task: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let kept = task["result"]["kept_records"].as_array().unwrap_or_else(|| panic!("{task}"));
    let mut reasons: Vec<_> = kept.iter().map(|kept| (text(&kept["record"]), text(&kept["reason"]))).collect();
    reasons.sort();
    reasons
}

fn pairs(reasons: &[(&str, &str)]) -> Vec<(String, String)> {
    reasons.iter().map(|(record, reason)| ((*record).to_owned(), (*reason).to_owned())).collect()
}

const SEARCH: &str = "Find 5 CEOs at law firms in California";

#[tokio::test]
async fn a_search_is_undone_with_its_contacts_and_its_list() {
    let desk = Desk::new().await;
    desk.server.law_firm_ceos(5).await;
    let undo = desk.there_and_back(SEARCH).await;
    let result = &undo["result"];
    assert_eq!((&result["contacts_removed"], &result["lists_removed"]), (&json!(5), &json!(1)));
    assert_eq!((&undo["undoes"], &undo["undo"]), (&undo["metadata"]["undoes"], &json!("none")));
    assert_eq!(undo["metadata"]["query"].as_str().unwrap(), undo["description"].as_str().unwrap());
    let again = desk.does(SEARCH).await;
    assert_eq!(again["result"]["added"], 5, "and can be done again");
}

#[tokio::test]
async fn who_was_a_contact_before_a_search_only_leaves_the_list() {
    let desk = Desk::new().await;
    desk.server.law_firm_ceos(5).await;
    let known = json!({ "full_name": "Ada0 Lovelace0", "email": "CEO0@firm0.example", "tags": ["client"] });
    made(&desk.client, "/v1/contacts", known).await;
    let undo = desk.there_and_back(SEARCH).await;
    let result = &undo["result"];
    assert_eq!((&result["contacts_removed"], &result["taken_off_list"]), (&json!(4), &json!(1)));
    let list = desk.list("Mine", &[]).await;
    let told = say_about(&desk.client, SEARCH, json!({ "list_id": list })).await;
    let before = desk.everything().await;
    let task = done(&desk.server, &desk.client, &proposed(&told)).await;
    let undo = desk.undone(&task).await;
    as_shown(&undo);
    assert_eq!(undo["result"]["lists_removed"], 0, "the list was there before");
    assert_eq!(desk.everything().await, before);
}

#[tokio::test]
async fn what_somebody_touched_since_a_search_stays_and_is_named_with_the_reason() {
    let desk = Desk::new().await;
    desk.server.law_firm_ceos(6).await;
    let task = desk.does("Find 6 CEOs at law firms in California").await;
    let list = task["result"]["list_id"].as_str().unwrap().to_owned();
    let people = desk.members(&list).await;
    let path = |n: usize| format!("/v1/contacts/{}", people[n]);
    assert_eq!(desk.client.patch(&path(0), &json!({ "phone": "+1 555 0199" })).await.status, 200);
    assert_eq!(desk.client.post(&format!("{}/notes", path(1)), &json!({ "title": "Called" })).await.status, 201);
    desk.list("Others", &[&people[2]]).await;
    say_about(&desk.client, "Tag this contact as 'VIP'", json!({ "contact_id": people[3] })).await;
    assert_eq!(desk.client.delete(&format!("/v1/lists/{list}/contacts/{}", people[4])).await.status, 200);
    desk.put(&list, &[&people[4]]).await;

    let answer = desk.undo(&task).await;
    let preview = &answer.json["data"]["preview"];
    assert_eq!((&preview["contacts_removed"], &preview["kept"]), (&json!(1), &json!(6)), "{}", answer.text);
    let undo = desk.approved(&answer.json["data"]).await;
    as_shown(&undo);
    assert_eq!(
        reasons(&undo),
        pairs(&[
            ("contact", "a later task refers to it"),
            ("contact", "a note refers to it"),
            ("contact", "it was changed since"),
            ("contact", "it was put on a list since"),
            ("contact", "it was put on a list since"),
            ("list", "its members were changed since"),
        ])
    );
    assert_eq!(undo["result"]["taken_off_list"], 4, "what the task put on the list leaves it");
    assert_eq!(desk.members(&list).await, [people[4].clone()], "whoever was put back by hand stays");
    let left = desk.client.get("/v1/contacts").await.json;
    assert_eq!(left["meta"]["total"], 5);
}

#[tokio::test]
async fn a_list_that_was_renamed_or_filled_by_hand_stays_without_the_contacts_of_the_task() {
    let desk = Desk::new().await;
    desk.server.law_firm_ceos(8).await;
    let named = desk.does("Find 2 CEOs at law firms in California and put them on the list West").await;
    let list = named["result"]["list_id"].as_str().unwrap().to_owned();
    assert_eq!(desk.client.patch(&format!("/v1/lists/{list}"), &json!({ "name": "Far West" })).await.status, 200);
    let undo = desk.undone(&named).await;
    assert_eq!(reasons(&undo), pairs(&[("list", "it was changed since")]));
    assert_eq!((undo["result"]["contacts_removed"].as_u64(), desk.members(&list).await.len()), (Some(2), 0));

    let filled = desk.does("Find 2 CEOs at law firms in California and put them on the list East").await;
    let list = filled["result"]["list_id"].as_str().unwrap().to_owned();
    let zoe = made(&desk.client, "/v1/contacts", json!({ "full_name": "Zoe Lund" })).await;
    desk.put(&list, &[&zoe]).await;
    let undo = desk.undone(&filled).await;
    assert_eq!(reasons(&undo), pairs(&[("list", "its members were changed since")]));
    assert_eq!(desk.members(&list).await, [zoe]);
}

#[tokio::test]
async fn changes_of_contacts_are_undone_field_by_field() {
    let (desk, ..) = Desk::with_two().await;
    for (message, key) in [
        ("Change Jane Doe's email to jane@newco.example", "contacts_restored"),
        ("Delete Jane Doe's phone number", "contacts_restored"),
        ("Set the city of Jane Doe to Munich", "contacts_restored"),
        ("Change the title of Jane Doe to Counsel", "contacts_restored"),
        ("Tag Jane Doe as 'VIP'", "contacts_restored"),
        ("Remove the tag 'client' from Jane Doe", "contacts_restored"),
        ("Add a note to Jane Doe: prefers calls after 4pm", "notes_removed"),
        ("add new contact: Lena Ortiz, lena@harbor.example", "contacts_removed"),
        ("Change the title of all contacts at Acme to Partner emeritus", "contacts_restored"),
    ] {
        let undo = desk.there_and_back(message).await;
        assert_eq!(undo["result"][key], 1, "{message}: {}", undo["result"]);
    }
}

#[tokio::test]
async fn changes_of_companies_are_undone_too() {
    let desk = Desk::new().await;
    let wayne =
        json!({ "name": "Wayne Enterprises", "domain": "wayne.example", "city": "Gotham", "tags": ["prospect"] });
    made(&desk.client, "/v1/companies", wayne).await;
    for (message, key) in [
        ("Set the city of the company Wayne Enterprises to Toronto", "companies_restored"),
        ("Tag the company Wayne Enterprises as 'client'", "companies_restored"),
        ("Add a note to the company Wayne Enterprises: asked for a proposal", "notes_removed"),
    ] {
        let undo = desk.there_and_back(message).await;
        assert_eq!(undo["result"][key], 1, "{message}: {}", undo["result"]);
    }
}

#[tokio::test]
async fn a_field_that_somebody_changed_since_stays_and_the_others_are_restored() {
    let (desk, jane, bob) = Desk::with_two().await;
    let path = format!("/v1/contacts/{jane}");
    let task = desk.does("Change the title of all contacts at Acme to Counsel").await;
    assert_eq!(desk.client.patch(&path, &json!({ "job_title": "Judge" })).await.status, 200);
    let answer = desk.undo(&task).await;
    let message = answer.json["error"]["message"].as_str().unwrap();
    assert_eq!((answer.status, message.starts_with("Nothing is left to undo")), (400, true), "{}", answer.text);
    assert_eq!(answer.json["error"]["details"]["kept_records"][0]["reason"], "it was changed since");

    let task = desk.does("Tag Jane Doe as 'VIP'").await;
    assert_eq!(desk.client.patch(&path, &json!({ "tags": ["VIP", "friend"], "phone": "1" })).await.status, 200);
    as_shown(&desk.undone(&task).await);
    let shown = desk.client.get(&path).await.json["data"].clone();
    assert_eq!((&shown["tags"], &shown["phone"]), (&json!(["friend"]), &json!("1")), "only the task's own tag goes");

    let task = desk.does("Change Jane Doe's email to jane@newco.example").await;
    let bob = format!("/v1/contacts/{bob}");
    assert_eq!(desk.client.patch(&bob, &json!({ "email": "jane@acme.example" })).await.status, 200);
    let answer = desk.undo(&task).await;
    let reason = answer.json["error"]["details"]["kept_records"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("exists already"), "the old address is another's by now: {}", answer.text);
}

#[tokio::test]
async fn a_contact_that_a_task_made_stays_once_it_is_used() {
    let desk = Desk::new().await;
    let task = desk.does("add new contact: Lena Ortiz, lena@harbor.example").await;
    let lena = task["result"]["contact_id"].as_str().unwrap().to_owned();
    desk.list("Harbor", &[&lena]).await;
    let answer = desk.undo(&task).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json["error"]["details"]["kept_records"][0]["reason"], "it was put on a list since");
}

#[tokio::test]
async fn a_note_that_was_moved_by_a_merge_stays() {
    let (desk, jane, bob) = Desk::with_two().await;
    let task = desk.does("Add a note to Jane Doe: prefers calls after 4pm").await;
    let merge = json!({ "primary_id": bob, "duplicate_ids": [jane] });
    assert_eq!(desk.client.post("/v1/contacts/merge", &merge).await.status, 200);
    let answer = desk.undo(&task).await;
    let reason = &answer.json["error"]["details"]["kept_records"][0]["reason"];
    assert_eq!((answer.status, reason), (400, &json!("it is about somebody else by now")), "{}", answer.text);
}

#[tokio::test]
async fn changes_of_lists_are_undone() {
    let (desk, jane, bob) = Desk::with_two().await;
    desk.list("Prospects", &[&jane, &bob]).await;
    desk.list("Customers", &[]).await;
    for (message, key, count) in [
        ("Create a list called Q3 Targets", "lists_removed", 1),
        ("create a list with Jane Doe and Bob Roe called Board", "taken_off_list", 2),
        ("put jane@acme.example and bob@marsh.example on my Customers list", "taken_off_list", 2),
        ("Add Jane Doe to the Investors list", "lists_removed", 1),
        ("Remove Jane Doe from the Prospects list", "put_back_on_list", 1),
        ("clear the Prospects list", "put_back_on_list", 2),
        ("Rename the list 'Prospects' to 'Leads'", "lists_renamed", 1),
        ("Move Jane Doe from the Prospects list to the Customers list", "put_back_on_list", 1),
        ("Copy everyone from the Prospects list to the Customers list", "taken_off_list", 2),
    ] {
        let undo = desk.there_and_back(message).await;
        assert_eq!(undo["result"][key], count, "{message}: {}", undo["result"]);
    }
}

#[tokio::test]
async fn lists_that_changed_since_keep_what_was_done_by_hand() {
    let (desk, jane, bob) = Desk::with_two().await;
    let prospects = desk.list("Prospects", &[&jane, &bob]).await;
    let task = desk.does("clear the Prospects list").await;
    desk.put(&prospects, &[&jane]).await;
    let undo = desk.undone(&task).await;
    assert_eq!(reasons(&undo), pairs(&[("contact", "it is on the list again")]));
    assert_eq!(undo["result"]["put_back_on_list"], 1);

    let task = desk.does("Rename the list 'Prospects' to 'Leads'").await;
    desk.list("Prospects", &[]).await;
    let answer = desk.undo(&task).await;
    let reason = &answer.json["error"]["details"]["kept_records"][0]["reason"];
    assert_eq!((answer.status, reason), (400, &json!("another list has its old name by now")));

    let task = desk.does("Remove Jane Doe from the Leads list").await;
    assert_eq!(desk.client.delete(&format!("/v1/lists/{prospects}")).await.status, 200);
    let answer = desk.undo(&task).await;
    let reason = &answer.json["error"]["details"]["kept_records"][0]["reason"];
    assert_eq!((answer.status, reason), (400, &json!("the list was deleted since")));
}

#[tokio::test]
async fn whoever_must_never_be_contacted_is_put_back_on_no_list() {
    let (desk, jane, bob) = Desk::with_two().await;
    let list = desk.list("Prospects", &[&jane, &bob]).await;
    let task = desk.does("clear the Prospects list").await;
    let suppression = json!({ "email": "bob@marsh.example", "reason": "asked not to be" });
    assert_eq!(desk.client.post("/v1/suppressions", &suppression).await.status, 201);
    let answer = desk.undo(&task).await;
    assert_eq!(answer.json["data"]["preview"]["put_back_on_list"], 1);
    let later = json!({ "email": "jane@acme.example", "reason": "changed her mind" });
    assert_eq!(desk.client.post("/v1/suppressions", &later).await.status, 201);
    let undo = desk.approved(&answer.json["data"]).await;
    assert_eq!(
        reasons(&undo),
        pairs(&[("contact", "suppressed: asked not to be"), ("contact", "suppressed: changed her mind")])
    );
    assert_eq!(undo["result"]["skipped"].as_array().unwrap().len(), 1);
    assert_eq!(desk.members(&list).await.len(), 0);
}

#[tokio::test]
async fn what_gives_data_up_says_before_that_it_can_not_be_undone() {
    let (desk, jane, bob) = Desk::with_two().await;
    desk.list("Old Prospects", &[&jane]).await;
    desk.list("Prospects", &[&bob]).await;
    for message in ["merge list Old Prospects into list Prospects", "Delete the Prospects list", "Delete Jane Doe"] {
        let task = proposed(&say(&desk.client, message).await);
        assert_eq!((&task["undo"], &task["undo_until"]), (&json!("none"), &Value::Null), "{message}");
        let task = done(&desk.server, &desk.client, &task).await;
        let answer = desk.undo(&task).await;
        let message = answer.json["error"]["message"].as_str().unwrap();
        assert_eq!((answer.status, message.contains("can't be undone")), (400, true), "{message}");
    }
}

#[tokio::test]
async fn a_task_that_failed_half_way_is_undone_as_far_as_it_came() {
    let server = Server::start_with(|config| config.inline_people_max = 0).await;
    server.law_firm_ceos(150).await;
    let client = server.key("read,write,lexi").await;
    let desk = Desk { server, client };
    let list = desk.list("Mine", &[]).await;
    let told = say_about(&desk.client, "Find 150 CEOs at law firms in California", json!({ "list_id": list })).await;
    let task = proposed(&told);
    assert_eq!(super::contact_updates::approve(&desk.client, &task).await.status, 200);
    super::contact_updates::one_step_by_a_worker_that_dies(&desk.server).await;
    assert_eq!(desk.client.delete(&format!("/v1/lists/{list}")).await.status, 200);
    desk.server.work().await;
    let task = desk.task(&task["id"]).await;
    assert_eq!((&task["status"], &task["result"]["added"]), (&json!("failed"), &json!(100)), "{task}");
    let undo = desk.undone(&task).await;
    as_shown(&undo);
    assert_eq!(undo["result"]["contacts_removed"], 100);
    assert_eq!(desk.client.get("/v1/contacts").await.json["meta"]["total"], 0);
    assert_eq!(desk.task(&task["id"]).await["status"], "failed");
}
