//! How long a loop rests between two steps: its usual beat while all goes well, longer and longer while steps fail, with a
//! random part, so that the loops of all servers don't come back to a database together. Tells the first failure from the rest, so that one that lasts is logged once.

use std::time::Duration;

use rand::RngExt as _;

/// The rests of one loop.
pub(super) struct Pause {
    usual: Duration,
    longest: Duration,
    failures: u32,
}

impl Pause {
    /// Rests `usual`, and twice as long at most with each failure in a row, up to `longest`.
    pub(super) fn new(usual: Duration, longest: Duration) -> Pause {
        Pause { usual, longest: longest.max(usual), failures: 0 }
    }

    /// A step went well.
    pub(super) fn over(&mut self) {
        self.failures = 0;
    }

    /// A step failed; true when the one before it went well.
    pub(super) fn failed(&mut self) -> bool {
        self.failures = self.failures.saturating_add(1);
        self.failures == 1
    }

    /// Whether the last step failed.
    pub(super) fn is_failing(&self) -> bool {
        self.failures > 0
    }

    /// How long to rest now.
    pub(super) fn rest(&self) -> Duration {
        if self.failures == 0 {
            return self.usual;
        }
        let grown = self.usual.saturating_mul(1 << self.failures.min(16)).min(self.longest);
        grown.mul_f64(rand::rng().random_range(0.5..1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_rests_longer_while_it_fails_and_as_usual_afterwards() {
        let mut pause = Pause::new(Duration::from_millis(250), Duration::from_secs(5));
        assert_eq!(pause.rest(), Duration::from_millis(250));
        assert!(pause.failed() && !pause.failed());
        assert!((Duration::from_millis(500)..Duration::from_secs(1)).contains(&pause.rest()));
        for _ in 0..100 {
            pause.failed();
        }
        assert!((Duration::from_millis(2_500)..Duration::from_secs(5)).contains(&pause.rest()));
        assert!(pause.is_failing());
        pause.over();
        assert_eq!(pause.rest(), Duration::from_millis(250));
        assert!(pause.failed());
    }
}
