//! Conversations as a whole: listed, read, renamed, archived, tied to a contact, erased.
//!
//! Protects two rules: what is erased is gone for everybody at once, and a task outlives the conversation it came from.

pub mod http;
mod store;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::conversation_not_found;
use crate::contacts;
use crate::db::Tx;
use crate::error::Result;
use crate::events::{self, Event};
use crate::keys::{self, Caller};
use crate::paging::Paging;

/// Characters of a title.
pub const TITLE_MAX: usize = 200;
/// Messages of one answer.
pub const MESSAGES_MAX: u32 = 1_000;
/// Messages removed with their conversation; a longer one is hidden at once and emptied step by step, because a
/// transaction changes at most 500 rows.
const REMOVED_AT_ONCE_MAX: u64 = 400;

/// A chat with Lexi, as answers show it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Conversation {
    /// UUID.
    pub id: Uuid,
    /// The beginning of its first message, or what somebody called it.
    pub title: String,
    /// How many messages it has, both sides counted.
    pub message_count: u64,
    /// When the last message was said.
    pub last_message_at: String,
    /// What it is about.
    pub context: Context,
    /// Whether it is hidden from the list.
    pub archived: bool,
    /// When it began.
    pub created_at: String,
    /// When title, context or archive were last changed.
    pub updated_at: String,
}

/// What a conversation is about.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ConversationContext)]
pub struct Context {
    /// A contact of the workspace; null when it is gone.
    pub contact_id: Option<Uuid>,
    /// A deal; there are none in this version.
    pub deal_id: Option<Uuid>,
    /// A matter; there are none in this version.
    pub matter_id: Option<Uuid>,
    /// The page somebody was looking at when it began.
    pub page: Option<String>,
}

/// A conversation with its messages.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithMessages {
    /// The conversation as lists show it.
    #[serde(flatten)]
    pub conversation: Conversation,
    /// The newest first.
    pub messages: Vec<Message>,
}

/// One turn of a conversation, or something Lexi looked at for it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ConversationMessage)]
pub struct Message {
    /// UUID.
    pub id: Uuid,
    /// `user`, `assistant`, or `tool` for a record of what Lexi looked at.
    pub role: &'static str,
    /// What was said; empty for `tool`.
    pub content: String,
    /// The names of what Lexi looked at to answer.
    pub tool_calls: Vec<String>,
    /// Of `tool`: what she looked at.
    pub tool_name: Option<String>,
    /// Of `tool`: what it came to, without anybody's data.
    pub tool_output: Option<String>,
    /// The task that was proposed or changed with this answer.
    pub task_id: Option<Uuid>,
    /// When.
    pub created_at: String,
}

/// Which conversations a page shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of the title or of a message.
    pub search: Option<String>,
    /// Only those of this person.
    pub whose: Whose,
    /// Only those about this contact.
    pub contact_id: Option<Uuid>,
    /// Archived ones, too.
    pub archived: bool,
}

/// Whose conversations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Whose {
    /// The caller's.
    #[default]
    Mine,
    /// Those of another key's holder.
    Of(Uuid),
    /// Everybody's.
    Everybodys,
}

/// A change within the limits; nothing stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    title: Option<String>,
    archived: Option<bool>,
    contact_id: Option<Option<Uuid>>,
}

/// A page of the conversations, those with the newest message first, and how many there are.
pub fn page(tx: &mut Tx, caller: &Caller, filter: &Filter, paging: Paging) -> Result<(Vec<Conversation>, u64)> {
    let workspace_id = caller.workspace_id;
    let holders = match filter.whose {
        Whose::Mine => Some(keys::of_same_owner(tx, workspace_id, caller.key_id)?),
        Whose::Of(key_id) => Some(keys::of_same_owner(tx, workspace_id, key_id)?),
        Whose::Everybodys => None,
    };
    let total = store::count(tx, workspace_id, filter, holders.as_deref())?;
    Ok((store::page(tx, workspace_id, filter, holders.as_deref(), paging)?, total))
}

/// One conversation with its newest messages, at most `limit`; with `steps` what Lexi looked at stands beside them.
pub fn get(tx: &mut Tx, caller: &Caller, id: Uuid, (limit, steps): (u32, bool)) -> Result<WithMessages> {
    let conversation = store::get(tx, caller.workspace_id, id)?.ok_or_else(conversation_not_found)?;
    let mut messages = Vec::new();
    for (message, seen) in store::messages(tx, caller.workspace_id, id, limit)? {
        let records = if steps { records(&message, &seen) } else { Vec::new() };
        let tool_calls = seen.into_iter().map(|(_, tool, _)| tool).collect();
        messages.push(Message { tool_calls, ..message });
        // Newest first: what was looked at last stands right behind the answer that came of it.
        messages.extend(records.into_iter().rev());
    }
    Ok(WithMessages { conversation, messages })
}

/// What Lexi looked at for an answer, as messages.
fn records(answer: &Message, seen: &[(Uuid, String, String)]) -> Vec<Message> {
    let record = |(id, tool, summary): &(Uuid, String, String)| Message {
        id: *id,
        role: "tool",
        content: String::new(),
        tool_calls: Vec::new(),
        tool_name: Some(tool.clone()),
        tool_output: Some(summary.clone()),
        task_id: None,
        created_at: answer.created_at.clone(),
    };
    seen.iter().map(record).collect()
}

/// Renames a conversation, archives it or brings it back, ties it to a contact or loosens it.
pub fn change(tx: &mut Tx, caller: &Caller, id: Uuid, change: &Change, now_ms: i64) -> Result<Conversation> {
    let before = store::get(tx, caller.workspace_id, id)?.ok_or_else(conversation_not_found)?;
    if let Some(Some(contact_id)) = change.contact_id
        && contacts::brief(tx, caller.workspace_id, contact_id)?.is_none()
    {
        return Err(contacts::not_found());
    }
    let title = change.title.clone().unwrap_or_else(|| before.title.clone());
    let archived = change.archived.unwrap_or(before.archived);
    let contact_id = change.contact_id.unwrap_or(before.context.contact_id);
    let fields: Vec<&str> = [
        ("title", title != before.title),
        ("archived", archived != before.archived),
        ("contact_id", contact_id != before.context.contact_id),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect();
    if fields.is_empty() {
        return Ok(before);
    }
    store::update(tx, caller.workspace_id, id, (&title, archived, contact_id), now_ms)?;
    events::record(tx, Event::by(caller, "conversation.updated", id, now_ms).with(json!({ "fields": fields })));
    store::get(tx, caller.workspace_id, id)?.ok_or_else(conversation_not_found)
}

/// Erases a conversation with all that was said in it. The tasks it led to stay.
pub fn delete(tx: &mut Tx, caller: &Caller, id: Uuid, now_ms: i64) -> Result<()> {
    let workspace_id = caller.workspace_id;
    let conversation = store::get(tx, workspace_id, id)?.ok_or_else(conversation_not_found)?;
    if conversation.message_count > REMOVED_AT_ONCE_MAX {
        store::hide(tx, workspace_id, id, now_ms)?;
    } else {
        store::remove_messages(tx, workspace_id, id)?;
        store::delete(tx, workspace_id, id)?;
    }
    let data = json!({ "messages_removed": conversation.message_count });
    events::record(tx, Event::by(caller, "conversation.deleted", id, now_ms).with(data));
    Ok(())
}

/// Whether a long conversation that was erased is not emptied yet.
pub fn any_deleted(tx: &mut Tx) -> Result<bool> {
    Ok(store::first_hidden(tx)?.is_some())
}

/// Removes at most `most` messages of a long conversation that was erased, and with the last ones what is left of it;
/// false when there is no such conversation any more.
pub fn empty_deleted(tx: &mut Tx, most: u32) -> Result<bool> {
    let Some((id, workspace_id)) = store::first_hidden(tx)? else { return Ok(false) };
    if store::remove_some_messages(tx, workspace_id, id, most)? < most.into() {
        store::delete(tx, workspace_id, id)?;
    }
    Ok(true)
}

/// What Lexi looked at, as it is kept with her message.
pub(super) fn kept(steps: &[super::Step], now_ms: i64) -> Option<Value> {
    let one = |step: &super::Step| json!({ "id": crate::ids::new(now_ms), "tool": step.tool, "summary": step.summary });
    (!steps.is_empty()).then(|| steps.iter().map(one).collect())
}
