//! `lexi events`: what happens in the workspace, over HTTP, as it happens.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::answers::data;
use super::client::{Client, Failure, Server};
use super::exit::Exit;
use super::screen::{Screen, minute};
use super::serve::stop_signal;

/// How long one question may hang at the server.
const WAIT_S: u64 = 30;
/// Events of one answer.
const LIMIT: u32 = 500;
/// A server that is away is asked again so often.
const AWAY: Duration = Duration::from_secs(1);

/// `lexi events`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Events have numbers without gaps: who goes on with --after has seen each of them once. With --follow it goes on when the
server was away. The key needs events:read.

Examples:
  lexi events                           all so far, oldest first
  lexi events --follow --type task.     what becomes of tasks from the first one on, until Ctrl-C
  lexi events --after 5120 --json       a JSON object a line")]
pub(super) struct Args {
    /// Go on with what happens, until Ctrl-C.
    #[arg(long, short)]
    follow: bool,
    /// Only events behind this number.
    #[arg(long, value_name = "N", default_value_t = 0)]
    after: i64,
    /// Only types that begin so.
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// Print each event as the server gives it, a JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// A portion of the feed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Portion {
    /// The events.
    pub(super) events: Vec<Value>,
    /// Where to go on.
    pub(super) next_after: i64,
    /// The newest number there is.
    pub(super) last_number: i64,
}

/// Events behind `after`; waits for one when there is none.
pub(super) async fn portion(
    client: &Client,
    after: i64,
    (kind, limit): (Option<&str>, u32),
    wait_s: u64,
) -> anyhow::Result<Portion> {
    let mut query = vec![("after", after.to_string()), ("limit", limit.to_string()), ("wait", wait_s.to_string())];
    query.extend(kind.map(|kind| ("type", kind.to_owned())));
    data(&client.get("/v1/events", &query).await?)
}

/// Runs `lexi events`.
pub(super) async fn run(args: Args) -> anyhow::Result<Exit> {
    let stopped = stop_signal()?;
    tokio::select! {
        ended = Box::pin(show(args)) => ended,
        () = stopped => Ok(Exit::Interrupted),
    }
}

async fn show(args: Args) -> anyhow::Result<Exit> {
    let client = args.server.client()?;
    let mut screen = Screen::stdout();
    let (mut after, mut is_away) = (args.after, false);
    loop {
        let wait_s = if args.follow { WAIT_S } else { 0 };
        let portion = match portion(&client, after, (args.kind.as_deref(), LIMIT), wait_s).await {
            Ok(portion) => portion,
            Err(failure) if args.follow && is_passing(&failure) => {
                if !std::mem::replace(&mut is_away, true) {
                    eprintln!("lexi: {failure}; it is tried again until it answers.");
                }
                tokio::time::sleep(AWAY).await;
                continue;
            }
            Err(failure) => return Err(failure),
        };
        is_away = false;
        for event in &portion.events {
            if args.json {
                screen.print(&event.to_string())?;
            } else {
                screen.print(&line(event))?;
            }
        }
        after = portion.next_after;
        if !args.follow && after >= portion.last_number {
            return Ok(Exit::Done);
        }
    }
}

/// Whether asking again may help.
fn is_passing(failure: &anyhow::Error) -> bool {
    match failure.downcast_ref::<Failure>() {
        Some(Failure::Unreachable { .. }) => true,
        Some(Failure::Refused(refusal)) => refusal.status >= 500 || refusal.status == 429,
        _ => false,
    }
}

fn line(event: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let who = event["actor"]["name"].as_str().or_else(|| event["actor"]["kind"].as_str()).unwrap_or("-");
    format!(
        "{:>8}  {}  {}  by {who}  {} {}",
        event["number"],
        minute(&text(&event["at"])),
        text(&event["type"]),
        text(&event["subject"]["type"]),
        text(&event["subject"]["id"])
    )
}
