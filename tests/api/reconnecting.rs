//! PostgreSQL goes away and comes back. Protects that nothing acknowledged is lost, that a commit nobody confirmed is
//! never reported as done and never repeated by itself, that the server says 503 and when to come back, and that it finds
//! its way back alone. And that a certificate is looked at as the address says.
//!
//! SQLite has no connection that could break: there these tests have nothing to look at.

use std::fs::File;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lexi::db::{Db, Dialect, query};
use lexi::error::Code;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use reqwest::Method;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::json;
use tokio_rustls::TlsAcceptor;

use crate::support::database::{self, TestDatabase, dialect, fresh};
use crate::support::proxy::{Commit, Proxy};
use crate::support::{Client, Installation, Server};

/// How long a server may take to find its database again.
const PATIENCE: Duration = Duration::from_secs(60);

fn on_sqlite() -> bool {
    dialect() == Dialect::Sqlite
}

/// A server that reaches PostgreSQL through a proxy, with people to find and one task that waits for its decision.
struct Cut {
    proxy: Arc<Proxy>,
    server: Server,
    client: Client,
    task: String,
}

impl Cut {
    async fn start() -> Cut {
        let database = Arc::new(TestDatabase::migrated().await);
        let proxy = Arc::new(Proxy::to(&database::server_url()).await);
        let url = proxy.url(database.name()).parse().expect("an address");
        let server = Server::start_on(database, |config| config.database_url = url).await;
        server.law_firm_ceos(5).await;
        let client = server.key("read,write,lexi").await;
        let asked = client.post("/v1/lexi/chat", &json!({ "message": "Find 5 CEOs at law firms in California" })).await;
        assert_eq!(asked.status, 200, "{}", asked.text);
        let task = asked.json["data"]["task_id"].as_str().expect("a task").to_owned();
        Cut { proxy, server, client, task }
    }

    fn approve(&self) -> reqwest::RequestBuilder {
        self.client.request(Method::POST, &format!("/v1/lexi/tasks/{}/approve", self.task))
    }

    /// Fails unless the task was executed, once.
    async fn done_once(&self) {
        let shown = self.client.get(&format!("/v1/lexi/tasks/{}", self.task)).await;
        assert_eq!(shown.json["data"]["status"], "completed", "{}", shown.text);
        assert_eq!(shown.json["data"]["result"]["added"], 5, "{}", shown.text);
        let contacts = self.client.get("/v1/contacts").await;
        assert_eq!(contacts.json["meta"]["total"], 5, "{}", contacts.text);
    }
}

#[tokio::test]
async fn a_commit_that_was_not_confirmed_is_answered_503_and_the_next_approval_names_the_decision() {
    if on_sqlite() {
        return;
    }
    let cut = Cut::start().await;
    cut.proxy.next_commit(Commit::Swallow);
    let answer = cut.client.send(cut.approve()).await;
    assert_eq!((answer.status, answer.json["error"]["code"].as_str()), (503, Some("unavailable")), "{}", answer.text);
    let message = "The database did not confirm this; it may have been done. Look before you ask again.";
    assert_eq!(answer.json["error"]["message"], message);
    assert!(answer.header("retry-after").is_some());
    let again = cut.client.send(cut.approve()).await;
    assert_eq!((again.status, again.json["error"]["code"].as_str()), (400, Some("validation_error")), "{}", again.text);
    assert_eq!(again.json["error"]["message"], "Task has already been approved");
    assert_eq!(again.json["error"]["details"]["decision"]["outcome"], "approved", "{}", again.text);
    cut.done_once().await;
}

#[tokio::test]
async fn an_unconfirmed_approval_with_an_idempotency_key_is_repeated_safely() {
    if on_sqlite() {
        return;
    }
    let cut = Cut::start().await;
    cut.proxy.next_commit(Commit::Swallow);
    let unsure = cut.client.send(cut.approve().header("Idempotency-Key", "once")).await;
    assert_eq!(unsure.status, 503, "{}", unsure.text);
    let again = cut.client.send(cut.approve().header("Idempotency-Key", "once")).await;
    assert_eq!((again.status, again.json["data"]["status"].as_str()), (200, Some("approved")), "{}", again.text);
    cut.done_once().await;
}

#[tokio::test]
async fn a_commit_that_never_reached_the_database_is_not_reported_as_done() {
    if on_sqlite() {
        return;
    }
    let cut = Cut::start().await;
    cut.proxy.next_commit(Commit::Lose);
    let answer = cut.client.send(cut.approve()).await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    let shown = cut.client.get(&format!("/v1/lexi/tasks/{}", cut.task)).await;
    assert_eq!(shown.json["data"]["status"], "pending", "{}", shown.text);
    assert_eq!(cut.client.send(cut.approve()).await.status, 200);
    cut.done_once().await;
}

#[tokio::test]
async fn connections_that_broke_while_nobody_used_them_are_replaced_and_nobody_notices() {
    if on_sqlite() {
        return;
    }
    let cut = Cut::start().await;
    cut.proxy.cut();
    let answer = cut.client.send(cut.approve()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let name = cut.server.database().name().to_owned();
    database::on_server(&terminate(&name)).await;
    cut.done_once().await;
}

/// Ends every session on a database, as a restart of the server would.
fn terminate(database: &str) -> String {
    format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'")
}

#[tokio::test]
async fn without_its_database_a_server_is_alive_and_not_ready_and_comes_back_by_itself() {
    if on_sqlite() {
        return;
    }
    let cut = Cut::start().await;
    cut.proxy.shut();
    for path in ["/v1/lists", "/v1/contacts"] {
        let answer = cut.client.get(path).await;
        assert_eq!(
            (answer.status, answer.json["error"]["code"].as_str()),
            (503, Some("unavailable")),
            "{}",
            answer.text
        );
        assert!(answer.header("retry-after").is_some());
    }
    let refused = cut.client.send(cut.approve()).await;
    assert_eq!(refused.status, 503, "{}", refused.text);
    assert_eq!(cut.client.get("/healthz").await.status, 200);
    let ready = cut.client.get("/readyz").await;
    assert_eq!((ready.status, ready.json["checks"]["database"].as_str()), (503, Some("failing")), "{}", ready.text);
    cut.proxy.open();
    assert_eq!(cut.client.get("/readyz").await.status, 200);
    assert_eq!(cut.client.send(cut.approve()).await.status, 200);
    cut.done_once().await;
    assert_eq!(cut.server.work().await, 0);
}

#[tokio::test]
async fn a_server_that_has_turned_read_only_is_left_until_it_takes_writes_again() {
    if on_sqlite() {
        return;
    }
    let cut = Cut::start().await;
    let name = cut.server.database().name().to_owned();
    database::on_server(&format!("alter database {name} set default_transaction_read_only = on")).await;
    cut.proxy.cut();
    assert_eq!(cut.client.send(cut.approve()).await.status, 503);
    assert_eq!(cut.client.get("/readyz").await.status, 503, "a server that only reads is no primary");
    database::on_server(&format!("alter database {name} reset default_transaction_read_only")).await;
    assert_eq!(cut.client.send(cut.approve()).await.status, 200);
    cut.done_once().await;
}

#[tokio::test]
async fn an_open_session_that_turns_read_only_is_thrown_away() {
    if on_sqlite() {
        return;
    }
    let (_database, db) = fresh().await;
    db.write(|tx| query("create table things (n integer)").execute(tx)).await.unwrap();
    // The first attempt finds its session read-only, as on a primary that was just demoted; the second has a new one.
    let tried = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let counted = Arc::clone(&tried);
    db.write(move |tx| {
        if counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0 {
            query("select set_config('transaction_read_only', 'on', true)").all(tx, |_| Ok(()))?;
        }
        query("insert into things (n) values (1)").execute(tx)
    })
    .await
    .unwrap();
    assert_eq!(tried.load(std::sync::atomic::Ordering::Relaxed), 2);
    let count: i64 = db.read(|tx| query("select count(*) from things").one(tx, |row| row.get(0))).await.unwrap();
    assert_eq!(count, 1);
}

/// PostgreSQL warns when it is told to wait no longer for its standby, and then says that the commit is done. Here a
/// constraint that is checked at the commit gives the warning.
#[tokio::test]
async fn a_commit_with_a_warning_is_not_taken_for_confirmed() {
    if on_sqlite() {
        return;
    }
    let (_database, db) = fresh().await;
    for statement in [
        "create table things (n integer)",
        "create function warn() returns trigger language plpgsql as
         $$ begin raise warning 'not at the standby'; return null; end $$",
        "create constraint trigger warn after insert on things deferrable initially deferred
         for each row execute function warn()",
    ] {
        db.write(move |tx| query(statement).execute(tx)).await.unwrap();
    }
    let refused = db.write(|tx| query("insert into things (n) values (1)").execute(tx)).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);
    assert!(refused.to_string().contains("did not confirm"), "{refused}");
    let count: i64 = db.read(|tx| query("select count(*) from things").one(tx, |row| row.get(0))).await.unwrap();
    assert_eq!(count, 1, "it was done, and not twice");
}

#[tokio::test]
async fn a_server_waits_at_its_start_for_a_database_that_is_not_up_yet() {
    if on_sqlite() {
        return;
    }
    let installation = Installation::new().await;
    let proxy = Proxy::to(&database::server_url()).await;
    proxy.shut();
    let log = installation.folder().join("early.log");
    let url = proxy.url(installation.database().name());
    let mut child = installation
        .command()
        .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--database-url", &url])
        .stdout(Stdio::null())
        .stderr(File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let mut opened = false;
    loop {
        let said = std::fs::read_to_string(&log).unwrap();
        if said.contains("\"serving\"") {
            break;
        }
        if !opened && said.contains("waiting for PostgreSQL") {
            proxy.open();
            opened = true;
        }
        assert!(child.try_wait().unwrap().is_none() && begun.elapsed() < PATIENCE, "{said}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(opened, "it had to wait");
    child.kill().unwrap();
    child.wait().unwrap();
}

// The command is waited for on the test's own thread, and the proxy must go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_waiting_helps_against_ends_a_server_at_once_with_the_reason() {
    if on_sqlite() {
        return;
    }
    let installation = Installation::new().await;
    let proxy = Proxy::to(&database::server_url()).await;
    let missing = proxy.url("no_such_database");
    let said = installation.run(&["serve", "--listen", "127.0.0.1:0", "--database-url", &missing]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("database \"no_such_database\" does not exist"), "{}", said.err);
    assert!(!said.err.contains("waiting for PostgreSQL"), "{}", said.err);
}

/// A certificate for `host`, and who signed it.
struct Signed {
    roots: String,
    tls: TlsAcceptor,
}

fn signed_for(host: &str) -> Signed {
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root_key = KeyPair::generate().unwrap();
    let roots = root.self_signed(&root_key).unwrap().pem();
    let issuer = Issuer::new(root, root_key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    Signed { roots, tls: TlsAcceptor::from(Arc::new(config)) }
}

#[tokio::test]
async fn a_certificate_is_looked_at_as_the_address_says() {
    if on_sqlite() {
        return;
    }
    let database = TestDatabase::migrated().await;
    let folder = tempfile::tempdir().unwrap();
    let (ours, strangers) = (folder.path().join("ours.pem"), folder.path().join("strangers.pem"));
    let (here, elsewhere) = (signed_for("127.0.0.1"), signed_for("db.example"));
    std::fs::write(&ours, format!("{}{}", here.roots, elsewhere.roots)).unwrap();
    std::fs::write(&strangers, signed_for("127.0.0.1").roots).unwrap();
    let (ours, strangers) = (ours.display(), strangers.display());
    let proxy = Proxy::to(&database::server_url()).await;
    for (tls, options, opens) in [
        (&here, "sslmode=verify-full&sslrootcert=OURS", true),
        (&here, "sslmode=verify-full&sslrootcert=STRANGERS", false),
        (&here, "sslmode=verify-full", false),
        (&here, "sslmode=verify-ca&sslrootcert=STRANGERS", false),
        (&here, "sslmode=require&sslrootcert=STRANGERS", false),
        (&here, "sslmode=require", true),
        (&here, "sslmode=prefer", true),
        (&elsewhere, "sslmode=verify-full&sslrootcert=OURS", false),
        (&elsewhere, "sslmode=verify-ca&sslrootcert=OURS", true),
        (&elsewhere, "sslmode=require&sslrootcert=OURS", true),
    ] {
        proxy.with_tls(tls.tls.clone());
        let options = options.replace("OURS", &ours.to_string()).replace("STRANGERS", &strangers.to_string());
        let url = format!("{}?{options}", proxy.url(database.name()));
        let opened = Db::open(&url.parse().unwrap()).await;
        assert_eq!(opened.is_ok(), opens, "{options}: {:?}", opened.err().map(|error| error.to_string()));
    }
}

#[tokio::test]
async fn a_server_that_can_not_encrypt_is_refused_when_encryption_is_asked_for() {
    if on_sqlite() {
        return;
    }
    let database = TestDatabase::migrated().await;
    let proxy = Proxy::to(&database::server_url()).await;
    for (mode, opens) in [("require", false), ("verify-full", false), ("prefer", true), ("disable", true)] {
        let url = format!("{}?sslmode={mode}", proxy.url(database.name()));
        let opened = Db::open(&url.parse().unwrap()).await;
        assert_eq!(opened.is_ok(), opens, "{mode}: {:?}", opened.err().map(|error| error.to_string()));
    }
}

#[tokio::test]
async fn the_host_that_takes_writes_is_found_wherever_it_stands_in_the_address() {
    if on_sqlite() {
        return;
    }
    let database = TestDatabase::migrated().await;
    let (dead, alive) = (Proxy::to(&database::server_url()).await, Proxy::to(&database::server_url()).await);
    dead.shut();
    let url = alive.url(database.name());
    for hosts in [
        format!("127.0.0.1:{},127.0.0.1:{}", dead.port(), alive.port()),
        format!("127.0.0.1:{},127.0.0.1:{}", alive.port(), dead.port()),
    ] {
        let url = url.replace(&format!("127.0.0.1:{}", alive.port()), &hosts) + "?target_session_attrs=read-write";
        let db = Db::open(&url.parse().unwrap()).await.unwrap();
        assert!(db.answers().await, "{hosts}");
        db.close().await;
    }
}
