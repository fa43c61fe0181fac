//! Misspelled words, odd characters and short ways of writing: read as meant, and said.

use serde_json::{Value, json};

use super::{assert_sound, intent, read, slots};

#[test]
fn a_misspelled_request_is_read_as_the_right_one() {
    for (typed, right) in [
        ("find 50 managng partners in Bostn", "find 50 managing partners in Boston"),
        ("lookng for CTOs at fintech startups in Califronia", "looking for CTOs at fintech startups in California"),
        ("enginers in Pheonix", "engineers in Phoenix"),
        ("CFOs at hospitals in Massachussetts", "CFOs at hospitals in Massachusetts"),
        ("recruters at pharmaceutcal companies in New Jersy", "recruiters at pharmaceutical companies in New Jersey"),
        ("Find Managng Partners at Law Frims in Illinios", "Find Managing Partners at Law Firms in Illinois"),
        ("fidn 50 ceos in teh bay area", "find 50 ceos in the bay area"),
        ("CEOs in Texas exlcuding Dalas", "CEOs in Texas excluding Dallas"),
        ("Vice Presidnet of Sales in San Fransisco", "Vice President of Sales in San Francisco"),
        ("CEOs at law frims in Texs", "CEOs at law firms in Texas"),
        ("founders in San Deigo and Austn", "founders in San Diego and Austin"),
        ("CEO + CFO @ fintech startups in London", "CEO and CFO at fintech startups in London"),
        ("law firms w/ 50+ employees w/o offices in Ohio", "law firms with 50+ employees without offices in Ohio"),
        ("delte Jane Doe", "delete Jane Doe"),
    ] {
        assert_eq!(slots(typed), slots(right), "{typed}");
        assert_eq!(intent(typed), intent(right), "{typed}");
        assert_sound(typed, &read(typed));
    }
}

#[test]
fn what_is_put_right_is_said_and_points_at_the_words_as_typed() {
    let request = read("find 50 managng partners in Bostn");
    assert_eq!(request.assumptions, ["“managng” is read as managing.", "“Bostn” is read as Boston."]);
    let typed = |slot: &str| {
        let entry = request.provenance.iter().find(|entry| entry.slot == slot).unwrap();
        (entry.start.unwrap(), entry.text.clone().unwrap())
    };
    assert_eq!(typed("titles"), (8, "managng partners".to_owned()));
    assert_eq!(typed("locations"), (28, "Bostn".to_owned()));
    assert_eq!(read("ceos in bostn").assumptions, ["“bostn” is read as Boston."]);
    assert!(read("CEO + CFO @ fintech startups w/ funding").assumptions.is_empty());
}

#[test]
fn right_words_names_and_quotations_are_left_alone() {
    for text in [
        "CEOs at Strype and Klarnna",
        "Call Marcs about it",
        "find jordon smith at acme",
        "add Jane Smiht to the Q1 Leads list",
        "suche Leute in Berlin",
        "CEOs at string, bored and hose makers",
        "create a list called \"managng partners\"",
        "Find people at Bostn Dynamics",
        "mail jane@bostn.example about managng",
    ] {
        let said: Vec<String> = read(text).assumptions.into_iter().filter(|one| one.contains("is read as")).collect();
        let about_it = text.contains("about managng") && said.len() == 1;
        assert!(said.is_empty() || about_it, "{text}: {said:?}");
    }
}

#[test]
fn names_and_values_stay_as_typed() {
    let lists = |text: &str| slots(text)["other"].clone();
    assert_eq!(lists("Find 5 CFOs, save as Texs Finanse Leaders"), json!(["save_as:Texs Finanse Leaders"]));
    assert_eq!(lists("Find 5 CFOs and add them to my 'Texs CEOs' list"), json!(["append_to:Texs CEOs"]));
    let named = slots("add Jane Doe to the Manufacuring Leads list");
    assert_eq!(named["list_name"], Value::from("Manufacuring Leads"));
    assert!(read("add Jane Doe to the Manufacuring Leads list").assumptions.is_empty());
}

#[test]
fn odd_characters_make_no_difference() {
    let right = slots("Find 50 CEOs at law firms in New York, excluding R&D heads");
    for typed in [
        "Ｆｉｎｄ ５０ ＣＥＯｓ ａｔ ｌａｗ ｆｉｒｍｓ ｉｎ Ｎｅｗ Ｙｏｒｋ， ｅｘｃｌｕｄｉｎｇ Ｒ＆Ｄ ｈｅａｄｓ",
        "\u{feff}Find\u{a0}50\u{202f}CEOs at law ﬁrms in New\u{200b} York, exclud\u{ad}ing R&amp;D heads",
        "Find 50 𝗖𝗘𝗢𝘀 at law firms in New York, excluding R&D heads",
        "find 50 ceos at law‑firms in new york, excluding r&d heads",
    ] {
        let request = read(typed);
        assert_sound(typed, &request);
        assert_eq!(slots(typed)["locations"], right["locations"], "{typed}");
        assert_eq!(slots(typed)["company_types"], right["company_types"], "{typed}");
        assert_eq!((&slots(typed)["count"], &slots(typed)["titles"]), (&json!(50), &json!(["CEO"])), "{typed}");
    }
    let listed = slots("Find:\n- CEOs\n- CFOs\n- COOs in Ohio");
    assert_eq!(listed["titles"], json!(["CEO", "CFO", "COO"]));
}
