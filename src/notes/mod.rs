//! Notes: what somebody wrote down about a contact or a company.
//!
//! Protects two rules: no note is written without something it is about, and a note outlives what it was about.

mod check;
pub mod http;
mod store;

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

pub use check::{CONTENT_MAX, Kind, New, NewNote, NewNoteOf, SHORT_CONTENT_MAX, TITLE_MAX};

use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::events::{self, By};
use crate::paging::Paging;
use crate::{companies, contacts, effects, ids};

/// Records that a name which fits several is answered with.
pub const CANDIDATES_MAX: usize = 50;

/// A note, as answers show it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Note {
    /// Made by us, never reused.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// Never empty.
    pub title: String,
    /// What was written down.
    pub content: Option<String>,
    /// `general`, `meeting`, `call`, `email` or `other`.
    pub note_type: &'static str,
    /// In the order given.
    pub tags: Vec<String>,
    /// Whether it is kept on top.
    pub is_pinned: bool,
    /// The contact it is about.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub contact_id: Option<Uuid>,
    /// The company it is about.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub related_company_id: Option<Uuid>,
    /// The deal it is about; there are none yet.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub deal_id: Option<Uuid>,
    /// The contact in brief.
    pub contact: Option<ContactInBrief>,
    /// The company in brief.
    pub company: Option<CompanyInBrief>,
    /// ISO 8601, UTC.
    pub created_date: String,
    /// ISO 8601, UTC.
    pub updated_date: String,
}

/// The contact of a note, so that nobody has to ask for its name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ContactInBrief {
    /// The contact.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// As it is shown.
    pub full_name: String,
    /// The company's name.
    pub company_name: Option<String>,
}

/// The company of a note, so that nobody has to ask for its name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CompanyInBrief {
    /// The company.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// As given.
    pub name: String,
}

/// Which notes a page shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only those that have all of these tags.
    pub tags: Vec<String>,
    /// Part of the title or of the content.
    pub search: Option<String>,
    /// Only those that are kept on top, or only those that are not.
    pub is_pinned: Option<bool>,
    /// Only those about this.
    pub about: Option<About>,
}

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A contact.
    Contact(Uuid),
    /// A company.
    Company(Uuid),
}

/// Writes a note about what is named in it; names must have been resolved before ([`resolve`]).
pub fn create(tx: &mut Tx, by: &By, new: &New, now_ms: i64) -> Result<Note> {
    let workspace_id = by.workspace_id;
    if let Some(id) = new.contact_id
        && contacts::brief(tx, workspace_id, id)?.is_none()
    {
        return Err(Error::validation("contact_id", format!("There is no contact {id}.")));
    }
    if let Some(id) = new.company_id
        && companies::one(tx, workspace_id, id)?.is_none()
    {
        return Err(Error::validation("related_company_id", format!("There is no company {id}.")));
    }
    if new.contact_id.is_none() && new.company_id.is_none() {
        return Err(check::about_nothing());
    }
    let id = ids::new(now_ms);
    store::insert(tx, workspace_id, id, new, by.task_id, now_ms)?;
    let data = json!({
        "contact_id": new.contact_id, "related_company_id": new.company_id, "fields": new.given_fields() });
    events::record(tx, by.event("note.created", id, now_ms).with(data));
    store::get(tx, workspace_id, id)?.ok_or_else(|| Error::internal("a new note is missing"))
}

/// Finds what a note names in words: a contact's or a company's name, wherever no id stands. A name that fits several is
/// refused with all of them.
pub fn resolve(tx: &mut Tx, workspace_id: Uuid, mut new: New) -> Result<New> {
    let company_name = new.company_name.take();
    if let Some(name) = new.contact_name.take()
        && new.contact_id.is_none()
    {
        let wanted = contacts::Wanted { name: Some(name.clone()), company: company_name.clone(), ..Default::default() };
        let found = contacts::find(tx, workspace_id, &wanted, CANDIDATES_MAX + 1)?;
        let found: Vec<Candidate> = found.into_iter().map(Candidate::from).collect();
        new.contact_id = the_one("contact", &name, &found)?;
    }
    // Beside a contact the company's name has said which of them; it is a second parent only where it is one's.
    if let Some(name) = company_name
        && new.company_id.is_none()
    {
        let found = companies::find(tx, workspace_id, &name, CANDIDATES_MAX + 1)?;
        let found: Vec<Candidate> = found.into_iter().map(Candidate::from).collect();
        if new.contact_id.is_none() || found.len() == 1 {
            new.company_id = the_one("company", &name, &found)?;
        }
    }
    Ok(new)
}

/// A page of the notes, newest first, and how many there are.
pub fn page(tx: &mut Tx, workspace_id: Uuid, filter: &Filter, paging: Paging) -> Result<(Vec<Note>, u64)> {
    if let Some(about) = filter.about {
        check_there(tx, workspace_id, about)?;
    }
    let total = store::count(tx, workspace_id, filter)?;
    Ok((store::page(tx, workspace_id, filter, paging)?, total))
}

/// "Not found" when what a note is about is not there.
pub fn check_there(tx: &mut Tx, workspace_id: Uuid, about: About) -> Result<()> {
    let missing = match about {
        About::Contact(id) if contacts::brief(tx, workspace_id, id)?.is_none() => contacts::not_found(),
        About::Company(id) if companies::one(tx, workspace_id, id)?.is_none() => companies::not_found(),
        _ => return Ok(()),
    };
    Err(missing)
}

/// The newest notes about a contact.
pub fn recent(tx: &mut Tx, workspace_id: Uuid, contact_id: Uuid, most: u32) -> Result<Vec<Note>> {
    let filter = Filter { about: Some(About::Contact(contact_id)), ..Filter::default() };
    store::page(tx, workspace_id, &filter, Paging { page: 1, per_page: most })
}

/// How many notes are about these contacts.
pub fn count_of_contacts(tx: &mut Tx, workspace_id: Uuid, contact_ids: &[Uuid]) -> Result<u64> {
    store::count_of_contacts(tx, workspace_id, contact_ids)
}

/// Makes the notes about `from` notes about `to`.
pub fn move_to_contact(tx: &mut Tx, workspace_id: Uuid, from: &[Uuid], to: Uuid, now_ms: i64) -> Result<()> {
    store::move_to_contact(tx, workspace_id, from, to, now_ms)
}

/// Those of the contacts and companies that notes are about.
pub fn noted(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<HashSet<Uuid>> {
    Ok(store::noted(tx, workspace_id, ids)?.into_iter().collect())
}

/// A note as it stands: what an undo compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The contact or the company it is about.
    pub about: Option<Uuid>,
    /// When it was last changed.
    pub updated_at_ms: i64,
}

/// How notes stand that are there, by id.
pub fn standing(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<HashMap<Uuid, Standing>> {
    Ok(store::standing(tx, workspace_id, ids)?.into_iter().collect())
}

/// Deletes notes with what they say; answers those that were there.
pub fn delete(tx: &mut Tx, by: &By, ids: &[Uuid], now_ms: i64) -> Result<Vec<Uuid>> {
    let deleted = store::delete(tx, by.workspace_id, ids)?;
    effects::forget(tx, by.workspace_id, &deleted)?;
    for id in &deleted {
        events::record(tx, by.event("note.deleted", *id, now_ms));
    }
    Ok(deleted)
}

/// A record that a name fits.
struct Candidate {
    id: Uuid,
    shown: String,
    details: serde_json::Value,
}

impl From<contacts::Brief> for Candidate {
    fn from(brief: contacts::Brief) -> Candidate {
        let at = brief.company_name.as_ref().map(|company| format!(" at {company}")).unwrap_or_default();
        Candidate {
            id: brief.id,
            shown: format!("{}{at}", brief.full_name),
            details: json!({ "id": brief.id, "full_name": brief.full_name, "email": brief.email,
                "job_title": brief.job_title, "company_name": brief.company_name }),
        }
    }
}

impl From<companies::Brief> for Candidate {
    fn from(brief: companies::Brief) -> Candidate {
        let details = json!({ "id": brief.id, "name": brief.name, "domain": brief.domain });
        Candidate { id: brief.id, shown: brief.name, details }
    }
}

/// The only record that a name fits; refuses none and several.
fn the_one(kind: &str, name: &str, found: &[Candidate]) -> Result<Option<Uuid>> {
    let (field, shown) = (format!("{kind}_name"), crate::error::quoted(name));
    match found {
        [] => Err(Error::validation(&field, format!("There is no {kind} whose name fits \"{shown}\"."))),
        [only] => Ok(Some(only.id)),
        several => {
            let more = several.len() > CANDIDATES_MAX;
            let several = &several[..several.len().min(CANDIDATES_MAX)];
            let listed: Vec<String> = several.iter().map(|one| format!("{} ({})", one.shown, one.id)).collect();
            let many = if more { format!("more than {CANDIDATES_MAX}") } else { several.len().to_string() };
            let plural = if kind == "contact" { "contacts" } else { "companies" };
            let id_field = if kind == "contact" { "contact_id" } else { "related_company_id" };
            let message = format!("\"{shown}\" fits {many} {plural}: {}. Send {id_field} instead.", listed.join(", "));
            let candidates: Vec<&serde_json::Value> = several.iter().map(|one| &one.details).collect();
            let details = json!({ "fields": { field: message }, "candidates": candidates });
            Err(Error::with_details(Code::AmbiguousReference, message, details))
        }
    }
}
