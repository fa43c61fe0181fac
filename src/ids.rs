//! Identifiers: UUIDs, version 7, so that they sort by the time they were made.
//!
//! Stored and shown as lower-case text with hyphens. The time part comes from the injected clock.

use std::sync::Mutex;

use uuid::{ContextV7, Timestamp, Uuid};

use crate::error::{Error, Result, quoted};

/// Makes ids that grow within one process, also inside one millisecond.
static ORDER: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A new id for something made at `now_ms` (milliseconds since 1970).
pub fn new(now_ms: i64) -> Uuid {
    let now_ms = u64::try_from(now_ms).unwrap_or(0);
    let nanos = u32::try_from(now_ms % 1_000 * 1_000_000).unwrap_or(0);
    let order = ORDER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    Uuid::new_v7(Timestamp::from_unix(&*order, now_ms / 1_000, nanos))
}

/// Reads an id a caller sent in `field`; anything that is no UUID is refused with the field's name.
pub fn parse(field: &str, text: &str) -> Result<Uuid> {
    Uuid::try_parse(text)
        .map_err(|_| Error::validation(field, format!("{field} must be a UUID, got \"{}\".", quoted(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_made_in_the_same_millisecond_still_sort_by_when_they_were_made() {
        let made: Vec<Uuid> = (0..10_000).map(|_| new(1_764_000_000_123)).collect();
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(made.iter().all(|id| id.get_version_num() == 7));
    }

    #[test]
    fn text_that_is_no_uuid_is_refused_by_field_name() {
        let refused = parse("list_id", "nope").expect_err("not an id");
        assert!(refused.to_string().contains("list_id"));
    }
}
