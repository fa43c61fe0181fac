//! Applies the steps of a follow-up to the last search.
//!
//! Protects "no invented constraint" over several turns: every value keeps or gets its words, and words whose value has
//! gone go with it.

use serde_json::{Value, json};

use super::super::findings::evidence;
use super::super::markets;
use super::super::request::{Exclude, Intent, Origin, Provenance, Request, Search, Slots};
use super::super::sentence::Sentence;
use super::super::words::{singular, words};
use super::Follow;
use super::steps::{Count, Gone, Reading, Step, is_rank};
use super::tables::{Scale, Way};

/// The last search after the steps.
pub(super) fn applied(sentence: &Sentence<'_>, follow: &Follow<'_>, steps: Vec<Step>) -> Request {
    let earlier = follow.request;
    let mut merged = Merged {
        search: earlier.search().cloned().unwrap_or_default(),
        provenance: earlier.provenance.iter().map(|entry| of_message(entry, follow.message_id)).collect(),
        assumptions: earlier.assumptions.clone(),
    };
    for step in steps {
        match step {
            Step::Count(count, span) => merged.count(sentence, count, span, follow.limit),
            Step::Come(way, reading) => merged.come(way, reading, follow.limit),
            Step::Go(gone) => gone.into_iter().for_each(|gone| merged.go(gone)),
            Step::Exclude(reading) => merged.exclude(reading),
            Step::List(reading) => merged.list(reading),
            Step::Ask(_) => {}
        }
    }
    merged.finish(earlier)
}

/// An entry of an earlier turn as later turns point at it.
fn of_message(entry: &Provenance, message_id: &str) -> Provenance {
    let from = match &entry.from {
        Origin::Request => Origin::Message(message_id.to_owned()),
        other => other.clone(),
    };
    Provenance { from, ..entry.clone() }
}

struct Merged {
    search: Search,
    provenance: Vec<Provenance>,
    assumptions: Vec<String>,
}

impl Merged {
    fn count(&mut self, sentence: &Sentence<'_>, count: Count, span: (usize, usize), limit: u32) {
        let before = self.search.count.unwrap_or(limit);
        let half = (before / 2).max(1);
        let after = match count {
            Count::To(number) => Some(number),
            Count::Plus(number) => Some(before.saturating_add(number)),
            Count::Minus(number) => Some(before.saturating_sub(number).max(1)),
            Count::Scaled(Scale::Times(times)) => Some(before.saturating_mul(times)),
            Count::Scaled(Scale::More) => Some(before.saturating_mul(2)),
            Count::Scaled(Scale::Half | Scale::Fewer) => Some(half),
            Count::Scaled(Scale::All) => None,
        };
        let said = &sentence.text[span.0..span.1];
        match count {
            Count::Scaled(Scale::More) => self.assume(format!("“{said}” is read as twice as many.")),
            Count::Scaled(Scale::Fewer) => self.assume(format!("“{said}” is read as half as many.")),
            _ => {}
        }
        self.search.other.retain(|entry| entry != "count:all");
        self.search.count = after;
        match after {
            Some(number) => self.provenance.push(evidence(sentence, "count", number.into(), span)),
            None => {
                self.search.other.push("count:all".to_owned());
                self.provenance.push(evidence(sentence, "other", "count:all".into(), span));
            }
        }
    }

    fn come(&mut self, way: Way, reading: Reading, limit: u32) {
        let Reading { search: new, mut provenance, assumptions } = reading;
        let limit = self.search.count.unwrap_or(limit);
        if way == Way::Only {
            self.make_room(&new);
        }
        let search = &mut self.search;
        for (slot, values) in texts(&new) {
            let Some(there) = text_slot(search, slot) else { continue };
            add(there, values);
        }
        add(&mut search.locations, &new.locations);
        search.headcount = new.headcount.clone().or(search.headcount.take());
        search.revenue = new.revenue.clone().or(search.revenue.take());
        if let Some(count) = new.count {
            // "add 50 more in Nevada" are fifty beyond those that are there.
            let count = if way == Way::Add { limit.saturating_add(count) } else { count };
            search.count = Some(count);
            search.other.retain(|entry| entry != "count:all");
            provenance.iter_mut().filter(|entry| entry.slot == "count").for_each(|entry| entry.value = count.into());
        }
        self.admit(&new);
        self.exclude_all(&new.exclude);
        self.note(provenance, assumptions);
        if way == Way::Only {
            self.narrow(&new);
        }
    }

    /// What takes the place of what: people of titles and levels, markets of markets, places of places.
    fn make_room(&mut self, new: &Search) {
        let search = &mut self.search;
        if !new.titles.is_empty() {
            search.titles.clear();
            search.seniority.clear();
            if !new.titles.iter().all(|title| is_rank(title)) {
                search.departments.clear();
            }
        } else if !new.seniority.is_empty() {
            search.titles.clear();
            search.seniority.clear();
        }
        if !new.departments.is_empty() {
            search.departments.clear();
        }
        if (!new.industries.is_empty() || !new.company_types.is_empty()) && sized(search, new).is_none() {
            search.industries.clear();
            search.company_types.clear();
        }
        if !new.keywords.is_empty() {
            search.keywords.clear();
        }
        if !new.locations.is_empty() {
            search.locations.clear();
        }
        for entry in &new.other {
            let name = entry.split(':').next().unwrap_or(entry);
            search.other.retain(|known| known.split(':').next() != Some(name));
        }
    }

    /// "only mid-size" of law firms are mid-size law firms: the kind becomes the narrower one, with the words of both.
    fn narrow(&mut self, new: &Search) {
        let Some((size, kind, both)) = sized(&self.search, new) else { return };
        self.search.company_types.retain(|value| *value != size && *value != kind);
        self.search.company_types.push(both.clone());
        for entry in self.provenance.iter_mut().filter(|entry| entry.slot == "company_types") {
            if entry.value.as_str().is_some_and(|value| value == size || value == kind) {
                entry.value = both.clone().into();
            }
        }
    }

    fn go(&mut self, gone: Gone) {
        let search = &mut self.search;
        match gone {
            Gone::Slot("headcount") => search.headcount = None,
            Gone::Slot("revenue") => search.revenue = None,
            Gone::Slot("locations") => search.locations.clear(),
            Gone::Slot("exclude") => search.exclude = Exclude::default(),
            Gone::Slot(slot) => {
                if let Some(values) = text_slot(search, slot) {
                    values.clear();
                }
            }
            Gone::Value(slot, value) => match slot.as_str() {
                "headcount" => search.headcount = None,
                "revenue" => search.revenue = None,
                "locations" => search.locations.retain(|place| json!(place) != value),
                slot => {
                    if let Some(values) = text_slot(search, slot) {
                        values.retain(|known| Some(known.as_str()) != value.as_str());
                    }
                }
            },
            Gone::Size { kind, rest } => {
                for value in search.company_types.iter_mut().filter(|value| **value == kind) {
                    value.clone_from(&rest);
                }
                let of_kind = |entry: &&mut Provenance| entry.slot == "company_types" && entry.value == kind.as_str();
                self.provenance.iter_mut().filter(of_kind).for_each(|entry| cut_size(entry, &rest));
            }
        }
    }

    fn exclude(&mut self, reading: Reading) {
        self.exclude_all(&reading.search.exclude);
        self.note(reading.provenance, reading.assumptions);
    }

    fn exclude_all(&mut self, new: &Exclude) {
        let out = &mut self.search.exclude;
        add(&mut out.titles, &new.titles);
        add(&mut out.seniority, &new.seniority);
        add(&mut out.departments, &new.departments);
        add(&mut out.companies, &new.companies);
        add(&mut out.company_types, &new.company_types);
        add(&mut out.industries, &new.industries);
        add(&mut out.keywords, &new.keywords);
        add(&mut out.locations, &new.locations);
        add(&mut out.lists, &new.lists);
        add(&mut out.other, &new.other);
    }

    /// What is wanted now is no longer left out.
    fn admit(&mut self, new: &Search) {
        let out = &mut self.search.exclude;
        out.titles.retain(|value| !new.titles.contains(value));
        out.seniority.retain(|value| !new.seniority.contains(value));
        out.departments.retain(|value| !new.departments.contains(value));
        out.company_types.retain(|value| !new.company_types.contains(value));
        out.industries.retain(|value| !new.industries.contains(value));
        out.keywords.retain(|value| !new.keywords.contains(value));
        out.locations.retain(|value| !new.locations.contains(value));
    }

    fn list(&mut self, reading: Reading) {
        let of_list = |entry: &str| entry.starts_with("save_as:") || entry.starts_with("append_to:");
        self.search.other.retain(|entry| !of_list(entry));
        add(&mut self.search.other, &reading.search.other);
        self.note(reading.provenance, reading.assumptions);
    }

    fn note(&mut self, provenance: Vec<Provenance>, assumptions: Vec<String>) {
        self.provenance.extend(provenance);
        assumptions.into_iter().for_each(|assumption| self.assume(assumption));
    }

    fn assume(&mut self, assumption: String) {
        if !self.assumptions.contains(&assumption) {
            self.assumptions.push(assumption);
        }
    }

    fn finish(mut self, earlier: &Request) -> Request {
        let slots = serde_json::to_value(&self.search).unwrap_or_default();
        self.provenance.retain(|entry| stands(&slots, entry));
        // Of a value that took another's place, the newest words count.
        for slot in ["count", "headcount", "revenue"] {
            let last = self.provenance.iter().rposition(|entry| entry.slot == slot);
            let mut at = 0;
            self.provenance.retain(|entry| {
                at += 1;
                entry.slot != slot || Some(at - 1) == last
            });
        }
        let mut kept: Vec<Provenance> = Vec::with_capacity(self.provenance.len());
        for entry in self.provenance {
            if !kept.contains(&entry) {
                kept.push(entry);
            }
        }
        // An assumption about words that nothing points at any more is over.
        self.assumptions.retain(|sentence| {
            let quoted = sentence.split_once('“').and_then(|(_, rest)| rest.split_once('”')).map(|(words, _)| words);
            quoted.is_none_or(|words| {
                kept.iter().filter_map(|entry| entry.text.as_deref()).any(|text| text.contains(words))
            })
        });
        Request {
            intent: Intent::ProspectSearch,
            ask: None,
            slots: Slots::Search(Box::new(self.search)),
            provenance: kept,
            assumptions: self.assumptions,
            unread: earlier.unread.clone(),
        }
    }
}

/// Adds the values that are not there.
fn add<T: Clone + PartialEq>(there: &mut Vec<T>, new: &[T]) {
    for value in new {
        if !there.contains(value) {
            there.push(value.clone());
        }
    }
}

/// The slots of plain words, by name.
fn texts(search: &Search) -> [(&'static str, &Vec<String>); 7] {
    [
        ("titles", &search.titles),
        ("seniority", &search.seniority),
        ("departments", &search.departments),
        ("industries", &search.industries),
        ("company_types", &search.company_types),
        ("keywords", &search.keywords),
        ("other", &search.other),
    ]
}

fn text_slot<'s>(search: &'s mut Search, name: &str) -> Option<&'s mut Vec<String>> {
    Some(match name {
        "titles" => &mut search.titles,
        "seniority" => &mut search.seniority,
        "departments" => &mut search.departments,
        "industries" => &mut search.industries,
        "company_types" => &mut search.company_types,
        "keywords" => &mut search.keywords,
        "other" => &mut search.other,
        _ => return None,
    })
}

/// A size of `new` and a kind of `search` that together are a kind of their own.
fn sized(search: &Search, new: &Search) -> Option<(String, String, String)> {
    let [size] = new.company_types.as_slice() else { return None };
    markets::company_type(size).is_none_or(|known| known.kind == "size").then_some(())?;
    search.company_types.iter().filter(|kind| *kind != size).find_map(|kind| {
        let both = format!("{size} {kind}");
        markets::company_type(&both).is_some().then(|| (size.clone(), kind.clone(), both))
    })
}

/// Whether the value of an entry still stands in its slot.
fn stands(slots: &Value, entry: &Provenance) -> bool {
    let slot = entry.slot.split('.').fold(slots, |at, name| at.get(name).unwrap_or(&Value::Null));
    match slot {
        Value::Array(values) => values.contains(&entry.value),
        one => *one == entry.value,
    }
}

/// Cuts the words of a size off an entry, so that it points at the words of the kind that stays.
fn cut_size(entry: &mut Provenance, rest: &str) {
    entry.value = rest.into();
    let (Some(text), Some(start)) = (entry.text.clone(), entry.start) else { return };
    let kept = words(rest).len();
    let said = words(&text);
    let Some(first) = said.len().checked_sub(kept).and_then(|at| said.get(at)) else { return };
    if singular(&first.norm) == words(rest).first().map(|word| singular(&word.norm)).unwrap_or_default() {
        entry.start = Some(start + first.start);
        entry.text = Some(text[first.start..].to_owned());
    }
}
