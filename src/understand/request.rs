//! The shape of a Request: what the reader makes of a sentence, as JSON and as Rust.
//!
//! Protects "no invented constraint": every value stands in a slot together with a provenance
//! entry that names the words it came from, and what was not read is listed, never dropped.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

use super::places::Location;

/// One request as read: what is wanted, the values, and where in the text each value stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Request {
    /// What kind of thing is asked for.
    pub intent: Intent,
    /// The question to put back instead of acting; `None` when the request is clear.
    pub ask: Option<String>,
    /// The values, in the shape that belongs to the intent.
    pub slots: Slots,
    /// Where each value comes from; every slot value has at least one entry.
    pub provenance: Vec<Provenance>,
    /// What was chosen where the words allow more than one reading, one sentence each.
    pub assumptions: Vec<String>,
    /// Content words that no slot took, as written, in order.
    pub unread: Vec<String>,
}

impl Request {
    /// The search of a `prospect_search`, or the one inside a campaign request ("add 20 VPs to …").
    pub fn search(&self) -> Option<&Search> {
        match &self.slots {
            Slots::Search(search) => Some(search),
            Slots::Details(details) => details.search.as_ref(),
        }
    }

    /// The slots of an intent other than `prospect_search`.
    pub fn details(&self) -> Option<&Details> {
        match &self.slots {
            Slots::Search(_) => None,
            Slots::Details(details) => Some(details),
        }
    }

    /// The value of the first `name:value` entry of `other` with this name, e.g. `save_as`.
    pub fn other(&self, name: &str) -> Option<&str> {
        self.search()?.other(name)
    }
}

/// The seven intents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Find people or companies that are not known to be in the workspace.
    ProspectSearch,
    /// Change the running state, members or timing of an existing campaign.
    CampaignStart,
    /// A new campaign, sequence, A/B test or copy.
    CampaignCreate,
    /// Create, change, delete, merge, reassign, tag or note a contact or company.
    ContactUpdate,
    /// Create, fill, import, export, merge or delete a list.
    ListOperation,
    /// Read only: look-ups in the workspace, figures, help.
    Question,
    /// None of the above, small talk included.
    Other,
}

/// The values of a request. Which shape it has follows from the intent alone.
#[derive(Debug, Clone, PartialEq)]
pub enum Slots {
    /// `prospect_search`.
    Search(Box<Search>),
    /// Every other intent.
    Details(Box<Details>),
}

impl Serialize for Slots {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Slots::Search(search) => search.serialize(serializer),
            Slots::Details(details) => match (&details.list_name, &details.second_list) {
                (Some(first), Some(second)) => {
                    let mut value = serde_json::to_value(details).map_err(serde::ser::Error::custom)?;
                    value["list_name"] = serde_json::json!([first, second]);
                    value.serialize(serializer)
                }
                _ => details.serialize(serializer),
            },
        }
    }
}

/// Takes the second of two list names out of the JSON of [`Details`].
fn details_of(mut slots: Value) -> Result<Details, serde_json::Error> {
    let mut second = None;
    if let Some(Value::Array(names)) = slots.get_mut("list_name") {
        second = names.get(1).and_then(Value::as_str).map(str::to_owned);
        let first = names.first().cloned().unwrap_or_default();
        slots["list_name"] = first;
    }
    let details: Details = serde_json::from_value(slots)?;
    Ok(Details { second_list: second, ..details })
}

/// Whom a search is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// People.
    #[default]
    People,
    /// Companies.
    Companies,
    /// Both.
    Mixed,
}

/// The slots of a `prospect_search`. Values in one slot are alternatives; slots narrow each other;
/// values read from the same words in two slots are alternatives.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Search {
    /// People, companies or both.
    pub target: Target,
    /// A stated number of results, otherwise `None`.
    pub count: Option<u32>,
    /// Titles, singular, in the words of the request.
    pub titles: Vec<String>,
    /// Levels stated by themselves: `c_suite`, `vp` …
    pub seniority: Vec<String>,
    /// Functions stated without a full title: `marketing` …
    pub departments: Vec<String>,
    /// Sectors, by the slug of the industry table.
    pub industries: Vec<String>,
    /// Kinds, sizes in words and classes of company: `law firm`, `startup`, `mid-size`.
    pub company_types: Vec<String>,
    /// Topics and specialities, in the words of the request.
    pub keywords: Vec<String>,
    /// Places, alternatives.
    pub locations: Vec<Location>,
    /// Employees, inclusive.
    pub headcount: Option<Range>,
    /// Yearly revenue in full units, inclusive.
    pub revenue: Option<Range>,
    /// What must not be among the results.
    pub exclude: Exclude,
    /// `name:value` for what has no slot of its own: `save_as:West Coast`, `count:all`.
    pub other: Vec<String>,
}

impl Search {
    /// The value of the first `name:value` entry of `other` with this name.
    pub fn other(&self, name: &str) -> Option<&str> {
        self.other.iter().find_map(|entry| entry.strip_prefix(name)?.strip_prefix(':'))
    }

    /// True when nothing narrows the search: no title and no filter of any kind.
    pub fn is_open(&self) -> bool {
        let lists =
            [&self.titles, &self.seniority, &self.departments, &self.industries, &self.company_types, &self.keywords];
        lists.iter().all(|values| values.is_empty())
            && self.locations.is_empty()
            && self.headcount.is_none()
            && self.revenue.is_none()
            && self.exclude == Exclude::default()
            && !self.other.iter().any(|entry| narrows(entry))
    }
}

/// Whether an entry of `other` says something about whom to find, and not what to do with them.
fn narrows(entry: &str) -> bool {
    const DOES_NOT: [&str; 8] =
        ["count", "save_as", "append_to", "then", "protected_attribute", "enrich", "sort", "prefer"];
    let name = entry.split(':').next().unwrap_or(entry);
    !DOES_NOT.contains(&name)
}

/// A range of whole numbers, both ends inclusive; an absent end is open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Range {
    /// The smallest number that fits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub min: Option<i64>,
    /// The largest number that fits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub max: Option<i64>,
    /// ISO 4217 code, only of a revenue that is not in USD.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub currency: Option<String>,
}

/// What a search leaves out. Absent and empty mean the same.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Exclude {
    /// Titles, as in [`Search::titles`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub titles: Vec<String>,
    /// Levels, as in [`Search::seniority`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seniority: Vec<String>,
    /// Functions, as in [`Search::departments`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<String>,
    /// Names of companies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub companies: Vec<String>,
    /// Kinds of company, as in [`Search::company_types`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub company_types: Vec<String>,
    /// Sectors, as in [`Search::industries`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub industries: Vec<String>,
    /// Topics, as in [`Search::keywords`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<Location>,
    /// Names of lists whose members are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<String>,
    /// `name:value` for the rest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<String>,
}

/// The slots of every intent but `prospect_search`. What the request does not state is absent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// What to do: `create`, `delete`, `clear_field`, `pause` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The name of a campaign as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign_name: Option<String>,
    /// A campaign pointed at without a name: "it", "this campaign".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign_ref: Option<String>,
    /// The name of a list as written. Of a `merge` that names two lists, JSON holds both here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_name: Option<String>,
    /// The other list of a `merge`: the one that stays, when the words say so ("merge A into B").
    #[serde(skip)]
    pub second_list: Option<String>,
    /// The contacts meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Mention>,
    /// Field to new value; `null` clears the field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub changes: BTreeMap<String, Option<String>>,
    /// Which of the workspace's records, in the words of the request; of a `move` or `copy` between lists the
    /// name of the list they come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// When, in the words of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// How many steps a new campaign has, as stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<u32>,
    /// For whom a new campaign is, in the words of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// Whether an A/B test is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ab_test: Option<bool>,
    /// People to look for first ("add 20 VPs to my Spring sequence").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
    /// What a question or a new campaign is about, in the words of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// What is wanted of an `other` request: `enrich`, `todo`, `deal`, `small_talk` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

/// A contact or company as a request mentions it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Mention {
    /// Name as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// E-mail address as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Company as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Id as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// A pointer without a name: "this contact", "her", "them".
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Several contacts by a description: "all contacts in Texas".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

/// Where one value comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// The slot: `titles`, `exclude.locations`, `other` …
    pub slot: String,
    /// The value as it stands in the slot.
    pub value: Value,
    /// The text the offsets count in.
    #[serde(default, skip_serializing_if = "Origin::is_request")]
    pub from: Origin,
    /// First byte; absent when `from` is `context`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<usize>,
    /// One past the last byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<usize>,
    /// The words themselves; equal to the slice of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// The text a provenance entry points into: `request`, `message:<id>` or `context`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Origin {
    /// The request itself.
    #[default]
    Request,
    /// An earlier message of the conversation, by its id.
    Message(String),
    /// What was given with the request, outside its text.
    Context,
}

impl Origin {
    fn is_request(&self) -> bool {
        *self == Origin::Request
    }
}

impl From<String> for Origin {
    fn from(text: String) -> Origin {
        match text.strip_prefix("message:") {
            Some(id) => Origin::Message(id.to_owned()),
            None if text == "context" => Origin::Context,
            None => Origin::Request,
        }
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> String {
        match origin {
            Origin::Request => "request".to_owned(),
            Origin::Message(id) => format!("message:{id}"),
            Origin::Context => "context".to_owned(),
        }
    }
}

/// A request as JSON holds it, before the intent has said which shape the slots have.
#[derive(Deserialize)]
struct Stored {
    intent: Intent,
    #[serde(default)]
    ask: Option<String>,
    slots: Value,
    #[serde(default)]
    provenance: Vec<Provenance>,
    #[serde(default)]
    assumptions: Vec<String>,
    #[serde(default)]
    unread: Vec<String>,
}

impl TryFrom<Stored> for Request {
    type Error = serde_json::Error;

    fn try_from(stored: Stored) -> Result<Request, serde_json::Error> {
        let slots = match stored.intent {
            Intent::ProspectSearch => Slots::Search(serde_json::from_value(stored.slots)?),
            _ => Slots::Details(Box::new(details_of(stored.slots)?)),
        };
        Ok(Request {
            intent: stored.intent,
            ask: stored.ask,
            slots,
            provenance: stored.provenance,
            assumptions: stored.assumptions,
            unread: stored.unread,
        })
    }
}
