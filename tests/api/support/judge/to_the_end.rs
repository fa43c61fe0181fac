//! Rule 3, to the end: every approved task has ended, with a reason when it failed; each effect is there once, and the
//! result counts what is there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use uuid::Uuid;

use super::Bench;
use super::reading::{Task, Workspace};

pub(super) fn judge(workspace: &Workspace, bench: &mut Bench) {
    for task in workspace.tasks.values().filter(|task| task.approved().is_some()) {
        has_ended(workspace, task, bench);
        of_events(workspace, task, bench);
        if bench.spoiled.contains(&task.id) {
            continue;
        }
        match task.kind.as_str() {
            "prospect_search" => of_search(workspace, task, bench),
            "contact_update" => of_update(workspace, task, bench),
            "list_operation" => of_list_operation(workspace, task, bench),
            _ => {}
        }
    }
    nobody_twice(workspace, bench);
    for (id, list) in &workspace.lists {
        let there = workspace.members.iter().filter(|member| member.list_id == *id).count();
        if list.contact_count != i64::try_from(there).unwrap_or(-1) {
            bench.complain(3, format!("the list {} counts {} members and has {there}", list.name, list.contact_count));
        }
    }
}

fn has_ended(workspace: &Workspace, task: &Task, bench: &mut Bench) {
    let is_said = |name: &str| task.error[name].as_str().is_some_and(|text| !text.trim().is_empty());
    match task.status.as_str() {
        "completed" => {}
        "failed" if is_said("code") && is_said("message") => {}
        "failed" => bench.complain_of(3, task, format!("failed without a reason: {}", task.error)),
        _ if workspace.at_work.contains(&task.id) => bench.complain_of(3, task, "was approved and never ended"),
        _ => bench.complain_of(3, task, "was approved and never ended: no job is left"),
    }
    if matches!(task.status.as_str(), "completed" | "failed") && workspace.at_work.contains(&task.id) {
        bench.complain_of(3, task, "has ended, and a job of it is left");
    }
}

/// Each step of a task's life is an event once.
fn of_events(workspace: &Workspace, task: &Task, bench: &mut Bench) {
    let mut told: BTreeMap<&str, u32> = BTreeMap::new();
    for event in workspace.events.iter().filter(|event| event.subject_id == Some(task.id)) {
        *told.entry(event.kind.as_str()).or_default() += 1;
    }
    let ended = if task.status == "failed" { "task.failed" } else { "task.completed" };
    let has_ended = matches!(task.status.as_str(), "completed" | "failed");
    for kind in ["task.created", "task.approved", ended].into_iter().filter(|kind| *kind != ended || has_ended) {
        if told.get(kind) != Some(&1) {
            bench.complain_of(3, task, format!("has not exactly one event {kind}: {told:?}"));
        }
    }
}

/// A number of the result that must be as many as there are.
fn counts(task: &Task, name: &str, there: usize, what: &str, bench: &mut Bench) {
    if task.number(name) != u64::try_from(there).ok() {
        bench.complain_of(3, task, format!("says {name}: {}, and there are {there} {what}", task.result[name]));
    }
}

/// Whom a task has made contacts of, and whom it has put on its list.
fn of_search(workspace: &Workspace, task: &Task, bench: &mut Bench) {
    let by = Some(task.id);
    let made = workspace.contacts.values().filter(|contact| contact.task_id == by).count();
    counts(task, "added", made, "contacts it has made", bench);
    let told = workspace.events.iter().filter(|event| event.task_id == by && event.kind == "contact.created").count();
    if told != made {
        bench.complain_of(3, task, format!("made {made} contacts in {told} events"));
    }
    let lists: Vec<&Uuid> = workspace.lists.iter().filter(|(_, list)| list.task_id == by).map(|(id, _)| id).collect();
    if lists.len() > 1 {
        bench.complain_of(3, task, format!("made {} lists", lists.len()));
    }
    let Some(list_id) = task.result["list_id"].as_str().and_then(|id| id.parse::<Uuid>().ok()) else { return };
    let people = task.number("added").unwrap_or(0) + task.number("already_contacts").unwrap_or(0);
    let on_it = workspace.members.iter().filter(|member| member.list_id == list_id && member.task_id == by).count();
    // On a list that was there before, some may have been already.
    let fits = if lists.contains(&&list_id) { on_it as u64 == people } else { on_it as u64 <= people };
    if workspace.lists.contains_key(&list_id) && !fits {
        bench.complain_of(3, task, format!("put {on_it} on its list, and says {}", task.result));
    }
}

/// What a task changed or wrote about whom.
fn of_update(workspace: &Workspace, task: &Task, bench: &mut Bench) {
    let of_task =
        |wanted: &str| workspace.effects.iter().filter(|(id, kind, _)| *id == task.id && kind == wanted).count();
    match task.result["operation"].as_str() {
        Some("add_note") => {
            let about: Vec<Uuid> = workspace
                .notes
                .values()
                .filter(|note| note.task_id == Some(task.id))
                .filter_map(|note| note.contact_id)
                .collect();
            if about.iter().collect::<BTreeSet<_>>().len() != about.len() {
                bench.complain_of(3, task, format!("wrote {} notes about fewer people", about.len()));
            } else {
                counts(task, "changed", about.len(), "notes it has written", bench);
            }
        }
        Some("update" | "clear_field" | "tag" | "untag") => {
            counts(task, "changed", of_task("contact_changed"), "contacts it has changed", bench);
        }
        _ => {}
    }
}

fn of_list_operation(workspace: &Workspace, task: &Task, bench: &mut Bench) {
    if task.result["operation"] == "add" && task.status == "completed" {
        let put = workspace.members.iter().filter(|member| member.task_id == Some(task.id)).count();
        counts(task, "added", put, "members it has put on the list", bench);
    }
}

/// Nobody is a contact twice, nobody is on a list twice, and nothing happened to a contact's making twice.
fn nobody_twice(workspace: &Workspace, bench: &mut Bench) {
    let mut twice = |what: &str, all: Vec<Value>| {
        let mut seen = BTreeSet::new();
        for one in all.iter().map(Value::to_string) {
            if !seen.insert(one.clone()) {
                bench.complain(3, format!("{what} twice: {one}"));
            }
        }
    };
    let prospects = workspace.contacts.values().filter_map(|contact| contact.prospect_id);
    twice("a contact was made of a prospect", prospects.map(|id| id.to_string().into()).collect());
    let members = workspace.members.iter().map(|member| format!("{} on {}", member.contact_id, member.list_id));
    twice("a contact is on a list", members.map(Value::from).collect());
    let made = workspace.events.iter().filter(|event| event.kind == "contact.created");
    twice("a contact was made", made.map(|event| format!("{:?}", event.subject_id).into()).collect());
}
