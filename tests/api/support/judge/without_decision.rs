//! Rule 1, nothing without a decision: each effect of a task lies within a decision for exactly its plan, which was
//! stored before it or with it. What no task has made, somebody has asked for.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::reading::{Event, Revision, Task, Workspace};
use super::{Attempt, Bench, History, attempts, id_of};

pub(super) fn judge(history: &History, workspace: &Workspace, bench: &mut Bench) {
    let attempts = attempts(history.calls_of(workspace.id));
    for task in workspace.tasks.values() {
        of_plans(history, workspace, task, bench);
        of_effects(workspace, task, bench);
        for attempt in attempts.iter().filter(|attempt| attempt.task_id == task.id) {
            for_the_plan_it_named(task, attempt, bench);
        }
    }
    made_by_nobody(history, workspace, bench);
}

/// The name of a plan, computed as the documentation says it.
fn hash(task: &Task, revision: &Revision) -> String {
    let ids: Vec<String> = revision.selection.iter().map(Uuid::to_string).collect();
    let selection = json!({ "count": ids.len(), "sha256": hex(ids.join("\n").as_bytes()) });
    let plan = json!({ "type": task.kind, "parameters": revision.parameters, "selection": selection });
    hex(plan.to_string().as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Plans are what their names say, the decision names one of them, and no other was ever shown.
fn of_plans(history: &History, workspace: &Workspace, task: &Task, bench: &mut Bench) {
    for revision in &task.revisions {
        if hash(task, revision) != revision.plan_hash {
            bench.complain_of(1, task, format!("the plan of revision {} is not the one it is called", revision.number));
        }
    }
    if let Some(decision) = &task.decision
        && task.decided().is_none()
    {
        let named = (decision.revision, &decision.plan_hash);
        bench.complain_of(1, task, format!("was {} for a plan it never had: {named:?}", decision.outcome));
    }
    let known: BTreeSet<&str> = task.revisions.iter().map(|revision| revision.plan_hash.as_str()).collect();
    for call in history.calls_of(workspace.id).filter(|call| call.is_acknowledged()) {
        let told = if call.route() == "/v1/lexi/chat" { call.data("task") } else { continue };
        if id_of(&told["id"]) == Some(task.id) && !known.contains(told["plan_hash"].as_str().unwrap_or_default()) {
            bench.complain_of(1, task, format!("was shown with another plan: {}", told["plan_hash"]));
        }
    }
}

/// Effects need an approval, and lie within it and behind it.
fn of_effects(workspace: &Workspace, task: &Task, bench: &mut Bench) {
    let touched = touched(workspace, task);
    let events: Vec<&Event> = workspace.events.iter().filter(|event| event.task_id == Some(task.id)).collect();
    let of_effects = |event: &&&Event| !event.kind.starts_with("task.") && !event.kind.starts_with("conversation.");
    let first = events.iter().find(of_effects).copied();
    if task.approved().is_none() {
        if !touched.is_empty() || first.is_some() {
            let kind = first.map(|event| event.kind.as_str());
            bench.complain_of(1, task, format!("has effects and no approval of its plan: {touched:?}, {kind:?}"));
        }
        return;
    }
    let allowed: BTreeSet<Uuid> = task.approved_for().iter().copied().collect();
    let beyond: Vec<&Uuid> = touched.iter().filter(|id| !allowed.contains(id)).collect();
    if !beyond.is_empty() {
        bench.complain_of(1, task, format!("reaches beyond what was approved: {beyond:?}"));
    }
    let decided = events.iter().find(|event| event.kind == "task.approved").map(|event| event.number);
    if let (Some(decided), Some(first)) = (decided, first)
        && first.number < decided
    {
        bench.complain_of(1, task, format!("{} came before the decision", first.kind));
    }
}

/// Whom a task has touched, as its plan names them: by the prospect, else by the contact.
fn touched(workspace: &Workspace, task: &Task) -> BTreeSet<Uuid> {
    let selected: BTreeSet<Uuid> =
        task.revisions.iter().flat_map(|revision| revision.selection.iter().copied()).collect();
    let as_named = |contact_id: Uuid| {
        let prospect_id = workspace.contacts.get(&contact_id).and_then(|contact| contact.prospect_id);
        if selected.contains(&contact_id) { contact_id } else { prospect_id.unwrap_or(contact_id) }
    };
    let by = Some(task.id);
    let made = workspace.contacts.iter().filter(|(_, contact)| contact.task_id == by).map(|(id, _)| *id);
    let put = workspace.members.iter().filter(|member| member.task_id == by).map(|member| member.contact_id);
    let noted = workspace.notes.values().filter(|note| note.task_id == by).filter_map(|note| note.contact_id);
    let changed = workspace.effects.iter().filter(|(task_id, kind, _)| Some(*task_id) == by && kind != "note_made");
    made.chain(put).chain(noted).chain(changed.map(|(_, _, id)| *id)).map(as_named).collect()
}

/// An approval that names a plan is for that plan; one that names none is for what was proposed first.
fn for_the_plan_it_named(task: &Task, attempt: &Attempt<'_>, bench: &mut Bench) {
    let Some(decision) = task.decision.as_ref().filter(|_| attempt.has_won() && attempt.outcome == "approved") else {
        return;
    };
    let is_for_it = match &attempt.body["plan_hash"] {
        Value::String(named) => *named == decision.plan_hash,
        _ => decision.revision == 1,
    };
    if !is_for_it && task.decided().is_some() {
        let named = &attempt.body["plan_hash"];
        bench.complain_of(1, task, format!("{named} was approved, and decided was {}", decision.plan_hash));
    }
}

/// Contacts and lists that no task has made were made by a call; decisions are never made by words in a chat.
fn made_by_nobody(history: &History, workspace: &Workspace, bench: &mut Bench) {
    for (what, path, ids) in [
        ("contact", "/v1/contacts", without_task(workspace.contacts.iter().map(|(id, one)| (*id, one.task_id)))),
        ("list", "/v1/lists", without_task(workspace.lists.iter().map(|(id, one)| (*id, one.task_id)))),
        ("note", "notes", without_task(workspace.notes.iter().map(|(id, one)| (*id, one.task_id)))),
    ] {
        let asked = |call: &&super::Call| call.method == "POST" && call.route().ends_with(path);
        let calls: Vec<_> = history.calls_of(workspace.id).filter(asked).collect();
        let unanswered = calls.iter().filter(|call| call.answer.is_none()).count();
        let told: BTreeSet<Uuid> = calls
            .iter()
            .filter_map(|call| call.answer.as_ref())
            .flat_map(|answer| super::ids_in(&answer.text))
            .collect();
        let strange: Vec<&Uuid> = ids.iter().filter(|id| !told.contains(id)).collect();
        if strange.len() > unanswered {
            bench.complain(1, format!("nobody asked for each {what} of {strange:?}, and no task made it"));
        }
    }
    for event in workspace.events.iter().filter(|event| event.kind == "task.approved") {
        let by = history.calls.iter().find(|call| {
            call.route() == "/v1/lexi/chat"
                && event.request_id.is_some()
                && call.answer.as_ref().is_some_and(|answer| answer.request_id == event.request_id)
        });
        let task = event.subject_id.and_then(|id| workspace.tasks.get(&id));
        if let (Some(call), Some(task)) = (by, task)
            && task.decision.as_ref().is_some_and(|decision| decision.kind != "policy")
        {
            bench.complain_of(1, task, format!("was approved by words in a chat: {}", call.body["message"]));
        }
    }
}

fn without_task(made: impl Iterator<Item = (Uuid, Option<Uuid>)>) -> Vec<Uuid> {
    made.filter(|(_, task_id)| task_id.is_none()).map(|(id, _)| id).collect()
}
