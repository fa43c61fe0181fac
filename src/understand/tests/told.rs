//! Searches in the words of people who describe: what happened, who is missing, which towns, how many.

use super::searches::check;

/// What happened at a company and whom it looks for is a signal, and no sector.
const EVENTS: &[(&str, &str)] = &[
    (
        "CEOs of startups that lost a patent case",
        r#"{"target":"people","titles":["CEO"],"company_types":["startup"],"other":["signal:lost a patent case"]}"#,
    ),
    (
        "CFOs who spoke at a pricing summit, London",
        r#"{"target":"people","titles":["CFO"],"locations":[{"city":"London","country":"United Kingdom"}],
         "other":["signal:spoke at a pricing summit"]}"#,
    ),
    (
        "companies which are searching for a receptionist in Stuttgart",
        r#"{"target":"companies","locations":[{"city":"Stuttgart","country":"Germany"}],"other":["hiring:receptionist"]}"#,
    ),
    (
        "Looking to hire: senior backend engineers in Berlin",
        r#"{"target":"people","titles":["senior backend engineer"],"locations":[{"city":"Berlin","country":"Germany"}]}"#,
    ),
    (
        "Companies in Denver running Salesforce but not Pardot",
        r#"{"target":"companies","locations":[{"city":"Denver","state":"Colorado","country":"United States"}],
         "other":["technology:Salesforce"],"exclude":{"other":["technology:Pardot"]}}"#,
    ),
];

/// A small town is one beside other places, and an unknown one in a place that is known.
const TOWNS: &[(&str, &str)] = &[
    (
        "mediators, seattle or tacoma",
        r#"{"target":"people","titles":["mediator"],"locations":[{"city":"Seattle","state":"Washington",
         "country":"United States"},{"city":"Tacoma","state":"Washington","country":"United States"}]}"#,
    ),
    (
        "CFOs in Skaneateles, NY",
        r#"{"target":"people","titles":["CFO"],"locations":[{"city":"Skaneateles","state":"New York",
         "country":"United States"}]}"#,
    ),
    (
        "owners around Dahab, Egypt",
        r#"{"target":"people","titles":["owner"],"locations":[{"city":"Dahab","country":"Egypt"}]}"#,
    ),
    ("CFOs, us only", r#"{"target":"people","titles":["CFO"],"locations":[{"country":"United States"}]}"#),
    (
        "PR agencies in LA",
        r#"{"target":"companies","industries":["public relations and communications"],"company_types":["PR agency"],
         "locations":[{"city":"Los Angeles","state":"California","country":"United States"}]}"#,
    ),
];

/// Numbers in words and with their bound behind the unit.
const NUMBERS: &[(&str, &str)] = &[
    (
        "a hundred and twenty controllers in Colorado",
        r#"{"target":"people","count":120,"titles":["controller"],"locations":[{"state":"Colorado",
         "country":"United States"}]}"#,
    ),
    (
        "companies with between five hundred and two thousand employees",
        r#"{"target":"companies","headcount":{"min":500,"max":2000}}"#,
    ),
    (
        "translation agencies, up to 25 people",
        r#"{"target":"companies","industries":["translation services"],"company_types":["translation agency"],
         "headcount":{"max":25}}"#,
    ),
    (
        "payroll companies with $3M to $10M in revenue",
        r#"{"target":"companies","industries":["payroll"],"revenue":{"min":3000000,"max":10000000}}"#,
    ),
];

/// Lists and companies that are left out by their names.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "CFOs in Ohio, nobody who is on my conflicts list",
        r#"{"target":"people","titles":["CFO"],"locations":[{"state":"Ohio","country":"United States"}],
         "exclude":{"lists":["conflicts"]}}"#,
    ),
    (
        "CFOs in Spain, leave off everyone on EU Masterlist",
        r#"{"target":"people","titles":["CFO"],"locations":[{"country":"Spain"}],"exclude":{"lists":["EU Masterlist"]}}"#,
    ),
    (
        "CFOs in Spain. Leave out anyone at Tarrow Controls and anyone on our list Project Heron",
        r#"{"target":"people","titles":["CFO"],"locations":[{"country":"Spain"}],
         "exclude":{"companies":["Tarrow Controls"],"lists":["Project Heron"]}}"#,
    ),
    (
        "CFOs in Spain. Not Silver Creek Beverages.",
        r#"{"target":"people","titles":["CFO"],"locations":[{"country":"Spain"}],
         "exclude":{"companies":["Silver Creek Beverages"]}}"#,
    ),
    (
        "companies using HubSpot but not Marketo, 200-1,000 employees, UK",
        r#"{"target":"companies","locations":[{"country":"United Kingdom"}],"headcount":{"min":200,"max":1000},
         "other":["technology:HubSpot"],"exclude":{"other":["technology:Marketo"]}}"#,
    ),
];

/// Titles with the field they lead or work in, and degrees.
const TITLES: &[(&str, &str)] = &[
    (
        "compliance leads in Leeds",
        r#"{"target":"people","titles":["compliance lead"],"locations":[{"city":"Leeds",
         "country":"United Kingdom"}]}"#,
    ),
    ("marketing operations specialists", r#"{"target":"people","titles":["marketing operations specialist"]}"#),
    ("e-discovery directors", r#"{"target":"people","titles":["e-discovery director"]}"#),
    (
        "Persona A: VP Customer Success. Persona B: Director of Customer Success.",
        r#"{"target":"people","titles":["VP Customer Success","Director of Customer Success"]}"#,
    ),
    (
        "executive directors who hold a PhD in art history",
        r#"{"target":"people","titles":["executive director"],"other":["education:PhD in art history"]}"#,
    ),
];

/// Notes in small letters, and words that belong to somebody's past or to those they work for.
const NOTES: &[(&str, &str)] = &[
    (
        "gc insurance co hartford ct",
        r#"{"target":"people","titles":["GC"],"industries":["insurance"],"locations":[{"city":"Hartford",
         "state":"Connecticut","country":"United States"}]}"#,
    ),
    (
        "dentists boise",
        r#"{"target":"people","titles":["dentist"],"locations":[{"city":"Boise","state":"Idaho",
         "country":"United States"}]}"#,
    ),
    (
        "lawyers who represent landlords in Queens",
        r#"{"target":"people","titles":["lawyer"],"keywords":["landlords"],"locations":[{"city":"Queens","state":"New York",
         "country":"United States"}]}"#,
    ),
    (
        "controllers with Big 4 background",
        r#"{"target":"people","titles":["controller"],"other":["past_company:Big 4"]}"#,
    ),
    (
        "partners at Kirkland in Chicago",
        r#"{"target":"people","titles":["partner"],"locations":[{"city":"Chicago","state":"Illinois",
         "country":"United States"}],"other":["company:Kirkland"]}"#,
    ),
    ("SVP or EVP of claims", r#"{"target":"people","titles":["SVP of claims","EVP of claims"]}"#),
];

#[test]
fn a_note_in_small_letters_is_read_to_its_end() {
    check(NOTES);
}

#[test]
fn lists_and_companies_are_left_out_by_name() {
    check(LEFT_OUT);
}

#[test]
fn a_title_holds_its_field() {
    check(TITLES);
}

#[test]
fn what_happened_is_a_signal() {
    check(EVENTS);
}

#[test]
fn a_town_is_believed_by_what_stands_beside_it() {
    check(TOWNS);
}

#[test]
fn a_number_in_words_has_its_bounds() {
    check(NUMBERS);
}
