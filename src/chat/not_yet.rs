//! What this version can't do, and talk: said plainly, with what can be done instead. No task is made, nothing is promised.

use std::fmt::Write as _;

use serde_json::json;

use super::{Answer, Context};
use crate::understand::{self, Intent, Provenance, Request, Slots};

/// What Lexi answers to campaigns and to whatever is no search, change or question.
pub(super) fn answer(context: &Context<'_>) -> Answer {
    let request = context.request;
    let action = request.details().and_then(|details| details.action.as_deref()).unwrap_or_default();
    let text = match request.intent {
        Intent::CampaignStart | Intent::CampaignCreate => campaigns(request),
        _ => of_action(action).to_owned(),
    };
    Answer { data: Some(json!({ "kind": kind(request.intent, action) })), ..Answer::says(text) }
}

fn kind(intent: Intent, action: &str) -> &'static str {
    match (intent, action) {
        (Intent::Other, "small_talk") => "small_talk",
        (Intent::Other, "none") => "nothing_done",
        (Intent::Other, "decide") => "decide",
        (Intent::Other, "unknown" | "follow_up" | "revise_search") => "not_understood",
        _ => "not_supported",
    }
}

fn campaigns(request: &Request) -> String {
    let mut text =
        "There are no campaigns in this version: I can't write, start, pause or send anything, and I made no task."
            .to_owned();
    match search_inside(request).map(|search| understand::describe(&search)) {
        Some(words) => {
            let _ = write!(text, " I can find the people: say \"Find {words}\", and I propose to put them on a list.");
        }
        None => text.push_str(" I can find people and put them on lists, and change contacts and lists."),
    }
    text
}

/// The search inside a campaign's request, as a request of its own.
fn search_inside(request: &Request) -> Option<Request> {
    let search = request.details()?.search.clone()?;
    let within = |entry: &Provenance| {
        let slot = entry.slot.strip_prefix("search.")?.to_owned();
        Some(Provenance { slot, ..entry.clone() })
    };
    Some(Request {
        intent: Intent::ProspectSearch,
        slots: Slots::Search(Box::new(search)),
        provenance: request.provenance.iter().filter_map(within).collect(),
        ..request.clone()
    })
}

fn of_action(action: &str) -> &'static str {
    match action {
        "small_talk" => {
            "Hello! I find people and put them on lists, change contacts and lists, and answer questions. Nothing is changed \
             before somebody approves it. Ask me \"What can you do?\" for more."
        }
        "none" => "Understood: I did nothing, and I will not.",
        "decide" => {
            "No words in a chat approve or dismiss. Approve with \"lexi tasks approve ID\" or POST \
             /v1/lexi/tasks/{id}/approve; ask me \"What is pending?\" to see the tasks."
        }
        "enrich" => {
            "I can't look up or verify data about somebody in this version. What is known I can tell: ask \"What do we know \
             about Jane Doe?\"."
        }
        "todo" => {
            "There are no to-dos or reminders in this version, so I noted nothing. I can add a note to a contact."
        }
        "meeting" => {
            "There are no meetings or calendars in this version, so nothing was arranged. I can add a note to a contact."
        }
        "deal" => {
            "There are no deals or matters in this version, so nothing was changed. I can add a note to a contact."
        }
        "log_activity" => {
            "Activities are not kept in this version, so nothing was logged. I can add a note to a contact."
        }
        "reply" | "send" => {
            "I can't send anything in this version: no e-mail, message or reply leaves. Nothing was sent."
        }
        "settings" => {
            "Settings, keys, webhooks and workflows are not changed in a chat. Nothing was changed; the command line has them \
             (\"lexi help\")."
        }
        "suppress" => {
            "Nothing was changed. Who must never be contacted is said with POST /v1/suppressions or \"lexi suppressions add\"."
        }
        "revise_search" => {
            "There is no search in this conversation that I could change. Say the whole request, for example \"Find 100 CEOs \
             at law firms in Texas\"."
        }
        _ => {
            "I did not understand what to do, so I did nothing. Requests that work: \"Find 50 CEOs at law firms in \
             California\", \"Show me my contacts at Acme\", \"What is pending?\"."
        }
    }
}
