//! Every step of every job fails once, is killed once before and once after its commit, and runs twice; what is stored in
//! the end is the same as where nothing failed.
//!
//! Each failure happens in a workspace of its own. First the same is asked in a workspace where nothing fails: that says how
//! many steps there are, and what is to be stored in the end. `src/failure_points.rs` is how the program fails.

mod approvals;
mod bench;
mod deliveries;
mod end_state;
mod scenarios;
mod sweeps;

use std::os::unix::process::ExitStatusExt as _;

use lexi::clock::{Clock as _, SystemClock};
use lexi::tasks::Terms;
use reqwest::Method;
use serde_json::{Value, json};

use self::bench::{Bench, How, Place, assert_met, failure, propose, reached};
use self::scenarios::{Approved, Proposed, Scenario, all, every_deed, everything, undone};
use crate::support::{Answer, Process};

/// The signal of a process that ended itself.
const ABORTED: i32 = 6;

/// One task in a workspace of its own, and what fails.
struct Case {
    scenario: Scenario,
    place: Place,
    task: Value,
    /// At which point, and how; nothing where all goes well.
    failure: Option<(String, How)>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_of_every_task_may_fail_be_killed_and_run_twice() {
    let proposed = prove(&all()).await;
    proposed.assert_all(&everything());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_of_every_undo_may_fail_be_killed_and_run_twice() {
    let proposed = prove(&undone()).await;
    proposed.assert_all(&every_deed());
}

/// A build whose workers go on without their lease: the note of the step that runs twice is there twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_comparison_finds_a_step_that_was_done_twice() {
    let mut bench = Bench::new(0).await;
    let mut cases = two_of_which_one_fails(&mut bench, How::RunsTwice).await;
    bench.home.serve_with("LEXI_PLANTED_FAULT", "unfenced-jobs");
    let server = bench.serve(&cases[1].fails_at()).await;
    for case in &cases {
        case.is_approved(&bench, &server).await;
    }
    let ended = bench.until_all_is_done_or_lost().await;
    assert_met(&server.log(), &cases[1].fails_at(), "unfenced jobs");
    let honest = [cases.remove(0)];
    let (_, complaints) = bench.compare(&pairs(&honest, &cases), &[]).await;
    let twice = complaints.iter().any(|complaint| complaint.contains("type=note.created"));
    assert!(twice, "{ended:?}: {complaints:?}");
}

/// A build that completes jobs apart from their effects: whoever dies in between leaves a task that nobody ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_no_job_will_end_is_found() {
    let mut bench = Bench::new(0).await;
    let cases = two_of_which_one_fails(&mut bench, How::KilledAfterCommit).await;
    bench.home.serve_with("LEXI_PLANTED_FAULT", "job-apart-from-effect");
    let server = bench.serve_to_die(&cases[1].fails_at()).await;
    let _ = cases[1].approve(&bench, &server).await;
    let (ended, log) = server.until_ended().await;
    assert_eq!(ended.signal(), Some(ABORTED), "{ended}: {log}");
    let found = bench.until_all_is_done_or_lost().await;
    assert!(found.as_ref().is_err_and(|why| why.contains("no job will ever end")), "{found:?}");
}

/// Notes about many, once as it should be and once with a failure at the first step.
async fn two_of_which_one_fails(bench: &mut Bench, how: How) -> Vec<Case> {
    let noted = Scenario {
        says: "Add a note to all contacts at Acme: merged with Globex",
        approved: Approved::Whole,
        is_undone: false,
    };
    let server = bench.serve("").await;
    let cases = prepare(bench, &server, &[(noted, None), (noted, Some(("1".to_owned(), how)))]).await;
    server.kill9();
    cases
}

/// Carries out each scenario without a failure, and then with each failure at each of its steps.
async fn prove(scenarios: &[Scenario]) -> Proposed {
    let mut bench = Bench::new(0).await;
    let server = bench.serve("").await;
    let wanted: Vec<_> = scenarios.iter().map(|scenario| (*scenario, None)).collect();
    let honest = prepare(&mut bench, &server, &wanted).await;
    for case in &honest {
        case.is_approved(&bench, &server).await;
    }
    bench.until_all_is_done(&server).await;
    let mut proposed = Proposed::default();
    honest.iter().for_each(|case| proposed.note(&case.task));

    let mut wanted = Vec::new();
    let mut steps = 0;
    for case in &honest {
        let commits = reached(&server, case.subject()).iter().filter(|mark| mark.starts_with("commit ")).count();
        assert_eq!(commits == 0, case.scenario.is_done_at_once(), "{}: {commits} steps by a job", case.what());
        steps += commits;
        for commit in 1..=commits {
            wanted.extend(How::ALL.map(|how| (case.scenario, Some((commit.to_string(), how)))));
        }
    }
    let cases = prepare(&mut bench, &server, &wanted).await;
    server.kill9();
    let (killed, alive): (Vec<&Case>, Vec<&Case>) = cases.iter().partition(|case| case.how().kills());
    fail_and_run_twice(&bench, &alive).await;
    kill(&bench, &killed).await;

    let rows = bench.assert_same(&pairs(&honest, &cases), &[]).await;
    bench.assert_audit_holds();
    eprintln!("{} scenarios, {steps} steps, {} failures, {rows} rows compared", scenarios.len(), cases.len());
    proposed
}

/// Each case beside the one in which the same went well.
fn pairs(honest: &[Case], cases: &[Case]) -> Vec<(Place, Place, String)> {
    let like = |case: &Case| honest.iter().find(|one| one.is_like(case)).expect("it went well once").place.clone();
    cases.iter().map(|case| (like(case), case.place.clone(), case.what())).collect()
}

/// Workspaces with a task that waits for its approval, one for each that is wanted.
async fn prepare(bench: &mut Bench, server: &Process, wanted: &[(Scenario, Option<(String, How)>)]) -> Vec<Case> {
    let mut cases = Vec::new();
    for (scenario, failure) in wanted {
        let place = bench.furnished(server).await;
        let task = propose(&server.client(&place.key), scenario.says).await;
        cases.push(Case { scenario: *scenario, place, task, failure: failure.clone() });
    }
    if cases.iter().any(|case| case.scenario.is_undone) {
        for case in cases.iter().filter(|case| case.scenario.is_undone) {
            case.is_approved(bench, server).await;
        }
        bench.until_all_is_done(server).await;
        for case in cases.iter_mut().filter(|case| case.scenario.is_undone) {
            let path = format!("/v1/lexi/tasks/{}/undo", case.subject());
            let undo = server.client(&case.place.key).post_empty(&path).await;
            assert_eq!(undo.status, 201, "{}: {}", case.what(), undo.text);
            case.task = undo.json["data"].clone();
        }
    }
    bench.remember_names().await;
    cases
}

/// All of these fail, or run twice, in one server.
async fn fail_and_run_twice(bench: &Bench, cases: &[&Case]) {
    let failures: Vec<String> = cases.iter().map(|case| case.fails_at()).collect();
    let server = bench.serve(&failures.join(" ")).await;
    for case in cases {
        case.is_approved(bench, &server).await;
    }
    bench.until_all_is_done(&server).await;
    let log = server.log();
    for case in cases {
        assert_met(&log, &case.fails_at(), &case.what());
        if case.how() == How::RunsTwice {
            let refused = format!("failure point came-back {} refused", case.subject());
            assert!(log.contains(&refused), "{}: the step was done twice: {log}", case.what());
        }
    }
}

/// Each of these kills a server of its own. Then one goes on with everything.
async fn kill(bench: &Bench, cases: &[&Case]) {
    for case in cases {
        let server = bench.serve_to_die(&case.fails_at()).await;
        // Whether this is answered is a matter of luck: the server may die before.
        let _ = case.approve(bench, &server).await;
        let (ended, log) = server.until_ended().await;
        assert_eq!(ended.signal(), Some(ABORTED), "{}: {ended}: {log}", case.what());
        assert_met(&log, &case.fails_at(), &case.what());
    }
    bench.leases_run_out().await;
    let server = bench.serve("").await;
    for case in cases {
        case.is_approved_again(bench, &server).await;
    }
    bench.until_all_is_done(&server).await;
}

impl Case {
    fn subject(&self) -> &str {
        self.task["id"].as_str().expect("an id")
    }

    fn how(&self) -> How {
        self.failure.as_ref().expect("something fails").1
    }

    fn fails_at(&self) -> String {
        let (point, how) = self.failure.as_ref().expect("something fails");
        failure(self.subject(), point, *how)
    }

    fn what(&self) -> String {
        let Scenario { says, approved, is_undone } = self.scenario;
        format!("{}{says} ({approved:?}), {:?}", if is_undone { "undo of " } else { "" }, self.failure)
    }

    fn is_like(&self, other: &Case) -> bool {
        self.scenario == other.scenario
    }

    /// Approves the task; the server must say so.
    async fn is_approved(&self, bench: &Bench, server: &Process) {
        if let Some(answer) = self.approve(bench, server).await {
            assert_eq!(answer.status, 200, "{}: {}", self.what(), answer.text);
        }
    }

    /// Whoever was not answered looks, and approves again what is still pending: what was committed is not.
    async fn is_approved_again(&self, bench: &Bench, server: &Process) {
        let task = server.client(&self.place.key).get(&format!("/v1/lexi/tasks/{}", self.subject())).await.json;
        let is_pending = task["data"]["status"] == "pending";
        let not_committed = self.failure.as_ref().is_some_and(approvals::is_not_committed);
        assert_eq!(is_pending, not_committed, "{}: {}", self.what(), task["data"]["status"]);
        if is_pending {
            self.is_approved(bench, server).await;
        }
    }

    /// Approves the task as its scenario says; nothing when no answer comes.
    async fn approve(&self, bench: &Bench, server: &Process) -> Option<Answer> {
        let client = server.client(&self.place.key);
        let path = format!("/v1/lexi/tasks/{}/approve", self.subject());
        let body = match self.scenario.approved {
            Approved::Held => {
                let terms = Terms { hold_ms: 1, start_within_ms: None };
                bench.approve_under(&self.place, self.subject(), terms, SystemClock.now_ms()).await;
                return None;
            }
            Approved::Whole => json!({}),
            Approved::InPart => {
                let all = client.get(&format!("/v1/lexi/tasks/{}/selection", self.subject())).await.json;
                let all = all["data"]["selection"].as_array().expect("a selection").clone();
                json!({ "exclude": { "ids": [all[0]["id"], all[11]["id"]] } })
            }
        };
        client.try_send(client.request(Method::POST, &path).json(&body)).await
    }
}
