//! Time: the injected clock, and the one spelling of times in answers (ISO 8601, UTC, `Z`, milliseconds).
//!
//! Nothing but this file and `db/` (for measuring how long a batch ran) asks the machine what time it is.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Where the time comes from.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> i64;
}

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    fn now_ms(&self) -> i64 {
        Timestamp::now().as_millisecond()
    }
}

/// A clock that tests move by hand.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// A clock that stands at `now_ms`.
    pub fn at(now_ms: i64) -> TestClock {
        TestClock(AtomicI64::new(now_ms))
    }

    /// Moves the clock on.
    pub fn advance_ms(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A time as answers show it: `2026-11-24T05:31:10.123Z`.
pub fn iso(ms: i64) -> String {
    match Timestamp::from_millisecond(ms) {
        Ok(time) => format!("{time:.3}"),
        Err(_) => iso(0),
    }
}

/// Reads an ISO 8601 time with an offset or `Z`; `None` when it is none.
pub fn parse_iso(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// One second, in the unit times are kept in.
pub const SECOND_MS: i64 = 1_000;
/// One minute.
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
/// One hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// One UTC day.
pub const DAY_MS: i64 = 24 * HOUR_MS;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_utc_to_the_millisecond_and_read_back() {
        assert_eq!(iso(1_764_000_000_000), "2025-11-24T16:00:00.000Z");
        assert_eq!(iso(1_764_000_000_007), "2025-11-24T16:00:00.007Z");
        assert_eq!(parse_iso("2025-11-24T16:00:00.007Z"), Some(1_764_000_000_007));
        assert_eq!(parse_iso("2025-11-24T17:00:00+01:00"), Some(1_764_000_000_000));
        assert_eq!(parse_iso("yesterday"), None);
    }
}
