//! Durations as the Agent Approval Protocol spells them: `90s`, `10m`, `24h`, `1h30m`.

use crate::clock::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use crate::error::{Error, Result, quoted};

/// Reads one or more whole numbers, each with its unit: `d`, `h`, `m` or `s`, from the largest to the smallest.
pub(super) fn parse_ms(field: &str, text: &str) -> Result<i64> {
    read(text).ok_or_else(|| {
        let message =
            format!("{field} must be a duration such as \"90s\", \"10m\" or \"1h30m\", got \"{}\".", quoted(text));
        Error::validation(field, message)
    })
}

fn read(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut smaller_than = i64::MAX;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: i64 = rest.get(..digits)?.parse().ok()?;
        let unit = match rest.as_bytes().get(digits)? {
            b'd' => DAY_MS,
            b'h' => HOUR_MS,
            b'm' => MINUTE_MS,
            b's' => SECOND_MS,
            _ => return None,
        };
        if unit >= smaller_than {
            return None;
        }
        smaller_than = unit;
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = rest.get(digits + 1..)?;
    }
    (total > 0).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_units_from_the_largest_to_the_smallest() {
        for (text, ms) in [("90s", 90_000), ("10m", 600_000), ("24h", DAY_MS), ("1h30m", 5_400_000), ("2d", 2 * DAY_MS)]
        {
            assert_eq!(read(text), Some(ms), "{text}");
        }
        for text in [
            "",
            "0s",
            "10",
            "m",
            "-5m",
            "5 m",
            "1m1h",
            "1m1m",
            "1.5h",
            "99999999999999999999d",
            "10ms",
            "9223372036854775807d",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
