//! The load driver: durable approvals over HTTP, side by side with a bare JSON route in the same run.
//!
//! `cargo run --profile dist --example load -- --help`. Both servers are processes of their own, on loopback; the same
//! driver loads them in turn, round by round, so that a ratio holds when the machine's speed drifts. The server under
//! test is the library's own router and worker with its usual settings: keys, limits, events and durability on.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints its figures")]

mod events;
mod process;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use axum::routing::post;
use axum::{Json, Router};
use clap::{Parser, Subcommand};
use lexi::app::App;
use lexi::clock::{Clock as _, DAY_MS, SystemClock};
use lexi::config::Config;
use lexi::execution::prospect_search::{ListBy, Parameters};
use lexi::keys::permissions::Permissions;
use lexi::keys::roles::Roles;
use lexi::keys::{Caller, Kind};
use lexi::tasks::{Plan, Proposal};
use lexi::{http, ids, keys, prospects, rules, tasks, worker, workspaces};
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

use process::{Connection, Server};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures durable approvals per second against a bare route.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command_,
}

#[derive(Subcommand)]
enum Command_ {
    /// Make data, start both servers, load them in turn and print the ratios.
    Run(Run),
    /// The bare route: parses a small JSON body and answers one. Used by `run`.
    Bare {
        #[arg(long)]
        listen: SocketAddr,
    },
    /// The server under test. Used by `run`.
    Serve(Serve),
    /// What one event costs: the approving transactions themselves, as they are and with more events, in turn.
    Events(events::Events),
}

#[derive(clap::Args, Clone)]
struct Run {
    /// Connections loaded in turn.
    #[arg(long, value_delimiter = ',', default_value = "1,64,128")]
    connections: Vec<usize>,
    /// Rounds per number of connections; the median of their ratios is what to quote.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds that the bare route is loaded in a round.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Tasks approved in a round at 64 and more connections; a twentieth of it at 1.
    #[arg(long, default_value_t = 20_000)]
    tasks: usize,
    /// People each task adds.
    #[arg(long, default_value_t = 1)]
    people: usize,
    /// Record the decision and enqueue the job only: no task is executed.
    #[arg(long)]
    record_only: bool,
    /// What an approval goes with; several are loaded in turn in each round, and compared with the first.
    #[arg(long = "with", value_enum, value_delimiter = ',', default_value = "sealed")]
    ways: Vec<Way>,
    /// Tasks of the same workspace that wait beside those that are approved.
    #[arg(long, default_value_t = 0)]
    pending: usize,
    /// A PostgreSQL database for the server under test; without it a SQLite file in a temporary folder.
    #[arg(long)]
    database_url: Option<String>,
    /// Where the temporary folder is made.
    #[arg(long, default_value = "target")]
    folder: PathBuf,
}

impl Run {
    /// So many tasks of one person each.
    fn of_tasks(tasks: usize, database_url: Option<String>) -> Run {
        Run {
            connections: Vec::new(),
            rounds: 1,
            seconds: 0,
            tasks,
            people: 1,
            record_only: false,
            ways: Vec::new(),
            pending: 0,
            database_url,
            folder: PathBuf::new(),
        }
    }
}

/// What an approval goes with, beside keys, limits, events and durability.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Nothing more: the worker does not run, so nothing is sealed (and on PostgreSQL events get no number).
    Unsealed,
    /// The worker seals the events, as it always does.
    Sealed,
    /// The same, and each request carries an Idempotency-Key.
    Repeatable,
    /// The same, and a rule that each task must meet, so that an approval is a vote and a decision.
    Ruled,
    /// Seals, a rule and an Idempotency-Key.
    All,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Way::Unsealed => "unsealed",
            Way::Sealed => "sealed",
            Way::Repeatable => "repeatable",
            Way::Ruled => "ruled",
            Way::All => "all",
        }
    }

    fn has_rule(self) -> bool {
        matches!(self, Way::Ruled | Way::All)
    }

    fn is_repeatable(self) -> bool {
        matches!(self, Way::Repeatable | Way::All)
    }
}

#[derive(clap::Args, Clone)]
struct Serve {
    #[arg(long)]
    listen: SocketAddr,
    #[arg(long)]
    data: PathBuf,
    #[arg(long)]
    database_url: Option<String>,
    #[arg(long)]
    record_only: bool,
    #[arg(long)]
    without_worker: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    match Arguments::parse().command {
        Command_::Run(run) => measure(run).await,
        Command_::Bare { listen } => bare(listen).await,
        Command_::Serve(serve) => server(serve).await,
        Command_::Events(events) => events::measure(&events).await,
    }
}

async fn bare(listen: SocketAddr) -> Result<()> {
    let route = post(|body: Option<Json<Value>>| async move {
        let _ = body;
        Json(json!({ "data": { "task_id": "0193f2c4", "status": "approved", "execution_started": true } }))
    });
    let listener = tokio::net::TcpListener::bind(listen).await?;
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, Router::new().route("/v1/lexi/tasks/{id}/approve", route)).await?)
}

async fn server(serve: Serve) -> Result<()> {
    let app = open(&serve.data, serve.database_url.as_deref(), serve.record_only).await?;
    let listener = http::server::bind(serve.listen).await?;
    let (_stop, stopped) = watch::channel(false);
    if !serve.record_only && !serve.without_worker {
        tokio::spawn(worker::run(app.clone(), stopped.clone()));
    }
    http::server::serve(&app, http::router(app.clone()), listener, stopped).await;
    Ok(())
}

async fn open(data: &Path, database_url: Option<&str>, record_only: bool) -> Result<App> {
    let url = database_url.map(str::parse).transpose()?;
    let mut config = Config::new(data.to_owned(), url);
    if record_only {
        config.inline_people_max = 0;
    }
    Ok(App::open(config, Arc::new(SystemClock)).await?)
}

async fn measure(run: Run) -> Result<()> {
    let folder = run.folder.join(format!("bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = rounds(&run, &folder).await;
    std::fs::remove_dir_all(&folder)?;
    done
}

async fn rounds(run: &Run, folder: &Path) -> Result<()> {
    println!(
        "{} people a task, {} tasks pending beside, {}, {} rounds",
        run.people,
        run.pending,
        if run.record_only { "decision and job only" } else { "approved to done" },
        run.rounds
    );
    let this = std::env::current_exe()?;
    println!("connections   with         bare/s   approvals/s   ratio   p50 ms   p99 ms   contact rows/s");
    for connections in &run.connections {
        let mut rounds = vec![Vec::new(); run.ways.len()];
        for _ in 0..run.rounds {
            for (way, ratios) in run.ways.iter().zip(&mut rounds) {
                ratios.push(round(run, *way, *connections, folder, &this).await?);
            }
        }
        let medians: Vec<f64> = rounds.into_iter().map(median).collect();
        for (way, ratio) in run.ways.iter().zip(&medians) {
            println!(
                "{connections:>11}   {:<10} median ratio {ratio:.3}, {:.2} of the first",
                way.name(),
                ratio / medians[0]
            );
        }
    }
    Ok(())
}

/// Loads the bare route and the server in turn; how much of the one the other reaches.
async fn round(run: &Run, way: Way, connections: usize, folder: &Path, this: &Path) -> Result<f64> {
    let tasks = if connections == 1 { (run.tasks / 20).max(100) } else { run.tasks };
    let data = folder.join(ids::new(SystemClock.now_ms()).to_string());
    let (secret, task_ids) = prepare(run, way, &data, tasks).await?;
    let bare = Server::start(this, &["bare".to_owned()])?;
    let path = "/v1/lexi/tasks/0193f2c4-0000-7000-8000-000000000000/approve";
    let idle = load(bare.address, connections, &Work::Timed(path, Duration::from_secs(run.seconds)), &secret).await?;
    drop(bare);
    let mut arguments = vec!["serve".to_owned(), "--data".to_owned(), data.display().to_string()];
    if let Some(url) = &run.database_url {
        arguments.extend(["--database-url".to_owned(), url.clone()]);
    }
    if run.record_only {
        arguments.push("--record-only".to_owned());
    }
    if way == Way::Unsealed {
        arguments.push("--without-worker".to_owned());
    }
    let lexi = Server::start(this, &arguments)?;
    let ours = load(lexi.address, connections, &Work::Tasks(task_ids, way.is_repeatable()), &secret).await?;
    drop(lexi);
    std::fs::remove_dir_all(&data)?;
    let ratio = ours.per_second / idle.per_second;
    println!(
        "{connections:>11}   {:<10} {:>8.0} {:>13.0} {ratio:>7.3} {:>8.2} {:>8.2} {:>16.0}",
        way.name(),
        idle.per_second,
        ours.per_second,
        ours.p50_ms,
        ours.p99_ms,
        if run.record_only { 0.0 } else { ours.per_second * run.people as f64 }
    );
    Ok(ratio)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// A key without limits, people, and tasks that wait for approval, each about other people.
async fn prepare(run: &Run, way: Way, data: &Path, tasks: usize) -> Result<(String, Vec<Uuid>)> {
    let (_, secret, task_ids) = prepare_by(run, way, data, tasks).await?;
    Ok((secret, task_ids))
}

/// As [`prepare`], with the caller who proposed the tasks.
async fn prepare_by(run: &Run, way: Way, data: &Path, tasks: usize) -> Result<(Caller, String, Vec<Uuid>)> {
    std::fs::create_dir_all(data)?;
    let app = open(data, run.database_url.as_deref(), run.record_only).await?;
    let now_ms = app.clock.now_ms();
    let secret = keys::Secret::draw()?;
    let workspace = format!("bench {}", ids::new(now_ms));
    let caller = {
        let secret = secret.clone();
        app.db
            .write(move |tx| {
                let workspace = workspaces::create(tx, &workspace, now_ms)?;
                let new = keys::NewKey {
                    name: "bench".to_owned(),
                    description: None,
                    permissions: ["read", "write", "lexi"].map(str::to_owned).to_vec(),
                    tier: Some(keys::Tier::Unmetered),
                    roles: vec!["partner".to_owned()],
                    kind: Kind::Service,
                    owner: None,
                    expires_at_ms: None,
                };
                let key = keys::create(tx, &keys::By::Operator(workspace.id), &new, &secret, now_ms)?;
                let by = caller(workspace.id, key.api_key.id);
                if way.has_rule() {
                    rules::create(tx, &by, &rule()?, now_ms)?;
                }
                Ok(by)
            })
            .await?
    };
    let wanted = tasks * run.people;
    let options = prospects::generate::Options { people: u32::try_from(wanted)?, ..prospects::generate::DEMO };
    let alone = prospects::Target::new(&app.db).with_server_if(|| false);
    prospects::generate::run(&alone, Arc::clone(&app.clock), options, |_| {}).await?;
    let mut made = Vec::with_capacity(tasks);
    let mut after = 0;
    while made.len() < tasks {
        let most = u32::try_from((run.people * 100).max(500))?;
        let people = app.db.read(move |tx| prospects::people_after(tx, after, most)).await?;
        let Some(last) = people.last() else { bail!("there are too few people") };
        after = last.number;
        let ids: Vec<Uuid> = people.iter().map(|person| person.id).collect();
        let proposals: Vec<Proposal> = ids.chunks_exact(run.people).map(|people| proposal(people, now_ms)).collect();
        made.extend(proposals.iter().map(|proposal| proposal.task_id));
        let caller = caller.clone();
        app.db
            .write(move |tx| proposals.iter().try_for_each(|proposal| tasks::propose(tx, &caller, proposal, now_ms)))
            .await?;
    }
    made.truncate(tasks);
    wait_beside(&app, &caller, run.pending, now_ms).await?;
    app.close().await;
    Ok((caller, secret.reveal().to_owned(), made))
}

/// The key that approves.
fn caller(workspace_id: Uuid, key_id: Uuid) -> Caller {
    Caller {
        workspace_id,
        key_id,
        kind: Kind::Service,
        owner: None,
        permissions: Permissions::all(),
        roles: Roles::NONE,
        request_id: None,
        origin_id: None,
    }
}

/// A rule that the key of the benchmark meets with one approval.
fn rule() -> Result<rules::Body, lexi::error::Error> {
    Ok(serde_json::from_value(json!({ "name": "A partner approves", "approve": "1 of partner" }))?)
}

/// Proposes tasks that nobody decides, all about the same person.
async fn wait_beside(app: &App, caller: &Caller, pending: usize, now_ms: i64) -> Result<()> {
    const AT_ONCE: usize = 200;
    let person = app.db.read(move |tx| prospects::people_after(tx, 0, 1)).await?;
    let person: Vec<Uuid> = person.iter().map(|person| person.id).collect();
    for begun in (0..pending).step_by(AT_ONCE) {
        let proposals: Vec<Proposal> =
            (begun..pending.min(begun + AT_ONCE)).map(|_| proposal(&person, now_ms)).collect();
        let caller = caller.clone();
        app.db
            .write(move |tx| proposals.iter().try_for_each(|proposal| tasks::propose(tx, &caller, proposal, now_ms)))
            .await?;
    }
    Ok(())
}

fn proposal(people: &[Uuid], now_ms: i64) -> Proposal {
    let task_id = ids::new(now_ms);
    let parameters = Parameters {
        filters: prospects::filter::Filter::default(),
        limit: 1,
        list_by: ListBy::Task,
        list_id: None,
        list_name: format!("List {task_id}"),
        exclude_ids: Vec::new(),
    };
    let selected = people.len();
    Proposal {
        task_id,
        plan: Plan {
            kind: tasks::Kind::ProspectSearch,
            parameters: serde_json::to_value(&parameters).unwrap_or_default(),
            selection: people.to_vec(),
        },
        preview: json!({ "matched": selected, "suppressed": 0, "selected": selected, "added": selected,
            "already_contacts": 0, "list_id": null, "list_name": parameters.list_name }),
        description: "Add people to a list".to_owned(),
        query: "Find people".to_owned(),
        request: Value::Null,
        conversation_id: None,
        expires_at_ms: now_ms + 7 * DAY_MS,
    }
}

/// What the connections do together.
enum Work {
    /// The same request until the time is over.
    Timed(&'static str, Duration),
    /// Each task is approved once, with an `Idempotency-Key` or without.
    Tasks(Vec<Uuid>, bool),
}

struct Figures {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
}

async fn load(address: SocketAddr, connections: usize, work: &Work, secret: &str) -> Result<Figures> {
    let (paths, until, repeatable): (Vec<String>, _, bool) = match work {
        Work::Timed(path, time) => (vec![(*path).to_owned()], Some(Instant::now() + *time), false),
        Work::Tasks(ids, repeatable) => {
            (ids.iter().map(|id| format!("/v1/lexi/tasks/{id}/approve")).collect(), None, *repeatable)
        }
    };
    let paths = Arc::new(paths);
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let mut callers = Vec::new();
    for _ in 0..connections {
        let (paths, next, secret) = (Arc::clone(&paths), Arc::clone(&next), secret.to_owned());
        callers.push(tokio::spawn(async move { call(address, &paths, &next, (until, repeatable), &secret).await }));
    }
    let mut times_us = Vec::new();
    for caller in callers {
        times_us.extend(caller.await??);
    }
    let seconds = started.elapsed().as_secs_f64();
    times_us.sort_unstable();
    let at = |share: f64| f64::from(times_us[((times_us.len() - 1) as f64 * share) as usize]) / 1_000.0;
    Ok(Figures { per_second: times_us.len() as f64 / seconds, p50_ms: at(0.50), p99_ms: at(0.99) })
}

/// One connection: request, answer, request … Answers how long each took, in microseconds.
async fn call(
    address: SocketAddr,
    paths: &[String],
    next: &AtomicUsize,
    (until, repeatable): (Option<Instant>, bool),
    secret: &str,
) -> Result<Vec<u32>> {
    let mut connection = Connection::open(address).await?;
    let mut times_us = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let path = match until {
            Some(until) if Instant::now() >= until => return Ok(times_us),
            Some(_) => &paths[0],
            None => match paths.get(number) {
                Some(path) => path,
                None => return Ok(times_us),
            },
        };
        let started = Instant::now();
        if repeatable {
            connection.post_once(path, secret, "{}", &format!("bench-{number}")).await?;
        } else {
            connection.post(path, secret, "{}").await?;
        }
        times_us.push(u32::try_from(started.elapsed().as_micros())?);
    }
}
