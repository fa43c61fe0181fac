//! Keeps the index up with the database: whoever changed since the snapshot's version is read and put in, and whoever was
//! removed is taken out.
//!
//! Building it anew is the same from version 0. The worker calls [`step`] every 250 ms; tests call it by hand.

use std::sync::Arc;

use super::index::Index;
use super::snapshot::Snapshot;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::prospects::{self, Changes, Person};

/// About how many people are read in one go: a short transaction, little memory.
const BATCH: u32 = 5_000;
/// After how many batches a snapshot is shared at the latest, so that readers see a long catch-up move on.
const BATCHES_PER_STEP: u32 = 40;
/// How many people are compared with the database after the index was read from a file.
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

/// Follows the database as far as one step goes.
///
/// # Errors
/// The database can't be read; the index stays as it was.
pub async fn step(db: &Db, index: &Arc<Index>) -> Result<Step> {
    let _following = index.following.lock().await;
    let shared = index.snapshot();
    let mut next: Option<Snapshot> = None;
    let mut done = Step { people: 0, version: shared.version(), behind: false };
    for batch in 0.. {
        let from = done.version;
        let (changes, newest) = db
            .read(move |tx| Ok((prospects::changed_since(tx, from, BATCH)?, prospects::current_version(tx)?)))
            .await?;
        if newest < from {
            // The database was put back to an earlier state.
            next = Some(Snapshot::default());
            done.version = 0;
            continue;
        }
        if newest == from {
            break;
        }
        if batch >= BATCHES_PER_STEP {
            done.behind = true;
            break;
        }
        done.people += changes.people.len() as u64;
        done.version = changes.version;
        let snapshot = next.unwrap_or_else(|| Snapshot::clone(&shared));
        next = Some(applied(snapshot, changes).await?);
    }
    if !done.behind && !index.is_checked() {
        match compared(db, next.as_ref().unwrap_or(&shared)).await? {
            Compared::Equal => index.set_checked(),
            Compared::Later => {}
            Compared::Different => {
                tracing::warn!("the search index belongs to another database and is built anew");
                next = Some(Snapshot::default());
                done = Step { people: 0, version: 0, behind: true };
                index.set_checked();
            }
        }
    }
    if let Some(mut snapshot) = next {
        if !done.behind {
            snapshot.compact_if_loose();
        }
        index.publish(snapshot);
    }
    if !done.behind {
        index.set_ready(true);
    }
    Ok(done)
}

/// Follows the database to its end; tells how many people were put in. For a start and for the command line.
///
/// # Errors
/// As [`step`].
pub async fn catch_up(db: &Db, index: &Arc<Index>, progress: impl Fn(u64)) -> Result<u64> {
    let mut people = 0;
    loop {
        let done = step(db, index).await?;
        people += done.people;
        progress(people);
        if !done.behind {
            return Ok(people);
        }
    }
}

/// Forgets the index and builds it anew from the database. Readers are told to come back until it is done.
///
/// # Errors
/// As [`step`].
pub async fn rebuild(db: &Db, index: &Arc<Index>, progress: impl Fn(u64)) -> Result<u64> {
    {
        let _following = index.following.lock().await;
        index.publish(Snapshot::default());
        index.set_ready(false);
    }
    catch_up(db, index, progress).await
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

/// How a snapshot that came from a file compares with the database.
enum Compared {
    Equal,
    /// The database moved on meanwhile.
    Later,
    Different,
}

/// Compares a few people of the snapshot, evenly spread, with the database.
async fn compared(db: &Db, snapshot: &Snapshot) -> Result<Compared> {
    let mut snapshot = snapshot.clone();
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
