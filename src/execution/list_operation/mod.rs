//! `list_operation`: lists are made, filled, emptied, renamed, merged and deleted.
//!
//! What is shown is what is done: the contacts are chosen when the task is proposed. Execution looks at each contact once
//! more (still there, not suppressed, still on the list it is taken off) and at the lists, does the part that holds, and
//! says of each contact it skipped why.

mod ahead;
mod effects;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Step;
use crate::db::Tx;
use crate::error::{Code, Result};
use crate::lists::List;
use crate::tasks::{Approved, Failure, Plan};

pub(super) use ahead::candidate;
pub use ahead::{Preview, Sampled, prepare};

/// Most contacts of one task.
pub const MEMBERS_MAX: usize = 10_000;

/// What is done with the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// A new list, empty or with the selected contacts.
    Create,
    /// The selected contacts are put on it; a list that is not there is made.
    Add,
    /// The selected contacts are taken off it.
    Remove,
    /// It gets another name.
    Rename,
    /// The members of the list `from` are put on it, and that list is deleted.
    Merge,
    /// All members that were shown are taken off it.
    Clear,
    /// It is deleted; its contacts stay.
    Delete,
    /// The selected contacts are put on it and taken off the list `from`.
    Move,
    /// The selected contacts of the list `from` are put on it, too.
    Copy,
}

impl Operation {
    fn adds(self) -> bool {
        matches!(self, Operation::Create | Operation::Add | Operation::Merge | Operation::Move | Operation::Copy)
    }

    /// Whether the list is made when it is not there.
    fn makes(self) -> bool {
        matches!(self, Operation::Create | Operation::Add | Operation::Move | Operation::Copy)
    }

    /// Whether whoever is suppressed is left out. Somebody who is on a list already is not lost with it.
    fn leaves_out_suppressed(self) -> bool {
        matches!(self, Operation::Create | Operation::Add | Operation::Copy)
    }
}

/// How a `list_operation` is done; `parameters` of the plan, and part of the task's `metadata`. The contacts are the
/// plan's selection.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Parameters {
    /// What is done.
    pub operation: Operation,
    /// The list; nothing when it is made by the task.
    pub list_id: Option<Uuid>,
    /// Its name.
    pub list_name: String,
    /// The list the contacts come from, or that goes away in a merge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_list_id: Option<Uuid>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_list_name: Option<String>,
    /// The name a list gets by a renaming.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_name: Option<String>,
}

/// What is asked for, before it is looked at.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What is done.
    pub operation: Operation,
    /// The list; nothing when it is to be made.
    pub list: Option<List>,
    /// The list's name, when it is to be made.
    pub list_name: String,
    /// The list the contacts come from.
    pub from: Option<List>,
    /// The name a list gets by a renaming.
    pub new_name: Option<String>,
    /// The contacts, for operations that are about some. A merge and a clearing find theirs themselves.
    pub contact_ids: Vec<Uuid>,
}

/// A change of lists that would become a task.
#[derive(Debug)]
pub struct Prepared {
    /// What would be done.
    pub plan: Plan,
    /// What it would cause.
    pub preview: Preview,
}

/// A list before and after; null where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Around {
    /// What it is when the task is proposed, or begins.
    pub before: Option<Shown>,
    /// What it is after the task.
    pub after: Option<Shown>,
}

/// A list in brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Its name.
    pub name: String,
    /// How many contacts are on it.
    pub contact_count: i64,
}

impl From<&List> for Shown {
    fn from(list: &List) -> Shown {
        Shown { name: list.name.clone(), contact_count: list.contact_count }
    }
}

/// Where an execution stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Progress {
    /// Whether the lists were looked at.
    begun: bool,
    /// Contacts of the selection that were looked at.
    done: usize,
    /// Whether only the end is left.
    at_end: bool,
    list_id: Option<Uuid>,
    list: Around,
    from_list: Around,
    added: u64,
    already_members: u64,
    removed: u64,
    skipped: Vec<Skipped>,
}

/// A contact that was selected and left where it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Skipped {
    contact_id: Uuid,
    reason: String,
}

impl Progress {
    fn skip(&mut self, contact_id: Uuid, reason: impl Into<String>) {
        self.skipped.push(Skipped { contact_id, reason: reason.into() });
    }
}

/// Does the next step: at most [`super::STEP_PEOPLE`] contacts, and with the last of them what is done to the list itself.
pub(super) fn execute(tx: &mut Tx, task: &Approved, progress: &Value, now_ms: i64) -> Result<Step> {
    let parameters = Parameters::deserialize(&task.plan.parameters)?;
    let mut progress: Progress =
        if progress.is_null() { Progress::default() } else { Progress::deserialize(progress)? };
    if let Some(failure) = effects::step(tx, task, &parameters, &mut progress, now_ms)? {
        return Ok(Step::Failed(failure, result(task, &parameters, &progress)));
    }
    if progress.done < task.plan.selection.len() || effects::ends_apart(task, &parameters, &mut progress) {
        return Ok(Step::More { done: progress.done as u64, progress: serde_json::to_value(&progress)? });
    }
    if let Some(failure) = effects::end(tx, task, &parameters, &mut progress, now_ms)? {
        return Ok(Step::Failed(failure, result(task, &parameters, &progress)));
    }
    Ok(Step::Done(result(task, &parameters, &progress)))
}

/// What was done: the keys of the preview, and who was skipped why.
fn result(task: &Approved, parameters: &Parameters, progress: &Progress) -> Value {
    let name = progress.list.after.as_ref().map_or(&parameters.list_name, |list| &list.name);
    let mut result = json!({
        "operation": parameters.operation,
        "list_id": progress.list_id.or(parameters.list_id),
        "list_name": name,
        "selected": task.plan.selection.len(),
        "added": progress.added,
        "already_members": progress.already_members,
        "removed": progress.removed,
        "suppressed": task.preview["suppressed"],
        "list": progress.list,
        "skipped": progress.skipped,
    });
    if parameters.from_list_id.is_some() {
        result["from_list_id"] = json!(parameters.from_list_id);
        result["from_list_name"] = json!(parameters.from_list_name);
        result["from_list"] = json!(progress.from_list);
    }
    result
}

/// What was done when a task is given up.
pub(super) fn result_so_far(task: &Approved, progress: &Value) -> Value {
    let Ok(parameters) = Parameters::deserialize(&task.plan.parameters) else { return Value::Null };
    result(task, &parameters, &Progress::deserialize(progress).unwrap_or_default())
}

/// The failure of a task whose list was deleted before it was done.
fn list_gone(name: &str) -> Failure {
    let message = format!("The list \"{name}\" was deleted before the task was done. Ask again with another list.");
    Failure { code: Code::ListNotFound.as_str(), message }
}

/// The failure of a task that needs a name which another list has by now.
fn name_taken(name: &str) -> Failure {
    let message = format!("Another list is called \"{name}\" by now. Ask again with another name.");
    Failure { code: Code::ValidationError.as_str(), message }
}
