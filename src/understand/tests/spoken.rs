//! People who hesitate, correct themselves, beat about the bush, tell instead of asking, shout, or
//! write like a program.

use serde_json::Value;

use super::{assert_sound, intent, read, slots};

/// What somebody says, the intent, and the slots that must be there.
type Said = (&'static str, &'static str, &'static str);

const HESITATION: &[Said] = &[
    ("so like um find me, you know, 30 CFOs in, uh, Boston", "prospect_search", r#"{"count":30,"titles":["CFO"]}"#),
    (
        "uhm could you like maybe delete Hugo Bellamy",
        "contact_update",
        r#"{"operation":"delete","contacts":[{"name":"Hugo Bellamy"}]}"#,
    ),
    (
        "Not sure if you can, but could you find 10 dentists in Ohio",
        "prospect_search",
        r#"{"count":10,"titles":["dentist"]}"#,
    ),
    (
        "are you kidding me? Bob Lee is still in the list Gala. Take him out.",
        "list_operation",
        r#"{"operation":"remove","list_name":"Gala"}"#,
    ),
    (
        "WHY IS THE SPRING PROMO CAMPAIGN STILL RUNNING??? STOP IT",
        "campaign_start",
        r#"{"operation":"stop","campaign_name":"SPRING PROMO"}"#,
    ),
];

const CORRECTIONS: &[Said] = &[
    (
        "Find 20 CTOs in Berlin, no wait, Munich",
        "prospect_search",
        r#"{"count":20,"titles":["CTO"],"locations":[{"city":"Munich","country":"Germany"}]}"#,
    ),
    (
        "Find 20 CTOs in Berlin. Actually, make it 40.",
        "prospect_search",
        r#"{"count":40,"locations":[{"city":"Berlin","country":"Germany"}]}"#,
    ),
    ("I need 30... no 40 controllers in Dallas", "prospect_search", r#"{"count":40,"titles":["controller"]}"#),
    ("give me 25 - sorry 35 - plumbers in Ohio", "prospect_search", r#"{"count":35,"titles":["plumber"]}"#),
    ("find 20 CTOs, sorry, CIOs at banks in Texas", "prospect_search", r#"{"count":20,"titles":["CIO"]}"#),
    ("CEOs, no recruiters, in Paris", "prospect_search", r#"{"titles":["CEO"],"exclude":{"titles":["recruiter"]}}"#),
    (
        "Delete Anna Bell, I mean Anna Bull",
        "contact_update",
        r#"{"operation":"delete","contacts":[{"name":"Anna Bull"}]}"#,
    ),
    (
        "Add Tina Fox to VIPs, no sorry, to Gold Members",
        "list_operation",
        r#"{"operation":"add","list_name":"Gold Members"}"#,
    ),
    (
        "Change Bob Lee's email to bob@a.example, sorry, bob@b.example",
        "contact_update",
        r#"{"operation":"update","changes":{"email":"bob@b.example"}}"#,
    ),
    ("tag Bob Lee as hot, I mean cold", "contact_update", r#"{"operation":"tag","changes":{"tag":"cold"}}"#),
    (
        "Schedule the Gala campaign for Friday, no, Thursday at 10am",
        "campaign_start",
        r#"{"operation":"schedule","schedule":"Thursday at 10am"}"#,
    ),
    ("Export the Gala list, wait no, the Golf list", "list_operation", r#"{"operation":"export","list_name":"Golf"}"#),
    (
        "create a campaign called Ahoy, correction, Anchors Aweigh",
        "campaign_create",
        r#"{"campaign_name":"Anchors Aweigh"}"#,
    ),
    (
        "delete the Gala list. Oh wait, don't delete it, just clear it.",
        "list_operation",
        r#"{"operation":"clear","list_name":"Gala"}"#,
    ),
    ("pause the Spring campaign. no wait, don't.", "other", r#"{"action":"none"}"#),
    ("delete Carl Ross. scratch that.", "other", r#"{"action":"none"}"#),
    ("Merge Bob Lee with Rob Lee. Hmm, on second thought, leave it.", "other", r#"{"action":"none"}"#),
];

const ROUNDABOUT: &[Said] = &[
    (
        "It would be lovely if someone could export the Gala list",
        "list_operation",
        r#"{"operation":"export","list_name":"Gala"}"#,
    ),
    ("I was hoping to get 25 HR directors in Leeds", "prospect_search", r#"{"count":25,"titles":["HR director"]}"#),
    ("I was hoping you'd merge Bob Lee and Robert Lee", "contact_update", r#"{"operation":"merge"}"#),
    (
        "I'd be much obliged if you would remove Bob Lee from the Gala list",
        "list_operation",
        r#"{"operation":"remove","list_name":"Gala"}"#,
    ),
    (
        "I'd appreciate it if Bob Lee could be added to the Gala list",
        "list_operation",
        r#"{"operation":"add","list_name":"Gala","contacts":[{"name":"Bob Lee"}]}"#,
    ),
    (
        "kindly see to it that Bob Lee is removed from the Gala list",
        "list_operation",
        r#"{"operation":"remove","list_name":"Gala","contacts":[{"name":"Bob Lee"}]}"#,
    ),
    (
        "could Bob Lee be removed from the Gala list?",
        "list_operation",
        r#"{"operation":"remove","list_name":"Gala","contacts":[{"name":"Bob Lee"}]}"#,
    ),
    (
        "Any chance Harvest Promo could start going out today?",
        "campaign_start",
        r#"{"operation":"start","campaign_name":"Harvest Promo"}"#,
    ),
    ("new list, call it \"Dinner Guests\"", "list_operation", r#"{"operation":"create","list_name":"Dinner Guests"}"#),
    ("dump list Sommerfest to csv", "list_operation", r#"{"operation":"export","list_name":"Sommerfest"}"#),
    ("any CTOs in Berlin?", "prospect_search", r#"{"titles":["CTO"]}"#),
];

const TOLD: &[Said] = &[
    (
        "Tom Hardy's number is wrong, it should be +1 212 555 0199, please fix",
        "contact_update",
        r#"{"operation":"update","contacts":[{"name":"Tom Hardy"}],"changes":{"phone":"+1 212 555 0199"}}"#,
    ),
    (
        "Emma Stone got married, her last name is now Park, please update",
        "contact_update",
        r#"{"operation":"update","changes":{"last_name":"Park"}}"#,
    ),
    (
        "Jonas Weber isn't at Siemens anymore, he's now CFO of Bosch",
        "contact_update",
        r#"{"operation":"update","contacts":[{"name":"Jonas Weber"}],"changes":{"title":"CFO","company":"Bosch"}}"#,
    ),
    (
        "I think Tom Hardy's e-mail is old. It's tom@hardy.example now. Can you change that?",
        "contact_update",
        r#"{"operation":"update","changes":{"email":"tom@hardy.example"}}"#,
    ),
    (
        "Bob Lee shouldn't be on the Gala list anymore",
        "list_operation",
        r#"{"operation":"remove","list_name":"Gala","contacts":[{"name":"Bob Lee"}]}"#,
    ),
    (
        "Bob Lee doesn't have a phone number any more, leave it blank",
        "contact_update",
        r#"{"operation":"clear_field","changes":{"phone":null}}"#,
    ),
    (
        "the Old Leads list should be called New Leads",
        "list_operation",
        r#"{"operation":"rename","list_name":"Old Leads","changes":{"name":"New Leads"}}"#,
    ),
    (
        "Bob Lee's title isn't CFO, it's CEO. Fix please.",
        "contact_update",
        r#"{"operation":"update","contacts":[{"name":"Bob Lee"}],"changes":{"title":"CEO"}}"#,
    ),
    (
        "Carla Diaz moved from Acme to Initech, pls update",
        "contact_update",
        r#"{"operation":"update","contacts":[{"name":"Carla Diaz"}],"changes":{"company":"Initech"}}"#,
    ),
    ("the Trainees list. bin it.", "list_operation", r#"{"operation":"delete","list_name":"Trainees"}"#),
];

const CALLS: &[Said] = &[
    (
        "CONTACT.CREATE name=\"Tomasz Lis\" email=tomasz@lis.example company=\"Wawel Invest\"",
        "contact_update",
        r#"{"operation":"create"}"#,
    ),
    (
        "LIST.ADD email=hugo@bellamy.example list=\"Paris Dinner\"",
        "list_operation",
        r#"{"operation":"add","list_name":"Paris Dinner","contacts":[{"email":"hugo@bellamy.example"}]}"#,
    ),
    ("campaign.pause Probate Letter", "campaign_start", r#"{"operation":"pause","campaign_name":"Probate Letter"}"#),
    ("CAMPAIGN STOP \"Legacy\"", "campaign_start", r#"{"operation":"stop","campaign_name":"Legacy"}"#),
    (
        "contact.update email=bob@lee.example title=\"VP Sales\"",
        "contact_update",
        r#"{"operation":"update","contacts":[{"email":"bob@lee.example"}],"changes":{"title":"VP Sales"}}"#,
    ),
    ("SEARCH people title=CFO city=Boston limit=20", "prospect_search", r#"{"count":20,"titles":["CFO"]}"#),
];

/// Much the same words, and nothing is to be done.
const NOTHING_ASKED: &[&str] = &[
    "Could a contact be deleted by accident?",
    "Could contacts be deleted automatically?",
    "can anyone delete my contacts?",
    "Is Tom Hardy's number wrong?",
    "Tom Hardy's number is wrong",
    "Jonas Weber left Siemens",
    "Emma Stone got married",
    "Someone deleted Bob Lee",
    "Bob Lee has been deleted",
    "Anna said Bob Lee should be deleted",
    "He told me to delete Bob Lee",
    "Anna asked whether we could pause the Spring Promo campaign",
    "I didn't ask you to delete Bob Lee",
    "it's not that I want to delete Bob Lee",
    "Had I known, I would have deleted Bob Lee",
    "If I deleted Bob Lee, would his notes be gone?",
    "I wonder whether I should delete Bob Lee",
    "May I delete the Gala list?",
    "last year we used to tag everyone at trade fairs, what a mess that was",
    "hold off on the Spring Promo campaign, don't send anything yet",
    "Actually, no.",
    "sorry, what did we send to Bob Lee?",
    "write a limerick for my wife's birthday",
    "Did Jonas Weber move to Bosch?",
    "fyi\n---------- Forwarded message ---------\nFrom: Bob Lee\nTom Hardy's number is wrong, it should be 212-555-0112, please fix",
    "fyi\n> um delete Bob Lee, no wait, Rob Lee\n> could Bob Lee be removed from the Gala list?",
    "> um delete Bob Lee, no wait, Rob Lee",
    "Start the Spring Promo campaign. Just kidding, don't.",
    "delete Bob Lee... no! keep him!",
    "delete Bob Lee. Actually don't.",
    "delete Bob Lee, never mind",
    "Bob Lee is leaving, pause him. Wait, no, forget it.",
    "Maybe Carla Diaz is now CEO, not sure",
];

/// What is dictated stays word for word.
const DICTATED: &[Said] = &[
    (
        "add a note to Bob Lee: um, no wait, he said he'd call if you have time",
        "contact_update",
        r#"{"operation":"add_note","changes":{"note":"um, no wait, he said he'd call if you have time"}}"#,
    ),
    (
        "note on Bob Lee: moved from Acme to Initech, never mind the rest",
        "contact_update",
        r#"{"operation":"add_note","changes":{"note":"moved from Acme to Initech, never mind the rest"}}"#,
    ),
];

fn check(said: &[Said]) {
    let mut wrong = Vec::new();
    for (text, expected, values) in said {
        let wanted: Value = serde_json::from_str(values).unwrap();
        let found = slots(text);
        let fits = wanted.as_object().unwrap().iter().all(|(slot, value)| found.get(slot) == Some(value));
        if intent(text) != *expected || !fits {
            wrong.push(format!("{text}\n  expected {expected} {wanted}\n  found    {} {found}", intent(text)));
        }
        assert_sound(text, &read(text));
    }
    assert!(wrong.is_empty(), "{} of {} read wrong:\n{}", wrong.len(), said.len(), wrong.join("\n"));
}

#[test]
fn hesitation_and_anger_are_no_part_of_a_request() {
    check(HESITATION);
}

#[test]
fn the_corrected_wish_counts() {
    check(CORRECTIONS);
}

#[test]
fn roundabout_requests_are_requests() {
    check(ROUNDABOUT);
}

#[test]
fn a_statement_with_a_new_value_changes_the_record() {
    check(TOLD);
}

#[test]
fn dictated_words_stay_as_they_are() {
    check(DICTATED);
}

#[test]
fn calls_of_a_program_are_read_like_sentences() {
    check(CALLS);
}

#[test]
fn what_only_sounds_like_it_changes_nothing() {
    for text in NOTHING_ASKED {
        let found = intent(text);
        assert!(["question", "other"].contains(&found.as_str()), "{text}: {found}");
        assert_sound(text, &read(text));
    }
}
