//! A task that nobody decides about is reminded of, passed on once, and dismissed; never approved.

use lexi::db::query;
use lexi::tasks::{OnDeadline, ProposalTerms, time};
use lexi::workspaces;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::holds::{MINUTE_MS, desk};
use crate::support::Server;
use crate::support::asking::{approve, now, propose, refused};

/// Gives a pending task these terms, as a rule would when it is proposed.
async fn under(server: &Server, task: &Value, terms: ProposalTerms) {
    let (task_id, now_ms) = (task["id"].as_str().unwrap().parse::<Uuid>().unwrap(), server.now_ms());
    let set = server.app.db.write(move |tx| {
        let workspace = workspaces::find(tx, workspaces::DEFAULT_NAME)?.expect("the workspace");
        time::set_terms(tx, workspace.id, task_id, &terms, now_ms)
    });
    set.await.expect("the terms are set");
}

/// The events of a type, without their numbers.
async fn events(server: &Server, kind: &'static str) -> Vec<(String, Value)> {
    server.number_events().await;
    let all = server.app.db.read(move |tx| {
        query("select task_id, data from events where type = $1 order by place")
            .bind(kind)
            .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
    });
    all.await.unwrap()
}

fn escalating() -> ProposalTerms {
    ProposalTerms {
        deadline_ms: Some(60 * MINUTE_MS),
        on_deadline: OnDeadline::Escalate(vec!["partner".into(), "compliance".into()]),
        remind_before_ms: Some(10 * MINUTE_MS),
    }
}

#[tokio::test]
async fn a_reminder_is_an_event_once_and_before_the_deadline() {
    let (server, client) = desk().await;
    let task = propose(&client, 5).await;
    under(&server, &task, escalating()).await;
    let shown = now(&client, &task).await;
    assert_eq!(
        (&shown["expires_at"], &shown["remind_at"]),
        (&json!("2025-11-24T17:00:00.000Z"), &json!("2025-11-24T16:50:00.000Z"))
    );
    assert_eq!(shown["escalates_to"], json!(["partner", "compliance"]));
    server.advance_ms(50 * MINUTE_MS - 1);
    server.sweep().await;
    assert_eq!(events(&server, "task.reminder").await, []);
    server.advance_ms(1);
    server.sweep().await;
    server.sweep().await;
    let data = json!({ "revision": 1, "expires_at": "2025-11-24T17:00:00.000Z" });
    assert_eq!(events(&server, "task.reminder").await, [(task["id"].as_str().unwrap().to_owned(), data)]);
    assert_eq!(now(&client, &task).await["remind_at"], Value::Null);
}

#[tokio::test]
async fn a_deadline_passes_a_task_on_once_with_as_much_time_again_and_then_dismisses_it() {
    let (server, client) = desk().await;
    let task = propose(&client, 5).await;
    under(&server, &task, escalating()).await;
    server.advance_ms(60 * MINUTE_MS);
    server.sweep().await;
    let passed = now(&client, &task).await;
    assert_eq!((&passed["status"], &passed["expires_at"]), (&json!("pending"), &json!("2025-11-24T18:00:00.000Z")));
    assert_eq!((&passed["escalated_to"], &passed["escalates_to"]), (&json!(["partner", "compliance"]), &Value::Null));
    assert_eq!(passed["escalated_at"], "2025-11-24T17:00:00.000Z");
    let event = events(&server, "task.escalated").await.remove(0).1;
    assert_eq!((&event["roles"], &event["revision"]), (&json!(["partner", "compliance"]), &json!(1)));
    server.advance_ms(60 * MINUTE_MS);
    server.sweep().await;
    let over = now(&client, &task).await;
    assert_eq!((&over["status"], &over["decision"]["reason"]), (&json!("dismissed"), &json!("expired")));
    assert_eq!(events(&server, "task.escalated").await.len(), 1);
    assert_eq!(events(&server, "task.approved").await, [], "silence is never a yes");
}

#[tokio::test]
async fn an_escalated_task_is_approved_like_any_other() {
    let (server, client) = desk().await;
    let task = propose(&client, 5).await;
    under(&server, &task, escalating()).await;
    server.advance_ms(60 * MINUTE_MS);
    server.sweep().await;
    assert_eq!(approve(&client, &task).await.status, 200);
    assert_eq!(now(&client, &task).await["status"], "completed");
}

#[tokio::test]
async fn without_anybody_to_pass_it_on_to_a_short_deadline_dismisses() {
    let (server, client) = desk().await;
    let task = propose(&client, 5).await;
    under(&server, &task, ProposalTerms { deadline_ms: Some(MINUTE_MS), ..ProposalTerms::default() }).await;
    server.advance_ms(MINUTE_MS);
    let late = refused(&approve(&client, &task).await, 400, "validation_error");
    assert_eq!(late["message"], "Task has expired");
    server.sweep().await;
    assert_eq!(now(&client, &task).await["decision"]["kind"], "system");
}

#[tokio::test]
async fn of_servers_that_sweep_at_once_each_reminder_and_escalation_is_recorded_once() {
    let (server, client) = desk().await;
    let beside = server.beside().await;
    for n in 2..6 {
        under(&server, &propose(&client, n).await, escalating()).await;
    }
    server.advance_ms(50 * MINUTE_MS);
    tokio::join!(server.sweep(), beside.sweep());
    server.advance_ms(10 * MINUTE_MS);
    tokio::join!(server.sweep(), beside.sweep());
    assert_eq!((events(&server, "task.reminder").await.len(), events(&server, "task.escalated").await.len()), (4, 4));
}
