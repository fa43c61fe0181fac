//! `lexi restore`: puts a backup into the data folder or the database, wholly or not at all.

use std::path::{Path, PathBuf};

use super::backup::{as_json, rows_of, shown, told};
use super::exit::Exit;
use super::screen::Screen;
use super::storage::{self, Storage, clock};
use crate::clock::iso;
use crate::db::backup::{self, Aside, Progress, Summary};
use crate::db::{DatabaseUrl, Db};

/// `lexi restore`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Stop every server and command that works on the data first. The backup is read to its end before anything is touched, and
every row is compared with it before the restore counts. Where there is data, --force is needed; a SQLite file that is
replaced is kept beside the new one, and its name is printed.

A backup of an older Lexi is brought up to date; one of a newer Lexi is refused. A backup of SQLite can be put into
PostgreSQL and the other way round. The search index is built anew at the next start.

Examples:
  lexi restore lexi-20261124-053110.backup --data /var/lib/lexi
  lexi restore lexi-20261124-053110.backup --database-url postgres://lexi@db/lexi --force")]
pub(super) struct Args {
    /// The backup.
    file: PathBuf,
    /// Replace data that is there.
    #[arg(long)]
    force: bool,
    /// Print JSON: {"file", "made_at", "schema", "rows", "size_bytes", "tables", "kept"}.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

/// Runs `lexi restore`.
pub(super) async fn run(args: Args) -> anyhow::Result<Exit> {
    let mut screen = Screen::stdout();
    let config = args.storage.config()?;
    let ending = ending();
    let progress = Progress::default();
    let restoring = put(&args.file, &config.database_url, &config.data, args.force.then_some(&ending), &progress);
    // Ctrl-C simply ends the process: what is unfinished then is rolled back, or a file that nobody uses.
    let (summary, kept) = shown("Restoring", &screen, &progress, restoring).await?;
    if args.json {
        let mut value = as_json(&args.file, &summary);
        value["kept"] = kept.map(|path| path.display().to_string()).into();
        screen.json(&value)?;
        return Ok(Exit::Done);
    }
    let into = storage::shown(&config);
    screen.print(&format!("{into} now holds {}.\n{}", rows_of(&summary), told(&summary)))?;
    if let Some(kept) = kept {
        screen
            .print(&format!("What was there before is kept as {}; delete it when it is not needed.", kept.display()))?;
    }
    Ok(Exit::Done)
}

/// What a replaced file's name ends with: no two restores take the same.
fn ending() -> String {
    let time: String = iso(clock().now_ms()).chars().filter(char::is_ascii_digit).collect();
    format!(".before-restore-{time}")
}

/// Puts a backup into a database, brings that up to date, and removes the search index of what was there before.
pub(super) async fn put(
    file: &Path,
    to: &DatabaseUrl,
    data: &Path,
    force: Option<&String>,
    progress: &Progress,
) -> crate::error::Result<(Summary, Aside)> {
    let restored = backup::restore(file, to, force.map(String::as_str), progress).await?;
    // As the next server will open it: what can't be opened is told now.
    Db::open(to).await?.close().await;
    let index = data.join("index");
    if let Err(error) = std::fs::remove_dir_all(&index)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(crate::error::Error::internal(format_args!(
            "The data is restored, but the old search index in {} can't be removed: {error}. Remove it by hand.",
            index.display()
        )));
    }
    Ok(restored)
}
