//! What happened: each change is an event with actor, time and cause, recorded in the transaction that made it.
//!
//! The log is append-only. Events hold ids and field names, never personal values. They are numbered per workspace
//! without gaps; whoever follows them follows the numbers.

pub mod sequencer;
mod store;

use serde_json::Value;
use uuid::Uuid;

use crate::db::Tx;
use crate::error::Result;
use crate::ids;
use crate::keys::{Caller, Kind};

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
}

impl By {
    /// What the execution of a task does.
    pub fn task(workspace_id: Uuid, actor: Actor, task_id: Uuid) -> By {
        By { workspace_id, actor, task_id: Some(task_id), request_id: None }
    }

    /// The event of a change of `subject_id`.
    pub fn event(&self, kind: &'static str, subject_id: Uuid, at_ms: i64) -> Event {
        Event {
            task_id: self.task_id,
            request_id: self.request_id,
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
    data: Value,
    at_ms: i64,
}

impl Event {
    /// Something a caller did.
    pub fn by(caller: &Caller, kind: &'static str, subject_id: Uuid, at_ms: i64) -> Event {
        Event {
            request_id: caller.request_id,
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
            data: Value::Null,
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
}

/// Records an event in this transaction. All events of a transaction are written together at its end.
pub fn record(tx: &mut Tx, event: Event) {
    tx.at_end(event, store::insert);
}

/// The newest number of a workspace's events, 0 before the first.
pub fn last_number(tx: &mut Tx, workspace_id: Uuid) -> Result<i64> {
    store::last_number(tx, workspace_id)
}
