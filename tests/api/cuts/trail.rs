//! The chain over the log of events, as the command line checks it: the database itself, and an export of it.

use serde_json::Value;

use crate::support::{Installation, process::Said};

/// What is wrong with the log in the database. What is not sealed yet must be named, one behind the other, and nothing else;
/// with `all_sealed` there must be nothing that is not.
pub(super) fn complaints(home: &Installation, trust: &[String], all_sealed: bool) -> Vec<String> {
    let said = home.run(&with_trust(&["audit", "verify", "--json"], trust));
    let checked: Value = serde_json::from_str(&said.out).unwrap_or_default();
    let mut complaints = broken(&said, &checked);
    for workspace in checked["workspaces"].as_array().into_iter().flatten() {
        let sealed = workspace["sealed"].as_i64().expect("a number");
        let named = workspace["tail_events"].as_array().expect("events");
        let follow = (sealed + 1..).zip(named).all(|(next, event)| event[0] == next || event[0].is_null());
        let tail = workspace["tail"].as_u64().unwrap_or(u64::MAX);
        if !follow || (named.len() as u64) != tail.min(20) || (all_sealed && tail > 0) {
            complaints.push(format!("the tail behind {sealed} is not as it should be: {workspace}"));
        }
    }
    complaints
}

/// What is wrong with an export, which is checked alone.
pub(super) fn of_export(home: &Installation, trust: &[String]) -> Vec<String> {
    let file = home.folder().join("audit.ndjson");
    let file = file.to_string_lossy();
    let _ = std::fs::remove_file(&*file);
    home.lexi(&["audit", "export", "--out", &file]);
    let said = home.run(&with_trust(&["audit", "verify", &file, "--json"], trust));
    broken(&said, &serde_json::from_str(&said.out).unwrap_or_default())
}

/// The public half of the key that a server signs with, whose data is in this folder.
pub(super) fn key(home: &Installation, folder: &std::path::Path) -> String {
    home.lexi(&["audit", "key", "--data", &folder.to_string_lossy()]).trim().to_owned()
}

fn broken(said: &Said, checked: &Value) -> Vec<String> {
    if said.code == 0 && checked["ok"] == true {
        return Vec::new();
    }
    vec![format!("the log does not verify: {}{}", said.out, said.err)]
}

fn with_trust<'a>(arguments: &[&'a str], trust: &'a [String]) -> Vec<&'a str> {
    let trusted = trust.iter().flat_map(|key| ["--trust", key.as_str()]);
    arguments.iter().copied().chain(trusted).collect()
}
