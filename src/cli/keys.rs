//! `lexi keys`: API keys of a workspace. A new key stands alone on standard output, once, so that a script can take it;
//! only its hash is stored.

use uuid::Uuid;

use super::exit::{Exit, Usage};
use super::screen::{Screen, minute};
use super::storage::{Storage, clock};
use crate::clock::parse_iso;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::keys::{self, ApiKey, By, Filter, Kind, NewKey, Secret, Tier};
use crate::paging::Paging;
use crate::workspaces;

/// Keys a page when all are listed: the largest page there is.
const PER_PAGE: u32 = 100;

/// `lexi keys`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make a key and print it, alone, on standard output. It is shown this once.
    #[command(after_long_help = "\
Permissions: read, write and lexi are bundles (all GET routes; all changes; chat, task list and decisions). Finer ones look
like contacts:read, lists:write or lexi:approve. No bundle holds keys:admin, policies:admin or audit:read.

Examples:
  lexi keys create --name laptop --owner \"Ann Lee\" --kind human --permissions read,write,lexi
  export LEXI_KEY=$(lexi keys create --name nightly --permissions read,lexi)
  lexi keys create --name desk --kind human --owner \"Ann Lee\" --role partner --permissions lexi
  lexi keys create --name bench --permissions read,write,lexi --tier unmetered")]
    Create(Box<CreateArgs>),
    /// List the keys of a workspace, newest first. Never shows a key itself.
    List(ListArgs),
    /// Revoke a key for ever; running servers refuse it within a second.
    Revoke(RevokeArgs),
}

/// `lexi keys create`.
#[derive(Debug, clap::Args)]
pub(super) struct CreateArgs {
    /// What the key is called, for example the machine it is on.
    #[arg(long)]
    name: String,
    /// What it may do, with commas between.
    #[arg(long, value_delimiter = ',', default_value = "read,write,lexi")]
    permissions: Vec<String>,
    /// How often it may ask: starter, pro, org or unmetered.
    #[arg(long, default_value = "org", value_parser = Tier::parse)]
    tier: Tier,
    /// The words by which rules know it, such as partner; can be given several times, or with commas between.
    #[arg(long = "role", value_name = "ROLE", value_delimiter = ',')]
    roles: Vec<String>,
    /// Who holds it: human or service. Every decision says it.
    #[arg(long, default_value = "service", value_parser = Kind::parse)]
    kind: Kind,
    /// The name of who answers for it.
    #[arg(long)]
    owner: Option<String>,
    /// What it is for.
    #[arg(long)]
    description: Option<String>,
    /// When it stops being valid, like 2027-01-31T00:00:00Z; never unless given.
    #[arg(long, value_name = "TIME", value_parser = time)]
    expires: Option<i64>,
    /// The workspace; `default` is made on first use.
    #[arg(long, value_name = "NAME")]
    workspace: Option<String>,
    #[command(flatten)]
    storage: Storage,
}

/// `lexi keys list`.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Revoked keys too.
    #[arg(long)]
    revoked: bool,
    /// Print JSON: {"keys": […]}.
    #[arg(long)]
    json: bool,
    /// The workspace; `default` unless given.
    #[arg(long, value_name = "NAME")]
    workspace: Option<String>,
    #[command(flatten)]
    storage: Storage,
}

/// `lexi keys revoke`.
#[derive(Debug, clap::Args)]
pub(super) struct RevokeArgs {
    /// The key's id, its first characters as `lexi keys list` shows them (wbk_a1b2), or its name.
    key: String,
    /// The workspace; `default` unless given.
    #[arg(long, value_name = "NAME")]
    workspace: Option<String>,
    #[command(flatten)]
    storage: Storage,
}

/// Runs `lexi keys`.
pub(super) async fn run(command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Create(args) => {
            let db = args.storage.open_db().await?;
            let made = create(&db, *args).await;
            db.close().await;
            made
        }
        Command::List(args) => {
            let db = args.storage.open_db().await?;
            let listed = list(&db, args).await;
            db.close().await;
            listed
        }
        Command::Revoke(args) => {
            let db = args.storage.open_db().await?;
            let revoked = revoke(&db, args).await;
            db.close().await;
            revoked
        }
    }
}

async fn create(db: &Db, args: CreateArgs) -> anyhow::Result<Exit> {
    let new = NewKey {
        name: args.name,
        description: args.description,
        permissions: args.permissions,
        roles: args.roles,
        tier: Some(args.tier),
        kind: args.kind,
        owner: args.owner,
        expires_at_ms: args.expires,
    };
    let (secret, workspace) = make(db, args.workspace, new).await?;
    eprintln!("Made in workspace \"{workspace}\". The key is shown this once:");
    Screen::stdout().print(secret.reveal())?;
    Ok(Exit::Done)
}

/// Makes a key in the workspace of that name, `default` when there is no name; the secret and the workspace's name.
pub(super) async fn make(db: &Db, workspace: Option<String>, new: NewKey) -> Result<(Secret, String)> {
    let now_ms = clock().now_ms();
    let secret = Secret::draw()?;
    let drawn = secret.clone();
    let workspace = db
        .write(move |tx| {
            let workspace = workspaces::chosen(tx, workspace.as_deref(), now_ms)?;
            keys::create(tx, &By::Operator(workspace.id), &new, &drawn, now_ms)?;
            Ok(workspace.name)
        })
        .await?;
    Ok((secret, workspace))
}

async fn list(db: &Db, args: ListArgs) -> anyhow::Result<Exit> {
    let now_ms = clock().now_ms();
    let filter = Filter { include_revoked: args.revoked, search: None };
    let keys = db
        .write(move |tx| {
            let workspace = workspaces::chosen(tx, args.workspace.as_deref(), now_ms)?;
            all(tx, workspace.id, &filter)
        })
        .await?;
    let mut screen = Screen::stdout();
    if args.json {
        screen.json(&serde_json::json!({ "keys": keys }))?;
        return Ok(Exit::Done);
    }
    if keys.is_empty() {
        screen.print("There are no keys. Make one with: lexi keys create --name NAME")?;
        return Ok(Exit::Done);
    }
    let mut rows = vec![
        ["key", "name", "held by", "roles", "tier", "state", "last used (UTC)", "may"].map(str::to_owned).to_vec(),
    ];
    rows.extend(keys.iter().map(|key| row(key, now_ms)));
    screen.table(&rows)?;
    Ok(Exit::Done)
}

fn row(key: &ApiKey, now_ms: i64) -> Vec<String> {
    let holder = key.owner.as_ref().map_or_else(|| key.kind.to_owned(), |owner| format!("{owner} ({})", key.kind));
    let expired = key.expires_at.as_deref().and_then(parse_iso).is_some_and(|at_ms| at_ms <= now_ms);
    let state = match (&key.revoked_at, &key.expires_at) {
        (Some(when), _) => format!("revoked {}", minute(when)),
        (None, Some(when)) if expired => format!("expired {}", minute(when)),
        (None, Some(when)) => format!("until {}", minute(when)),
        (None, None) => "valid".into(),
    };
    let used = key.last_used_at.as_deref().map_or_else(|| "never".to_owned(), minute);
    vec![
        format!("{}…", key.prefix),
        key.name.clone(),
        holder,
        key.roles.join(","),
        key.rate_limit_tier.to_owned(),
        state,
        used,
        key.permissions.join(","),
    ]
}

async fn revoke(db: &Db, args: RevokeArgs) -> anyhow::Result<Exit> {
    let now_ms = clock().now_ms();
    let revoked = db
        .write(move |tx| {
            let workspace = workspaces::chosen(tx, args.workspace.as_deref(), now_ms)?;
            let key = meant(&all(tx, workspace.id, &Filter::default())?, &args.key)?;
            keys::revoke(tx, &By::Operator(workspace.id), key.0, now_ms)?;
            Ok(key.1)
        })
        .await?;
    Screen::stdout().print(&format!("The key \"{revoked}\" is revoked."))?;
    Ok(Exit::Done)
}

/// Every key of a workspace.
fn all(tx: &mut Tx, workspace_id: Uuid, filter: &Filter) -> Result<Vec<ApiKey>> {
    let mut keys = Vec::new();
    for page in 1.. {
        let (more, total) = keys::list(tx, workspace_id, filter, Paging { page, per_page: PER_PAGE })?;
        let is_last = more.is_empty() || (keys.len() + more.len()) as u64 >= total;
        keys.extend(more);
        if is_last {
            break;
        }
    }
    Ok(keys)
}

/// Id and name of the one valid key that was named by id, by its first characters or by its name.
fn meant(keys: &[ApiKey], named: &str) -> Result<(Uuid, String)> {
    let named = named.trim().trim_end_matches('…');
    let fits = |key: &&ApiKey| {
        key.id.to_string() == named.to_lowercase()
            || key.name == named
            || (named.starts_with("wbk_") && named.len() >= key.prefix.len() && named.starts_with(&key.prefix))
    };
    let found: Vec<&ApiKey> = keys.iter().filter(fits).collect();
    match found.as_slice() {
        [key] => Ok((key.id, key.name.clone())),
        [] => Err(Error::not_found("There is no valid key of that id, beginning or name; lexi keys list shows them.")),
        several => {
            let ids: Vec<String> = several.iter().map(|key| key.id.to_string()).collect();
            Err(Error::validation("key", format!("Several keys fit; name one by its id: {}.", ids.join(", "))))
        }
    }
}

fn time(text: &str) -> std::result::Result<i64, Usage> {
    parse_iso(text).ok_or_else(|| Usage(format!("\"{text}\" is no time; write it like 2027-01-31T00:00:00Z.")))
}
