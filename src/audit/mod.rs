//! The log of events made provable: seals over the numbered events, the key that signs them, and whoever checks both.
//!
//! Protects rule "the log is append-only and verifiable". A seal covers events that follow each other in one workspace:
//!
//! - the **leaf** of an event is SHA-256 of its canonical JSON: an object of all its columns but `place`, keys in the order
//!   of the alphabet, no blanks, `data` as the text that is stored;
//! - the **root** of a seal is SHA-256 of the root of the seal before (32 zero bytes before the first) and of its leaves,
//!   in the order of the numbers;
//! - the **signature** is Ed25519 over the text `lexi-audit-1 WORKSPACE LAST_NUMBER ROOT SEALED_AT_MS`, by a key that is
//!   kept in a file outside the database.
//!
//! A **checkpoint** is that text with the key's id and the signature behind it, on one line. It goes out with the logs: who
//! keeps one can tell later that the log was cut off.
//!
//! Events are never written again, and who approves pays nothing: seals are made afterwards, within a second.

pub mod export;
pub mod http;
mod key;
mod log;
pub mod reader;
mod seal;
mod store;
pub mod trace;
pub mod verify;

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use key::{Key, KeyFile, PublicKey};
pub use seal::{Checkpoints, step};

use crate::error::{Error, Result};
use crate::events::Row;

/// Events under one seal.
pub const SEALED_AT_ONCE: u32 = 1_000;

/// A hash: 32 bytes.
pub type Hash = [u8; 32];

/// What stands before the first seal of a workspace.
pub const BEGINNING: Hash = [0; 32];

/// The hash of one event.
pub fn leaf(row: &Row) -> Hash {
    // A structure whose fields stand in the order of the alphabet is canonical JSON.
    Sha256::digest(serde_json::to_vec(row).unwrap_or_default()).into()
}

/// The root over the leaves of a seal.
pub fn root(previous: &Hash, leaves: &[Hash]) -> Hash {
    let mut sha = Sha256::new_with_prefix(previous);
    for leaf in leaves {
        sha.update(leaf);
    }
    sha.finalize().into()
}

/// A seal as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// The workspace.
    pub workspace_id: String,
    /// The first event it covers.
    pub first_number: i64,
    /// The last one.
    pub last_number: i64,
    /// Its root, in hex.
    pub root: String,
    /// When it was made.
    pub sealed_at_ms: i64,
    /// Who signed it: the first 16 hex digits of SHA-256 of the public key.
    pub key_id: String,
    /// The signature, in hex.
    pub signature: String,
}

impl Seal {
    /// What stands for it outside.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            workspace_id: self.workspace_id.clone(),
            last_number: self.last_number,
            root: self.root.clone(),
            sealed_at_ms: self.sealed_at_ms,
            key_id: self.key_id.clone(),
            signature: self.signature.clone(),
        }
    }
}

/// What a seal says, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The workspace.
    pub workspace_id: String,
    /// The last event that was sealed.
    pub last_number: i64,
    /// The root, in hex.
    pub root: String,
    /// When.
    pub sealed_at_ms: i64,
    /// Who signed it.
    pub key_id: String,
    /// The signature, in hex.
    pub signature: String,
}

/// How a checkpoint begins.
const CHECKPOINT: &str = "lexi-audit-1";

impl Checkpoint {
    /// The text that is signed.
    pub fn signed_text(&self) -> String {
        format!("{CHECKPOINT} {} {} {} {}", self.workspace_id, self.last_number, self.root, self.sealed_at_ms)
    }

    /// Reads a line from the log; words around it are passed over.
    pub fn parse(text: &str) -> Result<Checkpoint> {
        let wrong = || {
            let like = format!("{CHECKPOINT} WORKSPACE NUMBER ROOT TIME KEY SIGNATURE");
            Error::validation("checkpoint", format!("A checkpoint is a line of the log such as: {like}"))
        };
        let text = &text[text.find(CHECKPOINT).ok_or_else(wrong)?..];
        let mut words = text
            .split_whitespace()
            .skip(1)
            .map(|word| word.split(['"', ',', '}', '\'']).next().unwrap_or_default().to_owned());
        let mut word = || words.next().ok_or_else(wrong);
        Ok(Checkpoint {
            workspace_id: word()?,
            last_number: word()?.parse().map_err(|_| wrong())?,
            root: word()?,
            sealed_at_ms: word()?.parse().map_err(|_| wrong())?,
            key_id: word()?,
            signature: word()?,
        })
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.signed_text(), self.key_id, self.signature)
    }
}

/// Bytes as lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes that hex digits stand for.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()).collect()
}

fn hash_of(bytes: &[u8]) -> Option<Hash> {
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests;
