//! Policies: rules that approve for a person, within narrow limits, until they end.
//!
//! A policy's approval is its author's vote: the rules hold for it as for him, and what he may not do it may not either.
//! It ends when it expires or is revoked, and with its author's key: revoked, expired, or without `policies:admin` and
//! `lexi:approve`. All of that is looked at in the transaction that decides. What it approves on a day is counted by one
//! conditional update, so that many proposals at once never exceed it, and a revocation that was answered holds.

mod body;
mod dry_run;
pub mod http;
mod store;

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

pub use body::{Body, Said};
pub use dry_run::{DryRun, dry_run};

use crate::clock::{DAY_MS, iso};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::events::{self, Event};
use crate::ids;
use crate::keys::permissions::Permission;
use crate::keys::{self, Caller};
use crate::paging::Paging;
use crate::tasks::{self, Approval, Approved, Mandate, Outcome, Plan, Terms, Voice};

/// Policies in force in one workspace: each proposal looks at all of them.
pub const POLICIES_MAX: u64 = 50;
/// Versions of one policy; who wants more revokes it and makes another.
pub const VERSIONS_MAX: u32 = 200;

/// A policy in force, in its present version.
struct Policy {
    id: Uuid,
    version: u32,
    name: String,
    author_key_id: Uuid,
    said: Said,
}

fn in_force(tx: &mut Tx, workspace_id: Uuid, now_ms: i64) -> Result<Vec<Policy>> {
    let stored = store::in_force(tx, workspace_id, now_ms)?;
    stored
        .into_iter()
        .map(|(id, version, author_key_id, body)| {
            let (body, said) = Body::stored(&body)?.check().map_err(|error| {
                Error::internal(format_args!("version {version} of the policy {id} can't be read: {error}"))
            })?;
            Ok(Policy { id, version, name: body.name, author_key_id, said })
        })
        .collect()
}

/// What policies made of a proposal.
#[derive(Debug)]
pub struct Decided {
    /// The task, approved.
    pub task: Box<Approved>,
    /// When its work begins.
    pub terms: Terms,
    /// The policy that decided.
    pub by: Line,
}

/// A policy in brief.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PolicyLine)]
pub struct Line {
    /// The policy.
    pub id: Uuid,
    /// Its version.
    pub version: u32,
    /// What it is called.
    pub name: String,
}

/// Lets the policies in force look at a task that was proposed or changed in this transaction, the oldest first, until one
/// decides. Nothing when none does: then it waits, maybe with votes.
pub fn apply(tx: &mut Tx, requester: &Caller, (task_id, plan): (Uuid, &Plan), now_ms: i64) -> Result<Option<Decided>> {
    let policies = in_force(tx, requester.workspace_id, now_ms)?;
    if policies.is_empty() {
        return Ok(None);
    }
    let plan_hash = plan.hash();
    for policy in policies.into_iter().filter(|policy| policy.said.covers(plan)) {
        let Some(author) = author(tx, requester, &policy, now_ms)? else { continue };
        let mandate = Mandate { policy_id: policy.id, version: policy.version };
        let voice = Voice { caller: author, policy: Some(mandate) };
        let reason = policy.said.reason.clone();
        let approval = Approval { plan_hash: Some(plan_hash.clone()), reason, part: None };
        let (people, day_ms) = (plan.selection.len() as u64, now_ms - now_ms.rem_euclid(DAY_MS));
        let take = |tx: &mut Tx| store::take(tx, requester.workspace_id, &policy, people, (day_ms, now_ms));
        match tasks::approve_by_policy(tx, &voice, (task_id, &approval), take, now_ms)? {
            Some(Outcome::Decided(task, terms)) => {
                let by = Line { id: policy.id, version: policy.version, name: policy.name };
                return Ok(Some(Decided { task, terms, by }));
            }
            Some(Outcome::Voted(_)) | None => {}
        }
    }
    Ok(None)
}

/// Who answers for a policy, as his key is now; nobody when it lost what a policy needs.
fn author(tx: &mut Tx, requester: &Caller, policy: &Policy, now_ms: i64) -> Result<Option<Caller>> {
    let key = (policy.author_key_id, requester.request_id);
    let author = keys::holder(tx, requester.workspace_id, key, now_ms)?;
    Ok(author.filter(|author| {
        author.permissions.allows(Permission::PoliciesAdmin) && author.permissions.allows(Permission::LexiApprove)
    }))
}

/// A policy as answers show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Policy)]
pub struct Shown {
    /// UUID.
    pub id: Uuid,
    /// The present version, counted from 1.
    pub version: u32,
    /// What it says.
    #[serde(flatten)]
    pub body: Body,
    /// The key that answers for the present version: the policy approves in its name and ends with it.
    pub author_key_id: Uuid,
    /// `in_force`, `expired`, `revoked`, or `author_lost` when the author's key is no more or lost its permissions.
    pub status: &'static str,
    /// What it approved today (UTC).
    pub today: Today,
    /// When it was made.
    pub created_at: String,
    /// When it got its present version, or was revoked.
    pub changed_at: String,
    /// When it was revoked; null while it is not.
    pub revoked_at: Option<String>,
}

/// What a policy approved on the present UTC day.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = PolicyToday)]
pub struct Today {
    /// Tasks.
    pub tasks: u64,
    /// People or records.
    pub people: u64,
}

/// One version of a policy.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PolicyVersion)]
pub struct Version {
    /// Counted from 1.
    pub version: u32,
    /// What it said.
    #[serde(flatten)]
    pub body: Body,
    /// The key that wrote it and answers for it.
    pub author_key_id: Uuid,
    /// Since when it held.
    pub created_at: String,
}

/// A policy with all its versions.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PolicyDetail)]
pub struct Detail {
    /// The policy.
    #[serde(flatten)]
    pub policy: Shown,
    /// Oldest first.
    pub versions: Vec<Version>,
}

/// A policy as it is stored.
struct Row {
    id: Uuid,
    version: u32,
    body: String,
    author_key_id: Uuid,
    created_at_ms: i64,
    changed_at_ms: i64,
    revoked_at_ms: Option<i64>,
    day_starts_at_ms: i64,
    day_tasks: u64,
    day_people: u64,
}

impl Row {
    fn shown(self, tx: &mut Tx, workspace_id: Uuid, now_ms: i64) -> Result<Shown> {
        let (body, said) = Body::stored(&self.body)?.check()?;
        let author = keys::holder(tx, workspace_id, (self.author_key_id, None), now_ms)?;
        let may = [Permission::PoliciesAdmin, Permission::LexiApprove];
        let status = match author {
            _ if self.revoked_at_ms.is_some() => "revoked",
            _ if said.expires_at_ms <= now_ms => "expired",
            Some(author) if may.into_iter().all(|permission| author.permissions.allows(permission)) => "in_force",
            _ => "author_lost",
        };
        let is_today = self.day_starts_at_ms == now_ms - now_ms.rem_euclid(DAY_MS);
        let (tasks, people) = if is_today { (self.day_tasks, self.day_people) } else { (0, 0) };
        Ok(Shown {
            id: self.id,
            version: self.version,
            body,
            author_key_id: self.author_key_id,
            status,
            today: Today { tasks, people },
            created_at: iso(self.created_at_ms),
            changed_at: iso(self.changed_at_ms),
            revoked_at: self.revoked_at_ms.map(iso),
        })
    }
}

/// Puts a policy into force, in the name of the caller.
///
/// # Errors
/// `insufficient_permissions` when the caller could not approve himself; `validation_error` for what it says, or when
/// [`POLICIES_MAX`] are in force.
pub fn create(tx: &mut Tx, caller: &Caller, body: &Body, now_ms: i64) -> Result<Shown> {
    may_answer_for_it(caller)?;
    let (body, said) = body.check()?;
    Body::check_end(&said, now_ms)?;
    if store::count_in_force(tx, caller.workspace_id, now_ms)? >= POLICIES_MAX {
        let message =
            format!("{POLICIES_MAX} policies are in force, which is the most there can be. Revoke one first.");
        return Err(Error::validation("name", message));
    }
    let id = ids::new(now_ms);
    store::insert(tx, caller, id, said.expires_at_ms, now_ms)?;
    store::insert_version(tx, caller, (id, 1), &serde_json::to_string(&body)?, now_ms)?;
    events::record(tx, Event::by(caller, "policy.created", id, now_ms).with(json!({ "version": 1 })));
    shown(tx, caller.workspace_id, id, now_ms)
}

/// Puts another version of a policy into force: the fields that `changes` names, null to empty one. From then on it
/// approves in the name of the caller, and ends with his key.
///
/// # Errors
/// As for [`create`]; `not_found`; `validation_error` for a policy that was revoked, or after [`VERSIONS_MAX`].
pub fn change(tx: &mut Tx, caller: &Caller, id: Uuid, changes: &Map<String, Value>, now_ms: i64) -> Result<Shown> {
    let row = store::get(tx, caller.workspace_id, id)?.ok_or_else(not_found)?;
    may_answer_for_it(caller)?;
    if row.revoked_at_ms.is_some() {
        return Err(Error::validation("id", "This policy was revoked. Make a new one."));
    }
    if row.version >= VERSIONS_MAX {
        let message = format!("This policy was changed {VERSIONS_MAX} times. Revoke it and make a new one.");
        return Err(Error::validation("id", message));
    }
    let (body, said) = Body::stored(&row.body)?.changed(changes)?.check()?;
    Body::check_end(&said, now_ms)?;
    let version = row.version + 1;
    if !store::raise_version(tx, caller, id, (row.version, said.expires_at_ms), now_ms)? {
        return Err(Error::validation("id", "This policy was changed meanwhile. Look at it again."));
    }
    store::insert_version(tx, caller, (id, version), &serde_json::to_string(&body)?, now_ms)?;
    let changed: Vec<&String> = changes.keys().collect();
    let data = json!({ "version": version, "changed": changed });
    events::record(tx, Event::by(caller, "policy.changed", id, now_ms).with(data));
    shown(tx, caller.workspace_id, id, now_ms)
}

/// Ends a policy at once and for ever. It stays readable.
///
/// # Errors
/// `not_found`; `validation_error` when it was revoked before.
pub fn revoke(tx: &mut Tx, caller: &Caller, id: Uuid, now_ms: i64) -> Result<Shown> {
    if !store::revoke(tx, caller.workspace_id, id, now_ms)? {
        shown(tx, caller.workspace_id, id, now_ms)?;
        return Err(Error::validation("id", "This policy has been revoked already."));
    }
    events::record(tx, Event::by(caller, "policy.revoked", id, now_ms));
    shown(tx, caller.workspace_id, id, now_ms)
}

/// A page of policies, newest first, ended ones included, and how many there are on all pages.
pub fn list(tx: &mut Tx, workspace_id: Uuid, paging: Paging, now_ms: i64) -> Result<(Vec<Shown>, u64)> {
    let (rows, total) = store::page(tx, workspace_id, paging)?;
    let policies = rows.into_iter().map(|row| row.shown(tx, workspace_id, now_ms));
    Ok((policies.collect::<Result<Vec<Shown>>>()?, total))
}

/// A policy with all its versions, in force or ended.
pub fn get(tx: &mut Tx, workspace_id: Uuid, id: Uuid, now_ms: i64) -> Result<Detail> {
    let policy = shown(tx, workspace_id, id, now_ms)?;
    let versions = store::versions(tx, workspace_id, id, VERSIONS_MAX)?
        .into_iter()
        .map(|(version, body, author_key_id, at_ms)| {
            Ok(Version { version, body: Body::stored(&body)?, author_key_id, created_at: iso(at_ms) })
        })
        .collect::<Result<Vec<Version>>>()?;
    Ok(Detail { policy, versions })
}

fn shown(tx: &mut Tx, workspace_id: Uuid, id: Uuid, now_ms: i64) -> Result<Shown> {
    store::get(tx, workspace_id, id)?.ok_or_else(not_found)?.shown(tx, workspace_id, now_ms)
}

/// A policy is capped by its author: whoever may not approve writes none.
fn may_answer_for_it(caller: &Caller) -> Result<()> {
    if caller.permissions.allows(Permission::LexiApprove) {
        return Ok(());
    }
    let message = "This key lacks the permission lexi:approve, so no policy can approve in its name.";
    Err(Error::with_code(Code::InsufficientPermissions, message))
}

fn not_found() -> Error {
    Error::not_found("Policy not found")
}
