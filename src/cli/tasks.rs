//! `lexi tasks`: what Lexi proposes, and the decisions about it, over HTTP. Approving at a terminal shows the plan first and
//! approves exactly that plan.

use std::time::Duration;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::answers::{Task, Tasks, data};
use super::chat::exit_of;
use super::client::{Client, Failure, Refusal, Server};
use super::exit::{Exit, Usage};
use super::intervene::{self, End};
use super::proposal;
use super::records::{body, several};
use super::screen::{Screen, minute, number};
use super::watch::{self, Approval, Consent};

/// Tasks looked through when only a part of an id is given: pages of a hundred.
const PAGES_SEARCHED: u32 = 10;
/// Shortest part of an id that is looked for.
const PART_MIN: usize = 4;

/// `lexi tasks`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List tasks, newest first.
    #[command(after_long_help = "\
Examples:
  lexi tasks list                      what waits for a decision
  lexi tasks list --status completed   what was done
  lexi tasks list --status all --json  {\"data\": {\"tasks\": […]}, \"meta\": {…}}")]
    List(ListArgs),
    /// Show one task: what was read, what approval causes, who decided, what was done.
    Show(OneArgs),
    /// Approve a pending task and watch it to its end.
    #[command(after_long_help = "\
At a terminal the plan is shown first, and exactly that plan is approved. Elsewhere the task is approved as it is;
a task that was changed since it was proposed then needs --plan-hash, so that nobody approves what he did not see.
A part is approved with --only or --exclude…; the rest is declined, and the decision names whom it is for.

Examples:
  lexi tasks approve 3e8f01ab --exclude-company \"Acme LLP\" --reason \"Acme is a client\"
  lexi tasks approve 3e8f01ab          the end of an id is enough
  lexi tasks approve 0193f2c4-7a10-7c44-9d0e-51d33e8f01ab --yes --json")]
    Approve(ApproveArgs),
    /// Dismiss a pending task; nothing is changed.
    Dismiss(DismissArgs),
    /// Propose to take back what a task did: an undo is a task of its own, which waits for a decision.
    #[command(after_long_help = "\
What a task made and nobody touched since is removed, fields get back the values they had; what was changed since is kept
and listed. A task can be undone for 30 days after it ended. Nothing happens before the undo is approved.

Examples:
  lexi tasks undo 3e8f01ab
  lexi tasks undo 3e8f01ab --json      {\"data\": {…}} of the new task")]
    Undo(OneArgs),
    /// Watch a task until it has ended, pending ones too.
    Watch(WatchArgs),
    /// Change a pending task: how many, whom not, onto which list. What follows is counted anew.
    Edit(intervene::EditArgs),
    /// Take an approval back while its work has not begun.
    Retract(DismissArgs),
    /// Stop an approved task: what was done stays, nothing more is done.
    Stop(DismissArgs),
    /// Freeze a type of task, or everything: nothing begins and nothing goes on until it is unfrozen.
    Freeze(intervene::FreezeArgs),
    /// Lift a freeze, or show those in force.
    Unfreeze(intervene::UnfreezeArgs),
}

/// `lexi tasks list`.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// pending, approved, dismissed, completed, failed or all.
    #[arg(long, default_value = "pending")]
    status: String,
    /// Only tasks of this type: prospect_search, campaign_start, contact_update, list_operation or undo.
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// Which page, from 1.
    #[arg(long, default_value_t = 1)]
    page: u32,
    /// Tasks a page, at most 100.
    #[arg(long, default_value_t = 50)]
    per_page: u32,
    /// Print the server's answer as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// A task.
#[derive(Debug, clap::Args)]
pub(super) struct OneArgs {
    /// The task's id, or enough of its end to tell it apart.
    pub(super) id: String,
    /// Print the server's answer as JSON.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) server: Server,
}

/// `lexi tasks approve`.
#[derive(Debug, clap::Args)]
pub(super) struct ApproveArgs {
    #[command(flatten)]
    one: OneArgs,
    /// Don't show and ask first.
    #[arg(long, short)]
    yes: bool,
    /// The plan that was seen (plan_hash of the task); another one is refused.
    #[arg(long, value_name = "HASH")]
    plan_hash: Option<String>,
    #[command(flatten)]
    said: Said,
    /// Return as soon as it is approved.
    #[arg(long)]
    no_wait: bool,
    /// Stop watching after so many seconds.
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
}

/// What an approval says beside which plan it is for.
#[derive(Debug, clap::Args)]
struct Said {
    /// Why; kept with the decision, and needed where a rule says so.
    #[arg(long)]
    reason: Option<String>,
    /// Approve this one of the selection, by id, and decline the rest; may be repeated.
    #[arg(long, value_name = "ID", conflicts_with_all = ["exclude", "exclude_company", "exclude_domain", "exclude_title"])]
    only: Vec<String>,
    /// Approve all but this one, by id; may be repeated.
    #[arg(long, value_name = "ID")]
    exclude: Vec<String>,
    /// Approve all but the people of this company; may be repeated.
    #[arg(long, value_name = "NAME")]
    exclude_company: Vec<String>,
    /// Approve all but those with an e-mail address at this domain; may be repeated.
    #[arg(long, value_name = "DOMAIN")]
    exclude_domain: Vec<String>,
    /// Approve all but those whose title holds these words; may be repeated.
    #[arg(long, value_name = "WORDS")]
    exclude_title: Vec<String>,
}

impl Said {
    fn fields(&self) -> Map<String, Value> {
        let filter = body([
            ("companies", several(&self.exclude_company)),
            ("email_domains", several(&self.exclude_domain)),
            ("titles", several(&self.exclude_title)),
        ]);
        let filter = (!filter.is_empty()).then_some(Value::Object(filter));
        let exclude = body([("ids", several(&self.exclude)), ("filter", filter)]);
        body([
            ("reason", self.reason.as_ref().map(|reason| json!(reason))),
            ("only", several(&self.only)),
            ("exclude", (!exclude.is_empty()).then_some(Value::Object(exclude))),
        ])
    }
}

/// `lexi tasks dismiss`.
#[derive(Debug, clap::Args)]
pub(super) struct DismissArgs {
    #[command(flatten)]
    pub(super) one: OneArgs,
    /// Why; kept with the task.
    #[arg(long)]
    pub(super) reason: Option<String>,
}

/// `lexi tasks watch`.
#[derive(Debug, clap::Args)]
pub(super) struct WatchArgs {
    #[command(flatten)]
    one: OneArgs,
    /// Stop watching after so many seconds; the command then ends with 5.
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
}

/// Runs `lexi tasks`.
pub(super) async fn run(command: Command) -> anyhow::Result<Exit> {
    let mut screen = Screen::stdout();
    match command {
        Command::List(args) => list(&args, &mut screen).await,
        Command::Show(args) => show(&args, &mut screen).await,
        Command::Approve(args) => approve(&args, &mut screen).await,
        Command::Dismiss(args) => dismiss(&args, &mut screen).await,
        Command::Undo(args) => undo(&args, &mut screen).await,
        Command::Watch(args) => watch_one(&args, &mut screen).await,
        Command::Edit(args) => intervene::edit(&args, &mut screen).await,
        Command::Retract(args) => intervene::end(&args, End::Retract, &mut screen).await,
        Command::Stop(args) => intervene::end(&args, End::Stop, &mut screen).await,
        Command::Freeze(args) => intervene::freeze(&args, &mut screen).await,
        Command::Unfreeze(args) => intervene::unfreeze(&args, &mut screen).await,
    }
}

async fn list(args: &ListArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.server.client()?;
    let mut query =
        vec![("status", args.status.clone()), ("page", args.page.to_string()), ("per_page", args.per_page.to_string())];
    query.extend(args.kind.clone().map(|kind| ("type", kind)));
    let answer = client.get("/v1/lexi/tasks", &query).await?;
    if args.json {
        screen.json(&answer)?;
        return Ok(Exit::Done);
    }
    let tasks: Tasks = data(&answer)?;
    if tasks.tasks.is_empty() {
        screen.print(&match args.status.as_str() {
            "pending" => "Nothing waits for a decision.".to_owned(),
            "all" => "There are no tasks yet.".to_owned(),
            other => format!("No task is {other}."),
        })?;
        return Ok(Exit::Done);
    }
    let on_terminal = screen.layout.width.is_some();
    screen.table(&rows(&tasks.tasks, on_terminal))?;
    let shown = u64::from(args.page.saturating_sub(1)) * u64::from(args.per_page) + tasks.tasks.len() as u64;
    let more = answer["meta"]["total"].as_u64().unwrap_or(0).saturating_sub(shown);
    if more > 0 {
        screen.print(&format!("{} older: --page {}", number(more), args.page + 1))?;
    }
    Ok(Exit::Done)
}

/// A line a task; at a terminal with the end of its id, which is enough to name it.
fn rows(tasks: &[Task], on_terminal: bool) -> Vec<Vec<String>> {
    let mut rows = vec![["task", "state", "since (UTC)", "adds", "what"].map(str::to_owned).to_vec()];
    rows.extend(tasks.iter().map(|task| {
        let id = if on_terminal { task.short_id() } else { task.id.as_str() };
        let figures = task.result.as_ref().or(task.preview.as_ref());
        vec![
            id.to_owned(),
            task.status.clone(),
            task.status_at.as_deref().map(minute).unwrap_or_default(),
            figures.and_then(|figures| figures.added).map(number).unwrap_or_default(),
            // "make it 100" says little without what was said before.
            task.metadata
                .query
                .clone()
                .filter(|_| task.revision.unwrap_or(1) == 1)
                .or_else(|| task.description.clone())
                .unwrap_or_default(),
        ]
    }));
    rows
}

async fn show(args: &OneArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.server.client()?;
    let id = find(&client, &args.id).await?;
    let answer = watch::answer(&client, &id).await?;
    if args.json {
        screen.json(&answer)?;
    } else {
        screen.print(&proposal::whole(&data(&answer)?, screen.layout))?;
    }
    Ok(Exit::Done)
}

async fn approve(args: &ApproveArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.one.server.client()?;
    let id = find(&client, &args.one.id).await?;
    let timeout = args.timeout.map(Duration::from_secs);
    let mut consent = Consent { plan_hash: args.plan_hash.clone(), more: args.said.fields() };
    if !args.yes && !args.one.json && screen.can_ask() {
        let task = watch::fetch(&client, &id).await?;
        screen.print(&proposal::whole(&task, screen.layout))?;
        if task.status == "pending" {
            screen.print("")?;
            if !screen.confirm("Approve?").await? {
                screen.print("       Nothing was done; the task stays pending.")?;
                return Ok(Exit::Done);
            }
        }
        consent.plan_hash = consent.plan_hash.or(task.plan_hash);
    }
    if args.one.json {
        return approve_for_a_program(&client, &id, &consent, args, screen).await;
    }
    if args.no_wait {
        let approved = watch::send_approval(&client, &id, &consent).await?;
        screen.print(&format!("Task {id} is now {}.", approved.status))?;
        return Ok(Exit::Done);
    }
    match watch::approve(&client, &id, &consent, timeout, screen).await? {
        Approval::Ended(task) => Ok(exit_of(&task)),
        Approval::Voted | Approval::Held => Ok(Exit::Done),
        Approval::Open => Ok(Exit::Incomplete),
    }
}

async fn approve_for_a_program(
    client: &Client,
    id: &str,
    consent: &Consent,
    args: &ApproveArgs,
    screen: &mut Screen,
) -> anyhow::Result<Exit> {
    let approved = watch::send_approval(client, id, consent).await?;
    if args.no_wait || approved.status != "approved" || !approved.execution_started {
        screen.json(&watch::answer(client, id).await?)?;
        return Ok(Exit::Done);
    }
    let ended = watch::until_ended(client, id, args.timeout.map(Duration::from_secs), |_| Ok(())).await?;
    screen.json(&ended)?;
    Ok(exit_of(&data(&ended)?))
}

async fn dismiss(args: &DismissArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.one.server.client()?;
    let id = find(&client, &args.one.id).await?;
    let body = args.reason.as_ref().map(|reason| json!({ "reason": reason }));
    let answer = client.post(&format!("/v1/lexi/tasks/{id}/dismiss"), body.as_ref()).await?;
    if args.one.json {
        screen.json(&answer)?;
    } else {
        screen.print(&format!("Task {id} is dismissed: nothing was changed."))?;
    }
    Ok(Exit::Done)
}

async fn undo(args: &OneArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.server.client()?;
    let id = find(&client, &args.id).await?;
    let answer = client.post(&format!("/v1/lexi/tasks/{id}/undo"), None).await?;
    if args.json {
        screen.json(&answer)?;
        return Ok(Exit::Done);
    }
    let task: Task = data(&answer)?;
    screen.print(&proposal::whole(&task, screen.layout))?;
    screen.print(&format!("       Nothing was done yet. Approve it with lexi tasks approve {}.", task.id))?;
    Ok(Exit::Done)
}

async fn watch_one(args: &WatchArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.one.server.client()?;
    let id = find(&client, &args.one.id).await?;
    let timeout = args.timeout.map(Duration::from_secs);
    if args.one.json {
        let last = watch::until_ended(&client, &id, timeout, |_| Ok(())).await?;
        screen.json(&last)?;
        return Ok(exit_of(&data(&last)?));
    }
    let task = watch::follow(&client, &id, timeout, screen).await?;
    watch::show_end(&client, &task, None, screen).await?;
    Ok(exit_of(&task))
}

/// The whole id for what a person typed: the id itself, or enough of its end (or beginning) to tell it apart.
pub(super) async fn find(client: &Client, typed: &str) -> anyhow::Result<String> {
    let typed = typed.trim().to_lowercase();
    if let Ok(id) = Uuid::try_parse(&typed) {
        return Ok(id.to_string());
    }
    if typed.len() < PART_MIN || !typed.chars().all(|letter| letter.is_ascii_hexdigit() || letter == '-') {
        let message = format!("\"{typed}\" is no task id. Give the id, or at least {PART_MIN} characters of its end.");
        return Err(Usage(message).into());
    }
    let mut found: Vec<String> = Vec::new();
    for page in 1..=PAGES_SEARCHED {
        let query = [("status", "all".to_owned()), ("page", page.to_string()), ("per_page", "100".into())];
        let answer = client.get("/v1/lexi/tasks", &query).await?;
        let tasks: Tasks = data(&answer)?;
        found.extend(fitting(&tasks.tasks, &typed));
        if tasks.tasks.len() < 100 {
            break;
        }
    }
    match found.as_slice() {
        [id] => Ok(id.clone()),
        [] => Err(no_such_task(&typed).into()),
        several => {
            let message = format!("Several tasks fit \"{typed}\":\n  {}\nGive more of the id.", several.join("\n  "));
            Err(Usage(message).into())
        }
    }
}

fn fitting<'t>(tasks: &'t [Task], typed: &str) -> impl Iterator<Item = String> + use<'t> {
    let typed = typed.to_owned();
    tasks.iter().map(|task| task.id.clone()).filter(move |id| id.ends_with(&typed) || id.starts_with(&typed))
}

fn no_such_task(typed: &str) -> Failure {
    Failure::Refused(Refusal {
        status: 404,
        code: "not_found".into(),
        message: format!("No task's id ends with \"{typed}\"; lexi tasks list --status all shows them"),
        details: Value::Null,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_id_is_enough() {
        let tasks = ["0193f2c4-7a10-7c44-9d0e-51d33e8f01ab", "0193f2c4-7a10-7c44-9d0e-51d3aaaa0000"]
            .map(|id| Task { id: id.into(), ..Task::default() });
        assert_eq!(fitting(&tasks, "3e8f01ab").count(), 1);
        assert_eq!(fitting(&tasks, "0193f2c4").count(), 2);
        assert_eq!(fitting(&tasks, "7c44").count(), 0);
        assert_eq!(tasks[0].short_id(), "3e8f01ab");
    }
}
