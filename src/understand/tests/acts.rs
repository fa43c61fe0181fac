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

#[test]
fn a_card_pasted_behind_a_wish_is_one_contact() {
    let cards = [
        (
            "please save this one\n\nDr. Hanna Vogt\nLeiterin Recht | Kessler AG\nT +49 711 555 0190\nvogt@kessler.example",
            "create",
            r#"{"contacts": [{"name": "Dr. Hanna Vogt", "email": "vogt@kessler.example", "company": "Kessler AG"}],
                "changes": {"phone": "+49 711 555 0190", "title": "Leiterin Recht"}}"#,
        ),
        (
            "Signature below, please add him as a contact:\n\nGideon Platt\nplatt@harborworks.example\nHarborworks",
            "create",
            r#"{"contacts": [{"name": "Gideon Platt", "email": "platt@harborworks.example", "company": "Harborworks"}]}"#,
        ),
        (
            "Can you put her in the CRM?\nLena Ortiz\nChief Financial Officer\nHarbor Foods Inc\n+1 212 555 0100",
            "create",
            r#"{"contacts": [{"name": "Lena Ortiz", "company": "Harbor Foods Inc"}],
                "changes": {"phone": "+1 212 555 0100", "title": "Chief Financial Officer"}}"#,
        ),
    ];
    assert_read("contact_update", &cards);
}

#[test]
fn a_search_is_read_from_what_is_passed_on_and_a_change_is_not() {
    for text in [
        "Lexi – see Tom's mail: 'CEOs of wind farm operators, Denmark'. Do that.",
        "Begin forwarded message:\n\nHi, please find me IT directors at school districts in Illinois. Cheers, Joan",
        "> On Tue, Petra wrote:\n> please get me general counsels at airlines in Spain\nCan you do this?",
        "pasted from slack: \"get me 20 CMOs at skincare brands in Texas\"",
        "From: Malik\nSubject: prospecting\n\nfacilities directors, universities, Midwest",
    ] {
        assert_eq!(super::intent(text), "prospect_search", "{text}");
    }
    for text in [
        "Begin forwarded message:\n\nHi, please delete Jane Roe. Cheers, Joan",
        "> On Monday Bob wrote:\n> delete all contacts\nCan you do this?",
        "Fwd from Joan: 'please wipe everybody out of the Webinar list'",
        "pasted from slack: \"remove Jane Roe from every list\"",
    ] {
        assert_eq!(super::intent(text), "other", "{text}");
    }
}

#[test]
fn formal_words_ask_for_a_search() {
    for text in [
        "We have been retained to find a COO, and I would be grateful for 30 COOs at packaging companies in Ohio.",
        "Our search committee would like to see executive directors of museums in Ohio who hold a PhD in history.",
        "An investor has asked us to map the market: all CCOs at veterinary groups in the United Kingdom.",
        "Procurement directors at shipyards in Norway would interest us, though not those at Nordhavn Yards.",
        "Might there be any partners at boutique law firms in Toronto?",
        "Kindly do the needful and share 25 company secretaries in Mumbai",
        "I search 20 notaries in Munich",
        "let's see companies in New Jersey with revenue of at least ten million dollars",
        "hi team, could someone send me the names of 12 CFOs at telehealth startups?",
    ] {
        assert_eq!(super::intent(text), "prospect_search", "{text}");
    }
}

#[test]
fn signs_and_headings_stand_for_verbs() {
    let listed = r#"{"list_name": "VIP", "contacts": [{"name": "Tom Becker"}]}"#;
    assert_read(
        "list_operation",
        &[
            ("Tom Becker -> VIP list", "add", listed),
            ("VIP list: add Tom Becker", "add", listed),
            ("VIP list - remove Tom Becker", "remove", listed),
            ("VIP list += Tom Becker", "add", listed),
            (
                "+ Ana Silva to Lisbon Leads",
                "add",
                r#"{"list_name": "Lisbon Leads", "contacts": [{"name": "Ana Silva"}]}"#,
            ),
            ("put tom becker on gala list", "add", r#"{"list_name": "gala", "contacts": [{"name": "tom becker"}]}"#),
            ("list called Berlin Fair, please", "create", r#"{"list_name": "Berlin Fair"}"#),
            ("delete the lists Gala and VIP", "delete", r#"{"list_name": ["Gala", "VIP"]}"#),
        ],
    );
}

#[test]
fn fields_and_their_values_belong_to_the_record() {
    assert_read(
        "contact_update",
        &[
            (
                "Update Sara Lindqvist: title -> VP Growth, company -> Loopwell",
                "update",
                r#"{"contacts": [{"name": "Sara Lindqvist"}], "changes": {"title": "VP Growth", "company": "Loopwell"}}"#,
            ),
            (
                "Ana Silva moved to Portomar as COO, update pls",
                "update",
                r#"{"contacts": [{"name": "Ana Silva"}], "changes": {"title": "COO", "company": "Portomar"}}"#,
            ),
            (
                "Clear the email field on Wojtek Mazur, it's a role address",
                "clear_field",
                r#"{"contacts": [{"name": "Wojtek Mazur"}], "changes": {"email": null}}"#,
            ),
            (
                "update the address of Ana Silva to 14 Linden Row, Bristol",
                "update",
                r#"{"contacts": [{"name": "Ana Silva"}], "changes": {"address": "14 Linden Row, Bristol"}}"#,
            ),
            (
                "add company Portomar, website: www.portomar.pt",
                "create",
                r#"{"contacts": [{"company": "Portomar"}], "changes": {"website": "www.portomar.pt"}}"#,
            ),
            (
                "tag everyone on the Gala list as attendee",
                "tag",
                r#"{"contacts": [{"filter": "everyone on the Gala list"}], "changes": {"tag": "attendee"}}"#,
            ),
            (
                "Untag Rowan Tate, the no-show tag is wrong",
                "untag",
                r#"{"contacts": [{"name": "Rowan Tate"}], "changes": {"tag": "no-show"}}"#,
            ),
            (
                "Merge duplicate contacts: Ana Lima and Ana Lima-Ruiz",
                "merge",
                r#"{"contacts": [{"name": "Ana Lima"}, {"name": "Ana Lima-Ruiz"}]}"#,
            ),
        ],
    );
}

#[test]
fn firms_people_and_campaigns_are_told_apart() {
    assert_read(
        "list_operation",
        &[
            ("remove Omari from the VIP list", "remove", r#"{"list_name": "VIP", "contacts": [{"name": "Omari"}]}"#),
            ("empty out Dead Wood but keep the list itself", "clear", r#"{"list_name": "Dead Wood"}"#),
        ],
    );
    assert_read(
        "contact_update",
        &[
            (
                "change website of Larkspur Dental to larkspurdental.com",
                "update",
                r#"{"contacts": [{"company": "Larkspur Dental"}], "changes": {"website": "larkspurdental.com"}}"#,
            ),
            (
                "JODIE PARRISH'S LAST NAME IS NOW WINSLOW",
                "update",
                r#"{"contacts": [{"name": "JODIE PARRISH"}], "changes": {"last_name": "WINSLOW"}}"#,
            ),
            (
                "write on Jane Roe's card that we paused her campaign",
                "add_note",
                r#"{"contacts": [{"name": "Jane Roe"}], "changes": {"note": "we paused her campaign"}}"#,
            ),
            (
                "merge Sun-hee Park and Min Park",
                "merge",
                r#"{"contacts": [{"name": "Sun-hee Park"}, {"name": "Min Park"}]}"#,
            ),
        ],
    );
    assert_eq!(super::slots("new deal, Larkspur Dental, 12k")["contacts"][0]["company"], "Larkspur Dental");
    assert_eq!(super::slots("Is Harvest Mailer still running?")["campaign_name"], "Harvest Mailer");
}

#[test]
fn a_record_is_changed_in_the_words_of_an_office() {
    assert_read(
        "contact_update",
        &[
            (
                "Untag VIP from Dana Whitfield",
                "untag",
                r#"{"contacts": [{"name": "Dana Whitfield"}], "changes": {"tag": "VIP"}}"#,
            ),
            (
                "Set title to CFO on contact 8841",
                "update",
                r#"{"contacts": [{"id": "8841"}], "changes": {"title": "CFO"}}"#,
            ),
            (
                "On contact 8841 change the city to Leeds",
                "update",
                r#"{"contacts": [{"id": "8841"}], "changes": {"city": "Leeds"}}"#,
            ),
            (
                "mark Bob Reyes do not call",
                "update",
                r#"{"contacts": [{"name": "Bob Reyes"}], "changes": {"status": "do not call"}}"#,
            ),
            (
                "Put Dana Whitfield down as a VIP",
                "update",
                r#"{"contacts": [{"name": "Dana Whitfield"}], "changes": {"status": "VIP"}}"#,
            ),
            (
                "Bob Reyes left Acme, he is at Globex now",
                "update",
                r#"{"contacts": [{"name": "Bob Reyes"}], "changes": {"company": "Globex"}}"#,
            ),
            (
                "Bob Reyes left Acme for Globex",
                "update",
                r#"{"contacts": [{"name": "Bob Reyes"}], "changes": {"company": "Globex"}}"#,
            ),
            (
                "Reassign Tallgrass Dairy to Becky Stroud",
                "reassign",
                r#"{"contacts": [{"company": "Tallgrass Dairy"}], "changes": {"owner": "Becky Stroud"}}"#,
            ),
            (
                "Reassign Northgate Foods from Tom to Becky",
                "reassign",
                r#"{"contacts": [{"company": "Northgate Foods"}], "changes": {"owner": "Becky"}}"#,
            ),
        ],
    );
}

#[test]
fn two_lists_are_named_in_one_breath() {
    assert_read(
        "list_operation",
        &[
            ("Combine Gala and Spring lists into one", "merge", r#"{"list_name": ["Gala", "Spring"]}"#),
            (
                "Move Bob from Gala to Spring",
                "move",
                r#"{"list_name": "Spring", "contacts": [{"name": "Bob"}], "filter": "Gala"}"#,
            ),
        ],
    );
}

#[test]
fn what_belongs_to_somebody_is_never_the_record() {
    let phone = r#"{"contacts": [{"name": "Claire Dubois"}], "changes": {"phone": null}}"#;
    assert_read(
        "contact_update",
        &[
            ("Supprime le numéro de Claire Dubois", "clear_field", phone),
            ("Lösch die Rufnummer von Claire Dubois", "clear_field", phone),
            ("Borra el móvil de Claire Dubois", "clear_field", phone),
            ("delete the shoe size of Claire Dubois", "clear_field", r#"{"contacts": [{"name": "Claire Dubois"}]}"#),
            ("delete the contact of Claire Dubois", "delete", r#"{"contacts": [{"name": "Claire Dubois"}]}"#),
            ("Update Nora Quill's email", "update", r#"{"contacts": [{"name": "Nora Quill"}]}"#),
        ],
    );
}

#[test]
fn a_name_is_spelled_anew() {
    let spelled = r#"{"contacts": [{"name": "Hanne Sorensn"}], "changes": {"name": "Hanne Sørensen"}}"#;
    assert_read(
        "contact_update",
        &[
            ("correct the spelling: Hanne Sorensn should be Hanne Sørensen", "update", spelled),
            ("Fix the spelling of Hanne Sorensn to Hanne Sørensen", "update", spelled),
            ("Verwijder Jan de Vries", "delete", r#"{"contacts": [{"name": "Jan de Vries"}]}"#),
            (
                "Jodie Parrish last name is now Winslow",
                "update",
                r#"{"contacts": [{"name": "Jodie Parrish"}], "changes": {"last_name": "Winslow"}}"#,
            ),
        ],
    );
}

#[test]
fn a_small_word_with_a_capital_is_part_of_a_name() {
    assert_read(
        "campaign_start",
        &[
            (
                "stop the campaign Summer Associates Thank You",
                "stop",
                r#"{"campaign_name": "Summer Associates Thank You"}"#,
            ),
            ("pause the sequence Welcome Back", "pause", r#"{"campaign_name": "Welcome Back"}"#),
            ("pause the sequence Welcome Back now", "pause", r#"{"campaign_name": "Welcome Back"}"#),
        ],
    );
    assert_read(
        "list_operation",
        &[("open new list 'Poland CFO Wave 1'", "create", r#"{"list_name": "Poland CFO Wave 1"}"#)],
    );
}

#[test]
fn somebody_must_go_on_a_list_or_come_off_it() {
    let bob = r#"{"list_name": "Gala", "contacts": [{"name": "Bob Reyes"}]}"#;
    assert_read(
        "list_operation",
        &[
            ("Bob Reyes must go on the Gala list", "add", bob),
            ("Bob Reyes must come off the Gala list", "remove", bob),
            (
                "Everyone tagged 'gala' should go on the Thank You Notes list",
                "add",
                r#"{"list_name": "Thank You Notes", "contacts": [{"filter": "Everyone tagged 'gala"}]}"#,
            ),
            (
                "Delete 'Cold calls Feb' – only the list, the people stay",
                "delete",
                r#"{"list_name": "Cold calls Feb"}"#,
            ),
            ("Delete 'Gala' (the list)", "delete", r#"{"list_name": "Gala"}"#),
            ("pls create one list by name Offer Stage", "create", r#"{"list_name": "Offer Stage"}"#),
        ],
    );
    assert_read(
        "campaign_start",
        &[(
            "Bob Reyes unsubscribed, take him off all sequences",
            "remove",
            r#"{"campaign_ref": "all sequences", "contacts": [{"name": "Bob Reyes"}]}"#,
        )],
    );
}

#[test]
fn a_record_holds_what_is_said_of_it() {
    assert_read(
        "contact_update",
        &[
            (
                "update Tomasz Krol: title Group CFO, company Baltica Foods",
                "update",
                r#"{"contacts": [{"name": "Tomasz Krol"}], "changes": {"title": "Group CFO", "company": "Baltica Foods"}}"#,
            ),
            (
                "pls remove phone no. of Shalini Iyer, it is wrong",
                "clear_field",
                r#"{"contacts": [{"name": "Shalini Iyer"}], "changes": {"phone": null}}"#,
            ),
            (
                "Add a note to Kamil Lis: wants to relocate",
                "add_note",
                r#"{"contacts": [{"name": "Kamil Lis"}], "changes": {"note": "wants to relocate"}}"#,
            ),
            ("Bob is a VIP now, tag him", "tag", r#"{"contacts": [{"name": "Bob"}], "changes": {"tag": "VIP"}}"#),
            ("Remove all tags from Bob", "untag", r#"{"contacts": [{"name": "Bob"}], "changes": {"tag": null}}"#),
        ],
    );
}

#[test]
fn a_record_may_stand_before_its_verb() {
    assert_read(
        "campaign_start",
        &[
            ("Spring campaign: pause", "pause", r#"{"campaign_name": "Spring"}"#),
            ("Campaign Spring, go", "start", r#"{"campaign_name": "Spring"}"#),
            ("I want the Spring campaign to stop", "stop", r#"{"campaign_name": "Spring"}"#),
            ("Pause Tina's sequence", "pause_contact", r#"{"contacts": [{"name": "Tina"}]}"#),
            ("Pause Bob Reyes' sequence", "pause_contact", r#"{"contacts": [{"name": "Bob Reyes"}]}"#),
            (
                "add Tina to step 2 of Spring",
                "enroll",
                r#"{"campaign_name": "Spring", "contacts": [{"name": "Tina"}]}"#,
            ),
        ],
    );
    assert_read(
        "list_operation",
        &[
            ("Gala list: export", "export", r#"{"list_name": "Gala"}"#),
            ("the Gala list - delete", "delete", r#"{"list_name": "Gala"}"#),
            (
                "Take everyone at Acme out of Spring",
                "remove",
                r#"{"list_name": "Spring", "contacts": [{"filter": "everyone at Acme"}]}"#,
            ),
        ],
    );
}

#[test]
fn what_is_told_of_somebody_changes_only_what_it_says() {
    assert_read(
        "contact_update",
        &[
            ("Mark Weller died last week, please remove him", "delete", r#"{"contacts": [{"name": "Mark Weller"}]}"#),
            (
                "Priya Nair is no more with Infosys, now she is VP at Wipro",
                "update",
                r#"{"contacts": [{"name": "Priya Nair"}], "changes": {"title": "VP", "company": "Wipro"}}"#,
            ),
            (
                "priya@wipro.com is the new email of Priya Nair",
                "update",
                r#"{"contacts": [{"name": "Priya Nair"}], "changes": {"email": "priya@wipro.com"}}"#,
            ),
            (
                "Priya Nair mobile 98200 12345 pls update",
                "update",
                r#"{"contacts": [{"name": "Priya Nair"}], "changes": {"phone": "98200 12345"}}"#,
            ),
            (
                "Tag Priya and Arjun shortlisted",
                "tag",
                r#"{"contacts": [{"name": "Priya"}, {"name": "Arjun"}], "changes": {"tag": "shortlisted"}}"#,
            ),
            (
                "Please record that Priya wants to relocate",
                "add_note",
                r#"{"contacts": [{"name": "Priya"}], "changes": {"note": "Priya wants to relocate"}}"#,
            ),
            ("change the sender of Spring to Maria", "update", r#"{"contacts": [{"name": "Maria"}]}"#),
        ],
    );
}

#[test]
fn what_is_said_of_a_list_or_a_text_is_done_to_it() {
    assert_read(
        "list_operation",
        &[
            ("list 'Duplicates June' can be deleted", "delete", r#"{"list_name": "Duplicates June"}"#),
            ("list Gala should be emptied", "clear", r#"{"list_name": "Gala"}"#),
            (
                "ad Peter Nyman too the lsit Claims contacts",
                "add",
                r#"{"list_name": "Claims contacts", "contacts": [{"name": "Peter Nyman"}]}"#,
            ),
        ],
    );
    assert_read(
        "campaign_create",
        &[(
            "the text in campaign Partner Breakfast is too long, please make it shorter",
            "revise_copy",
            r#"{"campaign_name": "Partner Breakfast"}"#,
        )],
    );
    assert_read(
        "contact_update",
        &[
            (
                "Switch Hugo Vance's company to Redmire Assurance and his title to Senior Account Manager",
                "update",
                r#"{"contacts": [{"name": "Hugo Vance"}],
                    "changes": {"company": "Redmire Assurance", "title": "Senior Account Manager"}}"#,
            ),
            (
                "Make Joanna the owner of Nils Aaberg, she speaks Norwegian",
                "reassign",
                r#"{"contacts": [{"name": "Nils Aaberg"}], "changes": {"owner": "Joanna"}}"#,
            ),
        ],
    );
}

#[test]
fn what_the_workspace_knows_is_looked_up() {
    for text in [
        "Bob's history",
        "everything on Bob Reyes",
        "Spring stats",
        "contacts without phone",
        "show me my CFOs in Texas",
    ] {
        assert_eq!(super::super::read(text).intent, super::super::Intent::Question, "{text}");
    }
}
