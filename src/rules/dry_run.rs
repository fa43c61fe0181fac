//! What a rule would have made of the tasks that were decided before. Changes nothing.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::tally::{Tally, Voter, use_of};
use super::{Body, Said};
use crate::clock::{DAY_MS, iso};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::tasks::past::{self, PAST_MAX, Past};

/// Days that can be looked back.
pub const DAYS_MAX: u32 = 90;
/// Tasks that are named.
const LINES_MAX: usize = 100;

/// What a rule would have made of past tasks.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct DryRun {
    /// Tasks decided in that time.
    pub tasks: u64,
    /// Whether there were more than could be looked at; the newest were.
    pub is_cut: bool,
    /// Of them, those the rule is about.
    pub concerned: u64,
    /// Of those concerned: approved as they were.
    pub approved: u64,
    /// Their approval, or their dismissal, would have been refused.
    pub refused: u64,
    /// They would still wait for approvals.
    pub waiting: u64,
    /// Dismissed as they were.
    pub dismissed: u64,
    /// The newest of those concerned, at most 100.
    pub lines: Vec<Line>,
}

/// What a rule would have made of one task.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Line {
    /// The task.
    pub task_id: Uuid,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// How many it is about.
    pub size: u64,
    /// When it was decided.
    pub decided_at: String,
    /// `approved` or `dismissed`.
    pub was: &'static str,
    /// `approved`, `refused`, `waiting` or `dismissed`.
    pub would: &'static str,
    /// Why it would not have been decided as it was.
    pub why: Option<String>,
}

/// What the rule, were it the only one, would have made of the tasks decided in the last `days`: each approval is taken
/// as it was given, at its time, with the votes there were.
///
/// # Errors
/// `validation_error` for the rule or the days.
pub fn dry_run(tx: &mut Tx, workspace_id: Uuid, body: &Body, days: u32, now_ms: i64) -> Result<DryRun> {
    let (_, said) = body.check()?;
    if !(1..=DAYS_MAX).contains(&days) {
        return Err(Error::validation("days", format!("days must be a whole number from 1 to {DAYS_MAX}.")));
    }
    let (past, is_cut) = past::decided_since(tx, workspace_id, now_ms - i64::from(days) * DAY_MS)?;
    debug_assert!(past.len() <= PAST_MAX);
    let mut run = DryRun { tasks: past.len() as u64, is_cut, ..DryRun::default() };
    for task in past.iter().filter(|task| said.concerns(task.kind, task.size)) {
        let (would, why) = judge(&said, task);
        run.concerned += 1;
        *match would {
            "approved" => &mut run.approved,
            "refused" => &mut run.refused,
            "waiting" => &mut run.waiting,
            _ => &mut run.dismissed,
        } += 1;
        if run.lines.len() < LINES_MAX {
            run.lines.push(Line {
                task_id: task.task_id,
                kind: task.kind.as_str(),
                size: task.size,
                decided_at: iso(task.decided_at_ms),
                was: if task.was_approved { "approved" } else { "dismissed" },
                would,
                why,
            });
        }
    }
    Ok(run)
}

fn judge(said: &Said, task: &Past) -> (&'static str, Option<String>) {
    if !task.was_approved {
        return match said.reason_to_dismiss && !task.has_reason {
            true => ("refused", Some("The dismissal gave no reason.".to_owned())),
            false => ("dismissed", None),
        };
    }
    if said.reason_to_approve && !task.has_reason {
        return ("refused", Some("The approval gave no reason.".to_owned()));
    }
    if let Some(open) = said.open.as_ref().filter(|open| open.opens_at_ms(task.decided_at_ms).is_some()) {
        return ("refused", Some(format!("Approvals are taken {}.", open.in_words())));
    }
    let taken: Vec<Voter> = task.voters.iter().filter(|voter| use_of(&said.approve, voter).is_ok()).cloned().collect();
    let tally = Tally::of(&said.approve, &taken);
    if tally.is_met() {
        ("approved", None)
    } else if taken.is_empty() {
        ("refused", Some("No approval that was given would count.".to_owned()))
    } else {
        ("waiting", Some(format!("It would still want {}.", tally.in_words())))
    }
}
