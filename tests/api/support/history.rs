//! The checker of histories: what the database of an installation that was killed, cut off or failed over must look like
//! when nothing is under way any more. No approval is lost, every approved task has ended, nobody was added twice or left
//! out, and the numbers of events have no gaps.

use std::collections::{BTreeSet, HashMap};

use lexi::db::{Tx, query};
use lexi::error::Result;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::Client;

/// What is still under way in a workspace.
pub struct UnderWay {
    /// Approved tasks that have not ended.
    pub tasks: i64,
    /// Of those, the ones that no job will ever end.
    pub forgotten: Vec<String>,
    /// Events that have no number yet.
    pub unnumbered: i64,
}

/// Looks what is still under way.
pub fn under_way(tx: &mut Tx, workspace_id: Uuid) -> Result<UnderWay> {
    Ok(UnderWay {
        tasks: count(tx, OPEN_TASKS, workspace_id)?,
        forgotten: texts(tx, FORGOTTEN_TASKS, workspace_id)?,
        unnumbered: count(tx, UNNUMBERED_EVENTS, workspace_id)?,
    })
}

/// What contradicts that these approvals, each of so many people, were acknowledged.
pub async fn not_as_acknowledged(client: &Client, approved: &[(Uuid, u64)]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (task_id, size) in approved {
        let answer = client.get(&format!("/v1/lexi/tasks/{task_id}")).await;
        let shown = &answer.json["data"];
        if answer.status != 200 {
            complaints.push(format!("the approval of task {task_id} was acknowledged, and now it is {}", answer.text));
            continue;
        }
        if shown["status"] != "completed" || shown["decision"]["outcome"] != "approved" {
            complaints.push(format!(
                "the approval of task {task_id} was acknowledged, and now it is {}, decided {}: {}",
                shown["status"], shown["decision"], shown["error"]
            ));
        }
        if shown["result"]["selected"] != json!(size) {
            complaints.push(format!("task {task_id} was about {size} people: {}", shown["result"]));
        }
    }
    complaints
}

const OPEN_TASKS: &str = "select count(*) from tasks where workspace_id = $1 and status = 'approved'";
const UNNUMBERED_EVENTS: &str = "select count(*) from events where workspace_id = $1 and number is null";
const FORGOTTEN_TASKS: &str = "select id from tasks where workspace_id = $1 and status = 'approved' and not exists
    (select 1 from jobs where jobs.task_id = tasks.id and jobs.state in ('waiting', 'leased'))";
const CONTACTS: &str = "select count(*) from contacts where workspace_id = $1";
const CONTACTS_CREATED: &str = "select count(*) from events where workspace_id = $1 and type = 'contact.created'";
const OPEN_JOBS: &str = "select id from jobs where workspace_id = $1 and state in ('waiting', 'leased')";
const TWICE: &str = "select prospect_id from contacts where workspace_id = $1 group by prospect_id having count(*) > 1";
const EVENTS: &str = "select count(*) from events where workspace_id = $1";
const LAST_EVENT: &str = "select coalesce(max(number), 0) from events where workspace_id = $1";

/// A workspace's id.
pub fn workspace_named(tx: &mut Tx, name: &str) -> Result<Uuid> {
    query("select id from workspaces where name = $1").bind(name).one(tx, |row| row.get(0))
}

fn count(tx: &mut Tx, sql: &'static str, workspace_id: Uuid) -> Result<i64> {
    query(sql).bind(workspace_id).one(tx, |row| row.get(0))
}

fn texts(tx: &mut Tx, sql: &'static str, workspace_id: Uuid) -> Result<Vec<String>> {
    query(sql).bind(workspace_id).all(tx, |row| row.get(0))
}

/// A task as it is stored.
struct Stored {
    id: Uuid,
    status: String,
    result: Value,
    selection: Vec<u8>,
    outcome: Option<String>,
}

/// What contradicts itself in a workspace in which nothing is under way.
pub fn stored_complaints(tx: &mut Tx, workspace_id: Uuid) -> Result<Vec<String>> {
    let tasks = query(
        "select tasks.id, tasks.status, tasks.result, task_revisions.selection, decisions.outcome
         from tasks
         join task_revisions on task_revisions.task_id = tasks.id and task_revisions.revision = tasks.revision
         left join decisions on decisions.task_id = tasks.id
         where tasks.workspace_id = $1",
    )
    .bind(workspace_id)
    .all(tx, |row| {
        let result = row.get::<Option<Value>>(2)?.unwrap_or_default();
        Ok(Stored { id: row.get(0)?, status: row.get(1)?, result, selection: row.get(3)?, outcome: row.get(4)? })
    })?;
    let mut complaints = Vec::new();
    let mut added = 0;
    for task in &tasks {
        added += task.result["added"].as_i64().unwrap_or(0);
        complaints.extend(of_task(tx, workspace_id, task)?.iter().map(|what| format!("task {}: {what}", task.id)));
    }
    let contacts = count(tx, CONTACTS, workspace_id)?;
    if contacts != added {
        complaints.push(format!("the tasks say they added {added} contacts, and there are {contacts}"));
    }
    if count(tx, CONTACTS_CREATED, workspace_id)? != contacts {
        complaints.push("contacts and the events of their making differ in number".into());
    }
    complaints.extend(texts(tx, TWICE, workspace_id)?.iter().map(|id| format!("prospect {id} was added twice")));
    complaints.extend(texts(tx, OPEN_JOBS, workspace_id)?.iter().map(|id| format!("job {id} is still open")));
    if count(tx, EVENTS, workspace_id)? != count(tx, LAST_EVENT, workspace_id)? {
        complaints.push("the numbers of events have gaps".into());
    }
    Ok(complaints)
}

fn of_task(tx: &mut Tx, workspace_id: Uuid, task: &Stored) -> Result<Vec<String>> {
    let lists = query("select id, contact_count from lists where workspace_id = $1 and created_by_task = $2")
        .bind(workspace_id)
        .bind(task.id)
        .all(tx, |row| Ok((row.get::<Uuid>(0)?, row.get::<i64>(1)?)))?;
    match (task.status.as_str(), task.outcome.as_deref()) {
        ("pending", None) if lists.is_empty() && task.result.is_null() => return Ok(Vec::new()),
        ("completed", Some("approved")) => {}
        (status, outcome) => return Ok(vec![format!("{status}, decided {outcome:?}, lists {lists:?}")]),
    }
    let mut complaints = Vec::new();
    let [(list_id, contact_count)] = lists[..] else { return Ok(vec![format!("has {} lists", lists.len())]) };
    let selected: BTreeSet<String> =
        task.selection.chunks(16).map(|id| Uuid::from_slice(id).expect("sixteen bytes").to_string()).collect();
    let members: Vec<String> = query(
        "select contacts.prospect_id from list_members
         join contacts on contacts.id = list_members.contact_id
         where list_members.workspace_id = $1 and list_members.list_id = $2",
    )
    .bind(workspace_id)
    .bind(list_id)
    .all(tx, |row| row.get(0))?;
    if task.result["list_id"] != json!(list_id) {
        complaints.push(format!("names another list than {list_id}: {}", task.result));
    }
    if members.len() != selected.len() || members.into_iter().collect::<BTreeSet<_>>() != selected {
        complaints.push("its list does not hold exactly the selected people".into());
    }
    let number = |key: &str| task.result[key].as_i64().unwrap_or(-1);
    let people = i64::try_from(selected.len()).unwrap_or(-1);
    if contact_count != people || number("added") + number("already_contacts") != people || number("selected") != people
    {
        complaints.push(format!("{people} people, {contact_count} on the list: {}", task.result));
    }
    let mut events: HashMap<String, u32> = HashMap::new();
    let told: Vec<String> = query("select type from events where workspace_id = $1 and subject_id = $2")
        .bind(workspace_id)
        .bind(task.id)
        .all(tx, |row| row.get(0))?;
    told.into_iter().for_each(|kind| *events.entry(kind).or_default() += 1);
    for kind in ["task.created", "task.approved", "task.completed"] {
        if events.get(kind) != Some(&1) {
            complaints.push(format!("has not exactly one event {kind}: {events:?}"));
        }
    }
    Ok(complaints)
}
