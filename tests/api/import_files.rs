//! Prospect files as they come: in every encoding, packed or not, from a file or through a pipe; and looked at before
//! anything is written.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::Installation;
use crate::support::process::Said;
use crate::support::table::table;

/// How often a search is tried while the index catches up, 20 ms apart: a minute.
const TRIES: u32 = 3_000;

/// Runs `lexi prospects import - …` with `input` on its standard input.
fn import_piped(home: &Installation, input: &[u8], arguments: &[&str]) -> Said {
    let mut command = home.command();
    command.args(["prospects", "import", "-", "--json"]).args(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
    // It may refuse the file before it has read all of it.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Said {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// Writes `bytes` into the installation's folder and imports them from there.
fn import_file(home: &Installation, bytes: &[u8], arguments: &[&str]) -> Said {
    std::fs::write(home.folder().join("people"), bytes).unwrap();
    home.run(&[&["prospects", "import", "people", "--json"][..], arguments].concat())
}

fn report(said: &Said) -> Value {
    assert_eq!(said.code, 0, "{}", said.err);
    serde_json::from_str(&said.out).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn packed(bytes: &[u8], how: &str) -> Vec<u8> {
    match how {
        "gzip" => gzip(bytes),
        "zstd" => zstd::encode_all(bytes, 1).unwrap(),
        _ => bytes.to_vec(),
    }
}

/// `text` with its bytes in every encoding, by the name the report gives it.
fn encoded(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let marked = format!("\u{feff}{text}");
    vec![
        ("UTF-8", text.into()),
        ("UTF-8", marked.clone().into_bytes()),
        ("UTF-16LE", utf16(&marked, false)),
        ("UTF-16BE", utf16(&marked, true)),
        ("UTF-16LE", utf16(text, false)),
        ("Windows-1252", text.chars().map(|letter| letter as u8).collect()),
    ]
}

#[tokio::test]
async fn every_format_encoding_and_compression_is_told_from_a_file_and_through_a_pipe() {
    let home = Installation::new().await;
    let csv = "name;title;practice;company\nZoë Çelik;Geschäftsführerin;Tax|IP;Möller & Söhne\n";
    let objects = "{\"name\":\"Zoë Çelik\",\"title\":\"Geschäftsführerin\",\"practice\":[\"Tax\",\"IP\"],\
                   \"company\":{\"name\":\"Möller & Söhne\"}}\n";
    let mut expected = Vec::new();
    let mut added = 0;
    for (format, text) in [("csv", csv), ("ndjson", objects)] {
        for (encoding, bytes) in encoded(text) {
            for compression in ["none", "gzip", "zstd"] {
                let bytes = packed(&bytes, compression);
                // The other way round in every second one keeps the number of programs that are run down.
                let said = match added % 2 {
                    0 => import_piped(&home, &bytes, &["--source", "crm"]),
                    _ => import_file(&home, &bytes, &["--source", "crm"]),
                };
                let report = report(&said);
                let told = [&report["format"], &report["encoding"], &report["compression"]];
                assert_eq!(told, [format, encoding, compression]);
                let counts = [&report["rows"], &report["added"], &report["unchanged"], &report["rejected"]];
                assert_eq!(counts, [1, u64::from(added == 0), u64::from(added > 0), 0], "{report}");
                if added == 0 {
                    expected = table(&home.db().await).await;
                    assert!(
                        expected.iter().any(|line| line.contains("Zoë Çelik") && line.contains("Geschäftsführerin"))
                    );
                    assert!(expected.iter().any(|line| line.contains("Intellectual Property")), "{expected:?}");
                }
                added += 1;
            }
        }
    }
    assert_eq!(table(&home.db().await).await, expected, "the same person, however the file was written");
}

#[tokio::test]
async fn which_column_fills_which_field_is_shown_before_the_work_and_a_mapping_decides() {
    let home = Installation::new().await;
    let file = "Name,Function,Shoe Size,Boss\nAnn Lee,CEO,38,Bob\n";
    let said = import_piped(&home, file.as_bytes(), &["--source", "crm", "--map", "Function=title", "--map", "Boss="]);
    assert_eq!(said.code, 0, "{}", said.err);
    let shown: Vec<&str> = said.err.lines().collect();
    assert_eq!(shown[0], "standard input: CSV, UTF-8");
    assert_eq!(shown[1..4], ["  Name     → full_name", "  Function → title", "  Not used: Shoe Size"]);
    assert!(shown[4].contains("email, company"), "{}", said.err);
    let report = report(&said);
    assert_eq!(report["columns_unused"], json!(["Shoe Size"]));
    assert_eq!(
        report["columns"],
        json!([{"column": "Name", "field": "full_name"}, {"column": "Function", "field": "title"}])
    );
    let refused = import_piped(&home, file.as_bytes(), &["--source", "crm", "--map", "Chef=title"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("Its columns are: Name, Function"), "{}", refused.err);
}

#[tokio::test]
async fn a_dry_run_counts_what_an_import_would_do_and_changes_nothing() {
    let home = Installation::new().await;
    let person =
        |n: u32, title: &str, firm: u32| format!("{n},Person {n},{title},Firm {firm} LLP,firm{firm}.example,{n}\n");
    let header = "id,name,title,company,domain,phone\n";
    let first: String = (0..700).map(|n| person(n, "Partner", n % 90)).collect();
    assert_eq!(report(&import_file(&home, format!("{header}{first}").as_bytes(), &["--source", "crm"]))["added"], 700);
    // Known and the same, known and changed, new, new twice, new and changed at once, at a firm that is new, refused.
    let mut file = String::from(header);
    file.extend((0..300).map(|n| person(n, "Partner", n % 90)));
    file.extend((300..500).map(|n| person(n, "Chair", n % 90)));
    file.extend((1_000..1_900).map(|n| person(n, "Partner", n % 120)));
    file.extend((1_000..1_100).map(|n| person(n, "Partner", n % 120)));
    file.extend((1_100..1_150).map(|n| person(n, "Chair", n % 120)));
    file.push_str(",,,,,\n,Only Name,,,,\n");
    let before = table(&home.db().await).await;
    let dry =
        report(&import_file(&home, file.as_bytes(), &["--source", "crm", "--dry-run", "--rejects", "rejects.csv"]));
    assert_eq!(dry["dry_run"], true);
    assert_eq!(table(&home.db().await).await, before);
    assert_eq!(std::fs::read_to_string(home.folder().join("rejects.csv")).unwrap().lines().count(), 3);
    let mut real = report(&import_file(&home, file.as_bytes(), &["--source", "crm"]));
    assert_eq!(real["dry_run"], false);
    real["dry_run"] = json!(true);
    assert_eq!(dry, real);
    let counts = [&real["added"], &real["updated"], &real["unchanged"], &real["rejected"]];
    assert_eq!(counts, [900, 250, 400, 2]);
    assert_ne!(table(&home.db().await).await, before);
    let plain = home.lexi(&["prospects", "import", "people", "--source", "crm", "--dry-run"]);
    assert!(plain.starts_with("Nothing was written (--dry-run)."), "{plain}");
}

#[tokio::test]
async fn of_a_packed_file_that_is_cut_off_the_whole_rows_are_kept_and_the_command_fails() {
    let home = Installation::new().await;
    let rows: String = (0..3_000).map(|n| format!("{n},Person {n},Firm {} LLP\n", n * 7_919 % 1_000)).collect();
    let file = gzip(format!("id,name,company\n{rows}").as_bytes());
    let cut = import_piped(&home, &file[..file.len() / 2], &["--source", "crm"]);
    assert_ne!(cut.code, 0);
    assert!(cut.err.contains("ends in the middle of its packed data"), "{}", cut.err);
    let kept = home.db().await.read(lexi::prospects::stats).await.unwrap().people;
    assert!((1..3_000).contains(&kept), "{kept} people");
    let whole = report(&import_piped(&home, &file, &["--source", "crm"]));
    assert_eq!((whole["added"].as_u64(), whole["unchanged"].as_u64()), (Some(3_000 - kept), Some(kept)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_writes_while_an_import_runs_beside_it_and_finds_its_people_afterwards() {
    let home = Installation::new().await;
    let server = home.serve(&[]).await;
    let client = server.client(&home.key("read,write,lexi"));
    let rows: String = (0..6_000).map(|n| format!("{n},Person {n},CEO,Firm {} LLP,Texas\n", n % 700)).collect();
    std::fs::write(home.folder().join("people"), format!("id,name,title,company,state\n{rows}")).unwrap();
    let mut command = home.command();
    command.args(["prospects", "import", "people", "--source", "crm"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut import = command.spawn().unwrap();
    let mut written = 0;
    while import.try_wait().unwrap().is_none() {
        let answer = client.post("/v1/lists", &json!({ "name": format!("List {written}") })).await;
        assert_eq!(answer.status, 201, "{}", answer.json);
        written += 1;
    }
    assert!(import.wait().unwrap().success());
    let search = json!({ "titles": ["CEO"], "location": ["Texas"] });
    // Those the index has not followed yet are read from the database, or there are too many and it says so.
    let mut found = client.post("/v1/prospector/search", &search).await;
    for _ in 0..TRIES {
        if found.status != 503 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        found = client.post("/v1/prospector/search", &search).await;
    }
    assert_eq!(found.json["meta"]["total"], 6_000, "{}", found.json);
}

#[tokio::test]
async fn what_is_no_prospect_file_is_refused_with_what_to_do() {
    let home = Installation::new().await;
    for (file, told) in [
        (&b""[..], "empty"),
        (b"[{\"name\": \"Ann\"}]", "One object a line"),
        (b"PK\x03\x04 workbook", "CSV"),
        (b"a,b\n1,2\n", "No column holds"),
        (b"{\"a\": 1}\n", "No column holds"),
        (b"{]\n", "JSON object"),
    ] {
        let said = import_piped(&home, file, &["--source", "crm"]);
        assert_eq!(said.code, 2, "{}", said.err);
        assert!(said.err.to_lowercase().contains(&told.to_lowercase()), "{}", said.err);
    }
    let zeros = gzip(&vec![b'a'; 20_000_000]);
    let said = import_piped(&home, &zeros, &["--source", "crm"]);
    assert_ne!(said.code, 0, "a line that never ends fills no memory: {}", said.err);
    assert_eq!(home.db().await.read(lexi::prospects::stats).await.unwrap().people, 0);
}
