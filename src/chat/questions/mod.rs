//! Questions about the workspace and the prospects, answered at once: reads need no approval.
//!
//! Protects three rules. Numbers are those a task would show: they come from the same filter and the same index. Chat is
//! no way around a permission: a key that may not read contacts is told so. And nothing is guessed: a name that fits
//! several is asked about, and what can't be answered is said beside what can.

mod about;
mod help;
mod judged;
mod people;
mod records;
mod values;
mod work;

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::references::{self, Resolved};
use super::reply::{number, said_list};
use super::{Answer, Context};
use crate::contacts::{Brief, Contact};
use crate::db::Tx;
use crate::error::Result;
use crate::keys::permissions::Permission;
use crate::lists::List;
use crate::understand::questions::{self, Kind, Of, Pointed, Question};

/// Rows of an answer for programs.
const ROWS_MAX: usize = 10;
/// Rows that are named in words.
const NAMED_MAX: usize = 5;

/// What Lexi answers to a question.
pub(super) fn answer(tx: &mut Tx, context: &Context<'_>) -> Result<Answer> {
    let question = questions::read(&context.said.message);
    match question.kind {
        Kind::Count(Of::Prospects) | Kind::Show(Of::Prospects) => people::prospects(tx, context, &question),
        Kind::Count(Of::Contacts) | Kind::Show(Of::Contacts) => people::contacts(tx, context, &question),
        Kind::Count(Of::Companies) | Kind::Show(Of::Companies) => records::companies(tx, context),
        Kind::Count(Of::Lists) | Kind::Show(Of::Lists) => records::lists(tx, context, &question),
        Kind::Count(Of::Tags) | Kind::Show(Of::Tags) => records::tags(tx, context),
        Kind::Count(Of::Notes) | Kind::Show(Of::Notes) => about::notes(tx, context, &question),
        Kind::Count(Of::Suppressions) | Kind::Show(Of::Suppressions) => records::suppressions(tx, context),
        Kind::Count(Of::Tasks) | Kind::Show(Of::Tasks) => work::tasks(tx, context, &question),
        Kind::Outcome => work::outcome(tx, context, &question),
        Kind::Values(dimension) => values::answer(tx, context, &question, dimension),
        Kind::About => about::answer(tx, context, &question),
        Kind::FieldOf(field) => about::field(tx, context, &question, field),
        Kind::Help(thing, deed) => Ok(help::answer(thing, deed)),
        Kind::Abilities => Ok(help::abilities()),
        Kind::NotKept(what) => Ok(help::not_kept(what)),
        Kind::Unknown => Ok(help::not_understood(&question)),
    }
}

/// Words with their structured form.
fn told(text: impl Into<String>, data: Value) -> Answer {
    Answer { data: Some(data), ..Answer::says(text) }
}

/// The refusal of an answer that the caller's key does not reach; nothing when it does.
fn refused(context: &Context<'_>, needed: Permission) -> Option<Answer> {
    if context.caller.permissions.allows(needed) {
        return None;
    }
    let name = needed.as_str();
    let text = format!("This key lacks the permission {name}, so I can't answer that. Ask with a key that holds it.");
    Some(told(text, json!({ "kind": "not_allowed", "permission": name })))
}

/// A list that a question names or points at; the answer in its place when it is not certain which.
fn list_of(tx: &mut Tx, context: &Context<'_>, pointed: &Pointed) -> Result<std::result::Result<List, Answer>> {
    let name = match pointed {
        Pointed::Named(name) => Some(name.as_str()),
        Pointed::Here => None,
    };
    Ok(match references::list(tx, context, name)? {
        Resolved::One(list) => Ok(list),
        Resolved::Several(lists) => {
            let names: Vec<String> = lists.iter().map(|list| format!("\"{}\"", list.name)).collect();
            let rows: Vec<Value> = lists.iter().map(records::list_row).collect();
            Err(told(
                format!("Which list do you mean: {}?", said_list(&names, "or")),
                json!({ "kind": "which", "of": "lists", "rows": rows }),
            ))
        }
        Resolved::None => {
            let text = match name {
                Some(name) => format!("There is no list \"{name}\" here. Ask \"Which lists are there?\" to see them."),
                None => "Which list do you mean? Name it, or send its id as context.list_id.".to_owned(),
            };
            Err(told(text, json!({ "kind": "none", "of": "lists" })))
        }
    })
}

/// Asks which of several contacts is meant.
fn which_contact(name: &str, found: &[Brief]) -> Answer {
    let names: Vec<String> = found.iter().map(brief_in_words).collect();
    let rows: Vec<Value> = found.iter().map(brief_row).collect();
    let text =
        format!("\"{name}\" fits {}: {}. Which one do you mean?", number(found.len() as u64), said_list(&names, "and"));
    told(text, json!({ "kind": "which", "of": "contacts", "rows": rows }))
}

fn brief_in_words(brief: &Brief) -> String {
    person_in_words(&brief.full_name, brief.job_title.as_deref(), brief.company_name.as_deref(), brief.email.as_deref())
}

fn contact_in_words(contact: &Contact) -> String {
    person_in_words(
        &contact.full_name,
        contact.job_title.as_deref(),
        contact.company_name.as_deref(),
        contact.email.as_deref(),
    )
}

/// "Renata Okafor (General Counsel, Okafor LLP)"; the address where there is neither.
fn person_in_words(name: &str, title: Option<&str>, company: Option<&str>, email: Option<&str>) -> String {
    let known: Vec<&str> = [title, company].into_iter().flatten().collect();
    match (known.is_empty(), email) {
        (false, _) => format!("{name} ({})", known.join(", ")),
        (true, Some(email)) => format!("{name} ({email})"),
        (true, None) => name.to_owned(),
    }
}

fn brief_row(brief: &Brief) -> Value {
    json!({
        "id": brief.id, "full_name": brief.full_name, "job_title": brief.job_title,
        "company_name": brief.company_name, "email": brief.email,
    })
}

fn contact_row(contact: &Contact) -> Value {
    json!({
        "id": contact.id, "full_name": contact.full_name, "job_title": contact.job_title,
        "company_name": contact.company_name, "email": contact.email,
    })
}

/// "A; B; C and 4 more".
fn some_of(names: &[String], total: u64) -> String {
    let shown = &names[..names.len().min(NAMED_MAX)];
    let mut text = shown.join("; ");
    let more = total.saturating_sub(shown.len() as u64);
    if more > 0 {
        let _ = write!(text, " and {} more", number(more));
    }
    text
}

/// What of the question was not used, so that nobody takes the answer for more than it is.
fn say_unread(text: &mut String, question: &Question) {
    if !question.unread.is_empty() {
        let words: Vec<String> = question.unread.iter().map(|word| format!("\"{word}\"")).collect();
        let _ = write!(text, " I did not use {}.", words.join(", "));
    }
}
