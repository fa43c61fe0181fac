//! A server inside the test: real database, real HTTP, a clock that stands, and no background loops.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use lexi::app::App;
use lexi::clock::{Clock as _, DAY_MS, TestClock};
use lexi::config::Config;
use lexi::db::Db;
use lexi::http::tls::Tls;
use lexi::keys::permissions::Permissions;
use lexi::keys::{self, By, Kind, NewKey, Secret, Tier};
use lexi::prospects::{self, Entry, Row, search};
use lexi::{events, http, worker, workspaces};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::client::Client;
use super::database::TestDatabase;
use super::people;

/// When every test begins: 2025-11-24T16:00:00.000Z. In the past, because on PostgreSQL what is due is decided by the
/// clock of the database.
pub const BEGIN_MS: i64 = 1_764_000_000_000;

/// People in one transaction when a test loads some.
const LOADED_AT_ONCE: usize = 200;

/// One running server with everything it owns.
pub struct Server {
    /// What it works with, for tests that look inside.
    pub app: App,
    clock: Arc<TestClock>,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    /// The certificate it serves TLS with, and what rereads it.
    pub tls: Option<(String, Arc<Tls>)>,
    database: Arc<TestDatabase>,
}

impl Server {
    /// A server on an empty database.
    pub async fn start() -> Server {
        Server::start_with(|_| {}).await
    }

    /// As [`Server::start`], with settings changed.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Server {
        Server::start_on(Arc::new(TestDatabase::migrated().await), change).await
    }

    /// As [`Server::start_with`], on a database that is there already.
    pub async fn start_on(database: Arc<TestDatabase>, change: impl FnOnce(&mut Config)) -> Server {
        let clock = Arc::new(TestClock::at(BEGIN_MS));
        let data = database.folder.path().to_owned();
        Server::on(database, data, clock, change).await
    }

    /// A server on a database that is there already, or that the test chose.
    pub async fn on_database(database: TestDatabase, change: impl FnOnce(&mut Config)) -> Server {
        let data = database.folder.path().to_owned();
        Server::on(Arc::new(database), data, Arc::new(TestClock::at(BEGIN_MS)), change).await
    }

    /// Another node: a server of its own on the same database, with the same clock.
    pub async fn beside(&self) -> Server {
        self.beside_with(|_| {}).await
    }

    /// As [`Server::beside`], with settings changed.
    pub async fn beside_with(&self, change: impl FnOnce(&mut Config)) -> Server {
        let data = tempfile::tempdir_in(self.database.folder.path()).expect("a folder can be made").keep();
        Server::on(Arc::clone(&self.database), data, Arc::clone(&self.clock), change).await
    }

    async fn on(
        database: Arc<TestDatabase>,
        data: PathBuf,
        clock: Arc<TestClock>,
        change: impl FnOnce(&mut Config),
    ) -> Server {
        let mut config = Config::new(data, Some(database.address()));
        config.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        // The test's clock is not the database's.
        config.clock_off_max_ms = i64::MAX;
        config.strangers_per_minute = 10_000;
        change(&mut config);
        let app = App::open(config, Arc::<TestClock>::clone(&clock)).await.expect("the app opens");
        let listener = TcpListener::bind(app.config.listen).await.expect("a port is free");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = watch::channel(false);
        let (serving, router) = (app.clone(), http::router(app.clone()));
        let tls = app.config.tls_cert.as_ref().zip(app.config.tls_key.as_ref()).map(|(cert, key)| {
            let pem = std::fs::read_to_string(cert).expect("a certificate");
            (pem, Arc::new(Tls::load(cert, key).expect("a certificate and its key")))
        });
        let certificate = tls.as_ref().map(|(_, tls)| Arc::clone(tls));
        tokio::spawn(async move {
            http::server::serve_with(&serving, router, listener, certificate, stopped).await;
        });
        Server { app, clock, address, stop, tls, database }
    }

    /// The database it works on.
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// Where it listens: `http://127.0.0.1:PORT`, or with `https`.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    fn client(&self, key: Option<String>) -> Client {
        Client::trusting(&self.url(), key, self.tls.as_ref().map(|(pem, _)| pem.as_str()))
    }

    /// A caller of the workspace `default` with a new key that has these permissions and no limit.
    pub async fn key(&self, permissions: &str) -> Client {
        self.key_of(workspaces::DEFAULT_NAME, permissions).await
    }

    /// As [`Server::key`], in a workspace that is made when it is not there.
    pub async fn key_of(&self, workspace: &str, permissions: &str) -> Client {
        self.key_with(workspace, permissions, |_| {}).await
    }

    /// As [`Server::key_of`], with other fields of the key changed: tier, kind, owner, expiry.
    pub async fn key_with(&self, workspace: &str, permissions: &str, change: impl FnOnce(&mut NewKey)) -> Client {
        self.client(Some(make_key(&self.app.db, workspace, permissions, change, self.now_ms()).await))
    }

    /// A caller without a key.
    pub fn stranger(&self) -> Client {
        self.client(None)
    }

    /// Loads people as an import would, and has them indexed.
    pub async fn people(&self, rows: Vec<Row>) {
        self.unindexed_people(rows).await;
        self.index().await;
    }

    /// Loads people as an import would; the index lags behind them.
    pub async fn unindexed_people(&self, rows: Vec<Row>) {
        let now_ms = self.now_ms();
        for rows in rows.chunks(LOADED_AT_ONCE) {
            let entries: Vec<Entry> = rows
                .iter()
                .map(|row| Entry::new("test", row.clone(), now_ms).expect("a row that names somebody"))
                .collect();
            let save = move |tx: &mut lexi::db::Tx| prospects::save(tx, "test", &entries, now_ms);
            self.app.db.write(save).await.expect("the people are saved");
        }
    }

    /// `n` chief executives of law firms in California, and as many people who are not.
    pub async fn law_firm_ceos(&self, n: usize) {
        self.people(people::law_firm_ceos(n)).await;
    }

    /// Lets the search index follow the database.
    pub async fn index(&self) {
        search::catch_up(&self.app.db, &self.app.search, |_| {}).await.expect("the index follows");
    }

    /// Works on all jobs that are due, to their end; answers how many there were.
    pub async fn work(&self) -> usize {
        worker::work_off(&self.app).await.expect("the jobs are worked on")
    }

    /// Makes deliveries of everything that happened and sends what is due.
    pub async fn deliver(&self) {
        self.number_events().await;
        worker::deliver(&self.app).await.expect("the deliveries are made and sent");
    }

    /// Dismisses tasks whose deadline is over.
    pub async fn sweep(&self) {
        worker::expire(&self.app).await.expect("the deadlines are looked at");
    }

    /// Removes what is no longer needed.
    pub async fn tidy(&self) {
        worker::tidy(&self.app).await.expect("it is tidied up");
    }

    /// Gives committed events their numbers, which on PostgreSQL is a step of its own.
    pub async fn number_events(&self) {
        while events::sequencer::step(&self.app.db).await.expect("events are numbered") > 0 {}
    }

    /// Numbers and seals all events, which workers do every half second.
    pub async fn seal(&self) -> Vec<lexi::audit::Checkpoint> {
        self.number_events().await;
        worker::seal(&self.app).await.expect("events are sealed")
    }

    /// The folder of its data.
    pub fn folder(&self) -> &std::path::Path {
        &self.app.config.data
    }

    /// The tables of its database.
    pub async fn tables(&self) -> Vec<String> {
        super::database::tables(&self.app.db).await
    }

    /// A caller who holds a key already.
    pub fn caller(&self, key: &str) -> Client {
        Client::new(&self.url(), Some(key.to_owned()))
    }

    /// Takes no more connections; requests under way are finished.
    pub fn stop(&self) {
        let _ = self.stop.send(true);
    }

    /// The time it is for the server.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Moves the clock on.
    pub fn advance_ms(&self, by_ms: i64) {
        self.clock.advance_ms(by_ms);
    }

    /// Moves the clock on by whole days.
    pub fn advance_days(&self, days: i64) {
        self.advance_ms(days * DAY_MS);
    }
}

/// Makes a key without a limit, in a workspace that is made when it is not there; gives its text.
pub async fn make_key(
    db: &Db,
    workspace: &str,
    permissions: &str,
    change: impl FnOnce(&mut NewKey),
    now_ms: i64,
) -> String {
    let permissions: Vec<String> = permissions.split(',').map(str::to_owned).collect();
    Permissions::parse(&permissions).expect("permissions that exist");
    let mut new = NewKey {
        name: format!("test {}", permissions.join(" ")),
        description: None,
        permissions,
        tier: Some(Tier::Unmetered),
        roles: Vec::new(),
        kind: Kind::Service,
        owner: None,
        expires_at_ms: None,
    };
    change(&mut new);
    let secret = Secret::draw().expect("a secret");
    let workspace = workspace.to_owned();
    let key = secret.reveal().to_owned();
    let make = move |tx: &mut lexi::db::Tx| {
        let workspace = match workspaces::find(tx, &workspace)? {
            Some(workspace) => workspace,
            None => workspaces::create(tx, &workspace, now_ms)?,
        };
        keys::create(tx, &By::Operator(workspace.id), &new, &secret, now_ms)
    };
    db.write(make).await.expect("the key is made");
    key
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
