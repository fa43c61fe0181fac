//! A changed plan of a task that still waits: the next revision of the same task.
//!
//! Protects "nobody approves what he did not see": the plan hash changes in the statement that checks the state, so that
//! an approval and a revision that race have an order, and an approval of a task with more than one revision names its
//! plan.

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, Line};
use super::{Plan, Proposal, REVISIONS_MAX, refusal};
use crate::db::{Signal, Tx};
use crate::error::{Error, Result};
use crate::events::{self, Event};
use crate::keys::Caller;
use crate::keys::permissions::Permission;

/// A field of a plan that a revision changed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Change {
    /// `limit`, `filters.titles`, `selection` …
    pub field: String,
    /// What it was; null when it was not there.
    pub from: Value,
    /// What it is now; null when it is not there any more.
    pub to: Value,
}

/// Puts a new plan in place of revision `seen` of a pending task; answers the number of the new revision. The task keeps
/// its id, its conversation and who proposed it; its deadline is the proposal's, because a new plan has been seen by
/// nobody yet.
///
/// Who may: whoever may approve, and the caller who proposed the task when he changes it in the conversation it came from.
///
/// # Errors
/// As for an approval: decided before, or expired; `plan_changed` when `seen` is no longer the present revision;
/// `insufficient_permissions`; `validation_error` after [`REVISIONS_MAX`] revisions.
pub fn revise(tx: &mut Tx, caller: &Caller, proposal: &Proposal, seen: u32, now_ms: i64) -> Result<u32> {
    if seen >= REVISIONS_MAX {
        let message = format!("This task was changed {REVISIONS_MAX} times. Dismiss it and ask for a new one.");
        return Err(Error::validation("revision", message));
    }
    let hash = proposal.plan.hash();
    let may_approve = caller.permissions.allows(Permission::LexiApprove);
    let kind = proposal.plan.kind;
    let Some((before, _)) = store::plan(tx, caller.workspace_id, (proposal.task_id, kind), seen)? else {
        return Err(refusal::of_revision(tx, caller, proposal.task_id, seen, now_ms)?);
    };
    let Some(revision) = store::revise(tx, caller, proposal, (&hash, seen), may_approve, now_ms)? else {
        return Err(refusal::of_revision(tx, caller, proposal.task_id, seen, now_ms)?);
    };
    store::insert_revision(tx, caller, proposal, &hash, revision, now_ms)?;
    let changed: Vec<String> = changes(&before, &proposal.plan).into_iter().map(|change| change.field).collect();
    events::record(
        tx,
        Event::by(caller, "task.revised", proposal.task_id, now_ms).because_of(proposal.task_id).with(json!({
            "revision": revision, "plan_hash": hash, "changed": changed,
        })),
    );
    tx.after_commit(Signal::Count("lexi_tasks_revised_total"));
    Ok(revision)
}

/// What the present plan of a task changed against the one of its revisions that `named` names; the last of them when
/// several have the same plan. Nothing when no revision does.
pub(super) fn changes_since(
    tx: &mut Tx,
    workspace_id: Uuid,
    (task_id, line): (Uuid, &Line),
    named: &str,
) -> Result<Option<Vec<Change>>> {
    let revisions = store::revisions(tx, workspace_id, task_id, REVISIONS_MAX)?;
    let seen = revisions.iter().rev().find(|revision| revision.plan_hash == named).map(|revision| revision.revision);
    seen.map(|seen| changes_from(tx, workspace_id, (task_id, line), seen)).transpose()
}

/// What the present plan of a task changed against revision `seen`.
pub(super) fn changes_from(
    tx: &mut Tx,
    workspace_id: Uuid,
    (task_id, line): (Uuid, &Line),
    seen: u32,
) -> Result<Vec<Change>> {
    let before = store::plan(tx, workspace_id, (task_id, line.kind), seen)?;
    let now = store::plan(tx, workspace_id, (task_id, line.kind), line.revision)?;
    Ok(before.zip(now).map(|((before, _), (now, _))| changes(&before, &now)).unwrap_or_default())
}

/// What differs between two plans of one task.
fn changes(before: &Plan, after: &Plan) -> Vec<Change> {
    let mut found = of_parameters(&before.parameters, &after.parameters);
    if before.selection != after.selection {
        found.push(of_selection(before.selection.len() as u64, after.selection.len() as u64));
    }
    found
}

/// That other people, or another number of them, are selected.
pub(super) fn of_selection(before: u64, after: u64) -> Change {
    Change { field: "selection".to_owned(), from: json!({ "count": before }), to: json!({ "count": after }) }
}

/// The fields that differ; an object inside the parameters is compared field by field.
pub(super) fn of_parameters(before: &Value, after: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    each_difference(before, after, |name, from, to| match (from, to) {
        (Value::Object(_), Value::Object(_)) => {
            each_difference(from, to, |inner, from, to| found.push(change(format!("{name}.{inner}"), from, to)));
        }
        _ => found.push(change(name.to_owned(), from, to)),
    });
    found
}

fn change(field: String, from: &Value, to: &Value) -> Change {
    Change { field, from: from.clone(), to: to.clone() }
}

/// Calls `each` with the keys of two objects whose values differ, in their order; null where a key is missing.
fn each_difference(before: &Value, after: &Value, mut each: impl FnMut(&str, &Value, &Value)) {
    let empty = Map::new();
    let (before, after) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let (from, to) = (before.get(key).unwrap_or(&Value::Null), after.get(key).unwrap_or(&Value::Null));
        match key.as_str() {
            _ if from == to => {}
            // What the records were when they were looked at: long, and readable for nobody.
            "seen" => each(key, &Value::Null, &Value::Null),
            _ => each(key, from, to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    fn plan(parameters: Value, people: u128) -> Plan {
        Plan { kind: Kind::ProspectSearch, parameters, selection: (0..people).map(Uuid::from_u128).collect() }
    }

    #[test]
    fn changes_name_each_field_with_what_it_was_and_is() {
        let before =
            plan(json!({ "limit": 50, "list_name": "A", "filters": { "titles": ["CEO"], "seniority": ["vp"] } }), 3);
        let after =
            plan(json!({ "limit": 100, "list_name": "A", "filters": { "titles": ["CEO"], "keywords": ["tax"] } }), 4);
        let shown = serde_json::to_value(changes(&before, &after)).expect("JSON");
        assert_eq!(
            shown,
            json!([
                { "field": "filters.keywords", "from": null, "to": ["tax"] },
                { "field": "filters.seniority", "from": ["vp"], "to": null },
                { "field": "limit", "from": 50, "to": 100 },
                { "field": "selection", "from": { "count": 3 }, "to": { "count": 4 } },
            ])
        );
        assert_eq!(changes(&before, &before), []);
    }
}
