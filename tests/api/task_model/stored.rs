//! The store at the end of a sequence: decisions, revisions, records and events are what one of the models says.

use lexi::db::query;
use lexi::workspaces;
use serde_json::{Value, json};

use super::calls::Keys;
use super::model::{Kind, Model, Task};
use crate::support::{Client, Server};

/// What stands about a task.
#[derive(Debug, Clone, PartialEq)]
struct Stored {
    /// Its decisions: outcome, kind, who, revision, plan hash, and of a part how many.
    decisions: Vec<Value>,
    /// Size and plan hash of each revision.
    revisions: Vec<(u64, String)>,
    /// The types of its events, in their order.
    events: Vec<String>,
}

/// Looks at everything; the first complaint about the model that fits best.
pub async fn look(server: &Server, ann: &Client, workspace: &str, models: &[Model], keys: &Keys) -> Result<(), String> {
    server.number_events().await;
    let mut complaint = String::new();
    for model in models {
        match fits(server, ann, workspace, model, keys).await {
            Ok(()) => return Ok(()),
            Err(found) => complaint = found,
        }
    }
    Err(complaint)
}

async fn fits(server: &Server, ann: &Client, workspace: &str, model: &Model, keys: &Keys) -> Result<(), String> {
    for task in &model.tasks {
        let (expected, real) = (expected(model, task), stored(server, workspace, &task.id, keys).await);
        if expected != real {
            return Err(format!(
                "in the store, of task {}:\n    expected {expected:?}\n    is there {real:?}",
                task.id
            ));
        }
        revisions_are_readable(ann, task).await?;
    }
    let updates = model.tasks.iter().filter(|task| task.kind == Kind::Update);
    let contacts = ann.get("/v1/contacts?per_page=1").await.json["meta"]["total"].clone();
    let made = model.contacts() + updates.clone().count() as u64;
    if contacts != made {
        return Err(format!("there are {contacts} contacts instead of {made}"));
    }
    let counsels =
        count(server, workspace, "select count(*) from contacts where workspace_id = $1 and job_title = 'Counsel'")
            .await;
    let expected = updates.filter(|task| task.done == 1 && task.undone_by.is_none()).count() as u64;
    if counsels != expected {
        return Err(format!("{counsels} contacts have the new title instead of {expected}"));
    }
    lists(server, workspace, model).await
}

fn expected(model: &Model, task: &Task) -> Stored {
    let decision = model.decision(task);
    let decisions = task.decision.iter().map(|made| {
        json!([
            decision["outcome"],
            decision["kind"],
            decision["by"],
            decision["revision"],
            decision["plan_hash"],
            made.part.map_or(Value::Null, |(approved, _)| json!(approved)),
            decision["declined"]
        ])
    });
    // A renaming is about a list; it selects nobody.
    let selected = |size: u64| if task.kind == Kind::Rename { 0 } else { size };
    Stored {
        decisions: decisions.collect(),
        revisions: task.revisions.iter().map(|plan| (selected(plan.size), plan.plan_hash.clone())).collect(),
        events: task.events.iter().map(|event| (*event).to_owned()).collect(),
    }
}

async fn stored(server: &Server, workspace: &str, task_id: &str, keys: &Keys) -> Stored {
    let (workspace, task_id) = (workspace.to_owned(), task_id.parse::<uuid::Uuid>().expect("an id"));
    let read = server.app.db.read(move |tx| {
        let workspace_id = workspaces::find(tx, &workspace)?.expect("the workspace").id;
        let decisions = query(
            "select outcome, kind, key_id, revision, plan_hash, length(selection), declined from decisions
             where workspace_id = $1 and task_id = $2",
        );
        let decisions = decisions.bind(workspace_id).bind(task_id).all(tx, |row| {
            let key = row.get::<Option<uuid::Uuid>>(2)?.map(|id| id.to_string());
            let of = (row.get::<u32>(3)?, row.get::<String>(4)?);
            let part = (row.get::<Option<u64>>(5)?.map(|bytes| bytes / 16), row.get::<u64>(6)?);
            Ok((row.get::<String>(0)?, row.get::<String>(1)?, key, of, part))
        })?;
        let revisions = query(
            "select length(selection), plan_hash from task_revisions where workspace_id = $1 and task_id = $2
             order by revision",
        );
        let revisions = revisions
            .bind(workspace_id)
            .bind(task_id)
            .all(tx, |row| Ok((row.get::<u64>(0)? / 16, row.get::<String>(1)?)))?;
        let events = query("select type from events where workspace_id = $1 and subject_id = $2 order by number");
        let events = events.bind(workspace_id).bind(task_id).all(tx, |row| row.get::<String>(0))?;
        Ok((decisions, revisions, events))
    });
    let (decisions, revisions, events) = read.await.expect("the store can be read");
    let decisions = decisions.into_iter().map(|(outcome, kind, key, (revision, hash), (part, declined))| {
        let by = key.map(|key| keys.get(&key).copied().unwrap_or("nobody we know"));
        json!([outcome, kind, by, revision, hash, part, declined])
    });
    Stored { decisions: decisions.collect(), revisions, events }
}

/// Each revision can still be looked at, under the name it was given.
async fn revisions_are_readable(ann: &Client, task: &Task) -> Result<(), String> {
    for (place, revision) in task.revisions.iter().enumerate() {
        let number = place + 1;
        let shown = ann.get(&format!("/v1/lexi/tasks/{}?revision={number}", task.id)).await.json["data"].clone();
        if shown["plan_hash"] != json!(revision.plan_hash) {
            return Err(format!("revision {number} of task {} is shown as {}", task.id, shown["plan_hash"]));
        }
    }
    Ok(())
}

async fn count(server: &Server, workspace: &str, sql: &'static str) -> u64 {
    let workspace = workspace.to_owned();
    let counted = server.app.db.read(move |tx| {
        let workspace_id = workspaces::find(tx, &workspace)?.expect("the workspace").id;
        query(sql).bind(workspace_id).one(tx, |row| row.get(0))
    });
    counted.await.expect("the store can be read")
}

/// The lists of searches hold whom they added, and renamed lists have their new names.
async fn lists(server: &Server, workspace: &str, model: &Model) -> Result<(), String> {
    let members = count(
        server,
        workspace,
        "select count(*) from list_members m join lists l on l.id = m.list_id
        where m.workspace_id = $1 and l.deleted_at_ms is null",
    )
    .await;
    if members != model.contacts() {
        return Err(format!("lists hold {members} contacts instead of {}", model.contacts()));
    }
    let sql = "select count(*) from lists where workspace_id = $1 and name like 'Clients %' and deleted_at_ms is null";
    let renamed = count(server, workspace, sql).await;
    let renames = model.tasks.iter().filter(|task| task.kind == Kind::Rename);
    let expected = renames.filter(|task| task.done == 1 && task.undone_by.is_none()).count() as u64;
    if renamed == expected { Ok(()) } else { Err(format!("{renamed} lists are renamed instead of {expected}")) }
}
