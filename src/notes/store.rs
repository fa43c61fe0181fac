//! SQL on the notes.

use uuid::Uuid;

use super::check::{Kind, New};
use super::{About, CompanyInBrief, ContactInBrief, Filter, Note, Standing};
use crate::clock::iso;
use crate::contacts::{fields, names};
use crate::db::{Query, Row, Tx, containing, query};
use crate::error::Result;
use crate::paging::Paging;

/// Writes a note and its text.
pub(super) fn insert(
    tx: &mut Tx,
    workspace_id: Uuid,
    id: Uuid,
    new: &New,
    created_by_task: Option<Uuid>,
    now_ms: i64,
) -> Result<()> {
    query(
        "insert into notes (id, workspace_id, contact_id, related_company_id, title, note_type, tags, is_pinned,
             created_by_task, created_at_ms, updated_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(id)
    .bind(workspace_id)
    .bind(new.contact_id)
    .bind(new.company_id)
    .bind(&new.title)
    .bind(new.kind.as_str())
    .bind(serde_json::to_string(&new.tags)?)
    .bind(new.is_pinned)
    .bind(created_by_task)
    .bind(fields::created_at_ms(new.created_at_ms, now_ms))
    .bind(now_ms)
    .execute(tx)?;
    let content = new.content.as_deref();
    query("insert into note_texts (note_id, workspace_id, content, search_text) values ($1, $2, $3, $4)")
        .bind(id)
        .bind(workspace_id)
        .bind(content)
        .bind(format!("{}\n{}", names::key(&new.title), content.map(names::key).unwrap_or_default()))
        .execute(tx)?;
    Ok(())
}

const COLUMNS: &str = "n.id, n.title, t.content, n.note_type, n.tags, n.is_pinned, c.id, c.full_name, c.company_name,
     k.id, k.name, n.created_at_ms, n.updated_at_ms";
/// A note whose contact or company is gone is there without it.
const SOURCE: &str = "from notes n
     join note_texts t on t.note_id = n.id
     left join contacts c on c.workspace_id = n.workspace_id and c.id = n.contact_id
     left join companies k on k.workspace_id = n.workspace_id and k.id = n.related_company_id
     where n.workspace_id = $1";

/// Nothing when there is no such note in the workspace.
pub(super) fn get(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<Note>> {
    query(format!("select {COLUMNS} {SOURCE} and n.id = $2")).bind(workspace_id).bind(id).first(tx, note)
}

/// How many notes fit.
pub(super) fn count(tx: &mut Tx, workspace_id: Uuid, filter: &Filter) -> Result<u64> {
    let sql = format!(
        "select count(*) from notes n join note_texts t on t.note_id = n.id where n.workspace_id = $1{}",
        conditions(filter)
    );
    bind_filter(query(sql), workspace_id, filter)?.one(tx, |row| row.get(0))
}

/// A page of the notes that fit, newest first.
pub(super) fn page(tx: &mut Tx, workspace_id: Uuid, filter: &Filter, paging: Paging) -> Result<Vec<Note>> {
    let at = FIXED + 2 * filter.tags.len();
    let sql = format!(
        "select {COLUMNS} {SOURCE}{} order by n.created_at_ms desc, n.id desc limit ${} offset ${}",
        conditions(filter),
        at + 1,
        at + 2,
    );
    bind_filter(query(sql), workspace_id, filter)?.bind(paging.limit()).bind(paging.offset()).all(tx, note)
}

/// Values that every filter binds.
const FIXED: usize = 5;

fn conditions(filter: &Filter) -> String {
    let about = match filter.about {
        None => "and cast($5 as text) is null",
        Some(About::Contact(_)) => "and n.contact_id = $5",
        Some(About::Company(_)) => "and n.related_company_id = $5",
    };
    let mut sql = format!(
        "
         and (cast($2 as text) is null or n.note_type = $2)
         and (cast($3 as text) is null or t.search_text like $3 escape '\\')
         and (cast($4 as integer) is null or n.is_pinned = $4)
         {about}"
    );
    // Tags are kept as a JSON array: a tag between quotes behind the bracket or a comma is a whole element, because a
    // quote inside a tag is escaped.
    for n in 0..filter.tags.len() {
        let (first, later) = (FIXED + 2 * n + 1, FIXED + 2 * n + 2);
        sql.push_str(&format!(
            "\n         and (replace(n.tags, ${first}, '') <> n.tags or replace(n.tags, ${later}, '') <> n.tags)"
        ));
    }
    sql
}

fn bind_filter(statement: Query, workspace_id: Uuid, filter: &Filter) -> Result<Query> {
    let about = filter.about.map(|about| match about {
        About::Contact(id) | About::Company(id) => id,
    });
    let mut statement = statement
        .bind(workspace_id)
        .bind(filter.kind.map(Kind::as_str))
        .bind(filter.search.as_deref().map(|text| containing(&names::searched(text))))
        .bind(filter.is_pinned)
        .bind(about);
    for tag in &filter.tags {
        let quoted = serde_json::to_string(tag)?;
        statement = statement.bind(format!("[{quoted}")).bind(format!(",{quoted}"));
    }
    Ok(statement)
}

/// How many notes are about these contacts.
pub(super) fn count_of_contacts(tx: &mut Tx, workspace_id: Uuid, contact_ids: &[Uuid]) -> Result<u64> {
    query("select count(*) from notes where workspace_id = $1 and contact_id in ({list})")
        .bind(workspace_id)
        .bind_list(contact_ids)
        .one(tx, |row| row.get(0))
}

/// Makes the notes about `from` notes about `to`.
pub(super) fn move_to_contact(tx: &mut Tx, workspace_id: Uuid, from: &[Uuid], to: Uuid, now_ms: i64) -> Result<()> {
    query("update notes set contact_id = $2, updated_at_ms = $3 where workspace_id = $1 and contact_id in ({list})")
        .bind(workspace_id)
        .bind(to)
        .bind(now_ms)
        .bind_list(from)
        .execute(tx)?;
    Ok(())
}

/// Those of the contacts and companies that notes are about.
pub(super) fn noted(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut noted = query("select distinct contact_id from notes where workspace_id = $1 and contact_id in ({list})")
        .bind(workspace_id)
        .bind_list(ids)
        .all(tx, |row| row.get::<Uuid>(0))?;
    noted.extend(
        query(
            "select distinct related_company_id from notes
             where workspace_id = $1 and related_company_id in ({list})",
        )
        .bind(workspace_id)
        .bind_list(ids)
        .all(tx, |row| row.get::<Uuid>(0))?,
    );
    Ok(noted)
}

/// How notes stand that are there.
pub(super) fn standing(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<(Uuid, Standing)>> {
    query(
        "select id, coalesce(contact_id, related_company_id), updated_at_ms from notes
         where workspace_id = $1 and id in ({list})",
    )
    .bind(workspace_id)
    .bind_list(ids)
    .all(tx, |row| Ok((row.get(0)?, Standing { about: row.get(1)?, updated_at_ms: row.get(2)? })))
}

/// Deletes notes and their texts; answers those that were there.
pub(super) fn delete(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    query("delete from note_texts where workspace_id = $1 and note_id in ({list})")
        .bind(workspace_id)
        .bind_list(ids)
        .execute(tx)?;
    query("delete from notes where workspace_id = $1 and id in ({list}) returning id")
        .bind(workspace_id)
        .bind_list(ids)
        .all(tx, |row| row.get(0))
}

fn note(row: &Row) -> Result<Note> {
    let contact_id: Option<Uuid> = row.get(6)?;
    let company_id: Option<Uuid> = row.get(9)?;
    let contact = match contact_id {
        Some(id) => Some(ContactInBrief { id, full_name: row.get(7)?, company_name: row.get(8)? }),
        None => None,
    };
    let company = match company_id {
        Some(id) => Some(CompanyInBrief { id, name: row.get(10)? }),
        None => None,
    };
    Ok(Note {
        id: row.get(0)?,
        title: row.get(1)?,
        content: row.get(2)?,
        note_type: Kind::parse(&row.get::<String>(3)?)?.as_str(),
        tags: serde_json::from_str(&row.get::<String>(4)?)?,
        is_pinned: row.get(5)?,
        contact_id,
        related_company_id: company_id,
        deal_id: None,
        contact,
        company,
        created_date: iso(row.get(11)?),
        updated_date: iso(row.get(12)?),
    })
}
