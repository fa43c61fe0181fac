//! Everything together, and everything breaks: servers are killed with `kill -9`, on PostgreSQL all connections are cut, sessions
//! ended, commits lost on the way there or back, and the database itself restarted without farewell; all that at random
//! instants, while people propose, approve, dismiss, edit, vote, stop and undo in two workspaces whose events go to webhooks
//! and followers. Afterwards every acknowledged decision stands, nothing was done twice, nobody who follows has a gap, and the
//! log of events verifies.
//!
//! `LEXI_CRASH_ROUNDS` says how often: a round for each ten. The chance of a run is printed when it fails;
//! `LEXI_CUTS_SEED` takes it again.

mod checks;
mod followers;
mod hooks;
mod net;
mod nodes;
mod office;
mod stories;
mod trail;

use std::time::Duration;

use lexi::db::Dialect;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use self::net::Net;
use self::office::Office;
use crate::crash::rounds;
use crate::support::cluster::Cluster;
use crate::support::database::{TestDatabase, dialect, setting};
use crate::support::proxy::{Commit, Proxy};
use crate::support::{Installation, Process, people};

/// Of so many rounds of `crash.rs` one is played here.
const A_ROUND_FOR: u32 = 10;
/// Writes that must be acknowledged between two breaks.
const WRITES_BETWEEN: usize = 20;
/// A worker that dies is followed by another after this.
const LEASE: [&str; 2] = ["--lease", "2s"];

/// What breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Break {
    /// The server, by `kill -9`.
    Server,
    /// All its connections to the database.
    Connections,
    /// All sessions of the database.
    Sessions,
    /// The connection on which the next commit goes to the database, before or behind it.
    Commit(Commit),
    /// The database, which stops without farewell and recovers.
    Database,
}

/// What breaks in a round, in some order.
fn breaks() -> Vec<Break> {
    match dialect() {
        Dialect::Sqlite => vec![Break::Server; 4],
        Dialect::Postgres => vec![
            Break::Server,
            Break::Connections,
            Break::Commit(Commit::Swallow),
            Break::Sessions,
            Break::Commit(Commit::Lose),
            Break::Database,
            Break::Server,
        ],
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_repeated_or_passed_over_while_everything_breaks_again_and_again() {
    let seed = seed();
    let mut house = House::new().await;
    for round in 1..=(rounds() / A_ROUND_FOR).max(1) {
        house.round(round, seed.wrapping_add(u64::from(round) << 32)).await;
    }
    assert_eq!(house.server.terminate(), 0);
    let complaints = [trail::complaints(&house.home, &[], true), trail::of_export(&house.home, &[])].concat();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// The chance of this run: told when it fails, and taken from `LEXI_CUTS_SEED`.
fn seed() -> u64 {
    let given = setting("LEXI_CUTS_SEED").map(|text| text.parse().expect("LEXI_CUTS_SEED is a number"));
    let seed = given.unwrap_or_else(|| rand::rng().random());
    eprintln!("LEXI_CUTS_SEED={seed}");
    seed
}

/// An installation, its server, and on PostgreSQL a database of its own behind a proxy.
struct House {
    server: Process,
    home: Installation,
    postgres: Option<(Proxy, Cluster)>,
}

impl House {
    async fn new() -> House {
        let mut postgres = None;
        let mut home = match dialect() {
            Dialect::Sqlite => Installation::new().await,
            Dialect::Postgres => {
                let cluster = Cluster::start().await;
                cluster.run("create database cuts").await;
                let proxy = Proxy::to(&cluster.url()).await;
                let database = TestDatabase::at(proxy.url("cuts"));
                postgres = Some((proxy, cluster));
                Installation::on(database)
            }
        };
        prepare(&mut home);
        let server = home.serve(&LEASE).await;
        House { server, home, postgres }
    }

    async fn round(&mut self, round: u32, seed: u64) {
        let mut chance = StdRng::seed_from_u64(seed);
        let db = self.home.db().await;
        let net = Net::of(&[&self.server]);
        let mut offices = Vec::new();
        for n in 1..=2 {
            offices.push(Office::open(&db, &net, &format!("Office {round}.{n}"), chance.random()).await);
        }
        let mut order = breaks();
        order.shuffle(&mut chance);
        let mut complaints = Vec::new();
        for what in order {
            net.until_acknowledged(WRITES_BETWEEN).await;
            offices.iter().for_each(Office::receivers_break_off);
            tokio::time::sleep(Duration::from_millis(chance.random_range(0..150))).await;
            complaints.extend(self.breaks(what, &net).await);
        }
        net.until_acknowledged(WRITES_BETWEEN).await;
        net.stop();
        for office in &mut offices {
            office.rests().await;
        }
        let decisions: usize = offices.iter().map(Office::decisions).sum();
        let (writes, broken) = (net.acknowledged(), net.broken.load(std::sync::atomic::Ordering::Relaxed));
        for office in offices {
            complaints.extend(office.complaints(&db).await);
        }
        complaints.extend(net.answered_otherwise().await);
        complaints.extend(trail::complaints(&self.home, &[], false));
        let lost = checks::leases_lost(&db).await;
        db.close().await;
        eprintln!(
            "round {round}: {writes} writes, {decisions} decisions, {broken} times no answer at first, {lost} leases lost"
        );
        assert!(complaints.is_empty(), "round {round}:\n{}\n{}", complaints.join("\n"), self.server.log());
    }

    /// Breaks it, and gives what is wrong with the log that a killed server leaves behind.
    async fn breaks(&mut self, what: Break, net: &Net) -> Vec<String> {
        let postgres = || self.postgres.as_ref().expect("PostgreSQL");
        match what {
            Break::Server => {
                self.server.signal("-KILL");
                let complaints = trail::complaints(&self.home, &[], false);
                let server = self.home.serve(&LEASE).await;
                net.are_now(&[&server]);
                // The one before is dead: it is only buried here.
                self.server = server;
                return complaints;
            }
            Break::Connections => postgres().0.cut(),
            Break::Commit(fate) => postgres().0.next_commit(fate),
            Break::Sessions => {
                let end = "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'cuts'";
                postgres().1.run(end).await;
            }
            Break::Database => self.postgres.as_mut().expect("PostgreSQL").1.restart_at_once().await,
        }
        Vec::new()
    }
}

/// People to be found, and receivers on this machine that may be called.
fn prepare(home: &mut Installation) {
    home.serve_with("LEXI_WEBHOOK_ALLOWED_HOSTS", "127.0.0.1");
    let chiefs: Vec<_> = (0..stories::PEOPLE).map(|n| people::at_law_firm(n, "Chief Executive Officer")).collect();
    home.people(&chiefs);
}
