//! The optional language model: asked for what the reader left unread and for drafts of text, and for nothing else.
//!
//! Protects three rules. A model can only propose: what it says becomes values of a request or text on a screen, never a
//! decision, an execution or a permission. It invents nothing: a value whose words are not in the request is dropped and
//! said (`merge.rs`). And Lexi works without it: what fails here costs the help, not the answer. Only the words of the
//! request are sent for understanding, no record of the workspace.

mod client;
mod merge;
mod prompt;

use crate::config::{Config, ModelProvider};
use crate::error::{Error, Result};
use crate::understand::{Details, Intent, Request};

pub use merge::Merged;

/// Characters of a request that is sent; a longer one is understood without help.
const ASKED_MAX: usize = 4_000;
/// Tokens of an answer about a request.
const READING_TOKENS_MAX: u32 = 1_000;
/// Tokens of a draft.
const DRAFT_TOKENS_MAX: u32 = 1_500;
/// Characters of a draft that are shown.
const DRAFT_MAX: usize = 6_000;

/// A configured language model.
#[derive(Debug)]
pub struct Model {
    client: client::Client,
    /// Calls of one workspace in an hour.
    pub calls_per_hour: u32,
}

/// Why a model gave no help. It is logged, counted and said in one sentence; nothing else follows.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It can't be reached, or took too long.
    #[error("the language model can't be reached: {0}")]
    Unreachable(String),
    /// It refused, with this status.
    #[error("the language model refused with status {0}")]
    Refused(u16),
    /// What it answered is not what was asked for.
    #[error("the language model's answer can't be read: {0}")]
    Unreadable(String),
}

impl Model {
    /// The model of the settings; none when no provider is set. Settings that contradict each other are an error.
    pub fn of(config: &Config) -> Result<Option<Model>> {
        let Some(provider) = config.model_provider else { return Ok(None) };
        let Some(name) = config.model_name.clone() else {
            return Err(Error::internal("model_provider is set and model_name is not; the model needs a name"));
        };
        let url = config.model_url.clone().unwrap_or_else(|| {
            match provider {
                ModelProvider::OpenAi => "https://api.openai.com/v1",
                ModelProvider::Anthropic => "https://api.anthropic.com/v1",
            }
            .to_owned()
        });
        let client = client::Client::new(provider, &url, &name, config.model_key.as_deref(), config.model_timeout)?;
        Ok(Some(Model { client, calls_per_hour: config.model_calls_per_hour }))
    }

    /// Asks what the unread words of a request mean and merges what holds. `read` is what the reader made of `text`.
    pub async fn help(&self, text: &str, read: &Request) -> std::result::Result<Merged, Failure> {
        let answer = self.client.ask(prompt::READING, &prompt::reading(text, read), READING_TOKENS_MAX, true).await?;
        let proposed = merge::Proposed::parse(&answer).map_err(Failure::Unreadable)?;
        Ok(merge::merged(text, read, proposed))
    }

    /// Drafts the text that was asked for. `earlier` is the draft that should be changed. The draft is text to be read:
    /// nothing in it is carried out.
    pub async fn draft(&self, asked: &str, earlier: Option<&str>) -> std::result::Result<String, Failure> {
        let answer = self.client.ask(prompt::DRAFTING, &prompt::draft(asked, earlier), DRAFT_TOKENS_MAX, false).await?;
        let draft: String = answer.trim().chars().filter(|c| *c != '\0').take(DRAFT_MAX).collect();
        if draft.is_empty() { Err(Failure::Unreadable("it is empty".into())) } else { Ok(draft) }
    }
}

/// Whether a model could add something: words of a search stayed unread, or nothing was understood at all. What the
/// reader understood as no action, a question or a change is never put to a model.
pub fn could_help(text: &str, read: &Request) -> bool {
    if text.chars().count() > ASKED_MAX || read.unread.is_empty() {
        return false;
    }
    match read.intent {
        Intent::ProspectSearch => true,
        Intent::Other => read.details().and_then(|details| details.action.as_deref()) == Some("unknown"),
        _ => false,
    }
}

/// Whether a request asks for text that a model could draft.
pub fn could_draft(text: &str, intent: Intent, details: Option<&Details>) -> bool {
    const DRAFTS: [&str; 2] = ["write_copy", "revise_copy"];
    let operation = details.and_then(|details| details.operation.as_deref()).unwrap_or_default();
    text.chars().count() <= ASKED_MAX && intent == Intent::CampaignCreate && DRAFTS.contains(&operation)
}
