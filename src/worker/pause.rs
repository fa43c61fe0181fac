//! How a loop rests when its steps fail, as while no database can be reached: growing waits with a random part, and one
//! line in the log when it begins and one when it is over.

use std::time::Duration;

use rand::RngExt as _;

use crate::error::Error;

/// The longest rest: work goes on within this time after the cause is gone.
const REST_MAX: Duration = Duration::from_secs(2);

/// The rests of one loop.
pub(super) struct Pause {
    name: &'static str,
    beat: Duration,
    failures: u32,
}

impl Pause {
    /// For a loop that rests `beat` when all is well.
    pub(super) fn new(name: &'static str, beat: Duration) -> Pause {
        Pause { name, beat, failures: 0 }
    }

    /// A step went well.
    pub(super) fn succeeded(&mut self) {
        if self.failures > 0 {
            tracing::info!(name = self.name, failures = self.failures, "a background step works again");
        }
        self.failures = 0;
    }

    /// A step failed; it is told once while it lasts.
    pub(super) fn failed(&mut self, error: &Error) {
        if self.failures == 0 {
            tracing::error!(%error, name = self.name, "a background step failed; it will be tried again");
        }
        self.failures = self.failures.saturating_add(1);
    }

    /// How long to rest now.
    pub(super) fn rest(&self) -> Duration {
        if self.failures == 0 {
            return self.beat;
        }
        let grown = self.beat.saturating_mul(1 << self.failures.min(10));
        grown.min(REST_MAX.max(self.beat)).mul_f64(rand::rng().random_range(0.5..1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_while_steps_fail_and_never_beyond_their_end() {
        let beat = Duration::from_millis(50);
        let mut pause = Pause::new("test", beat);
        assert_eq!(pause.rest(), beat);
        for _ in 0..100 {
            pause.failed(&Error::unavailable("It rests."));
            assert!(pause.rest() >= beat.mul_f64(0.5) && pause.rest() <= REST_MAX);
        }
        assert!(pause.rest() >= REST_MAX.mul_f64(0.5));
        pause.succeeded();
        assert_eq!(pause.rest(), beat);
        let mut seldom = Pause::new("test", Duration::from_secs(60));
        seldom.failed(&Error::unavailable("It rests."));
        assert!(seldom.rest() >= Duration::from_secs(30), "a loop that beats seldom does not beat more often");
    }
}
