//! Lists and campaigns that a request names without saying what they are, and what is taken out of them.

use super::records::assert_read;
use super::{intent, read};

const LISTS: &[(&str, &str, &str)] = &[
    (
        "take Dana Ruiz off Riverside Tenants",
        "remove",
        r#"{"list_name": "Riverside Tenants", "contacts": [{"name": "Dana Ruiz"}]}"#,
    ),
    ("pull Bob off Q1 Leads please", "remove", r#"{"list_name": "Q1 Leads", "contacts": [{"name": "Bob"}]}"#),
    ("drop Jane Doe into the VIP list", "add", r#"{"list_name": "VIP", "contacts": [{"name": "Jane Doe"}]}"#),
    ("Jane Doe to VIP list please", "add", r#"{"list_name": "VIP", "contacts": [{"name": "Jane Doe"}]}"#),
    (
        "add everyone from the Berlin event list to Q2 Targets",
        "add",
        r#"{"list_name": "Q2 Targets", "contacts": [{"filter": "everyone from the Berlin event list"}]}"#,
    ),
    (
        "rename Boston Partners to New England Partners",
        "rename",
        r#"{"list_name": "Boston Partners", "changes": {"name": "New England Partners"}}"#,
    ),
    ("call the Q1 list Q1 Archive from now on", "rename", r#"{"list_name": "Q1", "changes": {"name": "Q1 Archive"}}"#),
    ("copy Q1 Leads into a new list called Backup", "copy", r#"{"list_name": "Backup", "filter": "Q1 Leads"}"#),
    ("new list: M&A prospects", "create", r#"{"list_name": "M&A prospects"}"#),
    ("export contacts tagged VIP to csv", "export", r#"{"filter": "contacts tagged VIP"}"#),
    ("dump list Sommerfest to csv", "export", r#"{"list_name": "Sommerfest"}"#),
    ("delete Q1 Leads", "delete", r#"{"list_name": "Q1 Leads"}"#),
    ("merge A1 and B2 lists", "merge", r#"{"list_name": ["A1", "B2"]}"#),
    ("fold Old Donors into Donors 2025", "merge", r#"{"list_name": ["Old Donors", "Donors 2025"]}"#),
];

const CAMPAIGNS: &[(&str, &str, &str)] = &[
    (
        "take Tom Becker out of Spring Outreach",
        "remove",
        r#"{"campaign_name": "Spring Outreach", "contacts": [{"name": "Tom Becker"}]}"#,
    ),
    (
        "kick Tom Becker out of GC Nurture",
        "remove",
        r#"{"campaign_name": "GC Nurture", "contacts": [{"name": "Tom Becker"}]}"#,
    ),
    (
        "unenroll everyone at Acme from Spring Outreach",
        "remove",
        r#"{"campaign_name": "Spring Outreach", "contacts": [{"filter": "everyone at Acme"}]}"#,
    ),
    (
        "enroll the Boston Partners list in GC Nurture",
        "enroll",
        r#"{"campaign_name": "GC Nurture", "list_name": "Boston Partners"}"#,
    ),
    ("add Q1 Leads to Spring Outreach", "enroll", r#"{"campaign_name": "Spring Outreach", "list_name": "Q1 Leads"}"#),
    (
        "pause Tom Becker in GC Nurture",
        "pause_contact",
        r#"{"campaign_name": "GC Nurture", "contacts": [{"name": "Tom Becker"}]}"#,
    ),
    ("pause Xu Wei", "pause_contact", r#"{"contacts": [{"name": "Xu Wei"}]}"#),
    ("unpause Probate Letter", "resume", r#"{"campaign_name": "Probate Letter"}"#),
    (
        "put Spring Outreach on hold until further notice",
        "pause",
        r#"{"campaign_name": "Spring Outreach", "schedule": "until further notice"}"#,
    ),
    (
        "delay the Winter Roundup launch to next Friday",
        "schedule",
        r#"{"campaign_name": "Winter Roundup", "schedule": "next Friday"}"#,
    ),
    (
        "Move send time of the Herbstbrief campaign to 7:15 am",
        "schedule",
        r#"{"campaign_name": "Herbstbrief", "schedule": "7:15 am"}"#,
    ),
    (
        "Schedule Tax Alert campaign for 3 March at 8:30",
        "schedule",
        r#"{"campaign_name": "Tax Alert", "schedule": "3 March at 8:30"}"#,
    ),
    (
        "push the launch of Spring Outreach to 5 May",
        "schedule",
        r#"{"campaign_name": "Spring Outreach", "schedule": "5 May"}"#,
    ),
];

const TEXTS: &[(&str, &str, &str)] = &[
    ("write a 3-step sequence for CFOs at banks", "create", r#"{"steps": 3, "audience": "CFOs at banks"}"#),
    (
        "add a follow-up step to Spring Outreach after 4 days if no reply",
        "add_step",
        r#"{"campaign_name": "Spring Outreach"}"#,
    ),
    ("shorten the intro of Spring Outreach", "revise_copy", r#"{"campaign_name": "Spring Outreach"}"#),
    (
        "Set up a campaign called Stop Smoking for occupational health managers",
        "create",
        r#"{"campaign_name": "Stop Smoking", "audience": "occupational health managers"}"#,
    ),
];

#[test]
fn lists_are_known_by_their_names_alone() {
    assert_read("list_operation", LISTS);
}

#[test]
fn campaigns_are_known_by_their_names_alone() {
    assert_read("campaign_start", CAMPAIGNS);
}

#[test]
fn texts_belong_to_the_campaign_that_is_named() {
    assert_read("campaign_create", TEXTS);
}

#[test]
fn out_of_something_is_never_the_deletion_of_a_record() {
    for text in [
        "take Tom Becker out of Spring Outreach",
        "remove bob smith from hubspot",
        "drop Anna Kim from Riverside",
        "get Jane Doe off the Q1 Leads list",
        "take care of Jane",
        "empty out Dead Wood but keep the list itself",
    ] {
        assert_ne!(intent(text), "contact_update", "{text}");
    }
    for text in ["remove Anna Kim from our database", "take Acme Corp off our books", "delete Outreach Health LLC"] {
        let slots = serde_json::to_value(&read(text).slots).unwrap();
        assert_eq!((intent(text).as_str(), &slots["operation"]), ("contact_update", &"delete".into()), "{text}");
    }
}
