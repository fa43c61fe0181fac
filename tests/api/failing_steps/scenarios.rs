//! What is asked for in the tests of failing steps: every operation of every kind of task that Lexi carries out, on a
//! workspace that has what all of them need.

use serde_json::{Value, json};

use lexi::execution::contact_update::Operation as OfRecords;
use lexi::execution::list_operation::Operation as OfLists;
use lexi::execution::undo::Deed;
use lexi::tasks::Kind;

use crate::support::{Client, made, made_id};

/// People or records of one step.
pub(super) const STEP_PEOPLE: usize = 10;
/// So many that there are three steps, of which the last is not full.
pub(super) const PEOPLE: usize = 21;

/// How a task is approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Approved {
    /// As it is.
    Whole,
    /// All but two of its selection.
    InPart,
    /// As it is, and held back for a moment: the sweep begins it.
    Held,
}

/// A task to be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scenario {
    /// What a user says.
    pub(super) says: &'static str,
    pub(super) approved: Approved,
    /// Whether the task that fails is the undo of it.
    pub(super) is_undone: bool,
}

/// Said about a workspace as [`furnish`] leaves it.
const SAID: &[&str] = &[
    "Find 21 CEOs at law firms in California",
    // Contacts.
    "add new contact: Lena Ortiz, lena@harbor.example",
    "Change the title of all contacts at Acme to Partner",
    "Delete the phone number of all contacts at Acme",
    "delete all contacts at Acme",
    "merge the two records jane@marsh.example and jdoe@mail.example",
    "Tag all contacts at Acme as 'VIP'",
    "Remove the tag 'old' from all contacts at Acme",
    "Add a note to all contacts at Acme: merged with Globex",
    // Companies.
    "add new company: Stark Industries",
    "Set the city of the company Wayne Enterprises to Toronto",
    "Delete the company Wayne Enterprises",
    // Lists.
    "create a list with Jane Doe and Ada0 Lovelace0 called Board",
    "Add all contacts at Acme to the Everybody list",
    "Add all contacts at Acme to the Customers list",
    "Remove all contacts at Acme from the Prospects list",
    "Rename the list 'Prospects' to 'Leads'",
    "merge list Prospects into list Customers",
    "clear the Prospects list",
    "Delete the Customers list",
    "Move everyone from the Prospects list to the Customers list",
    "Copy everyone from the Prospects list to the Customers list",
];

/// Those of which nothing can be taken back.
const FOR_GOOD: &[&str] = &[
    "delete all contacts at Acme",
    "merge the two records jane@marsh.example and jdoe@mail.example",
    "Delete the company Wayne Enterprises",
    "merge list Prospects into list Customers",
    "Delete the Customers list",
];

/// Those that are about nobody: they are always carried out within their approval.
const AT_ONCE: &[&str] = &["Rename the list 'Prospects' to 'Leads'", "Delete the Customers list"];

impl Scenario {
    /// Whether no job does it, however small the tasks are that become jobs.
    pub(super) fn is_done_at_once(self) -> bool {
        !self.is_undone && AT_ONCE.contains(&self.says)
    }
}

/// Every operation, some of them approved in part, and one that is held back.
pub(super) fn all() -> Vec<Scenario> {
    let whole = |says: &&'static str| Scenario { says, approved: Approved::Whole, is_undone: false };
    let more = [(SAID[0], Approved::InPart), (SAID[2], Approved::InPart), (SAID[0], Approved::Held)];
    let more = more.map(|(says, approved)| Scenario { says, approved, is_undone: false });
    SAID.iter().map(whole).chain(more).collect()
}

/// The undo of everything that can be undone.
pub(super) fn undone() -> Vec<Scenario> {
    let said = SAID.iter().filter(|says| !FOR_GOOD.contains(says));
    said.map(|says| Scenario { says, approved: Approved::Whole, is_undone: true }).collect()
}

/// One of each kind, of several steps and of one, in part, and whatever no job does.
pub(super) fn some() -> Vec<Scenario> {
    let chosen = [(SAID[0], Approved::Whole, false), (SAID[0], Approved::InPart, false)];
    let more = [(SAID[1], Approved::Whole, false), (SAID[4], Approved::Whole, false), (SAID[6], Approved::Whole, true)];
    let at_once = AT_ONCE.iter().map(|says| (*says, Approved::Whole, false));
    let one = |(says, approved, is_undone)| Scenario { says, approved, is_undone };
    chosen.into_iter().chain(more).chain(at_once).map(one).collect()
}

/// What every scenario finds: twenty-one people at Acme who are on one list, two of them on another, two records of one
/// person, somebody a search will find, and a company.
pub(super) async fn furnish(client: &Client) {
    let mut people: Vec<Value> = (0..PEOPLE)
        .map(|n| {
            json!({ "full_name": format!("Person {n}"), "email": format!("person{n}@acme.example"),
                "company": "Acme", "job_title": "Associate", "phone": format!("+1 555 {n:04}"), "tags": ["old"] })
        })
        .collect();
    people.push(json!({ "full_name": "Jane Doe", "email": "jane@marsh.example", "company": "Marsh" }));
    people.push(json!({ "full_name": "J. Doe", "email": "jdoe@mail.example", "phone": "+1 555 0101" }));
    people.push(json!({ "full_name": "Ada0 Lovelace0", "email": "ceo0@firm0.example" }));
    let contacts = made(client, "/v1/contacts/bulk", json!({ "contacts": people })).await["contacts"].clone();
    let ids: Vec<&Value> = contacts.as_array().expect("contacts").iter().map(|one| &one["id"]).collect();
    made_id(client, "/v1/companies", json!({ "name": "Wayne Enterprises", "city": "Gotham" })).await;
    for (name, members) in [("Prospects", &ids[..PEOPLE]), ("Customers", &ids[..2])] {
        let list = made_id(client, "/v1/lists", json!({ "name": name })).await;
        let put = client.post(&format!("/v1/lists/{list}/contacts"), &json!({ "contact_ids": members })).await;
        assert_eq!(put.status, 200, "{}", put.text);
    }
}

/// What was proposed in the scenarios: the types of the tasks, and what is done.
#[derive(Default)]
pub(super) struct Proposed {
    done: Vec<String>,
}

impl Proposed {
    /// Notes a task, as its route shows it.
    pub(super) fn note(&mut self, task: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let kind = text(&task["type"]);
        self.done.push(kind.clone());
        self.done.push(format!("{kind} {}", text(&task["metadata"]["operation"])));
        let parts = task["metadata"]["parts"].as_array().cloned().unwrap_or_default();
        self.done.extend(parts.iter().map(|part| format!("{kind} {}", text(&part["deed"]))));
    }

    /// Fails when there is something that no scenario does.
    pub(super) fn assert_all(&self, wanted: &[String]) {
        let missing: Vec<&String> = wanted.iter().filter(|wanted| !self.done.contains(wanted)).collect();
        assert!(missing.is_empty(), "no scenario in tests/api/failing_steps/scenarios.rs does {missing:?}");
    }
}

/// Everything Lexi carries out but undos. What is new doesn't compile here before it is named, and fails the test before a
/// scenario does it.
pub(super) fn everything() -> Vec<String> {
    let kinds = Kind::ALL.into_iter().filter(|kind| match kind {
        Kind::ProspectSearch | Kind::ContactUpdate | Kind::ListOperation => true,
        // Every deed of an undo is asked for apart; the others are not executed by Lexi.
        Kind::Undo | Kind::CampaignStart | Kind::ExternalAction => false,
    });
    let of_records = from(OfRecords::Create, |operation| match operation {
        OfRecords::Create => Some(OfRecords::Update),
        OfRecords::Update => Some(OfRecords::ClearField),
        OfRecords::ClearField => Some(OfRecords::Delete),
        OfRecords::Delete => Some(OfRecords::Merge),
        OfRecords::Merge => Some(OfRecords::Tag),
        OfRecords::Tag => Some(OfRecords::Untag),
        OfRecords::Untag => Some(OfRecords::AddNote),
        OfRecords::AddNote => None,
    });
    let of_lists = from(OfLists::Create, |operation| match operation {
        OfLists::Create => Some(OfLists::Add),
        OfLists::Add => Some(OfLists::Remove),
        OfLists::Remove => Some(OfLists::Rename),
        OfLists::Rename => Some(OfLists::Merge),
        OfLists::Merge => Some(OfLists::Clear),
        OfLists::Clear => Some(OfLists::Delete),
        OfLists::Delete => Some(OfLists::Move),
        OfLists::Move => Some(OfLists::Copy),
        OfLists::Copy => None,
    });
    let all = kinds.map(|kind| kind.as_str().to_owned());
    let all = all.chain(of_records.iter().map(|one| named(Kind::ContactUpdate, one)));
    all.chain(of_lists.iter().map(|one| named(Kind::ListOperation, one))).collect()
}

/// Every deed of an undo.
pub(super) fn every_deed() -> Vec<String> {
    let deeds = from(Deed::RemoveContact, |deed| match deed {
        Deed::RemoveContact => Some(Deed::RemoveCompany),
        Deed::RemoveCompany => Some(Deed::RemoveNote),
        Deed::RemoveNote => Some(Deed::RestoreContact),
        Deed::RestoreContact => Some(Deed::RestoreCompany),
        Deed::RestoreCompany => Some(Deed::TakeOff),
        Deed::TakeOff => Some(Deed::PutBack),
        Deed::PutBack => Some(Deed::MoveBack),
        Deed::MoveBack => Some(Deed::RenameList),
        Deed::RenameList => Some(Deed::RemoveList),
        Deed::RemoveList => None,
    });
    deeds.iter().map(|deed| named(Kind::Undo, deed)).collect()
}

/// The first, and what comes after each.
fn from<T: Copy>(first: T, next: fn(T) -> Option<T>) -> Vec<T> {
    std::iter::successors(Some(first), |last| next(*last)).collect()
}

fn named(kind: Kind, what: &impl serde::Serialize) -> String {
    let what = serde_json::to_value(what).expect("a name");
    format!("{} {}", kind.as_str(), what.as_str().expect("a name"))
}
