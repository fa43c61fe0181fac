//! Votes: where rules want more than one approval, or one of a sort, nothing happens before the last of them, and the last
//! decides once.

use std::time::Duration;

use lexi::clock::HOUR_MS;
use lexi::db::{Dialect, Isolation, query};
use lexi::execution::{self, Mode, edit};
use lexi::{keys, workspaces};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::asking::{approve, ask, head, key_id, names, now, path, propose, refused, voter};
use crate::support::database::dialect;
use crate::support::gate::Gate;
use crate::support::{Answer, Client, Server, made};

/// A workspace with this rule.
async fn office(rule: Value) -> (Server, Client) {
    let server = Server::start().await;
    server.law_firm_ceos(40).await;
    let head = head(&server).await;
    made(&head, "/v1/lexi/rules", rule).await;
    (server, head)
}

fn four_eyes() -> Value {
    json!({ "name": "Four eyes", "approve": "2 of partner and 1 of compliance and not requester" })
}

#[tokio::test]
async fn nothing_happens_before_the_last_vote_and_the_last_vote_decides() {
    let (server, head) = office(four_eyes()).await;
    let task = propose(&head, 3).await;
    assert_eq!(task["votes"], json!({ "have": 0, "need": 3 }));
    let partners = [voter(&server, "partner").await, voter(&server, "partner,compliance").await];
    let compliance = voter(&server, "compliance").await;

    let first = approve(&partners[0], &task).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let data = &first.json["data"];
    assert_eq!((&data["task_id"], &data["status"]), (&task["id"], &json!("pending")));
    assert_eq!((&data["execution_started"], &data["votes"]), (&json!(false), &json!({ "have": 1, "need": 3 })));
    assert_eq!(data["missing"], "1 of partner and 1 of compliance");
    // One key counts once, whatever it carries.
    let second = approve(&partners[1], &task).await.json["data"].clone();
    assert_eq!((&second["status"], &second["votes"]), (&json!("pending"), &json!({ "have": 2, "need": 3 })));
    let waiting = now(&head, &task).await;
    assert_eq!((&waiting["status"], &waiting["result"]), (&json!("pending"), &Value::Null));
    assert_eq!(waiting["approvals"].as_array().unwrap().len(), 2);
    assert_eq!(waiting["rules"][0]["missing"], "1 of compliance");
    assert_eq!(head.get("/v1/contacts").await.json["meta"]["total"], 0);

    let last = approve(&compliance, &task).await;
    assert_eq!(last.json["data"], json!({ "task_id": task["id"], "status": "approved", "execution_started": true }));
    let done = now(&head, &task).await;
    assert_eq!((&done["status"], &done["result"]["added"]), (&json!("completed"), &json!(3)));
    assert_eq!(done["votes"], json!({ "have": 3, "need": 3 }));
    let decision = &done["decision"];
    assert_eq!(decision["key_id"], key_id(&server, &compliance).await);
    assert_eq!((&decision["rules"][0]["name"], &decision["rules"][0]["version"]), (&json!("Four eyes"), &json!(1)));
    let late = refused(&approve(&partners[0], &task).await, 400, "validation_error");
    assert_eq!(late["message"], "Task has already been approved");
}

#[tokio::test]
async fn a_key_votes_once_for_a_revision() {
    let (server, head) = office(json!({ "name": "n", "approve": "any 2" })).await;
    let task = propose(&head, 3).await;
    assert_eq!(approve(&head, &task).await.json["data"]["votes"], json!({ "have": 1, "need": 2 }));
    let again = refused(&approve(&head, &task).await, 400, "validation_error");
    assert!(again["message"].as_str().unwrap().starts_with("This key has approved this revision"), "{again}");
    assert_eq!(now(&head, &task).await["votes"]["have"], 1);
    let other = voter(&server, "").await;
    assert_eq!(approve(&other, &task).await.json["data"]["status"], "approved");
}

#[tokio::test]
async fn who_asked_for_a_task_or_changed_it_last_does_not_approve_it_where_a_rule_says_so() {
    let (server, _head) = office(json!({ "name": "n", "approve": "any 1 and not requester" })).await;
    let (asker, other) = (voter(&server, "partner").await, voter(&server, "partner").await);
    let task = propose(&asker, 3).await;
    let own = refused(&approve(&asker, &task).await, 403, "insufficient_permissions");
    assert!(own["message"].as_str().unwrap().contains("does not let the key that asked"), "{own}");
    let changed = other.patch(&path(&task, ""), &json!({ "limit": 4 })).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let changed = changed.json["data"].clone();
    refused(&approve(&other, &changed).await, 403, "insufficient_permissions");
    let third = voter(&server, "").await;
    assert_eq!(approve(&third, &changed).await.json["data"]["status"], "approved");
}

#[tokio::test]
async fn a_vote_that_could_never_count_is_refused_and_says_why() {
    let (server, head) = office(json!({ "name": "n", "approve": "(1 of partner or 2 of associate) and human" })).await;
    let task = propose(&head, 3).await;
    let outsider = refused(&approve(&voter(&server, "intern").await, &task).await, 403, "insufficient_permissions");
    assert!(outsider["message"].as_str().unwrap().contains("roles that this key does not carry"), "{outsider}");
    let program = server.key_with("default", "lexi", |key| key.roles = vec!["partner".into()]).await;
    let refusal = refused(&approve(&program, &task).await, 403, "insufficient_permissions");
    assert!(refusal["message"].as_str().unwrap().contains("by people only"), "{refusal}");
    assert_eq!(
        approve(&voter(&server, "associate").await, &task).await.json["data"]["missing"],
        "1 of partner by a person, or 1 of associate by a person"
    );
    assert_eq!(approve(&voter(&server, "partner").await, &task).await.json["data"]["status"], "approved");
}

#[tokio::test]
async fn a_new_revision_needs_new_votes() {
    let (server, head) = office(json!({ "name": "n", "approve": "any 2" })).await;
    let told = ask(&head, "Find 3 CEOs at law firms in California", &Value::Null).await;
    let (one, other) = (voter(&server, "").await, voter(&server, "").await);
    assert_eq!(approve(&one, &told["task"]).await.json["data"]["status"], "pending");
    let changed = ask(&head, "make it 4", &told["conversation_id"]).await["task"].clone();
    assert_eq!((&changed["id"], &changed["votes"]), (&told["task_id"], &json!({ "have": 0, "need": 2 })));
    assert_eq!(approve(&other, &changed).await.json["data"]["status"], "pending", "the first vote is void");
    let last = approve(&one, &changed).await;
    assert_eq!(last.json["data"]["status"], "approved", "and its key may vote anew: {}", last.text);
}

#[tokio::test]
async fn all_rules_that_concern_a_task_hold_together() {
    let (server, head) = office(json!({ "name": "everything", "approve": "any 2" })).await;
    made(&head, "/v1/lexi/rules", json!({ "name": "large", "min_size": 10, "approve": "1 of partner" })).await;
    made(&head, "/v1/lexi/rules", json!({ "name": "lists", "types": ["list_operation"], "approve": "any 9" })).await;
    let (partner, plain) = (voter(&server, "partner").await, voter(&server, "").await);
    let small = propose(&head, 9).await;
    let large = propose(&head, 10).await;
    assert_eq!((&small["votes"]["need"], &large["votes"]["need"]), (&json!(2), &json!(2)));
    assert_eq!(approve(&plain, &small).await.json["data"]["status"], "pending");
    assert_eq!(approve(&head, &small).await.json["data"]["status"], "approved");
    // A plain key counts for the first rule, and a second one does not replace the partner of the other.
    assert_eq!(approve(&plain, &large).await.json["data"]["votes"], json!({ "have": 1, "need": 2 }));
    assert_eq!(approve(&head, &large).await.json["data"]["votes"], json!({ "have": 2, "need": 3 }));
    assert_eq!(approve(&partner, &large).await.json["data"]["status"], "approved");
    let names: Vec<Value> = now(&head, &large).await["decision"]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["name"].clone())
        .collect();
    assert_eq!(names, ["everything", "large"]);
}

#[tokio::test]
async fn reasons_are_asked_for_where_a_rule_wants_them() {
    let (_server, head) = office(json!({ "name": "n", "reason_required": ["approve", "dismiss"] })).await;
    let task = propose(&head, 3).await;
    names(&approve(&head, &task).await, "reason");
    names(&head.post_empty(&path(&task, "/dismiss")).await, "reason");
    names(&head.post(&path(&task, "/approve"), &json!({ "reason": "x".repeat(2_001) })).await, "reason");
    let reason = json!({ "reason": "The client asked for it." });
    assert_eq!(head.post(&path(&task, "/approve"), &reason).await.json["data"]["status"], "approved");
    assert_eq!(now(&head, &task).await["decision"]["reason"], "The client asked for it.");
    let other = propose(&head, 4).await;
    assert_eq!(head.post(&path(&other, "/dismiss"), &json!({ "reason": "too_few" })).await.status, 200);
}

#[tokio::test]
async fn outside_the_hours_of_a_rule_an_approval_is_refused_with_when_it_opens() {
    // The tests begin on Monday, 2025-11-24, at 16:00 UTC.
    let hours = json!({ "days": ["mon", "tue"], "from": "09:00", "to": "17:00" });
    let (server, head) = office(json!({ "name": "Office hours", "hours": hours })).await;
    let task = propose(&head, 3).await;
    server.advance_ms(HOUR_MS);
    let closed = refused(&approve(&head, &task).await, 400, "validation_error");
    assert_eq!(closed["details"]["opens_at"], "2025-11-25T09:00:00.000Z");
    assert!(closed["message"].as_str().unwrap().contains("Monday, Tuesday from 09:00 to 17:00 (UTC)"), "{closed}");
    server.advance_ms(16 * HOUR_MS);
    assert_eq!(approve(&head, &task).await.json["data"]["status"], "approved");
}

#[tokio::test]
async fn the_vote_of_a_key_that_was_revoked_since_counts_no_more() {
    let (server, head) = office(json!({ "name": "n", "approve": "any 2" })).await;
    let task = propose(&head, 3).await;
    let gone = voter(&server, "").await;
    assert_eq!(approve(&gone, &task).await.json["data"]["votes"]["have"], 1);
    let id = key_id(&server, &gone).await;
    assert_eq!(head.delete(&format!("/v1/api-keys/{id}")).await.status, 204);
    assert_eq!(now(&head, &task).await["votes"], json!({ "have": 0, "need": 2 }));
    assert_eq!(now(&head, &task).await["approvals"][0]["counts"], false);
    assert_eq!(approve(&head, &task).await.json["data"]["votes"], json!({ "have": 1, "need": 2 }));
    assert_eq!(approve(&voter(&server, "").await, &task).await.json["data"]["status"], "approved");
}

#[tokio::test]
async fn a_rule_written_while_votes_are_collected_holds_from_then_on() {
    let (server, head) = office(json!({ "name": "n", "approve": "any 2" })).await;
    let task = propose(&head, 3).await;
    approve(&head, &task).await;
    made(&head, "/v1/lexi/rules", json!({ "name": "more", "approve": "any 3" })).await;
    let second = approve(&voter(&server, "").await, &task).await;
    assert_eq!(second.json["data"]["votes"], json!({ "have": 2, "need": 3 }), "{}", second.text);
    assert_eq!(approve(&voter(&server, "").await, &task).await.json["data"]["status"], "approved");
}

#[tokio::test]
async fn a_hold_that_a_rule_sets_is_kept() {
    let (server, head) = office(json!({ "name": "n", "hold_minutes": 10 })).await;
    made(&head, "/v1/lexi/rules", json!({ "name": "m", "hold_minutes": 30 })).await;
    let task = propose(&head, 3).await;
    let held = approve(&head, &task).await;
    assert_eq!(
        (&held.json["data"]["status"], &held.json["data"]["execution_started"]),
        (&json!("approved"), &json!(false))
    );
    assert_eq!(held.json["data"]["starts_at"], "2025-11-24T16:30:00.000Z", "the longest holds");
    assert_eq!(head.get("/v1/contacts").await.json["meta"]["total"], 0);
    let _ = server;
}

/// Sends an approval of each caller at once.
async fn at_once(callers: &[Client], task: &Value) -> Vec<Answer> {
    let sent: Vec<_> = callers
        .iter()
        .cloned()
        .map(|caller| {
            let task = task.clone();
            tokio::spawn(async move { approve(&caller, &task).await })
        })
        .collect();
    let mut answers = Vec::new();
    for answer in sent {
        answers.push(answer.await.expect("an answer"));
    }
    answers
}

#[tokio::test]
async fn of_last_votes_raced_by_many_exactly_one_decides() {
    let (server, head) = office(json!({ "name": "n", "approve": "3 of partner" })).await;
    let mut partners = Vec::new();
    for _ in 0..8 {
        partners.push(voter(&server, "partner").await);
    }
    for n in 2..6 {
        let task = propose(&head, n).await;
        let answers = at_once(&partners, &task).await;
        let of = |status: &str| answers.iter().filter(|answer| answer.json["data"]["status"] == status).count();
        let texts: Vec<&str> = answers.iter().map(|answer| answer.text.as_str()).collect();
        assert_eq!((of("pending"), of("approved")), (2, 1), "{texts:?}");
        for refusal in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(
                (refusal.status, &refusal.json["error"]["message"]),
                (400, &json!("Task has already been approved"))
            );
        }
        let done = now(&head, &task).await;
        assert_eq!((&done["status"], &done["result"]["selected"]), (&json!("completed"), &json!(n)));
        assert_eq!(done["approvals"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_key_that_votes_many_times_at_once_has_one_vote() {
    let (_server, head) = office(json!({ "name": "n", "approve": "any 2" })).await;
    let task = propose(&head, 3).await;
    let same: Vec<Client> = (0..8).map(|_| head.clone()).collect();
    let answers = at_once(&same, &task).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| [200, 400].contains(&answer.status)));
    assert_eq!(now(&head, &task).await["votes"], json!({ "have": 1, "need": 2 }));
}

#[tokio::test]
async fn a_dismissal_raced_with_last_votes_leaves_one_decision() {
    let (server, head) = office(json!({ "name": "n", "approve": "any 2" })).await;
    let voters = [voter(&server, "").await, voter(&server, "").await];
    for n in 2..6 {
        let task = propose(&head, n).await;
        let dismissal = {
            let (head, path) = (head.clone(), path(&task, "/dismiss"));
            tokio::spawn(async move { head.post_empty(&path).await })
        };
        let votes = at_once(&voters, &task).await;
        let dismissed = dismissal.await.unwrap().status == 200;
        let approved = votes.iter().any(|answer| answer.json["data"]["status"] == "approved");
        assert!(dismissed != approved, "exactly one of them");
        let done = now(&head, &task).await;
        assert_eq!(done["status"], if approved { "completed" } else { "dismissed" });
    }
}

/// Waits until somebody waits for a row that another transaction holds. On SQLite whoever waits has not begun.
async fn somebody_waits_for_a_row(server: &Server) {
    if dialect() == Dialect::Sqlite {
        return;
    }
    const WAITING: &str = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    for _ in 0..12_000 {
        if server.app.db.read(|tx| query(WAITING).one(tx, |row| row.get::<i64>(0))).await.unwrap() > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("nobody waits for a row");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn votes_stay_void_when_the_plan_they_were_for_comes_back_while_the_last_one_is_given() {
    let (server, head) = office(json!({ "name": "n", "approve": "any 2" })).await;
    let task = propose(&head, 3).await;
    assert_eq!(approve(&voter(&server, "").await, &task).await.json["data"]["votes"]["have"], 1);
    let other = voter(&server, "").await;
    let task_id: Uuid = task["id"].as_str().unwrap().parse().unwrap();
    let (key, gate, snapshot, now_ms) = (
        key_id(&server, &head).await.parse::<Uuid>().unwrap(),
        Gate::shut(),
        server.app.search.snapshot(),
        server.now_ms(),
    );
    let (db, at_gate) = (server.app.db.clone(), gate.clone());
    let changing = tokio::spawn(async move {
        db.write_with(Isolation::ReadCommitted, move |tx| {
            let workspace = workspaces::find(tx, workspaces::DEFAULT_NAME)?.expect("the workspace");
            let caller = keys::holder(tx, workspace.id, (key, None), now_ms)?.expect("the key");
            let around =
                edit::Circumstances { caller: &caller, snapshot: &snapshot, now_ms, expires_at_ms: now_ms + HOUR_MS };
            let mut named = None;
            for limit in [4, 3] {
                let change = edit::Edit::of(json!({ "limit": limit }).as_object().expect("fields").clone())?;
                let edited = edit::prepare(tx, &around, task_id, (&change, named.as_deref()))?;
                let edit::Edited::Changed(proposal, seen) = edited else { panic!("it is so already") };
                execution::revise(tx, &caller, (&proposal, seen), Mode::AsJob, now_ms)?;
                named = Some(proposal.plan.hash());
            }
            at_gate.pass();
            Ok(())
        })
        .await
    });
    gate.reached_by(1).await;
    let seen = task.clone();
    let last = tokio::spawn(async move { approve(&other, &seen).await });
    somebody_waits_for_a_row(&server).await;
    gate.open();
    changing.await.unwrap().unwrap();
    let last = last.await.unwrap();
    assert_ne!(last.json["data"]["status"], "approved", "the first vote was for revision 1");
    let waiting = now(&head, &task).await;
    assert_eq!(
        (&waiting["revision"], &waiting["status"], &waiting["plan_hash"]),
        (&json!(3), &json!("pending"), &task["plan_hash"])
    );
    let counted = if last.status == 200 { 1 } else { 0 };
    assert_eq!(waiting["votes"], json!({ "have": counted, "need": 2 }), "{}", last.text);
}
