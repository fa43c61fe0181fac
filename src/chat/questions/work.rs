//! Lexi's own tasks: what waits, and what became of one.

use std::fmt::Write as _;

use serde_json::{Value, json};
use uuid::Uuid;

use super::people::are;
use super::{ROWS_MAX, refused, some_of, told};
use crate::chat::references;
use crate::chat::reply::{number, sentence};
use crate::chat::{Answer, Context};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::keys::permissions::Permission;
use crate::paging::Paging;
use crate::tasks::{self, Task, Wanted};
use crate::understand::questions::{Question, Status};

/// Tasks, those that entered their state last first.
pub(super) fn tasks(tx: &mut Tx, context: &Context<'_>, question: &Question) -> Result<Answer> {
    if let Some(refusal) = refused(context, Permission::LexiRead) {
        return Ok(refusal);
    }
    let status = question.status.map(status_of);
    let paging = Paging { page: 1, per_page: ROWS_MAX as u32 };
    let (found, total) = tasks::list(tx, context.caller, &Wanted { status, kind: None, paging })?;
    let names: Vec<String> = found.iter().map(|task| task.description.clone()).collect();
    let noun = if total == 1 { "task" } else { "tasks" };
    let state = match question.status {
        None => String::new(),
        Some(Status::Pending) => " waiting for approval".to_owned(),
        Some(status) => format!(" {}", status_of(status).as_str()),
    };
    let text = match total {
        0 if question.status == Some(Status::Pending) => "Nothing is waiting for approval.".to_owned(),
        0 => format!("There are no tasks{state}."),
        _ => format!("There {} {} {noun}{state}: {}.", are(total), number(total), some_of(&names, total)),
    };
    let rows: Vec<Value> = found.iter().map(task_row).collect();
    let data = json!({
        "kind": "rows", "of": "tasks", "total": total, "rows": rows, "status": status.map(tasks::Status::as_str),
    });
    Ok(told(text, data).saw("tasks.list", format!("{} tasks", number(total))))
}

/// What became of a task: the one that is named, else the last one of the conversation, else the newest.
pub(super) fn outcome(tx: &mut Tx, context: &Context<'_>, question: &Question) -> Result<Answer> {
    if let Some(refusal) = refused(context, Permission::LexiRead) {
        return Ok(refusal);
    }
    let task = match &question.task_id {
        Some(id) => {
            let found = Uuid::try_parse(id).ok().map(|id| tasks::get_line(tx, context.caller, id));
            match found {
                Some(Ok(task)) => Some(task),
                Some(Err(Error::Refused(_))) | None => {
                    let text = format!("There is no task with the id {id}.");
                    return Ok(told(text, json!({ "kind": "none", "of": "tasks" })));
                }
                Some(Err(error)) => return Err(error),
            }
        }
        None => match references::last_task(tx, context)? {
            Some(task) => Some(task),
            None => newest(tx, context, question)?,
        },
    };
    let Some(task) = task else {
        return Ok(told("There are no tasks yet.", json!({ "kind": "none", "of": "tasks" })));
    };
    let text = story(&task);
    let line = format!("task {} is {}", task.id, task.status);
    Ok(told(text, json!({ "kind": "task", "task": task })).saw("tasks.get", line))
}

/// The task that entered its state last; of those in the state that is asked about, if one is.
fn newest(tx: &mut Tx, context: &Context<'_>, question: &Question) -> Result<Option<Task>> {
    let paging = Paging { page: 1, per_page: 1 };
    let status = question.status.filter(|status| *status == Status::Failed).map(status_of);
    Ok(tasks::list(tx, context.caller, &Wanted { status, kind: None, paging })?.0.pop())
}

/// What became of a task, in words.
fn story(task: &Task) -> String {
    let mut text = format!("\"{}\" ", task.description);
    let by = task.decision.as_ref().map(|decision| {
        let who = decision.owner.clone().unwrap_or_else(|| format!("a {} key", decision.kind));
        format!("{who} on {}", decision.decided_at)
    });
    let by = by.unwrap_or_default();
    match task.status {
        "pending" => {
            let _ = write!(text, "waits for a decision until {}. Nothing was done yet.", task.expires_at);
        }
        "approved" => {
            let _ = write!(text, "was approved by {by} and is under way");
            if let Some(progress) = task.progress {
                let _ = write!(text, ": {} of {} done", number(progress.done), number(progress.total));
            }
            text.push('.');
        }
        "dismissed" => {
            let reason = task.decision.as_ref().and_then(|decision| decision.reason.as_deref());
            match reason {
                Some("expired") => text.push_str("expired before anybody decided; nothing was done."),
                Some(reason) => {
                    let _ = write!(text, "was dismissed by {by}: {}", sentence(reason));
                }
                None => {
                    let _ = write!(text, "was dismissed by {by}; nothing was done.");
                }
            }
        }
        "completed" => {
            let _ = write!(text, "was approved by {by} and is done{}.", done(&task.result));
        }
        _ => {
            let why = task.error["message"].as_str().unwrap_or("the reason is not on record");
            let _ = write!(text, "was approved by {by} and failed: {}", sentence(why));
        }
    }
    text
}

/// The numbers of a result: ": 50 added, 2 already contacts, on the list "X"".
fn done(result: &Value) -> String {
    const COUNTS: [(&str, &str); 8] = [
        ("added", "added"),
        ("already_contacts", "already contacts"),
        ("created", "created"),
        ("updated", "changed"),
        ("deleted", "deleted"),
        ("removed", "removed"),
        ("merged", "merged"),
        ("tagged", "tagged"),
    ];
    let mut parts: Vec<String> = COUNTS
        .iter()
        .filter_map(|(key, word)| Some(format!("{} {word}", number(result[*key].as_u64().filter(|n| *n > 0)?))))
        .collect();
    let skipped = result["skipped"].as_array().map_or(0, Vec::len);
    if skipped > 0 {
        parts.push(format!("{} skipped", number(skipped as u64)));
    }
    if let Some(name) = result["list_name"].as_str() {
        parts.push(format!("on the list \"{name}\""));
    }
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
}

fn task_row(task: &Task) -> Value {
    json!({
        "id": task.id, "type": task.kind, "status": task.status, "description": task.description,
        "created_at": task.created_at,
    })
}

fn status_of(status: Status) -> tasks::Status {
    match status {
        Status::Pending => tasks::Status::Pending,
        Status::Approved => tasks::Status::Approved,
        Status::Dismissed => tasks::Status::Dismissed,
        Status::Completed => tasks::Status::Completed,
        Status::Failed => tasks::Status::Failed,
    }
}
