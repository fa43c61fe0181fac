//! What Lexi says about changes of records and lists. Pure: it follows from what was resolved and counted.

use std::fmt::Write as _;

use serde_json::Value;

use super::fields::spoken;
use crate::chat::reply::{number, say_unread};
use crate::companies::Company;
use crate::contacts::Brief;
use crate::execution::contact_update::{self, Operation, Record};
use crate::execution::list_operation::{self, Operation as ListDoes};
use crate::lists::List;
use crate::tasks::Task;
use crate::understand::{Mention, Request};

/// A move or a merge without two lists.
pub(super) const WHICH_TWO_LISTS: &str =
    "From which list to which list? Name both, for example \"move Jane Doe from the list A to the list B\".";
/// Characters of a value that a sentence quotes.
const QUOTED_MAX: usize = 120;
/// Characters of a note in a task's line.
const LINE_MAX: usize = 40;

pub(super) fn lacks_permission(name: &str) -> String {
    format!(
        "This key lacks the permission {name}, so I can't look whom or what you mean. Ask with a key that holds it."
    )
}

pub(super) fn no_users() -> String {
    "Contacts and companies have no owner in this version, because there are no users yet. Nothing was changed."
        .to_owned()
}

pub(super) fn can_not_do(operation: &str) -> String {
    let what = operation.replace('_', " ");
    format!("I can't do that from a chat in this version ({what}). Nothing was changed.")
}

pub(super) fn delete_or_take_off() -> String {
    "Do you mean to delete the contact, or to take it off a list? Say \"delete the contact …\", or \"remove … from the list \
     …\". Nothing was changed."
        .to_owned()
}

pub(super) fn one_kind_at_a_time() -> String {
    "Some of these are contacts and some are companies. Ask for one kind at a time.".to_owned()
}

pub(super) fn too_many(most: usize) -> String {
    format!("These are more than {}, the most that one task takes. Say fewer of them.", number(most as u64))
}

pub(super) fn one_new_at_a_time() -> String {
    "I create one contact at a time. Say one name, with what you know about it.".to_owned()
}

pub(super) fn merge_needs_two() -> String {
    "A merge needs two contacts. Name both, for example \"merge jdoe@example.com into jane.doe@example.com\"."
        .to_owned()
}

pub(super) fn only_contacts_on_lists() -> String {
    "Lists hold contacts, not companies. Say whose contacts you mean, for example \"everyone at Acme\".".to_owned()
}

pub(super) fn no_such_field(field: &str) -> String {
    format!(
        "A company has no {}. It has a name, domain, website, industry, size, city, country, LinkedIn address and tags.",
        spoken(field)
    )
}

pub(super) fn no_contact(mention: &Mention) -> String {
    let who = match (&mention.name, &mention.email, &mention.id) {
        (_, Some(email), _) => format!("whose address is {}", cut(email)),
        (_, None, Some(id)) => format!("whose id is {}", cut(id)),
        (Some(name), ..) => format!("\"{}\"", cut(name)),
        _ => "like that".to_owned(),
    };
    let at = mention.company.as_deref().map(|company| format!(" at {}", cut(company))).unwrap_or_default();
    format!("I find no contact {who}{at} here. Nothing was changed.")
}

pub(super) fn no_company(name: &str) -> String {
    format!("I find no company \"{}\" here. Nothing was changed.", cut(name))
}

pub(super) fn no_list(name: &str) -> String {
    format!("There is no list \"{}\" here. Nothing was changed.", cut(name))
}

pub(super) fn same_list(name: &str) -> String {
    format!("Both are the list \"{name}\". Name two lists.")
}

pub(super) fn nobody_fits(filter: &str) -> String {
    format!("Nobody fits \"{}\". Nothing was changed.", cut(filter))
}

/// A description holds a word that records can't be held against.
pub(super) fn can_not_judge(filter: &str) -> String {
    format!(
        "I can't tell exactly whom \"{}\" means. I can go by tag, company, job title, list, and by what is missing, for \
         example \"all contacts at Acme tagged VIP\" or \"contacts without email\". Nothing was changed.",
        cut(filter)
    )
}

pub(super) fn not_contacts_yet(task: &Task) -> String {
    format!("These people are no contacts yet: the task \"{}\" waits for its approval.", task.description)
}

pub(super) fn which_contact(mention: &Mention, fits: &[Brief], most: usize) -> String {
    let said = mention.name.as_deref().or(mention.company.as_deref()).unwrap_or("That");
    let listed: Vec<String> = fits.iter().map(brief).collect();
    format!(
        "\"{}\" could be {} contacts: {}. Which one do you mean? Say the e-mail address or the whole name.",
        cut(said),
        many(fits.len(), most),
        listed.join("; ")
    )
}

pub(super) fn which_company(name: Option<&str>, fits: &[Company], most: usize) -> String {
    let domain = |company: &Company| company.domain.as_ref().map(|domain| format!(" ({domain})")).unwrap_or_default();
    let listed: Vec<String> = fits.iter().map(|company| format!("{}{}", company.name, domain(company))).collect();
    format!(
        "\"{}\" could be {} companies: {}. Which one do you mean? Say the whole name.",
        cut(name.unwrap_or("That")),
        many(fits.len(), most),
        listed.join("; ")
    )
}

pub(super) fn which_of_companies(name: &str, fits: &[&str]) -> String {
    let shown = &fits[..fits.len().min(10)];
    format!("\"{}\" could be {}. Which company do you mean? Say the whole name.", cut(name), shown.join(" or "))
}

pub(super) fn which_list(name: &str, fits: &[List]) -> String {
    let listed: Vec<String> = fits.iter().map(|list| format!("\"{}\"", list.name)).collect();
    format!("\"{}\" could be {}. Which list do you mean? Say the whole name.", cut(name), listed.join(" or "))
}

/// Contacts are to be put on a list that is not there, and others have a similar name.
pub(super) fn similar_list(name: &str, similar: &[List]) -> String {
    let listed: Vec<String> = similar.iter().map(|list| format!("\"{}\"", list.name)).collect();
    let name = cut(name);
    format!(
        "There is no list \"{name}\". Do you mean {}? Say the whole name, or \"create a list called {name}\" first.",
        listed.join(" or ")
    )
}

/// Somebody of that name is a contact already.
pub(super) fn namesake(contact: &Brief) -> String {
    format!("There is a contact of that name already: {}.", brief(contact))
}

fn many(found: usize, most: usize) -> String {
    if found >= most { format!("at least {most}") } else { found.to_string() }
}

/// "Jane Doe, Partner at Acme (jane@acme.com)".
fn brief(contact: &Brief) -> String {
    person(&contact.full_name, contact.job_title.as_deref(), contact.company_name.as_deref(), contact.email.as_deref())
}

fn person(name: &str, title: Option<&str>, company: Option<&str>, email: Option<&str>) -> String {
    let role = match (title, company) {
        (Some(title), Some(company)) => format!(", {title} at {company}"),
        (Some(one), None) => format!(", {one}"),
        (None, Some(company)) => format!(" at {company}"),
        (None, None) => String::new(),
    };
    let email = email.map(|email| format!(" ({email})")).unwrap_or_default();
    format!("{name}{role}{email}")
}

/// A record of a preview, as a sentence names it.
fn sampled(sample: &Value) -> String {
    let text = |key: &str| sample[key].as_str();
    match text("full_name").or(text("name")) {
        Some(name) => person(name, text("job_title"), text("company_name"), text("email").or(text("domain"))),
        None => text("email").unwrap_or("the new record").to_owned(),
    }
}

/// A caller's words as a sentence quotes them.
fn cut(text: &str) -> String {
    text.chars().take(QUOTED_MAX).collect()
}

/// A value as a sentence says it.
fn value(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) if text.is_empty() => "nothing".to_owned(),
        Value::String(text) => format!("\"{}\"", cut(text)),
        Value::Array(items) if items.is_empty() => "nothing".to_owned(),
        Value::Array(items) => items.iter().map(self::value).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Nothing would be changed: no task is made.
pub(super) fn is_so_already(prepared: &contact_update::Prepared) -> String {
    match prepared.preview.selected {
        0 => "Nobody is left whom I could change. Nothing was changed.".to_owned(),
        1 => format!(
            "{} is so already. Nothing was changed.",
            prepared.preview.sample.first().map(sampled).unwrap_or_default()
        ),
        count => format!("All {} are so already. Nothing was changed.", number(count)),
    }
}

/// A change of records becomes a proposal.
pub(super) fn of_records(request: &Request, prepared: &contact_update::Prepared) -> String {
    let preview = &prepared.preview;
    let mut text = format!("I would {}.", does(prepared, &whom(prepared)));
    if let Some(example) = example(prepared) {
        let _ = write!(text, " {example}");
    }
    if preview.unchanged > 0 {
        let _ = write!(
            text,
            " {} of the {} {} so already.",
            number(preview.unchanged),
            number(preview.selected),
            are(preview.unchanged)
        );
    }
    end(&mut text, preview.irreversible.as_deref(), &preview.warnings, request);
    text
}

/// "Jane Doe, Partner at Acme (jane@acme.com)", "12 contacts".
fn whom(prepared: &contact_update::Prepared) -> String {
    let preview = &prepared.preview;
    match preview.sample.first() {
        Some(sample) if preview.selected == 1 => sampled(sample),
        _ => format!("{} {}", number(preview.selected), preview.record.noun(preview.selected)),
    }
}

/// What is done, in the infinitive.
fn does(prepared: &contact_update::Prepared, whom: &str) -> String {
    let preview = &prepared.preview;
    let changes = &prepared.plan.parameters["changes"];
    match preview.operation {
        Operation::Create => format!("create the {} {whom}", preview.record.noun(1)),
        Operation::Delete => format!("delete {whom}{}", memberships(preview.list_memberships)),
        Operation::Tag => format!("tag {whom} with {}", value(&changes["tags_add"])),
        Operation::Untag => format!("take the tag {} from {whom}", value(&changes["tags_remove"])),
        Operation::AddNote => format!("note about {whom}: {}", value(&changes["note"])),
        Operation::Merge => merge(prepared),
        Operation::Update | Operation::ClearField if preview.selected == 1 => {
            format!("change {whom}: {}", before_after(preview.sample.first()))
        }
        Operation::ClearField => format!("clear {} of {whom}", named_fields(changes, false)),
        Operation::Update => format!("change {whom}: {}", named_fields(changes, true)),
    }
}

fn memberships(count: Option<u64>) -> String {
    match count {
        None | Some(0) => String::new(),
        Some(1) => ", with 1 list membership".to_owned(),
        Some(count) => format!(", with {} list memberships", number(count)),
    }
}

fn merge(prepared: &contact_update::Prepared) -> String {
    let preview = &prepared.preview;
    let mut samples = preview.sample.iter();
    let stays = samples.next().map(sampled).unwrap_or_default();
    let gone: Vec<String> = samples.map(sampled).collect();
    let mut text = format!("merge {} into {stays}", gone.join(" and "));
    let taken: Vec<String> = preview.sample.first().map(changed_fields).unwrap_or_default();
    let mut gains: Vec<String> = taken.iter().map(|field| spoken(field)).collect();
    let mut count = |count: Option<u64>, one: &str, more: &str| match count {
        None | Some(0) => {}
        Some(1) => gains.push(format!("1 {one}")),
        Some(count) => gains.push(format!("{} {more}", number(count))),
    };
    count(preview.notes, "note", "notes");
    count(preview.list_memberships, "list", "lists");
    if !gains.is_empty() {
        let _ = write!(text, ", which takes over: {}", gains.join(", "));
    }
    text
}

fn changed_fields(sample: &Value) -> Vec<String> {
    let changes = sample["changes"].as_array();
    changes.into_iter().flatten().filter_map(|change| change["field"].as_str().map(str::to_owned)).collect()
}

/// "e-mail address from "a" to "b", phone from nothing to "1"".
fn before_after(sample: Option<&Value>) -> String {
    let changes = sample.and_then(|sample| sample["changes"].as_array());
    let one = |change: &Value| {
        let field = spoken(change["field"].as_str().unwrap_or_default());
        format!("{field} from {} to {}", value(&change["before"]), value(&change["after"]))
    };
    changes.into_iter().flatten().map(one).collect::<Vec<_>>().join(", ")
}

/// The fields of a change with their new values.
fn named_fields(changes: &Value, with_values: bool) -> String {
    let mut named = Vec::new();
    let mut name = |field: &str, new: &Value| {
        let field = spoken(field);
        named.push(if with_values { format!("{field} to {}", value(new)) } else { field });
    };
    for (field, new) in changes.as_object().into_iter().flatten() {
        match (field.as_str(), new) {
            ("custom_fields", Value::Object(custom)) => custom.iter().for_each(|(field, new)| name(field, new)),
            _ => name(field, new),
        }
    }
    named.join(", ")
}

/// Of several records the first, with what happens to it; of a new one its fields.
fn example(prepared: &contact_update::Prepared) -> Option<String> {
    let preview = &prepared.preview;
    let sample = preview.sample.first()?;
    match preview.operation {
        Operation::Create => {
            let told = ["full_name", "name", "email", "job_title", "company_name", "domain"];
            let changes = prepared.plan.parameters["changes"].as_object()?;
            let more: serde_json::Map<String, Value> = changes
                .iter()
                .filter(|(field, _)| !told.contains(&field.as_str()))
                .map(|(f, v)| (f.clone(), v.clone()))
                .collect();
            (!more.is_empty())
                .then(|| format!("With {}.", named_fields(&Value::Object(more), true).replace(" to ", " ")))
        }
        Operation::Merge | Operation::AddNote => None,
        _ if preview.selected == 1 => None,
        Operation::Update | Operation::ClearField => {
            let changed = preview.sample.iter().find(|sample| !changed_fields(sample).is_empty())?;
            Some(format!("For example {}: {}.", sampled(changed), before_after(Some(changed))))
        }
        _ => {
            let names: Vec<String> = preview.sample.iter().map(sampled).collect();
            let more = if preview.selected > names.len() as u64 { " …" } else { "" };
            (!sample.is_null()).then(|| format!("These are: {}{more}.", names.join("; ")))
        }
    }
}

fn are(count: u64) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// What can't be undone, what should be known, and how to go on.
fn end(text: &mut String, irreversible: Option<&str>, warnings: &[String], request: &Request) {
    for sentence in warnings.iter().map(String::as_str).chain(irreversible) {
        let _ = write!(text, " {sentence}");
    }
    text.push_str(" Approve, and I do it.");
    for assumption in &request.assumptions {
        let _ = write!(text, " {assumption}");
    }
    say_unread(text, request);
}

/// The task in one line.
pub(super) fn records_in_a_line(prepared: &contact_update::Prepared) -> String {
    let preview = &prepared.preview;
    let name = preview.sample.first().and_then(|sample| sample["full_name"].as_str().or(sample["name"].as_str()));
    let whom = match name {
        Some(name) if preview.selected == 1 || preview.operation == Operation::Merge => name.to_owned(),
        _ => format!("{} {}", number(preview.selected), preview.record.noun(preview.selected)),
    };
    let changes = &prepared.plan.parameters["changes"];
    match preview.operation {
        Operation::Create => format!("Create the {} {whom}", preview.record.noun(1)),
        Operation::Update => format!("Change {whom}: {}", named_fields(changes, true)),
        Operation::ClearField => format!("Clear {} of {whom}", named_fields(changes, false)),
        Operation::Delete if preview.selected == 1 => format!("Delete the {} {whom}", preview.record.noun(1)),
        Operation::Delete => format!("Delete {whom}"),
        Operation::Merge => {
            format!("Merge {} {} into {whom}", number(preview.changed), Record::Contact.noun(preview.changed))
        }
        Operation::Tag => format!("Tag {whom} with {}", value(&changes["tags_add"])),
        Operation::Untag => format!("Take the tag {} from {whom}", value(&changes["tags_remove"])),
        Operation::AddNote => {
            let note = changes["note"].as_str().unwrap_or_default();
            let cut: String = note.chars().take(LINE_MAX).collect();
            let more = if cut.len() < note.len() { "…" } else { "" };
            format!("Note about {whom}: {cut}{more}")
        }
    }
}

/// Why a change of a list would change nothing; no task is made then.
pub(super) fn nothing_to_do(prepared: &list_operation::Prepared) -> Option<String> {
    let preview = &prepared.preview;
    let name = &preview.list_name;
    match preview.operation {
        ListDoes::Add | ListDoes::Copy if preview.added == 0 && preview.suppressed > 0 => {
            Some("Whoever must never be contacted is put on no list. Nothing was changed.".to_owned())
        }
        ListDoes::Add | ListDoes::Copy if preview.added == 0 => {
            Some(format!("Whom you mean is on \"{name}\" already. Nothing was changed."))
        }
        ListDoes::Remove if preview.removed == 0 => {
            Some(format!("Whom you mean is not on \"{name}\". Nothing was changed."))
        }
        ListDoes::Move if preview.selected == 0 => Some(format!(
            "Whom you mean is not on \"{}\". Nothing was changed.",
            preview.from_list_name.as_deref().unwrap_or_default()
        )),
        ListDoes::Clear if preview.removed == 0 => Some(format!("Nobody is on \"{name}\". Nothing was changed.")),
        ListDoes::Rename if preview.list.before == preview.list.after => {
            Some(format!("The list is called \"{name}\" already. Nothing was changed."))
        }
        _ => None,
    }
}

/// A change of a list becomes a proposal.
pub(super) fn of_lists(request: &Request, prepared: &list_operation::Prepared) -> String {
    let preview = &prepared.preview;
    let mut text = format!("I would {}.", list_does(prepared));
    if preview.operation != ListDoes::Delete && preview.operation != ListDoes::Rename && !preview.sample.is_empty() {
        let names: Vec<&str> = preview.sample.iter().map(list_operation::Sampled::name).collect();
        let more = if preview.selected > names.len() as u64 { ", …" } else { "" };
        let _ = write!(text, " These are {}{more}.", names.join(", "));
    }
    if preview.already_members > 0 {
        let (n, on) = (number(preview.already_members), are(preview.already_members));
        let _ = write!(text, " {n} of them {on} on \"{}\" already.", preview.list_name);
    }
    if preview.suppressed > 0 {
        let (n, is) = (number(preview.suppressed), are(preview.suppressed));
        let _ = write!(text, " {n} more must never be contacted and {is} left out.");
    }
    end(&mut text, preview.irreversible.as_deref(), &preview.warnings, request);
    text
}

fn contacts(count: u64) -> String {
    format!("{} {}", number(count), Record::Contact.noun(count))
}

/// What is done to the list, in the infinitive.
fn list_does(prepared: &list_operation::Prepared) -> String {
    let preview = &prepared.preview;
    let from = preview.from_list_name.as_deref().unwrap_or_default();
    let new = if preview.list.before.is_none() { "the new list" } else { "the list" };
    let before = preview.list.before.as_ref().map_or("", |list| &list.name);
    let name = &preview.list_name;
    match preview.operation {
        ListDoes::Create if preview.selected == 0 => format!("create the list \"{name}\""),
        ListDoes::Create => format!("create the list \"{name}\" with {}", contacts(preview.added)),
        ListDoes::Add => format!("put {} on {new} \"{name}\"", contacts(preview.added)),
        ListDoes::Remove => format!("take {} off the list \"{name}\"", contacts(preview.removed)),
        ListDoes::Rename => format!("rename the list \"{before}\" to \"{name}\""),
        ListDoes::Merge => {
            format!(
                "put the {} of \"{from}\" on \"{name}\" ({} new there) and delete \"{from}\"",
                contacts(preview.selected),
                number(preview.added)
            )
        }
        ListDoes::Clear => format!("take all {} off the list \"{name}\"", contacts(preview.removed)),
        ListDoes::Delete => format!("delete the list \"{name}\" with its {}", memberships_of(preview.removed)),
        ListDoes::Move => format!("move {} from \"{from}\" to {new} \"{name}\"", contacts(preview.selected)),
        ListDoes::Copy => format!("put {} of \"{from}\" on {new} \"{name}\", too", contacts(preview.added)),
    }
}

fn memberships_of(count: u64) -> String {
    if count == 1 { "1 membership".to_owned() } else { format!("{} memberships", number(count)) }
}

/// The task in one line.
pub(super) fn lists_in_a_line(prepared: &list_operation::Prepared) -> String {
    let mut line = list_does(prepared);
    if let Some(first) = line.get(..1) {
        let upper = first.to_uppercase();
        line.replace_range(..1, &upper);
    }
    line
}

/// An export is a read: it needs no task.
pub(super) fn how_to_export(list: Option<&List>) -> String {
    match list {
        Some(list) => format!(
            "An export changes nothing and needs no approval. Get the {} of \"{}\" as CSV from `GET \
             /v1/contacts/export?list_id={}`, or with `lexi contacts export --list \"{}\"`.",
            contacts(list.contact_count.unsigned_abs()),
            list.name,
            list.id,
            list.name
        ),
        None => "An export changes nothing and needs no approval. Get all contacts as CSV from `GET /v1/contacts/export`, or \
                 with `lexi contacts export`."
            .to_owned(),
    }
}

/// A task changes one list, so that its preview is the whole of what it does.
pub(super) fn one_list_at_a_time(names: &[String]) -> String {
    let which = match names {
        [] => String::new(),
        names => format!(
            " Say it once each for {}.",
            names.iter().map(|name| format!("\"{}\"", cut(name))).collect::<Vec<_>>().join(" and ")
        ),
    };
    format!("I change one list at a time.{which} Nothing was changed.")
}

/// An import needs a file, which a chat does not have.
pub(super) fn how_to_import(list_name: Option<&str>) -> String {
    let then = match list_name {
        Some(name) => format!(" and put them on the list \"{}\" with `POST /v1/lists/{{id}}/contacts`", cut(name)),
        None => String::new(),
    };
    format!(
        "I have no file to import from in a chat. Create the contacts with `POST /v1/contacts`{then}. Prospects are loaded \
         from files by the operator, with `lexi prospects import`."
    )
}
