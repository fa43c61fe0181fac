//! What starting, pausing, stopping, testing and sending mean, by what they are done to.
//!
//! Protects against the worst confusions: a test is no start, a start at a later time none now, and one person paused is not
//! the whole campaign.

use super::evidence::Facts;
use super::names::{Kind, Pointer};
use super::request::Intent;
use super::verbs::{Object, Verb};

/// Words that make a start a rehearsal.
const REHEARSAL: [&str; 16] = [
    "test",
    "test mode",
    "dry run",
    "as a test",
    "test run",
    "preview",
    "to myself",
    "to my own",
    "to me first",
    "trial run",
    "to my own address",
    "rehearsal",
    "sandbox",
    "to me only",
    "only to me",
    "simulation",
];

/// Words by which a campaign is meant as a whole.
const WHOLE: [&str; 6] =
    ["the whole campaign", "the entire campaign", "whole campaign", "for everyone", "for everybody", "for all"];

/// Words of writing to somebody.
const EMAILING: [&str; 10] = [
    "emailing",
    "contacting",
    "mailing",
    "messaging",
    "sending",
    "emails to",
    "mails to",
    "writing to",
    "all emails",
    "outreach to",
];

/// What is started or stopped and is no campaign.
fn runs_otherwise(verb: Verb, facts: &Facts<'_>) -> Option<(Intent, &'static str)> {
    match facts.first() {
        Some(Object::Todo) => Some((Intent::Other, "todo")),
        Some(Object::Meeting) if !facts.has(Object::Campaign) => Some((Intent::Other, "meeting")),
        Some(Object::Deal) if facts.references.is_empty() => Some((Intent::Other, "deal")),
        Some(Object::Machinery) if facts.references.is_empty() => Some((Intent::Other, "settings")),
        Some(Object::List) if verb == Verb::Stop => Some((Intent::ListOperation, "delete")),
        Some(Object::Copy) if verb == Verb::Schedule && facts.references.is_empty() => Some((Intent::Other, "send")),
        _ => None,
    }
}

/// "Run down the street to the baker": several words, and none of them a record.
fn names_nothing(facts: &Facts<'_>) -> bool {
    let pointed = ["it", "this", "that", "all", "everything", "them"].contains(&facts.sentence.norm(facts.body));
    facts.objects.is_empty() && facts.references.is_empty() && !pointed && facts.end > facts.body + 3
}

pub(super) fn run(verb: Verb, facts: &Facts<'_>) -> (Intent, &'static str) {
    let fresh = facts.references.first().is_some_and(|found| {
        found.kind == Kind::Campaign
            && found.pointer == Pointer::New
            && found.name.is_none()
            && found.preposition.is_empty()
    });
    if verb == Verb::Start && fresh && facts.direct(Kind::Campaign) {
        return (Intent::CampaignCreate, "create");
    }
    let rehearsed = matches!(verb, Verb::Start | Verb::Schedule) && facts.says(&REHEARSAL);
    let operation = match verb {
        _ if rehearsed => "test",
        // A start at a later time must not happen now.
        Verb::Start if facts.is_later() && facts.people.is_empty() => "schedule",
        Verb::Start => "start",
        Verb::Pause => "pause",
        Verb::Resume => "resume",
        Verb::Stop => "stop",
        Verb::Schedule => "schedule",
        _ => "test",
    };
    if let Some(found) = runs_otherwise(verb, facts) {
        return found;
    }
    if facts.body >= facts.end && !facts.states(&["test", "dry run"]) {
        return (Intent::Other, "unknown");
    }
    let campaign = facts.has(Object::Campaign) || facts.references.iter().any(|found| found.kind == Kind::Campaign);
    let whole = facts.says(&WHOLE);
    // "pause Jane in the Spring campaign" is about one person, not about the campaign.
    let inside = !facts.direct(Kind::Campaign)
        && facts
            .references
            .iter()
            .any(|found| found.kind == Kind::Campaign && ["in", "from", "of", "on"].contains(&found.preposition));
    let emailing = facts.says(&EMAILING);
    let anybody = facts.people.iter().any(|person| {
        !person.mention.reference.as_deref().is_some_and(|words| words.to_lowercase().starts_with("every"))
    });
    let person = (inside && (anybody || !facts.says(&["start of", "launch of", "steps"]))) || (anybody && !whole);
    if person && verb != Verb::Test && !rehearsed {
        let operation = match verb {
            Verb::Pause => "pause_contact",
            Verb::Resume => "resume_contact",
            Verb::Stop if emailing => "pause_contact",
            Verb::Stop => "remove",
            Verb::Start if campaign => "enroll",
            _ => operation,
        };
        if verb == Verb::Schedule && !campaign {
            return (Intent::Other, "meeting");
        }
        return (Intent::CampaignStart, operation);
    }
    if verb == Verb::Start && facts.search && !campaign {
        return (Intent::Other, "unknown");
    }
    if verb == Verb::Stop && emailing {
        return (Intent::CampaignStart, "pause_contact");
    }
    if !campaign && !rehearsed && !anybody && names_nothing(facts) {
        return (Intent::Other, "unknown");
    }
    (Intent::CampaignStart, operation)
}

pub(super) fn send(facts: &Facts<'_>) -> (Intent, &'static str) {
    if facts.says(&["draft", "template"]) && facts.leading == Some(Object::Copy) && !facts.states(&["send", "forward"])
    {
        return (Intent::CampaignCreate, "write_copy");
    }
    if facts.says(&["template", "templates", "copy"]) && !facts.anybody() && !facts.states(&["send"]) {
        return (Intent::CampaignCreate, "write_copy");
    }
    let list = facts.references.iter().any(|found| found.kind == Kind::List);
    if facts.direct(Kind::List) && facts.states(&["call"]) {
        return (Intent::ListOperation, "rename");
    }
    if facts.states(&["send me", "email me", "mail me"])
        && (list || facts.says(&["csv", "spreadsheet", "excel", "xlsx"]))
    {
        return (Intent::ListOperation, "export");
    }
    if facts.says(&REHEARSAL) && (facts.has(Object::Campaign) || facts.says(&["test"])) {
        return (Intent::CampaignStart, "test");
    }
    if facts.direct(Kind::Campaign) {
        return (Intent::CampaignStart, if facts.is_later() { "schedule" } else { "start" });
    }
    (Intent::Other, "send")
}
