//! The tools: what each takes, and the request it is.

use std::sync::Arc;

use axum::http::Method;
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::error::quoted;

/// The header that says that an agent decides; the API is stricter then.
pub const AGENT_HEADER: &str = "x-lexi-agent";

/// A request to the API.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// GET or POST.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// Of a POST.
    pub body: Option<Value>,
}

/// Why a call is none.
#[derive(Debug, PartialEq)]
pub(super) enum Wrong {
    /// No tool has the name.
    NoSuchTool,
    /// What is wrong with the arguments, and what to do.
    Arguments(String),
}

/// What an argument must be.
#[derive(Clone, Copy)]
enum Is {
    /// Text.
    Text,
    /// A UUID: it becomes part of a path.
    Id,
    /// A whole number, from and to.
    Number(u64, u64),
    /// A list of UUIDs.
    Ids,
}

/// An argument: name, what it must be, whether it must be there, and what it means.
type Argument = (&'static str, Is, bool, &'static str);

/// One tool.
struct Spec {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    arguments: &'static [Argument],
    /// What the tool does to the workspace.
    does: Does,
}

#[derive(Clone, Copy, PartialEq)]
enum Does {
    /// It looks.
    Looks,
    /// It may propose.
    Proposes,
    /// It decides: what follows can't be taken back in general.
    Decides,
}

const TASK_ID: Argument = ("task_id", Is::Id, true, "The task's id.");
const PLAN_HASH: Argument =
    ("plan_hash", Is::Text, true, "plan_hash of the task as it was shown: exactly that plan is decided about.");

const SPECS: [Spec; 6] = [
    Spec {
        name: "ask",
        title: "Ask Lexi",
        about: "Ask Lexi in plain words, for example \"Find 50 CEOs at law firms in California\". Questions are answered \
                at once; what would change something becomes a pending task (data.task_id) that waits for a decision.",
        arguments: &[
            ("message", Is::Text, true, "What is wanted, at most 12,000 characters."),
            ("conversation_id", Is::Id, false, "Goes on with a conversation; its id stands in each answer."),
        ],
        does: Does::Proposes,
    },
    Spec {
        name: "list_tasks",
        title: "List tasks",
        about: "List Lexi's tasks, those that entered their present state last first.",
        arguments: &[
            ("status", Is::Text, false, "pending (default), approved, dismissed, completed, failed or all."),
            ("type", Is::Text, false, "Only tasks of this type, for example prospect_search."),
            ("page", Is::Number(1, 1_000_000), false, "Counted from 1."),
            ("per_page", Is::Number(1, 100), false, "At most 100."),
        ],
        does: Does::Looks,
    },
    Spec {
        name: "show_task",
        title: "Show a task",
        about: "Show a task with its plan, plan_hash, preview, revisions, votes, decision, progress and result.",
        arguments: &[TASK_ID, ("revision", Is::Number(1, 100), false, "As it was at this revision.")],
        does: Does::Looks,
    },
    Spec {
        name: "watch_task",
        title: "Watch a task",
        about: "Wait until a task leaves its present state, then show it; shows it at the latest after wait_seconds.",
        arguments: &[TASK_ID, ("wait_seconds", Is::Number(1, 60), false, "30 when left out, at most 60.")],
        does: Does::Looks,
    },
    Spec {
        name: "approve_task",
        title: "Approve a task",
        about: "Approve a pending task: exactly the plan named by plan_hash is carried out, once and to the end. Only \
                for keys of kind service with lexi:approve, and never for a task the same key proposed.",
        arguments: &[
            TASK_ID,
            PLAN_HASH,
            ("only", Is::Ids, false, "Approve only these ids of the selection; the rest is declined."),
            ("reason", Is::Text, false, "Why; some rules want it."),
        ],
        does: Does::Decides,
    },
    Spec {
        name: "dismiss_task",
        title: "Dismiss a task",
        about: "Dismiss a pending task for good. Only for keys of kind service with lexi:approve, and never for a task \
                the same key proposed.",
        arguments: &[TASK_ID, PLAN_HASH, ("reason", Is::Text, false, "Why, at most 2,000 characters.")],
        does: Does::Decides,
    },
];

/// All tools as the protocol lists them.
pub(super) fn all() -> Vec<Tool> {
    SPECS
        .iter()
        .map(|spec| {
            let annotations = ToolAnnotations::with_title(spec.title)
                .read_only(spec.does == Does::Looks)
                .destructive(spec.does == Does::Decides);
            let mut tool = Tool::new(spec.name, spec.about, Arc::new(schema(spec.arguments)));
            tool.title = Some(spec.title.to_owned());
            tool.annotations = Some(annotations);
            tool
        })
        .collect()
}

/// The JSON Schema of a tool's arguments.
fn schema(arguments: &[Argument]) -> JsonObject {
    let properties: Map<String, Value> = arguments
        .iter()
        .map(|(name, is, _, about)| {
            let mut property = match is {
                Is::Text => json!({ "type": "string" }),
                Is::Id => json!({ "type": "string", "format": "uuid" }),
                Is::Number(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
                Is::Ids => json!({ "type": "array", "items": { "type": "string", "format": "uuid" } }),
            };
            property["description"] = json!(about);
            ((*name).to_owned(), property)
        })
        .collect();
    let required: Vec<&str> = arguments.iter().filter(|argument| argument.2).map(|argument| argument.0).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    schema.insert("required".to_owned(), json!(required));
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}

/// The request that a call of a tool is.
pub(super) fn call(name: &str, arguments: &Map<String, Value>) -> Result<Call, Wrong> {
    let spec = SPECS.iter().find(|spec| spec.name == name).ok_or(Wrong::NoSuchTool)?;
    check(spec, arguments).map_err(Wrong::Arguments)?;
    let task = || format!("/v1/lexi/tasks/{}", arguments["task_id"].as_str().unwrap_or_default());
    let look = |path: String| Call { method: Method::GET, path, body: None };
    Ok(match name {
        "ask" => {
            let mut body = json!({ "message": arguments["message"] });
            if let Some(id) = arguments.get("conversation_id") {
                body["context"] = json!({ "conversation_id": id });
            }
            Call { method: Method::POST, path: "/v1/lexi/chat".to_owned(), body: Some(body) }
        }
        "list_tasks" => look(format!("/v1/lexi/tasks?{}", pairs(arguments))),
        "show_task" => match arguments.get("revision") {
            Some(revision) => look(format!("{}?revision={revision}", task())),
            None => look(task()),
        },
        "watch_task" => {
            let wait = arguments.get("wait_seconds").and_then(Value::as_u64).unwrap_or(30);
            look(format!("{}?wait={wait}", task()))
        }
        decides => {
            let verb = if decides == "approve_task" { "approve" } else { "dismiss" };
            let body = arguments.iter().filter(|(name, _)| *name != "task_id");
            let body = body.map(|(name, value)| (name.clone(), value.clone())).collect();
            Call { method: Method::POST, path: format!("{}/{verb}", task()), body: Some(Value::Object(body)) }
        }
    })
}

/// Arguments as a query string. Their values are letters, digits and underscores, or the API refuses them.
fn pairs(arguments: &Map<String, Value>) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let safe = |value: &str| value.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
    let pair = |(name, value): (&String, &Value)| format!("{name}={}", safe(&text(value)));
    arguments.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn check(spec: &Spec, arguments: &Map<String, Value>) -> Result<(), String> {
    if let Some(unknown) = arguments.keys().find(|name| !spec.arguments.iter().any(|argument| argument.0 == *name)) {
        let known: Vec<&str> = spec.arguments.iter().map(|argument| argument.0).collect();
        let known = known.join(", ");
        return Err(format!("{} takes no argument \"{}\". It takes: {known}.", spec.name, quoted(unknown)));
    }
    for (name, is, required, _) in spec.arguments {
        let Some(value) = arguments.get(*name) else {
            if *required {
                return Err(format!("{name} is missing."));
            }
            continue;
        };
        let is_id = |value: &Value| value.as_str().is_some_and(|text| Uuid::try_parse(text).is_ok());
        let good = match is {
            Is::Text => value.as_str().is_some_and(|text| !text.trim().is_empty()),
            Is::Id => is_id(value),
            Is::Number(least, most) => value.as_u64().is_some_and(|number| (*least..=*most).contains(&number)),
            Is::Ids => value.as_array().is_some_and(|ids| !ids.is_empty() && ids.iter().all(is_id)),
        };
        if !good {
            return Err(match is {
                Is::Text => format!("{name} must be text that is not empty."),
                Is::Id => format!("{name} must be a UUID, got {}.", quoted(&value.to_string())),
                Is::Number(least, most) => format!("{name} must be a whole number from {least} to {most}."),
                Is::Ids => format!("{name} must be a list of UUIDs with at least one."),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0193a000-0000-7000-8000-000000000001";

    #[expect(clippy::needless_pass_by_value, reason = "written in place")]
    fn called(name: &str, arguments: Value) -> Result<Call, Wrong> {
        call(name, arguments.as_object().unwrap())
    }

    #[test]
    fn each_tool_is_one_request() {
        for (name, arguments, method, path, body) in [
            (
                "ask",
                json!({ "message": "Hi" }),
                Method::POST,
                "/v1/lexi/chat".to_owned(),
                Some(json!({ "message": "Hi" })),
            ),
            (
                "list_tasks",
                json!({ "status": "all", "page": 2 }),
                Method::GET,
                "/v1/lexi/tasks?page=2&status=all".to_owned(),
                None,
            ),
            (
                "show_task",
                json!({ "task_id": ID, "revision": 2 }),
                Method::GET,
                format!("/v1/lexi/tasks/{ID}?revision=2"),
                None,
            ),
            ("watch_task", json!({ "task_id": ID }), Method::GET, format!("/v1/lexi/tasks/{ID}?wait=30"), None),
            (
                "approve_task",
                json!({ "task_id": ID, "plan_hash": "ab", "reason": "Fits" }),
                Method::POST,
                format!("/v1/lexi/tasks/{ID}/approve"),
                Some(json!({ "plan_hash": "ab", "reason": "Fits" })),
            ),
        ] {
            assert_eq!(called(name, arguments), Ok(Call { method, path, body }), "{name}");
        }
    }

    #[test]
    fn arguments_that_are_missing_unknown_or_wrong_are_named() {
        for (name, arguments, part) in [
            ("ask", json!({}), "message is missing"),
            ("ask", json!({ "message": " " }), "message must be text"),
            ("ask", json!({ "message": "Hi", "approve": true }), "no argument \"approve\""),
            ("show_task", json!({ "task_id": "../keys" }), "task_id must be a UUID"),
            ("approve_task", json!({ "task_id": ID }), "plan_hash is missing"),
            ("watch_task", json!({ "task_id": ID, "wait_seconds": 61 }), "from 1 to 60"),
            ("approve_task", json!({ "task_id": ID, "plan_hash": "ab", "only": [] }), "at least one"),
        ] {
            match called(name, arguments) {
                Err(Wrong::Arguments(why)) => assert!(why.contains(part), "{why}"),
                other => panic!("{name}: {other:?}"),
            }
        }
        assert_eq!(called("delete_everything", json!({})), Err(Wrong::NoSuchTool));
    }

    #[test]
    fn a_query_holds_nothing_that_could_be_another_one() {
        let call = called("list_tasks", json!({ "status": "all&type=x#" })).unwrap();
        assert_eq!(call.path, "/v1/lexi/tasks?status=alltypex");
    }
}
