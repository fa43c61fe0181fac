//! What a `contact_update` would cause, counted before it is approved.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::effects::note_text;
use super::record::{self, Entry};
use super::{MERGED_MAX, Operation, Parameters, Prepared, RECORDS_MAX, Record, Wanted};
use crate::contacts::{self, normal_email};
use crate::db::{LIST_MAX, Tx};
use crate::error::{Error, Result};
use crate::suppressions::{self, Candidate};
use crate::tasks::{Kind, Plan};
use crate::{lists, notes};

/// Records shown on a preview.
const SAMPLE: usize = 5;

/// What approval would cause, counted before it is given.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// What is done.
    pub operation: Operation,
    /// With what kind of record.
    pub record: Record,
    /// Records the task is about.
    pub selected: u64,
    /// Of those, the ones that are made, changed, deleted, noted, or merged into the first.
    pub changed: u64,
    /// Of those, the ones that are so already.
    pub unchanged: u64,
    /// List memberships that a deletion ends, or that the record which stays gains by a merge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_memberships: Option<u64>,
    /// Notes that a merge moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<u64>,
    /// The new contact, or the one that stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<Uuid>,
    /// The new company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_id: Option<Uuid>,
    /// The first of the selected, each with `changes`: `field`, `before`, `after`.
    pub sample: Vec<Value>,
    /// What can't be undone, in a sentence.
    pub irreversible: Option<String>,
    /// What whoever approves should know.
    pub warnings: Vec<String>,
}

/// Chooses, compares and counts.
///
/// # Errors
/// `validation_error` when there are more records than one task takes, or when nothing of what is wanted would be allowed:
/// with the reason the route of the record would give.
pub fn prepare(tx: &mut Tx, workspace_id: Uuid, wanted: Wanted) -> Result<Prepared> {
    let mut seen = BTreeSet::new();
    let selection: Vec<Uuid> = wanted.selection.iter().copied().filter(|id| seen.insert(*id)).collect();
    if selection.len() > RECORDS_MAX {
        let found = selection.len();
        let message = format!("One task changes at most {RECORDS_MAX} records; these are {found}. Say fewer.");
        return Err(Error::validation("selection", message));
    }
    let wanted = Wanted { selection, ..wanted };
    match wanted.operation {
        Operation::Create => created(tx, workspace_id, wanted),
        Operation::Merge => merged(tx, workspace_id, wanted),
        _ => changed(tx, workspace_id, wanted),
    }
}

impl Preview {
    fn of(wanted: &Wanted) -> Preview {
        Preview {
            operation: wanted.operation,
            record: wanted.record,
            selected: wanted.selection.len() as u64,
            changed: 0,
            unchanged: 0,
            list_memberships: None,
            notes: None,
            contact_id: None,
            company_id: None,
            sample: Vec::new(),
            irreversible: None,
            warnings: Vec::new(),
        }
    }

    fn about(self, record: Record, id: Option<Uuid>) -> Preview {
        match record {
            Record::Contact => Preview { contact_id: id, ..self },
            Record::Company => Preview { company_id: id, ..self },
        }
    }
}

fn prepared(wanted: Wanted, seen: String, preview: Preview) -> Result<Prepared> {
    let Wanted { operation, record, changes, selection } = wanted;
    let parameters = serde_json::to_value(Parameters { operation, record, changes, seen })?;
    Ok(Prepared { plan: Plan { kind: Kind::ContactUpdate, parameters, selection }, preview })
}

fn created(tx: &mut Tx, workspace_id: Uuid, wanted: Wanted) -> Result<Prepared> {
    record::would_create(tx, workspace_id, wanted.record, &wanted.changes)?;
    let id = wanted.selection.first().copied();
    let changes: Vec<Value> = wanted
        .changes
        .iter()
        .map(|(field, after)| json!({ "field": field, "before": Value::Null, "after": after }))
        .collect();
    let mut sample = wanted.changes.clone();
    sample.insert("id".to_owned(), json!(id));
    sample.insert("changes".to_owned(), changes.into());
    let preview = Preview { changed: 1, sample: vec![sample.into()], ..Preview::of(&wanted) };
    let preview = preview.about(wanted.record, id);
    prepared(wanted, String::new(), preview)
}

fn merged(tx: &mut Tx, workspace_id: Uuid, wanted: Wanted) -> Result<Prepared> {
    if wanted.record == Record::Company {
        return Err(Error::validation("record", "Companies can't be merged in this version."));
    }
    if wanted.selection.len() > MERGED_MAX {
        let message = format!("One merge takes at most {MERGED_MAX} contacts; these are {}.", wanted.selection.len());
        return Err(Error::validation("selection", message));
    }
    let Some((primary, duplicates)) = wanted.selection.split_first() else {
        return Err(Error::validation("selection", "Say which contacts are to be merged."));
    };
    let merged = contacts::would_merge(tx, workspace_id, *primary, duplicates, false)?;
    let there = contacts::several(tx, workspace_id, &wanted.selection)?;
    let entries: Vec<Entry> = there.into_iter().map(|contact| Entry::Contact(Box::new(contact))).collect();
    let seen = entries.iter().map(|entry| record::fingerprint(entry, wanted.operation, &wanted.changes)).collect();
    let after = serde_json::to_value(&merged.primary)?;
    let sample = entries.iter().take(SAMPLE).enumerate().map(|(place, entry)| {
        let before = entry.contact().and_then(|contact| serde_json::to_value(contact).ok()).unwrap_or_default();
        let fields = merged.fields_populated.iter().filter(|_| place == 0);
        let changes: Vec<Value> =
            fields.map(|field| json!({ "field": field, "before": before[field], "after": after[field] })).collect();
        with_changes(entry, changes)
    });
    let stays = merged.primary.full_name.as_str();
    let preview = Preview {
        changed: duplicates.len() as u64,
        list_memberships: Some(merged.counts.list_memberships),
        notes: Some(merged.counts.notes),
        contact_id: Some(*primary),
        sample: sample.collect(),
        irreversible: Some(format!(
            "A merge can't be undone: {stays} stays, and the other {} {} gone.",
            if duplicates.len() == 1 { "contact" } else { "contacts" },
            if duplicates.len() == 1 { "is" } else { "are" }
        )),
        warnings: lost_by_merge(&entries, merged.primary.email.as_deref()),
        ..Preview::of(&wanted)
    };
    prepared(wanted, seen, preview)
}

/// Addresses of the duplicates that the contact which stays does not take over.
fn lost_by_merge(entries: &[Entry], kept: Option<&str>) -> Vec<String> {
    let addresses = entries.iter().skip(1).filter_map(|entry| entry.contact()?.email.as_deref());
    addresses
        .filter(|email| kept.map(normal_email) != Some(normal_email(email)))
        .map(|email| format!("The address {email} is not kept: a contact has one."))
        .collect()
}

/// One record looked at before anything is decided.
enum Looked {
    /// It would be changed; the fields that differ.
    Changes(Vec<Value>),
    /// It is so already.
    IsSo,
    /// It would be refused, with the reason.
    Refused(String),
}

/// What looking at all records came to.
#[derive(Default)]
struct Counted {
    selection: Vec<Uuid>,
    seen: String,
    refusals: BTreeMap<String, u64>,
    suppressed: u64,
}

fn changed(tx: &mut Tx, workspace_id: Uuid, wanted: Wanted) -> Result<Prepared> {
    let mut preview = Preview::of(&wanted);
    let mut counted = Counted::default();
    for ids in wanted.selection.chunks(LIST_MAX) {
        count(tx, workspace_id, (&wanted, ids), &mut counted, &mut preview)?;
    }
    let Counted { selection, seen, refusals, suppressed } = counted;
    if let (true, Some(reason)) = (selection.is_empty(), refusals.keys().next()) {
        return Err(Error::validation("changes", reason.clone()));
    }
    let wanted = Wanted { selection, ..wanted };
    preview.selected = wanted.selection.len() as u64;
    for (reason, count) in refusals {
        preview.warnings.push(format!("{count} {} left out: {reason}", wanted.record.noun(count)));
    }
    if wanted.operation == Operation::Delete {
        of_deletion(tx, workspace_id, &wanted, &mut preview)?;
        if suppressed > 0 {
            let warning = format!("{suppressed} of them must never be contacted; that stays so after the deletion.");
            preview.warnings.push(warning);
        }
    }
    prepared(wanted, seen, preview)
}

/// Looks at the next records. Whoever would be refused is no part of the task.
fn count(
    tx: &mut Tx,
    workspace_id: Uuid,
    (wanted, ids): (&Wanted, &[Uuid]),
    counted: &mut Counted,
    preview: &mut Preview,
) -> Result<()> {
    let mut there = record::read(tx, workspace_id, wanted.record, ids)?;
    if wanted.operation == Operation::Delete {
        counted.suppressed += suppressed(tx, workspace_id, there.values())?;
    }
    for id in ids {
        let Some(entry) = there.remove(id) else { continue };
        let changes = match look(tx, workspace_id, wanted, &entry)? {
            Looked::Refused(reason) => {
                *counted.refusals.entry(reason).or_default() += 1;
                continue;
            }
            Looked::IsSo => {
                preview.unchanged += 1;
                Vec::new()
            }
            Looked::Changes(changes) => {
                preview.changed += 1;
                changes
            }
        };
        if preview.sample.len() < SAMPLE {
            preview.sample.push(with_changes(&entry, changes));
        }
        counted.selection.push(*id);
        counted.seen.push_str(&record::fingerprint(&entry, wanted.operation, &wanted.changes));
    }
    Ok(())
}

fn look(tx: &mut Tx, workspace_id: Uuid, wanted: &Wanted, entry: &Entry) -> Result<Looked> {
    match wanted.operation {
        Operation::Delete => Ok(Looked::Changes(Vec::new())),
        Operation::AddNote => {
            let text = note_text(&wanted.changes);
            refusable(notes::New::about(entry.about(), "note", Some(text)).map(|_| {
                let note = json!({ "field": "note", "before": Value::Null, "after": text });
                Looked::Changes(vec![note])
            }))
        }
        _ => refusable(entry.would_change(tx, workspace_id, &wanted.changes).map(|differences| {
            if differences.is_empty() { Looked::IsSo } else { Looked::Changes(record::shown(differences)) }
        })),
    }
}

/// A refusal is something a preview says; any other failure is one.
fn refusable(looked: Result<Looked>) -> Result<Looked> {
    match looked {
        Err(Error::Refused(refusal)) => Ok(Looked::Refused(refusal.message)),
        looked => looked,
    }
}

fn with_changes(entry: &Entry, changes: Vec<Value>) -> Value {
    let mut sample = entry.sampled();
    sample["changes"] = changes.into();
    sample
}

/// What a deletion takes along, and that it is for good.
fn of_deletion(tx: &mut Tx, workspace_id: Uuid, wanted: &Wanted, preview: &mut Preview) -> Result<()> {
    let count = preview.selected;
    let (this, noun) =
        if count == 1 { ("A deleted", wanted.record.noun(1)) } else { ("Deleted", wanted.record.noun(2)) };
    preview.irreversible = Some(match wanted.record {
        Record::Contact => format!("{this} {noun} can't be brought back. Notes stay, without the contact."),
        Record::Company => {
            format!("{this} {noun} can't be brought back. Contacts and notes stay, without the company.")
        }
    });
    let mut memberships = 0;
    if wanted.record == Record::Contact {
        for ids in wanted.selection.chunks(LIST_MAX) {
            memberships += lists::count_memberships(tx, workspace_id, ids)?;
        }
    }
    preview.list_memberships = Some(memberships);
    Ok(())
}

/// How many of these must never be contacted.
fn suppressed<'e>(tx: &mut Tx, workspace_id: Uuid, entries: impl Iterator<Item = &'e Entry>) -> Result<u64> {
    let candidates: Vec<Candidate> = entries
        .filter_map(Entry::contact)
        .map(|contact| Candidate {
            prospect_id: contact.prospect_id.unwrap_or_default(),
            email_norm: contact.email.as_deref().map(normal_email),
            company_domain: None,
        })
        .collect();
    Ok(suppressions::check(tx, workspace_id, &candidates)?.into_iter().flatten().count() as u64)
}
