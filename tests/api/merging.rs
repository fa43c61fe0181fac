//! Duplicates become one contact: what is filled, what moves, what a dry run promises, and what is refused.

use serde_json::{Value, json};

use crate::support::{Answer, Client, Server, people};

const MISSING: &str = "0193f2c4-0000-7000-8000-000000000000";

async fn desk() -> (Server, Client) {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    (server, client)
}

async fn made(client: &Client, path: &str, body: Value) -> Value {
    let answer = client.post(path, &body).await;
    assert_eq!(answer.status, 201, "{path}: {}", answer.text);
    answer.json["data"].clone()
}

fn id(record: &Value) -> &str {
    record["id"].as_str().expect("an id")
}

async fn merge(client: &Client, primary: &Value, duplicates: &[&Value], more: Value) -> Answer {
    let mut body =
        json!({ "primary_id": id(primary), "duplicate_ids": duplicates.iter().map(|one| id(one)).collect::<Vec<_>>() });
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    client.post("/v1/contacts/merge", &body).await
}

/// Three contacts of one person, on two lists, with two notes.
struct Three {
    all: [Value; 3],
    lists: [String; 2],
}

async fn three(client: &Client) -> Three {
    let company = made(client, "/v1/companies", json!({ "name": "Okafor LLP" })).await;
    let first = json!({ "full_name": "Renata Okafor", "phone": "+1 1", "tags": ["a"], "custom_fields": { "x": 1 },
        "notes": "First." });
    let second = json!({ "full_name": "R. Okafor", "email": "r@okafor.example", "phone": "+1 2", "tags": ["A", "b"],
        "custom_fields": { "x": 2, "y": 2 }, "notes": "Second." });
    let third = json!({ "full_name": "Renata O.", "email": "renata@okafor.example", "job_title": "Partner",
        "priority": "low", "related_company_id": company["id"], "custom_fields": { "y": 3, "z": 3 } });
    let mut all = Vec::new();
    for body in [first, second, third] {
        all.push(made(client, "/v1/contacts", body).await);
    }
    let mut lists = Vec::new();
    for (name, members) in [("One", &all[..2]), ("Two", &all[1..])] {
        let list = made(client, "/v1/lists", json!({ "name": name })).await;
        let ids: Vec<&str> = members.iter().map(id).collect();
        let added = client.post(&format!("/v1/lists/{}/contacts", id(&list)), &json!({ "contact_ids": ids })).await;
        assert_eq!(added.status, 200, "{}", added.text);
        lists.push(id(&list).to_owned());
    }
    for contact in &all[..2] {
        made(client, &format!("/v1/contacts/{}/notes", id(contact)), json!({ "title": "Called" })).await;
    }
    Three { all: all.try_into().unwrap(), lists: lists.try_into().unwrap() }
}

#[tokio::test]
async fn empty_fields_are_filled_in_order_and_everything_moves() {
    let (server, client) = desk().await;
    let Three { all: [first, second, third], lists } = three(&client).await;
    server.advance_ms(60_000);
    let dry = merge(&client, &first, &[&second, &third], json!({ "dry_run": true })).await;
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 3, "a dry run merges nothing");
    let done = merge(&client, &first, &[&second, &third], json!({})).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let told = &done.json["data"];
    assert_eq!(told["merged_ids"], json!([second["id"], third["id"]]));
    let fields = ["email", "job_title", "related_company_id", "priority", "tags", "custom_fields", "notes"];
    assert_eq!(told["fields_populated"], json!(fields));
    let counts = json!({ "notes": 1, "activities": 0, "tasks": 0, "emails": 0, "documents": 0, "list_memberships": 1 });
    assert_eq!(told["counts"], counts);
    let mut expected = first.clone();
    expected["email"] = json!("r@okafor.example");
    expected["job_title"] = json!("Partner");
    expected["related_company_id"] = third["related_company_id"].clone();
    expected["priority"] = json!(3);
    expected["tags"] = json!(["a", "b"]);
    expected["custom_fields"] = json!({ "x": 1, "y": 2, "z": 3 });
    expected["notes"] = json!("First.\nSecond.");
    expected["updated_date"] = json!("2025-11-24T16:01:00.000Z");
    assert_eq!(told["primary"], expected);
    assert_eq!(client.get(&format!("/v1/contacts/{}", id(&first))).await.json["data"], expected);
    expected["updated_date"] = first["updated_date"].clone();
    assert_eq!(dry.json["data"]["primary"], expected, "but for the time, a dry run shows what will be");
    for same in ["merged_ids", "fields_populated", "counts"] {
        assert_eq!(dry.json["data"][same], told[same], "{same}");
    }

    for gone in [&second, &third] {
        assert_eq!(client.get(&format!("/v1/contacts/{}", id(gone))).await.status, 404);
    }
    for list in &lists {
        let members = client.get(&format!("/v1/lists/{list}/contacts")).await.json;
        assert_eq!((&members["meta"]["total"], &members["data"]["contacts"][0]["id"]), (&json!(1), &first["id"]));
        assert_eq!(client.get(&format!("/v1/lists/{list}")).await.json["data"]["contact_count"], 1);
    }
    let notes = client.get(&format!("/v1/contacts/{}/notes", id(&first))).await.json;
    assert_eq!(notes["meta"]["total"], 2);
    // The address that nobody has any more is free again.
    made(&client, "/v1/contacts", json!({ "email": "renata@okafor.example" })).await;
}

#[tokio::test]
async fn with_overwrite_the_duplicates_count_first() {
    let (_server, client) = desk().await;
    let Three { all: [first, second, third], .. } = three(&client).await;
    let done = merge(&client, &first, &[&second, &third], json!({ "overwrite": true })).await;
    let primary = &done.json["data"]["primary"];
    assert_eq!(primary["full_name"], "R. Okafor");
    assert_eq!((&primary["phone"], &primary["email"]), (&json!("+1 2"), &json!("r@okafor.example")));
    assert_eq!(primary["custom_fields"], json!({ "x": 2, "y": 2, "z": 3 }));
    assert_eq!(primary["notes"], "First.\nSecond.", "notes are never replaced");
    assert_eq!(primary["tags"], json!(["a", "b"]));
}

#[tokio::test]
async fn a_merge_with_anything_wrong_changes_nothing() {
    let (_server, client) = desk().await;
    let Three { all: [first, second, _], .. } = three(&client).await;
    let before = client.get("/v1/contacts").await.text;
    let own = merge(&client, &first, &[&second, &first], json!({})).await;
    let message = format!("The contact {} can't be its own duplicate; leave it out of duplicate_ids.", id(&first));
    assert_eq!((own.status, &own.json["error"]["message"]), (400, &json!(message)));
    let missing = json!({ "id": MISSING });
    for (primary, duplicates, field) in
        [(&first, vec![&second, &missing], "duplicate_ids"), (&missing, vec![&second], "primary_id")]
    {
        for more in [json!({}), json!({ "dry_run": true })] {
            let unknown = merge(&client, primary, &duplicates, more).await;
            let message = format!("There is no contact {MISSING}; nothing was merged.");
            let expected = json!({ "error": { "code": "not_found", "message": message,
                "details": { "fields": { field: message } } } });
            assert_eq!((unknown.status, &unknown.json), (404, &expected));
        }
    }
    let others: Vec<Value> = (0..21).map(|n| json!({ "id": format!("{}{n:02}", &MISSING[..34]) })).collect();
    let many: Vec<&Value> = others.iter().collect();
    assert_eq!(merge(&client, &first, &many[..20], json!({})).await.status, 404);
    for (duplicates, n) in [(&many[..], 21), (&[][..], 0)] {
        let refused = merge(&client, &first, duplicates, json!({})).await;
        let message = format!("duplicate_ids must be 1 to 20 contacts, got {n}.");
        assert_eq!(
            (refused.status, &refused.json["error"]["details"]["fields"]["duplicate_ids"]),
            (400, &json!(message))
        );
    }
    for (body, field) in [
        (json!({ "duplicate_ids": [id(&second)] }), "primary_id"),
        (json!({ "primary_id": "no-id", "duplicate_ids": [id(&second)] }), "primary_id"),
        (json!({ "primary_id": id(&first), "duplicate_ids": ["no-id"] }), "duplicate_ids"),
    ] {
        let refused = client.post("/v1/contacts/merge", &body).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert!(refused.json["error"]["details"]["fields"][field].is_string(), "{}", refused.text);
    }
    assert_eq!(client.get("/v1/contacts").await.text, before);
}

#[tokio::test]
async fn what_would_not_fit_is_refused_instead_of_lost() {
    let (_server, client) = desk().await;
    let tags = |from: usize, to: usize| (from..to).map(|n| format!("tag {n}")).collect::<Vec<_>>();
    let first = made(&client, "/v1/contacts", json!({ "full_name": "A", "tags": tags(0, 30) })).await;
    let second = made(&client, "/v1/contacts", json!({ "full_name": "B", "tags": tags(30, 51) })).await;
    let refused = merge(&client, &first, &[&second], json!({})).await;
    assert_eq!((refused.status, &refused.json["error"]["message"]), (400, &json!("tags must be at most 50, got 51.")));
    let path = format!("/v1/contacts/{}", id(&second));
    assert_eq!(client.patch(&path, &json!({ "tags_remove": ["TAG 50"] })).await.status, 200);
    assert_eq!(merge(&client, &first, &[&second], json!({ "dry_run": true })).await.status, 200);
    for n in 0..451 {
        made(&client, &format!("{path}/notes"), json!({ "title": format!("Note {n}") })).await;
    }
    let refused = merge(&client, &first, &[&second], json!({})).await;
    let message = "The duplicates have 451 notes and list memberships together; a merge moves at most 450. Merge fewer \
        of them at once, or make the one with the most of them the primary.";
    assert_eq!((refused.status, &refused.json["error"]["message"]), (400, &json!(message)));
    assert_eq!(client.get(&format!("{path}/notes")).await.json["meta"]["total"], 451);
}

#[tokio::test]
async fn the_prospect_of_a_duplicate_is_not_added_again() {
    let server = Server::start().await;
    server.people(vec![people::at_law_firm(1, "CEO")]).await;
    let client = server.key("read,write,lexi").await;
    let ask = async || {
        let message = json!({ "message": "Find 5 CEOs at law firms in California" });
        client.post("/v1/lexi/chat", &message).await.json["data"].clone()
    };
    let task = ask().await;
    let approve = format!("/v1/lexi/tasks/{}/approve", task["task_id"].as_str().unwrap());
    assert_eq!(client.post_empty(&approve).await.status, 200);
    let found = client.get("/v1/contacts").await.json["data"]["contacts"][0].clone();
    let by_hand = made(&client, "/v1/contacts", json!({ "full_name": "By Hand", "email": "hand@example.com" })).await;
    let done = merge(&client, &by_hand, &[&found], json!({})).await;
    assert_eq!(done.json["data"]["primary"]["prospect_id"], found["prospect_id"], "{}", done.text);
    let again = ask().await;
    assert_eq!(again["task"]["preview"]["already_contacts"], 1, "{again}");
}

#[tokio::test]
async fn a_repeated_merge_with_the_same_key_is_answered_the_same() {
    let (_server, client) = desk().await;
    let Three { all: [first, second, _], .. } = three(&client).await;
    let ask = async || {
        let body = json!({ "primary_id": id(&first), "duplicate_ids": [id(&second)] });
        let request = client.request(reqwest::Method::POST, "/v1/contacts/merge").header("Idempotency-Key", "one");
        client.send(request.json(&body)).await
    };
    let done = ask().await;
    assert_eq!(done.status, 200);
    assert_eq!(ask().await.json, done.json);
}

#[tokio::test]
async fn of_concurrent_merges_of_one_duplicate_one_wins() {
    let (_server, client) = desk().await;
    let duplicate = made(&client, "/v1/contacts", json!({ "full_name": "D", "email": "d@example.com" })).await;
    made(&client, &format!("/v1/contacts/{}/notes", id(&duplicate)), json!({ "title": "Called" })).await;
    let mut primaries = Vec::new();
    for n in 0..8 {
        primaries.push(made(&client, "/v1/contacts", json!({ "full_name": format!("P{n}") })).await);
    }
    let calls: Vec<_> = primaries
        .iter()
        .map(|primary| {
            let (client, primary, duplicate) = (client.clone(), primary.clone(), duplicate.clone());
            tokio::spawn(async move { merge(&client, &primary, &[&duplicate], json!({})).await })
        })
        .collect();
    let mut winners = Vec::new();
    for call in calls {
        let answer = call.await.unwrap();
        assert!([200, 404].contains(&answer.status), "{}", answer.text);
        winners.extend((answer.status == 200).then(|| answer.json["data"]["primary"].clone()));
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert_eq!(winners[0]["email"], "d@example.com");
    let notes = client.get("/v1/notes").await.json;
    assert_eq!(notes["data"]["notes"][0]["contact_id"], winners[0]["id"]);
    assert_eq!(client.get("/v1/contacts").await.json["meta"]["total"], 8);
}
