//! Follow-ups as tables: what is said behind a search, and how the search then differs.

use super::super::request::{Origin, Request};
use super::*;

const ASKED: &str =
    "Find 50 CEOs and CFOs at mid-size law firms in California and Texas with 50-200 employees, not recruiters";

fn followed(earlier: &Request, text: &str) -> Option<Followed> {
    read(
        text,
        &Follow { request: earlier, message_id: "m1", limit: earlier.search().and_then(|s| s.count).unwrap_or(25) },
    )
}

fn changed(earlier: &Request, text: &str) -> Request {
    match followed(earlier, text) {
        Some(Followed::Changed(request)) => *request,
        other => panic!("{text}: {other:?}"),
    }
}

/// What differs after `text`.
fn differs(earlier: &Request, text: &str) -> String {
    differences(earlier.search().unwrap(), changed(earlier, text).search().unwrap()).join("; ")
}

#[test]
fn what_is_said_behind_a_search_changes_it() {
    let earlier = super::super::read(ASKED);
    for (text, expected) in [
        ("make it 100", "100 instead of 50"),
        ("100", "100 instead of 50"),
        ("100 instead", "100 instead of 50"),
        ("only 10", "10 instead of 50"),
        ("double it", "100 instead of 50"),
        ("half of them", "25 instead of 50"),
        ("10 more", "60 instead of 50"),
        ("give me 20 more", "70 instead of 50"),
        ("add 50 more in Nevada", "100 instead of 50; also Nevada"),
        ("more", "100 instead of 50"),
        ("all of them", "all there are"),
        ("change the number to 75", "75 instead of 50"),
        ("can you make it 75?", "75 instead of 50"),
        ("yes, but only 20", "20 instead of 50"),
        ("only in San Francisco", "San Francisco instead of California and Texas"),
        ("San Francisco", "San Francisco instead of California and Texas"),
        ("in Nevada instead", "Nevada instead of California and Texas"),
        ("what about Nevada?", "Nevada instead of California and Texas"),
        ("no, Nevada", "Nevada instead of California and Texas"),
        ("change the location to Nevada", "Nevada instead of California and Texas"),
        ("replace California with Nevada", "Nevada instead of California"),
        ("also in Nevada", "also Nevada"),
        ("with Nevada", "also Nevada"),
        ("expand to Nevada and Oregon", "also Nevada and Oregon"),
        ("without Texas", "without Texas"),
        ("without the Bay Area", "leaving out San Francisco Bay Area"),
        ("and not in Houston", "leaving out Houston"),
        ("anywhere", "without California and Texas"),
        ("drop the location filter", "without California and Texas"),
        ("just CFOs", "without CEO"),
        ("CFOs instead of CEOs", "without CEO"),
        ("general counsels instead", "general counsel instead of CEO and CFO"),
        ("and general counsels", "also general counsel"),
        ("add managing partners too", "also managing partner"),
        ("no CFOs", "without CFO"),
        ("not agencies", "leaving out agency"),
        ("also exclude consultants", "leaving out consultant"),
        ("drop the exclusions", "no longer leaving out recruiter"),
        ("drop the mid-size", "law firm instead of mid-size law firm"),
        ("without “mid-size”", "law firm instead of mid-size law firm"),
        ("at banks instead", "bank instead of mid-size law firm"),
        ("any size", "any employees"),
        ("without the headcount", "any employees"),
        ("with 11-500 employees", "11 to 500 employees"),
        ("under 100 employees", "employees up to 99"),
        ("only litigation", "only litigation"),
        ("put them on Q1 Leads instead", "onto the list \"Q1 Leads\""),
        ("put them on \"Q1 Leads\" instead", "onto the list \"Q1 Leads\""),
        ("call the list West", "onto the list \"West\""),
        ("save it as West Coast", "onto the list \"West Coast\""),
        ("make it 100 and drop the mid-size", "100 instead of 50; law firm instead of mid-size law firm"),
        ("Only CFOs. And make it 10.", "10 instead of 50; without CEO"),
        ("remove California and the headcount filter", "without California; any employees"),
        ("nur in Texas", "without California"),
        ("sin Texas", "without Texas"),
    ] {
        assert_eq!(differs(&earlier, text), expected, "{text}");
    }
}

#[test]
fn a_request_of_its_own_is_no_follow_up() {
    let earlier = super::super::read(ASKED);
    for text in [
        "Find 20 CFOs in Ohio",
        "CFOs in Ohio",
        "How many are there?",
        "Add Jane Doe to my Q1 list",
        "remove jane@x.example",
        "delete the list",
        "drop the campaign",
        "add a note to Jane",
        "tag them VIP",
        "start a campaign",
        "export them",
        "make it shorter",
        "how many would that be in Texas?",
        "hello",
        "thanks",
        "add Jane Doe",
        "what is the weather?",
        "",
        "!!!",
    ] {
        assert_eq!(followed(&earlier, text), None, "{text}");
    }
}

#[test]
fn yes_and_no_are_told_from_changes() {
    for text in ["yes", "Yes please!", "go ahead", "approve it", "do it", "looks good, go ahead", "ok", "Ja bitte"] {
        assert_eq!(decision(text), Some(Followed::Confirm), "{text}");
    }
    for text in ["never mind", "forget it", "cancel that", "no", "No thanks.", "stop", "nein"] {
        assert_eq!(decision(text), Some(Followed::Drop), "{text}");
    }
    for text in ["thanks", "yes?", "approve all tasks", "yes, but only 20", "no recruiters", "", "please"] {
        assert_eq!(decision(text), None, "{text}");
    }
}

#[test]
fn a_size_without_a_number_is_asked_for() {
    let earlier = super::super::read(ASKED);
    for text in ["smaller firms", "only bigger companies", "larger ones"] {
        assert!(matches!(followed(&earlier, text), Some(Followed::Ask(_))), "{text}");
    }
}

#[test]
fn law_firm_equivalents_are_titles_with_the_words_that_asked_for_them() {
    let earlier = super::super::read("Find 50 CEOs at law firms in California");
    let wider = changed(&earlier, "include the law-firm equivalents");
    assert!(wider.search().unwrap().titles.contains(&"Managing Partner".to_owned()));
    let source = wider.provenance.iter().find(|entry| entry.value == "Managing Partner").unwrap();
    assert_eq!((source.text.as_deref(), &source.from), (Some("the law-firm equivalents"), &Origin::Request));
}

#[test]
fn every_value_points_at_the_message_that_gave_it() {
    let texts = ["Find CEOs at law firms in California", "add CFOs", "only in Texas", "make it 100", "without CEOs"];
    let mut request = super::super::read(texts[0]);
    for (turn, text) in texts.iter().enumerate().skip(1) {
        let message_id = format!("{}", turn - 1);
        let follow = Follow { request: &request, message_id: &message_id, limit: 25 };
        request = match read(text, &follow) {
            Some(Followed::Changed(changed)) => *changed,
            other => panic!("{text}: {other:?}"),
        };
    }
    let search = request.search().unwrap();
    assert_eq!((&search.titles, search.count), (&vec!["CFO".to_owned()], Some(100)));
    let from = |slot: &str| -> Vec<(&Origin, Option<&str>)> {
        let entries = request.provenance.iter().filter(|entry| entry.slot == slot);
        entries.map(|entry| (&entry.from, entry.text.as_deref())).collect()
    };
    let message = |id: &str| Origin::Message(id.to_owned());
    assert_eq!(from("titles"), [(&message("1"), Some("CFOs"))]);
    assert_eq!(from("locations"), [(&message("2"), Some("Texas"))]);
    assert_eq!(from("count"), [(&message("3"), Some("100"))]);
    assert!(from("company_types").iter().all(|(from, _)| **from == message("0")));
    for entry in &request.provenance {
        let Origin::Message(id) = &entry.from else { panic!("{entry:?} has no message") };
        let text = texts[id.parse::<usize>().unwrap()];
        assert_eq!(entry.text.as_deref(), Some(&text[entry.start.unwrap()..entry.end.unwrap()]));
    }
    assert_eq!(super::super::describe(&request), "CFOs at law firms in Texas");
}

#[test]
fn no_text_behind_a_search_makes_the_reader_fall() {
    let earlier = super::super::read(ASKED);
    let pieces = [
        "only",
        "without",
        "“",
        "”",
        "and",
        ",",
        "instead",
        "100",
        "Texas",
        "CFOs",
        "the",
        "no",
        "-",
        "é",
        "put them on",
        "\"",
        "too",
        "change",
        "to",
        "any",
        "size",
        ".",
    ];
    for a in pieces {
        for b in pieces {
            for c in pieces {
                let text = format!("{a} {b} {c}");
                if let Some(Followed::Changed(request)) = followed(&earlier, &text) {
                    for entry in request.provenance.iter().filter(|entry| entry.from == Origin::Request) {
                        let span = entry.start.unwrap()..entry.end.unwrap();
                        assert_eq!(text.get(span), entry.text.as_deref(), "{text}");
                    }
                }
            }
        }
    }
}
