//! What was dismissed in this conversation is said, once and plainly, and a proposal that is the same again says so.
//!
//! Protects "no invented constraint": a dismissal is mentioned with the words that gave it; no filter follows from it and
//! nothing is left out because of it.

use serde_json::{Value, json};

use super::{Answer, Context, Reach, store};
use crate::clock::iso;
use crate::db::Tx;
use crate::error::Result;
use crate::tasks::dismissal::{self, Dismissed, ReasonCode};
use crate::tasks::{Kind, Plan};

/// Adds to an answer what was dismissed before: the same proposal whenever it was, else what was dismissed since the last
/// answer.
pub(super) fn mention(tx: &mut Tx, context: &Context<'_>, answer: &mut Answer) -> Result<()> {
    let Some(conversation_id) = context.said.conversation_id else { return Ok(()) };
    if context.said.reach == Reach::Conversation {
        return Ok(());
    }
    let workspace_id = context.caller.workspace_id;
    let dismissed = dismissal::of_conversation(tx, workspace_id, conversation_id)?;
    let Some(last) = dismissed.first() else { return Ok(()) };
    let proposed = answer.proposal.as_ref().map(|proposal| &proposal.plan);
    let same = proposed.and_then(|plan| dismissed.iter().find(|earlier| is_same(earlier, plan)));
    let answered_at_ms = store::last_message_at(tx, workspace_id, conversation_id)?;
    let (earlier, is_same) = match same {
        Some(same) => (same, true),
        None if answered_at_ms.is_some_and(|at_ms| last.dismissed_at_ms > at_ms) => (last, false),
        None => return Ok(()),
    };
    answer.text.push(' ');
    answer.text.push_str(&said(earlier, is_same));
    answer.earlier = Some(json!({
        "task_id": earlier.task_id,
        "description": earlier.description,
        "reason_code": earlier.code.map(ReasonCode::as_str),
        "reason": earlier.reason,
        "dismissed_at": iso(earlier.dismissed_at_ms),
        "same": is_same,
    }));
    Ok(())
}

fn said(earlier: &Dismissed, is_same: bool) -> String {
    let mut text = match is_same {
        true => format!("The same proposal (task {})", earlier.task_id),
        false => format!("My earlier proposal \"{}\"", earlier.description),
    };
    if earlier.expired {
        text.push_str(" expired: nobody decided in time.");
        return text;
    }
    text.push_str(" was dismissed");
    if let Some(code) = earlier.code {
        text.push(' ');
        text.push_str(code.in_words());
    }
    let words = earlier.reason.as_deref().filter(|reason| ReasonCode::named(reason.trim()).is_none());
    if let Some(words) = words {
        text.push_str(&format!(": \"{}\"", words.trim()));
    }
    text.push('.');
    match (is_same, earlier.code) {
        (true, _) => text.push_str(" I propose it again because you asked; look whether it is wanted now."),
        (false, Some(ReasonCode::IncorrectParams)) => {
            text.push_str(" I have changed nothing because of that by myself: say what should be different.");
        }
        _ => {}
    }
    text
}

/// Whether a plan would do the same: of a search the same people onto whatever list, else the same in the same way.
fn is_same(earlier: &Dismissed, plan: &Plan) -> bool {
    let differing: &[&str] = match plan.kind {
        Kind::ProspectSearch => &["list_by", "list_id", "list_name"],
        _ => &["seen"],
    };
    let bare = |parameters: &Value| {
        let mut bare = parameters.clone();
        if let Some(fields) = bare.as_object_mut() {
            fields.retain(|name, _| !differing.contains(&name.as_str()));
        }
        bare
    };
    earlier.kind == plan.kind && bare(&earlier.parameters) == bare(&plan.parameters)
}
