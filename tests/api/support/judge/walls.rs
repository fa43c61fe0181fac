//! Rule 5, tenants are walls: another workspace's id is an id that does not exist, on every route and in every body, and
//! none of them ever stands in an answer, a feed or a webhook.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::reading::Workspace;
use super::{Bench, Call, History, ids_in};

/// An id that nothing has, of the version ours have. Whoever asks for what is another's asks for this, too.
pub const NO_ID: &str = "0193f2c4-0000-7000-8000-000000000000";

pub(super) fn judge(history: &History, bench: &mut Bench) {
    for (foreign, unknown) in pairs(history) {
        let (there, nowhere) = (answer(history, foreign), answer(history, unknown));
        if there != nowhere {
            let what = foreign.line();
            bench.complain(5, format!("{what} named what is another's and was answered {there:?}; else {nowhere:?}"));
        }
    }
    for call in &history.calls {
        let Some(answer) = &call.answer else { continue };
        let said = ids_in(&asked(call));
        let mut strange = ids_in(&answer.text);
        strange.retain(|id| !said.contains(id));
        told(history, call.who.workspace_id, &strange, &call.line(), bench);
    }
    for (workspace_id, body) in &history.delivered {
        told(history, *workspace_id, &ids_in(body), "a webhook", bench);
    }
    for workspace in &history.workspaces {
        of_store(history, workspace, bench);
    }
}

/// Complains when these ids are another workspace's.
fn told(history: &History, workspace_id: Uuid, ids: &BTreeSet<Uuid>, what: &str, bench: &mut Bench) {
    let foreign: Vec<&Uuid> = ids.iter().filter(|id| is_foreign(history, workspace_id, id)).collect();
    if !foreign.is_empty() {
        bench.complain(5, format!("{what} was told ids of another workspace: {foreign:?}"));
    }
}

fn is_foreign(history: &History, workspace_id: Uuid, id: &Uuid) -> bool {
    // Prospects belong to nobody.
    !history.prospects.contains_key(id)
        && history.workspaces.iter().any(|workspace| workspace.id != workspace_id && workspace.ids.contains(id))
}

/// What a call says, ids and all.
fn asked(call: &Call) -> String {
    format!("{} {} {}", call.method, call.path, call.body)
}

/// Each call that names an id of another workspace with the one that differs from it in nothing but that it names an id
/// nothing has.
pub(super) fn pairs(history: &History) -> Vec<(&Call, &Call)> {
    let mut unknown: BTreeMap<(Uuid, String), &Call> = BTreeMap::new();
    for call in history.calls.iter().filter(|call| asked(call).contains(NO_ID)) {
        unknown.insert((call.who.key_id, asked(call)), call);
    }
    let named_foreign =
        |call: &Call| ids_in(&asked(call)).iter().any(|id| is_foreign(history, call.who.workspace_id, id));
    let calls = history.calls.iter().filter(|call| call.answer.is_some() && named_foreign(call));
    calls
        .filter_map(|call| {
            let other = unknown.get(&(call.who.key_id, hidden(history, call, &asked(call))))?;
            other.answer.is_some().then_some((call, *other))
        })
        .collect()
}

/// A text with the ids of other workspaces hidden.
fn hidden(history: &History, call: &Call, text: &str) -> String {
    let foreign = ids_in(text).into_iter().filter(|id| is_foreign(history, call.who.workspace_id, id));
    foreign.fold(text.to_owned(), |text, id| text.replace(&id.to_string(), NO_ID))
}

/// Status and text of an answer, with hidden ids.
fn answer(history: &History, call: &Call) -> (u16, String) {
    let text = call.answer.as_ref().map_or("", |answer| answer.text.as_str());
    (call.status(), hidden(history, call, text))
}

/// Nobody has decided about another workspace's task, and nothing is put together over the wall.
fn of_store(history: &History, workspace: &Workspace, bench: &mut Bench) {
    let keys: BTreeMap<Uuid, Uuid> =
        history.calls.iter().map(|call| (call.who.key_id, call.who.workspace_id)).collect();
    for task in workspace.tasks.values() {
        let Some(decision) = &task.decision else { continue };
        let of_key = decision.key_id.and_then(|id| keys.get(&id)).copied();
        if decision.workspace_id != workspace.id || of_key.is_some_and(|of| of != workspace.id) {
            bench.complain_of(5, task, "was decided by another workspace");
        }
    }
    for member in &workspace.members {
        let there =
            workspace.lists.contains_key(&member.list_id) && workspace.contacts.contains_key(&member.contact_id);
        let foreign = [member.list_id, member.contact_id].iter().any(|id| is_foreign(history, workspace.id, id));
        if !there && foreign {
            bench.complain(5, format!("{member:?} reaches over the wall"));
        }
    }
}
