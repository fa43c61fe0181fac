//! Keeps the index up with the database: whoever changed since the snapshot's version is read and put in, and whoever was
//! removed is taken out. An index that holds nothing yet is built from everybody instead, which is faster.
//!
//! The worker calls [`step`] every 250 ms; tests call it by hand.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::index::Index;
use super::snapshot::{Snapshot, Stamp};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::prospects::{self, Changes, Person};

/// About how many people are read in one go: a short transaction, little memory.
const BATCH: u32 = 5_000;
/// After how many batches a snapshot is shared at the latest, so that readers see a long catch-up move on.
const BATCHES_PER_STEP: u32 = 40;
/// How many people are compared with the database after the index was read from its folder.
const COMPARED: u64 = 64;

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// People read and put in.
    pub people: u64,
    /// The version the index now has.
    pub version: i64,
    /// There was more to do than one step takes: call again at once.
    pub behind: bool,
}

/// Follows the database as far as one step goes. An index that holds nothing is built in this one step.
///
/// # Errors
/// The database can't be read; the index stays as it was.
pub async fn step(db: &Db, index: &Arc<Index>) -> Result<Step> {
    stepped(db, index, &|_| {}).await
}

async fn stepped(db: &Db, index: &Arc<Index>, progress: &impl Fn(u64)) -> Result<Step> {
    let _following = index.following.lock().await;
    let mut snapshot = index.snapshot();
    if db.read(prospects::current_version).await? < snapshot.version() {
        tracing::warn!("the database was put back to an earlier state; the search index is built anew");
        snapshot = forget(index);
    }
    let mut people = 0;
    if snapshot.version() == 0 {
        let built = build(db, progress).await?;
        people = built.people();
        snapshot = Arc::new(built);
    }
    let (next, mut done) = followed(db, Arc::clone(&snapshot)).await?;
    done.people += people;
    let mut equal = false;
    if !done.behind && next.unchecked {
        match compared(db, &next, &snapshot.stamp).await? {
            Compared::Equal => equal = true,
            Compared::Later => {}
            Compared::Different => {
                tracing::warn!("the search index belongs to another database and is built anew");
                forget(index);
                return Ok(Step { people: 0, version: 0, behind: true });
            }
        }
    }
    if equal || !Arc::ptr_eq(&next, &index.snapshot()) {
        let mut next = Arc::unwrap_or_clone(next);
        next.unchecked &= !equal;
        next.stamp = Arc::new(stamp(db, next.version).await?);
        if !done.behind {
            next.compact_if_loose();
        }
        index.publish(next);
    }
    Ok(done)
}

/// What the change of this version wrote, as it is found now.
async fn stamp(db: &Db, version: i64) -> Result<Stamp> {
    let written = db.read(move |tx| prospects::written_by(tx, version)).await?;
    let mark = |(number, id, at_ms): (u32, Uuid, i64)| {
        let mark = Sha256::digest(format!("{number} {id} {at_ms}"));
        i64::from_le_bytes(std::array::from_fn(|at| mark[at]))
    };
    Ok(Stamp { version, marks: written.into_iter().map(mark).collect() })
}

/// Readers are told to come back from now on, until the index is built anew.
fn forget(index: &Index) -> Arc<Snapshot> {
    index.publish(Snapshot::default());
    index.snapshot()
}

/// The snapshot with what changed since, as far as one step goes.
async fn followed(db: &Db, from: Arc<Snapshot>) -> Result<(Arc<Snapshot>, Step)> {
    let mut done = Step { people: 0, version: from.version(), behind: false };
    let mut next = from;
    for batch in 0.. {
        let from = done.version;
        let (changes, newest) = db
            .read(move |tx| Ok((prospects::changed_since(tx, from, BATCH)?, prospects::current_version(tx)?)))
            .await?;
        if newest <= from {
            break;
        }
        if batch >= BATCHES_PER_STEP {
            done.behind = true;
            break;
        }
        done.people += changes.people.len() as u64;
        done.version = changes.version;
        next = Arc::new(applied(Arc::unwrap_or_clone(next), changes).await?);
    }
    Ok((next, done))
}

/// Follows the database to its end; tells how many people were put in. For a start and for the command line.
///
/// # Errors
/// As [`step`].
pub async fn catch_up(db: &Db, index: &Arc<Index>, progress: impl Fn(u64)) -> Result<u64> {
    let mut people = 0;
    loop {
        let done = stepped(db, index, &progress).await?;
        people += done.people;
        progress(people);
        if !done.behind {
            return Ok(people);
        }
    }
}

/// Builds the index anew from the database, beside the one in use, which answers until the new one is complete. Tells how
/// many people were put in.
///
/// # Errors
/// As [`step`].
pub async fn rebuild(db: &Db, index: &Arc<Index>, progress: impl Fn(u64)) -> Result<u64> {
    let _rebuilding = index.rebuilding.lock().await;
    let built = build(db, &progress).await?;
    let mut people = built.people();
    let mut next = Arc::new(built);
    loop {
        // Nobody may follow the old one past the new one.
        let following = index.following.lock().await;
        let (followed, done) = followed(db, next).await?;
        people += done.people;
        next = followed;
        if done.behind {
            drop(following);
            continue;
        }
        let mut next = Arc::unwrap_or_clone(next);
        next.stamp = Arc::new(stamp(db, next.version).await?);
        next.compact_if_loose();
        index.publish(next);
        return Ok(people);
    }
}

/// A new snapshot of everybody. While one batch is put in, the next one is read. Changes that happen meanwhile are in it
/// or not: its version is that of the beginning, so whoever follows from there puts them right.
async fn build(db: &Db, progress: &impl Fn(u64)) -> Result<Snapshot> {
    let mut snapshot = Snapshot { version: db.read(prospects::current_version).await?, ..Snapshot::default() };
    let read = |after: u32| {
        let db = db.clone();
        tokio::spawn(async move { db.read(move |tx| prospects::people_after(tx, after, BATCH)).await })
    };
    let mut reading = read(0);
    loop {
        let people = reading.await.map_err(Error::internal)??;
        let Some(last) = people.last() else { break };
        reading = read(last.number);
        let changes = Changes { people, removed: Vec::new(), version: snapshot.version };
        snapshot = applied(snapshot, changes).await?;
        progress(snapshot.people());
    }
    let compact = move || {
        snapshot.compact();
        snapshot
    };
    tokio::task::spawn_blocking(compact).await.map_err(Error::internal)
}

/// Puts the changed people in and takes the removed out, away from the threads that serve requests.
async fn applied(mut snapshot: Snapshot, changes: Changes) -> Result<Snapshot> {
    let apply = move || {
        for person in &changes.people {
            snapshot.put(person);
        }
        for number in &changes.removed {
            snapshot.remove(*number);
        }
        snapshot.version = changes.version;
        snapshot
    };
    tokio::task::spawn_blocking(apply).await.map_err(Error::internal)
}

/// How a snapshot that came from a folder compares with the database.
enum Compared {
    Equal,
    /// The database moved on meanwhile.
    Later,
    Different,
}

/// Compares with the database: what the change `kept` wrote, which was the newest one when the index was kept; and a few
/// people of the snapshot, evenly spread.
async fn compared(db: &Db, snapshot: &Snapshot, kept: &Stamp) -> Result<Compared> {
    let now = stamp(db, kept.version).await?;
    if now.marks.iter().any(|mark| !kept.marks.contains(mark)) {
        return Ok(Compared::Different);
    }
    let mut snapshot = Snapshot::clone(snapshot);
    let every = u32::try_from(snapshot.people.len() / COMPARED + 1).map_err(Error::internal)?;
    let numbers: Vec<u32> = (0..).map_while(|n: u32| snapshot.people.select(n.checked_mul(every)?)).collect();
    let version = snapshot.version();
    let people = db
        .read(move |tx| {
            let same = prospects::current_version(tx)? == version;
            Ok(same.then_some(prospects::people_by_numbers(tx, &numbers)?).map(|people| (people, numbers.len())))
        })
        .await?;
    let Some((people, asked)) = people else { return Ok(Compared::Later) };
    let mut differs = |person: &Person| snapshot.rows.get(person.number) != snapshot.dictionary.row(person);
    let different = people.len() != asked || people.iter().any(&mut differs);
    Ok(if different { Compared::Different } else { Compared::Equal })
}
