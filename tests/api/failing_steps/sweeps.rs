//! The sweeps: work that was held back begins or is given up, deadlines pass tasks on and dismiss them, reminders are
//! recorded, actions of other programs are given up. Each fails, dies before and after its commit, and runs twice at once.

use std::os::unix::process::ExitStatusExt as _;

use lexi::clock::{Clock as _, SystemClock};
use lexi::db::{Db, Isolation, Tx, query};
use lexi::error::Result;
use lexi::tasks::{OnDeadline, ProposalTerms, Terms, time};
use lexi::{execution, external_actions, tasks};
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::ABORTED;
use super::bench::{Bench, How, Place, assert_met, failure, propose};
use crate::support::{Client, Process};

/// As `src/failure_points.rs` names it.
const SWEEP: &str = "sweep";
/// What is due was due so long ago.
const AGO_MS: i64 = 1_000;
const REQUESTS: &str = "/v1/aap/v1/requests";

/// What a sweep comes across.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// Work that was held back begins.
    Begins,
    /// Work that did not begin in time is given up.
    IsTooLate,
    /// A deadline dismisses a task.
    IsDismissed,
    /// A deadline passes a task on, and a second one dismisses it.
    IsPassedOn,
    /// A reminder is recorded.
    IsRemindedOf,
    /// Another program began and was never heard of again.
    IsLost,
}

impl Due {
    const ALL: [Due; 6] =
        [Due::Begins, Due::IsTooLate, Due::IsDismissed, Due::IsPassedOn, Due::IsRemindedOf, Due::IsLost];

    /// The sweep that finds it.
    fn point(self) -> &'static str {
        match self {
            Due::Begins | Due::IsTooLate => "begin",
            Due::IsDismissed | Due::IsPassedOn => "expire",
            Due::IsRemindedOf => "remind",
            Due::IsLost => "give_up",
        }
    }

    /// The sweep itself, as a worker calls it.
    async fn sweep(self, db: Db) -> Result<()> {
        let now_ms = SystemClock.now_ms();
        match self {
            Due::Begins | Due::IsTooLate => {
                db.write_with(Isolation::ReadCommitted, move |tx| execution::sweep(tx, now_ms)).await
            }
            Due::IsDismissed | Due::IsPassedOn => db.write(move |tx| tasks::expire(tx, now_ms).map(drop)).await,
            Due::IsRemindedOf => db.write(move |tx| time::remind(tx, now_ms)).await,
            Due::IsLost => db.write(move |tx| external_actions::give_up_lost(tx, now_ms).map(drop)).await,
        }
    }
}

/// One task that a sweep will find.
struct Case {
    due: Due,
    place: Place,
    task_id: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_sweep_may_fail_be_killed_and_run_twice() {
    let mut bench = Bench::new(0).await;
    let server = bench.serve("").await;
    let mut cases = Vec::new();
    for due in Due::ALL {
        for how in std::iter::once(None).chain(How::ALL.map(Some)) {
            cases.push((Case::new(&mut bench, &server, due).await, how));
        }
    }
    server.kill9();
    for (case, how) in &cases {
        case.falls_due(&bench).await;
        case.is_swept(&bench, *how).await;
    }
    let mut pairs = Vec::new();
    for (honest, _) in cases.iter().filter(|(_, how)| how.is_none()) {
        let of = |(case, how): &(Case, Option<How>)| (case.due == honest.due).then_some(*how).flatten();
        let failed = cases.iter().filter(|case| of(case).is_some());
        pairs.extend(
            failed.map(|(case, how)| (honest.place.clone(), case.place.clone(), format!("{:?} {how:?}", case.due))),
        );
    }
    assert_eq!(pairs.len(), Due::ALL.len() * How::ALL.len());
    bench.assert_same(&pairs, &[]).await;
    bench.assert_audit_holds();
}

impl Case {
    async fn new(bench: &mut Bench, server: &Process, due: Due) -> Case {
        let place = bench.place().await;
        let client = server.client(&place.key);
        let task_id = match due {
            Due::IsLost => begun_elsewhere(bench, &place, &client).await,
            _ => {
                let task = propose(&client, "Find 3 CEOs at law firms in California").await;
                task["id"].as_str().expect("an id").to_owned()
            }
        };
        Case { due, place, task_id }
    }

    /// Nobody sweeps while this becomes due.
    async fn falls_due(&self, bench: &Bench) {
        let then_ms = SystemClock.now_ms() - AGO_MS;
        let under = async |deadline_ms, on_deadline, remind_before_ms| {
            let terms = ProposalTerms { deadline_ms, on_deadline, remind_before_ms };
            let task_id: Uuid = self.task_id.parse().expect("an id");
            let workspace_id = Bench::caller(&self.place).workspace_id;
            let set = move |tx: &mut Tx| time::set_terms(tx, workspace_id, task_id, &terms, then_ms);
            bench.db.write(set).await.expect("the terms are set");
        };
        let approve = async |start_within_ms| {
            let terms = Terms { hold_ms: 1, start_within_ms };
            bench.approve_under(&self.place, &self.task_id, terms, then_ms).await;
        };
        match self.due {
            Due::Begins => approve(None).await,
            Due::IsTooLate => approve(Some(0)).await,
            Due::IsDismissed => under(Some(1), OnDeadline::Dismiss, None).await,
            Due::IsPassedOn => under(Some(1), OnDeadline::Escalate(vec!["partner".into()]), None).await,
            Due::IsRemindedOf => under(Some(AGO_MS * 1_000), OnDeadline::Dismiss, Some(AGO_MS * 1_000)).await,
            Due::IsLost => {
                let task_id = self.task_id.clone();
                let age = "update external_actions set consumed_at_ms = 1 where task_id = $1";
                let age = move |tx: &mut Tx| query(age).bind(&task_id).execute(tx);
                assert_eq!(bench.db.write(age).await.expect("it is changed"), 1);
            }
        }
    }

    /// The sweep comes, and what is to fail fails; in the end all is done.
    async fn is_swept(&self, bench: &Bench, how: Option<How>) {
        let what = format!("{:?} {how:?}", self.due);
        let fails_at = how.map(|how| failure(SWEEP, self.due.point(), how));
        match how {
            Some(How::RunsTwice) => {
                let (one, other) = (self.due.sweep(bench.db.clone()), self.due.sweep(bench.home.db().await));
                let (one, other) = tokio::join!(one, other);
                one.and(other).expect("it is swept");
            }
            Some(how) if how.kills() => {
                let fails_at = fails_at.as_deref().expect("something fails");
                let (ended, log) = bench.dies(fails_at).await;
                assert_eq!(ended.signal(), Some(ABORTED), "{what}: {ended}: {log}");
                assert_met(&log, fails_at, &what);
            }
            _ => {}
        }
        let alive = fails_at.filter(|_| how == Some(How::Fails)).unwrap_or_default();
        bench.leases_run_out().await;
        let server = bench.serve(&alive).await;
        bench.until_all_is_done(&server).await;
        if !alive.is_empty() {
            assert_met(&server.log(), &alive, &what);
        }
        server.kill9();
    }
}

/// An action of another program that was approved and begun.
async fn begun_elsewhere(bench: &Bench, place: &Place, client: &Client) -> String {
    let body =
        json!({ "tool": "send_refund", "server": "billing", "arguments": { "invoice": "A-17" }, "timeout": "10m" });
    let ask = client.request(Method::POST, REQUESTS).header("Idempotency-Key", "ask").json(&body);
    let asked = client.send(ask).await;
    assert_eq!(asked.status, 201, "{}", asked.text);
    let id = asked.json["id"].as_str().expect("an id").to_owned();
    bench.approve_under(place, &id, Terms::default(), SystemClock.now_ms()).await;
    let consume = client.request(Method::POST, &format!("{REQUESTS}/{id}/consume")).header("Idempotency-Key", "begin");
    let begun = client.send(consume).await;
    assert_eq!(begun.status, 200, "{}", begun.text);
    id
}
