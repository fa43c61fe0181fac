//! What callers send: a call with everything in it that the request has, and the answer as the model speaks of it.

use std::collections::HashMap;
use std::fmt;

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::model::{Kind, Who};
use crate::support::Answer;

/// The reason that callers give.
pub const REASON: &str = "Because";
/// Characters of a message that are compared: enough to tell one refusal from another.
const SAYS: usize = 26;

/// What is asked for. Tasks are named by their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// `only`: the first of the selection.
    Approve {
        task: String,
        plan: Option<String>,
        only: Option<String>,
        reason: bool,
    },
    Dismiss {
        task: String,
        reason: bool,
    },
    Resize {
        task: String,
        size: u64,
        plan: Option<String>,
    },
    Retract {
        task: String,
    },
    Stop {
        task: String,
    },
    Undo {
        task: String,
    },
    Freeze {
        kind: Option<Kind>,
    },
    Lift {
        freeze: String,
    },
    Read {
        task: String,
    },
    /// A worker takes a job and does one step of it.
    Step,
    /// Deadlines are looked at, and held work begins.
    Sweep,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub who: Who,
    pub what: What,
    /// Its `Idempotency-Key`.
    pub key: Option<String>,
    /// Says something else in the body that changes nothing, so that it is another request.
    pub odd: bool,
}

impl Call {
    /// Method and path; nothing for what no caller sends.
    pub fn route(&self) -> Option<(Method, String)> {
        let of = |task: &str, rest: &str| format!("/v1/lexi/tasks/{task}{rest}");
        Some(match &self.what {
            What::Approve { task, .. } => (Method::POST, of(task, "/approve")),
            What::Dismiss { task, .. } => (Method::POST, of(task, "/dismiss")),
            What::Resize { task, .. } => (Method::PATCH, of(task, "")),
            What::Retract { task } => (Method::POST, of(task, "/retract")),
            What::Stop { task } => (Method::POST, of(task, "/stop")),
            What::Undo { task } => (Method::POST, of(task, "/undo")),
            What::Freeze { .. } => (Method::POST, "/v1/lexi/freezes".to_owned()),
            What::Lift { freeze } => (Method::DELETE, format!("/v1/lexi/freezes/{freeze}")),
            What::Read { task } => (Method::GET, of(task, "")),
            What::Step | What::Sweep => return None,
        })
    }

    /// The body; nothing when the route takes none.
    pub fn body(&self) -> Option<Value> {
        let mut fields = Map::new();
        match &self.what {
            What::Approve { plan, only, reason, .. } => {
                fields.extend(plan.as_ref().map(|plan| ("plan_hash".to_owned(), json!(plan))));
                fields.extend(only.as_ref().map(|one| ("only".to_owned(), json!([one]))));
                fields.extend(reason.then(|| ("reason".to_owned(), json!(REASON))));
            }
            What::Dismiss { reason, .. } => fields.extend(reason.then(|| ("reason".to_owned(), json!(REASON)))),
            What::Resize { size, plan, .. } => {
                fields.insert("limit".to_owned(), json!(size));
                fields.extend(plan.as_ref().map(|plan| ("plan_hash".to_owned(), json!(plan))));
            }
            What::Retract { .. } | What::Stop { .. } => {}
            What::Freeze { kind } => {
                fields.insert("type".to_owned(), json!(kind.map(Kind::as_str)));
                fields.insert("reason".to_owned(), json!(REASON));
            }
            What::Undo { .. } | What::Lift { .. } | What::Read { .. } | What::Step | What::Sweep => return None,
        }
        if self.odd {
            fields.insert("nothing".to_owned(), json!(true));
        }
        Some(Value::Object(fields))
    }

    /// Whether another body would still be the same request but for its `Idempotency-Key`.
    pub fn can_be_odd(&self) -> bool {
        matches!(self.what, What::Approve { .. } | What::Dismiss { .. } | What::Retract { .. } | What::Stop { .. })
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.route() {
            None => write!(f, "{:?}", self.what)?,
            Some((method, path)) => write!(f, "{} sends {method} {path}", self.who.name())?,
        }
        if let Some(body) = self.body() {
            write!(f, " {body}")?;
        }
        match &self.key {
            Some(key) => write!(f, " with Idempotency-Key {key}"),
            None => Ok(()),
        }
    }
}

/// As much of a message as is compared.
pub fn says(message: &str) -> String {
    message.chars().take(SAYS).collect()
}

/// Who holds which key: the names by the ids of keys.
pub type Keys = HashMap<String, &'static str>;

/// An answer as the model speaks of it.
pub fn told(call: &Call, answer: &Answer, keys: &Keys) -> Value {
    let data = &answer.json["data"];
    if answer.status >= 300 {
        return refusal(answer, keys);
    }
    let status = answer.status;
    match &call.what {
        What::Approve { .. } => json!({ "status": status, "data": without(data, &["missing", "rules"]) }),
        What::Dismiss { .. } | What::Lift { .. } => json!({ "status": status, "data": data }),
        What::Retract { .. } | What::Stop { .. } => {
            json!({ "status": status, "data": { "task_id": data["task_id"], "status": data["status"] } })
        }
        What::Freeze { .. } => json!({ "status": status, "freeze": { "id": data["id"], "type": data["type"] } }),
        What::Resize { .. } | What::Undo { .. } | What::Read { .. } => {
            json!({ "status": status, "task": shown(data, keys) })
        }
        What::Step | What::Sweep => Value::Null,
    }
}

fn without(data: &Value, names: &[&str]) -> Value {
    let mut data = data.clone();
    if let Some(fields) = data.as_object_mut() {
        fields.retain(|name, _| !names.contains(&name.as_str()));
    }
    data
}

fn refusal(answer: &Answer, keys: &Keys) -> Value {
    let error = &answer.json["error"];
    let details = &error["details"];
    let message = error["message"].as_str().unwrap_or_default();
    let mut told = json!({ "status": answer.status, "code": error["code"], "says": says(message) });
    if let Some(fields) = details["fields"].as_object() {
        told["fields"] = fields.keys().map(String::as_str).collect();
    }
    if details.get("decision").is_some() {
        told["decision"] = decision(&details["decision"], keys);
    }
    if let Some(key) = details["retraction"]["key_id"].as_str() {
        told["retracted_by"] = json!(keys.get(key));
    }
    for name in ["plan_hash", "revision", "undo_task_id"] {
        if let Some(value) = details.get(name) {
            told[name] = value.clone();
        }
    }
    if let Some(status) = details.get("status") {
        told["task_status"] = status.clone();
    }
    told
}

/// A task as answers show it, in the fields that the model knows.
pub fn shown(task: &Value, keys: &Keys) -> Value {
    let by = |of: &str| task[of]["key_id"].as_str().map(|key| keys.get(key).copied().unwrap_or("nobody we know"));
    let done = match task["type"].as_str() {
        Some("prospect_search") => task["result"]["added"].clone(),
        Some("contact_update") => task["result"]["changed"].clone(),
        Some("undo") => task["result"]["contacts_removed"].clone(),
        _ => Value::Null,
    };
    json!({
        "id": task["id"], "type": task["type"], "status": task["status"], "revision": task["revision"],
        "plan_hash": task["plan_hash"], "size": task["metadata"]["limit"], "votes": task["votes"],
        "decision": decision(&task["decision"], keys), "expires_at": task["expires_at"],
        "starts_at": task["starts_at"], "start_by": task["start_by"], "frozen": task["frozen"],
        "escalates_to": task["escalates_to"], "escalated_to": task["escalated_to"],
        "retracted_by": by("retraction"), "stopped_by": by("stop"), "undoes": task["undoes"],
        "undone_by": task["undone_by"], "error": task["error"]["code"], "done": done,
    })
}

fn decision(decision: &Value, keys: &Keys) -> Value {
    if decision.is_null() {
        return Value::Null;
    }
    let by = decision["key_id"].as_str().map(|key| keys.get(key).copied().unwrap_or("nobody we know"));
    json!({
        "outcome": decision["outcome"], "kind": decision["kind"], "by": by, "reason": decision["reason"],
        "revision": decision["revision"], "plan_hash": decision["plan_hash"], "approved": decision["approved"],
        "declined": decision["declined"], "by_policy": !decision["policy_id"].is_null(),
    })
}
