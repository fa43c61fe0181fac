//! What a server answers, as far as the command line reads it. Fields that an answer lacks are simply not shown, so that an
//! older or newer server can be used; `--json` prints answers as they came.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Takes `data` out of an answer.
pub(super) fn data<T: DeserializeOwned>(answer: &Value) -> anyhow::Result<T> {
    let data = answer.get("data").unwrap_or(&Value::Null);
    T::deserialize(data).map_err(|error| anyhow::anyhow!("The server's answer can't be read: {error}."))
}

/// `data` of `POST /v1/lexi/chat`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Turn {
    pub(super) response: String,
    pub(super) task_id: Option<String>,
    pub(super) requires_approval: bool,
    pub(super) conversation_id: Option<String>,
    pub(super) request: Option<Read>,
    pub(super) task: Option<Task>,
    pub(super) answer: Option<Value>,
}

/// What was read out of the words.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Read {
    pub(super) intent: Option<String>,
    pub(super) provenance: Vec<Provenance>,
    pub(super) assumptions: Vec<String>,
    pub(super) unread: Vec<String>,
}

/// A value and the words it was read from.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Provenance {
    pub(super) slot: String,
    pub(super) value: Value,
    pub(super) from: Option<String>,
    pub(super) start: Option<usize>,
    pub(super) end: Option<usize>,
    pub(super) text: Option<String>,
}

/// A task.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Task {
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) description: Option<String>,
    pub(super) metadata: Metadata,
    pub(super) revision: Option<u64>,
    pub(super) plan_hash: Option<String>,
    pub(super) status_at: Option<String>,
    pub(super) expires_at: Option<String>,
    pub(super) starts_at: Option<String>,
    pub(super) preview: Option<Figures>,
    pub(super) votes: Option<Votes>,
    pub(super) decision: Option<Decision>,
    pub(super) progress: Option<Progress>,
    pub(super) result: Option<Figures>,
    pub(super) error: Option<Reason>,
    pub(super) started_at: Option<String>,
    pub(super) finished_at: Option<String>,
    pub(super) request: Option<Read>,
    pub(super) revisions: Vec<Revision>,
    pub(super) undo: Option<String>,
    pub(super) undo_until: Option<String>,
    pub(super) undone_by: Option<String>,
}

impl Task {
    /// Whether nothing will happen to it any more.
    pub(super) fn has_ended(&self) -> bool {
        matches!(self.status.as_str(), "completed" | "failed" | "dismissed")
    }

    /// The end of the id: enough to name a task to a person. The beginning is only the time.
    pub(super) fn short_id(&self) -> &str {
        let from = self.id.len().saturating_sub(SHORT_ID);
        self.id.get(from..).unwrap_or(&self.id)
    }
}

/// How many characters from the end of an id are shown.
const SHORT_ID: usize = 8;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    pub(super) query: Option<String>,
    pub(super) list_id: Option<String>,
    pub(super) list_name: Option<String>,
}

/// The figures of a preview or a result: the same keys.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Figures {
    pub(super) matched: Option<u64>,
    pub(super) suppressed: Option<u64>,
    pub(super) already_contacts: Option<u64>,
    pub(super) selected: Option<u64>,
    pub(super) added: Option<u64>,
    pub(super) list_id: Option<String>,
    pub(super) list_name: Option<String>,
    pub(super) unknown: Option<std::collections::BTreeMap<String, u64>>,
    pub(super) title_expansion: Option<Expansion>,
    pub(super) alternatives: Vec<Alternative>,
    pub(super) sample: Vec<Sample>,
    pub(super) skipped: Vec<Skipped>,
    #[serde(flatten)]
    pub(super) changes: Changes,
    #[serde(flatten)]
    pub(super) undo: Undone,
}

/// What an undo takes back, and what stays.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Undone {
    pub(super) undoes: Option<String>,
    pub(super) contacts_removed: u64,
    pub(super) companies_removed: u64,
    pub(super) notes_removed: u64,
    pub(super) lists_removed: u64,
    pub(super) contacts_restored: u64,
    pub(super) companies_restored: u64,
    pub(super) lists_renamed: u64,
    pub(super) taken_off_list: u64,
    pub(super) put_back_on_list: u64,
    pub(super) kept: u64,
    pub(super) kept_records: Vec<Kept>,
}

/// A record that stays as it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    pub(super) record: String,
    pub(super) id: String,
    pub(super) field: Option<String>,
    pub(super) reason: String,
}

/// What a change of contacts, companies or lists has beside a search.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Changes {
    pub(super) operation: Option<String>,
    pub(super) record: Option<String>,
    pub(super) changed: Option<u64>,
    pub(super) unchanged: Option<u64>,
    pub(super) list_memberships: Option<u64>,
    pub(super) notes: Option<u64>,
    pub(super) already_members: Option<u64>,
    pub(super) removed: Option<u64>,
    pub(super) from_list_name: Option<String>,
    pub(super) list: Option<Around>,
    pub(super) from_list: Option<Around>,
    pub(super) irreversible: Option<String>,
    pub(super) warnings: Vec<String>,
}

/// A list before and after a change.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Around {
    pub(super) before: Option<ListLine>,
    pub(super) after: Option<ListLine>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListLine {
    pub(super) name: String,
    pub(super) contact_count: u64,
}

/// A field before and after a change.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Difference {
    pub(super) field: String,
    pub(super) before: Value,
    pub(super) after: Value,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Expansion {
    pub(super) titles: Vec<String>,
    pub(super) would_add: u64,
    pub(super) applied: bool,
}

/// What one step from the search would find.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Alternative {
    pub(super) text: String,
    pub(super) matched: u64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sample {
    pub(super) full_name: Option<String>,
    pub(super) title: Option<String>,
    pub(super) company: Option<String>,
    pub(super) city: Option<String>,
    pub(super) state: Option<String>,
    pub(super) headcount: Option<u64>,
    /// A company's name.
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) job_title: Option<String>,
    pub(super) company_name: Option<String>,
    pub(super) changes: Vec<Difference>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Skipped {
    pub(super) prospect_id: Option<String>,
    pub(super) reason: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Votes {
    pub(super) have: u64,
    pub(super) need: u64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Decision {
    pub(super) outcome: String,
    pub(super) kind: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) decided_at: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Progress {
    pub(super) done: u64,
    pub(super) total: u64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reason {
    pub(super) code: String,
    pub(super) message: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Revision {
    pub(super) revision: u64,
    pub(super) created_at: Option<String>,
    pub(super) description: Option<String>,
    pub(super) changes: Vec<Change>,
}

/// A field that a revision changed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Change {
    pub(super) field: String,
}

/// `data` of `POST …/approve`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Approved {
    pub(super) status: String,
    pub(super) execution_started: bool,
    pub(super) votes: Option<Votes>,
}

/// `data` of `GET /v1/lexi/tasks`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tasks {
    pub(super) tasks: Vec<Task>,
}

/// `data` of `GET /v1/contacts`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Contacts {
    pub(super) contacts: Vec<Contact>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Contact {
    pub(super) full_name: Option<String>,
    pub(super) job_title: Option<String>,
    pub(super) company_name: Option<String>,
    pub(super) email: Option<String>,
}
