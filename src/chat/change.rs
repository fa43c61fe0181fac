//! A change of contacts, companies or lists becomes a task.
//!
//! Protects two rules: nothing wider than what was said is ever proposed, and a reference that is open is asked about.
//! Whom words mean is found in `who.rs` and `described.rs`; what is done with them in `records.rs` and `lists.rs`; how it
//! is said in `words.rs`. Proposing needs what a chat needs, `lexi:chat`, and to read what the proposal shows; approving
//! needs `lexi:approve`, as for a search.

mod described;
mod fields;
mod lists;
mod records;
mod who;
mod words;

use serde_json::{Value, json};

use super::{Answer, Context, reply};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::keys::permissions::Permission;
use crate::understand::{Details, Intent, Mention};

/// What words came to: something certain, or what Lexi says and asks instead of acting.
enum Meant<T> {
    /// This.
    Certain(T),
    /// Nothing is certain; no task is made.
    Open(String),
}

/// What Lexi answers to a change of contacts, companies or lists.
pub(super) fn answer(tx: &mut Tx, context: &Context<'_>) -> Result<Answer> {
    let Some(details) = context.request.details() else { return Ok(Answer::says(reply::cannot_yet(context.request))) };
    if let Some(question) = context.request.ask.as_ref().filter(|_| !leaves_a_record_open(context, details)) {
        return Ok(Answer::says(reply::ask(context.request, question)));
    }
    if let Some(refusal) = needed(context, details).into_iter().find_map(|permission| lacks(context, permission)) {
        return Ok(Answer { data: Some(not_allowed(refusal.0)), ..Answer::says(refusal.1) });
    }
    match context.request.intent {
        Intent::ListOperation => lists::answer(tx, context, details),
        _ => records::answer(tx, context, details),
    }
}

/// Whether what the words leave open is which record they mean: that may follow from what is beside them.
fn leaves_a_record_open(context: &Context<'_>, details: &Details) -> bool {
    let pointed = details.contacts.iter().any(|mention| mention.reference.is_some());
    let no_list = context.request.intent == Intent::ListOperation && details.list_name.is_none();
    details.contacts.is_empty() || pointed || no_list
}

/// What a proposal shows of the workspace, the caller could look at without Lexi: which permissions that takes.
fn needed(context: &Context<'_>, details: &Details) -> Vec<Permission> {
    let of_company = |mention: &Mention| mention.company.is_some() && mention.name.is_none() && mention.email.is_none();
    if context.request.intent == Intent::ListOperation {
        vec![Permission::ListsRead, Permission::ContactsRead]
    } else if !details.contacts.is_empty() && details.contacts.iter().all(of_company) {
        vec![Permission::CompaniesRead]
    } else {
        vec![Permission::ContactsRead]
    }
}

/// The name of a permission the caller's key lacks, and what Lexi says then; nothing when it holds it.
fn lacks(context: &Context<'_>, needed: Permission) -> Option<(&'static str, String)> {
    let name = needed.as_str();
    (!context.caller.permissions.allows(needed)).then(|| (name, words::lacks_permission(name)))
}

fn not_allowed(permission: &str) -> Value {
    json!({ "kind": "not_allowed", "permission": permission })
}

/// What was asked back when the words alone left it open, else this.
fn asked(context: &Context<'_>, question: &str) -> String {
    reply::ask(context.request, context.request.ask.as_deref().unwrap_or(question))
}

/// What a refusal says, for whoever asked; any other failure is one.
fn said<T>(prepared: Result<T>) -> Result<Meant<T>> {
    match prepared {
        Ok(prepared) => Ok(Meant::Certain(prepared)),
        Err(Error::Refused(refusal)) => Ok(Meant::Open(format!("{} Nothing was changed.", refusal.message))),
        Err(error) => Err(error),
    }
}

/// The names of lists in the order they were said.
fn list_names(context: &Context<'_>, details: &Details) -> Vec<String> {
    let said = context.request.provenance.iter().filter(|entry| entry.slot == "list_name");
    let mut names: Vec<String> = Vec::new();
    for name in said
        .filter_map(|entry| entry.value.as_str())
        .chain(details.list_name.as_deref())
        .chain(details.second_list.as_deref())
    {
        if !names.iter().any(|there| there == name) {
            names.push(name.to_owned());
        }
    }
    names
}
