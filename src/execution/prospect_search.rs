//! `prospect_search`: people of the prospect database become contacts on a list.
//!
//! What is shown is what is done: the people are chosen and counted when the task is proposed and frozen in its plan.
//! Execution never searches again. It looks at each chosen person once more (still there, not suppressed, list still
//! there), does the part that holds, and says of each it skipped why.

use std::collections::{BTreeMap, HashMap};

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::alternatives::{Alternative, Counted, alternatives};
use super::{Step, step_people};
use crate::contacts::{self, ProspectFields, emails};
use crate::db::{LIST_MAX, Tx};
use crate::error::{Code, Error, Result};
use crate::lists;
use crate::prospects::filter::Filter;
use crate::prospects::search::{Found, Snapshot, View, view};
use crate::prospects::{self, Person};
use crate::suppressions::{self, Candidate};
use crate::tasks::{Approved, Failure, Kind, Plan};
use crate::understand::Request;

/// People when no number was said.
pub const LIMIT_DEFAULT: u32 = 25;
/// Most people of one task.
pub const LIMIT_MAX: u32 = 10_000;
/// People shown on a preview.
const SAMPLE: usize = 5;

/// On which list the people are put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListBy {
    /// This very list; the task fails when it has been deleted.
    Id,
    /// The user named it: found by its name, or made.
    Name,
    /// Lexi named it: made for this task.
    Task,
}

/// How a `prospect_search` is done; `parameters` of the plan, and part of the task's `metadata`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Parameters {
    /// Whom was searched for.
    pub filters: Filter,
    /// People wanted at most.
    pub limit: u32,
    /// How the list was named: `id`, `name` or `task`.
    pub list_by: ListBy,
    /// The list, when it existed.
    pub list_id: Option<Uuid>,
    /// The list's name.
    pub list_name: String,
    /// People who fit and are left out by name; the next take their place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude_ids: Vec<Uuid>,
}

/// A search that would become a task.
#[derive(Debug)]
pub struct Prepared {
    /// What would be done.
    pub plan: Plan,
    /// What it would cause.
    pub preview: Preview,
}

/// What approval would cause, counted before it is given.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// All who fit.
    pub matched: u64,
    /// Of those, left out because they must never be contacted.
    pub suppressed: u64,
    /// Of those, left out by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded: Option<u64>,
    /// People the task is about.
    pub selected: u64,
    /// Of the selected, new contacts.
    pub added: u64,
    /// Of the selected, contacts already; they are put on the list.
    pub already_contacts: u64,
    /// The list, when it exists.
    pub list_id: Option<Uuid>,
    /// The list's name.
    pub list_name: String,
    /// Per slot, people who would fit if it were known of them.
    pub unknown: BTreeMap<&'static str, u64>,
    /// What law firms call the same office: offered, counted, off unless `applied`.
    pub title_expansion: Option<Expansion>,
    /// When too few people fit, or far too many: what one step from the search would find, the best first.
    pub alternatives: Vec<Alternative>,
    /// The first of the selected.
    pub sample: Vec<Sampled>,
}

/// Titles that would bring more people.
#[derive(Debug, Clone, Serialize)]
pub struct Expansion {
    /// The titles.
    pub titles: Vec<String>,
    /// People they would bring beyond those matched.
    pub would_add: u64,
    /// Whether they are applied.
    pub applied: bool,
}

/// One of the selected.
#[derive(Debug, Clone, Serialize)]
pub struct Sampled {
    prospect_id: Uuid,
    full_name: String,
    title: Option<String>,
    company: Option<String>,
    city: Option<String>,
    state: Option<String>,
    headcount: Option<i64>,
}

/// Searches, chooses and counts; with the `request` that asked, alternatives too. `snapshot` must have been taken before
/// the transaction began.
pub fn prepare(
    tx: &mut Tx,
    workspace_id: Uuid,
    snapshot: &Snapshot,
    parameters: &Parameters,
    request: Option<&Request>,
) -> Result<Prepared> {
    let view = view(tx, snapshot)?;
    let mut found = view.find(&parameters.filters);
    let left_out = on_excluded_lists(tx, workspace_id, &parameters.filters)?;
    found.matching.bitmap -= &left_out;
    let suppressed = suppressed(tx, workspace_id, &view)? & &found.matching.bitmap;
    let excluded = excluded(tx, parameters, &found, &suppressed)?;
    let people = found.take(tx, &(&suppressed | &excluded), parameters.limit.min(LIMIT_MAX) as usize)?;
    let selection: Vec<Uuid> = people.iter().map(|person| person.id).collect();
    let already = already_contacts(tx, workspace_id, &people)?;
    #[cfg(feature = "planted-faults")]
    let already = super::planted::counted(already);
    let title_expansion = parameters.filters.title_expansion.as_ref().map(|offered| Expansion {
        titles: offered.titles.clone(),
        would_add: view.more_with_titles(&parameters.filters, &found).unwrap_or(0),
        applied: offered.applied,
    });
    let available = found.count() - suppressed.len() - excluded.len();
    let alternatives = request.map_or_else(Vec::new, |request| {
        let (filter, limit) = (&parameters.filters, parameters.limit);
        let counted = Counted { request, filter, found: &found, left_out: &left_out, available, limit };
        alternatives(&view, &counted)
    });
    let preview = Preview {
        matched: found.count(),
        suppressed: suppressed.len(),
        excluded: (!parameters.exclude_ids.is_empty()).then(|| excluded.len()),
        selected: selection.len() as u64,
        added: selection.len() as u64 - already,
        already_contacts: already,
        list_id: parameters.list_id,
        list_name: parameters.list_name.clone(),
        unknown: unknown(&found),
        title_expansion,
        alternatives,
        sample: people.iter().take(SAMPLE).map(sampled).collect(),
    };
    #[cfg(feature = "planted-faults")]
    let preview = Preview { matched: super::planted::counted_by_the_index(preview.matched), ..preview };
    let plan = Plan { kind: Kind::ProspectSearch, parameters: serde_json::to_value(parameters)?, selection };
    Ok(Prepared { plan, preview })
}

/// Everybody who must never be contacted, by e-mail address, by domain or as a person.
fn suppressed(tx: &mut Tx, workspace_id: Uuid, view: &View) -> Result<RoaringBitmap> {
    let domains = suppressions::all_domains(tx, workspace_id)?;
    let mut numbers: RoaringBitmap = suppressions::suppressed_numbers(tx, workspace_id)?.into_iter().collect();
    numbers |= view.suppressed(&domains);
    Ok(numbers)
}

/// Of those who fit and may be contacted, the ones who are left out by name.
fn excluded(tx: &mut Tx, parameters: &Parameters, found: &Found, suppressed: &RoaringBitmap) -> Result<RoaringBitmap> {
    let mut numbers = RoaringBitmap::new();
    for ids in parameters.exclude_ids.chunks(LIST_MAX) {
        numbers.extend(prospects::people_by_ids(tx, ids)?.iter().map(|person| person.number));
    }
    Ok(&(&numbers & &found.matching.bitmap) - suppressed)
}

/// The prospects who are on the lists the filter excludes.
fn on_excluded_lists(tx: &mut Tx, workspace_id: Uuid, filter: &Filter) -> Result<RoaringBitmap> {
    let mut numbers = RoaringBitmap::new();
    for name in &filter.exclude.lists {
        let list = lists::find_named(tx, workspace_id, name)?
            .ok_or_else(|| Error::validation("message", format!("There is no list \"{name}\" to exclude.")))?;
        numbers.extend(contacts::prospect_numbers_on_list(tx, workspace_id, list.id)?);
    }
    Ok(numbers)
}

fn already_contacts(tx: &mut Tx, workspace_id: Uuid, people: &[Person]) -> Result<u64> {
    let pairs: Vec<(Uuid, Option<String>)> =
        people.iter().map(|person| (person.id, person.email.as_deref().map(emails::normal))).collect();
    let known = contacts::known(tx, workspace_id, &pairs)?;
    Ok(known.iter().filter(|known| known.is_some()).count() as u64)
}

fn unknown(found: &Found) -> BTreeMap<&'static str, u64> {
    found.matching.unknown_counts().into_iter().map(|(slot, people)| (slot.as_str(), people)).collect()
}

fn sampled(person: &Person) -> Sampled {
    let company = person.company.as_ref();
    Sampled {
        prospect_id: person.id,
        full_name: person.full_name.clone(),
        title: person.title.clone(),
        company: company.map(|company| company.name.clone()),
        city: person.city.clone().or_else(|| company?.city.clone()),
        state: person.state.clone().or_else(|| company?.state.clone()),
        headcount: company.and_then(|company| company.headcount),
    }
}

/// Where an execution stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Progress {
    /// People of the selection that were looked at.
    done: usize,
    list_id: Option<Uuid>,
    list_name: Option<String>,
    added: u64,
    already_contacts: u64,
    skipped: Vec<Skipped>,
}

/// Somebody who was selected and not added.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Skipped {
    prospect_id: Uuid,
    reason: String,
}

/// Does the next step: at most [`super::STEP_PEOPLE`] of the selection.
pub(super) fn execute(tx: &mut Tx, task: &Approved, progress: &Value, now_ms: i64) -> Result<Step> {
    let parameters: Parameters = Parameters::deserialize(&task.plan.parameters)?;
    let mut progress: Progress =
        if progress.is_null() { Progress::default() } else { Progress::deserialize(progress)? };
    let rest = &task.plan.selection[progress.done.min(task.plan.selection.len())..];
    let step = &rest[..rest.len().min(step_people())];
    let wanted = still_wanted(tx, task.workspace_id, step, &mut progress.skipped)?;
    #[cfg(feature = "planted-faults")]
    let wanted = super::planted::without_the_last(wanted);
    if !wanted.is_empty() {
        match lists::for_task(tx, task.workspace_id, task.task_id, &list_of(&parameters), &task.actor, now_ms)? {
            Some(list) => add(tx, task, &wanted, (list.id, list.name), &mut progress, now_ms)?,
            None => {
                let message = format!(
                    "The list \"{}\" was deleted before the task was done. Ask again with another list.",
                    parameters.list_name
                );
                let failure = Failure { code: Code::ListNotFound.as_str(), message };
                return Ok(Step::Failed(failure, result(task, &progress)));
            }
        }
    }
    progress.done += step.len();
    if progress.done == task.plan.selection.len() {
        return Ok(Step::Done(result(task, &progress)));
    }
    Ok(Step::More { done: progress.done as u64, progress: serde_json::to_value(&progress)? })
}

/// The people of this step as they are now, without those who are gone or must not be contacted.
fn still_wanted(tx: &mut Tx, workspace_id: Uuid, step: &[Uuid], skipped: &mut Vec<Skipped>) -> Result<Vec<Person>> {
    let mut people: HashMap<Uuid, Person> =
        prospects::people_by_ids(tx, step)?.into_iter().map(|person| (person.id, person)).collect();
    let mut there = Vec::with_capacity(step.len());
    for id in step {
        match people.remove(id) {
            Some(person) => there.push(person),
            None => skipped.push(Skipped { prospect_id: *id, reason: "no longer in the prospect database".to_owned() }),
        }
    }
    let candidates: Vec<Candidate> = there
        .iter()
        .map(|person| Candidate {
            prospect_id: person.id,
            email_norm: person.email.as_deref().map(emails::normal),
            company_domain: person.company.as_ref().and_then(|company| company.domain.clone()),
        })
        .collect();
    let reasons = suppressions::check(tx, workspace_id, &candidates)?;
    let mut wanted = Vec::with_capacity(there.len());
    for (person, reason) in there.into_iter().zip(reasons) {
        match reason {
            #[cfg(feature = "planted-faults")]
            Some(_) if crate::planted_faults::Fault::SkippedWithoutReason.is_planted() => {
                skipped.push(Skipped { prospect_id: person.id, reason: String::new() });
            }
            Some(hit) => skipped.push(Skipped { prospect_id: person.id, reason: format!("suppressed: {hit}") }),
            None => wanted.push(person),
        }
    }
    Ok(wanted)
}

fn list_of(parameters: &Parameters) -> lists::Wanted {
    match (&parameters.list_by, parameters.list_id) {
        (ListBy::Id, Some(id)) => lists::Wanted::Id(id),
        (ListBy::Id | ListBy::Name, _) => lists::Wanted::Named(parameters.list_name.clone()),
        (ListBy::Task, _) => lists::Wanted::Derived(parameters.list_name.clone()),
    }
}

/// The effects of a step: contacts made where there are none, all of them on the list.
fn add(
    tx: &mut Tx,
    task: &Approved,
    people: &[Person],
    (list_id, list_name): (Uuid, String),
    progress: &mut Progress,
    now_ms: i64,
) -> Result<()> {
    let fields: Vec<ProspectFields> = people.iter().map(fields).collect();
    let added = contacts::add_prospects(tx, task.workspace_id, &fields, task.task_id, &task.actor, now_ms)?;
    let members: Vec<Uuid> = added.iter().map(|added| added.contact_id).collect();
    lists::add_members(tx, &task.by(), list_id, &members, now_ms)?;
    let made = added.iter().filter(|added| added.made).count() as u64;
    progress.added += made;
    progress.already_contacts += added.len() as u64 - made;
    progress.list_id = Some(list_id);
    progress.list_name = Some(list_name);
    Ok(())
}

fn fields(person: &Person) -> ProspectFields {
    ProspectFields {
        prospect_id: person.id,
        first_name: person.first_name.clone(),
        last_name: person.last_name.clone(),
        full_name: person.full_name.clone(),
        email: person.email.clone(),
        phone: person.phone.clone(),
        title: person.title.clone(),
        company: person.company.as_ref().map(|company| company.name.clone()),
        linkedin_url: person.linkedin_url.clone(),
    }
}

/// What was done: the keys of the preview, and who was skipped why.
fn result(task: &Approved, progress: &Progress) -> Value {
    let shown = &task.preview;
    let mut result = json!({
        "matched": shown["matched"],
        "suppressed": shown["suppressed"],
        "selected": task.plan.selection.len(),
        "added": progress.added,
        "already_contacts": progress.already_contacts,
        "list_id": progress.list_id.map_or_else(|| shown["list_id"].clone(), |id| json!(id)),
        "list_name": progress.list_name.as_deref().map_or_else(|| shown["list_name"].clone(), |name| json!(name)),
        "skipped": progress.skipped,
    });
    if let Some(excluded) = shown.get("excluded") {
        result["excluded"] = excluded.clone();
    }
    result
}

/// What was done when a task is given up.
pub(super) fn result_so_far(task: &Approved, progress: &Value) -> Value {
    result(task, &Progress::deserialize(progress).unwrap_or_default())
}
