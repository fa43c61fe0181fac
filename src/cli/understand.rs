//! `lexi understand`: what Lexi reads in a request, as the JSON that evaluations are scored against. No server, no data.

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;

use super::exit::{Exit, Usage};
use super::screen::Screen;
use crate::evaluation::{self, Line, Report};
use crate::understand;

/// Lines of an evaluation set; more is no set that somebody wrote.
const SET_MAX: usize = 100_000;

/// `lexi understand`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Prints intent, slots, the words each value was read from, assumptions, and the words that were not read.

Examples:
  lexi understand \"Find 50 CEOs at law firms in California\"
  lexi understand --file requests.txt --json-lines     one object a line, in the order of the lines
  echo \"CTOs at fintech startups\" | lexi understand --file - --json-lines
  lexi understand --score eval/requests.jsonl          how well a set with answers is understood
  lexi understand --score eval/requests.jsonl --split held --wrong 20")]
pub(super) struct Args {
    /// One request.
    #[arg(value_name = "REQUEST", required_unless_present_any = ["file", "score"], conflicts_with_all = ["file", "score"])]
    request: Vec<String>,
    /// Read requests from this file, one a line; - is standard input.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// One JSON object a line; the rule with --file.
    #[arg(long)]
    json_lines: bool,
    /// Compare what is read with the answers of this set, one JSON object a line as in eval/README.md.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "json_lines"])]
    score: Option<PathBuf>,
    /// Of the set, only the lines of this part.
    #[arg(long, value_name = "PART", requires = "score")]
    split: Option<String>,
    /// Show so many of the lines that were read wrongly, and what is wrong.
    #[arg(long, value_name = "N", requires = "score", default_value_t = 0)]
    wrong: usize,
    /// The figures as JSON.
    #[arg(long, requires = "score")]
    json: bool,
}

/// Runs `lexi understand`.
pub(super) async fn run(args: &Args) -> anyhow::Result<Exit> {
    match (&args.file, &args.score) {
        (_, Some(path)) => score(args, path)?,
        (Some(path), None) => lines(path)?,
        (None, None) => {
            let request = args.request.join(" ");
            if request.trim().is_empty() {
                return Err(
                    Usage("There is no request. Try: lexi understand \"CTOs at fintech startups\"".into()).into()
                );
            }
            let read = understand::read(&request);
            let mut screen = Screen::stdout();
            if args.json_lines { screen.print(&serde_json::to_string(&read)?)? } else { screen.json(&read)? }
        }
    }
    Ok(Exit::Done)
}

/// Reads line after line, so that a long file needs no memory and its first answers come at once.
fn lines(path: &Path) -> anyhow::Result<()> {
    let reader: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        let file = std::fs::File::open(path).with_context(|| format!("Can't read {}", path.display()))?;
        Box::new(BufReader::new(file))
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (at, line) in reader.lines().enumerate() {
        let line = line.with_context(|| format!("Can't read line {} of {}", at + 1, path.display()))?;
        // The mark that some programs put before UTF-8 is no part of the first request.
        let request = if at == 0 { line.trim_start_matches('\u{feff}') } else { &line };
        writeln!(out, "{}", serde_json::to_string(&understand::read(request))?)?;
    }
    out.flush()?;
    Ok(())
}

/// Judges a set and prints its figures.
fn score(args: &Args, path: &Path) -> anyhow::Result<()> {
    let file = std::fs::File::open(path).with_context(|| format!("Can't read {}", path.display()))?;
    let mut outcomes = Vec::new();
    for (at, line) in BufReader::new(file).lines().enumerate() {
        let line = line.with_context(|| format!("Can't read line {} of {}", at + 1, path.display()))?;
        if line.trim().is_empty() {
            continue;
        }
        let line: Line = serde_json::from_str(&line)
            .with_context(|| format!("Line {} of {} is no line of a set", at + 1, path.display()))?;
        if args.split.is_some() && args.split != line.split {
            continue;
        }
        anyhow::ensure!(outcomes.len() < SET_MAX, "{} has more than {SET_MAX} lines.", path.display());
        let begun = Instant::now();
        let read = understand::read(&line.text);
        let took_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        outcomes.push(evaluation::judge(&line, &read, took_us));
    }
    let mut screen = Screen::stdout();
    for outcome in outcomes.iter().filter(|outcome| !outcome.is_right()).take(args.wrong) {
        screen.print(&format!("{}: {}\n    {}", outcome.id, outcome.text, outcome.difference()))?;
    }
    let report = Report::of(&outcomes);
    if args.json {
        screen.json(&report)?;
    } else {
        screen.print(&report.to_string())?;
    }
    Ok(())
}
