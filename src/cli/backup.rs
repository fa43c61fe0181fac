//! `lexi backup`: all of the data in one file, while servers go on; `lexi backup verify` reads such a file to its end.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::exit::{Exit, Usage};
use super::prospects::Steps;
use super::screen::{Screen, counted, minute, number};
use super::serve::stop_signal;
use super::storage::{Storage, clock};
use crate::clock::iso;
use crate::db::Look;
use crate::db::backup::{self, Progress, Summary};

/// How backups are called that are given no name, around the time.
const NAME: (&str, &str) = ("lexi-", ".backup");
/// How often the bar moves.
const TICK: Duration = Duration::from_millis(100);

/// `lexi backup`.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_long_help = "\
The backup is of one moment and holds everything that was acknowledged before it. Servers go on meanwhile. It is read again,
from its first byte to its last, before it gets its name. The same file can be put into SQLite or PostgreSQL: lexi restore.

It holds all personal data, and hashes of the API keys but no key: keep it where only you can read it.

Examples:
  lexi backup                                      lexi-20261124-053110.backup in this folder
  lexi backup /backups --keep 14                   the same in /backups; the 15th last and older are removed
  lexi backup before-upgrade.backup
  lexi backup verify before-upgrade.backup"
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// A file, or a folder for a file named after the time [default: this folder].
    #[arg(value_name = "TO")]
    to: Option<PathBuf>,
    /// Replace a file of that name.
    #[arg(long)]
    force: bool,
    /// Afterwards remove all but the newest N files named after the time from the folder.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,
    /// Print JSON: {"file", "made_at", "schema", "rows", "size_bytes", "tables", "removed"}.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Read a backup from its first byte to its last; needs no database.
    Verify(VerifyArgs),
}

/// `lexi backup verify`.
#[derive(Debug, clap::Args)]
struct VerifyArgs {
    /// The backup.
    file: PathBuf,
    /// Print JSON: {"file", "made_at", "schema", "rows", "size_bytes", "tables"}.
    #[arg(long)]
    json: bool,
}

/// Runs `lexi backup`.
pub(super) async fn run(args: Args) -> anyhow::Result<Exit> {
    let mut screen = Screen::stdout();
    if let Some(Command::Verify(args)) = args.command {
        let summary = backup::verify(&args.file).await?;
        if args.json {
            screen.json(&as_json(&args.file, &summary))?;
        } else {
            screen.print(&format!("{} is whole.\n{}", args.file.display(), told(&summary)))?;
        }
        return Ok(Exit::Done);
    }
    let now_ms = clock().now_ms();
    let to = target(args.to.as_deref(), now_ms);
    if to.exists() && !args.force {
        return Err(Usage(format!("{} is there already; name another file, or give --force.", to.display())).into());
    }
    let look = Look::open(&args.storage.config()?.database_url).await?;
    let progress = Progress::default();
    let written = tokio::select! {
        written = shown("Backing up", &screen, &progress, backup::write(&look, &to, now_ms, &progress)) => written,
        () = stop_signal()? => {
            let _ = std::fs::remove_file(backup::unfinished(&to));
            eprintln!("Stopped: no backup was written.");
            return Ok(Exit::Interrupted);
        }
    };
    look.close().await;
    let summary = written?;
    let removed = args.keep.map(|keep| remove_older(&to, keep as usize)).transpose()?.unwrap_or_default();
    if args.json {
        let mut value = as_json(&to, &summary);
        value["removed"] = removed.iter().map(|path| path.display().to_string()).collect();
        screen.json(&value)?;
    } else {
        screen.print(&format!("{} is written and was read again.\n{}", to.display(), told(&summary)))?;
        for path in removed {
            screen.print(&format!("{} is removed.", path.display()))?;
        }
    }
    Ok(Exit::Done)
}

fn target(to: Option<&Path>, now_ms: i64) -> PathBuf {
    let time: String = iso(now_ms).chars().take(19).filter(char::is_ascii_digit).collect();
    let (day, hour) = time.split_at(8);
    let name = format!("{}{day}-{hour}{}", NAME.0, NAME.1);
    match to {
        None => PathBuf::from(name),
        Some(folder) if folder.is_dir() => folder.join(name),
        Some(file) => file.to_owned(),
    }
}

/// Removes all but the newest `keep` backups that were named after their time from the folder of `written`.
fn remove_older(written: &Path, keep: usize) -> anyhow::Result<Vec<PathBuf>> {
    let folder = written.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let context = || format!("Can't look for older backups in {}", folder.display());
    let mut named = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(context)? {
        let entry = entry.with_context(context)?;
        if entry.file_name().to_str().is_some_and(is_named_after_time) {
            named.push(entry.file_name());
        }
    }
    // Their names are in the order of their times.
    named.sort();
    named.truncate(named.len().saturating_sub(keep));
    named
        .into_iter()
        .map(|name| {
            let path = folder.join(name);
            std::fs::remove_file(&path).with_context(|| format!("Can't remove {}", path.display()))?;
            Ok(path)
        })
        .collect()
}

fn is_named_after_time(name: &str) -> bool {
    let time = name.strip_prefix(NAME.0).and_then(|name| name.strip_suffix(NAME.1)).unwrap_or_default();
    time.len() == 15 && time.char_indices().all(|(at, c)| if at == 8 { c == '-' } else { c.is_ascii_digit() })
}

/// What a backup holds, for a person.
pub(super) fn told(summary: &Summary) -> String {
    let header = &summary.header;
    let rows = |name: &str| summary.tables.iter().find(|table| table.name == name).map_or(0, |table| table.rows);
    let mib = summary.size_bytes.div_ceil(1 << 20);
    format!(
        "Of {} UTC, {} schema {}, {}, {mib} MiB.\n{}, {}, {}, {}.",
        minute(&iso(header.made_at_ms)),
        header.database,
        header.schema_name(),
        counted(header.rows(), "row", "rows"),
        counted(rows("workspaces"), "workspace", "workspaces"),
        counted(rows("tasks"), "task", "tasks"),
        counted(rows("contacts"), "contact", "contacts"),
        counted(rows("prospects"), "prospect", "prospects"),
    )
}

/// What a backup holds, for a program.
pub(super) fn as_json(file: &Path, summary: &Summary) -> Value {
    let header = &summary.header;
    let tables: serde_json::Map<String, Value> = summary
        .tables
        .iter()
        .map(|table| (table.name.clone(), json!({ "rows": table.rows, "sha256": table.sha256 })))
        .collect();
    json!({
        "file": file.display().to_string(),
        "made_at": iso(header.made_at_ms),
        "version": header.version,
        "database": header.database,
        "schema": header.schema_name(),
        "rows": header.rows(),
        "size_bytes": summary.size_bytes,
        "tables": tables,
    })
}

/// Waits for `work` and shows how far it is.
pub(super) async fn shown<T>(
    label: &str,
    screen: &Screen,
    progress: &Progress,
    work: impl Future<Output = anyhow::Result<T, crate::error::Error>>,
) -> anyhow::Result<T> {
    /// Steps of the bar: the number of rows is known only after it began.
    const STEPS: u64 = 1_000;
    let steps = Steps::new(label, STEPS, screen);
    let mut work = std::pin::pin!(work);
    let done = loop {
        tokio::select! {
            done = &mut work => break done,
            () = tokio::time::sleep(TICK) => {
                let (done, total) = progress.reached();
                steps.reached(done * STEPS / total.max(1), done);
            }
        }
    };
    if done.is_ok() {
        steps.finish();
    }
    Ok(done?)
}

/// `12,345 rows` of a backup.
pub(super) fn rows_of(summary: &Summary) -> String {
    format!("{} rows in {}", number(summary.header.rows()), counted(summary.tables.len() as u64, "table", "tables"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_without_a_name_is_named_after_its_time_in_utc() {
        let to = target(None, 1_764_000_000_000);
        assert_eq!(to, Path::new("lexi-20251124-160000.backup"));
        assert!(is_named_after_time("lexi-20251124-160000.backup"));
        for other in ["lexi-.backup", "lexi-20251124-1600.backup", "lexi-2025112a-160000.backup", "mine.backup"] {
            assert!(!is_named_after_time(other), "{other}");
        }
    }

    #[test]
    fn only_older_files_of_that_name_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        for name in
            ["lexi-20250101-000000.backup", "lexi-20250102-000000.backup", "lexi-20250103-000000.backup", "a.backup"]
        {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let removed = remove_older(&folder.path().join("lexi-20250103-000000.backup"), 2).unwrap();
        assert_eq!(removed, [folder.path().join("lexi-20250101-000000.backup")]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    }
}
