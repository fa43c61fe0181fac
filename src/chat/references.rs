//! Who and what a message means: the records its `context` names, and those its words point at.
//!
//! Protects two rules: another workspace's id is an id that does not exist, and a reference that fits several records is
//! never decided by chance: whoever asked is asked back.

use uuid::Uuid;

use super::{Context, Said, conversation_not_found, store};
use crate::companies::{self, Company};
use crate::contacts::alike::Asked;
use crate::contacts::{self, Brief, Known};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::keys::Caller;
use crate::lists::{self, List};
use crate::paging::Paging;
use crate::tasks::{self, Kind, Task};
use crate::understand::Mention;

/// Records that are named when a reference fits several.
pub(super) const SEVERAL_MAX: usize = 10;
/// Lists among which a name that is not exactly a list's is looked for.
const LISTS_MAX: u32 = 1_000;

/// What a reference came to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Resolved<T> {
    /// Certain.
    One(T),
    /// All of these fit equally well, at most [`SEVERAL_MAX`] of them: ask which, naming them.
    Several(Vec<T>),
    /// Nothing fits.
    None,
}

impl<T> Resolved<T> {
    fn of(mut found: Vec<T>) -> Resolved<T> {
        match found.len() {
            0 | 1 => found.pop().map_or(Resolved::None, Resolved::One),
            _ => Resolved::Several(found),
        }
    }
}

/// The records that `context` names.
#[derive(Debug, Clone, Default)]
pub(super) struct About {
    pub(super) list: Option<List>,
    pub(super) contact: Option<Brief>,
    pub(super) company: Option<Company>,
}

/// Looks up what `context` names.
///
/// # Errors
/// `not_found` for a conversation, list, contact or company that the workspace does not have.
pub(super) fn about(tx: &mut Tx, caller: &Caller, said: &Said) -> Result<About> {
    let workspace_id = caller.workspace_id;
    if let Some(id) = said.conversation_id
        && !store::exists(tx, workspace_id, id)?
    {
        return Err(conversation_not_found());
    }
    let list = match said.list_id {
        Some(id) => Some(lists::find(tx, workspace_id, id)?.ok_or_else(lists::not_found)?),
        None => None,
    };
    let contact = match said.contact_id {
        Some(id) => Some(contacts::brief(tx, workspace_id, id)?.ok_or_else(contacts::not_found)?),
        None => None,
    };
    let company = match said.company_id {
        Some(id) => Some(companies::one(tx, workspace_id, id)?.ok_or_else(companies::not_found)?),
        None => None,
    };
    Ok(About { list, contact, company })
}

/// The contact that is meant: by id, address or name, or pointed at ("her", "this contact"), which is the contact of
/// `context`, else the only one the last task of the conversation was about. A mention that says nothing means the
/// contact of `context`.
pub(super) fn contact(tx: &mut Tx, context: &Context<'_>, mention: &Mention) -> Result<Resolved<Brief>> {
    let named = mention.name.is_some() || mention.email.is_some() || mention.id.is_some();
    if named || mention.company.is_some() {
        let id = match mention.id.as_deref().map(Uuid::try_parse) {
            Some(Ok(id)) => Some(id),
            Some(Err(_)) => return Ok(Resolved::None),
            None => None,
        };
        let wanted = contacts::Wanted {
            id,
            email: mention.email.clone(),
            name: mention.name.clone(),
            company: mention.company.clone(),
        };
        return Ok(Resolved::of(contacts::find(tx, context.caller.workspace_id, &wanted, SEVERAL_MAX)?));
    }
    if let Some(contact) = &context.contact {
        return Ok(Resolved::One(contact.clone()));
    }
    match them(tx, context)?.contact_ids[..] {
        [id] => Ok(contacts::brief(tx, context.caller.workspace_id, id)?.map_or(Resolved::None, Resolved::One)),
        _ => Ok(Resolved::None),
    }
}

/// The company that is meant: by its name, else the company of `context`, else that of its contact.
pub(super) fn company(tx: &mut Tx, context: &Context<'_>, name: Option<&str>) -> Result<Resolved<Company>> {
    let workspace_id = context.caller.workspace_id;
    let briefs = match (name, &context.company, &context.contact) {
        (None, Some(company), _) => return Ok(Resolved::One(company.clone())),
        (None, None, Some(Brief { company_name: Some(name), .. })) => {
            companies::find(tx, workspace_id, name, SEVERAL_MAX)?
        }
        (None, None, _) => return Ok(Resolved::None),
        (Some(name), _, _) => companies::find(tx, workspace_id, name, SEVERAL_MAX)?,
    };
    let mut found = Vec::with_capacity(briefs.len());
    for brief in briefs {
        found.extend(companies::one(tx, workspace_id, brief.id)?);
    }
    Ok(Resolved::of(found))
}

/// The list that is meant: of exactly this name, else the one whose name fits best (parts of it, a wrong letter); without
/// a name the list of `context`, else the one the last task of the conversation was about.
pub(super) fn list(tx: &mut Tx, context: &Context<'_>, name: Option<&str>) -> Result<Resolved<List>> {
    let workspace_id = context.caller.workspace_id;
    let Some(name) = name else {
        if let Some(list) = &context.list {
            return Ok(Resolved::One(list.clone()));
        }
        let list_id = last_task(tx, context)?.and_then(|task| list_of(&task));
        let list = list_id.map(|id| lists::find(tx, workspace_id, id)).transpose()?.flatten();
        return Ok(list.map_or(Resolved::None, Resolved::One));
    };
    if let Some(list) = lists::find_named(tx, workspace_id, name)? {
        return Ok(Resolved::One(list));
    }
    let Some(asked) = Asked::company(name) else { return Ok(Resolved::None) };
    let (all, _) = lists::page(tx, context.caller, Paging { page: 1, per_page: LISTS_MAX })?;
    let fits: Vec<(usize, List)> = all.into_iter().filter_map(|list| Some((asked.rank(&list.name)?, list))).collect();
    let best = fits.iter().map(|(rank, _)| *rank).min();
    let fits = fits.into_iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, list)| list);
    Ok(Resolved::of(fits.take(SEVERAL_MAX).collect()))
}

/// The contacts that "them" means.
#[derive(Debug, Default)]
pub(super) struct Them {
    /// The last task of the conversation; nothing when there was none.
    pub(super) task: Option<Task>,
    /// Those of its selection that are contacts now. Empty while a search waits: its people are no contacts yet.
    pub(super) contact_ids: Vec<Uuid>,
}

/// Whom the last task of the conversation was about.
pub(super) fn them(tx: &mut Tx, context: &Context<'_>) -> Result<Them> {
    let workspace_id = context.caller.workspace_id;
    let Some(task) = last_task(tx, context)? else { return Ok(Them::default()) };
    let selection = tasks::selection(tx, workspace_id, task.id)?;
    let contact_ids = match Kind::named(task.kind) {
        Some(Kind::ProspectSearch) if task.status != "completed" => Vec::new(),
        Some(Kind::ProspectSearch) => {
            let prospects: Vec<(Uuid, Option<String>)> = selection.into_iter().map(|id| (id, None)).collect();
            let known = contacts::known(tx, workspace_id, &prospects)?;
            let contact = |known: Option<Known>| match known {
                Some(Known::Contact(id)) => Some(id),
                _ => None,
            };
            known.into_iter().filter_map(contact).collect()
        }
        _ => in_order(&selection, contacts::existing(tx, workspace_id, &selection)?),
    };
    Ok(Them { task: Some(task), contact_ids })
}

/// The last task of the conversation.
pub(super) fn last_task(tx: &mut Tx, context: &Context<'_>) -> Result<Option<Task>> {
    let workspace_id = context.caller.workspace_id;
    let Some(conversation_id) = context.said.conversation_id else { return Ok(None) };
    let Some(task_id) = store::last_task(tx, workspace_id, conversation_id)? else { return Ok(None) };
    tasks::get_line(tx, context.caller, task_id).map(Some)
}

/// The list a task was about, once it has one.
fn list_of(task: &Task) -> Option<Uuid> {
    let id = task.result["list_id"].as_str().or_else(|| task.metadata["list_id"].as_str())?;
    Uuid::try_parse(id).ok()
}

fn in_order(selection: &[Uuid], existing: Vec<Uuid>) -> Vec<Uuid> {
    let existing: std::collections::HashSet<Uuid> = existing.into_iter().collect();
    selection.iter().copied().filter(|id| existing.contains(id)).collect()
}

/// An id as a caller wrote it; anything that is no UUID is an id that does not exist.
pub(super) fn id(text: Option<String>, missing: fn() -> Error) -> Result<Option<Uuid>> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => Uuid::try_parse(&text).map(Some).map_err(|_| missing()),
    }
}
