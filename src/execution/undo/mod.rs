//! `undo`: what a task did is taken back, as far as nobody touched it since.
//!
//! What is shown is what is done: the records are chosen and counted when the undo is proposed and frozen in its plan.
//! Each is looked at once more when it is executed, by the same function (`look`), and who was touched meanwhile is kept
//! with the reason. What a task made, and only that, is removed; fields get back the values they had where the value the
//! task wrote still stands.

mod ahead;
mod effects;
pub mod http;
mod look;
mod restoring;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Step, step_people};
use crate::db::Tx;
use crate::error::Result;
use crate::tasks::{self, Approved, Plan};

pub use ahead::prepare;

/// Kept records that a preview and a result name one by one; all of them are counted.
const KEPT_NAMED_MAX: usize = 1_000;

/// What is done with the records of one part of an undo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Contacts that the task made are deleted.
    RemoveContact,
    /// Companies that the task made are deleted.
    RemoveCompany,
    /// Notes that the task wrote are deleted.
    RemoveNote,
    /// Fields of contacts get back what stood there.
    RestoreContact,
    /// Fields of companies get back what stood there.
    RestoreCompany,
    /// Contacts that the task put on the list are taken off it.
    TakeOff,
    /// Contacts that the task took off the list are put back on it.
    PutBack,
    /// Contacts go back to the list they came from.
    MoveBack,
    /// The list gets its old name.
    RenameList,
    /// The list that the task made is deleted.
    RemoveList,
}

impl Deed {
    /// What kind of record it is about.
    pub fn record(self) -> &'static str {
        match self {
            Deed::RemoveCompany | Deed::RestoreCompany => "company",
            Deed::RemoveNote => "note",
            Deed::RenameList | Deed::RemoveList => "list",
            _ => "contact",
        }
    }
}

/// The next `count` records of the selection, and what is done with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What is done.
    pub deed: Deed,
    /// With how many.
    pub count: usize,
}

/// How an undo is done; `parameters` of the plan, and part of the task's `metadata`. The records are the plan's
/// selection, part by part.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Parameters {
    /// The task that is undone.
    pub undoes: Uuid,
    /// Its type.
    pub undone_type: String,
    /// What it did, for types that do several things.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_operation: Option<String>,
    /// The selection, part by part.
    pub parts: Vec<Part>,
    /// The list that is changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_id: Option<Uuid>,
    /// Its name, as the task left it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_name: Option<String>,
    /// The name it had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_name: Option<String>,
    /// The list the contacts came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_list_id: Option<Uuid>,
    /// When it was proposed: what came later is looked at again at the execution.
    pub proposed_at_ms: i64,
}

/// What is taken back, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Numbers {
    /// Contacts that are deleted.
    pub contacts_removed: u64,
    /// Companies that are deleted.
    pub companies_removed: u64,
    /// Notes that are deleted.
    pub notes_removed: u64,
    /// Lists that are deleted.
    pub lists_removed: u64,
    /// Contacts that get field values back.
    pub contacts_restored: u64,
    /// Companies that get field values back.
    pub companies_restored: u64,
    /// Lists that get their name back.
    pub lists_renamed: u64,
    /// Contacts that leave the list and stay contacts.
    pub taken_off_list: u64,
    /// Contacts that come back on a list.
    pub put_back_on_list: u64,
}

/// A record, or a field of it, that stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// `contact`, `company`, `note` or `list`.
    pub record: String,
    /// The record.
    pub id: Uuid,
    /// The field, when the rest is restored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Why.
    pub reason: String,
}

/// What approval would cause, counted before it is given.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// The task that is undone.
    pub undoes: Uuid,
    /// Records the undo is about.
    pub selected: u64,
    /// What is taken back.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// Records of the task that are there no more.
    pub gone: u64,
    /// Records and fields that stay as they are.
    pub kept: u64,
    /// The first of those, with the reason.
    pub kept_records: Vec<Kept>,
    /// The first of the selected: what is done, with whom, and which fields.
    pub sample: Vec<Value>,
}

/// An undo that would become a task.
#[derive(Debug)]
pub struct Prepared {
    /// What would be done.
    pub plan: Plan,
    /// What it would cause.
    pub preview: Preview,
    /// For people.
    pub description: String,
}

/// Where an execution stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Progress {
    /// Records of the selection that were looked at.
    done: usize,
    numbers: Numbers,
    gone: u64,
    /// Kept since the undo was proposed.
    kept: Vec<Kept>,
}

impl Progress {
    fn keep(&mut self, deed: Deed, id: Uuid, field: Option<String>, reason: impl Into<String>) {
        self.kept.push(Kept { record: deed.record().to_owned(), id, field, reason: reason.into() });
    }
}

/// Does the next step: at most [`super::STEP_PEOPLE`] records.
pub(super) fn execute(tx: &mut Tx, task: &Approved, progress: &Value, now_ms: i64) -> Result<Step> {
    let parameters = Parameters::deserialize(&task.plan.parameters)?;
    let mut progress: Progress =
        if progress.is_null() { Progress::default() } else { Progress::deserialize(progress)? };
    let parts = approved_parts(tx, task, &parameters)?;
    let end = task.plan.selection.len().min(progress.done + step_people());
    while progress.done < end {
        effects::portion(tx, task, (&parameters, &parts), end, &mut progress, now_ms)?;
    }
    if progress.done < task.plan.selection.len() {
        return Ok(Step::More { done: progress.done as u64, progress: serde_json::to_value(&progress)? });
    }
    tasks::mark_undone(tx, task, parameters.undoes, now_ms)?;
    Ok(Step::Done(result(task, &progress)))
}

/// The parts of what was approved: all of the plan's, or what is left of each when only some records were approved.
fn approved_parts(tx: &mut Tx, task: &Approved, parameters: &Parameters) -> Result<Vec<Part>> {
    let counted: usize = parameters.parts.iter().map(|part| part.count).sum();
    if counted == task.plan.selection.len() {
        return Ok(parameters.parts.clone());
    }
    let approved: HashSet<&Uuid> = task.plan.selection.iter().collect();
    let mut whole = tasks::selection(tx, task.workspace_id, task.task_id)?.into_iter();
    let mut left = |part: &Part| {
        let count = whole.by_ref().take(part.count).filter(|id| approved.contains(id)).count();
        Part { count, ..*part }
    };
    Ok(parameters.parts.iter().map(&mut left).collect())
}

/// What was done: the keys of the preview, and what was kept though it had been selected.
fn result(task: &Approved, progress: &Progress) -> Value {
    let shown = &task.preview;
    let numbered = |key: &str| shown[key].as_u64().unwrap_or_default();
    let mut kept: Vec<Value> = shown["kept_records"].as_array().cloned().unwrap_or_default();
    let skipped: Vec<Value> = progress.kept.iter().map(|kept| json!(kept)).collect();
    kept.extend(skipped.iter().take(KEPT_NAMED_MAX.saturating_sub(kept.len())).cloned());
    let mut result = json!(progress.numbers);
    result["undoes"] = shown["undoes"].clone();
    result["selected"] = json!(task.plan.selection.len());
    result["gone"] = json!(numbered("gone") + progress.gone);
    result["kept"] = json!(numbered("kept") + progress.kept.len() as u64);
    result["kept_records"] = json!(kept);
    result["skipped"] = json!(skipped);
    result
}

/// What was done when a task is given up.
pub(super) fn result_so_far(task: &Approved, progress: &Value) -> Value {
    result(task, &Progress::deserialize(progress).unwrap_or_default())
}
