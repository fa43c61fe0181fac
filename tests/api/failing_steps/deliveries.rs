//! Deliveries of webhooks: they are made, and each is a call between two transactions. Every one of these transactions
//! fails, dies before and after its commit, and a worker that waits for an answer is overtaken by another. In the end every
//! event was told at least once, under one id and in order, and is noted as delivered.

use std::collections::HashMap;
use std::os::unix::process::ExitStatusExt as _;

use lexi::clock::{Clock as _, SystemClock};
use lexi::db::Tx;
use lexi::jobs::Kind;
use lexi::lists::{self, NewList};

use super::ABORTED;
use super::bench::{Bench, How, Place, assert_met, failure, reached};
use crate::support::{Process, Receiver};
use crate::webhooks::hook;

/// Lists that are made together; each is an event.
const LISTS: usize = 3;

/// An endpoint in a workspace of its own.
struct Case {
    place: Place,
    webhook_id: String,
    /// At which point, and how.
    failure: Option<(String, How)>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_of_every_delivery_may_fail_be_killed_and_be_overtaken() {
    let receiver = Receiver::start().await;
    let mut bench = Bench::new(0).await;
    bench.home.serve_with("LEXI_WEBHOOK_ALLOWED_HOSTS", receiver.host().to_string());
    let server = bench.serve("").await;
    let honest = Case::new(&mut bench, &server, &receiver, None).await;
    server.kill9();
    honest.lists_are_made(&bench).await;
    let server = bench.serve("").await;
    bench.until_all_is_done(&server).await;

    let mut cases = Vec::new();
    for (point, how) in points(&server, &honest.webhook_id) {
        cases.push(Case::new(&mut bench, &server, &receiver, Some((point, how))).await);
    }
    bench.until_all_is_done(&server).await;
    server.kill9();
    let (killed, alive): (Vec<&Case>, Vec<&Case>) = cases.iter().partition(|case| case.how().kills());
    for case in &alive {
        case.lists_are_made(&bench).await;
    }
    let failures: Vec<String> = alive.iter().map(|case| case.fails_at()).collect();
    let server = bench.serve(&failures.join(" ")).await;
    bench.until_all_is_done(&server).await;
    alive.iter().for_each(|case| assert_met(&server.log(), &case.fails_at(), &case.what()));
    server.kill9();
    for case in &killed {
        case.lists_are_made(&bench).await;
        let (ended, log) = bench.dies(&case.fails_at()).await;
        assert_eq!(ended.signal(), Some(ABORTED), "{}: {ended}: {log}", case.what());
        assert_met(&log, &case.fails_at(), &case.what());
    }
    bench.leases_run_out().await;
    let server = bench.serve("").await;
    bench.until_all_is_done(&server).await;
    drop(server);

    let pairs: Vec<_> = cases.iter().map(|case| (honest.place.clone(), case.place.clone(), case.what())).collect();
    bench.assert_same(&pairs, &[]).await;
    for case in cases.iter().chain([&honest]) {
        case.assert_told(&receiver);
    }
    bench.assert_audit_holds();
}

/// Every point of failure of what an endpoint went through without one.
fn points(server: &Process, webhook_id: &str) -> Vec<(String, How)> {
    let commits = reached(server, webhook_id).iter().filter(|mark| mark.starts_with("commit ")).count();
    let calls = reached(server, webhook_id).iter().filter(|mark| mark.starts_with("step ")).count();
    // Two for each call, and the one that finds nothing more.
    assert_eq!((commits, calls), (2 * LISTS + 1, LISTS));
    let commits: Vec<String> = (1..=commits).map(|number| number.to_string()).chain(["made".into()]).collect();
    let calls = (1..=calls).map(|number| (number.to_string(), How::RunsTwice));
    let others = How::ALL.into_iter().filter(|how| *how != How::RunsTwice);
    others.flat_map(|how| commits.iter().map(move |point| (point.clone(), how))).chain(calls).collect()
}

impl Case {
    async fn new(bench: &mut Bench, server: &Process, receiver: &Receiver, failure: Option<(String, How)>) -> Case {
        let place = bench.place().await;
        let hook = hook(&server.client(&place.key), &receiver.url(), &["list.created"]).await;
        Case { place, webhook_id: hook["id"].as_str().expect("an id").to_owned(), failure }
    }

    /// Together, so that their deliveries are made together; by nobody's server.
    async fn lists_are_made(&self, bench: &Bench) {
        let caller = Bench::caller(&self.place);
        let now_ms = SystemClock.now_ms();
        let make = move |tx: &mut Tx| {
            for name in 0..LISTS {
                let new = NewList { name: Some(format!("List {name}")), description: None }.check()?;
                lists::create(tx, &caller, &new, now_ms)?;
            }
            Ok(())
        };
        bench.db.write(make).await.expect("the lists are made");
    }

    fn how(&self) -> How {
        self.failure.as_ref().expect("something fails").1
    }

    fn fails_at(&self) -> String {
        let (point, how) = self.failure.as_ref().expect("something fails");
        failure(&self.webhook_id, point, *how)
    }

    fn what(&self) -> String {
        format!("{:?}", self.failure)
    }

    /// Each list was told of under one id, and for the first time in order.
    fn assert_told(&self, receiver: &Receiver) {
        let mut told: Vec<(String, i64)> = Vec::new();
        let mut bodies: HashMap<String, String> = HashMap::new();
        for got in receiver.got().into_iter().filter(|got| got.json["workspace_id"] == *self.place.workspace_id) {
            let id = got.header("webhook-id").to_owned();
            let number = got.json["number"].as_i64().expect("a number");
            assert_eq!(*bodies.entry(id.clone()).or_insert_with(|| got.body.clone()), got.body, "{}", self.what());
            if told.iter().all(|(known, _)| *known != id) {
                told.push((id, number));
            }
        }
        let mut names: Vec<&str> =
            bodies.values().map(|body| (0..LISTS).find(|n| body.contains(&format!("List {n}")))).map(named).collect();
        names.sort_unstable();
        assert_eq!(names, ["first", "second", "third"], "{}", self.what());
        assert!(told.windows(2).all(|two| two[0].1 < two[1].1), "{}: out of order: {told:?}", self.what());
    }
}

fn named(list: Option<usize>) -> &'static str {
    list.and_then(|list| ["first", "second", "third"].get(list).copied()).unwrap_or("unknown")
}

/// Every kind of job has tests of failure; a new one does not compile here before it has.
#[test]
fn every_kind_of_job_is_made_to_fail() {
    let tested = |kind: Kind| match kind {
        Kind::ExecuteTask => "failing_steps::every_step_of_every_task_may_fail_be_killed_and_run_twice",
        Kind::DeliverWebhook => "deliveries::every_step_of_every_delivery_may_fail_be_killed_and_be_overtaken",
    };
    assert_ne!(tested(Kind::ExecuteTask), tested(Kind::DeliverWebhook));
}
