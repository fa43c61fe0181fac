//! Many decisions in one request. Each is one of its own, in its own transaction: what can't be done of one says nothing
//! about the others. With an `Idempotency-Key` the result of each stands in the transaction that decides it.

pub mod http;

use std::collections::HashSet;

use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::{Error, Result};

/// Tasks of one batch.
pub const BATCH_MAX: usize = 100;

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Each task is approved.
    Approve,
    /// Each task is dismissed.
    Dismiss,
}

/// One task of a batch.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The task.
    pub id: String,
    /// The plan the caller has seen. Only to approve; needed when the task has more than one revision.
    pub plan_hash: Option<String>,
    /// Why, at most 2,000 characters.
    pub reason: Option<String>,
    /// One of the published reasons for dismissing.
    pub reason_code: Option<String>,
}

/// Refuses too few, too many and twice the same.
fn check(items: &[Item]) -> Result<()> {
    if items.is_empty() || items.len() > BATCH_MAX {
        let message = format!("tasks must be 1 to {BATCH_MAX} tasks, got {}.", items.len());
        return Err(Error::validation("tasks", message));
    }
    let mut seen = HashSet::new();
    match items.iter().position(|item| !seen.insert(item.id.trim().to_lowercase())) {
        None => Ok(()),
        Some(at) => {
            let field = format!("tasks[{at}].id");
            Err(Error::validation(&field, "The same task stands in the batch twice. Name each once."))
        }
    }
}
