//! What must hold of a workspace when nothing is under way any more, however often its servers, its database and the lines
//! between them broke.

use std::time::{Duration, Instant};

use lexi::db::{Db, Tx, query};
use lexi::error::Result;
use serde_json::json;
use uuid::Uuid;

use super::net::Caller;
use super::stories::{Desk, Told};
use crate::support::history::under_way;

/// How long approved tasks may take to their end; leases run out after two seconds.
const PATIENCE: Duration = Duration::from_secs(180);

/// Waits until every approved task has ended and every event has its number; gives how many events there are.
pub(super) async fn settled(db: &Db, workspace_id: Uuid) -> i64 {
    let begun = Instant::now();
    loop {
        let left = db.read(move |tx| under_way(tx, workspace_id)).await.expect("the store can be read");
        assert!(left.forgotten.is_empty(), "approved, and no job will end them: {:?}", left.forgotten);
        if left.tasks == 0 && left.unnumbered == 0 {
            let last = "select coalesce(max(number), 0) from events where workspace_id = $1";
            return db.read(move |tx| number(tx, last, workspace_id)).await.expect("the store can be read");
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "{} tasks never ended, {} events without a number",
            left.tasks,
            left.unnumbered
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Leases of tasks' work that ended without it: their server was killed, paused or cut off.
pub(super) async fn leases_lost(db: &Db) -> i64 {
    let lost =
        "select cast(coalesce(sum(attempt - 1), 0) as bigint) from jobs where kind = 'execute_task' and attempt > 1";
    let look = move |tx: &mut Tx| query(lost).one(tx, |row| row.get(0));
    db.read(look).await.expect("the store can be read")
}

/// What contradicts that these decisions were acknowledged, each read again by whoever may.
pub(super) async fn not_as_told(reader: &Caller, told: &[Told]) -> Vec<String> {
    let mut complaints = Vec::new();
    for told in told {
        let shown = reader.get(&format!("/v1/lexi/tasks/{}", told.task)).await.json["data"].clone();
        let decision = &shown["decision"];
        let stands = decision["outcome"] == told.outcome
            && decision["owner"] == told.by.as_str()
            && shown["status"] == told.ends
            && told.selected.is_none_or(|selected| shown["result"]["selected"] == selected);
        if !stands {
            let (status, result, error) = (&shown["status"], &shown["result"], &shown["error"]);
            complaints.push(format!("{told:?} was acknowledged; now: {status}, {decision}, {result}, {error}"));
        }
    }
    complaints
}

/// What contradicts itself in the store, or what callers were told of contacts and notes.
pub(super) async fn of_store(db: &Db, workspace_id: Uuid, desk: &Desk) -> Vec<String> {
    let notes = desk.notes.lock().unwrap().clone();
    let emails = desk.emails.lock().unwrap().clone();
    db.read(move |tx| {
        let mut complaints = Vec::new();
        for (sql, what) in NONE_OF {
            let found = texts(tx, sql, workspace_id)?;
            complaints.extend(found.iter().map(|found| format!("{what}: {found}")));
        }
        let [made, gone, there] = [CONTACTS_MADE, CONTACTS_GONE, CONTACTS].map(|sql| number(tx, sql, workspace_id));
        let (made, gone, there) = (made?, gone?, there?);
        if made - gone != there {
            complaints.push(format!("{made} contacts were made, {gone} deleted, and {there} are there"));
        }
        let written = texts(tx, NOTES, workspace_id)?;
        for note in &notes {
            let count = written.iter().filter(|text| *text == note).count();
            if count != 1 {
                complaints.push(format!("the note \"{note}\" is there {count} times"));
            }
        }
        if written.len() != notes.len() {
            complaints.push(format!("{} notes were written, and {} are there", notes.len(), written.len()));
        }
        let known = texts(tx, EMAILS, workspace_id)?;
        complaints.extend(emails.iter().filter(|email| !known.contains(email)).map(|email| format!("{email} is lost")));
        for task in tasks(tx, workspace_id)? {
            complaints.extend(task.complaints(tx, workspace_id)?);
        }
        Ok(complaints)
    })
    .await
    .expect("the store can be read")
}

const CONTACTS: &str = "select count(*) from contacts where workspace_id = $1";
const CONTACTS_MADE: &str = "select count(*) from events where workspace_id = $1 and type = 'contact.created'";
const CONTACTS_GONE: &str = "select count(*) from events where workspace_id = $1 and type = 'contact.deleted'";
const NOTES: &str = "select content from note_texts where workspace_id = $1";
const EMAILS: &str = "select email from contacts where workspace_id = $1 and email is not null";

/// Statements that must find nothing, and what it means if they do.
const NONE_OF: &[(&str, &str)] = &[
    (
        "select type || ' of ' || subject_id from events where workspace_id = $1 and subject_id is not null
           and type in ('task.created', 'task.approved', 'task.dismissed', 'task.started', 'task.completed', 'task.failed',
                        'task.undone', 'contact.created', 'contact.deleted', 'list.created', 'list.deleted', 'note.created')
         group by type, subject_id having count(*) > 1",
        "happened twice",
    ),
    (
        "select prospect_id from contacts where workspace_id = $1 and prospect_id is not null
         group by prospect_id having count(*) > 1",
        "a person became two contacts",
    ),
    (
        "select c.id from contacts as c where c.workspace_id = $1 and not exists
           (select 1 from events as e where e.workspace_id = $1 and e.subject_id = c.id and e.type = 'contact.created')",
        "a contact nobody made",
    ),
    (
        "select l.name from lists as l where l.workspace_id = $1 and l.contact_count <>
           (select count(*) from list_members as m where m.list_id = l.id)",
        "a list whose count is not that of its members",
    ),
    (
        "select id from jobs where workspace_id = $1 and kind = 'execute_task' and state in ('waiting', 'leased')",
        "a job that never ended",
    ),
    (
        "select id from tasks as t where t.workspace_id = $1 and t.status <> 'pending' and not exists
           (select 1 from decisions as d where d.task_id = t.id)",
        "a task that nobody decided and that does not wait",
    ),
    (
        "select d.task_id || ' ' || d.outcome from decisions as d where d.workspace_id = $1 and not exists
           (select 1 from events as e where e.workspace_id = $1 and e.subject_id = d.task_id
              and e.type = case d.outcome when 'approved' then 'task.approved' else 'task.dismissed' end)",
        "a decision without its event",
    ),
    (
        "select 'from 1 to ' || count(*) from events where workspace_id = $1
         having count(*) <> coalesce(max(number), 0) or count(number) <> count(*) or coalesce(min(number), 1) <> 1",
        "the numbers of events are not",
    ),
];

fn number(tx: &mut Tx, sql: &'static str, workspace_id: Uuid) -> Result<i64> {
    query(sql).bind(workspace_id).one(tx, |row| row.get(0))
}

fn texts(tx: &mut Tx, sql: &'static str, workspace_id: Uuid) -> Result<Vec<String>> {
    query(sql).bind(workspace_id).all(tx, |row| row.get(0))
}

/// A search for people as it is stored.
struct Search {
    id: Uuid,
    status: String,
    result: serde_json::Value,
}

fn tasks(tx: &mut Tx, workspace_id: Uuid) -> Result<Vec<Search>> {
    query(
        "select id, status, result from tasks where workspace_id = $1 and type = 'prospect_search'
           and status in ('completed', 'failed') and undone_by is null",
    )
    .bind(workspace_id)
    .all(tx, |row| Ok(Search { id: row.get(0)?, status: row.get(1)?, result: row.get(2)? }))
}

impl Search {
    /// The list of a task holds whom its result says: all who were approved, or those who were done before a stop.
    fn complaints(&self, tx: &mut Tx, workspace_id: Uuid) -> Result<Vec<String>> {
        let members: i64 = query(
            "select count(*) from list_members as m join lists as l on l.id = m.list_id
             where l.workspace_id = $1 and l.created_by_task = $2",
        )
        .bind(workspace_id)
        .bind(self.id)
        .one(tx, |row| row.get(0))?;
        let lists: i64 = query("select count(*) from lists where workspace_id = $1 and created_by_task = $2")
            .bind(workspace_id)
            .bind(self.id)
            .one(tx, |row| row.get(0))?;
        let done = |name: &str| self.result[name].as_i64().unwrap_or(0);
        let said = done("added") + done("already_contacts");
        let mut complaints = Vec::new();
        if members != said || lists > 1 {
            complaints.push(format!("task {} has {lists} lists with {members} people: {}", self.id, self.result));
        }
        if self.status == "completed" && self.result["selected"] != json!(said) {
            complaints.push(format!("task {} left somebody out: {}", self.id, self.result));
        }
        Ok(complaints)
    }
}
