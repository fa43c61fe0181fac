//! SQL on the contacts of an export.

use std::collections::HashMap;

use uuid::Uuid;

use super::super::Contact;
use super::super::store::contact;
use super::{Field, Wanted};
use crate::db::{LIST_MAX, Tx, query};
use crate::error::Result;

/// The ids of at most `limit` contacts that fit, oldest first.
pub(super) fn ids(tx: &mut Tx, workspace_id: Uuid, wanted: &Wanted, limit: u32) -> Result<Vec<Uuid>> {
    // Members of a list are found from the list, so that a short list in a large workspace is a short search.
    let source = match wanted.list_id {
        Some(_) => "list_members m join contacts c on c.id = m.contact_id where m.list_id = $4 and m.workspace_id = $1",
        None => "contacts c where cast($4 as text) is null",
    };
    let mut sql = format!(
        "select c.id from {source}
             and c.workspace_id = $1
             and c.created_at_ms > $2
             and c.created_at_ms < $3"
    );
    // Tags are kept as a JSON array. A quote inside a tag is escaped, so a tag between quotes behind the bracket or a
    // comma is a whole element; only the tag `,` could be taken for what stands between two others, and the rows are
    // looked at once more when they are read. (`like` would not do: on one of the databases it passes over case.)
    let mut at = 4;
    for _ in &wanted.tags {
        let (first, later) = (at + 1, at + 2);
        sql.push_str(&format!(
            "\n             and (replace(c.tags, ${first}, '') <> c.tags or replace(c.tags, ${later}, '') <> c.tags)"
        ));
        at = later;
    }
    sql.push_str(&format!("\n         order by c.created_at_ms, c.id limit ${}", at + 1));
    let mut statement = query(sql)
        .bind(workspace_id)
        .bind(wanted.created_after_ms.unwrap_or(i64::MIN))
        .bind(wanted.created_before_ms.unwrap_or(i64::MAX))
        .bind(wanted.list_id);
    for tag in &wanted.tags {
        let quoted = serde_json::to_string(tag)?;
        statement = statement.bind(format!("[{quoted}")).bind(format!(",{quoted}"));
    }
    statement.bind(limit).all(tx, |row| row.get(0))
}

/// Those of the contacts that are still there, in the order of `ids`; notes and custom fields only when they are wanted.
pub(super) fn contacts(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid], wanted: &Wanted) -> Result<Vec<Contact>> {
    let custom_fields = if wanted.has(Field::CustomFields) { "custom_fields" } else { "'{}'" };
    let notes = if wanted.has(Field::Notes) { "notes" } else { "cast(null as text)" };
    let sql = format!(
        "select id, first_name, last_name, full_name, email, phone, job_title, company_name,
             (select k.id from companies k where k.workspace_id = $1 and k.id = contacts.related_company_id),
             linkedin_url, priority, tags, {custom_fields}, {notes}, prospect_id, created_by_task, created_at_ms,
             updated_at_ms
         from contacts where workspace_id = $1 and id in ({{list}})"
    );
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(LIST_MAX) {
        let contacts = query(sql.clone()).bind(workspace_id).bind_list(ids).all(tx, contact)?;
        found.extend(contacts.into_iter().map(|contact| (contact.id, contact)));
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}
