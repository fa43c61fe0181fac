//! The decisions of a workspace as a trace that AgentAck reads (schema 2): what was proposed, what was presented, who
//! decided how, and what was then carried out or blocked. An outside judge of whether approvals bind what is done.
//!
//! Only tasks that have ended stand in it. An action is a task: tool `lexi`, the operation its type, the resource its id,
//! and its revision and plan hash as parameters, so that a plan that was exchanged is another action.

use std::collections::HashMap;
use std::io::Write;

use serde_json::{Value, json};

use super::SEALED_AT_ONCE;
use crate::clock::iso;
use crate::db::Look;
use crate::error::{Error, Result};
use crate::events::{self, Row};

/// The version of the trace's form.
const SCHEMA: u32 = 2;

/// A task on its way through the log.
#[derive(Default)]
struct Task {
    kind: String,
    proposed: Option<(i64, Value)>,
    decided: Option<(i64, Value)>,
}

/// Writes the trace of a workspace; answers how many tasks it holds, and how many have not ended and are left out.
pub async fn write(look: &Look, workspace_id: &str, out: &mut impl Write) -> Result<(u64, u64)> {
    let mut tasks: HashMap<String, Task> = HashMap::new();
    let (mut behind, mut written, mut last_ms) = (0, 0, 0);
    loop {
        let of = workspace_id.to_owned();
        let rows = look.read(move |tx| events::rows_after(tx, &of, behind, SEALED_AT_ONCE)).await?;
        let Some(last) = rows.last().and_then(|row| row.number) else { break };
        behind = last;
        for row in rows {
            last_ms = row.at_ms.max(last_ms);
            written += u64::from(take(&mut tasks, &row, workspace_id, out)?);
        }
    }
    line(out, &json!({ "type": "session_end", "timestamp": iso(last_ms), "session_id": workspace_id }))?;
    Ok((written, tasks.len() as u64))
}

/// Follows an event; true when a task has ended with it and stands in the trace now.
fn take(tasks: &mut HashMap<String, Task>, row: &Row, session: &str, out: &mut impl Write) -> Result<bool> {
    let Some(id) = row.subject_id.as_ref().filter(|_| row.kind.starts_with("task.")) else { return Ok(false) };
    let data: Value = serde_json::from_str(&row.data).unwrap_or_default();
    match row.kind.as_str() {
        "task.created" => {
            let kind = data["type"].as_str().unwrap_or("task").to_owned();
            tasks.insert(id.clone(), Task { kind, proposed: Some((row.at_ms, data)), decided: None });
        }
        "task.revised" => {
            if let Some(task) = tasks.get_mut(id) {
                task.proposed = Some((row.at_ms, data));
            }
        }
        "task.approved" => {
            if let Some(task) = tasks.get_mut(id) {
                task.decided = Some((row.at_ms, data));
            }
        }
        "task.dismissed" | "task.completed" | "task.failed" => {
            let Some(task) = tasks.remove(id) else { return Ok(false) };
            ended(&task, (id, session), row, &data, out)?;
            return Ok(true);
        }
        _ => {}
    }
    Ok(false)
}

/// The lines of a task that has ended.
fn ended(task: &Task, (id, session): (&str, &str), row: &Row, data: &Value, out: &mut impl Write) -> Result<()> {
    let action = |of: &Value| {
        json!({ "tool": "lexi", "operation": task.kind, "resource": id,
            "parameters": { "revision": of["revision"], "plan_hash": of["plan_hash"] } })
    };
    let event = |kind: &str, at_ms: i64| json!({ "type": kind, "timestamp": iso(at_ms), "session_id": session, "action_id": id });
    let approval = format!("decision-{id}");
    if let Some((at_ms, proposed)) = &task.proposed {
        let mut proposal = event("action_proposed", *at_ms);
        proposal["action"] = action(proposed);
        line(out, &proposal)?;
        let mut request = event("approval_requested", *at_ms);
        request["action"] = action(proposed);
        request["approval_id"] = approval.as_str().into();
        line(out, &request)?;
    }
    let decided_ms = task.decided.as_ref().map_or(row.at_ms, |(at_ms, _)| *at_ms);
    if task.decided.is_some() || row.kind == "task.dismissed" {
        let mut decision = event("approval_decision", decided_ms);
        decision["approval_id"] = approval.as_str().into();
        decision["decision"] = if task.decided.is_some() { "allow".into() } else { "deny".into() };
        line(out, &decision)?;
    }
    if row.kind == "task.dismissed" {
        let mut blocked = event("action_blocked", row.at_ms);
        blocked["approval_id"] = approval.as_str().into();
        blocked["reason"] = data["reason"].as_str().unwrap_or("dismissed").into();
        return line(out, &blocked);
    }
    // What was carried out is the plan of the decision; an event that names another one says so here.
    let of = match (&task.decided, data["plan_hash"].is_string()) {
        (_, true) => data.clone(),
        (Some((_, decided)), false) => decided.clone(),
        (None, false) => Value::Null,
    };
    let mut executed = event("action_executed", row.at_ms);
    executed["action"] = action(&of);
    executed["approval_id"] = approval.as_str().into();
    line(out, &executed)
}

fn line(out: &mut impl Write, event: &Value) -> Result<()> {
    let mut event = event.clone();
    event["schema_version"] = SCHEMA.into();
    serde_json::to_writer(&mut *out, &event)?;
    out.write_all(b"\n").map_err(Error::internal)
}
