//! A change of lists becomes a task; an export and an import are told how they are done.

use uuid::Uuid;

use super::who::{self, Everyone, Records};
use super::{Meant, asked, list_names, said, words};
use crate::chat::references::{self, Resolved};
use crate::chat::{Answer, Context};
use crate::db::Tx;
use crate::error::Result;
use crate::execution::contact_update::Record;
use crate::execution::list_operation::{self, Operation, Prepared, Wanted};
use crate::lists::{self, List};
use crate::understand::{Details, Mention};

/// What Lexi answers to a change of lists.
pub(super) fn answer(tx: &mut Tx, context: &Context<'_>, details: &Details) -> Result<Answer> {
    let names = list_names(context, details);
    let first = names.first().map(String::as_str);
    if several(details, &names) {
        return Ok(Answer::says(words::one_list_at_a_time(&names)));
    }
    let wanted = match details.operation.as_deref().unwrap_or_default() {
        "create" => created(tx, context, details, first)?,
        "add" => added(tx, context, details, first)?,
        "remove" => removed(tx, context, details, first)?,
        "rename" => renamed(tx, context, details, first)?,
        "clear" => whole(tx, context, Operation::Clear, first)?,
        "delete" => whole(tx, context, Operation::Delete, first)?,
        "merge" => merged(tx, context, &names)?,
        "move" if begins_with(context, "copy") => moved(tx, context, Operation::Copy, details, &names)?,
        "move" => moved(tx, context, Operation::Move, details, &names)?,
        "copy" => moved(tx, context, Operation::Copy, details, &names)?,
        "export" => return Ok(Answer::says(exported(tx, context, first)?)),
        "import" => return Ok(Answer::says(words::how_to_import(first))),
        other => return Ok(Answer::says(words::can_not_do(other))),
    };
    let wanted = match wanted {
        Meant::Certain(wanted) => wanted,
        Meant::Open(question) => return Ok(Answer::says(question)),
    };
    let prepared = match said(list_operation::prepare(tx, context.caller.workspace_id, &wanted))? {
        Meant::Certain(prepared) => prepared,
        Meant::Open(refusal) => return Ok(Answer::says(refusal)),
    };
    match words::nothing_to_do(&prepared) {
        Some(text) => Ok(Answer::says(text)),
        None => propose(context, prepared),
    }
}

/// "off Alpha and Beta", "from all lists": more lists than one task changes.
fn several(details: &Details, names: &[String]) -> bool {
    match details.operation.as_deref() {
        Some("add" | "delete" | "clear" | "export") => names.len() > 1,
        Some("remove") => names.len() > 1 || names.is_empty() && details.filter.is_some(),
        _ => false,
    }
}

fn propose(context: &Context<'_>, prepared: Prepared) -> Result<Answer> {
    let description = words::lists_in_a_line(&prepared);
    let text = words::of_lists(context.request, &prepared);
    let preview = serde_json::to_value(&prepared.preview)?;
    Ok(Answer::proposes(text, context.proposal(prepared.plan, preview, description)?))
}

/// The reader calls copying a kind of moving; the words decide.
fn begins_with(context: &Context<'_>, verb: &str) -> bool {
    let operation = context.request.provenance.iter().find(|entry| entry.slot == "operation");
    operation.and_then(|entry| entry.text.as_deref()).is_some_and(|text| text.to_lowercase().starts_with(verb))
}

fn wanted(operation: Operation, list: Option<List>, list_name: &str) -> Wanted {
    Wanted { operation, list, list_name: list_name.to_owned(), from: None, new_name: None, contact_ids: Vec::new() }
}

/// The contacts that are meant; a company is no contact.
fn people(
    tx: &mut Tx,
    context: &Context<'_>,
    mentions: &[Mention],
    everyone: Everyone<'_>,
) -> Result<Meant<Vec<Uuid>>> {
    Ok(match who::records(tx, context, mentions, everyone)? {
        Meant::Certain(Records { record: Record::Contact, ids, .. }) => Meant::Certain(ids),
        Meant::Certain(_) => Meant::Open(words::only_contacts_on_lists()),
        Meant::Open(question) => Meant::Open(question),
    })
}

fn created(tx: &mut Tx, context: &Context<'_>, details: &Details, name: Option<&str>) -> Result<Meant<Wanted>> {
    let Some(name) = name else { return Ok(Meant::Open(asked(context, "What should the list be called?"))) };
    let mut new = wanted(Operation::Create, None, name);
    // "… called Board" is the list, also where it could be a company.
    let named_so = |mention: &&Mention| mention.company.as_deref() != Some(name) || mention.name.is_some();
    let mentions: Vec<Mention> = details.contacts.iter().filter(named_so).cloned().collect();
    if !mentions.is_empty() {
        match people(tx, context, &mentions, Everyone::Open)? {
            Meant::Certain(ids) => new.contact_ids = ids,
            Meant::Open(question) => return Ok(Meant::Open(question)),
        }
    }
    Ok(Meant::Certain(new))
}

/// The list that contacts are put on: the one of exactly this name, or one to be made; without a name the one at hand. A
/// list with a similar name is asked about, because another one could be wanted.
fn destination(tx: &mut Tx, context: &Context<'_>, name: Option<&str>) -> Result<Meant<(Option<List>, String)>> {
    let Some(name) = name else {
        return Ok(match who::list(tx, context, None)? {
            Meant::Certain(list) => Meant::Certain((Some(list.clone()), list.name)),
            Meant::Open(question) => Meant::Open(question),
        });
    };
    if let Some(list) = lists::find_named(tx, context.caller.workspace_id, name)? {
        return Ok(Meant::Certain((Some(list.clone()), list.name)));
    }
    Ok(match references::list(tx, context, Some(name))? {
        Resolved::One(similar) => Meant::Open(words::similar_list(name, &[similar])),
        Resolved::Several(similar) => Meant::Open(words::similar_list(name, &similar)),
        Resolved::None => Meant::Certain((None, name.to_owned())),
    })
}

fn added(tx: &mut Tx, context: &Context<'_>, details: &Details, name: Option<&str>) -> Result<Meant<Wanted>> {
    let contact_ids = match people(tx, context, &details.contacts, Everyone::Open)? {
        Meant::Certain(ids) => ids,
        Meant::Open(question) => return Ok(Meant::Open(question)),
    };
    Ok(match destination(tx, context, name)? {
        Meant::Certain((list, name)) => Meant::Certain(Wanted { contact_ids, ..wanted(Operation::Add, list, &name) }),
        Meant::Open(question) => Meant::Open(question),
    })
}

fn removed(tx: &mut Tx, context: &Context<'_>, details: &Details, name: Option<&str>) -> Result<Meant<Wanted>> {
    let list = match who::list(tx, context, name)? {
        Meant::Certain(list) => list,
        Meant::Open(question) => return Ok(Meant::Open(question)),
    };
    Ok(match people(tx, context, &details.contacts, Everyone::On(&list.name))? {
        Meant::Certain(contact_ids) => {
            let name = list.name.clone();
            Meant::Certain(Wanted { contact_ids, ..wanted(Operation::Remove, Some(list), &name) })
        }
        Meant::Open(question) => Meant::Open(question),
    })
}

fn renamed(tx: &mut Tx, context: &Context<'_>, details: &Details, name: Option<&str>) -> Result<Meant<Wanted>> {
    let Some(new_name) = details.changes.get("name").cloned().flatten() else {
        return Ok(Meant::Open(asked(context, "What should the list be called?")));
    };
    Ok(match whole(tx, context, Operation::Rename, name)? {
        Meant::Certain(wanted) => Meant::Certain(Wanted { new_name: Some(new_name), ..wanted }),
        open @ Meant::Open(_) => open,
    })
}

/// An operation on a list as a whole.
fn whole(tx: &mut Tx, context: &Context<'_>, operation: Operation, name: Option<&str>) -> Result<Meant<Wanted>> {
    Ok(match who::list(tx, context, name)? {
        Meant::Certain(list) => {
            let name = list.name.clone();
            Meant::Certain(wanted(operation, Some(list), &name))
        }
        Meant::Open(question) => Meant::Open(question),
    })
}

/// The first list goes into the second.
fn merged(tx: &mut Tx, context: &Context<'_>, names: &[String]) -> Result<Meant<Wanted>> {
    let [from, into] = names else { return Ok(Meant::Open(asked(context, words::WHICH_TWO_LISTS))) };
    let (from, into) = match (who::list(tx, context, Some(from))?, who::list(tx, context, Some(into))?) {
        (Meant::Certain(from), Meant::Certain(into)) => (from, into),
        (Meant::Open(question), _) | (_, Meant::Open(question)) => return Ok(Meant::Open(question)),
    };
    if from.id == into.id {
        return Ok(Meant::Open(words::same_list(&into.name)));
    }
    let name = into.name.clone();
    Ok(Meant::Certain(Wanted { from: Some(from), ..wanted(Operation::Merge, Some(into), &name) }))
}

/// Contacts of one list go to another; "everyone" are the members of the one they come from.
fn moved(
    tx: &mut Tx,
    context: &Context<'_>,
    operation: Operation,
    details: &Details,
    names: &[String],
) -> Result<Meant<Wanted>> {
    let source = details.filter.as_deref().map(|filter| filter.strip_prefix("list:").unwrap_or(filter));
    let ([into], Some(source)) = (names, source) else {
        return Ok(Meant::Open(asked(context, words::WHICH_TWO_LISTS)));
    };
    let from = match who::list(tx, context, Some(source))? {
        Meant::Certain(list) => list,
        Meant::Open(question) => return Ok(Meant::Open(question)),
    };
    let (list, name) = match destination(tx, context, Some(into))? {
        Meant::Certain(destination) => destination,
        Meant::Open(question) => return Ok(Meant::Open(question)),
    };
    if list.as_ref().is_some_and(|list| list.id == from.id) {
        return Ok(Meant::Open(words::same_list(&name)));
    }
    Ok(match people(tx, context, &details.contacts, Everyone::On(&from.name))? {
        Meant::Certain(contact_ids) => {
            Meant::Certain(Wanted { contact_ids, from: Some(from), ..wanted(operation, list, &name) })
        }
        Meant::Open(question) => Meant::Open(question),
    })
}

/// A read: no task, but where to get it.
fn exported(tx: &mut Tx, context: &Context<'_>, name: Option<&str>) -> Result<String> {
    if name.is_none() && context.list.is_none() {
        return Ok(words::how_to_export(None));
    }
    Ok(match who::list(tx, context, name)? {
        Meant::Certain(list) => words::how_to_export(Some(&list)),
        Meant::Open(question) => question,
    })
}
