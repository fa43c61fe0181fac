//! The judge: pure over what was asked, what was answered and what is stored in the end. A file for each of the rules
//! that must never break; each complaint says which of them it is about.
//!
//! One fault makes one kind of complaint: what only follows from a broken rule is not told again under another one.

mod acknowledged;
mod as_shown;
mod one_decision;
mod reading;
mod to_the_end;
mod walls;
mod without_decision;

pub use as_shown::TITLES;
pub use reading::{Contact, Decision, Task, Workspace, prospects};
pub use walls::NO_ID;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use uuid::Uuid;

use super::book::Call;

/// Everything a judge is told.
#[derive(Debug, Clone)]
pub struct History {
    /// All calls, in the order they were sent.
    pub calls: Vec<Call>,
    /// The workspaces as they are in the end, when nothing is under way.
    pub workspaces: Vec<Workspace>,
    /// The titles of all prospects.
    pub prospects: BTreeMap<Uuid, String>,
    /// What was delivered to each workspace's webhooks.
    pub delivered: Vec<(Uuid, String)>,
}

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Which rule is broken: 1 to 6.
    pub rule: u8,
    /// By what.
    pub what: String,
}

/// How much was looked at; a judge that has seen nothing has nothing to complain of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// Approved tasks.
    pub approved: usize,
    /// Of those, the ones approved in part.
    pub in_part: usize,
    /// Dismissed tasks.
    pub dismissed: usize,
    /// Tasks that wait.
    pub pending: usize,
    /// Tasks that failed.
    pub failed: usize,
    /// Decisions that came too late.
    pub too_late: usize,
    /// Calls that named an id of another workspace and had one beside them that named none.
    pub at_walls: usize,
    /// Tasks whose preview and result could be compared.
    pub as_shown: usize,
    /// People who were skipped.
    pub skipped: usize,
}

impl History {
    /// All complaints.
    pub fn complaints(&self) -> Vec<Complaint> {
        let mut bench = Bench::default();
        for workspace in &self.workspaces {
            without_decision::judge(self, workspace, &mut bench);
            one_decision::judge(self, workspace, &mut bench);
            to_the_end::judge(workspace, &mut bench);
            acknowledged::judge(self, workspace, &mut bench);
            as_shown::judge(self, workspace, &mut bench);
        }
        walls::judge(self, &mut bench);
        bench.complaints
    }

    /// How much there was to look at.
    pub fn looked(&self) -> Looked {
        let mut looked = Looked::default();
        for task in self.workspaces.iter().flat_map(|workspace| workspace.tasks.values()) {
            let outcome = task.decision.as_ref().map(|decision| decision.outcome.as_str());
            looked.approved += usize::from(outcome == Some("approved"));
            looked.dismissed += usize::from(outcome == Some("dismissed"));
            looked.pending += usize::from(outcome.is_none());
            looked.in_part += usize::from(task.decision.as_ref().is_some_and(|decision| decision.part.is_some()));
            looked.failed += usize::from(task.status == "failed");
            looked.skipped += task.result["skipped"].as_array().map_or(0, Vec::len);
        }
        looked.too_late = self.workspaces.iter().map(|workspace| one_decision::too_late(self, workspace)).sum();
        looked.as_shown = self.comparable().len();
        looked.at_walls = walls::pairs(self).len();
        looked
    }

    /// The tasks whose preview and result can be compared: the place of the workspace, and the task.
    pub fn comparable(&self) -> Vec<(usize, Uuid)> {
        let of = |(place, workspace)| as_shown::comparable(self, workspace).map(move |task| (place, task.id));
        self.workspaces.iter().enumerate().flat_map(of).collect()
    }

    /// The calls of one workspace's keys.
    fn calls_of(&self, workspace_id: Uuid) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(move |call| call.who.workspace_id == workspace_id)
    }
}

/// Where complaints are collected.
#[derive(Default)]
struct Bench {
    complaints: Vec<Complaint>,
    /// Tasks that were complained of: what else is odd about them follows from that.
    spoiled: BTreeSet<Uuid>,
}

impl Bench {
    fn complain(&mut self, rule: u8, what: impl Into<String>) {
        self.complaints.push(Complaint { rule, what: what.into() });
    }

    fn complain_of(&mut self, rule: u8, task: &Task, what: impl std::fmt::Display) {
        self.spoiled.insert(task.id);
        self.complain(rule, format!("{} {} ({}): {what}", task.kind, task.id, task.status));
    }
}

/// One attempt to decide about a task: a request of its own, or its place in a batch.
struct Attempt<'h> {
    call: &'h Call,
    task_id: Uuid,
    /// `approved` or `dismissed`.
    outcome: &'static str,
    /// What the request says of this task.
    body: &'h Value,
    /// 0 when no answer came.
    status: u16,
    data: &'h Value,
    error: &'h Value,
}

impl Attempt<'_> {
    /// Whether it was told that it has decided.
    fn has_won(&self) -> bool {
        self.status == 200 && self.data["status"] == self.outcome
    }
}

/// All attempts to decide that these calls were.
fn attempts<'h>(calls: impl Iterator<Item = &'h Call>) -> Vec<Attempt<'h>> {
    let mut attempts = Vec::new();
    for call in calls.filter(|call| call.method == "POST") {
        let json = call.answer.as_ref().map_or(&Value::Null, |answer| &answer.json);
        let parts: Vec<&str> = call.route().trim_start_matches('/').split('/').collect();
        match parts[..] {
            ["v1", "lexi", "tasks", "batch"] => {
                let outcome = if call.body["action"] == "approve" { "approved" } else { "dismissed" };
                for (place, item) in call.body["tasks"].as_array().into_iter().flatten().enumerate() {
                    let result = &json["data"]["results"][place];
                    let Some(task_id) = id_of(&item["id"]) else { continue };
                    let status = result["status_code"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(0);
                    let (data, error) = (&result["data"], &result["error"]);
                    attempts.push(Attempt { call, task_id, outcome, body: item, status, data, error });
                }
            }
            ["v1", "lexi", "tasks", id, what @ ("approve" | "dismiss")] => {
                let Ok(task_id) = id.parse() else { continue };
                let outcome = if what == "approve" { "approved" } else { "dismissed" };
                let (data, error) = (&json["data"], &json["error"]);
                let (body, status) = (&call.body, call.status());
                attempts.push(Attempt { call, task_id, outcome, body, status, data, error });
            }
            _ => {}
        }
    }
    attempts
}

/// The task that a call looks at, and what it was shown: the whole task.
fn looks<'h>(calls: impl Iterator<Item = &'h Call>) -> impl Iterator<Item = (Uuid, &'h Call, &'h Value)> {
    calls.filter(|call| call.method == "GET" && call.status() == 200).filter_map(|call| {
        let id = call.route().strip_prefix("/v1/lexi/tasks/")?.parse().ok()?;
        Some((id, call, &call.answer.as_ref()?.json["data"]))
    })
}

fn id_of(value: &Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}

/// Everything in a text that looks like an id.
fn ids_in(text: &str) -> BTreeSet<Uuid> {
    const LENGTH: usize = 36;
    let mut ids = BTreeSet::new();
    for (at, _) in text.match_indices('-') {
        // The first hyphen of an id stands behind eight digits.
        let found = at.checked_sub(8).and_then(|from| text.get(from..from + LENGTH));
        ids.extend(found.and_then(|found| Uuid::try_parse(found).ok()));
    }
    ids
}
