//! The task as the specification says it, without HTTP and without a database: what stands in a workspace, and how a task
//! looks to whoever reads it. What calls do to it stands in `moves.rs`.

use std::collections::BTreeMap;

use lexi::clock::{DAY_MS, HOUR_MS, MINUTE_MS, iso};
use serde_json::{Value, json};

/// People that are done within their approval; more become a job.
pub const INLINE_MAX: u64 = 3;
/// Records of one step of a job.
pub const STEP: u64 = 100;
/// Largest search that the policy approves, and how many a day.
pub const POLICY_SIZE: u64 = 2;
pub const POLICY_TASKS: u32 = 2;
/// How long the rule holds work back, and how long it may begin after that.
pub const HOLD_MS: i64 = 10 * MINUTE_MS;
pub const START_WITHIN_MS: i64 = HOUR_MS;
/// How long there is to decide under the rule, and without one.
pub const DEADLINE_MS: i64 = 2 * HOUR_MS;
pub const EXPIRY_MS: i64 = 7 * DAY_MS;

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A partner, a person, who writes rules too.
    Ann,
    /// An associate, a person.
    Bob,
    /// A program that carries the role of a partner.
    Robot,
    /// A program that may ask and not approve.
    Asker,
    /// Somebody with all permissions in another workspace.
    Stranger,
}

impl Who {
    pub const ALL: [Who; 5] = [Who::Ann, Who::Bob, Who::Robot, Who::Asker, Who::Stranger];

    pub fn name(self) -> &'static str {
        match self {
            Who::Ann => "ann",
            Who::Bob => "bob",
            Who::Robot => "robot",
            Who::Asker => "asker",
            Who::Stranger => "stranger",
        }
    }

    pub fn kind(self) -> &'static str {
        if matches!(self, Who::Ann | Who::Bob | Who::Stranger) { "human" } else { "service" }
    }

    pub fn is_partner(self) -> bool {
        matches!(self, Who::Ann | Who::Robot)
    }

    pub fn may_approve(self) -> bool {
        self != Who::Asker
    }
}

/// The types of task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Search,
    Update,
    Rename,
    Undo,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Search => "prospect_search",
            Kind::Update => "contact_update",
            Kind::Rename => "list_operation",
            Kind::Undo => "undo",
        }
    }
}

/// Whose approvals the workspace's rule wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approve {
    AnyOne,
    AnyTwo,
    /// One partner, who did not ask for it.
    AnotherPartner,
}

/// What the rule says about deadlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    None,
    Dismiss,
    Escalate,
}

/// The rule and the policy of a workspace; they stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    pub approve: Approve,
    pub hold: bool,
    pub reasons: bool,
    pub deadline: Deadline,
    pub policy: bool,
}

impl Setup {
    /// A workspace without a rule.
    pub const PLAIN: Setup =
        Setup { approve: Approve::AnyOne, hold: false, reasons: false, deadline: Deadline::None, policy: false };

    /// Whether there is a rule at all.
    pub fn has_rule(self) -> bool {
        self != Setup { policy: self.policy, ..Setup::PLAIN }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Pending,
    Approved,
    Dismissed,
    Completed,
    Failed,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Pending => "pending",
            Status::Approved => "approved",
            Status::Dismissed => "dismissed",
            Status::Completed => "completed",
            Status::Failed => "failed",
        }
    }
}

/// A plan, as far as it can be changed: how many are selected. Its hash is what the program calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub size: u64,
    pub plan_hash: String,
    pub by: Who,
}

/// An approval where a rule counts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    pub by: Who,
    pub revision: usize,
    /// Only the first of the selection.
    pub part: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub approved: bool,
    /// `human`, `service`, `policy` or `system`.
    pub kind: &'static str,
    pub by: Option<Who>,
    pub reason: Option<&'static str>,
    /// Counted from 1.
    pub revision: usize,
    /// Of a part: how many, and how many are left out.
    pub part: Option<(u64, u64)>,
}

/// Work that is under way as a job, or is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Not begun: pending, held back, frozen, or never.
    None,
    /// A worker takes it.
    Job,
    /// Ended.
    Over,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub id: String,
    pub kind: Kind,
    pub by: Who,
    pub status: Status,
    pub revisions: Vec<Revision>,
    pub votes: Vec<Vote>,
    pub decision: Option<Decision>,
    pub expires_at_ms: i64,
    pub escalates: bool,
    pub escalated: bool,
    pub starts_at_ms: Option<i64>,
    pub start_by_ms: Option<i64>,
    pub work: Work,
    /// Records done.
    pub done: u64,
    pub finished_at_ms: i64,
    pub error: Option<&'static str>,
    pub retracted_by: Option<Who>,
    pub stopped_by: Option<Who>,
    /// Places in [`Model::tasks`].
    pub undoes: Option<usize>,
    pub undone_by: Option<usize>,
    /// An undo of it was stopped half-way.
    pub half_undone: bool,
    /// The types of its events, in order.
    pub events: Vec<&'static str>,
}

impl Task {
    pub fn revision(&self) -> usize {
        self.revisions.len()
    }

    pub fn plan(&self) -> &Revision {
        self.revisions.last().expect("a task has a plan")
    }

    /// How many records its decision is for.
    pub fn approved_size(&self) -> u64 {
        self.decision.as_ref().and_then(|decision| decision.part).map_or(self.plan().size, |(approved, _)| approved)
    }

    pub fn waits(&self, now_ms: i64) -> bool {
        self.status == Status::Pending && self.expires_at_ms > now_ms
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    pub id: String,
    pub kind: Option<Kind>,
    pub by: Who,
    pub lifted: bool,
}

/// The answer that was given to an `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    pub by: Who,
    pub key: String,
    pub route: String,
    pub body: String,
    pub answer: Value,
    pub at_ms: i64,
}

/// What the plans of a search are called: by task and size. Learnt from answers; the same plan has one name, and two
/// plans never share one.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<(String, u64), String>);

impl Names {
    /// The name of a plan; one that no answer ever told is none.
    pub fn of(&self, task_id: &str, size: u64) -> String {
        self.0.get(&(task_id.to_owned(), size)).cloned().unwrap_or_else(|| "never told".to_owned())
    }

    /// Learns from a task as an answer shows it.
    pub fn learn(&mut self, shown: &Value) -> Result<(), String> {
        let (Some(id), Some(size), Some(hash)) =
            (shown["id"].as_str(), shown["size"].as_u64(), shown["plan_hash"].as_str())
        else {
            return Ok(());
        };
        let known = self.0.entry((id.to_owned(), size)).or_insert_with(|| hash.to_owned());
        if known != hash {
            return Err(format!("the plan of task {id} for {size} people was called {known} and now {hash}"));
        }
        let same = self.0.iter().filter(|((task, _), name)| task == id && *name == hash).count();
        if same == 1 { Ok(()) } else { Err(format!("two plans of task {id} are called {hash}")) }
    }
}

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    pub setup: Setup,
    pub now_ms: i64,
    pub tasks: Vec<Task>,
    pub freezes: Vec<Freeze>,
    pub saved: Vec<Saved>,
    /// The UTC day, and how many tasks the policy approved on it.
    pub policy_today: (i64, u32),
    /// Something happened that the model does not follow: an undo of what was half undone.
    pub lost: bool,
}

impl Model {
    pub fn new(setup: Setup, now_ms: i64) -> Model {
        let (tasks, freezes, saved) = (Vec::new(), Vec::new(), Vec::new());
        Model { setup, now_ms, tasks, freezes, saved, policy_today: (0, 0), lost: false }
    }

    pub fn is_frozen(&self, kind: Kind) -> bool {
        self.freezes.iter().any(|freeze| !freeze.lifted && freeze.kind.is_none_or(|frozen| frozen == kind))
    }

    /// Approvals given and needed.
    pub fn votes(&self, task: &Task) -> (usize, usize) {
        let have = task.votes.iter().filter(|vote| vote.revision == task.revision()).count();
        match task.status {
            Status::Pending | Status::Dismissed => {
                let wanted = if self.setup.approve == Approve::AnyTwo { 2 } else { 1 };
                (have, have.max(wanted))
            }
            _ => (have.max(1), have.max(1)),
        }
    }

    /// A task as it is shown.
    pub fn shown(&self, task: &Task) -> Value {
        let (have, need) = self.votes(task);
        let name = |who: &Who| who.name();
        let id_of = |place: &usize| self.tasks[*place].id.clone();
        json!({
            "id": task.id, "type": task.kind.as_str(), "status": task.status.as_str(),
            "revision": task.revision(), "plan_hash": task.plan().plan_hash,
            "size": (task.kind == Kind::Search).then_some(task.plan().size),
            "votes": { "have": have, "need": need },
            "decision": self.decision(task),
            "expires_at": iso(task.expires_at_ms),
            "starts_at": task.starts_at_ms.map(iso), "start_by": task.start_by_ms.map(iso),
            "frozen": task.status == Status::Approved && self.is_frozen(task.kind),
            "escalates_to": task.escalates.then(|| json!(["partner"])),
            "escalated_to": task.escalated.then(|| json!(["partner"])),
            "retracted_by": task.retracted_by.as_ref().map(name), "stopped_by": task.stopped_by.as_ref().map(name),
            "undoes": task.undoes.as_ref().map(id_of), "undone_by": task.undone_by.as_ref().map(id_of),
            "error": task.error, "done": self.done(task),
        })
    }

    /// The number in the result of a task; nothing while there is none.
    fn done(&self, task: &Task) -> Option<u64> {
        let ended = matches!(task.status, Status::Completed | Status::Failed);
        let done = match task.kind {
            Kind::Search | Kind::Update => task.done,
            Kind::Undo => self.contacts_removed(task),
            Kind::Rename => return None,
        };
        ended.then_some(done)
    }

    /// How many contacts an undo has removed: they come first in its selection.
    pub fn contacts_removed(&self, undo: &Task) -> u64 {
        let undone = &self.tasks[undo.undoes.expect("an undo undoes a task")];
        if undone.kind == Kind::Search { undo.done.min(undone.done) } else { 0 }
    }

    /// The decision about a task as it is shown.
    pub fn decision(&self, task: &Task) -> Value {
        let Some(decision) = &task.decision else { return Value::Null };
        json!({
            "outcome": if decision.approved { "approved" } else { "dismissed" },
            "kind": decision.kind, "by": decision.by.map(Who::name), "reason": decision.reason,
            "revision": decision.revision, "plan_hash": task.revisions[decision.revision - 1].plan_hash,
            "approved": decision.part.map(|(approved, _)| approved),
            "declined": decision.part.map_or(0, |(_, declined)| declined),
            "by_policy": decision.kind == "policy",
        })
    }

    /// Contacts that tasks added and nobody removed.
    pub fn contacts(&self) -> u64 {
        let added: u64 = self.tasks.iter().filter(|task| task.kind == Kind::Search).map(|task| task.done).sum();
        let undos = self.tasks.iter().filter(|task| task.kind == Kind::Undo);
        added - undos.map(|undo| self.contacts_removed(undo)).sum::<u64>()
    }
}
