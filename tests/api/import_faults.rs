//! A large file with every fault there is: exactly the bad rows are rejected, each with its reason, and the rejects file,
//! repaired and imported, completes the set. `LEXI_IMPORT_ROWS` says how many rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{Cursor, Write as _};
use std::sync::Arc;

use lexi::clock::TestClock;
use lexi::db::Db;
use lexi::prospects;
use lexi::prospects::import::{self, Importer, Options, Report};
use serde_json::{Value, json};

use crate::import::Page;
use crate::support::database::{fresh, setting};

/// Rows unless `LEXI_IMPORT_ROWS` says otherwise.
const ROWS: usize = 20_000;
const COLUMNS: [&str; 6] = ["external_id", "full_name", "title", "email", "company", "company_domain"];

fn rows() -> usize {
    setting("LEXI_IMPORT_ROWS").map_or(ROWS, |text| text.parse().expect("LEXI_IMPORT_ROWS is a number"))
}

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Person,
    /// The same as an earlier row.
    Repeated(usize),
    /// An earlier person with another title.
    Changed(usize),
    /// One of the faults of a format.
    Faulty(usize),
    /// A row that is too long to be read.
    Endless,
}

fn kind(n: usize) -> Kind {
    match n {
        _ if n % 5_000 == 4 => Kind::Endless,
        _ if n % 10 == 3 => Kind::Faulty(n / 10),
        _ if n % 25 == 7 => Kind::Repeated(n - 7),
        _ if n % 25 == 12 => Kind::Changed(n - 12),
        _ => Kind::Person,
    }
}

/// The cells of row `n` as they should be, in the order of [`COLUMNS`].
fn cells(n: usize) -> [String; 6] {
    let of = |n: usize, title: &str| {
        let firm = n / 7;
        [
            format!("p{n}"),
            format!("Zoë {n} Person"),
            title.to_owned(),
            format!("p{n}@firm{firm}.example"),
            format!("Firm {firm} LLP"),
            format!("firm{firm}.example"),
        ]
    };
    match kind(n) {
        Kind::Repeated(earlier) => of(earlier, "Partner"),
        Kind::Changed(earlier) => of(earlier, "Chair"),
        Kind::Person | Kind::Faulty(_) | Kind::Endless => of(n, "Partner"),
    }
}

/// A fault: how the row looks, and what the reason says.
type Fault = (fn(&[String; 6]) -> Vec<u8>, &'static str);

fn with(cells: &[String; 6], at: usize, value: &str) -> String {
    let mut cells = cells.clone();
    value.clone_into(&mut cells[at]);
    cells.join(",")
}

const CSV_FAULTS: &[Fault] = &[
    (
        |cells| with(cells, 1, "@").into_bytes().iter().map(|byte| if *byte == b'@' { 0xe9 } else { *byte }).collect(),
        "not UTF-8",
    ),
    (|cells| cells[..3].join(",").into_bytes(), "has 3 columns"),
    (|cells| (cells.join(",") + ",more").into_bytes(), "has 7 columns"),
    (|cells| with(cells, 2, "\"Partner").into_bytes(), "never closed"),
    (|cells| with(cells, 2, "\"Partner\" of all").into_bytes(), "middle of a cell"),
    (|cells| with(cells, 1, &"x".repeat(201)).into_bytes(), "at most 200"),
    (|cells| with(cells, 3, "ann at firm").into_bytes(), "no e-mail address"),
    (|cells| with(cells, 2, "Part\0ner").into_bytes(), "can't be read"),
    (|cells| with(cells, 1, "").into_bytes(), "no name"),
    (|cells| with(cells, 5, "no domain").into_bytes(), "no domain"),
    (|cells| format!(",{},Partner,,,", cells[1]).into_bytes(), "name alone"),
    (|_| b",,Partner,,,".to_vec(), "neither a person nor a company"),
];

fn object(cells: &[String; 6]) -> Value {
    json!({ "external_id": cells[0], "full_name": cells[1], "title": cells[2], "email": cells[3],
        "company": { "name": cells[4], "domain": cells[5] } })
}

fn changed(cells: &[String; 6], key: &str, value: Value) -> Vec<u8> {
    let mut object = object(cells);
    object[key] = value;
    object.to_string().into_bytes()
}

const JSON_FAULTS: &[Fault] = &[
    (|cells| object(cells).to_string().replace('}', ",}").into_bytes(), "no JSON"),
    (|cells| object(cells).to_string().as_bytes()[..40].to_vec(), "no JSON"),
    (|cells| format!("[{}]", object(cells)).into_bytes(), "no JSON object"),
    (|_| b"null".to_vec(), "no JSON object"),
    (|cells| object(cells).to_string().replace("Zo\u{eb}", "@").replacen('@', "\u{1}", 1).into_bytes(), "no JSON"),
    (
        |cells| object(cells).to_string().into_bytes().iter().map(|b| if *b == 0xc3 { 0xe9 } else { *b }).collect(),
        "not UTF-8",
    ),
    (|cells| changed(cells, "full_name", json!("x".repeat(201))), "at most 200"),
    (|cells| changed(cells, "full_name", json!(["Ann", "Bob"])), "holds 2 values"),
    (|cells| changed(cells, "title", json!([{ "name": "Partner" }])), "a list of lists or objects"),
    (|cells| changed(cells, "title", json!("Part\u{0}ner")), "can't be read"),
    (|cells| changed(cells, "email", json!("ann at firm")), "no e-mail address"),
    (|cells| changed(cells, "full_name", Value::Null), "no name"),
    (|_| b"{\"title\": \"Partner\"}".to_vec(), "neither a person nor a company"),
];

/// The file, packed, with the reason that each bad row must be given.
fn file(
    faults: &[Fault],
    good: fn(&[String; 6]) -> Vec<u8>,
    header: &[u8],
) -> (Vec<u8>, BTreeMap<usize, &'static str>) {
    let mut reasons = BTreeMap::new();
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(header).unwrap();
    for n in 0..rows() {
        let line = match kind(n) {
            Kind::Faulty(which) => {
                let (fault, reason) = faults[which % faults.len()];
                reasons.insert(n + 1, reason);
                fault(&cells(n))
            }
            Kind::Endless => {
                reasons.insert(n + 1, "longer than");
                let mut cells = cells(n);
                cells[1] = "x".repeat(300_000);
                good(&cells)
            }
            Kind::Person | Kind::Repeated(_) | Kind::Changed(_) => good(&cells(n)),
        };
        out.write_all(&line).unwrap();
        out.write_all(if n % 1_000 == 999 { b"\r\n\n" } else { b"\n" }).unwrap();
    }
    (out.finish().unwrap(), reasons)
}

async fn import(db: &Db, file: Vec<u8>) -> (Report, Vec<u8>) {
    let options = Options { source: "crm".to_owned(), map: Vec::new() };
    let rejects = Page::default();
    let importer = Importer::open(Cursor::new(file), &options).unwrap();
    let clock = Arc::new(TestClock::at(crate::import::NOW_MS));
    let alone = prospects::Target::new(db).with_server_if(|| false);
    let report = import::run(&alone, clock, importer, Some(rejects.clone()), |_| {}).await.unwrap();
    (report, rejects.bytes())
}

/// Title by external id of everybody who is stored.
async fn everybody(db: &Db) -> HashMap<String, String> {
    let (mut after, mut found) = (0, HashMap::new());
    loop {
        let people = db.read(move |tx| prospects::people_after(tx, after, 2_000)).await.unwrap();
        let Some(last) = people.last() else { return found };
        after = last.number;
        found.extend(people.into_iter().map(|person| (person.external_id.unwrap(), person.title.unwrap())));
    }
}

/// Title by external id of everybody who should be stored: of the good rows, or of all.
fn expected(all: bool) -> HashMap<String, String> {
    let is_good = |n: &usize| all || !matches!(kind(*n), Kind::Faulty(_) | Kind::Endless);
    (0..rows()).filter(is_good).map(cells).map(|[id, _, title, ..]| (id, title)).collect()
}

fn check(report: &Report, reasons: &BTreeMap<usize, &'static str>) {
    let count = |wanted: fn(Kind) -> bool| (0..rows()).filter(|n| wanted(kind(*n))).count() as u64;
    let counts = [report.rows, report.added, report.updated, report.unchanged, report.rejected];
    let expected = [
        rows() as u64,
        count(|kind| kind == Kind::Person),
        count(|kind| matches!(kind, Kind::Changed(_))),
        count(|kind| matches!(kind, Kind::Repeated(_))),
        reasons.len() as u64,
    ];
    assert_eq!(counts, expected);
    assert_eq!(serde_json::to_value(report).unwrap()["compression"], "gzip");
}

/// Fails unless exactly these rows were rejected, for these reasons.
fn check_reasons(rejected: &BTreeMap<usize, String>, reasons: &BTreeMap<usize, &'static str>) {
    let numbers = |rows: Vec<&usize>| rows.into_iter().copied().collect::<BTreeSet<usize>>();
    assert_eq!(numbers(rejected.keys().collect()), numbers(reasons.keys().collect()));
    for (row, reason) in rejected {
        assert!(reason.contains(reasons[row]), "row {row}: {reason}, not {}", reasons[row]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_csv_file_with_every_fault_exactly_the_bad_rows_are_rejected_and_repaired_they_complete_it() {
    let (_database, db) = fresh().await;
    let header = COLUMNS.join(",") + "\n";
    let (file, reasons) = file(CSV_FAULTS, |cells| cells.join(",").into_bytes(), header.as_bytes());
    let (report, rejects) = import(&db, file).await;
    check(&report, &reasons);
    assert_eq!(everybody(&db).await, expected(false));

    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(rejects.as_slice());
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), [&["row", "reason"][..], &COLUMNS].concat());
    let mut rejected = BTreeMap::new();
    let mut repaired = csv::Writer::from_writer(Vec::new());
    repaired.write_record([&["row", "reason"][..], &COLUMNS].concat()).unwrap();
    for record in reader.records() {
        let record = record.unwrap();
        let row: usize = record[0].parse().unwrap();
        rejected.insert(row, record[1].to_owned());
        repaired
            .write_record([&record[0], &record[1]].into_iter().chain(cells(row - 1).iter().map(String::as_str)))
            .unwrap();
    }
    check_reasons(&rejected, &reasons);
    let (report, rejects) = import(&db, repaired.into_inner().unwrap()).await;
    assert_eq!((report.added, report.rejected, report.rows), (reasons.len() as u64, 0, reasons.len() as u64));
    assert_eq!(String::from_utf8(rejects).unwrap().lines().count(), 1);
    assert_eq!(everybody(&db).await, expected(true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_file_of_objects_with_every_fault_exactly_the_bad_rows_are_rejected_and_repaired_they_complete_it() {
    let (_database, db) = fresh().await;
    let (file, reasons) = file(JSON_FAULTS, |cells| object(cells).to_string().into_bytes(), b"");
    let (report, rejects) = import(&db, file).await;
    check(&report, &reasons);
    assert_eq!(everybody(&db).await, expected(false));

    let (mut rejected, mut repaired) = (BTreeMap::new(), String::new());
    for line in String::from_utf8(rejects).unwrap().lines() {
        // Row and reason stand in front, also of what is no JSON.
        let (row, rest) = line.strip_prefix("{\"row\":").unwrap().split_once(",\"reason\":").unwrap();
        let row: usize = row.parse().unwrap();
        let mut reason = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        rejected.insert(row, reason.next().unwrap().unwrap());
        let mut whole = object(&cells(row - 1));
        (whole["row"], whole["reason"]) = (json!(row), json!(rejected[&row]));
        repaired.push_str(&format!("{whole}\n"));
    }
    check_reasons(&rejected, &reasons);
    let (report, rejects) = import(&db, repaired.into_bytes()).await;
    assert_eq!((report.added, report.rejected, report.rows), (reasons.len() as u64, 0, reasons.len() as u64));
    assert_eq!((rejects.len(), report.columns_unused.len()), (0, 0));
    assert_eq!(everybody(&db).await, expected(true));
}
