//! Where a page of a search ended, as text that a caller hands back to go on behind it.
//!
//! It names a place in the order (score and number) and not a count of people, so that people who come or go before it
//! shift nothing. It holds for its own search only, and one that is damaged is refused.

use sha2::{Digest, Sha256};

use super::rank::Place;
use crate::error::{Error, Result};
use crate::prospects::filter::Filter;

/// Bytes of a cursor: score, number, search and check of the three, four each.
const BYTES: usize = 16;

/// The text of the place behind which the next page of `filter` begins.
pub(super) fn written(place: Place, filter: &Filter) -> Result<String> {
    let mut bytes = Vec::with_capacity(BYTES);
    bytes.extend(place.score.to_be_bytes());
    bytes.extend(place.number.to_be_bytes());
    bytes.extend(mark(&serde_json::to_vec(filter)?));
    bytes.extend(mark(&bytes));
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The place that `text` names in the search of `filter`.
///
/// # Errors
/// `validation_error` when the text is no cursor, or that of another search.
pub(super) fn read(text: &str, filter: &Filter) -> Result<Place> {
    let damaged = || {
        Error::validation(
            "after",
            "after must be the next_cursor of the page before, as it was given. Begin without it.",
        )
    };
    let bytes = unhex(text).ok_or_else(damaged)?;
    if bytes[12..] != mark(&bytes[..12]) {
        return Err(damaged());
    }
    if bytes[8..12] != mark(&serde_json::to_vec(filter)?) {
        let message = "after belongs to a search with other filters. Send the same filters, or begin without it.";
        return Err(Error::validation("after", message));
    }
    let four = |from: usize| u32::from_be_bytes([bytes[from], bytes[from + 1], bytes[from + 2], bytes[from + 3]]);
    Ok(Place { score: four(0), number: four(4) })
}

/// Four bytes that tell texts apart.
fn mark(bytes: &[u8]) -> [u8; 4] {
    let hash = Sha256::digest(bytes);
    [hash[0], hash[1], hash[2], hash[3]]
}

fn unhex(text: &str) -> Option<[u8; BYTES]> {
    if text.len() != 2 * BYTES || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut bytes = [0; BYTES];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prospects::filter::Slots;

    #[test]
    fn a_cursor_reads_back_and_is_refused_when_damaged_or_of_another_search() {
        let filter =
            Filter { include: Slots { keywords: vec!["tax".into()], ..Slots::default() }, ..Filter::default() };
        let place = Place { score: 7, number: 4_000_000_000 };
        let text = written(place, &filter).expect("a cursor");
        assert_eq!(read(&text, &filter).expect("a place"), place);
        assert!(read(&text, &Filter::default()).is_err());
        for at in 0..text.len() {
            let other = if text.as_bytes()[at] == b'0' { "1" } else { "0" };
            let damaged = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            assert!(read(&damaged, &filter).is_err(), "{damaged}");
        }
        for damaged in ["", "x", &text[1..], &format!("{text}0"), &"é".repeat(16)] {
            assert!(read(damaged, &filter).is_err(), "{damaged}");
        }
    }
}
