//! How long it takes. Not run by default: `cargo test --lib speed -- --ignored --nocapture`.

use std::time::Instant;

use super::{blank, blank_company};
use crate::prospects::filter::{Filter, SameWords, Slots};
use crate::prospects::search::{Snapshot, file};
use crate::prospects::{CompanyFields, Person};
use crate::understand::Range;
use crate::understand::places::Location;

/// Spread-out numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn one_of<'v>(&mut self, values: &[&'v str]) -> Option<&'v str> {
        Some(values[self.roll(values.len() as u64) as usize])
    }
}

fn some(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

fn company(at: u64, dice: &mut Dice) -> CompanyFields {
    const KINDS: [(&str, &str); 5] = [
        ("law practice", "law firm"),
        ("banking", "bank"),
        ("software", "startup"),
        ("retail", "agency"),
        ("insurance", ""),
    ];
    let (industry, kind) = KINDS[dice.roll(5) as usize];
    CompanyFields {
        name: format!("{} {} {at}", dice.one_of(&["Acme", "Nord", "Stone", "River"]).unwrap_or(""), industry),
        domain: Some(format!("company{at}.example")),
        industry: Some(industry.into()),
        company_type: Some(kind.to_owned()).filter(|kind| !kind.is_empty()),
        headcount: Some(dice.roll(5_000) as i64),
        revenue_usd: (dice.roll(3) > 0).then(|| dice.roll(1 << 30) as i64),
        state: Some(format!("State {}", dice.roll(50))),
        city: Some(format!("City {}", dice.roll(5_000))),
        country: Some("United States".into()),
        ..blank_company()
    }
}

fn person(number: u32, companies: &[CompanyFields], dice: &mut Dice) -> Person {
    const TITLES: [&str; 10] = [
        "Chief Executive Officer",
        "Managing Partner",
        "Associate",
        "Vice President of Sales",
        "General Counsel",
        "Software Engineer",
        "Partner, Tax",
        "President & CEO",
        "Head of Marketing",
        "Paralegal",
    ];
    let company = &companies[dice.roll(companies.len() as u64) as usize];
    let city = dice.roll(5_000);
    Person {
        title: Some(format!(
            "{}{}",
            dice.one_of(&TITLES).unwrap_or(""),
            match dice.roll(20) {
                0 => format!(", Region {}", dice.roll(3_000)),
                _ => String::new(),
            }
        )),
        seniority: some(dice.one_of(&["c_suite", "partner", "vp", "head", "senior"])),
        department: some(dice.one_of(&["legal", "sales", "marketing", "engineering"])),
        email: company.domain.as_ref().map(|domain| format!("p{number}@{domain}")),
        practice_areas: (dice.roll(4) == 0)
            .then(|| some(dice.one_of(&["Tax", "IP", "Litigation"])))
            .flatten()
            .into_iter()
            .collect(),
        city: (dice.roll(10) > 0).then(|| format!("City {city}")),
        state: Some(if city < 500 { "California".into() } else { format!("State {}", city % 50) }),
        country: some(dice.one_of(&["United States", "United States", "United States", "Germany"])),
        company: Some(company.clone()),
        ..blank(number)
    }
}

fn memory_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or(0)
}

#[test]
#[ignore = "takes a while; run it by name"]
fn speed_and_memory() {
    let count: u32 = option_env!("PEOPLE").and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let mut dice = Dice(7);
    let companies: Vec<CompanyFields> = (0..u64::from(count) / 10).map(|at| company(at, &mut dice)).collect();
    let before = memory_kb();
    let mut snapshot = Snapshot::default();
    let mut spent = std::time::Duration::ZERO;
    for number in 1..=count {
        let person = person(number, &companies, &mut dice);
        let start = Instant::now();
        snapshot.put(&person);
        spent += start.elapsed();
    }
    snapshot.compact();
    println!("built {count} in {spent:?}, {} KB", memory_kb() - before);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.idx");
    let start = Instant::now();
    file::save(&snapshot, &path).expect("saved");
    println!("saved in {:?}, {} bytes", start.elapsed(), std::fs::metadata(&path).expect("file").len());
    drop(snapshot);
    let start = Instant::now();
    let mut snapshot = file::load(&path).expect("read");
    println!("read in {:?}, {} KB", start.elapsed(), memory_kb() - before);
    let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let california =
        Location { state: Some("California".into()), country: Some("United States".into()), ..Location::default() };
    let law = Slots {
        titles: texts(&["CEO"]),
        industries: texts(&["law practice"]),
        company_types: texts(&["law firm"]),
        locations: vec![california.clone()],
        ..Slots::default()
    };
    let same = SameWords {
        words: "law firms".into(),
        values: Slots { industries: texts(&["law practice"]), company_types: texts(&["law firm"]), ..Slots::default() },
    };
    let filters = [
        ("CEOs at law firms in California", Filter { include: law, same_words: vec![same], ..Filter::default() }),
        (
            "three titles",
            Filter {
                include: Slots { titles: texts(&["CEO", "Managing Partner", "Partner"]), ..Slots::default() },
                ..Filter::default()
            },
        ),
        (
            "title, industry, headcount",
            Filter {
                include: Slots {
                    titles: texts(&["CEO"]),
                    industries: texts(&["software"]),
                    headcount: Some(Range { min: Some(51), max: Some(200), currency: None }),
                    ..Slots::default()
                },
                ..Filter::default()
            },
        ),
        (
            "headcount alone",
            Filter {
                include: Slots {
                    headcount: Some(Range { min: Some(51), max: None, currency: None }),
                    ..Slots::default()
                },
                ..Filter::default()
            },
        ),
        (
            "keyword alone",
            Filter { include: Slots { keywords: texts(&["region 77"]), ..Slots::default() }, ..Filter::default() },
        ),
        (
            "keyword in California",
            Filter {
                include: Slots { keywords: texts(&["river"]), locations: vec![california], ..Slots::default() },
                ..Filter::default()
            },
        ),
        ("everyone", Filter::default()),
    ];
    for (name, filter) in &filters {
        let found = snapshot.matching(filter).count();
        let mut times: Vec<_> = (0..21)
            .map(|_| {
                let start = Instant::now();
                let _ = snapshot.matching(filter);
                start.elapsed()
            })
            .collect();
        times.sort();
        println!("{name}: {found} in p50 {:?}, worst {:?}", times[10], times[20]);
    }
    let start = Instant::now();
    let hit = snapshot.suppressed(&(0..1_000).map(|n| format!("company{n}.example")).collect::<Vec<_>>()).len();
    println!("1,000 suppressed domains: {hit} in {:?}", start.elapsed());
    let shared = snapshot.clone();
    let changed: Vec<Person> = (0..5_000).map(|n| person(1 + n * (count / 5_000), &companies, &mut dice)).collect();
    let start = Instant::now();
    let mut next = shared.clone();
    changed.iter().for_each(|person| next.put(person));
    println!("5,000 changes beside a shared snapshot in {:?}", start.elapsed());
    snapshot.put(&changed[0]);
}
