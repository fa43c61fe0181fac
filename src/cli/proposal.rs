//! A task on the screen: what was read, what approval would cause, what happened. Words and figures are the server's; this
//! file only lays them out, so that what is shown is what is done.

mod changes;
mod undone;

use serde_json::Value;

use super::answers::{Contact, Figures, Provenance, Read, Sample, Task, Turn};
use super::screen::{Layout, counted, day, minute, number};

/// Before everything that stands below a speaker.
const INDENT: &str = "       ";
/// Titles named where many could be.
const TITLES_NAMED: usize = 2;
/// Width from which there is room for e-mail addresses beside titles and companies.
const EMAILS_FROM: usize = 110;
/// People named under a result.
const PEOPLE_SHOWN: usize = 10;

/// What Lexi said, and the task if she proposes one.
pub(super) fn turn(turn: &Turn, layout: Layout) -> String {
    let mut text = layout.labelled(&format!("{}   ", layout.strong("Lexi")), &turn.response);
    let read = turn.request.as_ref().or(turn.task.as_ref().and_then(|task| task.request.as_ref()));
    // What was assumed and what was not read is part of what Lexi said.
    let read =
        read.map(|read| Read { assumptions: Vec::new(), unread: Vec::new(), ..read.clone() }).unwrap_or_default();
    match &turn.task {
        Some(task) => {
            text.push('\n');
            text.push_str(&proposal(task, Some(&read), layout));
        }
        None if !read.provenance.is_empty() => {
            text.push('\n');
            push_read(&mut text, &read, layout);
        }
        None => {}
    }
    text
}

/// A task: its state, what was read, what approval causes.
pub(super) fn proposal(task: &Task, read: Option<&Read>, layout: Layout) -> String {
    let id = if layout.width.is_some() { task.short_id() } else { task.id.as_str() };
    let head = format!("Task {} · {} · {}", layout.strong(id), kind(&task.kind), state(task));
    let mut text = layout.labelled(INDENT, &head);
    if let Some(read) = read.or(task.request.as_ref()) {
        push_read(&mut text, read, layout);
    }
    if let Some(preview) = &task.preview {
        push_preview(&mut text, preview, layout);
    }
    text
}

/// One task in full, as `lexi tasks show` prints it.
pub(super) fn whole(task: &Task, layout: Layout) -> String {
    let mut text = String::new();
    if let Some(query) = &task.metadata.query {
        text.push_str(&layout.labelled(&format!("{}    ", layout.strong("You")), query));
    }
    if let Some(description) = &task.description {
        text.push_str(&layout.labelled(&format!("{}   ", layout.strong("Lexi")), description));
    }
    text.push('\n');
    text.push_str(&proposal(task, None, layout));
    let mut line = |label: &str, value: &str| push_line(&mut text, label, value, layout);
    line("id", &task.id);
    if let Some(hash) = &task.plan_hash {
        line("plan", &format!("{hash} (revision {})", task.revision.unwrap_or(1)));
    }
    for revision in task.revisions.iter().filter(|_| task.revisions.len() > 1) {
        let when = revision.created_at.as_deref().map(minute).unwrap_or_default();
        let fields: Vec<&str> = revision.changes.iter().map(|change| change.field.as_str()).collect();
        let changed = if fields.is_empty() { String::new() } else { format!(" · {} changed", fields.join(", ")) };
        let what = revision.description.as_deref().unwrap_or("");
        line("revised", &format!("{}: {what}{changed} · {when}", revision.revision));
    }
    if let Some(votes) = task.votes.as_ref().filter(|votes| votes.need > 1) {
        line("votes", &format!("{} of {}", votes.have, votes.need));
    }
    if let Some(decision) = &task.decision {
        let who = decision.owner.as_deref().or(decision.kind.as_deref()).unwrap_or("unknown");
        let when = decision.decided_at.as_deref().map(minute).unwrap_or_default();
        let why = decision.reason.as_ref().map(|reason| format!(" · {reason}")).unwrap_or_default();
        line("decided", &format!("{} by {who} · {when}{why}", decision.outcome));
    }
    if let Some(undo) = undone::whether(task) {
        line("undo", &undo);
    }
    if let Some(progress) = task.progress.filter(|_| task.status == "approved") {
        line("done", &format!("{} of {}", number(progress.done), number(progress.total)));
    }
    if task.has_ended() {
        text.push('\n');
        text.push_str(&outcome(task, layout));
    }
    text
}

/// How a task ended, in a sentence or two.
pub(super) fn outcome(task: &Task, layout: Layout) -> String {
    let mut text = String::new();
    match task.status.as_str() {
        "completed" => match &task.result {
            Some(result) if result.undo.undoes.is_some() => {
                text.push_str(&layout.labelled(INDENT, &undone::outcome(&result.undo)));
            }
            Some(result) if result.changes.operation.is_some() => {
                text.push_str(&layout.labelled(INDENT, &changes::outcome(result)));
            }
            Some(result) => text.push_str(&layout.labelled(INDENT, &added(task, result))),
            None => text.push_str(&layout.labelled(INDENT, "Completed.")),
        },
        "failed" => {
            let why = task.error.as_ref().map_or("No reason was given.", |error| error.message.as_str());
            let code = task.error.as_ref().map(|error| format!(" ({})", error.code)).unwrap_or_default();
            text.push_str(&layout.labelled(INDENT, &format!("Failed: {why}{code}")));
        }
        "dismissed" => {
            let why = task.decision.as_ref().and_then(|decision| decision.reason.as_deref());
            let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
            text.push_str(&layout.labelled(INDENT, &format!("Dismissed{why}: nothing was changed.")));
        }
        other => text.push_str(&layout.labelled(INDENT, &format!("Now {other}."))),
    }
    for (reason, count) in skipped(task) {
        let who = counted(count, "person", "people");
        text.push_str(&layout.labelled(INDENT, &format!("{who} left out: {reason}")));
    }
    text
}

/// The first people of a list, one a line.
pub(super) fn people(contacts: &[Contact], of: u64, layout: Layout) -> String {
    let has_room = layout.width.is_none_or(|width| width >= EMAILS_FROM);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for contact in contacts.iter().take(PEOPLE_SHOWN) {
        let name = contact.full_name.clone().unwrap_or_default();
        let role = joined(&[contact.job_title.as_deref(), contact.company_name.as_deref()], ", ");
        let email = contact.email.clone().filter(|_| has_room).unwrap_or_default();
        rows.push(vec![name, role, email]);
    }
    let mut lines = layout.columns(INDENT.len(), &rows);
    let more = of.saturating_sub(rows.len() as u64);
    if more > 0 {
        lines.push(format!("{INDENT}… and {} more", number(more)));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// How long it took from the decision to the end, by the server's clock.
pub(super) fn took(task: &Task) -> Option<std::time::Duration> {
    let begun =
        task.decision.as_ref().and_then(|decision| decision.decided_at.as_ref()).or(task.started_at.as_ref())?;
    let begun: jiff::Timestamp = begun.parse().ok()?;
    let ended: jiff::Timestamp = task.finished_at.as_ref()?.parse().ok()?;
    let ms = ended.as_millisecond() - begun.as_millisecond();
    u64::try_from(ms).ok().map(std::time::Duration::from_millis)
}

/// The task's kind as a person says it.
pub(super) fn kind(kind: &str) -> String {
    match kind {
        "prospect_search" => "search for prospects".into(),
        "campaign_create" => "new campaign".into(),
        "campaign_start" => "change to a campaign".into(),
        "contact_update" => "change to contacts".into(),
        "list_operation" => "change to a list".into(),
        "undo" => "undo of a task".into(),
        other => other.replace('_', " "),
    }
}

fn state(task: &Task) -> String {
    let expires = task.expires_at.as_deref().map(|when| format!(" until {}", day(when))).unwrap_or_default();
    match task.status.as_str() {
        "pending" => format!("waiting for approval{expires}"),
        "approved" => match &task.starts_at {
            Some(starts) => format!("approved, begins {}", minute(starts)),
            None => "approved, under way".into(),
        },
        other => other.to_owned(),
    }
}

/// One line with a label in the column under a speaker.
fn push_line(text: &mut String, label: &str, value: &str, layout: Layout) {
    text.push_str(&layout.labelled(&format!("{INDENT}{} ", layout.faint(&format!("{label:<8}"))), value));
}

/// What was read, as one line with the words that gave each value, and what was assumed or not read.
pub(super) fn read(read: &Read, layout: Layout) -> String {
    let mut text = String::new();
    push_read(&mut text, read, layout);
    text
}

fn push_read(text: &mut String, read: &Read, layout: Layout) {
    let values = values(&read.provenance);
    if !values.is_empty() {
        push_line(text, "read", &values.join(" · "), layout);
    }
    for assumption in &read.assumptions {
        push_line(text, "assumed", assumption, layout);
    }
    if !read.unread.is_empty() {
        let words: Vec<String> = read.unread.iter().map(|word| format!("\"{word}\"")).collect();
        push_line(text, "not read", &words.join(", "), layout);
    }
}

/// Each value with the words that gave it; what the same words gave to two slots stands once.
fn values(provenance: &[Provenance]) -> Vec<String> {
    let mut groups: Vec<Vec<&Provenance>> = Vec::new();
    for entry in provenance {
        let same = |group: &&mut Vec<&Provenance>| {
            let first = group[0];
            first.start.is_some()
                && (&first.from, first.start, first.end) == (&entry.from, entry.start, entry.end)
                && first.slot.starts_with("exclude") == entry.slot.starts_with("exclude")
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(entry),
            None => groups.push(vec![entry]),
        }
    }
    groups.iter().filter_map(|group| value_of(group)).collect()
}

/// Slots whose value says most, first: "law firm" is clearer as a kind of company than as the sector "law practice".
const CLEARER: &[&str] = &["company_types", "titles", "locations", "industries"];

fn value_of(group: &[&Provenance]) -> Option<String> {
    let rank = |entry: &&&Provenance| {
        let slot = entry.slot.trim_start_matches("exclude.");
        CLEARER.iter().position(|clear| *clear == slot).unwrap_or(CLEARER.len())
    };
    let entry = group.iter().min_by_key(rank)?;
    let slot = entry.slot.trim_start_matches("exclude.");
    let value = match slot {
        "titles" => format!("title {}", plain(&entry.value)),
        "seniority" => format!("level {}", plain(&entry.value).replace('_', "-")),
        "departments" => format!("department {}", plain(&entry.value)),
        "locations" => place(&entry.value),
        "headcount" => format!("{} employees", range(&entry.value)),
        "revenue" => format!("revenue {}", range(&entry.value)),
        "target" if plain(&entry.value) == "people" => return None,
        "other" => plain(&entry.value).replacen(':', " ", 1),
        _ => plain(&entry.value),
    };
    let not = if entry.slot.starts_with("exclude") { "not " } else { "" };
    let words = match (&entry.text, entry.from.as_deref()) {
        (Some(text), Some(from)) if from.starts_with("message:") => format!(" \"{text}\" (said before)"),
        (Some(text), _) => format!(" \"{text}\""),
        (None, Some("context")) => " (from the context)".into(),
        (None, _) => String::new(),
    };
    Some(format!("{not}{value}{words}"))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(digits) => digits.as_u64().map_or_else(|| digits.to_string(), number),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Null => "nothing".into(),
        other => other.to_string(),
    }
}

/// The most exact part of a place, with its state where it is a city.
fn place(value: &Value) -> String {
    let part = |key: &str| value.get(key).and_then(Value::as_str);
    let inner = part("city").or_else(|| part("county"));
    match (inner, part("state"), part("city_or_state"), part("region"), part("country")) {
        (Some(city), Some(state), ..) => format!("{city}, {state}"),
        (Some(one), None, ..)
        | (None, Some(one), ..)
        | (_, _, Some(one), ..)
        | (.., Some(one), _)
        | (.., Some(one)) => one.to_owned(),
        _ => plain(value),
    }
}

fn range(value: &Value) -> String {
    let end = |key: &str| value.get(key).and_then(Value::as_u64).map(number);
    let text = match (end("min"), end("max")) {
        (Some(min), Some(max)) if min == max => min,
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => plain(value),
    };
    match value.get("currency").and_then(Value::as_str) {
        Some(currency) => format!("{text} {currency}"),
        None => text,
    }
}

fn push_preview(text: &mut String, preview: &Figures, layout: Layout) {
    if preview.undo.undoes.is_some() {
        return undone::push_preview(text, preview, layout);
    }
    if preview.changes.operation.is_some() {
        return changes::push_preview(text, preview, layout);
    }
    let figures = [
        ("", preview.matched),
        ("suppressed ", preview.suppressed),
        ("already your contacts ", preview.already_contacts),
        ("will be added ", preview.added),
    ];
    let figures: Vec<String> =
        figures.iter().filter_map(|(label, value)| value.map(|value| format!("{label}{}", number(value)))).collect();
    if !figures.is_empty() {
        push_line(text, "matched", &figures.join("    "), layout);
    }
    let rows: Vec<Vec<String>> = preview.sample.iter().map(sample).collect();
    for (at, row) in layout.columns(INDENT.len() + 9, &rows).iter().enumerate() {
        let row = row.trim_start();
        let label = if at == 0 { "first" } else { "" };
        // The row was cut to fit already; it must not be wrapped.
        text.push_str(&format!("{INDENT}{} {row}\n", layout.faint(&format!("{label:<8}"))));
    }
    if preview.selected.unwrap_or(0) > rows.len() as u64 && !rows.is_empty() {
        text.push_str(&format!("{INDENT}         …\n"));
    }
    if let Some(unknown) = &preview.unknown {
        let known: Vec<String> = unknown
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(slot, count)| format!("{} of {}", slot.replace('_', " "), counted(*count, "person", "people")))
            .collect();
        if !known.is_empty() {
            push_line(text, "unknown", &format!("{} (not counted as fitting)", known.join(", ")), layout);
        }
    }
    if let Some(more) = preview.title_expansion.as_ref().filter(|more| more.applied || more.would_add > 0) {
        let titles = spoken(&more.titles);
        let line = if more.applied {
            format!("{titles} are included")
        } else {
            format!(
                "{titles} would bring {} more (off; say \"include the law-firm equivalents\")",
                number(more.would_add)
            )
        };
        push_line(text, "also", &line, layout);
    }
    if !preview.alternatives.is_empty() {
        let said = preview.alternatives.iter().map(|one| format!("{} {}", one.text, number(one.matched)));
        push_line(text, "or say", &said.collect::<Vec<_>>().join(" · "), layout);
    }
}

fn sample(person: &Sample) -> Vec<String> {
    let role = joined(&[person.title.as_deref(), person.company.as_deref()], ", ");
    let place = person.city.clone().or_else(|| person.state.clone()).unwrap_or_default();
    let size = person.headcount.map(|people| counted(people, "person", "people")).unwrap_or_default();
    vec![person.full_name.clone().unwrap_or_default(), role, place, size]
}

fn joined(parts: &[Option<&str>], between: &str) -> String {
    parts.iter().flatten().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(between)
}

/// Titles as one says them of several people, the first ones by name: `managing partners, presidents and 3 like them`.
fn spoken(titles: &[String]) -> String {
    let named: Vec<String> = titles.iter().take(TITLES_NAMED).map(|title| plural(title)).collect();
    let more = titles.len() - named.len();
    match named.as_slice() {
        _ if more > 0 => format!("{} and {more} like them", named.join(", ")),
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        few => few.concat(),
    }
}

fn plural(title: &str) -> String {
    let lower = title.to_lowercase();
    // Initials stay as they are written: "CEOs".
    let title = if title.chars().any(char::is_lowercase) { lower } else { title.to_owned() };
    if title.ends_with('s') { title } else { format!("{title}s") }
}

fn added(task: &Task, result: &Figures) -> String {
    let list = result.list_name.as_ref().or(task.metadata.list_name.as_ref());
    let list = list.map(|name| format!("\"{name}\"")).unwrap_or_else(|| "the list".into());
    let (added, already) = (result.added.unwrap_or(0), result.already_contacts.unwrap_or(0));
    match (added, already) {
        (0, 0) => "Done; nobody was added.".into(),
        (0, already) => format!("{} put on {list}; all were yours before.", counted(already, "contact", "contacts")),
        (added, 0) => format!("{} added to {list}.", counted(added, "contact", "contacts")),
        (added, already) => format!(
            "{} added to {list}, and {} you already had put on it.",
            counted(added, "contact", "contacts"),
            number(already)
        ),
    }
}

/// Reasons for which people were left out, with how many.
fn skipped(task: &Task) -> Vec<(String, u64)> {
    let mut reasons: Vec<(String, u64)> = Vec::new();
    for skip in task.result.iter().flat_map(|result| &result.skipped) {
        match reasons.iter_mut().find(|(reason, _)| *reason == skip.reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((skip.reason.clone(), 1)),
        }
    }
    reasons
}

#[cfg(test)]
mod tests;
