//! A `list_operation` is edited: who is left out, and which list.

use serde::Deserialize as _;
use uuid::Uuid;

use super::{Anew, Edit, ListGiven, of_new_size, without};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::execution::list_operation::{Operation, Parameters, Wanted, prepare};
use crate::lists::{self, List};
use crate::tasks::Editable;

/// The operation as it would be with the edit.
pub(super) fn edited(tx: &mut Tx, workspace_id: Uuid, task: &Editable, edit: &Edit) -> Result<Anew> {
    let before = Parameters::deserialize(&task.plan.parameters)?;
    let (fields, why) = editable(before.operation);
    edit.only(fields, why)?;
    let mut wanted = Wanted {
        operation: before.operation,
        list: still(tx, workspace_id, before.list_id)?,
        list_name: before.list_name.clone(),
        from: still(tx, workspace_id, before.from_list_id)?,
        new_name: before.new_name.clone(),
        contact_ids: task.plan.selection.clone(),
    };
    if let Some(excluded) = edit.excluded()? {
        wanted.contact_ids = without(&task.plan.selection, &excluded, "contact")?;
    }
    match edit.list(tx, workspace_id)? {
        None => {}
        Some(ListGiven::Named(name, _)) if before.operation == Operation::Rename => wanted.new_name = Some(name),
        Some(ListGiven::Named(_, Some(list)) | ListGiven::There(list)) if before.operation == Operation::Create => {
            return Err(Error::validation("list_name", format!("There is a list \"{}\" already.", list.name)));
        }
        Some(ListGiven::Named(_, Some(list)) | ListGiven::There(list)) => wanted.list = Some(list),
        Some(ListGiven::Named(name, None)) => (wanted.list, wanted.list_name) = (None, name),
    }
    if wanted.list.as_ref().zip(wanted.from.as_ref()).is_some_and(|(list, from)| list.id == from.id) {
        return Err(Error::validation("list_id", "That is the list the contacts come from. Give another one."));
    }
    let prepared = prepare(tx, workspace_id, &wanted)?;
    let (was, is) = (task.plan.selection.len() as u64, prepared.preview.selected);
    let mut description = of_new_size(&task.description, was, is, "contacts");
    let shown = before.new_name.as_deref().unwrap_or(&before.list_name);
    if prepared.preview.list_name != shown {
        description = description.replace(&format!("\"{shown}\""), &format!("\"{}\"", prepared.preview.list_name));
    }
    let preview = serde_json::to_value(&prepared.preview)?;
    Ok(Anew { plan: prepared.plan, preview, description, request: task.request.clone() })
}

/// What of an operation can be edited, and why no more.
fn editable(operation: Operation) -> (&'static [&'static str], &'static str) {
    match operation {
        Operation::Create => (&["exclude_ids", "list_name"], "this task makes a list"),
        Operation::Add | Operation::Move | Operation::Copy => {
            (&["exclude_ids", "list_id", "list_name"], "this task puts contacts on a list")
        }
        Operation::Remove => (&["exclude_ids"], "this task takes contacts off a list"),
        Operation::Rename => (&["list_name"], "this task renames a list"),
        Operation::Merge | Operation::Clear | Operation::Delete => (&[], "this task is about a whole list"),
    }
}

/// A list of the plan, which must still be there.
fn still(tx: &mut Tx, workspace_id: Uuid, id: Option<Uuid>) -> Result<Option<List>> {
    let Some(id) = id else { return Ok(None) };
    match lists::find(tx, workspace_id, id)? {
        Some(list) => Ok(Some(list)),
        None => Err(Error::validation("list_id", "The list of this task was deleted. Dismiss the task and ask again.")),
    }
}
