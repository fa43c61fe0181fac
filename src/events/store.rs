//! SQL on the events.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Action, Event, Recorded, Wanted, personal};
use crate::db::{Query, Row as DbRow, Signal, Tx, Value, dialect, insert_rows, query};
use crate::error::Result;
use crate::paging::Paging;

const WIDTH: usize = 12;
/// The columns of [`Recorded`], in its order.
const RECORDED: &str =
    "number, id, type, actor_kind, actor_id, subject_id, task_id, request_id, origin_id, data, at_ms";

/// Writes a transaction's events in one statement, numbered where the dialect says so.
pub(super) fn insert(tx: &mut Tx, events: Vec<Event>) -> Result<()> {
    let numbered = dialect::numbers_events_at_insert(tx);
    let mut heads: HashMap<Uuid, i64> = HashMap::new();
    let mut values = Vec::with_capacity(events.len() * WIDTH);
    let mut remembered = Vec::new();
    for mut event in events {
        personal::hash(&mut event, &mut remembered);
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
            event.origin_id.into(),
            if event.data.is_null() { "{}".into() } else { event.data.to_string().into() },
            event.at_ms.into(),
        ]);
    }
    insert_rows(
        tx,
        "insert into events (id, workspace_id, number, type, actor_kind, actor_id, subject_id, task_id, request_id,
             origin_id, data, at_ms)
         values {rows}",
        WIDTH,
        values,
        |_| Ok(()),
    )?;
    personal::store(tx, remembered)
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
    #[cfg(feature = "planted-faults")]
    if crate::planted_faults::Fault::ForeignEvents.is_planted() {
        return query(format!("select {RECORDED} from events where number > $1 order by number limit $2"))
            .bind(number)
            .bind(limit)
            .all(tx, recorded);
    }
    query(format!("select {RECORDED} from events where workspace_id = $1 and number > $2 order by number limit $3"))
        .bind(workspace_id)
        .bind(number)
        .bind(limit)
        .all(tx, recorded)
}

/// The events of a workspace from `number` down.
pub(super) fn down_from(tx: &mut Tx, workspace_id: Uuid, number: i64, limit: u32) -> Result<Vec<Recorded>> {
    query(format!(
        "select {RECORDED} from events where workspace_id = $1 and number <= $2 order by number desc limit $3"
    ))
    .bind(workspace_id)
    .bind(number)
    .bind(limit)
    .all(tx, recorded)
}

/// A page of those that fit, newest first.
pub(super) fn page(tx: &mut Tx, workspace_id: Uuid, wanted: &Wanted, paging: Paging) -> Result<Vec<Recorded>> {
    let sql =
        format!("select {RECORDED} from events where {} order by number desc limit $5 offset $6", fitting(wanted));
    fit(query(sql), workspace_id, wanted).bind(paging.limit()).bind(paging.offset()).all(tx, recorded)
}

/// How many fit, `most` at most.
pub(super) fn count(tx: &mut Tx, workspace_id: Uuid, wanted: &Wanted, most: u32) -> Result<u64> {
    let sql = format!("select count(*) from (select number from events where {} limit $5) as fitting", fitting(wanted));
    fit(query(sql), workspace_id, wanted).bind(most).one(tx, |row| row.get(0))
}

/// How the types of events end that are no updates.
pub(super) const CREATES: &[&str] = &["created", ".message"];
pub(super) const DELETES: &[&str] = &[".deleted", ".revoked", ".merged"];
pub(super) const ACCESSES: &[&str] = &[".exported"];

fn fitting(wanted: &Wanted) -> String {
    let ends = |ends: &[&str]| {
        let ends: Vec<String> = ends.iter().map(|end| format!("type like '%{end}'")).collect();
        format!("({})", ends.join(" or "))
    };
    let action = match wanted.action {
        None => String::new(),
        Some(Action::Create) => format!(" and {}", ends(CREATES)),
        Some(Action::Delete) => format!(" and {}", ends(DELETES)),
        Some(Action::Access) => format!(" and {}", ends(ACCESSES)),
        Some(Action::Update) => format!(" and not {}", ends(&[CREATES, DELETES, ACCESSES].concat())),
    };
    let subject = match wanted.subject {
        None => String::new(),
        Some("workspace") => {
            " and (type like 'workspace.%' or type in ('contact.bulk_created', 'contacts.exported'))".to_owned()
        }
        Some(subject) => format!(" and type like '{subject}.%' and type <> 'contact.bulk_created'"),
    };
    format!(
        "workspace_id = $1 and number is not null and (cast($2 as text) is null or actor_id = $2)
         and (cast($3 as bigint) is null or at_ms >= $3) and (cast($4 as bigint) is null or at_ms < $4){action}{subject}"
    )
}

fn fit(query: Query, workspace_id: Uuid, wanted: &Wanted) -> Query {
    query.bind(workspace_id).bind(wanted.actor_id).bind(wanted.from_ms).bind(wanted.before_ms)
}

fn recorded(row: &DbRow) -> Result<Recorded> {
    Ok(Recorded {
        number: row.get(0)?,
        id: row.get(1)?,
        kind: row.get(2)?,
        actor_kind: row.get(3)?,
        actor_id: row.get(4)?,
        subject_id: row.get(5)?,
        task_id: row.get(6)?,
        request_id: row.get(7)?,
        origin_id: row.get(8)?,
        data: row.get(9)?,
        at_ms: row.get(10)?,
    })
}

/// An event as its row stands in the database, whatever stands there. Its fields are in the order of the alphabet, as
/// canonical JSON wants them; only `place`, which numbers on PostgreSQL come from, is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The key or policy.
    pub actor_id: Option<String>,
    /// Who it is.
    pub actor_kind: String,
    /// When.
    pub at_ms: i64,
    /// The text of its JSON, byte by byte.
    pub data: String,
    /// Its id.
    pub id: String,
    /// Its number in the workspace.
    pub number: Option<i64>,
    /// From where it was asked for.
    pub origin_id: Option<String>,
    /// The request it came with.
    pub request_id: Option<String>,
    /// What it happened to.
    pub subject_id: Option<String>,
    /// The task it belongs to.
    pub task_id: Option<String>,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: String,
    /// The workspace.
    pub workspace_id: String,
}

const ROW: &str = "actor_id, actor_kind, at_ms, data, id, number, origin_id, request_id, subject_id, task_id, type,
    workspace_id";

pub(super) fn rows_after(tx: &mut Tx, workspace_id: &str, number: i64, limit: u32) -> Result<Vec<Row>> {
    query(format!("select {ROW} from events where workspace_id = $1 and number > $2 order by number, id limit $3"))
        .bind(workspace_id)
        .bind(number)
        .bind(limit)
        .all(tx, row_of)
}

/// Without a number on a database that numbers at the insert, or with one that no event can have.
pub(super) fn rows_outside(tx: &mut Tx, limit: u32) -> Result<Vec<Row>> {
    let unnumbered = if dialect::numbers_events_at_insert(tx) { " or number is null" } else { "" };
    query(format!("select {ROW} from events where number < 1{unnumbered} order by id limit $1"))
        .bind(limit)
        .all(tx, row_of)
}

/// One look at the index a workspace, however many events there are.
pub(super) fn workspaces(tx: &mut Tx) -> Result<Vec<String>> {
    query(
        "with recursive found (id) as (
             select min(workspace_id) from events
             union all
             select (select min(workspace_id) from events where workspace_id > found.id) from found
             where found.id is not null)
         select id from found where id is not null",
    )
    .all(tx, |row| row.get(0))
}

fn row_of(row: &DbRow) -> Result<Row> {
    Ok(Row {
        actor_id: row.get(0)?,
        actor_kind: row.get(1)?,
        at_ms: row.get(2)?,
        data: row.get(3)?,
        id: row.get(4)?,
        number: row.get(5)?,
        origin_id: row.get(6)?,
        request_id: row.get(7)?,
        subject_id: row.get(8)?,
        task_id: row.get(9)?,
        kind: row.get(10)?,
        workspace_id: row.get(11)?,
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

/// Writes values beside their events.
pub(super) fn remember(tx: &mut Tx, values: Vec<Value>) -> Result<()> {
    insert_rows(
        tx,
        "insert into personal_values (event_id, position, workspace_id, subject_id, field, side, salt, value)
         values {rows}",
        super::personal::WIDTH,
        values,
        |_| Ok(()),
    )?;
    Ok(())
}

/// Erases up to `most` values of these subjects; answers how many.
pub(super) fn erase_values(tx: &mut Tx, workspace_id: Uuid, subjects: &[Uuid], most: u32) -> Result<u64> {
    query(
        "delete from personal_values where (event_id, position) in
             (select event_id, position from personal_values where workspace_id = $1 and subject_id in ({list}) limit $2)",
    )
    .bind(workspace_id)
    .bind(most)
    .bind_list(subjects)
    .execute(tx)
}

/// Notes that values of these subjects are still there and shown to nobody.
pub(super) fn mark_erased(tx: &mut Tx, workspace_id: Uuid, subjects: &[Uuid], now_ms: i64) -> Result<()> {
    let values = subjects.iter().flat_map(|id| [Value::from(id), workspace_id.into(), now_ms.into()]).collect();
    insert_rows(
        tx,
        "insert into erased_subjects (subject_id, workspace_id, erased_at_ms) values {rows}
         on conflict (subject_id) do nothing",
        3,
        values,
        |_| Ok(()),
    )?;
    Ok(())
}

/// A few subjects whose values wait to be swept.
pub(super) fn marked(tx: &mut Tx, limit: u32) -> Result<Vec<(Uuid, Uuid)>> {
    query("select workspace_id, subject_id from erased_subjects order by subject_id limit $1")
        .bind(limit)
        .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn unmark(tx: &mut Tx, subject_id: Uuid) -> Result<()> {
    query("delete from erased_subjects where subject_id = $1").bind(subject_id).execute(tx)?;
    Ok(())
}

/// The values of these events that are still there.
pub(super) fn values_of(tx: &mut Tx, workspace_id: Uuid, events: &[Uuid]) -> Result<Vec<super::Remembered>> {
    query(
        "select event_id, field, side, value from personal_values
         where workspace_id = $1 and event_id in ({list})
           and not exists (select 1 from erased_subjects as erased where erased.subject_id = personal_values.subject_id)
         order by event_id, position",
    )
    .bind(workspace_id)
    .bind_list(events)
    .all(tx, |row| {
        Ok(super::Remembered {
            event_id: row.get(0)?,
            field: row.get(1)?,
            is_after: row.get::<String>(2)? == "after",
            value: row.get(3)?,
        })
    })
}

/// The id of an origin; made when it is new.
pub(super) fn origin_id(tx: &mut Tx, origin: &super::Origin, id: Uuid, now_ms: i64) -> Result<Uuid> {
    let known = |tx: &mut Tx| {
        query("select id from origins where workspace_id = $1 and address = $2 and user_agent = $3")
            .bind(origin.workspace_id)
            .bind(&origin.address)
            .bind(&origin.user_agent)
            .first(tx, |row| row.get(0))
    };
    if let Some(id) = known(tx)? {
        return Ok(id);
    }
    query(
        "insert into origins (id, workspace_id, address, user_agent, first_seen_at_ms) values ($1, $2, $3, $4, $5)
         on conflict (workspace_id, address, user_agent) do nothing",
    )
    .bind(id)
    .bind(origin.workspace_id)
    .bind(&origin.address)
    .bind(&origin.user_agent)
    .bind(now_ms)
    .execute(tx)?;
    known(tx)?.ok_or_else(|| crate::error::Error::internal("a new origin is missing"))
}

/// Address and program of these origins.
pub(super) fn origins(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<(Uuid, String, String)>> {
    query("select id, address, user_agent from origins where workspace_id = $1 and id in ({list})")
        .bind(workspace_id)
        .bind_list(ids)
        .all(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}
