//! Rule 4, acknowledged is durable: what was answered 2xx is there, at once for whoever looks next, and in the end,
//! whatever happened to the server meanwhile.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::reading::Workspace;
use super::{Bench, Call, History, attempts, id_of, looks};

pub(super) fn judge(history: &History, workspace: &Workspace, bench: &mut Bench) {
    let calls: Vec<&Call> = history.calls_of(workspace.id).filter(|call| call.is_acknowledged()).collect();
    for call in &calls {
        match (call.method.as_str(), call.route()) {
            ("POST", "/v1/lexi/chat") => of_chat(workspace, call, bench),
            ("POST", "/v1/lists") => {
                kept(&calls, call, workspace.lists.contains_key(&made(call)), bench);
            }
            ("POST", "/v1/contacts") => {
                kept(&calls, call, workspace.contacts.contains_key(&made(call)), bench);
            }
            ("PATCH", route) if route.starts_with("/v1/lexi/tasks/") => of_revision(workspace, call, bench),
            _ => {}
        }
    }
    of_decisions(history, workspace, bench);
}

/// The id of what a call has made.
fn made(call: &Call) -> Uuid {
    let data = call.answer.as_ref().map_or(&Value::Null, |answer| &answer.json["data"]);
    id_of(&data["id"]).unwrap_or_default()
}

/// Complains of what is gone and was not deleted.
fn kept(calls: &[&Call], call: &Call, is_there: bool, bench: &mut Bench) {
    let id = made(call).to_string();
    let may_be_gone = || calls.iter().any(|call| call.method == "DELETE" && call.path.contains(&id));
    if !is_there && !may_be_gone() {
        bench.complain(4, format!("{} was acknowledged, and {id} is not there", call.line()));
    }
}

/// Both messages, and the task with the plan that was shown.
fn of_chat(workspace: &Workspace, call: &Call, bench: &mut Bench) {
    if !id_of(call.data("message_id")).is_some_and(|id| workspace.messages.contains(&id)) {
        let message = &call.body["message"];
        bench.complain(4, format!("Lexi's answer to {message} was told, and it is not stored"));
    }
    let Some(task_id) = id_of(call.data("task_id")) else { return };
    if !workspace.tasks.contains_key(&task_id) {
        bench.complain(4, format!("the task {task_id} was proposed, and it is not there"));
    }
}

/// A changed plan stays readable.
fn of_revision(workspace: &Workspace, call: &Call, bench: &mut Bench) {
    let (id, hash) = (id_of(call.data("id")), call.data("plan_hash"));
    let Some(task) = id.and_then(|id| workspace.tasks.get(&id)) else { return };
    if !task.revisions.iter().any(|revision| *hash == revision.plan_hash) {
        bench.complain_of(4, task, format!("was changed to the plan {hash}, which is not there"));
    }
}

/// A decision that was acknowledged is stored, and seen by everybody who looks afterwards.
fn of_decisions(history: &History, workspace: &Workspace, bench: &mut Bench) {
    let mut acknowledged: BTreeMap<Uuid, u64> = BTreeMap::new();
    for attempt in attempts(history.calls_of(workspace.id)).iter().filter(|attempt| attempt.has_won()) {
        let Some(task) = workspace.tasks.get(&attempt.task_id) else { continue };
        if task.decision.is_none() {
            bench.complain_of(4, task, format!("it was acknowledged that it is {}", attempt.outcome));
        }
        let at = attempt.call.answered_at();
        acknowledged.entry(task.id).and_modify(|first| *first = at.min(*first)).or_insert(at);
    }
    for (task_id, call, shown) in looks(history.calls_of(workspace.id)) {
        let Some(task) = workspace.tasks.get(&task_id) else { continue };
        let was_told = acknowledged.get(&task_id).is_some_and(|at| *at < call.sent);
        if was_told && shown["status"] == "pending" {
            bench.complain_of(4, task, format!("its decision was acknowledged before {} saw it wait", call.line()));
        }
        if !shown["decision"].is_null() && task.decision.is_none() {
            bench.complain_of(4, task, format!("{} was shown a decision that is not there", call.line()));
        }
    }
}
