//! SQL on the companies.

use uuid::Uuid;

use super::check::{Fields, New};
use super::{Brief, Company, Filter};
use crate::clock::iso;
use crate::contacts::{fields, names};
use crate::db::{LIST_MAX, Query, Row, Tx, containing, query};
use crate::error::Result;
use crate::paging::Paging;

/// False when the domain is another company's.
pub(super) fn insert(tx: &mut Tx, workspace_id: Uuid, id: Uuid, new: &New, now_ms: i64) -> Result<bool> {
    let fields = &new.fields;
    let made = query(
        "insert into companies (id, workspace_id, name, name_key, domain, industry, industry_key, website, linkedin_url,
             size, city, country, tags, version, created_at_ms, updated_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, $15)
         on conflict do nothing",
    )
    .bind(id)
    .bind(workspace_id);
    let made = bind_fields(made, fields)?.bind(fields::created_at_ms(new.created_at_ms, now_ms)).bind(now_ms);
    Ok(made.execute(tx)? == 1)
}

/// Writes a company's fields if its version is still `version`; false when it is not.
pub(super) fn update(
    tx: &mut Tx,
    workspace_id: Uuid,
    id: Uuid,
    version: i64,
    after: &Fields,
    now_ms: i64,
) -> Result<bool> {
    let changed = query(
        "update companies set name = $3, name_key = $4, domain = $5, industry = $6, industry_key = $7, website = $8,
             linkedin_url = $9, size = $10, city = $11, country = $12, tags = $13, updated_at_ms = $14,
             version = version + 1
         where id = $1 and workspace_id = $2 and version = $15",
    )
    .bind(id)
    .bind(workspace_id);
    Ok(bind_fields(changed, after)?.bind(now_ms).bind(version).execute(tx)? == 1)
}

fn bind_fields(statement: Query, fields: &Fields) -> Result<Query> {
    Ok(statement
        .bind(&fields.name)
        .bind(names::key(&fields.name))
        .bind(fields.domain.as_ref())
        .bind(fields.industry.as_ref())
        .bind(fields.industry.as_deref().map(names::key))
        .bind(fields.website.as_ref())
        .bind(fields.linkedin_url.as_ref())
        .bind(fields.size.as_ref())
        .bind(fields.city.as_ref())
        .bind(fields.country.as_ref())
        .bind(serde_json::to_string(&fields.tags)?))
}

const COLUMNS: &str = "id, name, industry, website, linkedin_url, size, domain, city, country, tags, created_at_ms,
     updated_at_ms, version";

/// With its version; nothing when there is no such company in the workspace.
pub(super) fn get(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<(Company, i64)>> {
    query(format!("select {COLUMNS} from companies where workspace_id = $1 and id = $2"))
        .bind(workspace_id)
        .bind(id)
        .first(tx, |row| Ok((company(row)?, row.get(12)?)))
}

/// The company that has the domain; nothing when none has.
pub(super) fn id_of_domain(tx: &mut Tx, workspace_id: Uuid, domain: &str) -> Result<Option<Uuid>> {
    query("select id from companies where workspace_id = $1 and domain = $2")
        .bind(workspace_id)
        .bind(domain)
        .first(tx, |row| row.get(0))
}

/// False when there was no such company.
pub(super) fn delete(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<bool> {
    let deleted =
        query("delete from companies where workspace_id = $1 and id = $2").bind(workspace_id).bind(id).execute(tx)?;
    Ok(deleted == 1)
}

/// The versions of those companies that are there.
pub(super) fn versions(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
    query("select id, version from companies where workspace_id = $1 and id in ({list})")
        .bind(workspace_id)
        .bind_list(ids)
        .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Deletes companies that nobody has touched; answers those that were deleted.
pub(super) fn remove_untouched(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    query(
        "delete from companies where workspace_id = $1 and version = 1
             and not exists (select 1 from notes n where n.related_company_id = companies.id)
             and not exists (select 1 from contacts c where c.related_company_id = companies.id)
             and id in ({list})
         returning id",
    )
    .bind(workspace_id)
    .bind_list(ids)
    .all(tx, |row| row.get(0))
}

/// Those of `ids` that are companies of the workspace.
pub(super) fn existing(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut found = Vec::new();
    for ids in ids.chunks(LIST_MAX) {
        found.extend(
            query("select id from companies where workspace_id = $1 and id in ({list})")
                .bind(workspace_id)
                .bind_list(ids)
                .all(tx, |row| row.get::<Uuid>(0))?,
        );
    }
    Ok(found)
}

const FITTING: &str = "from companies
     where workspace_id = $1
         and (cast($2 as text) is null or name_key like $2 escape '\\')
         and (cast($3 as text) is null or industry_key like $3 escape '\\')";

/// How many companies fit.
pub(super) fn count(tx: &mut Tx, workspace_id: Uuid, filter: &Filter) -> Result<u64> {
    bind_filter(query(format!("select count(*) {FITTING}")), workspace_id, filter).one(tx, |row| row.get(0))
}

/// A page of the companies that fit, oldest first.
pub(super) fn page(tx: &mut Tx, workspace_id: Uuid, filter: &Filter, paging: Paging) -> Result<Vec<Company>> {
    let sql = format!("select {COLUMNS} {FITTING} order by created_at_ms, id limit $4 offset $5");
    bind_filter(query(sql), workspace_id, filter).bind(paging.limit()).bind(paging.offset()).all(tx, company)
}

fn bind_filter(statement: Query, workspace_id: Uuid, filter: &Filter) -> Query {
    let part = |text: &Option<String>| text.as_deref().map(|text| containing(&names::searched(text)));
    statement.bind(workspace_id).bind(part(&filter.search)).bind(part(&filter.industry))
}

/// Companies whose name holds of each group one part, the shortest names first.
pub(super) fn named(tx: &mut Tx, workspace_id: Uuid, parts: &[Vec<String>], most: u32) -> Result<Vec<Brief>> {
    let mut sql = "select id, name, domain, version from companies where workspace_id = $1".to_owned();
    let mut at = 1;
    for group in parts {
        let any: Vec<String> = (1..=group.len()).map(|n| format!("name_key like ${}", at + n)).collect();
        sql.push_str(&format!("\n         and ({})", any.join(" or ")));
        at += group.len();
    }
    sql.push_str(&format!("\n     order by length(name_key), id limit ${}", at + 1));
    let statement = query(sql).bind(workspace_id);
    let statement = parts.iter().flatten().fold(statement, |statement, part| statement.bind(containing(part)));
    let brief = |row: &Row| Ok(Brief { id: row.get(0)?, name: row.get(1)?, domain: row.get(2)?, version: row.get(3)? });
    statement.bind(most).all(tx, brief)
}

fn company(row: &Row) -> Result<Company> {
    Ok(Company {
        id: row.get(0)?,
        name: row.get(1)?,
        industry: row.get(2)?,
        website: row.get(3)?,
        linkedin_url: row.get(4)?,
        size: row.get(5)?,
        domain: row.get(6)?,
        city: row.get(7)?,
        country: row.get(8)?,
        tags: serde_json::from_str(&row.get::<String>(9)?)?,
        created_date: iso(row.get(10)?),
        updated_date: iso(row.get(11)?),
    })
}
