//! How something is done, what Lexi can do, and what she keeps nothing about: short and true.
//!
//! Nothing here looks at data, and nothing is done: "how do I delete a contact" deletes nobody.

use serde_json::json;

use super::told;
use crate::chat::Answer;
use crate::understand::questions::{Deed, NotKept, Question, Thing};

/// How something is done.
pub(super) fn answer(thing: Option<Thing>, deed: Option<Deed>) -> Answer {
    told(how(thing, deed), json!({ "kind": "help" }))
}

fn how(thing: Option<Thing>, deed: Option<Deed>) -> &'static str {
    match (thing, deed) {
        (Some(Thing::Campaign), _) => not_kept_text(NotKept::Campaigns),
        (Some(Thing::Deal), _) => not_kept_text(NotKept::Deals),
        (Some(Thing::Key), _) => {
            "Keys are made on the server with \"lexi keys create\", or over POST /v1/api-keys with a key that holds \
             keys:admin. A key is shown once."
        }
        (Some(Thing::Task) | None, Some(Deed::Approve)) => {
            "A task is approved with \"lexi tasks approve ID\" or POST /v1/lexi/tasks/{id}/approve, by a key that holds \
             lexi:approve. Then it is carried out once, to the end. Nothing happens before, and no words in a chat approve."
        }
        (Some(Thing::Task) | None, Some(Deed::Dismiss)) => {
            "A task that waits is dismissed with \"lexi tasks dismiss ID\" or POST /v1/lexi/tasks/{id}/dismiss. What was \
             carried out can't be undone by a dismissal."
        }
        (Some(Thing::Task), _) => {
            "A task is something I propose: it says exactly what would be done, and waits until somebody approves or \
             dismisses it. \"lexi tasks list\" or GET /v1/lexi/tasks shows them; ask me \"What is pending?\"."
        }
        (Some(Thing::Contact), deed) => of_contacts(deed),
        (Some(Thing::List), deed) => of_lists(deed),
        (Some(Thing::Company), Some(Deed::Find)) => {
            "GET /v1/companies?search=NAME finds your companies; ask me \"What do we know about NAME?\"."
        }
        (Some(Thing::Company), Some(Deed::Delete)) => {
            "DELETE /v1/companies/{id} deletes a company; its contacts and notes stay."
        }
        (Some(Thing::Company), Some(_)) => {
            "Companies are made with POST /v1/companies and changed with PATCH /v1/companies/{id}."
        }
        (Some(Thing::Company), None) => {
            "A company is a firm your workspace knows. Contacts and notes can belong to it."
        }
        (Some(Thing::Note), _) => {
            "Say \"Add a note to Jane Doe: followed up by phone\", and I propose it; or use POST /v1/contacts/{id}/notes."
        }
        (Some(Thing::Tag), _) => {
            "Say \"Tag Jane Doe as VIP\", and I propose it; or send the tags with PATCH /v1/contacts/{id}."
        }
        (Some(Thing::Suppression), _) | (_, Some(Deed::Suppress)) => {
            "POST /v1/suppressions with an email, a domain or a prospect_id and a reason: whoever is suppressed is never \
             added. \"lexi suppressions add\" does the same."
        }
        (Some(Thing::Prospect), Some(Deed::Import)) => {
            "The operator loads prospects on the server: \"lexi prospects import FILE --source NAME\"."
        }
        (Some(Thing::Prospect), Some(_)) => {
            "Say whom you want, for example \"Find 50 CEOs at law firms in California\", and I propose to put them on a \
             list. \"lexi prospects search\" and POST /v1/prospector/search only look."
        }
        (Some(Thing::Prospect), None) => {
            "A prospect is a person one could reach, in the prospect database. When you approve a search, the people it \
             selected become contacts of your workspace, on a list."
        }
        (None, _) => abilities_text(),
    }
}

fn of_contacts(deed: Option<Deed>) -> &'static str {
    match deed {
        None => "A contact is a person your workspace knows. Prospects become contacts when you approve a search.",
        Some(Deed::Delete) => {
            "Say \"Delete the contact Jane Doe\", and I propose it; or use DELETE /v1/contacts/{id}. Nothing is deleted \
             before you approve."
        }
        Some(Deed::Merge) => {
            "Say \"Merge jdoe@mail.example into jane@acme.example\", and I propose it; or use POST /v1/contacts/merge."
        }
        Some(Deed::Export) => "\"lexi contacts export\" writes a CSV file; GET /v1/contacts/export answers one.",
        Some(Deed::Import) => {
            "POST /v1/contacts/bulk makes up to 500 contacts at once. Prospects are loaded from files by the operator, \
             and become contacts when you approve a search."
        }
        Some(Deed::Find) => {
            "Ask me, for example \"Show me all contacts at Acme\" or \"Who has no email?\"; GET /v1/contacts?search= and \
             \"lexi contacts list\" find them, too. For people you don't know yet say \"Find 50 CEOs in Texas\"."
        }
        Some(Deed::Tag) => {
            "Say \"Tag Jane Doe as VIP\", and I propose it; or send the tags with PATCH /v1/contacts/{id}."
        }
        Some(Deed::Suppress) => {
            "POST /v1/suppressions with the email and a reason: whoever is suppressed is never added again."
        }
        Some(Deed::Create) => {
            "Say \"Add Jane Doe, jane@acme.example, as a contact\", and I propose it; or use POST /v1/contacts. To put a \
             contact on a list say \"Add Jane Doe to the Q1 list\", or use POST /v1/lists/{id}/contacts."
        }
        Some(Deed::Change | Deed::Approve | Deed::Dismiss) => {
            "Say \"Change Jane Doe's title to Partner\", and I propose it; or use PATCH /v1/contacts/{id}."
        }
    }
}

fn of_lists(deed: Option<Deed>) -> &'static str {
    match deed {
        None => "A list is a named set of contacts. An approved search puts its people on one.",
        Some(Deed::Delete) => {
            "Say \"Delete the Q1 list\", and I propose it; or use DELETE /v1/lists/{id}. The contacts on it stay."
        }
        Some(Deed::Export) => {
            "\"lexi contacts export --list NAME\" writes a CSV file; GET /v1/contacts/export?list_id= answers one."
        }
        Some(Deed::Find) => {
            "Ask me \"Which lists are there?\" or \"Who is on the Q1 list?\"; GET /v1/lists shows them, too."
        }
        Some(Deed::Merge) => "Say \"Merge the Q1 list into the Q2 list\", and I propose it.",
        Some(Deed::Change) => {
            "Say \"Rename the list A to B\", and I propose it; PATCH /v1/lists/{id} changes the description, too."
        }
        Some(_) => {
            "Say \"Create a list called Q1\" or \"Add Jane Doe to the Q1 list\", and I propose it; or use POST /v1/lists \
             and POST /v1/lists/{id}/contacts."
        }
    }
}

/// What Lexi can do.
pub(super) fn abilities() -> Answer {
    told(abilities_text(), json!({ "kind": "help" }))
}

fn abilities_text() -> &'static str {
    "I find people (\"Find 50 CEOs at law firms in California\") and propose to put them on a list; I propose changes of \
     contacts and lists (\"Tag Jane Doe as VIP\"); and I answer questions at once: how many prospects or contacts fit \
     (\"How many CFOs are there in Texas?\"), who is on a list, what is pending, what became of a task, what is known about \
     a person or a company, which titles, industries and places there are. What would change something waits for approval."
}

/// What this version keeps nothing about.
pub(super) fn not_kept(what: NotKept) -> Answer {
    told(not_kept_text(what), json!({ "kind": "not_kept" }))
}

fn not_kept_text(what: NotKept) -> &'static str {
    match what {
        NotKept::Campaigns => {
            "There are no campaigns in this version: nothing is sent, and nothing is on record about opens or replies. I \
             can find people and put them on lists, and change contacts and lists."
        }
        NotKept::Deals => "There are no deals or matters in this version, so nothing is on record about them.",
        NotKept::Meetings => {
            "There are no meetings or calendars in this version. What was noted about somebody I can tell."
        }
        NotKept::Activities => {
            "Activities are not kept in this version, so I can't tell who was contacted when. I can tell when a contact was \
             added and what was noted."
        }
        NotKept::Todos => "There are no to-dos in this version. Ask \"What is pending?\" for what waits for approval.",
        NotKept::Users => "Who looks after a contact is not kept in this version.",
        NotKept::Scores => "There are no scores and no credits in this version; nothing is charged.",
    }
}

/// A question that was not understood.
pub(super) fn not_understood(question: &Question) -> Answer {
    let mut text =
        "I can't answer that. You can ask, for example: \"How many CEOs at law firms in California are there?\", \
                    \"Who is on the Q1 list?\", \"What is pending?\", \"What do we know about Jane Doe?\" or \"Which \
                    industries are there?\"."
            .to_owned();
    super::say_unread(&mut text, question);
    told(text, json!({ "kind": "not_understood" }))
}
