//! SQL on the suppressions, and the join that finds the prospects they hit.

use std::collections::HashSet;

use uuid::Uuid;

use super::{Filter, Hit, Kind, New, Suppression};
use crate::clock::iso;
use crate::db::{LIST_MAX, Query, Row, Tx, Value, insert_rows, query};
use crate::error::Result;
use crate::keys::Caller;
use crate::paging::Paging;

/// A suppression that was found by its value.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) id: Uuid,
    pub(super) value: String,
    pub(super) reason: String,
}

impl Found {
    pub(super) fn hit(self, kind: Kind) -> Hit {
        Hit { id: self.id, kind, reason: self.reason }
    }
}

/// Nothing when the value is suppressed already.
pub(super) fn insert(tx: &mut Tx, caller: &Caller, id: Uuid, new: &New, now_ms: i64) -> Result<Option<Suppression>> {
    query(
        "insert into suppressions (id, workspace_id, kind, value, reason, created_by, created_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict do nothing
         returning id, kind, value, reason, created_at_ms",
    )
    .bind(id)
    .bind(caller.workspace_id)
    .bind(new.kind.as_str())
    .bind(&new.value)
    .bind(&new.reason)
    .bind(caller.key_id)
    .bind(now_ms)
    .first(tx, suppression)
}

/// Writes suppressions that the operator loads; answers the ids of those that are new.
pub(super) fn insert_many(tx: &mut Tx, workspace_id: Uuid, rows: &[(Uuid, &New)], now_ms: i64) -> Result<Vec<Uuid>> {
    const WIDTH: usize = 7;
    let mut values: Vec<Value> = Vec::with_capacity(rows.len() * WIDTH);
    for (id, new) in rows {
        values.extend([
            id.into(),
            workspace_id.into(),
            new.kind.as_str().into(),
            (&new.value).into(),
            (&new.reason).into(),
            Value::Null,
            now_ms.into(),
        ]);
    }
    insert_rows(
        tx,
        "insert into suppressions (id, workspace_id, kind, value, reason, created_by, created_at_ms)
         values {rows}
         on conflict do nothing
         returning id",
        WIDTH,
        values,
        |row| row.get(0),
    )
}

/// The next `limit` suppressions behind a time and an id, oldest first, each with its time.
pub(super) fn after(
    tx: &mut Tx,
    workspace_id: Uuid,
    kind: Option<Kind>,
    (created_at_ms, id): (i64, Uuid),
    limit: u32,
) -> Result<Vec<(i64, Suppression)>> {
    query(
        "select id, kind, value, reason, created_at_ms from suppressions
         where workspace_id = $1
             and (cast($2 as text) is null or kind = $2)
             and (created_at_ms, id) > ($3, $4)
         order by created_at_ms, id limit $5",
    )
    .bind(workspace_id)
    .bind(kind.map(Kind::as_str))
    .bind(created_at_ms)
    .bind(id)
    .bind(limit)
    .all(tx, |row| Ok((row.get(4)?, suppression(row)?)))
}

/// The kind of what was deleted; nothing when there was none.
pub(super) fn delete(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<Kind>> {
    query("delete from suppressions where workspace_id = $1 and id = $2 returning kind")
        .bind(workspace_id)
        .bind(id)
        .first(tx, |row| Kind::parse(&row.get::<String>(0)?))
}

/// How many suppressions fit.
pub(super) fn count(tx: &mut Tx, workspace_id: Uuid, filter: &Filter) -> Result<u64> {
    let sql = "select count(*) from suppressions
         where workspace_id = $1
             and (cast($2 as text) is null or kind = $2)
             and (cast($3 as text) is null or value like $3 escape '\\')";
    bind_filter(query(sql), workspace_id, filter).one(tx, |row| row.get(0))
}

/// A page of the suppressions that fit, oldest first.
pub(super) fn page(tx: &mut Tx, workspace_id: Uuid, filter: &Filter, paging: Paging) -> Result<Vec<Suppression>> {
    let sql = "select id, kind, value, reason, created_at_ms from suppressions
         where workspace_id = $1
             and (cast($2 as text) is null or kind = $2)
             and (cast($3 as text) is null or value like $3 escape '\\')
         order by created_at_ms, id limit $4 offset $5";
    bind_filter(query(sql), workspace_id, filter).bind(paging.limit()).bind(paging.offset()).all(tx, suppression)
}

fn bind_filter(statement: Query, workspace_id: Uuid, filter: &Filter) -> Query {
    let escaped = |text: &str| text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    statement
        .bind(workspace_id)
        .bind(filter.kind.map(Kind::as_str))
        .bind(filter.search.as_deref().map(|text| format!("%{}%", escaped(text))))
}

/// Whether the workspace suppresses anything at all.
pub(super) fn any(tx: &mut Tx, workspace_id: Uuid) -> Result<bool> {
    let first = query("select 1 from suppressions where workspace_id = $1 limit 1").bind(workspace_id);
    Ok(first.first(tx, |_| Ok(()))?.is_some())
}

/// The suppressions of one kind among `values`.
pub(super) fn find(tx: &mut Tx, workspace_id: Uuid, kind: Kind, values: &[String]) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for values in values.chunks(LIST_MAX) {
        found.extend(
            query(
                "select id, value, reason from suppressions
                 where workspace_id = $1 and kind = $2 and value in ({list})",
            )
            .bind(workspace_id)
            .bind(kind.as_str())
            .bind_list(values)
            .all(tx, |row| Ok(Found { id: row.get(0)?, value: row.get(1)?, reason: row.get(2)? }))?,
        );
    }
    Ok(found)
}

/// All suppressed domains.
pub(super) fn all_domains(tx: &mut Tx, workspace_id: Uuid) -> Result<Vec<String>> {
    query("select value from suppressions where workspace_id = $1 and kind = 'domain'")
        .bind(workspace_id)
        .all(tx, |row| row.get(0))
}

/// The numbers of the prospects that are suppressed by their address or themselves.
pub(super) fn suppressed_numbers(tx: &mut Tx, workspace_id: Uuid) -> Result<Vec<u32>> {
    query(
        "select p.number from suppressions s join prospects p on p.email_norm = s.value
         where s.workspace_id = $1 and s.kind = 'email'
         union
         select p.number from suppressions s join prospects p on p.id = s.value
         where s.workspace_id = $1 and s.kind = 'prospect'
         order by 1",
    )
    .bind(workspace_id)
    .all(tx, |row| row.get(0))
}

/// Whether the prospect database holds the person.
pub(super) fn prospect_exists(tx: &mut Tx, prospect_id: &str) -> Result<bool> {
    Ok(query("select 1 from prospects where id = $1").bind(prospect_id).first(tx, |_| Ok(()))?.is_some())
}

/// Those of `ids` whom the prospect database holds.
pub(super) fn existing_prospects(tx: &mut Tx, ids: &[String]) -> Result<HashSet<String>> {
    let mut found = HashSet::with_capacity(ids.len());
    for ids in ids.chunks(LIST_MAX) {
        found.extend(
            query("select id from prospects where id in ({list})")
                .bind_list(ids)
                .all(tx, |row| row.get::<String>(0))?,
        );
    }
    Ok(found)
}

fn suppression(row: &Row) -> Result<Suppression> {
    Ok(Suppression {
        id: row.get(0)?,
        kind: Kind::parse(&row.get::<String>(1)?)?,
        value: row.get(2)?,
        reason: row.get(3)?,
        created_at: iso(row.get(4)?),
    })
}
