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
