//! Events as they are shown to whoever follows them.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Recorded;
use crate::clock::iso;
use crate::db::Tx;
use crate::error::Result;
use crate::keys;

/// An event.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Shown {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// Its place among the workspace's events, from 1 without gaps.
    pub number: i64,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(example = "contact.created")]
    pub kind: String,
    /// ISO 8601, UTC.
    pub at: String,
    /// Who did it.
    pub actor: ActorShown,
    /// What it happened to.
    pub subject: Subject,
    /// The task it belongs to.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub task_id: Option<Uuid>,
    /// The request it came with, as its answer's `X-Request-ID`.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub request_id: Option<Uuid>,
    /// Why it happened.
    pub cause: Cause,
    /// Ids, counts, field names and salted hashes; no personal values.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// Who did it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActorShown {
    /// `human`, `service`, `policy` or `system`.
    #[schema(example = "human")]
    pub kind: String,
    /// The key or policy; null for the system.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub id: Option<Uuid>,
    /// Whose key it is, else what it is called; left out when neither is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What an event happened to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Subject {
    /// `contact`, `task`, `list` …
    #[serde(rename = "type")]
    #[schema(example = "contact")]
    pub kind: String,
    /// Its id.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub id: Option<Uuid>,
}

/// Why an event happened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Cause {
    /// `task`: an approved task was carried out. `request`: somebody asked for it. `system`: a deadline or the operator.
    #[serde(rename = "type")]
    #[schema(example = "request")]
    pub kind: &'static str,
    /// The task or the request.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub id: Option<Uuid>,
}

/// What an event of this type happens to.
pub fn subject_type(kind: &str) -> &str {
    match kind {
        "contact.bulk_created" | "contacts.exported" => "workspace",
        _ => kind.split('.').next().unwrap_or(kind),
    }
}

/// Events as they are shown, with the names of who did them.
pub fn shown(tx: &mut Tx, workspace_id: Uuid, events: Vec<Recorded>) -> Result<Vec<Shown>> {
    let mut actors: Vec<Uuid> = events.iter().filter_map(|event| event.actor_id).collect();
    actors.sort_unstable();
    actors.dedup();
    let names = keys::names(tx, workspace_id, &actors)?;
    let shown = events.into_iter().map(|event| {
        let name = event.actor_id.and_then(|id| names.iter().find(|(known, _)| *known == id));
        let kind = subject_type(&event.kind).to_owned();
        let is_of_execution =
            event.task_id.is_some() && event.request_id.is_none() && event.task_id != event.subject_id;
        let cause = match (event.task_id, event.request_id) {
            (Some(id), _) if is_of_execution => Cause { kind: "task", id: Some(id) },
            (_, Some(id)) => Cause { kind: "request", id: Some(id) },
            (Some(id), None) if event.kind == "task.completed" || event.kind == "task.failed" => {
                Cause { kind: "task", id: Some(id) }
            }
            _ => Cause { kind: "system", id: None },
        };
        Shown {
            id: event.id,
            number: event.number,
            kind: event.kind,
            at: iso(event.at_ms),
            actor: ActorShown { kind: event.actor_kind, id: event.actor_id, name: name.map(|(_, name)| name.clone()) },
            subject: Subject { kind, id: event.subject_id },
            task_id: event.task_id,
            request_id: event.request_id,
            cause,
            data: event.data,
        }
    });
    Ok(shown.collect())
}
