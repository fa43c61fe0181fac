//! `lexi tasks edit`, `retract`, `stop`, `freeze` and `unfreeze`: changing what waits and holding up what runs, over HTTP.

use serde_json::{Map, Value, json};

use super::answers::data;
use super::client::Server;
use super::exit::{Exit, Usage};
use super::proposal;
use super::screen::Screen;
use super::tasks::{DismissArgs, OneArgs, find};
use super::watch;

/// `lexi tasks edit`.
#[derive(Debug, clap::Args)]
pub(super) struct EditArgs {
    #[command(flatten)]
    one: OneArgs,
    /// People at most.
    #[arg(long)]
    limit: Option<u32>,
    /// The whole filter as JSON, in the shape of metadata.filters.
    #[arg(long, value_name = "JSON")]
    filters: Option<String>,
    /// The list by its name; a list that is not there is made.
    #[arg(long, value_name = "NAME")]
    list: Option<String>,
    /// The list by its id.
    #[arg(long, value_name = "ID", conflicts_with = "list")]
    list_id: Option<String>,
    /// Whether what law firms call the same office counts too.
    #[arg(long, value_name = "true|false")]
    expand_titles: Option<bool>,
    /// Somebody to leave out, by id; may be repeated. These are all who are left out.
    #[arg(long = "exclude", value_name = "ID")]
    exclude: Vec<String>,
    /// Leave nobody out any more.
    #[arg(long, conflicts_with = "exclude")]
    exclude_nobody: bool,
    /// The plan that was seen (plan_hash of the task); when left out, the present one.
    #[arg(long, value_name = "HASH")]
    plan_hash: Option<String>,
}

/// `lexi tasks freeze`.
#[derive(Debug, clap::Args)]
pub(super) struct FreezeArgs {
    /// Only tasks of this type; everything when left out.
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// Why.
    #[arg(long)]
    reason: String,
    /// Print the server's answer as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// `lexi tasks unfreeze`.
#[derive(Debug, clap::Args)]
pub(super) struct UnfreezeArgs {
    /// The freeze's id; when left out, the freezes in force are shown.
    id: Option<String>,
    /// Print the server's answer as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// How approved work is ended early.
#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    /// Before it has begun.
    Retract,
    /// Whether it has begun or not.
    Stop,
}

/// Changes a pending task and shows what it is now.
pub(super) async fn edit(args: &EditArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.one.server.client()?;
    let id = find(&client, &args.one.id).await?;
    let mut fields = fields(args)?;
    let seen = match &args.plan_hash {
        Some(hash) => json!(hash),
        None => watch::answer(&client, &id).await?["data"]["plan_hash"].clone(),
    };
    fields.insert("plan_hash".to_owned(), seen);
    let answer = client.patch(&format!("/v1/lexi/tasks/{id}"), &Value::Object(fields)).await?;
    if args.one.json {
        screen.json(&answer)?;
    } else {
        screen.print(&proposal::whole(&data(&answer)?, screen.layout))?;
    }
    Ok(Exit::Done)
}

fn fields(args: &EditArgs) -> anyhow::Result<Map<String, Value>> {
    let filters = args.filters.as_deref().map(serde_json::from_str::<Value>).transpose();
    let filters = filters.map_err(|error| Usage(format!("--filters is no JSON: {error}.")))?;
    let exclude = (args.exclude_nobody || !args.exclude.is_empty()).then(|| json!(args.exclude));
    let given = [
        ("limit", args.limit.map(|limit| json!(limit))),
        ("filters", filters),
        ("list_name", args.list.as_ref().map(|name| json!(name))),
        ("list_id", args.list_id.as_ref().map(|id| json!(id))),
        ("expand_titles", args.expand_titles.map(|on| json!(on))),
        ("exclude_ids", exclude),
    ];
    let fields: Map<String, Value> =
        given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    if fields.is_empty() {
        return Err(Usage("Say what to change, for example --limit 30.".to_owned()).into());
    }
    Ok(fields)
}

/// Takes an approval back, or stops a task.
pub(super) async fn end(args: &DismissArgs, end: End, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.one.server.client()?;
    let id = find(&client, &args.one.id).await?;
    let body = args.reason.as_ref().map(|reason| json!({ "reason": reason }));
    let (route, said) = match end {
        End::Retract => ("retract", "is retracted: nothing was changed."),
        End::Stop => ("stop", "is stopped. What was done before stays; lexi tasks show lists it."),
    };
    let answer = client.post(&format!("/v1/lexi/tasks/{id}/{route}"), body.as_ref()).await?;
    if args.one.json {
        screen.json(&answer)?;
    } else {
        screen.print(&format!("Task {id} {said}"))?;
    }
    Ok(Exit::Done)
}

/// Freezes a type of task, or everything.
pub(super) async fn freeze(args: &FreezeArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.server.client()?;
    let mut body = json!({ "reason": args.reason });
    if let Some(kind) = &args.kind {
        body["type"] = json!(kind);
    }
    let answer = client.post("/v1/lexi/freezes", Some(&body)).await?;
    if args.json {
        screen.json(&answer)?;
    } else {
        let what = args.kind.as_deref().unwrap_or("Everything");
        let id = answer["data"]["id"].as_str().unwrap_or_default();
        screen.print(&format!("{what} is frozen. To lift it: lexi tasks unfreeze {id}"))?;
    }
    Ok(Exit::Done)
}

/// Lifts a freeze, or shows those in force.
pub(super) async fn unfreeze(args: &UnfreezeArgs, screen: &mut Screen) -> anyhow::Result<Exit> {
    let client = args.server.client()?;
    let Some(id) = &args.id else {
        let answer = client.get("/v1/lexi/freezes", &[]).await?;
        if args.json {
            screen.json(&answer)?;
            return Ok(Exit::Done);
        }
        let freezes = answer["data"]["freezes"].as_array().cloned().unwrap_or_default();
        if freezes.is_empty() {
            screen.print("Nothing is frozen.")?;
        }
        for freeze in &freezes {
            let text = |name: &str| freeze[name].as_str().unwrap_or_default().to_owned();
            let what = if freeze["type"].is_null() { "everything".to_owned() } else { text("type") };
            screen.print(&format!("{}  {what}, since {}: {}", text("id"), text("frozen_at"), text("reason")))?;
        }
        return Ok(Exit::Done);
    };
    let answer = client.delete(&format!("/v1/lexi/freezes/{}", id.trim())).await?;
    if args.json {
        screen.json(&answer)?;
    } else {
        screen.print("The freeze is lifted; what waited goes on.")?;
    }
    Ok(Exit::Done)
}
