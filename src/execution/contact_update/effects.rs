//! The effects of an approved `contact_update`, step by step.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::record::{self, Entry};
use super::{Operation, Parameters, Progress, Record, is_as_seen, merge_failed};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::By;
use crate::execution::step_people;
use crate::tasks::{Approved, Failure};
use crate::{contacts, effects, lists, notes};

/// Rows that the deletions of one step change: with its last record the step stays below 500.
const DELETED_ROWS_MAX: u64 = 400;
/// Characters of a note's title, which is the beginning of what was noted.
const NOTE_TITLE_MAX: usize = 80;

/// Does the next step of everything but a creation and a merge.
pub(super) fn step(
    tx: &mut Tx,
    task: &Approved,
    parameters: &Parameters,
    progress: &mut Progress,
    now_ms: i64,
) -> Result<()> {
    let by = task.by();
    let from = progress.done.min(task.plan.selection.len());
    let ids = &task.plan.selection[from..(from + step_people()).min(task.plan.selection.len())];
    let mut there = record::read(tx, task.workspace_id, parameters.record, ids)?;
    let mut deleted_rows = 0;
    for (place, id) in (from..).zip(ids) {
        match there.remove(id) {
            None => progress.skip(*id, format!("the {} is no longer there", parameters.record.noun(1))),
            Some(entry) if !is_as_seen(parameters, place, &entry) => {
                changed_since(tx, task.workspace_id, parameters, &entry, progress);
            }
            Some(entry) if parameters.operation == Operation::Delete => {
                deleted_rows += delete(tx, &by, &entry, progress, now_ms)?;
            }
            Some(entry) => change(tx, &by, parameters, &entry, progress, now_ms)?,
        }
        progress.done += 1;
        if deleted_rows > DELETED_ROWS_MAX {
            break;
        }
    }
    Ok(())
}

/// A record that is no longer as it was shown: skipped, unless it has become what the task would make of it.
fn changed_since(tx: &mut Tx, workspace_id: Uuid, parameters: &Parameters, entry: &Entry, progress: &mut Progress) {
    let changes = matches!(parameters.operation, Operation::Update | Operation::ClearField);
    if changes && entry.would_change(tx, workspace_id, &parameters.changes).is_ok_and(|left| left.is_empty()) {
        progress.unchanged += 1;
    } else {
        progress.skip(entry.id(), "it was changed since it was shown");
    }
}

/// Changes, tags or notes one record; what is refused is skipped.
fn change(
    tx: &mut Tx,
    by: &By,
    parameters: &Parameters,
    entry: &Entry,
    progress: &mut Progress,
    now_ms: i64,
) -> Result<()> {
    if parameters.operation == Operation::AddNote {
        let done = add_note(tx, by, entry, &parameters.changes, now_ms);
        return counted(done.map(|()| true), entry.id(), progress);
    }
    let done = match entry.would_change(tx, by.workspace_id, &parameters.changes) {
        Ok(differences) if differences.is_empty() => Ok(false),
        Ok(differences) => match entry.change(tx, by, &parameters.changes, now_ms) {
            Ok(()) => {
                effects::note(tx, by, entry.changed(), entry.id(), record::image(&differences), now_ms);
                Ok(true)
            }
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    counted(done, entry.id(), progress)
}

/// Counts a record that was changed or was so already; one that was refused is skipped with the reason.
fn counted(done: Result<bool>, id: Uuid, progress: &mut Progress) -> Result<()> {
    match done {
        Ok(true) => progress.changed += 1,
        Ok(false) => progress.unchanged += 1,
        Err(Error::Refused(refusal)) => progress.skip(id, refusal.message),
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Deletes one record; answers how many rows that changed.
fn delete(tx: &mut Tx, by: &By, entry: &Entry, progress: &mut Progress, now_ms: i64) -> Result<u64> {
    /// A record and its event.
    const ROWS: u64 = 2;
    let memberships = match entry.contact() {
        Some(contact) => lists::count_memberships(tx, by.workspace_id, &[contact.id])?,
        None => 0,
    };
    entry.delete(tx, by, now_ms)?;
    progress.changed += 1;
    progress.list_memberships += memberships;
    // Each membership is a row that goes and a list whose count changes.
    Ok(ROWS + 2 * memberships)
}

/// Writes the note; its beginning is its title.
fn add_note(tx: &mut Tx, by: &By, entry: &Entry, changes: &Map<String, Value>, now_ms: i64) -> Result<()> {
    let text = note_text(changes);
    let new = notes::New::about(entry.about(), &note_title(text), Some(text))?;
    #[cfg(feature = "planted-faults")]
    if crate::planted_faults::Fault::NoteWrittenTwice.is_planted() {
        notes::create(tx, by, &new, now_ms)?;
    }
    let note = notes::create(tx, by, &new, now_ms)?;
    effects::note(tx, by, effects::Kind::NoteMade, note.id, json!({ "about": entry.id() }), now_ms);
    Ok(())
}

/// What is to be noted.
pub(super) fn note_text(changes: &Map<String, Value>) -> &str {
    changes.get("note").and_then(Value::as_str).unwrap_or_default()
}

/// The first line, cut where it is long.
fn note_title(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default().trim_end();
    if line.chars().count() <= NOTE_TITLE_MAX {
        return line.to_owned();
    }
    let cut: String = line.chars().take(NOTE_TITLE_MAX - 1).collect();
    format!("{}…", cut.trim_end())
}

/// Makes the record with the id it was shown with.
pub(super) fn create(
    tx: &mut Tx,
    task: &Approved,
    parameters: &Parameters,
    progress: &mut Progress,
    now_ms: i64,
) -> Result<()> {
    let by = task.by();
    for id in task.plan.selection.iter().take(1) {
        let made = record::create(tx, &by, (parameters.record, *id), &parameters.changes, now_ms);
        counted(made.map(|()| true), *id, progress)?;
    }
    progress.done = task.plan.selection.len();
    Ok(())
}

/// Merges the duplicates that are still as they were shown into the first contact; says why it can't when that is not.
pub(super) fn merge(
    tx: &mut Tx,
    task: &Approved,
    parameters: &Parameters,
    progress: &mut Progress,
    now_ms: i64,
) -> Result<Option<Failure>> {
    let Some((primary, duplicates)) = task.plan.selection.split_first() else {
        return Err(Error::internal("a merge of nothing"));
    };
    let mut there = record::read(tx, task.workspace_id, Record::Contact, &task.plan.selection)?;
    match there.remove(primary) {
        None => {
            let message = "The contact that was to stay is no longer there. Nothing was merged.";
            return Ok(Some(merge_failed(message.to_owned())));
        }
        Some(entry) if !is_as_seen(parameters, 0, &entry) => {
            let message = format!(
                "{} was changed since the merge was shown. Nothing was merged; ask again to see it anew.",
                entry.name()
            );
            return Ok(Some(merge_failed(message)));
        }
        Some(_) => {}
    }
    let left = still_as_seen(parameters, duplicates, &mut there, progress);
    if !left.is_empty() {
        match contacts::merge(tx, &task.by(), *primary, &left, false, now_ms) {
            Ok(merged) => {
                progress.changed += left.len() as u64;
                progress.list_memberships = merged.counts.list_memberships;
                progress.notes = merged.counts.notes;
            }
            Err(Error::Refused(refusal)) => return Ok(Some(merge_failed(refusal.message))),
            Err(error) => return Err(error),
        }
    }
    progress.done = task.plan.selection.len();
    Ok(None)
}

/// The duplicates that are there and as they were shown; the others are skipped.
fn still_as_seen(
    parameters: &Parameters,
    duplicates: &[Uuid],
    there: &mut HashMap<Uuid, Entry>,
    progress: &mut Progress,
) -> Vec<Uuid> {
    let mut left = Vec::new();
    for (place, id) in (1..).zip(duplicates) {
        match there.remove(id) {
            None => progress.skip(*id, "the contact is no longer there"),
            Some(entry) if !is_as_seen(parameters, place, &entry) => {
                progress.skip(*id, "it was changed since it was shown");
            }
            Some(_) => left.push(*id),
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_has_its_beginning_as_its_title() {
        assert_eq!(note_title("followed up by phone"), "followed up by phone");
        assert_eq!(note_title(" First line \nsecond"), "First line");
        let long = "word ".repeat(40);
        let title = note_title(&long);
        assert!(title.chars().count() <= NOTE_TITLE_MAX && title.ends_with("word…"), "{title}");
    }
}
