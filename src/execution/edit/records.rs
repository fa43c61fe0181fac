//! A `contact_update` is edited: which records are left out.

use serde::Deserialize as _;
use uuid::Uuid;

use super::{Anew, Edit, of_new_size, without};
use crate::db::Tx;
use crate::error::Result;
use crate::execution::contact_update::{Operation, Parameters, Wanted, prepare};
use crate::tasks::Editable;

/// The change as it would be with the edit.
pub(super) fn edited(tx: &mut Tx, workspace_id: Uuid, task: &Editable, edit: &Edit) -> Result<Anew> {
    let before = Parameters::deserialize(&task.plan.parameters)?;
    match before.operation {
        Operation::Create => edit.only(&[], "this task makes one record; dismiss it and ask for another")?,
        Operation::Merge => edit.only(&[], "a merge takes the records it was shown for; dismiss it and ask again")?,
        _ => edit.only(&["exclude_ids"], "of a task that changes records only who is left out can be")?,
    }
    let noun = before.record.noun(1);
    let excluded = edit.excluded()?.unwrap_or_default();
    let selection = without(&task.plan.selection, &excluded, noun)?;
    let Parameters { operation, record, changes, .. } = before;
    let prepared = prepare(tx, workspace_id, Wanted { operation, record, changes, selection })?;
    let (was, is) = (task.plan.selection.len() as u64, prepared.preview.selected);
    let description = of_new_size(&task.description, was, is, record.noun(2));
    let preview = serde_json::to_value(&prepared.preview)?;
    Ok(Anew { plan: prepared.plan, preview, description, request: task.request.clone() })
}
