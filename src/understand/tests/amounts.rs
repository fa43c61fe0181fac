//! Numbers and times in a search, and what they are of.

use serde_json::{Value, json};

use super::{assert_sound, slots};

/// The slots that numbers fill.
fn numbers(text: &str) -> Value {
    let mut found = slots(text);
    let object = found.as_object_mut().unwrap();
    object.retain(|slot, _| ["count", "headcount", "revenue", "other", "exclude"].contains(&slot.as_str()));
    found
}

fn assert_numbers(rows: &[(&str, Value)]) {
    for (text, expected) in rows {
        assert_eq!(numbers(text), *expected, "{text}");
        assert_sound(text, &super::read(text));
    }
}

#[test]
fn a_time_in_a_role_that_ends_today_says_when_it_began() {
    assert_numbers(&[
        (
            "CTO, climate tech, Boston, started in role in last 90 days",
            json!({"other": ["role_started_within_days:90"]}),
        ),
        ("heads of HR new in role in the last 3 months", json!({"other": ["role_started_within_days:90"]})),
        ("CFOs in role for 2+ years", json!({"other": ["tenure:2+ years"]})),
    ]);
}

#[test]
fn how_long_companies_exist_is_no_age_and_no_experience() {
    assert_numbers(&[
        ("companies less than 5 years old", json!({"other": ["founded:less than 5 years ago"]})),
        (
            "roofing companies that have been around for at least 20 years",
            json!({"other": ["founded:at least 20 years ago"]}),
        ),
        ("CFOs under 40 years old", json!({"other": ["protected_attribute:age"]})),
        ("lawyers with 10 years of experience", json!({"other": ["experience_years:10"]})),
    ]);
}

#[test]
fn a_second_bound_closes_the_range_of_employees() {
    assert_numbers(&[
        ("min. 200 employees, max. 1000, machine builders in Bavaria", json!({"headcount": {"min": 200, "max": 1000}})),
        ("at least 50 employees, at most 300, SaaS companies", json!({"headcount": {"min": 50, "max": 300}})),
    ]);
}

#[test]
fn orders_and_openings_are_no_filters() {
    assert_numbers(&[
        ("top 20 CFOs at hospitals by revenue", json!({"count": 20, "other": ["sort:revenue"]})),
        ("companies hiring for a Head of Legal", json!({"other": ["hiring:Head of Legal"]})),
        (
            "startups hiring data engineers and a VP of Sales",
            json!({"other": ["hiring:data engineers", "hiring:VP of Sales"]}),
        ),
    ]);
}

#[test]
fn a_round_that_was_closed_is_its_stage() {
    assert_numbers(&[
        ("marketplaces in the Nordics that closed a Series A", json!({"other": ["funding_stage:series_a"]})),
        ("startups that just announced their Series B in Berlin", json!({"other": ["funding_stage:series_b"]})),
        ("startups that opened a plant in Ohio", json!({"other": ["signal:opened a plant"]})),
    ]);
}

#[test]
fn money_is_read_in_the_words_and_signs_of_other_countries() {
    assert_numbers(&[
        (
            "cement makers with turnover of minimum 500 crore rupees",
            json!({"revenue": {"min": 5_000_000_000_i64, "currency": "INR"}}),
        ),
        ("miners in Perth with revenue over A$50m", json!({"revenue": {"min": 50_000_001, "currency": "AUD"}})),
        (
            "software houses in Warsaw with turnover of 20-50m PLN",
            json!({"revenue": {"min": 20_000_000, "max": 50_000_000, "currency": "PLN"}}),
        ),
    ]);
}

#[test]
fn a_number_at_the_end_counts_results_and_one_behind_a_name_nothing() {
    assert_numbers(&[
        ("ceo credit unions wisconsin 25 asap", json!({"count": 25})),
        ("office managers mumbai, 15 nos", json!({"count": 15})),
        ("Search mandate 2291: medical directors in New Jersey", json!({})),
    ]);
}

#[test]
fn what_a_number_counts_is_said_beside_it() {
    assert_numbers(&[
        ("firms of at least 250 people", json!({"headcount": {"min": 250}})),
        ("food makers with a fleet of 50+ trucks", json!({"other": ["vehicles:50+"]})),
        ("companies with EBITDA between $3m and $10m", json!({"other": ["ebitda:3000000-10000000"]})),
        ("VPs in their current role for more than 3 years", json!({"other": ["tenure:more than 3 years"]})),
        ("CIOs appointed since January 2025", json!({"other": ["role_started:since January 2025"]})),
        ("developers with 3+ years of Rust", json!({"other": ["experience_years:3+", "skill:Rust"]})),
    ]);
}

#[test]
fn what_companies_lack_and_where_families_come_from_is_no_filter_of_another_kind() {
    assert_numbers(&[
        ("manufacturers without an ERP", json!({"exclude": {"other": ["technology:ERP"]}})),
        ("CEOs of Turkish origin in Berlin", json!({"other": ["protected_attribute:nationality"]})),
        ("companies hiring a CISO right now", json!({"other": ["hiring:CISO"]})),
        ("companies going through a merger", json!({"other": ["signal:going through a merger"]})),
    ]);
    assert!(super::read("companies that don't use Salesforce").ask.is_none());
}

#[test]
fn times_and_bounds_are_read_in_other_words() {
    assert_numbers(&[
        ("CMOs who joined less than 90 days ago", json!({"other": ["role_started_within_days:90"]})),
        ("HR directors in the Midlands with 5 years plus in post", json!({"other": ["tenure:5+ years"]})),
        ("companies founded in the 1990s", json!({"other": ["founded:1990s"]})),
        ("companies established over 25 years ago", json!({"other": ["founded:over 25 years ago"]})),
        ("startups no older than 3 years", json!({"other": ["founded:no older than 3 years ago"]})),
        ("aziende con almeno 50 dipendenti in Lombardia", json!({"headcount": {"min": 50}})),
        ("office managers at firms in the 10-50 band", json!({"headcount": {"min": 10, "max": 50}})),
    ]);
}

#[test]
fn numbers_and_days_of_other_things_constrain_nothing() {
    assert_numbers(&[
        ("Find 25 heads of treasury at DAX companies by Friday", json!({"count": 25})),
        ("companies with 5 to 10 salespeople", json!({})),
        ("sales reps with a quota over $1M", json!({})),
        ("VPs at Series A companies, 7 figures in ARR", json!({"other": ["funding_stage:series_a"]})),
        ("companies sized 201 - 500", json!({"headcount": {"min": 201, "max": 500}})),
        ("marketing managers at 100-year-old family businesses", json!({"other": ["founded:100 years ago"]})),
        ("recruiters who placed nurses", json!({"other": ["signal:placed nurses"]})),
    ]);
    assert!(super::read("companies with 5 to 10 salespeople").unread.contains(&"5 to 10 salespeople".to_owned()));
}
