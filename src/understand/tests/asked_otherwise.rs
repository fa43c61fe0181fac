//! Requests in the words of an offer, by number, and in other languages without small words.

use crate::understand::{Intent, Request, read};

fn slots(request: &Request) -> serde_json::Value {
    serde_json::to_value(&request.slots).expect("slots are JSON")
}

#[test]
fn an_offer_or_a_hope_is_a_search() {
    for text in [
        "Right, could you fish out a dozen operations directors at bakeries in Ohio?",
        "Would you kindly rustle up some CFOs at biotech firms in Boston?",
        "Fancy pulling together a few HR directors at hotels in Leeds?",
        "Do you fancy digging out sales leaders at challenger banks in London?",
        "Any chance of 20 controllers at hospitals in Texas?",
        "Export managers at wineries in Lyon",
    ] {
        assert_eq!(read(text).intent, Intent::ProspectSearch, "{text}");
    }
    for text in ["Any chance of a refund?", "Any chance of my contacts in Texas opening it?", "Fancy a coffee?"] {
        assert_ne!(read(text).intent, Intent::ProspectSearch, "{text}");
    }
}

#[test]
fn a_record_is_meant_by_its_number() {
    for (text, ids) in [
        ("Delete contact #5512", vec!["5512"]),
        ("Merge records 311 and 312", vec!["311", "312"]),
        ("Clear the phone number on record 9023", vec!["9023"]),
    ] {
        let request = read(text);
        let found = slots(&request)["contacts"].as_array().cloned().unwrap_or_default();
        let found: Vec<_> = found.iter().filter_map(|contact| contact["id"].as_str()).collect();
        assert_eq!(found, ids, "{text}");
        assert_eq!(request.ask, None, "{text}");
    }
}

#[test]
fn what_was_is_told_before_what_is_wanted() {
    for text in [
        "We got good response from textile exporters last time, so this time get me 30 bakers in Texas",
        "We had luck with dentists in Ohio, so now find 30 orthodontists in Texas",
    ] {
        let search = read(text).search().cloned().unwrap_or_default();
        assert_eq!((search.count, search.titles.len(), search.locations.len()), (Some(30), 1, 1), "{text}");
    }
    let removed = read("We closed 3 deals with law firms, so remove Jane Doe from the VIP list");
    assert_eq!(removed.intent, Intent::ListOperation);
}

#[test]
fn a_name_that_ends_in_a_market_is_a_campaign() {
    for (text, name) in [("Resume Winback DACH", "Winback DACH"), ("Pause Renewal UK", "Renewal UK")] {
        assert_eq!(slots(&read(text))["campaign_name"], name, "{text}");
    }
}

#[test]
fn a_tag_is_taken_from_a_person_and_not_from_a_list() {
    let request = read("Remove the tag Hot Lead from Odile Marchant");
    assert_eq!(request.intent, Intent::ContactUpdate);
    assert_eq!(slots(&request)["list_name"], serde_json::Value::Null);
}

#[test]
fn the_same_pronoun_twice_is_one_contact() {
    for text in ["delete her, she asked twice", "remove him, he wants out", "delete them, they bounced"] {
        let contacts = slots(&read(text))["contacts"].as_array().map_or(0, Vec::len);
        assert_eq!(contacts, 1, "{text}");
    }
}

#[test]
fn a_noun_of_another_language_is_no_command() {
    for text in ["Bitte Kontakt Jana Weber löschen", "Kontakt Peter Lang bitte entfernen"] {
        let request = read(text);
        assert_eq!(request.intent, Intent::ContactUpdate, "{text}");
        assert_eq!(slots(&request)["operation"], "delete", "{text}");
    }
    for (text, name) in
        [("crée une liste Prospects Nice", "Prospects Nice"), ("Erstelle eine Liste Anwälte Köln", "Anwälte Köln")]
    {
        assert_eq!(slots(&read(text))["list_name"], name, "{text}");
    }
}

#[test]
fn a_space_of_several_bytes_before_a_parameter_is_a_space() {
    assert_eq!(
        read("add\u{2028}email=hugo@bellamy.example").unread.iter().filter(|word| word.contains('=')).count(),
        0
    );
    read("\u{2028}=x");
    read("a\u{3000}list=b");
}
