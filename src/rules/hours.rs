//! The hours in which approvals are taken: weekdays, from when to when, and where these clocks hang.

use jiff::civil::{Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::{DAY_MS, MINUTE_MS};
use crate::error::{Error, Result, quoted};

/// Characters of a zone.
const ZONE_MAX: usize = 60;
/// Weekdays as they are spelled.
const DAYS: [(&str, Weekday, &str); 7] = [
    ("mon", Weekday::Monday, "Monday"),
    ("tue", Weekday::Tuesday, "Tuesday"),
    ("wed", Weekday::Wednesday, "Wednesday"),
    ("thu", Weekday::Thursday, "Thursday"),
    ("fri", Weekday::Friday, "Friday"),
    ("sat", Weekday::Saturday, "Saturday"),
    ("sun", Weekday::Sunday, "Sunday"),
];
/// Days that are looked at for the next opening: a week, and the day itself at both ends.
const LOOK_AHEAD_DAYS: i64 = 8;

/// When approvals are taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`; all of them when left out.
    #[serde(default = "every_day")]
    #[schema(example = json!(["mon", "tue", "wed", "thu", "fri"]))]
    pub days: Vec<String>,
    /// The first minute, as `08:00`.
    pub from: String,
    /// The minute after the last, as `18:00`; `24:00` is midnight.
    pub to: String,
    /// `UTC` (the default), an offset such as `+01:00`, or a rule of summer time as POSIX spells it, such as
    /// `EST5EDT,M3.2.0,M11.1.0`.
    #[serde(default = "utc")]
    pub zone: String,
}

fn every_day() -> Vec<String> {
    DAYS.iter().map(|(short, ..)| (*short).to_owned()).collect()
}

fn utc() -> String {
    "UTC".to_owned()
}

/// Hours that were checked.
#[derive(Debug, Clone)]
pub struct Open {
    days: Vec<Weekday>,
    from_minute: i64,
    to_minute: i64,
    zone: TimeZone,
    said: String,
}

impl Hours {
    /// Checks them and spells them in the one way they are stored.
    ///
    /// # Errors
    /// `validation_error` for the part of `hours` that can't be read.
    pub fn check(&self) -> Result<(Hours, Open)> {
        let named = |day: &String| {
            let day = day.trim().to_lowercase();
            DAYS.iter().position(|(short, ..)| *short == day).ok_or_else(|| {
                let known = DAYS.map(|(short, ..)| short).join(", ");
                Error::validation("hours.days", format!("A day is one of {known}, got \"{}\".", quoted(&day)))
            })
        };
        let mut places = self.days.iter().take(DAYS.len() * 2).map(named).collect::<Result<Vec<usize>>>()?;
        places.sort_unstable();
        places.dedup();
        if places.is_empty() {
            return Err(Error::validation("hours.days", "Name at least one day; leave days out for all of them."));
        }
        let (from, to) = (minute("hours.from", &self.from)?, minute("hours.to", &self.to)?);
        if from >= to {
            let message = "hours.from must be before hours.to; for a night make two rules or leave the hours out.";
            return Err(Error::validation("hours.from", message));
        }
        let (zone, spelled) = zone(&self.zone)?;
        let hours = Hours {
            days: places.iter().map(|&at| DAYS[at].0.to_owned()).collect(),
            from: clock(from),
            to: clock(to),
            zone: spelled,
        };
        let days: Vec<&str> = places.iter().map(|&at| DAYS[at].2).collect();
        let said = format!("{} from {} to {} ({})", days.join(", "), hours.from, hours.to, hours.zone);
        let days = places.iter().map(|&at| DAYS[at].1).collect();
        Ok((hours, Open { days, from_minute: from, to_minute: to, zone, said }))
    }
}

impl Open {
    /// Nothing while they are open; else when they open next.
    pub fn opens_at_ms(&self, now_ms: i64) -> Option<i64> {
        let now = Timestamp::from_millisecond(now_ms).ok()?.to_zoned_datetime(self.zone.clone());
        let minute_of_day = i64::from(now.hour()) * 60 + i64::from(now.minute());
        let is_day = self.days.contains(&now.weekday());
        if is_day && (self.from_minute..self.to_minute).contains(&minute_of_day) {
            return None;
        }
        let opens = Time::midnight().saturating_add(Span::new().minutes(self.from_minute));
        let found = (0..=LOOK_AHEAD_DAYS).find_map(|ahead| {
            let date = now.date().checked_add(Span::new().days(ahead)).ok()?;
            let opens = self.zone.to_timestamp(date.to_datetime(opens)).ok()?.as_millisecond();
            (self.days.contains(&date.weekday()) && opens > now_ms).then_some(opens)
        });
        // A week always holds an open day; what the calendar can't say is tried again tomorrow.
        Some(found.unwrap_or(now_ms + DAY_MS))
    }

    /// In words.
    pub fn in_words(&self) -> &str {
        &self.said
    }
}

/// Minutes since midnight of `08:00`.
fn minute(field: &str, text: &str) -> Result<i64> {
    let read = || {
        let (hours, minutes) = text.trim().split_once(':')?;
        let two =
            |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?;
        let at: i64 = two(hours)?;
        let minutes: i64 = two(minutes)?;
        let at = at * 60 + minutes;
        (minutes < 60 && at <= DAY_MS / MINUTE_MS).then_some(at)
    };
    read().ok_or_else(|| {
        Error::validation(field, format!("{field} must be a time such as 08:00, got \"{}\".", quoted(text)))
    })
}

fn clock(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// A zone, and how it is spelled.
fn zone(text: &str) -> Result<(TimeZone, String)> {
    let text = text.trim();
    let refused = || {
        Error::validation(
            "hours.zone",
            format!(
                "hours.zone must be UTC, an offset such as +01:00, or a POSIX rule such as EST5EDT,M3.2.0,M11.1.0, \
                 got \"{}\".",
                quoted(text)
            ),
        )
    };
    if text.is_empty() || text.eq_ignore_ascii_case("utc") || text == "Z" {
        return Ok((TimeZone::UTC, utc()));
    }
    if text.chars().count() > ZONE_MAX {
        return Err(refused());
    }
    if let Some(rest) = text.strip_prefix(['+', '-']) {
        let minutes = minute("hours.zone", rest).map_err(|_| refused())?;
        let signed = if text.starts_with('-') { -minutes } else { minutes };
        let offset = i32::try_from(signed * 60).ok().and_then(|s| Offset::from_seconds(s).ok()).ok_or_else(refused)?;
        return Ok((TimeZone::fixed(offset), text.to_owned()));
    }
    TimeZone::posix(text).map(|zone| (zone, text.to_owned())).map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{iso, parse_iso};

    fn open(days: &[&str], from: &str, to: &str, zone: &str) -> Open {
        let days = days.iter().map(|&day| day.to_owned()).collect();
        Hours { days, from: from.to_owned(), to: to.to_owned(), zone: zone.to_owned() }.check().unwrap().1
    }

    fn next(open: &Open, now: &str) -> Option<String> {
        open.opens_at_ms(parse_iso(now).unwrap()).map(iso)
    }

    #[test]
    fn outside_the_hours_the_next_opening_is_known() {
        let office = open(&["mon", "tue", "wed", "thu", "fri"], "08:00", "18:00", "+01:00");
        assert_eq!(next(&office, "2025-11-24T07:00:00Z"), None, "Monday, eight in the morning there");
        assert_eq!(next(&office, "2025-11-24T06:59:59Z").unwrap(), "2025-11-24T07:00:00.000Z");
        assert_eq!(next(&office, "2025-11-24T17:00:00Z").unwrap(), "2025-11-25T07:00:00.000Z");
        assert_eq!(next(&office, "2025-11-28T20:00:00Z").unwrap(), "2025-12-01T07:00:00.000Z", "over a weekend");
        let once = open(&["wed"], "00:00", "24:00", "UTC");
        assert_eq!(next(&once, "2025-11-26T23:59:59Z"), None);
        assert_eq!(next(&once, "2025-11-27T00:00:00Z").unwrap(), "2025-12-03T00:00:00.000Z");
    }

    #[test]
    fn a_rule_of_summer_time_is_followed() {
        let york = open(&["mon"], "09:00", "17:00", "EST5EDT,M3.2.0,M11.1.0");
        assert_eq!(next(&york, "2025-07-07T12:00:00Z").unwrap(), "2025-07-07T13:00:00.000Z");
        assert_eq!(next(&york, "2025-12-01T12:00:00Z").unwrap(), "2025-12-01T14:00:00.000Z");
    }

    #[test]
    fn what_is_no_time_and_no_zone_is_refused() {
        let hours = |from: &str, to: &str, zone: &str| {
            Hours { days: every_day(), from: from.to_owned(), to: to.to_owned(), zone: zone.to_owned() }.check()
        };
        for (from, to, zone) in [
            ("8:00", "18:00", "UTC"),
            ("08:60", "18:00", "UTC"),
            ("08:00", "24:01", "UTC"),
            ("18:00", "08:00", "UTC"),
            ("08:00", "08:00", "UTC"),
            ("08:00", "18:00", "+27:00"),
            ("08:00", "18:00", "Mars/Olympus"),
        ] {
            assert!(hours(from, to, zone).is_err(), "{from} {to} {zone}");
        }
        assert!(hours("08:00", "18:00", "").is_ok());
    }
}
