//! Whether a record is still as the task left it: asked when an undo is proposed, and once more when it is executed.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};
use uuid::Uuid;

use super::restoring::{Restorable, restorable};
use super::{Deed, Parameters};
use crate::companies::{self, CompanyChange};
use crate::contacts::{self, FIRST_VERSION, Made};
use crate::db::Tx;
use crate::effects;
use crate::error::{Error, Result};
use crate::execution::list_operation::candidate;
use crate::{lists, notes, suppressions, tasks};

const CHANGED: &str = "it was changed since";
const NOTED: &str = "a note refers to it";
const LISTED: &str = "it was put on a list since";
const REFERRED: &str = "a later task refers to it";
const LINKED: &str = "contacts are linked to it";
const MOVED: &str = "it is about somebody else by now";
const LEFT: &str = "it was taken off the list since";
const BACK: &str = "it is on the list again";

/// The task that is undone, and where.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) workspace_id: Uuid,
    /// The task that is undone.
    pub(super) task_id: Uuid,
    pub(super) list_id: Option<Uuid>,
    pub(super) from_list_id: Option<Uuid>,
    /// Tasks that changed their state since then are looked at.
    pub(super) since_ms: i64,
    /// The undo itself, once it is a task.
    pub(super) undo_id: Option<Uuid>,
}

impl Case {
    /// As an approved undo looks at it.
    pub(super) fn of(workspace_id: Uuid, undo_id: Uuid, parameters: &Parameters) -> Case {
        Case {
            workspace_id,
            task_id: parameters.undoes,
            list_id: parameters.list_id,
            from_list_id: parameters.from_list_id,
            since_ms: parameters.proposed_at_ms,
            undo_id: Some(undo_id),
        }
    }

    /// Those of `wanted` that later tasks refer to.
    pub(super) fn referred(&self, tx: &mut Tx, wanted: &HashSet<Uuid>) -> Result<HashSet<Uuid>> {
        let except: Vec<Uuid> = self.undo_id.into_iter().chain([self.task_id]).collect();
        tasks::referred(tx, self.workspace_id, (self.since_ms, &except), wanted)
    }
}

/// What a look at one record came to.
#[derive(Debug, Clone)]
pub(super) struct Looked {
    pub(super) id: Uuid,
    pub(super) found: Found,
    /// Fields that stay though others are restored.
    pub(super) fields_kept: Vec<String>,
}

/// How a record stands.
#[derive(Debug, Clone)]
pub(super) enum Found {
    /// It is done; for a restoring the fields with their values.
    Fits(Map<String, Value>),
    /// It stays as it is.
    Stays(String),
    /// It is not there any more.
    Gone,
}

impl Looked {
    fn of(id: Uuid, found: Found) -> Looked {
        Looked { id, found, fields_kept: Vec::new() }
    }

    /// It is done, unless there is a reason why not.
    fn unless(id: Uuid, reason: Option<impl Into<String>>) -> Looked {
        Looked::of(id, reason.map_or(Found::Fits(Map::new()), |reason| Found::Stays(reason.into())))
    }
}

/// Looks at records, each in its turn. At most 500.
pub(super) fn look(tx: &mut Tx, case: &Case, deed: Deed, ids: &[Uuid]) -> Result<Vec<Looked>> {
    match deed {
        Deed::RemoveContact => made_contacts(tx, case, ids),
        Deed::RemoveCompany => made_companies(tx, case, ids),
        Deed::RemoveNote => notes_made(tx, case, ids),
        Deed::RestoreContact => changed_contacts(tx, case, ids),
        Deed::RestoreCompany => changed_companies(tx, case, ids),
        Deed::TakeOff => {
            let on = on_list(tx, case, ids)?;
            Ok(ids.iter().map(|id| Looked::unless(*id, (!on.contains(id)).then_some(LEFT))).collect())
        }
        Deed::PutBack | Deed::MoveBack => listed(tx, case, deed, ids),
        // The two are looked at where they are done: each is one list, and its members are part of the question.
        Deed::RenameList | Deed::RemoveList => {
            Ok(ids.iter().map(|id| Looked::of(*id, Found::Fits(Map::new()))).collect())
        }
    }
}

fn made_contacts(tx: &mut Tx, case: &Case, ids: &[Uuid]) -> Result<Vec<Looked>> {
    let made = contacts::made(tx, case.workspace_id, case.task_id, ids)?;
    let wanted: HashSet<Uuid> = made.values().flat_map(|made| [Some(made.id), made.prospect_id]).flatten().collect();
    let referred = case.referred(tx, &wanted)?;
    let noted = notes::noted(tx, case.workspace_id, ids)?;
    let listed = lists::put_otherwise(tx, case.workspace_id, (case.list_id, case.task_id), ids)?;
    let reason = |made: &Made| {
        let referred = referred.contains(&made.id) || made.prospect_id.is_some_and(|id| referred.contains(&id));
        first_of([
            (made.version != FIRST_VERSION, CHANGED),
            (noted.contains(&made.id), NOTED),
            (listed.contains(&made.id), LISTED),
            (referred, REFERRED),
        ])
    };
    Ok(ids
        .iter()
        .map(|id| made.get(id).map_or(Looked::of(*id, Found::Gone), |m| Looked::unless(*id, reason(m))))
        .collect())
}

fn made_companies(tx: &mut Tx, case: &Case, ids: &[Uuid]) -> Result<Vec<Looked>> {
    let versions = companies::versions(tx, case.workspace_id, ids)?;
    let referred = case.referred(tx, &ids.iter().copied().collect())?;
    let noted = notes::noted(tx, case.workspace_id, ids)?;
    let linked = contacts::linked_to(tx, case.workspace_id, ids)?;
    let reason = |id: &Uuid, version: i64| {
        first_of([
            (version != FIRST_VERSION, CHANGED),
            (noted.contains(id), NOTED),
            (linked.contains(id), LINKED),
            (referred.contains(id), REFERRED),
        ])
    };
    let one = |id: &Uuid| match versions.get(id) {
        Some(version) => Looked::unless(*id, reason(id, *version)),
        None => Looked::of(*id, Found::Gone),
    };
    Ok(ids.iter().map(one).collect())
}

fn first_of<const N: usize>(reasons: [(bool, &'static str); N]) -> Option<&'static str> {
    reasons.into_iter().find_map(|(holds, reason)| holds.then_some(reason))
}

fn notes_made(tx: &mut Tx, case: &Case, ids: &[Uuid]) -> Result<Vec<Looked>> {
    let images = effects::of_records(tx, case.workspace_id, case.task_id, (effects::Kind::NoteMade, ids))?;
    let standing = notes::standing(tx, case.workspace_id, ids)?;
    let one = |id: &Uuid| match standing.get(id) {
        None => Looked::of(*id, Found::Gone),
        Some(now) => {
            let about = images.get(id).and_then(|image| image["about"].as_str());
            let same = now.about.map(|id| id.to_string()).as_deref() == about;
            Looked::unless(*id, (!same).then_some(MOVED))
        }
    };
    Ok(ids.iter().map(one).collect())
}

fn changed_contacts(tx: &mut Tx, case: &Case, ids: &[Uuid]) -> Result<Vec<Looked>> {
    let images = effects::of_records(tx, case.workspace_id, case.task_id, (effects::Kind::ContactChanged, ids))?;
    let there: HashMap<Uuid, contacts::Contact> =
        contacts::several(tx, case.workspace_id, ids)?.into_iter().map(|contact| (contact.id, contact)).collect();
    let mut looked = Vec::with_capacity(ids.len());
    for id in ids {
        let (Some(now), Some(image)) = (there.get(id), images.get(id)) else {
            looked.push(Looked::of(*id, Found::Gone));
            continue;
        };
        let fields = restorable(&serde_json::to_value(now)?, image);
        let refused = match fields.values.is_empty() {
            true => None,
            false => refusal(contacts::would_restore(tx, case.workspace_id, now, &fields.values))?,
        };
        looked.push(to_restore(*id, fields, refused));
    }
    Ok(looked)
}

fn changed_companies(tx: &mut Tx, case: &Case, ids: &[Uuid]) -> Result<Vec<Looked>> {
    let images = effects::of_records(tx, case.workspace_id, case.task_id, (effects::Kind::CompanyChanged, ids))?;
    let mut looked = Vec::with_capacity(ids.len());
    for id in ids {
        let (Some(now), Some(image)) = (companies::one(tx, case.workspace_id, *id)?, images.get(id)) else {
            looked.push(Looked::of(*id, Found::Gone));
            continue;
        };
        let fields = restorable(&serde_json::to_value(&now)?, image);
        let refused = match fields.values.is_empty() {
            true => None,
            false => {
                let checked = company_change(&fields.values)
                    .and_then(|change| companies::would_change(tx, case.workspace_id, &now, &change));
                refusal(checked.map(drop))?
            }
        };
        looked.push(to_restore(*id, fields, refused));
    }
    Ok(looked)
}

/// The change of a company that gives its fields the values they had.
pub(super) fn company_change(values: &Map<String, Value>) -> Result<companies::Change> {
    let body: CompanyChange = serde_json::from_value(Value::Object(values.clone()))?;
    body.check()
}

/// The words of a refusal; any other failure is one.
pub(super) fn refusal(done: Result<()>) -> Result<Option<String>> {
    match done {
        Ok(()) => Ok(None),
        Err(Error::Refused(refusal)) => Ok(Some(refusal.message)),
        Err(error) => Err(error),
    }
}

fn to_restore(id: Uuid, fields: Restorable, refused: Option<String>) -> Looked {
    if let Some(reason) = refused {
        return Looked::of(id, Found::Stays(reason));
    }
    if fields.values.is_empty() {
        return Looked::of(id, Found::Stays(CHANGED.to_owned()));
    }
    Looked { id, found: Found::Fits(fields.values), fields_kept: fields.kept }
}

/// Those of the contacts that the task put on the list.
fn on_list(tx: &mut Tx, case: &Case, ids: &[Uuid]) -> Result<HashSet<Uuid>> {
    match case.list_id {
        Some(list_id) => lists::added_among(tx, case.workspace_id, (list_id, case.task_id), ids),
        None => Ok(HashSet::new()),
    }
}

/// Contacts that were taken off a list by the task: whoever is there and may be put on one goes back.
fn listed(tx: &mut Tx, case: &Case, deed: Deed, ids: &[Uuid]) -> Result<Vec<Looked>> {
    let there = contacts::several(tx, case.workspace_id, ids)?;
    let hits = suppressions::check(tx, case.workspace_id, &there.iter().map(candidate).collect::<Vec<_>>())?;
    let hits: HashMap<Uuid, Option<String>> = there
        .iter()
        .zip(hits)
        .map(|(contact, hit)| (contact.id, hit.map(|hit| format!("suppressed: {hit}"))))
        .collect();
    let on = match case.list_id {
        Some(list_id) => lists::are_members(tx, case.workspace_id, list_id, ids)?,
        None => HashSet::new(),
    };
    let one = |id: &Uuid| match (hits.get(id), deed, on.contains(id)) {
        (None, ..) => Looked::of(*id, Found::Gone),
        (Some(_), Deed::MoveBack, false) => Looked::unless(*id, Some(LEFT)),
        (Some(_), Deed::PutBack, true) => Looked::unless(*id, Some(BACK)),
        (Some(hit), ..) => Looked::unless(*id, hit.clone()),
    };
    Ok(ids.iter().map(one).collect())
}

/// That a contact, company or list was touched at the very moment it was to go.
pub(super) fn touched() -> &'static str {
    CHANGED
}
