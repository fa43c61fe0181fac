//! `lexi doctor`: looks at an installation as its operator would, says of each thing whether it is well, and what to do
//! when it is not. It never changes anything.

use std::fs::File;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::exit::{Exit, Usage};
use super::given::{Effective, Given, OfServer};
use super::screen::Screen;
use super::serve;
use super::storage::clock;
use crate::clock::iso;
use crate::config::Config;
use crate::db::checks::{self, Asked, Finding, Level};
use crate::db::{DatabaseUrl, Look};
use crate::prospects;
use crate::prospects::search::Index;
use crate::webhooks::{self, KeyFile};

/// Below this the next import or index can't be written.
const FREE_FAIL: u64 = 256 << 20;
/// Below this somebody should make room.
const FREE_WARN: u64 = 1 << 30;
/// A backup, a restore and a new index each need about as much as the data: less than this many times is too little.
const FREE_TIMES: u64 = 2;
/// Before this time (2026-11-01) this version of Lexi did not exist.
const EARLIEST_MS: i64 = 1_793_491_200_000;
/// How long a server may take to say whether it is ready.
const ANSWER: Duration = Duration::from_secs(10);

/// What findings about settings are about.
const CONFIGURATION: &str = "configuration";

/// `lexi doctor`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Looks at the database and its schema, what durability rests on, the integrity of the data, the search index, free space,
permissions, the clock, jobs, settings and, with --url, a running server. Works while servers run and changes nothing.
Ends with 1 when something fails; a warning alone ends with 0.

Examples:
  lexi doctor --data /var/lib/lexi
  lexi doctor --deep                          reads every page and every index of a SQLite file
  lexi doctor --url http://127.0.0.1:8787 --json")]
pub(super) struct Args {
    /// Read every page and every index of a SQLite file instead of the quick look.
    #[arg(long)]
    deep: bool,
    /// Ask the server at this address whether it is ready.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Print JSON: {"status", "findings": [{"level", "about", "message", "advice"}]}.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: Given<OfServer>,
}

/// Runs `lexi doctor`.
pub(super) async fn run(args: Args) -> anyhow::Result<Exit> {
    let mut screen = Screen::stdout();
    let mut found = Vec::new();
    match args.settings.effective() {
        Ok(effective) => {
            found.extend(database(&effective.config, args.deep).await);
            found.extend(data_folder(&effective.config));
            found.push(configuration(&effective));
        }
        Err(error) => found.push(Finding::fail(CONFIGURATION, error.to_string(), "Nothing starts until it is mended.")),
    }
    found.push(build_time(clock().now_ms()));
    if let Some(url) = &args.url {
        found.push(server(url).await?);
    }
    let worst = found.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok);
    if args.json {
        screen.json(&json!({ "status": worst, "findings": found }))?;
    } else {
        screen.print(&told(&found, &screen))?;
    }
    Ok(if worst == Level::Fail { Exit::Failed } else { Exit::Done })
}

fn told(found: &[Finding], screen: &Screen) -> String {
    let mut text = String::new();
    for finding in found {
        let level = match finding.level {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Fail => "FAIL",
        };
        text.push_str(&screen.layout.labelled(&format!("{level:4}  {:13} ", finding.about), &finding.message));
        if let Some(advice) = &finding.advice {
            text.push_str(&screen.layout.labelled(&format!("{:20}", ""), advice));
        }
    }
    let count = |level| found.iter().filter(|finding| finding.level == level).count();
    text.push_str(&match (count(Level::Fail), count(Level::Warn)) {
        (0, 0) => "All is well.\n".to_owned(),
        (fails, warns) => format!("{fails} failing, {warns} to look at.\n"),
    });
    text
}

/// The database, and the search index beside it.
async fn database(config: &Config, deep: bool) -> Vec<Finding> {
    let look = match Look::open(&config.database_url).await {
        Ok(look) => look,
        Err(error) => {
            let advice = "Is the address right (--data, --database-url), does the database run, may this user read it?";
            return vec![Finding::fail("database", error.to_string(), advice)];
        }
    };
    let asked = Asked { deep, now_ms: clock().now_ms(), clock_off_max_ms: config.clock_off_max_ms };
    let mut found = checks::findings(&look, asked).await;
    found.push(index(&look, &config.data.join("index")).await);
    found.extend(webhook_secrets(&look, &KeyFile::at(config.secret_key_path())).await);
    look.close().await;
    found
}

/// The index of the data folder against the database; read as it is kept, and never opened as a server would.
async fn index(look: &Look, folder: &Path) -> Finding {
    const ABOUT: &str = "search index";
    const BUILT: &str = "The next start of a server builds it from the database; nothing is lost.";
    let Ok(newest) = look.read(prospects::current_version).await else {
        return Finding::warn(ABOUT, "not looked at, because the database does not answer for the prospects", BUILT);
    };
    let is_held = File::open(folder.join("lock")).is_ok_and(|lock| lock.try_lock().is_err());
    let holder = if is_held { "a running server keeps it" } else { "no server runs" };
    let kept = folder.to_owned();
    let version = tokio::task::spawn_blocking(move || Index::version_kept_in(&kept)).await;
    match version.map_err(io::Error::other).flatten() {
        Ok(version) if version > newest => {
            Finding::warn(ABOUT, format!("of another database (version {version} of {newest}); {holder}"), BUILT)
        }
        Ok(version) => Finding::ok(ABOUT, format!("version {version} of {newest}; {holder}")),
        Err(error) if error.kind() == io::ErrorKind::NotFound && newest == 0 => {
            Finding::ok(ABOUT, "none, and there are no prospects")
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Finding::warn(ABOUT, format!("none in {}", folder.display()), BUILT)
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Finding::fail(
            ABOUT,
            format!("{} can't be read: {error}", folder.display()),
            "Look at the permissions of the data folder; run this as the user the server runs as.",
        ),
        Err(error) => Finding::warn(ABOUT, format!("damaged: {error}; {holder}"), BUILT),
    }
}

/// Whether the key file is the one the secrets of webhooks were kept under, and nobody else's to read. Nothing where there
/// are no webhooks.
async fn webhook_secrets(look: &Look, file: &KeyFile) -> Option<Finding> {
    const ABOUT: &str = "webhook secrets";
    const ADVICE: &str =
        "Put the right file there (secret_key_file), or give every webhook a new secret: rotate-secret.";
    let in_use = look.read(webhooks::keys_in_use).await.ok().filter(|keys| !keys.is_empty())?;
    let path = file.path().display();
    let mode = std::fs::metadata(file.path()).map_or(0, |file| file.permissions().mode());
    Some(match file.key_name() {
        Err(error) => Finding::fail(ABOUT, error.to_string(), ADVICE),
        Ok(None) => Finding::fail(ABOUT, format!("{path} is not there: nothing can be signed"), ADVICE),
        Ok(Some(key)) if in_use.iter().any(|name| *name != key) => {
            Finding::fail(ABOUT, format!("some are kept under another key than that in {path}"), ADVICE)
        }
        Ok(Some(_)) if mode & 0o077 != 0 => {
            let message = format!("{path} can be read by others than its owner");
            Finding::warn(ABOUT, message, format!("chmod 600 {path}"))
        }
        Ok(Some(_)) => Finding::ok(ABOUT, format!("kept under the key in {path}")),
    })
}

/// Room and permissions of the folder where the data is.
fn data_folder(config: &Config) -> Vec<Finding> {
    let files = match &config.database_url {
        DatabaseUrl::Sqlite(path) => {
            ["", "-wal"].map(|ending| PathBuf::from(format!("{}{ending}", path.display()))).to_vec()
        }
        DatabaseUrl::Postgres(_) => Vec::new(),
    };
    let folder = files.first().and_then(|file| file.parent()).unwrap_or(&config.data);
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if !folder.exists() {
        let message = format!("{} is not there", folder.display());
        return vec![Finding::warn("data folder", message, "It is made by the first `lexi serve`; is --data right?")];
    }
    vec![space(folder, &files), permissions(folder, &files)]
}

fn space(folder: &Path, files: &[PathBuf]) -> Finding {
    const ABOUT: &str = "disk space";
    let size = |path: &PathBuf| std::fs::metadata(path).map_or(0, |file| file.len());
    let data: u64 = files.iter().map(size).sum();
    let room = match rustix::fs::statvfs(folder) {
        Ok(room) => room,
        Err(error) => {
            return Finding::warn(ABOUT, format!("{}: {error}", folder.display()), "Look at the file system.");
        }
    };
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    let found = format!("{} MiB free for {} ({} MiB of data)", free >> 20, folder.display(), data >> 20);
    let advice = "Make room: older backups, logs, files named before-restore. Writes answer 503 when the disk is full.";
    match free {
        _ if free < FREE_FAIL => Finding::fail(ABOUT, found, advice),
        _ if free < FREE_WARN.max(data.saturating_mul(FREE_TIMES)) => Finding::warn(ABOUT, found, advice),
        _ => Finding::ok(ABOUT, found),
    }
}

/// Who may read the data: nobody but its owner and group should.
fn permissions(folder: &Path, files: &[PathBuf]) -> Finding {
    const ABOUT: &str = "permissions";
    let mode = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.permissions().mode());
    let others = mode(folder) & 0o007;
    let advice = format!("chmod -R o-rwx {}", folder.display());
    if others & 0o002 != 0 {
        return Finding::fail(ABOUT, format!("every user of this machine can write into {}", folder.display()), advice);
    }
    // Without the right to enter the folder the modes of the files in it do not matter.
    if others & 0o001 == 0 {
        return Finding::ok(ABOUT, format!("other users can't read {}", folder.display()));
    }
    for file in files {
        let others = mode(file) & 0o006;
        let path = file.display();
        match others {
            0 => {}
            _ if others & 0o002 != 0 => {
                return Finding::fail(ABOUT, format!("every user of this machine can write to {path}"), advice);
            }
            _ => return Finding::warn(ABOUT, format!("every user of this machine can read {path}"), advice),
        }
    }
    Finding::ok(ABOUT, format!("other users can't read the data in {}", folder.display()))
}

/// A machine without a clock of its own wakes up years ago.
fn build_time(now_ms: i64) -> Finding {
    if now_ms < EARLIEST_MS {
        let found = format!("it is {} here, before this version of Lexi was made", iso(now_ms));
        return Finding::fail("time", found, "Set the clock and keep it by NTP (timedatectl set-ntp true).");
    }
    Finding::ok("time", iso(now_ms))
}

/// What the settings of the server say. Here belongs whatever can be told of a configuration without running it.
fn configuration(Effective { config, file, .. }: &Effective) -> Finding {
    let tls = match serve::certificate(config) {
        Ok(tls) => tls.is_some(),
        Err(error) => {
            return Finding::fail(CONFIGURATION, error.to_string(), "The server does not start until it is mended.");
        }
    };
    if !config.listen.ip().is_loopback() && !tls && !config.behind_tls {
        return Finding::warn(
            CONFIGURATION,
            format!("the server listens on {}: keys and answers travel unencrypted", config.listen),
            "Serve TLS (tls_cert), or listen on loopback with a TLS proxy in front, or say that there is one: behind_tls.",
        );
    }
    let from = file.as_ref().map_or_else(|| "no file".into(), |file| file.display().to_string());
    Finding::ok(CONFIGURATION, format!("{from}; `lexi config` shows what holds"))
}

/// Whether the server says that it is ready, and what it lacks.
async fn server(url: &str) -> anyhow::Result<Finding> {
    const ABOUT: &str = "server";
    let wrong = |_| Usage(format!("\"{url}\" is no address of a server; write it like http://127.0.0.1:8787."));
    let address = format!("{}/readyz", url.trim_end_matches('/')).parse::<reqwest::Url>().map_err(wrong)?;
    let answer = async {
        let answer = reqwest::Client::builder().timeout(ANSWER).build()?.get(address).send().await?;
        Ok::<_, reqwest::Error>((answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default()))
    };
    let advice = "Does it run there? Its log says why it is not ready.";
    Ok(match answer.await {
        Ok((200, said)) if said["status"] == "ok" => Finding::ok(ABOUT, format!("{url} is ready")),
        Ok((status, said)) => {
            let checks = said["checks"].as_object().cloned().unwrap_or_default();
            let failing: Vec<&str> =
                checks.iter().filter(|(_, word)| *word != "ok").map(|(name, _)| name.as_str()).collect();
            let lacks = if failing.is_empty() { String::new() } else { format!(" ({})", failing.join(", ")) };
            Finding::fail(ABOUT, format!("{url} is not ready: HTTP {status}{lacks}"), advice)
        }
        Err(error) => Finding::fail(ABOUT, format!("{url} can't be reached: {}", error.without_url()), advice),
    })
}
