//! Histories in which one thing is not as it was: the judge must see it. What a fault of the program could do to a store or
//! to an answer is done here by hand, so that he is known to find more than the faults that were planted for him.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::book::Call;
use crate::support::judge::{Contact, Decision, History, NO_ID, Task, Workspace};

/// What is altered, and the rule that it breaks.
pub(crate) type Alteration = (u8, &'static str, fn(&mut History));

/// All of them.
pub(crate) const ALL: &[Alteration] = &[
    (1, "a contact is made by a task that waits", |history| {
        let pending = task(history, |task| task.status == "pending").id;
        made_contact(history).task_id = Some(pending);
    }),
    (1, "a task has reached somebody it was not about", |history| {
        made_contact(history).prospect_id = Some(Uuid::from_u128(7));
    }),
    (1, "a plan was changed behind its name", |history| {
        done(history).revisions[0].parameters["limit"] = json!(999);
    }),
    (1, "a decision names a plan there never was", |history| {
        decision(history).plan_hash = "0".repeat(64);
    }),
    (1, "an approval named another plan than the one that was decided about", |history| {
        winning(history).body = json!({ "plan_hash": "0".repeat(64) });
    }),
    (1, "an effect came before its decision", |history| {
        let id = done(history).id;
        let events = &mut workspace(history).events;
        let approved = events.iter_mut().find(|event| event.kind == "task.approved" && event.subject_id == Some(id));
        approved.expect("an event").number = i64::MAX;
    }),
    (1, "there is a contact that nobody made", |history| {
        workspace(history).contacts.insert(Uuid::from_u128(8), Contact { prospect_id: None, task_id: None });
    }),
    (1, "a part was approved, and all was done", |history| {
        let part = task(history, |task| task.decision.as_ref().is_some_and(|decision| decision.part.is_some()));
        part.decision.as_mut().expect("a decision").part.as_mut().expect("a part").pop();
    }),
    (2, "two were told that they have decided", |history| {
        let mut second = winning(history).clone();
        second.who.key_id = Uuid::from_u128(9);
        history.calls.push(second);
    }),
    (2, "the decision is in another key's name", |history| decision(history).key_id = Some(Uuid::from_u128(9))),
    (2, "the decision is in another person's name", |history| decision(history).owner = Some("Mallory Grey".into())),
    (2, "a person decided, and a program is stored", |history| {
        let decision = decision(history);
        decision.kind = if decision.kind == "human" { "service" } else { "human" }.into();
    }),
    (2, "the decision has another reason", |history| decision(history).reason = Some("because".into())),
    (2, "a task that was approved is dismissed", |history| done(history).status = "dismissed".into()),
    (2, "nobody asked for the decision", |history| {
        let task_id = done(history).id;
        history.calls.retain(|call| call.method != "POST" || !call.path.contains(&task_id.to_string()));
    }),
    (2, "who came too late was told of another winner", |history| {
        let late = answered(history, |answer| answer["error"]["details"]["decision"].is_object());
        late["error"]["details"]["decision"]["key_id"] = json!(NO_ID);
    }),
    (2, "who came too late was not told of a winner", |history| {
        let late = answered(history, |answer| answer["error"]["details"]["decision"].is_object());
        late["error"]["details"]["decision"] = Value::Null;
    }),
    (2, "a loser was refused before anybody had asked", |history| {
        let late = |call: &&mut Call| {
            call.answer.as_ref().is_some_and(|answer| answer.json["error"]["details"]["decision"].is_object())
        };
        history.calls.iter_mut().find(late).expect("a refusal").answer.as_mut().expect("an answer").at = 0;
    }),
    (2, "a task was shown with another decision", |history| {
        let shown = answered(history, |answer| answer["data"]["decision"]["outcome"] == "approved");
        shown["data"]["decision"]["owner"] = json!("Mallory Grey");
    }),
    (3, "an approved task has not ended", |history| done(history).status = "approved".into()),
    (3, "a task failed and does not say why", |history| {
        task(history, |task| task.status == "failed").error["message"] = json!(" ");
    }),
    (3, "a contact is missing", |history| {
        let workspace = workspace(history);
        let id = *workspace.contacts.iter().find(|(_, contact)| contact.task_id.is_some()).expect("a contact").0;
        workspace.contacts.remove(&id);
        workspace.members.retain(|member| member.contact_id != id);
    }),
    (3, "a prospect is a contact twice", |history| {
        let second = made_contact(history).clone();
        workspace(history).contacts.insert(Uuid::from_u128(10), second);
    }),
    (3, "a list counts one too many", |history| {
        workspace(history).lists.values_mut().next().expect("a list").contact_count += 1;
    }),
    (3, "somebody was not put on the list", |history| {
        workspace(history).members.retain(|member| member.task_id.is_none());
    }),
    (3, "somebody is on a list twice", |history| {
        let members = &mut workspace(history).members;
        members.push(members[0].clone());
    }),
    (3, "a task was completed twice", |history| {
        let events = &mut workspace(history).events;
        let event = events.iter().find(|event| event.kind == "task.completed").expect("an event").clone();
        events.push(event);
    }),
    (3, "a note was written twice", |history| {
        let workspace = workspace(history);
        let note = workspace.notes.values().find(|note| note.task_id.is_some()).expect("a note").clone();
        workspace.notes.insert(Uuid::from_u128(11), note);
    }),
    (3, "a result counts one too many", |history| {
        let added = done(history).number("added").expect("a number");
        done(history).result["added"] = json!(added + 1);
    }),
    (4, "a list that was made is gone", |history| {
        workspace(history).lists.retain(|_, list| list.task_id.is_some());
    }),
    (4, "a contact that was made is gone", |history| {
        workspace(history).contacts.retain(|_, contact| contact.task_id.is_some());
    }),
    (4, "an answer of Lexi's is gone", |history| workspace(history).messages.clear()),
    (4, "a proposed task is gone", |history| {
        let workspace = workspace(history);
        let pending = workspace.tasks.values().find(|task| task.status == "pending").expect("a task").id;
        workspace.tasks.remove(&pending);
    }),
    (4, "a decision that was acknowledged is gone", |history| {
        let done = done(history);
        (done.decision, done.status) = (None, "pending".into());
    }),
    (4, "a changed plan is gone", |history| {
        task(history, |task| task.revision > 1).revisions.pop();
    }),
    (4, "a decision that was acknowledged was not seen", |history| {
        looked_after_approval(history)["data"]["status"] = json!("pending");
    }),
    (5, "what is another's is answered otherwise than what is nobody's", |history| {
        let foreign = foreign(history);
        foreign.answer.as_mut().expect("an answer").text.push('.');
    }),
    (5, "what is another's is answered with another status", |history| {
        foreign(history).answer.as_mut().expect("an answer").status = 403;
    }),
    (5, "an answer holds an id of another workspace", |history| {
        let id = history.workspaces[0].tasks.keys().next().expect("a task").to_string();
        let other = history.workspaces[1].id;
        let call = history.calls.iter_mut().find(|call| call.who.workspace_id == other && call.answer.is_some());
        call.expect("a call").answer.as_mut().expect("an answer").text.push_str(&id);
    }),
    (5, "a webhook holds an id of another workspace", |history| {
        let id = history.workspaces[0].tasks.keys().next().expect("a task").to_string();
        history.delivered.push((history.workspaces[1].id, format!("{{\"id\":\"{id}\"}}")));
    }),
    (5, "a decision is another workspace's", |history| {
        let other = history.workspaces[1].id;
        decision(history).workspace_id = other;
    }),
    (6, "another number was shown than was done", |history| {
        let (workspace, id) = shown(history);
        let task = history.workspaces[workspace].tasks.get_mut(&id).expect("a task");
        task.revisions[0].preview["already_contacts"] = json!(77);
    }),
    (6, "a number was shown that is not among what was done", |history| {
        let (workspace, id) = shown(history);
        let task = history.workspaces[workspace].tasks.get_mut(&id).expect("a task");
        task.result.as_object_mut().expect("a result").remove("suppressed");
    }),
    (6, "more fit than there are", |history| {
        done(history).revisions[0].preview["matched"] = json!(1_000);
    }),
    (6, "somebody was skipped without a reason", |history| skipped(history).result["skipped"][0]["reason"] = json!("")),
    (6, "somebody was skipped and is not named", |history| skipped(history).result["skipped"] = json!([])),
    (6, "somebody was skipped who was never selected", |history| {
        let skipped = &mut skipped(history).result["skipped"][0];
        let name = if skipped["contact_id"].is_string() { "contact_id" } else { "prospect_id" };
        skipped[name] = json!(NO_ID);
    }),
];

fn workspace(history: &mut History) -> &mut Workspace {
    &mut history.workspaces[0]
}

fn task(history: &mut History, is_it: impl Fn(&Task) -> bool) -> &mut Task {
    workspace(history).tasks.values_mut().find(|task| is_it(task)).expect("such a task")
}

/// A search that was approved as a whole by the request of one caller, and has made contacts.
fn done(history: &mut History) -> &mut Task {
    task(history, |task| {
        let whole = task.decision.as_ref().is_some_and(|decision| decision.part.is_none() && decision.reason.is_some());
        task.kind == "prospect_search" && task.status == "completed" && whole && task.revision == 1
    })
}

fn decision(history: &mut History) -> &mut Decision {
    done(history).decision.as_mut().expect("a decision")
}

/// A contact that this task has made.
fn made_contact(history: &mut History) -> &mut Contact {
    let id = done(history).id;
    let mut contacts = workspace(history).contacts.values_mut();
    contacts.find(|contact| contact.task_id == Some(id)).expect("a contact")
}

/// The call that was told that it has approved this task, by itself.
fn winning(history: &mut History) -> &mut Call {
    let approve = |id: &Uuid| format!("/v1/lexi/tasks/{id}/approve");
    let ids: Vec<String> = workspace(history).tasks.keys().map(approve).collect();
    let won = |call: &&mut Call| call.status() == 200 && call.data("status") == "approved" && ids.contains(&call.path);
    history.calls.iter_mut().find(won).expect("an approval")
}

/// What somebody saw of a task after it was acknowledged that it is approved. A server that died may have acknowledged
/// nothing, so not every task that was seen completed will do.
fn looked_after_approval(history: &mut History) -> &mut Value {
    let approved = |call: &Call| {
        let is_approved = call.path.ends_with("/approve") && call.status() == 200 && call.data("status") == "approved";
        is_approved.then(|| Some((call.data("task_id").as_str()?.to_owned(), call.answered_at())))?
    };
    let told: Vec<(String, u64)> = history.calls.iter().filter_map(approved).collect();
    let ours = workspace(history).id;
    let is_it = |call: &&mut Call| {
        let after = |(id, at): &(String, u64)| call.route() == format!("/v1/lexi/tasks/{id}") && *at < call.sent;
        let looked = call.who.workspace_id == ours && call.method == "GET" && call.data("status") == "completed";
        looked && told.iter().any(after)
    };
    let call = history.calls.iter_mut().find(is_it).expect("a look at an approved task");
    &mut call.answer.as_mut().expect("an answer").json
}

fn answered(history: &mut History, is_it: impl Fn(&Value) -> bool) -> &mut Value {
    let mut answers = history.calls.iter_mut().rev().filter_map(|call| call.answer.as_mut());
    &mut answers.find(|answer| is_it(&answer.json)).expect("such an answer").json
}

/// A look at another workspace's task.
fn foreign(history: &mut History) -> &mut Call {
    let ids: Vec<String> = workspace(history).tasks.keys().map(|id| format!("/v1/lexi/tasks/{id}")).collect();
    let other = history.workspaces[1].id;
    let is_it = |call: &&mut Call| call.who.workspace_id == other && call.method == "GET" && ids.contains(&call.path);
    history.calls.iter_mut().find(is_it).expect("a look over the wall")
}

/// A search whose preview can be compared with its result.
fn shown(history: &History) -> (usize, Uuid) {
    let found = history.comparable().into_iter().find(|(place, id)| {
        let task = &history.workspaces[*place].tasks[id];
        task.kind == "prospect_search" && task.revision == 1
    });
    found.expect("a task that can be compared")
}

/// A search that skipped somebody.
fn skipped(history: &mut History) -> &mut Task {
    let skipped = |task: &Task| task.result["skipped"].as_array().is_some_and(|skipped| !skipped.is_empty());
    task(history, |task| task.kind == "prospect_search" && skipped(task))
}
