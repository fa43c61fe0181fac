//! SQL on the events.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Event, Recorded};
use crate::db::{Row, Signal, Tx, Value, dialect, insert_rows, query};
use crate::error::Result;

const WIDTH: usize = 11;

/// Writes a transaction's events in one statement, numbered where the dialect says so.
pub(super) fn insert(tx: &mut Tx, events: Vec<Event>) -> Result<()> {
    let numbered = dialect::numbers_events_at_insert(tx);
    let mut heads: HashMap<Uuid, i64> = HashMap::new();
    let mut values = Vec::with_capacity(events.len() * WIDTH);
    for event in events {
        let number = if numbered {
            let head = match heads.get(&event.workspace_id) {
                Some(head) => *head,
                None => last_number(tx, event.workspace_id)?,
            };
            heads.insert(event.workspace_id, head + 1);
            tx.after_commit(Signal::EventsNumbered(event.workspace_id));
            Value::Integer(head + 1)
        } else {
            Value::Null
        };
        values.extend([
            event.id.into(),
            event.workspace_id.into(),
            number,
            event.kind.into(),
            event.actor.kind().into(),
            event.actor.id().into(),
            event.subject_id.into(),
            event.task_id.into(),
            event.request_id.into(),
            if event.data.is_null() { "{}".into() } else { event.data.to_string().into() },
            event.at_ms.into(),
        ]);
    }
    insert_rows(
        tx,
        "insert into events (id, workspace_id, number, type, actor_kind, actor_id, subject_id, task_id, request_id,
             data, at_ms)
         values {rows}",
        WIDTH,
        values,
        |_| Ok(()),
    )?;
    Ok(())
}

/// 0 when there is none.
pub(super) fn last_number(tx: &mut Tx, workspace_id: Uuid) -> Result<i64> {
    query("select number from events where workspace_id = $1 and number is not null order by number desc limit 1")
        .bind(workspace_id)
        .first(tx, |row| row.get(0))
        .map(Option::unwrap_or_default)
}

/// The numbered events of a workspace that follow `number`, in order.
pub(super) fn after(tx: &mut Tx, workspace_id: Uuid, number: i64, limit: u32) -> Result<Vec<Recorded>> {
    query(
        "select number, id, type, actor_kind, actor_id, subject_id, task_id, request_id, data, at_ms from events
         where workspace_id = $1 and number > $2 order by number limit $3",
    )
    .bind(workspace_id)
    .bind(number)
    .bind(limit)
    .all(tx, recorded)
}

fn recorded(row: &Row) -> Result<Recorded> {
    Ok(Recorded {
        number: row.get(0)?,
        id: row.get(1)?,
        kind: row.get(2)?,
        actor_kind: row.get(3)?,
        actor_id: row.get(4)?,
        subject_id: row.get(5)?,
        task_id: row.get(6)?,
        request_id: row.get(7)?,
        data: row.get(8)?,
        at_ms: row.get(9)?,
    })
}

/// Events that have no number yet, oldest first: id and workspace.
pub(super) fn without_number(tx: &mut Tx, limit: i64) -> Result<Vec<(Uuid, Uuid)>> {
    query("select id, workspace_id from events where number is null order by place limit $1")
        .bind(limit)
        .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Takes `count` numbers of a workspace; answers the last one taken.
pub(super) fn advance_head(tx: &mut Tx, workspace_id: Uuid, count: i64) -> Result<i64> {
    query(
        "insert into event_heads (workspace_id, number) values ($1, $2)
         on conflict (workspace_id) do update set number = event_heads.number + excluded.number
         returning number",
    )
    .bind(workspace_id)
    .bind(count)
    .one(tx, |row| row.get(0))
}

/// Numbers these events of a workspace from `first` on, in the order they were recorded.
pub(super) fn set_numbers(tx: &mut Tx, workspace_id: Uuid, events: &[Uuid], first: i64) -> Result<()> {
    query(
        "update events set number = $1 + ordered.nth
         from (select id, row_number() over (order by place) - 1 as nth from events
               where workspace_id = $2 and number is null and id in ({list})) as ordered
         where events.id = ordered.id",
    )
    .bind(first)
    .bind(workspace_id)
    .bind_list(events)
    .execute(tx)?;
    Ok(())
}

/// Locks the sequencer's row for this transaction; false when another node holds it.
pub(super) fn lock_sequencer(tx: &mut Tx) -> Result<bool> {
    query("insert into leases (name, token, until_ms) values ('sequencer', '', 0) on conflict (name) do nothing")
        .execute(tx)?;
    let mine = format!("select name from leases where name = 'sequencer'{}", dialect::skip_locked(tx));
    Ok(query(mine).first(tx, |_| Ok(()))?.is_some())
}
