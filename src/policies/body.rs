//! What a policy says, checked: as a request gives it, as a version keeps it, and whether a plan lies within it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::clock::{DAY_MS, iso, parse_iso};
use crate::error::{Error, Result, quoted};
use crate::rules::changed;
use crate::tasks::{Kind, Plan, REASON_MAX};

/// Characters of a policy's name.
const NAME_MAX: usize = 120;
/// The largest selection there is.
const SIZE_MAX: u32 = 10_000;
/// Tasks that one policy can approve on a day.
const DAILY_TASKS_MAX: u32 = 1_000;
/// People that one policy can approve on a day.
const DAILY_PEOPLE_MAX: u32 = 100_000;
/// A policy ends within this time; it can be prolonged by whoever answers for it then.
const DAYS_MAX: i64 = 366;
/// Values of one slot.
const VALUES_MAX: usize = 100;
/// Characters of a value.
const VALUE_CHARS_MAX: usize = 200;
/// Slots of a search that a policy can limit.
const OF_SEARCHES: [&str; 8] =
    ["titles", "seniority", "departments", "industries", "company_types", "keywords", "companies", "locations"];
/// What it can limit of changes of records.
const OF_RECORDS: [&str; 3] = ["operations", "records", "fields"];
/// What it can limit of changes of lists.
const OF_LISTS: [&str; 2] = ["operations", "lists"];

/// What a policy says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PolicyBody)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// 1 to 120 characters.
    pub name: String,
    /// The types of task it approves: `prospect_search`, `contact_update`, `list_operation`. At least one.
    pub types: Vec<String>,
    /// Slot → the values it allows. A task lies within when each slot named here has values, and all of them are
    /// allowed. Of searches: `titles`, `seniority`, `departments`, `industries`, `company_types`, `keywords`, `companies`,
    /// `locations` (objects such as `{"state": "California"}`); of changes of records `operations`, `records`, `fields`;
    /// of lists `operations`, `lists`. Changes of records and lists need `operations`.
    #[serde(default)]
    #[schema(example = json!({ "titles": ["CEO"], "locations": [{ "state": "California" }] }))]
    pub filters: Map<String, Value>,
    /// People or records of one task, at most.
    pub max_size: u32,
    /// Tasks it approves on one UTC day, at most.
    pub daily_tasks: u32,
    /// People or records it approves on one UTC day, at most.
    pub daily_people: u32,
    /// When it ends; at most 366 days ahead.
    pub expires_at: String,
    /// The reason its approvals give, where a rule wants one.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A policy that was checked.
#[derive(Debug, Clone)]
pub struct Said {
    kinds: Vec<Kind>,
    filters: Map<String, Value>,
    max_size: u64,
    /// Tasks on one day.
    pub daily_tasks: u32,
    /// People on one day.
    pub daily_people: u32,
    /// When it ends.
    pub expires_at_ms: i64,
    /// The reason its approvals give.
    pub reason: Option<String>,
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
        changed(self, changes)
    }

    /// Checks what it says, without regard to the time; gives it in the one way it is stored, and as it is applied.
    ///
    /// # Errors
    /// `validation_error` that names the field.
    pub fn check(&self) -> Result<(Body, Said)> {
        let name = self.name.trim();
        if !(1..=NAME_MAX).contains(&name.chars().count()) || name.contains(char::is_control) {
            return Err(Error::validation("name", format!("name must have 1 to {NAME_MAX} characters on one line.")));
        }
        let kinds = self.kinds()?;
        self.check_filters(&kinds)?;
        for (field, number, most) in [
            ("max_size", self.max_size, SIZE_MAX),
            ("daily_tasks", self.daily_tasks, DAILY_TASKS_MAX),
            ("daily_people", self.daily_people, DAILY_PEOPLE_MAX),
        ] {
            if !(1..=most).contains(&number) {
                let message = format!("{field} must be a whole number from 1 to {most}.");
                return Err(Error::validation(field, message));
            }
        }
        let reason = self.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
        if reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_MAX) {
            return Err(Error::validation("reason", format!("reason is over the limit of {REASON_MAX} characters.")));
        }
        let expires_at_ms = parse_iso(&self.expires_at).ok_or_else(|| {
            Error::validation("expires_at", "expires_at must be a time such as 2027-01-31T00:00:00Z.")
        })?;
        let body = Body {
            name: name.to_owned(),
            types: kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
            expires_at: iso(expires_at_ms),
            reason: reason.clone(),
            ..self.clone()
        };
        let said = Said {
            kinds,
            filters: self.filters.clone(),
            max_size: u64::from(self.max_size),
            daily_tasks: self.daily_tasks,
            daily_people: self.daily_people,
            expires_at_ms,
            reason,
        };
        Ok((body, said))
    }

    /// Refuses an end that is over or too far ahead.
    pub(super) fn check_end(said: &Said, now_ms: i64) -> Result<()> {
        if said.expires_at_ms <= now_ms || said.expires_at_ms > now_ms + DAYS_MAX * DAY_MS {
            let message = format!("expires_at must be in the future, and at most {DAYS_MAX} days ahead.");
            return Err(Error::validation("expires_at", message));
        }
        Ok(())
    }

    fn kinds(&self) -> Result<Vec<Kind>> {
        let known = [Kind::ProspectSearch, Kind::ContactUpdate, Kind::ListOperation];
        let names = known.map(Kind::as_str);
        if let Some(wrong) = self.types.iter().find(|name| !names.contains(&name.as_str())) {
            let message = format!("A policy can approve {}, got \"{}\".", names.join(", "), quoted(wrong));
            return Err(Error::validation("types", message));
        }
        let kinds: Vec<Kind> =
            known.into_iter().filter(|kind| self.types.iter().any(|name| name == kind.as_str())).collect();
        if kinds.is_empty() {
            return Err(Error::validation("types", "Name at least one type of task that it approves."));
        }
        Ok(kinds)
    }

    fn check_filters(&self, kinds: &[Kind]) -> Result<()> {
        for (slot, values) in &self.filters {
            let field = format!("filters.{slot}");
            if let Some(kind) = kinds.iter().find(|kind| !slots_of(**kind).contains(&slot.as_str())) {
                let (kind, slots) = (kind.as_str(), slots_of(*kind).join(", "));
                let message = format!("Tasks of type {kind} have no {}; they have {slots}.", quoted(slot));
                return Err(Error::validation(&field, message));
            }
            let all = values.as_array().map(Vec::as_slice).unwrap_or_default();
            if all.is_empty() || all.len() > VALUES_MAX {
                let message = format!("{field} must be a list of 1 to {VALUES_MAX} values; leave it out to allow all.");
                return Err(Error::validation(&field, message));
            }
            let is_text = |value: &Value| {
                value.as_str().is_some_and(|text| (1..=VALUE_CHARS_MAX).contains(&text.trim().chars().count()))
            };
            let is_place = |value: &Value| {
                value.as_object().is_some_and(|place| {
                    !place.is_empty()
                        && place.iter().all(|(part, value)| PLACE_PARTS.contains(&part.as_str()) && is_text(value))
                })
            };
            if !all.iter().all(|value| if slot == "locations" { is_place(value) } else { is_text(value) }) {
                let message = match slot.as_str() {
                    "locations" => format!("A place is an object of {}.", PLACE_PARTS.join(", ")),
                    _ => format!("A value of {field} is a text of 1 to {VALUE_CHARS_MAX} characters."),
                };
                return Err(Error::validation(&field, message));
            }
        }
        let without = kinds.iter().find(|kind| **kind != Kind::ProspectSearch);
        if let Some(kind) = without.filter(|_| !self.filters.contains_key("operations")) {
            let message = format!(
                "Say in filters.operations which operations of {} it approves, such as \"tag\" or \"add\".",
                kind.as_str()
            );
            return Err(Error::validation("filters.operations", message));
        }
        Ok(())
    }
}

/// What a place consists of.
const PLACE_PARTS: [&str; 6] = ["city", "city_or_state", "county", "region", "state", "country"];

fn slots_of(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::ProspectSearch => &OF_SEARCHES,
        Kind::ContactUpdate => &OF_RECORDS,
        Kind::ListOperation => &OF_LISTS,
        _ => &[],
    }
}

impl Said {
    /// Whether the plan lies within the policy, but for what its day has left.
    pub fn covers(&self, plan: &Plan) -> bool {
        self.covers_parts(plan.kind, &plan.parameters, plan.selection.len() as u64)
    }

    /// As [`Said::covers`], of a plan whose selection is only counted.
    pub fn covers_parts(&self, kind: Kind, parameters: &Value, size: u64) -> bool {
        if !self.kinds.contains(&kind) || size > self.max_size {
            return false;
        }
        // A search for nobody, and one that does not do all that was said, are for a person to look at.
        let filters = &parameters["filters"];
        let open = kind == Kind::ProspectSearch && (size == 0 || !is_empty(&filters["not_applied"]));
        !open && self.filters.iter().all(|(slot, allowed)| self.allows(kind, parameters, slot, allowed))
    }

    fn allows(&self, kind: Kind, parameters: &Value, slot: &str, allowed: &Value) -> bool {
        let values = values(kind, parameters, slot);
        let within = |value: &Value| allowed.as_array().is_some_and(|all| all.iter().any(|one| lies_in(value, one)));
        if values.is_empty() || !values.iter().all(within) {
            return false;
        }
        // Values from the same words are alternatives across their slots: a person may fit the other slot alone.
        let groups = parameters["filters"]["same_words"].as_array().map(Vec::as_slice).unwrap_or_default();
        let touching = groups.iter().filter(|group| kind == Kind::ProspectSearch && !is_empty(&group[slot]));
        touching.into_iter().all(|group| {
            OF_SEARCHES.iter().filter(|other| !is_empty(&group[**other])).all(|other| self.filters.contains_key(*other))
        })
    }
}

/// What a plan says in a slot.
fn values(kind: Kind, parameters: &Value, slot: &str) -> Vec<Value> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    match (kind, slot) {
        (Kind::ProspectSearch, "titles") => {
            let filters = &parameters["filters"];
            let mut titles = list(&filters["titles"]);
            if filters["title_expansion"]["applied"] == Value::Bool(true) {
                titles.extend(list(&filters["title_expansion"]["titles"]));
            }
            titles
        }
        (Kind::ProspectSearch, slot) => list(&parameters["filters"][slot]),
        (_, "operations") => vec![parameters["operation"].clone()],
        (_, "records") => vec![parameters["record"].clone()],
        (_, "fields") => {
            let changes = parameters["changes"].as_object();
            changes.into_iter().flat_map(|changes| changes.keys().cloned().map(Value::String)).collect()
        }
        (_, "lists") => {
            let names = [&parameters["list_name"], &parameters["from_list_name"], &parameters["new_name"]];
            names.into_iter().filter(|name| !name.is_null()).cloned().collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a value is one that is allowed: the same text in whatever case; of a place, all parts that are named.
fn lies_in(value: &Value, allowed: &Value) -> bool {
    match (value, allowed) {
        (Value::String(value), Value::String(allowed)) => value.trim().to_lowercase() == allowed.trim().to_lowercase(),
        (Value::Object(value), Value::Object(allowed)) => {
            allowed.iter().all(|(part, allowed)| value.get(part).is_some_and(|value| lies_in(value, allowed)))
        }
        _ => false,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(filters: Value) -> Body {
        let mut given = json!({
            "name": "n", "types": ["prospect_search"], "max_size": 50, "daily_tasks": 3, "daily_people": 100,
            "expires_at": "2026-01-01T00:00:00Z",
        });
        given["filters"] = filters;
        serde_json::from_value(given).unwrap()
    }

    fn covers(allowed: Value, asked: Value) -> bool {
        let mut parameters = json!({});
        parameters["filters"] = asked;
        body(allowed).check().unwrap().1.covers_parts(Kind::ProspectSearch, &parameters, 10)
    }

    #[test]
    fn a_task_lies_within_when_each_limited_slot_holds_allowed_values_only() {
        let allowed = json!({ "titles": ["CEO", "Managing Partner"], "locations": [{ "state": "California" }] });
        let oakland = json!([{ "city": "Oakland", "state": "California", "country": "United States" }]);
        assert!(covers(allowed.clone(), json!({ "titles": ["ceo"], "locations": oakland, "keywords": ["tax"] })));
        assert!(!covers(allowed.clone(), json!({ "titles": ["ceo"] })), "anywhere is not within California");
        assert!(!covers(allowed.clone(), json!({ "titles": ["ceo", "CFO"], "locations": oakland })));
        assert!(!covers(allowed.clone(), json!({ "titles": ["ceo"], "locations": [{ "country": "United States" }] })));
        let expanded = json!({ "titles": ["CEO"], "locations": oakland,
            "title_expansion": { "titles": ["Chairman"], "applied": true } });
        assert!(!covers(allowed.clone(), expanded));
        assert!(!covers(allowed, json!({ "titles": ["CEO"], "locations": oakland, "not_applied": ["age:40"] })));
    }

    #[test]
    fn alternatives_from_the_same_words_must_all_be_limited() {
        let asked = json!({ "company_types": ["law_firm"], "industries": ["legal"],
            "same_words": [{ "words": "law firms", "company_types": ["law_firm"], "industries": ["legal"] }] });
        assert!(!covers(json!({ "company_types": ["law_firm"] }), asked.clone()));
        assert!(covers(json!({ "company_types": ["law_firm"], "industries": ["legal"] }), asked));
    }

    #[test]
    fn changes_of_records_and_lists_need_their_operations() {
        let mut given = body(json!({}));
        given.types = vec!["list_operation".into()];
        assert!(given.check().is_err());
        given.filters = json!({ "operations": ["add"] }).as_object().unwrap().clone();
        let said = given.check().unwrap().1;
        let covers = |operation: &str| {
            said.covers_parts(Kind::ListOperation, &json!({ "operation": operation, "list_name": "A" }), 1)
        };
        assert!(covers("add") && !covers("delete"));
        given.filters = json!({ "operations": ["add"], "titles": ["CEO"] }).as_object().unwrap().clone();
        assert!(given.check().is_err(), "lists have no titles");
    }

    #[test]
    fn a_size_over_the_limit_and_a_search_for_nobody_are_not_covered() {
        let said = body(json!({})).check().unwrap().1;
        let covers = |size| said.covers_parts(Kind::ProspectSearch, &json!({ "filters": {} }), size);
        assert!(covers(50) && !covers(51) && !covers(0));
    }
}
