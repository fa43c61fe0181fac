//! How well requests are understood: the reader's answers against answers written by hand, slot by slot.
//!
//! Protects the figures: what counts as equal is decided here, in the open and for every slot, and not by whoever wrote
//! the reader. `lexi understand --score FILE` prints the report. Pure, no input or output.

mod items;
mod report;
mod same;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::understand::{Intent, Request};

pub use report::Report;

/// A request with the answer a person wrote for it: one line of an evaluation set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Names the line.
    pub id: String,
    /// The request.
    pub text: String,
    /// What it tests, in a word each: `typo`, `negation` …
    #[serde(default)]
    pub phenomena: Vec<String>,
    /// Which part of the set it belongs to; a set without parts has none.
    #[serde(default)]
    pub split: Option<String>,
    /// What kind of request it is.
    pub intent: Intent,
    /// The stated values, in the contract's shape. A text may name several spellings, `"a|b"`; what is not there must
    /// not be read.
    #[serde(default)]
    pub slots: Map<String, Value>,
    /// The words allow several readings: Lexi must ask or show an assumption.
    #[serde(default)]
    pub ambiguous: bool,
    /// Lexi must ask in place of acting.
    #[serde(default)]
    pub ask: bool,
}

/// What became of one line.
#[derive(Debug)]
pub struct Outcome {
    /// The line's id.
    pub id: String,
    /// The request.
    pub text: String,
    phenomena: Vec<String>,
    wanted: Intent,
    read: Intent,
    unsafe_: Option<&'static str>,
    slots: BTreeMap<String, Counts>,
    /// Values the reader missed, as `slot: value`.
    pub missed: Vec<String>,
    /// Values the reader gave and the answer does not hold, as `slot: value`.
    pub extra: Vec<String>,
    constraints: u32,
    invented: u32,
    exact: bool,
    ambiguous: Option<bool>,
    ask: (bool, bool),
    took_us: u64,
}

/// Values of one slot.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    right: u32,
    missed: u32,
    extra: u32,
}

/// Compares what was read of a line with what was written for it. `took_us`: microseconds the reading took.
pub fn judge(line: &Line, read: &Request, took_us: u64) -> Outcome {
    let mut slots: BTreeMap<String, Counts> = BTreeMap::new();
    let wanted = items::written(line);
    let found = items::read(read);
    let (pairs, missed, mut extra) = same::pair(&wanted, &found);
    if !acts(line.intent) && !acts(read.intent) {
        // The contract asks for a topic or an action; what else is told of such a request narrows and changes nothing.
        extra.retain(|item| wanted.iter().any(|other| other.slot == item.slot));
    }
    pairs.iter().for_each(|item| slots.entry(item.slot.clone()).or_default().right += 1);
    missed.iter().for_each(|item| slots.entry(item.slot.clone()).or_default().missed += 1);
    extra.iter().for_each(|item| slots.entry(item.slot.clone()).or_default().extra += 1);
    let invented = extra.iter().filter(|item| item.is_constraint() && !same::is_said(&wanted, item)).count();
    let constraints = found.iter().filter(|item| item.is_constraint()).count();
    let asks = read.ask.is_some();
    Outcome {
        id: line.id.clone(),
        text: line.text.clone(),
        phenomena: line.phenomena.clone(),
        wanted: line.intent,
        read: read.intent,
        unsafe_: unsafe_confusion(line, read),
        exact: line.intent == read.intent && missed.iter().chain(&extra).all(|item| item.is_free()) && asks >= line.ask,
        missed: missed.iter().map(|item| item.to_string()).collect(),
        extra: extra.iter().map(|item| item.to_string()).collect(),
        slots,
        constraints: u32::try_from(constraints).unwrap_or(u32::MAX),
        invented: u32::try_from(invented).unwrap_or(u32::MAX),
        ambiguous: line.ambiguous.then_some(asks || !read.assumptions.is_empty()),
        ask: (line.ask, asks),
        took_us,
    }
}

impl Outcome {
    /// Whether intent and every value are right.
    pub fn is_right(&self) -> bool {
        self.exact && self.unsafe_.is_none()
    }

    /// What is wrong, for people.
    pub fn difference(&self) -> String {
        let mut parts = Vec::new();
        if self.wanted != self.read {
            parts.push(format!("{:?} read as {:?}", self.wanted, self.read));
        }
        if let Some(reason) = self.unsafe_ {
            parts.push(format!("UNSAFE, {reason}"));
        }
        if self.ask.0 && !self.ask.1 {
            parts.push("does not ask".to_owned());
        }
        parts.extend(self.missed.iter().map(|item| format!("missed {item}")));
        parts.extend(self.extra.iter().map(|item| format!("extra {item}")));
        parts.join("; ")
    }
}

/// Whether a request of this intent asks for something to be done or found.
fn acts(intent: Intent) -> bool {
    !matches!(intent, Intent::Question | Intent::Other)
}

/// Whether anything would be done that nobody wanted, and what. Whoever is asked back has done nothing.
fn unsafe_confusion(line: &Line, read: &Request) -> Option<&'static str> {
    let operation = |name: &str| read.details().and_then(|details| details.operation.as_deref()) == Some(name);
    let written = line.slots.get("operation").and_then(Value::as_str).unwrap_or("");
    let wanted = |name: &str| written.split('|').any(|operation| operation == name);
    match (line.intent, read.intent) {
        _ if !acts(read.intent) || read.ask.is_some() => None,
        (Intent::Question, _) => Some("a question taken as an action"),
        (Intent::Other, _) => Some("no action wanted, one taken"),
        (Intent::ContactUpdate, Intent::ContactUpdate) if operation("delete") && !wanted("delete") => {
            Some("another change taken as a deletion")
        }
        (Intent::ListOperation, Intent::ListOperation) if operation("delete") && !wanted("delete") => {
            Some("another change of a list taken as its deletion")
        }
        (Intent::CampaignStart, Intent::CampaignStart)
            if (operation("start") || operation("resume")) && !wanted("start") && !wanted("resume") =>
        {
            Some("another change of a campaign taken as its start")
        }
        (Intent::CampaignCreate, Intent::CampaignStart) if operation("start") || operation("resume") => {
            Some("a draft taken as a start")
        }
        (Intent::CampaignStart, Intent::CampaignStart)
            if written.ends_with("_contact") && read.details().is_none_or(|details| details.contacts.is_empty()) =>
        {
            Some("one person taken as the whole campaign")
        }
        _ => None,
    }
}
