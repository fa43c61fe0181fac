//! SQL on conversations as a whole.

use serde_json::Value;
use uuid::Uuid;

use super::{Context, Conversation, Filter, Message};
use crate::clock::iso;
use crate::contacts::names;
use crate::db::{Query, Row, Tx, containing, query};
use crate::error::Result;
use crate::paging::Paging;

/// A contact that is gone is passed over.
const COLUMNS: &str = "c.id, c.title,
     (select count(*) from messages m where m.conversation_id = c.id and m.workspace_id = c.workspace_id),
     c.last_message_at_ms,
     (select k.id from contacts k where k.workspace_id = c.workspace_id and k.id = c.contact_id),
     c.page, c.archived, c.created_at_ms, coalesce(c.updated_at_ms, c.created_at_ms)";

/// Nothing when there is no such conversation in the workspace.
pub(super) fn get(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<Conversation>> {
    query(format!(
        "select {COLUMNS} from conversations c where c.workspace_id = $1 and c.id = $2 and c.deleted_at_ms is null"
    ))
    .bind(workspace_id)
    .bind(id)
    .first(tx, conversation)
}

/// How many conversations fit.
pub(super) fn count(tx: &mut Tx, workspace_id: Uuid, filter: &Filter, holders: Option<&[Uuid]>) -> Result<u64> {
    let sql = format!("select count(*) from conversations c where {}", conditions(holders));
    bind(query(sql), workspace_id, filter, holders).one(tx, |row| row.get(0))
}

/// A page of the conversations that fit, those with the newest message first.
pub(super) fn page(
    tx: &mut Tx,
    workspace_id: Uuid,
    filter: &Filter,
    holders: Option<&[Uuid]>,
    paging: Paging,
) -> Result<Vec<Conversation>> {
    // Whole numbers, not values of the caller: a list of values ends a statement.
    let sql = format!(
        "select {COLUMNS} from conversations c where {} order by c.last_message_at_ms desc, c.id desc
         limit {} offset {}",
        conditions(holders),
        paging.limit(),
        paging.offset(),
    );
    bind(query(sql), workspace_id, filter, holders).all(tx, conversation)
}

fn conditions(holders: Option<&[Uuid]>) -> String {
    let whose = if holders.is_some() { "and c.created_by in ({list})" } else { "" };
    format!(
        "c.workspace_id = $1 and c.deleted_at_ms is null and ($2 = 1 or c.archived = 0)
         and (cast($3 as text) is null or c.contact_id = $3)
         and (cast($4 as text) is null or c.title_key like $4 escape '\\' or exists
             (select 1 from messages s where s.conversation_id = c.id and s.workspace_id = c.workspace_id
                and s.search_text like $4 escape '\\'))
         {whose}"
    )
}

fn bind(statement: Query, workspace_id: Uuid, filter: &Filter, holders: Option<&[Uuid]>) -> Query {
    let statement = statement
        .bind(workspace_id)
        .bind(i64::from(filter.archived))
        .bind(filter.contact_id)
        .bind(filter.search.as_deref().map(|text| containing(&names::searched(text))));
    match holders {
        Some(holders) => statement.bind_list(holders),
        None => statement,
    }
}

fn conversation(row: &Row) -> Result<Conversation> {
    Ok(Conversation {
        id: row.get(0)?,
        title: row.get(1)?,
        message_count: row.get(2)?,
        last_message_at: iso(row.get(3)?),
        context: Context { contact_id: row.get(4)?, deal_id: None, matter_id: None, page: row.get(5)? },
        archived: row.get(6)?,
        created_at: iso(row.get(7)?),
        updated_at: iso(row.get(8)?),
    })
}

/// What Lexi looked at: id, tool and what it came to.
pub(super) type Seen = Vec<(Uuid, String, String)>;

/// The newest messages, the newest first, each with what Lexi looked at for it.
pub(super) fn messages(
    tx: &mut Tx,
    workspace_id: Uuid,
    conversation_id: Uuid,
    most: u32,
) -> Result<Vec<(Message, Seen)>> {
    query(
        "select id, role, content, task_id, created_at_ms, steps from messages
         where conversation_id = $1 and workspace_id = $2
         order by created_at_ms desc, id desc limit $3",
    )
    .bind(conversation_id)
    .bind(workspace_id)
    .bind(most)
    .all(tx, |row| {
        let is_lexi = row.get::<String>(1)? == "assistant";
        let message = Message {
            id: row.get(0)?,
            role: if is_lexi { "assistant" } else { "user" },
            content: row.get(2)?,
            tool_calls: Vec::new(),
            tool_name: None,
            tool_output: None,
            task_id: row.get(3)?,
            created_at: iso(row.get(4)?),
        };
        Ok((message, seen(&row.get(5)?)))
    })
}

fn seen(steps: &Value) -> Seen {
    let text = |step: &Value, key: &str| step[key].as_str().unwrap_or_default().to_owned();
    let one =
        |step: &Value| Some((Uuid::try_parse(step["id"].as_str()?).ok()?, text(step, "tool"), text(step, "summary")));
    steps.as_array().into_iter().flatten().filter_map(one).collect()
}

/// Writes title, archive and contact.
pub(super) fn update(
    tx: &mut Tx,
    workspace_id: Uuid,
    id: Uuid,
    (title, archived, contact_id): (&str, bool, Option<Uuid>),
    now_ms: i64,
) -> Result<()> {
    query(
        "update conversations set title = $3, title_key = $4, archived = $5, contact_id = $6, updated_at_ms = $7
         where workspace_id = $1 and id = $2 and deleted_at_ms is null",
    )
    .bind(workspace_id)
    .bind(id)
    .bind(title)
    .bind(names::key(title))
    .bind(archived)
    .bind(contact_id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

/// Takes a conversation away from everybody; its messages are still there.
pub(super) fn hide(tx: &mut Tx, workspace_id: Uuid, id: Uuid, now_ms: i64) -> Result<()> {
    query(
        "update conversations set deleted_at_ms = $3, title = '', title_key = '', contact_id = null, page = null
         where workspace_id = $1 and id = $2",
    )
    .bind(workspace_id)
    .bind(id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

/// Removes all messages of a conversation.
pub(super) fn remove_messages(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<()> {
    query("delete from messages where workspace_id = $1 and conversation_id = $2")
        .bind(workspace_id)
        .bind(id)
        .execute(tx)?;
    Ok(())
}

/// Removes at most `most` messages of a conversation; answers how many.
pub(super) fn remove_some_messages(tx: &mut Tx, workspace_id: Uuid, id: Uuid, most: u32) -> Result<u64> {
    query(
        "delete from messages where workspace_id = $1 and id in (
             select id from messages where conversation_id = $2 order by created_at_ms, id limit $3)",
    )
    .bind(workspace_id)
    .bind(id)
    .bind(most)
    .execute(tx)
}

/// Deletes a conversation that has no messages any more.
pub(super) fn delete(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<()> {
    query(
        "delete from conversations where workspace_id = $1 and id = $2
             and not exists (select 1 from messages where conversation_id = $2)",
    )
    .bind(workspace_id)
    .bind(id)
    .execute(tx)?;
    Ok(())
}

/// The conversation that was hidden first, with its workspace; nothing when none is.
pub(super) fn first_hidden(tx: &mut Tx) -> Result<Option<(Uuid, Uuid)>> {
    query(
        "select id, workspace_id from conversations where deleted_at_ms is not null order by deleted_at_ms, id limit 1",
    )
    .first(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}
