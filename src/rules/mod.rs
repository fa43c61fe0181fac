//! Rules: who may approve what, as a workspace's own data.
//!
//! All rules in force that concern a task hold together. A rule is never changed, only followed by another version, and
//! never deleted, only retired: a decision names the rules it satisfied, with their versions, and they stay readable.

mod body;
mod dry_run;
mod expression;
mod hours;
pub mod http;
mod store;
mod tally;

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

pub(crate) use body::kinds;
pub use body::{Body, Said};
pub use dry_run::{DAYS_MAX, DryRun, dry_run};
pub use expression::{EXPRESSION_MAX, Expression, Unread, VOTES_MAX};
pub use hours::Hours;
pub use tally::{Tally, Useless, Voter, fewest_missing, use_of};

use crate::clock::iso;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{self, Event};
use crate::ids;
use crate::keys::Caller;
use crate::paging::Paging;
use crate::tasks::{Kind, OnDeadline, Plan, ProposalTerms, Terms};

/// Rules in force in one workspace: each approval looks at all of them.
pub const RULES_MAX: u64 = 50;
/// Versions of one rule; who wants more retires it and makes another.
pub const VERSIONS_MAX: u32 = 200;

/// A rule in force, in its present version.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The rule.
    pub id: Uuid,
    /// Its version.
    pub version: u32,
    /// What it is called.
    pub name: String,
    /// What it says.
    pub said: Said,
}

impl Rule {
    /// Whether it is about tasks of this kind and size.
    pub fn concerns(&self, kind: Kind, size: u64) -> bool {
        self.said.concerns(kind, size)
    }
}

impl Said {
    /// Whether it is about tasks of this kind and size.
    pub fn concerns(&self, kind: Kind, size: u64) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&kind)) && self.sizes.contains(&size)
    }
}

/// The rules in force in a workspace, oldest first.
pub fn in_force(tx: &mut Tx, workspace_id: Uuid) -> Result<Vec<Rule>> {
    let stored = store::in_force(tx, workspace_id)?;
    stored
        .into_iter()
        .map(|(id, version, body)| {
            let (body, said) = Body::stored(&body)?.check().map_err(|error| {
                Error::internal(format_args!("version {version} of the rule {id} can't be read: {error}"))
            })?;
            Ok(Rule { id, version, name: body.name, said })
        })
        .collect()
}

/// What the rules say about the time after a decision: the longest hold, the shortest time to begin.
pub fn terms<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Terms {
    rules.into_iter().fold(Terms::default(), |terms, rule| terms.and(rule.said.terms))
}

/// What the rules say about the time before a decision about this plan: the earliest deadline and what it does; of
/// rules with the same deadline a dismissal, else the roles of all. Without a deadline the server's setting holds.
pub fn terms_of_proposal(tx: &mut Tx, workspace_id: Uuid, plan: &Plan) -> Result<ProposalTerms> {
    let size = plan.selection.len() as u64;
    let rules = in_force(tx, workspace_id)?;
    let said = rules.iter().filter(|rule| rule.concerns(plan.kind, size)).filter_map(|rule| rule.said.proposal.clone());
    Ok(said.reduce(earlier).unwrap_or_default())
}

fn earlier(one: ProposalTerms, other: ProposalTerms) -> ProposalTerms {
    let remind_before_ms = one.remind_before_ms.max(other.remind_before_ms);
    let at = |terms: &ProposalTerms| terms.deadline_ms.unwrap_or(i64::MAX);
    let (first, second) = if at(&other) < at(&one) { (other, one) } else { (one, other) };
    let on_deadline = match (first.on_deadline, second.on_deadline) {
        (OnDeadline::Escalate(mut roles), OnDeadline::Escalate(more)) if first.deadline_ms == second.deadline_ms => {
            roles.extend(more);
            roles.sort_unstable();
            roles.dedup();
            OnDeadline::Escalate(roles)
        }
        (_, OnDeadline::Dismiss) if first.deadline_ms == second.deadline_ms => OnDeadline::Dismiss,
        (on_deadline, _) => on_deadline,
    };
    let remind_before_ms =
        remind_before_ms.filter(|before| first.deadline_ms.is_none_or(|deadline| *before < deadline));
    ProposalTerms { deadline_ms: first.deadline_ms, on_deadline, remind_before_ms }
}

/// A rule as answers show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Shown {
    /// UUID.
    pub id: Uuid,
    /// The present version, counted from 1.
    pub version: u32,
    /// What it says.
    #[serde(flatten)]
    pub body: Body,
    /// When it was made.
    pub created_at: String,
    /// When it got its present version, or was retired.
    pub changed_at: String,
    /// The key that wrote the present version.
    pub changed_by: Uuid,
    /// When it was retired; null while it is in force.
    pub retired_at: Option<String>,
}

/// One version of a rule.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Version {
    /// Counted from 1.
    pub version: u32,
    /// What it said.
    #[serde(flatten)]
    pub body: Body,
    /// The key that wrote it.
    pub created_by: Uuid,
    /// Since when it held.
    pub created_at: String,
}

/// A rule with all its versions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Detail {
    /// The rule.
    #[serde(flatten)]
    pub rule: Shown,
    /// Oldest first.
    pub versions: Vec<Version>,
}

/// A rule as it is stored.
struct Row {
    id: Uuid,
    version: u32,
    body: String,
    by: Uuid,
    created_at_ms: i64,
    changed_at_ms: i64,
    retired_at_ms: Option<i64>,
}

impl Row {
    fn shown(self) -> Result<Shown> {
        Ok(Shown {
            id: self.id,
            version: self.version,
            body: Body::stored(&self.body)?,
            created_at: iso(self.created_at_ms),
            changed_at: iso(self.changed_at_ms),
            changed_by: self.by,
            retired_at: self.retired_at_ms.map(iso),
        })
    }
}

/// Puts a rule into force.
///
/// # Errors
/// `validation_error` for what it says, or when [`RULES_MAX`] are in force.
pub fn create(tx: &mut Tx, caller: &Caller, body: &Body, now_ms: i64) -> Result<Shown> {
    let (body, _) = body.check()?;
    if store::count_in_force(tx, caller.workspace_id)? >= RULES_MAX {
        let message = format!("{RULES_MAX} rules are in force, which is the most there can be. Retire one first.");
        return Err(Error::validation("name", message));
    }
    let id = ids::new(now_ms);
    store::insert(tx, caller, id, now_ms)?;
    store::insert_version(tx, caller, (id, 1), &serde_json::to_string(&body)?, now_ms)?;
    events::record(tx, Event::by(caller, "rule.created", id, now_ms).with(json!({ "version": 1 })));
    shown(tx, caller.workspace_id, id)
}

/// Puts another version of a rule into force: the fields that `changes` names, null to empty one.
///
/// # Errors
/// `not_found`; `validation_error` for what it would say, for a rule that is retired, or after [`VERSIONS_MAX`].
pub fn change(tx: &mut Tx, caller: &Caller, id: Uuid, changes: &Map<String, Value>, now_ms: i64) -> Result<Shown> {
    let row = store::get(tx, caller.workspace_id, id)?.ok_or_else(not_found)?;
    if row.retired_at_ms.is_some() {
        return Err(Error::validation("id", "This rule is retired. Make a new one."));
    }
    if row.version >= VERSIONS_MAX {
        let message = format!("This rule was changed {VERSIONS_MAX} times. Retire it and make a new one.");
        return Err(Error::validation("id", message));
    }
    let before = Body::stored(&row.body)?;
    let (body, _) = before.changed(changes)?.check()?;
    if body == before {
        return row.shown();
    }
    let version = row.version + 1;
    if !store::raise_version(tx, caller.workspace_id, id, (row.version, version), now_ms)? {
        return Err(Error::validation("id", "This rule was changed meanwhile. Look at it again."));
    }
    store::insert_version(tx, caller, (id, version), &serde_json::to_string(&body)?, now_ms)?;
    let changed: Vec<&String> = changes.keys().collect();
    let data = json!({ "version": version, "changed": changed });
    events::record(tx, Event::by(caller, "rule.changed", id, now_ms).with(data));
    shown(tx, caller.workspace_id, id)
}

/// Takes a rule out of force, for ever. It stays readable.
///
/// # Errors
/// `not_found` when there is none that is in force.
pub fn retire(tx: &mut Tx, caller: &Caller, id: Uuid, now_ms: i64) -> Result<()> {
    if !store::retire(tx, caller.workspace_id, id, now_ms)? {
        return Err(not_found());
    }
    events::record(tx, Event::by(caller, "rule.retired", id, now_ms));
    Ok(())
}

/// A page of rules, newest first, and how many there are on all pages.
pub fn list(tx: &mut Tx, workspace_id: Uuid, with_retired: bool, paging: Paging) -> Result<(Vec<Shown>, u64)> {
    let (rows, total) = store::page(tx, workspace_id, with_retired, paging)?;
    Ok((rows.into_iter().map(Row::shown).collect::<Result<Vec<Shown>>>()?, total))
}

/// A rule with all its versions, in force or retired.
pub fn get(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Detail> {
    let rule = shown(tx, workspace_id, id)?;
    let versions = store::versions(tx, workspace_id, id, VERSIONS_MAX)?
        .into_iter()
        .map(|(version, body, created_by, at_ms)| {
            Ok(Version { version, body: Body::stored(&body)?, created_by, created_at: iso(at_ms) })
        })
        .collect::<Result<Vec<Version>>>()?;
    Ok(Detail { rule, versions })
}

fn shown(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Shown> {
    store::get(tx, workspace_id, id)?.ok_or_else(not_found)?.shown()
}

fn not_found() -> Error {
    Error::not_found("Rule not found")
}
