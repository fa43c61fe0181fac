//! A change of contacts or companies becomes a task.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::who::{self, Everyone, Records};
use super::{Meant, asked, fields, list_names, said, words};
use crate::chat::references::{self, Resolved};
use crate::chat::{Answer, Context};
use crate::contacts::names;
use crate::db::Tx;
use crate::error::Result;
use crate::execution::contact_update::{self, Operation, Prepared, Record, Wanted};
use crate::ids;
use crate::understand::{Details, Mention};

/// The operations by the names the reader gives them.
fn operation(name: &str) -> Option<Operation> {
    Some(match name {
        "create" => Operation::Create,
        "update" => Operation::Update,
        "clear_field" => Operation::ClearField,
        "delete" => Operation::Delete,
        "merge" => Operation::Merge,
        "tag" => Operation::Tag,
        "untag" => Operation::Untag,
        "add_note" => Operation::AddNote,
        _ => return None,
    })
}

/// What Lexi answers to a change of contacts or companies.
pub(super) fn answer(tx: &mut Tx, context: &Context<'_>, details: &Details) -> Result<Answer> {
    let name = details.operation.as_deref().unwrap_or_default();
    if name == "reassign" || details.changes.contains_key("owner") {
        return Ok(Answer::says(words::no_users()));
    }
    let Some(operation) = operation(name) else { return Ok(Answer::says(words::can_not_do(name))) };
    let wanted = match operation {
        Operation::Create => created(context, details)?,
        _ => changed(tx, context, operation, details)?,
    };
    let wanted = match wanted {
        Meant::Certain(wanted) => wanted,
        Meant::Open(question) => return Ok(Answer::says(question)),
    };
    let mut prepared = match said(contact_update::prepare(tx, context.caller.workspace_id, wanted))? {
        Meant::Certain(prepared) => prepared,
        Meant::Open(refusal) => return Ok(Answer::says(refusal)),
    };
    if prepared.preview.changed == 0 {
        return Ok(Answer::says(words::is_so_already(&prepared)));
    }
    if operation == Operation::Create {
        warn_of_namesakes(tx, context, &mut prepared)?;
    }
    propose(context, prepared)
}

fn propose(context: &Context<'_>, prepared: Prepared) -> Result<Answer> {
    let description = words::records_in_a_line(&prepared);
    let text = words::of_records(context.request, &prepared);
    let preview = serde_json::to_value(&prepared.preview)?;
    Ok(Answer::proposes(text, context.proposal(prepared.plan, preview, description)?))
}

/// What is to be made.
fn created(context: &Context<'_>, details: &Details) -> Result<Meant<Wanted>> {
    let [mention] = details.contacts.as_slice() else {
        let question = if details.contacts.is_empty() {
            asked(context, "Whom should I create? Say a name or an e-mail address.")
        } else {
            words::one_new_at_a_time()
        };
        return Ok(Meant::Open(question));
    };
    let record = if mention.name.is_none() && mention.email.is_none() { Record::Company } else { Record::Contact };
    let mut changes = match fields::changes(record, details.changes.iter()) {
        Ok(changes) => changes,
        Err(field) => return Ok(Meant::Open(words::no_such_field(&field))),
    };
    let mut take = |field: &str, value: &Option<String>| {
        if let Some(value) = value {
            changes.insert(field.to_owned(), json!(value));
        }
    };
    match record {
        Record::Contact => {
            take("full_name", &mention.name);
            take("email", &mention.email);
            take("company_name", &mention.company);
        }
        Record::Company => take("name", &mention.company),
    }
    changes.retain(|_, value| !value.is_null());
    let named = ["full_name", "email", "name"].iter().any(|field| changes.contains_key(*field));
    if !named {
        return Ok(Meant::Open(asked(context, "Whom should I create? Say a name or an e-mail address.")));
    }
    let selection = vec![ids::new(context.now_ms)];
    Ok(Meant::Certain(Wanted { operation: Operation::Create, record, changes, selection }))
}

/// What becomes of which records.
fn changed(tx: &mut Tx, context: &Context<'_>, operation: Operation, details: &Details) -> Result<Meant<Wanted>> {
    // Nothing is deleted or merged that no word points at.
    if matches!(operation, Operation::Delete | Operation::Merge) && details.contacts.is_empty() {
        return Ok(Meant::Open(asked(context, "Which contact do you mean?")));
    }
    // Taking somebody off a list must never become a deletion.
    if operation == Operation::Delete && speaks_of_lists(&context.said.message) {
        return Ok(Meant::Open(words::delete_or_take_off()));
    }
    let names = list_names(context, details);
    let everyone = names.first().map_or(Everyone::Here, |name| Everyone::On(name));
    let records = match who::records(tx, context, &details.contacts, everyone)? {
        Meant::Certain(records) => records,
        Meant::Open(question) => return Ok(Meant::Open(question)),
    };
    let changes = match changes(context, operation, records.record, details) {
        Meant::Certain(changes) => changes,
        Meant::Open(question) => return Ok(Meant::Open(question)),
    };
    let selection = match merged(context, operation, records, &details.contacts) {
        Meant::Certain(selection) => selection,
        Meant::Open(question) => return Ok(Meant::Open(question)),
    };
    let (record, selection) = selection;
    Ok(Meant::Certain(Wanted { operation, record, changes, selection }))
}

/// Whether a word of the message is about lists.
fn speaks_of_lists(message: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric();
    let mut words = message.split(|c| !is_letter(c)).map(str::to_lowercase);
    words.any(|word| ["list", "lists", "liste", "listen", "lista", "listas", "listes"].contains(&word.as_str()))
}

/// The changes as the plan holds them.
fn changes(
    context: &Context<'_>,
    operation: Operation,
    record: Record,
    details: &Details,
) -> Meant<Map<String, Value>> {
    let value = |field: &str| details.changes.get(field).and_then(Option::as_deref);
    let one = |field: &str, value: Value| Meant::Certain(Map::from_iter([(field.to_owned(), value)]));
    match operation {
        Operation::Tag | Operation::Untag => match value("tag") {
            Some(tag) if operation == Operation::Tag => one("tags_add", json!([tag])),
            Some(tag) => one("tags_remove", json!([tag])),
            None => Meant::Open(asked(context, "Which tag do you mean?")),
        },
        Operation::AddNote => match value("note") {
            Some(note) => one("note", json!(note)),
            None => Meant::Open(asked(context, "What should I note?")),
        },
        Operation::Delete | Operation::Merge => Meant::Certain(Map::new()),
        _ if details.changes.is_empty() => Meant::Open(asked(context, "What should I change, and to what?")),
        _ => match fields::changes(record, details.changes.iter()) {
            Ok(changes) => Meant::Certain(changes),
            Err(field) => Meant::Open(words::no_such_field(&field)),
        },
    }
}

/// The records in the order in which a merge takes them: the one that stays first.
fn merged(
    context: &Context<'_>,
    operation: Operation,
    records: Records,
    mentions: &[Mention],
) -> Meant<(Record, Vec<Uuid>)> {
    let Records { record, mut ids, mentions: count } = records;
    if operation != Operation::Merge {
        return Meant::Certain((record, ids));
    }
    if ids.len() < 2 {
        return Meant::Open(words::merge_needs_two());
    }
    if record == Record::Contact && count != ids.len() && mentions.iter().any(|mention| mention.filter.is_some()) {
        // Which of a described crowd stays was not said.
        return Meant::Open(words::merge_needs_two());
    }
    if count == 2 && said_into(context) {
        ids.reverse();
    }
    Meant::Certain((record, ids))
}

/// Whether "into" stands between the first and the second contact.
fn said_into(context: &Context<'_>) -> bool {
    let mut spans: Vec<(usize, usize)> = context
        .request
        .provenance
        .iter()
        .filter(|entry| entry.slot == "contacts")
        .filter_map(|entry| entry.start.zip(entry.end))
        .collect();
    spans.sort_unstable();
    let [(_, end), (start, _), ..] = spans[..] else { return false };
    let between = context.said.message.get(end..start).unwrap_or_default();
    between.split_whitespace().any(|word| word.eq_ignore_ascii_case("into"))
}

/// Says that somebody of that name is a contact already.
fn warn_of_namesakes(tx: &mut Tx, context: &Context<'_>, prepared: &mut Prepared) -> Result<()> {
    let Some(name) = prepared.plan.parameters["changes"]["full_name"].as_str().map(str::to_owned) else {
        return Ok(());
    };
    let mention = Mention { name: Some(name.clone()), ..Mention::default() };
    let found = match references::contact(tx, context, &mention)? {
        Resolved::One(contact) => vec![contact],
        Resolved::Several(contacts) => contacts,
        Resolved::None => Vec::new(),
    };
    let same = found.iter().filter(|contact| names::key(&contact.full_name) == names::key(&name));
    prepared.preview.warnings.extend(same.map(words::namesake));
    Ok(())
}
