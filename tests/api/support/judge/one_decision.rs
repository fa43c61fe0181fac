//! Rule 2, one decision: of all who decide about a task one wins, in the name of his key alone; everybody else is told who
//! it was; looking decides nothing; and what was decided never changes.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::reading::{Decision, Task, Workspace};
use super::{Attempt, Bench, Call, History, attempts, looks};
use crate::support::book::Who;

pub(super) fn judge(history: &History, workspace: &Workspace, bench: &mut Bench) {
    // Of all workspaces: an attempt from elsewhere is no less one.
    let attempts = attempts(history.calls.iter());
    let keys: BTreeMap<Uuid, &Who> = history.calls.iter().map(|call| (call.who.key_id, &call.who)).collect();
    for task in workspace.tasks.values() {
        let own: Vec<&Attempt<'_>> = attempts.iter().filter(|attempt| attempt.task_id == task.id).collect();
        of_winners(history, workspace, task, &own, bench);
        if let Some(decision) = &task.decision {
            in_the_name_of_the_key(task, decision, &keys, bench);
            for attempt in &own {
                named_to_the_late(task, decision, attempt, &own, bench);
            }
        }
        states_fit(task, bench);
    }
    for (task_id, call, shown) in looks(history.calls_of(workspace.id)) {
        if let Some(task) = workspace.tasks.get(&task_id) {
            shown_as_decided(task, call, shown, bench);
        }
    }
}

/// How many attempts came too late.
pub(super) fn too_late(history: &History, workspace: &Workspace) -> usize {
    let attempts = attempts(history.calls_of(workspace.id));
    attempts.iter().filter(|attempt| attempt.error["details"].get("decision").is_some()).count()
}

/// At most one is told that he has decided, and the decision in the store is his.
fn of_winners(history: &History, workspace: &Workspace, task: &Task, attempts: &[&Attempt<'_>], bench: &mut Bench) {
    let winners: Vec<&&Attempt<'_>> = attempts.iter().filter(|attempt| attempt.has_won()).collect();
    // What was acknowledged and is not there is rule 4's.
    let Some(decision) = &task.decision else { return };
    if winners.len() > 1 {
        let who: Vec<String> = winners.iter().map(|winner| winner.call.line()).collect();
        bench.complain_of(2, task, format!("{} were told that they have decided: {who:?}", winners.len()));
    }
    if matches!(decision.kind.as_str(), "policy" | "system") {
        return;
    }
    for winner in &winners {
        let told = json!([winner.outcome, winner.call.who.key_id]);
        let stored = json!([decision.outcome, decision.key_id]);
        if told != stored {
            bench.complain_of(2, task, format!("{told} was told that it has decided, and stored is {stored}"));
        } else if winner.body["reason"].as_str() != decision.reason.as_deref() {
            bench.complain_of(2, task, format!("decided for the reason {:?}, stored otherwise", winner.body["reason"]));
        }
    }
    let unanswered = |attempt: &&&Attempt<'_>| {
        attempt.status == 0 && attempt.outcome == decision.outcome && Some(attempt.call.who.key_id) == decision.key_id
    };
    if winners.is_empty() && !attempts.iter().any(|attempt| unanswered(&attempt)) {
        decided_by_nobody(history, workspace, task, bench);
    }
}

/// Nobody was told that he has decided: what did the request do that has?
fn decided_by_nobody(history: &History, workspace: &Workspace, task: &Task, bench: &mut Bench) {
    let decided = |kind: &str| kind == "task.approved" || kind == "task.dismissed";
    let event = workspace.events.iter().find(|event| event.subject_id == Some(task.id) && decided(&event.kind));
    let by = event.and_then(|event| {
        let is_it = |call: &&Call| {
            event.request_id.is_some()
                && call.answer.as_ref().is_some_and(|answer| answer.request_id == event.request_id)
        };
        history.calls.iter().find(is_it)
    });
    match by {
        // Words in a chat are rule 1's.
        Some(call) if call.route() == "/v1/lexi/chat" => {}
        Some(call) => bench.complain_of(2, task, format!("was decided by {}", call.line())),
        None => bench.complain_of(2, task, "was decided, and nobody did it"),
    }
}

/// Who decided is who holds the key, whatever a body says.
fn in_the_name_of_the_key(task: &Task, decision: &Decision, keys: &BTreeMap<Uuid, &Who>, bench: &mut Bench) {
    if matches!(decision.kind.as_str(), "policy" | "system") {
        return;
    }
    let Some(who) = decision.key_id.and_then(|id| keys.get(&id)) else {
        return bench.complain_of(2, task, format!("was decided by a key that nobody used: {:?}", decision.key_id));
    };
    if (decision.kind.as_str(), &decision.owner) != (who.kind, &who.owner) {
        let stored = (&decision.kind, &decision.owner);
        bench.complain_of(2, task, format!("was decided by {who:?}, and stored is {stored:?}"));
    }
}

/// Who comes too late is told what was decided, by whom and when, and not before somebody could have decided.
fn named_to_the_late(task: &Task, decision: &Decision, attempt: &Attempt<'_>, all: &[&Attempt<'_>], bench: &mut Bench) {
    let details = &attempt.error["details"];
    if attempt.status != 400 || details.get("fields").is_some() {
        return;
    }
    let named = &details["decision"];
    if !is_named(named, decision) || !named["decided_at"].is_string() {
        return bench.complain_of(2, task, format!("{} was refused and told {named}", attempt.call.line()));
    }
    let message =
        if decision.outcome == "approved" { "Task has already been approved" } else { "Task has been dismissed" };
    if attempt.error["message"] != message {
        bench.complain_of(
            2,
            task,
            format!("was {}, and the refusal says {}", decision.outcome, attempt.error["message"]),
        );
    }
    let winner = all.iter().find(|winner| winner.has_won());
    if winner.is_some_and(|winner| winner.call.sent > attempt.call.answered_at()) {
        bench.complain_of(2, task, "a decision was named before anybody asked for it");
    }
}

/// Whether an answer names this decision.
fn is_named(shown: &Value, decision: &Decision) -> bool {
    let stored = json!({
        "outcome": decision.outcome, "kind": decision.kind, "key_id": decision.key_id, "owner": decision.owner,
        "reason": decision.reason, "revision": decision.revision, "plan_hash": decision.plan_hash,
    });
    stored.as_object().expect("an object").iter().all(|(name, value)| shown[name] == *value)
}

/// A task that is shown as decided is shown with the decision that is stored in the end.
fn shown_as_decided(task: &Task, call: &Call, shown: &Value, bench: &mut Bench) {
    let decision = &shown["decision"];
    if decision.is_null() || task.decision.as_ref().is_some_and(|stored| is_named(decision, stored)) {
        return;
    }
    // What was shown and is not there at all is rule 4's.
    if task.decision.is_some() {
        bench.complain_of(2, task, format!("{} was shown another decision: {decision}", call.line()));
    }
}

/// A task's state is one its decision can lead to.
fn states_fit(task: &Task, bench: &mut Bench) {
    let outcome = task.decision.as_ref().map(|decision| decision.outcome.as_str());
    let fits = match task.status.as_str() {
        "pending" => outcome.is_none(),
        "dismissed" => outcome == Some("dismissed"),
        _ => outcome == Some("approved"),
    };
    if !fits {
        bench.complain_of(2, task, format!("its decision is {outcome:?}"));
    }
}
