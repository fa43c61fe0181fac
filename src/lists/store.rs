//! SQL on the lists and their members.

use uuid::Uuid;

use super::List;
use super::name::Name;
use crate::clock::iso;
use crate::db::{LIST_MAX, Row, Tx, Value, insert_rows, query};
use crate::error::Result;
use crate::paging::Paging;

/// A list to be written.
#[derive(Debug)]
pub(super) struct New<'a> {
    pub(super) id: Uuid,
    pub(super) name: &'a Name,
    pub(super) description: Option<&'a str>,
    pub(super) created_by_task: Option<Uuid>,
    pub(super) now_ms: i64,
}

/// Which forms of a name are taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    /// The name as it is.
    pub(super) itself: bool,
    /// The name with " (2)".
    pub(super) second: bool,
    /// The highest number behind the name, 1 being the name without one.
    pub(super) highest: Option<i64>,
}

/// Nothing when the name is taken.
pub(super) fn insert(tx: &mut Tx, workspace_id: Uuid, new: &New) -> Result<Option<List>> {
    let made = query(
        "insert into lists (id, workspace_id, name, name_stem, name_number, description, contact_count,
             created_by_task, created_at_ms, updated_at_ms)
         values ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9)
         on conflict do nothing",
    )
    .bind(new.id)
    .bind(workspace_id)
    .bind(&new.name.shown)
    .bind(&new.name.stem)
    .bind(new.name.number)
    .bind(new.description)
    .bind(new.created_by_task)
    .bind(new.now_ms)
    .bind(new.now_ms)
    .execute(tx)?;
    Ok((made == 1).then(|| List {
        id: new.id,
        name: new.name.shown.clone(),
        description: new.description.map(str::to_owned),
        contact_count: 0,
        created_by_task: new.created_by_task,
        created_at: iso(new.now_ms),
        updated_date: iso(new.now_ms),
    }))
}

/// Nothing when there is no such list in the workspace.
pub(super) fn get(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<List>> {
    query(
        "select id, name, description, contact_count, created_by_task, created_at_ms, updated_at_ms
         from lists where workspace_id = $1 and id = $2 and deleted_at_ms is null",
    )
    .bind(workspace_id)
    .bind(id)
    .first(tx, list)
}

/// Nothing when no list has the name.
pub(super) fn find(tx: &mut Tx, workspace_id: Uuid, name: &Name) -> Result<Option<List>> {
    query(
        "select id, name, description, contact_count, created_by_task, created_at_ms, updated_at_ms
         from lists where workspace_id = $1 and name_stem = $2 and name_number = $3",
    )
    .bind(workspace_id)
    .bind(&name.stem)
    .bind(name.number)
    .first(tx, list)
}

/// The list that has the name; nothing when none has.
pub(super) fn id_of_name(tx: &mut Tx, workspace_id: Uuid, name: &Name) -> Result<Option<Uuid>> {
    Ok(find(tx, workspace_id, name)?.map(|list| list.id))
}

/// The list a task made; nothing when it has made none, or the list is gone.
pub(super) fn made_by_task(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<List>> {
    query(
        "select id, name, description, contact_count, created_by_task, created_at_ms, updated_at_ms
         from lists where created_by_task = $2 and workspace_id = $1
         order by id limit 1",
    )
    .bind(workspace_id)
    .bind(task_id)
    .first(tx, list)
}

/// Which forms of a name are taken: three looks at one index.
pub(super) fn taken(tx: &mut Tx, workspace_id: Uuid, name: &Name) -> Result<Taken> {
    query(
        "select
             (select count(*) from lists where workspace_id = $1 and name_stem = $2 and name_number = $3),
             (select count(*) from lists where workspace_id = $1 and name_stem = $2 and name_number = 2),
             (select max(name_number) from lists where workspace_id = $1 and name_stem = $2)",
    )
    .bind(workspace_id)
    .bind(&name.stem)
    .bind(name.number)
    .one(tx, |row| Ok(Taken { itself: row.get(0)?, second: row.get(1)?, highest: row.get(2)? }))
}

/// How many lists the workspace has.
pub(super) fn count(tx: &mut Tx, workspace_id: Uuid) -> Result<u64> {
    query("select count(*) from lists where workspace_id = $1 and deleted_at_ms is null")
        .bind(workspace_id)
        .one(tx, |row| row.get(0))
}

/// A page of the lists, oldest first.
pub(super) fn page(tx: &mut Tx, workspace_id: Uuid, paging: Paging) -> Result<Vec<List>> {
    query(
        "select id, name, description, contact_count, created_by_task, created_at_ms, updated_at_ms
         from lists where workspace_id = $1 and deleted_at_ms is null
         order by created_at_ms, id limit $2 offset $3",
    )
    .bind(workspace_id)
    .bind(paging.limit())
    .bind(paging.offset())
    .all(tx, list)
}

/// Writes name and description.
pub(super) fn update(
    tx: &mut Tx,
    workspace_id: Uuid,
    id: Uuid,
    name: &Name,
    description: Option<&str>,
    now_ms: i64,
) -> Result<()> {
    query(
        "update lists set name = $3, name_stem = $4, name_number = $5, description = $6, updated_at_ms = $7
         where workspace_id = $1 and id = $2",
    )
    .bind(workspace_id)
    .bind(id)
    .bind(&name.shown)
    .bind(&name.stem)
    .bind(name.number)
    .bind(description)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

/// Deletes a list that has no members any more.
pub(super) fn delete(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<()> {
    query("delete from lists where workspace_id = $1 and id = $2").bind(workspace_id).bind(id).execute(tx)?;
    Ok(())
}

/// Takes a list and its name away from everybody; its memberships and its row are still there.
pub(super) fn hide(tx: &mut Tx, workspace_id: Uuid, id: Uuid, now_ms: i64) -> Result<()> {
    // No name has the number 0.
    query(
        "update lists set deleted_at_ms = $3, name_stem = id, name_number = 0, created_by_task = null
         where workspace_id = $1 and id = $2",
    )
    .bind(workspace_id)
    .bind(id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

/// The list that was hidden first, with its workspace; nothing when none is.
pub(super) fn first_hidden(tx: &mut Tx) -> Result<Option<(Uuid, Uuid)>> {
    query("select id, workspace_id from lists where deleted_at_ms is not null order by deleted_at_ms, id limit 1")
        .first(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Removes at most `most` memberships of a list; answers how many.
pub(super) fn remove_some_members(tx: &mut Tx, workspace_id: Uuid, list_id: Uuid, most: u32) -> Result<u64> {
    query(
        "delete from list_members where workspace_id = $1 and list_id = $2 and contact_id in (
             select contact_id from list_members where list_id = $2 order by contact_id limit $3)",
    )
    .bind(workspace_id)
    .bind(list_id)
    .bind(most)
    .execute(tx)
}

/// Deletes a hidden list if no membership is left.
pub(super) fn delete_hidden(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<()> {
    query(
        "delete from lists where workspace_id = $1 and id = $2 and deleted_at_ms is not null
             and not exists (select 1 from list_members where list_id = $2)",
    )
    .bind(workspace_id)
    .bind(id)
    .execute(tx)?;
    Ok(())
}

/// Writes memberships; answers the contacts that were not on the list before.
pub(super) fn add_members(
    tx: &mut Tx,
    workspace_id: Uuid,
    list_id: Uuid,
    contact_ids: &[Uuid],
    added_by_task: Option<Uuid>,
    now_ms: i64,
) -> Result<Vec<Uuid>> {
    const WIDTH: usize = 5;
    let mut values: Vec<Value> = Vec::with_capacity(contact_ids.len() * WIDTH);
    for contact_id in contact_ids {
        let task = added_by_task.into();
        values.extend([list_id.into(), contact_id.into(), workspace_id.into(), now_ms.into(), task]);
    }
    insert_rows(
        tx,
        "insert into list_members (list_id, contact_id, workspace_id, added_at_ms, added_by_task)
         values {rows}
         on conflict do nothing
         returning contact_id",
        WIDTH,
        values,
        |row| row.get(0),
    )
}

/// Adds `by` to the member counts of lists; answers those lists that are there.
pub(super) fn count_members(
    tx: &mut Tx,
    workspace_id: Uuid,
    list_ids: &[Uuid],
    by: i64,
    now_ms: i64,
) -> Result<Vec<Uuid>> {
    let mut counted = Vec::with_capacity(list_ids.len());
    for list_ids in list_ids.chunks(LIST_MAX) {
        counted.extend(
            query(
                "update lists set contact_count = contact_count + $2, updated_at_ms = $3
                 where workspace_id = $1 and id in ({list}) and deleted_at_ms is null
                 returning id",
            )
            .bind(workspace_id)
            .bind(by)
            .bind(now_ms)
            .bind_list(list_ids)
            .all(tx, |row| row.get::<Uuid>(0))?,
        );
    }
    Ok(counted)
}

/// Takes contacts off a list; answers those that were on it.
pub(super) fn remove_members(
    tx: &mut Tx,
    workspace_id: Uuid,
    list_id: Uuid,
    contact_ids: &[Uuid],
) -> Result<Vec<Uuid>> {
    let mut removed = Vec::with_capacity(contact_ids.len());
    for contact_ids in contact_ids.chunks(LIST_MAX) {
        removed.extend(
            query(
                "delete from list_members where workspace_id = $1 and list_id = $2 and contact_id in ({list})
                 returning contact_id",
            )
            .bind(workspace_id)
            .bind(list_id)
            .bind_list(contact_ids)
            .all(tx, |row| row.get::<Uuid>(0))?,
        );
    }
    Ok(removed)
}

/// The contacts that a task put on a list and that are on it since, oldest contact first.
pub(super) fn added_by(tx: &mut Tx, workspace_id: Uuid, list_id: Uuid, task_id: Uuid) -> Result<Vec<Uuid>> {
    query(
        "select contact_id from list_members
         where workspace_id = $1 and list_id = $2 and added_by_task = $3 order by contact_id",
    )
    .bind(workspace_id)
    .bind(list_id)
    .bind(task_id)
    .all(tx, |row| row.get(0))
}

/// Those of the contacts that a task put on a list and that are on it since.
pub(super) fn added_among(
    tx: &mut Tx,
    workspace_id: Uuid,
    (list_id, task_id): (Uuid, Uuid),
    contact_ids: &[Uuid],
) -> Result<Vec<Uuid>> {
    query(
        "select contact_id from list_members
         where workspace_id = $1 and list_id = $2 and added_by_task = $3 and contact_id in ({list})",
    )
    .bind(workspace_id)
    .bind(list_id)
    .bind(task_id)
    .bind_list(contact_ids)
    .all(tx, |row| row.get(0))
}

/// Takes off a list those of the contacts that a task put on it; answers them.
pub(super) fn remove_added(
    tx: &mut Tx,
    workspace_id: Uuid,
    list_id: Uuid,
    task_id: Uuid,
    contact_ids: &[Uuid],
) -> Result<Vec<Uuid>> {
    query(
        "delete from list_members
         where workspace_id = $1 and list_id = $2 and added_by_task = $3 and contact_id in ({list})
         returning contact_id",
    )
    .bind(workspace_id)
    .bind(list_id)
    .bind(task_id)
    .bind_list(contact_ids)
    .all(tx, |row| row.get(0))
}

/// Those of the contacts that are on a list to which the task has not put them; lists that are being deleted don't count.
pub(super) fn put_otherwise(
    tx: &mut Tx,
    workspace_id: Uuid,
    (list_id, task_id): (Option<Uuid>, Uuid),
    contact_ids: &[Uuid],
) -> Result<Vec<Uuid>> {
    query(
        "select distinct m.contact_id from list_members m join lists l on l.id = m.list_id
         where m.workspace_id = $1 and l.deleted_at_ms is null
             and (cast($2 as text) is null or m.list_id <> $2 or m.added_by_task is null or m.added_by_task <> $3)
             and m.contact_id in ({list})",
    )
    .bind(workspace_id)
    .bind(list_id)
    .bind(task_id)
    .bind_list(contact_ids)
    .all(tx, |row| row.get(0))
}

/// Deletes a list that has nobody on it and still is what it was called; false when that is not so.
pub(super) fn delete_empty(tx: &mut Tx, workspace_id: Uuid, id: Uuid, name: &str) -> Result<bool> {
    let deleted = query(
        "delete from lists where workspace_id = $1 and id = $2 and name = $3 and description is null
             and contact_count = 0 and deleted_at_ms is null
             and not exists (select 1 from list_members where list_id = $2)",
    )
    .bind(workspace_id)
    .bind(id)
    .bind(name)
    .execute(tx)?;
    Ok(deleted == 1)
}

/// Those of the contacts that are on a list.
pub(super) fn among(tx: &mut Tx, workspace_id: Uuid, list_id: Uuid, contact_ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut found = Vec::with_capacity(contact_ids.len());
    for contact_ids in contact_ids.chunks(LIST_MAX) {
        found.extend(
            query(
                "select contact_id from list_members
                 where workspace_id = $1 and list_id = $2 and contact_id in ({list})",
            )
            .bind(workspace_id)
            .bind(list_id)
            .bind_list(contact_ids)
            .all(tx, |row| row.get::<Uuid>(0))?,
        );
    }
    Ok(found)
}

/// The contacts on a list, oldest contact first, at most `most`.
pub(super) fn member_ids(tx: &mut Tx, workspace_id: Uuid, list_id: Uuid, most: u32) -> Result<Vec<Uuid>> {
    query(
        "select contact_id from list_members where workspace_id = $1 and list_id = $2
         order by contact_id limit $3",
    )
    .bind(workspace_id)
    .bind(list_id)
    .bind(most)
    .all(tx, |row| row.get(0))
}

/// How many contacts of one list are not on another.
pub(super) fn missing_on(tx: &mut Tx, workspace_id: Uuid, list_id: Uuid, other: Uuid) -> Result<u64> {
    query(
        "select count(*) from list_members m where m.workspace_id = $1 and m.list_id = $2 and not exists
             (select 1 from list_members o where o.list_id = $3 and o.contact_id = m.contact_id)",
    )
    .bind(workspace_id)
    .bind(list_id)
    .bind(other)
    .one(tx, |row| row.get(0))
}

/// Empties a list; answers how many were on it.
pub(super) fn remove_all_members(tx: &mut Tx, workspace_id: Uuid, list_id: Uuid) -> Result<u64> {
    query("delete from list_members where workspace_id = $1 and list_id = $2")
        .bind(workspace_id)
        .bind(list_id)
        .execute(tx)
}

/// Takes a contact off all lists; answers which they were.
pub(super) fn remove_from_all(tx: &mut Tx, workspace_id: Uuid, contact_id: Uuid) -> Result<Vec<Uuid>> {
    query("delete from list_members where workspace_id = $1 and contact_id = $2 returning list_id")
        .bind(workspace_id)
        .bind(contact_id)
        .all(tx, |row| row.get(0))
}

/// The lists contacts are on, one answer for each membership; lists that are being deleted are left out.
pub(super) fn memberships(tx: &mut Tx, workspace_id: Uuid, contact_ids: &[Uuid]) -> Result<Vec<Uuid>> {
    query(
        "select m.list_id from list_members m join lists l on l.id = m.list_id
         where m.workspace_id = $1 and l.deleted_at_ms is null and m.contact_id in ({list})",
    )
    .bind(workspace_id)
    .bind_list(contact_ids)
    .all(tx, |row| row.get(0))
}

/// On how many lists each of the contacts is that is on any.
pub(super) fn memberships_of(tx: &mut Tx, workspace_id: Uuid, contact_ids: &[Uuid]) -> Result<Vec<(Uuid, u64)>> {
    query(
        "select contact_id, count(*) from list_members
         where workspace_id = $1 and contact_id in ({list}) group by contact_id",
    )
    .bind(workspace_id)
    .bind_list(contact_ids)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Takes contacts off all lists; answers contact and list of each membership.
pub(super) fn remove_several(tx: &mut Tx, workspace_id: Uuid, contact_ids: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>> {
    query("delete from list_members where workspace_id = $1 and contact_id in ({list}) returning contact_id, list_id")
        .bind(workspace_id)
        .bind_list(contact_ids)
        .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

fn list(row: &Row) -> Result<List> {
    Ok(List {
        id: row.get(0)?,
        name: row.get(1)?,
        description: row.get(2)?,
        contact_count: row.get(3)?,
        created_by_task: row.get(4)?,
        created_at: iso(row.get(5)?),
        updated_date: iso(row.get(6)?),
    })
}
