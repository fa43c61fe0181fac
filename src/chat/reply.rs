//! Lexi's words. Pure: what is said follows from what was understood and counted.

use std::fmt::Write as _;

use crate::execution::ByPolicy;
use crate::execution::prospect_search::{LIMIT_MAX, ListBy, Parameters, Prepared, Preview};
use crate::tasks::{Standing, Task};
use crate::understand::{Intent, Request};
use serde::Deserialize as _;

/// Alternatives that are said; the preview has all of them.
const ALTERNATIVES_SAID: usize = 3;
/// Requests that work, for whoever was not understood.
const EXAMPLES: [&str; 2] = ["Find 50 CEOs at law firms in California", "Find 20 general counsels at banks in Texas"];

/// What Lexi asks back. What was read and what was not is said beside the question.
pub(super) fn ask(request: &Request, question: &str) -> String {
    let mut text = question.to_owned();
    say_unread(&mut text, request);
    text
}

/// A search becomes a proposal.
pub(super) fn proposal(request: &Request, prepared: &Prepared) -> String {
    let preview = &prepared.preview;
    let limit = prepared.plan.parameters["limit"].as_u64().unwrap_or(0);
    let mut text = if preview.matched == 0 { nobody(preview) } else { found(preview, limit, prepared) };
    say_alternatives(&mut text, preview, limit);
    let offered = preview.title_expansion.as_ref().filter(|offer| !offer.applied && offer.would_add > 0);
    if let Some(offer) = offered.filter(|_| preview.alternatives.is_empty()) {
        let titles = offer.titles.join(", ");
        let people = number(offer.would_add);
        let _ = write!(text, " Law firms also call this office {titles}: that would bring {people} more (off).");
    }
    let asked = request.search().and_then(|search| search.count).unwrap_or(0);
    if asked > LIMIT_MAX {
        let _ = write!(text, " You asked for {}; one task takes at most 10,000.", number(asked.into()));
    }
    for assumption in &request.assumptions {
        let _ = write!(text, " {}", sentence(assumption));
    }
    let not_applied = prepared.plan.parameters["filters"]["not_applied"].as_array();
    let not_applied: Vec<&str> = not_applied.into_iter().flatten().filter_map(|value| value.as_str()).collect();
    if !not_applied.is_empty() {
        let _ = write!(text, " Not applied, because I can't judge it: {}.", not_applied.join(", "));
    }
    say_unread(&mut text, request);
    text
}

fn found(preview: &Preview, limit: u64, prepared: &Prepared) -> String {
    let mut text = format!("{} {}.", people(preview.matched), if preview.matched == 1 { "fits" } else { "fit" });
    if preview.suppressed > 0 {
        let _ = write!(
            text,
            " {} of them must not be contacted and {} left out.",
            number(preview.suppressed),
            is(preview.suppressed)
        );
    }
    if preview.selected == 0 {
        text.push_str(" Nobody is left to add; you can dismiss this task or change the request.");
        return text;
    }
    let by = Parameters::deserialize(&prepared.plan.parameters).map(|parameters| parameters.list_by);
    let new = matches!(by, Ok(ListBy::Task)) || preview.list_id.is_none();
    let list = if new { "a new list" } else { "the list" };
    let these = match preview.selected {
        1 => "this person".to_owned(),
        n if n == preview.matched => format!("all {}", number(n)),
        n => format!("{} of them", number(n)),
    };
    if preview.selected < limit && limit != u64::from(LIMIT_MAX) && preview.alternatives.is_empty() {
        let _ = write!(text, " You asked for {}.", number(limit));
    }
    let _ = write!(text, " Approve, and I add {these} to {list}, \"{}\".", preview.list_name);
    if preview.already_contacts > 0 {
        let (n, verb) = (number(preview.already_contacts), is(preview.already_contacts));
        let _ = write!(text, " {n} of these {verb} already your contacts and only put on the list.");
    }
    text
}

fn nobody(preview: &Preview) -> String {
    let mut text = "Nobody in the prospect database fits.".to_owned();
    if preview.alternatives.is_empty() {
        text.push_str(" Load people with `lexi prospects import`, or ask for others.");
    }
    text.push_str(" Approving this task would add nobody.");
    text
}

/// A policy approved what was proposed.
pub(super) fn approved_by(by: &ByPolicy) -> String {
    let then = match &by.started.starts_at {
        Some(starts_at) => format!("it begins at {starts_at} and can be retracted until then"),
        None => "its work has begun".to_owned(),
    };
    format!(
        "The policy \"{}\" (version {}) has approved this already, so nothing is left to approve: {then}.",
        by.policy.name, by.policy.version
    )
}

/// What a follow-up changed, and what it became: a revision of the task that waits, or a new task.
pub(super) fn changed(words: &[String], standing: Option<&Standing>, task: &Task) -> String {
    let what = if words.is_empty() { "onto another list".to_owned() } else { words.join("; ") };
    match standing {
        Some(standing) if standing.can_be_revised() => {
            format!("Changed: {what}. This is revision {} of the task.", standing.revision + 1)
        }
        Some(standing) if standing.is_pending && standing.is_the_callers => {
            format!("Changed: {what}. The task was changed too often, so this is a new one; dismiss the other.")
        }
        Some(standing) if standing.is_pending => {
            format!("Changed: {what}. The earlier task is somebody else's and still waits, so this is a new one.")
        }
        _ => format!("Changed: {what}. The earlier task {}, so this is a new one.", now(task)),
    }
}

/// A follow-up that asks what the task asks already.
pub(super) fn nothing_changed(task: &Task) -> String {
    format!("That is what the task asks already, so nothing was changed. It {}.", now(task))
}

/// "Yes" in a chat approves nothing.
pub(super) fn how_to_approve(task: &Task) -> String {
    match task.status {
        "pending" => format!(
            "I can't approve a task from a chat. It waits for you: approve it with \"lexi tasks approve {0}\" or \
             POST /v1/lexi/tasks/{0}/approve and plan_hash {1}. It would: {2}.",
            task.id, task.plan_hash, task.description
        ),
        _ => format!("There is nothing to approve: the last task {}.", now(task)),
    }
}

/// "Never mind" in a chat dismisses nothing.
pub(super) fn how_to_dismiss(task: &Task) -> String {
    match task.status {
        "pending" => format!(
            "Nothing was done. The task still waits until {1}; a chat can't dismiss it. Do it with \
             \"lexi tasks dismiss {0}\" or POST /v1/lexi/tasks/{0}/dismiss.",
            task.id, task.expires_at
        ),
        _ => format!("There is nothing to call off: the last task {}.", now(task)),
    }
}

/// Somebody changed or decided the task between Lexi's look and her answer.
pub(super) fn overtaken(why: &str) -> String {
    format!("Meanwhile somebody was faster, so I changed nothing: {} Say it once more.", sentence(why))
}

/// What became of a task, behind "the task".
fn now(task: &Task) -> &'static str {
    match task.status {
        "pending" => "waits for a decision",
        "approved" => "was approved and is under way",
        "dismissed" => "was dismissed",
        "completed" => "is done",
        _ => "has failed",
    }
}

/// What this version can't do is said plainly; no task is made.
pub(super) fn cannot_yet(request: &Request) -> String {
    let what = match request.intent {
        Intent::Question => "I can't answer questions about your data in this version",
        Intent::CampaignStart | Intent::CampaignCreate => "I can't work on campaigns in this version",
        Intent::ContactUpdate => "I can't change contacts from a chat in this version; the contact routes can",
        Intent::ListOperation => "I can't change lists from a chat in this version; the list routes can",
        Intent::ProspectSearch | Intent::Other => "I find people for you and put them on a list",
    };
    format!(
        "{what}. Nothing was changed. You can ask me for people, for example \"{}\" or \"{}\".",
        EXAMPLES[0], EXAMPLES[1]
    )
}

/// What is said when nothing beyond the conversation may be looked at.
pub(super) fn conversation_only(asked: Option<&str>, answered: Option<&str>) -> String {
    let mut text =
        "You asked me to look at nothing beyond this conversation, so I looked nothing up and propose nothing."
            .to_owned();
    if let (Some(asked), Some(answered)) = (asked, answered) {
        let _ = write!(text, " Last you said: \"{}\" I answered: \"{}\"", shortened(asked), shortened(answered));
    }
    text.push_str(" Leave out \"allow_tools\": false, and I look it up.");
    text
}

/// Earlier words, cut where they are long.
fn shortened(text: &str) -> String {
    const REPEATED_MAX: usize = 500;
    let mut shown: String = text.chars().take(REPEATED_MAX).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Companies alone can't be put on a list of contacts.
pub(super) fn companies() -> String {
    format!(
        "I find people, not companies, in this version. Say whom you look for there, for example \"{}\".",
        EXAMPLES[0]
    )
}

/// A list to be excluded does not exist.
pub(super) fn no_such_list(name: &str) -> String {
    format!("There is no list \"{name}\" here. Which list should be left out?")
}

/// The task in one line.
pub(super) fn description(prepared: &Prepared, words: &str) -> String {
    let preview = &prepared.preview;
    format!("Add {} to \"{}\": {words}", people(preview.selected), preview.list_name)
}

/// "50 wanted, 11 found: without “mid-size” 74; with Managing Partners 63; with Nevada 23."
fn say_alternatives(text: &mut String, preview: &Preview, limit: u64) {
    if preview.alternatives.is_empty() {
        return;
    }
    let offers: Vec<String> = preview
        .alternatives
        .iter()
        .take(ALTERNATIVES_SAID)
        .map(|offer| format!("{} {}", offer.text, number(offer.matched)))
        .collect();
    let many = preview.matched > limit;
    let _ = match many {
        true => write!(text, " That is far more than {}: {}.", number(limit), offers.join("; ")),
        false => {
            let found = number(preview.matched - preview.suppressed);
            write!(text, " {} wanted, {found} found: {}.", number(limit), offers.join("; "))
        }
    };
}

/// What was not used is said, never dropped.
pub(super) fn say_unread(text: &mut String, request: &Request) {
    if !request.unread.is_empty() {
        let words: Vec<String> = request.unread.iter().map(|word| format!("\"{word}\"")).collect();
        let _ = write!(text, " I did not use {}.", words.join(", "));
    }
}

pub(super) fn slot_name(slot: &str) -> &str {
    match slot {
        "titles" => "title",
        "seniority" => "level",
        "departments" => "department",
        "industries" => "kind of company",
        "keywords" => "topic",
        "locations" => "place",
        "headcount" => "headcount",
        "revenue" => "revenue",
        other => other,
    }
}

pub(super) fn people(count: u64) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{} people", number(count)) }
}

fn is(count: u64) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// "A, B and C", with the word before the last.
pub(super) fn said_list(names: &[String], word: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

/// 12345 as 12,345.
pub(super) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_commas() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_000), "1,000");
        assert_eq!(number(1_234_567), "1,234,567");
    }
}
