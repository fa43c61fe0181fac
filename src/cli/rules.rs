//! `lexi rules`: who may approve what in the key's workspace, over HTTP. The key needs `policies:admin`.

use serde_json::{Map, Value, json};

use super::exit::Exit;
use super::records::{Asked, One, Sort, body, changes, json_of, several, text, told};
use super::screen::{Screen, minute};

const RULES: Sort = Sort { path: "/v1/lexi/rules", list: "rules", name: "rule" };

/// `lexi rules`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List the rules in force, newest first.
    List(ListArgs),
    /// Show a rule with all its versions.
    Show(One),
    /// Put a rule into force, or try what it would have made of the tasks decided before.
    #[command(after_long_help = "\
All rules in force that concern a task hold together. --approve counts approvals by roles: \"2 of partner and 1 of compliance
and not requester\", \"any 2\", \"human\", with and, or and parentheses.

Examples:
  lexi rules add --name \"Large searches\" --type prospect_search --min-size 100 --approve \"2 of partner\" --try
  lexi rules add --name \"Large searches\" --type prospect_search --min-size 100 --approve \"2 of partner\"
  lexi rules add --name \"Reasons\" --reason-required approve --reason-required dismiss --hold-minutes 30")]
    Add(AddArgs),
    /// Change a rule: its next version. What is not named stays.
    Change(ChangeArgs),
    /// Take a rule out of force, for ever. It stays readable.
    Retire(One),
}

/// `lexi rules list`.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Those that were retired, too.
    #[arg(long)]
    retired: bool,
    #[command(flatten)]
    asked: Asked,
}

/// `lexi rules add`.
#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// What the rule is called.
    #[arg(long)]
    name: String,
    #[command(flatten)]
    said: Said,
    /// Put nothing into force: show what the rule would have made of the tasks decided before.
    #[arg(long = "try")]
    trial: bool,
    /// How many days --try looks back, at most 90.
    #[arg(long, default_value_t = 30, requires = "trial")]
    days: u32,
    #[command(flatten)]
    asked: Asked,
}

/// `lexi rules change`.
#[derive(Debug, clap::Args)]
pub(super) struct ChangeArgs {
    /// What the rule is called from now on.
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    said: Said,
    #[command(flatten)]
    one: One,
}

/// What a rule says, beside its name.
#[derive(Debug, clap::Args)]
struct Said {
    /// A type of task it is about; may be repeated. All when left out.
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// From so many people or records on.
    #[arg(long, value_name = "N")]
    min_size: Option<u32>,
    /// Up to so many.
    #[arg(long, value_name = "N")]
    max_size: Option<u32>,
    /// Whose approvals are wanted; "any 1" when left out.
    #[arg(long, value_name = "WORDS")]
    approve: Option<String>,
    /// What needs a reason: approve or dismiss; may be repeated.
    #[arg(long, value_name = "DECISION")]
    reason_required: Vec<String>,
    /// When approvals are taken, as JSON: {"days": ["mon"], "from": "08:00", "to": "18:00", "zone": "+01:00"}.
    #[arg(long, value_name = "JSON")]
    hours: Option<String>,
    /// The work is held back so long after the decision.
    #[arg(long, value_name = "MINUTES")]
    hold_minutes: Option<u32>,
    /// The work begins within this time after that, or never.
    #[arg(long, value_name = "HOURS")]
    start_within_hours: Option<u32>,
    /// How long there is to decide.
    #[arg(long, value_name = "HOURS")]
    deadline_hours: Option<u32>,
    /// What happens then: dismiss or escalate.
    #[arg(long, value_name = "WHAT")]
    on_deadline: Option<String>,
    /// A role that it is passed on to then; may be repeated.
    #[arg(long, value_name = "ROLE")]
    escalate_to: Vec<String>,
    /// How long before the deadline it is reminded of.
    #[arg(long, value_name = "HOURS")]
    remind_hours_before: Option<u32>,
}

impl Said {
    fn fields(&self, name: Option<&str>) -> anyhow::Result<Map<String, Value>> {
        let number = |given: Option<u32>| given.map(|number| json!(number));
        Ok(body([
            ("name", name.map(|name| json!(name))),
            ("types", several(&self.types)),
            ("min_size", number(self.min_size)),
            ("max_size", number(self.max_size)),
            ("approve", self.approve.as_ref().map(|words| json!(words))),
            ("reason_required", several(&self.reason_required)),
            ("hours", json_of("--hours", self.hours.as_deref())?),
            ("hold_minutes", number(self.hold_minutes)),
            ("start_within_hours", number(self.start_within_hours)),
            ("deadline_hours", number(self.deadline_hours)),
            ("on_deadline", self.on_deadline.as_ref().map(|what| json!(what))),
            ("escalate_to", several(&self.escalate_to)),
            ("remind_hours_before", number(self.remind_hours_before)),
        ]))
    }
}

/// Runs `lexi rules`.
pub(super) async fn run(command: Command) -> anyhow::Result<Exit> {
    let mut screen = Screen::stdout();
    match command {
        Command::List(args) => list(&args, &mut screen).await,
        Command::Show(args) => RULES.show(&args, |rule| rule, &mut screen).await,
        Command::Add(args) => add(&args, &mut screen).await,
        Command::Change(args) => change(&args, &mut screen).await,
        Command::Retire(args) => retire(&args, &mut screen).await,
    }
}

async fn list(args: &ListArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.asked.server.client()?;
    let query = [("include_retired", args.retired.to_string()), ("per_page", "100".to_owned())];
    let answer = client.get(RULES.path, &query).await?;
    if args.asked.json {
        screen.json(&answer)?;
        return Ok(Exit::Done);
    }
    let rules = answer["data"]["rules"].as_array().cloned().unwrap_or_default();
    if rules.is_empty() {
        screen.print("There is no rule: one approval decides.")?;
        return Ok(Exit::Done);
    }
    let mut rows = vec![["rule", "version", "since (UTC)", "name", "approve"].map(str::to_owned).to_vec()];
    rows.extend(rules.iter().map(|rule| {
        let since = if rule["retired_at"].is_null() { minute(&text(rule, "changed_at")) } else { "retired".to_owned() };
        vec![text(rule, "id"), text(rule, "version"), since, text(rule, "name"), text(rule, "approve")]
    }));
    screen.table(&rows)?;
    Ok(Exit::Done)
}

async fn add(args: &AddArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.asked.server.client()?;
    let rule = Value::Object(args.said.fields(Some(&args.name))?);
    if args.trial {
        let trial = json!({ "rule": rule, "days": args.days });
        let answer = client.post(&format!("{}/dry-run", RULES.path), Some(&trial)).await?;
        let run = &answer["data"];
        return told(
            &answer,
            args.asked.json,
            &format!(
                "Of {} tasks decided in the last {} days the rule is about {}: {} approved as they were, {} refused, {} still \
                 waiting, {} dismissed as they were. Nothing was put into force.",
                run["tasks"],
                args.days,
                run["concerned"],
                run["approved"],
                run["refused"],
                run["waiting"],
                run["dismissed"]
            ),
            screen,
        );
    }
    let answer = client.post(RULES.path, Some(&rule)).await?;
    told(
        &answer,
        args.asked.json,
        &format!("The rule {} is in force: {}.", text(&answer["data"], "id"), text(&answer["data"], "approve")),
        screen,
    )
}

async fn change(args: &ChangeArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.one.asked.server.client()?;
    let fields = changes(args.said.fields(args.name.as_deref())?)?;
    let answer = client.patch(&RULES.find(&client, &args.one.id).await?, &fields).await?;
    let rule = &answer["data"];
    told(
        &answer,
        args.one.asked.json,
        &format!("The rule {} is in force in version {}.", text(rule, "id"), rule["version"]),
        screen,
    )
}

async fn retire(one: &One, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = one.asked.server.client()?;
    let answer = client.delete(&RULES.find(&client, &one.id).await?).await?;
    told(&answer, one.asked.json, "The rule is retired. Decisions that name it still can be read with it.", screen)
}
