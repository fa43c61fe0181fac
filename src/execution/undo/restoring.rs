//! Which fields of a record can get back what stood there: those in which the value the task wrote still stands. Pure.

use serde_json::{Map, Value};

/// Fields that say one thing together: a first name is not taken back from under a full name that somebody changed.
const NAMES: [&str; 3] = ["first_name", "last_name", "full_name"];

/// What can be restored of a record.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Restorable {
    /// Field → the value it had.
    pub(super) values: Map<String, Value>,
    /// The fields of the task that were changed since.
    pub(super) kept: Vec<String>,
}

/// Compares a record as it is `now` with what a task noted of each field it changed: `field`, `before`, `after`.
pub(super) fn restorable(now: &Value, image: &Value) -> Restorable {
    let mut found = Restorable::default();
    let changes: Vec<&Value> = image.as_array().into_iter().flatten().collect();
    let field_of = |change: &Value| change["field"].as_str().unwrap_or_default().to_owned();
    let stands = |change: &Value| now[field_of(change).as_str()] == change["after"];
    let names = |change: &Value| NAMES.contains(&field_of(change).as_str());
    let name_stands = changes.iter().filter(|change| names(change)).all(|change| stands(change));
    for change in changes {
        let field = field_of(change);
        match field.as_str() {
            "tags" => tags(&now["tags"], change, &mut found),
            "custom_fields" => custom_fields(&now["custom_fields"], change, &mut found),
            _ if stands(change) && (!names(change) || name_stands) => {
                found.values.insert(field, change["before"].clone());
            }
            _ => found.kept.push(field),
        }
    }
    found
}

/// Tags that the task added go, if they are still there; those it took away come back.
fn tags(now: &Value, change: &Value, found: &mut Restorable) {
    let (before, after) = (&change["before"], &change["after"]);
    if now == after {
        found.values.insert("tags".to_owned(), before.clone());
        return;
    }
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (now, before, after) = (list(now), list(before), list(after));
    let added = |tag: &Value| after.contains(tag) && !before.contains(tag);
    let mut tags: Vec<Value> = now.iter().filter(|tag| !added(tag)).cloned().collect();
    let back = before.iter().filter(|tag| !after.contains(tag) && !now.contains(tag));
    tags.extend(back.cloned());
    if tags == now {
        found.kept.push("tags".to_owned());
    } else {
        found.values.insert("tags".to_owned(), Value::Array(tags));
    }
}

/// Of the custom fields each for itself.
fn custom_fields(now: &Value, change: &Value, found: &mut Restorable) {
    let object = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let (before, after) = (object(&change["before"]), object(&change["after"]));
    let now = object(now);
    let mut fields = now.clone();
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for name in names.into_iter().filter(|name| before.get(*name) != after.get(*name)) {
        if now.get(name) != after.get(name) {
            found.kept.push(format!("custom_fields.{name}"));
            continue;
        }
        match before.get(name) {
            Some(value) => fields.insert(name.clone(), value.clone()),
            None => fields.remove(name),
        };
    }
    if fields != now {
        found.values.insert("custom_fields".to_owned(), Value::Object(fields));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(values: Value, kept: &[&str]) -> Restorable {
        let Value::Object(values) = values else { panic!("an object") };
        Restorable { values, kept: kept.iter().map(|field| (*field).to_owned()).collect() }
    }

    #[test]
    fn a_field_is_restored_where_the_value_of_the_task_still_stands() {
        let image = json!([
            { "field": "phone", "before": null, "after": "1" },
            { "field": "email", "before": "a@x.example", "after": "b@x.example" },
        ]);
        let now = json!({ "phone": "1", "email": "c@x.example" });
        assert_eq!(restorable(&now, &image), found(json!({ "phone": null }), &["email"]));
    }

    #[test]
    fn a_name_is_restored_as_a_whole_or_not_at_all() {
        let image = json!([
            { "field": "first_name", "before": "Jane", "after": "Joan" },
            { "field": "full_name", "before": "Jane Doe", "after": "Joan Doe" },
        ]);
        let now = json!({ "first_name": "Joan", "last_name": "Roe", "full_name": "Joan Roe" });
        assert_eq!(restorable(&now, &image), found(json!({}), &["first_name", "full_name"]));
        let now = json!({ "first_name": "Joan", "last_name": "Doe", "full_name": "Joan Doe" });
        let values = json!({ "first_name": "Jane", "full_name": "Jane Doe" });
        assert_eq!(restorable(&now, &image), found(values, &[]));
    }

    #[test]
    fn tags_of_others_stay_and_those_of_the_task_go() {
        let image = json!([{ "field": "tags", "before": ["a", "b"], "after": ["a", "c"] }]);
        let at = |now: Value| restorable(&json!({ "tags": now }), &image);
        assert_eq!(at(json!(["a", "c"])), found(json!({ "tags": ["a", "b"] }), &[]));
        assert_eq!(at(json!(["c", "x"])), found(json!({ "tags": ["x", "b"] }), &[]));
        assert_eq!(at(json!(["x", "b"])), found(json!({}), &["tags"]), "somebody did it already");
    }

    #[test]
    fn custom_fields_are_restored_one_by_one() {
        let image =
            json!([{ "field": "custom_fields", "before": { "a": 1, "b": 2 }, "after": { "a": 9, "c": 3, "b": 2 } }]);
        let at = |now: Value| restorable(&json!({ "custom_fields": now }), &image);
        let now = json!({ "a": 9, "b": 2, "c": 3, "d": 4 });
        assert_eq!(at(now), found(json!({ "custom_fields": { "a": 1, "b": 2, "d": 4 } }), &[]));
        let now = json!({ "a": 7, "b": 2, "c": 3 });
        assert_eq!(at(now), found(json!({ "custom_fields": { "a": 7, "b": 2 } }), &["custom_fields.a"]));
    }
}
