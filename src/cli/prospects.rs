//! `lexi prospects`: loads and searches the prospect database. Only the operator's command line changes it; it works
//! while a server runs, which follows the changes by itself.

mod loading;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget};
use serde::Serialize;
use serde_json::json;

use super::exit::{Exit, Usage};
use super::proposal;
use super::screen::{Screen, counted, number};
use super::serve::stop_signal;
use super::storage::{Storage, clock};
use super::watch::bar;
use crate::app::App;
use crate::db::Db;
use crate::prospects::columns::Mapping;
use crate::prospects::filter::Filter;
use crate::prospects::generate;
use crate::prospects::search::{Counts, Facet};
use crate::prospects::{self, Row, search};
use crate::understand;

/// Most people one search prints; the limit of every search.
const LIMIT_MAX: u32 = 10_000;
/// People printed when neither the words nor --limit say a number.
const LIMIT: u32 = 25;

/// `lexi prospects`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Import a file of people with their companies, or of companies: CSV or JSON lines, plain, gzip or zstd.
    #[command(after_long_help = "\
CSV with any common separator: the first line names the columns. JSON: one object a line, its keys are the columns, and
those of an object inside it too (company.name). Packed with gzip or zstd it is read as it is. UTF-8, UTF-16 and
Windows-1252 are told apart by themselves.

Known fields: external_id, full_name (or first_name and last_name), title, seniority,
department, email, phone, linkedin_url, practice_areas (| between), city, state, country, company, company_domain,
industry, company_type, headcount, revenue_usd, founded, company_city, company_state, company_country.
Well-known other spellings are found by themselves; --map decides otherwise. Which column fills which field is shown
before the work starts; --dry-run shows that and what an import would do, and writes nothing.

A file can be imported again: known people are updated, never doubled. An import that was interrupted is simply run again.
Rows that can't be used are left out, counted and, with --rejects, written to a file with the reason; repaired, that file
can be imported too.

Examples:
  lexi prospects import people.csv --source crm --dry-run
  lexi prospects import people.csv --source crm
  zcat people-*.json.gz | lexi prospects import - --source crm
  lexi prospects import people.csv --source crm --map \"Job=title\" --map \"Internal note=\" --rejects rejects.csv
  lexi prospects import people.csv --source crm --json      {\"rows\", \"added\", \"updated\", \"unchanged\", \"rejected\", …}")]
    Import(ImportArgs),
    /// Take a source out again: everybody first loaded from it. Contacts made from them stay.
    #[command(after_long_help = "\
Companies that are left without people go too. Tasks that are still pending skip whoever is gone, and say so. It works in
small steps while a server runs; when it is interrupted, run it again.

Examples:
  lexi prospects remove --source crm --dry-run
  lexi prospects remove --source crm
  lexi prospects remove --source crm --yes --json           {\"source\", \"people\", \"companies\", \"dry_run\"}")]
    Remove(RemoveArgs),
    /// Make synthetic people: the same number and seed always make the same people.
    #[command(after_long_help = "\
Examples:
  lexi prospects generate --people 100000 --seed 1
  lexi prospects generate --people 5000 --seed 7 --law 0.8 --us-state CA=3 --us-state TX=1")]
    Generate(GenerateArgs),
    /// Count what the database holds.
    Stats(StatsArgs),
    /// Search with a sentence, as Lexi would read it.
    #[command(after_long_help = "\
Examples:
  lexi prospects search \"CEOs in Texas\"
  lexi prospects search \"general counsels at banks in New York City\" --limit 100 --json
      {\"matched\": 140, \"people\": [{\"full_name\": …, the fields of an import}]}
  lexi prospects search \"general counsels\" --facets state,headcount      counts all who fit, not only those printed")]
    Search(SearchArgs),
    /// Build the search index anew from the database; a running server does it itself. Never needed in ordinary use.
    Reindex(ReindexArgs),
}

/// `lexi prospects import`.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    /// The file; `-` is standard input.
    file: PathBuf,
    /// Where these people come from; external ids count within it.
    #[arg(long, value_name = "NAME")]
    source: String,
    /// Column of the file and the field it fills; `COLUMN=` leaves it out. Repeatable.
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = Mapping::parse)]
    map: Vec<Mapping>,
    /// Write rows that can't be used to this file, with row number and reason.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Write nothing to the database; count what an import would do.
    #[arg(long)]
    dry_run: bool,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

/// `lexi prospects remove`.
#[derive(Debug, clap::Args)]
pub(super) struct RemoveArgs {
    /// The source, as `import` named it; `lexi prospects stats` lists them.
    #[arg(long, value_name = "NAME")]
    source: String,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// Count, and remove nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print JSON: {"source", "people", "companies", "dry_run"}; companies is null in a dry run.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

/// `lexi prospects generate`.
#[derive(Debug, clap::Args)]
pub(super) struct GenerateArgs {
    /// How many people.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
    people: u32,
    /// Where the numbers begin; the same seed makes the same people.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Share of law firms among the firms, from 0 to 1.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    law: Option<f64>,
    /// How many times more people of a US state than its population gives, like CA=3. Repeatable.
    #[arg(long, value_name = "STATE=WEIGHT", value_parser = weight)]
    us_state: Vec<(String, f64)>,
    /// Print JSON: {"people", "added", "updated", "unchanged"}.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

/// `lexi prospects stats`.
#[derive(Debug, clap::Args)]
pub(super) struct StatsArgs {
    /// Print JSON: {"people", "companies", "with_email", "with_title", "sources": {name: people}}.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

/// `lexi prospects search`.
#[derive(Debug, clap::Args)]
pub(super) struct SearchArgs {
    /// The request, for example "CEOs in Texas".
    #[arg(required = true, value_name = "REQUEST")]
    request: Vec<String>,
    /// How many people to print [default: the number in the request, else 25].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=i64::from(LIMIT_MAX)))]
    limit: Option<u32>,
    /// Count all who fit by state, country, industry, company_type, headcount, seniority, department or title; several
    /// with commas between.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    facets: Vec<String>,
    /// Print JSON: {"matched", "people": […]}, and "facets" when asked for.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

/// `lexi prospects reindex`.
#[derive(Debug, clap::Args)]
pub(super) struct ReindexArgs {
    /// Print JSON: {"people"}; null when a running server builds the index.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

/// Runs `lexi prospects`.
pub(super) async fn run(command: Command) -> anyhow::Result<Exit> {
    let mut screen = Screen::stdout();
    match command {
        Command::Import(args) => Box::pin(loading::import_file(args, &mut screen)).await,
        Command::Remove(args) => Box::pin(loading::remove(args, &mut screen)).await,
        Command::Generate(args) => make(args, &mut screen).await,
        Command::Stats(args) => stats(&args, &mut screen).await,
        Command::Search(args) => Box::pin(find(args, &mut screen)).await,
        Command::Reindex(args) => Box::pin(reindex(&args, &mut screen)).await,
    }
}

async fn make(args: GenerateArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let db = args.storage.open_db().await?;
    let label = format!("Making {}", counted(args.people.into(), "synthetic person", "synthetic people"));
    let shown = Steps::new(&label, args.people.into(), screen);
    let target = args.storage.target(&db)?;
    let options = generate::Options { people: args.people, seed: args.seed, law: args.law, us_states: args.us_state };
    let made = tokio::select! {
        made = generate::run(&target, clock(), options, |done| shown.reached(done, done)) => made,
        () = stop_signal()? => return shown.interrupted(&db, "people").await,
    };
    shown.finish();
    db.close().await;
    let saved = made?;
    index_where_nobody_serves(&args.storage, screen).await?;
    if args.json {
        let (added, updated, unchanged) = (saved.added, saved.updated, saved.unchanged);
        screen.json(&json!({ "people": args.people, "added": added, "updated": updated, "unchanged": unchanged }))?;
    } else {
        let (added, updated, unchanged) = (number(saved.added), number(saved.updated), number(saved.unchanged));
        screen.print(&format!("{added} people added, {updated} updated, {unchanged} there already."))?;
    }
    Ok(Exit::Done)
}

async fn stats(args: &StatsArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let db = args.storage.open_db().await?;
    let counted_now = db.read(prospects::stats).await;
    db.close().await;
    let stats = counted_now?;
    if args.json {
        screen.json(&stats)?;
        return Ok(Exit::Done);
    }
    let mut rows = vec![
        vec!["people".to_owned(), number(stats.people)],
        vec!["companies".to_owned(), number(stats.companies)],
        vec!["people with an e-mail address".to_owned(), number(stats.with_email)],
        vec!["people with a title".to_owned(), number(stats.with_title)],
    ];
    rows.extend(
        stats.sources.iter().map(|(source, people)| vec![format!("people from \"{source}\""), number(*people)]),
    );
    screen.print(&screen.layout.columns(0, &rows).join("\n"))?;
    Ok(Exit::Done)
}

/// What a search prints for a program.
#[derive(Serialize)]
struct FoundPeople {
    matched: u64,
    people: Vec<Row>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    facets: BTreeMap<Facet, Counts>,
}

async fn find(args: SearchArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let words = args.request.join(" ");
    let request = understand::read(&words);
    let Some(filter) = Filter::from_request(&request) else {
        return Err(Usage(format!(
            "\"{words}\" does not read as a search for people. Try \"CEOs in Texas\"; lexi understand shows what is read."
        ))
        .into());
    };
    filter.check()?;
    let stated = request.search().and_then(|search| search.count);
    let limit = args.limit.or(stated).unwrap_or(LIMIT).min(LIMIT_MAX) as usize;
    let facets = Facet::named(&args.facets).map_err(|error| Usage(error.to_string()))?;
    let app = args.storage.open_app().await?;
    let found = take(&app, filter, facets, limit).await;
    app.close().await;
    let found = found?;
    if args.json {
        screen.json(&found)?;
        return Ok(Exit::Done);
    }
    let layout = screen.layout;
    let read = serde_json::from_value(serde_json::to_value(&request)?)?;
    screen.print(&proposal::read(&read, layout))?;
    screen.print(&layout.labelled("       ", &format!("{} fit.", counted(found.matched, "person", "people"))))?;
    for (facet, counts) in &found.facets {
        screen.print(&layout.labelled("       ", &format!("By {}:", facet.as_str().replace('_', " "))))?;
        screen.print(&layout.columns(9, &table(counts)).join("\n"))?;
    }
    let rows: Vec<Vec<String>> = found.people.iter().map(line).collect();
    screen.print(&layout.columns(7, &rows).join("\n"))?;
    Ok(Exit::Done)
}

/// The counts of a facet for a person; they add up to all who fit.
fn table(counts: &Counts) -> Vec<Vec<String>> {
    let shown = counts.values.iter().map(|counted| {
        let country = counted.country.iter().map(|country| format!(", {country}"));
        (country.fold(counted.value.clone(), |value, country| value + &country), counted.count)
    });
    let rest = [("others", counts.other), ("not known", counts.unknown)];
    let rest = rest.into_iter().filter(|(_, count)| *count > 0).map(|(name, count)| (name.to_owned(), count));
    shown.chain(rest).map(|(name, count)| vec![name, number(count)]).collect()
}

async fn take(app: &App, filter: Filter, facets: Vec<Facet>, limit: usize) -> anyhow::Result<FoundPeople> {
    search::catch_up(&app.db, &app.search, |_| {}).await?;
    let snapshot = app.search.snapshot();
    let found = app.db.read(move |tx| {
        let view = search::view(tx, &snapshot)?;
        let found = view.find(&filter);
        let people = found.take(tx, &Default::default(), limit)?.iter().map(prospects::Person::to_row).collect();
        let facets = view.facets(&found, &facets, search::FACET_LIMIT);
        Ok(FoundPeople { matched: found.count(), people, facets })
    });
    Ok(found.await?)
}

fn line(person: &Row) -> Vec<String> {
    let role: Vec<&str> = [&person.title, &person.company].into_iter().flatten().map(String::as_str).collect();
    let place: Vec<&str> = [&person.city, &person.state].into_iter().flatten().map(String::as_str).collect();
    vec![person.full_name.clone().unwrap_or_default(), role.join(", "), place.join(", ")]
}

/// Running servers are asked to build their own copies anew; where none runs, it is done here.
async fn reindex(args: &ReindexArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let app = args.storage.open_app().await?;
    let built = rebuild(&app, screen).await;
    app.close().await;
    let built = built?;
    if args.json {
        screen.json(&json!({ "people": built }))?;
    } else if let Some(people) = built {
        screen.print(&format!("{} in the index.", counted(people, "person is", "people are")))?;
    } else {
        screen.print("A server is running on this data; it builds its index anew now.")?;
    }
    Ok(Exit::Done)
}

/// How many people are in the new index; nothing when a running server builds it.
async fn rebuild(app: &App, screen: &Screen) -> anyhow::Result<Option<u64>> {
    app.db.write(prospects::ask_for_rebuild).await?;
    if !app.search.holds_lock() {
        return Ok(None);
    }
    Ok(Some(index(app, true, screen).await?))
}

/// Brings the index up to the database after a load, so that the next server starts at once. A server that runs does it
/// by itself.
async fn index_where_nobody_serves(storage: &Storage, screen: &Screen) -> anyhow::Result<()> {
    if !storage.may_index()? {
        return Ok(());
    }
    let app = storage.open_app().await?;
    let indexed = if app.search.holds_lock() { index(&app, false, screen).await } else { Ok(0) };
    app.close().await;
    indexed.map(|_| ())
}

/// Brings the index up to the database, or builds it anew, and saves it; how many people were put in.
pub(super) async fn index(app: &App, anew: bool, screen: &Screen) -> anyhow::Result<u64> {
    let total = app.db.read(|tx| Ok(prospects::stats(tx)?.people)).await?;
    let shown = Steps::new("Indexing", total, screen);
    let progress = |people| shown.reached(people, people);
    let people = if anew {
        search::rebuild(&app.db, &app.search, progress).await
    } else {
        search::catch_up(&app.db, &app.search, progress).await
    };
    shown.finish();
    let people = people?;
    let (search, now_ms) = (std::sync::Arc::clone(&app.search), app.clock.now_ms());
    tokio::task::spawn_blocking(move || search.save(now_ms)).await?.context("Can't write the search index")?;
    Ok(people)
}

fn share(text: &str) -> Result<f64, Usage> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| Usage(format!("\"{text}\" is no share; write a number from 0 to 1.")))
}

fn weight(text: &str) -> Result<(String, f64), Usage> {
    let weight = text.split_once('=').and_then(|(state, weight)| {
        let weight: f64 = weight.trim().parse().ok().filter(|weight: &f64| weight.is_finite() && *weight >= 0.0)?;
        Some((state.trim().to_owned(), weight)).filter(|(state, _)| !state.is_empty())
    });
    weight.ok_or_else(|| Usage(format!("\"{text}\" is no weight of a state; write it like CA=3.")))
}

/// Width of the words before a bar.
const LABEL: usize = 32;

/// How far long work is: a bar at a terminal, a plain line at its end elsewhere.
pub(super) struct Steps {
    label: String,
    bar: Option<ProgressBar>,
    begun: Instant,
    count: Cell<u64>,
    /// Nobody knows how much there is: only the count moves.
    endless: bool,
}

impl Steps {
    /// Work of `total` steps. Bars go to standard error, where they never mix with what was asked for.
    pub(super) fn new(label: &str, total: u64, screen: &Screen) -> Steps {
        Steps::with(label, total, "{bar:28}  {percent:>3}%   {elapsed}", screen)
    }

    /// Work of which nobody knows how much there is.
    fn endless(label: &str, screen: &Screen) -> Steps {
        Steps { endless: true, ..Steps::with(label, 0, "{elapsed}", screen) }
    }

    fn with(label: &str, total: u64, rest: &str, screen: &Screen) -> Steps {
        let on_terminal = screen.layout.width.is_some() && console::user_attended_stderr();
        let template = format!("{{msg:{LABEL}}}  {rest}");
        let bar = on_terminal.then(|| bar(&template, total, label, ProgressDrawTarget::stderr()));
        Steps { label: label.to_owned(), bar, begun: Instant::now(), count: Cell::new(0), endless: false }
    }

    /// `at` of the total; `count` is what people count.
    pub(super) fn reached(&self, at: u64, count: u64) {
        self.count.set(count);
        if let Some(bar) = &self.bar {
            bar.set_position(if self.endless { 0 } else { at });
            if at != count || self.endless {
                bar.set_message(format!("{} {}", self.label, HumanCount(count)));
            }
        }
    }

    /// Ctrl-C came while rows were stored: says what is there and how to go on.
    async fn interrupted(&self, db: &Db, what: &str) -> anyhow::Result<Exit> {
        self.stopped(db, &format!("{what} are stored and stay. Run the same command again; nobody is doubled.")).await
    }

    /// Ctrl-C came: closes the database and says how far the work is. What was under way may be done too.
    async fn stopped(&self, db: &Db, what: &str) -> anyhow::Result<Exit> {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        db.close().await;
        eprintln!("Stopped: at least {} {what}", number(self.count.get()));
        Ok(Exit::Interrupted)
    }

    /// Leaves the last state on the screen.
    pub(super) fn finish(&self) {
        let took = self.begun.elapsed().as_secs_f64();
        match &self.bar {
            Some(bar) => {
                bar.finish_and_clear();
                eprintln!("{:LABEL$}  {}  100%   {took:.1} s", self.label, "━".repeat(28));
            }
            None => eprintln!("{}: done in {took:.1} s", self.label),
        }
    }
}
