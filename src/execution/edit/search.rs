//! A `prospect_search` is edited: whom it looks for, how many, who is left out, and onto which list they go.

use serde::{Deserialize as _, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Anew, Edit, ListGiven, not_of_the_task};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::execution::prospect_search::{LIMIT_MAX, ListBy, Parameters, Preview, prepare};
use crate::lists;
use crate::prospects::filter::{Filter, Slots as Filters};
use crate::prospects::search::Snapshot;
use crate::tasks::Editable;
use crate::understand::{Exclude, Origin, Provenance, Request, Search, Slots};

/// The search as it would be with the edit.
pub(super) fn edited(
    tx: &mut Tx,
    workspace_id: Uuid,
    snapshot: &Snapshot,
    (task, edit): (&Editable, &Edit),
) -> Result<Anew> {
    let before = Parameters::deserialize(&task.plan.parameters)?;
    let parameters = parameters(tx, workspace_id, &before, (task, edit))?;
    let request = Request::deserialize(&task.request).ok().map(|request| of_filter(request, &parameters));
    let prepared = prepare(tx, workspace_id, snapshot, &parameters, request.as_ref())?;
    let description = description(&prepared.preview, task, before.filters == parameters.filters, &parameters.filters);
    let preview = serde_json::to_value(&prepared.preview)?;
    let request = request.map_or(Ok(Value::Null), serde_json::to_value)?;
    Ok(Anew { plan: prepared.plan, preview, description, request })
}

fn parameters(
    tx: &mut Tx,
    workspace_id: Uuid,
    before: &Parameters,
    (task, edit): (&Editable, &Edit),
) -> Result<Parameters> {
    let mut after = before.clone();
    let how_many = format!("a whole number from 1 to {LIMIT_MAX}");
    if let Some(limit) = edit.field::<u32>("limit", &how_many)? {
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(Error::validation("limit", format!("limit must be {how_many}, got {limit}.")));
        }
        after.limit = limit;
    }
    if let Some(filters) = edit.field::<Value>("filters", "an object")? {
        after.filters = Filter::given(&filters, &before.filters)?;
        for name in &after.filters.exclude.lists {
            if lists::find_named(tx, workspace_id, name)?.is_none() {
                let message = format!("There is no list \"{name}\" to leave out.");
                return Err(Error::validation("filters.exclude.lists", message));
            }
        }
    }
    if let Some(on) = edit.field::<bool>("expand_titles", "true or false")? {
        after.filters.expand_titles(on)?;
    }
    if let Some(ids) = edit.excluded()? {
        let of_the_task = |id: &Uuid| task.plan.selection.contains(id) || before.exclude_ids.contains(id);
        if let Some(stranger) = ids.iter().find(|id| !of_the_task(id)) {
            return Err(not_of_the_task(*stranger, "person"));
        }
        after.exclude_ids = ids;
    }
    match edit.list(tx, workspace_id)? {
        None => {}
        Some(ListGiven::There(list)) => {
            (after.list_by, after.list_id, after.list_name) = (ListBy::Id, Some(list.id), list.name);
        }
        Some(ListGiven::Named(name, list)) => {
            (after.list_by, after.list_id, after.list_name) = (ListBy::Name, list.map(|list| list.id), name);
        }
    }
    Ok(after)
}

/// The task in one line. As long as whom it looks for is the same, in the words that asked; else in those of the filter.
fn description(preview: &Preview, task: &Editable, same: bool, filters: &Filter) -> String {
    let people = if preview.selected == 1 { "1 person".to_owned() } else { format!("{} people", preview.selected) };
    let shown = task.preview["list_name"].as_str().unwrap_or_default();
    let words = task.description.split_once(&format!("\"{shown}\": ")).map(|(_, words)| words.to_owned());
    let words = words.filter(|_| same).unwrap_or_else(|| in_words(filters));
    format!("Add {people} to \"{}\": {words}", preview.list_name)
}

/// "titles CEO, CFO; locations Texas, United States; not company types agency".
fn in_words(filters: &Filter) -> String {
    let mut parts = Vec::new();
    for (slots, not) in [(&filters.include, ""), (&filters.exclude, "not ")] {
        for (name, values) in slots.texts().into_iter().filter(|(_, values)| !values.is_empty()) {
            parts.push(format!("{not}{} {}", name.replace('_', " "), values.join(", ")));
        }
        let places: Vec<String> = slots.locations.iter().map(|place| flat(&json!(place))).collect();
        if !places.is_empty() {
            parts.push(format!("{not}locations {}", places.join(" or ")));
        }
        for (name, range) in [("headcount", &slots.headcount), ("revenue", &slots.revenue)] {
            if let Some(range) = range {
                let end = |end: Option<i64>| end.map(|end| end.to_string()).unwrap_or_default();
                parts.push(format!("{not}{name} {}-{}", end(range.min), end(range.max)));
            }
        }
    }
    if let Some(more) = filters.title_expansion.as_ref().filter(|more| more.applied) {
        parts.push(format!("or {}", more.titles.join(", ")));
    }
    parts.join("; ")
}

fn flat(place: &Value) -> String {
    let parts: Vec<&str> = place.as_object().into_iter().flatten().filter_map(|(_, part)| part.as_str()).collect();
    parts.join(", ")
}

/// The request with the values of an edited filter, so that what is said next in the conversation builds on them. A value
/// that no words gave is marked as given with the request.
fn of_filter(request: Request, parameters: &Parameters) -> Request {
    let Slots::Search(before) = &request.slots else { return request };
    let filter = &parameters.filters;
    let Filters {
        titles,
        seniority,
        departments,
        industries,
        company_types,
        keywords,
        locations,
        headcount,
        revenue,
        ..
    } = filter.include.clone();
    let mut other: Vec<String> = filter.include.companies.iter().map(|name| format!("company:{name}")).collect();
    other.extend(before.other.iter().filter(|entry| !entry.starts_with("company:") && *entry != "count:all").cloned());
    let unwanted = filter.exclude.clone();
    let search = Search {
        target: filter.target,
        count: Some(parameters.limit),
        titles,
        seniority,
        departments,
        industries,
        company_types,
        keywords,
        locations,
        headcount,
        revenue,
        exclude: Exclude {
            titles: unwanted.titles,
            seniority: unwanted.seniority,
            departments: unwanted.departments,
            companies: unwanted.companies,
            company_types: unwanted.company_types,
            industries: unwanted.industries,
            keywords: unwanted.keywords,
            locations: unwanted.locations,
            lists: unwanted.lists,
            other: before.exclude.other.clone(),
        },
        other,
    };
    let provenance = provenance(&request.provenance, &search);
    Request { slots: Slots::Search(Box::new(search)), provenance, ..request }
}

/// The entries whose values are still there, and one for each value that has none.
fn provenance(before: &[Provenance], search: &Search) -> Vec<Provenance> {
    let slots = serde_json::to_value(search).unwrap_or_default();
    let mut values = Vec::new();
    flatten(&slots, "", &mut values);
    let stands = |entry: &&Provenance| values.iter().any(|(slot, value)| *slot == entry.slot && *value == entry.value);
    let mut after: Vec<Provenance> = before.iter().filter(stands).cloned().collect();
    for (slot, value) in values {
        if !after.iter().any(|entry| entry.slot == slot && entry.value == value) {
            after.push(Provenance { slot, value, from: Origin::Context, start: None, end: None, text: None });
        }
    }
    after
}

/// Each value of a search with the name of its slot.
fn flatten(slots: &impl Serialize, prefix: &str, values: &mut Vec<(String, Value)>) {
    let Ok(Value::Object(slots)) = serde_json::to_value(slots) else { return };
    for (name, value) in slots {
        match value {
            Value::Null => {}
            Value::Array(several) => values.extend(several.into_iter().map(|value| (format!("{prefix}{name}"), value))),
            Value::Object(_) if name == "exclude" => flatten(&value, "exclude.", values),
            Value::String(_) if name == "target" => {}
            value => values.push((format!("{prefix}{name}"), value)),
        }
    }
}
