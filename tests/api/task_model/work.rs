//! What work does to the model: steps of jobs, held work that begins or comes too late, deadlines, and what stops all that.

use serde_json::{Value, json};

use super::model::{DEADLINE_MS, Decision, Kind, Model, STEP, Status, Who, Work};
use super::moves::{Underway, refused};

impl Model {
    /// The next step of a task whose work is under way.
    pub(super) fn one_step(&mut self, at: usize) {
        let now_ms = self.now_ms;
        let task = &mut self.tasks[at];
        let whole = task.approved_size();
        task.done = whole.min(task.done + STEP);
        if task.done < whole {
            return;
        }
        (task.status, task.work, task.finished_at_ms) = (Status::Completed, Work::Over, now_ms);
        task.events.push("task.completed");
        if let Some(undone) = task.undoes {
            self.tasks[undone].undone_by = Some(at);
            self.tasks[undone].events.push("task.undone");
        }
    }

    /// A worker takes a job and, as a second part, does one step of it. Which job it took only the answer tells.
    pub(super) fn step(&mut self, under: &mut Underway, real: &Value) -> Option<Value> {
        let Some(at) = under.leased else {
            let taken = self.tasks.iter().position(|task| Some(task.id.as_str()) == real["task"].as_str());
            let is_due = |at: &usize| self.tasks[*at].work == Work::Job;
            under.leased = taken.filter(is_due);
            return match (under.leased, real["task"].is_null()) {
                (Some(_), _) => None,
                // Jobs that were frozen when a worker last looked rest for a while.
                (None, true)
                    if !(0..self.tasks.len()).any(|at| is_due(&at) && !self.is_frozen(self.tasks[at].kind)) =>
                {
                    Some(json!({ "task": null, "did": "nothing" }))
                }
                _ => Some(json!("a job that waits is taken")),
            };
        };
        let did = if self.tasks[at].work != Work::Job {
            "its lease was lost"
        } else if self.is_frozen(self.tasks[at].kind) {
            "rests or has ended"
        } else {
            self.one_step(at);
            if self.tasks[at].work == Work::Job { "goes on" } else { "rests or has ended" }
        };
        Some(json!({ "task": self.tasks[at].id, "did": did }))
    }

    /// Held work begins, or is given up when its time is over.
    pub(super) fn begin_what_is_due(&mut self) {
        for at in 0..self.tasks.len() {
            let frozen = self.is_frozen(self.tasks[at].kind);
            let now_ms = self.now_ms;
            let task = &mut self.tasks[at];
            if task.status != Status::Approved || task.work != Work::None {
                continue;
            }
            if task.start_by_ms.is_some_and(|by_ms| by_ms <= now_ms) {
                (task.status, task.finished_at_ms) = (Status::Failed, now_ms);
                task.error = Some("approval_expired");
                task.events.push("task.failed");
            } else if task.starts_at_ms.is_some_and(|at_ms| at_ms <= now_ms) && !frozen {
                task.work = Work::Job;
                task.events.push("task.started");
            }
        }
    }

    /// Tasks whose deadline is over are passed on once, or dismissed.
    pub(super) fn expire(&mut self) {
        let now_ms = self.now_ms;
        for task in &mut self.tasks {
            if task.status != Status::Pending || task.expires_at_ms > now_ms {
                continue;
            }
            if std::mem::take(&mut task.escalates) {
                task.escalated = true;
                task.expires_at_ms = now_ms + DEADLINE_MS;
                task.events.push("task.escalated");
                continue;
            }
            (task.status, task.finished_at_ms) = (Status::Dismissed, now_ms);
            let revision = task.revisions.len();
            let (kind, reason) = ("system", Some("expired"));
            task.decision = Some(Decision { approved: false, kind, by: None, reason, revision, part: None });
            task.events.push("task.dismissed");
        }
    }

    /// Everything that is due happens, and all jobs go to their end.
    pub fn settle(&mut self) {
        self.begin_what_is_due();
        self.expire();
        for at in 0..self.tasks.len() {
            while self.tasks[at].work == Work::Job && !self.is_frozen(self.tasks[at].kind) {
                self.one_step(at);
            }
        }
    }

    pub(super) fn retract(&mut self, who: Who, id: &str) -> Value {
        let at = match self.place(who, id) {
            Ok(at) => at,
            Err(refusal) => return refusal,
        };
        let now_ms = self.now_ms;
        let task = &mut self.tasks[at];
        if task.status == Status::Approved && task.work == Work::None {
            (task.status, task.finished_at_ms, task.retracted_by) = (Status::Dismissed, now_ms, Some(who));
            task.events.push("task.dismissed");
            return json!({ "status": 200, "data": { "task_id": task.id, "status": "dismissed" } });
        }
        let ended = match task.status {
            Status::Approved => "The work of this task has begun, so the approval can't be retracted.",
            _ => "This task has ended, so its approval can't be retracted.",
        };
        self.refuse_to_end(at, ended)
    }

    pub(super) fn stop(&mut self, who: Who, id: &str) -> Value {
        let at = match self.place(who, id) {
            Ok(at) => at,
            Err(refusal) => return refusal,
        };
        if self.tasks[at].status != Status::Approved {
            return self.refuse_to_end(at, "This task has ended, so it can't be stopped.");
        }
        let now_ms = self.now_ms;
        let task = &mut self.tasks[at];
        (task.status, task.work, task.finished_at_ms) = (Status::Failed, Work::Over, now_ms);
        (task.stopped_by, task.error) = (Some(who), Some("stopped"));
        task.events.push("task.failed");
        let answer = json!({ "status": 200, "data": { "task_id": task.id, "status": "failed" } });
        if let Some(undone) = task.undoes.filter(|_| task.kind == Kind::Undo && task.done > 0) {
            self.tasks[undone].half_undone = true;
        }
        answer
    }

    /// Why an approval can't be retracted, or a task not be stopped: it was not approved, or `ended` says it.
    fn refuse_to_end(&self, at: usize, ended: &str) -> Value {
        let task = &self.tasks[at];
        let message = match task.status {
            Status::Dismissed => return self.decided(at),
            Status::Pending => "This task was not approved yet. Dismiss it instead.",
            _ => ended,
        };
        let mut refusal = refused(400, "validation_error", message);
        refusal["task_status"] = json!(task.status.as_str());
        refusal["decision"] = self.decision(task);
        refusal
    }
}
