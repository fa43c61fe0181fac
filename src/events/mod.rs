//! What happened: each change is an event with actor, time and cause, recorded in the transaction that made it.
//!
//! The log is append-only. Events hold ids, field names and salted hashes, never
//! personal values; those stand apart (`personal`) and are erased with their subject. They are numbered per workspace
//! without gaps; whoever follows them follows the numbers.

mod feed;
pub mod http;
mod origins;
mod personal;
pub mod sequencer;
mod store;
mod streams;

use serde_json::Value;
use uuid::Uuid;

pub use feed::{Shown, shown, subject_type};
pub use origins::{Origin, Origins, origins};
pub use personal::{Personal, Remembered, any_erased, erase, personal_values, sweep_erased};
pub use store::Row;
pub use streams::Streams;

use crate::db::Tx;
use crate::error::Result;
use crate::ids;
use crate::keys::{Caller, Kind};
use crate::paging::Paging;

/// Who made it happen.
#[derive(Debug, Clone)]
pub enum Actor {
    /// A person with a key.
    Human(Uuid),
    /// A program with a key.
    Service(Uuid),
    /// A policy that approved in the name of its author.
    Policy(Uuid),
    /// Lexi herself: expiry, execution after an approval, the operator's command line.
    System,
}

impl Actor {
    fn kind(&self) -> &'static str {
        match self {
            Actor::Human(_) => "human",
            Actor::Service(_) => "service",
            Actor::Policy(_) => "policy",
            Actor::System => "system",
        }
    }

    fn id(&self) -> Option<Uuid> {
        match self {
            Actor::Human(id) | Actor::Service(id) | Actor::Policy(id) => Some(*id),
            Actor::System => None,
        }
    }
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Actor {
        match caller.kind {
            Kind::Human => Actor::Human(caller.key_id),
            Kind::Service => Actor::Service(caller.key_id),
        }
    }
}

/// On whose account something changes: in which workspace, by whom, because of which task. An operation that a caller and
/// an approved task both use takes this in place of a caller.
#[derive(Debug, Clone)]
pub struct By {
    /// The workspace that is changed.
    pub workspace_id: Uuid,
    /// Who answers for it.
    pub actor: Actor,
    /// The task whose execution it is.
    pub task_id: Option<Uuid>,
    /// The request it came with.
    pub request_id: Option<Uuid>,
    /// From where that request came.
    pub origin_id: Option<Uuid>,
}

impl By {
    /// What the execution of a task does.
    pub fn task(workspace_id: Uuid, actor: Actor, task_id: Uuid) -> By {
        By { workspace_id, actor, task_id: Some(task_id), request_id: None, origin_id: None }
    }

    /// The event of a change of `subject_id`.
    pub fn event(&self, kind: &'static str, subject_id: Uuid, at_ms: i64) -> Event {
        Event {
            task_id: self.task_id,
            request_id: self.request_id,
            origin_id: self.origin_id,
            ..Event::of(self.workspace_id, self.actor.clone(), kind, subject_id, at_ms)
        }
    }
}

impl From<&Caller> for By {
    fn from(caller: &Caller) -> By {
        By {
            workspace_id: caller.workspace_id,
            actor: Actor::from(caller),
            task_id: None,
            request_id: caller.request_id,
            origin_id: caller.origin_id,
        }
    }
}

/// A fact, to be recorded.
#[derive(Debug, Clone)]
pub struct Event {
    id: Uuid,
    workspace_id: Uuid,
    kind: &'static str,
    actor: Actor,
    subject_id: Option<Uuid>,
    task_id: Option<Uuid>,
    request_id: Option<Uuid>,
    origin_id: Option<Uuid>,
    data: Value,
    personal: Vec<Personal>,
    at_ms: i64,
}

impl Event {
    /// Something a caller did.
    pub fn by(caller: &Caller, kind: &'static str, subject_id: Uuid, at_ms: i64) -> Event {
        Event {
            request_id: caller.request_id,
            origin_id: caller.origin_id,
            ..Event::of(caller.workspace_id, Actor::from(caller), kind, subject_id, at_ms)
        }
    }

    /// Something that happened without a caller.
    pub fn of(workspace_id: Uuid, actor: Actor, kind: &'static str, subject_id: Uuid, at_ms: i64) -> Event {
        Event {
            id: ids::new(at_ms),
            workspace_id,
            kind,
            actor,
            subject_id: Some(subject_id),
            task_id: None,
            request_id: None,
            origin_id: None,
            data: Value::Null,
            personal: Vec::new(),
            at_ms,
        }
    }

    /// The task that caused it.
    #[must_use]
    pub fn because_of(mut self, task_id: Uuid) -> Event {
        self.task_id = Some(task_id);
        self
    }

    /// Somebody else than the caller did it, with his request: a policy.
    #[must_use]
    pub fn in_the_name_of(mut self, actor: Actor) -> Event {
        self.actor = actor;
        self
    }

    /// Ids, counts and field names; no personal values.
    #[must_use]
    pub fn with(mut self, data: Value) -> Event {
        self.data = data;
        self
    }

    /// Personal values of the subject before and after. The event keeps salted hashes of them; values and salts stand
    /// apart until the subject is erased.
    #[must_use]
    pub fn personal(mut self, values: Vec<Personal>) -> Event {
        self.personal = values;
        self
    }
}

/// An event as it stands in the log, with its number.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its place among the workspace's events, from 1 without gaps.
    pub number: i64,
    /// Its id.
    pub id: Uuid,
    /// What happened, as `contact.created`.
    pub kind: String,
    /// `human`, `service`, `policy` or `system`.
    pub actor_kind: String,
    /// The key or policy that did it.
    pub actor_id: Option<Uuid>,
    /// What it happened to.
    pub subject_id: Option<Uuid>,
    /// The task it belongs to.
    pub task_id: Option<Uuid>,
    /// The request it came with.
    pub request_id: Option<Uuid>,
    /// From where that request came.
    pub origin_id: Option<Uuid>,
    /// Ids, counts, field names and salted hashes.
    pub data: Value,
    /// When.
    pub at_ms: i64,
}

/// Records an event in this transaction. All events of a transaction are written together at its end.
pub fn record(tx: &mut Tx, event: Event) {
    tx.at_end(event, store::insert);
}

/// The events of a workspace that follow `number`, in order, `limit` at most. What has no number yet is not among them:
/// it comes behind all that has one.
pub fn after(tx: &mut Tx, workspace_id: Uuid, number: i64, limit: u32) -> Result<Vec<Recorded>> {
    store::after(tx, workspace_id, number, limit)
}

/// As [`after`], as the rows stand in the database: what seals are made over.
pub fn rows_after(tx: &mut Tx, workspace_id: &str, number: i64, limit: u32) -> Result<Vec<Row>> {
    store::rows_after(tx, workspace_id, number, limit)
}

/// Rows that no numbering reaches: without a number while all others have one, or numbered below 1. Oldest first.
pub fn rows_outside(tx: &mut Tx, limit: u32) -> Result<Vec<Row>> {
    store::rows_outside(tx, limit)
}

/// The workspaces that have events.
pub fn workspaces(tx: &mut Tx) -> Result<Vec<String>> {
    store::workspaces(tx)
}

/// What an event did to its subject, as audit logs name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It came about.
    Create,
    /// It was changed; everything that is nothing else.
    Update,
    /// It is gone.
    Delete,
    /// It was taken out.
    Access,
}

impl Action {
    /// Of an event's type.
    pub fn of(kind: &str) -> Action {
        let is = |ends: &[&str]| ends.iter().any(|end| kind.ends_with(end));
        if is(store::CREATES) {
            Action::Create
        } else if is(store::DELETES) {
            Action::Delete
        } else if is(store::ACCESSES) {
            Action::Access
        } else {
            Action::Update
        }
    }

    /// As it is shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
            Action::Access => "api_access",
        }
    }

    /// Reads what [`Action::as_str`] gives.
    pub fn parse(text: &str) -> Option<Action> {
        [Action::Create, Action::Update, Action::Delete, Action::Access].into_iter().find(|one| one.as_str() == text)
    }
}

/// Which of a workspace's events.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only events of this kind of subject, as `contact`.
    pub subject: Option<&'static str>,
    /// Only this kind of action.
    pub action: Option<Action>,
    /// Only what this key or policy did.
    pub actor_id: Option<Uuid>,
    /// Only what happened at or after this time.
    pub from_ms: Option<i64>,
    /// Only what happened before this time.
    pub before_ms: Option<i64>,
}

impl Wanted {
    /// Whether it is every event.
    pub fn is_all(&self) -> bool {
        self.subject.is_none()
            && self.action.is_none()
            && self.actor_id.is_none()
            && self.from_ms.is_none()
            && self.before_ms.is_none()
    }
}

/// A page of the log, newest first, and how many fit: exactly up to `count_max`.
pub fn page(
    tx: &mut Tx,
    workspace_id: Uuid,
    wanted: &Wanted,
    paging: Paging,
    count_max: u32,
) -> Result<(Vec<Recorded>, u64)> {
    if wanted.is_all() {
        // Numbers have no gaps, so the last one is the count, and a page is a range of numbers.
        let last = store::last_number(tx, workspace_id)?;
        let before = last - paging.offset();
        let events = if before < 1 { Vec::new() } else { store::down_from(tx, workspace_id, before, paging.per_page)? };
        return Ok((events, last.unsigned_abs()));
    }
    let total = store::count(tx, workspace_id, wanted, count_max)?;
    Ok((store::page(tx, workspace_id, wanted, paging)?, total))
}

/// The newest number of a workspace's events, 0 before the first.
pub fn last_number(tx: &mut Tx, workspace_id: Uuid) -> Result<i64> {
    store::last_number(tx, workspace_id)
}
