//! Rules about who may approve what, as a workspace's own data: written, versioned, retired, tried on the past.

use lexi::clock::{DAY_MS, iso};
use serde_json::{Value, json};

use crate::support::asking::{approve, head, names, now, path, propose, refused, voter};
use crate::support::{Client, Server, made};

async fn office() -> (Server, Client) {
    let server = Server::start().await;
    server.law_firm_ceos(40).await;
    let head = head(&server).await;
    (server, head)
}

async fn rule(head: &Client, body: Value) -> Value {
    made(head, "/v1/lexi/rules", body).await
}

fn of(rule: &Value) -> String {
    format!("/v1/lexi/rules/{}", rule["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn a_rule_is_shown_as_it_holds_with_its_version_and_who_wrote_it() {
    let (server, head) = office().await;
    let given = json!({ "name": " Large searches ", "types": ["prospect_search"], "min_size": 30,
        "approve": "2 OF Partner and (1 of compliance) and not requester", "reason_required": ["approve"],
        "hours": { "days": ["fri", "mon"], "from": "08:00", "to": "18:00", "zone": "+01:00" },
        "hold_minutes": 30, "start_within_hours": 24, "deadline_hours": 48, "on_deadline": "escalate",
        "escalate_to": ["managing-partner"], "remind_hours_before": 4 });
    let made = rule(&head, given).await;
    let expected = json!({ "id": made["id"], "version": 1, "name": "Large searches", "types": ["prospect_search"],
        "min_size": 30, "max_size": null, "approve": "2 of partner and 1 of compliance and not requester",
        "reason_required": ["approve"],
        "hours": { "days": ["mon", "fri"], "from": "08:00", "to": "18:00", "zone": "+01:00" },
        "hold_minutes": 30, "start_within_hours": 24, "deadline_hours": 48, "on_deadline": "escalate",
        "escalate_to": ["managing-partner"], "remind_hours_before": 4, "created_at": iso(server.now_ms()),
        "changed_at": iso(server.now_ms()), "changed_by": made["changed_by"], "retired_at": null });
    assert_eq!(made, expected);
    let listed = head.get("/v1/lexi/rules").await.json;
    assert_eq!((&listed["data"]["rules"][0], &listed["meta"]["total"]), (&made, &json!(1)));
    let short = rule(&head, json!({ "name": "n" })).await;
    assert_eq!(short["approve"], "any 1");
}

#[tokio::test]
async fn a_change_is_another_version_and_the_earlier_ones_stay_readable() {
    let (server, head) = office().await;
    let first = rule(&head, json!({ "name": "n", "approve": "any 2", "max_size": 10 })).await;
    server.advance_ms(1_000);
    let changed = head.patch(&of(&first), &json!({ "approve": "any 3", "max_size": null })).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let changed = changed.json["data"].clone();
    assert_eq!(
        (&changed["version"], &changed["approve"], &changed["max_size"]),
        (&json!(2), &json!("any 3"), &Value::Null)
    );
    let same = head.patch(&of(&first), &json!({ "approve": "ANY 3" })).await.json["data"].clone();
    assert_eq!(same["version"], 2, "nothing was changed");
    let detail = head.get(&of(&first)).await.json["data"].clone();
    let versions = detail["versions"].as_array().unwrap();
    let said: Vec<&str> = versions.iter().map(|version| version["approve"].as_str().unwrap()).collect();
    assert_eq!(said, ["any 2", "any 3"]);
    assert_eq!(versions[1]["created_at"], iso(server.now_ms()));
}

#[tokio::test]
async fn a_retired_rule_holds_no_more_and_stays_readable() {
    let (server, head) = office().await;
    let made = rule(&head, json!({ "name": "n", "approve": "any 2" })).await;
    let task = propose(&head, 3).await;
    assert_eq!(now(&head, &task).await["votes"], json!({ "have": 0, "need": 2 }));
    assert_eq!(head.delete(&of(&made)).await.status, 204);
    assert_eq!(head.delete(&of(&made)).await.status, 404);
    assert_eq!(now(&head, &task).await["votes"], json!({ "have": 0, "need": 1 }));
    assert_eq!(head.get("/v1/lexi/rules").await.json["meta"]["total"], 0);
    assert_eq!(head.get("/v1/lexi/rules?include_retired=true").await.json["meta"]["total"], 1);
    assert_eq!(head.get(&of(&made)).await.json["data"]["retired_at"], iso(server.now_ms()));
    names(&head.patch(&of(&made), &json!({ "approve": "any 1" })).await, "id");
    assert_eq!(approve(&head, &task).await.json["data"]["status"], "approved");
}

#[tokio::test]
async fn what_can_not_be_read_is_refused_with_its_field_and_its_column() {
    let (_server, head) = office().await;
    for (approve, said) in [
        ("2 partner", "Column 3: expected \"of\" and a role, as in \"2 of partner\"."),
        ("2 of partner and", "Column 17: expected a count such as"),
        ("any 99", "Column 5: expected a number from 1 to 20."),
        ("not partner", "Column 5: expected \"requester\""),
    ] {
        let answer = head.post("/v1/lexi/rules", &json!({ "name": "n", "approve": approve })).await;
        names(&answer, "approve");
        let message = answer.json["error"]["message"].as_str().unwrap();
        assert!(message.starts_with(said), "{approve}: {message}");
    }
    for (field, body) in [
        ("name", json!({})),
        ("name", json!({ "name": "x".repeat(121) })),
        ("types", json!({ "name": "n", "types": ["anything"] })),
        ("max_size", json!({ "name": "n", "min_size": 5, "max_size": 4 })),
        ("hours.zone", json!({ "name": "n", "hours": { "from": "08:00", "to": "09:00", "zone": "Atlantis" } })),
        ("on_deadline", json!({ "name": "n", "on_deadline": "approve" })),
        ("hold_minutes", json!({ "name": "n", "hold_minutes": 10_081 })),
    ] {
        names(&head.post("/v1/lexi/rules", &body).await, field);
    }
    let misspelled = head.post("/v1/lexi/rules", &json!({ "name": "n", "hold_minute": 5 })).await;
    assert_eq!(misspelled.status, 400, "{}", misspelled.text);
    assert_eq!(head.get("/v1/lexi/rules").await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn rules_need_policies_admin_and_are_walled_off() {
    let (server, head) = office().await;
    let made = rule(&head, json!({ "name": "n", "approve": "any 2" })).await;
    let partner = voter(&server, "partner").await;
    for answer in [
        partner.get("/v1/lexi/rules").await,
        partner.post("/v1/lexi/rules", &json!({ "name": "n" })).await,
        partner.get(&of(&made)).await,
        partner.patch(&of(&made), &json!({ "approve": "any 1" })).await,
        partner.delete(&of(&made)).await,
        partner.post("/v1/lexi/rules/dry-run", &json!({ "rule": { "name": "n" } })).await,
    ] {
        refused(&answer, 403, "insufficient_permissions");
    }
    let elsewhere = server.key_of("elsewhere", "lexi,policies:admin").await;
    let unknown = "/v1/lexi/rules/0193f2c4-0000-7000-8000-000000000000";
    for (theirs, none) in [
        (elsewhere.get(&of(&made)).await, elsewhere.get(unknown).await),
        (
            elsewhere.patch(&of(&made), &json!({ "approve": "any 1" })).await,
            elsewhere.patch(unknown, &json!({ "approve": "any 1" })).await,
        ),
        (elsewhere.delete(&of(&made)).await, elsewhere.delete(unknown).await),
    ] {
        refused(&theirs, 404, "not_found");
        assert_eq!(theirs.text, none.text);
    }
    assert_eq!(elsewhere.get("/v1/lexi/rules?include_retired=true").await.json["meta"]["total"], 0);
    // And the rule of one workspace holds in no other.
    let task = propose(&elsewhere, 3).await;
    assert_eq!(approve(&elsewhere, &task).await.json["data"]["status"], "approved");
    assert_eq!(head.get(&of(&made)).await.json["data"]["version"], 1);
}

#[tokio::test]
async fn a_dry_run_says_what_a_rule_would_have_made_of_past_tasks() {
    let (server, head) = office().await;
    let (partner, program) = (voter(&server, "partner").await, server.key("read,write,lexi").await);
    let old = propose(&head, 1).await;
    approve(&head, &old).await;
    server.advance_days(31);
    let small = propose(&head, 2).await;
    approve(&partner, &small).await;
    server.advance_ms(1);
    let large = propose(&head, 10).await;
    approve(&partner, &large).await;
    server.advance_ms(1);
    let by_program = propose(&head, 11).await;
    approve(&program, &by_program).await;
    server.advance_ms(1);
    let dismissed = propose(&head, 12).await;
    assert_eq!(head.post_empty(&path(&dismissed, "/dismiss")).await.status, 200);

    let try_it = async |rule: Value| {
        let answer = head.post("/v1/lexi/rules/dry-run", &json!({ "rule": rule })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["data"].clone()
    };
    let counts = |run: &Value| {
        ["tasks", "concerned", "approved", "refused", "waiting", "dismissed"].map(|name| run[name].as_u64().unwrap())
    };
    let run = try_it(json!({ "name": "n", "min_size": 5, "approve": "1 of partner or any 2" })).await;
    assert_eq!(counts(&run), [4, 3, 1, 0, 1, 1], "{run}");
    let lines = run["lines"].as_array().unwrap();
    let would: Vec<&str> = lines.iter().map(|line| line["would"].as_str().unwrap()).collect();
    assert_eq!(would, ["dismissed", "waiting", "approved"], "the newest first");
    assert_eq!(
        (&lines[1]["task_id"], &lines[1]["why"]),
        (&by_program["id"], &json!("It would still want 1 of partner, or 1 more."))
    );

    let run = try_it(json!({ "name": "n", "approve": "1 of partner", "reason_required": ["dismiss"] })).await;
    assert_eq!(counts(&run), [4, 4, 2, 2, 0, 0], "{run}");
    let sunday = json!({ "name": "n", "hours": { "days": ["sun"], "from": "00:00", "to": "24:00" } });
    assert_eq!(try_it(sunday).await["refused"], 3);
    let long = head.post("/v1/lexi/rules/dry-run", &json!({ "rule": { "name": "n" }, "days": 32 })).await;
    assert_eq!(long.json["data"]["tasks"], 5);
    names(&head.post("/v1/lexi/rules/dry-run", &json!({ "rule": { "name": "n" }, "days": 91 })).await, "days");
    assert_eq!(head.get("/v1/lexi/rules").await.json["meta"]["total"], 0, "a dry run changes nothing");
}

#[tokio::test]
async fn there_is_a_limit_to_the_rules_in_force() {
    let (_server, head) = office().await;
    let mut last = Value::Null;
    for n in 0..50 {
        last = rule(&head, json!({ "name": format!("rule {n}"), "types": ["campaign_start"] })).await;
    }
    names(&head.post("/v1/lexi/rules", &json!({ "name": "one more" })).await, "name");
    assert_eq!(head.delete(&of(&last)).await.status, 204);
    rule(&head, json!({ "name": "one more" })).await;
}

#[tokio::test]
async fn each_change_of_a_rule_is_an_event() {
    let (server, head) = office().await;
    let made = rule(&head, json!({ "name": "n" })).await;
    head.patch(&of(&made), &json!({ "approve": "any 2" })).await;
    head.delete(&of(&made)).await;
    let kinds: Vec<String> = server
        .app
        .db
        .read(|tx| {
            lexi::db::query("select type from events where type like 'rule.%' order by at_ms, id")
                .all(tx, |row| row.get(0))
        })
        .await
        .unwrap();
    assert_eq!(kinds, ["rule.created", "rule.changed", "rule.retired"]);
    assert!(server.now_ms() > DAY_MS);
}
