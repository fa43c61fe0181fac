//! The secret of a webhook: `whsec_` and the base64 of 32 random bytes. It is shown when it is made, and kept sealed: with
//! AES-256-GCM under a key that stands in a file outside the database, bound to its workspace and webhook. A copy of the
//! database alone signs nothing.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rand::TryRng as _;
use rand::rngs::SysRng;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::signature::base64;
use crate::error::{Error, Result};

/// How every secret begins, as Standard Webhooks has it.
const PREFIX: &str = "whsec_";
/// Bytes of a secret, and of the key it is sealed under.
const BYTES: usize = 32;
/// No file that holds one key is longer.
const FILE_MAX: u64 = 1_024;

/// A secret. Its debug form does not show it.
#[derive(Clone)]
pub(super) struct Secret([u8; BYTES]);

impl Secret {
    /// Draws a new one.
    pub(super) fn draw() -> Result<Secret> {
        Ok(Secret(random()?))
    }

    /// As it is shown, and as the published signature takes it.
    pub(super) fn text(&self) -> String {
        format!("{PREFIX}{}", base64(&self.0))
    }

    /// The bytes behind the prefix, as Standard Webhooks takes it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    #[cfg(test)]
    pub(super) fn of(bytes: [u8; BYTES]) -> Secret {
        Secret(bytes)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(whsec_…)")
    }
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

/// The file of the key.
#[derive(Debug, Clone)]
pub struct KeyFile(PathBuf);

impl KeyFile {
    /// At this place; it need not be there yet.
    pub fn at(path: PathBuf) -> KeyFile {
        KeyFile(path)
    }

    /// Seals a secret for one webhook. Makes the file when there is none.
    pub(super) fn seal(&self, workspace_id: Uuid, webhook_id: Uuid, secret: &Secret) -> Result<String> {
        let key = match self.read()? {
            Some(key) => key,
            None => self.make()?,
        };
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut sealed = secret.0.to_vec();
        cipher(&key)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(bound_to(workspace_id, webhook_id)),
                &mut sealed,
            )
            .map_err(|_| Error::internal("a secret could not be sealed"))?;
        Ok(format!("{}:{}{}", name(&key), hex(&nonce), hex(&sealed)))
    }

    /// Opens what [`KeyFile::seal`] gave. Says which file is missing or wrong.
    pub(super) fn open(&self, workspace_id: Uuid, webhook_id: Uuid, sealed: &str) -> Result<Secret> {
        let path = self.0.display();
        let Some(key) = self.read()? else {
            return Err(Error::internal(format_args!(
                "the key file {path} is not there; put it back, or rotate the secret of webhook {webhook_id}"
            )));
        };
        let wrong = || {
            Error::internal(format_args!(
                "the key in {path} is not the one the secret of webhook {webhook_id} was kept under; put the right file \
                 there, or rotate the secret"
            ))
        };
        let (kept_under, sealed) = sealed.split_once(':').ok_or_else(wrong)?;
        let mut bytes = unhex(sealed).filter(|bytes| bytes.len() > NONCE_LEN).ok_or_else(wrong)?;
        if kept_under != name(&key) {
            return Err(wrong());
        }
        let mut secret = bytes.split_off(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(&bytes).map_err(|_| wrong())?;
        let opened = cipher(&key)?
            .open_in_place(nonce, Aad::from(bound_to(workspace_id, webhook_id)), &mut secret)
            .map_err(|_| wrong())?;
        Ok(Secret(<[u8; BYTES]>::try_from(&*opened).map_err(|_| wrong())?))
    }

    /// The short name of the key in the file, as sealed secrets carry it; nothing when there is no file.
    pub fn key_name(&self) -> Result<Option<String>> {
        Ok(self.read()?.map(|key| name(&key)))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    fn read(&self) -> Result<Option<[u8; BYTES]>> {
        let path = self.0.display();
        let unread = |error: io::Error| Error::internal(format_args!("the key file {path} can't be read: {error}"));
        match fs::metadata(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unread(error)),
            Ok(file) if file.len() > FILE_MAX => {
                return Err(Error::internal(format_args!("the key file {path} is too large for one key")));
            }
            Ok(_) => {}
        }
        let text = fs::read_to_string(&self.0).map_err(unread)?;
        let key = unhex(text.trim()).and_then(|bytes| <[u8; BYTES]>::try_from(bytes).ok());
        key.map(Some).ok_or_else(|| {
            Error::internal(format_args!("the key file {path} holds no key: it must hold {} hex digits", 2 * BYTES))
        })
    }

    /// Makes the file, readable by its owner alone. It gets its name when it is whole; who was faster is believed.
    fn make(&self) -> Result<[u8; BYTES]> {
        let path = self.0.display();
        let failed = |error: io::Error| Error::internal(format_args!("the key file {path} can't be made: {error}"));
        let part = self.0.with_extension(format!("new.{}", hex(&random::<8>()?)));
        let key: [u8; BYTES] = random()?;
        let write = || {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
            file.write_all(format!("{}\n", hex(&key)).as_bytes())?;
            file.sync_all()
        };
        let linked = write().and_then(|()| fs::hard_link(&part, &self.0));
        // Whether or not it got its name, the other one goes.
        let removed = fs::remove_file(&part);
        match linked {
            Ok(()) => removed.map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
        let folder = self.0.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        self.read()?.ok_or_else(|| Error::internal(format_args!("the key file {path} is gone again")))
    }
}

/// Under which key a secret was sealed, by its short name.
pub(super) fn kept_under(sealed: &str) -> &str {
    sealed.split_once(':').map_or(sealed, |(name, _)| name)
}

fn cipher(key: &[u8; BYTES]) -> Result<LessSafeKey> {
    let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| Error::internal("the key is not one of AES-256"))?;
    Ok(LessSafeKey::new(key))
}

/// What a sealed secret is bound to: moved to another webhook it does not open.
fn bound_to(workspace_id: Uuid, webhook_id: Uuid) -> Vec<u8> {
    [b"webhook".as_slice(), workspace_id.as_bytes(), webhook_id.as_bytes()].concat()
}

/// Tells keys apart and tells nothing of them.
fn name(key: &[u8; BYTES]) -> String {
    let digest = Sha256::new().chain_update(b"the name of a key of Lexi").chain_update(key).finalize();
    hex(&digest[..8])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    digits.chunks(2).map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_secret_opens_for_its_webhook_and_under_its_key_only() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::at(folder.path().join("secrets.key"));
        let (workspace, webhook, other) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let secret = Secret::draw().unwrap();
        let sealed = file.seal(workspace, webhook, &secret).unwrap();
        assert_eq!(fs::metadata(file.path()).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(file.open(workspace, webhook, &sealed).unwrap().text(), secret.text());
        assert_ne!(sealed, file.seal(workspace, webhook, &secret).unwrap(), "no nonce comes twice");
        assert!(file.open(workspace, other, &sealed).is_err() && file.open(other, webhook, &sealed).is_err());

        let another = KeyFile::at(folder.path().join("another.key"));
        let told = another.open(workspace, webhook, &sealed).unwrap_err().to_string();
        assert!(told.contains("another.key is not there"), "{told}");
        another.seal(workspace, webhook, &secret).unwrap();
        let told = another.open(workspace, webhook, &sealed).unwrap_err().to_string();
        assert!(told.contains("is not the one"), "{told}");
        assert_ne!(Some(kept_under(&sealed).to_owned()), another.key_name().unwrap());
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.key");
        fs::write(&path, "not a key").unwrap();
        let file = KeyFile::at(path.clone());
        assert!(file.seal(Uuid::nil(), Uuid::nil(), &Secret::draw().unwrap()).is_err());
        assert_eq!(fs::read_to_string(path).unwrap(), "not a key");
    }

    #[test]
    fn all_who_need_the_key_at_once_get_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::at(folder.path().join("secrets.key"));
        let sealed: Vec<String> = std::thread::scope(|scope| {
            let seal = || file.seal(Uuid::nil(), Uuid::nil(), &Secret::of([7; BYTES])).unwrap();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(seal)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for sealed in sealed {
            assert!(file.open(Uuid::nil(), Uuid::nil(), &sealed).is_ok());
        }
    }
}
