//! `lexi understand`: what Lexi reads in a request, as the JSON that evaluations are scored against. No server, no data.

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::exit::{Exit, Usage};
use super::screen::Screen;
use crate::understand;

/// `lexi understand`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Prints intent, slots, the words each value was read from, assumptions, and the words that were not read.

Examples:
  lexi understand \"Find 50 CEOs at law firms in California\"
  lexi understand --file requests.txt --json-lines     one object a line, in the order of the lines
  echo \"CTOs at fintech startups\" | lexi understand --file - --json-lines")]
pub(super) struct Args {
    /// One request.
    #[arg(value_name = "REQUEST", required_unless_present = "file", conflicts_with = "file")]
    request: Vec<String>,
    /// Read requests from this file, one a line; - is standard input.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// One JSON object a line; the rule with --file.
    #[arg(long)]
    json_lines: bool,
}

/// Runs `lexi understand`.
pub(super) async fn run(args: &Args) -> anyhow::Result<Exit> {
    match &args.file {
        Some(path) => lines(path)?,
        None => {
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
