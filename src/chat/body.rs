//! What comes in with a message to Lexi, the same for the plain chat and the stream.
//!
//! The published pages disagree on where the conversation's id and the records a message is about stand; all of their
//! places are accepted. An id that the workspace does not have is 404, wherever it stands.

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::references::id;
use super::{MESSAGE_MAX, Reach, Said, conversation_not_found};
use crate::error::{Error, Result, quoted};
use crate::{companies, contacts, lists};

/// Characters of `context.page`.
const PAGE_MAX: usize = 2_000;

/// One message to Lexi.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Message {
    /// In plain words, at most 12,000 characters.
    #[schema(example = "Find 50 CEOs at law firms in California", max_length = 12_000)]
    message: String,
    /// The conversation this message continues; may also stand in `context`.
    #[serde(default)]
    conversation_id: Option<String>,
    /// What the message is about.
    #[serde(default)]
    context: Option<About>,
    /// The record a person has before their eyes; may also stand in `context`.
    #[serde(default, rename = "currentEntity", alias = "current_entity")]
    current_entity: Option<Entity>,
    /// False: Lexi answers from the conversation alone, looks at no data beyond it and proposes nothing.
    #[serde(default)]
    allow_tools: Option<bool>,
}

/// What a message is about. Ids of another workspace are ids that don't exist.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ChatContext)]
struct About {
    /// The list: people are put on it, "this list" means it.
    list_id: Option<String>,
    /// The contact: "this contact" and "her" mean it.
    contact_id: Option<String>,
    /// The company: "this company" means it.
    company_id: Option<String>,
    /// A campaign. There are none in this version, so any id is unknown.
    campaign_id: Option<String>,
    /// A deal. There are none in this version, so any id is unknown.
    deal_id: Option<String>,
    /// A matter. There are none in this version, so any id is unknown.
    matter_id: Option<String>,
    /// The conversation this message continues.
    conversation_id: Option<String>,
    /// The page a person is looking at; it is kept with the conversation that begins with it.
    page: Option<String>,
    /// The record a person has before their eyes. An id of the same kind beside it counts before it.
    #[serde(rename = "currentEntity", alias = "current_entity")]
    current_entity: Option<Entity>,
}

/// A record by kind and id.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ChatEntity)]
struct Entity {
    /// `contact`, `company`, `list`, `campaign`, `deal` or `matter`.
    #[serde(rename = "type")]
    kind: String,
    /// The record.
    id: String,
}

impl Message {
    /// Checks every field; the first wrong one is named.
    ///
    /// # Errors
    /// `validation_error`, and `not_found` for an id that can't be one of the workspace.
    pub(super) fn check(self) -> Result<Said> {
        if self.message.trim().is_empty() {
            return Err(Error::validation("message", "message is required: say in plain words what Lexi should do."));
        }
        if self.message.chars().count() > MESSAGE_MAX {
            return Err(Error::validation("message", "message is over the limit of 12,000 characters."));
        }
        let mut about = self.context.unwrap_or_default();
        if about.page.as_ref().is_some_and(|page| page.chars().count() > PAGE_MAX) {
            let message = format!("context.page must have at most {PAGE_MAX} characters.");
            return Err(Error::validation("context.page", message));
        }
        for entity in [about.current_entity.take(), self.current_entity].into_iter().flatten() {
            about.take(entity)?;
        }
        for (id, missing) in [
            (&about.campaign_id, "Campaign not found"),
            (&about.deal_id, "Deal not found"),
            (&about.matter_id, "Matter not found"),
        ] {
            if id.as_ref().is_some_and(|id| !id.is_empty()) {
                return Err(Error::not_found(missing));
            }
        }
        Ok(Said {
            message: self.message,
            conversation_id: one_conversation(self.conversation_id, about.conversation_id)?,
            list_id: id(about.list_id, lists::not_found)?,
            contact_id: id(about.contact_id, contacts::not_found)?,
            company_id: id(about.company_id, companies::not_found)?,
            page: about.page.filter(|page| !page.trim().is_empty()),
            reach: if self.allow_tools == Some(false) { Reach::Conversation } else { Reach::Workspace },
        })
    }
}

impl About {
    /// Puts the record before somebody's eyes where no id of its kind is given.
    fn take(&mut self, entity: Entity) -> Result<()> {
        let place = match entity.kind.trim().to_lowercase().as_str() {
            "contact" | "person" => &mut self.contact_id,
            "company" => &mut self.company_id,
            "list" => &mut self.list_id,
            "campaign" => &mut self.campaign_id,
            "deal" => &mut self.deal_id,
            "matter" => &mut self.matter_id,
            other => {
                let message = format!(
                    "currentEntity.type \"{}\" is none of contact, company, list, campaign, deal, matter.",
                    quoted(other)
                );
                return Err(Error::validation("currentEntity.type", message));
            }
        };
        if place.as_ref().is_none_or(String::is_empty) {
            *place = Some(entity.id);
        }
        Ok(())
    }
}

/// The conversation, named in one place or the same in both.
fn one_conversation(above: Option<String>, inside: Option<String>) -> Result<Option<Uuid>> {
    let (above, inside) = (id(above, conversation_not_found)?, id(inside, conversation_not_found)?);
    if above.is_some() && inside.is_some() && above != inside {
        let message = "conversation_id and context.conversation_id name two conversations. Give one of them.";
        return Err(Error::validation("conversation_id", message));
    }
    Ok(above.or(inside))
}
