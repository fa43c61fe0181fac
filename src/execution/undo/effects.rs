//! The effects of an approved undo, step by step.

use std::collections::HashSet;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::look::{Case, Found, company_change, look, refusal, touched};
use super::{Deed, Parameters, Part, Progress};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::lists::ListChange;
use crate::tasks::Approved;
use crate::{companies, contacts, lists, notes};

/// Does the next records of one part, up to `end` in the selection. What was touched since the undo was proposed is kept.
pub(super) fn portion(
    tx: &mut Tx,
    task: &Approved,
    (parameters, parts): (&Parameters, &[Part]),
    end: usize,
    progress: &mut Progress,
    now_ms: i64,
) -> Result<()> {
    let Some((deed, ids)) = next(&task.plan.selection[..end], parts, progress.done) else {
        return Err(Error::internal("the parts of an undo are not its selection"));
    };
    let case = Case::of(task.workspace_id, task.task_id, parameters);
    let mut fit: Vec<(Uuid, Map<String, Value>)> = Vec::with_capacity(ids.len());
    let mut there = Vec::with_capacity(ids.len());
    for looked in look(tx, &case, deed, ids)? {
        match looked.found {
            Found::Gone => {
                progress.gone += 1;
                continue;
            }
            Found::Stays(reason) => progress.keep(deed, looked.id, None, reason),
            Found::Fits(fields) => fit.push((looked.id, fields)),
        }
        there.push(looked.id);
    }
    let undo = Undo { task, parameters, case, now_ms };
    let fitting: Vec<Uuid> = fit.iter().map(|(id, _)| *id).collect();
    match deed {
        Deed::RemoveContact => undo.remove_contacts(tx, &there, &fitting, progress)?,
        Deed::RemoveCompany => {
            let removed = companies::remove_untouched(tx, &task.by(), &fitting, now_ms)?;
            progress.counted(deed, &fitting, &removed);
        }
        Deed::RemoveNote => {
            let removed = notes::delete(tx, &task.by(), &fitting, now_ms)?;
            progress.counted(deed, &fitting, &removed);
        }
        Deed::RestoreContact | Deed::RestoreCompany => undo.restore(tx, deed, &fit, progress)?,
        Deed::TakeOff => {
            let removed = undo.take_off(tx, &fitting)?;
            progress.counted(deed, &fitting, &removed);
        }
        Deed::PutBack | Deed::MoveBack => undo.put_back(tx, deed, &fitting, progress)?,
        Deed::RenameList => undo.rename(tx, &fitting, progress)?,
        Deed::RemoveList => undo.remove_list(tx, &fitting, progress)?,
    }
    progress.done += ids.len();
    Ok(())
}

/// The part that comes next, and its records.
fn next<'s>(selection: &'s [Uuid], parts: &[Part], done: usize) -> Option<(Deed, &'s [Uuid])> {
    let mut end = 0;
    for part in parts {
        end += part.count;
        if done < end {
            return Some((part.deed, selection.get(done..end.min(selection.len()))?));
        }
    }
    None
}

impl Progress {
    /// Counts those that were done; whoever was to be and was not, was touched at that moment.
    fn counted(&mut self, deed: Deed, wanted: &[Uuid], done: &[Uuid]) {
        let done: HashSet<&Uuid> = done.iter().collect();
        for id in wanted {
            match done.contains(id) {
                true => self.numbers.count(deed),
                false => self.keep(deed, *id, None, touched()),
            }
        }
    }
}

/// What every deed of one step needs.
struct Undo<'t> {
    task: &'t Approved,
    parameters: &'t Parameters,
    case: Case,
    now_ms: i64,
}

impl Undo<'_> {
    /// Takes off the list whom the undone task put there, and nobody since.
    fn take_off(&self, tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        let Some(list_id) = self.parameters.list_id else { return Ok(Vec::new()) };
        lists::remove_added(tx, &self.task.by(), list_id, (self.case.task_id, ids), self.now_ms)
    }

    /// The contacts leave the task's list, and those that nobody touched are deleted.
    fn remove_contacts(&self, tx: &mut Tx, there: &[Uuid], fitting: &[Uuid], progress: &mut Progress) -> Result<()> {
        let left = self.take_off(tx, there)?;
        let removed = contacts::remove_made(tx, &self.task.by(), self.case.task_id, fitting, self.now_ms)?;
        progress.counted(Deed::RemoveContact, fitting, &removed);
        let removed: HashSet<Uuid> = removed.into_iter().collect();
        progress.numbers.taken_off_list += left.iter().filter(|id| !removed.contains(id)).count() as u64;
        Ok(())
    }

    fn restore(
        &self,
        tx: &mut Tx,
        deed: Deed,
        fit: &[(Uuid, Map<String, Value>)],
        progress: &mut Progress,
    ) -> Result<()> {
        let by = self.task.by();
        for (id, fields) in fit {
            let done = if deed == Deed::RestoreContact {
                contacts::restore(tx, &by, *id, fields, self.now_ms)
            } else {
                company_change(fields)
                    .and_then(|change| companies::change(tx, &by, *id, &change, self.now_ms).map(drop))
            };
            match refusal(done)? {
                None => progress.numbers.count(deed),
                Some(reason) => progress.keep(deed, *id, None, reason),
            }
        }
        Ok(())
    }

    /// The contacts come back on the list they were on; moved ones leave the other list, if the task put them there.
    fn put_back(&self, tx: &mut Tx, deed: Deed, ids: &[Uuid], progress: &mut Progress) -> Result<()> {
        let onto = if deed == Deed::MoveBack { self.parameters.from_list_id } else { self.parameters.list_id };
        let list = match onto {
            Some(id) => lists::find(tx, self.task.workspace_id, id)?,
            None => None,
        };
        let Some(list) = list else {
            ids.iter().for_each(|id| progress.keep(deed, *id, None, "the list was deleted since"));
            return Ok(());
        };
        if deed == Deed::MoveBack {
            self.take_off(tx, ids)?;
        }
        lists::add_members(tx, &self.task.by(), list.id, ids, self.now_ms)?;
        ids.iter().for_each(|_| progress.numbers.count(deed));
        Ok(())
    }

    fn rename(&self, tx: &mut Tx, ids: &[Uuid], progress: &mut Progress) -> Result<()> {
        for id in ids {
            let list = lists::find(tx, self.task.workspace_id, *id)?;
            let as_left = list.as_ref().is_some_and(|list| Some(&list.name) == self.parameters.list_name.as_ref());
            let reason = if list.is_none() {
                Some("the list was deleted since".to_owned())
            } else if !as_left {
                Some(touched().to_owned())
            } else {
                let change = ListChange { name: self.parameters.old_name.clone(), description: None }.check()?;
                refusal(lists::change_by(tx, &self.task.by(), *id, &change, self.now_ms).map(drop))?
            };
            match reason {
                None => progress.numbers.count(Deed::RenameList),
                Some(reason) => progress.keep(Deed::RenameList, *id, None, reason),
            }
        }
        Ok(())
    }

    /// The list goes when nobody is on it any more whom the task did not put there, and it was left alone.
    fn remove_list(&self, tx: &mut Tx, ids: &[Uuid], progress: &mut Progress) -> Result<()> {
        let name = self.parameters.list_name.as_deref().unwrap_or_default();
        let referred = self.case.referred(tx, &ids.iter().copied().collect())?;
        for id in ids {
            if lists::find(tx, self.task.workspace_id, *id)?.is_none() {
                progress.gone += 1;
            } else if referred.contains(id) {
                progress.keep(Deed::RemoveList, *id, None, "a later task refers to it");
            } else if lists::delete_empty(tx, &self.task.by(), *id, name, self.now_ms)? {
                progress.numbers.count(Deed::RemoveList);
            } else {
                progress.keep(Deed::RemoveList, *id, None, touched());
            }
        }
        Ok(())
    }
}
