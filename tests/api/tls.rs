//! TLS by certificate files: who is let in, what is said to others, and certificates that are renewed while it serves.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::support::{Client, Installation, Server};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(30);
/// A time limit that a test can wait for.
const SHORT: Duration = Duration::from_millis(200);

/// A certificate that is its own authority, in two files of a folder.
struct Certificate {
    folder: tempfile::TempDir,
    pem: String,
}

impl Certificate {
    fn new() -> Certificate {
        let mut certificate = Certificate { folder: tempfile::tempdir().unwrap(), pem: String::new() };
        certificate.renew();
        certificate
    }

    /// Another certificate in the same files.
    fn renew(&mut self) {
        let names = ["localhost", "127.0.0.1"].map(str::to_owned).to_vec();
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        self.pem = made.cert.pem();
        std::fs::write(self.cert(), &self.pem).unwrap();
        std::fs::write(self.key(), made.signing_key.serialize_pem()).unwrap();
    }

    fn cert(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    async fn server(&self, change: impl FnOnce(&mut lexi::config::Config)) -> Server {
        let (cert, key) = (self.cert(), self.key());
        Server::start_with(move |config| {
            config.tls_cert = Some(cert);
            config.tls_key = Some(key);
            change(config);
        })
        .await
    }
}

fn address(server: &Server) -> String {
    server.url().replace("https://", "")
}

/// A TLS connection that speaks these versions; answers the version and the protocol that were agreed on.
async fn agreed(
    server: &Server,
    pem: &str,
    versions: &[&'static SupportedProtocolVersion],
) -> (String, Option<Vec<u8>>) {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let stream = TcpStream::connect(address(server)).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("a handshake");
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: lexi\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the end is told, too");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let (_, session) = stream.get_ref();
    (format!("{:?}", session.protocol_version().unwrap()), session.alpn_protocol().map(<[u8]>::to_vec))
}

#[tokio::test]
async fn a_server_with_a_certificate_speaks_tls_1_2_and_1_3_and_http_1_1() {
    let certificate = Certificate::new();
    let server = certificate.server(|_| {}).await;
    let client = server.key("read,write").await;
    assert_eq!(client.post("/v1/lists", &serde_json::json!({ "name": "private" })).await.status, 201);
    let http = Some(b"http/1.1".to_vec());
    for (version, name) in [(&rustls::version::TLS12, "TLSv1_2"), (&rustls::version::TLS13, "TLSv1_3")] {
        assert_eq!(agreed(&server, &certificate.pem, &[version]).await, (name.to_owned(), http.clone()));
    }
    let stranger = Client::trusting(&server.url(), None, Some(&Certificate::new().pem));
    assert!(
        stranger.try_send(stranger.request(reqwest::Method::GET, "/healthz")).await.is_none(),
        "not its certificate"
    );
}

#[tokio::test]
async fn plain_http_on_a_tls_port_is_told_what_to_speak() {
    let server = Certificate::new().server(|_| {}).await;
    let mut wire = TcpStream::connect(address(&server)).await.unwrap();
    wire.write_all(b"GET /v1/lists HTTP/1.1\r\nHost: lexi\r\n\r\n").await.unwrap();
    wire.shutdown().await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(PATIENCE, wire.read_to_string(&mut answer)).await.expect("an end").expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    let body: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body["error"]["code"], "validation_error");
    assert!(body["error"]["message"].as_str().unwrap().contains("https://"), "{body}");
}

#[tokio::test]
async fn a_handshake_that_does_not_come_ends_and_keeps_nobody_waiting() {
    let certificate = Certificate::new();
    let patient = certificate.server(|_| {}).await;
    let mut silent = Vec::new();
    for beginning in [&b""[..], b"\x16", b"\x16\x03\x01\x02\x00\x01"] {
        let mut wire = TcpStream::connect(address(&patient)).await.unwrap();
        wire.write_all(beginning).await.unwrap();
        silent.push(wire);
    }
    assert_eq!(patient.stranger().get("/healthz").await.status, 200, "others are served meanwhile");
    let hasty = certificate.server(|config| config.header_timeout = SHORT).await;
    let mut wire = TcpStream::connect(address(&hasty)).await.unwrap();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, wire.read_to_end(&mut rest)).await;
    assert!(ended.expect("it is ended").is_err() || rest.is_empty());
}

#[tokio::test]
async fn handshakes_count_as_connections() {
    let certificate = Certificate::new();
    let server = certificate.server(|config| config.connections_max = 1).await;
    let silent = TcpStream::connect(address(&server)).await.unwrap();
    let next = server.stranger();
    let mut waiting = tokio::spawn(async move { next.get("/healthz").await.status });
    assert!(tokio::time::timeout(SHORT, &mut waiting).await.is_err(), "it waits");
    drop(silent);
    assert_eq!(tokio::time::timeout(PATIENCE, waiting).await.expect("its turn").unwrap(), 200);
}

#[tokio::test]
async fn a_renewed_certificate_is_served_after_a_hangup_and_a_bad_one_is_not() {
    let home = Installation::new().await;
    let key = home.key("read,lexi");
    let mut certificate = Certificate::new();
    let paths = [certificate.cert(), certificate.key()].map(|path| path.to_string_lossy().into_owned());
    let server = home.begin(&["--tls-cert", &paths[0], "--tls-key", &paths[1]], |_| {}).await;
    assert!(server.url.starts_with("https://"), "{}", server.url);
    let healthy = async |pem: &str| {
        let client = Client::trusting(&server.url, None, Some(pem));
        client.try_send(client.request(reqwest::Method::GET, "/healthz")).await.is_some()
    };
    let first = certificate.pem.clone();
    assert!(healthy(&first).await);
    assert!(!server.log().contains("unencrypted"), "{}", server.log());

    std::fs::write(certificate.cert(), "half a certificate").unwrap();
    server.signal("-HUP");
    server.until_logged("the certificate stays as it was").await;
    assert!(healthy(&first).await);

    certificate.renew();
    server.signal("-HUP");
    server.until_logged("new connections get it").await;
    assert!(healthy(&certificate.pem).await && !healthy(&first).await);
    by_command_line(&home, &server.url, &key, &certificate.cert());
    assert_eq!(server.terminate(), 0);
}

/// The client of the command line believes the certificate it is given, and without it says what is wrong.
fn by_command_line(home: &Installation, url: &str, key: &str, ca: &Path) {
    let run = |ca: Option<&Path>| {
        let mut command = home.command();
        command.env("LEXI_URL", url).env("LEXI_KEY", key).args(["tasks", "list", "--json"]);
        if let Some(ca) = ca {
            command.env("LEXI_CA", ca);
        }
        command.output().expect("the program runs")
    };
    let trusting = run(Some(ca));
    assert_eq!(trusting.status.code(), Some(0), "{}", String::from_utf8_lossy(&trusting.stderr));
    let doubting = run(None);
    assert_eq!(doubting.status.code(), Some(4), "a certificate of nobody's");
    assert!(String::from_utf8_lossy(&doubting.stderr).contains("--ca FILE (LEXI_CA)"));
    let missing = run(Some(Path::new("nowhere.pem")));
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("nowhere.pem (--ca, LEXI_CA)"));
}
