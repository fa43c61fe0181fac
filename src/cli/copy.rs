//! `lexi copy`: moves an installation from one database to another, SQLite to PostgreSQL or back. A backup and a restore
//! in one, with the file in between removed.

use std::path::Path;

use super::backup::{as_json, rows_of, shown};
use super::exit::{Exit, Usage};
use super::screen::{Screen, minute};
use super::serve::stop_signal;
use super::storage::{Storage, clock, database_url, make_folder};
use crate::clock::iso;
use crate::db::backup::{self, Progress};
use crate::db::{DatabaseUrl, Lock, Look};

/// `lexi copy`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Copies everything into a database that holds no data yet, then reads both again and compares every column of every row. The
source is only read. The copy is of one moment: what is written to the source afterwards is not in it, so stop the
servers first when you move.

While it runs, a compressed file with all of the data stands in the data folder; it needs about a fifth of the database's size.

Examples:
  lexi copy --data /var/lib/lexi --to postgres://lexi@db/lexi
  LEXI_COPY_TO=postgres://lexi:SECRET@db/lexi lexi copy
  lexi copy --database-url postgres://lexi@db/lexi --to sqlite:/var/lib/lexi/lexi.db")]
pub(super) struct Args {
    /// The database to copy into: postgres://USER:PASSWORD@HOST/NAME, or sqlite:PATH. Better given as LEXI_COPY_TO when it
    /// holds a password: other users of this machine can see a command line.
    #[arg(long, env = "LEXI_COPY_TO", value_name = "URL", hide_env_values = true, value_parser = database_url)]
    to: DatabaseUrl,
    /// Print JSON: {"made_at", "schema", "rows", "tables"}.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

/// Runs `lexi copy`.
pub(super) async fn run(args: Args) -> anyhow::Result<Exit> {
    let mut screen = Screen::stdout();
    let config = args.storage.config()?;
    let from = config.database_url;
    if let (DatabaseUrl::Sqlite(from), DatabaseUrl::Sqlite(to)) = (&from, &args.to)
        && (from == to || matches!((from.canonicalize(), to.canonicalize()), (Ok(from), Ok(to)) if from == to))
    {
        return Err(Usage("The copy would go into the database it comes from; name another with --to.".into()).into());
    }
    if !backup::is_empty(&args.to).await? {
        return Err(Usage("The database to copy into holds data already; name an empty one with --to.".into()).into());
    }
    warn_of_writers(&from);
    let look = Look::open(&from).await?;
    make_folder(&config.data)?;
    let file = config.data.join("lexi-copy.unfinished");
    let copied = tokio::select! {
        copied = copy(&look, &args, &file, &screen) => copied,
        () = stop_signal()? => {
            remove(&file);
            eprintln!("Stopped. Nothing was copied, unless it was just being finished; a second run tells.");
            return Ok(Exit::Interrupted);
        }
    };
    remove(&file);
    look.close().await;
    let (summary, _) = copied?;
    if args.json {
        let mut value = as_json(&file, &summary);
        value.as_object_mut().map(|value| (value.remove("file"), value.remove("size_bytes")));
        screen.json(&value)?;
        return Ok(Exit::Done);
    }
    screen.print(&format!(
        "Copied {}, and every one was compared. The copy is of {} UTC; what was written later is not in it.",
        rows_of(&summary),
        minute(&iso(summary.header.made_at_ms)),
    ))?;
    Ok(Exit::Done)
}

async fn copy(
    look: &Look,
    args: &Args,
    file: &Path,
    screen: &Screen,
) -> anyhow::Result<(backup::Summary, backup::Aside)> {
    let (reading, writing) = (Progress::default(), Progress::default());
    let now_ms = clock().now_ms();
    shown("Reading", screen, &reading, backup::write(look, file, now_ms, &reading)).await?;
    // The index in the data folder is that of these same people and stays.
    let put = async {
        let restored = backup::restore(file, &args.to, None, &writing).await?;
        crate::db::Db::open(&args.to).await?.close().await;
        Ok(restored)
    };
    shown("Writing and comparing", screen, &writing, put).await
}

/// Says when the source may go on changing. A PostgreSQL can't be asked who will write next.
fn warn_of_writers(from: &DatabaseUrl) {
    if let DatabaseUrl::Sqlite(path) = from
        && matches!(Lock::is_held(path), Ok(true))
    {
        eprintln!("A server or another command works on this data: what it writes from now on is not copied.");
    }
}

fn remove(file: &Path) {
    for path in [file.to_owned(), backup::unfinished(file)] {
        let _ = std::fs::remove_file(path);
    }
}
