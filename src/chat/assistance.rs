//! The language model's part of a turn: what the reader left unread, and drafts. Without a model, over its limits or when
//! it fails, the turn goes on without; that is said, and nothing waits.

use serde_json::json;

use super::{Answer, Said, store};
use crate::app::App;
use crate::error::Result;
use crate::keys::Caller;
use crate::keys::hourly::{self, Hourly};
use crate::model::{self, Failure, Model};
use crate::understand::{self, Request};

/// Before a draft, so that nobody takes it for something that was done. Also how the last draft is found again.
const DRAFT: &str = "Here is a draft. Nothing was sent or saved.\n\n";

/// What a message means: the reader's answer, with what the language model adds to it.
pub(super) async fn read(app: &App, caller: &Caller, message: &str) -> Result<Request> {
    let read = understand::read(message);
    let Some(model) = app.model.as_ref().filter(|_| model::could_help(message, &read)) else { return Ok(read) };
    if !take_call(app, caller, model).await? {
        return Ok(noted(read, "The language model was asked too often this hour; this is what I read without it."));
    }
    match model.help(message, &read).await {
        Ok(merged) => {
            metrics::counter!("lexi_model_calls_total", "outcome" => "answered").increment(1);
            if !merged.dropped.is_empty() {
                tracing::warn!(values = merged.dropped.len(), "the language model proposed what the words don't say");
            }
            Ok(merged.request)
        }
        Err(failure) => {
            failed(&failure);
            Ok(noted(read, "The language model gave no answer; this is what I read without it."))
        }
    }
}

/// The text that was asked for; nothing when no model drafts it, and then the turn goes on as without.
pub(super) async fn draft(app: &App, caller: &Caller, said: &Said, request: &Request) -> Result<Option<Answer>> {
    let wanted = model::could_draft(&said.message, request.intent, request.details());
    let Some(model) = app.model.as_ref().filter(|_| wanted) else { return Ok(None) };
    let revises = request.details().and_then(|details| details.operation.as_deref()) == Some("revise_copy");
    let earlier = match said.conversation_id.filter(|_| revises) {
        Some(id) => {
            let workspace_id = caller.workspace_id;
            app.db.read(move |tx| store::last_reply(tx, workspace_id, id, DRAFT)).await?
        }
        None => None,
    };
    if revises && earlier.is_none() {
        return Ok(None);
    }
    if !take_call(app, caller, model).await? {
        let text = "The language model was asked too often this hour. Nothing was drafted; ask again in a while.";
        return Ok(Some(Answer::says(text)));
    }
    match model.draft(&said.message, earlier.as_deref()).await {
        Ok(draft) => {
            metrics::counter!("lexi_model_calls_total", "outcome" => "answered").increment(1);
            let data = json!({ "kind": "draft", "text": draft });
            Ok(Some(Answer { data: Some(data), ..Answer::says(format!("{DRAFT}{draft}")) }))
        }
        Err(failure) => {
            failed(&failure);
            Ok(Some(Answer::says("The language model gave no answer, so nothing was drafted. Ask again in a while.")))
        }
    }
}

/// Takes one of the workspace's calls of this hour; false when there is none left.
async fn take_call(app: &App, caller: &Caller, model: &Model) -> Result<bool> {
    let (workspace_id, now_ms, limit) = (caller.workspace_id, app.clock.now_ms(), model.calls_per_hour);
    let taken = app.db.write(move |tx| hourly::take(tx, workspace_id, Hourly::ModelCall(limit), now_ms)).await?;
    Ok(taken.is_ok())
}

fn noted(mut read: Request, sentence: &str) -> Request {
    read.assumptions.push(sentence.to_owned());
    read
}

fn failed(failure: &Failure) {
    metrics::counter!("lexi_model_calls_total", "outcome" => "failed").increment(1);
    tracing::warn!(%failure, "the language model gave no help");
}
