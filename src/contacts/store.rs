//! SQL on the contacts.

use uuid::Uuid;

use super::changing::Changed;
use super::check::Details;
use super::emails::{self, Email};
use super::names::{self, Name};
use super::{Brief, Contact, FIRST_VERSION, Filter, Made, Sort, SortBy};
use crate::clock::iso;
use crate::db::{LIST_MAX, Query, Row, Tx, Value, containing, count_inserted, query};
use crate::error::Result;
use crate::paging::Paging;

/// A contact to be written.
#[derive(Debug, Clone, Copy)]
pub(super) struct New<'a> {
    pub(super) id: Uuid,
    pub(super) prospect_id: Option<Uuid>,
    pub(super) name: &'a Name,
    pub(super) email: Option<&'a Email>,
    pub(super) details: &'a Details,
    pub(super) notes: Option<&'a str>,
    pub(super) created_by_task: Option<Uuid>,
    pub(super) created_at_ms: i64,
    pub(super) updated_at_ms: i64,
}

/// A contact with what answers do not show.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) contact: Contact,
    pub(super) email_norm: Option<String>,
    pub(super) version: i64,
}

/// Where a contact was found by a prospect's id or address.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) id: Uuid,
    pub(super) prospect_id: Option<Uuid>,
    pub(super) email_norm: Option<String>,
}

const WIDTH: usize = 22;

/// Writes contacts; answers the ids of those that were written. One whose prospect or address is known is left out.
pub(super) fn insert(tx: &mut Tx, workspace_id: Uuid, rows: &[New]) -> Result<Vec<Uuid>> {
    let mut values: Vec<Value> = Vec::with_capacity(rows.len() * WIDTH);
    for row in rows {
        let details = row.details;
        values.extend([
            row.id.into(),
            workspace_id.into(),
            row.prospect_id.into(),
            (&row.name.first).into(),
            (&row.name.last).into(),
            (&row.name.full).into(),
            names::key(&row.name.full).into(),
            row.email.map(|email| &email.given).into(),
            row.email.map(|email| &email.norm).into(),
            details.phone.as_ref().into(),
            details.job_title.as_ref().into(),
            details.company_name.as_ref().into(),
            details.related_company_id.into(),
            details.linkedin_url.as_ref().into(),
            details.priority.into(),
            serde_json::to_string(&details.tags)?.into(),
            serde_json::to_string(&details.custom_fields)?.into(),
            row.notes.into(),
            row.created_by_task.into(),
            Value::Integer(1),
            row.created_at_ms.into(),
            row.updated_at_ms.into(),
        ]);
    }
    let made = count_inserted(
        tx,
        "insert into contacts (id, workspace_id, prospect_id, first_name, last_name, full_name, name_key, email,
             email_norm, phone, job_title, company_name, related_company_id, linkedin_url, priority, tags,
             custom_fields, notes, created_by_task, version, created_at_ms, updated_at_ms)
         values {rows}
         on conflict do nothing",
        WIDTH,
        values,
    )?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    // Nearly always all of them; asking which (`returning`) would cost every one of these statements a table of its own.
    if made == ids.len() as u64 { Ok(ids) } else { existing(tx, workspace_id, &ids) }
}

/// Nothing when there is no such contact in the workspace.
pub(super) fn get(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<Stored>> {
    query(
        "select id, first_name, last_name, full_name, email, phone, job_title, company_name,
             (select k.id from companies k where k.workspace_id = $1 and k.id = contacts.related_company_id),
             linkedin_url, priority, tags, custom_fields, notes, prospect_id, created_by_task, created_at_ms,
             updated_at_ms, email_norm, version
         from contacts where workspace_id = $1 and id = $2",
    )
    .bind(workspace_id)
    .bind(id)
    .first(tx, |row| Ok(Stored { contact: contact(row)?, email_norm: row.get(18)?, version: row.get(19)? }))
}

/// The contact that has the address; nothing when nobody has.
pub(super) fn id_of_email(tx: &mut Tx, workspace_id: Uuid, email_norm: &str) -> Result<Option<Uuid>> {
    query("select id from contacts where workspace_id = $1 and email_norm = $2")
        .bind(workspace_id)
        .bind(email_norm)
        .first(tx, |row| row.get(0))
}

/// Writes a contact's fields if its version is still `version`; false when it is not.
pub(super) fn update(
    tx: &mut Tx,
    workspace_id: Uuid,
    id: Uuid,
    version: i64,
    after: &Changed,
    now_ms: i64,
) -> Result<bool> {
    let details = &after.details;
    let changed = query(
        "update contacts set first_name = $4, last_name = $5, full_name = $6, name_key = $7, email = $8,
             email_norm = $9, phone = $10, job_title = $11, company_name = $12, related_company_id = $13,
             linkedin_url = $14, priority = $15, tags = $16, custom_fields = $17, notes = $18, updated_at_ms = $19,
             version = version + 1
         where workspace_id = $1 and id = $2 and version = $3",
    )
    .bind(workspace_id)
    .bind(id)
    .bind(version)
    .bind(&after.name.first)
    .bind(&after.name.last)
    .bind(&after.name.full)
    .bind(names::key(&after.name.full))
    .bind(after.email.as_ref().map(|email| &email.given))
    .bind(after.email.as_ref().map(|email| &email.norm))
    .bind(details.phone.as_ref())
    .bind(details.job_title.as_ref())
    .bind(details.company_name.as_ref())
    .bind(details.related_company_id)
    .bind(details.linkedin_url.as_ref())
    .bind(details.priority)
    .bind(serde_json::to_string(&details.tags)?)
    .bind(serde_json::to_string(&details.custom_fields)?)
    .bind(after.notes.as_ref())
    .bind(now_ms)
    .execute(tx)?;
    Ok(changed == 1)
}

/// False when there was no such contact. Memberships must be gone before.
pub(super) fn delete(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<bool> {
    let deleted =
        query("delete from contacts where workspace_id = $1 and id = $2").bind(workspace_id).bind(id).execute(tx)?;
    Ok(deleted == 1)
}

/// How many contacts fit.
pub(super) fn count(tx: &mut Tx, workspace_id: Uuid, filter: &Filter) -> Result<u64> {
    let sql = format!("select count(*) {}", from(filter));
    bind_filter(query(sql), workspace_id, filter).one(tx, |row| row.get(0))
}

/// A page of the contacts that fit, without their notes.
pub(super) fn page(tx: &mut Tx, workspace_id: Uuid, filter: &Filter, paging: Paging) -> Result<Vec<Contact>> {
    let sql = format!(
        "select c.id, c.first_name, c.last_name, c.full_name, c.email, c.phone, c.job_title, c.company_name,
             (select k.id from companies k where k.workspace_id = $1 and k.id = c.related_company_id),
             c.linkedin_url, c.priority, c.tags, c.custom_fields, cast(null as text), c.prospect_id, c.created_by_task,
             c.created_at_ms, c.updated_at_ms
         {} {} limit $6 offset $7",
        from(filter),
        order(filter.sort),
    );
    bind_filter(query(sql), workspace_id, filter).bind(paging.limit()).bind(paging.offset()).all(tx, contact)
}

/// Members of a list are found from the list, so that a short list in a large workspace is a short search.
fn from(filter: &Filter) -> String {
    let source = match filter.list_id {
        Some(_) => "list_members m join contacts c on c.id = m.contact_id where m.list_id = $5",
        None => "contacts c where cast($5 as text) is null",
    };
    format!(
        "from {source}
             and c.workspace_id = $1
             and (cast($2 as text) is null or c.name_key like $2 escape '\\' or c.email_norm like $3 escape '\\')
             and (cast($4 as bigint) is null or c.created_at_ms > $4)"
    )
}

fn bind_filter(statement: Query, workspace_id: Uuid, filter: &Filter) -> Query {
    let in_email = filter.search.as_deref().map(|text| containing(&emails::normal(text)));
    // A search without a letter or digit ("@") would fit every name; as part of an address it fits none.
    let in_name = filter.search.as_deref().map(names::key).filter(|key| !key.is_empty()).map(|key| containing(&key));
    statement
        .bind(workspace_id)
        .bind(in_name.or_else(|| in_email.clone()))
        .bind(in_email)
        .bind(filter.created_after_ms)
        .bind(filter.list_id)
}

fn order(sort: Sort) -> String {
    let column = match sort.by {
        SortBy::Created => "created_at_ms",
        SortBy::Updated => "updated_at_ms",
        SortBy::Name => "name_key",
    };
    let way = if sort.descending { "desc" } else { "asc" };
    format!("order by c.{column} {way}, c.id {way}")
}

/// A contact out of a row of the columns that [`page`] reads.
pub(super) fn contact(row: &Row) -> Result<Contact> {
    let company: Option<String> = row.get(7)?;
    let created = iso(row.get(16)?);
    Ok(Contact {
        id: row.get(0)?,
        first_name: row.get(1)?,
        last_name: row.get(2)?,
        full_name: row.get(3)?,
        email: row.get(4)?,
        phone: row.get(5)?,
        job_title: row.get(6)?,
        company: company.clone(),
        company_name: company,
        related_company_id: row.get(8)?,
        linkedin_url: row.get(9)?,
        priority: row.get(10)?,
        tags: serde_json::from_str(&row.get::<String>(11)?)?,
        custom_fields: serde_json::from_str(&row.get::<String>(12)?)?,
        notes: row.get(13)?,
        prospect_id: row.get(14)?,
        created_by_task: row.get(15)?,
        created_at: created.clone(),
        created_date: created,
        updated_date: iso(row.get(17)?),
    })
}

/// Those of `ids` that are contacts of the workspace.
pub(super) fn existing(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(LIST_MAX) {
        found.extend(
            query("select id from contacts where workspace_id = $1 and id in ({list})")
                .bind(workspace_id)
                .bind_list(ids)
                .all(tx, |row| row.get::<Uuid>(0))?,
        );
    }
    Ok(found)
}

/// The numbers of the prospects the members of a list stand for.
pub(super) fn prospect_numbers_on_list(tx: &mut Tx, workspace_id: Uuid, list_id: Uuid) -> Result<Vec<u32>> {
    query(
        "select p.number from list_members m
             join contacts c on c.id = m.contact_id
             join prospects p on p.id = c.prospect_id
         where m.list_id = $2 and c.workspace_id = $1
         union
         select p.number from list_members m
             join contacts c on c.id = m.contact_id
             join prospects p on p.email_norm = c.email_norm
         where m.list_id = $2 and c.workspace_id = $1
         order by 1",
    )
    .bind(workspace_id)
    .bind(list_id)
    .all(tx, |row| row.get(0))
}

/// The contacts that were made from one of the prospects or have one of the addresses. Each may come twice.
pub(super) fn find(tx: &mut Tx, workspace_id: Uuid, prospects: &[Uuid], addresses: &[&str]) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    let map = |row: &Row| Ok(Found { id: row.get(0)?, prospect_id: row.get(1)?, email_norm: row.get(2)? });
    for prospects in prospects.chunks(LIST_MAX) {
        found.extend(
            query(
                "select id, prospect_id, email_norm from contacts
                 where workspace_id = $1 and prospect_id in ({list})",
            )
            .bind(workspace_id)
            .bind_list(prospects)
            .all(tx, map)?,
        );
    }
    for addresses in addresses.chunks(LIST_MAX) {
        found.extend(
            query(
                "select id, prospect_id, email_norm from contacts
                 where workspace_id = $1 and email_norm in ({list})",
            )
            .bind(workspace_id)
            .bind_list(addresses.iter().copied())
            .all(tx, map)?,
        );
    }
    Ok(found)
}

/// Several contacts with all they hold, in no order.
pub(super) fn several(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<Stored>> {
    query(
        "select id, first_name, last_name, full_name, email, phone, job_title, company_name,
             (select k.id from companies k where k.workspace_id = $1 and k.id = contacts.related_company_id),
             linkedin_url, priority, tags, custom_fields, notes, prospect_id, created_by_task, created_at_ms,
             updated_at_ms, email_norm, version
         from contacts where workspace_id = $1 and id in ({list})",
    )
    .bind(workspace_id)
    .bind_list(ids)
    .all(tx, |row| Ok(Stored { contact: contact(row)?, email_norm: row.get(18)?, version: row.get(19)? }))
}

/// Deletes contacts; answers how many there were. Memberships must be gone before.
pub(super) fn delete_several(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<u64> {
    query("delete from contacts where workspace_id = $1 and id in ({list})")
        .bind(workspace_id)
        .bind_list(ids)
        .execute(tx)
}

/// Contacts that a task made of these prospects, in no order.
pub(super) fn made_of(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, prospects: &[Uuid]) -> Result<Vec<Made>> {
    query(
        "select id, prospect_id, version from contacts
         where workspace_id = $1 and created_by_task = $2 and prospect_id in ({list})",
    )
    .bind(workspace_id)
    .bind(task_id)
    .bind_list(prospects)
    .all(tx, made_row)
}

/// Those of the contacts that a task made, in no order.
pub(super) fn made(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, ids: &[Uuid]) -> Result<Vec<Made>> {
    query(
        "select id, prospect_id, version from contacts
         where workspace_id = $1 and created_by_task = $2 and id in ({list})",
    )
    .bind(workspace_id)
    .bind(task_id)
    .bind_list(ids)
    .all(tx, made_row)
}

fn made_row(row: &Row) -> Result<Made> {
    Ok(Made { id: row.get(0)?, prospect_id: row.get(1)?, version: row.get(2)? })
}

/// Deletes contacts that a task made, if nobody has touched them; answers those that were deleted.
pub(super) fn remove_made(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    query(
        "delete from contacts where workspace_id = $1 and created_by_task = $2 and version = $3
             and not exists (select 1 from notes n where n.contact_id = contacts.id)
             and not exists (select 1 from list_members m where m.contact_id = contacts.id)
             and id in ({list})
         returning id",
    )
    .bind(workspace_id)
    .bind(task_id)
    .bind(FIRST_VERSION)
    .bind_list(ids)
    .all(tx, |row| row.get(0))
}

/// Those of the companies that contacts are linked to; each may come several times.
pub(super) fn linked_to(tx: &mut Tx, workspace_id: Uuid, company_ids: &[Uuid]) -> Result<Vec<Uuid>> {
    query("select distinct related_company_id from contacts where workspace_id = $1 and related_company_id in ({list})")
        .bind(workspace_id)
        .bind_list(company_ids)
        .all(tx, |row| row.get(0))
}

/// Says which prospect a contact stands for, when it stood for none.
pub(super) fn stand_for(tx: &mut Tx, workspace_id: Uuid, id: Uuid, prospect_id: Uuid) -> Result<()> {
    query("update contacts set prospect_id = $3 where workspace_id = $1 and id = $2 and prospect_id is null")
        .bind(workspace_id)
        .bind(id)
        .bind(prospect_id)
        .execute(tx)?;
    Ok(())
}

/// Links contacts to a company; answers those that were linked otherwise before.
pub(super) fn link(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid], company_id: Uuid, now_ms: i64) -> Result<Vec<Uuid>> {
    query(
        "update contacts set related_company_id = $2, updated_at_ms = $3, version = version + 1
         where workspace_id = $1 and (related_company_id is null or related_company_id <> $2) and id in ({list})
         returning id",
    )
    .bind(workspace_id)
    .bind(company_id)
    .bind(now_ms)
    .bind_list(ids)
    .all(tx, |row| row.get(0))
}

const BRIEF: &str = "select c.id, c.full_name, c.email, c.job_title, coalesce(c.company_name, k.name), c.version
     from contacts c left join companies k on k.workspace_id = c.workspace_id and k.id = c.related_company_id
     where c.workspace_id = $1";

/// Nothing when there is no such contact in the workspace.
pub(super) fn brief(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<Brief>> {
    query(format!("{BRIEF} and c.id = $2")).bind(workspace_id).bind(id).first(tx, brief_of)
}

/// Contacts whose name holds of each group one part, the shortest names first.
pub(super) fn named(tx: &mut Tx, workspace_id: Uuid, parts: &[Vec<String>], most: u32) -> Result<Vec<Brief>> {
    let mut sql = BRIEF.to_owned();
    let mut at = 1;
    for group in parts {
        let any: Vec<String> = (1..=group.len()).map(|n| format!("c.name_key like ${}", at + n)).collect();
        sql.push_str(&format!("\n         and ({})", any.join(" or ")));
        at += group.len();
    }
    sql.push_str(&format!("\n     order by length(c.name_key), c.id limit ${}", at + 1));
    let statement = query(sql).bind(workspace_id);
    let statement = parts.iter().flatten().fold(statement, |statement, part| statement.bind(containing(part)));
    statement.bind(most).all(tx, brief_of)
}

fn brief_of(row: &Row) -> Result<Brief> {
    Ok(Brief {
        id: row.get(0)?,
        full_name: row.get(1)?,
        email: row.get(2)?,
        job_title: row.get(3)?,
        company_name: row.get(4)?,
        version: row.get(5)?,
    })
}

/// What a description of contacts is held against.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) id: Uuid,
    pub(super) created_at_ms: i64,
    pub(super) tags: Vec<String>,
    pub(super) job_title: Option<String>,
    pub(super) company_name: Option<String>,
}

/// The next contacts of the list or the workspace behind `after` (creation time and id), oldest first.
pub(super) fn described(
    tx: &mut Tx,
    workspace_id: Uuid,
    described: &super::Described,
    after: Option<(i64, Uuid)>,
    most: u32,
) -> Result<Vec<Described>> {
    let filter = Filter { search: described.search.clone(), list_id: described.list_id, ..Filter::default() };
    let (after_ms, after_id) = after.unwrap_or((i64::MIN, Uuid::nil()));
    let sql = format!(
        "select c.id, c.created_at_ms, c.tags, c.job_title, coalesce(c.company_name,
             (select k.name from companies k where k.workspace_id = $1 and k.id = c.related_company_id))
         {} and (c.created_at_ms, c.id) > ($6, $7) order by c.created_at_ms, c.id limit $8",
        from(&filter),
    );
    let statement = bind_filter(query(sql), workspace_id, &filter).bind(after_ms).bind(after_id).bind(most);
    statement.all(tx, |row| {
        Ok(Described {
            id: row.get(0)?,
            created_at_ms: row.get(1)?,
            tags: serde_json::from_str(&row.get::<String>(2)?)?,
            job_title: row.get(3)?,
            company_name: row.get(4)?,
        })
    })
}
