//! `contact_update`: contacts and companies are created, changed, tagged, noted, merged and deleted.
//!
//! What is shown is what is done: the records are chosen, and what stands in the fields that will be touched is noted,
//! when the task is proposed. Execution looks at each record once more. Who is gone, was changed in a touched field, or
//! would be refused by the routes as well, is skipped with that reason.

mod ahead;
mod effects;
mod record;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Step;
use crate::contacts::DUPLICATES_MAX;
use crate::db::Tx;
use crate::error::{Code, Result};
use crate::tasks::{Approved, Failure, Plan};
use record::Entry;

pub use ahead::{Preview, prepare};

/// Most records of one task.
pub const RECORDS_MAX: usize = 10_000;
/// Records of one merge: the one that stays and its duplicates.
pub const MERGED_MAX: usize = DUPLICATES_MAX + 1;

/// What is done with the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// A new record.
    Create,
    /// Fields get values.
    Update,
    /// Fields are emptied.
    ClearField,
    /// The records are deleted.
    Delete,
    /// The first record takes over the others.
    Merge,
    /// Tags are put to those that are there.
    Tag,
    /// Tags are taken away.
    Untag,
    /// A note is written about each record.
    AddNote,
}

/// What kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// Contacts.
    Contact,
    /// Companies.
    Company,
}

/// How a `contact_update` is done; `parameters` of the plan, and part of the task's `metadata`. The records are the
/// plan's selection; of a new one it holds the id it will have, and of a merge the record that stays comes first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Parameters {
    /// What is done.
    pub operation: Operation,
    /// With what kind of record.
    pub record: Record,
    /// Field → new value as the route of the record takes it, null to clear; `custom_fields` holds only those that
    /// change. For tags `tags_add` and `tags_remove`, for a note `note`.
    pub changes: Map<String, Value>,
    /// For each selected record in order eight hex digits: the beginning of the SHA-256 of what stood in the touched
    /// fields when the task was proposed. Empty where that makes no difference.
    #[serde(default)]
    pub seen: String,
}

/// What is asked for, before it is looked at.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What is done.
    pub operation: Operation,
    /// With what kind of record.
    pub record: Record,
    /// As in [`Parameters::changes`].
    pub changes: Map<String, Value>,
    /// As in the plan's selection; of a new record its id.
    pub selection: Vec<Uuid>,
}

/// A change that would become a task.
#[derive(Debug)]
pub struct Prepared {
    /// What would be done.
    pub plan: Plan,
    /// What it would cause.
    pub preview: Preview,
}

/// Hex digits of one record in [`Parameters::seen`].
const SEEN_DIGITS: usize = 8;

impl Parameters {
    /// Those of an approved task, with `seen` for the part of the selection that was approved.
    fn of(task: &Approved) -> Result<Parameters> {
        let mut parameters = Parameters::deserialize(&task.plan.parameters)?;
        if let Some(all) = task.out_of.as_ref().filter(|_| !parameters.seen.is_empty()) {
            let places: HashMap<Uuid, usize> = all.iter().copied().zip(0..).collect();
            let seen = |id: &Uuid| places.get(id).and_then(|place| parameters.seen(*place)).unwrap_or_default();
            parameters.seen = task.plan.selection.iter().map(seen).collect();
        }
        Ok(parameters)
    }

    /// What stood in the touched fields of the record at this place; nothing where it makes no difference.
    fn seen(&self, place: usize) -> Option<&str> {
        self.seen.get(place * SEEN_DIGITS..(place + 1) * SEEN_DIGITS)
    }
}

/// Where an execution stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Progress {
    /// Records of the selection that were looked at.
    done: usize,
    changed: u64,
    unchanged: u64,
    list_memberships: u64,
    notes: u64,
    skipped: Vec<Skipped>,
}

/// A record that was selected and left as it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Skipped {
    id: Uuid,
    reason: String,
}

impl Progress {
    fn skip(&mut self, id: Uuid, reason: impl Into<String>) {
        self.skipped.push(Skipped { id, reason: reason.into() });
    }
}

/// Does the next step.
pub(super) fn execute(tx: &mut Tx, task: &Approved, progress: &Value, now_ms: i64) -> Result<Step> {
    let parameters = Parameters::of(task)?;
    let mut progress: Progress =
        if progress.is_null() { Progress::default() } else { Progress::deserialize(progress)? };
    match parameters.operation {
        Operation::Create => effects::create(tx, task, &parameters, &mut progress, now_ms)?,
        Operation::Merge => {
            if let Some(failure) = effects::merge(tx, task, &parameters, &mut progress, now_ms)? {
                return Ok(Step::Failed(failure, result(task, &parameters, &progress)));
            }
        }
        _ => effects::step(tx, task, &parameters, &mut progress, now_ms)?,
    }
    if progress.done >= task.plan.selection.len() {
        return Ok(Step::Done(result(task, &parameters, &progress)));
    }
    Ok(Step::More { done: progress.done as u64, progress: serde_json::to_value(&progress)? })
}

/// What was done: the keys of the preview, and what was skipped why.
fn result(task: &Approved, parameters: &Parameters, progress: &Progress) -> Value {
    let id_key = parameters.record.id_key();
    let mut result = json!({
        "operation": parameters.operation,
        "record": parameters.record,
        "selected": task.plan.selection.len(),
        "changed": progress.changed,
        "unchanged": progress.unchanged,
        "skipped": progress.skipped.iter().map(|skipped| json!({ id_key: skipped.id, "reason": skipped.reason }))
            .collect::<Vec<Value>>(),
    });
    if matches!(parameters.operation, Operation::Delete | Operation::Merge) {
        result["list_memberships"] = json!(progress.list_memberships);
    }
    if parameters.operation == Operation::Merge {
        result["notes"] = json!(progress.notes);
    }
    if matches!(parameters.operation, Operation::Create | Operation::Merge) {
        result[id_key] = json!(task.plan.selection.first());
    }
    result
}

/// What was done when a task is given up.
pub(super) fn result_so_far(task: &Approved, progress: &Value) -> Value {
    let Ok(parameters) = Parameters::deserialize(&task.plan.parameters) else { return Value::Null };
    result(task, &parameters, &Progress::deserialize(progress).unwrap_or_default())
}

impl Record {
    /// The key under which answers name a record of this kind.
    pub fn id_key(self) -> &'static str {
        match self {
            Record::Contact => "contact_id",
            Record::Company => "company_id",
        }
    }

    /// As a sentence says it: "contact", "companies".
    pub fn noun(self, count: u64) -> &'static str {
        match (self, count) {
            (Record::Contact, 1) => "contact",
            (Record::Contact, _) => "contacts",
            (Record::Company, 1) => "company",
            (Record::Company, _) => "companies",
        }
    }
}

/// The failure of a merge whose record that stays is gone or other than it was shown.
fn merge_failed(message: String) -> Failure {
    Failure { code: Code::NotFound.as_str(), message }
}

/// Whether the record is still what was shown, as far as the task touches it.
fn is_as_seen(parameters: &Parameters, place: usize, entry: &Entry) -> bool {
    parameters
        .seen(place)
        .is_none_or(|seen| record::fingerprint(entry, parameters.operation, &parameters.changes) == seen)
}
