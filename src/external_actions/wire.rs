//! An external action as the Agent Approval Protocol shows it: no envelope, and what is not there is left out.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::Kept;
use crate::clock::iso;
use crate::tasks::Detail;

/// Waits for a decision.
pub(super) const PENDING: &str = "pending";
/// May begin, once, while the approval is good.
pub(super) const APPROVED: &str = "approved";
/// A person, or a rule, said no.
const DENIED: &str = "denied";
/// Nobody decided in time.
const EXPIRED: &str = "expired";
/// Who asked took it back; also the reason of that dismissal.
pub(super) const CANCELLED: &str = "cancelled";

/// An action and how it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct External {
    /// UUID; the task has the same.
    pub id: Uuid,
    /// As asked.
    pub tool: String,
    /// As asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// As asked.
    pub arguments: Map<String, Value>,
    /// As asked.
    pub timeout: String,
    /// As asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_reasoning: Option<String>,
    /// As asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Value>,
    /// `pending`, `approved`, `denied`, `expired` or `cancelled`.
    pub status: &'static str,
    /// When it was asked.
    pub created_at: String,
    /// When it expires if nobody decides.
    pub deadline_at: String,
    /// What was decided; left out while it is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decided>,
    /// That it began, and how it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumption: Option<Consumption>,
}

/// What was decided about an action.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decided {
    /// As the action's.
    pub status: &'static str,
    /// Why, if it was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When.
    pub decided_at: String,
    /// Until when it may begin; only of approvals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// That an action began.
#[derive(Debug, Serialize, ToSchema)]
pub struct Consumption {
    /// When.
    pub consumed_at: String,
    /// How it ended; left out until it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Ended>,
}

/// How an action ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ended {
    /// `succeeded` or `failed`.
    pub status: String,
    /// As reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it was reported.
    pub reported_at: String,
}

/// How an action stands at `now_ms`.
pub(super) fn shown(detail: &Detail, kept: Kept, good_until_ms: Option<i64>, now_ms: i64) -> External {
    let task = &detail.task;
    let decision = decided(detail, good_until_ms, now_ms);
    let text = |name: &str| detail.plan["parameters"][name].as_str().map(str::to_owned);
    External {
        id: task.id,
        tool: text("tool").unwrap_or_default(),
        server: text("server"),
        arguments: detail.plan["parameters"]["arguments"].as_object().cloned().unwrap_or_default(),
        timeout: kept.timeout,
        agent_reasoning: kept.agent_reasoning,
        context: kept.context,
        status: decision.as_ref().map_or(PENDING, |decided| decided.status),
        created_at: task.created_at.clone(),
        deadline_at: task.expires_at.clone(),
        decision,
        consumption: kept.consumed_at_ms.map(|at_ms| Consumption {
            consumed_at: iso(at_ms),
            outcome: kept.outcome.zip(kept.reported_at_ms).map(|(status, at_ms)| Ended {
                status,
                note: kept.outcome_note,
                reported_at: iso(at_ms),
            }),
        }),
    }
}

/// Nothing while it is pending. A deadline that is over counts, whether or not its task was tidied yet.
fn decided(detail: &Detail, good_until_ms: Option<i64>, now_ms: i64) -> Option<Decided> {
    let task = &detail.task;
    let Some(decision) = &task.decision else {
        let over = task.status == PENDING && task.expires_at <= iso(now_ms);
        return over.then(|| Decided {
            status: EXPIRED,
            note: None,
            decided_at: task.expires_at.clone(),
            expires_at: None,
        });
    };
    let reason = decision.reason.as_deref();
    let status = match decision.outcome.as_str() {
        APPROVED => APPROVED,
        _ if decision.kind == "system" => EXPIRED,
        _ if reason == Some(CANCELLED) => CANCELLED,
        _ => DENIED,
    };
    let said = status == DENIED || status == APPROVED;
    Some(Decided {
        status,
        note: reason.filter(|reason| said && !reason.is_empty()).map(str::to_owned),
        decided_at: decision.decided_at.clone(),
        expires_at: good_until_ms.filter(|_| status == APPROVED).map(iso),
    })
}
