//! What calls do to the model, and what they are answered: approvals, dismissals, revisions, undo. Each part of a call
//! happens at one moment; most calls have one part. What work does stands in `work.rs`.

use lexi::clock::{DAY_MS, iso};
use serde_json::{Value, json};

use super::calls::{Call, REASON, What, says};
use super::model::{
    Approve, DEADLINE_MS, Deadline, Decision, EXPIRY_MS, Freeze, HOLD_MS, INLINE_MAX, Kind, Model, Names, POLICY_SIZE,
    POLICY_TASKS, Revision, START_WITHIN_MS, Saved, Status, Task, Vote, Who, Work,
};

/// How long an answer is kept for its `Idempotency-Key`, and what a task did for an undo.
const SAVED_MS: i64 = DAY_MS;
const UNDO_MS: i64 = 30 * DAY_MS;

/// A call under way: what its first parts have found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Underway {
    /// How many parts have happened.
    parts: usize,
    /// A change of size: the revision it will change, when it changes anything.
    seen: Option<usize>,
    /// A worker's step: the task.
    pub(super) leased: Option<usize>,
}

impl Model {
    /// The next part of a call. Gives the answer with the last part. `real` is what was answered in truth: from it come
    /// the ids of what is made, and which job a worker took.
    pub fn play(&mut self, call: &Call, under: &mut Underway, names: &Names, real: &Value) -> Option<Value> {
        under.parts += 1;
        match (&call.what, under.parts) {
            (What::Resize { task, size, plan }, _) => self.resize(call, (task, *size, plan.as_deref()), under, names),
            (What::Step, _) => self.step(under, real),
            (What::Sweep, 1) => {
                self.begin_what_is_due();
                None
            }
            (What::Sweep, _) => {
                self.expire();
                Some(Value::Null)
            }
            _ => Some(self.at_once(call, real)),
        }
    }

    fn at_once(&mut self, call: &Call, real: &Value) -> Value {
        let needs_approve = !matches!(call.what, What::Undo { .. } | What::Lift { .. } | What::Read { .. });
        if needs_approve && !call.who.may_approve() {
            return lacks("This key lacks the permission lexi:approve. Use a key that holds it.");
        }
        if let What::Read { task } = &call.what {
            return self.place(call.who, task).map_or_else(|refusal| refusal, |at| self.task_answer(200, at));
        }
        if let Some(saved) = self.saved_answer(call) {
            return saved;
        }
        let answer = match &call.what {
            What::Approve { task, plan, only, reason } => {
                self.approve(call.who, task, plan.as_deref(), (only.is_some(), *reason))
            }
            What::Dismiss { task, reason } => self.dismiss(call.who, task, *reason),
            What::Retract { task } => self.retract(call.who, task),
            What::Stop { task } => self.stop(call.who, task),
            What::Undo { task } => self.propose_undo(call.who, task, real),
            What::Freeze { kind } => self.freeze(call.who, *kind, real),
            What::Lift { freeze } => self.lift(call.who, freeze),
            What::Resize { .. } | What::Read { .. } | What::Step | What::Sweep => Value::Null,
        };
        self.save(call, &answer);
        answer
    }

    /// The task of that id, for somebody of this workspace.
    pub(super) fn place(&self, who: Who, id: &str) -> Result<usize, Value> {
        let found = self.tasks.iter().position(|task| task.id == id && who != Who::Stranger);
        found.ok_or_else(|| refused(404, "not_found", "Task not found"))
    }

    pub(super) fn task_answer(&self, status: u16, at: usize) -> Value {
        json!({ "status": status, "task": self.shown(&self.tasks[at]) })
    }

    fn saved_answer(&self, call: &Call) -> Option<Value> {
        let (key, route, body) = keyed(call)?;
        let saved = self.saved.iter().rev().find(|saved| {
            saved.by == call.who && saved.key == key && saved.route == route && saved.at_ms + SAVED_MS > self.now_ms
        })?;
        Some(if saved.body == body {
            saved.answer.clone()
        } else {
            refused(409, "idempotency_conflict", "This Idempotency-Key was used with another body. Use a new key")
        })
    }

    fn save(&mut self, call: &Call, answer: &Value) {
        let ok = answer["status"].as_u64().is_some_and(|status| status < 300);
        if let Some((key, route, body)) = keyed(call).filter(|_| ok) {
            self.saved.push(Saved { by: call.who, key, route, body, answer: answer.clone(), at_ms: self.now_ms });
        }
    }

    /// A task that Lexi proposes in the chat; the policy looks at it.
    pub fn propose(&mut self, who: Who, kind: Kind, (id, hash, size): (String, String, u64)) {
        self.insert(who, kind, (id, hash, size), None);
        let at = self.tasks.len() - 1;
        self.let_policy_look(at, true);
    }

    fn insert(&mut self, who: Who, kind: Kind, (id, plan_hash, size): (String, String, u64), undoes: Option<usize>) {
        let mut task = Task {
            id,
            kind,
            by: who,
            status: Status::Pending,
            revisions: vec![Revision { size, plan_hash, by: who }],
            votes: Vec::new(),
            decision: None,
            expires_at_ms: 0,
            escalates: false,
            escalated: false,
            starts_at_ms: None,
            start_by_ms: None,
            work: Work::None,
            done: 0,
            finished_at_ms: 0,
            error: None,
            retracted_by: None,
            stopped_by: None,
            undoes,
            undone_by: None,
            half_undone: false,
            events: vec!["task.created"],
        };
        self.set_deadline(&mut task);
        self.tasks.push(task);
    }

    fn set_deadline(&self, task: &mut Task) {
        let time_ms = if self.setup.deadline == Deadline::None { EXPIRY_MS } else { DEADLINE_MS };
        task.expires_at_ms = self.now_ms + time_ms;
        task.escalates = self.setup.deadline == Deadline::Escalate;
        task.escalated = false;
    }

    fn let_policy_look(&mut self, at: usize, here: bool) {
        let task = &self.tasks[at];
        let within = task.kind == Kind::Search && task.plan().size <= POLICY_SIZE;
        if !self.setup.policy || !within || self.setup.approve != Approve::AnyOne || self.setup.reasons {
            return;
        }
        let day = self.now_ms.div_euclid(DAY_MS);
        let taken = if self.policy_today.0 == day { self.policy_today.1 } else { 0 };
        if taken < POLICY_TASKS {
            self.policy_today = (day, taken + 1);
            self.vote_or_decide(at, (Who::Ann, true), (false, false), here);
        }
    }

    /// What makes an approval of this plan come too late or for the wrong plan; nothing when the task waits for it.
    fn unapprovable(&self, at: usize, plan: Option<&str>) -> Option<Value> {
        let task = &self.tasks[at];
        if !task.waits(self.now_ms) {
            return Some(self.decided(at));
        }
        match plan {
            None if task.revision() > 1 => Some(plan_wanted()),
            Some(named) if named != task.plan().plan_hash => {
                let known = task.revisions.iter().any(|revision| revision.plan_hash == named);
                Some(plan_changed(
                    task,
                    if known {
                        "The task was changed since the plan you named."
                    } else {
                        "The task's plan is not the one you named. Look at it again and name its plan_hash."
                    },
                ))
            }
            _ => None,
        }
    }

    fn approve(&mut self, who: Who, id: &str, plan: Option<&str>, (only, reason): (bool, bool)) -> Value {
        let at = match self.place(who, id) {
            Ok(at) => at,
            Err(refusal) => return refusal,
        };
        if let Some(refusal) = self.unapprovable(at, plan) {
            return refusal;
        }
        let task = &self.tasks[at];
        let part = only && task.plan().size > 1;
        if self.setup.approve == Approve::AnotherPartner {
            if who == task.by || who == task.plan().by {
                return lacks("The rule \"House\" does not let the key that asked for this task");
            }
            if !who.is_partner() {
                return lacks("The rule \"House\" wants approvals by roles that this key does not carry");
            }
        }
        if self.setup.reasons && !reason {
            return field("reason", "The rule \"House\" wants a reason for this approval. Send it as reason.");
        }
        if self.setup.has_rule() {
            let given: Vec<&Vote> = task.votes.iter().filter(|vote| vote.revision == task.revision()).collect();
            if given.iter().any(|vote| vote.by == who) {
                return refused(400, "validation_error", "This key has approved this revision of the task already.");
            }
            if given.iter().any(|vote| vote.part != part) {
                return field("only", "The approvals given so far are for another part of the selection");
            }
        }
        self.vote_or_decide(at, (who, false), (part, reason), true)
    }

    /// An approval that counts: a vote, or the decision.
    fn vote_or_decide(
        &mut self,
        at: usize,
        (who, by_policy): (Who, bool),
        (part, reason): (bool, bool),
        here: bool,
    ) -> Value {
        let setup = self.setup;
        let task = &mut self.tasks[at];
        if setup.has_rule() {
            task.votes.push(Vote { by: who, revision: task.revisions.len(), part });
            task.events.push("task.voted");
            let (have, need) = self.votes(&self.tasks[at]);
            if have < need {
                let votes = json!({ "have": have, "need": need });
                let id = &self.tasks[at].id;
                let data = json!({ "task_id": id, "status": "pending", "execution_started": false, "votes": votes });
                return json!({ "status": 200, "data": data });
            }
        }
        let task = &mut self.tasks[at];
        task.decision = Some(Decision {
            approved: true,
            kind: if by_policy { "policy" } else { who.kind() },
            by: Some(who),
            reason: reason.then_some(REASON),
            revision: task.revisions.len(),
            part: part.then(|| (1, task.plan().size - 1)),
        });
        task.status = Status::Approved;
        task.events.push("task.approved");
        self.start(at, here)
    }

    /// The work of a task that was just approved begins, or is held back.
    fn start(&mut self, at: usize, here: bool) -> Value {
        let (now_ms, hold) = (self.now_ms, self.setup.hold);
        let frozen = self.is_frozen(self.tasks[at].kind);
        let task = &mut self.tasks[at];
        let mut data = json!({ "task_id": task.id, "status": "approved", "execution_started": true });
        if let Some((approved, declined)) = task.decision.as_ref().and_then(|decision| decision.part) {
            (data["approved"], data["declined"]) = (json!(approved), json!(declined));
        }
        if hold || frozen {
            let starts_at_ms = if hold { now_ms + HOLD_MS } else { now_ms };
            task.starts_at_ms = Some(starts_at_ms);
            data["execution_started"] = json!(false);
            if hold {
                task.start_by_ms = Some(starts_at_ms + START_WITHIN_MS);
                data["starts_at"] = json!(iso(starts_at_ms));
                data["start_by"] = json!(task.start_by_ms.map(iso));
            }
            if frozen {
                data["frozen"] = json!(true);
            }
        } else {
            task.work = Work::Job;
            if here && task.approved_size() <= INLINE_MAX {
                self.one_step(at);
            }
        }
        json!({ "status": 200, "data": data })
    }

    fn dismiss(&mut self, who: Who, id: &str, reason: bool) -> Value {
        let at = match self.place(who, id) {
            Ok(at) => at,
            Err(refusal) => return refusal,
        };
        // The rule asks for a reason of whatever is still shown as pending.
        if self.setup.reasons && !reason && self.tasks[at].status == Status::Pending {
            return field("reason", "The rule \"House\" wants a reason for this dismissal. Send it as reason.");
        }
        if !self.tasks[at].waits(self.now_ms) {
            return self.decided(at);
        }
        let now_ms = self.now_ms;
        let task = &mut self.tasks[at];
        task.decision = Some(Decision {
            approved: false,
            kind: who.kind(),
            by: Some(who),
            reason: reason.then_some(REASON),
            revision: task.revisions.len(),
            part: None,
        });
        (task.status, task.finished_at_ms) = (Status::Dismissed, now_ms);
        task.events.push("task.dismissed");
        json!({ "status": 200, "data": { "task_id": task.id, "status": "dismissed" } })
    }

    /// The decision that won, for whoever comes too late.
    pub(super) fn decided(&self, at: usize) -> Value {
        let task = &self.tasks[at];
        let expired = task.decision.as_ref().is_some_and(|decision| decision.kind == "system");
        let mut refusal = refused(
            400,
            "validation_error",
            match task.status {
                Status::Approved | Status::Completed | Status::Failed => "Task has already been approved",
                Status::Dismissed if !expired => "Task has been dismissed",
                Status::Dismissed | Status::Pending => "Task has expired",
            },
        );
        refusal["decision"] = self.decision(task);
        if let Some(who) = task.retracted_by {
            refusal["retracted_by"] = json!(who.name());
        }
        refusal
    }

    /// A change of size has two parts: it looks at the task and counts, and then puts the new plan in place of the one it
    /// saw. With an `Idempotency-Key` it first looks whether it was answered before.
    fn resize(
        &mut self,
        call: &Call,
        (id, size, plan): (&str, u64, Option<&str>),
        under: &mut Underway,
        names: &Names,
    ) -> Option<Value> {
        match under.parts {
            1 => self.saved_answer(call),
            2 => self.look_to_resize(call.who, (id, size, plan), under).err(),
            _ => {
                if let Some(saved) = self.saved_answer(call) {
                    return Some(saved);
                }
                let answer = match self.replace_plan(call.who, (id, size), under.seen, names) {
                    Ok(at) => self.task_answer(200, at),
                    Err(refusal) => refusal,
                };
                self.save(call, &answer);
                Some(answer)
            }
        }
    }

    fn look_to_resize(
        &self,
        who: Who,
        (id, size, plan): (&str, u64, Option<&str>),
        under: &mut Underway,
    ) -> Result<(), Value> {
        let at = self.place(who, id)?;
        let task = &self.tasks[at];
        if task.by != who && !who.may_approve() {
            return Err(lacks("This key may change only tasks it proposed. For other tasks it needs the permission"));
        }
        if let Some(refusal) = self.unapprovable(at, plan) {
            return Err(refusal);
        }
        if task.kind != Kind::Search {
            return Err(field("limit", "limit can't be edited here: "));
        }
        under.seen = (task.plan().size != size).then(|| task.revision());
        Ok(())
    }

    fn replace_plan(
        &mut self,
        who: Who,
        (id, size): (&str, u64),
        seen: Option<usize>,
        names: &Names,
    ) -> Result<usize, Value> {
        let at = self.place(who, id)?;
        let Some(seen) = seen else { return Ok(at) };
        if !self.tasks[at].waits(self.now_ms) {
            return Err(self.decided(at));
        }
        if self.tasks[at].revision() != seen {
            return Err(plan_changed(&self.tasks[at], "The task was changed meanwhile. Look at it again."));
        }
        let mut task = self.tasks[at].clone();
        let plan_hash = names.of(&task.id, size);
        task.revisions.push(Revision { size, plan_hash, by: who });
        task.events.push("task.revised");
        self.set_deadline(&mut task);
        self.tasks[at] = task;
        self.let_policy_look(at, false);
        Ok(at)
    }

    fn propose_undo(&mut self, who: Who, id: &str, real: &Value) -> Value {
        let at = match self.place(who, id) {
            Ok(at) => at,
            Err(refusal) => return refusal,
        };
        let task = &self.tasks[at];
        let refusal = match task.status {
            Status::Pending => Some("Task was not carried out, so there is nothing to undo. Dismiss it instead."),
            Status::Dismissed => Some("Task was dismissed: nothing was done, so there is nothing to undo."),
            Status::Approved => Some("Task is still being carried out. Undo it when it has ended."),
            _ if task.kind == Kind::Undo => {
                Some("A task of type undo can't be undone; it said so before it was approved.")
            }
            _ => None,
        };
        if let Some(refusal) = refusal {
            return refused(400, "validation_error", refusal);
        }
        if let Some(other) = self.undo_of(at) {
            let message = match other.status {
                Status::Pending => format!("Task {} would undo it and waits for a decision.", other.id),
                Status::Approved => format!("Task {} is undoing it.", other.id),
                _ => format!("Task has been undone by task {}.", other.id),
            };
            let mut refusal = refused(400, "validation_error", &message);
            (refusal["undo_task_id"], refusal["task_status"]) = (json!(other.id), json!(other.status.as_str()));
            return refusal;
        }
        if task.finished_at_ms + UNDO_MS <= self.now_ms {
            return refused(400, "validation_error", "Task could be undone for 30 days, until ");
        }
        if task.done == 0 {
            return refused(400, "validation_error", "Nothing is left to undo: what the task did was changed since");
        }
        self.lost |= task.half_undone;
        // The list goes, too.
        let size = task.done + u64::from(task.kind == Kind::Search);
        let told = |name: &str| real["task"][name].as_str().unwrap_or("nothing was made").to_owned();
        self.insert(who, Kind::Undo, (told("id"), told("plan_hash"), size), Some(at));
        self.task_answer(201, self.tasks.len() - 1)
    }

    /// The undo of a task that waits, or will wait again when its deadline has passed it on, is under way, or is done.
    fn undo_of(&self, at: usize) -> Option<&Task> {
        self.tasks.iter().filter(|task| task.undoes == Some(at)).find(|task| match task.status {
            Status::Pending => task.waits(self.now_ms) || task.escalates,
            status => matches!(status, Status::Approved | Status::Completed),
        })
    }

    fn freeze(&mut self, who: Who, kind: Option<Kind>, real: &Value) -> Value {
        let id = real["freeze"]["id"].as_str().unwrap_or("nothing was made").to_owned();
        let answer = json!({ "status": 201, "freeze": { "id": id, "type": kind.map(Kind::as_str) } });
        if who != Who::Stranger {
            self.freezes.push(Freeze { id, kind, by: who, lifted: false });
        }
        answer
    }

    fn lift(&mut self, who: Who, id: &str) -> Value {
        let freeze = self.freezes.iter_mut().find(|freeze| freeze.id == id && !freeze.lifted && who != Who::Stranger);
        let Some(freeze) = freeze else { return refused(404, "not_found", "Freeze not found") };
        if freeze.by != who && who != Who::Ann {
            return lacks("This key did not freeze and lacks the permission policies:admin");
        }
        freeze.lifted = true;
        json!({ "status": 200, "data": { "id": id, "lifted": true } })
    }
}

/// What makes a repeated request the same request.
fn keyed(call: &Call) -> Option<(String, String, String)> {
    let (method, path) = call.route()?;
    let body = call.body().map(|body| body.to_string()).unwrap_or_default();
    Some((call.key.clone()?, format!("{method} {path}"), body))
}

/// A refusal without anything beside its code and message.
pub(super) fn refused(status: u16, code: &str, message: &str) -> Value {
    json!({ "status": status, "code": code, "says": says(message) })
}

fn lacks(message: &str) -> Value {
    refused(403, "insufficient_permissions", message)
}

fn field(name: &str, message: &str) -> Value {
    let mut refusal = refused(400, "validation_error", message);
    refusal["fields"] = json!([name]);
    refusal
}

fn plan_wanted() -> Value {
    field("plan_hash", "This task was changed since it was proposed. Name the plan you have seen in plan_hash.")
}

fn plan_changed(task: &Task, message: &str) -> Value {
    let mut refusal = refused(409, "plan_changed", message);
    (refusal["plan_hash"], refusal["revision"]) = (json!(task.plan().plan_hash), json!(task.revision()));
    refusal
}
