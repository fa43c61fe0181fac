//! What companies do and are: sectors, kinds, sizes and topics, known to the tables or not.

use serde_json::{Value, json};

use super::{assert_sound, slots};

/// The three drawers of market words and `other`, without the rest.
fn market(text: &str) -> Value {
    let mut found = slots(text);
    let object = found.as_object_mut().unwrap();
    object.retain(|slot, _| ["industries", "company_types", "keywords", "other"].contains(&slot.as_str()));
    found
}

fn assert_markets(rows: &[(&str, Value)]) {
    let mut wrong = Vec::new();
    for (text, expected) in rows {
        let found = market(text);
        if found != *expected {
            wrong.push(format!("{text}\n  expected {expected}\n  found    {found}"));
        }
        assert_sound(text, &super::read(text));
    }
    assert!(wrong.is_empty(), "{} of {} read wrong:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn sectors_kinds_and_sizes_have_their_drawers() {
    assert_markets(&[
        ("VPs of Sales at digital health companies", json!({"industries": ["digital health"]})),
        ("CFOs at wineries in Napa", json!({"industries": ["wine"], "company_types": ["winery"]})),
        ("CISOs at S&P 500 banks", json!({"industries": ["banking"], "company_types": ["S&P 500", "bank"]})),
        ("CEOs at mid-market logistics firms", json!({"industries": ["logistics"], "company_types": ["mid-market"]})),
        ("RevOps leaders at PLG companies", json!({"company_types": ["PLG company"]})),
        ("heads of data at DAX 40 companies", json!({"company_types": ["DAX 40"]})),
        (
            "CFOs at PE-backed industrial companies",
            json!({"industries": ["manufacturing"], "company_types": ["PE-backed"]}),
        ),
        ("partners at boutique IP firms", json!({"company_types": ["boutique", "IP firm"]})),
        ("CEOs at AI startups", json!({"industries": ["AI"], "company_types": ["startup"]})),
        (
            "superintendents of school districts in Ohio",
            json!({"industries": ["K-12"], "company_types": ["school district"]}),
        ),
        ("sales directors at cosmetics manufacturers", json!({"industries": ["cosmetics"]})),
        (
            "CFOs at defence contractors",
            json!({"industries": ["defense & space"], "company_types": ["defence contractor"]}),
        ),
    ]);
}

#[test]
fn a_speciality_that_no_table_holds_is_one_topic_in_the_words_of_the_request() {
    assert_markets(&[
        (
            "CTOs at quantum annealing startups",
            json!({"company_types": ["startup"], "keywords": ["quantum annealing"]}),
        ),
        ("founders of oat milk brands", json!({"keywords": ["oat milk"]})),
        ("owners of apple orchards in Washington state", json!({"keywords": ["apple orchards"]})),
        ("CEOs at vending machines in Ohio", json!({"keywords": ["vending machines"]})),
        ("owners of copper mines in Chile", json!({"keywords": ["copper mines"]})),
        ("CEOs at sleep apnea devices", json!({"keywords": ["sleep apnea devices"]})),
        ("founders of hearing aid centers in Texas", json!({"keywords": ["hearing aid centers"]})),
        ("buyers at janitorial supplies, Ohio", json!({"keywords": ["janitorial supplies"]})),
        ("people at companies that manufacture drone batteries", json!({"keywords": ["drone batteries"]})),
        ("founders building AI notetakers", json!({"keywords": ["AI notetakers"]})),
        ("firms specialising in maritime arbitration", json!({"keywords": ["maritime arbitration"]})),
        (
            "startups working on perovskite solar cells",
            json!({"company_types": ["startup"], "keywords": ["perovskite solar cells"]}),
        ),
        (
            "agencies that specialize in healthcare marketing",
            json!({"company_types": ["agency"], "keywords": ["healthcare marketing"]}),
        ),
        ("general managers at indoor skydiving centers", json!({"keywords": ["indoor skydiving centers"]})),
        ("Owners of axe throwing venues", json!({"keywords": ["axe throwing venues"]})),
    ]);
}

#[test]
fn names_places_and_titles_are_no_topics() {
    assert_markets(&[
        ("GCs at Acme Corp", json!({"other": ["company:Acme Corp"]})),
        ("Lab directors in Boston", json!({})),
        ("e-commerce managers in Spain", json!({})),
        ("Python data engineers in Lisbon", json!({})),
        ("founders of Shopify stores", json!({"industries": ["retail"], "other": ["technology:Shopify"]})),
        ("CEOs at API companies in Ohio", json!({"keywords": ["API"]})),
        ("partners at Deloitte offices in Texas", json!({"other": ["company:Deloitte"]})),
        ("HubSpot agencies", json!({"company_types": ["agency"], "other": ["technology:HubSpot"]})),
        ("Heads of Payments in London", json!({})),
    ]);
}

#[test]
fn a_size_is_one_only_before_what_names_companies() {
    assert_eq!(
        market("CEOs at small law firms"),
        json!({"industries": ["law practice"], "company_types": ["small", "law firm"]})
    );
    assert_eq!(market("find CEOs in Ohio, a small favour"), json!({}));
}
