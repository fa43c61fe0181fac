//! Requests about lists and campaigns, each with the slots it must give.

use serde_json::Value;

use super::{assert_sound, intent, read};

/// Checks intent, operation and every slot but the inner search.
pub(super) fn assert_read(expected: &str, sentences: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (text, operation, slots) in sentences {
        let request = read(text);
        assert_sound(text, &request);
        let mut found = serde_json::to_value(&request.slots).unwrap();
        let fields = found.as_object_mut().unwrap();
        fields.remove("search");
        let mut wanted: Value = serde_json::from_str(slots).unwrap();
        wanted["operation"] = (*operation).into();
        if intent(text) != expected || found != wanted {
            wrong.push(format!("{text}\n  expected {expected} {wanted}\n  found    {} {found}", intent(text)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} read wrong:\n{}", wrong.len(), sentences.len(), wrong.join("\n"));
}

/// Sentences about lists.
const LISTS: &[(&str, &str, &str)] = &[
    ("create a list called Spring Gala", "create", r#"{"list_name": "Spring Gala"}"#),
    ("make a new list named \"Spring Gala\"", "create", r#"{"list_name": "Spring Gala"}"#),
    ("new list: spring gala", "create", r#"{"list_name": "spring gala"}"#),
    ("create list Spring Gala", "create", r#"{"list_name": "Spring Gala"}"#),
    (
        "add Jane Doe and Bob to Q1 Leads",
        "add",
        r#"{"list_name": "Q1 Leads", "contacts": [{"name": "Jane Doe"}, {"name": "Bob"}]}"#,
    ),
    ("add jane doe to my q1 leads list", "add", r#"{"list_name": "q1 leads", "contacts": [{"name": "jane doe"}]}"#),
    ("put Jane Doe on the Q1 Leads list", "add", r#"{"list_name": "Q1 Leads", "contacts": [{"name": "Jane Doe"}]}"#),
    (
        "add all contacts in Texas to the list Hot",
        "add",
        r#"{"list_name": "Hot", "contacts": [{"filter": "all contacts in Texas"}]}"#,
    ),
    ("add them to the \"Hot\" list", "add", r#"{"list_name": "Hot", "contacts": [{"ref": "them"}]}"#),
    ("add jane@acme.com to list Hot", "add", r#"{"list_name": "Hot", "contacts": [{"email": "jane@acme.com"}]}"#),
    ("add Jane Doe to this list", "add", r#"{"contacts": [{"name": "Jane Doe"}]}"#),
    ("remove Bob Smith from Q1 Leads", "remove", r#"{"list_name": "Q1 Leads", "contacts": [{"name": "Bob Smith"}]}"#),
    (
        "take Bob Smith off the Q1 Leads list",
        "remove",
        r#"{"list_name": "Q1 Leads", "contacts": [{"name": "Bob Smith"}]}"#,
    ),
    (
        "drop bob smith from list q1 leads",
        "remove",
        r#"{"list_name": "q1 leads", "contacts": [{"name": "bob smith"}]}"#,
    ),
    (
        "remove everyone at Acme from the list Q1 Leads",
        "remove",
        r#"{"list_name": "Q1 Leads", "contacts": [{"filter": "everyone at Acme"}]}"#,
    ),
    ("import contacts from this csv", "import", r#"{}"#),
    ("upload attendees.csv to the list Gala", "import", r#"{"list_name": "Gala"}"#),
    ("export the list Q1 Leads as csv", "export", r#"{"list_name": "Q1 Leads"}"#),
    ("download Q1 Leads", "export", r#"{"list_name": "Q1 Leads"}"#),
    ("export q1 leads to xlsx", "export", r#"{"list_name": "q1 leads"}"#),
    ("can you export my Q1 Leads list please", "export", r#"{"list_name": "Q1 Leads"}"#),
    ("merge list A into B", "merge", r#"{"list_name": ["A", "B"]}"#),
    ("merge the Q1 Leads list into the Q2 Leads list", "merge", r#"{"list_name": ["Q1 Leads", "Q2 Leads"]}"#),
    ("merge the lists \"Q1 Leads\" and \"Q2 Leads\"", "merge", r#"{"list_name": ["Q1 Leads", "Q2 Leads"]}"#),
    ("combine lists Q1 Leads and Q2 Leads", "merge", r#"{"list_name": ["Q1 Leads", "Q2 Leads"]}"#),
    ("rename the list Q1 Leads to Winter", "rename", r#"{"list_name": "Q1 Leads", "changes": {"name": "Winter"}}"#),
    ("rename Q1 Leads to Winter", "rename", r#"{"list_name": "Q1 Leads", "changes": {"name": "Winter"}}"#),
    (
        "change the name of the Q1 Leads list to Winter",
        "rename",
        r#"{"list_name": "Q1 Leads", "changes": {"name": "Winter"}}"#,
    ),
    ("empty the list Q1 Leads", "clear", r#"{"list_name": "Q1 Leads"}"#),
    ("remove everyone from the Q1 Leads list", "clear", r#"{"list_name": "Q1 Leads"}"#),
    ("delete the list Q1 Leads", "delete", r#"{"list_name": "Q1 Leads"}"#),
    ("delete list q1 leads", "delete", r#"{"list_name": "q1 leads"}"#),
    ("I don't need the Q1 Leads list anymore, please delete it", "delete", r#"{"list_name": "Q1 Leads"}"#),
    ("get rid of my 'Old Stuff' list", "delete", r#"{"list_name": "Old Stuff"}"#),
    ("delete this list", "delete", r#"{}"#),
    ("duplicate the Q1 Leads list", "copy", r#"{"list_name": "Q1 Leads"}"#),
    ("start a new list \"Board Dinner\"", "create", r#"{"list_name": "Board Dinner"}"#),
    ("i need a list called Board Dinner", "create", r#"{"list_name": "Board Dinner"}"#),
    ("open a list named Board Dinner for me", "create", r#"{"list_name": "Board Dinner"}"#),
    (
        "put Bob Lee, Ana Cruz and x@y.com on Board Dinner",
        "add",
        r#"{"list_name": "Board Dinner", "contacts": [{"name": "Bob Lee"}, {"name": "Ana Cruz"}, {"email": "x@y.com"}]}"#,
    ),
    (
        "Bob Lee should be on the Board Dinner list",
        "add",
        r#"{"list_name": "Board Dinner", "contacts": [{"name": "Bob Lee"}]}"#,
    ),
    (
        "Bob Lee should be added to the Board Dinner list",
        "add",
        r#"{"list_name": "Board Dinner", "contacts": [{"name": "Bob Lee"}]}"#,
    ),
    (
        "add everyone tagged VIP to \"Board Dinner\"",
        "add",
        r#"{"list_name": "Board Dinner", "contacts": [{"filter": "everyone tagged VIP"}]}"#,
    ),
    ("pop bob lee into hot leads", "add", r#"{"list_name": "hot leads", "contacts": [{"name": "bob lee"}]}"#),
    (
        "Ana Cruz won't come. Take her off the Board Dinner list.",
        "remove",
        r#"{"list_name": "Board Dinner", "contacts": [{"name": "Ana Cruz"}]}"#,
    ),
    (
        "strike Ana Cruz from Board Dinner",
        "remove",
        r#"{"list_name": "Board Dinner", "contacts": [{"name": "Ana Cruz"}]}"#,
    ),
    (
        "remove contact Ana Cruz from list \"Board Dinner\" but don't delete her",
        "remove",
        r#"{"list_name": "Board Dinner", "contacts": [{"name": "Ana Cruz"}]}"#,
    ),
    ("import guests.xlsx as a new list called Gala", "import", r#"{"list_name": "Gala"}"#),
    ("I want to upload a csv of contacts", "import", r#"{}"#),
    ("get me a csv of the Board Dinner list", "export", r#"{"list_name": "Board Dinner"}"#),
    ("export my contacts in Texas to excel", "export", r#"{"filter": "my contacts in Texas"}"#),
    (
        "Could you please download the list \"Board Dinner\" as an Excel file?",
        "export",
        r#"{"list_name": "Board Dinner"}"#,
    ),
    ("combine Gala 24 list and Gala 25 list", "merge", r#"{"list_name": ["Gala 24", "Gala 25"]}"#),
    ("fold the list Gala 24 into Gala 25", "merge", r#"{"list_name": ["Gala 24", "Gala 25"]}"#),
    (
        "Gala 24 list should be renamed to Gala Archive",
        "rename",
        r#"{"list_name": "Gala 24", "changes": {"name": "Gala Archive"}}"#,
    ),
    ("rename list gala to gala 2026", "rename", r#"{"list_name": "gala", "changes": {"name": "gala 2026"}}"#),
    ("clear all members from the Gala 24 list", "clear", r#"{"list_name": "Gala 24"}"#),
    ("the list Gala 24 is obsolete, delete it", "delete", r#"{"list_name": "Gala 24"}"#),
    ("Gala 24 list can be deleted", "delete", r#"{"list_name": "Gala 24"}"#),
    ("trash the Gala 24 list please", "delete", r#"{"list_name": "Gala 24"}"#),
    (
        "move Ana Cruz from Gala 24 to Gala 25",
        "move",
        r#"{"list_name": "Gala 25", "contacts": [{"name": "Ana Cruz"}], "filter": "Gala 24"}"#,
    ),
    ("Set up a list named M&A Targets", "create", r#"{"list_name": "M&A Targets"}"#),
    ("create list conference 2026", "create", r#"{"list_name": "conference 2026"}"#),
    (
        "Tom Ray goes on the M&A Targets list",
        "add",
        r#"{"list_name": "M&A Targets", "contacts": [{"name": "Tom Ray"}]}"#,
    ),
    (
        "add these two to M&A Targets: Tom Ray, Liz Ray",
        "add",
        r#"{"list_name": "M&A Targets", "contacts": [{"name": "Tom Ray"}, {"name": "Liz Ray"}]}"#,
    ),
    ("add liz ray to list webinar", "add", r#"{"list_name": "webinar", "contacts": [{"name": "liz ray"}]}"#),
    (
        "could you take Tom Ray off M&A Targets?",
        "remove",
        r#"{"list_name": "M&A Targets", "contacts": [{"name": "Tom Ray"}]}"#,
    ),
    (
        "remove everyone from Acme from the webinar list",
        "remove",
        r#"{"list_name": "webinar", "contacts": [{"filter": "everyone from Acme"}]}"#,
    ),
    ("wipe the webinar list clean", "clear", r#"{"list_name": "webinar"}"#),
    ("please get rid of the webinar list", "delete", r#"{"list_name": "webinar"}"#),
    ("I made a list M&A Targets by accident, please remove that list", "delete", r#"{"list_name": "M&A Targets"}"#),
    (
        "call the webinar list \"Webinar May\" from now on",
        "rename",
        r#"{"list_name": "webinar", "changes": {"name": "Webinar May"}}"#,
    ),
    (
        "rename the list webinar as Webinar May",
        "rename",
        r#"{"list_name": "webinar", "changes": {"name": "Webinar May"}}"#,
    ),
    ("export M&A Targets list to Excel please", "export", r#"{"list_name": "M&A Targets"}"#),
    ("send me a csv of M&A Targets", "export", r#"{"list_name": "M&A Targets"}"#),
    ("import tradeshow.csv and call the list Trade Show", "import", r#"{"list_name": "Trade Show"}"#),
    ("make a copy of the webinar list", "copy", r#"{"list_name": "webinar"}"#),
    ("Lösche die Liste Messe", "delete", r#"{"list_name": "Messe"}"#),
    ("Füge Max Muster zur Liste Messe hinzu", "add", r#"{"list_name": "Messe", "contacts": [{"name": "Max Muster"}]}"#),
    ("supprime la liste Prospects", "delete", r#"{"list_name": "Prospects"}"#),
    ("I want Dana White on the VIP list", "add", r#"{"list_name": "VIP", "contacts": [{"name": "Dana White"}]}"#),
    (
        "put all contacts tagged gold on my VIP Clients list",
        "add",
        r#"{"list_name": "VIP Clients", "contacts": [{"filter": "all contacts tagged gold"}]}"#,
    ),
    (
        "Dana White shouldn't be on the VIP list, take her off",
        "remove",
        r#"{"list_name": "VIP", "contacts": [{"name": "Dana White"}]}"#,
    ),
    ("delete Dana White from the VIP list", "remove", r#"{"list_name": "VIP", "contacts": [{"name": "Dana White"}]}"#),
    (
        "remove Dana White and Lee Chan from my VIP list",
        "remove",
        r#"{"list_name": "VIP", "contacts": [{"name": "Dana White"}, {"name": "Lee Chan"}]}"#,
    ),
    ("VIP list as csv please", "export", r#"{"list_name": "VIP"}"#),
    ("change VIP list's name to Top 10", "rename", r#"{"list_name": "VIP", "changes": {"name": "Top 10"}}"#),
];

/// Sentences about campaigns that exist.
const STARTED: &[(&str, &str, &str)] = &[
    ("launch the Spring campaign", "start", r#"{"campaign_name": "Spring"}"#),
    ("kick off the spring sequence", "start", r#"{"campaign_name": "spring"}"#),
    ("send the Spring campaign now", "start", r#"{"campaign_name": "Spring"}"#),
    ("launch it", "start", r#"{"campaign_ref": "it"}"#),
    ("go ahead and start this campaign", "start", r#"{"campaign_ref": "this campaign"}"#),
    ("put the Spring campaign on hold", "pause", r#"{"campaign_name": "Spring"}"#),
    ("pause the Spring campaign until Monday", "pause", r#"{"campaign_name": "Spring", "schedule": "until Monday"}"#),
    ("can we pause the Spring campaign?", "pause", r#"{"campaign_name": "Spring"}"#),
    (
        "pause Jane Doe in the Spring sequence",
        "pause_contact",
        r#"{"campaign_name": "Spring", "contacts": [{"name": "Jane Doe"}]}"#,
    ),
    (
        "pause the Spring sequence for Jane Doe",
        "pause_contact",
        r#"{"campaign_name": "Spring", "contacts": [{"name": "Jane Doe"}]}"#,
    ),
    ("pause jane doe", "pause_contact", r#"{"contacts": [{"name": "jane doe"}]}"#),
    ("hold all emails to Bob Smith", "pause_contact", r#"{"contacts": [{"name": "Bob Smith"}]}"#),
    (
        "please stop sending Spring campaign emails to Jane Doe",
        "pause_contact",
        r#"{"campaign_name": "Spring", "contacts": [{"name": "Jane Doe"}]}"#,
    ),
    ("resume the Spring campaign", "resume", r#"{"campaign_name": "Spring"}"#),
    (
        "resume Jane Doe in the Spring campaign",
        "resume_contact",
        r#"{"campaign_name": "Spring", "contacts": [{"name": "Jane Doe"}]}"#,
    ),
    ("stop the campaign Spring", "stop", r#"{"campaign_name": "Spring"}"#),
    ("end the Spring drip", "stop", r#"{"campaign_name": "Spring"}"#),
    ("shut down my Spring campaign immediately", "stop", r#"{"campaign_name": "Spring"}"#),
    (
        "add Jane Doe to the Spring campaign",
        "enroll",
        r#"{"campaign_name": "Spring", "contacts": [{"name": "Jane Doe"}]}"#,
    ),
    (
        "enroll Jane Doe and Bob Smith in the Spring sequence",
        "enroll",
        r#"{"campaign_name": "Spring", "contacts": [{"name": "Jane Doe"}, {"name": "Bob Smith"}]}"#,
    ),
    (
        "add the Q1 Leads list to the Spring campaign",
        "enroll",
        r#"{"campaign_name": "Spring", "list_name": "Q1 Leads"}"#,
    ),
    ("add 20 VPs to my Spring sequence", "enroll", r#"{"campaign_name": "Spring"}"#),
    (
        "find 50 CFOs at banks in Texas and put them into the Spring campaign",
        "enroll",
        r#"{"campaign_name": "Spring"}"#,
    ),
    (
        "enroll everyone on Q1 Leads list in the Spring campaign",
        "enroll",
        r#"{"campaign_name": "Spring", "list_name": "Q1 Leads"}"#,
    ),
    (
        "remove Jane Doe from the Spring campaign",
        "remove",
        r#"{"campaign_name": "Spring", "contacts": [{"name": "Jane Doe"}]}"#,
    ),
    (
        "take jane doe out of the Spring sequence",
        "remove",
        r#"{"campaign_name": "Spring", "contacts": [{"name": "jane doe"}]}"#,
    ),
    (
        "schedule the Spring campaign for Monday at 9",
        "schedule",
        r#"{"campaign_name": "Spring", "schedule": "Monday at 9"}"#,
    ),
    ("push the Spring campaign to next week", "schedule", r#"{"campaign_name": "Spring", "schedule": "next week"}"#),
    ("postpone the Spring campaign to June 3", "schedule", r#"{"campaign_name": "Spring", "schedule": "June 3"}"#),
    ("send a test of the Spring campaign", "test", r#"{"campaign_name": "Spring"}"#),
    ("send the Spring campaign to me first as a test", "test", r#"{"campaign_name": "Spring"}"#),
    ("run the Spring campaign in test mode", "test", r#"{"campaign_name": "Spring"}"#),
    ("do a dry run of the Spring campaign", "test", r#"{"campaign_name": "Spring"}"#),
    ("launch the Spring campaign, but only as a test to my own address", "test", r#"{"campaign_name": "Spring"}"#),
    ("test the Spring campaign", "test", r#"{"campaign_name": "Spring"}"#),
    ("the IP Newsletter campaign is ready, launch it", "start", r#"{"campaign_name": "IP Newsletter"}"#),
    ("activate IP Newsletter", "start", r#"{"campaign_name": "IP Newsletter"}"#),
    ("let's go live with the IP Newsletter campaign", "start", r#"{"campaign_name": "IP Newsletter"}"#),
    ("I want the IP Newsletter campaign started", "start", r#"{"campaign_name": "IP Newsletter"}"#),
    ("the IP Newsletter campaign needs to be paused", "pause", r#"{"campaign_name": "IP Newsletter"}"#),
    (
        "put IP Newsletter campaign on hold until further notice",
        "pause",
        r#"{"campaign_name": "IP Newsletter", "schedule": "until further notice"}"#,
    ),
    ("too many complaints! pause the IP Newsletter campaign now", "pause", r#"{"campaign_name": "IP Newsletter"}"#),
    (
        "Pause prospect Ana Cruz in sequence IP Newsletter",
        "pause_contact",
        r#"{"campaign_name": "IP Newsletter", "contacts": [{"name": "Ana Cruz"}]}"#,
    ),
    (
        "pause all sequences for Ana Cruz",
        "pause_contact",
        r#"{"campaign_ref": "all sequences", "contacts": [{"name": "Ana Cruz"}]}"#,
    ),
    (
        "Ana Cruz is on vacation, pause the IP Newsletter campaign for her",
        "pause_contact",
        r#"{"campaign_name": "IP Newsletter", "contacts": [{"name": "Ana Cruz"}]}"#,
    ),
    ("continue the IP Newsletter campaign", "resume", r#"{"campaign_name": "IP Newsletter"}"#),
    ("turn the IP Newsletter campaign back on", "resume", r#"{"campaign_name": "IP Newsletter"}"#),
    ("pull the plug on the IP Newsletter campaign", "stop", r#"{"campaign_name": "IP Newsletter"}"#),
    ("we decided to end the IP Newsletter campaign, please stop it", "stop", r#"{"campaign_name": "IP Newsletter"}"#),
    (
        "sign Ana Cruz up for the IP Newsletter campaign",
        "enroll",
        r#"{"campaign_name": "IP Newsletter", "contacts": [{"name": "Ana Cruz"}]}"#,
    ),
    (
        "enroll all contacts tagged IP into the IP Newsletter campaign",
        "enroll",
        r#"{"campaign_name": "IP Newsletter", "contacts": [{"filter": "all contacts tagged IP"}]}"#,
    ),
    (
        "unenroll Ana Cruz from the IP Newsletter campaign",
        "remove",
        r#"{"campaign_name": "IP Newsletter", "contacts": [{"name": "Ana Cruz"}]}"#,
    ),
    (
        "ana@cruz.com wants out, remove her from IP Newsletter campaign",
        "remove",
        r#"{"campaign_name": "IP Newsletter", "contacts": [{"email": "ana@cruz.com"}]}"#,
    ),
    (
        "launch IP Newsletter campaign on Tuesday at 8am",
        "schedule",
        r#"{"campaign_name": "IP Newsletter", "schedule": "Tuesday at 8am"}"#,
    ),
    (
        "delay the IP Newsletter campaign, start in two weeks",
        "schedule",
        r#"{"campaign_name": "IP Newsletter", "schedule": "in two weeks"}"#,
    ),
    (
        "before launching, send a test of the IP Newsletter campaign to my inbox",
        "test",
        r#"{"campaign_name": "IP Newsletter"}"#,
    ),
    ("can you preview the IP Newsletter campaign", "test", r#"{"campaign_name": "IP Newsletter"}"#),
    ("don't launch IP Newsletter yet, just send me a test", "test", r#"{"campaign_name": "IP Newsletter"}"#),
    ("start campaign Autumn Intro", "start", r#"{"campaign_name": "Autumn Intro"}"#),
    ("launch the autumn intro campaign pls", "start", r#"{"campaign_name": "autumn intro"}"#),
    ("please kick the Autumn Intro campaign off", "start", r#"{"campaign_name": "Autumn Intro"}"#),
    ("pause all campaigns", "pause", r#"{"campaign_ref": "all campaigns"}"#),
    (
        "freeze the Autumn Intro sequence until the 15th",
        "pause",
        r#"{"campaign_name": "Autumn Intro", "schedule": "until the 15th"}"#,
    ),
    (
        "hold liz@ray.com in the Autumn Intro sequence",
        "pause_contact",
        r#"{"campaign_name": "Autumn Intro", "contacts": [{"email": "liz@ray.com"}]}"#,
    ),
    ("stop emailing Liz Ray for now", "pause_contact", r#"{"contacts": [{"name": "Liz Ray"}]}"#),
    ("un-pause the Autumn Intro campaign", "resume", r#"{"campaign_name": "Autumn Intro"}"#),
    (
        "resume the Autumn Intro campaign for Liz Ray",
        "resume_contact",
        r#"{"campaign_name": "Autumn Intro", "contacts": [{"name": "Liz Ray"}]}"#,
    ),
    ("kill Autumn Intro campaign", "stop", r#"{"campaign_name": "Autumn Intro"}"#),
    (
        "include Liz Ray in the Autumn Intro campaign",
        "enroll",
        r#"{"campaign_name": "Autumn Intro", "contacts": [{"name": "Liz Ray"}]}"#,
    ),
    (
        "put all contacts in Ohio into my Autumn Intro sequence",
        "enroll",
        r#"{"campaign_name": "Autumn Intro", "contacts": [{"filter": "all contacts in Ohio"}]}"#,
    ),
    (
        "kick Liz Ray out of the Autumn Intro campaign",
        "remove",
        r#"{"campaign_name": "Autumn Intro", "contacts": [{"name": "Liz Ray"}]}"#,
    ),
    (
        "schedule Autumn Intro campaign for March 3 at 10:30 am",
        "schedule",
        r#"{"campaign_name": "Autumn Intro", "schedule": "March 3 at 10:30 am"}"#,
    ),
    (
        "let the Autumn Intro campaign start next Monday",
        "schedule",
        r#"{"campaign_name": "Autumn Intro", "schedule": "next Monday"}"#,
    ),
    ("test send Autumn Intro campaign to me", "test", r#"{"campaign_name": "Autumn Intro"}"#),
    ("I want to see a test email of the Autumn Intro campaign first", "test", r#"{"campaign_name": "Autumn Intro"}"#),
    ("Pausiere die Kampagne Herbst", "pause", r#"{"campaign_name": "Herbst"}"#),
    ("lance la campagne Automne", "start", r#"{"campaign_name": "Automne"}"#),
    ("pausa la campaña Verano", "pause", r#"{"campaign_name": "Verano"}"#),
    (
        "don't pause the whole Winter campaign, only pause Dana White",
        "pause_contact",
        r#"{"campaign_name": "Winter", "contacts": [{"name": "Dana White"}]}"#,
    ),
    (
        "Dana White replied. Please pause her in the Winter campaign.",
        "pause_contact",
        r#"{"campaign_name": "Winter", "contacts": [{"name": "Dana White"}]}"#,
    ),
    ("do not send the Winter campaign for real, only a test", "test", r#"{"campaign_name": "Winter"}"#),
    ("can I get a test mail of the Winter campaign", "test", r#"{"campaign_name": "Winter"}"#),
    ("start the Winter campaign and let me know when it's done", "start", r#"{"campaign_name": "Winter"}"#),
    (
        "Dana White should be in the Winter campaign",
        "enroll",
        r#"{"campaign_name": "Winter", "contacts": [{"name": "Dana White"}]}"#,
    ),
    (
        "Dana White must not get the Winter campaign anymore, remove her",
        "remove",
        r#"{"campaign_name": "Winter", "contacts": [{"name": "Dana White"}]}"#,
    ),
    (
        "the Winter campaign should go out tomorrow morning",
        "schedule",
        r#"{"campaign_name": "Winter", "schedule": "tomorrow morning"}"#,
    ),
];

/// Sentences about new campaigns and texts.
const CREATED: &[(&str, &str, &str)] = &[
    ("create a campaign called Spring", "create", r#"{"campaign_name": "Spring"}"#),
    ("create a 3-step email sequence about compliance", "create", r#"{"steps": 3, "topic": "compliance"}"#),
    (
        "Create an outreach campaign for my 'Q1 Leads' list about legal automation",
        "create",
        r#"{"list_name": "Q1 Leads", "topic": "legal automation"}"#,
    ),
    ("set up a drip campaign for general counsels in Texas", "create", r#"{"audience": "general counsels in Texas"}"#),
    ("build me a five-email nurture sequence for CFOs", "create", r#"{"steps": 5, "audience": "CFOs"}"#),
    ("new campaign for law firms in Ohio", "create", r#"{"audience": "law firms in Ohio"}"#),
    (
        "draft an email to Jane Doe about our merger practice",
        "write_copy",
        r#"{"contacts": [{"name": "Jane Doe"}], "topic": "our merger practice"}"#,
    ),
    ("write a cold email for general counsels", "write_copy", r#"{"audience": "general counsels"}"#),
    ("write me 3 subject lines about data privacy", "write_copy", r#"{"topic": "data privacy"}"#),
    ("I need an email template for partners", "write_copy", r#"{"audience": "partners"}"#),
    ("make the email shorter", "revise_copy", r#"{}"#),
    ("rewrite the second email in a friendlier tone", "revise_copy", r#"{}"#),
    ("add a follow-up step to the Spring campaign", "add_step", r#"{"campaign_name": "Spring"}"#),
    ("create a campaign but don't start it yet", "create", r#"{}"#),
    ("help me write a follow-up email", "write_copy", r#"{}"#),
    (
        "put together a 4-email campaign \"Tax Reform\" for tax directors",
        "create",
        r#"{"campaign_name": "Tax Reform", "steps": 4, "audience": "tax directors"}"#,
    ),
    ("I want to run a campaign for CFOs in Ohio", "create", r#"{"audience": "CFOs in Ohio"}"#),
    (
        "create an email sequence to invite the Board Dinner list to our webinar",
        "create",
        r#"{"list_name": "Board Dinner"}"#,
    ),
    ("draft a campaign for HR managers", "create", r#"{"audience": "HR managers"}"#),
    ("clone the Fall Push campaign", "create", r#"{"campaign_name": "Fall Push"}"#),
    ("write a reactivation email to inactive clients", "write_copy", r#"{"audience": "inactive clients"}"#),
    ("come up with five subject lines for our webinar", "write_copy", r#"{"topic": "our webinar"}"#),
    ("compose a thank-you note email to Ana Cruz", "write_copy", r#"{"contacts": [{"name": "Ana Cruz"}]}"#),
    ("the email is too long, shorten it", "revise_copy", r#"{}"#),
    ("can you make the subject line punchier", "revise_copy", r#"{}"#),
    ("add another email to the Tax Reform sequence", "add_step", r#"{"campaign_name": "Tax Reform"}"#),
    ("make a campaign out of the Gala list", "create", r#"{"list_name": "Gala"}"#),
    ("I need a 3 email sequence for CFOs at hospitals", "create", r#"{"steps": 3, "audience": "CFOs at hospitals"}"#),
    ("please create a new drip campaign named Hello World", "create", r#"{"campaign_name": "Hello World"}"#),
    (
        "could you build an outreach sequence targeting law firm partners",
        "create",
        r#"{"audience": "law firm partners"}"#,
    ),
    ("help me draft a mail to Liz Ray", "write_copy", r#"{"contacts": [{"name": "Liz Ray"}]}"#),
    ("write a welcome email for new clients", "write_copy", r#"{"audience": "new clients"}"#),
    ("make the second email friendlier", "revise_copy", r#"{}"#),
    (
        "change the subject line of the Autumn Intro campaign to \"Hello\"",
        "revise_copy",
        r#"{"campaign_name": "Autumn Intro"}"#,
    ),
    ("add a reminder step to the Autumn Intro campaign", "add_step", r#"{"campaign_name": "Autumn Intro"}"#),
    ("new sequence Winter for CTOs", "create", r#"{"campaign_name": "Winter", "audience": "CTOs"}"#),
    ("mail draft for Dana White please", "write_copy", r#"{"contacts": [{"name": "Dana White"}]}"#),
    ("shorten the intro and add a P.S.", "revise_copy", r#"{}"#),
];

#[test]
fn lists_are_worked_on_as_stated() {
    assert_read("list_operation", LISTS);
}

#[test]
fn campaigns_run_as_stated() {
    assert_read("campaign_start", STARTED);
}

#[test]
fn campaigns_are_made_as_stated() {
    assert_read("campaign_create", CREATED);
}

#[test]
fn two_lists_in_one_breath_are_both_named() {
    let both = r#"{"list_name": ["Gala", "VIP"], "contacts": [{"name": "Jane Roe"}]}"#;
    assert_read(
        "list_operation",
        &[
            ("take Jane Roe off the Gala and VIP lists", "remove", both),
            ("add Jane Roe to the lists Gala and VIP", "add", both),
            ("add Jane Roe to \"Gala\" and \"VIP\"", "add", both),
            (
                "pull Jane Roe out of Summer Invite and Tax Alert",
                "remove",
                r#"{"list_name": ["Summer Invite", "Tax Alert"], "contacts": [{"name": "Jane Roe"}]}"#,
            ),
            (
                "put Jane Roe on Oil and Gas Leads",
                "add",
                r#"{"list_name": "Oil and Gas Leads", "contacts": [{"name": "Jane Roe"}]}"#,
            ),
            (
                "remove Jane Roe from all lists",
                "remove",
                r#"{"filter": "all lists", "contacts": [{"name": "Jane Roe"}]}"#,
            ),
        ],
    );
}
