//! What is stored in the end, read from outside the program's own operations.

use std::collections::{BTreeMap, BTreeSet};

use lexi::db::{Query, Tx, query};
use lexi::error::Result;
use serde_json::Value;
use uuid::Uuid;

/// Everything of one workspace that a history is judged by.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The workspace.
    pub id: Uuid,
    /// Its tasks.
    pub tasks: BTreeMap<Uuid, Task>,
    /// Its contacts.
    pub contacts: BTreeMap<Uuid, Contact>,
    /// Its lists.
    pub lists: BTreeMap<Uuid, List>,
    /// Who is on them.
    pub members: Vec<Member>,
    /// Its notes.
    pub notes: BTreeMap<Uuid, Note>,
    /// What tasks noted of their effects: task, kind and record.
    pub effects: Vec<(Uuid, String, Uuid)>,
    /// Its events, in their order.
    pub events: Vec<Event>,
    /// Tasks for which a job waits or is at work.
    pub at_work: BTreeSet<Uuid>,
    /// The messages of its conversations.
    pub messages: BTreeSet<Uuid>,
    /// Every id that is its own, of what is there and of what was.
    pub ids: BTreeSet<Uuid>,
}

/// A task as it stands in the end.
#[derive(Debug, Clone)]
pub struct Task {
    /// The task.
    pub id: Uuid,
    /// `prospect_search` …
    pub kind: String,
    /// One of the five states.
    pub status: String,
    /// The present revision.
    pub revision: u32,
    /// Null before it has ended.
    pub result: Value,
    /// Null unless it failed.
    pub error: Value,
    /// All revisions, oldest first.
    pub revisions: Vec<Revision>,
    /// What was decided.
    pub decision: Option<Decision>,
}

/// One revision of a task.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Counted from 1.
    pub number: u32,
    /// The name of its plan.
    pub plan_hash: String,
    /// How it is done.
    pub parameters: Value,
    /// Whom it is about.
    pub selection: Vec<Uuid>,
    /// What was shown.
    pub preview: Value,
    /// The words that asked for it.
    pub words: String,
}

/// A decision.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Of which workspace.
    pub workspace_id: Uuid,
    /// For which revision.
    pub revision: u32,
    /// For which plan.
    pub plan_hash: String,
    /// `approved` or `dismissed`.
    pub outcome: String,
    /// `human`, `service`, `policy` or `system`.
    pub kind: String,
    /// The key that decided.
    pub key_id: Option<Uuid>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// As given.
    pub reason: Option<String>,
    /// The part that was approved; none: all.
    pub part: Option<Vec<Uuid>>,
}

/// A contact.
#[derive(Debug, Clone)]
pub struct Contact {
    /// The prospect it was made from.
    pub prospect_id: Option<Uuid>,
    /// The task that made it.
    pub task_id: Option<Uuid>,
}

/// A list.
#[derive(Debug, Clone)]
pub struct List {
    /// As it is shown.
    pub name: String,
    /// How many it says are on it.
    pub contact_count: i64,
    /// The task that made it.
    pub task_id: Option<Uuid>,
}

/// A contact on a list.
#[derive(Debug, Clone)]
pub struct Member {
    /// The list.
    pub list_id: Uuid,
    /// The contact.
    pub contact_id: Uuid,
    /// The task that put it there.
    pub task_id: Option<Uuid>,
}

/// A note.
#[derive(Debug, Clone)]
pub struct Note {
    /// Whom it is about.
    pub contact_id: Option<Uuid>,
    /// The task that wrote it.
    pub task_id: Option<Uuid>,
}

/// An event.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its place.
    pub number: i64,
    /// `task.approved` …
    pub kind: String,
    /// What it happened to.
    pub subject_id: Option<Uuid>,
    /// The task that caused it.
    pub task_id: Option<Uuid>,
    /// The request that caused it.
    pub request_id: Option<Uuid>,
}

impl Task {
    /// The revision that was decided about; nothing when it is not the one the decision names.
    pub fn decided(&self) -> Option<&Revision> {
        let decision = self.decision.as_ref()?;
        self.revisions.iter().find(|one| one.number == decision.revision && one.plan_hash == decision.plan_hash)
    }

    /// The revision that was approved, if one was.
    pub fn approved(&self) -> Option<&Revision> {
        self.decided().filter(|_| self.decision.as_ref().is_some_and(|decision| decision.outcome == "approved"))
    }

    /// Whom the approval is for.
    pub fn approved_for(&self) -> &[Uuid] {
        let part = self.decision.as_ref().and_then(|decision| decision.part.as_deref());
        part.or_else(|| Some(&self.approved()?.selection)).unwrap_or_default()
    }

    /// A number of the result.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.result[name].as_u64()
    }
}

impl Workspace {
    /// Reads it all, in one transaction.
    pub fn read(tx: &mut Tx, id: Uuid) -> Result<Workspace> {
        let mut tasks = tasks(tx, id)?;
        for revision in revisions(tx, id)? {
            tasks.entry(revision.0).and_modify(|task| task.revisions.push(revision.1));
        }
        for (task_id, decision) in decisions(tx, id)? {
            tasks.entry(task_id).and_modify(|task| task.decision = Some(decision));
        }
        Ok(Workspace {
            id,
            tasks,
            contacts: of(id, "select id, prospect_id, created_by_task from contacts where workspace_id = $1")
                .all(tx, |row| Ok((row.get(0)?, Contact { prospect_id: row.get(1)?, task_id: row.get(2)? })))?
                .into_iter()
                .collect(),
            lists: of(
                id,
                "select id, name, contact_count, created_by_task from lists
                 where workspace_id = $1 and deleted_at_ms is null",
            )
            .all(tx, |row| {
                Ok((row.get(0)?, List { name: row.get(1)?, contact_count: row.get(2)?, task_id: row.get(3)? }))
            })?
            .into_iter()
            .collect(),
            members: of(id, "select list_id, contact_id, added_by_task from list_members where workspace_id = $1")
                .all(tx, |row| Ok(Member { list_id: row.get(0)?, contact_id: row.get(1)?, task_id: row.get(2)? }))?,
            notes: of(id, "select id, contact_id, created_by_task from notes where workspace_id = $1")
                .all(tx, |row| Ok((row.get(0)?, Note { contact_id: row.get(1)?, task_id: row.get(2)? })))?
                .into_iter()
                .collect(),
            effects: of(id, "select task_id, kind, record_id from task_effects where workspace_id = $1")
                .all(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?,
            events: events(tx, id)?,
            at_work: of(
                id,
                "select task_id from jobs
                 where workspace_id = $1 and kind = 'execute_task' and state in ('waiting', 'leased')",
            )
            .all(tx, |row| row.get(0))?
            .into_iter()
            .collect(),
            messages: of(id, "select id from messages where workspace_id = $1")
                .all(tx, |row| row.get(0))?
                .into_iter()
                .collect(),
            ids: ids(tx, id)?,
        })
    }
}

fn of(workspace_id: Uuid, sql: impl Into<std::borrow::Cow<'static, str>>) -> Query {
    query(sql).bind(workspace_id)
}

fn tasks(tx: &mut Tx, workspace_id: Uuid) -> Result<BTreeMap<Uuid, Task>> {
    let tasks = of(workspace_id, "select id, type, status, revision, result, error from tasks where workspace_id = $1")
        .all(tx, |row| {
            Ok(Task {
                id: row.get(0)?,
                kind: row.get(1)?,
                status: row.get(2)?,
                revision: row.get(3)?,
                result: row.get::<Option<Value>>(4)?.unwrap_or_default(),
                error: row.get::<Option<Value>>(5)?.unwrap_or_default(),
                revisions: Vec::new(),
                decision: None,
            })
        })?;
    Ok(tasks.into_iter().map(|task| (task.id, task)).collect())
}

fn revisions(tx: &mut Tx, workspace_id: Uuid) -> Result<Vec<(Uuid, Revision)>> {
    of(
        workspace_id,
        "select task_id, revision, plan_hash, plan, selection, preview, query from task_revisions
         where workspace_id = $1 order by task_id, revision",
    )
    .all(tx, |row| {
        let revision = Revision {
            number: row.get(1)?,
            plan_hash: row.get(2)?,
            parameters: row.get(3)?,
            selection: selection(&row.get::<Vec<u8>>(4)?),
            preview: row.get(5)?,
            words: row.get(6)?,
        };
        Ok((row.get(0)?, revision))
    })
}

/// By the task, whichever workspace the decision itself names.
fn decisions(tx: &mut Tx, workspace_id: Uuid) -> Result<Vec<(Uuid, Decision)>> {
    of(
        workspace_id,
        "select d.task_id, d.workspace_id, d.revision, d.plan_hash, d.outcome, d.kind, d.key_id, d.owner, d.reason,
             d.selection
         from decisions d join tasks t on t.id = d.task_id where t.workspace_id = $1",
    )
    .all(tx, |row| {
        let decision = Decision {
            workspace_id: row.get(1)?,
            revision: row.get(2)?,
            plan_hash: row.get(3)?,
            outcome: row.get(4)?,
            kind: row.get(5)?,
            key_id: row.get(6)?,
            owner: row.get(7)?,
            reason: row.get(8)?,
            part: row.get::<Option<Vec<u8>>>(9)?.as_deref().map(selection),
        };
        Ok((row.get(0)?, decision))
    })
}

fn events(tx: &mut Tx, workspace_id: Uuid) -> Result<Vec<Event>> {
    of(
        workspace_id,
        "select number, type, subject_id, task_id, request_id from events
         where workspace_id = $1 and number is not null order by number",
    )
    .all(tx, |row| {
        Ok(Event {
            number: row.get(0)?,
            kind: row.get(1)?,
            subject_id: row.get(2)?,
            task_id: row.get(3)?,
            request_id: row.get(4)?,
        })
    })
}

/// Where ids stand that are a workspace's own. What was deleted is still the subject of an event.
const IDS: &[&str] = &[
    "select id from tasks where workspace_id = $1",
    "select id from contacts where workspace_id = $1",
    "select id from companies where workspace_id = $1",
    "select id from notes where workspace_id = $1",
    "select id from lists where workspace_id = $1",
    "select id from suppressions where workspace_id = $1",
    "select id from conversations where workspace_id = $1",
    "select id from messages where workspace_id = $1",
    "select id from api_keys where workspace_id = $1",
    "select id from webhooks where workspace_id = $1",
    "select id from webhook_deliveries where workspace_id = $1",
    "select id from webhook_attempts where workspace_id = $1",
    "select id from rules where workspace_id = $1",
    "select id from policies where workspace_id = $1",
    "select id from freezes where workspace_id = $1",
    "select id from jobs where workspace_id = $1",
    "select id from origins where workspace_id = $1",
    "select id from events where workspace_id = $1",
    "select subject_id from events where workspace_id = $1 and subject_id is not null",
    "select request_id from events where workspace_id = $1 and request_id is not null",
];

fn ids(tx: &mut Tx, workspace_id: Uuid) -> Result<BTreeSet<Uuid>> {
    let mut ids = BTreeSet::from([workspace_id]);
    for sql in IDS {
        ids.extend(of(workspace_id, *sql).all(tx, |row| row.get::<Uuid>(0))?);
    }
    Ok(ids)
}

/// A selection is stored as sixteen bytes an id.
fn selection(bytes: &[u8]) -> Vec<Uuid> {
    bytes.chunks(16).map(|id| Uuid::from_slice(id).expect("sixteen bytes")).collect()
}

/// The titles of all prospects, who belong to no workspace.
pub fn prospects(tx: &mut Tx) -> Result<BTreeMap<Uuid, String>> {
    let prospects = query("select id, title from prospects")
        .all(tx, |row| Ok((row.get(0)?, row.get::<Option<String>>(1)?.unwrap_or_default())))?;
    Ok(prospects.into_iter().collect())
}
