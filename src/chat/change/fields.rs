//! The fields a request names, as the routes of contacts and companies name them. Pure.

use serde_json::{Map, Value, json};

use crate::execution::contact_update::Record;

/// What a contact calls a field that people name.
fn of_contact(field: &str) -> Option<&'static str> {
    Some(match field {
        "email" => "email",
        "phone" => "phone",
        "title" | "job_title" => "job_title",
        "linkedin_url" | "linkedin" => "linkedin_url",
        "first_name" => "first_name",
        "last_name" => "last_name",
        "name" | "full_name" => "full_name",
        "company" | "company_name" => "company_name",
        "priority" => "priority",
        _ => return None,
    })
}

/// What a company calls a field that people name; nothing when it has none of the kind.
fn of_company(field: &str) -> Option<&'static str> {
    Some(match field {
        "name" | "company" | "company_name" => "name",
        "domain" => "domain",
        "website" => "website",
        "industry" => "industry",
        "linkedin_url" | "linkedin" => "linkedin_url",
        "size" | "headcount" => "size",
        "city" => "city",
        "country" => "country",
        _ => return None,
    })
}

/// The changes as the route takes them; what a contact has no field for becomes a custom field.
///
/// # Errors
/// The name of a field that a company does not have.
pub(super) fn changes<'c>(
    record: Record,
    said: impl Iterator<Item = (&'c String, &'c Option<String>)>,
) -> Result<Map<String, Value>, String> {
    let mut changes = Map::new();
    let mut custom = Map::new();
    for (field, value) in said {
        match (record, of_contact(field), of_company(field)) {
            (Record::Contact, Some(name), _) | (Record::Company, _, Some(name)) => {
                changes.insert(name.to_owned(), json!(value));
            }
            (Record::Contact, None, _) => {
                custom.insert(field.clone(), json!(value));
            }
            (Record::Company, _, None) => return Err(field.clone()),
        }
    }
    if !custom.is_empty() {
        changes.insert("custom_fields".to_owned(), Value::Object(custom));
    }
    Ok(changes)
}

/// A field as a sentence names it: `custom_fields.city` is the city.
pub(super) fn spoken(field: &str) -> String {
    match field {
        "email" => "e-mail address".to_owned(),
        "linkedin_url" => "LinkedIn address".to_owned(),
        "company_name" => "company".to_owned(),
        "full_name" => "name".to_owned(),
        other => other.strip_prefix("custom_fields.").unwrap_or(other).replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn said(pairs: &[(&str, Option<&str>)]) -> BTreeMap<String, Option<String>> {
        pairs.iter().map(|(field, value)| ((*field).to_owned(), value.map(str::to_owned))).collect()
    }

    #[test]
    fn fields_get_the_names_of_the_routes_and_what_a_contact_lacks_is_a_custom_field() {
        let said = said(&[("title", Some("CFO")), ("phone", None), ("city", Some("Munich"))]);
        let expected = json!({ "job_title": "CFO", "phone": null, "custom_fields": { "city": "Munich" } });
        assert_eq!(Value::Object(changes(Record::Contact, said.iter()).unwrap()), expected);
    }

    #[test]
    fn a_company_has_its_own_fields_and_no_others() {
        let known = said(&[("city", Some("Munich")), ("company", Some("Acme"))]);
        let expected = json!({ "city": "Munich", "name": "Acme" });
        assert_eq!(Value::Object(changes(Record::Company, known.iter()).unwrap()), expected);
        assert_eq!(changes(Record::Company, said(&[("phone", Some("1"))]).iter()), Err("phone".to_owned()));
    }
}
