//! The installation's own key: a file that only its owner may read, outside the database.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rand::RngExt as _;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};

use super::{hex, unhex};
use crate::error::{Error, Result};

/// What stands in the file before the 64 hex digits of the seed.
const LABEL: &str = "lexi-audit-key-1";
/// Bytes of a seed and of a public key.
const KEY_BYTES: usize = 32;
/// Hex digits of a key's id.
const ID_DIGITS: usize = 16;
/// No key file is longer.
const FILE_MAX: usize = 1_024;

/// The half of a key that everybody may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey([u8; KEY_BYTES]);

impl PublicKey {
    /// Reads 64 hex digits.
    pub fn parse(text: &str) -> Result<PublicKey> {
        let bytes = unhex(text.trim()).and_then(|bytes| <[u8; KEY_BYTES]>::try_from(bytes).ok());
        bytes
            .map(PublicKey)
            .ok_or_else(|| Error::validation("trust", "A public key is 64 hex digits, as lexi audit key prints it."))
    }

    /// The first 16 hex digits of its SHA-256.
    pub fn id(&self) -> String {
        hex(&Sha256::digest(self.0))[..ID_DIGITS].to_owned()
    }

    /// In hex.
    pub fn text(&self) -> String {
        hex(&self.0)
    }

    /// Whether this key signed `text`; `signature` is in hex.
    pub fn signed(&self, text: &str, signature: &str) -> bool {
        unhex(signature)
            .is_some_and(|bytes| UnparsedPublicKey::new(&ED25519, self.0).verify(text.as_bytes(), &bytes).is_ok())
    }
}

/// The key that signs.
pub struct Key {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl Key {
    fn of_seed(seed: &[u8]) -> Option<Key> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let public = PublicKey(pair.public_key().as_ref().try_into().ok()?);
        Some(Key { pair, public })
    }

    /// Its public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The signature of a text, in hex.
    pub fn sign(&self, text: &str) -> String {
        hex(self.pair.sign(text.as_bytes()).as_ref())
    }
}

/// Where the key is; read or made when it is first needed.
pub struct KeyFile {
    path: PathBuf,
    key: Mutex<Option<Arc<Key>>>,
}

impl KeyFile {
    /// At this place.
    pub fn new(path: PathBuf) -> KeyFile {
        KeyFile { path, key: Mutex::new(None) }
    }

    /// The key; made when there is no file.
    pub fn key(&self) -> Result<Arc<Key>> {
        let mut known = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = &*known {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(match KeyFile::read(&self.path)? {
            Some(key) => key,
            None => make(&self.path)?,
        });
        *known = Some(Arc::clone(&key));
        Ok(key)
    }

    /// The key in a file; nothing when there is no file. One that others may read is refused.
    pub fn read(path: &Path) -> Result<Option<Key>> {
        let bad = |why: &dyn std::fmt::Display| {
            Error::internal(format_args!("the key of the audit log, {}, can't be used: {why}", path.display()))
        };
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|error| bad(&error))?,
        };
        let mode = fs::metadata(path).map_err(|error| bad(&error))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(bad(&format_args!("other users may read it; run: chmod 600 {}", path.display())));
        }
        let seed = text.trim().strip_prefix(LABEL).map(str::trim).filter(|_| text.len() <= FILE_MAX);
        let key = seed.and_then(unhex).and_then(|seed| Key::of_seed(&seed));
        key.map(Some).ok_or_else(|| bad(&format_args!("it must hold {LABEL} and 64 hex digits")))
    }
}

/// Makes a key. Two processes that do so at once end with the same one: the file gets its name once.
fn make(path: &Path) -> Result<Key> {
    let bad = |error: &dyn std::fmt::Display| {
        Error::internal(format_args!("the key of the audit log can't be made at {}: {error}", path.display()))
    };
    let mut seed = [0; KEY_BYTES];
    SystemRandom::new().fill(&mut seed).map_err(|error| bad(&error))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.{:016x}", rand::rng().random::<u64>()));
    let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).and_then(|mut file| {
        writeln!(file, "{LABEL} {}", hex(&seed))?;
        file.sync_all()
    });
    let named = written.and_then(|()| match fs::hard_link(&beside, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => fs::File::open(path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))?
            .sync_all(),
    });
    let _ = fs::remove_file(&beside);
    named.map_err(|error| bad(&error))?;
    KeyFile::read(path)?.ok_or_else(|| bad(&"it is gone again"))
}
