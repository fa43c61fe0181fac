//! Searches that nobody commands, what is taken back in the same breath, and what is left out behind its name.

use serde_json::{Value, json};

use super::super::{Intent, read};

fn slots(text: &str) -> Value {
    let request = read(text);
    assert_eq!(request.intent, Intent::ProspectSearch, "{text}");
    serde_json::to_value(&request).unwrap()["slots"].clone()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_lowercase()).collect()
}

#[test]
fn a_wish_that_says_whom_is_a_search() {
    for (text, title) in [
        ("One CFO at a biotech in San Diego is all I need", "cfo"),
        ("Purchasing managers at yacht builders in Italy would be perfect", "purchasing manager"),
        ("It would be splendid to be introduced to owners of wineries in Napa County", "owner"),
        ("Our firm advises on M&A. I'd like to meet general counsels at industrial companies", "general counsel"),
        ("Please send me 1,500 heads of HR in Germany", "head of hr"),
        ("We could use some intros to CFOs in Dallas", "cfo"),
        ("Hook me up with 10 wedding planners in Lyon", "wedding planner"),
        ("where can I find plumbers in Queens?", "plumber"),
        ("Any CTOs at climate tech companies in the Netherlands?", "cto"),
        ("Would it be possible to see compliance officers at crypto exchanges", "compliance officer"),
        ("how about 20 HR managers from Leeds", "hr manager"),
        ("within 50 miles of Chicago: controllers", "controller"),
        ("Who are the CISOs of credit unions in Oregon? We don't know any of them yet.", "ciso"),
        ("Who are the CISOs of credit unions in Oregon?", "ciso"),
        ("who are the CMOs at fintech startups in LA", "cmo"),
        ("“Head of Procurement” Germany automotive", "head of procurement"),
    ] {
        assert_eq!(texts(&slots(text)["titles"]), [title], "{text}");
    }
}

#[test]
fn a_wish_that_says_nobody_is_none() {
    for text in [
        "Meeting the team was great",
        "Do you know any jokes?",
        "Do you know any CEOs at law firms in Texas?",
        "I would not like to meet recruiters",
        "Who are the CISOs we know in Oregon?",
        "That would be perfect",
        "An email to CFOs would be nice",
        "Bob said he would like to meet CFOs",
    ] {
        assert_ne!(read(text).intent, Intent::ProspectSearch, "{text}");
    }
}

#[test]
fn a_question_before_a_command_says_whom() {
    let found = slots("Who are the leaders at solar installers in Arizona? Find me 20.");
    assert_eq!(found["count"], json!(20));
    assert_eq!(found["locations"], json!([{"state": "Arizona", "country": "United States"}]));
    let found = slots("My boss wants to grow in the Midwest. Find VPs of Operations at food manufacturers there.");
    assert_eq!(found["locations"], json!([{"region": "Midwest"}]));
}

#[test]
fn what_is_corrected_counts_in_its_last_form() {
    let found = slots("VPs of engineering. Austin. No wait, Denver.");
    assert_eq!(found["locations"], json!([{"city": "Denver", "state": "Colorado", "country": "United States"}]));
    assert_eq!(slots("find CFOs, sorry I mean CTOs, in Lyon")["titles"], json!(["CTO"]));
    assert_eq!(slots("give me forty, no, fifty owners of bakeries")["count"], json!(50));
}

#[test]
fn what_is_excluded_behind_its_name_is_left_out() {
    let found = slots("CTOs in Berlin, agencies excluded");
    assert_eq!(found["exclude"]["company_types"], json!(["agency"]));
    let found = slots("marketing agencies, no freelancers, London");
    assert_eq!(found["locations"], json!([{"city": "London", "country": "United Kingdom"}]));
}

#[test]
fn one_person_may_have_two_functions() {
    assert_eq!(texts(&slots("VP of Sales and Marketing at banks")["titles"]), ["vp of sales and marketing"]);
    assert_eq!(texts(&slots("VPs of Sales and Marketing at banks")["titles"]), ["vp of sales", "vp of marketing"]);
}

#[test]
fn regions_outside_the_us_are_made_of_cities() {
    use super::super::places::{self, canonical, contains};
    let wanted = places::resolve("Greater Toronto Area").remove(0);
    let lives = |city, state| contains(&wanted, &canonical(Some(city), Some(state), Some("Canada")));
    assert_eq!(lives("Mississauga", "Ontario"), Some(true));
    assert_eq!(lives("Ottawa", "Ontario"), Some(false));
    assert_eq!(lives("Calgary", "Alberta"), Some(false));
    assert_eq!(lives("Nowhere Corners", "Ontario"), None);
    assert_eq!(contains(&wanted, &canonical(Some("Toronto"), None, Some("Germany"))), Some(false));
    for (text, region) in [
        ("CFOs in the GTA", "Greater Toronto Area"),
        ("founders in the Randstad", "Randstad"),
        ("CEOs in Greater Manchester", "Greater Manchester"),
        ("CTOs in Silicon Fen", "Silicon Fen"),
    ] {
        assert_eq!(slots(text)["locations"], json!([{ "region": region }]), "{text}");
    }
}

#[test]
fn a_name_at_the_end_that_can_only_be_a_lists_is_one() {
    let other = |text| texts(&slots(text)["other"]);
    assert_eq!(other("30 CFOs in Ohio to Q1 Leads"), ["append_to:q1 leads"]);
    assert_eq!(other("Find me 20 more like Stripe in Europe"), ["lookalike:stripe"]);
    assert!(other("people promoted to VP in Ohio").iter().all(|entry| !entry.starts_with("append_to")));
}

#[test]
fn who_seeks_in_other_words_searches() {
    for (text, title) in [
        ("We are searching people who work as SAP consultant in Wroclaw", "sap consultant"),
        ("I am searching a marketing director in Lyon", "marketing director"),
        ("We look for 20 engineers in Bremen", "engineer"),
        ("We require 12 procurement heads in Johannesburg", "procurement head"),
        ("I would like to become 35 contacts of purchase managers in Poland", "purchase manager"),
        ("Is it possible to have 30 directors of purchasing in Italian shoe factories?", "director of purchasing"),
        ("Pls revert with 25 CFOs at banks in Nairobi", "cfo"),
        ("Series B fintechs in Mumbai, who is the CTO there?", "cto"),
        ("it is needed to find 10 plant managers in Kyiv", "plant manager"),
        ("I am interesting in plant managers in Kyiv", "plant manager"),
        ("give names of HR manager of hotels in Leeds", "hr manager"),
        ("send list of dentists in Hull", "dentist"),
        ("Insurers in Zurich - who are the general counsels?", "general counsel"),
    ] {
        assert_eq!(texts(&slots(text)["titles"]), [title], "{text}");
    }
}

#[test]
fn who_seeks_nobody_does_not_search() {
    for text in [
        "We are not searching CFOs in Ghent",
        "I would like to become a better writer",
        "We are hiring",
        "Jane Doe moved to Acme, who is the CTO there?",
        "Is it possible to have a meeting on Friday?",
    ] {
        assert_ne!(read(text).intent, Intent::ProspectSearch, "{text}");
    }
}

#[test]
fn a_heading_over_a_search_asks_nothing() {
    for (text, title) in [
        ("Who to source: plant managers in Ohio, 100-400 staff", "plant manager"),
        ("Whom we need: CFOs in Leeds", "cfo"),
        ("What I need this week: 20 CFOs in Leeds", "cfo"),
        ("Who we're after - HR directors at hospitals in Ohio", "hr director"),
    ] {
        assert_eq!(texts(&slots(text)["titles"]), [title], "{text}");
    }
    assert_eq!(read("Who do we need: is it Jane or Bob?").intent, Intent::Question);
}

#[test]
fn a_filter_may_have_verbs_between_its_fields() {
    for (text, title) in [
        ("Job title contains 'Facilities Manager' AND Country is any of United Kingdom, Ireland", "facilities manager"),
        ("Industry equals banking AND title equals CFO", "cfo"),
        ("Kindly share 100 nos. of finance controllers in Hyderabad", "finance controller"),
    ] {
        assert_eq!(texts(&slots(text)["titles"]), [title], "{text}");
    }
    assert_eq!(slots("office managers in Mumbai, 15 nos")["count"], 15);
    assert_ne!(read("Title is wrong and name is missing").intent, Intent::ProspectSearch);
}

#[test]
fn what_somebody_is_after_is_said_behind_the_verb() {
    for (text, title) in [
        ("I place cargo cover for importers. What I'm after is 35 logistics directors in Quebec", "logistics director"),
        ("Who I need are plant managers in Ohio", "plant manager"),
        ("What we are looking for is CFOs in Leeds", "cfo"),
        ("Hallo, 12 Bauleiter in Linz and Graz please, danke", "bauleiter"),
    ] {
        assert_eq!(texts(&slots(text)["titles"]), [title], "{text}");
    }
    for text in ["What is a CFO?", "What we need is a plan", "What I want is to delete Bob"] {
        assert_ne!(read(text).intent, Intent::ProspectSearch, "{text}");
    }
}

#[test]
fn a_number_of_people_for_a_list_is_to_be_found() {
    for (text, count, list) in [
        ("I need 15 procurement managers in Texas on the Suppliers list", 15, "append_to:Suppliers"),
        ("can you put 12 nurses in Tampa on the Healthcare list", 12, "append_to:Healthcare"),
        ("save 30 dentists in Utah to the Dentists list", 30, "append_to:Dentists"),
        ("top up the Nordic list with 35 CIOs in Sweden", 35, "append_to:Nordic"),
        ("Give the Energy list another 25 nurses from Leeds", 25, "append_to:Energy"),
        ("expand the list 'Dental' by 20 dentists in Phoenix", 20, "append_to:Dental"),
        ("add 2 more CFOs in Ohio to the list Ohio Finance", 2, "append_to:Ohio Finance"),
        ("add 15 more controllers in Denver to Mountain Finance", 15, "append_to:Mountain Finance"),
        ("new list \"Bio GCs\": 30 general counsels at biotech companies", 30, "save_as:Bio GCs"),
        ("start a list called Boston Bio and put 30 biotech CEOs on it", 30, "save_as:Boston Bio"),
    ] {
        let found = slots(text);
        assert_eq!(found["count"], json!(count), "{text}");
        assert_eq!(texts(&found["other"]), [list.to_lowercase()], "{text}");
    }
    assert_eq!(slots("load 20 new contacts: HR directors at hospitals in Ohio")["count"], json!(20));
    for text in [
        "add 3 contacts to the Gala list: Ann Lee, Bob Ray, Cy Dee",
        "import 200 contacts from leads.csv into the Gala list",
        "move 20 contacts from Cold to Warm",
        "add the people in attendees.csv to the Webinar list",
        "save the list Partners as partners.csv",
        "write the Gala list out to gala.csv",
        "take vip.csv and add it to the VIP list",
        "add Ann Lee and Bob Ray to the Gala list",
    ] {
        assert_eq!(read(text).intent, Intent::ListOperation, "{text}");
    }
}

#[test]
fn whether_to_do_what_lasts_is_a_question_though_it_is_put_politely() {
    for (text, intent) in [
        ("Shall we delete Bob Miller?", Intent::Question),
        ("Why don't we merge the two Okafor contacts?", Intent::Question),
        ("Might we clear the phone number of Ann Lee?", Intent::Question),
        ("Shall we start the Autumn campaign?", Intent::CampaignStart),
        ("Why don't we tag Ann Lee as VIP?", Intent::ContactUpdate),
    ] {
        assert_eq!(read(text).intent, intent, "{text}");
    }
}
