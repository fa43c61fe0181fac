//! When a delivery is tried again, how long it holds up what follows it, and when an endpoint is given up. Pure code.

use rand::Rng;
use rand::RngExt as _;

use crate::clock::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};

/// The waits after each failure, as published; after the last one a delivery has failed.
const WAITS_MS: [i64; 5] = [5 * SECOND_MS, 30 * SECOND_MS, 5 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS];
/// A wait is longer or shorter by up to this part of it, in hundredths, so that receivers that come back are not met by
/// everything at once.
const JITTER: i64 = 20;
/// How long a delivery that is being retried holds up later ones, counted from its first attempt. Long enough for a
/// receiver's restart, short enough that one body it can't take does not stop all others.
pub(super) const HELD_MS: i64 = MINUTE_MS;
/// With more than this many waiting for an endpoint, nothing is held up.
pub(super) const HELD_MAX: u32 = 1_000;
/// An endpoint is disabled after this time of nothing but failures …
const GIVEN_UP_AFTER_MS: i64 = 3 * DAY_MS;
/// … of which there must have been so many: one failure, three quiet days and another one are not enough.
const GIVEN_UP_FAILURES: u32 = 10;

/// The wait before the next attempt after this many failures; nothing when there is none.
pub(super) fn wait_ms(failures: u32, chance: &mut impl Rng) -> Option<i64> {
    let wait = *WAITS_MS.get(usize::try_from(failures).ok()?.checked_sub(1)?)?;
    Some(wait + wait * chance.random_range(-JITTER..=JITTER) / 100)
}

/// Whether an endpoint that fails since then, this many times in a row, is given up.
pub(super) fn is_given_up(failing_since_ms: i64, failures: u32, now_ms: i64) -> bool {
    failures >= GIVEN_UP_FAILURES && now_ms - failing_since_ms >= GIVEN_UP_AFTER_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_follow_the_published_ladder_within_a_fifth() {
        let mut chance = rand::rng();
        for (failures, wait) in (1..).zip(WAITS_MS) {
            for _ in 0..200 {
                let drawn = wait_ms(failures, &mut chance).unwrap();
                assert!((wait * 4 / 5..=wait * 6 / 5).contains(&drawn), "{failures}: {drawn}");
            }
        }
        assert_eq!((wait_ms(6, &mut chance), wait_ms(0, &mut chance)), (None, None));
    }

    #[test]
    fn an_endpoint_is_given_up_after_three_days_of_many_failures() {
        assert!(is_given_up(0, 10, 3 * DAY_MS));
        assert!(!is_given_up(0, 9, 30 * DAY_MS) && !is_given_up(1, 1_000, 3 * DAY_MS));
    }
}
