//! "Undo that": the last task of the conversation that was done is proposed to be taken back.
//!
//! Protects rules 1 and 2: an undo from a chat is a proposal like any other and waits for a decision.

use super::{Answer, Context, Reach, references, store};
use crate::contacts::names;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::execution::undo::{self, Numbers, Preview};
use crate::tasks;

/// What asks to take back what was done last, in small letters and without signs.
const ASKS: &[&str] = &[
    "undo",
    "undo it",
    "undo that",
    "undo this",
    "undo that task",
    "undo the task",
    "undo the last task",
    "undo last task",
    "undo my last task",
    "undo the last one",
    "undo the last change",
    "undo the last thing",
    "undo what you did",
    "undo what you just did",
    "take that back",
    "take it back",
    "take this back",
    "take the last task back",
    "take back the last task",
    "take back that",
    "take back what you did",
    "reverse that",
    "reverse the last task",
    "revert that",
    "revert the last task",
    "roll that back",
    "roll it back",
    "roll back the last task",
];
/// Words around a request that change nothing about it.
const POLITE_BEFORE: &[&str] =
    &["please", "lexi", "can you", "could you", "would you", "oh no", "oops", "sorry", "ok", "now"];
const POLITE_BEHIND: &[&str] = &["please", "lexi", "now", "again", "for me", "thanks", "thank you"];

/// Whether a message asks for an undo of what was done last, and for nothing else.
fn asks(message: &str) -> bool {
    let key = names::key(message);
    let mut text = key.as_str();
    loop {
        let before = POLITE_BEFORE.iter().find_map(|word| text.strip_prefix(word)?.strip_prefix(' '));
        let behind = POLITE_BEHIND.iter().find_map(|word| text.strip_suffix(word)?.strip_suffix(' '));
        match before.or(behind) {
            Some(shorter) => text = shorter,
            None => return ASKS.contains(&text),
        }
    }
}

/// The answer to "undo that"; nothing for any other message, and when the last task still waits: then nothing was done,
/// and the answer to "never mind" is the answer.
pub(super) fn answer(tx: &mut Tx, context: &Context<'_>) -> Result<Option<Answer>> {
    if !asks(&context.said.message) || context.said.reach == Reach::Conversation {
        return Ok(None);
    }
    let workspace_id = context.caller.workspace_id;
    if references::last_task(tx, context)?.is_some_and(|task| task.status == "pending" && task.kind != "undo") {
        return Ok(None);
    }
    let last = match context.said.conversation_id {
        Some(id) => store::last_done(tx, workspace_id, id)?,
        None => None,
    };
    let Some(task_id) = last else {
        let text = "Nothing was done in this conversation that could be undone. To undo another task: \
                    \"lexi tasks undo ID\" or POST /v1/lexi/tasks/ID/undo.";
        return Ok(Some(Answer::says(text)));
    };
    let prepared = tasks::to_undo(tx, workspace_id, task_id, context.now_ms)
        .and_then(|undone| undo::prepare(tx, workspace_id, &undone, context.now_ms));
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(Error::Refused(refusal)) => return Ok(Some(Answer::says(refusal.message))),
        Err(error) => return Err(error),
    };
    let text = in_words(&prepared.preview, &prepared.description);
    let preview = serde_json::to_value(&prepared.preview)?;
    let proposal = context.proposal(prepared.plan, preview, prepared.description)?;
    Ok(Some(Answer::proposes(text, proposal)))
}

/// What would be taken back and what stays, in a few sentences.
fn in_words(preview: &Preview, description: &str) -> String {
    let mut text = format!("{description}. I would {}.", deeds(&preview.numbers).join(", "));
    if preview.kept > 0 {
        let stays = if preview.kept == 1 { "1 stays" } else { &format!("{} stay", preview.kept) };
        let reason = preview.kept_records.first().map(|kept| kept.reason.as_str()).unwrap_or_default();
        text.push_str(&format!(" {stays} as it is now, the first because {reason}."));
    }
    text.push_str(" Approve, and I do it.");
    text
}

fn deeds(numbers: &Numbers) -> Vec<String> {
    let of =
        |count: u64, one: &str, many: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {many}") };
    let contacts = |count: u64| of(count, "contact", "contacts");
    let companies = |count: u64| of(count, "company", "companies");
    [
        (numbers.contacts_removed, format!("delete {}", contacts(numbers.contacts_removed))),
        (numbers.companies_removed, format!("delete {}", companies(numbers.companies_removed))),
        (numbers.notes_removed, format!("delete {}", of(numbers.notes_removed, "note", "notes"))),
        (numbers.contacts_restored, format!("change {} back", contacts(numbers.contacts_restored))),
        (numbers.companies_restored, format!("change {} back", companies(numbers.companies_restored))),
        (numbers.taken_off_list, format!("take {} off the list", contacts(numbers.taken_off_list))),
        (numbers.put_back_on_list, format!("put {} back on the list", contacts(numbers.put_back_on_list))),
        (numbers.lists_renamed, "give the list its old name back".to_owned()),
        (numbers.lists_removed, "delete the list".to_owned()),
    ]
    .into_iter()
    .filter_map(|(count, words)| (count > 0).then_some(words))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_undo_of_what_was_done_last_is_one() {
        for yes in
            ["Undo that", "undo the last task!", "Take that back.", "Lexi, please undo that now", "Oops, undo it"]
        {
            assert!(asks(yes), "{yes}");
        }
        for no in ["undo that for Jane", "take Jane back", "don't undo that", "how do I undo that?", "", "please"] {
            assert!(!asks(no), "{no}");
        }
    }
}
