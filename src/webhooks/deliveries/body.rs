//! The body of a delivery: `{id, event, timestamp, workspace_id, number, data}`.
//!
//! `data` holds the record under its own name as it is when the body is made, and what the event itself tells: ids, field
//! names and counts. The body is stored, so that every attempt sends the same bytes; only a person who is deleted is taken
//! out of it (rule 8: values are erased with their subject).

use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::catalog::BULK_CREATED;
use crate::clock::iso;
use crate::contacts::Contact;
use crate::db::Tx;
use crate::error::Result;
use crate::events::Recorded;
use crate::tasks::Task;
use crate::{companies, contacts, lists, tasks};

/// Contacts told of with all their fields in one body; of larger groups each is told in brief.
const WHOLE_CONTACTS_MAX: usize = 20;

/// What is told of an event, and whom it tells of.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) data: Value,
    pub(super) subjects: Vec<Uuid>,
}

/// The whole body.
pub(super) fn text(
    id: Uuid,
    event: &str,
    workspace_id: Uuid,
    (at_ms, number): (i64, Option<i64>),
    data: &Value,
) -> String {
    json!({
        "id": id,
        "event": event,
        "timestamp": iso(at_ms),
        "workspace_id": workspace_id,
        "number": number,
        "data": data,
    })
    .to_string()
}

/// What is told of one event: its record, and what the event holds.
pub(super) fn of_event(tx: &mut Tx, workspace_id: Uuid, event: &Recorded) -> Result<Told> {
    let mut data = match &event.data {
        Value::Object(data) => data.clone(),
        _ => Map::new(),
    };
    let mut subjects = Vec::new();
    if let (Some(task_id), false) = (event.task_id, event.kind.starts_with("task.")) {
        data.insert("task_id".to_owned(), json!(task_id));
    }
    if event.kind == BULK_CREATED {
        let ids: Vec<Uuid> = serde_json::from_value(data.remove("contact_ids").unwrap_or(json!([])))?;
        return of_contacts(tx, workspace_id, &ids, data);
    }
    let (noun, subject_id) = match event.kind.as_str() {
        // What was merged away is gone; told of is the contact it went into.
        "contact.merged" => {
            data.insert("merged_id".to_owned(), json!(event.subject_id));
            ("contact", data.remove("primary_id").and_then(|id| serde_json::from_value(id).ok()))
        }
        kind => (kind.split('.').next().unwrap_or_default(), event.subject_id),
    };
    let Some(subject_id) = subject_id else { return Ok(Told { data: data.into(), subjects }) };
    let record = match noun {
        "contact" => {
            subjects.push(subject_id);
            found(contacts::one(tx, workspace_id, subject_id)?)?
        }
        "company" => found(companies::one(tx, workspace_id, subject_id)?)?,
        "list" => found(lists::find(tx, workspace_id, subject_id)?)?,
        "task" => tasks::shown(tx, workspace_id, subject_id)?.map(|task| of_task(&task)),
        _ => Some(json!({ "id": subject_id })),
    };
    data.insert(noun.to_owned(), record.unwrap_or_else(|| json!({ "id": subject_id, "deleted": true })));
    Ok(Told { data: data.into(), subjects })
}

/// What is told of several new contacts.
pub(super) fn of_contacts(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid], mut data: Map<String, Value>) -> Result<Told> {
    let mut told = Vec::with_capacity(ids.len());
    for id in ids {
        told.push(match contacts::one(tx, workspace_id, *id)? {
            Some(contact) if ids.len() <= WHOLE_CONTACTS_MAX => serde_json::to_value(contact)?,
            Some(contact) => in_brief(&contact),
            None => json!({ "id": id, "deleted": true }),
        });
    }
    data.insert("count".to_owned(), json!(ids.len()));
    data.insert("contacts".to_owned(), told.into());
    Ok(Told { data: data.into(), subjects: ids.to_vec() })
}

fn found(record: Option<impl Serialize>) -> Result<Option<Value>> {
    Ok(record.map(serde_json::to_value).transpose()?)
}

fn in_brief(contact: &Contact) -> Value {
    json!({
        "id": contact.id,
        "full_name": contact.full_name,
        "email": contact.email,
        "job_title": contact.job_title,
        "company_name": contact.company_name,
        "prospect_id": contact.prospect_id,
        "created_by_task": contact.created_by_task,
        "created_at": contact.created_at,
    })
}

/// A task without the people it is about: they are told of by the events of what it does.
fn of_task(task: &Task) -> Value {
    let numbers = |value: &Value| -> Value {
        let plain = |value: &Value| value.is_number() || value.is_string() || value.is_boolean();
        let Some(fields) = value.as_object() else { return Value::Null };
        fields.iter().filter(|(_, value)| plain(value)).map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    json!({
        "id": task.id,
        "type": task.kind,
        "status": task.status,
        "description": task.description,
        "created_at": task.created_at,
        "status_at": task.status_at,
        "expires_at": task.expires_at,
        "metadata": { "query": task.metadata["query"] },
        "revision": task.revision,
        "plan_hash": task.plan_hash,
        "conversation_id": task.conversation_id,
        "preview": numbers(&task.preview),
        "decision": task.decision,
        "result": numbers(&task.result),
        "error": task.error,
    })
}

/// A stored body without what it told of these people; their ids stay.
pub(super) fn without(text: &str, contact_ids: &[Uuid]) -> Result<String> {
    let mut body: Value = serde_json::from_str(text)?;
    let is_gone = |record: &Value| {
        let id = record["id"].as_str().and_then(|id| Uuid::try_parse(id).ok());
        id.is_some_and(|id| contact_ids.contains(&id))
    };
    for (name, told) in body["data"].as_object_mut().into_iter().flatten() {
        let records = match (name.as_str(), told) {
            ("contact", record) => std::slice::from_mut(record),
            ("contacts", Value::Array(records)) => records.as_mut_slice(),
            _ => continue,
        };
        for record in records.iter_mut().filter(|record| is_gone(record)) {
            *record = json!({ "id": record["id"], "erased": true });
        }
    }
    Ok(body.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_deleted_is_taken_out_of_a_body_and_nobody_else() {
        let (gone, stays) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let data =
            json!({ "contacts": [{ "id": gone, "email": "a@gone.example" }, { "id": stays, "email": "b@x.example" }] });
        let body = text(Uuid::nil(), "contact.bulk_created", Uuid::nil(), (0, Some(7)), &data);
        let without = without(&body, &[gone]).unwrap();
        assert!(
            !without.contains("gone.example") && without.contains("b@x.example") && without.contains(&gone.to_string())
        );
        let one =
            text(Uuid::nil(), "contact.created", Uuid::nil(), (0, None), &json!({ "contact": { "id": gone, "x": 1 } }));
        let one: Value = serde_json::from_str(&super::without(&one, &[gone]).unwrap()).unwrap();
        assert_eq!(one["data"], json!({ "contact": { "id": gone, "erased": true } }));
    }
}
