//! Personal values of events: before and after of a changed field.
//!
//! Protects the rule that the log holds no personal value and still proves what was written: an event keeps
//! `SHA-256(salt || value)` in `data.personal`, the salt is random and stands with the value in a table of its own. Both
//! are erased with their subject; what is left of the event then tells nobody anything, and its own hash is as it was.

use rand::RngExt as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Event, store as sql};
use crate::db::{Tx, Value as Bound};
use crate::error::Result;

/// Values of one row of the table.
pub(super) const WIDTH: usize = 8;
/// Bytes of a value that is kept; of a longer one, as of all notes about a contact, the event has the hash alone.
const KEPT_MAX: usize = 4_000;
/// Values erased in the transaction that deletes their subject; more are hidden at once and swept afterwards.
const ERASED_AT_ONCE: u32 = 450;

/// A field of the subject before and after.
#[derive(Debug, Clone)]
pub struct Personal {
    /// The field, as answers name it.
    pub field: &'static str,
    /// What stood there; null for nothing.
    pub before: Value,
    /// What stands there now; null for nothing.
    pub after: Value,
}

/// A value that is still there.
#[derive(Debug, Clone)]
pub struct Remembered {
    /// The event it belongs to.
    pub event_id: Uuid,
    /// The field.
    pub field: String,
    /// Whether it stood there after the event, not before.
    pub is_after: bool,
    /// The value, as JSON.
    pub value: Value,
}

/// Puts the hashes of an event's personal values into its data, and the values into `rows` for their own table.
pub(super) fn hash(event: &mut Event, rows: &mut Vec<Bound>) {
    let personal = std::mem::take(&mut event.personal);
    let Some(subject_id) = event.subject_id.filter(|_| !personal.is_empty()) else { return };
    let mut position = 0_i64;
    let mut hashed = Vec::with_capacity(personal.len());
    for Personal { field, before, after } in personal {
        let mut entry = json!({ "field": field });
        for (side, value) in [("before", before), ("after", after)] {
            if value.is_null() {
                continue;
            }
            let (salt, text) = (salt(), value.to_string());
            entry[side] = salted(&salt, &text).into();
            if text.len() > KEPT_MAX {
                entry["not_kept"] = true.into();
                continue;
            }
            rows.extend([
                event.id.into(),
                position.into(),
                event.workspace_id.into(),
                subject_id.into(),
                field.into(),
                side.into(),
                salt.into(),
                text.into(),
            ]);
            position += 1;
        }
        hashed.push(entry);
    }
    if event.data.is_null() {
        event.data = json!({});
    }
    event.data["personal"] = hashed.into();
}

pub(super) fn store(tx: &mut Tx, rows: Vec<Bound>) -> Result<()> {
    if rows.is_empty() { Ok(()) } else { sql::remember(tx, rows) }
}

/// The hash that an event keeps of a value: of the salt's hex digits, then the value's JSON.
pub(super) fn salted(salt: &str, value: &str) -> String {
    hex(&Sha256::new().chain_update(salt).chain_update(value).finalize())
}

fn salt() -> String {
    format!("{:032x}", rand::rng().random::<u128>())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Erases the values of subjects that are gone, in the transaction that deletes them. Where there are very many, they are
/// hidden at once and swept by [`sweep_erased`].
pub fn erase(tx: &mut Tx, workspace_id: Uuid, subjects: &[Uuid], now_ms: i64) -> Result<()> {
    if subjects.is_empty() {
        return Ok(());
    }
    if sql::erase_values(tx, workspace_id, subjects, ERASED_AT_ONCE)? >= u64::from(ERASED_AT_ONCE) {
        sql::mark_erased(tx, workspace_id, subjects, now_ms)?;
    }
    Ok(())
}

/// Sweeps up to `most` values of subjects that are gone; whether more may be left.
pub fn sweep_erased(tx: &mut Tx, most: u32) -> Result<bool> {
    let Some((workspace_id, subject_id)) = sql::marked(tx, 1)?.pop() else { return Ok(false) };
    if sql::erase_values(tx, workspace_id, &[subject_id], most)? < u64::from(most) {
        sql::unmark(tx, subject_id)?;
    }
    Ok(true)
}

/// Whether values of subjects that are gone wait to be swept.
pub fn any_erased(tx: &mut Tx) -> Result<bool> {
    Ok(!sql::marked(tx, 1)?.is_empty())
}

/// The personal values of these events that have not been erased.
pub fn personal_values(tx: &mut Tx, workspace_id: Uuid, events: &[Uuid]) -> Result<Vec<Remembered>> {
    if events.is_empty() { Ok(Vec::new()) } else { sql::values_of(tx, workspace_id, events) }
}
