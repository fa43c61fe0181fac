//! The effects of an approved `list_operation`, step by step.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use uuid::Uuid;

use super::ahead::{candidate, new_list};
use super::{Operation, Parameters, Progress, Shown, list_gone, name_taken};
use crate::contacts::{self, Contact};
use crate::db::Tx;
use crate::effects;
use crate::error::{Error, Result};
use crate::execution::step_people;
use crate::ids;
use crate::lists::{self, List, ListChange};
use crate::suppressions;
use crate::tasks::{Approved, Failure};

/// Looks at the lists, and moves the next contacts. A failure ends the task.
pub(super) fn step(
    tx: &mut Tx,
    task: &Approved,
    parameters: &Parameters,
    progress: &mut Progress,
    now_ms: i64,
) -> Result<Option<Failure>> {
    let from = match parameters.from_list_id {
        Some(id) => match lists::find(tx, task.workspace_id, id)? {
            Some(list) => Some(list),
            None => return Ok(Some(list_gone(parameters.from_list_name.as_deref().unwrap_or_default()))),
        },
        None => None,
    };
    let list = match list(tx, task, parameters, progress, now_ms)? {
        Ok(list) => list,
        Err(failure) => return Ok(Some(failure)),
    };
    if !progress.begun {
        progress.begun = true;
        progress.from_list.before = from.as_ref().map(Shown::from);
        if parameters.list_id.is_some() {
            progress.list.before = Some(Shown::from(&list));
        }
    }
    progress.list_id = Some(list.id);
    let selection = &task.plan.selection;
    let at = progress.done.min(selection.len());
    let step = &selection[at..(at + step_people()).min(selection.len())];
    if !step.is_empty() {
        let there = there(tx, task.workspace_id, parameters.operation, step, progress)?;
        match parameters.operation {
            Operation::Remove | Operation::Clear => remove(tx, task, list.id, &there, progress, now_ms)?,
            Operation::Rename | Operation::Delete => {}
            _ => put(tx, task, parameters, (list.id, from.map(|from| from.id)), &there, progress, now_ms)?,
        }
    }
    progress.done = at + step.len();
    Ok(None)
}

/// The list of the task, made where that belongs to it; asked again, the same list.
fn list(
    tx: &mut Tx,
    task: &Approved,
    parameters: &Parameters,
    progress: &Progress,
    now_ms: i64,
) -> Result<std::result::Result<List, Failure>> {
    let gone = || list_gone(&parameters.list_name);
    if let Some(id) = progress.list_id.or(parameters.list_id) {
        return Ok(lists::find(tx, task.workspace_id, id)?.ok_or_else(gone));
    }
    if lists::find_named(tx, task.workspace_id, &parameters.list_name)?.is_some() {
        return match parameters.operation {
            Operation::Create => Ok(Err(name_taken(&parameters.list_name))),
            // Made by somebody else meanwhile: the list the user named.
            _ => Ok(lists::find_named(tx, task.workspace_id, &parameters.list_name)?.ok_or_else(gone)),
        };
    }
    match lists::create_by(tx, &task.by(), ids::new(now_ms), &new_list(&parameters.list_name)?, now_ms) {
        Ok(list) => Ok(Ok(list)),
        Err(Error::Refused(_)) => Ok(Err(name_taken(&parameters.list_name))),
        Err(error) => Err(error),
    }
}

/// The contacts of this step that are still there and may be moved; the others are skipped.
fn there(
    tx: &mut Tx,
    workspace_id: Uuid,
    operation: Operation,
    step: &[Uuid],
    progress: &mut Progress,
) -> Result<Vec<Uuid>> {
    let found: HashMap<Uuid, Contact> =
        contacts::several(tx, workspace_id, step)?.into_iter().map(|contact| (contact.id, contact)).collect();
    let mut there = Vec::with_capacity(step.len());
    for id in step {
        match found.get(id) {
            Some(contact) => there.push(contact),
            None => progress.skip(*id, "the contact is no longer there"),
        }
    }
    if !operation.leaves_out_suppressed() {
        return Ok(there.iter().map(|contact| contact.id).collect());
    }
    let candidates: Vec<_> = there.iter().map(|contact| candidate(contact)).collect();
    let hits = suppressions::check(tx, workspace_id, &candidates)?;
    let mut allowed = Vec::with_capacity(there.len());
    for (contact, hit) in there.into_iter().zip(hits) {
        match hit {
            Some(hit) => progress.skip(contact.id, format!("suppressed: {hit}")),
            None => allowed.push(contact.id),
        }
    }
    Ok(allowed)
}

/// Takes contacts off the list.
fn remove(
    tx: &mut Tx,
    task: &Approved,
    list_id: Uuid,
    there: &[Uuid],
    progress: &mut Progress,
    now_ms: i64,
) -> Result<()> {
    let removed: HashSet<Uuid> = lists::remove_members(tx, &task.by(), list_id, there, now_ms)?.into_iter().collect();
    note_removed(tx, task, &removed, now_ms);
    for id in there.iter().filter(|id| !removed.contains(id)) {
        progress.skip(*id, "the contact is no longer on the list");
    }
    progress.removed += removed.len() as u64;
    Ok(())
}

/// Whom an undo puts back.
fn note_removed(tx: &mut Tx, task: &Approved, removed: &HashSet<Uuid>, now_ms: i64) {
    for id in removed {
        effects::note(tx, &task.by(), effects::Kind::MemberRemoved, *id, Value::Null, now_ms);
    }
}

/// Puts contacts on the list, and takes them off the one they come from where that is asked for. Who has left that one is
/// skipped.
fn put(
    tx: &mut Tx,
    task: &Approved,
    parameters: &Parameters,
    (list_id, from_id): (Uuid, Option<Uuid>),
    there: &[Uuid],
    progress: &mut Progress,
    now_ms: i64,
) -> Result<()> {
    let by = task.by();
    let moved: Vec<Uuid> = match from_id {
        None => there.to_vec(),
        Some(from_id) => {
            let left: HashSet<Uuid> = if parameters.operation == Operation::Move {
                let removed = lists::remove_members(tx, &by, from_id, there, now_ms)?.into_iter().collect();
                note_removed(tx, task, &removed, now_ms);
                removed
            } else {
                lists::are_members(tx, task.workspace_id, from_id, there)?
            };
            for id in there.iter().filter(|id| !left.contains(id)) {
                progress.skip(*id, "the contact is no longer on the list it was to come from");
            }
            if parameters.operation == Operation::Move {
                progress.removed += left.len() as u64;
            }
            there.iter().copied().filter(|id| left.contains(id)).collect()
        }
    };
    let added = lists::add_members(tx, &by, list_id, &moved, now_ms)?;
    progress.added += added;
    progress.already_members += moved.len() as u64 - added;
    Ok(())
}

/// Whether the end is a step of its own: a large list is not deleted beside the last contacts that were put on the other.
pub(super) fn ends_apart(task: &Approved, parameters: &Parameters, progress: &mut Progress) -> bool {
    let large = parameters.operation == Operation::Merge && task.plan.selection.len() > step_people();
    large && !std::mem::replace(&mut progress.at_end, true)
}

/// What is done to the lists themselves, and what they are afterwards.
pub(super) fn end(
    tx: &mut Tx,
    task: &Approved,
    parameters: &Parameters,
    progress: &mut Progress,
    now_ms: i64,
) -> Result<Option<Failure>> {
    let by = task.by();
    match (parameters.operation, parameters.list_id, parameters.from_list_id) {
        (Operation::Rename, Some(id), _) => {
            let name = parameters.new_name.clone().unwrap_or_default();
            let change = ListChange { name: Some(name.clone()), description: None }.check()?;
            match lists::change_by(tx, &by, id, &change, now_ms) {
                Ok(_) => {}
                Err(Error::Refused(_)) => return Ok(Some(name_taken(&name))),
                Err(error) => return Err(error),
            }
        }
        (Operation::Delete, Some(id), _) => {
            progress.removed = lists::delete_by(tx, &by, id, now_ms)?.memberships_removed;
        }
        (Operation::Merge, Some(id), Some(from_id)) => {
            let missing = lists::missing_on(tx, task.workspace_id, from_id, id)?;
            if missing > 0 {
                progress.list.after = lists::find(tx, task.workspace_id, id)?.as_ref().map(Shown::from);
                progress.from_list.after = lists::find(tx, task.workspace_id, from_id)?.as_ref().map(Shown::from);
                return Ok(Some(grown(parameters, missing)));
            }
            progress.removed = lists::delete_by(tx, &by, from_id, now_ms)?.memberships_removed;
        }
        _ => {}
    }
    let mut now = |id: Option<Uuid>| match id {
        Some(id) => Ok::<_, Error>(lists::find(tx, task.workspace_id, id)?.as_ref().map(Shown::from)),
        None => Ok(None),
    };
    progress.list.after = now(progress.list_id)?;
    progress.from_list.after = now(parameters.from_list_id)?;
    Ok(None)
}

/// A list that was to go away has members that nobody saw: it stays.
fn grown(parameters: &Parameters, missing: u64) -> Failure {
    let (name, into) = (parameters.from_list_name.as_deref().unwrap_or_default(), &parameters.list_name);
    let them = if missing == 1 { "1 contact was".to_owned() } else { format!("{missing} contacts were") };
    Failure {
        code: "list_changed",
        message: format!(
            "{them} put on \"{name}\" after the task was proposed. The others are on \"{into}\" now, and \"{name}\" was \
             not deleted. Ask again to merge the rest."
        ),
    }
}
