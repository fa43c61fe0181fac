//! The names of events that a webhook can ask for: the one table between what is recorded here and what is published.

use serde_json::json;

use crate::error::{Code, Error, Result, quoted};

/// Names in one request. There are fewer different ones.
const NAMES_MAX: usize = 100;

/// All names, in the order of the documentation: those of the published list, those its other pages name, and Lexi's own.
/// What is recorded under one of these names is sent under it. Records that don't exist here yet (deals, campaigns,
/// activities) have names that can be asked for and are not sent.
pub(super) const EVENTS: &[&str] = &[
    "contact.created",
    "contact.updated",
    "contact.deleted",
    "contact.bulk_created",
    "contact.merged",
    "company.created",
    "company.updated",
    "company.deleted",
    "deal.created",
    "deal.updated",
    "deal.deleted",
    "deal.bulk_created",
    "deal.bulk_updated",
    "list.created",
    "list.updated",
    "list.deleted",
    "list.contacts_added",
    "list.contacts_removed",
    "campaign.created",
    "campaign.started",
    "campaign.paused",
    "campaign.deleted",
    "campaign.step_created",
    "campaign.contacts_added",
    "activity.created",
    "task.created",
    "task.updated",
    "task.approved",
    "task.dismissed",
    "task.revised",
    "task.voted",
    "task.reminder",
    "task.escalated",
    "task.started",
    "task.completed",
    "task.failed",
    "task.undone",
    "freeze.created",
    "freeze.lifted",
    "rule.created",
    "rule.changed",
    "rule.retired",
    "policy.created",
    "policy.changed",
    "policy.revoked",
    "import.completed",
    "email.sync.completed",
    "calendar.sync.completed",
    "note.created",
    "note.deleted",
    "suppression.created",
    "suppression.deleted",
    "webhook.disabled",
];

/// Other spellings that mean one of them: those of the older published page.
const ALIASES: &[(&str, &str)] = &[
    ("lexi.task_created", "task.created"),
    ("lexi.task_approved", "task.approved"),
    ("lexi.task_completed", "task.completed"),
    ("lexi.task_failed", "task.failed"),
    ("list.contact_added", "list.contacts_added"),
];

/// What is recorded under a name of its own and told under a published one to whoever asked for that one only.
const ALSO_TOLD_AS: &[(&str, &str)] =
    &[("task.revised", "task.updated"), ("task.voted", "task.updated"), ("task.escalated", "task.updated")];

/// The event of a test.
pub(super) const TEST: &str = "webhook.test";
/// An endpoint was given up.
pub(super) const DISABLED: &str = "webhook.disabled";
/// Several contacts at once.
pub(super) const BULK_CREATED: &str = "contact.bulk_created";

/// The name under which what was recorded as `kind` is told to an endpoint that asked for `wanted`; nothing when it did not
/// ask for it.
pub(super) fn told_as(kind: &str, wanted: &[String]) -> Option<&'static str> {
    let also = ALSO_TOLD_AS.iter().filter(|(recorded, _)| *recorded == kind).map(|(_, told)| *told);
    let named = std::iter::once(kind).chain(also).find(|name| wanted.iter().any(|wanted| wanted == name))?;
    EVENTS.iter().find(|name| **name == named).copied()
}

/// Reads the names of a request: known ones, each once, in the order of the table.
pub(super) fn parse(names: &[String]) -> Result<Vec<&'static str>> {
    if names.len() > NAMES_MAX {
        let message = format!("events must be at most {NAMES_MAX}, got {}.", names.len());
        return Err(refused(message, &[]));
    }
    if names.is_empty() {
        return Err(refused("events must name at least one event, for example \"task.created\".".into(), &[]));
    }
    let mut wanted = Vec::new();
    let mut unknown = Vec::new();
    for name in names {
        let ours = ALIASES.iter().find(|(alias, _)| alias == name).map_or(name.as_str(), |(_, ours)| ours);
        match EVENTS.iter().find(|known| **known == ours) {
            Some(known) => wanted.push(*known),
            None => unknown.push(quoted(name)),
        }
    }
    if !unknown.is_empty() {
        let known = EVENTS.join(", ");
        let message = format!("There is no event {}. Known events are {known}.", unknown.join(", "));
        return Err(refused(message, &unknown));
    }
    Ok(EVENTS.iter().filter(|known| wanted.contains(known)).copied().collect())
}

fn refused(message: String, unknown: &[String]) -> Error {
    let details = json!({ "fields": { "events": message }, "unknown": unknown, "known": EVENTS });
    Error::with_details(Code::InvalidEvents, message, details)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Result<Vec<&'static str>> {
        parse(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn older_spellings_mean_the_names_of_today_and_each_counts_once() {
        let read = named(&["task.created", "lexi.task_created", "contact.created", "list.contact_added"]).unwrap();
        assert_eq!(read, ["contact.created", "list.contacts_added", "task.created"]);
    }

    #[test]
    fn unknown_names_are_refused_with_all_that_are_known() {
        let refused = named(&["task.created", "task.imagined"]).unwrap_err();
        assert_eq!(refused.code(), Code::InvalidEvents);
        assert!(refused.to_string().starts_with("There is no event task.imagined. Known events are contact.created, "));
        assert!(named(&[]).is_err() && named(&["x"; 101]).is_err());
    }

    #[test]
    fn every_other_spelling_leads_to_a_name_of_the_table() {
        for (_, name) in ALIASES.iter().chain(ALSO_TOLD_AS) {
            assert!(EVENTS.contains(name), "{name}");
        }
    }

    #[test]
    fn a_revision_is_an_update_to_who_asked_for_updates_only() {
        let wanted = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(told_as("task.revised", &wanted(&["task.updated"])), Some("task.updated"));
        assert_eq!(told_as("task.revised", &wanted(&["task.updated", "task.revised"])), Some("task.revised"));
        assert_eq!(told_as("task.revised", &wanted(&["task.created"])), None);
        assert_eq!(told_as("conversation.message", &wanted(&["conversation.message"])), None);
    }
}
