//! Lexi's turn: understand, then propose, answer or ask back. No text in a chat can approve anything.

pub mod http;
mod reply;
mod store;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{self, Event};
use crate::execution::prospect_search::{self, LIMIT_DEFAULT, LIMIT_MAX, ListBy, Parameters, Prepared};
use crate::ids;
use crate::keys::Caller;
use crate::lists;
use crate::prospects::filter::Filter;
use crate::prospects::search::Snapshot;
use crate::tasks::{self, Proposal};
use crate::understand::{self, Intent, Request, Target};

/// Characters of one message.
pub const MESSAGE_MAX: usize = 12_000;
/// Characters of a conversation's title, made from its first message.
const TITLE_MAX: usize = 80;
/// Characters of a list's name.
const LIST_NAME_MAX: usize = 200;

/// What a caller says, and where.
#[derive(Debug, Clone)]
pub struct Said {
    /// At most [`MESSAGE_MAX`] characters.
    pub message: String,
    /// The conversation it continues.
    pub conversation_id: Option<Uuid>,
    /// The list it is about.
    pub list_id: Option<Uuid>,
}

/// What Lexi makes of a message, before anything is stored. Ids and words are fixed here, because the transaction that
/// stores them may run again.
#[derive(Debug)]
pub struct Turn {
    said: Said,
    conversation_id: Uuid,
    user_message_id: Uuid,
    reply_id: Uuid,
    request: Value,
    response: String,
    proposal: Option<Proposal>,
}

/// What the caller is told.
#[derive(Debug)]
pub struct Told {
    /// Lexi's words.
    pub response: String,
    /// The task that waits for approval, if one was made.
    pub task: Option<tasks::Task>,
    /// The conversation.
    pub conversation_id: Uuid,
    /// Lexi's message.
    pub message_id: Uuid,
    /// What was understood.
    pub request: Value,
}

/// Understands a message and prepares what follows from it. Reads only.
pub async fn consider(app: &App, caller: &Caller, said: Said) -> Result<Turn> {
    let now_ms = app.clock.now_ms();
    let request = understand::read(&said.message);
    let expires_at_ms = now_ms + app.config.task_expiry_ms;
    let snapshot = app.search.snapshot();
    let (caller, asked, about) = (caller.clone(), request.clone(), said.clone());
    let (response, proposal) = app
        .db
        .read(move |tx| {
            check_context(tx, &caller, &about)?;
            answer(tx, &caller, &snapshot, &asked, &about, (now_ms, expires_at_ms))
        })
        .await?;
    let conversation_id = said.conversation_id.unwrap_or_else(|| ids::new(now_ms));
    Ok(Turn {
        said,
        conversation_id,
        user_message_id: ids::new(now_ms),
        reply_id: ids::new(now_ms),
        request: serde_json::to_value(&request)?,
        response,
        proposal: proposal.map(|proposal| Proposal { conversation_id: Some(conversation_id), ..proposal }),
    })
}

/// Stores both messages and the task, in one transaction.
pub fn take_turn(tx: &mut Tx, caller: &Caller, turn: &Turn, now_ms: i64) -> Result<Told> {
    let task_id = turn.proposal.as_ref().map(|proposal| proposal.task_id);
    match turn.said.conversation_id {
        Some(id) if !store::touch(tx, caller.workspace_id, id, now_ms)? => return Err(conversation_not_found()),
        Some(_) => {}
        None => {
            let title: String = turn.said.message.chars().take(TITLE_MAX).collect();
            store::insert_conversation(tx, caller, turn.conversation_id, &title, now_ms)?;
            events::record(tx, Event::by(caller, "conversation.created", turn.conversation_id, now_ms));
        }
    }
    store::insert_message(tx, caller, (turn.user_message_id, turn.conversation_id), &turn.said.message, now_ms)?;
    let reply = store::Reply { text: &turn.response, request: &turn.request, task_id };
    store::insert_reply(tx, caller, (turn.reply_id, turn.conversation_id), &reply, now_ms)?;
    events::record(
        tx,
        Event::by(caller, "conversation.message", turn.conversation_id, now_ms)
            .with(json!({ "message_id": turn.user_message_id, "reply_id": turn.reply_id, "task_id": task_id })),
    );
    let task = match &turn.proposal {
        Some(proposal) => {
            tasks::propose(tx, caller, proposal, now_ms)?;
            Some(tasks::get_line(tx, caller, proposal.task_id)?)
        }
        None => None,
    };
    Ok(Told {
        response: turn.response.clone(),
        task,
        conversation_id: turn.conversation_id,
        message_id: turn.reply_id,
        request: turn.request.clone(),
    })
}

fn check_context(tx: &mut Tx, caller: &Caller, said: &Said) -> Result<()> {
    match said.conversation_id {
        Some(id) if !store::exists(tx, caller.workspace_id, id)? => Err(conversation_not_found()),
        _ => Ok(()),
    }
}

fn answer(
    tx: &mut Tx,
    caller: &Caller,
    snapshot: &Snapshot,
    request: &Request,
    said: &Said,
    (now_ms, expires_at_ms): (i64, i64),
) -> Result<(String, Option<Proposal>)> {
    let list = match said.list_id {
        Some(id) => Some(lists::find(tx, caller.workspace_id, id)?.ok_or_else(|| Error::not_found("List not found"))?),
        None => None,
    };
    if let Some(question) = &request.ask {
        return Ok((reply::ask(request, question), None));
    }
    let searches = request.intent == Intent::ProspectSearch;
    let (Some(filters), true) = (Filter::from_request(request), searches) else {
        return Ok((reply::cannot_yet(request), None));
    };
    if filters.target == Target::Companies {
        return Ok((reply::companies(), None));
    }
    if let Err(Error::Refused(refusal)) = filters.check() {
        return Ok((refusal.message, None));
    }
    for name in &filters.exclude.lists {
        if lists::find_named(tx, caller.workspace_id, name)?.is_none() {
            return Ok((reply::no_such_list(name), None));
        }
    }
    let description = understand::describe(request);
    let parameters = parameters(tx, caller, request, filters, (list, &description))?;
    let prepared = prospect_search::prepare(tx, caller.workspace_id, snapshot, &parameters)?;
    let response = reply::proposal(request, &prepared);
    Ok((response, Some(proposal(prepared, &description, said, request, (now_ms, expires_at_ms))?)))
}

fn proposal(
    prepared: Prepared,
    description: &str,
    said: &Said,
    request: &Request,
    (now_ms, expires_at_ms): (i64, i64),
) -> Result<Proposal> {
    Ok(Proposal {
        task_id: ids::new(now_ms),
        description: reply::description(&prepared, description),
        preview: serde_json::to_value(&prepared.preview)?,
        plan: prepared.plan,
        query: said.message.clone(),
        request: serde_json::to_value(request)?,
        conversation_id: None,
        expires_at_ms,
    })
}

/// How many, and onto which list: the one of the context, the one that was named, or one named after the search.
fn parameters(
    tx: &mut Tx,
    caller: &Caller,
    request: &Request,
    filters: Filter,
    (list, description): (Option<lists::List>, &str),
) -> Result<Parameters> {
    let search = request.search().ok_or_else(|| Error::internal("a search without slots"))?;
    let limit = match (search.count, search.other("count")) {
        (Some(count), _) => count.clamp(1, LIMIT_MAX),
        (None, Some("all")) => LIMIT_MAX,
        (None, _) => LIMIT_DEFAULT,
    };
    let named = search.other("append_to").or_else(|| search.other("save_as"));
    let name = |name: &str| name.chars().take(LIST_NAME_MAX).collect::<String>();
    Ok(match (named, list) {
        (Some(named), _) => {
            let existing = lists::find_named(tx, caller.workspace_id, named)?;
            let list_name = existing.as_ref().map_or_else(|| name(named), |list| list.name.clone());
            Parameters { filters, limit, list_by: ListBy::Name, list_id: existing.map(|list| list.id), list_name }
        }
        (None, Some(list)) => {
            Parameters { filters, limit, list_by: ListBy::Id, list_id: Some(list.id), list_name: list.name }
        }
        (None, None) => {
            let list_name = lists::free_name(tx, caller.workspace_id, &name(description))?;
            Parameters { filters, limit, list_by: ListBy::Task, list_id: None, list_name }
        }
    })
}

fn conversation_not_found() -> Error {
    Error::not_found("Conversation not found")
}
