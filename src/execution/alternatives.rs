//! What one step from a search would find: without a filter, with a wider one, or with a narrower one.
//!
//! Protects two rules. Numbers are honest: each is counted as a search would count it, and lists that are left out are
//! left out here too. And an offer can be taken by saying it: its text is read by the reader of follow-ups before it is
//! offered, and what comes out is what is counted.

use roaring::RoaringBitmap;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::prospects::filter::{Filter, Slots};
use crate::prospects::search::{Facet, Found, Trials, View, bands};
use crate::understand::follow_up::{self, Follow, Followed};
use crate::understand::places::{self, Location, Members};
use crate::understand::{self, Provenance, Range, Request, markets, neighbours};

/// Most alternatives that are offered.
pub const ALTERNATIVES_MAX: usize = 8;
/// Of those, most of one kind for one slot.
const OF_ONE_SORT: usize = 3;
/// Most alternatives that are tried.
const TRIED_MAX: usize = 60;
/// Matches beyond so many times the wanted number are far too many.
const FAR_TOO_MANY_TIMES: u64 = 20;
/// Without a wanted number, matches beyond this are.
const FAR_TOO_MANY: u64 = 1_000;
/// How one asks for more of something.
const WITH: &str = "with";
/// Values of a facet that are tried to narrow a search.
const VALUES_OF_A_FACET: u32 = 4;

/// What one step from a search would find.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alternative {
    /// What the step does.
    pub kind: Step,
    /// The slot of the filters that it changes.
    pub slot: &'static str,
    /// The value that goes, comes or takes the place of what is there.
    pub value: Value,
    /// Said as the next message of the conversation, it changes the search this way.
    pub text: String,
    /// All who would fit, counted like `matched` of the preview.
    pub matched: u64,
    /// The slots of `filters` that change, with their new values; an empty slot asks nothing.
    pub change: Map<String, Value>,
}

/// A step from a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A filter goes.
    Without,
    /// A value joins those that are there.
    With,
    /// A value takes the place of those that are there.
    Instead,
}

/// A search that was counted.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'c> {
    /// What was understood.
    pub request: &'c Request,
    /// The filter made from it.
    pub filter: &'c Filter,
    /// Who fits.
    pub found: &'c Found,
    /// The people of excluded lists.
    pub left_out: &'c RoaringBitmap,
    /// Of those who fit, how many may be contacted.
    pub available: u64,
    /// How many are wanted.
    pub limit: u32,
}

/// A step that might be offered.
struct Candidate {
    kind: Step,
    slot: &'static str,
    value: Value,
    text: String,
}

/// The alternatives to a search that found too few people or far too many, the best first: those that find enough, the
/// fewest of them first, then those that find most.
pub fn alternatives(view: &View, counted: &Counted) -> Vec<Alternative> {
    let matched = counted.found.count();
    let candidates = match sort_of(counted) {
        Sort::Enough => return Vec::new(),
        Sort::TooFew => wider(counted),
        Sort::FarTooMany => narrower(view, counted),
    };
    let mut trials = view.trials(counted.filter, counted.left_out.clone());
    let mut offers: Vec<Alternative> = Vec::new();
    for candidate in candidates.into_iter().take(TRIED_MAX) {
        let offer = tried(counted, &mut trials, candidate);
        let helps = |offer: &Alternative| match sort_of(counted) {
            Sort::TooFew => offer.matched > matched,
            _ => (1..matched).contains(&offer.matched),
        };
        offers.extend(offer.filter(|offer| helps(offer) && !offers.iter().any(|known| known.change == offer.change)));
    }
    let wanted = u64::from(counted.limit);
    offers.sort_by_key(|offer| {
        (offer.matched < wanted, if offer.matched < wanted { u64::MAX - offer.matched } else { offer.matched })
    });
    let mut kept: Vec<Alternative> = Vec::with_capacity(ALTERNATIVES_MAX);
    for offer in offers {
        let same = kept.iter().filter(|known| (known.kind, known.slot) == (offer.kind, offer.slot)).count();
        if kept.len() < ALTERNATIVES_MAX && same < OF_ONE_SORT {
            kept.push(offer);
        }
    }
    kept
}

/// How what was found stands to what was wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    TooFew,
    Enough,
    FarTooMany,
}

fn sort_of(counted: &Counted) -> Sort {
    let search = counted.request.search();
    let all = search.is_some_and(|search| search.other("count") == Some("all"));
    let many = match search.and_then(|search| search.count) {
        Some(count) => u64::from(count) * FAR_TOO_MANY_TIMES,
        None => FAR_TOO_MANY,
    };
    match counted.found.count() {
        0 => Sort::TooFew,
        _ if all => Sort::Enough,
        _ if counted.available < u64::from(counted.limit) => Sort::TooFew,
        matched if matched > many => Sort::FarTooMany,
        _ => Sort::Enough,
    }
}

/// Reads the text of a step as a follow-up and counts what comes out; nothing when it changes no filter.
fn tried(counted: &Counted, trials: &mut Trials, candidate: Candidate) -> Option<Alternative> {
    let follow = Follow { request: counted.request, message_id: "", limit: counted.limit };
    let Some(Followed::Changed(changed)) = follow_up::read(&candidate.text, &follow) else { return None };
    let filter = Filter::from_request(&changed)?;
    let change = change(&counted.filter.include, &filter.include);
    if change.is_empty()
        || filter.exclude != counted.filter.exclude
        || filter.include.is_empty()
        || filter.check().is_err()
    {
        return None;
    }
    // A step is offered as what it is: it must change its own slot.
    let own = [candidate.slot, if candidate.slot == "industries" { "company_types" } else { candidate.slot }];
    if !own.iter().any(|slot| change.contains_key(*slot)) {
        return None;
    }
    let Candidate { kind, slot, value, text } = candidate;
    Some(Alternative { kind, slot, value, text, matched: trials.count(&filter), change })
}

/// The slots that differ, with what they become.
fn change(before: &Slots, after: &Slots) -> Map<String, Value> {
    let mut change = Map::new();
    for ((name, before), (_, after)) in before.texts().into_iter().zip(after.texts()) {
        if before != after {
            change.insert(name.to_owned(), json!(after));
        }
    }
    if before.locations != after.locations {
        change.insert("locations".to_owned(), json!(after.locations));
    }
    for (name, before, after) in
        [("headcount", &before.headcount, &after.headcount), ("revenue", &before.revenue, &after.revenue)]
    {
        if before != after {
            change.insert(name.to_owned(), json!(after));
        }
    }
    change
}

/// Steps that find more people.
fn wider(counted: &Counted) -> Vec<Candidate> {
    let mut steps = without_each(counted.request);
    let search = counted.request.search();
    if let Some(offered) = counted.filter.title_expansion.as_ref().filter(|offered| !offered.applied) {
        if offered.titles.len() > 1 {
            let text = format!("{WITH} the law-firm equivalents");
            steps.push(Candidate { kind: Step::With, slot: "titles", value: json!(offered.titles), text });
        }
        for title in &offered.titles {
            let text = format!("{WITH} {}", understand::plural(title));
            steps.push(Candidate { kind: Step::With, slot: "titles", value: json!(title), text });
        }
    }
    let locations = search.map(|search| search.locations.as_slice()).unwrap_or_default();
    for place in locations {
        steps.extend(around(place, locations.len() == 1));
    }
    if let Some(range) = search.and_then(|search| search.headcount.as_ref()) {
        steps.extend(one_band_wider(range));
    }
    steps.extend(search.into_iter().flat_map(|search| search.industries.iter()).filter_map(|slug| parent(slug)));
    steps
}

/// Slots whose filter can go, and how one says that all of its values go.
const OPENED: [(&str, &str); 10] = [
    ("titles", "any title"),
    ("seniority", "any level"),
    ("departments", "any department"),
    ("industries", "any industry"),
    ("company_types", "any industry"),
    ("keywords", "any topic"),
    ("other", ""),
    ("locations", "anywhere"),
    ("headcount", "any size"),
    ("revenue", "any revenue"),
];

/// What each filter costs: the search without the words that gave it, and without all of a slot with several.
fn without_each(request: &Request) -> Vec<Candidate> {
    let mut steps: Vec<Candidate> = Vec::new();
    for (slot, all) in OPENED {
        let entries: Vec<&Provenance> = request.provenance.iter().filter(|entry| entry.slot == slot).collect();
        for entry in &entries {
            let said = entry.text.as_deref().filter(|_| !["headcount", "revenue"].contains(&slot));
            let Some(said) = said.filter(|said| !said.contains(['“', '”', '"', '\n'])) else { continue };
            let text = format!("without “{said}”");
            if !steps.iter().any(|step| step.text == text) {
                steps.push(Candidate { kind: Step::Without, slot, value: entry.value.clone(), text });
            }
        }
        let values: Vec<&Value> = entries.iter().map(|entry| &entry.value).collect();
        if !values.is_empty() && !all.is_empty() && !steps.iter().any(|step| step.text == all) {
            let value = if let [one] = values.as_slice() { (*one).clone() } else { json!(values) };
            steps.push(Candidate { kind: Step::Without, slot, value, text: all.to_owned() });
        }
    }
    steps
}

/// One step out from a place: from a city or an area to its state, from a state to its neighbours.
fn around(place: &Location, is_only: bool) -> Vec<Candidate> {
    let instead = |wider: String, value: Value| {
        let name = [&place.city, &place.region, &place.state].into_iter().flatten().next().cloned().unwrap_or_default();
        let text = if is_only { format!("in {wider} instead") } else { format!("replace {name} with {wider}") };
        vec![Candidate { kind: Step::Instead, slot: "locations", value, text }]
    };
    match (&place.city, &place.region, &place.state, &place.country) {
        (Some(_), _, Some(state), country) => instead(state.clone(), json!({ "state": state, "country": country })),
        (Some(_), _, None, Some(country)) => instead(country.clone(), json!({ "country": country })),
        (None, Some(region), ..) => {
            let states = states_of(region);
            let [state] = states.as_slice() else { return Vec::new() };
            instead(state.name.to_owned(), json!({ "state": state.name, "country": "United States" }))
        }
        (None, None, Some(state), Some(country)) if country == "United States" => {
            let code = places::state("US", state).map_or("", |state| state.code);
            let others = neighbours::of(code).filter_map(|code| places::state("US", code));
            let with = |other: &places::State| Candidate {
                kind: Step::With,
                slot: "locations",
                value: json!({ "state": other.name, "country": country }),
                text: format!("{WITH} {}", other.name),
            };
            others.map(with).collect()
        }
        _ => Vec::new(),
    }
}

/// The states that an area of the US lies in.
fn states_of(region: &str) -> Vec<&'static places::State> {
    let Some(Members::Counties(counties)) = places::region(region).map(|region| &region.members) else {
        return Vec::new();
    };
    let mut codes: Vec<&str> =
        counties.iter().filter_map(|fips| places::county(fips)).map(|county| county.state).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.into_iter().filter_map(|code| places::state("US", code)).collect()
}

/// The same range with the next band of headcounts below and above.
fn one_band_wider(range: &Range) -> Option<Candidate> {
    let (min, max) = bands::wider(range.min, range.max);
    headcount(min, max)
}

fn headcount(min: Option<i64>, max: Option<i64>) -> Option<Candidate> {
    let text = match (min, max) {
        (Some(min), Some(max)) => format!("{WITH} {min}-{max} employees"),
        (Some(min), None) => format!("{WITH} {min}+ employees"),
        (None, Some(max)) => format!("{WITH} up to {max} employees"),
        (None, None) => return None,
    };
    let value = json!(Range { min, max, currency: None });
    Some(Candidate { kind: Step::Instead, slot: "headcount", value, text })
}

/// The wider sector of a sector.
fn parent(slug: &str) -> Option<Candidate> {
    let parent = markets::industry(markets::industry(slug)?.parent)?;
    let text = format!("{} instead", parent.name);
    Some(Candidate { kind: Step::Instead, slot: "industries", value: json!(parent.slug), text })
}

/// Steps that find fewer people: the states, headcounts and titles that most of them have.
fn narrower(view: &View, counted: &Counted) -> Vec<Candidate> {
    let facets = view.facets(counted.found, &[Facet::State, Facet::Headcount, Facet::Title], VALUES_OF_A_FACET);
    let mut steps = Vec::new();
    for (facet, counts) in facets {
        for value in counts.values {
            steps.extend(match facet {
                Facet::Headcount => bands::named(&value.value).and_then(|(fewest, most)| headcount(Some(fewest), most)),
                Facet::State => Some(Candidate {
                    kind: Step::Instead,
                    slot: "locations",
                    value: json!({ "state": value.value, "country": value.country }),
                    text: format!("only in {}", value.value),
                }),
                _ => Some(Candidate {
                    kind: Step::Instead,
                    slot: "titles",
                    value: json!(value.value),
                    text: format!("only {}", value.value),
                }),
            });
        }
    }
    steps
}
