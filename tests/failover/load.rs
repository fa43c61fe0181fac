//! The callers: each asks for people and approves what is proposed, on one node after the other, and repeats an approval
//! that was not answered until it knows how it stands, as a careful program does.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use rand::RngExt as _;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::client::{Answer, Client};

/// What the callers ask for again and again, one caller each. Up to 100 people are added with the approval, more by a job.
const SIZES: [u64; 8] = [1, 1, 10, 50, 50, 100, 2_000, 2_000];
/// How long a caller waits before it repeats what was refused.
const REPEAT_AFTER: Duration = Duration::from_millis(50);
/// How often an approval is repeated until its caller gives up; long enough for a slow failover.
const REPEATS_MAX: u32 = 600;

/// What the callers were told.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) approved: Vec<Approved>,
    /// Answers 503.
    pub(crate) refused: usize,
    /// Of those, approvals that may have been done all the same.
    pub(crate) unconfirmed: usize,
    /// Approvals that were done although nobody had confirmed it.
    pub(crate) found_done: usize,
    pub(crate) complaints: Vec<String>,
}

/// An approval that was acknowledged.
pub(crate) struct Approved {
    pub(crate) task_id: Uuid,
    pub(crate) size: u64,
    pub(crate) at: Instant,
}

impl Told {
    pub(crate) fn since(&self, moment: Instant) -> usize {
        self.approved.iter().filter(|approved| approved.at >= moment).count()
    }

    pub(crate) fn before(&self, moment: Instant) -> usize {
        self.approved.len() - self.since(moment)
    }

    pub(crate) fn first_since(&self, moment: Instant) -> Option<Instant> {
        self.approved.iter().map(|approved| approved.at).filter(|at| *at >= moment).min()
    }

    /// From the last acknowledgement before `moment` to the first after it.
    pub(crate) fn gap_around(&self, moment: Instant) -> Duration {
        let last = self.approved.iter().map(|approved| approved.at).filter(|at| *at < moment).max();
        self.first_since(moment).zip(last).map_or(Duration::ZERO, |(first, last)| first - last)
    }
}

/// Callers at work.
pub(crate) struct Callers {
    told: Arc<Mutex<Told>>,
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Callers {
    pub(crate) fn begin(clients: &[Client]) -> Callers {
        let told = Arc::new(Mutex::new(Told::default()));
        let stop = watch::Sender::new(false);
        let mut running = JoinSet::new();
        for (n, size) in SIZES.into_iter().enumerate() {
            let caller =
                Caller { clients: clients.to_vec(), turn: n, size, by_key: n % 2 == 1, told: Arc::clone(&told) };
            running.spawn(caller.approve_again_and_again(stop.subscribe()));
        }
        Callers { told, stop, running }
    }

    fn count(&self, which: impl Fn(&Approved) -> bool) -> usize {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.approved.iter().filter(|approved| which(approved)).count()
    }

    /// At odd rounds anywhere in the load, at even ones soon after a large task was approved.
    pub(crate) async fn until_a_random_instant(&self, round: u32) -> Result<()> {
        let begun = Instant::now();
        let large = |approved: &Approved| round % 2 == 1 || approved.size == 2_000;
        while self.count(large) == 0 {
            if begun.elapsed() > Duration::from_secs(60) {
                bail!("nothing is approved");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let most = if round % 2 == 1 { 2_000 } else { 120 };
        tokio::time::sleep(Duration::from_millis(rand::rng().random_range(0..most))).await;
        Ok(())
    }

    pub(crate) async fn until_acknowledged_since(
        &self,
        moment: Instant,
        count: usize,
        patience: Duration,
    ) -> Result<()> {
        while self.count(|approved| approved.at >= moment) < count {
            if moment.elapsed() > patience {
                bail!("the new primary acknowledged fewer than {count} approvals in {patience:?}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Lets everybody finish what is begun.
    pub(crate) async fn end(mut self) -> Result<Told> {
        self.stop.send_replace(true);
        while let Some(ended) = self.running.join_next().await {
            ended?;
        }
        Ok(std::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

struct Caller {
    clients: Vec<Client>,
    turn: usize,
    size: u64,
    /// Sends an `Idempotency-Key`, so that a repeated approval is answered as the first would have been.
    by_key: bool,
    told: Arc<Mutex<Told>>,
}

impl Caller {
    async fn approve_again_and_again(mut self, stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let message = json!({ "message": format!("Find {} CEOs at law firms in California", self.size) });
            let client = self.next_node();
            let asked = client.try_send(client.request(Method::POST, "/v1/lexi/chat").json(&message)).await;
            let Some(asked) = self.taken(asked, "a request").await else { continue };
            match asked.json["data"]["task_id"].as_str().and_then(|id| id.parse().ok()) {
                Some(task_id) if asked.status == 200 => self.approve(task_id).await,
                _ => self.complain(format!("a request was answered {}: {}", asked.status, asked.text)),
            }
        }
    }

    async fn approve(&mut self, task_id: Uuid) {
        let path = format!("/v1/lexi/tasks/{task_id}/approve");
        let key = Uuid::from_u128(rand::random()).to_string();
        for attempt in 0..REPEATS_MAX {
            let client = self.next_node();
            let mut request = client.request(Method::POST, &path).header(CONTENT_TYPE, "application/json");
            if self.by_key {
                request = request.header("Idempotency-Key", &key);
            }
            let answer = client.try_send(request).await;
            let Some(answer) = self.taken(answer, "an approval").await else { continue };
            let already = answer.json["error"]["message"] == "Task has already been approved";
            match answer.status {
                200 => return self.approved(task_id, attempt > 0 && self.by_key),
                400 if already && attempt > 0 && !self.by_key => return self.approved(task_id, true),
                status => {
                    return self
                        .complain(format!("the approval of task {task_id} was answered {status}: {}", answer.text));
                }
            }
        }
        self.complain(format!("the approval of task {task_id} was refused {REPEATS_MAX} times"));
    }

    fn next_node(&mut self) -> Client {
        self.turn += 1;
        self.clients[self.turn % self.clients.len()].clone()
    }

    /// An answer other than 503. That one must say when to come back; the caller does so sooner.
    async fn taken(&self, answer: Option<Answer>, what: &str) -> Option<Answer> {
        match answer {
            Some(answer) if answer.status != 503 => return Some(answer),
            Some(answer) => {
                let complaint =
                    answer.header("retry-after").is_none().then(|| format!("{what}: 503 without Retry-After"));
                let mut told = self.told();
                told.refused += 1;
                told.unconfirmed += usize::from(answer.text.contains("did not confirm"));
                told.complaints.extend(complaint);
            }
            None => self.complain(format!("{what} got no answer, although no server of Lexi died")),
        }
        tokio::time::sleep(REPEAT_AFTER).await;
        None
    }

    fn approved(&self, task_id: Uuid, repeated: bool) {
        let mut told = self.told();
        told.found_done += usize::from(repeated && !self.by_key);
        told.approved.push(Approved { task_id, size: self.size, at: Instant::now() });
    }

    fn complain(&self, complaint: String) {
        self.told().complaints.push(complaint);
    }

    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
