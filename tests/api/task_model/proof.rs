//! The judge refuses what must never be: histories made by hand that break a rule, beside the same histories as they
//! should have been.

use serde_json::{Value, json};

use super::calls::{Call, What};
use super::judge::{Seen, explain};
use super::model::{Approve, Kind, Model, Names, Setup, Who};

const TASK: &str = "task-1";

/// A workspace with one search of this size that Bob asked for.
fn workspace(setup: Setup, size: u64) -> Model {
    let mut model = Model::new(setup, 1_764_000_000_000);
    model.propose(Who::Bob, Kind::Search, (TASK.into(), "plan A".into(), size));
    model
}

fn call(who: Who, what: What) -> Call {
    Call { who, what, key: None, odd: false }
}

fn approve(who: Who, plan: Option<&str>) -> Call {
    let (task, plan) = (TASK.to_owned(), plan.map(str::to_owned));
    call(who, What::Approve { task, plan, only: None, reason: false })
}

fn dismiss(who: Who) -> Call {
    call(who, What::Dismiss { task: TASK.into(), reason: false })
}

fn stop(who: Who) -> Call {
    call(who, What::Stop { task: TASK.into() })
}

fn resize(who: Who, size: u64) -> Call {
    call(who, What::Resize { task: TASK.into(), size, plan: None })
}

/// What the model itself answers when the calls come one after the other, and the workspace afterwards.
fn in_turn(model: &Model, calls: &[Call], names: &Names) -> (Vec<Value>, Model) {
    let mut model = model.clone();
    let mut answers = Vec::new();
    for call in calls {
        let mut under = Default::default();
        let answer = loop {
            if let Some(answer) = model.play(call, &mut under, names, &json!({ "task": TASK })) {
                break answer;
            }
        };
        answers.push(answer);
    }
    (answers, model)
}

fn all_shown(model: &Model) -> Vec<Value> {
    model.tasks.iter().map(|task| model.shown(task)).collect()
}

/// Whether the judge takes it that these calls were answered so at once, and `after` is what stands afterwards.
fn is_explained(before: &Model, calls: &[Call], answers: &[Value], after: &[Value], names: &Names) -> bool {
    explain(std::slice::from_ref(before), &Seen { calls, answers, after, names }).is_ok()
}

/// Names of plans as answers would have told them.
fn names() -> Names {
    let mut names = Names::default();
    for (size, hash) in [(2, "plan A"), (5, "plan B"), (110, "long plan")] {
        names.learn(&json!({ "id": TASK, "size": size, "plan_hash": hash })).expect("names that differ");
    }
    names
}

#[test]
fn any_order_of_calls_is_an_explanation_and_the_order_they_were_sent_in_is_not_asked() {
    let (before, names) = (workspace(Setup::PLAIN, 2), names());
    let calls = [approve(Who::Ann, None), dismiss(Who::Robot)];
    for turned in [calls.clone(), [calls[1].clone(), calls[0].clone()]] {
        let (mut answers, after) = in_turn(&before, &turned, &names);
        if turned != calls {
            answers.reverse();
        }
        assert!(is_explained(&before, &calls, &answers, &all_shown(&after), &names));
    }
}

#[test]
fn two_winners_are_refused() {
    let (before, names) = (workspace(Setup::PLAIN, 2), names());
    let calls = [approve(Who::Ann, None), approve(Who::Robot, None)];
    let (answers, after) = in_turn(&before, &calls, &names);
    assert!(is_explained(&before, &calls, &answers, &all_shown(&after), &names));
    let both = [answers[0].clone(), answers[0].clone()];
    assert!(!is_explained(&before, &calls, &both, &all_shown(&after), &names));
    let neither = [answers[1].clone(), answers[1].clone()];
    assert!(!is_explained(&before, &calls, &neither, &all_shown(&after), &names));
}

#[test]
fn a_refusal_that_names_another_winner_is_refused() {
    let (before, names) = (workspace(Setup::PLAIN, 2), names());
    let calls = [approve(Who::Ann, None), dismiss(Who::Robot)];
    let (mut answers, after) = in_turn(&before, &calls, &names);
    answers[1]["decision"]["by"] = json!("bob");
    assert!(!is_explained(&before, &calls, &answers, &all_shown(&after), &names));
}

#[test]
fn an_approval_of_a_plan_that_is_no_longer_the_present_one_is_refused() {
    let names = names();
    let (_, before) = in_turn(&workspace(Setup::PLAIN, 2), &[resize(Who::Ann, 5)], &names);
    for plan in [None, Some("plan A")] {
        let calls = [approve(Who::Ann, plan)];
        let (answers, _) = in_turn(&before, &calls, &names);
        assert_eq!(answers[0]["status"], if plan.is_none() { 400 } else { 409 });
        let (taken, after) = in_turn(&before, &[approve(Who::Ann, Some("plan B"))], &names);
        assert!(!is_explained(&before, &calls, &taken, &all_shown(&after), &names));
    }
}

#[test]
fn an_approval_and_a_change_of_the_plan_at_once_have_an_order() {
    let (before, names) = (workspace(Setup::PLAIN, 2), names());
    let calls = [approve(Who::Ann, None), resize(Who::Robot, 5)];
    let (approved_first, approved) = in_turn(&before, &calls, &names);
    assert!(is_explained(&before, &calls, &approved_first, &all_shown(&approved), &names));
    let (changed_first, changed) = in_turn(&before, &[calls[1].clone(), calls[0].clone()], &names);
    // Both were done: nobody saw the plan that was approved.
    let both = [approved_first[0].clone(), changed_first[0].clone()];
    assert!(!is_explained(&before, &calls, &both, &all_shown(&changed), &names));
    assert!(!is_explained(&before, &calls, &both, &all_shown(&approved), &names));
}

#[test]
fn a_stopped_task_that_completes_is_refused() {
    let names = names();
    let (_, before) = in_turn(&workspace(Setup::PLAIN, 110), &[approve(Who::Ann, None)], &names);
    let worker = call(Who::Ann, What::Step);
    let (_, half) = in_turn(&before, std::slice::from_ref(&worker), &names);
    let calls = [stop(Who::Bob), worker.clone()];
    let (answers, after) = in_turn(&half, &calls, &names);
    // The worker came first after all: its step is done and nothing is left to stop.
    let (worked, completed) = in_turn(&half, std::slice::from_ref(&worker), &names);
    let refused = in_turn(&completed, &[stop(Who::Bob)], &names).0[0].clone();
    assert!(is_explained(&half, &calls, &[refused, worked[0].clone()], &all_shown(&completed), &names));
    assert!(!is_explained(&half, &calls, &answers, &all_shown(&completed), &names), "stopped, and completed");
    assert!(!is_explained(&half, &calls, &[answers[0].clone(), worked[0].clone()], &all_shown(&after), &names));
}

#[test]
fn an_effect_without_a_decision_is_refused() {
    let (before, names) = (workspace(Setup::PLAIN, 2), names());
    let mut after = all_shown(&before);
    assert!(is_explained(&before, &[], &[], &after, &names));
    after[0]["done"] = json!(2);
    assert!(!is_explained(&before, &[], &[], &after, &names));
}

#[test]
fn one_vote_where_two_are_wanted_decides_nothing_and_votes_for_an_earlier_plan_count_no_more() {
    let (names, setup) = (names(), Setup { approve: Approve::AnyTwo, ..Setup::PLAIN });
    let before = workspace(setup, 2);
    let (voted, after) = in_turn(&before, &[approve(Who::Ann, None)], &names);
    assert_eq!(voted[0]["data"]["status"], "pending");
    let (decided, done) = in_turn(&workspace(Setup::PLAIN, 2), &[approve(Who::Ann, None)], &names);
    assert!(!is_explained(&before, &[approve(Who::Ann, None)], &decided, &all_shown(&done), &names));
    let (_, changed) = in_turn(&after, &[resize(Who::Bob, 5)], &names);
    let second = [approve(Who::Robot, Some("plan B"))];
    let (still_one, waiting) = in_turn(&changed, &second, &names);
    assert!(is_explained(&changed, &second, &still_one, &all_shown(&waiting), &names));
    let (both, complete) = in_turn(&after, &[approve(Who::Robot, None)], &names);
    assert_eq!(both[0]["data"]["status"], "approved");
    assert!(!is_explained(&changed, &second, &both, &all_shown(&complete), &names));
}

#[test]
fn another_workspace_that_sees_a_task_is_refused() {
    let (before, names) = (workspace(Setup::PLAIN, 2), names());
    let seen = |who| [call(who, What::Read { task: TASK.into() })];
    let (shown, after) = in_turn(&before, &seen(Who::Asker), &names);
    assert!(is_explained(&before, &seen(Who::Asker), &shown, &all_shown(&after), &names));
    assert!(!is_explained(&before, &seen(Who::Stranger), &shown, &all_shown(&after), &names));
}

#[test]
fn a_repeated_request_that_is_done_twice_or_answered_otherwise_is_refused() {
    let (before, names) = (workspace(Setup::PLAIN, 2), names());
    let once = Call { key: Some("key".into()), ..approve(Who::Ann, None) };
    let calls = [once.clone(), once.clone()];
    let (answers, after) = in_turn(&before, &calls, &names);
    assert_eq!(answers[0], answers[1]);
    assert!(is_explained(&before, &calls, &answers, &all_shown(&after), &names));
    let (refused, _) = in_turn(&after, &[approve(Who::Ann, None)], &names);
    assert!(!is_explained(&before, &calls, &[answers[0].clone(), refused[0].clone()], &all_shown(&after), &names));
    let other = [once.clone(), Call { odd: true, ..once }];
    assert!(!is_explained(&before, &other, &answers, &all_shown(&after), &names));
}

#[test]
fn a_plan_with_two_names_and_a_name_of_two_plans_are_refused() {
    let mut names = names();
    assert!(names.learn(&json!({ "id": TASK, "size": 2, "plan_hash": "plan A" })).is_ok());
    assert!(names.learn(&json!({ "id": TASK, "size": 2, "plan_hash": "plan C" })).is_err());
    assert!(names.learn(&json!({ "id": TASK, "size": 3, "plan_hash": "plan A" })).is_err());
}
