//! The secret of a key: `wbk_` and 52 lower-case letters and digits from the system's random source. Shown once, when
//! the key is made; only its SHA-256 hash is kept.

use std::fmt;

use rand::TryRng as _;
use rand::rngs::SysRng;
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};

/// How every secret begins, so that scanners for leaked keys know it.
const PREFIX: &str = "wbk_";
/// Letters and digits after it: 268 bits.
const LETTERS: usize = 52;
/// What they are drawn from.
const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// Characters of a secret that stay readable, so that people can tell their keys apart.
const SHOWN: usize = 8;

/// The SHA-256 hash of a secret: what a key is known by.
pub(super) type Hash = [u8; 32];

/// A secret that was just drawn. Its debug form does not show it.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Draws a new one. Fails only when the system has no random source.
    pub fn draw() -> Result<Secret> {
        let mut text = String::with_capacity(PREFIX.len() + LETTERS);
        text.push_str(PREFIX);
        let mut bytes = [0; 64];
        while text.len() < PREFIX.len() + LETTERS {
            SysRng.try_fill_bytes(&mut bytes).map_err(Error::internal)?;
            // 252 is the last multiple of 36 in a byte: what lies above would make some letters likelier.
            let drawn = bytes.iter().filter(|&&byte| byte < 252).map(|byte| ALPHABET[usize::from(byte % 36)]);
            text.extend(drawn.take(PREFIX.len() + LETTERS - text.len()).map(char::from));
        }
        Ok(Secret(text))
    }

    /// The secret itself, for the one answer that shows it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The beginning that stays readable.
    pub fn prefix(&self) -> &str {
        &self.0[..SHOWN]
    }

    /// What is kept.
    pub(super) fn hash(&self) -> Hash {
        hash(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({}…)", self.prefix())
    }
}

/// The hash of what a request carries; `None` when it does not even look like a secret.
pub(super) fn hash_of(text: &str) -> Option<Hash> {
    let letters = text.strip_prefix(PREFIX)?;
    let well_formed = letters.len() == LETTERS && letters.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    well_formed.then(|| hash(text))
}

/// A hash as it is stored.
pub(super) fn hex(hash: &Hash) -> String {
    use fmt::Write as _;
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_the_published_form_and_does_not_repeat() {
        let one = Secret::draw().unwrap();
        let other = Secret::draw().unwrap();
        assert_eq!(one.reveal().len(), 56);
        assert_eq!(hash_of(one.reveal()), Some(one.hash()));
        assert_ne!(one.reveal(), other.reveal());
        assert!(!format!("{one:?}").contains(one.reveal()));
    }

    #[test]
    fn what_does_not_look_like_a_secret_has_no_hash() {
        let good = Secret::draw().unwrap().reveal().to_owned();
        let long = format!("{good}a");
        let upper = good.to_uppercase();
        for bad in ["", "wbk_", &good[..55], &long, &upper, &good.replace("wbk_", "wbk-")] {
            assert_eq!(hash_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_letter_is_drawn() {
        let drawn: String = (0..200).map(|_| Secret::draw().unwrap().0.split_off(PREFIX.len())).collect();
        assert!(ALPHABET.iter().all(|&letter| drawn.contains(char::from(letter))));
    }

    #[test]
    fn a_hash_is_stored_as_lower_case_hex() {
        assert!(hex(&hash("abc")).starts_with("ba7816bf8f01cfea"));
    }
}
