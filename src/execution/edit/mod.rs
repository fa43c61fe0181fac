//! A pending task is edited field by field: the plan that follows from it is counted anew and becomes the next revision.
//!
//! What can be edited depends on the kind of task. What can't be is refused and named, so that nobody believes he has
//! changed what he has not.

pub mod http;
mod lists;
mod records;
mod search;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::db::Tx;
use crate::error::{Error, Result, quoted};
use crate::keys::Caller;
use crate::prospects::search::Snapshot;
use crate::tasks::{self, Editable, Kind, Plan, Proposal};

/// People or records that can be left out of one task by name.
pub const EXCLUDED_MAX: usize = 500;
/// The fields of an edit, in the order of the documentation.
const FIELDS: [&str; 6] = ["limit", "filters", "list_id", "list_name", "expand_titles", "exclude_ids"];

/// What of a pending task is to be another.
#[derive(Debug, Clone)]
pub struct Edit(Map<String, Value>);

impl Edit {
    /// Takes the fields of a body; one that no kind of task has is refused.
    ///
    /// # Errors
    /// `validation_error` that names the field.
    pub fn of(fields: Map<String, Value>) -> Result<Edit> {
        if let Some(field) = fields.keys().find(|field| !FIELDS.contains(&field.as_str())) {
            let field = quoted(field);
            let message = format!("{field} can't be edited. What can: {}.", FIELDS.join(", "));
            return Err(Error::validation(&field, message));
        }
        if fields.is_empty() {
            let message = format!("Say what to change: at least one of {}.", FIELDS.join(", "));
            return Err(Error::validation("fields", message));
        }
        Ok(Edit(fields))
    }

    /// Refuses what is none of `fields`, because `why`.
    fn only(&self, fields: &[&str], why: &str) -> Result<()> {
        match self.0.keys().find(|field| !fields.contains(&field.as_str())) {
            None => Ok(()),
            Some(field) => Err(Error::validation(field, format!("{field} can't be edited here: {why}."))),
        }
    }

    /// A field, when it was given; `what` says what it must be.
    fn field<T: DeserializeOwned>(&self, name: &str, what: &str) -> Result<Option<T>> {
        let read = |value: &Value| {
            serde_json::from_value(value.clone())
                .map_err(|_| Error::validation(name, format!("{name} must be {what}.")))
        };
        self.0.get(name).map(read).transpose()
    }

    /// Who is left out by name, each once, when that was given.
    fn excluded(&self) -> Result<Option<Vec<Uuid>>> {
        let what = format!("a list of at most {EXCLUDED_MAX} ids");
        let Some(mut ids) = self.field::<Vec<Uuid>>("exclude_ids", &what)? else { return Ok(None) };
        let mut seen = std::collections::HashSet::new();
        ids.retain(|id| seen.insert(*id));
        if ids.len() > EXCLUDED_MAX {
            return Err(Error::validation("exclude_ids", format!("exclude_ids must be {what}, got {}.", ids.len())));
        }
        Ok(Some(ids))
    }

    /// The list that was given, by its id or its name.
    fn list(&self, tx: &mut Tx, workspace_id: Uuid) -> Result<Option<ListGiven>> {
        let id = self.field::<Uuid>("list_id", "the id of a list")?;
        let name = self.field::<String>("list_name", "the name of a list")?;
        Ok(match (id, name) {
            (Some(_), Some(_)) => {
                return Err(Error::validation("list_name", "Give list_id or list_name, not both."));
            }
            (Some(id), None) => {
                let list = crate::lists::find(tx, workspace_id, id)?.ok_or_else(crate::lists::not_found)?;
                Some(ListGiven::There(list))
            }
            (None, Some(name)) => Some(named(tx, workspace_id, &name)?),
            (None, None) => None,
        })
    }
}

/// A list as an edit gives it.
enum ListGiven {
    /// By its id.
    There(crate::lists::List),
    /// By a name, with the list when there is one of that name.
    Named(String, Option<crate::lists::List>),
}

fn named(tx: &mut Tx, workspace_id: Uuid, name: &str) -> Result<ListGiven> {
    let name = name.trim();
    let check = crate::lists::NewList { name: Some(name.to_owned()), description: None }.check();
    if let Err(Error::Refused(refusal)) = check {
        return Err(Error::validation("list_name", refusal.message));
    }
    let there = crate::lists::find_named(tx, workspace_id, name)?;
    Ok(ListGiven::Named(there.as_ref().map_or_else(|| name.to_owned(), |list| list.name.clone()), there))
}

/// What an edit comes to.
#[derive(Debug)]
pub enum Edited {
    /// The task is so already.
    Same,
    /// Another plan, and the revision it changes.
    Changed(Box<Proposal>, u32),
}

/// What an edited task is made from, beside the transaction.
#[derive(Debug)]
pub struct Circumstances<'t> {
    /// Who edits.
    pub caller: &'t Caller,
    /// The prospects; taken before the transaction began.
    pub snapshot: &'t Snapshot,
    /// Now.
    pub now_ms: i64,
    /// The deadline of the new revision.
    pub expires_at_ms: i64,
}

/// Another plan, counted, with the words for it.
struct Anew {
    plan: Plan,
    preview: Value,
    description: String,
    request: Value,
}

/// Looks at a task and counts what it would be with the edit. Reads only; [`tasks::revise`] stores what comes out.
///
/// # Errors
/// As [`tasks::to_edit`]; `validation_error` that names the field which can't be edited, or not so.
pub fn prepare(
    tx: &mut Tx,
    circumstances: &Circumstances<'_>,
    task_id: Uuid,
    (edit, named): (&Edit, Option<&str>),
) -> Result<Edited> {
    let task = tasks::to_edit(tx, circumstances.caller, task_id, named, circumstances.now_ms)?;
    let workspace_id = circumstances.caller.workspace_id;
    let anew = match task.plan.kind {
        Kind::ProspectSearch => search::edited(tx, workspace_id, circumstances.snapshot, (&task, edit))?,
        Kind::ListOperation => lists::edited(tx, workspace_id, &task, edit)?,
        Kind::ContactUpdate => records::edited(tx, workspace_id, &task, edit)?,
        _ => {
            let kind = task.plan.kind.as_str();
            edit.only(&[], &format!("a task of type {kind} is approved or dismissed as it is"))?;
            return Ok(Edited::Same);
        }
    };
    if anew.plan.hash() == task.plan.hash() {
        return Ok(Edited::Same);
    }
    let Editable { revision, query, conversation_id, .. } = task;
    let proposal = Proposal {
        task_id,
        plan: anew.plan,
        preview: anew.preview,
        description: anew.description,
        query,
        request: anew.request,
        conversation_id,
        expires_at_ms: circumstances.expires_at_ms,
    };
    Ok(Edited::Changed(Box::new(proposal), revision))
}

/// Who remains of a selection without those who are left out by name. Each of them must be one of it, or must have been.
fn without(selection: &[Uuid], excluded: &[Uuid], noun: &str) -> Result<Vec<Uuid>> {
    if let Some(stranger) = excluded.iter().find(|id| !selection.contains(id)) {
        return Err(not_of_the_task(*stranger, noun));
    }
    let rest: Vec<Uuid> = selection.iter().copied().filter(|id| !excluded.contains(id)).collect();
    if rest.is_empty() {
        let message = format!("Without these no {noun} would be left. Dismiss the task instead.");
        return Err(Error::validation("exclude_ids", message));
    }
    Ok(rest)
}

fn not_of_the_task(id: Uuid, noun: &str) -> Error {
    Error::validation("exclude_ids", format!("{id} is no {noun} of this task, so it can't be left out."))
}

/// The words of a description behind its numbers stay; the numbers are counted anew.
fn of_new_size(description: &str, before: u64, after: u64, noun: &str) -> String {
    if before == after { description.to_owned() } else { format!("{description} ({after} of {before} {noun})") }
}
