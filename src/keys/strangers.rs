//! Requests without a valid key have a limit per address, so that guessing keys is slow and cheap to refuse.
//!
//! Counted in this process only, in UTC minutes. Callers with a valid key never pass through here.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use crate::clock::MINUTE_MS;

/// Addresses counted in one minute. Past this, new ones are refused until the minute ends.
const ADDRESSES_MAX: usize = 20_000;

/// How often each address has asked without a valid key in this minute.
#[derive(Debug)]
pub struct Strangers {
    per_minute: u32,
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    minute: i64,
    requests: HashMap<IpAddr, u32>,
    /// No further address is counted in this minute.
    full: bool,
}

/// An address has used its minute up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// Seconds until the next minute.
    pub retry_after_s: u32,
    /// Whether this is the first refusal of the minute, which is worth a line in the log.
    pub first: bool,
}

impl Strangers {
    /// `per_minute` requests of each address are let through.
    pub fn new(per_minute: u32) -> Strangers {
        Strangers { per_minute, counted: Mutex::default() }
    }

    /// Counts a request. `Err` when the address has used its minute up.
    pub fn count(&self, address: IpAddr, now_ms: i64) -> Result<(), TooMany> {
        let minute = now_ms.div_euclid(MINUTE_MS);
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.minute != minute {
            counted.minute = minute;
            counted.requests.clear();
            counted.full = false;
        }
        let address = household(address);
        let is_new = !counted.requests.contains_key(&address);
        if is_new && counted.requests.len() >= ADDRESSES_MAX {
            let first = !std::mem::replace(&mut counted.full, true);
            return Err(TooMany { retry_after_s: seconds_left(now_ms), first });
        }
        let requests = counted.requests.entry(address).or_default();
        let first = *requests == self.per_minute;
        if *requests <= self.per_minute {
            *requests = requests.saturating_add(1);
        }
        if *requests > self.per_minute {
            return Err(TooMany { retry_after_s: seconds_left(now_ms), first });
        }
        Ok(())
    }
}

fn seconds_left(now_ms: i64) -> u32 {
    let left_ms = MINUTE_MS - now_ms.rem_euclid(MINUTE_MS);
    u32::try_from((left_ms + 999) / 1_000).unwrap_or(60)
}

/// One subscriber of IPv6 holds a whole /64: it counts as one address.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_764_000_000_000;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_its_limit_and_a_new_minute_begins_anew() {
        let strangers = Strangers::new(2);
        let from = address("192.0.2.1");
        assert_eq!(strangers.count(from, NOW), Ok(()));
        assert_eq!(strangers.count(address("::ffff:192.0.2.1"), NOW + 1), Ok(()));
        assert_eq!(strangers.count(from, NOW + 2), Err(TooMany { retry_after_s: 60, first: true }));
        assert_eq!(strangers.count(from, NOW + 3), Err(TooMany { retry_after_s: 60, first: false }));
        assert_eq!(strangers.count(address("192.0.2.2"), NOW + 2), Ok(()));
        assert_eq!(strangers.count(from, NOW + MINUTE_MS), Ok(()));
    }

    #[test]
    fn a_64_bit_network_counts_as_one_address() {
        let strangers = Strangers::new(1);
        assert_eq!(strangers.count(address("2001:db8::1"), NOW), Ok(()));
        assert!(strangers.count(address("2001:db8::2"), NOW).is_err());
        assert_eq!(strangers.count(address("2001:db8:0:1::1"), NOW), Ok(()));
    }

    #[test]
    fn the_number_of_addresses_is_bounded() {
        let strangers = Strangers::new(1);
        for n in 0..u32::try_from(ADDRESSES_MAX).unwrap() {
            assert_eq!(strangers.count(IpAddr::V4(n.into()), NOW), Ok(()));
        }
        assert!(strangers.count(address("198.51.100.1"), NOW).is_err());
        assert_eq!(strangers.counted.lock().unwrap().requests.len(), ADDRESSES_MAX);
    }
}
