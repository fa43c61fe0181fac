//! Companies: the firms a workspace knows, and which contacts belong to them.
//!
//! Protects two rules: a domain is one company's in its workspace, and a company that is deleted leaves its contacts and
//! notes behind, without it.

mod check;
pub mod http;
mod store;

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

pub use check::{Change, CompanyChange, INDUSTRY_MAX, LinkedContacts, New, NewCompany, PLACE_MAX, SIZE_MAX};

use crate::contacts::Difference;
use crate::contacts::alike::{Asked, Rank};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::events::{self, By, Personal};
use crate::paging::Paging;
use crate::{contacts, effects, ids};

/// Companies that one look at a name brings; the shortest names come first.
const CANDIDATES_MAX: u32 = 500;
/// Contacts linked by one request.
pub const LINK_MAX: usize = 100;

/// A firm of the workspace, as answers show it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Company {
    /// Made by us, never reused.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// Never empty; two companies may have the same.
    pub name: String,
    /// The sector.
    pub industry: Option<String>,
    /// The address of its pages.
    pub website: Option<String>,
    /// The company's profile.
    pub linkedin_url: Option<String>,
    /// How many work there, as given, for example `51-200`.
    pub size: Option<String>,
    /// Unique in the workspace.
    pub domain: Option<String>,
    /// Where it sits.
    pub city: Option<String>,
    /// Where it sits.
    pub country: Option<String>,
    /// In the order given.
    pub tags: Vec<String>,
    /// ISO 8601, UTC.
    pub created_date: String,
    /// ISO 8601, UTC.
    pub updated_date: String,
}

/// What tells one company from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// The company.
    pub id: Uuid,
    /// As given.
    pub name: String,
    /// The domain, if it is known.
    pub domain: Option<String>,
    /// Grows with every change.
    pub version: i64,
}

/// Which companies a page shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of the name.
    pub search: Option<String>,
    /// Part of the industry.
    pub industry: Option<String>,
}

/// What deleting a company answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deleted {
    /// Always true.
    pub deleted: bool,
    /// The company that is gone.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
}

/// What linking contacts answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Linked {
    /// Contacts that are the company's now.
    pub updated: u64,
    /// Ids that are no contacts of this workspace.
    pub failed: u64,
}

/// Creates a company. A domain that is another's is refused.
pub fn create(tx: &mut Tx, by: &By, new: &New, now_ms: i64) -> Result<Company> {
    create_as(tx, by, ids::new(now_ms), new, now_ms)
}

/// As [`create`], with the id the company is to have.
pub fn create_as(tx: &mut Tx, by: &By, id: Uuid, new: &New, now_ms: i64) -> Result<Company> {
    let workspace_id = by.workspace_id;
    if !store::insert(tx, workspace_id, id, new, now_ms)? {
        return Err(known_domain(tx, workspace_id, new.fields.domain.as_deref())?);
    }
    let company = one(tx, workspace_id, id)?.ok_or_else(|| Error::internal("a new company is missing"))?;
    let (fields, shown) = (new.fields.given(), serde_json::to_value(&company)?);
    let value = |field: &&'static str| Personal { field, before: Value::Null, after: shown[*field].clone() };
    let personal = fields.iter().map(value).collect();
    let event = by.event("company.created", id, now_ms).with(json!({ "fields": fields }));
    events::record(tx, event.personal(personal));
    Ok(company)
}

/// A page of the companies, oldest first, and how many there are.
pub fn page(tx: &mut Tx, workspace_id: Uuid, filter: &Filter, paging: Paging) -> Result<(Vec<Company>, u64)> {
    let total = store::count(tx, workspace_id, filter)?;
    Ok((store::page(tx, workspace_id, filter, paging)?, total))
}

/// One company.
pub fn get(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Company> {
    one(tx, workspace_id, id)?.ok_or_else(not_found)
}

/// One company; nothing when there is none in the workspace.
pub fn one(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<Company>> {
    Ok(store::get(tx, workspace_id, id)?.map(|(company, _)| company))
}

/// Changes the given fields of a company; nothing given, or nothing different, changes nothing.
pub fn change(tx: &mut Tx, by: &By, id: Uuid, change: &Change, now_ms: i64) -> Result<Company> {
    let workspace_id = by.workspace_id;
    let (before, version) = store::get(tx, workspace_id, id)?.ok_or_else(not_found)?;
    let after = change.applied(&before)?;
    let differences = after.differences(&before);
    if differences.is_empty() {
        return Ok(before);
    }
    if after.domain != before.domain {
        refuse_known(tx, workspace_id, after.domain.as_deref())?;
    }
    if !store::update(tx, workspace_id, id, version, &after, now_ms)? {
        return Err(Error::unavailable("The company was changed by somebody else at the same moment; try again."));
    }
    let fields: Vec<&str> = differences.iter().map(|difference| difference.field).collect();
    let event = by.event("company.updated", id, now_ms).with(json!({ "fields": fields }));
    let value = |of: Difference| Personal { field: of.field, before: of.before, after: of.after };
    events::record(tx, event.personal(differences.into_iter().map(value).collect()));
    get(tx, workspace_id, id)
}

/// The fields that [`change`] would alter.
///
/// # Errors
/// What the change itself would refuse.
pub fn would_change(tx: &mut Tx, workspace_id: Uuid, before: &Company, change: &Change) -> Result<Vec<Difference>> {
    let after = change.applied(before)?;
    if after.domain != before.domain {
        refuse_known(tx, workspace_id, after.domain.as_deref())?;
    }
    Ok(after.differences(before))
}

/// Refuses what [`create`] would refuse.
pub fn would_create(tx: &mut Tx, workspace_id: Uuid, new: &New) -> Result<()> {
    refuse_known(tx, workspace_id, new.fields.domain.as_deref())
}

/// Deletes a company. Its contacts and notes stay; their link reads as null from now on.
pub fn delete(tx: &mut Tx, by: &By, id: Uuid, now_ms: i64) -> Result<Deleted> {
    if !store::delete(tx, by.workspace_id, id)? {
        return Err(not_found());
    }
    events::erase(tx, by.workspace_id, &[id], now_ms)?;
    effects::forget(tx, by.workspace_id, &[id])?;
    events::record(tx, by.event("company.deleted", id, now_ms));
    Ok(Deleted { deleted: true, id })
}

/// The versions of companies, by id; 1 is that of a company which nobody changed since it was made.
pub fn versions(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<HashMap<Uuid, i64>> {
    Ok(store::versions(tx, workspace_id, ids)?.into_iter().collect())
}

/// Deletes those of the companies that nobody changed, noted or linked a contact to since they were made; answers them.
pub fn remove_untouched(tx: &mut Tx, by: &By, ids: &[Uuid], now_ms: i64) -> Result<Vec<Uuid>> {
    let removed = store::remove_untouched(tx, by.workspace_id, ids)?;
    effects::forget(tx, by.workspace_id, &removed)?;
    for id in &removed {
        events::record(tx, by.event("company.deleted", *id, now_ms));
    }
    Ok(removed)
}

/// Links contacts to a company, whatever they were linked to before. What is no contact of the workspace is counted.
pub fn link(tx: &mut Tx, by: &By, id: Uuid, contact_ids: &[Option<Uuid>], now_ms: i64) -> Result<Linked> {
    get(tx, by.workspace_id, id)?;
    let known: Vec<Uuid> = contact_ids.iter().flatten().copied().collect();
    let linked = contacts::link(tx, by, &known, id, now_ms)?;
    Ok(Linked { updated: linked, failed: contact_ids.len() as u64 - linked })
}

/// Which of `ids` are companies of the workspace.
pub fn existing(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    store::existing(tx, workspace_id, ids)
}

/// The companies whose name fits best, at most `limit`, all of them equally well.
pub fn find(tx: &mut Tx, workspace_id: Uuid, name: &str, limit: usize) -> Result<Vec<Brief>> {
    let Some(asked) = Asked::company(name) else { return Ok(Vec::new()) };
    for parts in [asked.exactly(), asked.roughly()] {
        let found = store::named(tx, workspace_id, &parts, CANDIDATES_MAX)?;
        let found: Vec<(Rank, Brief)> =
            found.into_iter().filter_map(|brief| Some((asked.rank(&brief.name)?, brief))).collect();
        if let Some(best) = found.iter().map(|(rank, _)| *rank).min() {
            return Ok(found.into_iter().filter(|(rank, _)| *rank == best).map(|(_, b)| b).take(limit).collect());
        }
    }
    Ok(Vec::new())
}

/// "Company not found", for an id that does not exist or belongs to another workspace.
pub fn not_found() -> Error {
    Error::not_found("Company not found")
}

/// The same, with the code of the route that deletes companies.
pub fn company_not_found() -> Error {
    Error::with_code(Code::CompanyNotFound, "Company not found")
}

fn refuse_known(tx: &mut Tx, workspace_id: Uuid, domain: Option<&str>) -> Result<()> {
    match domain {
        Some(domain) if store::id_of_domain(tx, workspace_id, domain)?.is_some() => {
            Err(known_domain(tx, workspace_id, Some(domain))?)
        }
        _ => Ok(()),
    }
}

/// The refusal of a domain that a company of the workspace has already.
fn known_domain(tx: &mut Tx, workspace_id: Uuid, domain: Option<&str>) -> Result<Error> {
    let holder = match domain {
        Some(domain) => store::id_of_domain(tx, workspace_id, domain)?,
        None => None,
    };
    let Some(holder) = holder else { return Ok(Error::internal("a company could not be stored")) };
    let message = "A company with this domain exists already. Change that company instead.";
    let details = json!({ "fields": { "domain": message }, "company_id": holder });
    Ok(Error::with_details(Code::ValidationError, message, details))
}
