//! The transaction that approves a small task and carries out its first step, or all of it: it fails, the server dies before
//! and after its commit, and the request comes twice at the same time.

use serde_json::json;

use super::bench::{Bench, How};
use super::scenarios::some;
use super::{Case, fail_and_run_twice, kill, pairs, prepare};
use crate::support::Process;

/// As `src/failure_points.rs` names it.
const APPROVAL: &str = "approval";
/// Tasks of so many people are carried out in the approving transaction, as in every other build.
const INLINE_PEOPLE: usize = 100;
/// What differs where an approval failed, and why: the execution that failed within the approval is done by a job. That
/// none is open in the end is looked at.
const JOBS: &str = "jobs";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_that_carries_out_its_task_may_fail_be_killed_and_come_twice() {
    let mut bench = Bench::new(INLINE_PEOPLE).await;
    let server = bench.serve("").await;
    let wanted: Vec<_> = some().into_iter().map(|scenario| (scenario, None)).collect();
    let honest = prepare(&mut bench, &server, &wanted).await;
    for case in &honest {
        case.is_approved(&bench, &server).await;
    }
    bench.until_all_is_done(&server).await;
    let failures = || How::ALL.map(|how| (APPROVAL.to_owned(), how));
    let wanted: Vec<_> =
        some().iter().flat_map(|scenario| failures().map(|failure| (*scenario, Some(failure)))).collect();
    let cases = prepare(&mut bench, &server, &wanted).await;
    for case in cases.iter().filter(|case| case.how() == How::RunsTwice) {
        comes_twice(&bench, &server, case).await;
    }
    server.kill9();
    let failing: Vec<&Case> = cases.iter().filter(|case| case.how() == How::Fails).collect();
    fail_and_run_twice(&bench, &failing).await;
    let killed: Vec<&Case> = cases.iter().filter(|case| case.how().kills()).collect();
    kill(&bench, &killed).await;
    bench.assert_same(&pairs(&honest, &cases), &[JOBS]).await;
    bench.assert_audit_holds();
}

/// Two requests at once: one approves, the other is told so.
async fn comes_twice(bench: &Bench, server: &Process, case: &Case) {
    let (one, other) = tokio::join!(case.approve(bench, server), case.approve(bench, server));
    let mut answers = [one, other].map(|answer| answer.expect("the server answers"));
    answers.sort_by_key(|answer| answer.status);
    let told = (&json!("Task has already been approved"), &json!("approved"));
    let error = &answers[1].json["error"];
    assert_eq!(answers.each_ref().map(|answer| answer.status), [200, 400], "{}", case.what());
    assert_eq!((&error["message"], &error["details"]["decision"]["outcome"]), told, "{}", case.what());
}

/// Whether after this failure the task is still pending.
pub(super) fn is_not_committed((point, how): &(String, How)) -> bool {
    point == APPROVAL && *how == How::KilledBeforeCommit
}
