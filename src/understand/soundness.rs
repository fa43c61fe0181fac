//! What must hold of every request that the reader gives, whatever the text was.
//!
//! It protects the rule that no value is invented: each one has provenance, and each provenance
//! entry is the slice of the text that it says it is. Tests and the fuzz driver ask the same questions.

use serde_json::Value;

use super::request::{Origin, Request};

/// What is wrong with `request` as a reading of `text`; nothing when it is sound.
pub fn faults(text: &str, request: &Request) -> Vec<String> {
    let mut found: Vec<String> = request
        .provenance
        .iter()
        .filter(|entry| entry.from == Origin::Request)
        .filter(|entry| {
            let words = entry.start.zip(entry.end).and_then(|(start, end)| text.get(start..end));
            words.is_none() || words != entry.text.as_deref()
        })
        .map(|entry| format!("the provenance of {} {} is not what the text says there", entry.slot, entry.value))
        .collect();
    match serde_json::to_value(request) {
        Ok(whole) => {
            values_without_provenance("", &whole["slots"], request, &mut found);
            match serde_json::from_value::<Request>(whole) {
                Ok(back) if back == *request => {}
                _ => found.push("it does not come back from its JSON".to_owned()),
            }
        }
        Err(error) => found.push(format!("it cannot be written as JSON: {error}")),
    }
    found
}

fn values_without_provenance(prefix: &str, slots: &Value, request: &Request, found: &mut Vec<String>) {
    let Value::Object(slots) = slots else { return };
    for (slot, value) in slots {
        let name = format!("{prefix}{slot}");
        let mut note = |name: &str, value: &Value| {
            if !request.provenance.iter().any(|entry| entry.slot == name && entry.value == *value) {
                found.push(format!("{name} {value} has no provenance"));
            }
        };
        match value {
            Value::Null => {}
            Value::Object(fields) if slot == "changes" => {
                for field in fields.keys() {
                    let wanted = format!("changes.{field}");
                    if !request.provenance.iter().any(|entry| entry.slot == wanted) {
                        found.push(format!("{wanted} has no provenance"));
                    }
                }
            }
            Value::Object(_) if slot == "exclude" || slot == "search" => {
                values_without_provenance(&format!("{name}."), value, request, found);
            }
            Value::Array(values) => values.iter().for_each(|value| note(&name, value)),
            value => note(&name, value),
        }
    }
}
