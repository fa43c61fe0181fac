//! Exports: contacts as CSV, in portions.
//!
//! Which contacts an export holds is decided at one moment, when it begins; their ids are kept (16 bytes each, at most
//! [`LIMIT_MAX`]), and no transaction stays open while a client reads. Their rows are read portion by portion: each of
//! these contacts stands in the file once, as it was when its portion was read; one that was deleted meanwhile, or lost
//! a tag that was asked for, is left out, and one that was made meanwhile is not there.

pub mod http;
mod store;

use std::borrow::Cow;

use serde_json::json;
use uuid::Uuid;

use super::{Contact, TAG_MAX, TAGS_MAX, names};
use crate::db::{Signal, Tx};
use crate::error::{Error, Result, quoted};
use crate::events::{self, Event};
use crate::formula;
use crate::keys::Caller;
use crate::keys::hourly::{self, Hourly, UsedUp};
use crate::lists;

/// Contacts in an export when nothing is said.
pub const LIMIT: u32 = 10_000;
/// Most contacts in an export.
pub const LIMIT_MAX: u32 = 50_000;
/// Contacts read at a time.
const PORTION: usize = 500;
/// Contacts read at a time with their notes or custom fields, of which one contact can hold some hundred kilobytes.
const WIDE_PORTION: usize = 50;
/// Between the tags of a cell.
const BETWEEN_TAGS: char = '|';

macro_rules! fields {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// A column of an export: a field of a contact, as answers name it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the names are those of a contact's fields")]
        pub enum Field { $($name),* }

        impl Field {
            /// All of them, in the order in which answers show them.
            pub const ALL: &'static [Field] = &[$(Field::$name),*];

            /// As it stands in the header row.
            pub fn as_str(self) -> &'static str {
                match self { $(Field::$name => $text),* }
            }
        }
    };
}

fields! {
    Id = "id",
    FirstName = "first_name",
    LastName = "last_name",
    FullName = "full_name",
    Email = "email",
    Phone = "phone",
    JobTitle = "job_title",
    Company = "company",
    CompanyName = "company_name",
    RelatedCompanyId = "related_company_id",
    LinkedinUrl = "linkedin_url",
    Priority = "priority",
    Tags = "tags",
    CustomFields = "custom_fields",
    Notes = "notes",
    ProspectId = "prospect_id",
    CreatedByTask = "created_by_task",
    CreatedAt = "created_at",
    CreatedDate = "created_date",
    UpdatedDate = "updated_date",
}

/// The columns when none are named.
pub const DEFAULT_FIELDS: [Field; 9] = [
    Field::Id,
    Field::FullName,
    Field::Email,
    Field::Phone,
    Field::JobTitle,
    Field::CompanyName,
    Field::LinkedinUrl,
    Field::Tags,
    Field::CreatedAt,
];

/// What a caller asks for, checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// At most so many contacts.
    pub limit: u32,
    /// Only those made later than this.
    pub created_after_ms: Option<i64>,
    /// Only those made earlier than this.
    pub created_before_ms: Option<i64>,
    /// Only members of this list.
    pub list_id: Option<Uuid>,
    /// Only those that have all of these tags.
    pub tags: Vec<String>,
    /// The columns.
    pub fields: Vec<Field>,
}

impl Wanted {
    /// How many contacts are read at a time.
    pub fn portion(&self) -> usize {
        if self.has(Field::Notes) || self.has(Field::CustomFields) { WIDE_PORTION } else { PORTION }
    }

    fn has(&self, field: Field) -> bool {
        self.fields.contains(&field)
    }

    /// The names of the filters that were given; their values may be personal.
    fn filters(&self) -> Vec<&'static str> {
        [
            ("created_after", self.created_after_ms.is_some()),
            ("created_before", self.created_before_ms.is_some()),
            ("list_id", self.list_id.is_some()),
            ("tag", !self.tags.is_empty()),
        ]
        .into_iter()
        .filter_map(|(name, given)| given.then_some(name))
        .collect()
    }
}

/// Reads a list of columns with commas between; the default ones when it names none.
pub fn fields(text: &str) -> Result<Vec<Field>> {
    let mut fields = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let Some(field) = Field::ALL.iter().find(|field| field.as_str() == name) else {
            let known: Vec<&str> = Field::ALL.iter().map(|field| field.as_str()).collect();
            let (name, known) = (quoted(name), known.join(", "));
            let message = format!("fields names \"{name}\", which a contact has not. It has {known}.");
            return Err(Error::validation("fields", message));
        };
        if fields.contains(field) {
            return Err(Error::validation("fields", format!("fields names {name} twice.")));
        }
        fields.push(*field);
    }
    Ok(if fields.is_empty() { DEFAULT_FIELDS.to_vec() } else { fields })
}

/// Reads the tags asked for, each once; spelled as a contact's own are.
pub fn tags(given: &[String]) -> Result<Vec<String>> {
    let mut tags: Vec<String> = Vec::new();
    for tag in given.iter().map(|tag| names::clean(tag)).filter(|tag| !tag.is_empty()) {
        if tag.chars().count() > TAG_MAX {
            return Err(Error::validation("tag", format!("tag must have at most {TAG_MAX} characters.")));
        }
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if tags.len() > TAGS_MAX {
        let message = format!("tag may be given {TAGS_MAX} times: no contact has more.");
        return Err(Error::validation("tag", message));
    }
    Ok(tags)
}

/// Which contacts an export holds.
#[derive(Debug, Clone)]
pub struct Selected {
    /// Oldest first.
    pub ids: Vec<Uuid>,
    /// Whether the limit left contacts out.
    pub is_cut: bool,
}

/// Decides which contacts an export holds, unless the hour's exports are used up. A list that does not exist is
/// `not_found`.
pub fn select(
    tx: &mut Tx,
    caller: &Caller,
    wanted: &Wanted,
    now_ms: i64,
) -> Result<std::result::Result<Selected, UsedUp>> {
    if let Some(list_id) = wanted.list_id {
        lists::get(tx, caller, list_id)?;
    }
    if let Err(used_up) = hourly::look(tx, caller.workspace_id, Hourly::ContactsExport, now_ms)? {
        return Ok(Err(used_up));
    }
    // One more than asked for shows whether there are more.
    let mut ids = store::ids(tx, caller.workspace_id, wanted, wanted.limit + 1)?;
    let limit = wanted.limit as usize;
    let is_cut = ids.len() > limit;
    ids.truncate(limit);
    Ok(Ok(Selected { ids, is_cut }))
}

/// Counts an export of `rows` contacts and records who takes them out; refused when the hour's exports are used up.
///
/// It is the last step before the first byte: an export that can't begin is not counted, one that breaks off is.
pub fn begin(
    tx: &mut Tx,
    caller: &Caller,
    wanted: &Wanted,
    rows: usize,
    now_ms: i64,
) -> Result<std::result::Result<(), UsedUp>> {
    let workspace_id = caller.workspace_id;
    if let Err(used_up) = hourly::take(tx, workspace_id, Hourly::ContactsExport, now_ms)? {
        return Ok(Err(used_up));
    }
    let fields: Vec<&str> = wanted.fields.iter().map(|field| field.as_str()).collect();
    let data = json!({ "rows": rows, "fields": fields, "filters": wanted.filters(), "list_id": wanted.list_id });
    events::record(tx, Event::by(caller, "contacts.exported", workspace_id, now_ms).with(data));
    tx.after_commit(Signal::Count("lexi_contacts_exports_total"));
    Ok(Ok(()))
}

/// The header row.
pub fn header(wanted: &Wanted) -> Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(wanted.fields.iter().map(|field| field.as_str())).map_err(Error::internal)?;
    out.into_inner().map_err(Error::internal)
}

/// The rows of these contacts, in this order, without those that are no longer what was asked for.
pub fn rows(tx: &mut Tx, workspace_id: Uuid, wanted: &Wanted, ids: &[Uuid]) -> Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    for contact in store::contacts(tx, workspace_id, ids, wanted)? {
        if wanted.tags.iter().all(|tag| contact.tags.contains(tag)) {
            let cells = wanted.fields.iter().map(|field| cell(&contact, *field));
            for cell in cells {
                out.write_field(formula::defused(&cell?).as_bytes()).map_err(Error::internal)?;
            }
            out.write_record(None::<&[u8]>).map_err(Error::internal)?;
        }
    }
    out.into_inner().map_err(Error::internal)
}

fn cell(contact: &Contact, field: Field) -> Result<Cow<'_, str>> {
    let text = |text: &Option<String>| Cow::Owned(text.clone().unwrap_or_default());
    let id = |id: Option<Uuid>| Cow::Owned(id.map(|id| id.to_string()).unwrap_or_default());
    Ok(match field {
        Field::Id => id(Some(contact.id)),
        Field::FirstName => Cow::Borrowed(&contact.first_name),
        Field::LastName => Cow::Borrowed(&contact.last_name),
        Field::FullName => Cow::Borrowed(&contact.full_name),
        Field::Email => text(&contact.email),
        Field::Phone => text(&contact.phone),
        Field::JobTitle => text(&contact.job_title),
        Field::Company | Field::CompanyName => text(&contact.company_name),
        Field::RelatedCompanyId => id(contact.related_company_id),
        Field::LinkedinUrl => text(&contact.linkedin_url),
        Field::Priority => Cow::Owned(contact.priority.map(|priority| priority.to_string()).unwrap_or_default()),
        Field::Tags => Cow::Owned(joined(&contact.tags)),
        Field::CustomFields if contact.custom_fields.is_empty() => Cow::Borrowed(""),
        Field::CustomFields => Cow::Owned(serde_json::to_string(&contact.custom_fields)?),
        Field::Notes => text(&contact.notes),
        Field::ProspectId => id(contact.prospect_id),
        Field::CreatedByTask => id(contact.created_by_task),
        Field::CreatedAt | Field::CreatedDate => Cow::Borrowed(&contact.created_at),
        Field::UpdatedDate => Cow::Borrowed(&contact.updated_date),
    })
}

/// Tags as one cell: `|` between; a `|` or `\` inside a tag has a `\` in front.
fn joined(tags: &[String]) -> String {
    let mut cell = String::new();
    for (n, tag) in tags.iter().enumerate() {
        if n > 0 {
            cell.push(BETWEEN_TAGS);
        }
        for c in tag.chars() {
            if matches!(c, BETWEEN_TAGS | '\\') {
                cell.push('\\');
            }
            cell.push(c);
        }
    }
    cell
}

/// The tags of a cell.
pub fn split_tags(cell: &str) -> Vec<String> {
    if cell.is_empty() {
        return Vec::new();
    }
    let mut tags = vec![String::new()];
    let mut is_escaped = false;
    for c in cell.chars() {
        match c {
            '\\' if !is_escaped => {
                is_escaped = true;
                continue;
            }
            BETWEEN_TAGS if !is_escaped => tags.push(String::new()),
            c => tags.last_mut().expect("there is always a last tag").push(c),
        }
        is_escaped = false;
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_column_is_named_and_the_default_ones_are_as_published() {
        let names =
            |text: &str| fields(text).map(|fields| fields.iter().map(|f| f.as_str()).collect::<Vec<_>>().join(","));
        let default = "id,full_name,email,phone,job_title,company_name,linkedin_url,tags,created_at";
        assert_eq!(names("").unwrap(), default);
        assert_eq!(names(" , ").unwrap(), default);
        assert_eq!(names("email, id,").unwrap(), "email,id");
        let refused = names("id,shoe_size").unwrap_err().to_string();
        assert!(refused.starts_with("fields names \"shoe_size\", which a contact has not. It has id, "), "{refused}");
        assert_eq!(names("id,email,id").unwrap_err().to_string(), "fields names id twice.");
    }

    #[test]
    fn tags_are_split_as_they_were_joined() {
        for tags in [vec![], vec!["vip"], vec!["a|b", "c\\", "\\|"], vec!["=1", "IP law"], vec!["|", "|"]] {
            let tags: Vec<String> = tags.into_iter().map(str::to_owned).collect();
            assert_eq!(split_tags(&joined(&tags)), tags);
        }
        assert_eq!(joined(&["vip".into(), "a|b".into()]), r"vip|a\|b");
    }

    #[test]
    fn tags_asked_for_are_read_as_a_contacts_own() {
        let given = |tags: &[&str]| super::tags(&tags.iter().map(|&tag| tag.to_owned()).collect::<Vec<_>>());
        assert_eq!(given(&[" a  b ", "", "a b", "c"]).unwrap(), ["a b", "c"]);
        assert!(given(&["x".repeat(TAG_MAX).as_str()]).is_ok());
        assert!(given(&["x".repeat(TAG_MAX + 1).as_str()]).is_err());
        let many: Vec<String> = (0..=TAGS_MAX).map(|n| n.to_string()).collect();
        assert!(super::tags(&many[1..]).is_ok());
        assert!(super::tags(&many).is_err());
    }
}
