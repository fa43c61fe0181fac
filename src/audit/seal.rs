//! Makes seals: reads what is not sealed yet, hashes it, and stores a row a workspace. A worker calls it; nobody waits.

use std::collections::HashMap;

use super::{BEGINNING, Checkpoint, Hash, Key, SEALED_AT_ONCE, Seal, hash_of, hex, leaf, root, store, unhex};
use crate::db::{Db, Isolation, Tx};
use crate::error::{Error, Result};
use crate::events;

/// Workspaces sealed in one step.
const WORKSPACES_AT_ONCE: u32 = 32;
/// A workspace's checkpoint is logged at most so often.
const LOGGED_EVERY_MS: i64 = 60_000;

/// A seal that is to be stored.
#[derive(Debug, Clone)]
struct Made {
    seal: Seal,
    hashes: Vec<u8>,
}

/// Seals up to 1,000 events of some workspaces; answers what was sealed. Two processes may do so at once: the row of how far a
/// workspace is sealed moves on for one of them.
pub async fn step(db: &Db, key: &Key, now_ms: i64) -> Result<Vec<Checkpoint>> {
    let heads = db.read(|tx| store::behind(tx, WORKSPACES_AT_ONCE)).await?;
    if heads.is_empty() {
        return Ok(Vec::new());
    }
    let mut made = Vec::with_capacity(heads.len());
    for (workspace_id, number, previous) in heads {
        let previous = match previous {
            None => BEGINNING,
            Some(text) => unhex(&text)
                .and_then(|bytes| hash_of(&bytes))
                .ok_or_else(|| Error::internal(format_args!("workspace {workspace_id} has a broken head of seals")))?,
        };
        let of = workspace_id.clone();
        let rows = db.read(move |tx| events::rows_after(tx, &of, number, SEALED_AT_ONCE)).await?;
        // On hold until what is missing is there: a seal never passes over a number.
        let whole = rows.iter().zip(number + 1..).take_while(|(row, number)| row.number == Some(*number)).count();
        let leaves: Vec<Hash> = rows[..whole].iter().map(leaf).collect();
        if leaves.is_empty() {
            tracing::error!(target: "audit", workspace_id, number, "the event behind this number is missing; nothing is sealed");
            continue;
        }
        let mut seal = Seal {
            workspace_id,
            first_number: number + 1,
            last_number: number + i64::try_from(whole).unwrap_or_default(),
            root: hex(&root(&previous, &leaves)),
            sealed_at_ms: now_ms,
            key_id: key.public().id(),
            signature: String::new(),
        };
        seal.signature = key.sign(&seal.checkpoint().signed_text());
        made.push(Made { seal, hashes: leaves.concat() });
    }
    let public = key.public().clone();
    let save = move |tx: &mut Tx| {
        let mut saved = Vec::new();
        for Made { seal, hashes } in &made {
            if store::advance(tx, seal)? {
                store::insert(tx, seal, hashes)?;
                saved.push(seal.checkpoint());
            }
        }
        if !saved.is_empty() {
            store::remember_key(tx, &public, now_ms)?;
        }
        Ok(saved)
    };
    db.write_with(Isolation::ReadCommitted, save).await
}

/// The checkpoints that go out with the logs: the newest of each workspace, at most once a minute, and the last at the end.
#[derive(Debug, Default)]
pub struct Checkpoints {
    newest: HashMap<String, Checkpoint>,
    logged_at_ms: HashMap<String, i64>,
}

impl Checkpoints {
    /// Takes what was sealed and logs what is due; all of it when the process ends.
    pub fn log(&mut self, sealed: Vec<Checkpoint>, now_ms: i64, ends: bool) {
        for checkpoint in sealed {
            self.newest.insert(checkpoint.workspace_id.clone(), checkpoint);
        }
        let logged_at_ms = &mut self.logged_at_ms;
        self.newest.retain(|workspace_id, checkpoint| {
            let due = logged_at_ms.get(workspace_id).is_none_or(|at_ms| now_ms - at_ms >= LOGGED_EVERY_MS);
            if due || ends {
                tracing::info!(target: "audit", "{checkpoint}");
                logged_at_ms.insert(workspace_id.clone(), now_ms);
            }
            !(due || ends)
        });
    }
}
