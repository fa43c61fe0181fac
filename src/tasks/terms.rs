//! When: what a rule says about the time of a task, before and after its decision.

/// When the work of an approved task may begin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms {
    /// How long the work is held back after the decision, so that an approver can still retract it; 0: not at all.
    pub hold_ms: i64,
    /// How long after the end of the hold the work may begin; later the approval is worth nothing any more. None: for
    /// ever.
    pub start_within_ms: Option<i64>,
}

impl Terms {
    /// The stricter of two: the longer hold, and the shorter time to begin.
    #[must_use]
    pub fn and(self, other: Terms) -> Terms {
        let start_within_ms = match (self.start_within_ms, other.start_within_ms) {
            (Some(one), Some(another)) => Some(one.min(another)),
            (one, another) => one.or(another),
        };
        Terms { hold_ms: self.hold_ms.max(other.hold_ms), start_within_ms }
    }
}

/// When a task that waits for a decision is reminded of, and what its deadline does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProposalTerms {
    /// How long there is to decide; none: as the server's settings say.
    pub deadline_ms: Option<i64>,
    /// What happens when nobody decided by then.
    pub on_deadline: OnDeadline,
    /// How long before the deadline a reminder is recorded; none: no reminder.
    pub remind_before_ms: Option<i64>,
}

/// What happens to a task that nobody decided about in time. Nothing here approves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum OnDeadline {
    /// It is dismissed, with the reason `expired`.
    #[default]
    Dismiss,
    /// It goes to callers of these roles, once, with as much time again; then it is dismissed.
    Escalate(Vec<String>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_terms_the_stricter_holds() {
        let one = Terms { hold_ms: 10, start_within_ms: None };
        let other = Terms { hold_ms: 5, start_within_ms: Some(7) };
        assert_eq!(one.and(other), Terms { hold_ms: 10, start_within_ms: Some(7) });
        assert_eq!(other.and(Terms { hold_ms: 0, start_within_ms: Some(3) }).start_within_ms, Some(3));
    }
}
