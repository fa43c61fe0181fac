//! What questions ask, as a table: the question, and what is read from it.

use std::fmt::Write as _;

use super::*;
use crate::understand::describe;

/// A question in one line: its kind, then what else it says.
fn line(text: &str) -> String {
    let question = read(text);
    let mut line = format!("{:?}", question.kind);
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = write!(line, ", {name} {value}");
        }
    };
    add("whom", question.search.as_ref().map(describe));
    add("list", question.list.map(|list| if let Pointed::Named(name) = list { name } else { "here".to_owned() }));
    add("name", question.name);
    add("matter", question.matter);
    add("tag", question.tag);
    add("field", question.field.map(|(field, filled)| format!("{field:?} {filled}")));
    add("period", question.period.map(|period| format!("{period:?}")));
    add("task", question.task_id);
    add("status", question.status.map(|status| format!("{status:?}")));
    add("called", question.called);
    add("unread", (!question.unread.is_empty()).then(|| question.unread.join("|")));
    line
}

#[track_caller]
fn assert_read(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(text, expected)| {
            let read = line(text);
            (read != *expected).then(|| format!("{text}\n    read     {read}\n    expected {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}
