//! What a caller may say about a contact: the request bodies, and the limits each field is held to. Pure.
//!
//! Protects the rule that everything has a limit, and that a refusal names the field as the caller spelled it.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::emails::{self, Email};
use super::fields::{NAME_MAX, created_at_ms, given, long, short, tags, time, url};
use super::names::{self, Name};
use super::store;
use crate::error::{Error, Result};

/// Characters of a phone number, with country code, blanks and an extension.
pub const PHONE_MAX: usize = 50;
/// Characters of a job title or of a company's name.
pub const TITLE_MAX: usize = 200;
/// Bytes of all custom fields together, as JSON: a page of contacts stays under two megabytes.
pub const CUSTOM_FIELDS_MAX_BYTES: usize = 16 << 10;
/// Custom fields of one contact.
pub const CUSTOM_FIELDS_MAX: usize = 100;
/// Characters of notes in one request.
pub const NOTES_MAX: usize = 10_000;
/// Characters of notes a contact can gather.
pub const NOTES_TOTAL_MAX: usize = 100_000;

/// The body of `POST /v1/contacts`. One of the names or `email` is needed; `null` counts as not given.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewContact {
    /// "First Last" or "Last, First"; at most 200 characters.
    #[schema(example = "Renata Okafor")]
    pub full_name: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Unique in the workspace, whatever its case.
    #[schema(example = "renata@okafor.example")]
    pub email: Option<String>,
    /// With country code.
    pub phone: Option<String>,
    /// The position held.
    pub job_title: Option<String>,
    /// The company's name.
    pub company: Option<String>,
    /// Another spelling of `company`.
    pub company_name: Option<String>,
    /// A company of this workspace.
    pub related_company_id: Option<String>,
    /// The old spelling of `related_company_id`.
    pub company_id: Option<String>,
    /// The person's profile.
    pub linkedin_url: Option<String>,
    /// `high`, `medium`, `low`, or 1, 2, 3.
    #[schema(value_type = Option<String>, example = "high")]
    pub priority: Option<Value>,
    /// At most 50 tags of at most 100 characters.
    pub tags: Option<Vec<String>>,
    /// Kept as given; at most 100 fields and 16 KiB.
    #[schema(value_type = Option<Object>)]
    pub custom_fields: Option<Map<String, Value>>,
    /// Free text.
    pub notes: Option<String>,
    /// ISO 8601; kept when at most five years past and at most a day ahead, else the server's time counts.
    pub created_date: Option<String>,
}

/// The body of `PATCH /v1/contacts/{id}`. Only given fields change; `null` clears; `notes` are appended.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ContactChange {
    /// Replaces the name; first and last are read from it unless they are given too.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub full_name: Option<Option<String>>,
    /// Given name; composes the full name with the last name.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub first_name: Option<Option<String>>,
    /// Family name; composes the full name with the first name.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub last_name: Option<Option<String>>,
    /// Unique in the workspace, whatever its case.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// With country code.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub phone: Option<Option<String>>,
    /// The position held.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub job_title: Option<Option<String>>,
    /// The company's name.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub company_name: Option<Option<String>>,
    /// Another spelling of `company_name`.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub company: Option<Option<String>>,
    /// A company of this workspace.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub related_company_id: Option<Option<String>>,
    /// The old spelling of `related_company_id`.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub company_id: Option<Option<String>>,
    /// The person's profile.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub linkedin_url: Option<Option<String>>,
    /// `high`, `medium`, `low`, or 1, 2, 3.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub priority: Option<Option<Value>>,
    /// Replaces all tags.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Vec<String>>)]
    pub tags: Option<Option<Vec<String>>>,
    /// Tags that are put to those that are there; whoever has one already, in whatever case, keeps it as it is.
    pub tags_add: Option<Vec<String>>,
    /// Tags that are taken away, in whatever case.
    pub tags_remove: Option<Vec<String>>,
    /// Replaces all custom fields.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Object>)]
    pub custom_fields: Option<Option<Map<String, Value>>>,
    /// Appended on a line of its own, never replaced.
    pub notes: Option<String>,
}

/// A new contact whose fields are within the limits.
#[derive(Debug, Clone)]
pub struct New {
    pub(super) name: Name,
    pub(super) email: Option<Email>,
    pub(super) details: Details,
    pub(super) notes: Option<String>,
    pub(super) created_at_ms: Option<i64>,
}

/// The fields that stand for themselves.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Details {
    pub(super) phone: Option<String>,
    pub(super) job_title: Option<String>,
    pub(super) company_name: Option<String>,
    pub(super) related_company_id: Option<Uuid>,
    pub(super) linkedin_url: Option<String>,
    pub(super) priority: Option<i64>,
    pub(super) tags: Vec<String>,
    pub(super) custom_fields: Map<String, Value>,
}

/// A change whose fields are within the limits; the outer `None` means "stays as it is".
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub(super) full_name: Option<String>,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) email: Option<Option<Email>>,
    pub(super) phone: Option<Option<String>>,
    pub(super) job_title: Option<Option<String>>,
    pub(super) company_name: Option<Option<String>>,
    pub(super) related_company_id: Option<Option<Uuid>>,
    pub(super) linkedin_url: Option<Option<String>>,
    pub(super) priority: Option<Option<i64>>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) tags_add: Vec<String>,
    pub(super) tags_remove: Vec<String>,
    pub(super) custom_fields: Option<Map<String, Value>>,
    pub(super) notes: Option<String>,
}

impl New {
    /// The row of the contact.
    pub(super) fn row(&self, id: Uuid, created_by_task: Option<Uuid>, now_ms: i64) -> store::New<'_> {
        store::New {
            id,
            prospect_id: None,
            name: &self.name,
            email: self.email.as_ref(),
            details: &self.details,
            notes: self.notes.as_deref(),
            created_by_task,
            created_at_ms: created_at_ms(self.created_at_ms, now_ms),
            updated_at_ms: now_ms,
        }
    }
}

impl NewContact {
    /// Checks every field; the first wrong one is named.
    pub fn check(self) -> Result<New> {
        let first = short("first_name", self.first_name, NAME_MAX)?;
        let last = short("last_name", self.last_name, NAME_MAX)?;
        let full = short("full_name", self.full_name, NAME_MAX)?;
        let email = email(self.email)?;
        let given = email.as_ref().map(|email| email.given.as_str());
        let Some(name) = names::resolve(first.as_deref(), last.as_deref(), full.as_deref(), given) else {
            return Err(Error::validation("full_name", "Give a full_name, a first_name, a last_name or an email."));
        };
        check_composed(&name)?;
        let company = ("company", self.company);
        let (company, name_of) = if company.1.is_some() { company } else { ("company_name", self.company_name) };
        let related_company_id = match (self.related_company_id, self.company_id) {
            (Some(id), _) => Some(company_id("related_company_id", &id)?),
            (None, Some(id)) => Some(company_id("company_id", &id)?),
            (None, None) => None,
        };
        let details = Details {
            phone: short("phone", self.phone, PHONE_MAX)?,
            job_title: short("job_title", self.job_title, TITLE_MAX)?,
            company_name: short(company, name_of, TITLE_MAX)?,
            related_company_id,
            linkedin_url: url("linkedin_url", self.linkedin_url)?,
            priority: priority(self.priority.as_ref())?,
            tags: tags("tags", self.tags.unwrap_or_default())?,
            custom_fields: custom_fields(self.custom_fields.unwrap_or_default())?,
        };
        let notes = long("notes", self.notes, NOTES_MAX)?;
        let created_at_ms = self.created_date.map(|text| time("created_date", &text)).transpose()?;
        Ok(New { name, email, details, notes, created_at_ms })
    }
}

impl ContactChange {
    /// Checks every given field; the first wrong one is named.
    pub fn check(self) -> Result<Change> {
        let company = ("company_name", self.company_name);
        let (company, name_of) = if company.1.is_some() { company } else { ("company", self.company) };
        let related_company_id = match (self.related_company_id, self.company_id) {
            (Some(id), _) => Some(id.map(|id| company_id("related_company_id", &id)).transpose()?),
            (None, Some(id)) => Some(id.map(|id| company_id("company_id", &id)).transpose()?),
            (None, None) => None,
        };
        let full_name = each(self.full_name, |text| short("full_name", text, NAME_MAX))?;
        if full_name == Some(None) {
            return Err(Error::validation("full_name", "full_name can be changed but not cleared."));
        }
        Ok(Change {
            full_name: full_name.flatten(),
            first_name: each(self.first_name, |text| short("first_name", text, NAME_MAX))?
                .map(Option::unwrap_or_default),
            last_name: each(self.last_name, |text| short("last_name", text, NAME_MAX))?.map(Option::unwrap_or_default),
            email: each(self.email, email)?,
            phone: each(self.phone, |text| short("phone", text, PHONE_MAX))?,
            job_title: each(self.job_title, |text| short("job_title", text, TITLE_MAX))?,
            company_name: each(name_of, |text| short(company, text, TITLE_MAX))?,
            related_company_id,
            linkedin_url: each(self.linkedin_url, |text| url("linkedin_url", text))?,
            priority: each(self.priority, |given| priority(given.as_ref()))?,
            tags: each(self.tags, |given| tags("tags", given.unwrap_or_default()))?,
            tags_add: tags("tags_add", self.tags_add.unwrap_or_default())?,
            tags_remove: tags("tags_remove", self.tags_remove.unwrap_or_default())?,
            custom_fields: each(self.custom_fields, |given| custom_fields(given.unwrap_or_default()))?,
            notes: long("notes", self.notes, NOTES_MAX)?,
        })
    }
}

/// First and last name may each be at the limit; what they compose is held to it too.
pub(super) fn check_composed(name: &Name) -> Result<()> {
    match name.full.chars().count() {
        0..=NAME_MAX => Ok(()),
        long => Err(Error::validation(
            "full_name",
            format!("full_name must have at most {NAME_MAX} characters; first and last name together have {long}."),
        )),
    }
}

fn each<T, U>(given: Option<Option<T>>, check: impl FnOnce(Option<T>) -> Result<U>) -> Result<Option<U>> {
    given.map(check).transpose()
}

fn email(text: Option<String>) -> Result<Option<Email>> {
    text.filter(|text| !text.trim().is_empty()).map(|text| emails::check("email", &text)).transpose()
}

fn company_id(field: &str, text: &str) -> Result<Uuid> {
    crate::ids::parse(field, text.trim())
}

fn priority(given: Option<&Value>) -> Result<Option<i64>> {
    let known = match given {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_i64().filter(|number| (1..=3).contains(number)),
        Some(Value::String(word)) => match word.trim().to_ascii_lowercase().as_str() {
            "high" => Some(1),
            "medium" => Some(2),
            "low" => Some(3),
            _ => None,
        },
        Some(_) => None,
    };
    known.map(Some).ok_or_else(|| Error::validation("priority", "priority must be high, medium or low, or 1, 2 or 3."))
}

/// Custom fields within their limits.
pub(super) fn custom_fields(given: Map<String, Value>) -> Result<Map<String, Value>> {
    if given.len() > CUSTOM_FIELDS_MAX {
        let got = given.len();
        return Err(Error::validation(
            "custom_fields",
            format!("custom_fields must be at most {CUSTOM_FIELDS_MAX} fields, got {got}."),
        ));
    }
    if serde_json::to_string(&given)?.len() > CUSTOM_FIELDS_MAX_BYTES {
        let kib = CUSTOM_FIELDS_MAX_BYTES >> 10;
        return Err(Error::validation("custom_fields", format!("custom_fields must be at most {kib} KiB of JSON.")));
    }
    Ok(given)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::iso;
    use crate::contacts::fields::{TAG_MAX, TAGS_MAX};

    const NOW_MS: i64 = 1_764_000_000_000; // 2025-11-24T16:00:00Z

    fn new(body: &str) -> Result<New> {
        serde_json::from_str::<NewContact>(body).unwrap().check()
    }

    fn refusal(body: &str) -> String {
        new(body).unwrap_err().to_string()
    }

    #[test]
    fn a_name_or_an_address_is_needed() {
        assert_eq!(refusal("{}"), "Give a full_name, a first_name, a last_name or an email.");
        assert_eq!(refusal(r#"{"full_name": " ", "email": null}"#), refusal("{}"));
        for enough in ["full_name", "first_name", "last_name"] {
            assert!(new(&format!(r#"{{"{enough}": "X"}}"#)).is_ok());
        }
        assert_eq!(new(r#"{"email": "hans.mueller@example.com"}"#).unwrap().name.full, "Hans Mueller");
    }

    #[test]
    fn priority_is_a_word_or_a_number_and_becomes_the_number() {
        let priority =
            |text: &str| new(&format!(r#"{{"full_name": "X", "priority": {text}}}"#)).map(|new| new.details.priority);
        assert_eq!(priority("\"High\"").unwrap(), Some(1));
        assert_eq!(priority("\"medium\"").unwrap(), Some(2));
        assert_eq!(priority("3").unwrap(), Some(3));
        assert_eq!(priority("null").unwrap(), None);
        for wrong in ["0", "4", "1.5", "\"urgent\"", "true", "[]"] {
            assert!(priority(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_creation_date_within_five_years_and_a_day_is_kept_and_any_other_replaced() {
        let kept = |text: &str| created_at_ms(Some(time("created_date", text).unwrap()), NOW_MS);
        assert_eq!(iso(kept("2020-11-24T16:00:00Z")), "2020-11-24T16:00:00.000Z");
        assert_eq!(kept("2020-11-24T15:59:59.999Z"), NOW_MS);
        assert_eq!(iso(kept("2025-11-25T16:00:00Z")), "2025-11-25T16:00:00.000Z");
        assert_eq!(kept("2025-11-25T16:00:00.001Z"), NOW_MS);
        assert_eq!(iso(kept("2024-02-29")), "2024-02-29T00:00:00.000Z");
        assert_eq!(created_at_ms(None, NOW_MS), NOW_MS);
        assert!(time("created_date", "yesterday").is_err());
    }

    #[test]
    fn only_addresses_of_the_web_become_links() {
        for right in ["https://www.linkedin.com/in/x", "linkedin.com/in/x", "HTTP://de.linkedin.com/in/x?y=z"] {
            assert_eq!(url("linkedin_url", Some(right.into())).unwrap().as_deref(), Some(right));
        }
        for wrong in
            ["javascript:alert(1)", "javascript://linkedin.com/%0aalert(1)", "x", "data:text/html,x", "a.com b"]
        {
            assert!(url("linkedin_url", Some(wrong.into())).is_err(), "{wrong}");
        }
    }

    #[test]
    fn limits_hold_from_both_sides() {
        let name = |n: usize| new(&format!(r#"{{"full_name": "{}"}}"#, "ü".repeat(n)));
        assert!(name(NAME_MAX).is_ok());
        assert!(name(NAME_MAX + 1).is_err());
        let both = |n: usize| new(&format!(r#"{{"first_name": "{}", "last_name": "x"}}"#, "f".repeat(n)));
        assert!(both(NAME_MAX - 2).is_ok());
        assert!(both(NAME_MAX - 1).is_err());
        let tagged = |n: usize| tags("tags", (0..n).map(|i| i.to_string()).collect());
        assert_eq!(tagged(TAGS_MAX).unwrap().len(), TAGS_MAX);
        assert!(tagged(TAGS_MAX + 1).is_err());
        assert!(tags("tags", vec!["t".repeat(TAG_MAX)]).is_ok());
        assert!(tags("tags", vec!["t".repeat(TAG_MAX + 1)]).is_err());
        assert_eq!(tags("tags", vec!["a".into(), " a ".into()]).unwrap(), ["a"]);
        let fields = |n: usize| custom_fields((0..n).map(|i| (i.to_string(), Value::Null)).collect());
        assert!(fields(CUSTOM_FIELDS_MAX).is_ok());
        assert!(fields(CUSTOM_FIELDS_MAX + 1).is_err());
        let bytes = |n: usize| custom_fields(Map::from_iter([("k".to_owned(), Value::String("x".repeat(n - 8)))]));
        assert!(bytes(CUSTOM_FIELDS_MAX_BYTES).is_ok());
        assert!(bytes(CUSTOM_FIELDS_MAX_BYTES + 1).is_err());
    }

    #[test]
    fn a_change_tells_null_from_not_given() {
        let change = |body: &str| serde_json::from_str::<ContactChange>(body).unwrap().check();
        let some = change(r#"{"phone": null, "job_title": " CEO "}"#).unwrap();
        assert_eq!(some.phone, Some(None));
        assert_eq!(some.job_title, Some(Some("CEO".into())));
        assert_eq!(some.company_name, None);
        assert!(change(r#"{"full_name": null}"#).is_err());
    }
}
