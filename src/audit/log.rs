//! The audit log as the published API shows it: a view over the events.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store;
use crate::clock::iso;
use crate::db::Tx;
use crate::error::Result;
use crate::events::{self, Action, Recorded, Remembered, Wanted};
use crate::keys;
use crate::paging::Paging;

/// Entries that fit a filter are counted up to here.
pub(super) const COUNT_MAX: u32 = 10_000;

/// The published names of what can be filtered by, and what events call it.
pub(super) const RESOURCES: &[(&str, &str)] = &[
    ("contacts", "contact"),
    ("companies", "company"),
    ("deals", "deal"),
    ("tasks", "task"),
    ("notes", "note"),
    ("lists", "list"),
    ("campaigns", "campaign"),
    ("webhooks", "webhook"),
    ("api_keys", "api_key"),
    ("users", "user"),
    ("activities", "activity"),
    ("todos", "todo"),
    ("suppressions", "suppression"),
    ("conversations", "conversation"),
    ("policies", "policy"),
    ("rules", "rule"),
    ("workspaces", "workspace"),
];

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Entry {
    /// The event's id.
    #[schema(value_type = String, format = "uuid")]
    id: Uuid,
    /// ISO 8601, UTC.
    timestamp: String,
    /// Who did it.
    user: User,
    /// `create`, `update`, `delete` or `api_access`.
    #[schema(example = "update")]
    action: &'static str,
    /// `contacts`, `companies`, `tasks` (of Lexi), `notes`, `lists`, `api_keys` …
    #[schema(example = "contacts")]
    resource_type: String,
    /// The record.
    #[schema(value_type = Option<String>, format = "uuid")]
    resource_id: Option<Uuid>,
    /// What exactly: `event` (its type), `number`, `sealed`, `task_id`, `request_id`, `data`, and for changed records
    /// `changes`: each field with its value before and after, `erased: true` when the record was
    /// deleted since, or `not_kept: true` for values over 4,000 bytes.
    #[schema(value_type = Object)]
    details: Value,
    /// The address the request came from; null where there was none, as in the execution of a task.
    ip_address: Option<String>,
    /// What the program called itself.
    user_agent: Option<String>,
}

/// Who did it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct User {
    /// The key or policy; null for the system.
    #[schema(value_type = Option<String>, format = "uuid")]
    id: Option<Uuid>,
    /// The name of the key's owner where it is an e-mail address.
    email: Option<String>,
    /// Whose key it is, else what it is called.
    name: Option<String>,
    /// `human`, `service`, `policy` or `system`.
    #[serde(rename = "type")]
    kind: String,
}

/// A page of the log, newest first, and how many entries fit; of a filter's exactly up to 10,000.
pub(super) fn page(tx: &mut Tx, workspace_id: Uuid, wanted: &Wanted, paging: Paging) -> Result<(Vec<Entry>, u64)> {
    let (events, total) = events::page(tx, workspace_id, wanted, paging, COUNT_MAX)?;
    let unique = |of: fn(&Recorded) -> Option<Uuid>| {
        let mut ids: Vec<Uuid> = events.iter().filter_map(of).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let names = keys::names(tx, workspace_id, &unique(|event| event.actor_id))?;
    let origins = events::origins(tx, workspace_id, &unique(|event| event.origin_id))?;
    let hashed = events.iter().filter(|event| event.data["personal"].is_array()).map(|event| event.id);
    let values = events::personal_values(tx, workspace_id, &hashed.collect::<Vec<_>>())?;
    let sealed_to = store::sealed_to(tx, workspace_id)?;
    let entries = events.into_iter().map(|event| {
        let name = event.actor_id.and_then(|id| names.iter().find(|known| known.0 == id)).map(|known| known.1.clone());
        let origin = event.origin_id.and_then(|id| origins.iter().find(|known| known.0 == id));
        let subject = events::subject_type(&event.kind);
        let resource = RESOURCES.iter().find(|(_, ours)| *ours == subject).map_or(subject, |(published, _)| published);
        Entry {
            id: event.id,
            timestamp: iso(event.at_ms),
            user: User {
                id: event.actor_id,
                email: name.clone().filter(|name| name.contains('@')),
                name,
                kind: event.actor_kind.clone(),
            },
            action: Action::of(&event.kind).as_str(),
            resource_type: resource.to_owned(),
            resource_id: event.subject_id,
            details: details(&event, &values, sealed_to),
            ip_address: origin.map(|origin| origin.1.clone()),
            user_agent: origin.map(|origin| origin.2.clone()).filter(|program| !program.is_empty()),
        }
    });
    Ok((entries.collect(), total))
}

fn details(event: &Recorded, values: &[Remembered], sealed_to: i64) -> Value {
    let mut data = event.data.clone();
    let mut details = json!({
        "event": event.kind, "number": event.number, "sealed": event.number <= sealed_to, "task_id": event.task_id,
        "request_id": event.request_id,
    });
    if let Some(hashed) = data.as_object_mut().and_then(|data| data.remove("personal")) {
        let value = |field: &Value, is_after: bool| {
            let found = values.iter().find(|value| {
                value.event_id == event.id && value.is_after == is_after && *field == value.field.as_str()
            });
            found.map(|found| found.value.clone())
        };
        let changes = hashed.as_array().into_iter().flatten().map(|entry| {
            let mut change = json!({ "field": entry["field"] });
            for (side, is_after) in [("before", false), ("after", true)] {
                match (entry[side].is_string(), value(&entry["field"], is_after)) {
                    (true, Some(value)) => change[side] = value,
                    (true, None) if entry["not_kept"] == true => change["not_kept"] = true.into(),
                    (true, None) => change["erased"] = true.into(),
                    (false, _) => change[side] = Value::Null,
                }
            }
            change
        });
        let changes: Vec<Value> = changes.collect();
        if changes.iter().any(|change| change["erased"] == true) {
            details["erased"] = true.into();
        }
        details["changes"] = changes.into();
    }
    details["data"] = data;
    details
}
