//! What it takes to undo a task: which kinds can be undone, whether this one still can, and who refers to what it made.
//!
//! Protects the rule that an undo is a task like any other, at most one for each task: it is proposed, decided and
//! executed, and the task it undoes stays completed and says by which it was undone.

mod store;

use std::collections::HashSet;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Approved, Kind, Plan, Status, not_found};
use crate::clock::iso;
use crate::db::Tx;
use crate::effects;
use crate::error::{Code, Error, Result};
use crate::events;

/// Later tasks that are looked through for what refers to the records of one; more are refused.
const LATER_MAX: usize = 20_000;
/// Tasks read at once: each holds up to ten thousand ids.
const PORTION: u32 = 20;

/// How far what a task does can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Undo {
    /// All of it that nobody touched since.
    Full,
    /// A part of it.
    Partial,
    /// Nothing.
    None,
}

impl Undo {
    /// What a plan of this kind with these parameters declares. A deletion and a merge give people's data up: a copy kept
    /// for an undo would be a deletion that did not happen.
    pub fn of(kind: Kind, parameters: &Value) -> Undo {
        let gives_up = matches!(parameters["operation"].as_str(), Some("delete" | "merge"));
        match kind {
            Kind::ProspectSearch => Undo::Full,
            Kind::ContactUpdate | Kind::ListOperation if gives_up => Undo::None,
            Kind::ContactUpdate | Kind::ListOperation => Undo::Full,
            Kind::CampaignStart | Kind::Undo | Kind::ExternalAction => Undo::None,
        }
    }
}

impl Plan {
    /// The task that this plan would undo; nothing for any other kind of plan.
    pub fn undoes(&self) -> Option<Uuid> {
        let id = self.parameters["undoes"].as_str().filter(|_| self.kind == Kind::Undo)?;
        Uuid::try_parse(id).ok()
    }
}

/// A task that has ended, and can be undone.
#[derive(Debug, Clone)]
pub struct Finished {
    /// The task.
    pub task_id: Uuid,
    /// The plan that was executed.
    pub plan: Plan,
    /// What was done.
    pub result: Value,
    /// For people.
    pub description: String,
    /// When it ended.
    pub finished_at_ms: i64,
}

/// A task that is to be undone.
///
/// # Errors
/// `not_found`, and `validation_error` with the reason when it can't be undone: it has not ended, its kind can't, it is
/// too long ago, or it is undone already or would be by a task that waits.
pub fn to_undo(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<Finished> {
    let ended = store::ended(tx, workspace_id, task_id)?.ok_or_else(not_found)?;
    let refused = |message: String| Err(Error::with_code(Code::ValidationError, message));
    let finished_at_ms = match (ended.status, ended.finished_at_ms) {
        (Status::Completed | Status::Failed, Some(at_ms)) => at_ms,
        (Status::Pending, _) => {
            return refused("Task was not carried out, so there is nothing to undo. Dismiss it instead.".to_owned());
        }
        (Status::Dismissed, _) => {
            return refused("Task was dismissed: nothing was done, so there is nothing to undo.".to_owned());
        }
        _ => return refused("Task is still being carried out. Undo it when it has ended.".to_owned()),
    };
    if Undo::of(ended.plan.kind, &ended.plan.parameters) == Undo::None {
        let kind = ended.plan.kind.as_str();
        let operation = ended.plan.parameters["operation"].as_str().map(|text| format!(" ({text})"));
        let what = format!("{kind}{}", operation.unwrap_or_default());
        return refused(format!("A task of type {what} can't be undone; it said so before it was approved."));
    }
    refuse_second(tx, workspace_id, task_id, now_ms)?;
    if finished_at_ms + effects::KEPT_MS <= now_ms {
        let last = iso(finished_at_ms + effects::KEPT_MS);
        return refused(format!("Task could be undone for 30 days, until {last}."));
    }
    let (plan, result, description) = (ended.plan, ended.result, ended.description);
    Ok(Finished { task_id, plan, result, description, finished_at_ms })
}

/// Refuses a second undo of one task, naming the first.
pub(super) fn refuse_second(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<()> {
    let Some((undo_id, status)) = store::undo_of(tx, workspace_id, task_id, now_ms)? else { return Ok(()) };
    let message = match status {
        Status::Pending => format!("Task {undo_id} would undo it and waits for a decision."),
        Status::Approved => format!("Task {undo_id} is undoing it."),
        _ => format!("Task has been undone by task {undo_id}."),
    };
    let details = json!({ "undo_task_id": undo_id, "status": status.as_str() });
    Err(Error::with_details(Code::ValidationError, message, details))
}

/// Says of a task that it was undone, in the transaction in which its undo completes.
pub fn mark_undone(tx: &mut Tx, undo: &Approved, task_id: Uuid, now_ms: i64) -> Result<()> {
    if !store::mark_undone(tx, undo.workspace_id, task_id, undo.task_id)? {
        return Err(Error::internal(format_args!("task {task_id} was undone twice")));
    }
    let event = undo.by().event("task.undone", task_id, now_ms).with(json!({ "undone_by": undo.task_id }));
    events::record(tx, event);
    tx.after_commit(crate::db::Signal::TaskChanged(task_id));
    Ok(())
}

/// Those of `wanted` (records, prospects, lists) that tasks refer to which changed their state since `since_ms`, other
/// than `except`, undos, and tasks that were dismissed or undone. A search that only waits refers to nobody yet.
pub fn referred(
    tx: &mut Tx,
    workspace_id: Uuid,
    (since_ms, except): (i64, &[Uuid]),
    wanted: &HashSet<Uuid>,
) -> Result<HashSet<Uuid>> {
    let mut found = HashSet::new();
    let mut seen = 0;
    for status in [Status::Pending, Status::Approved, Status::Completed, Status::Failed] {
        let mut after = (since_ms, Uuid::nil());
        loop {
            let portion = store::later(tx, workspace_id, status, after, PORTION)?;
            let Some(last) = portion.last() else { break };
            after = (last.status_at_ms, last.task_id);
            seen += portion.len();
            if seen > LATER_MAX {
                let message = "Too many tasks came after this one to look through them. Undo it by hand.";
                return Err(Error::with_code(Code::ValidationError, message));
            }
            for later in portion.iter().filter(|later| !except.contains(&later.task_id)) {
                if later.plan.kind != Kind::ProspectSearch || status != Status::Pending {
                    found.extend(named(&later.plan).filter(|id| wanted.contains(id)));
                }
            }
        }
    }
    Ok(found)
}

/// All that a plan names: its selection, and the lists of its parameters.
fn named(plan: &Plan) -> impl Iterator<Item = Uuid> {
    let lists = ["list_id", "from_list_id"].into_iter().filter_map(|key| plan.parameters[key].as_str());
    plan.selection.iter().copied().chain(lists.filter_map(|id| Uuid::try_parse(id).ok()))
}
