//! Tiers: how often a key may ask in a UTC minute and in a UTC day.

use crate::error::{Error, Result};

/// How often a key may ask. Ordered: a key grants at most its own tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// 10 a minute, 100 a day.
    Starter,
    /// 50 a minute, 1,000 a day.
    Pro,
    /// 200 a minute, 10,000 a day.
    Org,
    /// No limit.
    Unmetered,
}

/// Requests in a window, as published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// In a UTC minute.
    pub per_minute: u32,
    /// In a UTC day.
    pub per_day: u32,
}

impl Tier {
    /// All of them, least first.
    pub const ALL: [Tier; 4] = [Tier::Starter, Tier::Pro, Tier::Org, Tier::Unmetered];

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Tier::Starter => "starter",
            Tier::Pro => "pro",
            Tier::Org => "org",
            Tier::Unmetered => "unmetered",
        }
    }

    /// Reads a tier; `standard` and `high` are other published names of `pro` and `org`.
    pub fn parse(text: &str) -> Result<Tier> {
        match text {
            "starter" => Ok(Tier::Starter),
            "pro" | "standard" => Ok(Tier::Pro),
            "org" | "high" => Ok(Tier::Org),
            "unmetered" => Ok(Tier::Unmetered),
            _ => Err(Error::validation(
                "rate_limit_tier",
                "rate_limit_tier must be starter, pro (or standard), org (or high) or unmetered.",
            )),
        }
    }

    /// The windows' limits; none for `unmetered`.
    pub fn rates(self) -> Option<Rates> {
        match self {
            Tier::Starter => Some(Rates { per_minute: 10, per_day: 100 }),
            Tier::Pro => Some(Rates { per_minute: 50, per_day: 1_000 }),
            Tier::Org => Some(Rates { per_minute: 200, per_day: 10_000 }),
            Tier::Unmetered => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_are_read_by_every_published_name_and_shown_by_one() {
        assert_eq!(Tier::parse("standard").unwrap().as_str(), "pro");
        assert_eq!(Tier::parse("high").unwrap().as_str(), "org");
        assert!(Tier::ALL.iter().all(|tier| Tier::parse(tier.as_str()).unwrap() == *tier));
        assert!(Tier::parse("gold").is_err());
        assert!(Tier::Starter < Tier::Pro && Tier::Org < Tier::Unmetered);
    }
}
