//! The search driver: how fast, how large and how soon ready the index is, at any number of synthetic people.
//!
//! `cargo run --profile dist --example search -- --help`. `made` builds an index straight from generated people, without a
//! database, saves it, loads it again and times searches in it. `stored` opens a data folder that `lexi prospects
//! generate` filled, and times the same searches with their first 50 people read from the database.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints its figures")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use lexi::app::App;
use lexi::clock::SystemClock;
use lexi::config::Config;
use lexi::db::Db;
use lexi::execution::alternatives::{Counted, alternatives};
use lexi::prospects::filter::{Filter, Slots};
use lexi::prospects::generate::{self, Options, People};
use lexi::prospects::search::{self, Facet, Index, Snapshot, View};
use lexi::prospects::{CompanyFields, Person, Row, Target};
use lexi::understand::places::Location;
use lexi::understand::{self, Range};
use roaring::RoaringBitmap;
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What people are most often counted by.
const FACETS: [Facet; 4] = [Facet::State, Facet::Industry, Facet::Headcount, Facet::Seniority];
/// People that a page shows.
const TOP: usize = 50;
/// How often one request is measured.
const REPEATED: usize = 50;

/// Measures the search index.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Searches of each kind.
    #[arg(long, global = true, default_value_t = 400)]
    searches: usize,
}

#[derive(Subcommand)]
enum Command {
    /// An index of this many generated people, without a database.
    Made {
        #[arg(long, default_value_t = 1_000_000)]
        people: u32,
    },
    /// The index and the database of a data folder.
    Stored {
        #[arg(long)]
        data: PathBuf,
        /// Make this many people first, and say how long it takes.
        #[arg(long)]
        generate: Option<u32>,
        /// Build the index anew first, and say how long it takes.
        #[arg(long)]
        rebuild: bool,
    },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match arguments.command {
        Command::Made { people } => made(people, arguments.searches),
        Command::Stored { data, generate, rebuild } => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(async {
                if let Some(people) = generate {
                    let db = Db::open(&Config::new(data.clone(), None).database_url).await?;
                    let begun = Instant::now();
                    let options = Options { people, ..Options::default() };
                    let alone = Target::new(&db).with_server_if(|| false);
                    generate::run(&alone, Arc::new(SystemClock), options, |_| {}).await?;
                    println!("generated and stored: {:.1} s", seconds(begun));
                    db.close().await;
                }
                stored(&data, rebuild, arguments.searches).await
            })
        }
    }
}

fn made(people: u32, searches: usize) -> Result<()> {
    println!("before anything: {} MB", memory_mb());
    let folder = tempfile::tempdir()?;
    let built = {
        let options = Options { people, ..Options::default() };
        let begun = Instant::now();
        let mut making = Duration::ZERO;
        let mut made = People::new(&options).zip(1..).map(|(row, number)| person(row, number));
        let timed = std::iter::from_fn(|| {
            let begun = Instant::now();
            let next = made.next();
            making += begun.elapsed();
            next
        });
        let snapshot = Snapshot::holding(timed, 1);
        println!("built: {:.1} s, of which making the people {:.1} s", seconds(begun), making.as_secs_f64());
        snapshot
    };
    let index = Index::open(folder.path(), 0)?;
    index.publish(built);
    let begun = Instant::now();
    index.save(1)?;
    println!("saved: {:.2} s, {} MB on disk", seconds(begun), size_bytes(folder.path())? / 1_000_000);
    drop(index);
    let before = memory_mb();
    let begun = Instant::now();
    let index = Index::open(folder.path(), 0)?;
    println!("loaded: {:.3} s; memory {before} MB before, {} MB after", seconds(begun), memory_mb());
    let snapshot = index.snapshot();
    sizes(&snapshot);
    for (name, filters) in kinds(searches) {
        time(name, &filters, |filter| {
            let found = View::of(&snapshot).find(filter);
            found.count() + found.first(TOP).len() as u64
        });
    }
    for (name, filters) in kinds(searches) {
        for (facets, counted) in [(&FACETS[..], "four facets"), (&[Facet::Title][..], "titles")] {
            time(&format!("{name}: {counted}"), &filters, |filter| {
                let view = View::of(&snapshot);
                let found = view.find(filter);
                let counts = view.facets(&found, facets, search::FACET_LIMIT);
                counts.values().map(|counts| counts.values.len() as u64).sum()
            });
        }
    }
    offers(&snapshot);
    println!("at the end: {} MB", memory_mb());
    Ok(())
}

/// What it costs to say what one step from a search would find, beside the search itself.
fn offers(snapshot: &Snapshot) {
    let nobody = RoaringBitmap::new();
    for text in [
        "Find 5000 CEOs at mid-size law firms in Nevada",
        "Find 9000 tax partners at law firms in Texas with 51-200 employees",
        "Find people in the United States",
    ] {
        let request = understand::read(text);
        let Some(filter) = Filter::from_request(&request) else { continue };
        let view = View::of(snapshot);
        let found = view.find(&filter);
        let limit = request.search().and_then(|search| search.count).unwrap_or(25);
        let counted = Counted {
            request: &request,
            filter: &filter,
            found: &found,
            left_out: &nobody,
            available: found.count(),
            limit,
        };
        let same = vec![filter.clone(); REPEATED];
        time(&format!("search: {text}"), &same, |filter| view.find(filter).count());
        time("  and its alternatives", &same, |_| alternatives(&view, &counted).len() as u64);
    }
}

async fn stored(data: &Path, rebuild: bool, searches: usize) -> Result<()> {
    println!("before anything: {} MB", memory_mb());
    let begun = Instant::now();
    let app = App::open(Config::new(data.to_owned(), None), Arc::new(SystemClock)).await?;
    println!("opened: {:.3} s, {} MB", seconds(begun), memory_mb());
    search::catch_up(&app.db, &app.search, |_| {}).await?;
    println!("caught up: {:.3} s, {} people, {} MB", seconds(begun), app.search.snapshot().people(), memory_mb());
    if rebuild {
        let begun = Instant::now();
        let people = search::rebuild(&app.db, &app.search, |_| {}).await?;
        println!("built anew: {:.1} s, {people} people, {} MB", seconds(begun), memory_mb());
    }
    let begun = Instant::now();
    let (index, saved) = (Arc::clone(&app.search), rebuild);
    tokio::task::spawn_blocking(move || index.save(1)).await??;
    println!("saved: {:.2} s ({saved}), {} MB on disk", seconds(begun), size_bytes(&data.join("index"))? / 1_000_000);
    sizes(&app.search.snapshot());
    for (name, filters) in kinds(searches) {
        let mut took = Vec::with_capacity(filters.len());
        for filter in filters {
            let snapshot = app.search.snapshot();
            let begun = Instant::now();
            let found = app.db.read(move |tx| {
                let found = search::view(tx, &snapshot)?.find(&filter);
                Ok((found.count(), found.take(tx, &Default::default(), TOP)?.len()))
            });
            let (count, _) = found.await?;
            took.push((begun.elapsed(), count));
        }
        told(name, took);
    }
    println!("at the end: {} MB", memory_mb());
    app.close().await;
    Ok(())
}

/// The filters of each kind of search. Values change from search to search, so that nothing is answered from memory.
fn kinds(searches: usize) -> Vec<(&'static str, Vec<Filter>)> {
    const TITLES: &[&str] = &["CEO", "General Counsel", "Managing Partner", "CFO", "Partner", "Paralegal", "CTO"];
    const INDUSTRIES: &[&str] = &["law firm", "banking", "software", "insurance", "construction"];
    const STATES: &[&str] =
        &["California", "New York", "Texas", "Illinois", "Florida", "Ohio", "Georgia", "Washington"];
    const WORDS: &[&str] = &["tax", "litigation", "patent", "energy", "privacy", "merger", "vice president", "group"];
    let texts = |values: &[&str], from: usize, count: usize| -> Vec<String> {
        (0..count).map(|n| values[(from + n * 3) % values.len()].to_owned()).collect()
    };
    let states = |from: usize, count: usize| -> Vec<Location> {
        let place =
            |state| Location { state: Some(state), country: Some("United States".into()), ..Location::default() };
        texts(STATES, from, count).into_iter().map(place).collect()
    };
    let range = |at: usize| Range {
        min: Some(10 + at as i64 * 7 % 400),
        max: Some(500 + at as i64 * 31 % 9_000),
        currency: None,
    };
    let of = |make: &dyn Fn(usize) -> Slots| -> Vec<Filter> {
        (0..searches).map(|at| Filter { include: make(at), ..Filter::default() }).collect()
    };
    vec![
        (
            "one title, industry, state",
            of(&|at| Slots {
                titles: texts(TITLES, at, 1),
                industries: texts(INDUSTRIES, at / 2, 1),
                locations: states(at / 3, 1),
                ..Slots::default()
            }),
        ),
        (
            "four titles, two industries, five states",
            of(&|at| Slots {
                titles: texts(TITLES, at, 4),
                industries: texts(INDUSTRIES, at, 2),
                locations: states(at, 5),
                ..Slots::default()
            }),
        ),
        ("everybody", of(&|_| Slots::default())),
        ("a state alone", of(&|at| Slots { locations: states(at, 1), ..Slots::default() })),
        ("headcount alone", of(&|at| Slots { headcount: Some(range(at)), ..Slots::default() })),
        (
            "headcount and two states",
            of(&|at| Slots { headcount: Some(range(at)), locations: states(at, 2), ..Slots::default() }),
        ),
        ("a keyword alone", of(&|at| Slots { keywords: texts(WORDS, at, 1), ..Slots::default() })),
        ("three keywords", of(&|at| Slots { keywords: texts(WORDS, at, 3), ..Slots::default() })),
        (
            "a keyword and a state",
            of(&|at| Slots { keywords: texts(WORDS, at, 1), locations: states(at, 1), ..Slots::default() }),
        ),
        (
            "words of a title",
            of(&|at| Slots { titles: vec![format!("{} counsel", WORDS[at % 4])], ..Slots::default() }),
        ),
    ]
}

fn time(name: &str, filters: &[Filter], search: impl Fn(&Filter) -> u64) {
    let took = filters.iter().map(|filter| {
        let begun = Instant::now();
        let count = search(filter);
        (begun.elapsed(), count)
    });
    told(name, took.collect());
}

fn told(name: &str, took: Vec<(Duration, u64)>) {
    let counts = took.iter().map(|(_, count)| count).sum::<u64>() / took.len().max(1) as u64;
    let first = took.first().map_or(Duration::ZERO, |(took, _)| *took);
    let mut took: Vec<Duration> = took.into_iter().map(|(took, _)| took).collect();
    took.sort_unstable();
    let at = |share: usize| took[(took.len() * share / 100).min(took.len() - 1)].as_secs_f64() * 1e3;
    println!(
        "{name:42} p50 {:7.2} ms  p99 {:7.2} ms  max {:7.2} ms  first {:7.2} ms  about {counts} found",
        at(50),
        at(99),
        at(100),
        first.as_secs_f64() * 1e3
    );
}

fn sizes(snapshot: &Snapshot) {
    let sizes = snapshot.sizes();
    let all: usize = sizes.iter().map(|(_, bytes)| bytes).sum();
    let parts: Vec<String> = sizes.iter().map(|(name, bytes)| format!("{name} {:.1}", *bytes as f64 / 1e6)).collect();
    println!("the index holds {} people in {:.1} MB: {}", snapshot.people(), all as f64 / 1e6, parts.join(", "));
}

/// Memory of this process that is in RAM.
fn memory_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1_000
}

fn size_bytes(folder: &Path) -> Result<u64> {
    let mut size = 0;
    for entry in std::fs::read_dir(folder).with_context(|| format!("{} can't be read", folder.display()))? {
        size += entry?.metadata()?.len();
    }
    Ok(size)
}

fn seconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64()
}

/// A generated row as the database would give it back.
fn person(row: Row, number: u32) -> Person {
    let company = row.company.map(|name| CompanyFields {
        id: Uuid::nil(),
        name,
        domain: row.company_domain,
        industry: row.industry,
        company_type: row.company_type,
        headcount: row.headcount,
        revenue_usd: row.revenue_usd,
        founded: row.founded,
        city: row.company_city,
        state: row.company_state,
        country: row.company_country,
    });
    Person {
        id: Uuid::from_u128(number.into()),
        number,
        source: "synthetic".into(),
        external_id: row.external_id,
        full_name: row.full_name.unwrap_or_default(),
        first_name: row.first_name,
        last_name: row.last_name,
        title: row.title,
        seniority: row.seniority,
        department: row.department,
        email: row.email,
        phone: row.phone,
        linkedin_url: row.linkedin_url,
        practice_areas: row.practice_areas,
        city: row.city,
        state: row.state,
        country: row.country,
        company,
    }
}
