//! What callers may say about webhooks, checked field by field before anything is resolved or written.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::{Outside, Webhook, catalog};
use crate::error::{Error, Result};

/// Characters of a description, as published.
const DESCRIPTION_MAX: usize = 200;
/// How long a secret signs on when nothing is said.
const OVERLAP_HOURS: u32 = 24;
/// The longest: a week.
const OVERLAP_HOURS_MAX: u32 = 168;

/// A webhook to be made.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewWebhook {
    /// Where it is: https, and reachable from everywhere.
    #[schema(required, example = "https://hooks.example.com/lexi")]
    url: Option<String>,
    /// What it is told of.
    #[schema(required, example = json!(["task.created", "task.completed"]))]
    events: Option<Vec<String>>,
    /// For people, at most 200 characters.
    description: Option<String>,
    /// False makes it paused.
    active: Option<bool>,
}

/// What is to be changed; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct WebhookChange {
    /// Where it is.
    url: Option<String>,
    /// What it is told of, in place of what it was told of.
    events: Option<Vec<String>>,
    /// For people; null empties it.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    /// False pauses it.
    active: Option<bool>,
}

/// How long the secret before stays good.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct Overlap {
    /// At most 168; 24 when left out, 0 for an end at once.
    overlap_hours: Option<i64>,
}

/// A webhook that may be made.
#[derive(Debug, Clone)]
pub(crate) struct New {
    pub(super) url: String,
    pub(super) events: Vec<&'static str>,
    pub(super) description: Option<String>,
    pub(super) active: bool,
}

/// A change that may be made.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    url: Option<String>,
    events: Option<Vec<&'static str>>,
    description: Option<Option<String>>,
    active: Option<bool>,
}

/// A field that was given, though it may be null.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl NewWebhook {
    /// Checks every field, the address last: its name is resolved.
    pub(crate) async fn check(self, outside: &Outside) -> Result<New> {
        let events = self.events.ok_or_else(|| missing("events"))?;
        let url = self.url.ok_or_else(|| missing("url"))?;
        let events = catalog::parse(&events)?;
        let description = description(self.description)?;
        Ok(New { url: outside.check(&url).await?, events, description, active: self.active.unwrap_or(true) })
    }
}

impl WebhookChange {
    /// Checks every field, the address last: its name is resolved.
    pub(crate) async fn check(self, outside: &Outside) -> Result<Change> {
        let events = self.events.map(|events| catalog::parse(&events)).transpose()?;
        let description = self.description.map(description).transpose()?;
        let url = match self.url {
            Some(url) => Some(outside.check(&url).await?),
            None => None,
        };
        Ok(Change { url, events, description, active: self.active })
    }
}

impl Overlap {
    /// Checks the limit.
    pub(crate) fn check(&self) -> Result<u32> {
        let Some(hours) = self.overlap_hours else { return Ok(OVERLAP_HOURS) };
        u32::try_from(hours).ok().filter(|hours| *hours <= OVERLAP_HOURS_MAX).ok_or_else(|| {
            let message = format!("overlap_hours must be a whole number from 0 to {OVERLAP_HOURS_MAX}, got {hours}.");
            Error::validation("overlap_hours", message)
        })
    }
}

impl Change {
    /// The webhook as it will be, and the names of the fields that differ.
    pub(super) fn applied(&self, before: &Webhook) -> (Webhook, Vec<&'static str>) {
        let mut after = before.clone();
        if let Some(url) = &self.url {
            after.url.clone_from(url);
        }
        if let Some(events) = &self.events {
            after.events = events.iter().map(|event| (*event).to_owned()).collect();
        }
        if let Some(description) = &self.description {
            after.description.clone_from(description);
        }
        after.active = self.active.unwrap_or(after.active);
        let fields = [
            ("url", after.url != before.url),
            ("events", after.events != before.events),
            ("description", after.description != before.description),
            ("active", after.active != before.active),
        ];
        let fields = fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect();
        (after, fields)
    }
}

fn description(given: Option<String>) -> Result<Option<String>> {
    let text = given.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > DESCRIPTION_MAX) {
        let message = format!("description must have at most {DESCRIPTION_MAX} characters.");
        return Err(Error::validation("description", message));
    }
    Ok(text)
}

fn missing(field: &str) -> Error {
    Error::validation(field, format!("{field} is required."))
}
