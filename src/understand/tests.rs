//! What the reader makes of whole sentences: the contract of the Request, sentence by sentence.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Intent, Request, describe, read};

mod acts;
mod amounts;
mod asked_otherwise;
mod contacts;
mod firms_beside;
mod foreign;
mod markets;
mod names_alone;
mod places;
mod parts;
mod records;
mod robustness;
mod safety;
mod searches;
mod spelling;
mod spoken;
mod told;
mod wishes;

/// The slots as JSON without the keys that hold nothing.
fn slots(text: &str) -> Value {
    let mut value = serde_json::to_value(read(text).slots).unwrap();
    let object = value.as_object_mut().unwrap();
    object.retain(|_, value| match value {
        Value::Null => false,
        Value::Array(all) => !all.is_empty(),
        Value::Object(all) => !all.is_empty(),
        _ => true,
    });
    value
}

fn intent(text: &str) -> String {
    serde_json::to_value(read(text).intent).unwrap().as_str().unwrap().to_owned()
}

/// Checks what must hold of every request, whatever the text.
fn assert_sound(text: &str, request: &Request) {
    let faults = super::faults(text, request);
    assert!(faults.is_empty(), "{text:?}: {faults:?}");
}

#[test]
fn the_first_request_reads_as_the_contract_says() {
    let request = read("Find 50 CEOs at law firms in California");
    let value = serde_json::to_value(&request).unwrap();
    let expected = json!({
        "intent": "prospect_search",
        "ask": null,
        "slots": {
            "target": "people", "count": 50,
            "titles": ["CEO"], "seniority": [], "departments": [],
            "industries": ["law practice"], "company_types": ["law firm"], "keywords": [],
            "locations": [{"state": "California", "country": "United States"}],
            "headcount": null, "revenue": null, "exclude": {}, "other": []
        },
        "assumptions": [],
        "unread": []
    });
    for key in ["intent", "ask", "slots", "assumptions", "unread"] {
        assert_eq!(value[key], expected[key], "{key}");
    }
    let entries = value["provenance"].as_array().unwrap();
    for entry in [
        json!({"slot": "count", "value": 50, "start": 5, "end": 7, "text": "50"}),
        json!({"slot": "titles", "value": "CEO", "start": 8, "end": 12, "text": "CEOs"}),
        json!({"slot": "industries", "value": "law practice", "start": 16, "end": 25, "text": "law firms"}),
        json!({"slot": "company_types", "value": "law firm", "start": 16, "end": 25, "text": "law firms"}),
        json!({"slot": "locations", "value": {"state": "California", "country": "United States"}, "start": 29, "end": 39, "text": "California"}),
    ] {
        assert!(entries.contains(&entry), "{entry} is not in {entries:?}");
    }
    assert_eq!(describe(&request), "CEOs at law firms in California");
}

/// Sentences and the slots that hold something.
const SEARCHES: &[(&str, &str)] = &[
    // Whom and where.
    (
        "Find me 20 CEOs at law firms in New York",
        r#"{"target":"people","count":20,"titles":["CEO"],"industries":["law practice"],"company_types":["law firm"],
         "locations":[{"city_or_state":"New York","country":"United States"}]}"#,
    ),
    (
        "find 50 ceos at law firms in california",
        r#"{"target":"people","count":50,"titles":["CEO"],"industries":["law practice"],"company_types":["law firm"],
         "locations":[{"state":"California","country":"United States"}]}"#,
    ),
    (
        "FIND 50 CEOS AT LAW FIRMS IN CALIFORNIA",
        r#"{"target":"people","count":50,"titles":["CEO"],"industries":["law practice"],"company_types":["law firm"],
         "locations":[{"state":"California","country":"United States"}]}"#,
    ),
    ("find all managing partners", r#"{"target":"people","titles":["managing partner"],"other":["count:all"]}"#),
    (
        "Find fifty managing partners in Texas",
        r#"{"target":"people","count":50,"titles":["managing partner"],"locations":[{"state":"Texas","country":"United States"}]}"#,
    ),
    (
        "Hi Lexi, could you please find a dozen COOs in Florida? Thanks!",
        r#"{"target":"people","count":12,"titles":["COO"],"locations":[{"state":"Florida","country":"United States"}]}"#,
    ),
    ("find a few CMOs", r#"{"target":"people","titles":["CMO"]}"#),
    (
        "find CEOs, CFOs and COOs in Ohio",
        r#"{"target":"people","titles":["CEO","CFO","COO"],"locations":[{"state":"Ohio","country":"United States"}]}"#,
    ),
    (
        "Presidents and CEOs in Maine",
        r#"{"target":"people","titles":["President","CEO"],"locations":[{"state":"Maine","country":"United States"}]}"#,
    ),
    (
        "marketing and sales directors in Berlin",
        r#"{"target":"people","titles":["marketing director","sales director"],"locations":[{"city":"Berlin","country":"Germany"}]}"#,
    ),
    (
        "VPs of Sales and Marketing in Ireland",
        r#"{"target":"people","titles":["VP of Sales","VP of Marketing"],"locations":[{"country":"Ireland"}]}"#,
    ),
    (
        "svps of engineering in the uk",
        r#"{"target":"people","titles":["SVP of engineering"],"locations":[{"country":"United Kingdom"}]}"#,
    ),
    (
        "find blockchain lawyers in Austin, TX",
        r#"{"target":"people","titles":["blockchain lawyer"],"locations":[{"city":"Austin","state":"Texas","country":"United States"}]}"#,
    ),
    (
        "Director of Innovation at law firms",
        r#"{"target":"people","titles":["Director of Innovation"],"industries":["law practice"],"company_types":["law firm"]}"#,
    ),
    (
        "IT directors at law firms",
        r#"{"target":"people","titles":["IT director"],"industries":["law practice"],"company_types":["law firm"]}"#,
    ),
    (
        "law firm partners in Texas",
        r#"{"target":"people","titles":["partner"],"industries":["law practice"],"company_types":["law firm"],
         "locations":[{"state":"Texas","country":"United States"}]}"#,
    ),
    (
        "Show me CEOs at law firms",
        r#"{"target":"people","titles":["CEO"],"industries":["law practice"],"company_types":["law firm"]}"#,
    ),
    (
        "CEO's at law firms",
        r#"{"target":"people","titles":["CEO"],"industries":["law practice"],"company_types":["law firm"]}"#,
    ),
    // Levels and departments.
    (
        "executives in Utah",
        r#"{"target":"people","seniority":["c_suite","vp"],"locations":[{"state":"Utah","country":"United States"}]}"#,
    ),
    (
        "marketing leaders at law firms",
        r#"{"target":"people","seniority":["c_suite","vp","head","director"],"departments":["marketing"],
         "industries":["law practice"],"company_types":["law firm"]}"#,
    ),
    (
        "director level and above at law firms",
        r#"{"target":"people","seniority":["owner","founder","c_suite","partner","vp","head","director"],
         "industries":["law practice"],"company_types":["law firm"]}"#,
    ),
    (
        "marketing people in Canada",
        r#"{"target":"people","departments":["marketing"],"locations":[{"country":"Canada"}]}"#,
    ),
    ("find people in legal at startups", r#"{"target":"people","departments":["legal"],"company_types":["startup"]}"#),
    // Companies.
    (
        "find a dozen law firms in Texas",
        r#"{"target":"companies","count":12,"industries":["law practice"],"company_types":["law firm"],
         "locations":[{"state":"Texas","country":"United States"}]}"#,
    ),
    (
        "TX law firms",
        r#"{"target":"companies","industries":["law practice"],"company_types":["law firm"],
         "locations":[{"state":"Texas","country":"United States"}]}"#,
    ),
    (
        "Find law firms in Texas and their managing partners",
        r#"{"target":"mixed","titles":["managing partner"],"industries":["law practice"],"company_types":["law firm"],
         "locations":[{"state":"Texas","country":"United States"}]}"#,
    ),
    (
        "partners at boutique law firms",
        r#"{"target":"people","titles":["partner"],"industries":["law practice"],"company_types":["boutique","law firm"]}"#,
    ),
    ("partners at Am Law 100 firms", r#"{"target":"people","titles":["partner"],"company_types":["Am Law 100"]}"#),
    (
        "CEOs at B2B SaaS startups",
        r#"{"target":"people","titles":["CEO"],"industries":["saas"],"company_types":["B2B","startup"]}"#,
    ),
    (
        "executives at mid-size law firms in the Bay Area excluding San Jose, save as West Coast",
        r#"{"target":"people","seniority":["c_suite","vp"],"industries":["law practice"],"company_types":["mid-size","law firm"],
         "locations":[{"region":"San Francisco Bay Area"}],"exclude":{"locations":[{"city":"San Jose","state":"California","country":"United States"}]},
         "other":["save_as:West Coast"]}"#,
    ),
    (
        "CFOs and General Counsels at banks or insurers in Texas and Florida",
        r#"{"target":"people","titles":["CFO","General Counsel"],"industries":["banking","insurance"],"company_types":["bank","insurer"],
         "locations":[{"state":"Texas","country":"United States"},{"state":"Florida","country":"United States"}]}"#,
    ),
    (
        "Find CTOs at SaaS companies with 50-200 employees in California",
        r#"{"target":"people","titles":["CTO"],"industries":["saas"],"company_types":["SaaS company"],"headcount":{"min":50,"max":200},
         "locations":[{"state":"California","country":"United States"}]}"#,
    ),
    ("find people at quantum computing companies", r#"{"target":"people","industries":["quantum computing"]}"#),
    (
        "Find partners at Kirkland & Ellis in Texas",
        r#"{"target":"people","titles":["partner"],"locations":[{"state":"Texas","country":"United States"}],"other":["company:Kirkland & Ellis"]}"#,
    ),
    (
        "Find CEOs at Google, Acme Corp and Globex",
        r#"{"target":"people","titles":["CEO"],"other":["company:Google","company:Acme Corp","company:Globex"]}"#,
    ),
    (
        "CEOs at Boston Consulting Group",
        r#"{"target":"people","titles":["CEO"],"other":["company:Boston Consulting Group"]}"#,
    ),
    // Numbers.
    (
        "companies with less than 50 people in Boston",
        r#"{"target":"companies","headcount":{"max":49},"locations":[{"city":"Boston","state":"Massachusetts","country":"United States"}]}"#,
    ),
    (
        "CFOs at companies with more than 500 employees",
        r#"{"target":"people","titles":["CFO"],"headcount":{"min":501}}"#,
    ),
    ("CFOs at companies with 50+ employees", r#"{"target":"people","titles":["CFO"],"headcount":{"min":50}}"#),
    (
        "CFOs at companies of between 1,000 and 5,000 people",
        r#"{"target":"people","titles":["CFO"],"headcount":{"min":1000,"max":5000}}"#,
    ),
    ("CFOs, headcount 51–200", r#"{"target":"people","titles":["CFO"],"headcount":{"min":51,"max":200}}"#),
    (
        "law firms with $10M+ in revenue",
        r#"{"target":"companies","industries":["law practice"],"company_types":["law firm"],"revenue":{"min":10000000}}"#,
    ),
    (
        "companies with €1.5M-€5M revenue",
        r#"{"target":"companies","revenue":{"min":1500000,"max":5000000,"currency":"EUR"}}"#,
    ),
    (
        "law firms with 50+ lawyers",
        r#"{"target":"companies","industries":["law practice"],"company_types":["law firm"],"other":["lawyer_count:50+"]}"#,
    ),
    (
        "partners with 10+ years of experience",
        r#"{"target":"people","titles":["partner"],"other":["experience_years:10+"]}"#,
    ),
    ("CFOs at companies founded after 2015", r#"{"target":"people","titles":["CFO"],"other":["founded:after 2015"]}"#),
    ("Find 1,000 CEOs", r#"{"target":"people","count":1000,"titles":["CEO"]}"#),
    // Left out.
    (
        "CEOs in Texas, not in Austin",
        r#"{"target":"people","titles":["CEO"],"locations":[{"state":"Texas","country":"United States"}],
         "exclude":{"locations":[{"city":"Austin","state":"Texas","country":"United States"}]}}"#,
    ),
    (
        "CEOs at law firms without startups",
        r#"{"target":"people","titles":["CEO"],"industries":["law practice"],"company_types":["law firm"],"exclude":{"company_types":["startup"]}}"#,
    ),
    (
        "heads of legal at startups, not lawyers",
        r#"{"target":"people","titles":["head of legal"],"company_types":["startup"],"exclude":{"titles":["lawyer"]}}"#,
    ),
    (
        "GCs in EMEA excluding Germany and Bank of America",
        r#"{"target":"people","titles":["GC"],"locations":[{"region":"EMEA"}],
         "exclude":{"locations":[{"country":"Germany"}],"companies":["Bank of America"]}}"#,
    ),
    (
        "CEOs in Ohio not in my 'Q1 Leads' list",
        r#"{"target":"people","titles":["CEO"],"locations":[{"state":"Ohio","country":"United States"}],"exclude":{"lists":["Q1 Leads"]}}"#,
    ),
    (
        "Find 20 CTOs at startups. Exclude Texas. Save it as Tech.",
        r#"{"target":"people","count":20,"titles":["CTO"],"company_types":["startup"],
         "exclude":{"locations":[{"state":"Texas","country":"United States"}]},"other":["save_as:Tech"]}"#,
    ),
    // Destinations.
    (
        "Find 5 CFOs and add them to my 'Q1 Leads' list",
        r#"{"target":"people","count":5,"titles":["CFO"],"other":["append_to:Q1 Leads"]}"#,
    ),
    (
        "build a list of CTOs in Boston called Boston CTOs",
        r#"{"target":"people","titles":["CTO"],"locations":[{"city":"Boston","state":"Massachusetts","country":"United States"}],"other":["save_as:Boston CTOs"]}"#,
    ),
    (
        "find 9 CFOs, save as West Coast",
        r#"{"target":"people","count":9,"titles":["CFO"],"other":["save_as:West Coast"]}"#,
    ),
    (
        "find 9 CFOs and start a campaign about AI",
        r#"{"target":"people","count":9,"titles":["CFO"],"other":["then:start a campaign about AI"]}"#,
    ),
    // Places.
    (
        "CEOs in Boston, New York and Chicago",
        r#"{"target":"people","titles":["CEO"],"locations":[{"city":"Boston","state":"Massachusetts","country":"United States"},
         {"city_or_state":"New York","country":"United States"},{"city":"Chicago","state":"Illinois","country":"United States"}]}"#,
    ),
    (
        "CEOs in Paris, Texas",
        r#"{"target":"people","titles":["CEO"],"locations":[{"city":"Paris","state":"Texas","country":"United States"}]}"#,
    ),
    (
        "ceos in sf",
        r#"{"target":"people","titles":["CEO"],"locations":[{"city":"San Francisco","state":"California","country":"United States"}]}"#,
    ),
    (
        "CEOs in the Bay Area",
        r#"{"target":"people","titles":["CEO"],"locations":[{"region":"San Francisco Bay Area"}]}"#,
    ),
    (
        "CEOs in North Carolina, South Carolina",
        r#"{"target":"people","titles":["CEO"],"locations":[{"state":"North Carolina","country":"United States"},{"state":"South Carolina","country":"United States"}]}"#,
    ),
    (
        "lawyers in Zürich, Switzerland",
        r#"{"target":"people","titles":["lawyer"],"locations":[{"city":"Zurich","country":"Switzerland"}]}"#,
    ),
    (
        "Find CEOs OR CFOs in Texas",
        r#"{"target":"people","titles":["CEO","CFO"],"locations":[{"state":"Texas","country":"United States"}]}"#,
    ),
    (
        "UK law firms",
        r#"{"target":"companies","industries":["law practice"],"company_types":["law firm"],"locations":[{"country":"United Kingdom"}]}"#,
    ),
    (
        "law firm partners in Maine except Portland",
        r#"{"target":"people","titles":["partner"],"industries":["law practice"],"company_types":["law firm"],"locations":[{"state":"Maine","country":"United States"}],
         "exclude":{"locations":[{"city":"Portland","state":"Maine","country":"United States"}]}}"#,
    ),
    (
        "find CTOs in Ohio, I don't need CEOs",
        r#"{"target":"people","titles":["CTO"],"locations":[{"state":"Ohio","country":"United States"}],"exclude":{"titles":["CEO"]}}"#,
    ),
    (
        "GCs in Ohio; exclude Google and Meta",
        r#"{"target":"people","titles":["GC"],"locations":[{"state":"Ohio","country":"United States"}],"exclude":{"companies":["Google","Meta"]}}"#,
    ),
    (
        "VPs or directors of marketing in Ohio",
        r#"{"target":"people","titles":["VP of marketing","director of marketing"],"locations":[{"state":"Ohio","country":"United States"}]}"#,
    ),
    (
        "ceo ohio 50",
        r#"{"target":"people","count":50,"titles":["CEO"],"locations":[{"state":"Ohio","country":"United States"}]}"#,
    ),
    ("Find Jane Doe at Acme", r#"{"target":"people","other":["name:Jane Doe","company:Acme"]}"#),
    // Signals, and what is never applied.
    ("CTOs at companies using Salesforce", r#"{"target":"people","titles":["CTO"],"other":["technology:Salesforce"]}"#),
    (
        "Series A startups in Utah",
        r#"{"target":"companies","company_types":["startup"],"locations":[{"state":"Utah","country":"United States"}],"other":["funding_stage:series_a"]}"#,
    ),
    ("find former Google employees", r#"{"target":"people","other":["past_company:Google"]}"#),
    (
        "find women CEOs under 40",
        r#"{"target":"people","titles":["CEO"],"other":["protected_attribute:gender","protected_attribute:age"]}"#,
    ),
];

#[test]
fn searches_are_read_slot_by_slot() {
    let mut wrong = Vec::new();
    for (text, expected) in SEARCHES {
        let expected: Value = serde_json::from_str(expected).unwrap();
        let found = slots(text);
        if intent(text) != "prospect_search" || found != expected {
            wrong.push(format!("{text}\n  expected {expected}\n  found    {} {found}", intent(text)));
        }
        assert_sound(text, &read(text));
    }
    assert!(wrong.is_empty(), "{} of {} read wrong:\n{}", wrong.len(), SEARCHES.len(), wrong.join("\n"));
}

/// Sentences and their intents, with the operation where one is stated.
const INTENTS: &[(&str, &str, &str)] = &[
    ("CTOs at fintech startups", "prospect_search", ""),
    ("Could you find CFOs at hospitals?", "prospect_search", ""),
    ("I need a list of general counsels in Ohio", "prospect_search", ""),
    ("I'm looking for partners in Texas", "prospect_search", ""),
    ("We are a law firm in Boston. Find CTOs at startups.", "prospect_search", ""),
    ("find contacts at law firms in Texas", "prospect_search", ""),
    ("Find CEOs that are not already in my contacts", "prospect_search", ""),
    ("How many CEOs are in our workspace?", "question", ""),
    ("who is on the Q1 Leads list?", "question", ""),
    ("how do I delete a contact?", "question", ""),
    ("What do we know about Acme's Series B?", "question", ""),
    ("show me all customers in Texas", "question", ""),
    ("show my open deals", "question", ""),
    ("Do you know any CEOs at law firms in Texas?", "question", ""),
    ("CTOs at fintech startups?", "question", ""),
    ("find contacts tagged VIP", "question", ""),
    ("find duplicate contacts", "question", ""),
    ("should I start the Spring campaign?", "question", ""),
    ("did anyone open the Spring campaign?", "question", ""),
    ("don't find anyone", "other", "none"),
    ("please don't find any CEOs at law firms", "other", "none"),
    ("don't start the Spring campaign", "other", "none"),
    ("don't send it yet", "other", "none"),
    ("never mind", "other", "none"),
    ("tell the team we found 50 CEOs", "question", ""),
    ("find out who opened the Q1 campaign", "question", ""),
    ("I don't need CEOs, find CTOs at banks", "prospect_search", ""),
    ("stop the Spring sequence for Jane Doe", "campaign_start", "remove"),
    ("cancel the Spring campaign", "campaign_start", "stop"),
    ("rename the Q1 Leads list to Q2 Leads", "list_operation", "rename"),
    ("how are you?", "other", "small_talk"),
    ("only those with an email", "other", "revise_search"),
    ("ok do it", "other", "decide"),
    ("hello", "other", "small_talk"),
    ("thanks!", "other", "small_talk"),
    ("", "other", "unknown"),
    ("???", "other", "unknown"),
    ("CEOs at law firms are hard to reach", "other", "unknown"),
    ("I met a CEO at a law firm in California yesterday", "other", "unknown"),
    ("\"find 50 CEOs at law firms\"", "other", "unknown"),
    ("The client wrote \"find 50 CEOs in Texas\" yesterday", "other", "unknown"),
    ("Yes, keep it warm and reference the INTA deadline", "other", "follow_up"),
    ("make it 100", "other", "revise_search"),
    ("exclude startups", "other", "revise_search"),
    ("add managing partners", "other", "revise_search"),
    ("enrich Jane Doe", "other", "enrich"),
    ("remind me to call Jane tomorrow", "other", "todo"),
    ("create a task to call my mother back", "other", "todo"),
    ("create a deal for Acme", "other", "deal"),
    ("approve it", "other", "decide"),
    ("Create an outreach campaign for my 'Q1 Leads' list about legal automation", "campaign_create", "create"),
    ("create a 3-step email sequence for CTOs about compliance", "campaign_create", "create"),
    ("A/B test two subject lines for the Spring campaign", "campaign_create", "create"),
    ("Can you make the email more casual?", "campaign_create", "revise_copy"),
    ("draft an email to Jane Doe", "campaign_create", "write_copy"),
    ("start the Spring campaign", "campaign_start", "start"),
    ("pause the Spring campaign", "campaign_start", "pause"),
    ("pause Jane Doe in the Spring campaign", "campaign_start", "pause_contact"),
    ("resume it", "campaign_start", "resume"),
    ("send a test of the Spring campaign to me", "campaign_start", "test"),
    ("schedule the Spring campaign for Monday", "campaign_start", "schedule"),
    ("add 20 VPs to my Spring sequence", "campaign_start", "enroll"),
    ("Find 20 CTOs and add them to the Spring campaign", "campaign_start", "enroll"),
    ("stop emailing Jane Doe", "campaign_start", "pause_contact"),
    ("add a note: followed up by phone", "contact_update", "add_note"),
    ("add a contact: Jane Doe, jane@acme.example", "contact_update", "create"),
    ("update Jane Doe's phone number to 555-1234", "contact_update", "update"),
    ("clear the phone number of Jane Doe", "contact_update", "clear_field"),
    ("delete Jane Doe's phone number", "contact_update", "clear_field"),
    ("delete Jane Doe", "contact_update", "delete"),
    ("tag Jane Doe as VIP", "contact_update", "tag"),
    ("merge the duplicates of Jane Doe", "contact_update", "merge"),
    ("create a list called Texas CEOs", "list_operation", "create"),
    ("create a list of my contacts in Texas", "list_operation", "create"),
    ("add Jane Doe to the Q1 Leads list", "list_operation", "add"),
    ("remove Jane Doe from the Q1 Leads list", "list_operation", "remove"),
    ("delete the Q1 Leads list", "list_operation", "delete"),
    ("export the Q1 Leads list to csv", "list_operation", "export"),
    ("import contacts from this file", "list_operation", "import"),
];

#[test]
fn intents_are_told_apart() {
    let mut wrong = Vec::new();
    for (text, expected, operation) in INTENTS {
        let request = read(text);
        let found = request
            .details()
            .and_then(|details| details.operation.clone().or(details.action.clone()))
            .unwrap_or_default();
        if intent(text) != *expected || found != *operation {
            wrong.push(format!("{text}: {} {found}, expected {expected} {operation}", intent(text)));
        }
        assert_sound(text, &request);
    }
    assert!(wrong.is_empty(), "{} of {} read wrong:\n{}", wrong.len(), INTENTS.len(), wrong.join("\n"));
}

#[test]
fn names_values_and_records_are_taken_as_written() {
    for (text, expected) in [
        (
            "Create an outreach campaign for my 'Q1 Leads' list about legal automation",
            json!({"operation": "create", "list_name": "Q1 Leads", "topic": "legal automation"}),
        ),
        (
            "add a note: followed up by phone",
            json!({"operation": "add_note", "changes": {"note": "followed up by phone"}}),
        ),
        (
            "clear the phone number of Jane Doe",
            json!({"operation": "clear_field", "changes": {"phone": null}, "contacts": [{"name": "Jane Doe"}]}),
        ),
        (
            "change the title of Jane Doe to General Counsel",
            json!({"operation": "update", "changes": {"title": "General Counsel"}, "contacts": [{"name": "Jane Doe"}]}),
        ),
        (
            "add a contact: Jane Doe, jane@acme.example",
            json!({"operation": "create", "contacts": [{"name": "Jane Doe", "email": "jane@acme.example"}]}),
        ),
        (
            "pause Jane Doe in the Spring campaign",
            json!({"operation": "pause_contact", "campaign_name": "Spring", "contacts": [{"name": "Jane Doe"}]}),
        ),
        (
            "schedule the Spring campaign for Monday",
            json!({"operation": "schedule", "campaign_name": "Spring", "schedule": "Monday"}),
        ),
        ("What do we know about Acme's Series B?", json!({"topic": "What do we know about Acme's Series B"})),
    ] {
        assert_eq!(slots(text), expected, "{text}");
    }
}

#[test]
fn lexi_asks_back_only_when_something_is_open() {
    for text in [
        "find people",
        "find 50",
        "make it 100",
        "resume it",
        "add a note: called",
        "blah blah",
        "delete the list",
        "export it",
        "download this list",
        "delete him",
        "update the phone number",
        "add them to the list",
        "update Jane Roe",
        "His new mobile is 07700 900123, could you change it?",
    ] {
        assert!(read(text).ask.is_some(), "{text}");
    }
    for text in [
        "Find CEOs in New York",
        "hello",
        "who opened my emails?",
        "delete the Q1 Leads list",
        "don't find anyone",
        "remove Jane Roe from all lists",
        "export all contacts",
        "delete Jane Roe",
        "export the Gala list",
    ] {
        assert_eq!(read(text).ask, None, "{text}");
    }
    let ask = read("find people").ask.unwrap();
    assert!(
        ask.contains("Find 50 CEOs at law firms in California")
            && ask.contains("Find 20 general counsels at banks in Texas")
    );
}

#[test]
fn ambiguous_places_are_assumed_and_said() {
    let request = read("Find CEOs in New York");
    assert_eq!(request.assumptions, ["“New York” may be the city or the state of New York; both count."]);
    assert!(read("Find CEOs in California").assumptions.is_empty());
}

#[test]
fn what_is_never_applied_is_said() {
    let request = read("find young women lawyers in Texas");
    assert_eq!(request.assumptions.len(), 2);
    assert!(request.assumptions[0].starts_with("“young” was not applied"));
    assert_eq!(request.search().unwrap().titles, ["lawyer"]);
}

#[test]
fn words_that_no_slot_takes_are_kept() {
    assert_eq!(read("find former CEOs in Texas").unread, ["former"]);
    assert_eq!(read("find nice CEOs in Texas wearing hats").unread.join(" "), "wearing hats");
    assert_eq!(read("Find CEOs in Ohio. Don't contact them yet.").unread, ["Don't contact"]);
    assert_eq!(read("Find CEOs in Ohio, don't email anyone yet").unread, ["don't email anyone yet"]);
    assert!(read("Find 50 CEOs at law firms in California").unread.is_empty());
}

#[test]
fn descriptions_say_what_was_understood() {
    for (text, expected) in [
        ("Find 50 CEOs at law firms in California", "CEOs at law firms in California"),
        ("find 50 ceos at law firms in california", "CEOs at law firms in California"),
        ("find a law firm in Texas", "law firms in Texas"),
        ("marketing leaders at law firms", "marketing leaders at law firms"),
        ("partners at boutique law firms", "partners at boutique law firms"),
        ("VPs of Sales in Ireland", "VPs of Sales in Ireland"),
        ("CFOs at companies with 50-200 employees", "CFOs with 50–200 employees"),
        (
            "CEOs at law firms in Texas or Ohio, excluding Austin",
            "CEOs at law firms in Texas or Ohio, excluding Austin",
        ),
    ] {
        assert_eq!(describe(&read(text)), expected, "{text}");
    }
    let long = format!("find {}", "extraordinarily quantum computing companies, ".repeat(20));
    assert!(describe(&read(&long)).chars().count() <= 120);
}

#[test]
fn a_request_survives_its_json() {
    for (text, _) in SEARCHES {
        let request = read(text);
        let json = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<Request>(&json).unwrap(), request);
    }
    assert_eq!(read("find all CEOs").intent, Intent::ProspectSearch);
    assert_eq!(read("find CEOs, save as West Coast").other("save_as"), Some("West Coast"));
}

/// A sentence of the tables with some of its characters changed.
fn mutated() -> impl Strategy<Value = String> {
    let sentences: Vec<&'static str> =
        SEARCHES.iter().map(|(text, _)| *text).chain(INTENTS.iter().map(|(text, _, _)| *text)).collect();
    let edit = (
        any::<prop::sample::Index>(),
        prop::sample::select(vec![
            "", "'", "\"", "é", " ", ",", "50", "-", "not ", " of ", "“", "$", "\u{301}", ". ", ">=", "&", "İ", "list ",
        ]),
    );
    (prop::sample::select(sentences), prop::collection::vec(edit, 0..6)).prop_map(|(text, edits)| {
        let mut chars: Vec<String> = text.chars().map(String::from).collect();
        for (at, with) in edits {
            if !chars.is_empty() {
                let at = at.index(chars.len());
                chars[at] = with.to_owned();
            }
        }
        chars.concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_read_without_panic(text in any::<String>()) {
        let request = read(&text);
        assert_sound(&text, &request);
        describe(&request);
    }

    #[test]
    fn a_changed_sentence_is_read_soundly(text in mutated()) {
        let request = read(&text);
        assert_sound(&text, &request);
        describe(&request);
    }

    #[test]
    fn words_of_requests_in_any_order_are_read_soundly(words in prop::collection::vec(prop::sample::select(vec![
        "find", "50", "CEOs", "at", "law", "firms", "in", "California", ",", "not", "and", "of", "VP", "Sales", "with", "50-200", "employees", "save as", "X",
        "my", "list", "'Q1", "Leads'", "$10M", "or", "more", "New", "York", "the", "excluding", "Director", "marketing", "people", "to", "campaign", "a", "than",
    ]), 0..24)) {
        let text = words.join(" ");
        let request = read(&text);
        assert_sound(&text, &request);
        describe(&request);
    }
}
