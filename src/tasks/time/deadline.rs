//! What happens to a task that nobody decides about: a reminder, then its deadline, which passes it on once or dismisses
//! it. A deadline never approves.

use serde_json::json;
use uuid::Uuid;

use super::store;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::tasks::{OnDeadline, ProposalTerms};

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
