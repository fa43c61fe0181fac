//! What a caller may say in a note: the request bodies, and the limits each field is held to. Pure.

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::About;
use crate::contacts::fields::{NAME_MAX, long, short, tags, time};
use crate::error::{Error, Result, quoted};
use crate::ids;

/// Characters of a title.
pub const TITLE_MAX: usize = 200;
/// Characters of a note's content.
pub const CONTENT_MAX: usize = 50_000;
/// Characters of a note's content on the routes below a contact or a company.
pub const SHORT_CONTENT_MAX: usize = 10_000;

/// What kind of note it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// Any.
    #[default]
    General,
    /// From a meeting.
    Meeting,
    /// From a call.
    Call,
    /// From an e-mail.
    Email,
    /// None of these.
    Other,
}

impl Kind {
    const ALL: [Kind; 5] = [Kind::General, Kind::Meeting, Kind::Call, Kind::Email, Kind::Other];

    /// As it stands in `note_type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::General => "general",
            Kind::Meeting => "meeting",
            Kind::Call => "call",
            Kind::Email => "email",
            Kind::Other => "other",
        }
    }

    /// Reads a kind a caller sent, or the database keeps.
    pub(super) fn parse(text: &str) -> Result<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let shown = quoted(text);
            let message = format!("note_type must be general, meeting, call, email or other, got \"{shown}\".");
            Error::validation("note_type", message)
        })
    }
}

/// The body of `POST /v1/notes`. One of the parents is needed; a name is looked up, an id counts before a name.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewNote {
    /// At most 200 characters. Required.
    #[schema(value_type = String, example = "Called about the INTA deadline")]
    pub title: Option<String>,
    /// At most 50,000 characters.
    pub content: Option<String>,
    /// `general` when left out, `meeting`, `call`, `email` or `other`.
    pub note_type: Option<String>,
    /// At most 50 tags of at most 100 characters.
    pub tags: Option<Vec<String>>,
    /// Whether it is kept on top.
    pub is_pinned: Option<bool>,
    /// A contact of this workspace.
    pub contact_id: Option<String>,
    /// A contact's name, or a part of it.
    #[schema(example = "Renata Okafor")]
    pub contact_name: Option<String>,
    /// A company of this workspace.
    pub related_company_id: Option<String>,
    /// Another spelling of `related_company_id`.
    pub company_id: Option<String>,
    /// A company's name; beside `contact_name` it says at which company the contact is.
    pub company_name: Option<String>,
    /// A deal of this workspace; there are none yet.
    pub deal_id: Option<String>,
    /// An event of this workspace; there are none yet.
    pub event_id: Option<String>,
    /// ISO 8601; kept when at most five years past and at most a day ahead, else the server's time counts.
    pub created_date: Option<String>,
}

/// The body of a note below a contact or a company.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewNoteOf {
    /// At most 200 characters. Required.
    #[schema(value_type = String, example = "Called about the INTA deadline")]
    pub title: Option<String>,
    /// At most 10,000 characters.
    pub content: Option<String>,
    /// `general` when left out, `meeting`, `call`, `email` or `other`.
    pub note_type: Option<String>,
    /// At most 50 tags of at most 100 characters.
    pub tags: Option<Vec<String>>,
    /// Whether it is kept on top.
    pub is_pinned: Option<bool>,
    /// ISO 8601; kept when at most five years past and at most a day ahead, else the server's time counts.
    pub created_date: Option<String>,
}

/// A note whose fields are within the limits.
#[derive(Debug, Clone)]
pub struct New {
    pub(super) title: String,
    pub(super) content: Option<String>,
    pub(super) kind: Kind,
    pub(super) tags: Vec<String>,
    pub(super) is_pinned: bool,
    pub(super) contact_id: Option<Uuid>,
    pub(super) contact_name: Option<String>,
    pub(super) company_id: Option<Uuid>,
    pub(super) company_name: Option<String>,
    pub(super) created_at_ms: Option<i64>,
}

impl NewNote {
    /// Checks every field; the first wrong one is named.
    pub fn check(self) -> Result<New> {
        let id = |field: &str, text: Option<String>| {
            let text = text.filter(|text| !text.trim().is_empty());
            text.map(|text| ids::parse(field, text.trim())).transpose()
        };
        for (field, given, noun) in [("deal_id", self.deal_id, "deal"), ("event_id", self.event_id, "event")] {
            if let Some(id) = id(field, given)? {
                return Err(Error::validation(field, format!("There is no {noun} {id}.")));
            }
        }
        let company_id = match self.related_company_id {
            Some(text) => id("related_company_id", Some(text))?,
            None => id("company_id", self.company_id)?,
        };
        let rest = NewNoteOf {
            title: self.title,
            content: self.content,
            note_type: self.note_type,
            tags: self.tags,
            is_pinned: self.is_pinned,
            created_date: self.created_date,
        };
        let new = New {
            contact_id: id("contact_id", self.contact_id)?,
            contact_name: short("contact_name", self.contact_name, NAME_MAX)?,
            company_id,
            company_name: short("company_name", self.company_name, NAME_MAX)?,
            ..rest.within(CONTENT_MAX)?
        };
        let names = new.contact_name.is_some() || new.company_name.is_some();
        if new.contact_id.is_none() && new.company_id.is_none() && !names {
            return Err(about_nothing());
        }
        Ok(new)
    }
}

impl NewNoteOf {
    /// Checks every field of a note about a contact or a company that the route names.
    pub fn check(self, about: About) -> Result<New> {
        let new = self.within(SHORT_CONTENT_MAX)?;
        Ok(match about {
            About::Contact(id) => New { contact_id: Some(id), ..new },
            About::Company(id) => New { company_id: Some(id), ..new },
        })
    }

    fn within(self, content_max: usize) -> Result<New> {
        let title = short("title", self.title, TITLE_MAX)?
            .ok_or_else(|| Error::validation("title", "Give the note a title."))?;
        let kind = self.note_type.as_deref().map(str::trim).filter(|text| !text.is_empty());
        Ok(New {
            title,
            content: long("content", self.content, content_max)?,
            kind: kind.map(Kind::parse).transpose()?.unwrap_or_default(),
            tags: tags("tags", self.tags.unwrap_or_default())?,
            is_pinned: self.is_pinned.unwrap_or_default(),
            contact_id: None,
            contact_name: None,
            company_id: None,
            company_name: None,
            created_at_ms: self.created_date.map(|text| time("created_date", &text)).transpose()?,
        })
    }
}

impl New {
    /// A note about one record, for whoever writes one in somebody's place.
    pub fn about(about: About, title: &str, content: Option<&str>) -> Result<New> {
        let (title, content) = (Some(title.to_owned()), content.map(str::to_owned));
        let new = NewNoteOf { title, content, ..NewNoteOf::default() }.within(CONTENT_MAX)?;
        Ok(match about {
            About::Contact(id) => New { contact_id: Some(id), ..new },
            About::Company(id) => New { company_id: Some(id), ..new },
        })
    }

    /// The names of the fields that hold something.
    pub(super) fn given_fields(&self) -> Vec<&'static str> {
        [
            ("title", true),
            ("content", self.content.is_some()),
            ("note_type", true),
            ("tags", !self.tags.is_empty()),
            ("is_pinned", self.is_pinned),
        ]
        .into_iter()
        .filter_map(|(field, holds)| holds.then_some(field))
        .collect()
    }
}

/// The refusal of a note that is about nothing.
pub(super) fn about_nothing() -> Error {
    Error::validation(
        "contact_id",
        "A note needs something it is about: give contact_id, related_company_id, deal_id or event_id.",
    )
}
