//! What an undo would take back, chosen and counted before it is approved.

use std::collections::HashSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::look::{Case, Found, Looked, look};
use super::{Deed, KEPT_NAMED_MAX, Kept, Numbers, Parameters, Part, Prepared, Preview};
use crate::clock::iso;
use crate::db::{LIST_MAX, Tx};
use crate::effects::{self, Kind as Effect};
use crate::error::{Code, Error, Result};
use crate::tasks::{Finished, Kind, Plan};
use crate::{companies, contacts, lists};

/// Records shown on a preview.
const SAMPLE: usize = 5;

/// Everything that is found while an undo is prepared.
#[derive(Default)]
struct Draft {
    parts: Vec<Part>,
    selection: Vec<Uuid>,
    numbers: Numbers,
    gone: u64,
    kept: Vec<Kept>,
    sample: Vec<Value>,
    old_name: Option<String>,
}

/// Chooses and counts.
///
/// # Errors
/// `validation_error` when nothing is left that could be taken back; `details.kept_records` says what stays why.
pub fn prepare(tx: &mut Tx, workspace_id: Uuid, undone: &Finished, now_ms: i64) -> Result<Prepared> {
    let (done, wanted) = (&undone.result, &undone.plan.parameters);
    let id = |value: &Value| value.as_str().and_then(|id| Uuid::try_parse(id).ok());
    let case = Case {
        workspace_id,
        task_id: undone.task_id,
        list_id: id(&done["list_id"]).or_else(|| id(&wanted["list_id"])),
        from_list_id: id(&wanted["from_list_id"]),
        since_ms: undone.finished_at_ms,
        undo_id: None,
    };
    let mut draft = Draft::default();
    match undone.plan.kind {
        Kind::ProspectSearch => of_search(tx, &case, undone, &mut draft)?,
        Kind::ContactUpdate => of_records(tx, &case, undone, &mut draft)?,
        Kind::ListOperation => of_lists(tx, &case, undone, &mut draft)?,
        // Their types declare that they can't be undone.
        Kind::CampaignStart | Kind::Undo | Kind::ExternalAction => {}
    }
    if draft.selection.is_empty() {
        draft.kept.truncate(KEPT_NAMED_MAX);
        let message = "Nothing is left to undo: what the task did was changed since, or is gone.";
        return Err(Error::with_details(Code::ValidationError, message, json!({ "kept_records": draft.kept })));
    }
    let parameters = Parameters {
        undoes: undone.task_id,
        undone_type: undone.plan.kind.as_str().to_owned(),
        undone_operation: wanted["operation"].as_str().map(str::to_owned),
        parts: draft.parts,
        list_id: case.list_id,
        list_name: list_name(undone),
        old_name: draft.old_name,
        from_list_id: case.from_list_id,
        proposed_at_ms: now_ms,
    };
    let preview = Preview {
        undoes: undone.task_id,
        selected: draft.selection.len() as u64,
        numbers: draft.numbers,
        gone: draft.gone,
        kept: draft.kept.len() as u64,
        kept_records: draft.kept.into_iter().take(KEPT_NAMED_MAX).collect(),
        sample: draft.sample,
    };
    let plan = Plan { kind: Kind::Undo, parameters: serde_json::to_value(&parameters)?, selection: draft.selection };
    Ok(Prepared { plan, preview, description: format!("Undo: {}", undone.description) })
}

/// The list's name as the task left it.
fn list_name(undone: &Finished) -> Option<String> {
    undone.result["list_name"].as_str().map(str::to_owned)
}

/// People became contacts on a list: the contacts go, whoever was one before leaves the list, and the list goes if the
/// task made it.
fn of_search(tx: &mut Tx, case: &Case, undone: &Finished, draft: &mut Draft) -> Result<()> {
    let made = contacts::made_of(tx, case.workspace_id, case.task_id, &undone.plan.selection)?;
    let made: Vec<Uuid> = made.into_iter().map(|made| made.id).collect();
    draft.add(tx, case, Deed::RemoveContact, &made)?;
    let go: HashSet<Uuid> = draft.selection.iter().copied().collect();
    take_off(tx, case, &go, draft)?;
    remove_list(tx, case, undone, draft)
}

/// Whom the task put on the list leaves it, if he does not go altogether.
fn take_off(tx: &mut Tx, case: &Case, go: &HashSet<Uuid>, draft: &mut Draft) -> Result<()> {
    let Some(list_id) = case.list_id else { return Ok(()) };
    let mut added = lists::added_by(tx, case.workspace_id, list_id, case.task_id)?;
    added.retain(|id| !go.contains(id));
    draft.add(tx, case, Deed::TakeOff, &added)
}

/// A list that the task made goes when it has been left alone: its name, its description, and whoever is on it.
fn remove_list(tx: &mut Tx, case: &Case, undone: &Finished, draft: &mut Draft) -> Result<()> {
    let Some(list) = lists::made_by(tx, case.workspace_id, case.task_id)? else { return Ok(()) };
    let own = lists::added_by(tx, case.workspace_id, list.id, case.task_id)?.len();
    let renamed = list_name(undone).is_some_and(|name| name != list.name) || list.description.is_some();
    let reason = if renamed {
        Some("it was changed since")
    } else if list.contact_count != i64::try_from(own).unwrap_or(i64::MAX)
        || list.updated_date > iso(undone.finished_at_ms)
    {
        Some("its members were changed since")
    } else if !case.referred(tx, &HashSet::from([list.id]))?.is_empty() {
        Some("a later task refers to it")
    } else {
        None
    };
    match reason {
        Some(reason) => draft.keep(Deed::RemoveList, list.id, None, reason),
        None => draft.add(tx, case, Deed::RemoveList, &[list.id])?,
    }
    Ok(())
}

/// Contacts or companies were made, changed, tagged or noted.
fn of_records(tx: &mut Tx, case: &Case, undone: &Finished, draft: &mut Draft) -> Result<()> {
    let parameters = &undone.plan.parameters;
    let is_company = parameters["record"] == "company";
    let (ws, task_id) = (case.workspace_id, case.task_id);
    match parameters["operation"].as_str().unwrap_or_default() {
        "create" if undone.result["changed"] == 0 => Ok(()),
        "create" => {
            let deed = if is_company { Deed::RemoveCompany } else { Deed::RemoveContact };
            // The contact is on no list by this task, so that any list counts.
            draft.add(tx, case, deed, &undone.plan.selection)
        }
        "add_note" => {
            let mut notes: Vec<Uuid> = effects::of_task(tx, ws, task_id, Effect::NoteMade)?.into_keys().collect();
            notes.sort_unstable();
            draft.add(tx, case, Deed::RemoveNote, &notes)
        }
        _ => {
            let (kind, deed) = match is_company {
                true => (Effect::CompanyChanged, Deed::RestoreCompany),
                false => (Effect::ContactChanged, Deed::RestoreContact),
            };
            let ids = in_order(undone, effects::of_task(tx, ws, task_id, kind)?.into_keys());
            draft.add(tx, case, deed, &ids)
        }
    }
}

/// Those of the records that a task has an effect on, in the order of its plan.
fn in_order(undone: &Finished, ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let ids: HashSet<Uuid> = ids.collect();
    undone.plan.selection.iter().copied().filter(|id| ids.contains(id)).collect()
}

/// Lists were made, filled, emptied or renamed.
fn of_lists(tx: &mut Tx, case: &Case, undone: &Finished, draft: &mut Draft) -> Result<()> {
    let ws = case.workspace_id;
    let list = match case.list_id {
        Some(id) => lists::find(tx, ws, id)?,
        None => None,
    };
    let gone = |id: Option<Uuid>, draft: &mut Draft| {
        if let Some(id) = id {
            draft.keep(Deed::RenameList, id, None, "the list was deleted since");
        }
        Ok(())
    };
    let Some(list) = list else { return gone(case.list_id, draft) };
    let removed = |tx: &mut Tx| -> Result<Vec<Uuid>> {
        Ok(in_order(undone, effects::of_task(tx, ws, case.task_id, Effect::MemberRemoved)?.into_keys()))
    };
    match undone.plan.parameters["operation"].as_str().unwrap_or_default() {
        "remove" | "clear" => {
            let removed = removed(tx)?;
            draft.add(tx, case, Deed::PutBack, &removed)
        }
        "rename" => rename(tx, case, undone, &list, draft),
        "move" => {
            let from = case.from_list_id.map(|id| lists::find(tx, ws, id)).transpose()?.flatten();
            if case.from_list_id.is_some() && from.is_none() {
                return gone(case.from_list_id, draft);
            }
            let removed = removed(tx)?;
            let deed = if from.is_some() { Deed::MoveBack } else { Deed::TakeOff };
            draft.add(tx, case, deed, &removed)?;
            let go: HashSet<Uuid> = removed.into_iter().collect();
            take_off(tx, case, &go, draft)?;
            remove_list(tx, case, undone, draft)
        }
        _ => {
            take_off(tx, case, &HashSet::new(), draft)?;
            remove_list(tx, case, undone, draft)
        }
    }
}

fn rename(tx: &mut Tx, case: &Case, undone: &Finished, list: &lists::List, draft: &mut Draft) -> Result<()> {
    let (old, new) = (&undone.result["list"]["before"]["name"], &undone.result["list"]["after"]["name"]);
    let (Some(old), Some(new)) = (old.as_str(), new.as_str()) else { return Ok(()) };
    let taken = lists::find_named(tx, case.workspace_id, old)?.is_some_and(|holder| holder.id != list.id);
    if list.name != new {
        draft.keep(Deed::RenameList, list.id, None, "it was changed since");
    } else if taken {
        draft.keep(Deed::RenameList, list.id, None, "another list has its old name by now");
    } else {
        draft.old_name = Some(old.to_owned());
        draft.add(tx, case, Deed::RenameList, &[list.id])?;
    }
    Ok(())
}

impl Draft {
    /// Looks at records, takes those that fit as the next part, and notes the others.
    fn add(&mut self, tx: &mut Tx, case: &Case, deed: Deed, ids: &[Uuid]) -> Result<()> {
        let mut count = 0;
        for ids in ids.chunks(LIST_MAX) {
            for looked in look(tx, case, deed, ids)? {
                let Looked { id, found, fields_kept } = looked;
                match found {
                    Found::Gone => self.gone += 1,
                    Found::Stays(reason) => self.keep(deed, id, None, &reason),
                    Found::Fits(fields) => {
                        count += 1;
                        self.numbers.count(deed);
                        self.selection.push(id);
                        for field in fields_kept {
                            self.keep(deed, id, Some(field), "it was changed since");
                        }
                        if self.sample.len() < SAMPLE {
                            let fields: Vec<&String> = fields.keys().collect();
                            let sample = sampled(tx, case.workspace_id, (deed, id), &fields)?;
                            self.sample.push(sample);
                        }
                    }
                }
            }
        }
        if count > 0 {
            self.parts.push(Part { deed, count });
        }
        Ok(())
    }

    fn keep(&mut self, deed: Deed, id: Uuid, field: Option<String>, reason: &str) {
        self.kept.push(Kept { record: deed.record().to_owned(), id, field, reason: reason.to_owned() });
    }
}

impl Numbers {
    /// Counts one record.
    pub(super) fn count(&mut self, deed: Deed) {
        match deed {
            Deed::RemoveContact => self.contacts_removed += 1,
            Deed::RemoveCompany => self.companies_removed += 1,
            Deed::RemoveNote => self.notes_removed += 1,
            Deed::RestoreContact => self.contacts_restored += 1,
            Deed::RestoreCompany => self.companies_restored += 1,
            Deed::TakeOff => self.taken_off_list += 1,
            Deed::PutBack | Deed::MoveBack => self.put_back_on_list += 1,
            Deed::RenameList => self.lists_renamed += 1,
            Deed::RemoveList => self.lists_removed += 1,
        }
    }
}

/// A record of the preview: what is done, its name, and which of its fields are restored. Their values stand in the
/// record itself, for whoever may read it.
fn sampled(tx: &mut Tx, workspace_id: Uuid, (deed, id): (Deed, Uuid), fields: &[&String]) -> Result<Value> {
    let name = match deed.record() {
        "contact" => contacts::brief(tx, workspace_id, id)?.map(|contact| contact.full_name),
        "company" => companies::one(tx, workspace_id, id)?.map(|company| company.name),
        "list" => lists::find(tx, workspace_id, id)?.map(|list| list.name),
        _ => None,
    };
    Ok(json!({ "deed": deed, "record": deed.record(), "id": id, "name": name, "fields": fields }))
}
