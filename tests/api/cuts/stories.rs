//! What people do with Lexi while servers and connections break, and what they were told in the end.

use std::sync::{Arc, Mutex};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::Method;
use serde_json::{Value, json};

use super::net::{Caller, Net};
use crate::support::asking::{path, refused};
use crate::support::{Answer, people};

/// Sizes that no rule of the workspace concerns.
const SMALL: std::ops::Range<usize> = 1..10;
/// Sizes whose work is held back.
pub(super) const HELD: std::ops::Range<usize> = 21..30;
/// Sizes that two people must approve.
pub(super) const VOTED: std::ops::Range<usize> = 31..40;
/// Sizes that a worker does in several steps.
const LARGE: std::ops::Range<usize> = 600..1_000;
/// People to be found.
pub(super) const PEOPLE: usize = 1_050;

/// A decision that was acknowledged, and what must have come of it.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) task: String,
    /// `approved` or `dismissed`.
    pub(super) outcome: &'static str,
    /// Whose key decided.
    pub(super) by: String,
    /// The state the task must be in.
    pub(super) ends: &'static str,
    /// How many people it was for, where that is known.
    pub(super) selected: Option<usize>,
}

/// One workspace with three people, who may each ask and decide.
pub(super) struct Desk {
    pub(super) net: Arc<Net>,
    pub(super) ann: Caller,
    pub(super) bo: Caller,
    pub(super) cy: Caller,
    pub(super) told: Mutex<Vec<Told>>,
    /// Texts of notes, each written once.
    pub(super) notes: Mutex<Vec<String>>,
    /// Addresses of contacts, each made once.
    pub(super) emails: Mutex<Vec<String>>,
}

/// Does one thing after the other until it is told to stop.
pub(super) async fn work(desk: Arc<Desk>, large: bool, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    while !desk.net.is_stopping() {
        if large {
            match chance.random_range(0..3) {
                0 => desk.approves(chance.random_range(LARGE)).await,
                1 => desk.stops(chance.random_range(LARGE)).await,
                _ => desk.notes_by_task().await,
            }
            continue;
        }
        let n = chance.random_range(SMALL);
        match chance.random_range(0..9) {
            0 => desk.approves(n).await,
            1 => desk.approves_a_part(n + 1).await,
            2 => desk.dismisses(n).await,
            3 => desk.revises(n).await,
            4 => desk.takes_back_held(chance.random_range(HELD), chance.random_bool(0.5)).await,
            5 => desk.votes(chance.random_range(VOTED)).await,
            6 => desk.races(n).await,
            7 => desk.decides_many().await,
            _ => desk.undoes(n).await,
        }
    }
}

impl Desk {
    fn told(&self, task: &Value, (outcome, by): (&'static str, &Caller), ends: &'static str, selected: Option<usize>) {
        let task = task["id"].as_str().expect("an id").to_owned();
        self.told.lock().unwrap().push(Told { task, outcome, by: by.owner.clone(), ends, selected });
    }

    async fn proposed(&self, n: usize) -> Value {
        let city = people::CITIES[n % people::CITIES.len()];
        let place = if LARGE.contains(&n) { "California" } else { city };
        let task = self.asked(json!({ "message": format!("Find {n} CEOs at law firms in {place}") })).await;
        assert_eq!(task["preview"]["selected"], n, "{task}");
        task
    }

    async fn asked(&self, message: Value) -> Value {
        let answer = self.ann.post("/v1/lexi/chat", message).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(answer.json["data"]["task_id"].is_string(), "{}", answer.text);
        answer.json["data"]["task"].clone()
    }

    async fn approves(&self, n: usize) {
        let task = self.proposed(n).await;
        is_approved(&approve(&self.ann, &task).await);
        self.told(&task, ("approved", &self.ann), "completed", Some(n));
    }

    async fn approves_a_part(&self, n: usize) {
        let task = self.proposed(n).await;
        let all = self.ann.get(&path(&task, "/selection")).await.json["data"]["selection"].clone();
        let ids: Vec<&Value> = all.as_array().expect("people").iter().map(|one| &one["id"]).collect();
        let only = &ids[..n.div_ceil(2)];
        is_approved(&self.bo.post(&path(&task, "/approve"), json!({ "only": only })).await);
        self.told(&task, ("approved", &self.bo), "completed", Some(only.len()));
    }

    async fn dismisses(&self, n: usize) {
        let task = self.proposed(n).await;
        let answer = self.bo.post(&path(&task, "/dismiss"), json!({ "reason_code": "testing" })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.told(&task, ("dismissed", &self.bo), "dismissed", None);
    }

    async fn revises(&self, n: usize) {
        let task = self.proposed(n).await;
        let change = json!({ "limit": n + 1, "plan_hash": task["plan_hash"] });
        let changed = self.bo.write(Method::PATCH, &path(&task, ""), change).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
        refused(&approve(&self.ann, &task).await, 409, "plan_changed");
        is_approved(&approve(&self.ann, &changed.json["data"]).await);
        self.told(&task, ("approved", &self.ann), "completed", Some(n + 1));
    }

    async fn stops(&self, n: usize) {
        let task = self.proposed(n).await;
        is_approved(&approve(&self.ann, &task).await);
        let stopped = self.bo.post(&path(&task, "/stop"), json!({ "reason": "Wrong list" })).await;
        // Of the stop and the last step one came first.
        let (ends, selected) = if stopped.status == 200 { ("failed", None) } else { ("completed", Some(n)) };
        assert!([200, 400].contains(&stopped.status), "{}", stopped.text);
        self.told(&task, ("approved", &self.ann), ends, selected);
    }

    async fn takes_back_held(&self, n: usize, stop: bool) {
        let task = self.proposed(n).await;
        let held = approve(&self.ann, &task).await;
        is_approved(&held);
        assert_eq!(held.json["data"]["execution_started"], false, "{}", held.text);
        let (what, ends) = if stop { ("/stop", "failed") } else { ("/retract", "dismissed") };
        let taken_back = self.cy.post(&path(&task, what), json!({})).await;
        assert_eq!(taken_back.status, 200, "{}", taken_back.text);
        self.told(&task, ("approved", &self.ann), ends, None);
    }

    async fn votes(&self, n: usize) {
        let task = self.proposed(n).await;
        let first = approve(&self.ann, &task).await;
        assert_eq!((first.status, &first.json["data"]["status"]), (200, &json!("pending")), "{}", first.text);
        refused(&approve(&self.ann, &task).await, 400, "validation_error");
        is_approved(&approve(&self.bo, &task).await);
        self.told(&task, ("approved", &self.bo), "completed", Some(n));
    }

    /// Two approve and one dismisses, all at once.
    async fn races(&self, n: usize) {
        let task = self.proposed(n).await;
        let dismiss = path(&task, "/dismiss");
        let (one, two, three) = tokio::join!(
            approve(&self.ann, &task),
            approve(&self.bo, &task),
            self.cy.post(&dismiss, json!({ "reason": "Not now" }))
        );
        let mut won = Vec::new();
        for (caller, answer, outcome) in
            [(&self.ann, one, "approved"), (&self.bo, two, "approved"), (&self.cy, three, "dismissed")]
        {
            if answer.status == 200 {
                won.push((outcome, caller));
            } else {
                refused(&answer, 400, "validation_error");
            }
        }
        assert_eq!(won.len(), 1, "one decision wins: {task}");
        let ends = if won[0].0 == "approved" { "completed" } else { "dismissed" };
        self.told(&task, won[0], ends, (ends == "completed").then_some(n));
    }

    async fn decides_many(&self) {
        let tasks = [self.proposed(1).await, self.proposed(2).await, self.proposed(3).await];
        let items: Vec<Value> = tasks.iter().map(|task| json!({ "id": task["id"] })).collect();
        let body = json!({ "action": "approve", "tasks": items });
        let open = |answer: &Answer| {
            let results = answer.json["data"]["results"].as_array().cloned().unwrap_or_default();
            results.iter().any(|result| result["status_code"].as_u64().is_some_and(|code| code >= 500))
        };
        let path = "/v1/lexi/tasks/batch";
        let answer = self.cy.write_until(Method::POST, path, body, |answer| !open(answer)).await;
        assert_eq!((answer.status, &answer.json["data"]["succeeded"]), (200, &json!(3)), "{}", answer.text);
        for (n, task) in tasks.iter().enumerate() {
            self.told(task, ("approved", &self.cy), "completed", Some(n + 1));
        }
    }

    async fn undoes(&self, n: usize) {
        let task = self.proposed(n).await;
        is_approved(&approve(&self.ann, &task).await);
        self.told(&task, ("approved", &self.ann), "completed", Some(n));
        while self.ann.get(&path(&task, "?wait=2")).await.json["data"]["status"] != "completed" {}
        let undo = self.bo.post(&path(&task, "/undo"), json!({})).await;
        assert_eq!(undo.status, 201, "{}", undo.text);
        let undo = undo.json["data"].clone();
        is_approved(&approve(&self.cy, &undo).await);
        self.told(&undo, ("approved", &self.cy), "completed", None);
    }

    /// A contact by hand, a note about it by hand, and one by a task.
    async fn notes_by_task(&self) {
        let tag = self.net.draw();
        let email = format!("zoe{tag}@quick.example");
        let made = self.bo.post("/v1/contacts", json!({ "full_name": "Zoe Quick", "email": email })).await;
        assert_eq!(made.status, 201, "{}", made.text);
        self.emails.lock().unwrap().push(email);
        let (id, by_hand) = (made.json["data"]["id"].clone(), format!("met about matter {tag}"));
        let notes = format!("/v1/contacts/{}/notes", id.as_str().expect("an id"));
        let noted = self.bo.post(&notes, json!({ "title": "Meeting", "content": by_hand })).await;
        assert_eq!(noted.status, 201, "{}", noted.text);
        self.notes.lock().unwrap().push(by_hand);
        let by_task = format!("called about matter {tag}");
        let message = format!("add a note: {by_task}");
        let task = self.asked(json!({ "message": message, "context": { "contact_id": id } })).await;
        is_approved(&approve(&self.ann, &task).await);
        self.notes.lock().unwrap().push(by_task);
        self.told(&task, ("approved", &self.ann), "completed", Some(1));
    }
}

async fn approve(caller: &Caller, task: &Value) -> Answer {
    caller.post(&path(task, "/approve"), json!({ "plan_hash": task["plan_hash"] })).await
}

#[track_caller]
fn is_approved(answer: &Answer) {
    assert_eq!((answer.status, &answer.json["data"]["status"]), (200, &json!("approved")), "{}", answer.text);
}
