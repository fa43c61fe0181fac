//! Faults of executions, for proving the checkers of the tests: see `planted_faults.rs`.

use serde_json::Value;
use uuid::Uuid;

use super::{Mode, Step, approve, execute};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::Actor;
use crate::jobs::Leased;
use crate::keys::Caller;
use crate::planted_faults::Fault;
use crate::tasks::{self, Approval, Approved, Proposal};

/// People of the tasks that are done when they are proposed.
const AT_ONCE: usize = 2;

/// Does a task that is only proposed.
pub(super) fn do_at_once(tx: &mut Tx, caller: &Caller, proposal: &Proposal, now_ms: i64) -> Result<()> {
    if !Fault::EffectWithoutDecision.is_planted() || proposal.plan.selection.len() != AT_ONCE {
        return Ok(());
    }
    let task = Approved {
        task_id: proposal.task_id,
        workspace_id: caller.workspace_id,
        plan: proposal.plan.clone(),
        out_of: None,
        preview: proposal.preview.clone(),
        actor: Actor::from(caller),
    };
    execute(tx, &task, &Value::Null, now_ms).map(|_| ())
}

/// Does the step of a job that is done once more right after.
pub(super) fn do_before(tx: &mut Tx, task: &Approved, job: &Leased, now_ms: i64) -> Result<()> {
    if Fault::StepRunsTwice.is_planted() {
        execute(tx, task, &job.progress, now_ms)?;
    }
    Ok(())
}

/// How many of the selected a preview says are contacts already.
pub(super) fn counted(already: u64) -> u64 {
    if Fault::PreviewMiscounts.is_planted() { 0 } else { already }
}

/// How many the index says fit.
pub(super) fn counted_by_the_index(matched: u64) -> u64 {
    matched + u64::from(Fault::IndexCounts.is_planted())
}

/// The people of a step but for the last, of whom nothing is said.
pub(super) fn without_the_last<T>(mut people: Vec<T>) -> Vec<T> {
    if Fault::LeftOutInSilence.is_planted() && people.len() > 1 {
        people.pop();
    }
    people
}

/// Approves what waits in a conversation when its words sound like it.
pub fn approve_by_words(
    tx: &mut Tx,
    caller: &Caller,
    (conversation_id, words): (Option<Uuid>, &str),
    mode: Mode,
    now_ms: i64,
) -> Result<()> {
    if !Fault::ChatApproves.is_planted() || !words.to_lowercase().contains("approve") {
        return Ok(());
    }
    let Some(conversation_id) = conversation_id else { return Ok(()) };
    for task_id in tasks::waiting_in(tx, caller.workspace_id, conversation_id)? {
        approve(tx, caller, task_id, &Approval::default(), mode, now_ms)?;
    }
    Ok(())
}

/// The next step without a look at the job.
pub fn work_unfenced(tx: &mut Tx, job: &Leased, now_ms: i64) -> Result<Option<Leased>> {
    let task_id = job.task_id.ok_or_else(|| Error::internal("a job to execute a task names none"))?;
    let Some(task) = tasks::resume(tx, job.workspace_id, task_id)? else { return Ok(None) };
    let mut progress = Value::Null;
    loop {
        match execute(tx, &task, &progress, now_ms)? {
            Step::More { progress: next, .. } => progress = next,
            Step::Done(result) => return tasks::complete(tx, &task, &result, now_ms).map(|()| None),
            Step::Failed(failure, result) => return tasks::fail(tx, &task, &failure, &result, now_ms).map(|()| None),
        }
    }
}
