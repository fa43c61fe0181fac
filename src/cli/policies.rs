//! `lexi policies`: what is approved in a person's place in the key's workspace, over HTTP. The key needs `policies:admin`.

use serde_json::{Map, Value, json};

use super::exit::Exit;
use super::records::{Asked, One, Sort, body, changes, json_of, several, text, told};
use super::screen::{Screen, day};

const POLICIES: Sort = Sort { path: "/v1/lexi/policies", list: "policies", name: "policy" };

/// `lexi policies`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List the policies, newest first, with what they approved today.
    List(Asked),
    /// Show a policy with all its versions.
    Show(One),
    /// Make a policy that approves in this key's name, or try what it would have approved of the tasks decided before.
    #[command(after_long_help = "\
A policy approves as the vote of the key that made it, under the rules in force. It ends with --expires-at, with the key,
and at once when it is revoked.

Examples:
  lexi policies add --name \"Small searches\" --type prospect_search --max-size 10 --daily-tasks 20 --daily-people 100 \\
    --expires-at 2026-12-24T00:00:00Z --filters '{\"titles\": [\"CEO\"]}' --try")]
    Add(AddArgs),
    /// Change a policy: its next version, in this key's name. What is not named stays.
    Change(ChangeArgs),
    /// End a policy, at once and for ever. It stays readable.
    Revoke(One),
}

/// `lexi policies add`.
#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    #[command(flatten)]
    said: Said,
    /// Make nothing: show what the policy would have approved of the tasks decided before.
    #[arg(long = "try")]
    trial: bool,
    /// How many days --try looks back, at most 90.
    #[arg(long, default_value_t = 30, requires = "trial")]
    days: u32,
    #[command(flatten)]
    asked: Asked,
}

/// `lexi policies change`.
#[derive(Debug, clap::Args)]
pub(super) struct ChangeArgs {
    #[command(flatten)]
    said: Said,
    #[command(flatten)]
    one: One,
}

/// What a policy says. A new one needs all but --filters and --reason.
#[derive(Debug, clap::Args)]
struct Said {
    /// What the policy is called.
    #[arg(long)]
    name: Option<String>,
    /// A type of task it approves: prospect_search, contact_update or list_operation; may be repeated.
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// The values it allows in each slot, as JSON: {"titles": ["CEO"], "locations": [{"state": "California"}]}.
    #[arg(long, value_name = "JSON")]
    filters: Option<String>,
    /// People or records of one task, at most.
    #[arg(long, value_name = "N")]
    max_size: Option<u32>,
    /// Tasks on one day (UTC), at most.
    #[arg(long, value_name = "N")]
    daily_tasks: Option<u32>,
    /// People or records on one day (UTC), at most.
    #[arg(long, value_name = "N")]
    daily_people: Option<u32>,
    /// When it ends, at most 366 days ahead.
    #[arg(long, value_name = "TIME")]
    expires_at: Option<String>,
    /// The reason its approvals give, where a rule wants one.
    #[arg(long)]
    reason: Option<String>,
}

impl Said {
    fn fields(&self) -> anyhow::Result<Map<String, Value>> {
        let number = |given: Option<u32>| given.map(|number| json!(number));
        let words = |given: &Option<String>| given.as_ref().map(|words| json!(words));
        Ok(body([
            ("name", words(&self.name)),
            ("types", several(&self.types)),
            ("filters", json_of("--filters", self.filters.as_deref())?),
            ("max_size", number(self.max_size)),
            ("daily_tasks", number(self.daily_tasks)),
            ("daily_people", number(self.daily_people)),
            ("expires_at", words(&self.expires_at)),
            ("reason", words(&self.reason)),
        ]))
    }
}

/// Runs `lexi policies`.
pub(super) async fn run(command: Command) -> anyhow::Result<Exit> {
    let mut screen = Screen::stdout();
    match command {
        Command::List(args) => list(&args, &mut screen).await,
        Command::Show(args) => POLICIES.show(&args, |policy| policy, &mut screen).await,
        Command::Add(args) => add(&args, &mut screen).await,
        Command::Change(args) => change(&args, &mut screen).await,
        Command::Revoke(args) => revoke(&args, &mut screen).await,
    }
}

async fn list(asked: &Asked, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = asked.server.client()?;
    let answer = client.get(POLICIES.path, &[("per_page", "100".to_owned())]).await?;
    if asked.json {
        screen.json(&answer)?;
        return Ok(Exit::Done);
    }
    let policies = answer["data"]["policies"].as_array().cloned().unwrap_or_default();
    if policies.is_empty() {
        screen.print("There is no policy: every task waits for a person.")?;
        return Ok(Exit::Done);
    }
    let mut rows = vec![["policy", "status", "until", "today", "name"].map(str::to_owned).to_vec()];
    rows.extend(policies.iter().map(|policy| {
        let today = format!("{} of {} tasks", policy["today"]["tasks"], policy["daily_tasks"]);
        let until = day(&text(policy, "expires_at"));
        vec![text(policy, "id"), text(policy, "status"), until, today, text(policy, "name")]
    }));
    screen.table(&rows)?;
    Ok(Exit::Done)
}

async fn add(args: &AddArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.asked.server.client()?;
    let policy = Value::Object(args.said.fields()?);
    if args.trial {
        let trial = json!({ "policy": policy, "days": args.days });
        let answer = client.post(&format!("{}/dry-run", POLICIES.path), Some(&trial)).await?;
        let run = &answer["data"];
        return told(
            &answer,
            args.asked.json,
            &format!(
                "Of {} tasks decided in the last {} days {} lie within the policy: {} it would have approved, {} it would have \
                 voted for, {} were refused to it by the rules, {} were over the day's limits. Nothing was made.",
                run["tasks"],
                args.days,
                run["concerned"],
                run["approved"],
                run["voted"],
                run["refused"],
                run["over_cap"]
            ),
            screen,
        );
    }
    let answer = client.post(POLICIES.path, Some(&policy)).await?;
    let policy = &answer["data"];
    told(
        &answer,
        args.asked.json,
        &format!("The policy {} approves until {}.", text(policy, "id"), day(&text(policy, "expires_at"))),
        screen,
    )
}

async fn change(args: &ChangeArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.one.asked.server.client()?;
    let fields = changes(args.said.fields()?)?;
    let answer = client.patch(&POLICIES.find(&client, &args.one.id).await?, &fields).await?;
    let policy = &answer["data"];
    told(
        &answer,
        args.one.asked.json,
        &format!("The policy {} holds in version {}, in this key's name.", text(policy, "id"), policy["version"]),
        screen,
    )
}

async fn revoke(one: &One, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = one.asked.server.client()?;
    let path = POLICIES.find(&client, &one.id).await?;
    let answer = client.post(&format!("{path}/revoke"), None).await?;
    told(&answer, one.asked.json, "The policy is revoked: nothing is approved by it any more.", screen)
}
