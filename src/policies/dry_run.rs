//! What a policy would have approved of the tasks that were decided before. Changes nothing.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Body;
use crate::clock::{DAY_MS, iso};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::keys::Caller;
use crate::rules::{self, DAYS_MAX, Rule, Tally, Useless, Voter, use_of};
use crate::tasks::past::{self, Past};

/// Tasks that are named.
const LINES_MAX: usize = 100;

/// What a policy would have made of past tasks.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = PolicyDryRun)]
pub struct DryRun {
    /// Tasks decided in that time.
    pub tasks: u64,
    /// Whether there were more than could be looked at; the newest were.
    pub is_cut: bool,
    /// Of them, those that lie within the policy.
    pub concerned: u64,
    /// Of those concerned: it would have approved them.
    pub approved: u64,
    /// Its approval would have been one of several that the rules in force want.
    pub voted: u64,
    /// The rules in force would not have taken its approval.
    pub refused: u64,
    /// The day's limits were used up.
    pub over_cap: u64,
    /// The newest of those concerned, at most 100.
    pub lines: Vec<Line>,
}

/// What a policy would have made of one task.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PolicyDryRunLine)]
pub struct Line {
    /// The task.
    pub task_id: Uuid,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// How many it is about.
    pub size: u64,
    /// When it was proposed.
    pub proposed_at: String,
    /// What was decided: `approved` or `dismissed`.
    pub was: &'static str,
    /// `approved`, `voted`, `refused` or `over_cap`.
    pub would: &'static str,
}

/// What the policy, written by the caller, would have approved of the tasks decided in the last `days`, in the order they
/// were proposed, under the rules that are in force now.
///
/// # Errors
/// `validation_error` for the policy or the days.
pub fn dry_run(tx: &mut Tx, caller: &Caller, body: &Body, days: u32, now_ms: i64) -> Result<DryRun> {
    let (_, said) = body.check()?;
    if !(1..=DAYS_MAX).contains(&days) {
        return Err(Error::validation("days", format!("days must be a whole number from 1 to {DAYS_MAX}.")));
    }
    let rules = rules::in_force(tx, caller.workspace_id)?;
    let (mut past, is_cut) = past::decided_since(tx, caller.workspace_id, now_ms - i64::from(days) * DAY_MS)?;
    let mut run = DryRun { tasks: past.len() as u64, is_cut, ..DryRun::default() };
    past.sort_by_key(|task| (task.proposed_at_ms, task.task_id));
    let mut taken: HashMap<i64, (u32, u64)> = HashMap::new();
    for task in past.iter().filter(|task| said.covers_parts(task.kind, &task.parameters, task.size)) {
        run.concerned += 1;
        let (tasks, people) = taken.entry(task.proposed_at_ms.div_euclid(DAY_MS)).or_default();
        let would = match judge(&rules, caller, &said, task) {
            "refused" => "refused",
            _ if *tasks >= said.daily_tasks || *people + task.size > u64::from(said.daily_people) => "over_cap",
            would => {
                (*tasks, *people) = (*tasks + 1, *people + task.size);
                would
            }
        };
        *match would {
            "approved" => &mut run.approved,
            "voted" => &mut run.voted,
            "refused" => &mut run.refused,
            _ => &mut run.over_cap,
        } += 1;
        run.lines.push(Line {
            task_id: task.task_id,
            kind: task.kind.as_str(),
            size: task.size,
            proposed_at: iso(task.proposed_at_ms),
            was: if task.was_approved { "approved" } else { "dismissed" },
            would,
        });
    }
    run.lines.reverse();
    run.lines.truncate(LINES_MAX);
    Ok(run)
}

/// What the rules would have made of the approval.
fn judge(rules: &[Rule], author: &Caller, said: &super::Said, task: &Past) -> &'static str {
    let voter = Voter {
        key_id: author.key_id,
        roles: author.roles.clone(),
        is_human: false,
        is_requester: task.requesters.contains(&author.key_id),
    };
    let concerned: Vec<&Rule> = rules.iter().filter(|rule| rule.concerns(task.kind, task.size)).collect();
    let counts = concerned.is_empty() || concerned.iter().any(|rule| use_of(&rule.said.approve, &voter).is_ok());
    let is_refused = |rule: &&Rule| {
        use_of(&rule.said.approve, &voter).is_err_and(|useless| !counts || useless != Useless::Roles)
            || rule.said.reason_to_approve && said.reason.is_none()
            || rule.said.open.as_ref().is_some_and(|open| open.opens_at_ms(task.proposed_at_ms).is_some())
    };
    if concerned.iter().any(is_refused) {
        return "refused";
    }
    let voters = [voter.clone()];
    let is_met = concerned.iter().all(|rule| Tally::of(&rule.said.approve, &voters).is_met());
    if is_met { "approved" } else { "voted" }
}
