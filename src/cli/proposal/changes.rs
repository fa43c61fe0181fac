//! Previews and results of changes of contacts, companies and lists.

use super::super::answers::{Around, Changes, Difference, Figures, Sample};
use super::super::screen::{Layout, counted, number};
use super::{joined, plain, push_line};

/// What approval causes: in a word, for the first records field by field, and what can't be undone.
pub(super) fn push_preview(text: &mut String, preview: &Figures, layout: Layout) {
    let changes = &preview.changes;
    push_line(text, "will", &effects(preview, false), layout);
    for (label, list) in [("list", &changes.list), ("from", &changes.from_list)] {
        if let Some(line) = list.as_ref().and_then(around) {
            push_line(text, label, &line, layout);
        }
    }
    for (place, sample) in preview.sample.iter().enumerate() {
        push_line(text, if place == 0 { "first" } else { "" }, &line(sample), layout);
        for difference in &sample.changes {
            push_line(text, "", &format!("  {}", before_after(difference)), layout);
        }
    }
    if preview.selected.unwrap_or(0) > preview.sample.len() as u64 && !preview.sample.is_empty() {
        push_line(text, "", "…", layout);
    }
    for warning in &changes.warnings {
        push_line(text, "mind", warning, layout);
    }
    if let Some(irreversible) = &changes.irreversible {
        push_line(text, "for good", irreversible, layout);
    }
}

/// How the change ended, in a sentence.
pub(super) fn outcome(result: &Figures) -> String {
    let done = effects(result, true);
    let mut letters = done.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// What is done, or was done, in a few words and figures.
fn effects(figures: &Figures, past: bool) -> String {
    match figures.changes.record.as_deref() {
        Some(record) => of_records(figures, record, past),
        None => of_lists(figures, past),
    }
}

fn of_records(figures: &Figures, record: &str, past: bool) -> String {
    let changes = &figures.changes;
    let records = |count: u64| match record {
        "company" => counted(count, "company", "companies"),
        _ => counted(count, "contact", "contacts"),
    };
    let verb = match (changes.operation.as_deref().unwrap_or_default(), past) {
        ("create", false) => "create",
        ("create", true) => "created",
        ("delete", false) => "delete",
        ("delete", true) => "deleted",
        ("merge", false) => "merge into another",
        ("merge", true) => "merged into another",
        ("tag", false) => "tag",
        ("tag", true) => "tagged",
        ("untag", false) => "take the tag from",
        ("untag", true) => "took the tag from",
        ("add_note", false) => "write a note about",
        ("add_note", true) => "wrote a note about",
        (_, false) => "change",
        (_, true) => "changed",
    };
    let mut text = format!("{verb} {}", records(changes.changed.unwrap_or(0)));
    let more =
        [(changes.unchanged, "so already"), (changes.list_memberships, "list memberships"), (changes.notes, "notes")];
    for (count, what) in more {
        if let Some(count) = count.filter(|count| *count > 0) {
            text.push_str(&format!("    {what} {}", number(count)));
        }
    }
    text
}

fn of_lists(figures: &Figures, past: bool) -> String {
    let Changes { operation, removed, already_members, from_list_name, list, .. } = &figures.changes;
    let name = figures.list_name.as_deref().unwrap_or("the list");
    let from = from_list_name.as_deref().unwrap_or("the list");
    let contacts = |count: Option<u64>| counted(count.unwrap_or(0), "contact", "contacts");
    let say = |now: &str, then: &str| if past { then.to_owned() } else { now.to_owned() };
    let mut text = match operation.as_deref().unwrap_or_default() {
        "create" => format!("{} \"{name}\" with {}", say("create", "created"), contacts(figures.added)),
        "remove" | "clear" => format!("{} {} off \"{name}\"", say("take", "took"), contacts(*removed)),
        "rename" => {
            let before = list.as_ref().and_then(|list| list.before.as_ref()).map_or("the list", |list| &list.name);
            format!("{} \"{before}\" to \"{name}\"", say("rename", "renamed"))
        }
        "delete" => format!("{} \"{name}\"", say("delete", "deleted")),
        "merge" => {
            let put = say("put", "put");
            let delete = say("delete", "deleted");
            format!("{put} {} on \"{name}\" and {delete} \"{from}\"", contacts(figures.added))
        }
        "move" => format!("{} {} from \"{from}\" to \"{name}\"", say("move", "moved"), contacts(*removed)),
        _ => format!("put {} on \"{name}\"", contacts(figures.added)),
    };
    for (count, what) in [(*already_members, "on it already"), (figures.suppressed, "suppressed")] {
        if let Some(count) = count.filter(|count| *count > 0) {
            text.push_str(&format!("    {what} {}", number(count)));
        }
    }
    text
}

/// "Q1 Leads": 3 → 5.
fn around(list: &Around) -> Option<String> {
    let contacts = |count: u64| counted(count, "contact", "contacts");
    match (&list.before, &list.after) {
        (Some(before), Some(after)) => {
            Some(format!("{}: {} → {}", after.name, contacts(before.contact_count), contacts(after.contact_count)))
        }
        (None, Some(after)) => Some(format!("{}: new, {}", after.name, contacts(after.contact_count))),
        (Some(before), None) => Some(format!("{}: {} → deleted", before.name, contacts(before.contact_count))),
        (None, None) => None,
    }
}

fn line(sample: &Sample) -> String {
    let name = sample.full_name.as_deref().or(sample.name.as_deref()).or(sample.email.as_deref());
    let role = joined(&[sample.job_title.as_deref(), sample.company_name.as_deref()], ", ");
    let email = sample.email.as_deref().filter(|_| sample.full_name.is_some());
    joined(&[name, Some(role.as_str()), email], " · ")
}

fn before_after(difference: &Difference) -> String {
    let field = difference.field.trim_start_matches("custom_fields.").replace('_', " ");
    format!("{field}: {} → {}", plain(&difference.before), plain(&difference.after))
}
