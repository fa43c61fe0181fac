//! Two servers on one PostgreSQL with webhooks and followers at both: decisions raced from both, jobs shared; one is paused
//! (SIGSTOP) beyond its lease and goes on, the other is killed. Nothing is done twice, and nothing is lost. One server works on a
//! SQLite file, so there this can't happen.

use std::path::Path;
use std::time::{Duration, Instant};

use lexi::db::{Db, Dialect, Tx, dialect as sql, query};
use lexi::error::Result;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::checks::leases_lost;
use super::net::Net;
use super::office::Office;
use super::{LEASE, WRITES_BETWEEN, prepare, seed, trail};
use crate::support::database::dialect;
use crate::support::{Installation, Process};

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(300);
/// So long after its lease is over a server stays paused: the other one looks for such jobs four times a second.
const BEYOND_MS: i64 = 1_500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_do_nothing_twice_and_lose_nothing_while_one_is_paused_and_the_other_is_killed() {
    if dialect() == Dialect::Sqlite {
        return;
    }
    let mut chance = StdRng::seed_from_u64(seed());
    let mut home = Installation::new().await;
    let secrets = home.folder().join("secrets.key");
    home.serve_with("LEXI_SECRET_KEY_FILE", secrets);
    prepare(&mut home);
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let mut nodes = [begun(&home, folders[0].path()).await, begun(&home, folders[1].path()).await];
    let db = home.db().await;
    let net = Net::of(&[&nodes[0], &nodes[1]]);
    let mut offices = Vec::new();
    for n in 1..=2 {
        offices.push(Office::open(&db, &net, &format!("Office {n}"), chance.random()).await);
    }
    for (paused, killed) in [(0, 1), (1, 0)] {
        net.until_acknowledged(WRITES_BETWEEN).await;
        pause_beyond_its_lease(&db, &nodes[paused]).await;
        net.until_acknowledged(WRITES_BETWEEN).await;
        tokio::time::sleep(Duration::from_millis(chance.random_range(0..150))).await;
        nodes[killed].signal("-KILL");
        nodes[killed] = begun(&home, folders[killed].path()).await;
        net.are_now(&[&nodes[0], &nodes[1]]);
    }
    net.until_acknowledged(WRITES_BETWEEN).await;
    net.stop();
    for office in &mut offices {
        office.rests().await;
    }
    let decisions: usize = offices.iter().map(Office::decisions).sum();
    eprintln!("{decisions} decisions, {} leases lost", leases_lost(&db).await);
    let mut complaints = Vec::new();
    for office in offices {
        complaints.extend(office.complaints(&db).await);
    }
    complaints.extend(net.answered_otherwise().await);
    db.close().await;
    let logs = nodes.each_ref().map(Process::log).concat();
    nodes.into_iter().for_each(|node| assert_eq!(node.terminate(), 0));
    let keys = [trail::key(&home, folders[0].path()), trail::key(&home, folders[1].path())];
    complaints.extend(trail::complaints(&home, &keys, true));
    complaints.extend(trail::of_export(&home, &keys));
    assert!(complaints.is_empty(), "{}\n{logs}", complaints.join("\n"));
}

async fn begun(home: &Installation, folder: &Path) -> Process {
    home.serve(&["--data", &folder.to_string_lossy(), LEASE[0], LEASE[1]]).await
}

/// Pauses a server in the middle of its work until whatever it holds a lease of may be taken from it, and wakes it; again,
/// until the other one has taken work over.
async fn pause_beyond_its_lease(db: &Db, node: &Process) {
    let (begun, before) = (Instant::now(), leases_lost(db).await);
    while leases_lost(db).await == before {
        assert!(begun.elapsed() < PATIENCE, "no work was ever taken over");
        let Some(until) = leased_until(db).await else { continue };
        node.signal("-STOP");
        let until = leased_until(db).await.unwrap_or(until);
        while db.read(|tx| sql::lease_now_ms(tx, 0)).await.expect("the database answers") < until + BEYOND_MS {
            assert!(begun.elapsed() < PATIENCE, "the lease never ended");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        node.signal("-CONT");
    }
}

/// The end of the last lease of a task's work; nothing when nobody works on one.
async fn leased_until(db: &Db) -> Option<i64> {
    let leased = "select max(lease_until_ms) from jobs where state = 'leased' and kind = 'execute_task'";
    let look = move |tx: &mut Tx| -> Result<Option<i64>> { query(leased).one(tx, |row| row.get(0)) };
    db.read(look).await.expect("the database answers")
}
