//! The values of a frame, one by one: of what was written and of what was read, in one form that can be compared.

use std::fmt;

use serde_json::{Map, Value};

use super::Line;
use crate::understand::{Intent, Origin, Request};

/// The three drawers of one pool: which of them a market phrase lies in is a matter of taste.
const MARKETS: [&str; 3] = ["industries", "company_types", "keywords"];

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    /// The slot, with the pool of markets as `market`: `titles`, `exclude.market`, `contacts.name` …
    pub(super) slot: String,
    /// What it is: any of these texts (a place or a range is one text of canonical JSON).
    pub(super) spellings: Vec<String>,
    /// Bytes of the request it was read from; absent in what was written.
    span: Option<(usize, usize)>,
}

impl Item {
    fn new(slot: &str, value: &Value) -> Item {
        let spellings = match value {
            Value::String(text) => text.split('|').map(|text| text.trim().to_owned()).collect(),
            Value::Null => vec!["null".to_owned()],
            value => vec![value.to_string()],
        };
        Item { slot: slot.to_owned(), spellings, span: None }
    }

    /// What narrows or changes something, so that inventing it does harm.
    pub(super) fn is_constraint(&self) -> bool {
        let slot = self.slot.strip_prefix("search.").unwrap_or(&self.slot);
        !["target", "operation", "action", "topic", "campaign_ref", "ab_test"].contains(&slot)
    }

    /// Whether its words are free: no two people would write them alike.
    pub(super) fn is_free(&self) -> bool {
        ["topic", "action"].contains(&self.slot.as_str())
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.slot, self.spellings.join(" | "))
    }
}

/// The values that were written for a line.
pub(super) fn written(line: &Line) -> Vec<Item> {
    let mut items = Vec::new();
    frame(&mut items, "", &line.slots);
    // Nobody states whom an inner search is for.
    items.retain(|item| item.slot != "search.target");
    if line.intent == Intent::ProspectSearch && !line.slots.contains_key("target") {
        items.push(Item::new("target", &Value::from("people")));
    }
    items
}

/// The values that were read. Values of the pool that were read from the same words are one value with several
/// spellings, and the words themselves are a spelling of each value.
pub(super) fn read(request: &Request) -> Vec<Item> {
    let Ok(Value::Object(slots)) = serde_json::to_value(&request.slots) else { return Vec::new() };
    let mut items = Vec::new();
    frame(&mut items, "", &slots);
    items.retain(|item| item.slot != "search.target");
    for item in &mut items {
        let entry = request.provenance.iter().find(|entry| {
            let value = Item::new(&item.slot, &canonical(&entry.value));
            entry.from == Origin::Request && slot_of(&entry.slot) == item.slot && value.spellings == item.spellings
        });
        if let Some(entry) = entry {
            item.span = entry.start.zip(entry.end);
            item.spellings.extend(entry.text.clone());
        }
    }
    let mut pooled: Vec<Item> = Vec::new();
    for item in items {
        let same = pooled.iter_mut().find(|other| {
            other.slot == item.slot
                && item.slot.ends_with("market")
                && match (other.span, item.span) {
                    (Some(one), Some(two)) => one.0 < two.1 && two.0 < one.1,
                    _ => false,
                }
        });
        match same {
            Some(other) => other.spellings.extend(item.spellings),
            None => pooled.push(item),
        }
    }
    pooled
}

/// The name of a slot as items have it.
fn slot_of(slot: &str) -> String {
    let (head, last) = slot.rsplit_once('.').map_or(("", slot), |(head, last)| (head, last));
    let last = if MARKETS.contains(&last) { "market" } else { last };
    if head.is_empty() { last.to_owned() } else { format!("{head}.{last}") }
}

fn frame(items: &mut Vec<Item>, prefix: &str, slots: &Map<String, Value>) {
    for (name, value) in slots {
        let slot = slot_of(&format!("{prefix}{name}"));
        match (name.as_str(), value) {
            (_, Value::Null) => {}
            ("exclude" | "search" | "ab_test", Value::Object(inner)) => frame(items, &format!("{slot}."), inner),
            ("changes", Value::Object(fields)) => {
                items.extend(fields.iter().map(|(field, value)| Item::new(&format!("changes.{field}"), value)));
            }
            ("contacts", Value::Array(contacts)) => {
                for contact in contacts.iter().filter_map(Value::as_object) {
                    let stated = contact.iter().filter(|(_, value)| !value.is_null());
                    items.extend(stated.map(|(key, value)| Item::new(&format!("contacts.{key}"), value)));
                }
            }
            (_, Value::Array(values)) => {
                items.extend(values.iter().map(|value| Item::new(&slot, &canonical(value))));
            }
            (_, value) => items.push(Item::new(&slot, &canonical(value))),
        }
    }
}

/// An object with its empty fields left out, so that a place or a range has one spelling.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields.iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect(),
        ),
        value => value.clone(),
    }
}
