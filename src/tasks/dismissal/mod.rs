//! Why tasks are dismissed: one of five published words where one fits, and free text beside it.
//!
//! What was dismissed, and why, is said to whoever asks next in the same conversation. It is said, not applied: no filter
//! follows from a dismissal.

mod store;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) use store::insert;

use crate::clock::{DAY_MS, iso};
use crate::db::Tx;
use crate::error::{Error, Result, quoted};
use crate::tasks::{Kind, given_reason};

/// Longest time dismissals are counted over.
pub const DAYS_MAX: u32 = 366;
/// Dismissed tasks of a conversation that a new proposal is compared with.
const COMPARED_MAX: i64 = 20;

/// The published reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasonCode {
    /// Nobody wants this.
    NotRelevant,
    /// Somebody does it by hand.
    ManualExecution,
    /// The wrong people, list, number or fields.
    IncorrectParams,
    /// It is done or proposed already.
    Duplicate,
    /// It was a try.
    Testing,
}

impl ReasonCode {
    /// All reasons.
    pub const ALL: [ReasonCode; 5] = [
        ReasonCode::NotRelevant,
        ReasonCode::ManualExecution,
        ReasonCode::IncorrectParams,
        ReasonCode::Duplicate,
        ReasonCode::Testing,
    ];

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            ReasonCode::NotRelevant => "not_relevant",
            ReasonCode::ManualExecution => "manual_execution",
            ReasonCode::IncorrectParams => "incorrect_params",
            ReasonCode::Duplicate => "duplicate",
            ReasonCode::Testing => "testing",
        }
    }

    /// Reads a reason; nothing when there is none of that name.
    pub fn named(text: &str) -> Option<ReasonCode> {
        ReasonCode::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// Behind "was dismissed ": "as a duplicate".
    pub fn in_words(self) -> &'static str {
        match self {
            ReasonCode::NotRelevant => "as not relevant",
            ReasonCode::ManualExecution => "because somebody does it by hand",
            ReasonCode::IncorrectParams => "because something in it was wrong",
            ReasonCode::Duplicate => "as a duplicate",
            ReasonCode::Testing => "as a test",
        }
    }
}

/// Why a task is dismissed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Why {
    /// One of the published reasons.
    pub code: Option<ReasonCode>,
    /// In words.
    pub text: Option<String>,
}

impl Why {
    /// Reads what a request says. A `reason` that is one of the published words counts as that.
    ///
    /// # Errors
    /// `validation_error` that names the field.
    pub fn of(reason: Option<String>, code: Option<&str>) -> Result<Why> {
        let text = given_reason(reason)?;
        let code = match code.filter(|code| !code.is_empty()) {
            None => text.as_deref().and_then(|text| ReasonCode::named(text.trim())),
            Some(name) => Some(ReasonCode::named(name).ok_or_else(|| {
                let known = ReasonCode::ALL.map(ReasonCode::as_str).join(", ");
                let message = format!("reason_code must be one of {known}, got \"{}\".", quoted(name));
                Error::validation("reason_code", message)
            })?),
        };
        Ok(Why { code, text })
    }

    /// What a rule that wants a reason looks at.
    pub fn given(&self) -> Option<&str> {
        self.text.as_deref().or_else(|| self.code.map(ReasonCode::as_str))
    }
}

/// A task that was dismissed in a conversation.
#[derive(Debug, Clone)]
pub struct Dismissed {
    /// The task.
    pub task_id: Uuid,
    /// What kind of work.
    pub kind: Kind,
    /// The task in one line.
    pub description: String,
    /// How it would have been done.
    pub parameters: Value,
    /// One of the published reasons.
    pub code: Option<ReasonCode>,
    /// In words; `expired` when nobody decided.
    pub reason: Option<String>,
    /// Whether nobody decided in time.
    pub expired: bool,
    /// When.
    pub dismissed_at_ms: i64,
}

/// The tasks dismissed in a conversation, the last first, at most twenty.
pub fn of_conversation(tx: &mut Tx, workspace_id: Uuid, conversation_id: Uuid) -> Result<Vec<Dismissed>> {
    store::of_conversation(tx, workspace_id, conversation_id, COMPARED_MAX)
}

/// How many tasks were dismissed in some time, by reason.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Counts {
    /// Over how many days.
    pub days: u32,
    /// Since when.
    pub since: String,
    /// All of them.
    pub total: u64,
    /// The five published reasons; `other` with words alone, `none` without a reason, `expired` when nobody decided in
    /// time.
    pub by_reason: BTreeMap<String, u64>,
}

/// Counts the dismissals of the last `days` days.
pub fn counts(tx: &mut Tx, workspace_id: Uuid, days: u32, now_ms: i64) -> Result<Counts> {
    let since_ms = now_ms - i64::from(days) * DAY_MS;
    let mut by_reason: BTreeMap<String, u64> = ReasonCode::ALL
        .map(ReasonCode::as_str)
        .into_iter()
        .chain(["other", "none", "expired"])
        .map(|name| (name.to_owned(), 0))
        .collect();
    for (reason, count) in store::counts(tx, workspace_id, since_ms)? {
        *by_reason.entry(reason).or_default() += count;
    }
    Ok(Counts { days, since: iso(since_ms), total: by_reason.values().sum(), by_reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::REASON_MAX;

    #[test]
    fn a_published_word_as_the_reason_is_the_reason_code() {
        let why = Why::of(Some("duplicate".into()), None).unwrap();
        assert_eq!((why.code, why.text.as_deref()), (Some(ReasonCode::Duplicate), Some("duplicate")));
        let why = Why::of(Some("Wrong city".into()), Some("incorrect_params")).unwrap();
        assert_eq!((why.code, why.given()), (Some(ReasonCode::IncorrectParams), Some("Wrong city")));
        assert_eq!(Why::of(None, Some("testing")).unwrap().given(), Some("testing"));
        assert_eq!(Why::of(Some("  ".into()), None).unwrap(), Why::default());
        assert!(Why::of(None, Some("bored")).is_err());
        assert!(Why::of(Some("x".repeat(REASON_MAX + 1)), None).is_err());
    }
}
