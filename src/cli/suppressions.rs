//! `lexi suppressions`: loads who must never be contacted from a file, and takes it out again. Works on the data itself,
//! also while a server runs on it.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;
use uuid::Uuid;

use super::exit::{Exit, Usage};
use super::out::{Target, is_same_file};
use super::screen::{Screen, counted, number};
use super::storage::{Storage, clock};
use crate::db::{Db, Isolation};
use crate::events::Actor;
use crate::formula;
use crate::suppressions::Kind;
use crate::suppressions::import::{self, After, Became, COLUMNS, PORTION, Rejected, Row};
use crate::workspaces;

/// `lexi suppressions`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Suppress what a file names: CSV with the columns kind, value and reason, or an address or domain a line.
    #[command(after_long_help = "\
kind is email, domain or prospect; without it an address, a domain or a prospect's id is told by its look. Columns may
also be called email, domain and prospect_id. A row without a reason has that of --reason. A domain covers its subdomains.

What is suppressed already stays as it is, so a file can be imported again. Rows that can't be used are counted and, with
--rejects, written to a file with the problem; repaired, that file can be imported too.

Examples:
  lexi suppressions import do-not-contact.csv --rejects rejects.csv
  lexi suppressions import opposing-parties.txt --reason \"Opposing party\" --workspace \"Okafor LLP\"
  lexi suppressions import blocked.csv --json      {\"rows\", \"added\", \"known\", \"rejected\", \"columns_unused\"}")]
    Import(ImportArgs),
    /// Write all suppressions of a workspace, oldest first, as a file that import takes back.
    #[command(after_long_help = "\
The file is written beside its place and takes its name when it is whole. A file that is there is never replaced without
--force. A cell that begins with = + - @ gets an apostrophe in front, so that no spreadsheet runs it; import takes it off.

Examples:
  lexi suppressions export --out suppressions.csv
  lexi suppressions export --kind domain")]
    Export(ExportArgs),
}

/// `lexi suppressions import`.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    /// The file; - is standard input.
    file: PathBuf,
    /// Why, for rows that give no reason themselves.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Write rows that can't be used to this file, with row number and problem.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// The workspace; `default` unless given.
    #[arg(long, value_name = "NAME")]
    workspace: Option<String>,
    #[command(flatten)]
    storage: Storage,
}

/// `lexi suppressions export`.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    target: Target,
    /// Only this kind: email, domain or prospect.
    #[arg(long, value_parser = Kind::parse)]
    kind: Option<Kind>,
    /// The workspace; `default` unless given.
    #[arg(long, value_name = "NAME")]
    workspace: Option<String>,
    #[command(flatten)]
    storage: Storage,
}

/// What became of a file. Every row is counted once: `rows` = `added` + `known` + `rejected`.
#[derive(Debug, Default, Serialize)]
struct Report {
    rows: u64,
    added: u64,
    known: u64,
    rejected: u64,
    columns_unused: Vec<String>,
}

/// Runs `lexi suppressions`.
pub(super) async fn run(command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Import(args) => Box::pin(import_file(args)).await,
        Command::Export(args) => {
            let db = args.storage.open_db().await?;
            let written = export(&db, args).await;
            db.close().await;
            written
        }
    }
}

async fn import_file(args: ImportArgs) -> anyhow::Result<Exit> {
    let file: Box<dyn Read> = if args.file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        if args.rejects.as_deref().is_some_and(|rejects| is_same_file(rejects, &args.file)) {
            return Err(
                Usage("The rejects would overwrite the file that is imported; name another file.".into()).into()
            );
        }
        Box::new(File::open(&args.file).with_context(|| format!("Can't read {}", args.file.display()))?)
    };
    let file = import::File::open(file, args.reason.as_deref())?;
    let rejects = args.rejects.as_deref().map(|path| Rejects::open(path, &file)).transpose()?;
    let db = args.storage.open_db().await?;
    let imported = import_rows(&db, args.workspace, file, rejects).await;
    db.close().await;
    let report = imported?;
    let mut screen = Screen::stdout();
    if args.json {
        screen.json(&report)?;
    } else {
        screen.print(&told(&report, args.rejects.as_deref()))?;
    }
    Ok(Exit::Done)
}

/// Reads the file to its end and adds its rows portion by portion.
async fn import_rows(
    db: &Db,
    workspace: Option<String>,
    mut file: import::File<Box<dyn Read>>,
    mut rejects: Option<Rejects>,
) -> anyhow::Result<Report> {
    let workspace_id = workspace_id(db, workspace).await?;
    let mut report = Report { columns_unused: file.columns_unused(), ..Report::default() };
    let mut refused = |rejected: &Rejected| rejects.as_mut().map_or(Ok(()), |rejects| rejects.write(rejected));
    let mut portion: Vec<Row> = Vec::with_capacity(PORTION);
    loop {
        let row = file.next_row()?;
        let is_end = row.is_none();
        match row {
            Some(Ok(row)) => portion.push(row),
            Some(Err(rejected)) => {
                report.rejected += 1;
                refused(&rejected)?;
            }
            None => {}
        }
        if portion.len() < PORTION && !is_end {
            continue;
        }
        let rows = std::mem::replace(&mut portion, Vec::with_capacity(PORTION));
        let (new, now_ms) = (rows.iter().map(|row| row.new.clone()).collect::<Vec<_>>(), clock().now_ms());
        // Each row carries its own condition, so nothing rests on isolation.
        let added = db.write_with(Isolation::ReadCommitted, move |tx| {
            import::add(tx, workspace_id, &Actor::System, &new, now_ms)
        });
        for (row, became) in rows.into_iter().zip(added.await?) {
            match became {
                Became::Added => report.added += 1,
                Became::Known => report.known += 1,
                Became::Refused(problem) => {
                    report.rejected += 1;
                    refused(&Rejected { row: row.row, problem, cells: row.cells })?;
                }
            }
        }
        if is_end {
            break;
        }
    }
    if let Some(rejects) = rejects {
        rejects.finish()?;
    }
    report.rows = report.added + report.known + report.rejected;
    Ok(report)
}

async fn workspace_id(db: &Db, name: Option<String>) -> anyhow::Result<Uuid> {
    let now_ms = clock().now_ms();
    Ok(db.write(move |tx| workspaces::chosen(tx, name.as_deref(), now_ms)).await?.id)
}

/// The report of an import for a person.
fn told(report: &Report, rejects: Option<&Path>) -> String {
    let mut text = format!(
        "{}: {} added, {} known, {} rejected.\n",
        counted(report.rows, "row", "rows"),
        number(report.added),
        number(report.known),
        number(report.rejected),
    );
    if report.rejected > 0 {
        match rejects {
            Some(path) => text.push_str(&format!("Rejected rows and problems: {}\n", path.display())),
            None => text.push_str("To see which rows and why, import again with --rejects FILE.\n"),
        }
    }
    if !report.columns_unused.is_empty() {
        text.push_str(&format!("Columns not used: {}\n", report.columns_unused.join(", ")));
    }
    text
}

/// The rejects file: `row`, `problem`, then the columns as they came.
struct Rejects(csv::Writer<BufWriter<File>>);

impl Rejects {
    fn open<R: Read>(path: &Path, file: &import::File<R>) -> anyhow::Result<Rejects> {
        let out = File::create(path).with_context(|| format!("Can't write {}", path.display()))?;
        let mut rejects = Rejects(csv::WriterBuilder::new().flexible(true).from_writer(BufWriter::new(out)));
        rejects.0.write_record(file.rejects_header())?;
        Ok(rejects)
    }

    /// Whoever repairs the file opens it in a spreadsheet, so its cells are defused like those of an export.
    fn write(&mut self, rejected: &Rejected) -> anyhow::Result<()> {
        let front = [rejected.row.to_string(), rejected.problem.clone()];
        let cells = rejected.cells.iter().map(|cell| formula::defused(formula::restored(cell)).into_owned());
        Ok(self.0.write_record(front.into_iter().chain(cells))?)
    }

    fn finish(mut self) -> anyhow::Result<()> {
        Ok(self.0.flush()?)
    }
}

async fn export(db: &Db, args: ExportArgs) -> anyhow::Result<Exit> {
    let mut out = args.target.open()?;
    let (workspace_id, kind) = (workspace_id(db, args.workspace).await?, args.kind);
    writeln!(out, "{}", COLUMNS.join(","))?;
    let mut after = After::START;
    while let Some((rows, last)) = db.read(move |tx| import::export(tx, workspace_id, kind, after)).await? {
        out.write_all(&rows)?;
        after = last;
    }
    out.finish()?;
    if let Some(file) = args.target.shown() {
        eprintln!("Written to {file}.");
    }
    Ok(Exit::Done)
}
