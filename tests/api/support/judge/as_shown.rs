//! Rule 6, what is shown is what is done: preview and result have the same keys and, where nothing came between, the same
//! numbers; each who was skipped is named with a reason; and a preview counts who is there, whatever the index says.

use std::collections::BTreeSet;

use serde_json::Value;
use uuid::Uuid;

use super::reading::{Task, Workspace};
use super::{Bench, Call, History, attempts, id_of, looks};

/// Titles as prospects hold them, and as requests name them.
pub const TITLES: &[(&str, &str)] = &[
    ("Chief Executive Officer", "CEO"),
    ("Chief Financial Officer", "CFO"),
    ("Chief Operating Officer", "COO"),
    ("Chief Technology Officer", "CTO"),
    ("Chief Marketing Officer", "CMO"),
    ("Chief Information Officer", "CIO"),
];

pub(super) fn judge(history: &History, workspace: &Workspace, bench: &mut Bench) {
    for task in workspace.tasks.values() {
        counted_from_the_rows(history, task, bench);
    }
    for task in workspace.tasks.values().filter(|task| task.status == "completed" && task.approved().is_some()) {
        if !bench.spoiled.contains(&task.id) {
            everybody_is_accounted_for(task, bench);
        }
    }
    for task in comparable(history, workspace) {
        if !bench.spoiled.contains(&task.id) {
            as_shown(task, bench);
        }
    }
}

/// Everybody who fits is counted: the people who hold the title that was asked for.
fn counted_from_the_rows(history: &History, task: &Task, bench: &mut Bench) {
    for revision in &task.revisions {
        let asked =
            |(_, short): &&(&str, &str)| revision.words.contains(&format!("{short}s at law firms in California"));
        let Some((title, _)) = TITLES.iter().find(asked) else { continue };
        let there = history.prospects.values().filter(|held| *held == title).count();
        if revision.preview["matched"].as_u64() != u64::try_from(there).ok() {
            let matched = &revision.preview["matched"];
            bench.complain_of(6, task, format!("shows that {matched} fit, and there are {there} of them"));
        }
    }
}

/// Who was selected was done or is named with a reason.
fn everybody_is_accounted_for(task: &Task, bench: &mut Bench) {
    let skipped = task.result["skipped"].as_array().map(Vec::as_slice).unwrap_or_default();
    let selected: BTreeSet<Uuid> = task.approved_for().iter().copied().collect();
    for one in skipped {
        let who = ["prospect_id", "contact_id", "company_id"].iter().find_map(|name| id_of(&one[*name]));
        let has_reason = one["reason"].as_str().is_some_and(|reason| !reason.trim().is_empty());
        if !has_reason || !who.is_some_and(|id| selected.contains(&id)) {
            bench.complain_of(6, task, format!("skipped somebody without saying whom and why: {one}"));
        }
    }
    let done: &[&str] = match task.kind.as_str() {
        "prospect_search" => &["added", "already_contacts"],
        "contact_update" => &["changed", "unchanged"],
        _ => return,
    };
    let done: u64 = done.iter().filter_map(|name| task.number(name)).sum();
    let accounted = done + skipped.len() as u64;
    if accounted != selected.len() as u64 || task.number("selected") != Some(selected.len() as u64) {
        bench.complain_of(6, task, format!("{} were approved, and the result says {}", selected.len(), task.result));
    }
}

/// The numbers that were shown, and no others.
fn as_shown(task: &Task, bench: &mut Bench) {
    let Some(revision) = task.approved() else { return };
    let (shown, done) = (&revision.preview, &task.result);
    let all: BTreeSet<&String> =
        [shown, done].iter().filter_map(|one| one.as_object()).flat_map(|o| o.keys()).collect();
    for name in all {
        let is_number = shown[name].is_number() || done[name].is_number();
        if (is_number || name == "list_name" || name == "operation") && shown[name] != done[name] {
            bench.complain_of(6, task, format!("{name} was shown as {} and is {}", shown[name], done[name]));
        }
    }
    if done["skipped"] != Value::Array(Vec::new()) {
        bench.complain_of(6, task, format!("nothing came between, and somebody was skipped: {}", done["skipped"]));
    }
}

/// Tasks that were approved as a whole and done, while nothing touched whom they are about.
pub(super) fn comparable<'h>(history: &'h History, workspace: &'h Workspace) -> impl Iterator<Item = &'h Task> {
    let spans = spans(history, workspace);
    workspace.tasks.values().filter(move |task| {
        let whole = task.decision.as_ref().is_some_and(|decision| decision.part.is_none());
        let Some(span) = spans.iter().find(|span| span.task.id == task.id) else { return false };
        task.status == "completed" && whole && span.is_known() && !is_disturbed(history, workspace, span, &spans)
    })
}

/// From when to when a task could be touched: from the request that counted it until somebody saw that it had ended.
struct Span<'h> {
    task: &'h Task,
    proposed: Option<u64>,
    decided: u64,
    over: u64,
}

impl Span<'_> {
    fn is_known(&self) -> bool {
        self.proposed.is_some() && self.over < u64::MAX
    }
}

fn spans<'h>(history: &History, workspace: &'h Workspace) -> Vec<Span<'h>> {
    let calls: Vec<&Call> = history.calls_of(workspace.id).collect();
    let attempts = attempts(calls.iter().copied());
    let looks: Vec<_> = looks(calls.iter().copied()).collect();
    let of_task = |task: &'h Task| {
        let hash = task.decided().map_or("", |revision| revision.plan_hash.as_str());
        let proposed = calls.iter().find(|call| proposes(call, task.id, hash));
        let asked = attempts.iter().filter(|attempt| attempt.task_id == task.id).map(|attempt| attempt.call.sent);
        let ended = looks.iter().filter(|(id, _, shown)| {
            *id == task.id && matches!(shown["status"].as_str(), Some("completed" | "failed" | "dismissed"))
        });
        Span {
            task,
            proposed: proposed.map(|call| call.sent),
            decided: asked.min().unwrap_or(0),
            over: ended.map(|(_, call, _)| call.answered_at()).min().unwrap_or(u64::MAX),
        }
    };
    workspace.tasks.values().map(of_task).collect()
}

/// Whether this request made the plan.
fn proposes(call: &Call, task_id: Uuid, plan_hash: &str) -> bool {
    let (id, hash) = match call.data("task") {
        Value::Null if call.method == "PATCH" => (call.data("id"), call.data("plan_hash")),
        task => (&task["id"], &task["plan_hash"]),
    };
    id_of(id) == Some(task_id) && *hash == plan_hash
}

/// Whether anything else could change what a task counts: another task about the same people, or a call that names one.
fn is_disturbed(history: &History, workspace: &Workspace, span: &Span<'_>, all: &[Span<'_>]) -> bool {
    let Some(from) = span.proposed else { return true };
    let people: BTreeSet<Uuid> = span.task.approved_for().iter().copied().collect();
    let crosses = |begins: u64, ends: u64| begins < span.over && ends > from;
    let by_task =
        all.iter().filter(|other| other.task.id != span.task.id && other.task.approved().is_some()).any(|other| {
            crosses(other.decided, other.over) && other.task.approved_for().iter().any(|id| people.contains(id))
        });
    let names_one = |call: &Call| {
        let writes = call.method != "GET" && !call.route().starts_with("/v1/lexi/");
        writes && super::ids_in(&format!("{} {}", call.path, call.body)).iter().any(|id| people.contains(id))
    };
    by_task || history.calls_of(workspace.id).any(|call| names_one(call) && crosses(call.sent, call.answered_at()))
}
