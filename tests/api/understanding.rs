//! How well requests are understood, as figures: our own set of requests with answers, in two parts. What the tests hold
//! is the floor below which no change may bring them.

use std::process::Command;

use serde_json::Value;

/// The figures of a part of the set.
fn figures(part: &str) -> Value {
    let set = concat!(env!("CARGO_MANIFEST_DIR"), "/eval/requests.jsonl");
    let output = Command::new(env!("CARGO_BIN_EXE_lexi"))
        .args(["understand", "--score", set, "--split", part, "--json"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn assert_reaches(part: &str, floors: &[(&str, f64)], invented: f64) {
    let figures = figures(part);
    for (name, floor) in floors {
        let reached = figures.pointer(name).and_then(Value::as_f64).unwrap();
        assert!(reached >= *floor, "{part}: {name} is {reached}, below {floor}");
    }
    let unsafe_confusions = figures["unsafe_confusions"].as_array().unwrap();
    assert!(unsafe_confusions.is_empty(), "{part}: {unsafe_confusions:?}");
    let reached = figures["invented_constraints"].as_f64().unwrap();
    assert!(reached <= invented, "{part}: {reached} of the constraints are invented");
}

#[test]
fn what_the_reader_was_improved_with_stays_understood() {
    let floors = [("/intent_accuracy", 0.99), ("/slots/f1", 0.985), ("/exact_frame", 0.97), ("/ambiguity_shown", 0.7)];
    assert_reaches("open", &floors, 0.005);
}

#[test]
fn requests_that_nobody_had_read_are_understood_too() {
    let floors = [("/intent_accuracy", 0.955), ("/slots/f1", 0.91), ("/exact_frame", 0.80)];
    assert_reaches("held", &floors, 0.02);
}

#[test]
fn a_set_that_is_none_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set.jsonl");
    std::fs::write(&set, "{\"id\": \"1\", \"text\": \"Find CEOs\", \"intent\": \"prospect_search\"}\n{\"id\": 2}\n")
        .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_lexi")).args(["understand", "--score"]).arg(&set).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Line 2"), "{output:?}");
}
