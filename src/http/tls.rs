//! TLS by certificate files: read at the start, and again when they change, so that a renewed certificate needs no
//! restart. A file that will not do is named with what is wrong; while the server runs, the certificate it has stays.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Largest certificate or key file.
const PEM_MAX: u64 = 1 << 20;

/// A certificate with its key, and the files they come from.
pub struct Tls {
    cert: PathBuf,
    key: PathBuf,
    acceptor: TlsAcceptor,
    current: Arc<Current>,
    /// What the files held when they were last taken or refused.
    seen: Mutex<Files>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("cert", &self.cert).finish_non_exhaustive()
    }
}

/// The bytes of both files.
#[derive(PartialEq)]
struct Files {
    cert: Vec<u8>,
    key: Vec<u8>,
}

/// The certificate that new connections get.
struct Current(RwLock<Arc<CertifiedKey>>);

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Current")
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Tls {
    /// Reads both files.
    ///
    /// # Errors
    /// A sentence that names the file and what is wrong with it.
    pub fn load(cert: &Path, key: &Path) -> Result<Tls, String> {
        let files = Files::read(cert, key)?;
        let current = Arc::new(Current(RwLock::new(Arc::new(files.certified(cert, key)?))));
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(|error| format!("TLS: {error}."))?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(Arc::<Current>::clone(&current));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Ok(Tls { cert: cert.to_owned(), key: key.to_owned(), acceptor, current, seen: Mutex::new(files) })
    }

    /// Reads the files again; new connections get the new certificate. `false` when nothing has changed since they were
    /// last read. Touches files: not for a thread that serves.
    ///
    /// # Errors
    /// As [`Tls::load`]; the certificate that was there stays. A refused file is refused once.
    pub fn reload(&self) -> Result<bool, String> {
        let files = Files::read(&self.cert, &self.key)?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == files {
            return Ok(false);
        }
        let certified = files.certified(&self.cert, &self.key);
        *seen = files;
        *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(certified?);
        Ok(true)
    }

    /// Makes a connection a TLS one.
    pub(super) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> io::Result<TlsStream<S>> {
        self.acceptor.accept(stream).await
    }
}

impl Files {
    fn read(cert: &Path, key: &Path) -> Result<Files, String> {
        Ok(Files { cert: bytes(cert, "tls_cert")?, key: bytes(key, "tls_key")? })
    }

    fn certified(&self, cert: &Path, key: &Path) -> Result<CertifiedKey, String> {
        let wrong = |path: &Path, why: &str| format!("{}: {why}.", path.display());
        let chain: Result<Vec<CertificateDer<'static>>, _> = CertificateDer::pem_slice_iter(&self.cert).collect();
        let chain = chain.map_err(|error| wrong(cert, &format!("this is no PEM file ({error})")))?;
        if chain.is_empty() {
            return Err(wrong(cert, "there is no certificate in it; it must hold BEGIN CERTIFICATE"));
        }
        let text = String::from_utf8_lossy(&self.key);
        if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
            return Err(wrong(
                key,
                "the key is encrypted; write it without a passphrase: openssl pkey -in OLD -out NEW",
            ));
        }
        let private = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| wrong(key, "there is no private key in it; it must hold BEGIN PRIVATE KEY"))?;
        let signing = ring::sign::any_supported_type(&private).map_err(|_| {
            wrong(key, "this kind of key can't be used; use RSA of 2048 bits or more, ECDSA or Ed25519")
        })?;
        let certified = CertifiedKey::new(chain, signing);
        match certified.keys_match() {
            Ok(()) => Ok(certified),
            Err(rustls::Error::InconsistentKeys(_)) => {
                let cert = cert.display();
                Err(wrong(key, &format!("this is not the key of the first certificate in {cert}")))
            }
            Err(error) => Err(wrong(cert, &format!("the first certificate can't be read ({error})"))),
        }
    }
}

fn bytes(path: &Path, setting: &str) -> Result<Vec<u8>, String> {
    let unread = |why: &dyn fmt::Display| format!("{} ({setting}) can't be read: {why}.", path.display());
    let size = std::fs::metadata(path).map_err(|error| unread(&error))?.len();
    if size > PEM_MAX {
        return Err(unread(&"it is too large for a certificate or a key"));
    }
    std::fs::read(path).map_err(|error| unread(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn file(&self, name: &str, text: &str) -> PathBuf {
            let path = self.0.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        }
    }

    fn made() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    #[test]
    fn a_file_that_will_not_do_is_named_with_what_is_wrong() {
        let folder = Folder(tempfile::tempdir().unwrap());
        let ((cert, key), (_, other)) = (made(), made());
        let cert = folder.file("cert.pem", &cert);
        let key = folder.file("key.pem", &key);
        let other = folder.file("other.pem", &other);
        let empty = folder.file("empty.pem", "");
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        let encrypted = folder.file("encrypted.pem", encrypted);
        let torn = folder.file("torn.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n");
        let missing = folder.0.path().join("missing.pem");
        assert!(Tls::load(&cert, &key).is_ok());
        for (cert, key, named, why) in [
            (&cert, &other, &other, "this is not the key of the first certificate"),
            (&empty, &key, &empty, "there is no certificate in it"),
            (&key, &key, &key, "there is no certificate in it"),
            (&torn, &key, &torn, "no PEM file"),
            (&cert, &cert, &cert, "there is no private key in it"),
            (&cert, &encrypted, &encrypted, "the key is encrypted"),
            (&cert, &missing, &missing, "(tls_key) can't be read"),
        ] {
            let refused = Tls::load(cert, key).unwrap_err();
            assert!(refused.starts_with(&named.display().to_string()) && refused.contains(why), "{refused}");
            assert!(refused.ends_with('.'), "{refused}");
        }
    }

    #[test]
    fn a_bad_new_file_keeps_the_old_certificate_and_is_told_once() {
        let folder = Folder(tempfile::tempdir().unwrap());
        let ((cert_text, key_text), (new_cert, new_key)) = (made(), made());
        let (cert, key) = (folder.file("cert.pem", &cert_text), folder.file("key.pem", &key_text));
        let tls = Tls::load(&cert, &key).unwrap();
        let held = || tls.current.0.read().unwrap().cert[0].clone();
        let first = held();
        assert_eq!(tls.reload(), Ok(false));
        folder.file("cert.pem", &new_cert);
        assert!(tls.reload().unwrap_err().contains("not the key"));
        assert_eq!(tls.reload(), Ok(false));
        assert_eq!(held(), first);
        folder.file("key.pem", &new_key);
        assert_eq!(tls.reload(), Ok(true));
        assert_ne!(held(), first);
    }
}
