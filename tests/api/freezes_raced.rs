//! A freeze and approvals at the same moment, also those that carry an `Idempotency-Key` and so are kept apart from others:
//! no work begins behind a freeze that was answered.

use lexi::db::{Dialect, Isolation};
use lexi::execution::{self, Mode};
use lexi::keys::permissions::Permissions;
use lexi::keys::{Caller, Kind};
use lexi::tasks::Approval;
use lexi::workspaces;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::holds::{contacts, desk};
use crate::support::asking::{now, path, propose};
use crate::support::database::dialect;
use crate::support::gate::Gate;
use crate::support::{Answer, Client, made};

async fn freeze(client: &Client) -> String {
    made(client, "/v1/lexi/freezes", json!({ "reason": "Conflict check" })).await["id"].as_str().unwrap().to_owned()
}

async fn lift(client: &Client, id: &str) {
    assert_eq!(client.delete(&format!("/v1/lexi/freezes/{id}")).await.status, 200);
}

/// Somebody who may approve in the workspace `default`.
fn caller(workspace_id: Uuid) -> Caller {
    Caller {
        workspace_id,
        key_id: Uuid::from_u128(1),
        kind: Kind::Human,
        owner: None,
        permissions: Permissions::all(),
        roles: lexi::keys::roles::Roles::default(),
        request_id: None,
        origin_id: None,
    }
}

/// SQLite has one writer: there nothing can come between the look of a transaction and its end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_whose_moment_lies_before_a_freeze_begins_no_work_after_it() {
    if dialect() == Dialect::Sqlite {
        return;
    }
    for isolation in [Isolation::Serializable, Isolation::ReadCommitted] {
        let (server, client) = desk().await;
        let task = propose(&client, 5).await;
        let (task_id, now_ms) = (task["id"].as_str().unwrap().parse::<Uuid>().unwrap(), server.now_ms());
        let (gate, db) = (Gate::shut(), server.app.db.clone());
        let passing = gate.clone();
        let approving = tokio::spawn(async move {
            db.write_with(isolation, move |tx| {
                // What a serializable transaction sees is what there was at this look.
                let workspace = workspaces::find(tx, workspaces::DEFAULT_NAME)?.expect("the workspace");
                passing.pass();
                let here = Mode::Here(100);
                execution::approve(tx, &caller(workspace.id), task_id, &Approval::default(), here, now_ms)
            })
            .await
        });
        gate.reached_by(1).await;
        let id = freeze(&client).await;
        gate.open();
        let given = serde_json::to_value(approving.await.unwrap().expect("it is approved")).unwrap();
        assert_eq!((&given["execution_started"], &given["frozen"]), (&json!(false), &json!(true)), "{isolation:?}");
        server.sweep().await;
        server.work().await;
        assert_eq!((&now(&client, &task).await["status"], contacts(&client).await), (&json!("approved"), 0));
        lift(&client, &id).await;
        server.sweep().await;
        server.work().await;
        assert_eq!((&now(&client, &task).await["status"], contacts(&client).await), (&json!("completed"), 5));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn approvals_with_a_key_and_freezes_at_once_leave_nothing_done_behind_the_freeze() {
    let (server, client) = desk().await;
    for round in 0..8_u32 {
        let mut tasks = Vec::new();
        for n in 0..5 {
            tasks.push(propose(&client, 1 + n).await);
        }
        let approvals: Vec<_> =
            tasks.iter().map(|task| tokio::spawn(approve_once(client.clone(), task.clone()))).collect();
        let caller = client.clone();
        let freezing = tokio::spawn(async move {
            for _ in 0..round * 4 {
                tokio::task::yield_now().await;
            }
            let id = freeze(&caller).await;
            (id, done(&caller).await)
        });
        let (id, seen) = freezing.await.unwrap();
        for approval in approvals {
            let answer = approval.await.unwrap();
            assert_eq!(answer.status, 200, "{}", answer.text);
        }
        server.sweep().await;
        server.work().await;
        assert_eq!(done(&client).await, seen, "what was seen after the freeze is all there is");
        lift(&client, &id).await;
        server.sweep().await;
        server.work().await;
        for task in &tasks {
            assert_eq!(now(&client, task).await["status"], "completed");
        }
    }
}

async fn approve_once(client: Client, task: Value) -> Answer {
    let request = client.request(Method::POST, &path(&task, "/approve"));
    let key = task["id"].as_str().expect("an id").to_owned();
    client.send(request.header("Idempotency-Key", key).json(&json!({ "plan_hash": task["plan_hash"] }))).await
}

/// Tasks that were carried out, and contacts.
async fn done(client: &Client) -> (Value, u64) {
    let completed = client.get("/v1/lexi/tasks?status=completed&per_page=1").await.json["meta"]["total"].clone();
    (completed, contacts(client).await)
}
