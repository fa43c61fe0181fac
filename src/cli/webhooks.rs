//! `lexi webhooks`: addresses that are told of what happens in the key's workspace, over HTTP.

use serde_json::{Value, json};
use uuid::Uuid;

use super::exit::{Exit, Usage};
use super::records::{Asked, One, Sort, body, changes, several, text, told};
use super::screen::{Screen, minute};

const WEBHOOKS: Sort = Sort { path: "/v1/webhooks", list: "webhooks", name: "webhook" };

/// `lexi webhooks`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List the webhooks, oldest first.
    List(Asked),
    /// Show a webhook.
    Show(One),
    /// Make a webhook. Its secret stands alone on standard output and is shown this once.
    #[command(after_long_help = "\
Examples:
  lexi webhooks add https://hooks.example.com/lexi --event task.created --event task.completed
  lexi webhooks add https://hooks.example.com/lexi --event task.completed --json    {\"data\": {\"webhook\": {…}}}")]
    Add(AddArgs),
    /// Change a webhook; its secret stays.
    Change(ChangeArgs),
    /// Delete a webhook: its secret is dead at once.
    Delete(One),
    /// Send a webhook.test, which tells of nothing.
    Test(One),
    /// List what was sent in the last 30 days and what waits, newest first.
    Deliveries(DeliveriesArgs),
    /// Send a delivery again, whatever became of it.
    Redeliver(RedeliverArgs),
    /// Give a webhook another secret, which is shown this once. The one before signs too for a while.
    RotateSecret(RotateArgs),
}

/// `lexi webhooks add`.
#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// Where it is: https, and reachable from everywhere.
    address: String,
    /// An event it is told of; may be repeated.
    #[arg(long = "event", value_name = "EVENT", required = true)]
    events: Vec<String>,
    /// For people.
    #[arg(long)]
    description: Option<String>,
    #[command(flatten)]
    asked: Asked,
}

/// `lexi webhooks change`.
#[derive(Debug, clap::Args)]
pub(super) struct ChangeArgs {
    /// Where it is.
    #[arg(long)]
    address: Option<String>,
    /// An event it is told of; may be repeated. These take the place of those before.
    #[arg(long = "event", value_name = "EVENT")]
    events: Vec<String>,
    /// For people.
    #[arg(long)]
    description: Option<String>,
    /// false pauses it: what happens meanwhile is not sent.
    #[arg(long, value_name = "true|false")]
    active: Option<bool>,
    #[command(flatten)]
    one: One,
}

/// `lexi webhooks deliveries`.
#[derive(Debug, clap::Args)]
pub(super) struct DeliveriesArgs {
    /// Only waiting, delivered, failed or cancelled ones.
    #[arg(long)]
    status: Option<String>,
    /// Which page, from 1.
    #[arg(long, default_value_t = 1)]
    page: u32,
    #[command(flatten)]
    one: One,
}

/// `lexi webhooks redeliver`.
#[derive(Debug, clap::Args)]
pub(super) struct RedeliverArgs {
    #[command(flatten)]
    one: One,
    /// The delivery's id, as deliveries lists it.
    delivery: String,
}

/// `lexi webhooks rotate-secret`.
#[derive(Debug, clap::Args)]
pub(super) struct RotateArgs {
    #[command(flatten)]
    one: One,
    /// How long the secret before signs too, at most 168.
    #[arg(long, value_name = "HOURS")]
    overlap_hours: Option<u32>,
}

/// Runs `lexi webhooks`.
pub(super) async fn run(command: Command) -> anyhow::Result<Exit> {
    let mut screen = Screen::stdout();
    match command {
        Command::List(asked) => list(&asked, &mut screen).await,
        Command::Show(one) => WEBHOOKS.show(&one, |data| &data["webhook"], &mut screen).await,
        Command::Add(args) => add(&args, &mut screen).await,
        Command::Change(args) => change(&args, &mut screen).await,
        Command::Delete(one) => delete(&one, &mut screen).await,
        Command::Test(one) => test(&one, &mut screen).await,
        Command::Deliveries(args) => deliveries(&args, &mut screen).await,
        Command::Redeliver(args) => redeliver(&args, &mut screen).await,
        Command::RotateSecret(args) => rotate(&args, &mut screen).await,
    }
}

async fn list(asked: &Asked, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = asked.server.client()?;
    let answer = client.get(WEBHOOKS.path, &[("per_page", "100".to_owned())]).await?;
    if asked.json {
        screen.json(&answer)?;
        return Ok(Exit::Done);
    }
    let webhooks = answer["data"]["webhooks"].as_array().cloned().unwrap_or_default();
    if webhooks.is_empty() {
        screen.print("There is no webhook.")?;
        return Ok(Exit::Done);
    }
    let mut rows = vec![["webhook", "state", "last", "events", "address"].map(str::to_owned).to_vec()];
    rows.extend(webhooks.iter().map(|webhook| {
        let state = if webhook["active"] == true { "active" } else { "paused" };
        let last = text(webhook, "last_delivery_status");
        vec![text(webhook, "id"), state.to_owned(), last, text(webhook, "events"), text(webhook, "url")]
    }));
    screen.table(&rows)?;
    Ok(Exit::Done)
}

async fn add(args: &AddArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.asked.server.client()?;
    let new = body([
        ("url", Some(json!(args.address))),
        ("events", several(&args.events)),
        ("description", args.description.as_ref().map(|words| json!(words))),
    ]);
    let answer = client.post(WEBHOOKS.path, Some(&Value::Object(new))).await?;
    show_secret(&answer, args.asked.json, screen)
}

/// The secret alone on standard output, what belongs to it on standard error.
fn show_secret(answer: &Value, json: bool, screen: &mut Screen) -> anyhow::Result<Exit> {
    if json {
        screen.json(answer)?;
        return Ok(Exit::Done);
    }
    let webhook = &answer["data"]["webhook"];
    eprintln!("Webhook {} at {}. Its secret is shown this once:", text(webhook, "id"), text(webhook, "url"));
    screen.print(&text(webhook, "secret"))?;
    Ok(Exit::Done)
}

async fn change(args: &ChangeArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.one.asked.server.client()?;
    let fields = changes(body([
        ("url", args.address.as_ref().map(|address| json!(address))),
        ("events", several(&args.events)),
        ("description", args.description.as_ref().map(|words| json!(words))),
        ("active", args.active.map(|active| json!(active))),
    ]))?;
    let answer = client.patch(&WEBHOOKS.find(&client, &args.one.id).await?, &fields).await?;
    told(&answer, args.one.asked.json, "The webhook is changed.", screen)
}

async fn delete(one: &One, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = one.asked.server.client()?;
    let answer = client.delete(&WEBHOOKS.find(&client, &one.id).await?).await?;
    told(&answer, one.asked.json, "The webhook is deleted; its secret is dead.", screen)
}

async fn test(one: &One, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = one.asked.server.client()?;
    let path = WEBHOOKS.find(&client, &one.id).await?;
    let answer = client.post(&format!("{path}/test"), None).await?;
    told(
        &answer,
        one.asked.json,
        "A webhook.test is on its way; lexi webhooks deliveries shows what becomes of it.",
        screen,
    )
}

async fn deliveries(args: &DeliveriesArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.one.asked.server.client()?;
    let mut query = vec![("page", args.page.to_string())];
    query.extend(args.status.clone().map(|status| ("status", status)));
    let path = WEBHOOKS.find(&client, &args.one.id).await?;
    let answer = client.get(&format!("{path}/deliveries"), &query).await?;
    if args.one.asked.json {
        screen.json(&answer)?;
        return Ok(Exit::Done);
    }
    let deliveries = answer["data"]["deliveries"].as_array().cloned().unwrap_or_default();
    if deliveries.is_empty() {
        screen.print("Nothing was sent.")?;
        return Ok(Exit::Done);
    }
    let mut rows = vec![["delivery", "status", "since (UTC)", "tries", "event", "last"].map(str::to_owned).to_vec()];
    rows.extend(deliveries.iter().map(|delivery| {
        let attempts = delivery["attempts"].as_array().map(Vec::as_slice).unwrap_or_default();
        let last =
            attempts.first().map(|last| [text(last, "status_code"), text(last, "error")].join(" ")).unwrap_or_default();
        vec![
            text(delivery, "id"),
            text(delivery, "status"),
            minute(&text(delivery, "created_at")),
            attempts.len().to_string(),
            text(delivery, "event"),
            last.trim().to_owned(),
        ]
    }));
    screen.table(&rows)?;
    Ok(Exit::Done)
}

async fn redeliver(args: &RedeliverArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let typed = args.delivery.trim();
    let delivery = Uuid::try_parse(typed)
        .map_err(|_| Usage(format!("\"{typed}\" is no delivery's id; lexi webhooks deliveries lists them.")))?;
    let client = args.one.asked.server.client()?;
    let path = WEBHOOKS.find(&client, &args.one.id).await?;
    let answer = client.post(&format!("{path}/deliveries/{delivery}/redeliver"), None).await?;
    told(&answer, args.one.asked.json, "It is sent again under the same webhook-id.", screen)
}

async fn rotate(args: &RotateArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.one.asked.server.client()?;
    let path = WEBHOOKS.find(&client, &args.one.id).await?;
    let given = body([("overlap_hours", args.overlap_hours.map(|hours| json!(hours)))]);
    let answer = client.post(&format!("{path}/rotate-secret"), Some(&Value::Object(given))).await?;
    show_secret(&answer, args.one.asked.json, screen)
}
