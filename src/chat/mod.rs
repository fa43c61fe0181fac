//! Lexi's turn: understand, then propose, answer or ask back. No text in a chat can approve anything.
//!
//! `answer` gives each intent its file: `search.rs`, `change.rs` (contacts and lists), `questions.rs`, and before them
//! `follow_up.rs` what changes or answers an earlier turn. Each gets a reading transaction and a `Context`, and gives
//! an `Answer`; only [`take_turn`] writes.

mod assistance;
mod body;
mod change;
pub mod conversations;
mod earlier;
mod follow_up;
pub mod http;
mod not_yet;
mod questions;
mod references;
mod reply;
mod search;
mod store;
mod stream;
mod undo;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::companies::Company;
use crate::contacts;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{self, Event};
use crate::execution::{self, Mode};
use crate::ids;
use crate::keys::Caller;
use crate::lists::List;
use crate::prospects::search::Snapshot;
use crate::tasks::{self, Plan, Proposal};
use crate::understand::{Intent, Request};
use references::About;

/// Characters of one message.
pub const MESSAGE_MAX: usize = 12_000;
/// Characters of a conversation's title, made from its first message.
const TITLE_MAX: usize = 80;

/// What a caller says, and where.
#[derive(Debug, Clone)]
pub struct Said {
    /// At most [`MESSAGE_MAX`] characters.
    pub message: String,
    /// The conversation it continues.
    pub conversation_id: Option<Uuid>,
    /// The list it is about.
    pub list_id: Option<Uuid>,
    /// The contact it is about: the one a person has before their eyes.
    pub contact_id: Option<Uuid>,
    /// The company it is about.
    pub company_id: Option<Uuid>,
    /// The page a person is looking at.
    pub page: Option<String>,
    /// What Lexi may look at to answer.
    pub reach: Reach,
}

/// What Lexi may look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The workspace and the prospects; she may propose tasks.
    Workspace,
    /// The conversation alone: no data beyond it, no task.
    Conversation,
}

/// What Lexi makes of a message, before anything is stored. Ids and words are fixed here, because the transaction that
/// stores them may run again.
#[derive(Debug)]
pub struct Turn {
    said: Said,
    conversation_id: Uuid,
    user_message_id: Uuid,
    reply_id: Uuid,
    request: Value,
    answer: Answer,
}

/// What the caller is told.
#[derive(Debug)]
pub struct Told {
    /// Lexi's words.
    pub response: String,
    /// The task that waits for approval, if one was made.
    pub task: Option<tasks::Task>,
    /// The conversation.
    pub conversation_id: Uuid,
    /// Lexi's message.
    pub message_id: Uuid,
    /// What was understood.
    pub request: Value,
    /// The answer to a question, for programs.
    pub answer: Option<Value>,
    /// What was dismissed before, when it is mentioned.
    pub earlier: Option<Value>,
    /// What Lexi looked at.
    pub steps: Vec<Step>,
}

/// What a turn is made from: what was said, by whom and in which circumstances.
struct Context<'t> {
    caller: &'t Caller,
    /// The prospects; taken before the transaction began.
    snapshot: &'t Snapshot,
    said: &'t Said,
    /// What was understood, without regard to earlier turns.
    request: &'t Request,
    /// The list of `context.list_id`.
    list: Option<List>,
    /// The contact of `context.contact_id`.
    contact: Option<contacts::Brief>,
    /// The company of `context.company_id`.
    company: Option<Company>,
    now_ms: i64,
    /// The deadline of whatever is proposed.
    expires_at_ms: i64,
}

impl Context<'_> {
    /// A task that does what `plan` says, with the words that asked for it.
    fn proposal(&self, plan: Plan, preview: Value, description: String) -> Result<Proposal> {
        Ok(Proposal {
            task_id: ids::new(self.now_ms),
            plan,
            preview,
            description,
            query: self.said.message.clone(),
            request: serde_json::to_value(self.request)?,
            conversation_id: None,
            expires_at_ms: self.expires_at_ms,
        })
    }
}

/// What Lexi says, and what follows from it.
#[derive(Debug)]
struct Answer {
    text: String,
    /// The answer to a question, for programs: `data.answer`.
    data: Option<Value>,
    /// What was understood, when earlier turns have a part in it.
    request: Option<Value>,
    /// The task that is proposed.
    proposal: Option<Proposal>,
    /// The proposal is a new plan for the task of its id; this was the revision it changes.
    revises: Option<u32>,
    /// What was dismissed before, for programs: `data.earlier`.
    earlier: Option<Value>,
    /// What Lexi looked at.
    steps: Vec<Step>,
}

/// Something Lexi looked at to answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Step {
    /// `prospects.search`, `contacts.find` …
    pub tool: &'static str,
    /// What it came to, in words without anybody's data.
    pub summary: String,
}

impl Answer {
    /// Words alone.
    fn says(text: impl Into<String>) -> Answer {
        Answer {
            text: text.into(),
            data: None,
            request: None,
            proposal: None,
            revises: None,
            earlier: None,
            steps: Vec::new(),
        }
    }

    /// Words, and a task that waits for approval.
    fn proposes(text: impl Into<String>, proposal: Proposal) -> Answer {
        Answer { proposal: Some(proposal), ..Answer::says(text) }
    }

    /// Notes what was looked at.
    fn saw(mut self, tool: &'static str, summary: impl Into<String>) -> Answer {
        self.steps.push(Step { tool, summary: summary.into() });
        self
    }
}

/// Understands a message and prepares what follows from it. Reads only.
pub async fn consider(app: &App, caller: &Caller, said: Said) -> Result<Turn> {
    let now_ms = app.clock.now_ms();
    let request = assistance::read(app, caller, &said.message).await?;
    let expires_at_ms = now_ms + app.config.task_expiry_ms;
    let snapshot = app.search.snapshot();
    let (asking, asked, about) = (caller.clone(), request.clone(), said.clone());
    let mut answer = app
        .db
        .read(move |tx| {
            let About { list, contact, company } = references::about(tx, &asking, &about)?;
            let (caller, snapshot, said, request) = (&asking, &snapshot, &about, &asked);
            let context = Context { caller, snapshot, said, request, list, contact, company, now_ms, expires_at_ms };
            let mut answer = answer(tx, &context)?;
            earlier::mention(tx, &context, &mut answer)?;
            Ok(answer)
        })
        .await?;
    // After the read, which refuses a conversation that is not the caller's.
    if let Some(drafted) = assistance::draft(app, caller, &said, &request).await? {
        answer = drafted;
    }
    let conversation_id = said.conversation_id.unwrap_or_else(|| ids::new(now_ms));
    if let Some(proposal) = &mut answer.proposal {
        proposal.conversation_id = Some(conversation_id);
    }
    let understood = answer.request.take().map_or_else(|| serde_json::to_value(&request), Ok)?;
    Ok(Turn {
        said,
        conversation_id,
        user_message_id: ids::new(now_ms),
        reply_id: ids::new(now_ms),
        request: understood,
        answer,
    })
}

/// What Lexi answers to a request.
fn answer(tx: &mut Tx, context: &Context<'_>) -> Result<Answer> {
    if context.said.reach == Reach::Conversation {
        return conversation_only(tx, context);
    }
    if let Some(answer) = undo::answer(tx, context)? {
        return Ok(answer);
    }
    if let Some(answer) = follow_up::answer(tx, context)? {
        return Ok(answer);
    }
    let request = context.request;
    // Whom a change means may follow from what is beside its words; which campaign is meant matters only where there are
    // campaigns. Each says so by itself.
    let by_itself = matches!(
        request.intent,
        Intent::ContactUpdate | Intent::ListOperation | Intent::CampaignStart | Intent::CampaignCreate
    );
    if let Some(question) = request.ask.as_ref().filter(|_| !by_itself) {
        return Ok(Answer::says(reply::ask(request, question)));
    }
    match request.intent {
        Intent::ProspectSearch => search::answer(tx, context),
        Intent::ContactUpdate | Intent::ListOperation => change::answer(tx, context),
        Intent::Question => questions::answer(tx, context),
        Intent::CampaignStart | Intent::CampaignCreate | Intent::Other => Ok(not_yet::answer(context)),
    }
}

/// What can be said without a look beyond the conversation: what was said last in it.
fn conversation_only(tx: &mut Tx, context: &Context<'_>) -> Result<Answer> {
    let last = match context.said.conversation_id {
        Some(id) => store::last_messages(tx, context.caller.workspace_id, id)?,
        None => Vec::new(),
    };
    let said = |by_lexi: bool| last.iter().find(|(lexi, _)| *lexi == by_lexi).map(|(_, text)| text.as_str());
    Ok(Answer {
        data: Some(json!({ "kind": "conversation_only" })),
        ..Answer::says(reply::conversation_only(said(false), said(true)))
    })
}

/// Stores both messages and the task or its new plan, in one transaction.
pub fn take_turn(tx: &mut Tx, caller: &Caller, turn: &Turn, mode: Mode, now_ms: i64) -> Result<Told> {
    match turn.said.conversation_id {
        Some(id) if !store::touch(tx, caller.workspace_id, id, now_ms)? => return Err(conversation_not_found()),
        Some(_) => {}
        None => {
            let title: String = turn.said.message.chars().take(TITLE_MAX).collect();
            let about = (turn.said.contact_id, turn.said.page.as_deref());
            store::insert_conversation(tx, caller, (turn.conversation_id, &title), about, now_ms)?;
            events::record(tx, Event::by(caller, "conversation.created", turn.conversation_id, now_ms));
        }
    }
    #[cfg(feature = "planted-faults")]
    execution::approve_by_words(tx, caller, (turn.said.conversation_id, &turn.said.message), mode, now_ms)?;
    let (response, task_id) = take_proposal(tx, caller, &turn.answer, mode, now_ms)?;
    store::insert_message(tx, caller, (turn.user_message_id, turn.conversation_id), &turn.said.message, now_ms)?;
    let steps = conversations::kept(&turn.answer.steps, now_ms);
    let reply = store::Reply { text: &response, request: &turn.request, task_id, steps };
    store::insert_reply(tx, caller, (turn.reply_id, turn.conversation_id), &reply, now_ms)?;
    events::record(
        tx,
        Event::by(caller, "conversation.message", turn.conversation_id, now_ms)
            .with(json!({ "message_id": turn.user_message_id, "reply_id": turn.reply_id, "task_id": task_id })),
    );
    Ok(Told {
        response,
        task: task_id.map(|task_id| tasks::get_line(tx, caller, task_id)).transpose()?,
        conversation_id: turn.conversation_id,
        message_id: turn.reply_id,
        request: turn.request.clone(),
        answer: turn.answer.data.clone(),
        earlier: turn.answer.earlier.clone(),
        steps: turn.answer.steps.clone(),
    })
}

/// Stores the proposal of an answer, which a policy may approve at once; gives Lexi's words and the task. When the task
/// that would have been changed was changed or decided since it was looked at, nothing is proposed, and that is said.
fn take_proposal(
    tx: &mut Tx,
    caller: &Caller,
    answer: &Answer,
    mode: Mode,
    now_ms: i64,
) -> Result<(String, Option<Uuid>)> {
    let Some(proposal) = &answer.proposal else { return Ok((answer.text.clone(), None)) };
    let approved = match answer.revises {
        None => execution::propose(tx, caller, proposal, mode, now_ms)?,
        Some(seen) => match execution::revise(tx, caller, (proposal, seen), mode, now_ms) {
            Ok(approved) => approved,
            Err(Error::Refused(refusal)) => return Ok((reply::overtaken(&refusal.message), None)),
            Err(error) => return Err(error),
        },
    };
    let text = match approved {
        None => answer.text.clone(),
        Some(by) => format!("{} {}", answer.text, reply::approved_by(&by)),
    };
    Ok((text, Some(proposal.task_id)))
}

fn conversation_not_found() -> Error {
    Error::not_found("Conversation not found")
}
