//! What was decided before: for dry runs, which ask what a rule or a policy would have made of it.

mod store;

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use super::Kind;
use super::votes;
use crate::db::{LIST_MAX, Tx};
use crate::error::Result;
use crate::keys;
use crate::rules::Voter;

/// Decided tasks that one look goes through, the newest first.
pub const PAST_MAX: usize = 2_000;

/// A task that was decided.
#[derive(Debug, Clone)]
pub struct Past {
    /// The task.
    pub task_id: Uuid,
    /// What it would do.
    pub kind: Kind,
    /// How.
    pub parameters: Value,
    /// How many it is about.
    pub size: u64,
    /// Whether it was approved; else it was dismissed.
    pub was_approved: bool,
    /// Whether the decision gave a reason.
    pub has_reason: bool,
    /// When the revision that was decided was proposed.
    pub proposed_at_ms: i64,
    /// When it was decided.
    pub decided_at_ms: i64,
    /// The keys that asked for it: of the task, and of the revision.
    pub requesters: [Uuid; 2],
    /// Who approved it; nobody when it was dismissed.
    pub voters: Vec<Voter>,
    revision: u32,
    decided_by: Option<(String, Uuid)>,
}

/// The tasks of a workspace that were decided since, the newest first, and whether there are more than [`PAST_MAX`].
pub fn decided_since(tx: &mut Tx, workspace_id: Uuid, from_ms: i64) -> Result<(Vec<Past>, bool)> {
    let mut past = store::decided_since(tx, workspace_id, from_ms, PAST_MAX + 1)?;
    let is_cut = past.len() > PAST_MAX;
    past.truncate(PAST_MAX);
    for part in past.chunks_mut(LIST_MAX) {
        let ids: Vec<Uuid> = part.iter().map(|task| task.task_id).collect();
        let mut voted = votes::voters_of(tx, workspace_id, &ids)?;
        let mut key_ids: Vec<Uuid> =
            part.iter().filter_map(|task| task.decided_by.as_ref()).map(|(_, key_id)| *key_id).collect();
        key_ids.sort_unstable();
        key_ids.dedup();
        let keys: HashMap<Uuid, (keys::Kind, keys::roles::Roles)> = keys::roles_of(tx, workspace_id, &key_ids)?
            .into_iter()
            .map(|(key_id, kind, roles)| (key_id, (kind, roles)))
            .collect();
        for task in part.iter_mut().filter(|task| task.was_approved) {
            task.voters = voted.remove(&(task.task_id, task.revision)).unwrap_or_default();
            if let (true, Some((kind, key_id))) = (task.voters.is_empty(), &task.decided_by) {
                task.voters.extend(keys.get(key_id).map(|(held_by, roles)| Voter {
                    key_id: *key_id,
                    roles: roles.clone(),
                    is_human: kind == "human" && *held_by == keys::Kind::Human,
                    is_requester: false,
                }));
            }
            for voter in &mut task.voters {
                voter.is_requester = task.requesters.contains(&voter.key_id);
            }
        }
    }
    Ok((past, is_cut))
}
