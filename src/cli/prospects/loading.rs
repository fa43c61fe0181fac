//! `lexi prospects import` and `remove`: files come in, and sources go out again.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;

use super::{ImportArgs, RemoveArgs, Steps, index_where_nobody_serves};
use crate::cli::exit::{Exit, Usage};
use crate::cli::out::is_same_file;
use crate::cli::screen::{Screen, counted, number};
use crate::cli::serve::stop_signal;
use crate::cli::storage::clock;
use crate::db::{DatabaseUrl, Db};
use crate::ids;
use crate::prospects::import::{self, Format, Importer, Report};
use crate::prospects::input::Compression;
use crate::prospects::remove;

pub(super) async fn import_file(args: ImportArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let is_stdin = args.file.as_os_str() == "-";
    if args.rejects.as_deref().is_some_and(|rejects| !is_stdin && is_same_file(rejects, &args.file)) {
        return Err(Usage("The rejects would overwrite the file that is imported; name another file.".into()).into());
    }
    let (file, size): (Box<dyn Read + Send>, Option<u64>) = if is_stdin {
        (Box::new(io::stdin()), None)
    } else {
        let file = File::open(&args.file).with_context(|| format!("Can't read {}", args.file.display()))?;
        let known = file.metadata()?;
        // A pipe or a device has a name and no size.
        let size = known.is_file().then_some(known.len());
        (Box::new(file), size)
    };
    let options = import::Options { source: args.source, map: args.map };
    let importer = opened(file, options).await?;
    tell_columns(&importer, if is_stdin { Path::new("standard input") } else { &args.file });
    let rejects = args.rejects.as_deref().map(create).transpose()?;
    let written = rejects.as_ref().map(File::try_clone).transpose()?;
    let db = args.storage.open_db().await?;
    let scratch = if args.dry_run { Some(Scratch::make().await?) } else { None };
    let label = if args.dry_run { "Reading" } else { "Importing" };
    let shown = match size {
        Some(size) => Steps::new(label, size, screen),
        None => Steps::endless(label, screen),
    };
    let mut target = args.storage.target(&db)?;
    if let Some(scratch) = &scratch {
        target = target.rehearsed_on(&scratch.db);
    }
    let imported = tokio::select! {
        imported = import::run(&target, clock(), importer, rejects, |reached| {
            shown.reached(reached.bytes, reached.rows);
        }) => imported,
        () = stop_signal()? => return shown.interrupted(&db, "rows").await,
    };
    shown.finish();
    db.close().await;
    if let Some(scratch) = scratch {
        scratch.db.close().await;
    }
    let report = imported?;
    if let Some(written) = written {
        written.sync_all().context("Can't write the rejects to the disk")?;
    }
    if !report.dry_run && report.added + report.updated > 0 {
        index_where_nobody_serves(&args.storage, screen).await?;
    }
    if args.json {
        screen.json(&report)?;
    } else {
        screen.print(&told(&report, args.rejects.as_deref()))?;
    }
    Ok(Exit::Done)
}

/// Reads the beginning of the file, on a thread that nobody waits for: standard input may be silent for ever.
async fn opened(file: Box<dyn Read + Send>, options: import::Options) -> anyhow::Result<Importer> {
    let (send, opened) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = send.send(Importer::open(file, &options));
    });
    Ok(tokio::select! {
        opened = opened => opened??,
        () = stop_signal()? => std::process::exit(Exit::Interrupted as i32),
    })
}

/// Says on standard error which column fills which field, before the work starts.
fn tell_columns(importer: &Importer, file: &Path) {
    let format = match importer.format() {
        Format::Csv => "CSV",
        Format::Ndjson => "JSON lines",
    };
    let packed = match importer.compression() {
        Compression::None => "",
        Compression::Gzip => ", gzip",
        Compression::Zstd => ", zstd",
    };
    eprintln!("{}: {format}, {}{packed}", file.display(), importer.encoding());
    let columns = importer.columns();
    let width = columns.used.iter().map(|used| console::measure_text_width(&used.column)).max().unwrap_or(0);
    for used in &columns.used {
        let blanks = " ".repeat(width - console::measure_text_width(&used.column));
        eprintln!("  {}{blanks} → {}", used.column, used.field);
    }
    if !columns.unused.is_empty() {
        eprintln!("  Not used: {}", columns.unused.join(", "));
    }
    let missing = columns.missing();
    if !missing.is_empty() {
        eprintln!("  Not in the file: {}. If a column holds it, say so with --map COLUMN=FIELD.", missing.join(", "));
    }
}

fn create(path: &Path) -> anyhow::Result<File> {
    File::create(path).with_context(|| format!("Can't write {}", path.display()))
}

/// An empty database that a dry run fills in place of the real one; gone with this value.
struct Scratch {
    db: Db,
    folder: PathBuf,
}

impl Scratch {
    /// In the folder for temporary files, for this user's eyes only.
    async fn make() -> anyhow::Result<Scratch> {
        let folder = std::env::temp_dir().join(format!("lexi-dry-run-{}", ids::new(clock().now_ms())));
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&folder)
            .with_context(|| format!("Can't make the temporary folder {}", folder.display()))?;
        let opened = Db::open(&DatabaseUrl::Sqlite(folder.join("lexi.db"))).await;
        if opened.is_err() {
            let _ = fs::remove_dir_all(&folder);
        }
        Ok(Scratch { db: opened?, folder })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("The temporary folder {} could not be removed: {error}.", self.folder.display());
        }
    }
}

/// The report of an import for a person.
fn told(report: &Report, rejects: Option<&Path>) -> String {
    let mut text = format!(
        "{}: {} added, {} updated, {} unchanged, {} rejected.\n",
        counted(report.rows, "row", "rows"),
        number(report.added),
        number(report.updated),
        number(report.unchanged),
        number(report.rejected),
    );
    if report.dry_run {
        text.insert_str(0, "Nothing was written (--dry-run). An import would give:\n");
    }
    if report.rejected > 0 {
        match rejects {
            Some(path) => text.push_str(&format!("Rejected rows and reasons: {}\n", path.display())),
            None => text.push_str("To see which rows and why, import again with --rejects FILE.\n"),
        }
    }
    for (field, count) in &report.values_unknown {
        text.push_str(&format!("{field}: {} no number and left unknown.\n", counted(*count, "value is", "values are")));
    }
    if !report.columns_unused.is_empty() {
        text.push_str(&format!("Columns not used: {} (--map COLUMN=FIELD)\n", report.columns_unused.join(", ")));
    }
    if !report.columns_unseen.is_empty() {
        text.push_str(&format!("No row has what --map named: {}\n", report.columns_unseen.join(", ")));
    }
    text
}

pub(super) async fn remove(args: RemoveArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let db = args.storage.open_db().await?;
    let removed = take_out(&db, &args, screen).await;
    db.close().await;
    removed
}

async fn take_out(db: &Db, args: &RemoveArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let source = &args.source;
    let people = remove::count(db, source).await?;
    if args.dry_run {
        if args.json {
            screen.json(&json!({ "source": source, "people": people, "companies": null, "dry_run": true }))?;
        } else {
            let whom = counted(people, "person", "people");
            screen.print(&format!("Nothing was removed (--dry-run). {whom} came from \"{source}\"."))?;
        }
        return Ok(Exit::Done);
    }
    if !args.yes {
        let whom = counted(people, "person", "people");
        let question = format!("Remove {whom} of the source \"{source}\"? Contacts made from them stay.");
        if args.json || !screen.can_ask() {
            return Err(Usage(format!("This would remove {whom}. Say so with --yes, or look with --dry-run.")).into());
        }
        if !screen.confirm(&question).await? {
            screen.print("Nothing was removed.")?;
            return Ok(Exit::Done);
        }
    }
    let shown = Steps::new("Removing", people, screen);
    let target = args.storage.target(db)?;
    let removed = tokio::select! {
        removed = remove::run(&target, source, |people| shown.reached(people, people)) => removed,
        () = stop_signal()? => return shown.stopped(db, "people are removed. Run the same command again for the rest.").await,
    };
    shown.finish();
    let removed = removed?;
    if args.json {
        let (people, companies) = (removed.people, removed.companies);
        screen.json(&json!({ "source": source, "people": people, "companies": companies, "dry_run": false }))?;
    } else {
        let whom = counted(removed.people, "person", "people");
        screen.print(&format!("{whom} removed, and {}.", counted(removed.companies, "company", "companies")))?;
    }
    Ok(Exit::Done)
}
