//! Approving: of any number of concurrent decisions one wins, and it is stored for exactly (task, revision, plan hash).

use serde_json::json;
use uuid::Uuid;

use super::{Approved, Terms, Votes, refusal, store};
use crate::db::{Signal, Tx};
use crate::error::{Error, Result};
use crate::events::{self, Actor, Event};
use crate::keys::Caller;

/// What an approval says beside which task it is for.
#[derive(Debug, Clone, Default)]
pub struct Approval {
    /// The plan the caller has seen; needed when the task has more than one revision.
    pub plan_hash: Option<String>,
    /// Why; needed where a rule says so.
    pub reason: Option<String>,
    /// The part of the selection that is approved; none: all of it.
    pub part: Option<Part>,
}

/// A part of a task's selection, of the revision that `Approval::plan_hash` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Whom it is approved for, in the order of the selection; never nobody.
    pub selection: Vec<Uuid>,
    /// How many of the selection are left out.
    pub declined: u64,
}

/// What an approval came to.
#[derive(Debug)]
pub enum Outcome {
    /// A vote: the rules want more before the task is decided.
    Voted(Votes),
    /// The decision, and what the rules say about when its work begins.
    Decided(Box<Approved>, Terms),
}

/// Approves a pending task: one statement checks state, deadline, revision and plan hash while it writes; the decision
/// is stored beside it. Refused when somebody decided before, with that decision in `details`.
pub fn approve(tx: &mut Tx, caller: &Caller, task_id: Uuid, approval: &Approval, now_ms: i64) -> Result<Outcome> {
    let plan_hash = approval.plan_hash.as_deref();
    let Some((revision, hash, kind)) = store::approve(tx, caller.workspace_id, task_id, plan_hash, now_ms)? else {
        return Err(refusal::of_approval(tx, caller.workspace_id, task_id, plan_hash, now_ms)?);
    };
    store::insert_decision(tx, caller, task_id, (revision, &hash), ("approved", None), now_ms)?;
    events::record(
        tx,
        Event::by(caller, "task.approved", task_id, now_ms)
            .because_of(task_id)
            .with(json!({ "revision": revision, "plan_hash": hash })),
    );
    let (plan, preview) = store::plan(tx, caller.workspace_id, (task_id, kind), revision)?
        .ok_or_else(|| Error::internal("an approved task has no plan"))?;
    tx.after_commit(Signal::TaskChanged(task_id));
    tx.after_commit(Signal::Count("lexi_tasks_approved_total"));
    let actor = Actor::from(caller);
    let approved = Approved { task_id, workspace_id: caller.workspace_id, plan, preview, actor };
    Ok(Outcome::Decided(Box::new(approved), Terms::default()))
}
