//! Commands in the words of an office, each with the slots it must give.

use super::records::assert_read;

#[test]
fn somebody_is_put_on_a_list_in_many_words() {
    let listed = r#"{"list_name": "Tier 2", "contacts": [{"name": "Jonah Pratt"}]}"#;
    assert_read(
        "list_operation",
        &[
            ("push Jonah Pratt to the Tier 2 list", "add", listed),
            ("get Jonah Pratt onto the Tier 2 list", "add", listed),
            ("I want Jonah Pratt on the Tier 2 list", "add", listed),
            ("Jonah Pratt belongs on the Tier 2 list", "add", listed),
        ],
    );
}

#[test]
fn a_name_in_small_letters_before_the_noun_is_a_name() {
    assert_read(
        "list_operation",
        &[
            ("export opposing counsel list", "export", r#"{"list_name": "opposing counsel"}"#),
            ("delete old leads list", "delete", r#"{"list_name": "old leads"}"#),
            ("empty dead leads list", "clear", r#"{"list_name": "dead leads"}"#),
            (
                "add jane roe to warm prospects list",
                "add",
                r#"{"list_name": "warm prospects", "contacts": [{"name": "jane roe"}]}"#,
            ),
            ("everyone off the VIP list", "clear", r#"{"list_name": "VIP"}"#),
            ("dump everyone out of the Old Leads list", "clear", r#"{"list_name": "Old Leads"}"#),
            ("Can you make me an export of the list Nord?", "export", r#"{"list_name": "Nord"}"#),
            ("I need Gala Guests as a spreadsheet", "export", r#"{"list_name": "Gala Guests"}"#),
        ],
    );
}

#[test]
fn a_campaign_goes_on_for_everybody_else() {
    let onboarding = r#"{"campaign_name": "Onboarding", "contacts": [{"name": "Olaf Tinnemann"}]}"#;
    assert_read(
        "campaign_start",
        &[
            ("For Olaf Tinnemann please pause the sequence Onboarding", "pause_contact", onboarding),
            ("For Olaf Tinnemann, stop the Onboarding sequence", "remove", onboarding),
            ("pause Onboarding just for Olaf Tinnemann", "pause_contact", onboarding),
            ("no more emails to Olaf Tinnemann", "pause_contact", r#"{"contacts": [{"name": "Olaf Tinnemann"}]}"#),
            ("resume Onboarding for everybody", "resume", r#"{"campaign_name": "Onboarding"}"#),
            (
                "move Onboarding to next Tuesday",
                "schedule",
                r#"{"campaign_name": "Onboarding", "schedule": "next Tuesday"}"#,
            ),
            ("run a test send of franchise update", "test", r#"{"campaign_name": "franchise update"}"#),
        ],
    );
}

#[test]
fn records_are_pointed_at_by_number() {
    assert_read(
        "contact_update",
        &[
            ("merge those two contacts", "merge", r#"{"contacts": [{"ref": "those two contacts"}]}"#),
            ("tag both of them as hot", "tag", r#"{"contacts": [{"ref": "both of them"}], "changes": {"tag": "hot"}}"#),
            (
                "blank out the phone on Gavin Roth",
                "clear_field",
                r#"{"contacts": [{"name": "Gavin Roth"}], "changes": {"phone": null}}"#,
            ),
        ],
    );
}
