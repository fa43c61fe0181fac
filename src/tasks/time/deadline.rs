//! What happens to a task that nobody decides about: a reminder, then its deadline, which passes it on once or dismisses
//! it. A deadline never approves.

use serde_json::json;
use uuid::Uuid;

use super::{SWEPT_AT_ONCE, store};
use crate::clock::iso;
use crate::db::{Signal, Tx};
use crate::error::{Error, Result};
use crate::events::{self, Actor, Event};
use crate::rules;
use crate::tasks::{OnDeadline, Plan, ProposalTerms};

/// Gives the present revision of a pending task its deadline, what follows from it, and its reminder. For whoever has
/// just proposed or revised it, in the same transaction.
pub fn set_terms(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, terms: &ProposalTerms, now_ms: i64) -> Result<()> {
    let missing = || Error::internal(format_args!("task {task_id} was not pending when it got its deadline"));
    let by_itself_ms = store::pending_until(tx, workspace_id, task_id)?.ok_or_else(missing)?;
    let deadline_ms = terms.deadline_ms.unwrap_or(by_itself_ms - now_ms).max(1);
    let expires_at_ms = now_ms.saturating_add(deadline_ms);
    let roles = match &terms.on_deadline {
        OnDeadline::Dismiss => None,
        OnDeadline::Escalate(roles) => Some(json!(roles).to_string()),
    };
    let new = store::Deadline {
        expires_at_ms,
        deadline_ms,
        escalates_to: roles,
        remind_at_ms: terms.remind_before_ms.map(|before_ms| (expires_at_ms - before_ms).max(now_ms)),
    };
    if store::set_deadline(tx, workspace_id, task_id, &new)? { Ok(()) } else { Err(missing()) }
}

/// Gives a task that was just proposed or revised the deadline its workspace's rules say. What an earlier revision had
/// counts no more.
pub fn set_by_rules(
    tx: &mut Tx,
    workspace_id: Uuid,
    (task_id, plan): (Uuid, &Plan),
    is_new: bool,
    now_ms: i64,
) -> Result<()> {
    let terms = rules::terms_of_proposal(tx, workspace_id, plan)?;
    if is_new && terms == ProposalTerms::default() {
        return Ok(());
    }
    set_terms(tx, workspace_id, task_id, &terms, now_ms)
}

/// Passes a pending task whose deadline is over on to the roles it names, once and with as much time again; false when it
/// names none.
pub fn pass_on(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, now_ms: i64) -> Result<bool> {
    let Some(passed) = store::pass_on(tx, workspace_id, task_id, now_ms)? else { return Ok(false) };
    events::record(
        tx,
        Event::of(workspace_id, Actor::System, "task.escalated", task_id, now_ms).because_of(task_id).with(json!({
            "revision": passed.revision, "roles": passed.roles, "expires_at": iso(passed.expires_at_ms),
        })),
    );
    tx.after_commit(Signal::TaskChanged(task_id));
    Ok(true)
}

/// Whether any pending task is to be reminded of: a look that costs no write.
pub fn any_to_remind(tx: &mut Tx, now_ms: i64) -> Result<bool> {
    Ok(!store::due_to_remind(tx, now_ms, 1)?.is_empty())
}

/// Records a reminder of each pending task for which it is time, once.
pub fn remind(tx: &mut Tx, now_ms: i64) -> Result<()> {
    #[cfg(feature = "planted-faults")]
    crate::failure_points::reach(tx, crate::failure_points::SWEEP, "remind", now_ms);
    for (task_id, workspace_id) in store::due_to_remind(tx, now_ms, SWEPT_AT_ONCE)? {
        let Some((revision, expires_at_ms)) = store::remind(tx, workspace_id, task_id, now_ms)? else { continue };
        events::record(
            tx,
            Event::of(workspace_id, Actor::System, "task.reminder", task_id, now_ms)
                .because_of(task_id)
                .with(json!({ "revision": revision, "expires_at": iso(expires_at_ms) })),
        );
    }
    Ok(())
}
