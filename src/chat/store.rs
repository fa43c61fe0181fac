//! SQL on conversations and messages.

use serde_json::Value;
use uuid::Uuid;

use crate::contacts::names;
use crate::db::{Tx, query};
use crate::error::Result;
use crate::keys::Caller;

pub(super) fn exists(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<bool> {
    let found = query("select 1 from conversations where id = $1 and workspace_id = $2 and deleted_at_ms is null")
        .bind(id)
        .bind(workspace_id)
        .first(tx, |row| row.get::<i64>(0))?;
    Ok(found.is_some())
}

/// False when there is no such conversation.
pub(super) fn touch(tx: &mut Tx, workspace_id: Uuid, id: Uuid, now_ms: i64) -> Result<bool> {
    let changed = query(
        "update conversations set last_message_at_ms = $3
         where id = $1 and workspace_id = $2 and deleted_at_ms is null",
    )
    .bind(id)
    .bind(workspace_id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(changed == 1)
}

/// The task that was proposed or changed last in a conversation; nothing when none was.
pub(super) fn last_task(tx: &mut Tx, workspace_id: Uuid, conversation_id: Uuid) -> Result<Option<Uuid>> {
    query(
        "select task_id from messages
         where conversation_id = $1 and workspace_id = $2 and task_id is not null
         order by created_at_ms desc, id desc limit 1",
    )
    .bind(conversation_id)
    .bind(workspace_id)
    .first(tx, |row| row.get(0))
}

/// The task of a conversation that ended last, is no undo and was not undone; nothing when there is none.
pub(super) fn last_done(tx: &mut Tx, workspace_id: Uuid, conversation_id: Uuid) -> Result<Option<Uuid>> {
    query(
        "select m.task_id from messages m join tasks t on t.id = m.task_id and t.workspace_id = m.workspace_id
         where m.conversation_id = $1 and m.workspace_id = $2 and t.status in ('completed', 'failed')
             and t.type <> 'undo' and t.undone_by is null
         order by t.finished_at_ms desc, m.created_at_ms desc, m.id desc limit 1",
    )
    .bind(conversation_id)
    .bind(workspace_id)
    .first(tx, |row| row.get(0))
}

/// A search as a turn of a conversation left it.
pub(super) struct Searched {
    pub(super) task_id: Uuid,
    /// What was understood.
    pub(super) request: Value,
    /// The message that asked for it.
    pub(super) message_id: Uuid,
}

/// The search that was proposed or changed last in a conversation; nothing when none was.
pub(super) fn last_search(tx: &mut Tx, workspace_id: Uuid, conversation_id: Uuid) -> Result<Option<Searched>> {
    query(
        "select m.task_id, m.request,
             (select u.id from messages u
              where u.conversation_id = m.conversation_id and u.role = 'user'
                and (u.created_at_ms, u.id) < (m.created_at_ms, m.id)
              order by u.created_at_ms desc, u.id desc limit 1)
         from messages m join tasks t on t.id = m.task_id
         where m.conversation_id = $1 and m.workspace_id = $2 and m.role = 'assistant' and t.type = 'prospect_search'
         order by m.created_at_ms desc, m.id desc limit 1",
    )
    .bind(conversation_id)
    .bind(workspace_id)
    .first(tx, |row| Ok(Searched { task_id: row.get(0)?, request: row.get(1)?, message_id: row.get(2)? }))
}

/// The last two messages of a conversation, the newest first, each with whether Lexi said it.
pub(super) fn last_messages(tx: &mut Tx, workspace_id: Uuid, conversation_id: Uuid) -> Result<Vec<(bool, String)>> {
    query(
        "select role, content from messages
         where conversation_id = $1 and workspace_id = $2
         order by created_at_ms desc, id desc limit 2",
    )
    .bind(conversation_id)
    .bind(workspace_id)
    .all(tx, |row| Ok((row.get::<String>(0)? == "assistant", row.get(1)?)))
}

/// When the last message of a conversation was said.
pub(super) fn last_message_at(tx: &mut Tx, workspace_id: Uuid, conversation_id: Uuid) -> Result<Option<i64>> {
    query("select max(created_at_ms) from messages where conversation_id = $1 and workspace_id = $2")
        .bind(conversation_id)
        .bind(workspace_id)
        .one(tx, |row| row.get(0))
}

/// What stands behind `opening` in the last reply of a conversation that begins with it; nothing when none does.
pub(super) fn last_reply(
    tx: &mut Tx,
    workspace_id: Uuid,
    conversation_id: Uuid,
    opening: &str,
) -> Result<Option<String>> {
    let reply = query(
        "select content from messages
         where conversation_id = $1 and workspace_id = $2 and role = 'assistant'
           and substr(content, 1, cast($3 as integer)) = $4
         order by created_at_ms desc, id desc limit 1",
    )
    .bind(conversation_id)
    .bind(workspace_id)
    .bind(opening.chars().count() as i64)
    .bind(opening)
    .first(tx, |row| row.get::<String>(0))?;
    Ok(reply.and_then(|reply| reply.strip_prefix(opening).map(str::to_owned)))
}

pub(super) fn insert_conversation(
    tx: &mut Tx,
    caller: &Caller,
    (id, title): (Uuid, &str),
    (contact_id, page): (Option<Uuid>, Option<&str>),
    now_ms: i64,
) -> Result<()> {
    query(
        "insert into conversations (id, workspace_id, created_by, title, archived, created_at_ms, last_message_at_ms,
             title_key, contact_id, page)
         values ($1, $2, $3, $4, 0, $5, $5, $6, $7, $8)",
    )
    .bind(id)
    .bind(caller.workspace_id)
    .bind(caller.key_id)
    .bind(title)
    .bind(now_ms)
    .bind(names::key(title))
    .bind(contact_id)
    .bind(page)
    .execute(tx)?;
    Ok(())
}

pub(super) fn insert_message(
    tx: &mut Tx,
    caller: &Caller,
    (id, conversation_id): (Uuid, Uuid),
    content: &str,
    now_ms: i64,
) -> Result<()> {
    query(
        "insert into messages (id, workspace_id, conversation_id, role, content, created_by, created_at_ms, search_text)
         values ($1, $2, $3, 'user', $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(caller.workspace_id)
    .bind(conversation_id)
    .bind(content)
    .bind(caller.key_id)
    .bind(now_ms)
    .bind(names::key(content))
    .execute(tx)?;
    Ok(())
}

/// What Lexi said, what she understood, and the task she proposed.
pub(super) struct Reply<'a> {
    pub(super) text: &'a str,
    pub(super) request: &'a Value,
    pub(super) task_id: Option<Uuid>,
    /// What she looked at.
    pub(super) steps: Option<Value>,
}

pub(super) fn insert_reply(
    tx: &mut Tx,
    caller: &Caller,
    (id, conversation_id): (Uuid, Uuid),
    reply: &Reply,
    now_ms: i64,
) -> Result<()> {
    #[cfg(feature = "planted-faults")]
    if crate::planted_faults::Fault::ReplyNotKept.is_planted() {
        return Ok(());
    }
    query(
        "insert into messages (id, workspace_id, conversation_id, role, content, request, task_id, created_at_ms,
             search_text, steps)
         values ($1, $2, $3, 'assistant', $4, $5, $6, $7, $8, $9)",
    )
    .bind(id)
    .bind(caller.workspace_id)
    .bind(conversation_id)
    .bind(reply.text)
    .bind(reply.request.to_string())
    .bind(reply.task_id)
    .bind(now_ms)
    .bind(names::key(reply.text))
    .bind(reply.steps.as_ref().map(Value::to_string))
    .execute(tx)?;
    Ok(())
}
