//! A task as answers show it: the published fields first, ours behind them.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::revision::{Change, of_parameters, of_selection};
use super::store::{self, Decided, Revised, Shown};
use super::time::{Times, times};
use super::{Kind, REVISIONS_MAX, votes};
use crate::clock::iso;
use crate::db::Tx;
use crate::error::Result;
use crate::jobs;

/// Something Lexi proposes, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Task {
    /// UUID.
    pub id: Uuid,
    /// `prospect_search`, `campaign_start`, `contact_update` or `list_operation`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `pending`, `approved`, `dismissed`, `completed` or `failed`.
    pub status: &'static str,
    /// For people.
    pub description: String,
    /// When it was proposed.
    pub created_at: String,
    /// `query` is the text that was asked; the other keys depend on the type.
    pub metadata: Value,
    /// Counted from 1; a task with more than one needs `plan_hash` to be approved.
    pub revision: u32,
    /// Names the plan that would be executed.
    pub plan_hash: String,
    /// The conversation it came from.
    pub conversation_id: Option<Uuid>,
    /// When it entered its present state.
    pub status_at: String,
    /// When it is dismissed if nobody decides.
    pub expires_at: String,
    /// What approval would cause, counted when it was proposed.
    pub preview: Value,
    /// Approvals given and needed.
    pub votes: Votes,
    /// Who decided, when, for exactly which plan; null while it is pending.
    pub decision: Option<Decision>,
    /// How far the execution is; null before it begins.
    pub progress: Option<Progress>,
    /// What was done: the keys of `preview`, and `skipped`.
    pub result: Value,
    /// Why it failed.
    pub error: Value,
    /// When its execution began.
    pub started_at: Option<String>,
    /// When it ended.
    pub finished_at: Option<String>,
    /// When it begins, what its deadline does, and what ended it early.
    #[serde(flatten)]
    pub times: Times,
}

/// Approvals given and needed.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Votes {
    /// Given for the present revision.
    pub have: u32,
    /// Needed for a decision.
    pub need: u32,
}

/// Who decided, when, and for exactly which plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Decision {
    /// `approved` or `dismissed`.
    pub outcome: String,
    /// `human`, `service`, `policy` or `system`.
    pub kind: String,
    /// The key that decided.
    pub key_id: Option<Uuid>,
    /// Who answers for that key.
    pub owner: Option<String>,
    /// As given when dismissing; `expired` when the deadline passed.
    pub reason: Option<String>,
    /// When.
    pub decided_at: String,
    /// The revision it was made for.
    pub revision: u32,
    /// The plan it was made for.
    pub plan_hash: String,
    /// The policy that decided, or gave the last vote; null when none did.
    pub policy_id: Option<Uuid>,
    /// Its version.
    pub policy_version: Option<u32>,
    /// The rules it satisfied: `id`, `version` and `name` of each.
    pub rules: Value,
    /// How many of the selection were approved, when it was a part of it; null: all.
    pub approved: Option<u64>,
    /// How many of the selection were left out.
    pub declined: u64,
}

/// How far an execution is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Progress {
    /// People done.
    pub done: u64,
    /// People in all.
    pub total: u64,
}

/// One revision of a task.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionLine {
    /// Counted from 1.
    pub revision: u32,
    /// Names its plan.
    pub plan_hash: String,
    /// When it was made.
    pub created_at: String,
    /// For people.
    pub description: String,
    /// The words that asked for it.
    pub query: String,
    /// How its plan differs from that of the revision before; of the first one, nothing.
    pub changes: Vec<Change>,
}

/// One task with everything about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Detail {
    /// The task as lists show it.
    #[serde(flatten)]
    pub task: Task,
    /// What exactly would be done: `type`, `parameters`, `selection` with its `count` and `sha256`.
    pub plan: Value,
    /// All revisions, oldest first.
    pub revisions: Vec<RevisionLine>,
    /// What was understood from the words that asked for it.
    pub request: Value,
    /// The approvals given for the present revision, oldest first, where rules want more than one or one of a sort.
    pub approvals: Vec<votes::Given>,
    /// The rules that concern it while it waits, and what each still wants.
    pub rules: Vec<votes::RuleLine>,
}

impl Decision {
    fn of(decided: Decided) -> Result<Decision> {
        Ok(Decision {
            outcome: decided.outcome,
            kind: decided.kind,
            key_id: decided.key_id,
            owner: decided.owner,
            reason: decided.reason,
            decided_at: iso(decided.decided_at_ms),
            revision: decided.revision,
            plan_hash: decided.plan_hash,
            policy_id: decided.policy.map(|(policy_id, _)| policy_id),
            policy_version: decided.policy.map(|(_, version)| version),
            rules: votes::rules_of(decided.rules.as_deref())?,
            approved: decided.approved,
            declined: decided.declined,
        })
    }
}

/// The tasks of `ids`, in that order; those that don't exist are left out.
pub(super) fn load(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<Task>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let shown = store::shown(tx, workspace_id, ids)?;
    let mut votes = votes::of_shown(tx, workspace_id, &shown)?;
    let mut shown: HashMap<Uuid, Shown> = shown.into_iter().map(|task| (task.id, task)).collect();
    let mut decisions: HashMap<Uuid, Decision> = HashMap::with_capacity(ids.len());
    for decided in store::decisions(tx, workspace_id, ids)? {
        decisions.insert(decided.task_id, Decision::of(decided)?);
    }
    let mut times = times(tx, workspace_id, ids)?;
    let jobs = jobs::progress_of(tx, workspace_id, ids)?;
    let progress: HashMap<Uuid, Progress> =
        jobs.into_iter().map(|job| (job.task_id, Progress { done: job.done, total: job.total })).collect();
    Ok(ids
        .iter()
        .filter_map(|id| shown.remove(id))
        .map(|task| {
            let decision = decisions.remove(&task.id);
            let progress = progress.get(&task.id).copied();
            let votes = votes.remove(&task.id).map_or(Votes { have: 0, need: 1 }, |(waiting, _)| waiting.votes);
            let times = times.remove(&task.id).unwrap_or_default();
            show(task, decision, progress, (votes, times))
        })
        .collect())
}

fn show(task: Shown, decision: Option<Decision>, progress: Option<Progress>, (votes, times): (Votes, Times)) -> Task {
    let metadata = metadata(&task.query, task.parameters);
    let approved = decision.as_ref().is_some_and(|decision| decision.outcome == "approved");
    let progress = progress.or_else(|| {
        let part = decision.as_ref().and_then(|decision| decision.approved);
        let selected = part.or_else(|| task.preview["selected"].as_u64())?;
        let begun = task.started_at_ms.is_some() && task.finished_at_ms.is_some();
        (approved && begun).then_some(Progress { done: selected, total: selected })
    });
    Task {
        id: task.id,
        kind: task.kind.as_str(),
        status: task.status.as_str(),
        description: task.description,
        created_at: iso(task.created_at_ms),
        metadata,
        revision: task.revision,
        plan_hash: task.plan_hash,
        conversation_id: task.conversation_id,
        status_at: iso(task.status_at_ms),
        expires_at: iso(task.expires_at_ms),
        preview: task.preview,
        votes,
        decision,
        progress,
        result: task.result,
        error: task.error,
        started_at: task.started_at_ms.map(iso),
        finished_at: task.finished_at_ms.map(iso),
        times,
    }
}

/// The words that asked for it, and how it is done.
fn metadata(query: &str, parameters: Value) -> Value {
    let mut metadata = json!({ "query": query });
    if let (Value::Object(metadata), Value::Object(parameters)) = (&mut metadata, parameters) {
        // What is compared at the execution is part of the plan; a page of tasks would grow by megabytes.
        metadata.extend(parameters.into_iter().filter(|(name, _)| name != "seen"));
    }
    metadata
}

/// The decision about a task, if there is one.
pub(super) fn decision(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid) -> Result<Option<Decision>> {
    Ok(store::decisions(tx, workspace_id, &[task_id])?.pop().map(Decision::of).transpose()?)
}

/// One task with everything about it, as it is or as it was at `revision`; nothing when there is none.
pub(super) fn detail(tx: &mut Tx, workspace_id: Uuid, task_id: Uuid, revision: Option<u32>) -> Result<Option<Detail>> {
    let Some(mut task) = load(tx, workspace_id, &[task_id])?.pop() else { return Ok(None) };
    let Some(kind) = Kind::named(task.kind) else { return Ok(None) };
    let shown_now = store::shown(tx, workspace_id, &[task_id])?;
    let standing = votes::of_shown(tx, workspace_id, &shown_now)?.remove(&task_id);
    let (rules, approvals) = standing.map(|(waiting, given)| (waiting.rules, given)).unwrap_or_default();
    let shown = revision.unwrap_or(task.revision);
    let Some((plan, preview)) = store::plan(tx, workspace_id, (task_id, kind), shown)? else { return Ok(None) };
    let request = store::request(tx, workspace_id, task_id, shown)?;
    let revisions = lines(store::revisions(tx, workspace_id, task_id, REVISIONS_MAX)?);
    if let Some(line) = revisions.iter().find(|line| line.revision == shown && shown != task.revision) {
        task.description = line.description.clone();
        task.metadata = metadata(&line.query, plan.parameters.clone());
        task.revision = shown;
        task.plan_hash = line.plan_hash.clone();
        task.preview = preview;
    }
    Ok(Some(Detail { task, plan: plan.shown(), revisions, request, approvals, rules }))
}

/// The revisions with what each changed.
fn lines(revisions: Vec<Revised>) -> Vec<RevisionLine> {
    let mut before: Option<(Value, u64)> = None;
    let mut lines = Vec::with_capacity(revisions.len());
    for revised in revisions {
        let mut changes = Vec::new();
        if let Some((parameters, selected)) = &before {
            changes = of_parameters(parameters, &revised.parameters);
            if revised.other_people {
                changes.push(of_selection(*selected, revised.selected));
            }
        }
        before = Some((revised.parameters, revised.selected));
        lines.push(RevisionLine {
            revision: revised.revision,
            plan_hash: revised.plan_hash,
            created_at: iso(revised.created_at_ms),
            description: revised.description,
            query: revised.query,
            changes,
        });
    }
    lines
}
