//! Votes: approvals where rules want more than one, or one of a certain sort. A key votes once for a revision; what was
//! voted for another revision counts for nothing.

mod store;

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::approval::{Approval, Voice};
use super::store::Shown;
use super::{Status, Votes};
use crate::clock::iso;
use crate::db::Tx;
use crate::error::Result;
use crate::keys;
use crate::keys::roles::Roles;
use crate::rules::{self, Rule, Tally, Voter, fewest_missing};

/// A vote as it is stored.
#[derive(Debug, Clone)]
pub(super) struct Vote {
    pub(super) key_id: Uuid,
    /// `human`, `service` or `policy`.
    kind: String,
    owner: Option<String>,
    roles: Roles,
    reason: Option<String>,
    policy: Option<(Uuid, u32)>,
    /// Whom it approves; none: the whole selection.
    pub(super) selection: Option<Vec<Uuid>>,
    voted_at_ms: i64,
}

impl Vote {
    /// The vote that an approval comes to.
    pub(super) fn by(voice: &Voice, approval: &Approval, now_ms: i64) -> Vote {
        Vote {
            key_id: voice.caller.key_id,
            kind: voice.kind().to_owned(),
            owner: voice.caller.owner.as_deref().map(str::to_owned),
            roles: voice.caller.roles.clone(),
            reason: approval.reason.clone(),
            policy: voice.policy.map(|policy| (policy.policy_id, policy.version)),
            selection: approval.part.as_ref().map(|part| part.selection.clone()),
            voted_at_ms: now_ms,
        }
    }

    fn voter(&self, requesters: &[Uuid]) -> Voter {
        Voter {
            key_id: self.key_id,
            roles: self.roles.clone(),
            is_human: self.kind == keys::Kind::Human.as_str(),
            is_requester: requesters.contains(&self.key_id),
        }
    }
}

/// An approval that was given, as answers show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Given {
    /// The key that approved; of a policy its author's.
    pub key_id: Uuid,
    /// `human`, `service` or `policy`.
    pub kind: String,
    /// Who answers for that key.
    pub owner: Option<String>,
    /// The roles it carried.
    pub roles: Vec<String>,
    /// As given.
    pub reason: Option<String>,
    /// The policy that approved, and its version.
    pub policy_id: Option<Uuid>,
    /// Its version.
    pub policy_version: Option<u32>,
    /// How many of the selection it approves; null: all.
    pub approved: Option<u64>,
    /// When.
    pub voted_at: String,
    /// False when the key was revoked since: then it counts no more.
    pub counts: bool,
}

/// A rule that concerns a task, as answers show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleLine {
    /// The rule.
    pub id: Uuid,
    /// Its version.
    pub version: u32,
    /// What it is called.
    pub name: String,
    /// Whose approvals it wants.
    pub approve: String,
    /// What is missing, in words; null when it is met.
    pub missing: Option<String>,
}

/// Where a task stands with its rules.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Approvals given and needed.
    pub votes: Votes,
    /// The rules that concern it.
    pub rules: Vec<RuleLine>,
}

impl Waiting {
    /// Whether all rules are met.
    pub(super) fn is_met(&self) -> bool {
        self.votes.have > 0 && self.rules.iter().all(|rule| rule.missing.is_none())
    }
}

/// Counts votes for the rules that concern a task.
pub(super) fn count(rules: &[Rule], given: &[Vote], requesters: &[Uuid]) -> Waiting {
    let voters: Vec<Voter> = given.iter().map(|vote| vote.voter(requesters)).collect();
    let tallies: Vec<Tally> = rules.iter().map(|rule| Tally::of(&rule.said.approve, &voters)).collect();
    let have = u32::try_from(given.len()).unwrap_or(u32::MAX);
    let need = (have + fewest_missing(&tallies)).max(1);
    let lines = rules.iter().zip(&tallies).map(|(rule, tally)| RuleLine {
        id: rule.id,
        version: rule.version,
        name: rule.name.clone(),
        approve: rule.said.approve.to_string(),
        missing: (!tally.is_met()).then(|| tally.in_words()),
    });
    Waiting { votes: Votes { have, need }, rules: lines.collect() }
}

/// The votes for one revision that count: those of keys that were revoked since do not.
pub(super) fn given(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, revision: u32) -> Result<Vec<Vote>> {
    let mut votes = store::of_tasks(tx, workspace_id, &[task_id])?;
    votes.retain(|(_, of, _)| *of == revision);
    let revoked = revoked(tx, workspace_id, &votes)?;
    Ok(votes.into_iter().map(|(_, _, vote)| vote).filter(|vote| !revoked.contains(&vote.key_id)).collect())
}

fn revoked(tx: &mut Tx, workspace_id: Uuid, votes: &[(Uuid, u32, Vote)]) -> Result<HashSet<Uuid>> {
    let mut key_ids: Vec<Uuid> = votes.iter().map(|(_, _, vote)| vote.key_id).collect();
    key_ids.sort_unstable();
    key_ids.dedup();
    Ok(keys::revoked_among(tx, workspace_id, &key_ids)?.into_iter().collect())
}

pub(super) use store::{about_revision, hold, insert, insert_approval};

/// Votes of tasks as they are shown; with `rules` the ones in force, which are asked about those that wait.
pub(super) fn of_shown(
    tx: &mut Tx,
    workspace_id: Uuid,
    tasks: &[Shown],
) -> Result<HashMap<Uuid, (Waiting, Vec<Given>)>> {
    let ids: Vec<Uuid> = tasks.iter().map(|task| task.id).collect();
    let votes = store::of_tasks(tx, workspace_id, &ids)?;
    let revoked = revoked(tx, workspace_id, &votes)?;
    let open = |task: &Shown| matches!(task.status, Status::Pending | Status::Dismissed);
    let rules = if tasks.iter().any(open) { rules::in_force(tx, workspace_id)? } else { Vec::new() };
    let mut of_task: HashMap<(Uuid, u32), Vec<Vote>> = HashMap::new();
    for (task_id, revision, vote) in votes {
        of_task.entry((task_id, revision)).or_default().push(vote);
    }
    Ok(tasks
        .iter()
        .map(|task| {
            let all = of_task.remove(&(task.id, task.revision)).unwrap_or_default();
            let shown = all.iter().map(|vote| shown(vote, &revoked)).collect();
            let counting: Vec<Vote> = all.into_iter().filter(|vote| !revoked.contains(&vote.key_id)).collect();
            let waiting = if open(task) {
                let concerned: Vec<Rule> =
                    rules.iter().filter(|rule| rule.concerns(task.kind, task.selected)).cloned().collect();
                count(&concerned, &counting, &[task.created_by, task.revised_by])
            } else {
                let have = u32::try_from(counting.len()).unwrap_or(u32::MAX).max(1);
                Waiting { votes: Votes { have, need: have }, rules: Vec::new() }
            };
            (task.id, (waiting, shown))
        })
        .collect())
}

fn shown(vote: &Vote, revoked: &HashSet<Uuid>) -> Given {
    Given {
        key_id: vote.key_id,
        kind: vote.kind.clone(),
        owner: vote.owner.clone(),
        roles: vote.roles.names().to_vec(),
        reason: vote.reason.clone(),
        policy_id: vote.policy.map(|(policy_id, _)| policy_id),
        policy_version: vote.policy.map(|(_, version)| version),
        approved: vote.selection.as_ref().map(|selection| selection.len() as u64),
        voted_at: iso(vote.voted_at_ms),
        counts: !revoked.contains(&vote.key_id),
    }
}

/// The rules a decision satisfied, as it keeps them.
pub(super) fn rules_of(text: Option<&str>) -> Result<Value> {
    Ok(text.map(serde_json::from_str).transpose()?.unwrap_or_else(|| Value::Array(Vec::new())))
}

/// Who voted for which revision of these tasks, keys revoked since included.
pub(super) fn voters_of(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<HashMap<(Uuid, u32), Vec<Voter>>> {
    let mut voters: HashMap<(Uuid, u32), Vec<Voter>> = HashMap::new();
    for (task_id, revision, vote) in store::of_tasks(tx, workspace_id, ids)? {
        voters.entry((task_id, revision)).or_default().push(vote.voter(&[]));
    }
    Ok(voters)
}
