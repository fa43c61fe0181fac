//! Lexi's answer as server-sent events: `thinking`, `tool_step`, `text`, `task` and `done`, then `[DONE]`.
//!
//! Protects "a client that drops the line loses nothing": the whole turn (both messages, and the task if one was
//! proposed) is committed before the first event is sent. The events are a rendering of the answer that the plain chat
//! gives, so a repeated request with the same `Idempotency-Key` gets the same events and nothing happens twice. What goes
//! wrong goes wrong before the first event, and is an ordinary error in JSON.

use std::collections::VecDeque;

use bytes::Bytes;
use serde_json::{Value, json};

/// Characters of one `text` event, at most; words stay whole where they are shorter.
const DELTA_CHARS: usize = 80;
/// The events of one turn, in order, out of the `data` that the plain chat answers.
pub(super) fn of(answer: &Value) -> VecDeque<Bytes> {
    let mut events = VecDeque::from([event("thinking", &json!({ "text": "I read your message." }))]);
    let intent = answer["request"]["intent"].as_str().unwrap_or("other");
    let mut step = |tool: &str, summary: &str| {
        for (status, summary) in [("started", begun(tool)), ("completed", summary)] {
            events.push_back(event("tool_step", &json!({ "tool": tool, "status": status, "summary": summary })));
        }
    };
    step("understand", intent);
    for looked in answer["steps"].as_array().into_iter().flatten() {
        step(looked["tool"].as_str().unwrap_or_default(), looked["summary"].as_str().unwrap_or_default());
    }
    for delta in deltas(answer["response"].as_str().unwrap_or_default()) {
        events.push_back(event("text", &json!({ "delta": delta, "conversation_id": answer["conversation_id"] })));
    }
    let task = &answer["task"];
    if !task.is_null() {
        events.push_back(event(
            "task",
            &json!({
                "id": task["id"], "type": task["type"], "status": task["status"], "description": task["description"],
                "plan_hash": task["plan_hash"], "requires_approval": answer["requires_approval"],
            }),
        ));
    }
    events.push_back(event("done", &json!({ "credits_remaining": null, "message_id": answer["message_id"] })));
    events.push_back(Bytes::from_static(b"data: [DONE]\n\n"));
    events
}

/// What a step begins with, in words.
fn begun(tool: &str) -> &'static str {
    match tool.split('.').next().unwrap_or(tool) {
        "understand" => "Reading the request",
        "prospects" => "Looking at the prospects",
        "contacts" => "Looking at the contacts",
        "companies" => "Looking at the companies",
        "lists" => "Looking at the lists",
        "notes" => "Looking at the notes",
        "tasks" => "Looking at the tasks",
        _ => "Looking it up",
    }
}

fn event(name: &str, data: &Value) -> Bytes {
    // JSON holds no line end, so one `data` line is enough.
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}

/// A text in parts that make it up again when they are put together.
fn deltas(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let most = rest.char_indices().nth(DELTA_CHARS).map_or(rest.len(), |(at, _)| at);
        let cut = if most == rest.len() { most } else { rest[..most].rfind(' ').map_or(most, |at| at + 1) };
        let (part, behind) = rest.split_at(cut);
        parts.push(part);
        rest = behind;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(answer: &Value) -> String {
        of(answer).iter().map(|event| String::from_utf8_lossy(event).into_owned()).collect()
    }

    #[test]
    fn the_parts_of_a_text_make_it_up_again() {
        for text in ["", "short", &"word ".repeat(100), &"ünbroken".repeat(40), "a\nb"] {
            let parts = deltas(text);
            assert_eq!(parts.concat(), text);
            assert!(parts.iter().all(|part| !part.is_empty() && part.chars().count() <= DELTA_CHARS + 1), "{parts:?}");
        }
    }

    #[test]
    fn the_last_event_is_done_and_then_comes_the_published_end() {
        let text = whole(&json!({ "response": "Hello.", "conversation_id": "c", "message_id": "m", "task": null }));
        assert!(text.starts_with("event: thinking\ndata: {\"text\":"), "{text}");
        assert!(text.contains("event: text\ndata: {\"conversation_id\":\"c\",\"delta\":\"Hello.\"}\n\n"), "{text}");
        let end = "event: done\ndata: {\"credits_remaining\":null,\"message_id\":\"m\"}\n\ndata: [DONE]\n\n";
        assert!(text.ends_with(end), "{text}");
    }
}
