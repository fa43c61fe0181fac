//! Files that the command line takes in and out: `lexi contacts export`, `lexi suppressions import` and `export`.

use std::path::Path;
use std::process::Stdio;

use lexi::db::query;
use serde_json::{Value, json};

use crate::support::people::law_firm_ceos;
use crate::support::process::{Installation, ask};

/// Runs a command with something on its standard input; answers its standard output.
fn fed(home: &Installation, arguments: &[&str], input: &Path) -> String {
    let file = std::fs::File::open(input).expect("the input");
    let output = home.command().args(arguments).stdin(Stdio::from(file)).output().expect("the program runs");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{err}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn read(home: &Installation, name: &str) -> String {
    std::fs::read_to_string(home.folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn write(home: &Installation, name: &str, text: &str) {
    std::fs::write(home.folder().join(name), text).expect("a file can be written");
}

/// What stands beside an export that did not become a file.
fn leftovers(home: &Installation) -> Vec<String> {
    let entries = std::fs::read_dir(home.folder()).expect("the folder");
    let names = entries.map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".part")).collect()
}

#[tokio::test]
async fn contacts_are_taken_out_as_a_file_as_text_and_as_json() {
    let home = Installation::new().await;
    let key = home.key("read,write");
    let server = home.serve(&[]).await;
    let client = server.client(&key);
    let ann = json!({ "full_name": "Ann Lee", "email": "ann@lee.example", "phone": "+1 415 555 0100",
        "tags": ["vip", "a|b"], "priority": 2, "custom_fields": { "a": [1] } });
    let id = client.post("/v1/contacts", &ann).await.json["data"]["id"].as_str().expect("an id").to_owned();
    client.post("/v1/contacts", &json!({ "full_name": "Bob Ray", "tags": ["vip"] })).await;
    let list = client.post("/v1/lists", &json!({ "name": "Spring Mailing" })).await.json["data"]["id"].clone();
    let members = format!("/v1/lists/{}/contacts", list.as_str().expect("an id"));
    client.post(&members, &json!({ "contact_ids": [id] })).await;
    let lexi = |arguments: &[&str]| ask(&home, &server, &key, arguments);

    let all = lexi(&["contacts", "export"]);
    assert_eq!(all.code, 0, "{}", all.err);
    let header = "id,full_name,email,phone,job_title,company_name,linkedin_url,tags,created_at\n";
    assert!(all.out.starts_with(&format!("{header}{id},Ann Lee,ann@lee.example,'+1 415 555 0100,")), "{}", all.out);
    assert_eq!(all.err, "2 contacts written.\n");

    let fields = "full_name,phone,tags,priority,custom_fields,email";
    let of_list = lexi(&["contacts", "export", "--list", "spring mailing", "--fields", fields, "--json"]);
    assert_eq!(of_list.code, 0, "{}", of_list.err);
    let expected = json!({ "full_name": "Ann Lee", "phone": "+1 415 555 0100", "tags": ["vip", "a|b"], "priority": 2,
        "custom_fields": { "a": [1] }, "email": "ann@lee.example" });
    assert_eq!(json(&of_list.out), expected);
    let by_id = lexi(&["contacts", "export", "--list", list.as_str().expect("an id"), "--fields", "id"]);
    assert_eq!(by_id.out, format!("id\n{id}\n"));
    let tagged = lexi(&["contacts", "export", "--tag", "vip", "--tag", "a|b", "--fields", "full_name"]);
    assert_eq!(tagged.out, "full_name\nAnn Lee\n");
    let none = lexi(&["contacts", "export", "--created-before", "2020-01-01", "--fields", "full_name"]);
    assert_eq!(none.out, "full_name\n");

    let file = ["contacts", "export", "--out", "contacts.csv", "--fields", "full_name"];
    let written = lexi(&[&file[..], &["--limit", "1"]].concat());
    assert_eq!((written.code, written.out.as_str()), (0, ""));
    assert!(written.err.contains("1 contact written to contacts.csv."), "{}", written.err);
    assert!(written.err.contains("there are more contacts than --limit 1"), "{}", written.err);
    assert_eq!(read(&home, "contacts.csv"), "full_name\nAnn Lee\n");
    let again = lexi(&file);
    assert_eq!(again.code, 2, "{}", again.err);
    assert!(again.err.contains("--force"), "{}", again.err);
    assert_eq!(read(&home, "contacts.csv"), "full_name\nAnn Lee\n", "it was not touched");
    assert_eq!(lexi(&[&file[..], &["--force"]].concat()).code, 0);
    assert_eq!(read(&home, "contacts.csv"), "full_name\nAnn Lee\nBob Ray\n");
    for (arguments, code, told) in [
        (&["--list", "No Such List"][..], 3, "There is no list \"No Such List\"."),
        (&["--fields", "shoe_size"], 3, "shoe_size"),
        (&["--limit", "50001"], 3, "50000"),
    ] {
        let refused = lexi(&[&["contacts", "export", "--out", "other.csv"], arguments].concat());
        assert_eq!(refused.code, code, "{arguments:?}: {}", refused.err);
        assert!(refused.err.contains(told), "{}", refused.err);
    }
    for _ in 0..10 {
        lexi(&["contacts", "export"]);
    }
    let used_up = lexi(&["contacts", "export", "--out", "other.csv"]);
    assert_eq!(used_up.code, 3, "{}", used_up.err);
    assert!(used_up.err.contains("rate_limited"), "{}", used_up.err);
    assert!(!home.folder().join("other.csv").exists());
    assert_eq!(leftovers(&home), Vec::<String>::new());
}

#[tokio::test]
async fn an_export_that_breaks_off_leaves_no_file() {
    let home = Installation::new().await;
    home.people(&law_firm_ceos(620));
    let key = home.key("read,write,lexi");
    let server = home.serve(&[]).await;
    let asked = ask(&home, &server, &key, &["chat", "--yes", "--json", "Find 620 CEOs at law firms in California"]);
    assert_eq!(asked.code, 0, "{}", asked.err);
    let whole = ask(&home, &server, &key, &["contacts", "export", "--out", "whole.csv"]);
    assert!(whole.err.contains("620 contacts written to whole.csv."), "{}", whole.err);
    assert_eq!(read(&home, "whole.csv").lines().count(), 621);

    let last = read(&home, "whole.csv").lines().last().and_then(|row| row.split(',').next()).expect("a row").to_owned();
    let db = home.db().await;
    let spoil = move |tx: &mut lexi::db::Tx| {
        query("update contacts set tags = 'no tags' where id = $1").bind(&last).execute(tx)
    };
    assert_eq!(db.write(spoil).await.expect("it is spoilt"), 1);
    db.close().await;
    let broken = ask(&home, &server, &key, &["contacts", "export", "--out", "broken.csv"]);
    assert_eq!(broken.code, 1, "{}", broken.err);
    assert!(broken.err.contains("The export broke off and broken.csv was not written"), "{}", broken.err);
    assert!(!home.folder().join("broken.csv").exists());
    let replacing = ask(&home, &server, &key, &["contacts", "export", "--json", "--out", "whole.csv", "--force"]);
    assert_eq!(replacing.code, 1, "{}", replacing.err);
    assert_eq!(read(&home, "whole.csv").lines().count(), 621, "the old file stays");
    assert_eq!(ask(&home, &server, &key, &["contacts", "export"]).code, 1);
    assert_eq!(leftovers(&home), Vec::<String>::new());
}

#[tokio::test]
async fn suppressions_go_out_and_come_back_as_they_were() {
    let home = Installation::new().await;
    home.people(&law_firm_ceos(1));
    let key = home.key("read,write");
    let server = home.serve(&[]).await;
    let client = server.client(&key);
    let db = home.db().await;
    let person = db.read(|tx| lexi::prospects::people_after(tx, 0, 1)).await.expect("people")[0].id.to_string();
    db.close().await;
    for body in [
        json!({ "email": "+tag@okafor.example", "reason": "=1+1 \"asked\", twice" }),
        json!({ "domain": "okafor.example", "reason": "'=quoted; Müller" }),
        json!({ "prospect_id": person, "reason": "-" }),
    ] {
        assert_eq!(client.post("/v1/suppressions", &body).await.status, 201);
    }
    let expected = format!(
        "kind,value,reason\nemail,'+tag@okafor.example,\"'=1+1 \"\"asked\"\", twice\"\n\
         domain,okafor.example,''=quoted; Müller\nprospect,{person},'-\n"
    );
    assert_eq!(home.lexi(&["suppressions", "export"]), expected);
    assert_eq!(home.run(&["suppressions", "export", "--out", "all.csv"]).code, 0);
    assert_eq!(read(&home, "all.csv"), expected);
    assert_eq!(home.run(&["suppressions", "export", "--out", "all.csv"]).code, 2, "never over a file");

    home.lexi(&["workspaces", "create", "Elsewhere"]);
    let there = ["suppressions", "import", "all.csv", "--workspace", "Elsewhere", "--json"];
    let report = json!({ "rows": 3, "added": 3, "known": 0, "rejected": 0, "columns_unused": [] });
    assert_eq!(json(&home.lexi(&there)), report);
    assert_eq!(home.lexi(&["suppressions", "export", "--workspace", "Elsewhere"]), expected);
    let report = json!({ "rows": 3, "added": 0, "known": 3, "rejected": 0, "columns_unused": [] });
    assert_eq!(json(&home.lexi(&there)), report);
    let domains = home.lexi(&["suppressions", "export", "--kind", "domain"]);
    assert_eq!(domains.lines().count(), 2);
    assert_eq!(home.run(&["suppressions", "export", "--kind", "phone"]).code, 2);
    assert_eq!(home.run(&["suppressions", "export", "--workspace", "Nowhere"]).code, 3);
}

#[tokio::test]
async fn an_import_says_what_became_of_each_row_and_its_rejects_can_be_repaired() {
    let home = Installation::new().await;
    let key = home.key("read,write");
    let server = home.serve(&[]).await;
    let text = "Kind;Value;Reason;Shoe size\nemail;Ann@Lee.example;Asked us;40\n;enemy.example;;41\n\
                email;ann@lee.example;Again;\nphone;+1;x;\n;=nobody;x;\n\
                prospect;0193f2c4-0000-7000-8000-000000000000;x;\n";
    write(&home, "list.csv", text);
    let refused = home.run(&["suppressions", "import", "missing.csv", "--reason", "x"]);
    assert_eq!(refused.code, 1, "{}", refused.err);
    let arguments = ["suppressions", "import", "list.csv", "--reason", "Opposing party", "--rejects", "rejects.csv"];
    let report = json(&home.lexi(&[&arguments[..], &["--json"]].concat()));
    let expected = json!({ "rows": 6, "added": 2, "known": 1, "rejected": 3, "columns_unused": ["Shoe size"] });
    assert_eq!(report, expected);
    let rejects = read(&home, "rejects.csv");
    let expected = "row,problem,Kind,Value,Reason,Shoe size\n\
        4,\"kind must be email, domain or prospect.\",phone,'+1,x,\n\
        5,\"domain must be a domain such as example.com, got \"\"=nobody\"\".\",,'=nobody,x,\n\
        6,There is no prospect 0193f2c4-0000-7000-8000-000000000000.,\
        prospect,0193f2c4-0000-7000-8000-000000000000,x,\n";
    assert_eq!(rejects, expected);

    // Who is suppressed now is kept out at once.
    let client = server.client(&key);
    let added = client.post("/v1/contacts", &json!({ "email": "ann@lee.example" })).await;
    assert_eq!(added.status, 400, "{}", added.text);
    assert!(added.text.contains("Asked us"), "the first reason stays: {}", added.text);
    let found = client.get("/v1/suppressions?kind=domain").await.json["data"]["suppressions"][0].clone();
    assert_eq!((&found["value"], &found["reason"]), (&json!("enemy.example"), &json!("Opposing party")));

    write(
        &home,
        "repaired.csv",
        &rejects.replace("phone,'+1", "domain,rival.example").replace("'=nobody", "a@b.example"),
    );
    let told = home.lexi(&["suppressions", "import", "repaired.csv"]);
    assert!(told.starts_with("3 rows: 2 added, 0 known, 1 rejected.\n"), "{told}");
    assert!(told.contains("--rejects") && told.contains("Columns not used: Shoe size"), "{told}");
    let same = home.run(&["suppressions", "import", "repaired.csv", "--rejects", "./repaired.csv"]);
    assert_eq!(same.code, 2, "{}", same.err);
}

#[tokio::test]
async fn a_plain_list_is_taken_from_standard_input_and_needs_a_reason() {
    let home = Installation::new().await;
    write(&home, "list.txt", "\u{feff}ann@lee.example\r\n@enemy.example\r\n\r\nhttps://www.rival.example/about\r\n");
    let refused = home.run(&["suppressions", "import", "list.txt"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("--reason"), "{}", refused.err);
    let input = home.folder().join("list.txt");
    let report = json(&fed(&home, &["suppressions", "import", "-", "--reason", "Opposing party", "--json"], &input));
    assert_eq!((&report["rows"], &report["added"]), (&json!(3), &json!(3)));
    let expected = "kind,value,reason\nemail,ann@lee.example,Opposing party\ndomain,enemy.example,Opposing party\n\
                    domain,rival.example,Opposing party\n";
    assert_eq!(home.lexi(&["suppressions", "export"]), expected);
}

#[tokio::test]
async fn thousands_of_suppressions_are_taken_in_steps_with_an_event_each() {
    let home = Installation::new().await;
    let list: String = (0..1_203).map(|n| format!("person{n}@firm.example\n")).collect();
    write(&home, "list.txt", &list);
    let arguments = ["suppressions", "import", "list.txt", "--reason", "asked", "--json"];
    assert_eq!(json(&home.lexi(&arguments))["added"], 1_203);
    assert_eq!(json(&home.lexi(&arguments))["known"], 1_203);
    let values: Vec<String> =
        home.lexi(&["suppressions", "export"]).lines().skip(1).map(|row| row[6..].replace(",asked", "\n")).collect();
    assert_eq!(values.concat(), list, "in the order of the file");
    let db = home.db().await;
    let events = |tx: &mut lexi::db::Tx| {
        query("select count(*) from events where type = 'suppression.created' and actor_kind = 'system'")
            .one(tx, |row| row.get::<i64>(0))
    };
    assert_eq!(db.read(events).await.expect("events"), 1_203);
    db.close().await;
}
