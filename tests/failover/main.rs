//! What `scripts/test-failover` runs: two servers of Lexi on a PostgreSQL of two hosts, callers who approve over HTTP on
//! both of them, and in the middle of it the primary dies and the standby is promoted. Then the checker of histories looks
//! for everything that was acknowledged.
//!
//! `failover MODE ROUNDS SCRIPT URL`: with a standby that is waited for (`synchronous`) every complaint is a failure; with
//! one that is not (`asynchronous`) it is a failure when there is none, because then the checker is blind. SCRIPT kills,
//! promotes and sets up the servers.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints what it found")]

#[path = "../api/support/book.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the suite")]
mod book;
#[path = "../api/support/client.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the suite")]
mod client;
#[path = "../api/support/history.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the suite")]
mod history;
mod load;
#[path = "../api/support/people.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the suite")]
mod people;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use lexi::db::Db;
use rand::RngExt as _;
use tempfile::TempDir;

use client::Client;
use load::{Callers, Told};

/// Servers of Lexi.
const NODES: usize = 2;
/// People to be found; a large task takes 2,000 of them.
const PEOPLE: usize = 2_050;
/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(120);
/// Approvals that must be acknowledged by the new primary before a round ends.
const AFTERWARDS: usize = 20;
/// The standby gets nothing for at most this time before the primary dies: what is acknowledged then is not there.
const LAG_MAX_MS: u64 = 400;

/// Whether commits wait for the standby.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Synchronous,
    Asynchronous,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("FAILED: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [mode, rounds, script, url] = &arguments[..] else { bail!("failover MODE ROUNDS SCRIPT URL") };
    let mode = match mode.as_str() {
        "synchronous" => Mode::Synchronous,
        "asynchronous" => Mode::Asynchronous,
        other => bail!("there is no mode {other}"),
    };
    let rounds: u32 = rounds.parse().context("ROUNDS is a number")?;
    let mut failover = Failover::start(mode, Path::new(script), url).await?;
    for round in 1..=rounds {
        let complaints = failover.round(round).await?;
        match (mode, complaints.is_empty()) {
            (Mode::Synchronous, true) => {}
            (Mode::Synchronous, false) => {
                bail!("round {round}:\n  {}\n{}", complaints.join("\n  "), failover.logs());
            }
            (Mode::Asynchronous, _) => {
                let lost: Vec<_> =
                    complaints.iter().filter(|what| what.contains("was acknowledged, and now")).collect();
                if let Some(first) = lost.first() {
                    println!("  found, as it must be: {} lost approvals, such as: {first}", lost.len());
                    return Ok(());
                }
                println!("  no acknowledged approval was lost, by chance; once more");
            }
        }
        if round < rounds {
            failover.step(&["follow"])?;
        }
    }
    match mode {
        Mode::Synchronous => {
            println!("{rounds} failovers, {} approvals acknowledged, none lost, none twice", failover.acknowledged);
            Ok(())
        }
        Mode::Asynchronous => bail!("nothing was found in {rounds} rounds: the checker is blind"),
    }
}

/// Everything that is under test.
struct Failover {
    mode: Mode,
    script: PathBuf,
    url: String,
    folder: TempDir,
    nodes: Vec<Node>,
    db: Db,
    acknowledged: usize,
}

/// A running `lexi serve`; killed when it is dropped.
struct Node {
    child: Child,
    url: String,
    log: PathBuf,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Failover {
    async fn start(mode: Mode, script: &Path, url: &str) -> Result<Failover> {
        let folder = tempfile::tempdir()?;
        let db = Db::open(&url.parse()?).await?;
        let mut failover = Failover {
            mode,
            script: script.to_owned(),
            url: url.to_owned(),
            folder,
            nodes: Vec::new(),
            db,
            acknowledged: 0,
        };
        failover.import_people()?;
        for n in 0..NODES {
            let node = failover.serve(n).await?;
            failover.nodes.push(node);
        }
        Ok(failover)
    }

    /// The program beside this one, with the data of node `n`.
    fn lexi(&self, n: usize) -> Result<Command> {
        let here = std::env::current_exe()?;
        let program =
            here.parent().and_then(Path::parent).context("examples stand in a folder of the build")?.join("lexi");
        let mut command = Command::new(program);
        command.env_clear().stdin(Stdio::null()).env("LEXI_DATABASE_URL", &self.url);
        command.env("LEXI_DATA", self.folder.path().join(format!("node{n}")));
        Ok(command)
    }

    fn say(&self, arguments: &[&str]) -> Result<String> {
        let output = self.lexi(0)?.args(arguments).output()?;
        ensure!(output.status.success(), "lexi {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    fn import_people(&self) -> Result<()> {
        let path = self.folder.path().join("people.csv");
        let mut file = csv::Writer::from_path(&path)?;
        file.write_record([
            "external_id",
            "full_name",
            "title",
            "state",
            "country",
            "company",
            "company_type",
            "industry",
        ])?;
        for n in 0..PEOPLE {
            let row = people::at_law_firm(n, "Chief Executive Officer");
            let fields = [row.external_id, row.full_name, row.title, row.state, row.country, row.company];
            let fields = fields.into_iter().chain([row.company_type, row.industry]);
            file.write_record(fields.map(Option::unwrap_or_default))?;
        }
        file.flush()?;
        self.say(&["prospects", "import", &path.to_string_lossy(), "--source", "test"])?;
        Ok(())
    }

    async fn serve(&self, n: usize) -> Result<Node> {
        let log = self.folder.path().join(format!("node{n}.log"));
        let child = self
            .lexi(n)?
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--lease", "2s"])
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()?;
        let mut node = Node { child, url: String::new(), log };
        let begun = Instant::now();
        while node.url.is_empty() || !node.is_ready().await {
            ensure!(begun.elapsed() < PATIENCE, "lexi serve does not serve: {}", node.logged());
            let log = node.logged();
            let lines = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
            node.url = lines.filter_map(|line| line["url"].as_str().map(str::to_owned)).next().unwrap_or_default();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(node)
    }

    /// Load, death of the primary, promotion, more load, and what the checker says.
    async fn round(&mut self, round: u32) -> Result<Vec<String>> {
        let workspace = format!("round {round}");
        self.say(&["workspaces", "create", &workspace])?;
        let key = self.say(&["keys", "create", "--name", "load", "--tier", "unmetered", "--workspace", &workspace])?;
        let clients: Vec<Client> = self.nodes.iter().map(|node| Client::new(&node.url, Some(key.clone()))).collect();
        let callers = Callers::begin(&clients);
        callers.until_a_random_instant(round).await?;

        let (how, lag) = self.kind_of_death(round);
        let before = Instant::now();
        self.step(&["kill", how, &format!("{:.3}", lag.as_secs_f64())])?;
        let died = Instant::now();
        if self.mode == Mode::Synchronous && round == 1 {
            // Long enough that callers are told at once, and readiness with them.
            self.until_ready(false).await?;
        } else {
            tokio::time::sleep(Duration::from_millis(rand::rng().random_range(0..400))).await;
        }
        let promoting = Instant::now();
        self.step(&["promote"])?;
        let promoted = Instant::now();
        callers.until_acknowledged_since(promoted, AFTERWARDS, PATIENCE).await?;
        self.until_ready(true).await?;
        let told = callers.end().await?;
        self.acknowledged += told.approved.len();

        let gap = told.gap_around(died);
        println!(
            "round {round}: {how}, standby cut off for {} ms before; {} approvals acknowledged ({} after the promotion, {} \
             found done when they were repeated), {} times 503 ({} not confirmed); writes refused for {:.2} s, of which {:.2} s \
             without a primary (promotion {:.2} s) and {:.2} s until the first approval after it",
            lag.as_millis(),
            told.approved.len(),
            told.since(promoted),
            told.found_done,
            told.refused,
            told.unconfirmed,
            gap.as_secs_f64(),
            (promoted - died).as_secs_f64(),
            (promoted - promoting).as_secs_f64(),
            told.first_since(promoted).map_or(0.0, |at| (at - promoted).as_secs_f64()),
        );
        ensure!(
            self.mode == Mode::Asynchronous || told.before(before) > 0,
            "nothing was acknowledged before the death"
        );
        self.check(&workspace, told, &clients[0]).await
    }

    /// SIGKILL behind a cut-off standby, or an immediate stop. Without a wait for the standby, always the former.
    fn kind_of_death(&self, round: u32) -> (&'static str, Duration) {
        match self.mode {
            Mode::Asynchronous => ("SIGKILL", Duration::from_millis(LAG_MAX_MS)),
            Mode::Synchronous if round.is_multiple_of(3) => ("immediate", Duration::ZERO),
            Mode::Synchronous => ("SIGKILL", Duration::from_millis(rand::rng().random_range(0..LAG_MAX_MS))),
        }
    }

    fn step(&self, arguments: &[&str]) -> Result<()> {
        let status = Command::new(&self.script).arg("step").args(arguments).stdin(Stdio::null()).status()?;
        ensure!(status.success(), "the step {arguments:?} failed");
        Ok(())
    }

    async fn until_ready(&self, ready: bool) -> Result<()> {
        let begun = Instant::now();
        for node in &self.nodes {
            while node.is_ready().await != ready {
                ensure!(begun.elapsed() < PATIENCE, "/readyz of {} never said {ready}: {}", node.url, node.logged());
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(())
    }

    async fn check(&self, workspace: &str, told: Told, client: &Client) -> Result<Vec<String>> {
        let workspace = workspace.to_owned();
        let workspace_id = self.db.read(move |tx| history::workspace_named(tx, &workspace)).await?;
        let begun = Instant::now();
        loop {
            let left = self.db.read(move |tx| history::under_way(tx, workspace_id)).await?;
            if left.tasks == 0 && left.unnumbered == 0 {
                break;
            }
            if !left.forgotten.is_empty() {
                return Ok(left
                    .forgotten
                    .iter()
                    .map(|id| format!("task {id} was approved and no job will end it"))
                    .collect());
            }
            ensure!(
                begun.elapsed() < PATIENCE,
                "{} tasks never ended; {} events got no number",
                left.tasks,
                left.unnumbered
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let mut complaints = told.complaints;
        complaints.extend(self.db.read(move |tx| history::stored_complaints(tx, workspace_id)).await?);
        let approved: Vec<_> = told.approved.iter().map(|approved| (approved.task_id, approved.size)).collect();
        complaints.extend(history::not_as_acknowledged(client, &approved).await);
        Ok(complaints)
    }

    fn logs(&self) -> String {
        self.nodes.iter().map(|node| format!("{}:\n{}", node.url, node.logged())).collect()
    }
}

impl Node {
    async fn is_ready(&self) -> bool {
        let client = Client::new(&self.url, None);
        let asked = client.try_send(client.request(reqwest::Method::GET, "/readyz")).await;
        asked.is_some_and(|answer| answer.status == 200)
    }

    fn logged(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}
