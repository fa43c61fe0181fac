//! What a `list_operation` would cause, counted before it is approved.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;
use uuid::Uuid;

use super::{Around, MEMBERS_MAX, Operation, Parameters, Prepared, Shown, Wanted};
use crate::contacts::{self, Contact, normal_email};
use crate::db::{LIST_MAX, Tx};
use crate::error::{Error, Result};
use crate::lists::{self, List, ListChange, NewList};
use crate::suppressions::{self, Candidate};
use crate::tasks::{Kind, Plan};

/// Contacts shown on a preview.
const SAMPLE: usize = 5;

/// What approval would cause, counted before it is given.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// What is done.
    pub operation: Operation,
    /// The list, when it exists.
    pub list_id: Option<Uuid>,
    /// The list's name, after a renaming the new one.
    pub list_name: String,
    /// The list the contacts come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_list_id: Option<Uuid>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_list_name: Option<String>,
    /// Contacts the task is about.
    pub selected: u64,
    /// Of those, put on the list.
    pub added: u64,
    /// Of those, on the list already.
    pub already_members: u64,
    /// Memberships that end: on the list, or on the one the contacts come from.
    pub removed: u64,
    /// Left out because they must never be contacted.
    pub suppressed: u64,
    /// The list before and after.
    pub list: Around,
    /// The list the contacts come from, before and after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_list: Option<Around>,
    /// The first of the selected.
    pub sample: Vec<Sampled>,
    /// What can't be undone, in a sentence.
    pub irreversible: Option<String>,
    /// What whoever approves should know.
    pub warnings: Vec<String>,
}

/// One of the selected.
#[derive(Debug, Clone, Serialize)]
pub struct Sampled {
    contact_id: Uuid,
    full_name: String,
    email: Option<String>,
    job_title: Option<String>,
    company_name: Option<String>,
}

impl Sampled {
    /// The contact's name.
    pub fn name(&self) -> &str {
        &self.full_name
    }
}

/// Chooses and counts.
///
/// # Errors
/// `validation_error` when there are more contacts than one task takes, or when a name is taken or over the limit.
pub fn prepare(tx: &mut Tx, workspace_id: Uuid, wanted: &Wanted) -> Result<Prepared> {
    check_names(tx, workspace_id, wanted)?;
    let asked = asked(tx, workspace_id, wanted)?;
    if asked.len() > MEMBERS_MAX {
        let message = format!("One task is about at most {MEMBERS_MAX} contacts; these are more. Say fewer.");
        return Err(Error::validation("selection", message));
    }
    let (ids, suppressed) = who_may(tx, workspace_id, wanted.operation, &asked)?;
    let (selection, mut preview) = counted(tx, workspace_id, wanted, &ids)?;
    preview.suppressed = suppressed;
    let first = &selection[..selection.len().min(SAMPLE)];
    preview.sample = contacts::several(tx, workspace_id, first)?.into_iter().map(sampled).collect();
    let parameters = Parameters {
        operation: wanted.operation,
        list_id: wanted.list.as_ref().map(|list| list.id),
        list_name: list_name(wanted),
        from_list_id: preview.from_list_id,
        from_list_name: preview.from_list_name.clone(),
        new_name: wanted.new_name.clone(),
    };
    let plan = Plan { kind: Kind::ListOperation, parameters: serde_json::to_value(&parameters)?, selection };
    Ok(Prepared { plan, preview })
}

/// Refuses a name that is taken or over the limit.
fn check_names(tx: &mut Tx, workspace_id: Uuid, wanted: &Wanted) -> Result<()> {
    let new_name = match wanted.operation {
        Operation::Rename => wanted.new_name.as_deref(),
        operation if operation.makes() && wanted.list.is_none() => Some(wanted.list_name.as_str()),
        _ => return Ok(()),
    };
    let name = new_name.map(str::to_owned);
    ListChange { name: Some(name.clone().unwrap_or_default()), description: None }.check()?;
    let holder = lists::find_named(tx, workspace_id, name.as_deref().unwrap_or_default())?;
    let own = wanted.list.as_ref().map(|list| list.id);
    match holder {
        Some(holder) if Some(holder.id) != own => {
            let message = format!("There is a list \"{}\" already.", holder.name);
            Err(Error::validation("name", message))
        }
        _ => Ok(()),
    }
}

/// The contacts a task is asked to be about, each once.
fn asked(tx: &mut Tx, workspace_id: Uuid, wanted: &Wanted) -> Result<Vec<Uuid>> {
    // One more than a task takes, so that too many are noticed.
    let most = u32::try_from(MEMBERS_MAX + 1).unwrap_or(u32::MAX);
    let of = match (wanted.operation, &wanted.list, &wanted.from) {
        (Operation::Clear, Some(list), _) | (Operation::Merge, _, Some(list)) => list,
        (Operation::Rename | Operation::Delete, ..) => return Ok(Vec::new()),
        _ => {
            let mut seen = BTreeSet::new();
            return Ok(wanted.contact_ids.iter().copied().filter(|id| seen.insert(*id)).collect());
        }
    };
    lists::member_ids(tx, workspace_id, of.id, most)
}

/// Those who are contacts and may be put on a list, and how many may not.
fn who_may(tx: &mut Tx, workspace_id: Uuid, operation: Operation, asked: &[Uuid]) -> Result<(Vec<Uuid>, u64)> {
    let mut allowed = Vec::with_capacity(asked.len());
    let mut suppressed = 0;
    for ids in asked.chunks(LIST_MAX) {
        let there = contacts::several(tx, workspace_id, ids)?;
        if !operation.leaves_out_suppressed() {
            allowed.extend(there.iter().map(|contact| contact.id));
            continue;
        }
        let hits = suppressions::check(tx, workspace_id, &there.iter().map(candidate).collect::<Vec<_>>())?;
        suppressed += hits.iter().flatten().count() as u64;
        allowed.extend(there.iter().zip(&hits).filter(|(_, hit)| hit.is_none()).map(|(contact, _)| contact.id));
    }
    Ok((allowed, suppressed))
}

/// A contact as suppressions look at it.
pub(in crate::execution) fn candidate(contact: &Contact) -> Candidate {
    Candidate {
        prospect_id: contact.prospect_id.unwrap_or_default(),
        email_norm: contact.email.as_deref().map(normal_email),
        company_domain: None,
    }
}

/// The selection and the numbers it causes.
fn counted(tx: &mut Tx, workspace_id: Uuid, wanted: &Wanted, ids: &[Uuid]) -> Result<(Vec<Uuid>, Preview)> {
    let operation = wanted.operation;
    let mut on = |list: Option<&List>| match list {
        Some(list) => lists::are_members(tx, workspace_id, list.id, ids),
        None => Ok(HashSet::new()),
    };
    let (on_list, on_from) = (on(wanted.list.as_ref())?, on(wanted.from.as_ref())?);
    let mut warnings = Vec::new();
    let selection: Vec<Uuid> = match operation {
        Operation::Remove => ids.iter().copied().filter(|id| on_list.contains(id)).collect(),
        Operation::Move | Operation::Copy => {
            ids.iter().copied().filter(|id| wanted.from.is_none() || on_from.contains(id)).collect()
        }
        _ => ids.to_vec(),
    };
    let not_there = (ids.len() - selection.len()) as u64;
    if not_there > 0 {
        let them = if not_there == 1 { "1 contact is".to_owned() } else { format!("{not_there} contacts are") };
        warnings.push(format!("{them} not on the list and left out."));
    }
    let already = selection.iter().filter(|id| on_list.contains(id)).count() as u64;
    let selected = selection.len() as u64;
    let (added, already_members) = if operation.adds() { (selected - already, already) } else { (0, 0) };
    let removed = match operation {
        Operation::Remove | Operation::Clear | Operation::Move => selected,
        Operation::Merge => count(wanted.from.as_ref()),
        Operation::Delete => count(wanted.list.as_ref()),
        _ => 0,
    };
    let preview = Preview {
        operation,
        list_id: wanted.list.as_ref().map(|list| list.id),
        list_name: wanted.new_name.clone().unwrap_or_else(|| list_name(wanted)),
        from_list_id: wanted.from.as_ref().map(|list| list.id),
        from_list_name: wanted.from.as_ref().map(|list| list.name.clone()),
        selected,
        added,
        already_members,
        removed,
        suppressed: 0,
        list: around(wanted, added, if operation == Operation::Move { 0 } else { removed }),
        from_list: wanted.from.as_ref().map(|from| around_from(operation, from, removed)),
        sample: Vec::new(),
        irreversible: irreversible(wanted),
        warnings,
    };
    Ok((selection, preview))
}

fn count(list: Option<&List>) -> u64 {
    list.map_or(0, |list| list.contact_count.unsigned_abs())
}

fn list_name(wanted: &Wanted) -> String {
    wanted.list.as_ref().map_or_else(|| wanted.list_name.clone(), |list| list.name.clone())
}

/// The list before and after.
fn around(wanted: &Wanted, added: u64, removed: u64) -> Around {
    let before = wanted.list.as_ref().map(Shown::from);
    let was = count(wanted.list.as_ref());
    let removed = if wanted.operation == Operation::Merge { 0 } else { removed };
    let after = (wanted.operation != Operation::Delete).then(|| Shown {
        name: wanted.new_name.clone().unwrap_or_else(|| list_name(wanted)),
        contact_count: i64::try_from(was + added).unwrap_or(i64::MAX) - i64::try_from(removed).unwrap_or(i64::MAX),
    });
    Around { before, after }
}

/// The list the contacts come from before and after.
fn around_from(operation: Operation, from: &List, removed: u64) -> Around {
    let removed = if operation == Operation::Move { i64::try_from(removed).unwrap_or(i64::MAX) } else { 0 };
    let after = (operation != Operation::Merge)
        .then(|| Shown { name: from.name.clone(), contact_count: from.contact_count - removed });
    Around { before: Some(Shown::from(from)), after }
}

fn irreversible(wanted: &Wanted) -> Option<String> {
    match (wanted.operation, &wanted.list, &wanted.from) {
        (Operation::Delete, Some(list), _) => {
            Some(format!("A deleted list can't be brought back. The contacts on \"{}\" stay contacts.", list.name))
        }
        (Operation::Merge, _, Some(from)) => Some(format!(
            "The list \"{}\" is deleted and can't be brought back; its contacts stay contacts.",
            from.name
        )),
        _ => None,
    }
}

fn sampled(contact: Contact) -> Sampled {
    Sampled {
        contact_id: contact.id,
        full_name: contact.full_name,
        email: contact.email,
        job_title: contact.job_title,
        company_name: contact.company_name,
    }
}

/// The list a task makes, within the limits.
pub(super) fn new_list(name: &str) -> Result<lists::New> {
    NewList { name: Some(name.to_owned()), description: None }.check()
}
