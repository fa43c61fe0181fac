//! API keys: who is asking, what they may do, and how often.

pub mod permissions;

use std::sync::Arc;

use uuid::Uuid;

use permissions::Permissions;

/// What kind of caller holds a key; each decision says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A person.
    Human,
    /// A program.
    Service,
}

impl Kind {
    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Human => "human",
            Kind::Service => "service",
        }
    }
}

/// Who is asking. Made from a key alone, never from anything else in a request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The tenant; every statement names it.
    pub workspace_id: Uuid,
    /// The key.
    pub key_id: Uuid,
    /// Person or program.
    pub kind: Kind,
    /// The name of who answers for the key.
    pub owner: Option<Arc<str>>,
    /// What the key may do.
    pub permissions: Permissions,
    /// The request this caller makes, for the trace of events; none for the command line.
    pub request_id: Option<Uuid>,
}
