//! What a rule says, checked: as a request gives it, as a version keeps it, and as it is applied.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::expression::Expression;
use super::hours::{Hours, Open};
use crate::clock::{HOUR_MS, MINUTE_MS};
use crate::error::{Error, Result, quoted};
use crate::keys::roles::{ROLES_MAX, role_named};
use crate::tasks::{Kind, OnDeadline, ProposalTerms, Terms};

/// Characters of a rule's name.
const NAME_MAX: usize = 120;
/// The largest selection there is.
const SIZE_MAX: u32 = 10_000;
/// Longest hold: a week.
const HOLD_MINUTES_MAX: u32 = 7 * 24 * 60;
/// Longest deadline, and longest time an approval waits for its start: a quarter of a year.
const HOURS_MAX: u32 = 90 * 24;

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// 1 to 120 characters.
    pub name: String,
    /// The types of task it is about; all when left out or empty.
    #[serde(default)]
    pub types: Vec<String>,
    /// From this many selected people or records on; 0 when left out.
    #[serde(default)]
    pub min_size: Option<u32>,
    /// Up to this many.
    #[serde(default)]
    pub max_size: Option<u32>,
    /// Whose approvals are wanted; `any 1` when left out.
    #[serde(default = "any_one")]
    #[schema(example = "2 of partner and 1 of compliance and not requester")]
    pub approve: String,
    /// What needs a reason: `approve`, `dismiss`, both or neither.
    #[serde(default)]
    pub reason_required: Vec<String>,
    /// When approvals are taken; always when left out.
    #[serde(default)]
    pub hours: Option<Hours>,
    /// How long the work is held back after the decision.
    #[serde(default)]
    pub hold_minutes: Option<u32>,
    /// How long after the end of the hold the work may begin.
    #[serde(default)]
    pub start_within_hours: Option<u32>,
    /// How long there is to decide.
    #[serde(default)]
    pub deadline_hours: Option<u32>,
    /// What happens then: `dismiss` or `escalate`.
    #[serde(default)]
    pub on_deadline: Option<String>,
    /// The roles it is escalated to.
    #[serde(default)]
    pub escalate_to: Vec<String>,
    /// How long before the deadline it is reminded of.
    #[serde(default)]
    pub remind_hours_before: Option<u32>,
}

fn any_one() -> String {
    Expression::one().to_string()
}

/// What a rule says, as it is applied.
#[derive(Debug, Clone)]
pub struct Said {
    pub(super) kinds: Vec<Kind>,
    pub(super) sizes: std::ops::RangeInclusive<u64>,
    /// Whose approvals are wanted.
    pub approve: Expression,
    /// Whether an approval needs a reason.
    pub reason_to_approve: bool,
    /// Whether a dismissal needs a reason.
    pub reason_to_dismiss: bool,
    /// When approvals are taken; none: always.
    pub open: Option<Open>,
    /// What it says about the time after the decision.
    pub terms: Terms,
    /// What it says about the time before it; nothing when it says nothing.
    pub(super) proposal: Option<ProposalTerms>,
}

impl Body {
    /// Reads what a version keeps.
    pub(super) fn stored(text: &str) -> Result<Body> {
        Ok(serde_json::from_str(text)?)
    }

    /// This body with the fields of `changes` in place of its own; null empties a field.
    ///
    /// # Errors
    /// `validation_error` for a field that does not exist or has another shape.
    pub fn changed(&self, changes: &Map<String, Value>) -> Result<Body> {
        let mut all = serde_json::to_value(self)?;
        for (name, value) in changes {
            match (value, all.as_object_mut()) {
                (Value::Null, Some(fields)) if fields.contains_key(name) => drop(fields.remove(name)),
                (value, Some(fields)) => drop(fields.insert(name.clone(), value.clone())),
                _ => {}
            }
        }
        serde_path_to_error::deserialize(all).map_err(|error| {
            let path = error.path().to_string();
            let why = format!("{}.", error.inner());
            Error::validation(if path == "." { "body" } else { &path }, why)
        })
    }

    /// Checks what it says; gives it in the one way it is stored, and as it is applied.
    ///
    /// # Errors
    /// `validation_error` that names the field; of `approve` with the column.
    pub fn check(&self) -> Result<(Body, Said)> {
        let name = self.name.trim();
        if !(1..=NAME_MAX).contains(&name.chars().count()) || name.contains(char::is_control) {
            let message = format!("name must have 1 to {NAME_MAX} characters on one line.");
            return Err(Error::validation("name", message));
        }
        let kinds = kinds(&self.types)?;
        let sizes = sizes(self.min_size, self.max_size)?;
        let approve =
            Expression::parse(&self.approve).map_err(|unread| Error::validation("approve", unread.to_string()))?;
        let (approve_reason, dismiss_reason) = reasons(&self.reason_required)?;
        let (hours, open) = match &self.hours {
            None => (None, None),
            Some(hours) => hours.check().map(|(hours, open)| (Some(hours), Some(open)))?,
        };
        let hold_ms = within("hold_minutes", self.hold_minutes, HOLD_MINUTES_MAX, MINUTE_MS)?.unwrap_or(0);
        let start_within_ms = within("start_within_hours", self.start_within_hours, HOURS_MAX, HOUR_MS)?;
        let (proposal, escalate_to) = self.proposal()?;
        let body = Body {
            name: name.to_owned(),
            types: kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
            approve: approve.to_string(),
            reason_required: [("approve", approve_reason), ("dismiss", dismiss_reason)]
                .into_iter()
                .filter(|(_, required)| *required)
                .map(|(what, _)| what.to_owned())
                .collect(),
            hours,
            escalate_to,
            ..self.clone()
        };
        let said = Said {
            kinds,
            sizes,
            approve,
            reason_to_approve: approve_reason,
            reason_to_dismiss: dismiss_reason,
            open,
            terms: Terms { hold_ms, start_within_ms },
            proposal,
        };
        Ok((body, said))
    }

    /// What it says about the time before a decision, and the roles it is escalated to.
    fn proposal(&self) -> Result<(Option<ProposalTerms>, Vec<String>)> {
        let deadline_ms = within("deadline_hours", self.deadline_hours, HOURS_MAX, HOUR_MS)?;
        let remind_before_ms = within("remind_hours_before", self.remind_hours_before, HOURS_MAX, HOUR_MS)?;
        if remind_before_ms.zip(deadline_ms).is_some_and(|(before, deadline)| before >= deadline) {
            let message = "remind_hours_before must be less than deadline_hours.";
            return Err(Error::validation("remind_hours_before", message));
        }
        if self.escalate_to.len() > ROLES_MAX {
            return Err(Error::validation("escalate_to", format!("Name at most {ROLES_MAX} roles.")));
        }
        let mut roles =
            self.escalate_to.iter().map(|role| role_named("escalate_to", role)).collect::<Result<Vec<String>>>()?;
        roles.sort_unstable();
        roles.dedup();
        let on_deadline = match (self.on_deadline.as_deref(), roles.is_empty()) {
            (None | Some("dismiss"), true) => OnDeadline::Dismiss,
            (Some("escalate"), false) => OnDeadline::Escalate(roles.clone()),
            (Some("escalate"), true) => {
                return Err(Error::validation("escalate_to", "Name the roles it is escalated to in escalate_to."));
            }
            (None | Some("dismiss"), false) => {
                let message = "escalate_to is for on_deadline \"escalate\".";
                return Err(Error::validation("escalate_to", message));
            }
            (Some(_), _) => {
                let message = "on_deadline must be dismiss or escalate; nothing is ever approved by waiting.";
                return Err(Error::validation("on_deadline", message));
            }
        };
        let says = deadline_ms.is_some() || remind_before_ms.is_some() || self.on_deadline.is_some();
        Ok((says.then_some(ProposalTerms { deadline_ms, on_deadline, remind_before_ms }), roles))
    }
}

/// Types of task by name, in their order.
pub(crate) fn kinds(names: &[String]) -> Result<Vec<Kind>> {
    for name in names {
        if Kind::named(name).is_none() {
            let known = Kind::ALL.map(Kind::as_str).join(", ");
            let message = format!("A type is one of {known}, got \"{}\".", quoted(name));
            return Err(Error::validation("types", message));
        }
    }
    Ok(Kind::ALL.into_iter().filter(|kind| names.iter().any(|name| name == kind.as_str())).collect())
}

fn sizes(min: Option<u32>, max: Option<u32>) -> Result<std::ops::RangeInclusive<u64>> {
    for (field, size) in [("min_size", min), ("max_size", max)] {
        if size.is_some_and(|size| size > SIZE_MAX) {
            return Err(Error::validation(field, format!("{field} is at most {SIZE_MAX}, the largest selection.")));
        }
    }
    let (from, to) = (u64::from(min.unwrap_or(0)), max.map_or(u64::MAX, u64::from));
    if from > to {
        return Err(Error::validation("max_size", "max_size must not be less than min_size."));
    }
    Ok(from..=to)
}

fn reasons(names: &[String]) -> Result<(bool, bool)> {
    if let Some(wrong) = names.iter().find(|name| !["approve", "dismiss"].contains(&name.as_str())) {
        let message = format!("reason_required holds approve and dismiss, got \"{}\".", quoted(wrong));
        return Err(Error::validation("reason_required", message));
    }
    let has = |what: &str| names.iter().any(|name| name == what);
    Ok((has("approve"), has("dismiss")))
}

/// A number of minutes or hours in milliseconds.
fn within(field: &str, number: Option<u32>, most: u32, unit_ms: i64) -> Result<Option<i64>> {
    match number {
        Some(number) if !(1..=most).contains(&number) => {
            Err(Error::validation(field, format!("{field} must be a whole number from 1 to {most}.")))
        }
        number => Ok(number.map(|number| i64::from(number) * unit_ms)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(value: Value) -> Body {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_is_kept_is_spelled_in_one_way() {
        let given = json!({
            "name": " Large ", "types": ["list_operation", "prospect_search", "list_operation"],
            "approve": "ANY 2", "reason_required": ["dismiss", "approve"],
            "on_deadline": "escalate", "escalate_to": ["Partner", "partner"],
        });
        let (kept, said) = body(given).check().unwrap();
        assert_eq!(kept.types, ["prospect_search", "list_operation"]);
        assert_eq!((kept.approve.as_str(), kept.name.as_str()), ("any 2", "Large"));
        assert_eq!(
            (kept.reason_required.join(" "), kept.escalate_to.join(" ")),
            ("approve dismiss".into(), "partner".into())
        );
        assert_eq!(said.proposal.unwrap().on_deadline, OnDeadline::Escalate(vec!["partner".to_owned()]));
        assert_eq!(Body::stored(&serde_json::to_string(&kept).unwrap()).unwrap(), kept);
    }

    #[test]
    fn a_change_replaces_what_it_names_and_null_empties() {
        let before = body(json!({ "name": "n", "approve": "any 2", "min_size": 5 }));
        let change = json!({ "min_size": null, "max_size": 9, "approve": null });
        let after = before.changed(change.as_object().unwrap()).unwrap();
        assert_eq!((after.min_size, after.max_size, after.approve.as_str()), (None, Some(9), "any 1"));
        assert!(before.changed(json!({ "hold": 5 }).as_object().unwrap()).is_err());
        assert!(before.changed(json!({ "name": null }).as_object().unwrap()).is_err());
    }

    #[test]
    fn each_wrong_field_is_named() {
        for (field, value) in [
            ("name", json!("")),
            ("types", json!(["everything"])),
            ("min_size", json!(10_001)),
            ("approve", json!("everybody")),
            ("reason_required", json!(["look"])),
            ("hold_minutes", json!(0)),
            ("start_within_hours", json!(2_161)),
            ("on_deadline", json!("approve")),
            ("escalate_to", json!(["partner"])),
        ] {
            let mut given = json!({ "name": "n" });
            given[field] = value;
            let Err(Error::Refused(refusal)) = body(given).check() else { panic!("{field} is taken") };
            assert!(refusal.details["fields"][field].is_string(), "{field}: {refusal:?}");
        }
    }
}
