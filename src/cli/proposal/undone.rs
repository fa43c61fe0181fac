//! Previews and results of undos, and whether a task can be undone.

use super::super::answers::{Figures, Task, Undone};
use super::super::screen::{Layout, counted, day};
use super::push_line;

/// Kept records that are named one by one.
const KEPT_SHOWN: usize = 10;

/// What approval takes back, and what stays with the reason.
pub(super) fn push_preview(text: &mut String, preview: &Figures, layout: Layout) {
    push_line(text, "will", &deeds(&preview.undo, false).join(", "), layout);
    for kept in preview.undo.kept_records.iter().take(KEPT_SHOWN) {
        let field = kept.field.as_ref().map(|field| format!(", {}", field.replace('_', " "))).unwrap_or_default();
        push_line(text, "stays", &format!("{} {}{field}: {}", kept.record, kept.id, kept.reason), layout);
    }
    let more = preview.undo.kept.saturating_sub(KEPT_SHOWN as u64);
    if more > 0 {
        push_line(text, "", &format!("… and {more} more"), layout);
    }
}

/// How the undo ended, in a sentence.
pub(super) fn outcome(result: &Undone) -> String {
    let done = deeds(result, true);
    let text = if done.is_empty() { "nothing was taken back".to_owned() } else { done.join(", ") };
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let kept = if result.kept > 0 { format!(" {} stayed as they were.", result.kept) } else { String::new() };
    format!("{first}{}.{kept}", letters.as_str())
}

/// Whether and until when a task can be undone, or by which it was.
pub(super) fn whether(task: &Task) -> Option<String> {
    if let Some(by) = &task.undone_by {
        return Some(format!("undone by task {by}"));
    }
    match (task.undo.as_deref()?, &task.undo_until, task.status.as_str()) {
        (how, Some(until), _) => Some(format!("{how}, until {}", day(until))),
        ("none", None, "pending") => Some("none: what it does can't be taken back".to_owned()),
        (how, None, "pending") => Some(format!("{how}, for 30 days after it is done")),
        _ => None,
    }
}

fn deeds(undone: &Undone, past: bool) -> Vec<String> {
    let say = |now: &str, then: &str| if past { then.to_owned() } else { now.to_owned() };
    let contacts = |count: u64| counted(count, "contact", "contacts");
    let companies = |count: u64| counted(count, "company", "companies");
    let (delete, change) = (say("delete", "deleted"), say("change", "changed"));
    let (take, put) = (say("take", "took"), "put");
    [
        (undone.contacts_removed, format!("{delete} {}", contacts(undone.contacts_removed))),
        (undone.companies_removed, format!("{delete} {}", companies(undone.companies_removed))),
        (undone.notes_removed, format!("{delete} {}", counted(undone.notes_removed, "note", "notes"))),
        (undone.contacts_restored, format!("{change} {} back", contacts(undone.contacts_restored))),
        (undone.companies_restored, format!("{change} {} back", companies(undone.companies_restored))),
        (undone.taken_off_list, format!("{take} {} off the list", contacts(undone.taken_off_list))),
        (undone.put_back_on_list, format!("{put} {} back on the list", contacts(undone.put_back_on_list))),
        (undone.lists_renamed, format!("{} the list its old name back", say("give", "gave"))),
        (undone.lists_removed, format!("{delete} {}", counted(undone.lists_removed, "list", "lists"))),
    ]
    .into_iter()
    .filter_map(|(count, words)| (count > 0).then_some(words))
    .collect()
}
