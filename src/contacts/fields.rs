//! Checks of fields that records of several kinds share: lines, texts, web addresses, tags, times. Pure.
//!
//! Protects the rule that everything has a limit, and that a refusal names the field as the caller spelled it.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Deserializer};

use super::{emails, names};
use crate::clock::{DAY_MS, iso, parse_iso};
use crate::error::{Error, Result, quoted};

/// Characters of a name: the limit for names everywhere.
pub const NAME_MAX: usize = 200;
/// Characters of a web address.
pub const URL_MAX: usize = 500;
/// Tags of one record.
pub const TAGS_MAX: usize = 50;
/// Characters of one tag.
pub const TAG_MAX: usize = 100;
/// How far back a given creation date is kept.
const CREATED_PAST_YEARS: i32 = 5;
/// How far ahead a given creation date is kept.
const CREATED_AHEAD_MS: i64 = DAY_MS;

/// Tells a field that is `null` (`Some(None)`) from one that is not there (`None`).
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> std::result::Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}

/// The creation time of a record: the given one when it is at most five years past and a day ahead, else the server's.
pub fn created_at_ms(given: Option<i64>, now_ms: i64) -> i64 {
    match given {
        Some(ms) if (years_before(now_ms)..=now_ms + CREATED_AHEAD_MS).contains(&ms) => ms,
        _ => now_ms,
    }
}

fn years_before(now_ms: i64) -> i64 {
    let now = TimeZone::UTC.to_datetime(Timestamp::from_millisecond(now_ms).unwrap_or_default());
    let then = now.checked_sub(CREATED_PAST_YEARS.years()).and_then(|then| TimeZone::UTC.to_timestamp(then));
    then.map_or(now_ms, Timestamp::as_millisecond)
}

/// An ISO 8601 time, or a date alone, which means its first moment in UTC.
pub fn time(field: &str, text: &str) -> Result<i64> {
    let text = text.trim();
    parse_iso(text).or_else(|| parse_iso(&format!("{text}T00:00:00Z"))).ok_or_else(|| {
        let shown = quoted(text);
        let example = iso(1_767_258_000_000);
        Error::validation(field, format!("{field} must be an ISO 8601 time such as {example}, got \"{shown}\"."))
    })
}

/// A line of text: blanks made single; empty is nothing.
pub fn short(field: &str, text: Option<String>, max: usize) -> Result<Option<String>> {
    limited(field, text.map(|text| names::clean(&text)), max)
}

/// Text of several lines: trimmed; empty is nothing.
pub fn long(field: &str, text: Option<String>, max: usize) -> Result<Option<String>> {
    limited(field, text.map(|text| text.trim().to_owned()), max)
}

fn limited(field: &str, text: Option<String>, max: usize) -> Result<Option<String>> {
    match text.filter(|text| !text.is_empty()) {
        Some(text) if text.chars().count() > max => {
            Err(Error::validation(field, format!("{field} must have at most {max} characters.")))
        }
        text => Ok(text),
    }
}

/// Only web addresses: what stands here becomes a link for people to follow.
pub fn url(field: &str, text: Option<String>) -> Result<Option<String>> {
    let Some(text) = short(field, text, URL_MAX)? else { return Ok(None) };
    let lower = text.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).unwrap_or(&lower);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if text.contains(' ') || !emails::plausible_domain(host) {
        let shown = quoted(&text);
        return Err(Error::validation(
            field,
            format!("{field} must be an address such as https://www.linkedin.com/in/name, got \"{shown}\"."),
        ));
    }
    Ok(Some(text))
}

/// Tags, each once, in their order.
pub fn tags(field: &str, given: Vec<String>) -> Result<Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut tags = Vec::new();
    for tag in given {
        let tag = names::clean(&tag);
        if tag.is_empty() || tag.chars().count() > TAG_MAX {
            return Err(Error::validation(field, format!("Each of {field} must have 1 to {TAG_MAX} characters.")));
        }
        if seen.insert(tag.clone()) {
            tags.push(tag);
        }
    }
    tags_fit(field, &tags)?;
    Ok(tags)
}

/// Refuses more tags than a record holds.
pub fn tags_fit(field: &str, tags: &[String]) -> Result<()> {
    if tags.len() > TAGS_MAX {
        return Err(Error::validation(field, format!("tags must be at most {TAGS_MAX}, got {}.", tags.len())));
    }
    Ok(())
}

/// Whether two tags are one, whatever their case.
pub fn same_tag(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Tags with others put to them, and some taken away.
pub fn retagged(before: &[String], add: &[String], remove: &[String]) -> Vec<String> {
    let mut tags: Vec<String> =
        before.iter().filter(|tag| !remove.iter().any(|gone| same_tag(gone, tag))).cloned().collect();
    for tag in add {
        if !tags.iter().any(|there| same_tag(there, tag)) {
            tags.push(tag.clone());
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_added_once_and_removed_whatever_its_case() {
        let texts = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
        let before = texts(&["VIP", "IP"]);
        assert_eq!(retagged(&before, &texts(&["vip", "new"]), &[]), ["VIP", "IP", "new"]);
        assert_eq!(retagged(&before, &[], &texts(&["ip", "never there"])), ["VIP"]);
        assert_eq!(retagged(&before, &texts(&["vip"]), &texts(&["vip"])), ["IP", "vip"]);
    }
}
