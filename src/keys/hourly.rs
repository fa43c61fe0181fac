//! Calls that a workspace may make so often an hour, whichever of its keys asks. Exact on one node and over several:
//! every call is one conditional statement on the workspace's row. What is refused does not count.

use uuid::Uuid;

use super::store;
use crate::clock::{HOUR_MS, SECOND_MS};
use crate::db::Tx;
use crate::error::Result;

/// A kind of call that is counted by the UTC hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hourly {
    /// An export of contacts.
    ContactsExport,
    /// A question to the language model, with the calls that the settings allow.
    ModelCall(u32),
}

impl Hourly {
    /// As stored.
    fn as_str(self) -> &'static str {
        match self {
            Hourly::ContactsExport => "contacts_export",
            Hourly::ModelCall(_) => "model_call",
        }
    }

    /// Calls in an hour: as published, or as the operator has set.
    pub fn limit(self) -> u32 {
        match self {
            Hourly::ContactsExport => 10,
            Hourly::ModelCall(limit) => limit,
        }
    }
}

/// The hour's calls are used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedUp {
    /// Seconds until a new hour begins, at least 1.
    pub retry_after_s: u32,
}

/// Whether a call would be refused now. Takes nothing, so it costs little before work that a refusal would waste.
pub fn look(tx: &mut Tx, workspace_id: Uuid, what: Hourly, now_ms: i64) -> Result<std::result::Result<(), UsedUp>> {
    let hour = start_ms(now_ms);
    Ok(match store::hour(tx, workspace_id, what.as_str())? {
        Some((starts_at_ms, taken)) if starts_at_ms >= hour && taken >= what.limit() => {
            Err(used_up(starts_at_ms, now_ms))
        }
        _ => Ok(()),
    })
}

/// Takes one call of the hour, or refuses it. An hour that another node has begun, whose clock is ahead, is taken up.
pub fn take(tx: &mut Tx, workspace_id: Uuid, what: Hourly, now_ms: i64) -> Result<std::result::Result<(), UsedUp>> {
    let hour = start_ms(now_ms);
    if store::take_of_hour(tx, workspace_id, what.as_str(), hour, what.limit())? {
        return Ok(Ok(()));
    }
    let begun = store::hour(tx, workspace_id, what.as_str())?.map_or(hour, |(starts_at_ms, _)| starts_at_ms);
    if begun > hour && store::take_of_hour(tx, workspace_id, what.as_str(), begun, what.limit())? {
        return Ok(Ok(()));
    }
    Ok(Err(used_up(begun, now_ms)))
}

fn start_ms(now_ms: i64) -> i64 {
    now_ms - now_ms.rem_euclid(HOUR_MS)
}

fn used_up(starts_at_ms: i64, now_ms: i64) -> UsedUp {
    let wait_ms = starts_at_ms + HOUR_MS - now_ms;
    UsedUp { retry_after_s: u32::try_from((wait_ms + SECOND_MS - 1) / SECOND_MS).unwrap_or(0).max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing;
    use crate::workspaces;

    /// The beginning of an hour.
    const HOUR: i64 = 1_764_000_000_000;

    #[tokio::test]
    async fn a_node_whose_clock_is_behind_takes_from_the_hour_that_has_begun() {
        for scratch in testing::databases().await {
            let db = scratch.db();
            let id = db.write(|tx| workspaces::ensure_default(tx, HOUR)).await.unwrap().id;
            let take = async |now_ms| db.write(move |tx| take(tx, id, Hourly::ContactsExport, now_ms)).await.unwrap();
            assert_eq!(HOUR % HOUR_MS, 0);
            for _ in 0..5 {
                assert_eq!(take(HOUR + 1).await, Ok(()));
                assert_eq!(take(HOUR - 1).await, Ok(()));
            }
            assert_eq!(take(HOUR - 1).await, Err(UsedUp { retry_after_s: 3_601 }));
            assert_eq!(take(HOUR + HOUR_MS - 1).await, Err(UsedUp { retry_after_s: 1 }));
            let look = async |now_ms| db.read(move |tx| look(tx, id, Hourly::ContactsExport, now_ms)).await.unwrap();
            assert_eq!(look(HOUR + HOUR_MS - 1).await, Err(UsedUp { retry_after_s: 1 }));
            assert_eq!(look(HOUR + HOUR_MS).await, Ok(()));
            assert_eq!(take(HOUR + HOUR_MS).await, Ok(()));
        }
    }
}
