//! `lexi demo`: the first minute. Fills the prospect database with synthetic people, starts a server, asks Lexi over HTTP,
//! shows what approval would cause, approves when a person says so, and goes on serving. Run again it uses what is there.

use std::net::SocketAddr;

use super::answers::{Turn, data};
use super::chat::{self, exit_of};
use super::client::Client;
use super::exit::Exit;
use super::given::{Given, OfDemo};
use super::keys;
use super::logs;
use super::proposal;
use super::prospects::{Steps, index};
use super::screen::{Screen, counted};
use super::serve::{Running, bind, exit_on_second_signal, stop_signal};
use super::storage::{self, clock};
use super::watch::{self, Approval, Consent};
use crate::app::App;
use crate::config::{Config, LogFormat};
use crate::db::Db;
use crate::keys::{Kind, NewKey, Secret, Tier};
use crate::prospects::{self, Target, generate};

/// What is asked.
const REQUEST: &str = "Find 50 CEOs at law firms in California";
/// A further request to try.
const NEXT_REQUEST: &str = "Find 20 general counsels at banks in Texas";

/// `lexi demo`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Makes 100,000 synthetic people (the same for everyone), asks Lexi for 50 CEOs at law firms in California, shows the task she
proposes and asks whether to approve. Then it goes on serving: the key and the next commands are printed.
Run the same command again to go on with the same data; delete the folder to begin anew.

Examples:
  lexi demo
  lexi demo --data /tmp/lexi --listen 127.0.0.1:9000
  lexi demo --yes --exit        approves without asking and ends, for a script")]
pub(super) struct Args {
    #[command(flatten)]
    storage: Given<OfDemo>,
    /// Address to listen on.
    #[arg(long, env = "LEXI_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Approve without asking.
    #[arg(long, short)]
    yes: bool,
    /// End when the task has ended, instead of going on serving.
    #[arg(long)]
    exit: bool,
    /// How many people to make.
    #[arg(long, hide = true, default_value_t = generate::DEMO.people)]
    people: u32,
    /// Who answers for the demo's key.
    #[arg(long, hide = true, env = "USER", default_value = "operator")]
    owner: String,
    /// What to log: error, warn, info, debug, trace, or PART=LEVEL with commas between.
    #[arg(long, env = "LEXI_LOG", value_name = "FILTER", default_value = "warn")]
    log: String,
}

/// Runs `lexi demo`.
pub(super) async fn run(args: Args) -> anyhow::Result<Exit> {
    let config = args.storage.config()?;
    let _logs = logs::start(&args.log, LogFormat::Auto)?;
    let mut screen = Screen::stdout();
    let mut stop = Box::pin(stop_signal()?);
    // Before the filling: nobody should wait for people to be made and then learn that the port is taken.
    let listener = bind(args.listen).await?;
    let config = Config { listen: args.listen, ..config };
    let shown = storage::shown(&config);
    let app = storage::open(config).await?;
    screen.print(&format!(
        "Lexi {} · data in {} · listening on http://{}",
        env!("CARGO_PKG_VERSION"),
        shown,
        listener.local_addr()?
    ))?;
    tokio::select! {
        filled = fill(&app, args.people, &screen) => filled?,
        () = &mut stop => return interrupted(app, &mut screen).await,
    }
    let secret = key(&app.db, &args.owner).await?;
    let running = Running::start_app(app, listener, None)?;
    let client = Client::new(&running.url(), secret.reveal())?;
    screen.print("")?;
    let ended = tokio::select! {
        ended = Box::pin(ask(&client, args.yes, &mut screen)) => ended,
        () = &mut stop => {
            running.stop().await;
            screen.print("\nStopped. What was stored stays; run the same command again to go on.")?;
            return Ok(Exit::Interrupted);
        }
    };
    let exit = match ended {
        Ok(exit) => exit,
        Err(failure) => {
            running.stop().await;
            return Err(failure);
        }
    };
    screen.print(&next_steps(&running, secret.reveal(), &args))?;
    if !args.exit {
        stop.await;
        exit_on_second_signal()?;
    }
    running.stop().await;
    Ok(if args.exit { exit } else { Exit::Done })
}

/// Makes the people that are missing, and brings the index up to date.
async fn fill(app: &App, people: u32, screen: &Screen) -> anyhow::Result<()> {
    let there = synthetic(app).await?;
    if there < u64::from(people) {
        let label = format!("Making {}", counted(people.into(), "synthetic person", "synthetic people"));
        let shown = Steps::new(&label, people.into(), screen);
        let options = generate::Options { people, ..generate::DEMO };
        // Whoever holds the lock of the index is the only one here.
        let alone = app.search.holds_lock();
        let target = Target::new(&app.db).with_server_if(move || !alone);
        let made = generate::run(&target, clock(), options, |done| shown.reached(done, done)).await;
        shown.finish();
        made?;
    } else {
        eprintln!("{} are there already.", counted(there, "synthetic person", "synthetic people"));
    }
    index(app, false, screen).await?;
    Ok(())
}

/// How many synthetic people are stored.
async fn synthetic(app: &App) -> anyhow::Result<u64> {
    let stats = app.db.read(prospects::stats).await?;
    Ok(stats.sources.get(generate::SOURCE).copied().unwrap_or(0))
}

async fn interrupted(app: App, screen: &mut Screen) -> anyhow::Result<Exit> {
    let there = synthetic(&app).await?;
    app.close().await;
    let people = counted(there, "person is", "people are");
    screen.print(&format!("\nStopped. {people} stored; run the same command again to make the rest and go on."))?;
    Ok(Exit::Interrupted)
}

async fn key(db: &Db, owner: &str) -> anyhow::Result<Secret> {
    let new = NewKey {
        name: "demo".into(),
        description: Some("Made by lexi demo".into()),
        permissions: ["read", "write", "lexi"].map(str::to_owned).to_vec(),
        tier: Some(Tier::Org),
        roles: Vec::new(),
        kind: Kind::Human,
        owner: Some(owner.to_owned()),
        expires_at_ms: None,
    };
    Ok(keys::make(db, None, new).await?.0)
}

/// The main job, as any client does it: ask, look, approve, watch.
async fn ask(client: &Client, yes: bool, screen: &mut Screen) -> anyhow::Result<Exit> {
    let layout = screen.layout;
    screen.print(&layout.labelled(&format!("{}    ", layout.strong("You")), REQUEST))?;
    let turn: Turn = data(&chat::ask(client, REQUEST, None).await?)?;
    screen.print(&proposal::turn(&turn, layout))?;
    let Some(task) = &turn.task else { return Ok(Exit::Done) };
    screen.print("")?;
    if yes {
        screen.print("Approve? [y/N] yes (--yes)")?;
    } else if !screen.can_ask() || !screen.confirm("Approve?").await? {
        screen.print(&chat::how_to_decide(&task.id, layout))?;
        return Ok(Exit::Done);
    }
    match watch::approve(client, &task.id, &Consent::to(task.plan_hash.as_deref()), None, screen).await? {
        Approval::Ended(task) => Ok(exit_of(&task)),
        Approval::Voted | Approval::Held | Approval::Open => Ok(Exit::Done),
    }
}

/// What to do next. Each line can be copied as it stands.
fn next_steps(running: &Running, key: &str, args: &Args) -> String {
    let url = running.url();
    let mut text = String::new();
    if args.exit {
        let data = running.app.config.data.display();
        text.push_str(&format!("\nTo serve the same data: lexi serve --data {data} --listen {}\n", args.listen));
        text.push_str("Then, in another terminal (the key is shown this once):\n");
    } else {
        text.push_str("\nLexi is still serving. In another terminal (the key is shown this once):\n");
    }
    text.push_str(&format!("  export LEXI_URL={url} LEXI_KEY={key}\n"));
    text.push_str(&format!("  lexi chat \"{NEXT_REQUEST}\"\n"));
    text.push_str("  curl -s \"$LEXI_URL/v1/lexi/tasks?status=completed\" -H \"Authorization: Bearer $LEXI_KEY\"\n");
    text.push_str(&format!("All routes: {url}/docs\n"));
    if !args.exit {
        text.push_str("Ctrl-C stops; run the same command again to go on where you left.\n");
    }
    text
}
