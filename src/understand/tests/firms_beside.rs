//! Firms, places and new names that a request tells beside somebody's name.

use super::records::assert_read;

/// Sentences, their operations and slots.
const BESIDE: &[(&str, &str, &str)] = &[
    (
        "Tag Harbor Freight's Lena Fox as warm",
        "tag",
        r#"{"contacts": [{"name": "Lena Fox", "company": "Harbor Freight"}], "changes": {"tag": "warm"}}"#,
    ),
    (
        "Untag Ann Lee from Gold Partner",
        "untag",
        r#"{"contacts": [{"name": "Ann Lee"}], "changes": {"tag": "Gold Partner"}}"#,
    ),
    (
        "remove the email address of Tina Park, Seoul Semi",
        "clear_field",
        r#"{"contacts": [{"name": "Tina Park", "company": "Seoul Semi"}], "changes": {"email": null}}"#,
    ),
    (
        "tag Ann Lee, Bob Ray as VIP",
        "tag",
        r#"{"contacts": [{"name": "Ann Lee"}, {"name": "Bob Ray"}], "changes": {"tag": "VIP"}}"#,
    ),
    ("delete Ben Carter of Oak & Co", "delete", r#"{"contacts": [{"name": "Ben Carter", "company": "Oak & Co"}]}"#),
    (
        "Change John Smith's company from Acme to Beta",
        "update",
        r#"{"contacts": [{"name": "John Smith"}], "changes": {"company": "Beta"}}"#,
    ),
    (
        "Add contact Ann Lee, company Oak Ltd, ann@oak.com",
        "create",
        r#"{"contacts": [{"name": "Ann Lee", "company": "Oak Ltd", "email": "ann@oak.com"}]}"#,
    ),
    (
        "move Luis Ortega to Miami, FL",
        "update",
        r#"{"contacts": [{"name": "Luis Ortega"}], "changes": {"city": "Miami", "state": "FL"}}"#,
    ),
    (
        "Omar Haddad has relocated to Dubai",
        "update",
        r#"{"contacts": [{"name": "Omar Haddad"}], "changes": {"city": "Dubai"}}"#,
    ),
    (
        "change Leo Marsh's location to Portland, Maine",
        "update",
        r#"{"contacts": [{"name": "Leo Marsh"}], "changes": {"city": "Portland", "state": "Maine"}}"#,
    ),
    (
        "Acme Corp is now called Apex Corp",
        "update",
        r#"{"contacts": [{"company": "Acme Corp"}], "changes": {"name": "Apex Corp"}}"#,
    ),
    (
        "Tom at Vertex wants to be called Thomas",
        "update",
        r#"{"contacts": [{"name": "Tom", "company": "Vertex"}], "changes": {"name": "Thomas"}}"#,
    ),
    (
        "the Acme guy changed his number to 555-0199",
        "update",
        r#"{"contacts": [{"company": "Acme"}], "changes": {"phone": "555-0199"}}"#,
    ),
    ("update his email", "update", r#"{"contacts": [{"ref": "his"}]}"#),
];

#[test]
fn what_stands_beside_a_name_is_no_second_contact() {
    assert_read("contact_update", BESIDE);
}
