//! Measures Lexi at the size of a real prospect database, with the real program on loopback: start-up, idle memory, the
//! search routes, generate and import.
//!
//! `cargo run --profile dist --example people -- --help`. Times are of one connection that waits for each answer, through
//! HTTP, key, limits and the reading of the people from the database.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints its figures")]

mod process;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::{Parser, Subcommand};
use lexi::db::Db;
use lexi::prospects;
use serde_json::{Value, json};

use process::{Connection, Server};

/// Measures searches, start-up, memory and loading.
#[derive(Parser)]
struct Arguments {
    /// The program to measure.
    #[arg(long, global = true, default_value = "target/dist/lexi")]
    lexi: PathBuf,
    #[command(subcommand)]
    command: Command_,
}

#[derive(Subcommand)]
enum Command_ {
    /// Make people with `lexi prospects generate`, rows/s with the index.
    Make {
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        people: u32,
    },
    /// Write the people of a data folder as a CSV file for `import`.
    Rows {
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        file: PathBuf,
    },
    /// Import a CSV file into a new folder and once more, rows/s.
    Import {
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        file: PathBuf,
    },
    /// Start a server on a data folder and ask it.
    Search {
        #[arg(long)]
        data: PathBuf,
        /// How often each question is asked.
        #[arg(long, default_value_t = 500)]
        times: usize,
    },
}

#[tokio::main]
async fn main() -> Result<()> {
    let Arguments { lexi, command } = Arguments::parse();
    match command {
        Command_::Make { data, people } => make(&lexi, &data, people),
        Command_::Rows { data, file } => rows(&data, &file).await,
        Command_::Import { data, file } => {
            import(&lexi, &data, &file, "new")?;
            import(&lexi, &data, &file, "again")
        }
        Command_::Search { data, times } => search(&lexi, &data, times).await,
    }
}

fn make(lexi: &Path, data: &Path, people: u32) -> Result<()> {
    let started = Instant::now();
    run(lexi, data, &["prospects", "generate", "--people", &people.to_string(), "--json"])?;
    let stored = started.elapsed().as_secs_f64();
    run(lexi, data, &["prospects", "reindex", "--json"])?;
    let all = started.elapsed().as_secs_f64();
    println!(
        "{people} people: stored in {stored:.1} s ({:.0}/s), indexed and saved in {:.1} s more, together {all:.1} s",
        f64::from(people) / stored,
        all - stored
    );
    Ok(())
}

async fn rows(data: &Path, file: &Path) -> Result<()> {
    let db = Db::open(&format!("sqlite:{}", data.join("lexi.db").display()).parse()?).await?;
    let mut out = csv::Writer::from_path(file)?;
    let (mut after, mut written) = (0, 0_u64);
    loop {
        let people = db.read(move |tx| prospects::people_after(tx, after, 5_000)).await?;
        let Some(last) = people.last() else { break };
        after = last.number;
        for person in &people {
            let Value::Object(row) = serde_json::to_value(person.to_row())? else { bail!("a row is an object") };
            if written == 0 {
                out.write_record(row.keys())?;
            }
            out.write_record(row.values().map(|value| match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                Value::Array(texts) => texts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("|"),
                other => other.to_string(),
            }))?;
            written += 1;
        }
    }
    out.flush()?;
    db.close().await;
    println!("{written} rows in {} ({} MB)", file.display(), std::fs::metadata(file)?.len() / 1_000_000);
    Ok(())
}

fn import(lexi: &Path, data: &Path, file: &Path, how: &str) -> Result<()> {
    let started = Instant::now();
    let file = file.to_str().context("a file name that is text")?;
    let report = run(lexi, data, &["prospects", "import", file, "--source", "bench", "--json"])?;
    let seconds = started.elapsed().as_secs_f64();
    let report: Value = serde_json::from_slice(&report)?;
    let rows = report["rows"].as_f64().context("a report counts rows")?;
    println!("import, {how}: {rows} rows in {seconds:.1} s ({:.0}/s): {report}", rows / seconds);
    Ok(())
}

/// Runs a command of the program on `data`; what it printed.
fn run(lexi: &Path, data: &Path, words: &[&str]) -> Result<Vec<u8>> {
    let done = Command::new(lexi).args(words).arg("--data").arg(data).output()?;
    if !done.status.success() {
        bail!("lexi {}: {}", words.join(" "), String::from_utf8_lossy(&done.stderr));
    }
    Ok(done.stdout)
}

/// What is asked, and how it is called in the table.
fn questions() -> Vec<(&'static str, Value)> {
    vec![
        (
            "one title, industry, state",
            json!({ "titles": ["CEO"], "industry": ["law practice"], "location": ["California"] }),
        ),
        (
            "four titles or, five states or",
            json!({ "titles": ["CEO", "CFO", "General Counsel", "Managing Partner"],
                    "location": ["California", "Texas", "New York", "Illinois", "Florida"] }),
        ),
        (
            "the same, two industries, headcount",
            json!({ "titles": ["CEO", "CFO", "General Counsel", "Managing Partner"], "headcount": ["51-200", "201-500"],
                    "location": ["California", "Texas", "New York"], "industry": ["law practice", "banking"] }),
        ),
        (
            "seniority or, not a state",
            json!({ "seniority": ["partner", "c_suite"], "exclude": { "location": ["Texas"] } }),
        ),
        ("one keyword", json!({ "keywords": ["litigation"] })),
        ("two keywords, state", json!({ "keywords": ["intellectual property", "tax"], "location": ["California"] })),
        ("a company by name", json!({ "companies": ["Smith"] })),
        ("everybody", json!({})),
        (
            "four facets, one title",
            json!({ "titles": ["CEO"], "facets": ["state", "industry", "headcount", "seniority"] }),
        ),
        ("four facets, everybody", json!({ "facets": ["state", "industry", "headcount", "seniority"] })),
        ("page 100 of a state", json!({ "location": ["California"], "page": 100 })),
    ]
}

async fn search(lexi: &Path, data: &Path, times: usize) -> Result<()> {
    let secret =
        run(lexi, data, &["keys", "create", "--name", "bench", "--permissions", "read", "--tier", "unmetered"])?;
    let secret = String::from_utf8(secret)?.trim().to_owned();
    let arguments =
        ["serve", "--log", "warn", "--data", data.to_str().context("a folder name that is text")?].map(str::to_owned);
    let started = Instant::now();
    let server = Server::start(lexi, &arguments)?;
    let mut connection = Connection::open(server.address).await?;
    while connection.status("/readyz").await? != 200 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    println!("start until ready: {:.2} s", started.elapsed().as_secs_f64());
    tokio::time::sleep(Duration::from_secs(5)).await;
    println!("idle memory: {} MB; index on disk: {} MB", memory_mb(&server)?, folder_mb(&data.join("index"))?);
    println!("{:<38} {:>10} {:>8} {:>8} {:>8}", "question (count and top 50)", "matched", "p50 ms", "p99 ms", "max ms");
    for (name, mut body) in questions() {
        body["per_page"] = json!(50);
        let body = body.to_string();
        let mut times_us = Vec::with_capacity(times);
        let mut matched = Value::Null;
        for number in 0..times + 10 {
            let started = Instant::now();
            let answer = connection.post("/v1/prospects/search", &secret, &body).await;
            let elapsed = started.elapsed();
            match answer {
                Ok(answer) if number == 0 => {
                    matched = serde_json::from_slice::<Value>(answer)?["meta"]["total"].clone();
                }
                Ok(_) if number >= 10 => times_us.push(u32::try_from(elapsed.as_micros())?),
                Ok(_) => {}
                Err(error) => bail!("{name}: {error}"),
            }
        }
        times_us.sort_unstable();
        let at = |share: f64| f64::from(times_us[((times_us.len() - 1) as f64 * share) as usize]) / 1_000.0;
        println!("{name:<38} {matched:>10} {:>8.2} {:>8.2} {:>8.2}", at(0.50), at(0.99), at(1.0));
    }
    println!("memory afterwards: {} MB", memory_mb(&server)?);
    Ok(())
}

/// What the process holds in memory, in megabytes.
fn memory_mb(server: &Server) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("a size")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kilobytes * 1_024 / 1_000_000)
}

fn folder_mb(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes / 1_000_000)
}
