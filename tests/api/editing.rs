//! A pending task is edited by route: another plan is another revision, counted anew, and nobody approves what he did not
//! see.

use std::io::Write as _;
use std::process::{Command, Stdio};

use reqwest::Method;
use reqwest::header::IF_MATCH;
use serde_json::{Value, json};

use crate::support::asking::{approve, ask, names, now, path, propose, refused};
use crate::support::{Client, Server};

/// Seventy people who fit, and a caller who may do everything.
async fn desk() -> (Server, Client) {
    let server = Server::start().await;
    server.law_firm_ceos(70).await;
    let client = server.key("read,write,lexi").await;
    (server, client)
}

async fn edit(client: &Client, task: &Value, fields: Value) -> crate::support::Answer {
    client.patch(&path(task, ""), &fields).await
}

async fn edited(client: &Client, task: &Value, mut fields: Value) -> Value {
    fields["plan_hash"] = task["plan_hash"].clone();
    let answer = edit(client, task, fields).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["data"].clone()
}

fn changed(task: &Value) -> Vec<&str> {
    let last = task["revisions"].as_array().and_then(|lines| lines.last()).expect("a revision");
    last["changes"].as_array().expect("changes").iter().map(|change| change["field"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn another_limit_is_another_revision_with_its_own_preview_and_hash() {
    let (_server, client) = desk().await;
    let task = propose(&client, 50).await;
    let first = edit(&client, &task, json!({ "limit": 30 })).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let now = first.json["data"].clone();
    assert_eq!((&now["revision"], &now["preview"]["selected"]), (&json!(2), &json!(30)));
    assert_eq!(changed(&now), ["limit", "selection"]);
    assert_ne!(now["plan_hash"], task["plan_hash"]);
    assert_eq!(now["metadata"]["query"], "Find 50 CEOs at law firms in California");
    let description = now["description"].as_str().unwrap();
    assert!(description.starts_with("Add 30 people to") && description.ends_with("CEOs at law firms in California"));
    let then = client.get(&path(&task, "?revision=1")).await.json["data"].clone();
    assert_eq!((&then["preview"]["selected"], &then["plan_hash"]), (&json!(50), &task["plan_hash"]));
    assert_eq!(approve(&client, &now).await.status, 200);
    let done = client.get(&path(&task, "")).await.json["data"].clone();
    assert_eq!((&done["status"], &done["result"]["added"]), (&json!("completed"), &json!(30)));
}

#[tokio::test]
async fn who_did_not_see_the_last_change_is_told_what_it_was() {
    let (_server, client) = desk().await;
    let task = propose(&client, 50).await;
    let now = edited(&client, &task, json!({ "limit": 30 })).await;
    names(&edit(&client, &task, json!({ "limit": 20 })).await, "plan_hash");
    for stale in [
        edit(&client, &task, json!({ "limit": 20, "plan_hash": task["plan_hash"] })).await,
        approve(&client, &task).await,
        client
            .send(
                client
                    .request(Method::PATCH, &path(&task, ""))
                    .json(&json!({ "limit": 20 }))
                    .header(IF_MATCH, task["plan_hash"].as_str().unwrap()),
            )
            .await,
    ] {
        let details = refused(&stale, 409, "plan_changed")["details"].clone();
        assert_eq!((&details["plan_hash"], &details["revision"]), (&now["plan_hash"], &json!(2)));
        assert_eq!(details["changes"][0], json!({ "field": "limit", "from": 50, "to": 30 }));
        assert_eq!(details["changes"][1]["field"], "selection");
    }
    let unknown = approve(&client, &json!({ "id": task["id"], "plan_hash": "0000" })).await;
    assert_eq!(refused(&unknown, 409, "plan_changed")["details"]["changes"], Value::Null);
}

#[tokio::test]
async fn an_edit_that_changes_nothing_makes_no_revision() {
    let (_server, client) = desk().await;
    let task = propose(&client, 50).await;
    let same = edited(&client, &task, json!({ "limit": 50, "filters": task["metadata"]["filters"] })).await;
    assert_eq!((&same["revision"], &same["plan_hash"]), (&json!(1), &task["plan_hash"]));
}

#[tokio::test]
async fn filters_are_taken_in_the_shape_they_are_shown() {
    let (_server, client) = desk().await;
    let task = propose(&client, 50).await;
    let mut filters = task["metadata"]["filters"].clone();
    filters["titles"] = json!(["CFO"]);
    let now = edited(&client, &task, json!({ "filters": filters })).await;
    assert_eq!(now["metadata"]["filters"]["titles"], json!(["CFO"]));
    assert_eq!((&now["preview"]["matched"], &now["preview"]["selected"]), (&json!(35), &json!(35)));
    assert!(changed(&now).contains(&"filters.titles"), "{now}");
    assert!(now["description"].as_str().unwrap().contains("titles CFO"), "{}", now["description"]);
    for (wrong, field) in [
        (json!({ "titles": ["CFO"], "colour": ["red"] }), "filters.colour"),
        (json!({ "titles": [""] }), "filters.titles"),
        (json!({ "titles": ["CFO"], "exclude": { "lists": ["No such list"] } }), "filters.exclude.lists"),
        (json!("CFOs"), "filters"),
    ] {
        names(&edit(&client, &task, json!({ "filters": wrong, "plan_hash": now["plan_hash"] })).await, field);
    }
}

#[tokio::test]
async fn the_titles_that_were_offered_are_taken_and_left_again() {
    let server = Server::start().await;
    let partners = (0..5).map(|n| crate::support::people::at_law_firm(100 + n, "Managing Partner"));
    server.people(crate::support::people::law_firm_ceos(10).into_iter().chain(partners).collect()).await;
    let client = server.key("read,write,lexi").await;
    let task = propose(&client, 50).await;
    assert_eq!(task["preview"]["title_expansion"]["would_add"], 5);
    let wider = edited(&client, &task, json!({ "expand_titles": true })).await;
    assert_eq!(
        (&wider["preview"]["matched"], &wider["preview"]["title_expansion"]["applied"]),
        (&json!(15), &json!(true))
    );
    let further = ask(&client, "make it 12", &task["conversation_id"]).await;
    assert_eq!((&further["task"]["id"], &further["task"]["preview"]["matched"]), (&task["id"], &json!(15)));
    let narrow = edited(&client, &further["task"], json!({ "expand_titles": false })).await;
    assert_eq!((&narrow["preview"]["matched"], &narrow["metadata"]["limit"]), (&json!(10), &json!(12)));
}

#[tokio::test]
async fn people_left_out_by_name_are_replaced_by_the_next() {
    let (_server, client) = desk().await;
    let task = propose(&client, 50).await;
    let sample = task["preview"]["sample"].as_array().unwrap();
    let out: Vec<Value> = sample.iter().take(3).map(|person| person["prospect_id"].clone()).collect();
    let now = edited(&client, &task, json!({ "exclude_ids": out })).await;
    let preview = &now["preview"];
    assert_eq!((&preview["excluded"], &preview["selected"], &preview["matched"]), (&json!(3), &json!(50), &json!(70)));
    assert!(preview["sample"].as_array().unwrap().iter().all(|person| !out.contains(&person["prospect_id"])));
    assert_eq!(changed(&now), ["exclude_ids", "selection"]);

    let further = ask(&client, "make it 60", &task["conversation_id"]).await;
    assert_eq!(further["task"]["metadata"]["exclude_ids"], json!(out), "a follow-up keeps who was left out");
    let stranger =
        json!({ "exclude_ids": ["00000000-0000-7000-8000-000000000000"], "plan_hash": further["task"]["plan_hash"] });
    names(&edit(&client, &task, stranger).await, "exclude_ids");
    let back = edited(&client, &further["task"], json!({ "exclude_ids": [] })).await;
    assert_eq!((&back["preview"]["excluded"], &back["preview"]["selected"]), (&Value::Null, &json!(60)));
    assert_eq!(approve(&client, &now).await.status, 409);
    assert_eq!(approve(&client, &back).await.status, 200);
}

#[tokio::test]
async fn preview_and_result_of_a_search_with_people_left_out_have_the_same_numbers() {
    let (_server, client) = desk().await;
    let task = propose(&client, 69).await;
    let out = json!([task["preview"]["sample"][0]["prospect_id"], task["preview"]["sample"][1]["prospect_id"]]);
    let now_shown = edited(&client, &task, json!({ "exclude_ids": out })).await;
    assert_eq!(approve(&client, &now_shown).await.status, 200);
    let done = now(&client, &task).await;
    for key in ["matched", "suppressed", "excluded", "selected", "added", "already_contacts"] {
        assert_eq!(done["result"][key], now_shown["preview"][key], "{key}");
    }
    assert_eq!(done["result"]["added"], 68);
}

#[tokio::test]
async fn another_list_is_given_by_name_or_id() {
    let (server, client) = desk().await;
    let list = client.post("/v1/lists", &json!({ "name": "Known" })).await.json["data"]["id"].clone();
    let task = propose(&client, 10).await;
    let by_id = edited(&client, &task, json!({ "list_id": list })).await;
    assert_eq!((&by_id["metadata"]["list_id"], &by_id["metadata"]["list_name"]), (&list, &json!("Known")));
    let by_name = edited(&client, &by_id, json!({ "list_name": " West " })).await;
    assert_eq!((&by_name["metadata"]["list_id"], &by_name["metadata"]["list_name"]), (&Value::Null, &json!("West")));
    let hash = &by_name["plan_hash"];
    names(&edit(&client, &task, json!({ "list_id": list, "list_name": "West", "plan_hash": hash })).await, "list_name");
    names(&edit(&client, &task, json!({ "list_name": "x".repeat(201), "plan_hash": hash })).await, "list_name");
    let theirs = server.key_of("elsewhere", "read,write,lexi").await;
    let foreign = theirs.post("/v1/lists", &json!({ "name": "Theirs" })).await.json["data"]["id"].clone();
    for nowhere in [foreign, json!("00000000-0000-7000-8000-000000000000")] {
        refused(&edit(&client, &task, json!({ "list_id": nowhere, "plan_hash": hash })).await, 404, "not_found");
    }
    assert_eq!(approve(&client, &by_name).await.status, 200);
    assert_eq!(now(&client, &task).await["result"]["list_name"], "West");
}

#[tokio::test]
async fn what_can_t_be_edited_is_refused_and_named() {
    let (_server, client) = desk().await;
    let task = propose(&client, 10).await;
    names(&edit(&client, &task, json!({ "approved_by": "a partner" })).await, "approved_by");
    names(&edit(&client, &task, json!({})).await, "fields");
    for wrong in [json!(0), json!(10_001), json!("ten"), json!(null), json!(2.5)] {
        names(&edit(&client, &task, json!({ "limit": wrong })).await, "limit");
    }
    let most: Vec<String> = (0..501).map(|n| format!("00000000-0000-7000-8000-{n:012}")).collect();
    names(&edit(&client, &task, json!({ "exclude_ids": most })).await, "exclude_ids");
    assert_eq!(now(&client, &task).await["revision"], 1);
    assert_eq!(approve(&client, &task).await.status, 200);
    refused(&edit(&client, &task, json!({ "limit": 5 })).await, 400, "validation_error");
}

#[tokio::test]
async fn contacts_are_left_out_of_a_change_of_contacts_and_lists() {
    let server = Server::start().await;
    let client = server.key("read,write,lexi").await;
    let mut ids = Vec::new();
    for name in ["Ann Lee", "Bob Roe", "Cyd Poe"] {
        let contact = json!({ "full_name": name, "company": "Acme" });
        ids.push(client.post("/v1/contacts", &contact).await.json["data"]["id"].clone());
    }
    let list = client.post("/v1/lists", &json!({ "name": "Old" })).await.json["data"]["id"].clone();
    let members = format!("/v1/lists/{}/contacts", list.as_str().unwrap());
    assert_eq!(client.post(&members, &json!({ "contact_ids": ids })).await.status, 200);

    let tag = ask(&client, "Tag all contacts at Acme as vip", &Value::Null).await["task"].clone();
    assert_eq!((&tag["type"], &tag["preview"]["selected"]), (&json!("contact_update"), &json!(3)), "{tag}");
    let two = edited(&client, &tag, json!({ "exclude_ids": [ids[1]] })).await;
    assert_eq!((&two["preview"]["selected"], &two["preview"]["changed"]), (&json!(2), &json!(2)));
    names(&edit(&client, &tag, json!({ "limit": 1, "plan_hash": two["plan_hash"] })).await, "limit");
    names(
        &edit(&client, &tag, json!({ "exclude_ids": [ids[0], ids[2]], "plan_hash": two["plan_hash"] })).await,
        "exclude_ids",
    );
    assert_eq!(approve(&client, &two).await.status, 200);
    let bob = client.get(&format!("/v1/contacts/{}", ids[1].as_str().unwrap())).await.json["data"].clone();
    assert_eq!(bob["tags"], json!([]), "he was left out");

    let copy = ask(&client, "Copy everyone from the list Old to the list New", &Value::Null).await["task"].clone();
    assert_eq!(copy["type"], "list_operation", "{copy}");
    let less = edited(&client, &copy, json!({ "exclude_ids": [ids[0]], "list_name": "Newer" })).await;
    assert_eq!((&less["preview"]["selected"], &less["preview"]["list_name"]), (&json!(2), &json!("Newer")));
    assert!(less["description"].as_str().unwrap().contains("Newer"), "{}", less["description"]);
    names(&edit(&client, &copy, json!({ "list_id": list, "plan_hash": less["plan_hash"] })).await, "list_id");
    assert_eq!(approve(&client, &less).await.status, 200);
    assert_eq!(now(&client, &copy).await["result"]["added"], 2);

    let delete = ask(&client, "Delete the list Old", &Value::Null).await["task"].clone();
    names(&edit(&client, &delete, json!({ "list_name": "Other" })).await, "list_name");
}

#[tokio::test]
async fn a_proposer_edits_his_own_task_and_an_approver_any() {
    let (server, approver) = desk().await;
    let proposer = server.key("lexi:chat,lexi:read").await;
    let other = server.key("lexi:chat,lexi:read").await;
    let task = propose(&proposer, 10).await;
    refused(&edit(&other, &task, json!({ "limit": 5 })).await, 403, "insufficient_permissions");
    let now = edited(&proposer, &task, json!({ "limit": 6 })).await;
    let now = edited(&approver, &now, json!({ "limit": 7 })).await;
    assert_eq!(now["revision"], 3);
    refused(&edit(&server.key("lexi:read").await, &now, json!({ "limit": 5 })).await, 403, "insufficient_permissions");
    let elsewhere = server.key_of("elsewhere", "read,write,lexi").await;
    let foreign = edit(&elsewhere, &now, json!({ "limit": 5, "plan_hash": now["plan_hash"] })).await;
    let nowhere = edit(&elsewhere, &json!("00000000-0000-7000-8000-000000000000"), json!({ "limit": 5 })).await;
    assert_eq!((foreign.status, &foreign.json), (404, &nowhere.json));
}

#[tokio::test]
async fn of_edits_and_an_approval_at_once_one_order_is_kept() {
    let (_server, client) = desk().await;
    for _ in 0..5 {
        let task = propose(&client, 20).await;
        let edits = [11, 12, 13].map(|limit| {
            let (client, task) = (client.clone(), task.clone());
            tokio::spawn(async move {
                let fields = json!({ "limit": limit, "plan_hash": task["plan_hash"] });
                edit(&client, &task, fields).await
            })
        });
        let approval = approve(&client, &task).await;
        let mut done = 0;
        for answer in edits {
            let answer = answer.await.unwrap();
            match answer.status {
                200 => done += 1,
                status => assert!(matches!(status, 400 | 409), "{}", answer.text),
            }
        }
        let after = now(&client, &task).await;
        assert!(done <= 1 && (approval.status == 200) == (done == 0), "{done} edits, {}", approval.text);
        assert_eq!(after["revision"], 1 + done);
        if approval.status == 200 {
            assert_eq!(after["decision"]["plan_hash"], task["plan_hash"]);
        }
    }
}

#[tokio::test]
async fn a_repeated_edit_with_the_same_key_is_answered_the_same_and_done_once() {
    let (_server, client) = desk().await;
    let task = propose(&client, 20).await;
    let request = || {
        let fields = json!({ "limit": 10, "plan_hash": task["plan_hash"] });
        client.request(Method::PATCH, &path(&task, "")).header("Idempotency-Key", "edit-1").json(&fields)
    };
    let (first, again) = (client.send(request()).await, client.send(request()).await);
    assert_eq!((first.status, &first.text), (200, &again.text));
    assert_eq!(now(&client, &task).await["revision"], 2);
}

/// The Python program of `docs/api.md` that computes a plan hash.
fn documented() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/api.md");
    let text = std::fs::read_to_string(path).expect("the documentation");
    let at = text.find("```python\n# plan_hash").expect("the program");
    let program = &text[at + "```python\n".len()..];
    program[..program.find("```").expect("its end")].to_owned()
}

#[tokio::test]
async fn the_documented_program_computes_the_hash_of_a_real_plan() {
    let (_server, client) = desk().await;
    let task = propose(&client, 20).await;
    let now = edited(&client, &task, json!({ "list_name": "Bären & Söhne \"Süd\" \\ 東京" })).await;
    for query in ["", "?revision=1"] {
        let answer = client.get(&path(&task, query)).await;
        let mut python = Command::new("python3")
            .args(["-c", &documented()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 runs; scripts/test installs what is missing");
        python.stdin.take().expect("its input").write_all(answer.text.as_bytes()).expect("it reads");
        let output = python.wait_with_output().expect("it ends");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert_eq!(json!(printed.trim()), answer.json["data"]["plan_hash"]);
    }
    assert_ne!(now["plan_hash"], task["plan_hash"]);
}
