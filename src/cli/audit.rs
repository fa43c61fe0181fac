//! `lexi audit`: checks the log of events against its seals, takes it out, and shows the key that signs it. Works on the
//! data itself, also while a server runs, and changes nothing.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;

use super::exit::{Exit, Usage};
use super::given::{Given, OfAudit};
use super::out::Target;
use super::screen::{Screen, counted};
use crate::audit::export::Writer;
use crate::audit::verify::{Checked, Keys};
use crate::audit::{Checkpoint, KeyFile, PublicKey, export, reader, trace};
use crate::db::Look;
use crate::error::Error;
use crate::workspaces;

/// `lexi audit`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Check that no event was changed, dropped, inserted or moved since it was sealed.
    #[command(after_long_help = "\
Checks the database, or an export FILE, without a server. The first event of each workspace that is not as it was sealed is
named with its number and id. Events of the last second are not sealed yet; they are named too.

Whoever can write to the database could throw everything away and write a new log, but can't sign it: name the public keys
you trust (--trust), kept from lexi audit key. On the server's own machine its key file is trusted by itself; every further
node of a PostgreSQL installation signs with its own key. A log whose end was cut off looks whole; a checkpoint that was
kept from the server's log shows it.

Ends with 0 when all is well, with 1 when something is not.

Examples:
  lexi audit verify --data /var/lib/lexi
  lexi audit verify audit.ndjson --trust 9f3c…
  lexi audit verify --checkpoint \"lexi-audit-1 0193f2c4-… 5120 6b1f… 1767258000000 ad0c… 51ef…\"")]
    Verify(VerifyArgs),
    /// Take the log out, with its hashes and seals: enough to check it elsewhere.
    #[command(after_long_help = "\
ndjson is a JSON object a line, csv the same as one table. agentack is a trace of the decisions of one workspace that
AgentAck reads (pip install agentack; agentack check FILE --policy POLICY): whether what was carried out is what was shown and approved.

Examples:
  lexi audit export --out audit.ndjson
  lexi audit export --format csv --workspace Acme --out audit.csv
  lexi audit export --format agentack --out trace.jsonl")]
    Export(ExportArgs),
    /// Show the public half of the key that signs; keep it apart from the server.
    Key(KeyArgs),
}

/// `lexi audit verify`.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// An export instead of the database.
    file: Option<PathBuf>,
    /// A public key that may sign, as lexi audit key prints it; repeatable.
    #[arg(long, value_name = "KEY")]
    trust: Vec<String>,
    /// A checkpoint from the server's log: the log must still hold what it shows; repeatable.
    #[arg(long, value_name = "LINE")]
    checkpoint: Vec<String>,
    /// Print JSON: {"ok", "trusted", "workspaces": [{"workspace_id", "sealed", "seals", "keys", "tail", "fault", …}]}.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Given<OfAudit>,
}

/// `lexi audit export`.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// In which form.
    #[arg(long, value_enum, default_value = "ndjson")]
    format: Format,
    /// Only this workspace; an agentack trace is of one, the default one unless named.
    #[arg(long, value_name = "NAME")]
    workspace: Option<String>,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    storage: Given<OfAudit>,
}

/// The forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// A JSON object a line.
    Ndjson,
    /// One table.
    Csv,
    /// What AgentAck reads.
    Agentack,
}

/// `lexi audit key`.
#[derive(Debug, clap::Args)]
pub(super) struct KeyArgs {
    /// Print JSON: {"id", "public_key", "file"}.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Given<OfAudit>,
}

/// Runs `lexi audit`.
pub(super) async fn run(command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Verify(args) => verify(args).await,
        Command::Export(args) => export(args).await,
        Command::Key(args) => key(&args),
    }
}

async fn verify(args: VerifyArgs) -> anyhow::Result<Exit> {
    let mut trusted = args.trust.iter().map(|text| PublicKey::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let checkpoints = args.checkpoint.iter().map(|text| Checkpoint::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let config = args.storage.config()?;
    let checked = if let Some(file) = &args.file {
        let keys = Keys::trusting(trusted.clone());
        let text = BufReader::new(File::open(file).with_context(|| format!("Can't read {}", file.display()))?);
        tokio::task::spawn_blocking(move || reader::file(text, &keys, &checkpoints)).await??
    } else {
        trusted.extend(KeyFile::read(&config.audit_key_file())?.map(|key| key.public().clone()));
        let keys = Keys::trusting(trusted.clone());
        let look = looked(&config).await?;
        look.read(move |tx| reader::database(tx, &keys, &checkpoints)).await?
    };
    let ok = checked.iter().all(|checked| checked.fault.is_none());
    let mut screen = Screen::stdout();
    if args.json {
        let trusted: Vec<String> = trusted.iter().map(PublicKey::text).collect();
        screen.json(&json!({ "ok": ok, "trusted": trusted, "workspaces": checked }))?;
    } else {
        for checked in &checked {
            screen.print(&told(checked))?;
        }
        if trusted.is_empty() {
            screen.print(
                "No key was trusted: whoever signed could be anybody. Name the keys you kept with --trust (lexi audit key).",
            )?;
        }
        screen.print(if ok { "The log is as it was sealed." } else { "The log is NOT as it was sealed." })?;
    }
    Ok(if ok { Exit::Done } else { Exit::Failed })
}

/// What was found in a workspace, in lines.
fn told(checked: &Checked) -> String {
    let mut lines = vec![format!(
        "Workspace {}: {} under {}.",
        if checked.workspace_id.is_empty() { "-" } else { &checked.workspace_id },
        counted(checked.sealed.unsigned_abs(), "event", "events"),
        counted(checked.seals, "seal", "seals"),
    )];
    if let Some(fault) = &checked.fault {
        lines.push(format!("  WRONG, {fault}."));
        return lines.join("\n");
    }
    for (key, seals) in &checked.keys {
        lines.push(format!("  Signed by {key}: {}.", counted(*seals, "seal", "seals")));
    }
    if checked.tail > 0 {
        let named = checked.tail_events.iter().map(|(number, id)| match number {
            Some(number) => format!("{number} ({id})"),
            None => format!("{id} without a number"),
        });
        let named = named.collect::<Vec<_>>().join(", ");
        let more = if checked.tail > checked.tail_events.len() as u64 { " …" } else { "" };
        lines.push(format!("  Not sealed yet, {}: {named}{more}", counted(checked.tail, "event", "events")));
    }
    if let Some(checkpoint) = &checked.checkpoint {
        lines.push(format!("  Checkpoint: {checkpoint}"));
    }
    lines.join("\n")
}

/// A database whose schema has seals.
async fn looked(config: &crate::config::Config) -> anyhow::Result<Look> {
    let look = Look::open(&config.database_url).await?;
    if !look.schema().await?.iter().any(|applied| applied.name == "0010_audit") {
        let message = "This database has no seals yet. Run lexi serve of this version on it once.";
        return Err(Error::not_found(message).into());
    }
    Ok(look)
}

async fn export(args: ExportArgs) -> anyhow::Result<Exit> {
    let look = looked(&args.storage.config()?).await?;
    let workspace = match (&args.workspace, args.format) {
        (None, Format::Agentack) => Some(workspaces::DEFAULT_NAME.to_owned()),
        (name, _) => name.clone(),
    };
    let workspace_id = match workspace {
        None => None,
        Some(name) => {
            let wanted = name.clone();
            let found = look.read(move |tx| workspaces::find(tx, &wanted)).await?;
            let found = found.ok_or_else(|| Error::not_found(format!("There is no workspace \"{name}\".")))?;
            Some(found.id.to_string())
        }
    };
    let mut out = args.target.open()?;
    let place = args.target.shown().map(|file| format!(" to {file}")).unwrap_or_default();
    if args.format == Format::Agentack {
        let (written, open) = trace::write(&look, workspace_id.as_deref().unwrap_or_default(), &mut out).await?;
        out.finish()?;
        eprintln!("{} written{place}; {open} that have not ended are left out.", counted(written, "task", "tasks"));
        return Ok(Exit::Done);
    }
    let mut writer = if args.format == Format::Csv { Writer::csv(out) } else { Writer::Ndjson(out) };
    let end = export::write(&look, workspace_id.as_deref(), &mut writer).await?;
    writer.into_inner()?.finish()?;
    let (events, seals) = (counted(end.events, "event", "events"), counted(end.seals, "seal", "seals"));
    eprintln!("{events} and {seals} written{place}.");
    Ok(Exit::Done)
}

fn key(args: &KeyArgs) -> anyhow::Result<Exit> {
    let file = args.storage.config()?.audit_key_file();
    let Some(key) = KeyFile::read(&file)? else { return Err(no_key(&file).into()) };
    let mut screen = Screen::stdout();
    if args.json {
        let shown = json!({ "id": key.public().id(), "public_key": key.public().text(), "file": file });
        screen.json(&shown)?;
    } else {
        screen.print(&key.public().text())?;
    }
    Ok(Exit::Done)
}

fn no_key(file: &Path) -> Usage {
    Usage(format!("There is no key at {} yet; lexi serve makes it at its first start.", file.display()))
}
