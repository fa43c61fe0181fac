//! What a leaf, a root and a checkpoint are, to the byte.

use super::*;

fn row(number: i64) -> Row {
    Row {
        actor_id: None,
        actor_kind: "system".into(),
        at_ms: 1_764_000_000_000,
        data: "{\"fields\":[\"name\"]}".into(),
        id: format!("0193f2c4-0000-7000-8000-{number:012}"),
        number: Some(number),
        origin_id: None,
        request_id: None,
        subject_id: Some("s".into()),
        task_id: None,
        kind: "workspace.created".into(),
        workspace_id: "w".into(),
    }
}

#[test]
fn the_leaf_of_an_event_is_the_hash_of_its_canonical_json() {
    let text = "{\"actor_id\":null,\"actor_kind\":\"system\",\"at_ms\":1764000000000,\
        \"data\":\"{\\\"fields\\\":[\\\"name\\\"]}\",\"id\":\"0193f2c4-0000-7000-8000-000000000001\",\"number\":1,\
        \"origin_id\":null,\"request_id\":null,\"subject_id\":\"s\",\"task_id\":null,\"type\":\"workspace.created\",\
        \"workspace_id\":\"w\"}";
    assert_eq!(serde_json::to_string(&row(1)).unwrap(), text);
    let sorted: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(sorted.to_string(), text, "the keys stand in the order of the alphabet");
    assert_eq!(leaf(&row(1)), <Hash>::from(Sha256::digest(text)));
}

#[test]
fn a_root_depends_on_the_root_before_and_on_every_leaf_in_its_place() {
    let (one, two) = (leaf(&row(1)), leaf(&row(2)));
    let both = root(&BEGINNING, &[one, two]);
    assert_ne!(both, root(&BEGINNING, &[two, one]));
    assert_ne!(both, root(&one, &[one, two]));
    assert_ne!(both, root(&BEGINNING, &[one]));
}

#[test]
fn a_checkpoint_is_read_from_any_line_that_holds_it() {
    let checkpoint = Checkpoint {
        workspace_id: "w".into(),
        last_number: 57,
        root: "ab".into(),
        sealed_at_ms: 1_764_000_000_000,
        key_id: "cd".into(),
        signature: "ef".into(),
    };
    let text = checkpoint.to_string();
    assert_eq!(text, "lexi-audit-1 w 57 ab 1764000000000 cd ef");
    for line in
        [text.clone(), format!("{{\"message\":\"{text}\",\"target\":\"audit\"}}"), format!("12:00 INFO audit: {text}")]
    {
        assert_eq!(Checkpoint::parse(&line).unwrap(), checkpoint, "{line}");
    }
    for wrong in ["", "lexi-audit-1 w 57", "lexi-audit-1 w x ab 1 cd ef"] {
        assert!(Checkpoint::parse(wrong).unwrap_err().to_string().contains("A checkpoint is a line"), "{wrong}");
    }
}

#[test]
fn hex_digits_give_their_bytes_back() {
    assert_eq!(unhex(&hex(&[0, 1, 254, 255])), Some(vec![0, 1, 254, 255]));
    assert_eq!((unhex("0"), unhex("zz"), unhex("é0")), (None, None, None));
}
