//! What is said behind an earlier turn: a change of the last search, a yes, a no.
//!
//! Protects rule 2: no text in a chat decides anything. "Yes" is told how to approve, "never mind" how to dismiss; a
//! change makes the next revision of a task that waits, and a new task when it was decided or is somebody else's.

use serde_json::{Value, json};
use uuid::Uuid;

use super::search::{self, Kept, Searched};
use super::{Answer, Context, Reach, references, reply, store};
use crate::db::Tx;
use crate::error::Result;
use crate::execution::prospect_search::LIMIT_DEFAULT;
use crate::lists::{self, List};
use crate::tasks::{self, Proposal, Standing, Task};
use crate::understand::Request;
use crate::understand::follow_up::{self, Follow, Followed, differences};

/// The answer to a message that follows up an earlier turn; nothing when it is a request of its own.
pub(super) fn answer(tx: &mut Tx, context: &Context<'_>) -> Result<Option<Answer>> {
    let message = &context.said.message;
    if context.said.reach == Reach::Conversation {
        return Ok(None);
    }
    let Some(conversation_id) = context.said.conversation_id else { return Ok(None) };
    if let Some(decision) = follow_up::decision(message) {
        let task = references::last_task(tx, context)?;
        return Ok(task.map(|task| decided_elsewhere(&task, &decision)));
    }
    let Some(earlier) = store::last_search(tx, context.caller.workspace_id, conversation_id)? else { return Ok(None) };
    // What the task has become since, by whatever way, is what is changed.
    let request = match tasks::understood(tx, context.caller.workspace_id, earlier.task_id)? {
        Value::Null => earlier.request,
        present => present,
    };
    // What an older version understood may not be readable any more; then every message is one of its own.
    let Ok(request) = serde_json::from_value::<Request>(request) else { return Ok(None) };
    let task = tasks::get_line(tx, context.caller, earlier.task_id)?;
    let limit = task.metadata["limit"].as_u64().and_then(|limit| u32::try_from(limit).ok()).unwrap_or(LIMIT_DEFAULT);
    let message_id = earlier.message_id.to_string();
    let follow = Follow { request: &request, message_id: &message_id, limit };
    match follow_up::read(message, &follow) {
        Some(Followed::Changed(changed)) => change(tx, context, (&request, &task), &changed),
        Some(Followed::Ask(question)) => Ok(Some(Answer::says(question))),
        Some(decision @ (Followed::Confirm | Followed::Drop)) => Ok(Some(decided_elsewhere(&task, &decision))),
        None => Ok(None),
    }
}

/// A chat points to where a task is decided. It never decides.
fn decided_elsewhere(task: &Task, decision: &Followed) -> Answer {
    let text = match decision {
        Followed::Confirm => reply::how_to_approve(task),
        _ => reply::how_to_dismiss(task),
    };
    let data = json!({
        "kind": "decision", "task_id": task.id, "status": task.status, "revision": task.revision,
        "plan_hash": task.plan_hash,
    });
    Answer { data: Some(data), ..Answer::says(text) }
}

/// The changed search as the next revision of its task, or as a task of its own; nothing when the message is about
/// something else after all.
fn change(
    tx: &mut Tx,
    context: &Context<'_>,
    (earlier, task): (&Request, &Task),
    changed: &Request,
) -> Result<Option<Answer>> {
    let list = match &context.list {
        Some(list) => Some(list.clone()),
        None => list_of(tx, context, task)?,
    };
    let words = earlier.search().zip(changed.search()).map(|(before, after)| differences(before, after));
    let words = words.unwrap_or_default();
    let standing = tasks::standing(tx, context.caller, task.id, (context.said.conversation_id, context.now_ms))?;
    let waits = standing.is_some_and(|standing| standing.is_pending);
    if !waits && !words.is_empty() && is_list_alone(earlier, changed) {
        // "put them on Q1 Leads", once they are contacts, is about the contacts.
        return Ok(None);
    }
    let is_same_list = context.list.is_none();
    if words.is_empty() && is_same_list {
        return Ok(Some(Answer::says(reply::nothing_changed(task))));
    }
    let Searched { prepared, description } =
        match search::search(tx, context, changed, (list, Kept::of(&task.metadata)))? {
            Ok(searched) => searched,
            Err(why) => return Ok(Some(Answer::says(why))),
        };
    let revises = standing.filter(Standing::can_be_revised).map(|standing| standing.revision);
    let text = format!("{} {}", reply::changed(&words, standing.as_ref(), task), reply::proposal(changed, &prepared));
    let preview = serde_json::to_value(&prepared.preview)?;
    let request = serde_json::to_value(changed)?;
    let proposal = context.proposal(prepared.plan, preview, description)?;
    let task_id = if revises.is_some() { task.id } else { proposal.task_id };
    let proposal = Proposal { task_id, request: request.clone(), ..proposal };
    Ok(Some(Answer { request: Some(request), revises, ..Answer::proposes(text, proposal) }))
}

/// Whether nothing but the list is another one.
fn is_list_alone(earlier: &Request, changed: &Request) -> bool {
    let without_list = |request: &Request| {
        let mut search = request.search().cloned().unwrap_or_default();
        search.other.retain(|entry| !entry.starts_with("save_as:") && !entry.starts_with("append_to:"));
        search
    };
    without_list(earlier) == without_list(changed)
}

/// The list that a task names by its id: a change keeps it.
fn list_of(tx: &mut Tx, context: &Context<'_>, task: &Task) -> Result<Option<List>> {
    if task.metadata["list_by"] != "id" {
        return Ok(None);
    }
    let id = task.metadata["list_id"].as_str().and_then(|id| Uuid::try_parse(id).ok());
    id.map(|id| lists::find(tx, context.caller.workspace_id, id)).transpose().map(Option::flatten)
}
