//! Policies approve for a person: within their limits, under the same rules as he, as long as he could himself, and never
//! more on a day than they may.

use lexi::clock::iso;
use lexi::keys::{Kind, NewKey};
use serde_json::{Value, json};

use crate::support::asking::{approve, ask, head, key_id, names, now, path, propose, refused, voter};
use crate::support::{Answer, Client, Server, made};

const IN_A_MONTH: &str = "2025-12-24T00:00:00Z";

async fn office() -> (Server, Client) {
    let server = Server::start().await;
    server.law_firm_ceos(70).await;
    let head = head(&server).await;
    (server, head)
}

/// A policy for searches of at most ten people, with fields changed.
fn small_searches(change: &Value) -> Value {
    let mut body = json!({ "name": "Small searches", "types": ["prospect_search"], "max_size": 10, "daily_tasks": 100,
        "daily_people": 1_000, "expires_at": IN_A_MONTH });
    for (name, value) in change.as_object().expect("fields") {
        body[name] = value.clone();
    }
    body
}

async fn policy(head: &Client, change: Value) -> Value {
    made(head, "/v1/lexi/policies", small_searches(&change)).await
}

fn of(policy: &Value, rest: &str) -> String {
    format!("/v1/lexi/policies/{}{rest}", policy["id"].as_str().expect("an id"))
}

async fn chat(client: &Client, n: usize) -> Value {
    ask(client, &format!("Find {n} CEOs at law firms in California"), &Value::Null).await
}

/// Whether what is asked for next waits for a person.
async fn waits(client: &Client) -> bool {
    chat(client, 2).await["requires_approval"] == true
}

#[tokio::test]
async fn what_lies_within_a_policy_is_approved_and_done_at_once_and_says_by_what() {
    let (server, head) = office().await;
    let made = policy(&head, json!({})).await;
    let asker = server.key("read,write,lexi:chat,lexi:read").await;
    let told = chat(&asker, 10).await;
    assert_eq!((&told["requires_approval"], &told["task"]["status"]), (&json!(false), &json!("completed")), "{told}");
    assert!(told["response"].as_str().unwrap().contains("The policy \"Small searches\" (version 1) has approved this"));
    let done = now(&asker, &told["task_id"]).await;
    assert_eq!(done["result"]["added"], 10);
    let decision = &done["decision"];
    assert_eq!((&decision["outcome"], &decision["kind"]), (&json!("approved"), &json!("policy")));
    assert_eq!((&decision["policy_id"], &decision["policy_version"]), (&made["id"], &json!(1)));
    assert_eq!(decision["key_id"], key_id(&server, &head).await);
    let today = head.get(&of(&made, "")).await.json["data"]["today"].clone();
    assert_eq!(today, json!({ "tasks": 1, "people": 10 }));
    let event: (String, String, Value) = server
        .app
        .db
        .read(|tx| {
            lexi::db::query("select actor_kind, actor_id, data from events where type = 'task.approved'")
                .one(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        })
        .await
        .unwrap();
    assert_eq!((event.0.as_str(), event.1.as_str()), ("policy", made["id"].as_str().unwrap()));
    assert_eq!((&event.2["policy_version"], &event.2["author_key_id"]), (&json!(1), &decision["key_id"]));

    let larger = chat(&asker, 11).await;
    assert_eq!((&larger["requires_approval"], &larger["task"]["status"]), (&json!(true), &json!("pending")));
}

#[tokio::test]
async fn a_large_task_that_a_policy_approved_becomes_a_job() {
    let server = Server::start_with(|config| config.inline_people_max = 0).await;
    server.law_firm_ceos(20).await;
    let head = head(&server).await;
    policy(&head, json!({})).await;
    let told = chat(&head, 5).await;
    assert_eq!((&told["requires_approval"], &told["task"]["status"]), (&json!(false), &json!("approved")));
    server.work().await;
    assert_eq!(now(&head, &told["task_id"]).await["result"]["added"], 5);
}

#[tokio::test]
async fn a_change_of_a_task_by_chat_or_route_is_looked_at_too() {
    let (_server, head) = office().await;
    policy(&head, json!({})).await;
    let told = chat(&head, 20).await;
    assert_eq!(told["requires_approval"], true);
    let changed = ask(&head, "make it 4", &told["conversation_id"]).await;
    assert_eq!((&changed["task_id"], &changed["requires_approval"]), (&told["task_id"], &json!(false)), "{changed}");
    let other = chat(&head, 30).await;
    let edited = head.patch(&path(&other["task"], ""), &json!({ "limit": 3 })).await;
    assert_eq!(edited.status, 200, "{}", edited.text);
    assert_eq!(edited.json["data"]["decision"]["kind"], "policy");
}

#[tokio::test]
async fn a_slot_allows_the_values_it_names_and_nothing_wider() {
    let (_server, head) = office().await;
    let filters = json!({ "titles": ["CEO"], "locations": [{ "state": "California" }] });
    policy(&head, json!({ "filters": filters })).await;
    for (message, is_within) in [
        ("Find 3 CEOs at law firms in California", true),
        ("Find 3 CEOs at law firms in Oakland, California", true),
        ("Find 3 CEOs at law firms", false),
        ("Find 3 CEOs at law firms in California or Texas", false),
        ("Find 3 people at law firms in California", false),
    ] {
        let told = ask(&head, message, &Value::Null).await;
        let nobody = told["task"]["preview"]["selected"] == 0;
        assert_eq!(told["requires_approval"] == false, is_within && !nobody, "{message}: {}", told["task"]["metadata"]);
    }
}

#[tokio::test]
async fn a_revoked_or_expired_policy_approves_nothing_more() {
    let (server, head) = office().await;
    let made = policy(&head, json!({})).await;
    assert!(!waits(&head).await);
    let revoked = head.post_empty(&of(&made, "/revoke")).await;
    assert_eq!((revoked.status, &revoked.json["data"]["status"]), (200, &json!("revoked")));
    assert_eq!(revoked.json["data"]["revoked_at"], iso(server.now_ms()));
    assert!(waits(&head).await);
    names(&head.post_empty(&of(&made, "/revoke")).await, "id");
    names(&head.patch(&of(&made, ""), &json!({ "max_size": 5 })).await, "id");
    let short = policy(&head, json!({ "expires_at": "2025-11-25T00:00:00Z" })).await;
    assert!(!waits(&head).await);
    server.advance_days(1);
    assert!(waits(&head).await);
    assert_eq!(head.get(&of(&short, "")).await.json["data"]["status"], "expired");
}

#[tokio::test]
async fn a_policy_ends_with_its_authors_key_and_another_may_take_it_over() {
    let (server, head) = office().await;
    let person = |key: &mut NewKey| key.kind = Kind::Human;
    let author = server.key_with("default", "lexi,policies:admin", person).await;
    let made = policy(&author, json!({})).await;
    assert!(!waits(&head).await);
    let id = key_id(&server, &author).await;
    assert_eq!(head.delete(&format!("/v1/api-keys/{id}")).await.status, 204);
    assert!(waits(&head).await);
    assert_eq!(head.get(&of(&made, "")).await.json["data"]["status"], "author_lost");
    let taken = head.patch(&of(&made, ""), &json!({ "max_size": 9 })).await.json["data"].clone();
    assert_eq!((&taken["version"], &taken["status"]), (&json!(2), &json!("in_force")));
    let told = chat(&head, 2).await;
    assert_eq!(told["task"]["decision"]["policy_version"], 2);
    let versions = head.get(&of(&made, "")).await.json["data"]["versions"].clone();
    assert_eq!((&versions[0]["author_key_id"], &versions[0]["max_size"]), (&json!(id), &json!(10)));

    let ending = |key: &mut NewKey| key.expires_at_ms = Some(server.now_ms() + 1_000);
    let short = server.key_with("default", "lexi,policies:admin", ending).await;
    head.post_empty(&of(&made, "/revoke")).await;
    policy(&short, json!({})).await;
    assert!(!waits(&head).await);
    server.advance_ms(1_000);
    assert!(waits(&head).await);
}

#[tokio::test]
async fn a_policys_approval_is_its_authors_vote_under_the_rules() {
    let (server, head) = office().await;
    let person = |key: &mut NewKey| {
        key.kind = Kind::Human;
        key.roles = vec!["partner".into()];
    };
    let partner = server.key_with("default", "read,write,lexi,policies:admin", person).await;
    policy(&partner, json!({})).await;
    let rule = made(&head, "/v1/lexi/rules", json!({ "name": "n", "approve": "1 of partner and not requester" })).await;
    let own = chat(&partner, 2).await;
    assert_eq!(own["requires_approval"], true, "he asked for it himself");
    assert_eq!(own["task"]["votes"]["have"], 0);
    assert!(!waits(&head).await);

    let change = async |approve: &str| {
        let path = format!("/v1/lexi/rules/{}", rule["id"].as_str().unwrap());
        assert_eq!(head.patch(&path, &json!({ "approve": approve })).await.status, 200);
    };
    change("1 of partner and 1 of compliance").await;
    let told = chat(&head, 3).await;
    assert_eq!((&told["requires_approval"], &told["task"]["votes"]), (&json!(true), &json!({ "have": 1, "need": 2 })));
    let given = now(&head, &told["task_id"]).await["approvals"][0].clone();
    assert_eq!((&given["kind"], &given["policy_version"]), (&json!("policy"), &json!(1)));
    refused(&approve(&partner, &told["task"]).await, 400, "validation_error");
    let compliance = voter(&server, "compliance").await;
    assert_eq!(approve(&compliance, &told["task"]).await.json["data"]["status"], "approved");

    change("1 of partner and human").await;
    let told = chat(&head, 4).await;
    assert_eq!(
        (&told["requires_approval"], &told["task"]["votes"]["have"]),
        (&json!(true), &json!(0)),
        "no person looked"
    );
    change("2 of compliance").await;
    assert_eq!(chat(&head, 5).await["task"]["votes"]["have"], 0, "the author carries no such role");
}

#[tokio::test]
async fn what_the_rules_refuse_does_not_use_up_the_day() {
    let (_server, head) = office().await;
    let made_policy = policy(&head, json!({})).await;
    made(&head, "/v1/lexi/rules", json!({ "name": "n", "reason_required": ["approve"], "hold_minutes": 15 })).await;
    assert!(waits(&head).await, "it gives no reason");
    assert_eq!(head.get(&of(&made_policy, "")).await.json["data"]["today"], json!({ "tasks": 0, "people": 0 }));
    head.patch(&of(&made_policy, ""), &json!({ "reason": "Agreed in the meeting of 3 November." })).await;
    let told = chat(&head, 3).await;
    assert_eq!((&told["requires_approval"], &told["task"]["status"]), (&json!(false), &json!("approved")), "held back");
    assert_eq!(told["task"]["decision"]["reason"], "Agreed in the meeting of 3 November.");
    assert!(told["response"].as_str().unwrap().contains("can be retracted until then"), "{}", told["response"]);
}

#[tokio::test]
async fn a_day_has_its_limits_and_the_next_day_its_own() {
    let (server, head) = office().await;
    let made = policy(&head, json!({ "daily_tasks": 2, "daily_people": 10 })).await;
    assert_eq!(chat(&head, 4).await["requires_approval"], false);
    assert_eq!(chat(&head, 7).await["requires_approval"], true, "eleven people would be too many");
    assert_eq!(chat(&head, 6).await["requires_approval"], false);
    assert_eq!(head.get(&of(&made, "")).await.json["data"]["today"], json!({ "tasks": 2, "people": 10 }));
    assert!(waits(&head).await);
    server.advance_days(1);
    assert!(!waits(&head).await);
    assert_eq!(head.get(&of(&made, "")).await.json["data"]["today"], json!({ "tasks": 1, "people": 2 }));
}

/// Asks with each caller at once.
async fn at_once(callers: &[Client], n: usize) -> Vec<Answer> {
    let sent: Vec<_> = callers
        .iter()
        .cloned()
        .map(|caller| {
            let body = json!({ "message": format!("Find {n} CEOs at law firms in California") });
            tokio::spawn(async move { caller.post("/v1/lexi/chat", &body).await })
        })
        .collect();
    let mut answers = Vec::new();
    for answer in sent {
        answers.push(answer.await.expect("an answer"));
    }
    answers
}

#[tokio::test]
async fn many_proposals_at_once_never_exceed_a_day() {
    let (server, head) = office().await;
    let made = policy(&head, json!({ "daily_tasks": 5, "daily_people": 8 })).await;
    let mut callers = Vec::new();
    for _ in 0..12 {
        callers.push(server.key("read,write,lexi").await);
    }
    let answers = at_once(&callers, 2).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    let approved = answers.iter().filter(|answer| answer.json["data"]["requires_approval"] == false).count();
    assert_eq!(approved, 4, "eight people are four tasks of two");
    assert_eq!(head.get(&of(&made, "")).await.json["data"]["today"], json!({ "tasks": 4, "people": 8 }));
    assert_eq!(head.get("/v1/lexi/tasks?status=completed").await.json["meta"]["total"], 4);
}

#[tokio::test]
async fn nothing_is_approved_after_a_revocation_was_answered() {
    let (server, head) = office().await;
    let mut callers = Vec::new();
    for _ in 0..6 {
        callers.push(server.key("read,write,lexi").await);
    }
    for _ in 0..3 {
        let made = policy(&head, json!({})).await;
        let asking = {
            let callers = callers.clone();
            tokio::spawn(async move { at_once(&callers, 2).await })
        };
        assert_eq!(head.post_empty(&of(&made, "/revoke")).await.status, 200);
        let counted = head.get(&of(&made, "")).await.json["data"]["today"]["tasks"].as_u64().unwrap();
        let answers = asking.await.unwrap();
        let approved = answers.iter().filter(|answer| answer.json["data"]["requires_approval"] == false).count();
        assert_eq!(approved as u64, counted, "what was approved was approved before");
    }
}

#[tokio::test]
async fn changes_of_lists_and_records_are_approved_by_operation() {
    let (_server, head) = office().await;
    let contact = json!({ "full_name": "Jane Doe", "email": "jane@acme.example", "company": "Acme" });
    made(&head, "/v1/contacts", contact).await;
    policy(&head, json!({ "types": ["contact_update"], "filters": { "operations": ["tag"] } })).await;
    let tagged = ask(&head, "Tag all contacts at Acme as 'VIP'", &Value::Null).await;
    assert_eq!(
        (&tagged["requires_approval"], &tagged["task"]["status"]),
        (&json!(false), &json!("completed")),
        "{tagged}"
    );
    let deletion = ask(&head, "Delete jane@acme.example", &Value::Null).await;
    assert_eq!(deletion["requires_approval"], true);
}

#[tokio::test]
async fn each_wrong_field_of_a_policy_is_named() {
    let (_server, head) = office().await;
    for (field, change) in [
        ("name", json!({ "name": " " })),
        ("types", json!({ "types": [] })),
        ("types", json!({ "types": ["campaign_start"] })),
        ("max_size", json!({ "max_size": 0 })),
        ("max_size", json!({ "max_size": 10_001 })),
        ("daily_tasks", json!({ "daily_tasks": 1_001 })),
        ("daily_people", json!({ "daily_people": 100_001 })),
        ("expires_at", json!({ "expires_at": "tomorrow" })),
        ("expires_at", json!({ "expires_at": "2025-11-24T16:00:00Z" })),
        ("expires_at", json!({ "expires_at": "2026-11-26T00:00:00Z" })),
        ("filters.colour", json!({ "filters": { "colour": ["red"] } })),
        ("filters.titles", json!({ "filters": { "titles": [] } })),
        ("filters.locations", json!({ "filters": { "locations": ["California"] } })),
        ("filters.operations", json!({ "types": ["list_operation"] })),
    ] {
        names(&head.post("/v1/lexi/policies", &small_searches(&change)).await, field);
    }
    let misspelled = head.post("/v1/lexi/policies", &small_searches(&json!({ "daily_cap": 5 }))).await;
    assert_eq!(misspelled.status, 400, "{}", misspelled.text);
    assert_eq!(head.get("/v1/lexi/policies").await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn policies_need_policies_admin_and_of_their_author_lexi_approve_and_are_walled_off() {
    let (server, head) = office().await;
    let made = policy(&head, json!({})).await;
    let partner = voter(&server, "partner").await;
    let trial = json!({ "policy": small_searches(&json!({})) });
    for answer in [
        partner.get("/v1/lexi/policies").await,
        partner.post("/v1/lexi/policies", &small_searches(&json!({}))).await,
        partner.get(&of(&made, "")).await,
        partner.patch(&of(&made, ""), &json!({ "max_size": 1 })).await,
        partner.post_empty(&of(&made, "/revoke")).await,
        partner.post("/v1/lexi/policies/dry-run", &trial).await,
    ] {
        refused(&answer, 403, "insufficient_permissions");
    }
    let writer = server.key("read,policies:admin").await;
    refused(&writer.post("/v1/lexi/policies", &small_searches(&json!({}))).await, 403, "insufficient_permissions");
    refused(&writer.patch(&of(&made, ""), &json!({ "max_size": 1 })).await, 403, "insufficient_permissions");

    let elsewhere = server.key_of("elsewhere", "read,write,lexi,policies:admin").await;
    let unknown = json!({ "id": "0193f2c4-0000-7000-8000-000000000000" });
    let change = json!({ "max_size": 1 });
    for (theirs, none) in [
        (elsewhere.get(&of(&made, "")).await, elsewhere.get(&of(&unknown, "")).await),
        (elsewhere.patch(&of(&made, ""), &change).await, elsewhere.patch(&of(&unknown, ""), &change).await),
        (elsewhere.post_empty(&of(&made, "/revoke")).await, elsewhere.post_empty(&of(&unknown, "/revoke")).await),
    ] {
        refused(&theirs, 404, "not_found");
        assert_eq!(theirs.text, none.text);
    }
    assert_eq!(elsewhere.get("/v1/lexi/policies").await.json["meta"]["total"], 0);
    assert!(waits(&elsewhere).await, "a policy approves in its own workspace only");
    assert_eq!(head.get(&of(&made, "")).await.json["data"]["status"], "in_force");
}

#[tokio::test]
async fn a_dry_run_says_what_a_policy_would_have_approved() {
    let (server, head) = office().await;
    for n in [3, 4, 20, 5] {
        let task = propose(&head, n).await;
        approve(&head, &task).await;
        server.advance_ms(1);
    }
    let try_it = async |change: Value| {
        let answer = head.post("/v1/lexi/policies/dry-run", &json!({ "policy": small_searches(&change) })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["data"].clone()
    };
    let run = try_it(json!({ "daily_people": 8 })).await;
    assert_eq!(
        (&run["tasks"], &run["concerned"], &run["approved"], &run["over_cap"]),
        (&json!(4), &json!(3), &json!(2), &json!(1))
    );
    assert_eq!(
        (&run["lines"][0]["size"], &run["lines"][0]["would"]),
        (&json!(5), &json!("over_cap")),
        "the newest first"
    );
    made(&head, "/v1/lexi/rules", json!({ "name": "n", "approve": "any 2", "max_size": 3 })).await;
    made(&head, "/v1/lexi/rules", json!({ "name": "n", "approve": "any 1 and human", "min_size": 4 })).await;
    let run = try_it(json!({})).await;
    assert_eq!((&run["voted"], &run["refused"]), (&json!(1), &json!(2)), "{run}");
    assert_eq!(head.get("/v1/lexi/policies").await.json["meta"]["total"], 0, "a dry run changes nothing");
}
