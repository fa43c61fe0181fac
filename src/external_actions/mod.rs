//! Actions of other programs: an agent asks here before it runs a tool, waits for the decision, begins once and says how
//! it ended. The shapes are those of the Agent Approval Protocol (<https://agentapprovalprotocol.io>).
//!
//! Each is a task of type `external_action`: the same rules decide it, the same events tell of it. Lexi never carries it
//! out. Who asked may begin it once, within the time the approval is good for, and never decides about it.

mod duration;
pub mod http;
mod store;
mod wire;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

pub use wire::External;

use crate::clock::{DAY_MS, SECOND_MS, iso};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::keys::Caller;
use crate::tasks::outside::{self, Begun};
use crate::tasks::{self, Failure, Kind, Plan, Proposal};

/// Characters of the name of a tool or of a server.
const NAME_MAX: usize = 200;
/// Bytes of the arguments, as JSON: they are shown with every page of tasks.
const ARGUMENTS_MAX: usize = 64 << 10;
/// Bytes of the context, as JSON.
const CONTEXT_MAX: usize = 16 << 10;
/// Characters of what the agent says for itself.
const REASONING_MAX: usize = 12_000;
/// Characters of a note to an outcome.
const NOTE_MAX: usize = 2_000;
/// The shortest and the longest time a request may wait for its decision.
const TIMEOUT_MIN_MS: i64 = SECOND_MS;
const TIMEOUT_MAX_MS: i64 = 30 * DAY_MS;
/// An agent that began and is not heard of for so long is taken for lost.
const UNREPORTED_MAX_MS: i64 = DAY_MS;
/// Actions given up in one transaction.
const GIVE_UP_BATCH: i64 = 50;

/// What an agent asks for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// The tool it would run, at most 200 characters.
    #[schema(example = "send_refund")]
    pub tool: String,
    /// Where the tool is, at most 200 characters.
    pub server: Option<String>,
    /// With what; at most 64 KiB as JSON.
    pub arguments: Map<String, Value>,
    /// How long it waits for the decision: `90s`, `10m`, `24h`, at most 30 days.
    #[schema(example = "10m")]
    pub timeout: String,
    /// Why, in the agent's words; at most 12,000 characters. Shown, never believed.
    pub agent_reasoning: Option<String>,
    /// Whatever helps to decide; at most 16 KiB as JSON.
    pub context: Option<Map<String, Value>>,
}

/// The request that asks: what makes a repeated one the same.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Its `Idempotency-Key`.
    pub key: String,
    /// SHA-256 of its body.
    pub payload_hash: String,
}

impl Submission {
    /// Refuses what is over a limit; answers the time to wait in milliseconds.
    pub fn check(&self) -> Result<i64> {
        for (field, text) in [("tool", Some(&self.tool)), ("server", self.server.as_ref())] {
            let Some(text) = text else { continue };
            if text.trim().is_empty() || text.chars().count() > NAME_MAX {
                return Err(Error::validation(field, format!("{field} must have 1 to {NAME_MAX} characters.")));
            }
        }
        at_most("arguments", &self.arguments, ARGUMENTS_MAX)?;
        if let Some(context) = &self.context {
            at_most("context", context, CONTEXT_MAX)?;
        }
        if self.agent_reasoning.as_ref().is_some_and(|text| text.chars().count() > REASONING_MAX) {
            let message = format!("agent_reasoning must have at most {REASONING_MAX} characters.");
            return Err(Error::validation("agent_reasoning", message));
        }
        let timeout_ms = duration::parse_ms("timeout", &self.timeout)?;
        if !(TIMEOUT_MIN_MS..=TIMEOUT_MAX_MS).contains(&timeout_ms) {
            return Err(Error::validation("timeout", "timeout must be from 1 second to 30 days (\"30d\")."));
        }
        Ok(timeout_ms)
    }

    /// What is load-bearing: tool, server and arguments. What the agent says for itself is not.
    fn plan(&self) -> Plan {
        let mut parameters = json!({ "tool": self.tool, "arguments": self.arguments });
        if let Some(server) = &self.server {
            parameters["server"] = json!(server);
        }
        Plan { kind: Kind::ExternalAction, parameters, selection: Vec::new() }
    }

    fn proposal(&self, task_id: Uuid, expires_at_ms: i64) -> Proposal {
        let mut preview = json!({ "tool": self.tool, "arguments": self.arguments });
        if let Some(server) = &self.server {
            preview["server"] = json!(server);
        }
        if let Some(context) = &self.context {
            preview["context"] = json!(context);
        }
        if let Some(reasoning) = &self.agent_reasoning {
            preview["agent_reasoning"] = json!(reasoning);
        }
        let place = self.server.as_ref().map(|server| format!(" of {server}")).unwrap_or_default();
        Proposal {
            task_id,
            plan: self.plan(),
            preview,
            description: format!("Another program runs {}{place}", self.tool),
            query: self.agent_reasoning.clone().unwrap_or_default(),
            request: Value::Null,
            conversation_id: None,
            expires_at_ms,
        }
    }
}

fn at_most(field: &str, value: &Map<String, Value>, most: usize) -> Result<()> {
    let bytes = serde_json::to_vec(value)?.len();
    if bytes > most {
        let message = format!("{field} must have at most {} KiB as JSON, got {bytes} bytes.", most >> 10);
        return Err(Error::validation(field, message));
    }
    Ok(())
}

/// Proposes the action as a task, or answers how the one stands that was asked for with the same `Idempotency-Key`.
/// True when it was made now.
pub fn ask(
    tx: &mut Tx,
    caller: &Caller,
    (task_id, submission): (Uuid, &Submission),
    asked: &Asked,
    now_ms: i64,
) -> Result<(bool, External)> {
    let expires_at_ms = now_ms + submission.check()?;
    if !store::insert(tx, (caller.workspace_id, caller.key_id), (task_id, submission), asked)? {
        let kept = store::of_key(tx, caller.key_id, &asked.key)?.ok_or_else(not_found)?;
        if kept.payload_hash != asked.payload_hash {
            let message = "This Idempotency-Key was used for another action. Use a new key for a new one.";
            return Err(Error::with_code(Code::IdempotencyConflict, message));
        }
        return Ok((false, shown(tx, caller, kept, now_ms)?));
    }
    tasks::propose(tx, caller, &submission.proposal(task_id, expires_at_ms), now_ms)?;
    Ok((true, get(tx, caller, task_id, now_ms)?))
}

/// How an action stands. Only the key that asked sees it here; others look at the task.
pub fn get(tx: &mut Tx, caller: &Caller, task_id: Uuid, now_ms: i64) -> Result<External> {
    let kept = store::get(tx, (caller.workspace_id, caller.key_id), task_id)?.ok_or_else(not_found)?;
    shown(tx, caller, kept, now_ms)
}

/// Who asked does not want it any more. Asking twice changes nothing; what was decided stays decided.
pub fn cancel(tx: &mut Tx, caller: &Caller, task_id: Uuid, now_ms: i64) -> Result<External> {
    let found = get(tx, caller, task_id, now_ms)?;
    match found.status {
        wire::CANCELLED => Ok(found),
        wire::PENDING => {
            tasks::dismiss(tx, caller, task_id, Some(wire::CANCELLED), now_ms)?;
            get(tx, caller, task_id, now_ms)
        }
        status => Err(Error::with_code(Code::AlreadyTerminal, format!("This action is {status} already."))),
    }
}

/// Begins an approved action: once, within the time its approval is good for. The same `Idempotency-Key` may ask again.
pub fn consume(tx: &mut Tx, caller: &Caller, task_id: Uuid, key: &str, now_ms: i64) -> Result<External> {
    let kept = store::get(tx, (caller.workspace_id, caller.key_id), task_id)?.ok_or_else(not_found)?;
    if kept.consumed_key.as_deref() == Some(key) {
        return get(tx, caller, task_id, now_ms);
    }
    if kept.consumed_key.is_some() {
        return Err(Error::with_code(Code::AlreadyConsumed, "This action was begun before. It may be begun once."));
    }
    let found = shown(tx, caller, kept, now_ms)?;
    if found.status != wire::APPROVED {
        return Err(Error::with_code(Code::NotApproved, format!("This action is {}: it may not begin.", found.status)));
    }
    match outside::begin(tx, caller.workspace_id, task_id, now_ms)? {
        Begun::Yes => {}
        Begun::OnlyUntil(ms) => {
            let message = format!("The approval was good until {}. Ask again.", iso(ms));
            return Err(Error::with_code(Code::ApprovalExpired, message));
        }
        Begun::NotBefore(ms) => {
            let message = format!("This action is approved, but held back: it may begin at {}.", iso(ms));
            return Err(Error::with_code(Code::NotApproved, message));
        }
        Begun::Frozen => {
            let message = "Actions of other programs are frozen in this workspace. It may begin when that is lifted.";
            return Err(Error::with_code(Code::NotApproved, message));
        }
        Begun::No => return Err(Error::with_code(Code::NotApproved, "This action may not begin any more.")),
    }
    if !store::consume(tx, task_id, key, now_ms)? {
        return Err(Error::with_code(Code::AlreadyConsumed, "This action was begun before. It may be begun once."));
    }
    get(tx, caller, task_id, now_ms)
}

/// How the action ended, as its program says it. Saying the same again changes nothing.
pub fn report(
    tx: &mut Tx,
    caller: &Caller,
    task_id: Uuid,
    (outcome, note): (Outcome, Option<&str>),
    now_ms: i64,
) -> Result<External> {
    if note.is_some_and(|note| note.is_empty() || note.chars().count() > NOTE_MAX) {
        return Err(Error::validation("note", format!("note must have 1 to {NOTE_MAX} characters.")));
    }
    let kept = store::get(tx, (caller.workspace_id, caller.key_id), task_id)?.ok_or_else(not_found)?;
    if kept.consumed_key.is_none() {
        return Err(Error::with_code(Code::NotConsumed, "This action was not begun: it has no outcome."));
    }
    if kept.reported_at_ms.is_some() {
        let same = kept.outcome.as_deref() == Some(outcome.as_str()) && kept.outcome_note.as_deref() == note;
        return if same { get(tx, caller, task_id, now_ms) } else { Err(outcome_conflict()) };
    }
    let Some(task) = tasks::resume(tx, caller.workspace_id, task_id)? else { return Err(outcome_conflict()) };
    if !store::report(tx, task_id, (outcome.as_str(), note), now_ms)? {
        return Err(outcome_conflict());
    }
    let result = json!({ "outcome": outcome.as_str(), "note": note });
    match outcome {
        Outcome::Succeeded => tasks::complete(tx, &task, &result, now_ms)?,
        Outcome::Failed => {
            let message = match note {
                Some(note) => format!("The program that ran it reported that it failed: {note}"),
                None => "The program that ran it reported that it failed.".to_owned(),
            };
            tasks::fail(tx, &task, &Failure { code: "failed_outside", message }, &result, now_ms)?;
        }
    }
    get(tx, caller, task_id, now_ms)
}

/// How an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It did what was asked.
    Succeeded,
    /// It did not.
    Failed,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Outcome::Succeeded => "succeeded",
            Outcome::Failed => "failed",
        }
    }
}

/// Whether any action was begun and never heard of again: a look that costs no write.
pub fn any_lost(tx: &mut Tx, now_ms: i64) -> Result<bool> {
    Ok(!store::unreported(tx, now_ms - UNREPORTED_MAX_MS, 1)?.is_empty())
}

/// Ends tasks whose program began and was not heard of for a day: whether it was done is not known, and that is said.
/// Answers how many.
pub fn give_up_lost(tx: &mut Tx, now_ms: i64) -> Result<usize> {
    #[cfg(feature = "planted-faults")]
    crate::failure_points::reach(tx, crate::failure_points::SWEEP, "give_up", now_ms);
    let lost = store::unreported(tx, now_ms - UNREPORTED_MAX_MS, GIVE_UP_BATCH)?;
    let mut ended = 0;
    for (task_id, workspace_id) in lost {
        if !store::report(tx, task_id, (Outcome::Failed.as_str(), None), now_ms)? {
            continue;
        }
        let Some(task) = tasks::resume(tx, workspace_id, task_id)? else { continue };
        let message = "The program that asked for it began and never said how it ended. Whether it was done is not \
                       known: look at what it was meant to change."
            .to_owned();
        tasks::fail(tx, &task, &Failure { code: "outcome_unknown", message }, &json!({ "outcome": null }), now_ms)?;
        ended += 1;
    }
    Ok(ended)
}

fn shown(tx: &mut Tx, caller: &Caller, kept: store::Kept, now_ms: i64) -> Result<External> {
    let detail = tasks::get(tx, caller, kept.task_id, None)?;
    let good_until_ms = outside::good_until(tx, caller.workspace_id, kept.task_id)?;
    Ok(wire::shown(&detail, kept, good_until_ms, now_ms))
}

fn not_found() -> Error {
    Error::not_found("Request not found")
}

fn outcome_conflict() -> Error {
    Error::with_code(Code::OutcomeConflict, "Another outcome is on record for this action already.")
}
