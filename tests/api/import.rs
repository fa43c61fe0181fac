//! Prospect files: every row is saved or rejected with its reason, nobody is there twice, and the index can follow.

use std::io::{Cursor, Write};
use std::sync::{Arc, Mutex};

use lexi::clock::TestClock;
use lexi::db::Db;
use lexi::error::Result;
use lexi::prospects::columns::Mapping;
use lexi::prospects::generate::{self, DEMO};
use lexi::prospects::import::{self, Importer, Options, Report};
use lexi::prospects::{self, Changes, Person, Target};
use serde_json::json;

use crate::support::database::fresh;

pub(crate) const NOW_MS: i64 = 1_790_000_000_000;

/// What is written to it can be read while somebody else owns it.
#[derive(Clone, Default)]
pub(crate) struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn import_with(db: &Db, file: &[u8], source: &str, map: &[&str]) -> (Result<Report>, String) {
    let map = map.iter().map(|text| Mapping::parse(text).unwrap()).collect();
    let options = Options { source: source.to_owned(), map };
    let rejects = Page::default();
    let clock = Arc::new(TestClock::at(NOW_MS));
    let report = match Importer::open(Cursor::new(file.to_vec()), &options) {
        Ok(importer) => import::run(&Target::new(db), clock, importer, Some(rejects.clone()), |_| {}).await,
        Err(refused) => Err(refused),
    };
    (report, rejects.text())
}

/// Imports a file of the source "crm" that is accepted.
async fn import(db: &Db, file: &str) -> Report {
    import_with(db, file.as_bytes(), "crm", &[]).await.0.unwrap()
}

fn counts(report: &Report) -> [u64; 5] {
    [report.rows, report.added, report.updated, report.unchanged, report.rejected]
}

async fn everybody(db: &Db) -> Vec<Person> {
    db.read(|tx| prospects::people_after(tx, 0, 1_000)).await.unwrap()
}

async fn version(db: &Db) -> i64 {
    db.read(prospects::current_version).await.unwrap()
}

async fn changed_since(db: &Db, version: i64) -> Changes {
    db.read(move |tx| prospects::changed_since(tx, version, 500_000)).await.unwrap()
}

#[tokio::test]
async fn broken_rows_are_rejected_with_their_reason_and_nothing_else_is_lost() {
    let (_database, db) = fresh().await;
    let mut file = b"Name,Job Title,E-mail,Organization,HQ State,Shoe Size\n".to_vec();
    file.extend("Renée Okafor,President & CEO,renee@okafor.example,Okafor LLP,CA,38\n".as_bytes());
    file.extend(b"Tom Unclosed,\"Partner,tom@okafor.example,Okafor LLP,CA,44\n");
    file.extend(b"Ann Short,Partner,ann@okafor.example\n");
    file.extend(b"Jos\xe9 Bytes,Partner,jose@okafor.example,Okafor LLP,CA,40\n");
    file.extend(b"Only Name,Partner,,,,41\n");
    file.extend(b"Bad Mail,Partner,bad at okafor,Okafor LLP,CA,42\n");
    file.extend("RENÉE OKAFOR,Chair,Renee@Okafor.example,Okafor LLP,CA,38\n".as_bytes());
    file.extend(b"Two Lines,\"Partner,\nTax\",two@okafor.example,Okafor LLP,California,43\n");
    file.extend(b"Two Lines,\"Partner, Tax\",two@okafor.example,Okafor LLP,CA,43\n");
    file.extend(b"\n,,,Lindqvist Law Group,NY,\n");

    let (report, rejects) = import_with(&db, &file, "crm", &[]).await;
    let expected = json!({
        "rows": 10, "added": 3, "updated": 1, "unchanged": 1, "rejected": 5,
        "dry_run": false, "columns_unused": ["Shoe Size"], "columns": [
            {"column": "Name", "field": "full_name"}, {"column": "Job Title", "field": "title"},
            {"column": "E-mail", "field": "email"}, {"column": "Organization", "field": "company"},
            {"column": "HQ State", "field": "company_state"},
        ],
        "format": "csv", "compression": "none", "encoding": "UTF-8", "values_unknown": {},
    });
    assert_eq!(serde_json::to_value(report.unwrap()).unwrap(), expected);

    let expected = [
        "row,reason,Name,Job Title,E-mail,Organization,HQ State,Shoe Size",
        "2,A quote is opened and never closed.,Tom Unclosed,\"\"\"Partner\",tom@okafor.example,Okafor LLP,CA,44",
        "3,\"The row has 3 columns, the header has 6.\",Ann Short,Partner,ann@okafor.example",
        "4,Column 1 holds bytes that are not UTF-8 (they are shown as Windows-1252).,José Bytes,Partner,\
         jose@okafor.example,Okafor LLP,CA,40",
        "5,\"A name alone does not say who this is. Give external_id, email, linkedin_url, company_domain or \
         company.\",Only Name,Partner,,,,41",
        "6,\"\"\"bad at okafor\"\" is no e-mail address.\",Bad Mail,Partner,bad at okafor,Okafor LLP,CA,42",
    ];
    assert_eq!(rejects.lines().collect::<Vec<_>>(), expected);

    let people = everybody(&db).await;
    let seen: Vec<(&str, Option<&str>, Option<&str>)> = people
        .iter()
        .map(|person| (person.full_name.as_str(), person.title.as_deref(), person.seniority.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [("RENÉE OKAFOR", Some("Chair"), Some("c_suite")), ("Two Lines", Some("Partner, Tax"), Some("partner"))]
    );
    assert!(people.iter().all(|person| person.company.as_ref().unwrap().state.as_deref() == Some("California")));
    let stats = db.read(prospects::stats).await.unwrap();
    assert_eq!((stats.people, stats.companies, stats.with_email), (2, 2, 2));

    let repaired = rejects
        .replace("\"\"\"Partner\"", "Partner")
        .replace("ann@okafor.example", "ann@okafor.example,Okafor LLP,CA,")
        .replace("bad at okafor", "bad@okafor.example")
        .replace("Only Name,Partner,,,,41", "Only Name,Partner,,Okafor LLP,CA,41");
    let (report, rejects) = import_with(&db, repaired.as_bytes(), "crm", &[]).await;
    let report = report.unwrap();
    assert_eq!(counts(&report), [5, 5, 0, 0, 0]);
    assert_eq!(report.columns_unused, ["Shoe Size"]);
    assert_eq!(rejects, "row,reason,Name,Job Title,E-mail,Organization,HQ State,Shoe Size\n");
    assert_eq!(everybody(&db).await.len(), 7);
}

#[tokio::test]
async fn importing_a_file_again_writes_nothing() {
    let (_database, db) = fresh().await;
    let rows: String = (1..=1_200).map(|n| format!("{n},Person {n},Partner,Firm {} LLP\n", n % 40)).collect();
    let file = format!("id,name,title,company\n{rows}");
    assert_eq!(counts(&import(&db, &file).await), [1_200, 1_200, 0, 0, 0]);
    let before = (version(&db).await, everybody(&db).await);
    assert_eq!(counts(&import(&db, &file).await), [1_200, 0, 0, 1_200, 0]);
    assert_eq!(before, (version(&db).await, everybody(&db).await));

    let changed = file.replace("7,Person 7,Partner,", "7,Person 7,Chair,");
    assert_eq!(counts(&import(&db, &changed).await), [1_200, 0, 1, 1_199, 0]);
    let changes = changed_since(&db, before.0).await;
    let names: Vec<&str> = changes.people.iter().map(|person| person.full_name.as_str()).collect();
    assert_eq!((names, changes.version), (vec!["Person 7"], before.0 + 1));

    let other_source = import_with(&db, file.as_bytes(), "fair", &[]).await.0.unwrap();
    assert_eq!(counts(&other_source), [1_200, 1_200, 0, 0, 0], "an external id counts within its source");
    let numbers: Vec<u32> =
        db.read(|tx| prospects::people_after(tx, 0, 5_000)).await.unwrap().iter().map(|person| person.number).collect();
    assert_eq!(numbers, (1..=2_400).collect::<Vec<u32>>(), "numbers are dense and in the order of the files");
}

#[tokio::test]
async fn what_changes_about_a_company_changes_all_its_people() {
    let (_database, db) = fresh().await;
    import(&db, "name,email,company_domain\nAnn,a@x.example,x.example\nBob,b@x.example,x.example\n").await;
    let before = version(&db).await;
    let report =
        import(&db, "company,website,employees,hq_city,hq_state\nX LLP,https://x.example,\"1,200\",LA,CA\n").await;
    assert_eq!(counts(&report), [1, 0, 1, 0, 0]);
    let changes = changed_since(&db, before).await;
    assert_eq!(changes.people.len(), 2);
    for person in changes.people {
        let company = person.company.unwrap();
        assert_eq!((company.name.as_str(), company.headcount), ("X LLP", Some(1_200)));
        assert_eq!(company.state.as_deref(), Some("California"));
    }
    assert!(changed_since(&db, changes.version).await.people.is_empty());
}

#[tokio::test]
async fn a_file_that_contradicts_itself_changes_nothing_when_it_comes_again() {
    let (_database, db) = fresh().await;
    let person = |n: u32, name: &str, size: u32| format!("{name},p{n}@x.example,X,{size}\n");
    let many: String = (10..900).map(|n| person(n, "Somebody", n)).collect();
    let file = format!("name,email,company,employees\n{}{}{many}", person(1, "Ann", 50), person(1, "Anne", 51));
    assert_eq!(counts(&import(&db, &file).await), [892, 891, 1, 0, 0]);
    let before = version(&db).await;
    assert_eq!(counts(&import(&db, &file).await), [892, 0, 0, 892, 0]);
    assert_eq!(version(&db).await, before);
    let anne = &everybody(&db).await[0];
    assert_eq!((anne.full_name.as_str(), anne.company.as_ref().unwrap().headcount), ("Anne", Some(50)));
}

#[tokio::test]
async fn what_a_row_leaves_open_stays_and_what_belongs_together_changes_together() {
    let (_database, db) = fresh().await;
    import(&db, "name,email,title,seniority,phone,city,state\nAnn Lee,a@x.example,Controller,director,1,Austin,TX\n")
        .await;
    let report = import(&db, "name,email,title,city,linkedin\nAnn Lee,a@x.example,,Boston,linkedin.com/in/ann\n").await;
    assert_eq!(counts(&report), [1, 0, 1, 0, 0]);
    let [ann] = everybody(&db).await.try_into().unwrap();
    assert_eq!((ann.title.as_deref(), ann.phone.as_deref()), (Some("Controller"), Some("1")));
    assert_eq!(ann.linkedin_url.as_deref(), Some("linkedin.com/in/ann"));
    assert_eq!((ann.city.as_deref(), ann.state.as_deref()), (Some("Boston"), None), "Boston is not in Texas");
    import(&db, "name,email,title\nAnn Lee,a@x.example,Chief Financial Officer\n").await;
    let [ann] = everybody(&db).await.try_into().unwrap();
    assert_eq!(ann.seniority.as_deref(), Some("c_suite"), "the old level was the old title's");
}

#[tokio::test]
async fn a_file_may_be_written_in_any_usual_encoding() {
    let text = "name;title;company\nZoë Çelik;Geschäftsführerin;Möller & Söhne\n";
    let utf16 = |big: bool| -> Vec<u8> {
        let text = format!("\u{feff}{text}");
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    for (file, encoding) in [
        (text.as_bytes().to_vec(), "UTF-8"),
        (format!("\u{feff}{text}").into_bytes(), "UTF-8"),
        (utf16(false), "UTF-16LE"),
        (utf16(true), "UTF-16BE"),
        (text.chars().map(|letter| letter as u8).collect(), "Windows-1252"),
    ] {
        let (_database, db) = fresh().await;
        let report = import_with(&db, &file, "crm", &[]).await.0.unwrap();
        assert_eq!((report.encoding, report.added), (encoding, 1));
        let [zoe] = everybody(&db).await.try_into().unwrap();
        assert_eq!((zoe.full_name.as_str(), zoe.title.as_deref()), ("Zoë Çelik", Some("Geschäftsführerin")));
        assert_eq!(zoe.company.unwrap().name, "Möller & Söhne");
    }
}

#[tokio::test]
async fn a_file_that_can_not_be_read_at_all_is_refused_and_changes_nothing() {
    let (_database, db) = fresh().await;
    for (file, source, map) in [
        ("", "crm", &[][..]),
        ("a,b\n1,2\n", "crm", &[]),
        ("name,company\nAnn,X\n", " ", &[]),
        ("name,company\nAnn,X\n", "crm", &["boss=full_name"]),
    ] {
        let (report, _) = import_with(&db, file.as_bytes(), source, map).await;
        assert!(report.is_err(), "{file:?} {source:?} {map:?}");
    }
    assert_eq!(version(&db).await, 0);
    let file = "who,firm,junk\nAnn Lee,X LLP,1\n";
    let (report, _) = import_with(&db, file.as_bytes(), "crm", &["who=full_name", "junk="]).await;
    let report = report.unwrap();
    assert_eq!((report.added, report.columns_unused), (1, vec![]));
}

#[tokio::test]
async fn synthetic_people_are_made_once() {
    let (_database, db) = fresh().await;
    let make = |people| {
        let db = db.clone();
        async move {
            let options = generate::Options { people, ..DEMO };
            generate::run(&Target::new(&db), Arc::new(TestClock::at(NOW_MS)), options, |_| {}).await.unwrap()
        }
    };
    let saved = make(700).await;
    assert_eq!((saved.added, saved.updated, saved.unchanged), (700, 0, 0));
    let before = everybody(&db).await;
    let saved = make(1_000).await;
    assert_eq!((saved.added, saved.updated, saved.unchanged), (300, 0, 700));
    let after = everybody(&db).await;
    assert_eq!(after[..700], before);
    let by_ids: Vec<_> = after.iter().rev().take(600).map(|person| person.id).collect();
    let found = db.read(move |tx| prospects::people_by_ids(tx, &by_ids)).await.unwrap();
    assert_eq!(found, after.iter().rev().take(600).cloned().collect::<Vec<_>>(), "in the order asked");
}
